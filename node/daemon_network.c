/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who is heard on the networks here, and whether that comes to a contact. Nobody near is no fault: a lonely node is told what its network
 * might do only to whoever asks. Only that somebody is heard again and again and not reached is told unasked. */
#include <string.h>

#include "node/daemon_state.h"

enum { SILENT_MS = 60000 };

bool daemon_network_heard(struct daemon *d, const struct sockaddr *address, const uint8_t key[32])
{
	char text[ADDRESS_TEXT_SIZE];

	if (links_is_up(d->links, key)) {
		heard_reached(&d->heard, key, clock_mono());
		return false;
	}
	if (memcmp(key, d->identity.sealing_key, sizeof d->identity.sealing_key) == 0)
		return false;
	address_print(text, address);
	return heard_add(&d->heard, key, text, clock_mono());
}

void daemon_network_reached(struct daemon *d, const uint8_t key[32])
{
	heard_reached(&d->heard, key, clock_mono());
	d->alone_since = 0;
}

static size_t unreached(const struct daemon *d, const struct heard_one **first)
{
	return d->links && d->config.discovery ? heard_unreached(&d->heard, first, clock_mono()) : 0;
}

static struct said say_unreached(size_t count, const struct heard_one *first)
{
	struct said said = { 0 };

	said_decide(&said, SAY_OF(NOT_REACHED, say_number((int64_t)count), say_text(first->address)));
	return said;
}

bool daemon_network_look(struct daemon *d)
{
	const struct heard_one *first = NULL;
	size_t count = unreached(d, &first);
	char sentence[SAID_WRITTEN_SIZE];
	struct said said;

	if (d->alone_since == 0 && neighbours_is_alone(&d->neighbours))
		d->alone_since = clock_mono();
	if (d->told_unreached == (count > 0))
		return false;
	d->told_unreached = count > 0;
	if (count > 0) {
		said = say_unreached(count, first);
		said_write(sentence, sizeof sentence, LANGUAGE_EN, &said);
		log_write(&d->log, LOG_WARNING, "%s", sentence);
	}
	return true;
}

static void say_alone(const struct daemon *d, struct said *said)
{
	char names[VIEW_NAME_SIZE];
	mono_ms now = clock_mono();

	if (!d->config.discovery) {
		if (d->config.peer_count == 0)
			said_decide(said, SAY(NETWORK_OFF));
		return;
	}
	if (!d->discovery)
		return; /* it waits, and that is told */
	if (discovery_running(d->discovery, names, sizeof names) == 0)
		said_decide(said, SAY(NETWORK_NONE));
	else if (d->alone_since != 0 && now - d->alone_since >= SILENT_MS &&
		 (d->heard.any_ms == 0 || now - d->heard.any_ms >= SILENT_MS))
		said_decide(said,
			    SAY_OF(NETWORK_SILENT, say_span((int64_t)(now - d->alone_since) / 1000), say_text(names)));
}

void daemon_network_view(struct daemon *d, struct view_status *status)
{
	const struct heard_one *first = NULL;
	size_t count = unreached(d, &first);

	if (count > 0 && status->notice_count < VIEW_NOTICES_MAX)
		status->notices[status->notice_count++] =
			(struct view_told){ .notice = VIEW_NOT_REACHED, .said = say_unreached(count, first) };
	else if (d->links && neighbours_is_alone(&d->neighbours))
		say_alone(d, &status->network);
}
