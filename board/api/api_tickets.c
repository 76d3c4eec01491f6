/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tickets that are looked for. Names are shown to those who look after the node, and kept nowhere else. */
#include <stdlib.h>

#include "board/api/api_inside.h"
#include "board/text/said_json.h"

struct looking {
	struct http_exchange *exchange; /* NULL when it is gone */
};

static void on_gone(void *user)
{
	struct looking *looking = user;

	looking->exchange = NULL;
}

static void on_found(void *user, const struct door_ticket *tickets, size_t count, bool is_locked)
{
	struct looking *looking = user;
	json_t *rows = json_array(), *answer = json_pack("{s:o}", "tickets", rows);
	struct said locked = { 0 };

	for (size_t i = 0; i < count; i++)
		json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s, s:s}", "ref", tickets[i].ref, "ticket",
						      tickets[i].ticket, "name", tickets[i].name, "phone",
						      tickets[i].phone, "address", tickets[i].address));
	if (is_locked && looking->exchange != NULL) {
		said_decide(&locked, SAY(HOUSEHOLDS_LOCKED));
		said_json_put(answer, "remark", &locked, api_language(looking->exchange));
	}
	if (looking->exchange != NULL)
		api_answer_json(looking->exchange, 200, answer);
	else
		json_decref(answer);
	free(looking);
}

void api_get_tickets(struct api *api, struct http_exchange *x)
{
	const char *text = http_query(x, "q");
	struct looking *looking = malloc(sizeof(*looking));

	if (looking == NULL) {
		api_answer_error(x, 503, SAY(MEMORY));
		return;
	}
	looking->exchange = x;
	http_on_gone(x, on_gone, looking);
	api->config.door->find_tickets(api->config.door->ctx, text != NULL ? text : "", on_found, looking);
}
