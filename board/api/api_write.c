/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/api/api_inside.h"
#include "board/api/request_json.h"
#include "board/api/view_json.h"
#include "board/text/said_json.h"
#include "board/batch.h"
#include "board/tables/cap_import.h"
#include "board/tables/import.h"
#include "board/text/words.h"

/* Objects on their way through the door. */
struct post {
	struct http_exchange *exchange;
	struct batch *batch; /* NULL while it is being started */
	enum door_verb verb;
	json_t *asked;   /* always a list */
	json_t *answers; /* by index; null until answered */
	bool single, is_visitor;
	unsigned status;         /* of the single answer */
	struct request_json ask; /* of the request being submitted */
};

static void post_free(struct post *p)
{
	json_decref(p->asked);
	json_decref(p->answers);
	free(p);
}

static void on_gone(void *user)
{
	struct post *p = user;

	batch_cancel(p->batch);
	post_free(p);
}

static bool on_request(void *user, size_t index, struct door_request *request)
{
	struct post *p = user;
	struct said error = { 0 };

	/* It was read once before, when all were checked. */
	if (!request_json_read(&p->ask, &error, p->verb, json_array_get(p->asked, index)))
		return false;
	*request = p->ask.request;
	request->caller = p->is_visitor ? DOOR_VISITOR : DOOR_VOLUNTEER;
	return true;
}

static void on_answer(void *user, size_t index, const struct door_answer *a)
{
	struct post *p = user;
	enum language language = api_language(p->exchange);
	json_t *answer;

	p->status = api_status_of(a->rc);
	if (a->rc == DOOR_OK) {
		answer = json_pack("{s:s, s:s, s:s}", "ref", a->ref, "full", a->full, "id", a->id);
		said_json_put(answer, "remark", &a->said, language);
	} else {
		answer = json_object();
		said_json_refuse(answer, &a->said, language);
		json_object_set_new(answer, "status", json_integer((json_int_t)p->status));
	}
	if (a->rc == DOOR_E_ASK || a->rc == DOOR_E_CHANGED)
		json_object_set_new(answer, a->rc == DOOR_E_ASK ? "ask" : "changed", json_true());
	if (a->rc == DOOR_OK && a->unchanged)
		json_object_set_new(answer, "unchanged", json_true());
	if (a->rc == DOOR_OK && a->ticket[0] != '\0')
		json_object_set_new(answer, "ticket", json_string(a->ticket));
	if (a->rc == DOOR_OK && a->quantity_milli > 0)
		json_object_set_new(answer, "quantity", view_json_quantity((int64_t)a->quantity_milli));
	json_array_set_new(p->answers, index, answer);
}

static void on_finished(void *user)
{
	struct post *p = user;

	if (p->single)
		api_answer_json(p->exchange, p->status, json_incref(json_array_get(p->answers, 0)));
	else
		api_answer_json(p->exchange, 200, json_incref(p->answers));
	post_free(p);
}

static const struct batch_ops OPS = { .request = on_request, .answer = on_answer, .finished = on_finished };

/* How deep brackets nest outside of strings: asked before the parser builds anything. */
static unsigned depth_of(const char *json, size_t size)
{
	unsigned depth = 0, deepest = 0;
	bool quoted = false;

	for (size_t i = 0; i < size; i++) {
		if (quoted && json[i] == '\\')
			i++;
		else if (json[i] == '"')
			quoted = !quoted;
		else if (!quoted && (json[i] == '{' || json[i] == '[') && ++depth > deepest)
			deepest = depth;
		else if (!quoted && (json[i] == '}' || json[i] == ']') && depth > 0)
			depth--;
	}
	return deepest;
}

/* The body as a list of what is asked; NULL when it was answered with what is wrong. */
static json_t *body_read(bool *single, struct http_exchange *x)
{
	size_t size;
	const char *body = http_body(x, &size);
	json_error_t error;
	json_t *value;

	if (size > API_JSON_SIZE_MAX) {
		api_answer_error(x, 413, SAY(API_JSON_TOO_LARGE));
		return NULL;
	}
	if (depth_of(body, size) > API_JSON_DEPTH_MAX) {
		api_answer_error(x, 400, SAY(API_JSON_DEEP));
		return NULL;
	}
	value = json_loadb(body, size, JSON_REJECT_DUPLICATES, &error);
	if (value == NULL) {
		api_answer_error(x, 400,
				 SAY_OF(API_JSON_BROKEN, say_number(error.line), say_number(error.column),
					say_text(error.text)));
		return NULL;
	}
	*single = !json_is_array(value);
	if (*single)
		value = json_pack("[o]", value);
	if (json_array_size(value) > API_ARRAY_MAX) {
		api_answer_error(x, 413, SAY_OF(API_JSON_LIST, say_number(API_ARRAY_MAX)));
		json_decref(value);
		return NULL;
	}
	return value;
}

/* All are read before the first is submitted: a program's mistake changes nothing. */
static bool all_are_fine(struct http_exchange *x, enum door_verb verb, const json_t *asked, bool single)
{
	struct request_json ask;
	size_t index;
	json_t *object;

	json_array_foreach (asked, index, object) {
		struct said error = { 0 };

		if (!single)
			(void)said_add(&error, SAY_OF(API_LIST_OBJECT, say_number((int64_t)index + 1)));
		if (request_json_read(&ask, &error, verb, object))
			continue;
		api_answer_said(x, 400, &error);
		return false;
	}
	return true;
}

/* What anyone may do: say what is needed or worth knowing, not change what others rely on, nor confirm it in this node's
 * name. */
static bool only_asks(enum door_verb verb, const json_t *asked)
{
	size_t index;
	json_t *object;

	json_array_foreach (asked, index, object) {
		const char *kind = json_string_value(json_object_get(object, "kind"));

		if (json_object_get(object, "ref") != NULL)
			return false;
		if (verb == DOOR_LINE ? kind == NULL || strcasecmp(kind, "need") != 0
				      : kind != NULL && strcasecmp(kind, "message") != 0)
			return false;
	}
	return true;
}

/* Whether this caller may; who shows no PIN is a visitor. Else it was answered. What is no need and no note was asked
 * of api_may_write before it came here. */
static bool caller_may(bool *is_visitor, struct api *api, struct http_exchange *x, enum door_verb verb,
		       const json_t *asked, bool single)
{
	const char *pin = api->config.pin[0] != '\0' ? http_header(x, "Aidmesh-Pin") : NULL;

	*is_visitor = false;
	if (verb != DOOR_LINE && verb != DOOR_NOTE)
		return true;
	*is_visitor = http_port_of(x) == HTTP_TCP && (pin == NULL || pin[0] == '\0');
	if (!*is_visitor || !only_asks(verb, asked))
		return api_may_write(api, x);
	if (!single)
		api_answer_error(x, 403, SAY(API_LIST_PIN));
	return single;
}

static void post(struct api *api, struct http_exchange *x, enum door_verb verb)
{
	bool single = false, failed = true, is_visitor = false;
	json_t *asked = body_read(&single, x);
	struct post *p;
	struct batch *batch;

	if (asked == NULL)
		return;
	if (!caller_may(&is_visitor, api, x, verb, asked, single)) {
		json_decref(asked);
		return;
	}
	p = calloc(1, sizeof(*p));
	if (p == NULL || !all_are_fine(x, verb, asked, single)) {
		if (p == NULL)
			api_answer_error(x, 503, SAY(MEMORY));
		json_decref(asked);
		free(p);
		return;
	}
	*p = (struct post){ .exchange = x,
			    .verb = verb,
			    .asked = asked,
			    .answers = json_array(),
			    .single = single,
			    .is_visitor = is_visitor };
	for (size_t i = 0; i < json_array_size(asked); i++)
		json_array_append_new(p->answers, json_null());
	batch = batch_start(&failed, api->config.loop, api->config.door, json_array_size(asked),
			    single ? BATCH_TELLS_BUSY : BATCH_WAITS, &OPS, p);
	if (failed) {
		api_answer_error(x, 503, SAY(MEMORY));
		post_free(p);
	} else if (batch != NULL) {
		p->batch = batch;
		http_on_gone(x, on_gone, p);
	}
}

void api_post_site(struct api *api, struct http_exchange *x)
{
	post(api, x, DOOR_SITE);
}

void api_post_line(struct api *api, struct http_exchange *x)
{
	post(api, x, DOOR_LINE);
}

void api_post_move(struct api *api, struct http_exchange *x)
{
	post(api, x, DOOR_MOVE);
}

void api_post_note(struct api *api, struct http_exchange *x)
{
	post(api, x, DOOR_NOTE);
}

void api_post_trust(struct api *api, struct http_exchange *x)
{
	post(api, x, DOOR_TRUST);
}

void api_post_withdraw(struct api *api, struct http_exchange *x)
{
	post(api, x, DOOR_WITHDRAW);
}

void api_post_undo(struct api *api, struct http_exchange *x)
{
	post(api, x, DOOR_UNDO);
}

void api_post_self(struct api *api, struct http_exchange *x)
{
	post(api, x, DOOR_SELF);
}

/* --- tables and alerts --- */

static void on_import_gone(void *user)
{
	import_cancel(user);
}

static void on_alert_gone(void *user)
{
	cap_import_cancel(user);
}

static void on_imported(void *user, json_t *result)
{
	api_answer_json(user, 200, result);
}

/* True when it is under way or answered. */
static bool import_began(struct http_exchange *x, enum import_rc rc, const struct said *error)
{
	if (rc == IMPORT_E_FILE)
		api_answer_said(x, 400, error);
	else if (rc == IMPORT_E_MEMORY)
		api_answer_error(x, 503, SAY(MEMORY_FILE));
	return rc == IMPORT_OK;
}

static void import_alert(struct http_exchange *x, const struct import_config *config)
{
	struct said error = { 0 };
	struct cap_import *import;

	if (import_began(x, cap_import_start(&import, &error, config), &error) && import != NULL)
		http_on_gone(x, on_alert_gone, import);
}

void api_post_import(struct api *api, struct http_exchange *x)
{
	static const char *const KIND_LIST[] = { "site", "need", "offer", "stock" };
	static const struct words KINDS = { sizeof(KIND_LIST) / sizeof(KIND_LIST[0]), KIND_LIST };
	const char *kind = http_query(x, "kind");
	struct import_config config = { .loop = api->config.loop,
					.view = api->config.view,
					.door = api->config.door,
					.kind = IMPORT_GUESS,
					.language = api_language(x),
					.finished = on_imported,
					.user = x };
	struct said error = { 0 };
	struct import *import;

	config.data = http_body(x, &config.size);
	if (api_has_type(x, API_CAP_TYPE)) {
		import_alert(x, &config);
		return;
	}
	if (kind != NULL && words_find(&KINDS, kind) < 0) {
		api_answer_error(x, 400, SAY(API_IMPORT_KIND));
		return;
	}
	if (kind != NULL)
		config.kind = (enum import_kind)words_find(&KINDS, kind);
	if (import_began(x, import_start(&import, &error, &config), &error) && import != NULL)
		http_on_gone(x, on_import_gone, import);
}
