/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The rooms of an author's registers: which of them stand, in any order, and that two nodes become quiet over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/pair.h"

/* The second run takes them backwards, every later one in any order. */
static void shuffle_for(uint32_t *order, uint32_t count, int run, struct dice *dice)
{
	for (uint32_t i = 0; i < count; i++)
		order[i] = run == 1 ? count - 1 - i : i;
	for (uint32_t i = count; run > 1 && i-- > 1;) {
		uint32_t other = dice_below(dice, i + 1), kept = order[i];

		order[i] = order[other];
		order[other] = kept;
	}
}

/* Versions of notes that compete for one room, and registers of other rooms beside them. */
enum {
	REGISTERS = NOTES_PER_AUTHOR_MAX + 40,
	VERSIONS = REGISTERS + REGISTERS / 3,
	BESIDE = 60,
	SAMPLES = VERSIONS + BESIDE
};

struct said {
	struct entry entry;
	struct sample sample;
	struct entry_id id;
};

static struct said all[SAMPLES];

static void say(struct said *said, const struct sample_key *key, enum entry_kind kind, uint32_t number, struct hlc hlc)
{
	said->entry = host_entry(key, kind, number, hlc.time);
	said->entry.hlc = hlc;
	said->sample = sample_signed(&said->entry, key);
	said->id = entry_id_of(sample_view(&said->sample), &key->public);
}

/* Times, ticks and eras in no order of numbers; every third register has a second version. */
static void say_all(const struct sample_key *key, struct dice *dice)
{
	for (uint32_t i = 0; i < SAMPLES; i++) {
		struct hlc hlc = { .time = HOST_NOW_S - dice_below(dice, 200),
				   .tick = (uint8_t)dice_below(dice, 3),
				   .era = (uint8_t)dice_below(dice, 2) };

		if (i < VERSIONS)
			say(&all[i], key, ENTRY_NOTE, 1 + i % REGISTERS, hlc);
		else
			say(&all[i], key, i % 2 ? ENTRY_LINE : ENTRY_SITE, 10000 + i,
			    (struct hlc){ .time = HOST_NOW_S - 1000 - i });
	}
}

static bool is_later(uint32_t a, uint32_t b)
{
	return entry_is_newer(all[a].entry.hlc, &all[a].id, all[b].entry.hlc, &all[b].id);
}

/* Twice as naive: the newest version of each register, and of these as many as there is room for. */
static bool must_stand(uint32_t at)
{
	uint32_t newer = 0;

	if (at >= VERSIONS)
		return true;
	for (uint32_t i = 0; i < VERSIONS; i++) {
		uint32_t other = i < REGISTERS ? i + REGISTERS : i - REGISTERS;

		if (i == at || !is_later(i, at))
			continue;
		if (all[i].entry.number == all[at].entry.number)
			return false;
		newer += other >= VERSIONS || is_later(i, other);
	}
	return newer < NOTES_PER_AUTHOR_MAX;
}

static void test_the_newest_registers_stand_in_any_order(void **state)
{
	static uint32_t order[SAMPLES];
	struct sync_config config = host_config(1, SAMPLES + 1);
	struct sample_key x = sample_key(1);
	struct holding first = { 0 };
	struct dice dice = { 5 };

	(void)state;
	say_all(&x, &dice);
	for (int run = 0; run < 6; run++) {
		struct node n;
		struct holding holding;

		shuffle_for(order, SAMPLES, run, &dice);
		node_init(&n, &config);
		publish_card(&n, &x);
		for (uint32_t i = 0; i < SAMPLES; i++)
			(void)!node_publish(&n, &all[order[i]].sample, &x);
		holding = node_holding(&n);
		assert_int_equal(holding.count, 1 + NOTES_PER_AUTHOR_MAX + BESIDE);
		for (uint32_t i = 0; i < SAMPLES && run == 0; i++)
			if (disk_has(&n, sample_view(&all[i].sample)) != must_stand(i))
				fail_msg("sample %u", i);
		if (run)
			assert_memory_equal(&holding, &first, sizeof first);
		first = holding;
		assert_int_equal(sync_room_left(n.sync, &x.public, ROOM_NOTES), 0);
		assert_int_equal(sync_room_left(n.sync, &x.public, ROOM_SITES), SITES_PER_AUTHOR_MAX - BESIDE / 2);
		node_fini(&n);
	}
}

static struct sample move_of(const struct sample_key *key, uint32_t number, uint32_t time)
{
	struct entry e = host_entry(key, ENTRY_MOVE, number, time);

	return sample_signed(&e, key);
}

/* An author whose moves fill his room still needs, alerts and hands out, also on a node whose set is full. */
static void test_a_full_room_stops_no_need_and_no_alert(void **state)
{
	struct sync_config config = host_config(1, MOVES_PER_AUTHOR_MAX + 3);
	struct sample_key x = sample_key(1);
	struct entry need = host_entry(&x, ENTRY_LINE, 8000, HOST_NOW_S);
	struct sample alert = host_note(&x, 8001, HOST_NOW_S), line = sample_signed(&need, &x), move;
	struct node n;

	(void)state;
	node_init(&n, &config);
	publish_card(&n, &x);
	for (uint32_t i = 1; i <= MOVES_PER_AUTHOR_MAX; i++) {
		move = move_of(&x, i, HOST_NOW_S - 5000 + i);
		publish(&n, &x, &move);
	}
	publish(&n, &x, &alert);
	publish(&n, &x, &line);
	assert_int_equal(status_of(&n).entries, config.entries_max);
	move = move_of(&x, 9000, HOST_NOW_S);
	publish(&n, &x, &move);
	assert_int_equal(status_of(&n).entries, config.entries_max);
	assert_true(disk_has(&n, sample_view(&alert)) && disk_has(&n, sample_view(&line)));
	move = move_of(&x, 1, HOST_NOW_S - 4999);
	assert_false(disk_has(&n, sample_view(&move)));
	/* What is older than all that is there costs neither a signature nor a write. */
	assert_int_equal(sync_publish(n.sync, sample_view(&move), &x.public, 0), SYNC_E_FULL);
	assert_int_equal(node_holding(&n).count, config.entries_max);
	node_fini(&n);
}

/* A node whose clock is a guess retires nothing. Beside an author's old registers it gets the new ones, and then nothing moves
 * any more. */
static void test_a_guessed_node_full_of_old_registers_gets_the_new_ones(void **state)
{
	enum { NEW = 1000, OLD_S = 200 * EPOCH_S };
	struct sample_key x = sample_key(1);
	struct sample move;
	uint64_t commits;
	struct pair p;

	(void)state;
	pair_init(&p, 2 * MOVES_PER_AUTHOR_MAX);
	sync_tick(p.a.sync, 0, (struct node_time){ .wall_s = HOST_NOW_S, .quality = TIME_GUESSED });
	publish_card(&p.a, &x);
	publish_card(&p.b, &x);
	for (uint32_t i = 1; i <= MOVES_PER_AUTHOR_MAX; i++) {
		move = move_of(&x, i, HOST_NOW_S - OLD_S - i);
		publish(&p.a, &x, &move);
	}
	for (uint32_t i = 0; i < NEW; i++) {
		move = move_of(&x, 10000 + i, HOST_NOW_S - i);
		publish(&p.b, &x, &move);
	}
	commits = p.a.commits;
	contact_up(p.c, p.now);
	assert_true(pair_run(&p));
	assert_int_equal(p.a.commits - commits, NEW);
	assert_int_equal(node_holding(&p.a).count, 1 + MOVES_PER_AUTHOR_MAX);
	assert_int_equal(node_holding(&p.b).count, 1 + NEW);
	for (uint32_t i = 0; i < NEW; i++) {
		move = move_of(&x, 10000 + i, HOST_NOW_S - i);
		assert_true(disk_has(&p.a, sample_view(&move)));
	}
	contact_down(p.c);
	contact_up(p.c, p.now);
	assert_true(pair_run(&p));
	assert_int_equal(p.a.commits - commits, NEW);
	pair_fini(&p);
}

/* Two nodes that hold different halves of more than there is room for end with the same, and say so. */
static void test_two_nodes_with_different_halves_agree(void **state)
{
	struct sample_key x = sample_key(1);
	struct pair p;

	(void)state;
	pair_init(&p, 2 * NOTES_PER_AUTHOR_MAX);
	publish_card(&p.a, &x);
	publish_card(&p.b, &x);
	for (uint32_t i = 0; i < 2 * NOTES_PER_AUTHOR_MAX; i++) {
		struct sample note = host_note(&x, 1 + i, HOST_NOW_S - i * 3);

		(void)!node_publish(i % 3 ? &p.a : &p.b, &note, &x);
		if (i == NOTES_PER_AUTHOR_MAX)
			contact_up(p.c, p.now);
	}
	assert_converges(&p);
	assert_int_equal(node_holding(&p.a).count, 1 + NOTES_PER_AUTHOR_MAX);
	pair_fini(&p);
}

/* A number of fixed size, its lowest byte first, as protobuf has it. */
static size_t put_fixed(uint8_t *to, uint64_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		to[i] = (uint8_t)(value >> 8 * i);
	return size;
}

static struct sample later(const struct sample_key *key, uint32_t field, uint32_t number, uint32_t time)
{
	uint8_t body[BODY_SIZE_MAX];
	uint64_t hint = public_key_hint(&key->public), tag = (uint64_t)field << 3;
	size_t size = 0;

	body[size++] = 0x09;
	size += put_fixed(body + size, hint, sizeof hint);
	body[size++] = 0x15;
	size += put_fixed(body + size, time, sizeof time);
	body[size++] = 0x25;
	size += put_fixed(body + size, number, sizeof number);
	for (; tag >= 0x80; tag >>= 7)
		body[size++] = (uint8_t)(tag | 0x80);
	body[size++] = (uint8_t)tag;
	body[size++] = 1;
	return sample_body_signed(body, size, key);
}

/* Any field from 16 up tells a register apart, also from others of number 0. Together they have a room of their own. */
static void test_kinds_of_a_later_version_are_carried_apart(void **state)
{
	static const uint32_t fields[] = { 11, 14, 16, 17, 255, 256, 257, 4711, 1u << 28, (1u << 29) - 1 };
	enum { COUNT = sizeof fields / sizeof fields[0] };
	struct sync_config config = host_config(1, 1000);
	struct sample_key x = sample_key(1);
	struct sample sample;
	struct node n;

	(void)state;
	node_init(&n, &config);
	publish_card(&n, &x);
	for (uint32_t number = 0; number < 4; number++)
		for (size_t i = 0; i < COUNT; i++) {
			sample = later(&x, fields[i], number, HOST_NOW_S - 10);
			publish(&n, &x, &sample);
		}
	assert_int_equal(node_holding(&n).count, 1 + 4 * COUNT);
	sample = later(&x, 256, 1, HOST_NOW_S - 9);
	publish(&n, &x, &sample);
	assert_int_equal(node_holding(&n).count, 1 + 4 * COUNT);
	for (uint32_t i = 0; i < LATER_PER_AUTHOR_MAX; i++) {
		sample = later(&x, 300 + i % 2, 100 + i, HOST_NOW_S);
		publish(&n, &x, &sample);
	}
	assert_int_equal(node_holding(&n).count, 1 + LATER_PER_AUTHOR_MAX);
	assert_int_equal(sync_room_left(n.sync, &x.public, ROOM_NOTES), NOTES_PER_AUTHOR_MAX);
	node_fini(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_newest_registers_stand_in_any_order),
		cmocka_unit_test(test_a_full_room_stops_no_need_and_no_alert),
		cmocka_unit_test(test_a_guessed_node_full_of_old_registers_gets_the_new_ones),
		cmocka_unit_test(test_two_nodes_with_different_halves_agree),
		cmocka_unit_test(test_kinds_of_a_later_version_are_carried_apart),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
