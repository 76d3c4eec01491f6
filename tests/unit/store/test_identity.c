/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A node stays who it is, and never runs with a key that is damaged or that others can read. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/store/identity.h"

struct bench {
	char folder[64];
	char path[96];
};

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	*state = b;
	snprintf(b->folder, sizeof(b->folder), "/tmp/aidmesh-identity-XXXXXX");
	if (mkdtemp(b->folder) == NULL)
		return -1;
	snprintf(b->path, sizeof(b->path), "%s/identity.key", b->folder);
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	unlink(b->path);
	assert_int_equal(rmdir(b->folder), 0); /* nothing else was left there */
	free(b);
	return 0;
}

static void the_key_is_made_once_and_kept(void **state)
{
	struct bench *b = *state;
	struct identity first, again;
	struct stat status;
	uint8_t signature[64];
	struct reason why = { "" };

	assert_int_equal(identity_open(&first, &why, b->folder), IDENTITY_OK);
	assert_int_equal(stat(b->path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(identity_open(&again, &why, b->folder), IDENTITY_OK);
	assert_memory_equal(&first.key, &again.key, 32);
	assert_memory_equal(first.sealing_key, again.sealing_key, 32);
	assert_memory_equal(first.secret_key, again.secret_key, 64);
	assert_memory_equal(first.sealing_secret, again.sealing_secret, 32);
	/* The halves belong together. */
	crypto_sign_detached(signature, NULL, (const uint8_t *)"x", 1, again.secret_key);
	assert_int_equal(crypto_sign_verify_detached(signature, (const uint8_t *)"x", 1, first.key.bytes), 0);
	identity_close(&first);
	identity_close(&again);
}

static void two_nodes_differ(void **state)
{
	struct bench *b = *state;
	struct identity first, second;
	struct reason why = { "" };

	assert_int_equal(identity_open(&first, &why, b->folder), IDENTITY_OK);
	assert_int_equal(unlink(b->path), 0);
	assert_int_equal(identity_open(&second, &why, b->folder), IDENTITY_OK);
	assert_memory_not_equal(&first.key, &second.key, 32);
	assert_memory_not_equal(first.sealing_key, second.sealing_key, 32);
	identity_close(&first);
	identity_close(&second);
}

static void a_half_written_draft_is_replaced(void **state)
{
	struct bench *b = *state;
	struct identity identity;
	char draft[128];
	struct reason why = { "" };
	int fd;

	snprintf(draft, sizeof(draft), "%s.new", b->path);
	fd = open(draft, O_WRONLY | O_CREAT, 0600);
	assert_int_equal(write(fd, "AIDKEY1", 7), 7);
	close(fd);
	assert_int_equal(identity_open(&identity, &why, b->folder), IDENTITY_OK);
	identity_close(&identity);
}

/* What may have happened to the file, and what is said. `flip` is the offset of the byte that changed. */
struct harm {
	const char *name;
	off_t size;
	off_t flip;
	mode_t mode;
	enum identity_rc rc;
	const char *says;
};

static void a_harmed_key_is_refused_with_what_to_do(void **state)
{
	static const struct harm table[] = {
		{ "readable by the group", 88, -1, 0640, IDENTITY_E_MODE, "chmod 600" },
		{ "readable by all", 88, -1, 0604, IDENTITY_E_MODE, "chmod 600" },
		{ "empty", 0, -1, 0600, IDENTITY_E_DAMAGED, "restore it" },
		{ "cut off", 87, -1, 0600, IDENTITY_E_DAMAGED, "restore it" },
		{ "longer", 89, -1, 0600, IDENTITY_E_DAMAGED, "restore it" },
		{ "magic", 88, 0, 0600, IDENTITY_E_DAMAGED, "move it away" },
		{ "seed", 88, 8, 0600, IDENTITY_E_DAMAGED, "move it away" },
		{ "sealing secret", 88, 71, 0600, IDENTITY_E_DAMAGED, "move it away" },
		{ "check", 88, 87, 0600, IDENTITY_E_DAMAGED, "move it away" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct identity identity = { .secret_key = (uint8_t *)b };
		struct reason why = { "" };
		uint8_t byte;
		int fd;

		assert_int_equal(identity_open(&identity, &why, b->folder), IDENTITY_OK);
		identity_close(&identity);
		fd = open(b->path, O_RDWR);
		assert_int_equal(ftruncate(fd, table[i].size), 0);
		if (table[i].flip >= 0) {
			assert_int_equal(pread(fd, &byte, 1, table[i].flip), 1);
			byte ^= 1;
			assert_int_equal(pwrite(fd, &byte, 1, table[i].flip), 1);
		}
		assert_int_equal(fchmod(fd, table[i].mode), 0);
		close(fd);
		if (identity_open(&identity, &why, b->folder) != table[i].rc)
			fail_msg("%s: not refused as it should be: %s", table[i].name, why.text);
		assert_non_null(strstr(why.text, table[i].says));
		assert_non_null(strstr(why.text, "identity.key"));
		assert_null(identity.secret_key);
		unlink(b->path);
	}
}

static void a_missing_folder_is_named(void **state)
{
	struct identity identity;
	struct reason why = { "" };

	(void)state;
	assert_int_equal(identity_open(&identity, &why, "/nonexistent/aidmesh"), IDENTITY_E_FILE);
	assert_non_null(strstr(why.text, "/nonexistent/aidmesh"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_key_is_made_once_and_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(two_nodes_differ, setup, teardown),
		cmocka_unit_test_setup_teardown(a_half_written_draft_is_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(a_harmed_key_is_refused_with_what_to_do, setup, teardown),
		cmocka_unit_test(a_missing_folder_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
