/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The questions: one pass over the records each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "node/questions/questions_state.h"
#include "proto/catalog/catalog.h"
#include "proto/entry.h"

/* A row about nothing yet. */
static struct top_row blank(void)
{
	return (struct top_row){ .record = FOLD_NONE, .from = FOLD_NONE, .line = FOLD_NONE, .site = UINT32_MAX };
}

static struct top_row about_line(const struct asking *a, const struct fold_line *line)
{
	struct top_row f = blank();

	f.record = f.line = line->record.own;
	f.list = FOLD_LINES;
	f.site = site_index(a, line->record.own);
	f.item = line->item;
	f.said_s = line->record.changed.time;
	return f;
}

static uint8_t tier_of(uint16_t item)
{
	const struct catalog_item *found = item ? catalog_find_code(item) : NULL;

	return found ? found->tier : 3;
}

static bool no_memory(struct asking *a)
{
	a->findings.out_of_memory = true;
	return true;
}

/* What is short: open needs, by item. */

static bool add_short(struct asking *a, struct totals *sums, uint32_t index, const struct fold_line *line)
{
	uint32_t distance = line_distance(a, line->record.own);
	struct fold_sums own;
	struct total *sum;

	if (!is_near(a, distance))
		return true;
	fold_line_sums(a->fold, index, &own);
	if (!line->item) {
		struct top_row f = about_line(a, line);

		f.order = (uint64_t)line->due_s << 8;
		f.record = FOLD_NONE;
		f.quantity = (int64_t)own.open_milli;
		f.of = (int64_t)own.quantity_milli;
		f.people = own.people;
		f.count = 1;
		f.when_s = line->due_s;
		top_rows_add(&a->findings, f);
		return true;
	}
	sum = totals_get(sums, TOTALS_ANYWHERE, line->item);
	if (!sum)
		return false;
	sum->quantity += (int64_t)own.open_milli;
	sum->of += (int64_t)own.quantity_milli;
	/* Whoever exaggerates beyond count makes no crowd look small. */
	if (__builtin_add_overflow(sum->people, own.people, &sum->people))
		sum->people = UINT32_MAX;
	sum->count++;
	sum->when_s = totals_earlier(sum->when_s, line->due_s);
	sum->said_s = totals_earlier(sum->said_s, line->record.changed.time);
	if (distance < sum->near_m) {
		sum->near_m = distance;
		sum->near_site = site_index(a, line->record.own);
	}
	return true;
}

bool find_short(struct asking *a)
{
	struct totals sums = { NULL, 0, 0 };
	bool ok = true;

	for (uint32_t i = 0; ok && i < fold_count(a->fold, FOLD_LINES); i++) {
		struct fold_line line;

		fold_line(a->fold, i, &line);
		if (line.kind == LINE_NEED && line.status == LINE_OPEN)
			ok = add_short(a, &sums, i, &line);
	}
	for (uint32_t i = 0; i < sums.size; i++) {
		const struct total *sum = &sums.table[i];
		struct top_row f = blank();

		if (!sum->is_used)
			continue;
		f.order = (uint64_t)sum->when_s << 8 | tier_of(sum->item);
		f.second = sum->item;
		f.item = sum->item;
		f.site = sum->near_site;
		f.quantity = sum->quantity;
		f.of = sum->of;
		f.people = sum->people;
		f.count = sum->count;
		f.when_s = sum->when_s;
		f.said_s = sum->said_s;
		top_rows_add(&a->findings, f);
	}
	totals_fini(&sums);
	return ok || no_memory(a);
}

/* What runs out: as fast as it went since the count, where that is some hours ago; else as the people there use it. */

static void judge_use(const struct asking *a, struct top_row *f, const struct fold_sums *sums)
{
	const struct catalog_item *item = f->item ? catalog_find_code(f->item) : NULL;
	uint32_t hours = a->q->now_s > sums->counted_s ? (a->q->now_s - sums->counted_s) / 3600 : 0;
	int64_t gone = (int64_t)(sums->quantity_milli + sums->received_milli) - sums->on_hand_milli;
	uint64_t left;

	f->why = sums->on_hand_milli < 0 ? TOP_ROW_RECOUNT : TOP_ROW_UNKNOWN;
	if (sums->on_hand_milli < 0)
		return;
	if (gone > 0 && hours >= QUESTIONS_OBSERVED_S / 3600) {
		f->of = gone * 24 / hours;
		f->why = TOP_ROW_OBSERVED;
	} else if (item && item->per_person_day_milli && f->site != UINT32_MAX && a->spots[f->site].people) {
		f->people = a->spots[f->site].people;
		f->of = (int64_t)item->per_person_day_milli * f->people;
		f->why = TOP_ROW_PEOPLE;
	}
	if (f->of <= 0)
		return;
	left = f->quantity > 0 ? (uint64_t)f->quantity * QUESTIONS_DAY_S / (uint64_t)f->of : 0;
	f->when_s = left > UINT32_MAX - a->q->now_s ? UINT32_MAX : a->q->now_s + (uint32_t)left;
}

bool find_runs_out(struct asking *a)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_LINES); i++) {
		struct fold_line line;
		struct fold_sums sums;
		struct top_row f;

		fold_line(a->fold, i, &line);
		if (line.kind != LINE_RESOURCE || line.status != LINE_OPEN ||
		    !is_near(a, line_distance(a, line.record.own)))
			continue;
		fold_line_sums(a->fold, i, &sums);
		f = about_line(a, &line);
		f.quantity = sums.on_hand_milli - (int64_t)sums.promised_milli;
		judge_use(a, &f, &sums);
		f.order = f.why == TOP_ROW_RECOUNT ? 0 : f.when_s ? f.when_s : UINT64_MAX;
		top_rows_add(&a->findings, f);
	}
	return true;
}

/* What to load. */

struct pallet {
	fold_slot line;
	uint16_t item;
	int64_t left;
	char text[LINE_TEXT_MAX + 1]; /* where there is no item */
};

enum { PALLETS_MAX = 2048, WANTS_MAX = 4096 };

struct truck {
	struct pallet *pallets;
	uint32_t count;
	uint64_t grams_left; /* UINT64_MAX: no bound */
	uint32_t unweighed, loaded;
};

static void collect_pallets(const struct asking *a, struct truck *truck)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_LINES) && truck->count < PALLETS_MAX; i++) {
		struct pallet *pallet = &truck->pallets[truck->count];
		struct fold_line line;
		struct entry standing;

		fold_line(a->fold, i, &line);
		if (line.kind == LINE_NEED || line.status != LINE_OPEN || site_index(a, line.record.own) != a->here)
			continue;
		*pallet = (struct pallet){ .line = line.record.own, .item = line.item };
		pallet->left = available_of(a->fold, i, &line);
		fold_read(a->fold, line.record.standing, &standing);
		memcpy(pallet->text, standing.line.text, sizeof pallet->text);
		truck->count += pallet->left > 0;
	}
}

/* The needs there, the most pressing first. */
static void collect_wants(const struct asking *a, struct top_rows *wants)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_LINES); i++) {
		struct fold_line line;
		struct fold_sums sums;
		struct top_row f;

		fold_line(a->fold, i, &line);
		if (line.kind != LINE_NEED || line.status != LINE_OPEN || site_index(a, line.record.own) != a->to)
			continue;
		fold_line_sums(a->fold, i, &sums);
		f = about_line(a, &line);
		f.order = (uint64_t)line.due_s << 8 | tier_of(line.item);
		f.quantity = (int64_t)sums.open_milli;
		f.people = sums.people;
		f.when_s = line.due_s;
		top_rows_add(wants, f);
	}
}

static bool serves(const struct pallet *pallet, const struct line *need)
{
	if (!need->item && !pallet->item)
		return strcasecmp(pallet->text, need->text) == 0;
	if (!pallet->item)
		return false;
	if (pallet->item == need->item)
		return true;
	for (size_t i = 0; i < SUBSTITUTES_MAX; i++)
		if (pallet->item == need->substitutes[i])
			return true;
	return false;
}

/* As much as there is, is missing and can be carried; whole units where the weight cuts it. 0: not worth it. */
static int64_t load_of(struct truck *truck, const struct pallet *pallet, const struct top_row *want,
		       const struct line *need)
{
	const struct catalog_item *item = pallet->item ? catalog_find_code(pallet->item) : NULL;
	int64_t quantity = pallet->left < want->quantity ? pallet->left : want->quantity;

	if (item && item->kg_milli && truck->grams_left != UINT64_MAX &&
	    (uint64_t)quantity * item->kg_milli / 1000 > truck->grams_left)
		quantity = (int64_t)(truck->grams_left / item->kg_milli * 1000);
	return quantity < (int64_t)need->lot_milli ? 0 : quantity;
}

static void weigh(struct top_row *f, uint16_t code)
{
	const struct catalog_item *item = code ? catalog_find_code(code) : NULL;

	f->grams = item ? (uint64_t)f->quantity * item->kg_milli / 1000 : 0;
	f->why = f->grams && item->kg_estimate ? TOP_ROW_WEIGHT : TOP_ROW_NOTHING;
}

static void load(struct asking *a, struct truck *truck, struct top_row *want)
{
	uint32_t index = fold_index(a->fold, FOLD_LINES, want->record);
	struct fold_record record;
	struct entry need;

	fold_record(a->fold, FOLD_LINES, index, &record);
	fold_read(a->fold, record.standing, &need);
	for (uint32_t i = 0; i < truck->count && want->quantity > 0; i++) {
		struct pallet *pallet = &truck->pallets[i];
		int64_t quantity = serves(pallet, &need.line) ? load_of(truck, pallet, want, &need.line) : 0;
		struct top_row f = *want;

		if (quantity <= 0)
			continue;
		f.order = truck->loaded++;
		f.quantity = quantity;
		f.from = f.line = pallet->line;
		weigh(&f, pallet->item);
		truck->unweighed += !f.grams;
		if (truck->grams_left != UINT64_MAX)
			truck->grams_left -= f.grams;
		want->quantity -= quantity;
		pallet->left -= quantity;
		top_rows_add(&a->findings, f);
	}
}

bool find_load(struct asking *a)
{
	struct pallet *pallets = calloc(PALLETS_MAX, sizeof *pallets);
	struct truck truck = { .pallets = pallets, .grams_left = UINT64_MAX };
	struct top_rows wants;

	if (!pallets)
		return no_memory(a);
	if (a->asked->kg)
		truck.grams_left = a->asked->kg * 1000ull;
	top_rows_init(&wants, WANTS_MAX);
	collect_pallets(a, &truck);
	collect_wants(a, &wants);
	top_rows_sort(&wants);
	for (uint32_t i = 0; i < wants.count; i++)
		load(a, &truck, &wants.rows[i]);
	if (truck.unweighed)
		snprintf(a->remark, VIEW_REMARK_SIZE, "%u of them have no known weight: weigh them.", truck.unweighed);
	a->findings.out_of_memory = a->findings.out_of_memory || wants.out_of_memory;
	top_rows_fini(&wants);
	free(pallets);
	return true;
}

/* What came in: what others said in rows that were stored since. */

struct reading {
	struct asking *a;
	uint8_t *seen; /* a bit for each slot */
};

enum news_order { NEWS_ALERT, NEWS_NEED, NEWS_STOCK, NEWS_MOVE, NEWS_NOTE, NEWS_SITE };

/* Only what puts it into its place: the rest is looked at when it stands on the page (news_complete). */
static struct top_row news_of(const struct asking *a, enum fold_list list, fold_slot record)
{
	struct top_row f = blank();
	struct fold_line line;
	struct fold_move move;
	struct fold_note note;

	f.list = (uint8_t)list;
	f.record = record;
	switch (list) {
	case FOLD_SITES:
		f.order = (uint64_t)NEWS_SITE << 32;
		break;
	case FOLD_LINES:
		fold_line_at(a->fold, record, &line);
		f.order = (uint64_t)(line.kind == LINE_NEED ? NEWS_NEED : NEWS_STOCK) << 32 | line.due_s;
		break;
	case FOLD_MOVES:
		fold_move_at(a->fold, record, &move);
		f.order = (uint64_t)NEWS_MOVE << 32 | move.due_s;
		break;
	case FOLD_NOTES:
		fold_note_at(a->fold, record, &note);
		f.order = (uint64_t)(note.kind == NOTE_ALERT ? NEWS_ALERT : NEWS_NOTE) << 32 |
			  (UINT32_MAX - note.record.changed.time);
		break;
	case FOLD_LISTS:
		break;
	}
	return f;
}

void news_complete(const struct asking *a, struct top_row *f)
{
	uint32_t index = fold_index(a->fold, (enum fold_list)f->list, f->record);
	struct fold_record record;
	struct fold_line line;
	struct fold_sums sums;
	struct fold_move move;

	if (index == UINT32_MAX)
		return;
	fold_record(a->fold, (enum fold_list)f->list, index, &record);
	f->said_s = record.changed.time;
	if (f->list == FOLD_SITES)
		f->site = index;
	if (f->list == FOLD_LINES) {
		fold_line(a->fold, index, &line);
		fold_line_sums(a->fold, index, &sums);
		f->line = f->record;
		f->quantity = line.kind == LINE_NEED ? (int64_t)sums.open_milli : sums.on_hand_milli;
		f->people = sums.people;
		f->when_s = line.due_s;
	}
	if (f->list == FOLD_MOVES) {
		fold_move(a->fold, index, &move);
		f->line = move.of == FOLD_NONE ? move.from : move.of;
		f->quantity = (int64_t)move.quantity_milli;
		f->when_s = move.due_s;
	}
	if (f->line != FOLD_NONE)
		f->site = site_index(a, f->line);
}

static void on_register(void *user, uint64_t handle, const struct public_key *author, enum entry_kind kind,
			uint32_t number)
{
	struct reading *r = user;
	enum fold_list list;
	fold_slot record;

	if (handle <= r->a->q->walk->after || public_key_equal(author, r->a->q->self))
		return;
	record = fold_record_of(r->a->fold, &list, author, kind, number);
	if (record == FOLD_NONE || (r->seen[record / 8] >> record % 8 & 1))
		return;
	r->seen[record / 8] |= (uint8_t)(1 << record % 8);
	top_rows_add(&r->a->findings, news_of(r->a, list, record));
}

bool find_news(struct asking *a)
{
	struct reading r = { .a = a };

	if (!a->q->walk->since) {
		snprintf(a->remark, VIEW_REMARK_SIZE, "Nobody came by yet, and no bundle was read in.");
		return true;
	}
	r.seen = calloc(fold_slots(a->fold) / 8 + 1, 1);
	if (!r.seen)
		return no_memory(a);
	sync_each_register(a->q->sync, on_register, &r);
	free(r.seen);
	return true;
}

/* Journeys. */

static struct top_row about_move(const struct asking *a, const struct fold_move *move)
{
	struct top_row f = blank();

	f.list = FOLD_MOVES;
	f.record = move->record.own;
	f.line = move->of == FOLD_NONE ? move->from : move->of;
	f.site = site_index(a, f.line);
	f.quantity = (int64_t)move->quantity_milli;
	f.when_s = move->due_s;
	f.said_s = move->record.changed.time;
	return f;
}

static bool is_awaited(const struct fold_move *move)
{
	return move->stage == MOVE_PLEDGED || move->stage == MOVE_SENT;
}

bool find_late(struct asking *a)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_MOVES); i++) {
		struct fold_move move;
		struct top_row f;

		fold_move(a->fold, i, &move);
		if (!is_awaited(&move) || !move.due_s || move.due_s >= a->q->now_s || move.need_closed)
			continue;
		f = about_move(a, &move);
		f.order = move.due_s;
		f.why = move.lapsed ? TOP_ROW_LAPSED : move.stage == MOVE_SENT ? TOP_ROW_SENT : TOP_ROW_PROMISED;
		top_rows_add(&a->findings, f);
	}
	return true;
}

/* What is left over: beyond reserve and promises, and beyond what the same place needs. */

static bool add_own_needs(const struct asking *a, struct totals *sums)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_LINES); i++) {
		struct fold_line line;
		struct fold_sums own;
		struct total *sum;

		fold_line(a->fold, i, &line);
		if (line.kind != LINE_NEED || line.status != LINE_OPEN || !line.item ||
		    site_index(a, line.record.own) != a->here)
			continue;
		fold_line_sums(a->fold, i, &own);
		sum = totals_get(sums, a->here, line.item);
		if (!sum)
			return false;
		sum->quantity += (int64_t)own.open_milli;
	}
	return true;
}

static bool add_surplus(struct asking *a, struct totals *sums, uint32_t index, const struct fold_line *line)
{
	int64_t left = available_of(a->fold, index, line), wanted;
	struct total *sum = line->item ? totals_get(sums, a->here, line->item) : NULL;
	struct top_row f;

	if (line->item && !sum)
		return false;
	if (left > 0 && sum) {
		wanted = left < sum->quantity ? left : sum->quantity;
		sum->quantity -= wanted;
		left -= wanted;
	}
	if (left <= 0)
		return true;
	f = about_line(a, line);
	f.order = (uint64_t)tier_of(line->item) << 16 | line->item;
	f.quantity = left;
	top_rows_add(&a->findings, f);
	return true;
}

/* Of a need that is not closed yet: what came beyond it. Of some, however much, nothing is beyond. */
static void add_beyond(struct asking *a, uint32_t index, const struct fold_line *line)
{
	struct fold_sums sums;
	struct top_row f;

	fold_line_sums(a->fold, index, &sums);
	if (line->status != LINE_MET || !sums.quantity_milli || sums.received_milli <= sums.quantity_milli)
		return;
	f = about_line(a, line);
	f.order = (uint64_t)tier_of(line->item) << 16 | line->item;
	f.quantity = (int64_t)(sums.received_milli - sums.quantity_milli);
	f.why = TOP_ROW_BEYOND;
	top_rows_add(&a->findings, f);
}

bool find_surplus(struct asking *a)
{
	struct totals sums = { NULL, 0, 0 };
	bool ok = add_own_needs(a, &sums);

	for (uint32_t i = 0; ok && i < fold_count(a->fold, FOLD_LINES); i++) {
		struct fold_line line;

		fold_line(a->fold, i, &line);
		if (site_index(a, line.record.own) != a->here)
			continue;
		if (line.kind == LINE_NEED)
			add_beyond(a, i, &line);
		else if (line.status == LINE_OPEN)
			ok = add_surplus(a, &sums, i, &line);
	}
	totals_fini(&sums);
	return ok || no_memory(a);
}

/* Needs with one voice alone. */

static void mark_confirmed(const struct asking *a, uint8_t *confirmed)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_NOTES); i++) {
		struct fold_note note;
		struct fold_record line;
		uint32_t index;

		fold_note(a->fold, i, &note);
		if ((note.kind != NOTE_SEEN && note.kind != NOTE_STILL_NEEDED) || note.of == FOLD_NONE ||
		    fold_kind(a->fold, note.of) != ENTRY_LINE)
			continue;
		index = fold_index(a->fold, FOLD_LINES, note.of);
		if (index == UINT32_MAX)
			continue;
		fold_record(a->fold, FOLD_LINES, index, &line);
		if (!public_key_equal(line.author, note.record.author))
			confirmed[index] = 1;
	}
}

bool find_unconfirmed(struct asking *a)
{
	uint32_t count = fold_count(a->fold, FOLD_LINES);
	uint8_t *confirmed = calloc(count + 1, 1);

	if (!confirmed)
		return no_memory(a);
	mark_confirmed(a, confirmed);
	for (uint32_t i = 0; i < count; i++) {
		struct fold_line line;
		struct fold_sums sums;
		struct top_row f;
		bool is_trusted;

		fold_line(a->fold, i, &line);
		if (line.kind != LINE_NEED || (line.status != LINE_OPEN && line.status != LINE_EXPIRED) ||
		    confirmed[i] || !is_near(a, line_distance(a, line.record.own)))
			continue;
		is_trusted = picture_trust(a->picture, line.record.author) != VIEW_STRANGER;
		fold_line_sums(a->fold, i, &sums);
		f = about_line(a, &line);
		f.order = (uint64_t)is_trusted << 32 | line.record.changed.time;
		f.quantity = (int64_t)sums.open_milli;
		f.people = sums.people;
		f.when_s = line.due_s;
		f.why = is_trusted ? TOP_ROW_ONE_VOICE : TOP_ROW_STRANGER;
		top_rows_add(&a->findings, f);
	}
	free(confirmed);
	return true;
}

/* Silence is unknown, never "no need". */

bool find_silent(struct asking *a)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_SITES); i++) {
		struct fold_site site;
		struct entry standing;
		struct top_row f = blank();

		fold_site(a->fold, i, &site);
		if (site.heard_s + QUESTIONS_SILENT_S > a->q->now_s || !is_near(a, a->spots[i].distance_m))
			continue;
		fold_read(a->fold, site.record.standing, &standing);
		if (standing.site.state == SITE_CLOSED || standing.site.state == SITE_MOVED)
			continue;
		f.order = site.heard_s;
		f.list = FOLD_SITES;
		f.record = site.record.own;
		f.site = i;
		f.people = standing.site.people;
		f.count = site.open_needs;
		f.said_s = site.heard_s;
		top_rows_add(&a->findings, f);
	}
	return true;
}

/* Who was served: what needs received, or what went out at the door for no need in particular. What came for a need and
 * went on through the door is the same supplies twice, so of the two the larger counts, not their sum. */

static bool add_served(const struct asking *a, struct totals *sums, bool is_given, fold_slot line, uint16_t item,
		       uint64_t quantity, uint32_t people, uint32_t said_s)
{
	uint32_t site = site_index(a, line);
	struct total *sum = site == UINT32_MAX || !item ? NULL : totals_get(sums, site, item);

	if (site == UINT32_MAX || !item)
		return true;
	if (!sum)
		return false;
	*(is_given ? &sum->of : &sum->quantity) += (int64_t)quantity;
	if (people > sum->people)
		sum->people = people;
	sum->said_s = totals_earlier(sum->said_s, said_s);
	return true;
}

static bool add_needs_served(const struct asking *a, struct totals *sums)
{
	bool ok = true;

	for (uint32_t i = 0; ok && i < fold_count(a->fold, FOLD_LINES); i++) {
		struct fold_line line;
		struct fold_sums own;

		fold_line(a->fold, i, &line);
		if (line.kind != LINE_NEED)
			continue;
		fold_line_sums(a->fold, i, &own);
		/* What they received stays received; what was withdrawn is no need of theirs. */
		if (line.status == LINE_CLOSED && !own.received_milli)
			continue;
		ok = add_served(a, sums, false, line.record.own, line.item, own.received_milli, own.people,
				line.record.changed.time);
	}
	return ok;
}

static bool add_given(const struct asking *a, struct totals *sums)
{
	bool ok = true;

	for (uint32_t i = 0; ok && i < fold_count(a->fold, FOLD_MOVES); i++) {
		struct fold_move move;
		struct fold_line line;
		uint32_t index;

		fold_move(a->fold, i, &move);
		if (move.stage != MOVE_GIVEN || move.of != FOLD_NONE || move.from == FOLD_NONE)
			continue;
		index = fold_index(a->fold, FOLD_LINES, move.from);
		if (index == UINT32_MAX)
			continue;
		fold_line(a->fold, index, &line);
		ok = add_served(a, sums, true, move.from, line.item, move.quantity_milli, 0,
				fold_move_time(a->fold, move.last));
	}
	return ok;
}

bool find_served(struct asking *a)
{
	struct totals sums = { NULL, 0, 0 };
	bool ok = add_needs_served(a, &sums) && add_given(a, &sums);

	for (uint32_t i = 0; i < sums.size; i++) {
		const struct total *sum = &sums.table[i];
		struct top_row f = blank();

		if (!sum->is_used || !is_near(a, a->spots[sum->site].distance_m))
			continue;
		f.people = a->spots[sum->site].people ? a->spots[sum->site].people : sum->people;
		f.quantity = sum->quantity > sum->of ? sum->quantity : sum->of;
		f.of = f.people ? f.quantity / f.people : 0;
		f.item = sum->item;
		f.site = sum->site;
		f.said_s = sum->said_s;
		/* By item, who got least first; of how many nobody knows, last. */
		f.order = (uint64_t)sum->item << 48 | (f.people ? (uint64_t)f.of : 0xFFFFFFFFFFFF);
		f.second = sum->site;
		top_rows_add(&a->findings, f);
	}
	totals_fini(&sums);
	return ok || no_memory(a);
}

/* What ends within a day. */

static uint32_t retired_s(uint32_t time_s, enum entry_kind kind)
{
	uint64_t days = kind == ENTRY_MOVE ? RETAIN_MOVE_DAYS : RETAIN_LINE_DAYS;
	uint64_t end = (time_s / EPOCH_S + days + 1) * EPOCH_S;

	return end > UINT32_MAX ? UINT32_MAX : (uint32_t)end;
}

static void add_ending(struct asking *a, struct top_row f, uint32_t when_s, enum top_row_why why)
{
	if (when_s < a->q->now_s || when_s > a->q->now_s + QUESTIONS_DAY_S)
		return;
	f.order = f.when_s = when_s;
	f.why = (uint8_t)why;
	top_rows_add(&a->findings, f);
}

static void add_ending_line(struct asking *a, uint32_t index)
{
	struct fold_line line;
	struct fold_sums sums;
	struct top_row f;
	uint32_t end;

	fold_line(a->fold, index, &line);
	end = retired_s(line.record.changed.time, ENTRY_LINE);
	if (line.status == LINE_CLOSED || line.status == LINE_MET ||
	    (line.due_s > a->q->now_s + QUESTIONS_DAY_S && end > a->q->now_s + QUESTIONS_DAY_S))
		return;
	fold_line_sums(a->fold, index, &sums);
	f = about_line(a, &line);
	f.quantity = line.kind == LINE_NEED ? (int64_t)sums.open_milli : sums.on_hand_milli;
	f.people = sums.people;
	if (line.kind == LINE_NEED && line.status == LINE_OPEN && line.due_s < end)
		add_ending(a, f, line.due_s, TOP_ROW_NEED);
	else
		add_ending(a, f, end, TOP_ROW_FORGOTTEN);
}

bool find_expiring(struct asking *a)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_LINES); i++)
		add_ending_line(a, i);
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_MOVES); i++) {
		struct fold_move move;

		fold_move(a->fold, i, &move);
		if (is_awaited(&move) && move.due_s && !move.lapsed)
			add_ending(a, about_move(a, &move), move.due_s + FOLD_LAPSE_S, TOP_ROW_LAPSES);
	}
	return true;
}
