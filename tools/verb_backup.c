/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Asks for the passphrase; the daemon's program does the rest, since the node need not run, or must not. */
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tools/secret.h"
#include "tools/verbs.h"

enum { LINE_SIZE = 300 };

static bool ask_passphrase(char line[LINE_SIZE], bool twice)
{
	char again[LINE_SIZE];

	if (!secret_ask(line, LINE_SIZE, "Passphrase of the backup, at least 12 characters, not shown: "))
		return false;
	if (!twice || !isatty(STDIN_FILENO))
		return true;
	if (!secret_ask(again, sizeof(again), "Once more: "))
		return false;
	if (strcmp(line, again) == 0)
		return true;
	fputs("They differ: try again.\n", stderr);
	return false;
}

/* The one that stands beside this program, else that of the PATH. */
static void run_daemon(char *const words[])
{
	char own[PATH_MAX], path[PATH_MAX + 16];
	ssize_t size = readlink("/proc/self/exe", own, sizeof(own) - 1);

	if (size > 0) {
		own[size] = '\0';
		snprintf(path, sizeof(path), "%s/aidmeshd", dirname(own));
		execv(path, words);
	}
	execvp("aidmeshd", words);
	fprintf(stderr, "There is no aidmeshd on this machine (%s): install the package aidmeshd.\n", strerror(errno));
	_exit(EXIT_USAGE);
}

static int wait_for(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_REFUSED;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_REFUSED;
}

static int call_daemon(const struct call *call, const char *command, const char *line)
{
	const char *folder = options_text(call, "folder");
	char setting[PATH_MAX + 16], file[PATH_MAX];
	char *words[] = { "aidmeshd", (char *)command, file, NULL, NULL, NULL };
	int ends[2];
	pid_t child;

	snprintf(file, sizeof(file), "%s", call->words[0]);
	snprintf(setting, sizeof(setting), "node.folder=%s", folder != NULL ? folder : "");
	if (folder != NULL) {
		words[3] = "--set";
		words[4] = setting;
	}
	if (pipe(ends) != 0 || (child = fork()) < 0) {
		fprintf(stderr, "Cannot start aidmeshd: %s\n", strerror(errno));
		return EXIT_REFUSED;
	}
	if (child == 0) {
		dup2(ends[0], STDIN_FILENO);
		close(ends[0]);
		close(ends[1]);
		run_daemon(words);
	}
	close(ends[0]);
	dprintf(ends[1], "%s\n", line);
	close(ends[1]);
	return wait_for(child);
}

static int do_it(const struct call *call, const char *command, bool twice)
{
	char line[LINE_SIZE];
	int rc;

	if (!ask_passphrase(line, twice))
		return EXIT_USAGE;
	rc = call_daemon(call, command, line);
	explicit_bzero(line, sizeof(line));
	return rc;
}

int verb_backup(struct call *call)
{
	int rc = do_it(call, "--backup", true);

	if (rc == EXIT_DONE)
		file_warn_in_memory(call->words[0]);
	return rc;
}

int verb_restore(struct call *call)
{
	return do_it(call, "--restore", false);
}
