/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The bounds and combination rules of WIRE.md on a decoded entry, one place for both directions: what this refuses is
 * neither decoded nor encoded. Inside this folder. Pure. */
#ifndef AIDMESH_PROTO_CHECK_H
#define AIDMESH_PROTO_CHECK_H

#include "proto/entry.h"

bool entry_is_legal(const struct entry *entry);

#endif
