/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What other systems may have: tables with HXL hashtags, GeoJSON, and CAP alerts, from one view.
 *
 * Only what every node holds in clear, field by field as listed here: never what stands in a sealed part, at an intake
 * desk, or in the view of this node alone, but that who is a stranger to it is marked so. Each file says so, and of which node and
 * time it is. A rumour leaves with its denial. A point stands only for
 * a site; who needs something elsewhere is in a Plus Code cell, of 280 m at the finest.
 *
 * Reads the view while it is asked. What is too large or finds no memory shows in the buffer. */
#ifndef AIDMESH_BOARD_TABLES_EXPORT_H
#define AIDMESH_BOARD_TABLES_EXPORT_H

#include "board/tables/columns.h"
#include "board/text/text_buffer.h"
#include "board/view.h"

/* A table: headings, hashtags, rows. `kind` is not IMPORT_GUESS. import.h reads it again.
 *
 * By the meanings of the HXL 1.1 dictionary: #need+num is the quantity asked for, #capacity+num what an offer or stock
 * has on hand, #output+num the quantity that arrived, #reached+num the people served: all of a need's once it is met,
 * before that nobody can say. A text that a spreadsheet would take for a formula (= + - @ first) has an apostrophe before
 * it, which an import takes off again. */
void export_hxl(struct text_buffer *buffer, const struct board_view *view, enum import_kind kind);

/* A FeatureCollection (RFC 7946): sites as points with their needs counted, and needs that stand at no site as cells.
 * Needs that are met or closed are left out. */
void export_geojson(struct text_buffer *buffer, const struct board_view *view);

enum export_rc { EXPORT_OK = 0, EXPORT_E_UNKNOWN = -1, EXPORT_E_NO_ALERT = -2 };

/* The alert `ref` (short or full) as a CAP 1.2 message. EXPORT_E_NO_ALERT: there is such a note, and it is no alert. */
enum export_rc export_cap(struct text_buffer *buffer, const struct board_view *view, const char *ref)
	__attribute__((warn_unused_result));

/* --- what the three share --- */

enum { EXPORT_REMARK_SIZE = 160 };

/* "Public records only, as node Oak (03a107bf) held them at 2026-09-14T08:00:00Z." */
void export_remark(char out[EXPORT_REMARK_SIZE], const struct board_view *view);

/* What may be said of a place outside: digits 15 a point, of sites alone; else a cell's; 0 nothing. */
enum export_where { EXPORT_SITE, EXPORT_ELSEWHERE };
uint8_t export_digits(const struct view_place *place, enum export_where where);

#endif
