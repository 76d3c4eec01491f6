/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What calls itself an RNode may say anything, in pieces of any size, at any time: no frame is longer than one of ours, what it is
 * told stays bounded, and after all of it an honest restart is understood. The first byte of a step is its kind:
 *   0..199 so many bytes of the port    200..239 a tenth of a second to four seconds pass
 *   240..254 a frame is sent            255 what is due is done */
#include <assert.h>
#include <string.h>

#include "node/rnode.h"
#include "proto/bounds.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct play {
	struct rnode modem;
	mono_ms now;
	size_t told;
};

static void check(struct play *p)
{
	const struct modem_status *status = rnode_codec.status(&p->modem);

	assert(p->modem.out.size <= sizeof p->modem.out.bytes);
	assert((status->state == MODEM_READY) == (status->frame_max > 0));
	assert(status->state != MODEM_FAILED || status->sentence[0]);
	assert(memchr(status->sentence, '\0', sizeof status->sentence) &&
	       memchr(status->device, '\0', sizeof status->device));
	assert(status->preamble <= AIRTIME_PREAMBLE_MAX);
}

static void hear(struct play *p, const uint8_t *bytes, size_t size)
{
	struct modem_heard heard;

	while (size) {
		size_t taken = rnode_codec.feed(&p->modem, &heard, (struct view){ bytes, size }, p->now);

		assert(taken > 0 && taken <= size);
		assert(heard.frame.size <= RADIO_FRAME_MAX);
		assert(!heard.frame.size || p->modem.status.state == MODEM_READY);
		check(p);
		bytes += taken;
		size -= taken;
	}
}

/* What it is told in all is what is due: a bounded amount a deadline. */
static void tick(struct play *p)
{
	uint8_t bytes[MODEM_OUT_SIZE];
	size_t size;

	rnode_codec.tick(&p->modem, p->now);
	size = rnode_codec.out(&p->modem, bytes, sizeof bytes);
	assert(size <= 2 * RADIO_FRAME_MAX + 16);
	assert(rnode_codec.deadline(&p->modem) > p->now || p->modem.status.state == MODEM_SETTING);
	check(p);
}

static void greet_honestly(struct play *p, const struct modem_wish *wish)
{
	static const uint8_t is[] = { 0xC0, 0x08, 0x46, 0xC0, 0x50, 1, 85, 0xC0 };
	static const uint8_t echo[] = { 0xC0, 1,  0x33, 0xD3, 0xE6, 0x08, 0xC0, 2, 0,    1, 0xE8, 0x48, 0xC0,
					3,    17, 0xC0, 4,    9,    0xC0, 5,    5, 0xC0, 6, 1,    0xC0 };

	rnode_codec.open(&p->modem, wish, p->now);
	tick(p);
	hear(p, is, sizeof is);
	tick(p);
	hear(p, echo, sizeof echo);
	assert(p->modem.status.state == MODEM_READY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct modem_wish wish = { .band = band_find("EU868") };
	uint8_t frame[RADIO_FRAME_MAX] = { 0xAD };
	struct play p = { .now = 1 };

	if (!size)
		return 0;
	wish.setting = wish.band->setting;
	if (data[0] & 1)
		greet_honestly(&p, &wish);
	else
		rnode_codec.open(&p.modem, &wish, p.now);
	for (size_t i = 1; i < size;) {
		uint8_t step = data[i++];

		if (step < 200) {
			size_t given = step < size - i ? step : size - i;

			hear(&p, data + i, given);
			i += given;
		} else if (step < 240) {
			p.now += (step - 199u) * 100;
		} else if (step < 255) {
			struct view view = { frame, (size_t)(step - 239) * 15 };

			if (rnode_codec.can_send(&p.modem))
				assert(rnode_codec.send(&p.modem, view, p.now) == MODEM_OK);
			else
				assert(rnode_codec.send(&p.modem, view, p.now) == MODEM_E_BUSY);
		} else {
			tick(&p);
		}
		check(&p);
	}
	greet_honestly(&p, &wish);
	return 0;
}
