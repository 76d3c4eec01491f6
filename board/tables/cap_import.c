/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/tables/cap_import.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/batch.h"
#include "board/tables/cap.h"
#include "board/text/iso_time.h"
#include "board/text/said_json.h"
#include "board/text/utf8.h"

/* A note's room for text and source together, and the source's part of it (proto/WIRE.md). */
enum { NOTE_ROOM = 112, NOTE_SOURCE_MAX = 24 };

struct cap_import {
	struct batch *batch;
	struct cap_alert alert;
	bool is_known;
	struct view_note earlier; /* the alert that this one is about; no `full`: none that is here */
	size_t earlier_rank;      /* the last of the references counts */
	char text[NOTE_ROOM + 1];
	json_t *rejected, *remarks;
	enum language language;
	import_finished finished;
	void *user;
};

static void cap_import_free(struct cap_import *im)
{
	json_decref(im->rejected);
	json_decref(im->remarks);
	free(im);
}

/* --- what stands already --- */

static uint32_t number_of(const struct view_note *note)
{
	const char *colon = strchr(note->record.full, ':');

	return colon != NULL ? (uint32_t)strtoul(colon + 1, NULL, 16) : 0;
}

static bool on_note(void *user, const struct view_note *note)
{
	struct cap_import *im = user;
	uint32_t number = number_of(note);

	if (note->kind != VIEW_ALERT)
		return true;
	im->is_known |= number == im->alert.number;
	for (size_t i = im->earlier_rank; i < im->alert.reference_count; i++) {
		if (im->alert.references[i] != number)
			continue;
		im->earlier = *note;
		im->earlier_rank = i;
	}
	return true;
}

static void remark_all(struct cap_import *im, const struct said *said)
{
	json_t *row = json_object();

	said_json_put(row, "remark", said, im->language);
	json_array_append_new(im->remarks, row);
}

static void remark(struct cap_import *im, struct say say)
{
	struct said said = { 0 };

	(void)said_add(&said, say);
	remark_all(im, &said);
}

/* --- what the note says --- */

/* The words give way where there is no room for all. */
static bool compose(struct cap_import *im, struct said *error)
{
	const char *before = im->alert.type == CAP_CANCEL ? "Cancelled: " : "", *words = im->alert.text;
	char cut[NOTE_ROOM + 8]; /* more than fits, so that what is too long shows */
	size_t room;

	utf8_cut(im->alert.source, NOTE_SOURCE_MAX);
	if (im->alert.info_count == 0)
		words = im->earlier.text;
	if (words[0] == '\0') {
		said_decide(error, SAY(CAP_CANCELS_UNKNOWN));
		return false;
	}
	room = NOTE_ROOM - strlen(im->alert.source) - strlen(before);
	snprintf(cut, sizeof(cut), "%.*s", (int)sizeof(cut) - 1, words);
	if (utf8_cut(cut, room)) {
		for (size_t size = strlen(cut); size > 0 && cut[size - 1] == ' '; size--)
			cut[size - 1] = '\0';
		remark(im, SAY_OF(CAP_CUT, say_text(cut)));
	}
	snprintf(im->text, sizeof(im->text), "%s%.*s", before, (int)room, cut);
	return true;
}

static bool on_request(void *user, size_t index, struct door_request *r)
{
	struct cap_import *im = user;

	(void)index;
	*r = (struct door_request){ .verb = DOOR_NOTE,
				    .fields = DOOR_TEXT | DOOR_SEVERITY | DOOR_LANGUAGE | DOOR_FLAGS,
				    .note_kind = VIEW_ALERT,
				    .number = im->alert.number,
				    .source = im->alert.source,
				    .text = im->text,
				    .language = im->alert.language,
				    .severity = im->alert.severity,
				    .flags = im->alert.is_exercise ? 1 : 0,
				    .until = im->alert.type == CAP_CANCEL ? 0 : im->alert.expires,
				    .of = im->earlier.record.full,
				    .long_text = DOOR_CUT };
	if (r->until != 0)
		r->fields |= DOOR_UNTIL;
	return true;
}

/* --- the result --- */

static void result_give(struct cap_import *im)
{
	size_t rejected = json_array_size(im->rejected);
	json_t *result = json_pack("{s:s, s:i, s:i, s:i, s:i, s:O, s:O, s:[]}", "kind", "alert", "rows", 1, "added",
				   im->is_known || rejected > 0 ? 0 : 1, "changed", 0, "known", im->is_known ? 1 : 0,
				   "rejected", im->rejected, "remarks", im->remarks, "ignored_columns");

	im->finished(im->user, result);
	cap_import_free(im);
}

static void on_answer(void *user, size_t index, const struct door_answer *answer)
{
	struct cap_import *im = user;
	json_t *row;

	(void)index;
	if (answer->rc == DOOR_OK) {
		if (!said_is_empty(&answer->said))
			remark_all(im, &answer->said);
		return;
	}
	row = json_pack("{s:i}", "line", 1);
	said_json_refuse(row, &answer->said, im->language);
	json_array_append_new(im->rejected, row);
}

static void on_finished(void *user)
{
	result_give(user);
}

static const struct batch_ops OPS = { .request = on_request, .answer = on_answer, .finished = on_finished };

static bool is_over(const struct cap_import *im, struct said *error, const struct board_view *view)
{
	struct view_status status = { 0 };
	char iso[ISO_TIME_SIZE];

	view->status(view->ctx, &status);
	if (im->alert.expires == 0 || im->alert.type == CAP_CANCEL || status.time_quality != VIEW_TIME_SET ||
	    im->alert.expires > status.now)
		return false;
	iso_time_format(iso, im->alert.expires);
	said_decide(error, SAY_OF(CAP_EXPIRED, say_text(iso)));
	return true;
}

/* Everything up to the door. */
static enum import_rc prepare(struct cap_import *im, struct said *error, const struct import_config *config)
{
	struct view_query all = { .all = true };

	im->finished = config->finished;
	im->user = config->user;
	im->language = config->language;
	im->rejected = json_array();
	im->remarks = json_array();
	if (im->rejected == NULL || im->remarks == NULL) {
		said_decide(error, SAY(CAP_MEMORY));
		return IMPORT_E_MEMORY;
	}
	if (!cap_read(&im->alert, error, config->data, config->size))
		return IMPORT_E_FILE;
	config->view->notes(config->view->ctx, &all, on_note, im);
	if (im->is_known)
		return IMPORT_OK;
	if (is_over(im, error, config->view) || !compose(im, error))
		return IMPORT_E_FILE;
	if (im->alert.info_count > 1)
		remark(im, SAY_OF(CAP_SEVERAL, say_number(im->alert.info_count)));
	return IMPORT_OK;
}

enum import_rc cap_import_start(struct cap_import **import, struct said *error, const struct import_config *config)
{
	struct cap_import *im = calloc(1, sizeof(*im));
	struct batch *batch;
	enum import_rc rc;
	bool failed;

	*error = (struct said){ 0 };
	if (im == NULL)
		return IMPORT_E_MEMORY;
	rc = prepare(im, error, config);
	if (rc != IMPORT_OK) {
		cap_import_free(im);
		return rc;
	}
	*import = NULL;
	if (im->is_known) {
		result_give(im);
		return IMPORT_OK;
	}
	batch = batch_start(&failed, config->loop, config->door, 1, BATCH_WAITS, &OPS, im);
	if (failed) {
		cap_import_free(im);
		return IMPORT_E_MEMORY;
	}
	if (batch != NULL) {
		im->batch = batch;
		*import = im;
	}
	return IMPORT_OK;
}

void cap_import_cancel(struct cap_import *im)
{
	batch_cancel(im->batch);
	cap_import_free(im);
}
