/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/link/link.h"

#include <string.h>

#include "sync/set/sketch.h"

void link_memory(struct link *link, struct arena *arena, const struct set *set)
{
	struct outbox outbox;

	outbox_memory(&outbox, arena, set);
	if (arena->base)
		*link = (struct link){ .outbox = outbox };
}

/* By phase: a bit for each phase that may follow. */
static const uint8_t MOVES[] = {
	[LINK_PHASE_FREE] = 1u << LINK_PHASE_GREETING,
	[LINK_PHASE_GREETING] = 1u << LINK_PHASE_OPEN | 1u << LINK_PHASE_FREE,
	[LINK_PHASE_OPEN] = 1u << LINK_PHASE_OPEN | 1u << LINK_PHASE_ASKED | 1u << LINK_PHASE_FREE,
	[LINK_PHASE_ASKED] = 1u << LINK_PHASE_ASKED | 1u << LINK_PHASE_OPEN | 1u << LINK_PHASE_FREE,
};

static void link_move(struct link *link, enum link_phase to)
{
	assert(MOVES[link->phase] >> to & 1);
	/* Who decodes asks; who dialled is asked. */
	assert(to != LINK_PHASE_ASKED || link->traits.dialled);
	link->phase = to;
}

void link_open(struct link *link, carrier_id id, const struct carrier_traits *traits,
	       const uint8_t salt_half[SALT_HALF_SIZE], struct days days, mono_ms now)
{
	struct outbox outbox = link->outbox;

	assert(id != 0);
	assert(link->phase == LINK_PHASE_FREE);
	assert(outbox.count == 0);
	assert(traits->frame_max >= SYNC_LINK_FRAME_MIN);
	*link = (struct link){ .id = id,
			       .traits = *traits,
			       .hello_now = true,
			       .ours = days,
			       .quiet_ms = LINK_QUIET_MS,
			       .opened_at = now,
			       .compare_at = now,
			       .outbox = outbox };
	link_move(link, LINK_PHASE_GREETING);
	memcpy(link->salt_half, salt_half, sizeof link->salt_half);
}

void link_close(struct link *link, const struct link_ground *ground)
{
	assert(link->id != 0);
	if (ground->compare->link == link->id)
		compare_end(ground->compare);
	assert(ground->compare->link != link->id);
	outbox_clear(&link->outbox);
	link_move(link, LINK_PHASE_FREE);
	link->id = 0;
}

static struct salt salt_of(const struct link *link, uint8_t series)
{
	return link->traits.dialled ? salt_of_link(link->salt_half, link->their_half, series)
				    : salt_of_link(link->their_half, link->salt_half, series);
}

void link_send(struct link *link, uint32_t slot)
{
	/* What is here before the greeting is found by the first comparison. */
	if (link_is_greeted(link))
		outbox_put(&link->outbox, slot);
}

void link_unsend(struct link *link, uint32_t slot)
{
	outbox_drop(&link->outbox, slot);
}

/* Something moved: the next comparison waits until the traffic has ended. */
void link_heard(struct link *link, mono_ms now)
{
	assert(link->quiet_ms >= LINK_QUIET_MS);
	assert(link->quiet_ms <= LINK_QUIET_MS_MAX);
	link->compare_at = now + (link->traits.dialled ? 2 * link->quiet_ms : link->quiet_ms);
}

void link_received(struct link *link, mono_ms now)
{
	link->entries_in++;
	link->quiet_ms = LINK_QUIET_MS;
	if (link->left_in) {
		link->left_in--;
		link->is_served = !link->traits.dialled;
	}
	link_heard(link, now);
}

/* Nothing that was said about the whole holds any longer. */
static void begin_anew(struct link *link, mono_ms now)
{
	assert(link_is_greeted(link));
	link->days = days_both(link->ours, link->theirs);
	link->has_said = link->has_heard = link->is_served = false;
	link->whole_revision = link->agreed_revision = 0;
	link->quiet_ms = LINK_QUIET_MS;
	link->state_now = !link->traits.dialled;
	link_heard(link, now);
}

void link_days(struct link *link, struct days days, mono_ms now)
{
	assert(days.today <= days.last);
	if (link->ours.today == days.today && link->ours.last == days.last)
		return;
	link->ours = days;
	link->hello_now = true;
	if (link_is_greeted(link))
		begin_anew(link, now);
}

static enum sync_rc feed_hello(struct link *link, struct view rest, mono_ms now)
{
	struct frame_hello hello;

	if (frame_hello_read(&hello, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	if (link_is_greeted(link) && memcmp(hello.salt_half, link->their_half, sizeof link->their_half) != 0)
		return SYNC_E_FRAME;
	if (link->hellos >= LINK_HELLOS + (now - link->opened_at) / LINK_HELLO_MS)
		return SYNC_E_FRAME;
	link->hellos++;
	memcpy(link->their_half, hello.salt_half, sizeof link->their_half);
	link->salt = salt_of(link, 0);
	link->theirs = hello.days;
	if (link->phase == LINK_PHASE_GREETING)
		link_move(link, LINK_PHASE_OPEN);
	begin_anew(link, now);
	return SYNC_OK;
}

/* Computed once for each state of the set: a peer that states itself over and over costs nothing. */
static struct frame_summary held_whole(struct link *link, const struct link_ground *ground)
{
	const struct set *set = ground->set;

	/* It only grows: what was computed is never of a later one. */
	assert(ground->revision >= link->whole_revision);
	if (link->whole_revision == ground->revision)
		return link->whole;
	link->whole = (struct frame_summary){ 0 };
	for (uint32_t slot = 0; slot < set->used; slot++) {
		if (!set_is_live(set, slot) || !slot_is_within(&set->slots[slot], link->days))
			continue;
		link->whole.count++;
		fingerprint_add(&link->whole.fingerprint, &link->salt, &set->slots[slot].id);
	}
	assert(link->whole.count <= set->count);
	link->whole_revision = ground->revision;
	return link->whole;
}

static bool is_same(const struct frame_summary *a, const struct frame_summary *b)
{
	return a->count == b->count && fingerprint_equal(&a->fingerprint, &b->fingerprint);
}

static void send_all(struct link *link, const struct set *set)
{
	for (uint32_t slot = 0; slot < set->used; slot++)
		if (set_is_live(set, slot) && slot_is_within(&set->slots[slot], link->days))
			link_send(link, slot);
}

/* The peer holds all that is here: nothing is left to be sent. */
static void agree(struct link *link, uint64_t revision)
{
	assert(revision > 0);
	link->agreed_revision = revision;
	link->is_served = false;
	link_move(link, LINK_PHASE_OPEN);
	outbox_clear(&link->outbox);
}

static enum sync_rc hear(struct link *link, const struct link_ground *ground, const struct frame_summary *theirs,
			 mono_ms now)
{
	struct frame_summary ours = held_whole(link, ground);

	assert(link_is_greeted(link));
	link_heard(link, now);
	if (!link->has_heard || theirs->count > link->heard.count)
		link->quiet_ms = LINK_QUIET_MS;
	link->heard = *theirs;
	link->has_heard = true;
	link_move(link, LINK_PHASE_OPEN);
	if (is_same(&ours, theirs)) {
		agree(link, ground->revision);
		link->quiet_ms = LINK_QUIET_MS;
		link->left_in = 0;
		link->state_now = link->probe_now = false;
		return SYNC_OK;
	}
	link->agreed_revision = 0;
	link->left_in = theirs->count > ours.count ? theirs->count - ours.count : 0;
	if (theirs->count == 0)
		send_all(link, ground->set);
	else if (link->traits.dialled)
		link->probe_now = true;
	else
		link->state_now = !link->has_said || !is_same(&ours, &link->said);
	return SYNC_OK;
}

static enum sync_rc feed_summary(struct link *link, const struct link_ground *ground, struct view rest, mono_ms now)
{
	struct frame_summary theirs;
	enum sync_rc rc;

	if (frame_summary_read(&theirs, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	rc = hear(link, ground, &theirs, now);
	/* Two equal summaries that crossed need no more words. */
	link->agree_now =
		link->agreed_revision == ground->revision && !(link->has_said && is_same(&link->said, &theirs));
	return rc;
}

static enum sync_rc feed_agree(struct link *link, const struct link_ground *ground, struct view rest, mono_ms now)
{
	uint32_t mark;

	if (frame_agree_read(&mark, rest) != FRAME_OK || !link->has_said)
		return SYNC_E_FRAME;
	if (mark != (uint32_t)link->said.fingerprint.low)
		return SYNC_OK; /* about something said before */
	return hear(link, ground, &link->said, now);
}

static enum sync_rc feed_probe(struct link *link, const struct link_ground *ground, struct view rest, mono_ms now)
{
	struct frame_probe probe;
	struct salt salt;

	if (link->traits.dialled || frame_probe_read(&probe, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	link->was_turned_away = now < link->probe_at || !compare_is_free(ground->compare, link->id, now);
	if (link->was_turned_away)
		return SYNC_OK;
	link->probe_at = now + LINK_PROBE_MS;
	link->left_in = 0;
	link->is_served = false;
	salt = salt_of(link, probe.series);
	compare_begin(ground->compare, link->id, &probe, ground->set, &salt, link->days, &link->outbox, now);
	return SYNC_OK;
}

static enum sync_rc feed_answer(struct link *link, const struct link_ground *ground, enum frame_kind kind,
				struct view rest, mono_ms now)
{
	struct compare *compare = ground->compare;
	struct frame_sketch sketch;
	struct frame_list list;

	if (link->traits.dialled)
		return SYNC_E_FRAME;
	if (kind == FRAME_LIST) {
		if (frame_list_read(&list, rest) != FRAME_OK)
			return SYNC_E_FRAME;
		/* The answer to a question that was given up meanwhile. */
		if (compare->link != link->id || compare->series != list.series)
			return SYNC_OK;
		return compare_list(compare, &list, ground->set, &link->outbox, now);
	}
	if (frame_sketch_read(&sketch, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	if (compare->link != link->id || compare->series != sketch.series)
		return SYNC_OK;
	return compare_sketch(compare, &sketch, ground->set, &link->outbox, now);
}

/* The elements of the last PROBE. Another link may have used it meanwhile: then it is made anew, and is the same only if the
 * set has not changed since. NULL: it has, and the next PROBE begins another series. */
static const struct element_index *look_through(struct link *link, const struct link_ground *ground)
{
	struct sketcher *s = ground->sketcher;
	struct salt salt = salt_of(link, link->series);

	assert(link->traits.dialled);
	if (s->link == link->id && memcmp(&s->elements.salt, &salt, sizeof salt) == 0)
		return &s->elements;
	link->probe_now = link->probe_revision != ground->revision;
	if (link->probe_now)
		return NULL;
	s->link = link->id;
	element_index_build(&s->elements, ground->set, &salt, link->days);
	return &s->elements;
}

/* All but what the peer names. */
static enum sync_rc send_rest(struct link *link, const struct link_ground *ground, struct view named)
{
	const struct element_index *elements = look_through(link, ground);
	struct reader r = reader_init(named);

	if (!elements)
		return SYNC_OK;
	link->question.open = false;
	link_move(link, LINK_PHASE_OPEN);
	for (uint32_t rank = 0; rank < elements->count; rank++) {
		uint32_t slot = element_index_slot(elements, ground->set, rank);

		if (slot != SET_NONE)
			link_send(link, slot);
	}
	while (r.rest.size) {
		uint32_t element = read_u32(&r), rank = element_index_rank(elements, element), slot = SET_NONE;

		if (rank < elements->count && elements->items[rank].element == element)
			slot = element_index_slot(elements, ground->set, rank);
		if (slot != SET_NONE)
			link_unsend(link, slot);
	}
	return SYNC_OK;
}

static enum sync_rc feed_ask(struct link *link, const struct link_ground *ground, struct view rest)
{
	struct link_question *q = &link->question;
	struct frame_ask ask;

	if (!link->traits.dialled || frame_ask_read(&ask, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	assert(ask.bits.size <= sizeof q->picks);
	if (ask.series != link->series)
		return SYNC_OK; /* a later PROBE is on its way */
	if (ask.what == ASK_REST)
		return send_rest(link, ground, ask.bits);
	q->open = true;
	q->what = ask.what;
	q->buckets = ask.buckets;
	q->from = ask.from;
	q->to = ask.to;
	q->level = ask.level;
	q->next = 0;
	if (ask.what == ASK_SIZE) {
		assert(ask.bits.size <= sizeof q->parity);
		q->parity_size = (uint8_t)ask.bits.size;
		memcpy(q->parity, ask.bits.data, ask.bits.size);
		return SYNC_OK;
	}
	assert(ask.what == ASK_LIST || ask.buckets > 0);
	assert(ask.buckets <= BUCKETS_MAX);
	assert(ask.to <= SYNDROMES_MAX);
	memset(q->picks, 0xFF, sizeof q->picks);
	if (ask.bits.size)
		memcpy(q->picks, ask.bits.data, ask.bits.size);
	return SYNC_OK;
}

static enum sync_rc feed_want(struct link *link, const struct link_ground *ground, struct view rest)
{
	const struct element_index *elements;
	struct frame_want want;

	if (!link->traits.dialled || frame_want_read(&want, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	if (want.series != link->series)
		return SYNC_OK;
	elements = look_through(link, ground);
	return elements ? want_answer(&want, &link->progress, elements, ground->set, &link->outbox) : SYNC_OK;
}

enum sync_rc link_feed(struct link *link, const struct link_ground *ground, enum frame_kind kind, struct view rest,
		       mono_ms now)
{
	assert(link->id != 0);
	if (kind == FRAME_HELLO)
		return feed_hello(link, rest, now);
	if (!link_is_greeted(link))
		return SYNC_E_FRAME;
	link_heard(link, now);
	switch (kind) {
	case FRAME_SUMMARY:
		return feed_summary(link, ground, rest, now);
	case FRAME_AGREE:
		return feed_agree(link, ground, rest, now);
	case FRAME_PROBE:
		return feed_probe(link, ground, rest, now);
	case FRAME_ASK:
		return feed_ask(link, ground, rest);
	case FRAME_SKETCH:
	case FRAME_LIST:
		return feed_answer(link, ground, kind, rest, now);
	case FRAME_WANT:
		return feed_want(link, ground, rest);
	case FRAME_HELLO:
	case FRAME_ENTRIES:
	case FRAME_ENTRY:
	case FRAME_BEACON:
	case FRAME_CALL:
		break;
	}
	return SYNC_E_FRAME;
}

/* Filling frames, most urgent kind first. */

static bool has_to_compare(const struct link *link, const struct link_ground *ground)
{
	return ground->compare->link == link->id && compare_has_to_say(ground->compare);
}

/* When the whole is to be stated, if nothing else happens: not while answers may still come. */
static mono_ms state_at(const struct link *link, const struct compare *compare)
{
	mono_ms given_up = compare->heard_at + COMPARE_GIVE_UP_MS;

	if (compare->link == link->id && compare_is_busy(compare) && given_up > link->compare_at)
		return given_up;
	/* Not before the peer may ask anew, should that not be all. */
	if (link->is_served && !link->left_in && !link->outbox.count)
		return link->probe_at;
	/* What is queued and may not go yet does not wait for ever. */
	return link->outbox.count ? link->compare_at + COMPARE_IDLE_MS : link->compare_at;
}

static bool is_stale(const struct link *link, const struct link_ground *ground, mono_ms now)
{
	return link->agreed_revision != ground->revision && !link->question.open &&
	       now >= state_at(link, ground->compare);
}

static bool wants_to_state(const struct link *link, const struct link_ground *ground, mono_ms now)
{
	return link->state_now || (!link->outbox.count && is_stale(link, ground, now));
}

static void fill_hello(struct link *link, struct writer *w)
{
	struct frame_hello hello = { .days = link->ours };

	assert(link->hello_now);
	memcpy(hello.salt_half, link->salt_half, sizeof hello.salt_half);
	frame_begin(w, FRAME_HELLO);
	frame_hello_write(w, &hello);
	link->hello_now = false;
}

static void fill_summary(struct link *link, const struct link_ground *ground, struct writer *w, mono_ms now)
{
	struct frame_summary ours = held_whole(link, ground);
	bool heard = link->has_heard && is_same(&ours, &link->heard);

	assert(link_is_greeted(link));
	if (heard)
		agree(link, ground->revision);
	/* The set changed and is what it was, or what changed is none of this peer's: both have said so already. */
	if (!link->state_now && heard && link->has_said && is_same(&ours, &link->said))
		return;
	frame_begin(w, FRAME_SUMMARY);
	frame_summary_write(w, &ours);
	link->said = ours;
	link->has_said = true;
	link->is_served = false;
	if (!heard)
		link->quiet_ms = link->quiet_ms > LINK_QUIET_MS_MAX / 2 ? LINK_QUIET_MS_MAX : 2 * link->quiet_ms;
	link->state_now = link->agree_now = false;
	link_heard(link, now);
}

static void fill_agree(struct link *link, struct writer *w)
{
	assert(link->has_heard);
	frame_begin(w, FRAME_AGREE);
	frame_agree_write(w, &link->heard.fingerprint);
	link->said = link->heard;
	link->has_said = true;
	link->agree_now = false;
}

static void fill_probe(struct link *link, const struct link_ground *ground, struct writer *w)
{
	struct frame_probe probe = { 0 };
	const struct element_index *elements;

	link->series = link->series == UINT8_MAX ? 1 : (uint8_t)(link->series + 1);
	link->probe_revision = ground->revision;
	ground->sketcher->link = 0; /* what it showed was before now */
	elements = look_through(link, ground);
	/* Nothing changed since probe_revision. */
	assert(elements != NULL);
	assert(link->series > 0);
	probe.series = link->series;
	probe.count = elements->count;
	element_index_parity_probe(elements, probe.parity);
	element_index_sketch(elements, probe.syndromes, 0, PROBE_SYNDROMES, 1, 0);
	frame_begin(w, FRAME_PROBE);
	frame_probe_write(w, &probe);
	link->probe_now = link->question.open = false;
	link_move(link, LINK_PHASE_ASKED);
	link->progress.buckets = link->progress.rank = 0;
}

static uint32_t next_pick(const struct link_question *q, uint32_t at)
{
	while (at < q->buckets && !(q->picks[at / 8] >> at % 8 & 1))
		at++;
	assert(at <= q->buckets);
	return at;
}

/* Cuts the set into buckets that suit the difference, as the asker's parity tells; or lists it all. */
static void choose_answer(struct link_question *q, const struct element_index *elements)
{
	uint8_t parity[ASK_PARITY_MAX];
	uint32_t estimate;

	assert(q->what == ASK_SIZE);
	assert(q->parity_size > 0);
	element_index_parity(elements, parity, q->parity_size, q->level);
	estimate = element_index_estimate(parity, q->parity, q->parity_size, q->level);
	q->what = compare_is_listed(estimate, elements->count) ? ASK_LIST : ASK_SYNDROMES;
	compare_plan(estimate, &q->buckets, &q->to);
	q->from = 0;
	memset(q->picks, 0xFF, sizeof q->picks);
}

static void fill_sketch(struct link *link, const struct element_index *elements, struct writer *w)
{
	struct link_question *q = &link->question;
	struct frame_sketch sketch = { .series = link->series, .buckets = q->buckets, .to = q->to };

	assert(q->open);
	assert(q->what == ASK_SYNDROMES);
	assert(q->from < q->to && q->to <= SYNDROMES_MAX);
	q->next = next_pick(q, q->next);
	q->open = q->next < q->buckets;
	if (!q->open)
		return;
	sketch.first = q->next;
	frame_begin(w, FRAME_SKETCH);
	frame_sketch_write(w, &sketch);
	while (q->next < q->buckets && writer_room(w) >= SYNDROMES_MAX * sizeof(uint32_t) &&
	       w->size < LINK_SKETCH_FRAME_MAX - SYNDROMES_MAX * sizeof(uint32_t)) {
		uint32_t syndromes[SYNDROMES_MAX] = { 0 };
		uint8_t from = sketch_from(q->buckets, q->next, q->from, q->to);

		element_index_sketch(elements, syndromes, from, q->to, q->buckets, q->next);
		sketch_write(w, syndromes, (uint32_t)(q->to - from));
		q->next = next_pick(q, q->next + 1);
	}
	q->open = q->next < q->buckets;
}

static void fill_list(struct link *link, const struct element_index *elements, struct writer *w)
{
	struct link_question *q = &link->question;
	struct frame_list list = { .series = link->series, .first = q->next };

	assert(q->what == ASK_LIST);
	q->open = q->next < elements->count;
	if (!q->open)
		return;
	frame_begin(w, FRAME_LIST);
	frame_list_write(w, &list);
	while (q->next < elements->count && writer_room(w) >= ELEMENT_SIZE)
		write_u32(w, elements->items[q->next++].element);
	q->open = q->next < elements->count;
}

static void fill_answer(struct link *link, const struct link_ground *ground, struct writer *w)
{
	const struct element_index *elements = look_through(link, ground);

	if (!elements) {
		link->question.open = false;
		return;
	}
	if (link->question.what == ASK_SIZE)
		choose_answer(&link->question, elements);
	if (link->question.what == ASK_LIST)
		fill_list(link, elements, w);
	else
		fill_sketch(link, elements, w);
}

/* While sets are compared an entry waits until it is known whether the peer has its author's card: without that the peer
 * could not take it. Where it lacks the card, that goes first. */
static bool may_go(const struct link *link, const struct link_ground *ground, const struct set_slot *slot)
{
	bool decodes = ground->compare->link == link->id;
	struct salt salt;
	uint32_t card;

	if (slot->field == ENTRY_CARD ||
	    (!decodes && (link->phase != LINK_PHASE_ASKED || ground->sketcher->link != link->id)))
		return true;
	card = set_find_register(ground->set, slot->author, ENTRY_CARD, 0);
	if (card == SET_NONE)
		return true;
	if (decodes)
		return compare_has_passed(ground->compare,
					  element_of(&ground->compare->elements.salt, &ground->set->slots[card].id));
	salt = ground->sketcher->elements.salt;
	return want_has_passed(&link->progress, &ground->sketcher->elements,
			       element_of(&salt, &ground->set->slots[card].id));
}

/* Cards go ahead in frames of their own, so that the peer need not park what they vouch for. False: nothing may go. */
static bool fill_entries(struct link *link, const struct link_ground *ground, struct writer *w)
{
	const struct set *set = ground->set;
	bool cards = false;

	assert(link->outbox.count > 0);
	frame_begin(w, FRAME_ENTRIES);
	for (uint32_t slot = outbox_first(&link->outbox), next; slot != SET_NONE; slot = next) {
		const struct set_slot *s = &set->slots[slot];
		struct view bytes;

		next = outbox_after(&link->outbox, slot);
		if (!may_go(link, ground, s))
			continue;
		/* The peer would refuse it as too old; or the store cannot read it, and someone else has it. */
		if (!slot_is_within(s, link->days) ||
		    ground->host->load(ground->host->ctx, s->handle, &bytes) != SYNC_OK) {
			link_unsend(link, slot);
		} else {
			if (writer_room(w) < 1 + bytes.size || (cards && s->field != ENTRY_CARD))
				break;
			cards = s->field == ENTRY_CARD;
			frame_entry_write(w, bytes);
			link_unsend(link, slot);
			link->entries_out++;
		}
		if (next == SET_NONE)
			next = outbox_first(&link->outbox);
	}
	if (w->size > FRAME_HEAD_SIZE)
		return true;
	w->size = 0;
	return false;
}

/* Says the most urgent thing; what turns out to be nothing is struck off. False when there is nothing at all. */
static bool fill_one(struct link *link, const struct link_ground *ground, struct writer *w, mono_ms now)
{
	if (link->hello_now)
		fill_hello(link, w);
	else if (!link_is_greeted(link))
		return false;
	else if (wants_to_state(link, ground, now))
		fill_summary(link, ground, w, now);
	else if (link->agree_now)
		fill_agree(link, w);
	else if (link->probe_now)
		fill_probe(link, ground, w);
	else if (has_to_compare(link, ground))
		link->left_in += compare_fill(ground->compare, w);
	else if (link->question.open)
		fill_answer(link, ground, w);
	else if (link->outbox.count && fill_entries(link, ground, w))
		return true;
	else if (link->outbox.count && is_stale(link, ground, now))
		fill_summary(link, ground, w, now);
	else
		return false;
	return true;
}

size_t link_fill(struct link *link, const struct link_ground *ground, uint8_t *frame, size_t frame_cap, mono_ms now)
{
	size_t cap = frame_cap < link->traits.frame_max ? frame_cap : link->traits.frame_max;
	struct writer w;

	if (link->was_turned_away && now >= link->probe_at && compare_is_free(ground->compare, link->id, now)) {
		link->was_turned_away = false;
		link->state_now = true;
	}
	assert(link->id != 0);
	do {
		w = writer_init(frame, cap);
		if (!fill_one(link, ground, &w, now))
			break;
		assert(w.ok);
	} while (w.size <= FRAME_HEAD_SIZE);
	if (ground->compare->link == link->id && !compare_is_busy(ground->compare))
		compare_end(ground->compare);
	if (w.size <= FRAME_HEAD_SIZE)
		return 0;
	assert(w.size <= link->traits.frame_max);
	link_heard(link, now);
	return w.size;
}

mono_ms link_deadline(const struct link *link, const struct compare *compare, uint64_t revision)
{
	assert(link->id != 0);
	if (!link_is_greeted(link) || link->agreed_revision == revision || link->state_now || link->question.open)
		return MONO_NEVER;
	return state_at(link, compare);
}

void link_status(const struct link *link, uint64_t revision, struct sync_link_status *status)
{
	enum link_state state = LINK_COMPARING;

	if (!link_is_greeted(link))
		state = LINK_GREETING;
	else if (link->agreed_revision == revision && !link->outbox.count)
		state = LINK_SAFE;
	else if (link->outbox.count || link->left_in)
		state = LINK_TRANSFER;
	*status = (struct sync_link_status){ .state = state,
					     .entries_in = link->entries_in,
					     .entries_out = link->entries_out,
					     .left_out = link->outbox.count,
					     .left_in = link->left_in };
}
