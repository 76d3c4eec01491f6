/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/api/api.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/api/api_inside.h"
#include "board/page/page.h"
#include "board/api/view_json.h"
#include "board/text/utf8.h"

/* What a browser of another origin cannot send without asking first, which is never answered. */
static const char JSON_TYPE[] = "application/json";
const char API_CAP_TYPE[] = "application/cap+xml";

static const struct {
	const char *path;
	api_route get, post;
	const char *post_type;
} ROUTES[] = {
	{ "/v1/status", api_get_status, NULL, NULL },
	{ "/v1/sites", api_get_sites, NULL, NULL },
	{ "/v1/lines", api_get_lines, NULL, NULL },
	{ "/v1/moves", api_get_moves, NULL, NULL },
	{ "/v1/notes", api_get_notes, NULL, NULL },
	{ "/v1/peers", api_get_peers, NULL, NULL },
	{ "/v1/authors", api_get_authors, NULL, NULL },
	{ "/v1/radio", api_get_radio, NULL, NULL },
	{ "/v1/plan", api_get_plan, NULL, NULL },
	{ "/v1/catalog", api_get_catalog, NULL, NULL },
	{ "/v1/picture", api_get_picture, NULL, NULL },
	{ "/v1/lcd", api_get_lcd, NULL, NULL },
	{ "/v1/events", api_get_events, NULL, NULL },
	{ "/v1/export", api_get_export, NULL, NULL },
	{ "/v1/bundle", api_get_bundle, api_post_bundle, "application/octet-stream" },
	{ "/v1/site", NULL, api_post_site, JSON_TYPE },
	{ "/v1/line", NULL, api_post_line, JSON_TYPE },
	{ "/v1/move", NULL, api_post_move, JSON_TYPE },
	{ "/v1/note", NULL, api_post_note, JSON_TYPE },
	{ "/v1/trust", NULL, api_post_trust, JSON_TYPE },
	{ "/v1/self", NULL, api_post_self, JSON_TYPE },
	{ "/v1/propose", api_get_propose, NULL, NULL },
	{ "/v1/tickets", api_get_tickets, NULL, NULL },
	{ "/plain", api_get_plain, NULL, NULL },
	{ "/plain/stay", NULL, api_post_stay, "application/x-www-form-urlencoded" },
	{ "/plain/need", NULL, api_post_plain, "application/x-www-form-urlencoded" },
	{ "/v1/qr", api_get_qr, NULL, NULL },
	{ "/v1/pin", api_get_pin, api_post_pin, JSON_TYPE },
	{ "/v1/import", NULL, api_post_import, "text/csv" },
};

/* What is whole by its nature or names people, and so for those who look after the node. */
static bool is_theirs(api_route get)
{
	return get == api_get_picture || get == api_get_bundle || get == api_get_tickets;
}

static const char RECORD_PATH[] = "/v1/record/", QUESTION_PATH[] = "/v1/ask/";

/* What follows `prefix` in the path; NULL when that does not begin so. */
static const char *path_behind(const char *path, const char *prefix)
{
	size_t size = strlen(prefix);

	return strncmp(path, prefix, size) == 0 ? path + size : NULL;
}

void api_answer_json(struct http_exchange *x, unsigned status, json_t *value)
{
	char *text = value != NULL ? json_dumps(value, SHOW_DUMP_FLAGS) : NULL;

	json_decref(value);
	if (text == NULL)
		http_answer(x, 503, JSON_TYPE, NULL, 0);
	else
		http_answer(x, status, JSON_TYPE, text, strlen(text));
}

void api_answer_error(struct http_exchange *x, unsigned status, const char *format, ...)
{
	char text[600];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	utf8_repair(text);
	api_answer_json(x, status, json_pack("{s:s}", "error", text));
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
	api_answer_error(x, 503, "Others are still taking large answers: try again in a moment.");
	return false;
}

/* `name` stands in the list between spaces. */
static bool is_listed(const char *list, const char *name, size_t size)
{
	while (list != NULL && *list != '\0') {
		size_t word = strcspn(list, " ");

		if ((word == size && strncasecmp(list, name, size) == 0) || (word == 1 && *list == '*'))
			return true;
		list += word;
		list += strspn(list, " ");
	}
	return false;
}

/* "127.0.0.1" or "[::1]". */
static bool is_address(const char *host, size_t size)
{
	unsigned char bytes[16];
	char text[64];

	if (size >= sizeof(text))
		return false;
	memcpy(text, host, size);
	text[size] = '\0';
	if (text[0] != '[' || text[size - 1] != ']')
		return inet_pton(AF_INET, text, bytes) == 1;
	text[size - 1] = '\0';
	return inet_pton(AF_INET6, text + 1, bytes) == 1;
}

/* A page of another site, whose name was made to point here, still says that name; an address it cannot say. */
static bool host_is_ours(const struct api *api, const struct http_exchange *x)
{
	const char *host = http_header(x, "Host"), *end;

	if (http_port_of(x) == HTTP_UNIX)
		return true;
	if (host == NULL)
		return false;
	end = host[0] == '[' ? strchr(host, ']') : NULL;
	end = end != NULL ? end + 1 : host + strcspn(host, ":");
	if (*end != '\0' && (*end != ':' || strspn(end + 1, "0123456789") != strlen(end + 1)))
		return false;
	return is_address(host, (size_t)(end - host)) || is_listed("localhost", host, (size_t)(end - host)) ||
	       is_listed(api->config.hosts, host, (size_t)(end - host));
}

/* Takes as long for a near miss as for a far one. */
static bool is_same_secret(const char *a, const char *b)
{
	size_t size = strlen(b);
	unsigned char differs = strlen(a) != size;

	for (size_t i = 0; i < size && a[i] != '\0'; i++)
		differs |= (unsigned char)(a[i] ^ b[i]);
	return differs == 0;
}

/* The wrong tries of an address. */
static unsigned tries_of(const struct api *api, const struct http_address *address)
{
	for (size_t i = 0; i < api->trier_count; i++)
		if (memcmp(&api->triers[i].address, address, sizeof(*address)) == 0)
			return api->triers[i].tries;
	return 0;
}

static void tries_add(struct api *api, const struct http_address *address)
{
	size_t i = 0;

	while (i < api->trier_count && memcmp(&api->triers[i].address, address, sizeof(*address)) != 0)
		i++;
	if (i == api->trier_count) {
		assert(i < API_PIN_TRIES_MAX);
		api->triers[api->trier_count++] = (struct api_trier){ .address = *address };
	}
	api->triers[i].tries++;
	api->pin_tries++;
}

/* Wrong tries are counted by address, so that one guest locks nobody else out, and for all together: on a node's own
 * network one can have many addresses. */
bool api_may_write(struct api *api, struct http_exchange *x)
{
	const char *pin = http_header(x, "Aidmesh-Pin");
	uint64_t now = uv_now(api->config.loop);
	struct http_address address = http_address_of(x);

	if (http_port_of(x) == HTTP_UNIX)
		return true;
	if (now - api->pin_tries_since >= API_PIN_PAUSE_MS) {
		api->pin_tries = 0;
		api->trier_count = 0;
		api->pin_tries_since = now;
	}
	if (api->config.pin[0] == '\0' || pin == NULL) {
		api_answer_error(x, 403,
				 api->config.pin[0] == '\0'
					 ? "Here anyone may read lists, and add needs and notes. This "
					   "node has no PIN for more: use "
					   "its control socket."
					 : "Here anyone may read lists, and add needs and notes. For "
					   "more, send the volunteers' PIN.");
		return false;
	}
	if (api->pin_tries >= API_PIN_TRIES_MAX || tries_of(api, &address) >= API_PIN_TRIES_ADDRESS_MAX) {
		api_answer_error(x, 403, "Too many wrong PINs were tried: wait a minute.");
		return false;
	}
	if (is_same_secret(pin, api->config.pin))
		return true;
	tries_add(api, &address);
	api_answer_error(x, 403, "That is not the volunteers' PIN.");
	return false;
}

bool api_has_type(const struct http_exchange *x, const char *wanted)
{
	const char *type = http_header(x, "Content-Type");
	size_t size = strlen(wanted);

	return type != NULL && strncasecmp(type, wanted, size) == 0 && strchr("; \t", type[size]) != NULL;
}

static bool body_is_fine(struct http_exchange *x)
{
	switch (http_body_state(x)) {
	case HTTP_BODY_WHOLE:
		return true;
	case HTTP_BODY_TOO_LARGE:
		api_answer_error(x, 413, "That is more than 8 MiB: split it into parts.");
		return false;
	case HTTP_BODY_NO_ROOM:
		api_answer_error(x, 503, "The node is reading other large files: try again in a moment.");
		return false;
	}
	return false;
}

/* Needs and notes are looked at more closely by api_write.c. */
static void post(struct api *api, struct http_exchange *x, api_route route, const char *type)
{
	bool asks =
		route == api_post_line || route == api_post_note || route == api_post_plain || route == api_post_stay;
	bool takes_alerts = route == api_post_import;

	if (!api_has_type(x, type) && !(takes_alerts && api_has_type(x, API_CAP_TYPE)))
		api_answer_error(x, 415, "Send it with \"Content-Type: %s\"%s%s%s.", type,
				 takes_alerts ? ", or \"" : "", takes_alerts ? API_CAP_TYPE : "",
				 takes_alerts ? "\"" : "");
	else if (body_is_fine(x) && (asks || api_may_write(api, x)))
		route(api, x);
}

void api_handle(void *ctx, struct http_exchange *x)
{
	struct api *api = ctx;
	const char *path = http_path(x), *method = http_method(x);
	bool is_get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;

	if (is_get && api_portal(api, x, host_is_ours(api, x)))
		return;
	if (!host_is_ours(api, x)) {
		api_answer_error(x, 403,
				 "This node does not answer to that host name: use http://localhost, or allow the "
				 "name in the node's configuration.");
		return;
	}
	if (is_get && strcmp(path, "/") == 0) {
		page_answer_whole(x);
		return;
	}
	if (path_behind(path, RECORD_PATH) != NULL && is_get) {
		api_get_record(api, x, path_behind(path, RECORD_PATH));
		return;
	}
	if (path_behind(path, QUESTION_PATH) != NULL && is_get) {
		api_get_question(api, x, path_behind(path, QUESTION_PATH));
		return;
	}
	for (size_t i = 0; i < sizeof(ROUTES) / sizeof(ROUTES[0]); i++) {
		if (strcmp(ROUTES[i].path, path) != 0)
			continue;
		if (is_get && ROUTES[i].get != NULL) {
			if (!is_theirs(ROUTES[i].get) || (api_may_write(api, x) && api_has_room(x)))
				ROUTES[i].get(api, x);
		} else if (strcmp(method, "POST") == 0 && ROUTES[i].post != NULL) {
			post(api, x, ROUTES[i].post, ROUTES[i].post_type);
		} else {
			api_answer_error(x, 405, "%s takes %s.", path,
					 ROUTES[i].post == NULL  ? "GET"
					 : ROUTES[i].get == NULL ? "POST"
								 : "GET and POST");
		}
		return;
	}
	api_answer_error(x, 404, "There is nothing at %.80s: begin with /v1/status, /v1/lines or /v1/sites.", path);
}

struct api *api_open(const struct api_config *config)
{
	struct api *api = calloc(1, sizeof(*api));

	if (api == NULL)
		return NULL;
	api->config = *config;
	return api;
}

void api_close(struct api *api)
{
	assert(api->keep_alive == NULL);
	free(api);
}
