/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Texts that are too long for their field, or for what is said beside them in one entry: before anything is written a person
 * hears how much is left over, and what of it fits, at a whole word. */
#include <string.h>

#include "node/desk/draft_work.h"

static size_t characters(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

/* Back to the end of a word, where that leaves half of it or more. */
static void end_at_word(char *cut, const char *whole)
{
	size_t size = strlen(cut), at = size;

	if (whole[size] == ' ' || whole[size] == '\0')
		return;
	while (at > 0 && cut[at - 1] != ' ')
		at--;
	while (at > 0 && cut[at - 1] == ' ')
		at--;
	if (at >= size / 2 && at > 0)
		cut[at] = '\0';
}

/* The words that are in the field fit; `text` is all that was typed. */
static enum door_rc tell_left_over(struct draft_work *w, char *out, const char *text, enum say_code field)
{
	size_t fit = characters(out);
	struct say_value over = say_number((int64_t)(characters(text) - fit));

	end_at_word(out, text);
	if (w->asked->long_text == DOOR_CUT) {
		(void)said_add(&w->answer->said, SAY_OF(TEXT_CUT, say_phrase(field), say_text(out)));
		return DOOR_OK;
	}
	return draft_refuse(w, DOOR_E_INPUT,
			    SAY_OF(TEXT_LEFT_OVER, say_phrase(field), say_number((int64_t)fit), over, say_text(out)));
}

enum door_rc draft_take_text(struct draft_work *w, char *out, size_t size_max, const char *text, enum say_code field)
{
	const char *typed = text ? text : "";

	if (text_cut(out, size_max, typed))
		return DOOR_OK;
	/* What is said beside it may leave less room: that is known when all of it is (draft_fit_text). */
	if (field == SAY_FIELD_TEXT && w->asked->text == text) {
		w->is_text_long = true;
		return DOOR_OK;
	}
	return tell_left_over(w, out, typed, field);
}

bool draft_fits(const struct entry *e)
{
	uint8_t body[BODY_SIZE_MAX];
	struct entry timed = *e;
	size_t size;

	timed.hlc = (struct hlc){
		.time = UINT32_MAX, .tick = TICK_MAX, .era = ERA_MAX, .renewed = entry_is_renewable(e) ? RENEWED_MAX : 0
	};
	return entry_body_encode(body, &size, &timed) != ENTRY_E_SIZE;
}

static char *text_of(struct entry *e)
{
	switch (e->kind) {
	case ENTRY_LINE:
		return e->line.text;
	case ENTRY_MOVE:
		return e->move.text;
	case ENTRY_NOTE:
		return e->note.text;
	case ENTRY_SITE:
		return e->site.name;
	case ENTRY_CARD:
	case ENTRY_TRUST:
	case ENTRY_UNKNOWN:
		break;
	}
	return NULL;
}

enum door_rc draft_fit_text(struct draft_work *w)
{
	struct entry *e = &w->draft->entry;
	char *text = text_of(e);
	char whole[NOTE_TEXT_MAX + 1];
	bool fits = draft_fits(e);
	enum say_code field = e->kind == ENTRY_SITE ? SAY_FIELD_SITE_NAME : SAY_FIELD_TEXT;

	if (!text || (fits && !w->is_text_long))
		return DOOR_OK;
	(void)text_cut(whole, NOTE_TEXT_MAX, text);
	for (size_t size = strlen(text); size > 0 && !draft_fits(e);)
		(void)text_cut(text, --size, whole);
	/* It is not the text that is too much. */
	if (!draft_fits(e)) {
		strcpy(text, whole);
		return DOOR_OK;
	}
	return tell_left_over(w, text, w->is_text_long ? w->asked->text : whole, field);
}

/* Text and source, as much as the body has room for. */
enum door_rc draft_fill_words(struct draft_work *w, struct note *note)
{
	const struct door_request *r = w->asked;
	enum door_rc rc = DOOR_OK;

	if (draft_states(w, DOOR_LANGUAGE))
		rc = draft_take_text(w, note->language, NOTE_LANGUAGE_SIZE, r->language, SAY_FIELD_LANGUAGE);
	if (rc != DOOR_OK)
		return rc;
	if (r->source)
		(void)text_cut(note->source, NOTE_SOURCE_MAX, r->source);
	return draft_states(w, DOOR_TEXT) ? draft_take_text(w, note->text, NOTE_TEXT_MAX, r->text, SAY_FIELD_TEXT) : rc;
}
