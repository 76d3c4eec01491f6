/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/api/api.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "board/api/api_inside.h"
#include "board/page/page.h"
#include "board/api/view_json.h"
#include "board/text/utf8.h"

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
	{ "/v1/history", api_get_history, NULL, NULL },
	{ "/v1/radio", api_get_radio, NULL, NULL },
	{ "/v1/plan", api_get_plan, NULL, NULL },
	{ "/v1/catalog", api_get_catalog, NULL, NULL },
	{ "/v1/picture", api_get_picture, NULL, NULL },
	{ "/v1/lcd", api_get_lcd, NULL, NULL },
	{ "/v1/metrics", api_get_metrics, NULL, NULL },
	{ "/v1/events", api_get_events, NULL, NULL },
	{ "/v1/export", api_get_export, NULL, NULL },
	{ "/v1/bundle", api_get_bundle, api_post_bundle, "application/octet-stream" },
	{ "/v1/site", NULL, api_post_site, API_JSON_TYPE },
	{ "/v1/line", NULL, api_post_line, API_JSON_TYPE },
	{ "/v1/move", NULL, api_post_move, API_JSON_TYPE },
	{ "/v1/note", NULL, api_post_note, API_JSON_TYPE },
	{ "/v1/trust", NULL, api_post_trust, API_JSON_TYPE },
	{ "/v1/withdraw", NULL, api_post_withdraw, API_JSON_TYPE },
	{ "/v1/undo", NULL, api_post_undo, API_JSON_TYPE },
	{ "/v1/self", NULL, api_post_self, API_JSON_TYPE },
	{ "/v1/propose", api_get_propose, NULL, NULL },
	{ "/v1/tickets", api_get_tickets, NULL, NULL },
	{ "/plain", api_get_plain, NULL, NULL },
	{ "/plain/stay", NULL, api_post_stay, "application/x-www-form-urlencoded" },
	{ "/plain/need", NULL, api_post_plain, "application/x-www-form-urlencoded" },
	{ "/v1/qr", api_get_qr, NULL, NULL },
	{ "/v1/pin", api_get_pin, api_post_pin, API_JSON_TYPE },
	{ "/v1/passphrase", api_get_passphrase, api_post_passphrase, API_JSON_TYPE },
	{ "/v1/lock", NULL, api_post_lock, API_JSON_TYPE },
	{ "/v1/setup", api_get_setup, api_post_setup, API_JSON_TYPE },
	{ "/v1/poster", api_get_poster, NULL, NULL },
	{ "/v1/card", api_get_card, NULL, NULL },
	{ "/v1/upgrade", api_get_upgrade, api_post_upgrade, "application/octet-stream" },
	{ "/v1/upgrade/file", api_get_upgrade_file, NULL, NULL },
	{ "/v1/renew", NULL, api_post_renew, API_JSON_TYPE },
	{ "/v1/clock", api_get_clock, api_post_clock, API_JSON_TYPE },
	{ "/v1/import", NULL, api_post_import, "text/csv" },
};

/* What is whole by its nature or names people, and so for those who look after the node. */
static bool is_theirs(api_route get)
{
	return get == api_get_picture || get == api_get_bundle || get == api_get_tickets || get == api_get_passphrase ||
	       get == api_get_setup || get == api_get_poster;
}

static const char RECORD_PATH[] = "/v1/record/", QUESTION_PATH[] = "/v1/ask/";

/* What follows `prefix` in the path; NULL when that does not begin so. */
static const char *path_behind(const char *path, const char *prefix)
{
	size_t size = strlen(prefix);

	return strncmp(path, prefix, size) == 0 ? path + size : NULL;
}

static bool body_is_fine(struct http_exchange *x)
{
	switch (http_body_state(x)) {
	case HTTP_BODY_WHOLE:
		return true;
	case HTTP_BODY_TOO_LARGE:
		api_answer_error(x, 413, SAY(API_TOO_LARGE));
		return false;
	case HTTP_BODY_NO_ROOM:
		api_answer_error(x, 503, SAY(FILES_BUSY));
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
		api_answer_error(x, 415, SAY_OF(API_TYPE, say_text(type), say_text(takes_alerts ? API_CAP_TYPE : "")));
	else if (body_is_fine(x) && (asks || api_may_write(api, x)))
		route(api, x);
}

void api_handle(void *ctx, struct http_exchange *x)
{
	struct api *api = ctx;
	const char *path = http_path(x), *method = http_method(x);
	bool is_get = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;

	if (is_get && api_portal(api, x, api_host_is_ours(api, x)))
		return;
	if (!api_host_is_ours(api, x)) {
		api_answer_error(x, 403, SAY(API_HOST));
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
			api_answer_error(x, 405,
					 SAY_OF(API_METHOD, say_text(path),
						say_text(ROUTES[i].post == NULL  ? "GET"
							 : ROUTES[i].get == NULL ? "POST"
										 : "GET and POST")));
		}
		return;
	}
	api_answer_error(x, 404, SAY_OF(API_NOTHING_THERE, say_typed(path)));
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
