/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A node of a few arrays for the tests of `board`: a view over them, and a door that writes into them. */
#ifndef AIDMESH_TESTS_FAKE_BOARD_H
#define AIDMESH_TESTS_FAKE_BOARD_H

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "board/door.h"

enum { FAKE_MAX = 1200, FAKE_NAME_MAX = 42 };

static const int64_t FAKE_NOW = 1789372800; /* 2026-09-14T08:00:00Z */

struct fake {
	struct view_status status;
	struct view_site sites[FAKE_MAX];
	struct view_line lines[FAKE_MAX];
	struct view_move moves[FAKE_MAX];
	struct view_note notes[FAKE_MAX];
	struct view_peer peers[40];
	struct view_radio radio;
	struct view_setup setup;
	char given[128]; /* answers, "name=value " each */
	size_t site_count, line_count, move_count, note_count, peer_count;
	struct door_request last; /* its texts are gone, but for these */
	char last_item[64], last_text[128], last_key[80], last_measure[64], last_where[64];
	size_t submitted, under_way, under_way_most;
	unsigned renewals; /* asked for by somebody who was sure */
	unsigned busy;     /* so many requests are refused as busy first */
	enum { FAKE_AT_ONCE, FAKE_LATER } when;
	struct {
		door_done done;
		void *user;
		struct door_answer answer;
	} waiting[FAKE_MAX];
	door_imported imported; /* FAKE_LATER */
	void *imported_user;
	struct board_view view;
	struct board_door door;
};

static void fake_status(void *ctx, struct view_status *status)
{
	*status = ((struct fake *)ctx)->status;
}

/* Refs are the same without their dashes, in any case. */
static bool fake_is_ref(const char *wanted, const char *ref)
{
	for (;; wanted++, ref++) {
		wanted += strspn(wanted, "-");
		ref += strspn(ref, "-");
		if (tolower((unsigned char)*wanted) != tolower((unsigned char)*ref))
			return false;
		if (*wanted == '\0')
			return true;
	}
}

static bool fake_is_named(const struct view_query *query, const struct view_record *record, const char *other)
{
	return query->ref == NULL || fake_is_ref(query->ref, record->ref) ||
	       strcasecmp(query->ref, record->full) == 0 || (other[0] != '\0' && fake_is_ref(query->ref, other));
}

static bool fake_is_about(const struct view_query *query, const char *a, const char *b)
{
	return query->about == NULL || strcmp(query->about, a) == 0 || strcmp(query->about, b) == 0;
}

static const char *fake_site_of(const struct fake *f, const char *line_ref)
{
	for (size_t i = 0; i < f->line_count; i++)
		if (strcmp(f->lines[i].record.ref, line_ref) == 0)
			return f->lines[i].site_ref;
	return "";
}

static size_t fake_sites(void *ctx, const struct view_query *query, view_site_cb cb, void *user)
{
	struct fake *f = ctx;
	size_t total = 0;

	for (size_t i = 0; i < f->site_count; i++)
		if ((query->site == NULL || strcasecmp(query->site, f->sites[i].name) == 0) &&
		    fake_is_named(query, &f->sites[i].record, "") && view_query_shows(query, total++) &&
		    !cb(user, &f->sites[i]))
			break;
	return total;
}

static size_t fake_lines(void *ctx, const struct view_query *query, view_line_cb cb, void *user)
{
	static const char *const KINDS[] = { "need", "offer", "stock" };
	static const char *const STATUS[] = { "open", "covered", "met", "closed", "overdue" };
	struct fake *f = ctx;
	size_t total = 0;

	for (size_t i = 0; i < f->line_count; i++) {
		const struct view_line *line = &f->lines[i];

		if ((query->kind != NULL && strcmp(query->kind, KINDS[line->kind]) != 0) ||
		    (query->status != NULL && strcmp(query->status, STATUS[line->status]) != 0 &&
		     !(line->status == VIEW_OVERDUE && strcmp(query->status, "open") == 0)) ||
		    (query->site != NULL && strcasecmp(query->site, line->site) != 0) ||
		    (query->item != NULL && strcasecmp(query->item, line->item_name) != 0) ||
		    !fake_is_named(query, &line->record, "") || !fake_is_about(query, line->site_ref, ""))
			continue;
		if (view_query_shows(query, total++) && !cb(user, line))
			break;
	}
	return total;
}

static size_t fake_moves(void *ctx, const struct view_query *query, view_move_cb cb, void *user)
{
	struct fake *f = ctx;
	size_t total = 0;

	for (size_t i = 0; i < f->move_count; i++) {
		const struct view_move *move = &f->moves[i];

		if (!fake_is_named(query, &move->record, move->last) ||
		    (!fake_is_about(query, move->of, move->from) &&
		     !fake_is_about(query, fake_site_of(f, move->of), fake_site_of(f, move->from))))
			continue;
		if (view_query_shows(query, total++) && !cb(user, move))
			break;
	}
	return total;
}

static size_t fake_notes(void *ctx, const struct view_query *query, view_note_cb cb, void *user)
{
	struct fake *f = ctx;
	size_t total = 0;

	for (size_t i = 0; i < f->note_count; i++)
		if (fake_is_named(query, &f->notes[i].record, "") &&
		    (query->kind == NULL || strcmp(query->kind, words_text(&WORDS_NOTE_KIND, f->notes[i].kind)) == 0) &&
		    fake_is_about(query, f->notes[i].of, f->notes[i].other) && view_query_shows(query, total++) &&
		    !cb(user, &f->notes[i]))
			break;
	return total;
}

static size_t fake_peers(void *ctx, const struct view_query *query, view_peer_cb cb, void *user)
{
	struct fake *f = ctx;

	for (size_t i = 0; i < f->peer_count; i++)
		if (view_query_shows(query, i) && !cb(user, &f->peers[i]))
			break;
	return f->peer_count;
}

static size_t fake_authors(void *ctx, const struct view_query *query, view_author_cb cb, void *user)
{
	struct view_author author = { .name = "Elm school", .trust = VIEW_TRUSTED, .heard = FAKE_NOW - 60 };

	(void)ctx;
	if (view_query_shows(query, 0))
		cb(user, &author);
	return 1;
}

/* Of "4Q7-K2NX" two words are known; of all else none. */
static size_t fake_history(void *ctx, const char *ref, view_word_cb cb, void *user)
{
	struct view_word word = {
		.when = 1790000000, .ref = "4Q7-K2NX", .author = "Oak", .trust = VIEW_SELF, .stands = true
	};

	(void)ctx;
	if (strcmp(ref, "4Q7-K2NX") != 0)
		return SIZE_MAX;
	(void)said_add(&word.said, SAY_OF(HISTORY_CHANGED, say_phrase(SAY_FIELD_PEOPLE), say_number(4), say_number(6)));
	if (cb(user, &word))
		cb(user, &word);
	return 2;
}

/* Answers every question with the same row, but for one that it refuses. */
static size_t fake_ask(void *ctx, struct said *remark, const struct view_asked *asked, view_answer_cb cb, void *user)
{
	struct view_answer answer = { .ref = "4Q7-K2NX",
				      .site = "Oak",
				      .item_name = "Drinking water",
				      .unit = "L",
				      .quantity_milli = 120500,
				      .people = 40,
				      .count = 2,
				      .when = FAKE_NOW + 4 * 3600,
				      .said = FAKE_NOW - 3 * 3600,
				      .way = { 1234, "NE" },
				      .what = SAY_OF(NEWS_KIND, say_part(SAY_HISTORY_LINES, VIEW_NEED)) };

	(void)ctx;
	if (asked->question == VIEW_Q_LOAD && asked->site == NULL) {
		said_decide(remark, SAY(LOAD_SITE_MISSING));
		return SIZE_MAX;
	}
	*remark = (struct said){ 0 };
	cb(user, &answer);
	return 1;
}

static void fake_radio(void *ctx, struct view_radio *radio)
{
	*radio = ((struct fake *)ctx)->radio;
}

/* As many as there are lines: the first is suggested, the others are apart. */
static bool fake_plan(void *ctx, struct view_plan *plan, uint16_t item, int64_t at, view_portion_cb cb, void *user)
{
	struct fake *f = ctx;

	strcpy(plan->digest, f->status.time_quality == VIEW_TIME_SET ? "3f2a-91c0" : "");
	plan->hour = at != 0 ? at : FAKE_NOW;
	for (size_t i = 0; i < f->line_count; i++) {
		struct view_portion portion = { .need = "4Q7-K2NX",
						.from = "9AB-C3DE",
						.item = item,
						.quantity_milli = 120000,
						.kind = i > 0 ? VIEW_PORTION_APART : VIEW_PORTION_SUGGESTED };

		if (!cb(user, &portion))
			break;
	}
	return true;
}

static struct view_record fake_record(size_t number, const char *author)
{
	struct view_record record = { .changed = FAKE_NOW - 3 * 3600 };

	snprintf(record.ref, sizeof(record.ref), "%03u-AAAA", (unsigned)number % 1000u);
	snprintf(record.full, sizeof(record.full), "0011223344556677:%08x", (unsigned)number);
	snprintf(record.id, sizeof(record.id), "%064x", (unsigned)number);
	snprintf(record.author, sizeof(record.author), "%s", author);
	return record;
}

static struct view_record *fake_write_site(struct fake *f, const struct door_request *r, struct door_answer *answer)
{
	struct view_site *site = NULL;

	for (size_t i = 0; r->ref != NULL && i < f->site_count; i++)
		if (strcmp(f->sites[i].record.ref, r->ref) == 0)
			site = &f->sites[i];
	if (site == NULL) {
		assert(f->site_count < FAKE_MAX);
		site = &f->sites[f->site_count++];
		*site = (struct view_site){ .record = fake_record(f->site_count, "Oak"),
					    .way.metres = VIEW_DISTANCE_UNKNOWN };
	}
	if (r->fields & DOOR_NAME) {
		size_t size = strlen(r->name);

		if (size > FAKE_NAME_MAX) {
			for (size = FAKE_NAME_MAX; (r->name[size] & 0xC0) == 0x80; size--)
				;
			(void)said_add(&answer->said, SAY_OF(TEXT_CUT, say_phrase(SAY_FIELD_NAME), say_typed(r->name)));
		}
		snprintf(site->name, sizeof(site->name), "%.*s", (int)size, r->name);
	}
	if (r->fields & DOOR_PLACE)
		site->place = r->place;
	if (r->fields & DOOR_PEOPLE)
		site->people = r->people;
	if (r->fields & DOOR_STATE)
		site->state = r->state;
	return &site->record;
}

static struct view_record *fake_write_line(struct fake *f, const struct door_request *r)
{
	struct view_line *line;

	assert(f->line_count < FAKE_MAX);
	line = &f->lines[f->line_count++];
	*line = (struct view_line){ .record = fake_record(100 + f->line_count, "Oak"),
				    .kind = r->line_kind,
				    .way.metres = VIEW_DISTANCE_UNKNOWN };
	snprintf(line->item_name, sizeof(line->item_name), "%s", r->item != NULL ? r->item : "");
	snprintf(line->site, sizeof(line->site), "%s", r->site != NULL ? r->site : "");
	snprintf(line->text, sizeof(line->text), "%s", r->text != NULL ? r->text : "");
	strcpy(line->unit, "L");
	line->said = line->record.changed;
	line->quantity_milli = line->open_milli = r->quantity_milli;
	line->people = r->people;
	line->infants = r->infants;
	line->elders = r->elders;
	line->within_h = r->within_h;
	return &line->record;
}

static struct door_answer fake_write(struct fake *f, const struct door_request *r)
{
	struct door_answer answer = { 0 };
	struct view_record *record = NULL;

	if (r->name != NULL && strcmp(r->name, "Forbidden") == 0) {
		(void)door_refuse(&answer, DOOR_E_RIGHT, SAY_OF(CHANGE_NOT_YOURS, say_typed(r->name)));
		return answer;
	}
	if (r->verb == DOOR_SITE)
		record = fake_write_site(f, r, &answer);
	else if (r->verb == DOOR_LINE)
		record = fake_write_line(f, r);
	if (record != NULL) {
		memcpy(answer.ref, record->ref, sizeof(answer.ref));
		memcpy(answer.full, record->full, sizeof(answer.full));
		memcpy(answer.id, record->id, sizeof(answer.id));
	}
	return answer;
}

static void fake_submit(void *ctx, const struct door_request *r, door_done done, void *user)
{
	struct fake *f = ctx;
	struct door_answer answer = { .rc = DOOR_OK };

	(void)door_refuse(&answer, DOOR_E_BUSY, SAY(BUSY));

	if (f->busy > 0) {
		f->busy--;
		done(user, &answer);
		return;
	}
	f->last = *r;
	snprintf(f->last_item, sizeof(f->last_item), "%s", r->item != NULL ? r->item : "");
	snprintf(f->last_text, sizeof(f->last_text), "%s", r->text != NULL ? r->text : "");
	snprintf(f->last_key, sizeof(f->last_key), "%s", r->key != NULL ? r->key : "");
	snprintf(f->last_measure, sizeof(f->last_measure), "%s", r->measure != NULL ? r->measure : "");
	snprintf(f->last_where, sizeof(f->last_where), "%s", r->where != NULL ? r->where : "");
	f->submitted++;
	if (f->when == FAKE_LATER) {
		assert(f->under_way < FAKE_MAX);
		f->waiting[f->under_way].done = done;
		f->waiting[f->under_way].user = user;
		f->waiting[f->under_way++].answer = fake_write(f, r);
		if (f->under_way > f->under_way_most)
			f->under_way_most = f->under_way;
		return;
	}
	answer = fake_write(f, r);
	done(user, &answer);
}

/* Answers what is waiting, the last first. */
static inline void fake_answer_all(struct fake *f)
{
	while (f->under_way > 0) {
		size_t last = --f->under_way;
		struct door_answer answer = f->waiting[last].answer;

		f->waiting[last].done(f->waiting[last].user, &answer);
	}
}

static void fake_import(void *ctx, const uint8_t *data, size_t size, door_imported done, void *user)
{
	struct fake *f = ctx;
	struct door_import result = { .entries = (uint32_t)size, .added = data[0] };

	if (f->when == FAKE_LATER) {
		f->imported = done;
		f->imported_user = user;
		return;
	}
	done(user, &result);
}

static bool fake_export(void *ctx, door_write_cb write, void *user)
{
	(void)ctx;
	return write(user, (const uint8_t *)"bun\0dle", 7) && write(user, (const uint8_t *)"!", 1);
}

static void fake_find_tickets(void *ctx, const char *text, door_tickets done, void *user)
{
	struct door_ticket ticket = { .ref = "101-AAAA", .ticket = "BUMEL-TAKIS-417", .name = "Nomen Nescio" };

	(void)ctx;
	done(user, &ticket, strstr("BUMEL-TAKIS-417", text) != NULL, false);
}

/* There is one alone. */
static enum door_rc fake_set_pin(void *ctx, struct said *why, const char *pin)
{
	(void)ctx;
	said_decide(why, SAY(PIN_FORM));

	return strcmp(pin, "1234") == 0 ? DOOR_OK : DOOR_E_INPUT;
}

/* A day before 2020 cannot be; what is more than a day away from what was known is asked back. */
static enum door_rc fake_set_clock(void *ctx, struct said *why, enum door_clock verb, int64_t unix_s, bool sure)
{
	struct view_status *s = &((struct fake *)ctx)->status;
	int64_t date = verb != DOOR_CLOCK_CONFIRM ? unix_s : s->clock_asks != 0 ? s->clock_asks : s->now;

	if (verb == DOOR_CLOCK_PHONE && s->time_quality == VIEW_TIME_SET)
		return DOOR_OK;
	if (date < 1577836800) {
		said_decide(why, SAY_OF(DATE_WRONG, say_date(date)));
		return DOOR_E_INPUT;
	}
	if ((date > s->now + 86400 || date < s->now - 86400) && !sure) {
		said_decide(why, SAY_OF(CLOCK_ASKS, say_date(date), say_date(s->now)));
		return DOOR_E_ASK;
	}
	s->now = date;
	s->clock_asks = 0;
	s->time_quality = VIEW_TIME_SET;
	s->clock_source = verb == DOOR_CLOCK_PHONE ? VIEW_CLOCK_PHONE : VIEW_CLOCK_PERSON;
	return DOOR_OK;
}

static void fake_setup_view(void *ctx, struct view_setup *setup)
{
	*setup = ((struct fake *)ctx)->setup;
}

static void fake_upgrade_view(void *ctx, struct view_upgrade *upgrade)
{
	(void)ctx;
	*upgrade = (struct view_upgrade){ .state = VIEW_UPGRADE_NONE };
	said_decide(&upgrade->said, SAY(UPGRADE_NONE));
}

static uint8_t *fake_upgrade_file(void *ctx, size_t *size)
{
	(void)ctx;
	(void)size;
	return NULL;
}

static void fake_setup(void *ctx, const struct door_given *given, size_t count, door_told done, void *user)
{
	struct fake *f = ctx;
	struct said said = { 0 };
	size_t used = 0;

	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(f->given + used, sizeof f->given - used, "%s=%s ", given[i].name,
					 given[i].value);
	said_decide(&said, SAY(SETUP_BEGINS));
	done(user, DOOR_OK, &said);
}

static enum door_rc fake_renew(void *ctx, struct said *why, enum door_renew how)
{
	struct fake *f = ctx;
	bool sure = how == DOOR_RENEW_SURE;

	said_decide(why, sure ? SAY(RENEW_BEGINS) : SAY(RENEW_ASK));
	f->renewals += sure;
	return sure ? DOOR_OK : DOOR_E_ASK;
}

/* One notice more, of a node or of a neighbour of that name. */
static inline void fake_notice(struct fake *f, enum view_notice notice, const char *name, struct say say)
{
	struct view_told *told = &f->status.notices[f->status.notice_count++];

	*told = (struct view_told){ .notice = notice };
	snprintf(told->name, sizeof(told->name), "%s", name);
	said_decide(&told->said, say);
}

static inline void fake_metrics(void *ctx, struct view_metrics *metrics)
{
	(void)ctx;
	*metrics = (struct view_metrics){ .protocol = 1, .schema = 3, .refused_time = 7 };
}

static void fake_init(struct fake *f)
{
	memset(f, 0, sizeof(*f));
	f->status = (struct view_status){ .name = "Oak St church",
					  .picture = "4f2a1c9d",
					  .now = FAKE_NOW,
					  .version = "0.1",
					  .time_quality = VIEW_TIME_SET,
					  .started = FAKE_NOW - 7200 };
	f->view = (struct board_view){ .ctx = f,
				       .status = fake_status,
				       .setup = fake_setup_view,
				       .upgrade = fake_upgrade_view,
				       .upgrade_file = fake_upgrade_file,
				       .sites = fake_sites,
				       .lines = fake_lines,
				       .moves = fake_moves,
				       .notes = fake_notes,
				       .peers = fake_peers,
				       .authors = fake_authors,
				       .radio = fake_radio,
				       .metrics = fake_metrics,
				       .ask = fake_ask,
				       .history = fake_history,
				       .plan = fake_plan };
	f->door = (struct board_door){ .ctx = f,
				       .submit = fake_submit,
				       .import_bundle = fake_import,
				       .export_bundle = fake_export,
				       .set_pin = fake_set_pin,
				       .set_clock = fake_set_clock,
				       .renew = fake_renew,
				       .setup = fake_setup,
				       .find_tickets = fake_find_tickets };
}

#endif
