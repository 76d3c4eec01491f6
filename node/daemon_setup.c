/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is asked at the first start, and later when somebody changes an answer: kept on the pool, said by this node's own words,
 * and taken as settings when it starts again within itself. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "node/daemon_state.h"
#include "node/picture/ref_text.h"
#include "node/setup/answers.h"

static const char ASKED_SETTING[] = "setup"; /* somebody answered, if with nothing */
static const char NAMED_SETTING[] = "named"; /* [node] name of the last start */

struct setup_turn {
	uv_work_t work;
	struct daemon *d;
	struct answers answers;
	int rc;
	struct reason why;
	door_told done;
	void *user;
};

static enum door_rc refuse(struct said *said, enum door_rc rc, struct say say)
{
	said_decide(said, say);
	return rc;
}

static void end(struct setup_turn *turn, enum door_rc rc, const struct said *said)
{
	struct daemon *d = turn->d;

	d->setup_turn = NULL;
	turn->done(turn->user, rc, said);
	answers_fini(&turn->answers);
	free(turn);
}

/* The rest is true when it starts again. */
static void end_well(struct setup_turn *turn)
{
	struct daemon *d = turn->d;
	struct said said = { 0 };

	commit_set(d->commit, ASKED_SETTING, "yes");
	commit_start(d->commit);
	said_decide(&said, SAY(SETUP_BEGINS));
	d->starts_again = true;
	daemon_begin_anew(d);
	end(turn, DOOR_OK, &said);
}

/* Words of its own: the name, and where it stands. */

static void on_stands(void *user, const struct door_answer *answer)
{
	if (answer->rc == DOOR_OK)
		end_well(user);
	else
		end(user, answer->rc, &answer->said);
}

static void on_site(void *user, const struct door_answer *answer)
{
	struct setup_turn *turn = user;
	struct door_request stands = { .verb = DOOR_SELF, .site = answer->ref };

	if (answer->rc == DOOR_OK)
		turn->d->door.submit(turn->d->door.ctx, &stands, on_stands, turn);
	else
		end(turn, answer->rc, &answer->said);
}

/* Where this node stands, when it opened that place itself. */
static bool own_site(struct daemon *d, char ref[REF_TEXT_SIZE])
{
	struct ref site = picture_site(d->picture);

	if (ref_is_none(site) || site.author != public_key_hint(&d->identity.key))
		return false;
	ref_text_write_full(ref, site);
	return true;
}

/* Of a place that is opened; the one where it stands keeps the name that people gave it. */
static void say_place(struct setup_turn *turn, door_done done)
{
	struct daemon *d = turn->d;
	struct public_key own = d->identity.key;
	char ref[REF_TEXT_SIZE];
	struct card card;
	struct door_request request = {
		.verb = DOOR_SITE, .fields = DOOR_PLACE, .where = turn->answers.settings.place, .sure = true
	};

	if (own_site(d, ref)) {
		request.ref = ref;
	} else if (picture_card(d->picture, &own, &card)) {
		request.fields |= DOOR_NAME;
		request.name = card.name;
	}
	d->door.submit(d->door.ctx, &request, done, turn);
}

struct naming {
	struct daemon *d;
	const char *name;
	char before[CARD_NAME_MAX + 1];
	door_done done;
	void *user;
};

static void on_named(void *user, const struct door_answer *answer)
{
	struct naming *naming = user;

	naming->done(naming->user, answer);
	free(naming);
}

/* The place where it stands goes by the node's name, unless people gave it one of its own. */
static void on_self_named(void *user, const struct door_answer *answer)
{
	struct naming *naming = user;
	struct daemon *d = naming->d;
	char ref[REF_TEXT_SIZE];
	struct door_request place = {
		.verb = DOOR_SITE, .ref = ref, .fields = DOOR_NAME, .name = naming->name, .sure = true
	};
	struct picture_hit hit;
	struct ref own = picture_site(d->picture);

	if (answer->rc == DOOR_OK && own_site(d, ref) &&
	    picture_find_site(d->picture, d->desk.time.wall_s, naming->before, &hit) == FOUND_ONE &&
	    hit.ref.author == own.author && hit.ref.number == own.number)
		d->door.submit(d->door.ctx, &place, on_named, naming);
	else
		on_named(naming, answer);
}

/* `name` lives until `done`. */
static void say_name(struct daemon *d, const char *name, door_done done, void *user)
{
	struct naming *naming = calloc(1, sizeof *naming);
	struct door_request self = { .verb = DOOR_SELF, .fields = DOOR_NAME, .name = name };
	struct door_answer busy = { .rc = DOOR_E_BUSY };
	struct public_key own = d->identity.key;
	struct card card = { .name = "" };

	if (!naming) {
		said_decide(&busy.said, SAY(BUSY));
		done(user, &busy);
		return;
	}
	(void)picture_card(d->picture, &own, &card);
	*naming = (struct naming){ .d = d, .name = name, .done = done, .user = user };
	memcpy(naming->before, card.name, sizeof naming->before);
	d->door.submit(d->door.ctx, &self, on_self_named, naming);
}

static void on_name(void *user, const struct door_answer *answer)
{
	struct setup_turn *turn = user;

	if (answer->rc != DOOR_OK)
		end(turn, answer->rc, &answer->said);
	else if (turn->answers.settings.place[0] != '\0')
		say_place(turn, on_site);
	else
		end_well(turn);
}

static void work(uv_work_t *request)
{
	struct setup_turn *turn = request->data;

	turn->rc = answers_keep(&turn->answers, &turn->why, &turn->d->config);
}

static void after(uv_work_t *request, int status)
{
	struct setup_turn *turn = request->data;
	struct door_answer fine = { .rc = DOOR_OK };
	struct said said = { 0 };

	(void)status;
	if (turn->rc != 0)
		end(turn, refuse(&said, DOOR_E_INPUT, SAY_OF(SETUP_REFUSED, say_text(turn->why.text))), &said);
	else if (turn->d->stopping)
		end(turn, refuse(&said, DOOR_E_BUSY, SAY(BUSY)), &said);
	else if (turn->answers.settings.name[0] != '\0')
		say_name(turn->d, turn->answers.settings.name, on_name, turn);
	else
		on_name(turn, &fine);
}

static int take_all(struct answers *answers, struct reason *why, const struct door_given *given, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (answers_set(answers, why, given[i].name, given[i].value) != 0)
			return -1;
	return 0;
}

void daemon_setup(void *ctx, const struct door_given *given, size_t count, door_told done, void *user)
{
	struct daemon *d = ctx;
	struct setup_turn *turn = d->setup_turn || d->keys.anew_at ? NULL : calloc(1, sizeof *turn);
	struct said said = { 0 };
	int rc;

	if (!turn || d->keys.owner.state != OWNER_OURS || d->desk.is_resealing) {
		free(turn);
		done(user, refuse(&said, DOOR_E_BUSY, SAY(BUSY)), &said);
		return;
	}
	*turn = (struct setup_turn){ .d = d, .done = done, .user = user };
	turn->work.data = turn;
	answers_init(&turn->answers);
	d->setup_turn = turn;
	if (take_all(&turn->answers, &turn->why, given, count) != 0) {
		end(turn, refuse(&said, DOOR_E_INPUT, SAY_OF(SETUP_REFUSED, say_text(turn->why.text))), &said);
		return;
	}
	rc = uv_queue_work(&d->loop, &turn->work, work, after);
	assert(rc == 0); /* it fails only without a function to run */
	(void)rc;
}

void daemon_setup_view(void *ctx, struct view_setup *setup)
{
	struct daemon *d = ctx;
	const struct config *c = &d->config;
	char text[REF_TEXT_SIZE];

	*setup = (struct view_setup){ .has_words = c->circle_count > 0,
				      .has_passphrase = d->desk.households->is_set,
				      .run = d->run,
				      .is_answered = store_get(d->store, ASKED_SETTING, text, sizeof text) ||
						     !ref_is_none(picture_site(d->picture)) };
	snprintf(setup->region, sizeof setup->region, "%s", c->radio_region);
	snprintf(setup->role, sizeof setup->role, "%s", config_role_name(c->role));
	snprintf(setup->wifi_name, sizeof setup->wifi_name, "%s", c->wifi_name);
	snprintf(setup->wifi_password, sizeof setup->wifi_password, "%s", c->wifi_password);
	snprintf(setup->wifi_country, sizeof setup->wifi_country, "%s", c->wifi_country);
	snprintf(setup->host, sizeof setup->host, "%.*s", (int)strcspn(c->hosts, " "), c->hosts);
	neighbourhood_propose(setup->proposed_words);
}

/* From the file of answers, when there was no key to say it with. */

static void on_first_stands(void *user, const struct door_answer *answer)
{
	struct daemon *d = user;
	char sentence[SAID_WRITTEN_SIZE];

	if (answer->rc == DOOR_OK)
		return;
	said_write(sentence, sizeof sentence, LANGUAGE_EN, &answer->said);
	log_write(&d->log, LOG_WARNING, "[node] place = %s is not said: %s", d->config.place, sentence);
}

static void on_first_site(void *user, const struct door_answer *answer)
{
	struct daemon *d = user;
	struct door_request stands = { .verb = DOOR_SELF, .site = answer->ref };

	if (answer->rc == DOOR_OK)
		d->door.submit(d->door.ctx, &stands, on_first_stands, d);
	else
		on_first_stands(d, answer);
}

/* As `aidmesh init --at` does. Once: a node that stands somewhere is moved by people. */
static void speak_place(struct daemon *d)
{
	struct public_key own = d->identity.key;
	struct card card;
	struct door_request request = {
		.verb = DOOR_SITE, .fields = DOOR_NAME | DOOR_PLACE, .where = d->config.place, .name = card.name
	};

	if (d->config.place[0] == '\0' || d->keys.owner.state != OWNER_OURS || !ref_is_none(picture_site(d->picture)) ||
	    !picture_card(d->picture, &own, &card))
		return;
	d->door.submit(d->door.ctx, &request, on_first_site, d);
}

static void note_name(struct daemon *d)
{
	commit_set(d->commit, NAMED_SETTING, d->config.name);
	commit_start(d->commit);
}

static void on_renamed(void *user, const struct door_answer *answer)
{
	struct daemon *d = user;
	char sentence[SAID_WRITTEN_SIZE];

	if (answer->rc == DOOR_OK) {
		note_name(d);
	} else {
		said_write(sentence, sizeof sentence, LANGUAGE_EN, &answer->said);
		log_write(&d->log, LOG_WARNING, "[node] name = %s is not said: %s", d->config.name, sentence);
	}
	speak_place(d);
}

/* What the settings call it now is said where they called it otherwise before; who was renamed by people stays so. */
void daemon_setup_speak(struct daemon *d)
{
	char before[COMMIT_VALUE_SIZE];

	if (d->config.name[0] == '\0' || d->keys.owner.state != OWNER_OURS) {
		speak_place(d);
	} else if (!store_get(d->store, NAMED_SETTING, before, sizeof before)) {
		note_name(d);
		speak_place(d);
	} else if (strcmp(before, d->config.name) != 0) {
		say_name(d, d->config.name, on_renamed, d);
	} else {
		speak_place(d);
	}
}
