/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The first look at hostile bytes: one linear pass without allocation, before protobuf-c may see them. Inside this
 * folder. Pure. */
#ifndef AIDMESH_PROTO_SCAN_H
#define AIDMESH_PROTO_SCAN_H

#include "proto/entry.h"

enum { WIRE_VARINT = 0, WIRE_FIXED64 = 1, WIRE_BYTES = 2, WIRE_FIXED32 = 5 };

/* One protobuf field as it lies on the wire. */
struct field {
	uint32_t number;
	uint8_t wire;      /* one of the four above */
	uint64_t value;    /* wire types 0, 1 and 5 */
	struct view bytes; /* wire type 2, borrowed */
};

/* Takes the next field from the front of `rest`, which must not be empty. False: cut off, a group, a varint longer
 * than its value needs, or field number 0. */
bool field_next(struct field *field, struct view *rest);

/* What the pass finds. */
struct scan {
	struct entry_head head;
	struct view body; /* the entry without its signature */
	struct view says; /* what the field head.field carries; empty where that is no length-delimited field */
};

/* ENTRY_E_SIZE, else ENTRY_E_MALFORMED, else ENTRY_E_BOUNDS: a tick, a number or a text breaks a rule. `scan` is untouched
 * on failure. */
enum entry_rc entry_scan(struct scan *scan, struct view bytes) __attribute__((warn_unused_result));

#endif
