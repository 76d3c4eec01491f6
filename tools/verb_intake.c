/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a volunteer at the table does with a household: proposing needs, finding tickets. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/verbs.h"

static const struct column PROPOSAL_COLUMNS[] = { { "CODE", "item", SHOW_PLAIN },
						  { "ITEM", "item_name", SHOW_PLAIN },
						  { ">QTY", "quantity", SHOW_UNIT },
						  { "SUGGESTION", "suggestion", SHOW_PLAIN },
						  { NULL, NULL, SHOW_PLAIN } };
static const struct column TICKET_COLUMNS[] = {
	{ "NEED", "ref", SHOW_PLAIN },    { "TICKET", "ticket", SHOW_PLAIN },   { "NAME", "name", SHOW_PLAIN },
	{ "PHONE", "phone", SHOW_PLAIN }, { "ADDRESS", "address", SHOW_PLAIN }, { NULL, NULL, SHOW_PLAIN }
};

static bool says(struct call *call, const char *field)
{
	return json_integer_value(json_object_get(call->fields, field)) > 0;
}

/* The reason, and what to type instead. */
static const char *why_not_proposed(struct call *call, const json_t *item)
{
	const char *whom = field_string(item, "applies_to");

	if (strstr(whom, "infant") != NULL && !says(call, "infants"))
		return "it is for infants, and nobody said how many there are. Ask for it by itself, with --infants N";
	if (strcmp(whom, "power-dependent") == 0 && !says(call, "powered"))
		return "it is for people on power, and nobody said how many there are. Ask for it by itself, with "
		       "--powered N";
	return "it is not on the list. Ask for it by itself";
}

/* Why a code that was named is not proposed. */
static void print_not_proposed(struct call *call, const char *code)
{
	char path[200], text[64], *encoded = client_encode(&call->client, code);
	const json_t *item = NULL, *items;
	struct reply reply;
	size_t index;

	snprintf(path, sizeof(path), "/v1/catalog?q=%s", encoded != NULL ? encoded : "");
	free(encoded);
	client_get(&call->client, &reply, path);
	items = json_object_get(reply.json, "items");
	json_array_foreach (items, index, item) {
		if (strcmp(field_text(text, item, "code"), code) == 0)
			break;
	}
	if (index >= json_array_size(items))
		fprintf(stderr, "%s: not opened. It is no code of the catalogue: aidmesh catalog WORDS\n", code);
	else
		fprintf(stderr, "%s %s: not opened, since %s: aidmesh need %s --people N\n", code,
			field_string(json_object_get(item, "labels"), "en"), why_not_proposed(call, item), code);
	reply_fini(&reply);
}

static bool is_proposed(const json_t *rows, const char *code)
{
	char text[64];
	size_t index;
	const json_t *row;

	json_array_foreach (rows, index, row) {
		if (strcmp(field_text(text, row, "item"), code) == 0)
			return true;
	}
	return false;
}

/* Those that were named and are not proposed are told. Gives how many. */
static size_t tell_not_proposed(struct call *call, const json_t *rows, const char *codes)
{
	char *list = strdup(codes), *rest = list;
	size_t count = 0;

	for (char *word = list != NULL ? strtok_r(list, ", ", &rest) : NULL; word != NULL;
	     word = strtok_r(NULL, ", ", &rest)) {
		if (strcmp(word, "all") == 0 || is_proposed(rows, word))
			continue;
		print_not_proposed(call, word);
		count++;
	}
	free(list);
	return count;
}

static bool is_named(const char *codes, json_int_t code)
{
	char text[24], *list = strdup(codes), *rest = list;
	bool found = strcmp(codes, "all") == 0;

	snprintf(text, sizeof(text), "%lld", (long long)code);
	for (char *word = list != NULL ? strtok_r(list, ", ", &rest) : NULL; word != NULL && !found;
	     word = strtok_r(NULL, ", ", &rest))
		found = strcmp(word, text) == 0;
	free(list);
	return found;
}

/* A need for each row that was chosen; goes on after one that is refused. */
static int open_needs(struct call *call, const json_t *rows, const char *codes)
{
	static const char *const kept[] = { "people", "infants", "elders", "powered", "within", "site", "sure" };
	int rc = EXIT_DONE, opened = 0;
	size_t index;
	const json_t *row;

	json_array_foreach (rows, index, row) {
		json_t *need = json_pack("{s:s, s:O, s:O}", "kind", "need", "item", json_object_get(row, "item"),
					 "quantity", json_object_get(row, "quantity"));
		char quantity[64], unit[64];
		struct reply reply;

		if (!is_named(codes, json_integer_value(json_object_get(row, "item")))) {
			json_decref(need);
			continue;
		}
		for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
			if (json_object_get(call->fields, kept[i]) != NULL)
				json_object_set(need, kept[i], json_object_get(call->fields, kept[i]));
		verb_write_post(call, &reply, "/v1/line", need);
		json_decref(need);
		if (reply_check(call, &reply) != EXIT_DONE) {
			rc = EXIT_PARTLY;
		} else if (call->json) {
			reply_print_json(&reply);
		} else {
			printf("%s  need %s %s %s\n", json_string_value(json_object_get(reply.json, "ref")),
			       field_text(quantity, row, "quantity"), field_text(unit, row, "unit"),
			       json_string_value(json_object_get(row, "item_name")));
			if (field_string(reply.json, "remark")[0] != '\0')
				fprintf(stderr, "%s\n", field_string(reply.json, "remark"));
		}
		opened++;
		reply_fini(&reply);
	}
	if (tell_not_proposed(call, rows, codes) > 0)
		rc = EXIT_PARTLY;
	if (opened == 0) {
		fputs("None of those codes is proposed: leave --open out to see them.\n", stderr);
		return EXIT_USAGE;
	}
	return rc;
}

/* "?people=12&infants=2&days=3": what proposals depend on. */
static void path_of_party(struct call *call, char *path, size_t size)
{
	static const char *const parts[] = { "people", "infants", "elders", "powered", "days" };
	size_t used = (size_t)snprintf(path, size, "/v1/propose?");

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]) && used < size; i++) {
		const json_t *value = json_object_get(call->fields, parts[i]);

		if (value != NULL)
			used += (size_t)snprintf(path + used, size - used, "&%s=%lld", parts[i],
						 (long long)json_integer_value(value));
	}
}

int verb_propose(struct call *call)
{
	const char *codes = options_text(call, "open");
	struct reply reply;
	char path[300];
	int rc;

	if (json_object_get(call->fields, "people") == NULL) {
		fputs("Say for how many: aidmesh propose --people 12 --infants 2. Infants are among the people.\n",
		      stderr);
		return EXIT_USAGE;
	}
	path_of_party(call, path, sizeof(path));
	if (options_want_text(call))
		return rows_print_text(call, path, "");
	client_get(&call->client, &reply, path);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && codes != NULL) {
		rc = open_needs(call, json_object_get(reply.json, "rows"), codes);
	} else if (rc == EXIT_DONE && call->json) {
		reply_print_json(&reply);
	} else if (rc == EXIT_DONE) {
		rows_print(call, json_object_get(reply.json, "rows"), PROPOSAL_COLUMNS);
		puts("Open needs for what they lack with --open CODES, or one by one: aidmesh need ITEM QTY.");
	}
	reply_fini(&reply);
	return rc;
}

int verb_pin(struct call *call)
{
	struct reply reply;
	int rc;

	if (call->word_count > 0)
		client_post_json(&call->client, &reply, "/v1/pin", json_pack("{s:s}", "pin", call->words[0]));
	else
		client_get(&call->client, &reply, "/v1/pin");
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && call->json)
		reply_print_json(&reply);
	else if (rc == EXIT_DONE)
		printf("The volunteers' PIN is %s\n", json_string_value(json_object_get(reply.json, "pin")));
	reply_fini(&reply);
	return rc;
}

int verb_tickets(struct call *call)
{
	char path[700], *encoded = client_encode(&call->client, call->word_count > 0 ? call->words[0] : "");
	const json_t *rows;
	struct reply reply;
	int rc;

	snprintf(path, sizeof(path), "/v1/tickets?q=%s", encoded != NULL ? encoded : "");
	free(encoded);
	client_get(&call->client, &reply, path);
	rc = reply_check(call, &reply);
	rows = json_object_get(reply.json, "tickets");
	if (rc == EXIT_DONE && call->json)
		reply_print_json(&reply);
	else if (rc == EXIT_DONE && json_array_size(rows) == 0)
		puts("No ticket here fits that. A code finds its need on every node; names are known only where they "
		     "were taken "
		     "down.");
	else if (rc == EXIT_DONE)
		rows_print(call, rows, TICKET_COLUMNS);
	if (rc == EXIT_DONE && !call->json && field_string(reply.json, "remark")[0] != '\0')
		fprintf(stderr, "%s\n", field_string(reply.json, "remark"));
	reply_fini(&reply);
	return rc;
}
