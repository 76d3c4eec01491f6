/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the daemon says to whoever runs it: one line a record on stderr. What people wrote into entries never goes
 * there, nor do keys. Any thread; one write a line. */
#ifndef AIDMESH_NODE_SYSTEM_LOG_H
#define AIDMESH_NODE_SYSTEM_LOG_H

#include "node/settings/config.h"

enum log_form {
	LOG_PLAIN,   /* aidmeshd: warning: ... */
	LOG_JOURNAL, /* <4>...: sd-daemon(3), the journal shows name and time itself */
};

struct log {
	enum config_log level; /* less important records are dropped */
	enum log_form form;
	int fd;
};

/* To stderr; LOG_JOURNAL exactly when stderr is the journal (JOURNAL_STREAM names its device and inode). */
void log_init(struct log *log, enum config_log level);
/* Control characters become "?": a peer's address or a file's name cannot forge a line. Cut at about 500 bytes. */
void log_write(const struct log *log, enum config_log level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
