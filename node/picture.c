/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/picture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>

#include "node/picture_state.h"
#include "node/ref_text.h"
#include "sync/sort.h"

struct picture *picture_open(uint32_t entries_max, uint32_t authors_max, const struct public_key *self)
{
	struct fold_config config = { .registers_max = entries_max, .authors_max = authors_max };
	struct picture *p = calloc(1, sizeof *p);
	size_t size = fold_footprint(&config);

	if (!p)
		return NULL;
	*p = (struct picture){ .self = self, .dirty = true };
	/* Untouched pages of calloc's cost nothing until entries arrive. */
	p->memory = calloc(1, size);
	p->numbers = calloc(entries_max, sizeof *p->numbers);
	p->order = calloc(entries_max, sizeof *p->order);
	if (!p->memory || !p->numbers || !p->order) {
		picture_close(p);
		return NULL;
	}
	p->fold = fold_init(p->memory, size, &config);
	return p;
}

void picture_close(struct picture *p)
{
	if (!p)
		return;
	free(p->memory);
	free(p->numbers);
	free(p->order);
	free(p);
}

bool picture_put(struct picture *p, struct view bytes, const struct entry_id *id, const struct public_key *author)
{
	struct entry entry;

	if (entry_decode(&entry, bytes) != ENTRY_OK)
		return false;
	p->dirty = true;
	return fold_put(p->fold, &entry, id, author) >= FOLD_OK;
}

void picture_drop(struct picture *p, const struct entry_id *id)
{
	p->dirty = true;
	fold_drop(p->fold, id);
}

/* Numbers that two records share: those are named with their author. */

static int by_number(const void *ctx, uint32_t a, uint32_t b)
{
	(void)ctx;
	return a < b ? -1 : a > b;
}

static struct ref ref_of(const struct entry *e)
{
	return (struct ref){ .author = e->author, .number = e->number };
}

struct fold_record picture_record_at(const struct picture *p, enum fold_list list, uint32_t index)
{
	struct fold_site site;
	struct fold_line line;
	struct fold_move move;
	struct fold_note note;

	switch (list) {
	case FOLD_SITES:
		fold_site(p->fold, index, &site);
		return site.record;
	case FOLD_LINES:
		fold_line(p->fold, index, &line);
		return line.record;
	case FOLD_MOVES:
		fold_move(p->fold, index, &move);
		return move.record;
	case FOLD_NOTES:
	case FOLD_LISTS:
		break;
	}
	fold_note(p->fold, index, &note);
	return note.record;
}

static void index_numbers(struct picture *p)
{
	p->number_count = 0;
	for (enum fold_list list = FOLD_SITES; list < FOLD_LISTS; list++)
		for (uint32_t i = 0; i < fold_count(p->fold, list); i++)
			p->numbers[p->number_count++] = picture_record_at(p, list, i).entry->number;
	sort_numbers(p->numbers, p->number_count, by_number, NULL);
}

static bool is_unique(const struct picture *p, uint32_t number)
{
	uint32_t low = 0, high = p->number_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (p->numbers[mid] < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low + 1 >= p->number_count || p->numbers[low + 1] != number;
}

struct fold *picture_fold(struct picture *p, uint32_t now_s)
{
	if (!p->dirty && p->run_s / 3600 == now_s / 3600)
		return p->fold;
	fold_run(p->fold, now_s);
	index_numbers(p);
	p->run_s = now_s;
	p->dirty = false;
	return p->fold;
}

void picture_digest(struct picture *p, uint32_t now_s, char text[20])
{
	struct fold_digest digest;
	const uint8_t *b = digest.bytes;

	fold_digest(picture_fold(p, now_s), &digest);
	snprintf(text, 20, "%02x%02x-%02x%02x", b[0], b[1], b[2], b[3]);
}

void picture_stand_at(struct picture *p, struct ref site)
{
	p->site = site;
}

struct ref picture_site(const struct picture *p)
{
	return p->site;
}

int64_t unix_of(uint32_t time_s)
{
	return time_s ? (int64_t)time_s + EPOCH_UNIX_S : 0;
}

void picture_ref_text(struct picture *p, struct ref ref, char text[VIEW_REF_SIZE])
{
	static_assert((int)VIEW_REF_SIZE >= (int)REF_TEXT_SIZE, "a ref fits");
	ref_text_write(text, ref, is_unique(p, ref.number) ? REF_SHORT : REF_WITH_AUTHOR);
}

enum view_trust picture_trust(struct picture *p, const struct public_key *key)
{
	if (public_key_equal(key, p->self))
		return VIEW_SELF;
	return fold_distance(p->fold, p->self, key) <= FOLD_VOUCHES ? VIEW_TRUSTED : VIEW_STRANGER;
}

/* Finding. */

/* Any move of a journey names it: who typed "send" goes on with the ref that it answered. */
static enum picture_found find_journey(struct picture *p, struct ref wanted, bool has_author, struct picture_hit *hit)
{
	struct fold_author author;
	uint32_t found = 0;

	for (uint32_t i = 0; i < fold_author_count(p->fold); i++) {
		struct ref ref = { .number = wanted.number };
		uint32_t index;

		if (!fold_author(p->fold, i, &author))
			continue;
		ref.author = public_key_hint(&author.key);
		index = has_author && ref.author != wanted.author ? UINT32_MAX : fold_find_journey(p->fold, ref);
		if (index == UINT32_MAX)
			continue;
		*hit = (struct picture_hit){ .list = FOLD_MOVES,
					     .index = index,
					     .ref = ref_of(picture_record_at(p, FOLD_MOVES, index).entry) };
		found++;
	}
	return found == 1 ? FOUND_ONE : found ? FOUND_SEVERAL : FOUND_NONE;
}

enum picture_found picture_find(struct picture *p, uint32_t now_s, const char *text, struct picture_hit *hit)
{
	struct ref wanted;
	bool has_author;
	uint32_t found = 0;

	picture_fold(p, now_s);
	if (!ref_text_read(&wanted, &has_author, text))
		return FOUND_NONE;
	for (enum fold_list list = FOLD_SITES; list < FOLD_LISTS; list++)
		for (uint32_t i = 0; i < fold_count(p->fold, list); i++) {
			struct ref ref = ref_of(picture_record_at(p, list, i).entry);

			if (ref.number != wanted.number || (has_author && ref.author != wanted.author))
				continue;
			*hit = (struct picture_hit){ .list = list, .index = i, .ref = ref };
			found++;
		}
	if (!found)
		return find_journey(p, wanted, has_author, hit);
	return found == 1 ? FOUND_ONE : FOUND_SEVERAL;
}

/* A name fits whole, or by its beginning where only one site begins like that. */
enum picture_found picture_find_site(struct picture *p, uint32_t now_s, const char *text, struct picture_hit *hit)
{
	uint32_t whole = 0, begin = 0;
	struct picture_hit named = { .list = FOLD_SITES };
	size_t size = strlen(text);

	if (picture_find(p, now_s, text, hit) == FOUND_ONE && hit->list == FOLD_SITES)
		return FOUND_ONE;
	for (uint32_t i = 0; i < fold_count(p->fold, FOLD_SITES); i++) {
		struct fold_record record = picture_record_at(p, FOLD_SITES, i);
		const char *name = record.standing->site.name;
		bool is_whole = strcasecmp(name, text) == 0;

		if (!is_whole && (whole || size < 3 || strncasecmp(name, text, size) != 0))
			continue;
		whole += is_whole;
		begin += !is_whole;
		named.index = i;
		named.ref = ref_of(record.entry);
	}
	if (whole == 1 || (!whole && begin == 1)) {
		*hit = named;
		return FOUND_ONE;
	}
	return whole || begin ? FOUND_SEVERAL : FOUND_NONE;
}

enum picture_found picture_find_author(struct picture *p, uint32_t now_s, const char *text, struct public_key *key)
{
	uint32_t found = 0;
	size_t size;

	picture_fold(p, now_s);
	if (strlen(text) == 2 * sizeof key->bytes &&
	    sodium_hex2bin(key->bytes, sizeof key->bytes, text, strlen(text), NULL, &size, NULL) == 0 &&
	    size == sizeof key->bytes)
		return FOUND_ONE;
	for (uint32_t i = 0; i < fold_author_count(p->fold); i++) {
		struct fold_author author;

		if (!fold_author(p->fold, i, &author) || !author.card || strcasecmp(author.card->name, text) != 0)
			continue;
		*key = author.key;
		found++;
	}
	return found == 1 ? FOUND_ONE : found ? FOUND_SEVERAL : FOUND_NONE;
}

const struct card *picture_card_of_link(struct picture *p, const uint8_t sealing_key[32], struct public_key *key)
{
	for (uint32_t i = 0; i < fold_author_count(p->fold); i++) {
		struct fold_author author;

		if (!fold_author(p->fold, i, &author) || !author.card ||
		    memcmp(author.card->sealing_key, sealing_key, 32) != 0)
			continue;
		*key = author.key;
		return author.card;
	}
	return NULL;
}
