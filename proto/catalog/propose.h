/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What so many people need for so many days, by the catalogue: proposed, never assumed. Pure. */
#ifndef AIDMESH_PROTO_CATALOG_PROPOSE_H
#define AIDMESH_PROTO_CATALOG_PROPOSE_H

#include "proto/catalog/catalog.h"

/* The vulnerable are counted among the people. */
struct party {
	uint32_t people, infants, elders, powered;
};

enum { PROPOSE_HOUSEHOLD = 5, PROPOSE_ONE_IN = 25, PROPOSE_DAYS_MAX = 365 };

/* For how many of the party it is, in thousandths: all of them, households, infants, people on power. Infants count as fed with
 * formula for what is for those. 0: it is for people of whom `party` tells nothing. */
uint64_t propose_heads_milli(const struct catalog_item *item, const struct party *party);
/* The same; where the party tells nothing of them, one in 25 of its people, which is what a crowd has of infants, and at least
 * one: who names everybody gains nothing. What is for nobody in particular is for all. */
uint64_t propose_heads_likely_milli(const struct catalog_item *item, const struct party *party);

/* Thousandths of the item's unit: for daily items so much a person and day, else so much once. What is counted in pieces
 * is rounded up to whole ones. 0: the catalogue has no figure, or it is for people of whom `party` tells nothing (a
 * toddler, somebody on dialysis). Infants count as fed with formula for what is for those: at most so much. */
uint64_t propose_quantity(const struct catalog_item *item, const struct party *party, uint32_t days);

/* The same for as many as are likely (propose_heads_likely_milli). 0: the catalogue has no figure. */
uint64_t propose_quantity_likely(const struct catalog_item *item, const struct party *party, uint32_t days);

/* Whether it belongs on a list for people who name no item: hours or days critical (tiers 1 and 2), and of two rows that
 * serve one want one (a hot meal instead of a basket of dry food, formula only when somebody asks for it). */
bool propose_lists(const struct catalog_item *item);

#endif
