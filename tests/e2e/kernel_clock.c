/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Stands before the kernel in a daemon under test: whether the clock is synchronised is what a file says, asked again each
 * time. Loaded with LD_PRELOAD; the file is named in KERNEL_CLOCK_FILE and holds "yes" or anything else. Where KERNEL_BOOT_FILE
 * names a file, it stands for the kernel's boot_id: a machine that was off has another one. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>

static int is_synchronised(void)
{
	const char *path = getenv("KERNEL_CLOCK_FILE");
	FILE *file = path ? fopen(path, "r") : NULL;
	char word[8] = "";

	if (!file)
		return 0;
	if (!fgets(word, sizeof word, file))
		word[0] = '\0';
	(void)fclose(file);
	return strncmp(word, "yes", 3) == 0;
}

/* Only what is read is answered: nobody here sets the kernel's clock. */
int adjtimex(struct timex *state)
{
	int yes = is_synchronised();

	memset(state, 0, sizeof *state);
	state->status = yes ? STA_PLL : STA_UNSYNC;
	return yes ? TIME_OK : TIME_ERROR;
}

FILE *fopen(const char *path, const char *mode)
{
	static FILE *(*next)(const char *, const char *);
	const char *boot = getenv("KERNEL_BOOT_FILE");

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "fopen");
	if (boot && strcmp(path, "/proc/sys/kernel/random/boot_id") == 0)
		path = boot;
	return next(path, mode);
}
