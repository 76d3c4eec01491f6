/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Announcements: one that is read says what its bytes say, and only one size is read. */
#include <assert.h>
#include <string.h>

#include "node/link/discovery.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct announcement said;

	if (!discovery_announcement_read(&said, (struct view){ data, size }))
		return 0;
	assert(size == 2 + 1 + 1 + sizeof said.key + 2);
	assert(memcmp(data, "AM\1", 3) == 0 && memcmp(data + 4, said.key, sizeof said.key) == 0);
	assert(said.port == (data[size - 2] | data[size - 1] << 8));
	return 0;
}
