/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is kept beside the entries: in a file of its own, moved there once from an older store, whenever the power goes. A
 * failing kill round prints its seed; AIDMESH_SEED=<seed> runs exactly that one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/store_folder.h"

enum { ROUNDS = 40 };

static void assert_setting(struct store *store, const char *key, const char *value)
{
	char found[512] = "";

	assert_true(store_get(store, key, found, sizeof found));
	assert_string_equal(found, value);
}

static void run_sql(const char *folder, const char *file, const char *sql)
{
	char path[PATH_SIZE];
	sqlite3 *db;

	snprintf(path, sizeof path, "%s/%s", folder, file);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

/* As an earlier aidmesh left it: settings among the entries. */
static void make_old_store(const char *folder)
{
	run_sql(folder, "entries.db",
		"PRAGMA journal_mode=WAL;"
		"CREATE TABLE author(no INTEGER PRIMARY KEY, key BLOB UNIQUE NOT NULL);"
		"CREATE TABLE entry(seq INTEGER PRIMARY KEY AUTOINCREMENT, author INTEGER NOT NULL, bytes BLOB NOT "
		"NULL);"
		"CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT);"
		"INSERT INTO author VALUES(1, randomblob(32));"
		"INSERT INTO entry(author, bytes) VALUES(1, randomblob(100));"
		"INSERT INTO setting VALUES('pin', '4711'), ('self.site', '0123456789abcdef:00000007');"
		"WITH RECURSIVE n(i) AS (VALUES(1) UNION ALL SELECT i + 1 FROM n WHERE i < 300) "
		"INSERT INTO setting SELECT 'intake.' || i, hex(randomblob(200)) FROM n;"
		"INSERT INTO setting VALUES('intake.', 'the first');"
		"PRAGMA user_version=1;");
}

static bool count_one(void *user, const char *key, const char *value)
{
	(void)key;
	(void)value;
	++*(size_t *)user;
	return true;
}

static void assert_moved(struct store *store)
{
	size_t count = 0;
	uint64_t rows, authors;

	assert_setting(store, "pin", "4711");
	assert_setting(store, "self.site", "0123456789abcdef:00000007");
	store_each_setting(store, "intake.", count_one, &count);
	assert_int_equal(count, 301);
	assert_int_equal(store_totals(store, &rows, &authors), STORE_OK);
	assert_int_equal(rows, 1);
}

static void settings_outlive_the_entries(void **state)
{
	struct store *store = open_store(*state);

	assert_int_equal(store_set(store, "pin", "4711"), STORE_OK);
	assert_int_equal(store_set(store, "gone", "soon"), STORE_OK);
	assert_int_equal(store_set(store, "gone", NULL), STORE_OK);
	store_close(store);
	lose(*state, "entries");
	store = open_store(*state);
	assert_setting(store, "pin", "4711");
	assert_false(store_get(store, "gone", (char[8]){ 0 }, 8));
	store_close(store);
}

static void an_older_stores_settings_move_once(void **state)
{
	struct store *store;

	make_old_store(*state);
	store = open_store(*state);
	assert_moved(store);
	assert_int_equal(store_set(store, "pin", "0815"), STORE_OK);
	store_close(store);
	store = open_store(*state);
	assert_setting(store, "pin", "0815");
	store_close(store);
}

/* They were copied, and the power went before they left the entries. */
static void what_was_copied_before_is_not_copied_over(void **state)
{
	struct store *store;

	make_old_store(*state);
	store = open_store(*state);
	store_close(store);
	lose(*state, "entries");
	make_old_store(*state);
	run_sql(*state, "settings.db", "UPDATE setting SET value='2222' WHERE key='pin'");
	store = open_store(*state);
	assert_setting(store, "pin", "2222");
	store_close(store);
}

static void a_kill_while_they_move_costs_nothing(void **state)
{
	const char *asked = getenv("AIDMESH_SEED");
	unsigned first = asked != NULL ? (unsigned)atoi(asked) : 1, last = asked != NULL ? first : ROUNDS;

	for (unsigned seed = first; seed <= last; seed++) {
		pid_t child;
		struct store *store;

		make_old_store(*state);
		print_message("AIDMESH_SEED=%u\n", seed);
		child = fork();
		if (child == 0) {
			struct reason why;

			(void)!store_open(&store, &why, *state);
			_exit(0);
		}
		/* Opening takes some 5 ms: the kill comes anywhere within. */
		usleep(seed * 7919 % 8000);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		store = open_store(*state);
		assert_moved(store);
		store_close(store);
		lose(*state, "");
	}
}

static void both_files_note_whose_they_are(void **state)
{
	struct public_key key = { { 1, 2, 3 } }, other = { { 9 } }, found;
	struct store *store = open_store(*state);

	assert_false(store_owner(store, STORE_ENTRIES, &found));
	assert_false(store_owner(store, STORE_SETTINGS, &found));
	assert_int_equal(store_own(store, &other), STORE_OK);
	assert_int_equal(store_own(store, &key), STORE_OK);
	store_close(store);
	store = open_store(*state);
	assert_true(store_owner(store, STORE_ENTRIES, &found));
	assert_true(public_key_equal(&found, &key));
	assert_true(store_owner(store, STORE_SETTINGS, &found));
	assert_true(public_key_equal(&found, &key));
	store_close(store);
	lose(*state, "entries");
	store = open_store(*state);
	assert_false(store_owner(store, STORE_ENTRIES, &found));
	assert_true(store_owner(store, STORE_SETTINGS, &found));
	store_close(store);
}

static void damaged_settings_are_named(void **state)
{
	struct reason why = { "" };
	struct store *store = open_store(*state);
	char path[PATH_SIZE];
	FILE *file;

	store_close(store);
	snprintf(path, sizeof path, "%s/settings.db", (const char *)*state);
	file = fopen(path, "r+");
	assert_non_null(file);
	fwrite("no database at all", 1, 18, file);
	fclose(file);
	assert_int_equal(store_open(&store, &why, *state), STORE_E_CORRUPT);
	assert_non_null(strstr(why.text, "settings.db is damaged: move it away"));
}

#define SETTINGS_TEST(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SETTINGS_TEST(settings_outlive_the_entries),
		SETTINGS_TEST(an_older_stores_settings_move_once),
		SETTINGS_TEST(what_was_copied_before_is_not_copied_over),
		SETTINGS_TEST(a_kill_while_they_move_costs_nothing),
		SETTINGS_TEST(both_files_note_whose_they_are),
		SETTINGS_TEST(damaged_settings_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
