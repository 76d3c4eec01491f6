/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Talks to a node over its control socket. One request at a time; blocks. */
#ifndef AIDMESH_TOOLS_CLIENT_H
#define AIDMESH_TOOLS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <curl/curl.h>
#include <jansson.h>

#include "tools/reply.h"

struct client {
	char socket[108];
	CURL *curl;
};

/* Finds the socket: `socket` when not NULL, else $AIDMESH_SOCKET, else the first that exists of
 * $XDG_RUNTIME_DIR/aidmesh/control.sock, that of a plain tools/run, and /run/aidmesh/control.sock. False when memory is
 * out or the path is too long. */
bool client_open(struct client *client, const char *socket) __attribute__((warn_unused_result));
void client_close(struct client *client);

/* `path` with its query, already encoded. The reply is the caller's to fini. */
void client_get(struct client *client, struct reply *reply, const char *path);
void client_post(struct client *client, struct reply *reply, const char *path, const char *type, const void *data,
		 size_t size);
/* Posts JSON; takes `body`. */
void client_post_json(struct client *client, struct reply *reply, const char *path, json_t *body);

/* Of another node, by a whole URL over the network; an answer of more than `most` bytes is none. */
void client_fetch(struct client *client, struct reply *reply, const char *url, size_t most);

/* The node's own clock in Unix seconds; this machine's when it does not answer. */
int64_t client_now(struct client *client);
/* `text` percent-encoded, malloc'd; NULL when memory is out. */
char *client_encode(const struct client *client, const char *text);

/* A second connection that listens to the node's events; NULL when memory is out. The caller drives it with a multi
 * handle: `*changed` is raised by whatever arrives. */
CURL *client_listen(const struct client *client, bool *changed);

#endif
