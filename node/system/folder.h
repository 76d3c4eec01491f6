/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The folder in which a node keeps what it has. */
#ifndef AIDMESH_NODE_SYSTEM_FOLDER_H
#define AIDMESH_NODE_SYSTEM_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Makes a folder, for this user alone, and what is missing above it. Whether it can be used shows when it is. */
void folder_make(const char *path);
/* The folder in which `path` lies, in the same way; a path without one needs none. */
void folder_make_parent(const char *path);
bool folder_has_parent(const char *path);
/* Names that were made or changed in it are on the disk when this returns 0; -1 and errno. */
int folder_sync(const char *path);
/* All of it is on the disk when this returns 0; -1 and errno. */
int folder_write_synced(int fd, const uint8_t *bytes, size_t size);
/* A file of that name, for this user alone: a power cut leaves the earlier one or this one, whole. 0: it is on the disk; -1 and
 * errno. */
int folder_write_file(const char *path, const char *name, const void *data, size_t size);

#endif
