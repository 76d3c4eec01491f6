/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/clock/upkeep.h"

/* Of two thirds: who carries it from there may need a walk or two. */
enum { GRACE_DAYS = 3 };

static uint32_t days_of_kind(enum entry_kind kind)
{
	return retention_days(entry_retention(kind));
}

uint32_t upkeep_end(enum entry_kind kind, uint16_t epoch)
{
	return epoch + days_of_kind(kind) + 1;
}

bool upkeep_is_due(enum entry_kind kind, uint16_t epoch, uint32_t number, uint16_t today)
{
	uint32_t days = days_of_kind(kind), span = days / 6;

	assert(span > 0);
	assert(days / 2 + span <= days * 2 / 3);
	return today >= epoch + days / 2 + number % span;
}

bool upkeep_is_over(enum entry_kind kind, uint16_t epoch, uint16_t today)
{
	return today > epoch + 2 * days_of_kind(kind);
}

bool upkeep_is_overdue(enum entry_kind kind, uint16_t epoch, uint16_t today)
{
	return today > epoch + days_of_kind(kind) * 2 / 3 + GRACE_DAYS;
}

bool upkeep_needs_card(enum entry_kind kind, uint16_t card, uint16_t today)
{
	return card + days_of_kind(ENTRY_CARD) < today + days_of_kind(kind);
}

bool upkeep_renew(struct hlc *hlc, uint16_t today)
{
	uint32_t day = hlc->time / EPOCH_S;

	if (day > today || today - day > RENEWED_MAX)
		return false;
	hlc->renewed = (uint16_t)(today - day);
	return true;
}
