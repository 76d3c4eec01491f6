/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What else stations could do on the air of radio_town.h: managed flooding, and lists of ids. */
#ifndef AIDMESH_BENCH_RADIO_WAYS_H
#define AIDMESH_BENCH_RADIO_WAYS_H

#include "tests/bench/radio_town.h"

/* Managed flooding, by the rules of Meshtastic's firmware (github.com/meshtastic/firmware, commit 7754068, src/mesh):
 *
 * RadioInterface     a slot is what a station needs to notice another (computeSlotTimeMsec: 2.5 symbols and 7.6 ms); who
 *                    begins waits 0 .. 2^CW slots, CW 3 on a quiet channel; who passes on waits 16 slots and 0 .. 2^CW
 *                    more, CW 3 to 8 by a signal-to-noise ratio from -20 to 10 dB: the farthest goes first
 * RadioLibInterface  one queue of 16; its front waits, and waits anew when the channel is not free at the end
 * NextHopRouter      a packet that was not seen before is passed on while hops are left
 * FloodingRouter     hearing it again takes it out of the queue; one with more hops left than what waits replaces it; the
 *                    author's own repetition is passed on again
 * ReliableRouter     the author says it up to three times until it hears someone pass it on
 * Router             nothing is sent when the last hour's airtime is beyond the duty cycle
 *
 * Every station is a client, every entry a broadcast. The packet is the signed entry and 16 bytes of head; the longer
 * preamble, the envelope of protobuf and the telemetry that such a mesh says besides are left out, in its favour. */
enum {
	FLOOD_HEAD = 16,
	FLOOD_QUEUE = 16,
	FLOOD_CW_MIN = 3,
	FLOOD_CW_MAX = 8,
	FLOOD_SLOT_US = 17840,
	FLOOD_TRIES = 3,
	FLOOD_PROCESSING_MS = 4500,
};

struct flood_packet {
	uint32_t row;
	int32_t snr_db;
	uint8_t hops;
	bool own;
};

struct flood_retry {
	uint32_t row, left;
	mono_ms due;
};

struct flood_node {
	struct flood_packet queue[FLOOD_QUEUE];
	uint32_t count;
	mono_ms due; /* of the front; MONO_NEVER */
	struct flood_retry retry;
	uint8_t seen[ROWS_MAX]; /* hops left of the best copy, plus one; 0 never */
};

/* On the air. */
struct flood_frame {
	uint32_t row;
	uint8_t hops, start;
};

static inline struct flood_node *flood_at(struct town *t, uint32_t at)
{
	return (struct flood_node *)t->state + at;
}

static inline void flood_open(struct town *t)
{
	t->state = calloc(t->count, sizeof(struct flood_node));
	must(t->state, "no memory");
	for (uint32_t i = 0; i < t->count; i++)
		flood_at(t, i)->due = flood_at(t, i)->retry.due = MONO_NEVER;
}

static inline void free_state(struct town *t)
{
	free(t->state);
}

static inline mono_ms flood_delay(struct town *t, const struct flood_packet *p)
{
	int32_t snr = p->snr_db < -20 ? -20 : p->snr_db > 10 ? 10 : p->snr_db;
	uint32_t cw = FLOOD_CW_MIN + (uint32_t)(snr + 20) * (FLOOD_CW_MAX - FLOOD_CW_MIN) / 30;

	if (p->own)
		return dice_below(&t->chance, 1u << FLOOD_CW_MIN) * FLOOD_SLOT_US / 1000;
	return (2 * FLOOD_CW_MAX + dice_below(&t->chance, 1u << cw)) * FLOOD_SLOT_US / 1000;
}

static inline void flood_wait(struct town *t, struct flood_node *n)
{
	n->due = n->count ? t->now + flood_delay(t, &n->queue[0]) : MONO_NEVER;
}

static inline uint32_t flood_find(const struct flood_node *n, uint32_t row)
{
	uint32_t i = 0;

	while (i < n->count && n->queue[i].row != row)
		i++;
	return i;
}

static inline void flood_put(struct town *t, struct flood_node *n, struct flood_packet packet)
{
	if (n->count == FLOOD_QUEUE)
		return;
	n->queue[n->count++] = packet;
	if (n->due == MONO_NEVER)
		flood_wait(t, n);
}

static inline void flood_drop(struct town *t, struct flood_node *n, uint32_t i)
{
	memmove(n->queue + i, n->queue + i + 1, (--n->count - i) * sizeof *n->queue);
	if (!i)
		flood_wait(t, n);
}

static inline void flood_say(struct town *t, struct flood_node *n, uint32_t row)
{
	/* Twice the airtime, the widest windows, and time to think (getRetransmissionMsec). */
	n->retry.due = t->now + 2 * airtime_ms(t->rows[row].size + FLOOD_HEAD) + (8 + 16 + 32) * FLOOD_SLOT_US / 1000 +
		       FLOOD_PROCESSING_MS;
	n->retry.row = row;
	flood_put(t, n, (struct flood_packet){ .row = row, .hops = (uint8_t)t->number, .own = true });
}

static inline void flood_write(struct town *t, uint32_t at, uint32_t row)
{
	struct flood_node *n = flood_at(t, at);

	n->seen[row] = (uint8_t)(t->number + 1);
	n->retry.left = FLOOD_TRIES - 1;
	flood_say(t, n, row);
}

static inline void flood_hear(struct town *t, uint32_t at, const uint8_t *frame, uint32_t size, int32_t power)
{
	struct flood_node *n = flood_at(t, at);
	struct flood_frame f;
	struct flood_packet relay;
	uint32_t queued;
	bool again;

	(void)size;
	memcpy(&f, frame, sizeof f);
	relay = (struct flood_packet){ .row = f.row,
				       .snr_db = (power - NOISE_DDBM) / 10,
				       .hops = (uint8_t)(f.hops - 1) };
	queued = flood_find(n, f.row);
	if (n->retry.row == f.row)
		n->retry.due = MONO_NEVER;
	delivered(t, at, f.row);
	if (t->rows[f.row].author == at)
		return;
	again = n->seen[f.row] && f.hops == f.start && queued == n->count;
	if (n->seen[f.row] && !again) {
		bool better = f.hops >= n->seen[f.row] && queued < n->count && n->queue[queued].hops < f.hops;

		if (queued < n->count)
			flood_drop(t, n, queued);
		if (f.hops >= n->seen[f.row])
			n->seen[f.row] = (uint8_t)(f.hops + 1);
		if (!better)
			return;
	}
	if (!n->seen[f.row])
		n->seen[f.row] = (uint8_t)(f.hops + 1);
	if (f.hops)
		flood_put(t, n, relay);
}

static inline uint32_t flood_fill(struct town *t, uint32_t at, uint8_t *frame)
{
	struct flood_node *n = flood_at(t, at);
	struct flood_packet p;
	struct flood_frame f;
	uint32_t size;

	if (n->retry.due <= t->now) {
		n->retry.due = MONO_NEVER;
		if (n->retry.left) {
			n->retry.left--;
			flood_say(t, n, n->retry.row);
		}
	}
	if (n->due > t->now)
		return 0;
	p = n->queue[0];
	flood_drop(t, n, 0);
	size = t->rows[p.row].size + FLOOD_HEAD;
	forget_hour(&t->stations[at], t->now);
	if (t->stations[at].hour_us + airtime_us(size) > (uint64_t)HOUR_MS * DUTY_PERMILLE)
		return 0;
	f = (struct flood_frame){ p.row, p.hops, (uint8_t)t->number };
	memcpy(frame, &f, sizeof f);
	t->kind_us[FRAME_ENTRY] += airtime_us(size);
	return size;
}

static inline mono_ms flood_deadline(struct town *t, uint32_t at)
{
	const struct flood_node *n = flood_at(t, at);

	return n->due < n->retry.due ? n->due : n->retry.due;
}

static inline void flood_busy(struct town *t, uint32_t at)
{
	struct flood_node *n = flood_at(t, at);

	if (n->due <= t->now)
		flood_wait(t, n);
}

/* Lists of ids: a station says every 15 minutes, and 20 to 40 s after it took something in, the ids of what it holds of the
 * last day, newest first, four bytes each, as many as a frame holds and so many frames; who lacks some asks after a
 * random wait for those that nobody else asked for; who said the list sends them. What was written here goes out at once. */
enum { LIST_MS = 15 * 60 * 1000, LIST_SOON_MS = 20 * 1000, LIST_HEAD = 8, LIST_IDS = 48, LIST_WAIT_MS = 1200 };
enum list_kind { LIST_IDS_HELD, LIST_ASK, LIST_SEND };

struct list_frame {
	uint32_t kind, to, count;
	uint32_t ids[LIST_IDS];
};

struct list_node {
	mono_ms list_at, ask_at, send_at;
	uint32_t next;         /* row up to which the list has been said; 0: begin */
	uint32_t ask_of, asks; /* bits of `wanted` */
	uint8_t wanted[ROWS_MAX], queued[ROWS_MAX];
	uint32_t queued_count;
};

static_assert(sizeof(struct list_frame) <= FRAME_MAX, "a list is a frame");

static inline struct list_node *list_at(struct town *t, uint32_t at)
{
	return (struct list_node *)t->state + at;
}

static inline void list_open(struct town *t)
{
	t->state = calloc(t->count, sizeof(struct list_node));
	must(t->state, "no memory");
	for (uint32_t i = 0; i < t->count; i++) {
		struct list_node *n = list_at(t, i);

		n->list_at = dice_below(&t->chance, LIST_MS);
		n->ask_at = n->send_at = MONO_NEVER;
	}
}

static inline void list_soon(struct town *t, struct list_node *n)
{
	mono_ms soon = t->now + LIST_SOON_MS + dice_below(&t->chance, LIST_SOON_MS);

	if (n->list_at > soon)
		n->list_at = soon;
}

static inline void list_queue(struct town *t, struct list_node *n, uint32_t row)
{
	n->queued_count += !n->queued[row];
	n->queued[row] = 1;
	if (n->send_at == MONO_NEVER)
		n->send_at = t->now + dice_below(&t->chance, LIST_WAIT_MS);
}

static inline void list_write(struct town *t, uint32_t at, uint32_t row)
{
	list_queue(t, list_at(t, at), row);
}

static inline void list_hear_ids(struct town *t, uint32_t at, const struct list_frame *f)
{
	struct list_node *n = list_at(t, at);

	for (uint32_t i = 0; i < f->count; i++)
		if (!holds(t, at, f->ids[i]) && !n->wanted[f->ids[i]]) {
			n->wanted[f->ids[i]] = 1;
			n->asks++;
			n->ask_of = f->to;
			n->ask_at = t->now + dice_below(&t->chance, LIST_WAIT_MS);
		}
}

static inline void list_hear(struct town *t, uint32_t at, const uint8_t *frame, uint32_t size, int32_t power)
{
	struct list_node *n = list_at(t, at);
	struct list_frame f;

	(void)size;
	(void)power;
	memcpy(&f, frame, sizeof f);
	if (f.kind == LIST_IDS_HELD)
		list_hear_ids(t, at, &f);
	for (uint32_t i = 0; f.kind == LIST_ASK && i < f.count; i++) {
		n->asks -= n->wanted[f.ids[i]];
		n->wanted[f.ids[i]] = 0;
		if (f.to == at && holds(t, at, f.ids[i]))
			list_queue(t, n, f.ids[i]);
	}
	if (f.kind != LIST_SEND)
		return;
	n->asks -= n->wanted[f.ids[0]];
	n->queued_count -= n->queued[f.ids[0]];
	n->wanted[f.ids[0]] = n->queued[f.ids[0]] = 0;
	if (!holds(t, at, f.ids[0]))
		list_soon(t, n);
	delivered(t, at, f.ids[0]);
}

static inline void list_say(struct town *t, uint32_t at, struct list_frame *f)
{
	struct list_node *n = list_at(t, at);
	uint32_t row = n->next ? n->next : t->row_count;

	*f = (struct list_frame){ .kind = LIST_IDS_HELD, .to = at };
	while (row > t->base && f->count < LIST_IDS)
		if (holds(t, at, --row))
			f->ids[f->count++] = row;
	n->next = row > t->base ? row : 0;
	n->list_at = t->now + (n->next ? 2000 : LIST_MS - LIST_MS / 8) + dice_below(&t->chance, LIST_MS / 4);
	if (n->next)
		n->list_at = t->now + 2000;
}

static inline void list_ask(struct town *t, uint32_t at, struct list_frame *f)
{
	struct list_node *n = list_at(t, at);

	*f = (struct list_frame){ .kind = LIST_ASK, .to = n->ask_of };
	for (uint32_t row = t->row_count; n->asks && f->count < LIST_IDS && row-- > t->base;)
		if (n->wanted[row]) {
			n->wanted[row] = 0;
			n->asks--;
			f->ids[f->count++] = row;
		}
	n->ask_at = n->asks ? t->now + LIST_WAIT_MS : MONO_NEVER;
}

static inline void list_send(struct town *t, uint32_t at, struct list_frame *f)
{
	struct list_node *n = list_at(t, at);

	*f = (struct list_frame){ .kind = LIST_SEND };
	for (uint32_t row = t->row_count; n->queued_count && !f->count && row-- > t->base;)
		if (n->queued[row]) {
			n->queued[row] = 0;
			n->queued_count--;
			f->ids[f->count++] = row;
		}
	n->send_at = n->queued_count ? t->now + dice_below(&t->chance, LIST_WAIT_MS / 2) : MONO_NEVER;
}

static inline uint32_t list_fill(struct town *t, uint32_t at, uint8_t *frame)
{
	struct list_node *n = list_at(t, at);
	struct list_frame f = { .count = 0 };
	uint32_t size;

	forget_hour(&t->stations[at], t->now);
	if (t->stations[at].hour_us + airtime_us(206) > (uint64_t)HOUR_MS * DUTY_PERMILLE) {
		mono_ms later = t->now + 60 * 1000;

		n->list_at = n->list_at < later ? later : n->list_at;
		n->send_at = n->send_at < later ? later : n->send_at;
		n->ask_at = n->ask_at < later ? later : n->ask_at;
		return 0;
	}
	if (n->send_at <= t->now)
		list_send(t, at, &f);
	else if (n->ask_at <= t->now)
		list_ask(t, at, &f);
	else if (n->list_at <= t->now)
		list_say(t, at, &f);
	if (!f.count)
		return 0;
	memcpy(frame, &f, sizeof f);
	size = LIST_HEAD + f.count * ELEMENT_SIZE;
	if (f.kind == LIST_SEND)
		size = FRAME_HEAD_SIZE + t->rows[f.ids[0]].size;
	t->kind_us[f.kind == LIST_SEND  ? FRAME_ENTRY
		   : f.kind == LIST_ASK ? FRAME_CALL
					: FRAME_BEACON] += airtime_us(size);
	return size;
}

static inline mono_ms list_deadline(struct town *t, uint32_t at)
{
	const struct list_node *n = list_at(t, at);
	mono_ms due = n->list_at < n->ask_at ? n->list_at : n->ask_at;

	return due < n->send_at ? due : n->send_at;
}

/* Two who waited for the same silence do not begin at once. */
static inline void list_busy(struct town *t, uint32_t at)
{
	struct list_node *n = list_at(t, at);
	mono_ms later = t->now + 100 + dice_below(&t->chance, LIST_WAIT_MS);

	n->list_at = n->list_at <= t->now ? later : n->list_at;
	n->send_at = n->send_at <= t->now ? later : n->send_at;
	n->ask_at = n->ask_at <= t->now ? later : n->ask_at;
}

static const struct way FLOODING = { "flooding", flood_open, free_state,     flood_write,
				     flood_hear, flood_fill, flood_deadline, flood_busy };
static const struct way ID_LISTS = { "id lists", list_open, free_state,    list_write,
				     list_hear,  list_fill, list_deadline, list_busy };

#endif
