/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One town's entries, for benchmarks: 200 authors with a card and a site each; needs and stock, moves in journeys, notes, in
 * the sizes that people write. Nobody signs: what is measured comes after that. */
#ifndef AIDMESH_BENCH_TOWN_H
#define AIDMESH_BENCH_TOWN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "proto/entry.h"

enum { AUTHORS = 200 };

struct row {
	uint8_t bytes[ENTRY_SIZE_MAX];
	uint8_t size;
	uint8_t author;
	struct entry_id id;
};

struct town {
	struct public_key keys[AUTHORS];
	struct row *rows;
	uint32_t count, cap;
	uint64_t body_size; /* all together */
	uint64_t dice;
	uint32_t now_s;
};

static inline void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

/* splitmix64 */
static inline uint32_t below(struct town *t, uint32_t bound)
{
	uint64_t z = t->dice += 0x9E3779B97F4A7C15;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	return (uint32_t)((z ^ z >> 31) % bound);
}

/* The town's people. */

/* Numbers are random and need no list: the n-th of a kind that an author writes. */
static inline uint32_t number_of(enum entry_kind kind, uint32_t author, uint32_t n)
{
	return (kind * 2654435761u) ^ (author * 40503u + n + 1) * 2246822519u;
}

static inline struct ref ref_to(const struct town *t, enum entry_kind kind, uint32_t author, uint32_t n)
{
	return (struct ref){ public_key_hint(&t->keys[author]), number_of(kind, author, n) };
}

static inline struct entry begin(const struct town *t, enum entry_kind kind, uint32_t author, uint32_t n)
{
	struct entry e;

	memset(&e, 0, sizeof e);
	e.kind = kind;
	e.author = public_key_hint(&t->keys[author]);
	e.number = kind == ENTRY_CARD ? 0 : number_of(kind, author, n);
	return e;
}

static inline void say(struct town *t, struct entry *e, uint32_t author)
{
	struct row *row = &t->rows[t->count];
	size_t size;

	if (t->count == t->cap)
		return;
	e->hlc.time = t->now_s - below(t, 5 * EPOCH_S);
	must(entry_body_encode(row->bytes, &size, e) == ENTRY_OK, "an entry is not legal");
	row->size = (uint8_t)(size + SIGNATURE_SIZE);
	row->author = (uint8_t)author;
	row->id = entry_id_of((struct view){ row->bytes, row->size }, &t->keys[author]);
	t->body_size += size;
	t->count++;
}

static inline void say_card_and_site(struct town *t, uint32_t author)
{
	struct entry card = begin(t, ENTRY_CARD, author, 0), site = begin(t, ENTRY_SITE, author, 0);
	struct entry trust = begin(t, ENTRY_TRUST, author, 0);

	card.card.key = t->keys[author];
	snprintf(card.card.name, sizeof card.card.name, "Node %u", (unsigned)author);
	say(t, &card, author);
	snprintf(site.site.name, sizeof site.site.name, "Shelter at school %u", (unsigned)author);
	site.site.place = (struct place){ 35000000 + (int32_t)author * 1000, -77000000, PLACE_POINT };
	site.site.giving = site.site.receiving = (struct hours){ 16, 40, 0 };
	say(t, &site, author);
	trust.trust.key = t->keys[(author + 1) % AUTHORS];
	say(t, &trust, author);
}

static inline void say_line(struct town *t, uint32_t author, uint32_t n)
{
	struct entry e = begin(t, ENTRY_LINE, author, n);
	struct line *line = &e.line;

	line->kind = n % 3 ? LINE_NEED : LINE_RESOURCE;
	line->site = ref_to(t, ENTRY_SITE, author, 0);
	line->item = (uint16_t)(101 + below(t, 100));
	line->quantity_milli = 1000 * (1 + below(t, 500));
	line->created = t->now_s - EPOCH_S;
	if (line->kind == LINE_NEED) {
		line->people = 1 + below(t, 200);
		line->infants = below(t, 5);
		line->within_h = 24;
	} else {
		line->counted = t->now_s - EPOCH_S / 2;
	}
	if (below(t, 4) == 0)
		snprintf(line->text, sizeof line->text, "please by the side door");
	say(t, &e, author);
}

/* To a need of somebody else; every second one carries the one before on. */
static inline void say_move(struct town *t, uint32_t author, uint32_t n)
{
	struct entry e = begin(t, ENTRY_MOVE, author, n);
	struct move *move = &e.move;
	uint32_t other = (author + 1 + below(t, 3)) % AUTHORS;

	move->stage = n % 2 ? MOVE_SENT : MOVE_PLEDGED;
	move->quantity_milli = 1000 * (1 + below(t, 100));
	move->at = t->now_s - below(t, EPOCH_S);
	if (n % 2) {
		move->after = ref_to(t, ENTRY_MOVE, author, n - 1);
	} else {
		move->of = ref_to(t, ENTRY_LINE, other, 1 + below(t, n + 1) / 3 * 3);
		move->from = ref_to(t, ENTRY_LINE, author, below(t, n + 1) / 3 * 3);
		move->due = t->now_s + below(t, EPOCH_S);
	}
	say(t, &e, author);
}

static inline void say_note(struct town *t, uint32_t author, uint32_t n)
{
	struct entry e = begin(t, ENTRY_NOTE, author, n);

	e.note.kind = n % 2 ? NOTE_STILL_NEEDED : NOTE_MESSAGE;
	e.note.of = ref_to(t, ENTRY_LINE, author, n / 2 * 2);
	if (!(n % 2))
		snprintf(e.note.text, sizeof e.note.text, "water at the north gate until dark");
	say(t, &e, author);
}

/* Beside the cards, sites and vouches 8 lines, 7 moves and 4 notes of 19. */
static inline void town_build(struct town *t, uint32_t count, uint32_t now_s)
{
	uint32_t lines = 0, moves = 0, notes = 0;

	*t = (struct town){ .rows = calloc(count, sizeof(struct row)), .cap = count, .dice = 1, .now_s = now_s };
	must(t->rows, "no memory");
	for (uint32_t author = 0; author < AUTHORS; author++) {
		crypto_generichash(t->keys[author].bytes, sizeof t->keys[author].bytes, (uint8_t *)&author,
				   sizeof author, NULL, 0);
	}
	for (uint32_t author = 0; author < AUTHORS; author++)
		say_card_and_site(t, author);
	while (t->count < count) {
		uint32_t which = t->count % 19;

		if (which < 8) {
			say_line(t, lines % AUTHORS, lines / AUTHORS);
			lines++;
		} else if (which < 15) {
			say_move(t, moves % AUTHORS, moves / AUTHORS);
			moves++;
		} else {
			say_note(t, notes % AUTHORS, notes / AUTHORS);
			notes++;
		}
	}
}

#endif
