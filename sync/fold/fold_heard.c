/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* When each place was last spoken about.
 *
 * Whoever writes down many places speaks about each of them apart: what he says of one leaves the others silent. A silent
 * place would gain from seeming alive, and a stranger from making it seem so; hence the words count of those who keep it and of those whom
 * its author trusted then, and of nobody else. */
#include "sync/fold/fold_state.h"
#include "sync/set/sort.h"

static fold_slot site_of(const struct fold *f, fold_slot line)
{
	return line == FOLD_NONE ? FOLD_NONE : reg_at(f, line)->line.version.site;
}

/* Where its speaker stood. Promises, asks and losses are said from anywhere. */
static fold_slot site_of_move(const struct fold *f, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);
	fold_slot first = r->flags & REG_FIRST ? slot : r->move.first;
	fold_slot to = site_of(f, reg_at(f, first)->move.of), from = site_of(f, journey_source(f, first));

	switch ((enum move_stage)r->what) {
	case MOVE_RECEIVED:
		return to;
	case MOVE_GIVEN:
		return from == FOLD_NONE ? to : from;
	case MOVE_SENT:
	case MOVE_RETURNED:
		return from;
	case MOVE_ASKED:
	case MOVE_DECLINED:
	case MOVE_PLEDGED:
	case MOVE_RELEASED:
	case MOVE_LOST:
	case MOVE_SPOILED:
	case MOVE_WITHDRAWN:
		break;
	}
	return FOLD_NONE;
}

/* A message or an alert is said to a place as well as from it; only who was there, or says what it needs, has heard from it. */
static fold_slot site_of_note(const struct fold *f, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);
	fold_slot of = r->note.of;

	if (of == FOLD_NONE || (r->what != NOTE_SEEN && r->what != NOTE_STILL_NEEDED))
		return FOLD_NONE;
	if (reg_at(f, of)->kind == ENTRY_SITE)
		return reg_at(f, of)->flags & REG_OWN ? of : FOLD_NONE;
	return reg_at(f, of)->kind == ENTRY_LINE && (reg_at(f, of)->flags & REG_OWN) ? site_of(f, of) : FOLD_NONE;
}

/* The place that those words are about; FOLD_NONE none. What carries another's line on was said by a program. */
static fold_slot site_spoken_of(const struct fold *f, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);
	fold_slot own;

	if ((r->flags & REG_BROKEN) || (r->kind == ENTRY_LINE && (r->flags & REG_CARRIES)))
		return FOLD_NONE;
	switch ((enum entry_kind)r->kind) {
	case ENTRY_SITE:
	case ENTRY_LINE:
		own = r->flags & REG_OWN ? slot : fold_changes_record(f, slot);
		return own == FOLD_NONE || r->kind == ENTRY_SITE ? own : site_of(f, own);
	case ENTRY_MOVE:
		return site_of_move(f, slot);
	case ENTRY_NOTE:
		return site_of_note(f, slot);
	case ENTRY_CARD:
	case ENTRY_TRUST:
	case ENTRY_UNKNOWN:
		break;
	}
	return FOLD_NONE;
}

static bool is_news(const struct fold *f, fold_slot site, const struct reg *said)
{
	return site != FOLD_NONE && said->time > reg_at(f, site)->site.heard_s;
}

static int by_author_of_site(const void *ctx, uint32_t a, uint32_t b)
{
	const struct fold *f = ctx;
	uint16_t x = reg_at(f, site_spoken_of(f, a))->author, y = reg_at(f, site_spoken_of(f, b))->author;

	return x < y ? -1 : x > y;
}

/* Those who keep the place; of the words of others, what is newer than all of theirs is left in `work`. */
static uint32_t hear_keepers(struct fold *f)
{
	uint32_t count = 0, left = 0;

	for (fold_slot slot = regs_next(f, FOLD_NONE); slot != FOLD_NONE; slot = regs_next(f, slot)) {
		const struct reg *r = reg_at(f, slot);
		fold_slot site = site_spoken_of(f, slot);

		if (!is_news(f, site, r))
			continue;
		if (fold_rights_keeps(f, site, r->author, r->time))
			reg_at(f, site)->site.heard_s = r->time;
		else
			f->work[count++] = slot;
	}
	for (uint32_t i = 0; i < count; i++)
		if (is_news(f, site_spoken_of(f, f->work[i]), reg_at(f, f->work[i])))
			f->work[left++] = f->work[i];
	return left;
}

void fold_heard_run(struct fold *f)
{
	uint32_t count;

	for (fold_slot slot = regs_next(f, FOLD_NONE); slot != FOLD_NONE; slot = regs_next(f, slot))
		if (reg_at(f, slot)->kind == ENTRY_SITE)
			reg_at(f, slot)->site.heard_s = 0;
	count = hear_keepers(f);

	/* Whom an author trusts is measured for one author at a time. */
	sort_numbers(f->work, count, by_author_of_site, f);
	for (uint32_t i = 0; i < count; i++) {
		const struct reg *r = reg_at(f, f->work[i]);
		fold_slot site = site_spoken_of(f, f->work[i]);

		if (is_news(f, site, r) && fold_rights_trusted(f, reg_at(f, site)->author, r->author, r->time))
			reg_at(f, site)->site.heard_s = r->time;
	}
}
