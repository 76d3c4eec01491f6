/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A town on one LoRa channel: the radio schedule of sync/, in the object code of the daemon, beside managed flooding and
 * lists of ids on the same air with the same stations, entries and losses. Ends with 1 when a target is missed. */
#include "sync/state.h"
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
		/* They were not all switched on at once. */
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

struct plan {
	const struct way *way;
	uint32_t number, count, loss_percent, per_hour;
	mono_ms warm_ms, write_ms, end_ms; /* switched on; people write; the latest end */
	uint64_t seed;
};

struct figures {
	double delivered, air_per_pair, median_s, p99_s, median_other_s, duty, degree;
	double kinds[3]; /* share of the airtime: beacons, calls, entries */
	double spoilt, hours;
	uint64_t pairs;
};

static uint64_t pairs_wanted(const struct town *t)
{
	return (uint64_t)(t->row_count - t->base) * t->count;
}

static void next_person(struct town *t, const struct plan *p)
{
	double wait = -log(unit(&t->people)) * HOUR_MS / p->per_hour;

	if (t->now + (mono_ms)wait < p->warm_ms + p->write_ms)
		heap_put(&t->heap, t->now + (mono_ms)wait, EVENT_PERSON, 0, 0);
}

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
		if (e.kind == EVENT_PERSON) {
			uint32_t at = dice_below(&t->people, t->authors), row = write_something(t, at);

			delivered(t, at, row);
			t->way->write(t, at, row);
			turn(t, at);
			next_person(t, p);
		}
		if (t->now > p->warm_ms + p->write_ms && t->pairs == pairs_wanted(t))
			break;
	}
	if (t->now < end && t->pairs < pairs_wanted(t))
		t->now = end;
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Of those (entry, station) that were delivered; the author's own are left out. */
static void delays(const struct town *t, bool urgent, double *median_s, double *p99_s)
{
	uint32_t *sorted = malloc(((size_t)t->row_count * t->count + 1) * sizeof *sorted);
	size_t count = 0;

	must(sorted, "no memory");
	for (uint32_t row = t->base; row < t->row_count; row++)
		for (uint32_t i = 0; i < t->count; i++) {
			uint32_t heard = t->heard[(size_t)row * t->count + i];

			if (t->rows[row].urgent == urgent && i != t->rows[row].author && heard != NEVER_HEARD)
				sorted[count++] = heard;
		}
	qsort(sorted, count, sizeof *sorted, by_size);
	*median_s = count ? sorted[count / 2] / 1000.0 : 0;
	*p99_s = count ? sorted[count * 99 / 100] / 1000.0 : 0;
	free(sorted);
}

static struct figures look_at(struct town *t)
{
	uint64_t own = t->row_count - t->base, worst = 0;
	struct figures f = { .pairs = t->pairs - own, .degree = degree(t), .hours = (double)t->now / HOUR_MS };
	double unused;

	for (uint32_t i = 0; i < t->count; i++)
		worst = t->stations[i].hour_us_max > worst ? t->stations[i].hour_us_max : worst;
	f.delivered = 100.0 * (double)(t->pairs - own) / (double)(pairs_wanted(t) - own);
	f.air_per_pair = (double)t->air_us / 1000 / (double)(t->pairs - own);
	f.duty = (double)worst / 10 / HOUR_MS;
	f.spoilt = 100.0 * (double)t->spoilt / (double)t->receptions;
	f.kinds[0] = 100.0 * (double)t->kind_us[FRAME_BEACON] / (double)t->air_us;
	f.kinds[1] = 100.0 * (double)t->kind_us[FRAME_CALL] / (double)t->air_us;
	f.kinds[2] = 100.0 * (double)t->kind_us[FRAME_ENTRY] / (double)t->air_us;
	delays(t, true, &f.median_s, &f.p99_s);
	delays(t, false, &f.median_other_s, &unused);
	return f;
}

static struct figures run(const struct plan *p)
{
	struct town t;
	struct figures f;

	town_init(&t, p->way, p->count, p->seed);
	t.number = p->number;
	t.loss_percent = p->loss_percent;
	t.way->open(&t);
	for (uint32_t i = 0; i < t.count; i++)
		turn(&t, i);
	run_until(&t, p, p->warm_ms);
	t.now = p->warm_ms;
	t.air_us = 0;
	memset(t.kind_us, 0, sizeof t.kind_us);
	next_person(&t, p);
	run_until(&t, p, p->end_ms);
	f = look_at(&t);
	t.way->close(&t);
	town_fini(&t);
	return f;
}

static double wall(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct plan p = {
		.way = &OURS, .count = 50, .per_hour = 20, .seed = 1, .warm_ms = HOUR_MS, .write_ms = 6 * HOUR_MS
	};

	must(argc > 1 && sodium_init() >= 0, "bench_town SITES.csv [WAY STATIONS LOSS HOURS PER_HOUR SEED]");
	for (uint32_t i = 0; i < STATIONS; i++)
		crypto_generichash(keys[i].bytes, 32, (const uint8_t *)&i, sizeof i, NULL, 0);
	read_sites(argv[1]);
	if (argc > 2 && argv[2][0] == 'f') {
		p.way = &FLOODING;
		p.number = (uint32_t)atoi(argv[2] + 1);
	}
	if (argc > 2 && argv[2][0] == 'l')
		p.way = &ID_LISTS;
	if (argc > 3)
		p.count = (uint32_t)atoi(argv[3]);
	if (argc > 4)
		p.loss_percent = (uint32_t)atoi(argv[4]);
	if (argc > 5)
		p.write_ms = (mono_ms)(atof(argv[5]) * HOUR_MS);
	if (argc > 6)
		p.per_hour = (uint32_t)atoi(argv[6]);
	if (argc > 7)
		p.seed = (uint64_t)atoi(argv[7]);
	p.end_ms = p.warm_ms + p.write_ms + 2 * HOUR_MS;
	{
		double before = wall();
		struct figures f = run(&p);

		printf("%-8s n %u loss %u: degree %.1f, %.3f %% delivered, %.2f ms/pair (beacons %.0f %%, calls %.0f "
		       "%%, entries %.0f %%), urgent median %.1f s p99 %.1f s, others %.1f s, duty %.3f %%, spoilt "
		       "%.1f %%, %.2f h, wall %.1f s\n",
		       p.way->name, p.count, p.loss_percent, f.degree, f.delivered, f.air_per_pair, f.kinds[0],
		       f.kinds[1], f.kinds[2], f.median_s, f.p99_s, f.median_other_s, f.duty, f.spoilt, f.hours,
		       wall() - before);
	}
	return 0;
}
