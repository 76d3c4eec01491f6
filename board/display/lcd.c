/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/lcd.h"

#include <stdio.h>
#include <string.h>

#include "board/display/ascii.h"
#include "board/display/lcd_words.h"
#include "board/sentence.h"

enum {
	ALERTS_MAX = 3,
	NEEDS_MAX = 8,
	COMING_MAX = 4,
	PEERS_MAX = 4,
	SPAN_SIZE = 16,
	COUNT_SIZE = 24,
	LINE_SIZE = 2 * VIEW_TEXT_SIZE, /* before it is cut to the display */
};

/* All pages, drawn in one go. */
struct drawing {
	const struct board_view *view;
	struct lcd_look look;
	struct view_status status;
	size_t cols, rows;
	struct lcd_pages *pages;
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

static bool is_large(const struct drawing *d)
{
	return d->rows == 4;
}

static const char *word(const struct drawing *d, enum say_code word_id)
{
	return say_phrase_text(d->look.language, word_id);
}

static void put_cells(struct lcd_page *page, size_t row, const char *cells)
{
	snprintf(page->text[row], sizeof(page->text[row]), "%-*.*s", (int)page->cols, (int)page->cols, cells);
}

static void fold(const struct drawing *d, char out[LINE_SIZE], const char *utf8)
{
	if (d->look.charset == LCD_LATIN1)
		latin1_fold(out, LINE_SIZE, utf8);
	else
		ascii_fold(out, LINE_SIZE, utf8);
}

static void put(const struct drawing *d, struct lcd_page *page, size_t row, const char *utf8)
{
	char cells[LINE_SIZE];

	fold(d, cells, utf8);
	put_cells(page, row, cells);
}

/* A fixed text with its values. */
static void say(const struct drawing *d, struct lcd_page *page, size_t row, enum say_code text, const char *first,
		const char *second)
{
	char line[LINE_SIZE];

	lcd_fill(line, sizeof(line), word(d, text), first, second);
	put(d, page, row, line);
}

/* The left text gives way, so that what stands on the right is always whole. */
static void put_both(const struct drawing *d, struct lcd_page *page, size_t row, const char *left, const char *right)
{
	char cells[LINE_SIZE], left_cells[LINE_SIZE], right_cells[LINE_SIZE];
	size_t room;

	fold(d, left_cells, left);
	fold(d, right_cells, right);
	room = page->cols - strlen(right_cells) - 1;
	snprintf(cells, sizeof(cells), "%-*.*s %.*s", (int)room, (int)room, left_cells, (int)page->cols, right_cells);
	put_cells(page, row, cells);
}

/* A new blank page; the last one again where there are too many. */
static struct lcd_page *deal(struct drawing *d, enum lcd_kind kind)
{
	struct lcd_pages *pages = d->pages;
	struct lcd_page *page = &pages->list[pages->count < LCD_PAGES_MAX ? pages->count++ : LCD_PAGES_MAX - 1];

	*page = (struct lcd_page){ .cols = d->cols, .rows = d->rows, .kind = kind };
	for (size_t row = 0; row < d->rows; row++)
		put_cells(page, row, "");
	return page;
}

/* FNV-1a. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ byte[i]) * 0x100000001B3u;
	return hash;
}

/* Names the page: what it tells of, and which of several about that it is. `page_name` is the page's own, such as "need". */
static void name_page(struct lcd_page *page, const char *page_name, const char *subject, size_t part)
{
	page->subject = mix(0xCBF29CE484222325u, page_name, strlen(page_name) + 1);
	page->subject = mix(page->subject, subject, strlen(subject));
	page->key = mix(page->subject, &part, sizeof(part));
}

/* "142"; beyond five digits "142k". */
static const char *count_format(char out[COUNT_SIZE], uint64_t count)
{
	bool is_huge = count > 99999;

	snprintf(out, COUNT_SIZE, "%llu%s", (unsigned long long)(is_huge ? count / 1000 : count), is_huge ? "k" : "");
	return out;
}

/* "5 min", "3 h", "2 d"; "5m", "3h", "2d" where room is scarce. What lies ahead within a clock's error is now. */
static void span_format(char out[SPAN_SIZE], const struct drawing *d, int64_t s)
{
	static const struct {
		int64_t below, unit;
		enum say_code large, small;
	} STEPS[] = { { 3600, 60, SAY_LCD_MINUTES, SAY_LCD_MINUTES_SHORT },
		      { 48 * 3600, 3600, SAY_LCD_HOURS, SAY_LCD_HOURS_SHORT },
		      { INT64_MAX, 86400, SAY_LCD_DAYS, SAY_LCD_DAYS_SHORT } };
	char digits[COUNT_SIZE];
	int64_t number;
	size_t i = 0;

	while (i < 2 && s >= STEPS[i].below)
		i++;
	number = s < 0 ? 0 : s / STEPS[i].unit;
	snprintf(digits, sizeof(digits), "%d", (int)(number > 9999 ? 9999 : number));
	lcd_fill(out, SPAN_SIZE, word(d, is_large(d) ? STEPS[i].large : STEPS[i].small), digits, NULL);
}

/* An age in words, and bare: "3 h ago", "3 h". */
struct age {
	char said[LINE_SIZE];
	char bare[SPAN_SIZE];
};

static void age_format(struct age *age, const struct drawing *d, int64_t then)
{
	if (then == 0) {
		strcpy(age->bare, "?");
	} else {
		span_format(age->bare, d, d->status.now - then);
		if (d->status.now - then < 60) {
			snprintf(age->said, sizeof(age->said), "%s", word(d, SAY_LCD_NOW));
			return;
		}
	}
	lcd_fill(age->said, sizeof(age->said), word(d, SAY_LCD_AGO), age->bare, NULL);
}

static void since_format(char out[LINE_SIZE], const struct drawing *d, int64_t then)
{
	char span[SPAN_SIZE];

	span_format(span, d, d->status.now - then);
	lcd_fill(out, LINE_SIZE, word(d, d->status.now - then < 60 ? SAY_LCD_SINCE_NOW : SAY_LCD_SINCE), span, NULL);
}

/* Beside a name that may be cut. */
static void put_aged(const struct drawing *d, struct lcd_page *page, size_t row, const char *left, int64_t then)
{
	struct age age;

	age_format(&age, d, then);
	put_both(d, page, row, left, age.said);
}

/* Beside a word that must stay whole: then the age stands bare. */
static void put_word_aged(const struct drawing *d, struct lcd_page *page, size_t row, const char *left, int64_t then)
{
	char left_cells[LINE_SIZE], right_cells[LINE_SIZE];
	struct age age;

	age_format(&age, d, then);
	fold(d, left_cells, left);
	fold(d, right_cells, age.said);
	put_both(d, page, row, left, strlen(left_cells) + 1 + strlen(right_cells) > page->cols ? age.bare : age.said);
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

/* The catalogue's label in the display's language; its English name where there is none. */
static const char *label(const struct drawing *d, const struct catalog_item *item, const char *english)
{
	if (item == NULL || strcmp(language_item(LANGUAGE_EN, item->code), english) != 0)
		return english;
	return language_item(d->look.language, item->code);
}

/* --- what breaks in --- */

static void draw_store_failed(struct drawing *d)
{
	struct lcd_page *page = deal(d, LCD_FAILED);

	name_page(page, "failed", "", 0);
	say(d, page, 0, SAY_LCD_CARD_FAILED, NULL, NULL);
	if (!is_large(d)) {
		say(d, page, 1, SAY_LCD_NOTHING_KEPT, NULL, NULL);
		return;
	}
	say(d, page, 1, SAY_LCD_NOTHING_NEW_KEPT, NULL, NULL);
	say(d, page, 2, SAY_LCD_SAVE, NULL, NULL);
	say(d, page, 3, SAY_LCD_CHANGE_CARD, NULL, NULL);
}

/* An alert is told whole, on as many pages as it takes. */
static bool on_note(void *user, const struct view_note *note)
{
	struct drawing *d = user;
	char said[LINE_SIZE], cells[LINE_SIZE], row_text[LCD_COLS_MAX + 1], head[LINE_SIZE];
	static const enum say_code SEVERITIES[] = { SAY_LCD_SEVERITY_0, SAY_LCD_SEVERITY_1, SAY_LCD_SEVERITY_2,
						    SAY_LCD_SEVERITY_3, SAY_LCD_SEVERITY_4 };
	enum say_code severity = SEVERITIES[note->severity < 5 ? note->severity : 0];
	const char *rest = cells;

	if (note->kind != VIEW_ALERT)
		return true;
	snprintf(said, sizeof(said), "%s%s%s", note->source, note->source[0] != '\0' ? ": " : "", note->text);
	fold(d, cells, said);
	snprintf(head, sizeof(head), "! %s", word(d, note->flags & 1 ? SAY_LCD_DRILL : severity));
	for (size_t part = 0; part == 0 || *rest != '\0'; part++) {
		struct lcd_page *page = deal(d, LCD_ALERT);

		name_page(page, "alert", note->record.full, part);
		put_word_aged(d, page, 0, head, note->record.changed);
		if (d->look.charset != LCD_ASCII)
			page->text[0][0] = LCD_BELL;
		for (size_t row = 1; row < d->rows && *rest != '\0'; row++) {
			rest = wrap(row_text, rest, d->cols);
			put_cells(page, row, row_text);
		}
	}
	return ++d->alerts < ALERTS_MAX;
}

static void put_bar(const struct drawing *d, struct lcd_page *page, size_t row, uint64_t done, uint64_t all)
{
	size_t room = page->cols - 2;
	size_t fifths = all == 0 ? 0 : (size_t)((double)done / (double)all * (double)(LCD_BAR_FULL * room));
	bool has_glyphs = d->look.charset != LCD_ASCII;
	char bar[LCD_COLS_MAX + 1] = "[";

	for (size_t i = 0; i < room; i++) {
		size_t part = fifths > LCD_BAR_FULL * i ? fifths - LCD_BAR_FULL * i : 0;

		if (part >= LCD_BAR_FULL)
			bar[1 + i] = has_glyphs ? LCD_BAR_FULL : '#';
		else if (part > 0 && has_glyphs)
			bar[1 + i] = (char)(LCD_BAR_1 - 1 + part);
		else
			bar[1 + i] = has_glyphs ? ' ' : '.';
	}
	bar[room + 1] = ']';
	bar[room + 2] = '\0';
	put_cells(page, row, bar);
}

static void say_in_out(const struct drawing *d, struct lcd_page *page, size_t row, const struct view_peer *peer)
{
	char in[COUNT_SIZE], out[COUNT_SIZE];

	say(d, page, row, SAY_LCD_IN_OUT, count_format(in, peer->entries_in), count_format(out, peer->entries_out));
}

static void draw_transfer(struct drawing *d, const struct view_peer *peer)
{
	struct lcd_page *page = deal(d, LCD_TRANSFER);
	uint64_t done = peer->entries_in + peer->entries_out, left = peer->left_in + peer->left_out;
	char share[COUNT_SIZE], count[COUNT_SIZE];

	name_page(page, "transfer", peer->address, 0);
	snprintf(share, sizeof(share), "%u%%",
		 done + left == 0 ? 0u : (unsigned)(100.0 * (double)done / (double)(done + left)));
	put_both(d, page, 0, peer->name, share);
	put_bar(d, page, 1, done, done + left);
	if (!is_large(d))
		return;
	say_in_out(d, page, 2, peer);
	say(d, page, 3, SAY_LCD_STAY, count_format(count, left), NULL);
}

static bool on_contact(void *user, const struct view_peer *peer)
{
	struct drawing *d = user;

	d->peers++;
	d->peers_safe += peer->state == VIEW_PEER_SAFE;
	if (peer->state == VIEW_PEER_COMPARING || peer->state == VIEW_PEER_TRANSFER)
		draw_transfer(d, peer);
	return d->peers < LCD_PAGES_MAX / 4;
}

static void say_count(const struct drawing *d, struct lcd_page *page, size_t row, uint64_t count, enum say_code one,
		      enum say_code several)
{
	char text[COUNT_SIZE];

	say(d, page, row, lcd_word_for(d->look.language, count, one, several), count_format(text, count), NULL);
}

static void draw_all_safe(struct drawing *d)
{
	struct lcd_page *page = deal(d, LCD_SAFE);
	char since[LINE_SIZE];

	name_page(page, "safe", "", 0);
	if (!is_large(d)) {
		say(d, page, 0, SAY_LCD_ALL_SAFE_1, NULL, NULL);
		say(d, page, 1, SAY_LCD_ALL_SAFE_2, NULL, NULL);
		return;
	}
	say(d, page, 0, SAY_LCD_ALL_SAFE, NULL, NULL);
	say_count(d, page, 1, d->peers, SAY_LCD_NEIGHBOUR, SAY_LCD_NEIGHBOURS);
	say_count(d, page, 2, d->status.came_in, SAY_LCD_CAME_IN, SAY_LCD_CAME_IN);
	if (d->status.came_in_since == 0)
		return;
	since_format(since, d, d->status.came_in_since);
	put(d, page, 3, since);
}

/* What did not come and what did not go, each with its row. */
static void put_undone(struct drawing *d, struct lcd_page *page, size_t row, const struct lcd_undone *undone)
{
	if (undone->left_in == 0 && undone->left_out == 0) {
		say(d, page, row, SAY_LCD_NOT_COMPARED, NULL, NULL);
		return;
	}
	say_count(d, page, row, undone->left_in, SAY_LCD_NOT_COME, SAY_LCD_NOT_COME);
	say_count(d, page, row + 1, undone->left_out, SAY_LCD_NOT_GONE, SAY_LCD_NOT_GONE);
}

/* --- the round --- */

static void draw_home(struct drawing *d)
{
	const struct view_status *s = &d->status;
	struct lcd_page *page;
	char needs[COUNT_SIZE], near[COUNT_SIZE], line[LINE_SIZE];

	d->pages->home = d->pages->count;
	page = deal(d, LCD_ROUND);
	name_page(page, "home", "", 0);
	count_format(needs, s->needs_open);
	count_format(near, d->peers);
	put(d, page, 0, s->name[0] != '\0' ? s->name : "aidmesh");
	if (!is_large(d)) {
		lcd_fill(line, sizeof(line),
			 word(d, lcd_word_for(d->look.language, s->needs_open, SAY_LCD_NEED_NEAR, SAY_LCD_NEEDS_NEAR)),
			 needs, near);
		if (s->time_quality == VIEW_TIME_GUESSED)
			strcat(line, "?");
		put(d, page, 1, line);
		return;
	}
	say_count(d, page, 1, s->needs_open, SAY_LCD_NEED_OPEN, SAY_LCD_NEEDS_OPEN);
	say(d, page, 2, s->time_quality == VIEW_TIME_GUESSED ? SAY_LCD_NEAR_TIME_GUESSED : SAY_LCD_NEAR_TIME_SET, near,
	    NULL);
	say(d, page, 3, SAY_LCD_PICTURE, s->picture, NULL);
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
	struct lcd_page *page = deal(d, LCD_ROUND);
	bool heard = false;

	name_page(page, "no needs", "", 0);
	d->view->lines(d->view->ctx, &needs, on_any_need, &heard);
	if (heard) {
		say(d, page, 0, SAY_LCD_NOTHING_SHORT, NULL, NULL);
		say_count(d, page, 1, d->status.needs_covered, SAY_LCD_NEED_COVERED, SAY_LCD_NEEDS_COVERED);
		return;
	}
	if (!is_large(d)) {
		say(d, page, 0, SAY_LCD_NO_NEEDS_1, NULL, NULL);
		say(d, page, 1, SAY_LCD_NO_NEEDS_2, NULL, NULL);
		return;
	}
	say(d, page, 0, SAY_LCD_NO_NEEDS, NULL, NULL);
	say(d, page, 1, SAY_LCD_ADD_ONE, NULL, NULL);
	put(d, page, 2, "aidmesh need");
	put(d, page, 3, "  drinking-water 120");
}

static void draw_more_needs(struct drawing *d)
{
	unsigned more = d->status.needs_open > NEEDS_MAX ? d->status.needs_open - NEEDS_MAX : 1;
	struct lcd_page *page = deal(d, LCD_ROUND);

	name_page(page, "more", "", 0);
	say_count(d, page, 0, more, SAY_LCD_MORE_NEED, SAY_LCD_MORE_NEEDS);
	put(d, page, 1, "aidmesh list");
}

static void until_format(char out[LINE_SIZE], const struct drawing *d, const struct view_line *need)
{
	char span[SPAN_SIZE];

	if (need->check_on_them) {
		snprintf(out, LINE_SIZE, "%s", word(d, SAY_LCD_CHECK_ON_IT));
	} else if (need->due != 0 && need->due <= d->status.now) {
		snprintf(out, LINE_SIZE, "%s", word(d, SAY_LCD_OVERDUE));
	} else {
		span_format(span, d, need->due - d->status.now);
		lcd_fill(out, LINE_SIZE, word(d, SAY_LCD_WITHIN), span, NULL);
	}
}

/* A number is never cut: where both do not fit, what is missing is told. */
static void put_short(const struct drawing *d, struct lcd_page *page, const struct view_line *need)
{
	char open[SENTENCE_AMOUNT_SIZE], asked[SENTENCE_AMOUNT_SIZE], line[LINE_SIZE], cells[LINE_SIZE];

	if (!need->quantity_milli) {
		say(d, page, 1, SAY_LCD_NOT_SAID, NULL, NULL);
		return;
	}
	sentence_amount(open, (int64_t)need->open_milli, "");
	sentence_amount(asked, (int64_t)need->quantity_milli, need->unit);
	lcd_fill(line, sizeof(line), word(d, SAY_LCD_SHORT_OF), open, asked);
	fold(d, cells, line);
	if (strlen(cells) > page->cols) {
		sentence_amount(open, (int64_t)need->open_milli, need->unit);
		lcd_fill(line, sizeof(line), word(d, SAY_LCD_SHORT), open, NULL);
	}
	put(d, page, 1, line);
}

static bool on_need(void *user, const struct view_line *need)
{
	struct drawing *d = user;
	const char *item = label(d, catalog_find_code(need->item), need->item_name);
	const char *site = need->site[0] != '\0' ? need->site : word(d, SAY_LCD_NO_SITE);
	char open[SENTENCE_AMOUNT_SIZE], line[LINE_SIZE];
	struct lcd_page *page;

	if (need->kind != VIEW_NEED || need->status != VIEW_OPEN)
		return true;
	if (d->needs++ == NEEDS_MAX) {
		draw_more_needs(d);
		return false;
	}
	page = deal(d, LCD_ROUND);
	name_page(page, "need", need->record.full, 0);
	if (!is_large(d)) {
		sentence_amount(open, (int64_t)need->open_milli, need->unit);
		snprintf(line, sizeof(line), "%s%s%s", need->quantity_milli ? open : "",
			 need->quantity_milli ? " " : "", item);
		put(d, page, 0, line);
		put_aged(d, page, 1, site, need->record.changed);
		return true;
	}
	put(d, page, 0, item);
	put_short(d, page, need);
	put(d, page, 2, site);
	until_format(line, d, need);
	put_word_aged(d, page, 3, line, need->record.changed);
	return true;
}

/* When it comes: "due in 2 h", "late 1 h". */
static void due_format(char out[LINE_SIZE], const struct drawing *d, const struct view_move *move)
{
	bool late = move->due < d->status.now;
	char span[SPAN_SIZE];

	if (move->due == 0) {
		snprintf(out, LINE_SIZE, "%s", word(d, SAY_LCD_NO_TIME));
		return;
	}
	span_format(span, d, late ? d->status.now - move->due : move->due - d->status.now);
	lcd_fill(out, LINE_SIZE, word(d, late ? SAY_LCD_LATE : SAY_LCD_DUE_IN), span, NULL);
}

static bool on_move(void *user, const struct view_move *move)
{
	struct drawing *d = user;
	const char *item = label(d, catalog_find_name(move->item_name), move->item_name);
	const char *to = move->to_site[0] != '\0' ? move->to_site : word(d, SAY_LCD_NO_SITE);
	char amount[SENTENCE_AMOUNT_SIZE], line[LINE_SIZE];
	struct lcd_page *page;

	if ((move->stage != VIEW_PLEDGED && move->stage != VIEW_SENT) || !move->counts || move->lapsed)
		return true;
	page = deal(d, LCD_ROUND);
	name_page(page, "move", move->record.full, 0);
	sentence_amount(amount, (int64_t)move->quantity_milli, move->unit);
	if (is_large(d)) {
		put(d, page, 0, item);
		say(d, page, 1, move->stage == VIEW_SENT ? SAY_LCD_SENT : SAY_LCD_PLEDGED, amount, NULL);
		say(d, page, 2, SAY_LCD_TO, to, NULL);
		due_format(line, d, move);
		put_word_aged(d, page, 3, line, move->record.changed);
	} else {
		snprintf(line, sizeof(line), "+%s %s", amount, item);
		put(d, page, 0, line);
		put_aged(d, page, 1, to, move->record.changed);
	}
	return ++d->coming < COMING_MAX;
}

static void draw_came_in(struct drawing *d)
{
	struct lcd_page *page;
	struct age age;
	char since[LINE_SIZE];

	if (d->status.came_in_since == 0)
		return;
	page = deal(d, LCD_ROUND);
	name_page(page, "came in", "", 0);
	age_format(&age, d, d->status.came_in_since);
	say_count(d, page, 0, d->status.came_in, SAY_LCD_CAME_IN, SAY_LCD_CAME_IN);
	if (is_large(d)) {
		say(d, page, 1, SAY_LCD_SINCE_WALK, NULL, NULL);
		put(d, page, 2, age.said);
	} else {
		since_format(since, d, d->status.came_in_since);
		put(d, page, 1, since);
	}
}

static bool on_peer(void *user, const struct view_peer *peer)
{
	struct drawing *d = user;
	static const enum say_code STATES[] = { [VIEW_PEER_CONNECTING] = SAY_LCD_CONNECTING,
						[VIEW_PEER_COMPARING] = SAY_LCD_COMPARING,
						[VIEW_PEER_TRANSFER] = SAY_LCD_TRANSFERRING,
						[VIEW_PEER_SAFE] = SAY_LCD_SAFE_STATE };
	static const enum say_code TRUST[] = {
		[VIEW_SELF] = SAY_LCD_SELF, [VIEW_TRUSTED] = SAY_LCD_TRUSTED, [VIEW_STRANGER] = SAY_LCD_STRANGER
	};
	struct lcd_page *page = deal(d, LCD_ROUND);

	name_page(page, "peer", peer->address, 0);
	put(d, page, 0, peer->name);
	put_word_aged(d, page, 1, word(d, STATES[peer->state]), peer->since);
	if (is_large(d)) {
		say_in_out(d, page, 2, peer);
		say(d, page, 3, TRUST[peer->trust], NULL, NULL);
	}
	return ++d->peers < PEERS_MAX;
}

static void draw_neighbours(struct drawing *d)
{
	struct view_query all = { 0 };
	struct lcd_page *page;

	if (d->peers > 0) {
		d->peers = 0;
		d->view->peers(d->view->ctx, &all, on_peer, d);
		return;
	}
	page = deal(d, LCD_ROUND);
	name_page(page, "nobody", "", 0);
	say(d, page, 0, SAY_LCD_NO_NEIGHBOUR_1, NULL, NULL);
	say(d, page, 1, SAY_LCD_NO_NEIGHBOUR_2, NULL, NULL);
}

/* "3 s", "2 min", as airtime is counted. */
static void airtime_format(char out[SPAN_SIZE], const struct drawing *d, uint32_t ms)
{
	if (ms < 120000)
		snprintf(out, SPAN_SIZE, "%u s", (ms + 500) / 1000);
	else
		span_format(out, d, ms / 1000);
}

static void draw_radio(struct drawing *d)
{
	static const enum say_code STATES[] = { [VIEW_RADIO_MISSING] = SAY_LCD_RADIO_MISSING,
						[VIEW_RADIO_STARTING] = SAY_LCD_RADIO_STARTING,
						[VIEW_RADIO_REFUSED] = SAY_LCD_RADIO_REFUSED };
	struct view_radio radio = { .state = VIEW_RADIO_OFF };
	char count[COUNT_SIZE], used[SPAN_SIZE], all[SPAN_SIZE];
	struct lcd_page *page;

	d->view->radio(d->view->ctx, &radio);
	if (radio.state == VIEW_RADIO_OFF)
		return;
	page = deal(d, LCD_ROUND);
	name_page(page, "radio", "", 0);
	if (radio.state != VIEW_RADIO_UP) {
		say(d, page, 0, SAY_LCD_RADIO, NULL, NULL);
		say(d, page, 1, STATES[radio.state], NULL, NULL);
		if (is_large(d) && radio.state != VIEW_RADIO_STARTING)
			put(d, page, 3, "aidmesh radio");
		return;
	}
	say(d, page, 0, SAY_LCD_RADIO_HEARD, count_format(count, radio.station_count), NULL);
	if (radio.station_count > 0)
		put_aged(d, page, 1, radio.stations[0].name, radio.stations[0].heard);
	else
		say(d, page, 1, SAY_LCD_RADIO_NOBODY, NULL, NULL);
	if (!is_large(d))
		return;
	if (radio.is_safe)
		say(d, page, 2, SAY_LCD_RADIO_SAFE, NULL, NULL);
	else
		say(d, page, 2, SAY_LCD_RADIO_WAITING, count_format(count, radio.cards + radio.urgent + radio.rest),
		    NULL);
	airtime_format(used, d, radio.used_ms);
	airtime_format(all, d, radio.used_ms + radio.left_ms);
	say(d, page, 3, SAY_LCD_RADIO_AIR, used, all);
}

static struct drawing drawing_of(struct lcd_pages *pages, const struct lcd_look *look)
{
	return (struct drawing){ .look = *look,
				 .pages = pages,
				 .cols = look->size == LCD_20X4 ? 20 : 16,
				 .rows = look->size == LCD_20X4 ? 4 : 2 };
}

void lcd_draw(struct lcd_pages *pages, const struct board_view *view, const struct lcd_look *look)
{
	struct view_query needs = { .kind = "need", .status = "open" }, all = { 0 };
	struct drawing drawing = drawing_of(pages, look), *d = &drawing;

	pages->count = 0;
	d->view = view;
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
	draw_radio(d);
}

void lcd_draw_undone(struct lcd_pages *pages, const struct lcd_undone *undone, const struct lcd_look *look)
{
	struct drawing drawing = drawing_of(pages, look), *d = &drawing;
	struct lcd_page *page = deal(d, LCD_UNDONE);

	name_page(page, "undone", "", 0);
	say(d, page, 0, SAY_LCD_NOT_SAFE, NULL, NULL);
	put(d, page, 1, undone->name);
	if (is_large(d)) {
		put_undone(d, page, 2, undone);
		return;
	}
	page = deal(d, LCD_UNDONE);
	name_page(page, "undone", "", 1);
	put_undone(d, page, 0, undone);
}

size_t lcd_page_count(const struct board_view *view, enum lcd_size size)
{
	struct lcd_look look = { .size = size };
	struct lcd_pages pages;

	lcd_draw(&pages, view, &look);
	return pages.count;
}

void lcd_render(struct lcd_page *page, const struct board_view *view, enum lcd_size size, size_t index)
{
	struct lcd_look look = { .size = size };
	struct lcd_pages pages;

	lcd_draw(&pages, view, &look);
	*page = pages.list[index < pages.count ? index : pages.home];
}
