/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Two engines with hosts in memory and a contact between them. */
#ifndef AIDMESH_TESTS_PAIR_H
#define AIDMESH_TESTS_PAIR_H

#include "tests/unit/host.h"

struct pair {
	struct node a, b;
	struct contact *c;
	mono_ms now;
};

static inline void pair_init(struct pair *p, uint32_t entries_max)
{
	struct sync_config config = host_config(1, entries_max);

	*p = (struct pair){ .now = 1 };
	node_init(&p->a, &config);
	config.seed = 2;
	node_init(&p->b, &config);
	p->c = contact_new(7, &p->a, &p->b);
}

static inline void pair_fini(struct pair *p)
{
	node_fini(&p->a);
	node_fini(&p->b);
	free(p->c);
}

static inline bool pair_run(struct pair *p)
{
	return net_run(&p->c, 1, &p->now);
}

static inline void steps(struct pair *p, int count)
{
	for (int i = 0; i < count; i++)
		(void)contact_step(p->c, p->now);
}

static inline void publish(struct node *n, const struct sample_key *key, const struct sample *sample)
{
	assert_int_equal(node_publish(n, sample, key), SYNC_OK);
}

/* Notes, and beyond their room moves, and beyond that lines. */
static inline void publish_notes(struct node *n, const struct sample_key *key, uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		bool is_move = i < NOTES_PER_AUTHOR_MAX + MOVES_PER_AUTHOR_MAX;
		struct entry e = host_entry(key, is_move ? ENTRY_MOVE : ENTRY_LINE, first + i, HOST_NOW_S - i * 500);
		struct sample said = i < NOTES_PER_AUTHOR_MAX ? host_note(key, first + i, HOST_NOW_S - i * 500)
							      : sample_signed(&e, key);

		publish(n, key, &said);
	}
}

static inline void publish_card(struct node *n, const struct sample_key *key)
{
	struct sample card = host_card(key, HOST_NOW_S - 3600);

	publish(n, key, &card);
}

static inline struct sync_status status_of(const struct node *n)
{
	struct sync_status status;

	sync_status(n->sync, &status);
	return status;
}

static inline void assert_converges(struct pair *p)
{
	assert_true(pair_run(p));
	assert_true(nodes_agree(&p->a, &p->b));
	assert_true(contact_is_safe(p->c));
	assert_true(sync_deadline(p->a.sync) == MONO_NEVER && sync_deadline(p->b.sync) == MONO_NEVER);
	p->now += 1000000;
	assert_false(contact_step(p->c, p->now));
}

#endif
