/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Everything that anyone ever said in a run, honest or forged, each once: what may be stored is known, and rows, frames
 * and checks speak of small numbers instead of bytes.
 *
 *   saying    0, 1, 2 ...   the bytes of one entry, whose they are, and whether that key really signed them
 *   place     0, 1, 2 ...   a register: (author's key, field, number) */
#ifndef AIDMESH_SIM_SAYINGS_H
#define AIDMESH_SIM_SAYINGS_H

#include "proto/entry.h"

#define SAYING_NONE UINT32_MAX

enum truth { TRUTH_SIGNED, TRUTH_FORGED };

struct saying {
	struct entry_head head;
	struct entry_id id;
	struct public_key author; /* of a forged one: who is said to have said it */
	uint32_t place;
	uint32_t written_s; /* when a person truly wrote it, whatever date it bears */
	uint32_t kept_s;    /* when it was truly written or renewed: its time counts from then */
	uint32_t origin;    /* the saying that a person wrote, of one that was signed again; else itself */
	enum truth truth;
	uint16_t size;
	uint8_t bytes[ENTRY_SIZE_MAX];
};

struct sayings {
	struct saying *all;
	uint32_t count, cap;
	uint32_t place_count;
	uint32_t *by_bytes; /* open addressing, index + 1 */
	uint32_t *by_place; /* open addressing, a saying's index + 1 */
	uint32_t mask;
};

void sayings_fini(struct sayings *sayings);
/* Its number; the old one when these bytes were said before. The bytes must be an entry (asserted). */
uint32_t sayings_add(struct sayings *sayings, struct view bytes, const struct public_key *author, enum truth truth);
/* SAYING_NONE: nobody said that. */
uint32_t sayings_find(const struct sayings *sayings, struct view bytes);
struct view saying_bytes(const struct saying *saying);
/* Whether its time is not over, counted from when it was truly written or renewed, with some hours of grace: clocks drift. */
bool saying_is_live(const struct saying *saying, uint32_t true_s);

#endif
