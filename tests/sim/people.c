/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/people.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/check.h"
#include "tests/sim/host.h"
#include "tests/sim/host_date.h"
#include "tests/sim/host_upkeep.h"

enum { SITES_MAX = 256, NUMBERS = 16, LINE_SIZE_MAX = 512, FIELDS = 6 };

struct shelter {
	char name[SITE_NAME_MAX + 1];
	int32_t lat_e6, lon_e6;
};

struct sites {
	uint32_t count;
	struct shelter all[SITES_MAX];
};

static bool read_shelter(struct shelter *shelter, char *line)
{
	const char *fields[FIELDS] = { line };
	uint32_t count = 1;

	for (char *at = line; *at && count < FIELDS; at++)
		if (*at == ',') {
			*at = '\0';
			fields[count++] = at + 1;
		}
	if (count < FIELDS)
		return false;
	(void)text_cut(shelter->name, SITE_NAME_MAX, fields[0]);
	shelter->lat_e6 = (int32_t)(strtod(fields[4], NULL) * 1e6);
	shelter->lon_e6 = (int32_t)(strtod(fields[5], NULL) * 1e6);
	return shelter->lat_e6 != 0;
}

struct sites *sites_open(const char *path)
{
	struct sites *sites = calloc(1, sizeof *sites);
	FILE *file = fopen(path, "r");
	char line[LINE_SIZE_MAX];

	if (!sites || !file)
		goto close_file;
	while (sites->count < SITES_MAX && fgets(line, sizeof line, file))
		if (read_shelter(&sites->all[sites->count], line))
			sites->count++;
close_file:
	if (file)
		(void)fclose(file);
	if (sites && sites->count)
		return sites;
	free(sites);
	return NULL;
}

void sites_close(struct sites *sites)
{
	free(sites);
}

/* Some register of some node, often one that is not there. */
static struct ref some_ref(struct world *w)
{
	const struct node *of = &w->nodes[dice_below(&w->people, w->plan.honest)];

	return (struct ref){ .author = public_key_hint(&of->key.public),
			     .number = dice_between(&w->people, 1, NUMBERS) };
}

static void say_site(struct world *w, const struct node *n, struct site *site)
{
	const struct shelter *shelter = &w->sites->all[n->site % w->sites->count];

	memcpy(site->name, shelter->name, sizeof site->name);
	site->place = (struct place){ .lat_e6 = shelter->lat_e6, .lon_e6 = shelter->lon_e6, .digits = PLACE_POINT };
	site->state = (enum site_state)dice_below(&w->people, 3);
	site->people = dice_below(&w->people, 400);
}

static void say_line(struct world *w, struct line *line, uint32_t time)
{
	static const uint32_t within[] = { 6, 24, 72, 168, 720 };

	line->kind = (enum line_kind)dice_below(&w->people, 3);
	line->site = some_ref(w);
	line->item = (uint16_t)dice_between(&w->people, 101, 104);
	line->quantity_milli = 1000 * (uint64_t)dice_between(&w->people, 1, 500);
	line->created = time;
	if (line->kind == LINE_RESOURCE)
		line->counted = time;
	if (line->kind != LINE_NEED)
		return;
	line->people = dice_between(&w->people, 1, 300);
	line->within_h = within[dice_below(&w->people, 5)];
}

static void say_move(struct world *w, struct move *move, uint32_t time)
{
	move->stage = (enum move_stage)dice_below(&w->people, MOVE_WITHDRAWN + 1);
	move->of = some_ref(w);
	move->from = some_ref(w);
	if (move->stage != MOVE_ASKED && move->stage != MOVE_PLEDGED)
		move->after = some_ref(w);
	move->quantity_milli = 1000 * (uint64_t)dice_between(&w->people, 1, 200);
	move->at = time;
}

static void say_note(struct world *w, struct note *note)
{
	note->kind = dice_permille(&w->people, 500) ? NOTE_STILL_NEEDED : NOTE_MESSAGE;
	note->severity = dice_below(&w->people, 5);
	note->of = some_ref(w);
	(void)snprintf(note->text, sizeof note->text, "seen at %u", dice_below(&w->people, 1000));
}

static void say_trust(struct world *w, const struct node *n, struct trust *trust, uint32_t number)
{
	trust->kind = dice_permille(&w->people, 700) ? TRUST_VOUCH : TRUST_KEEPER;
	trust->key = w->nodes[(n->index + number) % w->plan.honest].key.public;
	if (trust->kind == TRUST_KEEPER)
		trust->site = (struct ref){ .author = public_key_hint(&n->key.public), .number = 1 };
}

static enum entry_kind kind_of(uint32_t number)
{
	static const enum entry_kind kinds[] = { ENTRY_CARD, ENTRY_SITE, ENTRY_LINE, ENTRY_LINE, ENTRY_MOVE,
						 ENTRY_NOTE, ENTRY_LINE, ENTRY_MOVE, ENTRY_TRUST };

	return number ? kinds[1 + (number - 1) % 8] : ENTRY_CARD;
}

static void say_card(const struct key *key, struct card *card)
{
	card->key = key->public;
	(void)snprintf(card->name, sizeof card->name, "node %02x%02x", key->public.bytes[0], key->public.bytes[1]);
}

uint32_t people_say(struct world *w, const struct node *n, const struct key *key, uint32_t number, struct hlc hlc)
{
	struct entry e;
	uint8_t bytes[ENTRY_SIZE_MAX];
	size_t size;

	memset(&e, 0, sizeof e);
	e.author = public_key_hint(&key->public);
	e.hlc = hlc;
	e.number = number;
	e.kind = kind_of(number);
	switch (e.kind) {
	case ENTRY_CARD:
		say_card(key, &e.card);
		break;
	case ENTRY_SITE:
		say_site(w, n, &e.site);
		break;
	case ENTRY_LINE:
		say_line(w, &e.line, hlc.time);
		break;
	case ENTRY_MOVE:
		say_move(w, &e.move, hlc.time);
		break;
	case ENTRY_NOTE:
	case ENTRY_UNKNOWN:
		say_note(w, &e.note);
		break;
	case ENTRY_TRUST:
		say_trust(w, n, &e.trust, number);
		break;
	}
	size = key_sign(bytes, &e, key, w->plan.signing);
	return size ? sayings_add(&w->sayings, (struct view){ bytes, size }, &key->public, TRUTH_SIGNED) : SAYING_NONE;
}

/* Dated as the node's clock says; what is promised about it counts from now. */
static uint32_t say_now(struct world *w, struct node *n, uint32_t number)
{
	struct hlc hlc = sync_clock_next(n->sync, host_time(w, n));
	uint32_t saying;

	hlc.era = host_date_era(n);
	saying = people_say(w, n, &n->key, number, hlc);
	if (saying != SAYING_NONE)
		w->sayings.all[saying].written_s = w->sayings.all[saying].kept_s = world_true_s(w);
	return saying;
}

/* As the daemon does: nobody writes anything under a card that is not here. */
void people_make_card(struct world *w, struct node *n)
{
	uint32_t saying;
	uint16_t card;

	if (sync_card_epoch(n->sync, &n->key.public, &card))
		return;
	saying = say_now(w, n, 0);
	(void)host_publish(w, n, saying);
}

void people_write(struct world *w, struct node *n)
{
	uint32_t number = dice_below(&w->people, NUMBERS + 1), saying;
	enum sync_rc rc;

	host_date_read(w, n);
	if (host_date_is_held(n))
		return;
	people_make_card(w, n);
	host_upkeep_card(w, n, kind_of(number));
	saying = say_now(w, n, number);
	if (saying == SAYING_NONE)
		return;
	rc = host_publish(w, n, saying);
	n->written += rc == SYNC_OK;
	check_taken(w, n, saying, rc);
}
