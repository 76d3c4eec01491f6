/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who may speak for what: references, keepers, vouches. */
#include "sync/fold/fold_state.h"
#include "sync/set/sort.h"

static uint64_t hint_of(const struct fold *f, uint32_t author)
{
	return public_key_hint(&f->authors.table[author].key);
}

static int by_hint(const void *ctx, uint32_t a, uint32_t b)
{
	const struct fold *f = ctx;
	uint64_t x = hint_of(f, a), y = hint_of(f, b);

	if (x != y)
		return x < y ? -1 : 1;
	return a < b ? -1 : a > b;
}

static int by_key(const void *ctx, uint32_t a, uint32_t b)
{
	const struct fold *f = ctx;

	return memcmp(f->authors.table[a].key.bytes, f->authors.table[b].key.bytes, sizeof(struct public_key));
}

static void index_authors(struct fold *f)
{
	f->hint_count = 0;
	f->authors_run = f->authors.count;
	for (uint32_t i = 0; i < f->authors.count; i++) {
		f->vouches[i] = FOLD_NONE;
		if (f->authors.table[i].entry_count)
			f->by_hint[f->hint_count++] = i;
	}
	assert(f->hint_count <= f->authors_run);
	memcpy(f->reach.found, f->by_hint, f->hint_count * sizeof *f->reach.found);
	sort_numbers(f->reach.found, f->hint_count, by_key, f);
	for (uint32_t i = 0; i < f->hint_count; i++)
		f->rank[f->reach.found[i]] = i;
	sort_numbers(f->by_hint, f->hint_count, by_hint, f);
	for (uint32_t i = 0; i < f->hint_count; i++)
		f->hints[i] = hint_of(f, f->by_hint[i]);
}

/* Where authors with this hint begin. */
static uint32_t first_of_hint(const struct fold *f, uint64_t hint)
{
	uint32_t low = 0, high = f->hint_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (f->hints[mid] < hint)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The only author with this hint; AUTHOR_NONE when there is none, or more than one. */
static uint16_t author_of_hint(const struct fold *f, uint64_t hint)
{
	uint32_t at = first_of_hint(f, hint);

	if (at == f->hint_count || f->hints[at] != hint)
		return AUTHOR_NONE;
	if (at + 1 < f->hint_count && f->hints[at + 1] == hint)
		return AUTHOR_NONE;
	assert(f->by_hint[at] < f->authors_run);
	return (uint16_t)f->by_hint[at];
}

/* The same by the whole key. */
static uint16_t author_of_key(const struct fold *f, const struct public_key *key)
{
	uint16_t author = author_of_hint(f, public_key_hint(key));

	return author != AUTHOR_NONE && public_key_equal(&f->authors.table[author].key, key) ? author : AUTHOR_NONE;
}

uint32_t fold_rights_keys_of_hint(const struct fold *f, uint64_t hint)
{
	uint32_t first = first_of_hint(f, hint), at = first;

	while (at < f->hint_count && f->hints[at] == hint)
		at++;
	return at - first;
}

fold_slot fold_rights_find(const struct fold *f, enum entry_kind kind, struct ref ref)
{
	uint16_t author = ref_is_none(ref) ? AUTHOR_NONE : author_of_hint(f, ref.author);
	fold_slot slot = author == AUTHOR_NONE ? FOLD_NONE : fold_regs_find(f, author, kind, ref.number);

	return slot != FOLD_NONE && (reg_at(f, slot)->flags & REG_BROKEN) ? FOLD_NONE : slot;
}

/* A line that carries is the record, or leads to it. */
fold_slot fold_rights_resolve(const struct fold *f, enum entry_kind kind, struct ref ref)
{
	fold_slot slot = fold_rights_find(f, kind, ref);
	const struct reg *r;

	if (kind != ENTRY_LINE || ref_is_none(ref))
		return slot;
	if (slot == FOLD_NONE)
		return fold_rights_keys_of_hint(f, ref.author) > 1 ? FOLD_NONE : fold_carried_find(f, ref);
	r = reg_at(f, slot);
	if (!(r->flags & REG_LEARNED) || !(r->flags & REG_CARRIES) || (r->flags & REG_OWN))
		return slot;
	return f->is_void ? FOLD_NONE : r->line.version.own;
}

/* Trust registers in groups that speak about the same: (author, what about, key, site), the newest last. */

static bool is_about_keepers(const struct reg *r)
{
	return r->what == TRUST_KEEPER || r->what == TRUST_KEEPER_END;
}

static int by_subject(const struct fold *f, fold_slot a, fold_slot b)
{
	const struct reg *x = reg_at(f, a), *y = reg_at(f, b);
	int order = (int)x->author - (int)y->author;
	struct facts one, other;

	if (!order)
		order = (int)is_about_keepers(x) - (int)is_about_keepers(y);
	if (order)
		return order;
	one = fold_facts_of(f, a);
	other = fold_facts_of(f, b);
	order = memcmp(one.bytes.data, other.bytes.data, sizeof(struct public_key));
	if (!order && is_about_keepers(x))
		order = ref_compare(fold_facts_ref(&one, FACT_FROM), fold_facts_ref(&other, FACT_FROM));
	return order;
}

static int by_subject_then_time(const void *ctx, uint32_t a, uint32_t b)
{
	int order = by_subject(ctx, a, b);

	if (order || a == b)
		return order;
	return fold_regs_is_later(ctx, a, b) ? 1 : -1;
}

/* False: there are enough of them. */
static bool hang(struct fold *f, fold_slot *head, fold_slot slot, uint32_t length_max)
{
	struct reg *r = reg_at(f, slot);
	uint32_t length = *head == FOLD_NONE ? 1 : reg_at(f, *head)->trust.length + 1u;

	if (length > length_max)
		return false;
	assert(length > 0 && length <= UINT16_MAX);
	r->trust.length = (uint16_t)length;
	r->trust.next = *head;
	*head = slot;
	return true;
}

static bool gives(const struct reg *r)
{
	return r->what == TRUST_VOUCH || r->what == TRUST_KEEPER;
}

/* The last time at which the end of a right leaves it. An end may say that nothing counts since an earlier day, or nothing at
 * all. */
static uint32_t right_until(const struct fold *f, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);
	uint64_t since = fold_facts_of(f, slot).values[FACT_SINCE];

	return since && since < r->time ? (uint32_t)since - 1 : r->time;
}

/* A span in which somebody had a right, hung onto the site (keepers), or onto both authors (vouches). They come in the
 * order of their keys. */
static void hang_right(struct fold *f, fold_slot slot)
{
	struct reg *r = reg_at(f, slot);
	struct facts facts = fold_facts_of(f, slot);
	struct public_key key = fold_facts_key(&facts);
	fold_slot site;

	assert(r->kind == ENTRY_TRUST);
	if (is_about_keepers(r)) {
		r->trust.to = authors_find(&f->authors, &key);
		site = fold_rights_resolve(f, ENTRY_SITE, fold_facts_ref(&facts, FACT_FROM));
		if (site != FOLD_NONE && reg_at(f, site)->author == r->author)
			(void)hang(f, &reg_at(f, site)->site.keepers, slot, FOLD_KEEPERS_MAX);
		return;
	}
	r->trust.to = author_of_key(f, &key);
	if (r->trust.to == AUTHOR_NONE ||
	    (r->trust.until == FOLD_NOW && !hang(f, &f->vouches[r->author], slot, FOLD_VOUCHES_PER_AUTHOR_MAX)))
		return;
	r->trust.other = f->vouched[r->trust.to];
	f->vouched[r->trust.to] = slot;
}

/* All words about one subject, the newest last: each gift of a right holds from when it was said until the first end after
 * it. An end whose gift is no longer here ends one that was given before all that is known. */
static void hang_subject(struct fold *f, const fold_slot *words, uint32_t count)
{
	uint32_t until = FOLD_NOW;

	reg_at(f, words[count - 1])->flags |= REG_STANDS;
	for (uint32_t i = count; i-- > 0;) {
		struct reg *r = reg_at(f, words[i]);

		if (!gives(r) && right_until(f, words[i]) < until)
			until = right_until(f, words[i]);
		r->trust.from = gives(r) ? r->time : 0;
		r->trust.until = until;
		if (i == 0 && gives(r))
			r->flags |= REG_FIRST;
		/* Said again while it holds, it is the same right. */
		if (i == 0 || (gives(r) && !gives(reg_at(f, words[i - 1]))))
			hang_right(f, words[i]);
	}
}

static void collect_trust(struct fold *f)
{
	uint32_t count = 0;

	memset(f->vouched, 0xFF, f->authors.count * sizeof *f->vouched);
	for (fold_slot slot = regs_next(f, FOLD_NONE); slot != FOLD_NONE; slot = regs_next(f, slot))
		if (reg_at(f, slot)->kind == ENTRY_TRUST && !(reg_at(f, slot)->flags & REG_BROKEN))
			f->work[count++] = slot;
	assert(count <= f->count);
	sort_numbers(f->work, count, by_subject_then_time, f);
	for (uint32_t from = 0, to; from < count; from = to) {
		to = from + 1;
		while (to < count && by_subject(f, f->work[from], f->work[to]) == 0)
			to++;
		hang_subject(f, f->work + from, to - from);
	}
}

void fold_rights_run(struct fold *f)
{
	f->reach.from = AUTHOR_NONE;
	index_authors(f);
	collect_trust(f);
}

bool fold_rights_keeps(const struct fold *f, fold_slot site, uint16_t author, uint32_t when_s)
{
	assert(reg_at(f, site)->kind == ENTRY_SITE);
	if (reg_at(f, site)->author == author)
		return true;
	for (fold_slot at = reg_at(f, site)->site.keepers; at != FOLD_NONE; at = reg_at(f, at)->trust.next)
		if (reg_at(f, at)->trust.to == author && fold_rights_held(reg_at(f, at), when_s))
			return true;
	return false;
}

/* Who said it first may go on speaking of it. */
static bool is_carried_for(const struct fold *f, fold_slot record, uint16_t author)
{
	return fold_carried_is(f, record) && author_of_hint(f, fold_carried_for(f, record).author) == author;
}

bool fold_rights_may(const struct fold *f, fold_slot record, uint16_t author, uint32_t when_s)
{
	const struct reg *r = reg_at(f, record);
	fold_slot site = r->kind == ENTRY_SITE ? record : FOLD_NONE;

	assert(r->kind == ENTRY_SITE || r->kind == ENTRY_LINE);
	if (r->kind == ENTRY_LINE && (r->flags & REG_OWN))
		site = r->line.version.site;
	return r->author == author || (site != FOLD_NONE && fold_rights_keeps(f, site, author, when_s)) ||
	       is_carried_for(f, record, author);
}

bool fold_rights_is_author(const struct fold *f, uint64_t hint, uint16_t author)
{
	return author != AUTHOR_NONE && author_of_hint(f, hint) == author;
}

bool fold_rights_vouches(const struct fold *f, uint64_t hint, uint16_t to)
{
	uint16_t from = author_of_hint(f, hint);

	if (from == AUTHOR_NONE || from == to)
		return from == to;
	for (fold_slot v = f->vouches[from]; v != FOLD_NONE; v = reg_at(f, v)->trust.next)
		if (reg_at(f, v)->trust.to == to)
			return true;
	return false;
}
