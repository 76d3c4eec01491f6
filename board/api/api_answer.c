/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What every route answers with, and reads of a request. */
#include "board/api/api_inside.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/text/said_json.h"
#include "board/text/json_form.h"

/* What a browser of another origin cannot send without asking first, which is never answered. */
const char API_JSON_TYPE[] = "application/json";
const char API_CAP_TYPE[] = "application/cap+xml";

void api_answer_json(struct http_exchange *x, unsigned status, json_t *value)
{
	char *text = value != NULL ? json_dumps(value, JSON_FORM) : NULL;

	json_decref(value);
	if (text == NULL)
		http_answer(x, 503, API_JSON_TYPE, NULL, 0);
	else
		http_answer(x, status, API_JSON_TYPE, text, strlen(text));
}

enum language api_language(const struct http_exchange *x)
{
	return language_accepted(http_header(x, "Accept-Language"));
}

void api_answer_said(struct http_exchange *x, unsigned status, const struct said *said)
{
	json_t *answer = json_object();

	said_json_refuse(answer, said, api_language(x));
	api_answer_json(x, status, answer);
}

void api_answer_error(struct http_exchange *x, unsigned status, struct say say)
{
	struct said said = { 0 };

	said_decide(&said, say);
	api_answer_said(x, status, &said);
}

unsigned api_status_of(enum door_rc rc)
{
	switch (rc) {
	case DOOR_OK:
		return 200;
	case DOOR_E_INPUT:
		return 400;
	case DOOR_E_UNKNOWN:
		return 404;
	case DOOR_E_RIGHT:
		return 403;
	case DOOR_E_ASK:
	case DOOR_E_CHANGED:
		return 409;
	case DOOR_E_FULL:
	case DOOR_E_STORE:
		return 507;
	case DOOR_E_BUSY:
		return 503;
	}
	return 500;
}

bool api_has_room(struct http_exchange *x)
{
	if (http_has_room(x))
		return true;
	api_answer_error(x, 503, SAY(ANSWERS_BUSY));
	return false;
}

bool api_has_type(const struct http_exchange *x, const char *wanted)
{
	const char *type = http_header(x, "Content-Type");
	size_t size = strlen(wanted);

	return type != NULL && strncasecmp(type, wanted, size) == 0 && strchr("; \t", type[size]) != NULL;
}

/* --- text to be copied --- */

bool api_wants_text(const struct http_exchange *x)
{
	const char *accept = http_header(x, "Accept"), *as = http_query(x, "as");

	return (as != NULL && strcmp(as, "text") == 0) ||
	       (accept != NULL && strncasecmp(accept, "text/plain", 10) == 0);
}

int64_t api_now(const struct api *api)
{
	struct view_status status = { 0 };

	api->config.view->status(api->config.view->ctx, &status);
	return status.now;
}

void api_text_add(struct text_buffer *text, const char *line)
{
	text_buffer_add_text(text, line);
	text_buffer_add_text(text, "\n");
}

void api_text_answer(struct text_buffer *text, struct http_exchange *x)
{
	api_text_answer_as(text, x, "text/plain; charset=utf-8");
}

void api_text_answer_as(struct text_buffer *text, struct http_exchange *x, const char *type)
{
	if (!text->failed) {
		http_answer(x, 200, type, text->data, text->size);
		return;
	}
	free(text->data);
	api_answer_error(x, 503, SAY(MEMORY_ROWS));
}

/* --- numbers of a query --- */

bool api_number_read(size_t *out, struct http_exchange *x, const char *name, size_t least, size_t most)
{
	const char *text = http_query(x, name);
	size_t length = text != NULL ? strlen(text) : 0, value;

	if (text == NULL)
		return true;
	value = length > 0 && length < 10 && strspn(text, "0123456789") == length ? strtoul(text, NULL, 10) : SIZE_MAX;
	if (value < least || value > most) {
		api_answer_error(x, 400,
				 SAY_OF(API_NUMBER_RANGE, say_text(name), say_number((int64_t)least),
					say_number((int64_t)most)));
		return false;
	}
	*out = value;
	return true;
}

bool api_number_read32(uint32_t *out, struct http_exchange *x, const char *name, uint32_t least, uint32_t most)
{
	size_t value = *out;

	if (!api_number_read(&value, x, name, least, most))
		return false;
	*out = (uint32_t)value;
	return true;
}
