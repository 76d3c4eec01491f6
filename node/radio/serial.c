/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/radio/serial.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* By whatever name it is listed already. */
static bool is_listed(char ports[][SERIAL_PATH_SIZE], size_t count, const char *path)
{
	char wanted[PATH_MAX], other[PATH_MAX];

	if (!realpath(path, wanted))
		return true; /* it has gone */
	for (size_t i = 0; i < count; i++)
		if (realpath(ports[i], other) && strcmp(wanted, other) == 0)
			return true;
	return false;
}

size_t serial_find(char ports[SERIAL_PORTS_MAX][SERIAL_PATH_SIZE], const char *root)
{
	static const char *const patterns[] = { "serial/by-id/*", "ttyACM*", "ttyUSB*" };
	size_t count = 0;

	for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++) {
		char pattern[SERIAL_PATH_SIZE];
		glob_t found;

		(void)snprintf(pattern, sizeof pattern, "%s/%s", root, patterns[p]);
		if (glob(pattern, 0, NULL, &found) != 0)
			continue;
		for (size_t i = 0; i < found.gl_pathc && count < SERIAL_PORTS_MAX; i++) {
			const char *path = found.gl_pathv[i];

			if (strlen(path) < SERIAL_PATH_SIZE && !is_listed(ports, count, path))
				strcpy(ports[count++], path);
		}
		globfree(&found);
	}
	return count;
}

static struct say why_of(const char *path, int error)
{
	switch (error) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
		return SAY_OF(PORT_MISSING, say_text(path));
	case EACCES:
	case EPERM:
		return SAY_OF(PORT_FORBIDDEN, say_text(path));
	case EBUSY:
		return SAY_OF(PORT_TAKEN, say_text(path));
	case ENOTTY:
		return SAY_OF(PORT_NOT_SERIAL, say_text(path));
	default:
		return SAY_OF(PORT_FAILED, say_text(path), say_text(strerror(error)));
	}
}

/* 0, or an errno. */
static int make_raw(int fd)
{
	struct termios settings;

	if (tcgetattr(fd, &settings) != 0)
		return errno;
	cfmakeraw(&settings);
	settings.c_cflag &= ~(tcflag_t)(HUPCL | CSTOPB | CRTSCTS);
	settings.c_cflag |= CLOCAL | CREAD;
	settings.c_cc[VMIN] = 1;
	settings.c_cc[VTIME] = 0;
	if (cfsetspeed(&settings, B115200) != 0 || tcsetattr(fd, TCSANOW, &settings) != 0)
		return errno;
	if (ioctl(fd, TIOCEXCL) != 0)
		return errno;
	/* What an earlier program left. */
	return tcflush(fd, TCIOFLUSH) == 0 ? 0 : errno;
}

int serial_open(const char *path, struct say *why)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	int error = fd < 0 ? errno : make_raw(fd);

	if (!error)
		return fd;
	if (fd >= 0)
		close(fd);
	*why = why_of(path, error);
	return -1;
}
