/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* For whom things are: diapers for infants, whatever crowd stands around them. */
#include <string.h>

#include "node/questions/questions_state.h"

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* A place says how many people are there; who they are stands in its needs, as many as any of them names. */
void questions_find_parties(struct asking *a)
{
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_LINES); i++) {
		struct fold_line line;
		struct entry said;
		struct party *party;
		uint32_t site;

		fold_line(a->fold, i, &line);
		site = line.kind == LINE_NEED ? questions_site_index(a, line.record.own) : UINT32_MAX;
		if (site == UINT32_MAX || !questions_counts_line(a, &line.record))
			continue;
		fold_read(a->fold, line.record.standing, &said);
		party = &a->spots[site].party;
		party->people = larger(party->people, said.line.people);
		party->infants = larger(party->infants, said.line.infants);
		party->elders = larger(party->elders, said.line.elders);
		party->powered = larger(party->powered, said.line.powered);
	}
	for (uint32_t i = 0; i < fold_count(a->fold, FOLD_SITES); i++)
		if (a->spots[i].people)
			a->spots[i].party.people = a->spots[i].people;
}

uint64_t questions_heads_milli(const struct asking *a, uint32_t site, uint16_t code)
{
	const struct catalog_item *item = code ? catalog_find_code(code) : NULL;
	const struct party *party = &a->spots[site].party;

	if (!party->people)
		return 0;
	/* What a household has once is told by person. */
	if (!item || (!item->per_person_day_milli && strcmp(item->applies_to, "household") == 0))
		return party->people * 1000ull;
	return propose_heads_likely_milli(item, party);
}
