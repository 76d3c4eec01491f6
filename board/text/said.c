/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/text/said.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "board/text/utf8.h"

static bool has_text(enum say_kind kind)
{
	return kind == SAY_KIND_TEXT || kind == SAY_KIND_TYPED || kind == SAY_KIND_AMOUNT || kind == SAY_KIND_ITEM ||
	       kind == SAY_KIND_ITEMS;
}

/* Copies a text to the end of `texts`; false where it finds no room. */
static bool keep_text(struct said *said, uint16_t *at, const char *text, size_t most)
{
	char cut[SAID_VALUE_MAX + 8]; /* more than is kept, so that it is cut at a character */
	size_t size;

	snprintf(cut, sizeof(cut), "%s", text != NULL ? text : "");
	(void)utf8_cut(cut, most);
	utf8_repair(cut);
	size = strlen(cut) + 1;
	if (said->used + size > SAID_TEXT_SIZE)
		return false;
	memcpy(said->texts + said->used, cut, size);
	*at = said->used;
	said->used = (uint16_t)(said->used + size);
	return true;
}

bool said_add(struct said *said, struct say say)
{
	struct said_sentence *sentence;
	uint16_t used = said->used;

	assert(say.code > SAY_NOTHING && say.code < SAY_CODES);
	assert(said->count <= SAID_MAX && said->used <= SAID_TEXT_SIZE);
	if (said->count == SAID_MAX)
		return false;
	sentence = &said->sentences[said->count];
	*sentence = (struct said_sentence){ .code = say.code };
	for (size_t i = 0; i < SAY_VALUES_MAX; i++) {
		struct said_value *value = &sentence->values[i];

		*value = (struct said_value){ .kind = say.values[i].kind,
					      .number = say.values[i].number,
					      .words = say.values[i].words };
		if (has_text(value->kind) &&
		    !keep_text(said, &value->text, say.values[i].text,
			       value->kind == SAY_KIND_TYPED ? SAID_TYPED_MAX : SAID_VALUE_MAX)) {
			said->used = used;
			return false;
		}
	}
	said->count++;
	return true;
}

void said_decide(struct said *said, struct say say)
{
	bool added = said_add(said, say);

	if (added)
		return;
	*said = (struct said){ 0 };
	added = said_add(said, say);
	assert(added);
}

/* The sentence as it was on its way, its texts borrowed from `said`. */
static struct say say_of(const struct said *said, size_t index)
{
	const struct said_sentence *sentence = &said->sentences[index];
	struct say say = { .code = sentence->code };

	assert(index < said->count && said->count <= SAID_MAX);
	for (size_t i = 0; i < SAY_VALUES_MAX; i++) {
		const struct said_value *value = &sentence->values[i];

		say.values[i] = (struct say_value){ .kind = value->kind,
						    .number = value->number,
						    .text = has_text(value->kind) ? said->texts + value->text : NULL,
						    .words = value->words };
	}
	return say;
}

void said_add_all(struct said *said, const struct said *more)
{
	for (size_t i = 0; i < more->count; i++)
		(void)said_add(said, say_of(more, i));
}

/* Texts are kept in the order of the sentences: equal places hold equal texts where all of `texts` is equal. */
bool said_is_equal(const struct said *a, const struct said *b)
{
	if (a->count != b->count || a->used != b->used || memcmp(a->texts, b->texts, a->used) != 0)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		if (a->sentences[i].code != b->sentences[i].code)
			return false;
		for (size_t v = 0; v < SAY_VALUES_MAX; v++) {
			const struct said_value *one = &a->sentences[i].values[v], *other = &b->sentences[i].values[v];

			if (one->kind != other->kind || one->text != other->text || one->number != other->number ||
			    one->words != other->words)
				return false;
		}
	}
	return true;
}

void said_write(char *out, size_t size, enum language language, const struct said *said)
{
	size_t used = 0;

	assert(size > 0);
	out[0] = '\0';
	for (size_t i = 0; i < said->count; i++) {
		if (i > 0 && used + 1 < size)
			strcpy(out + used++, " ");
		say_write(out + used, size - used, language, say_of(said, i));
		used += strlen(out + used);
	}
}

static_assert((int)SAID_TEXT_SIZE >= 2 * ((int)SAID_VALUE_MAX + 1), "what decides finds room for its texts");
