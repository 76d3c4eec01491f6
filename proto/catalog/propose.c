/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "proto/catalog/propose.h"

#include <assert.h>
#include <string.h>

uint64_t propose_heads_milli(const struct catalog_item *item, const struct party *party)
{
	const char *whom = item->applies_to;

	if (strcmp(whom, "all") == 0)
		return party->people * 1000ull;
	if (strcmp(whom, "household") == 0)
		return party->people * 1000ull / PROPOSE_HOUSEHOLD;
	if (strcmp(whom, "infant") == 0 || strcmp(whom, "formula-fed infant") == 0)
		return party->infants * 1000ull;
	if (strcmp(whom, "power-dependent") == 0)
		return party->powered * 1000ull;
	if (strcmp(whom, "adult") == 0 && party->people >= party->infants)
		return (party->people - party->infants) * 1000ull;
	return 0;
}

uint64_t propose_heads_likely_milli(const struct catalog_item *item, const struct party *party)
{
	uint64_t heads = propose_heads_milli(item, party), some = party->people * 1000ull / PROPOSE_ONE_IN;

	if (!*item->applies_to)
		return party->people * 1000ull;
	return heads ? heads : some < 1000 ? 1000 : some;
}

static uint64_t quantity_for(const struct catalog_item *item, uint64_t heads, uint32_t days)
{
	uint64_t quantity;

	if (item->per_person_day_milli)
		quantity =
			heads * item->per_person_day_milli * (days < PROPOSE_DAYS_MAX ? days : PROPOSE_DAYS_MAX) / 1000;
	else
		quantity = heads * item->once_per_unit_milli / 1000;
	if (catalog_is_in_pieces(item) && quantity % 1000)
		quantity += 1000 - quantity % 1000;
	assert(!catalog_is_in_pieces(item) || quantity % 1000 == 0);
	return quantity;
}

uint64_t propose_quantity(const struct catalog_item *item, const struct party *party, uint32_t days)
{
	return quantity_for(item, propose_heads_milli(item, party), days);
}

uint64_t propose_quantity_likely(const struct catalog_item *item, const struct party *party, uint32_t days)
{
	return quantity_for(item, propose_heads_likely_milli(item, party), days);
}

bool propose_lists(const struct catalog_item *item)
{
	/* Another row serves the same want, or only some who did not say so want it. */
	static const char *const left_out[] = { "cereal",         "pulses",        "cooking-oil",  "blended-food",
						"formula-powder", "formula-ready", "formula-water" };

	for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
		if (strcmp(item->slug, left_out[i]) == 0)
			return false;
	return item->tier <= 2 && (item->per_person_day_milli || item->once_per_unit_milli);
}
