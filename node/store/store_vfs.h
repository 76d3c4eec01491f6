/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How SQLite sees the card: the default VFS, made to expect the worst of the medium.
 *
 * SQLite believes by default that bytes beside a write survive a power cut ("power-safe overwrite") and that a torn
 * write damages 512..4096 bytes. An SD card garbles a whole flash page. This shim passes every call on unchanged and
 * answers two questions differently: no power-safe overwrite, and sectors of STORE_SECTOR_SIZE. SQLite then pads each
 * commit to a full sector, so that no later write can touch what was acknowledged (sqlite.org/psow.html). */
#ifndef AIDMESH_NODE_STORE_STORE_VFS_H
#define AIDMESH_NODE_STORE_STORE_VFS_H

#include <stdint.h>

enum { STORE_SECTOR_SIZE = 16384 };

#define STORE_VFS_NAME "aidmesh"

/* Registers the shim under STORE_VFS_NAME, once for the process however often it is called; any thread. 0, or -1 when
 * SQLite has no default VFS or no memory. */
int store_vfs_register(void) __attribute__((warn_unused_result));
/* Bytes that SQLite wrote through the shim since the process began: what wears the card. Any thread. */
uint64_t store_vfs_written(void);

#endif
