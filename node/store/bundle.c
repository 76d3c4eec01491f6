/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/store/bundle.h"

#include <string.h>

static const uint8_t magic[8] = { 'A', 'I', 'D', 'M', 'E', 'S', 'H', 1 };

void bundle_head_write(uint8_t out[BUNDLE_HEAD_SIZE], const struct bundle_head *head)
{
	struct writer w = writer_init(out, BUNDLE_HEAD_SIZE);

	write_bytes(&w, magic, sizeof magic);
	write_u32(&w, head->count);
	fingerprint_write(&w, &head->fingerprint);
	assert(w.ok && w.size == BUNDLE_HEAD_SIZE);
}

bool bundle_head_read(struct bundle_head *head, struct view *rest)
{
	struct reader r = reader_init(*rest);
	struct view found = read_bytes(&r, sizeof magic);
	struct fingerprint fingerprint;
	uint32_t count = read_u32(&r);

	fingerprint = fingerprint_read(&r);
	if (!r.ok || memcmp(found.data, magic, sizeof magic) != 0)
		return false;
	head->count = count;
	head->fingerprint = fingerprint;
	*rest = r.rest;
	return true;
}
