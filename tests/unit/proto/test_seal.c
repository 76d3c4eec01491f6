/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A circle's seal: members read, and nobody else reads, writes or changes a bit. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <sodium.h>
#include <string.h>

#include "proto/seal.h"

static const uint8_t NONCE[SEAL_NONCE_SIZE] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static struct seal_key key_of(uint8_t fill)
{
	uint8_t bytes[SEAL_KEY_SIZE];
	struct seal_key key;

	memset(bytes, fill, sizeof bytes);
	seal_key_init(&key, bytes);
	return key;
}

static struct view longest_frame(void)
{
	static uint8_t frame[FRAME_HEAD_SIZE + ENTRY_SIZE_MAX];

	memset(frame, 0x5A, sizeof frame);
	frame[0] = FRAME_MAGIC;
	frame[1] = FRAME_ENTRY;
	return (struct view){ frame, sizeof frame };
}

static size_t opened_with(struct seal_key key, const uint8_t *sealed, size_t size)
{
	uint8_t frame[RADIO_FRAME_MAX];

	return seal_open(frame, sizeof frame, &key, 1, (struct view){ sealed, size });
}

static void members_read_what_a_member_said(void **state)
{
	struct seal_key keys[] = { key_of(9), key_of(1), key_of(2) };
	struct view frame = longest_frame();
	uint8_t sealed[RADIO_FRAME_MAX], opened[RADIO_FRAME_MAX];
	size_t size = seal_close(sealed, sizeof sealed, &keys[2], NONCE, frame);

	(void)state;
	assert_int_equal(size, RADIO_FRAME_MAX); /* the longest entry, sealed, is what the commonest radios carry */
	assert_int_equal(seal_open(opened, sizeof opened, keys, 3, (struct view){ sealed, size }), frame.size);
	assert_memory_equal(opened, frame.data, frame.size);
	/* In place of what it came in, too little room. */
	assert_int_equal(seal_open(opened, frame.size - 1, keys, 3, (struct view){ sealed, size }), 0);
	assert_int_equal(seal_close(sealed, size - 1, &keys[2], NONCE, frame), 0);
}

static void whoever_lacks_the_key_reads_nothing(void **state)
{
	struct seal_key ours = key_of(1), theirs = key_of(2);
	uint8_t sealed[RADIO_FRAME_MAX];
	size_t size = seal_close(sealed, sizeof sealed, &ours, NONCE, longest_frame());

	(void)state;
	assert_int_not_equal(opened_with(ours, sealed, size), 0);
	assert_int_equal(opened_with(theirs, sealed, size), 0);
	theirs.id = ours.id; /* an id is a byte: two keys may share one */
	assert_int_equal(opened_with(theirs, sealed, size), 0);
	assert_int_equal(opened_with(ours, longest_frame().data, longest_frame().size), 0); /* in clear */
	for (size_t i = FRAME_HEAD_SIZE; i + 8 < size; i++)
		assert_true(memcmp(sealed + i, longest_frame().data + FRAME_HEAD_SIZE, 8) != 0);
}

static void a_bit_changed_or_a_byte_missing_is_noticed(void **state)
{
	struct seal_key key = key_of(1);
	const uint8_t short_frame[] = { FRAME_MAGIC, FRAME_BEACON, 7 };
	uint8_t sealed[RADIO_FRAME_MAX];
	size_t size = seal_close(sealed, sizeof sealed, &key, NONCE, (struct view){ short_frame, sizeof short_frame });

	(void)state;
	assert_int_equal(size, sizeof short_frame + RADIO_SEAL_SIZE);
	for (size_t bit = 0; bit < size * 8; bit++) {
		sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(opened_with(key, sealed, size), 0);
		sealed[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	for (size_t cut = 0; cut < size; cut++)
		assert_int_equal(opened_with(key, sealed, cut), 0);
	assert_int_equal(opened_with(key, sealed, size), sizeof short_frame);
}

static void what_is_no_frame_is_not_sealed(void **state)
{
	struct seal_key key = key_of(1);
	uint8_t sealed[RADIO_FRAME_MAX];
	const uint8_t strange[] = { 0x42, 1, 2 };

	(void)state;
	assert_int_equal(seal_close(sealed, sizeof sealed, &key, NONCE, (struct view){ strange, 3 }), 0);
	assert_int_equal(seal_close(sealed, sizeof sealed, &key, NONCE, (struct view){ strange, 0 }), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_read_what_a_member_said),
		cmocka_unit_test(whoever_lacks_the_key_reads_nothing),
		cmocka_unit_test(a_bit_changed_or_a_byte_missing_is_noticed),
		cmocka_unit_test(what_is_no_frame_is_not_sealed),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
