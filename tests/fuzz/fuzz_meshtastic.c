/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A Meshtastic radio that says anything (modem_play.h), and after all of it an honest restart is understood. */
#include "node/radio/meshtastic.h"
#include "tests/fuzz/modem_play.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Its channel is asked for, and there the next time. */
static void greet_honestly(struct play *p, const struct modem_wish *wish)
{
	static const uint8_t is[] = {
		0x94, 0xC3, 0,  8,  0x1A, 0x06, 0x08, 0xC4, 0xE6, 0x88, 0x89, 1,    /* who it is */
		0x94, 0xC3, 0,  14, 0x2A, 0x0C, 0x32, 0x0A, 0x08, 1,    0x10, 4,    /* its radio */
		0x38, 3,    72, 1,  0x50, 0x1B, 0x94, 0xC3, 0,    4,    0x38, 0xAC, /* that is all */
		0x9E, 4
	};
	struct meshtastic *m = p->self;

	p->codec->open(p->self, wish, p->now);
	play_tick(p);
	p->now += 100;
	play_tick(p);
	play_hear(p, is, sizeof is);
	assert(m->modem.status.state == MODEM_SETTING && m->channel == 1);
	play_tick(p);
	p->now += 1000;
	play_tick(p);
	play_hear(p, is, sizeof is);
	assert(m->modem.status.state == MODEM_SETTING && m->channel_tries == 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct modem_wish wish = { .band = band_find("EU868"), .chance = UINT32_MAX };
	struct meshtastic modem;
	struct play p = { .codec = &meshtastic_codec, .self = &modem, .now = 1 };

	if (!size)
		return 0;
	wish.setting = wish.band->setting;
	meshtastic_codec.open(&modem, &wish, p.now);
	if (data[0] & 1) {
		play_tick(&p);
		p.now += 100;
		play_tick(&p);
	}
	play_steps(&p, data + 1, size - 1);
	/* No message is in the middle any more. */
	greet_honestly(&p, &wish);
	return 0;
}
