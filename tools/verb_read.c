/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/table.h"
#include "tools/verbs.h"

/* --- answers --- */

int reply_check(const struct call *call, const struct reply *reply)
{
	const char *error = json_string_value(json_object_get(reply->json, "error"));

	if (reply->status >= 200 && reply->status < 300)
		return EXIT_DONE;
	if (reply->status == 0) {
		fprintf(stderr, "No node answers at %s. Start one with tools/run, or name its socket with --socket.\n",
			call->client.socket);
		return EXIT_UNREACHABLE;
	}
	if (call->json && reply->json != NULL)
		reply_print_json(reply);
	else if (error != NULL)
		fprintf(stderr, "%s%s\n", error,
			json_is_true(json_object_get(reply->json, "ask")) ? " Add --sure to write it all the same."
									  : "");
	else
		fprintf(stderr, "The node answered %ld and said no more.\n", reply->status);
	return EXIT_REFUSED;
}

void reply_print_json(const struct reply *reply)
{
	printf("%s\n", reply->data != NULL ? reply->data : "");
}

int64_t iso_read(const char *iso)
{
	struct tm tm = { 0 };

	if (iso == NULL || strptime(iso, "%Y-%m-%dT%H:%M:%SZ", &tm) == NULL)
		return 0;
	return (int64_t)timegm(&tm);
}

int64_t node_now(struct call *call)
{
	struct reply reply;
	int64_t now;

	client_get(&call->client, &reply, "/v1/status");
	now = iso_read(json_string_value(json_object_get(reply.json, "now")));
	reply_fini(&reply);
	return now != 0 ? now : (int64_t)time(NULL);
}

static void span_print(char out[12], int64_t s)
{
	if (s < 3600)
		snprintf(out, 12, "%d min", (int)(s / 60));
	else if (s < 48 * 3600)
		snprintf(out, 12, "%d h", (int)(s / 3600));
	else
		snprintf(out, 12, "%u d", (unsigned)(s / 86400) % 100000u);
}

void age_print(char out[16], const char *iso, int64_t now)
{
	int64_t then = iso_read(iso);
	char span[12];

	out[0] = '\0';
	span_print(span, now - then);
	if (then != 0 && now - then < 60)
		snprintf(out, 16, "now");
	else if (then != 0)
		snprintf(out, 16, "%.9s ago", span);
}

void due_print(char out[16], const char *iso, int64_t now)
{
	int64_t due = iso_read(iso);
	char span[12];

	out[0] = '\0';
	span_print(span, due > now ? due - now : now - due);
	if (due != 0 && due - now < 60 && now - due < 60)
		snprintf(out, 16, "now");
	else if (due != 0)
		snprintf(out, 16, due > now ? "in %.9s" : "%.9s late", span);
}

const char *field_string(const json_t *object, const char *field)
{
	const char *text = json_string_value(json_object_get(object, field));

	return text != NULL ? text : "";
}

const char *field_text(char out[64], const json_t *object, const char *field)
{
	const json_t *value = json_object_get(object, field);

	out[0] = '\0';
	if (json_is_string(value))
		snprintf(out, 64, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(out, 64, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value))
		snprintf(out, 64, "%.12g", json_real_value(value));
	else if (json_is_boolean(value))
		snprintf(out, 64, "%s", json_is_true(value) ? "yes" : "no");
	return out;
}

/* --- lists --- */

enum {
	ROWS_A_PAGE = 2000,
	TEXT_ROWS_MAX = 5000
}; /* few requests, and none that keeps the node from its work for long */

/* Lists of needs and stock read alike on every node, so that two people can compare them; the way there, which differs,
 * stands with the sites. */
static const struct column NEED_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },
					      { "ITEM", "item_name", SHOW_PLAIN },
					      { ">SHORT", "open", SHOW_UNIT },
					      { ">OF", "quantity", SHOW_ZERO_BLANK },
					      { ">COMING", "coming", SHOW_ZERO_BLANK },
					      { "SITE", "site", SHOW_PLAIN },
					      { ">PEOPLE", "people", SHOW_ZERO_BLANK },
					      { ">WITHIN", "within", SHOW_HOURS },
					      { "STATUS", "status", SHOW_STATUS },
					      { "SAID", "changed", SHOW_AGE },
					      { "BY", "author", SHOW_PLAIN },
					      { NULL, NULL, SHOW_PLAIN } };
static const struct column STOCK_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },
					       { "ITEM", "item_name", SHOW_PLAIN },
					       { ">ON HAND", "on_hand", SHOW_UNIT },
					       { ">PROMISED", "promised", SHOW_ZERO_BLANK },
					       { ">RESERVE", "reserve", SHOW_ZERO_BLANK },
					       { "SITE", "site", SHOW_PLAIN },
					       { "STATUS", "status", SHOW_STATUS },
					       { "SAID", "changed", SHOW_AGE },
					       { "BY", "author", SHOW_PLAIN },
					       { NULL, NULL, SHOW_PLAIN } };
static const struct column SITE_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },
					      { "NAME", "name", SHOW_PLAIN },
					      { "STATE", "state", SHOW_PLAIN },
					      { ">PEOPLE", "people", SHOW_ZERO_BLANK },
					      { ">NEEDS", "open_needs", SHOW_ZERO_BLANK },
					      { "WAY", "way", SHOW_PLAIN },
					      { "PLACE", "place", SHOW_PLACE },
					      { "HEARD", "heard", SHOW_AGE },
					      { "BY", "author", SHOW_PLAIN },
					      { NULL, NULL, SHOW_PLAIN } };
static const struct column MOVE_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },        { "STAGE", "stage", SHOW_PLAIN },
					      { ">QTY", "quantity", SHOW_UNIT },   { "ITEM", "item_name", SHOW_PLAIN },
					      { "FROM", "from_site", SHOW_PLAIN }, { "TO", "to_site", SHOW_PLAIN },
					      { "DUE", "due", SHOW_DUE },          { "SAID", "changed", SHOW_AGE },
					      { "BY", "author", SHOW_PLAIN },      { "REMARK", "extra", SHOW_REMARK },
					      { NULL, NULL, SHOW_PLAIN } };
static const struct column NOTE_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },           { "KIND", "kind", SHOW_PLAIN },
					      { "SEVERITY", "severity", SHOW_PLAIN }, { "ABOUT", "of", SHOW_PLAIN },
					      { "FLAGS", "flags", SHOW_WORDS },       { "TEXT", "text", SHOW_PLAIN },
					      { "FROM", "source", SHOW_PLAIN },       { "SAID", "changed", SHOW_AGE },
					      { "BY", "author", SHOW_PLAIN },         { NULL, NULL, SHOW_PLAIN } };
static const struct column OVERTAKEN_COLUMNS[] = { { "ITEM", "item_name", SHOW_PLAIN },
						   { ">QTY", "quantity", SHOW_UNIT },
						   { ">PEOPLE", "people", SHOW_ZERO_BLANK },
						   { ">WITHIN", "within", SHOW_HOURS },
						   { "CLOSED", "reason", SHOW_PLAIN },
						   { "TEXT", "text", SHOW_PLAIN },
						   { "SAID", "changed", SHOW_AGE },
						   { "BY", "author", SHOW_PLAIN },
						   { NULL, NULL, SHOW_PLAIN } };
static const struct column AUTHOR_COLUMNS[] = { { "NAME", "name", SHOW_PLAIN },       { "TRUST", "trust", SHOW_PLAIN },
						{ "VOUCHED", "vouched", SHOW_PLAIN }, { "HEARD", "heard", SHOW_AGE },
						{ "KEY", "key", SHOW_PLAIN },         { NULL, NULL, SHOW_PLAIN } };
static const struct column PEER_COLUMNS[] = {
	{ "NAME", "name", SHOW_PLAIN },          { "STATE", "state", SHOW_PLAIN },
	{ "TRUST", "trust", SHOW_PLAIN },        { ">IN", "entries_in", SHOW_PLAIN },
	{ ">OUT", "entries_out", SHOW_PLAIN },   { ">LEFT IN", "left_in", SHOW_PLAIN },
	{ ">LEFT OUT", "left_out", SHOW_PLAIN }, { "ADDRESS", "address", SHOW_PLAIN },
	{ "SINCE", "since", SHOW_AGE },          { NULL, NULL, SHOW_PLAIN }
};

/* What can be listed, and what is said when there is none. */
static const struct listing {
	const char *word, *path, *kind, *field, *none;
	const struct column *columns;
} LISTINGS[] = {
	{ "needs", "/v1/lines", "need", "lines",
	  "No needs heard yet. Add one: aidmesh need drinking-water 120 --people 40", NEED_COLUMNS },
	{ "offers", "/v1/lines", "offer", "lines", "No offers heard yet. Add one: aidmesh offer \"hot meal\" 200",
	  STOCK_COLUMNS },
	{ "stocks", "/v1/lines", "stock", "lines", "No stock counted yet. Add some: aidmesh stock blanket 80",
	  STOCK_COLUMNS },
	{ "sites", "/v1/sites", NULL, "sites",
	  "No sites heard of yet. Add one: aidmesh site \"Oak St church\" --at 35.1,-77.0", SITE_COLUMNS },
	{ "moves", "/v1/moves", NULL, "moves", "Nothing is on its way.", MOVE_COLUMNS },
	{ "notes", "/v1/notes", NULL, "notes", "No notes.", NOTE_COLUMNS },
	{ "authors", "/v1/authors", NULL, "authors", "No other node has been heard yet.", AUTHOR_COLUMNS },
};

static const struct listing PEERS = { "peers",
				      "/v1/peers",
				      NULL,
				      "peers",
				      "No neighbour in reach. Nodes find each other by themselves on the same network.",
				      PEER_COLUMNS };

/* What has arrived or was taken back is late no more. */
static bool is_awaited(const json_t *move)
{
	const char *stage = json_string_value(json_object_get(move, "stage"));

	return stage != NULL &&
	       (strcmp(stage, "asked") == 0 || strcmp(stage, "pledged") == 0 || strcmp(stage, "sent") == 0);
}

/* A need or an offer without a number; what stands on a shelf was counted. */
static bool is_unsaid(const json_t *row)
{
	const json_t *quantity = json_object_get(row, "quantity"), *kind = json_object_get(row, "kind");

	return json_is_number(quantity) && json_number_value(quantity) == 0 && json_is_string(kind) &&
	       strcmp(json_string_value(kind), "stock") != 0;
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
	else if (goes_on && json_number_value(json_object_get(move, "extra")) > 0)
		snprintf(out, size, "%s %s already covered: go on or release?", field_text(extra, move, "extra"),
			 field_text(unit, move, "unit"));
	else if (goes_on && !is_ask && !json_is_true(json_object_get(move, "counts")))
		snprintf(out, size, "not accepted yet");
}

static void cell_add(struct table *table, const json_t *row, const struct column *column, int64_t now)
{
	const json_t *value = json_object_get(row, column->field);
	char text[64], unit[64], cell[130];

	field_text(text, row, column->field);
	snprintf(cell, sizeof(cell), "%s", text);
	switch (column->how) {
	case SHOW_PLAIN:
		/* A long text is shown whole. */
		table_add(table, json_is_string(value) ? json_string_value(value) : text);
		return;
	case SHOW_AGE:
		age_print(cell, json_string_value(value), now);
		break;
	case SHOW_DUE:
		due_print(cell, is_awaited(row) ? json_string_value(value) : NULL, now);
		break;
	case SHOW_WHEN:
		due_print(cell, json_string_value(value), now);
		break;
	case SHOW_UNIT:
		/* What nobody gave a number is not none. */
		if (strcmp(column->field, "quantity") != 0 && is_unsaid(row)) {
			snprintf(cell, sizeof(cell), "?");
			break;
		}
		snprintf(cell, sizeof(cell), "%s %s", text, field_text(unit, row, "unit"));
		break;
	case SHOW_HOURS:
		snprintf(cell, sizeof(cell), "%s%s", strcmp(text, "0") == 0 ? "" : text,
			 strcmp(text, "0") == 0 ? "" : " h");
		break;
	case SHOW_PLACE:
		cell[0] = '\0';
		if (json_is_object(value))
			snprintf(cell, sizeof(cell), "%.5f,%.5f", json_number_value(json_object_get(value, "lat")),
				 json_number_value(json_object_get(value, "lon")));
		break;
	case SHOW_WORDS:
		words_show(cell, sizeof(cell), value);
		break;
	case SHOW_STATUS:
		if (json_is_true(json_object_get(row, "check_on_them")))
			snprintf(cell, sizeof(cell), "CHECK ON THEM");
		else if (json_is_true(json_object_get(row, "ask_still_needed")))
			snprintf(cell, sizeof(cell), "%s, still needed?", text);
		else if (json_number_value(json_object_get(row, "on_hand")) < 0)
			snprintf(cell, sizeof(cell), "%s, recount", text);
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
	int64_t now = node_now(call);
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

/* The rows of all pages; `*rc` says how it went. */
static json_t *pages_read(int *rc, struct call *call, const struct listing *listing, const char *path)
{
	json_t *rows = json_array();
	json_int_t offset = 0, next = 0;

	do {
		struct reply reply;
		char page[1300];

		offset = next;
		snprintf(page, sizeof(page), "%s%climit=%d&offset=%lld", path, strchr(path, '?') != NULL ? '&' : '?',
			 ROWS_A_PAGE, (long long)offset);
		client_get(&call->client, &reply, page);
		*rc = reply_check(call, &reply);
		if (*rc == EXIT_DONE)
			json_array_extend(rows, json_object_get(reply.json, listing->field));
		next = *rc == EXIT_DONE ? json_integer_value(json_object_get(reply.json, "next")) : 0;
		reply_fini(&reply);
	} while (next > offset);
	return rows;
}

static void rows_print_json(const struct listing *listing, json_t *rows)
{
	json_t *all = json_pack("{s:O, s:I}", listing->field, rows, "total", (json_int_t)json_array_size(rows));
	char *text = json_dumps(all, JSON_COMPACT | JSON_REAL_PRECISION(15));

	printf("%s\n", text != NULL ? text : "");
	free(text);
	json_decref(all);
}

static int list(struct call *call, const struct listing *listing, const char *path)
{
	int rc;
	json_t *rows = pages_read(&rc, call, listing, path);

	if (rc == EXIT_DONE && call->json)
		rows_print_json(listing, rows);
	else if (rc == EXIT_DONE && json_array_size(rows) == 0)
		puts(json_object_size(call->fields) > 0 ? "Nothing fits that." : listing->none);
	else if (rc == EXIT_DONE)
		rows_print(call, rows, listing->columns);
	json_decref(rows);
	return rc;
}

void path_add_fields(struct call *call, char *path, size_t size)
{
	size_t used = strlen(path);
	const char *name;
	json_t *value;

	json_object_foreach (call->fields, name, value) {
		char text[64], *encoded;

		if (json_is_boolean(value))
			continue;
		encoded = client_encode(&call->client, json_is_string(value) ? json_string_value(value)
									     : field_text(text, call->fields, name));
		if (encoded != NULL && used + strlen(encoded) + 20 < size)
			used += (size_t)snprintf(path + used, size - used, "%c%s=%s",
						 strchr(path, '?') != NULL ? '&' : '?', name, encoded);
		free(encoded);
	}
}

bool wants_text(struct call *call)
{
	return json_is_true(json_object_get(call->fields, "as_text"));
}

int text_print(struct call *call, const char *path, const char *none)
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

int verb_list(struct call *call)
{
	const char *word = call->word_count > 0 ? call->words[0] : "needs";
	const struct listing *found = NULL;
	char path[1200];

	/* "need" and "stock" are as good as their plurals. */
	for (size_t i = 0; i < sizeof(LISTINGS) / sizeof(LISTINGS[0]); i++)
		if (strcmp(LISTINGS[i].word, word) == 0 || (strlen(word) + 1 == strlen(LISTINGS[i].word) &&
							    strncmp(LISTINGS[i].word, word, strlen(word)) == 0))
			found = &LISTINGS[i];
	if (found == NULL) {
		fprintf(stderr,
			"There is no list of \"%s\": name needs, offers, stocks, sites, moves, notes or authors.\n",
			word);
		return EXIT_USAGE;
	}
	snprintf(path, sizeof(path), "%s%s%s", found->path, found->kind != NULL ? "?kind=" : "",
		 found->kind != NULL ? found->kind : "");
	path_add_fields(call, path, sizeof(path));
	if (wants_text(call))
		return text_print(call, path, "");
	return list(call, found, path);
}

int verb_peers(struct call *call)
{
	return list(call, &PEERS, PEERS.path);
}

/* --- single things --- */

static void print_field(const char *name, const json_t *value)
{
	char *text;

	if (json_is_null(value) || json_is_false(value) || (json_is_string(value) && json_string_length(value) == 0) ||
	    (json_is_array(value) && json_array_size(value) == 0) ||
	    (json_is_number(value) && fabs(json_number_value(value)) <= 0))
		return;
	if (json_is_string(value)) {
		printf("  %-14s %s\n", name, json_string_value(value));
		return;
	}
	text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
	printf("  %-14s %s\n", name, json_is_true(value) ? "yes" : text != NULL ? text : "");
	free(text);
}

static void print_object(const json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)object, name, value) {
		print_field(name, value);
	}
}

static void print_belongings(struct call *call, const json_t *record, const char *field, const char *title,
			     const struct column *columns)
{
	const json_t *rows = json_object_get(record, field);

	if (json_array_size(rows) == 0)
		return;
	printf("\n%s\n", title);
	rows_print(call, rows, columns);
}

int verb_show(struct call *call)
{
	struct reply reply;
	char path[400];
	char *encoded = client_encode(&call->client, call->words[0]);
	int rc;

	snprintf(path, sizeof(path), "/v1/record/%s", encoded != NULL ? encoded : "");
	free(encoded);
	client_get(&call->client, &reply, path);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && call->json) {
		reply_print_json(&reply);
	} else if (rc == EXIT_DONE) {
		const char *kind = json_string_value(json_object_get(reply.json, "kind"));

		puts(kind != NULL ? kind : "record");
		print_object(json_object_get(reply.json, "record"));
		print_belongings(call, reply.json, "lines", "Needs, offers and stock", NEED_COLUMNS);
		print_belongings(call, reply.json, "overtaken",
				 "Keepers' changes that do not stand: it was changed meanwhile", OVERTAKEN_COLUMNS);
		print_belongings(call, reply.json, "moves", "Moves", MOVE_COLUMNS);
		print_belongings(call, reply.json, "notes", "Notes", NOTE_COLUMNS);
	}
	reply_fini(&reply);
	return rc;
}

int verb_status(struct call *call)
{
	struct reply reply;
	int rc;

	client_get(&call->client, &reply, "/v1/status");
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && call->json)
		reply_print_json(&reply);
	else if (rc == EXIT_DONE)
		print_object(reply.json);
	reply_fini(&reply);
	return rc;
}
