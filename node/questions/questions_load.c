/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What to load on a truck: what is promised there and has not left, then what else is here for what is needed there. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "node/questions/questions_state.h"
#include "proto/catalog/catalog.h"
#include "proto/goods.h"

struct pallet {
	fold_slot line;
	uint16_t item;
	bool is_loaded;
	int64_t left;
	int64_t elsewhere;            /* of what is loaded: so much of it other places ask for */
	char text[LINE_TEXT_MAX + 1]; /* where there is no item */
	char variant[LINE_VARIANT_MAX + 1];
};

enum { PALLETS_MAX = 2048, WANTS_MAX = 4096, SHARED_TOLD_MAX = 3 };

/* That stock will not serve that need. */
struct declined {
	fold_slot need, from;
};

struct truck {
	uint16_t refuses; /* what the place it goes to does not take, by sector */
	struct declined *declined;
	uint32_t declined_count, declined_seen;
	uint32_t unsaid; /* so many needs that something here would serve say no number */
	char unsaid_refs[SAID_VALUE_MAX / 2];
	char declined_refs[SAID_VALUE_MAX / 2]; /* of needs that something here would serve */
	struct pallet *pallets;
	uint32_t count;
	uint64_t grams_left; /* UINT64_MAX: no bound */
	uint32_t unweighed, loaded;
	uint64_t grams_staying;           /* that had no room */
	char staying[SAID_VALUE_MAX / 2]; /* refs of what it is for */
	char missing[SAID_VALUE_MAX / 2]; /* promises of more than is on the shelf */
};

static void collect_pallets(const struct asking *a, struct truck *truck)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_LINES) && truck->count < PALLETS_MAX; i++) {
		struct pallet *pallet = &truck->pallets[truck->count];
		struct fold_line line;
		struct entry standing;

		fold_line(a->fold, i, &line);
		if (line.kind == LINE_NEED || line.kind == LINE_ROUND || line.status != LINE_OPEN ||
		    questions_site_index(a, line.record.own) != a->here || !questions_counts_line(a, &line.record))
			continue;
		*pallet = (struct pallet){ .line = line.record.own, .item = line.item };
		pallet->left = questions_available_of(a, i, &line);
		fold_read(a->fold, line.record.standing, &standing);
		memcpy(pallet->text, standing.line.text, sizeof pallet->text);
		memcpy(pallet->variant, standing.line.variant, sizeof pallet->variant);
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
		if (line.kind != LINE_NEED || !fold_line_is_open(&line) ||
		    questions_site_index(a, line.record.own) != a->to || !questions_counts_line(a, &line.record))
			continue;
		fold_line_sums(a->fold, i, &sums);
		f = questions_row_of_line(a, &line, &sums);
		f.order = questions_need_order(f.late, line.due_s) | questions_tier_of(line.item);
		questions_row_amount(&f, &line, &sums);
		f.people = sums.people;
		f.when_s = line.due_s;
		top_rows_add(wants, f);
	}
}

/* By the stock's holder or by the place; until the need is said anew, as the plan has it. */
static bool is_declined_move(struct asking *a, const struct fold_move *move, struct declined *declined)
{
	struct fold_line line;
	struct entry first, last;
	struct fold_record source;
	struct ref from;
	uint32_t index;

	if (move->stage != MOVE_DECLINED || move->of == FOLD_NONE)
		return false;
	fold_read(a->fold, move->record.own, &first);
	fold_read(a->fold, move->last, &last);
	fold_line_at(a->fold, move->of, &line);
	from = ref_is_none(first.move.from) ? last.move.from : first.move.from;
	index = ref_is_none(from) ? UINT32_MAX : fold_find(a->fold, FOLD_LINES, from);
	if (index == UINT32_MAX || hlc_compare(last.hlc, line.record.changed) <= 0)
		return false;
	fold_record(a->fold, FOLD_LINES, index, &source);
	*declined = (struct declined){ .need = move->of, .from = source.own };
	return true;
}

static void collect_declined(struct asking *a, struct truck *truck)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_MOVES); i++) {
		struct fold_move move;

		fold_move(a->fold, i, &move);
		truck->declined_count += is_declined_move(a, &move, &truck->declined[truck->declined_count]);
	}
}

static bool is_declined(const struct asking *a, struct truck *truck, const struct pallet *pallet, fold_slot need)
{
	for (uint32_t i = 0; i < truck->declined_count; i++) {
		if (truck->declined[i].need != need || truck->declined[i].from != pallet->line)
			continue;
		picture_ref_list(a->picture, fold_ref(a->fold, need), truck->declined_refs,
				 sizeof truck->declined_refs);
		truck->declined_seen++;
		return true;
	}
	return false;
}

static bool is_refused(struct asking *a, const struct truck *truck, uint16_t code)
{
	const struct catalog_item *item = catalog_find_code(code);

	if (!item || !(truck->refuses >> item->sector_index & 1))
		return false;
	(void)said_add(a->remark,
		       SAY_OF(LOAD_REFUSED, say_item(code, NULL), say_part(SAY_PAGE_SECTORS, item->sector_index)));
	return true;
}

static bool serves(const struct pallet *pallet, const struct line *need)
{
	if (variants_differ(pallet->variant, need->variant))
		return false;
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

static uint64_t grams_of(uint16_t code, int64_t milli)
{
	const struct catalog_item *item = code ? catalog_find_code(code) : NULL;

	return item ? (uint64_t)milli * item->kg_milli / 1000 : 0;
}

/* Of that much what can be carried; whole units where the weight cuts it. */
static int64_t carried_of(const struct truck *truck, uint16_t code, int64_t milli)
{
	if (truck->grams_left == UINT64_MAX || grams_of(code, milli) <= truck->grams_left)
		return milli;
	return (int64_t)(truck->grams_left / catalog_find_code(code)->kg_milli * 1000);
}

static int64_t at_most(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static bool is_worth_it(int64_t quantity, const struct line *need)
{
	return quantity > 0 && quantity >= (int64_t)need->lot_milli;
}

static void leave(struct asking *a, struct truck *truck, fold_slot record, uint16_t code, int64_t milli)
{
	truck->grams_staying += grams_of(code, milli);
	picture_ref_list(a->picture, fold_ref(a->fold, record), truck->staying, sizeof truck->staying);
}

static void put_on(struct asking *a, struct truck *truck, struct top_row f, uint16_t code)
{
	f.order = truck->loaded++;
	f.grams = grams_of(code, f.quantity);
	f.why = f.grams && catalog_find_code(code)->kg_estimate ? TOP_ROW_WEIGHT : TOP_ROW_NOTHING;
	truck->unweighed += !f.grams;
	if (truck->grams_left != UINT64_MAX)
		truck->grams_left -= f.grams;
	top_rows_add(&a->findings, f);
}

/* --- what is promised --- */

/* From a shelf here, or by this node from no shelf. */
static bool leaves_here(const struct asking *a, const struct fold_move *move)
{
	if (move->from != FOLD_NONE)
		return questions_site_index(a, move->from) == a->here;
	return move->pledger && public_key_equal(move->pledger, a->picture->self);
}

static bool is_to_go(const struct asking *a, const struct fold_move *move)
{
	struct fold_line line;

	if (!move->promised_milli || move->of == FOLD_NONE || move->need_closed || !leaves_here(a, move) ||
	    questions_site_index(a, move->of) != a->to || !questions_counts_move(a, move))
		return false;
	fold_line_at(a->fold, move->of, &line);
	return line.status != LINE_MET && line.status != LINE_CLOSED;
}

/* What covers nothing, since it is late or waits to be accepted, is still promised: of neither end it is there a second time. */
static void take_off(struct truck *truck, struct top_rows *wants, const struct fold_move *move)
{
	for (uint32_t i = 0; (!move->counts || move->too_late) && i < wants->count; i++)
		if (wants->rows[i].record == move->of)
			wants->rows[i].quantity -= (int64_t)move->promised_milli;
	for (uint32_t i = 0; move->lapsed && move->from != FOLD_NONE && i < truck->count; i++)
		if (truck->pallets[i].line == move->from)
			truck->pallets[i].left -= (int64_t)move->promised_milli;
}

/* What is due first goes first. */
static void collect_promised(struct asking *a, struct top_rows *promised)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_MOVES); i++) {
		struct fold_move move;
		struct top_row f;

		fold_move(a->fold, i, &move);
		if (!is_to_go(a, &move))
			continue;
		f = questions_row_of_move(a, &move);
		f.order = move.due_s;
		top_rows_add(promised, f);
	}
	top_rows_sort(promised);
}

/* Nobody loads what is not there: what stands on the shelf, less what was loaded from it already. */
static int64_t on_shelf(const struct asking *a, fold_slot from)
{
	int64_t there = INT64_MAX;
	struct fold_line line;
	struct fold_sums sums;

	if (from == FOLD_NONE)
		return there;
	fold_line_at(a->fold, from, &line);
	if (line.kind != LINE_RESOURCE)
		return there;
	fold_line_sums(a->fold, fold_index(a->fold, FOLD_LINES, from), &sums);
	there = sums.on_hand_milli;
	for (uint32_t i = 0; i < a->findings.count; i++)
		there -= a->findings.rows[i].from == from ? a->findings.rows[i].quantity : 0;
	return there > 0 ? there : 0;
}

static void load_promise(struct asking *a, struct truck *truck, struct top_rows *wants, struct top_row f)
{
	struct fold_move move;
	struct fold_line line;
	int64_t there, wanted;

	fold_move_at(a->fold, f.record, &move);
	fold_line_at(a->fold, f.line, &line);
	take_off(truck, wants, &move);
	if (is_refused(a, truck, line.item))
		return;
	f.from = move.from;
	f.of = (int64_t)move.promised_milli;
	there = on_shelf(a, move.from);
	wanted = there < f.of ? there : f.of;
	if (wanted < f.of)
		picture_ref_list(a->picture, fold_ref(a->fold, f.record), truck->missing, sizeof truck->missing);
	f.quantity = carried_of(truck, line.item, wanted);
	if (f.quantity < wanted)
		leave(a, truck, f.record, line.item, wanted - f.quantity);
	if (f.quantity > 0)
		put_on(a, truck, f, line.item);
}

/* --- what else is needed --- */

static void load_pallet(struct asking *a, struct truck *truck, struct pallet *pallet, struct top_row *want,
			int64_t quantity)
{
	struct top_row f = *want;

	f.quantity = quantity;
	f.from = f.line = pallet->line;
	want->quantity -= quantity;
	pallet->left -= quantity;
	pallet->is_loaded = true;
	put_on(a, truck, f, pallet->item);
}

/* Something here would serve it, and nobody can know how much of it to take. */
static bool is_unsaid(struct asking *a, struct truck *truck, const struct top_row *want, const struct line *need)
{
	for (uint32_t i = 0; want->unsaid && i < truck->count; i++) {
		const struct pallet *pallet = &truck->pallets[i];

		if (pallet->left <= 0 || !serves(pallet, need) || is_declined(a, truck, pallet, want->record))
			continue;
		picture_ref_list(a->picture, fold_ref(a->fold, want->record), truck->unsaid_refs,
				 sizeof truck->unsaid_refs);
		truck->unsaid++;
		break;
	}
	return want->unsaid;
}

static void load(struct asking *a, struct truck *truck, struct top_row *want)
{
	uint32_t index = fold_index(a->fold, FOLD_LINES, want->record);
	struct fold_record record;
	struct entry need;
	int64_t heavy = 0; /* more than can be carried */
	uint16_t heavy_item = 0;

	fold_record(a->fold, FOLD_LINES, index, &record);
	fold_read(a->fold, record.standing, &need);
	if (is_refused(a, truck, need.line.item) || is_unsaid(a, truck, want, &need.line))
		return;
	for (uint32_t i = 0; i < truck->count && want->quantity > 0; i++) {
		struct pallet *pallet = &truck->pallets[i];
		int64_t there = at_most(pallet->left, want->quantity), quantity;

		if (!serves(pallet, &need.line) || !is_worth_it(there, &need.line) ||
		    is_declined(a, truck, pallet, want->record))
			continue;
		quantity = carried_of(truck, pallet->item, there);
		if (!is_worth_it(quantity, &need.line))
			quantity = 0;
		heavy += there - quantity;
		if (quantity < there)
			heavy_item = pallet->item;
		if (quantity > 0)
			load_pallet(a, truck, pallet, want, quantity);
	}
	heavy = at_most(heavy, want->quantity);
	if (heavy > 0)
		leave(a, truck, want->record, heavy_item, heavy);
}

/* It is loaded, and not yet known that other places ask for more of it than is left. */
static bool is_to_be_shared(const struct pallet *pallet, uint16_t item)
{
	return pallet->is_loaded && pallet->item == item && pallet->elsewhere <= pallet->left;
}

/* What other places ask for of the same. */
static void add_elsewhere(struct asking *a, struct truck *truck, uint32_t index, const struct fold_line *line)
{
	struct fold_record record;
	struct fold_sums sums;
	struct entry need;

	fold_record(a->fold, FOLD_LINES, index, &record);
	fold_read(a->fold, record.standing, &need);
	fold_line_sums(a->fold, index, &sums);
	for (uint32_t i = 0; i < truck->count; i++) {
		struct pallet *pallet = &truck->pallets[i];

		if (is_to_be_shared(pallet, line->item) && serves(pallet, &need.line))
			pallet->elsewhere += (int64_t)sums.open_milli;
	}
}

static bool is_on_truck(const struct truck *truck, uint16_t item)
{
	for (uint32_t i = 0; i < truck->count; i++)
		if (is_to_be_shared(&truck->pallets[i], item))
			return true;
	return false;
}

static void find_elsewhere(struct asking *a, struct truck *truck)
{
	for (uint32_t i = 0; truck->loaded && i < fold_count(a->fold, FOLD_LINES); i++) {
		struct fold_line line;

		fold_line(a->fold, i, &line);
		if (line.kind == LINE_NEED && fold_line_is_open(&line) && is_on_truck(truck, line.item) &&
		    questions_site_index(a, line.record.own) != a->to && questions_counts_line(a, &line.record))
			add_elsewhere(a, truck, i, &line);
	}
}

/* One stock is asked for by several: whoever loads it for one should know, before another loads it too. */
static void tell_shared(struct asking *a, const struct truck *truck)
{
	int told = 0;

	for (uint32_t i = 0; i < truck->count && told <= SHARED_TOLD_MAX; i++) {
		const struct pallet *pallet = &truck->pallets[i];
		struct line line = { .item = pallet->item };
		char name[VIEW_NAME_SIZE], unit[VIEW_UNIT_SIZE];

		if (!pallet->is_loaded || pallet->elsewhere <= pallet->left)
			continue;
		memcpy(line.text, pallet->text, sizeof line.text);
		picture_item_name(&line, name, unit);
		if (told++ == SHARED_TOLD_MAX)
			(void)said_add(a->remark, SAY(HISTORY_MORE));
		else
			(void)said_add(a->remark, SAY_OF(LOAD_SHARED, say_item(pallet->item, name),
							 say_amount(pallet->left, unit)));
	}
}

/* A truck goes to where somebody is, from where somebody is. The remark says where instead. */
static bool is_gone(struct asking *a, uint32_t site)
{
	struct entry standing = questions_standing(a, FOLD_SITES, site);
	char name[VIEW_NAME_SIZE] = "", ref[VIEW_REF_SIZE] = "";

	if (!site_is_gone(&standing.site))
		return false;
	picture_instead(a->picture, site, name, ref);
	(void)said_add(a->remark,
		       SAY_OF(LOAD_PLACE_GONE, say_text(standing.site.name),
			      say_phrase(standing.site.state == SITE_CLOSED ? SAY_PAGE_CLOSED : SAY_PAGE_MOVED),
			      name[0] ? say_text(name) : say_empty()));
	return true;
}

bool questions_find_load(struct asking *a)
{
	bool is_shut = is_gone(a, a->here) || is_gone(a, a->to);
	struct pallet *pallets = is_shut ? NULL : calloc(PALLETS_MAX, sizeof *pallets);
	struct declined *declined = is_shut ? NULL : calloc(fold_count(a->fold, FOLD_MOVES) + 1, sizeof *declined);
	struct truck truck = { .pallets = pallets, .declined = declined, .grams_left = UINT64_MAX };
	struct top_rows wants, promised;
	uint32_t met;

	if (is_shut)
		return true;
	if (!pallets || !declined) {
		free(pallets);
		free(declined);
		return questions_no_memory(a);
	}
	truck.refuses = questions_standing(a, FOLD_SITES, a->to).site.refuses;
	if (a->asked->kg)
		truck.grams_left = a->asked->kg * 1000ull;
	top_rows_init(&wants, WANTS_MAX);
	top_rows_init(&promised, WANTS_MAX);
	collect_pallets(a, &truck);
	collect_declined(a, &truck);
	collect_wants(a, &wants);
	top_rows_sort(&wants);
	collect_promised(a, &promised);
	for (uint32_t i = 0; i < promised.count; i++)
		load_promise(a, &truck, &wants, promised.rows[i]);
	for (uint32_t i = 0; i < wants.count; i++)
		load(a, &truck, &wants.rows[i]);
	if (truck.staying[0])
		(void)said_add(a->remark, SAY_OF(LOAD_NO_ROOM, say_number(a->asked->kg),
						 say_number((int64_t)(truck.grams_staying + 999) / 1000),
						 say_text(truck.staying)));
	if (truck.missing[0])
		(void)said_add(a->remark, SAY_OF(LOAD_MISSING, say_text(truck.missing)));
	find_elsewhere(a, &truck);
	tell_shared(a, &truck);
	if (truck.declined_seen)
		(void)said_add(a->remark,
			       SAY_OF(LOAD_DECLINED, say_number(truck.declined_seen), say_text(truck.declined_refs)));
	if (truck.unsaid)
		(void)said_add(a->remark, SAY_OF(LOAD_UNSAID, say_number(truck.unsaid), say_text(truck.unsaid_refs)));
	if (!picture_trusts(a->picture, &met) && met)
		(void)said_add(a->remark, SAY(LOAD_WITHOUT_TRUST));
	if (truck.unweighed)
		(void)said_add(a->remark, SAY_OF(WEIGHTS_UNKNOWN, say_number(truck.unweighed)));
	a->findings.out_of_memory = a->findings.out_of_memory || wants.out_of_memory || promised.out_of_memory;
	top_rows_fini(&wants);
	top_rows_fini(&promised);
	free(pallets);
	free(declined);
	return true;
}
