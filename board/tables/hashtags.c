/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/tables/hashtags.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define SITES (1u << IMPORT_SITE)
#define NEEDS (1u << IMPORT_NEED)
#define OFFERS (1u << IMPORT_OFFER)
#define STOCK (1u << IMPORT_STOCK)
#define LINES (NEEDS | OFFERS | STOCK)

/* Of whom a number is that does not count all people. */
#define PART "f m i children infants adolescents adults elderly disabled powered hh"

/* The first that fits counts. */
static const struct {
	enum column column;
	unsigned kinds;
	const char *tag;
	const char *with;    /* an attribute that must be there; "" any */
	const char *without; /* those that must not, between blanks */
} RULES[] = {
	{ COLUMN_ID, SITES | LINES, "#meta", "id", "" },
	{ COLUMN_FLAGS, SITES | LINES, "#meta", "flags", "" },
	{ COLUMN_CODE, SITES | LINES, "#loc", "code", "" },
	{ COLUMN_NAME, SITES | LINES, "#loc", "", "code id type lat lon url" },
	{ COLUMN_LAT, SITES, "#geo", "lat", "" },
	{ COLUMN_LON, SITES, "#geo", "lon", "" },
	{ COLUMN_STATUS, SITES | LINES, "#status", "", "" },
	{ COLUMN_PEOPLE, SITES, "#population", "", PART },
	{ COLUMN_PEOPLE, SITES, "#affected", "", PART },
	{ COLUMN_ITEM_CODE, LINES, "#item", "code", "" },
	{ COLUMN_UNIT, LINES, "#item", "unit", "" },
	{ COLUMN_LOT, LINES, "#item", "lot", "" },
	{ COLUMN_VARIANT, LINES, "#item", "variant", "" },
	{ COLUMN_USE_BY, OFFERS | STOCK, "#date", "use_by", "" },
	{ COLUMN_QUANTITY, LINES, "#item", "num", "" },
	{ COLUMN_ITEM, LINES, "#item", "", "id type" },
	{ COLUMN_WITHIN, NEEDS, "#need", "within", "" },
	{ COLUMN_EVERY, NEEDS, "#need", "every", "" },
	{ COLUMN_QUANTITY, NEEDS, "#need", "num", PART },
	{ COLUMN_ARRIVED, NEEDS, "#output", "num", PART },
	{ COLUMN_INFANTS, NEEDS, "#inneed", "infants", "f m" },
	{ COLUMN_ELDERS, NEEDS, "#inneed", "elderly", "f m" },
	{ COLUMN_POWERED, NEEDS, "#inneed", "powered", "f m" },
	{ COLUMN_PEOPLE, NEEDS, "#inneed", "", PART },
	{ COLUMN_PEOPLE, NEEDS, "#affected", "", PART },
	{ COLUMN_RESERVE, STOCK, "#capacity", "reserve", "" },
	{ COLUMN_REACH, OFFERS | STOCK, "#capacity", "reach_km", "" },
	{ COLUMN_QUANTITY, OFFERS | STOCK, "#capacity", "num", "" },
	{ COLUMN_TEXT, LINES, "#description", "", "" },
};

/* A word of letters, digits and underscores that begins with a letter; gives its size, 0 none. */
static size_t word_size(const char *text)
{
	size_t size = 0;

	if (!isalpha((unsigned char)text[0]))
		return 0;
	while (isalnum((unsigned char)text[size]) || text[size] == '_')
		size++;
	return size;
}

/* The next attribute behind `*text`, which moves on. NULL at the end, and where there is something else. */
static const char *attribute_next(size_t *size, const char **text)
{
	const char *word = *text + strspn(*text, " ");

	if (*word != '+')
		return NULL;
	word++;
	word += strspn(word, " ");
	*size = word_size(word);
	if (*size == 0)
		return NULL;
	*text = word + *size;
	return word;
}

static bool is_hashtag(const char *cell)
{
	size_t size = cell[0] == '#' ? word_size(cell + 1) : 0;
	const char *rest = cell + 1 + size;

	if (size == 0)
		return false;
	while (attribute_next(&size, &rest) != NULL)
		;
	return rest[strspn(rest, " ")] == '\0';
}

bool hashtags_find(size_t *row, const struct csv_table *table)
{
	for (size_t i = 0; i < table->row_count && i < HASHTAGS_ROWS; i++) {
		size_t tags = 0, others = 0;

		for (size_t j = 0; j < table->rows[i].cell_count; j++) {
			const char *cell = csv_table_cell(table, i, j);

			tags += hashtags_column(cell, SITES | LINES) >= 0;
			others += cell[0] != '\0' && !is_hashtag(cell);
		}
		if (tags > 0 && others == 0) {
			*row = i;
			return true;
		}
	}
	return false;
}

/* `word` stands between the blanks of `list`. */
static bool is_one_of(const char *list, const char *word, size_t size)
{
	while (*list != '\0') {
		size_t length = strcspn(list, " ");

		if (length == size && strncasecmp(list, word, size) == 0)
			return true;
		list += length + strspn(list + length, " ");
	}
	return false;
}

static bool has_one_of(const char *attributes, const char *list)
{
	const char *word;
	size_t size;

	while ((word = attribute_next(&size, &attributes)) != NULL)
		if (is_one_of(list, word, size))
			return true;
	return false;
}

int hashtags_column(const char *cell, unsigned kinds)
{
	if (!is_hashtag(cell))
		return -1;
	for (size_t i = 0; i < sizeof(RULES) / sizeof(RULES[0]); i++) {
		size_t size = 1 + word_size(cell + 1);

		if ((RULES[i].kinds & kinds) == 0 || strlen(RULES[i].tag) != size ||
		    strncasecmp(RULES[i].tag, cell, size) != 0)
			continue;
		if ((RULES[i].with[0] == '\0' || has_one_of(cell + size, RULES[i].with)) &&
		    !has_one_of(cell + size, RULES[i].without))
			return (int)RULES[i].column;
	}
	return -1;
}
