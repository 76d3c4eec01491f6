/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the fold costs: memory a register, time a put, time a run, with the limits beside. One town's entries: 200 authors
 * with a card and a site each; needs and stock, moves in journeys, notes, in the sizes that people write. Ends with 1
 * when a limit is broken.
 *   bench_fold [REGISTERS] */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <sodium.h>

#include "sync/allocate.h"
#include "sync/fold.h"

enum { AUTHORS = 200, NOW_S = 2400 * EPOCH_S + EPOCH_S / 2, RUNS = 5 };

struct row {
	uint8_t bytes[ENTRY_SIZE_MAX];
	uint8_t size;
	uint8_t author;
	struct entry_id id;
};

struct town {
	struct public_key keys[AUTHORS];
	struct row *rows;
	uint32_t count, cap;
	uint64_t body_size; /* all together */
	uint64_t dice;
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static double micros(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* splitmix64 */
static uint32_t below(struct town *t, uint32_t bound)
{
	uint64_t z = t->dice += 0x9E3779B97F4A7C15;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
	z = (z ^ z >> 27) * 0x94D049BB133111EB;
	return (uint32_t)((z ^ z >> 31) % bound);
}

/* The town's people. */

/* Numbers are random and need no list: the n-th of a kind that an author writes. */
static uint32_t number_of(enum entry_kind kind, uint32_t author, uint32_t n)
{
	return (kind * 2654435761u) ^ (author * 40503u + n + 1) * 2246822519u;
}

static struct ref ref_to(const struct town *t, enum entry_kind kind, uint32_t author, uint32_t n)
{
	return (struct ref){ public_key_hint(&t->keys[author]), number_of(kind, author, n) };
}

static struct entry begin(const struct town *t, enum entry_kind kind, uint32_t author, uint32_t n)
{
	struct entry e;

	memset(&e, 0, sizeof e);
	e.kind = kind;
	e.author = public_key_hint(&t->keys[author]);
	e.number = kind == ENTRY_CARD ? 0 : number_of(kind, author, n);
	return e;
}

static void say(struct town *t, struct entry *e, uint32_t author)
{
	struct row *row = &t->rows[t->count];
	size_t size;

	if (t->count == t->cap)
		return;
	e->hlc.time = NOW_S - below(t, 5 * EPOCH_S);
	must(entry_body_encode(row->bytes, &size, e) == ENTRY_OK, "an entry is not legal");
	row->size = (uint8_t)(size + SIGNATURE_SIZE);
	row->author = (uint8_t)author;
	row->id = entry_id_of((struct view){ row->bytes, row->size }, &t->keys[author]);
	t->body_size += size;
	t->count++;
}

static void say_card_and_site(struct town *t, uint32_t author)
{
	struct entry card = begin(t, ENTRY_CARD, author, 0), site = begin(t, ENTRY_SITE, author, 0);
	struct entry trust = begin(t, ENTRY_TRUST, author, 0);

	card.card.key = t->keys[author];
	snprintf(card.card.name, sizeof card.card.name, "Node %u", (unsigned)author);
	say(t, &card, author);
	snprintf(site.site.name, sizeof site.site.name, "Shelter at school %u", (unsigned)author);
	site.site.place = (struct place){ 35000000 + (int32_t)author * 1000, -77000000, PLACE_POINT };
	site.site.giving = site.site.receiving = (struct hours){ 16, 40, 0 };
	say(t, &site, author);
	trust.trust.key = t->keys[(author + 1) % AUTHORS];
	say(t, &trust, author);
}

static void say_line(struct town *t, uint32_t author, uint32_t n)
{
	struct entry e = begin(t, ENTRY_LINE, author, n);
	struct line *line = &e.line;

	line->kind = n % 3 ? LINE_NEED : LINE_RESOURCE;
	line->site = ref_to(t, ENTRY_SITE, author, 0);
	line->item = (uint16_t)(101 + below(t, 100));
	line->quantity_milli = 1000 * (1 + below(t, 500));
	line->created = NOW_S - EPOCH_S;
	if (line->kind == LINE_NEED) {
		line->people = 1 + below(t, 200);
		line->infants = below(t, 5);
		line->within_h = 24;
	} else {
		line->counted = NOW_S - EPOCH_S / 2;
	}
	if (below(t, 4) == 0)
		snprintf(line->text, sizeof line->text, "please by the side door");
	say(t, &e, author);
}

/* To a need of somebody else; every second one carries the one before on. */
static void say_move(struct town *t, uint32_t author, uint32_t n)
{
	struct entry e = begin(t, ENTRY_MOVE, author, n);
	struct move *move = &e.move;
	uint32_t other = (author + 1 + below(t, 3)) % AUTHORS;

	move->stage = n % 2 ? MOVE_SENT : MOVE_PLEDGED;
	move->quantity_milli = 1000 * (1 + below(t, 100));
	move->at = NOW_S - below(t, EPOCH_S);
	if (n % 2) {
		move->after = ref_to(t, ENTRY_MOVE, author, n - 1);
	} else {
		move->of = ref_to(t, ENTRY_LINE, other, 1 + below(t, n + 1) / 3 * 3);
		move->from = ref_to(t, ENTRY_LINE, author, below(t, n + 1) / 3 * 3);
		move->due = NOW_S + below(t, EPOCH_S);
	}
	say(t, &e, author);
}

static void say_note(struct town *t, uint32_t author, uint32_t n)
{
	struct entry e = begin(t, ENTRY_NOTE, author, n);

	e.note.kind = n % 2 ? NOTE_STILL_NEEDED : NOTE_MESSAGE;
	e.note.of = ref_to(t, ENTRY_LINE, author, n / 2 * 2);
	if (!(n % 2))
		snprintf(e.note.text, sizeof e.note.text, "water at the north gate until dark");
	say(t, &e, author);
}

/* Beside the cards, sites and vouches 8 lines, 7 moves and 4 notes of 19. */
static void build(struct town *t, uint32_t count)
{
	uint32_t lines = 0, moves = 0, notes = 0;

	*t = (struct town){ .rows = calloc(count, sizeof(struct row)), .cap = count, .dice = 1 };
	must(t->rows, "no memory");
	for (uint32_t author = 0; author < AUTHORS; author++) {
		crypto_generichash(t->keys[author].bytes, sizeof t->keys[author].bytes, (uint8_t *)&author,
				   sizeof author, NULL, 0);
	}
	for (uint32_t author = 0; author < AUTHORS; author++)
		say_card_and_site(t, author);
	while (t->count < count) {
		uint32_t which = t->count % 19;

		if (which < 8) {
			say_line(t, lines % AUTHORS, lines / AUTHORS);
			lines++;
		} else if (which < 15) {
			say_move(t, moves % AUTHORS, moves / AUTHORS);
			moves++;
		} else {
			say_note(t, notes % AUTHORS, notes / AUTHORS);
			notes++;
		}
	}
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

	must(room && allocate_run(&plan, room, size, f, now_s, item), "no room for a plan");
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
	plan_once(f, "who should get what, one item", NOW_S + 3600 * RUNS, 101, 20);
	plan_once(f, "who should get what, all items", NOW_S + 3600 * RUNS, 0, 100);
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
	build(&town, count);
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
