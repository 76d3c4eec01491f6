/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a note can keep of a CAP 1.2 message (Common Alerting Protocol, OASIS Standard, 1 July 2010): who said it, what,
 * how severe, in which language, whether it is an exercise, and which earlier alerts it is about. Pure.
 *
 * A message is refused with a sentence when a mandatory element is missing, a value is none of its list, or it is not
 * meant for the public. The order of elements is not insisted on: an alert that can be read is worth more than one that
 * is well made. Nobody checks an XML signature: who imports an alert vouches for the file. No DTD is read, so no
 * entity can grow; what is kept of a message has fixed bounds. */
#ifndef AIDMESH_BOARD_TABLES_CAP_H
#define AIDMESH_BOARD_TABLES_CAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/text/said.h"

#define CAP_NAMESPACE "urn:oasis:names:tc:emergency:cap:1.2"

enum {
	CAP_TEXT_SIZE = 4096, /* of one element; of longer ones the beginning is kept */
	CAP_DEPTH_MAX = 16,
	CAP_REFERENCES_MAX = 64,
};

enum cap_type { CAP_ALERT, CAP_UPDATE, CAP_CANCEL };

struct cap_alert {
	enum cap_type type;
	bool is_exercise;
	uint32_t number;                         /* cap_number() of the message */
	uint32_t references[CAP_REFERENCES_MAX]; /* of those that it is about */
	size_t reference_count;
	unsigned info_count; /* the rest is of the first; 0: a cancellation without words */
	uint8_t severity;    /* as view.h has it */
	char language[3];    /* two small letters; empty: none said, or none that a note can keep */
	int64_t expires;     /* Unix seconds, 0 not said */
	char source[CAP_TEXT_SIZE];
	char text[CAP_TEXT_SIZE]; /* the headline, else the event; one line */
};

/* False with a sentence in `error`; `alert` is then undefined. */
bool cap_read(struct cap_alert *alert, struct said *error, const char *data, size_t size)
	__attribute__((warn_unused_result));

/* The number of the note that passes this message on, the same wherever it is imported: that in an identifier which a
 * node wrote, else FNV-1a over "sender,identifier,sent" as <references> spells it. Never 0. 32 bits hold no forger off:
 * who can hand a false alert to a volunteer need not make it look like another. */
uint32_t cap_number(const char *sender, const char *identifier, const char *sent);

/* What a node calls the note of this full ref as sender and as identifier. */
enum { CAP_NAME_SIZE = 48 };
void cap_name_sender(char out[CAP_NAME_SIZE], const char *full);
void cap_name_identifier(char out[CAP_NAME_SIZE], const char *full);

#endif
