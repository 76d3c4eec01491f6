/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Why something cannot be, for whoever can mend it: a sentence for the terminal and the log, in English. What people read on
 * a display, a phone or the command line is board/text/say.h's. */
#ifndef AIDMESH_NODE_SETTINGS_REASON_H
#define AIDMESH_NODE_SETTINGS_REASON_H

struct reason {
	char text[400]; /* "": there is none */
};

/* Cut where it is too long. */
void reason_set(struct reason *reason, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Goes on with what stands there. */
void reason_add(struct reason *reason, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
