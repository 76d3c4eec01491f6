/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tools/rows.h"

#include <stdio.h>
#include <string.h>

#include "tools/age.h"
#include "tools/table.h"
#include "tools/verbs.h"

enum { TEXT_ROWS_MAX = 5000 };

/* What has arrived or was taken back is late no more. */
static bool is_awaited(const json_t *move)
{
	const char *stage = json_string_value(json_object_get(move, "stage"));

	return stage != NULL &&
	       (strcmp(stage, "asked") == 0 || strcmp(stage, "pledged") == 0 || strcmp(stage, "sent") == 0);
}

/* A need that is met or closed is late no more. */
static bool is_missing(const json_t *line)
{
	const char *status = json_string_value(json_object_get(line, "status"));

	return status != NULL && (strcmp(status, "open") == 0 || strcmp(status, "overdue") == 0);
}

bool row_is_unsaid(const json_t *row)
{
	const json_t *quantity = json_object_get(row, "quantity"), *kind = json_object_get(row, "kind");

	if (json_object_get(row, "unsaid") != NULL) /* a row of an answer */
		return quantity == NULL;
	return json_is_number(quantity) && json_number_value(quantity) == 0 && json_is_string(kind) &&
	       strcmp(json_string_value(kind), "stock") != 0;
}

/* Strangers are marked wherever their words are read. */
static const char *stranger_mark(const json_t *row)
{
	return strcmp(field_string(row, "trust"), "stranger") == 0 ? " (stranger)" : "";
}

static void words_show(char *out, size_t size, const json_t *list)
{
	size_t index, used = 0;
	const json_t *word;

	out[0] = '\0';
	json_array_foreach (list, index, word) {
		if (used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s", index > 0 ? " " : "",
						 json_string_value(word));
	}
}

/* Where the parts of a load are, when they are in more than one place. */
static void parts_show(char *out, size_t size, const json_t *move)
{
	static const char *const parts[][2] = {
		{ "promised", "still promised" },
		{ "on_way", "on the way" },
		{ "arrived", "arrived" },
		{ "lost", "lost" },
		{ "back", "back" },
	};
	char quantity[64], unit[64];
	size_t used = strlen(out);
	int count = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		count += json_number_value(json_object_get(move, parts[i][0])) > 0;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && count > 1; i++)
		if (json_number_value(json_object_get(move, parts[i][0])) > 0 && used < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s %s %s", used > 0 ? ", " : "",
						 field_text(quantity, move, parts[i][0]),
						 field_text(unit, move, "unit"), parts[i][1]);
}

static void remark_show(char *out, size_t size, const json_t *move)
{
	char extra[64], unit[64];
	bool goes_on = is_awaited(move), is_ask;
	const char *stage = json_string_value(json_object_get(move, "stage"));

	is_ask = stage != NULL && strcmp(stage, "asked") == 0;
	out[0] = '\0';
	if (goes_on && json_is_true(json_object_get(move, "need_closed")))
		snprintf(out, size, "the need was closed");
	else if (json_is_true(json_object_get(move, "lapsed")))
		snprintf(out, size, "lapsed");
	else if (goes_on && json_is_true(json_object_get(move, "too_late")))
		snprintf(out, size, "covers nothing: too late, or past its day");
	else if (goes_on && json_number_value(json_object_get(move, "extra")) > 0)
		snprintf(out, size, "%s %s already covered: go on or release?", field_text(extra, move, "extra"),
			 field_text(unit, move, "unit"));
	else if (goes_on && !is_ask && !json_is_true(json_object_get(move, "counts")))
		snprintf(out, size, "not accepted yet");
	parts_show(out, size, move);
	if (json_is_true(json_object_get(move, "counted_once")))
		snprintf(out + strlen(out), size - strlen(out), "%snoted by two, counted once",
			 out[0] != '\0' ? ", " : "");
}

/* "3 h ago, Blanket: 31 of 40 answered, 31 need nothing". */
static void round_show(char *out, size_t size, const json_t *row, const json_t *round, int64_t now)
{
	char age[16], asked[64], answered[64], nothing[64], item[64];
	bool has_item;

	out[0] = '\0';
	if (!json_is_object(round))
		return;
	age_write(age, json_string_value(json_object_get(round, "when")), now);
	/* A list of rounds has a column for it. */
	has_item = field_string(round, "item_name")[0] != '\0' && json_object_get(row, "kind") == NULL;
	snprintf(item, sizeof(item), "%s%s", has_item ? ", " : "", has_item ? field_string(round, "item_name") : "");
	if (json_integer_value(json_object_get(round, "asked")) == 0)
		snprintf(out, size, "%s%s: nothing needed", age, item);
	else
		snprintf(out, size, "%s%s: %s of %s answered, %s need nothing", age, item,
			 field_text(answered, round, "answered"), field_text(asked, round, "asked"),
			 field_text(nothing, round, "nothing"));
}

static bool has_flag(const json_t *row, const char *wanted)
{
	size_t index;
	const json_t *flag;

	json_array_foreach (json_object_get(row, "flags"), index, flag) {
		if (json_is_string(flag) && strcmp(json_string_value(flag), wanted) == 0)
			return true;
	}
	return false;
}

static void item_show(char *out, size_t size, const json_t *row, const char *item)
{
	const char *variant = json_string_value(json_object_get(row, "variant"));
	bool has_variant = variant != NULL && variant[0] != '\0';

	snprintf(out, size, "%s%s%s%s%s", has_flag(row, "drill") ? "DRILL " : "", item, has_variant ? " \u00b7 " : "",
		 has_variant ? variant : "", has_flag(row, "keep-cold") ? ", keep cold" : "");
}

static void goods_show(char *out, size_t size, const json_t *row, const char *use_by)
{
	bool is_past = json_is_true(json_object_get(row, "past_use"));
	const char *how = has_flag(row, "damaged") ? "damaged" : has_flag(row, "used") ? "used" : "";

	snprintf(out, size, "%s%s%s%s",
		 is_past             ? "past use-by "
		 : use_by[0] != '\0' ? "use by "
				     : "",
		 use_by, use_by[0] != '\0' && how[0] != '\0' ? ", " : "", how);
}

/* As people said it: "24 h", "every 24 h", "6 h, every 24 h". */
static void hours_show(char *out, size_t size, const json_t *row, const char *within)
{
	char every[64];
	bool is_within = strcmp(within, "0") != 0;
	bool opens_again = json_integer_value(json_object_get(row, "every")) > 0;

	snprintf(out, size, "%s%s%s%s%s%s", is_within ? within : "", is_within ? " h" : "",
		 is_within && opens_again ? ", " : "", opens_again ? "every " : "",
		 opens_again ? field_text(every, row, "every") : "", opens_again ? " h" : "");
}

/* A status, and what whoever reads it should do. */
static void status_show(char *out, size_t size, const json_t *row, const char *text)
{
	if (json_is_true(json_object_get(row, "check_on_them")))
		snprintf(out, size, "%s, CHECK ON THEM", text);
	else if (json_is_true(json_object_get(row, "ask_still_needed")))
		snprintf(out, size, "%s, still needed?", text);
	else if (json_number_value(json_object_get(row, "on_hand")) < 0)
		snprintf(out, size, "%s, recount", text);
	else if (json_is_true(json_object_get(row, "reckoned")))
		snprintf(out, size, "%s, reckoned: recount", text);
	else if (json_string_length(json_object_get(row, "duplicate_of")) > 0)
		snprintf(out, size, "%s, same as %s", text, json_string_value(json_object_get(row, "duplicate_of")));
	else if (json_string_length(json_object_get(row, "reason")) > 0)
		snprintf(out, size, "%s: %s", text, json_string_value(json_object_get(row, "reason")));
}

static void place_show(char *out, size_t size, const json_t *place)
{
	out[0] = '\0';
	if (json_is_object(place))
		snprintf(out, size, "%.5f,%.5f", json_number_value(json_object_get(place, "lat")),
			 json_number_value(json_object_get(place, "lon")));
}

static void denied_show(char *out, size_t size, const json_t *denied)
{
	if (json_is_object(denied))
		snprintf(out, size, "denied%s by %s%s: %s",
			 json_is_true(json_object_get(denied, "before")) ? " before it was corrected" : "",
			 field_string(denied, "by"), stranger_mark(denied), field_string(denied, "text"));
}

static void cell_add(struct table *table, const json_t *row, const struct column *column, int64_t now)
{
	const json_t *value = json_object_get(row, column->field);
	char text[64], unit[64], cell[400];

	field_text(text, row, column->field);
	snprintf(cell, sizeof(cell), "%s", text);
	switch (column->how) {
	case SHOW_PLAIN:
		/* A long text is shown whole. */
		table_add(table, json_is_string(value) ? json_string_value(value) : text);
		return;
	case SHOW_ITEM:
		item_show(cell, sizeof(cell), row, text);
		break;
	case SHOW_GOODS:
		goods_show(cell, sizeof(cell), row, text);
		break;
	case SHOW_AGE:
		age_write(cell, json_string_value(value), now);
		break;
	case SHOW_DUE:
		age_write_due(cell, is_awaited(row) || is_missing(row) ? json_string_value(value) : NULL, now);
		break;
	case SHOW_WHEN:
		age_write_due(cell, json_string_value(value), now);
		break;
	case SHOW_UNIT:
		/* What nobody gave a number is not none. */
		if (row_is_unsaid(row))
			snprintf(cell, sizeof(cell), "?");
		else
			snprintf(cell, sizeof(cell), "%s %s", text, field_text(unit, row, "unit"));
		break;
	case SHOW_HOURS:
		hours_show(cell, sizeof(cell), row, text);
		break;
	case SHOW_PLACE:
		place_show(cell, sizeof(cell), value);
		break;
	case SHOW_WORDS:
		words_show(cell, sizeof(cell), value);
		break;
	case SHOW_DENIED:
		denied_show(cell, sizeof(cell), value);
		break;
	case SHOW_SAYS:
		if (field_string(row, "instead")[0] != '\0')
			snprintf(cell, sizeof(cell), "go to %s", field_string(row, "instead"));
		else
			snprintf(cell, sizeof(cell), "%s", field_string(row, column->field));
		break;
	case SHOW_BY:
		snprintf(cell, sizeof(cell), "%s%s", field_string(row, column->field), stranger_mark(row));
		break;
	case SHOW_STATUS:
		status_show(cell, sizeof(cell), row, text);
		break;
	case SHOW_ROUND:
		round_show(cell, sizeof(cell), row, value, now);
		break;
	case SHOW_REMARK:
		remark_show(cell, sizeof(cell), row);
		break;
	case SHOW_ZERO_BLANK:
		if (strcmp(text, "0") == 0)
			cell[0] = '\0';
		break;
	}
	table_add(table, cell);
}

void rows_print(struct call *call, const json_t *rows, const struct column *columns)
{
	char headings[200] = "";
	int64_t now = client_now(&call->client);
	struct table table;
	size_t index;
	const json_t *row;

	for (const struct column *c = columns; c->heading != NULL; c++) {
		strcat(headings, c == columns ? "" : "|");
		strcat(headings, c->heading);
	}
	table_init(&table, headings);
	json_array_foreach (rows, index, row) {
		for (const struct column *c = columns; c->heading != NULL; c++)
			cell_add(&table, row, c, now);
	}
	table_print(&table, stdout);
	table_fini(&table);
}

int rows_print_text(struct call *call, const char *path, const char *none)
{
	struct reply reply;
	char whole[1300];
	int rc;

	snprintf(whole, sizeof(whole), "%s%cas=text&limit=%d", path, strchr(path, '?') != NULL ? '&' : '?',
		 TEXT_ROWS_MAX);
	client_get(&call->client, &reply, whole);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE)
		fputs(reply.size > 0 ? reply.data : none, stdout);
	reply_fini(&reply);
	return rc;
}
