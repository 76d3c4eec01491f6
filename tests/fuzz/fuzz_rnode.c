/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* An RNode that says anything (modem_play.h), and after all of it an honest restart is understood. */
#include "node/radio/rnode.h"
#include "tests/fuzz/modem_play.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void greet_honestly(struct play *p, const struct modem_wish *wish)
{
	static const uint8_t is[] = { 0xC0, 0x08, 0x46, 0xC0, 0x50, 1, 85, 0xC0 };
	static const uint8_t echo[] = { 0xC0, 1,  0x33, 0xD3, 0xE6, 0x08, 0xC0, 2, 0,    1, 0xE8, 0x48, 0xC0,
					3,    17, 0xC0, 4,    9,    0xC0, 5,    5, 0xC0, 6, 1,    0xC0 };

	p->codec->open(p->self, wish, p->now);
	play_tick(p);
	play_hear(p, is, sizeof is);
	play_tick(p);
	play_hear(p, echo, sizeof echo);
	assert(((struct modem *)p->self)->status.state == MODEM_READY);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct modem_wish wish = { .band = band_find("EU868") };
	struct rnode modem;
	struct play p = { .codec = &rnode_codec, .self = &modem, .now = 1 };

	if (!size)
		return 0;
	wish.setting = wish.band->setting;
	if (data[0] & 1)
		greet_honestly(&p, &wish);
	else
		rnode_codec.open(&modem, &wish, p.now);
	play_steps(&p, data + 1, size - 1);
	greet_honestly(&p, &wish);
	return 0;
}
