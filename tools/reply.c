/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tools/reply.h"

#include <stdio.h>
#include <stdlib.h>

#include "tools/verbs.h"

void reply_fini(struct reply *reply)
{
	free(reply->data);
	json_decref(reply->json);
	*reply = (struct reply){ 0 };
}

int reply_check(const struct call *call, const struct reply *reply)
{
	const char *error = json_string_value(json_object_get(reply->json, "error"));

	if (reply->status >= 200 && reply->status < 300)
		return EXIT_DONE;
	if (reply->status == 0) {
		fprintf(stderr,
			"No node answers at %s. Start it: sudo systemctl start aidmeshd, or tools/run; or name its "
			"socket with --socket.\n",
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

void reply_print_notices(const json_t *status)
{
	const json_t *list = json_object_get(status, "notices"), *notice;
	size_t i;

	json_array_foreach (list, i, notice) {
		printf("! %s\n", json_string_value(json_object_get(notice, "sentence")));
	}
}
