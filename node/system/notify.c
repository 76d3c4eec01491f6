/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/system/notify.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

bool notify_send(const char *state)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t path_size = path != NULL ? strlen(path) : 0;
	ssize_t sent;
	int fd;

	if (path_size < 2 || path_size >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
		return false;
	memcpy(address.sun_path, path, path_size);
	if (path[0] == '@') /* the abstract namespace */
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return false;
	sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
		      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_size));
	close(fd);
	return sent >= 0;
}

void notify_send_reloading(void)
{
	struct timespec now;
	char state[64];

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		 (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
	notify_send(state);
}

uint64_t notify_watchdog_ms(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	uint64_t ms;

	if (usec == NULL || (pid != NULL && strtoull(pid, NULL, 10) != (unsigned long long)getpid()))
		return 0;
	ms = strtoull(usec, NULL, 10) / 2000;
	return ms > 0 ? ms : strtoull(usec, NULL, 10) > 0;
}
