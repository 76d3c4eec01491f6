/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From what was drafted to what is said: a number, the time, a signature, the engine, an answer. */
#include <assert.h>
#include <stdio.h>

#include <sodium.h>

#include "node/desk/desk_state.h"
#include "node/picture/ref_text.h"
#include "node/system/clock.h"

struct desk_request *desk_request_of(struct desk *desk, uint64_t tag)
{
	for (size_t i = 0; i < DESK_REQUESTS_MAX; i++)
		if (desk->requests[i].tag == tag)
			return &desk->requests[i];
	return NULL;
}

bool desk_is_under_way(void *ctx, uint32_t number)
{
	const struct desk *desk = ctx;

	for (size_t i = 0; i < DESK_REQUESTS_MAX; i++)
		if (desk->requests[i].tag && desk->requests[i].number == number)
			return true;
	return false;
}

/* Of 4,000 random numbers two are the same once in 500 nodes: the later register would replace the earlier one. */
static bool is_taken(struct desk *desk, uint32_t number)
{
	return number == 0 || sync_has_number(desk->sync, &desk->identity->key, number) ||
	       desk_is_under_way(desk, number);
}

uint32_t desk_new_number(void *ctx, uint32_t wanted)
{
	while (is_taken(ctx, wanted))
		wanted = randombytes_random();
	return wanted;
}

void desk_answer(door_done done, void *user, enum door_rc rc, struct say say)
{
	struct door_answer answer = { .rc = DOOR_OK };

	(void)door_refuse(&answer, rc, say);
	done(user, &answer);
}

/* What this node said before, and may have got back from a neighbour, can be of a later era than it knows of. */
static uint8_t era_now(const struct desk *desk)
{
	uint8_t era = sync_newest_of(desk->sync, &desk->identity->key).era;

	return era > desk->era ? era : desk->era;
}

static struct hlc clock_after(struct desk *desk, struct hlc after)
{
	struct hlc hlc = sync_clock_next(desk->sync, desk->time), floor = desk_floor(desk);

	hlc.era = era_now(desk);
	if (hlc.era > after.era)
		after = (struct hlc){ .era = hlc.era }; /* it stands before any of an earlier era */
	if (hlc_compare(floor, after) > 0)
		after = floor;
	if (hlc_compare(hlc, after) > 0)
		return hlc;
	if (after.tick < TICK_MAX)
		return (struct hlc){ .time = after.time, .tick = (uint8_t)(after.tick + 1), .era = hlc.era };
	return (struct hlc){ .time = after.time + 1, .era = hlc.era };
}

enum sync_rc desk_publish_entry(struct desk *desk, struct entry *e, struct hlc later_than, struct door_answer *answer,
				uint64_t tag)
{
	struct ref ref = { .author = e->author, .number = e->number };
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct view entry = { .data = bytes };
	struct entry_id id;

	if (desk_keep_card(desk, e->kind) == SYNC_E_BUSY)
		return SYNC_E_BUSY;
	e->hlc = clock_after(desk, later_than);
	desk_note_time(desk, e->hlc);
	if (entry_sign(bytes, &entry.size, e, desk->identity->secret_key) != ENTRY_OK)
		return SYNC_E_FRAME;
	if (!answer)
		return sync_publish(desk->sync, entry, &desk->identity->key, tag);
	id = entry_id_of(entry, &desk->identity->key);
	sodium_bin2hex(answer->id, sizeof answer->id, id.bytes, sizeof id.bytes);
	if (!ref_is_none(ref)) {
		ref_text_write_full(answer->full, ref);
		ref_text_write(answer->ref, ref, REF_SHORT);
	}
	return sync_publish(desk->sync, entry, &desk->identity->key, tag);
}

void desk_fail_rc(const struct desk *desk, const struct desk_request *request, enum sync_rc rc)
{
	if (rc == SYNC_E_BUSY)
		desk_answer(request->done, request->user, DOOR_E_BUSY, SAY(BUSY));
	else if (rc == SYNC_E_FULL)
		desk_answer(request->done, request->user, DOOR_E_FULL, SAY(NODE_FULL));
	else if (rc == SYNC_E_TIME)
		desk_answer(request->done, request->user, DOOR_E_INPUT,
			    SAY_OF(DATE_WRONG, say_date(clock_unix_of(desk->time.wall_s))));
	else
		desk_answer(request->done, request->user, DOOR_E_INPUT, SAY(NEWER_VERSION));
}

bool desk_keeps_for_volunteers(const struct desk *desk, enum room room)
{
	return sync_room_left(desk->sync, &desk->identity->key, room) <=
	       room_registers_max(room) / DESK_VOLUNTEERS_SHARE;
}

enum door_rc desk_stand_at(struct desk *desk, const struct door_request *asked, struct door_answer *answer)
{
	struct picture_hit hit;
	char text[REF_TEXT_SIZE];

	if (picture_find_site(desk->picture, desk->time.wall_s, asked->site, &hit) != FOUND_ONE) {
		*answer = (struct door_answer){ .rc = DOOR_OK };
		return door_refuse(answer, DOOR_E_UNKNOWN, SAY_OF(SITE_NONE_SINGLE, say_typed(asked->site)));
	}
	ref_text_write_full(text, hit.ref);
	commit_set(desk->commit, "self.site", text);
	commit_start(desk->commit);
	picture_stand_at(desk->picture, hit.ref);
	return DOOR_OK;
}

void desk_fail(struct desk *desk, uint64_t tag, enum door_rc rc, struct say say)
{
	struct desk_request *request = desk_request_of(desk, tag);
	struct desk_request failed;

	assert(tag != 0 && request != NULL); /* a request is answered once: until then it has its place */
	failed = *request;
	request->tag = 0;
	desk_answer(failed.done, failed.user, rc, say);
}

void desk_ticket_of(struct desk *desk, uint64_t tag, const char *ticket)
{
	struct desk_request *request = desk_request_of(desk, tag);

	assert(tag != 0 && request != NULL);
	snprintf(request->answer.ticket, sizeof request->answer.ticket, "%s", ticket);
}

void desk_publish(struct desk *desk, uint64_t tag, struct draft *draft)
{
	struct desk_request *request = desk_request_of(desk, tag);
	enum sync_rc rc;

	assert(tag != 0 && request != NULL);
	assert(request->number == draft->entry.number); /* until it is answered no other request draws that number */
	rc = desk_publish_entry(desk, &draft->entry, draft->after, &request->answer, tag);
	request->word.hlc = draft->entry.hlc;
	if (rc != SYNC_OK) {
		struct desk_request failed = *request;

		request->tag = 0;
		desk_fail_rc(desk, &failed, rc);
		return;
	}
	commit_start(desk->commit);
}
