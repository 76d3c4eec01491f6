/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tools/field.h"

#include <stdio.h>

const char *field_string(const json_t *object, const char *field)
{
	const char *text = json_string_value(json_object_get(object, field));

	return text != NULL ? text : "";
}

const char *field_text(char out[64], const json_t *object, const char *field)
{
	const json_t *value = json_object_get(object, field);

	out[0] = '\0';
	if (json_is_string(value))
		snprintf(out, 64, "%s", json_string_value(value));
	else if (json_is_integer(value))
		snprintf(out, 64, "%lld", (long long)json_integer_value(value));
	else if (json_is_real(value))
		snprintf(out, 64, "%.12g", json_real_value(value));
	else if (json_is_boolean(value))
		snprintf(out, 64, "%s", json_is_true(value) ? "yes" : "no");
	return out;
}
