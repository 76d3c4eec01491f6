/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The handshake against the published vector, and against peers that lie. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <jansson.h>
#include <sodium.h>
#include <string.h>

#include "node/link/noise.h"

#define VECTOR_PATH SOURCE_DIR "/tests/data/noise-xx-25519-chachapoly-blake2b.json"

enum { ROOM = 512 };

struct pair {
	struct noise initiator;
	struct noise responder;
};

struct blob {
	uint8_t bytes[ROOM];
	size_t size;
};

static struct blob hex_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	struct blob b = { .size = 0 };

	assert_non_null(text);
	assert_int_equal(sodium_hex2bin(b.bytes, sizeof(b.bytes), text, strlen(text), NULL, &b.size, NULL), 0);
	return b;
}

static void say(struct noise *from, struct noise *to, const struct blob *payload, const struct blob *expected)
{
	struct blob message = { .size = 0 }, heard = { .size = 0 };

	if (noise_is_ready(from)) {
		assert_int_equal(noise_encrypt(from, message.bytes, &message.size, ROOM, payload->bytes, payload->size),
				 NOISE_OK);
		assert_int_equal(noise_decrypt(to, heard.bytes, &heard.size, ROOM, message.bytes, message.size),
				 NOISE_OK);
	} else {
		assert_int_equal(
			noise_handshake_write(from, message.bytes, &message.size, ROOM, payload->bytes, payload->size),
			NOISE_OK);
		assert_int_equal(noise_handshake_read(to, heard.bytes, &heard.size, ROOM, message.bytes, message.size),
				 NOISE_OK);
	}
	assert_int_equal(heard.size, payload->size);
	assert_memory_equal(heard.bytes, payload->bytes, payload->size);
	if (expected != NULL) {
		assert_int_equal(message.size, expected->size);
		assert_memory_equal(message.bytes, expected->bytes, expected->size);
	}
}

static void the_published_vector_passes(void **state)
{
	json_error_t error;
	json_t *file = json_load_file(VECTOR_PATH, 0, &error);
	const json_t *vector = json_array_get(json_object_get(file, "vectors"), 0);
	const json_t *messages = json_object_get(vector, "messages");
	struct blob prologue, key, ephemeral;
	struct pair p;

	(void)state;
	assert_non_null(file);
	prologue = hex_of(vector, "init_prologue");
	key = hex_of(vector, "init_static");
	ephemeral = hex_of(vector, "init_ephemeral");
	noise_init(&p.initiator, NOISE_INITIATOR, key.bytes, ephemeral.bytes, prologue.bytes, prologue.size);
	key = hex_of(vector, "resp_static");
	ephemeral = hex_of(vector, "resp_ephemeral");
	noise_init(&p.responder, NOISE_RESPONDER, key.bytes, ephemeral.bytes, prologue.bytes, prologue.size);
	assert_int_equal(json_array_size(messages), 6);
	for (size_t i = 0; i < json_array_size(messages); i++) {
		struct blob payload = hex_of(json_array_get(messages, i), "payload");
		struct blob expected = hex_of(json_array_get(messages, i), "ciphertext");

		if (i % 2 == 0)
			say(&p.initiator, &p.responder, &payload, &expected);
		else
			say(&p.responder, &p.initiator, &payload, &expected);
	}
	assert_memory_equal(p.initiator.hash, p.responder.hash, sizeof(p.initiator.hash));
	json_decref(file);
}

static void key_from(uint8_t key[NOISE_KEY_SIZE], uint8_t number)
{
	memset(key, number, NOISE_KEY_SIZE);
}

static struct pair pair_with(const char *initiator_prologue, const char *responder_prologue)
{
	uint8_t own[NOISE_KEY_SIZE], once[NOISE_KEY_SIZE];
	struct pair p;

	key_from(own, 1);
	key_from(once, 2);
	noise_init(&p.initiator, NOISE_INITIATOR, own, once, initiator_prologue, strlen(initiator_prologue));
	key_from(own, 3);
	key_from(once, 4);
	noise_init(&p.responder, NOISE_RESPONDER, own, once, responder_prologue, strlen(responder_prologue));
	return p;
}

/* A pair that has exchanged `steps` messages of the handshake. */
static struct pair pair_after(int steps)
{
	const struct blob nothing = { .size = 0 };
	struct pair p = pair_with("p", "p");

	for (int i = 0; i < steps; i++) {
		if (i % 2 == 0)
			say(&p.initiator, &p.responder, &nothing, NULL);
		else
			say(&p.responder, &p.initiator, &nothing, NULL);
	}
	return p;
}

static void both_sides_learn_the_other_ones_key(void **state)
{
	struct pair p = pair_after(3);

	(void)state;
	assert_true(noise_is_ready(&p.initiator) && noise_is_ready(&p.responder));
	assert_memory_equal(p.initiator.remote_static, p.responder.static_key, NOISE_KEY_SIZE);
	assert_memory_equal(p.responder.remote_static, p.initiator.static_key, NOISE_KEY_SIZE);
}

/* Every single byte of every handshake message, changed: the session never comes to be. Changes of the first message's
 * ephemeral show in the second, where keys are first mixed in. */
static void a_changed_handshake_never_succeeds(void **state)
{
	static const size_t message_sizes[3] = { 32, 96, 64 };

	(void)state;
	for (int step = 0; step < 3; step++) {
		for (size_t at = 0; at < message_sizes[step]; at++) {
			struct pair p = pair_after(step);
			struct noise *from = step % 2 == 0 ? &p.initiator : &p.responder;
			struct noise *to = step % 2 == 0 ? &p.responder : &p.initiator;
			struct blob message = { .size = 0 }, heard = { .size = 0 };
			enum noise_rc rc;

			assert_int_equal(noise_handshake_write(from, message.bytes, &message.size, ROOM, NULL, 0),
					 NOISE_OK);
			assert_int_equal(message.size, message_sizes[step]);
			message.bytes[at] ^= 0x10;
			rc = noise_handshake_read(to, heard.bytes, &heard.size, ROOM, message.bytes, message.size);
			if (step > 0) {
				assert_int_equal(rc, NOISE_E_AUTH);
				continue;
			}
			assert_int_equal(rc, NOISE_OK);
			assert_int_equal(noise_handshake_write(to, message.bytes, &message.size, ROOM, NULL, 0),
					 NOISE_OK);
			assert_int_equal(
				noise_handshake_read(from, heard.bytes, &heard.size, ROOM, message.bytes, message.size),
				NOISE_E_AUTH);
		}
	}
}

static void a_cut_off_handshake_is_refused_and_may_come_whole(void **state)
{
	(void)state;
	for (int step = 0; step < 3; step++) {
		struct pair p = pair_after(step);
		struct noise *from = step % 2 == 0 ? &p.initiator : &p.responder;
		struct noise *to = step % 2 == 0 ? &p.responder : &p.initiator;
		struct blob message = { .size = 0 }, heard = { .size = 7 };

		assert_int_equal(noise_handshake_write(from, message.bytes, &message.size, ROOM, NULL, 0), NOISE_OK);
		for (size_t size = 0; size < message.size; size++)
			assert_true(noise_handshake_read(to, heard.bytes, &heard.size, ROOM, message.bytes, size) < 0);
		assert_int_equal(heard.size, 7);
		assert_int_equal(noise_handshake_read(to, heard.bytes, &heard.size, ROOM, message.bytes, message.size),
				 NOISE_OK);
		assert_int_equal(heard.size, 0);
	}
}

static void keys_of_low_order_are_refused(void **state)
{
	static const uint8_t zeros[NOISE_KEY_SIZE] = { 0 };
	struct pair p = pair_after(0);
	struct blob out = { .size = 0 };

	(void)state;
	/* As a responder meets it: accepted unread, refused when the keys are mixed. */
	assert_int_equal(noise_handshake_read(&p.responder, out.bytes, &out.size, ROOM, zeros, sizeof(zeros)),
			 NOISE_OK);
	assert_int_equal(noise_handshake_write(&p.responder, out.bytes, &out.size, ROOM, NULL, 0), NOISE_E_AUTH);
	/* As an initiator meets it. */
	p = pair_after(1);
	memset(out.bytes, 0, 96);
	assert_int_equal(noise_handshake_read(&p.initiator, out.bytes, &out.size, ROOM, out.bytes, 96), NOISE_E_AUTH);
	assert_false(noise_is_ready(&p.initiator));
}

static void another_prologue_is_another_protocol(void **state)
{
	struct pair p = pair_with("aidmesh link 1", "aidmesh link 2");
	struct blob message = { .size = 0 }, heard = { .size = 0 };

	(void)state;
	assert_int_equal(noise_handshake_write(&p.initiator, message.bytes, &message.size, ROOM, NULL, 0), NOISE_OK);
	assert_int_equal(
		noise_handshake_read(&p.responder, heard.bytes, &heard.size, ROOM, message.bytes, message.size),
		NOISE_OK);
	assert_int_equal(noise_handshake_write(&p.responder, message.bytes, &message.size, ROOM, NULL, 0), NOISE_OK);
	assert_int_equal(
		noise_handshake_read(&p.initiator, heard.bytes, &heard.size, ROOM, message.bytes, message.size),
		NOISE_E_AUTH);
}

static void out_of_turn_is_refused(void **state)
{
	struct blob b = { .size = 0 };

	(void)state;
	for (int step = 0; step <= 3; step++) {
		struct pair p = pair_after(step);
		struct noise *speaker = step % 2 == 0 ? &p.initiator : &p.responder;
		struct noise *hearer = step % 2 == 0 ? &p.responder : &p.initiator;

		if (step < 3) {
			assert_int_equal(noise_handshake_read(speaker, b.bytes, &b.size, ROOM, b.bytes, 96),
					 NOISE_E_STATE);
			assert_int_equal(noise_encrypt(speaker, b.bytes, &b.size, ROOM, b.bytes, 1), NOISE_E_STATE);
			assert_int_equal(noise_decrypt(speaker, b.bytes, &b.size, ROOM, b.bytes, 32), NOISE_E_STATE);
		} else {
			assert_int_equal(noise_handshake_write(speaker, b.bytes, &b.size, ROOM, NULL, 0),
					 NOISE_E_STATE);
		}
		assert_int_equal(noise_handshake_write(hearer, b.bytes, &b.size, ROOM, NULL, 0), NOISE_E_STATE);
	}
}

static void replays_and_wrong_order_are_refused(void **state)
{
	struct pair p = pair_after(3);
	struct blob one = { .size = 0 }, two = { .size = 0 }, heard = { .size = 0 };

	(void)state;
	assert_int_equal(noise_encrypt(&p.initiator, one.bytes, &one.size, ROOM, (const uint8_t *)"one", 3), NOISE_OK);
	assert_int_equal(noise_encrypt(&p.initiator, two.bytes, &two.size, ROOM, (const uint8_t *)"two", 3), NOISE_OK);
	assert_int_equal(noise_decrypt(&p.responder, heard.bytes, &heard.size, ROOM, two.bytes, two.size),
			 NOISE_E_AUTH);
	assert_int_equal(noise_decrypt(&p.responder, heard.bytes, &heard.size, ROOM, one.bytes, one.size), NOISE_OK);
	assert_int_equal(noise_decrypt(&p.responder, heard.bytes, &heard.size, ROOM, one.bytes, one.size),
			 NOISE_E_AUTH);
	/* Reflected to its sender: another key. */
	assert_int_equal(noise_decrypt(&p.initiator, heard.bytes, &heard.size, ROOM, two.bytes, two.size),
			 NOISE_E_AUTH);
	assert_int_equal(noise_decrypt(&p.responder, heard.bytes, &heard.size, ROOM, two.bytes, two.size), NOISE_OK);
	assert_memory_equal(heard.bytes, "two", 3);
}

static void changed_or_ill_sized_text_is_refused(void **state)
{
	struct pair p = pair_after(3);
	struct blob message = { .size = 0 }, heard = { .size = 0 };

	(void)state;
	assert_int_equal(noise_encrypt(&p.initiator, message.bytes, &message.size, 18, (const uint8_t *)"one", 3),
			 NOISE_E_SIZE);
	assert_int_equal(noise_encrypt(&p.initiator, message.bytes, &message.size, 19, (const uint8_t *)"one", 3),
			 NOISE_OK);
	for (size_t at = 0; at < message.size; at++) {
		message.bytes[at] ^= 1;
		assert_int_equal(
			noise_decrypt(&p.responder, heard.bytes, &heard.size, ROOM, message.bytes, message.size),
			NOISE_E_AUTH);
		message.bytes[at] ^= 1;
	}
	assert_int_equal(noise_decrypt(&p.responder, heard.bytes, &heard.size, ROOM, message.bytes, 15), NOISE_E_SIZE);
	assert_int_equal(noise_decrypt(&p.responder, heard.bytes, &heard.size, 2, message.bytes, message.size),
			 NOISE_E_SIZE);
	/* In place. */
	assert_int_equal(noise_decrypt(&p.responder, message.bytes, &message.size, ROOM, message.bytes, message.size),
			 NOISE_OK);
	assert_memory_equal(message.bytes, "one", 3);
}

static void nonces_are_not_used_twice(void **state)
{
	struct pair p = pair_after(3);
	struct blob b = { .size = 0 };

	(void)state;
	p.initiator.send.nonce = UINT64_MAX;
	assert_int_equal(noise_encrypt(&p.initiator, b.bytes, &b.size, ROOM, b.bytes, 1), NOISE_E_STATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_vector_passes),
		cmocka_unit_test(both_sides_learn_the_other_ones_key),
		cmocka_unit_test(a_changed_handshake_never_succeeds),
		cmocka_unit_test(a_cut_off_handshake_is_refused_and_may_come_whole),
		cmocka_unit_test(keys_of_low_order_are_refused),
		cmocka_unit_test(another_prologue_is_another_protocol),
		cmocka_unit_test(out_of_turn_is_refused),
		cmocka_unit_test(replays_and_wrong_order_are_refused),
		cmocka_unit_test(changed_or_ill_sized_text_is_refused),
		cmocka_unit_test(nonces_are_not_used_twice),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
