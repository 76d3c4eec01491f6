/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is asked at the first start: as it stands, and answered. */
#include "board/api/api_inside.h"

enum { ANSWERS_MAX = 16 };

void api_get_setup(struct api *api, struct http_exchange *x)
{
	const struct board_view *view = api->config.view;
	struct view_status status;
	struct view_setup s;

	view->status(view->ctx, &status);
	view->setup(view->ctx, &s);
	api_answer_json(x, 200,
			json_pack("{s:b, s:s, s:s, s:b, s:b, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "answered",
				  s.is_answered, "name", status.name, "site_ref", status.site_ref, "words", s.has_words,
				  "passphrase", s.has_passphrase, "region", s.region, "role", s.role, "wifi_name",
				  s.wifi_name, "wifi_password", s.wifi_password, "wifi_country", s.wifi_country, "host",
				  s.host, "proposed_words", s.proposed_words, "run", (json_int_t)s.run));
}

void api_post_setup(struct api *api, struct http_exchange *x)
{
	struct door_given given[ANSWERS_MAX];
	size_t count = 0, size;
	const char *body = http_body(x, &size), *name;
	json_t *asked = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL), *value;
	struct api_asking *asking;

	json_object_foreach (asked, name, value) {
		if (!json_is_string(value) || count == ANSWERS_MAX) {
			count = 0;
			break;
		}
		given[count++] = (struct door_given){ name, json_string_value(value) };
	}
	asking = json_is_object(asked) && (count > 0 || json_object_size(asked) == 0) ? api_asking_of(x) : NULL;
	if (asking != NULL)
		api->config.door->setup(api->config.door->ctx, given, count, api_told, asking);
	else
		api_answer_error(x, 400, SAY(SETUP_FORM));
	json_decref(asked);
}
