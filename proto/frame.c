/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/frame.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(crypto_shorthash_siphashx24_BYTES == FINGERPRINT_SIZE, "SipHash-128");
static_assert(crypto_shorthash_siphashx24_KEYBYTES == sizeof(struct salt), "SipHash's key");
static_assert(crypto_shorthash_siphash24_BYTES == 8, "SipHash-64");
static_assert(crypto_shorthash_siphash24_KEYBYTES == sizeof(struct salt), "SipHash's key");
static_assert(ENTRY_SIZE_MAX <= UINT8_MAX, "an entry's size is one byte");

enum frame_rc frame_open(enum frame_kind *kind, struct view *rest, struct view bytes)
{
	struct reader r = reader_init(bytes);
	uint8_t magic = read_u8(&r);
	uint8_t found = read_u8(&r);
	if (!r.ok || magic != FRAME_MAGIC || found < FRAME_HELLO || found > FRAME_LEFT)
		return FRAME_E_FOREIGN;
	*kind = found;
	*rest = r.rest;
	return FRAME_OK;
}

void frame_begin(struct writer *w, enum frame_kind kind)
{
	assert(kind >= FRAME_HELLO && kind <= FRAME_LEFT);
	write_u8(w, FRAME_MAGIC);
	write_u8(w, (uint8_t)kind);
}

struct salt salt_of_link(const uint8_t dialler[SALT_HALF_SIZE], const uint8_t listener[SALT_HALF_SIZE], uint8_t series)
{
	struct salt salt = { { 0 } };
	memcpy(salt.bytes, dialler, SALT_HALF_SIZE);
	memcpy(salt.bytes + SALT_HALF_SIZE, listener, SALT_HALF_SIZE);
	salt.bytes[2 * SALT_HALF_SIZE] = series;
	return salt;
}

struct salt salt_of_beacon(uint32_t salt)
{
	struct salt key = { { 0 } };
	for (size_t i = 0; i < sizeof salt; i++)
		key.bytes[i] = (uint8_t)(salt >> (8 * i));
	key.bytes[sizeof key.bytes - 1] = 1;
	return key;
}

struct window days_window(struct days days, enum retention retention)
{
	uint32_t kept = retention_days(retention);
	return (struct window){ .low = (uint16_t)(days.today > kept ? days.today - kept : 0), .high = days.last };
}

struct days days_both(struct days a, struct days b)
{
	return (struct days){ .today = a.today > b.today ? a.today : b.today,
			      .last = a.last < b.last ? a.last : b.last };
}

bool days_include(struct days days, enum retention retention, uint16_t epoch)
{
	struct window window = days_window(days, retention);
	return epoch >= window.low && epoch <= window.high;
}

void fingerprint_add(struct fingerprint *sum, const struct salt *salt, const struct entry_id *id)
{
	uint8_t hash[FINGERPRINT_SIZE];
	crypto_shorthash_siphashx24(hash, id->bytes, sizeof(id->bytes), salt->bytes);
	struct reader r = reader_init((struct view){ .data = hash, .size = sizeof(hash) });
	uint64_t low = read_u64(&r);
	sum->low += low;
	sum->high += read_u64(&r) + (sum->low < low);
}

bool fingerprint_equal(const struct fingerprint *a, const struct fingerprint *b)
{
	return a->low == b->low && a->high == b->high;
}

uint32_t element_of(const struct salt *salt, const struct entry_id *id)
{
	uint8_t hash[crypto_shorthash_siphash24_BYTES];
	crypto_shorthash_siphash24(hash, id->bytes, sizeof(id->bytes), salt->bytes);
	uint32_t element = hash[0] | (uint32_t)hash[1] << 8 | (uint32_t)hash[2] << 16 | (uint32_t)hash[3] << 24;
	return element ? element : 1;
}

uint32_t bucket_of(uint32_t element, uint32_t buckets)
{
	assert(buckets > 0);
	return (uint32_t)((uint64_t)element * buckets >> 32);
}

struct days days_of(uint32_t time_s, enum time_quality quality)
{
	if (quality != TIME_SET)
		return (struct days){ .today = 0, .last = UINT16_MAX };
	static_assert((UINT32_MAX + (uint64_t)AHEAD_MAX_S) / EPOCH_S <= UINT16_MAX, "every time has an epoch");
	return (struct days){ .today = (uint16_t)(time_s / EPOCH_S),
			      .last = (uint16_t)((time_s + (uint64_t)AHEAD_MAX_S) / EPOCH_S) };
}

/* Every message but those that end in borrowed bytes: nothing may follow it. */
static enum frame_rc whole(const struct reader *r)
{
	return r->ok && r->rest.size == 0 ? FRAME_OK : FRAME_E_MALFORMED;
}

/* The quality takes the place of the two lowest bits of the time. Days begin at multiples of 4. */
enum { HELLO_QUALITY_BITS = 2 };
#define HELLO_QUALITY_MASK ((1u << HELLO_QUALITY_BITS) - 1)
static_assert(EPOCH_S % (1 << HELLO_QUALITY_BITS) == 0, "no day is cut");

void frame_hello_write(struct writer *w, const struct frame_hello *hello)
{
	write_bytes(w, hello->salt_half, sizeof(hello->salt_half));
	assert(hello->quality <= TIME_SET);
	write_u32(w, (hello->time_s & ~HELLO_QUALITY_MASK) | (uint32_t)hello->quality);
}

enum frame_rc frame_hello_read(struct frame_hello *hello, struct view rest)
{
	struct reader r = reader_init(rest);
	struct view salt_half = read_bytes(&r, SALT_HALF_SIZE);
	uint32_t date = read_u32(&r), quality = date & HELLO_QUALITY_MASK;
	if (whole(&r) != FRAME_OK || quality > TIME_SET)
		return FRAME_E_MALFORMED;
	memcpy(hello->salt_half, salt_half.data, SALT_HALF_SIZE);
	hello->time_s = date & ~HELLO_QUALITY_MASK;
	hello->quality = (enum time_quality)quality;
	return FRAME_OK;
}

void frame_left_write(struct writer *w, const struct frame_left *left)
{
	write_varint(w, left->ahead);
	write_varint(w, left->old);
	write_varint(w, left->full);
	write_varint(w, left->policy);
}

enum frame_rc frame_left_read(struct frame_left *left, struct view rest)
{
	struct reader r = reader_init(rest);
	struct frame_left found = { .ahead = read_varint(&r) };
	found.old = read_varint(&r);
	found.full = read_varint(&r);
	found.policy = read_varint(&r);
	if (whole(&r) != FRAME_OK)
		return FRAME_E_MALFORMED;
	*left = found;
	return FRAME_OK;
}

void fingerprint_write(struct writer *w, const struct fingerprint *fingerprint)
{
	write_u64(w, fingerprint->low);
	write_u64(w, fingerprint->high);
}

struct fingerprint fingerprint_read(struct reader *r)
{
	struct fingerprint found = { .low = read_u64(r) };
	found.high = read_u64(r);
	return found;
}

void frame_summary_write(struct writer *w, const struct frame_summary *summary)
{
	write_varint(w, summary->count);
	fingerprint_write(w, &summary->fingerprint);
}

enum frame_rc frame_summary_read(struct frame_summary *summary, struct view rest)
{
	struct reader r = reader_init(rest);
	struct frame_summary found = { .count = read_varint(&r) };
	found.fingerprint = fingerprint_read(&r);
	if (whole(&r) != FRAME_OK)
		return FRAME_E_MALFORMED;
	*summary = found;
	return FRAME_OK;
}

void frame_agree_write(struct writer *w, const struct fingerprint *fingerprint)
{
	write_u32(w, (uint32_t)fingerprint->low);
}

enum frame_rc frame_agree_read(uint32_t *mark, struct view rest)
{
	struct reader r = reader_init(rest);
	uint32_t found = read_u32(&r);
	if (whole(&r) != FRAME_OK)
		return FRAME_E_MALFORMED;
	*mark = found;
	return FRAME_OK;
}

void frame_probe_write(struct writer *w, const struct frame_probe *probe)
{
	assert(probe->series != 0);
	write_u8(w, probe->series);
	write_varint(w, probe->count);
	write_bytes(w, probe->parity, sizeof(probe->parity));
	for (size_t i = 0; i < PROBE_SYNDROMES; i++)
		write_u32(w, probe->syndromes[i]);
}

enum frame_rc frame_probe_read(struct frame_probe *probe, struct view rest)
{
	struct reader r = reader_init(rest);
	struct frame_probe found = { .series = read_u8(&r) };
	found.count = read_varint(&r);
	struct view parity = read_bytes(&r, sizeof(found.parity));
	for (size_t i = 0; i < PROBE_SYNDROMES; i++)
		found.syndromes[i] = read_u32(&r);
	if (whole(&r) != FRAME_OK || !found.series)
		return FRAME_E_MALFORMED;
	memcpy(found.parity, parity.data, sizeof(found.parity));
	*probe = found;
	return FRAME_OK;
}

void frame_ask_write(struct writer *w, const struct frame_ask *ask)
{
	assert(ask->series != 0);
	write_u8(w, ask->series);
	write_u8(w, (uint8_t)ask->what);
	switch (ask->what) {
	case ASK_SYNDROMES:
		assert(ask->buckets > 0 && ask->buckets <= BUCKETS_MAX);
		assert(ask->from < ask->to && ask->to <= SYNDROMES_MAX);
		assert(ask->bits.size == 0 || ask->bits.size == (ask->buckets + 7) / 8);
		write_varint(w, ask->buckets);
		write_u8(w, ask->from);
		write_u8(w, ask->to);
		break;
	case ASK_SIZE:
		assert(ask->level <= PARITY_LEVEL_MAX);
		assert(ask->bits.size > 0 && ask->bits.size <= ASK_PARITY_MAX);
		write_u8(w, ask->level);
		break;
	case ASK_LIST:
		assert(ask->bits.size == 0);
		break;
	case ASK_REST:
		assert(ask->bits.size % ELEMENT_SIZE == 0 && ask->bits.size <= ASK_REST_MAX * ELEMENT_SIZE);
		break;
	}
	write_bytes(w, ask->bits.data, ask->bits.size);
}

/* What the question carries, from the reader's front. */
static bool ask_content_read(struct frame_ask *ask, struct reader *r)
{
	size_t bits = 0;
	switch (ask->what) {
	case ASK_SYNDROMES:
		ask->buckets = read_varint(r);
		ask->from = read_u8(r);
		ask->to = read_u8(r);
		if (!ask->buckets || ask->buckets > BUCKETS_MAX || ask->from >= ask->to || ask->to > SYNDROMES_MAX)
			return false;
		bits = r->rest.size ? (ask->buckets + 7) / 8 : 0;
		break;
	case ASK_SIZE:
		ask->level = read_u8(r);
		bits = r->rest.size;
		if (!bits || bits > ASK_PARITY_MAX || ask->level > PARITY_LEVEL_MAX)
			return false;
		break;
	case ASK_LIST:
		break;
	case ASK_REST:
		bits = r->rest.size;
		if (bits % ELEMENT_SIZE || bits > ASK_REST_MAX * ELEMENT_SIZE)
			return false;
		break;
	default:
		return false;
	}
	ask->bits = read_bytes(r, bits);
	return true;
}

enum frame_rc frame_ask_read(struct frame_ask *ask, struct view rest)
{
	struct reader r = reader_init(rest);
	struct frame_ask found = { .series = read_u8(&r) };
	found.what = read_u8(&r);
	if (!ask_content_read(&found, &r) || whole(&r) != FRAME_OK || !found.series)
		return FRAME_E_MALFORMED;
	*ask = found;
	return FRAME_OK;
}

void frame_sketch_write(struct writer *w, const struct frame_sketch *sketch)
{
	assert(sketch->series != 0 && sketch->to > 0 && sketch->to <= SYNDROMES_MAX);
	assert(sketch->buckets <= BUCKETS_MAX && sketch->first < sketch->buckets);
	write_u8(w, sketch->series);
	write_varint(w, sketch->buckets);
	write_u8(w, sketch->to);
	write_varint(w, sketch->first);
}

/* All that is left, in whole numbers of 4 bytes, and at least one. */
static bool numbers_read(struct view *numbers, struct reader *r)
{
	*numbers = read_bytes(r, r->rest.size);
	assert(r->rest.size == 0 || !r->ok);
	return r->ok && numbers->size % sizeof(uint32_t) == 0;
}

enum frame_rc frame_sketch_read(struct frame_sketch *sketch, struct view rest)
{
	struct reader r = reader_init(rest);
	struct frame_sketch found = { .series = read_u8(&r) };
	found.buckets = read_varint(&r);
	found.to = read_u8(&r);
	found.first = read_varint(&r);
	if (!numbers_read(&found.syndromes, &r) || !found.syndromes.size || !found.series || !found.buckets ||
	    found.buckets > BUCKETS_MAX || found.first >= found.buckets || !found.to || found.to > SYNDROMES_MAX)
		return FRAME_E_MALFORMED;
	*sketch = found;
	return FRAME_OK;
}

void frame_list_write(struct writer *w, const struct frame_list *list)
{
	assert(list->series != 0);
	write_u8(w, list->series);
	write_varint(w, list->first);
}

enum frame_rc frame_list_read(struct frame_list *list, struct view rest)
{
	struct reader r = reader_init(rest);
	struct frame_list found = { .series = read_u8(&r) };
	found.first = read_varint(&r);
	if (!numbers_read(&found.elements, &r) || !found.elements.size || !found.series)
		return FRAME_E_MALFORMED;
	*list = found;
	return FRAME_OK;
}

void frame_want_write(struct writer *w, const struct frame_want *want)
{
	assert(want->series != 0 && want->buckets <= BUCKETS_MAX);
	write_u8(w, want->series);
	write_varint(w, want->buckets);
	write_varint(w, want->first);
}

enum frame_rc frame_want_read(struct frame_want *want, struct view rest)
{
	struct reader r = reader_init(rest);
	struct frame_want found = { .series = read_u8(&r) };
	found.buckets = read_varint(&r);
	found.first = read_varint(&r);
	found.bits = read_bytes(&r, r.rest.size);
	if (!r.ok || !found.series || found.buckets > BUCKETS_MAX || !found.bits.size)
		return FRAME_E_MALFORMED;
	*want = found;
	return FRAME_OK;
}

/* What a beacon's second part says about the rest of it. */
enum { BEACON_LAST = 3, BEACON_HAS_PART = 4, BEACON_HAS_FROM = 8, BEACON_ASKS = 16, BEACON_FLAGS = 32 };

void frame_beacon_write(struct writer *w, const struct frame_beacon *beacon)
{
	uint32_t ahead = (uint32_t)beacon->days.last - beacon->days.today;
	bool has_part = beacon->part != 1, has_from = beacon->from != 0;
	assert(beacon->days.today <= beacon->days.last);
	assert(beacon->part > 0 && beacon->from < SYNDROMES_MAX);
	write_u32(w, beacon->salt);
	write_u8(w, (uint8_t)((ahead < BEACON_LAST ? ahead : BEACON_LAST) | (has_part ? BEACON_HAS_PART : 0) |
			      (has_from ? BEACON_HAS_FROM : 0) | (beacon->asks ? BEACON_ASKS : 0)));
	write_u16(w, beacon->days.today);
	if (ahead >= BEACON_LAST)
		write_u16(w, beacon->days.last);
	if (has_part)
		write_u16(w, beacon->part);
	if (has_from)
		write_u8(w, beacon->from);
}

/* What is said in full must be worth saying. False: it could have been left out. */
static bool beacon_head_read(struct frame_beacon *beacon, struct reader *r)
{
	uint8_t flags = read_u8(r);
	uint32_t ahead = flags & BEACON_LAST;
	beacon->days.today = read_u16(r);
	beacon->days.last = ahead < BEACON_LAST ? (uint16_t)(beacon->days.today + ahead) : read_u16(r);
	beacon->part = flags & BEACON_HAS_PART ? read_u16(r) : 1;
	beacon->from = flags & BEACON_HAS_FROM ? read_u8(r) : 0;
	beacon->asks = flags & BEACON_ASKS;
	return flags < BEACON_FLAGS && beacon->days.today <= beacon->days.last && beacon->part &&
	       (ahead < BEACON_LAST || beacon->days.last - beacon->days.today >= BEACON_LAST) &&
	       (beacon->part != 1 || !(flags & BEACON_HAS_PART)) && (beacon->from || !(flags & BEACON_HAS_FROM));
}

enum frame_rc frame_beacon_read(struct frame_beacon *beacon, struct view rest)
{
	struct reader r = reader_init(rest);
	struct frame_beacon found = { .salt = read_u32(&r) };
	bool is_legal = beacon_head_read(&found, &r);
	if (!numbers_read(&found.syndromes, &r) || !is_legal || !found.syndromes.size ||
	    found.from + found.syndromes.size / sizeof(uint32_t) > SYNDROMES_MAX)
		return FRAME_E_MALFORMED;
	*beacon = found;
	return FRAME_OK;
}

/* In a call's second part: the rest of it is how many syndromes did not decode, and not how many elements follow. */
enum { CALL_HAVE = 0x80 };

void frame_call_write(struct writer *w, const struct frame_call *call)
{
	assert(call->count < CALL_HAVE && call->have <= SYNDROMES_MAX);
	assert((call->have == 0) == (call->count > 0));
	write_u16(w, call->salt);
	write_u8(w, call->have ? CALL_HAVE | call->have : call->count);
	if (call->have)
		write_varint(w, call->holds);
}

void frame_call_element_write(struct writer *w, uint32_t element)
{
	write_u16(w, (uint16_t)element);
	write_u8(w, (uint8_t)(element >> 16));
}

uint32_t frame_call_element_read(struct reader *r)
{
	uint32_t low = read_u16(r);
	return low | (uint32_t)read_u8(r) << 16;
}

enum frame_rc frame_call_read(struct frame_call *call, struct view rest)
{
	struct reader r = reader_init(rest);
	struct frame_call found = { .salt = read_u16(&r) };
	uint8_t what = read_u8(&r);
	if (what & CALL_HAVE) {
		found.have = what & (CALL_HAVE - 1);
		found.holds = read_varint(&r);
	} else {
		found.count = what;
	}
	found.elements = read_bytes(&r, (size_t)found.count * CALL_ELEMENT_SIZE);
	found.entry = read_bytes(&r, r.rest.size);
	if (!r.ok || found.have > SYNDROMES_MAX || (found.have == 0) != (found.count > 0) ||
	    (found.entry.size && !entry_size_is_legal(found.entry.size)))
		return FRAME_E_MALFORMED;
	*call = found;
	return FRAME_OK;
}

void frame_entry_write(struct writer *w, struct view entry)
{
	assert(entry_size_is_legal(entry.size));
	if (writer_room(w) < 1 + entry.size) {
		w->ok = false; /* all of it or nothing */
		return;
	}
	write_u8(w, (uint8_t)entry.size);
	write_bytes(w, entry.data, entry.size);
}

enum frame_rc frame_entry_read(struct view *entry, struct view *rest)
{
	struct reader r = reader_init(*rest);
	struct view found = read_bytes(&r, read_u8(&r));
	if (!r.ok || !entry_size_is_legal(found.size))
		return FRAME_E_MALFORMED;
	*entry = found;
	*rest = r.rest;
	return FRAME_OK;
}
