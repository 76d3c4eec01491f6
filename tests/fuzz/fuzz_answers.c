/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as aidmesh.txt of a boot partition: texts are ended, every refusal is a sentence, and what was taken is taken again
 * alike. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <sodium.h>

#include "node/setup/boot_file.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int file = -1;
static char path[64];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	file = memfd_create("answers", 0);
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	return file < 0 || sodium_init() < 0 ? -1 : 0;
}

static void on_refused(void *user, const char *sentence)
{
	int *count = user;

	assert(strncmp(sentence, path, strlen(path)) == 0 && strlen(sentence) > strlen(path) + 4);
	++*count;
}

static int read_once(struct answers *answers)
{
	struct reason why = { "" };
	int refused = 0, rc;

	memset(answers, 0, sizeof *answers); /* padding, too, since it is compared */
	answers_init(answers);
	rc = boot_file_read(answers, &why, path, on_refused, &refused);
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

	if (ftruncate(file, 0) != 0 || (size && pwrite(file, data, size, 0) != (ssize_t)size))
		return 0;
	assert(read_once(&first) == read_once(&again));
	assert(is_alike(&first, &again, sizeof first));
	return 0;
}
