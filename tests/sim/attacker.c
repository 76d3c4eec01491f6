/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/attacker.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/air.h"
#include "tests/sim/contact.h"
#include "tests/sim/host.h"
#include "tests/sim/people.h"

enum { OVERHEARD_MAX = 64, TEN_YEARS_S = 3650 * EPOCH_S, FLOOD_FRAMES = 8, WRITTEN_MAX = 150, MANGLED_MAX = 32768 };

struct overheard {
	uint32_t count;
	struct {
		uint32_t size;
		uint8_t bytes[LINK_FRAME_MAX];
	} frames[OVERHEARD_MAX];
};

void attacker_fini(struct world *w)
{
	free(w->overheard);
	w->overheard = NULL;
}

void attacker_overhear(struct world *w, struct view frame)
{
	struct overheard *o = w->overheard;
	uint32_t at;

	if (!o || frame.size > LINK_FRAME_MAX || !dice_permille(&w->attack, 100))
		return;
	at = o->count < OVERHEARD_MAX ? o->count++ : dice_below(&w->attack, OVERHEARD_MAX);
	o->frames[at].size = (uint32_t)frame.size;
	memcpy(o->frames[at].bytes, frame.data, frame.size);
}

/* Entries. */

static struct hlc own_time(struct world *w, const struct node *n, uint32_t ahead_s)
{
	return (struct hlc){ .time = host_time(w, n).wall_s + ahead_s, .tick = (uint8_t)dice_below(&w->attack, 3) };
}

static void tell(struct world *w, struct node *n, uint32_t saying)
{
	if (saying != SAYING_NONE && n->written < WRITTEN_MAX && host_publish(w, n, saying) == SYNC_OK)
		n->written++;
}

static void say(struct world *w, struct node *n, const struct key *key, uint32_t number, struct hlc hlc)
{
	tell(w, n, people_say(w, n, key, number, hlc));
}

void attacker_init(struct world *w, struct node *n)
{
	const struct key none = { 0 };
	const struct node *victim = &w->nodes[dice_below(&w->attack, w->plan.honest)];

	n->other_key = none;
	if (has_fault(w, FAULT_HINT) && w->plan.signing == SIGNING_HASH)
		n->other_key = key_make_like(&w->attack, &victim->key.public);
	if (has_fault(w, FAULT_REPLAY) && !w->overheard)
		w->overheard = calloc(1, sizeof *w->overheard);
}

/* Some true saying; SAYING_NONE while there is none. */
static uint32_t some_truth(struct world *w)
{
	for (uint32_t i = 0; w->sayings.count && i < 8; i++) {
		uint32_t at = dice_below(&w->attack, w->sayings.count);

		if (w->sayings.all[at].truth == TRUTH_SIGNED)
			return at;
	}
	return SAYING_NONE;
}

/* Somebody else's words, later and with another quantity, under a signature that is none. */
static uint32_t forge(struct world *w, const struct saying *s)
{
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct entry e;
	size_t size;

	if (entry_decode(&e, saying_bytes(s)) != ENTRY_OK)
		return SAYING_NONE;
	e.hlc.time += dice_below(&w->attack, 3600);
	if (e.kind == ENTRY_LINE)
		e.line.quantity_milli ^= 1 + dice_below(&w->attack, 1000);
	if (e.kind == ENTRY_CARD && dice_permille(&w->attack, 300))
		e.card.roles ^= 1;
	if (entry_body_encode(bytes, &size, &e) != ENTRY_OK)
		return SAYING_NONE;
	for (size_t i = 0; i < SIGNATURE_SIZE; i++)
		bytes[size + i] = (uint8_t)dice_u64(&w->attack);
	return sayings_add(&w->sayings, (struct view){ bytes, size + SIGNATURE_SIZE }, &s->author, TRUTH_FORGED);
}

/* A true body under a signature that is a bit off: the same id. */
static uint32_t spoil(struct world *w, const struct saying *s)
{
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct public_key author = s->author;
	uint32_t at;

	memcpy(bytes, s->bytes, s->size);
	at = s->size - 1 - dice_below(&w->attack, SIGNATURE_SIZE);
	bytes[at] ^= (uint8_t)(1u << dice_below(&w->attack, 8));
	return sayings_add(&w->sayings, (struct view){ bytes, s->size }, &author, TRUTH_FORGED);
}

static uint32_t lie(struct world *w)
{
	uint32_t at = some_truth(w);
	struct saying s;

	if (at == SAYING_NONE)
		return SAYING_NONE;
	s = w->sayings.all[at];
	return dice_permille(&w->attack, 500) ? forge(w, &s) : spoil(w, &s);
}

/* The bytes of another field under the same number: a later kind, or a line where a site was. */
static void retype(struct world *w, struct node *n)
{
	struct hlc hlc = own_time(w, n, 0);
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct entry e;
	size_t size;

	say(w, n, &n->key, 1, hlc);
	memset(&e, 0, sizeof e);
	e.author = public_key_hint(&n->key.public);
	e.hlc = hlc;
	e.number = 1;
	e.kind = ENTRY_LINE;
	e.line.item = 101;
	e.line.created = hlc.time;
	size = key_sign(bytes, &e, &n->key, w->plan.signing);
	if (size)
		tell(w, n, sayings_add(&w->sayings, (struct view){ bytes, size }, &n->key.public, TRUTH_SIGNED));
}

static void share_hint(struct world *w, struct node *n)
{
	const struct key none = { 0 };
	uint32_t number;

	if (memcmp(&n->other_key, &none, sizeof none) == 0)
		return;
	say(w, n, &n->other_key, 0, own_time(w, n, 0));
	number = dice_between(&w->attack, 1, 16);
	say(w, n, &n->other_key, number, own_time(w, n, 0));
}

/* Frames by hand. */

static void send_everywhere(struct world *w, struct node *n, struct view frame)
{
	air_send(w, n, frame);
	for (uint32_t i = 0; i < SESSIONS_PER_NODE_MAX; i++) {
		uint32_t session = n->sessions[i];

		if (session != NONE && dice_permille(&w->attack, 600))
			contact_send(w, session, w->sessions[session].ends[0] == n->index ? 0 : 1, frame);
	}
}

static void send_sayings(struct world *w, struct node *n, const uint32_t *sayings, uint32_t count)
{
	uint8_t bytes[LINK_FRAME_MAX];
	struct writer out = writer_init(bytes, sizeof bytes);

	frame_begin(&out, FRAME_ENTRIES);
	for (uint32_t i = 0; i < count; i++)
		if (sayings[i] != SAYING_NONE)
			frame_entry_write(&out, saying_bytes(&w->sayings.all[sayings[i]]));
	assert(out.ok);
	send_everywhere(w, n, (struct view){ bytes, out.size });
}

static void replay(struct world *w, struct node *n)
{
	const struct overheard *o = w->overheard;
	uint32_t old[20];

	for (uint32_t i = 0; i < 20; i++)
		old[i] = some_truth(w);
	send_sayings(w, n, old, dice_between(&w->attack, 1, 20));
	if (o && o->count) {
		uint32_t at = dice_below(&w->attack, o->count);

		send_everywhere(w, n, (struct view){ o->frames[at].bytes, o->frames[at].size });
	}
}

/* More registers than anyone may own, in another order for everyone. */
static void flood(struct world *w, struct node *n)
{
	bool much = w->plan.story == STORY_FLOOD;
	uint32_t bound = much ? 5000 : WRITTEN_MAX, batch[64], count = 0;

	say(w, n, &n->key, 0, own_time(w, n, 0));
	while (count < (much ? 64 : 8)) {
		uint32_t number = 1000 + dice_below(&w->attack, bound);

		batch[count++] = people_say(w, n, &n->key, number, own_time(w, n, 0));
	}
	send_sayings(w, n, batch, count);
}

static void babble(struct world *w, struct node *n)
{
	uint8_t bytes[MANGLED_MAX];
	size_t size = dice_permille(&w->attack, 200) ? MANGLED_MAX : 1 + dice_below(&w->attack, 400);

	for (size_t i = 0; i < size; i++)
		bytes[i] = (uint8_t)dice_u64(&w->attack);
	bytes[0] = FRAME_MAGIC;
	if (size > 1)
		bytes[1] = (uint8_t)dice_between(&w->attack, 0, 14);
	send_everywhere(w, n, (struct view){ bytes, size });
}

void attacker_act(struct world *w, struct node *n)
{
	uint32_t lies[3];

	if (!n->written)
		say(w, n, &n->key, 0, own_time(w, n, 0));
	switch (1u << dice_between(&w->attack, 12, 18) & w->plan.faults) {
	case FAULT_FORGE:
		for (uint32_t i = 0; i < 3; i++)
			lies[i] = lie(w);
		send_sayings(w, n, lies, 2);
		tell(w, n, lies[2]);
		break;
	case FAULT_MANGLE:
		babble(w, n);
		break;
	case FAULT_REPLAY:
		replay(w, n);
		break;
	case FAULT_FLOOD:
		flood(w, n);
		break;
	case FAULT_HINT:
		share_hint(w, n);
		break;
	case FAULT_RETYPE:
		retype(w, n);
		break;
	case FAULT_AHEAD:
		lies[0] = dice_between(&w->attack, 1, 8);
		say(w, n, &n->key, lies[0], own_time(w, n, TEN_YEARS_S));
		break;
	default:
		break;
	}
}

/* Mangling. */

static void flip(struct dice *d, uint8_t *bytes, size_t size)
{
	uint32_t at = dice_below(d, (uint32_t)size);

	bytes[at] ^= (uint8_t)(1u << dice_below(d, 8));
}

size_t attacker_mangle(struct dice *d, uint8_t *bytes, size_t cap, struct view frame)
{
	size_t size = frame.size;

	assert(size && size <= cap);
	memcpy(bytes, frame.data, size);
	switch (dice_below(d, 5)) {
	case 0:
		return 1 + dice_below(d, (uint32_t)size);
	case 1:
		for (; size < cap && size < frame.size + 40; size++)
			bytes[size] = (uint8_t)dice_u64(d);
		return size;
	case 2:
		bytes[size > 1 ? 1 : 0] = (uint8_t)dice_below(d, 16);
		return size;
	default:
		for (uint32_t flips = dice_between(d, 1, 6); flips; flips--)
			flip(d, bytes, size);
		return size;
	}
}

void attacker_pass(struct world *w, uint32_t session, uint32_t side, struct view frame)
{
	uint8_t bytes[MANGLED_MAX];

	if (has_fault(w, FAULT_MANGLE) && dice_permille(&w->attack, 250)) {
		size_t size = attacker_mangle(&w->attack, bytes, sizeof bytes, frame);

		contact_send(w, session, side, (struct view){ bytes, size });
		if (dice_permille(&w->attack, 500))
			return;
	}
	contact_send(w, session, side, frame);
}
