/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A town on one LoRa channel: the radio schedule of sync/, in the object code of the daemon, beside managed flooding and
 * lists of ids on the same air with the same stations, entries and losses. Ends with 1 when a target is missed.
 *   bench_town SITES.csv [TOWNS]                                 the whole table, the mean of so many towns (default 1)
 *   bench_town SITES.csv WAY STATIONS LOSS HOURS PER_HOUR SEED   one run; WAY: ours, flood3, flood7, lists
 *
 * - Map: 184 real sites scaled to 12 km; stations stand at sites, beyond those 400 m around them, each where it hears one
 *   that is there already 3 dB above what it needs. SF9 at 125 kHz, 14 dBm, path loss and a shadow for each pair
 *   (radio_town.h).
 * - Air: who sends hears nothing; of two at once the stronger survives where it is so by 6 dB; a transmission is noticed
 *   after 18 ms by whoever hears it, by nobody else (hidden stations); so many of all receptions are lost at random.
 * - People: after an hour of silence 20 entries an hour at random sites for 6 hours, a fifth of them needs within 6 hours
 *   (radio_town.h); cards and sites are known to all. Signatures are taken for good, and entries are on disk at once.
 * - Duty cycle 1 % for all.
 * - It ends when all have all, or after 12 hours more; 24 where somebody was away for a day.
 * - Delays are of all pairs of an entry and a station that did not write it; what is not delivered is never. "least" is what
 *   they would be if nothing were lost or in the way: the fewest hops, each the airtime of a need. */
#include "proto/pack.h"
#include "sync/engine_state.h"
#include "tests/bench/radio_ways.h"

/* The engine as a way. */

enum { RADIO_ID = 1 };

struct node {
	struct sync *sync;
	void *memory;
	struct town *town;
};

static struct node *node_at(struct town *t, uint32_t at)
{
	return (struct node *)t->state + at;
}

static enum sync_rc load(void *ctx, uint64_t handle, struct view *bytes)
{
	const struct row *row = &((struct node *)ctx)->town->rows[handle - 1];

	*bytes = (struct view){ row->bytes, row->size };
	return SYNC_OK;
}

static void restore(struct town *t, struct node *n, uint32_t row)
{
	struct entry_id id;

	must(sync_restore(n->sync, &id, row + 1, (struct view){ t->rows[row].bytes, t->rows[row].size },
			  &keys[t->rows[row].author]) == SYNC_OK,
	     "an entry is not restored");
}

static void ours_open(struct town *t)
{
	struct sync_config config = { .entries_max = ROWS_MAX / 2,
				      .authors_max = STATIONS + 1,
				      .carriers_max = 1,
				      .changes_max = SYNC_FRAME_ENTRIES_MAX,
				      .pending_max = 16 };
	struct carrier_traits traits = { .kind = CARRIER_RADIO, .frame_max = SYNC_RADIO_FRAME_MIN, .airtime = SF9 };
	size_t size = sync_footprint(&config);

	t->state = calloc(t->count, sizeof(struct node));
	must(t->state, "no memory");
	for (uint32_t i = 0; i < t->count; i++) {
		struct node *n = node_at(t, i);
		struct sync_host host = { .ctx = n, .load = load };

		config.seed = dice_u64(&t->chance);
		*n = (struct node){ .memory = malloc(size), .town = t };
		must(n->memory, "no memory");
		n->sync = sync_init(n->memory, size, &config, &host);
		sync_tick(n->sync, 0, (struct node_time){ .wall_s = NOW_S, .quality = TIME_SET });
		for (uint32_t row = 0; row < t->row_count; row++)
			if (holds(t, i, row))
				restore(t, n, row);
		traits.station = (uint16_t)(i + 1);
		must(sync_carrier_up(n->sync, RADIO_ID, &traits, 0) == SYNC_OK, "a radio is refused");
	}
}

static void ours_close(struct town *t)
{
	for (uint32_t i = 0; i < t->count; i++)
		free(node_at(t, i)->memory);
	free(t->state);
}

static void drain(struct town *t, uint32_t at)
{
	struct node *n = node_at(t, at);
	struct sync_change change;

	while (sync_next_change(n->sync, &change)) {
		uint32_t row = row_of(change.bytes, change.size);

		must(sync_committed(n->sync, change.seq, 0, row + 1) == SYNC_OK, "an entry is not committed");
		delivered(t, at, row);
	}
}

static void tick(struct town *t, uint32_t at)
{
	sync_tick(node_at(t, at)->sync, t->now, (struct node_time){ NOW_S + (uint32_t)(t->now / 1000), TIME_SET });
}

static void ours_write(struct town *t, uint32_t at, uint32_t row)
{
	struct node *n = node_at(t, at);

	tick(t, at);
	must(sync_publish(n->sync, (struct view){ t->rows[row].bytes, t->rows[row].size }, &keys[at], 0) == SYNC_OK,
	     "an entry is not taken");
	drain(t, at);
}

static void ours_hear(struct town *t, uint32_t at, const uint8_t *frame, uint32_t size, int32_t power)
{
	(void)power;
	tick(t, at);
	must(sync_feed(node_at(t, at)->sync, RADIO_ID, (struct view){ frame, size }, t->now) == SYNC_OK,
	     "a frame is refused");
	drain(t, at);
}

static uint32_t ours_fill(struct town *t, uint32_t at, uint8_t *frame)
{
	uint32_t size = (uint32_t)sync_fill(node_at(t, at)->sync, RADIO_ID, frame, FRAME_MAX, t->now);

	if (size)
		t->kind_us[frame[1] == FRAME_ENTRIES ? FRAME_ENTRY : frame[1]] += airtime_us(size);
	return size;
}

static mono_ms ours_deadline(struct town *t, uint32_t at)
{
	return sync_deadline(node_at(t, at)->sync);
}

static void ours_busy(struct town *t, uint32_t at)
{
	(void)t;
	(void)at;
}

static const struct way OURS = { "ours",    ours_open, ours_close,    ours_write,
				 ours_hear, ours_fill, ours_deadline, ours_busy };

/* A run. */

enum { WARM_MS = HOUR_MS, DRAIN_H = 12, BACK_H = 24, DAY = 480 };

struct plan {
	const struct way *way;
	uint32_t number, count, loss_percent, per_hour;
	mono_ms write_ms, drain_ms;
	uint32_t day; /* entries that one station lacks, which was away */
	uint64_t seed;
};

struct figures {
	double delivered, in_an_hour; /* percent of all pairs */
	double air_per_pair, median_s, p99_s, last_s, median_other_s, duty, degree, idle;
	double beacons, calls, entries; /* percent of the airtime */
	double back_h;                  /* until the station that was away has all */
	double least_median_s, least_p99_s;
};

static uint64_t pairs_wanted(const struct town *t)
{
	return (uint64_t)(t->row_count - t->base) * t->count;
}

static void next_person(struct town *t, const struct plan *p)
{
	double wait = p->per_hour ? -log(unit(&t->people)) * HOUR_MS / p->per_hour : (double)p->write_ms + 1;

	if (t->now + (mono_ms)wait < WARM_MS + p->write_ms)
		heap_put(&t->heap, t->now + (mono_ms)wait, EVENT_PERSON, 0, 0);
}

static void person(struct town *t, const struct plan *p)
{
	uint32_t at = dice_below(&t->people, t->authors), row = write_something(t, at);

	delivered(t, at, row);
	t->way->write(t, at, row);
	turn(t, at);
	next_person(t, p);
}

/* Until `end`, or until all have all. */
static void run_until(struct town *t, const struct plan *p, mono_ms end)
{
	struct event e;

	while (t->heap.count && t->heap.events[0].at_ms <= end && heap_take(&t->heap, &e)) {
		t->now = e.at_ms;
		if (e.kind == EVENT_AIR_END)
			air_end(t, e.subject);
		if (e.kind == EVENT_TIMER && e.tag == t->stations[e.subject].timer) {
			t->stations[e.subject].armed = MONO_NEVER;
			turn(t, e.subject);
		}
		if (e.kind == EVENT_PERSON)
			person(t, p);
		if (t->now > WARM_MS + p->write_ms && t->pairs == pairs_wanted(t))
			return;
	}
	t->now = end;
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static double as_seconds(uint32_t heard)
{
	return heard == NEVER_HEARD ? INFINITY : heard / 1000.0;
}

static void look_at_delays(struct figures *f, const struct town *t, bool urgent)
{
	uint32_t *sorted = calloc((size_t)t->row_count * t->count + 1, sizeof *sorted);
	size_t count = 0;

	must(sorted, "no memory");
	for (uint32_t row = t->day_end; row < t->row_count; row++)
		for (uint32_t i = 0; i < t->count; i++)
			if (t->rows[row].urgent == urgent && i != t->rows[row].author)
				sorted[count++] = t->heard[(size_t)row * t->count + i];
	qsort(sorted, count, sizeof *sorted, by_size);
	if (count && urgent) {
		f->median_s = as_seconds(sorted[count / 2]);
		f->p99_s = as_seconds(sorted[count * 99 / 100]);
		f->last_s = as_seconds(sorted[count - 1]);
	} else if (count) {
		f->median_other_s = as_seconds(sorted[count / 2]);
	}
	free(sorted);
}

/* How many hops every station is from that one. */
static void count_hops(const struct town *t, uint32_t from, uint32_t *hops)
{
	uint32_t *line = calloc(t->count + 1u, sizeof *line), first = 0, end = 0;

	must(line, "no memory");
	memset(hops, 0xFF, t->count * sizeof *hops);
	hops[from] = 0;
	line[end++] = from;
	while (first < end) {
		const struct station *s = &t->stations[line[first++]];

		for (uint32_t e = 0; e < s->ear_count; e++) {
			uint32_t to = s->ears[e].station;

			if (s->ears[e].power < SENSITIVITY_DDBM || hops[to] != NEVER_HEARD)
				continue;
			hops[to] = hops[line[first - 1]] + 1;
			line[end++] = to;
		}
	}
	free(line);
}

/* The airtime of one hop of a need. */
static double hop_s(const struct town *t)
{
	uint8_t packed[ENTRY_SIZE_MAX];
	uint32_t at = t->base;

	while (at < t->row_count && !t->rows[at].urgent)
		at++;
	if (at == t->row_count)
		return 0;
	return airtime_us(FRAME_HEAD_SIZE +
			  (uint32_t)entry_pack(packed, (struct view){ t->rows[at].bytes, t->rows[at].size })) /
	       1e6;
}

static void look_at_least(struct figures *f, const struct town *t)
{
	uint32_t pairs = t->authors * t->count, *hops = calloc(pairs + 1u, sizeof *hops);
	/* The first are the authors themselves. */
	size_t others = pairs - t->authors, middle = t->authors + others / 2, late = t->authors + others * 99 / 100;

	must(hops, "no memory");
	for (uint32_t at = 0; at < t->authors; at++)
		count_hops(t, at, hops + (size_t)at * t->count);
	qsort(hops, pairs, sizeof *hops, by_size);
	f->least_median_s = hop_s(t) * hops[middle];
	f->least_p99_s = hop_s(t) * hops[late];
	free(hops);
}

static double share_in_an_hour(const struct town *t)
{
	uint64_t in_time = 0, all = 0;

	for (uint32_t row = t->day_end; row < t->row_count; row++)
		for (uint32_t i = 0; i < t->count; i++, all++)
			in_time += t->heard[(size_t)row * t->count + i] <= HOUR_MS;
	return all ? 100.0 * (double)in_time / (double)all : 100;
}

static struct figures look_at(struct town *t)
{
	/* Nobody has to be told what he wrote or knew. */
	uint64_t known = (uint64_t)(t->day_end - t->base) * (t->count - 1) + (t->row_count - t->day_end), worst = 0;
	double air = (double)t->air_us / 1000, pairs = (double)(t->pairs - known);
	struct figures f = { .degree = degree(t),
			     .delivered = 100 * pairs / (double)(pairs_wanted(t) - known),
			     .air_per_pair = air / pairs,
			     .idle = 100 * air / t->count / (double)(t->now - WARM_MS),
			     .beacons = (double)t->kind_us[FRAME_BEACON] / 10 / air,
			     .calls = (double)t->kind_us[FRAME_CALL] / 10 / air,
			     .entries = (double)t->kind_us[FRAME_ENTRY] / 10 / air,
			     .in_an_hour = share_in_an_hour(t),
			     .back_h = (double)t->away_back / HOUR_MS };

	for (uint32_t i = 0; i < t->count; i++)
		worst = t->stations[i].hour_us_max > worst ? t->stations[i].hour_us_max : worst;
	f.duty = (double)worst / 10 / HOUR_MS;
	look_at_delays(&f, t, true);
	look_at_delays(&f, t, false);
	look_at_least(&f, t);
	return f;
}

static struct figures run(const struct plan *p)
{
	struct figures f;
	struct town t;

	town_init(&t, p->way, p->count, p->seed);
	t.number = p->number;
	t.loss_percent = p->loss_percent;
	if (p->day)
		town_pass_day(&t, p->day);
	t.way->open(&t);
	for (uint32_t i = 0; i < t.count; i++)
		turn(&t, i);
	run_until(&t, p, WARM_MS);
	t.air_us = 0;
	memset(t.kind_us, 0, sizeof t.kind_us);
	next_person(&t, p);
	run_until(&t, p, WARM_MS + p->write_ms + p->drain_ms);
	f = look_at(&t);
	t.way->close(&t);
	town_fini(&t);
	return f;
}

/* Tables. */

static const struct named {
	const char *name;
	const struct way *way;
	uint32_t number;
} WAYS[] = { { "ours", &OURS, 0 }, { "flood7", &FLOODING, 7 }, { "flood3", &FLOODING, 3 }, { "lists", &ID_LISTS, 0 } };
enum { WAY_OURS, WAY_FLOOD7, WAY_FLOOD3, WAY_LISTS, WAY_COUNT };

static bool good = true;
static uint64_t towns = 1;

static void target(const char *what, double measured, double limit)
{
	double ratio = limit > 0 ? measured / limit : measured > 0;

	printf("  %-62s %10.3f %10.3f %6.2f\n", what, measured, limit, ratio);
	good &= ratio <= 1;
}

static void add(double *sum, double one)
{
	*sum += one / (double)towns;
}

/* The mean of all towns; of the duty cycle and the last delay the worst. */
static struct figures run_towns(struct plan p, uint32_t way)
{
	struct figures sum = { 0 };

	p.way = WAYS[way].way;
	p.number = WAYS[way].number;
	for (p.seed = 1; p.seed <= towns; p.seed++) {
		struct figures f = run(&p);

		add(&sum.delivered, f.delivered);
		add(&sum.in_an_hour, f.in_an_hour);
		add(&sum.air_per_pair, f.air_per_pair);
		add(&sum.median_s, f.median_s);
		add(&sum.p99_s, f.p99_s);
		add(&sum.median_other_s, f.median_other_s);
		add(&sum.degree, f.degree);
		add(&sum.idle, f.idle);
		add(&sum.beacons, f.beacons);
		add(&sum.calls, f.calls);
		add(&sum.entries, f.entries);
		add(&sum.back_h, f.back_h);
		add(&sum.least_median_s, f.least_median_s);
		add(&sum.least_p99_s, f.least_p99_s);
		sum.duty = fmax(sum.duty, f.duty);
		sum.last_s = fmax(sum.last_s, f.last_s);
	}
	return sum;
}

static void print_way(const char *name, const struct figures *f)
{
	printf("  %-7s %9.3f %9.1f %8.1f %8.1f %9.0f %8.1f %7.3f   %3.0f %3.0f %3.0f\n", name, f->delivered,
	       f->air_per_pair, f->median_s, f->p99_s, f->last_s, f->median_other_s, f->duty, f->beacons, f->calls,
	       f->entries);
	fflush(stdout);
}

static void print_least(const struct figures *f)
{
	printf("  %-7s %9s %9s %8.1f %8.1f\n", "least", "", "", f->least_median_s, f->least_p99_s);
}

static void bench_town(uint32_t count, uint32_t loss_percent)
{
	struct plan p = { .count = count,
			  .loss_percent = loss_percent,
			  .per_hour = 20,
			  .write_ms = 6 * HOUR_MS,
			  .drain_ms = DRAIN_H * HOUR_MS };
	struct figures f[WAY_COUNT];

	for (uint32_t way = 0; way < WAY_COUNT; way++) {
		f[way] = run_towns(p, way);
		if (!way)
			printf("%u stations, each heard by %.0f in the mean, %u %% of receptions lost\n"
			       "  %-7s %9s %9s %8s %8s %9s %8s %7s   %s\n",
			       count, f[way].degree, loss_percent, "", "delivered", "air/pair", "need 6h", "p99",
			       "last", "others", "duty", "beacons, calls, entries");
		print_way(WAYS[way].name, &f[way]);
	}
	print_least(&f[WAY_OURS]);
	printf("  %-62s %10s %10s %6s\n", "", "measured", "limit", "ratio");
	target("pairs that are not delivered in the end, %", 100 - f[WAY_OURS].delivered, 0);
	target("airtime of a station in any hour, %", f[WAY_OURS].duty, DUTY_PERMILLE / 10.0);
	if (loss_percent == 0)
		target("airtime of a pair, ms, beside half of flooding's (7 hops)", f[WAY_OURS].air_per_pair,
		       f[WAY_FLOOD7].air_per_pair / 2);
	if (loss_percent == 10) {
		target("6-hour need: median, s, beside flooding's (7 hops)", f[WAY_OURS].median_s,
		       f[WAY_FLOOD7].median_s);
		target("6-hour need: 99th percentile, s, beside flooding's", f[WAY_OURS].p99_s, f[WAY_FLOOD7].p99_s);
	}
	if (loss_percent == 50)
		target("6-hour need: the last station has it after, h, of its 6", f[WAY_OURS].last_s / 3600, 6);
}

static void bench_idle(uint32_t count)
{
	struct plan p = { .count = count, .write_ms = 24 * HOUR_MS };

	target("idle, consistent: airtime of a station, %", run_towns(p, WAY_OURS).idle, 0.05);
}

/* What a station lacks that was away for a day comes by radio alone, beginning an hour before people write, and needs do
 * not wait for it. */
static void bench_back(uint32_t count)
{
	struct plan p = { .count = count,
			  .loss_percent = 10,
			  .per_hour = 20,
			  .write_ms = 6 * HOUR_MS,
			  .drain_ms = BACK_H * HOUR_MS };
	struct figures without = run_towns(p, WAY_OURS), with;

	p.day = DAY;
	with = run_towns(p, WAY_OURS);
	target("back after a day, 480 missing, 10 % lost: hours until it has all", with.back_h, BACK_H);
	target("the same: pairs that are not delivered in the end, %", 100 - with.delivered, 0);
	target("the same: median of a 6-hour need meanwhile, s, limit 1.5 x without", with.median_s,
	       1.5 * without.median_s);
	target("the same: airtime of a station in any hour, %", with.duty, DUTY_PERMILLE / 10.0);
}

static void bench_load(uint32_t count)
{
	static const uint32_t LOADS[] = { 20, 40, 80, 160, 320 };

	printf("%u stations, no losses: %% of pairs delivered within an hour, by entries an hour\n  %-7s", count, "");
	for (size_t i = 0; i < sizeof LOADS / sizeof *LOADS; i++)
		printf(" %8u", LOADS[i]);
	printf("\n");
	for (uint32_t way = 0; way < WAY_COUNT; way++) {
		printf("  %-7s", WAYS[way].name);
		for (size_t i = 0; i < sizeof LOADS / sizeof *LOADS; i++) {
			struct plan p = {
				.count = count, .per_hour = LOADS[i], .write_ms = 4 * HOUR_MS, .drain_ms = HOUR_MS
			};

			printf(" %8.2f", run_towns(p, way).in_an_hour);
			fflush(stdout);
		}
		printf("\n");
	}
}

static int bench_one(char **arg)
{
	struct plan p = { .count = (uint32_t)atoi(arg[1]),
			  .loss_percent = (uint32_t)atoi(arg[2]),
			  .write_ms = (mono_ms)(atof(arg[3]) * HOUR_MS),
			  .per_hour = (uint32_t)atoi(arg[4]),
			  .drain_ms = DRAIN_H * HOUR_MS,
			  .seed = strtoull(arg[5], NULL, 10) };

	must(p.count > 1 && p.count <= STATIONS, "2 to 1000 stations");
	for (uint32_t way = 0; way < WAY_COUNT; way++)
		if (!strcmp(arg[0], WAYS[way].name)) {
			struct figures f;

			p.way = WAYS[way].way;
			p.number = WAYS[way].number;
			f = run(&p);
			print_way(arg[0], &f);
			print_least(&f);
			return 0;
		}
	must(false, "a way is one of ours, flood3, flood7, lists");
	return 1;
}

int main(int argc, char **argv)
{
	static const uint32_t COUNTS[] = { 50, 200, 1000 }, LOSSES[] = { 0, 10, 30, 50 };
	time_t begin = time(NULL);

	must((argc == 2 || argc == 3 || argc == 8) && sodium_init() >= 0, "bench_town SITES.csv [TOWNS]");
	for (uint32_t i = 0; i < STATIONS; i++)
		crypto_generichash(keys[i].bytes, 32, (const uint8_t *)&i, sizeof i, NULL, 0);
	read_sites(argv[1]);
	if (argc == 8)
		return bench_one(argv + 2);
	towns = argc == 3 ? strtoull(argv[2], NULL, 10) : 1;
	printf("a town on one LoRa channel, SF9, 125 kHz, 1 %% duty cycle, 20 entries an hour; mean of %llu towns\n"
	       "delivered in %% of pairs; airtime of a delivered pair in ms; delays in s; duty cycle of the worst "
	       "station's\n"
	       "worst hour and shares of the airtime in %%\n",
	       (unsigned long long)towns);
	for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++) {
		for (size_t k = 0; k < sizeof LOSSES / sizeof *LOSSES; k++)
			bench_town(COUNTS[i], LOSSES[k]);
		bench_idle(COUNTS[i]);
	}
	bench_back(50);
	bench_load(50);
	bench_load(200);
	printf("%lld s\n", (long long)(time(NULL) - begin));
	return good ? 0 : 1;
}
