/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/filters.h"

#define COUNT(LIST) (sizeof(LIST) / sizeof((LIST)[0]))
#define WORDS_OF(LIST)                                                                                                 \
	{                                                                                                              \
		COUNT(LIST), LIST                                                                                      \
	}

static const char *const ALL[] = { "site", "item", "kind", "status", "about", "ref", "at" };
static const char *const OF_SITES[] = { "site", "status", "ref", "at" };
static const char *const OF_LINES[] = { "site", "item", "kind", "status", "about", "ref", "at" };
static const char *const OF_MOVES[] = { "site", "item", "status", "about", "ref", "at" };
static const char *const OF_NOTES[] = { "site", "item", "kind", "about", "ref", "at" };

const struct words WORDS_FILTERS = WORDS_OF(ALL);
const struct filters FILTERS[VIEW_LISTS] = {
	[VIEW_SITES] = { "sites", WORDS_OF(OF_SITES), .statuses = &WORDS_SITE_STATE },
	[VIEW_LINES] = { "lines", WORDS_OF(OF_LINES), .kinds = &WORDS_LINE_KIND, .statuses = &WORDS_LINE_STATUS },
	[VIEW_MOVES] = { "moves", WORDS_OF(OF_MOVES), .statuses = &WORDS_STAGE },
	[VIEW_NOTES] = { "notes", WORDS_OF(OF_NOTES), .kinds = &WORDS_NOTE_KIND },
	[VIEW_AUTHORS] = { .list = "authors" },
	[VIEW_PEERS] = { .list = "peers" },
};
