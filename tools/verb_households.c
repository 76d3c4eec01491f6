/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The passphrase that seals who households are. */
#include <stdio.h>
#include <string.h>

#include "tools/secret.h"
#include "tools/verbs.h"

enum { SECRET_SIZE = 300 };

static int post(struct call *call, const char *path, json_t *body)
{
	struct reply reply;
	int rc;

	client_post_json(&call->client, &reply, path, body);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && call->json)
		reply_print_json(&reply);
	else if (rc == EXIT_DONE)
		puts(field_string(reply.json, "remark"));
	reply_fini(&reply);
	return rc;
}

/* Is there one? -1: the node did not say, and that was told. */
static int is_set(struct call *call, int *rc)
{
	struct reply reply;
	int set = -1;

	client_get(&call->client, &reply, "/v1/passphrase");
	*rc = reply_check(call, &reply);
	if (*rc == EXIT_DONE)
		set = json_is_true(json_object_get(reply.json, "set"));
	reply_fini(&reply);
	return set;
}

int verb_unlock(struct call *call)
{
	char passphrase[SECRET_SIZE];

	if (!secret_ask(passphrase, sizeof(passphrase), "Passphrase: "))
		return EXIT_USAGE;
	return post(call, "/v1/passphrase", json_pack("{s:s}", "passphrase", passphrase));
}

int verb_lock(struct call *call)
{
	return post(call, "/v1/lock", json_object());
}

/* Typed twice, since nobody sees it. */
static bool ask_next(char next[SECRET_SIZE])
{
	char again[SECRET_SIZE];

	if (!secret_ask(next, SECRET_SIZE, "New passphrase: ") ||
	    !secret_ask(again, sizeof(again), "The same once more: "))
		return false;
	if (strcmp(next, again) == 0)
		return true;
	fputs("The two differ: nothing was changed.\n", stderr);
	return false;
}

int verb_passphrase(struct call *call)
{
	bool removes = json_is_true(json_object_get(call->fields, "remove"));
	char old[SECRET_SIZE] = "", next[SECRET_SIZE] = "";
	int rc, set = is_set(call, &rc);

	if (set < 0)
		return rc;
	if (json_is_true(json_object_get(call->fields, "forgotten")))
		return post(call, "/v1/passphrase", json_incref(call->fields));
	if (set && !secret_ask(old, sizeof(old), "Passphrase that is set: "))
		return EXIT_USAGE;
	if (!removes && !ask_next(next))
		return EXIT_USAGE;
	return post(call, "/v1/passphrase", json_pack("{s:s, s:s}", "passphrase", old, "new", next));
}
