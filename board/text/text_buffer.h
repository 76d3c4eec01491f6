/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A file that is being written in memory, up to a bound. Whoever writes asks once, at the end, whether all of it is there. */
#ifndef AIDMESH_BOARD_TEXT_TEXT_BUFFER_H
#define AIDMESH_BOARD_TEXT_TEXT_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct text_buffer {
	size_t size_max;
	char *data; /* from malloc; the caller's, whatever happened */
	size_t size, cap;
	bool failed; /* it would be larger than size_max, or memory is out: nothing was added since */
};

/* False when it has failed. */
bool text_buffer_add(struct text_buffer *buffer, const void *data, size_t size);
bool text_buffer_add_text(struct text_buffer *buffer, const char *text);
__attribute__((format(printf, 2, 3))) bool text_buffer_print(struct text_buffer *buffer, const char *format, ...);

#endif
