/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Hands this node a newer aidmesh: a file, or what a trusted neighbour runs. Whether it is taken its signature decides, at the node. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "tools/verbs.h"

enum { FILE_SIZE_MAX = 8 * 1024 * 1024, URL_SIZE = 256, BACK_S = 600, LOOK_MS = 500 };

static char *read_whole(size_t *size, const char *path)
{
	FILE *file = fopen(path, "rb");
	char *data = file != NULL ? malloc(FILE_SIZE_MAX + 1) : NULL;

	if (data != NULL)
		*size = fread(data, 1, FILE_SIZE_MAX + 1, file);
	if (data == NULL || ferror(file) || *size > FILE_SIZE_MAX) {
		fprintf(stderr, "%s cannot be read, or is larger than 8 MiB.\n", path);
		free(data);
		data = NULL;
	}
	if (file != NULL)
		fclose(file);
	return data;
}

/* Its page stands where its link does, at another port. */
static bool url_of(char url[URL_SIZE], const char *address, const char *port)
{
	const char *end = strrchr(address, ':');

	if (end == NULL || end == address || strpbrk(address, "/@?#") != NULL)
		return false;
	snprintf(url, URL_SIZE, "http://%.*s:%s/v1/upgrade/file", (int)(end - address), address, port);
	return true;
}

static const json_t *peer_find(const json_t *peers, const char *name)
{
	size_t i;
	const json_t *peer;

	json_array_foreach (peers, i, peer) {
		if (strcasecmp(field_string(peer, "name"), name) == 0 || strcmp(field_string(peer, "key"), name) == 0)
			return peer;
	}
	return NULL;
}

static int peer_url(struct call *call, char url[URL_SIZE], const char *name)
{
	const char *port = options_text(call, "port");
	struct reply reply;
	const json_t *peer;
	int rc;

	client_get(&call->client, &reply, "/v1/peers");
	rc = reply_check(call, &reply);
	peer = rc == EXIT_DONE ? peer_find(json_object_get(reply.json, "peers"), name) : NULL;
	if (rc == EXIT_DONE) {
		rc = EXIT_REFUSED;
		if (peer == NULL)
			fprintf(stderr, "%s is not in reach. 'aidmesh peers' shows who is.\n", name);
		else if (strcmp(field_string(peer, "trust"), "trusted") != 0)
			fprintf(stderr,
				"%s is a stranger: take upgrades from nodes that you trust. Where you know who runs "
				"it: "
				"aidmesh vouch \"%s\"\n",
				name, name);
		else if (!url_of(url, field_string(peer, "address"), port != NULL ? port : "8024"))
			fprintf(stderr, "%s has no address that could be called. Carry the file on a stick.\n", name);
		else
			rc = EXIT_DONE;
	}
	reply_fini(&reply);
	return rc;
}

/* What the neighbour runs, malloc'd. */
static char *fetch(struct call *call, size_t *size, const char *name)
{
	char url[URL_SIZE];
	struct reply reply;
	char *data = NULL;

	if (peer_url(call, url, name) != EXIT_DONE)
		return NULL;
	client_fetch(&call->client, &reply, url, FILE_SIZE_MAX);
	if (reply.status == 200 && reply.data != NULL) {
		*size = reply.size;
		data = reply.data;
		reply.data = NULL;
	} else if (reply.status == 0) {
		fprintf(stderr,
			"%s does not answer at %s: its page must be open to its network ([control] listen). Else carry "
			"the file on a stick.\n",
			name, url);
	} else {
		(void)reply_check(call, &reply);
	}
	reply_fini(&reply);
	return data;
}

static int tell(const struct call *call, const struct reply *reply)
{
	const char *state = field_string(reply->json, "state");

	if (call->json)
		reply_print_json(reply);
	else
		printf("This node runs %s.\n%s\n", field_string(reply->json, "version"),
		       field_string(reply->json, "sentence"));
	return strcmp(state, "refused") == 0 ? EXIT_REFUSED : EXIT_DONE;
}

/* The node starts again meanwhile. */
static int wait_for_it(struct call *call)
{
	const struct timespec look = { .tv_nsec = LOOK_MS * 1000000L };

	for (int tries = 0; tries < BACK_S * 1000 / LOOK_MS; tries++) {
		struct reply reply;
		bool is_over;
		int rc = EXIT_DONE;

		client_get(&call->client, &reply, "/v1/upgrade");
		is_over = reply.status == 200 && strcmp(field_string(reply.json, "state"), "waiting") != 0;
		if (is_over)
			rc = tell(call, &reply);
		reply_fini(&reply);
		if (is_over)
			return rc;
		nanosleep(&look, NULL);
	}
	fputs("The node has not come back yet: journalctl -u aidmesh-upgrade\n", stderr);
	return EXIT_UNREACHABLE;
}

static int show(struct call *call)
{
	struct reply reply;
	int rc;

	client_get(&call->client, &reply, "/v1/upgrade");
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE)
		(void)tell(call, &reply);
	reply_fini(&reply);
	return rc;
}

int verb_upgrade(struct call *call)
{
	const char *from = options_text(call, "from");
	struct reply reply;
	size_t size = 0;
	char *data;
	int rc;

	if (from == NULL && call->word_count == 0)
		return show(call);
	if (from != NULL && call->word_count > 0) {
		fputs("Name a file or a neighbour, not both.\n", stderr);
		return EXIT_USAGE;
	}
	data = from != NULL ? fetch(call, &size, from) : read_whole(&size, call->words[0]);
	if (data == NULL)
		return EXIT_REFUSED;
	client_post(&call->client, &reply, "/v1/upgrade", "application/octet-stream", data, size);
	free(data);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && !call->json)
		puts(field_string(reply.json, "remark"));
	reply_fini(&reply);
	return rc == EXIT_DONE ? wait_for_it(call) : rc;
}
