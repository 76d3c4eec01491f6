/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was said here, the last DESK_WORDS_MAX of it, so that it can be taken back one after the other, also after a start. */
#include <stdio.h>
#include <string.h>

#include "node/desk/desk_state.h"
#include "node/history/history.h"

static const char WORDS_SETTING[] = "said.last";

enum { WORD_SIZE = 31 }; /* "9 n 12345678 12345678 1234567;" */

static_assert(DESK_WORDS_MAX * WORD_SIZE < COMMIT_VALUE_SIZE, "all of them are one setting");

static void note_words(struct desk *desk)
{
	char text[DESK_WORDS_MAX * WORD_SIZE + 1] = "";
	size_t used = 0;

	for (size_t i = 0; i < desk->word_count; i++) {
		const struct draft_word *word = &desk->words[i];

		used += (size_t)snprintf(text + used, sizeof text - used, "%x %c %x %x %x;", (unsigned)word->kind,
					 word->is_new ? 'n' : 'e', word->number, word->hlc.time,
					 hlc_wire_tick(word->hlc));
	}
	commit_set(desk->commit, WORDS_SETTING, text);
}

void desk_open_words(struct desk *desk)
{
	char text[COMMIT_VALUE_SIZE], *rest = text;
	unsigned kind, number, time, tick;
	char how;
	int size = 0;

	desk->word_count = 0;
	if (!store_get(desk->store, WORDS_SETTING, text, sizeof text))
		return;
	while (desk->word_count < DESK_WORDS_MAX &&
	       sscanf(rest, "%x %c %x %x %x;%n", &kind, &how, &number, &time, &tick, &size) == 5 && size > 0) {
		desk->words[desk->word_count++] = (struct draft_word){ .kind = (enum entry_kind)kind,
								       .is_new = how == 'n',
								       .number = number,
								       .hlc = hlc_of_wire(time, tick) };
		rest += size;
		size = 0;
	}
}

void desk_word_said(struct desk *desk, const struct desk_request *request)
{
	if (request->is_undo && desk->word_count)
		desk->word_count--;
	if (!request->is_undo && !request->is_word)
		return;
	if (request->is_word) {
		if (desk->word_count == DESK_WORDS_MAX) {
			memmove(desk->words, desk->words + 1, (DESK_WORDS_MAX - 1) * sizeof desk->words[0]);
			desk->word_count--;
		}
		desk->words[desk->word_count++] = request->word;
	}
	note_words(desk);
	commit_start(desk->commit);
}

bool desk_last_word(void *ctx, struct draft_word *word)
{
	const struct desk *desk = ctx;

	if (!desk->word_count)
		return false;
	*word = desk->words[desk->word_count - 1];
	return true;
}

bool desk_word_before(void *ctx, const struct entry *word, struct entry *before)
{
	const struct desk *desk = ctx;
	struct history history = { desk->store, desk->picture, desk->time.wall_s };

	return history_find_before(&history, &desk->identity->key, word, before);
}
