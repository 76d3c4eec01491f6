/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/clocks.h"

#include "tests/sim/host.h"
#include "tests/sim/map.h"
#include "tests/sim/people.h"

enum { DAY_S = EPOCH_S, MEMORIES = 30 };

/* The dates that nodes were seen to begin with, in days from the true one. */
static const int32_t WRONG_DAYS[] = { -40, -60, -270, 2, 3, 40, 400, 3650 };

/* What some nodes wrote so many days ago is on the disks of `n` and of another. */
static void remember(struct world *w, struct node *n, uint32_t days)
{
	struct node *other = map_some_honest(w, &w->people);

	for (uint32_t i = 0; i < MEMORIES; i++) {
		const struct node *author = &w->nodes[(n->index + i % 3) % w->plan.honest];
		struct hlc then = { .time = w->plan.start_s - days * DAY_S + i, .tick = 0 };
		uint32_t said = people_say(w, author, &author->key, i < 3 ? 0 : i, then);

		if (said == SAYING_NONE)
			continue;
		host_remember(w, n, said);
		if (other != n && dice_permille(&w->people, 700))
			host_remember(w, other, said);
	}
}

/* What a node begins with that forgot the date, or never knew it, or is sure of another one; and when that ends. */
static void begin_wrong(struct world *w, struct node *n)
{
	struct dice *d = &w->wrong, people = w->people;
	uint32_t days;

	n->offset_s += WRONG_DAYS[dice_below(d, sizeof WRONG_DAYS / sizeof *WRONG_DAYS)] * (int64_t)DAY_S;
	n->quality = dice_permille(d, 500) ? TIME_GUESSED : TIME_SET;
	if (dice_permille(d, 600))
		heap_put(&w->heap, (uint64_t)dice_below(d, w->plan.storm_s) * MS, EVENT_CLOCK, n->index,
			 dice_permille(d, 500) ? RIGHT_RUNNING : RIGHT_RESTARTED);
	if (!dice_permille(d, 500))
		return;
	/* What it wrote while its clock was right. People's chance stays as it was. */
	days = dice_between(d, 1, 25);
	w->people = dice_split(d);
	remember(w, n, days);
	w->people = people;
}

static void begin_all_wrong(struct world *w)
{
	bool any = false;

	for (uint32_t i = 0; i < w->plan.honest; i++)
		if (dice_permille(&w->wrong, 300)) {
			begin_wrong(w, &w->nodes[i]);
			any = true;
		}
	if (!any)
		begin_wrong(w, map_some_honest(w, &w->wrong));
}

/* Who never had a clock, who lay in a cupboard, who is ten years ahead. */
void clocks_begin(struct world *w)
{
	for (uint32_t i = 0; i < w->plan.honest; i++) {
		struct node *n = &w->nodes[i];

		if (has_fault(w, FAULT_DRIFT)) {
			n->drift_ppm = (int32_t)dice_below(&w->clock, 1000) - 500;
			n->offset_s = (int32_t)dice_below(&w->clock, 240) - 120;
		}
		if (has_fault(w, FAULT_GUESSED) && dice_permille(&w->clock, 300)) {
			n->quality = TIME_GUESSED;
			n->offset_s = -(int64_t)dice_below(&w->clock, 100 * DAY_S);
		}
	}
	if (has_fault(w, FAULT_CUPBOARD)) {
		struct node *n = map_some_honest(w, &w->clock);

		n->quality = dice_permille(&w->clock, 800) ? TIME_GUESSED : TIME_SET;
		n->offset_s = -(int64_t)dice_between(&w->clock, 80, 100) * DAY_S;
		remember(w, n, dice_between(&w->clock, 85, 125));
	}
	if (has_fault(w, FAULT_YEARS)) {
		struct node *n = map_some_honest(w, &w->clock);

		n->quality = dice_permille(&w->clock, 500) ? TIME_GUESSED : TIME_SET;
		n->offset_s = 3650 * (int64_t)DAY_S;
	}
	if (has_fault(w, FAULT_DRIFT)) { /* what leaves at midnight */
		struct node *n = map_some_honest(w, &w->clock);

		remember(w, n, dice_between(&w->clock, 29, 30));
	}
	if (has_fault(w, FAULT_WRONG_CLOCK))
		begin_all_wrong(w);
}

void clocks_hurt(struct world *w)
{
	struct node *n = map_some_honest(w, &w->clock);

	switch (dice_below(&w->clock, 3)) {
	case 0:
		if (has_fault(w, FAULT_DRIFT))
			n->offset_s += (int32_t)dice_below(&w->clock, 600) - 300;
		break;
	case 1:
		if (has_fault(w, FAULT_JUMP))
			n->offset_s = ((int64_t)dice_below(&w->clock, 200) - 120) * DAY_S;
		break;
	default:
		if (has_fault(w, FAULT_JUMP | FAULT_GUESSED)) {
			n->offset_s = 0;
			n->quality = dice_permille(&w->clock, 700) ? TIME_SET : TIME_GUESSED;
		}
		break;
	}
}

void clocks_put_right(struct world *w, struct node *n, enum put_right how)
{
	if (w->phase != PHASE_STORM)
		return;
	world_say(w, "node %u gets the right date, %.1f days from its own%s", n->index, (double)n->offset_s / DAY_S,
		  how == RIGHT_RESTARTED ? ", and starts anew" : "");
	n->offset_s = 0;
	n->quality = TIME_SET;
	if (how == RIGHT_RESTARTED && n->sync) {
		host_crash(w, n);
		heap_put(&w->heap, w->now_ms + 1, EVENT_BOOT, n->index, 0);
	}
}
