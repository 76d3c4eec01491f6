/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/verbs.h"

/* --- lists --- */

enum { ROWS_A_PAGE = 2000 }; /* few requests, and none that keeps the node from its work for long */

/* Lists of needs and stock read alike on every node, so that two people can compare them, but for the end of a line, where each node
 * marks who is a stranger to it; the way there, which differs, stands with the sites. */
static const struct column NEED_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },
					      { "ITEM", "item_name", SHOW_ITEM },
					      { ">SHORT", "open", SHOW_UNIT },
					      { ">OF", "quantity", SHOW_ZERO_BLANK },
					      { ">COMING", "coming", SHOW_ZERO_BLANK },
					      { "SITE", "site", SHOW_PLAIN },
					      { ">PEOPLE", "people", SHOW_ZERO_BLANK },
					      { ">WITHIN", "within", SHOW_HOURS },
					      { "DUE", "due", SHOW_DUE },
					      { "STATUS", "status", SHOW_STATUS },
					      { "SAID", "said", SHOW_AGE },
					      { "BY", "author", SHOW_BY },
					      { NULL, NULL, SHOW_PLAIN } };
static const struct column STOCK_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },
					       { "ITEM", "item_name", SHOW_ITEM },
					       { ">ON HAND", "on_hand", SHOW_UNIT },
					       { ">PROMISED", "promised", SHOW_ZERO_BLANK },
					       { ">RESERVE", "reserve", SHOW_ZERO_BLANK },
					       { "GOODS", "use_by", SHOW_GOODS },
					       { "SITE", "site", SHOW_PLAIN },
					       { "STATUS", "status", SHOW_STATUS },
					       { "SAID", "said", SHOW_AGE },
					       { "BY", "author", SHOW_BY },
					       { NULL, NULL, SHOW_PLAIN } };
static const struct column ROUND_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },        { "SITE", "site", SHOW_PLAIN },
					       { "ABOUT", "item_name", SHOW_ITEM }, { "ASKED", "round", SHOW_ROUND },
					       { "TEXT", "text", SHOW_PLAIN },      { "STATUS", "status", SHOW_STATUS },
					       { "SAID", "said", SHOW_AGE },        { "BY", "author", SHOW_BY },
					       { NULL, NULL, SHOW_PLAIN } };
static const struct column PERIOD_COLUMNS[] = { { "FROM", "from", SHOW_AGE },
						{ ">ASKED", "asked", SHOW_ZERO_BLANK },
						{ ">MET", "met", SHOW_PLAIN },
						{ NULL, NULL, SHOW_PLAIN } };
static const struct column SITE_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },
					      { "NAME", "name", SHOW_PLAIN },
					      { "STATE", "state", SHOW_PLAIN },
					      { "GO TO", "instead", SHOW_PLAIN },
					      { ">PEOPLE", "people", SHOW_ZERO_BLANK },
					      { ">NEEDS", "open_needs", SHOW_ZERO_BLANK },
					      { "ASKED", "round", SHOW_ROUND },
					      { "WAY", "way", SHOW_PLAIN },
					      { "PLACE", "place", SHOW_PLACE },
					      { "HEARD", "heard", SHOW_AGE },
					      { "BY", "author", SHOW_BY },
					      { NULL, NULL, SHOW_PLAIN } };
static const struct column MOVE_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },        { "STAGE", "stage", SHOW_PLAIN },
					      { ">QTY", "quantity", SHOW_UNIT },   { "ITEM", "item_name", SHOW_PLAIN },
					      { "FROM", "from_site", SHOW_PLAIN }, { "TO", "to_site", SHOW_PLAIN },
					      { "DUE", "due", SHOW_DUE },          { "SAID", "changed", SHOW_AGE },
					      { "REMARK", "extra", SHOW_REMARK },  { "BY", "author", SHOW_BY },
					      { NULL, NULL, SHOW_PLAIN } };
static const struct column NOTE_COLUMNS[] = {
	{ "REF", "ref", SHOW_PLAIN },        { "KIND", "kind", SHOW_PLAIN },   { "SEVERITY", "severity", SHOW_PLAIN },
	{ "ABOUT", "of", SHOW_PLAIN },       { "FLAGS", "flags", SHOW_WORDS }, { "TEXT", "text", SHOW_SAYS },
	{ "FROM", "source", SHOW_PLAIN },    { "UNTIL", "until", SHOW_WHEN },  { "OVER", "over", SHOW_PLAIN },
	{ "DENIED", "denied", SHOW_DENIED }, { "SAID", "changed", SHOW_AGE },  { "BY", "author", SHOW_BY },
	{ NULL, NULL, SHOW_PLAIN }
};
static const struct column OVERTAKEN_COLUMNS[] = {
	{ "CHANGES", "changes", SHOW_WORDS }, { "ITEM", "item_name", SHOW_PLAIN },
	{ ">QTY", "quantity", SHOW_UNIT },    { ">PEOPLE", "people", SHOW_ZERO_BLANK },
	{ ">WITHIN", "within", SHOW_HOURS },  { "CLOSED", "reason", SHOW_PLAIN },
	{ "TEXT", "text", SHOW_PLAIN },       { "SAID", "changed", SHOW_AGE },
	{ "BY", "author", SHOW_BY },          { NULL, NULL, SHOW_PLAIN }
};
static const struct column AUTHOR_COLUMNS[] = { { "NAME", "name", SHOW_PLAIN },   { "SPEAKS", "languages", SHOW_PLAIN },
						{ "TRUST", "trust", SHOW_PLAIN }, { "VOUCHED", "vouched", SHOW_PLAIN },
						{ "HEARD", "heard", SHOW_AGE },   { "KEY", "key", SHOW_PLAIN },
						{ NULL, NULL, SHOW_PLAIN } };
static const struct column PEER_COLUMNS[] = { { "NAME", "name", SHOW_PLAIN },
					      { "STATE", "state", SHOW_PLAIN },
					      { "TRUST", "trust", SHOW_PLAIN },
					      { ">IN", "entries_in", SHOW_PLAIN },
					      { ">OUT", "entries_out", SHOW_PLAIN },
					      { ">LEFT IN", "left_in", SHOW_PLAIN },
					      { ">LEFT OUT", "left_out", SHOW_PLAIN },
					      { "ADDRESS", "address", SHOW_PLAIN },
					      { "SINCE", "since", SHOW_AGE },
					      { "COPIED", "copied", SHOW_PLAIN },
					      { NULL, NULL, SHOW_PLAIN } };

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
	{ "rounds", "/v1/lines", "round", "lines",
	  "Nobody told of a round yet. Tell of one: aidmesh round Oak --doors 40 --answered 31 --nothing 31",
	  ROUND_COLUMNS },
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

/* Below the table: what is not taken between this node and which neighbour, and why. */
static void print_abouts(const json_t *rows)
{
	size_t index;
	const json_t *row;

	json_array_foreach (rows, index, row) {
		if (field_string(row, "about")[0] != '\0')
			printf("%s: %s\n", field_string(row, "name"), field_string(row, "about"));
	}
}

/* What was narrowed is empty as far as it was asked, and says by what: "Nothing fits that: --item tarp." */
static void none_write(char *out, size_t size, const struct call *call, const struct listing *listing)
{
	size_t used = (size_t)snprintf(out, size, "%s", listing->none);
	const char *name;
	json_t *value;

	json_object_foreach (call->fields, name, value) {
		if (!json_is_string(value))
			continue;
		used = strcmp(out, listing->none) == 0 ? (size_t)snprintf(out, size, "Nothing fits that:") : used;
		if (used < size)
			used += (size_t)snprintf(out + used, size - used, " --%s %s", name, json_string_value(value));
	}
	if (strcmp(out, listing->none) != 0 && used < size)
		snprintf(out + used, size - used, ". All there is: aidmesh list %s", listing->word);
}

static int list(struct call *call, const struct listing *listing, const char *path)
{
	int rc;
	json_t *rows = pages_read(&rc, call, listing, path);
	char none[400];

	none_write(none, sizeof(none), call, listing);
	if (rc == EXIT_DONE && call->json)
		rows_print_json(listing, rows);
	else if (rc == EXIT_DONE && json_array_size(rows) == 0)
		puts(none);
	else if (rc == EXIT_DONE)
		rows_print(call, rows, listing->columns);
	if (rc == EXIT_DONE && !call->json)
		print_abouts(rows);
	json_decref(rows);
	return rc;
}

int verb_list(struct call *call)
{
	const char *word = call->word_count > 0 ? call->words[0] : "needs";
	const struct listing *found = NULL;
	char path[1200], none[400];

	/* "need" and "stock" are as good as their plurals. */
	for (size_t i = 0; i < sizeof(LISTINGS) / sizeof(LISTINGS[0]); i++)
		if (strcmp(LISTINGS[i].word, word) == 0 || (strlen(word) + 1 == strlen(LISTINGS[i].word) &&
							    strncmp(LISTINGS[i].word, word, strlen(word)) == 0))
			found = &LISTINGS[i];
	if (found == NULL) {
		fprintf(stderr,
			"There is no list of \"%s\": name needs, offers, stocks, rounds, sites, moves, notes or "
			"authors.\n",
			word);
		return EXIT_USAGE;
	}
	if (json_object_get(call->fields, "all") != NULL && strcmp(found->word, "notes") != 0) {
		fputs("--all is for notes: alerts that are over, and what was taken back.\n", stderr);
		return EXIT_USAGE;
	}
	snprintf(path, sizeof(path), "%s%s%s", found->path, found->kind != NULL ? "?kind=" : "",
		 found->kind != NULL ? found->kind : "");
	options_add_to_path(call, path, sizeof(path));
	if (options_want_text(call)) {
		none_write(none, sizeof(none) - 1, call, found);
		strcat(none, "\n");
		return rows_print_text(call, path, none);
	}
	return list(call, found, path);
}

/* What is wrong with a key stands above those whose it is. */
int verb_peers(struct call *call)
{
	struct reply reply;

	if (!call->json) {
		client_get(&call->client, &reply, "/v1/status");
		reply_print_notices(reply.json);
		if (field_string(reply.json, "network")[0] != '\0')
			printf("%s\n", field_string(reply.json, "network"));
		reply_fini(&reply);
	}
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

static void print_denial(const json_t *denied)
{
	bool is_strange = strcmp(field_string(denied, "trust"), "stranger") == 0;
	json_t *line = json_sprintf(
		"%sby %s%s: %s", json_is_true(json_object_get(denied, "before")) ? "before it was corrected, " : "",
		field_string(denied, "by"), is_strange ? " (stranger)" : "", field_string(denied, "text"));

	print_field("denied", line);
	json_decref(line);
}

/* Sentences as programs read them; the same stand in words beside them. */
static bool is_for_programs(const char *name)
{
	size_t size = strlen(name);

	return size > 5 && strcmp(name + size - 5, "_said") == 0;
}

static void print_object(const json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)object, name, value) {
		if (is_for_programs(name))
			continue;
		if (strcmp(name, "denied") == 0)
			print_denial(value);
		else if (strcmp(name, "periods") != 0) /* they stand below */
			print_field(name, value);
	}
}

/* The date, and what it rests on, in one line. */
static void print_clock(json_t *status)
{
	const json_t *clock = json_object_get(status, "clock");
	bool is_set = strcmp(field_string(clock, "quality"), "set") == 0; /* else the sentence tells the date */
	json_t *line = json_sprintf("%s%s%s%s%s", is_set ? field_string(clock, "date") : "", is_set ? " " : "",
				    is_set ? field_string(clock, "zone") : "", is_set ? ". " : "",
				    field_string(clock, "sentence"));

	print_field("clock", line);
	json_decref(line);
	json_object_del(status, "clock");
	json_object_del(status, "time_quality");
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
		print_belongings(call, reply.json, "rounds", "Rounds from door to door", ROUND_COLUMNS);
		print_belongings(call, json_object_get(reply.json, "record"), "periods", "What came, the present first",
				 PERIOD_COLUMNS);
		print_belongings(call, reply.json, "overtaken",
				 "Keepers' changes that do not stand: it was changed meanwhile", OVERTAKEN_COLUMNS);
		print_belongings(call, reply.json, "moves", "Moves", MOVE_COLUMNS);
		print_belongings(call, reply.json, "notes", "Notes", NOTE_COLUMNS);
	}
	reply_fini(&reply);
	return rc;
}

/* "moves 12 of 2048", all in one line: what it holds, then its own words. */
static void print_rooms(json_t *status)
{
	json_t *line = json_string(""), *room;
	const char *name;

	json_object_foreach (json_object_get(status, "rooms"), name, room) {
		const char *between = json_string_length(line) == 0 ? ""
				      : strcmp(name, "sites") == 0  ? "; said here: "
								    : ", ";
		json_t *longer = json_sprintf("%s%s%s %lld of %lld", json_string_value(line), between, name,
					      (long long)json_integer_value(json_object_get(room, "used")),
					      (long long)json_integer_value(json_object_get(room, "most")));

		json_decref(line);
		line = longer;
	}
	print_field("rooms", line);
	json_decref(line);
	json_object_del(status, "rooms");
	json_object_del(status, "entries");
	json_object_del(status, "entries_max");
}

static void print_status(json_t *status)
{
	reply_print_notices(status);
	json_object_del(status, "notices");
	print_rooms(status);
	print_object(status);
}

int verb_status(struct call *call)
{
	struct reply reply;
	int rc;

	client_get(&call->client, &reply, "/v1/status");
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && call->json) {
		reply_print_json(&reply);
	} else if (rc == EXIT_DONE) {
		print_clock(reply.json);
		print_status(reply.json);
	}
	reply_fini(&reply);
	return rc;
}
