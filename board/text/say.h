/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What this node says to people, as data: a code, and the values that fill it in. The words are in languages/, one file a
 * language; programs go by the code, never by the words. Pure but for the time zone; no heap.
 *
 *   struct say      one sentence on its way: made by SAY or SAY_OF, its texts borrowed
 *   struct said     several that are kept (said.h)
 *
 *   said_add(&answer->said, SAY_OF(WITHIN_HOURS, say_number(7)));      "Within is one of 6, 24, ... hours, not 7."
 *
 * A sentence of a language file may hold
 *   {name}            a value
 *   {name|one|many}   a number and what it counts: "1 day", "3 days"
 *   [ ... {name} ]    a part that is left out where one of its values is empty or 0
 * A backslash keeps one of these signs as it is. */
#ifndef AIDMESH_BOARD_TEXT_SAY_H
#define AIDMESH_BOARD_TEXT_SAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/text/language.h"
#include "board/text/words.h"

/* enum say_code, SAY_..._VALUES: made of the language files. */
#include "board/text/say_codes.inc"

enum { SAY_VALUES_MAX = 9 };

enum say_kind {
	SAY_KIND_EMPTY,
	SAY_KIND_TEXT,
	SAY_KIND_TYPED, /* as somebody typed it: cut sooner */
	SAY_KIND_NUMBER,
	SAY_KIND_AMOUNT, /* thousandths of a unit: "120 L" */
	SAY_KIND_SPAN,   /* seconds: "5 min" */
	SAY_KIND_DATE,   /* Unix seconds: "30 Nov 2026 12:40" */
	SAY_KIND_TENTHS, /* "2.5" */
	SAY_KIND_ITEM,   /* of the catalogue, else a text */
	SAY_KIND_ITEMS,  /* codes of the catalogue between blanks: "Blanket (303) or Tent (302)" */
	SAY_KIND_CODE,   /* another phrase */
	SAY_KIND_PART,   /* one word of a phrase that lists several: number = code | which << 16 */
	SAY_KIND_WORDS,  /* the API's own words: "open, full or closed" */
};

struct say_value {
	enum say_kind kind;
	int64_t number;
	const char *text;          /* borrowed; also the unit of an amount */
	const struct words *words; /* static */
};

struct say {
	enum say_code code;
	struct say_value values[SAY_VALUES_MAX];
};

/* A sentence without values, and one with as many as its English text names, in their order: another number of them
 * does not compile. */
#define SAY(CODE) ((struct say){ .code = (enum say_code)(SAY_##CODE + SAY_MUST(SAY_##CODE##_VALUES == 0)) })
#define SAY_OF(CODE, ...)                                                                                              \
	((struct say){ .code = (enum say_code)(SAY_##CODE + SAY_MUST(sizeof((struct say_value[]){ __VA_ARGS__ }) ==    \
								     SAY_##CODE##_VALUES * sizeof(struct say_value))), \
		       .values = { __VA_ARGS__ } })
#define SAY_MUST(WHAT) (0 * (int)sizeof(char[(WHAT) ? 1 : -1]))

static inline struct say_value say_text(const char *text)
{
	return (struct say_value){ .kind = SAY_KIND_TEXT, .text = text };
}

static inline struct say_value say_typed(const char *text)
{
	return (struct say_value){ .kind = SAY_KIND_TYPED, .text = text };
}

static inline struct say_value say_number(int64_t number)
{
	return (struct say_value){ .kind = SAY_KIND_NUMBER, .number = number };
}

/* `unit` as the catalogue has it: "each" and "" are not written. */
static inline struct say_value say_amount(int64_t milli, const char *unit)
{
	return (struct say_value){ .kind = SAY_KIND_AMOUNT, .number = milli, .text = unit };
}

static inline struct say_value say_span(int64_t seconds)
{
	return (struct say_value){ .kind = SAY_KIND_SPAN, .number = seconds };
}

/* In the time zone of the machine. */
static inline struct say_value say_date(int64_t unix_s)
{
	return (struct say_value){ .kind = SAY_KIND_DATE, .number = unix_s };
}

static inline struct say_value say_tenths(int64_t tenths)
{
	return (struct say_value){ .kind = SAY_KIND_TENTHS, .number = tenths };
}

/* An item of the catalogue; 0: what somebody called it. */
struct say_value say_item(uint16_t code, const char *words);

static inline struct say_value say_items(const char *codes)
{
	return (struct say_value){ .kind = SAY_KIND_ITEMS, .text = codes };
}

static inline struct say_value say_phrase(enum say_code code)
{
	return (struct say_value){ .kind = SAY_KIND_CODE, .number = code };
}

static inline struct say_value say_part(enum say_code code, unsigned which)
{
	return (struct say_value){ .kind = SAY_KIND_PART, .number = (int64_t)code | (int64_t)which << 16 };
}

static inline struct say_value say_words(const struct words *words)
{
	return (struct say_value){ .kind = SAY_KIND_WORDS, .words = words };
}

static inline struct say_value say_empty(void)
{
	return (struct say_value){ .kind = SAY_KIND_EMPTY };
}

/* Writes it, cut at a character where `size` is too small; always terminated. */
void say_write(char *out, size_t size, enum language language, struct say say);

/* A phrase as its file has it: for one without values, and for those of the display, which fill in by themselves. */
const char *say_phrase_text(enum language language, enum say_code code);
/* "within-hours": stable, for programs. */
const char *say_code_name(enum say_code code);
/* The name of value `index`, of `size` bytes, not terminated; NULL beyond the last. */
const char *say_value_name(size_t *size, enum say_code code, size_t index);

#endif
