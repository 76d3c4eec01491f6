/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The HTTP API of a node, /v1: everything the page and the command line see and do. README.md has the table.
 *
 *   http.h --> api_handle --> reads:  view.h --> view_json.h --> JSON;  export.h --> HXL, GeoJSON, CAP
 *                        \--> writes: JSON --> request_json.h --> batch.h --> door.h;  CSV --> import.h;  CAP --> cap_import.h;  bundle --> door.h
 *                        \--> /v1/events: a listener, told by api_changed()
 *
 * One thread, the loop's. Answers to a write are sent when the door says the entry is on disk. */
#ifndef AIDMESH_BOARD_API_API_H
#define AIDMESH_BOARD_API_API_H

#include <uv.h>

#include "board/door.h"
#include "board/http/http.h"
#include "board/view.h"

enum {
	API_JSON_SIZE_MAX = 256 * 1024, /* of a JSON body; tables and bundles may have HTTP_BODY_SIZE_MAX */
	API_JSON_DEPTH_MAX = 5,
	API_ARRAY_MAX = 1000, /* objects in one request */
	API_LISTENERS_MAX = 16,
	API_LISTENERS_KEPT = 4,        /* of them, for the control socket */
	API_LISTENERS_ADDRESS_MAX = 2, /* of one address on TCP */
	API_STAYING_MAX = 64,
	API_KEEP_ALIVE_MS = 30000,     /* the only timer: runs while somebody listens */
	API_PIN_TRIES_MAX = 30,        /* wrong ones, of all callers together, in API_PIN_PAUSE_MS */
	API_PIN_TRIES_ADDRESS_MAX = 3, /* of one address */
	API_PIN_PAUSE_MS = 60000,
	API_PAGE_ROWS = 200, /* of a list, where the asker says nothing */
	API_PAGE_ROWS_MAX = 5000,
	API_EXPORT_SIZE_MAX = 64 * 1024 * 1024,
};

struct api_config {
	uv_loop_t *loop;
	const struct board_view *view; /* both outlive the api */
	const struct board_door *door;
	/* Names, between spaces, under which a browser may call on TCP besides localhost and addresses in numbers;
	 * "*": any. Against DNS rebinding. NULL: none. */
	const char *hosts;
	/* What volunteers send in the header "Aidmesh-Pin", read anew each time. On TCP anyone may read, and ask: add a need
	 * or a note; everything else wants the PIN. Empty: there is none, and everything else is left to the control socket. */
	const char *pin;
};

struct api;

/* NULL when memory is out. */
struct api *api_open(const struct api_config *config);
/* After http_close. What the door has still under way may answer later; nobody is told. */
void api_close(struct api *api);

/* An http_handler; `ctx` is the api. */
void api_handle(void *ctx, struct http_exchange *exchange);

/* The host calls it when what people see has changed: listeners get the new picture's digest. */
void api_changed(struct api *api);

#endif
