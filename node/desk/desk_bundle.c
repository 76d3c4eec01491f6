/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Bundles in and out. */
#include <assert.h>

#include "node/desk/desk_state.h"
#include "node/store/bundle.h"
#include "node/system/clock.h"

enum { IMPORT_PATIENCE = 18 /* transactions; as many may lie ahead */ };

/* Bundles in. */

/* What is not here, each with the way out; what concerns most of it first, in case not all has room. */
static void say_what_lacks(struct door_import *result, int64_t now)
{
	const struct view_left *left = &result->not_taken;

	if (result->missing)
		(void)said_add(&result->said, SAY_OF(BUNDLE_ENDS_EARLY, say_number(result->entries),
						     say_number((int64_t)result->entries + result->missing)));
	if (left->clock)
		(void)said_add(&result->said,
			       SAY_OF(BUNDLE_LEFT_CLOCK, say_number((int64_t)left->clock), say_date(now)));
	if (left->full)
		(void)said_add(&result->said, SAY_OF(BUNDLE_LEFT_FULL, say_number((int64_t)left->full)));
	if (left->age)
		(void)said_add(&result->said, SAY_OF(BUNDLE_LEFT_AGE, say_number((int64_t)left->age), say_date(now)));
	if (left->policy)
		(void)said_add(&result->said, SAY_OF(BUNDLE_LEFT_POLICY, say_number((int64_t)left->policy)));
	if (result->waiting)
		(void)said_add(&result->said, SAY_OF(BUNDLE_CARDS_MISSING, say_number(result->waiting)));
}

static void finish_import(struct desk *desk, struct desk_import *import)
{
	struct desk_import done = *import;
	struct door_import *result = &done.result;

	if (!import->tag || !import->is_read || import->under_way)
		return;
	import->tag = import->waiting_tag = 0;
	result->waiting = done.waiting;
	result->refused = (uint32_t)view_left_sum(&result->not_taken) + done.waiting;
	result->missing = done.expected - result->entries;
	assert(result->rc != DOOR_OK || result->entries == result->added + result->known + result->refused);
	if (result->rc == DOOR_OK)
		say_what_lacks(result, clock_unix_of(desk->time.wall_s));
	picture_look_for(desk->picture);
	done.done(done.user, result);
}

/* Ahead of this node's date, or older than what is kept; a date that is not known decides no entry's age. */
static uint64_t *time_reason(const struct desk *desk, struct view_left *left, struct view entry)
{
	struct entry_head head;
	bool is_old = entry_head_decode(&head, entry) == ENTRY_OK && head.hlc.time <= desk->time.wall_s;

	return is_old && desk->time.quality == TIME_SET ? &left->age : &left->clock;
}

static void count_left(const struct desk *desk, struct view_left *left, struct view entry, enum sync_rc rc)
{
	if (rc == SYNC_E_TIME)
		++*time_reason(desk, left, entry);
	else if (rc == SYNC_E_FULL)
		left->full++;
	else
		left->policy++;
}

static void count_publish(const struct desk *desk, struct desk_import *import, struct view entry, enum sync_rc rc)
{
	import->result.entries++;
	if (rc == SYNC_OK)
		import->under_way++;
	else if (rc == SYNC_WAITS)
		import->waiting++;
	else if (rc == SYNC_E_STALE)
		import->result.known++;
	else
		count_left(desk, &import->result.not_taken, entry, rc);
}

static void fail_import(struct desk_import *import, enum door_rc rc, struct say say)
{
	import->is_read = true;
	import->result.rc = rc;
	import->result.said = (struct said){ 0 };
	said_decide(&import->result.said, say);
}

/* Such an entry waits in the engine; when its author's card comes it is settled like any other. */
static bool lacks_card(const struct desk *desk, struct view entry)
{
	struct public_key keys[KEYS_PER_HINT_MAX];
	struct entry_head head;

	return entry_head_decode(&head, entry) == ENTRY_OK && head.kind != ENTRY_CARD &&
	       !sync_keys_of(desk->sync, head.author, keys);
}

/* As much as the engine takes now; the rest after the next batch. */
static void feed_import(struct desk *desk, struct desk_import *import)
{
	while (import->rest.size && import->result.entries < import->expected) {
		struct view rest = import->rest, entry;
		enum sync_rc rc;

		if (frame_entry_read(&entry, &rest) != FRAME_OK)
			break;
		rc = sync_publish(desk->sync, entry, NULL, lacks_card(desk, entry) ? import->waiting_tag : import->tag);
		if (rc == SYNC_E_BUSY)
			return;
		import->rest = rest;
		count_publish(desk, import, entry, rc);
	}
	import->is_read = true;
}

/* Several sticks read at once are one walk. */
static bool is_only_import(const struct desk *desk, const struct desk_import *import)
{
	for (size_t i = 0; i < DESK_IMPORTS_MAX; i++)
		if (desk->imports[i].tag && &desk->imports[i] != import)
			return false;
	return true;
}

static void refuse_import(door_imported done, void *user, enum door_rc rc, struct say say)
{
	struct door_import refused = { .rc = rc };

	said_decide(&refused.said, say);
	done(user, &refused);
}

void desk_import_bundle(void *ctx, const uint8_t *data, size_t size, door_imported done, void *user)
{
	struct desk *desk = ctx;
	struct desk_import *import = NULL;
	struct bundle_head head;
	struct view rest = { data, size };
	struct say why;

	/* What was lost may come back by a bundle. */
	if (desk_refuses(desk, &why) && !owner_has_gaps(desk->owner)) {
		refuse_import(done, user, DOOR_E_STORE, why);
		return;
	}
	for (size_t i = 0; i < DESK_IMPORTS_MAX && !import; i++)
		if (!desk->imports[i].tag)
			import = &desk->imports[i];
	if (!import) {
		refuse_import(done, user, DOOR_E_BUSY, SAY(BUNDLE_BUSY));
		return;
	}
	if (commit_has_failed(desk->commit)) {
		refuse_import(done, user, DOOR_E_STORE, SAY(CARD_FAILED));
		return;
	}
	if (!bundle_head_read(&head, &rest)) {
		refuse_import(done, user, DOOR_E_INPUT, SAY(BUNDLE_NO_FORM));
		return;
	}
	*import = (struct desk_import){
		.rest = rest, .expected = head.count, .patience = IMPORT_PATIENCE, .done = done, .user = user
	};
	if (desk->walk && is_only_import(desk, import))
		walk_begin(desk->walk, desk->store, desk->commit, clock_unix_of(desk->time.wall_s));
	import->tag = ++desk->tag;
	import->waiting_tag = ++desk->tag;
	feed_import(desk, import);
	commit_start(desk->commit);
	if (!import->waiting || commit_is_idle(desk->commit))
		finish_import(desk, import);
}

static void count_settled(const struct desk *desk, struct door_import *result, const struct sync_change *change,
			  enum commit_result settled)
{
	struct view entry = { change->bytes, change->size };

	switch (settled) {
	case COMMIT_STORED:
		result->added++;
		return;
	case COMMIT_STALE:
		result->known++;
		return;
	case COMMIT_OUT_OF_TIME:
		count_left(desk, &result->not_taken, entry, SYNC_E_TIME);
		return;
	case COMMIT_NO_ROOM:
		count_left(desk, &result->not_taken, entry, SYNC_E_FULL);
		return;
	case COMMIT_BAD_SIGNATURE:
	case COMMIT_FAILED:
		result->not_taken.policy++;
		return;
	}
}

static void settle_import(const struct desk *desk, struct desk_import *import, const struct sync_change *change,
			  enum commit_result result)
{
	if (change->tag == import->tag) {
		import->under_way--;
	} else {
		import->waiting--;
		import->patience = IMPORT_PATIENCE;
	}
	count_settled(desk, &import->result, change, result);
	if (result == COMMIT_FAILED)
		fail_import(import, DOOR_E_STORE, SAY(CARD_REST_NOT_KEPT));
}

void desk_imports_settled(struct desk *desk, const struct sync_change *change, enum commit_result result)
{
	for (size_t i = 0; i < DESK_IMPORTS_MAX; i++)
		if (desk->imports[i].tag == change->tag || desk->imports[i].waiting_tag == change->tag)
			settle_import(desk, &desk->imports[i], change, result);
}

bool desk_is_import(const struct desk *desk, uint64_t tag)
{
	for (size_t i = 0; i < DESK_IMPORTS_MAX; i++)
		if (tag != 0 && (desk->imports[i].tag == tag || desk->imports[i].waiting_tag == tag))
			return true;
	return false;
}

/* The cards of those that wait may be on their way to the disk, and they themselves behind them. */
static bool must_wait(const struct desk *desk, const struct desk_import *import)
{
	return import->is_read && !import->under_way && import->waiting && import->patience &&
	       !commit_has_failed(desk->commit) && !commit_is_idle(desk->commit);
}

void desk_go_on(struct desk *desk)
{
	for (size_t i = 0; i < DESK_IMPORTS_MAX; i++) {
		struct desk_import *import = &desk->imports[i];

		if (!import->tag)
			continue;
		if (commit_has_failed(desk->commit))
			fail_import(import, DOOR_E_STORE, SAY(CARD_REST_NOT_KEPT));
		if (!import->is_read)
			feed_import(desk, import);
		commit_start(desk->commit);
		if (must_wait(desk, import))
			import->patience--;
		else
			finish_import(desk, import);
	}
}

void desk_imports_close(struct desk *desk)
{
	for (size_t i = 0; i < DESK_IMPORTS_MAX; i++) {
		if (!desk->imports[i].tag)
			continue;
		fail_import(&desk->imports[i], DOOR_E_BUSY, SAY(NODE_STOPS_IMPORT));
		desk->imports[i].under_way = 0;
		finish_import(desk, &desk->imports[i]);
	}
}

/* Bundles out. */

struct export_work {
	struct desk *desk;
	door_write_cb write;
	void *user;
	struct bundle_head head;
	struct salt salt;
	bool ok;
};

static bool sum_up(void *user, uint64_t handle, const struct entry_id *id)
{
	struct export_work *work = user;

	(void)handle;
	work->head.count++;
	fingerprint_add(&work->head.fingerprint, &work->salt, id);
	return true;
}

static bool write_out(void *user, uint64_t handle, const struct entry_id *id)
{
	struct export_work *work = user;
	struct view bytes;
	uint8_t piece[1 + ENTRY_SIZE_MAX];
	struct writer w = writer_init(piece, sizeof piece);

	(void)id;
	work->ok = store_load(work->desk->store, handle, &bytes) == STORE_OK;
	if (!work->ok)
		return false;
	frame_entry_write(&w, bytes);
	work->ok = work->write(work->user, w.data, w.size);
	return work->ok;
}

bool desk_export_bundle(void *ctx, door_write_cb write, void *user)
{
	struct export_work work = { .desk = ctx, .write = write, .user = user, .ok = true };
	uint8_t head[BUNDLE_HEAD_SIZE];

	work.head.fingerprint = (struct fingerprint){ 0 };
	sync_each(work.desk->sync, sum_up, &work);
	bundle_head_write(head, &work.head);
	if (!write(user, head, sizeof head))
		return false;
	sync_each(work.desk->sync, write_out, &work);
	return work.ok;
}
