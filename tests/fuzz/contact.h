/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Plays an input as a contact: the engine under test and an honest peer of another set, whose frames arrive as they
 * are, changed, again, or not at all, among frames that the input makes up; commits, time and restarts in between.
 *
 *   input = setup 4 || step*          step = what 1 || what it takes: see contact_step
 *
 * A step that lacks bytes takes zeros, and the end of the input ends it: so any bytes are a contact. */
#ifndef AIDMESH_FUZZ_CONTACT_H
#define AIDMESH_FUZZ_CONTACT_H

#include "tests/fuzz/world.h"

enum { STEPS_MAX = 400, QUIET_STEPS = 40 };

struct contact {
	struct world_node here, peer;
	struct carrier_traits here_traits, peer_traits;
	mono_ms now;
	bool waits; /* the last frame was not taken: the same comes first */
	size_t frame_size;
	uint8_t frame[LINK_FRAME_MAX], out[LINK_FRAME_MAX];
	uint64_t air_us; /* of what was filled here, on a radio */
	uint32_t restarts;
};

static inline void contact_up(struct world_node *n, const struct carrier_traits *traits, mono_ms now)
{
	enum sync_rc rc = sync_carrier_up(n->sync, WORLD_CARRIER, traits, now);

	assert(rc == SYNC_OK);
}

static inline void contact_open(struct contact *c, struct reader *r)
{
	uint32_t here_from = read_u8(r), here_to = read_u8(r), peer_from = read_u8(r), peer_to = read_u8(r);

	c->now = 1;
	c->waits = false;
	c->frame_size = 0;
	c->air_us = 0;
	c->restarts = 0;
	world_open(&c->here, 1, here_from % WORLD_ENTRIES, here_to % (WORLD_ENTRIES + 1));
	world_open(&c->peer, 2, peer_from % WORLD_ENTRIES, peer_to % (WORLD_ENTRIES + 1));
	contact_up(&c->here, &c->here_traits, c->now);
	contact_up(&c->peer, &c->peer_traits, c->now);
}

/* Feeds the frame that is there; one that has to wait is fed again after a commit. */
static inline void contact_feed(struct contact *c)
{
	/* A copy of just that size: what is read behind it shows. */
	uint8_t *copy = malloc(c->frame_size + 1);
	enum sync_rc rc;

	assert(copy);
	memcpy(copy, c->frame, c->frame_size);
	rc = sync_feed(c->here.sync, WORLD_CARRIER, (struct view){ copy, c->frame_size }, c->now);
	free(copy);
	c->waits = rc == SYNC_E_BUSY;
}

static inline void contact_fill_here(struct contact *c, uint32_t count, bool deliver)
{
	for (size_t size; count && (size = world_fill(&c->here, c->out, c->now)); count--) {
		c->air_us += c->here_traits.airtime.frame_us + size * c->here_traits.airtime.byte_us;
		if (!deliver)
			continue;
		if (sync_feed(c->peer.sync, WORLD_CARRIER, (struct view){ c->out, size }, c->now) == SYNC_E_BUSY) {
			world_settle(&c->peer, UINT32_MAX);
			(void)!sync_feed(c->peer.sync, WORLD_CARRIER, (struct view){ c->out, size }, c->now);
		}
		world_settle(&c->peer, UINT32_MAX);
	}
}

/* What the peer says next, and so many of its bytes changed. */
static inline void contact_hear(struct contact *c, struct reader *r, uint32_t changes)
{
	c->frame_size = world_fill(&c->peer, c->frame, c->now);
	while (changes-- && c->frame_size) {
		size_t at = read_u16(r) % c->frame_size;

		c->frame[at] ^= read_u8(r);
	}
	if (c->frame_size)
		contact_feed(c);
}

/* A frame of the input's own: kind, size, bytes. */
static inline void contact_make_up(struct contact *c, struct reader *r)
{
	struct writer w = writer_init(c->frame, sizeof c->frame);
	uint8_t kind = read_u8(r);
	size_t size = read_u8(r);
	struct view bytes;

	if (size > 250)
		size = (size - 250) * 800;
	bytes = read_bytes(r, size < r->rest.size ? size : r->rest.size);
	/* Not by frame_begin, which writes no kind that there is not. */
	write_u8(&w, FRAME_MAGIC);
	write_u8(&w, kind);
	if (bytes.size)
		write_bytes(&w, bytes.data, bytes.size);
	c->frame_size = w.size;
	contact_feed(c);
}

static inline void contact_restart(struct contact *c)
{
	world_drain_drops(&c->here);
	world_boot(&c->here, c->now);
	c->restarts++;
	contact_up(&c->here, &c->here_traits, c->now);
	c->waits = false;
	if (c->here_traits.kind == CARRIER_RADIO)
		return;
	sync_carrier_down(c->peer.sync, WORLD_CARRIER);
	contact_up(&c->peer, &c->peer_traits, c->now);
}

/* A person writes here, or over there. */
static inline void contact_publish(struct world_node *n, uint32_t at)
{
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct public_key key;
	size_t size = world_entry(bytes, at, &key);

	(void)!sync_publish(n->sync, (struct view){ bytes, size }, &key, 1);
}

/* Until one of both has something to say, or a second. */
static inline void contact_wait(struct contact *c)
{
	mono_ms here = sync_deadline(c->here.sync), peer = sync_deadline(c->peer.sync), due = here < peer ? here : peer;

	if (due == MONO_NEVER)
		c->now += 1000;
	else if (due > c->now)
		c->now = due;
}

static inline void contact_step(struct contact *c, struct reader *r)
{
	uint8_t what = read_u8(r);

	/* A carrier that was told to wait brings nothing else before. */
	if (c->waits) {
		world_settle(&c->here, UINT32_MAX);
		contact_feed(c);
		assert(!c->waits);
	}
	switch (what % 16) {
	case 0:
	case 1:
	case 2:
		contact_hear(c, r, what % 16);
		break;
	case 3:
		contact_make_up(c, r);
		break;
	case 4:
		if (c->frame_size)
			contact_feed(c); /* again */
		break;
	case 5:
		contact_fill_here(c, 1 + what / 16, true);
		break;
	case 6:
		contact_fill_here(c, 1 + what / 16, false);
		break;
	case 7:
		world_settle(&c->here, 1 + what / 16);
		break;
	case 8:
		c->now += read_u8(r);
		break;
	case 9:
		c->now += read_u16(r);
		break;
	case 10:
		contact_publish(&c->here, read_u16(r));
		break;
	case 11:
		contact_publish(&c->peer, read_u16(r));
		world_settle(&c->peer, UINT32_MAX);
		break;
	case 12: /* two days before to two days after, or nobody knows */
		c->here.time.wall_s = WORLD_NOW_S - 2u * EPOCH_S + read_u8(r) % 5u * EPOCH_S;
		c->here.time.quality = what / 16 % 4 ? TIME_SET : TIME_GUESSED;
		sync_tick(c->here.sync, c->now, c->here.time);
		world_drain_drops(&c->here);
		break;
	case 13:
		contact_restart(c);
		break;
	case 14: /* to and fro, as a contact that goes well */
		for (int i = 0; i < 8; i++) {
			contact_hear(c, r, 0);
			world_settle(&c->here, UINT32_MAX);
			contact_fill_here(c, 4, true);
		}
		break;
	case 15:
		contact_wait(c);
		break;
	}
}

/* Whatever happened, it comes to an end by itself when nobody answers. */
static inline void contact_close(struct contact *c)
{
	world_settle(&c->here, UINT32_MAX);
	for (int i = 0; i < QUIET_STEPS; i++) {
		mono_ms due;
		uint32_t fills = 0;

		for (size_t size; (size = world_fill(&c->here, c->out, c->now)); fills++) {
			c->air_us += c->here_traits.airtime.frame_us + size * c->here_traits.airtime.byte_us;
			assert(fills < WORLD_FILLS_MAX);
		}
		due = sync_deadline(c->here.sync);
		if (due == MONO_NEVER)
			break;
		c->now = due;
	}
	world_check(&c->here);
	world_check(&c->peer);
	world_close(&c->here);
	world_close(&c->peer);
}

static inline void contact_play(struct contact *c, struct reader *r)
{
	contact_open(c, r);
	for (int i = 0; i < STEPS_MAX && r->rest.size; i++)
		contact_step(c, r);
	contact_close(c);
}

#endif
