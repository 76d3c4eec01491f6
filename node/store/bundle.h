/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Bundle file: a whole entry set on a stick. Importing it any number of times is harmless.
 *
 *   bundle = "AIDMESH" 0x01 || count 4 || fingerprint 16 || (size 1 || entry)*
 *
 * Little endian; the fingerprint is of all ids under a salt of zeros, and shows that the file is whole; cards come
 * first. Pure. */
#ifndef AIDMESH_NODE_STORE_BUNDLE_H
#define AIDMESH_NODE_STORE_BUNDLE_H

#include "proto/frame.h"

enum { BUNDLE_HEAD_SIZE = 8 + 4 + FINGERPRINT_SIZE };

struct bundle_head {
	uint32_t count;
	struct fingerprint fingerprint;
};

void bundle_head_write(uint8_t out[BUNDLE_HEAD_SIZE], const struct bundle_head *head);
/* Reads the head and moves `rest` behind it. False: no bundle of a version known here. */
bool bundle_head_read(struct bundle_head *head, struct view *rest);

#endif
