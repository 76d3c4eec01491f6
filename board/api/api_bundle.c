/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdlib.h>

#include "board/api/api_inside.h"
#include "board/api/view_json.h"
#include "board/text/said_json.h"
#include "board/text/text_buffer.h"

static bool on_write(void *user, const uint8_t *data, size_t size)
{
	return text_buffer_add(user, data, size);
}

void api_get_bundle(struct api *api, struct http_exchange *x)
{
	const struct board_door *door = api->config.door;
	struct text_buffer buffer = { .size_max = API_EXPORT_SIZE_MAX };

	if (!door->export_bundle(door->ctx, on_write, &buffer)) {
		free(buffer.data);
		api_answer_error(x, 507, SAY(BUNDLE_STORE));
		return;
	}
	http_answer(x, 200, "application/octet-stream", buffer.data, buffer.size);
}

/* A bundle under way. The door borrows the bytes until it is done, whether or not the asker still waits. */
struct bundle_import {
	struct http_exchange *exchange; /* NULL: gone */
	char *data;
};

static void on_gone(void *user)
{
	struct bundle_import *import = user;

	import->exchange = NULL;
}

static json_t *result_json(const struct door_import *result, enum language language)
{
	json_t *answer = json_pack("{s:i, s:i, s:i, s:i, s:o, s:i, s:i}", "entries", (int)result->entries, "added",
				   (int)result->added, "known", (int)result->known, "refused", (int)result->refused,
				   "not_taken", view_json_left(&result->not_taken), "waiting", (int)result->waiting,
				   "missing", (int)result->missing);

	if (answer != NULL)
		said_json_put(answer, "remark", &result->said, language);
	return answer;
}

static void on_imported(void *user, const struct door_import *result)
{
	struct bundle_import *import = user;

	if (import->exchange != NULL && result->rc != DOOR_OK)
		api_answer_said(import->exchange, api_status_of(result->rc), &result->said);
	else if (import->exchange != NULL)
		api_answer_json(import->exchange, 200, result_json(result, api_language(import->exchange)));
	free(import->data);
	free(import);
}

void api_post_bundle(struct api *api, struct http_exchange *x)
{
	const struct board_door *door = api->config.door;
	struct bundle_import *import = calloc(1, sizeof(*import));
	size_t size;

	if (import == NULL) {
		api_answer_error(x, 503, SAY(MEMORY));
		return;
	}
	import->data = http_take_body(x, &size);
	if (import->data == NULL) {
		free(import);
		api_answer_error(x, 400, SAY(BUNDLE_EMPTY));
		return;
	}
	import->exchange = x;
	http_on_gone(x, on_gone, import);
	door->import_bundle(door->ctx, (const uint8_t *)import->data, size, on_imported, import);
}
