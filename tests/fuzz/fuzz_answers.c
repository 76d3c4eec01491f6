/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as aidmesh.txt of a boot partition: texts are ended, every refusal is a sentence, and what was taken is taken again
 * alike. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "node/setup/boot_file.h"
#include "tests/fuzz/as_file.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct as_file file;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return !as_file_open(&file) || sodium_init() < 0 ? -1 : 0;
}

static void on_refused(void *user, const char *sentence)
{
	int *count = user;

	assert(strncmp(sentence, file.path, strlen(file.path)) == 0 && strlen(sentence) > strlen(file.path) + 4);
	++*count;
}

static int read_once(struct answers *answers)
{
	struct reason why = { "" };
	int refused = 0, rc;

	memset(answers, 0, sizeof *answers); /* padding, too, since it is compared */
	answers_init(answers);
	rc = boot_file_read(answers, &why, file.path, on_refused, &refused);
	assert(rc == refused || (rc == -1 && refused == 0 && why.text[0] != '\0'));
	assert(memchr(answers->words, '\0', sizeof answers->words));
	assert(memchr(answers->passphrase, '\0', sizeof answers->passphrase));
	assert(memchr(answers->settings.name, '\0', sizeof answers->settings.name));
	return rc;
}

/* Byte by byte, padding included. */
static bool is_alike(const void *a, const void *b, size_t size)
{
	return memcmp(a, b, size) == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct answers first, again;

	if (!as_file_write(&file, data, size))
		return 0;
	assert(read_once(&first) == read_once(&again));
	assert(is_alike(&first, &again, sizeof first));
	return 0;
}
