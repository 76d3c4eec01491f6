/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* aidmesh.txt on the boot partition: answers as lines "name = value", written with whatever editor is at hand. Line ends of any
 * system, UTF-8 with or without its mark, or Windows-1252; blanks and quotes around a value do not matter, nor capitals in a name. */
#ifndef AIDMESH_NODE_SETUP_BOOT_FILE_H
#define AIDMESH_NODE_SETUP_BOOT_FILE_H

#include "node/setup/answers.h"

/* 0, or -1 with a sentence that names file and line; then `answers` is as before. */
int boot_file_read(struct answers *answers, struct reason *why, const char *path) __attribute__((warn_unused_result));

#endif
