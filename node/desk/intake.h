/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who a ticket was written for: kept on this node alone, sealed, beside the entries and never among them. Whoever takes the card
 * without the key reads nothing; whoever wipes the key wipes all of it.
 *
 * Any thread, as store.h says. */
#ifndef AIDMESH_NODE_DESK_INTAKE_H
#define AIDMESH_NODE_DESK_INTAKE_H

#include "node/store/identity.h"
#include "node/store/store.h"
#include "node/desk/ticket.h"
#include "node/setup/household_key.h"

enum { INTAKE_NAME_MAX = 60, INTAKE_PHONE_MAX = 30, INTAKE_ADDRESS_MAX = 120 };

struct household {
	char name[INTAKE_NAME_MAX + 1];
	char phone[INTAKE_PHONE_MAX + 1];
	char address[INTAKE_ADDRESS_MAX + 1];
	char ticket[TICKET_TEXT_SIZE];
};

/* What households are sealed with: the passphrase's key where there is one (node/setup/household_key.h), else the node's own. */
struct intake_key {
	const struct identity *identity;        /* NULL, or without a secret: that key is lost */
	const struct household_key *households; /* NULL: no passphrase */
};

/* `number` is that of this node's own line. On disk when it returns STORE_OK; waits for the card. Nothing of it needs the passphrase. */
enum store_rc intake_put(struct store *store, const struct intake_key *key, uint32_t number,
			 const struct household *household) __attribute__((warn_unused_result));
/* NULL household in `cb` is never passed; what does not open (sealed by another key, locked, or no key is here) is left out. False ends
 * it. The callback may not call the store. */
typedef bool (*intake_cb)(void *user, uint32_t number, const struct household *household);
void intake_each(struct store *store, const struct intake_key *key, intake_cb cb, void *user);
/* The same without reading them: what is locked, too. */
typedef bool (*intake_number_cb)(void *user, uint32_t number);
void intake_each_number(struct store *store, const struct intake_key *key, intake_number_cb cb, void *user);
/* Seals under `to` what `from` sealed. What is sealed under `to` already is left as it is, so it may be done again after a power
 * cut. Counts what is sealed under `to` then, and what neither opens: that stays. */
enum store_rc intake_reseal(struct store *store, const struct intake_key *to, const struct intake_key *from,
			    uint32_t *kept, uint32_t *lost) __attribute__((warn_unused_result));
/* Drops what the passphrase seals, whoever may read it: nobody can any more. May be done again after a power cut. */
enum store_rc intake_drop_sealed(struct store *store, const struct household_key *households)
	__attribute__((warn_unused_result));
/* After needs were lost: that one has come back, and when it leaves again the household goes as ever. */
enum store_rc intake_note_back(struct store *store, uint32_t number) __attribute__((warn_unused_result));
bool intake_is_back(struct store *store, uint32_t number);
/* That day its need was not there: forgets it, if that was so on an earlier day, and never otherwise since. A row is
 * written before its need is: what is missing once may be on its way. A day that is later was of a wrong date. */
enum store_rc intake_note_gone(struct store *store, uint32_t number, uint32_t day) __attribute__((warn_unused_result));
/* Its need was there. */
enum store_rc intake_note_here(struct store *store, uint32_t number) __attribute__((warn_unused_result));

#endif
