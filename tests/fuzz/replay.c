/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Runs a fuzz target over files, without a fuzzer: the seed corpus and what was found before stay tests everywhere.
 *   TARGET FILE_OR_FOLDER... */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20, PATH_SIZE = 4096 };

/* Shown when an assertion ends the program. */
static void say(const char *path)
{
	printf("%s\n", path);
	(void)fflush(stdout);
}

static int run_file(const char *path)
{
	static uint8_t read[INPUT_MAX];
	FILE *file = fopen(path, "rb");
	uint8_t *exact;
	size_t size;

	if (!file) {
		(void)fprintf(stderr, "%s cannot be read.\n", path);
		return 1;
	}
	size = fread(read, 1, sizeof read, file);
	(void)fclose(file);
	/* No byte more, so that a sanitizer sees what reads beyond. */
	exact = malloc(size ? size : 1);
	if (!exact)
		return 1;
	memcpy(exact, read, size);
	say(path);
	(void)LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	return 0;
}

static int is_no_dot(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int run_folder(const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_no_dot, alphasort), failed = 0;

	for (int i = 0; i < count; i++) {
		char below[PATH_SIZE];

		(void)snprintf(below, sizeof below, "%s/%s", path, entries[i]->d_name);
		failed |= run_file(below);
		free(entries[i]);
	}
	free(entries);
	return failed | (count <= 0);
}

int main(int argc, char **argv)
{
	int failed = argc < 2;

	if (LLVMFuzzerInitialize && LLVMFuzzerInitialize(&argc, &argv) != 0)
		return 1;
	for (int i = 1; i < argc; i++) {
		struct stat found;

		if (stat(argv[i], &found) == 0 && S_ISDIR(found.st_mode))
			failed |= run_folder(argv[i]);
		else
			failed |= run_file(argv[i]);
	}
	return failed;
}
