/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A node with a desk over a real store, and two keys: whose it is, and another's. */
#ifndef AIDMESH_TESTS_DESK_NODE_H
#define AIDMESH_TESTS_DESK_NODE_H

#include <sodium.h>

#include "node/desk/desk.h"
#include "tests/unit/stored.h"
#include "tests/unit/written.h"

struct node {
	struct stored at;
	struct identity first, second; /* whose it is; another's */
	struct desk desk;
	struct board_door door;
	struct door_answer answer;
};

static inline void settled(void *ctx, const struct sync_change *change, enum commit_result result,
			   const struct entry_id *id)
{
	struct node *n = ctx;

	desk_settled(&n->desk, change, result, id);
}

static inline void done(void *ctx)
{
	struct node *n = ctx;

	desk_go_on(&n->desk);
}

static inline void on_answer(void *user, const struct door_answer *answer)
{
	struct node *n = user;

	n->answer = *answer;
}

/* Its full ref, borrowed until the next. */
static inline const char *ask(struct node *n, struct door_request request)
{
	request.sure = true;
	n->door.submit(n->door.ctx, &request, on_answer, n);
	uv_run(&n->at.loop, UV_RUN_DEFAULT);
	if (n->answer.rc != DOOR_OK)
		fail_msg("%s", written(&n->answer.said));
	return n->answer.full;
}

static inline void make_key(struct identity *identity, uint8_t number)
{
	uint8_t seed[crypto_sign_SEEDBYTES];

	memset(seed, number, sizeof seed);
	identity->secret_key = sodium_malloc(crypto_sign_SECRETKEYBYTES);
	identity->sealing_secret = sodium_malloc(32);
	crypto_sign_seed_keypair(identity->key.bytes, identity->secret_key, seed);
	memset(identity->sealing_secret, number, 32);
	crypto_scalarmult_base(identity->sealing_key, identity->sealing_secret);
}

/* The picture is drawn from where `self` stands. It has no card yet. */
static inline struct node *node_begin(const struct public_key *(*self)(const struct node *), enum time_quality quality)
{
	struct node *n = calloc(1, sizeof *n);
	struct commit_host commit_host = { .ctx = n, .settled = settled, .done = done };

	assert_non_null(n);
	make_key(&n->first, 1);
	make_key(&n->second, 2);
	stored_begin(&n->at);
	stored_open(&n->at, self(n), &commit_host);
	n->desk = (struct desk){ .sync = n->at.sync,
				 .loop = &n->at.loop,
				 .store = n->at.store,
				 .picture = n->at.picture,
				 .commit = n->at.commit,
				 .identity = &n->first,
				 .time = { .wall_s = STORED_NOW_S, .quality = quality } };
	desk_init(&n->desk, &n->door);
	return n;
}

static inline int node_teardown(void **state)
{
	struct node *n = *state;

	desk_close(&n->desk);
	identity_close(&n->first);
	identity_close(&n->second);
	stored_close(&n->at);
	free(n);
	return 0;
}

#endif
