/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whose store it is: what is refused for that reason, and what is noted beside the entries for a day on which they are lost. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "node/desk/desk_state.h"

enum {
	TIME_AHEAD_S = 600,              /* noted ahead of what is written, so that a note serves many entries */
	TIME_BEHIND_S = 2 * AHEAD_MAX_S, /* a note so far ahead is of a date that was put right since */
	CARD_TEXT_SIZE = 2 * ENTRY_SIZE_MAX + 1,
};

static const char CARD_SETTING[] = "self.card";

static_assert((int)CARD_TEXT_SIZE <= (int)COMMIT_VALUE_SIZE, "a card fits a setting");

struct say desk_says_owner(enum owner_state state)
{
	switch (state) {
	case OWNER_KEY_MISSING:
		return SAY(KEY_MISSING);
	case OWNER_OTHERS:
		return SAY(KEY_OF_ANOTHER);
	case OWNER_ENTRIES_GONE:
		return SAY(ENTRIES_GONE);
	case OWNER_KEY_ALONE:
		return SAY(KEY_ALONE);
	case OWNER_RESTORED:
		return SAY(RESTORED);
	case OWNER_OURS:
		break;
	}
	assert(!"nothing to say");
	return SAY(KEY_MISSING);
}

bool desk_refuses(const struct desk *desk, struct say *why)
{
	enum owner_state state = desk->owner ? desk->owner->state : OWNER_OURS;

	if (state == OWNER_OURS || state == OWNER_ENTRIES_GONE)
		return false;
	*why = desk_says_owner(state);
	return true;
}

/* The card. */

void desk_note_card(struct desk *desk, const struct sync_change *change, const struct entry_id *id)
{
	struct view bytes = { change->bytes, change->size };
	char text[CARD_TEXT_SIZE];
	struct public_key key;
	struct entry_id own;

	if (!public_key_equal(&change->keys[0], &desk->identity->key) || !entry_card_key(&key, bytes))
		return;
	own = entry_id_of(bytes, &key);
	assert(entry_id_equal(&own, id));
	sodium_bin2hex(text, sizeof text, bytes.data, bytes.size);
	commit_set(desk->commit, CARD_SETTING, text);
}

bool desk_say_noted_card(struct desk *desk)
{
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct view card = { .data = bytes };
	char text[CARD_TEXT_SIZE];

	if (!store_get(desk->store, CARD_SETTING, text, sizeof text) ||
	    sodium_hex2bin(bytes, sizeof bytes, text, strlen(text), NULL, &card.size, NULL) != 0 ||
	    entry_verify(card, &desk->identity->key) != ENTRY_OK)
		return false;
	return sync_publish(desk->sync, card, &desk->identity->key, 0) == SYNC_OK;
}

/* Time. */

/* By date put right and time alone: those of one second are not told apart. */
static bool is_later(struct hlc a, struct hlc b)
{
	return a.era != b.era ? a.era > b.era : a.time > b.time;
}

void desk_claim(struct desk *desk)
{
	struct hlc newest = sync_newest_of(desk->sync, &desk->identity->key);

	if (is_later(newest, desk->said))
		desk->said = newest;
}

bool desk_may_have_said(const struct desk *desk, struct hlc hlc)
{
	return !is_later(hlc, desk->said);
}

void desk_note_time(struct desk *desk, struct hlc hlc)
{
	char text[16];

	if (is_later(hlc, desk->said))
		desk->said = hlc;
	if (hlc.time <= desk->noted_s && desk->noted_s - hlc.time <= TIME_BEHIND_S)
		return;
	desk->noted_s = hlc.time > UINT32_MAX - TIME_AHEAD_S ? UINT32_MAX : hlc.time + TIME_AHEAD_S;
	snprintf(text, sizeof text, "%" PRIu32, desk->noted_s);
	commit_set(desk->commit, OWNER_TIME_SETTING, text);
}

/* Words that were lost here live on elsewhere: what is written since must be later than they are. A note that lies more than a
 * day ahead was of a wrong date, and neighbours do not hold what was written under it. */
struct hlc desk_floor(const struct desk *desk)
{
	uint32_t floor_s = desk->owner ? desk->owner->floor_s : 0;

	if (floor_s == 0 || floor_s > desk->time.wall_s + AHEAD_MAX_S)
		return (struct hlc){ 0 };
	return (struct hlc){ .time = floor_s, .tick = 0 };
}

/* Beginning anew. */

/* Only where nobody else can hold the key. */
static enum door_rc take_over(struct desk *desk, struct said *why)
{
	if (!desk->owner || desk->owner->state != OWNER_RESTORED) {
		said_decide(why, SAY(NOT_RESTORED));
		return DOOR_E_INPUT;
	}
	said_decide(why, SAY(TAKES_OVER));
	desk->take_over(desk->host_ctx);
	return DOOR_OK;
}

enum door_rc desk_ask_renew(void *ctx, struct said *why, enum door_renew how)
{
	struct desk *desk = ctx;

	if (!desk->begin_anew || commit_has_failed(desk->commit)) {
		said_decide(why, SAY(CARD_FAILED));
		return DOOR_E_STORE;
	}
	if (how == DOOR_RENEW_GONE)
		return take_over(desk, why);
	if (how == DOOR_RENEW_ASK) {
		said_decide(why, SAY(RENEW_ASK));
		return DOOR_E_ASK;
	}
	said_decide(why, SAY(RENEW_BEGINS));
	desk->begin_anew(desk->host_ctx);
	return DOOR_OK;
}
