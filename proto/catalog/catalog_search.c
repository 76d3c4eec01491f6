/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/catalog/catalog_search.h"

#include <assert.h>
#include <string.h>

#include "proto/text.h"

enum { WORD_MAX = 24, INSIDE_MIN = 4, TYPO_MIN = 5, TYPO_TWO_MIN = 8 };

/* A word as it is compared: lower case, without accents and without the endings of a plural. */
struct word {
	uint8_t size;
	char letters[WORD_MAX];
};

struct phrase {
	uint8_t count;
	struct word words[CATALOG_WORDS_MAX];
};

/* --- reading words --- */

/* A combining accent, as some keyboards send it behind its letter. */
static bool is_accent(int32_t code)
{
	return code >= 0x300 && code <= 0x36F;
}

/* Plurals and the vowel before them: "panales" and "panal" are one, so are "couches" and "couche". */
static void stem(struct word *w)
{
	assert(w->size > 0 && w->size <= WORD_MAX);
	if (w->size > 3 && w->letters[w->size - 1] == 's' && w->letters[w->size - 2] != 's')
		w->size--;
	if (w->size > 3 && w->letters[w->size - 1] == 'e')
		w->size--;
}

static bool is_small(const struct word *w)
{
	static const char small[] =
		" a an and at au aux con d de del des di du e el en et for l la las le les los nan of on "
		"ou para pou pour por some s the to un una une with y ";
	char padded[WORD_MAX + 3] = " ";

	assert(w->size <= WORD_MAX);
	memcpy(padded + 1, w->letters, w->size);
	padded[w->size + 1] = ' ';
	return strstr(small, padded) != NULL;
}

/* Ends a word. Small ones are left out. */
static void word_end(struct phrase *p, struct word *w)
{
	if (w->size > 0 && !is_small(w)) {
		stem(w);
		assert(w->size > 0 && p->count < CATALOG_WORDS_MAX);
		p->words[p->count++] = *w;
	}
	*w = (struct word){ .size = 0 };
}

/* False when it is not UTF-8 or has too many words. Letters beyond WORD_MAX are not looked at. */
static bool phrase_read(struct phrase *p, struct view text)
{
	struct word w = { .size = 0 };

	p->count = 0;
	while (text.size > 0) {
		int32_t code = text_next(&text);
		char letter = code < 0 ? '\0' : text_letter(code);

		if (code < 0 || p->count == CATALOG_WORDS_MAX)
			return false;
		if (letter == '\0' && !is_accent(code))
			word_end(p, &w);
		else if (letter != '\0' && w.size < WORD_MAX)
			w.letters[w.size++] = letter;
	}
	if (p->count == CATALOG_WORDS_MAX)
		return false;
	word_end(p, &w);
	assert(p->count <= CATALOG_WORDS_MAX);
	return true;
}

/* --- comparing words --- */

static bool is_same(const struct word *a, const struct word *b)
{
	return a->size == b->size && memcmp(a->letters, b->letters, a->size) == 0;
}

static bool begins(const struct word *typed, const struct word *name)
{
	return typed->size >= 2 && typed->size < name->size && memcmp(typed->letters, name->letters, typed->size) == 0;
}

static bool is_inside(const struct word *typed, const struct word *name)
{
	for (size_t i = 1; typed->size >= INSIDE_MIN && i + typed->size <= name->size; i++)
		if (memcmp(typed->letters, name->letters + i, typed->size) == 0)
			return true;
	return false;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Letters changed, left out, added or swapped with the next (Damerau 1964, each place at most once): by the usual table,
 * of which only the last three rows are kept. */
static unsigned typos(const struct word *a, const struct word *b)
{
	unsigned rows[3][WORD_MAX + 1];

	assert(a->size > 0 && a->size <= WORD_MAX && b->size <= WORD_MAX);
	for (size_t j = 0; j <= b->size; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a->size; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b->size; j++) {
			row[j] = least(least(above[j], row[j - 1]) + 1,
				       above[j - 1] + (a->letters[i - 1] != b->letters[j - 1]));
			if (i > 1 && j > 1 && a->letters[i - 1] == b->letters[j - 2] &&
			    a->letters[i - 2] == b->letters[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return rows[a->size % 3][b->size];
}

/* In short words the first letter must be right: "horse" is no "nurse". */
static bool is_typo_of(const struct word *typed, const struct word *name)
{
	unsigned allowed = typed->size >= TYPO_TWO_MIN ? 2 : 1;

	if (typed->size < TYPO_MIN || name->size < TYPO_MIN || typed->size + allowed < name->size ||
	    name->size + allowed < typed->size)
		return false;
	if (typed->size < TYPO_TWO_MIN && typed->letters[0] != name->letters[0])
		return false;
	return typos(typed, name) <= allowed;
}

enum { NO_MATCH = CATALOG_TYPO + 1 };

static int word_match(const struct word *typed, const struct word *name)
{
	if (is_same(typed, name))
		return CATALOG_WORDS;
	if (begins(typed, name))
		return CATALOG_BEGINS;
	if (is_inside(typed, name))
		return CATALOG_INSIDE;
	return is_typo_of(typed, name) ? CATALOG_TYPO : NO_MATCH;
}

/* --- comparing phrases --- */

/* "tooth brush" is a toothbrush, "drinkingwater" drinking water. */
static bool is_same_joined(const struct phrase *a, const struct phrase *b)
{
	size_t i = 0, j = 0, at_a = 0, at_b = 0;

	while (i < a->count && j < b->count) {
		if (a->words[i].letters[at_a++] != b->words[j].letters[at_b++])
			return false;
		if (at_a == a->words[i].size) {
			i++;
			at_a = 0;
		}
		if (at_b == b->words[j].size) {
			j++;
			at_b = 0;
		}
	}
	assert(i == a->count || j == b->count);
	return i == a->count && j == b->count;
}

/* How the phrase is found in a name: the worst of its words, each beside its best partner that no other took. */
static int phrase_match(uint8_t *rest, const struct phrase *typed, const struct phrase *name)
{
	bool taken[CATALOG_WORDS_MAX] = { false };
	int worst = CATALOG_WORDS;

	assert(typed->count > 0 && name->count > 0);
	*rest = 0;
	if (is_same_joined(typed, name))
		return CATALOG_SAME;
	if (typed->count > name->count)
		return NO_MATCH;
	for (size_t i = 0; i < typed->count; i++) {
		int best = NO_MATCH;
		size_t partner = 0;

		for (size_t j = 0; j < name->count; j++) {
			int match = taken[j] ? NO_MATCH : word_match(&typed->words[i], &name->words[j]);

			if (match < best) {
				best = match;
				partner = j;
			}
		}
		if (best == NO_MATCH)
			return NO_MATCH;
		assert(!taken[partner]);
		taken[partner] = true;
		worst = best > worst ? best : worst;
	}
	assert(worst >= CATALOG_WORDS && worst < NO_MATCH);
	*rest = (uint8_t)(name->count - typed->count);
	/* The same words in another order are the name as well. */
	return worst == CATALOG_WORDS && *rest == 0 ? CATALOG_SAME : worst;
}

/* How well an item fits: the best of its names. */
struct fit {
	int match;
	uint8_t rest;
};

static void try_name(struct fit *fit, const struct phrase *typed, const char *text, size_t size)
{
	struct phrase name;
	uint8_t rest;
	int match;

	if (size == 0 || !phrase_read(&name, (struct view){ (const uint8_t *)text, size }) || name.count == 0)
		return;
	match = phrase_match(&rest, typed, &name);
	assert(match >= CATALOG_SAME && rest < CATALOG_WORDS_MAX);
	if (match < fit->match || (match == fit->match && rest < fit->rest))
		*fit = (struct fit){ .match = match, .rest = rest };
}

static struct fit fit_of(const struct catalog_item *item, const struct phrase *typed)
{
	struct fit fit = { .match = NO_MATCH };

	try_name(&fit, typed, item->slug, strlen(item->slug));
	for (size_t i = 0; i < CATALOG_LANGUAGES; i++)
		try_name(&fit, typed, item->labels[i], strlen(item->labels[i]));
	for (const char *also = item->also; *also != '\0';) {
		size_t size = strcspn(also, "|");

		assert(size > 0); /* no name between two bars is empty */
		try_name(&fit, typed, also, size);
		also += size + (also[size] == '|');
	}
	return fit;
}

/* --- searching --- */

/* The code that the text is; 0 when it is none. */
static uint16_t code_of(const char *text)
{
	unsigned code = 0;

	for (; *text >= '0' && *text <= '9' && code < 10000; text++)
		code = code * 10 + (unsigned)(*text - '0');
	return *text == '\0' && code < 10000 ? (uint16_t)code : 0;
}

static bool comes_before(const struct catalog_hit *a, const struct catalog_hit *b)
{
	if (a->match != b->match)
		return a->match < b->match;
	if (a->rest != b->rest)
		return a->rest < b->rest;
	if (a->item->tier != b->item->tier)
		return a->item->tier < b->item->tier;
	assert(a->item != b->item); /* each is tried once, so the order is total */
	return a->item->code < b->item->code;
}

/* Keeps the best in order. */
static size_t hit_add(struct catalog_hit *hits, size_t count, size_t hits_max, struct catalog_hit hit)
{
	size_t at = count < hits_max ? count++ : hits_max;

	for (; at > 0 && comes_before(&hit, &hits[at - 1]); at--)
		if (at < hits_max)
			hits[at] = hits[at - 1];
	if (at < hits_max)
		hits[at] = hit;
	assert(count <= hits_max);
	return count;
}

static bool typed_read(struct phrase *typed, const char *text)
{
	size_t size = strlen(text);

	return size <= CATALOG_TEXT_MAX && phrase_read(typed, (struct view){ (const uint8_t *)text, size }) &&
	       typed->count > 0;
}

size_t catalog_search(struct catalog_hit *hits, size_t hits_max, const char *text)
{
	const struct catalog_item *coded = catalog_find_code(code_of(text));
	struct phrase typed;
	size_t count = 0;

	if (hits_max == 0)
		return 0;
	if (coded) {
		hits[0] = (struct catalog_hit){ .item = coded, .match = CATALOG_SAME };
		return 1;
	}
	if (!typed_read(&typed, text))
		return 0;
	for (size_t i = 0; i < catalog_count(); i++) {
		const struct catalog_item *item = catalog_at(i);
		struct fit fit = fit_of(item, &typed);

		if (fit.match < NO_MATCH)
			count = hit_add(hits, count, hits_max,
					(struct catalog_hit){ item, (enum catalog_match)fit.match, fit.rest });
	}
	assert(count <= hits_max && count <= catalog_count());
	return count;
}

const struct catalog_item *catalog_clear(const struct catalog_hit *hits, size_t count)
{
	assert(count < 2 || comes_before(&hits[0], &hits[1]));
	if (count == 0 || hits[0].match != CATALOG_SAME || (count > 1 && hits[1].match == CATALOG_SAME))
		return NULL;
	return hits[0].item;
}

const struct catalog_item *catalog_find_like(const char *text)
{
	const struct catalog_item *item = catalog_find_name(text);
	struct catalog_hit hits[2] = { { .item = NULL } };

	return item ? item : catalog_clear(hits, catalog_search(hits, 2, text));
}
