/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/modem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool modem_out_put(struct modem_out *out, const void *bytes, size_t size)
{
	if (size > sizeof out->bytes - out->size)
		return false;
	memcpy(out->bytes + out->size, bytes, size);
	out->size += size;
	return true;
}

size_t modem_out_take(struct modem_out *out, uint8_t *bytes, size_t cap)
{
	size_t size = out->size < cap ? out->size : cap;

	memcpy(bytes, out->bytes, size);
	out->size -= size;
	memmove(out->bytes, out->bytes + size, out->size);
	return size;
}

void modem_say(struct modem_status *status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(status->sentence, sizeof status->sentence, format, arguments);
	va_end(arguments);
}
