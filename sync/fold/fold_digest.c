/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One number for the whole picture: BLAKE2b over every record in the lists' order, with what was derived about it,
 * then over the people. Who said what is named by the first 8 bytes of its id. */
#include <sodium.h>

#include "sync/fold/fold_state.h"

struct hashing {
	crypto_generichash_state state;
	struct writer writer; /* of one record */
	uint8_t bytes[160];
};

static void add_slot(struct hashing *h, const struct fold *f, fold_slot slot)
{
	static const uint8_t none[8] = { 0 };

	write_bytes(&h->writer, slot == FOLD_NONE ? none : reg_at(f, slot)->id, sizeof none);
}

static void add_site(struct hashing *h, const struct fold *f, const struct reg *r)
{
	assert(r->kind == ENTRY_SITE);
	write_u32(&h->writer, r->site.open_needs);
	add_slot(h, f, r->site.round);
}

static void add_line(struct hashing *h, const struct fold *f, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);
	struct fold_sums sums;

	fold_lines_sums(f, slot, &sums);
	add_slot(h, f, r->line.version.site);
	write_u8(&h->writer, r->line.status);
	write_u8(&h->writer, r->line.bits);
	write_u32(&h->writer, r->line.due_s);
	write_u32(&h->writer, r->line.confirmed_s);
	write_u64(&h->writer, sums.received_milli);
	write_u64(&h->writer, sums.coming_milli);
	write_u64(&h->writer, sums.open_milli);
	write_u64(&h->writer, sums.promised_milli);
	write_u64(&h->writer, (uint64_t)sums.on_hand_milli);
}

static void add_move(struct hashing *h, const struct fold *f, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);
	const struct journey *j = journey_of(f, slot);
	struct account account = fold_account(f, slot, r->move.of);

	assert(r->flags & REG_SHOWN);
	add_slot(h, f, j->last);
	add_slot(h, f, r->move.of);
	add_slot(h, f, journey_source(f, slot));
	write_u8(&h->writer, reg_at(f, j->last)->what);
	write_u16(&h->writer,
		  j->bits & (JOURNEY_ACCEPTED | JOURNEY_COUNTS | JOURNEY_LAPSED | JOURNEY_ONCE | JOURNEY_TOO_LATE));
	write_u32(&h->writer, j->due_s);
	write_u32(&h->writer, fold_move_time(f, j->last));
	write_u64(&h->writer, fold_account_quantity(f, slot, &account));
	write_u64(&h->writer, j->lost);
	write_u64(&h->writer, j->promised);
	write_u64(&h->writer, j->on_way);
	write_u64(&h->writer, j->extra);
}

/* Which change stands in which field. */
static void hash_changes(struct hashing *h, const struct fold *f, const struct fold_record *record)
{
	for (unsigned field = 0; field < FIELD_COUNT && record->standing != record->own; field++)
		for (fold_slot at = record->standing; at != FOLD_NONE; at = reg_at(f, at)->line.version.next)
			if (reg_at(f, at)->line.version.fields & field_bit(field)) {
				h->writer = writer_init(h->bytes, sizeof h->bytes);
				write_u8(&h->writer, (uint8_t)field);
				add_slot(h, f, at);
				crypto_generichash_update(&h->state, h->bytes, h->writer.size);
			}
}

static void hash_record(struct hashing *h, const struct fold *f, enum fold_list list, uint32_t index)
{
	struct fold_record record;

	fold_record(f, list, index, &record);
	h->writer = writer_init(h->bytes, sizeof h->bytes);
	add_slot(h, f, record.own);
	add_slot(h, f, record.standing);
	write_u32(&h->writer, f->authors.table[reg_at(f, record.own)->author].newest_s);
	switch (list) {
	case FOLD_SITES:
		add_site(h, f, reg_at(f, record.own));
		break;
	case FOLD_LINES:
		add_line(h, f, record.own);
		break;
	case FOLD_MOVES:
		add_move(h, f, record.own);
		break;
	case FOLD_NOTES:
		add_slot(h, f, reg_at(f, record.own)->note.of);
		break;
	case FOLD_LISTS:
		break;
	}
	assert(h->writer.ok);
	crypto_generichash_update(&h->state, h->bytes, h->writer.size);
	hash_changes(h, f, &record);
}

/* Who is who and who trusts whom: cards, and the trust that stands. */
static void hash_person(struct hashing *h, const struct fold *f, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);

	assert(r->kind == ENTRY_CARD || (r->flags & REG_STANDS));
	h->writer = writer_init(h->bytes, sizeof h->bytes);
	add_slot(h, f, slot);
	write_u32(&h->writer, r->kind == ENTRY_CARD ? f->authors.table[r->author].newest_s : 0);
	assert(h->writer.ok);
	crypto_generichash_update(&h->state, h->bytes, h->writer.size);
}

static void hash_u32(struct hashing *h, uint32_t value)
{
	h->writer = writer_init(h->bytes, sizeof h->bytes);
	write_u32(&h->writer, value);
	assert(h->writer.ok);
	crypto_generichash_update(&h->state, h->bytes, h->writer.size);
}

void fold_digest(const struct fold *f, struct fold_digest *digest)
{
	struct hashing h;

	crypto_generichash_init(&h.state, NULL, 0, sizeof digest->bytes);
	hash_u32(&h, f->hour_s);
	for (enum fold_list list = FOLD_SITES; list < FOLD_LISTS; list++) {
		hash_u32(&h, f->counts[list]);
		for (uint32_t i = 0; i < f->counts[list]; i++)
			hash_record(&h, f, list, i);
	}
	for (uint32_t i = 0; i < f->counts[PEOPLE]; i++)
		hash_person(&h, f, f->slots[PEOPLE][i]);
	crypto_generichash_final(&h.state, digest->bytes, sizeof digest->bytes);
}
