/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Asks the kernel whether the system's clock is synchronised, and keeps a file while it is. The call that asks is the one that
 * sets, so the sandbox of the node's service has neither; this program is all that may ask. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "node/system/clock.h"

/* The kernel itself notices within some minutes that nobody sets its clock. */
enum { PAUSE_S = 30 };

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs("Usage: aidmesh-synchronised FILE\n", stderr);
		return 2;
	}
	for (;;) {
		bool is = clock_is_synchronised();
		int fd = is ? open(argv[1], O_CREAT | O_WRONLY | O_CLOEXEC, 0644) : -1;

		if ((is && fd < 0) || (!is && unlink(argv[1]) != 0 && errno != ENOENT)) {
			fprintf(stderr, "aidmesh-synchronised: %s: %s\n", argv[1], strerror(errno));
			return 1;
		}
		if (fd >= 0)
			close(fd);
		sleep(PAUSE_S);
	}
}
