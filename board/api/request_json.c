/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/api/request_json.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "board/text/decimal.h"
#include "board/degrees.h"
#include "board/text/iso_time.h"
#include "board/text/say_decimal.h"
#include "board/text/say_measure.h"
#include "board/text/words.h"

enum field_type {
	FIELD_TEXT,
	FIELD_ITEM,     /* a text, or a catalogue code as a number */
	FIELD_ENUM,     /* a word, into an enum */
	FIELD_WORD_U8,  /* a word, into a uint8_t */
	FIELD_WORD_U32, /* a word or its number */
	FIELD_SET_U8,
	FIELD_SET_U16,
	FIELD_SET_U32,
	FIELD_COUNT, /* uint32_t */
	FIELD_QUANTITY,
	FIELD_MOMENT,
	FIELD_HOURS,
	FIELD_PLACE,
	FIELD_BOOL,
	FIELD_CONDITION, /* new, used or damaged, beside what else the flags say */
	FIELD_COLD,      /* keep cold, or not */
	FIELD_DOORS,     /* the three numbers of a round */
	FIELD_DEGREES,   /* "lat" and "lon": the two numbers of a point, without an object around them */
};

enum field_need { FIELD_OPTIONAL, FIELD_REQUIRED, FIELD_REQUIRED_IN_NEW };

struct field {
	const char *name;
	enum field_type type;
	uint32_t bit; /* enum door_field, 0 where the door wants none */
	size_t offset;
	const struct words *words;
	enum field_need need;
};

#define AT(MEMBER) offsetof(struct door_request, MEMBER)

static const struct field SITE_FIELDS[] = {
	{ "ref", FIELD_TEXT, 0, AT(ref), NULL, FIELD_OPTIONAL },
	{ "was", FIELD_TEXT, 0, AT(was), NULL, FIELD_OPTIONAL },
	{ "name", FIELD_TEXT, DOOR_NAME, AT(name), NULL, FIELD_REQUIRED_IN_NEW },
	{ "place", FIELD_PLACE, DOOR_PLACE, AT(place), NULL, FIELD_OPTIONAL },
	{ "lat", FIELD_DEGREES, DOOR_PLACE, AT(place.lat_e6), NULL, FIELD_OPTIONAL },
	{ "lon", FIELD_DEGREES, DOOR_PLACE, AT(place.lon_e6), NULL, FIELD_OPTIONAL },
	{ "state", FIELD_ENUM, DOOR_STATE, AT(state), &WORDS_SITE_STATE, FIELD_OPTIONAL },
	{ "people", FIELD_COUNT, DOOR_PEOPLE, AT(people), NULL, FIELD_OPTIONAL },
	{ "giving", FIELD_HOURS, DOOR_GIVING, AT(giving), NULL, FIELD_OPTIONAL },
	{ "receiving", FIELD_HOURS, DOOR_RECEIVING, AT(receiving), NULL, FIELD_OPTIONAL },
	{ "takes", FIELD_SET_U16, DOOR_TAKES, AT(takes), &WORDS_SECTORS, FIELD_OPTIONAL },
	{ "refuses", FIELD_SET_U16, DOOR_REFUSES, AT(refuses), &WORDS_SECTORS, FIELD_OPTIONAL },
	{ "facilities", FIELD_SET_U8, DOOR_FACILITIES, AT(facilities), &WORDS_FACILITIES, FIELD_OPTIONAL },
	{ "rest", FIELD_TEXT, 0, AT(rest), NULL, FIELD_OPTIONAL },
	{ "instead", FIELD_TEXT, 0, AT(instead), NULL, FIELD_OPTIONAL },
	{ "sure", FIELD_BOOL, 0, AT(sure), NULL, FIELD_OPTIONAL },
};

static const struct field LINE_FIELDS[] = {
	{ "ref", FIELD_TEXT, 0, AT(ref), NULL, FIELD_OPTIONAL },
	{ "was", FIELD_TEXT, 0, AT(was), NULL, FIELD_OPTIONAL },
	{ "kind", FIELD_ENUM, 0, AT(line_kind), &WORDS_LINE_KIND, FIELD_REQUIRED_IN_NEW },
	{ "site", FIELD_TEXT, DOOR_SITE_REF, AT(site), NULL, FIELD_OPTIONAL },
	{ "place", FIELD_PLACE, DOOR_PLACE, AT(place), NULL, FIELD_OPTIONAL },
	{ "lat", FIELD_DEGREES, DOOR_PLACE, AT(place.lat_e6), NULL, FIELD_OPTIONAL },
	{ "lon", FIELD_DEGREES, DOOR_PLACE, AT(place.lon_e6), NULL, FIELD_OPTIONAL },
	{ "item", FIELD_ITEM, DOOR_ITEM, AT(item), NULL, FIELD_OPTIONAL },
	{ "quantity", FIELD_QUANTITY, DOOR_QUANTITY, AT(quantity_milli), NULL, FIELD_OPTIONAL },
	{ "people", FIELD_COUNT, DOOR_PEOPLE, AT(people), NULL, FIELD_OPTIONAL },
	{ "infants", FIELD_COUNT, DOOR_INFANTS, AT(infants), NULL, FIELD_OPTIONAL },
	{ "elders", FIELD_COUNT, DOOR_ELDERS, AT(elders), NULL, FIELD_OPTIONAL },
	{ "powered", FIELD_COUNT, DOOR_POWERED, AT(powered), NULL, FIELD_OPTIONAL },
	{ "within", FIELD_COUNT, DOOR_WITHIN, AT(within_h), NULL, FIELD_OPTIONAL },
	{ "reach", FIELD_COUNT, DOOR_REACH, AT(reach_km), NULL, FIELD_OPTIONAL },
	{ "lot", FIELD_QUANTITY, DOOR_LOT, AT(lot_milli), NULL, FIELD_OPTIONAL },
	{ "reserve", FIELD_QUANTITY, DOOR_RESERVE, AT(reserve_milli), NULL, FIELD_OPTIONAL },
	{ "flags", FIELD_SET_U8, DOOR_FLAGS, AT(flags), &WORDS_FLAGS, FIELD_OPTIONAL },
	{ "condition", FIELD_CONDITION, 0, 0, &WORDS_CONDITION, FIELD_OPTIONAL },
	{ "cold", FIELD_COLD, 0, 0, NULL, FIELD_OPTIONAL },
	{ "variant", FIELD_TEXT, 0, AT(variant), NULL, FIELD_OPTIONAL },
	{ "use_by", FIELD_TEXT, 0, AT(use_by), NULL, FIELD_OPTIONAL },
	{ "text", FIELD_TEXT, DOOR_TEXT, AT(text), NULL, FIELD_OPTIONAL },
	{ "closed", FIELD_WORD_U8, DOOR_CLOSED, AT(closed), &WORDS_CLOSED, FIELD_OPTIONAL },
	{ "at", FIELD_MOMENT, DOOR_AT, AT(at), NULL, FIELD_OPTIONAL },
	{ "days", FIELD_COUNT, DOOR_DAYS, AT(days), NULL, FIELD_OPTIONAL },
	{ "every", FIELD_COUNT, DOOR_EVERY, AT(every_h), NULL, FIELD_OPTIONAL },
	{ "doors", FIELD_DOORS, DOOR_DOORS, AT(doors), NULL, FIELD_OPTIONAL },
	{ "ticket", FIELD_BOOL, 0, AT(wants_ticket), NULL, FIELD_OPTIONAL },
	{ "name", FIELD_TEXT, 0, AT(name), NULL, FIELD_OPTIONAL },
	{ "phone", FIELD_TEXT, 0, AT(phone), NULL, FIELD_OPTIONAL },
	{ "address", FIELD_TEXT, 0, AT(address), NULL, FIELD_OPTIONAL },
	{ "sure", FIELD_BOOL, 0, AT(sure), NULL, FIELD_OPTIONAL },
	{ "dry", FIELD_BOOL, 0, AT(dry), NULL, FIELD_OPTIONAL },
};

static const struct field MOVE_FIELDS[] = {
	{ "ref", FIELD_TEXT, 0, AT(ref), NULL, FIELD_OPTIONAL },
	{ "stage", FIELD_ENUM, 0, AT(stage), &WORDS_STAGE, FIELD_REQUIRED_IN_NEW },
	{ "of", FIELD_TEXT, 0, AT(of), NULL, FIELD_OPTIONAL },
	{ "from", FIELD_TEXT, 0, AT(from), NULL, FIELD_OPTIONAL },
	{ "after", FIELD_TEXT, 0, AT(after), NULL, FIELD_OPTIONAL },
	{ "quantity", FIELD_QUANTITY, DOOR_QUANTITY, AT(quantity_milli), NULL, FIELD_OPTIONAL },
	{ "at", FIELD_MOMENT, DOOR_AT, AT(at), NULL, FIELD_OPTIONAL },
	{ "due", FIELD_MOMENT, DOOR_DUE, AT(due), NULL, FIELD_OPTIONAL },
	{ "text", FIELD_TEXT, DOOR_TEXT, AT(text), NULL, FIELD_OPTIONAL },
	{ "ticket", FIELD_TEXT, 0, AT(ticket), NULL, FIELD_OPTIONAL },
	{ "more", FIELD_BOOL, 0, AT(more), NULL, FIELD_OPTIONAL },
	{ "sure", FIELD_BOOL, 0, AT(sure), NULL, FIELD_OPTIONAL },
	{ "dry", FIELD_BOOL, 0, AT(dry), NULL, FIELD_OPTIONAL },
};

static const struct field NOTE_FIELDS[] = {
	{ "ref", FIELD_TEXT, 0, AT(ref), NULL, FIELD_OPTIONAL },
	{ "kind", FIELD_ENUM, 0, AT(note_kind), &WORDS_NOTE_KIND, FIELD_OPTIONAL },
	{ "of", FIELD_TEXT, 0, AT(of), NULL, FIELD_OPTIONAL },
	{ "other", FIELD_TEXT, 0, AT(other), NULL, FIELD_OPTIONAL },
	{ "severity", FIELD_WORD_U32, DOOR_SEVERITY, AT(severity), &WORDS_SEVERITY, FIELD_OPTIONAL },
	{ "language", FIELD_TEXT, DOOR_LANGUAGE, AT(language), NULL, FIELD_OPTIONAL },
	{ "flags", FIELD_SET_U8, DOOR_FLAGS, AT(flags), &WORDS_NOTE_FLAGS, FIELD_OPTIONAL },
	{ "text", FIELD_TEXT, DOOR_TEXT, AT(text), NULL, FIELD_OPTIONAL },
	{ "until", FIELD_MOMENT, DOOR_UNTIL, AT(until), NULL, FIELD_OPTIONAL },
	{ "sure", FIELD_BOOL, 0, AT(sure), NULL, FIELD_OPTIONAL },
	{ "dry", FIELD_BOOL, 0, AT(dry), NULL, FIELD_OPTIONAL },
};

static const struct field WITHDRAW_FIELDS[] = {
	{ "ref", FIELD_TEXT, 0, AT(ref), NULL, FIELD_REQUIRED },
	{ "sure", FIELD_BOOL, 0, AT(sure), NULL, FIELD_OPTIONAL },
};

static const struct field UNDO_FIELDS[] = {
	{ "sure", FIELD_BOOL, 0, AT(sure), NULL, FIELD_OPTIONAL },
};

static const struct field TRUST_FIELDS[] = {
	{ "kind", FIELD_WORD_U8, 0, AT(trust_kind), &WORDS_TRUST_KIND, FIELD_REQUIRED },
	{ "key", FIELD_TEXT, 0, AT(key), NULL, FIELD_REQUIRED },
	{ "site", FIELD_TEXT, DOOR_SITE_REF, AT(site), NULL, FIELD_OPTIONAL },
	{ "since", FIELD_MOMENT, DOOR_AT, AT(at), NULL, FIELD_OPTIONAL },
	{ "all", FIELD_BOOL, 0, AT(all), NULL, FIELD_OPTIONAL },
};

static const struct field SELF_FIELDS[] = {
	{ "name", FIELD_TEXT, DOOR_NAME, AT(name), NULL, FIELD_OPTIONAL },
	{ "language", FIELD_TEXT, DOOR_LANGUAGE, AT(language), NULL, FIELD_OPTIONAL },
	{ "site", FIELD_TEXT, DOOR_SITE_REF, AT(site), NULL, FIELD_OPTIONAL },
};

#define TABLE(NOUN, FIELDS)                                                                                            \
	{                                                                                                              \
		NOUN, FIELDS, sizeof(FIELDS) / sizeof(FIELDS[0])                                                       \
	}

static const struct {
	const char *noun;
	const struct field *fields;
	size_t count;
} TABLES[] = {
	[DOOR_SITE] = TABLE("site", SITE_FIELDS),
	[DOOR_LINE] = TABLE("line", LINE_FIELDS),
	[DOOR_MOVE] = TABLE("move", MOVE_FIELDS),
	[DOOR_NOTE] = TABLE("note", NOTE_FIELDS),
	[DOOR_TRUST] = TABLE("trust", TRUST_FIELDS),
	[DOOR_SELF] = TABLE("self", SELF_FIELDS),
	[DOOR_WITHDRAW] = TABLE("withdraw", WITHDRAW_FIELDS),
	[DOOR_UNDO] = TABLE("undo", UNDO_FIELDS),
};

/* Says what is wrong and is false, so that a check can end with it. */
static bool refuse(struct said *error, struct say say)
{
	said_decide(error, say);
	return false;
}

static bool refuse_word(struct said *error, const struct field *f)
{
	return refuse(error, SAY_OF(API_MUST_BE_ONE_OF, say_text(f->name),
				    say_words(f->words == &WORDS_FLAGS ? &WORDS_FLAGS_TYPED : f->words)));
}

static bool read_word(uint32_t *out, struct said *error, const struct field *f, const json_t *value)
{
	int found = json_is_string(value) ? words_find(f->words, json_string_value(value)) : -1;

	if (found < 0)
		return refuse_word(error, f);
	*out = (uint32_t)found;
	return true;
}

static bool read_set(uint32_t *out, struct said *error, const struct field *f, const json_t *value)
{
	size_t index;
	json_t *element;
	uint32_t bits = 0, bit = 0;

	if (!json_is_array(value))
		return refuse(error, SAY_OF(API_MUST_BE_WORDS, say_text(f->name), say_text(f->words->list[0])));
	json_array_foreach (value, index, element) {
		if (f->words == &WORDS_FLAGS && json_is_string(element) &&
		    strcasecmp(json_string_value(element), "recurring") == 0)
			return refuse(error, SAY(FLAG_RECURRING));
		if (!read_word(&bit, error, f, element))
			return false;
		bits |= 1u << bit;
	}
	*out = bits;
	return true;
}

static bool read_count(uint32_t *out, struct said *error, const struct field *f, const json_t *value)
{
	json_int_t n = json_integer_value(value);

	if (!json_is_integer(value) || n < 0 || n > UINT32_MAX)
		return refuse(error, SAY_OF(API_MUST_BE_COUNT, say_text(f->name)));
	*out = (uint32_t)n;
	return true;
}

/* Where a quantity goes as it was typed. */
static const char **measure_of(struct door_request *r, const uint64_t *milli)
{
	return milli == &r->quantity_milli ? &r->measure
	       : milli == &r->lot_milli    ? &r->lot_measure
					   : &r->reserve_measure;
}

/* What is more than a number the door understands, which knows the item; only what fits no item is refused here. */
static bool read_measure(struct door_request *r, uint64_t *out, struct said *error, const struct field *f,
			 const json_t *value)
{
	const char *text = json_string_value(value);
	enum measure_rc rc = strlen(text) == json_string_length(value) ? measure_check(text) : MEASURE_E_FORM;

	switch (rc) {
	case MEASURE_OK:
	case MEASURE_E_WORD:
		*measure_of(r, out) = text;
		return true;
	case MEASURE_E_FORM:
		return refuse(error, SAY_OF(API_MUST_BE_QUANTITY, say_text(f->name)));
	case MEASURE_E_COMMA:
	case MEASURE_E_CONTENT:
	case MEASURE_E_KIND:
	case MEASURE_E_FINE:
	case MEASURE_E_LARGE:
	case MEASURE_E_SMALL:
		break;
	}
	(void)said_add(error, SAY_OF(API_IN_FIELD, say_text(f->name)));
	return refuse(error, say_measure_error(rc, text, NULL));
}

static bool read_quantity(struct door_request *r, uint64_t *out, struct said *error, const struct field *f,
			  const json_t *value)
{
	enum decimal_rc rc = DECIMAL_E_FORM;

	if (json_is_string(value))
		rc = decimal_parse(out, json_string_value(value));
	if (json_is_string(value) && rc == DECIMAL_E_FORM)
		return read_measure(r, out, error, f, value);
	if (json_is_number(value))
		rc = decimal_of_double(out, json_number_value(value));
	return rc == DECIMAL_OK || refuse(error, say_decimal_error(rc, say_text(f->name), ""));
}

static bool read_moment(int64_t *out, struct said *error, const struct field *f, const json_t *value)
{
	if (json_is_string(value) && iso_time_parse(out, json_string_value(value)))
		return true;
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return refuse(error, SAY_OF(API_MUST_BE_TIME, say_text(f->name)));
	*out = json_integer_value(value);
	return true;
}

/* "08:30" in half hours; 255 when it is none. */
static uint8_t half_hours(const char *text)
{
	unsigned hour, minute;
	int end = 0;

	if (text == NULL || sscanf(text, "%2u:%2u%n", &hour, &minute, &end) != 2 || text[end] != '\0')
		return 255;
	if (hour > 24 || (minute != 0 && minute != 30) || (hour == 24 && minute != 0))
		return 255;
	return (uint8_t)(hour * 2 + minute / 30);
}

static bool read_hours(struct view_hours *out, struct said *error, const struct field *f, json_t *value)
{
	static const struct field DAYS = { .name = "days", .words = &WORDS_DAYS };
	const char *from = NULL, *to = NULL;
	json_t *days = NULL;
	uint32_t bits = 0;

	if (json_unpack(value, "{s:s, s:s, s?o !}", "from", &from, "to", &to, "days", &days) != 0 ||
	    half_hours(from) == 255 || half_hours(to) == 255)
		return refuse(error, SAY_OF(API_MUST_BE_HOURS, say_text(f->name)));
	if (days != NULL && !read_set(&bits, error, &DAYS, days))
		return false;
	*out = (struct view_hours){ half_hours(from), half_hours(to), (uint8_t)(bits == 0x7f ? 0 : bits) };
	return true;
}

static bool read_place(struct view_place *out, struct said *error, const struct field *f, json_t *value)
{
	double lat, lon;
	int digits = DEGREES_POINT_DIGITS;

	if (json_unpack(value, "{s:F, s:F, s?i !}", "lat", &lat, "lon", &lon, "digits", &digits) != 0 ||
	    !degrees_place(out, lat, lon, digits))
		return refuse(error, SAY_OF(API_MUST_BE_PLACE, say_text(f->name)));
	return true;
}

static bool read_condition(struct door_request *r, struct said *error, const struct field *f, const json_t *value)
{
	static const uint8_t flags[] = { 0, VIEW_LINE_USED, VIEW_LINE_DAMAGED };
	uint32_t which = 0;

	if (!read_word(&which, error, f, value))
		return false;
	r->flags_set |= flags[which];
	r->flags_clear |= (uint8_t)((VIEW_LINE_USED | VIEW_LINE_DAMAGED) & ~flags[which]);
	return true;
}

static bool read_doors(struct door_request *r, struct said *error, const struct field *f, json_t *value)
{
	const struct {
		const char *name;
		uint32_t *out;
	} numbers[] = { { "asked", &r->doors }, { "answered", &r->answered }, { "nothing", &r->unneeded } };

	if (json_object_size(value) != sizeof(numbers) / sizeof(numbers[0]))
		return refuse(error, SAY_OF(API_MUST_BE_DOORS, say_text(f->name)));
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct field number = { .name = numbers[i].name };
		const json_t *count = json_object_get(value, number.name);

		if (count == NULL)
			return refuse(error, SAY_OF(API_MUST_BE_DOORS, say_text(f->name)));
		if (!read_count(numbers[i].out, error, &number, count))
			return false;
	}
	return true;
}

static bool read_text(struct request_json *ask, struct said *error, const struct field *f, const json_t *value)
{
	const char **out = (const char **)((char *)&ask->request + f->offset);

	if (f->type == FIELD_ITEM && json_is_integer(value)) {
		if (json_integer_value(value) < 1 || json_integer_value(value) > 9999)
			return refuse(error, SAY_OF(API_MUST_BE_ITEM, say_text(f->name)));
		snprintf(ask->item, sizeof(ask->item), "%d", (int)json_integer_value(value));
		*out = ask->item;
		return true;
	}
	if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value))
		return refuse(error, SAY_OF(API_MUST_BE_TEXT, say_text(f->name)));
	*out = json_string_value(value);
	return true;
}

static bool read_field(struct request_json *ask, struct said *error, const struct field *f, json_t *value)
{
	void *out = (char *)&ask->request + f->offset;
	uint32_t number = 0;
	bool ok = false;

	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_ITEM:
		return read_text(ask, error, f, value);
	case FIELD_COUNT:
		return read_count(out, error, f, value);
	case FIELD_DOORS:
		return read_doors(&ask->request, error, f, value);
	case FIELD_QUANTITY:
		return read_quantity(&ask->request, out, error, f, value);
	case FIELD_MOMENT:
		return read_moment(out, error, f, value);
	case FIELD_HOURS:
		return read_hours(out, error, f, value);
	case FIELD_PLACE:
		if (json_is_string(value) && strlen(json_string_value(value)) == json_string_length(value)) {
			ask->request.where = json_string_value(value);
			return true;
		}
		return read_place(out, error, f, value);
	case FIELD_BOOL:
		*(bool *)out = json_is_true(value);
		return json_is_boolean(value) || refuse(error, SAY_OF(API_MUST_BE_BOOL, say_text(f->name)));
	case FIELD_CONDITION:
		return read_condition(&ask->request, error, f, value);
	case FIELD_COLD:
		*(json_is_true(value) ? &ask->request.flags_set : &ask->request.flags_clear) |= VIEW_LINE_COLD;
		return json_is_boolean(value) || refuse(error, SAY_OF(API_MUST_BE_BOOL, say_text(f->name)));
	case FIELD_DEGREES:
		/* Read together by read_point. */
		return json_is_number(value) || refuse(error, SAY_OF(API_MUST_BE_DEGREES, say_text(f->name)));
	case FIELD_WORD_U32:
		if (json_is_integer(value) && json_integer_value(value) >= 0 &&
		    (size_t)json_integer_value(value) < f->words->count) {
			*(uint32_t *)out = (uint32_t)json_integer_value(value);
			return true;
		}
		return read_word(out, error, f, value);
	case FIELD_ENUM:
		ok = read_word(&number, error, f, value);
		memcpy(out, &number, sizeof(number));
		return ok;
	case FIELD_WORD_U8:
		ok = read_word(&number, error, f, value);
		*(uint8_t *)out = (uint8_t)number;
		return ok;
	case FIELD_SET_U8:
		ok = read_set(&number, error, f, value);
		*(uint8_t *)out = (uint8_t)number;
		return ok;
	case FIELD_SET_U16:
		ok = read_set(&number, error, f, value);
		*(uint16_t *)out = (uint16_t)number;
		return ok;
	case FIELD_SET_U32:
		return read_set(out, error, f, value);
	}
	return false;
}

static_assert(sizeof(enum view_line_kind) == sizeof(uint32_t), "FIELD_ENUM copies four bytes");

static bool refuse_unknown(struct said *error, enum door_verb verb, const char *name)
{
	char fields[SAID_VALUE_MAX + 1];
	size_t used = 0;

	for (size_t i = 0; i < TABLES[verb].count && used < sizeof(fields); i++)
		used += (size_t)snprintf(fields + used, sizeof(fields) - used, "%s%s", i == 0 ? "" : ", ",
					 TABLES[verb].fields[i].name);
	return refuse(error, SAY_OF(API_FIELD_UNKNOWN, say_typed(name), say_text(TABLES[verb].noun), say_text(fields)));
}

/* "lat" and "lon" go together, and instead of "place". */
static bool read_point(struct request_json *ask, struct said *error, const json_t *object)
{
	const json_t *lat = json_object_get(object, "lat"), *lon = json_object_get(object, "lon");

	if (lat == NULL && lon == NULL)
		return true;
	if (lat == NULL || lon == NULL || json_object_get(object, "place") != NULL)
		return refuse(error, SAY(API_LAT_AND_LON));
	if (!degrees_place(&ask->request.place, json_number_value(lat), json_number_value(lon), DEGREES_POINT_DIGITS))
		return refuse(error, SAY(API_DEGREES_RANGE));
	return true;
}

static bool is_known(enum door_verb verb, const char *name)
{
	for (size_t i = 0; i < TABLES[verb].count; i++)
		if (strcmp(TABLES[verb].fields[i].name, name) == 0)
			return true;
	return false;
}

bool request_json_read(struct request_json *ask, struct said *error, enum door_verb verb, const json_t *object)
{
	const char *name;
	json_t *value;

	if (!json_is_object(object))
		return refuse(error, SAY(API_JSON_OBJECT));
	json_object_foreach ((json_t *)object, name, value) {
		if (!is_known(verb, name))
			return refuse_unknown(error, verb, name);
	}
	*ask = (struct request_json){ .request.verb = verb };
	for (size_t i = 0; i < TABLES[verb].count; i++) {
		const struct field *f = &TABLES[verb].fields[i];

		value = json_object_get(object, f->name);
		if (value != NULL) {
			if (!read_field(ask, error, f, value))
				return false;
			ask->request.fields |= f->bit;
			continue;
		}
		if (f->need == FIELD_REQUIRED || (f->need == FIELD_REQUIRED_IN_NEW && ask->request.ref == NULL))
			return refuse(error, SAY_OF(API_FIELD_MISSING, say_text(f->name)));
	}
	return read_point(ask, error, object);
}
