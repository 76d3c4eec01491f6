/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* `aidmeshd --backup FILE` and `--restore FILE`: beside a node that runs, and in the place of one that does not. The passphrase is a line of
 * stdin. As root the node's folder is read and written as its owner, and FILE as root. */
#ifndef AIDMESH_NODE_BACKUP_COMMAND_H
#define AIDMESH_NODE_BACKUP_COMMAND_H

#include "node/settings/reason.h"

/* 0, and it is said on stdout; -1 with a sentence in `why`. */
int backup_command_make(const char *folder, struct reason *why, const char *file) __attribute__((warn_unused_result));
int backup_command_restore(const char *folder, struct reason *why, const char *file)
	__attribute__((warn_unused_result));

#endif
