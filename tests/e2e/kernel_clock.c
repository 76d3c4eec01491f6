/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Stands before the kernel in a daemon under test: whether the clock is synchronised is what a file says, asked again each
 * time. Loaded with LD_PRELOAD; the file is named in KERNEL_CLOCK_FILE and holds "yes" or anything else. Where KERNEL_BOOT_FILE
 * names a file, it stands for the kernel's boot_id: a machine that was off has another one. Where KERNEL_SLEPT_FILE names a file, it
 * says for how many seconds the machine was suspended. With KERNEL_CLOCK_FORBIDDEN nobody may ask, as under the service's sandbox. */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

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

	if (getenv("KERNEL_CLOCK_FORBIDDEN")) {
		errno = EPERM;
		return -1;
	}
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

static long long slept_s(void)
{
	const char *path = getenv("KERNEL_SLEPT_FILE");
	FILE *file = path ? fopen(path, "r") : NULL;
	long long seconds = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%lld", &seconds) != 1)
		seconds = 0;
	(void)fclose(file);
	return seconds;
}

int clock_gettime(clockid_t id, struct timespec *now)
{
	static int (*next)(clockid_t, struct timespec *);
	int rc;

	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "clock_gettime");
	rc = next(id, now);
	if (rc == 0 && id == CLOCK_BOOTTIME)
		now->tv_sec += slept_s();
	return rc;
}
