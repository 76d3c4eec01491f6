/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/text/said_json.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "board/text/decimal.h"
#include "board/text/iso_time.h"

enum { NAME_SIZE = 40 };

static json_t *number_json(int64_t milli)
{
	return milli % 1000 == 0 ? json_integer(milli / 1000) : json_real((double)milli / 1000);
}

static json_t *words_json(const struct words *words)
{
	json_t *list = json_array();

	for (size_t i = 0; i < words->count; i++)
		json_array_append_new(list, json_string(words->list[i]));
	return list;
}

/* As the sentence says it. */
static json_t *written_json(const struct said *said, size_t sentence, size_t index)
{
	const struct said_value *value = &said->sentences[sentence].values[index];
	char iso[ISO_TIME_SIZE];

	switch (value->kind) {
	case SAY_KIND_EMPTY:
		return json_null();
	case SAY_KIND_NUMBER:
	case SAY_KIND_SPAN:
		return json_integer(value->number);
	case SAY_KIND_DATE:
		iso_time_format(iso, value->number);
		return json_string(iso);
	case SAY_KIND_TENTHS:
		return number_json(value->number * 100);
	case SAY_KIND_AMOUNT:
		return number_json(value->number);
	case SAY_KIND_CODE:
		return json_string(say_code_name((enum say_code)value->number));
	case SAY_KIND_PART:
		return json_integer(value->number >> 16);
	case SAY_KIND_ITEM:
		if (value->number != 0)
			return json_integer(value->number);
		return json_string(said->texts + value->text);
	case SAY_KIND_WORDS:
		return words_json(value->words);
	case SAY_KIND_TEXT:
	case SAY_KIND_TYPED:
	case SAY_KIND_ITEMS:
		break;
	}
	return json_string(said->texts + value->text);
}

static json_t *values_json(const struct said *said, size_t sentence)
{
	const struct said_sentence *s = &said->sentences[sentence];
	json_t *values = json_object();
	char key[NAME_SIZE];
	const char *name;
	size_t size;

	for (size_t i = 0; i < SAY_VALUES_MAX && (name = say_value_name(&size, s->code, i)) != NULL; i++) {
		assert(size + sizeof("_unit") <= sizeof(key));
		snprintf(key, sizeof(key), "%.*s", (int)size, name);
		json_object_set_new(values, key, written_json(said, sentence, i));
		if (s->values[i].kind != SAY_KIND_AMOUNT || said->texts[s->values[i].text] == '\0')
			continue;
		snprintf(key, sizeof(key), "%.*s_unit", (int)size, name);
		json_object_set_new(values, key, json_string(said->texts + s->values[i].text));
	}
	return values;
}

static json_t *list_json(const struct said *said, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:s, s:o}", "code", say_code_name(said->sentences[i].code),
						      "values", values_json(said, i)));
	return list;
}

static void put_list(json_t *object, const char *key, const struct said *said, size_t count)
{
	char name[NAME_SIZE];

	assert(strlen(key) + sizeof("_said") <= sizeof(name));
	snprintf(name, sizeof(name), "%s_said", key);
	if (count > 0)
		json_object_set_new(object, name, list_json(said, count));
}

void said_json_put(json_t *object, const char *key, const struct said *said, enum language language)
{
	char text[SAID_WRITTEN_SIZE];

	said_write(text, sizeof(text), language, said);
	json_object_set_new(object, key, json_string(text));
	put_list(object, key, said, said->count);
}

void said_json_refuse(json_t *object, const struct said *said, enum language language)
{
	struct said refused = { 0 };
	char text[SAID_WRITTEN_SIZE];
	size_t last;

	if (said_is_empty(said)) {
		said_decide(&refused, SAY(NODE_REFUSED));
		said = &refused;
	}
	last = said->count - 1u;
	said_write(text, sizeof(text), language, said);
	json_object_set_new(object, "error", json_string(text));
	json_object_set_new(object, "code", json_string(say_code_name(said->sentences[last].code)));
	json_object_set_new(object, "values", values_json(said, last));
	put_list(object, "remark", said, last);
}
