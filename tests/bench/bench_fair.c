/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Is the rule of sync/plan/allocate.h fair? Five days of scarce water at real shelters, the real fold and the real rule at every
 * depot, beside four other ways to decide. Ends with 1 when a bar is missed.
 *   bench_fair SITES.csv [SEEDS]
 *
 * The model. A step is an hour; water is counted in thousandths of a litre; a person drinks 3 L a day, 0.125 L an hour, while
 * there is some, and misses what there is not: nothing is caught up. All of this is the same for every way to decide.
 *
 * - Places: a random shelter of the list and those nearest to it, 11 places and 2 depots; one place more is remote, at
 *   least 100 km away. 20 to 400 people each, of whom up to 15 % are infants and up to 15 % elders. Their need begins
 *   within the first 12 hours, with up to half a day's water at hand.
 * - Asks: at an hour of its own, once a day, each place says what its people drink in a day less what is on its shelf, as a
 *   new version of one need (within 24 h). Two or three of the places, a fifth in the mean, ask for three days and leave
 *   nothing off.
 * - Worlds: in the second these declare 6 h for everything, too. In the third the item is diapers, for the 3 to 12 % who are
 *   infants, and these name everybody who is there. In the last, which has no bar, they triple the number of their people.
 * - Supply: every day at 8 a truck brings 60 % of what all drink in a day, 50 to 80 % of it to one of the depots.
 * - Deliveries: loads leave in the hour of the decision, an hour to load and 40 km/h as the crow flies. The truck brings its
 *   waybill; the place notes the receipt on arrival.
 * - Contacts: each place meets each depot every 4 to 24 hours, the remote one every 18 to 24, never else: trucks carry no news
 *   home. Then each of the two has the entries of both. Cards, places and vouches are known from the start.
 * - Who decides: each depot for its own stock, every hour, from the entries that it holds.
 *
 * The ways to decide:
 * - ours: what allocate_run suggests from its own stock, all of it, at once.
 * - first come first served: whole asks in the order in which they reached the depot, less what is known to have come or
 *   to be on its way; an ask that could not be filled keeps its turn, however old it gets. A place's asks go to the depot
 *   nearest to it; what that leaves over goes to the others. (Where depots keep what is left over it does worse, and so it
 *   does where all depots answer all asks.)
 * - nearest first: the same, by distance.
 * - no coordination: first come first served by each depot for itself, without looking at what others sent.
 * - oracle: knows at once and for sure what everybody has, drank and missed, and what is on its way; gives an hour's
 *   water at a time to whoever will have missed most in the end, never more than can still be drunk.
 *
 * Figures, the mean of all seeds: hours without water of a person; hours without of the worst-off place; Gini of coverage
 * (the share of hours with water) over persons; over-delivery: what lies on shelves in the end beyond a day's need there, of
 * all that was delivered; by how much better those are covered who say what is not so, over all persons of all seeds. */
#include "sync/plan/allocate.h"
#include "tests/bench/fair_world.h"

enum { SEEDS = 100 };

enum way { OURS, FIRST_COME, NEAREST, ALONE, ORACLE, WAYS };

static const char *const WAY_NAMES[WAYS] = { "ours", "first come first served", "nearest first", "no coordination",
					     "oracle" };

static struct world world;
static struct allocate_plan plan;
static void *plan_memory;
static size_t plan_size;

/* What the rule suggests. */

static void make_plan(struct fold *f, uint32_t now_s, uint16_t item)
{
	size_t size = allocate_footprint(f);

	if (size > plan_size) {
		free(plan_memory);
		plan_memory = malloc(size);
		must(plan_memory, "no memory");
		plan_size = size;
	}
	must(allocate_run(&plan, plan_memory, plan_size, f, now_s, item, ALLOCATE_TRUSTED), "no room for a plan");
}

static struct fold_digest digest_of(struct fold *f, uint32_t now_s, uint16_t item)
{
	fold_run(f, now_s);
	make_plan(f, now_s, item);
	return plan.digest;
}

/* The same entries in another order, some of them twice. */
static void compare_digest(struct world *w, uint32_t node, uint32_t now_s, struct fold_digest expected)
{
	static uint32_t order[ROWS_MAX];
	struct fold *f = fold_init(fold_memory[DEPOTS], fold_footprint(&FOLD_CONFIG), &FOLD_CONFIG);
	struct dice dice = { now_s + node };
	struct fold_digest found;
	uint32_t count = 0;

	for (uint32_t row = 0; row < w->row_count; row++)
		if (w->holds[node][row])
			order[count++] = row;
	for (uint32_t i = 0; i < 2 * count; i++) {
		uint32_t at = i % count, other = dice_below(&dice, count), kept = order[at];
		const struct row *r;

		order[at] = order[other];
		order[other] = kept;
		r = &w->rows[order[at]];
		if (i >= count || dice_below(&dice, 2))
			must(fold_put(f, (struct view){ r->bytes, r->size }, &r->id, &w->keys[r->author]) >= FOLD_OK,
			     "the fold is full");
	}
	for (uint32_t i = 0; i < count; i++)
		must(fold_put(f, (struct view){ w->rows[order[i]].bytes, w->rows[order[i]].size },
			      &w->rows[order[i]].id, &w->keys[w->rows[order[i]].author]) >= FOLD_OK,
		     "the fold is full");
	found = digest_of(f, now_s, w->item);
	w->digests_compared++;
	w->digests_unequal += memcmp(&found, &expected, sizeof found) != 0;
}

static uint32_t place_of_line(const struct world *w, struct ref ref)
{
	for (uint32_t place = 0; place < PLACES; place++)
		if (ref_equal(ref, ref_to(w, place, LINE_NUMBER)))
			return place;
	return PLACES;
}

static void decide_ours(struct world *w, uint32_t depot)
{
	struct fold *f = w->depots[depot].fold;
	struct ref stock = ref_to(w, PLACES + depot, LINE_NUMBER);
	uint32_t now_s = START_S + w->hour * 3600 + 3;
	struct fold_digest digest = digest_of(f, now_s, w->item);
	uint64_t loads[PLACES] = { 0 };

	for (uint32_t i = 0; i < plan.portion_count; i++)
		if (ref_equal(fold_ref(f, plan.portions[i].source), stock))
			loads[place_of_line(w, fold_ref(f, plan.portions[i].need))] += plan.portions[i].quantity_milli;
	if (w->hour % 6 == 2)
		compare_digest(w, PLACES + depot, now_s, digest);
	for (uint32_t place = 0; place < PLACES; place++)
		if (loads[place])
			send_load(w, depot, place, loads[place]);
}

/* By turns. */

/* What a place still lacks as far as the depot knows. */
static uint64_t open_of(struct world *w, enum way way, uint32_t depot, uint32_t place)
{
	struct fold *f = w->depots[depot].fold;
	const struct ask *ask = &w->depots[depot].asks[place];
	uint32_t index = fold_find(f, FOLD_LINES, ref_to(w, place, LINE_NUMBER));
	struct fold_line line;
	struct fold_sums sums;

	if (index == UINT32_MAX)
		return 0;
	if (way == ALONE)
		return ask->quantity > ask->sent ? ask->quantity - ask->sent : 0;
	fold_line(f, index, &line);
	fold_line_sums(f, index, &sums);
	return fold_line_is_open(&line) ? sums.open_milli : 0;
}

static void look_at_asks(struct world *w, enum way way, uint32_t depot)
{
	struct depot *d = &w->depots[depot];

	for (uint32_t place = 0; place < PLACES; place++) {
		struct ask *ask = &d->asks[place];
		uint32_t newest = ROWS_MAX;

		for (uint32_t row = 0; row < w->row_count; row++)
			if (w->asks[row] && w->rows[row].author == place && w->holds[PLACES + depot][row])
				newest = row;
		if (newest != ask->row)
			*ask = (struct ask){ newest, ask->arrived_h, w->asks[newest], 0 };
		if (!open_of(w, way, depot, place))
			ask->arrived_h = UINT32_MAX;
		else if (ask->arrived_h == UINT32_MAX)
			ask->arrived_h = w->hour;
	}
}

static bool is_mine(const struct world *w, uint32_t depot, uint32_t place)
{
	uint32_t here = geo_distance_m(w->at[place], w->at[PLACES + depot]);

	for (uint32_t other = 0; other < DEPOTS; other++)
		if (geo_distance_m(w->at[place], w->at[PLACES + other]) < here)
			return false;
	return true;
}

/* Whose turn it is: the lowest key. */
static uint64_t turn_of(const struct world *w, enum way way, uint32_t depot, uint32_t place)
{
	uint64_t mine = way == ALONE || is_mine(w, depot, place) ? 0 : 1;

	if (way == NEAREST)
		return mine << 62 | geo_distance_m(w->at[place], w->at[PLACES + depot]);
	return mine << 62 | (uint64_t)w->depots[depot].asks[place].arrived_h << 8 | place;
}

static void decide_by_turn(struct world *w, enum way way, uint32_t depot)
{
	struct depot *d = &w->depots[depot];
	bool done[PLACES] = { false };

	fold_run(d->fold, START_S + w->hour * 3600 + 3);
	look_at_asks(w, way, depot);
	for (uint32_t i = 0; i < PLACES && d->stock; i++) {
		uint32_t next = PLACES;
		uint64_t open;

		for (uint32_t place = 0; place < PLACES; place++)
			if (!done[place] &&
			    (next == PLACES || turn_of(w, way, depot, place) < turn_of(w, way, depot, next)))
				next = place;
		done[next] = true;
		open = open_of(w, way, depot, next);
		if (open)
			send_load(w, depot, next, open < d->stock ? open : d->stock);
	}
}

/* The oracle. */

struct oracle {
	uint64_t has[PLACES]; /* on the shelf, on the way, and given just now */
	uint64_t loads[DEPOTS][PLACES];
};

/* The nearest depot that has something; DEPOTS: none has. */
static uint32_t nearest_depot(const struct world *w, uint32_t place)
{
	uint32_t near = DEPOTS;

	for (uint32_t d = 0; d < DEPOTS; d++)
		if (w->depots[d].stock && (near == DEPOTS || travel_h(w, place, d) < travel_h(w, place, near)))
			near = d;
	return near;
}

/* Can they drink more than they have before the five days are over, if it leaves now? */
static bool can_use(const struct world *w, const struct oracle *o, uint32_t place, uint32_t depot)
{
	uint32_t from_h = w->hour + travel_h(w, place, depot);

	if (from_h < w->places[place].begin_h)
		from_h = w->places[place].begin_h;
	return from_h < HOURS && o->has[place] < (uint64_t)w->places[place].people * w->use_h * (HOURS - from_h);
}

/* Hours that they will have missed in the end, if they get no more. */
static uint64_t will_miss_h(const struct world *w, const struct oracle *o, uint32_t place)
{
	const struct place_now *p = &w->places[place];
	uint64_t an_hour = (uint64_t)p->people * w->use_h, all = (HOURS - p->begin_h) * an_hour;
	uint64_t got = p->drunk + o->has[place];

	return all > got ? (all - got) / an_hour : 0;
}

/* One hour's water for the place that will miss most. False when nobody can use any. */
static bool give_an_hour(struct world *w, struct oracle *o)
{
	uint32_t best = PLACES, from;
	uint64_t lot;

	for (uint32_t place = 0; place < PLACES; place++) {
		uint32_t depot = nearest_depot(w, place);

		if (depot == DEPOTS || !can_use(w, o, place, depot))
			continue;
		if (best == PLACES || will_miss_h(w, o, place) > will_miss_h(w, o, best))
			best = place;
	}
	if (best == PLACES)
		return false;
	from = nearest_depot(w, best);
	lot = (uint64_t)w->places[best].people * w->use_h;
	if (lot > w->depots[from].stock)
		lot = w->depots[from].stock;
	w->depots[from].stock -= lot;
	o->has[best] += lot;
	o->loads[from][best] += lot;
	return true;
}

static void decide_oracle(struct world *w)
{
	struct oracle o = { .has = { 0 } };

	for (uint32_t place = 0; place < PLACES; place++)
		o.has[place] = w->places[place].shelf + on_the_way(w, place);
	while (give_an_hour(w, &o))
		;
	for (uint32_t d = 0; d < DEPOTS; d++)
		for (uint32_t place = 0; place < PLACES; place++) {
			w->depots[d].stock += o.loads[d][place];
			if (o.loads[d][place])
				send_load(w, d, place, o.loads[d][place]);
		}
}

static void decide(struct world *w, enum way way)
{
	if (way == ORACLE) {
		decide_oracle(w);
		return;
	}
	for (uint32_t depot = 0; depot < DEPOTS; depot++) {
		if (!w->depots[depot].stock)
			continue;
		if (way == OURS)
			decide_ours(w, depot);
		else
			decide_by_turn(w, way, depot);
	}
}

struct figures {
	double hours, worst, gini, over;
	double covered[2], people[2];
};

static double coverage(const struct place_now *p)
{
	return 1.0 - p->missed_h / (double)(HOURS - p->begin_h);
}

/* Over persons: the mean difference of two, by the mean. */
static double gini(const struct world *w)
{
	double differences = 0, sum = 0, people = 0;

	for (uint32_t i = 0; i < PLACES; i++) {
		const struct place_now *p = &w->places[i];

		people += p->people;
		sum += p->people * coverage(p);
		for (uint32_t j = 0; j < PLACES; j++) {
			double gap = coverage(p) - coverage(&w->places[j]);

			differences += (gap < 0 ? -gap : gap) * p->people * w->places[j].people;
		}
	}
	return differences / (2 * people * sum);
}

/* Persons, and the coverage of all of them, at places that say what is so [0] and at the others [1]. */
static void add_covered(struct figures *f, const struct world *w)
{
	for (uint32_t i = 0; i < PLACES; i++) {
		const struct place_now *p = &w->places[i];

		f->covered[p->exaggerates] += p->people * coverage(p);
		f->people[p->exaggerates] += p->people;
	}
}

/* By how much better those are covered who say what is not so. */
static double gain(const struct figures *f)
{
	return f->covered[1] / f->people[1] / (f->covered[0] / f->people[0]) - 1;
}

static struct figures measure(const struct world *w)
{
	struct figures f = { .gini = gini(w) };
	double people = 0, over = 0;

	for (uint32_t i = 0; i < PLACES; i++) {
		const struct place_now *p = &w->places[i];
		uint64_t day = (uint64_t)p->people * w->use_h * 24, has = p->shelf + on_the_way(w, i);

		people += p->people;
		f.hours += p->people * p->missed_h;
		if (p->missed_h > f.worst)
			f.worst = p->missed_h;
		over += has > day ? (double)(has - day) : 0;
	}
	add_covered(&f, w);
	f.hours /= people;
	f.over = over / (double)w->delivered;
	return f;
}

/* In the end both depots hear everything, each in its own order. */
static void compare_depots(struct world *w)
{
	uint32_t now_s = START_S + w->hour * 3600 + 3;
	struct fold_digest digests[DEPOTS];

	meet(w, PLACES, PLACES + 1);
	for (uint32_t depot = 0; depot < DEPOTS; depot++)
		digests[depot] = digest_of(w->depots[depot].fold, now_s, w->item);
	w->digests_compared++;
	w->digests_unequal += memcmp(&digests[0], &digests[1], sizeof digests[0]) != 0;
}

static struct figures play(struct world *w, uint32_t seed, enum way way, enum lie lie)
{
	begin_world(w, seed, lie);
	for (w->hour = 0; w->hour < HOURS; w->hour++) {
		arrive_all(w);
		supply(w);
		ask_all(w);
		meet_all(w);
		decide(w, way);
		drink(w);
	}
	if (way == OURS)
		compare_depots(w);
	return measure(w);
}

/* All seeds. */

static double closed(double first_come, double ours, double oracle)
{
	return (first_come - ours) / (first_come - oracle);
}

static bool bar(const char *what, double found, double limit, bool at_least)
{
	bool ok = at_least ? found >= limit : found <= limit;

	printf("%-58s %9.1f %%  %s %.0f %%%s\n", what, 100 * found, at_least ? "at least" : "at most ", 100 * limit,
	       ok ? "" : "  MISSED");
	return ok;
}

static void add(struct figures *sum, struct figures f, double seeds)
{
	sum->hours += f.hours / seeds;
	sum->worst += f.worst / seeds;
	sum->gini += f.gini / seeds;
	sum->over += f.over / seeds;
	for (int i = 0; i < 2; i++) {
		sum->covered[i] += f.covered[i];
		sum->people[i] += f.people[i];
	}
}

static void print(const char *name, struct figures f)
{
	printf("%-34s %14.1f %14.1f %8.3f %12.1f %% %12.1f %%\n", name, f.hours, f.worst, f.gini, 100 * f.over,
	       100 * gain(&f));
}

static const char *const LIE_NAMES[LIES] = { "ask for three days, and leave nothing off",
					     "declare six hours for everything",
					     "name everybody for an item that is for infants",
					     "ask for three days, for three times as many" };

/* All ways to decide in that world, in the mean of all seeds. */
static void play_all(struct figures means[WAYS], enum lie lie, uint32_t seeds, uint32_t *compared, uint32_t *unequal)
{
	for (uint32_t seed = 1; seed <= seeds; seed++)
		for (enum way way = OURS; way < WAYS; way++) {
			add(&means[way], play(&world, seed, way, lie), seeds);
			*compared += world.digests_compared;
			*unequal += world.digests_unequal;
		}
	printf("\na fifth %s\n", LIE_NAMES[lie]);
	printf("%-34s %14s %14s %8s %14s %14s\n", "", "hours without", "worst place", "Gini", "over-delivery",
	       "they gain");
	for (enum way way = OURS; way < WAYS; way++)
		print(WAY_NAMES[way], means[way]);
}

static bool hold_bars(const struct figures means[WAYS])
{
	const struct figures *first = &means[FIRST_COME], *ours = &means[OURS], *best = &means[ORACLE];
	bool ok = true;

	printf("of the gap between first come first served and the oracle, ours closes\n");
	ok &= bar("  in hours without", closed(first->hours, ours->hours, best->hours), 0.6, true);
	ok &= bar("  in the worst-off place's hours", closed(first->worst, ours->worst, best->worst), 0.6, true);
	ok &= bar("  in the Gini of coverage", closed(first->gini, ours->gini, best->gini), 0.6, true);
	ok &= bar("over-delivery of ours", ours->over, 0.05, false);
	ok &= bar("who exaggerates is better covered by", gain(ours), 0.05, false);
	return ok;
}

int main(int argc, char **argv)
{
	uint32_t seeds = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : SEEDS, compared = 0, unequal = 0;
	bool ok = true;

	must(argc >= 2 && seeds, "usage: bench_fair SITES.csv [SEEDS]");
	must(sodium_init() >= 0, "libsodium");
	read_sites(argv[1]);
	for (uint32_t i = 0; i <= DEPOTS; i++) {
		fold_memory[i] = calloc(1, fold_footprint(&FOLD_CONFIG));
		must(fold_memory[i], "no memory");
	}
	printf("12 places, 2 depots, 5 days, supply %d %% of what is needed, %" PRIu32 " seeds\n", SUPPLY_PERCENT,
	       seeds);
	for (enum lie lie = LIE_ASKS; lie < LIES; lie++) {
		struct figures means[WAYS] = { { 0 } };

		play_all(means, lie, seeds, &compared, &unequal);
		if (lie != LIE_PEOPLE) /* who lies about how many they are cannot be told from who has so many */
			ok &= hold_bars(means);
	}
	printf("\nsame entries in another order: %" PRIu32 " digests compared, %" PRIu32 " differ%s\n", compared,
	       unequal, unequal ? "  MISSED" : "");
	ok &= unequal == 0;
	for (uint32_t i = 0; i <= DEPOTS; i++)
		free(fold_memory[i]);
	free(plan_memory);
	return ok ? 0 : 1;
}
