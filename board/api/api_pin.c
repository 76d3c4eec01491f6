/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The volunteers' PIN, shown and changed on the node itself alone: whoever knows it is not thereby who sets it. */
#include "board/api/api_inside.h"

static bool is_at_the_node(struct http_exchange *x)
{
	if (http_port_of(x) == HTTP_UNIX)
		return true;
	api_answer_error(x, 403, SAY(API_PIN_ON_NODE));
	return false;
}

void api_get_pin(struct api *api, struct http_exchange *x)
{
	if (is_at_the_node(x))
		api_answer_json(x, 200, json_pack("{s:s}", "pin", api->config.pin));
}

void api_post_pin(struct api *api, struct http_exchange *x)
{
	struct said why = { 0 };
	enum door_rc rc = DOOR_E_INPUT;
	const char *body;
	json_t *asked;
	size_t size;

	if (!is_at_the_node(x))
		return;
	body = http_body(x, &size);
	asked = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_string(json_object_get(asked, "pin")))
		rc = api->config.door->set_pin(api->config.door->ctx, &why,
					       json_string_value(json_object_get(asked, "pin")));
	json_decref(asked);
	if (rc == DOOR_OK)
		api_answer_json(x, 200, json_pack("{s:s}", "pin", api->config.pin));
	else if (said_is_empty(&why))
		api_answer_error(x, 400, SAY(PIN_MISSING));
	else
		api_answer_said(x, api_status_of(rc), &why);
}
