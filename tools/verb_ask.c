/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Questions: the verb is the question's name. */
#include <stdio.h>
#include <string.h>

#include "tools/verbs.h"

#define END                                                                                                            \
	{                                                                                                              \
		NULL, NULL, SHOW_PLAIN                                                                                 \
	}

static const struct column SHORT_COLUMNS[] = { { "ITEM", "item", SHOW_PLAIN },      { ">SHORT", "quantity", SHOW_UNIT },
					       { ">NEEDS", "count", SHOW_PLAIN },   { ">PEOPLE", "people", SHOW_PLAIN },
					       { "FIRST DUE", "when", SHOW_WHEN },  { "NEAREST", "site", SHOW_PLAIN },
					       { "WAY", "way", SHOW_PLAIN },        { "ABOUT", "about", SHOW_PLAIN },
					       { "OLDEST WORD", "said", SHOW_AGE }, END };
static const struct column RUNS_OUT_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },
						  { "ITEM", "item", SHOW_PLAIN },
						  { ">LEFT", "quantity", SHOW_UNIT },
						  { ">A DAY", "of", SHOW_PLAIN },
						  { "GONE", "when", SHOW_WHEN },
						  { "SITE", "site", SHOW_PLAIN },
						  { "ABOUT", "about", SHOW_PLAIN },
						  { "SAID", "said", SHOW_AGE },
						  { "BY", "by", SHOW_BY },
						  END };
static const struct column LOAD_COLUMNS[] = {
	{ "REF", "ref", SHOW_PLAIN },     { "ITEM", "item", SHOW_PLAIN }, { ">TAKE", "quantity", SHOW_UNIT },
	{ ">KG", "kg", SHOW_PLAIN },      { "FROM", "from", SHOW_PLAIN }, { "DUE", "when", SHOW_WHEN },
	{ "ABOUT", "about", SHOW_PLAIN }, { "SAID", "said", SHOW_AGE },   END
};
static const struct column NEWS_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },     { "WHAT", "what", SHOW_PLAIN },
					      { "ITEM", "item", SHOW_PLAIN },   { ">QTY", "quantity", SHOW_UNIT },
					      { "SITE", "site", SHOW_PLAIN },   { "DUE", "when", SHOW_WHEN },
					      { "ABOUT", "about", SHOW_PLAIN }, { "SAID", "said", SHOW_AGE },
					      { "BY", "by", SHOW_BY },          END };
static const struct column MOVE_COLUMNS[] = {
	{ "REF", "ref", SHOW_PLAIN }, { "ITEM", "item", SHOW_PLAIN }, { ">QTY", "quantity", SHOW_UNIT },
	{ "TO", "site", SHOW_PLAIN }, { "DUE", "when", SHOW_WHEN },   { "ABOUT", "about", SHOW_PLAIN },
	{ "SAID", "said", SHOW_AGE }, { "BY", "by", SHOW_BY },        END
};
static const struct column SURPLUS_COLUMNS[] = {
	{ "REF", "ref", SHOW_PLAIN },   { "ITEM", "item", SHOW_PLAIN }, { ">LEFT OVER", "quantity", SHOW_UNIT },
	{ "SITE", "site", SHOW_PLAIN }, { "SAID", "said", SHOW_AGE },   END
};
static const struct column UNCONFIRMED_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },
						     { "ITEM", "item", SHOW_PLAIN },
						     { ">SHORT", "quantity", SHOW_UNIT },
						     { "SITE", "site", SHOW_PLAIN },
						     { "WAY", "way", SHOW_PLAIN },
						     { ">PEOPLE", "people", SHOW_PLAIN },
						     { "ABOUT", "about", SHOW_PLAIN },
						     { "SAID", "said", SHOW_AGE },
						     { "BY", "by", SHOW_BY },
						     END };
static const struct column SILENT_COLUMNS[] = { { "REF", "ref", SHOW_PLAIN },
						{ "SITE", "site", SHOW_PLAIN },
						{ "WAY", "way", SHOW_PLAIN },
						{ ">PEOPLE", "people", SHOW_PLAIN },
						{ ">OPEN NEEDS", "count", SHOW_PLAIN },
						{ "HEARD", "said", SHOW_AGE },
						END };
static const struct column SERVED_COLUMNS[] = {
	{ "ITEM", "item", SHOW_PLAIN },      { "SITE", "site", SHOW_PLAIN },
	{ "WAY", "way", SHOW_PLAIN },        { ">RECEIVED", "quantity", SHOW_UNIT },
	{ ">PEOPLE", "people", SHOW_PLAIN }, { ">EACH", "of", SHOW_PLAIN },
	{ "OLDEST WORD", "said", SHOW_AGE }, END
};
static const struct column EXPIRING_COLUMNS[] = {
	{ "REF", "ref", SHOW_PLAIN },   { "ITEM", "item", SHOW_PLAIN }, { ">QTY", "quantity", SHOW_UNIT },
	{ "SITE", "site", SHOW_PLAIN }, { "ENDS", "when", SHOW_WHEN },  { "ABOUT", "about", SHOW_PLAIN },
	{ "SAID", "said", SHOW_AGE },   { "BY", "by", SHOW_BY },        END
};

static const struct question {
	const char *name, *none;
	const struct column *columns;
} QUESTIONS[] = {
	{ "short", "Nothing that was heard of is short. Places that are silent may need something: aidmesh silent",
	  SHORT_COLUMNS },
	{ "runs-out", "No stock is counted. Count some: aidmesh stock drinking-water 400", RUNS_OUT_COLUMNS },
	{ "load", "Nothing here serves an open need there.", LOAD_COLUMNS },
	{ "news", "Nothing came in since the last walk.", NEWS_COLUMNS },
	{ "late", "Nobody is late.", MOVE_COLUMNS },
	{ "surplus", "Nothing is left over.", SURPLUS_COLUMNS },
	{ "unconfirmed", "Every open need was confirmed by a second voice.", UNCONFIRMED_COLUMNS },
	{ "silent", "Every place was heard from within six hours.", SILENT_COLUMNS },
	{ "served", "Nothing was received or handed out yet.", SERVED_COLUMNS },
	{ "expiring", "Nothing ends within a day, and nothing leaves within a week.", EXPIRING_COLUMNS },
};

static const struct question *question_of(const char *name)
{
	const struct question *found = QUESTIONS;

	while (strcmp(found->name, name) != 0)
		found++;
	return found;
}

int verb_ask(struct call *call)
{
	const struct question *question = question_of(call->verb->name);
	char path[1200], none[200];
	const char *remark;
	struct reply reply;
	int rc;

	snprintf(path, sizeof(path), "/v1/ask/%s", question->name);
	if (call->word_count > 0)
		json_object_set_new(call->fields, "site", json_string(call->words[0]));
	options_add_to_path(call, path, sizeof(path));
	if (options_want_text(call)) {
		snprintf(none, sizeof(none), "%s\n", question->none);
		return rows_print_text(call, path, none);
	}
	client_get(&call->client, &reply, path);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && call->json) {
		reply_print_json(&reply);
	} else if (rc == EXIT_DONE) {
		const json_t *rows = json_object_get(reply.json, "rows");
		size_t total = (size_t)json_integer_value(json_object_get(reply.json, "total"));

		remark = json_string_value(json_object_get(reply.json, "remark"));
		if (json_array_size(rows) > 0)
			rows_print(call, rows, question->columns);
		else if (remark == NULL || remark[0] == '\0') /* else it says all */
			puts(question->none);
		if (remark != NULL && remark[0] != '\0')
			puts(remark);
		if (total > json_array_size(rows))
			printf("%zu more: narrow it with --km or --site, or use --json with a limit of the API.\n",
			       total - json_array_size(rows));
	}
	reply_fini(&reply);
	return rc;
}
