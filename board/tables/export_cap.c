/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One alert as a CAP 1.2 message: its elements in the order of the standard's schema. */
#include <stdio.h>
#include <string.h>

#include "board/tables/cap.h"
#include "board/tables/export.h"
#include "board/text/iso_time.h"
#include "board/text/utf8.h"
#include "proto/place/geo.h"
#include "proto/place/plus_code.h"

enum { CAP_TIME_SIZE = 32 };

/* Where the alert is about, as far as the record that it names says so. */
struct area {
	char name[VIEW_NAME_SIZE];
	struct view_place place;
	enum export_where where;
	bool found;
};

struct search {
	struct view_note note;
	bool found;
};

/* --- what is needed for it --- */

static bool on_note(void *user, const struct view_note *note)
{
	struct search *s = user;

	s->found = true;
	s->note = *note;
	return false;
}

static bool note_find(struct search *search, const struct board_view *view, const char *ref)
{
	struct view_query named = { .ref = ref };

	*search = (struct search){ .found = false };
	if (ref[0] != '\0')
		view->notes(view->ctx, &named, on_note, search);
	return search->found;
}

static bool on_site(void *user, const struct view_site *site)
{
	struct area *a = user;

	memcpy(a->name, site->name, sizeof(a->name));
	a->place = site->place;
	a->where = EXPORT_SITE;
	a->found = true;
	return false;
}

static bool on_line(void *user, const struct view_line *line)
{
	struct area *a = user;

	memcpy(a->name, line->site, sizeof(a->name));
	a->place = line->place;
	a->where = line->site_ref[0] != '\0' ? EXPORT_SITE : EXPORT_ELSEWHERE;
	a->found = true;
	return false;
}

static bool area_find(struct area *area, const struct board_view *view, const char *of)
{
	struct view_query named = { .ref = of };

	*area = (struct area){ .found = false };
	if (of[0] == '\0')
		return false;
	view->sites(view->ctx, &named, on_site, area);
	if (!area->found)
		view->lines(view->ctx, &named, on_line, area);
	return area->found && (area->name[0] != '\0' || export_digits(&area->place, area->where) != 0);
}

/* --- XML --- */

static void put_escaped(struct text_buffer *buffer, const char *text)
{
	char repaired[2 * EXPORT_REMARK_SIZE];

	snprintf(repaired, sizeof(repaired), "%s", text);
	utf8_repair(repaired);
	for (const char *c = repaired; *c != '\0'; c++) {
		if (*c == '<')
			text_buffer_add_text(buffer, "&lt;");
		else if (*c == '>')
			text_buffer_add_text(buffer, "&gt;");
		else if (*c == '&')
			text_buffer_add_text(buffer, "&amp;");
		else if ((unsigned char)*c < ' ') /* XML 1.0 has no way to say most of these */
			text_buffer_add_text(buffer, " ");
		else
			text_buffer_add(buffer, c, 1);
	}
}

static void put(struct text_buffer *buffer, const char *name, const char *text)
{
	text_buffer_print(buffer, "<%s>", name);
	put_escaped(buffer, text);
	text_buffer_print(buffer, "</%s>\n", name);
}

/* CAP wants the zone in numbers, and "-00:00" for UTC (3.3.2). */
static void time_print(char out[CAP_TIME_SIZE], int64_t unix_s)
{
	char iso[ISO_TIME_SIZE];

	iso_time_format(iso, unix_s);
	snprintf(out, CAP_TIME_SIZE, "%.19s-00:00", iso);
}

/* After the certainty, before the sender's name (3.2.2). */
static void put_expires(struct text_buffer *buffer, const struct view_note *note)
{
	char expires[CAP_TIME_SIZE];

	if (note->until == 0)
		return;
	time_print(expires, note->until);
	put(buffer, "expires", expires);
}

static void put_references(struct text_buffer *buffer, const struct view_note *earlier)
{
	char sender[CAP_NAME_SIZE], identifier[CAP_NAME_SIZE], sent[CAP_TIME_SIZE], text[160];

	cap_name_sender(sender, earlier->record.full);
	cap_name_identifier(identifier, earlier->record.full);
	time_print(sent, earlier->record.changed);
	snprintf(text, sizeof(text), "%s,%s,%s", sender, identifier, sent);
	put(buffer, "references", text);
}

/* A point is a circle without extent; a cell a closed ring of "latitude,longitude" (3.2.4). */
static void put_place(struct text_buffer *buffer, const struct view_place *place, uint8_t digits)
{
	struct geo_box b = geo_cell((struct geo_point){ place->lat_e6, place->lon_e6 }, digits);
	double south = b.south_e6 / 1e6, west = b.west_e6 / 1e6, north = b.north_e6 / 1e6, east = b.east_e6 / 1e6;

	if (digits == 15)
		text_buffer_print(buffer, "<circle>%.6f,%.6f 0</circle>\n", south, west);
	else if (digits != 0)
		text_buffer_print(buffer, "<polygon>%.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f %.6f,%.6f</polygon>\n",
				  south, west, south, east, north, east, north, west, south, west);
}

static void put_area(struct text_buffer *buffer, const struct area *area)
{
	uint8_t digits = export_digits(&area->place, area->where);
	char code[PLUS_CODE_SIZE];

	if (digits != 0)
		plus_code_encode(code, (struct geo_point){ area->place.lat_e6, area->place.lon_e6 },
				 digits == 15 ? 10 : digits);
	text_buffer_add_text(buffer, "<area>\n");
	put(buffer, "areaDesc", area->name[0] != '\0' ? area->name : code);
	put_place(buffer, &area->place, digits);
	text_buffer_add_text(buffer, "</area>\n");
}

/* A rumour leaves with its denial in front of it, and a stranger's word with who passes it on. */
static void put_words(struct text_buffer *buffer, const struct view_note *note)
{
	const char *sender = note->source[0] != '\0' ? note->source : note->record.author;
	const char *mark = note->denied_trust == VIEW_STRANGER ? " (a stranger)" : "";
	char name[2 * VIEW_NAME_SIZE], headline[4 * VIEW_TEXT_SIZE];

	snprintf(name, sizeof(name), "%s%s", sender, note->record.trust == VIEW_STRANGER ? " (a stranger)" : "");
	put(buffer, "senderName", name);
	if (note->denied_by[0] != '\0')
		snprintf(headline, sizeof(headline), "DENIED%s by %s%s: %s / %s",
			 note->denied_before ? ", before it was corrected," : "", note->denied_by, mark,
			 note->denied_text, note->text);
	put(buffer, "headline", note->denied_by[0] != '\0' ? headline : note->text);
}

/* What a note does not say is Unknown, and the category Other. */
static void put_info(struct text_buffer *buffer, const struct view_note *note)
{
	static const char *const SEVERITIES[] = { "Unknown", "Minor", "Moderate", "Severe", "Extreme" };

	text_buffer_add_text(buffer, "<info>\n");
	if (note->language[0] != '\0')
		put(buffer, "language", note->language);
	put(buffer, "category", "Other");
	put(buffer, "event", "Notice");
	put(buffer, "urgency", "Unknown");
	put(buffer, "severity", SEVERITIES[note->severity <= 4 ? note->severity : 0]);
	put(buffer, "certainty", note->denied_by[0] != '\0' && !note->denied_before ? "Unlikely" : "Unknown");
	put_expires(buffer, note);
	put_words(buffer, note);
}

enum export_rc export_cap(struct text_buffer *buffer, const struct board_view *view, const char *ref)
{
	char sender[CAP_NAME_SIZE], identifier[CAP_NAME_SIZE], sent[CAP_TIME_SIZE], remark[EXPORT_REMARK_SIZE];
	struct search found, earlier;
	struct area area;
	bool updates;

	if (!note_find(&found, view, ref))
		return EXPORT_E_UNKNOWN;
	if (found.note.kind != VIEW_ALERT)
		return EXPORT_E_NO_ALERT;
	updates = note_find(&earlier, view, found.note.of) && earlier.note.kind == VIEW_ALERT;
	cap_name_sender(sender, found.note.record.full);
	cap_name_identifier(identifier, found.note.record.full);
	time_print(sent, found.note.record.changed);
	export_remark(remark, view);
	text_buffer_add_text(buffer,
			     "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<alert xmlns=\"" CAP_NAMESPACE "\">\n");
	put(buffer, "identifier", identifier);
	put(buffer, "sender", sender);
	put(buffer, "sent", sent);
	put(buffer, "status", found.note.flags & VIEW_NOTE_DRILL ? "Exercise" : "Actual");
	put(buffer, "msgType", updates ? "Update" : "Alert");
	if (found.note.source[0] != '\0')
		put(buffer, "source", found.note.source);
	put(buffer, "scope", "Public");
	put(buffer, "note", remark);
	if (updates)
		put_references(buffer, &earlier.note);
	put_info(buffer, &found.note);
	if (area_find(&area, view, found.note.of))
		put_area(buffer, &area);
	text_buffer_add_text(buffer, "</info>\n</alert>\n");
	return EXPORT_OK;
}
