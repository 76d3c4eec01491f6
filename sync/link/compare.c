/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/link/compare.h"

#include <string.h>

#include "proto/bits.h"
#include "sync/set/sketch.h"

enum { ROW = SYNDROMES_MAX, COUNT_BITS = 6, CHECK_BITS = 4, FEW_BUCKETS = 8 };

static_assert((int)SYNDROMES_MAX <= (int)SKETCH_CAPACITY_MAX, "every sketch that may be asked for can be decoded");
static_assert(SYNDROMES_MAX - 1 < 1 << COUNT_BITS, "what a bucket wants fits its count");

void compare_memory(struct compare *c, struct arena *arena, uint32_t entries_max)
{
	uint32_t row_max = 2 * entries_max + FEW_BUCKETS * ROW;
	uint32_t *rows = arena_take(arena, row_max, sizeof *rows);
	struct element_index elements;

	element_index_memory(&elements, arena, entries_max);
	if (!arena->base)
		return;
	*c = (struct compare){ .row_max = row_max, .rows = rows, .elements = elements };
}

bool compare_is_free(const struct compare *c, carrier_id link, mono_ms now)
{
	return !c->link || c->link == link || now - c->heard_at > COMPARE_IDLE_MS;
}

static bool bit_get(const uint8_t *bits, uint32_t at)
{
	return bits[at / 8] >> at % 8 & 1;
}

void compare_end(struct compare *c)
{
	c->link = 0;
	c->step = COMPARE_IDLE;
	c->wants = false;
}

bool compare_has_passed(const struct compare *c, uint32_t element)
{
	if (c->step == COMPARE_IDLE)
		return true;
	assert(c->link != 0);
	if (c->buckets)
		return !bit_get(c->undecoded, bucket_of(element, c->buckets));
	return element_index_rank(&c->elements, element) < c->mine_next;
}

bool compare_is_busy(const struct compare *c)
{
	return c->step != COMPARE_IDLE || c->wants;
}

static void bit_set(uint8_t *bits, uint32_t at)
{
	bits[at / 8] |= (uint8_t)(1u << at % 8);
}

static void bit_clear(uint8_t *bits, uint32_t at)
{
	bits[at / 8] &= (uint8_t) ~(1u << at % 8);
}

static void set_buckets(struct compare *c, uint32_t buckets)
{
	assert(buckets > 0 && buckets <= BUCKETS_MAX);
	assert(buckets * ROW <= c->row_max);
	c->buckets = c->undecoded_count = buckets;
	c->have = 0;
	memset(c->undecoded, 0, sizeof c->undecoded);
	memset(c->found, 0, sizeof c->found);
	for (uint32_t bucket = 0; bucket < buckets; bucket++)
		bit_set(c->undecoded, bucket);
}

static uint32_t next_bit(const uint8_t *bits, uint32_t at, uint32_t end)
{
	while (at < end && !bit_get(bits, at))
		at++;
	return at;
}

/* How many syndromes. */

static uint32_t root(uint32_t square)
{
	uint32_t r = 0;

	while ((r + 1) * (r + 1) <= square)
		r++;
	return r;
}

void compare_plan(uint32_t estimate, uint32_t *buckets, uint8_t *to)
{
	uint32_t load = COMPARE_LOAD, count, first;

	if (estimate < COMPARE_FEW)
		load = COMPARE_LOAD_FEW;
	else if (estimate >= COMPARE_MOST)
		load = COMPARE_LOAD_MOST;
	else if (estimate >= COMPARE_MANY)
		load = COMPARE_LOAD_MANY;
	count = (estimate + load - 1) / load;

	if (estimate <= COMPARE_TWO_MAX)
		count = estimate <= COMPARE_ONE_MAX ? 1 : 2;

	if (count > BUCKETS_MAX)
		count = BUCKETS_MAX;
	first = estimate / count + (estimate >= COMPARE_MANY ? COMPARE_SPARE_MANY : COMPARE_SPARE);
	*buckets = count;
	assert(count > 0 && count <= BUCKETS_MAX);
	assert(first > 0);
	*to = (uint8_t)(first < SYNDROMES_MAX ? first : SYNDROMES_MAX);
}

bool compare_is_listed(uint32_t estimate, uint32_t count)
{
	return estimate > count / 5 * 4;
}

/* The share of buckets that decoded tells the mean load: differences are spread like a Poisson distribution, which is
 * close to a normal one. Sixteenths of a standard deviation for sixteenths of the buckets. */
static uint32_t mean_load(const struct compare *c)
{
	static const int8_t DEVIATIONS[17] = { -35, -25, -18, -14, -11, -8, -5, -3, 0, 3, 5, 8, 11, 14, 18, 25, 35 };
	int32_t deviation = (int32_t)root(c->to);
	int32_t load;

	assert(c->buckets);
	assert(c->undecoded_count <= c->buckets);
	load = (int32_t)c->to - DEVIATIONS[(c->buckets - c->undecoded_count) * 16 / c->buckets] * deviation / 16;
	return load > 1 ? (uint32_t)load : 1;
}

/* How many syndromes to ask for next. The first time it pays to ask for what most buckets need, the second time for what
 * nearly all of them need. */
static uint8_t more_syndromes(const struct compare *c, uint32_t round)
{
	uint32_t load = mean_load(c), deviation = root(load) + 1;
	uint32_t to = load + 1 + (round == 1 ? deviation : deviation * 5 / 2);
	uint32_t least = c->to < 16 ? c->to + 2u : c->to + c->to / 8u;

	assert(c->to < SYNDROMES_MAX);
	/* A comparison of so many buckets began with more to spare, so a bucket that needs more is asked once, for all. */
	if (c->buckets >= COMPARE_MOST / COMPARE_LOAD_MOST ||
	    (c->buckets >= COMPARE_MANY / COMPARE_LOAD_MANY && c->to > COMPARE_LOAD + COMPARE_SPARE))
		return SYNDROMES_MAX;
	/* So few buckets tell nothing about the mean load. */
	if (c->buckets < FEW_BUCKETS)
		to = c->to + c->to / 8u + 3;
	if (to < least)
		to = least;
	return (uint8_t)(to < SYNDROMES_MAX ? to : SYNDROMES_MAX);
}

/* Decoding. */

/* A bucket decoded. Elements that are here are those that the other side lacks. The others are lacked here. The row keeps
 * both, since ranks are counted with them. */
static void settle(struct compare *c, uint32_t bucket, const struct sketch_elements *found, const struct set *set,
		   struct outbox *lacks)
{
	uint32_t *row = c->rows + bucket * ROW, wanted = 0, mine = 0;

	for (uint32_t i = 0; i < found->count; i++) {
		uint32_t element = found->elements[i], rank = element_index_rank(&c->elements, element), slot;

		if (rank == c->elements.count || c->elements.items[rank].element != element) {
			row[1 + wanted++] = element;
			continue;
		}
		row[ROW - ++mine] = element;
		slot = element_index_slot(&c->elements, set, rank);
		if (slot != SET_NONE)
			outbox_put(lacks, slot);
	}
	assert(wanted + mine == found->count);
	assert(wanted + mine < ROW);
	row[0] = wanted | mine << 16;
	assert(bit_get(c->undecoded, bucket));
	assert(c->undecoded_count > 0);
	bit_clear(c->undecoded, bucket);
	c->undecoded_count--;
	bit_set(c->found, bucket);
	c->wants = true;
}

static void try_decode(struct compare *c, uint32_t bucket, const struct set *set, struct outbox *lacks)
{
	uint32_t syndromes[SYNDROMES_MAX] = { 0 }, candidates[2 * SYNDROMES_MAX], first, end, count = 0;
	struct sketch_elements found;

	assert(bucket < c->buckets);
	assert(c->to > 0 && c->to <= SYNDROMES_MAX);
	element_index_sketch(&c->elements, syndromes, 0, c->to, c->buckets, bucket);
	sketch_merge(syndromes, c->rows + bucket * ROW, c->to);
	element_index_bucket(&c->elements, &first, &end, c->buckets, bucket);
	for (uint32_t rank = first; rank < end && end - first <= 2u * c->to; rank++)
		candidates[count++] = c->elements.items[rank].element;
	if (sketch_decode(&found, syndromes, c->to, candidates, count) != SKETCH_OK)
		return;
	for (uint32_t i = 0; i < found.count; i++)
		if (bucket_of(found.elements[i], c->buckets) != bucket)
			return;
	settle(c, bucket, &found, set, lacks);
}

/* Asks for the first syndromes of as many buckets as the estimate suggests. */
static void ask_buckets(struct compare *c)
{
	uint32_t buckets;

	compare_plan(c->estimate, &buckets, &c->to);
	if (buckets > 1)
		set_buckets(c, buckets);
	else
		c->have = PROBE_SYNDROMES;
	c->question = ASK_SYNDROMES;
	c->step = COMPARE_ASKING;
}

/* All that was asked for is here. The next question is chosen, or there is none. */
static void end_round(struct compare *c)
{
	uint32_t round = c->have && c->have != PROBE_SYNDROMES ? 2 : 1;

	assert(c->step == COMPARE_SKETCHES);
	c->want_next = 0;
	if (!c->undecoded_count || (c->to == SYNDROMES_MAX && c->buckets > 1)) {
		c->step = COMPARE_IDLE;
		return;
	}
	if (c->to == SYNDROMES_MAX) {
		c->estimate = 3 * SYNDROMES_MAX;
		c->question = ASK_LIST;
		c->step = COMPARE_ASKING;
		if (!compare_is_listed(c->estimate, c->their_count))
			ask_buckets(c);
		return;
	}
	c->have = c->to;
	c->to = more_syndromes(c, round);
	c->question = ASK_SYNDROMES;
	c->step = COMPARE_ASKING;
}

/* The other side's list has passed `element`, so it lacks all elements of this side below it that were not met. */
static void pass_over(struct compare *c, uint64_t element, const struct set *set, struct outbox *lacks)
{
	for (; c->mine_next < c->elements.count && c->elements.items[c->mine_next].element < element; c->mine_next++) {
		uint32_t slot = element_index_slot(&c->elements, set, c->mine_next);

		if (slot != SET_NONE)
			outbox_put(lacks, slot);
	}
}

/* Chooses the first question by how large the difference seems to be. */
static void choose(struct compare *c)
{
	assert(c->estimate >= PROBE_SYNDROMES);
	c->step = COMPARE_ASKING;
	if (c->elements.count <= ASK_REST_MAX && c->elements.count * 16 < c->their_count) {
		c->question = ASK_REST;
		return;
	}
	if (compare_is_listed(c->estimate, c->their_count)) {
		c->question = ASK_LIST;
		return;
	}
	if (c->estimate > COMPARE_SURE_MAX)
		c->question = ASK_SIZE;
	else
		ask_buckets(c);
}

void compare_begin(struct compare *c, carrier_id link, const struct frame_probe *probe, const struct set *set,
		   const struct salt *salt, struct days days, struct outbox *lacks, mono_ms now)
{
	uint8_t parity[PROBE_PARITY_SIZE];
	uint32_t least;

	assert(link != 0);
	compare_end(c);
	if (probe->count > 32 * (uint64_t)c->row_max)
		return;
	c->link = link;
	c->series = probe->series;
	c->heard_at = now;
	c->their_count = probe->count;
	element_index_build(&c->elements, set, salt, days);
	c->mine_next = 0;
	if (!probe->count) {
		pass_over(c, UINT64_MAX, set, lacks);
		return;
	}
	set_buckets(c, 1);
	memcpy(c->rows, probe->syndromes, sizeof probe->syndromes);
	memcpy(c->rest, probe->syndromes, sizeof probe->syndromes);
	c->to = PROBE_SYNDROMES;
	try_decode(c, 0, set, lacks);
	c->want_next = 0;
	if (!c->undecoded_count)
		return;
	element_index_parity_probe(&c->elements, parity);
	c->estimate = element_index_estimate_probe(parity, probe->parity);
	least = c->elements.count > probe->count ? c->elements.count - probe->count : probe->count - c->elements.count;
	if (least < PROBE_SYNDROMES)
		least = PROBE_SYNDROMES;
	if (c->estimate < least)
		c->estimate = least;
	choose(c);
	/* This side holds so few that they are sent without knowing whether the other side lacks them. */
	if (c->question == ASK_REST && c->step == COMPARE_ASKING)
		pass_over(c, UINT64_MAX, set, lacks);
}

static void begin_list(struct compare *c)
{
	/* compare_begin took no more than there are bits for. */
	assert(c->their_count <= 32 * (uint64_t)c->row_max);
	memset(c->rows, 0, ((size_t)c->their_count + 31) / 32 * sizeof *c->rows);
	c->next = c->mine_next = c->want_next = 0;
	c->buckets = 0;
	c->step = COMPARE_LISTING;
}

uint8_t compare_sketch_from(uint32_t buckets, uint32_t bucket, uint8_t from, uint8_t to)
{
	return !from && buckets > 1 && bucket == buckets - 1 && to > PROBE_SYNDROMES ? PROBE_SYNDROMES : from;
}

/* False: the frame ends within the bucket. */
static bool read_bucket(struct compare *c, uint32_t bucket, struct reader *r)
{
	uint8_t from = compare_sketch_from(c->buckets, bucket, c->have, c->to);
	uint32_t *row = c->rows + bucket * ROW;

	assert(from < c->to);
	sketch_read(row + from, (uint32_t)(c->to - from), r);
	if (!r->ok)
		return false;
	if (from > c->have)
		memcpy(row, c->rest, sizeof c->rest);
	else if (!c->have && c->to > PROBE_SYNDROMES)
		sketch_merge(c->rest, row, PROBE_SYNDROMES);
	return true;
}

enum sync_rc compare_sketch(struct compare *c, const struct frame_sketch *sketch, const struct set *set,
			    struct outbox *lacks, mono_ms now)
{
	struct reader r = reader_init(sketch->syndromes);

	/* This answers a question that was given up. */
	if (c->step != COMPARE_SKETCHES && c->step != COMPARE_SIZING)
		return SYNC_OK;
	if (c->step == COMPARE_SIZING) {
		if (sketch->to < 2 || sketch->first)
			return SYNC_E_FRAME;
		if (sketch->buckets > c->row_max / ROW) {
			c->question = ASK_LIST;
			c->step = COMPARE_ASKING;
			return SYNC_OK;
		}
		set_buckets(c, sketch->buckets);
		c->to = sketch->to;
		c->next = 0;
		c->step = COMPARE_SKETCHES;
	}
	if (sketch->buckets != c->buckets || sketch->to != c->to || sketch->first != c->next)
		return SYNC_E_FRAME;
	while (r.rest.size && c->next < c->buckets) {
		if (!read_bucket(c, c->next, &r))
			return SYNC_E_FRAME;
		try_decode(c, c->next, set, lacks);
		c->next = next_bit(c->undecoded, c->next + 1, c->buckets);
	}
	assert(c->next <= c->buckets);
	c->heard_at = now;
	if (c->next == c->buckets)
		end_round(c);
	return r.rest.size ? SYNC_E_FRAME : SYNC_OK;
}

enum sync_rc compare_list(struct compare *c, const struct frame_list *list, const struct set *set, struct outbox *lacks,
			  mono_ms now)
{
	struct reader r = reader_init(list->elements);

	if (c->step == COMPARE_SIZING)
		begin_list(c);
	if (c->step != COMPARE_LISTING)
		return SYNC_OK;
	if (list->first != c->next || list->elements.size / ELEMENT_SIZE > c->their_count - c->next)
		return SYNC_E_FRAME;
	assert(c->next <= c->their_count);
	while (r.rest.size) {
		uint32_t element = read_u32(&r);

		pass_over(c, element, set, lacks);
		if (c->mine_next < c->elements.count && c->elements.items[c->mine_next].element == element) {
			c->mine_next++;
		} else {
			c->rows[c->next / 32] |= 1u << c->next % 32;
		}
		c->next++;
	}
	/* Also where nothing is wanted: the other side holds entries back until it hears so. */
	c->wants = true;
	c->heard_at = now;
	if (c->next == c->their_count) {
		pass_over(c, UINT64_MAX, set, lacks);
		c->step = COMPARE_IDLE;
	}
	return SYNC_OK;
}

/* What to say. */

bool compare_has_to_say(const struct compare *c)
{
	return c->step == COMPARE_ASKING || c->wants;
}

static void fill_ask(struct compare *c, struct writer *w)
{
	struct frame_ask ask = { .series = c->series, .what = c->question };
	uint8_t parity[ASK_PARITY_MAX], elements[ASK_REST_MAX * ELEMENT_SIZE];
	struct writer rest = writer_init(elements, sizeof elements);

	assert(c->step == COMPARE_ASKING);
	frame_begin(w, FRAME_ASK);
	c->next = 0;
	switch (c->question) {
	case ASK_SYNDROMES:
		ask.buckets = c->buckets;
		ask.from = c->have;
		ask.to = c->to;
		if (c->undecoded_count < c->buckets)
			ask.bits = (struct view){ c->undecoded, (c->buckets + 7) / 8 };
		c->next = next_bit(c->undecoded, 0, c->buckets);
		c->step = COMPARE_SKETCHES;
		break;
	case ASK_SIZE:
		ask.bits = (struct view){ parity, c->estimate / 5 < sizeof parity ? c->estimate / 5 : sizeof parity };
		while (c->estimate >> ask.level > ask.bits.size * 3 && ask.level < PARITY_LEVEL_MAX)
			ask.level++;
		element_index_parity(&c->elements, parity, ask.bits.size, ask.level);
		c->step = COMPARE_SIZING;
		break;
	case ASK_LIST:
		begin_list(c);
		break;
	case ASK_REST:
		for (uint32_t rank = 0; rank < c->elements.count; rank++)
			write_u32(&rest, c->elements.items[rank].element);
		ask.bits = (struct view){ elements, rest.size };
		c->step = COMPARE_IDLE;
		break;
	}
	assert(c->step != COMPARE_ASKING);
	frame_ask_write(w, &ask);
}

static void fill_listed(struct compare *c, struct writer *w, uint32_t *count)
{
	struct frame_want want = { .series = c->series, .first = c->want_next };
	struct bit_writer bits;

	assert(c->buckets == 0);
	assert(c->want_next <= c->next);
	frame_want_write(w, &want);
	bits = bit_writer_init(w->data + w->size, writer_room(w));
	while (c->want_next < c->next && bits.at < 8 * bits.cap) {
		uint32_t bit = c->rows[c->want_next / 32] >> c->want_next % 32 & 1;

		bits_write(&bits, bit, 1);
		*count += bit;
		c->want_next++;
	}
	w->size += bits_size(&bits);
	c->wants = c->want_next < c->next;
}

/* The width that codes ranks best when `count` of `held` are named. */
static unsigned rank_width(uint32_t held, uint32_t count)
{
	uint32_t step = held / count * 11 / 16;
	unsigned width = 0;

	assert(count > 0);
	assert(count <= held);
	while (step >> width > 1)
		width++;
	return width;
}

static void sort_row(uint32_t *row, uint32_t count)
{
	for (uint32_t i = 1; i < count; i++) {
		uint32_t moved = row[i], at = i;

		for (; at && row[at - 1] > moved; at--)
			row[at] = row[at - 1];
		row[at] = moved;
	}
}

/* The ranks of wanted elements among the other side's elements of the bucket. Its rank is the number of smaller elements that
 * it holds: those that both hold, and those that are wanted. */
static void write_ranks(const struct compare *c, uint32_t bucket, struct bit_writer *bits)
{
	uint32_t *row = c->rows + bucket * ROW, wanted = row[0] & 0xFFFF, mine = row[0] >> 16;
	uint32_t *ours = row + ROW - mine, first, end, held, before = 0, next = 0;
	unsigned width;

	element_index_bucket(&c->elements, &first, &end, c->buckets, bucket);
	assert(mine <= end - first);
	held = end - first - mine + wanted;
	sort_row(row + 1, wanted);
	sort_row(ours, mine);
	bits_write(bits, wanted, COUNT_BITS);
	if (!wanted)
		return;
	bits_write(bits, held & ((1u << CHECK_BITS) - 1), CHECK_BITS);
	width = rank_width(held, wanted);
	for (uint32_t i = 0; i < wanted; i++) {
		uint32_t rank = element_index_rank(&c->elements, row[1 + i]) - first + i;

		while (before < mine && ours[before] < row[1 + i])
			before++;
		bits_write_rice(bits, rank - before - next, width);
		next = rank - before + 1;
	}
}

static void fill_ranks(struct compare *c, struct writer *w, uint32_t *count)
{
	struct frame_want want = { .series = c->series, .buckets = c->buckets };
	uint8_t body[4096];
	struct bit_writer bits =
		bit_writer_init(body, writer_room(w) < sizeof body + 16 ? writer_room(w) - 16 : sizeof body);
	uint32_t bucket = next_bit(c->found, 0, c->buckets), previous = 0;

	assert(c->buckets > 0);
	assert(writer_room(w) > 16);
	while (bucket < c->buckets) {
		struct bit_writer before = bits;

		bits_write_gamma(&bits, bucket - previous + 1);
		write_ranks(c, bucket, &bits);
		if (!bits.ok) {
			bits = before;
			break;
		}
		want.first++;
		*count += c->rows[bucket * ROW] & 0xFFFF;
		bit_clear(c->found, bucket);
		previous = bucket + 1;
		bucket = next_bit(c->found, bucket + 1, c->buckets);
	}
	frame_want_write(w, &want);
	write_bytes(w, body, bits_size(&bits));
	c->wants = bucket < c->buckets;
}

uint32_t compare_fill(struct compare *c, struct writer *w)
{
	uint32_t count = 0;

	assert(compare_has_to_say(c));
	if (c->step == COMPARE_ASKING) {
		fill_ask(c, w);
		return 0;
	}
	frame_begin(w, FRAME_WANT);
	if (c->buckets)
		fill_ranks(c, w, &count);
	else
		fill_listed(c, w, &count);
	return count;
}

/* The side that is asked. */

static void put_rank(const struct element_index *elements, const struct set *set, uint32_t rank, struct outbox *lacks)
{
	uint32_t slot = element_index_slot(elements, set, rank);

	if (slot != SET_NONE)
		outbox_put(lacks, slot);
}

/* One bucket's ranks. */
static void read_ranks(struct bit_reader *bits, const struct element_index *elements, const struct set *set,
		       uint32_t buckets, uint32_t bucket, struct outbox *lacks)
{
	uint32_t wanted = bits_read(bits, COUNT_BITS), first, end, rank;
	unsigned width;

	if (!wanted)
		return;
	element_index_bucket(elements, &first, &end, buckets, bucket);
	if (bits_read(bits, CHECK_BITS) != ((end - first) & ((1u << CHECK_BITS) - 1)) || wanted > end - first) {
		bits->ok = false;
		return;
	}
	width = rank_width(end - first, wanted);
	rank = first;
	for (uint32_t i = 0; i < wanted && bits->ok; i++) {
		rank += bits_read_rice(bits, width, (end - first) >> width);
		if (!bits->ok || rank >= end) {
			bits->ok = false;
			return;
		}
		put_rank(elements, set, rank++, lacks);
	}
}

static enum sync_rc answer_listed(const struct frame_want *want, struct want_progress *progress,
				  const struct element_index *elements, const struct set *set, struct outbox *lacks)
{
	struct bit_reader bits = bit_reader_init(want->bits);

	progress->buckets = 0;
	for (uint32_t i = 0; i < 8 * want->bits.size; i++)
		if (bits_read(&bits, 1)) {
			if (want->first >= elements->count || i >= elements->count - want->first)
				return SYNC_E_FRAME;
			put_rank(elements, set, want->first + i, lacks);
		}
	progress->rank = want->first + (uint32_t)(8 * want->bits.size);
	return SYNC_OK;
}

enum sync_rc compare_answer_want(const struct frame_want *want, struct want_progress *progress,
				 const struct element_index *elements, const struct set *set, struct outbox *lacks)
{
	struct bit_reader bits = bit_reader_init(want->bits);
	uint32_t bucket = 0;

	if (!want->buckets)
		return answer_listed(want, progress, elements, set, lacks);
	if (progress->buckets != want->buckets)
		memset(progress->heard, 0, sizeof progress->heard);
	progress->buckets = want->buckets;
	for (uint32_t i = 0; i < want->first; i++) {
		uint32_t gap = bits_read_gamma(&bits);

		if (!bits.ok || gap > want->buckets - bucket)
			return SYNC_E_FRAME;
		bucket += gap - 1;
		assert(bucket < want->buckets);
		read_ranks(&bits, elements, set, want->buckets, bucket, lacks);
		if (!bits.ok)
			return SYNC_E_FRAME;
		bit_set(progress->heard, bucket++);
	}
	return SYNC_OK;
}

bool compare_want_has_passed(const struct want_progress *progress, const struct element_index *elements,
			     uint32_t element)
{
	assert(progress->buckets <= BUCKETS_MAX);
	if (progress->buckets)
		return bit_get(progress->heard, bucket_of(element, progress->buckets));
	return element_index_rank(elements, element) < progress->rank;
}
