/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/history/history.h"

#include <stdlib.h>
#include <string.h>

#include "node/picture/picture_state.h"
#include "node/picture/ref_text.h"
#include "node/system/clock.h"

/* One version of one register. */
struct version {
	struct entry entry;
	struct public_key author;
	bool stands;
};

struct versions_seen {
	const struct history *history;
	struct fold *fold;
	struct ref record; /* whose words are collected */
	struct version *all;
	size_t count, room;
	bool failed; /* memory is out: what was collected until then is shown */
};

static void collect(struct versions_seen *v, const struct version *version)
{
	if (v->count == v->room) {
		size_t room = v->room ? 2 * v->room : 32;
		struct version *grown = realloc(v->all, room * sizeof *grown);

		if (!grown) {
			v->failed = true;
			return;
		}
		v->all = grown;
		v->room = room;
	}
	v->all[v->count++] = *version;
}

static void on_word(void *user, fold_slot word)
{
	struct versions_seen *v = user;
	struct version version = { .author = *fold_author_of(v->fold, word), .stands = true };

	fold_read_change(v->fold, word, &version.entry);
	collect(v, &version);
}

static bool names(const struct entry *e, struct ref record)
{
	switch (e->kind) {
	case ENTRY_SITE:
		return ref_equal(e->site.amends.of, record);
	case ENTRY_LINE:
		return ref_equal(e->line.amends.of, record);
	case ENTRY_MOVE:
		return ref_equal(e->move.of, record) || ref_equal(e->move.from, record);
	case ENTRY_NOTE:
		return ref_equal(e->note.of, record) || ref_equal(e->note.other, record);
	case ENTRY_CARD:
	case ENTRY_TRUST:
	case ENTRY_UNKNOWN:
		break;
	}
	return false;
}

static bool is_same_register(const struct version *v, const struct public_key *author, const struct entry *e)
{
	return v->entry.kind == e->kind && v->entry.number == e->number && public_key_equal(&v->author, author);
}

static bool is_collected(const struct versions_seen *v, const struct version *past)
{
	bool found = false;

	for (size_t i = 0; i < v->count && !found; i++)
		found = is_same_register(&v->all[i], &past->author, &past->entry);
	return found;
}

/* An earlier version of a word that was collected, or what named the record then. */
static bool on_past(void *user, struct view bytes, const struct public_key *author)
{
	struct versions_seen *v = user;
	struct version past = { .author = *author };

	if (entry_decode(&past.entry, bytes) != ENTRY_OK)
		return true;
	if (is_collected(v, &past) || names(&past.entry, v->record))
		collect(v, &past);
	return !v->failed;
}

/* What was replaced a moment ago is still a row of its own, until the next transaction moves it. */
static bool on_row(void *user, uint64_t handle, struct view bytes, const struct public_key *author)
{
	struct versions_seen *v = user;
	struct version past = { .author = *author };

	(void)handle;
	if (entry_decode(&past.entry, bytes) == ENTRY_OK && is_collected(v, &past))
		collect(v, &past);
	return !v->failed;
}

/* The oldest first, the versions of a moment side by side. */
static int by_time(const void *a, const void *b)
{
	const struct version *x = a, *y = b;
	int order = hlc_compare(x->entry.hlc, y->entry.hlc);

	if (!order)
		order = memcmp(x->author.bytes, y->author.bytes, sizeof x->author.bytes);
	if (!order && x->entry.number != y->entry.number)
		order = x->entry.number < y->entry.number ? -1 : 1;
	return order ? order : (int)x->stands - (int)y->stands;
}

/* Of a word that was renewed, or heard again, one version is enough: the one that stands. */
static void drop_renewed(struct versions_seen *v)
{
	size_t kept = 0;

	for (size_t i = 0; i < v->count; i++) {
		struct version *last = kept ? &v->all[kept - 1] : NULL;

		if (last && is_same_register(last, &v->all[i].author, &v->all[i].entry) &&
		    hlc_is_same(last->entry.hlc, v->all[i].entry.hlc))
			*last = v->all[i];
		else
			v->all[kept++] = v->all[i];
	}
	v->count = kept;
}

static const struct entry *earlier_of(const struct versions_seen *v, size_t index)
{
	for (size_t at = index; at-- > 0;)
		if (is_same_register(&v->all[at], &v->all[index].author, &v->all[index].entry))
			return &v->all[at].entry;
	return NULL;
}

/* False: it changed nothing, and is no row. */
static bool word_view(const struct versions_seen *v, size_t index, struct view_word *view)
{
	const struct version *version = &v->all[index];
	const struct entry *e = &version->entry;
	struct picture *picture = v->history->picture;

	*view = (struct view_word){ .when = clock_unix_of(e->hlc.time), .stands = version->stands };
	history_tell(&view->said, picture, earlier_of(v, index), e);
	picture_ref_text(picture, (struct ref){ public_key_hint(&version->author), e->number }, view->ref);
	picture_author_name(picture, &version->author, view->author);
	view->trust = picture_trust(picture, &version->author);
	return !said_is_empty(&view->said);
}

static size_t show(const struct versions_seen *v, view_word_cb cb, void *user)
{
	size_t total = 0;
	bool more = true;

	for (size_t i = v->count; i-- > 0;) {
		struct view_word view;

		if (!word_view(v, i, &view) || total++ >= HISTORY_MAX || !more)
			continue;
		more = cb(user, &view);
	}
	return total;
}

size_t history_each(const struct history *h, const char *text, view_word_cb cb, void *user)
{
	struct versions_seen v = { .history = h };
	struct fold_record record;
	struct picture_hit hit;
	size_t total;

	if (picture_find(h->picture, h->now_s, text, &hit) != FOUND_ONE &&
	    picture_find_site(h->picture, h->now_s, text, &hit) != FOUND_ONE)
		return SIZE_MAX;
	v.fold = picture_fold(h->picture, h->now_s);
	v.record = hit.ref;
	fold_record(v.fold, hit.list, hit.index, &record);
	fold_each_word(v.fold, hit.list, record.own, on_word, &v);
	if (store_each(h->store, on_row, &v) == STORE_OK)
		store_each_past(h->store, (uint16_t)(h->now_s / EPOCH_S), on_past, &v);
	if (v.count)
		qsort(v.all, v.count, sizeof *v.all, by_time);
	drop_renewed(&v);
	total = show(&v, cb, user);
	free(v.all);
	return total;
}

/* One register. */

struct looking {
	const struct public_key *author;
	const struct entry *before;
	struct entry *earlier;
	bool found;
};

static bool on_earlier(void *user, struct view bytes, const struct public_key *author)
{
	struct looking *l = user;
	struct entry e;

	if (!public_key_equal(author, l->author) || entry_decode(&e, bytes) != ENTRY_OK || e.kind != l->before->kind ||
	    e.number != l->before->number || hlc_compare(e.hlc, l->before->hlc) >= 0 ||
	    (l->found && hlc_compare(e.hlc, l->earlier->hlc) < 0))
		return true;
	*l->earlier = e;
	l->found = true;
	return true;
}

static bool on_earlier_row(void *user, uint64_t handle, struct view bytes, const struct public_key *author)
{
	(void)handle;
	return on_earlier(user, bytes, author);
}

bool history_find_before(const struct history *h, const struct public_key *author, const struct entry *before,
			 struct entry *earlier)
{
	struct looking l = { .author = author, .before = before, .earlier = earlier };

	if (store_each(h->store, on_earlier_row, &l) == STORE_OK)
		store_each_past(h->store, (uint16_t)(h->now_s / EPOCH_S), on_earlier, &l);
	return l.found;
}
