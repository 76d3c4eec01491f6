/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/settings/reason.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void reason_set(struct reason *reason, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(reason->text, sizeof reason->text, format, arguments);
	va_end(arguments);
}

void reason_add(struct reason *reason, const char *format, ...)
{
	size_t used = strlen(reason->text);
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(reason->text + used, sizeof reason->text - used, format, arguments);
	va_end(arguments);
}
