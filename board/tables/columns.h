/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the columns of an imported table mean: their hashtags (hashtags.h) or their headings' synonyms, and how single
 * cells are read. Pure. */
#ifndef AIDMESH_BOARD_TABLES_COLUMNS_H
#define AIDMESH_BOARD_TABLES_COLUMNS_H

#include "board/tables/csv.h"
#include "board/door.h"
#include "proto/catalog/measure.h"

enum column {
	COLUMN_NAME, /* of a site, or where a line stands */
	COLUMN_LAT,
	COLUMN_LON,
	COLUMN_PLACE, /* both in one, or a Plus Code */
	COLUMN_STATUS,
	COLUMN_ITEM,
	COLUMN_QUANTITY,
	COLUMN_UNIT,
	COLUMN_PEOPLE,
	COLUMN_INFANTS,
	COLUMN_ELDERS,
	COLUMN_POWERED,
	COLUMN_WITHIN,
	COLUMN_EVERY,
	COLUMN_TEXT,
	COLUMN_LOT,
	COLUMN_RESERVE,
	COLUMN_VARIANT,
	COLUMN_USE_BY,
	COLUMN_REACH,
	COLUMN_ID,        /* the full ref that a record has where the table was written */
	COLUMN_CODE,      /* Plus Code of a cell, instead of coordinates */
	COLUMN_ITEM_CODE, /* of the catalogue, where the item has no name */
	COLUMN_ARRIVED,   /* of the quantity: it is asked for no more */
	COLUMN_FLAGS,     /* words between blanks: of a line, or a site's facilities */
	COLUMN_COUNT,
};

enum import_kind { IMPORT_SITE, IMPORT_NEED, IMPORT_OFFER, IMPORT_STOCK, IMPORT_GUESS };

struct columns {
	enum import_kind kind;
	size_t header;        /* the row that names the columns: the hashtags', else 0. Below it are the data */
	int at[COLUMN_COUNT]; /* index in the table, -1: absent */
	bool ignored[CSV_COLUMNS_MAX]; /* by index in the table: its heading means nothing for this kind */
};

/* Finds the hashtags, else reads the headings. False with a sentence when the kind cannot be told, or a column that it needs is missing. Of two
 * columns that mean the same the first counts. */
bool columns_find(struct columns *columns, struct said *error, const struct csv_table *table, enum import_kind kind)
	__attribute__((warn_unused_result));

/* Reads a row into a request, its quantity in the item's unit where that is known. Its texts borrow from the table. False
 * with a sentence. */
bool columns_read(struct door_request *request, struct said *error, const struct columns *columns,
		  const struct csv_table *table, size_t row) __attribute__((warn_unused_result));

/* The full ref that the row states; "" none. */
const char *columns_id(const struct columns *columns, const struct csv_table *table, size_t row);
/* The unit that the row states, in its own column or behind the quantity; "" when it states none. */
const char *columns_unit(const struct columns *columns, const struct csv_table *table, size_t row);

enum { COLUMNS_MEASURE_SIZE = 80 };

/* The row's quantity in the item's unit, and as it was stated, "30 gal"; false when it states no unit, or one that does
 * not fit: then the number alone counts. */
bool columns_measure(struct measure *measure, char text[COLUMNS_MEASURE_SIZE], const struct columns *columns,
		     const struct csv_table *table, size_t row) __attribute__((warn_unused_result));

/* Hours from "24", "24h", "2 days", "1w" or "critical" (6), "urgent" (24), "normal" (72), "low" (168). */
bool columns_within_parse(uint32_t *hours, const char *text) __attribute__((warn_unused_result));

#endif
