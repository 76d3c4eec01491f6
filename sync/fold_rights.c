/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who may speak for what: references, keepers, vouches. */
#include "sync/fold_state.h"
#include "sync/sort.h"

#include <string.h>

static uint64_t hint_of(const struct fold *f, uint32_t author)
{
	return public_key_hint(&f->authors.table[author].key);
}

static int by_hint(const void *ctx, uint32_t a, uint32_t b)
{
	const struct fold *f = ctx;
	uint64_t x = hint_of(f, a), y = hint_of(f, b);

	if (x != y)
		return x < y ? -1 : 1;
	return a < b ? -1 : a > b;
}

static void index_authors(struct fold *f)
{
	f->hint_count = 0;
	f->authors_run = f->authors.count;
	for (uint32_t i = 0; i < f->authors.count; i++) {
		f->vouches[i] = SET_NONE;
		f->authors.table[i].newest_s = 0;
		if (f->authors.table[i].entry_count)
			f->by_hint[f->hint_count++] = i;
	}
	sort_numbers(f->by_hint, f->hint_count, by_hint, f);
	for (uint32_t rank = 0; rank < f->set.count; rank++) {
		const struct set_slot *slot = &f->set.slots[set_at(&f->set, rank)];
		struct author *author = &f->authors.table[slot->author];

		if (slot->hlc.time > author->newest_s)
			author->newest_s = slot->hlc.time;
	}
}

/* The only author with this hint; AUTHOR_NONE when there is none, or more than one. */
static uint32_t author_of_hint(const struct fold *f, uint64_t hint)
{
	uint32_t low = 0, high = f->hint_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (hint_of(f, f->by_hint[mid]) < hint)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == f->hint_count || hint_of(f, f->by_hint[low]) != hint)
		return AUTHOR_NONE;
	if (low + 1 < f->hint_count && hint_of(f, f->by_hint[low + 1]) == hint)
		return AUTHOR_NONE;
	return f->by_hint[low];
}

static uint32_t author_of_key(const struct fold *f, const struct public_key *key)
{
	uint32_t author = author_of_hint(f, public_key_hint(key));

	return author != AUTHOR_NONE && public_key_equal(&f->authors.table[author].key, key) ? author : AUTHOR_NONE;
}

uint32_t rights_resolve(const struct fold *f, enum entry_kind kind, struct ref ref)
{
	uint32_t author = ref_is_none(ref) ? AUTHOR_NONE : author_of_hint(f, ref.author);

	return author == AUTHOR_NONE ? SET_NONE
				     : set_find_register(&f->set, (uint16_t)author, (uint8_t)kind, ref.number);
}

/* Trust registers in groups that speak about the same: (author, what about, key, site), the newest last. */

static bool is_about_keepers(const struct trust *t)
{
	return t->kind == TRUST_KEEPER || t->kind == TRUST_KEEPER_END;
}

static int by_subject(const struct fold *f, uint32_t a, uint32_t b)
{
	const struct trust *x = &f->entries[a].trust, *y = &f->entries[b].trust;
	int order = (int)f->set.slots[a].author - (int)f->set.slots[b].author;

	if (!order)
		order = (int)is_about_keepers(x) - (int)is_about_keepers(y);
	if (!order)
		order = memcmp(x->key.bytes, y->key.bytes, sizeof x->key.bytes);
	if (!order && is_about_keepers(x) && !ref_equal(x->site, y->site)) {
		if (x->site.author != y->site.author)
			return x->site.author < y->site.author ? -1 : 1;
		return x->site.number < y->site.number ? -1 : 1;
	}
	return order;
}

static int by_subject_then_time(const void *ctx, uint32_t a, uint32_t b)
{
	const struct fold *f = ctx;
	int order = by_subject(f, a, b);

	if (order || a == b)
		return order;
	return entry_supersedes(f->set.slots[a].hlc, &f->set.slots[a].id, f->set.slots[b].hlc, &f->set.slots[b].id)
		       ? 1
		       : -1;
}

static void hang(struct fold *f, uint32_t *head, uint32_t slot, uint32_t length_max)
{
	uint32_t length = *head == SET_NONE ? 1 : f->derived[*head].length + 1;

	if (length > length_max)
		return;
	f->derived[slot].length = length;
	f->derived[slot].next = *head;
	*head = slot;
}

/* Hangs the last word about each subject onto its author (vouches) or its site (keepers). They come in the order of
 * their keys. */
static void hang_trust(struct fold *f, uint32_t slot)
{
	const struct trust *t = &f->entries[slot].trust;
	uint32_t author = f->set.slots[slot].author, site;

	if (t->kind == TRUST_VOUCH) {
		f->derived[slot].to = author_of_key(f, &t->key);
		if (f->derived[slot].to != AUTHOR_NONE)
			hang(f, &f->vouches[author], slot, FOLD_VOUCHES_PER_AUTHOR_MAX);
	} else if (t->kind == TRUST_KEEPER) {
		site = rights_resolve(f, ENTRY_SITE, t->site);
		if (site != SET_NONE && f->set.slots[site].author == author)
			hang(f, &f->derived[site].keepers, slot, FOLD_KEEPERS_MAX);
	}
}

static void collect_trust(struct fold *f)
{
	uint32_t count = 0;

	for (uint32_t rank = 0; rank < f->set.count; rank++)
		if (f->entries[set_at(&f->set, rank)].kind == ENTRY_TRUST)
			f->work[count++] = set_at(&f->set, rank);
	sort_numbers(f->work, count, by_subject_then_time, f);
	for (uint32_t i = 0; i < count; i++)
		if (i + 1 == count || by_subject(f, f->work[i], f->work[i + 1]) != 0) {
			f->derived[f->work[i]].stands = true;
			hang_trust(f, f->work[i]);
		}
}

void rights_run(struct fold *f)
{
	f->distance_of = AUTHOR_NONE;
	index_authors(f);
	collect_trust(f);
}

bool rights_keeps(const struct fold *f, uint32_t site, uint32_t author)
{
	if (f->set.slots[site].author == author)
		return true;
	for (uint32_t at = f->derived[site].keepers; at != SET_NONE; at = f->derived[at].next)
		if (public_key_equal(&f->entries[at].trust.key, &f->authors.table[author].key))
			return true;
	return false;
}

bool rights_may(const struct fold *f, uint32_t record, uint32_t author)
{
	uint32_t site = f->entries[record].kind == ENTRY_SITE ? record : f->derived[record].site;

	return f->set.slots[record].author == author || (site != SET_NONE && rights_keeps(f, site, author));
}

/* Breadth first over vouches, kept for the author asked about last. */
static void measure_from(struct fold *f, uint32_t from)
{
	uint32_t head = 0, tail = 0;

	memset(f->distance, FOLD_VOUCHES + 1, f->authors_run);
	f->distance[from] = 0;
	f->queue[tail++] = from;
	while (head < tail && tail < FOLD_TRUSTED_MAX) {
		uint32_t at = f->queue[head++];

		if (f->distance[at] == FOLD_VOUCHES)
			break;
		for (uint32_t v = f->vouches[at]; v != SET_NONE && tail < FOLD_TRUSTED_MAX; v = f->derived[v].next) {
			uint32_t to = f->derived[v].to;

			if (f->distance[to] <= FOLD_VOUCHES)
				continue;
			f->distance[to] = (uint8_t)(f->distance[at] + 1);
			f->queue[tail++] = to;
		}
	}
	f->distance_of = from;
}

uint32_t rights_distance(struct fold *f, uint32_t from, uint32_t to)
{
	if (f->distance_of != from)
		measure_from(f, from);
	return f->distance[to];
}
