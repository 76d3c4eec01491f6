/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* For LD_PRELOAD: a kernel that was started with ipv6.disable=1. */
#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

int socket(int domain, int type, int protocol)
{
	int (*real)(int, int, int);
	void *found = dlsym(RTLD_NEXT, "socket");

	memcpy(&real, &found, sizeof real);
	if (domain == AF_INET6) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	return real(domain, type, protocol);
}
