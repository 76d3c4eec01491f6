/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* HTTP/1.1 on a libuv loop: a TCP port and a Unix socket, served by one handler.
 *
 *   request --> handler --> http_answer()            at once, or later from the loop: the connection is suspended
 *                      \--> http_stream_open()       server-sent events: suspended whenever there is nothing to say
 *
 * One thread, the loop's. Idle costs nothing: microhttpd's epoll descriptor is watched, and one timer runs only while
 * microhttpd has a connection that may time out. Who sends or takes nothing is let go after HTTP_TIMEOUT_S, who does so
 * drop by drop after HTTP_REQUEST_MS. */
#ifndef AIDMESH_BOARD_HTTP_HTTP_H
#define AIDMESH_BOARD_HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <uv.h>

enum {
	HTTP_BODY_SIZE_MAX = 8 * 1024 * 1024,
	HTTP_BODIES_SIZE_MAX = 32 * 1024 * 1024,  /* of all requests being read or answered */
	HTTP_ANSWERS_SIZE_MAX = 16 * 1024 * 1024, /* on their way, a port: then http_has_room says no */
	HTTP_CONNECTIONS_MAX = 64,                /* a port */
	HTTP_CONNECTIONS_ADDRESS_MAX = 8,         /* of one address on TCP */
	HTTP_TIMEOUT_S = 30,                      /* of silence */
	HTTP_REQUEST_MS = 120000,  /* for a whole request, and for taking an answer, however busy the sender is ... */
	HTTP_ANSWER_BYTES_MS = 32, /* ... with a millisecond more for so many bytes of the answer */
	HTTP_STREAM_QUEUE_MAX = 64 * 1024, /* a listener that takes nothing is let go */
};

enum http_rc {
	HTTP_OK = 0,
	HTTP_E_ADDRESS = -1, /* no such address on this machine, or the socket's path is too long */
	HTTP_E_TAKEN = -2,   /* another process answers there */
	HTTP_E_NO_RIGHT = -3,
	HTTP_E_NOT_SOCKET = -4, /* a file that is no socket stands at the path */
	HTTP_E_SYSTEM = -5,     /* out of memory or descriptors */
};

/* One sentence for people, never NULL. */
const char *http_rc_text(enum http_rc rc);

enum http_port { HTTP_TCP, HTTP_UNIX };

struct http;
struct http_exchange; /* one request and its answer; lives until it was answered and sent, or is gone */

/* Called once the whole request was read. It answers before it returns or later, exactly once. */
typedef void (*http_handler)(void *ctx, struct http_exchange *exchange);
/* The exchange is about to end without (or, for a stream, after) an answer: forget it. */
typedef void (*http_gone)(void *user);

struct http_config {
	const char *address; /* numeric, NULL: 127.0.0.1 */
	int port;            /* 0: any free one; below 0: no TCP */
	const char
		*socket_path; /* NULL: no Unix socket. Created with mode 0660; one that nobody answers on is replaced */
	http_handler handler;
	void *ctx;
	unsigned request_ms; /* 0: HTTP_REQUEST_MS */
};

/* Listens. `*http` is untouched on failure. */
enum http_rc http_open(struct http **http, uv_loop_t *loop, const struct http_config *config)
	__attribute__((warn_unused_result));
/* A TCP port more, where none is open yet; as in http_config. After an error it may be tried again. */
enum http_rc http_open_tcp(struct http *http, const char *address, int port) __attribute__((warn_unused_result));
/* Ends every exchange (their `gone` is called) and removes the Unix socket. The loop must run on until its handles
 * are closed; then the memory is gone. */
void http_close(struct http *http);
/* The TCP port that was bound; 0 when there is none. */
int http_tcp_port(const struct http *http);

/* What was asked. Texts live as long as the exchange. */
const char *http_method(const struct http_exchange *exchange);
const char *http_path(const struct http_exchange *exchange);                    /* percent-decoded, without the query */
const char *http_query(const struct http_exchange *exchange, const char *name); /* NULL: absent */
const char *http_header(const struct http_exchange *exchange, const char *name); /* NULL: absent */
enum http_port http_port_of(const struct http_exchange *exchange);
/* Who asks on TCP: an IPv6 address, or an IPv4 one mapped into it. All zero on the Unix socket. */
struct http_address {
	unsigned char bytes[16];
} http_address_of(const struct http_exchange *exchange);
/* The address at which it was reached, as a browser writes it: "10.41.0.1:8024". TCP only (asserted). */
enum { HTTP_HOST_SIZE = 56 };
void http_local_host(const struct http_exchange *exchange, char out[HTTP_HOST_SIZE]);
/* False while the answers that others take slowly hold HTTP_ANSWERS_SIZE_MAX: ask before making another large one. */
bool http_has_room(const struct http_exchange *exchange);
enum http_body {
	HTTP_BODY_WHOLE,
	HTTP_BODY_TOO_LARGE,
	HTTP_BODY_NO_ROOM
} http_body_state(const struct http_exchange *exchange);
const char *http_body(const struct http_exchange *exchange, size_t *size);
/* The body becomes the caller's, who frees it. NULL when it was empty. */
char *http_take_body(struct http_exchange *exchange, size_t *size);

/* Says whom to tell when the exchange ends before it was answered, or a stream ends. */
void http_on_gone(struct http_exchange *exchange, http_gone gone, void *user);

/* Answers. `data` comes from malloc and is freed here; `type` is static. The caller forgets the exchange. */
void http_answer(struct http_exchange *exchange, unsigned status, const char *type, char *data, size_t size);

/* The same with bytes that live for ever, which a browser may keep and ask about again. */
void http_answer_static(struct http_exchange *exchange, unsigned status, const char *type, const void *data,
			size_t size);
/* Before the answer: a header more, four at most. `name` is static, the value is copied. */
void http_header_add(struct http_exchange *exchange, const char *name, const char *value);

/* Answers 200 with a stream that stays open until http_close or the listener leaves (`gone`). */
void http_stream_open(struct http_exchange *exchange, const char *type);
/* Appends a copy. A listener whose queue is full is ended instead: `gone` comes from the loop. */
void http_stream_send(struct http_exchange *exchange, const char *data, size_t size);
/* The listener has closed its side: it is told nothing more, though the stream has not ended yet. */
bool http_stream_is_left(const struct http_exchange *exchange);
/* Ends a stream from here; `gone` is not called, the caller forgets it. */
void http_stream_end(struct http_exchange *exchange);

#endif
