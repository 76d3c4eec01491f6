/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The store on real files: what was acknowledged is there again, whatever happened in between. A failing kill round
 * prints its seed; AIDMESH_SEED=<seed> runs exactly that one. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "node/store/store_vfs.h"
#include "tests/unit/store_folder.h"

enum { ROUNDS = 40 };

/* An entry's bytes follow from its number, so that what comes back can be judged. */
struct sample {
	uint8_t bytes[ENTRY_SIZE_MAX];
	size_t size;
	struct public_key author;
};

static struct sample sample_of(uint32_t number)
{
	struct sample s = { .size = ENTRY_SIZE_MIN + number % (ENTRY_SIZE_MAX - ENTRY_SIZE_MIN + 1) };

	memset(s.bytes, (int)(number & 0xff), s.size);
	memcpy(s.bytes, &number, sizeof(number));
	memset(s.author.bytes, (int)(number % 7), sizeof(s.author.bytes));
	s.author.bytes[31] = (uint8_t)(number % 11);
	return s;
}

static struct store_insert insert_of(const struct sample *s)
{
	return (struct store_insert){ .bytes = { .data = s->bytes, .size = s->size }, .author = s->author };
}

static uint64_t commit_one(struct store *store, uint32_t number)
{
	struct sample s = sample_of(number);
	struct store_insert insert = insert_of(&s);

	assert_int_equal(store_commit(store, &insert, 1, NULL, 0, NULL), STORE_OK);
	return insert.handle;
}

static bool view_is_sample(struct view bytes, uint32_t number)
{
	struct sample s = sample_of(number);

	return bytes.size == s.size && memcmp(bytes.data, s.bytes, s.size) == 0;
}

struct rows {
	uint32_t numbers[4096];
	uint64_t handles[4096];
	size_t count;
	bool sound;
};

static bool gather(void *user, uint64_t handle, struct view bytes, const struct public_key *author)
{
	struct rows *rows = user;
	struct sample s;
	uint32_t number;

	memcpy(&number, bytes.data, sizeof(number));
	s = sample_of(number);
	if (!view_is_sample(bytes, number) || memcmp(&s.author, author, sizeof(s.author)) != 0)
		rows->sound = false;
	assert_true(rows->count < 4096);
	rows->numbers[rows->count] = number;
	rows->handles[rows->count++] = handle;
	return true;
}

static struct rows *rows_of(struct store *store)
{
	static struct rows rows;

	rows = (struct rows){ .sound = true };
	assert_int_equal(store_each(store, gather, &rows), STORE_OK);
	assert_true(rows.sound);
	return &rows;
}

static int64_t count_sql(const char *folder, const char *sql)
{
	char path[PATH_SIZE];
	sqlite3 *db;
	sqlite3_stmt *query;
	int64_t value;

	snprintf(path, sizeof(path), "%s/entries.db", folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &query, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(query), SQLITE_ROW);
	value = sqlite3_column_int64(query, 0);
	sqlite3_finalize(query);
	sqlite3_close(db);
	return value;
}

static void run_sql(const char *folder, const char *sql)
{
	char path[PATH_SIZE];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/entries.db", folder);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void rows_come_back_after_reopening(void **state)
{
	uint64_t row_total, author_total;
	struct store *store = open_store(*state);
	struct sample samples[50];
	struct store_insert inserts[50];
	uint64_t deletes[3], last;
	struct view bytes;
	struct rows *rows;

	for (uint32_t i = 0; i < 50; i++) {
		samples[i] = sample_of(i);
		inserts[i] = insert_of(&samples[i]);
	}
	assert_int_equal(store_commit(store, inserts, 50, NULL, 0, NULL), STORE_OK);
	for (uint32_t i = 0; i < 50; i++) {
		assert_int_equal(store_load(store, inserts[i].handle, &bytes), STORE_OK);
		assert_true(view_is_sample(bytes, i));
	}
	deletes[0] = inserts[10].handle;
	deletes[1] = inserts[49].handle;
	deletes[2] = 999999; /* absent: no error */
	assert_int_equal(store_commit(store, NULL, 0, deletes, 3, NULL), STORE_OK);
	assert_int_equal(store_load(store, inserts[10].handle, &bytes), STORE_E_MISSING);
	last = inserts[49].handle;
	store_close(store);

	store = open_store(*state);
	rows = rows_of(store);
	assert_int_equal(rows->count, 48);
	assert_int_equal(rows->numbers[0], 0);
	assert_int_equal(rows->numbers[10], 11);
	for (size_t i = 1; i < rows->count; i++)
		assert_true(rows->handles[i] > rows->handles[i - 1]);
	assert_int_equal(store_totals(store, &row_total, &author_total), STORE_OK);
	assert_int_equal(row_total, 48);
	assert_true(author_total > 0 && author_total <= 48);
	/* The deleted newest row's handle is not given out again. */
	assert_true(commit_one(store, 50) > last);
	assert_true(store_size(store) > 48 * ENTRY_SIZE_MIN);
	store_close(store);
}

static bool stop_at_once(void *user, uint64_t handle, struct view bytes, const struct public_key *author)
{
	(void)handle;
	(void)bytes;
	(void)author;
	++*(int *)user;
	return false;
}

static void reading_ends_when_told(void **state)
{
	struct store *store = open_store(*state);
	int calls = 0;

	commit_one(store, 1);
	commit_one(store, 2);
	assert_int_equal(store_each(store, stop_at_once, &calls), STORE_OK);
	assert_int_equal(calls, 1);
	assert_int_equal(rows_of(store)->count, 2);
	store_close(store);
}

static void settings_are_kept(void **state)
{
	struct store *store = open_store(*state);
	char value[8] = "as was";

	assert_false(store_get(store, "self.site", value, sizeof(value)));
	assert_string_equal(value, "as was");
	assert_int_equal(store_set(store, "self.site", "old"), STORE_OK);
	assert_int_equal(store_set(store, "self.site", "seven77"), STORE_OK);
	assert_int_equal(store_set(store, "long", "eight888"), STORE_OK);
	store_close(store);
	store = open_store(*state);
	assert_true(store_get(store, "self.site", value, sizeof(value)));
	assert_string_equal(value, "seven77");
	assert_false(store_get(store, "long", value, sizeof(value)));
	assert_int_equal(store_set(store, "self.site", NULL), STORE_OK);
	assert_false(store_get(store, "self.site", value, sizeof(value)));
	store_close(store);
}

static void authors_go_with_their_last_entry(void **state)
{
	struct store *store = open_store(*state);
	uint64_t first[2] = { commit_one(store, 0), commit_one(store, 77) }; /* one author: 0 and 77 = 7 * 11 */
	uint64_t other = commit_one(store, 1);

	assert_int_equal(count_sql(*state, "SELECT count(*) FROM author"), 2);
	assert_int_equal(store_commit(store, NULL, 0, &first[0], 1, NULL), STORE_OK);
	assert_int_equal(count_sql(*state, "SELECT count(*) FROM author"), 2);
	assert_int_equal(store_commit(store, NULL, 0, &first[1], 1, NULL), STORE_OK);
	assert_int_equal(count_sql(*state, "SELECT count(*) FROM author"), 1);
	/* The remembered number of the one that went is not used again. */
	commit_one(store, 154);
	assert_int_equal(count_sql(*state, "SELECT count(*) FROM author"), 2);
	assert_int_equal(store_commit(store, NULL, 0, &other, 1, NULL), STORE_OK);
	assert_int_equal(rows_of(store)->count, 1);
	store_close(store);
}

static void many_authors_go_at_the_next_start(void **state)
{
	struct store *store = open_store(*state);
	uint64_t handles[70];

	for (size_t i = 0; i < 70; i++) {
		struct sample s = sample_of(5);
		struct store_insert insert;

		s.author.bytes[5] = (uint8_t)i;
		insert = insert_of(&s);
		assert_int_equal(store_commit(store, &insert, 1, NULL, 0, NULL), STORE_OK);
		handles[i] = insert.handle;
	}
	assert_int_equal(store_commit(store, NULL, 0, handles, 70, NULL), STORE_OK);
	store_close(store);
	store_close(open_store(*state));
	assert_int_equal(count_sql(*state, "SELECT count(*) FROM author"), 0);
}

static void rows_that_are_no_entries_are_left_out(void **state)
{
	struct store *store = open_store(*state);
	struct view bytes;
	struct rows *rows;

	for (uint32_t i = 0; i < 5; i++)
		commit_one(store, i);
	store_close(store);
	run_sql(*state, "UPDATE entry SET bytes=x'00' WHERE seq=1;"
			"UPDATE entry SET bytes=zeroblob(4096) WHERE seq=2;"
			"UPDATE entry SET bytes=x'' WHERE seq=3;"
			"UPDATE entry SET author=4711 WHERE seq=4;");
	store = open_store(*state);
	for (uint64_t handle = 1; handle <= 3; handle++)
		assert_int_equal(store_load(store, handle, &bytes), STORE_E_CORRUPT);
	rows = rows_of(store);
	assert_int_equal(rows->count, 1);
	assert_int_equal(rows->handles[0], 5);
	assert_int_equal(store_left_out(store), 4);
	store_close(store);
}

/* What a folder may look like, and what is said. */
struct damage {
	const char *name;
	void (*make)(const char *folder);
	enum store_rc rc;
	const char *says;
};

static void make_later_version(const char *folder)
{
	store_close(open_store(folder));
	run_sql(folder, "PRAGMA user_version=1000");
}

static void make_not_a_database(const char *folder)
{
	char path[PATH_SIZE];
	FILE *f;

	snprintf(path, sizeof(path), "%s/entries.db", folder);
	f = fopen(path, "w");
	assert_non_null(f);
	for (int i = 0; i < 2000; i++)
		fputs("this is no database\n", f);
	fclose(f);
}

static void make_garbled_page(const char *folder)
{
	struct store *store = open_store(folder);
	char path[PATH_SIZE];
	uint8_t noise[4096];
	int fd;

	for (uint32_t i = 0; i < 200; i++)
		commit_one(store, i);
	store_close(store);
	snprintf(path, sizeof(path), "%s/entries.db", folder);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	memset(noise, 0xa5, sizeof(noise));
	for (off_t page = 1; page < 8; page++)
		assert_int_equal(pwrite(fd, noise, sizeof(noise), page * 4096), sizeof(noise));
	close(fd);
}

static void unusable_files_are_refused_with_a_sentence(void **state)
{
	static const struct damage table[] = {
		{ "later version", make_later_version, STORE_E_VERSION, "later aidmesh" },
		{ "not a database", make_not_a_database, STORE_E_CORRUPT, "damaged" },
		{ "garbled pages", make_garbled_page, STORE_E_CORRUPT, "move it away" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct reason why = { "" };
		struct store *store = (struct store *)state;

		table[i].make(*state);
		assert_int_equal(store_open(&store, &why, *state), table[i].rc);
		assert_null(store);
		if (strstr(why.text, table[i].says) == NULL)
			fail_msg("%s: \"%s\" does not say \"%s\"", table[i].name, &why, table[i].says);
		lose(*state, "entries");
	}
}

static void a_folder_that_is_missing_is_named(void **state)
{
	struct reason why = { "" };
	struct store *store;

	(void)state;
	assert_int_equal(store_open(&store, &why, "/nonexistent/aidmesh"), STORE_E_OPEN);
	assert_non_null(strstr(why.text, "/nonexistent/aidmesh"));
}

/* Version 0 is the file that SQLite makes before anything is in it, also with a journal mode already chosen. */
static void an_empty_file_becomes_version_3(void **state)
{
	struct store *store;

	run_sql(*state, "PRAGMA user_version=0; CREATE TABLE x(y); DROP TABLE x;");
	assert_int_equal(count_sql(*state, "PRAGMA user_version"), 0);
	store = open_store(*state);
	commit_one(store, 3);
	store_close(store);
	assert_int_equal(count_sql(*state, "PRAGMA user_version"), 3);
	assert_int_equal(count_sql(*state, "SELECT count(*) FROM entry"), 1);
}

static bool count_past(void *user, struct view bytes, const struct public_key *author)
{
	(void)bytes;
	(void)author;
	++*(size_t *)user;
	return true;
}

/* Each step on the way up from each version that there was: the rows are there, and what is new can be used. */
static void what_an_earlier_version_holds_comes_up(void **state)
{
	static const char *const down[] = {
		"DROP TABLE past; DROP TABLE owner; CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT);"
		"INSERT INTO setting VALUES('pin', '4711'); PRAGMA user_version=1",
		"DROP TABLE past; PRAGMA user_version=2",
		"PRAGMA user_version=3",
	};
	char value[16];

	assert_int_equal(sizeof down / sizeof down[0], store_version()); /* a new version has a row here */
	for (size_t i = 0; i < sizeof down / sizeof down[0]; i++) {
		struct store *store = open_store(*state);
		struct sample owner = sample_of(1);
		uint64_t gone = 0;
		size_t past = 0;

		for (uint32_t number = 0; number < 20; number++)
			gone = commit_one(store, number);
		store_close(store);
		run_sql(*state, down[i]);

		store = open_store(*state);
		assert_int_equal(rows_of(store)->count, 20);
		assert_true(store_get(store, "pin", value, sizeof value)); /* since the first of them */
		assert_int_equal(store_commit(store, NULL, 0, &gone, 1, &(struct store_past){ &gone, 1, 700 }),
				 STORE_OK);
		store_each_past(store, 700, count_past, &past);
		assert_int_equal(past, 1);
		assert_int_equal(store_own(store, &owner.author), STORE_OK);
		store_close(store);
		assert_int_equal(count_sql(*state, "PRAGMA user_version"), store_version());
		lose(*state, "entries");
	}
}

static void a_second_daemon_is_refused(void **state)
{
	struct store *first = open_store(*state);
	struct store *second;
	struct reason why = { "" };

	assert_int_equal(store_open(&second, &why, *state), STORE_E_LOCKED);
	assert_non_null(strstr(why.text, "another"));
	store_close(first);
	store_close(open_store(*state));
}

/* The child commits batches and says through the pipe which numbers were acknowledged, until it is killed. */
static void commit_until_killed(const char *folder, int out, uint32_t first)
{
	struct reason why = { "" };
	struct store *store;
	uint64_t previous = 0;

	if (store_open(&store, &why, folder) != STORE_OK)
		_exit(1);
	for (uint32_t number = first;; number += 3) {
		struct sample samples[3];
		struct store_insert inserts[3];

		for (uint32_t i = 0; i < 3; i++) {
			samples[i] = sample_of(number + i);
			inserts[i] = insert_of(&samples[i]);
		}
		/* The last of every batch is deleted by the next. */
		if (store_commit(store, inserts, 3, &previous, previous != 0, NULL) != STORE_OK)
			_exit(2);
		previous = inserts[2].handle;
		if (write(out, &number, sizeof(number)) != sizeof(number))
			_exit(3);
	}
}

struct acknowledged {
	uint32_t batches[4096];
	size_t count;
};

static void kill_at(const char *folder, struct acknowledged *acked, uint32_t first, uint32_t after_batches,
		    uint32_t delay_us)
{
	int pipe_fd[2], status;
	uint32_t number;
	pid_t child;
	size_t until = acked->count + after_batches;

	assert_int_equal(pipe(pipe_fd), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(pipe_fd[0]);
		commit_until_killed(folder, pipe_fd[1], first);
	}
	close(pipe_fd[1]);
	while (read(pipe_fd[0], &number, sizeof(number)) == sizeof(number)) {
		assert_true(acked->count < 4096);
		acked->batches[acked->count++] = number;
		if (acked->count == until) {
			/* Where in the next commit it strikes: part of the seed, nothing waits for it. */
			usleep(delay_us);
			kill(child, SIGKILL);
		}
	}
	close(pipe_fd[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static bool holds(const struct rows *rows, uint32_t number)
{
	for (size_t i = 0; i < rows->count; i++) {
		if (rows->numbers[i] == number)
			return true;
	}
	return false;
}

static void check_after_kill(const char *folder, const struct acknowledged *acked, uint32_t seed)
{
	struct store *store = open_store(folder);
	struct rows *rows = rows_of(store);

	for (size_t i = 0; i < acked->count; i++) {
		if (!holds(rows, acked->batches[i]) || !holds(rows, acked->batches[i] + 1))
			fail_msg("seed %" PRIu32 ": batch %" PRIu32 " was acknowledged and is gone", seed,
				 acked->batches[i]);
	}
	/* Whole batches only: the first of one never comes without its second. */
	for (size_t i = 0; i < rows->count; i++) {
		if (rows->numbers[i] % 3 == 0 && !holds(rows, rows->numbers[i] + 1))
			fail_msg("seed %" PRIu32 ": half of batch %" PRIu32, seed, rows->numbers[i]);
	}
	store_close(store);
}

static void acknowledged_rows_outlive_a_kill(void **state)
{
	static struct acknowledged acked;
	const char *chosen = getenv("AIDMESH_SEED");
	uint32_t seed = chosen != NULL ? (uint32_t)strtoul(chosen, NULL, 10) : randombytes_random();
	uint8_t seed_bytes[randombytes_SEEDBYTES] = { 0 };
	uint32_t dice[ROUNDS * 2];

	memcpy(seed_bytes, &seed, sizeof(seed));
	randombytes_buf_deterministic(dice, sizeof(dice), seed_bytes);
	acked.count = 0;
	for (uint32_t round = 0; round < ROUNDS; round++) {
		kill_at(*state, &acked, round * 30000, 1 + dice[2 * round] % 12, dice[2 * round + 1] % 2000);
		check_after_kill(*state, &acked, seed);
	}
}

static void a_full_card_takes_nothing_half(void **state)
{
	struct store *store = open_store(*state);
	static struct sample samples[400];
	static struct store_insert inserts[400];
	struct rlimit whole, tight;
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	uint64_t kept = commit_one(store, 0);
	struct view bytes;

	for (uint32_t i = 0; i < 400; i++) {
		samples[i] = sample_of(i + 1);
		inserts[i] = insert_of(&samples[i]);
	}
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &whole), 0);
	tight = whole;
	tight.rlim_cur = 64 * 1024;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
	assert_int_equal(store_commit(store, inserts, 400, &kept, 1, NULL), STORE_E_IO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &whole), 0);
	assert_int_equal(inserts[0].handle, 0);
	assert_int_equal(rows_of(store)->count, 1);
	assert_int_equal(store_load(store, kept, &bytes), STORE_OK);
	/* Space was made: an author that was new in the failed batch, then the batch itself. */
	assert_int_equal(store_commit(store, &inserts[399], 1, NULL, 0, NULL), STORE_OK);
	assert_int_equal(rows_of(store)->count, 2);
	assert_int_equal(store_commit(store, inserts, 400, NULL, 0, NULL), STORE_OK);
	store_close(store);
	store = open_store(*state);
	assert_int_equal(rows_of(store)->count, 402);
	store_close(store);
	signal(SIGXFSZ, handler);
}

/* The daemon's shape: the pool commits while the loop loads what was reported committed. */
struct race {
	struct store *store;
	_Atomic uint64_t committed; /* highest handle reported; numbers are handles - 1 */
	atomic_bool failed;
};

enum { RACE_COMMITS = 300 };

static void *commit_side(void *arg)
{
	struct race *race = arg;

	for (uint32_t i = 0; i < RACE_COMMITS; i++) {
		struct sample s = sample_of(i);
		struct store_insert insert = insert_of(&s);

		if (store_commit(race->store, &insert, 1, NULL, 0, NULL) != STORE_OK || insert.handle != i + 1)
			atomic_store(&race->failed, true);
		atomic_store(&race->committed, insert.handle);
	}
	return NULL;
}

static void loading_sees_all_that_was_reported(void **state)
{
	struct race race = { .store = open_store(*state) };
	pthread_t thread;
	uint64_t known;
	char value[8];

	assert_int_equal(store_set(race.store, "k", "v"), STORE_OK);
	assert_int_equal(pthread_create(&thread, NULL, commit_side, &race), 0);
	do {
		struct view bytes;

		known = atomic_load(&race.committed);
		if (known == 0)
			continue;
		assert_int_equal(store_load(race.store, known, &bytes), STORE_OK);
		assert_true(view_is_sample(bytes, (uint32_t)known - 1));
		assert_true(rows_of(race.store)->count >= known);
		assert_true(store_get(race.store, "k", value, sizeof(value)));
	} while (known < RACE_COMMITS && !atomic_load(&race.failed));
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_false(atomic_load(&race.failed));
	store_close(race.store);
}

static void sqlite_expects_the_worst_of_the_card(void **state)
{
	char path[PATH_SIZE];
	sqlite3_file *file = NULL;
	sqlite3 *db;

	store_close(open_store(*state));
	snprintf(path, sizeof(path), "%s/entries.db", (const char *)*state);
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, STORE_VFS_NAME), SQLITE_OK);
	assert_int_equal(sqlite3_file_control(db, NULL, SQLITE_FCNTL_FILE_POINTER, &file), SQLITE_OK);
	assert_int_equal(file->pMethods->xSectorSize(file), 16384);
	assert_int_equal(file->pMethods->xDeviceCharacteristics(file) & SQLITE_IOCAP_POWERSAFE_OVERWRITE, 0);
	sqlite3_close(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, folder_setup, folder_teardown)
		STORE_TEST(rows_come_back_after_reopening),
		STORE_TEST(reading_ends_when_told),
		STORE_TEST(settings_are_kept),
		STORE_TEST(authors_go_with_their_last_entry),
		STORE_TEST(many_authors_go_at_the_next_start),
		STORE_TEST(rows_that_are_no_entries_are_left_out),
		STORE_TEST(unusable_files_are_refused_with_a_sentence),
		STORE_TEST(a_folder_that_is_missing_is_named),
		STORE_TEST(an_empty_file_becomes_version_3),
		STORE_TEST(what_an_earlier_version_holds_comes_up),
		STORE_TEST(a_second_daemon_is_refused),
		STORE_TEST(acknowledged_rows_outlive_a_kill),
		STORE_TEST(a_full_card_takes_nothing_half),
		STORE_TEST(loading_sees_all_that_was_reported),
		STORE_TEST(sqlite_expects_the_worst_of_the_card),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
