/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "board/api/api_inside.h"
#include "board/tables/export.h"
#include "board/text/words.h"

static const char *const FORMAT_LIST[] = { "hxl", "geojson", "cap" };
static const struct words FORMATS = { 3, FORMAT_LIST };
static const char *const KIND_LIST[] = {
	[IMPORT_SITE] = "site", [IMPORT_NEED] = "need", [IMPORT_OFFER] = "offer", [IMPORT_STOCK] = "stock"
};
static const struct words KINDS = { 4, KIND_LIST };

enum format { FORMAT_HXL, FORMAT_GEOJSON, FORMAT_CAP };

static void answer(struct http_exchange *x, const char *type, struct text_buffer *buffer)
{
	if (!buffer->failed) {
		http_answer(x, 200, type, buffer->data, buffer->size);
		return;
	}
	free(buffer->data);
	api_answer_error(x, 507, SAY(EXPORT_TOO_LARGE));
}

static void answer_hxl(struct api *api, struct http_exchange *x, struct text_buffer *buffer)
{
	const char *kind = http_query(x, "kind");

	if (kind == NULL || words_find(&KINDS, kind) < 0) {
		api_answer_error(x, 400, SAY(API_EXPORT_KIND));
		return;
	}
	export_hxl(buffer, api->config.view, (enum import_kind)words_find(&KINDS, kind));
	answer(x, "text/csv; charset=utf-8", buffer);
}

static void answer_cap(struct api *api, struct http_exchange *x, struct text_buffer *buffer)
{
	const char *ref = http_query(x, "ref");

	if (ref == NULL || ref[0] == '\0') {
		api_answer_error(x, 400, SAY(API_EXPORT_REF));
		return;
	}
	switch (export_cap(buffer, api->config.view, ref)) {
	case EXPORT_OK:
		answer(x, "application/cap+xml", buffer);
		return;
	case EXPORT_E_UNKNOWN:
		api_answer_error(x, 404, SAY_OF(API_EXPORT_NOTE_UNKNOWN, say_typed(ref)));
		return;
	case EXPORT_E_NO_ALERT:
		api_answer_error(x, 400, SAY_OF(API_EXPORT_NOT_ALERT, say_typed(ref)));
		return;
	}
}

void api_get_export(struct api *api, struct http_exchange *x)
{
	struct text_buffer buffer = { .size_max = API_EXPORT_SIZE_MAX };
	const char *name = http_query(x, "format");
	int format = name != NULL ? words_find(&FORMATS, name) : -1;

	if (format < 0) {
		api_answer_error(x, 400, SAY(API_EXPORT_FORMAT));
		return;
	}
	if (!api_has_room(x))
		return;
	switch ((enum format)format) {
	case FORMAT_HXL:
		answer_hxl(api, x, &buffer);
		return;
	case FORMAT_GEOJSON:
		export_geojson(&buffer, api->config.view);
		answer(x, "application/geo+json", &buffer);
		return;
	case FORMAT_CAP:
		answer_cap(api, x, &buffer);
		return;
	}
}
