/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/link/link_state.h"

#include <string.h>

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

void link_move(struct link *link, enum link_phase to)
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
	link->has_said = link->has_heard = link->is_served = link->is_unanswered = false;
	link->full = link->policy = 0;
	link->whole_revision = link->agreed_revision = 0;
	link->quiet_ms = LINK_QUIET_MS;
	link->state_now = !link->traits.dialled;
	link->agree_now = false; /* what was to be agreed to is gone */
	link_heard(link, now);
}

static bool is_same_days(struct days a, struct days b)
{
	return a.today == b.today && a.last == b.last;
}

/* What was said of our date no longer holds. */
static bool is_time_news(const struct link *link, struct node_time time, mono_ms now)
{
	int64_t moved = (int64_t)time.wall_s - link->said_time.wall_s - (int64_t)((now - link->said_time_at) / 1000);

	return time.quality != link->said_time.quality || moved > LINK_TIME_S || moved < -LINK_TIME_S;
}

void link_time(struct link *link, struct days days, struct node_time time, mono_ms now)
{
	assert(days.today <= days.last);
	link->hello_now |= is_time_news(link, time, now);
	if (is_same_days(link->ours, days))
		return;
	link->ours = days;
	link->hello_now = true;
	if (link_is_greeted(link))
		begin_anew(link, now);
}

void link_refused(struct link *link, enum sync_rc why)
{
	assert(why != SYNC_OK);
	link->full += why == SYNC_E_FULL;
	link->policy += why == SYNC_E_FRAME;
}

static enum sync_rc feed_hello(struct link *link, struct view rest, mono_ms now)
{
	struct frame_hello hello;
	struct days theirs;
	bool anew;

	if (frame_hello_read(&hello, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	if (link_is_greeted(link) && memcmp(hello.salt_half, link->their_half, sizeof link->their_half) != 0)
		return SYNC_E_FRAME;
	if (link->hellos >= LINK_HELLOS + (now - link->opened_at) / LINK_HELLO_MS)
		return SYNC_E_FRAME;
	link->hellos++;
	memcpy(link->their_half, hello.salt_half, sizeof link->their_half);
	link->salt = salt_of(link, 0);
	theirs = days_of(hello.time_s, hello.quality);
	/* Where the date alone is told anew, what was compared holds. */
	anew = link->phase == LINK_PHASE_GREETING || !is_same_days(link->theirs, theirs);
	link->theirs = theirs;
	link->heard_time = (struct node_time){ hello.time_s, hello.quality };
	link->heard_time_at = now;
	if (link->phase == LINK_PHASE_GREETING)
		link_move(link, LINK_PHASE_OPEN);
	if (anew)
		begin_anew(link, now);
	return SYNC_OK;
}

struct frame_summary link_whole(struct link *link, const struct link_ground *ground)
{
	const struct set *set = ground->set;

	/* It only grows: what was computed is never of a later one. */
	assert(ground->revision >= link->whole_revision);
	if (link->whole_revision == ground->revision)
		return link->whole;
	link->whole = (struct frame_summary){ 0 };
	link->ahead = link->old = 0;
	for (uint32_t slot = 0; slot < set->used; slot++) {
		if (!set_is_within(set, slot, link->theirs) && set_is_within(set, slot, days_alive(ground->time)))
			*(set_is_ahead(set, slot, link->theirs) ? &link->ahead : &link->old) += 1;
		if (!set_is_within(set, slot, link->days))
			continue;
		link->whole.count++;
		fingerprint_add(&link->whole.fingerprint, &link->salt, &set->slots[slot].id);
	}
	assert(link->whole.count <= set->count);
	link->whole_revision = ground->revision;
	return link->whole;
}

struct frame_left link_left(struct link *link, const struct link_ground *ground)
{
	(void)link_whole(link, ground);
	return (struct frame_left){
		.ahead = link->ahead, .old = link->old, .full = link->full, .policy = link->policy
	};
}

bool link_is_same(const struct frame_summary *a, const struct frame_summary *b)
{
	return a->count == b->count && fingerprint_equal(&a->fingerprint, &b->fingerprint);
}

static void send_all(struct link *link, const struct set *set)
{
	for (uint32_t slot = 0; slot < set->used; slot++)
		if (set_is_within(set, slot, link->days))
			link_send(link, slot);
}

void link_agree(struct link *link, uint64_t revision)
{
	assert(revision > 0);
	link->agreed_revision = revision;
	link->is_served = false;
	link_move(link, LINK_PHASE_OPEN);
	outbox_clear(&link->outbox);
	/* What was waited for, or was refused, came by another way or was replaced. */
	link->left_in = 0;
	link->full = link->policy = 0;
	link->left_heard.full = link->left_heard.policy = 0;
}

static enum sync_rc hear(struct link *link, const struct link_ground *ground, const struct frame_summary *theirs,
			 mono_ms now)
{
	struct frame_summary ours = link_whole(link, ground);

	assert(link_is_greeted(link));
	link_heard(link, now);
	if (!link->has_heard || theirs->count > link->heard.count)
		link->quiet_ms = LINK_QUIET_MS;
	link->heard = *theirs;
	link->has_heard = true;
	link_move(link, LINK_PHASE_OPEN);
	if (link_is_same(&ours, theirs)) {
		link_agree(link, ground->revision);
		link->quiet_ms = LINK_QUIET_MS;
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
		link->state_now = !link->has_said || !link_is_same(&ours, &link->said);
	return SYNC_OK;
}

static enum sync_rc feed_summary(struct link *link, const struct link_ground *ground, struct view rest, mono_ms now)
{
	struct frame_summary theirs;
	enum sync_rc rc;

	if (frame_summary_read(&theirs, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	rc = hear(link, ground, &theirs, now);
	/* Two equal summaries that crossed need no more words. One that comes again does: what was said here went unheard. */
	link->agree_now = link->agreed_revision == ground->revision &&
			  !(link->is_unanswered && link_is_same(&link->said, &theirs));
	link->is_unanswered = false;
	return rc;
}

static enum sync_rc feed_agree(struct link *link, const struct link_ground *ground, struct view rest, mono_ms now)
{
	uint32_t mark;

	if (frame_agree_read(&mark, rest) != FRAME_OK || !link->has_said)
		return SYNC_E_FRAME;
	if (mark != (uint32_t)link->said.fingerprint.low)
		return SYNC_OK; /* about something said before */
	link->is_unanswered = false;
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
	link->left_in = link->full = link->policy = 0;
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

const struct element_index *link_look_through(struct link *link, const struct link_ground *ground)
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
	const struct element_index *elements = link_look_through(link, ground);
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

static enum sync_rc feed_left(struct link *link, struct view rest)
{
	return frame_left_read(&link->left_heard, rest) == FRAME_OK ? SYNC_OK : SYNC_E_FRAME;
}

static enum sync_rc feed_want(struct link *link, const struct link_ground *ground, struct view rest)
{
	const struct element_index *elements;
	struct frame_want want;

	if (!link->traits.dialled || frame_want_read(&want, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	if (want.series != link->series)
		return SYNC_OK;
	elements = link_look_through(link, ground);
	return elements ? compare_answer_want(&want, &link->progress, elements, ground->set, &link->outbox) : SYNC_OK;
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
	case FRAME_LEFT:
		return feed_left(link, rest);
	case FRAME_HELLO:
	case FRAME_ENTRIES:
	case FRAME_ENTRY:
	case FRAME_BEACON:
	case FRAME_CALL:
		break;
	}
	return SYNC_E_FRAME;
}

mono_ms link_state_at(const struct link *link, const struct compare *compare)
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

mono_ms link_deadline(const struct link *link, const struct compare *compare, uint64_t revision)
{
	assert(link->id != 0);
	if (!link_is_greeted(link) || link->agreed_revision == revision || link->state_now || link->question.open)
		return MONO_NEVER;
	return link_state_at(link, compare);
}

/* Two clocks that are both right may stand on two sides of midnight. */
static bool is_a_day_apart(struct node_time a, struct node_time b)
{
	uint32_t x = a.wall_s / EPOCH_S, y = b.wall_s / EPOCH_S;

	return x > y + 1 || y > x + 1;
}

/* What is dated ahead is of a wrong clock, whoever's. What is too old is, too, unless the one day is a little sooner over. */
static struct sync_left left_of(uint32_t ahead, uint32_t old, uint32_t full, uint32_t policy, bool are_apart)
{
	return (struct sync_left){
		.clock = ahead + (are_apart ? old : 0), .age = are_apart ? 0 : old, .full = full, .policy = policy
	};
}

static enum link_state state_of(const struct link *link, uint64_t revision, const struct sync_link_status *status)
{
	uint32_t left_there = sync_left_sum(&status->left_there), left_here = sync_left_sum(&status->left_here), bears;

	if (!link_is_greeted(link))
		return LINK_GREETING;
	if (link->agreed_revision == revision && !link->outbox.count)
		return left_there + left_here ? LINK_LEFT : LINK_SAFE;
	/* What is offered again and again, and not taken, is nothing that moves. So is a version that has been replaced by one that
	 * the other side does not take: it goes on being offered, or missed, and comparing brings nothing. */
	bears = link->quiet_ms > LINK_QUIET_MS ? left_there + left_here : 0;
	if (link->outbox.count > bears + link->left_heard.full + link->left_heard.policy ||
	    link->left_in > bears + link->full + link->policy)
		return LINK_TRANSFER;
	return left_there + left_here ? LINK_LEFT : LINK_COMPARING;
}

void link_status(const struct link *link, uint64_t revision, struct node_time time, struct sync_link_status *status,
		 mono_ms now)
{
	struct node_time theirs = link->heard_time;
	bool are_apart;

	assert(now >= link->heard_time_at);
	if (link_is_greeted(link))
		theirs.wall_s += (uint32_t)((now - link->heard_time_at) / 1000);
	are_apart = is_a_day_apart(theirs, time);
	*status = (struct sync_link_status){
		.entries_in = link->entries_in,
		.entries_out = link->entries_out,
		.left_out = link->outbox.count,
		.left_in = link->left_in,
		.left_there =
			left_of(link->ahead, link->old, link->left_heard.full, link->left_heard.policy, are_apart),
		.left_here = left_of(link->left_heard.ahead, link->left_heard.old, link->full, link->policy, are_apart),
		.time = theirs,
	};
	status->state = state_of(link, revision, status);
}
