/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/disk.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/host_upkeep.h"

void disk_fini(struct node *n)
{
	free(n->rows);
	free(n->row_of);
	free(n->standing);
	free(n->let_go_ms);
}

/* An array by small numbers, zero where nothing was put. */
static void reach(uint32_t **array, uint32_t *cap, uint32_t index)
{
	uint32_t old = *cap;

	if (index < old)
		return;
	*cap = 2 * index + 64;
	*array = realloc(*array, *cap * sizeof **array);
	assert(*array);
	memset(*array + old, 0, (*cap - old) * sizeof **array);
}

uint64_t disk_add(struct world *w, struct node *n, uint32_t saying)
{
	if (n->row_count == n->row_cap) {
		n->row_cap = n->row_cap ? 2 * n->row_cap : 64;
		n->rows = realloc(n->rows, n->row_cap * sizeof *n->rows);
		assert(n->rows);
	}
	assert(saying < w->sayings.count);
	reach(&n->row_of, &n->row_of_cap, saying);
	n->rows[n->row_count++] = (struct row){ .saying = saying, .state = ROW_STANDS };
	n->row_of[saying] = n->row_count;
	return n->row_count;
}

void disk_delete(struct node *n, uint32_t row)
{
	assert(n->rows[row].state == ROW_DROPPED);
	n->rows[row].state = ROW_DELETED;
}

bool disk_has(const struct node *n, uint32_t saying)
{
	return saying < n->row_of_cap && n->row_of[saying];
}

uint32_t disk_standing(const struct node *n, uint32_t place)
{
	return place < n->standing_cap ? n->standing[place] - 1 : SAYING_NONE;
}

void disk_forget_standing(struct node *n)
{
	if (n->standing_cap)
		memset(n->standing, 0, n->standing_cap * sizeof *n->standing);
	if (n->row_of_cap)
		memset(n->row_of, 0, n->row_of_cap * sizeof *n->row_of);
	n->stands = 0;
	n->sum[0] = n->sum[1] = 0;
}

void disk_reappear(struct node *n, uint32_t row)
{
	n->rows[row].state = ROW_STANDS;
	if (!n->row_of[n->rows[row].saying])
		n->row_of[n->rows[row].saying] = row + 1;
}

/* The sum of ids does not know an order: two nodes whose sums differ hold different sets. */
static void count_id(struct node *n, const struct entry_id *id, uint64_t sign)
{
	uint64_t word[2];

	memcpy(word, id->bytes, sizeof word);
	n->sum[0] += sign * word[0];
	n->sum[1] += sign * word[1];
	n->stands += (uint32_t)sign;
}

bool disk_stand(struct world *w, struct node *n, uint32_t saying)
{
	const struct saying *fresh = &w->sayings.all[saying], *old;
	uint32_t at;

	reach(&n->standing, &n->standing_cap, fresh->place);
	at = n->standing[fresh->place];
	old = at ? &w->sayings.all[at - 1] : NULL;
	if (old && !entry_supersedes(fresh->head.hlc, &fresh->id, old->head.hlc, &old->id))
		return false;
	if (old)
		count_id(n, &old->id, UINT64_MAX);
	count_id(n, &fresh->id, 1);
	n->standing[fresh->place] = saying + 1;
	return true;
}

bool disk_is_beyond_room(const struct world *w, const struct node *n, uint32_t saying)
{
	const struct saying *of = &w->sayings.all[saying];
	enum room room = entry_room(of->head.field);
	uint32_t newer = 0;

	for (uint32_t place = 0; place < n->standing_cap; place++) {
		const struct saying *s = n->standing[place] ? &w->sayings.all[n->standing[place] - 1] : NULL;

		newer += s && place != of->place && entry_room(s->head.field) == room &&
			 public_key_equal(&s->author, &of->author) &&
			 entry_is_newer(s->head.hlc, &s->id, of->head.hlc, &of->id);
	}
	return newer >= room_registers_max(room);
}

bool time_allows(const struct saying *saying, struct node_time time)
{
	uint32_t days = retention_days(entry_retention(saying->head.kind)), today = time.wall_s / EPOCH_S;

	if (time.quality != TIME_SET)
		return true;
	return hlc_epoch(saying->head.hlc) <= ((uint64_t)time.wall_s + AHEAD_MAX_S) / EPOCH_S &&
	       (today <= days || hlc_epoch(saying->head.hlc) >= today - days);
}

/* Nobody new could verify what has no card that is kept. */
static bool card_allows(const struct world *w, const struct node *n, const struct saying *saying)
{
	for (uint32_t place = 0; place < n->standing_cap; place++) {
		const struct saying *s = n->standing[place] ? &w->sayings.all[n->standing[place] - 1] : NULL;

		if (s && s->head.kind == ENTRY_CARD && public_key_equal(&s->author, &saying->author))
			return time_allows(s, n->told);
	}
	return n->told.quality != TIME_SET;
}

/* What stands may leave for four reasons: its time or that of its author's card is over, its author owns too much, or the set is
 * too small. */
static bool may_leave(const struct world *w, const struct node *n, uint32_t saying)
{
	const struct saying *s = &w->sayings.all[saying];

	return n->role != ROLE_HONEST || !time_allows(s, n->told) || !card_allows(w, n, s) ||
	       disk_is_beyond_room(w, n, saying);
}

static void note_let_go(const struct world *w, struct node *n, uint32_t place)
{
	uint32_t old = n->let_go_cap;

	if (place >= old) {
		n->let_go_cap = 2 * place + 64;
		n->let_go_ms = realloc(n->let_go_ms, n->let_go_cap * sizeof *n->let_go_ms);
		assert(n->let_go_ms);
		memset(n->let_go_ms + old, 0, (n->let_go_cap - old) * sizeof *n->let_go_ms);
	}
	n->let_go_ms[place] = w->now_ms;
}

bool disk_let_go_since(const struct node *n, uint32_t place, uint64_t since_ms)
{
	return place < n->let_go_cap && n->let_go_ms[place] && n->let_go_ms[place] >= since_ms;
}

/* Its author still holds to it: in a year that is renewed long before it leaves anybody. */
static bool is_still_used(const struct world *w, const struct saying *s)
{
	for (uint32_t i = 0; w->plan.story == STORY_YEAR && i < w->plan.honest; i++) {
		uint32_t has = disk_standing(&w->nodes[i], s->place);

		if (public_key_equal(&w->nodes[i].key.public, &s->author))
			return has != SAYING_NONE && host_upkeep_uses(&w->sayings.all[has]);
	}
	return false;
}

void disk_drop(struct world *w, struct node *n, const struct sync_drop *drop)
{
	struct row *row = &n->rows[drop->handle - 1];
	const struct saying *s;

	if (!drop->handle || drop->handle > n->row_count || row->state != ROW_STANDS)
		world_fail(w, "node %u drops row %llu, which is not there", n->index, (unsigned long long)drop->handle);
	s = &w->sayings.all[row->saying];
	if (n->role != ROLE_EVIL && !entry_id_equal(&s->id, &drop->id))
		world_fail(w, "node %u drops row %llu under another id", n->index, (unsigned long long)drop->handle);
	row->state = ROW_DROPPED;
	if (n->row_of[row->saying] != drop->handle)
		return; /* the same entry stands in another row */
	n->row_of[row->saying] = 0;
	if (disk_standing(n, s->place) != row->saying)
		return;
	if (!may_leave(w, n, row->saying))
		world_fail(w, "node %u drops saying %u, which stands", n->index, row->saying);
	if (is_still_used(w, s))
		world_fail(w, "node %u lets go of saying %u (%.1f days old), which is used", n->index, row->saying,
			   world_days_since(w, s->head.hlc.time));
	world_say(w, "node %u lets go of saying %u", n->index, row->saying);
	n->standing[s->place] = 0;
	note_let_go(w, n, s->place);
	count_id(n, &s->id, UINT64_MAX);
}
