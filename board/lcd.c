/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/lcd.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "board/ascii.h"
#include "board/sentence.h"
#include "board/words.h"

enum {
	ALERTS_MAX = 3,
	NEEDS_MAX = 8,
	COMING_MAX = 4,
	PEERS_MAX = 4,
	AGE_SIZE = 12,
	LINE_SIZE = 2 * VIEW_TEXT_SIZE, /* before it is cut to the display */
};

/* All pages, drawn in one go. */
struct deck {
	const struct board_view *view;
	struct view_status status;
	size_t cols, rows;
	size_t count, home;
	struct lcd_page pages[LCD_PAGES_MAX];
	size_t alerts, needs, coming, peers, peers_safe; /* seen so far */
};

bool lcd_size_parse(enum lcd_size *size, const char *text)
{
	if (strcmp(text, "20x4") == 0)
		*size = LCD_20X4;
	else if (strcmp(text, "16x2") == 0)
		*size = LCD_16X2;
	else
		return false;
	return true;
}

/* --- drawing --- */

static bool is_large(const struct deck *d)
{
	return d->rows == 4;
}

static void put_text(struct lcd_page *page, size_t row, const char *ascii)
{
	snprintf(page->text[row], sizeof(page->text[row]), "%-*.*s", (int)page->cols, (int)page->cols, ascii);
}

__attribute__((format(printf, 3, 4))) static void put(struct lcd_page *page, size_t row, const char *format, ...)
{
	char line[LINE_SIZE], ascii[LINE_SIZE];
	va_list list;

	va_start(list, format);
	vsnprintf(line, sizeof(line), format, list);
	va_end(list);
	ascii_fold(ascii, sizeof(ascii), line);
	put_text(page, row, ascii);
}

/* The left text gives way, so that the age on the right is always whole. */
static void put_both(struct lcd_page *page, size_t row, const char *left, const char *right)
{
	char line[LINE_SIZE], ascii[LINE_SIZE];
	size_t room = page->cols - strlen(right) - 1;

	ascii_fold(ascii, sizeof(ascii), left);
	snprintf(line, sizeof(line), "%-*.*s %s", (int)room, (int)room, ascii, right);
	put_text(page, row, line);
}

/* A new blank page; the last one again where the deck is full. */
static struct lcd_page *deal(struct deck *d)
{
	struct lcd_page *page = &d->pages[d->count < LCD_PAGES_MAX ? d->count++ : LCD_PAGES_MAX - 1];

	*page = (struct lcd_page){ .cols = d->cols, .rows = d->rows };
	for (size_t row = 0; row < d->rows; row++)
		put_text(page, row, "");
	return page;
}

/* "5 min", "3 h", "2 d"; "5m", "3h", "2d" where room is scarce. What lies ahead within a clock's error is now. */
static void span_format(char out[AGE_SIZE], const struct deck *d, int64_t s)
{
	if (s < 3600)
		snprintf(out, AGE_SIZE, is_large(d) ? "%d min" : "%dm", (int)(s < 0 ? 0 : s / 60));
	else if (s < 48 * 3600)
		snprintf(out, AGE_SIZE, is_large(d) ? "%d h" : "%dh", (int)(s / 3600));
	else
		snprintf(out, AGE_SIZE, is_large(d) ? "%d d" : "%dd", (int)(s / 86400 > 9999 ? 9999 : s / 86400));
}

static void age_format(char out[AGE_SIZE], const struct deck *d, int64_t then)
{
	if (then == 0) {
		strcpy(out, "? ago");
	} else if (d->status.now - then < 60) {
		strcpy(out, "now");
	} else {
		span_format(out, d, d->status.now - then);
		strcat(out, " ago");
	}
}

/* Copies the next display row of a text, broken at a space where there is one; gives where the rest begins. */
static const char *wrap(char out[LCD_COLS_MAX + 1], const char *text, size_t cols)
{
	size_t size;

	text += strspn(text, " ");
	size = strlen(text);
	if (size > cols) {
		size = cols;
		while (size > 0 && text[size] != ' ')
			size--;
		if (size == 0)
			size = cols;
	}
	memcpy(out, text, size);
	out[size] = '\0';
	text += size;
	return text + strspn(text, " ");
}

/* --- what breaks in --- */

static void draw_store_failed(struct deck *d)
{
	struct lcd_page *page = deal(d);

	put(page, 0, "CARD FAILED");
	if (!is_large(d)) {
		put(page, 1, "Nothing is kept");
		return;
	}
	put(page, 1, "Nothing new is kept.");
	put(page, 2, "Save: aidmesh export");
	put(page, 3, "then change the card");
}

/* An alert is told whole, on as many pages as it takes. */
static bool on_note(void *user, const struct view_note *note)
{
	struct deck *d = user;
	char said[LINE_SIZE], ascii[LINE_SIZE], row_text[LCD_COLS_MAX + 1], age[AGE_SIZE], head[LCD_COLS_MAX + 1];
	const char *rest = ascii;

	if (note->kind != VIEW_ALERT)
		return true;
	snprintf(said, sizeof(said), "%s%s%s", note->source, note->source[0] != '\0' ? ": " : "", note->text);
	ascii_fold(ascii, sizeof(ascii), said);
	age_format(age, d, note->record.changed);
	snprintf(head, sizeof(head), "! %s",
		 note->flags & 1       ? "DRILL"
		 : note->severity == 0 ? "alert"
				       : words_text(&WORDS_SEVERITY, note->severity));
	do {
		struct lcd_page *page = deal(d);

		put_both(page, 0, head, age);
		for (size_t row = 1; row < d->rows && *rest != '\0'; row++) {
			rest = wrap(row_text, rest, d->cols);
			put_text(page, row, row_text);
		}
	} while (*rest != '\0');
	return ++d->alerts < ALERTS_MAX;
}

static void draw_bar(struct lcd_page *page, size_t row, uint64_t done, uint64_t all)
{
	size_t room = page->cols - 2, filled = all == 0 ? 0 : (size_t)((double)done / (double)all * (double)room);
	char bar[LCD_COLS_MAX + 1] = "[";

	memset(bar + 1, '.', room);
	memset(bar + 1, '#', filled < room ? filled : room);
	bar[room + 1] = ']';
	bar[room + 2] = '\0';
	put_text(page, row, bar);
}

static void draw_transfer(struct deck *d, const struct view_peer *peer)
{
	struct lcd_page *page = deal(d);
	uint64_t done = peer->entries_in + peer->entries_out, left = peer->left_in + peer->left_out;
	char share[AGE_SIZE];

	snprintf(share, sizeof(share), "%u%%",
		 done + left == 0 ? 0u : (unsigned)(100.0 * (double)done / (double)(done + left)));
	put_both(page, 0, peer->name, share);
	draw_bar(page, 1, done, done + left);
	if (!is_large(d))
		return;
	put(page, 2, "in %llu out %llu", (unsigned long long)peer->entries_in, (unsigned long long)peer->entries_out);
	put(page, 3, "STAY: %llu left", (unsigned long long)left);
}

static bool on_contact(void *user, const struct view_peer *peer)
{
	struct deck *d = user;

	d->peers++;
	d->peers_safe += peer->state == VIEW_PEER_SAFE;
	if (peer->state == VIEW_PEER_COMPARING || peer->state == VIEW_PEER_TRANSFER)
		draw_transfer(d, peer);
	return d->peers < LCD_PAGES_MAX / 4;
}

static void draw_all_safe(struct deck *d)
{
	struct lcd_page *page = deal(d);
	char age[AGE_SIZE];

	if (!is_large(d)) {
		put(page, 0, "ALL SAFE -");
		put(page, 1, "WALK ON");
		return;
	}
	put(page, 0, "ALL SAFE - WALK ON");
	put(page, 1, "%zu neighbour%s", d->peers, d->peers == 1 ? "" : "s");
	put(page, 2, "%llu came in", (unsigned long long)d->status.came_in);
	age_format(age, d, d->status.came_in_since);
	if (d->status.came_in_since != 0)
		put(page, 3, "since %s", age);
}

/* --- the round --- */

static void draw_home(struct deck *d)
{
	const struct view_status *s = &d->status;
	struct lcd_page *page;

	d->home = d->count;
	page = deal(d);
	put(page, 0, "%s", s->name[0] != '\0' ? s->name : "aidmesh");
	if (!is_large(d)) {
		put(page, 1, "%u need%s %zu near%s", s->needs_open, s->needs_open == 1 ? "" : "s", d->peers,
		    s->time_quality == VIEW_TIME_GUESSED ? "?" : "");
		return;
	}
	put(page, 1, "%u need%s open", s->needs_open, s->needs_open == 1 ? "" : "s");
	put(page, 2, "%zu near, time %s", d->peers, words_text(&WORDS_TIME_QUALITY, s->time_quality));
	put(page, 3, "picture %s", s->picture);
}

static bool on_any_need(void *user, const struct view_line *need)
{
	(void)need;
	*(bool *)user = true;
	return false;
}

static void draw_no_needs(struct deck *d)
{
	struct view_query needs = { .kind = "need" };
	struct lcd_page *page = deal(d);
	bool heard = false;

	d->view->lines(d->view->ctx, &needs, on_any_need, &heard);
	if (heard) {
		put(page, 0, "Nothing is short");
		put(page, 1, "%u need%s covered", d->status.needs_covered, d->status.needs_covered == 1 ? "" : "s");
		return;
	}
	if (!is_large(d)) {
		put(page, 0, "No needs heard");
		put(page, 1, "yet");
		return;
	}
	put(page, 0, "No needs heard yet");
	put(page, 1, "Add one:");
	put(page, 2, "aidmesh need");
	put(page, 3, "  drinking-water 120");
}

/* A number is never cut: where both do not fit, what is missing is told. */
static void put_short(struct lcd_page *page, const struct view_line *need, const char *open, const char *asked)
{
	if (!need->quantity_milli)
		put(page, 1, "how much: not said");
	else if (strlen("short  of ") + strlen(open) + strlen(asked) <= page->cols)
		put(page, 1, "short %s of %s", open, asked);
	else
		put(page, 1, "short %s %s", open, need->unit);
}

static bool on_need(void *user, const struct view_line *need)
{
	struct deck *d = user;
	char open[SENTENCE_AMOUNT_SIZE], asked[SENTENCE_AMOUNT_SIZE], age[AGE_SIZE], left[LINE_SIZE], span[AGE_SIZE];
	struct lcd_page *page;

	if (need->kind != VIEW_NEED || need->status != VIEW_OPEN)
		return true;
	if (d->needs++ == NEEDS_MAX) {
		unsigned more = d->status.needs_open > NEEDS_MAX ? d->status.needs_open - NEEDS_MAX : 1;

		page = deal(d);
		put(page, 0, "%u more need%s", more, more == 1 ? "" : "s");
		put(page, 1, "aidmesh list");
		return false;
	}
	page = deal(d);
	sentence_amount(open, (int64_t)need->open_milli, is_large(d) ? "" : need->unit);
	sentence_amount(asked, (int64_t)need->quantity_milli, need->unit);
	age_format(age, d, need->record.changed);
	if (!is_large(d)) {
		put(page, 0, "%s%s%s", need->quantity_milli ? open : "", need->quantity_milli ? " " : "",
		    need->item_name);
		put_both(page, 1, need->site[0] != '\0' ? need->site : "no site", age);
		return true;
	}
	put(page, 0, "%s", need->item_name);
	put_short(page, need, open, asked);
	put(page, 2, "%s", need->site[0] != '\0' ? need->site : "no site");
	if (need->check_on_them)
		snprintf(left, sizeof(left), "CHECK ON IT");
	else if (need->due != 0 && need->due <= d->status.now)
		snprintf(left, sizeof(left), "overdue");
	else {
		span_format(span, d, need->due - d->status.now);
		snprintf(left, sizeof(left), "in %s", span);
	}
	put_both(page, 3, left, age);
	return true;
}

static bool on_move(void *user, const struct view_move *move)
{
	struct deck *d = user;
	char amount[SENTENCE_AMOUNT_SIZE], age[AGE_SIZE], span[AGE_SIZE], due[LINE_SIZE] = "no time said";
	const char *to = move->to_site[0] != '\0' ? move->to_site : "no site";
	struct lcd_page *page;

	if ((move->stage != VIEW_PLEDGED && move->stage != VIEW_SENT) || !move->counts || move->lapsed)
		return true;
	page = deal(d);
	sentence_amount(amount, (int64_t)move->quantity_milli, move->unit);
	age_format(age, d, move->record.changed);
	if (move->due != 0) {
		bool late = move->due < d->status.now;

		span_format(span, d, late ? d->status.now - move->due : move->due - d->status.now);
		snprintf(due, sizeof(due), "%s %s", late ? "late" : "due in", span);
	}
	if (is_large(d)) {
		put(page, 0, "%s", move->item_name);
		put(page, 1, "%s %s", amount, words_text(&WORDS_STAGE, (size_t)move->stage));
		put(page, 2, "to %s", to);
		put_both(page, 3, due, age);
	} else {
		put(page, 0, "+%s %s", amount, move->item_name);
		put_both(page, 1, to, age);
	}
	return ++d->coming < COMING_MAX;
}

static void draw_came_in(struct deck *d)
{
	struct lcd_page *page;
	char age[AGE_SIZE];

	if (d->status.came_in_since == 0)
		return;
	page = deal(d);
	age_format(age, d, d->status.came_in_since);
	put(page, 0, "%llu came in", (unsigned long long)d->status.came_in);
	put(page, 1, is_large(d) ? "since the last walk" : "since %s", age);
	if (is_large(d))
		put(page, 2, "%s", age);
}

static bool on_peer(void *user, const struct view_peer *peer)
{
	struct deck *d = user;
	struct lcd_page *page = deal(d);
	char age[AGE_SIZE];

	age_format(age, d, peer->since);
	put(page, 0, "%s", peer->name);
	put_both(page, 1, words_text(&WORDS_PEER_STATE, peer->state), age);
	if (is_large(d)) {
		put(page, 2, "in %llu out %llu", (unsigned long long)peer->entries_in,
		    (unsigned long long)peer->entries_out);
		put(page, 3, "%s", words_text(&WORDS_TRUST, peer->trust));
	}
	return ++d->peers < PEERS_MAX;
}

static void draw_neighbours(struct deck *d)
{
	struct view_query all = { 0 };
	struct lcd_page *page;

	if (d->peers > 0) {
		d->peers = 0;
		d->view->peers(d->view->ctx, &all, on_peer, d);
		return;
	}
	page = deal(d);
	put(page, 0, "No neighbour");
	put(page, 1, "in reach");
}

static void deck_draw(struct deck *d, const struct board_view *view, enum lcd_size size)
{
	struct view_query needs = { .kind = "need", .status = "open" }, all = { 0 };

	*d = (struct deck){ .view = view, .cols = size == LCD_20X4 ? 20 : 16, .rows = size == LCD_20X4 ? 4 : 2 };
	view->status(view->ctx, &d->status);
	if (d->status.store_failed)
		draw_store_failed(d);
	view->notes(view->ctx, &all, on_note, d);
	view->peers(view->ctx, &all, on_contact, d);
	if (d->peers > 0 && d->peers_safe == d->peers && !d->status.store_failed)
		draw_all_safe(d);
	draw_home(d);
	view->lines(view->ctx, &needs, on_need, d);
	if (d->needs == 0)
		draw_no_needs(d);
	view->moves(view->ctx, &all, on_move, d);
	draw_came_in(d);
	draw_neighbours(d);
}

size_t lcd_page_count(const struct board_view *view, enum lcd_size size)
{
	struct deck d;

	deck_draw(&d, view, size);
	return d.count;
}

void lcd_render(struct lcd_page *page, const struct board_view *view, enum lcd_size size, size_t index)
{
	struct deck d;

	deck_draw(&d, view, size);
	*page = d.pages[index < d.count ? index : d.home];
}
