/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Needs, offers, stock. */
#include "node/desk/confirm.h"
#include "node/desk/draft_work.h"

#include <string.h>
#include <strings.h>

#include "board/sentence.h"
#include "board/text/iso_time.h"
#include "node/desk/intake.h"
#include "node/desk/typed_input.h"
#include "node/picture/picture_state.h"
#include "proto/catalog/catalog.h"
#include "proto/catalog/propose.h"

static enum door_rc fill_item(struct draft_work *w, struct line *line)
{
	const char *words = "";
	uint16_t code = 0;
	enum door_rc rc = typed_input_item(&code, &words, w->answer, w->asked->item, w->asked->long_text == DOOR_CUT);

	if (rc != DOOR_OK)
		return rc;
	if (code == 0 && !ref_text_is_given(words))
		return draft_refuse(w, DOOR_E_INPUT, SAY(ITEM_WORDS_MISSING));
	line->item = code;
	return code ? DOOR_OK : draft_take_text(w, line->text, LINE_TEXT_MAX, words, SAY_FIELD_ITEM);
}

static enum door_rc fill_quantities(struct draft_work *w, struct line *line)
{
	const struct door_request *r = w->asked;
	enum door_rc rc = DOOR_OK;

	if (draft_states(w, DOOR_QUANTITY))
		rc = draft_take_quantity(w, &line->quantity_milli, r->quantity_milli, r->measure, line->item);
	if (rc == DOOR_OK && draft_states(w, DOOR_LOT))
		rc = draft_take_quantity(w, &line->lot_milli, r->lot_milli, r->lot_measure, line->item);
	if (rc == DOOR_OK && draft_states(w, DOOR_RESERVE))
		rc = draft_take_quantity(w, &line->reserve_milli, r->reserve_milli, r->reserve_measure, line->item);
	return rc;
}

static enum door_rc check_within(struct draft_work *w, uint32_t within_h)
{
	static const uint32_t allowed[] = { 6, 24, 72, 168, 720 };

	for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
		if (within_h == allowed[i])
			return DOOR_OK;
	return draft_refuse(w, DOOR_E_INPUT, SAY_OF(WITHIN_HOURS, say_number(within_h)));
}

/* 0: it is asked once. */
static bool every_is_fine(uint32_t every_h)
{
	return every_h == 0 || (every_h >= 6 && every_h <= 168);
}

static enum door_rc fill_need_fields(struct draft_work *w, struct line *line)
{
	const struct door_request *r = w->asked;
	const uint32_t need_only = DOOR_PEOPLE | DOOR_INFANTS | DOOR_ELDERS | DOOR_POWERED | DOOR_WITHIN | DOOR_EVERY;

	if (line->kind != LINE_NEED && (r->fields & need_only))
		return draft_refuse(w, DOOR_E_INPUT, SAY(PEOPLE_NOT_OF_STOCK));
	if (draft_states(w, DOOR_PEOPLE) && !r->people && !ref_text_is_given(r->ref) && r->caller != DOOR_TABLE)
		return draft_refuse(w, DOOR_E_INPUT, SAY(PEOPLE_NONE));
	if (draft_states(w, DOOR_PEOPLE))
		line->people = r->people;
	if (draft_states(w, DOOR_INFANTS))
		line->infants = r->infants;
	if (draft_states(w, DOOR_ELDERS))
		line->elders = r->elders;
	if (draft_states(w, DOOR_POWERED))
		line->powered = r->powered;
	if (line->infants > line->people || line->elders > line->people || line->powered > line->people)
		return draft_refuse(w, DOOR_E_INPUT, SAY(PEOPLE_TOO_FEW));
	if (draft_states(w, DOOR_EVERY) && !every_is_fine(r->every_h))
		return draft_refuse(w, DOOR_E_INPUT, SAY(EVERY_HOURS));
	if (draft_states(w, DOOR_EVERY))
		line->every_h = r->every_h;
	if (!draft_states(w, DOOR_WITHIN))
		return DOOR_OK;
	line->within_h = r->within_h;
	return check_within(w, r->within_h);
}

/* Now, but not before what is noted to have moved already: a count made after a move includes it, also within one
 * second. */
static uint32_t counted_now(const struct draft_work *w)
{
	uint32_t counted = w->desk->now_s;
	struct picture_hit hit;
	struct fold_move move;

	if (!ref_text_is_given(w->asked->ref) ||
	    picture_find(draft_picture(w), w->desk->now_s, w->asked->ref, &hit) != FOUND_ONE)
		return counted;
	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_MOVES); i++) {
		fold_move(draft_fold(w), i, &move);
		if (!ref_equal(fold_ref(draft_fold(w), move.from), hit.ref) &&
		    !ref_equal(fold_ref(draft_fold(w), move.of), hit.ref))
			continue;
		if (move.newest_s > counted && move.newest_s <= w->desk->now_s + 60)
			counted = move.newest_s;
	}
	return counted;
}

/* When it was asked for: slips of paper are typed in the evening. A keeper's words of it are as old as the author's. */
static enum door_rc fill_created(struct draft_work *w, struct line *line)
{
	uint32_t at = draft_time_of(w->asked->at);

	if (ref_text_is_given(w->asked->ref) && w->edits != EDITS_OWN)
		return draft_refuse(w, DOOR_E_RIGHT, SAY_OF(CREATED_NOT_AUTHOR, say_typed(w->asked->ref)));
	if (at > w->desk->now_s + FOLD_AHEAD_S)
		return draft_refuse(w, DOOR_E_INPUT, SAY(CREATED_AHEAD));
	if (at < w->desk->now_s && w->desk->now_s - at > FOLD_CREATED_MAX_S)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(MOVE_OLD, say_number(FOLD_CREATED_MAX_S / 86400)));
	line->created = at;
	return DOOR_OK;
}

static enum door_rc fill_stock_fields(struct draft_work *w, struct line *line)
{
	const struct door_request *r = w->asked;

	if (draft_states(w, DOOR_RESERVE) && line->kind != LINE_RESOURCE)
		return draft_refuse(w, DOOR_E_INPUT, SAY(RESERVE_OF_STOCK));
	if (draft_states(w, DOOR_REACH) && line->kind == LINE_NEED)
		return draft_refuse(w, DOOR_E_INPUT, SAY(REACH_OF_STOCK));
	if (draft_states(w, DOOR_REACH) && !r->reach_km && !ref_text_is_given(r->ref) && r->caller != DOOR_TABLE)
		return draft_refuse(w, DOOR_E_INPUT, SAY(REACH_NONE));
	if (line->kind == LINE_OFFER && draft_states(w, DOOR_QUANTITY) && !line->quantity_milli &&
	    r->caller != DOOR_TABLE)
		return draft_refuse(w, DOOR_E_INPUT, SAY(OFFER_OF_NONE));
	if (draft_states(w, DOOR_REACH))
		line->reach_km = r->reach_km;
	if (draft_states(w, DOOR_AT) && (line->kind == LINE_NEED || line->kind == LINE_OFFER))
		return fill_created(w, line);
	if (draft_states(w, DOOR_AT) && draft_time_of(r->at) > w->desk->now_s + FOLD_AHEAD_S)
		return draft_refuse(w, DOOR_E_INPUT, SAY(COUNT_AHEAD));
	/* A new number is a new count. */
	if (line->kind == LINE_RESOURCE && draft_states(w, DOOR_QUANTITY)) {
		line->counted = draft_states(w, DOOR_AT) ? draft_time_of(r->at) : counted_now(w);
		line->flags &= (uint8_t)~LINE_RECKONED;
	}
	return DOOR_OK;
}

/* Where nobody said how much: what the catalogue says for so many people and days. */
static enum door_rc fill_proposal(struct draft_work *w, struct line *line)
{
	const struct catalog_item *item = line->item ? catalog_find_code(line->item) : NULL;
	struct party party = { line->people, line->infants, line->elders, line->powered };

	if (!draft_states(w, DOOR_DAYS) || draft_states(w, DOOR_QUANTITY) || line->kind != LINE_NEED)
		return DOOR_OK;
	if (!line->people || !w->asked->days)
		return draft_refuse(w, DOOR_E_INPUT, SAY(PEOPLE_MISSING));
	line->quantity_milli = item ? propose_quantity(item, &party, w->asked->days) : 0;
	if (!line->quantity_milli && item && strstr(item->applies_to, "infant"))
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(INFANTS_MISSING, say_item(item->code, NULL)));
	if (!line->quantity_milli && item && strcmp(item->applies_to, "power-dependent") == 0)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(POWERED_MISSING, say_item(item->code, NULL)));
	if (!line->quantity_milli)
		return draft_refuse(w, DOOR_E_INPUT, SAY(QUANTITY_NOT_PROPOSED));
	if (line->quantity_milli > QUANTITY_MILLI_MAX)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(QUANTITY_TOO_LARGE, say_text("34,000,000")));
	(void)said_add(&w->answer->said,
		       item->suggestion
			       ? SAY_OF(CATALOG_QUANTITY_SUGGESTED,
					say_amount((int64_t)line->quantity_milli, item->unit),
					say_item(item->code, NULL))
			       : SAY_OF(CATALOG_QUANTITY, say_amount((int64_t)line->quantity_milli, item->unit),
					say_item(item->code, NULL)));
	return DOOR_OK;
}

/* Details of a household stay here, so they must fit here; what can harm people if it leaks is not written down at all. */
static enum door_rc check_household(struct draft_work *w, const struct line *line)
{
	const struct door_request *r = w->asked;
	const struct {
		const char *text;
		enum say_code field;
		size_t most;
	} details[] = { { r->name, SAY_FIELD_NAME, INTAKE_NAME_MAX },
			{ r->phone, SAY_FIELD_PHONE, INTAKE_PHONE_MAX },
			{ r->address, SAY_FIELD_ADDRESS, INTAKE_ADDRESS_MAX } };
	char kept[INTAKE_ADDRESS_MAX + 1];

	w->draft->wants_ticket = r->wants_ticket;
	for (size_t i = 0; i < sizeof details / sizeof *details; i++) {
		if (!ref_text_is_given(details[i].text))
			continue;
		w->draft->wants_ticket = true;
		if (!text_cut(kept, details[i].most, details[i].text))
			return draft_refuse(w, DOOR_E_INPUT,
					    SAY_OF(TEXT_TOO_LONG, say_phrase(details[i].field),
						   say_number((int64_t)details[i].most)));
	}
	if (w->draft->wants_ticket && (line->kind != LINE_NEED || ref_text_is_given(r->ref)))
		return draft_refuse(w, DOOR_E_INPUT, SAY(TICKET_OF_NEW));
	return DOOR_OK;
}

/* What somebody takes, or fears, is nobody's to read. */
static enum door_rc check_sealed(struct draft_work *w, struct line *line)
{
	const struct catalog_item *item = line->item ? catalog_find_code(line->item) : NULL;

	if (!item || !item->sealed || !line->text[0])
		return DOOR_OK;
	if (w->asked->long_text == DOOR_EXACT)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(TEXT_PERSONAL, say_item(item->code, NULL)));
	line->text[0] = '\0';
	(void)said_add(&w->answer->said, SAY_OF(TEXT_LEFT_OUT, say_item(item->code, NULL)));
	return DOOR_OK;
}

/* A day of which most has gone by somewhere is still that day; one of another century is a slip. */
enum { USE_BY_DAYS_MAX = 20 * 366 };

static enum door_rc fill_use_by(struct draft_work *w, struct line *line)
{
	const char *typed = w->asked->use_by;
	int64_t unix_s, day;

	if (!typed)
		return DOOR_OK;
	if (!*typed) {
		line->use_by = 0;
		return DOOR_OK;
	}
	if (line->kind == LINE_NEED || line->kind == LINE_ROUND)
		return draft_refuse(w, DOOR_E_INPUT, SAY(USE_BY_OF_STOCK));
	if (strlen(typed) != strlen("2026-12-24") || typed[4] != '-' || !iso_time_parse(&unix_s, typed))
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(USE_BY_FORM, say_typed(typed)));
	day = (unix_s - EPOCH_UNIX_S) / EPOCH_S;
	if (day < 1 || day > w->desk->now_s / EPOCH_S + USE_BY_DAYS_MAX || day > USE_BY_MAX)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(USE_BY_FORM, say_typed(typed)));
	line->use_by = (uint16_t)day;
	return DOOR_OK;
}

/* Which of the item it is, and how it is. */
static enum door_rc fill_goods(struct draft_work *w, struct line *line)
{
	enum door_rc rc = DOOR_OK;

	uint8_t said = draft_states(w, DOOR_FLAGS) ? w->asked->flags : 0;

	if (line->kind == LINE_NEED && ((said | w->asked->flags_set) & (LINE_DAMAGED | LINE_USED)))
		return draft_refuse(w, DOOR_E_INPUT, SAY(CONDITION_OF_STOCK));
	if (w->asked->variant)
		rc = draft_take_text(w, line->variant, LINE_VARIANT_MAX, w->asked->variant, SAY_FIELD_VARIANT);
	return rc == DOOR_OK ? fill_use_by(w, line) : rc;
}

/* A thing in words of one's own has its name where others have a remark. A table's remark gives way, as one that is too long, and
 * that is told. */
static enum door_rc check_room_for_text(struct draft_work *w, const struct line *line)
{
	const struct door_request *r = w->asked;

	if (!draft_states(w, DOOR_TEXT) || line->kind == LINE_ROUND || line->item || !ref_text_is_given(r->text) ||
	    strcmp(line->text, r->text) == 0)
		return DOOR_OK;
	if (r->long_text != DOOR_CUT)
		return draft_refuse(w, DOOR_E_INPUT, SAY(ITEM_AND_TEXT));
	(void)said_add(&w->answer->said, SAY_OF(TEXT_GAVE_WAY, say_text(line->text), say_typed(r->text)));
	return DOOR_OK;
}

static enum door_rc fill_line(struct draft_work *w, struct line *line)
{
	const struct door_request *r = w->asked;
	enum door_rc rc = DOOR_OK;

	if (!draft_states(w, DOOR_ITEM))
		rc = check_room_for_text(w, line);
	if (rc != DOOR_OK)
		return rc;
	if ((r->flags | r->flags_set | r->flags_clear) & LINE_RECKONED)
		return draft_refuse(w, DOOR_E_INPUT, SAY(RECKONED_NOT_TYPED));
	if (line->kind == LINE_ROUND || draft_states(w, DOOR_DOORS))
		rc = draft_round_fill(w, line);
	if (rc != DOOR_OK)
		return rc;
	if (draft_states(w, DOOR_FLAGS))
		line->flags = (uint8_t)(r->flags | (line->flags & LINE_RECKONED));
	line->flags = (uint8_t)((line->flags & ~r->flags_clear) | r->flags_set);
	if (draft_states(w, DOOR_CLOSED))
		line->closed = (enum line_closed)r->closed;
	if (draft_states(w, DOOR_TEXT))
		rc = draft_take_text(w, line->text, LINE_TEXT_MAX, r->text, SAY_FIELD_TEXT);
	if (rc == DOOR_OK && draft_states(w, DOOR_ITEM))
		rc = fill_item(w, line);
	if (rc == DOOR_OK && draft_states(w, DOOR_ITEM))
		rc = check_room_for_text(w, line);
	if (rc == DOOR_OK)
		rc = check_sealed(w, line);
	if (rc == DOOR_OK)
		rc = fill_goods(w, line);
	if (rc == DOOR_OK)
		rc = fill_quantities(w, line);
	if (rc == DOOR_OK)
		rc = fill_need_fields(w, line);
	if (rc == DOOR_OK)
		rc = fill_proposal(w, line);
	if (rc == DOOR_OK)
		rc = check_household(w, line);
	return rc == DOOR_OK ? fill_stock_fields(w, line) : rc;
}

/* A site, or for want of one a cell: never the door. */
static enum door_rc fill_where(struct draft_work *w, struct line *line)
{
	enum door_rc rc;

	if (ref_text_is_given(w->asked->site)) {
		line->cell = (struct place){ .digits = PLACE_NONE };
		return draft_find_site(w, &line->site, w->asked->site);
	}
	if (!draft_states(w, DOOR_PLACE))
		return DOOR_OK;
	rc = typed_input_place(&line->cell, &line->site, w->answer, draft_picture(w), w->desk->now_s, w->asked);
	if (rc != DOOR_OK)
		return rc;
	if (ref_is_none(line->site))
		typed_input_coarsen(&line->cell, w->answer);
	else
		line->cell = (struct place){ .digits = PLACE_NONE };
	return DOOR_OK;
}

static bool is_same_goods(const struct line *a, const struct line *b)
{
	return a->item == b->item && (a->item || strcasecmp(a->text, b->text) == 0) &&
	       strcasecmp(a->variant, b->variant) == 0 && !((a->flags ^ b->flags) & LINE_DRILL);
}

/* This node's stock of the same goods at the same place, the last one where `count` is more. */
static uint32_t find_stock(const struct draft_work *w, const struct line *line, struct picture_hit *hit)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_LINES); i++) {
		struct fold_line folded;
		struct entry standing, own;

		fold_line(draft_fold(w), i, &folded);
		if (folded.kind != LINE_RESOURCE || folded.status == LINE_CLOSED || folded.item != line->item ||
		    !draft_is_own(w, folded.record.author))
			continue;
		fold_read(draft_fold(w), folded.record.standing, &standing);
		fold_read(draft_fold(w), folded.record.own, &own);
		if (!line_is_at(&own.line, line) || !is_same_goods(&standing.line, line))
			continue;
		*hit = (struct picture_hit){ FOLD_LINES, i, fold_ref(draft_fold(w), folded.record.own) };
		count++;
	}
	return count;
}

/* The stock of one holder, item and place is one: who counts it again counts that one anew. Rows of a table are told apart by the table
 * (import_match.h). */
static enum door_rc count_anew(struct draft_work *w, const struct line *line)
{
	struct picture_hit hit;
	uint32_t count = w->asked->caller == DOOR_TABLE ? 0 : find_stock(w, line, &hit);
	char name[VIEW_NAME_SIZE], unit[VIEW_UNIT_SIZE];
	struct fold_sums sums;
	enum door_rc rc;

	if (!count)
		return DOOR_OK;
	picture_item_name(line, name, unit);
	if (count > 1)
		return draft_refuse(w, DOOR_E_INPUT,
				    SAY_OF(STOCK_SEVERAL, say_number(count), say_item(line->item, name)));
	fold_line_sums(draft_fold(w), hit.index, &sums);
	w->recount = *w->asked;
	w->recount.ref = w->recount_ref;
	ref_text_write_full(w->recount_ref, hit.ref);
	w->asked = &w->recount;
	w->answer->said = (struct said){ 0 };
	rc = draft_line_edit(w);
	if (rc == DOOR_OK)
		(void)said_add(&w->answer->said, SAY_OF(COUNTED_ANEW, say_amount(sums.on_hand_milli, unit)));
	return rc;
}

/* "need water 0" */
static bool is_none(const struct draft_work *w, const struct line *line)
{
	return line->kind == LINE_NEED && draft_states(w, DOOR_QUANTITY) && line->quantity_milli == 0;
}

enum door_rc draft_line_new(struct draft_work *w)
{
	struct line *line = &draft_start(w, ENTRY_LINE)->line;
	enum door_rc rc;

	line->kind = (enum line_kind)w->asked->line_kind;
	line->created = w->desk->now_s;
	line->site = picture_site(draft_picture(w));
	if (!ref_text_is_given(w->asked->item) && line->kind != LINE_ROUND)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(ITEM_MISSING, say_number(LINE_TEXT_MAX)));
	rc = fill_where(w, line);
	if (rc != DOOR_OK)
		return rc;
	if (ref_is_none(line->site) && line->cell.digits == PLACE_NONE)
		return draft_refuse(w, DOOR_E_INPUT, SAY(SITE_MISSING_HERE));
	if (line->kind == LINE_RESOURCE && !draft_states(w, DOOR_QUANTITY))
		return draft_refuse(w, DOOR_E_INPUT, SAY(QUANTITY_MISSING_STOCK));
	rc = fill_line(w, line);
	if (rc == DOOR_OK && line->kind == LINE_RESOURCE)
		return count_anew(w, line);
	return rc == DOOR_OK && is_none(w, line) ? draft_round_instead(w, line) : rc;
}

/* 12 pairs are not 12 litres. In words of one's own nobody says in what they are counted. */
static bool is_same_unit(const char *a, const char *b)
{
	return strcmp(*a ? a : "each", *b ? b : "each") == 0;
}

static struct say_value unit_said(const char *unit)
{
	return *unit && strcmp(unit, "each") != 0 ? say_text(unit) : say_phrase(SAY_PIECES);
}

/* Another item that is counted in another unit: every number of it is said anew, and none of what has moved can be. */
static enum door_rc check_unit(struct draft_work *w, uint32_t index, const struct line *line)
{
	const struct line *stood = &w->stood.line;
	char name[VIEW_NAME_SIZE] = "", unit[VIEW_UNIT_SIZE] = "", was_unit[VIEW_UNIT_SIZE] = "";
	bool is_left = (stood->quantity_milli && !draft_states(w, DOOR_QUANTITY)) ||
		       (stood->lot_milli && !draft_states(w, DOOR_LOT)) ||
		       (stood->reserve_milli && !draft_states(w, DOOR_RESERVE));

	picture_item_name(stood, name, was_unit);
	picture_item_name(line, name, unit);
	if (line->kind == LINE_ROUND || is_same_unit(was_unit, unit))
		return DOOR_OK;
	if (fold_line_has_moved(draft_fold(w), index))
		return draft_refuse(w, DOOR_E_INPUT,
				    SAY_OF(UNIT_HAS_MOVED, say_item(line->item, name), unit_said(unit)));
	if (!is_left)
		return DOOR_OK;
	return draft_refuse(w, DOOR_E_INPUT,
			    SAY_OF(UNIT_DIFFERS, say_item(line->item, name), unit_said(unit),
				   say_amount((int64_t)stood->quantity_milli, was_unit)));
}

/* More than was there is goods that came in: their day of use, and how they are, may be another. */
static void tell_kept(struct draft_work *w, uint32_t index, const struct line *line)
{
	char use_by[VIEW_UNIT_SIZE];
	struct fold_sums sums;

	fold_line_sums(draft_fold(w), index, &sums);
	if (line->kind != LINE_RESOURCE || !draft_states(w, DOOR_QUANTITY) || w->asked->use_by || !line->use_by ||
	    (int64_t)line->quantity_milli <= sums.on_hand_milli)
		return;
	picture_day_text(line->use_by, use_by);
	(void)said_add(&w->answer->said, SAY_OF(COUNTED_KEEPS, say_text(use_by)));
}

/* Another number for a need that opens again holds from now on: what came before was not asked for by it. */
static void begin_number(struct draft_work *w, uint32_t index, struct line *line)
{
	struct fold_base base;

	fold_line_base(draft_fold(w), index, w->desk->now_s, &base);
	line->counted = w->desk->now_s;
	line->arrived_milli = base.arrived_milli < QUANTITY_MILLI_MAX ? base.arrived_milli : QUANTITY_MILLI_MAX;
}

/* Another rhythm begins with the period that it was changed in, where nobody was missed before. */
static void begin_rhythm(struct draft_work *w, uint32_t index, struct line *line)
{
	struct fold_period period;
	struct fold_line folded;

	fold_line(draft_fold(w), index, &folded);
	if (folded.status != LINE_OVERDUE && fold_line_period(draft_fold(w), index, 0, &period))
		line->created = period.from_s;
}

enum door_rc draft_line_edit(struct draft_work *w)
{
	struct line *line = &w->draft->entry.line;
	struct picture_hit hit;
	enum door_rc rc = draft_find_of_list(w, &hit, w->asked->ref, FOLD_LINES, SAY_KIND_LINE);

	if (rc == DOOR_OK)
		rc = draft_start_edit(w, &hit);
	/* Of another item they are two again. */
	if (rc == DOOR_OK && !draft_states(w, DOOR_ITEM))
		rc = draft_check_twice(w, hit.index);
	if (rc == DOOR_OK && line->closed != CLOSED_NOT &&
	    (!draft_states(w, DOOR_CLOSED) || (w->asked->closed != CLOSED_NOT && w->asked->closed != line->closed)))
		rc = draft_refuse(
			w, DOOR_E_INPUT,
			SAY_OF(LINE_IS_CLOSED, say_typed(w->asked->ref), say_part(SAY_PAGE_REASONS, line->closed)));
	if (rc != DOOR_OK)
		return rc;
	if (w->edits == EDITS_OWN)
		rc = fill_where(w, line);
	else if (ref_text_is_given(w->asked->site) || draft_states(w, DOOR_PLACE))
		rc = draft_refuse(w, DOOR_E_RIGHT, SAY_OF(MOVE_NOT_AUTHOR, say_typed(w->asked->ref)));
	if (rc == DOOR_OK)
		rc = fill_line(w, line);
	if (rc == DOOR_OK && draft_states(w, DOOR_ITEM))
		rc = check_unit(w, hit.index, line);
	if (rc == DOOR_OK && line->kind == LINE_RESOURCE && draft_states(w, DOOR_QUANTITY) && draft_states(w, DOOR_AT))
		rc = draft_tally_asks(w, hit.ref, line->counted);
	if (rc == DOOR_OK && is_none(w, line))
		rc = draft_refuse(w, DOOR_E_INPUT, SAY_OF(NEED_OF_NONE, say_typed(w->asked->ref)));
	if (rc == DOOR_OK && (draft_states(w, DOOR_QUANTITY) || draft_states(w, DOOR_CLOSED)))
		rc = confirm_count(w->answer, w->desk, w->asked, hit.index, line);
	if (rc != DOOR_OK)
		return rc;
	tell_kept(w, hit.index, line);
	if (line->every_h && line->quantity_milli != w->stood.line.quantity_milli)
		begin_number(w, hit.index, line);
	if (line->every_h && w->stood.line.every_h && line->every_h != w->stood.line.every_h && w->edits == EDITS_OWN)
		begin_rhythm(w, hit.index, line);
	draft_finish_edit(w);
	return DOOR_OK;
}
