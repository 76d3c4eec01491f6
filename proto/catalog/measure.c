/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/catalog/measure.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "proto/bounds.h"
#include "proto/entry.h"
#include "proto/text.h"

enum { WORD_MAX = 15, DECIMALS_MAX = 9 };

static const uint64_t NUMBER_MAX = 100000000000000;

/* --- words --- */

enum kind {
	KIND_NONE,
	KIND_VOLUME, /* of a litre */
	KIND_MASS,   /* of a kilogram */
	KIND_PIECE,  /* one of what is counted: each, can, roll */
	KIND_GROUP,  /* several of them: pack, case */
	KIND_KIT,
	KIND_PAIR,
	KIND_HOUR,
	KIND_PERSON,
	KIND_TRIP,
	KIND_AREA,
	KIND_TIMES, /* a dozen */
	KIND_JOIN,  /* x, of */
};

/* Without accents, between blanks; a plural in s is understood. */
static const struct unit {
	enum kind kind;
	uint64_t num, den;
	const char *words;
} UNITS[] = {
	{ KIND_VOLUME, 1, 1, " l lt lit liter litre litro lit " },
	{ KIND_VOLUME, 1, 1000, " ml milliliter millilitre mililitro " },
	{ KIND_VOLUME, 1, 100, " cl centiliter centilitre centilitro " },
	{ KIND_VOLUME, 473176473, 125000000, " gal gallon galon galones galones " },
	{ KIND_VOLUME, 473176473, 500000000, " qt quart cuarto " },
	{ KIND_VOLUME, 473176473, 1000000000, " pt pint pinta pinte " },
	{ KIND_VOLUME, 473176473, 16000000000, " floz " },
	{ KIND_MASS, 1, 1, " kg kilo kilogram kilogramme kilogramo " },
	{ KIND_MASS, 1, 1000, " g gr gram gramme gramo " },
	{ KIND_MASS, 45359237, 100000000, " lb pound libra livre liv " },
	{ KIND_MASS, 45359237, 1600000000, " oz ounce onza once ons " },
	{ KIND_MASS, 1000, 1, " t tonne tonelada " },
	{ KIND_TIMES, 12, 1, " dozen doz dz docena douzaine douzen " },
	{ KIND_PIECE, 1, 1,
	  " each ea pc piece pieza unit unidad unidades unite inite moso item can tin bottle jar jug bag roll tube bar "
	  "tablet "
	  "sachet lata botella bolsa rollo barra sobre boite bouteille sac rouleau rouleaux boutey sak mamit woulo "
	  "sache " },
	{ KIND_GROUP, 1, 1,
	  " pack pk packet package case box boxes carton crate pallet bundle paquete caja paquet caisse pake "
	  "kes bwat palet palette tarima " },
	{ KIND_KIT, 1, 1, " kit set juego jwet " },
	{ KIND_PAIR, 1, 1, " pair pr par pares paire pe " },
	{ KIND_HOUR, 1, 1, " h hr hour hora heure " },
	{ KIND_PERSON, 1, 1, " person people pax persona personne moun " },
	{ KIND_TRIP, 1, 1, " trip viaje trajet vwayaj voyage " },
	{ KIND_AREA, 1, 1, " m2 sqm " },
	{ KIND_JOIN, 1, 1, " x of de d por con a con ak with per " },
};

static const struct unit *unit_find(const char *word)
{
	char padded[WORD_MAX + 4];
	size_t size = strlen(word);

	assert(size <= WORD_MAX);
	for (int plural = 0; plural < 2; plural++) {
		snprintf(padded, sizeof padded, " %.*s ", (int)(size - (size_t)plural), word);
		for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
			if (strstr(UNITS[i].words, padded))
				return &UNITS[i];
		if (size < 2 || word[size - 1] != 's')
			return NULL;
	}
	return NULL;
}

/* The item's unit as a kind. */
static enum kind kind_of(const struct catalog_item *item)
{
	static const struct {
		const char *unit;
		enum kind kind;
	} kinds[] = { { "L", KIND_VOLUME },      { "kg", KIND_MASS },   { "each", KIND_PIECE },
		      { "kit", KIND_KIT },       { "pair", KIND_PAIR }, { "hour", KIND_HOUR },
		      { "person", KIND_PERSON }, { "trip", KIND_TRIP }, { "m2", KIND_AREA } };

	for (size_t i = 0; item && i < sizeof kinds / sizeof *kinds; i++)
		if (strcmp(item->unit, kinds[i].unit) == 0)
			return kinds[i].kind;
	assert(item == NULL || item->unit[0] != '\0');
	return KIND_NONE;
}

/* --- fractions --- */

struct ratio {
	uint64_t num, den;
};

static uint64_t common(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Reduced across before it is multiplied; false when it outgrows 64 bits. */
static bool ratio_times(struct ratio *r, uint64_t num, uint64_t den)
{
	uint64_t a = common(r->num, den), b = common(num, r->den);

	assert(r->den > 0 && den > 0);
	return a && b && !__builtin_mul_overflow(r->num / a, num / b, &r->num) &&
	       !__builtin_mul_overflow(r->den / b, den / a, &r->den);
}

static uint64_t ratio_nearest(struct ratio r)
{
	assert(r.den > 0);
	uint64_t whole = r.num / r.den, rest = r.num % r.den;

	return whole + (rest >= r.den - rest);
}

/* --- reading --- */

struct scanner {
	struct view rest;
	int32_t code; /* the next character, 0 at the end, -1 where it is not UTF-8 */
};

static void advance(struct scanner *r)
{
	r->code = r->rest.size == 0 ? 0 : text_next(&r->rest);
}

static bool is_digit(int32_t code)
{
	return code >= '0' && code <= '9';
}

static void skip_blanks(struct scanner *r)
{
	while (r->code == ' ' || r->code == '\t' || r->code == 0xA0 || r->code == 0x202F)
		advance(r);
}

/* Digits with at most one point or comma between them. */
static enum measure_rc read_number(struct scanner *r, struct ratio *number)
{
	unsigned decimals = 0;
	int32_t mark = 0;
	bool below_one = true;

	*number = (struct ratio){ .den = 1 };
	for (; is_digit(r->code) || r->code == '.' || r->code == ','; advance(r)) {
		if (!is_digit(r->code)) {
			if (mark)
				return MEASURE_E_FORM;
			mark = r->code;
			below_one = number->num == 0;
			continue;
		}
		if (number->num >= NUMBER_MAX)
			return MEASURE_E_LARGE;
		if (decimals == DECIMALS_MAX)
			return MEASURE_E_FINE;
		number->num = number->num * 10 + (uint64_t)(r->code - '0');
		number->den *= mark ? 10 : 1;
		decimals += mark != 0;
	}
	assert(number->num < NUMBER_MAX * 10 && decimals <= DECIMALS_MAX);
	if (mark == ',' && decimals == 3 && !below_one)
		return MEASURE_E_COMMA;
	return mark && decimals == 0 ? MEASURE_E_FORM : MEASURE_OK;
}

/* Letters without accents, the 2 of "m2", and the point of an abbreviation. A word that is too long comes back empty. */
static void read_word(struct scanner *r, char word[WORD_MAX + 1])
{
	size_t size = 0;

	for (; r->code > 0 && !is_digit(r->code) && text_letter(r->code); advance(r), size++)
		if (size < WORD_MAX)
			word[size] = text_letter(r->code);
	if (size == 1 && word[0] == 'm' && (r->code == '2' || r->code == 0xB2)) {
		word[size++] = '2';
		advance(r);
	}
	assert(size == 0 || size > WORD_MAX || word[0] != '\0');
	word[size > WORD_MAX ? 0 : size] = '\0';
	if (size > 0 && r->code == '.')
		advance(r);
}

/* What was typed, before it is known for which item. */
struct typed {
	struct ratio value;      /* the product of all numbers */
	struct ratio pieces;     /* the product up to a word like "cans"; num 0: none was said */
	const struct unit *unit; /* of volume, mass, or of what the item may be counted in; NULL: none */
	unsigned numbers;
	bool times, group, open; /* a dozen; a pack; a pack whose content was not said yet */
};

static enum measure_rc take_unit(struct typed *t, const struct unit *unit)
{
	switch (unit->kind) {
	case KIND_TIMES:
		t->times = true;
		return ratio_times(&t->value, unit->num, unit->den) ? MEASURE_OK : MEASURE_E_LARGE;
	case KIND_PIECE:
		if (!t->unit && t->pieces.num == 0)
			t->pieces = t->value;
		return MEASURE_OK;
	case KIND_GROUP:
		t->group = t->open = true;
		return MEASURE_OK;
	case KIND_JOIN:
		return MEASURE_OK;
	case KIND_NONE:
	case KIND_VOLUME:
	case KIND_MASS:
	case KIND_KIT:
	case KIND_PAIR:
	case KIND_HOUR:
	case KIND_PERSON:
	case KIND_TRIP:
	case KIND_AREA:
		break;
	}
	if (t->unit)
		return MEASURE_E_FORM;
	assert(unit->den > 0 && unit->num > 0);
	t->unit = unit;
	return MEASURE_OK;
}

/* The word behind a number; "fl oz" is one. */
static enum measure_rc read_unit(struct scanner *r, struct typed *t, bool *joined)
{
	char word[WORD_MAX + 1];
	const struct unit *unit;

	read_word(r, word);
	if (strcmp(word, "fl") == 0) {
		skip_blanks(r);
		read_word(r, word);
		unit = unit_find(unit_find(word) == unit_find("oz") ? "floz" : "?");
	} else {
		unit = word[0] ? unit_find(word) : NULL;
	}
	if (!unit)
		return MEASURE_E_WORD;
	*joined = unit->kind == KIND_JOIN;
	return take_unit(t, unit);
}

static enum measure_rc read_typed(struct typed *t, const char *text)
{
	struct scanner r = { .rest = { (const uint8_t *)text, strlen(text) } };
	bool joined = true; /* a number may come */
	enum measure_rc rc = MEASURE_OK;

	*t = (struct typed){ .value = { 1, 1 } };
	for (advance(&r), skip_blanks(&r); rc == MEASURE_OK && r.code; skip_blanks(&r)) {
		struct ratio number;

		if (is_digit(r.code) && joined) {
			rc = read_number(&r, &number);
			if (rc == MEASURE_OK && !ratio_times(&t->value, number.num, number.den))
				rc = MEASURE_E_LARGE;
			t->numbers++;
			t->open = joined = false;
		} else if ((r.code == 0xD7 || r.code == '*') && !joined) {
			advance(&r);
			joined = true;
		} else if (r.code > 0 && text_letter(r.code) && !is_digit(r.code) && t->numbers > 0 && !joined) {
			rc = read_unit(&r, t, &joined);
		} else {
			rc = MEASURE_E_FORM;
		}
	}
	if (rc == MEASURE_OK && (t->numbers == 0 || joined))
		rc = MEASURE_E_FORM;
	assert(rc != MEASURE_OK || (t->numbers > 0 && t->value.den > 0));
	return rc;
}

/* --- turning it into the item's unit --- */

static bool is_counted(enum kind kind)
{
	return kind == KIND_PIECE || kind == KIND_KIT || kind == KIND_PAIR;
}

/* A weight of what is counted otherwise. */
static enum measure_rc by_weight(struct ratio *value, const struct typed *t, const struct catalog_item *item)
{
	assert(t->unit != NULL && t->unit->kind == KIND_MASS);
	if (!item->kg_milli)
		return MEASURE_E_KIND;
	return ratio_times(value, t->unit->num, t->unit->den) && ratio_times(value, 1000, item->kg_milli)
		       ? MEASURE_OK
		       : MEASURE_E_LARGE;
}

static enum measure_rc in_own_unit(struct ratio *value, const struct typed *t, const struct catalog_item *item,
				   bool *weighed)
{
	enum kind own = kind_of(item), said = t->unit ? t->unit->kind : KIND_NONE;

	*value = t->value;
	/* "24 cans of 400 g" are 24, whatever they weigh; "3 boxes" are three kits. */
	if ((own == KIND_PIECE || own == KIND_KIT || own == KIND_NONE) && t->pieces.num) {
		*value = t->pieces;
		return MEASURE_OK;
	}
	if (t->open && own != KIND_KIT)
		return MEASURE_E_CONTENT;
	if (said == KIND_NONE)
		return (t->group || t->pieces.num) && !is_counted(own) && own != KIND_NONE ? MEASURE_E_CONTENT
		       : own == KIND_PAIR && t->pieces.num                                 ? MEASURE_E_KIND
											   : MEASURE_OK;
	if (said == own)
		return ratio_times(value, t->unit->num, t->unit->den) ? MEASURE_OK : MEASURE_E_LARGE;
	if (said == KIND_PAIR && own == KIND_PIECE)
		return ratio_times(value, 2, 1) ? MEASURE_OK : MEASURE_E_LARGE;
	if (said == KIND_KIT && own == KIND_PIECE)
		return MEASURE_OK;
	if (said != KIND_MASS || (own != KIND_VOLUME && !is_counted(own)))
		return MEASURE_E_KIND;
	assert(item != NULL);
	*weighed = true;
	return by_weight(value, t, item);
}

static bool is_same_number(struct ratio a, struct ratio b)
{
	return a.num == b.num && a.den == b.den;
}

enum measure_rc measure_read(struct measure *measure, const char *text, const struct catalog_item *item)
{
	struct typed t;
	struct ratio value;
	struct measure m = { .milli = 0 };
	enum measure_rc rc = read_typed(&t, text);

	if (rc == MEASURE_OK)
		rc = in_own_unit(&value, &t, item, &m.by_weight);
	if (rc != MEASURE_OK)
		return rc;
	m.converted = t.numbers > 1 || t.times || m.by_weight || !is_same_number(value, t.value);
	if (m.by_weight && is_counted(kind_of(item))) {
		m.milli = ratio_nearest(value);
		if (m.milli > QUANTITY_MILLI_MAX / 1000)
			return MEASURE_E_LARGE;
		m.milli *= 1000;
	} else {
		if (!ratio_times(&value, 1000, 1))
			return MEASURE_E_LARGE;
		if (!m.converted && value.den != 1)
			return MEASURE_E_FINE;
		m.milli = ratio_nearest(value);
	}
	if (m.milli == 0 && value.num != 0)
		return MEASURE_E_SMALL;
	if (m.milli > QUANTITY_MILLI_MAX)
		return MEASURE_E_LARGE;
	assert(!m.by_weight || m.converted);
	*measure = m;
	return MEASURE_OK;
}

enum measure_rc measure_check(const char *text)
{
	struct typed t;

	return read_typed(&t, text);
}

enum measure_takes measure_takes(const struct catalog_item *item)
{
	switch (kind_of(item)) {
	case KIND_VOLUME:
		return MEASURE_TAKES_VOLUME;
	case KIND_MASS:
		return MEASURE_TAKES_MASS;
	case KIND_PIECE:
	case KIND_KIT:
	case KIND_PAIR:
		return MEASURE_TAKES_PIECES;
	case KIND_NONE:
	case KIND_GROUP:
	case KIND_HOUR:
	case KIND_PERSON:
	case KIND_TRIP:
	case KIND_AREA:
	case KIND_TIMES:
	case KIND_JOIN:
		break;
	}
	return MEASURE_TAKES_NUMBER;
}
