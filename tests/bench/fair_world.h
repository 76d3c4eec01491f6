/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The world of bench_fair.c, whose head explains it: places, depots, what they write, when they meet, what is drunk. Nothing here
 * knows how anybody decides. */
#ifndef AIDMESH_TESTS_FAIR_WORLD_H
#define AIDMESH_TESTS_FAIR_WORLD_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "proto/place/geo.h"
#include "sync/fold/fold.h"
#include "tests/sim/dice.h"

enum {
	PLACES = 12,
	DEPOTS = 2,
	NODES = PLACES + DEPOTS,
	REMOTE = PLACES - 1,
	HOURS = 120,
	START_S = 2400 * EPOCH_S,
	WATER = 101,
	DRINK_H = 125, /* thousandths of a litre for a person and an hour */
	DIAPERS = 601,
	DIAPERS_H = 417, /* thousandths of one for an infant and an hour */
	SITES_MAX = 256,
	ROWS_MAX = 4096,
	LOADS_MAX = 2048,
	SUPPLY_PERCENT = 60,
	EXAGGERATION = 3,
	REMOTE_M = 100000,
};

static inline void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "bench_fair: %s\n", what);
	exit(1);
}

struct row {
	uint8_t bytes[ENTRY_SIZE_MAX];
	uint8_t size, author;
	struct entry_id id;
};

struct place_now {
	struct geo_point at;
	uint32_t people; /* who use it: all, or the infants */
	uint32_t crowd;  /* all who are there */
	uint32_t infants, elders, begin_h, ask_h;
	bool exaggerates;
	uint64_t shelf, received, drunk;
	double missed_h;
};

struct load {
	uint32_t place, depot, arrive_h, sent_row;
	uint64_t quantity;
	struct ref sent;
};

/* How an ask looks at a depot's counter. */
struct ask {
	uint32_t row;       /* the version heard last; ROWS_MAX none */
	uint32_t arrived_h; /* its turn */
	uint64_t quantity;  /* what it asked for, beyond what had come */
	uint64_t sent;      /* from here, since that version */
};

struct depot {
	uint64_t stock;
	uint32_t share; /* of the supply, in percent */
	struct fold *fold;
	struct ask asks[PLACES];
};

/* What a fifth of the places say that is not so. */
enum lie {
	LIE_ASKS,      /* they ask for three days, and leave nothing off */
	LIE_HOURS,     /* they declare six hours for everything */
	LIE_EVERYBODY, /* of an item for infants they name all who are there */
	LIE_PEOPLE,    /* they ask for three days, for three times as many people */
	LIES
};

struct world {
	enum lie lie;
	uint16_t item;
	uint32_t use_h; /* thousandths of it for a head and an hour */
	struct dice dice;
	uint32_t hour;
	struct public_key keys[NODES];
	struct geo_point at[NODES];
	uint32_t numbers[NODES]; /* the last register that each wrote */
	uint32_t ticks;
	struct place_now places[PLACES];
	struct depot depots[DEPOTS];
	uint32_t next_contact[PLACES][DEPOTS];
	struct row rows[ROWS_MAX];
	uint32_t row_count;
	bool holds[NODES][ROWS_MAX];
	uint64_t asks[ROWS_MAX]; /* of a need's version: what it asks for beyond what had come */
	struct load loads[LOADS_MAX];
	uint32_t load_count;
	uint64_t delivered;
	uint32_t digests_compared, digests_unequal;
};

static struct geo_point sites[SITES_MAX];
static uint32_t site_count;
static void *fold_memory[DEPOTS + 1];

static const struct fold_config FOLD_CONFIG = { .registers_max = ROWS_MAX, .authors_max = 64 };

static inline void read_sites(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[512];

	must(file, "the list of sites cannot be read");
	must(fgets(line, sizeof line, file), "the list of sites is empty");
	while (site_count < SITES_MAX && fgets(line, sizeof line, file)) {
		char *lon = strrchr(line, ','), *lat;

		must(lon, "a site without coordinates");
		*lon++ = '\0';
		lat = strrchr(line, ',');
		must(lat, "a site without coordinates");
		sites[site_count++] = (struct geo_point){ (int32_t)(strtod(lat + 1, NULL) * 1e6),
							  (int32_t)(strtod(lon, NULL) * 1e6) };
	}
	fclose(file);
	must(site_count > 2 * NODES, "the list of sites is too short");
}

/* Entries. */

static inline struct ref ref_to(const struct world *w, uint32_t node, uint32_t number)
{
	return (struct ref){ public_key_hint(&w->keys[node]), number };
}

static inline void learn(struct world *w, uint32_t node, uint32_t row)
{
	const struct row *r = &w->rows[row];

	if (w->holds[node][row])
		return;
	w->holds[node][row] = true;
	if (node >= PLACES)
		must(fold_put(w->depots[node - PLACES].fold, (struct view){ r->bytes, r->size }, &r->id,
			      &w->keys[r->author]) >= FOLD_OK,
		     "the fold is full");
}

static inline struct entry begin(const struct world *w, enum entry_kind kind, uint32_t number)
{
	struct entry e;

	memset(&e, 0, sizeof e);
	e.kind = kind;
	e.number = number;
	e.hlc.time = START_S + w->hour * 3600;
	return e;
}

static inline uint32_t say(struct world *w, uint32_t node, struct entry *e)
{
	struct row *r = &w->rows[w->row_count];
	size_t size;

	must(w->row_count < ROWS_MAX, "more entries than expected");
	e->author = public_key_hint(&w->keys[node]);
	e->hlc.tick = (uint8_t)(++w->ticks % TICK_MAX);
	must(entry_body_encode(r->bytes, &size, e) == ENTRY_OK, "an entry is not legal");
	r->size = (uint8_t)(size + SIGNATURE_SIZE);
	r->author = (uint8_t)node;
	r->id = entry_id_of((struct view){ r->bytes, r->size }, &w->keys[node]);
	learn(w, node, w->row_count);
	return w->row_count++;
}

enum { SITE_NUMBER = 1, LINE_NUMBER = 2, FIRST_NUMBER = 100 };

static inline void introduce(struct world *w, uint32_t node)
{
	struct entry card = begin(w, ENTRY_CARD, 0), site = begin(w, ENTRY_SITE, SITE_NUMBER);

	card.card.key = w->keys[node];
	strcpy(card.card.name, "Node");
	say(w, node, &card);
	snprintf(site.site.name, sizeof site.site.name, "%s %u", node < PLACES ? "Place" : "Depot", (unsigned)node);
	site.site.place = (struct place){ w->at[node].lat_e6, w->at[node].lon_e6, PLACE_POINT };
	say(w, node, &site);
	for (uint32_t other = 0; other < NODES; other++) {
		struct entry vouch = begin(w, ENTRY_TRUST, FIRST_NUMBER + w->numbers[node]++);

		if ((node < PLACES) == (other < PLACES))
			continue;
		vouch.trust.key = w->keys[other];
		say(w, node, &vouch);
	}
}

static inline void say_ask(struct world *w, uint32_t node)
{
	struct place_now *p = &w->places[node];
	struct entry e = begin(w, ENTRY_LINE, LINE_NUMBER);
	uint64_t day = (uint64_t)p->people * w->use_h * 24, ask = day > p->shelf ? day - p->shelf : 0;
	uint32_t lie = p->exaggerates && w->lie == LIE_PEOPLE ? EXAGGERATION : 1, row;

	if (p->exaggerates)
		ask = EXAGGERATION * day;
	if (p->received + ask == 0)
		return;
	e.line.kind = LINE_NEED;
	e.line.site = ref_to(w, node, SITE_NUMBER);
	e.line.item = w->item;
	e.line.quantity_milli = p->received + ask;
	e.line.people = p->people * lie;
	e.line.infants = p->infants * lie;
	e.line.elders = p->elders * lie;
	if (p->exaggerates && w->lie == LIE_EVERYBODY)
		e.line.people = p->crowd;
	e.line.within_h = p->exaggerates && w->lie == LIE_HOURS ? 6 : 24;
	e.line.created = START_S + p->begin_h * 3600;
	row = say(w, node, &e);
	w->asks[row] = ask;
}

static inline void say_stock(struct world *w, uint32_t depot)
{
	uint32_t node = PLACES + depot;
	struct entry e = begin(w, ENTRY_LINE, LINE_NUMBER);

	e.line.kind = LINE_RESOURCE;
	e.line.site = ref_to(w, node, SITE_NUMBER);
	e.line.item = w->item;
	e.line.quantity_milli = w->depots[depot].stock;
	e.line.created = START_S;
	e.line.counted = START_S + w->hour * 3600 + 1;
	say(w, node, &e);
}

/* The way of a load. */

static inline uint32_t travel_h(const struct world *w, uint32_t place, uint32_t depot)
{
	return 1 + (geo_distance_m(w->at[place], w->at[PLACES + depot]) + 39999) / 40000;
}

static inline void send_load(struct world *w, uint32_t depot, uint32_t place, uint64_t quantity)
{
	struct depot *d = &w->depots[depot];
	uint32_t node = PLACES + depot, number = FIRST_NUMBER + w->numbers[node]++;
	struct entry e = begin(w, ENTRY_MOVE, number);
	struct load *load = &w->loads[w->load_count++];

	must(w->load_count < LOADS_MAX, "more loads than expected");
	must(quantity && quantity <= d->stock, "more was sent than is there");
	*load = (struct load){
		place, depot, w->hour + travel_h(w, place, depot), 0, quantity, ref_to(w, node, number)
	};
	e.move.stage = MOVE_SENT;
	e.move.of = ref_to(w, place, LINE_NUMBER);
	e.move.from = ref_to(w, node, LINE_NUMBER);
	e.move.quantity_milli = quantity;
	e.move.at = START_S + w->hour * 3600 + 2;
	e.move.due = START_S + (load->arrive_h + 1) * 3600;
	load->sent_row = say(w, node, &e);
	d->stock -= quantity;
	d->asks[place].sent += quantity;
}

static inline void arrive(struct world *w, struct load *load)
{
	struct place_now *p = &w->places[load->place];
	struct entry e = begin(w, ENTRY_MOVE, FIRST_NUMBER + w->numbers[load->place]++);

	learn(w, load->place, load->sent_row);
	e.move.stage = MOVE_RECEIVED;
	e.move.of = ref_to(w, load->place, LINE_NUMBER);
	e.move.after = load->sent;
	e.move.quantity_milli = load->quantity;
	e.move.at = START_S + w->hour * 3600;
	say(w, load->place, &e);
	p->shelf += load->quantity;
	p->received += load->quantity;
	w->delivered += load->quantity;
}

static inline void arrive_all(struct world *w)
{
	for (uint32_t i = 0; i < w->load_count; i++)
		if (w->loads[i].arrive_h == w->hour)
			arrive(w, &w->loads[i]);
}

/* Contacts. */

static inline uint32_t wait_for_contact(struct world *w, uint32_t place)
{
	return dice_between(&w->dice, place == REMOTE ? 18 : 4, 24);
}

static inline void meet(struct world *w, uint32_t a, uint32_t b)
{
	for (uint32_t row = 0; row < w->row_count; row++) {
		if (w->holds[a][row])
			learn(w, b, row);
		if (w->holds[b][row])
			learn(w, a, row);
	}
}

static inline void meet_all(struct world *w)
{
	for (uint32_t place = 0; place < PLACES; place++)
		for (uint32_t depot = 0; depot < DEPOTS; depot++)
			if (w->next_contact[place][depot] == w->hour) {
				meet(w, place, PLACES + depot);
				w->next_contact[place][depot] += wait_for_contact(w, place);
			}
}

static inline uint64_t on_the_way(const struct world *w, uint32_t place)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < w->load_count; i++)
		if (w->loads[i].place == place && w->loads[i].arrive_h > w->hour)
			sum += w->loads[i].quantity;
	return sum;
}

/* A day. */

static inline void place_nodes(struct world *w)
{
	struct geo_point centre = sites[dice_below(&w->dice, site_count)];
	bool used[SITES_MAX] = { false };
	uint32_t remote;

	for (uint32_t node = 0; node < NODES; node++) {
		uint32_t best = SITES_MAX;

		if (node == REMOTE)
			continue;
		for (uint32_t i = 0; i < site_count; i++)
			if (!used[i] && (best == SITES_MAX ||
					 geo_distance_m(sites[i], centre) < geo_distance_m(sites[best], centre)))
				best = i;
		used[best] = true;
		w->at[node] = sites[best];
	}
	/* Depots are anywhere among them. */
	for (uint32_t depot = PLACES; depot < NODES; depot++) {
		uint32_t other = dice_below(&w->dice, REMOTE);
		struct geo_point kept = w->at[depot];

		w->at[depot] = w->at[other];
		w->at[other] = kept;
	}
	do
		remote = dice_below(&w->dice, site_count);
	while (used[remote] || geo_distance_m(sites[remote], w->at[PLACES]) < REMOTE_M);
	w->at[REMOTE] = sites[remote];
}

static inline void people_of(struct world *w)
{
	uint32_t liars = 0, liars_max = PLACES / 5 + dice_permille(&w->dice, PLACES % 5 * 200);

	for (uint32_t i = 0; i < PLACES; i++) {
		struct place_now *p = &w->places[i];

		p->at = w->at[i];
		p->people = dice_between(&w->dice, 20, 400);
		p->infants = p->people * dice_below(&w->dice, 16) / 100;
		p->elders = p->people * dice_below(&w->dice, 16) / 100;
		p->begin_h = dice_below(&w->dice, 13);
		p->ask_h = dice_below(&w->dice, 24);
		p->crowd = p->people;
		if (w->item == DIAPERS)
			p->people = p->infants = 1 + p->crowd * dice_between(&w->dice, 3, 12) / 100;
		p->shelf = (uint64_t)p->people * w->use_h * dice_below(&w->dice, 13);
	}
	while (liars < liars_max) {
		struct place_now *p = &w->places[dice_below(&w->dice, PLACES)];

		liars += !p->exaggerates;
		p->exaggerates = true;
	}
}

static inline void open_depots(struct world *w)
{
	w->depots[0].share = dice_between(&w->dice, 50, 80);
	w->depots[1].share = 100 - w->depots[0].share;
	for (uint32_t depot = 0; depot < DEPOTS; depot++) {
		struct depot *d = &w->depots[depot];

		d->fold = fold_init(fold_memory[depot], fold_footprint(&FOLD_CONFIG), &FOLD_CONFIG);
		for (uint32_t place = 0; place < PLACES; place++)
			d->asks[place] = (struct ask){ .row = ROWS_MAX, .arrived_h = UINT32_MAX };
	}
}

static inline void begin_world(struct world *w, uint32_t seed, enum lie lie)
{
	memset(w, 0, sizeof *w);
	w->lie = lie;
	w->item = lie == LIE_EVERYBODY ? DIAPERS : WATER;
	w->use_h = lie == LIE_EVERYBODY ? DIAPERS_H : DRINK_H;
	w->dice.state = seed;
	for (uint32_t node = 0; node < NODES; node++) {
		uint32_t name[2] = { seed, node };

		crypto_generichash(w->keys[node].bytes, sizeof w->keys[node].bytes, (uint8_t *)name, sizeof name, NULL,
				   0);
	}
	place_nodes(w);
	people_of(w);
	open_depots(w);
	for (uint32_t node = 0; node < NODES; node++)
		introduce(w, node);
	for (uint32_t a = 0; a < NODES; a++)
		for (uint32_t row = 0; row < w->row_count; row++)
			learn(w, a, row);
	for (uint32_t place = 0; place < PLACES; place++)
		for (uint32_t depot = 0; depot < DEPOTS; depot++)
			w->next_contact[place][depot] = dice_below(&w->dice, wait_for_contact(w, place));
}

static inline void supply(struct world *w)
{
	uint64_t all = 0;

	if (w->hour % 24 != 8)
		return;
	for (uint32_t i = 0; i < PLACES; i++)
		all += (uint64_t)w->places[i].people * w->use_h * 24;
	for (uint32_t depot = 0; depot < DEPOTS; depot++) {
		w->depots[depot].stock += all * SUPPLY_PERCENT / 100 * w->depots[depot].share / 100;
		say_stock(w, depot);
	}
}

static inline void ask_all(struct world *w)
{
	for (uint32_t i = 0; i < PLACES; i++) {
		const struct place_now *p = &w->places[i];

		if (w->hour == p->begin_h || (w->hour > p->begin_h && w->hour % 24 == p->ask_h))
			say_ask(w, i);
	}
}

static inline void drink(struct world *w)
{
	for (uint32_t i = 0; i < PLACES; i++) {
		struct place_now *p = &w->places[i];
		uint64_t need = (uint64_t)p->people * w->use_h, got = need < p->shelf ? need : p->shelf;

		if (w->hour < p->begin_h)
			continue;
		p->shelf -= got;
		p->drunk += got;
		p->missed_h += 1.0 - (double)got / (double)need;
	}
}

#endif
