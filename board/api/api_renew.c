/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The node becomes another author. Asked back once, as whatever cannot be taken back. */
#include "board/api/api_inside.h"
#include "board/text/said_json.h"

static enum door_renew how_asked(const struct http_exchange *x)
{
	size_t size;
	const char *body = http_body(x, &size);
	json_t *asked = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
	enum door_renew how = json_is_true(json_object_get(asked, "gone"))   ? DOOR_RENEW_GONE
			      : json_is_true(json_object_get(asked, "sure")) ? DOOR_RENEW_SURE
									     : DOOR_RENEW_ASK;

	json_decref(asked);
	return how;
}

void api_post_renew(struct api *api, struct http_exchange *x)
{
	const struct board_door *door = api->config.door;
	struct said said = { 0 };
	enum door_rc rc = door->renew(door->ctx, &said, how_asked(x));
	json_t *answer = json_object();

	if (rc == DOOR_OK) {
		said_json_put(answer, "remark", &said, api_language(x));
		api_answer_json(x, 200, answer);
		return;
	}
	said_json_refuse(answer, &said, api_language(x));
	if (rc == DOOR_E_ASK)
		json_object_set_new(answer, "ask", json_true());
	api_answer_json(x, api_status_of(rc), answer);
}
