/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who should get what: the list that the node suggests, and how to accept or decline a row. */
#include <stdio.h>
#include <stdlib.h>

#include "tools/table.h"
#include "tools/verbs.h"

static void portions_print(const json_t *rows)
{
	struct table table;
	const json_t *row;
	size_t index;

	table_init(&table, "NEED|ITEM|>QTY|TO|STOCK|FROM|WHY");
	json_array_foreach (rows, index, row) {
		char quantity[64], cell[130];

		snprintf(cell, sizeof(cell), "%s %s", field_text(quantity, row, "quantity"), field_string(row, "unit"));
		table_add(&table, field_string(row, "need"));
		table_add(&table, field_string(row, "item_name"));
		table_add(&table, cell);
		table_add(&table, field_string(row, "need_site"));
		table_add(&table, field_string(row, "from"));
		table_add(&table, field_string(row, "from_site"));
		table_add(&table, field_string(row, "why"));
	}
	table_print(&table, stdout);
	table_fini(&table);
}

/* What gets nothing, and what stands in the way. */
static void unserved_print(const json_t *rows)
{
	struct table table;
	const json_t *row;
	size_t index;

	table_init(&table, "NEED|ITEM|>SHORT|TO|WHY");
	json_array_foreach (rows, index, row) {
		bool is_said = json_number_value(json_object_get(row, "quantity")) > 0;
		char quantity[64], cell[130];

		snprintf(cell, sizeof(cell), "%s %s", field_text(quantity, row, "quantity"), field_string(row, "unit"));
		table_add(&table, field_string(row, "need"));
		table_add(&table, field_string(row, "item_name"));
		table_add(&table, is_said ? cell : "?");
		table_add(&table, field_string(row, "need_site"));
		table_add(&table, field_string(row, "why"));
	}
	table_print(&table, stdout);
	table_fini(&table);
}

static void how_to_print(const json_t *row)
{
	char quantity[64];

	printf("It is a suggestion; people decide. To accept the first row, or to decline it:\n"
	       "  aidmesh pledge %s %s --from %s\n  aidmesh decline %s --from %s\n",
	       field_string(row, "need"), field_text(quantity, row, "quantity"), field_string(row, "from"),
	       field_string(row, "need"), field_string(row, "from"));
}

static void nothing_print(const char *item, const json_t *unserved)
{
	if (json_array_size(unserved) > 0)
		puts("Nothing to suggest.");
	else if (item != NULL)
		printf("Nothing to suggest: no open need asks for %s.\n", item);
	else
		puts("Nothing to suggest: no need is open.");
}

static void plan_print(const json_t *plan, const char *item)
{
	const json_t *portions = json_object_get(plan, "portions"), *others = json_object_get(plan, "others"),
		     *kept = json_object_get(plan, "kept"), *unserved = json_object_get(plan, "unserved");
	const char *digest = field_string(plan, "digest"), *remark = field_string(plan, "remark");

	if (json_array_size(portions) == 0 && json_array_size(others) == 0)
		nothing_print(item, unserved);
	else if (json_array_size(portions) > 0)
		portions_print(portions);
	if (json_array_size(kept) > 0) {
		puts("Kept for places that have less for each person and will ask again:");
		portions_print(kept);
	}
	if (remark[0] != '\0') {
		printf("%s\n", remark);
		portions_print(others);
	} else if (json_array_size(others) > 0) {
		puts("Asked for by people whom the holder of the stock does not trust, or who do not trust him: look "
		     "before you decide.");
		portions_print(others);
	}
	if (json_array_size(unserved) > 0) {
		puts("Open, and not in the list:");
		unserved_print(unserved);
	}
	if (json_integer_value(json_object_get(plan, "unserved_more")) > 0)
		printf("%lld more are open and not in it: name an item to read why.\n",
		       (long long)json_integer_value(json_object_get(plan, "unserved_more")));
	if (digest[0] != '\0')
		printf("\nDigest %s for the hour of %s: where another node shows the same, its list is the same.\n",
		       digest, field_string(plan, "hour"));
	else
		puts("\nNo digest: this node's clock is guessed, so its list may be of another hour than others'.");
	if (json_array_size(portions) > 0)
		how_to_print(json_array_get(portions, 0));
}

int verb_plan(struct call *call)
{
	char path[300] = "/v1/plan";
	struct reply reply;
	int rc;

	if (call->word_count > 0) {
		char *encoded = client_encode(&call->client, call->words[0]);

		snprintf(path, sizeof(path), "/v1/plan?item=%s", encoded != NULL ? encoded : "");
		free(encoded);
	}
	if (options_want_text(call))
		return rows_print_text(call, path, "");
	client_get(&call->client, &reply, path);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && call->json)
		reply_print_json(&reply);
	else if (rc == EXIT_DONE)
		plan_print(reply.json, call->word_count > 0 ? call->words[0] : NULL);
	reply_fini(&reply);
	return rc;
}
