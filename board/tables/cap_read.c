/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/tables/cap.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <expat.h>

#include "board/text/iso_time.h"
#include "board/text/utf8.h"
#include "board/text/words.h"

enum parent { IN_ALERT, IN_INFO };

enum element {
	CAP_IDENTIFIER,
	CAP_SENDER,
	CAP_SENT,
	CAP_STATUS,
	CAP_MSG_TYPE,
	CAP_SCOPE,
	CAP_REFERENCES,
	CAP_LANGUAGE,
	CAP_CATEGORY,
	CAP_EVENT,
	CAP_URGENCY,
	CAP_SEVERITY,
	CAP_CERTAINTY,
	CAP_EXPIRES,
	CAP_SENDER_NAME,
	CAP_HEADLINE,
	CAP_ELEMENTS,
	CAP_NONE = CAP_ELEMENTS,
};

#define VALUES(NAME, ...)                                                                                              \
	static const char *const NAME##_LIST[] = { __VA_ARGS__ };                                                      \
	static const struct words NAME = { sizeof(NAME##_LIST) / sizeof(NAME##_LIST[0]), NAME##_LIST }

VALUES(STATUSES, "Actual", "Exercise", "System", "Test", "Draft");
VALUES(TYPES, "Alert", "Update", "Cancel", "Ack", "Error");
VALUES(SCOPES, "Public", "Restricted", "Private");
VALUES(CATEGORIES, "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE",
       "Other");
VALUES(URGENCIES, "Immediate", "Expected", "Future", "Past", "Unknown");
VALUES(SEVERITIES, "Unknown", "Minor", "Moderate", "Severe", "Extreme"); /* as the API numbers them */
VALUES(CERTAINTIES, "Observed", "Likely", "Possible", "Unlikely", "Unknown", "Very Likely" /* of CAP 1.0 */);

static const struct {
	const char *name;
	enum parent parent;
	bool is_mandatory;
	const struct words *values;
} ELEMENTS[CAP_ELEMENTS] = {
	[CAP_IDENTIFIER] = { "identifier", IN_ALERT, true, NULL },
	[CAP_SENDER] = { "sender", IN_ALERT, true, NULL },
	[CAP_SENT] = { "sent", IN_ALERT, true, NULL },
	[CAP_STATUS] = { "status", IN_ALERT, true, &STATUSES },
	[CAP_MSG_TYPE] = { "msgType", IN_ALERT, true, &TYPES },
	[CAP_SCOPE] = { "scope", IN_ALERT, true, &SCOPES },
	[CAP_REFERENCES] = { "references", IN_ALERT, false, NULL },
	[CAP_LANGUAGE] = { "language", IN_INFO, false, NULL },
	[CAP_CATEGORY] = { "category", IN_INFO, true, &CATEGORIES },
	[CAP_EVENT] = { "event", IN_INFO, true, NULL },
	[CAP_URGENCY] = { "urgency", IN_INFO, true, &URGENCIES },
	[CAP_SEVERITY] = { "severity", IN_INFO, true, &SEVERITIES },
	[CAP_CERTAINTY] = { "certainty", IN_INFO, true, &CERTAINTIES },
	[CAP_EXPIRES] = { "expires", IN_INFO, false, NULL },
	[CAP_SENDER_NAME] = { "senderName", IN_INFO, false, NULL },
	[CAP_HEADLINE] = { "headline", IN_INFO, false, NULL },
};

struct reading {
	XML_Parser parser;
	struct said *error; /* empty until something is wrong */
	unsigned depth, infos;
	bool in_info;      /* the first one */
	enum element open; /* whose text is being read */
	unsigned open_depth;
	bool seen[CAP_ELEMENTS]; /* the first of its name counts */
	size_t sizes[CAP_ELEMENTS];
	char texts[CAP_ELEMENTS][CAP_TEXT_SIZE];
};

static bool refuse(struct said *error, struct say say)
{
	said_decide(error, say);
	return false;
}

/* --- XML --- */

static void stop(struct reading *r, struct say why)
{
	if (said_is_empty(r->error))
		refuse(r->error, why);
	XML_StopParser(r->parser, XML_FALSE);
}

static const char *local_name(const char *name)
{
	size_t size = sizeof(CAP_NAMESPACE) - 1;

	return strncmp(name, CAP_NAMESPACE, size) == 0 && name[size] == '|' ? name + size + 1 : "";
}

static void begin_message(struct reading *r, const char *name)
{
	if (strcmp(local_name(name), "alert") == 0)
		return;
	if (strncmp(name, CAP_NAMESPACE, sizeof(CAP_NAMESPACE) - 4) == 0)
		stop(r, SAY(CAP_VERSION));
	else
		stop(r, SAY_OF(CAP_NO_MESSAGE, say_text(CAP_NAMESPACE)));
}

static enum element find_element(const struct reading *r, const char *local)
{
	enum parent parent = r->depth == 1 ? IN_ALERT : IN_INFO;

	if (r->depth != 1 && (r->depth != 2 || !r->in_info))
		return CAP_NONE;
	for (enum element e = 0; e < CAP_ELEMENTS; e++)
		if (ELEMENTS[e].parent == parent && strcmp(ELEMENTS[e].name, local) == 0 && !r->seen[e])
			return e;
	return CAP_NONE;
}

static void on_begin(void *user, const XML_Char *name, const XML_Char **attributes)
{
	struct reading *r = user;

	(void)attributes;
	if (r->depth == 0) {
		begin_message(r, name);
	} else if (r->depth == CAP_DEPTH_MAX) {
		stop(r, SAY(CAP_DEEP));
	} else if (r->open == CAP_NONE) {
		if (r->depth == 1 && strcmp(local_name(name), "info") == 0)
			r->in_info = ++r->infos == 1;
		r->open = find_element(r, local_name(name));
		r->open_depth = r->depth;
		if (r->open != CAP_NONE)
			r->seen[r->open] = true;
	}
	r->depth++;
}

static void on_end(void *user, const XML_Char *name)
{
	struct reading *r = user;

	(void)name;
	r->depth--;
	if (r->open != CAP_NONE && r->depth == r->open_depth)
		r->open = CAP_NONE;
	if (r->depth == 1)
		r->in_info = false;
}

static void on_text(void *user, const XML_Char *text, int size)
{
	struct reading *r = user;
	size_t room, taken = (size_t)size;

	if (r->open == CAP_NONE)
		return;
	room = CAP_TEXT_SIZE - 1 - r->sizes[r->open];
	if (taken > room) {
		if (r->open <= CAP_SENT)
			stop(r, SAY(CAP_ENDLESS));
		taken = room;
	}
	memcpy(r->texts[r->open] + r->sizes[r->open], text, taken);
	r->sizes[r->open] += taken;
}

static void on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	stop(user, SAY(CAP_DTD));
}

/* One line: blanks and control characters become single blanks, none at the ends; a cut character goes. */
static void tidy(char *text)
{
	const char *rest = text, *before = text;
	char *out = text;
	uint32_t c;

	utf8_cut(text, CAP_TEXT_SIZE - 5);
	while ((c = utf8_next(&rest)) != 0) {
		if (c <= ' ' || (c >= 0x7F && c <= 0xA0)) {
			if (out > text && out[-1] != ' ')
				*out++ = ' ';
		} else {
			memmove(out, before, (size_t)(rest - before));
			out += rest - before;
		}
		before = rest;
	}
	if (out > text && out[-1] == ' ')
		out--;
	*out = '\0';
}

/* A newer expat calls the old name deprecated, an older one lacks the new one. */
static int64_t line_of(XML_Parser parser)
{
#ifdef HAVE_LINE_NUMBER64
	return (int64_t)XML_GetCurrentLineNumber64(parser);
#else
	return (int64_t)XML_GetCurrentLineNumber(parser);
#endif
}

static bool parse(struct reading *r, const char *data, size_t size)
{
	r->parser = XML_ParserCreateNS(NULL, '|');
	if (r->parser == NULL)
		return refuse(r->error, SAY(CAP_MEMORY));
	XML_SetUserData(r->parser, r);
	XML_SetElementHandler(r->parser, on_begin, on_end);
	XML_SetCharacterDataHandler(r->parser, on_text);
	XML_SetStartDoctypeDeclHandler(r->parser, on_doctype);
	if (XML_Parse(r->parser, data, (int)size, XML_TRUE) != XML_STATUS_OK && said_is_empty(r->error))
		refuse(r->error, SAY_OF(CAP_BROKEN, say_number(line_of(r->parser)),
					say_text(XML_ErrorString(XML_GetErrorCode(r->parser)))));
	XML_ParserFree(r->parser);
	for (enum element e = 0; e < CAP_ELEMENTS; e++)
		tidy(r->texts[e]);
	return said_is_empty(r->error);
}

/* --- the standard's rules --- */

/* A date and time with seconds and a zone; "Z" is not CAP's, and is understood. */
static bool read_moment(int64_t *out, const char *text)
{
	size_t size = strlen(text);

	return size >= 20 && text[10] == 'T' && text[16] == ':' &&
	       (text[19] == '-' || text[19] == '+' || text[19] == 'Z') && iso_time_parse(out, text);
}

static bool value_is_fine(const struct reading *r, enum element e)
{
	const struct words *values = ELEMENTS[e].values;
	int64_t moment;

	if (r->texts[e][0] == '\0')
		return !ELEMENTS[e].is_mandatory || refuse(r->error, SAY_OF(CAP_MISSING, say_text(ELEMENTS[e].name)));
	if (values != NULL && words_find(values, r->texts[e]) < 0) {
		return refuse(r->error, SAY_OF(CAP_MUST_BE, say_text(ELEMENTS[e].name), say_words(values)));
	}
	if ((e == CAP_IDENTIFIER || e == CAP_SENDER) && strpbrk(r->texts[e], " ,<&") != NULL)
		return refuse(r->error, SAY_OF(CAP_BLANK, say_text(ELEMENTS[e].name)));
	if ((e == CAP_SENT || e == CAP_EXPIRES) && !read_moment(&moment, r->texts[e]))
		return refuse(r->error, SAY_OF(CAP_TIME, say_text(ELEMENTS[e].name)));
	return true;
}

static bool is_for_us(const struct reading *r)
{
	int status = words_find(&STATUSES, r->texts[CAP_STATUS]), type = words_find(&TYPES, r->texts[CAP_MSG_TYPE]);

	if (words_find(&SCOPES, r->texts[CAP_SCOPE]) != 0)
		return refuse(r->error, SAY_OF(CAP_SCOPE, say_typed(r->texts[CAP_SCOPE])));
	if (status > 1)
		return refuse(r->error, SAY_OF(CAP_STATUS, say_typed(r->texts[CAP_STATUS])));
	if (type > CAP_CANCEL)
		return refuse(r->error, SAY_OF(CAP_FOR_MACHINES, say_typed(r->texts[CAP_MSG_TYPE])));
	if (r->infos == 0 && type != CAP_CANCEL)
		return refuse(r->error, SAY_OF(CAP_MISSING, say_text("info")));
	return true;
}

static bool check(const struct reading *r)
{
	for (enum element e = 0; e < CAP_ELEMENTS; e++)
		if ((ELEMENTS[e].parent == IN_ALERT || r->infos > 0) && !value_is_fine(r, e))
			return false;
	return is_for_us(r);
}

/* --- what a note keeps --- */

/* "sender,identifier,sent" between blanks; the text is taken apart. */
static void read_references(struct cap_alert *alert, char *text)
{
	char *rest = NULL;

	for (char *word = strtok_r(text, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
		char *identifier = strchr(word, ','), *sent = identifier != NULL ? strchr(identifier + 1, ',') : NULL;

		if (sent == NULL || alert->reference_count == CAP_REFERENCES_MAX)
			continue;
		*identifier = *sent = '\0';
		alert->references[alert->reference_count++] = cap_number(word, identifier + 1, sent + 1);
	}
}

static void read_language(char out[3], const char *text)
{
	size_t size = strcspn(text, "-");

	if (size != 2 || !isalpha((unsigned char)text[0]) || !isalpha((unsigned char)text[1]))
		return;
	out[0] = (char)tolower((unsigned char)text[0]);
	out[1] = (char)tolower((unsigned char)text[1]);
}

static void take(struct cap_alert *alert, struct reading *r)
{
	const char *name = r->texts[CAP_SENDER_NAME], *headline = r->texts[CAP_HEADLINE];

	*alert = (struct cap_alert){ .type = (enum cap_type)words_find(&TYPES, r->texts[CAP_MSG_TYPE]),
				     .is_exercise = words_find(&STATUSES, r->texts[CAP_STATUS]) == 1,
				     .number = cap_number(r->texts[CAP_SENDER], r->texts[CAP_IDENTIFIER],
							  r->texts[CAP_SENT]),
				     .info_count = r->infos };
	if (r->infos > 0)
		alert->severity = (uint8_t)words_find(&SEVERITIES, r->texts[CAP_SEVERITY]);
	if (r->texts[CAP_EXPIRES][0] != '\0')
		(void)read_moment(&alert->expires, r->texts[CAP_EXPIRES]);
	read_references(alert, r->texts[CAP_REFERENCES]);
	read_language(alert->language, r->texts[CAP_LANGUAGE]);
	strcpy(alert->source, name[0] != '\0' ? name : r->texts[CAP_SENDER]);
	strcpy(alert->text, headline[0] != '\0' ? headline : r->texts[CAP_EVENT]);
}

bool cap_read(struct cap_alert *alert, struct said *error, const char *data, size_t size)
{
	struct reading *r;
	bool ok;

	*error = (struct said){ 0 };
	if (size > INT32_MAX)
		return refuse(error, SAY(CAP_TOO_LARGE));
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		return refuse(error, SAY(CAP_MEMORY));
	r->error = error;
	r->open = CAP_NONE;
	ok = parse(r, data, size) && check(r);
	if (ok)
		take(alert, r);
	free(r);
	return ok;
}

/* --- names --- */

static const char OURS[] = "aidmesh:";

void cap_name_sender(char out[CAP_NAME_SIZE], const char *full)
{
	snprintf(out, CAP_NAME_SIZE, "%s%.*s", OURS, (int)strcspn(full, ":"), full);
}

void cap_name_identifier(char out[CAP_NAME_SIZE], const char *full)
{
	snprintf(out, CAP_NAME_SIZE, "%s%s", OURS, full);
}

/* The number in an identifier of ours; 0 when it is none. */
static uint32_t own_number(const char *identifier)
{
	const size_t prefix = sizeof(OURS) - 1;
	static const char DIGITS[] = "0123456789abcdef";

	if (strncmp(identifier, OURS, prefix) != 0 || strlen(identifier) != prefix + 16 + 1 + 8 ||
	    strspn(identifier + prefix, DIGITS) != 16 || identifier[prefix + 16] != ':' ||
	    strspn(identifier + prefix + 17, DIGITS) != 8)
		return 0;
	return (uint32_t)strtoul(identifier + prefix + 17, NULL, 16);
}

static uint32_t hash_more(uint32_t hash, const char *text)
{
	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * 16777619u;
	return hash;
}

uint32_t cap_number(const char *sender, const char *identifier, const char *sent)
{
	uint32_t number = own_number(identifier);

	if (number != 0)
		return number;
	number = hash_more(2166136261u, sender);
	number = hash_more(hash_more(number, ","), identifier);
	number = hash_more(hash_more(number, ","), sent);
	return number != 0 ? number : 1;
}
