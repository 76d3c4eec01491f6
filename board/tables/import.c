/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/tables/import.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/batch.h"
#include "board/tables/import_match.h"
#include "board/text/said_json.h"
#include "board/text/say_measure.h"
#include "proto/catalog/catalog_search.h"

enum { UNITS_MAX = 64 };

struct import {
	struct csv_table table;
	struct columns columns;
	struct import_match *known;
	struct batch *batch;
	bool *edits; /* by row: it changes a site that stands */
	char ref[VIEW_REF_SIZE];
	size_t added, changed, same;
	json_t *rejected, *remarks;
	enum language language;
	import_finished finished;
	void *user;
};

static void import_free(struct import *im)
{
	csv_table_fini(&im->table);
	if (im->known != NULL)
		import_match_free(im->known);
	json_decref(im->rejected);
	json_decref(im->remarks);
	free(im->edits);
	free(im);
}

/* The batch counts from the first row below the header. */
static size_t row_of(const struct import *im, size_t index)
{
	return im->columns.header + 1 + index;
}

static size_t row_count(const struct import *im)
{
	return im->table.row_count - im->columns.header - 1;
}

static unsigned line_of(const struct import *im, size_t index)
{
	return im->table.rows[row_of(im, index)].line;
}

static void reject(struct import *im, size_t index, const struct said *why)
{
	json_t *row = json_pack("{s:i}", "line", (int)line_of(im, index));

	said_json_refuse(row, why, im->language);
	json_array_append_new(im->rejected, row);
}

/* About the row that began in `line`; 0: about the file. */
static void remark(struct import *im, unsigned line, const struct said *said)
{
	json_t *row = json_object();

	if (line > 0)
		json_object_set_new(row, "line", json_integer(line));
	said_json_put(row, "remark", said, im->language);
	json_array_append_new(im->remarks, row);
}

static bool site_is_wanted(struct import *im, size_t index, struct door_request *r)
{
	struct said why = { 0 };
	size_t earlier = 0;

	switch (import_match_site(im->known, im->ref, &earlier, r, index)) {
	case IMPORT_MATCH_NONE:
		return true;
	case IMPORT_MATCH_SAME:
		im->same++;
		return false;
	case IMPORT_MATCH_OTHER:
		r->ref = im->ref;
		im->edits[index] = true;
		return true;
	case IMPORT_MATCH_IN_FILE:
		said_decide(&why, SAY_OF(ROW_TWICE, say_number(line_of(im, earlier))));
		reject(im, index, &why);
		return false;
	}
	return false;
}

static bool on_request(void *user, size_t index, struct door_request *request)
{
	struct import *im = user;
	struct said why = { 0 };

	if (import_match_id(im->known, columns_id(&im->columns, &im->table, row_of(im, index)))) {
		im->same++;
		return false;
	}
	if (!columns_read(request, &why, &im->columns, &im->table, row_of(im, index))) {
		reject(im, index, &why);
		return false;
	}
	if (im->columns.kind == IMPORT_SITE)
		return site_is_wanted(im, index, request);
	switch (import_match_line(im->known, im->ref, request)) {
	case IMPORT_MATCH_SAME:
		im->same++;
		return false;
	case IMPORT_MATCH_OTHER:
		request->ref = im->ref;
		im->edits[index] = true;
		break;
	case IMPORT_MATCH_NONE:
	case IMPORT_MATCH_IN_FILE:
		break;
	}
	return true;
}

static void on_answer(void *user, size_t index, const struct door_answer *answer)
{
	struct import *im = user;

	if (answer->rc != DOOR_OK) {
		reject(im, index, &answer->said);
		return;
	}
	if (im->edits[index])
		im->changed++;
	else
		im->added++;
	if (!said_is_empty(&answer->said))
		remark(im, line_of(im, index), &answer->said);
}

/* A unit of the file's own is no reason to refuse a row. What was converted is said once for an item and unit, and so is
 * what could not be: that is worth a look. */
static void remark_units(struct import *im)
{
	struct {
		const char *item, *unit;
	} seen[UNITS_MAX];
	size_t seen_count = 0;

	for (size_t i = row_of(im, 0); i < im->table.row_count && seen_count < UNITS_MAX; i++) {
		struct door_request r = { 0 };
		struct said why = { 0 }, said = { 0 };
		char text[COLUMNS_MEASURE_SIZE];
		const char *stated = columns_unit(&im->columns, &im->table, i), *unit;
		struct measure measure;
		bool is_new = stated[0] != '\0' && columns_read(&r, &why, &im->columns, &im->table, i);

		for (size_t j = 0; j < seen_count && is_new; j++)
			is_new = strcasecmp(seen[j].item, r.item) != 0 || strcasecmp(seen[j].unit, stated) != 0;
		if (!is_new)
			continue;
		seen[seen_count].item = r.item;
		seen[seen_count++].unit = stated;
		if (columns_measure(&measure, text, &im->columns, &im->table, i)) {
			(void)said_add(&said, SAY_OF(ROW_MEASURE, say_typed(r.item)));
			(void)said_add(&said, say_measure(&measure, text, catalog_find_like(r.item)));
			(void)said_add(&said, SAY(ROW_AND_SO_ON));
			if (measure.converted)
				remark(im, im->table.rows[i].line, &said);
			continue;
		}
		unit = import_match_unit(im->known, &r);
		if (unit[0] == '\0' || strcasecmp(unit, stated) == 0)
			continue;
		(void)said_add(&said, SAY_OF(ROW_UNIT, say_typed(r.item), say_text(unit), say_typed(stated)));
		remark(im, im->table.rows[i].line, &said);
	}
}

static int by_line(const void *a, const void *b)
{
	json_int_t left = json_integer_value(json_object_get(*(json_t *const *)a, "line"));
	json_int_t right = json_integer_value(json_object_get(*(json_t *const *)b, "line"));

	return (left > right) - (left < right);
}

/* Answers come as the door gives them; people read a file from its top. */
static json_t *in_order(json_t *list)
{
	size_t count = json_array_size(list);
	json_t *sorted = json_array(), **items = calloc(count + 1, sizeof(*items));

	if (items == NULL || sorted == NULL) {
		free(items);
		json_decref(sorted);
		return json_incref(list);
	}
	for (size_t i = 0; i < count; i++)
		items[i] = json_array_get(list, i);
	qsort(items, count, sizeof(*items), by_line);
	for (size_t i = 0; i < count; i++)
		json_array_append(sorted, items[i]);
	free(items);
	return sorted;
}

static void on_finished(void *user)
{
	static const char *const KINDS[] = { "site", "need", "offer", "stock" };
	struct import *im = user;
	json_t *ignored = json_array(), *result;

	if (im->columns.kind != IMPORT_SITE)
		remark_units(im);
	for (size_t i = 0; i < im->table.rows[im->columns.header].cell_count; i++)
		if (im->columns.ignored[i])
			json_array_append_new(ignored, json_string(csv_table_cell(&im->table, im->columns.header, i)));
	result = json_pack("{s:s, s:i, s:i, s:i, s:i, s:o, s:O, s:o}", "kind", KINDS[im->columns.kind], "rows",
			   (int)row_count(im), "added", (int)im->added, "changed", (int)im->changed, "known",
			   (int)im->same, "rejected", in_order(im->rejected), "remarks", im->remarks, "ignored_columns",
			   ignored);
	im->finished(im->user, result);
	import_free(im);
}

static const struct batch_ops OPS = { .request = on_request, .answer = on_answer, .finished = on_finished };

static enum import_rc prepare(struct import *im, struct said *error, const struct import_config *config)
{
	struct said latin1 = { 0 };
	unsigned line = 0;
	enum csv_rc rc = csv_table_init(&im->table, &line, config->data, config->size);

	if (rc != CSV_TABLE_OK) {
		said_decide(error, csv_say(rc, line));
		return rc == CSV_TABLE_E_MEMORY ? IMPORT_E_MEMORY : IMPORT_E_FILE;
	}
	if (!columns_find(&im->columns, error, &im->table, config->kind))
		return IMPORT_E_FILE;
	im->rejected = json_array();
	im->remarks = json_array();
	im->edits = calloc(im->table.row_count, sizeof(*im->edits));
	im->known = import_match_new(config->view);
	im->finished = config->finished;
	im->user = config->user;
	im->language = config->language;
	if (im->rejected == NULL || im->remarks == NULL || im->edits == NULL || im->known == NULL) {
		said_decide(error, csv_say(CSV_TABLE_E_MEMORY, 0));
		return IMPORT_E_MEMORY;
	}
	if (im->table.latin1) {
		(void)said_add(&latin1, SAY(TABLE_LATIN1));
		remark(im, 0, &latin1);
	}
	return IMPORT_OK;
}

enum import_rc import_start(struct import **import, struct said *error, const struct import_config *config)
{
	struct import *im = calloc(1, sizeof(*im));
	struct batch *batch;
	enum import_rc rc;
	bool failed;

	*error = (struct said){ 0 };
	if (im == NULL)
		return IMPORT_E_MEMORY;
	rc = prepare(im, error, config);
	if (rc != IMPORT_OK) {
		import_free(im);
		return rc;
	}
	batch = batch_start(&failed, config->loop, config->door, row_count(im), BATCH_WAITS, &OPS, im);
	if (failed) {
		import_free(im);
		return IMPORT_E_MEMORY;
	}
	if (batch != NULL)
		im->batch = batch;
	*import = batch != NULL ? im : NULL;
	return IMPORT_OK;
}

void import_cancel(struct import *im)
{
	batch_cancel(im->batch);
	import_free(im);
}
