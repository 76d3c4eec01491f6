/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/api/api_inside.h"

static void on_keep_alive(uv_timer_t *timer)
{
	/* An event, not a comment: a page that hears none knows that the node is out of reach. */
	static const char HERE[] = "event: here\ndata: {}\n\n";
	struct api *api = timer->data;

	for (size_t i = 0; i < API_LISTENERS_MAX; i++)
		if (api->listeners[i].exchange != NULL)
			http_stream_send(api->listeners[i].exchange, HERE, sizeof(HERE) - 1);
}

static void on_timer_closed(uv_handle_t *handle)
{
	free(handle);
}

static void on_gone(void *user)
{
	struct api_listener *listener = user;
	struct api *api = listener->api;

	listener->exchange = NULL;
	for (size_t i = 0; i < API_LISTENERS_MAX; i++)
		if (api->listeners[i].exchange != NULL)
			return;
	/* With the last listener, so that an idle node has no timer and api_close waits for none. */
	uv_close((uv_handle_t *)api->keep_alive, on_timer_closed);
	api->keep_alive = NULL;
}

static int event_format(char *out, size_t size, const struct api *api)
{
	struct view_status status = { 0 };

	api->config.view->status(api->config.view->ctx, &status);
	return snprintf(out, size, "event: changed\ndata: {\"picture\":\"%s\"}\n\n", status.picture);
}

static bool keep_alive_start(struct api *api)
{
	api->keep_alive = malloc(sizeof(*api->keep_alive));
	if (api->keep_alive == NULL)
		return false;
	uv_timer_init(api->config.loop, api->keep_alive);
	api->keep_alive->data = api;
	uv_timer_start(api->keep_alive, on_keep_alive, API_KEEP_ALIVE_MS, API_KEEP_ALIVE_MS);
	return true;
}

/* Those who went without a word would be noticed only when there is something to say. */
static void left_end(struct api *api)
{
	for (size_t i = 0; i < API_LISTENERS_MAX; i++) {
		struct http_exchange *x = api->listeners[i].exchange;

		if (x == NULL || !http_stream_is_left(x))
			continue;
		api->listeners[i].exchange = NULL;
		http_stream_end(x);
	}
}

/* A free place for this asker; NULL when it has its share, or the rest is kept for the control socket. */
static struct api_listener *place_find(struct api *api, const struct http_exchange *x)
{
	struct http_address address = http_address_of(x);
	size_t of_tcp = 0, of_address = 0;
	struct api_listener *place = NULL;

	for (size_t i = 0; i < API_LISTENERS_MAX; i++) {
		struct api_listener *l = &api->listeners[i];

		if (l->exchange == NULL) {
			place = l;
		} else if (http_port_of(l->exchange) == HTTP_TCP) {
			of_tcp++;
			of_address += memcmp(&l->address, &address, sizeof(address)) == 0;
		}
	}
	if (http_port_of(x) == HTTP_TCP &&
	    (of_tcp >= API_LISTENERS_MAX - API_LISTENERS_KEPT || of_address >= API_LISTENERS_ADDRESS_MAX))
		return NULL;
	return place;
}

/* A listener is told the picture at once, so that one who comes back knows whether it missed something. */
void api_get_events(struct api *api, struct http_exchange *x)
{
	struct api_listener *listener;
	char event[80];

	left_end(api);
	listener = place_find(api, x);
	if (listener == NULL) {
		api_answer_error(x, 503, SAY(LISTENERS_FULL));
		return;
	}
	if (api->keep_alive == NULL && !keep_alive_start(api)) {
		api_answer_error(x, 503, SAY(LISTENERS_MEMORY));
		return;
	}
	*listener = (struct api_listener){ .api = api, .exchange = x, .address = http_address_of(x) };
	http_on_gone(x, on_gone, listener);
	http_stream_open(x, "text/event-stream");
	http_stream_send(x, event, (size_t)event_format(event, sizeof(event), api));
}

void api_changed(struct api *api)
{
	char event[80];
	int size = -1;

	for (size_t i = 0; i < API_LISTENERS_MAX; i++) {
		if (api->listeners[i].exchange == NULL)
			continue;
		if (size < 0)
			size = event_format(event, sizeof(event), api);
		http_stream_send(api->listeners[i].exchange, event, (size_t)size);
	}
}
