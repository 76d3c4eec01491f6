/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Five nodes, links that come and go, disks that fail, nodes that restart: in the end all hold the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/engine.h"
#include "tests/unit/host.h"

enum { NODES = 5, CONTACTS = NODES * (NODES - 1) / 2, STEPS = 400, SEEDS = 60 };

struct net {
	struct dice dice;
	mono_ms now;
	struct node nodes[NODES];
	struct sample_key keys[NODES];
	struct contact *contacts[CONTACTS];
};

static void net_init(struct net *net, uint64_t seed)
{
	struct contact **next = net->contacts;

	*net = (struct net){ .dice = { seed }, .now = 1 };
	for (int i = 0; i < NODES; i++) {
		struct sync_config config = host_config(dice_u64(&net->dice), 400);
		struct sample card;

		config.pending_max = 4; /* cards often come too late */
		net->keys[i] = sample_key((uint8_t)(40 + i));
		node_init(&net->nodes[i], &config);
		card = host_card(&net->keys[i], HOST_NOW_S);
		assert_int_equal(node_publish(&net->nodes[i], &card, &net->keys[i]), SYNC_OK);
	}
	for (uint32_t i = 0; i < NODES; i++)
		for (uint32_t j = 0; j < i; j++, next++)
			*next = contact_new(1 + (carrier_id)(next - net->contacts), &net->nodes[i], &net->nodes[j]);
}

static void net_fini(struct net *net)
{
	for (int i = 0; i < NODES; i++)
		node_fini(&net->nodes[i]);
	for (int i = 0; i < CONTACTS; i++)
		free(net->contacts[i]);
}

/* A few registers each, so that versions race. Publishing may have to wait for the disk: then it is said later. */
static void publish_something(struct net *net)
{
	uint32_t who = dice_below(&net->dice, NODES);
	struct node_time time = { .wall_s = HOST_NOW_S + (uint32_t)(net->now / 1000), .quality = TIME_SET };
	struct sync *s = net->nodes[who].sync;
	struct entry e = host_entry(&net->keys[who], ENTRY_NOTE, 1 + dice_below(&net->dice, 12), 0);
	struct sample note;

	e.hlc = sync_clock_next(s, time);
	note = sample_signed(&e, &net->keys[who]);
	(void)!sync_publish(s, sample_view(&note), &net->keys[who].public, 0);
}

/* The power goes: what was not committed is gone, what was is read back. */
static void restart(struct net *net, struct node *n)
{
	struct sync_config config = n->config;

	for (int i = 0; i < CONTACTS; i++)
		if (net->contacts[i]->up && (net->contacts[i]->ends[0] == n || net->contacts[i]->ends[1] == n))
			contact_down(net->contacts[i]);
	free(n->memory);
	config.seed++;
	node_boot(n, &config);
	for (uint64_t i = 0; i < n->row_count; i++) {
		const struct row *row = &n->rows[i];

		if (row->live)
			assert_int_equal(sync_restore(n->sync, &(struct entry_id){ { 0 } }, i + 1,
						      (struct view){ row->bytes, row->size }, &row->author),
					 SYNC_OK);
	}
	sync_tick(n->sync, net->now, (struct node_time){ .wall_s = HOST_NOW_S, .quality = TIME_SET });
}

static void disturb(struct net *net)
{
	struct contact *c = net->contacts[dice_below(&net->dice, CONTACTS)];
	struct node *n = &net->nodes[dice_below(&net->dice, NODES)];

	switch (dice_below(&net->dice, 8)) {
	case 0:
	case 1:
		if (c->up)
			contact_down(c);
		else
			contact_up(c, net->now);
		break;
	case 2:
	case 3:
	case 4:
		publish_something(net);
		break;
	case 5:
		n->store_fails = dice_below(&net->dice, 4);
		break;
	case 6:
		n->batch = dice_below(&net->dice, 3);
		break;
	case 7:
		if (dice_below(&net->dice, 4) == 0)
			restart(net, n);
		break;
	}
}

static bool ends_the_same(struct net *net)
{
	for (int i = 0; i < NODES; i++) {
		net->nodes[i].store_fails = 0;
		net->nodes[i].batch = UINT32_MAX;
		node_settle(&net->nodes[i]);
	}
	for (int i = 0; i < CONTACTS; i++)
		if (net->contacts[i]->up)
			contact_down(net->contacts[i]);
	for (int i = 0; i < CONTACTS; i++)
		if (net->contacts[i]->ends[0] - net->contacts[i]->ends[1] == 1) /* a line */
			contact_up(net->contacts[i], net->now);
	if (!net_run(net->contacts, CONTACTS, &net->now))
		return false;
	for (int i = 0; i < CONTACTS; i++)
		if (net->contacts[i]->up && !contact_is_safe(net->contacts[i]))
			return false;
	for (int i = 1; i < NODES; i++)
		if (!nodes_agree(&net->nodes[0], &net->nodes[i]))
			return false;
	return node_holding(&net->nodes[0]).count >= NODES;
}

static void test_all_end_with_the_same_whatever_happened(void **state)
{
	static struct net net;

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		net_init(&net, seed);
		for (int step = 0; step < STEPS; step++) {
			if (dice_below(&net.dice, 3) == 0)
				disturb(&net);
			(void)contact_step(net.contacts[dice_below(&net.dice, CONTACTS)], net.now);
			net.now += dice_below(&net.dice, 100);
		}
		if (!ends_the_same(&net))
			fail_msg("seed %llu", (unsigned long long)seed);
		for (int i = 0; i < NODES; i++) {
			struct sync_status status;

			sync_status(net.nodes[i].sync, &status);
			assert_int_equal(status.refused_frames + status.refused_signatures + status.refused_full, 0);
		}
		net_fini(&net);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all_end_with_the_same_whatever_happened) };

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
