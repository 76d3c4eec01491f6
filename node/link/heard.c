/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/link/heard.h"

#include <stdio.h>
#include <string.h>

static bool is_here(const struct heard_one *one, uint64_t now_ms)
{
	return one->last_ms != 0 && now_ms - one->last_ms <= HEARD_GONE_MS;
}

static struct heard_one *find(struct heard *heard, const uint8_t key[32])
{
	for (size_t i = 0; i < HEARD_MAX; i++)
		if (heard->list[i].last_ms != 0 && memcmp(heard->list[i].key, key, sizeof heard->list[i].key) == 0)
			return &heard->list[i];
	return NULL;
}

/* The one that was silent for the longest makes room. */
static struct heard_one *find_place(struct heard *heard)
{
	struct heard_one *place = &heard->list[0];

	for (size_t i = 1; i < HEARD_MAX; i++)
		if (heard->list[i].last_ms < place->last_ms)
			place = &heard->list[i];
	return place;
}

bool heard_add(struct heard *heard, const uint8_t key[32], const char *address, uint64_t now_ms)
{
	struct heard_one *one = find(heard, key);

	heard->any_ms = now_ms;
	if (one == NULL || !is_here(one, now_ms)) {
		one = one != NULL ? one : find_place(heard);
		*one = (struct heard_one){ .first_ms = now_ms };
		memcpy(one->key, key, sizeof one->key);
	}
	snprintf(one->address, sizeof one->address, "%s", address);
	one->last_ms = now_ms;
	return now_ms - one->first_ms >= HEARD_OURS_MS;
}

void heard_reached(struct heard *heard, const uint8_t key[32], uint64_t now_ms)
{
	struct heard_one *one = find(heard, key);

	heard->any_ms = now_ms;
	if (one != NULL)
		*one = (struct heard_one){ .last_ms = 0 };
}

/* Heard twice at least, far apart: what was in the air when it left is no sign. */
static bool is_unreached(const struct heard_one *one, uint64_t now_ms)
{
	return is_here(one, now_ms) && now_ms - one->first_ms >= HEARD_UNREACHED_MS &&
	       one->last_ms - one->first_ms >= HEARD_UNREACHED_MS / 2;
}

size_t heard_unreached(const struct heard *heard, const struct heard_one **first, uint64_t now_ms)
{
	size_t count = 0;

	for (size_t i = 0; i < HEARD_MAX; i++)
		if (is_unreached(&heard->list[i], now_ms) && count++ == 0)
			*first = &heard->list[i];
	return count;
}

uint64_t heard_deadline(const struct heard *heard, uint64_t now_ms)
{
	uint64_t due_ms = UINT64_MAX;

	for (size_t i = 0; i < HEARD_MAX; i++) {
		const struct heard_one *one = &heard->list[i];
		uint64_t told_ms = one->first_ms + HEARD_UNREACHED_MS;

		if (is_here(one, now_ms) && told_ms > now_ms && told_ms < due_ms)
			due_ms = told_ms;
	}
	return due_ms;
}
