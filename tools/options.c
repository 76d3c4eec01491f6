/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/verbs.h"

#define END                                                                                                            \
	{                                                                                                              \
		NULL, OPTION_FLAG, NULL, NULL, NULL                                                                    \
	}
#define AT_SITE                                                                                                        \
	{                                                                                                              \
		"site", OPTION_TEXT, "site", "SITE", "where it stands, by name or ref; else where this node stands"    \
	}
#define TEXT                                                                                                           \
	{                                                                                                              \
		"text", OPTION_TEXT, "text", "TEXT", "a few words, no names or phone numbers"                          \
	}
#define PEOPLE                                                                                                         \
	{                                                                                                              \
		"people", OPTION_COUNT, "people", "N", "for how many people"                                           \
	}
#define VULNERABLE                                                                                                     \
	{ "infants", OPTION_COUNT, "infants", "N", "how many of them are under two" },                                 \
		{ "elders", OPTION_COUNT, "elders", "N", "how many of them are old and frail" },                       \
		{ "powered", OPTION_COUNT, "powered", "N", "how many of them depend on power" },                       \
	{                                                                                                              \
		"within", OPTION_HOURS, "within", "HOURS", "how soon: 6, 24, 3d, 1w or 720"                            \
	}
#define EVERY                                                                                                          \
	{                                                                                                              \
		"every", OPTION_EVERY, "every", "HOURS", "it opens again after so long: 24h, 12h; or once"             \
	}
#define PLACE                                                                                                          \
	{                                                                                                              \
		"at", OPTION_PLACE, "place", "PLACE", "where: 35.1,-77.0, a Plus Code, or a site's name"               \
	}
#define HOUSE                                                                                                          \
	{                                                                                                              \
		"at", OPTION_PLACE, "place", "PLACE",                                                                  \
			"a household's place, told as a cell of 5.6 km; 8773XW44+: 280 m"                              \
	}
#define SITE_FACTS                                                                                                     \
	{ "state", OPTION_TEXT, "state", "STATE", "open, full, closed, moved or unlisted" },                           \
		{ "giving", OPTION_OPENING, "giving", "HOURS", "when it hands out: 8-17 or \"8-17 mon,tue\"" },        \
		{ "receiving", OPTION_OPENING, "receiving", "HOURS", "when it takes deliveries" },                     \
		{ "takes", OPTION_LIST, "takes", "WORDS", "what it takes: water,food,shelter,..." },                   \
		{ "refuses", OPTION_LIST, "refuses", "WORDS", "what it does not take" },                               \
	{                                                                                                              \
		"facilities", OPTION_LIST, "facilities", "WORDS", "step-free,power,pets,no-id,drill"                   \
	}
#define FLAGS                                                                                                          \
	{                                                                                                              \
		"flags", OPTION_LIST, "flags", "WORDS", "can-collect,needs-transport,drill"                            \
	}
#define LOT                                                                                                            \
	{                                                                                                              \
		"lot", OPTION_QUANTITY, "lot", "QTY", "the smallest quantity that is of use"                           \
	}
#define REACH                                                                                                          \
	{                                                                                                              \
		"reach", OPTION_COUNT, "reach", "KM", "how far it may go"                                              \
	}
#define REST                                                                                                           \
	{                                                                                                              \
		"rest", OPTION_TEXT, "rest", "WHAT",                                                                   \
			"a place that closes: its needs and stock: keep, close, or the place that has them"            \
	}
#define INSTEAD                                                                                                        \
	{                                                                                                              \
		"instead", OPTION_TEXT, "instead", "SITE", "a place that is closed, moved or full: where to go"        \
	}
#define SURE                                                                                                           \
	{                                                                                                              \
		"sure", OPTION_FLAG, "sure", NULL, "do not ask back when it looks wrong or is there already"           \
	}
#define UNTIL                                                                                                          \
	{                                                                                                              \
		"until", OPTION_TIME, "until", "WHEN", "an alert: when it is over: 6h, 2d or 2026-09-14T18:00Z"        \
	}
#define SHOWN                                                                                                          \
	{                                                                                                              \
		"ticket", OPTION_TEXT, "ticket", "CODE", "the ticket that the person shows"                            \
	}
#define AS_TEXT                                                                                                        \
	{                                                                                                              \
		"text", OPTION_FLAG, "as_text", NULL, "lines to copy into a message, instead of a table"               \
	}
#define FROM_SITE                                                                                                      \
	{                                                                                                              \
		"site", OPTION_TEXT, "site", "SITE", "of or from there, by name or ref; else where this node stands"   \
	}
#define HAPPENED                                                                                                       \
	{                                                                                                              \
		"at", OPTION_PAST, "at", "WHEN", "when it happened, if not now: 2h (ago), or 2026-09-14T18:00Z"        \
	}
#define SIZE                                                                                                           \
	{ "variant", OPTION_TEXT, "variant", "WORDS", "size or form of it: 2, pen, 43" },                              \
	{                                                                                                              \
		"size", OPTION_TEXT, "variant", "WORDS", "the same"                                                    \
	}
#define COLD                                                                                                           \
	{                                                                                                              \
		"cold", OPTION_FLAG, "cold", NULL, "it is to be kept cold"                                             \
	}
#define SHELF                                                                                                          \
	SIZE, COLD, { "use-by", OPTION_TEXT, "use_by", "DATE", "the last day on which it can be used: 2026-12-24" },   \
	{                                                                                                              \
		"condition", OPTION_TEXT, "condition", "WORD", "new, used or damaged"                                  \
	}
#define RESERVE                                                                                                        \
	{                                                                                                              \
		"reserve", OPTION_QUANTITY, "reserve", "QTY", "what stays here in any case"                            \
	}

const struct option_row UPGRADE_OPTIONS[] = {
	{ "from", OPTION_TEXT, "from", "NEIGHBOUR", "what a trusted node in reach runs, instead of a file" },
	{ "port", OPTION_TEXT, "port", "PORT", "where its page is, if not at 8024" },
	END,
};
const struct option_row BACKUP_OPTIONS[] = {
	{ "folder", OPTION_TEXT, "folder", "FOLDER", "the node's; else as its settings say" },
	END,
};
const struct option_row RENEW_OPTIONS[] = { { "sure", OPTION_FLAG, "sure", NULL, "do not ask back" },
					    { "gone", OPTION_FLAG, "gone", NULL,
					      "after restore: the original is gone for good; go on in its place" },
					    { NULL, OPTION_FLAG, NULL, NULL, NULL } };
const struct option_row NO_OPTIONS[] = { END };
const struct option_row PLAN_OPTIONS[] = { AS_TEXT, END };
const struct option_row INIT_OPTIONS[] = {
	{ "name", OPTION_TEXT, "name", "NAME", "what others call this node: a place, not a person" },
	{ "language", OPTION_TEXT, "language", "CODES", "languages spoken there, such as \"en es\"" },
	PLACE,
	{ "site", OPTION_TEXT, "site", "SITE", "the site it stands at, if that has another name" },
	SURE,
	END
};
const struct option_row SITE_OPTIONS[] = { PLACE, PEOPLE, SITE_FACTS, SURE, END };
const struct option_row NEED_OPTIONS[] = {
	PEOPLE,
	VULNERABLE,
	{ "days", OPTION_COUNT, "days", "N", "for how many days: the catalogue then says how much" },
	EVERY,
	{ "when", OPTION_PAST, "at", "WHEN", "when it was asked for, if not now: 2h (ago), or 2026-09-14T18:00Z" },
	AT_SITE,
	HOUSE,
	LOT,
	FLAGS,
	SIZE,
	COLD,
	TEXT,
	{ "ticket", OPTION_FLAG, "ticket", NULL, "for a household, which gets a code to collect it with" },
	{ "household", OPTION_TEXT, "name", "NAME", "who they are; stays on this node, sealed, as the next two" },
	{ "phone", OPTION_TEXT, "phone", "PHONE", "how to reach them" },
	{ "address", OPTION_TEXT, "address", "WHERE", "where to find them" },
	SURE,
	END
};
const struct option_row ROUND_OPTIONS[] = {
	{ "doors", OPTION_COUNT, "doors", "N", "at how many doors somebody asked" },
	{ "answered", OPTION_COUNT, "answered", "N", "how many of them answered" },
	{ "nothing", OPTION_COUNT, "nothing", "N", "how many of those who answered need nothing" },
	{ "item", OPTION_TEXT, "item", "ITEM", "about what, if not about all" },
	HOUSE,
	{ "when", OPTION_PAST, "at", "WHEN", "when it was, if not now: 2h (ago), or 2026-09-14T18:00Z" },
	{ "flags", OPTION_LIST, "flags", "WORDS", "drill" },
	TEXT,
	SURE,
	END
};
const struct option_row OFFER_OPTIONS[] = { AT_SITE, LOT, REACH, FLAGS, SHELF, TEXT, SURE, END };
const struct option_row STOCK_OPTIONS[] = { AT_SITE, RESERVE, LOT, REACH, FLAGS, SHELF, TEXT, SURE, END };
const struct option_row PLEDGE_OPTIONS[] = {
	{ "from", OPTION_TEXT, "from", "STOCK", "the stock or offer it comes from" },
	{ "due", OPTION_TIME, "due", "WHEN", "when it arrives: 6h, 2d or 2026-09-14T18:00Z" },
	TEXT,
	SURE,
	END
};
const struct option_row REQUEST_OPTIONS[] = {
	{ "from", OPTION_TEXT, "from", "STOCK", "the stock or offer that it is asked from" }, TEXT, SURE, END
};
const struct option_row ACCEPT_OPTIONS[] = {
	{ "from", OPTION_TEXT, "from", "STOCK", "an ask: from this stock, where it names none" },
	{ "due", OPTION_TIME, "due", "WHEN", "an ask: when it arrives: 6h, 2d or 2026-09-14T18:00Z" },
	TEXT,
	SURE,
	END
};
const struct option_row DECLINE_OPTIONS[] = {
	{ "from", OPTION_TEXT, "from", "STOCK", "the stock or offer that will not serve it" }, TEXT, END
};
const struct option_row SEND_OPTIONS[] = { TEXT, HAPPENED, SURE, END };
const struct option_row RELEASE_OPTIONS[] = { TEXT, END };
const struct option_row LOST_OPTIONS[] = { TEXT, HAPPENED, SURE, END };
const struct option_row REROUTE_OPTIONS[] = { TEXT, SURE, END };
const struct option_row RECEIVE_OPTIONS[] = {
	TEXT,  HAPPENED, { "more", OPTION_FLAG, "more", NULL, "the rest of that load is still to come" },
	SHOWN, SURE,     END
};
const struct option_row PROPOSE_OPTIONS[] = { PEOPLE,
					      VULNERABLE,
					      { "days", OPTION_COUNT, "days", "N", "for how many days; else 3" },
					      AT_SITE,
					      { "open", OPTION_TEXT, "open", "CODES",
						"open needs for these of them: 101,201 or all" },
					      SURE,
					      AS_TEXT,
					      END };
const struct option_row GIVE_OPTIONS[] = {
	{ "need", OPTION_TEXT, "of", "NEED", "the need it serves" }, SHOWN, TEXT, SURE, END
};
const struct option_row EDIT_OPTIONS[] = {
	{ "name", OPTION_TEXT, "name", "NAME", "of a site" },
	{ "quantity", OPTION_QUANTITY, "quantity", "QTY", "asked, offered, or counted now" },
	{ "item", OPTION_TEXT, "item", "ITEM", "what it is" },
	{ "site", OPTION_TEXT, "site", "SITE", "where it stands, by name or ref" },
	LOT,
	RESERVE,
	REACH,
	FLAGS,
	PEOPLE,
	VULNERABLE,
	EVERY,
	PLACE,
	SITE_FACTS,
	REST,
	INSTEAD,
	SHELF,
	{ "to", OPTION_TEXT, "of", "REF", "of a move: the need or stock it goes to; of a note: what it is about" },
	{ "from", OPTION_TEXT, "from", "STOCK", "of a move: what it leaves" },
	{ "when", OPTION_PAST, "at", "WHEN", "of a move: when it happened; of a need: when it was asked for" },
	{ "due", OPTION_TIME, "due", "WHEN", "of a pledge: when it arrives" },
	{ "alert", OPTION_TEXT, "severity", "SEVERITY", "of an alert: minor, moderate, severe or extreme" },
	UNTIL,
	{ "language", OPTION_TEXT, "language", "CODE", "of a note's text, such as en" },
	TEXT,
	SURE,
	END
};
const struct option_row CLOSE_OPTIONS[] = { { "reason", OPTION_TEXT, "closed", "REASON",
					      "done, not-needed, mistake or moved; else done" },
					    REST,
					    INSTEAD,
					    SURE,
					    END };
const struct option_row NOTE_OPTIONS[] = {
	{ "alert", OPTION_TEXT, "severity", "SEVERITY", "an alert: minor, moderate, severe or extreme" },
	{ "kind", OPTION_TEXT, "kind", "KIND", "message, denial, duplicate, seen, wrong-place, still-needed or abuse" },
	{ "other", OPTION_TEXT, "other", "REF", "of a duplicate: the record that stays" },
	{ "language", OPTION_TEXT, "language", "CODE", "of the text, such as en" },
	UNTIL,
	{ "to", OPTION_TEXT, "of", "SITE", "for whoever is at this place" },
	{ "answer", OPTION_TEXT, "of", "REF", "an answer to that note" },
	{ "drill", OPTION_FLAG, "drill", NULL, "it is part of an exercise" },
	SURE,
	END
};
const struct option_row VOUCH_OPTIONS[] = {
	{ "withdraw", OPTION_FLAG, "withdraw", NULL, "take it back; what they did until now stands" },
	{ "since", OPTION_PAST, "since", "WHEN", "with --withdraw: what they did since then does not stand" },
	{ "all", OPTION_FLAG, "all", NULL, "with --withdraw: nothing that they ever did stands" },
	{ "keeper", OPTION_TEXT, "site", "SITE", "make them a keeper of this site" },
	END
};
const struct option_row LIST_OPTIONS[] = { { "site", OPTION_TEXT, "site", "SITE", "of this site only" },
					   { "item", OPTION_TEXT, "item", "ITEM", "of this item only" },
					   { "status", OPTION_TEXT, "status", "STATUS",
					     "open, overdue, covered, met or closed; a site's state, a move's stage" },
					   { "all", OPTION_FLAG, "all", NULL,
					     "notes: what is over or was taken back, too" },
					   AS_TEXT,
					   END };
const struct option_row ASK_OPTIONS[] = {
	FROM_SITE, { "km", OPTION_COUNT, "km", "N", "only what is within so many kilometres" }, AS_TEXT, END
};
const struct option_row LOAD_OPTIONS[] = { { "kg", OPTION_COUNT, "kg", "N", "what the vehicle may carry" },
					   AS_TEXT,
					   END };
const struct option_row SURPLUS_OPTIONS[] = { FROM_SITE, AS_TEXT, END };
const struct option_row LCD_OPTIONS[] = { { "size", OPTION_TEXT, "size", "SIZE", "20x4 or 16x2" },
					  { "watch", OPTION_FLAG, "watch", NULL,
					    "keep drawing, a page every four seconds, until Ctrl-C" },
					  END };
const struct option_row DOCTOR_OPTIONS[] = {
	{ "folder", OPTION_TEXT, "folder", "PATH", "where the node keeps what it has; else /var/lib/aidmesh" },
	{ "root", OPTION_TEXT, "root", "PATH", "read /proc, /sys and the folder below it: another machine's" },
	END
};
const struct option_row SETUP_OPTIONS[] = {
	{ "name", OPTION_TEXT, "name", "NAME", "what others call this node: a place, not a person" },
	{ "at", OPTION_TEXT, "place", "PLACE", "where it stands: degrees, or a Plus Code with all its digits" },
	{ "words", OPTION_TEXT, "words", "WORDS", "the neighbourhood's, the same on all its nodes" },
	{ "region", OPTION_TEXT, "region", "REGION", "where the radio sends, such as US915" },
	{ "role", OPTION_TEXT, "role", "ROLE", "site, carried, far or none" },
	{ "pin", OPTION_TEXT, "pin", "PIN", "the volunteers', 4 to 16 digits or letters" },
	{ "language", OPTION_TEXT, "language", "CODE", "the display's: en, es, fr or ht" },
	{ "wifi-name", OPTION_TEXT, "wifi_name", "NAME", "of the access point" },
	{ "wifi-password", OPTION_TEXT, "wifi_password", "TEXT", "of the access point, 8 to 63 characters" },
	{ "wifi-join", OPTION_TEXT, "wifi_join", "\"PASSWORD NAME\"",
	  "a Wi-Fi that this node joins when it is carried; the password has no blank" },
	{ "wifi-country", OPTION_TEXT, "wifi_country", "CODE", "whose rules the Wi-Fi keeps to, such as US" },
	END
};
const struct option_row POSTER_OPTIONS[] = {
	{ "language", OPTION_TEXT, "language", "CODE", "en, es, fr or ht; yours where none is said" },
	{ "card", OPTION_FLAG, "card", NULL,
	  "the field card instead: how to start, write down, carry on, and what the display says" },
	END
};
const struct option_row PASSPHRASE_OPTIONS[] = { { "remove", OPTION_FLAG, "remove", NULL, "from now on there is none" },
						 { "forgotten", OPTION_FLAG, "forgotten", NULL,
						   "nobody knows it: drop what it seals, and have none" },
						 SURE,
						 END };
const struct option_row HISTORY_OPTIONS[] = { AS_TEXT, END };
const struct option_row CLOCK_OPTIONS[] = { SURE, END };
const struct option_row SURE_OPTIONS[] = { SURE, END };
const struct option_row IMPORT_OPTIONS[] = {
	{ "kind", OPTION_TEXT, "kind", "KIND", "what a table holds: site, need, offer or stock" }, END
};

const struct option_row EXPORT_OPTIONS[] = {
	{ "format", OPTION_TEXT, "format", "FORMAT", "hxl, geojson or cap, if the file's ending does not say it" },
	{ "kind", OPTION_TEXT, "kind", "KIND", "of a table: site, need, offer or stock" },
	{ "ref", OPTION_TEXT, "ref", "REF", "of CAP: which alert" },
	END
};

json_t *options_value(struct call *call, enum option_type type, const char *name, const char *text)
{
	const char *right = "a text in UTF-8";
	json_t *value = NULL;

	switch (type) {
	case OPTION_TEXT:
		value = json_string(text);
		break;
	case OPTION_COUNT:
		value = arguments_count(text, &right);
		break;
	case OPTION_QUANTITY:
		value = arguments_quantity(text, &right);
		break;
	case OPTION_HOURS:
		value = arguments_hours(text, &right);
		break;
	case OPTION_EVERY:
		value = arguments_every(text, &right);
		break;
	case OPTION_TIME:
		value = arguments_time(text, client_now(&call->client), &right);
		break;
	case OPTION_PAST:
		value = arguments_past(text, client_now(&call->client), &right);
		break;
	case OPTION_PLACE:
		value = arguments_place(text, &right);
		break;
	case OPTION_OPENING:
		value = arguments_opening(text, &right);
		break;
	case OPTION_LIST:
		value = arguments_list(text, &right);
		break;
	case OPTION_FLAG:
		value = json_true();
		break;
	}
	if (value == NULL)
		fprintf(stderr, "%s \"%s\" is not understood: give %s.\n", name, text, right);
	return value;
}

static int usage_hint(const struct call *call)
{
	fprintf(stderr, "See \"aidmesh %s --help\".\n", call->verb->name);
	return EXIT_USAGE;
}

/* An edit takes a text back by an empty one; a ref or a name that is empty would mean another thing than was meant. */
static bool may_be_empty(const struct option_row *row)
{
	static const char *const TEXTS[] = { "text", "variant", "use_by" };

	for (size_t i = 0; i < sizeof(TEXTS) / sizeof(TEXTS[0]); i++)
		if (strcmp(row->field, TEXTS[i]) == 0)
			return true;
	return false;
}

static int option_take(struct call *call, const struct option_row *row)
{
	char name[32];
	json_t *value;

	snprintf(name, sizeof(name), "--%s", row->name);
	if (optarg != NULL && optarg[0] == '\0' && !may_be_empty(row)) {
		fprintf(stderr, "%s names nothing: write %s behind it, or leave it out.\n", name, row->value);
		return usage_hint(call);
	}
	value = options_value(call, row->type, name, optarg != NULL ? optarg : "");
	if (value == NULL)
		return usage_hint(call);
	json_object_set_new(call->fields, row->field, value);
	return EXIT_DONE;
}

static int words_take(struct call *call, char **words, int count)
{
	const struct verb *verb = call->verb;

	if ((size_t)count < verb->words_min || (size_t)count > verb->words_max) {
		fprintf(stderr, "Write it as: aidmesh %s %s\nFor example: %s\n", verb->name, verb->arguments,
			verb->example);
		return EXIT_USAGE;
	}
	for (int i = 0; i < count; i++)
		call->words[call->word_count++] = words[i];
	return EXIT_DONE;
}

/* What getopt did not understand. "-5" is no option: somebody takes away. */
static int tell_wrong(const struct call *call, int found, char **argv)
{
	bool is_number = optopt >= '0' && optopt <= '9';
	/* It goes on behind a word when it has read all of it. */
	const char *typed = is_number && strspn(argv[optind - 1], "-0123456789") < 2 ? argv[optind] : argv[optind - 1];

	if (found == ':')
		fprintf(stderr, "\"%s\" is not whole: what comes after it is missing.\n", typed);
	else if (is_number)
		fprintf(stderr,
			"\"%s\": no quantity is below 0. Less of a need or stock is said with \"aidmesh edit REF "
			"--quantity\".\n",
			typed);
	else
		fprintf(stderr, "\"%s\" is no option here, or the beginning of several.\n", typed);
	return usage_hint(call);
}

int options_read(struct call *call, const struct option_row *rows, int argc, char **argv)
{
	struct option longs[OPTIONS_MAX + 2] = { { 0 } };
	int found, index, count = 0;

	for (; count < OPTIONS_MAX && rows[count].name != NULL; count++)
		longs[count] =
			(struct option){ rows[count].name,
					 rows[count].type == OPTION_FLAG ? no_argument : required_argument, NULL, 256 };
	longs[count] = (struct option){ "json", no_argument, NULL, 'j' };
	optind = 0; /* starts afresh behind the verb */
	while ((found = getopt_long(argc, argv, ":", longs, &index)) != -1) {
		int rc = EXIT_DONE;

		if (found == '?' || found == ':')
			return tell_wrong(call, found, argv);
		if (found == 'j')
			call->json = true;
		else
			rc = option_take(call, &rows[index]);
		if (rc != EXIT_DONE)
			return rc;
	}
	return words_take(call, argv + optind, argc - optind);
}

void options_print(const struct option_row *rows)
{
	for (; rows->name != NULL; rows++) {
		char left[40];

		snprintf(left, sizeof(left), "--%s%s%s", rows->name, rows->value != NULL ? " " : "",
			 rows->value != NULL ? rows->value : "");
		printf("  %-22s %s\n", left, rows->purpose);
	}
}

const char *options_text(const struct call *call, const char *field)
{
	return json_string_value(json_object_get(call->fields, field));
}

void options_add_to_path(struct call *call, char *path, size_t size)
{
	size_t used = strlen(path);
	const char *name;
	json_t *value;

	json_object_foreach (call->fields, name, value) {
		char text[64], *encoded;

		if (json_is_boolean(value) && strcmp(name, "all") != 0)
			continue;
		encoded = client_encode(&call->client, json_is_true(value)     ? "1"
						       : json_is_string(value) ? json_string_value(value)
									       : field_text(text, call->fields, name));
		if (encoded != NULL && used + strlen(encoded) + 20 < size)
			used += (size_t)snprintf(path + used, size - used, "%c%s=%s",
						 strchr(path, '?') != NULL ? '&' : '?', name, encoded);
		free(encoded);
	}
}

bool options_want_text(struct call *call)
{
	return json_is_true(json_object_get(call->fields, "as_text"));
}
