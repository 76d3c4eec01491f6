/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tools/verbs.h"

enum { BACK_S = 60, LOOK_MS = 200 };

static void key_of(const struct reply *reply, char key[80])
{
	const char *text = json_string_value(json_object_get(reply->json, "key"));

	snprintf(key, 80, "%s", text != NULL ? text : "");
}

static bool is_restored(const json_t *status)
{
	const json_t *notices = json_object_get(status, "notices");

	for (size_t i = 0; i < json_array_size(notices); i++)
		if (strcmp(field_string(json_array_get(notices, i), "notice"), "restored") == 0)
			return true;
	return false;
}

/* Until another author answers, or the same that was only a copy. */
static int wait_for_it(struct call *call, const char *was)
{
	const struct timespec look = { .tv_nsec = LOOK_MS * 1000000L };

	for (int tries = 0; tries < BACK_S * 1000 / LOOK_MS; tries++) {
		struct reply reply;
		char key[80];
		bool is_back;

		client_get(&call->client, &reply, "/v1/status");
		key_of(&reply, key);
		is_back = reply.status == 200 &&
			  (json_is_true(json_object_get(call->fields, "gone")) ? !is_restored(reply.json)
									       : strcmp(key, was) != 0);
		if (is_back && call->json)
			reply_print_json(&reply);
		else if (is_back)
			reply_print_notices(reply.json);
		reply_fini(&reply);
		if (is_back)
			return EXIT_DONE;
		nanosleep(&look, NULL);
	}
	fputs("The node has not come back yet: see its log.\n", stderr);
	return EXIT_UNREACHABLE;
}

int verb_renew(struct call *call)
{
	struct reply reply;
	char was[80];
	int rc;

	client_get(&call->client, &reply, "/v1/status");
	rc = reply_check(call, &reply);
	key_of(&reply, was);
	reply_fini(&reply);
	if (rc != EXIT_DONE)
		return rc;
	verb_write_post(call, &reply, "/v1/renew", call->fields);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && !call->json)
		puts(json_string_value(json_object_get(reply.json, "remark")));
	reply_fini(&reply);
	return rc == EXIT_DONE ? wait_for_it(call, was) : rc;
}
