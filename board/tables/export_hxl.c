/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "board/text/decimal.h"
#include "board/tables/export.h"
#include "board/text/iso_time.h"
#include "board/text/utf8.h"
#include "board/text/words.h"
#include "proto/catalog/propose.h"
#include "proto/place/plus_code.h"

#define SITES (1u << IMPORT_SITE)
#define NEEDS (1u << IMPORT_NEED)
#define STOCK (1u << IMPORT_STOCK)
#define HELD (STOCK | 1u << IMPORT_OFFER)
#define LINES (NEEDS | HELD)
#define ALL (SITES | LINES)

enum { CELL_SIZE = 2 * VIEW_TEXT_SIZE };

enum field {
	FIELD_ID,
	FIELD_REPORTED,
	FIELD_AUTHOR,
	FIELD_LOCATION,
	FIELD_CODE,
	FIELD_LAT,
	FIELD_LON,
	FIELD_SECTOR,
	FIELD_ITEM_CODE,
	FIELD_ITEM,
	FIELD_UNIT,
	FIELD_VARIANT,
	FIELD_USE_BY,
	FIELD_NEED,
	FIELD_CAPACITY,
	FIELD_RESERVE,
	FIELD_REACH,
	FIELD_REACHED,
	FIELD_OUTPUT,
	FIELD_STATUS,
	FIELD_POPULATION,
	FIELD_ASKED,
	FIELD_DOORS,
	FIELD_ANSWERED,
	FIELD_UNNEEDED,
	FIELD_PEOPLE,
	FIELD_INFANTS,
	FIELD_ELDERS,
	FIELD_POWERED,
	FIELD_WITHIN,
	FIELD_EVERY,
	FIELD_LOT,
	FIELD_TEXT,
	FIELD_FLAGS,
};

static const struct {
	enum field field;
	unsigned kinds;
	const char *heading, *tag;
} COLUMNS[] = {
	{ FIELD_ID, ALL, "Id", "#meta+id" },
	{ FIELD_REPORTED, ALL, "Said at", "#date+reported" },
	{ FIELD_AUTHOR, ALL, "Said by", "#meta+author" },
	{ FIELD_LOCATION, ALL, "Place", "#loc+name" },
	{ FIELD_CODE, ALL, "Cell (Plus Code)", "#loc+code" },
	{ FIELD_LAT, ALL, "Latitude", "#geo+lat" },
	{ FIELD_LON, ALL, "Longitude", "#geo+lon" },
	{ FIELD_SECTOR, LINES, "Sector", "#sector+name" },
	{ FIELD_ITEM_CODE, LINES, "Item code", "#item+code" },
	{ FIELD_ITEM, LINES, "Item", "#item+name" },
	{ FIELD_UNIT, LINES, "Unit", "#item+unit" },
	{ FIELD_VARIANT, LINES, "Size or form", "#item+variant" },
	{ FIELD_USE_BY, HELD, "Use by", "#date+use_by" },
	{ FIELD_NEED, NEEDS, "Needed", "#need+num" },
	{ FIELD_CAPACITY, HELD, "On hand", "#capacity+num" },
	{ FIELD_RESERVE, STOCK, "Of it kept back", "#capacity+reserve" },
	{ FIELD_REACH, HELD, "Can be brought so many km", "#capacity+reach_km" },
	{ FIELD_REACHED, NEEDS, "People served", "#reached+num" },
	{ FIELD_OUTPUT, NEEDS, "Arrived", "#output+num" },
	{ FIELD_STATUS, ALL, "Status", "#status+code" },
	{ FIELD_POPULATION, SITES, "People there", "#population+num" },
	{ FIELD_ASKED, SITES, "Last asked from door to door", "#date+round" },
	{ FIELD_DOORS, SITES, "At doors", "#indicator+doors+num" },
	{ FIELD_ANSWERED, SITES, "Answered", "#indicator+answered+num" },
	{ FIELD_UNNEEDED, SITES, "Need nothing", "#indicator+unneeded+num" },
	{ FIELD_PEOPLE, NEEDS, "For people", "#inneed+num" },
	{ FIELD_INFANTS, NEEDS, "Infants among them", "#inneed+infants+num" },
	{ FIELD_ELDERS, NEEDS, "Elders among them", "#inneed+elderly+num" },
	{ FIELD_POWERED, NEEDS, "Among them on power", "#inneed+powered+num" },
	{ FIELD_WITHIN, NEEDS, "Within hours", "#need+within" },
	{ FIELD_EVERY, NEEDS, "Again after hours", "#need+every" },
	{ FIELD_LOT, LINES, "Smallest useful quantity", "#item+lot" },
	{ FIELD_TEXT, LINES, "Remark", "#description" },
	{ FIELD_FLAGS, ALL, "Flags", "#meta+flags" },
};

enum { COLUMNS_COUNT = sizeof(COLUMNS) / sizeof(COLUMNS[0]) };

/* --- cells --- */

/* RFC 4180: quotes where it takes them. */
static void cell_put(struct text_buffer *buffer, const char *cell)
{
	bool quoted = strpbrk(cell, ",\"\r\n") != NULL || cell[0] == ' ';

	if (quoted)
		text_buffer_add_text(buffer, "\"");
	for (; *cell != '\0'; cell++) {
		if (*cell == '"')
			text_buffer_add_text(buffer, "\"");
		text_buffer_add(buffer, cell, 1);
	}
	if (quoted)
		text_buffer_add_text(buffer, "\"");
}

/* What people wrote is no formula. */
static void text_cell(char out[CELL_SIZE], const char *text)
{
	char first = text[strspn(text, "'")];

	snprintf(out, CELL_SIZE, "%s%s", first != '\0' && strchr("=+-@", first) != NULL ? "'" : "", text);
	utf8_repair(out);
}

static void count_cell(char out[CELL_SIZE], uint32_t count)
{
	if (count != 0)
		snprintf(out, CELL_SIZE, "%u", count);
}

static void quantity_cell(char out[CELL_SIZE], int64_t milli)
{
	char number[DECIMAL_SIZE];

	decimal_format(number, milli);
	snprintf(out, CELL_SIZE, "%s", number);
}

static void moment_cell(char out[CELL_SIZE], int64_t unix_s)
{
	char iso[ISO_TIME_SIZE];

	iso_time_format(iso, unix_s);
	snprintf(out, CELL_SIZE, "%s", iso);
}

static void words_cell(char out[CELL_SIZE], const struct words *words, uint32_t bits)
{
	size_t used = 0;

	for (size_t i = 0; i < words->count && used < CELL_SIZE; i++)
		if (bits >> i & 1)
			used += (size_t)snprintf(out + used, CELL_SIZE - used, "%s%s", used > 0 ? " " : "",
						 words->list[i]);
}

static void place_cell(char out[CELL_SIZE], enum field field, const struct view_place *place, enum export_where where)
{
	uint8_t digits = export_digits(place, where);
	char code[PLUS_CODE_SIZE];

	if (digits == 15 && field != FIELD_CODE)
		snprintf(out, CELL_SIZE, "%.6f", (field == FIELD_LAT ? place->lat_e6 : place->lon_e6) / 1e6);
	if (digits == 0 || digits == 15 || field != FIELD_CODE)
		return;
	plus_code_encode(code, (struct geo_point){ place->lat_e6, place->lon_e6 }, digits);
	snprintf(out, CELL_SIZE, "%s", code);
}

static void record_cell(char out[CELL_SIZE], enum field field, const struct view_record *record)
{
	char author[2 * VIEW_NAME_SIZE];

	if (field == FIELD_ID) {
		snprintf(out, CELL_SIZE, "%s", record->full);
	} else if (field == FIELD_AUTHOR) {
		snprintf(author, sizeof(author), "%s%s", record->author,
			 record->trust == VIEW_STRANGER ? " (a stranger)" : "");
		text_cell(out, author);
	} else {
		moment_cell(out, record->changed);
	}
}

/* --- rows --- */

/* Where somebody counted 0 stands, too. */
static void round_cell(char out[CELL_SIZE], enum field field, const struct view_round *round)
{
	uint32_t count = field == FIELD_DOORS      ? round->doors
			 : field == FIELD_ANSWERED ? round->answered
						   : round->unneeded;

	if (round->when == 0)
		return;
	if (field == FIELD_ASKED)
		moment_cell(out, round->when);
	else if (round->doors != 0)
		snprintf(out, CELL_SIZE, "%u", count);
}

static bool is_of_round(enum field field)
{
	return field == FIELD_ASKED || field == FIELD_DOORS || field == FIELD_ANSWERED || field == FIELD_UNNEEDED;
}

static void site_cell(char out[CELL_SIZE], enum field field, const void *record)
{
	const struct view_site *site = record;

	if (field == FIELD_ID || field == FIELD_REPORTED || field == FIELD_AUTHOR)
		record_cell(out, field, &site->record);
	else if (field == FIELD_LOCATION)
		text_cell(out, site->name);
	else if (field == FIELD_STATUS)
		snprintf(out, CELL_SIZE, "%s", words_text(&WORDS_SITE_STATE, site->state));
	else if (field == FIELD_POPULATION)
		count_cell(out, site->people);
	else if (is_of_round(field))
		round_cell(out, field, &site->round);
	else if (field == FIELD_FLAGS)
		words_cell(out, &WORDS_FACILITIES, site->facilities);
	else
		place_cell(out, field, &site->place, EXPORT_SITE);
}

static void item_cell(char out[CELL_SIZE], enum field field, const struct view_line *line)
{
	const struct catalog_item *item = line->item != 0 ? catalog_find_code(line->item) : NULL;

	if (field == FIELD_SECTOR)
		snprintf(out, CELL_SIZE, "%s", item != NULL ? item->sector : "");
	else if (field == FIELD_ITEM_CODE)
		count_cell(out, line->item);
	else
		text_cell(out, field == FIELD_ITEM      ? line->item_name
			       : field == FIELD_VARIANT ? line->variant
			       : field == FIELD_USE_BY  ? line->use_by
							: line->unit);
}

static void amount_cell(char out[CELL_SIZE], enum field field, const struct view_line *line)
{
	if (field == FIELD_NEED && line->quantity_milli != 0)
		quantity_cell(out, (int64_t)line->quantity_milli);
	else if (field == FIELD_CAPACITY && !view_line_is_unsaid(line))
		quantity_cell(out, line->on_hand_milli);
	else if (field == FIELD_OUTPUT)
		quantity_cell(out, (int64_t)line->received_milli);
	else if (field == FIELD_RESERVE && line->reserve_milli != 0)
		quantity_cell(out, (int64_t)line->reserve_milli);
	else if (field == FIELD_LOT && line->lot_milli != 0)
		quantity_cell(out, (int64_t)line->lot_milli);
}

/* What is for infants reached infants. */
static uint32_t reached(const struct view_line *line)
{
	const struct catalog_item *item = line->item != 0 ? catalog_find_code(line->item) : NULL;
	struct party party = { line->people, line->infants, line->elders, line->powered };

	if (line->status != VIEW_MET)
		return 0;
	if (item == NULL || strcmp(item->applies_to, "household") == 0)
		return line->people;
	return line->people != 0 ? (uint32_t)((propose_heads_likely_milli(item, &party) + 999) / 1000) : 0;
}

static void people_cell(char out[CELL_SIZE], enum field field, const struct view_line *line)
{
	count_cell(out, field == FIELD_PEOPLE    ? line->people
			: field == FIELD_INFANTS ? line->infants
			: field == FIELD_ELDERS  ? line->elders
			: field == FIELD_POWERED ? line->powered
			: field == FIELD_REACH   ? line->reach_km
			: field == FIELD_WITHIN  ? line->within_h
			: field == FIELD_EVERY   ? line->every_h
						 : reached(line)); /* FIELD_REACHED */
}

static void line_cell(char out[CELL_SIZE], enum field field, const void *record)
{
	const struct view_line *line = record;

	switch (field) {
	case FIELD_ID:
	case FIELD_REPORTED:
	case FIELD_AUTHOR:
		record_cell(out, field, &line->record);
		return;
	case FIELD_LOCATION:
		text_cell(out, line->site);
		return;
	case FIELD_CODE:
	case FIELD_LAT:
	case FIELD_LON:
		place_cell(out, field, &line->place, line->site_ref[0] != '\0' ? EXPORT_SITE : EXPORT_ELSEWHERE);
		return;
	case FIELD_SECTOR:
	case FIELD_ITEM_CODE:
	case FIELD_ITEM:
	case FIELD_UNIT:
	case FIELD_VARIANT:
	case FIELD_USE_BY:
		item_cell(out, field, line);
		return;
	case FIELD_NEED:
	case FIELD_CAPACITY:
	case FIELD_RESERVE:
	case FIELD_OUTPUT:
	case FIELD_LOT:
		amount_cell(out, field, line);
		return;
	case FIELD_REACH:
	case FIELD_REACHED:
	case FIELD_PEOPLE:
	case FIELD_INFANTS:
	case FIELD_ELDERS:
	case FIELD_POWERED:
	case FIELD_WITHIN:
	case FIELD_EVERY:
		people_cell(out, field, line);
		return;
	case FIELD_STATUS:
		snprintf(out, CELL_SIZE, "%s", words_text(&WORDS_LINE_STATUS, line->status));
		return;
	case FIELD_POPULATION: /* a site's */
	case FIELD_ASKED:
	case FIELD_DOORS:
	case FIELD_ANSWERED:
	case FIELD_UNNEEDED:
		return;
	case FIELD_TEXT:
		text_cell(out, line->text);
		return;
	case FIELD_FLAGS:
		words_cell(out, &WORDS_FLAGS, line->flags);
		return;
	}
}

struct table {
	struct text_buffer *buffer;
	unsigned kinds;
};

/* `fill` writes a cell of the record, or nothing. */
static bool row_put(struct table *table, void (*fill)(char *out, enum field field, const void *record),
		    const void *record)
{
	const char *between = "";

	for (size_t i = 0; i < COLUMNS_COUNT; i++) {
		char cell[CELL_SIZE] = "";

		if ((COLUMNS[i].kinds & table->kinds) == 0)
			continue;
		fill(cell, COLUMNS[i].field, record);
		text_buffer_add_text(table->buffer, between);
		cell_put(table->buffer, cell);
		between = ",";
	}
	return text_buffer_add_text(table->buffer, "\r\n");
}

static bool on_site(void *user, const struct view_site *site)
{
	return row_put(user, site_cell, site);
}

static bool on_line(void *user, const struct view_line *line)
{
	return row_put(user, line_cell, line);
}

enum header { HEADINGS, HASHTAGS };

static void header_put(struct table *table, enum header header, const char *first)
{
	const char *between = "";

	for (size_t i = 0; i < COLUMNS_COUNT; i++) {
		if ((COLUMNS[i].kinds & table->kinds) == 0)
			continue;
		text_buffer_add_text(table->buffer, between);
		cell_put(table->buffer, i == 0 ? first : header == HEADINGS ? COLUMNS[i].heading : COLUMNS[i].tag);
		between = ",";
	}
	text_buffer_add_text(table->buffer, "\r\n");
}

void export_hxl(struct text_buffer *buffer, const struct board_view *view, enum import_kind kind)
{
	static const char *const KINDS[] = {
		[IMPORT_NEED] = "need", [IMPORT_OFFER] = "offer", [IMPORT_STOCK] = "stock"
	};
	struct table table = { .buffer = buffer, .kinds = 1u << kind };
	struct view_query query = { 0 };
	char remark[EXPORT_REMARK_SIZE], first[EXPORT_REMARK_SIZE + 8];

	/* The remark stands in the first heading, so that headings, hashtags and records are all that there is. */
	export_remark(remark, view);
	utf8_repair(remark);
	snprintf(first, sizeof(first), "%s %s", remark, COLUMNS[0].heading);
	header_put(&table, HEADINGS, first);
	header_put(&table, HASHTAGS, COLUMNS[0].tag);
	if (kind == IMPORT_SITE) {
		view->sites(view->ctx, &query, on_site, &table);
	} else {
		query.kind = KINDS[kind];
		view->lines(view->ctx, &query, on_line, &table);
	}
}
