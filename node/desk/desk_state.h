/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The desk's inside, for desk*.c alone. */
#ifndef AIDMESH_NODE_DESK_DESK_STATE_H
#define AIDMESH_NODE_DESK_DESK_STATE_H

#include "node/desk/desk.h"
#include "node/desk/draft.h"
#include "node/desk/intake.h"

/* What goes on with a request: `shown` is the need whose ticket was shown, or a none-ref. */
typedef void (*desk_then)(struct desk *desk, const struct door_request *asked, struct ref shown, door_done done,
			  void *user);

/* What this node's households are sealed with. */
static inline struct intake_key desk_intake_key(const struct desk *desk)
{
	return (struct intake_key){ desk->identity, desk->households };
}

/* desk_households.c: board_door.households */
void desk_households(void *ctx, enum door_households verb, const char *passphrase, const char *next, door_told done,
		     void *user);

/* desk_publish.c: from a draft to an entry that was said. */
/* The request of that tag; of tag 0 a free place. NULL: none. */
struct desk_request *desk_request_of(struct desk *desk, uint64_t tag);
/* A request that is not answered yet writes that register. `ctx` is the desk: draft_desk's `is_under_way`. */
bool desk_is_under_way(void *ctx, uint32_t number);
/* `wanted`, or a number in its stead where that one is taken. `ctx` is the desk: draft_desk's `new_number`. */
uint32_t desk_new_number(void *ctx, uint32_t wanted);
void desk_answer(door_done done, void *user, enum door_rc rc, struct say say);
/* Signs and hands to the engine. `answer` may be NULL. */
enum sync_rc desk_publish_entry(struct desk *desk, struct entry *e, struct hlc later_than, struct door_answer *answer,
				uint64_t tag);
/* Signs what was drafted for the request of that tag, and hands it to the engine. */
void desk_publish(struct desk *desk, uint64_t tag, struct draft *draft);
/* So little of that room is left that it is for volunteers alone. */
bool desk_keeps_for_volunteers(const struct desk *desk, enum room room);
/* Where this node stands is its own setting, not an entry. */
enum door_rc desk_stand_at(struct desk *desk, const struct door_request *asked, struct door_answer *answer);
/* What its answer will show as the ticket. */
void desk_ticket_of(struct desk *desk, uint64_t tag, const char *ticket);
/* The request of that tag is answered with what went wrong. */
void desk_fail(struct desk *desk, uint64_t tag, enum door_rc rc, struct say say);
/* The same for a request that has left the table, in words for what the engine said. */
void desk_fail_rc(const struct desk *desk, const struct desk_request *request, enum sync_rc rc);

/* desk_words.c: what was said here is remembered once it is on the disk, or forgotten where it was taken back. */
void desk_word_said(struct desk *desk, const struct desk_request *request);
/* For draft_desk; `ctx` is the desk. */
bool desk_last_word(void *ctx, struct draft_word *word);
bool desk_word_before(void *ctx, const struct entry *word, struct entry *before);

/* desk_owner.c: whose store it is, and what is noted for a day on which the entries are lost. */
/* That change was stored: if it is this node's card, it is noted. */
void desk_note_card(struct desk *desk, const struct sync_change *change, const struct entry_id *id);
/* The card that was noted is handed to the engine; false: none is, or it does not fit. */
bool desk_say_noted_card(struct desk *desk);
/* `hlc` is about to be written: what is noted covers it. */
void desk_note_time(struct desk *desk, struct hlc hlc);
/* The earliest that this node may write; all zero: any. */
struct hlc desk_floor(const struct desk *desk);
/* board_door.renew */
enum door_rc desk_ask_renew(void *ctx, struct said *why, bool sure);

/* desk_spoken.c: what this node said and stands. */
struct desk_spoken {
	uint64_t handle;
	uint32_t number;
	enum entry_kind kind;
	struct hlc hlc;
};
/* The caller's to free; NULL: memory is out. */
/* What a keeper whose right ends now has changed, and stands, becomes the words of this node: whatever he says after that
 * takes the place of what he said before. */
void desk_take_over_from(struct desk *desk, const struct public_key *keeper);
struct desk_spoken *desk_spoken_all(const struct desk *desk, size_t *count);
/* False: the store cannot read it. */
bool desk_spoken_read(struct desk *desk, const struct desk_spoken *spoken, struct entry *e);
/* A site or line in its author's own words, no keeper's change. */
bool desk_is_own_record(const struct entry *e);
/* That own record, where what stands of it is not its author's words alone; false: it is, or it is none. */
bool desk_find_changed(struct desk *desk, const struct entry *e, struct fold_record *record);
/* Signs it as it is, and hands it over. SYNC_E_FRAME: it does not fit; SYNC_E_BUSY: later. */
enum sync_rc desk_hand_over(struct desk *desk, const struct entry *e);

/* desk_carry.c: this node carries that line of the list on, whose author is silent; `e` is what it says for that, and is still to be
 * renewed. */
bool desk_carries(struct desk *desk, uint32_t index, struct entry *e);

/* desk_site.c: a place is about to close: says of what it leaves behind what the request says, and where to go instead. Else the
 * answer says why not. */
enum door_rc desk_settle_place(struct desk *desk, const struct door_request *asked, struct door_answer *answer);

/* desk_card.c: where the card would leave before an entry of that kind that is signed now, it is renewed. SYNC_E_BUSY: later;
 * else go on. */
enum sync_rc desk_keep_card(struct desk *desk, enum entry_kind kind);
/* desk_hand_over, the card first where it is needed. */
enum sync_rc desk_say_kept(struct desk *desk, const struct entry *e);

/* desk_bundle.c: bundles in and out, as board/door.h describes them; `ctx` is the desk. */
void desk_import_bundle(void *ctx, const uint8_t *data, size_t size, door_imported done, void *user);
bool desk_export_bundle(void *ctx, door_write_cb write, void *user);
/* A change is settled: the import of whose tag it is counts it. */
void desk_imports_settled(struct desk *desk, const struct sync_change *change, enum commit_result result);
/* The loop has ended: imports that are open are answered. */
void desk_imports_close(struct desk *desk);

/* desk_tickets.c: what takes too long for the loop. */
/* A ticket for the drafted need; then it is published. */
void desk_tickets_make(struct desk *desk, uint64_t tag, const struct draft *draft, const struct door_request *asked);
/* A code was shown. When it is known which need it is of, `then` goes on with the request, on the loop. Else the request is
 * answered here. */
void desk_tickets_check(struct desk *desk, const struct door_request *asked, desk_then then, door_done done,
			void *user);
void desk_tickets_find(void *ctx, const char *text, door_tickets done, void *user);

#endif
