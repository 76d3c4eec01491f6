/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/lcd_front.h"

#include <stdio.h>
#include <string.h>

#include "board/display/lcd_left.h"
#include "board/display/lcd_words.h"

enum { ALERTS_MAX = 3, MESSAGES_MAX = 2, CONTACTS_MAX = 12, TO_HERE_S = 86400 };

static void draw_store_failed(struct drawing *d)
{
	struct lcd_page *page = drawing_deal(d, LCD_FAILED);

	drawing_name_page(page, "failed", "", 0);
	drawing_say(d, page, 0, SAY_LCD_CARD_FAILED, NULL, NULL);
	if (!drawing_is_large(d)) {
		drawing_say(d, page, 1, SAY_LCD_NOTHING_KEPT, NULL, NULL);
		return;
	}
	drawing_say(d, page, 1, SAY_LCD_NOTHING_NEW_KEPT, NULL, NULL);
	drawing_say(d, page, 2, SAY_LCD_SAVE, NULL, NULL);
	drawing_say(d, page, 3, SAY_LCD_CHANGE_CARD, NULL, NULL);
}

/* What is wrong, and the first of the ways out; where there is room both. */
static void draw_notice(struct drawing *d, const struct view_told *told)
{
	static const struct {
		enum say_code title, rows[3]; /* SAY_NOTHING: blank */
	} PAGES[] = {
		[VIEW_KEY_MISSING] = { SAY_LCD_KEY_MISSING, { SAY_LCD_KEY_BACK, SAY_LCD_RENEW, SAY_LCD_NOTHING_KEPT } },
		[VIEW_KEY_OTHER] = { SAY_LCD_KEY_OTHER, { SAY_LCD_KEY_BACK, SAY_LCD_RENEW, SAY_LCD_NOTHING_KEPT } },
		[VIEW_ENTRIES_GONE] = { SAY_LCD_ENTRIES_GONE, { SAY_LCD_MEET, SAY_NOTHING, SAY_NOTHING } },
		[VIEW_CARD_COPIED] = { SAY_LCD_CARD_COPIED, { SAY_LCD_ONE_ANEW, SAY_LCD_RENEW, SAY_NOTHING } },
		[VIEW_PEER_COPIED] = { SAY_LCD_CARD_COPIED, { SAY_NOTHING, SAY_LCD_ONE_ANEW, SAY_LCD_RENEW } },
		[VIEW_PART_WAITS] = { SAY_LCD_PART_WAITS, { SAY_LCD_SEE_STATUS, SAY_NOTHING, SAY_NOTHING } },
		[VIEW_NOT_REACHED] = { SAY_LCD_NOT_REACHED,
				       { SAY_LCD_HEARD_NO_CONTACT, SAY_LCD_OTHER_NETWORK, SAY_LCD_CARRY_STICK } },
	};
	struct lcd_page *page;

	if (told->notice == VIEW_RENEWED || told->notice == VIEW_NEARLY_FULL)
		return; /* nothing to do about it; nothing stands still yet: lcd_round.c tells it */
	page = drawing_deal(d, LCD_FAILED);
	drawing_name_page(page, "notice", told->name, (size_t)told->notice);
	drawing_say(d, page, 0, PAGES[told->notice].title, NULL, NULL);
	for (size_t row = 1; row < d->rows; row++)
		if (PAGES[told->notice].rows[row - 1] != SAY_NOTHING)
			drawing_say(d, page, row, PAGES[told->notice].rows[row - 1], NULL, NULL);
	if (told->name[0] != '\0')
		drawing_put(d, page, 1, told->name);
}

/* What was said to whoever is at this place, today. */
static bool is_to_here(const struct drawing *d, const struct view_note *note)
{
	return note->kind == VIEW_MESSAGE && note->of[0] != '\0' && strcmp(note->of, d->status.site_ref) == 0 &&
	       d->status.now - note->record.changed < TO_HERE_S;
}

static void put_denial(const struct drawing *d, char out[DRAWING_LINE_SIZE], const struct view_note *note)
{
	bool is_strange = note->denied_trust == VIEW_STRANGER;

	out[0] = '\0';
	if (note->denied_by[0] != '\0')
		snprintf(out, DRAWING_LINE_SIZE, "%.24s %.28s%s%.12s%s: %.60s / ",
			 drawing_word(d, note->denied_before ? SAY_LCD_DENIED_BEFORE : SAY_LCD_DENIED), note->denied_by,
			 is_strange ? " (" : "", is_strange ? drawing_word(d, SAY_LCD_STRANGER) : "",
			 is_strange ? ")" : "", note->denied_text);
}

/* Who denies it, and that a stranger says it, stands where it is read, before it is believed. */
static void put_said(const struct drawing *d, char out[DRAWING_LINE_SIZE], const struct view_note *note)
{
	bool is_strange = note->record.trust == VIEW_STRANGER;
	char denial[DRAWING_LINE_SIZE], go_to[DRAWING_LINE_SIZE];

	put_denial(d, denial, note);
	lcd_words_fill(go_to, sizeof(go_to), drawing_word(d, SAY_LCD_GO_TO), note->instead, NULL);
	snprintf(out, DRAWING_LINE_SIZE, "%.150s%.12s%s%.24s%s%.119s", denial,
		 is_strange ? drawing_word(d, SAY_LCD_STRANGER) : "", is_strange ? ": " : "", note->source,
		 note->source[0] != '\0' ? ": " : "", note->instead[0] != '\0' ? go_to : note->text);
}

/* It is told whole, on as many pages as it takes. */
static void draw_note(struct drawing *d, const struct view_note *note, enum say_code what)
{
	char said[DRAWING_LINE_SIZE], cells[DRAWING_LINE_SIZE], head[DRAWING_LINE_SIZE];
	const char *rest = cells;

	put_said(d, said, note);
	drawing_fold(d, cells, said);
	snprintf(head, sizeof(head), "! %s", drawing_word(d, note->flags & VIEW_NOTE_DRILL ? SAY_LCD_DRILL : what));
	for (size_t part = 0; part == 0 || *rest != '\0'; part++) {
		struct lcd_page *page = drawing_deal(d, LCD_ALERT);

		drawing_name_page(page, "alert", note->record.full, part);
		drawing_put_word_aged(d, page, 0, head, note->record.changed);
		if (d->look.charset != LCD_ASCII)
			page->text[0][0] = LCD_BELL;
		rest = drawing_put_rows(page, 1, rest);
	}
}

static bool on_alert(void *user, const struct view_note *note)
{
	static const enum say_code SEVERITIES[] = { SAY_LCD_SEVERITY_0, SAY_LCD_SEVERITY_1, SAY_LCD_SEVERITY_2,
						    SAY_LCD_SEVERITY_3, SAY_LCD_SEVERITY_4 };
	struct drawing *d = user;

	if (note->kind != VIEW_ALERT)
		return true;
	draw_note(d, note, SEVERITIES[note->severity < 5 ? note->severity : 0]);
	return ++d->alerts < ALERTS_MAX;
}

/* Beside the alerts, in whose place they never are. */
static bool on_message(void *user, const struct view_note *note)
{
	struct drawing *d = user;

	if (!is_to_here(d, note))
		return true;
	draw_note(d, note, SAY_LCD_TO_HERE);
	return ++d->messages < MESSAGES_MAX;
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
	drawing_put_cells(page, row, bar);
}

/* While two nodes compare, and know of nothing that is missing, no share says how far they are: not 100 %. */
static void draw_comparing(struct drawing *d, const struct view_peer *peer)
{
	struct lcd_page *page = drawing_deal(d, LCD_TRANSFER);

	drawing_name_page(page, "transfer", peer->address, 0);
	drawing_put(d, page, 0, peer->name);
	drawing_say(d, page, 1, SAY_LCD_STAY_COMPARING, NULL, NULL);
	if (drawing_is_large(d))
		drawing_say_in_out(d, page, 2, peer);
}

static void draw_transfer(struct drawing *d, const struct view_peer *peer)
{
	struct lcd_page *page = drawing_deal(d, LCD_TRANSFER);
	uint64_t done = peer->entries_in + peer->entries_out, left = peer->left_in + peer->left_out;
	char share[DRAWING_COUNT_SIZE], count[DRAWING_COUNT_SIZE];

	drawing_name_page(page, "transfer", peer->address, 0);
	snprintf(share, sizeof(share), "%u%%",
		 done + left == 0 ? 0u : (unsigned)(100.0 * (double)done / (double)(done + left)));
	drawing_put_both(d, page, 0, peer->name, share);
	put_bar(d, page, 1, done, done + left);
	if (!drawing_is_large(d))
		return;
	drawing_say_in_out(d, page, 2, peer);
	drawing_say(d, page, 3, SAY_LCD_STAY, drawing_format_count(count, left), NULL);
}

static void count_contact(struct drawing_near *near, const struct view_peer *peer)
{
	near->count++;
	near->safe += peer->state == VIEW_PEER_SAFE;
	near->busy += peer->state == VIEW_PEER_COMPARING || peer->state == VIEW_PEER_TRANSFER;
}

/* All are counted, however many are drawn. Nobody waits for a stranger: it may never end. */
static bool on_contact(void *user, const struct view_peer *peer)
{
	struct drawing *d = user;

	d->peers++;
	if (peer->trust == VIEW_STRANGER)
		count_contact(&d->strangers, peer);
	if (peer->trust != VIEW_TRUSTED)
		return true;
	count_contact(&d->trusted, peer);
	if (d->contact_pages >= CONTACTS_MAX)
		return true;
	if (peer->state == VIEW_PEER_COMPARING && peer->left_in + peer->left_out == 0)
		draw_comparing(d, peer);
	else if (peer->state == VIEW_PEER_COMPARING || peer->state == VIEW_PEER_TRANSFER)
		draw_transfer(d, peer);
	else if (peer->state == VIEW_PEER_LEFT)
		lcd_left_draw(d, peer);
	else
		return true;
	d->contact_pages++;
	return true;
}

/* How many came in, and since when, where strangers leave room for it. */
static void put_came_in(const struct drawing *d, struct lcd_page *page, size_t row)
{
	char since[DRAWING_LINE_SIZE];

	drawing_say_count(d, page, row, d->status.came_in, SAY_LCD_CAME_IN, SAY_LCD_CAME_IN);
	if (d->status.came_in_since == 0 || row + 1 >= page->rows)
		return;
	drawing_format_since(since, d, d->status.came_in_since);
	drawing_put(d, page, row + 1, since);
}

static void draw_all_safe(struct drawing *d)
{
	struct lcd_page *page = drawing_deal(d, LCD_SAFE);
	char count[DRAWING_COUNT_SIZE];
	size_t row = 2;

	drawing_name_page(page, "safe", "", 0);
	if (!drawing_is_large(d)) {
		drawing_say(d, page, 0, SAY_LCD_ALL_SAFE_1, drawing_format_count(count, d->trusted.count), NULL);
		drawing_say(d, page, 1, SAY_LCD_ALL_SAFE_2, NULL, NULL);
		return;
	}
	drawing_say(d, page, 0, SAY_LCD_ALL_SAFE, NULL, NULL);
	drawing_say_count(d, page, 1, d->trusted.count, SAY_LCD_NEIGHBOUR, SAY_LCD_NEIGHBOURS);
	if (d->strangers.safe > 0)
		drawing_say_count(d, page, row++, d->strangers.safe, SAY_LCD_STRANGER_TOO, SAY_LCD_STRANGERS_TOO);
	put_came_in(d, page, row);
}

/* What strangers say is no promise to whoever walks on. */
static void draw_strangers_say(struct drawing *d)
{
	struct lcd_page *page = drawing_deal(d, LCD_SAFE);

	drawing_name_page(page, "strangers", "", 0);
	drawing_say_count(d, page, 0, d->strangers.safe, SAY_LCD_STRANGER_SAYS, SAY_LCD_STRANGERS_SAY);
	drawing_say(d, page, 1, SAY_LCD_THEY_HAVE_ALL, NULL, NULL);
	if (!drawing_is_large(d))
		return;
	drawing_say(d, page, 2, SAY_LCD_TRUST_THEM, NULL, NULL);
	drawing_put(d, page, 3, "aidmesh vouch");
}

static void draw_safe(struct drawing *d)
{
	if (d->status.store_failed)
		return;
	if (d->trusted.count > 0 && d->trusted.safe == d->trusted.count)
		draw_all_safe(d);
	else if (d->trusted.count == 0 && d->strangers.safe > 0 && d->strangers.busy == 0)
		draw_strangers_say(d);
}

/* What is not taken; else what did not come and what did not go. In two rows. */
static void put_undone(struct drawing *d, struct lcd_page *page, size_t row, const struct lcd_undone *undone)
{
	if (lcd_left_is_some(&undone->left)) {
		lcd_left_put(d, page, row, &undone->left, undone->name);
		return;
	}
	if (undone->left_in == 0 && undone->left_out == 0) {
		drawing_say(d, page, row, SAY_LCD_NOT_COMPARED, NULL, NULL);
		return;
	}
	drawing_say_count(d, page, row, undone->left_in, SAY_LCD_NOT_COME, SAY_LCD_NOT_COME);
	drawing_say_count(d, page, row + 1, undone->left_out, SAY_LCD_NOT_GONE, SAY_LCD_NOT_GONE);
}

void lcd_front_draw(struct drawing *d)
{
	struct view_query all = { 0 }, alerts = { .kind = "alert" };

	if (d->status.store_failed)
		draw_store_failed(d);
	for (size_t i = 0; i < d->status.notice_count; i++)
		draw_notice(d, &d->status.notices[i]);
	d->view->notes(d->view->ctx, &alerts, on_alert, d);
	if (d->status.site_ref[0] != '\0')
		d->view->notes(d->view->ctx, &all, on_message, d);
	d->view->peers(d->view->ctx, &all, on_contact, d);
	draw_safe(d);
}

void lcd_front_draw_undone(struct drawing *d, const struct lcd_undone *undone)
{
	struct lcd_page *page = drawing_deal(d, LCD_UNDONE);

	drawing_name_page(page, "undone", "", 0);
	drawing_say(d, page, 0, SAY_LCD_NOT_SAFE, NULL, NULL);
	drawing_put(d, page, 1, undone->name);
	if (drawing_is_large(d)) {
		put_undone(d, page, 2, undone);
		return;
	}
	page = drawing_deal(d, LCD_UNDONE);
	drawing_name_page(page, "undone", "", 1);
	put_undone(d, page, 0, undone);
}
