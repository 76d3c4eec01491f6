/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tests/sim/host.h"

#include <stdlib.h>
#include <string.h>

#include "tests/sim/air.h"
#include "tests/sim/check.h"
#include "tests/sim/contact.h"
#include "tests/sim/disk.h"
#include "tests/sim/host_date.h"
#include "tests/sim/promise.h"

enum { CANARY = 0xC7, OVERDUE_MS = 20, MEMORY_DIRT_MAX = 1 << 22, AGAIN_MS = 5000 };

/* What the callback of the engine knows: who asks. */
struct asked {
	_Alignas(16) struct world *w; /* what follows in the same memory is aligned */
	uint32_t node;
};

static enum sync_rc load(void *ctx, uint64_t handle, struct view *bytes)
{
	const struct asked *asked = ctx;
	struct world *w = asked->w;
	const struct node *n = &w->nodes[asked->node];

	if (!handle || handle > n->row_count || n->rows[handle - 1].state != ROW_STANDS)
		world_fail(w, "node %u reads row %llu, which is not there", n->index, (unsigned long long)handle);
	if (n->role == ROLE_EVIL && has_fault(w, FAULT_WITHHOLD) && dice_permille(&w->attack, 500))
		return SYNC_E_FULL;
	*bytes = saying_bytes(&w->sayings.all[n->rows[handle - 1].saying]);
	return SYNC_OK;
}

void host_init(struct world *w, struct node *n, uint32_t carriers_max)
{
	uint32_t nodes = w->plan.honest + w->plan.evil;

	n->config = (struct sync_config){ .entries_max = w->plan.entries_max,
					  .authors_max = 3 * nodes + 300,
					  .carriers_max = carriers_max,
					  .changes_max = 256,
					  .pending_max = dice_between(&w->disk, 1, 64) };
	if (n->role == ROLE_SMALL)
		n->config.entries_max = dice_between(&w->disk, 1, 60);
	n->key = key_make(&w->people, w->plan.signing);
	n->commit_ms = dice_between(&w->disk, 0,
				    has_fault(w, FAULT_SLOW)      ? 4000
				    : w->plan.story == STORY_PAIR ? 10
								  : 60);
	n->batch_max =
		has_fault(w, FAULT_SLOW) && dice_permille(&w->disk, 500) ? dice_between(&w->disk, 1, 5) : BATCH_MAX;
	n->synchronised = true;
	n->machine = 1;
	for (uint32_t i = 0; i < SESSIONS_PER_NODE_MAX; i++)
		n->sessions[i] = NONE;
}

void host_fini(struct node *n)
{
	free(n->memory);
	free(n->batch);
	free(n->deletes);
	disk_fini(n);
}

mono_ms host_mono(const struct world *w, const struct node *n)
{
	return w->now_ms + n->mono_base;
}

struct node_time host_time(const struct world *w, const struct node *n)
{
	/* A liar says what suits it. */
	if (n->role == ROLE_EVIL)
		return (struct node_time){ .wall_s = (uint32_t)(world_true_s(w) + n->offset_s), .quality = TIME_SET };
	return date_time(&n->date);
}

void host_drain(struct world *w, struct node *n)
{
	struct sync_drop drop;

	while (sync_next_drop(n->sync, &drop)) {
		disk_drop(w, n, &drop);
		if (n->delete_count == n->delete_cap) {
			n->delete_cap = n->delete_cap ? 2 * n->delete_cap : 64;
			n->deletes = realloc(n->deletes, n->delete_cap * sizeof *n->deletes);
			assert(n->deletes);
		}
		n->deletes[n->delete_count++] = (uint32_t)(drop.handle - 1);
	}
}

/* Starting. */

/* Memory that nobody cleared, with canaries on both sides. */
static void place_engine(struct world *w, struct node *n)
{
	struct asked *asked;
	struct sync_host host = { .load = load };
	size_t size;

	n->config.seed = dice_u64(&w->disk);
	size = sync_footprint(&n->config);
	n->memory_size = size;
	n->memory = malloc(sizeof *asked + 2 * CANARY_SIZE + size);
	assert(n->memory);
	asked = (struct asked *)(void *)n->memory;
	*asked = (struct asked){ .w = w, .node = n->index };
	static_assert(sizeof(struct asked) % 16 == 0 && CANARY_SIZE % 16 == 0, "what follows is aligned");
	memset(check_canary(n, 0), CANARY, CANARY_SIZE);
	if (size <= MEMORY_DIRT_MAX && w->plan.story != STORY_CROWD)
		memset(n->memory + sizeof *asked + CANARY_SIZE, 0xA5, size);
	memset(check_canary(n, 1), CANARY, CANARY_SIZE);
	host.ctx = asked;
	n->sync = sync_init(n->memory + sizeof *asked + CANARY_SIZE, size, &n->config, &host);
	assert(n->sync);
}

static void restore_row(struct world *w, struct node *n, uint32_t row)
{
	const struct saying *s = &w->sayings.all[n->rows[row].saying];
	struct entry_id id = { { 0 } };
	enum sync_rc rc = sync_restore(n->sync, &id, row + 1, saying_bytes(s), &s->author);
	bool stands = disk_stand(w, n, n->rows[row].saying);

	if (n->role != ROLE_EVIL && (rc != SYNC_OK || !stands) && rc != SYNC_E_STALE)
		world_fail(w, "node %u restores row %u: %d", n->index, row, (int)rc);
	if (n->role != ROLE_EVIL && !entry_id_equal(&id, &s->id))
		world_fail(w, "node %u restores row %u under another id", n->index, row);
	host_drain(w, n);
}

/* In any order: a transaction may have been written before or after another. */
static void restore_rows(struct world *w, struct node *n)
{
	uint32_t *order = calloc(n->row_count + 1, sizeof *order), count = 0;

	assert(order);
	disk_forget_standing(n);
	for (uint32_t row = 0; row < n->row_count; row++)
		if (n->rows[row].state != ROW_DELETED) {
			uint32_t at = dice_below(&w->disk, count + 1);

			disk_reappear(n, row);
			order[count++] = order[at];
			order[at] = row;
		}
	for (uint32_t i = 0; i < count; i++)
		restore_row(w, n, order[i]);
	free(order);
}

void host_boot(struct world *w, struct node *n)
{
	uint32_t on_disk = 0, mono;

	assert(!n->sync);
	for (uint32_t row = 0; row < n->row_count; row++)
		on_disk += n->rows[row].state != ROW_DELETED;
	if (n->config.entries_max < on_disk)
		n->config.entries_max = on_disk; /* as engine.h says: instead of losing some */
	n->boot++;
	mono = dice_below(&w->disk, 1000000);
	if (n->machine_began != n->machine)
		n->mono_base = mono;
	n->machine_began = n->machine;
	n->delete_count = n->batch_count = 0;
	place_engine(w, n);
	world_say(w, "node %u boots with %u rows", n->index, on_disk);
	restore_rows(w, n);
	host_date_boot(w, n);
	heap_put(&w->heap, w->now_ms + world_tick_ms(w), EVENT_TICK, n->index, n->boot);
	host_tick(w, n);
	air_boot(w, n);
	host_turn(w, n);
}

void host_remember(struct world *w, struct node *n, uint32_t saying)
{
	assert(!n->sync);
	(void)disk_add(w, n, saying);
	promise_note(w, n, saying);
}

/* Stopping. */

static void write_transaction(struct world *w, struct node *n, uint64_t *handles)
{
	for (uint32_t i = 0; i < n->batch_count; i++) {
		const struct candidate *c = &n->batch[i];

		if (c->key_index == KEYS_PER_HINT_MAX)
			continue;
		check_stored(w, n, c);
		handles[i] = disk_add(w, n, c->saying);
	}
	for (uint32_t i = 0; i < n->delete_next; i++)
		disk_delete(n, n->deletes[i]);
	host_date_keep(n);
}

void host_crash(struct world *w, struct node *n)
{
	assert(n->sync);
	world_say(w, "node %u loses power%s", n->index, n->committing ? " in mid-transaction" : "");
	if (n->committing && !n->commit_fails && dice_permille(&w->disk, 500)) {
		uint64_t *handles = calloc(n->batch_count + 1, sizeof *handles);

		assert(handles);
		write_transaction(w, n, handles);
		free(handles);
	}
	contact_crash(w, n);
	air_crash(w, n);
	n->committing = false;
	n->sync = NULL;
	n->boot++;
	n->machine += dice_permille(&w->wrong, 700);
	n->timer_at_ms = 0;
	free(n->memory);
	n->memory = NULL;
}

/* Running. */

/* What was found safe is looked at again: the other side may have changed meanwhile. */
static void doubt_links(struct world *w, const struct node *n)
{
	for (uint32_t i = 0; i < SESSIONS_PER_NODE_MAX; i++)
		if (n->sessions[i] != NONE) {
			struct session *s = &w->sessions[n->sessions[i]];

			s->proved[s->ends[0] == n->index ? 0 : 1] = false;
		}
}

void host_tick(struct world *w, struct node *n)
{
	doubt_links(w, n);
	host_date_read(w, n);
	if (n->role == ROLE_EVIL) {
		n->told = host_time(w, n);
		sync_tick(n->sync, host_mono(w, n), n->told);
		host_drain(w, n);
	}
	host_turn(w, n);
}

enum sync_rc host_publish(struct world *w, struct node *n, uint32_t saying)
{
	const struct saying *s = &w->sayings.all[saying];
	enum sync_rc rc = sync_publish(n->sync, saying_bytes(s), &s->author, TAG_PERSON);

	world_say(w, "node %u writes saying %u, field %u, number %u, time %u: %d", n->index, saying, s->head.field,
		  s->head.number, s->head.hlc.time, (int)rc);
	host_turn(w, n);
	return rc;
}

/* The signature is looked at now, the transaction ends later. */
static void take_change(struct world *w, struct node *n, const struct sync_change *change)
{
	struct view bytes = { change->bytes, change->size };
	struct candidate *c = &n->batch[n->batch_count++];

	*c = (struct candidate){ .seq = change->seq, .tag = change->tag, .saying = sayings_find(&w->sayings, bytes) };
	if (n->role == ROLE_EVIL) {
		c->key_index = c->saying == SAYING_NONE ? KEYS_PER_HINT_MAX : 0;
		return;
	}
	while (c->key_index < change->key_count && !key_verify(bytes, &change->keys[c->key_index], w->plan.signing))
		c->key_index++;
	if (c->key_index == change->key_count)
		c->key_index = KEYS_PER_HINT_MAX;
	else
		check_signer(w, n, c, &change->keys[c->key_index]);
}

static bool store_fails(struct world *w, struct node *n)
{
	if (w->now_ms < n->full_until_ms)
		return true;
	if (!n->fails_left)
		return false;
	n->fails_left--;
	return true;
}

static void start_commit(struct world *w, struct node *n)
{
	struct sync_change change;

	if (n->committing)
		return;
	if (!n->batch)
		n->batch = calloc(n->config.changes_max, sizeof *n->batch);
	assert(n->batch);
	n->batch_count = 0;
	while (n->batch_count < n->batch_max && sync_next_change(n->sync, &change))
		take_change(w, n, &change);
	if (!n->batch_count && !n->delete_count)
		return;
	n->delete_next = n->delete_count;
	n->committing = true;
	n->commit_fails = store_fails(w, n);
	/* What fails is tried again: on a disk that fails at once time would stand still. */
	heap_put(&w->heap, w->now_ms + n->commit_fails + dice_below(&w->disk, n->commit_ms + 1), EVENT_COMMIT, n->index,
		 n->boot);
}

/* The engine's verdict on what was stored, beside the plain rules'. */
static void judge(struct world *w, struct node *n, uint32_t saying, enum sync_rc rc)
{
	bool in_time = time_allows(&w->sayings.all[saying], n->told);

	if (n->role == ROLE_EVIL) {
		if (rc == SYNC_OK)
			(void)disk_stand(w, n, saying);
		return;
	}
	if (rc == SYNC_E_FULL && n->role == ROLE_HONEST)
		world_fail(w, "node %u is full at %u entries", n->index, n->stands);
	if (in_time == (rc == SYNC_E_TIME))
		world_fail(w, "node %u judges the time of saying %u: %d", n->index, saying, (int)rc);
	if (rc != SYNC_E_FULL && in_time && !disk_stand(w, n, saying) && rc == SYNC_OK)
		world_fail(w, "node %u takes saying %u for newer than it is", n->index, saying);
}

static void report(struct world *w, struct node *n, const struct candidate *c, uint64_t handle)
{
	if (n->commit_fails || c->key_index == KEYS_PER_HINT_MAX) {
		world_say(w, "node %u does not store saying %d: %s", n->index, (int)c->saying,
			  n->commit_fails ? "the disk failed" : "its signature is bad");
		sync_discarded(n->sync, c->seq, n->commit_fails ? DISCARD_STORE : DISCARD_SIGNATURE);
	} else {
		enum sync_rc rc = sync_committed(n->sync, c->seq, c->key_index, handle);

		world_say(w, "node %u stores saying %u: %d", n->index, c->saying, (int)rc);
		judge(w, n, c->saying, rc);
		if (c->tag == TAG_PERSON)
			check_taken(w, n, c->saying, rc);
		if (rc == SYNC_OK && (c->tag == TAG_PERSON || c->tag == TAG_UPKEEP))
			promise_note(w, n, c->saying);
	}
	host_drain(w, n);
}

void host_commit(struct world *w, struct node *n)
{
	uint64_t *handles = calloc(n->batch_count + 1, sizeof *handles);

	assert(n->committing && handles);
	if (n->commit_fails)
		n->again_at_ms = w->now_ms + AGAIN_MS;
	if (!n->commit_fails) {
		write_transaction(w, n, handles);
		if (n->delete_next)
			memmove(n->deletes, n->deletes + n->delete_next,
				(n->delete_count - n->delete_next) * sizeof *n->deletes);
		n->delete_count -= n->delete_next;
	}
	for (uint32_t i = 0; i < n->batch_count; i++)
		report(w, n, &n->batch[i], handles[i]);
	free(handles);
	n->committing = false;
	contact_resume(w, n);
	host_turn(w, n);
}

static void arm_timer(struct world *w, struct node *n)
{
	mono_ms due = sync_deadline(n->sync);
	uint64_t at_ms;

	if (due == MONO_NEVER)
		return;
	/* Overdue: a carrier takes no more now. It asks again itself, but another deadline may hide behind. */
	at_ms = due > host_mono(w, n) ? due - n->mono_base : w->now_ms + OVERDUE_MS;
	if (n->timer_at_ms > w->now_ms && n->timer_at_ms <= at_ms)
		return;
	n->timer_at_ms = at_ms;
	heap_put(&w->heap, at_ms, EVENT_TIMER, n->index, n->boot);
}

void host_timer(struct world *w, struct node *n)
{
	if (n->timer_at_ms != w->now_ms)
		return;
	n->timer_at_ms = 0;
	host_turn(w, n);
}

void host_turn(struct world *w, struct node *n)
{
	start_commit(w, n);
	host_date_step(w, n);
	start_commit(w, n);
	if (!host_date_is_held(n)) {
		contact_fill(w, n);
		air_fill(w, n);
	}
	arm_timer(w, n);
	check_node(w, n);
}
