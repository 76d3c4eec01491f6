/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The passphrase that seals households: asked about, given, set, changed and taken away. */
#include <stdlib.h>

#include "board/api/api_inside.h"
#include "board/text/said_json.h"

struct api_asking {
	struct http_exchange *exchange; /* NULL when it is gone */
};

static void on_gone(void *user)
{
	struct api_asking *asking = user;

	asking->exchange = NULL;
}

struct api_asking *api_asking_of(struct http_exchange *x)
{
	struct api_asking *asking = malloc(sizeof(*asking));

	if (asking == NULL)
		return NULL;
	asking->exchange = x;
	http_on_gone(x, on_gone, asking);
	return asking;
}

void api_told(void *user, enum door_rc rc, const struct said *said)
{
	struct api_asking *asking = user;
	json_t *answer = json_object();

	if (asking->exchange == NULL) {
		json_decref(answer);
	} else if (rc != DOOR_OK) {
		json_decref(answer);
		api_answer_said(asking->exchange, api_status_of(rc), said);
	} else {
		said_json_put(answer, "remark", said, api_language(asking->exchange));
		api_answer_json(asking->exchange, 200, answer);
	}
	free(asking);
}

static void ask(struct api *api, struct http_exchange *x, enum door_households verb, const char *passphrase,
		const char *next)
{
	struct api_asking *asking = api_asking_of(x);

	if (asking == NULL) {
		api_answer_error(x, 503, SAY(MEMORY));
		return;
	}
	api->config.door->households(api->config.door->ctx, verb, passphrase != NULL ? passphrase : "",
				     next != NULL ? next : "", api_told, asking);
}

void api_get_passphrase(struct api *api, struct http_exchange *x)
{
	struct view_status status;

	api->config.view->status(api->config.view->ctx, &status);
	api_answer_json(x, 200,
			json_pack("{s:b, s:b, s:i}", "set", status.households != VIEW_NO_PASSPHRASE, "locked",
				  status.households == VIEW_LOCKED, "wrong", (int)status.wrong_passphrases));
}

/* Who lost it is at the node: a volunteer's PIN is not enough to drop what others took down. */
static void forget(struct api *api, struct http_exchange *x, bool is_sure)
{
	if (http_port_of(x) != HTTP_UNIX)
		api_answer_error(x, 403, SAY(PASSPHRASE_AT_THE_NODE));
	else
		ask(api, x, is_sure ? DOOR_HOUSEHOLDS_FORGET : DOOR_HOUSEHOLDS_FORGOTTEN, NULL, NULL);
}

/* Without "new" it is given, to unlock. */
void api_post_passphrase(struct api *api, struct http_exchange *x)
{
	size_t size;
	const char *body = http_body(x, &size);
	json_t *asked = json_loadb(body, size, JSON_REJECT_DUPLICATES, NULL);
	const char *passphrase = json_string_value(json_object_get(asked, "passphrase"));
	const char *next = json_string_value(json_object_get(asked, "new"));

	if (json_is_true(json_object_get(asked, "forgotten")))
		forget(api, x, json_is_true(json_object_get(asked, "sure")));
	else if (passphrase == NULL && next == NULL)
		api_answer_error(x, 400, SAY(PASSPHRASE_MISSING));
	else
		ask(api, x, next != NULL ? DOOR_HOUSEHOLDS_PASSPHRASE : DOOR_HOUSEHOLDS_UNLOCK, passphrase, next);
	json_decref(asked);
}

void api_post_lock(struct api *api, struct http_exchange *x)
{
	ask(api, x, DOOR_HOUSEHOLDS_LOCK, NULL, NULL);
}
