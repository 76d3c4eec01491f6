/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/sentence.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "board/state_said.h"
#include "board/text/decimal.h"
#include "board/text/utf8.h"
#include "board/text/words.h"
#include "proto/catalog/catalog.h"

enum { WHEN_SIZE = 48, NUMBER_SIZE = 24 };

/* A line as it grows. */
struct line {
	char *out;
	size_t used;
	enum language language;
	int64_t now;
};

static struct line begin(char out[SENTENCE_SIZE], enum language language, int64_t now)
{
	out[0] = '\0';
	return (struct line){ out, 0, language, now };
}

static void add(struct line *l, struct say say)
{
	assert(l->used < SENTENCE_SIZE);
	say_write(l->out + l->used, SENTENCE_SIZE - l->used, l->language, say);
	l->used += strlen(l->out + l->used);
}

/* What is the same in every language. */
static void add_text(struct line *l, const char *text)
{
	assert(l->used < SENTENCE_SIZE);
	snprintf(l->out + l->used, SENTENCE_SIZE - l->used, "%s", text);
	utf8_repair(l->out + l->used);
	l->used += strlen(l->out + l->used);
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

/* --- values --- */

static struct say_value amount_of(char out[SENTENCE_AMOUNT_SIZE], int64_t milli, const char *unit)
{
	sentence_amount(out, milli, unit);
	return say_text(out);
}

/* "in 3 h", "now", "2 h ago"; nothing where nobody knows. */
static struct say_value when_of(const struct line *l, char out[WHEN_SIZE], int64_t when)
{
	int64_t away = when > l->now ? when - l->now : l->now - when;

	out[0] = '\0';
	if (when > l->now)
		say_write(out, WHEN_SIZE, l->language, SAY_OF(TIME_IN, say_span(away)));
	else if (when != 0 && away < 60)
		say_write(out, WHEN_SIZE, l->language, SAY(TIME_NOW));
	else if (when != 0)
		say_write(out, WHEN_SIZE, l->language, SAY_OF(TIME_AGO, say_span(away)));
	return say_text(out);
}

/* When it was said or seen. A neighbour's clock may be a moment ahead of ours: that is now. */
static struct say_value since_of(const struct line *l, char out[WHEN_SIZE], int64_t when)
{
	return when_of(l, out, when < l->now ? when : l->now);
}

void sentence_goods(char out[SENTENCE_GOODS_SIZE], const char *name, const char *variant, enum language language)
{
	const char *mark = strstr(name, VIEW_VARIANT_MARK), *rest = mark ? mark + strlen(VIEW_VARIANT_MARK) : variant;
	char plain[VIEW_NAME_SIZE];
	const struct catalog_item *item;

	snprintf(plain, sizeof(plain), "%.*s", mark ? (int)(mark - name) : (int)strlen(name), name);
	item = catalog_find_name(plain);
	if (item != NULL && strcmp(language_item(LANGUAGE_EN, item->code), plain) != 0)
		item = NULL; /* somebody's own words */
	snprintf(out, SENTENCE_GOODS_SIZE, "%s%s%s", item != NULL ? language_item(language, item->code) : plain,
		 rest[0] != '\0' ? VIEW_VARIANT_MARK : "", rest);
	utf8_repair(out);
}

static struct say_value item_of(const struct line *l, char out[SENTENCE_GOODS_SIZE], const char *name)
{
	sentence_goods(out, name, "", l->language);
	return say_text(out);
}

static struct say_value line_item_of(const struct line *l, char out[SENTENCE_GOODS_SIZE], const struct view_line *line)
{
	sentence_goods(out, line->item_name, line->variant, l->language);
	return say_text(out);
}

static struct say_value site_of(const char *site)
{
	return site[0] != '\0' ? say_text(site) : say_phrase(SAY_LCD_NO_SITE);
}

/* The phrase where it `holds`, else nothing. */
static struct say_value where_it(bool holds, enum say_code phrase)
{
	return holds ? say_phrase(phrase) : say_empty();
}

static struct say_value stranger_of(enum view_trust trust)
{
	return where_it(trust == VIEW_STRANGER, SAY_PAGE_STRANGER);
}

/* A word of the API in the reader's language. */
static struct say_value word_of(const struct words *words, enum say_code phrase, size_t which)
{
	return which < words->count ? say_part(phrase, (unsigned)which) : say_text("?");
}

/* Nobody runs for a drill. */
static void add_drill(struct line *l, bool is_drill)
{
	if (!is_drill)
		return;
	add(l, SAY(LCD_DRILL));
	add_text(l, ". ");
}

/* --- records --- */

static void add_source(struct line *l, const struct view_record *record, int64_t said, const char *text)
{
	char when[WHEN_SIZE];

	add(l, SAY_OF(LINE_SOURCE, say_text(text), since_of(l, when, said), say_text(record->author),
		      stranger_of(record->trust), say_text(record->ref)));
}

/* What a round found; nothing where nobody went round. */
static struct say_value asked_of(const struct line *l, char out[SENTENCE_SIZE], const struct view_round *round)
{
	if (round->when == 0)
		return say_empty();
	say_write(out, SENTENCE_SIZE, l->language, state_said_round(round, l->now));
	return say_text(out);
}

void sentence_site(char out[SENTENCE_SIZE], const struct view_site *site, enum language language, int64_t now)
{
	struct line l = begin(out, language, now);
	char heard[WHEN_SIZE], asked[SENTENCE_SIZE];

	add(&l,
	    SAY_OF(LINE_SITE, say_text(site->name), word_of(&WORDS_SITE_STATE, SAY_LINE_SITE_STATES, site->state),
		   say_text(site->instead), say_number(site->people), say_number(site->open_needs),
		   since_of(&l, heard, site->heard), asked_of(&l, asked, &site->round), say_text(site->record.ref)));
}

static struct say_value ask_of(const struct view_line *line)
{
	return line->check_on_them ? say_phrase(SAY_LINE_CHECK_ON_THEM)
				   : where_it(line->ask_still_needed, SAY_WHY_NEED);
}

/* "closed: not needed": whoever reads that it is closed should not think that it was met. */
static struct say_value closed_of(const struct line *l, char out[WHEN_SIZE], const struct view_line *line)
{
	out[0] = '\0';
	if (line->closed != VIEW_CLOSED_NOT)
		say_write(out, WHEN_SIZE, l->language, SAY_OF(LINE_CLOSED, say_part(SAY_PAGE_REASONS, line->closed)));
	return say_text(out);
}

static void add_need(struct line *l, const struct view_line *line)
{
	bool is_due = line->status == VIEW_OPEN || line->status == VIEW_OVERDUE;
	char open[SENTENCE_AMOUNT_SIZE], asked[SENTENCE_AMOUNT_SIZE], people[SENTENCE_SIZE], when[WHEN_SIZE];
	char item[SENTENCE_GOODS_SIZE], closed[WHEN_SIZE];

	say_write(people, sizeof(people), l->language,
		  SAY_OF(LINE_PEOPLE, say_number(line->people), say_number(line->infants), say_number(line->elders),
			 say_number(line->powered)));
	add(l,
	    SAY_OF(LINE_NEED, view_line_is_unsaid(line) ? say_empty() : amount_of(open, (int64_t)line->open_milli, ""),
		   amount_of(asked, (int64_t)line->quantity_milli, line->unit), line_item_of(l, item, line),
		   site_of(line->site), say_text(people),
		   line->closed != VIEW_CLOSED_NOT ? closed_of(l, closed, line)
						   : word_of(&WORDS_LINE_STATUS, SAY_PAGE_STATUSES, line->status),
		   say_number(line->every_h), when_of(l, when, is_due ? line->due : 0), ask_of(line)));
}

static void add_round(struct line *l, const struct view_line *line)
{
	char asked[SENTENCE_SIZE];

	add(l, SAY_OF(LINE_ROUND, site_of(line->site), asked_of(l, asked, &line->round)));
}

static struct say_value recount_of(const struct view_line *line)
{
	return line->on_hand_milli < 0 ? say_phrase(SAY_LINE_RECOUNT) : where_it(line->is_reckoned, SAY_LINE_RECKONED);
}

static void add_supply(struct line *l, const struct view_line *line)
{
	char amount[SENTENCE_AMOUNT_SIZE], promised[SENTENCE_AMOUNT_SIZE], item[SENTENCE_GOODS_SIZE];
	struct say say =
		SAY_OF(LINE_STOCK,
		       view_line_is_unsaid(line) ? say_empty() : amount_of(amount, line->on_hand_milli, line->unit),
		       line_item_of(l, item, line), site_of(line->site), recount_of(line),
		       line->promised_milli > 0 ? amount_of(promised, (int64_t)line->promised_milli, line->unit)
						: say_empty());

	static_assert((int)SAY_LINE_OFFER_VALUES == (int)SAY_LINE_STOCK_VALUES, "they say the same");
	if (line->kind == VIEW_OFFER)
		say.code = SAY_LINE_OFFER;
	add(l, say);
}

static void add_goods(struct line *l, const struct view_line *line)
{
	add(l, SAY_OF(LINE_GOODS, say_text(line->use_by), where_it(line->is_past_use, SAY_PAGE_PAST_USE),
		      where_it(line->flags & VIEW_LINE_COLD, SAY_PAGE_KEEP_COLD),
		      where_it(line->flags & VIEW_LINE_USED, SAY_PAGE_USED),
		      where_it(line->flags & VIEW_LINE_DAMAGED, SAY_PAGE_DAMAGED)));
}

void sentence_line(char out[SENTENCE_SIZE], const struct view_line *line, enum language language, int64_t now)
{
	struct line l = begin(out, language, now);
	char closed[WHEN_SIZE];

	add_drill(&l, line->flags & VIEW_LINE_DRILL);
	if (line->kind == VIEW_NEED)
		add_need(&l, line);
	else if (line->kind == VIEW_ROUND)
		add_round(&l, line);
	else
		add_supply(&l, line);
	add_goods(&l, line);
	if (line->kind != VIEW_NEED && line->closed != VIEW_CLOSED_NOT) {
		(void)closed_of(&l, closed, line);
		add_text(&l, ", ");
		add_text(&l, closed);
	}
	add_source(&l, &line->record, line->said, line->text);
}

/* Where the parts of a load are, when they are in more than one place. */
static void add_parts(struct line *l, const struct view_move *move)
{
	const struct {
		uint64_t milli;
		enum view_move_stage stage;
	} parts[] = { { move->promised_milli, VIEW_PLEDGED },
		      { move->on_way_milli, VIEW_SENT },
		      { move->arrived_milli, VIEW_RECEIVED },
		      { move->lost_milli, VIEW_LOST },
		      { move->back_milli, VIEW_RETURNED } };
	char amount[SENTENCE_AMOUNT_SIZE];
	int count = 0;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		count += parts[i].milli > 0;
	for (size_t i = 0; i < sizeof parts / sizeof *parts && count > 1; i++)
		if (parts[i].milli)
			add(l, SAY_OF(LINE_MOVE_PART, amount_of(amount, (int64_t)parts[i].milli, move->unit),
				      word_of(&WORDS_STAGE, SAY_PAGE_STAGES, parts[i].stage)));
}

void sentence_move(char out[SENTENCE_SIZE], const struct view_move *move, enum language language, int64_t now)
{
	struct line l = begin(out, language, now);
	bool is_due = move->stage == VIEW_PLEDGED || move->stage == VIEW_SENT;
	char amount[SENTENCE_AMOUNT_SIZE], extra[SENTENCE_AMOUNT_SIZE], when[WHEN_SIZE], item[SENTENCE_GOODS_SIZE];

	add(&l, SAY_OF(LINE_MOVE, amount_of(amount, (int64_t)move->quantity_milli, move->unit),
		       item_of(&l, item, move->item_name), say_text(move->from_site), say_text(move->to_site),
		       word_of(&WORDS_STAGE, SAY_PAGE_STAGES, move->stage), when_of(&l, when, is_due ? move->due : 0),
		       where_it(move->lapsed || move->too_late, move->lapsed ? SAY_LINE_LAPSED : SAY_LINE_TOO_LATE),
		       where_it(move->need_closed, SAY_LINE_NEED_CLOSED),
		       move->extra_milli > 0 ? amount_of(extra, (int64_t)move->extra_milli, move->unit) : say_empty()));
	add_parts(&l, move);
	if (move->counted_once)
		add(&l, SAY(LINE_MOVE_ONCE));
	add_source(&l, &move->record, move->record.changed, "");
}

/* What it says; "go to Oak". */
static struct say_value words_of(const struct line *l, char out[SENTENCE_SIZE], const struct view_note *note)
{
	if (note->instead[0] == '\0')
		snprintf(out, SENTENCE_SIZE, "%s%s%s", note->source, note->source[0] != '\0' ? ": " : "", note->text);
	else
		say_write(out, SENTENCE_SIZE, l->language, SAY_OF(GO_TO, say_text(note->instead)));
	return say_text(out);
}

/* Whoever reads the rumour reads who denies it. */
static void add_denial(struct line *l, const struct view_note *note)
{
	if (note->denied_by[0] == '\0')
		return;
	add_text(l, " ");
	add(l, state_said_denial(note));
}

void sentence_note(char out[SENTENCE_SIZE], const struct view_note *note, enum language language, int64_t now)
{
	struct line l = begin(out, language, now);
	char go_to[SENTENCE_SIZE];
	struct say_value words = words_of(&l, go_to, note);

	add_drill(&l, note->flags & VIEW_NOTE_DRILL);
	if (note->kind == VIEW_ALERT)
		add(&l, SAY_OF(LINE_ALERT, word_of(&WORDS_SEVERITY, SAY_LINE_SEVERITIES, note->severity), words,
			       say_text(note->of)));
	else
		add(&l, SAY_OF(LINE_NOTE,
			       note->kind == VIEW_MESSAGE ? say_empty()
							  : word_of(&WORDS_NOTE_KIND, SAY_LINE_NOTE_KINDS, note->kind),
			       words, say_text(note->of)));
	if (note->is_over)
		add(&l, note->is_withdrawn ? SAY(LINE_NOTE_WITHDRAWN) : SAY(LINE_NOTE_OVER));
	else if (note->kind == VIEW_ALERT && note->until != 0)
		add(&l, SAY_OF(LINE_NOTE_UNTIL, say_date(note->until)));
	add_denial(&l, note);
	add_source(&l, &note->record, note->record.changed, "");
}

void sentence_word(char out[SENTENCE_SIZE], const struct view_word *word, enum language language, int64_t now)
{
	struct line l = begin(out, language, now);
	struct view_record record = { .trust = word->trust };
	char what[SENTENCE_SIZE / 2];

	memcpy(record.ref, word->ref, sizeof(record.ref));
	memcpy(record.author, word->author, sizeof(record.author));
	said_write(what, sizeof(what), language, &word->said);
	add_text(&l, what);
	add_source(&l, &record, word->when, "");
}

void sentence_left(char out[SENTENCE_SIZE], const struct view_peer *peer, enum view_time_quality ours,
		   enum language language)
{
	struct said said;

	state_said_left(&said, peer, ours);
	said_write(out, SENTENCE_SIZE, language, &said);
}

void sentence_peer(char out[SENTENCE_SIZE], const struct view_peer *peer, enum view_time_quality ours,
		   enum language language, int64_t now)
{
	struct line l = begin(out, language, now);
	char since[WHEN_SIZE], left[SENTENCE_SIZE];

	add(&l, SAY_OF(LINE_PEER, say_text(peer->name), word_of(&WORDS_PEER_STATE, SAY_LINE_PEER_STATES, peer->state),
		       say_number((int64_t)peer->entries_in), say_number((int64_t)peer->entries_out),
		       since_of(&l, since, peer->since)));
	sentence_left(left, peer, ours, language);
	if (left[0] == '\0')
		return;
	add_text(&l, ". ");
	add_text(&l, left);
}

void sentence_author(char out[SENTENCE_SIZE], const struct view_author *author, enum language language, int64_t now)
{
	struct line l = begin(out, language, now);
	char heard[WHEN_SIZE];

	add(&l, SAY_OF(LINE_AUTHOR, say_text(author->name), word_of(&WORDS_TRUST, SAY_LINE_TRUSTS, author->trust),
		       since_of(&l, heard, author->heard)));
}

/* --- answers --- */

/* "Oak (1.2 km NE)". */
static struct say_value place_of(const struct line *l, char out[SENTENCE_SIZE], const struct view_answer *a)
{
	const char *site = a->site[0] != '\0' ? a->site : say_phrase_text(l->language, SAY_LCD_NO_SITE);
	char distance[SENTENCE_SPAN_SIZE];

	snprintf(out, SENTENCE_SIZE, "%s", site);
	if (a->way.metres > 0) {
		sentence_distance(distance, a->way.metres);
		snprintf(out, SENTENCE_SIZE, "%s (%s %s)", site, distance, a->way.direction);
	}
	return say_text(out);
}

/* Nothing where nobody said how much. */
static struct say_value answer_amount(char out[SENTENCE_AMOUNT_SIZE], const struct view_answer *a)
{
	return a->unsaid > 0 && a->quantity_milli == 0 ? say_empty() : amount_of(out, a->quantity_milli, a->unit);
}

/* "60.5 L Drinking water at Oak". */
static struct say_value goods_of(const struct line *l, char out[SENTENCE_SIZE], const struct view_answer *a)
{
	char amount[SENTENCE_AMOUNT_SIZE], where[SENTENCE_SIZE], item[SENTENCE_GOODS_SIZE];

	say_write(out, SENTENCE_SIZE, l->language,
		  SAY_OF(ANSWER_AT, answer_amount(amount, a), item_of(l, item, a->item_name), place_of(l, where, a)));
	return say_text(out);
}

/* Goods, a place, or somebody's word. */
static struct say_value ending_of(const struct line *l, char out[SENTENCE_SIZE], const struct view_answer *a)
{
	if (a->item_name[0] != '\0')
		return goods_of(l, out, a);
	return a->site[0] != '\0' ? place_of(l, out, a) : say_text(a->by);
}

/* A few words more. */
static void add_about(struct line *l, const struct view_answer *a)
{
	char about[SAID_WRITTEN_SIZE];

	said_write(about, sizeof(about), l->language, &a->about);
	if (about[0] == '\0')
		return;
	add_text(l, ", ");
	add_text(l, about);
}

/* The age of it, whose word it is, and the record. */
static void add_source_of(struct line *l, const struct view_answer *a, enum say_code said)
{
	static_assert((int)SAY_ANSWER_SAID_VALUES == 1 && (int)SAY_ANSWER_OLDEST_VALUES == 1 &&
			      (int)SAY_ANSWER_HEARD_VALUES == 1,
		      "each tells when");
	char when[WHEN_SIZE];

	if (a->said != 0) {
		/* A question ends its sentence. */
		add_text(l, l->used > 0 && l->out[l->used - 1] == '?' ? " " : ". ");
		add(l, (struct say){ .code = said, .values = { since_of(l, when, a->said) } });
	}
	add(l, SAY_OF(ANSWER_BY, say_text(a->by), a->by[0] != '\0' ? stranger_of(a->trust) : say_empty(),
		      say_text(a->ref)));
}

static void add_rest(struct line *l, const struct view_answer *a, enum say_code said)
{
	add_about(l, a);
	add_source_of(l, a, said);
}

static void add_short(struct line *l, const struct view_answer *a)
{
	char amount[SENTENCE_AMOUNT_SIZE], when[WHEN_SIZE], where[SENTENCE_SIZE], item[SENTENCE_GOODS_SIZE];

	add(l, SAY_OF(ANSWER_SHORT, item_of(l, item, a->item_name), answer_amount(amount, a), say_number(a->count),
		      say_number(a->people), when_of(l, when, a->when),
		      a->site[0] != '\0' ? place_of(l, where, a) : say_empty()));
	add_rest(l, a, SAY_ANSWER_OLDEST);
}

static void add_load(struct line *l, const struct view_answer *a)
{
	char amount[SENTENCE_AMOUNT_SIZE], when[WHEN_SIZE], asked[WHEN_SIZE], kg[NUMBER_SIZE],
		item[SENTENCE_GOODS_SIZE];
	bool is_weighed = a->grams > 0;

	snprintf(kg, sizeof(kg), "%lld", (long long)(a->grams + 500) / 1000);
	add(l,
	    SAY_OF(ANSWER_LOAD, amount_of(amount, a->quantity_milli, a->unit), item_of(l, item, a->item_name),
		   is_weighed && !a->is_estimate ? say_text(kg) : say_empty(),
		   is_weighed && a->is_estimate ? say_text(kg) : say_empty(), where_it(!is_weighed, SAY_ANSWER_WEIGH),
		   say_text(a->from), when_of(l, when, a->when), since_of(l, asked, a->said), say_text(a->ref)));
}

static void add_served(struct line *l, const struct view_answer *a)
{
	char what[SENTENCE_SIZE], each[SENTENCE_AMOUNT_SIZE];
	struct say_value goods = goods_of(l, what, a), share = amount_of(each, a->of_milli, a->unit);

	if (a->people == 0)
		add(l, SAY_OF(ANSWER_SERVED_UNCOUNTED, goods));
	else if (a->people == 1)
		add(l, SAY_OF(ANSWER_SERVED_ONE, goods, share, say_number(1)));
	else
		add(l, SAY_OF(ANSWER_SERVED, goods, share, say_number(a->people)));
	add_rest(l, a, SAY_ANSWER_OLDEST);
}

static void add_silent(struct line *l, const struct view_answer *a)
{
	char where[SENTENCE_SIZE];

	add(l, SAY_OF(ANSWER_SILENT, place_of(l, where, a), say_number(a->people), say_number(a->count)));
	add_rest(l, a, SAY_ANSWER_HEARD);
}

static void add_news(struct line *l, const struct view_answer *a)
{
	bool is_note = a->item_name[0] == '\0' && a->site[0] == '\0';
	char what[SENTENCE_SIZE], thing[SAID_WRITTEN_SIZE], when[WHEN_SIZE];

	say_write(what, sizeof(what), l->language, a->what);
	if (is_note)
		said_write(thing, sizeof(thing), l->language, &a->about);
	add(l, SAY_OF(ANSWER_NEWS, say_text(what), is_note ? say_text(thing) : ending_of(l, thing, a),
		      when_of(l, when, a->when)));
	if (!is_note)
		add_about(l, a);
	add_source_of(l, a, SAY_ANSWER_SAID);
}

void sentence_answer(char out[SENTENCE_SIZE], enum view_question question, const struct view_answer *a,
		     enum language language, int64_t now)
{
	struct line l = begin(out, language, now);
	char goods[SENTENCE_SIZE], when[WHEN_SIZE];
	struct say_value what = goods_of(&l, goods, a), until = when_of(&l, when, a->when);

	switch (question) {
	case VIEW_Q_SHORT:
		add_short(&l, a);
		return;
	case VIEW_Q_LOAD:
		add_load(&l, a);
		return;
	case VIEW_Q_NEWS:
		add_news(&l, a);
		return;
	case VIEW_Q_SILENT:
		add_silent(&l, a);
		return;
	case VIEW_Q_SERVED:
		add_served(&l, a);
		return;
	case VIEW_Q_RUNS_OUT:
		add(&l, SAY_OF(ANSWER_GONE, what, until));
		break;
	case VIEW_Q_LATE:
	case VIEW_Q_UNCONFIRMED:
		add(&l, SAY_OF(ANSWER_DUE, what, until));
		break;
	case VIEW_Q_EXPIRING:
		add(&l, SAY_OF(ANSWER_ENDS, ending_of(&l, goods, a), until));
		break;
	case VIEW_Q_SURPLUS:
	case VIEW_QUESTIONS:
		add_text(&l, goods);
		break;
	}
	add_rest(&l, a, SAY_ANSWER_SAID);
}
