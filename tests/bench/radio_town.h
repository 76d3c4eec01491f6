/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The town of bench_town.c, whose head explains it: where stations stand, who hears whom and how well, what happens on the air,
 * what people write. Nothing here knows how stations decide what to send. */
#ifndef AIDMESH_BENCH_RADIO_TOWN_H
#define AIDMESH_BENCH_RADIO_TOWN_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sodium.h>

#include "proto/frame.h"
#include "sync/engine.h"
#include "tests/sim/dice.h"
#include "tests/sim/heap.h"

/* Powers are in tenths of a dBm, so that a run is the same on every machine once the map is made. */
enum {
	POWER_DDBM = 140,
	SENSITIVITY_DDBM = -1290, /* SF9, 125 kHz: Semtech's data sheet of the SX1276 */
	NOISE_DDBM = -1170,       /* thermal noise of 125 kHz, 6 dB of a receiver's own */
	CAPTURE_DDB = 60,
	MARGIN_DDB = 30, /* whoever puts a station up sees that it hears another one at least so well */
	SENSE_MS = 18,   /* a transmission is noticed after four symbols */
	HOUR_MS = 3600 * 1000,
	DUTY_PERMILLE = 10,
};
/* SF9, 125 kHz, CR 4/5, preamble 8: Semtech's formula as a line. */
static const struct airtime SF9 = { .frame_us = 92000, .byte_us = 4540, .duty_permille = DUTY_PERMILLE };
/* Path loss: free space at 868 MHz up to a metre, then as the 3.5th power of the distance, shadows of 7 dB: what is given
 * for towns (Rappaport, Wireless Communications, table 4.2). The longer side of the town is 12 km. */
static const double LOSS_1M_DB = 31.2, LOSS_EXPONENT = 3.5, SHADOW_DB = 7, TOWN_M = 12000, SCATTER_M = 400;

enum {
	STATIONS = 1000,
	SITES_MAX = 256,
	ROWS_MAX = 6000,
	RECEPTIONS_MAX = 96,
	SENDS_MAX = 1024,
	FRAME_MAX = 256,
	NOW_S = 2400 * EPOCH_S + EPOCH_S / 8,
	NEVER_HEARD = UINT32_MAX,
};

static inline void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench_town: %s\n", what);
	exit(1);
}

struct ear {
	uint32_t station;
	int32_t power; /* that the other's transmission has there */
};

struct reception {
	uint32_t from;
	int32_t power;
	bool spoilt;
};

struct send {
	mono_ms end;
	uint32_t us;
};

struct station {
	double x, y;
	struct ear *ears;
	uint32_t ear_count;
	struct reception receptions[RECEPTIONS_MAX];
	uint32_t reception_count;
	bool sending;
	mono_ms began, armed;
	uint64_t timer;
	uint32_t size;
	uint8_t frame[FRAME_MAX];
	/* What was sent within the last hour. */
	struct send sends[SENDS_MAX];
	uint32_t sends_first, sends_end;
	uint64_t hour_us, hour_us_max, all_us;
};

/* An entry and where it has come to. */
struct row {
	uint8_t size;
	uint8_t bytes[ENTRY_SIZE_MAX];
	bool urgent;
	uint32_t author;
	mono_ms written;
};

struct town;

/* How stations decide. */
struct way {
	const char *name;
	void (*open)(struct town *t);
	void (*close)(struct town *t);
	/* Somebody at that station writes an entry. */
	void (*write)(struct town *t, uint32_t at, uint32_t row);
	void (*hear)(struct town *t, uint32_t at, const uint8_t *frame, uint32_t size, int32_t power);
	/* The next frame, with as many bytes as it takes on the air; asked only when the station hears nobody. */
	uint32_t (*fill)(struct town *t, uint32_t at, uint8_t *frame);
	/* When it is to be asked next, MONO_NEVER: not before it hears something. */
	mono_ms (*deadline)(struct town *t, uint32_t at);
	/* It was due, and the air is not free. */
	void (*busy)(struct town *t, uint32_t at);
};

struct town {
	const struct way *way;
	void *state;     /* the way's */
	uint32_t number; /* of the way, where one has several */
	uint32_t count, authors, loss_percent;
	struct station *stations;
	struct heap heap;
	mono_ms now;
	struct dice air, people, chance; /* `chance`: for ways without one of their own */
	struct row *rows;
	uint32_t row_count, base; /* rows that everybody holds from the start */
	uint32_t day_end;         /* from `base` to here: what all but the station that was away hold from the start */
	uint32_t away, away_left; /* that station; how many of them it still lacks */
	mono_ms away_back;        /* it lacks none since; 0 it does */
	uint32_t *heard;          /* by row and station, ms; NEVER_HEARD */
	uint64_t pairs;           /* delivered */
	uint64_t air_us, frames, kind_us[16];
	uint64_t receptions, spoilt;
};

static struct public_key keys[STATIONS];

/* The map. */

static double sites[SITES_MAX][2];
static uint32_t site_count;

/* Last two columns: latitude and longitude. Scaled so that the longer side is as long as the town. */
static inline void read_sites(const char *path)
{
	FILE *file = fopen(path, "r");
	double low[2] = { 1e9, 1e9 }, high[2] = { -1e9, -1e9 }, scale;
	char line[512];

	must(file && fgets(line, sizeof line, file), "the list of sites cannot be read");
	while (site_count < SITES_MAX && fgets(line, sizeof line, file)) {
		char *lon = strrchr(line, ','), *lat;

		must(lon, "a site without coordinates");
		*lon++ = '\0';
		lat = strrchr(line, ',');
		must(lat, "a site without coordinates");
		sites[site_count][0] = strtod(lon, NULL) * 0.82; /* cos 35 degrees */
		sites[site_count++][1] = strtod(lat + 1, NULL);
	}
	fclose(file);
	must(site_count > 1, "the list of sites is too short");
	for (uint32_t i = 0; i < site_count; i++)
		for (int k = 0; k < 2; k++) {
			low[k] = fmin(low[k], sites[i][k]);
			high[k] = fmax(high[k], sites[i][k]);
		}
	scale = TOWN_M / fmax(high[0] - low[0], high[1] - low[1]);
	for (uint32_t i = 0; i < site_count; i++)
		for (int k = 0; k < 2; k++)
			sites[i][k] = (sites[i][k] - low[k]) * scale;
}

static inline double unit(struct dice *d)
{
	return ((double)(dice_u64(d) >> 11) + 1) / 9007199254740993.0;
}

/* Box and Muller. */
static inline double normal(struct dice *d)
{
	double r = sqrt(-2 * log(unit(d)));

	return r * cos(6.283185307179586 * unit(d));
}

/* The shadow between two stations is theirs in both directions, whatever is asked first. */
static inline int32_t power_between(const struct station *stations, uint32_t a, uint32_t b, uint64_t seed)
{
	uint32_t low = a < b ? a : b, high = a < b ? b : a;
	struct dice pair = { seed * 1000003 + (uint64_t)low * 4096 + high };
	double m = fmax(1, hypot(stations[a].x - stations[b].x, stations[a].y - stations[b].y));

	(void)dice_u64(&pair);
	return (int32_t)lround(POWER_DDBM -
			       10 * (LOSS_1M_DB + 10 * LOSS_EXPONENT * log10(m) + SHADOW_DB * normal(&pair)));
}

/* Sites first, in random order; then more stations around them. Each is put up where it hears an earlier one. */
static inline void place_stations(struct town *t, uint64_t seed)
{
	struct dice d = { seed };
	uint32_t order[SITES_MAX] = { 0 };

	for (uint32_t i = 0; i < site_count; i++)
		order[i] = i;
	for (uint32_t i = site_count - 1; i; i--) {
		uint32_t other = dice_below(&d, i + 1), kept = order[i];

		order[i] = order[other];
		order[other] = kept;
	}
	for (uint32_t i = 0, tries = 0; i < t->count; tries++) {
		struct station *s = &t->stations[i];
		const double *site = sites[order[tries % site_count]];
		bool hears = i == 0;

		s->x = site[0] + (tries < site_count ? 0 : SCATTER_M * normal(&d));
		s->y = site[1] + (tries < site_count ? 0 : SCATTER_M * normal(&d));
		for (uint32_t j = 0; j < i && !hears; j++)
			hears = power_between(t->stations, i, j, seed) >= SENSITIVITY_DDBM + MARGIN_DDB;
		i += hears;
	}
}

static inline void find_ears(struct town *t, uint64_t seed)
{
	for (uint32_t i = 0; i < t->count; i++) {
		struct station *s = &t->stations[i];

		s->ears = malloc(t->count * sizeof *s->ears);
		must(s->ears, "no memory");
		for (uint32_t j = 0; j < t->count; j++) {
			int32_t power = j == i ? INT32_MIN : power_between(t->stations, i, j, seed);

			if (power >= SENSITIVITY_DDBM - CAPTURE_DDB)
				s->ears[s->ear_count++] = (struct ear){ j, power };
		}
		s->armed = MONO_NEVER;
	}
}

/* The mean number of stations that hear one. */
static inline double degree(const struct town *t)
{
	double sum = 0;

	for (uint32_t i = 0; i < t->count; i++)
		for (uint32_t e = 0; e < t->stations[i].ear_count; e++)
			sum += t->stations[i].ears[e].power >= SENSITIVITY_DDBM;
	return sum / t->count;
}

/* The air. */

static inline uint32_t airtime_us(uint32_t size)
{
	return SF9.frame_us + size * SF9.byte_us;
}

static inline mono_ms airtime_ms(uint32_t size)
{
	return airtime_us(size) / 1000 + 1;
}

static inline void forget_hour(struct station *s, mono_ms now)
{
	while (s->sends_first != s->sends_end && s->sends[s->sends_first % SENDS_MAX].end + HOUR_MS <= now)
		s->hour_us -= s->sends[s->sends_first++ % SENDS_MAX].us;
}

static inline void note_send(struct station *s, mono_ms end, uint32_t us)
{
	forget_hour(s, end);
	must(s->sends_end - s->sends_first < SENDS_MAX, "more transmissions in an hour than fit");
	s->sends[s->sends_end++ % SENDS_MAX] = (struct send){ end, us };
	s->hour_us += us;
	s->all_us += us;
	if (s->hour_us > s->hour_us_max)
		s->hour_us_max = s->hour_us;
}

static inline bool hears_someone(const struct town *t, uint32_t at)
{
	const struct station *s = &t->stations[at];

	for (uint32_t i = 0; i < s->reception_count; i++)
		if (s->receptions[i].power >= SENSITIVITY_DDBM &&
		    t->stations[s->receptions[i].from].began + SENSE_MS <= t->now)
			return true;
	return false;
}

/* The stronger by 6 dB survives; who sends hears nothing. */
static inline void reach(struct town *t, uint32_t from, const struct ear *ear)
{
	struct station *to = &t->stations[ear->station];
	struct reception *own = &to->receptions[to->reception_count++];

	must(to->reception_count < RECEPTIONS_MAX, "more transmissions at once than fit");
	*own = (struct reception){ from, ear->power, to->sending };
	for (struct reception *r = to->receptions; r < own; r++) {
		own->spoilt |= r->power > own->power - CAPTURE_DDB;
		r->spoilt |= own->power > r->power - CAPTURE_DDB;
	}
}

static inline void arm(struct town *t, uint32_t at, mono_ms due)
{
	struct station *s = &t->stations[at];

	if (due == s->armed || due == MONO_NEVER)
		return;
	s->armed = due;
	heap_put(&t->heap, due, EVENT_TIMER, at, ++s->timer);
}

static inline void send(struct town *t, uint32_t at)
{
	struct station *s = &t->stations[at];

	s->sending = true;
	s->began = t->now;
	for (uint32_t i = 0; i < s->reception_count; i++)
		s->receptions[i].spoilt = true;
	for (uint32_t i = 0; i < s->ear_count; i++)
		reach(t, at, &s->ears[i]);
	note_send(s, t->now + airtime_ms(s->size), airtime_us(s->size));
	t->air_us += airtime_us(s->size);
	t->frames++;
	heap_put(&t->heap, t->now + airtime_ms(s->size), EVENT_AIR_END, at, 0);
}

/* What the station has to do now, if the air is free there. */
static inline void turn(struct town *t, uint32_t at)
{
	struct station *s = &t->stations[at];
	mono_ms due = t->way->deadline(t, at);

	if (due <= t->now && !s->sending && hears_someone(t, at)) {
		t->way->busy(t, at);
		due = t->way->deadline(t, at);
	}
	/* Who hears another is asked again when that ends. */
	if (s->sending || (due <= t->now && hears_someone(t, at)))
		return;
	if (due <= t->now) {
		s->size = t->way->fill(t, at, s->frame);
		if (s->size) {
			send(t, at);
			return;
		}
		due = t->way->deadline(t, at);
	}
	arm(t, at, due > t->now ? due : t->now + 1);
}

static inline void air_end(struct town *t, uint32_t from)
{
	struct station *s = &t->stations[from];

	s->sending = false;
	for (uint32_t i = 0; i < s->ear_count; i++) {
		struct station *to = &t->stations[s->ears[i].station];
		struct reception *r = to->receptions;
		bool spoilt;

		while (r->from != from)
			r++;
		spoilt = r->spoilt;
		*r = to->receptions[--to->reception_count];
		if (s->ears[i].power < SENSITIVITY_DDBM)
			continue;
		t->receptions++;
		t->spoilt += spoilt;
		if (!spoilt && dice_below(&t->air, 100) >= t->loss_percent)
			t->way->hear(t, s->ears[i].station, s->frame, s->size, s->ears[i].power);
		turn(t, s->ears[i].station);
	}
	turn(t, from);
}

/* Entries. */

static inline void delivered(struct town *t, uint32_t at, uint32_t row)
{
	uint32_t *heard = &t->heard[(size_t)row * t->count + at];

	if (*heard != NEVER_HEARD)
		return;
	*heard = (uint32_t)(t->now - t->rows[row].written);
	t->pairs++;
	if (row < t->day_end && at == t->away && --t->away_left == 0)
		t->away_back = t->now;
}

static inline bool holds(const struct town *t, uint32_t at, uint32_t row)
{
	return row < t->base || t->heard[(size_t)row * t->count + at] != NEVER_HEARD;
}

/* A row's number is in the place of its signature: nobody here verifies. */
static inline uint32_t row_of(const uint8_t *bytes, size_t size)
{
	uint32_t row;

	memcpy(&row, bytes + size - SIGNATURE_SIZE, sizeof row);
	return row;
}

static inline uint32_t add_row(struct town *t, const struct entry *e, uint32_t author)
{
	struct row *row = &t->rows[t->row_count];
	size_t size;

	must(t->row_count < ROWS_MAX, "more entries than fit");
	must(entry_body_encode(row->bytes, &size, e) == ENTRY_OK, "an entry is not legal");
	for (size_t i = 0; i < SIGNATURE_SIZE; i++)
		row->bytes[size + i] = (uint8_t)dice_u64(&t->people);
	memcpy(row->bytes + size, &t->row_count, sizeof t->row_count);
	row->size = (uint8_t)(size + SIGNATURE_SIZE);
	row->author = author;
	row->written = t->now;
	row->urgent = e->kind == ENTRY_LINE && e->line.within_h == 6;
	memset(t->heard + (size_t)t->row_count * t->count, 0xFF, t->count * sizeof *t->heard);
	return t->row_count++;
}

static inline struct entry begin(struct town *t, enum entry_kind kind, uint32_t author)
{
	struct entry e;

	memset(&e, 0, sizeof e);
	e.kind = kind;
	e.author = public_key_hint(&keys[author]);
	e.number = kind == ENTRY_CARD ? 0 : (uint32_t)dice_u64(&t->people) | 1;
	e.hlc.time = NOW_S + (uint32_t)(t->now / 1000);
	return e;
}

static inline struct ref some_ref(struct town *t, uint32_t author)
{
	return (struct ref){ public_key_hint(&keys[author]), (uint32_t)dice_u64(&t->people) | 1 };
}

static inline void write_card_and_site(struct town *t, uint32_t author)
{
	struct entry card = begin(t, ENTRY_CARD, author), site = begin(t, ENTRY_SITE, author);

	card.card.key = keys[author];
	snprintf(card.card.name, sizeof card.card.name, "Node %u", (unsigned)author);
	(void)add_row(t, &card, author);
	snprintf(site.site.name, sizeof site.site.name, "Shelter at school %u", (unsigned)author);
	site.site.place = (struct place){ 35000000 + (int32_t)author * 1000, -77000000, PLACE_POINT };
	site.site.giving = (struct hours){ 16, 40, 0 };
	(void)add_row(t, &site, author);
}

/* Of ten entries two are needs within 6 hours, two later needs, two offers, two counts of stock, two moves. */
static inline uint32_t write_something(struct town *t, uint32_t author)
{
	uint32_t what = dice_below(&t->people, 10), other = dice_below(&t->people, t->authors);
	struct entry e = begin(t, what < 8 ? ENTRY_LINE : ENTRY_MOVE, author);

	if (what < 8) {
		e.line.kind = what < 4 ? LINE_NEED : what < 6 ? LINE_OFFER : LINE_RESOURCE;
		e.line.site = some_ref(t, author);
		e.line.item = (uint16_t)(101 + dice_below(&t->people, 100));
		e.line.quantity_milli = 1000 * (1 + dice_below(&t->people, 500));
		e.line.created = e.hlc.time;
		if (what < 4) {
			e.line.people = 1 + dice_below(&t->people, 200);
			e.line.infants = dice_below(&t->people, 5);
			e.line.within_h = what < 2 ? 6 : 24;
		}
		if (what >= 6)
			e.line.counted = e.hlc.time;
		if (dice_below(&t->people, 4) == 0)
			snprintf(e.line.text, sizeof e.line.text, "please by the side door");
	} else {
		e.move.stage = what == 8 ? MOVE_PLEDGED : MOVE_SENT;
		e.move.of = some_ref(t, other);
		e.move.from = some_ref(t, author);
		e.move.quantity_milli = 1000 * (1 + dice_below(&t->people, 100));
		e.move.at = e.hlc.time;
		e.move.due = e.hlc.time + 7200;
	}
	return add_row(t, &e, author);
}

/* A town in which every author's card and site are known to all. */
static inline void town_init(struct town *t, const struct way *way, uint32_t count, uint64_t seed)
{
	*t = (struct town){ .way = way, .count = count };
	t->authors = count < site_count ? count : site_count;
	t->stations = calloc(count, sizeof *t->stations);
	t->rows = calloc(ROWS_MAX, sizeof *t->rows);
	t->heard = malloc((size_t)ROWS_MAX * count * sizeof *t->heard);
	must(t->stations && t->rows && t->heard, "no memory");
	t->air = (struct dice){ seed * 3 + 1 };
	t->people = (struct dice){ seed * 5 + 2 };
	t->chance = (struct dice){ seed * 7 + 3 };
	place_stations(t, seed);
	find_ears(t, seed);
	for (uint32_t i = 0; i < t->authors; i++)
		write_card_and_site(t, i);
	t->base = t->day_end = t->row_count;
}

/* What people wrote within a day; one station was away. */
static inline void town_pass_day(struct town *t, uint32_t count)
{
	t->away = t->count - 1;
	t->away_left = count;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t row = write_something(t, dice_below(&t->people, t->authors));

		for (uint32_t at = 0; at < t->count; at++)
			if (at != t->away)
				delivered(t, at, row);
	}
	t->day_end = t->row_count;
}

static inline void town_fini(struct town *t)
{
	for (uint32_t i = 0; i < t->count; i++)
		free(t->stations[i].ears);
	free(t->stations);
	free(t->rows);
	free(t->heard);
	heap_fini(&t->heap);
}

#endif
