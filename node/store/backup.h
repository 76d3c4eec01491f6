/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* All that makes a node in one file that a passphrase opens: its key, what was answered, settings, entries. And back.
 *
 *   backup_make      reads beside the node that runs: of each database one moment, without stopping it
 *   backup_restore   unpacks into FOLDER/restored, opens that as a node would, and only then puts it in place:
 *                    what was there   -> FOLDER/before-restore    the key first
 *                    what is restored -> FOLDER                   the key last
 *
 * A power cut on the way leaves the earlier node, or one without a key, which writes nothing; restoring again finishes it.
 * What was restored says nothing until somebody decides whether the original lives (owner.h), so that no key writes twice. */
#ifndef AIDMESH_NODE_STORE_BACKUP_H
#define AIDMESH_NODE_STORE_BACKUP_H

#include <stddef.h>
#include <stdint.h>

#include "node/settings/reason.h"

enum { BACKUP_SIZE_MAX = 512 * 1024 * 1024 }; /* a full store has a tenth of it */

/* `*file` is the caller's to free. -1 with a sentence. */
int backup_make(uint8_t **file, size_t *size, struct reason *why, const char *folder, const char *passphrase)
	__attribute__((warn_unused_result));
/* Into the folder of a node that does not run. -1 with a sentence: nothing is in place that was not there before, unless the
 * sentence says to do it again. */
int backup_restore(struct reason *why, const char *folder, const uint8_t *file, size_t size, const char *passphrase)
	__attribute__((warn_unused_result));

#endif
