/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who should get what in random neighbourhoods, beside a naive twin: the rule read out, over and over, from the fold's
 * lists; no heap, no index, no sorting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/catalog/catalog.h"
#include "proto/goods.h"
#include "proto/place/geo.h"
#include "tests/unit/plan_story.h"

enum { TOWNS = 3000 };

enum { LINES_MAX = 32, DAY = 86400 };

struct twin {
	struct fold_line line;
	struct entry said, own;
	uint64_t open, day, covered, portions, within, frail, tier, without_h, drawn, drawn_own;
	uint64_t coming_s, served_s, until_s;
	int64_t available;
	bool is_listed, is_apart, is_kept, is_kept_at_first;
};

static struct twin twins[LINES_MAX];
static uint32_t twin_count;

static uint64_t min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static bool is_journey_to(struct fold *f, uint32_t index, const struct twin *t, struct fold_move *m)
{
	fold_move(f, index, m);
	return m->of == t->line.record.own;
}

static uint64_t lasts(const struct twin *t, uint64_t quantity)
{
	return t->day ? quantity * DAY / t->day : 0;
}

static uint32_t heard(const struct fold *f, const struct fold_line *line)
{
	return line->site == FOLD_NONE ? fold_heard(f, line->record.author) : fold_site_heard(f, line->site);
}

/* When it came, if it did or may have come. */
static uint64_t came_at(struct fold *f, const struct twin *t, const struct fold_move *m)
{
	uint64_t at = fold_move_time(f, m->last), due = m->due_s ? m->due_s : at + FOLD_DUE_DEFAULT_S;

	if (m->stage == MOVE_RECEIVED || (m->stage == MOVE_GIVEN && m->accepted))
		return at;
	return m->stage == MOVE_SENT && m->lapsed && m->accepted && heard(f, &t->line) < due ? due : 0;
}

/* What is there lasts until the end of the busiest run of receipts: max over each of its time and all that came from then
 * on. */
static void serve(struct fold *f, struct twin *t)
{
	struct fold_move m, later;

	t->until_s = t->own.line.created;
	for (uint32_t i = 0; i < fold_count(f, FOLD_MOVES); i++) {
		if (!is_journey_to(f, i, t, &m))
			continue;
		if (m.counts)
			t->coming_s += lasts(t, m.on_way_milli + (m.too_late ? 0 : m.promised_milli));
		if (!came_at(f, t, &m))
			continue;
		t->served_s += lasts(t, m.quantity_milli);
	}
	t->until_s += t->served_s;
	for (uint32_t i = 0; i < fold_count(f, FOLD_MOVES); i++) {
		uint64_t run = 0, from;

		if (!is_journey_to(f, i, t, &m) || !came_at(f, t, &m))
			continue;
		from = came_at(f, t, &m);
		for (uint32_t j = 0; j < fold_count(f, FOLD_MOVES); j++)
			if (is_journey_to(f, j, t, &later) && came_at(f, t, &later) >= from)
				run += lasts(t, later.quantity_milli);
		t->until_s = max(t->until_s, from + run);
	}
}

static void judge(struct twin *t, uint32_t hour_s)
{
	const struct line *said = &t->said.line;
	uint64_t people = max(said->people, 1),
		 frail = min((uint64_t)said->infants + said->elders + said->powered, people);
	uint64_t from = t->own.line.created + t->served_s;

	t->tier = catalog_find_code(said->item)->tier;
	t->within = said->within_h ? said->within_h : said->every_h ? said->every_h : 168;
	t->frail = frail * 1000 / people;
	t->without_h = min(hour_s > from ? (hour_s - from) / HOUR : 0, 1440);
	t->covered = t->day                 ? (t->until_s > hour_s ? t->until_s - hour_s : 0) + t->coming_s
		     : said->quantity_milli ? (said->quantity_milli - t->open) * DAY / said->quantity_milli
					    : DAY;
	t->portions = t->covered * (t->day ? 2u : 4u) / DAY;
}

static uint64_t draw_of(const uint8_t name[32], uint32_t day)
{
	uint8_t bytes[36], hash[16];
	uint64_t drawn = 0;

	memcpy(bytes, name, 32);
	for (int i = 0; i < 4; i++)
		bytes[32 + i] = (uint8_t)(day >> 8 * i);
	crypto_generichash(hash, sizeof hash, bytes, sizeof bytes, NULL, 0);
	for (int i = 0; i < 8; i++)
		drawn |= (uint64_t)hash[i] << 8 * i;
	return drawn;
}

static uint64_t heads(const struct twin *t)
{
	uint64_t people = max(t->said.line.people, 1);

	if (t->said.line.item != DIAPERS)
		return people * 1000;
	return t->said.line.infants ? min(t->said.line.infants, people) * 1000 : max(people * 40, 1000);
}

static int64_t twin_piece(const struct twin *t)
{
	const char *unit = catalog_find_code(t->said.line.item)->unit;

	return strcmp(unit, "L") == 0 || strcmp(unit, "kg") == 0 ? 1 : 1000;
}

/* A half of what cannot be parted is a whole. */
static uint64_t whole_of(const struct twin *t, uint64_t quantity)
{
	while (quantity % (uint64_t)twin_piece(t))
		quantity++;
	return quantity;
}

/* What will be asked for next: two days' worth, and at most as much as was asked for. */
static void keep(struct twin *t)
{
	t->is_kept = t->day != 0;
	t->open = whole_of(t, (2 * DAY - min(t->covered, 2 * DAY)) * t->day / DAY);
	if (t->said.line.quantity_milli)
		t->open = min(t->open, t->said.line.quantity_milli);
}

static void read_need(struct fold *f, struct twin *t, uint32_t index, uint32_t hour_s)
{
	struct entry_id id = fold_id(f, t->line.record.standing);
	struct fold_sums sums;

	fold_line_sums(f, index, &sums);
	t->drawn = draw_of(t->line.record.author->bytes, hour_s / DAY);
	t->drawn_own = draw_of(id.bytes, hour_s / DAY);
	t->open = sums.open_milli;
	t->day = catalog_find_code(t->said.line.item)->per_person_day_milli * heads(t) / 1000;
	serve(f, t);
	judge(t, hour_s);
	t->is_kept = t->line.status == LINE_MET || t->line.status == LINE_COVERED;
	t->is_kept_at_first = t->is_kept && t->day;
	if (t->is_kept)
		keep(t);
	else if (!t->said.line.quantity_milli && t->day)
		t->open = whole_of(t, (DAY - min(t->covered, DAY)) * t->day / DAY);
	t->is_listed = fold_line_is_open(&t->line) || (t->is_kept && hour_s <= t->until_s + DAY);
}

static void read_twins(struct fold *f, uint32_t hour_s)
{
	twin_count = fold_count(f, FOLD_LINES);
	assert_true(twin_count <= LINES_MAX);
	for (uint32_t i = 0; i < twin_count; i++) {
		struct twin *t = &twins[i];
		struct fold_sums sums;

		*t = (struct twin){ .drawn = 0 };
		fold_line(f, i, &t->line);
		fold_read(f, t->line.record.standing, &t->said);
		fold_read(f, t->line.record.own, &t->own);
		fold_line_sums(f, i, &sums);
		t->available = sums.on_hand_milli - (int64_t)sums.promised_milli - (int64_t)t->said.line.reserve_milli;
		t->available -= t->available > 0 ? t->available % twin_piece(t) : 0;
		if (t->line.kind == LINE_NEED)
			read_need(f, t, i, hour_s);
		else if (t->line.status != LINE_OPEN || line_is_past_use(&t->said.line, hour_s))
			t->available = 0;
	}
}

static bool comes_before(const struct twin *a, const struct twin *b)
{
	if (a->portions != b->portions)
		return a->portions < b->portions;
	if (a->tier != b->tier)
		return a->tier < b->tier;
	if (a->without_h != b->without_h)
		return a->without_h > b->without_h;
	if (a->frail != b->frail)
		return a->frail > b->frail;
	if (a->within != b->within)
		return a->within < b->within;
	if (a->covered != b->covered)
		return a->covered < b->covered;
	return a->drawn != b->drawn ? a->drawn < b->drawn : a->drawn_own < b->drawn_own;
}

static struct place place_of(struct fold *f, const struct twin *t)
{
	struct entry site;

	if (t->line.site_standing == FOLD_NONE)
		return t->own.line.cell;
	fold_read(f, t->line.site_standing, &site);
	return site.site.place;
}

static uint32_t distance(struct fold *f, const struct twin *a, const struct twin *b)
{
	struct place x = place_of(f, a), y = place_of(f, b);

	if (!x.digits || !y.digits)
		return UINT32_MAX;
	return geo_distance_m((struct geo_point){ x.lat_e6, x.lon_e6 }, (struct geo_point){ y.lat_e6, y.lon_e6 });
}

static bool is_declined(struct fold *f, const struct twin *need, const struct twin *source)
{
	struct fold_move m;

	for (uint32_t i = 0; i < fold_count(f, FOLD_MOVES); i++) {
		struct entry said, last;

		if (!is_journey_to(f, i, need, &m) || m.stage != MOVE_DECLINED)
			continue;
		fold_read(f, m.record.own, &said);
		fold_read(f, m.last, &last);
		if (ref_equal(said.move.from, fold_ref(f, source->line.record.own)) &&
		    hlc_compare(last.hlc, need->line.record.changed) > 0)
			return true;
	}
	return false;
}

/* The need's own item before its substitutes, where they are as near. */
static int rank_of(const struct twin *need, const struct twin *source)
{
	const struct line *said = &need->said.line;
	const char *unit = catalog_find_code(said->item)->unit;

	if (source->line.kind == LINE_NEED || (source->said.line.flags ^ said->flags) & LINE_DRILL)
		return -1;
	if (source->said.line.item == said->item)
		return 0;
	for (int i = 0; i < SUBSTITUTES_MAX; i++)
		if (said->substitutes[i] && said->substitutes[i] == source->said.line.item &&
		    strcmp(catalog_find_code(source->said.line.item)->unit, unit) == 0)
			return 1 + i;
	return -1;
}

enum known { KNOWN, STRANGE };

static uint64_t twin_lot(const struct twin *need, const struct twin *source)
{
	return min(max(max(need->said.line.lot_milli, source->said.line.lot_milli), 1), need->open);
}

static bool is_wanted(const struct twin *source)
{
	for (uint32_t i = 0; i < twin_count; i++) {
		const struct twin *t = &twins[i];
		bool is_candidate = t->line.kind == LINE_NEED && (fold_line_is_open(&t->line) || t->is_kept_at_first);

		if (!is_candidate || !t->said.line.variant[0] ||
		    strcmp(t->said.line.variant, source->said.line.variant) != 0)
			continue;
		if (t->said.line.item == source->said.line.item)
			return true;
		for (int at = 0; at < SUBSTITUTES_MAX; at++)
			if (t->said.line.substitutes[at] == source->said.line.item)
				return true;
	}
	return false;
}

/* A size that others ask for by name, then how far, then the day by which it must be used, then the item's rank. */
static bool is_better_pick(struct fold *f, const struct twin *need, const struct twin *a, const struct twin *b)
{
	bool any_size = !need->said.line.variant[0], wanted_a = any_size && is_wanted(a),
	     wanted_b = any_size && is_wanted(b);
	uint32_t metres_a = distance(f, need, a), metres_b = distance(f, need, b);
	uint32_t day_a = a->said.line.use_by ? a->said.line.use_by : UINT32_MAX;
	uint32_t day_b = b->said.line.use_by ? b->said.line.use_by : UINT32_MAX;

	if (wanted_a != wanted_b)
		return wanted_b;
	if (metres_a != metres_b)
		return metres_a < metres_b;
	if (day_a != day_b)
		return day_a < day_b;
	return rank_of(need, a) < rank_of(need, b);
}

/* `*any` tells whether one of them is in reach, with something left or not: 1 of those that had something at first. */
static struct twin *nearest(struct fold *f, const struct twin *need, enum known known, bool *any)
{
	struct twin *best = NULL;

	*any = false;
	for (uint32_t i = 0; i < twin_count; i++) {
		struct twin *source = &twins[i];
		int rank = rank_of(need, source);
		uint32_t metres = distance(f, need, source);
		bool is_known =
			fold_distance(f, source->line.record.author, need->line.record.author) <= FOLD_VOUCHES &&
			fold_distance(f, need->line.record.author, source->line.record.author) <= FOLD_VOUCHES;

		if (rank < 0 || !source->is_apart ||
		    variants_differ(need->said.line.variant, source->said.line.variant) ||
		    is_known != (known == KNOWN) ||
		    (source->said.line.reach_km && metres != UINT32_MAX && metres > source->said.line.reach_km * 1000))
			continue;
		*any = true;
		if (source->available < (int64_t)twin_lot(need, source) || is_declined(f, need, source))
			continue;
		if (need->is_kept && !need->said.line.variant[0] && is_wanted(source))
			continue;
		if (!best || is_better_pick(f, need, source, best))
			best = source;
	}
	return best;
}

static uint64_t twin_portion(const struct twin *need, const struct twin *source)
{
	uint64_t fair = need->day ? (need->day + 1) / 2 : (need->said.line.quantity_milli + 3) / 4;

	uint64_t piece = (uint64_t)twin_piece(need);

	fair = max(fair, twin_lot(need, source));
	while (fair % piece)
		fair++;
	return min(min(fair, need->open), (uint64_t)source->available);
}

struct twin_row {
	const struct twin *need, *source;
	uint64_t quantity;
};

struct twin_list {
	struct twin_row rows[LINES_MAX * LINES_MAX];
	uint32_t count;
};

static void add_row(struct twin_list *list, const struct twin *need, const struct twin *source, uint64_t quantity)
{
	for (uint32_t i = 0; i < list->count; i++)
		if (list->rows[i].need == need && list->rows[i].source == source) {
			list->rows[i].quantity += quantity;
			return;
		}
	list->rows[list->count++] = (struct twin_row){ need, source, quantity };
}

static struct twin *next_in_turn(void)
{
	struct twin *first = NULL;

	for (uint32_t i = 0; i < twin_count; i++)
		if (twins[i].line.kind == LINE_NEED && twins[i].is_listed && twins[i].open &&
		    (!first || comes_before(&twins[i], first)))
			first = &twins[i];
	return first;
}

/* A source that has nothing to give at first is none: `is_apart` marks those that have. */
static void hand_out_naively(struct fold *f, uint32_t hour_s, struct twin_list *list, struct twin_list *others,
			     struct twin_list *kept)
{
	struct twin *need;

	list->count = others->count = kept->count = 0;
	read_twins(f, hour_s);
	for (uint32_t i = 0; i < twin_count; i++)
		twins[i].is_apart = twins[i].line.kind != LINE_NEED && twins[i].available > 0;
	while ((need = next_in_turn()) != NULL) {
		bool any_known, any_strange;
		struct twin *source = nearest(f, need, KNOWN, &any_known);
		struct twin *strange = nearest(f, need, STRANGE, &any_strange);
		uint64_t quantity;

		if (!source) {
			if (strange && !any_known && !need->is_kept)
				add_row(others, need, strange, twin_portion(need, strange));
			need->is_listed = false;
			continue;
		}
		quantity = twin_portion(need, source);
		add_row(need->is_kept ? kept : list, need, source, quantity);
		source->available -= (int64_t)quantity;
		need->open -= quantity;
		need->coming_s += lasts(need, quantity);
		judge(need, hour_s);
		if (!need->open && !need->is_kept)
			keep(need);
	}
}

/* Random neighbourhoods. */

static const uint16_t ITEMS[] = { WATER, WASHING, TABLETS, MEAL, BLANKET, DIAPERS };

static void random_site(struct story *s, enum who who, struct dice *dice)
{
	struct entered *said = site(s, who, 1);

	if (dice_below(dice, 5))
		said->entry.site.place =
			(struct place){ 35000000 + (int32_t)dice_below(dice, 300000),
					-77000000 + (int32_t)dice_below(dice, 5) * 60000, PLACE_POINT };
	story_name(said);
}

static void random_line(struct story *s, enum who who, uint32_t number, struct dice *dice)
{
	struct entry e = blank(ENTRY_LINE, number, NOON - dice_below(dice, 40) * HOUR);
	struct line *line = &e.line;

	line->kind = number < 20 ? LINE_NEED : number < 30 ? LINE_RESOURCE : LINE_OFFER;
	line->item = ITEMS[dice_below(dice, 6)];
	line->quantity_milli = dice_below(dice, 300) * 500;
	line->created = NOON - dice_below(dice, 60) * HOUR;
	line->lot_milli = dice_below(dice, 3) ? 0 : 7000;
	line->flags = dice_below(dice, 9) ? 0 : LINE_DRILL;
	strcpy(line->variant, (const char *[]){ "", "", "small", "big" }[dice_below(dice, 4)]);
	if (dice_below(dice, 6))
		line->site = ref_of(who, 1);
	else
		line->cell = (struct place){ 35100000, -76900000, 6 };
	if (line->kind == LINE_NEED) {
		line->people = dice_below(dice, 6) * 7;
		line->infants = line->people ? dice_below(dice, 4) : 0;
		line->elders = line->people ? dice_below(dice, 4) : 0;
		line->within_h = (const uint32_t[]){ 0, 6, 24, 24, 72 }[dice_below(dice, 5)];
		line->substitutes[0] = dice_below(dice, 2) ? ITEMS[dice_below(dice, 6)] : 0;
	} else {
		line->reach_km = dice_below(dice, 3) ? 0 : 12;
		line->use_by = dice_below(dice, 2) ? 0 : (uint16_t)(NOON / DAY + dice_below(dice, 4) - 1);
	}
	if (line->kind == LINE_RESOURCE) {
		line->counted = NOON - dice_below(dice, 30) * HOUR;
		line->reserve_milli = dice_below(dice, 3) ? 0 : 5000;
	}
	tell(s, who, &e);
}

static void random_move(struct story *s, uint32_t number, struct dice *dice)
{
	static const enum move_stage stages[] = { MOVE_RECEIVED, MOVE_RECEIVED, MOVE_GIVEN,   MOVE_SENT,
						  MOVE_SENT,     MOVE_PLEDGED,  MOVE_DECLINED };
	enum who needy = (enum who)dice_below(dice, 6), holder = (enum who)dice_below(dice, 6);
	enum move_stage stage = stages[dice_below(dice, 7)];
	enum who who = stage == MOVE_RECEIVED || stage == MOVE_GIVEN || !dice_below(dice, 6) ? needy : holder;
	struct entered *said = move(s, (struct moving){ who, number, stage, ref_of(needy, 10 + dice_below(dice, 2)),
							ref_of(holder, 20 + 10 * dice_below(dice, 2)), NOTHING,
							1 + dice_below(dice, 60) * 500, 0, 0 });

	said->entry.hlc.time = said->entry.move.at = NOON - dice_below(dice, 40) * HOUR;
	said->entry.move.due = dice_below(dice, 2) ? said->entry.move.at + dice_below(dice, 20) * HOUR : 0;
	story_name(said);
}

static void random_town(struct story *s, struct dice *dice)
{
	for (enum who who = SCHOOL; who <= STRANGER; who++) {
		random_site(s, who, dice);
		random_line(s, who, 10, dice);
		if (dice_below(dice, 2))
			random_line(s, who, 11, dice);
		if (dice_below(dice, 2))
			random_line(s, who, 20, dice);
		if (!dice_below(dice, 3))
			random_line(s, who, 30, dice);
		for (uint32_t number = 900; number < 903; number++)
			trusting(s, who, number, TRUST_VOUCH, (enum who)dice_below(dice, 6), NOON - 50 * HOUR);
	}
	for (uint32_t number = 40; s->count < STORY_MAX; number++)
		random_move(s, number, dice);
	s->now_s = NOON + dice_below(dice, 2) * HOUR;
}

/* As it is read: what people die without sooner on top, then what is due first. */
static bool stands_above(const struct twin *a, const struct twin *b)
{
	return a->tier != b->tier ? a->tier < b->tier : a->line.due_s < b->line.due_s;
}

static void sort_naively(struct twin_list *list)
{
	for (uint32_t i = 0; i + 1 < list->count; i++)
		for (uint32_t j = 0; j + 1 < list->count; j++)
			if (stands_above(list->rows[j + 1].need, list->rows[j].need)) {
				struct twin_row row = list->rows[j];

				list->rows[j] = list->rows[j + 1];
				list->rows[j + 1] = row;
			}
}

static void is_list(struct fold *f, const struct allocate_portion *rows, uint32_t count, const struct twin_list *list)
{
	assert_int_equal(count, list->count);
	for (uint32_t i = 0; i < count; i++) {
		assert_int_equal(rows[i].need, list->rows[i].need->line.record.own);
		assert_int_equal(rows[i].source, list->rows[i].source->line.record.own);
		assert_int_equal(rows[i].quantity_milli, list->rows[i].quantity);
		assert_int_equal(rows[i].without_h, list->rows[i].need->without_h);
		assert_int_equal(rows[i].distance_m, distance(f, list->rows[i].need, list->rows[i].source));
	}
}

/* Beside what the fold itself says, whatever the rule. */
static void nothing_is_too_much(struct fold *f)
{
	for (uint32_t i = 0; i < fold_count(f, FOLD_LINES); i++) {
		struct fold_line line;
		struct fold_sums sums;
		struct entry said;
		uint64_t in = 0, out = 0;

		fold_line(f, i, &line);
		fold_line_sums(f, i, &sums);
		fold_read(f, line.record.standing, &said);
		for (uint32_t at = 0; at < plan.portion_count; at++) {
			in += plan.portions[at].need == line.record.own ? plan.portions[at].quantity_milli : 0;
			out += plan.portions[at].source == line.record.own ? plan.portions[at].quantity_milli : 0;
		}
		if (line.kind == LINE_NEED && said.line.quantity_milli)
			assert_true(in <= sums.open_milli);
		if (out)
			assert_true((int64_t)(out + sums.promised_milli + said.line.reserve_milli) <=
				    sums.on_hand_milli);
	}
}

static void test_towns_beside_the_naive_twin(void **state)
{
	static struct twin_list list, others, kept;
	const char *seed = getenv("AIDMESH_SEED");
	uint32_t first = seed ? (uint32_t)strtoul(seed, NULL, 10) : 1, last = seed ? first : TOWNS;
	uint32_t rows = 0, apart = 0;

	(void)state;
	for (uint32_t town = first; town <= last; town++) {
		struct dice dice = { town };
		struct story s = { .count = 0 };
		struct fold *f;

		random_town(&s, &dice);
		f = as_told(&s);
		hand_out_naively(f, s.now_s, &list, &others, &kept);
		if (plan.portion_count != list.count || plan.other_count != others.count)
			print_message("rerun with AIDMESH_SEED=%u\n", (unsigned)town);
		sort_naively(&list);
		is_list(f, plan.portions, plan.portion_count, &list);
		is_list(f, plan.others, plan.other_count, &others);
		is_list(f, plan.kept, plan.kept_count, &kept);
		nothing_is_too_much(f);
		rows += list.count;
		apart += others.count;
	}
	assert_true(seed || (rows > TOWNS && apart > TOWNS / 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_towns_beside_the_naive_twin),
	};

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
