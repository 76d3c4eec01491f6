/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the fold costs: memory a register, time a put, time a run, with the limits beside. Ends with 1 when a limit is
 * broken.
 *   bench_fold [REGISTERS] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "sync/plan/allocate.h"
#include "sync/fold/fold.h"
#include "tests/bench/town.h"

enum { NOW_S = 2400 * EPOCH_S + EPOCH_S / 2, RUNS = 5 };

static double micros(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Resident bytes of the memory that the fold was given. */
static size_t resident(const uint8_t *memory, size_t size)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (size + page - 1) / page, count = 0;
	unsigned char *map = malloc(pages);

	must(map && mincore((void *)(uintptr_t)memory, size, map) == 0, "mincore");
	for (size_t i = 0; i < pages; i++)
		count += map[i] & 1;
	free(map);
	return count * page;
}

static bool within_limits = true;

static void print(const char *what, double figure, const char *unit, double limit)
{
	printf("%-44s %8.2f %-6s limit %.2f%s\n", what, figure, unit, limit, figure > limit ? "  BROKEN" : "");
	within_limits = within_limits && figure <= limit;
}

static double put_all(struct fold *f, const struct town *t)
{
	double start = micros();

	for (uint32_t i = 0; i < t->count; i++) {
		const struct row *row = &t->rows[i];

		must(fold_put(f, (struct view){ row->bytes, row->size }, &row->id, &t->keys[row->author]) == FOLD_OK,
		     "an entry was not taken");
	}
	return (micros() - start) / t->count;
}

/* Everybody says everything once more, a day later. */
static void say_again(struct town *t)
{
	enum { TIME_AT = 1 + 8 + 1 };

	for (uint32_t i = 0; i < t->count; i++) {
		struct row *row = &t->rows[i];
		struct reader r = reader_init((struct view){ row->bytes + TIME_AT, 4 });
		struct writer w = writer_init(row->bytes + TIME_AT, 4);

		write_u32(&w, read_u32(&r) + EPOCH_S);
		row->id = entry_id_of((struct view){ row->bytes, row->size }, &t->keys[row->author]);
	}
}

static double run_once(struct fold *f, uint32_t now_s)
{
	double start = micros();

	fold_run(f, now_s);
	return (micros() - start) / 1e3;
}

static double drop_all(struct fold *f, const struct town *t)
{
	double start = micros();

	for (uint32_t i = 0; i < t->count; i++)
		fold_drop(f, &t->rows[i].id);
	return (micros() - start) / t->count;
}

/* Who should get what, with the memory that a host would give for the moment. */
static void plan_once(struct fold *f, const char *what, uint32_t now_s, uint16_t item, double limit)
{
	static struct allocate_plan plan;
	double start = micros();
	size_t size = allocate_footprint(f);
	void *room = malloc(size);

	must(room && allocate_run(&plan, room, size, f, now_s, item, ALLOCATE_TRUSTED), "no room for a plan");
	print(what, (micros() - start) / 1e3, "ms", limit);
	free(room);
}

static void measure(struct fold *f, const uint8_t *memory, size_t size, struct town *t)
{
	struct fold_digest digest;
	double run = 0, start;

	print("put", put_all(f, t), "us", 1);
	print("first run", run_once(f, NOW_S), "ms", 100);
	for (int i = 0; i < RUNS; i++) {
		double once = run_once(f, NOW_S + 3600 * (uint32_t)(i + 1));

		run = once > run ? once : run;
	}
	print("run, the slowest of five", run, "ms", 100);
	start = micros();
	fold_digest(f, &digest);
	print("digest", (micros() - start) / 1e3, "ms", 100);
	plan_once(f, "who should get what, one item", NOW_S + 3600 * RUNS, 101, 40);
	plan_once(f, "who should get what, all items", NOW_S + 3600 * RUNS, 0, 160);
	print("memory a register, its words included", (double)resident(memory, size) / t->count, "bytes", 110);
	printf("lists: %" PRIu32 " sites, %" PRIu32 " lines, %" PRIu32 " journeys, %" PRIu32 " notes\n",
	       fold_count(f, FOLD_SITES), fold_count(f, FOLD_LINES), fold_count(f, FOLD_MOVES),
	       fold_count(f, FOLD_NOTES));
	say_again(t);
	print("put in place of an older version", put_all(f, t), "us", 3);
	print("memory a register after that", (double)resident(memory, size) / t->count, "bytes", 120);
	print("drop", drop_all(f, t), "us", 2);
	must((fold_run(f, NOW_S), fold_count(f, FOLD_LINES) == 0), "something stayed");
}

int main(int argc, char **argv)
{
	uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
	struct fold_config config = { .registers_max = count, .authors_max = 4096, .key = "any" };
	struct town town;
	uint8_t *memory;
	size_t size;

	must(sodium_init() >= 0 && count >= 20000, "at least 20,000 registers");
	town_build(&town, count, NOW_S);
	size = fold_footprint(&config);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(memory != MAP_FAILED, "no memory");
	(void)madvise(memory, size, MADV_NOHUGEPAGE);
	printf("%" PRIu32 " registers, bodies of %.1f bytes\n", town.count, (double)town.body_size / town.count);
	measure(fold_init(memory, size, &config), memory, size, &town);
	munmap(memory, size);
	free(town.rows);
	return within_limits ? 0 : 1;
}
