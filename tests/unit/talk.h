/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Two sets in memory and the talk between them: one is asked and answers as a link does, the other decodes. A series runs
 * to its end without engines, clocks and signatures. Include cmocka.h first. */
#ifndef AIDMESH_TESTS_TALK_H
#define AIDMESH_TESTS_TALK_H

#include <stdlib.h>

#include "proto/bits.h"
#include "sync/link/compare.h"
#include "sync/set/sketch.h"
#include "tests/unit/host.h"

enum { SPARE = 8, LINK = 5, NOW = 1000 };

static const uint8_t KEY[16] = { 1, 2, 3 };
static const struct days ALL = { .today = 0, .last = UINT16_MAX };

/* One set, seen as the side that is asked and as the side that decodes. */
struct side {
	struct set set;
	struct element_index elements;
	struct compare compare;
	struct outbox lacks; /* what the other side lacks of this set */
	void *memory;
};

static inline void place(struct side *s, struct arena *arena, uint32_t entries_max)
{
	set_init(&s->set, arena, entries_max, SPARE, 1, KEY);
	element_index_memory(&s->elements, arena, entries_max);
	compare_memory(&s->compare, arena, entries_max);
	outbox_memory(&s->lacks, arena, &s->set);
}

static inline void side_init(struct side *s, uint32_t entries_max)
{
	struct arena arena = { .base = NULL };

	place(s, &arena, entries_max);
	s->memory = malloc(arena.used);
	assert_non_null(s->memory);
	memset(s->memory, 0xA5, arena.used);
	arena = (struct arena){ .base = s->memory };
	place(s, &arena, entries_max);
	s->set.card_epochs[0] = 0; /* all are of one author, whose card is here */
}

static inline struct set_slot numbered(uint64_t world, uint32_t at)
{
	struct set_slot slot = { .number = at, .field = ENTRY_NOTE, .handle = at };
	uint64_t name[2] = { world, at };

	crypto_generichash(slot.id.bytes, sizeof slot.id.bytes, (const uint8_t *)name, sizeof name, NULL, 0);
	return slot;
}

static inline void fill(struct side *s, uint64_t world, uint32_t from, uint32_t to)
{
	for (uint32_t at = from; at < to; at++) {
		struct set_slot slot = numbered(world, at);

		assert_int_not_equal(set_insert(&s->set, &slot), SET_NONE);
	}
}

/* A contact: `asked` says PROBE and answers, `decoder` asks. */
struct talk {
	struct side asked, decoder;
	struct salt salt;
	uint8_t series;
	uint32_t frame_max;
	struct want_progress progress;
	uint32_t questions, wanted;
	uint32_t refused; /* answers */
	bool rest;        /* the decoder held so little that it sent all of it and asked for all else */
	uint8_t frame[LINK_FRAME_MAX];
};

static inline struct frame_probe probe_of(struct talk *t)
{
	struct frame_probe probe = { .series = t->series };

	element_index_build(&t->asked.elements, &t->asked.set, &t->salt, ALL);
	probe.count = t->asked.elements.count;
	element_index_parity_probe(&t->asked.elements, probe.parity);
	element_index_sketch(&t->asked.elements, probe.syndromes, 0, PROBE_SYNDROMES, 1, 0);
	return probe;
}

static inline void begin(struct talk *t)
{
	struct frame_probe probe;

	t->series++;
	t->salt = salt_of_link(KEY, KEY, t->series);
	t->progress = (struct want_progress){ 0 };
	t->questions = 0;
	probe = probe_of(t);
	compare_begin(&t->decoder.compare, LINK, &probe, &t->decoder.set, &t->salt, ALL, &t->decoder.lacks, NOW);
}

static inline void give_sketch(struct talk *t, const struct writer *w)
{
	struct frame_sketch sketch;

	assert_int_equal(frame_sketch_read(&sketch, (struct view){ w->data, w->size }), FRAME_OK);
	t->refused += compare_sketch(&t->decoder.compare, &sketch, &t->decoder.set, &t->decoder.lacks, NOW) != SYNC_OK;
}

static inline bool is_asked_for(const struct frame_ask *ask, uint32_t bucket)
{
	return !ask->bits.size || ask->bits.data[bucket / 8] >> bucket % 8 & 1;
}

/* Bucket after bucket, a frame as long as it may be. */
static inline void answer_sketch(struct talk *t, const struct frame_ask *ask)
{
	struct writer w = { .size = 0 };

	for (uint32_t bucket = 0; bucket < ask->buckets; bucket++) {
		struct frame_sketch head = { t->series, ask->buckets, ask->to, bucket, { 0 } };
		uint8_t from = compare_sketch_from(ask->buckets, bucket, ask->from, ask->to);
		uint32_t syndromes[SYNDROMES_MAX] = { 0 }, count = (uint32_t)(ask->to - from);

		if (!is_asked_for(ask, bucket))
			continue;
		if (w.size && writer_room(&w) < count * sizeof(uint32_t)) {
			give_sketch(t, &w);
			w.size = 0;
		}
		if (!w.size) {
			w = writer_init(t->frame, t->frame_max - FRAME_HEAD_SIZE);
			frame_sketch_write(&w, &head);
		}
		element_index_sketch(&t->asked.elements, syndromes, from, ask->to, ask->buckets, bucket);
		sketch_write(&w, syndromes, count);
		assert_true(w.ok);
	}
	if (w.size)
		give_sketch(t, &w);
}

static inline void answer_list(struct talk *t)
{
	for (uint32_t rank = 0; rank < t->asked.elements.count;) {
		struct writer w = writer_init(t->frame, t->frame_max - FRAME_HEAD_SIZE);
		struct frame_list list = { t->series, rank, { 0 } };

		frame_list_write(&w, &list);
		while (rank < t->asked.elements.count && writer_room(&w) >= ELEMENT_SIZE)
			write_u32(&w, t->asked.elements.items[rank++].element);
		assert_int_equal(frame_list_read(&list, (struct view){ w.data, w.size }), FRAME_OK);
		t->refused +=
			compare_list(&t->decoder.compare, &list, &t->decoder.set, &t->decoder.lacks, NOW) != SYNC_OK;
	}
}

/* Everything but what is named. */
static inline void answer_rest(struct talk *t, struct view elements)
{
	for (uint32_t rank = 0; rank < t->asked.elements.count; rank++) {
		struct reader r = reader_init(elements);
		bool is_named = false;

		while (r.rest.size)
			is_named |= read_u32(&r) == t->asked.elements.items[rank].element;
		if (!is_named)
			outbox_put(&t->asked.lacks, element_index_slot(&t->asked.elements, &t->asked.set, rank));
	}
	t->rest = true;
}

static inline void answer(struct talk *t, struct frame_ask ask)
{
	uint8_t parity[ASK_PARITY_MAX];

	t->questions++;
	if (ask.what == ASK_SIZE) {
		uint32_t estimate;

		element_index_parity(&t->asked.elements, parity, ask.bits.size, ask.level);
		estimate = element_index_estimate(parity, ask.bits.data, ask.bits.size, ask.level);
		compare_plan(estimate, &ask.buckets, &ask.to);
		ask.what = compare_is_listed(estimate, t->asked.elements.count) ? ASK_LIST : ASK_SYNDROMES;
		ask.from = 0;
		ask.bits = (struct view){ 0 };
	}
	if (ask.what == ASK_REST)
		answer_rest(t, ask.bits);
	else if (ask.what == ASK_LIST)
		answer_list(t);
	else
		answer_sketch(t, &ask);
}

/* What the decoder says next, taken by the other side. */
static inline void hear(struct talk *t)
{
	struct writer w = writer_init(t->frame, t->frame_max);
	uint8_t copy[LINK_FRAME_MAX];
	struct frame_want want;
	struct frame_ask ask;
	enum frame_kind kind;
	struct view rest;

	t->wanted += compare_fill(&t->decoder.compare, &w);
	assert_true(w.ok && w.size > FRAME_HEAD_SIZE);
	memcpy(copy, t->frame, w.size);
	assert_int_equal(frame_open(&kind, &rest, (struct view){ copy, w.size }), FRAME_OK);
	if (kind == FRAME_ASK) {
		assert_int_equal(frame_ask_read(&ask, rest), FRAME_OK);
		answer(t, ask);
		return;
	}
	assert_int_equal(kind, FRAME_WANT);
	assert_int_equal(frame_want_read(&want, rest), FRAME_OK);
	assert_int_equal(compare_answer_want(&want, &t->progress, &t->asked.elements, &t->asked.set, &t->asked.lacks),
			 SYNC_OK);
}

static inline void run_series(struct talk *t)
{
	begin(t);
	for (int frames = 0; compare_is_busy(&t->decoder.compare); frames++) {
		assert_true(frames < 5000 && compare_has_to_say(&t->decoder.compare));
		hear(t);
	}
}

static inline void talk_init(struct talk *t, uint32_t entries_max, uint32_t frame_max)
{
	*t = (struct talk){ .frame_max = frame_max };
	side_init(&t->asked, entries_max);
	side_init(&t->decoder, entries_max);
}

static inline void talk_fini(struct talk *t)
{
	free(t->asked.memory);
	free(t->decoder.memory);
	free(t);
}

static inline struct talk *talk_new(uint32_t common, uint32_t asked, uint32_t decoder, uint64_t seed,
				    uint32_t frame_max)
{
	struct talk *t = calloc(1, sizeof *t);

	assert_non_null(t);
	talk_init(t, common + asked + decoder + 1, frame_max);
	fill(&t->asked, seed, 0, common + asked);
	fill(&t->decoder, seed, 0, common);
	fill(&t->decoder, seed, common + asked, common + asked + decoder);
	return t;
}

enum found { FOUND_EXACTLY, FOUND_AND_MORE };

/* How many that `s` has alone are missing; what it has not alone is found only where that is allowed. */
static inline uint32_t missing(const struct side *s, const struct side *other, enum found found)
{
	uint32_t count = 0;

	for (uint32_t slot = 0; slot < s->set.used; slot++) {
		bool alone = set_find_id(&other->set, &s->set.slots[slot].id) == SET_NONE;

		assert_true(alone || found == FOUND_AND_MORE || !outbox_has(&s->lacks, slot));
		count += alone && !outbox_has(&s->lacks, slot);
	}
	return count;
}

/* Until the question is said that `what` is. */
static inline struct frame_ask ask_of(struct talk *t, enum ask_what what)
{
	struct writer w = writer_init(t->frame, t->frame_max);
	struct frame_ask ask;

	begin(t);
	while (t->decoder.compare.step != COMPARE_ASKING)
		hear(t);
	(void)compare_fill(&t->decoder.compare, &w);
	assert_int_equal(frame_ask_read(&ask, (struct view){ w.data + FRAME_HEAD_SIZE, w.size - FRAME_HEAD_SIZE }),
			 FRAME_OK);
	assert_int_equal(ask.what, what);
	return ask;
}

#endif
