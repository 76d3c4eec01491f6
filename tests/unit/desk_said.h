/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What was said at a desk, as time goes by: said, looked at, changed by a keeper. Include cmocka.h first. */
#ifndef AIDMESH_TESTS_DESK_SAID_H
#define AIDMESH_TESTS_DESK_SAID_H

#include "node/picture/ref_text.h"
#include "proto/field.h"
#include "tests/unit/desk_node.h"

enum { DAY = EPOCH_S };

static inline const struct public_key *this_one(const struct node *n)
{
	return &n->first.key;
}

static mono_ms mono;

static inline void tick(struct node *n)
{
	sync_tick(n->at.sync, ++mono, n->desk.time);
}

/* A minute after the one before. */
static inline const char *say(struct node *n, struct door_request request)
{
	n->desk.time.wall_s += 60;
	tick(n);
	return ask(n, request);
}

static inline struct fold *fold_now(struct node *n)
{
	picture_refresh(n->at.picture, n->desk.time.wall_s);
	return picture_fold(n->at.picture, n->desk.time.wall_s);
}

static inline struct fold_line line_of(struct node *n, const char *full)
{
	struct fold_line line;
	struct ref ref = { 0, 0 };
	bool has_author;
	uint32_t index;

	assert_true(ref_text_read(&ref, &has_author, full));
	index = fold_find(fold_now(n), FOLD_LINES, ref);
	if (index == UINT32_MAX)
		fail_msg("%s is gone", full);
	fold_line(fold_now(n), index, &line);
	return line;
}

static inline struct entry said(struct node *n, const char *full)
{
	struct fold_line line = line_of(n, full);
	struct entry e;

	fold_read(fold_now(n), line.record.own, &e);
	return e;
}

static inline uint32_t held(const struct node *n)
{
	struct sync_status status;

	sync_status(n->at.sync, &status);
	return status.entries;
}

/* Somebody else's entry, as it comes from a neighbour. */
static inline void hear(struct node *n, struct entry *e)
{
	uint8_t bytes[ENTRY_SIZE_MAX];
	struct view entry = { .data = bytes };

	assert_int_equal(entry_sign(bytes, &entry.size, e, n->second.secret_key), ENTRY_OK);
	assert_int_equal(sync_publish(n->at.sync, entry, &n->second.key, 0), SYNC_OK);
	commit_now(n->at.commit);
}

/* A keeper makes of it a need for 40. */
static inline void change_as_keeper(struct node *n, const char *need)
{
	struct fold_line line = line_of(n, need);
	struct entry own, change = { .kind = ENTRY_LINE };

	fold_read(fold_now(n), line.record.own, &own);
	change.author = public_key_hint(&n->second.key);
	change.number = 77;
	change.hlc = (struct hlc){ .time = n->desk.time.wall_s + 1 };
	change.line.item = own.line.item;
	change.line.quantity_milli = 40000;
	change.line.amends = (struct amends){ .of = { own.author, own.number },
					      .named_count = 1,
					      .named = { { LINE_FIELD_GOODS, field_hash(&own, LINE_FIELD_GOODS) } } };
	hear(n, &change);
	assert_false(line_of(n, need).record.own == line_of(n, need).record.standing);
}

static inline struct door_request line(enum view_line_kind kind, uint64_t quantity)
{
	return (struct door_request){ .verb = DOOR_LINE,
				      .fields = DOOR_ITEM | DOOR_QUANTITY | DOOR_SITE_REF |
						(kind == VIEW_NEED ? DOOR_WITHIN : 0),
				      .line_kind = kind,
				      .item = "blanket",
				      .quantity_milli = quantity * 1000,
				      .within_h = 24,
				      .site = "Oak" };
}

#endif
