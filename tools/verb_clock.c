/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The date: what it is, what it rests on, and what a person says that it is. */
#include <stdio.h>
#include <string.h>

#include "tools/verbs.h"

static void clock_print(const json_t *clock)
{
	printf("%s %s\n%s\n", field_string(clock, "date"), field_string(clock, "zone"),
	       field_string(clock, "sentence"));
}

/* What to post; NULL after saying what would be right. A date is one word or two. */
static json_t *body_of(const struct call *call)
{
	const char *word = call->words[0];
	char date[80];

	if (strcmp(word, "confirm") == 0 && call->word_count == 1)
		return json_pack("{s:b}", "confirm", 1);
	if (strcmp(word, "set") == 0 && call->word_count > 1) {
		snprintf(date, sizeof(date), "%s%s%s", call->words[1], call->word_count > 2 ? " " : "",
			 call->word_count > 2 ? call->words[2] : "");
		return json_pack("{s:s}", "set", date);
	}
	fprintf(stderr, "Write it as: aidmesh clock %s\nFor example: %s\n", call->verb->arguments, call->verb->example);
	return NULL;
}

int verb_clock(struct call *call)
{
	json_t *body = call->word_count > 0 ? body_of(call) : NULL;
	struct reply reply;
	int rc;

	if (call->word_count > 0 && body == NULL)
		return EXIT_USAGE;
	if (body == NULL) {
		client_get(&call->client, &reply, "/v1/clock");
	} else {
		json_object_update_missing(body, call->fields);
		verb_write_post(call, &reply, "/v1/clock", body);
		json_decref(body);
	}
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && call->json)
		reply_print_json(&reply);
	else if (rc == EXIT_DONE)
		clock_print(json_object_get(reply.json, "clock"));
	reply_fini(&reply);
	return rc;
}
