/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/tables/columns.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/degrees.h"
#include "board/text/say_decimal.h"
#include "board/text/decimal.h"
#include "board/tables/hashtags.h"
#include "board/text/words.h"
#include "proto/catalog/catalog_search.h"
#include "proto/catalog/measure.h"
#include "proto/place/place_text.h"
#include "proto/place/plus_code.h"

#define SITES (1u << IMPORT_SITE)
#define NEEDS (1u << IMPORT_NEED)
#define STOCK (1u << IMPORT_STOCK)
#define LINES (NEEDS | STOCK | 1u << IMPORT_OFFER)

/* Headings, squeezed: lower case without spaces, underscores and hyphens. A heading "state" is none of ours: in a list
 * of addresses it is Carolina, not whether the door is open. */
static const struct {
	enum column column;
	unsigned kinds;
	const char *headings; /* between spaces */
} HEADINGS[] = {
	{ COLUMN_NAME, SITES | LINES,
	  " name site shelter location place sitename sheltername facility facilityname where nombre nom lugar lieu " },
	{ COLUMN_LAT, SITES, " lat latitude y latitud " },
	{ COLUMN_LON, SITES, " lon lng long longitude x longitud " },
	{ COLUMN_PLACE, SITES,
	  " pluscode olc coordinates coords latlon latlong latitudelongitude gps position coordenadas coordonnées " },
	{ COLUMN_STATUS, SITES, " status sitestatus openclosed " },
	{ COLUMN_ITEM, LINES, " item supply supplies what resource product article commodity goods itemname " },
	{ COLUMN_QUANTITY, LINES, " quantity qty amount count number howmany quantityneeded cantidad quantité " },
	{ COLUMN_UNIT, LINES, " unit units uom " },
	{ COLUMN_PEOPLE, SITES | NEEDS,
	  " people persons pax population occupancy headcount evacuees personas personnes " },
	{ COLUMN_INFANTS, NEEDS, " infants infant babies " },
	{ COLUMN_ELDERS, NEEDS, " elders elderly seniors " },
	{ COLUMN_POWERED, NEEDS, " powered powerdependent " },
	{ COLUMN_WITHIN, NEEDS, " within urgency hours priority withinhours neededwithin " },
	{ COLUMN_EVERY, NEEDS, " every everyhours frequency " },
	{ COLUMN_TEXT, LINES, " text comment comments note notes remark remarks description details " },
	{ COLUMN_LOT, LINES, " lot smallestlot minimum " },
	{ COLUMN_RESERVE, STOCK, " reserve keep " },
	{ COLUMN_VARIANT, LINES, " variant size form talla taille gwose " },
	{ COLUMN_USE_BY, STOCK | 1u << IMPORT_OFFER,
	  " useby bestbefore expiry expires expirydate caducidad peremption " },
	{ COLUMN_REACH, STOCK | 1u << IMPORT_OFFER, " reach reachkm radius radiuskm " },
};

/* Exports put an apostrophe before a text that a spreadsheet would take for a formula: it is none of the text. */
static const char *cell_of(const struct columns *c, const struct csv_table *table, size_t row, enum column column)
{
	const char *cell = c->at[column] < 0 ? "" : csv_table_cell(table, row, (size_t)c->at[column]);
	char first = cell[strspn(cell, "'")];

	return cell[0] == '\'' && first != '\0' && strchr("=+-@", first) != NULL ? cell + 1 : cell;
}

/* " heading " as it stands in the lists; a heading that is too long for any of them comes back empty. */
static void squeeze(char out[40], const char *heading)
{
	size_t used = 0;

	out[used++] = ' ';
	for (; *heading != '\0' && used < 38; heading++)
		if (strchr(" _-", *heading) == NULL)
			out[used++] = (char)tolower((unsigned char)*heading);
	if (*heading != '\0' || used == 1)
		used = 0;
	else
		out[used++] = ' ';
	out[used] = '\0';
}

/* The column that a heading stands for; -1 none. */
static int heading_column(const char *cell, unsigned kinds)
{
	char heading[40];

	squeeze(heading, cell);
	for (size_t h = 0; h < sizeof(HEADINGS) / sizeof(HEADINGS[0]) && heading[0] != '\0'; h++)
		if ((HEADINGS[h].kinds & kinds) != 0 && strstr(HEADINGS[h].headings, heading) != NULL)
			return (int)HEADINGS[h].column;
	return -1;
}

static void assign(struct columns *c, const struct csv_table *table, unsigned kinds)
{
	bool tagged = hashtags_find(&c->header, table);

	for (size_t i = 0; i < COLUMN_COUNT; i++)
		c->at[i] = -1;
	for (size_t i = 0; i < table->rows[c->header].cell_count; i++) {
		const char *cell = csv_table_cell(table, c->header, i);
		int column = tagged ? hashtags_column(cell, kinds) : heading_column(cell, kinds);

		c->ignored[i] = column < 0 || c->at[column] >= 0;
		if (!c->ignored[i])
			c->at[column] = (int)i;
	}
}

static bool has_item(const struct columns *c)
{
	return c->at[COLUMN_ITEM] >= 0 || c->at[COLUMN_ITEM_CODE] >= 0;
}

/* Its quantity is tagged as what is needed. */
static bool says_need(const struct columns *c, const struct csv_table *table)
{
	int at = c->at[COLUMN_QUANTITY];

	return at >= 0 && strncasecmp(csv_table_cell(table, c->header, (size_t)at), "#need", 5) == 0;
}

static enum import_kind guess(const struct columns *c, const struct csv_table *table)
{
	if (!has_item(c))
		return c->at[COLUMN_NAME] >= 0 ? IMPORT_SITE : IMPORT_GUESS;
	if (says_need(c, table) || c->at[COLUMN_WITHIN] >= 0 || c->at[COLUMN_PEOPLE] >= 0 || c->at[COLUMN_INFANTS] >= 0)
		return IMPORT_NEED;
	return c->at[COLUMN_RESERVE] >= 0 ? IMPORT_STOCK : IMPORT_GUESS;
}

static bool refuse(struct said *error, struct say say)
{
	said_decide(error, say);
	return false;
}

bool columns_find(struct columns *columns, struct said *error, const struct csv_table *table, enum import_kind kind)
{
	struct columns c = { .header = 0 };

	assign(&c, table, SITES | LINES);
	c.kind = kind == IMPORT_GUESS ? guess(&c, table) : kind;
	if (c.kind == IMPORT_GUESS)
		return refuse(error, SAY(TABLE_KIND_UNCLEAR));

	assign(&c, table, 1u << c.kind);
	if (c.kind == IMPORT_SITE && c.at[COLUMN_NAME] < 0)
		return refuse(error, SAY(TABLE_NO_NAME));

	if (c.kind != IMPORT_SITE && !has_item(&c))
		return refuse(error, SAY(TABLE_NO_ITEM));

	*columns = c;
	return true;
}

/* --- cells --- */

/* Where the comma separates no columns it is the decimal point of half the world. */
static void point(char out[32], const char *cell, size_t size, char separator)
{
	char *comma;

	snprintf(out, 32, "%.*s", (int)(size < 31 ? size : 31), cell);
	comma = strchr(out, ',');
	if (separator != ',' && comma != NULL && strchr(out, '.') == NULL)
		*comma = '.';
}

/* Where the number ends and a unit may begin: "120 L". */
static size_t number_size(const char *cell)
{
	return strspn(cell, "0123456789.,");
}

static bool read_quantity(uint64_t *out, struct said *error, enum say_code column, const char *cell, char separator)
{
	char number[32];
	enum decimal_rc rc;

	point(number, cell, number_size(cell), separator);
	rc = decimal_parse(out, number);
	if (rc == DECIMAL_OK && cell[number_size(cell)] == '-')
		rc = DECIMAL_E_FORM;
	return rc == DECIMAL_OK || refuse(error, say_decimal_error(rc, say_phrase(column), cell));
}

static bool read_count(uint32_t *out, struct said *error, enum say_code column, const char *cell)
{
	size_t size = strlen(cell);

	if (strspn(cell, "0123456789") != size || size == 0 || size > 9)
		return refuse(error, SAY_OF(ROW_COUNT, say_phrase(column), say_typed(cell)));
	*out = (uint32_t)strtoul(cell, NULL, 10);
	return true;
}

static bool read_degrees(double *out, const char *cell, char separator)
{
	char number[32], *end;

	point(number, cell, strlen(cell), separator);
	*out = strtod(number, &end);
	return end != number && *end == '\0';
}

static bool read_place(struct door_request *r, struct said *error, const char *lat, const char *lon, char separator)
{
	double north, east;

	if (lat[0] == '\0' && lon[0] == '\0')
		return true;
	if (!read_degrees(&north, lat, separator))
		return refuse(error, SAY_OF(ROW_LATITUDE, say_typed(lat)));
	if (!read_degrees(&east, lon, separator))
		return refuse(error, SAY_OF(ROW_LONGITUDE, say_typed(lon)));
	if (!degrees_place(&r->place, north, east, DEGREES_POINT_DIGITS))
		return refuse(error, SAY_OF(ROW_NOT_EARTH, say_typed(lat)));
	if (r->place.lat_e6 == 0 && r->place.lon_e6 == 0)
		return refuse(error, SAY_OF(ROW_OCEAN, say_text("0, 0")));
	r->fields |= DOOR_PLACE;
	return true;
}

/* Codes that are no full Plus Codes are those of other people's lists. */
static void read_code(struct door_request *r, const char *cell)
{
	struct geo_point point;
	uint8_t digits;

	if (!plus_code_is_full(cell) || place_text_read(&point, &digits, cell, NULL) > PLACE_TEXT_CELL)
		return;
	r->place = (struct view_place){ point.lat_e6, point.lon_e6, digits };
	r->fields |= DOOR_PLACE;
}

static bool read_flags(uint8_t *out, struct said *error, const struct words *words, const char *cell)
{
	uint8_t bits = 0;

	while (*cell != '\0') {
		size_t size = strcspn(cell, " ");
		char word[20];
		int found;

		snprintf(word, sizeof(word), "%.*s", (int)(size < 19 ? size : 19), cell);
		found = words_find(words, word);
		if (words == &WORDS_FLAGS && strcasecmp(word, "recurring") == 0)
			return refuse(error, SAY(FLAG_RECURRING));
		if (found < 0)
			return refuse(error, SAY_OF(ROW_FLAG, say_typed(word),
						    say_words(words == &WORDS_FLAGS ? &WORDS_FLAGS_TYPED : words)));
		bits |= (uint8_t)(1u << found);
		cell += size;
		cell += strspn(cell, " ");
	}
	*out = bits;
	return true;
}

/* What is only known from somewhere, a short code or a name, is no place of a table: it would be another elsewhere. */
static bool read_place_text(struct door_request *r, struct said *error, const char *cell)
{
	struct geo_point point;
	uint8_t digits;

	if (cell[0] == '\0' || (r->fields & DOOR_PLACE))
		return true;
	switch (place_text_read(&point, &digits, cell, NULL)) {
	case PLACE_TEXT_POINT:
	case PLACE_TEXT_CELL:
		break;
	case PLACE_TEXT_SHORT:
	case PLACE_TEXT_NOT_EARTH:
	case PLACE_TEXT_OTHER:
		return refuse(error, SAY_OF(ROW_PLACE, say_typed(cell)));
	}
	r->place = (struct view_place){ point.lat_e6, point.lon_e6, digits };
	r->fields |= DOOR_PLACE;
	return true;
}

bool columns_within_parse(uint32_t *hours, const char *text)
{
	static const struct {
		const char *word;
		uint32_t hours;
	} WORDS[] = { { "immediate", 6 }, { "critical", 6 }, { "now", 6 },     { "urgent", 24 }, { "high", 24 },
		      { "today", 24 },    { "normal", 72 },  { "medium", 72 }, { "low", 168 } };
	unsigned long number;
	char *end;

	for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++) {
		if (strcasecmp(text, WORDS[i].word) == 0) {
			*hours = WORDS[i].hours;
			return true;
		}
	}
	if (!isdigit((unsigned char)text[0]))
		return false;
	number = strtoul(text, &end, 10);
	while (*end == ' ')
		end++;
	if (number == 0 || number > 720)
		return false;
	if (*end == 'd' || *end == 'D')
		number *= 24;
	else if (*end == 'w' || *end == 'W')
		number *= 168;
	else if (*end != '\0' && *end != 'h' && *end != 'H')
		return false;
	if (number > 720)
		return false;
	*hours = (uint32_t)number;
	return true;
}

static bool read_site(struct door_request *r, struct said *error, const struct columns *c,
		      const struct csv_table *table, size_t row)
{
	const char *status = cell_of(c, table, row, COLUMN_STATUS);

	r->verb = DOOR_SITE;
	r->name = cell_of(c, table, row, COLUMN_NAME);
	if (r->name[0] == '\0')
		return refuse(error, SAY(ROW_NO_NAME));

	r->fields |= DOOR_NAME;
	if (status[0] != '\0') {
		int state = words_find(&WORDS_SITE_STATE, status);

		if (state < 0)
			return refuse(error, SAY_OF(ROW_STATUS, say_typed(status)));
		r->state = (enum view_site_state)state;
		r->fields |= DOOR_STATE;
	}
	if (!read_flags(&r->facilities, error, &WORDS_FACILITIES, cell_of(c, table, row, COLUMN_FLAGS)))
		return false;
	r->fields |= r->facilities != 0 ? DOOR_FACILITIES : 0;
	read_code(r, cell_of(c, table, row, COLUMN_CODE));
	return read_place(r, error, cell_of(c, table, row, COLUMN_LAT), cell_of(c, table, row, COLUMN_LON),
			  table->separator) &&
	       read_place_text(r, error, cell_of(c, table, row, COLUMN_PLACE));
}

static bool refuse_over(struct said *error, enum view_line_status status)
{
	return refuse(error, SAY_OF(ROW_OVER, say_text(words_text(&WORDS_LINE_STATUS, status))));
}

/* A line that is over elsewhere is not opened again here; words that are not ours do not matter. */
static bool read_status(struct said *error, const char *cell)
{
	int found = words_find(&WORDS_LINE_STATUS, cell);
	bool is_over = found == VIEW_MET || found == VIEW_CLOSED;

	return !is_over || refuse_over(error, (enum view_line_status)found);
}

/* An empty cell says nothing. */
static void read_goods(struct door_request *r, const char *variant, const char *use_by)
{
	if (variant[0] != '\0')
		r->variant = variant;
	if (use_by[0] != '\0')
		r->use_by = use_by;
}

static bool read_line(struct door_request *r, struct said *error, const struct columns *c,
		      const struct csv_table *table, size_t row)
{
	const char *within = cell_of(c, table, row, COLUMN_WITHIN);

	r->verb = DOOR_LINE;
	r->line_kind = c->kind == IMPORT_NEED ? VIEW_NEED : c->kind == IMPORT_OFFER ? VIEW_OFFER : VIEW_RESOURCE;
	r->item = cell_of(c, table, row, COLUMN_ITEM);
	if (r->item[0] == '\0')
		r->item = cell_of(c, table, row, COLUMN_ITEM_CODE);
	r->site = cell_of(c, table, row, COLUMN_NAME);
	r->text = cell_of(c, table, row, COLUMN_TEXT);
	read_goods(r, cell_of(c, table, row, COLUMN_VARIANT), cell_of(c, table, row, COLUMN_USE_BY));
	if (r->item[0] == '\0')
		return refuse(error, SAY(ROW_NO_ITEM));

	if (!read_status(error, cell_of(c, table, row, COLUMN_STATUS)) ||
	    !read_flags(&r->flags, error, &WORDS_FLAGS, cell_of(c, table, row, COLUMN_FLAGS)))
		return false;
	r->fields |= DOOR_ITEM | (r->flags != 0 ? DOOR_FLAGS : 0u);
	read_code(r, cell_of(c, table, row, COLUMN_CODE));
	if (r->site[0] != '\0')
		r->fields |= DOOR_SITE_REF;
	if (r->text[0] != '\0')
		r->fields |= DOOR_TEXT;
	if (within[0] == '\0')
		return true;
	if (!columns_within_parse(&r->within_h, within))
		return refuse(error, SAY_OF(ROW_URGENCY, say_typed(within)));
	r->fields |= DOOR_WITHIN;
	return true;
}

static bool read_numbers(struct door_request *r, struct said *error, const struct columns *c,
			 const struct csv_table *table, size_t row)
{
	const struct {
		enum column column;
		enum say_code name;
		uint32_t bit;
		uint32_t *count;
		uint64_t *milli;
	} numbers[] = {
		{ COLUMN_PEOPLE, SAY_COLUMN_PEOPLE, DOOR_PEOPLE, &r->people, NULL },
		{ COLUMN_INFANTS, SAY_COLUMN_INFANTS, DOOR_INFANTS, &r->infants, NULL },
		{ COLUMN_ELDERS, SAY_COLUMN_ELDERS, DOOR_ELDERS, &r->elders, NULL },
		{ COLUMN_POWERED, SAY_COLUMN_POWERED, DOOR_POWERED, &r->powered, NULL },
		{ COLUMN_REACH, SAY_COLUMN_REACH, DOOR_REACH, &r->reach_km, NULL },
		{ COLUMN_EVERY, SAY_COLUMN_EVERY, DOOR_EVERY, &r->every_h, NULL },
		{ COLUMN_QUANTITY, SAY_COLUMN_QUANTITY, DOOR_QUANTITY, NULL, &r->quantity_milli },
		{ COLUMN_LOT, SAY_COLUMN_LOT, DOOR_LOT, NULL, &r->lot_milli },
		{ COLUMN_RESERVE, SAY_COLUMN_RESERVE, DOOR_RESERVE, NULL, &r->reserve_milli },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const char *cell = cell_of(c, table, row, numbers[i].column);

		if (cell[0] == '\0')
			continue;
		if (numbers[i].count != NULL && !read_count(numbers[i].count, error, numbers[i].name, cell))
			return false;
		if (numbers[i].milli != NULL &&
		    !read_quantity(numbers[i].milli, error, numbers[i].name, cell, table->separator))
			return false;
		r->fields |= numbers[i].bit;
	}
	return true;
}

/* What arrived elsewhere is not asked for once more. */
static bool subtract_arrived(struct door_request *r, struct said *error, const char *cell, char separator)
{
	uint64_t arrived = 0;

	if (cell[0] == '\0' || (r->fields & DOOR_QUANTITY) == 0 || r->quantity_milli == 0)
		return true;
	if (!read_quantity(&arrived, error, SAY_COLUMN_ARRIVED, cell, separator))
		return false;
	if (arrived >= r->quantity_milli)
		return refuse_over(error, VIEW_MET);
	r->quantity_milli -= arrived;
	return true;
}

/* "30" and "gal" of water; false when that is no measure of the item, and the number must do. */
bool columns_measure(struct measure *measure, char text[COLUMNS_MEASURE_SIZE], const struct columns *c,
		     const struct csv_table *table, size_t row)
{
	const char *quantity = cell_of(c, table, row, COLUMN_QUANTITY), *unit = columns_unit(c, table, row);
	const char *item = cell_of(c, table, row, COLUMN_ITEM);
	char number[32];

	if (item[0] == '\0')
		item = cell_of(c, table, row, COLUMN_ITEM_CODE);
	if (unit[0] == '\0' || quantity[0] == '\0')
		return false;
	point(number, quantity, number_size(quantity), table->separator);
	snprintf(text, COLUMNS_MEASURE_SIZE, "%s %s", number, unit);
	return measure_read(measure, text, catalog_find_like(item)) == MEASURE_OK;
}

bool columns_read(struct door_request *request, struct said *error, const struct columns *columns,
		  const struct csv_table *table, size_t row)
{
	struct door_request r = { .long_text = DOOR_CUT, .caller = DOOR_TABLE, .sure = true };
	bool ok = columns->kind == IMPORT_SITE ? read_site(&r, error, columns, table, row)
					       : read_line(&r, error, columns, table, row);
	char text[COLUMNS_MEASURE_SIZE];
	struct measure measure;

	if (!ok || !read_numbers(&r, error, columns, table, row))
		return false;
	if (columns_measure(&measure, text, columns, table, row))
		r.quantity_milli = measure.milli;
	if (!subtract_arrived(&r, error, cell_of(columns, table, row, COLUMN_ARRIVED), table->separator))
		return false;
	*request = r;
	return true;
}

const char *columns_id(const struct columns *columns, const struct csv_table *table, size_t row)
{
	return cell_of(columns, table, row, COLUMN_ID);
}

const char *columns_unit(const struct columns *columns, const struct csv_table *table, size_t row)
{
	const char *unit = cell_of(columns, table, row, COLUMN_UNIT);

	if (unit[0] != '\0')
		return unit;
	unit = cell_of(columns, table, row, COLUMN_QUANTITY);
	unit += number_size(unit);
	return unit + strspn(unit, " ");
}
