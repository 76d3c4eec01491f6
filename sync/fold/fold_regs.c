/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Registers one after the other, and the two hash tables that find them. */
#include <sodium.h>

#include "sync/fold/fold_state.h"

enum { UNIT = sizeof(uint32_t) };

const uint8_t FOLD_REG_OWN_SIZE[ENTRY_TRUST + 1] = {
	[ENTRY_SITE] = sizeof(((struct reg *)NULL)->site),   [ENTRY_LINE] = sizeof(((struct reg *)NULL)->line),
	[ENTRY_MOVE] = sizeof(((struct reg *)NULL)->move),   [ENTRY_NOTE] = sizeof(((struct reg *)NULL)->note),
	[ENTRY_TRUST] = sizeof(((struct reg *)NULL)->trust),
};

/* Of the log, before it is swept. */
enum { DEAD_SHARE = 16 };

enum { OWN_AT = offsetof(struct reg, site), REG_SIZE_MAX = sizeof(struct reg) + BODY_SIZE_MAX };

static_assert(OWN_AT == 24 && sizeof(struct reg) == 52, "no padding");
static_assert(REG_SIZE_MAX % UNIT == 0, "the largest ends at a place");
static_assert(BODY_SIZE_MAX <= UINT8_MAX && REG_TICK_MAX <= UINT16_MAX, "they fit");

static uint8_t *words_at(const struct reg *r)
{
	return (uint8_t *)(uintptr_t)r + OWN_AT + FOLD_REG_OWN_SIZE[r->kind];
}

struct view fold_regs_words(const struct reg *r)
{
	return (struct view){ .data = words_at(r), .size = r->size };
}

/* Enough that a sweep always makes room: what lives, and what may be dead beside it. */
static uint32_t log_size_of(const struct fold_config *config)
{
	return (config->registers_max + config->registers_max / DEAD_SHARE + 3) * (REG_SIZE_MAX / UNIT);
}

void fold_regs_place(struct fold *f, struct arena *arena)
{
	/* Never full, not even while an old version is replaced. */
	uint32_t table_size = f->config.registers_max + f->config.registers_max / 3 + 2;

	f->log_size = log_size_of(&f->config);
	f->log = arena_take(arena, f->log_size, UNIT);
	assert(table_size > f->config.registers_max + 1);
	assert(f->log_size >= f->config.registers_max);
	f->by_register = (struct table){ table_size, arena_take(arena, table_size, sizeof(fold_slot)) };
	f->by_id = (struct table){ table_size, arena_take(arena, table_size, sizeof(fold_slot)) };
}

static void clear_tables(struct fold *f)
{
	memset(f->by_register.places, 0xFF, f->by_register.size * sizeof(fold_slot));
	memset(f->by_id.places, 0xFF, f->by_id.size * sizeof(fold_slot));
}

void fold_regs_init(struct fold *f)
{
	clear_tables(f);
}

/* Tables: open addressing, the next free place behind the one that a key's hash says. */

struct table_key {
	uint8_t bytes[8];
};

static struct table_key key_of_id(const uint8_t id[8])
{
	struct table_key key;

	memcpy(key.bytes, id, sizeof key.bytes);
	return key;
}

static struct table_key key_of_register(uint16_t author, uint8_t kind, uint32_t number)
{
	struct table_key key = { { 0 } };
	struct writer w = writer_init(key.bytes, sizeof key.bytes);

	write_u32(&w, number);
	write_u16(&w, author);
	write_u16(&w, kind);
	return key;
}

static uint32_t home_of(const struct fold *f, const struct table *t, struct table_key key)
{
	uint8_t hash[crypto_shorthash_BYTES];
	uint32_t low;

	crypto_shorthash(hash, key.bytes, sizeof key.bytes, f->config.key);
	memcpy(&low, hash, sizeof low);
	return (uint32_t)((uint64_t)low * t->size >> 32);
}

static uint32_t home_of_slot(const struct fold *f, const struct table *t, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);

	return home_of(f, t, t == &f->by_id ? key_of_id(r->id) : key_of_register(r->author, r->kind, r->number));
}

static uint32_t place_after(const struct table *t, uint32_t place)
{
	return place + 1 < t->size ? place + 1 : 0;
}

static void table_add(const struct fold *f, const struct table *t, fold_slot slot)
{
	uint32_t place = home_of_slot(f, t, slot);

	while (t->places[place] != FOLD_NONE)
		place = place_after(t, place);
	t->places[place] = slot;
}

/* How far `place` is behind `home`. */
static uint32_t distance_from(const struct table *t, uint32_t home, uint32_t place)
{
	return place >= home ? place - home : place + t->size - home;
}

/* Where a slot of the table is. */
static uint32_t place_of(const struct fold *f, const struct table *t, fold_slot slot)
{
	uint32_t place = home_of_slot(f, t, slot);

	while (t->places[place] != slot) {
		assert(t->places[place] != FOLD_NONE);
		place = place_after(t, place);
	}
	return place;
}

/* Those behind it move up, so that no gap parts anybody from their hash. */
static void table_remove(const struct fold *f, const struct table *t, fold_slot slot)
{
	uint32_t hole = place_of(f, t, slot);

	for (uint32_t at = place_after(t, hole); t->places[at] != FOLD_NONE; at = place_after(t, at)) {
		uint32_t home = home_of_slot(f, t, t->places[at]);

		if (distance_from(t, home, at) < distance_from(t, hole, at))
			continue;
		t->places[hole] = t->places[at];
		hole = at;
	}
	t->places[hole] = FOLD_NONE;
}

fold_slot fold_regs_find(const struct fold *f, uint16_t author, enum entry_kind kind, uint32_t number)
{
	const struct table *t = &f->by_register;
	uint32_t place = home_of(f, t, key_of_register(author, (uint8_t)kind, number));

	for (; t->places[place] != FOLD_NONE; place = place_after(t, place)) {
		const struct reg *r = reg_at(f, t->places[place]);

		if (r->number == number && r->author == author && r->kind == kind)
			return t->places[place];
	}
	return FOLD_NONE;
}

static fold_slot find_id(const struct fold *f, const struct entry_id *id)
{
	const struct table *t = &f->by_id;
	uint32_t place = home_of(f, t, key_of_id(id->bytes));

	for (; t->places[place] != FOLD_NONE; place = place_after(t, place)) {
		struct entry_id found;

		if (memcmp(reg_at(f, t->places[place])->id, id->bytes, sizeof(struct table_key)) != 0)
			continue;
		found = fold_id(f, t->places[place]);
		if (entry_id_equal(&found, id))
			return t->places[place];
	}
	return FOLD_NONE;
}

/* Sweeping. */

/* Closes the gaps. What was derived names places that are others' now. */
static void close_gaps(struct fold *f)
{
	fold_slot end = 0, next;

	clear_tables(f);
	for (fold_slot at = 0; at < f->log_end; at = next) {
		uint32_t size = reg_size(reg_at(f, at));

		next = at + size;
		if (reg_at(f, at)->flags & REG_DEAD)
			continue;
		assert(end <= at);
		memmove(f->log + end, f->log + at, (size_t)size * UNIT);
		table_add(f, &f->by_register, end);
		table_add(f, &f->by_id, end);
		end += size;
	}
	f->log_end = end;
	assert(f->log_end <= f->log_size);
	f->dead_size = 0;
	f->is_void = true;
	f->carried_count = 0;
	memset(f->counts, 0, sizeof f->counts);
}

void fold_regs_sweep(struct fold *f)
{
	if (f->dead_size > f->log_end / DEAD_SHARE)
		close_gaps(f);
}

void fold_regs_count_authors(struct fold *f)
{
	for (uint32_t i = 0; i < f->authors.count; i++)
		f->authors.table[i].entry_count = f->authors.table[i].newest_s = 0;
	for (fold_slot slot = regs_next(f, FOLD_NONE); slot != FOLD_NONE; slot = regs_next(f, slot)) {
		const struct reg *r = reg_at(f, slot);
		struct author *author = &f->authors.table[r->author];

		author->entry_count++;
		if (r->time > author->newest_s)
			author->newest_s = r->time;
	}
}

static void close_gaps_now(struct fold *f)
{
	close_gaps(f);
	fold_regs_count_authors(f);
}

/* It is no longer found by its register. */
static void bury(struct fold *f, fold_slot slot)
{
	struct reg *r = reg_at(f, slot);

	assert(!(r->flags & REG_DEAD));
	assert(f->count > 0);
	table_remove(f, &f->by_id, slot);
	r->flags |= REG_DEAD;
	f->dead_size += reg_size(r);
	assert(f->dead_size <= f->log_end);
	f->count--;
	/* Where nobody looks at what was derived, nobody else sweeps. */
	if (f->dead_size > f->config.registers_max / DEAD_SHARE * (REG_SIZE_MAX / UNIT))
		close_gaps_now(f);
}

/* Putting. */

/* What an entry says about its register, and the words to be kept. */
struct incoming {
	struct reg reg;
	struct view words;
};

enum { TAG_AUTHOR = 1 << 3 | 1, TAG_TIME = 2 << 3 | 5, TAG_TICK = 3 << 3, TAG_NUMBER = 4 << 3 | 5, VARINT_MAX = 0x7F };

/* The beginning of a body as our own encoder writes it: author, time, number, and one message to the end. */
static uint8_t *head_write(uint8_t *at, const struct reg *r, uint64_t hint)
{
	struct writer w = writer_init(at, ENTRY_SIZE_MAX);

	write_u8(&w, TAG_AUTHOR);
	write_u64(&w, hint);
	write_u8(&w, TAG_TIME);
	write_u32(&w, r->time);
	if (r->tick)
		write_u8(&w, TAG_TICK);
	if (r->tick > VARINT_MAX)
		write_u8(&w, (uint8_t)(r->tick | 0x80));
	if (r->tick)
		write_u8(&w, (uint8_t)(r->tick > VARINT_MAX ? r->tick >> 7 : r->tick));
	write_u8(&w, TAG_NUMBER);
	write_u32(&w, r->number);
	write_u8(&w, (uint8_t)(r->kind << 3 | 2));
	write_u8(&w, r->size);
	assert(w.ok);
	return at + w.size;
}

enum { TIME_AT = 10, TICK_AT = 14, HEAD_SIZE_MIN = 21, TICK_SIZE_MAX = 3 };

static uint32_t u32_at(const uint8_t *b)
{
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* A tick as it is written if there is one; returns the bytes that it takes. */
static size_t tick_at(const uint8_t *b, uint16_t *tick)
{
	if (b[0] != TAG_TICK)
		return 0;
	*tick = (uint16_t)(b[1] > VARINT_MAX ? (b[1] & VARINT_MAX) | b[2] << 7 : b[1]);
	return b[1] > VARINT_MAX ? 3 : 2;
}

/* The usual head at a glance: at a start everything that is stored comes by here. Any other body is kept whole, so that
 * what is read back is what came. */
static bool read_usual(struct incoming *in, struct view body, const struct public_key *author)
{
	const uint8_t *b = body.data, *end = b + body.size;
	struct reg *r = &in->reg;

	if (body.size < HEAD_SIZE_MIN + TICK_SIZE_MAX || b[0] != TAG_AUTHOR || b[TIME_AT - 1] != TAG_TIME ||
	    memcmp(b + 1, author->bytes, 8) != 0)
		return false;
	r->time = u32_at(b + TIME_AT);
	b += TICK_AT + tick_at(b + TICK_AT, &r->tick);
	if (b[0] != TAG_NUMBER || (b[5] & 7) != 2 || b[6] > VARINT_MAX || b[6] != end - b - 7)
		return false;
	r->number = u32_at(b + 1);
	r->kind = b[5] >> 3;
	r->size = b[6];
	in->words = (struct view){ .data = b + 7, .size = r->size };
	return r->kind >= ENTRY_CARD && r->kind <= ENTRY_TRUST && (r->kind == ENTRY_CARD) == (r->number == 0);
}

/* A tick may be spelled in more ways than one; only our own is written back. */
static bool is_usual(struct incoming *in, struct view body, const struct public_key *author)
{
	uint8_t head[ENTRY_SIZE_MAX];

	if (!read_usual(in, body, author))
		return false;
	if (!in->reg.tick && body.size == (size_t)HEAD_SIZE_MIN + in->reg.size)
		return true;
	return in->reg.tick <= REG_TICK_MAX &&
	       head_write(head, &in->reg, public_key_hint(author)) - head == (ptrdiff_t)(body.size - in->reg.size);
}

/* Any other head, and the whole body. */
static bool read_other(struct incoming *in, struct view bytes)
{
	struct entry_head head;

	if (entry_head_decode(&head, bytes) != ENTRY_OK || head.kind == ENTRY_UNKNOWN)
		return false;
	in->words = (struct view){ .data = bytes.data, .size = bytes.size - SIGNATURE_SIZE };
	assert(in->words.size <= BODY_SIZE_MAX);
	in->reg = (struct reg){ .time = head.hlc.time,
				.tick = (uint16_t)(hlc_wire_tick(head.hlc) & REG_TICK_MAX),
				.number = head.number,
				.kind = (uint8_t)head.kind,
				.size = (uint8_t)in->words.size,
				.flags = REG_WHOLE };
	return true;
}

static bool read_incoming(struct incoming *in, struct view bytes, const struct entry_id *id,
			  const struct public_key *author)
{
	if (!entry_size_is_legal(bytes.size))
		return false;
	*in = (struct incoming){ .reg = { .flags = 0 } };
	if (!is_usual(in, (struct view){ bytes.data, bytes.size - SIGNATURE_SIZE }, author) && !read_other(in, bytes))
		return false;
	memcpy(in->reg.id, id->bytes, sizeof in->reg.id);
	return true;
}

/* A place that was left may be taken by another key only after the last run's results are void. */
static uint16_t take_author(struct fold *f, const struct public_key *author)
{
	uint16_t place = authors_add(&f->authors, author);

	if (place != AUTHOR_NONE || !f->dead_size)
		return place;
	close_gaps_now(f);
	return authors_add(&f->authors, author);
}

/* In the place of `old`, unless that is FOLD_NONE. */
static void append(struct fold *f, const struct incoming *in, fold_slot old)
{
	const struct table *t = &f->by_register;
	struct reg *r = reg_at(f, f->log_end);

	assert(f->log_end + REG_SIZE_MAX / UNIT <= f->log_size);
	memcpy(r, &in->reg, OWN_AT);
	assert(in->words.size == in->reg.size);
	assert(in->reg.author < f->authors.count);
	memcpy(words_at(r), in->words.data, in->words.size);
	if (old != FOLD_NONE)
		t->places[place_of(f, t, old)] = f->log_end;
	else
		table_add(f, t, f->log_end);
	table_add(f, &f->by_id, f->log_end);
	assert(reg_size(r) <= REG_SIZE_MAX / UNIT);
	f->log_end += reg_size(r);
	f->count++;
}

/* Of a body that stands alone, or of nothing that was ever renewed. */
static uint16_t renewed_of(struct view body, uint8_t flags)
{
	uint8_t bytes[ENTRY_SIZE_MAX] = { 0 };
	struct entry_head head = { .author = 0 };

	if (!(flags & REG_WHOLE))
		return 0;
	memcpy(bytes, body.data, body.size);
	(void)!entry_head_decode(&head, (struct view){ bytes, body.size + SIGNATURE_SIZE });
	return head.hlc.renewed;
}

static struct hlc whole_hlc(const struct fold *f, fold_slot slot)
{
	const struct reg *r = reg_at(f, slot);
	struct hlc hlc = reg_hlc(r);

	assert(slot < f->log_end);
	hlc.renewed = renewed_of(fold_regs_words(r), r->flags);
	return hlc;
}

uint16_t fold_epoch(const struct fold *f, fold_slot slot)
{
	return hlc_epoch(whole_hlc(f, slot));
}

uint32_t fold_regs_signed_s(const struct fold *f, fold_slot slot)
{
	return hlc_signed_s(whole_hlc(f, slot));
}

static bool supersedes(const struct fold *f, const struct incoming *in, const struct entry_id *id, fold_slot old)
{
	const struct reg *r = reg_at(f, old);
	struct hlc fresh_hlc = reg_hlc(&in->reg), old_hlc = reg_hlc(r);
	struct entry_id old_id;

	fresh_hlc.renewed = renewed_of(in->words, in->reg.flags);
	old_hlc.renewed = renewed_of(fold_regs_words(r), r->flags);
	/* A whole id costs a hash. */
	if (in->reg.time != r->time || in->reg.tick != r->tick || fresh_hlc.renewed != old_hlc.renewed)
		return entry_supersedes(fresh_hlc, id, old_hlc, id);
	old_id = fold_id(f, old);
	return entry_id_compare(id, &old_id) > 0;
}

enum fold_rc fold_regs_put(struct fold *f, struct view bytes, const struct entry_id *id,
			   const struct public_key *author)
{
	struct incoming in;
	fold_slot old;

	if (!read_incoming(&in, bytes, id, author))
		return FOLD_STALE;
	in.reg.author = take_author(f, author);
	if (in.reg.author == AUTHOR_NONE)
		return FOLD_E_FULL;
	old = fold_regs_find(f, in.reg.author, (enum entry_kind)in.reg.kind, in.reg.number);
	if (old != FOLD_NONE && !supersedes(f, &in, id, old))
		return FOLD_STALE;
	if (old == FOLD_NONE && f->count == f->config.registers_max)
		return FOLD_E_FULL;
	append(f, &in, old);
	if (old != FOLD_NONE)
		bury(f, old);
	else
		f->authors.table[in.reg.author].entry_count++;
	assert(f->count <= f->config.registers_max);
	return FOLD_OK;
}

bool fold_regs_drop(struct fold *f, const struct entry_id *id)
{
	fold_slot slot = find_id(f, id);

	if (slot == FOLD_NONE)
		return false;
	table_remove(f, &f->by_register, slot);
	bury(f, slot);
	return true;
}

/* Reading. */

struct view fold_regs_bytes(const struct fold *f, fold_slot slot, uint8_t out[ENTRY_SIZE_MAX])
{
	const struct reg *r = reg_at(f, slot);
	uint8_t *end = out;

	assert(slot < f->log_end);
	if (!(r->flags & REG_WHOLE))
		end = head_write(out, r, public_key_hint(author_key(f, slot)));
	assert((size_t)(end - out) + r->size <= BODY_SIZE_MAX);
	memcpy(end, words_at(r), r->size);
	memset(end + r->size, 0, SIGNATURE_SIZE);
	return (struct view){ .data = out, .size = (size_t)(end - out) + r->size + SIGNATURE_SIZE };
}

struct entry_id fold_id(const struct fold *f, fold_slot slot)
{
	uint8_t bytes[ENTRY_SIZE_MAX];

	return entry_id_of(fold_regs_bytes(f, slot, bytes), author_key(f, slot));
}

int fold_regs_compare_ids(const struct fold *f, fold_slot a, fold_slot b)
{
	int order = memcmp(reg_at(f, a)->id, reg_at(f, b)->id, sizeof(struct table_key));
	struct entry_id x, y;

	assert(a < f->log_end);
	assert(b < f->log_end);
	if (order || a == b)
		return order;
	x = fold_id(f, a);
	y = fold_id(f, b);
	return entry_id_compare(&x, &y);
}

bool fold_regs_is_later(const struct fold *f, fold_slot a, fold_slot b)
{
	const struct reg *x = reg_at(f, a), *y = reg_at(f, b);
	int order = hlc_compare(reg_hlc(x), reg_hlc(y));

	return order ? order > 0 : fold_regs_compare_ids(f, a, b) > 0;
}
