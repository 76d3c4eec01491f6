/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/desk/confirm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/text/decimal.h"
#include "board/sentence.h"
#include "board/text/words.h"
#include "node/picture/picture_state.h"
#include "node/desk/typed_input.h"
#include "proto/catalog/propose.h"
#include "proto/goods.h"

/* Behind what was remarked already: "agua" was taken as Drinking water (101). 5000 L for 12 people? */
static enum door_rc ask(struct door_answer *answer, struct say say)
{
	return door_refuse(answer, DOOR_E_ASK, say);
}

/* For how many it is; where nobody said so, for whoever is at the place. */
static uint32_t people_of(const struct draft_desk *desk, const struct line *line)
{
	struct fold *fold = picture_fold(desk->picture, desk->now_s);
	uint32_t index = ref_is_none(line->site) ? UINT32_MAX : fold_find(fold, FOLD_SITES, line->site);
	struct fold_record record;
	struct entry site;

	if (line->people || index == UINT32_MAX)
		return line->people;
	fold_record(fold, FOLD_SITES, index, &record);
	fold_read(fold, record.standing, &site);
	return site.site.people;
}

/* "5000 L for 12 people?" Nobody uses a hundred of what the catalogue has no figure for, either. */
static enum door_rc look_at_quantity(struct door_answer *answer, const struct draft_desk *desk,
				     const struct door_request *asked, const struct line *line)
{
	const struct catalog_item *item = line->item ? catalog_find_code(line->item) : NULL;
	struct party party = { people_of(desk, line), line->infants, line->elders, line->powered };
	uint32_t days = asked->fields & DOOR_DAYS ? asked->days : CONFIRM_DAYS;
	uint64_t usual = item && party.people ? propose_quantity_likely(item, &party, days) : 0;
	uint64_t most = usual ? usual * CONFIRM_TIMES : party.people * CONFIRM_EACH * 1000ull;
	char name[VIEW_NAME_SIZE], unit[VIEW_UNIT_SIZE];

	if (!party.people || line->quantity_milli <= most)
		return DOOR_OK;
	picture_item_name(line, name, unit);
	if (!usual)
		return ask(answer, SAY_OF(UNUSUAL_UNCOUNTED, say_amount((int64_t)line->quantity_milli, unit),
					  say_number(party.people)));
	return ask(answer, SAY_OF(UNUSUAL_QUANTITY, say_amount((int64_t)line->quantity_milli, item->unit),
				  say_number(party.people), say_amount((int64_t)usual, item->unit),
				  say_number(item->per_person_day_milli ? days : 0)));
}

/* Within a quarter, or two; who said nothing is like anybody. */
static bool are_similar(uint32_t a, uint32_t b)
{
	uint32_t more = a > b ? a : b, less = a > b ? b : a;

	return !less || more - less <= 2 || (more - less) * 4 <= more;
}

static bool is_same_want(const struct line *a, const struct line *b)
{
	return a->item == b->item && (a->item || strcasecmp(a->text, b->text) == 0) &&
	       !variants_differ(a->variant, b->variant) && are_similar(a->people, b->people);
}

/* The newest open need that may be the same, however old it is, or this node's own offer; FOLD_NONE when there is none. Never merged:
 * two people may be right. */
static fold_slot find_similar(const struct fold *fold, const struct line *line, const struct public_key *self)
{
	fold_slot newest = FOLD_NONE;
	uint32_t newest_s = 0;

	for (uint32_t i = 0; i < fold_count(fold, FOLD_LINES); i++) {
		struct entry standing, own;
		struct fold_line other;

		fold_line(fold, i, &other);
		if (other.kind != line->kind || (!fold_line_is_open(&other) && other.status != LINE_COVERED) ||
		    (line->kind == LINE_OFFER && !public_key_equal(other.record.author, self)) ||
		    other.item != line->item || other.record.changed.time < newest_s)
			continue;
		fold_read(fold, other.record.standing, &standing);
		fold_read(fold, other.record.own, &own);
		if (!line_is_at(line, &own.line) || !is_same_want(line, &standing.line))
			continue;
		newest = other.record.own;
		newest_s = other.record.changed.time;
	}
	return newest;
}

static enum door_rc look_for_similar(struct door_answer *answer, const struct draft_desk *desk, const struct line *line)
{
	struct fold *fold = picture_fold(desk->picture, desk->now_s);
	fold_slot similar = find_similar(fold, line, &desk->identity->key);
	char name[VIEW_NAME_SIZE], unit[VIEW_UNIT_SIZE] = "", ref[VIEW_REF_SIZE];
	struct fold_record record;
	struct entry there;

	if (similar == FOLD_NONE)
		return DOOR_OK;
	fold_record(fold, FOLD_LINES, fold_index(fold, FOLD_LINES, similar), &record);
	fold_read(fold, record.standing, &there);
	picture_item_name(&there.line, name, unit);
	picture_ref_text(desk->picture, fold_ref(fold, similar), ref);
	return ask(answer,
		   SAY_OF(SIMILAR_NEED, say_text(ref), say_amount((int64_t)there.line.quantity_milli, unit),
			  say_item(there.line.item, name), say_text(there.line.variant), say_number(there.line.people),
			  say_span(desk->now_s > there.hlc.time ? (int64_t)(desk->now_s - there.hlc.time) : 0)));
}

/* A code that was shown a second time. */
static enum door_rc look_at_collected(struct door_answer *answer, const struct fold *fold, uint32_t need)
{
	struct fold_line line;
	struct fold_sums sums;

	fold_line(fold, need, &line);
	/* Of two that are one the one that stays tells whether it was collected. */
	if (line.stays != FOLD_NONE) {
		need = fold_index(fold, FOLD_LINES, line.stays);
		fold_line(fold, need, &line);
	}
	if (line.status == LINE_CLOSED)
		return ask(answer, SAY(TICKET_NEED_CLOSED));
	if (line.status != LINE_MET)
		return DOOR_OK;
	fold_line_sums(fold, need, &sums);
	return ask(answer, SAY_OF(TICKET_COLLECTED, say_amount((int64_t)sums.received_milli, ""),
				  say_amount((int64_t)sums.quantity_milli, "")));
}

static enum door_rc look_for_ticket(struct door_answer *answer, const struct draft_desk *desk, const struct move *move)
{
	struct fold *fold = picture_fold(desk->picture, desk->now_s);
	struct ref need = move->of;
	struct fold_record record;
	struct fold_move journey;
	uint32_t index;
	struct entry own;

	if (ref_is_none(need) && !ref_is_none(move->after)) {
		index = fold_find_journey(fold, move->after);
		if (index == UINT32_MAX)
			return DOOR_OK;
		fold_move(fold, index, &journey);
		need = fold_ref(fold, journey.of);
	}
	index = ref_is_none(need) ? UINT32_MAX : fold_find(fold, FOLD_LINES, need);
	if (index == UINT32_MAX)
		return DOOR_OK;
	if (ref_equal(need, desk->shown))
		return look_at_collected(answer, fold, index);
	fold_record(fold, FOLD_LINES, index, &record);
	fold_read(fold, record.own, &own);
	if (!own.line.ticket)
		return DOOR_OK;
	return ask(answer, SAY(TICKET_WANTED));
}

static void journey_unit(struct fold *fold, const struct fold_move *journey, char unit[VIEW_UNIT_SIZE])
{
	char name[VIEW_NAME_SIZE];
	struct entry line;

	unit[0] = '\0';
	if (journey->of == FOLD_NONE)
		return;
	fold_read(fold, journey->of, &line);
	picture_item_name(&line.line, name, unit);
}

static struct say more_than(enum move_stage stage, struct say_value now, struct say_value left)
{
	if (stage == MOVE_SENT)
		return SAY_OF(MORE_THAN_PROMISED, now, left);
	if (stage == MOVE_PLEDGED)
		return SAY_OF(MORE_THAN_ASKED, now, left);
	return SAY_OF(MORE_THAN_LOAD, now, left);
}

/* Nor does much more of a load arrive than is still out, leave than was promised, or is promised than was asked for. */
enum door_rc confirm_load(struct door_answer *answer, const struct draft_desk *desk, const struct move *move,
			  uint64_t before_milli)
{
	struct fold *fold = picture_fold(desk->picture, desk->now_s);
	uint32_t index = ref_is_none(move->after) ? UINT32_MAX : fold_find_journey(fold, move->after);
	char unit[VIEW_UNIT_SIZE];
	struct fold_move journey;
	uint64_t left;

	if (index == UINT32_MAX)
		return DOOR_OK;
	fold_move(fold, index, &journey);
	left = journey.promised_milli + (move->stage == MOVE_RECEIVED ? journey.on_way_milli : 0);
	if (move->stage == MOVE_PLEDGED)
		left = journey.pledger ? 0 : journey.quantity_milli;
	left += before_milli;
	if (!left || move->quantity_milli <= left + left / FOLD_SAME_SHARE)
		return DOOR_OK;
	journey_unit(fold, &journey, unit);
	return ask(answer, more_than(move->stage, say_amount((int64_t)move->quantity_milli, unit),
				     say_amount((int64_t)left, unit)));
}

/* A pallet too many zeros: for a need of 60 nobody asks for, promises or takes in 600. */
enum door_rc confirm_beyond(struct door_answer *answer, const struct draft_desk *desk, const struct move *move)
{
	struct fold *fold = picture_fold(desk->picture, desk->now_s);
	uint32_t index = ref_is_none(move->of) ? UINT32_MAX : fold_find(fold, FOLD_LINES, move->of);
	char name[VIEW_NAME_SIZE], unit[VIEW_UNIT_SIZE];
	struct fold_record record;
	struct entry need;

	if (index == UINT32_MAX)
		return DOOR_OK;
	fold_record(fold, FOLD_LINES, index, &record);
	fold_read(fold, record.standing, &need);
	if (need.line.kind != LINE_NEED || !need.line.quantity_milli ||
	    move->quantity_milli <= need.line.quantity_milli * CONFIRM_TIMES)
		return DOOR_OK;
	picture_item_name(&need.line, name, unit);
	return ask(answer, SAY_OF(MORE_THAN_ASKED, say_amount((int64_t)move->quantity_milli, unit),
				  say_amount((int64_t)need.line.quantity_milli, unit)));
}

uint64_t confirm_rest(const struct draft_desk *desk, const struct move *move)
{
	struct fold *fold = picture_fold(desk->picture, desk->now_s);
	uint32_t index = ref_is_none(move->after) ? UINT32_MAX : fold_find_journey(fold, move->after);
	struct fold_move journey;
	uint64_t sent;

	if (index == UINT32_MAX)
		return 0;
	sent = fold_answer(fold, index, move->stage, move->quantity_milli, &desk->identity->key).load_milli;
	fold_move(fold, index, &journey);
	if (journey.on_way_milli < sent)
		sent = journey.on_way_milli;
	return sent > move->quantity_milli ? sent - move->quantity_milli : 0;
}

/* Whoever notes much less than was sent says what became of the rest. */
static enum door_rc look_at_rest(struct door_answer *answer, const struct draft_desk *desk, const struct move *move)
{
	struct fold *fold = picture_fold(desk->picture, desk->now_s);
	uint64_t rest = confirm_rest(desk, move), sent = move->quantity_milli + rest;
	char unit[VIEW_UNIT_SIZE];
	struct fold_move journey;

	if (!rest || rest < sent / FOLD_SAME_SHARE)
		return DOOR_OK;
	fold_move(fold, fold_find_journey(fold, move->after), &journey);
	journey_unit(fold, &journey, unit);
	return ask(answer, SAY_OF(SHORT_LOAD, say_amount((int64_t)move->quantity_milli, unit),
				  say_amount((int64_t)sent, unit)));
}

static enum door_rc look_at_arrival(struct door_answer *answer, const struct draft_desk *desk,
				    const struct door_request *asked, const struct move *move)
{
	enum door_rc rc = look_for_ticket(answer, desk, move);

	return rc == DOOR_OK && !asked->more ? look_at_rest(answer, desk, move) : rc;
}

static enum door_rc look_at_move(struct door_answer *answer, const struct draft_desk *desk,
				 const struct door_request *asked, const struct move *move)
{
	enum door_rc rc = confirm_goods(answer, desk, move);

	if (rc == DOOR_OK && (move->stage == MOVE_RECEIVED || move->stage == MOVE_SENT || move->stage == MOVE_PLEDGED))
		rc = confirm_load(answer, desk, move, 0);
	if (rc == DOOR_OK)
		rc = confirm_beyond(answer, desk, move);
	if (rc == DOOR_OK && (move->stage == MOVE_RECEIVED || move->stage == MOVE_GIVEN))
		rc = look_at_arrival(answer, desk, asked, move);
	return rc;
}

/* --- rounds and notes --- */

static bool says_nothing_needed(const struct line *round)
{
	return !round->doors || (round->answered && round->unneeded == round->answered);
}

/* Is it asked for where the round was, and of what it was about? */
static bool is_against(struct fold *fold, uint32_t index, const struct line *round)
{
	struct fold_line line;
	struct entry own;

	fold_line(fold, index, &line);
	if (line.kind != LINE_NEED || !fold_line_is_open(&line) || line.is_drill != !!(round->flags & LINE_DRILL) ||
	    (round->item && line.item != round->item))
		return false;
	fold_read(fold, line.record.own, &own);
	return line_is_at(round, &own.line);
}

enum door_rc confirm_round(struct door_answer *answer, const struct draft_desk *desk, const struct line *round)
{
	struct fold *fold = picture_fold(desk->picture, desk->now_s);
	char refs[SAID_VALUE_MAX / 2] = "";
	uint32_t count = 0;

	for (uint32_t i = 0; says_nothing_needed(round) && i < fold_count(fold, FOLD_LINES); i++) {
		struct fold_record record;

		if (!is_against(fold, i, round))
			continue;
		fold_record(fold, FOLD_LINES, i, &record);
		picture_ref_list(desk->picture, fold_ref(fold, record.own), refs, sizeof refs);
		count++;
	}
	return count ? ask(answer, SAY_OF(ROUND_AGAINST, say_number(count), say_text(refs))) : DOOR_OK;
}

/* Nobody reads a message to a place where nobody is. */
static enum door_rc look_at_note(struct door_answer *answer, const struct draft_desk *desk, const struct note *note)
{
	struct fold *fold = picture_fold(desk->picture, desk->now_s);
	uint32_t index = ref_is_none(note->of) ? UINT32_MAX : fold_find(fold, FOLD_SITES, note->of);

	if (index == UINT32_MAX || note->kind != NOTE_MESSAGE)
		return DOOR_OK;
	return confirm_open(answer, desk, index);
}

static enum door_rc look_at_line(struct door_answer *answer, const struct draft_desk *desk,
				 const struct door_request *asked, const struct line *line)
{
	bool is_new = !(asked->ref && *asked->ref);
	enum door_rc rc = DOOR_OK;

	if (line->kind == LINE_ROUND)
		return is_new && asked->caller != DOOR_TABLE ? confirm_round(answer, desk, line) : DOOR_OK;
	if (is_new)
		rc = confirm_place(answer, desk, line);
	if (rc != DOOR_OK || line->closed != CLOSED_NOT)
		return rc;
	if (line->kind == LINE_NEED && (asked->fields & (DOOR_QUANTITY | DOOR_PEOPLE)))
		rc = look_at_quantity(answer, desk, asked, line);
	/* What stands on a shelf is counted anew. */
	return rc == DOOR_OK && is_new && line->kind != LINE_RESOURCE ? look_for_similar(answer, desk, line) : rc;
}

enum door_rc confirm_asks(struct door_answer *answer, const struct draft_desk *desk, const struct door_request *asked,
			  const struct entry *entry)
{
	if (asked->sure)
		return DOOR_OK;
	switch (entry->kind) {
	case ENTRY_MOVE:
		return look_at_move(answer, desk, asked, &entry->move);
	case ENTRY_NOTE:
		return look_at_note(answer, desk, &entry->note);
	case ENTRY_LINE:
		return look_at_line(answer, desk, asked, &entry->line);
	case ENTRY_SITE:
	case ENTRY_TRUST:
	case ENTRY_CARD:
	case ENTRY_UNKNOWN:
		break;
	}
	return DOOR_OK;
}
