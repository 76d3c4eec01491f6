/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What to load on a truck: what is here, for what is needed there. */
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

	fold_record(a->fold, FOLD_LINES, index, &record);
	fold_read(a->fold, record.standing, &need);
	if (is_refused(a, truck, need.line.item) || is_unsaid(a, truck, want, &need.line))
		return;
	for (uint32_t i = 0; i < truck->count && want->quantity > 0; i++) {
		struct pallet *pallet = &truck->pallets[i];
		int64_t quantity = serves(pallet, &need.line) ? load_of(truck, pallet, want, &need.line) : 0;
		struct top_row f = *want;

		if (quantity <= 0 || is_declined(a, truck, pallet, want->record))
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
		pallet->is_loaded = true;
		top_rows_add(&a->findings, f);
	}
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
	struct top_rows wants;
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
	collect_pallets(a, &truck);
	collect_declined(a, &truck);
	collect_wants(a, &wants);
	top_rows_sort(&wants);
	for (uint32_t i = 0; i < wants.count; i++)
		load(a, &truck, &wants.rows[i]);
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
	a->findings.out_of_memory = a->findings.out_of_memory || wants.out_of_memory;
	top_rows_fini(&wants);
	free(pallets);
	free(declined);
	return true;
}
