/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/sentence.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "board/text/decimal.h"
#include "board/text/utf8.h"
#include "board/text/words.h"

/* A line as it grows. */
struct text {
	char *out;
	size_t used;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *t, const char *format, ...)
{
	va_list list;
	int size;

	va_start(list, format);
	size = vsnprintf(t->out + t->used, SENTENCE_SIZE - t->used, format, list);
	va_end(list);
	t->used += size > 0 ? (size_t)size : 0;
	if (t->used < SENTENCE_SIZE)
		return;
	t->used = SENTENCE_SIZE - 1;
	utf8_repair(t->out);
}

void sentence_span(char out[SENTENCE_SPAN_SIZE], int64_t seconds)
{
	if (seconds < 3600)
		snprintf(out, SENTENCE_SPAN_SIZE, "%d min", seconds < 60 ? 1 : (int)(seconds / 60));
	else if (seconds < 48 * 3600)
		snprintf(out, SENTENCE_SPAN_SIZE, "%d h", (int)(seconds / 3600));
	else
		snprintf(out, SENTENCE_SPAN_SIZE, "%u d", (unsigned)(seconds / 86400) % 1000000u);
}

void sentence_distance(char out[SENTENCE_SPAN_SIZE], int64_t metres)
{
	if (metres < 1000)
		snprintf(out, SENTENCE_SPAN_SIZE, "%d m", (int)(metres / 10 * 10));
	else if (metres < 10000)
		snprintf(out, SENTENCE_SPAN_SIZE, "%d.%d km", (int)(metres / 1000), (int)(metres % 1000 / 100));
	else
		snprintf(out, SENTENCE_SPAN_SIZE, "%u km", (unsigned)(metres / 1000) % 100000u);
}

void sentence_amount(char out[SENTENCE_AMOUNT_SIZE], int64_t milli, const char *unit)
{
	bool has_unit = unit[0] != '\0' && strcmp(unit, "each") != 0;
	char number[DECIMAL_SIZE];

	decimal_format(number, milli);
	snprintf(out, SENTENCE_AMOUNT_SIZE, "%s%s%s", number, has_unit ? " " : "", has_unit ? unit : "");
}

static void add_amount(struct text *t, int64_t milli, const char *unit)
{
	char amount[SENTENCE_AMOUNT_SIZE];

	sentence_amount(amount, milli, unit);
	add(t, "%s", amount);
}

/* "1 person", "40 people". */
static void add_count(struct text *t, const char *before, uint32_t people)
{
	add(t, "%s%u %s", before, people, people == 1 ? "person" : "people");
}

/* "due in 3 h", "due 2 h ago". */
static void add_time(struct text *t, const char *what, int64_t when, int64_t now)
{
	char span[SENTENCE_SPAN_SIZE];

	if (when == 0)
		return;
	sentence_span(span, when > now ? when - now : now - when);
	if (when > now)
		add(t, "%s in %s", what, span);
	else if (now - when < 60)
		add(t, "%s now", what);
	else
		add(t, "%s %s ago", what, span);
}

static void add_source(struct text *t, const struct view_record *record, int64_t now)
{
	add_time(t, ". Said", record->changed, now);
	add(t, " by %s%s. %s", record->author, record->trust == VIEW_STRANGER ? ", a stranger" : "", record->ref);
}

static void add_people(struct text *t, const struct view_line *line)
{
	const struct {
		uint32_t count;
		const char *one, *many;
	} groups[] = { { line->people, "person", "people" },
		       { line->infants, "infant", "infants" },
		       { line->elders, "elder", "elders" },
		       { line->powered, "on power", "on power" } };

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (groups[i].count > 0)
			add(t, ", %u %s", groups[i].count, groups[i].count == 1 ? groups[i].one : groups[i].many);
}

void sentence_site(char out[SENTENCE_SIZE], const struct view_site *site, int64_t now)
{
	struct text t = { out, 0 };

	add(&t, "%s: %s", site->name, words_text(&WORDS_SITE_STATE, site->state));
	if (site->people > 0)
		add_count(&t, ", ", site->people);
	add(&t, ", %u need%s open", site->open_needs, site->open_needs == 1 ? "" : "s");
	add_time(&t, ", heard", site->heard, now);
	add(&t, ". %s", site->record.ref);
}

static void add_need(struct text *t, const struct view_line *line, int64_t now)
{
	if (line->quantity_milli > 0) {
		add_amount(t, (int64_t)line->open_milli, "");
		add(t, " of ");
		add_amount(t, (int64_t)line->quantity_milli, line->unit);
		add(t, " ");
	}
	add(t, "%s at %s", line->item_name, line->site[0] != '\0' ? line->site : "no site");
	add_people(t, line);
	add(t, ", %s", words_text(&WORDS_LINE_STATUS, line->status));
	if (line->status == VIEW_OPEN || line->status == VIEW_EXPIRED)
		add_time(t, ", due", line->due, now);
	if (line->check_on_them)
		add(t, ", CHECK ON THEM");
	else if (line->ask_still_needed)
		add(t, ", still needed?");
}

void sentence_line(char out[SENTENCE_SIZE], const struct view_line *line, int64_t now)
{
	struct text t = { out, 0 };

	add(&t, "%s: ", line->kind == VIEW_NEED ? "Need" : line->kind == VIEW_OFFER ? "Offer" : "Stock");
	if (line->kind == VIEW_NEED) {
		add_need(&t, line, now);
	} else {
		add_amount(&t, line->on_hand_milli, line->unit);
		add(&t, " %s at %s", line->item_name, line->site[0] != '\0' ? line->site : "no site");
		if (line->on_hand_milli < 0)
			add(&t, ", recount it");
		if (line->promised_milli > 0) {
			add(&t, ", ");
			add_amount(&t, (int64_t)line->promised_milli, line->unit);
			add(&t, " promised");
		}
	}
	if (line->text[0] != '\0')
		add(&t, " (%s)", line->text);
	add_source(&t, &line->record, now);
}

void sentence_move(char out[SENTENCE_SIZE], const struct view_move *move, int64_t now)
{
	struct text t = { out, 0 };

	add_amount(&t, (int64_t)move->quantity_milli, move->unit);
	add(&t, " %s", move->item_name);
	if (move->from_site[0] != '\0')
		add(&t, " from %s", move->from_site);
	if (move->to_site[0] != '\0')
		add(&t, " to %s", move->to_site);
	add(&t, ": %s", words_text(&WORDS_STAGE, move->stage));
	if (move->stage == VIEW_PLEDGED || move->stage == VIEW_SENT)
		add_time(&t, ", due", move->due, now);
	if (move->lapsed)
		add(&t, ", lapsed");
	if (move->need_closed)
		add(&t, ", the need was closed");
	if (move->extra_milli > 0) {
		add(&t, ", ");
		add_amount(&t, (int64_t)move->extra_milli, move->unit);
		add(&t, " already covered: go on or release?");
	}
	add_source(&t, &move->record, now);
}

void sentence_note(char out[SENTENCE_SIZE], const struct view_note *note, int64_t now)
{
	struct text t = { out, 0 };

	if (note->kind == VIEW_ALERT)
		add(&t, "ALERT (%s): ", words_text(&WORDS_SEVERITY, note->severity));
	else if (note->kind != VIEW_MESSAGE)
		add(&t, "%s: ", words_text(&WORDS_NOTE_KIND, note->kind));
	add(&t, "%s", note->text);
	if (note->of[0] != '\0')
		add(&t, " (about %s)", note->of);
	add_source(&t, &note->record, now);
}

void sentence_peer(char out[SENTENCE_SIZE], const struct view_peer *peer, int64_t now)
{
	struct text t = { out, 0 };

	add(&t, "%s: %s, %llu came in, %llu went out", peer->name, words_text(&WORDS_PEER_STATE, peer->state),
	    (unsigned long long)peer->entries_in, (unsigned long long)peer->entries_out);
	add_time(&t, ", here since", peer->since, now);
}

void sentence_author(char out[SENTENCE_SIZE], const struct view_author *author, int64_t now)
{
	struct text t = { out, 0 };

	add(&t, "%s: %s", author->name, words_text(&WORDS_TRUST, author->trust));
	add_time(&t, ", heard", author->heard, now);
}

/* --- answers --- */

static void add_where(struct text *t, const struct view_answer *a)
{
	char distance[SENTENCE_SPAN_SIZE];

	add(t, "%s", a->site[0] != '\0' ? a->site : "no site");
	if (a->way.metres <= 0)
		return;
	sentence_distance(distance, a->way.metres);
	add(t, " (%s %s)", distance, a->way.direction);
}

static void add_at(struct text *t, const struct view_answer *a)
{
	add_amount(t, a->quantity_milli, a->unit);
	add(t, " %s at ", a->item_name);
	add_where(t, a);
}

static void add_about(struct text *t, const struct view_answer *a, const char *before)
{
	char about[SAID_WRITTEN_SIZE];

	said_write(about, sizeof(about), LANGUAGE_EN, &a->about);
	if (about[0] != '\0')
		add(t, "%s%s", before, about);
}

static void add_rest(struct text *t, const struct view_answer *a, const char *said, int64_t now)
{
	add_about(t, a, ", ");
	/* A question ends its sentence. */
	add_time(t, t->used > 0 && t->out[t->used - 1] == '?' ? said + 1 : said, a->said, now);
	if (a->by[0] != '\0')
		add(t, " by %s%s", a->by, a->trust == VIEW_STRANGER ? ", a stranger" : "");
	add(t, ".");
	if (a->ref[0] != '\0')
		add(t, " %s", a->ref);
}

static void add_short(struct text *t, const struct view_answer *a, int64_t now)
{
	add(t, "%s: ", a->item_name);
	add_amount(t, a->quantity_milli, a->unit);
	add(t, " short in %u need%s", a->count, a->count == 1 ? "" : "s");
	if (a->people > 0)
		add_count(t, " for ", a->people);
	add_time(t, ", first due", a->when, now);
	if (a->site[0] != '\0') {
		add(t, ", nearest ");
		add_where(t, a);
	}
	add_rest(t, a, ". Oldest word", now);
}

static void add_load(struct text *t, const struct view_answer *a, int64_t now)
{
	add_amount(t, a->quantity_milli, a->unit);
	add(t, " %s", a->item_name);
	if (a->grams > 0)
		add(t, ", %s%lld kg", a->is_estimate ? "about " : "", (long long)(a->grams + 500) / 1000);
	else
		add(t, ", weigh it");
	add(t, ", from %s", a->from);
	add_time(t, ", due", a->when, now);
	add_time(t, ". Asked", a->said, now);
	add(t, ". %s", a->ref);
}

static void add_served(struct text *t, const struct view_answer *a, int64_t now)
{
	add_at(t, a);
	if (a->people > 0) {
		add(t, ", ");
		add_amount(t, a->of_milli, a->unit);
		add_count(t, a->people == 1 ? " for " : " for each of ", a->people);
	} else {
		add(t, ", nobody said how many people are there");
	}
	add_rest(t, a, ". Oldest word", now);
}

static void add_silent(struct text *t, const struct view_answer *a, int64_t now)
{
	add_where(t, a);
	if (a->people > 0)
		add_count(t, ", ", a->people);
	add(t, ", %u need%s open when last heard", a->count, a->count == 1 ? "" : "s");
	add_rest(t, a, ". Heard", now);
}

static void add_news(struct text *t, const struct view_answer *a, int64_t now)
{
	if (a->item_name[0] != '\0')
		add_at(t, a);
	else if (a->text[0] == '\0')
		add_where(t, a);
	add_time(t, ", due", a->when, now);
	if (t->used == 0) {
		add(t, "%s", a->text);
		add_time(t, ". Said", a->said, now);
		add(t, " by %s. %s", a->by, a->ref);
		return;
	}
	add_rest(t, a, ". Said", now);
}

void sentence_answer(char out[SENTENCE_SIZE], enum view_question question, const struct view_answer *a, int64_t now)
{
	struct text t = { out, 0 };

	out[0] = '\0';
	switch (question) {
	case VIEW_Q_SHORT:
		add_short(&t, a, now);
		return;
	case VIEW_Q_LOAD:
		add_load(&t, a, now);
		return;
	case VIEW_Q_NEWS:
		add_news(&t, a, now);
		return;
	case VIEW_Q_SILENT:
		add_silent(&t, a, now);
		return;
	case VIEW_Q_SERVED:
		add_served(&t, a, now);
		return;
	case VIEW_Q_RUNS_OUT:
		add_at(&t, a);
		add_time(&t, ", gone", a->when, now);
		break;
	case VIEW_Q_LATE:
	case VIEW_Q_UNCONFIRMED:
		add_at(&t, a);
		add_time(&t, ", due", a->when, now);
		break;
	case VIEW_Q_EXPIRING:
		add_at(&t, a);
		add_time(&t, ", ends", a->when, now);
		break;
	case VIEW_Q_SURPLUS:
	case VIEW_QUESTIONS:
		add_at(&t, a);
		break;
	}
	add_rest(&t, a, ". Said", now);
}
