/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A word as sentences: all that it says, or what it changes. */
#include "node/history/history.h"

#include <stdio.h>
#include <string.h>

#include "board/text/said.h"
#include "node/picture/picture_state.h"
#include "node/system/clock.h"
#include "proto/field.h"

struct telling {
	struct said *said;
	struct picture *picture;
	const struct entry *before, *now;
	struct entry own; /* what a change was made from, where nothing was there before */
};

static bool add(struct telling *t, struct say say)
{
	if (said_add(t->said, say))
		return true;
	said_decide(t->said, SAY(HISTORY_MORE));
	return false;
}

/* Lines and places by their refs; empty where they are not here. */

static void site_name(const struct telling *t, struct ref ref, char name[VIEW_NAME_SIZE])
{
	uint32_t index = ref_is_none(ref) ? UINT32_MAX : fold_find(t->picture->fold, FOLD_SITES, ref);
	struct fold_record record;
	struct entry standing;

	name[0] = '\0';
	if (index == UINT32_MAX)
		return;
	fold_record(t->picture->fold, FOLD_SITES, index, &record);
	fold_read(t->picture->fold, record.standing, &standing);
	(void)text_cut(name, VIEW_NAME_SIZE - 1, standing.site.name);
}

static bool find_line(const struct telling *t, struct ref ref, struct entry *line)
{
	uint32_t index = ref_is_none(ref) ? UINT32_MAX : fold_find(t->picture->fold, FOLD_LINES, ref);
	struct fold_record record;

	if (index == UINT32_MAX)
		return false;
	fold_record(t->picture->fold, FOLD_LINES, index, &record);
	fold_read(t->picture->fold, record.standing, line);
	return true;
}

static void line_place(const struct telling *t, struct ref ref, char name[VIEW_NAME_SIZE])
{
	struct entry line;

	name[0] = '\0';
	if (find_line(t, ref, &line))
		site_name(t, line.line.site, name);
}

static const char *or_none(const char *text)
{
	return *text ? text : "-";
}

static struct say_value number_of(uint64_t number)
{
	return say_number((int64_t)number);
}

static void tell_number(struct telling *t, enum say_code field, uint64_t before, uint64_t now)
{
	if (before != now)
		(void)add(t, SAY_OF(HISTORY_CHANGED, say_phrase(field), number_of(before), number_of(now)));
}

static void tell_amount(struct telling *t, enum say_code field, uint64_t before, uint64_t now, const char *unit)
{
	if (before != now)
		(void)add(t, SAY_OF(HISTORY_CHANGED, say_phrase(field), say_amount((int64_t)before, unit),
				    say_amount((int64_t)now, unit)));
}

static void tell_text(struct telling *t, enum say_code field, const char *before, const char *now)
{
	if (strcmp(before, now) != 0)
		(void)add(t, SAY_OF(HISTORY_CHANGED, say_phrase(field), say_text(or_none(before)),
				    say_text(or_none(now))));
}

static struct say_value date_of(uint32_t time_s)
{
	return time_s ? say_date(clock_unix_of(time_s)) : say_text("-");
}

static void tell_date(struct telling *t, enum say_code field, uint32_t before, uint32_t now)
{
	if (before != now)
		(void)add(t, SAY_OF(HISTORY_CHANGED, say_phrase(field), date_of(before), date_of(now)));
}

static void tell_other(struct telling *t, enum say_code field)
{
	(void)add(t, SAY_OF(HISTORY_CHANGED_FIELD, say_phrase(field)));
}

/* Lines. */

static void tell_new_round(struct telling *t, const char *place)
{
	const struct line *round = &t->now->line;
	bool is_nothing = round->unneeded == round->answered && (round->answered || !round->doors);

	(void)add(t, SAY_OF(HISTORY_ROUND, say_part(SAY_HISTORY_LINES, round->kind),
			    round->item ? say_item(round->item, NULL) : say_empty(), say_number(round->doors),
			    say_number(round->answered), is_nothing ? say_empty() : say_number(round->unneeded),
			    is_nothing ? say_phrase(SAY_ROUND_NOTHING) : say_empty(), say_text(place),
			    say_text(round->text)));
}

static void tell_new_line(struct telling *t)
{
	const struct line *line = &t->now->line;
	char name[VIEW_NAME_SIZE] = "", unit[VIEW_UNIT_SIZE] = "", place[VIEW_NAME_SIZE];

	picture_item_name(line, name, unit);
	site_name(t, line->site, place);
	if (line->kind == LINE_ROUND)
		tell_new_round(t, place);
	else
		(void)add(t, SAY_OF(HISTORY_LINE, say_part(SAY_HISTORY_LINES, line->kind),
				    say_amount((int64_t)line->quantity_milli, unit), say_item(line->item, name),
				    say_text(line->variant), number_of(line->people), number_of(line->within_h),
				    say_text(place), say_text(line->item ? line->text : "")));
	if (line->closed != CLOSED_NOT)
		(void)add(t, SAY_OF(HISTORY_CLOSED, say_part(SAY_PAGE_REASONS, line->closed)));
}

/* Of a need or an offer none is "nobody said how much". */
static struct say_value quantity_of(const struct line *line, const char *unit)
{
	bool is_said = line->quantity_milli || line->kind == LINE_RESOURCE;

	return is_said ? say_amount((int64_t)line->quantity_milli, unit) : say_text(or_none(""));
}

static void tell_goods(struct telling *t, const struct line *before, const struct line *now)
{
	char was[VIEW_NAME_SIZE] = "", is[VIEW_NAME_SIZE] = "", unit[VIEW_UNIT_SIZE] = "";

	picture_item_name(before, was, unit);
	picture_item_name(now, is, unit);
	if (before->item != now->item || (!now->item && strcmp(was, is) != 0))
		(void)add(t, SAY_OF(HISTORY_CHANGED, say_phrase(SAY_FIELD_ITEM), say_item(before->item, was),
				    say_item(now->item, is)));
	if (before->quantity_milli != now->quantity_milli)
		(void)add(t, SAY_OF(HISTORY_CHANGED, say_phrase(SAY_FIELD_QUANTITY), quantity_of(before, unit),
				    quantity_of(now, unit)));
	else if (before->counted != now->counted)
		tell_date(t, SAY_FIELD_AT, before->counted, now->counted);
}

static void tell_flags(struct telling *t, uint8_t before, uint8_t now)
{
	for (unsigned bit = 0; bit < 7; bit++) {
		struct say_value flag = say_part(SAY_HISTORY_FLAGS, bit);

		if ((before ^ now) >> bit & 1)
			(void)add(t, now >> bit & 1 ? SAY_OF(HISTORY_FLAG, flag) : SAY_OF(HISTORY_FLAG_NO, flag));
	}
}

static void tell_closed(struct telling *t, enum line_closed now)
{
	if (now == CLOSED_NOT)
		(void)add(t, SAY_OF(HISTORY_CLOSED, say_part(SAY_PAGE_REASONS, CLOSED_NOT)));
	else
		(void)add(t, SAY_OF(HISTORY_CLOSED, say_part(SAY_PAGE_REASONS, now)));
}

static void tell_line_fields(struct telling *t, const struct line *a, const struct line *b, uint32_t fields)
{
	char unit[VIEW_UNIT_SIZE] = "", name[VIEW_NAME_SIZE];

	picture_item_name(b, name, unit);
	if (fields & field_bit(LINE_FIELD_CLOSED))
		tell_closed(t, b->closed);
	if (fields & field_bit(LINE_FIELD_GOODS))
		tell_goods(t, a, b);
	if (fields & field_bit(LINE_FIELD_PEOPLE))
		tell_number(t, SAY_FIELD_PEOPLE, a->people, b->people);
	if (fields & field_bit(LINE_FIELD_INFANTS))
		tell_number(t, SAY_FIELD_INFANTS, a->infants, b->infants);
	if (fields & field_bit(LINE_FIELD_ELDERS))
		tell_number(t, SAY_FIELD_ELDERS, a->elders, b->elders);
	if (fields & field_bit(LINE_FIELD_POWERED))
		tell_number(t, SAY_FIELD_POWERED, a->powered, b->powered);
	if (fields & field_bit(LINE_FIELD_WITHIN))
		tell_number(t, SAY_FIELD_WITHIN, a->within_h, b->within_h);
	if (fields & field_bit(LINE_FIELD_SUBSTITUTES))
		tell_other(t, SAY_FIELD_SUBSTITUTES);
	if (fields & field_bit(LINE_FIELD_LOT))
		tell_amount(t, SAY_FIELD_LOT, a->lot_milli, b->lot_milli, unit);
	if (fields & field_bit(LINE_FIELD_RESERVE))
		tell_amount(t, SAY_FIELD_RESERVE, a->reserve_milli, b->reserve_milli, unit);
	if (fields & field_bit(LINE_FIELD_REACH))
		tell_number(t, SAY_FIELD_REACH, a->reach_km, b->reach_km);
	if (fields & field_bit(LINE_FIELD_FLAGS))
		tell_flags(t, a->flags, b->flags);
	if ((fields & field_bit(LINE_FIELD_TEXT)) && b->item)
		tell_text(t, SAY_FIELD_TEXT, a->text, b->text);
	if (fields & field_bit(LINE_FIELD_VARIANT))
		tell_text(t, SAY_FIELD_VARIANT, a->variant, b->variant);
	if (fields & field_bit(LINE_FIELD_EVERY))
		tell_number(t, SAY_FIELD_EVERY, a->every_h, b->every_h);
	if (fields & field_bit(LINE_FIELD_USE_BY))
		tell_date(t, SAY_FIELD_USE_BY, a->use_by * (uint32_t)EPOCH_S, b->use_by * (uint32_t)EPOCH_S);
}

/* What its author alone says, and no keeper changes. */
static void tell_own_words(struct telling *t)
{
	const struct line *a = &t->before->line, *b = &t->now->line;

	tell_date(t, SAY_FIELD_AT, a->created, b->created);
	tell_number(t, SAY_FIELD_DOORS, a->doors, b->doors);
	tell_number(t, SAY_FIELD_ANSWERED, a->answered, b->answered);
	tell_number(t, SAY_FIELD_UNNEEDED, a->unneeded, b->unneeded);
}

static void tell_moved(struct telling *t)
{
	char was[VIEW_NAME_SIZE], is[VIEW_NAME_SIZE];

	if (ref_equal(t->before->line.site, t->now->line.site)) {
		if (!place_equal(&t->before->line.cell, &t->now->line.cell))
			tell_other(t, SAY_FIELD_PLACE);
		return;
	}
	site_name(t, t->before->line.site, was);
	site_name(t, t->now->line.site, is);
	tell_text(t, SAY_FIELD_SITE, was, is);
}

/* Sites. */

static void tell_site_fields(struct telling *t, const struct site *a, const struct site *b, uint32_t fields)
{
	if (fields & field_bit(SITE_FIELD_NAME))
		tell_text(t, SAY_FIELD_SITE_NAME, a->name, b->name);
	if (fields & field_bit(SITE_FIELD_PLACE))
		tell_other(t, SAY_FIELD_PLACE);
	if (fields & field_bit(SITE_FIELD_STATE))
		(void)add(t,
			  SAY_OF(HISTORY_CHANGED, say_phrase(SAY_FIELD_STATE), say_part(SAY_LINE_SITE_STATES, a->state),
				 say_part(SAY_LINE_SITE_STATES, b->state)));
	if (fields & field_bit(SITE_FIELD_PEOPLE))
		tell_number(t, SAY_FIELD_PEOPLE, a->people, b->people);
	if (fields & (field_bit(SITE_FIELD_GIVING) | field_bit(SITE_FIELD_RECEIVING)))
		tell_other(t, SAY_FIELD_HOURS);
	if (fields & (field_bit(SITE_FIELD_TAKES) | field_bit(SITE_FIELD_REFUSES) | field_bit(SITE_FIELD_FACILITIES)))
		tell_other(t, SAY_FIELD_TAKES);
}

/* A keeper's first change of a record is told beside what its author says. */
static bool find_changed(const struct telling *t, const struct amends *amends, struct entry *own)
{
	enum fold_list list = t->now->kind == ENTRY_SITE ? FOLD_SITES : FOLD_LINES;
	uint32_t index = fold_find(t->picture->fold, list, amends->of);
	struct fold_record record;

	if (index == UINT32_MAX)
		return false;
	fold_record(t->picture->fold, list, index, &record);
	fold_read(t->picture->fold, record.own, own);
	return true;
}

static void tell_fields(struct telling *t)
{
	const struct amends *amends = entry_amends_of(t->now);
	uint32_t fields = fields_of(t->now->kind);

	if (amends_changes(amends))
		fields = fields_named(amends);
	if (!t->before && amends_changes(amends) && find_changed(t, amends, &t->own))
		t->before = &t->own;
	if (!t->before) {
		if (t->now->kind == ENTRY_LINE)
			tell_new_line(t);
		else
			(void)add(t, SAY_OF(HISTORY_SITE, say_text(t->now->site.name), number_of(t->now->site.people)));
		return;
	}
	fields &= ~fields_equal(t->before, t->now);
	if (t->now->kind == ENTRY_SITE) {
		tell_site_fields(t, &t->before->site, &t->now->site, fields);
		return;
	}
	tell_line_fields(t, &t->before->line, &t->now->line, fields);
	if (amends_changes(amends))
		return;
	tell_moved(t);
	tell_own_words(t);
}

/* Moves. */

static void tell_move(struct telling *t)
{
	const struct move *move = &t->now->move;
	char name[VIEW_NAME_SIZE] = "", unit[VIEW_UNIT_SIZE] = "", from[VIEW_NAME_SIZE], to[VIEW_NAME_SIZE];
	struct entry line = { .kind = ENTRY_LINE };

	if (find_line(t, move->of, &line) || find_line(t, move->from, &line))
		picture_item_name(&line.line, name, unit);
	line_place(t, move->from, from);
	line_place(t, move->of, to);
	(void)add(t, SAY_OF(HISTORY_MOVE, say_part(SAY_PAGE_STAGES, move->stage),
			    say_amount((int64_t)move->quantity_milli, unit), say_item(line.line.item, name),
			    say_text(from), say_text(to), move->due ? date_of(move->due) : say_empty(),
			    say_text(move->text)));
}

static void tell_move_ends(struct telling *t, const struct move *a, const struct move *b)
{
	char was[VIEW_NAME_SIZE], is[VIEW_NAME_SIZE];

	if (!ref_equal(a->of, b->of)) {
		line_place(t, a->of, was);
		line_place(t, b->of, is);
		(void)add(t, SAY_OF(HISTORY_CHANGED, say_phrase(SAY_FIELD_TO), say_text(or_none(was)),
				    say_text(or_none(is))));
	}
	if (!ref_equal(a->from, b->from)) {
		line_place(t, a->from, was);
		line_place(t, b->from, is);
		(void)add(t, SAY_OF(HISTORY_CHANGED, say_phrase(SAY_FIELD_FROM), say_text(or_none(was)),
				    say_text(or_none(is))));
	}
}

static void tell_move_change(struct telling *t)
{
	const struct move *a = &t->before->move, *b = &t->now->move;
	char name[VIEW_NAME_SIZE], unit[VIEW_UNIT_SIZE] = "";
	struct entry line;

	if (a->stage != b->stage) {
		tell_move(t);
		return;
	}
	if (find_line(t, b->of, &line) || find_line(t, b->from, &line))
		picture_item_name(&line.line, name, unit);
	tell_amount(t, SAY_FIELD_QUANTITY, a->quantity_milli, b->quantity_milli, unit);
	tell_move_ends(t, a, b);
	tell_date(t, SAY_FIELD_AT, a->at, b->at);
	tell_date(t, SAY_FIELD_DUE, a->due, b->due);
	tell_text(t, SAY_FIELD_TEXT, a->text, b->text);
}

/* Notes and trust. */

static void tell_note(struct telling *t)
{
	const struct note *note = &t->now->note;
	char of[VIEW_REF_SIZE] = "";

	if (!ref_is_none(note->of))
		picture_ref_text(t->picture, note->of, of);
	(void)add(t,
		  SAY_OF(HISTORY_NOTE, say_part(SAY_LINE_NOTE_KINDS, note->kind), say_text(note->text), say_text(of)));
}

static void tell_note_change(struct telling *t)
{
	const struct note *a = &t->before->note, *b = &t->now->note;

	if (a->severity != b->severity)
		(void)add(t, SAY_OF(HISTORY_CHANGED, say_phrase(SAY_FIELD_SEVERITY),
				    say_part(SAY_LINE_SEVERITIES, a->severity),
				    say_part(SAY_LINE_SEVERITIES, b->severity)));
	tell_date(t, SAY_FIELD_UNTIL, a->until, b->until);
	if ((b->flags & NOTE_WITHDRAWN) && !(a->flags & NOTE_WITHDRAWN))
		(void)add(t, SAY_OF(HISTORY_WITHDRAWN, say_text(b->text)));
	tell_text(t, SAY_FIELD_TEXT, a->text, b->text);
	tell_text(t, SAY_FIELD_LANGUAGE, a->language, b->language);
}

static void tell_trust(struct telling *t)
{
	char name[VIEW_NAME_SIZE];

	picture_author_name(t->picture, &t->now->trust.key, name);
	(void)add(t, SAY_OF(HISTORY_TRUST, say_part(SAY_HISTORY_TRUSTS, t->now->trust.kind), say_text(name)));
}

void history_tell(struct said *said, struct picture *picture, const struct entry *before, const struct entry *now)
{
	struct telling t = { .said = said, .picture = picture, .before = before, .now = now };

	switch (now->kind) {
	case ENTRY_SITE:
	case ENTRY_LINE:
		tell_fields(&t);
		break;
	case ENTRY_MOVE:
		if (before)
			tell_move_change(&t);
		else
			tell_move(&t);
		break;
	case ENTRY_NOTE:
		if (before)
			tell_note_change(&t);
		else
			tell_note(&t);
		break;
	case ENTRY_TRUST:
		tell_trust(&t);
		break;
	case ENTRY_CARD:
	case ENTRY_UNKNOWN:
		break;
	}
}
