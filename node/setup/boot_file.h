/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* aidmesh.txt on the boot partition: answers as lines "name = value", written with whatever editor is at hand. Line ends of any
 * system, UTF-8 with or without its mark, or Windows-1252; blanks and quotes around a value do not matter, nor capitals in a name. */
#ifndef AIDMESH_NODE_SETUP_BOOT_FILE_H
#define AIDMESH_NODE_SETUP_BOOT_FILE_H

#include "node/setup/answers.h"

/* Is told of a line that is refused, with a sentence that begins with file and line. */
typedef void boot_file_refused(void *user, const char *sentence);

/* Adds what is answered rightly to `answers`. Returns how many lines were refused; or -1 with a sentence, where the file is none
 * that can be read as text: then `answers` is as before. */
int boot_file_read(struct answers *answers, struct reason *why, const char *path, boot_file_refused *refused,
		   void *user) __attribute__((warn_unused_result));

#endif
