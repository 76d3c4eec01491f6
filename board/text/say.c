/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/text/say.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/text/date_text.h"
#include "board/text/decimal.h"
#include "board/text/utf8.h"
#include "proto/catalog/catalog.h"

struct phrase {
	const char *code, *values; /* the values' names, between blanks */
	const char *texts[LANGUAGES];
};

#include "board/text/say_texts.inc"

/* Text that grows, up to its room; what does not fit is left out whole, character by character. */
struct page {
	char *out;
	size_t size, used;
	bool is_full;
};

static void put(struct page *p, const char *text, size_t size)
{
	assert(p->used < p->size);
	while (size > 0 && !p->is_full) {
		size_t one = 1;

		while (one < size && ((unsigned char)text[one] & 0xc0) == 0x80)
			one++;
		if (p->used + one >= p->size) {
			p->is_full = true;
			break;
		}
		memcpy(p->out + p->used, text, one);
		p->used += one;
		text += one;
		size -= one;
	}
	p->out[p->used] = '\0';
}

static void put_text(struct page *p, const char *text)
{
	put(p, text, strlen(text));
}

static void put_number(struct page *p, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	put_text(p, text);
}

/* --- phrases --- */

const char *say_phrase_text(enum language language, enum say_code code)
{
	assert(language < LANGUAGES && code > SAY_NOTHING && code < SAY_CODES);
	return PHRASES[code].texts[language];
}

const char *say_code_name(enum say_code code)
{
	assert(code > SAY_NOTHING && code < SAY_CODES);
	return PHRASES[code].code;
}

const char *say_value_name(size_t *size, enum say_code code, size_t index)
{
	const char *name;

	assert(code > SAY_NOTHING && code < SAY_CODES);
	name = PHRASES[code].values;
	for (; index > 0 && *name != '\0'; index--) {
		name += strcspn(name, " ");
		name += *name == ' ';
	}
	*size = strcspn(name, " ");
	return *size > 0 ? name : NULL;
}

/* --- values --- */

struct say_value say_item(uint16_t code, const char *words)
{
	return (struct say_value){ .kind = SAY_KIND_ITEM,
				   .number = catalog_find_code(code) != NULL ? code : 0,
				   .text = words };
}

static bool is_empty(const struct say_value *value)
{
	switch (value->kind) {
	case SAY_KIND_EMPTY:
		return true;
	case SAY_KIND_TEXT:
	case SAY_KIND_TYPED:
	case SAY_KIND_ITEMS:
		return value->text == NULL || value->text[0] == '\0';
	case SAY_KIND_ITEM:
		return value->number == 0 && (value->text == NULL || value->text[0] == '\0');
	case SAY_KIND_NUMBER:
	case SAY_KIND_AMOUNT:
	case SAY_KIND_SPAN:
	case SAY_KIND_DATE:
	case SAY_KIND_TENTHS:
		return value->number == 0;
	case SAY_KIND_CODE:
	case SAY_KIND_PART:
	case SAY_KIND_WORDS:
		return false;
	}
	return true;
}

static void put_phrase(struct page *p, enum language language, enum say_code code, const struct say_value *values);

/* "5 min", "6 h", "2 d": one number is precise enough, the nearest: a moment after "within 6 h" there are 6 h left. */
static void put_span(struct page *p, enum language language, int64_t seconds)
{
	static const struct {
		int64_t below, unit;
		enum say_code code;
	} STEPS[] = { { 3600, 60, SAY_SPAN_MINUTES },
		      { 48 * 3600, 3600, SAY_SPAN_HOURS },
		      { INT64_MAX, 86400, SAY_SPAN_DAYS } };
	size_t i = 0;

	if (seconds < 60)
		seconds = 60;
	while (seconds >= STEPS[i].below - STEPS[i].unit / 2)
		i++;
	put_phrase(p, language, STEPS[i].code,
		   (struct say_value[SAY_VALUES_MAX]){ say_number((seconds + STEPS[i].unit / 2) / STEPS[i].unit) });
}

static void put_amount(struct page *p, const struct say_value *value)
{
	char number[DECIMAL_SIZE];

	decimal_format(number, value->number);
	put_text(p, number);
	if (value->text == NULL || value->text[0] == '\0' || strcmp(value->text, "each") == 0)
		return;
	put_text(p, " ");
	put_text(p, value->text);
}

static void put_date(struct page *p, enum language language, int64_t unix_s)
{
	char date[DATE_TEXT_SIZE];

	date_text_write(date, DATE_MINUTE, say_phrase_text(language, SAY_MONTHS), unix_s);
	put_text(p, date);
}

static void put_tenths(struct page *p, int64_t tenths)
{
	put_number(p, tenths / 10);
	if (tenths % 10 == 0)
		return;
	put_text(p, ".");
	put_number(p, tenths % 10);
}

static void put_between(struct page *p, enum language language, size_t i, size_t count)
{
	if (i == 0)
		return;
	if (i + 1 < count) {
		put_text(p, ", ");
		return;
	}
	put_text(p, " ");
	put_text(p, say_phrase_text(language, SAY_OR));
	put_text(p, " ");
}

static void put_items(struct page *p, enum language language, const char *codes)
{
	size_t count = 1, i = 0;

	for (const char *c = codes; *c != '\0'; c++)
		count += *c == ' ';
	for (const char *c = codes; *c != '\0'; i++) {
		uint16_t code = (uint16_t)strtoul(c, NULL, 10);

		put_between(p, language, i, count);
		put_text(p, language_item(language, code));
		put_text(p, " (");
		put_number(p, code);
		put_text(p, ")");
		c += strcspn(c, " ");
		c += *c == ' ';
	}
}

static void put_part(struct page *p, enum language language, int64_t number)
{
	const char *part = say_phrase_text(language, (enum say_code)(number & 0xffff));

	for (int64_t which = number >> 16; which > 0; which--) {
		part += strcspn(part, " ");
		part += *part == ' ';
	}
	assert(*part != '\0'); /* every language has as many words in a list */
	put(p, part, strcspn(part, " "));
}

static void put_words(struct page *p, enum language language, const struct words *words)
{
	for (size_t i = 0; i < words->count; i++) {
		put_between(p, language, i, words->count);
		put_text(p, words->list[i]);
	}
}

static void put_value(struct page *p, enum language language, const struct say_value *value)
{
	switch (value->kind) {
	case SAY_KIND_EMPTY:
		break;
	case SAY_KIND_TEXT:
	case SAY_KIND_TYPED:
		put_text(p, value->text != NULL ? value->text : "");
		break;
	case SAY_KIND_NUMBER:
		put_number(p, value->number);
		break;
	case SAY_KIND_AMOUNT:
		put_amount(p, value);
		break;
	case SAY_KIND_SPAN:
		put_span(p, language, value->number);
		break;
	case SAY_KIND_DATE:
		put_date(p, language, value->number);
		break;
	case SAY_KIND_TENTHS:
		put_tenths(p, value->number);
		break;
	case SAY_KIND_ITEM:
		put_text(p, value->number != 0 ? language_item(language, (uint16_t)value->number) : value->text);
		break;
	case SAY_KIND_ITEMS:
		put_items(p, language, value->text);
		break;
	case SAY_KIND_CODE:
		put_text(p, say_phrase_text(language, (enum say_code)value->number));
		break;
	case SAY_KIND_PART:
		put_part(p, language, value->number);
		break;
	case SAY_KIND_WORDS:
		put_words(p, language, value->words);
		break;
	}
}

/* --- sentences --- */

/* {0} or {0|one|many} at `text`: the value's place, and where it ends; false where it is no value. */
static bool find_value(size_t *index, const char **end, const char *text)
{
	if (text[0] != '{' || text[1] < '0' || text[1] > '9' || (text[2] != '}' && text[2] != '|'))
		return false;
	*index = (size_t)(text[1] - '0');
	*end = strchr(text, '}');
	assert(*index < SAY_VALUES_MAX && *end != NULL);
	return true;
}

/* "40 people": the number, and the word for one or for several. */
static void put_counted(struct page *p, enum language language, const struct say_value *value, const char *text,
			const char *end)
{
	const char *one = text + 3, *many;

	put_value(p, language, value);
	if (text[2] == '}')
		return;
	many = memchr(one, '|', (size_t)(end - one));
	assert(many != NULL);
	put_text(p, " ");
	if (value->kind == SAY_KIND_TENTHS ? value->number == 10
					   : language_is_one(language, (unsigned long long)value->number))
		put(p, one, (size_t)(many - one));
	else
		put(p, many + 1, (size_t)(end - many - 1));
}

/* Where the part that begins with '[' ends; NULL where it holds no value and is text like any other. */
static const char *part_end(bool *is_wanted, const char *text, const struct say_value *values)
{
	bool holds_value = false;
	const char *c = text + 1, *end;
	size_t index;

	*is_wanted = true;
	for (; *c != '\0' && *c != ']'; c++) {
		if (!find_value(&index, &end, c))
			continue;
		holds_value = true;
		*is_wanted = *is_wanted && !is_empty(&values[index]);
		c = end;
	}
	return holds_value && *c == ']' ? c : NULL;
}

static void put_phrase(struct page *p, enum language language, enum say_code code, const struct say_value *values)
{
	bool is_wanted, in_part = false;
	const char *end;
	size_t index;

	for (const char *c = say_phrase_text(language, code); *c != '\0'; c++) {
		if (*c == '\\' && c[1] != '\0') {
			put(p, ++c, 1);
		} else if (find_value(&index, &end, c)) {
			put_counted(p, language, &values[index], c, end);
			c = end;
		} else if (*c == '[' && (end = part_end(&is_wanted, c, values)) != NULL) {
			in_part = is_wanted;
			c = is_wanted ? c : end;
		} else if (*c == ']' && in_part) {
			in_part = false;
		} else {
			size_t size = 1;

			while (((unsigned char)c[size] & 0xc0) == 0x80)
				size++;
			put(p, c, size);
			c += size - 1;
		}
	}
}

static struct page page_init(char *out, size_t size)
{
	assert(size > 0);
	out[0] = '\0';
	return (struct page){ out, size, 0, false };
}

void say_write(char *out, size_t size, enum language language, struct say say)
{
	struct page p = page_init(out, size);

	put_phrase(&p, language, say.code, say.values);
	utf8_repair(out);
}
