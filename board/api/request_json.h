/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* From a JSON object to a door_request: the one place that names the fields a writer may state. Pure.
 *
 * Strict: an unknown field, a wrong type or a word that is not in its table is refused with a sentence that says what
 * would be right. Texts are borrowed from the object. */
#ifndef AIDMESH_BOARD_API_REQUEST_JSON_H
#define AIDMESH_BOARD_API_REQUEST_JSON_H

#include <stdbool.h>

#include <jansson.h>

#include "board/door.h"

struct request_json {
	struct door_request request;
	char item[12]; /* a catalogue code that came as a number */
};

/* Fills `ask` from `object`. False with what is wrong added to `error`; `ask` is then undefined. */
bool request_json_read(struct request_json *ask, struct said *error, enum door_verb verb, const json_t *object)
	__attribute__((warn_unused_result));

#endif
