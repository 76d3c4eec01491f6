/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/place/plus_code.h"

#include <assert.h>
#include <string.h>

enum { PLUS_AT = 8, PAIR_DIGITS = 10, ROWS = 5, COLUMNS = 4, BASE = 20 };

static const char DIGITS[BASE + 1] = "23456789CFGHJMPQRVWX";

static const int64_t LAT_ALL = 180 * (int64_t)PLUS_CODE_LAT_UNITS, LON_ALL = 360 * (int64_t)PLUS_CODE_LON_UNITS;

/* What one step of the digits up to that count is worth, in units. */
static void steps_of(int64_t *lat, int64_t *lon, size_t digits)
{
	assert(digits <= PLUS_CODE_DIGITS_MAX);
	*lat = BASE * (int64_t)PLUS_CODE_LAT_UNITS;
	*lon = BASE * (int64_t)PLUS_CODE_LON_UNITS;
	for (size_t i = 2; i < digits; i += i < PAIR_DIGITS ? 2 : 1) {
		*lat /= i < PAIR_DIGITS ? BASE : ROWS;
		*lon /= i < PAIR_DIGITS ? BASE : COLUMNS;
	}
}

static int digit_of(char c)
{
	char upper = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
	const char *found = upper != '\0' ? strchr(DIGITS, upper) : NULL;

	return found != NULL ? (int)(found - DIGITS) : -1;
}

/* --- writing --- */

static uint8_t digits_that_are(uint8_t digits)
{
	if (digits > PLUS_CODE_DIGITS_MAX)
		return PLUS_CODE_DIGITS_MAX;
	if (digits < 2)
		return 2;
	return digits < PAIR_DIGITS ? (uint8_t)(digits + digits % 2) : digits;
}

void plus_code_encode_units(char text[PLUS_CODE_SIZE], int64_t north, int64_t east, uint8_t digits)
{
	size_t used = 0, count = digits_that_are(digits);
	int64_t lat, lon;

	north = north < 0 ? 0 : north >= LAT_ALL ? LAT_ALL - 1 : north;
	east = (east % LON_ALL + LON_ALL) % LON_ALL;
	assert(north >= 0 && north < LAT_ALL && east >= 0 && east < LON_ALL);
	for (size_t i = 2; i <= PAIR_DIGITS; i += 2) {
		steps_of(&lat, &lon, i);
		text[used++] = i <= count ? DIGITS[north / lat % BASE] : '0';
		text[used++] = i <= count ? DIGITS[east / lon % BASE] : '0';
		if (used == PLUS_AT) {
			text[used++] = '+';
			if (count <= PLUS_AT)
				break;
		}
	}
	for (size_t i = PAIR_DIGITS + 1; i <= count; i++) {
		steps_of(&lat, &lon, i);
		text[used++] = DIGITS[north / lat % ROWS * COLUMNS + east / lon % COLUMNS];
	}
	assert(used < PLUS_CODE_SIZE);
	text[used] = '\0';
}

/* Units are finer than millionths in both directions, so the cell below is found exactly. */
void plus_code_encode(char text[PLUS_CODE_SIZE], struct geo_point point, uint8_t digits)
{
	int64_t north = point.lat_e6 + INT64_C(90000000), east = point.lon_e6 + INT64_C(36000000000) + 180000000;

	plus_code_encode_units(text, north * 25, east * 1024 / 125, digits);
}

/* --- reading --- */

/* How a text is built: what stands before the plus and behind it. */
struct shape {
	size_t before, padding, behind;
};

static bool shape_read(struct shape *shape, const char *text)
{
	struct shape s = { 0, 0, 0 };

	for (; *text != '+'; text++, s.before++) {
		s.padding += *text == '0';
		if (*text != '0' && (digit_of(*text) < 0 || s.padding > 0))
			return false;
	}
	for (text++; *text != '\0'; text++, s.behind++)
		if (digit_of(*text) < 0)
			return false;
	assert(s.padding <= s.before);
	*shape = s;
	return true;
}

bool plus_code_is_valid(const char *text)
{
	struct shape s;

	if (!shape_read(&s, text) || s.before > PLUS_AT || s.before % 2 != 0 || s.behind == 1)
		return false;
	/* Zeros fill up a full code, by pairs, and end it. */
	if (s.padding > 0)
		return s.before == PLUS_AT && s.padding < PLUS_AT && s.padding % 2 == 0 && s.behind == 0;
	return s.before + s.behind > 0;
}

bool plus_code_is_short(const char *text)
{
	return plus_code_is_valid(text) && strchr(text, '+') < text + PLUS_AT;
}

bool plus_code_is_full(const char *text)
{
	/* 9 x 20 degrees reach the pole, 18 x 20 go round. */
	return plus_code_is_valid(text) && strchr(text, '+') == text + PLUS_AT && digit_of(text[0]) < 9 &&
	       digit_of(text[1]) < 18;
}

static int32_t nearest(int64_t units, int64_t times, int64_t divisor, int32_t offset)
{
	assert(units >= 0 && times > 0 && divisor > 0);
	return (int32_t)((units * times * 2 + divisor) / (2 * divisor)) - offset;
}

static void area_fill(struct plus_code_area *a)
{
	assert(a->height > 0 && a->width > 0);
	assert(a->west >= 0 && a->west < LON_ALL);
	a->box.south_e6 = nearest(a->south, 1, 25, 90000000);
	a->box.north_e6 = nearest(a->south + a->height, 1, 25, 90000000);
	a->box.west_e6 = nearest(a->west, 125, 1024, 180000000);
	a->box.east_e6 = nearest(a->west + a->width, 125, 1024, 180000000);
	a->centre.lat_e6 = a->box.south_e6 + (a->box.north_e6 - a->box.south_e6) / 2;
	a->centre.lon_e6 = a->box.west_e6 + (a->box.east_e6 - a->box.west_e6) / 2;
}

bool plus_code_decode(struct plus_code_area *area, const char *text)
{
	struct plus_code_area a = { .digits = 0 };

	if (!plus_code_is_full(text))
		return false;
	for (; *text != '\0' && *text != '0' && a.digits < PLUS_CODE_DIGITS_MAX; text++) {
		int digit = digit_of(*text);

		if (digit < 0)
			continue; /* the plus */
		a.digits++;
		steps_of(&a.height, &a.width, a.digits < PAIR_DIGITS ? a.digits + a.digits % 2u : a.digits);
		if (a.digits > PAIR_DIGITS) {
			a.south += digit / COLUMNS * a.height;
			a.west += digit % COLUMNS * a.width;
		} else if (a.digits % 2 == 1) {
			a.south += digit * a.height;
		} else {
			a.west += digit * a.width;
		}
	}
	assert(a.digits >= 2 && a.south + a.height <= LAT_ALL);
	area_fill(&a);
	*area = a;
	return true;
}

/* The neighbour a step away in which the nearer of the two places of that short code lies. Everything is doubled, so
 * that middles are whole. */
static int64_t step_towards(int64_t near, int64_t start, int64_t size, int64_t step)
{
	int64_t off = 2 * near - (2 * start + size);

	assert(size > 0 && step >= size);
	return off < -step ? -step : off > step ? step : 0;
}

bool plus_code_decode_near(struct plus_code_area *area, const char *text, struct geo_point near)
{
	char whole[PLUS_CODE_SIZE], code[PLUS_CODE_SIZE];
	struct plus_code_area a;
	int64_t lat, lon, up, north = (near.lat_e6 + INT64_C(90000000)) * 25;
	int64_t east = (near.lon_e6 + INT64_C(180000000)) * 1024 / 125;
	size_t missing, fits;

	if (!plus_code_is_short(text))
		return plus_code_decode(area, text);
	missing = PLUS_AT - (size_t)(strchr(text, '+') - text);
	assert(missing > 0 && missing <= PLUS_AT && missing % 2 == 0);
	plus_code_encode(whole, near, PAIR_DIGITS);
	fits = strlen(text) < sizeof(code) - 1 - missing ? strlen(text) : sizeof(code) - 1 - missing;
	memcpy(code, whole, missing);
	memcpy(code + missing, text, fits);
	assert(missing + fits < sizeof(code));
	code[missing + fits] = '\0';
	if (!plus_code_decode(&a, code))
		return false;
	steps_of(&lat, &lon, missing);
	up = step_towards(north, a.south, a.height, lat);
	/* Not over the pole. */
	if (2 * (a.south + up) + a.height >= 0 && 2 * (a.south + up) + a.height <= 2 * LAT_ALL)
		a.south += up;
	a.west = (a.west + step_towards(east, a.west, a.width, lon) + LON_ALL) % LON_ALL;
	area_fill(&a);
	*area = a;
	return true;
}
