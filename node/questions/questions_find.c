/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The questions: one pass over the records each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "node/questions/questions_state.h"
#include "proto/catalog/catalog.h"
#include "proto/goods.h"

/* What is short: open needs, by item and size. */

static bool add_short(struct asking *a, struct totals *sums, uint32_t index, const struct fold_line *line)
{
	uint32_t distance = questions_line_distance(a, line->record.own);
	struct entry standing;
	struct fold_sums own;
	struct total *sum;

	if (!questions_is_near(a, distance)) {
		a->farther++;
		return true;
	}
	fold_line_sums(a->fold, index, &own);
	if (!line->item) {
		struct top_row f = questions_row_of_line(a, line, &own);

		f.order = questions_need_order(questions_lateness(line), line->due_s);
		f.record = FOLD_NONE;
		questions_row_amount(&f, line, &own);
		f.of = (int64_t)own.quantity_milli;
		f.people = own.people;
		f.count = 1;
		f.when_s = line->due_s;
		top_rows_add(&a->findings, f);
		return true;
	}
	fold_read(a->fold, line->record.standing, &standing);
	sum = totals_get(sums, TOTALS_ANYWHERE, line->item, totals_size(standing.line.variant));
	if (!sum)
		return false;
	sum->quantity += (int64_t)own.open_milli;
	sum->of += (int64_t)own.quantity_milli;
	sum->unsaid += !own.quantity_milli;
	/* Whoever exaggerates beyond count makes no crowd look small. */
	if (__builtin_add_overflow(sum->people, own.people, &sum->people))
		sum->people = UINT32_MAX;
	sum->count++;
	sum->when_s = totals_earlier(sum->when_s, line->due_s);
	if (questions_lateness(line) > sum->late)
		sum->late = questions_lateness(line);
	sum->said_s = totals_earlier(sum->said_s, picture_line_said(line, &own));
	if (sum->line == FOLD_NONE || distance < sum->near_m)
		sum->line = line->record.own;
	if (distance < sum->near_m) {
		sum->near_m = distance;
		sum->near_site = questions_site_index(a, line->record.own);
	}
	return true;
}

bool questions_find_short(struct asking *a)
{
	struct totals sums = { NULL, 0, 0 };
	bool ok = true;

	for (uint32_t i = 0; ok && i < fold_count(a->fold, FOLD_LINES); i++) {
		struct fold_line line;

		fold_line(a->fold, i, &line);
		if (line.kind == LINE_NEED && fold_line_is_open(&line) && questions_counts_line(a, &line.record))
			ok = add_short(a, &sums, i, &line);
	}
	for (uint32_t i = 0; i < sums.size; i++) {
		const struct total *sum = &sums.table[i];
		struct top_row f = questions_row_blank();

		if (!sum->is_used)
			continue;
		f.order = questions_need_order(sum->late, sum->when_s) | questions_tier_of(sum->item);
		f.second = sum->item;
		f.item = sum->item;
		f.line = sum->line;
		f.site = sum->near_site;
		f.quantity = sum->quantity;
		f.of = sum->of;
		f.people = sum->people;
		f.count = sum->count;
		f.unsaid = sum->unsaid;
		f.when_s = sum->when_s;
		f.late = (uint8_t)sum->late;
		f.said_s = sum->said_s;
		top_rows_add(&a->findings, f);
	}
	totals_fini(&sums);
	return ok || questions_no_memory(a);
}

/* What runs out, behind what is missing already: as fast as it went since the count, where that is some hours ago; else as the people there use it. */

static void judge_use(const struct asking *a, struct top_row *f, const struct fold_sums *sums)
{
	const struct catalog_item *item = f->item ? catalog_find_code(f->item) : NULL;
	uint32_t hours = a->q->now_s > sums->counted_s ? (a->q->now_s - sums->counted_s) / 3600 : 0;
	int64_t gone = (int64_t)(sums->quantity_milli + sums->received_milli) - sums->on_hand_milli;
	uint64_t left, heads = f->site == UINT32_MAX ? 0 : questions_heads_milli(a, f->site, f->item);

	f->why = sums->on_hand_milli < 0 ? TOP_ROW_RECOUNT : TOP_ROW_UNKNOWN;
	if (sums->on_hand_milli < 0)
		return;
	if (gone > 0 && hours >= QUESTIONS_OBSERVED_S / 3600) {
		f->of = gone * 24 / hours;
		f->why = TOP_ROW_OBSERVED;
	} else if (item && item->per_person_day_milli && heads) {
		f->people = (uint32_t)((heads + 999) / 1000);
		f->of = (int64_t)(item->per_person_day_milli * heads / 1000);
		f->why = TOP_ROW_PEOPLE;
	}
	if (f->of <= 0)
		return;
	left = f->quantity > 0 ? (uint64_t)f->quantity * QUESTIONS_DAY_S / (uint64_t)f->of : 0;
	f->when_s = left > UINT32_MAX - a->q->now_s ? UINT32_MAX : a->q->now_s + (uint32_t)left;
}

/* What nobody may use after its day is out by then, however much of it there is. */
static void judge_day(const struct asking *a, struct top_row *f, const struct line *shelf)
{
	uint64_t end_s = ((uint64_t)shelf->use_by + 1) * EPOCH_S;

	if (!shelf->use_by || f->why == TOP_ROW_RECOUNT || (f->when_s && f->when_s <= end_s))
		return;
	f->when_s = end_s < UINT32_MAX ? (uint32_t)end_s : UINT32_MAX;
	f->why = line_is_past_use(shelf, a->q->now_s) ? TOP_ROW_PAST_USE : TOP_ROW_USE_BY;
}

/* Who has waited longer than they could is without it already. */
static void add_without(struct asking *a, uint32_t index, const struct fold_line *line)
{
	struct fold_sums sums;
	struct top_row f;

	fold_line_sums(a->fold, index, &sums);
	f = questions_row_of_line(a, line, &sums);
	f.order = f.late == TOP_ROW_CHECK ? 0 : line->due_s;
	f.second = f.when_s = line->due_s;
	questions_add(a, f);
}

bool questions_find_runs_out(struct asking *a)
{
	questions_find_parties(a);
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_LINES); i++) {
		struct fold_line line;
		struct fold_sums sums;
		struct entry standing;
		struct top_row f;

		fold_line(a->fold, i, &line);
		if (!questions_counts_line(a, &line.record))
			continue;
		if (line.kind == LINE_NEED && line.status == LINE_OVERDUE)
			add_without(a, i, &line);
		if (line.kind != LINE_RESOURCE || line.status != LINE_OPEN)
			continue;
		if (line.is_marked)
			fold_read(a->fold, line.record.standing, &standing);
		if (line.is_marked && (standing.line.flags & LINE_DAMAGED)) /* nobody can use it now */
			continue;
		fold_line_sums(a->fold, i, &sums);
		f = questions_row_of_line(a, &line, &sums);
		f.quantity = sums.on_hand_milli - (int64_t)sums.promised_milli;
		judge_use(a, &f, &sums);
		if (line.is_marked)
			judge_day(a, &f, &standing.line);
		f.order = f.why == TOP_ROW_RECOUNT ? 0 : f.when_s ? f.when_s : UINT64_MAX;
		questions_add(a, f);
	}
	return true;
}

/* Journeys. */

bool questions_is_awaited(const struct fold_move *move)
{
	return move->stage == MOVE_PLEDGED || move->stage == MOVE_SENT;
}

/* Of what it goes to, LINE_OPEN where that is nothing or stock. */
static enum line_status status_of_end(const struct asking *a, const struct fold_move *move)
{
	struct fold_line line;

	if (move->of == FOLD_NONE)
		return LINE_OPEN;
	fold_line_at(a->fold, move->of, &line);
	return line.status;
}

/* Late already, or said to be: what lets a need go on being open. Nobody waits for what was met otherwise. */
static bool is_late(const struct asking *a, const struct fold_move *move)
{
	return questions_is_awaited(move) && !move->need_closed && status_of_end(a, move) != LINE_MET &&
	       ((move->due_s && move->due_s < a->q->now_s) || move->too_late);
}

static enum top_row_why why_late(const struct asking *a, const struct fold_move *move)
{
	struct fold_line line;
	struct entry shelf;

	if (move->lapsed)
		return status_of_end(a, move) == LINE_COVERED ? TOP_ROW_LAPSED_COVERED : TOP_ROW_LAPSED;
	if (move->from != FOLD_NONE) {
		fold_line_at(a->fold, move->from, &line);
		fold_read(a->fold, line.record.standing, &shelf);
		if (line_is_past_use(&shelf.line, a->q->now_s))
			return TOP_ROW_PAST_USE;
	}
	if (move->too_late && move->due_s >= a->q->now_s)
		return TOP_ROW_TOO_LATE;
	return move->stage == MOVE_SENT ? TOP_ROW_SENT : TOP_ROW_PROMISED;
}

bool questions_find_late(struct asking *a)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_MOVES); i++) {
		struct fold_move move;
		struct top_row f;

		fold_move(a->fold, i, &move);
		if (!is_late(a, &move) || !questions_counts_move(a, &move))
			continue;
		f = questions_row_of_move(a, &move);
		f.order = move.due_s;
		f.why = (uint8_t)why_late(a, &move);
		questions_add(a, f);
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
		if (line.kind != LINE_NEED || !fold_line_is_open(&line) || !line.item ||
		    questions_site_index(a, line.record.own) != a->here || !questions_counts_line(a, &line.record))
			continue;
		fold_line_sums(a->fold, i, &own);
		sum = totals_get(sums, a->here, line.item, 0);
		if (!sum)
			return false;
		sum->quantity += (int64_t)own.open_milli;
		sum->unsaid += !own.quantity_milli;
	}
	return true;
}

static bool add_surplus(struct asking *a, struct totals *sums, uint32_t index, const struct fold_line *line)
{
	int64_t left = questions_available_of(a, index, line), wanted;
	struct total *sum = line->item ? totals_get(sums, a->here, line->item, 0) : NULL;
	struct fold_sums own;
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
	fold_line_sums(a->fold, index, &own);
	f = questions_row_of_line(a, line, &own);
	f.order = (uint64_t)questions_tier_of(line->item) << 16 | line->item;
	f.quantity = left;
	f.why = sum && sum->unsaid ? TOP_ROW_WANTED : TOP_ROW_NOTHING;
	top_rows_add(&a->findings, f);
	return true;
}

/* The last of what came for that need. */
static uint32_t arrived_s(const struct asking *a, fold_slot need)
{
	uint32_t last_s = 0;

	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_MOVES); i++) {
		struct fold_move move;

		fold_move(a->fold, i, &move);
		if (move.of == need && move.arrived_s > last_s)
			last_s = move.arrived_s;
	}
	return last_s;
}

/* What was handed out to people is with them. */
static uint64_t handed_out(const struct asking *a, fold_slot need)
{
	uint64_t handed = 0;

	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_MOVES); i++) {
		struct fold_move move;

		if (fold_move_of(a->fold, i) != need)
			continue;
		fold_move(a->fold, i, &move);
		handed += move.stage == MOVE_GIVEN ? move.arrived_milli : 0;
	}
	return handed;
}

/* Who counted the same goods there since, counted what came as well. */
static bool is_counted(const struct asking *a, const struct fold_line *need)
{
	uint32_t came_s = arrived_s(a, need->record.own);
	struct entry asked, shelf;

	fold_read(a->fold, need->record.standing, &asked);
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_LINES); i++) {
		struct fold_line line;
		struct fold_sums sums;

		fold_line(a->fold, i, &line);
		if (line.kind != LINE_RESOURCE || line.status != LINE_OPEN || line.item != need->item ||
		    line.site != need->site)
			continue;
		fold_read(a->fold, line.record.standing, &shelf);
		if (variants_differ(shelf.line.variant, asked.line.variant) ||
		    (!line.item && strcasecmp(shelf.line.text, asked.line.text) != 0))
			continue;
		fold_line_sums(a->fold, i, &sums);
		if (sums.counted_s >= came_s)
			return true;
	}
	return false;
}

/* Of a need that is not closed yet: what came beyond it. Of some, however much, nothing is beyond. */
static void add_beyond(struct asking *a, uint32_t index, const struct fold_line *line)
{
	uint64_t beyond, handed;
	struct fold_sums sums;
	struct top_row f;

	fold_line_sums(a->fold, index, &sums);
	if (line->status != LINE_MET || !sums.quantity_milli || sums.received_milli <= sums.quantity_milli ||
	    is_counted(a, line))
		return;
	beyond = sums.received_milli - sums.quantity_milli;
	handed = handed_out(a, line->record.own);
	if (handed >= beyond)
		return;
	f = questions_row_of_line(a, line, &sums);
	f.order = (uint64_t)questions_tier_of(line->item) << 16 | line->item;
	f.quantity = (int64_t)(beyond - handed);
	f.why = line->is_standing ? TOP_ROW_BEYOND_NOW : TOP_ROW_BEYOND;
	top_rows_add(&a->findings, f);
}

bool questions_find_surplus(struct asking *a)
{
	struct totals sums = { NULL, 0, 0 };
	bool ok = add_own_needs(a, &sums);

	(void)said_add(a->remark,
		       SAY_OF(SURPLUS_OF_PLACE, say_text(questions_standing(a, FOLD_SITES, a->here).site.name)));

	for (uint32_t i = 0; ok && i < fold_count(a->fold, FOLD_LINES); i++) {
		struct fold_line line;

		fold_line(a->fold, i, &line);
		if (questions_site_index(a, line.record.own) != a->here || !questions_counts_line(a, &line.record))
			continue;
		if (line.kind == LINE_NEED)
			add_beyond(a, i, &line);
		else if (line.kind != LINE_ROUND && line.status == LINE_OPEN)
			ok = add_surplus(a, &sums, i, &line);
	}
	totals_fini(&sums);
	return ok || questions_no_memory(a);
}

/* Needs with one voice alone. */

static void mark_needs_of(const struct asking *a, uint8_t *confirmed, const struct fold_note *note)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_LINES); i++) {
		struct fold_line line;

		fold_line(a->fold, i, &line);
		if (line.site == note->of && line.confirmed_s >= note->record.changed.time &&
		    !public_key_equal(line.record.author, note->record.author))
			confirmed[i] = 1;
	}
}

static void mark_confirmed(const struct asking *a, uint8_t *confirmed)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_NOTES); i++) {
		struct fold_note note;
		struct fold_record line;
		uint32_t index;

		fold_note(a->fold, i, &note);
		if (note.kind == NOTE_STILL_NEEDED && note.of != FOLD_NONE && fold_kind(a->fold, note.of) == ENTRY_SITE)
			mark_needs_of(a, confirmed, &note);
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

bool questions_find_unconfirmed(struct asking *a)
{
	uint32_t count = fold_count(a->fold, FOLD_LINES);
	uint8_t *confirmed = calloc(count + 1, 1);

	if (!confirmed)
		return questions_no_memory(a);
	mark_confirmed(a, confirmed);
	for (uint32_t i = 0; i < count; i++) {
		struct fold_line line;
		struct fold_sums sums;
		struct top_row f;
		bool is_trusted;

		fold_line(a->fold, i, &line);
		if (line.kind != LINE_NEED || !fold_line_is_open(&line) || confirmed[i] ||
		    !public_key_equal(line.record.changed_by, line.record.author) ||
		    !questions_counts_line(a, &line.record))
			continue;
		is_trusted = picture_trust(a->picture, line.record.author) != VIEW_STRANGER;
		fold_line_sums(a->fold, i, &sums);
		f = questions_row_of_line(a, &line, &sums);
		f.order = (uint64_t)(f.late != TOP_ROW_CHECK) << 34 | (uint64_t)!f.late << 33 |
			  (uint64_t)is_trusted << 32 | (f.late ? line.due_s : f.said_s);
		questions_row_amount(&f, &line, &sums);
		f.people = sums.people;
		f.when_s = line.due_s;
		f.why = is_trusted ? TOP_ROW_ONE_VOICE : TOP_ROW_STRANGER;
		questions_add(a, f);
	}
	free(confirmed);
	return true;
}

/* Silence is unknown, never "no need". */

/* Where an author stands is said by nobody: it is the place of its node's own name, or the only one that it opened. */
static bool stands_at(const struct asking *a, const struct public_key *author, const char *site)
{
	uint32_t count = 0;
	struct card card;
	size_t size;

	if (!fold_card(a->fold, author, &card))
		return false;
	size = strlen(card.name);
	/* A longer name was cut for the card, at a character. */
	if (strncmp(site, card.name, size) == 0 && (!site[size] || size + 4 > CARD_NAME_MAX))
		return true;
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_SITES); i++) {
		struct fold_record record;

		fold_record(a->fold, FOLD_SITES, i, &record);
		count += public_key_equal(record.author, author);
	}
	return count == 1;
}

/* This node stands there, or somebody does who is in contact and trusted. */
static bool is_in_contact(const struct asking *a, const struct fold_site *site, const char *name)
{
	if (ref_equal(picture_site(a->picture), fold_ref(a->fold, site->record.own)))
		return true;
	for (size_t i = 0; i < a->q->near_count; i++)
		if (public_key_equal(&a->q->near[i], site->record.author) && stands_at(a, &a->q->near[i], name))
			return true;
	return false;
}

/* Another node asks without them: so whoever compares two answers reads which they are. */
struct in_contact {
	char names[SAID_VALUE_MAX / 2];
	size_t used;
	uint32_t more;
};

static void name_contact(struct in_contact *seen, const char *name)
{
	size_t size = strlen(name);

	if (seen->used + size + sizeof ", " > sizeof seen->names) {
		seen->more++;
		return;
	}
	seen->used += (size_t)snprintf(seen->names + seen->used, sizeof seen->names - seen->used, "%s%s",
				       seen->used ? ", " : "", name);
}

bool questions_find_silent(struct asking *a)
{
	struct in_contact seen = { .used = 0 };

	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_SITES); i++) {
		struct fold_site site;
		struct entry standing;
		struct top_row f = questions_row_blank();

		fold_site(a->fold, i, &site);
		if (site.heard_s + QUESTIONS_SILENT_S > a->q->now_s)
			continue;
		fold_read(a->fold, site.record.standing, &standing);
		if (standing.site.state == SITE_CLOSED || standing.site.state == SITE_MOVED ||
		    !questions_counts(a, FOLD_SITES, site.record.own))
			continue;
		if (is_in_contact(a, &site, standing.site.name)) {
			name_contact(&seen, standing.site.name);
			continue;
		}
		f.order = site.heard_s;
		f.list = FOLD_SITES;
		f.record = site.record.own;
		f.site = i;
		f.people = standing.site.people;
		f.count = site.open_needs;
		f.round = site.round;
		f.said_s = site.heard_s;
		questions_add(a, f);
	}
	if (seen.used)
		(void)said_add(a->remark, SAY_OF(SILENT_IN_CONTACT, say_text(seen.names), say_number(seen.more)));
	return true;
}

/* Who was served: what needs received, or what went out at the door for no need in particular. What came for a need and
 * went on through the door is the same supplies twice, so of the two the larger counts, not their sum. */

static bool add_served(const struct asking *a, struct totals *sums, bool is_given, fold_slot line, uint16_t item,
		       uint64_t quantity, uint32_t said_s)
{
	uint32_t site = questions_site_index(a, line);
	struct total *sum = site == UINT32_MAX || !item ? NULL : totals_get(sums, site, item, 0);

	if (site == UINT32_MAX || !item)
		return true;
	if (!sum)
		return false;
	*(is_given ? &sum->of : &sum->quantity) += (int64_t)quantity;
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
		if (line.kind != LINE_NEED || !questions_counts_line(a, &line.record))
			continue;
		fold_line_sums(a->fold, i, &own);
		/* What they received stays received; what was withdrawn is no need of theirs. */
		if (line.status == LINE_CLOSED && !own.ever_milli)
			continue;
		ok = add_served(a, sums, false, line.record.own, line.item, own.ever_milli, line.record.changed.time);
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
		if (!questions_counts_line(a, &line.record))
			continue;
		ok = add_served(a, sums, true, move.from, line.item, move.quantity_milli,
				fold_move_time(a->fold, move.last));
	}
	return ok;
}

bool questions_find_served(struct asking *a)
{
	struct totals sums = { NULL, 0, 0 };
	bool ok;

	questions_find_parties(a);
	ok = add_needs_served(a, &sums) && add_given(a, &sums);

	for (uint32_t i = 0; i < sums.size; i++) {
		const struct total *sum = &sums.table[i];
		struct top_row f = questions_row_blank();
		uint64_t heads;

		if (!sum->is_used)
			continue;
		heads = questions_heads_milli(a, sum->site, sum->item);
		f.people = (uint32_t)((heads + 999) / 1000);
		f.quantity = sum->quantity > sum->of ? sum->quantity : sum->of;
		f.of = heads ? f.quantity * 1000 / (int64_t)heads : 0;
		f.item = sum->item;
		f.site = sum->site;
		f.said_s = sum->said_s;
		/* By item, who got least first; of how many nobody knows, last. */
		f.order = (uint64_t)sum->item << 48 | (f.people ? (uint64_t)f.of : 0xFFFFFFFFFFFF);
		f.second = sum->site;
		questions_add(a, f);
	}
	totals_fini(&sums);
	return ok || questions_no_memory(a);
}
