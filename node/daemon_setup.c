/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was answered before this node had a key to say it with. */
#include "node/daemon_state.h"
#include "node/picture/ref_text.h"

static void tell_failed(struct daemon *d, const struct door_answer *answer)
{
	char sentence[SAID_WRITTEN_SIZE];

	said_write(sentence, sizeof sentence, LANGUAGE_EN, &answer->said);
	log_write(&d->log, LOG_WARNING, "[node] place = %s is not said: %s", d->config.place, sentence);
}

static void on_stands(void *user, const struct door_answer *answer)
{
	if (answer->rc != DOOR_OK)
		tell_failed(user, answer);
}

static void on_site(void *user, const struct door_answer *answer)
{
	struct daemon *d = user;
	struct door_request stands = { .verb = DOOR_SELF, .site = answer->ref };

	if (answer->rc == DOOR_OK)
		d->door.submit(d->door.ctx, &stands, on_stands, d);
	else
		tell_failed(d, answer);
}

/* As `aidmesh init --at` does. Once: a node that stands somewhere is moved by people. */
void daemon_setup_speak(struct daemon *d)
{
	char site[REF_TEXT_SIZE];
	struct public_key own = d->identity.key;
	struct card card;
	struct door_request request = {
		.verb = DOOR_SITE, .fields = DOOR_NAME | DOOR_PLACE, .where = d->config.place, .name = card.name
	};

	if (d->config.place[0] == '\0' || d->keys.owner.state != OWNER_OURS ||
	    store_get(d->store, "self.site", site, sizeof site) || !picture_card(d->picture, &own, &card))
		return;
	d->door.submit(d->door.ctx, &request, on_site, d);
}
