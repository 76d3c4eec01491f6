/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What "aidmesh doctor" finds: a row a subject, with what to do. The machine's part needs no node. */
#ifndef AIDMESH_TOOLS_DOCTOR_H
#define AIDMESH_TOOLS_DOCTOR_H

#include <stdbool.h>

#include <jansson.h>

enum finding { FINDING_OK, FINDING_LOOK, FINDING_BAD };

/* Adds a row; `remedy` "" where nothing is to be done. */
void doctor_add(json_t *rows, const char *subject, enum finding finding, const char *sentence, const char *remedy);

/* doctor_machine.c: what the system says, read below `root` ("" for this machine's own). */
void doctor_card(json_t *rows, const char *root, const char *folder);
void doctor_answers(json_t *rows, const char *root);
void doctor_memory(json_t *rows, const char *root);
void doctor_heat(json_t *rows, const char *root);
void doctor_power(json_t *rows, const char *root);
/* `state`: as the node tells it: off, missing, up; empty where it does not answer. */
void doctor_display(json_t *rows, const char *root, const char *state);
bool doctor_has_wifi(const char *root);
void doctor_interfaces(json_t *rows, const char *root);

#endif
