/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as messages of a handshake and of the transport after it. The input's first byte says how far an honest
 * handshake goes before; then come messages of the input's own, or honest ones changed here and there. What is refused
 * leaves the session as it was; after the first message nothing but an honest one is taken. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "node/link/noise.h"
#include "proto/bytes.h"

enum { ROOM = 256, MESSAGES_MAX = 6 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t PROLOGUE[] = "aidmesh link 1";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return sodium_init() < 0 ? -1 : 0;
}

/* Keys follow from the input: what a fuzzer learns from one run must not be honest in the next. */
static void open_side(struct noise *n, enum noise_role role, struct view input)
{
	uint8_t own[NOISE_KEY_SIZE], once[NOISE_KEY_SIZE];

	memset(own, (int)role + 1, sizeof own);
	crypto_generichash(once, sizeof once, input.data, input.size, own, sizeof own);
	noise_init(n, role, own, once, PROLOGUE, sizeof PROLOGUE - 1);
}

static enum noise_rc speak(struct noise *n, uint8_t *out, size_t *size, struct view text)
{
	return noise_is_ready(n) ? noise_encrypt(n, out, size, ROOM, text.data, text.size)
				 : noise_handshake_write(n, out, size, ROOM, text.data, text.size);
}

/* Into a room of just that size, from a message of just that size. */
static enum noise_rc listen(struct noise *n, struct view message, size_t room)
{
	uint8_t *in = malloc(message.size + 1), *out = malloc(room + 1);
	size_t size = SIZE_MAX;
	enum noise_rc rc;

	assert(in && out);
	if (message.size)
		memcpy(in, message.data, message.size);
	out[room] = 0xC5;
	rc = noise_is_ready(n) ? noise_decrypt(n, out, &size, room, in, message.size)
			       : noise_handshake_read(n, out, &size, room, in, message.size);
	assert(out[room] == 0xC5 && (rc == NOISE_OK ? size <= room : size == SIZE_MAX));
	free(in);
	free(out);
	return rc;
}

/* Byte by byte, padding included: nobody wrote. */
static bool is_untouched(const void *now, const void *before, size_t size)
{
	return memcmp(now, before, size) == 0;
}

/* The next message to `to`: honest but for some bytes, or made up. True: an honest one was taken. */
static bool pass(struct noise *from, struct noise *to, struct reader *r)
{
	struct noise before = *to;
	uint8_t honest[ROOM], message[ROOM];
	uint8_t what = read_u8(r);
	struct view text = read_bytes(r, what / 64u < r->rest.size ? what / 64u : 0);
	size_t honest_size = 0, size, room = what & 4 ? ROOM : read_u8(r);
	enum noise_rc rc = speak(from, honest, &honest_size, text);
	bool is_honest;

	assert(rc == NOISE_OK);
	size = honest_size;
	memcpy(message, honest, size);
	if (what & 8) {
		struct view own = read_bytes(r, r->rest.size < ROOM ? r->rest.size : ROOM);

		size = own.size;
		if (size)
			memcpy(message, own.data, size);
	}
	for (uint8_t changes = what % 4; changes && size; changes--) {
		uint8_t at = read_u8(r);

		message[at % size] ^= read_u8(r);
	}
	is_honest = size == honest_size && memcmp(message, honest, size) == 0;
	rc = listen(to, (struct view){ message, size }, room);
	if (rc != NOISE_OK)
		assert(is_untouched(to, &before, sizeof before));
	else
		assert(is_honest || before.step == 0);
	return rc == NOISE_OK && is_honest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader r = reader_init((struct view){ .data = data, .size = size });
	struct noise initiator, responder;
	struct view input = r.rest;
	uint8_t first = read_u8(&r), message[ROOM];
	bool turn = false; /* whose it is: false the initiator's */

	open_side(&initiator, NOISE_INITIATOR, input);
	open_side(&responder, NOISE_RESPONDER, input);
	for (int step = 0; step < first % 4; step++, turn = !turn) {
		struct noise *from = turn ? &responder : &initiator, *to = turn ? &initiator : &responder;
		size_t said = 0;
		enum noise_rc rc = speak(from, message, &said, (struct view){ 0 });

		assert(rc == NOISE_OK);
		rc = listen(to, (struct view){ message, said }, 0);
		assert(rc == NOISE_OK);
	}
	for (int i = 0; i < MESSAGES_MAX && r.rest.size; i++, turn = !turn)
		if (!pass(turn ? &responder : &initiator, turn ? &initiator : &responder, &r))
			break;
	return 0;
}
