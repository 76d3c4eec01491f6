/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/clocks.h"

#include "tests/sim/host.h"
#include "tests/sim/host_date.h"
#include "tests/sim/map.h"
#include "tests/sim/people.h"

enum { DAY_S = EPOCH_S, MEMORIES = 30, WRONG_S = 36000 };

/* The dates that nodes were seen to begin with, in days from the true one. */
static const int32_t WRONG_DAYS[] = { -40, -60, -270, 2, 3, 40, 400, 3650 };

/* What some nodes wrote so many days ago is on the disks of `n` and of another, with the cards. */
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
		if (author != n)
			host_remember(w, &w->nodes[author->index], said);
		if (other != n && (dice_permille(&w->people, 700) || i < 3) && other != author)
			host_remember(w, other, said);
	}
}

/* Who says what its system's date is worth. */
static void date_by(struct node *n, enum date_source source)
{
	n->synchronised = source == DATE_NTP;
	n->date_trust = source == DATE_SETTING ? DATE_ALWAYS_SET : DATE_AUTO;
}

/* A date that was true when it was last written, with the newest of its own words. */
static const struct date_kept KEPT_TRUE = { .date_s = 1, .source = DATE_NTP };

static void date_kept_words(const struct world *w, struct node *n)
{
	for (uint32_t i = 0; n->kept.date_s && i < n->row_count; i++) {
		const struct saying *s = &w->sayings.all[n->rows[i].saying];

		if (public_key_equal(&s->author, &n->key.public) && s->head.hlc.time > n->kept.date_s)
			n->kept.date_s = s->head.hlc.time;
	}
	n->kept.span_s = n->kept.older_s = n->kept.good_s = n->kept.date_s;
}

/* What a node begins with that forgot the date, or never knew it, or is sure of another one; and when that ends. */
static void begin_wrong(struct world *w, struct node *n)
{
	static const enum put_right ways[] = { RIGHT_NET, RIGHT_NET_AT_START, RIGHT_PERSON, RIGHT_PHONE, RIGHT_GPS };
	struct dice *d = &w->wrong, people = w->people;
	uint32_t days, at = dice_below(d, sizeof WRONG_DAYS / sizeof *WRONG_DAYS);

	/* No two are wrong by the same. */
	n->offset_s += WRONG_DAYS[at] * (int64_t)DAY_S + dice_below(d, WRONG_S);
	date_by(n, dice_permille(d, 500) ? DATE_NOBODY : DATE_SETTING);
	if (dice_permille(d, 600))
		heap_put(&w->heap, (uint64_t)dice_below(d, w->plan.storm_s) * MS, EVENT_CLOCK, n->index,
			 ways[dice_below(d, sizeof ways / sizeof *ways)]);
	if (!dice_permille(d, 500))
		return;
	/* What it wrote while its clock was right. People's chance stays as it was. */
	days = dice_between(d, 1, 25);
	w->people = dice_split(d);
	remember(w, n, days);
	w->people = people;
	if (dice_permille(d, 500))
		n->kept = KEPT_TRUE;
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
	for (uint32_t i = 0; i < w->plan.honest; i++)
		date_kept_words(w, &w->nodes[i]);
	/* One of the liars may have the trust of all. */
	if (w->plan.evil && dice_permille(&w->wrong, 500)) {
		w->liar = w->plan.honest;
		w->nodes[w->liar].offset_s = (int64_t)dice_below(&w->wrong, 500 * DAY_S) - 100 * (int64_t)DAY_S;
	}
}

/* A battery keeps the date of some. */
static void begin_with_batteries(struct world *w)
{
	for (uint32_t i = 0; i < w->plan.honest; i++)
		if (dice_permille(&w->wrong, 200))
			date_by(&w->nodes[i], DATE_SETTING);
}

/* Who never had a clock, who lay in a cupboard, who is ten years ahead. */
void clocks_begin(struct world *w)
{
	w->liar = NONE;
	if (w->plan.faults & (FAULT_JUMP | FAULT_WRONG_CLOCK))
		begin_with_batteries(w);
	for (uint32_t i = 0; i < w->plan.honest; i++) {
		struct node *n = &w->nodes[i];

		if (has_fault(w, FAULT_DRIFT)) {
			n->drift_ppm = (int32_t)dice_below(&w->clock, 1000) - 500;
			n->offset_s = (int32_t)dice_below(&w->clock, 240) - 120;
		}
		if (has_fault(w, FAULT_GUESSED) && dice_permille(&w->clock, 300)) {
			date_by(n, DATE_NOBODY);
			n->offset_s = -(int64_t)dice_below(&w->clock, 100 * DAY_S);
		}
	}
	if (has_fault(w, FAULT_CUPBOARD)) {
		struct node *n = map_some_honest(w, &w->clock);

		date_by(n, dice_permille(&w->clock, 800) ? DATE_NOBODY : DATE_SETTING);
		n->offset_s = -(int64_t)dice_between(&w->clock, 80, 100) * DAY_S;
		remember(w, n, dice_between(&w->clock, 85, 125));
	}
	if (has_fault(w, FAULT_YEARS)) {
		struct node *n = map_some_honest(w, &w->clock);

		date_by(n, dice_permille(&w->clock, 500) ? DATE_NOBODY : DATE_SETTING);
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
		if (has_fault(w, FAULT_JUMP)) {
			n->synchronised = false;
			n->offset_s = ((int64_t)dice_below(&w->clock, 200) - 120) * DAY_S;
		}
		break;
	default:
		if (has_fault(w, FAULT_JUMP | FAULT_GUESSED)) {
			n->offset_s = 0;
			n->synchronised = dice_permille(&w->clock, 700);
		}
		break;
	}
}

void clocks_put_right(struct world *w, struct node *n, enum put_right how)
{
	if (w->phase != PHASE_STORM)
		return;
	world_say(w, "node %u gets the right date, way %d; its system is %.1f days ahead", n->index, (int)how,
		  (double)n->offset_s / DAY_S);
	switch (how) {
	case RIGHT_NET:
	case RIGHT_NET_AT_START:
		n->offset_s = 0;
		n->synchronised = true;
		heap_put(&w->heap, w->now_ms + dice_wait(&w->wrong, 60 * MS), EVENT_CLOCK, n->index, RIGHT_ANSWER);
		if (how == RIGHT_NET_AT_START && n->sync) {
			host_crash(w, n);
			heap_put(&w->heap, w->now_ms + 1, EVENT_BOOT, n->index, 0);
		}
		break;
	case RIGHT_ANSWER:
		if (n->sync)
			host_date_answer(w, n);
		break;
	case RIGHT_PERSON:
	case RIGHT_PHONE:
	case RIGHT_GPS:
		if (n->sync)
			host_date_set(w, n,
				      how == RIGHT_PERSON  ? DATE_PERSON
				      : how == RIGHT_PHONE ? DATE_PHONE
							   : DATE_GPS);
		break;
	}
	if (n->sync)
		host_tick(w, n);
}
