/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A codec of a radio modem, led by an input: what calls itself a device may say anything, in pieces of any size, at any time. No
 * frame is longer than one of ours, what the device is told stays bounded. The first byte of a step is its kind:
 *   0..199 so many bytes of the port    200..239 a tenth of a second to four seconds pass
 *   240..254 a frame is sent            255 what is due is done */
#ifndef AIDMESH_TESTS_FUZZ_MODEM_PLAY_H
#define AIDMESH_TESTS_FUZZ_MODEM_PLAY_H

#include <assert.h>
#include <string.h>

#include "node/radio/modem.h"
#include "proto/bounds.h"

struct play {
	const struct modem_codec *codec;
	void *self;
	mono_ms now;
};

static void play_check(struct play *p)
{
	const struct modem_status *status = &((struct modem *)p->self)->status;

	assert((status->state == MODEM_READY) == (status->frame_max > 0));
	assert(status->state != MODEM_FAILED || !said_is_empty(&status->said));
	assert(memchr(status->device, '\0', sizeof status->device));
	assert(memchr(status->firmware, '\0', sizeof status->firmware));
	assert(status->preamble <= AIRTIME_PREAMBLE_MAX);
	assert(!p->codec->can_send(p->self) || status->state == MODEM_READY);
}

static void play_hear(struct play *p, const uint8_t *bytes, size_t size)
{
	struct modem_heard heard;

	while (size) {
		size_t taken = p->codec->feed(p->self, &heard, (struct view){ bytes, size }, p->now);

		assert(taken > 0 && taken <= size);
		assert(heard.frame.size <= RADIO_FRAME_MAX);
		assert(!heard.frame.size || ((struct modem *)p->self)->status.state == MODEM_READY);
		play_check(p);
		bytes += taken;
		size -= taken;
	}
}

/* What it is told in all is what is due: a bounded amount a deadline. */
static void play_tick(struct play *p)
{
	uint8_t bytes[MODEM_OUT_SIZE];
	size_t size;

	p->codec->tick(p->self, p->now);
	size = modem_take(p->self, bytes, sizeof bytes);
	assert(size <= 2 * RADIO_FRAME_MAX + 16);
	play_check(p);
}

static void play_send(struct play *p, size_t size)
{
	uint8_t frame[RADIO_FRAME_MAX] = { 0xAD };
	bool can = p->codec->can_send(p->self);

	assert(p->codec->send(p->self, (struct view){ frame, size }, p->now) == (can ? MODEM_OK : MODEM_E_BUSY));
}

static void play_steps(struct play *p, const uint8_t *data, size_t size)
{
	for (size_t i = 0; i < size;) {
		uint8_t step = data[i++];

		if (step < 200) {
			size_t given = step < size - i ? step : size - i;

			play_hear(p, data + i, given);
			i += given;
		} else if (step < 240) {
			p->now += (step - 199u) * 100;
		} else if (step < 255) {
			play_send(p, (size_t)(step - 239) * 15);
		} else {
			play_tick(p);
		}
		play_check(p);
	}
}

#endif
