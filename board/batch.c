/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/batch.h"

#include <assert.h>
#include <stdlib.h>

struct slot {
	struct batch *batch;
	size_t index;
	bool used;
};

struct batch {
	const struct board_door *door;
	struct batch_ops ops;
	void *user;
	enum batch_patience patience;
	size_t count, next, under_way;
	size_t again[BATCH_UNDER_WAY_MAX]; /* refused as busy: to be submitted again, before `next` */
	size_t again_count;
	unsigned retries; /* in a row */
	bool pumping, cancelled, closing;
	uv_timer_t timer; /* the only one: the door is busy and nothing of ours is under way */
	struct slot slots[BATCH_UNDER_WAY_MAX];
};

static void batch_pump(struct batch *b);

static void on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void batch_free(struct batch *b)
{
	assert(!b->closing && b->under_way == 0);
	assert(b->cancelled || (b->again_count == 0 && b->next == b->count)); /* all are answered */
	b->closing = true;
	uv_close((uv_handle_t *)&b->timer, on_closed);
}

static void on_timer(uv_timer_t *timer)
{
	batch_pump(timer->data);
}

static void on_done(void *user, const struct door_answer *answer)
{
	struct slot *slot = user;
	struct batch *b = slot->batch;

	assert(slot->used && slot->index < b->next);
	assert(b->under_way > 0);
	slot->used = false;
	b->under_way--;
	if (!b->cancelled) {
		if (answer->rc == DOOR_E_BUSY && b->patience == BATCH_WAITS && b->retries < BATCH_RETRIES_MAX) {
			assert(b->under_way + b->again_count < BATCH_UNDER_WAY_MAX);
			b->again[b->again_count++] = slot->index;
		} else {
			if (answer->rc != DOOR_E_BUSY)
				b->retries = 0;
			b->ops.answer(b->user, slot->index, answer);
		}
	}
	batch_pump(b);
}

static void submit(struct batch *b, size_t index)
{
	struct door_request request = { 0 };
	struct slot *slot = b->slots;

	assert(index < b->next && b->next <= b->count);
	assert(b->under_way < BATCH_UNDER_WAY_MAX); /* one slot is free */
	if (!b->ops.request(b->user, index, &request))
		return;
	while (slot->used)
		slot++;
	*slot = (struct slot){ .batch = b, .index = index, .used = true };
	b->under_way++;
	b->door->submit(b->door->ctx, &request, on_done, slot);
}

/* What was refused goes first, and alone: while something is under way its end is the sign to try again. */
static void pump_again(struct batch *b)
{
	size_t count = b->again_count;

	for (size_t i = 0; i < count && b->again_count > 0; i++) {
		size_t index = b->again[0], before = b->again_count - 1;

		for (size_t j = 0; j < before; j++)
			b->again[j] = b->again[j + 1];
		b->again_count = before;
		submit(b, index);
		if (b->again_count > before)
			return;
	}
}

static void batch_pump(struct batch *b)
{
	if (b->pumping)
		return; /* the door answered at once: the loop below goes on */
	b->pumping = true;
	if (!b->cancelled)
		pump_again(b);
	while (!b->cancelled && b->again_count == 0 && b->next < b->count && b->under_way < BATCH_UNDER_WAY_MAX)
		submit(b, b->next++);
	b->pumping = false;
	if (b->cancelled) {
		if (b->under_way == 0)
			batch_free(b);
		return;
	}
	if (b->again_count > 0 && b->under_way == 0) {
		b->retries++;
		uv_timer_start(&b->timer, on_timer, BATCH_RETRY_MS, 0);
		return;
	}
	if (b->next == b->count && b->under_way == 0 && b->again_count == 0) {
		batch_free(b);
		b->ops.finished(b->user);
	}
}

struct batch *batch_start(bool *failed, uv_loop_t *loop, const struct board_door *door, size_t count,
			  enum batch_patience patience, const struct batch_ops *ops, void *user)
{
	struct batch *b = calloc(1, sizeof(*b));

	*failed = b == NULL;
	if (b == NULL)
		return NULL;
	b->door = door;
	b->ops = *ops;
	b->user = user;
	b->patience = patience;
	b->count = count;
	uv_timer_init(loop, &b->timer);
	b->timer.data = b;
	batch_pump(b);
	return b->closing ? NULL : b;
}

void batch_cancel(struct batch *b)
{
	assert(!b->cancelled && !b->closing);
	b->cancelled = true;
	if (b->under_way == 0 && !b->pumping)
		batch_free(b);
}
