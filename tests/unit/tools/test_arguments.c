/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The tools are a program, not a library. */
#include "tools/age.c"
#include "tools/arguments.c"
#include "tools/field.c"
#include "tools/reply.c"
#include "tools/rows.c"
#include "tools/table.c"
#include "tools/verb_read.c"

enum { ROWS_MAX = 4500 };

/* A node with so many lines, which gives them page by page. */
static unsigned asked;

void client_get(struct client *client, struct reply *reply, const char *path)
{
	const char *limit = strstr(path, "limit="), *offset = strstr(path, "offset=");
	long from = offset != NULL ? strtol(offset + 7, NULL, 10) : 0, room = 1000;
	json_t *rows = json_array();

	(void)client;
	if (limit != NULL)
		room = strtol(limit + 6, NULL, 10);
	for (long i = from; i < ROWS_MAX && i < from + room; i++)
		json_array_append_new(rows, json_integer(i));
	from += (long)json_array_size(rows);
	*reply = (struct reply){ .status = 200 };
	reply->json = json_pack("{s:o, s:i}", "lines", rows, "total", ROWS_MAX);
	if (from < ROWS_MAX)
		json_object_set_new(reply->json, "next", json_integer(from));
	asked++;
}

char *client_encode(const struct client *client, const char *text)
{
	(void)client;
	return strdup(text);
}

int64_t client_now(struct client *client)
{
	(void)client;
	return 0;
}

void options_add_to_path(struct call *call, char *path, size_t size)
{
	(void)call;
	(void)path;
	(void)size;
}

bool options_want_text(struct call *call)
{
	(void)call;
	return false;
}

static void lists_are_read_to_their_last_page(void **state)
{
	static const struct listing LINES = { .field = "lines" };
	struct call call = { 0 };
	int rc = EXIT_USAGE;
	json_t *rows = pages_read(&rc, &call, &LINES, "/v1/lines?kind=need"), *row;
	size_t index;

	(void)state;
	assert_int_equal(rc, EXIT_DONE);
	assert_int_equal(json_array_size(rows), ROWS_MAX);
	json_array_foreach (rows, index, row) {
		assert_int_equal(json_integer_value(row), index);
	}
	assert_in_range(asked, 2, 5);
	json_decref(rows);
}

static void times_are_told_as_people_tell_them(void **state)
{
	static const struct {
		void (*print)(char out[16], const char *iso, int64_t now);
		const char *iso, *out; /* at eight */
	} ROWS[] = {
		{ age_write_due, "2026-09-14T13:30:00Z", "in 6 h" },
		{ age_write_due, "2026-09-14T08:00:30Z", "now" },
		{ age_write_due, "2026-09-14T06:00:00Z", "2 h late" },
		{ age_write_due, "2026-09-14T07:20:00Z", "40 min late" },
		{ age_write_due, "2026-09-20T08:00:00Z", "in 6 d" },
		{ age_write_due, NULL, "" },
		{ age_write, "2026-09-14T05:00:00Z", "3 h ago" },
		{ age_write, "2026-09-14T08:00:00Z", "now" },
		{ age_write, "2026-09-11T08:00:00Z", "3 d ago" },
		{ age_write, NULL, "" },
	};
	char out[16];

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		ROWS[i].print(out, ROWS[i].iso, 1789372800);
		assert_string_equal(out, ROWS[i].out);
	}
}

static json_t *time_at_noon(const char *text, const char **right)
{
	return arguments_time(text, 43200, right);
}

static json_t *past_at_noon(const char *text, const char **right)
{
	return arguments_past(text, 43200, right);
}

static void what_people_type_becomes_json(void **state)
{
	static const struct {
		json_t *(*read)(const char *text, const char **right);
		const char *text, *json; /* NULL: refused */
	} ROWS[] = {
		{ arguments_quantity, "120", "\"120\"" },
		{ arguments_quantity, "120L", "\"120L\"" },
		{ arguments_quantity, "2 packs of 12", "\"2 packs of 12\"" },
		{ arguments_quantity, "-3", NULL },
		{ arguments_quantity, "L", NULL },
		{ arguments_quantity, "", NULL },
		{ arguments_count, "40", "40" },
		{ arguments_count, "40.5", NULL },
		{ arguments_count, "-1", NULL },
		{ arguments_count, "9999999999", NULL },
		{ arguments_hours, "6", "6" },
		{ arguments_hours, "24h", "24" },
		{ arguments_hours, "3d", "72" },
		{ arguments_hours, "1w", "168" },
		{ arguments_hours, "0", NULL },
		{ arguments_every, "24h", "24" },
		{ arguments_every, "once", "0" },
		{ arguments_every, "often", NULL },
		{ arguments_hours, "30m", NULL },
		{ arguments_hours, "6hours", NULL },
		{ past_at_noon, "2h", "36000" },
		{ past_at_noon, "3d", "0" },
		{ past_at_noon, "2026-09-14T18:00Z", "\"2026-09-14T18:00Z\"" },
		{ past_at_noon, "soon", NULL },
		{ time_at_noon, "6h", "64800" },
		{ time_at_noon, "2d", "216000" },
		{ time_at_noon, "30m", "45000" },
		{ time_at_noon, "2026-09-14T18:00Z", "\"2026-09-14T18:00Z\"" },
		{ time_at_noon, "6", NULL },
		{ time_at_noon, "tomorrow", NULL },
		{ arguments_place, "35.5,-77.25", "\"35.5,-77.25\"" },
		{ arguments_place, "8773XW44+22", "\"8773XW44+22\"" },
		{ arguments_place, " ", NULL },
		{ arguments_place, "", NULL },
		{ arguments_opening, "8-17", "{\"from\":\"08:00\",\"to\":\"17:00\"}" },
		{ arguments_opening, "8:30-17:00 mon,tue",
		  "{\"from\":\"08:30\",\"to\":\"17:00\",\"days\":[\"mon\",\"tue\"]}" },
		{ arguments_opening, "8", NULL },
		{ arguments_opening, "8-25", NULL },
		{ arguments_opening, "8-17x", NULL },
		{ arguments_list, "water, food,", "[\"water\",\"food\"]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		const char *right = NULL;
		json_t *value = ROWS[i].read(ROWS[i].text, &right);
		char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

		print_message("%s\n", ROWS[i].text);
		assert_non_null(right);
		if (ROWS[i].json == NULL) {
			assert_null(value);
		} else {
			assert_non_null(value);
			assert_string_equal(text, ROWS[i].json);
		}
		free(text);
		json_decref(value);
	}
}

static void words_have_a_distance(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} ROWS[] = { { "need", "need", 0 }, { "need", "ned", 1 },     { "need", "nede", 1 }, { "list", "lits", 1 },
		     { "", "abc", 3 },      { "pledge", "plege", 1 }, { "need", "list", 4 } };

	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		assert_int_equal(arguments_distance(ROWS[i].a, ROWS[i].b), ROWS[i].distance);
		assert_int_equal(arguments_distance(ROWS[i].b, ROWS[i].a), ROWS[i].distance);
	}
}

static void strangers_words_turn_no_line(void **state)
{
	struct table table;

	(void)state;
	table_init(&table, "TEXT");
	table_add(&table, "a\xE2\x80\xAE"
			  "b\xE2\x81\xA7"
			  "c\x1B[31m\xE2\x80\x8F");
	assert_string_equal(table.texts[1], "a   b   c [31m\xE2\x80\x8F");
	table_fini(&table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_read_to_their_last_page),
		cmocka_unit_test(times_are_told_as_people_tell_them),
		cmocka_unit_test(what_people_type_becomes_json),
		cmocka_unit_test(words_have_a_distance),
		cmocka_unit_test(strangers_words_turn_no_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
