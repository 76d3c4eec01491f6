/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/link.h"

#include <string.h>

void link_memory(struct link *link, struct arena *arena, uint32_t entries_max)
{
	struct link_range *ranges = arena_take(arena, LINK_RANGES_MAX, sizeof *ranges);
	uint64_t *wants = arena_take(arena, LINK_WANTS_MAX, sizeof *wants);
	uint32_t *send = arena_take(arena, (entries_max + 31) / 32, sizeof *send);

	if (!arena->base)
		return;
	*link = (struct link){ .ranges = ranges, .wants = wants, .send = send };
	memset(send, 0, (entries_max + 31) / 32 * sizeof *send);
}

void link_open(struct link *link, carrier_id id, const struct carrier_traits *traits, const uint8_t salt_half[8],
	       const struct window windows[RETENTION_COUNT], mono_ms now)
{
	assert(link->send_count == 0);
	*link = (struct link){ .id = id,
			       .traits = *traits,
			       .quiet_ms = LINK_QUIET_MS,
			       .compare_at = now,
			       .ranges = link->ranges,
			       .wants = link->wants,
			       .send = link->send };
	memcpy(link->salt_half, salt_half, sizeof link->salt_half);
	memcpy(link->windows, windows, sizeof link->windows);
}

static bool link_is_greeted(const struct link *link)
{
	return link->hello_sent && link->hello_received;
}

static bool is_marked(const struct link *link, uint32_t slot)
{
	return link->send[slot / 32] >> slot % 32 & 1;
}

static bool in_windows(const struct link *link, struct point point)
{
	struct window window = link->windows[point.retention];

	return point.epoch >= window.low && point.epoch <= window.high;
}

void link_send(struct link *link, uint32_t slot)
{
	/* What is here before the greeting is found by the first comparison. */
	if (!link_is_greeted(link) || is_marked(link, slot))
		return;
	link->send[slot / 32] |= 1u << slot % 32;
	link->send_count++;
}

void link_unsend(struct link *link, uint32_t slot)
{
	if (!is_marked(link, slot))
		return;
	link->send[slot / 32] &= ~(1u << slot % 32);
	link->send_count--;
}

/* Something moved: the next comparison waits until the traffic has ended. */
static void link_touch(struct link *link, mono_ms now)
{
	mono_ms wait = link->traits.dialled ? link->quiet_ms : 2 * link->quiet_ms;

	link->compare_at = now + wait;
}

void link_heard(struct link *link, mono_ms now)
{
	link_touch(link, now);
}

void link_received(struct link *link, mono_ms now)
{
	link->entries_in++;
	link->quiet_ms = LINK_QUIET_MS;
	if (link->left_in)
		link->left_in--;
	link_touch(link, now);
}

enum sync_rc link_hello(struct link *link, struct view rest, mono_ms now)
{
	struct frame_hello hello;
	const uint8_t *first = link->salt_half, *second;

	if (link->hello_received || frame_hello_read(&hello, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	second = hello.salt_half;
	if (!link->traits.dialled) {
		first = hello.salt_half;
		second = link->salt_half;
	}
	memcpy(link->salt.bytes, first, FRAME_SALT_SIZE);
	memcpy(link->salt.bytes + FRAME_SALT_SIZE, second, FRAME_SALT_SIZE);
	for (size_t i = 0; i < RETENTION_COUNT; i++) {
		if (link->windows[i].low < hello.windows[i].low)
			link->windows[i].low = hello.windows[i].low;
		if (link->windows[i].high > hello.windows[i].high)
			link->windows[i].high = hello.windows[i].high;
	}
	link->hello_received = true;
	link->state_now = link->traits.dialled;
	link_touch(link, now);
	return SYNC_OK;
}

/* What we hold in a range, of the epochs that both keep. */
static struct frame_summary held_between(const struct link *link, const struct set *set, struct point from,
					 struct point to)
{
	struct frame_summary held = { .count = 0, .fingerprint = fingerprint_zero() };
	uint32_t end = set_rank(set, to);

	for (uint32_t rank = set_rank(set, from); rank < end; rank++) {
		const struct set_slot *slot = &set->slots[set_at(set, rank)];

		if (!in_windows(link, slot_point(slot)))
			continue;
		held.count++;
		fingerprint_add(&held.fingerprint, &link->salt, &slot->id);
	}
	return held;
}

/* Computed once for each state of the set: a peer that states itself over and over costs nothing. */
static struct frame_summary held_whole(struct link *link, const struct set *set, uint64_t revision)
{
	if (link->whole_revision != revision)
		link->whole = held_between(link, set, POINT_FIRST, POINT_END);
	link->whole_revision = revision;
	return link->whole;
}

static bool is_same(const struct frame_summary *a, const struct frame_summary *b)
{
	return a->count == b->count && fingerprint_equal(&a->fingerprint, &b->fingerprint);
}

/* How many elements this link lists at most: a list that no frame can hold would never be said. */
static uint32_t list_max(const struct link *link)
{
	size_t room = (link->traits.frame_max - FRAME_HEAD_SIZE - range_size(RANGE_LIST, 0)) / ELEMENT_SIZE;

	return room < LINK_LIST_MAX ? (uint32_t)room : LINK_LIST_MAX;
}

/* Depth first: what was pushed last is said first. A full stack forgets; the next SUMMARY finds it again. */
static void push_range(struct link *link, struct point from, struct point to, enum range_mode mode)
{
	if (link->range_count < LINK_RANGES_MAX && point_compare(from, to) < 0)
		link->ranges[link->range_count++] = (struct link_range){ .from = from, .to = to, .mode = mode };
}

/* Cuts a range into LINK_SPLIT pieces that hold equally many of our entries. */
static void push_split(struct link *link, const struct set *set, struct point from, struct point to)
{
	uint32_t low = set_rank(set, from), count = set_rank(set, to) - low;
	struct point end = to;

	for (uint32_t piece = LINK_SPLIT; piece-- > 0;) {
		uint32_t at = low + (uint32_t)((uint64_t)count * piece / LINK_SPLIT);
		struct point begin = piece ? slot_point(&set->slots[set_at(set, at)]) : from;

		push_range(link, begin, end, RANGE_FINGERPRINT);
		end = begin;
	}
}

static void send_between(struct link *link, const struct set *set, struct point from, struct point to)
{
	uint32_t end = set_rank(set, to);

	for (uint32_t rank = set_rank(set, from); rank < end; rank++) {
		uint32_t slot = set_at(set, rank);

		if (in_windows(link, slot_point(&set->slots[slot])))
			link_send(link, slot);
	}
}

enum sync_rc link_summary(struct link *link, const struct set *set, uint64_t revision, struct view rest, mono_ms now)
{
	struct frame_summary theirs, ours;

	if (!link_is_greeted(link) || frame_summary_read(&theirs, rest) != FRAME_OK)
		return SYNC_E_FRAME;
	ours = held_whole(link, set, revision);
	link_touch(link, now);
	if (!link->has_heard || theirs.count > link->heard.count)
		link->quiet_ms = LINK_QUIET_MS;
	link->heard = theirs;
	link->has_heard = true;
	if (is_same(&ours, &theirs)) {
		link->agreed_revision = revision;
		link->quiet_ms = LINK_QUIET_MS;
		link->left_in = 0;
		link->state_now = !link->has_said || !is_same(&ours, &link->said);
		return SYNC_OK;
	}
	link->agreed_revision = 0;
	link->left_in = theirs.count > ours.count ? theirs.count - ours.count : 0;
	link->range_count = 0;
	if (theirs.count == 0)
		send_between(link, set, POINT_FIRST, POINT_END);
	else if (ours.count <= list_max(link))
		push_range(link, POINT_FIRST, POINT_END, RANGE_LIST);
	else
		push_split(link, set, POINT_FIRST, POINT_END);
	return SYNC_OK;
}

static void answer_fingerprint(struct link *link, const struct set *set, const struct range *range)
{
	struct frame_summary ours = held_between(link, set, range->from, range->to);
	struct frame_summary theirs = { .count = range->count, .fingerprint = range->fingerprint };

	if (is_same(&ours, &theirs))
		return;
	if (range->count == 0)
		send_between(link, set, range->from, range->to);
	else if (ours.count <= list_max(link))
		push_range(link, range->from, range->to, RANGE_LIST);
	else
		push_split(link, set, range->from, range->to);
}

/* A small sorted set of elements, for telling which of them are known. */
struct elements {
	uint32_t count;
	uint64_t at[RANGE_ELEMENTS_MAX];
};

static void elements_read(struct elements *e, const struct range *range)
{
	e->count = range->count;
	for (uint32_t i = 0; i < range->count; i++) {
		uint64_t element = range_element(range, i);
		uint32_t at = i;

		for (; at && e->at[at - 1] > element; at--)
			e->at[at] = e->at[at - 1];
		e->at[at] = element;
	}
}

static uint32_t elements_find(const struct elements *e, uint64_t element)
{
	uint32_t low = 0, high = e->count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (e->at[mid] < element)
			low = mid + 1;
		else
			high = mid;
	}
	return low < e->count && e->at[low] == element ? low : SET_NONE;
}

static void push_want(struct link *link, uint64_t element)
{
	if (link->want_count == LINK_WANTS_MAX)
		return;
	link->wants[(link->want_first + link->want_count++) % LINK_WANTS_MAX] = element;
}

/* All that they hold there: what is not among it they lack, what is not ours we want. */
static void answer_list(struct link *link, const struct set *set, const struct range *range)
{
	struct elements theirs;
	uint8_t ours[RANGE_ELEMENTS_MAX] = { 0 };
	uint32_t end = set_rank(set, range->to);

	elements_read(&theirs, range);
	for (uint32_t rank = set_rank(set, range->from); rank < end; rank++) {
		uint32_t slot = set_at(set, rank), found;

		if (!in_windows(link, slot_point(&set->slots[slot])))
			continue;
		found = elements_find(&theirs, element_of(&link->salt, &set->slots[slot].id));
		if (found == SET_NONE)
			link_send(link, slot);
		else
			ours[found] = 1;
	}
	for (uint32_t i = 0; i < theirs.count; i++)
		if (!ours[i])
			push_want(link, theirs.at[i]);
}

static void answer_want(struct link *link, const struct set *set, const struct range *range)
{
	struct elements wanted;
	uint32_t end = set_rank(set, range->to);

	elements_read(&wanted, range);
	for (uint32_t rank = set_rank(set, range->from); rank < end; rank++) {
		uint32_t slot = set_at(set, rank);

		if (elements_find(&wanted, element_of(&link->salt, &set->slots[slot].id)) != SET_NONE)
			link_send(link, slot);
	}
}

/* Honest ranges of one frame do not overlap, but for one WANT over the whole: more work than that is refused. */
static bool is_worth(const struct set *set, const struct range *range, uint64_t *work)
{
	*work += set_rank(set, range->to) - set_rank(set, range->from);
	return *work <= 2 * (uint64_t)set->count;
}

enum sync_rc link_ranges(struct link *link, const struct set *set, struct view rest, mono_ms now)
{
	struct range range;
	uint64_t work = 0;

	if (!link_is_greeted(link))
		return SYNC_E_FRAME;
	link_touch(link, now);
	for (uint32_t i = 0; rest.size; i++) {
		if (i == LINK_FRAME_RANGES_MAX || frame_range_read(&range, &rest) != FRAME_OK)
			return SYNC_E_FRAME;
		if (!is_worth(set, &range, &work))
			return SYNC_E_FRAME;
		switch (range.mode) {
		case RANGE_FINGERPRINT:
			answer_fingerprint(link, set, &range);
			break;
		case RANGE_LIST:
			answer_list(link, set, &range);
			break;
		case RANGE_WANT:
			answer_want(link, set, &range);
			break;
		}
	}
	return SYNC_OK;
}

/* Filling frames, most urgent kind first. */

static bool is_queued(const struct link *link)
{
	return link->send_count || link->range_count || link->want_count;
}

static bool wants_to_state(const struct link *link, uint64_t revision, mono_ms now)
{
	if (link->state_now)
		return true;
	return link->agreed_revision != revision && !is_queued(link) && now >= link->compare_at;
}

static void fill_hello(struct link *link, struct writer *w)
{
	struct frame_hello hello;

	memcpy(hello.salt_half, link->salt_half, sizeof hello.salt_half);
	memcpy(hello.windows, link->windows, sizeof hello.windows);
	frame_begin(w, FRAME_HELLO);
	frame_hello_write(w, &hello);
	link->hello_sent = true;
}

static void fill_summary(struct link *link, const struct set *set, uint64_t revision, struct writer *w, mono_ms now)
{
	struct frame_summary ours = held_whole(link, set, revision);
	bool heard = link->has_heard && is_same(&ours, &link->heard);

	if (heard)
		link->agreed_revision = revision;
	/* The set changed and is what it was, or what changed is none of this peer's: both have said so already. */
	if (!link->state_now && heard && link->has_said && is_same(&ours, &link->said))
		return;
	frame_begin(w, FRAME_SUMMARY);
	frame_summary_write(w, &ours);
	link->said = ours;
	link->has_said = true;
	if (!heard)
		link->quiet_ms *= 2;
	if (link->quiet_ms > LINK_QUIET_MS_MAX)
		link->quiet_ms = LINK_QUIET_MS_MAX;
	link->state_now = false;
	link_touch(link, now);
}

static void write_list(const struct link *link, const struct set *set, const struct link_range *asked, uint32_t count,
		       struct writer *w)
{
	uint32_t rank = set_rank(set, asked->from);
	struct range range = { .from = asked->from, .to = asked->to, .mode = RANGE_LIST, .count = count };

	frame_range_write(w, &range);
	while (count) {
		const struct set_slot *slot = &set->slots[set_at(set, rank++)];

		if (!in_windows(link, slot_point(slot)))
			continue;
		write_u64(w, element_of(&link->salt, &slot->id));
		count--;
	}
}

/* False when it does not fit into what is left of the frame. */
static bool write_asked(const struct link *link, const struct set *set, const struct link_range *asked,
			struct writer *w)
{
	struct frame_summary held = held_between(link, set, asked->from, asked->to);
	struct range range = { .from = asked->from,
			       .to = asked->to,
			       .mode = RANGE_FINGERPRINT,
			       .count = held.count,
			       .fingerprint = held.fingerprint };
	/* A list that grew since it was put on the stack goes as a fingerprint after all. */
	bool list = asked->mode == RANGE_LIST && held.count <= list_max(link);

	if (writer_room(w) < range_size(list ? RANGE_LIST : RANGE_FINGERPRINT, held.count))
		return false;
	if (list)
		write_list(link, set, asked, held.count, w);
	else
		frame_range_write(w, &range);
	return true;
}

static void write_wants(struct link *link, struct writer *w)
{
	struct range range = { .from = POINT_FIRST, .to = POINT_END, .mode = RANGE_WANT };
	size_t room = writer_room(w), head = range_size(RANGE_WANT, 0);

	if (!link->want_count || room < head + ELEMENT_SIZE)
		return;
	range.count = (uint32_t)((room - head) / ELEMENT_SIZE);
	if (range.count > link->want_count)
		range.count = link->want_count;
	if (range.count > RANGE_ELEMENTS_MAX)
		range.count = RANGE_ELEMENTS_MAX;
	frame_range_write(w, &range);
	for (uint32_t i = 0; i < range.count; i++) {
		write_u64(w, link->wants[link->want_first]);
		link->want_first = (link->want_first + 1) % LINK_WANTS_MAX;
		link->want_count--;
	}
}

static void fill_ranges(struct link *link, const struct set *set, struct writer *w, mono_ms now)
{
	frame_begin(w, FRAME_RANGES);
	write_wants(link, w);
	for (uint32_t i = 1; i < LINK_FRAME_RANGES_MAX && link->range_count; i++) {
		if (!write_asked(link, set, &link->ranges[link->range_count - 1], w))
			break;
		link->range_count--;
	}
	link_touch(link, now);
}

/* Cards first, since nothing can be verified without them; then what is kept longest, then by class, newest first. */
enum send_pass { SEND_CARDS, SEND_LONG, SEND_LINES, SEND_MOVES, SEND_PASSES };

static bool is_due_in(const struct set_slot *slot, enum send_pass pass)
{
	switch (pass) {
	case SEND_CARDS:
		return slot->field == ENTRY_CARD;
	case SEND_LONG:
		return slot->field != ENTRY_CARD && slot_retention(slot) == RETENTION_CARD;
	case SEND_LINES:
		return slot_retention(slot) == RETENTION_LINE;
	case SEND_MOVES:
		return slot_retention(slot) == RETENTION_MOVE;
	case SEND_PASSES:
		break;
	}
	return false;
}

/* False when the frame is full. What the store cannot read is left out: the peer gets it from someone else. */
static bool write_slot(struct link *link, const struct set *set, const struct sync_host *host, uint32_t slot,
		       struct writer *w)
{
	struct view bytes;

	if (host->load(host->ctx, set->slots[slot].handle, &bytes) != SYNC_OK) {
		link_unsend(link, slot);
		return true;
	}
	if (writer_room(w) < 1 + bytes.size)
		return false;
	frame_entry_write(w, bytes);
	link_unsend(link, slot);
	link->entries_out++;
	return true;
}

static void fill_entries(struct link *link, const struct set *set, const struct sync_host *host, struct writer *w,
			 mono_ms now)
{
	frame_begin(w, FRAME_ENTRIES);
	link_touch(link, now);
	for (enum send_pass pass = SEND_CARDS; pass < SEND_PASSES && link->send_count; pass++) {
		for (uint32_t rank = set->count; rank-- > 0 && link->send_count;) {
			uint32_t slot = set_at(set, rank);

			if (!is_marked(link, slot) || !is_due_in(&set->slots[slot], pass))
				continue;
			if (!in_windows(link, slot_point(&set->slots[slot])))
				link_unsend(link, slot); /* the peer would refuse it as too old */
			else if (!write_slot(link, set, host, slot, w))
				return;
		}
		/* Cards go ahead in frames of their own, so that the peer need not park what they vouch for. */
		if (pass == SEND_CARDS && w->size > FRAME_HEAD_SIZE)
			return;
	}
}

size_t link_fill(struct link *link, const struct set *set, const struct sync_host *host, uint64_t revision,
		 uint8_t *frame, size_t frame_cap, mono_ms now)
{
	struct writer w = writer_init(frame, frame_cap < link->traits.frame_max ? frame_cap : link->traits.frame_max);

	if (!link->hello_sent)
		fill_hello(link, &w);
	else if (!link_is_greeted(link))
		return 0;
	else if (wants_to_state(link, revision, now))
		fill_summary(link, set, revision, &w, now);
	else if (link->range_count || link->want_count)
		fill_ranges(link, set, &w, now);
	else if (link->send_count)
		fill_entries(link, set, host, &w, now);
	else
		return 0;
	assert(w.ok);
	return w.size > FRAME_HEAD_SIZE ? w.size : 0;
}

mono_ms link_deadline(const struct link *link, uint64_t revision)
{
	if (!link_is_greeted(link) || link->agreed_revision == revision || link->state_now || is_queued(link))
		return MONO_NEVER;
	return link->compare_at;
}

void link_status(const struct link *link, uint64_t revision, struct sync_link_status *status)
{
	enum link_state state = LINK_COMPARING;

	if (!link_is_greeted(link))
		state = LINK_GREETING;
	else if (link->agreed_revision == revision && !link->send_count)
		state = LINK_SAFE;
	else if (link->send_count || link->left_in)
		state = LINK_TRANSFER;
	*status = (struct sync_link_status){ .state = state,
					     .entries_in = link->entries_in,
					     .entries_out = link->entries_out,
					     .left_out = link->send_count,
					     .left_in = link->left_in };
}
