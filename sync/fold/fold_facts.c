/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/fold/fold_state.h"

enum { FIELDS = 32 };

/* By kind and field number of aidmesh.proto. */
static const uint8_t FACTS[ENTRY_TRUST + 1][FIELDS] = {
	[ENTRY_SITE] = { [3] = FACT_WHAT, [10] = FACT_OF_AUTHOR, [11] = FACT_OF },
	[ENTRY_LINE] = { [1] = FACT_WHAT,
			 [2] = FACT_FROM_AUTHOR,
			 [3] = FACT_FROM,
			 [5] = FACT_ITEM,
			 [6] = FACT_QUANTITY,
			 [7] = FACT_PEOPLE,
			 [11] = FACT_WITHIN,
			 [12] = FACT_CREATED,
			 [13] = FACT_COUNTED,
			 [18] = FACT_FLAGS,
			 [19] = FACT_TICKET,
			 [21] = FACT_CLOSED,
			 [22] = FACT_OF_AUTHOR,
			 [23] = FACT_OF,
			 [27] = FACT_ARRIVED,
			 [28] = FACT_EVERY,
			 [30] = FACT_USE_BY },
	[ENTRY_MOVE] = { [1] = FACT_WHAT,
			 [2] = FACT_OF_AUTHOR,
			 [3] = FACT_OF,
			 [4] = FACT_FROM_AUTHOR,
			 [5] = FACT_FROM,
			 [6] = FACT_AFTER_AUTHOR,
			 [7] = FACT_AFTER,
			 [8] = FACT_QUANTITY,
			 [9] = FACT_AT,
			 [10] = FACT_DUE },
	[ENTRY_NOTE] = { [1] = FACT_WHAT,
			 [5] = FACT_OF_AUTHOR,
			 [6] = FACT_OF,
			 [7] = FACT_FROM_AUTHOR,
			 [8] = FACT_FROM,
			 [10] = FACT_FLAGS,
			 [11] = FACT_DUE },
	[ENTRY_TRUST] = { [1] = FACT_WHAT, [3] = FACT_SINCE, [4] = FACT_FROM_AUTHOR, [5] = FACT_FROM },
};

/* The field whose bytes are kept; 0 none. */
static const uint8_t BYTES_FIELD[ENTRY_TRUST + 1] = { [ENTRY_SITE] = 1, [ENTRY_TRUST] = 2 };

static const uint8_t WHAT_MAX[ENTRY_TRUST + 1] = { [ENTRY_SITE] = SITE_UNLISTED,
						   [ENTRY_LINE] = LINE_ROUND,
						   [ENTRY_MOVE] = MOVE_WITHDRAWN,
						   [ENTRY_NOTE] = NOTE_DENIAL,
						   [ENTRY_TRUST] = TRUST_KEEPER_END };

/* What a legal entry's largest are: sums of these cannot overflow. */
static bool are_sane(const struct facts *facts, enum entry_kind kind)
{
	return facts->values[FACT_WHAT] <= WHAT_MAX[kind] && facts->values[FACT_QUANTITY] <= QUANTITY_MILLI_MAX &&
	       facts->values[FACT_ARRIVED] <= QUANTITY_MILLI_MAX && facts->values[FACT_WITHIN] <= 720 &&
	       facts->values[FACT_EVERY] <= EVERY_H_MAX && facts->values[FACT_ITEM] <= ITEM_MAX &&
	       facts->values[FACT_PEOPLE] <= PEOPLE_MAX && facts->values[FACT_CLOSED] <= CLOSED_MOVED &&
	       (kind != ENTRY_TRUST || facts->bytes.size == sizeof(struct public_key));
}

/* Times that somebody declared, held against the time at which it was signed. */

static uint32_t not_ahead(uint64_t declared_s, uint32_t said_s)
{
	return declared_s > (uint64_t)said_s + FOLD_AHEAD_S ? said_s : (uint32_t)declared_s;
}

static uint32_t not_older(uint32_t declared_s, uint32_t said_s, uint32_t age_max_s)
{
	return declared_s && said_s > age_max_s && declared_s < said_s - age_max_s ? said_s - age_max_s : declared_s;
}

static uint32_t not_beyond(uint64_t declared_s, uint32_t said_s)
{
	uint64_t last = (uint64_t)said_s + FOLD_DUE_MAX_S;

	return declared_s > last ? (uint32_t)(last < UINT32_MAX ? last : UINT32_MAX) : (uint32_t)declared_s;
}

/* What a line adds up to may be reckoned anew when it is renewed. */
static void clamp_facts(uint64_t values[FACT_COUNT], uint32_t said_s, uint32_t signed_s)
{
	values[FACT_CREATED] = not_older(not_ahead(values[FACT_CREATED], said_s), said_s, FOLD_CREATED_MAX_S);
	values[FACT_COUNTED] = not_ahead(values[FACT_COUNTED], signed_s);
	values[FACT_AT] = not_ahead(values[FACT_AT], said_s);
	values[FACT_DUE] = not_beyond(values[FACT_DUE], said_s);
}

void fold_facts_clamp(struct entry *e)
{
	uint32_t said_s = e->hlc.time;

	if (e->kind == ENTRY_LINE) {
		e->line.created = not_older(not_ahead(e->line.created, said_s), said_s, FOLD_CREATED_MAX_S);
		e->line.counted = not_ahead(e->line.counted, hlc_signed_s(e->hlc));
	} else if (e->kind == ENTRY_MOVE) {
		e->move.at = not_ahead(e->move.at, said_s);
		e->move.due = not_beyond(e->move.due, said_s);
	}
}

/* One field of protobuf: entry_decode judged all of them when the entry arrived; here they only must not lead astray. */
struct token {
	uint32_t field;
	uint64_t value;    /* a number */
	struct view bytes; /* or bytes */
};

/* False: the words end early, or are no protobuf. */
static bool take_varint(uint64_t *value, struct view *rest)
{
	*value = 0;
	for (size_t i = 0; i < 10 && i < rest->size; i++) {
		*value |= (uint64_t)(rest->data[i] & 0x7F) << (7 * i);
		if (rest->data[i] & 0x80)
			continue;
		rest->data += i + 1;
		rest->size -= i + 1;
		return true;
	}
	return false;
}

static bool take_bytes(struct view *bytes, struct view *rest, uint64_t size)
{
	if (size > rest->size)
		return false;
	*bytes = (struct view){ .data = rest->data, .size = (size_t)size };
	rest->data += size;
	rest->size -= (size_t)size;
	return true;
}

static bool take_fixed(uint64_t *value, struct view *rest, size_t size)
{
	struct view bytes;

	*value = 0;
	if (!take_bytes(&bytes, rest, size))
		return false;
	for (size_t i = 0; i < size; i++)
		*value |= (uint64_t)bytes.data[i] << (8 * i);
	return true;
}

static bool take_token(struct token *token, struct view *rest)
{
	uint64_t tag, size;

	if (!take_varint(&tag, rest))
		return false;
	*token = (struct token){ .field = (uint32_t)(tag >> 3) };
	switch (tag & 7) {
	case 0:
		return take_varint(&token->value, rest);
	case 1:
		return take_fixed(&token->value, rest, 8);
	case 2:
		return take_varint(&size, rest) && take_bytes(&token->bytes, rest, size);
	case 5:
		return take_fixed(&token->value, rest, 4);
	default:
		return false;
	}
}

enum { TICK_FIELD = 3 };

/* The message that says something, in a whole body; and when that was signed. */
static bool find_message(struct view *message, uint32_t *signed_s, struct view body, enum entry_kind kind)
{
	struct token token;
	bool found = false;

	assert(kind >= ENTRY_CARD && kind <= ENTRY_TRUST);
	while (body.size && take_token(&token, &body)) {
		if (token.field == TICK_FIELD)
			*signed_s = hlc_signed_s(hlc_of_wire(*signed_s, (uint32_t)token.value));
		if (token.field != (uint32_t)kind)
			continue;
		*message = token.bytes;
		found = true;
	}
	return found;
}

bool fold_facts_read(struct facts *facts, const struct fold *f, fold_slot slot)
{
	const struct reg *reg = reg_at(f, slot);
	enum entry_kind kind = (enum entry_kind)reg->kind;
	uint64_t own = public_key_hint(author_key(f, slot));
	struct view rest = fold_regs_words(reg);
	uint32_t signed_s = reg->time;
	struct token token;

	assert(kind > ENTRY_CARD && kind <= ENTRY_TRUST);
	*facts = (struct facts){
		.values = { [FACT_OF_AUTHOR] = own, [FACT_FROM_AUTHOR] = own, [FACT_AFTER_AUTHOR] = own }
	};
	if ((reg->flags & REG_WHOLE) && !find_message(&rest, &signed_s, rest, kind))
		return false;
	while (rest.size) {
		if (!take_token(&token, &rest))
			return false;
		if (token.field < FIELDS)
			facts->values[FACTS[kind][token.field]] = token.value;
		if (token.field == BYTES_FIELD[kind])
			facts->bytes = token.bytes;
	}
	clamp_facts(facts->values, reg->time, signed_s);
	return are_sane(facts, kind);
}

struct facts fold_facts_of(const struct fold *f, fold_slot slot)
{
	struct facts facts;
	bool ok = fold_facts_read(&facts, f, slot);

	assert(ok);
	return facts;
}

struct ref fold_facts_ref(const struct facts *facts, enum fact number)
{
	enum fact author = number - FACT_OF + FACT_OF_AUTHOR;

	assert(number >= FACT_OF && number <= FACT_AFTER);
	if (!facts->values[number])
		return (struct ref){ .number = 0 };
	return (struct ref){ .author = facts->values[author], .number = (uint32_t)facts->values[number] };
}

struct public_key fold_facts_key(const struct facts *facts)
{
	struct public_key key;

	assert(facts->bytes.size == sizeof key.bytes);
	memcpy(key.bytes, facts->bytes.data, sizeof key.bytes);
	return key;
}

uint32_t fold_move_time(const struct fold *f, fold_slot move)
{
	struct facts facts = fold_facts_of(f, move);

	assert(reg_at(f, move)->kind == ENTRY_MOVE);
	return facts.values[FACT_AT] ? (uint32_t)facts.values[FACT_AT] : reg_at(f, move)->time;
}
