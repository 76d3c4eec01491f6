/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/table.h"
#include "tools/verbs.h"

/* "~1.2": an estimate; "" when nothing is known. */
static void estimate_print(char out[80], const json_t *item, const char *field, const char *mark)
{
	char number[64];

	field_text(number, item, field);
	snprintf(out, 80, "%s%s", number[0] != '\0' && json_is_true(json_object_get(item, mark)) ? "~" : "", number);
}

static void row_add(struct table *table, const json_t *item)
{
	static const char *const languages[] = { "en", "es", "fr", "ht" };
	const json_t *labels = json_object_get(item, "labels");
	char text[64], cell[80], amount[260], once[80];

	table_add(table, field_text(text, item, "code"));
	for (size_t i = 0; i < sizeof(languages) / sizeof(languages[0]); i++)
		table_add(table, json_string_value(json_object_get(labels, languages[i])));
	table_add(table, field_text(text, item, "unit"));
	estimate_print(cell, item, "kg_each", "kg_estimate");
	table_add(table, cell);
	estimate_print(cell, item, "per_person_per_day", "suggestion");
	estimate_print(once, item, "once_per_unit", "suggestion");
	field_text(text, item, "applies_to");
	snprintf(amount, sizeof(amount), "%s%s%s%s%s%s", cell, cell[0] != '\0' ? " a day" : "", once,
		 once[0] != '\0' ? " once" : "", (cell[0] != '\0' || once[0] != '\0') && text[0] != '\0' ? ", " : "",
		 cell[0] != '\0' || once[0] != '\0' ? text : "");
	table_add(table, amount);
}

static void items_print(const json_t *items)
{
	struct table table;
	size_t index;
	const json_t *item;

	table_init(&table, ">CODE|ITEM|ES|FR|HT|UNIT|>KG EACH|FOR EACH");
	json_array_foreach (items, index, item) {
		row_add(&table, item);
	}
	table_print(&table, stdout);
	table_fini(&table);
	puts("~ an estimate or a suggestion: check it.");
}

int verb_catalog(struct call *call)
{
	char words[200] = "", path[700] = "/v1/catalog", *encoded;
	struct reply reply;
	int rc;

	for (size_t i = 0; i < call->word_count; i++)
		snprintf(words + strlen(words), sizeof(words) - strlen(words), "%s%s", i > 0 ? " " : "",
			 call->words[i]);
	encoded = client_encode(&call->client, words);
	if (call->word_count > 0)
		snprintf(path, sizeof(path), "/v1/catalog?q=%s", encoded != NULL ? encoded : "");
	free(encoded);
	client_get(&call->client, &reply, path);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && call->json)
		reply_print_json(&reply);
	else if (rc == EXIT_DONE && json_array_size(json_object_get(reply.json, "items")) == 0)
		printf("Nothing in the catalogue is like \"%s\": what is not in it travels in your own words.\n",
		       words);
	else if (rc == EXIT_DONE)
		items_print(json_object_get(reply.json, "items"));
	reply_fini(&reply);
	return rc;
}
