/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the files of the API share with each other; nobody else includes it. */
#ifndef AIDMESH_BOARD_API_API_INSIDE_H
#define AIDMESH_BOARD_API_API_INSIDE_H

#include <jansson.h>

#include "board/api/api.h"
#include "board/text/said.h"
#include "board/text/text_buffer.h"

struct api_listener {
	struct api *api;
	struct http_exchange *exchange; /* NULL: free */
	struct http_address address;
};

/* Who tried a wrong PIN in this minute. */
struct api_trier {
	struct http_address address;
	unsigned tries;
};

struct api {
	struct api_config config;
	uv_timer_t *keep_alive;   /* NULL while nobody listens */
	unsigned pin_tries;       /* wrong ones since, of all */
	uint64_t pin_tries_since; /* uv_now */
	struct api_trier triers[API_PIN_TRIES_MAX];
	size_t trier_count;                           /* at most pin_tries */
	struct http_address staying[API_STAYING_MAX]; /* phones that want to keep the network */
	size_t staying_next;
	struct api_listener listeners[API_LISTENERS_MAX];
};

/* --- answers (api_answer.c) --- */

/* Takes `value`; NULL answers that memory is out. */
void api_answer_json(struct http_exchange *exchange, unsigned status, json_t *value);
/* The language that the caller reads, by the header Accept-Language. */
enum language api_language(const struct http_exchange *exchange);
/* What is wrong, in that language: {"error": sentence, "code": ..., "values": ...}. */
void api_answer_error(struct http_exchange *exchange, unsigned status, struct say say);
void api_answer_said(struct http_exchange *exchange, unsigned status, const struct said *said);
unsigned api_status_of(enum door_rc rc);
/* Room for another large answer. Else it was answered. */
bool api_has_room(struct http_exchange *exchange);

/* The request's Content-Type, whatever its parameters. */
bool api_has_type(const struct http_exchange *exchange, const char *type);
extern const char API_JSON_TYPE[];
/* Of a CAP message, which /v1/import takes as well as a table. */
extern const char API_CAP_TYPE[];

/* A QR code of that text as a picture (SVG) into `buffer`; false: memory is out, or it is too long (api_qr.c). */
bool api_qr_draw(struct text_buffer *buffer, const char *text);

/* --- a sheet to print (api_paper.c) --- */

enum { API_PAPER_SIZE_MAX = 256 * 1024 };
/* As asked for by "?language=", else as the caller reads. */
enum language api_paper_language(const struct http_exchange *exchange);
/* `style` names what is under .sheet alone. */
void api_paper_begin(struct text_buffer *page, enum language language, const char *style);
void api_paper_text(struct text_buffer *page, const char *text);
void api_paper_phrase(struct text_buffer *page, enum language language, struct say say);
/* Answers with it; the page's memory is given away. */
void api_paper_end(struct http_exchange *exchange, struct text_buffer *page);

/* --- text to be copied, instead of JSON (api_answer.c) --- */

/* By "?as=text", or by the header Accept. */
bool api_wants_text(const struct http_exchange *exchange);
/* Into a buffer that begins as API_TEXT_BEGIN. */
void api_text_add(struct text_buffer *text, const char *line);
void api_text_answer(struct text_buffer *text, struct http_exchange *exchange);
/* The same; `type` is static. */
void api_text_answer_as(struct text_buffer *text, struct http_exchange *exchange, const char *type);
#define API_TEXT_BEGIN                                                                                                 \
	{                                                                                                              \
		.size_max = API_EXPORT_SIZE_MAX                                                                        \
	}
/* The node's own clock. */
int64_t api_now(const struct api *api);

/* --- queries (api_answer.c) --- */

/* A number of the query, untouched when it is not there; false when it was answered with what would be right. */
bool api_number_read(size_t *out, struct http_exchange *exchange, const char *name, size_t least, size_t most);
bool api_number_read32(uint32_t *out, struct http_exchange *exchange, const char *name, uint32_t least, uint32_t most);

/* --- who may (api_access.c) --- */

/* The name by which the caller calls this node is one of ours: no page of another site does. */
bool api_host_is_ours(const struct api *api, const struct http_exchange *exchange);
/* True when the caller may do more than read and ask: on the control socket, or with the PIN. Else it was answered. */
bool api_may_write(struct api *api, struct http_exchange *exchange);

/* --- what is answered later, once the door has told (api_households.c) --- */

struct api_asking;
/* NULL: memory is out. */
struct api_asking *api_asking_of(struct http_exchange *exchange);
/* A door_told; `user` is what api_asking_of gave, and gone afterwards. {"remark"}, or why not. */
void api_told(void *user, enum door_rc rc, const struct said *said);

/* --- routes --- */

typedef void (*api_route)(struct api *api, struct http_exchange *exchange);

void api_get_status(struct api *api, struct http_exchange *exchange); /* api_read.c */
void api_get_sites(struct api *api, struct http_exchange *exchange);
void api_get_lines(struct api *api, struct http_exchange *exchange);
void api_get_moves(struct api *api, struct http_exchange *exchange);
void api_get_notes(struct api *api, struct http_exchange *exchange);
void api_get_peers(struct api *api, struct http_exchange *exchange);
void api_get_authors(struct api *api, struct http_exchange *exchange);
void api_get_plan(struct api *api, struct http_exchange *exchange);
void api_get_catalog(struct api *api, struct http_exchange *exchange); /* api_catalog.c */
void api_get_picture(struct api *api, struct http_exchange *exchange);
void api_get_history(struct api *api, struct http_exchange *exchange);
void api_get_radio(struct api *api, struct http_exchange *exchange);
void api_get_metrics(struct api *api, struct http_exchange *exchange); /* api_metrics.c */
void api_get_lcd(struct api *api, struct http_exchange *exchange);
void api_get_record(struct api *api, struct http_exchange *exchange, const char *ref);
void api_get_question(struct api *api, struct http_exchange *exchange, const char *name); /* api_questions.c */
/* True when it was answered: a phone that looks for the world, or a foreign name typed there. */
bool api_portal(struct api *api, struct http_exchange *exchange, bool host_is_ours); /* api_portal.c */
void api_post_stay(struct api *api, struct http_exchange *exchange);
void api_get_plain(struct api *api, struct http_exchange *exchange); /* api_plain.c */
void api_post_plain(struct api *api, struct http_exchange *exchange);
void api_get_qr(struct api *api, struct http_exchange *exchange);  /* api_qr.c */
void api_get_pin(struct api *api, struct http_exchange *exchange); /* api_pin.c */
void api_post_pin(struct api *api, struct http_exchange *exchange);
void api_get_passphrase(struct api *api, struct http_exchange *exchange); /* api_households.c */
void api_post_passphrase(struct api *api, struct http_exchange *exchange);
void api_post_lock(struct api *api, struct http_exchange *exchange);
void api_get_setup(struct api *api, struct http_exchange *exchange); /* api_setup.c */
void api_post_setup(struct api *api, struct http_exchange *exchange);
void api_get_poster(struct api *api, struct http_exchange *exchange);  /* api_poster.c */
void api_get_card(struct api *api, struct http_exchange *exchange);    /* api_card.c */
void api_get_upgrade(struct api *api, struct http_exchange *exchange); /* api_upgrade.c */
void api_post_upgrade(struct api *api, struct http_exchange *exchange);
void api_get_upgrade_file(struct api *api, struct http_exchange *exchange);
void api_post_renew(struct api *api, struct http_exchange *exchange); /* api_renew.c */
void api_get_clock(struct api *api, struct http_exchange *exchange);  /* api_clock.c */
void api_post_clock(struct api *api, struct http_exchange *exchange);
void api_get_propose(struct api *api, struct http_exchange *exchange);
void api_get_tickets(struct api *api, struct http_exchange *exchange); /* api_tickets.c */
void api_get_export(struct api *api, struct http_exchange *exchange);  /* api_export.c */
void api_get_bundle(struct api *api, struct http_exchange *exchange);  /* api_bundle.c */
void api_post_bundle(struct api *api, struct http_exchange *exchange);
void api_get_events(struct api *api, struct http_exchange *exchange); /* api_events.c */
void api_post_site(struct api *api, struct http_exchange *exchange);  /* api_write.c */
void api_post_line(struct api *api, struct http_exchange *exchange);
void api_post_move(struct api *api, struct http_exchange *exchange);
void api_post_note(struct api *api, struct http_exchange *exchange);
void api_post_trust(struct api *api, struct http_exchange *exchange);
void api_post_withdraw(struct api *api, struct http_exchange *exchange);
void api_post_undo(struct api *api, struct http_exchange *exchange);
void api_post_self(struct api *api, struct http_exchange *exchange);
void api_post_import(struct api *api, struct http_exchange *exchange);

#endif
