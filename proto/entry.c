/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/entry.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

const char *entry_rc_text(enum entry_rc rc)
{
	switch (rc) {
	case ENTRY_OK:
		return "The entry is sound.";
	case ENTRY_E_SIZE:
		return "It is longer or shorter than an entry can be; a shorter text may help.";
	case ENTRY_E_MALFORMED:
		return "These bytes are not an entry.";
	case ENTRY_E_BOUNDS:
		return "A value is outside what an entry may say, or does not go with another one.";
	case ENTRY_E_SIGNATURE:
		return "The signature does not belong to these bytes.";
	case ENTRY_E_HINT:
		return "The key does not belong to the author named.";
	}
	return "The entry is refused.";
}

struct entry_id entry_id_of(struct view bytes, const struct public_key *key)
{
	assert(entry_size_is_legal(bytes.size));
	struct entry_id id;
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof(id.bytes));
	crypto_generichash_update(&state, key->bytes, sizeof(key->bytes));
	crypto_generichash_update(&state, bytes.data, bytes.size - SIGNATURE_SIZE);
	crypto_generichash_final(&state, id.bytes, sizeof(id.bytes));
	return id;
}

static uint64_t first_8_bytes(const uint8_t bytes[32])
{
	struct reader r = reader_init((struct view){ .data = bytes, .size = 8 });
	return read_u64(&r);
}

uint64_t public_key_hint(const struct public_key *key)
{
	return first_8_bytes(key->bytes);
}

bool public_key_equal(const struct public_key *a, const struct public_key *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool entry_id_equal(const struct entry_id *a, const struct entry_id *b)
{
	return entry_id_compare(a, b) == 0;
}

int entry_id_compare(const struct entry_id *a, const struct entry_id *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

uint16_t entry_id_short(const struct entry_id *id)
{
	return (uint16_t)(id->bytes[0] | id->bytes[1] << 8);
}

int hlc_compare(struct hlc a, struct hlc b)
{
	assert(a.tick <= TICK_MAX && b.tick <= TICK_MAX);
	if (a.time != b.time)
		return a.time < b.time ? -1 : 1;
	return (a.tick > b.tick) - (a.tick < b.tick);
}

bool hlc_is_same(struct hlc a, struct hlc b)
{
	return a.era == b.era && hlc_compare(a, b) == 0;
}

bool place_equal(const struct place *a, const struct place *b)
{
	return a->digits == b->digits &&
	       (a->digits == PLACE_NONE || (a->lat_e6 == b->lat_e6 && a->lon_e6 == b->lon_e6));
}

bool line_is_at(const struct line *a, const struct line *b)
{
	return ref_equal(a->site, b->site) && place_equal(&a->cell, &b->cell);
}

bool ref_is_none(struct ref ref)
{
	return ref.number == 0;
}

bool ref_equal(struct ref a, struct ref b)
{
	return a.author == b.author && a.number == b.number;
}

int ref_compare(struct ref a, struct ref b)
{
	if (a.author != b.author)
		return a.author < b.author ? -1 : 1;
	return a.number < b.number ? -1 : a.number > b.number;
}

bool entry_supersedes(struct hlc a, const struct entry_id *a_id, struct hlc b, const struct entry_id *b_id)
{
	int order = a.era != b.era ? (a.era > b.era ? 1 : -1) : hlc_compare(a, b);
	if (order == 0)
		order = (int)a.renewed - (int)b.renewed;
	return order != 0 ? order > 0 : entry_id_compare(a_id, b_id) > 0;
}

enum retention entry_retention(enum entry_kind kind)
{
	switch (kind) {
	case ENTRY_UNKNOWN:
	case ENTRY_LINE:
	case ENTRY_NOTE:
		return RETENTION_LINE;
	case ENTRY_MOVE:
		return RETENTION_MOVE;
	case ENTRY_CARD:
	case ENTRY_SITE:
	case ENTRY_TRUST:
		return RETENTION_CARD;
	}
	return RETENTION_LINE;
}

uint32_t retention_days(enum retention retention)
{
	static const uint32_t days[RETENTION_COUNT] = {
		[RETENTION_LINE] = RETAIN_LINE_DAYS,
		[RETENTION_MOVE] = RETAIN_MOVE_DAYS,
		[RETENTION_CARD] = RETAIN_CARD_DAYS,
	};
	assert(retention < RETENTION_COUNT);
	return days[retention];
}

enum room entry_room(uint32_t field)
{
	static_assert(ROOM_TRUST - ROOM_CARD == ENTRY_TRUST - ENTRY_CARD, "rooms in the order of kinds");
	return field >= ENTRY_CARD && field <= ENTRY_TRUST ? (enum room)(field - ENTRY_CARD + ROOM_CARD) : ROOM_LATER;
}

uint32_t room_registers_max(enum room room)
{
	static const uint16_t bounds[ROOM_COUNT] = {
		[ROOM_LATER] = LATER_PER_AUTHOR_MAX, [ROOM_CARD] = CARDS_PER_AUTHOR_MAX,
		[ROOM_SITES] = SITES_PER_AUTHOR_MAX, [ROOM_LINES] = LINES_PER_AUTHOR_MAX,
		[ROOM_MOVES] = MOVES_PER_AUTHOR_MAX, [ROOM_NOTES] = NOTES_PER_AUTHOR_MAX,
		[ROOM_TRUST] = TRUST_PER_AUTHOR_MAX,
	};
	assert(room < ROOM_COUNT);
	return bounds[room];
}

bool entry_is_newer(struct hlc a, const struct entry_id *a_id, struct hlc b, const struct entry_id *b_id)
{
	return entry_supersedes(a, a_id, b, b_id);
}

struct register_name entry_register(const struct entry_head *head)
{
	/* Odd, so that no two fields share a factor: of one number, and of 0, each field has a register of its own. */
	static const uint32_t spread = 2654435761;

	assert(head->field >= ENTRY_CARD);
	if (head->field < REGISTER_LATER)
		return (struct register_name){ .number = head->number, .field = (uint8_t)head->field };
	return (struct register_name){ .number = head->number ^ head->field * spread, .field = REGISTER_LATER };
}

uint16_t hlc_epoch(struct hlc hlc)
{
	static_assert(UINT32_MAX / EPOCH_S + RENEWED_MAX <= UINT16_MAX, "every time has an epoch");
	return (uint16_t)(hlc.time / EPOCH_S + hlc.renewed);
}

bool entry_is_renewable(const struct entry *entry)
{
	switch (entry->kind) {
	case ENTRY_SITE:
		return entry->site.amends.named_count == 0;
	case ENTRY_LINE:
		return entry->line.amends.named_count == 0;
	case ENTRY_UNKNOWN:
	case ENTRY_CARD:
	case ENTRY_TRUST:
		return true;
	case ENTRY_MOVE:
	case ENTRY_NOTE:
		break;
	}
	return false;
}
