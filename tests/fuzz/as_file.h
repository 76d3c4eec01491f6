/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a fuzzer made up, as a file with a path: in memory, and written anew for each input. */
#ifndef AIDMESH_TESTS_FUZZ_AS_FILE_H
#define AIDMESH_TESTS_FUZZ_AS_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

struct as_file {
	int fd;
	char path[64];
};

static inline bool as_file_open(struct as_file *file)
{
	file->fd = memfd_create("input", 0);
	(void)snprintf(file->path, sizeof file->path, "/proc/self/fd/%d", file->fd);
	return file->fd >= 0;
}

static inline bool as_file_write(const struct as_file *file, const uint8_t *data, size_t size)
{
	return ftruncate(file->fd, 0) == 0 && (size == 0 || pwrite(file->fd, data, size, 0) == (ssize_t)size);
}

#endif
