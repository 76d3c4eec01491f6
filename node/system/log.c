/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/system/log.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_SIZE = 512 };

static const char *const plain_heads[] = {
	[LOG_ERROR] = "aidmeshd: error: ",
	[LOG_WARNING] = "aidmeshd: warning: ",
	[LOG_INFO] = "aidmeshd: ",
	[LOG_DEBUG] = "aidmeshd: debug: ",
};

/* The numbers of syslog(3). */
static const char *const journal_heads[] = {
	[LOG_ERROR] = "<3>",
	[LOG_WARNING] = "<4>",
	[LOG_INFO] = "<6>",
	[LOG_DEBUG] = "<7>",
};

static enum log_form form_of(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat status;

	if (stream == NULL || sscanf(stream, "%" SCNuMAX ":%" SCNuMAX, &device, &inode) != 2 || fstat(fd, &status) != 0)
		return LOG_PLAIN;
	return status.st_dev == device && status.st_ino == inode ? LOG_JOURNAL : LOG_PLAIN;
}

void log_init(struct log *log, enum config_log level)
{
	*log = (struct log){ .level = level, .form = form_of(STDERR_FILENO), .fd = STDERR_FILENO };
}

void log_write(const struct log *log, enum config_log level, const char *format, ...)
{
	const char *head = log->form == LOG_JOURNAL ? journal_heads[level] : plain_heads[level];
	size_t size = strlen(head);
	char line[LINE_SIZE + 1];
	va_list args;

	if (level > log->level)
		return;
	memcpy(line, head, size);
	va_start(args, format);
	vsnprintf(line + size, LINE_SIZE - size, format, args);
	va_end(args);
	for (char *c = line + size; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
	}
	size = strlen(line);
	line[size++] = '\n';
	/* There is nobody to tell that telling failed. */
	if (write(log->fd, line, size) < 0)
		return;
}
