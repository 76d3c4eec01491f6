/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a node answered. */
#ifndef AIDMESH_TOOLS_REPLY_H
#define AIDMESH_TOOLS_REPLY_H

#include <stddef.h>

#include <jansson.h>

struct call;

struct reply {
	long status; /* of HTTP; 0: no node answered */
	char *data;
	size_t size;  /* of data, which has a zero behind it */
	json_t *json; /* NULL when it is none */
};

void reply_fini(struct reply *reply);
/* Says what went wrong, if anything did, and gives the exit code. */
int reply_check(const struct call *call, const struct reply *reply);
/* Prints the reply's JSON as it came. */
void reply_print_json(const struct reply *reply);

/* What stands in the node's way, by its status. */
void reply_print_notices(const json_t *status);

#endif
