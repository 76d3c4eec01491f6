/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Stories: what several authors said, as entries for the fold. Nobody signs: the fold takes what was verified before, so
 * the place of the signature is empty.
 * Include cmocka.h first. */
#ifndef AIDMESH_TESTS_STORY_H
#define AIDMESH_TESTS_STORY_H

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "proto/field.h"
#include "sync/fold/fold.h"

enum { STORY_MAX = 64, NOON = 2400 * EPOCH_S + EPOCH_S / 2, HOUR = 3600 };

/* SCHOOL asks; MILL and CHURCH have stock; the others are who they are. IMPOSTOR's key has SCHOOL's hint. */
enum who { SCHOOL, MILL, CHURCH, NURSE, TRUCKER, STRANGER, IMPOSTOR, WHO_COUNT };

struct entered {
	struct entry entry;
	uint8_t bytes[ENTRY_SIZE_MAX];
	size_t size;
	struct entry_id id;
	struct public_key author;
};

struct story {
	uint32_t count;
	uint32_t now_s;
	struct entered said[STORY_MAX];
};

static inline struct public_key key_of(enum who who)
{
	struct public_key key;
	uint8_t name = (uint8_t)who;

	crypto_generichash(key.bytes, sizeof key.bytes, &name, 1, NULL, 0);
	if (who == IMPOSTOR)
		memcpy(key.bytes, key_of(SCHOOL).bytes, 8);
	return key;
}

static inline struct ref ref_of(enum who who, uint32_t number)
{
	struct public_key key = key_of(who);

	return (struct ref){ .author = public_key_hint(&key), .number = number };
}

static const struct ref NOTHING = { 0 };

static inline struct view said_bytes(const struct entered *said)
{
	return (struct view){ said->bytes, said->size };
}

static inline void story_write(struct entered *said)
{
	size_t size;

	assert_int_equal(entry_body_encode(said->bytes, &size, &said->entry), ENTRY_OK);
	said->size = size + SIGNATURE_SIZE;
}

/* The id follows from what is said. */
static inline void story_name(struct entered *said)
{
	story_write(said);
	said->id = entry_id_of(said_bytes(said), &said->author);
}

static inline struct entered *tell(struct story *s, enum who who, const struct entry *e)
{
	struct entered *said = &s->said[s->count++];

	assert_true(s->count <= STORY_MAX);
	*said = (struct entered){ .entry = *e, .author = key_of(who) };
	said->entry.author = public_key_hint(&said->author);
	story_name(said);
	return said;
}

static inline struct entry blank(enum entry_kind kind, uint32_t number, uint32_t time)
{
	struct entry e;

	memset(&e, 0, sizeof e);
	e.kind = kind;
	e.number = number;
	e.hlc.time = time;
	return e;
}

static inline struct entered *card(struct story *s, enum who who)
{
	struct entry e = blank(ENTRY_CARD, 0, NOON - 40 * HOUR);

	e.card.key = key_of(who);
	strcpy(e.card.name, "Oak");
	return tell(s, who, &e);
}

static inline struct entered *site(struct story *s, enum who who, uint32_t number)
{
	struct entry e = blank(ENTRY_SITE, number, NOON - 30 * HOUR);

	strcpy(e.site.name, "Hall");
	return tell(s, who, &e);
}

static inline struct entry need_entry(enum who who, uint32_t number, uint64_t quantity, uint32_t time)
{
	struct entry e = blank(ENTRY_LINE, number, time);

	e.line.kind = LINE_NEED;
	e.line.item = 7;
	e.line.quantity_milli = quantity;
	e.line.within_h = 24;
	e.line.created = NOON;
	e.line.site = ref_of(who, 1);
	return e;
}

static inline struct entered *need(struct story *s, enum who who, uint32_t number, uint64_t quantity)
{
	struct entry e = need_entry(who, number, quantity, NOON);

	return tell(s, who, &e);
}

static inline struct entered *stock(struct story *s, enum who who, uint32_t number, uint64_t quantity, uint32_t counted)
{
	struct entry e = blank(ENTRY_LINE, number, NOON + counted);

	e.line.kind = LINE_RESOURCE;
	e.line.item = 7;
	e.line.quantity_milli = quantity;
	e.line.created = NOON - 20 * HOUR;
	e.line.counted = NOON + counted;
	e.line.site = ref_of(who, 1);
	return tell(s, who, &e);
}

/* A change of some fields of a site or line, made from the author's `own` words: they become what `says` says in them. */
static inline struct entry change_of(const struct entry *own, struct ref of, uint32_t fields, const struct entry *says)
{
	struct entry e = blank(own->kind, 0, 0);
	struct amends *amends = entry_amends(&e);

	if (e.kind == ENTRY_LINE)
		e.line.kind = own->line.kind;
	fields_copy(&e, says, fields);
	amends->of = of;
	for (unsigned field = 0; field < FIELD_COUNT; field++)
		if (fields & field_bit(field))
			amends->named[amends->named_count++] =
				(struct named_field){ (uint8_t)field, field_hash(own, field) };
	return e;
}

/* Says it, and that its author saw `knew`, where that is not NULL. */
static inline struct entered *tell_change(struct story *s, enum who who, uint32_t number, uint32_t time, struct entry e,
					  const struct entered *knew)
{
	struct amends *amends = entry_amends(&e);

	e.number = number;
	e.hlc.time = time;
	if (knew)
		amends->knew[amends->knew_count++] = entry_id_short(&knew->id);
	return tell(s, who, &e);
}

/* A keeper's change of the quantity of a line, made from those words of its author. */
static inline struct entered *amend(struct story *s, enum who who, uint32_t number, struct ref of,
				    const struct entered *own, uint64_t quantity, uint32_t time)
{
	struct entry says = own->entry;

	says.line.quantity_milli = quantity;
	return tell_change(s, who, number, time, change_of(&own->entry, of, field_bit(LINE_FIELD_GOODS), &says), NULL);
}

static inline struct entered *trusting(struct story *s, enum who who, uint32_t number, enum trust_kind kind,
				       enum who whom, uint32_t time)
{
	struct entry e = blank(ENTRY_TRUST, number, time);

	e.trust.kind = kind;
	e.trust.key = key_of(whom);
	if (kind == TRUST_KEEPER || kind == TRUST_KEEPER_END)
		e.trust.site = ref_of(who, 1);
	return tell(s, who, &e);
}

static inline struct entered *vouch(struct story *s, enum who who, enum who whom)
{
	return trusting(s, who, 900 + (uint32_t)whom, TRUST_VOUCH, whom, NOON - 10 * HOUR);
}

static inline struct entered *keeper(struct story *s, enum who who, enum who whom)
{
	return trusting(s, who, 950 + (uint32_t)whom, TRUST_KEEPER, whom, NOON - 10 * HOUR);
}

/* A move as it is written down; the pointer is for what a story adds before the next call. */
struct moving {
	enum who who;
	uint32_t number;
	enum move_stage stage;
	struct ref of, from, after;
	uint64_t quantity;
	uint32_t hours; /* after NOON */
	uint32_t due_hours;
};

static inline struct entered *move(struct story *s, struct moving m)
{
	struct entry e = blank(ENTRY_MOVE, m.number, NOON + m.hours * HOUR);

	e.move.stage = m.stage;
	e.move.of = m.of;
	e.move.from = m.from;
	e.move.after = m.after;
	e.move.quantity_milli = m.quantity;
	e.move.at = e.hlc.time;
	e.move.due = m.due_hours ? NOON + m.due_hours * HOUR : 0;
	return tell(s, m.who, &e);
}

static inline struct entered *note(struct story *s, enum who who, uint32_t number, enum note_kind kind, struct ref of,
				   uint32_t hours)
{
	struct entry e = blank(ENTRY_NOTE, number, NOON + hours * HOUR);

	e.note.kind = kind;
	e.note.of = of;
	return tell(s, who, &e);
}

/* What people see. A failure names the line of the story that asked. */

static inline struct fold_line line_at(const struct fold *f, struct ref ref)
{
	struct fold_line line;
	uint32_t at = fold_find(f, FOLD_LINES, ref);

	assert_int_not_equal(at, UINT32_MAX);
	fold_line(f, at, &line);
	return line;
}

static inline struct fold_move move_at(const struct fold *f, struct ref ref)
{
	struct fold_move found;
	uint32_t at = fold_find(f, FOLD_MOVES, ref);

	assert_int_not_equal(at, UINT32_MAX);
	fold_move(f, at, &found);
	return found;
}

static inline struct fold_sums sums_at(const struct fold *f, struct ref ref)
{
	struct fold_sums sums;
	uint32_t at = fold_find(f, FOLD_LINES, ref);

	assert_int_not_equal(at, UINT32_MAX);
	fold_line_sums(f, at, &sums);
	return sums;
}

static inline struct entry entry_at(const struct fold *f, fold_slot slot)
{
	struct entry entry;

	assert_int_not_equal(slot, FOLD_NONE);
	fold_read(f, slot, &entry);
	return entry;
}

#define NEED_IS(f, ref, state, in, on_its_way, missing)                                                                \
	do {                                                                                                           \
		struct fold_sums found_ = sums_at(f, ref);                                                             \
		assert_int_equal(line_at(f, ref).status, state);                                                       \
		assert_int_equal(found_.received_milli, in);                                                           \
		assert_int_equal(found_.coming_milli, on_its_way);                                                     \
		assert_int_equal(found_.open_milli, missing);                                                          \
	} while (0)

#define STOCK_IS(f, ref, here, away)                                                                                   \
	do {                                                                                                           \
		struct fold_sums found_ = sums_at(f, ref);                                                             \
		assert_int_equal(found_.on_hand_milli, here);                                                          \
		assert_int_equal(found_.promised_milli, away);                                                         \
	} while (0)

#define MOVE_IS(f, ref, state, size, counting)                                                                         \
	do {                                                                                                           \
		struct fold_move found_ = move_at(f, ref);                                                             \
		assert_int_equal(found_.stage, state);                                                                 \
		assert_int_equal(found_.quantity_milli, size);                                                         \
		assert_int_equal(found_.counts, counting);                                                             \
	} while (0)

#endif
