/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The phone page: one HTML file with its style and script, made of board/page/ when the program is built. It speaks to
 * the API like anybody else. */
#ifndef AIDMESH_BOARD_PAGE_PAGE_H
#define AIDMESH_BOARD_PAGE_PAGE_H

#include "board/http/http.h"

/* Answers GET /. */
void page_answer_whole(struct http_exchange *exchange);

#endif
