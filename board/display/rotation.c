/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/rotation.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* The pages that take turns, by their number in the draw. */
struct turns {
	size_t count;
	size_t list[LCD_PAGES_MAX];
	uint64_t subject; /* of the first: the newest alert's */
};

void deck_init(struct deck *deck, const struct lcd_look *look)
{
	*deck = (struct deck){ .look = *look };
}

/* --- contacts --- */

/* FNV-1a; never 0. */
static uint64_t hash_of(const char *text, int64_t number)
{
	uint64_t hash = 0xCBF29CE484222325u ^ (uint64_t)number;

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001B3u;
	return hash != 0 ? hash : 1;
}

static struct deck_contact *find_contact(struct deck *deck, uint64_t id)
{
	for (size_t i = 0; i < DECK_CONTACTS_MAX; i++)
		if (deck->contacts[i].id == id)
			return &deck->contacts[i];
	return NULL;
}

struct looking {
	struct deck *deck;
	uint64_t now;
};

static bool on_peer(void *user, const struct view_peer *peer)
{
	struct looking *looking = user;
	struct deck *deck = looking->deck;
	uint64_t id = hash_of(peer->address, peer->since);
	struct deck_contact *contact = find_contact(deck, id);
	bool is_busy = peer->state == VIEW_PEER_COMPARING || peer->state == VIEW_PEER_TRANSFER;

	if (contact == NULL) {
		contact = find_contact(deck, 0);
		if (contact == NULL)
			return false;
		*contact = (struct deck_contact){ .id = id };
		deck->undone_until = 0;
	}
	contact->is_here = true;
	contact->whose = hash_of(peer->key[0] != '\0' ? peer->key : peer->address, 0);
	contact->state = peer->state;
	contact->left = (struct lcd_undone){ .left_in = peer->left_in, .left_out = peer->left_out };
	snprintf(contact->left.name, sizeof(contact->left.name), "%s", peer->name);
	if (!is_busy)
		contact->busy_since = 0;
	else if (contact->busy_since == 0)
		contact->busy_since = looking->now > 0 ? looking->now : 1;
	/* Where it went too fast to be seen, that all is safe is still said. */
	if (peer->state == VIEW_PEER_SAFE && !contact->was_safe) {
		contact->was_safe = true;
		deck->was_syncing = true;
	}
	return true;
}

static bool is_lasting(const struct deck_contact *contact, uint64_t now)
{
	return contact->busy_since != 0 && (!contact->was_safe || now - contact->busy_since >= DECK_LASTING_MS);
}

static bool is_near(const struct deck *deck, uint64_t whose)
{
	for (size_t i = 0; i < DECK_CONTACTS_MAX; i++)
		if (deck->contacts[i].id != 0 && deck->contacts[i].is_here && deck->contacts[i].whose == whose)
			return true;
	return false;
}

/* Of two contacts with the same neighbour one is given up at once; nothing is undone by that. Nor where both were safe
 * before and nothing was known to be missing since. */
static void end_contact(struct deck *deck, struct deck_contact *contact, uint64_t now)
{
	bool is_left = contact->left.left_in + contact->left.left_out > 0 || !contact->was_safe;

	if (contact->busy_since != 0 && is_left && !is_near(deck, contact->whose)) {
		deck->undone = contact->left;
		deck->undone_until = now + DECK_UNDONE_MS;
	}
	contact->id = 0;
}

void deck_look(struct deck *deck, const struct board_view *view, uint64_t now_ms)
{
	struct looking looking = { .deck = deck, .now = now_ms };
	struct view_query all = { 0 };
	size_t near = 0, safe = 0;

	for (size_t i = 0; i < DECK_CONTACTS_MAX; i++)
		deck->contacts[i].is_here = false;
	view->peers(view->ctx, &all, on_peer, &looking);
	for (size_t i = 0; i < DECK_CONTACTS_MAX; i++) {
		struct deck_contact *contact = &deck->contacts[i];

		if (contact->id != 0 && !contact->is_here)
			end_contact(deck, contact, now_ms);
		near += contact->id != 0;
		safe += contact->id != 0 && contact->state == VIEW_PEER_SAFE;
		if (contact->id != 0 && is_lasting(contact, now_ms))
			deck->was_syncing = true;
	}
	if (near == 0)
		deck->was_syncing = false;
	if (near == safe && deck->was_syncing)
		deck->safe_until = now_ms + DECK_SAFE_MS;
	if (near == safe)
		deck->was_syncing = false;
}

/* --- the front --- */

static bool was_shown(const struct deck *deck, uint64_t subject)
{
	for (size_t i = 0; i < DECK_ALERTS_MAX; i++)
		if (deck->shown[i] == subject)
			return true;
	return false;
}

static bool is_syncing(const struct deck *deck, uint64_t now)
{
	for (size_t i = 0; i < DECK_CONTACTS_MAX; i++)
		if (deck->contacts[i].id != 0 && is_lasting(&deck->contacts[i], now))
			return true;
	return false;
}

static bool takes_turn(const struct deck *deck, const struct lcd_page *page, enum deck_front front)
{
	switch (front) {
	case DECK_ROUND:
		return page->kind != LCD_UNDONE;
	case DECK_UNDONE:
		return page->kind == LCD_UNDONE;
	case DECK_SAFE:
		return page->kind == LCD_SAFE;
	case DECK_SYNC:
		return page->kind == LCD_TRANSFER;
	case DECK_ALERT:
		return (page->kind == LCD_ALERT || page->kind == LCD_FAILED) && !was_shown(deck, page->subject);
	}
	return false;
}

static void collect(struct turns *turns, const struct deck *deck, const struct lcd_pages *pages, enum deck_front front)
{
	turns->count = 0;
	for (size_t i = 0; i < pages->count; i++)
		if (takes_turn(deck, &pages->list[i], front))
			turns->list[turns->count++] = i;
	turns->subject = turns->count > 0 ? pages->list[turns->list[0]].subject : 0;
}

/* Whether it was in front at the last draw already; a newer alert comes anew. */
static bool is_same_front(const struct deck *deck, enum deck_front front, const struct turns *turns)
{
	return deck->front == front && (front != DECK_ALERT || deck->front_subject == turns->subject);
}

/* From when on something else may be in front; what is held has no end of its own. */
static uint64_t front_end(const struct deck *deck, enum deck_front front, const struct turns *turns)
{
	uint64_t alert_ms = DECK_TURN_MS * turns->count > DECK_ALERT_MS ? DECK_TURN_MS * turns->count : DECK_ALERT_MS;

	if (deck->is_held && deck->held_front == front)
		return UINT64_MAX;
	switch (front) {
	case DECK_ALERT:
		return is_same_front(deck, front, turns) ? deck->front_since + alert_ms : UINT64_MAX;
	case DECK_SAFE:
		return deck->safe_until;
	case DECK_UNDONE:
		return deck->undone_until;
	case DECK_SYNC:
	case DECK_ROUND:
		break;
	}
	return UINT64_MAX;
}

/* It had its time, or a person turned it away. */
static void leave(struct deck *deck, const struct lcd_pages *pages, enum deck_front front, uint64_t now)
{
	switch (front) {
	case DECK_ALERT:
		for (size_t i = 0; i < pages->count; i++)
			if (takes_turn(deck, &pages->list[i], DECK_ALERT))
				deck->shown[deck->shown_next++ % DECK_ALERTS_MAX] = pages->list[i].subject;
		break;
	case DECK_SYNC:
		deck->away_until = now + DECK_READ_MS;
		break;
	case DECK_SAFE:
		deck->safe_until = 0;
		break;
	case DECK_UNDONE:
		deck->undone_until = 0;
		break;
	case DECK_ROUND:
		break;
	}
}

static bool is_in_front(const struct deck *deck, enum deck_front front, uint64_t now)
{
	if (front == DECK_SYNC)
		return now >= deck->away_until && is_syncing(deck, now);
	return true;
}

/* The first by rank that has a page and whose time is not over. */
static enum deck_front choose(struct turns *turns, struct deck *deck, const struct lcd_pages *pages, uint64_t now)
{
	for (enum deck_front front = DECK_ALERT; front > DECK_ROUND; front--) {
		collect(turns, deck, pages, front);
		if (turns->count == 0 && deck->held_front == front)
			deck->is_held = false;
		if (turns->count == 0 || !is_in_front(deck, front, now))
			continue;
		if (now < front_end(deck, front, turns))
			return front;
		leave(deck, pages, front, now);
	}
	collect(turns, deck, pages, DECK_ROUND);
	return DECK_ROUND;
}

/* --- turning --- */

/* Where the page is now; where it is gone, what moved up into its place. */
static size_t find_place(const struct turns *turns, const struct lcd_pages *pages, uint64_t key, size_t place)
{
	for (size_t i = 0; i < turns->count; i++)
		if (pages->list[turns->list[i]].key == key)
			return i;
	return place < turns->count ? place : 0;
}

static void hold(struct deck *deck, uint64_t now)
{
	bool was_held_here = deck->is_held && deck->held_front == deck->front;

	deck->is_held = !was_held_here;
	deck->held_front = deck->front;
	deck->held_until = now + DECK_HELD_MS;
	deck->turn_at = now + DECK_TURN_MS;
}

/* False: beyond the last page of what is in front, which gives way. */
static bool turn(struct deck *deck, const struct turns *turns, enum deck_button button, uint64_t now)
{
	size_t last = turns->count - 1;

	if (deck->front != DECK_ROUND && deck->place == last && button == DECK_NEXT)
		return false;
	if (button == DECK_NEXT)
		deck->place = deck->place == last ? 0 : deck->place + 1;
	else if (deck->place > 0)
		deck->place--;
	else if (deck->front == DECK_ROUND)
		deck->place = last;
	deck->turn_at = now + DECK_READ_MS;
	return true;
}

/* Brings `front` forward, or finds its page again. */
static void settle(struct deck *deck, const struct turns *turns, const struct lcd_pages *pages, enum deck_front front,
		   uint64_t now)
{
	if (is_same_front(deck, front, turns) && deck->turn_at != 0) {
		deck->place = find_place(turns, pages, deck->page_key, deck->place);
		return;
	}
	deck->front = front;
	deck->front_since = now;
	deck->front_subject = turns->subject;
	deck->place = front == DECK_ROUND ? find_place(turns, pages, deck->round_key, pages->home) : 0;
	deck->turn_at = now + DECK_TURN_MS;
}

static void turn_when_due(struct deck *deck, const struct turns *turns, uint64_t now)
{
	if (now < deck->turn_at)
		return;
	deck->turn_at = now + DECK_TURN_MS;
	if (!deck->is_held || deck->held_front != deck->front)
		deck->place = (deck->place + 1) % turns->count;
}

static void mark_held(struct lcd_page *page, enum lcd_charset charset)
{
	char *corner = &page->text[0][page->cols - 1];

	if (*corner == ' ')
		*corner = charset == LCD_ASCII ? '=' : LCD_PIN;
}

static void earlier(uint64_t *deadline, uint64_t time)
{
	if (time < *deadline)
		*deadline = time;
}

static uint64_t next_deadline(const struct deck *deck, const struct turns *turns, uint64_t now)
{
	bool is_held = deck->is_held && deck->held_front == deck->front;
	uint64_t deadline = now + DECK_FRESH_MS;

	if (turns->count > 1 && !is_held)
		earlier(&deadline, deck->turn_at);
	earlier(&deadline, front_end(deck, deck->front, turns));
	if (deck->is_held)
		earlier(&deadline, deck->held_until);
	if (now < deck->away_until)
		earlier(&deadline, deck->away_until);
	for (size_t i = 0; i < DECK_CONTACTS_MAX; i++) {
		const struct deck_contact *contact = &deck->contacts[i];

		if (contact->id != 0 && contact->busy_since != 0 && !is_lasting(contact, now))
			earlier(&deadline, contact->busy_since + DECK_LASTING_MS);
	}
	return deadline > now ? deadline : now + 1;
}

uint64_t deck_show(struct deck *deck, struct lcd_page *page, const struct board_view *view, enum deck_button button,
		   uint64_t now_ms)
{
	struct turns turns = { .count = 0 };
	struct lcd_pages pages;
	enum deck_front front;

	deck_look(deck, view, now_ms);
	lcd_draw(&pages, view, &deck->look);
	if (deck->undone_until != 0)
		lcd_draw_undone(&pages, &deck->undone, &deck->look);
	if (now_ms >= deck->held_until)
		deck->is_held = false;
	front = choose(&turns, deck, &pages, now_ms);
	settle(deck, &turns, &pages, front, now_ms);
	if (button == DECK_HOLD) {
		hold(deck, now_ms);
	} else if (button != DECK_NO_BUTTON && !turn(deck, &turns, button, now_ms)) {
		leave(deck, &pages, deck->front, now_ms);
		deck->is_held = deck->is_held && deck->held_front != deck->front;
		front = choose(&turns, deck, &pages, now_ms);
		settle(deck, &turns, &pages, front, now_ms);
	}
	turn_when_due(deck, &turns, now_ms);
	assert(deck->place < turns.count);
	*page = pages.list[turns.list[deck->place]];
	deck->page_key = page->key;
	if (deck->front == DECK_ROUND)
		deck->round_key = page->key;
	if (deck->is_held && deck->held_front == deck->front)
		mark_held(page, deck->look.charset);
	return next_deadline(deck, &turns, now_ms);
}
