/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The page without a script, and how a phone that has joined the node's network is brought to it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/api/api_inside.h"
#include "board/page/plain.h"
#include "proto/catalog/propose.h"

enum { FORM_SIZE_MAX = 4096, FIELD_SIZE = 100 };

static const char HTML[] = "text/html; charset=utf-8";

static void answer(struct api *api, struct http_exchange *x, unsigned status, const struct plain_said *said)
{
	struct text_buffer buffer = { .size_max = PLAIN_SIZE_MAX };

	plain_write(&buffer, api->config.view, http_header(x, "Accept-Language"), said);
	if (buffer.failed) {
		free(buffer.data);
		api_answer_error(x, 503, SAY(MEMORY));
		return;
	}
	http_header_add(
		x, "Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'self'; "
		"frame-ancestors 'none'");
	http_answer(x, status, HTML, buffer.data, buffer.size);
}

void api_get_plain(struct api *api, struct http_exchange *x)
{
	if (api_has_room(x))
		answer(api, x, 200, NULL);
}

/* --- a need from the form --- */

struct form {
	struct api *api;
	struct http_exchange *exchange; /* NULL: gone */
	char fields[FORM_SIZE_MAX];
	char item[FIELD_SIZE], words[FIELD_SIZE], quantity[FIELD_SIZE];
};

static void on_gone(void *user)
{
	((struct form *)user)->exchange = NULL;
}

static void on_written(void *user, const struct door_answer *a)
{
	struct form *form = user;
	char text[SAID_WRITTEN_SIZE];
	struct plain_said said = { .text = text };

	if (form->exchange == NULL) {
		free(form);
		return;
	}
	if (a->rc == DOOR_OK) {
		said.ref = a->ref;
		said.ticket = a->ticket;
	}
	said_write(text, sizeof(text), api_language(form->exchange), &a->said);
	if (a->rc == DOOR_E_ASK)
		said.again = form->fields;
	answer(form->api, form->exchange, a->rc == DOOR_OK ? 200 : api_status_of(a->rc), &said);
	free(form);
}

static uint32_t number_of(const char *text, uint32_t most)
{
	unsigned long value;

	if (strspn(text, "0123456789") != strlen(text))
		return 0;
	value = strtoul(text, NULL, 10);
	return value > most ? most : (uint32_t)value;
}

static uint32_t field_number(const char *fields, const char *name, uint32_t most)
{
	char text[FIELD_SIZE];

	return plain_field(text, sizeof(text), fields, strlen(fields), name) ? number_of(text, most) : 0;
}

static uint32_t days_of(const struct door_request *r)
{
	return r->within_h > 48 ? r->within_h / 24 : 1;
}

/* Whether the catalogue says how much so many people need of it; else nobody says how much, as on the page. */
static bool has_figure(const struct door_request *r)
{
	const struct catalog_item *item = catalog_find_code((uint16_t)number_of(r->item, UINT16_MAX));
	struct party party = { .people = r->people };

	item = item != NULL ? item : catalog_find_name(r->item);
	return item != NULL && r->people > 0 && propose_quantity(item, &party, days_of(r)) > 0;
}

static void form_read(struct door_request *r, struct form *form)
{
	size_t size = strlen(form->fields);

	*r = (struct door_request){ .verb = DOOR_LINE,
				    .line_kind = VIEW_NEED,
				    .fields = DOOR_ITEM,
				    .item = form->item,
				    .caller = DOOR_VISITOR,
				    .wants_ticket = true,
				    .people = field_number(form->fields, "people", 2000000),
				    .within_h = field_number(form->fields, "within", 720) };
	plain_field(form->item, sizeof(form->item), form->fields, size, "item");
	plain_field(form->words, sizeof(form->words), form->fields, size, "words");
	/* Words beside an item say which; alone they say what. */
	if (form->item[0] == '\0') {
		r->item = form->words;
	} else if (form->words[0] != '\0') {
		r->fields |= DOOR_TEXT;
		r->text = form->words;
	}
	if (r->people > 0)
		r->fields |= DOOR_PEOPLE;
	if (r->within_h > 0)
		r->fields |= DOOR_WITHIN;
	if (plain_field(form->quantity, sizeof(form->quantity), form->fields, size, "quantity") &&
	    form->quantity[0] != '\0') {
		r->fields |= DOOR_QUANTITY;
		r->measure = form->quantity;
	} else if (has_figure(r)) {
		r->fields |= DOOR_DAYS;
		r->days = days_of(r);
	}
}

/* A form of another site may be sent here as well, by whoever looks at that site: browsers say where it stood. */
static bool is_our_form(const struct http_exchange *x)
{
	const char *origin = http_header(x, "Origin"), *host = http_header(x, "Host");

	return origin == NULL ||
	       (host != NULL && strncasecmp(origin, "http://", 7) == 0 && strcasecmp(origin + 7, host) == 0);
}

void api_post_plain(struct api *api, struct http_exchange *x)
{
	struct form *form = calloc(1, sizeof(*form));
	struct door_request request;
	size_t size;
	const char *body = http_body(x, &size);
	bool again;

	if (form == NULL || !is_our_form(x) || size >= FORM_SIZE_MAX) {
		free(form);
		api_answer_error(x, is_our_form(x) ? 413 : 403, SAY(API_FORM_ELSEWHERE));
		return;
	}
	form->api = api;
	form->exchange = x;
	memcpy(form->fields, body, size);
	again = plain_field(form->fields, sizeof(form->fields), body, size, "again");
	form_read(&request, form);
	request.sure = again;
	http_on_gone(x, on_gone, form);
	api->config.door->submit(api->config.door->ctx, &request, on_written, form);
}
