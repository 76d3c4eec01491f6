/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a frame: what is read lies inside them and keeps the bounds, and written again it is the same bytes, since
 * each frame has one form only. The numbers of a few bits that a WANT carries are read and written the same way. */
#include <assert.h>
#include <string.h>

#include "proto/bits.h"
#include "proto/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read, written into `w`; false when it is refused. */

static bool hello_again(struct writer *w, struct view rest)
{
	struct frame_hello hello;

	if (frame_hello_read(&hello, rest) != FRAME_OK)
		return false;
	struct days days = days_of(hello.time_s, hello.quality);
	assert(days.today <= days.last);
	frame_hello_write(w, &hello);
	return true;
}

static bool left_again(struct writer *w, struct view rest)
{
	struct frame_left left;
	if (frame_left_read(&left, rest) != FRAME_OK)
		return false;
	frame_left_write(w, &left);
	return true;
}

static bool summary_again(struct writer *w, struct view rest)
{
	struct frame_summary summary;

	if (frame_summary_read(&summary, rest) != FRAME_OK)
		return false;
	frame_summary_write(w, &summary);
	return true;
}

static bool agree_again(struct writer *w, struct view rest)
{
	struct fingerprint fingerprint = { 0 };
	uint32_t mark;

	if (frame_agree_read(&mark, rest) != FRAME_OK)
		return false;
	fingerprint.low = mark;
	frame_agree_write(w, &fingerprint);
	return true;
}

static bool probe_again(struct writer *w, struct view rest)
{
	struct frame_probe probe;

	if (frame_probe_read(&probe, rest) != FRAME_OK)
		return false;
	assert(probe.series);
	frame_probe_write(w, &probe);
	return true;
}

static bool ask_again(struct writer *w, struct view rest)
{
	struct frame_ask ask;

	if (frame_ask_read(&ask, rest) != FRAME_OK)
		return false;
	assert(ask.series && ask.what <= ASK_REST);
	if (ask.what == ASK_SYNDROMES) {
		assert(ask.buckets && ask.buckets <= BUCKETS_MAX && ask.from < ask.to && ask.to <= SYNDROMES_MAX);
		assert(!ask.bits.size || ask.bits.size == (ask.buckets + 7) / 8);
	}
	if (ask.what == ASK_SIZE)
		assert(ask.bits.size && ask.bits.size <= ASK_PARITY_MAX && ask.level <= PARITY_LEVEL_MAX);
	if (ask.what == ASK_REST)
		assert(ask.bits.size % ELEMENT_SIZE == 0 && ask.bits.size <= (size_t)ASK_REST_MAX * ELEMENT_SIZE);
	frame_ask_write(w, &ask);
	return true;
}

static void numbers_again(struct writer *w, struct view numbers)
{
	struct reader r = reader_init(numbers);

	assert(numbers.size % sizeof(uint32_t) == 0);
	while (r.rest.size)
		write_u32(w, read_u32(&r));
	assert(r.ok);
}

static bool sketch_again(struct writer *w, struct view rest)
{
	struct frame_sketch sketch;

	if (frame_sketch_read(&sketch, rest) != FRAME_OK)
		return false;
	assert(sketch.series && sketch.buckets <= BUCKETS_MAX && sketch.first < sketch.buckets);
	assert(sketch.to && sketch.to <= SYNDROMES_MAX && sketch.syndromes.size);
	frame_sketch_write(w, &sketch);
	numbers_again(w, sketch.syndromes);
	return true;
}

static bool list_again(struct writer *w, struct view rest)
{
	struct frame_list list;

	if (frame_list_read(&list, rest) != FRAME_OK)
		return false;
	assert(list.series && list.elements.size);
	frame_list_write(w, &list);
	numbers_again(w, list.elements);
	return true;
}

/* Three kinds of numbers in turn, as far as the bits go. */
static void bits_again(struct view bytes)
{
	struct bit_reader r = bit_reader_init(bytes);
	uint8_t out[LINK_FRAME_MAX];
	struct bit_writer w = bit_writer_init(out, sizeof out);
	size_t good = 0;

	for (unsigned i = 0; r.ok && w.ok; i++) {
		unsigned width = i % 33;
		uint32_t gamma, rice, plain;

		gamma = bits_read_gamma(&r);
		if (!r.ok)
			break;
		assert(gamma);
		bits_write_gamma(&w, gamma);
		good = r.at;
		rice = bits_read_rice(&r, width % 16, 1000);
		if (!r.ok)
			break;
		bits_write_rice(&w, rice, width % 16);
		good = r.at;
		plain = bits_read(&r, width);
		if (!r.ok)
			break;
		bits_write(&w, plain, width);
		good = r.at;
	}
	assert(r.at <= 8 * bytes.size && w.ok && w.at == good);
	if (good / 8)
		assert(memcmp(out, bytes.data, good / 8) == 0);
	assert(good % 8 == 0 || ((out[good / 8] ^ bytes.data[good / 8]) & ((1u << good % 8) - 1)) == 0);
}

static bool want_again(struct writer *w, struct view rest)
{
	struct frame_want want;

	if (frame_want_read(&want, rest) != FRAME_OK)
		return false;
	assert(want.series && want.buckets <= BUCKETS_MAX && want.bits.size);
	frame_want_write(w, &want);
	write_bytes(w, want.bits.data, want.bits.size);
	bits_again(want.bits);
	return true;
}

static bool beacon_again(struct writer *w, struct view rest)
{
	struct frame_beacon beacon;

	if (frame_beacon_read(&beacon, rest) != FRAME_OK)
		return false;
	assert(beacon.part && beacon.days.today <= beacon.days.last && beacon.syndromes.size);
	assert(beacon.from + beacon.syndromes.size / sizeof(uint32_t) <= SYNDROMES_MAX);
	frame_beacon_write(w, &beacon);
	numbers_again(w, beacon.syndromes);
	return true;
}

static bool call_again(struct writer *w, struct view rest)
{
	struct frame_call call;

	if (frame_call_read(&call, rest) != FRAME_OK)
		return false;
	assert(call.elements.size == (size_t)call.count * CALL_ELEMENT_SIZE && (call.have == 0) == (call.count > 0));
	assert(!call.entry.size || (call.entry.size >= ENTRY_SIZE_MIN && call.entry.size <= ENTRY_SIZE_MAX));
	frame_call_write(w, &call);
	for (struct reader r = reader_init(call.elements); r.rest.size;)
		frame_call_element_write(w, frame_call_element_read(&r));
	if (call.entry.size)
		write_bytes(w, call.entry.data, call.entry.size);
	return true;
}

/* As many whole entries as there are; false when something is left that is none. */
static bool entries_again(struct writer *w, struct view rest)
{
	struct view entry, before = rest;
	struct entry decoded;

	while (rest.size > 0) {
		if (frame_entry_read(&entry, &rest) != FRAME_OK) {
			assert(rest.data + rest.size == before.data + before.size);
			return false;
		}
		assert(entry.size >= ENTRY_SIZE_MIN && entry.size <= ENTRY_SIZE_MAX);
		(void)!entry_decode(&decoded, entry);
		frame_entry_write(w, entry);
	}
	return true;
}

static bool again(struct writer *w, enum frame_kind kind, struct view rest)
{
	frame_begin(w, kind);
	switch (kind) {
	case FRAME_HELLO:
		return hello_again(w, rest);
	case FRAME_LEFT:
		return left_again(w, rest);
	case FRAME_SUMMARY:
		return summary_again(w, rest);
	case FRAME_AGREE:
		return agree_again(w, rest);
	case FRAME_PROBE:
		return probe_again(w, rest);
	case FRAME_ASK:
		return ask_again(w, rest);
	case FRAME_SKETCH:
		return sketch_again(w, rest);
	case FRAME_LIST:
		return list_again(w, rest);
	case FRAME_WANT:
		return want_again(w, rest);
	case FRAME_ENTRIES:
		return entries_again(w, rest);
	case FRAME_ENTRY:
		write_bytes(w, rest.data, rest.size);
		return true;
	case FRAME_BEACON:
		return beacon_again(w, rest);
	case FRAME_CALL:
		return call_again(w, rest);
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static uint8_t out[LINK_FRAME_MAX];
	struct writer w = writer_init(out, sizeof out);
	enum frame_kind kind;
	struct view rest;

	if (size > sizeof out || frame_open(&kind, &rest, (struct view){ .data = data, .size = size }) != FRAME_OK)
		return 0;
	if (again(&w, kind, rest))
		assert(w.ok && w.size == size && memcmp(out, data, size) == 0);
	return 0;
}
