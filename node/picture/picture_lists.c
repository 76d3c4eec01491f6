/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* view.h's records, and those of them that a query wants. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>

#include "node/picture/picture_filter.h"
#include "board/text/iso_time.h"
#include "node/picture/picture_state.h"
#include "node/system/clock.h"
#include "node/picture/ref_text.h"
#include "proto/catalog/catalog_search.h"
#include "proto/field.h"
#include "proto/goods.h"
#include "proto/place/geo.h"
#include "proto/place/plus_code.h"

enum { CELL_DIGITS_MAX = 8 };

/* Text into a field of a view: cut at a character where it is too long. */
#define COPY(field, text) text_cut((field), sizeof field - 1, (text))

void picture_author_name(const struct picture *p, const struct public_key *key, char name[VIEW_NAME_SIZE])
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
	struct view_record view = { .changed = clock_unix_of(record->changed.time) };
	struct entry_id id = fold_id(p->fold, record->newest);

	slot_ref(p, record->own, view.ref);
	ref_text_write_full(view.full, fold_ref(p->fold, record->own));
	sodium_bin2hex(view.id, sizeof view.id, id.bytes, sizeof id.bytes);
	picture_author_name(p, record->author, view.author);
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

/* The way from where this node stands. */
static struct view_way way_to(const struct picture *p, const struct view_place *to)
{
	struct view_way way = { .metres = VIEW_DISTANCE_UNKNOWN };
	uint32_t index = ref_is_none(p->site) ? UINT32_MAX : fold_find(p->fold, FOLD_SITES, p->site);
	struct geo_point here, there = { to->lat_e6, to->lon_e6 };
	struct fold_record record;
	struct entry own;

	if (index == UINT32_MAX || to->digits == PLACE_NONE)
		return way;
	fold_record(p->fold, FOLD_SITES, index, &record);
	fold_read(p->fold, record.standing, &own);
	if (own.site.place.digits == PLACE_NONE)
		return way;
	here = (struct geo_point){ own.site.place.lat_e6, own.site.place.lon_e6 };
	way.metres = geo_distance_m(here, there);
	COPY(way.direction, geo_direction(here, there));
	return way;
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
		.round = picture_round(p->fold, folded.round),
		.own = ref_equal(picture_site(p), fold_ref(p->fold, folded.record.own)),
		.heard = clock_unix_of(folded.heard_s),
	};
	view->way = way_to(p, &view->place);
	COPY(view->name, site->name);
	if (site->state != SITE_OPEN && site->state != SITE_UNLISTED)
		picture_instead(p, index, view->instead, view->instead_ref);
}

void picture_item_name(const struct line *line, char name[VIEW_NAME_SIZE], char unit[VIEW_UNIT_SIZE])
{
	const struct catalog_item *item = line->item ? catalog_find_code(line->item) : NULL;

	unit[0] = '\0';
	if (item) {
		text_cut(name, VIEW_NAME_SIZE - 1, item->labels[CATALOG_EN]);
		text_cut(unit, VIEW_UNIT_SIZE - 1, item->unit);
	} else if (line->item) {
		snprintf(name, VIEW_NAME_SIZE, "item %u", line->item);
	} else {
		text_cut(name, VIEW_NAME_SIZE - 1, line->text);
	}
}

void picture_goods_name(const struct line *line, char name[VIEW_NAME_SIZE], char unit[VIEW_UNIT_SIZE])
{
	size_t mark = line->variant[0] ? strlen(VIEW_VARIANT_MARK) + strlen(line->variant) : 0;
	char item[VIEW_NAME_SIZE];

	picture_item_name(line, item, unit);
	/* A long name gives way to what tells one from the other. */
	text_cut(name, VIEW_NAME_SIZE - 1 - mark, item);
	if (mark)
		snprintf(name + strlen(name), mark + 1, "%s%s", VIEW_VARIANT_MARK, line->variant);
}

static void line_texts(struct picture *p, const struct fold_line *folded, const struct line *line,
		       struct view_line *view)
{
	struct entry site;

	picture_item_name(line, view->item_name, view->unit);
	if (line->item)
		COPY(view->text, line->text);
	slot_ref(p, folded->site, view->site_ref);
	if (folded->site_standing == FOLD_NONE)
		return;
	fold_read(p->fold, folded->site_standing, &site);
	COPY(view->site, site.site.name);
	view->place = place_of(site.site.place);
}

/* The record that a note names, whether or not it is here. */
static void note_ref(struct picture *p, struct ref ref, char text[VIEW_REF_SIZE])
{
	if (!ref_is_none(ref))
		picture_ref_text(p, ref, text);
}

/* What was changed, as a program reads it: a bit for each of WORDS_CHANGES. */
static uint32_t changes_of(uint32_t fields)
{
	static const uint8_t shown[] = { LINE_FIELD_GOODS,  LINE_FIELD_PEOPLE,      LINE_FIELD_INFANTS,
					 LINE_FIELD_ELDERS, LINE_FIELD_POWERED,     LINE_FIELD_WITHIN,
					 LINE_FIELD_LOT,    LINE_FIELD_SUBSTITUTES, LINE_FIELD_RESERVE,
					 LINE_FIELD_REACH,  LINE_FIELD_FLAGS,       LINE_FIELD_TEXT,
					 LINE_FIELD_CLOSED, LINE_FIELD_EVERY,       LINE_FIELD_USE_BY,
					 LINE_FIELD_VARIANT };
	uint32_t changes = 0;

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		if (fields & field_bit(shown[i]))
			changes |= UINT32_C(1) << i;
	return changes;
}

/* "2026-12-24". */
void picture_day_text(uint16_t day, char text[VIEW_UNIT_SIZE])
{
	char moment[ISO_TIME_SIZE];

	iso_time_format(moment, clock_unix_of(day * (uint32_t)EPOCH_S));
	text_cut(text, strlen("2026-12-24"), moment);
}

static void goods_view(const struct picture *p, const struct line *line, struct view_line *view)
{
	COPY(view->variant, line->variant);
	if (line->use_by)
		picture_day_text(line->use_by, view->use_by);
	view->is_past_use = line_is_past_use(line, p->run_s);
}

uint32_t picture_line_said(const struct fold_line *line, const struct fold_sums *sums)
{
	uint32_t said_s = line->kind == LINE_RESOURCE && sums->counted_s ? sums->counted_s : sums->created_s;

	if (!said_s || line->kind == LINE_ROUND || line->status == LINE_CLOSED)
		return line->record.changed.time;
	return line->confirmed_s > said_s ? line->confirmed_s : said_s;
}

/* As it stands; or as it would, if `change` stood in its fields. */
static void line_view(struct picture *p, uint32_t index, const struct fold_change *change, struct view_line *view)
{
	struct fold_line folded;
	struct fold_sums sums;
	struct entry standing;
	const struct line *line = &standing.line;

	fold_line(p->fold, index, &folded);
	fold_line_sums(p->fold, index, &sums);
	fold_read(p->fold, folded.record.standing, &standing);
	if (change) {
		struct entry said;

		fold_read_change(p->fold, change->slot, &said);
		fields_copy(&standing, &said, change->fields);
		folded.record.newest = change->slot;
	}
	*view = (struct view_line){
		.record = view_of(p, &folded.record),
		.kind = (enum view_line_kind)line->kind,
		.status = (enum view_line_status)folded.status,
		.place = place_of(line->cell),
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
		.every_h = line->every_h,
		.reach_km = line->reach_km,
		.flags = line->flags & (uint8_t)~LINE_RECKONED,
		.is_reckoned = line->flags & LINE_RECKONED,
		.created = clock_unix_of(line->created),
		.counted = line->kind == LINE_RESOURCE ? clock_unix_of(line->counted) : 0,
		.said = clock_unix_of(picture_line_said(&folded, &sums)),
		.due = clock_unix_of(folded.due_s),
		.ask_still_needed = folded.ask_still_needed,
		.check_on_them = folded.check_on_them,
		.has_ticket = line->ticket != 0,
		.closed = folded.stays != FOLD_NONE ? VIEW_CLOSED_DUPLICATE : (enum view_closed)line->closed,
		.changes = change ? changes_of(change->fields) : 0,
	};
	line_texts(p, &folded, line, view);
	if (line->kind == LINE_ROUND)
		view->round = picture_round(p->fold, folded.record.own);
	picture_periods(p->fold, index, view);
	view->is_duplicate = folded.stays != FOLD_NONE;
	note_ref(p, view->is_duplicate ? fold_ref(p->fold, folded.stays) : picture_stays(p, folded.record.own),
		 view->duplicate_of);
	view->way = way_to(p, &view->place);
	goods_view(p, line, view);
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

/* Never finer than a settlement, whatever a node was told. */
static void name_cell(char name[VIEW_NAME_SIZE], struct place cell)
{
	char author[CARD_NAME_MAX + 1], code[PLUS_CODE_SIZE];

	text_cut(author, CARD_NAME_MAX, name);
	plus_code_encode(code, (struct geo_point){ cell.lat_e6, cell.lon_e6 },
			 cell.digits < CELL_DIGITS_MAX ? cell.digits : CELL_DIGITS_MAX);
	snprintf(name, VIEW_NAME_SIZE, "%s (%s)", code, author);
}

void picture_place_name(const struct picture *p, fold_slot line, char name[VIEW_NAME_SIZE])
{
	fold_slot site = fold_site_of_line(p->fold, line);
	uint32_t index = fold_find(p->fold, FOLD_LINES, fold_ref(p->fold, line));
	struct fold_record record;
	struct entry said;
	struct card card;

	name[0] = '\0';
	if (site != FOLD_NONE) {
		fold_read(p->fold, site, &said);
		text_cut(name, VIEW_NAME_SIZE - 1, said.site.name);
	} else if (index != UINT32_MAX) {
		fold_record(p->fold, FOLD_LINES, index, &record);
		if (picture_card(p, record.author, &card))
			text_cut(name, VIEW_NAME_SIZE - 1, card.name);
		fold_read(p->fold, record.own, &said);
		if (said.line.cell.digits != PLACE_NONE)
			name_cell(name, said.line.cell);
	}
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
		.promised_milli = folded.promised_milli,
		.on_way_milli = folded.on_way_milli,
		.arrived_milli = folded.arrived_milli,
		.lost_milli = folded.lost_milli,
		.back_milli = folded.back_milli,
		.extra_milli = folded.extra_milli,
		.at = clock_unix_of(fold_move_time(p->fold, folded.last)),
		.due = clock_unix_of(folded.due_s),
		.counts = folded.counts,
		.lapsed = folded.lapsed,
		.too_late = folded.too_late,
		.counted_once = folded.counted_once,
		.need_closed = folded.need_closed,
	};
	slot_ref(p, folded.last, view->last);
	slot_ref(p, folded.of, view->of);
	slot_ref(p, folded.from, view->from);
	if (line != FOLD_NONE) {
		fold_read(p->fold, line, &about);
		picture_goods_name(&about.line, view->item_name, view->unit);
	}
	line_site_name(p, folded.of, view->to_site);
	line_site_name(p, folded.from, view->from_site);
	COPY(view->text, last.move.text);
	view->record.changed = clock_unix_of(last.hlc.time);
}

static void put_denial(struct picture *p, fold_slot denial, struct hlc changed, struct view_note *view)
{
	const struct public_key *author;
	struct entry said;

	if (denial == FOLD_NONE)
		return;
	author = fold_author_of(p->fold, denial);
	fold_read(p->fold, denial, &said);
	picture_author_name(p, author, view->denied_by);
	view->denied_trust = picture_trust(p, author);
	slot_ref(p, denial, view->denied_ref);
	COPY(view->denied_text, said.note.text);
	view->denied_before = hlc_compare(changed, said.hlc) > 0;
}

void picture_note_view(struct picture *p, uint32_t index, uint32_t now_s, struct view_note *view)
{
	struct fold_note folded;
	struct entry standing;
	const struct note *note = &standing.note;

	fold_note(p->fold, index, &folded);
	fold_read(p->fold, folded.record.standing, &standing);
	*view = (struct view_note){ .record = view_of(p, &folded.record),
				    .kind = (enum view_note_kind)note->kind,
				    .severity = (uint8_t)note->severity,
				    .flags = note->flags & NOTE_DRILL,
				    .until = clock_unix_of(folded.until_s),
				    .is_over = picture_note_is_over(p, &folded, now_s),
				    .is_withdrawn = folded.is_withdrawn };
	put_denial(p, picture_denial(p, folded.record.own), folded.record.changed, view);
	COPY(view->language, note->language);
	COPY(view->source, note->source);
	if (!picture_note_instead(p, &folded, view->instead))
		COPY(view->text, note->text);
	note_ref(p, note->of, view->of);
	note_ref(p, note->other, view->other);
}

/* Listings. Only what stands on the page that was asked for becomes a view. */

struct listing {
	view_site_cb site;
	view_line_cb line;
	view_move_cb move;
	view_note_cb note;
	void *user;
	uint32_t now_s;
};

static bool show(struct picture *p, const struct listing *l, uint32_t index)
{
	union {
		struct view_site site;
		struct view_line line;
		struct view_move move;
		struct view_note note;
	} view;

	if (l->site) {
		site_view(p, index, &view.site);
		return l->site(l->user, &view.site);
	}
	if (l->line) {
		line_view(p, index, NULL, &view.line);
		return l->line(l->user, &view.line);
	}
	if (l->move) {
		move_view(p, index, &view.move);
		return l->move(l->user, &view.move);
	}
	picture_note_view(p, index, l->now_s, &view.note);
	return l->note(l->user, &view.note);
}

static size_t list_all(struct picture *p, const struct picture_filter *f, enum fold_list list, const struct listing *l)
{
	const uint32_t *order = picture_order(p, list);
	size_t total = 0;

	for (uint32_t i = 0; i < fold_count(p->fold, list); i++) {
		uint32_t index = order ? order[i] : i;

		if (!picture_filter_fits(p, f, list, index))
			continue;
		if (view_query_shows(f->query, total++) && !show(p, l, index))
			break;
	}
	return total;
}

static size_t list(struct picture *p, uint32_t now_s, const struct view_query *query, enum fold_list which,
		   const struct listing *l)
{
	struct picture_filter filter;
	size_t total = 0;

	picture_fold(p, now_s);
	if (picture_filter_init(&filter, p, now_s, query, which))
		total = list_all(p, &filter, which, l);
	picture_filter_fini(&filter);
	return total;
}

size_t picture_sites(struct picture *p, uint32_t now_s, const struct view_query *query, view_site_cb cb, void *user)
{
	return list(p, now_s, query, FOLD_SITES, &(struct listing){ .site = cb, .user = user });
}

/* Changes of one line that do not stand, each as the line that it would make now, by whom and when. */
static size_t list_overtaken(struct picture *p, uint32_t now_s, const struct view_query *query, view_line_cb cb,
			     void *user)
{
	struct fold_change changes[FOLD_OVERTAKEN_MAX];
	struct picture_hit hit;
	struct fold_record record;
	uint32_t count;

	picture_fold(p, now_s);
	if (picture_find_in(p, now_s, query->about, FOLD_LINES, &hit) != FOUND_ONE)
		return 0;
	fold_record(p->fold, FOLD_LINES, hit.index, &record);
	count = fold_overtaken(p->fold, record.own, changes);
	for (uint32_t i = 0; i < count; i++) {
		const struct public_key *author = fold_author_of(p->fold, changes[i].slot);
		struct view_line view;
		struct entry said;

		fold_read_change(p->fold, changes[i].slot, &said);
		line_view(p, hit.index, &changes[i], &view);
		view.said = view.record.changed = clock_unix_of(said.hlc.time);
		picture_author_name(p, author, view.record.author);
		view.record.trust = picture_trust(p, author);
		if (!cb(user, &view))
			break;
	}
	return count;
}

size_t picture_lines(struct picture *p, uint32_t now_s, const struct view_query *query, view_line_cb cb, void *user)
{
	if (query->overtaken)
		return list_overtaken(p, now_s, query, cb, user);
	return list(p, now_s, query, FOLD_LINES, &(struct listing){ .line = cb, .user = user });
}

size_t picture_moves(struct picture *p, uint32_t now_s, const struct view_query *query, view_move_cb cb, void *user)
{
	return list(p, now_s, query, FOLD_MOVES, &(struct listing){ .move = cb, .user = user });
}

size_t picture_notes(struct picture *p, uint32_t now_s, const struct view_query *query, view_note_cb cb, void *user)
{
	return list(p, now_s, query, FOLD_NOTES, &(struct listing){ .note = cb, .user = user, .now_s = now_s });
}

size_t picture_authors(struct picture *p, uint32_t now_s, const struct view_query *query, view_author_cb cb, void *user)
{
	size_t total = 0;
	struct fold *fold = picture_fold(p, now_s);

	for (uint32_t i = 0; i < fold_author_count(fold); i++) {
		struct fold_author author;
		struct view_author view = { .vouched = false };
		struct card card;

		if (!fold_author(fold, i, &author) || !view_query_shows(query, total++))
			continue;
		picture_author_name(p, &author.key, view.name);
		sodium_bin2hex(view.key, sizeof view.key, author.key.bytes, sizeof author.key.bytes);
		if (picture_card(p, &author.key, &card))
			snprintf(view.languages, sizeof view.languages, "%s", card.languages);
		view.trust = picture_trust(p, &author.key);
		view.vouched = fold_distance(fold, p->self, &author.key) == 1;
		view.heard = clock_unix_of(author.heard_s);
		if (!cb(user, &view))
			break;
	}
	return total;
}

uint32_t picture_trusts(struct picture *p, uint32_t *met)
{
	uint32_t trusts = 0;

	*met = 0;
	for (uint32_t i = 0; i < fold_author_count(p->fold); i++) {
		struct fold_author author;

		if (!fold_author(p->fold, i, &author) || public_key_equal(&author.key, p->self))
			continue;
		++*met;
		trusts += fold_distance(p->fold, p->self, &author.key) <= FOLD_VOUCHES;
	}
	return trusts;
}
