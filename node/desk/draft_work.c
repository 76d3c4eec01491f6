/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/desk/draft_work.h"

#include <string.h>

#include "node/desk/typed_input.h"

enum door_rc draft_refuse(struct draft_work *w, enum door_rc rc, struct say say)
{
	return door_refuse(w->answer, rc, say);
}

bool draft_states(const struct draft_work *w, enum door_field field)
{
	return w->asked->fields & field;
}

uint32_t draft_time_of(int64_t unix_s)
{
	int64_t since = unix_s - EPOCH_UNIX_S;

	return unix_s == 0 ? 0 : since < 1 ? 1 : since > UINT32_MAX ? UINT32_MAX : (uint32_t)since;
}

/* Naming records. */

enum door_rc draft_find_record(struct draft_work *w, struct picture_hit *hit, const char *text)
{
	enum picture_found found = picture_find(draft_picture(w), w->desk->now_s, text, hit);

	if (found == FOUND_NONE)
		found = picture_find_site(draft_picture(w), w->desk->now_s, text, hit);
	switch (found) {
	case FOUND_ONE:
		return DOOR_OK;
	case FOUND_SEVERAL:
		return draft_refuse(w, DOOR_E_UNKNOWN, SAY_OF(RECORD_SEVERAL, say_typed(text)));
	case FOUND_NONE:
		break;
	}
	return draft_refuse(w, DOOR_E_UNKNOWN, SAY_OF(RECORD_UNKNOWN, say_typed(text)));
}

enum door_rc draft_find_of_list(struct draft_work *w, struct picture_hit *hit, const char *text, enum fold_list list,
				enum say_code kind)
{
	enum door_rc rc = draft_find_record(w, hit, text);

	if (rc != DOOR_OK)
		return rc;
	return hit->list == list
		       ? DOOR_OK
		       : draft_refuse(w, DOOR_E_INPUT, SAY_OF(RECORD_OTHER_KIND, say_typed(text), say_phrase(kind)));
}

enum door_rc draft_find_site(struct draft_work *w, struct ref *site, const char *text)
{
	struct picture_hit hit;

	switch (picture_find_site(draft_picture(w), w->desk->now_s, text, &hit)) {
	case FOUND_ONE:
		*site = hit.ref;
		return DOOR_OK;
	case FOUND_SEVERAL:
		return draft_refuse(w, DOOR_E_UNKNOWN, SAY_OF(SITE_SEVERAL, say_typed(text)));
	case FOUND_NONE:
		break;
	}
	return draft_refuse(w, DOOR_E_UNKNOWN, SAY_OF(SITE_UNKNOWN, say_typed(text)));
}

struct entry *draft_start(struct draft_work *w, enum entry_kind kind)
{
	struct entry *e = &w->draft->entry;

	*w->draft = (struct draft){ .entry = { .kind = kind }, .is_new = kind != ENTRY_CARD };
	e->author = public_key_hint(&w->desk->identity->key);
	if (kind != ENTRY_CARD)
		e->number = w->desk->new_number(w->desk->ctx, 0);
	return e;
}

bool draft_is_own(const struct draft_work *w, const struct public_key *key)
{
	return public_key_equal(key, &w->desk->identity->key);
}

enum door_rc draft_take_quantity(struct draft_work *w, uint64_t *milli, uint64_t number, const char *typed,
				 uint16_t item)
{
	uint64_t asked = number;
	enum door_rc rc = ref_text_is_given(typed) ? typed_input_measure(&asked, w->answer, typed, item) : DOOR_OK;

	if (rc != DOOR_OK)
		return rc;
	if (asked > QUANTITY_MILLI_MAX)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(QUANTITY_TOO_LARGE, say_text("34,000,000")));
	*milli = asked;
	return DOOR_OK;
}

/* Notes. */

/* An alert is over at some time: what nobody looks after any more must not stand for ever. */
enum { ALERT_MAX_S = 30 * 86400 };

enum door_rc draft_take_until(struct draft_work *w, struct note *note)
{
	uint32_t until = draft_states(w, DOOR_UNTIL) ? draft_time_of(w->asked->until) : 0;

	if (!until)
		until = w->desk->now_s + FOLD_ALERT_S;
	/* What others said elsewhere has the end that it has. */
	if (w->asked->long_text == DOOR_CUT) {
		note->until = until;
		return DOOR_OK;
	}
	if (until <= w->desk->now_s)
		return draft_refuse(w, DOOR_E_INPUT, SAY(UNTIL_PAST));
	if (until - w->desk->now_s > ALERT_MAX_S)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(UNTIL_FAR, say_number(ALERT_MAX_S / 86400)));
	note->until = until;
	return DOOR_OK;
}
