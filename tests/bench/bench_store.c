/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What bench_link.py measures nodes by: stores full of real entries, and the least that verifying, inserting and reading
 * their rows can take on this machine. Prints one figure a line.
 *
 *   bench_store fill FOLDER COUNT SEED   makes a store of COUNT entries, signed by authors of their own
 *   bench_store town FOLDER COUNT        makes a store of a town's COUNT entries as of now, with empty signatures
 *   bench_store walk FOLDER              as if a walk had begun before its first row
 *   bench_store verify FOLDER...         seconds: all their signatures by plain libsodium, on all cores
 *   bench_store insert FOLDER...         seconds: their rows into SQLite, each store on a thread of its own, with the
 *                                        node's settings and batches
 *   bench_store read FOLDER              seconds: all rows by one plain SELECT, median of nine
 *   bench_store size FOLDER              bytes of all entries */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>
#include <sqlite3.h>

#include "node/store/commit.h"
#include "node/store/store.h"
#include "node/store/store_vfs.h"
#include "tests/bench/town.h"

enum {
	AUTHOR_ENTRIES = 1000, /* of which a card and a site */
	SPREAD_S = 20 * EPOCH_S,
	THREADS_MAX = 64,
	READS = 9,
	PATH_SIZE = 512,
};

static void check(bool is_good, const char *what)
{
	if (is_good)
		return;
	fprintf(stderr, "bench_store: %s failed\n", what);
	exit(2);
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Filling. */

struct filler {
	uint64_t dice;
	uint32_t now_s;
	struct store *store;
	struct public_key key;
	uint8_t secret[64];
	size_t count;
	struct store_insert inserts[COMMIT_BATCH_MAX];
	uint8_t bytes[COMMIT_BATCH_MAX][ENTRY_SIZE_MAX];
};

static uint32_t roll(struct filler *f, uint32_t bound)
{
	f->dice = f->dice * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((f->dice >> 33) % bound);
}

static void flush(struct filler *f)
{
	check(store_commit(f->store, f->inserts, f->count, NULL, 0, NULL) == STORE_OK, "store_commit");
	f->count = 0;
}

static void put(struct filler *f, struct entry *e)
{
	uint8_t *bytes = f->bytes[f->count];
	size_t size;

	e->author = public_key_hint(&f->key);
	e->hlc.time = f->now_s - roll(f, SPREAD_S);
	check(entry_sign(bytes, &size, e, f->secret) == ENTRY_OK, "entry_sign");
	f->inserts[f->count++] = (struct store_insert){ .bytes = { bytes, size }, .author = f->key };
	if (f->count == COMMIT_BATCH_MAX)
		flush(f);
}

static void put_author(struct filler *f, uint64_t seed, uint32_t index)
{
	uint8_t seed_bytes[crypto_sign_SEEDBYTES] = { 0 };
	struct entry card = { .kind = ENTRY_CARD, .card = { .languages = "en es", .roles = ROLE_SITE } };
	struct entry site = { .kind = ENTRY_SITE, .number = 1, .site = { .people = 40, .facilities = FACILITY_POWER } };

	memcpy(seed_bytes, &seed, sizeof seed);
	memcpy(seed_bytes + sizeof seed, &index, sizeof index);
	crypto_sign_seed_keypair(f->key.bytes, f->secret, seed_bytes);
	card.card.key = f->key;
	memcpy(card.card.sealing_key, f->key.bytes, sizeof card.card.sealing_key);
	snprintf(card.card.name, sizeof card.card.name, "Site %llu-%u", (unsigned long long)seed, index);
	put(f, &card);
	snprintf(site.site.name, sizeof site.site.name, "School hall no. %u", index);
	site.site.place = (struct place){ .lat_e6 = 35100000 + (int32_t)roll(f, 900000),
					  .lon_e6 = -77040000 + (int32_t)roll(f, 900000),
					  .digits = PLACE_POINT };
	put(f, &site);
}

/* Lines, moves and notes as people write them: 4 to 3 to 1. */
static void put_record(struct filler *f, uint32_t number)
{
	struct ref site = { .author = public_key_hint(&f->key), .number = 1 };
	struct ref other = { .author = site.author, .number = 2 + roll(f, AUTHOR_ENTRIES - 2) };
	struct entry e = { .number = number };
	uint32_t kind = roll(f, 8);

	if (kind < 4) {
		e.kind = ENTRY_LINE;
		e.line = (struct line){ .site = site,
					.item = (uint16_t)(101 + roll(f, 7)),
					.quantity_milli = 1000 * (1 + (uint64_t)roll(f, 500)),
					.people = 1 + roll(f, 200),
					.infants = roll(f, 3),
					.within_h = 72,
					.created = f->now_s - SPREAD_S - roll(f, 1000),
					.text = "ask for Ann at the side door" };
	} else if (kind < 7) {
		e.kind = ENTRY_MOVE;
		e.move = (struct move){ .stage = MOVE_PLEDGED,
					.of = other,
					.quantity_milli = 1000 * (1 + (uint64_t)roll(f, 500)),
					.due = f->now_s + roll(f, 100000),
					.text = "white truck, by Route 17" };
	} else {
		e.kind = ENTRY_NOTE;
		e.note = (struct note){ .kind = NOTE_MESSAGE,
					.language = "en",
					.of = other,
					.text = "The road by the river is under water, come from the north." };
	}
	put(f, &e);
}

static int fill(const char *folder, uint32_t count, uint64_t seed)
{
	struct filler *f = calloc(1, sizeof *f);
	struct reason why = { "" };

	check(f != NULL, "calloc");
	f->dice = seed;
	f->now_s = (uint32_t)((uint64_t)time(NULL) - EPOCH_UNIX_S);
	check(store_open(&f->store, &why, folder) == STORE_OK, why.text);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t of_author = i % AUTHOR_ENTRIES;

		if (of_author == 0)
			put_author(f, seed, i / AUTHOR_ENTRIES);
		if (of_author > 1)
			put_record(f, of_author);
	}
	flush(f);
	store_close(f->store);
	free(f);
	return 0;
}

static int fill_town(const char *folder, uint32_t count)
{
	struct store_insert inserts[COMMIT_BATCH_MAX];
	struct store *store;
	struct town town;
	struct reason why = { "" };
	size_t n = 0;

	check(store_open(&store, &why, folder) == STORE_OK, why.text);
	town_build(&town, count, (uint32_t)((uint64_t)time(NULL) - EPOCH_UNIX_S));
	for (uint32_t i = 0; i < town.count; i++) {
		const struct row *row = &town.rows[i];

		inserts[n++] =
			(struct store_insert){ .bytes = { row->bytes, row->size }, .author = town.keys[row->author] };
		if (n < COMMIT_BATCH_MAX && i + 1 < town.count)
			continue;
		check(store_commit(store, inserts, n, NULL, 0, NULL) == STORE_OK, "store_commit");
		n = 0;
	}
	store_close(store);
	free(town.rows);
	return 0;
}

static int note_walk(const char *folder)
{
	struct store *store;
	struct reason why = { "" };

	check(store_open(&store, &why, folder) == STORE_OK, why.text);
	check(store_set(store, "walk", "1 0") == STORE_OK, "store_set");
	store_close(store);
	return 0;
}

/* Rows in memory. */

struct kept_row {
	struct public_key author;
	uint8_t size;
	uint8_t bytes[ENTRY_SIZE_MAX];
};

struct rows {
	struct kept_row *list;
	size_t count, room;
};

static bool keep_row(void *user, uint64_t handle, struct view bytes, const struct public_key *author)
{
	struct rows *rows = user;
	struct kept_row *row;

	(void)handle;
	if (rows->count == rows->room) {
		rows->room = rows->room ? 2 * rows->room : 1024;
		rows->list = realloc(rows->list, rows->room * sizeof *rows->list);
		check(rows->list != NULL, "realloc");
	}
	row = &rows->list[rows->count++];
	row->author = *author;
	row->size = (uint8_t)bytes.size;
	memcpy(row->bytes, bytes.data, bytes.size);
	return true;
}

static void load(struct rows *rows, const char *folder)
{
	struct store *store;
	struct reason why = { "" };

	check(store_open(&store, &why, folder) == STORE_OK, why.text);
	check(store_each(store, keep_row, rows) == STORE_OK, "store_each");
	store_close(store);
}

static struct rows load_all(char **folders, int count)
{
	struct rows rows = { .count = 0 };

	for (int i = 0; i < count; i++)
		load(&rows, folders[i]);
	return rows;
}

static int size(char **folders, int count)
{
	struct rows rows = load_all(folders, count);
	size_t sum = 0;

	for (size_t i = 0; i < rows.count; i++)
		sum += rows.list[i].size;
	printf("%zu\n", sum);
	free(rows.list);
	return 0;
}

/* Verifying. */

struct share {
	const struct kept_row *from, *end;
};

static void *verify_share(void *user)
{
	static const char context[16] = "aidmesh entry 1";
	const struct share *share = user;
	uint8_t message[sizeof context + sizeof(struct public_key) + BODY_SIZE_MAX];

	memcpy(message, context, sizeof context);
	for (const struct kept_row *row = share->from; row < share->end; row++) {
		size_t body_size = (size_t)row->size - SIGNATURE_SIZE;

		memcpy(message + sizeof context, &row->author, sizeof row->author);
		memcpy(message + sizeof context + sizeof row->author, row->bytes, body_size);
		check(crypto_sign_verify_detached(row->bytes + body_size, message,
						  sizeof context + sizeof row->author + body_size,
						  row->author.bytes) == 0,
		      "a signature");
	}
	return NULL;
}

static int verify(char **folders, int count)
{
	struct rows rows = load_all(folders, count);
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t thread_count = cores < 1 ? 1 : cores > THREADS_MAX ? THREADS_MAX : (size_t)cores;
	struct share shares[THREADS_MAX];
	pthread_t threads[THREADS_MAX];
	double begun = now_s();

	for (size_t i = 0; i < thread_count; i++) {
		shares[i] = (struct share){ .from = rows.list + rows.count * i / thread_count,
					    .end = rows.list + rows.count * (i + 1) / thread_count };
		check(pthread_create(&threads[i], NULL, verify_share, &shares[i]) == 0, "pthread_create");
	}
	for (size_t i = 0; i < thread_count; i++)
		pthread_join(threads[i], NULL);
	printf("%.3f\n", now_s() - begun);
	free(rows.list);
	return 0;
}

/* Inserting and reading, without the node's store but as it does. */

static sqlite3 *open_db(const char *path, const char *setup)
{
	sqlite3 *db;

	check(store_vfs_register() == 0, "store_vfs_register");
	check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
			      STORE_VFS_NAME) == SQLITE_OK,
	      path);
	check(sqlite3_exec(db, setup, NULL, NULL, NULL) == SQLITE_OK, "the settings");
	return db;
}

struct target {
	char path[PATH_SIZE];
	struct rows rows;
};

static void *insert_rows(void *user)
{
	struct target *target = user;
	sqlite3 *db = open_db(target->path,
			      "PRAGMA cache_size=-2048; PRAGMA mmap_size=0; PRAGMA synchronous=EXTRA;"
			      "PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=256;"
			      "CREATE TABLE entry(seq INTEGER PRIMARY KEY AUTOINCREMENT, author INTEGER NOT NULL,"
			      " bytes BLOB NOT NULL);");
	sqlite3_stmt *query;

	check(sqlite3_prepare_v2(db, "INSERT INTO entry(author, bytes) VALUES(?1, ?2)", -1, &query, NULL) == SQLITE_OK,
	      "prepare");
	for (size_t i = 0; i < target->rows.count; i++) {
		const struct kept_row *row = &target->rows.list[i];

		if (i % COMMIT_BATCH_MAX == 0)
			check(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK, "BEGIN");
		sqlite3_bind_int64(query, 1, (sqlite3_int64)(i / AUTHOR_ENTRIES));
		sqlite3_bind_blob(query, 2, row->bytes, row->size, SQLITE_STATIC);
		check(sqlite3_step(query) == SQLITE_DONE, "INSERT");
		sqlite3_reset(query);
		if (i % COMMIT_BATCH_MAX == COMMIT_BATCH_MAX - 1 || i + 1 == target->rows.count)
			check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK, "COMMIT");
	}
	sqlite3_finalize(query);
	sqlite3_close(db);
	return NULL;
}

static int insert(char **folders, int count)
{
	struct target *targets = calloc((size_t)count, sizeof *targets);
	pthread_t threads[THREADS_MAX];
	double begun;

	check(targets != NULL && count <= THREADS_MAX, "so many folders");
	for (int i = 0; i < count; i++) {
		snprintf(targets[i].path, sizeof targets[i].path, "%s/insert.db", folders[i]);
		unlink(targets[i].path);
		load(&targets[i].rows, folders[i]);
	}
	begun = now_s();
	for (int i = 0; i < count; i++)
		check(pthread_create(&threads[i], NULL, insert_rows, &targets[i]) == 0, "pthread_create");
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("%.3f\n", now_s() - begun);
	for (int i = 0; i < count; i++) {
		unlink(targets[i].path);
		free(targets[i].rows.list);
	}
	free(targets);
	return 0;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

/* Opens, reads every byte of every row, closes. */
static double read_once(const char *path)
{
	double begun = now_s();
	sqlite3 *db = open_db(path, "PRAGMA cache_size=-2048; PRAGMA mmap_size=0;");
	uint64_t sum = 0;
	sqlite3_stmt *query;
	int rc;

	check(sqlite3_prepare_v2(db, "SELECT seq, author, bytes FROM entry ORDER BY seq", -1, &query, NULL) ==
		      SQLITE_OK,
	      "prepare");
	while ((rc = sqlite3_step(query)) == SQLITE_ROW) {
		const uint8_t *bytes = sqlite3_column_blob(query, 2);
		int size = sqlite3_column_bytes(query, 2);

		for (int i = 0; i < size; i++)
			sum += bytes[i];
	}
	check(rc == SQLITE_DONE && sum > 0, "SELECT");
	sqlite3_finalize(query);
	sqlite3_close(db);
	return now_s() - begun;
}

static int read_all(const char *folder)
{
	char path[PATH_SIZE];
	double runs[READS];

	snprintf(path, sizeof path, "%s/entries.db", folder);
	for (int i = 0; i < READS; i++)
		runs[i] = read_once(path);
	qsort(runs, READS, sizeof runs[0], compare_doubles);
	printf("%.4f\n", runs[READS / 2]);
	return 0;
}

int main(int count, char **words)
{
	if (sodium_init() < 0)
		return 2;
	if (count == 5 && strcmp(words[1], "fill") == 0)
		return fill(words[2], (uint32_t)strtoul(words[3], NULL, 10), strtoull(words[4], NULL, 10));
	if (count == 4 && strcmp(words[1], "town") == 0)
		return fill_town(words[2], (uint32_t)strtoul(words[3], NULL, 10));
	if (count == 3 && strcmp(words[1], "walk") == 0)
		return note_walk(words[2]);
	if (count > 2 && strcmp(words[1], "verify") == 0)
		return verify(words + 2, count - 2);
	if (count > 2 && strcmp(words[1], "insert") == 0)
		return insert(words + 2, count - 2);
	if (count == 3 && strcmp(words[1], "read") == 0)
		return read_all(words[2]);
	if (count > 2 && strcmp(words[1], "size") == 0)
		return size(words + 2, count - 2);
	fputs("bench_store fill FOLDER COUNT SEED | town FOLDER COUNT | walk FOLDER | verify FOLDER... | insert "
	      "FOLDER... | read FOLDER | size "
	      "FOLDER...\n",
	      stderr);
	return 2;
}
