/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The sockets on which http.c takes connections, for http.c alone; and what http_rc_text says of those that cannot be had. */
#ifndef AIDMESH_BOARD_HTTP_HTTP_LISTEN_H
#define AIDMESH_BOARD_HTTP_HTTP_LISTEN_H

#include "board/http/http.h"

/* `*out` is a listening socket, the caller's to close; `*port` the one that it got, where `wanted` is 0. */
enum http_rc http_listen_tcp(int *out, int *port, const char *address, int wanted) __attribute__((warn_unused_result));
/* Mode 0660. The file that a dead process left is replaced; a socket on which somebody answers is HTTP_E_TAKEN. */
enum http_rc http_listen_unix(int *out, const char *path) __attribute__((warn_unused_result));

#endif
