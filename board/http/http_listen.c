/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/http/http_listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <uv.h>

static enum http_rc rc_of_errno(int error)
{
	switch (error) {
	case EADDRINUSE:
		return HTTP_E_TAKEN;
	case EADDRNOTAVAIL:
	case ENOENT:
	case ENOTDIR:
		return HTTP_E_ADDRESS;
	case EACCES:
	case EPERM:
	case EROFS:
		return HTTP_E_NO_RIGHT;
	default:
		return HTTP_E_SYSTEM;
	}
}

static enum http_rc bind_and_listen(int *out, int fd, const struct sockaddr *address, socklen_t size)
{
	if (bind(fd, address, size) != 0 || listen(fd, HTTP_CONNECTIONS_MAX) != 0) {
		enum http_rc rc = rc_of_errno(errno);

		close(fd);
		return rc;
	}
	*out = fd;
	return HTTP_OK;
}

enum http_rc http_listen_tcp(int *out, int *port, const char *address, int wanted)
{
	struct sockaddr_storage at = { 0 };
	struct sockaddr_in *four = (struct sockaddr_in *)&at;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)&at;
	socklen_t size;
	enum http_rc rc;
	int fd, on = 1;

	if (uv_ip4_addr(address, wanted, four) == 0)
		size = sizeof(*four);
	else if (uv_ip6_addr(address, wanted, six) == 0)
		size = sizeof(*six);
	else
		return HTTP_E_ADDRESS;
	fd = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return HTTP_E_SYSTEM;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	rc = bind_and_listen(out, fd, (struct sockaddr *)&at, size);
	if (rc != HTTP_OK)
		return rc;
	getsockname(fd, (struct sockaddr *)&at, &size);
	*port = ntohs(at.ss_family == AF_INET ? four->sin_port : six->sin6_port);
	return HTTP_OK;
}

/* A socket file that a dead process left is removed; one on which somebody answers never. */
static enum http_rc stale_remove(const struct sockaddr_un *at)
{
	struct stat st;
	enum http_rc rc = HTTP_E_TAKEN;
	int fd;

	if (lstat(at->sun_path, &st) != 0)
		return errno == ENOENT ? HTTP_OK : rc_of_errno(errno);
	if (!S_ISSOCK(st.st_mode))
		return HTTP_E_NOT_SOCKET;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return HTTP_E_SYSTEM;
	if (connect(fd, (const struct sockaddr *)at, sizeof(*at)) != 0 && errno == ECONNREFUSED)
		rc = unlink(at->sun_path) == 0 ? HTTP_OK : rc_of_errno(errno);
	close(fd);
	return rc;
}

enum http_rc http_listen_unix(int *out, const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	enum http_rc rc;
	int fd;

	if (strlen(path) >= sizeof(at.sun_path))
		return HTTP_E_ADDRESS;
	strcpy(at.sun_path, path);
	rc = stale_remove(&at);
	if (rc != HTTP_OK)
		return rc;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return HTTP_E_SYSTEM;
	/* Before bind, so that the file is never open to others; after it, because the umask may have taken more. */
	fchmod(fd, 0660);
	rc = bind_and_listen(out, fd, (struct sockaddr *)&at, sizeof(at));
	if (rc == HTTP_OK)
		chmod(path, 0660);
	return rc;
}

const char *http_rc_text(enum http_rc rc)
{
	switch (rc) {
	case HTTP_OK:
		return "It listens.";
	case HTTP_E_ADDRESS:
		return "This machine has no such address, or the path of the socket is longer than 107 bytes.";
	case HTTP_E_TAKEN:
		return "Another process already answers there: stop it, or choose another port or socket.";
	case HTTP_E_NO_RIGHT:
		return "No right to listen there: choose a port above 1023 or a directory of one's own.";
	case HTTP_E_NOT_SOCKET:
		return "A file that is no socket stands at the socket's path: move it away.";
	case HTTP_E_SYSTEM:
		return "No memory or descriptors left to listen with.";
	}
	return "Unknown.";
}
