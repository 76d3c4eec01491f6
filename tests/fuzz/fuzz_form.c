/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as the body of a form: every field that may be asked for is text in UTF-8 that fits, and nothing else is touched. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "board/page/plain.h"
#include "board/text/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "item", "words", "people", "quantity", "within", "again" };
	char *body = malloc(size + 1); /* as long as it is, so that reading beyond it is seen */

	assert(body);
	memcpy(body, data, size);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char out[40], again[40];
		bool found;

		memset(out, 0x5A, sizeof out);
		found = plain_field(out, sizeof out - 1, body, size, names[i]);
		assert(out[sizeof out - 1] == 0x5A);
		if (!found)
			continue;
		assert(memchr(out, '\0', sizeof out - 1));
		memcpy(again, out, sizeof again);
		utf8_repair(again);
		assert(strcmp(out, again) == 0);
	}
	free(body);
	return 0;
}
