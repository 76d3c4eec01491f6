/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a word does that is taken, where that is less or more than who said it may think: somebody else's record stays as it is,
 * a promise waits to be accepted, more came than was asked for. The answer says so. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "node/desk/confirm.h"
#include "node/desk/draft_work.h"
#include "node/picture/picture_state.h"
#include "proto/goods.h"

static void tell(struct draft_work *w, struct say say)
{
	(void)said_add(&w->answer->said, say);
}

static uint32_t find_line(const struct draft_work *w, struct ref ref)
{
	return ref_is_none(ref) ? UINT32_MAX : fold_find(draft_fold(w), FOLD_LINES, ref);
}

static struct line standing_of(const struct draft_work *w, uint32_t index)
{
	struct fold_record record;
	struct entry standing;

	fold_record(draft_fold(w), FOLD_LINES, index, &record);
	fold_read(draft_fold(w), record.standing, &standing);
	return standing.line;
}

static struct say_value amount_of(const struct draft_work *w, uint32_t index, uint64_t milli, char unit[VIEW_UNIT_SIZE])
{
	struct line line = standing_of(w, index);
	char name[VIEW_NAME_SIZE];

	picture_item_name(&line, name, unit);
	return say_amount((int64_t)milli, unit);
}

static bool may(const struct draft_work *w, uint32_t index)
{
	return fold_may_change(draft_fold(w), FOLD_LINES, index, &w->desk->identity->key);
}

/* --- notes --- */

/* Only who may speak for a need confirms it, and one voice makes no duplicate. */
static void tell_note(struct draft_work *w, const struct note *note)
{
	uint32_t index = find_line(w, note->of);
	char ref[VIEW_REF_SIZE];
	struct fold_record record;

	if (index == UINT32_MAX)
		return;
	fold_record(draft_fold(w), FOLD_LINES, index, &record);
	picture_ref_text(draft_picture(w), note->of, ref);
	switch (note->kind) {
	case NOTE_STILL_NEEDED:
		if (!may(w, index))
			tell(w, SAY_OF(EFFECT_VOICE, say_text(ref)));
		break;
	case NOTE_SEEN:
		tell(w, draft_is_own(w, record.author) ? SAY_OF(EFFECT_OWN_VOICE, say_text(ref))
						       : SAY_OF(EFFECT_VOICE, say_text(ref)));
		break;
	case NOTE_DUPLICATE:
		if (!may(w, index))
			tell(w, SAY_OF(EFFECT_ONE_VOICE, say_text(ref)));
		break;
	case NOTE_WRONG_PLACE:
	case NOTE_ABUSE:
		tell(w, SAY_OF(EFFECT_REMARK, say_text(ref)));
		break;
	case NOTE_MESSAGE:
	case NOTE_ALERT:
	case NOTE_DENIAL:
		break;
	}
}

/* --- moves --- */

/* The journey that a move carries on; false: it begins one. */
static bool find_journey(const struct draft_work *w, const struct move *move, struct fold_move *journey)
{
	uint32_t index = ref_is_none(move->after) ? UINT32_MAX : fold_find_journey(draft_fold(w), move->after);

	if (index == UINT32_MAX)
		return false;
	fold_move(draft_fold(w), index, journey);
	return true;
}

static void name_place(const struct draft_work *w, uint32_t index, char name[VIEW_NAME_SIZE])
{
	struct fold_line line;
	struct entry site;

	fold_line(draft_fold(w), index, &line);
	picture_author_name(draft_picture(w), line.record.author, name);
	if (line.site_standing == FOLD_NONE)
		return;
	fold_read(draft_fold(w), line.site_standing, &site);
	(void)text_cut(name, VIEW_NAME_SIZE - 1, site.site.name);
}

/* Who needs it trusts whoever promises it, or has asked him for it. */
static bool is_welcome(const struct draft_work *w, uint32_t need, const struct fold_move *journey)
{
	const struct public_key *own = &w->desk->identity->key;
	struct fold_record record;

	fold_record(draft_fold(w), FOLD_LINES, need, &record);
	if (journey && !journey->pledger && journey->from != FOLD_NONE &&
	    fold_may_change(draft_fold(w), FOLD_LINES, need, journey->record.author))
		return true;
	return may(w, need) || (journey && journey->accepted) ||
	       fold_distance(draft_fold(w), record.author, own) <= FOLD_VOUCHES;
}

/* Beyond what is missing: what is promised, what came, or what was handed out. So much of it counted before. */
static void tell_beyond(struct draft_work *w, uint32_t need, enum move_stage stage, uint64_t now_milli,
			uint64_t before_milli)
{
	char unit[VIEW_UNIT_SIZE];
	struct fold_sums sums;
	uint64_t room, beyond, came;

	fold_line_sums(draft_fold(w), need, &sums);
	if (!sums.quantity_milli)
		return;
	came = sums.received_milli > before_milli ? sums.received_milli - before_milli : 0;
	room = sums.open_milli + before_milli;
	if (stage == MOVE_RECEIVED || stage == MOVE_GIVEN)
		room = sums.quantity_milli > came ? sums.quantity_milli - came : 0;
	if (now_milli <= room)
		return;
	beyond = now_milli - room;
	if (stage == MOVE_RECEIVED)
		tell(w, SAY_OF(EFFECT_BEYOND, amount_of(w, need, beyond, unit)));
	else if (stage == MOVE_GIVEN)
		tell(w, SAY_OF(EFFECT_HANDED, amount_of(w, need, beyond, unit)));
	else
		tell(w, SAY_OF(EFFECT_EXTRA, amount_of(w, need, beyond, unit)));
}

/* Who names the need, and not the load that is on its way to it, counts what comes a second time. */
static void tell_load(struct draft_work *w, uint32_t need)
{
	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_MOVES); i++) {
		char ref[VIEW_REF_SIZE];
		struct fold_move move;

		fold_move(draft_fold(w), i, &move);
		if (!move.counts || move.of == FOLD_NONE || fold_index(draft_fold(w), FOLD_LINES, move.of) != need)
			continue;
		picture_ref_text(draft_picture(w), fold_ref(draft_fold(w), move.record.own), ref);
		tell(w, SAY_OF(EFFECT_LOAD, say_text(ref)));
		return;
	}
}

/* Handed out where the same is asked for: somebody may have meant that need. */
static void tell_door(struct draft_work *w, uint32_t shelf)
{
	struct line from = standing_of(w, shelf);

	for (uint32_t i = 0; i < fold_count(draft_fold(w), FOLD_LINES); i++) {
		char ref[VIEW_REF_SIZE], unit[VIEW_UNIT_SIZE];
		struct fold_line line;
		struct fold_sums sums;
		struct line need;

		fold_line(draft_fold(w), i, &line);
		if (line.kind != LINE_NEED || !fold_line_is_open(&line) || line.item != from.item)
			continue;
		need = standing_of(w, i);
		if (!line_is_at(&need, &from) || variants_differ(need.variant, from.variant) ||
		    ((need.flags ^ from.flags) & LINE_DRILL) || (!from.item && strcasecmp(need.text, from.text) != 0))
			continue;
		fold_line_sums(draft_fold(w), i, &sums);
		picture_ref_text(draft_picture(w), fold_ref(draft_fold(w), line.record.own), ref);
		tell(w, SAY_OF(EFFECT_DOOR, say_text(ref), amount_of(w, i, sums.open_milli, unit)));
		return;
	}
}

/* A little less than was sent is taken unasked. */
static void tell_rest(struct draft_work *w, uint32_t need, const struct move *move, const struct fold_move *journey)
{
	uint64_t rest = w->asked->more ? 0 : confirm_rest(w->desk, move);
	char ref[VIEW_REF_SIZE], unit[VIEW_UNIT_SIZE];

	picture_ref_text(draft_picture(w), fold_ref(draft_fold(w), journey->record.own), ref);
	if (rest)
		tell(w, SAY_OF(EFFECT_REST, amount_of(w, need, rest, unit), say_text(ref),
			       say_amount((int64_t)move->quantity_milli, "")));
}

static void tell_promise(struct draft_work *w, const struct move *move, uint32_t need, const struct fold_move *journey)
{
	char place[VIEW_NAME_SIZE];

	if (!is_welcome(w, need, journey)) {
		name_place(w, need, place);
		tell(w, SAY_OF(EFFECT_WAITS, say_text(place)));
	} else if (!journey || !journey->pledger) {
		tell_beyond(w, need, move->stage, move->quantity_milli, 0);
	} else if (journey->of != FOLD_NONE && fold_index(draft_fold(w), FOLD_LINES, journey->of) != need) {
		/* Turned there: all that is left of it. */
		tell_beyond(w, need, move->stage, journey->promised_milli + journey->on_way_milli, 0);
	}
}

/* What names a line that is written down twice goes to the one that stays. */
static uint32_t tell_twice(struct draft_work *w, uint32_t index)
{
	char ref[VIEW_REF_SIZE], other[VIEW_REF_SIZE];
	struct fold_line line;

	fold_line(draft_fold(w), index, &line);
	if (line.stays == FOLD_NONE)
		return index;
	picture_ref_text(draft_picture(w), fold_ref(draft_fold(w), line.record.own), ref);
	picture_ref_text(draft_picture(w), fold_ref(draft_fold(w), line.stays), other);
	tell(w, SAY_OF(EFFECT_TWICE, say_text(ref), say_text(other)));
	return fold_index(draft_fold(w), FOLD_LINES, line.stays);
}

static void tell_move(struct draft_work *w, const struct move *move)
{
	struct fold_move journey;
	bool goes_on = find_journey(w, move, &journey);
	uint32_t need = find_line(w, move->of), shelf = find_line(w, move->from);
	char place[VIEW_NAME_SIZE];

	if (need == UINT32_MAX && goes_on && journey.of != FOLD_NONE)
		need = fold_index(draft_fold(w), FOLD_LINES, journey.of);
	if (need == UINT32_MAX && move->stage == MOVE_GIVEN && shelf != UINT32_MAX && w->draft->is_new)
		tell_door(w, shelf);
	if (need != UINT32_MAX)
		need = tell_twice(w, need);
	if (need == UINT32_MAX || standing_of(w, need).kind != LINE_NEED)
		return;
	switch (move->stage) {
	case MOVE_PLEDGED:
	case MOVE_SENT:
		tell_promise(w, move, need, goes_on ? &journey : NULL);
		break;
	case MOVE_RECEIVED:
		if (!goes_on)
			tell_load(w, need);
		/* What another noted already counts once. */
		if (!goes_on || !journey.arrived_milli || w->asked->more)
			tell_beyond(w, need, move->stage, move->quantity_milli, 0);
		if (goes_on)
			tell_rest(w, need, move, &journey);
		break;
	case MOVE_GIVEN:
		name_place(w, need, place);
		/* Whoever shows the ticket collects at any door that the need's author trusts. */
		if (!may(w, need) && (ref_is_none(w->desk->shown) || !is_welcome(w, need, NULL)))
			tell(w, SAY_OF(EFFECT_GIVEN, say_text(place)));
		tell_beyond(w, need, move->stage, move->quantity_milli, 0);
		break;
	case MOVE_ASKED:
	case MOVE_DECLINED:
	case MOVE_RELEASED:
	case MOVE_RETURNED:
	case MOVE_LOST:
	case MOVE_SPOILED:
	case MOVE_WITHDRAWN:
		break;
	}
}

/* Of a handout, what is not out any more. */
static uint64_t brought_back(const struct move *was, const struct fold_move *journey)
{
	bool is_handout = was->stage == MOVE_GIVEN && ref_is_none(was->after) && journey->stage == MOVE_GIVEN;

	return is_handout && was->quantity_milli > journey->quantity_milli
		       ? was->quantity_milli - journey->quantity_milli
		       : 0;
}

void draft_tell_corrected(struct draft_work *w, const struct move *was, const struct move *now)
{
	struct ref own = { w->draft->entry.author, w->draft->entry.number };
	uint32_t index = fold_find_journey(draft_fold(w), own), need = find_line(w, now->of);
	bool has_come = now->stage == MOVE_RECEIVED || now->stage == MOVE_GIVEN;
	uint64_t before = ref_equal(was->of, now->of) ? was->quantity_milli : 0;
	struct fold_move journey = { .of = FOLD_NONE };
	uint64_t back;

	if (index != UINT32_MAX)
		fold_move(draft_fold(w), index, &journey);
	if (need == UINT32_MAX && journey.of != FOLD_NONE)
		need = fold_index(draft_fold(w), FOLD_LINES, journey.of);
	if (need == UINT32_MAX || standing_of(w, need).kind != LINE_NEED || now->quantity_milli <= before ||
	    !(has_come || now->stage == MOVE_PLEDGED || now->stage == MOVE_SENT))
		return;
	if (!has_come)
		before -= journey.extra_milli < before ? journey.extra_milli : before;
	back = brought_back(was, &journey);
	tell_beyond(w, need, now->stage, now->quantity_milli - back, before > back ? before - back : 0);
}

/* --- needs --- */

/* Nobody said how soon: who waits for it should know until when. */
static void tell_within(struct draft_work *w, const struct line *line)
{
	uint32_t due_s = line->created + FOLD_WITHIN_DEFAULT_H * 3600, now_s = w->desk->now_s;

	if (line->kind != LINE_NEED || line->closed != CLOSED_NOT || w->edits != EDITS_NOTHING || line->within_h ||
	    line->every_h || w->asked->caller == DOOR_TABLE)
		return;
	tell(w, due_s > now_s ? SAY_OF(EFFECT_WITHIN, say_span(due_s - now_s)) : SAY(EFFECT_OVERDUE));
}

/* --- trust --- */

/* Whom this node trusts no more may still be a keeper of its places. */
static void tell_still_keeps(struct draft_work *w, const struct trust *trust)
{
	char places[SAID_VALUE_MAX / 2] = "", name[VIEW_NAME_SIZE];
	struct entry said, site;
	struct fold_trust stands;

	for (uint32_t i = 0; trust->kind == TRUST_WITHDRAW && i < fold_people(draft_fold(w)); i++) {
		size_t used = strlen(places);
		struct fold_record record;

		if (!fold_trust(draft_fold(w), i, &stands) || stands.kind != TRUST_KEEPER || stands.site == FOLD_NONE ||
		    !draft_is_own(w, fold_author_of(draft_fold(w), stands.slot)))
			continue;
		fold_read(draft_fold(w), stands.slot, &said);
		if (!public_key_equal(&said.trust.key, &trust->key) || used + VIEW_NAME_SIZE + 2 > sizeof places)
			continue;
		fold_record(draft_fold(w), FOLD_SITES, fold_index(draft_fold(w), FOLD_SITES, stands.site), &record);
		fold_read(draft_fold(w), record.standing, &site);
		snprintf(places + used, sizeof places - used, "%s%s", used ? ", " : "", site.site.name);
	}
	picture_author_name(draft_picture(w), &trust->key, name);
	if (places[0])
		tell(w, SAY_OF(EFFECT_STILL_KEEPS, say_text(name), say_text(places)));
}

void draft_tell_effect(struct draft_work *w)
{
	const struct entry *e = &w->draft->entry;

	switch (e->kind) {
	case ENTRY_LINE:
		tell_within(w, &e->line);
		break;
	case ENTRY_MOVE:
		tell_move(w, &e->move);
		break;
	case ENTRY_NOTE:
		tell_note(w, &e->note);
		break;
	case ENTRY_TRUST:
		tell_still_keeps(w, &e->trust);
		break;
	case ENTRY_SITE:
	case ENTRY_CARD:
	case ENTRY_UNKNOWN:
		break;
	}
}
