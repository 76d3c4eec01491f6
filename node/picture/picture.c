/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/picture/picture.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>

#include "node/picture/picture_state.h"
#include "node/picture/ref_text.h"

enum { RUN_SHARE = 10 };

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
	if (!p->memory) {
		picture_close(p);
		return NULL;
	}
	randombytes_buf(config.key, sizeof config.key);
	p->fold = fold_init(p->memory, size, &config);
	return p;
}

void picture_close(struct picture *p)
{
	if (!p)
		return;
	picture_forget_orders(p);
	picture_forget_twice(p);
	free(p->memory);
	free(p);
}

bool picture_put(struct picture *p, struct view bytes, const struct entry_id *id, const struct public_key *author)
{
	p->dirty = true;
	p->looked_for = p->looked_for || public_key_equal(author, p->self);
	return fold_put(p->fold, bytes, id, author) >= FOLD_OK;
}

void picture_look_for(struct picture *p)
{
	p->looked_for = p->dirty;
}

bool picture_drop(struct picture *p, const struct entry_id *id)
{
	p->dirty = true;
	return fold_drop(p->fold, id);
}

struct ref picture_ref_at(const struct picture *p, enum fold_list list, uint32_t index)
{
	struct fold_record record;

	fold_record(p->fold, list, index, &record);
	return fold_ref(p->fold, record.own);
}

static void run(struct picture *p, uint32_t now_s)
{
	mono_ms start = clock_mono();

	picture_forget_orders(p);
	picture_forget_twice(p);
	p->counts.are_known = false;
	fold_run(p->fold, now_s);
	p->ran_at = clock_mono();
	p->run_ms = p->ran_at - start;
	p->run_s = now_s;
	p->dirty = p->looked_for = false;
	p->digest[0] = '\0';
}

void picture_refresh(struct picture *p, uint32_t now_s)
{
	if (p->dirty || p->run_s / 3600 != now_s / 3600)
		run(p, now_s);
}

/* An hour that somebody asks about is drawn at once. */
static bool may_wait(const struct picture *p, uint32_t now_s)
{
	return !p->looked_for && !fold_is_void(p->fold) && p->run_s / 3600 == now_s / 3600 &&
	       clock_mono() < p->ran_at + RUN_SHARE * p->run_ms;
}

struct fold *picture_fold(struct picture *p, uint32_t now_s)
{
	if (!p->dirty || !may_wait(p, now_s))
		picture_refresh(p, now_s);
	return p->fold;
}

void picture_digest(struct picture *p, uint32_t now_s, char text[20])
{
	const struct fold *fold = picture_fold(p, now_s);
	struct fold_digest digest;
	const uint8_t *b = digest.bytes;

	if (!p->digest[0]) {
		fold_digest(fold, &digest);
		snprintf(p->digest, sizeof p->digest, "%02x%02x-%02x%02x", b[0], b[1], b[2], b[3]);
	}
	memcpy(text, p->digest, sizeof p->digest);
}

void picture_stand_at(struct picture *p, struct ref site)
{
	p->site = site;
}

struct ref picture_site(const struct picture *p)
{
	return p->site;
}

void picture_ref_text(struct picture *p, struct ref ref, char text[VIEW_REF_SIZE])
{
	static_assert((int)VIEW_REF_SIZE >= (int)REF_TEXT_SIZE, "a ref fits");
	ref_text_write(text, ref, fold_number_is_shared(p->fold, ref.number) ? REF_WITH_AUTHOR : REF_SHORT);
}

enum { REFS_LISTED_MAX = 5 };

void picture_ref_list(struct picture *p, struct ref ref, char *list, size_t size)
{
	size_t used = strlen(list), listed = used > 0;
	char text[VIEW_REF_SIZE];

	for (const char *c = list; *c; c++)
		listed += *c == ',';
	if (listed > REFS_LISTED_MAX)
		return;
	picture_ref_text(p, ref, text);
	assert(used + strlen(text) + 3 < size);
	snprintf(list + used, size - used, "%s%s", used ? ", " : "", listed == REFS_LISTED_MAX ? "\u2026" : text);
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
					     .ref = picture_ref_at(p, FOLD_MOVES, index) };
		found++;
	}
	return found == 1 ? FOUND_ONE : found ? FOUND_SEVERAL : FOUND_NONE;
}

static uint32_t find_in(struct picture *p, struct ref wanted, bool has_author, enum fold_list list,
			struct picture_hit *hit)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < fold_count(p->fold, list); i++) {
		struct ref ref = picture_ref_at(p, list, i);

		if (ref.number != wanted.number || (has_author && ref.author != wanted.author))
			continue;
		*hit = (struct picture_hit){ .list = list, .index = i, .ref = ref };
		found++;
	}
	return found;
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
		found += find_in(p, wanted, has_author, list, hit);
	if (!found)
		return find_journey(p, wanted, has_author, hit);
	return found == 1 ? FOUND_ONE : FOUND_SEVERAL;
}

enum picture_found picture_find_in(struct picture *p, uint32_t now_s, const char *text, enum fold_list list,
				   struct picture_hit *hit)
{
	picture_fold(p, now_s);
	return picture_look_in(p, text, list, hit);
}

enum picture_found picture_look_in(struct picture *p, const char *text, enum fold_list list, struct picture_hit *hit)
{
	struct ref wanted;
	bool has_author;
	uint32_t found;

	if (!ref_text_read(&wanted, &has_author, text))
		return FOUND_NONE;
	found = find_in(p, wanted, has_author, list, hit);
	if (!found && list == FOLD_MOVES)
		return find_journey(p, wanted, has_author, hit);
	return found == 1 ? FOUND_ONE : found ? FOUND_SEVERAL : FOUND_NONE;
}

/* Strcasecmp and strncasecmp of a name that ends with its view. */
static bool begins_with(struct view name, const char *text, size_t size)
{
	return name.size >= size && strncasecmp((const char *)name.data, text, size) == 0;
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
		struct fold_record record;
		struct view name;
		bool is_whole;

		fold_record(p->fold, FOLD_SITES, i, &record);
		name = fold_name(p->fold, record.standing);
		is_whole = name.size == size && begins_with(name, text, size);
		if (!is_whole && (whole || size < 3 || !begins_with(name, text, size)))
			continue;
		whole += is_whole;
		begin += !is_whole;
		named.index = i;
		named.ref = fold_ref(p->fold, record.own);
	}
	if (whole == 1 || (!whole && begin == 1)) {
		*hit = named;
		return FOUND_ONE;
	}
	return whole || begin ? FOUND_SEVERAL : FOUND_NONE;
}

bool picture_card(const struct picture *p, const struct public_key *key, struct card *card)
{
	return fold_card(p->fold, key, card);
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
		struct card card;

		if (!fold_author(p->fold, i, &author) || !picture_card(p, &author.key, &card) ||
		    strcasecmp(card.name, text) != 0)
			continue;
		*key = author.key;
		found++;
	}
	return found == 1 ? FOUND_ONE : found ? FOUND_SEVERAL : FOUND_NONE;
}

bool picture_card_of_link(struct picture *p, const uint8_t sealing_key[32], struct public_key *key, struct card *card)
{
	for (uint32_t i = 0; i < fold_author_count(p->fold); i++) {
		struct fold_author author;

		if (!fold_author(p->fold, i, &author) || !picture_card(p, &author.key, card) ||
		    memcmp(card->sealing_key, sealing_key, sizeof card->sealing_key) != 0)
			continue;
		*key = author.key;
		return true;
	}
	return false;
}
