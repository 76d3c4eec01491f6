/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/text/language.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "proto/catalog/catalog.h"

struct tongue {
	const char *name, *own_name;
	bool singular_zero;
};

#include "board/text/language_names.inc"

enum language language_find(const char *name)
{
	for (size_t i = 0; i < LANGUAGES; i++)
		if (strncasecmp(name, TONGUES[i].name, 2) == 0)
			return (enum language)i;
	return LANGUAGES;
}

const char *language_name(enum language language)
{
	assert(language < LANGUAGES);
	return TONGUES[language].name;
}

enum language language_accepted(const char *list)
{
	while (list != NULL && *list != '\0') {
		enum language found = language_find(list);

		if (found != LANGUAGES)
			return found;
		list += strcspn(list, ",");
		list += strspn(list, ", ");
	}
	return LANGUAGE_EN;
}

bool language_is_one(enum language language, unsigned long long count)
{
	assert(language < LANGUAGES);
	return count == 1 || (count == 0 && TONGUES[language].singular_zero);
}

/* The catalogue's labels have an order of their own, and need not know every language. */
const char *language_item(enum language language, uint16_t code)
{
	const struct catalog_item *item = catalog_find_code(code);

	assert(item != NULL);
	for (size_t i = 0; i < CATALOG_LANGUAGES; i++)
		if (strcmp(catalog_language_name((enum catalog_language)i), language_name(language)) == 0 &&
		    item->labels[i][0] != '\0')
			return item->labels[i];
	return item->labels[CATALOG_EN];
}
