/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/system/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

enum { MS_PER_S = 1000 };

static int64_t clock_ms(clockid_t id)
{
	struct timespec t;
	int rc = clock_gettime(id, &t);

	assert(rc == 0);
	return (int64_t)t.tv_sec * MS_PER_S + t.tv_nsec / 1000000;
}

mono_ms clock_mono(void)
{
	return (mono_ms)clock_ms(CLOCK_BOOTTIME);
}

/* proc(5): a random UUID for each start of the kernel. 0: it does not say. */
static uint32_t read_boot(void)
{
	FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
	uint32_t boot = 0;

	if (file == NULL)
		return 0;
	if (fscanf(file, "%8" SCNx32, &boot) != 1)
		boot = 0;
	fclose(file);
	return boot;
}

/* Where the service's sandbox keeps the kernel's word from the node, another process asks, and leaves a file while it is yes. */
static bool told_by_file(void)
{
	const char *path = getenv("AIDMESH_SYNCHRONISED");

	return path != NULL && access(path, F_OK) == 0;
}

bool clock_is_synchronised(void)
{
	struct timex state = { .modes = 0 };
	int rc = adjtimex(&state);

	if (rc < 0)
		return told_by_file();
	return rc != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

struct date_reading clock_read(void)
{
	static uint32_t boot;
	static bool has_boot;

	if (!has_boot)
		boot = read_boot();
	has_boot = true;
	return (struct date_reading){
		.real_ms = clock_ms(CLOCK_REALTIME),
		.mono = clock_mono(),
		.synchronised = clock_is_synchronised(),
		.boot = boot,
	};
}

int64_t clock_unix_of(uint32_t time_s)
{
	return time_s ? (int64_t)time_s + EPOCH_UNIX_S : 0;
}

uint32_t clock_floor(void)
{
	static_assert(AIDMESH_BUILT > EPOCH_UNIX_S && AIDMESH_BUILT - EPOCH_UNIX_S < UINT32_MAX,
		      "a date that entries have");
	return (uint32_t)(AIDMESH_BUILT - EPOCH_UNIX_S);
}

enum date_trust clock_trust_of(const char *setting)
{
	if (strcmp(setting, "set") == 0)
		return DATE_ALWAYS_SET;
	if (strcmp(setting, "guessed") == 0)
		return DATE_ALWAYS_GUESSED;
	assert(strcmp(setting, "auto") == 0);
	return DATE_AUTO;
}

void clock_kept_write(char text[CLOCK_KEPT_SIZE], const struct date_kept *kept)
{
	int length = snprintf(text, CLOCK_KEPT_SIZE,
			      "%" PRIx32 " %" PRIx32 " %" PRIx32 " %" PRIx32 " %x %x %" PRIx32 " %" PRIx64 " %" PRIx32
			      " %" PRIx32 " %" PRIx32 " %x",
			      kept->date_s, kept->span_s, kept->older_s, kept->good_s, (unsigned)kept->source,
			      (unsigned)kept->era, kept->boot, (uint64_t)kept->base_ms, kept->before_s,
			      kept->moved.ahead_s, kept->moved.by_s, (unsigned)kept->moved.era);

	assert(length < CLOCK_KEPT_SIZE);
}

bool clock_kept_read(struct date_kept *kept, const char *text)
{
	struct date_kept found = { 0 };
	unsigned source, era, moved_era = 0;
	uint64_t base;
	int read;

	read = sscanf(text,
		      "%" SCNx32 " %" SCNx32 " %" SCNx32 " %" SCNx32 " %x %x %" SCNx32 " %" SCNx64 " %" SCNx32
		      " %" SCNx32 " %" SCNx32 " %x",
		      &found.date_s, &found.span_s, &found.older_s, &found.good_s, &source, &era, &found.boot, &base,
		      &found.before_s, &found.moved.ahead_s, &found.moved.by_s, &moved_era);
	/* An earlier version noted the first eight. */
	if ((read != 8 && read != 12) || source >= DATE_SOURCES || era > ERA_MAX || moved_era > ERA_MAX)
		return false;
	found.source = (enum date_source)source;
	found.era = (uint8_t)era;
	found.moved.era = (uint8_t)moved_era;
	found.base_ms = (int64_t)base;
	*kept = found;
	return true;
}
