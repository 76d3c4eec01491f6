/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was said, in English, for a test to compare. */
#ifndef AIDMESH_TESTS_UNIT_WRITTEN_H
#define AIDMESH_TESTS_UNIT_WRITTEN_H

#include "board/text/said.h"

/* Lives until the next call but three. */
static inline const char *written(const struct said *said)
{
	static char texts[4][SAID_WRITTEN_SIZE];
	static unsigned next;
	char *text = texts[next++ % 4];

	said_write(text, SAID_WRITTEN_SIZE, LANGUAGE_EN, said);
	return text;
}

static inline const char *written_say(struct say say)
{
	struct said said = { 0 };

	said_decide(&said, say);
	return written(&said);
}

#endif
