/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How long what was said is kept, and when its author's node renews it so that it stays. Days are counted since 2020-01-01.
 *
 *   said, or renewed last        half           two thirds                     the class's days
 *   |----------------------------|--------------|------------------------------|
 *                                 renewed here,  if its author is there         leaves
 *
 * Pure. */
#ifndef AIDMESH_SYNC_CLOCK_UPKEEP_H
#define AIDMESH_SYNC_CLOCK_UPKEEP_H

#include "sync/set/carrier.h"

/* The first day on which an entry of that kind is kept no longer, for its own sake. */
uint32_t upkeep_end(enum entry_kind kind, uint16_t epoch);
/* Is an own entry of that kind to be renewed today? Each register has a day of its own between half and two thirds of its
 * time, so that not all go out at once. */
bool upkeep_is_due(enum entry_kind kind, uint16_t epoch, uint32_t number, uint16_t today);
/* What was missed for longer than its days over again is over: a node that lay in a cupboard says nothing of last year's. */
bool upkeep_is_over(enum entry_kind kind, uint16_t epoch, uint16_t today);
/* By two thirds and some days its author's node has renewed what it still holds to, unless it is off or out of reach. */
bool upkeep_is_overdue(enum entry_kind kind, uint16_t epoch, uint16_t today);
/* Would the author's card of that day leave before an entry of that kind that is signed today? */
bool upkeep_needs_card(enum entry_kind kind, uint16_t card, uint16_t today);
/* The same words, kept from today on. False: they are of later than today, or of longer ago than can be said. */
bool upkeep_renew(struct hlc *hlc, uint16_t today);

#endif
