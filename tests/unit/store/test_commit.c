/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From the engine's changes to a real store and back, over a real loop: the order in which people are answered, what is
 * told of bad signatures and of cards that fail, and the end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <signal.h>
#include <sys/resource.h>

#include "tests/unit/samples.h"
#include "tests/unit/stored.h"

enum { ENTRIES = 700, NOW_S = STORED_NOW_S };

/* A node without links, and what its people were told. */
struct desk {
	struct stored node;
	struct sample_key author;
	bool at_start; /* nobody asks for more: commit_now does it all */
	uint32_t told;
	uint64_t tags[STORED_ENTRIES_MAX];
	enum commit_result results[STORED_ENTRIES_MAX];
	struct entry_id ids[STORED_ENTRIES_MAX];
};

/* As the daemon's desk does, it asks for more while it is told. */
static void settled(void *ctx, const struct sync_change *change, enum commit_result result, const struct entry_id *id)
{
	struct desk *d = ctx;

	d->tags[d->told] = change->tag;
	d->results[d->told] = result;
	d->ids[d->told++] = *id;
	if (!d->at_start)
		commit_start(d->node.commit);
}

static void done(void *ctx)
{
	(void)ctx;
}

static int desk_setup(void **state)
{
	struct desk *d = calloc(1, sizeof *d);
	struct commit_host commit_host = { .ctx = d, .settled = settled, .done = done };

	assert_non_null(d);
	*state = d;
	d->author = sample_key(1);
	stored_begin(&d->node);
	stored_open(&d->node, &d->author.public, &commit_host);
	return 0;
}

static int desk_teardown(void **state)
{
	struct desk *d = *state;

	stored_close(&d->node);
	free(d);
	return 0;
}

static struct sample card_of(const struct desk *d)
{
	struct entry card = { .author = public_key_hint(&d->author.public),
			      .hlc.time = NOW_S - 1,
			      .kind = ENTRY_CARD,
			      .card = { .key = d->author.public, .name = "Oak" } };

	return sample_signed(&card, &d->author);
}

static struct sample move_of(const struct desk *d, uint32_t number, uint32_t time_s)
{
	struct entry move = { .author = public_key_hint(&d->author.public),
			      .hlc.time = time_s,
			      .number = number,
			      .kind = ENTRY_MOVE,
			      .move = { .stage = MOVE_ASKED, .text = "The road is open." } };

	return sample_signed(&move, &d->author);
}

/* The engine takes it, once what came before it has made room. */
static void publish(struct desk *d, const struct sample *sample, uint64_t tag)
{
	enum sync_rc rc;

	while ((rc = sync_publish(d->node.sync, sample_view(sample), &d->author.public, tag)) == SYNC_E_BUSY) {
		assert_false(commit_is_idle(d->node.commit));
		uv_run(&d->node.loop, UV_RUN_ONCE);
	}
	assert_int_equal(rc, SYNC_OK);
	commit_start(d->node.commit);
}

static void publish_at_once(struct desk *d, const struct sample *sample, uint64_t tag)
{
	assert_int_equal(sync_publish(d->node.sync, sample_view(sample), &d->author.public, tag), SYNC_OK);
}

static void run_to_the_end(struct desk *d)
{
	uv_run(&d->node.loop, UV_RUN_DEFAULT);
	assert_true(commit_is_idle(d->node.commit));
}

static bool count_row(void *user, uint64_t handle, struct view bytes, const struct public_key *author)
{
	(void)handle;
	(void)bytes;
	(void)author;
	++*(uint32_t *)user;
	return true;
}

static uint32_t rows_of(struct desk *d)
{
	uint32_t rows = 0;

	assert_int_equal(store_each(d->node.store, count_row, &rows), STORE_OK);
	return rows;
}

static uint32_t entries_of(struct desk *d)
{
	struct sync_status status;

	sync_status(d->node.sync, &status);
	return status.entries;
}

/* What the engine found under its id is on disk under its handle. */
static void assert_stored(struct desk *d, const struct entry_id *id, const struct sample *sample)
{
	struct view bytes;
	uint64_t handle;

	assert_true(sync_find(d->node.sync, id, &handle));
	assert_int_equal(store_load(d->node.store, handle, &bytes), STORE_OK);
	assert_int_equal(bytes.size, sample->size);
	assert_memory_equal(bytes.data, sample->data, sample->size);
}

static bool is_forged(uint32_t tag)
{
	return tag > 1 && (tag % 7 == 0 || (tag > 300 && tag < 340));
}

/* Forged ones stand in between, and more than a slice of them in a row. */
static void everyone_is_answered_in_order(void **state)
{
	struct desk *d = *state;
	uint32_t good = 0;

	for (uint32_t tag = 1; tag <= ENTRIES; tag++) {
		struct sample sample = tag == 1 ? card_of(d) : move_of(d, tag, NOW_S - 1);

		if (is_forged(tag))
			sample.data[sample.size - 1] ^= 1;
		publish(d, &sample, tag);
		good += !is_forged(tag);
	}
	run_to_the_end(d);
	assert_int_equal(d->told, ENTRIES);
	for (uint32_t i = 0; i < ENTRIES; i++) {
		struct sample sample = i == 0 ? card_of(d) : move_of(d, i + 1, NOW_S - 1);
		struct entry_id id = entry_id_of(sample_view(&sample), &d->author.public);

		assert_int_equal(d->tags[i], i + 1);
		assert_int_equal(d->results[i], is_forged(i + 1) ? COMMIT_BAD_SIGNATURE : COMMIT_STORED);
		if (is_forged(i + 1))
			continue;
		assert_memory_equal(&d->ids[i], &id, sizeof id);
		assert_stored(d, &id, &sample);
	}
	assert_int_equal(entries_of(d), good);
	assert_int_equal(rows_of(d), good);
}

/* Rows that were replaced are deleted, and settings are written, by the next transaction. */
static void replaced_rows_go(void **state)
{
	struct desk *d = *state;
	struct sample card = card_of(d);
	char value[COMMIT_SETTING_SIZE];

	publish(d, &card, 1);
	run_to_the_end(d);
	for (uint32_t version = 0; version < 100; version++) {
		struct sample note = move_of(d, 2, NOW_S - 200 + version);

		publish(d, &note, 2 + version);
		if (version % 3 == 0)
			run_to_the_end(d);
	}
	run_to_the_end(d);
	commit_set(d->node.commit, "walk", "1 2");
	commit_set(d->node.commit, "self.site", "c3");
	commit_set(d->node.commit, "self.site", "a1b2");
	commit_start(d->node.commit);
	run_to_the_end(d);
	assert_int_equal(entries_of(d), 2);
	assert_int_equal(rows_of(d), 2);
	assert_true(store_get(d->node.store, "self.site", value, sizeof value));
	assert_string_equal(value, "a1b2");
	assert_true(store_get(d->node.store, "walk", value, sizeof value));
	assert_string_equal(value, "1 2");
}

static void limit_files(rlim_t size)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = size;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Everybody hears it, also who comes later; the card is not written any more; the end comes all the same. */
static void a_failing_card_is_told_to_all(void **state)
{
	struct desk *d = *state;
	struct sample card = card_of(d);
	uint32_t kept = 0;

	publish(d, &card, 1);
	run_to_the_end(d);
	limit_files(256 * 1024);
	for (uint32_t tag = 2; tag <= ENTRIES; tag++) {
		struct sample note = move_of(d, tag, NOW_S - 1);

		publish(d, &note, tag);
	}
	run_to_the_end(d);
	limit_files(RLIM_INFINITY);
	assert_true(commit_has_failed(d->node.commit));
	assert_int_equal(d->told, ENTRIES);
	for (uint32_t i = 0; i < ENTRIES; i++) {
		bool failed = d->results[i] == COMMIT_FAILED;

		assert_int_equal(d->tags[i], i + 1);
		assert_true(failed || d->results[i] == COMMIT_STORED);
		assert_true(failed || kept == i);
		kept += !failed;
	}
	assert_in_range(kept, 1, ENTRIES - 1);
	assert_int_equal(rows_of(d), kept);
	assert_int_equal(entries_of(d), kept);
}

/* As many changes as the engine holds, the author's card being stored already. */
static void publish_without_the_loop(struct desk *d)
{
	struct sample card = card_of(d);

	d->at_start = true;
	publish_at_once(d, &card, 1);
	commit_now(d->node.commit);
	for (uint32_t tag = 2; tag <= COMMIT_ENGINE_CHANGES + 1; tag++) {
		struct sample note = move_of(d, tag, NOW_S - 1);

		publish_at_once(d, &note, tag);
	}
}

static void a_card_that_failed_at_the_start_ends_well(void **state)
{
	struct desk *d = *state;

	publish_without_the_loop(d);
	limit_files(1024);
	commit_now(d->node.commit);
	limit_files(RLIM_INFINITY);
	assert_true(commit_has_failed(d->node.commit));
	assert_true(commit_is_idle(d->node.commit));
	run_to_the_end(d);
	assert_int_equal(d->told, COMMIT_ENGINE_CHANGES + 1);
	assert_int_equal(entries_of(d), 1);
}

/* Without the loop. */
static void at_the_start_it_waits(void **state)
{
	struct desk *d = *state;

	publish_without_the_loop(d);
	commit_now(d->node.commit);
	assert_true(commit_is_idle(d->node.commit));
	assert_int_equal(d->told, COMMIT_ENGINE_CHANGES + 1);
	assert_int_equal(rows_of(d), COMMIT_ENGINE_CHANGES + 1);
}

/* Each transaction costs the card pages of its own: what comes together goes together, and what comes alone does not wait. */
static void many_share_a_transaction(void **state)
{
	struct desk *d = *state;
	struct sample card = card_of(d);

	publish(d, &card, 1);
	run_to_the_end(d);
	assert_int_equal(commit_count(d->node.commit), 1);
	for (uint32_t tag = 2; tag <= COMMIT_BATCH_MAX + 1; tag++) {
		struct sample move = move_of(d, tag, NOW_S - 1);

		publish(d, &move, tag);
	}
	run_to_the_end(d);
	assert_int_equal(rows_of(d), COMMIT_BATCH_MAX + 1);
	assert_int_equal(commit_count(d->node.commit), 2);
}

/* A daemon that stops lets the loop run until nothing is under way. */
static void stopping_in_the_middle_waits_for_the_jobs(void **state)
{
	struct desk *d = *state;

	for (uint32_t tag = 1; tag <= 300; tag++) {
		struct sample sample = tag == 1 ? card_of(d) : move_of(d, tag, NOW_S - 1);

		publish(d, &sample, tag);
	}
	assert_false(commit_is_idle(d->node.commit));
	run_to_the_end(d);
	assert_int_equal(rows_of(d), 300);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_setup, desk_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(everyone_is_answered_in_order),
		TEST(replaced_rows_go),
		TEST(a_failing_card_is_told_to_all),
		TEST(a_card_that_failed_at_the_start_ends_well),
		TEST(at_the_start_it_waits),
		TEST(many_share_a_transaction),
		TEST(stopping_in_the_middle_waits_for_the_jobs),
	};

	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
