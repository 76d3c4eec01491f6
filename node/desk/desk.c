/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/desk/desk.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "node/system/clock.h"
#include "node/desk/desk_state.h"
#include "node/desk/draft.h"
#include "node/picture/ref_text.h"

enum { MINUTE_MS = 60000 };

/* Requests. */

/* Anyone on the node's network is a visitor: what they add must leave room for those who run the site. */
static enum door_rc admit_visitor(struct desk *desk, enum room room, struct door_answer *answer)
{
	mono_ms now = clock_mono();

	if (desk_keeps_for_volunteers(desk, room))
		return door_refuse(answer, DOOR_E_FULL, SAY(ROOM_FOR_VOLUNTEERS));
	if (now - desk->visitors_since >= MINUTE_MS) {
		desk->visitors_since = now;
		desk->visitors_new = 0;
	}
	if (desk->visitors_new >= DESK_VISITORS_PER_MINUTE)
		return door_refuse(answer, DOOR_E_BUSY, SAY(BUSY_VISITORS));
	desk->visitors_new++;
	return DOOR_OK;
}

static bool ends_trust(const struct entry *e)
{
	return e->kind == ENTRY_TRUST && (e->trust.kind == TRUST_WITHDRAW || e->trust.kind == TRUST_KEEPER_END);
}

/* A need, a handout, an alert or the end of a trust is always taken, and what was written longest ago gives way. A place or a keeper is
 * no less needed for being old: nothing of these leaves for a new one. Rows of a table would push each other out. */
static enum door_rc admit_beyond(const struct entry *e, const struct door_request *asked, struct door_answer *answer)
{
	enum room room = entry_room(e->kind);
	struct say_value what = say_part(SAY_OWN_ROOMS, room), most = say_number(room_registers_max(room));

	if (room == ROOM_SITES || (room == ROOM_TRUST && !ends_trust(e)) || asked->caller == DOOR_TABLE)
		return door_refuse(answer, DOOR_E_FULL, SAY_OF(RECORDS_FULL, most, what));
	(void)said_add(&answer->said, SAY_OF(ROOM_OLDEST_LEAVES, most, what));
	return DOOR_OK;
}

/* Whether this node has room for what it is to say. Else the answer says why not. */
static enum door_rc admit(struct desk *desk, const struct door_request *asked, const struct draft *draft,
			  struct door_answer *answer)
{
	enum room room = entry_room(draft->entry.kind);

	if (!draft->is_new)
		return DOOR_OK;
	if (asked->caller == DOOR_VISITOR)
		return admit_visitor(desk, room, answer);
	return sync_room_left(desk->sync, &desk->identity->key, room) ? DOOR_OK
								      : admit_beyond(&draft->entry, asked, answer);
}

/* What a person hears of a step is its own quantity. Of a tally it was told before the sum took its place. */
static void tell_quantity(struct door_answer *answer, const struct draft *draft)
{
	if (draft->entry.kind == ENTRY_MOVE && !answer->quantity_milli)
		answer->quantity_milli = draft->entry.move.quantity_milli;
}

static struct draft_desk draft_desk_of(struct desk *desk, struct ref shown)
{
	return (struct draft_desk){ .picture = desk->picture,
				    .identity = desk->identity,
				    .now_s = desk->time.wall_s,
				    .shown = shown,
				    .moves_left = sync_room_left(desk->sync, &desk->identity->key, ROOM_MOVES),
				    .ctx = desk,
				    .is_under_way = desk_is_under_way,
				    .new_number = desk_new_number,
				    .last_word = desk_last_word,
				    .word_before = desk_word_before };
}

/* Drafts and publishes. A desk_then. */
static void take(struct desk *desk, const struct door_request *asked, struct ref shown, door_done done, void *user)
{
	struct draft_desk draft_desk = draft_desk_of(desk, shown);
	struct desk_request *request = desk_request_of(desk, 0);
	struct door_answer answer;
	struct draft draft = { .is_new = false };

	if (!request) {
		desk_answer(done, user, DOOR_E_BUSY, SAY(BUSY));
		return;
	}
	draft.is_unchanged = false;
	if (draft_make(&draft, &answer, &draft_desk, asked) != DOOR_OK || asked->dry ||
	    (asked->verb == DOOR_SELF && asked->site && *asked->site &&
	     desk_stand_at(desk, asked, &answer) != DOOR_OK) ||
	    draft.is_unchanged || admit(desk, asked, &draft, &answer) != DOOR_OK ||
	    desk_settle_place(desk, asked, &answer) != DOOR_OK) {
		done(user, &answer);
		return;
	}
	if (draft.entry.kind == ENTRY_TRUST && draft.entry.trust.kind == TRUST_KEEPER_END && !draft.entry.trust.since)
		desk_take_over_from(desk, &draft.entry.trust.key);
	tell_quantity(&answer, &draft);
	*request = (struct desk_request){
		.tag = ++desk->tag, .number = draft.entry.number, .done = done, .user = user, .answer = answer
	};
	request->is_undo = asked->verb == DOOR_UNDO;
	request->is_word = asked->verb != DOOR_UNDO && asked->verb != DOOR_SELF;
	request->word =
		(struct draft_word){ .kind = draft.entry.kind, .is_new = draft.is_new, .number = draft.entry.number };
	if (draft.wants_ticket)
		desk_tickets_make(desk, request->tag, &draft, asked);
	else
		desk_publish(desk, request->tag, &draft);
}

static void submit(void *ctx, const struct door_request *asked, door_done done, void *user)
{
	struct desk *desk = ctx;
	struct say why;

	/* What a person says now carries the date of now. */
	if (desk->look)
		desk->look(desk->host_ctx);
	if (desk_refuses(desk, &why))
		desk_answer(done, user, DOOR_E_STORE, why);
	else if (commit_has_failed(desk->commit))
		desk_answer(done, user, DOOR_E_STORE, SAY(CARD_FAILED));
	else if (asked->ticket && *asked->ticket)
		desk_tickets_check(desk, asked, take, done, user);
	else
		take(desk, asked, (struct ref){ 0, 0 }, done, user);
}

static void settle_request(struct desk *desk, struct desk_request *request, enum commit_result result)
{
	struct desk_request done = *request;

	request->tag = 0;
	switch (result) {
	case COMMIT_STORED:
		desk_word_said(desk, &done);
		done.done(done.user, &done.answer);
		return;
	case COMMIT_STALE:
		desk_fail_rc(desk, &done, SYNC_E_STALE);
		return;
	case COMMIT_OUT_OF_TIME:
		desk_fail_rc(desk, &done, SYNC_E_TIME);
		return;
	case COMMIT_NO_ROOM:
		desk_fail_rc(desk, &done, SYNC_E_FULL);
		return;
	case COMMIT_BAD_SIGNATURE:
	case COMMIT_FAILED:
		desk_answer(done.done, done.user, DOOR_E_STORE, SAY(CARD_NOT_KEPT));
		return;
	}
}

void desk_settled(struct desk *desk, const struct sync_change *change, enum commit_result result,
		  const struct entry_id *id)
{
	struct desk_request *request;

	if (result == COMMIT_STORED)
		desk_note_card(desk, change, id);
	if (!change->tag)
		return;
	request = desk_request_of(desk, change->tag);
	if (request)
		settle_request(desk, request, result);
	desk_imports_settled(desk, change, result);
}

void desk_close(struct desk *desk)
{
	desk_imports_close(desk);
	for (size_t i = 0; i < DESK_REQUESTS_MAX; i++) {
		struct desk_request request = desk->requests[i];

		desk->requests[i].tag = 0;
		if (request.tag)
			desk_answer(request.done, request.user, DOOR_E_BUSY, SAY(NODE_STOPS));
	}
}

/* Start. */

static const char PIN_SETTING[] = "pin";

bool desk_open_pin(struct desk *desk, const char *fixed)
{
	desk->pin_is_fixed = *fixed;
	snprintf(desk->pin, sizeof desk->pin, "%s", fixed);
	if (desk->pin_is_fixed || store_get(desk->store, PIN_SETTING, desk->pin, sizeof desk->pin))
		return true;
	snprintf(desk->pin, sizeof desk->pin, "%06u", (unsigned)randombytes_uniform(1000000));
	if (desk->owner && owner_is_locked(desk->owner))
		return true; /* of this run */
	return store_set(desk->store, PIN_SETTING, desk->pin) == STORE_OK;
}

void desk_set_fixed_pin(struct desk *desk, const char *fixed)
{
	desk->pin_is_fixed = *fixed;
	if (*fixed)
		snprintf(desk->pin, sizeof desk->pin, "%s", fixed);
	else if (!store_get(desk->store, PIN_SETTING, desk->pin, sizeof desk->pin))
		commit_set(desk->commit, PIN_SETTING, desk->pin);
}

static enum door_rc set_pin(void *ctx, struct said *why, const char *pin)
{
	struct desk *desk = ctx;
	struct say refusal;

	if (desk_refuses(desk, &refusal)) {
		said_decide(why, refusal);
		return DOOR_E_STORE;
	}
	if (desk->pin_is_fixed) {
		said_decide(why, SAY(PIN_IN_SETTINGS));
		return DOOR_E_RIGHT;
	}
	if (!config_pin_is_fine(pin)) {
		said_decide(why, SAY(PIN_FORM));
		return DOOR_E_INPUT;
	}
	snprintf(desk->pin, sizeof desk->pin, "%s", pin);
	commit_set(desk->commit, PIN_SETTING, pin);
	commit_start(desk->commit);
	return DOOR_OK;
}

/* A key alone takes the date: it needs that to compare. A locked node would forget it at the next start. */
static enum door_rc set_clock(void *ctx, struct said *why, enum door_clock verb, int64_t unix_s, bool sure)
{
	struct desk *desk = ctx;

	assert(desk->set_clock);
	if (desk->owner && owner_is_locked(desk->owner)) {
		said_decide(why, desk_says_owner(desk->owner->state));
		return DOOR_E_STORE;
	}
	return desk->set_clock(desk->host_ctx, why, verb, unix_s, sure);
}

static void setup(void *ctx, const struct door_given *given, size_t count, door_told done, void *user)
{
	struct desk *desk = ctx;

	assert(desk->setup);
	desk->setup(desk->host_ctx, given, count, done, user);
}

static void upgrade(void *ctx, uint8_t *data, size_t size, door_told done, void *user)
{
	struct desk *desk = ctx;

	assert(desk->upgrade);
	desk->upgrade(desk->host_ctx, data, size, done, user);
}

void desk_init(struct desk *desk, struct board_door *door)
{
	*door = (struct board_door){
		.ctx = desk,
		.submit = submit,
		.import_bundle = desk_import_bundle,
		.export_bundle = desk_export_bundle,
		.find_tickets = desk_tickets_find,
		.households = desk_households,
		.setup = setup,
		.upgrade = upgrade,
		.set_pin = set_pin,
		.set_clock = set_clock,
		.renew = desk_ask_renew,
	};
}

bool desk_ensure_card(struct desk *desk, const char *name)
{
	struct card old;
	bool has_card = picture_card(desk->picture, &desk->identity->key, &old);
	struct draft_desk draft_desk = { .picture = desk->picture,
					 .identity = desk->identity,
					 .now_s = desk->time.wall_s,
					 .ctx = desk,
					 .new_number = desk_new_number };
	struct door_request asked = {
		.verb = DOOR_SELF, .fields = has_card ? 0 : DOOR_NAME, .name = name, .long_text = DOOR_CUT
	};
	struct door_answer answer;
	struct draft draft;

	if (has_card || desk_say_noted_card(desk))
		return true;
	return draft_make(&draft, &answer, &draft_desk, &asked) == DOOR_OK &&
	       desk_publish_entry(desk, &draft.entry, draft.after, NULL, 0) == SYNC_OK;
}
