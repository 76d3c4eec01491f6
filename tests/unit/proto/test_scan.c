/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/entry.h"
#include "tests/unit/samples.h"

/* Author, time and number of a body; then what it says in hex. */
#define HEAD "09 0102030405060708 15 01000000 25 02000000 "
#define KEY32 "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
#define X8 "7878787878787878"

/* What the bytes of a body are worth. */
static const struct {
	const char *name;
	enum entry_rc rc;
	const char *body;
} BODIES[] = {
	{ "smallest site", ENTRY_OK, HEAD "3200" },
	{ "no author", ENTRY_E_MALFORMED, "15 01000000 25 02000000 3200" },
	{ "no time", ENTRY_E_MALFORMED, "09 0102030405060708 25 02000000 3200" },
	{ "no number", ENTRY_E_MALFORMED, "09 0102030405060708 15 01000000 3200" },
	{ "says nothing", ENTRY_E_MALFORMED, HEAD },
	{ "says nothing but a sealed part", ENTRY_E_MALFORMED,
	  HEAD "7a1a 0000000000000000000000000000000000000000000000000000" },
	{ "a later version's kind", ENTRY_OK, HEAD "5a03 010203" },
	{ "a later version's kind, not a message", ENTRY_OK, HEAD "5805" },
	{ "a later version's kind, numbered high", ENTRY_OK, HEAD "8a0101 00" },
	{ "a later version's kind, numbered 255", ENTRY_OK, HEAD "f80f00" },
	{ "a later version's kind, numbered 256", ENTRY_OK, HEAD "801000" },
	{ "a later version's kind with register 0", ENTRY_OK, "09 0102030405060708 15 01000000 25 00000000 5a00" },
	{ "a field numbered 256 beside a site", ENTRY_OK, HEAD "3200 801000" },
	{ "a later version's addition to a site", ENTRY_OK, HEAD "3200 8a0101 00" },
	{ "a later version's field in a site", ENTRY_OK, HEAD "3205 7801 a80101" },
	{ "two kinds", ENTRY_E_MALFORMED, HEAD "3200 3a02 0800" },
	{ "a known and a later kind", ENTRY_E_MALFORMED, HEAD "3200 5a00" },
	{ "two sites", ENTRY_E_MALFORMED, HEAD "3200 3200" },
	{ "two authors", ENTRY_E_MALFORMED, "09 0102030405060708" HEAD "3200" },
	{ "two times", ENTRY_E_MALFORMED, HEAD "15 01000000 3200" },
	{ "two states in a site", ENTRY_E_MALFORMED, HEAD "3204 1801 1802" },
	{ "field 0", ENTRY_E_MALFORMED, HEAD "3200 0001" },
	{ "group", ENTRY_E_MALFORMED, HEAD "3200 8b01 8c01" },
	{ "group in a site", ENTRY_E_MALFORMED, HEAD "3202 6b6c" },
	{ "wire type 6", ENTRY_E_MALFORMED, HEAD "3200 8e01" },
	{ "author as a varint", ENTRY_E_MALFORMED, "0801 15 01000000 25 02000000 3200" },
	{ "site as a varint", ENTRY_E_MALFORMED, HEAD "3000" },
	{ "site cut off", ENTRY_E_MALFORMED, HEAD "3202 18" },
	{ "site longer than the body", ENTRY_E_MALFORMED, HEAD "3203 1801" },
	{ "length of 2^63", ENTRY_E_MALFORMED, HEAD "32 80808080808080808001" },
	{ "varint of eleven bytes", ENTRY_E_MALFORMED, HEAD "18 8080808080808080808001 3200" },
	{ "varint longer than it needs", ENTRY_E_MALFORMED, HEAD "18 8100 3200" },
	{ "tag longer than it needs", ENTRY_E_MALFORMED, HEAD "b200 00" },
	{ "tick of 33 bits", ENTRY_E_MALFORMED, HEAD "18 8180808010 3200" },
	{ "tick above its bound", ENTRY_E_BOUNDS, HEAD "18 80808020 3200" },
	{ "tick at its bound", ENTRY_OK, HEAD "18 ffffff1f 3200" },
	{ "register 0 of a site", ENTRY_E_BOUNDS, "09 0102030405060708 15 01000000 25 00000000 3200" },
	{ "state of 33 bits", ENTRY_E_MALFORMED, HEAD "3206 18 8180808010" },
	{ "unknown state", ENTRY_E_BOUNDS, HEAD "3202 1805" },
	{ "site's name of 42 bytes", ENTRY_OK, HEAD "322c 0a2a " X8 X8 X8 X8 X8 "7878" },
	{ "site's name of 43 bytes", ENTRY_E_BOUNDS, HEAD "322d 0a2b " X8 X8 X8 X8 X8 "787878" },
	{ "name with an accent", ENTRY_OK, HEAD "3204 0a02 c3a9" },
	{ "name in Latin-1", ENTRY_E_BOUNDS, HEAD "3203 0a01 e9" },
	{ "name with a slash of two bytes", ENTRY_E_BOUNDS, HEAD "3204 0a02 c0af" },
	{ "name with a slash of three bytes", ENTRY_E_BOUNDS, HEAD "3205 0a03 e080af" },
	{ "name with a surrogate", ENTRY_E_BOUNDS, HEAD "3205 0a03 eda080" },
	{ "name above U+10FFFF", ENTRY_E_BOUNDS, HEAD "3206 0a04 f4908080" },
	{ "name cut in a character", ENTRY_E_BOUNDS, HEAD "3203 0a01 c3" },
	{ "name with a zero", ENTRY_E_BOUNDS, HEAD "3205 0a03 780078" },
	{ "name with a line end", ENTRY_E_BOUNDS, HEAD "3205 0a03 780a78" },
	{ "name with DEL", ENTRY_E_BOUNDS, HEAD "3203 0a01 7f" },
	{ "name with a C1 control", ENTRY_E_BOUNDS, HEAD "3204 0a02 c29b" },
	{ "name in Latin-1, then two times", ENTRY_E_MALFORMED, HEAD "3203 0a01 e9 15 01000000" },
	{ "name in Latin-1, and no kind", ENTRY_E_MALFORMED, HEAD "3a0b 2865 65 01000000 a20101e9" },
	{ "tick above its bound, and says nothing", ENTRY_E_MALFORMED, HEAD "18 80808020" },
	{ "place at a point", ENTRY_OK, HEAD "320c 120a 0d 00000000 15 00000000" },
	{ "place without longitude", ENTRY_E_MALFORMED, HEAD "3207 1205 0d 00000000" },
	{ "place of 8 digits", ENTRY_OK, HEAD "320e 120c 0d 00000000 15 00000000 1808" },
	{ "place of 0 digits", ENTRY_E_BOUNDS, HEAD "320e 120c 0d 00000000 15 00000000 1800" },
	{ "place of 15 digits", ENTRY_E_BOUNDS, HEAD "320e 120c 0d 00000000 15 00000000 180f" },
	{ "place of 264 digits", ENTRY_E_BOUNDS, HEAD "320f 120d 0d 00000000 15 00000000 188802" },
	{ "place at 91 degrees", ENTRY_E_BOUNDS, HEAD "320c 120a 0d c0b46c05 15 00000000" },
	{ "opens at 24:30", ENTRY_E_BOUNDS, HEAD "3204 2a02 0831" },
	{ "opens at half hour 256", ENTRY_E_BOUNDS, HEAD "3205 2a03 088002" },
	{ "takes of 17 bits", ENTRY_E_BOUNDS, HEAD "3204 38 808004" },
	{ "site's change that names nothing", ENTRY_E_BOUNDS, HEAD "3205 5d 01000000" },
	{ "site's change", ENTRY_OK, HEAD "320a 5d 01000000 6203 03aabb" },
	{ "site's change cut off", ENTRY_E_BOUNDS, HEAD "3209 5d 01000000 6202 03aa" },
	{ "site's author without number", ENTRY_E_BOUNDS, HEAD "3209 51 0100000000000000" },
	{ "need", ENTRY_OK, HEAD "3a09 0800 2865 65 01000000" },
	{ "need of 2^64 + 1", ENTRY_E_MALFORMED, HEAD "3a14 0800 2865 30 81808080808080808002 65 01000000" },
	{ "need without kind", ENTRY_E_MALFORMED, HEAD "3a07 2865 65 01000000" },
	{ "need never created", ENTRY_E_BOUNDS, HEAD "3a04 0800 2865" },
	{ "need for nothing", ENTRY_E_BOUNDS, HEAD "3a07 0800 65 01000000" },
	{ "need in words", ENTRY_OK, HEAD "3a0b 0800 65 01000000 a2010178" },
	{ "need with three substitutes", ENTRY_E_BOUNDS, HEAD "3a0e 0800 2865 65 01000000 7203 010203" },
	{ "need with substitute 0", ENTRY_E_BOUNDS, HEAD "3a0c 0800 2865 65 01000000 7201 00" },
	{ "need with an unpacked substitute", ENTRY_E_MALFORMED, HEAD "3a0b 0800 2865 65 01000000 7001" },
	{ "need of item 65637", ENTRY_E_BOUNDS, HEAD "3a0b 0800 28e58004 65 01000000" },
	{ "need in site and cell", ENTRY_E_BOUNDS,
	  HEAD "3a1a 0800 1d 01000000 220a 0d 00000000 15 00000000 2865 65 01000000" },
	{ "offer for people", ENTRY_E_BOUNDS, HEAD "3a0b 0801 2865 3801 65 01000000" },
	{ "move", ENTRY_OK, HEAD "4202 0802" },
	{ "move without stage", ENTRY_E_MALFORMED, HEAD "4202 4001" },
	{ "move of unknown stage", ENTRY_E_BOUNDS, HEAD "4202 080b" },
	{ "note", ENTRY_OK, HEAD "4a02 0800" },
	{ "note in one letter", ENTRY_E_BOUNDS, HEAD "4a05 0800 1a0165" },
	{ "note in three letters", ENTRY_E_BOUNDS, HEAD "4a07 0800 1a03656e67" },
	{ "vouch", ENTRY_OK, HEAD "5224 0800 1220" KEY32 },
	{ "vouch for 31 bytes", ENTRY_E_BOUNDS, HEAD "5223 0800 121f" X8 X8 X8 "78787878787878" },
	{ "vouch for nobody", ENTRY_E_MALFORMED, HEAD "5202 0800" },
	{ "sealed of 26 bytes", ENTRY_OK, HEAD "3200 7a1a" X8 X8 X8 "7878" },
	{ "sealed of 25 bytes", ENTRY_E_BOUNDS, HEAD "3200 7a19" X8 X8 X8 "78" },
	{ "sealed of 0 bytes", ENTRY_E_BOUNDS, HEAD "3200 7a00" },
	{ "sealed of 65 bytes", ENTRY_E_BOUNDS, HEAD "3200 7a41" X8 X8 X8 X8 X8 X8 X8 X8 "78" },
	{ "card of another author", ENTRY_E_BOUNDS,
	  "09 0102030405060708 15 01000000 25 00000000 2a47 0a20" KEY32 "1220" KEY32 "1a0178" },
	{ "card", ENTRY_OK, "09 03a107bff3ce10be 15 01000000 25 00000000 2a47 0a20" KEY32 "1220" KEY32 "1a0178" },
	{ "card with register 1", ENTRY_E_BOUNDS,
	  "09 03a107bff3ce10be 15 01000000 25 01000000 2a47 0a20" KEY32 "1220" KEY32 "1a0178" },
	{ "card with an empty name", ENTRY_E_BOUNDS,
	  "09 03a107bff3ce10be 15 01000000 25 00000000 2a46 0a20" KEY32 "1220" KEY32 "1a00" },
	{ "card in languages of a later version", ENTRY_OK,
	  "09 03a107bff3ce10be 15 01000000 25 00000000 2a4c 0a20" KEY32 "1220" KEY32 "1a0178 2203 656e20" },
	{ "card without name", ENTRY_E_MALFORMED,
	  "09 03a107bff3ce10be 15 01000000 25 00000000 2a44 0a20" KEY32 "1220" KEY32 },
};

static void test_bodies_as_they_lie_on_the_wire(void **state)
{
	(void)state;
	struct sample_key key = sample_key(0);
	for (size_t i = 0; i < sizeof(BODIES) / sizeof(BODIES[0]); i++) {
		uint8_t body[BODY_SIZE_MAX];
		size_t size = sample_bytes(body, sizeof(body), BODIES[i].body);
		struct sample bytes = sample_body_signed(body, size, &key);
		struct entry entry, untouched;
		memset(&entry, 0xEE, sizeof(entry));
		memset(&untouched, 0xEE, sizeof(untouched));
		enum entry_rc rc = entry_decode(&entry, sample_view(&bytes));
		if (rc != BODIES[i].rc)
			fail_msg("%s: %d instead of %d", BODIES[i].name, rc, BODIES[i].rc);
		if (rc != ENTRY_OK)
			assert_memory_equal(&entry, &untouched, sizeof(entry));
	}
}

static void test_later_versions_register_is_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *body;
		enum entry_kind kind;
		uint32_t field;
	} rows[] = {
		{ HEAD "5a00", ENTRY_UNKNOWN, 11 },
		{ HEAD "720101", ENTRY_UNKNOWN, 14 },
		{ HEAD "92010101 8a010101", ENTRY_UNKNOWN, 17 },
		{ HEAD "8a010101 5a00", ENTRY_UNKNOWN, 11 },
		{ HEAD "8a010101 3200", ENTRY_SITE, 6 },
		{ HEAD "801000", ENTRY_UNKNOWN, 256 },
		{ HEAD "f8ffffff0f01", ENTRY_UNKNOWN, 536870911 },
	};
	struct sample_key key = sample_key(0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t body[BODY_SIZE_MAX];
		size_t size = sample_bytes(body, sizeof(body), rows[i].body);
		struct sample bytes = sample_body_signed(body, size, &key);
		struct entry_head head;
		assert_int_equal(entry_head_decode(&head, sample_view(&bytes)), ENTRY_OK);
		assert_int_equal(head.author, 0x0807060504030201);
		assert_int_equal(head.hlc.time, 1);
		assert_int_equal(head.number, 2);
		assert_int_equal(head.kind, rows[i].kind);
		assert_int_equal(head.field, rows[i].field);
		struct entry entry;
		assert_int_equal(entry_decode(&entry, sample_view(&bytes)), ENTRY_OK);
		assert_int_equal(entry.kind, rows[i].kind);
	}
}

/* What the head alone gives away, before anything else is decoded. */
static void test_head_refuses_by_itself(void **state)
{
	(void)state;
	static const struct {
		enum entry_rc rc;
		const char *body;
	} rows[] = {
		{ ENTRY_OK, HEAD "18 ffffff1f 3200" },
		{ ENTRY_E_BOUNDS, HEAD "18 80808020 3200" },
		{ ENTRY_E_BOUNDS, "09 0102030405060708 15 01000000 25 00000000 3200" },
		{ ENTRY_E_BOUNDS, HEAD "2a47 0a20" KEY32 "1220" KEY32 "1a0178" }, /* a card with a number */
		{ ENTRY_E_MALFORMED, HEAD "2a00" },
		{ ENTRY_E_BOUNDS, HEAD "3203 0a01 e9" },
		{ ENTRY_E_MALFORMED, HEAD "3200 0001" },
		{ ENTRY_E_MALFORMED, HEAD "3200 8b01 8c01" },
		{ ENTRY_E_MALFORMED, HEAD "3200 3200" },
		{ ENTRY_E_MALFORMED, HEAD },
	};
	struct sample_key key = sample_key(0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t body[BODY_SIZE_MAX];
		size_t size = sample_bytes(body, sizeof(body), rows[i].body);
		struct sample bytes = sample_body_signed(body, size, &key);
		struct entry_head head;
		assert_int_equal(entry_head_decode(&head, sample_view(&bytes)), rows[i].rc);
	}
}

/* A line with that many substitutes, packed: each counts as a field, after 3 of the head, the line and its 4. Then what
 * follows the line. */
static enum entry_rc decode_with_substitutes(uint8_t count, const char *after)
{
	static const char start[] = HEAD "3a00 0800 2865 65 01000000 7200";
	uint8_t body[BODY_SIZE_MAX];
	size_t size = sample_bytes(body, sizeof(body), start);
	body[20] = (uint8_t)(size + count - 21);
	body[size - 1] = count;
	memset(body + size, 1, count);
	size += count;
	size += sample_bytes(body + size, sizeof(body) - size, after);
	struct sample_key key = sample_key(0);
	struct sample bytes = sample_body_signed(body, size, &key);
	struct entry entry;
	return entry_decode(&entry, sample_view(&bytes));
}

static void test_number_of_fields_is_bounded(void **state)
{
	(void)state;
	assert_int_equal(decode_with_substitutes(2, ""), ENTRY_OK);
	assert_int_equal(decode_with_substitutes(BODY_FIELDS_MAX - 8, ""), ENTRY_E_BOUNDS);
	assert_int_equal(decode_with_substitutes(BODY_FIELDS_MAX - 7, ""), ENTRY_E_MALFORMED);
	assert_int_equal(decode_with_substitutes(BODY_FIELDS_MAX - 9, "920100"), ENTRY_E_BOUNDS);
	assert_int_equal(decode_with_substitutes(BODY_FIELDS_MAX - 8, "920100"), ENTRY_E_MALFORMED);
}

/* What costs protobuf-c most: as many unknown fields as 140 bytes hold, each a record of its own. */
static void test_worst_unknown_fields_fit_the_decoders_memory(void **state)
{
	(void)state;
	uint8_t body[BODY_SIZE_MAX];
	size_t size = sample_bytes(body, sizeof(body), HEAD "3200");
	for (; size + 3 <= sizeof(body); size += 3)
		memcpy(body + size, "\x82\x02\x00", 3); /* field 32, no bytes */
	struct sample_key key = sample_key(0);
	struct sample bytes = sample_body_signed(body, size, &key);
	struct entry entry;
	assert_int_equal(entry_decode(&entry, sample_view(&bytes)), ENTRY_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies_as_they_lie_on_the_wire),
		cmocka_unit_test(test_later_versions_register_is_told_apart),
		cmocka_unit_test(test_head_refuses_by_itself),
		cmocka_unit_test(test_number_of_fields_is_bounded),
		cmocka_unit_test(test_worst_unknown_fields_fit_the_decoders_memory),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
