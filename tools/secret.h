/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Lines that are typed: at a terminal, or from a file. */
#ifndef AIDMESH_TOOLS_SECRET_H
#define AIDMESH_TOOLS_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* Asks and reads a line without its end; at a terminal the answer to a secret is not shown. False: there is no more to read. */
bool line_ask(char *out, size_t size, const char *question);
bool secret_ask(char *out, size_t size, const char *question);

#endif
