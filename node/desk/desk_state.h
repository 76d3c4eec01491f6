/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The desk's inside, for desk*.c alone. */
#ifndef AIDMESH_NODE_DESK_DESK_STATE_H
#define AIDMESH_NODE_DESK_DESK_STATE_H

#include "node/desk/desk.h"
#include "node/desk/draft.h"

/* desk.c */
void desk_answer(door_done done, void *user, enum door_rc rc, const char *text);
/* Drafts and publishes; `shown` is the need whose ticket was shown, or a none-ref. */
void desk_take(struct desk *desk, const struct door_request *asked, struct ref shown, door_done done, void *user);
/* Signs what was drafted for the request of that tag, and hands it to the engine. */
void desk_publish(struct desk *desk, uint64_t tag, struct draft *draft);
/* What its answer will show as the ticket. */
void desk_ticket_of(struct desk *desk, uint64_t tag, const char *ticket);
/* The request of that tag is answered with what went wrong. */
void desk_fail(struct desk *desk, uint64_t tag, enum door_rc rc, const char *text);

/* desk_tickets.c: what takes too long for the loop. */
/* A ticket for the drafted need; then it is published. */
void tickets_make(struct desk *desk, uint64_t tag, const struct draft *draft, const struct door_request *asked);
/* A code was shown: which need it is of; then the request is taken. */
void tickets_check(struct desk *desk, const struct door_request *asked, door_done done, void *user);
void tickets_find(void *ctx, const char *text, door_tickets done, void *user);

#endif
