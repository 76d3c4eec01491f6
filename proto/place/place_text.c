/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/place/place_text.h"

#include <assert.h>
#include <string.h>

#include "proto/place/plus_code.h"

enum { TEXT_MAX = 63, WHOLE_MAX = 1000, E6 = 1000000 };

static const char *skip_blanks(const char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	return text;
}

/* One number of degrees: "-77.04", "77.04 W", "W77.04", with a degree sign or without. */
struct degrees {
	int32_t e6;
	char side; /* N, S, E, W, or 0 */
	bool is_signed;
};

static char side_of(char c)
{
	static const char sides[] = "NSEWO", shown[] = "NSEWW";
	char upper = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	const char *found = upper ? strchr(sides, upper) : NULL;

	return found ? shown[found - sides] : '\0';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *read_side(struct degrees *d, const char *text)
{
	if (d->side || !side_of(*text))
		return text;
	d->side = side_of(*text);
	return skip_blanks(text + 1);
}

/* Where it ends; NULL when it is no number. What is too large stays at WHOLE_MAX degrees. */
static const char *read_degrees(struct degrees *d, const char *text)
{
	int64_t whole = 0, fraction = 0, scale = E6;
	bool negative;

	*d = (struct degrees){ .e6 = 0 };
	text = read_side(d, skip_blanks(text));
	negative = *text == '-';
	d->is_signed = *text == '-' || *text == '+';
	text += d->is_signed;
	if (!is_digit(*text))
		return NULL;
	for (; is_digit(*text); text++)
		whole = whole < WHOLE_MAX ? whole * 10 + (*text - '0') : WHOLE_MAX;
	if (*text == '.') {
		bool rounded = false;

		for (text++; is_digit(*text); text++) {
			if (scale == 1 && !rounded)
				fraction += *text >= '5';
			rounded = rounded || scale == 1;
			scale /= scale > 1 ? 10 : 1;
			fraction += rounded ? 0 : (*text - '0') * scale;
		}
	}
	assert(fraction >= 0 && fraction <= E6);
	d->e6 = (int32_t)((whole > WHOLE_MAX ? WHOLE_MAX : whole) * E6 + fraction);
	d->e6 = negative ? -d->e6 : d->e6;
	text = skip_blanks(text);
	if (strncmp(text, "\xC2\xB0", 2) == 0)
		text = skip_blanks(text + 2);
	return read_side(d, text);
}

static bool is_northing(const struct degrees *d)
{
	return d->side == 'N' || d->side == 'S';
}

static int32_t with_side(const struct degrees *d)
{
	return d->side == 'S' || d->side == 'W' ? -d->e6 : d->e6;
}

static enum place_text read_point(struct geo_point *point, const char *text)
{
	struct degrees first, second, swapped;
	struct geo_point p;

	text = read_degrees(&first, text);
	if (!text)
		return PLACE_TEXT_OTHER;
	if (*text == ',' || *text == ';')
		text++;
	else if (is_digit(text[-1]) || text[-1] == '.')
		return PLACE_TEXT_OTHER; /* nothing stands between the two */
	text = read_degrees(&second, text);
	if (!text || *text)
		return PLACE_TEXT_OTHER;
	/* Both say their side, and one each, or neither does. */
	if (!first.side != !second.side || (first.side && (first.is_signed || second.is_signed)))
		return PLACE_TEXT_OTHER;
	if (first.side && is_northing(&first) == is_northing(&second))
		return PLACE_TEXT_OTHER;
	if (first.side && !is_northing(&first)) {
		swapped = first;
		first = second;
		second = swapped;
	}
	p = (struct geo_point){ .lat_e6 = with_side(&first), .lon_e6 = with_side(&second) };
	if (p.lat_e6 < -90 * E6 || p.lat_e6 > 90 * E6 || p.lon_e6 < -180 * E6 || p.lon_e6 > 180 * E6)
		return PLACE_TEXT_NOT_EARTH;
	assert(!first.side || is_northing(&first));
	*point = p;
	return PLACE_TEXT_POINT;
}

static enum place_text read_code(struct geo_point *point, uint8_t *digits, const char *code,
				 const struct geo_point *near)
{
	struct plus_code_area area;

	if (!plus_code_is_valid(code))
		return PLACE_TEXT_OTHER;
	if (plus_code_is_short(code) && !near)
		return PLACE_TEXT_SHORT;
	if (!(near ? plus_code_decode_near(&area, code, *near) : plus_code_decode(&area, code)) || area.digits < 4)
		return PLACE_TEXT_NOT_EARTH;
	assert(area.digits >= 4 && area.digits <= PLUS_CODE_DIGITS_MAX);
	*point = area.centre;
	*digits = area.digits < 10 ? area.digits : PLACE_TEXT_POINT_DIGITS;
	return area.digits < 10 ? PLACE_TEXT_CELL : PLACE_TEXT_POINT;
}

enum place_text place_text_read(struct geo_point *point, uint8_t *digits, const char *text,
				const struct geo_point *near)
{
	char trimmed[TEXT_MAX + 1];
	enum place_text what;
	size_t size;

	text = skip_blanks(text);
	size = strlen(text);
	while (size > 0 && (text[size - 1] == ' ' || text[size - 1] == '\t'))
		size--;
	if (size > TEXT_MAX)
		return PLACE_TEXT_OTHER;
	assert(size < sizeof trimmed);
	memcpy(trimmed, text, size);
	trimmed[size] = '\0';
	what = read_code(point, digits, trimmed, near);
	if (what != PLACE_TEXT_OTHER)
		return what;
	what = read_point(point, trimmed);
	if (what == PLACE_TEXT_POINT)
		*digits = PLACE_TEXT_POINT_DIGITS;
	return what;
}
