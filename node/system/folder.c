/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/system/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/settings/config.h"

void folder_make(const char *path)
{
	char part[CONFIG_PATH_SIZE];

	for (size_t i = 1; path[i]; i++)
		if (path[i] == '/') {
			snprintf(part, sizeof part, "%.*s", (int)i, path);
			(void)mkdir(part, 0755);
		}
	(void)mkdir(path, 0700);
}

static bool parent_of(char parent[CONFIG_PATH_SIZE], const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL || slash == path || slash - path >= CONFIG_PATH_SIZE)
		return false;
	snprintf(parent, CONFIG_PATH_SIZE, "%.*s", (int)(slash - path), path);
	return true;
}

void folder_make_parent(const char *path)
{
	char parent[CONFIG_PATH_SIZE];

	if (parent_of(parent, path))
		folder_make(parent);
}

bool folder_has_parent(const char *path)
{
	char parent[CONFIG_PATH_SIZE];
	struct stat st;

	return !parent_of(parent, path) || (stat(parent, &st) == 0 && S_ISDIR(st.st_mode));
}

int folder_sync(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return -1;
	rc = fsync(fd);
	close(fd);
	return rc;
}

int folder_write_synced(int fd, const uint8_t *bytes, size_t size)
{
	while (size > 0) {
		ssize_t put = write(fd, bytes, size);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		bytes += put;
		size -= (size_t)put;
	}
	return fsync(fd);
}

int folder_write_file(const char *path, const char *name, const void *data, size_t size)
{
	char whole[2 * CONFIG_PATH_SIZE], draft[2 * CONFIG_PATH_SIZE + 4];
	int fd, rc;

	if (snprintf(whole, sizeof whole, "%s/%s", path, name) >= (int)sizeof whole) {
		errno = ENAMETOOLONG;
		return -1;
	}
	snprintf(draft, sizeof draft, "%s.new", whole);
	if (unlink(draft) != 0 && errno != ENOENT)
		return -1;
	fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -1;
	rc = folder_write_synced(fd, data, size);
	if (close(fd) != 0)
		rc = -1;
	return rc == 0 && rename(draft, whole) == 0 ? folder_sync(path) : -1;
}
