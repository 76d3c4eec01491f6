/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the parts of `draft` share while they make one entry: refusing, naming records, beginning the entry. Every
 * function that returns a door_rc other than DOOR_OK has written its sentence. */
#ifndef AIDMESH_NODE_DESK_DRAFT_WORK_H
#define AIDMESH_NODE_DESK_DRAFT_WORK_H

#include "node/desk/draft.h"
#include "node/picture/ref_text.h"

/* An edit of what this node said itself, or of another's words as their keeper. */
enum draft_edits { EDITS_NOTHING = 0, EDITS_OWN, EDITS_ANOTHERS };

/* One request being worked on. */
struct draft_work {
	const struct draft_desk *desk;
	const struct door_request *asked;
	struct draft *draft;
	struct door_answer *answer;
	/* An edit of a site or line: which, what its author says, what stood; and, once finished, what would stand. */
	enum draft_edits edits;
	struct fold_record record;
	struct entry own, stood, said;
	bool is_text_long; /* the text that was typed is longer than its field */
	/* A count of a stock that is there already is an edit of that one: the request as it is worked on then, and its ref. */
	struct door_request recount;
	char recount_ref[REF_TEXT_SIZE];
};

/* Returns rc. */
enum door_rc draft_refuse(struct draft_work *w, enum door_rc rc, struct say say);
bool draft_states(const struct draft_work *w, enum door_field field);
/* Copies a text within its bound. Too long: refused with what fits of it, or cut at a word with a remark; of the text, when all
 * else is known (draft_fit_text). */
enum door_rc draft_take_text(struct draft_work *w, char *out, size_t size_max, const char *text, enum say_code field);
/* The text of what was drafted must fit beside all else that it says: as draft_take_text. */
enum door_rc draft_fit_text(struct draft_work *w);
/* With whatever time it will be signed, and renewed. */
bool draft_fits(const struct entry *e);
/* A number, or what was typed, as the catalogue's unit of that item. */
enum door_rc draft_take_quantity(struct draft_work *w, uint64_t *milli, uint64_t number, const char *typed,
				 uint16_t item);
/* Seconds since 2020, at least 1; 0 stays 0. */
uint32_t draft_time_of(int64_t unix_s);

/* The one record that is called so (picture_find, picture_find_site); none or several are refused. */
enum door_rc draft_find_record(struct draft_work *w, struct picture_hit *hit, const char *text);
enum door_rc draft_find_of_list(struct draft_work *w, struct picture_hit *hit, const char *text, enum fold_list list,
				enum say_code kind);
enum door_rc draft_find_site(struct draft_work *w, struct ref *site, const char *text);
bool draft_is_own(const struct draft_work *w, const struct public_key *key);

/* Begins a new register of this node. */
struct entry *draft_start(struct draft_work *w, enum entry_kind kind);
/* Begins an edit of a site or line: the draft is what stands, to be changed. */
enum door_rc draft_start_edit(struct draft_work *w, const struct picture_hit *hit);
/* Makes of it what is to be said: an author says the whole in the register itself, a keeper what differs, in a register of
 * its own. What was not begun as an edit stays as it is. */
void draft_finish_edit(struct draft_work *w);

/* After an edit was drafted: does it say what stands already? Then nothing is to be written, and the answer says so. */
void draft_find_unchanged(struct draft_work *w);
/* It says that, and names the record that says it. */
void draft_is_unchanged(struct draft_work *w, struct ref ref);
/* Own words of a record, by their slot: the draft becomes what stands of it. */
void draft_read_standing(struct draft_work *w, fold_slot own);
/* `says` is this node's own words of that record, to stand against all that was changed before. */
void draft_say_own(struct draft_work *w, fold_slot own, struct entry *says);
/* This node's change of a record is taken back: it names nothing any more that it changed. */
enum door_rc draft_drop_change(struct draft_work *w, fold_slot change);
/* The end of an alert, as stated. */
enum door_rc draft_take_until(struct draft_work *w, struct note *note);
/* What a move may say of times (draft_move.c). `first_s`: when its journey began, 0 it begins one. */
enum door_rc draft_check_times(struct draft_work *w, const struct move *move, uint32_t first_s);
/* The item of the line that a move goes to, else from; 0 neither is here, or it has none. */
uint16_t draft_moved_item(const struct draft_work *w, struct ref of, struct ref from);
/* A note's words, in the room that they have together . */
enum door_rc draft_fill_words(struct draft_work *w, struct note *note);

/* draft_correct.c: what was said here is corrected or taken back. */
enum door_rc draft_move_edit(struct draft_work *w);
enum door_rc draft_note_edit(struct draft_work *w);
enum door_rc draft_withdraw(struct draft_work *w);
enum door_rc draft_undo(struct draft_work *w);
/* draft_site.c: what a place that was drafted is asked about, before it is finished. */
enum door_rc draft_site_check(struct draft_work *w);
/* What was found at the doors. Refuses what a round does not say, and doors of anything else. */
enum door_rc draft_round_fill(struct draft_work *w, struct line *line);
/* A need of 0 asks back; whoever is sure tells of a round at which it was not needed. */
enum door_rc draft_round_instead(struct draft_work *w, struct line *line);
/* What "still needed" is said of: a need that is open or covered, or a place where something is needed, this node's own where
 * nothing is named. The answer says how many needs that is. */
enum door_rc draft_find_needed(struct draft_work *w, struct picture_hit *hit);
/* draft_twice.c: refuses a line of the list that counts for another one, with the way to part the two. */
enum door_rc draft_check_twice(struct draft_work *w, uint32_t line);
/* Two that are to count as one must be able to. */
enum door_rc draft_check_same(struct draft_work *w, const struct picture_hit *of, const struct picture_hit *other);

/* draft_effect.c: what a word does that is taken, where that is less or more than its words. */
void draft_tell_effect(struct draft_work *w);
/* The same of a move that is corrected to more than it was. */
void draft_tell_corrected(struct draft_work *w, const struct move *was, const struct move *now);

enum door_rc draft_line_new(struct draft_work *w);
enum door_rc draft_line_edit(struct draft_work *w);
enum door_rc draft_move(struct draft_work *w);

/* What was drafted hands out at the door, for no need in particular: where a running tally of the same stock goes on, it becomes the
 * next version of that, and the answer says the sum. */
void draft_tally_join(struct draft_work *w);
/* What was drafted takes back some of a handout of this node's own: where no count came between, the tally is lowered. */
enum door_rc draft_tally_lower(struct draft_work *w);
/* A count of that time would hide handouts that came after it, since they are summed up with some that came before: asks back. */
enum door_rc draft_tally_asks(struct draft_work *w, struct ref stock, uint32_t counted_s);

static inline struct picture *draft_picture(const struct draft_work *w)
{
	return w->desk->picture;
}

static inline struct fold *draft_fold(const struct draft_work *w)
{
	return picture_fold(w->desk->picture, w->desk->now_s);
}

#endif
