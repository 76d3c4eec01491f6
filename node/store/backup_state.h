/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What both ways of a backup share: which files, and how they stand in it. */
#ifndef AIDMESH_NODE_STORE_BACKUP_STATE_H
#define AIDMESH_NODE_STORE_BACKUP_STATE_H

#include <stdbool.h>

#include "node/settings/config.h"

/* Each file: its place in BACKUP_FILES u8 || size u64, little-endian || bytes. In this order they are put in place. */
struct backup_file {
	const char *name;
	bool is_database, must_be;
};

enum { BACKUP_FILES_COUNT = 5, BACKUP_HEAD_SIZE = 9, BACKUP_PATH_SIZE = CONFIG_PATH_SIZE + 64 };
extern const struct backup_file BACKUP_FILES[BACKUP_FILES_COUNT];

#endif
