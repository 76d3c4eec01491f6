/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What lists and answers say as a line of text, to be copied into a message or read out. Pure.
 *
 * Each writes a line without its end, in `language`, cut at a character where it would be longer than SENTENCE_SIZE. Ages are
 * told from `now`, Unix seconds. */
#ifndef AIDMESH_BOARD_SENTENCE_H
#define AIDMESH_BOARD_SENTENCE_H

#include "board/text/decimal.h"
#include "board/view.h"

enum { SENTENCE_SIZE = 400, SENTENCE_SPAN_SIZE = 16, SENTENCE_AMOUNT_SIZE = DECIMAL_SIZE + VIEW_UNIT_SIZE };

enum { SENTENCE_GOODS_SIZE = 2 * VIEW_NAME_SIZE };

/* What goods are called in that language, with their size or form: `variant`, or what stands in the name behind VIEW_VARIANT_MARK. */
void sentence_goods(char out[SENTENCE_GOODS_SIZE], const char *name, const char *variant, enum language language);
/* "60.5 L"; of what is counted in pieces, the number. A unit is cut where it would not fit. */
void sentence_amount(char out[SENTENCE_AMOUNT_SIZE], int64_t milli, const char *unit);
/* "1.2 km", "350 m". */
void sentence_distance(char out[SENTENCE_SPAN_SIZE], int64_t metres);

void sentence_site(char out[SENTENCE_SIZE], const struct view_site *site, enum language language, int64_t now);
void sentence_line(char out[SENTENCE_SIZE], const struct view_line *line, enum language language, int64_t now);
void sentence_move(char out[SENTENCE_SIZE], const struct view_move *move, enum language language, int64_t now);
void sentence_note(char out[SENTENCE_SIZE], const struct view_note *note, enum language language, int64_t now);
/* `ours`: how well this node knows the date. */
void sentence_peer(char out[SENTENCE_SIZE], const struct view_peer *peer, enum view_time_quality ours,
		   enum language language, int64_t now);
/* What is not taken between the two, for the log too; empty where there is nothing. */
void sentence_left(char out[SENTENCE_SIZE], const struct view_peer *peer, enum view_time_quality ours,
		   enum language language);
void sentence_author(char out[SENTENCE_SIZE], const struct view_author *author, enum language language, int64_t now);
void sentence_word(char out[SENTENCE_SIZE], const struct view_word *word, enum language language, int64_t now);
void sentence_answer(char out[SENTENCE_SIZE], enum view_question question, const struct view_answer *answer,
		     enum language language, int64_t now);

#endif
