/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whose store it is, from whatever of the three files is there; and a new author, whenever the power goes. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/store/owner.h"
#include "tests/unit/store_folder.h"

static void move(const char *folder, const char *from, const char *to)
{
	char path[PATH_SIZE], new_path[PATH_SIZE];

	path_of(path, folder, from);
	path_of(new_path, folder, to);
	assert_int_equal(rename(path, new_path), 0);
}

static bool is_there(const char *folder, const char *name)
{
	char path[PATH_SIZE];
	struct stat status;

	path_of(path, folder, name);
	return stat(path, &status) == 0;
}

/* A start: what it finds, and the key under which it would speak. */
struct start {
	struct store *store;
	struct owner owner;
	struct identity identity;
};

static struct start begin(const char *folder)
{
	struct reason why = { "" };
	struct start s;

	if (store_open(&s.store, &why, folder) != STORE_OK ||
	    owner_open(&s.owner, &s.identity, &why, s.store, folder) != 0)
		fail_msg("%s", why.text);
	return s;
}

static void end(struct start *s)
{
	identity_close(&s->identity);
	store_close(s->store);
}

static void write_row(struct start *s, const struct public_key *author)
{
	static const uint8_t bytes[ENTRY_SIZE_MIN + 10];
	struct store_insert insert = { .bytes = { bytes, sizeof bytes }, .author = *author };

	assert_int_equal(store_commit(s->store, &insert, 1, NULL, 0, NULL), STORE_OK);
}

/* A first start that has said something. */
static struct public_key live(const char *folder)
{
	struct start s = begin(folder);
	struct public_key key = s.identity.key;

	assert_int_equal(s.owner.state, OWNER_OURS);
	assert_non_null(s.identity.secret_key);
	write_row(&s, &key);
	assert_int_equal(store_set(s.store, "pin", "4711"), STORE_OK);
	assert_int_equal(store_set(s.store, OWNER_TIME_SETTING, "1000"), STORE_OK);
	end(&s);
	return key;
}

/* Marked, it waits at every start until somebody decides; taken over, what it may have said elsewhere is no copy's. */
static void a_restored_store_waits_for_a_word(void **state)
{
	struct public_key key = live(*state);
	struct start s = begin(*state);

	assert_int_equal(owner_mark_restored(s.store), STORE_OK);
	end(&s);
	for (int again = 0; again < 3; again++) {
		s = begin(*state);
		assert_int_equal(s.owner.state, OWNER_RESTORED);
		assert_true(owner_is_locked(&s.owner) && public_key_equal(&s.owner.key, &key));
		assert_null(s.identity.secret_key);
		if (again == 2)
			assert_int_equal(owner_take_over(s.store, 2000), STORE_OK);
		end(&s);
	}
	s = begin(*state);
	assert_int_equal(s.owner.state, OWNER_OURS);
	assert_true(s.owner.was_lost && public_key_equal(&s.identity.key, &key));
	assert_int_equal(s.owner.floor_s, 2000);
	assert_int_equal(owner_mark_restored(s.store), STORE_OK);
	assert_int_equal(owner_begin_anew(s.store, &key), STORE_OK);
	end(&s);
	s = begin(*state);
	assert_int_equal(s.owner.state, OWNER_OURS);
	assert_true(s.owner.is_renewing && !public_key_equal(&s.identity.key, &key));
	end(&s);
}

static void what_is_there_decides(void **state)
{
	static const struct {
		const char *lost[3];
		enum owner_state state;
	} table[] = {
		{ { NULL }, OWNER_OURS },
		{ { "identity.key" }, OWNER_KEY_MISSING },
		{ { "identity.key", "entries" }, OWNER_KEY_MISSING },
		{ { "identity.key", "settings" }, OWNER_KEY_MISSING },
		{ { "entries" }, OWNER_ENTRIES_GONE },
		{ { "settings" }, OWNER_OURS },
		{ { "entries", "settings" }, OWNER_KEY_ALONE },
	};

	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct public_key key = live(*state);

		for (size_t j = 0; j < 3 && table[i].lost[j] != NULL; j++)
			lose(*state, table[i].lost[j]);
		/* And so at every start that follows. */
		for (int again = 0; again < 3; again++) {
			struct start s = begin(*state);

			if (s.owner.state != table[i].state)
				fail_msg("row %zu, start %d: %d", i, again, s.owner.state);
			assert_true(public_key_equal(&s.owner.key, &key));
			assert_true(public_key_equal(&s.identity.key, &key));
			assert_int_equal(s.identity.secret_key == NULL, owner_is_locked(&s.owner));
			assert_int_equal(s.owner.floor_s, s.owner.state == OWNER_ENTRIES_GONE ? 1000 : 0);
			end(&s);
		}
		assert_int_equal(is_there(*state, "identity.key"), table[i].state != OWNER_KEY_MISSING);
		lose(*state, "");
	}
}

static void an_empty_folder_is_a_new_node_whatever_was_lost_of_the_first_start(void **state)
{
	struct reason why = { "" };
	struct identity identity;
	struct store *store;
	struct start s;

	/* The files were made, and nothing else. */
	assert_int_equal(store_open(&store, &why, *state), STORE_OK);
	store_close(store);
	s = begin(*state);
	assert_int_equal(s.owner.state, OWNER_OURS);
	end(&s);
	lose(*state, "");

	/* The key was made, and nothing notes it yet. */
	assert_int_equal(store_open(&store, &why, *state), STORE_OK);
	assert_int_equal(store_set(store, "fresh", "yes"), STORE_OK);
	store_close(store);
	assert_int_equal(identity_open(&identity, &why, *state), IDENTITY_OK);
	s = begin(*state);
	assert_int_equal(s.owner.state, OWNER_OURS);
	assert_true(public_key_equal(&s.identity.key, &identity.key));
	end(&s);
	identity_close(&identity);
}

static void another_key_is_not_this_stores(void **state)
{
	struct public_key key = live(*state);
	struct reason why = { "" };
	struct identity other;
	struct start s;

	move(*state, "identity.key", "identity.saved");
	assert_int_equal(identity_open(&other, &why, *state), IDENTITY_OK);
	s = begin(*state);
	assert_int_equal(s.owner.state, OWNER_OTHERS);
	assert_true(public_key_equal(&s.identity.key, &key));
	assert_null(s.identity.secret_key);
	end(&s);
	identity_close(&other);
	move(*state, "identity.saved", "identity.key");
	s = begin(*state);
	assert_int_equal(s.owner.state, OWNER_OURS);
	end(&s);
}

/* An earlier aidmesh noted nobody. */
static void a_store_that_notes_nobody_is_whose_words_are_in_it(void **state)
{
	for (int is_ours = 0; is_ours < 2; is_ours++) {
		struct public_key other = { { 7 } };
		struct reason why = { "" };
		struct identity identity;
		struct store *store;
		struct start s;

		assert_int_equal(store_open(&store, &why, *state), STORE_OK);
		assert_int_equal(identity_open(&identity, &why, *state), IDENTITY_OK);
		s = (struct start){ .store = store };
		write_row(&s, is_ours ? &identity.key : &other);
		store_close(store);
		identity_close(&identity);
		s = begin(*state);
		assert_int_equal(s.owner.state, is_ours ? OWNER_OURS : OWNER_OTHERS);
		end(&s);
		lose(*state, "");
	}
}

static void gaps_are_filled_once_and_households_held(void **state)
{
	char text[OWNER_GAPS_SIZE];
	struct start s;

	live(*state);
	lose(*state, "entries");
	s = begin(*state);
	assert_true(owner_holds(&s.owner, 5000));
	owner_fill_gaps(&s.owner, text, 3000);
	assert_int_equal(store_set(s.store, OWNER_GAPS_SETTING, text), STORE_OK);
	end(&s);
	s = begin(*state);
	assert_int_equal(s.owner.state, OWNER_OURS);
	assert_int_equal(s.owner.floor_s, 3000);
	assert_true(owner_holds(&s.owner, 5000));
	owner_date_loss(&s.owner, text, 5000);
	assert_int_equal(store_set(s.store, OWNER_GAPS_SETTING, text), STORE_OK);
	end(&s);
	s = begin(*state);
	assert_true(owner_holds(&s.owner, 5000 + OWNER_HOLD_DAYS * EPOCH_S - 1));
	assert_false(owner_holds(&s.owner, 5000 + OWNER_HOLD_DAYS * EPOCH_S));
	end(&s);
}

/* Beginning anew. */

static void finish_anew(const char *folder, const struct public_key *from)
{
	struct reason why = { "" };
	struct start s = begin(folder);
	struct public_key now = s.identity.key;

	assert_int_equal(s.owner.state, OWNER_OURS);
	assert_true(s.owner.is_renewing);
	assert_true(public_key_equal(&s.owner.renewed, from));
	assert_false(public_key_equal(&now, from));
	assert_int_equal(owner_end_anew(&s.owner, &why, s.store, folder), 0);
	end(&s);
	s = begin(folder);
	assert_int_equal(s.owner.state, OWNER_OURS);
	assert_false(s.owner.is_renewing);
	assert_true(public_key_equal(&s.identity.key, &now));
	assert_true(public_key_equal(&s.owner.key, &now));
	end(&s);
	assert_false(is_there(folder, "identity.old"));
}

static void begin_anew(const char *folder)
{
	struct start s = begin(folder);

	assert_int_equal(owner_begin_anew(s.store, &s.owner.key), STORE_OK);
	end(&s);
}

static void a_new_author_takes_the_place_of_the_old_one(void **state)
{
	struct public_key key = live(*state);
	struct identity old;
	struct start s;

	begin_anew(*state);
	s = begin(*state);
	assert_int_equal(identity_open_old(&old, *state), IDENTITY_OK);
	assert_true(public_key_equal(&old.key, &key));
	identity_close(&old);
	end(&s);
	finish_anew(*state, &key);
}

/* After each step that is on disk. */
static void a_power_cut_leads_to_the_same_new_author(void **state)
{
	for (int step = 0; step < 4; step++) {
		struct public_key key = live(*state);
		char note[2 * sizeof key + 3];
		struct reason why = { "" };
		struct start s;

		begin_anew(*state);
		sodium_bin2hex(note, sizeof note, key.bytes, sizeof key.bytes);
		if (step >= 1)
			move(*state, "identity.key", "identity.old");
		if (step >= 2) {
			assert_int_equal(store_open(&s.store, &why, *state), STORE_OK);
			strcat(note, " k");
			assert_int_equal(store_set(s.store, "renew", note), STORE_OK);
			store_close(s.store);
		}
		if (step >= 3) {
			assert_int_equal(identity_open(&s.identity, &why, *state), IDENTITY_OK);
			identity_close(&s.identity);
		}
		finish_anew(*state, &key);
		lose(*state, "");
	}
}

static void anothers_key_is_kept(void **state)
{
	struct public_key key = live(*state);
	struct reason why = { "" };
	struct identity other;

	lose(*state, "identity.key");
	assert_int_equal(identity_open(&other, &why, *state), IDENTITY_OK);
	begin_anew(*state);
	finish_anew(*state, &key);
	assert_true(is_there(*state, "identity.other"));
	identity_close(&other);
}

static void a_lost_key_is_no_hindrance(void **state)
{
	struct public_key key = live(*state);

	lose(*state, "identity.key");
	begin_anew(*state);
	finish_anew(*state, &key);
}

#define OWNER_TEST(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OWNER_TEST(what_is_there_decides),
		OWNER_TEST(a_restored_store_waits_for_a_word),
		OWNER_TEST(an_empty_folder_is_a_new_node_whatever_was_lost_of_the_first_start),
		OWNER_TEST(another_key_is_not_this_stores),
		OWNER_TEST(a_store_that_notes_nobody_is_whose_words_are_in_it),
		OWNER_TEST(gaps_are_filled_once_and_households_held),
		OWNER_TEST(a_new_author_takes_the_place_of_the_old_one),
		OWNER_TEST(a_power_cut_leads_to_the_same_new_author),
		OWNER_TEST(anothers_key_is_kept),
		OWNER_TEST(a_lost_key_is_no_hindrance),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
