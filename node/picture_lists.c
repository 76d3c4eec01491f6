/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* view.h's records and the orders in which they are listed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>

#include "node/picture_state.h"
#include "node/ref_text.h"
#include "proto/catalog.h"
#include "sync/sort.h"

/* Text into a field of a view: cut at a character where it is too long. */
#define COPY(field, text) text_cut((field), sizeof(field) - 1, (text))

/* What people call the author: the card's name, else the beginning of the key. */
static void author_name(const struct picture *p, const struct public_key *key, char name[VIEW_NAME_SIZE])
{
	const uint8_t *b = key->bytes;
	struct card card;

	if (picture_card(p, key, &card))
		text_cut(name, VIEW_NAME_SIZE - 1, card.name);
	else
		snprintf(name, VIEW_NAME_SIZE, "%02x%02x%02x%02x", b[0], b[1], b[2], b[3]);
}

static void slot_ref(struct picture *p, fold_slot slot, char text[VIEW_REF_SIZE])
{
	if (slot != FOLD_NONE)
		picture_ref_text(p, fold_ref(p->fold, slot), text);
}

static struct view_record view_of(struct picture *p, const struct fold_record *record)
{
	struct view_record view = { .changed = unix_of(record->changed.time) };
	struct entry_id id = fold_id(p->fold, record->standing);

	slot_ref(p, record->own, view.ref);
	ref_text_write_full(view.full, fold_ref(p->fold, record->own));
	sodium_bin2hex(view.id, sizeof view.id, id.bytes, sizeof id.bytes);
	author_name(p, record->author, view.author);
	view.trust = picture_trust(p, record->author);
	return view;
}

static struct view_place place_of(struct place place)
{
	return (struct view_place){ .lat_e6 = place.lat_e6, .lon_e6 = place.lon_e6, .digits = place.digits };
}

static struct view_hours hours_of(struct hours hours)
{
	return (struct view_hours){ .from = hours.from, .to = hours.to, .days = hours.days };
}

static void site_view(struct picture *p, uint32_t index, struct view_site *view)
{
	struct fold_site folded;
	struct entry standing;
	const struct site *site = &standing.site;

	fold_site(p->fold, index, &folded);
	fold_read(p->fold, folded.record.standing, &standing);
	*view = (struct view_site){
		.record = view_of(p, &folded.record),
		.place = place_of(site->place),
		.state = (enum view_site_state)site->state,
		.people = site->people,
		.giving = hours_of(site->giving),
		.receiving = hours_of(site->receiving),
		.takes = site->takes,
		.refuses = site->refuses,
		.facilities = site->facilities,
		.open_needs = folded.open_needs,
		.own = ref_equal(picture_site(p), fold_ref(p->fold, folded.record.own)),
		.heard = unix_of(folded.heard_s),
	};
	COPY(view->name, site->name);
}

static void item_of(const struct line *line, char name[VIEW_NAME_SIZE], char unit[VIEW_UNIT_SIZE])
{
	const struct catalog_item *item = line->item ? catalog_find_code(line->item) : NULL;

	if (item) {
		text_cut(name, VIEW_NAME_SIZE - 1, item->labels[CATALOG_EN]);
		text_cut(unit, VIEW_UNIT_SIZE - 1, item->unit);
	} else if (line->item) {
		snprintf(name, VIEW_NAME_SIZE, "item %u", line->item);
	} else {
		text_cut(name, VIEW_NAME_SIZE - 1, line->text);
	}
}

static void closed_reason(const struct line *line, char reason[VIEW_REASON_SIZE])
{
	static const char *const texts[] = { [CLOSED_NOT] = "",
					     [CLOSED_DONE] = "done",
					     [CLOSED_NOT_NEEDED] = "not needed",
					     [CLOSED_MISTAKE] = "mistake",
					     [CLOSED_MOVED] = "moved elsewhere" };

	text_cut(reason, VIEW_REASON_SIZE - 1, texts[line->closed]);
}

static void line_texts(struct picture *p, const struct fold_line *folded, const struct line *line,
		       struct view_line *view)
{
	struct entry site;

	item_of(line, view->item_name, view->unit);
	if (line->item)
		COPY(view->text, line->text);
	closed_reason(line, view->reason);
	slot_ref(p, folded->site, view->site_ref);
	if (folded->site_standing == FOLD_NONE)
		return;
	fold_read(p->fold, folded->site_standing, &site);
	COPY(view->site, site.site.name);
	view->place = place_of(site.site.place);
}

static void line_view(struct picture *p, uint32_t index, struct view_line *view)
{
	struct fold_line folded;
	struct fold_sums sums;
	struct entry standing, own;
	const struct line *line = &standing.line;

	fold_line(p->fold, index, &folded);
	fold_line_sums(p->fold, index, &sums);
	fold_read(p->fold, folded.record.standing, &standing);
	if (folded.record.own == folded.record.standing)
		own = standing;
	else
		fold_read(p->fold, folded.record.own, &own);
	*view = (struct view_line){
		.record = view_of(p, &folded.record),
		.kind = (enum view_line_kind)line->kind,
		.status = (enum view_line_status)folded.status,
		.place = place_of(own.line.cell),
		.item = line->item,
		.quantity_milli = line->quantity_milli,
		.received_milli = sums.received_milli,
		.coming_milli = sums.coming_milli,
		.open_milli = sums.open_milli,
		.on_hand_milli = sums.on_hand_milli,
		.promised_milli = sums.promised_milli,
		.reserve_milli = line->reserve_milli,
		.lot_milli = line->lot_milli,
		.people = line->people,
		.infants = line->infants,
		.elders = line->elders,
		.powered = line->powered,
		.within_h = line->within_h,
		.reach_km = line->reach_km,
		.flags = line->flags,
		.created = unix_of(own.line.created),
		.counted = unix_of(line->counted),
		.due = unix_of(folded.due_s),
		.ask_still_needed = folded.ask_still_needed,
		.check_on_them = folded.check_on_them,
	};
	line_texts(p, &folded, line, view);
}

static void line_site_name(const struct picture *p, fold_slot line, char name[VIEW_NAME_SIZE])
{
	fold_slot at = line == FOLD_NONE ? FOLD_NONE : fold_site_of_line(p->fold, line);
	struct entry site;

	if (at == FOLD_NONE)
		return;
	fold_read(p->fold, at, &site);
	text_cut(name, VIEW_NAME_SIZE - 1, site.site.name);
}

static void move_view(struct picture *p, uint32_t index, struct view_move *view)
{
	struct fold_move folded;
	struct entry last, about;
	fold_slot line;

	fold_move(p->fold, index, &folded);
	fold_read(p->fold, folded.last, &last);
	line = folded.of == FOLD_NONE ? folded.from : folded.of;
	*view = (struct view_move){
		.record = view_of(p, &folded.record),
		.stage = (enum view_move_stage)folded.stage,
		.quantity_milli = folded.quantity_milli,
		.extra_milli = folded.extra_milli,
		.at = unix_of(fold_move_time(p->fold, folded.last)),
		.due = unix_of(folded.due_s),
		.counts = folded.counts,
		.lapsed = folded.lapsed,
		.need_closed = folded.need_closed,
	};
	slot_ref(p, folded.last, view->last);
	slot_ref(p, folded.of, view->of);
	slot_ref(p, folded.from, view->from);
	if (line != FOLD_NONE) {
		fold_read(p->fold, line, &about);
		item_of(&about.line, view->item_name, view->unit);
	}
	line_site_name(p, folded.of, view->to_site);
	line_site_name(p, folded.from, view->from_site);
	COPY(view->text, last.move.text);
}

/* The record that a note names, whether or not it is here. */
static void note_ref(struct picture *p, struct ref ref, char text[VIEW_REF_SIZE])
{
	if (!ref_is_none(ref))
		picture_ref_text(p, ref, text);
}

static void note_view(struct picture *p, uint32_t index, struct view_note *view)
{
	struct fold_note folded;
	struct entry standing;
	const struct note *note = &standing.note;

	fold_note(p->fold, index, &folded);
	fold_read(p->fold, folded.record.standing, &standing);
	*view = (struct view_note){ .record = view_of(p, &folded.record),
				    .kind = (enum view_note_kind)note->kind,
				    .severity = (uint8_t)note->severity,
				    .flags = note->flags };
	COPY(view->language, note->language);
	COPY(view->source, note->source);
	COPY(view->text, note->text);
	note_ref(p, note->of, view->of);
	note_ref(p, note->other, view->other);
}

/* Orders. Equal keys by full ref: the fold's own lists are in the order of (key, number), which is the same everywhere,
 * so the index decides. */

static int by_index(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

/* As strcasecmp orders them. */
static int by_name(const struct picture *p, fold_slot a, fold_slot b)
{
	struct view x = { NULL, 0 }, y = { NULL, 0 };
	int order;

	if (a == b)
		return 0;
	if (a != FOLD_NONE)
		x = fold_name(p->fold, a);
	if (b != FOLD_NONE)
		y = fold_name(p->fold, b);
	order = x.size && y.size
			? strncasecmp((const char *)x.data, (const char *)y.data, x.size < y.size ? x.size : y.size)
			: 0;
	return order ? order : x.size < y.size ? -1 : x.size > y.size;
}

static int sites_by_name(const void *ctx, uint32_t a, uint32_t b)
{
	const struct picture *p = ctx;
	struct fold_record x, y;
	int order;

	fold_record(p->fold, FOLD_SITES, a, &x);
	fold_record(p->fold, FOLD_SITES, b, &y);
	order = by_name(p, x.standing, y.standing);
	return order ? order : by_index(a, b);
}

/* Open needs first, by when they are due; then what is expired, covered, met, closed; then offers; then stock. */
static int line_group(const struct fold_line *line)
{
	static const int groups[] = {
		[LINE_OPEN] = 0, [LINE_EXPIRED] = 1, [LINE_COVERED] = 2, [LINE_MET] = 3, [LINE_CLOSED] = 4
	};

	return (int)line->kind * 8 + groups[line->status];
}

static int lines_by_urgency(const void *ctx, uint32_t a, uint32_t b)
{
	const struct picture *p = ctx;
	struct fold_line x, y;
	int order;

	fold_line(p->fold, a, &x);
	fold_line(p->fold, b, &y);
	order = line_group(&x) - line_group(&y);
	if (!order && x.due_s != y.due_s)
		order = x.due_s < y.due_s ? -1 : 1;
	if (!order)
		order = by_name(p, x.site_standing, y.site_standing);
	if (!order)
		order = (int)x.item - (int)y.item;
	return order ? order : by_index(a, b);
}

static int moves_by_due(const void *ctx, uint32_t a, uint32_t b)
{
	const struct picture *p = ctx;
	struct fold_move x, y;

	fold_move(p->fold, a, &x);
	fold_move(p->fold, b, &y);
	if (x.counts != y.counts)
		return x.counts ? -1 : 1;
	if (x.due_s != y.due_s)
		return x.due_s < y.due_s ? -1 : 1;
	return by_index(a, b);
}

static int notes_by_age(const void *ctx, uint32_t a, uint32_t b)
{
	const struct picture *p = ctx;
	struct fold_note x, y;
	int order;

	fold_note(p->fold, a, &x);
	fold_note(p->fold, b, &y);
	order = hlc_compare(y.record.changed, x.record.changed);
	return order ? order : by_index(a, b);
}

static uint32_t put_in_order(struct picture *p, enum fold_list list, sort_compare compare)
{
	uint32_t count = fold_count(p->fold, list), *order = fold_scratch(p->fold);

	for (uint32_t i = 0; i < count; i++)
		order[i] = i;
	sort_numbers(order, count, compare, p);
	return count;
}

/* Filters. */

static bool names_site(const char *wanted, const char *name, const char *ref)
{
	return !wanted || !*wanted || strcasecmp(wanted, name) == 0 || strcasecmp(wanted, ref) == 0 ||
	       (strlen(wanted) >= 3 && strncasecmp(wanted, name, strlen(wanted)) == 0);
}

static bool names_item(const char *wanted, const struct view_line *line)
{
	const struct catalog_item *item = wanted && *wanted ? catalog_find_name(wanted) : NULL;
	char code[8];

	if (!wanted || !*wanted)
		return true;
	snprintf(code, sizeof code, "%u", line->item);
	if (item ? item->code == line->item : strcmp(code, wanted) == 0)
		return true;
	return strcasestr(line->item_name, wanted) != NULL;
}

static bool names_word(const char *wanted, const char *word)
{
	return !wanted || !*wanted || strcasecmp(wanted, word) == 0;
}

static bool line_fits(const struct view_query *query, const struct view_line *line)
{
	static const char *const kinds[] = { [VIEW_NEED] = "need", [VIEW_OFFER] = "offer", [VIEW_RESOURCE] = "stock" };
	static const char *const statuses[] = { [VIEW_OPEN] = "open",
						[VIEW_COVERED] = "covered",
						[VIEW_MET] = "met",
						[VIEW_CLOSED] = "closed",
						[VIEW_EXPIRED] = "expired" };

	return names_word(query->kind, kinds[line->kind]) && names_word(query->status, statuses[line->status]) &&
	       names_site(query->site, line->site, line->site_ref) && names_item(query->item, line);
}

/* Listings. A callback must not ask for another listing. */

void picture_sites(struct picture *p, uint32_t now_s, const struct view_query *query, view_site_cb cb, void *user)
{
	uint32_t count;

	picture_fold(p, now_s);
	count = put_in_order(p, FOLD_SITES, sites_by_name);
	for (uint32_t i = 0; i < count; i++) {
		struct view_site view;

		site_view(p, fold_scratch(p->fold)[i], &view);
		if (names_site(query->site, view.name, view.record.ref) && !cb(user, &view))
			return;
	}
}

void picture_lines(struct picture *p, uint32_t now_s, const struct view_query *query, view_line_cb cb, void *user)
{
	uint32_t count;

	picture_fold(p, now_s);
	count = put_in_order(p, FOLD_LINES, lines_by_urgency);
	for (uint32_t i = 0; i < count; i++) {
		struct view_line view;

		line_view(p, fold_scratch(p->fold)[i], &view);
		if (line_fits(query, &view) && !cb(user, &view))
			return;
	}
}

void picture_moves(struct picture *p, uint32_t now_s, const struct view_query *query, view_move_cb cb, void *user)
{
	uint32_t count;

	picture_fold(p, now_s);
	count = put_in_order(p, FOLD_MOVES, moves_by_due);
	for (uint32_t i = 0; i < count; i++) {
		struct view_move view;

		move_view(p, fold_scratch(p->fold)[i], &view);
		if (!query->site || names_site(query->site, view.to_site, "") ||
		    names_site(query->site, view.from_site, "")) {
			if (!cb(user, &view))
				return;
		}
	}
}

void picture_notes(struct picture *p, uint32_t now_s, const struct view_query *query, view_note_cb cb, void *user)
{
	uint32_t count;

	(void)query;
	picture_fold(p, now_s);
	count = put_in_order(p, FOLD_NOTES, notes_by_age);
	for (uint32_t i = 0; i < count; i++) {
		struct view_note view;

		note_view(p, fold_scratch(p->fold)[i], &view);
		if (!cb(user, &view))
			return;
	}
}

void picture_authors(struct picture *p, uint32_t now_s, view_author_cb cb, void *user)
{
	struct fold *fold = picture_fold(p, now_s);

	for (uint32_t i = 0; i < fold_author_count(fold); i++) {
		struct fold_author author;
		struct view_author view = { .vouched = false };

		if (!fold_author(fold, i, &author))
			continue;
		author_name(p, &author.key, view.name);
		sodium_bin2hex(view.key, sizeof view.key, author.key.bytes, sizeof author.key.bytes);
		view.trust = picture_trust(p, &author.key);
		view.vouched = fold_distance(fold, p->self, &author.key) == 1;
		view.heard = unix_of(author.heard_s);
		if (!cb(user, &view))
			return;
	}
}

static void count_line(const struct fold_line *line, struct view_status *status)
{
	if (line->kind == LINE_NEED) {
		status->needs_open += line->status == LINE_OPEN;
		status->needs_covered += line->status == LINE_COVERED;
		return;
	}
	if (line->status == LINE_CLOSED)
		return;
	if (line->kind == LINE_OFFER)
		status->offers++;
	else
		status->resources++;
}

void picture_count(struct picture *p, uint32_t now_s, struct view_status *status)
{
	struct fold *fold = picture_fold(p, now_s);
	struct fold_line line;
	struct fold_move move;
	struct fold_note note;

	for (uint32_t i = 0; i < fold_count(fold, FOLD_LINES); i++) {
		fold_line(fold, i, &line);
		count_line(&line, status);
	}
	for (uint32_t i = 0; i < fold_count(fold, FOLD_MOVES); i++) {
		fold_move(fold, i, &move);
		status->moves_coming += move.counts;
		status->moves_late += move.lapsed;
	}
	for (uint32_t i = 0; i < fold_count(fold, FOLD_NOTES); i++) {
		fold_note(fold, i, &note);
		status->alerts += note.kind == NOTE_ALERT;
	}
	status->sites = fold_count(fold, FOLD_SITES);
}
