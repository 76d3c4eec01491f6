/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/desk/desk.h"

#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "node/store/bundle.h"
#include "node/system/clock.h"
#include "node/desk/desk_state.h"
#include "node/desk/draft.h"
#include "node/picture/ref_text.h"

enum { MINUTE_MS = 60000, IMPORT_PATIENCE = 18 /* transactions; as many may lie ahead */ };

/* Requests. */

#define CARD_FAILED "The card failed: nothing is kept any more. Replace it, or move the node's folder."

static struct desk_request *request_of(struct desk *desk, uint64_t tag)
{
	for (size_t i = 0; i < DESK_REQUESTS_MAX; i++)
		if (desk->requests[i].tag == tag)
			return &desk->requests[i];
	return NULL;
}

/* Of 4,000 random numbers two are the same once in 500 nodes: the later register would replace the earlier one. */
static bool is_taken(const struct desk *desk, uint32_t number)
{
	bool taken = number == 0 || sync_has_number(desk->sync, &desk->identity->key, number);

	for (size_t i = 0; i < DESK_REQUESTS_MAX; i++)
		taken |= desk->requests[i].tag && desk->requests[i].number == number;
	return taken;
}

static uint32_t new_number(void *ctx, uint32_t wanted)
{
	while (is_taken(ctx, wanted))
		wanted = randombytes_random();
	return wanted;
}

void desk_answer(door_done done, void *user, enum door_rc rc, const char *text)
{
	struct door_answer answer = { .rc = rc };

	snprintf(answer.text, sizeof answer.text, "%s", text);
	done(user, &answer);
}

static struct hlc clock_after(struct desk *desk, struct hlc after)
{
	struct hlc hlc = sync_clock_next(desk->sync, desk->time);

	if (hlc_compare(hlc, after) > 0)
		return hlc;
	if (after.tick < TICK_MAX)
		return (struct hlc){ .time = after.time, .tick = after.tick + 1 };
	return (struct hlc){ .time = after.time + 1, .tick = 0 };
}

/* Signs and hands to the engine. `answer` may be NULL. */
static enum sync_rc publish_entry(struct desk *desk, struct entry *e, struct hlc later_than, struct door_answer *answer,
				  uint64_t tag)
{
	struct ref ref = { .author = e->author, .number = e->number };
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct view entry = { .data = bytes };
	struct entry_id id;

	e->hlc = clock_after(desk, later_than);
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

static void fail(const struct desk_request *request, enum sync_rc rc)
{
	if (rc == SYNC_E_BUSY)
		desk_answer(request->done, request->user, DOOR_E_BUSY, "Too much is under way: try again in a moment.");
	else if (rc == SYNC_E_FULL)
		desk_answer(request->done, request->user, DOOR_E_FULL,
			    "This node is full: close or retire records, or raise [node] entries.");
	else if (rc == SYNC_E_TIME)
		desk_answer(request->done, request->user, DOOR_E_INPUT,
			    "The date of this node is wrong: set its clock.");
	else
		desk_answer(request->done, request->user, DOOR_E_INPUT,
			    "A newer version stands already: look again, then change that.");
}

/* Where this node stands is its own setting, not an entry. */
static enum door_rc stand_at(struct desk *desk, const struct door_request *asked, struct door_answer *answer)
{
	struct picture_hit hit;
	char text[REF_TEXT_SIZE];

	if (picture_find_site(desk->picture, desk->time.wall_s, asked->site, &hit) != FOUND_ONE) {
		*answer = (struct door_answer){ .rc = DOOR_E_UNKNOWN };
		snprintf(answer->text, sizeof answer->text,
			 "No single site is called \"%.80s\": open it first with 'aidmesh site', or use its ref.",
			 asked->site);
		return answer->rc;
	}
	ref_text_write_full(text, hit.ref);
	commit_set(desk->commit, "self.site", text);
	commit_start(desk->commit);
	picture_stand_at(desk->picture, hit.ref);
	return DOOR_OK;
}

/* Anyone on the node's network is a visitor: what they add must leave room for those who run the site. */
static enum door_rc admit_visitor(struct desk *desk, struct door_answer *answer)
{
	mono_ms now = clock_mono();

	if (sync_registers_left(desk->sync, &desk->identity->key) <= DESK_VOLUNTEERS_REGISTERS) {
		*answer = (struct door_answer){ .rc = DOOR_E_FULL,
						.text = "This node keeps its last room for volunteers: "
							"ask one of them to write it down." };
		return answer->rc;
	}
	if (now - desk->visitors_since >= MINUTE_MS) {
		desk->visitors_since = now;
		desk->visitors_new = 0;
	}
	if (desk->visitors_new >= DESK_VISITORS_PER_MINUTE) {
		*answer = (struct door_answer){ .rc = DOOR_E_BUSY,
						.text = "Many people are writing here: try again in a minute, "
							"or ask a volunteer." };
		return answer->rc;
	}
	desk->visitors_new++;
	return DOOR_OK;
}

void desk_fail(struct desk *desk, uint64_t tag, enum door_rc rc, const char *text)
{
	struct desk_request *request = request_of(desk, tag);
	struct desk_request failed = *request;

	request->tag = 0;
	desk_answer(failed.done, failed.user, rc, text);
}

void desk_ticket_of(struct desk *desk, uint64_t tag, const char *ticket)
{
	struct desk_request *request = request_of(desk, tag);

	snprintf(request->answer.ticket, sizeof request->answer.ticket, "%s", ticket);
}

void desk_publish(struct desk *desk, uint64_t tag, struct draft *draft)
{
	struct desk_request *request = request_of(desk, tag);
	enum sync_rc rc = publish_entry(desk, &draft->entry, draft->after, &request->answer, tag);

	if (rc != SYNC_OK) {
		struct desk_request failed = *request;

		request->tag = 0;
		fail(&failed, rc);
		return;
	}
	/* Should there be no room for it now, both stand until somebody closes the earlier one. */
	if (draft->ends_earlier)
		(void)publish_entry(desk, &draft->earlier, draft->after, NULL, 0);
	commit_start(desk->commit);
}

/* Whether this node has room for what it is to say. Else the answer says why not. */
static enum door_rc admit(struct desk *desk, const struct door_request *asked, const struct draft *draft,
			  struct door_answer *answer)
{
	if (draft->is_new && sync_registers_left(desk->sync, &desk->identity->key) == 0) {
		*answer = (struct door_answer){ .rc = DOOR_E_FULL,
						.text = "This node has said as much as one node may (4096 records): "
							"edit or reuse an old one, or write on another node." };
		return answer->rc;
	}
	return draft->is_new && asked->caller == DOOR_VISITOR ? admit_visitor(desk, answer) : DOOR_OK;
}

void desk_take(struct desk *desk, const struct door_request *asked, struct ref shown, door_done done, void *user)
{
	struct draft_desk draft_desk = { .picture = desk->picture,
					 .identity = desk->identity,
					 .now_s = desk->time.wall_s,
					 .shown = shown,
					 .ctx = desk,
					 .new_number = new_number };
	struct desk_request *request = request_of(desk, 0);
	struct door_answer answer;
	struct draft draft;

	if (!request) {
		desk_answer(done, user, DOOR_E_BUSY, "Too much is under way: try again in a moment.");
		return;
	}
	if (draft_make(&draft, &answer, &draft_desk, asked) != DOOR_OK || asked->dry ||
	    (asked->verb == DOOR_SELF && asked->site && *asked->site && stand_at(desk, asked, &answer) != DOOR_OK) ||
	    admit(desk, asked, &draft, &answer) != DOOR_OK) {
		done(user, &answer);
		return;
	}
	*request = (struct desk_request){
		.tag = ++desk->tag, .number = draft.entry.number, .done = done, .user = user, .answer = answer
	};
	if (draft.wants_ticket)
		tickets_make(desk, request->tag, &draft, asked);
	else
		desk_publish(desk, request->tag, &draft);
}

static void submit(void *ctx, const struct door_request *asked, door_done done, void *user)
{
	struct desk *desk = ctx;

	if (commit_has_failed(desk->commit))
		desk_answer(done, user, DOOR_E_STORE, CARD_FAILED);
	else if (asked->ticket && *asked->ticket)
		tickets_check(desk, asked, done, user);
	else
		desk_take(desk, asked, (struct ref){ 0, 0 }, done, user);
}

static void settle_request(struct desk_request *request, enum commit_result result)
{
	struct desk_request done = *request;

	request->tag = 0;
	switch (result) {
	case COMMIT_STORED:
		done.done(done.user, &done.answer);
		return;
	case COMMIT_STALE:
		fail(&done, SYNC_E_STALE);
		return;
	case COMMIT_BAD_SIGNATURE:
	case COMMIT_FAILED:
		desk_answer(done.done, done.user, DOOR_E_STORE, "The card failed: it was not kept.");
		return;
	}
}

/* Bundles in. */

static void finish_import(struct desk_import *import)
{
	struct desk_import done = *import;

	if (!import->tag || !import->is_read || import->under_way)
		return;
	import->tag = import->waiting_tag = 0;
	done.result.refused += done.waiting;
	if (!done.result.text[0] && done.waiting)
		snprintf(done.result.text, sizeof done.result.text,
			 "%u entries wait for the cards of their authors, which this file does not bring.",
			 done.waiting);
	if (done.result.rc == DOOR_OK && done.result.entries < done.expected)
		snprintf(done.result.text, sizeof done.result.text,
			 "The file ends early: %u of %u entries were there. Copy it again for the rest.",
			 done.result.entries, done.expected);
	done.done(done.user, &done.result);
}

static void count_publish(struct desk_import *import, enum sync_rc rc)
{
	import->result.entries++;
	if (rc == SYNC_OK)
		import->under_way++;
	else if (rc == SYNC_WAITS)
		import->waiting++;
	else if (rc == SYNC_E_STALE)
		import->result.known++;
	else
		import->result.refused++;
}

static void fail_import(struct desk_import *import, enum door_rc rc, const char *text)
{
	import->is_read = true;
	import->result.rc = rc;
	snprintf(import->result.text, sizeof import->result.text, "%s", text);
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
		count_publish(import, rc);
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

static void import_bundle(void *ctx, const uint8_t *data, size_t size, door_imported done, void *user)
{
	struct desk *desk = ctx;
	struct door_import refused = { .rc = DOOR_E_BUSY,
				       .text = "Other imports are under way: try again in a moment." };
	struct desk_import *import = NULL;
	struct bundle_head head;
	struct view rest = { data, size };

	for (size_t i = 0; i < DESK_IMPORTS_MAX && !import; i++)
		if (!desk->imports[i].tag)
			import = &desk->imports[i];
	if (!import) {
		done(user, &refused);
		return;
	}
	if (commit_has_failed(desk->commit)) {
		refused = (struct door_import){ .rc = DOOR_E_STORE, .text = CARD_FAILED };
		done(user, &refused);
		return;
	}
	if (!bundle_head_read(&head, &rest)) {
		refused = (struct door_import){ .rc = DOOR_E_INPUT,
						.text = "This is not an aidmesh bundle. 'aidmesh export' writes one." };
		done(user, &refused);
		return;
	}
	*import = (struct desk_import){
		.rest = rest, .expected = head.count, .patience = IMPORT_PATIENCE, .done = done, .user = user
	};
	if (desk->walk && is_only_import(desk, import))
		walk_begin(desk->walk, desk->store, desk->commit, unix_of(desk->time.wall_s));
	import->tag = ++desk->tag;
	import->waiting_tag = ++desk->tag;
	feed_import(desk, import);
	commit_start(desk->commit);
	if (!import->waiting || commit_is_idle(desk->commit))
		finish_import(import);
}

static void settle_import(struct desk_import *import, uint64_t tag, enum commit_result result)
{
	if (tag == import->tag) {
		import->under_way--;
	} else {
		import->waiting--;
		import->patience = IMPORT_PATIENCE;
	}
	if (result == COMMIT_STORED)
		import->result.added++;
	else if (result == COMMIT_STALE)
		import->result.known++;
	else
		import->result.refused++;
	if (result == COMMIT_FAILED)
		fail_import(import, DOOR_E_STORE, "The card failed: the rest was not kept.");
}

void desk_settled(struct desk *desk, const struct sync_change *change, enum commit_result result,
		  const struct entry_id *id)
{
	struct desk_request *request;

	(void)id;
	if (!change->tag)
		return;
	request = request_of(desk, change->tag);
	if (request)
		settle_request(request, result);
	for (size_t i = 0; i < DESK_IMPORTS_MAX; i++)
		if (desk->imports[i].tag == change->tag || desk->imports[i].waiting_tag == change->tag)
			settle_import(&desk->imports[i], change->tag, result);
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
			fail_import(import, DOOR_E_STORE, "The card failed: the rest was not kept.");
		if (!import->is_read)
			feed_import(desk, import);
		commit_start(desk->commit);
		if (must_wait(desk, import))
			import->patience--;
		else
			finish_import(import);
	}
}

void desk_close(struct desk *desk)
{
	for (size_t i = 0; i < DESK_IMPORTS_MAX; i++) {
		if (!desk->imports[i].tag)
			continue;
		fail_import(&desk->imports[i], DOOR_E_BUSY, "This node stops: import the file again when it is back.");
		desk->imports[i].under_way = 0;
		finish_import(&desk->imports[i]);
	}
	for (size_t i = 0; i < DESK_REQUESTS_MAX; i++) {
		struct desk_request request = desk->requests[i];

		desk->requests[i].tag = 0;
		if (request.tag)
			desk_answer(request.done, request.user, DOOR_E_BUSY, "This node stops: try again later.");
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

static bool export_bundle(void *ctx, door_write_cb write, void *user)
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

/* Start. */

static const char PIN_SETTING[] = "pin";

bool desk_open_pin(struct desk *desk, const char *fixed)
{
	desk->pin_is_fixed = *fixed;
	snprintf(desk->pin, sizeof desk->pin, "%s", fixed);
	if (desk->pin_is_fixed || store_get(desk->store, PIN_SETTING, desk->pin, sizeof desk->pin))
		return true;
	snprintf(desk->pin, sizeof desk->pin, "%06u", (unsigned)randombytes_uniform(1000000));
	return store_set(desk->store, PIN_SETTING, desk->pin) == STORE_OK;
}

static enum door_rc set_pin(void *ctx, char why[VIEW_REMARK_SIZE], const char *pin)
{
	struct desk *desk = ctx;

	if (desk->pin_is_fixed) {
		snprintf(why, VIEW_REMARK_SIZE, "The PIN stands in the node's configuration file: change it there.");
		return DOOR_E_RIGHT;
	}
	if (!config_pin_is_fine(pin)) {
		snprintf(why, VIEW_REMARK_SIZE, "A PIN has 4 to 16 digits or letters.");
		return DOOR_E_INPUT;
	}
	snprintf(desk->pin, sizeof desk->pin, "%s", pin);
	commit_set(desk->commit, PIN_SETTING, pin);
	commit_start(desk->commit);
	return DOOR_OK;
}

void desk_init(struct desk *desk, struct board_door *door)
{
	*door = (struct board_door){
		.ctx = desk,
		.submit = submit,
		.import_bundle = import_bundle,
		.export_bundle = export_bundle,
		.find_tickets = tickets_find,
		.set_pin = set_pin,
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
					 .new_number = new_number };
	struct door_request asked = {
		.verb = DOOR_SELF, .fields = has_card ? 0 : DOOR_NAME, .name = name, .long_text = DOOR_CUT
	};
	struct door_answer answer;
	struct draft draft;
	uint32_t since = sync_card_time(desk->sync, &desk->identity->key);

	if (has_card && since + CARD_FRESH_S > desk->time.wall_s)
		return true;
	return draft_make(&draft, &answer, &draft_desk, &asked) == DOOR_OK &&
	       publish_entry(desk, &draft.entry, draft.after, NULL, 0) == SYNC_OK;
}
