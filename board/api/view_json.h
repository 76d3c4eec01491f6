/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* view.h's structs as JSON: the one place that names the fields of an answer.
 *
 * Quantities are decimal numbers, times ISO 8601 or null, enums words, sets lists of words. Every function gives a new
 * reference, NULL when memory is out. */
#ifndef AIDMESH_BOARD_API_VIEW_JSON_H
#define AIDMESH_BOARD_API_VIEW_JSON_H

#include <jansson.h>

#include "board/view.h"

/* Whole units as integers: no ".0" for programs to stumble over. */
json_t *view_json_quantity(int64_t milli);
json_t *view_json_status(const struct view_status *status, enum language language);
/* What the date is, and what it rests on. */
json_t *view_json_clock(const struct view_status *status, enum language language);
json_t *view_json_site(const struct view_site *site);
json_t *view_json_line(const struct view_line *line);
json_t *view_json_move(const struct view_move *move);
json_t *view_json_note(const struct view_note *note);
/* By reason. */
json_t *view_json_left(const struct view_left *left);
/* `ours`: how well this node knows the date. */
json_t *view_json_peer(const struct view_peer *peer, enum view_time_quality ours, enum language language);
json_t *view_json_author(const struct view_author *author);
json_t *view_json_radio(const struct view_radio *radio, enum language language);
/* Its sentence in that language. */
json_t *view_json_word(const struct view_word *word, enum language language);
json_t *view_json_answer(const struct view_answer *answer, enum language language);
json_t *view_json_portion(const struct view_portion *portion, enum language language);

#endif
