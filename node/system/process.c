/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/system/process.h"

#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>

int process_open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

void process_host_name(char *name, size_t size)
{
	if (gethostname(name, size - 1) != 0 || name[0] == '\0')
		snprintf(name, size, "aidmesh node");
	name[size - 1] = '\0';
}
