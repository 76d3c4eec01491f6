/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/radio/modem.h"

#include <string.h>

#include "proto/bounds.h"

enum { TROUBLE_MS = 60000 };

bool modem_put(struct modem *modem, const void *bytes, size_t size)
{
	if (size > sizeof modem->out - modem->out_size)
		return false;
	memcpy(modem->out + modem->out_size, bytes, size);
	modem->out_size += size;
	return true;
}

size_t modem_take(struct modem *modem, uint8_t *bytes, size_t cap)
{
	size_t size = modem->out_size < cap ? modem->out_size : cap;

	memcpy(bytes, modem->out, size);
	modem->out_size -= size;
	memmove(modem->out, modem->out + size, modem->out_size);
	return size;
}

mono_ms modem_deadline(const struct modem *modem)
{
	/* While the port takes nothing there is nothing to ask; whoever empties it looks again. */
	if (modem->out_size)
		return MONO_NEVER;
	return modem->trouble_until && modem->trouble_until < modem->due_at ? modem->trouble_until : modem->due_at;
}

void modem_say(struct modem *modem, struct say say)
{
	modem->status.said = (struct said){ 0 };
	said_decide(&modem->status.said, say);
}

void modem_say_trouble(struct modem *modem, struct say say, mono_ms now)
{
	modem_say(modem, say);
	modem->trouble_until = now + TROUBLE_MS;
}

static void say_nothing(struct modem *modem)
{
	modem->status.said = (struct said){ 0 };
}

void modem_become_ready(struct modem *modem, mono_ms now)
{
	modem->status.state = MODEM_READY;
	modem->status.frame_max = RADIO_FRAME_MAX;
	modem->tries = 0;
	modem->due_at = now;
	if (!modem->trouble_until)
		say_nothing(modem);
}

void modem_fail(struct modem *modem)
{
	modem->status.state = MODEM_FAILED;
	modem->status.frame_max = 0;
	modem->due_at = MONO_NEVER;
	modem->trouble_until = 0;
}

bool modem_is_due(struct modem *modem, mono_ms now)
{
	if (modem->trouble_until && now >= modem->trouble_until) {
		modem->trouble_until = 0;
		say_nothing(modem);
	}
	/* What the port has not taken yet says the same. */
	return now >= modem->due_at && !modem->out_size;
}

bool modem_may_carry(struct modem *modem, struct view frame)
{
	if (frame.size && frame.size <= RADIO_FRAME_MAX)
		return true;
	modem->status.refused++;
	return false;
}
