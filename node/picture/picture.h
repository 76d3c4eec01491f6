/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The fold as people see it from this node: records with names, short refs, trust and order. What board/view.h shows.
 *
 * Runs the fold only when it is asked and something changed or an hour went by; while much comes in from others, not
 * before ten times as long went by as the last run took: until then people see what was there then. What this node says
 * itself, or somebody brings to it, is always seen at once. Lives on the loop's thread. */
#ifndef AIDMESH_NODE_PICTURE_PICTURE_H
#define AIDMESH_NODE_PICTURE_PICTURE_H

#include "board/view.h"
#include "sync/fold/fold.h"

struct picture;

/* NULL when memory is out. `self` outlives it. */
struct picture *picture_open(uint32_t entries_max, uint32_t authors_max, const struct public_key *self);
void picture_close(struct picture *p);

/* A verified, stored entry; false when the fold has no room for it. */
bool picture_put(struct picture *p, struct view bytes, const struct entry_id *id, const struct public_key *author);
/* False: a newer version stands in its place, or it never stood here. */
bool picture_drop(struct picture *p, const struct entry_id *id);
/* Somebody brought what was put: the next look at it shows it. */
void picture_look_for(struct picture *p);

/* The fold as of now_s (seconds since 2020), run if need be. */
struct fold *picture_fold(struct picture *p, uint32_t now_s);
/* Runs it whatever the last run took, if anything changed: before listeners are told, who ask again only when they are
 * told again. */
void picture_refresh(struct picture *p, uint32_t now_s);
/* The card of an author; false when none is here. Needs no run. */
bool picture_card(const struct picture *p, const struct public_key *key, struct card *card);
/* "3f2a-91c0": equal on two nodes that show the same. */
void picture_digest(struct picture *p, uint32_t now_s, char text[20]);

/* What this node stands at; a none-ref when nowhere. */
void picture_stand_at(struct picture *p, struct ref site);
struct ref picture_site(const struct picture *p);

/* A record named by what a person typed: a ref in any form, or for sites its name. */
enum picture_found { FOUND_NONE, FOUND_ONE, FOUND_SEVERAL };
struct picture_hit {
	enum fold_list list;
	uint32_t index;
	struct ref ref;
};
enum picture_found picture_find(struct picture *p, uint32_t now_s, const char *text, struct picture_hit *hit);
/* The same in one list alone. */
enum picture_found picture_find_in(struct picture *p, uint32_t now_s, const char *text, enum fold_list list,
				   struct picture_hit *hit);
enum picture_found picture_find_site(struct picture *p, uint32_t now_s, const char *text, struct picture_hit *hit);
/* The key of an author named by its hexadecimal key or its card's name. */
enum picture_found picture_find_author(struct picture *p, uint32_t now_s, const char *text, struct public_key *key);

/* What a message about a place begins with that says where to go instead; a ref follows, and the name. */
#define PICTURE_INSTEAD "=> "

/* The one that stands for that site of the list; false where nobody who keeps it says so. */
bool picture_instead_note(struct picture *p, uint32_t site, struct ref *note);

/* The short form, with the author where the number is not unique. */
void picture_ref_text(struct picture *p, struct ref ref, char text[VIEW_REF_SIZE]);
/* The same behind what is in `list` already: "4Q7-K2NX, 2HM-96RK"; behind five a mark that there are more. A value of a sentence
 * has room for them. */
void picture_ref_list(struct picture *p, struct ref ref, char *list, size_t size);
/* Who has this sealing key, by its card; false when no card has it. */
bool picture_card_of_link(struct picture *p, const uint8_t sealing_key[32], struct public_key *key, struct card *card);
enum view_trust picture_trust(struct picture *p, const struct public_key *key);
/* So many others are trusted from here; `*met` how many there are. */
uint32_t picture_trusts(struct picture *p, uint32_t *met);

/* This node said something of that line of the list since then: a count or another change, a move, that it is still needed or was
 * seen. As of the last run. */
bool picture_has_spoken_of(const struct picture *p, uint32_t line, uint32_t since_s);

/* Taken back; an alert whose end is past, or that its author updated; where to go instead of a place that is open again; a denial of
 * what is over: only who asks for all sees it. */
bool picture_note_is_over(struct picture *p, const struct fold_note *note, uint32_t now_s);

/* view.h's listings, as of now_s. */
size_t picture_sites(struct picture *p, uint32_t now_s, const struct view_query *query, view_site_cb cb, void *user);
size_t picture_lines(struct picture *p, uint32_t now_s, const struct view_query *query, view_line_cb cb, void *user);
size_t picture_moves(struct picture *p, uint32_t now_s, const struct view_query *query, view_move_cb cb, void *user);
size_t picture_notes(struct picture *p, uint32_t now_s, const struct view_query *query, view_note_cb cb, void *user);
size_t picture_authors(struct picture *p, uint32_t now_s, const struct view_query *query, view_author_cb cb,
		       void *user);
/* Who should get what, as view.h's plan says; the digest is of the list, whatever the clock is worth. False: memory is
 * out. */
bool picture_plan(struct picture *p, uint32_t now_s, uint16_t item, struct view_plan *plan, view_portion_cb cb,
		  void *user);
/* Fills the counts of needs, offers, moves, sites and alerts. */
void picture_count(struct picture *p, uint32_t now_s, struct view_status *status);

#endif
