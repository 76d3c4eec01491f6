/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a link says next: the most urgent kind of frame first. */
#include "sync/link/link_state.h"

#include <string.h>

#include "sync/set/sketch.h"

static bool has_to_compare(const struct link *link, const struct link_ground *ground)
{
	return ground->compare->link == link->id && compare_has_to_say(ground->compare);
}

static bool is_stale(const struct link *link, const struct link_ground *ground, mono_ms now)
{
	return link->agreed_revision != ground->revision && !link->question.open &&
	       now >= link_state_at(link, ground->compare);
}

static bool wants_to_state(const struct link *link, const struct link_ground *ground, mono_ms now)
{
	return link->state_now || (!link->outbox.count && is_stale(link, ground, now));
}

static void fill_hello(struct link *link, const struct link_ground *ground, struct writer *w, mono_ms now)
{
	struct frame_hello hello = { .time_s = ground->time.wall_s, .quality = ground->time.quality };

	assert(link->hello_now);
	memcpy(hello.salt_half, link->salt_half, sizeof hello.salt_half);
	frame_begin(w, FRAME_HELLO);
	frame_hello_write(w, &hello);
	link->hello_now = false;
	link->said_time = ground->time;
	link->said_time_at = now;
}

static bool is_left_news(struct link *link, const struct link_ground *ground)
{
	struct frame_left left = link_left(link, ground), *said = &link->left_said;

	return left.ahead != said->ahead || left.old != said->old || left.full != said->full ||
	       left.policy != said->policy;
}

/* Before what ends a comparison, or when it has ended: what is left may change though the sets stay equal, as when here, too,
 * its time is over. */
static bool is_left_due(struct link *link, const struct link_ground *ground, mono_ms now)
{
	return (link->agree_now || link->agreed_revision == ground->revision || wants_to_state(link, ground, now)) &&
	       is_left_news(link, ground);
}

static void fill_left(struct link *link, const struct link_ground *ground, struct writer *w)
{
	link->left_said = link_left(link, ground);
	frame_begin(w, FRAME_LEFT);
	frame_left_write(w, &link->left_said);
}

static void fill_summary(struct link *link, const struct link_ground *ground, struct writer *w, mono_ms now)
{
	struct frame_summary ours = link_whole(link, ground);
	bool heard = link->has_heard && link_is_same(&ours, &link->heard);

	assert(link_is_greeted(link));
	if (heard)
		link_agree(link, ground->revision);
	/* The set changed and is what it was, or what changed is none of this peer's: both have said so already. */
	if (!link->state_now && heard && link->has_said && link_is_same(&ours, &link->said))
		return;
	frame_begin(w, FRAME_SUMMARY);
	frame_summary_write(w, &ours);
	link->said = ours;
	link->has_said = true;
	link->is_unanswered = !heard;
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
	elements = link_look_through(link, ground);
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
	link->full = link->policy = 0;
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
		uint8_t from = compare_sketch_from(q->buckets, q->next, q->from, q->to);

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
	const struct element_index *elements = link_look_through(link, ground);

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
	return compare_want_has_passed(&link->progress, &ground->sketcher->elements,
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
		if (!set_is_within(set, slot, link->days) ||
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
		fill_hello(link, ground, w, now);
	else if (!link_is_greeted(link))
		return false;
	else if (is_left_due(link, ground, now))
		fill_left(link, ground, w);
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
