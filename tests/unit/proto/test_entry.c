/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/entry.h"
#include "tests/unit/largest.h"

/* An entry of each kind with nothing in it that may be left out, references to its own author. */
static struct entry smallest(enum entry_kind kind)
{
	struct entry entry = entry_base(kind);
	entry.hlc = (struct hlc){ .time = entry.hlc.time };
	switch (kind) {
	case ENTRY_UNKNOWN:
	case ENTRY_SITE:
		break;
	case ENTRY_CARD:
		entry.card.key = sample_key(0).public;
		entry.card.name[0] = 'x';
		break;
	case ENTRY_LINE:
		entry.line.item = 101;
		entry.line.created = 1;
		entry.line.site = (struct ref){ .author = entry.author, .number = 1 };
		break;
	case ENTRY_MOVE:
		entry.move.of = (struct ref){ .author = entry.author, .number = 2 };
		break;
	case ENTRY_NOTE:
		entry.note.of = (struct ref){ .author = entry.author, .number = 3 };
		break;
	case ENTRY_TRUST:
		entry.trust.key = sample_key(32).public;
		entry.trust.kind = TRUST_KEEPER;
		entry.trust.site = (struct ref){ .author = entry.author, .number = 4 };
		break;
	}
	return entry;
}

static void same_ref(struct ref a, struct ref b)
{
	assert_int_equal(a.author, b.author);
	assert_int_equal(a.number, b.number);
}

static void same_place(struct place a, struct place b)
{
	assert_int_equal(a.lat_e6, b.lat_e6);
	assert_int_equal(a.lon_e6, b.lon_e6);
	assert_int_equal(a.digits, b.digits);
}

static void same_hours(struct hours a, struct hours b)
{
	assert_int_equal(a.from, b.from);
	assert_int_equal(a.to, b.to);
	assert_int_equal(a.days, b.days);
}

static void same_amends(struct amends a, struct amends b)
{
	same_ref(a.of, b.of);
	assert_int_equal(a.round, b.round);
	assert_int_equal(a.named_count, b.named_count);
	for (size_t i = 0; i < a.named_count; i++) {
		assert_int_equal(a.named[i].field, b.named[i].field);
		assert_int_equal(a.named[i].was, b.named[i].was);
	}
	assert_int_equal(a.knew_count, b.knew_count);
	for (size_t i = 0; i < a.knew_count; i++)
		assert_int_equal(a.knew[i], b.knew[i]);
}

static void same_card(const struct card *a, const struct card *b)
{
	assert_memory_equal(a->key.bytes, b->key.bytes, 32);
	assert_memory_equal(a->sealing_key, b->sealing_key, 32);
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->languages, b->languages);
	assert_int_equal(a->roles, b->roles);
}

static void same_site(const struct site *a, const struct site *b)
{
	assert_string_equal(a->name, b->name);
	same_place(a->place, b->place);
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->people, b->people);
	same_hours(a->giving, b->giving);
	same_hours(a->receiving, b->receiving);
	assert_int_equal(a->takes, b->takes);
	assert_int_equal(a->refuses, b->refuses);
	assert_int_equal(a->facilities, b->facilities);
	same_amends(a->amends, b->amends);
}

static void same_line(const struct line *a, const struct line *b)
{
	assert_int_equal(a->kind, b->kind);
	same_ref(a->site, b->site);
	same_place(a->cell, b->cell);
	assert_int_equal(a->item, b->item);
	assert_int_equal(a->quantity_milli, b->quantity_milli);
	assert_int_equal(a->people, b->people);
	assert_int_equal(a->infants, b->infants);
	assert_int_equal(a->elders, b->elders);
	assert_int_equal(a->powered, b->powered);
	assert_int_equal(a->within_h, b->within_h);
	assert_int_equal(a->ticket, b->ticket);
	assert_int_equal(a->created, b->created);
	assert_int_equal(a->counted, b->counted);
	assert_int_equal(a->arrived_milli, b->arrived_milli);
	assert_int_equal(a->substitutes[0], b->substitutes[0]);
	assert_int_equal(a->substitutes[1], b->substitutes[1]);
	assert_int_equal(a->lot_milli, b->lot_milli);
	assert_int_equal(a->reserve_milli, b->reserve_milli);
	assert_int_equal(a->reach_km, b->reach_km);
	assert_int_equal(a->flags, b->flags);
	assert_string_equal(a->text, b->text);
	assert_int_equal(a->closed, b->closed);
	same_amends(a->amends, b->amends);
}

static void same_move(const struct move *a, const struct move *b)
{
	assert_int_equal(a->stage, b->stage);
	same_ref(a->of, b->of);
	same_ref(a->from, b->from);
	same_ref(a->after, b->after);
	assert_int_equal(a->quantity_milli, b->quantity_milli);
	assert_int_equal(a->at, b->at);
	assert_int_equal(a->due, b->due);
	assert_string_equal(a->text, b->text);
}

static void same_note(const struct note *a, const struct note *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->severity, b->severity);
	assert_string_equal(a->language, b->language);
	assert_string_equal(a->text, b->text);
	same_ref(a->of, b->of);
	same_ref(a->other, b->other);
	assert_string_equal(a->source, b->source);
	assert_int_equal(a->flags, b->flags);
}

static void same_trust(const struct trust *a, const struct trust *b)
{
	assert_int_equal(a->kind, b->kind);
	assert_memory_equal(a->key.bytes, b->key.bytes, 32);
	assert_int_equal(a->since, b->since);
	same_ref(a->site, b->site);
}

static void same_entry(const struct entry *a, const struct entry *b)
{
	assert_int_equal(a->author, b->author);
	assert_int_equal(a->hlc.time, b->hlc.time);
	assert_int_equal(a->hlc.tick, b->hlc.tick);
	assert_int_equal(a->number, b->number);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->sealed_size, b->sealed_size);
	assert_memory_equal(a->sealed, b->sealed, SEALED_MAX);
	switch (a->kind) {
	case ENTRY_UNKNOWN:
		break;
	case ENTRY_CARD:
		same_card(&a->card, &b->card);
		break;
	case ENTRY_SITE:
		same_site(&a->site, &b->site);
		break;
	case ENTRY_LINE:
		same_line(&a->line, &b->line);
		break;
	case ENTRY_MOVE:
		same_move(&a->move, &b->move);
		break;
	case ENTRY_NOTE:
		same_note(&a->note, &b->note);
		break;
	case ENTRY_TRUST:
		same_trust(&a->trust, &b->trust);
		break;
	}
}

static void round_trip(const struct entry *entry)
{
	struct sample_key key = sample_key(0);
	struct sample bytes = sample_signed(entry, &key);
	assert_in_range(bytes.size, ENTRY_SIZE_MIN, ENTRY_SIZE_MAX);
	assert_int_equal(entry_verify(sample_view(&bytes), &key.public), ENTRY_OK);
	struct entry back;
	memset(&back, 0xEE, sizeof(back));
	assert_int_equal(entry_decode(&back, sample_view(&bytes)), ENTRY_OK);
	same_entry(entry, &back);
	struct entry_head head;
	assert_int_equal(entry_head_decode(&head, sample_view(&bytes)), ENTRY_OK);
	assert_int_equal(head.author, entry->author);
	assert_int_equal(hlc_compare(head.hlc, entry->hlc), 0);
	assert_int_equal(head.number, entry->number);
	assert_int_equal(head.kind, entry->kind);
	assert_int_equal(head.field, entry->kind);
}

static void test_largest_of_each_kind_fits_one_frame(void **state)
{
	(void)state;
	for (size_t i = 0; i < LARGEST_COUNT; i++) {
		struct entry entry = LARGEST[i].make();
		uint8_t body[BODY_SIZE_MAX];
		size_t size = 0;
		enum entry_rc rc = entry_body_encode(body, &size, &entry);
		if (rc != ENTRY_OK)
			fail_msg("%s: %s", LARGEST[i].name, entry_rc_text(rc));
		round_trip(&entry);
	}
}

static void test_smallest_of_each_kind_comes_back(void **state)
{
	(void)state;
	for (enum entry_kind kind = ENTRY_CARD; kind <= ENTRY_TRUST; kind++) {
		struct entry entry = smallest(kind);
		round_trip(&entry);
		entry.sealed_size = SEALED_MAX - 16;
		memset(entry.sealed, 0x5A, entry.sealed_size);
		if (kind != ENTRY_CARD) /* a card's two keys leave no room for so much */
			round_trip(&entry);
	}
}

static void test_own_author_stays_off_the_wire(void **state)
{
	(void)state;
	struct entry entry = smallest(ENTRY_LINE);
	uint8_t body[BODY_SIZE_MAX];
	size_t own_size, other_size;
	assert_int_equal(entry_body_encode(body, &own_size, &entry), ENTRY_OK);
	entry.line.site.author = OTHER_AUTHOR;
	assert_int_equal(entry_body_encode(body, &other_size, &entry), ENTRY_OK);
	assert_int_equal(other_size - own_size, 9);
}

static void test_typical_need_is_small_on_air(void **state)
{
	(void)state;
	struct entry entry = smallest(ENTRY_LINE);
	entry.hlc.time = 217400000;
	entry.line.created = 217399000;
	entry.line.quantity_milli = 200000;
	entry.line.people = 60;
	entry.line.within_h = 24;
	entry.line.ticket = 0x0123456789ABCDEF;
	struct sample_key key = sample_key(0);
	struct sample bytes = sample_signed(&entry, &key);
	assert_in_range(FRAME_HEAD_SIZE + bytes.size, 1, 120);
}

static void test_sizes_outside_an_entrys(void **state)
{
	(void)state;
	uint8_t bytes[ENTRY_SIZE_MAX + 1] = { 0 };
	struct entry entry;
	struct entry_head head;
	struct sample_key key = sample_key(0);
	static const size_t sizes[] = { 0, 1, SIGNATURE_SIZE, ENTRY_SIZE_MAX + 1 };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct view view = { .data = bytes, .size = sizes[i] };
		assert_int_equal(entry_decode(&entry, view), ENTRY_E_SIZE);
		assert_int_equal(entry_head_decode(&head, view), ENTRY_E_SIZE);
		assert_int_equal(entry_verify(view, &key.public), ENTRY_E_SIZE);
	}
}

static void test_cut_off_never_verifies(void **state)
{
	(void)state;
	struct sample_key key = sample_key(0);
	for (size_t i = 0; i < LARGEST_COUNT; i++) {
		struct entry entry = LARGEST[i].make();
		struct sample bytes = sample_signed(&entry, &key);
		for (size_t size = 0; size < bytes.size; size++) {
			struct view cut = { .data = bytes.data, .size = size };
			assert_int_not_equal(entry_verify(cut, &key.public), ENTRY_OK);
			struct entry ignored;
			if (entry_decode(&ignored, cut) == ENTRY_OK)
				assert_true(size >= ENTRY_SIZE_MIN);
		}
	}
}

static void test_flipped_bit_never_verifies(void **state)
{
	(void)state;
	struct sample_key key = sample_key(0);
	for (size_t i = 0; i < LARGEST_COUNT; i++) {
		struct entry entry = LARGEST[i].make();
		struct sample bytes = sample_signed(&entry, &key);
		for (size_t bit = 0; bit < bytes.size * 8; bit++) {
			bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
			assert_int_not_equal(entry_verify(sample_view(&bytes), &key.public), ENTRY_OK);
			bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
		assert_int_equal(entry_verify(sample_view(&bytes), &key.public), ENTRY_OK);
	}
}

static void test_only_the_authors_key_signs_and_verifies(void **state)
{
	(void)state;
	struct sample_key key = sample_key(0), other = sample_key(32);
	struct entry entry = need_largest();
	struct sample bytes = { .size = 5 };
	assert_int_equal(entry_sign(bytes.data, &bytes.size, &entry, other.secret), ENTRY_E_HINT);
	assert_int_equal(bytes.size, 5);
	bytes = sample_signed(&entry, &key);
	assert_int_equal(entry_verify(sample_view(&bytes), &other.public), ENTRY_E_HINT);
	/* A key with the same hint is another key. */
	struct public_key alike = key.public;
	alike.bytes[31] ^= 1;
	assert_int_equal(entry_verify(sample_view(&bytes), &alike), ENTRY_E_SIGNATURE);
	struct entry card = card_largest();
	bytes = sample_signed(&card, &key);
	assert_int_equal(entry_verify(sample_view(&bytes), &alike), ENTRY_E_HINT);
}

static void test_card_gives_its_key(void **state)
{
	(void)state;
	struct sample_key key = sample_key(0);
	struct entry card = card_largest(), need = need_largest();
	struct sample bytes = sample_signed(&card, &key);
	struct public_key found;
	assert_true(entry_card_key(&found, sample_view(&bytes)));
	assert_true(public_key_equal(&found, &key.public));
	bytes = sample_signed(&need, &key);
	assert_false(entry_card_key(&found, sample_view(&bytes)));
}

static void test_signed_again_is_the_same_entry(void **state)
{
	(void)state;
	struct sample_key key = sample_key(0);
	struct entry entry = need_largest();
	struct sample bytes = sample_signed(&entry, &key);
	struct entry_id id = entry_id_of(sample_view(&bytes), &key.public);
	bytes.data[bytes.size - 1] ^= 1;
	struct entry_id again = entry_id_of(sample_view(&bytes), &key.public);
	assert_true(entry_id_equal(&id, &again));
	bytes.data[0] ^= 1;
	struct entry_id other = entry_id_of(sample_view(&bytes), &key.public);
	assert_false(entry_id_equal(&id, &other));
	struct public_key alike = key.public;
	alike.bytes[31] ^= 1;
	bytes.data[0] ^= 1;
	other = entry_id_of(sample_view(&bytes), &alike);
	assert_false(entry_id_equal(&id, &other));
}

static void test_later_version_stands(void **state)
{
	(void)state;
	static const struct {
		struct hlc a;
		uint8_t a_id;
		struct hlc b;
		uint8_t b_id;
		bool a_stands;
	} rows[] = {
		{ { 2, 0, 0, 0 }, 1, { 1, 9, 0, 0 }, 9, true },  { { 1, 9, 0, 0 }, 9, { 2, 0, 0, 0 }, 1, false },
		{ { 1, 2, 0, 0 }, 1, { 1, 1, 0, 0 }, 9, true },  { { 1, 1, 0, 0 }, 9, { 1, 2, 0, 0 }, 1, false },
		{ { 1, 1, 0, 0 }, 2, { 1, 1, 0, 0 }, 1, true },  { { 1, 1, 0, 0 }, 1, { 1, 1, 0, 0 }, 2, false },
		{ { 1, 1, 0, 0 }, 1, { 1, 1, 0, 0 }, 1, false }, { { 1, 0, 1, 0 }, 1, { 9, 9, 0, 0 }, 9, true },
		{ { 9, 9, 0, 0 }, 9, { 1, 0, 1, 0 }, 1, false }, { { 1, 1, 0, 9 }, 1, { 1, 1, 0, 8 }, 2, true },
		{ { 1, 1, 0, 9 }, 1, { 1, 2, 0, 0 }, 1, false },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct entry_id a = { { rows[i].a_id } }, b = { { rows[i].b_id } };
		assert_int_equal(entry_supersedes(rows[i].a, &a, rows[i].b, &b), rows[i].a_stands);
	}
}

static void test_retention_follows_kind(void **state)
{
	(void)state;
	assert_int_equal(retention_days(entry_retention(ENTRY_UNKNOWN)), 30);
	assert_int_equal(retention_days(entry_retention(ENTRY_LINE)), 30);
	assert_int_equal(retention_days(entry_retention(ENTRY_NOTE)), 30);
	assert_int_equal(retention_days(entry_retention(ENTRY_MOVE)), 90);
	assert_int_equal(retention_days(entry_retention(ENTRY_CARD)), 120);
	assert_int_equal(retention_days(entry_retention(ENTRY_SITE)), 120);
	assert_int_equal(retention_days(entry_retention(ENTRY_TRUST)), 120);
	assert_int_equal(hlc_epoch((struct hlc){ .time = 86399 }), 0);
	assert_int_equal(hlc_epoch((struct hlc){ .time = 86400 }), 1);
	assert_int_equal(hlc_epoch((struct hlc){ .time = UINT32_MAX }), 49710);
	assert_int_equal(hlc_epoch((struct hlc){ .time = 86400, .renewed = 59 }), 60);
	assert_int_equal(hlc_epoch((struct hlc){ .time = UINT32_MAX, .renewed = RENEWED_MAX }), 49710 + RENEWED_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_largest_of_each_kind_fits_one_frame),
		cmocka_unit_test(test_smallest_of_each_kind_comes_back),
		cmocka_unit_test(test_own_author_stays_off_the_wire),
		cmocka_unit_test(test_typical_need_is_small_on_air),
		cmocka_unit_test(test_sizes_outside_an_entrys),
		cmocka_unit_test(test_cut_off_never_verifies),
		cmocka_unit_test(test_flipped_bit_never_verifies),
		cmocka_unit_test(test_only_the_authors_key_signs_and_verifies),
		cmocka_unit_test(test_card_gives_its_key),
		cmocka_unit_test(test_signed_again_is_the_same_entry),
		cmocka_unit_test(test_later_version_stands),
		cmocka_unit_test(test_retention_follows_kind),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
