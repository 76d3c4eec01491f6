/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tools/secret.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

bool line_ask(char *out, size_t size, const char *question)
{
	bool ok;

	fputs(question, stderr);
	fflush(stderr);
	ok = fgets(out, (int)size, stdin) != NULL;
	out[ok ? strcspn(out, "\r\n") : 0] = '\0';
	return ok;
}

bool secret_ask(char *out, size_t size, const char *question)
{
	struct termios shown, hidden;
	bool is_terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
	bool ok;

	if (is_terminal) {
		hidden = shown;
		hidden.c_lflag &= ~(tcflag_t)ECHO;
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	}
	ok = line_ask(out, size, question);
	if (is_terminal) {
		tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
		fputc('\n', stderr);
	}
	if (!ok)
		fputs("\nNothing was given: type it at a terminal, or pass it as a line on standard input.\n", stderr);
	return ok;
}
