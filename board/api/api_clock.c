/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the date is, what it rests on, and who says what it is. */
#include <string.h>

#include "board/api/api_inside.h"
#include "board/api/view_json.h"
#include "board/state_said.h"
#include "board/text/date_text.h"
#include "board/text/said_json.h"

/* What was asked, as the door takes it. */
struct asked {
	enum door_clock verb;
	int64_t unix_s;
	bool sure;
};

static json_t *clock_json(struct view_status *status, struct api *api, enum language language)
{
	*status = (struct view_status){ 0 };
	api->config.view->status(api->config.view->ctx, status);
	return json_pack("{s:o}", "clock", view_json_clock(status, language));
}

void api_get_clock(struct api *api, struct http_exchange *x)
{
	struct view_status status;

	api_answer_json(x, 200, clock_json(&status, api, api_language(x)));
}

/* A phone that is not needed is not told off in silence: a volunteer who sees both dates knows which is right. */
static void answer_taken(struct api *api, struct http_exchange *x, const struct asked *asked)
{
	struct view_status status;
	json_t *answer = clock_json(&status, api, api_language(x));
	int64_t ahead = asked->unix_s - status.now;
	struct said said = { 0 };

	if (asked->verb == DOOR_CLOCK_PHONE && (ahead > STATE_CLOCKS_AGREE_S || ahead < -STATE_CLOCKS_AGREE_S)) {
		(void)said_add(&said, SAY_OF(CLOCK_PHONE_DIFFERS, say_date(asked->unix_s), say_date(status.now)));
		said_json_put(answer, "remark", &said, api_language(x));
	}
	api_answer_json(x, 200, answer);
}

static bool refuse(struct said *error, struct say say)
{
	said_decide(error, say);
	return false;
}

/* One of three, and whether the caller is sure. */
static bool fields_are_fine(const json_t *body)
{
	static const char *const NAMES[] = { "set", "confirm", "phone", "sure" };
	size_t known = 0, said = 0;

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
		bool is_there = json_object_get(body, NAMES[i]) != NULL;

		known += is_there;
		said += is_there && i < 3;
	}
	return said == 1 && known == json_object_size(body);
}

static bool asked_read(struct asked *asked, struct said *error, const json_t *body, int64_t now)
{
	const json_t *set = json_object_get(body, "set"), *phone = json_object_get(body, "phone");

	*asked = (struct asked){ .sure = json_is_true(json_object_get(body, "sure")) };
	if (!fields_are_fine(body))
		return refuse(error, SAY(CLOCK_ASKED));
	if (json_is_string(set)) {
		asked->verb = DOOR_CLOCK_SET;
		return date_text_read(&asked->unix_s, json_string_value(set), now) ||
		       refuse(error, SAY_OF(CLOCK_FORM, say_typed(json_string_value(set))));
	}
	if (json_is_integer(phone)) {
		asked->verb = DOOR_CLOCK_PHONE;
		asked->unix_s = json_integer_value(phone) / 1000;
		return true;
	}
	asked->verb = DOOR_CLOCK_CONFIRM;
	return json_is_true(json_object_get(body, "confirm")) || refuse(error, SAY(CLOCK_ASKED));
}

static void answer_refused(struct http_exchange *x, enum door_rc rc, const struct said *why)
{
	json_t *answer = json_object();

	said_json_refuse(answer, why, api_language(x));
	if (rc == DOOR_E_ASK)
		json_object_set_new(answer, "ask", json_true());
	api_answer_json(x, api_status_of(rc), answer);
}

void api_post_clock(struct api *api, struct http_exchange *x)
{
	const struct board_door *door = api->config.door;
	struct said why = { 0 };
	struct asked asked;
	enum door_rc rc = DOOR_E_INPUT;
	size_t size;
	const char *text = http_body(x, &size);
	json_t *body = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);

	if (asked_read(&asked, &why, body, api_now(api)))
		rc = door->set_clock(door->ctx, &why, asked.verb, asked.unix_s, asked.sure);
	json_decref(body);
	if (rc == DOOR_OK)
		answer_taken(api, x, &asked);
	else
		answer_refused(x, rc, &why);
}
