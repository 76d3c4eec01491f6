/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/lcd_round.h"

#include <stdio.h>
#include <string.h>

#include "board/display/lcd_clock.h"
#include "board/display/lcd_words.h"
#include "board/sentence.h"

enum {
	NEEDS_MAX = 8,
	COMING_MAX = 4,
	PEERS_MAX = 4,
};

static void draw_home(struct drawing *d)
{
	const struct view_status *s = &d->status;
	struct lcd_page *page;
	char needs[DRAWING_COUNT_SIZE], near[DRAWING_COUNT_SIZE], line[DRAWING_LINE_SIZE];

	page = drawing_deal(d, LCD_ROUND);
	d->pages->home = d->pages->count - 1;
	drawing_name_page(page, "home", "", 0);
	drawing_format_count(needs, s->needs_open);
	drawing_format_count(near, d->peers);
	drawing_put(d, page, 0, s->name[0] != '\0' ? s->name : "aidmesh");
	if (!drawing_is_large(d)) {
		lcd_words_fill(line, sizeof(line),
			       drawing_word(d, lcd_words_for(d->look.language, s->needs_open, SAY_LCD_NEED_NEAR,
							     SAY_LCD_NEEDS_NEAR)),
			       needs, near);
		if (s->time_quality != VIEW_TIME_SET)
			strcat(line, "?");
		drawing_put(d, page, 1, line);
		return;
	}
	drawing_say_count(d, page, 1, s->needs_open, SAY_LCD_NEED_OPEN, SAY_LCD_NEEDS_OPEN);
	drawing_say(d, page, 2, s->time_quality != VIEW_TIME_SET ? SAY_LCD_NEAR_TIME_GUESSED : SAY_LCD_NEAR_TIME_SET,
		    near, NULL);
	drawing_say(d, page, 3, SAY_LCD_PICTURE, s->picture, NULL);
}

/* Whoever stands before a place that is not open reads where to go. */
static bool on_own_place(void *user, const struct view_site *site)
{
	struct drawing *d = user;
	struct lcd_page *page;
	enum say_code state = site->state == VIEW_SITE_FULL    ? SAY_LCD_PLACE_FULL
			      : site->state == VIEW_SITE_MOVED ? SAY_LCD_PLACE_MOVED
							       : SAY_LCD_PLACE_CLOSED;

	if (!site->own || site->state == VIEW_SITE_OPEN || site->state == VIEW_SITE_UNLISTED)
		return true;
	page = drawing_deal(d, LCD_ROUND);
	drawing_name_page(page, "place", site->record.full, 0);
	drawing_say(d, page, 0, state, NULL, NULL);
	if (site->instead[0] != '\0')
		drawing_say(d, page, 1, SAY_LCD_GO_TO, site->instead, NULL);
	return false;
}

static void draw_own_place(struct drawing *d)
{
	struct view_query own = { .ref = d->status.site_ref };

	if (d->status.site_ref[0] != '\0')
		d->view->sites(d->view->ctx, &own, on_own_place, d);
}

/* Before it is full: how full, and where to read what to do. */
static void draw_rooms(struct drawing *d)
{
	static const enum say_code NAMES[VIEW_ROOMS] = {
		[VIEW_ROOM_ENTRIES] = SAY_LCD_ROOM_ENTRIES, [VIEW_ROOM_AUTHORS] = SAY_LCD_ROOM_AUTHORS,
		[VIEW_ROOM_SITES] = SAY_LCD_ROOM_SITES,     [VIEW_ROOM_LINES] = SAY_LCD_ROOM_LINES,
		[VIEW_ROOM_MOVES] = SAY_LCD_ROOM_MOVES,     [VIEW_ROOM_NOTES] = SAY_LCD_ROOM_NOTES,
		[VIEW_ROOM_TRUST] = SAY_LCD_ROOM_TRUST,
	};

	for (size_t i = 0; i < VIEW_ROOMS; i++) {
		struct view_room room = d->status.rooms[i];
		char share[DRAWING_COUNT_SIZE], used[DRAWING_COUNT_SIZE], most[DRAWING_COUNT_SIZE];
		struct lcd_page *page;

		if (!view_room_is_nearly_full(room))
			continue;
		page = drawing_deal(d, LCD_ROUND);
		drawing_name_page(page, "room", "", i);
		drawing_say(d, page, 0, SAY_LCD_NEARLY_FULL, NULL, NULL);
		drawing_say(d, page, 1, NAMES[i], drawing_format_count(share, room.used * 100 / room.most), NULL);
		if (!drawing_is_large(d))
			continue;
		drawing_say(d, page, 2, SAY_LCD_ROOM_OF, drawing_format_count(used, room.used),
			    drawing_format_count(most, room.most));
		drawing_put(d, page, 3, "aidmesh status");
	}
}

static bool on_any_need(void *user, const struct view_line *need)
{
	(void)need;
	*(bool *)user = true;
	return false;
}

static void draw_no_needs(struct drawing *d)
{
	struct view_query needs = { .kind = "need" };
	struct lcd_page *page = drawing_deal(d, LCD_ROUND);
	bool heard = false;

	drawing_name_page(page, "no needs", "", 0);
	d->view->lines(d->view->ctx, &needs, on_any_need, &heard);
	if (heard) {
		drawing_say(d, page, 0, SAY_LCD_NOTHING_SHORT, NULL, NULL);
		drawing_say_count(d, page, 1, d->status.needs_covered, SAY_LCD_NEED_COVERED, SAY_LCD_NEEDS_COVERED);
		return;
	}
	if (!drawing_is_large(d)) {
		drawing_say(d, page, 0, SAY_LCD_NO_NEEDS_1, NULL, NULL);
		drawing_say(d, page, 1, SAY_LCD_NO_NEEDS_2, NULL, NULL);
		return;
	}
	drawing_say(d, page, 0, SAY_LCD_NO_NEEDS, NULL, NULL);
	drawing_say(d, page, 1, SAY_LCD_ADD_ONE, NULL, NULL);
	drawing_put(d, page, 2, "aidmesh need");
	drawing_put(d, page, 3, "  drinking-water 120");
}

static void draw_more_needs(struct drawing *d)
{
	unsigned more = d->status.needs_open > NEEDS_MAX ? d->status.needs_open - NEEDS_MAX : 1;
	struct lcd_page *page = drawing_deal(d, LCD_ROUND);

	drawing_name_page(page, "more", "", 0);
	drawing_say_count(d, page, 0, more, SAY_LCD_MORE_NEED, SAY_LCD_MORE_NEEDS);
	drawing_put(d, page, 1, "aidmesh list");
}

static void until_format(char out[DRAWING_LINE_SIZE], const struct drawing *d, const struct view_line *need)
{
	char span[DRAWING_SPAN_SIZE];

	if (need->check_on_them) {
		snprintf(out, DRAWING_LINE_SIZE, "%s", drawing_word(d, SAY_LCD_CHECK_ON_IT));
	} else if (need->due != 0 && need->due <= d->status.now) {
		snprintf(out, DRAWING_LINE_SIZE, "%s", drawing_word(d, SAY_LCD_OVERDUE));
	} else {
		drawing_format_span(span, d, need->due - d->status.now);
		lcd_words_fill(out, DRAWING_LINE_SIZE, drawing_word(d, SAY_LCD_WITHIN), span, NULL);
	}
}

/* A number is never cut: where both do not fit, what is missing is told. */
static void put_short(const struct drawing *d, struct lcd_page *page, const struct view_line *need)
{
	char open[SENTENCE_AMOUNT_SIZE], asked[SENTENCE_AMOUNT_SIZE], line[DRAWING_LINE_SIZE], cells[DRAWING_LINE_SIZE];

	if (!need->quantity_milli) {
		drawing_say(d, page, 1, SAY_LCD_NOT_SAID, NULL, NULL);
		return;
	}
	sentence_amount(open, (int64_t)need->open_milli, "");
	sentence_amount(asked, (int64_t)need->quantity_milli, need->unit);
	lcd_words_fill(line, sizeof(line), drawing_word(d, SAY_LCD_SHORT_OF), open, asked);
	drawing_fold(d, cells, line);
	if (strlen(cells) > page->cols) {
		sentence_amount(open, (int64_t)need->open_milli, need->unit);
		lcd_words_fill(line, sizeof(line), drawing_word(d, SAY_LCD_SHORT), open, NULL);
	}
	drawing_put(d, page, 1, line);
}

/* "6h!" before it is due, "-2h!" after. */
static void deadline_format(char out[DRAWING_LINE_SIZE], const struct drawing *d, const struct view_line *need)
{
	bool is_over = need->due <= d->status.now;
	char span[DRAWING_SPAN_SIZE];

	drawing_format_span(span, d, is_over ? d->status.now - need->due : need->due - d->status.now);
	snprintf(out, DRAWING_LINE_SIZE, "%s%s!", is_over ? "-" : "", span);
}

/* How long ago it was said; where there is a deadline as well, the age stands bare before it. */
static void put_need_site(const struct drawing *d, struct lcd_page *page, const struct view_line *need,
			  const char *site)
{
	char behind[2 * DRAWING_LINE_SIZE], deadline[DRAWING_LINE_SIZE];
	struct drawing_age age;

	drawing_format_age(&age, d, need->said);
	if (need->due != 0) {
		deadline_format(deadline, d, need);
		snprintf(behind, sizeof(behind), "%s %s", age.bare, deadline);
	} else {
		snprintf(behind, sizeof(behind), "%s", age.said);
	}
	drawing_put_name(d, page, 1, "", &d->sites, site, behind);
}

static const char *site_of(const struct drawing *d, const char *site)
{
	return site[0] != '\0' ? site : drawing_word(d, SAY_LCD_NO_SITE);
}

static bool is_open_need(const struct view_line *need)
{
	return need->kind == VIEW_NEED && (need->status == VIEW_OPEN || need->status == VIEW_OVERDUE);
}

static bool on_need(void *user, const struct view_line *need)
{
	struct drawing *d = user;
	const char *drill = need->flags & VIEW_LINE_DRILL ? drawing_word(d, SAY_LCD_DRILL) : "";
	const char *space = drill[0] != '\0' ? " " : "";
	bool is_strange = need->record.trust == VIEW_STRANGER;
	const char *site = site_of(d, need->site);
	char open[SENTENCE_AMOUNT_SIZE], line[DRAWING_LINE_SIZE], item[SENTENCE_GOODS_SIZE];
	struct lcd_page *page;

	sentence_goods(item, need->item_name, need->variant, d->look.language);
	if (!is_open_need(need))
		return true;
	if (d->needs++ == NEEDS_MAX) {
		draw_more_needs(d);
		return false;
	}
	page = drawing_deal(d, LCD_ROUND);
	drawing_name_page(page, "need", need->record.full, 0);
	if (!drawing_is_large(d)) {
		sentence_amount(open, (int64_t)need->open_milli, need->unit);
		snprintf(line, sizeof(line), "%s%s%s%s%s%s", is_strange ? "? " : "",
			 need->status == VIEW_OVERDUE ? "! " : "", drill, space, need->quantity_milli ? open : "",
			 need->quantity_milli ? " " : "");
		drawing_put_name(d, page, 0, line, &d->items, item, "");
		put_need_site(d, page, need, site);
		return true;
	}
	snprintf(line, sizeof(line), "%s%s", drill, space);
	drawing_put_name(d, page, 0, line, &d->items, item, "");
	put_short(d, page, need);
	drawing_put_name(d, page, 2, "", &d->sites, site, is_strange ? drawing_word(d, SAY_LCD_STRANGER) : "");
	until_format(line, d, need);
	drawing_put_word_aged(d, page, 3, line, need->said);
	return true;
}

/* When it comes: "due in 2 h", "late 1 h". */
static void due_format(char out[DRAWING_LINE_SIZE], const struct drawing *d, const struct view_move *move)
{
	bool late = move->due < d->status.now;
	char span[DRAWING_SPAN_SIZE];

	if (move->due == 0) {
		snprintf(out, DRAWING_LINE_SIZE, "%s", drawing_word(d, SAY_LCD_NO_TIME));
		return;
	}
	drawing_format_span(span, d, late ? d->status.now - move->due : move->due - d->status.now);
	lcd_words_fill(out, DRAWING_LINE_SIZE, drawing_word(d, late ? SAY_LCD_LATE : SAY_LCD_DUE_IN), span, NULL);
}

static bool is_coming(const struct view_move *move)
{
	return (move->stage == VIEW_PLEDGED || move->stage == VIEW_SENT) && move->counts && !move->lapsed;
}

static bool on_move(void *user, const struct view_move *move)
{
	struct drawing *d = user;
	const char *to = site_of(d, move->to_site);
	struct drawing_age age;
	char amount[SENTENCE_AMOUNT_SIZE], line[DRAWING_LINE_SIZE], item[SENTENCE_GOODS_SIZE];
	struct lcd_page *page;

	sentence_goods(item, move->item_name, "", d->look.language);
	if (!is_coming(move))
		return true;
	page = drawing_deal(d, LCD_ROUND);
	drawing_name_page(page, "move", move->record.full, 0);
	sentence_amount(amount, (int64_t)move->quantity_milli, move->unit);
	if (drawing_is_large(d)) {
		drawing_put_name(d, page, 0, "", &d->items, item, "");
		drawing_say(d, page, 1, move->stage == VIEW_SENT ? SAY_LCD_SENT : SAY_LCD_PLEDGED, amount, NULL);
		drawing_say(d, page, 2, SAY_LCD_TO, to, NULL);
		due_format(line, d, move);
		drawing_put_word_aged(d, page, 3, line, move->record.changed);
	} else {
		snprintf(line, sizeof(line), "+%s ", amount);
		drawing_put_name(d, page, 0, line, &d->items, item, "");
		drawing_format_age(&age, d, move->record.changed);
		drawing_put_name(d, page, 1, "", &d->sites, to, age.said);
	}
	return ++d->coming < COMING_MAX;
}

static void draw_came_in(struct drawing *d)
{
	struct lcd_page *page;
	struct drawing_age age;
	char since[DRAWING_LINE_SIZE];

	if (d->status.came_in_since == 0)
		return;
	page = drawing_deal(d, LCD_ROUND);
	drawing_name_page(page, "came in", "", 0);
	drawing_format_age(&age, d, d->status.came_in_since);
	drawing_say_count(d, page, 0, d->status.came_in, SAY_LCD_CAME_IN, SAY_LCD_CAME_IN);
	if (drawing_is_large(d)) {
		drawing_say(d, page, 1, SAY_LCD_SINCE_WALK, NULL, NULL);
		drawing_put(d, page, 2, age.said);
	} else {
		drawing_format_since(since, d, d->status.came_in_since);
		drawing_put(d, page, 1, since);
	}
}

struct peer_list {
	struct drawing *d;
	bool trusted;
	size_t count;
};

static bool on_peer(void *user, const struct view_peer *peer)
{
	struct peer_list *list = user;
	struct drawing *d = list->d;
	static const enum say_code STATES[] = { [VIEW_PEER_CONNECTING] = SAY_LCD_CONNECTING,
						[VIEW_PEER_COMPARING] = SAY_LCD_COMPARING,
						[VIEW_PEER_TRANSFER] = SAY_LCD_TRANSFERRING,
						[VIEW_PEER_SAFE] = SAY_LCD_SAFE_STATE,
						[VIEW_PEER_LEFT] = SAY_LCD_LEFT_STATE };
	static const enum say_code TRUST[] = {
		[VIEW_SELF] = SAY_LCD_SELF, [VIEW_TRUSTED] = SAY_LCD_TRUSTED, [VIEW_STRANGER] = SAY_LCD_STRANGER
	};
	struct lcd_page *page;

	if ((peer->trust == VIEW_TRUSTED) != list->trusted)
		return true;
	if (list->count++ >= PEERS_MAX)
		return false;
	page = drawing_deal(d, LCD_ROUND);
	drawing_name_page(page, "peer", peer->address, 0);
	drawing_put(d, page, 0, peer->name);
	drawing_put_word_aged(d, page, 1, drawing_word(d, STATES[peer->state]), peer->since);
	if (drawing_is_large(d)) {
		drawing_say_in_out(d, page, 2, peer);
		drawing_say(d, page, 3, TRUST[peer->trust], NULL, NULL);
	}
	return true;
}

/* Strangers come last: however many there are, they hide nobody. */
static void draw_neighbours(struct drawing *d)
{
	struct peer_list list = { .d = d, .trusted = true };
	struct view_query all = { 0 };
	struct lcd_page *page;

	if (d->peers > 0) {
		d->view->peers(d->view->ctx, &all, on_peer, &list);
		list.trusted = false;
		d->view->peers(d->view->ctx, &all, on_peer, &list);
		return;
	}
	page = drawing_deal(d, LCD_ROUND);
	drawing_name_page(page, "nobody", "", 0);
	drawing_say(d, page, 0, SAY_LCD_NO_NEIGHBOUR_1, NULL, NULL);
	drawing_say(d, page, 1, SAY_LCD_NO_NEIGHBOUR_2, NULL, NULL);
}

/* "3 s", "2 min", as airtime is counted. */
static void airtime_format(char out[DRAWING_SPAN_SIZE], const struct drawing *d, uint32_t ms)
{
	if (ms < 120000)
		snprintf(out, DRAWING_SPAN_SIZE, "%u s", (ms + 500) / 1000);
	else
		drawing_format_span(out, d, ms / 1000);
}

static void draw_radio(struct drawing *d)
{
	static const enum say_code STATES[] = { [VIEW_RADIO_MISSING] = SAY_LCD_RADIO_MISSING,
						[VIEW_RADIO_STARTING] = SAY_LCD_RADIO_STARTING,
						[VIEW_RADIO_REFUSED] = SAY_LCD_RADIO_REFUSED };
	struct view_radio radio = { .state = VIEW_RADIO_OFF };
	char count[DRAWING_COUNT_SIZE], used[DRAWING_SPAN_SIZE], all[DRAWING_SPAN_SIZE];
	struct lcd_page *page;

	d->view->radio(d->view->ctx, &radio);
	if (radio.state == VIEW_RADIO_OFF)
		return;
	page = drawing_deal(d, LCD_ROUND);
	drawing_name_page(page, "radio", "", 0);
	if (radio.state != VIEW_RADIO_UP) {
		drawing_say(d, page, 0, SAY_LCD_RADIO, NULL, NULL);
		drawing_say(d, page, 1, STATES[radio.state], NULL, NULL);
		if (drawing_is_large(d) && radio.state != VIEW_RADIO_STARTING)
			drawing_put(d, page, 3, "aidmesh radio");
		return;
	}
	drawing_say(d, page, 0, SAY_LCD_RADIO_HEARD, drawing_format_count(count, radio.station_count), NULL);
	if (radio.station_count > 0)
		drawing_put_aged(d, page, 1, radio.stations[0].name, radio.stations[0].heard);
	else
		drawing_say(d, page, 1, SAY_LCD_RADIO_NOBODY, NULL, NULL);
	if (!drawing_is_large(d))
		return;
	if (radio.is_safe)
		drawing_say(d, page, 2, radio.is_sealed ? SAY_LCD_RADIO_SAFE : SAY_LCD_RADIO_SAYS, NULL, NULL);
	else if (radio.not_taken.clock > 0)
		drawing_say(d, page, 2, SAY_LCD_RADIO_CLOCK, drawing_format_count(count, radio.not_taken.clock), NULL);
	else
		drawing_say(d, page, 2, SAY_LCD_RADIO_WAITING,
			    drawing_format_count(count, radio.cards + radio.urgent + radio.rest), NULL);
	airtime_format(used, d, radio.used_ms);
	airtime_format(all, d, radio.used_ms + radio.left_ms);
	drawing_say(d, page, 3, SAY_LCD_RADIO_AIR, used, all);
}

/* --- the names that are shown, to be told apart --- */

struct naming {
	struct drawing *d;
	size_t needs, coming; /* seen so far */
};

static void name_both(struct drawing *d, const char *item_name, const char *variant, const char *site)
{
	char item[SENTENCE_GOODS_SIZE], cells[DRAWING_LINE_SIZE];

	sentence_goods(item, item_name, variant, d->look.language);
	drawing_fold(d, cells, item);
	lcd_names_add(&d->items, cells);
	drawing_fold(d, cells, site_of(d, site));
	lcd_names_add(&d->sites, cells);
}

static bool on_named_need(void *user, const struct view_line *need)
{
	struct naming *naming = user;

	if (is_open_need(need))
		name_both(naming->d, need->item_name, need->variant, need->site);
	return !is_open_need(need) || ++naming->needs < NEEDS_MAX;
}

static bool on_named_move(void *user, const struct view_move *move)
{
	struct naming *naming = user;

	if (is_coming(move))
		name_both(naming->d, move->item_name, "", move->to_site);
	return !is_coming(move) || ++naming->coming < COMING_MAX;
}

static void name_all(struct drawing *d)
{
	struct view_query needs = { .kind = "need", .status = "open" }, all = { 0 };
	struct naming naming = { .d = d };

	d->view->lines(d->view->ctx, &needs, on_named_need, &naming);
	d->view->moves(d->view->ctx, &all, on_named_move, &naming);
}

void lcd_round_draw(struct drawing *d)
{
	struct view_query needs = { .kind = "need", .status = "open" }, all = { 0 };

	name_all(d);
	draw_home(d);
	draw_own_place(d);
	lcd_clock_draw(d);
	draw_rooms(d);
	d->view->lines(d->view->ctx, &needs, on_need, d);
	if (d->needs == 0)
		draw_no_needs(d);
	d->view->moves(d->view->ctx, &all, on_move, d);
	draw_came_in(d);
	draw_neighbours(d);
	draw_radio(d);
}
