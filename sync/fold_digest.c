/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One number for the whole picture: BLAKE2b over every record in the lists' order, with what was derived about it,
 * then over the people. */
#include <sodium.h>

#include "sync/fold_state.h"

struct hashing {
	crypto_generichash_state state;
};

static void hash_u64(struct hashing *h, uint64_t value)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	crypto_generichash_update(&h->state, bytes, sizeof bytes);
}

/* A record by what it is: its own words and the version that stands are named by their ids. */
static void hash_slot(struct hashing *h, const struct fold *f, uint32_t slot)
{
	static const struct entry_id none = { { 0 } };
	const struct entry_id *id = slot == SET_NONE ? &none : &f->set.slots[slot].id;

	crypto_generichash_update(&h->state, id->bytes, sizeof id->bytes);
}

static void hash_record(struct hashing *h, const struct fold *f, uint32_t slot)
{
	const struct derived *d = &f->derived[slot];

	hash_slot(h, f, slot);
	hash_slot(h, f, d->standing);
	hash_slot(h, f, d->site);
	hash_slot(h, f, d->of);
	hash_slot(h, f, d->last);
	hash_u64(h, f->authors.table[f->set.slots[slot].author].newest_s);
	hash_slot(h, f, d->may_take ? d->from : SET_NONE);
	hash_u64(h, d->open_needs);
	hash_u64(h, (uint64_t)d->stage << 8 | d->status);
	hash_u64(h, (uint64_t)d->due_s << 32 | d->at_s);
	hash_u64(h, d->confirmed_s);
	hash_u64(h, (uint64_t)(d->accepted | d->counts << 1 | d->lapsed << 2 | d->ask_still_needed << 3 |
			       d->check_on_them << 4));
	hash_u64(h, d->quantity);
	hash_u64(h, d->extra);
	hash_u64(h, d->received);
	hash_u64(h, d->coming);
	hash_u64(h, d->open);
	hash_u64(h, d->promised);
	hash_u64(h, (uint64_t)d->on_hand);
}

/* Who is who and who trusts whom: cards, and the trust that stands. */
static void hash_people(struct hashing *h, const struct fold *f)
{
	for (uint32_t rank = 0; rank < f->set.count; rank++) {
		uint32_t slot = set_at(&f->set, rank);
		bool card = f->entries[slot].kind == ENTRY_CARD;

		if (!card && !f->derived[slot].stands)
			continue;
		hash_slot(h, f, slot);
		hash_u64(h, card ? f->authors.table[f->set.slots[slot].author].newest_s : 0);
	}
}

void fold_digest(const struct fold *f, struct fold_digest *digest)
{
	struct hashing h;

	crypto_generichash_init(&h.state, NULL, 0, sizeof digest->bytes);
	hash_u64(&h, f->hour_s);
	for (int list = 0; list < FOLD_LISTS; list++) {
		hash_u64(&h, f->counts[list]);
		for (uint32_t i = 0; i < f->counts[list]; i++)
			hash_record(&h, f, f->slots[list][i]);
	}
	hash_people(&h, f);
	crypto_generichash_final(&h.state, digest->bytes, sizeof digest->bytes);
}
