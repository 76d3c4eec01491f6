/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/rotation.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "board/display/lcd_left.h"

/* The pages that take turns, by their number in the draw. */
struct turns {
	size_t count;
	size_t list[LCD_PAGES_MAX];
	uint64_t subject; /* of the first: the newest alert's */
};

void rotation_init(struct rotation *rotation, const struct lcd_look *look)
{
	*rotation = (struct rotation){ .look = *look };
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

static struct rotation_contact *find_contact(struct rotation *rotation, uint64_t id)
{
	for (size_t i = 0; i < ROTATION_CONTACTS_MAX; i++)
		if (rotation->contacts[i].id == id)
			return &rotation->contacts[i];
	return NULL;
}

struct looking {
	struct rotation *rotation;
	const struct board_view *view;
	uint64_t now;
};

static struct rotation_contact *take_contact(struct rotation *rotation, const struct view_peer *peer)
{
	uint64_t id = hash_of(peer->address, peer->since);
	struct rotation_contact *contact = find_contact(rotation, id);

	if (contact != NULL)
		return contact;
	contact = find_contact(rotation, 0);
	if (contact == NULL)
		return NULL;
	*contact = (struct rotation_contact){ .id = id };
	return contact;
}

/* Where it went too fast to be seen, that all is safe is still said. */
static void note_state(struct rotation *rotation, struct rotation_contact *contact, enum view_peer_state state)
{
	if (state == VIEW_PEER_SAFE && !contact->was_safe) {
		contact->was_safe = true;
		*(contact->is_trusted ? &rotation->was_syncing : &rotation->stranger_said) = true;
	}
	if (state == VIEW_PEER_LEFT && contact->state != VIEW_PEER_LEFT && contact->is_trusted)
		rotation->is_left_away = false;
	contact->was_compared = contact->was_compared || state == VIEW_PEER_SAFE || state == VIEW_PEER_LEFT;
	contact->state = state;
}

/* A node's whole status is dear, and asked for where something is not taken alone. */
static void note_left(struct lcd_left *left, const struct board_view *view, const struct view_peer *peer)
{
	struct view_status status;

	if (view_left_sum(&peer->not_taken_there) + view_left_sum(&peer->not_taken_here) == 0)
		return;
	view->status(view->ctx, &status);
	*left = lcd_left_of(peer, status.time_quality);
}

static bool on_peer(void *user, const struct view_peer *peer)
{
	struct looking *looking = user;
	struct rotation *rotation = looking->rotation;
	struct rotation_contact *contact = take_contact(rotation, peer);
	bool is_busy = peer->state == VIEW_PEER_COMPARING || peer->state == VIEW_PEER_TRANSFER;

	if (contact == NULL)
		return true;
	contact->is_here = true;
	if (peer->trust == VIEW_TRUSTED && !contact->is_trusted) {
		contact->is_trusted = true;
		contact->was_safe = contact->was_compared = false;
		rotation->undone_until = 0;
	}
	contact->is_trusted = peer->trust == VIEW_TRUSTED;
	contact->whose = hash_of(peer->key[0] != '\0' ? peer->key : peer->address, 0);
	contact->left = (struct lcd_undone){ .left_in = peer->left_in, .left_out = peer->left_out };
	note_left(&contact->left.left, looking->view, peer);
	snprintf(contact->left.name, sizeof(contact->left.name), "%s", peer->name);
	if (!is_busy)
		contact->busy_since = 0;
	else if (contact->busy_since == 0)
		contact->busy_since = looking->now > 0 ? looking->now : 1;
	note_state(rotation, contact, peer->state);
	return true;
}

/* Only for a trusted neighbour does the carrier wait: a stranger's transfer may have no end. */
static bool is_lasting(const struct rotation_contact *contact, uint64_t now)
{
	return contact->is_trusted && contact->busy_since != 0 &&
	       (!contact->was_compared || now - contact->busy_since >= ROTATION_LASTING_MS);
}

static bool is_near(const struct rotation *rotation, uint64_t whose)
{
	for (size_t i = 0; i < ROTATION_CONTACTS_MAX; i++)
		if (rotation->contacts[i].id != 0 && rotation->contacts[i].is_here &&
		    rotation->contacts[i].whose == whose)
			return true;
	return false;
}

/* Something was not done: it was under way, and not all safe before; or it is not taken. */
static bool is_undone(const struct rotation_contact *contact)
{
	bool is_left = contact->left.left_in + contact->left.left_out > 0 || !contact->was_safe;

	return contact->state == VIEW_PEER_LEFT || (contact->busy_since != 0 && is_left);
}

/* Of two contacts with the same neighbour one is given up at once; nothing is undone by that. */
static void end_contact(struct rotation *rotation, struct rotation_contact *contact, uint64_t now)
{
	if (contact->is_trusted && is_undone(contact) && !is_near(rotation, contact->whose)) {
		rotation->undone = contact->left;
		rotation->undone_until = now + ROTATION_UNDONE_MS;
	}
	contact->id = 0;
}

/* Where neighbours are trusted, they alone decide; where all are strangers, that one of them says so is shown. */
static void look_for_safe(struct rotation *rotation, size_t near, size_t safe, uint64_t now)
{
	bool is_news = near > 0 ? near == safe && rotation->was_syncing : rotation->stranger_said;

	if (is_news)
		rotation->safe_until = now + ROTATION_SAFE_MS;
	if (near == safe)
		rotation->was_syncing = false;
	rotation->stranger_said = false;
}

void rotation_look(struct rotation *rotation, const struct board_view *view, uint64_t now_ms)
{
	struct looking looking = { .rotation = rotation, .view = view, .now = now_ms };
	struct view_query all = { 0 };
	size_t near = 0, safe = 0;

	for (size_t i = 0; i < ROTATION_CONTACTS_MAX; i++)
		rotation->contacts[i].is_here = false;
	view->peers(view->ctx, &all, on_peer, &looking);
	for (size_t i = 0; i < ROTATION_CONTACTS_MAX; i++) {
		struct rotation_contact *contact = &rotation->contacts[i];

		if (contact->id != 0 && !contact->is_here)
			end_contact(rotation, contact, now_ms);
		if (contact->id == 0 || !contact->is_trusted)
			continue;
		near++;
		safe += contact->state == VIEW_PEER_SAFE;
		if (is_lasting(contact, now_ms))
			rotation->was_syncing = true;
	}
	look_for_safe(rotation, near, safe, now_ms);
}

/* --- the front --- */

static bool was_shown(const struct rotation *rotation, uint64_t subject)
{
	for (size_t i = 0; i < ROTATION_ALERTS_MAX; i++)
		if (rotation->shown[i] == subject)
			return true;
	return false;
}

static bool is_syncing(const struct rotation *rotation, uint64_t now)
{
	for (size_t i = 0; i < ROTATION_CONTACTS_MAX; i++)
		if (rotation->contacts[i].id != 0 && is_lasting(&rotation->contacts[i], now))
			return true;
	return false;
}

static bool takes_turn(const struct rotation *rotation, const struct lcd_page *page, enum rotation_front front)
{
	switch (front) {
	case ROTATION_ROUND:
		return page->kind != LCD_UNDONE && page->kind != LCD_ANSWER;
	case ROTATION_UNDONE:
		return page->kind == LCD_UNDONE;
	case ROTATION_SAFE:
		return page->kind == LCD_SAFE;
	case ROTATION_LEFT:
		return page->kind == LCD_LEFT;
	case ROTATION_SYNC:
		return page->kind == LCD_TRANSFER;
	case ROTATION_ALERT:
		return (page->kind == LCD_ALERT || page->kind == LCD_FAILED) && !was_shown(rotation, page->subject);
	case ROTATION_ANSWER:
		return page->kind == LCD_ANSWER;
	case ROTATION_FRONTS:
		break;
	}
	return false;
}

static void collect(struct turns *turns, const struct rotation *rotation, const struct lcd_pages *pages,
		    enum rotation_front front)
{
	turns->count = 0;
	for (size_t i = 0; i < pages->count; i++)
		if (takes_turn(rotation, &pages->list[i], front))
			turns->list[turns->count++] = i;
	turns->subject = turns->count > 0 ? pages->list[turns->list[0]].subject : 0;
}

/* Whether it was in front at the last draw already; a newer alert comes anew. */
static bool is_same_front(const struct rotation *rotation, enum rotation_front front, const struct turns *turns)
{
	return rotation->front == front && (front != ROTATION_ALERT || rotation->front_subject == turns->subject);
}

/* From when on something else may be in front; what is held has no end of its own. */
static uint64_t front_end(const struct rotation *rotation, enum rotation_front front, const struct turns *turns)
{
	uint64_t alert_ms = ROTATION_TURN_MS * turns->count > ROTATION_ALERT_MS ? ROTATION_TURN_MS * turns->count
										: ROTATION_ALERT_MS;

	if (rotation->is_held && rotation->held_front == front)
		return UINT64_MAX;
	switch (front) {
	case ROTATION_ALERT:
		return is_same_front(rotation, front, turns) ? rotation->front_since + alert_ms : UINT64_MAX;
	case ROTATION_SAFE:
		return rotation->safe_until;
	case ROTATION_UNDONE:
		return rotation->undone_until;
	case ROTATION_ANSWER:
		return rotation->answer_until;
	case ROTATION_LEFT:
	case ROTATION_SYNC:
	case ROTATION_ROUND:
	case ROTATION_FRONTS:
		break;
	}
	return UINT64_MAX;
}

/* It had its time, or a person turned it away. */
static void leave(struct rotation *rotation, const struct lcd_pages *pages, enum rotation_front front, uint64_t now)
{
	switch (front) {
	case ROTATION_ALERT:
		for (size_t i = 0; i < pages->count; i++)
			if (takes_turn(rotation, &pages->list[i], ROTATION_ALERT))
				rotation->shown[rotation->shown_next++ % ROTATION_ALERTS_MAX] = pages->list[i].subject;
		break;
	case ROTATION_SYNC:
		rotation->away_until = now + ROTATION_READ_MS;
		break;
	case ROTATION_LEFT:
		rotation->is_left_away = true;
		break;
	case ROTATION_SAFE:
		rotation->safe_until = 0;
		break;
	case ROTATION_UNDONE:
		rotation->undone_until = 0;
		break;
	case ROTATION_ANSWER:
		rotation->answer_until = 0;
		break;
	case ROTATION_ROUND:
	case ROTATION_FRONTS:
		break;
	}
}

static bool is_in_front(const struct rotation *rotation, enum rotation_front front, uint64_t now)
{
	if (front == ROTATION_SYNC)
		return now >= rotation->away_until && is_syncing(rotation, now);
	if (front == ROTATION_LEFT)
		return !rotation->is_left_away;
	return true;
}

/* The first by rank that has a page and whose time is not over. */
static enum rotation_front choose(struct turns *turns, struct rotation *rotation, const struct lcd_pages *pages,
				  uint64_t now)
{
	for (enum rotation_front front = ROTATION_FRONTS - 1; front > ROTATION_ROUND; front--) {
		collect(turns, rotation, pages, front);
		if (turns->count == 0 && rotation->held_front == front)
			rotation->is_held = false;
		if (turns->count == 0 || !is_in_front(rotation, front, now))
			continue;
		if (now < front_end(rotation, front, turns))
			return front;
		leave(rotation, pages, front, now);
	}
	collect(turns, rotation, pages, ROTATION_ROUND);
	return ROTATION_ROUND;
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

/* What asks whether the date is right, and is held for it: held once more, the person says that it is. */
static bool confirms(const struct rotation *rotation, const struct lcd_page *page)
{
	return page->kind == LCD_CLOCK && rotation->is_held && rotation->held_front == rotation->front &&
	       rotation->held_key == page->key;
}

static void hold(struct rotation *rotation, const struct lcd_page *page, uint64_t now)
{
	bool was_held_here = rotation->is_held && rotation->held_front == rotation->front;

	rotation->has_confirmed = rotation->has_confirmed || confirms(rotation, page);
	rotation->is_held = !was_held_here;
	rotation->held_key = page->key;
	rotation->held_front = rotation->front;
	rotation->held_until = now + ROTATION_HELD_MS;
	rotation->turn_at = now + ROTATION_TURN_MS;
}

/* False: beyond the last page of what is in front, which gives way. */
static bool turn(struct rotation *rotation, const struct turns *turns, enum rotation_button button, uint64_t now)
{
	size_t last = turns->count - 1;

	assert(rotation->place <= last);
	if (rotation->front != ROTATION_ROUND && rotation->place == last && button == ROTATION_NEXT)
		return false;
	if (button == ROTATION_NEXT)
		rotation->place = rotation->place == last ? 0 : rotation->place + 1;
	else if (rotation->place > 0)
		rotation->place--;
	else if (rotation->front == ROTATION_ROUND)
		rotation->place = last;
	rotation->turn_at = now + ROTATION_READ_MS;
	return true;
}

/* ALLOWED[from][to] */
static const bool ALLOWED[ROTATION_FRONTS][ROTATION_FRONTS] = {
	[ROTATION_ROUND] = { true, true, true, true, true, true, true },
	[ROTATION_UNDONE] = { true, false, true, true, true, true, true },
	[ROTATION_SAFE] = { true, true, false, true, true, true, true },
	[ROTATION_LEFT] = { true, true, true, false, true, true, true },
	[ROTATION_SYNC] = { true, true, true, true, false, true, true },
	[ROTATION_ALERT] = { true, true, true, true, true, true, true },
	[ROTATION_ANSWER] = { true, true, true, true, true, true, false },
};

/* Brings `front` forward, from its first page; the round from where it was. */
static void move_to(struct rotation *rotation, const struct turns *turns, const struct lcd_pages *pages,
		    enum rotation_front front, uint64_t now)
{
	assert(ALLOWED[rotation->front][front]);
	assert(front != ROTATION_ROUND || rotation->front != ROTATION_ROUND || rotation->turn_at == 0);
	assert(turns->count > 0 && turns->count <= pages->count);
	rotation->front = front;
	rotation->front_since = now;
	rotation->front_subject = turns->subject;
	rotation->place = front == ROTATION_ROUND ? find_place(turns, pages, rotation->round_key, pages->home) : 0;
	rotation->turn_at = now + ROTATION_TURN_MS;
}

/* Brings `front` forward, or finds its page again. */
static void settle(struct rotation *rotation, const struct turns *turns, const struct lcd_pages *pages,
		   enum rotation_front front, uint64_t now)
{
	if (is_same_front(rotation, front, turns) && rotation->turn_at != 0) {
		rotation->place = find_place(turns, pages, rotation->page_key, rotation->place);
	} else {
		move_to(rotation, turns, pages, front, now);
	}
	assert(rotation->place < turns->count);
}

static void turn_when_due(struct rotation *rotation, const struct turns *turns, uint64_t now)
{
	if (now < rotation->turn_at)
		return;
	rotation->turn_at = now + ROTATION_TURN_MS;
	if (!rotation->is_held || rotation->held_front != rotation->front)
		rotation->place = (rotation->place + 1) % turns->count;
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

static bool is_asleep(const struct rotation *rotation, uint64_t now)
{
	return rotation->look.sleeps && now >= rotation->awake_until;
}

static void stay_awake(struct rotation *rotation, uint64_t now)
{
	rotation->awake_until = now + ROTATION_AWAKE_MS;
}

static void darken(struct lcd_page *page)
{
	page->is_dark = true;
	for (size_t row = 0; row < page->rows; row++)
		memset(page->text[row], ' ', page->cols);
}

static uint64_t next_deadline(const struct rotation *rotation, const struct turns *turns, uint64_t now)
{
	bool is_held = rotation->is_held && rotation->held_front == rotation->front;
	bool is_dark = is_asleep(rotation, now);
	uint64_t deadline = now + (is_dark ? ROTATION_ASLEEP_MS : ROTATION_FRESH_MS);

	if (rotation->look.sleeps && !is_dark)
		earlier(&deadline, rotation->awake_until);
	if (turns->count > 1 && !is_held && !is_dark)
		earlier(&deadline, rotation->turn_at);
	earlier(&deadline, front_end(rotation, rotation->front, turns));
	if (rotation->is_held)
		earlier(&deadline, rotation->held_until);
	if (now < rotation->away_until)
		earlier(&deadline, rotation->away_until);
	for (size_t i = 0; i < ROTATION_CONTACTS_MAX; i++) {
		const struct rotation_contact *contact = &rotation->contacts[i];

		if (contact->id != 0 && contact->is_trusted && contact->busy_since != 0 && !is_lasting(contact, now))
			earlier(&deadline, contact->busy_since + ROTATION_LASTING_MS);
	}
	/* Later than now, as the header says: whoever waits for it does not spin. */
	return deadline > now ? deadline : now + 1;
}

void rotation_answer(struct rotation *rotation, const struct lcd_answer *answer, uint64_t now_ms)
{
	rotation->answer = *answer;
	rotation->answer_until = now_ms + ROTATION_ANSWER_MS;
}

uint64_t rotation_show(struct rotation *rotation, struct lcd_page *page, const struct board_view *view,
		       enum rotation_button button, uint64_t now_ms)
{
	struct turns turns = { .count = 0 };
	struct lcd_pages pages;
	enum rotation_front front;

	if (rotation->awake_until == 0)
		stay_awake(rotation, now_ms);
	if (button != ROTATION_NO_BUTTON) {
		if (is_asleep(rotation, now_ms))
			button = ROTATION_NO_BUTTON;
		stay_awake(rotation, now_ms);
	}
	rotation_look(rotation, view, now_ms);
	lcd_draw(&pages, view, &rotation->look);
	if (rotation->undone_until != 0)
		lcd_draw_undone(&pages, &rotation->undone, &rotation->look);
	if (rotation->answer_until != 0)
		lcd_draw_answer(&pages, &rotation->answer, view, &rotation->look);
	if (now_ms >= rotation->held_until)
		rotation->is_held = false;
	front = choose(&turns, rotation, &pages, now_ms);
	settle(rotation, &turns, &pages, front, now_ms);
	if (button == ROTATION_HOLD) {
		hold(rotation, &pages.list[turns.list[rotation->place]], now_ms);
	} else if (button != ROTATION_NO_BUTTON && !turn(rotation, &turns, button, now_ms)) {
		leave(rotation, &pages, rotation->front, now_ms);
		rotation->is_held = rotation->is_held && rotation->held_front != rotation->front;
		front = choose(&turns, rotation, &pages, now_ms);
		settle(rotation, &turns, &pages, front, now_ms);
	}
	turn_when_due(rotation, &turns, now_ms);
	assert(rotation->place < turns.count);
	*page = pages.list[turns.list[rotation->place]];
	rotation->page_key = page->key;
	if (rotation->front == ROTATION_ROUND)
		rotation->round_key = page->key;
	if (rotation->is_held && rotation->held_front == rotation->front)
		mark_held(page, rotation->look.charset);
	if (rotation->front != ROTATION_ROUND)
		stay_awake(rotation, now_ms);
	if (is_asleep(rotation, now_ms))
		darken(page);
	return next_deadline(rotation, &turns, now_ms);
}
