/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* An entry as it goes over a radio: the same bytes in fewer. Tags become bits, a number takes as many groups of three
 * bits as it needs, a time is told by its distance from the entry's own; the signature stays as it is. Nothing is left
 * out and nothing has to be known: whoever unpacks has the bytes that were signed. WIRE.md has the layout. Pure. */
#ifndef AIDMESH_PROTO_PACK_H
#define AIDMESH_PROTO_PACK_H

#include "proto/entry.h"

/* Packs an entry's bytes into `out` and gives the size, which is smaller than theirs. 0: it is to go as it is, since its
 * body says what aidmesh.proto does not know, or has another order than a packed one comes back in. */
size_t entry_pack(uint8_t out[ENTRY_SIZE_MAX], struct view entry);

/* The entry that was packed, in `room`; bytes that are not packed, as they are. So are those that were packed wrongly,
 * which no entry begins with: whoever decodes them refuses them. */
struct view entry_unpack(struct view bytes, uint8_t room[ENTRY_SIZE_MAX]);

#endif
