/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was said about a record, and the way back from what was said here. */
#include <stdio.h>
#include <stdlib.h>

#include "tools/verbs.h"

static const struct column COLUMNS[] = { { "SAID", "when", SHOW_AGE },       { "BY", "author", SHOW_PLAIN },
					 { "TRUST", "trust", SHOW_PLAIN },   { "REF", "ref", SHOW_PLAIN },
					 { "STANDS", "stands", SHOW_PLAIN }, { "WHAT", "what", SHOW_PLAIN },
					 { NULL, NULL, SHOW_PLAIN } };

int verb_history(struct call *call)
{
	struct reply reply;
	char path[300];
	char *encoded = client_encode(&call->client, call->words[0]);
	const json_t *words;
	int rc;

	snprintf(path, sizeof(path), "/v1/history?ref=%s", encoded != NULL ? encoded : "");
	free(encoded);
	if (options_want_text(call))
		return rows_print_text(call, path, "");
	client_get(&call->client, &reply, path);
	rc = reply_check(call, &reply);
	words = json_object_get(reply.json, "words");
	if (rc == EXIT_DONE && call->json) {
		reply_print_json(&reply);
	} else if (rc == EXIT_DONE) {
		rows_print(call, words, COLUMNS);
		if (json_is_integer(json_object_get(reply.json, "left_out")))
			printf("%lld older words are left out.\n",
			       (long long)json_integer_value(json_object_get(reply.json, "left_out")));
	}
	reply_fini(&reply);
	return rc;
}

int verb_withdraw(struct call *call)
{
	json_object_set_new(call->fields, "ref", json_string(call->words[0]));
	return verb_write_fields(call, "/v1/withdraw");
}

int verb_undo(struct call *call)
{
	return verb_write_fields(call, "/v1/undo");
}
