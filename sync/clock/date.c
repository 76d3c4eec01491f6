/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/clock/date.h"

#include "sync/clock/upkeep.h"

enum { MS = 1000 };

/* Dates. A base is a date less mono, in ms since 1970; seconds count from 2020. */

/* Dates outside of what 32 bits hold are cut to the nearest end. */
static uint32_t seconds_of(int64_t ms)
{
	int64_t seconds = ms / MS - (int64_t)EPOCH_UNIX_S;

	if (seconds < 0)
		return 0;
	return seconds > UINT32_MAX ? UINT32_MAX : (uint32_t)seconds;
}

static int64_t ms_of(uint32_t seconds)
{
	return ((int64_t)seconds + EPOCH_UNIX_S) * MS;
}

static int64_t base_of(const struct date *date, uint32_t seconds)
{
	return ms_of(seconds) - (int64_t)date->now.mono;
}

/* Of a base, for now. */
static uint32_t now_of(const struct date *date, int64_t base_ms)
{
	return seconds_of(base_ms + (int64_t)date->now.mono);
}

static int64_t system_base(const struct date_reading *now)
{
	return now->real_ms - (int64_t)now->mono;
}

static int64_t apart_s(int64_t a_ms, int64_t b_ms)
{
	return a_ms > b_ms ? (a_ms - b_ms) / MS : (b_ms - a_ms) / MS;
}

static uint32_t later_of(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static bool is_set(enum date_source source)
{
	return source >= DATE_SETTING;
}

/* Nobody has to doubt it: GPS and the net's time. A setting is a claim, and people mistype. */
static bool is_sure(enum date_source source)
{
	return source == DATE_GPS || source == DATE_NTP;
}

/* Steps. */

/* Two steps before the first is done are one. */
static void add_step(struct date *date, int64_t shift_s, uint32_t from_s)
{
	date->is_worn |= date->era == ERA_MAX;
	if (date->is_worn)
		return;
	if (!date->is_due)
		date->due = (struct date_step){ .from_s = from_s, .was = date->moved, .era = date->era++ };
	date->is_due = true;
	date->due.shift_s += shift_s;
	if (from_s < date->due.from_s)
		date->due.from_s = from_s;
}

static uint32_t moved(uint32_t time_s, int64_t shift_s)
{
	return seconds_of(ms_of(time_s) + shift_s * MS);
}

/* A date that was known to be true goes on: it is not a day earlier now. */
static bool is_before_good(const struct date *date, uint32_t now_s)
{
	return date->good_s != 0 && (uint64_t)now_s + DATE_DAY_S < date->good_s;
}

/* What was said before the span is of a date that nobody doubted. Where it is now long before that one, what lies ahead of the
 * span is dated before it, in its order; and is put back when the date is a later one after all. */
static void move_before(struct date *date, uint32_t now_s)
{
	struct date_moved moved = { .era = date->era };

	if ((uint64_t)now_s + DATE_DAY_S < date->before_s) {
		moved.ahead_s = date->span_s ? date->span_s - 1 : 0;
		moved.by_s = date->before_s - moved.ahead_s;
		if (moved.by_s <= date->moved.by_s)
			moved = date->moved;
	}
	date->moved = date->due.is = moved;
}

/* Everything from the span on is of the wrong date; after a long step also what was said before this start, unless it was a
 * sure source that vouched for it. */
static void step(struct date *date, int64_t shift_s, uint32_t now_s)
{
	bool is_long = shift_s > DATE_OFF_S || shift_s < -(int64_t)DATE_OFF_S;
	uint32_t from_s = is_long && date->older_s < date->span_s ? date->older_s : date->span_s;

	add_step(date, shift_s, from_s);
	date->span_s = moved(from_s, shift_s);
	if (is_long || date->older_s > date->span_s)
		date->older_s = date->span_s;
	if (date->is_due)
		move_before(date, now_s);
}

/* Nobody has to doubt this date: all that was said before stays. */
static void vouch(struct date *date)
{
	date->span_s = date->older_s = now_of(date, date->base_ms);
	date->before_s = 0;
	date->moved = (struct date_moved){ 0 };
}

/* The date is `base_ms` from now on, as `source` says. What was known before of it is `old_ms`; what lies less than `least_s`
 * away from that is no step. */
static void accept(struct date *date, enum date_source source, int64_t base_ms, int64_t old_ms, int64_t least_s)
{
	int64_t shift_s = (base_ms - old_ms) / MS;

	assert(least_s >= 0);
	if (shift_s > least_s || shift_s < -least_s)
		step(date, shift_s, now_of(date, base_ms));
	date->base_ms = base_ms;
	date->source = source;
	date->asked = DATE_NOBODY;
	date->is_wrong = false;
	if (date->is_due)
		date->due.now_s = now_of(date, base_ms);
	if (is_sure(source))
		vouch(date);
	if (is_set(source) && source != DATE_SETTING)
		date->good_s = now_of(date, base_ms);
}

static void ask(struct date *date, enum date_source source, int64_t base_ms)
{
	assert(is_set(source));
	date->asked = source;
	date->asked_ms = base_ms;
}

/* What the system's clock says. */

/* NOBODY: it is no better than a guess. */
static enum date_source system_source(const struct date *date)
{
	if (date->trust == DATE_ALWAYS_GUESSED)
		return DATE_NOBODY;
	if (date->now.synchronised)
		return DATE_NTP;
	return date->trust == DATE_ALWAYS_SET ? DATE_SETTING : DATE_NOBODY;
}

uint32_t date_known_s(const struct date *date)
{
	bool is_known = is_set(date->source) && date->asked == DATE_NOBODY;

	return is_known ? now_of(date, date->base_ms) : date->good_s;
}

/* Nor is it days later where nobody was away. */
static bool is_after_good(const struct date *date, int64_t base_ms)
{
	uint32_t known_s = date_known_s(date);

	return known_s != 0 && now_of(date, base_ms) > (uint64_t)known_s + DATE_DAY_S;
}

/* Whether a date from the system, or from a satellite, is believed at once. `known` says that there is a date to compare
 * it with. */
static bool is_believed(const struct date *date, enum date_source source, int64_t base_ms, int64_t old_ms, bool known)
{
	bool is_near = apart_s(base_ms, old_ms) <= DATE_DAY_S;

	if (is_before_good(date, now_of(date, base_ms)))
		return false;
	if (!known || is_near)
		return true;
	/* Over a restart time passes for the net's time, but a battery clock may have lost its battery. */
	return is_sure(source) && !is_set(date->source);
}

/* A clock that nobody vouches for was put forward or back while we run. */
static void follow_guess(struct date *date, int64_t base_ms)
{
	int64_t moved_s = (base_ms - date->system_ms) / MS;

	if (date->source != DATE_NOBODY || (moved_s <= DATE_STEP_S && moved_s >= -DATE_STEP_S))
		return;
	if (moved_s > 0 && moved_s <= DATE_DAY_S && base_ms > date->base_ms)
		accept(date, DATE_NOBODY, base_ms, date->base_ms, DATE_STEP_S);
	else if (moved_s < 0 || moved_s > DATE_DAY_S)
		ask(date, DATE_SETTING, base_ms);
}

/* What was asked about was taken back. */
static void drop_question(struct date *date, int64_t base_ms)
{
	if (date->asked == DATE_SETTING && apart_s(base_ms, date->base_ms) <= DATE_STEP_S)
		date->asked = DATE_NOBODY;
}

/* `old_ms` is the date that it is compared with, and may differ from the one in use at a start. */
static void hear_system(struct date *date, int64_t old_ms, int64_t least_s, bool known)
{
	enum date_source source = system_source(date);
	int64_t base_ms = system_base(&date->now);
	bool was_wrong = date->is_wrong;

	date->is_wrong = source != DATE_NOBODY && now_of(date, base_ms) < date->floor_s;
	if (source == DATE_NOBODY || date->is_wrong) {
		/* Who was set by the net goes on when the net is gone; a battery clock that fails is no battery clock. */
		if (was_wrong != date->is_wrong && date->source == DATE_SETTING)
			date->source = DATE_NOBODY;
		return;
	}
	/* A person, and better sources, stand above a mere claim. */
	if (source == DATE_SETTING && date->source > DATE_SETTING)
		return;
	if (is_believed(date, source, base_ms, old_ms, known))
		accept(date, source, base_ms, old_ms, least_s);
	else if (date->asked == DATE_NOBODY || apart_s(base_ms, date->asked_ms) > DATE_STEP_S)
		ask(date, source, base_ms);
}

/* Starts. */

/* A claim is no better here: the battery clock may have lost its battery long before it was found out. */
static bool was_guessed(const struct date_kept *kept)
{
	return kept->date_s != 0 && kept->source <= DATE_SETTING;
}

/* The date went on while this program did not run: the machine did. */
static void go_on(struct date *date, const struct date_kept *kept)
{
	int64_t system_ms = system_base(&date->now);

	date->base_ms = kept->base_ms;
	date->source = kept->source == DATE_NTP || kept->source == DATE_SETTING ? DATE_NOBODY : kept->source;
	date->span_s = kept->span_s;
	date->older_s = kept->older_s;
	if (date->source == DATE_NOBODY && system_source(date) == DATE_NOBODY && system_ms > date->base_ms)
		accept(date, DATE_NOBODY, system_ms, date->base_ms, DATE_STEP_S);
}

/* Forward over a start: so much is taken for time without power. */
static int64_t least_step(const struct date_kept *kept)
{
	if (was_guessed(kept))
		return DATE_DAY_S;
	return is_sure(kept->source) || !kept->date_s ? INT64_MAX : DATE_OFF_S;
}

/* Where the date before was only a guess, its span goes on; how far it was off, nobody knows. More than a day is taken for
 * the clock's fault, and less for time without power. */
static void guess(struct date *date, const struct date_kept *kept, uint32_t last_s)
{
	/* The second of the last true word is over: what is said from now on is told from it. */
	uint32_t next_s = last_s + (last_s != 0 && last_s < UINT32_MAX), least = later_of(next_s, date->floor_s),
		 guess_s = later_of(least, seconds_of(date->now.real_ms));

	date->base_ms = base_of(date, least);
	date->span_s = was_guessed(kept) ? kept->span_s : least;
	date->older_s = is_sure(kept->source) || !kept->date_s ? date->span_s : kept->older_s;
	if (!was_guessed(kept) && !kept->moved.by_s)
		date->before_s = last_s;
	if (system_source(date) == DATE_NOBODY)
		accept(date, DATE_NOBODY, base_of(date, guess_s), base_of(date, last_s ? last_s : guess_s),
		       least_step(kept));
}

/* What the system says at a start is compared with the last date. Forward from one that was set by people or better, time
 * has passed. Back, or forward from a guess or a claim, the clock was wrong. */
static void hear_system_first(struct date *date, const struct date_kept *kept, uint32_t last_s)
{
	int64_t last_ms = last_s ? base_of(date, last_s) : date->base_ms;
	int64_t least_s = least_step(kept);

	if (system_base(&date->now) < last_ms)
		least_s = DATE_STEP_S;
	hear_system(date, last_ms, least_s, last_s != 0);
	/* What was set before was true, as far as anybody knew: what may be wrong begins now. */
	if (!was_guessed(kept) && !date->is_due) {
		date->span_s = now_of(date, date->base_ms);
		if (is_sure(kept->source) || !kept->date_s)
			date->older_s = date->span_s;
	}
}

void date_init(struct date *date, enum date_trust trust, uint32_t floor_s, const struct date_kept *kept,
	       struct hlc newest_own, struct date_reading now)
{
	uint32_t last_s = kept->date_s ? kept->date_s : newest_own.time;
	bool goes_on = kept->boot != 0 && kept->boot == now.boot && kept->date_s != 0;

	*date = (struct date){ .trust = trust, .floor_s = floor_s, .now = now, .good_s = kept->good_s };
	date->before_s = kept->before_s;
	date->moved = kept->moved;
	date->era = kept->date_s ? kept->era : newest_own.era;
	date->system_ms = system_base(&now);
	if (goes_on && now_of(date, kept->base_ms) >= kept->date_s) {
		go_on(date, kept);
		hear_system(date, date->base_ms, DATE_STEP_S, true);
	} else {
		guess(date, kept, last_s);
		hear_system_first(date, kept, last_s);
	}
	/* The power went while a step was being done: what was signed again is of the era after. */
	if (date->era < newest_own.era)
		date->era = newest_own.era;
}

void date_update(struct date *date, struct date_reading now)
{
	int64_t base_ms = system_base(&now);

	assert(now.mono >= date->now.mono);
	date->now = now;
	if (system_source(date) == DATE_NOBODY)
		follow_guess(date, base_ms);
	drop_question(date, base_ms);
	if (system_source(date) != DATE_NOBODY)
		hear_system(date, date->base_ms, DATE_STEP_S, true);
	date->system_ms = base_ms;
	if (is_sure(date->source) && system_source(date) == DATE_NTP) {
		vouch(date);
		date->good_s = date->span_s;
	}
}

/* Answers. */

enum time_quality date_quality(const struct date *date)
{
	if (date->asked != DATE_NOBODY || date->source == DATE_NOBODY || date->is_worn)
		return TIME_GUESSED;
	return is_set(date->source) ? TIME_SET : TIME_TOLD;
}

struct node_time date_time(const struct date *date)
{
	return (struct node_time){ .wall_s = now_of(date, date->base_ms),
				   .quality = date->is_due ? TIME_GUESSED : date_quality(date) };
}

uint32_t date_asked_s(const struct date *date)
{
	return date->asked == DATE_NOBODY ? 0 : now_of(date, date->asked_ms);
}

/* Neighbours. */

static void sort(uint32_t *list, size_t count)
{
	for (size_t i = 1; i < count; i++)
		for (size_t k = i; k > 0 && list[k - 1] > list[k]; k--) {
			uint32_t swap = list[k];

			list[k] = list[k - 1];
			list[k - 1] = swap;
		}
}

/* What those of that quality say that can be true, in order. */
static size_t collect(uint32_t list[DATE_TOLD_MAX], const struct date *date, const struct date_told *told, size_t count,
		      enum time_quality quality)
{
	size_t found = 0;

	for (size_t i = 0; i < count && found < DATE_TOLD_MAX; i++)
		if (told[i].quality == quality && told[i].date_s >= date->floor_s &&
		    !is_before_good(date, told[i].date_s))
			list[found++] = told[i].date_s;
	sort(list, found);
	return found;
}

static bool may_step(const struct date *date)
{
	assert(date->told_steps <= DATE_TOLD_DOUBLINGS + 1);
	return date->told_steps == 0 || date->now.mono - date->told_at >= (mono_ms)DATE_TOLD_PAUSE_MS
										  << (date->told_steps - 1);
}

static void hear_told(struct date *date, uint32_t date_s)
{
	int64_t base_ms = base_of(date, date_s), apart = apart_s(base_ms, date->base_ms);

	if (apart > DATE_STEP_S && !may_step(date))
		return;
	if (apart > DATE_STEP_S) {
		date->told_at = date->now.mono;
		if (date->told_steps <= DATE_TOLD_DOUBLINGS)
			date->told_steps++;
	}
	accept(date, DATE_PEERS, apart <= DATE_TOLD_NEAR_S ? date->base_ms : base_ms, date->base_ms, DATE_STEP_S);
}

void date_hear(struct date *date, const struct date_told *told, size_t count)
{
	uint32_t list[DATE_TOLD_MAX], own_s = now_of(date, date->base_ms);
	size_t found;

	if (date_quality(date) == TIME_SET)
		return;
	found = collect(list, date, told, count, TIME_SET);
	if (found) {
		uint32_t median_s = list[(found - 1) / 2];

		if (date->asked != DATE_NOBODY && apart_s(base_of(date, median_s), date->asked_ms) <= DATE_STEP_S)
			accept(date, date->asked, date->asked_ms, date->base_ms, DATE_STEP_S);
		else if (date->asked == DATE_NOBODY)
			hear_told(date, median_s);
		return;
	}
	if (date->asked != DATE_NOBODY)
		return;
	found = collect(list, date, told, count, TIME_TOLD);
	if (found && date->source == DATE_NOBODY) {
		hear_told(date, list[(found - 1) / 2]);
		return;
	}
	if (found)
		hear_told(date, later_of(own_s, list[found - 1]));
	/* Nobody near knows better: the latest of all guesses is what all agree on. */
	found = collect(list, date, told, count, TIME_GUESSED);
	if (found && date->source == DATE_NOBODY)
		hear_told(date, later_of(own_s, list[found - 1]));
}

/* People, phones, satellites. */

enum date_rc date_set(struct date *date, enum date_source source, int64_t real_ms, bool sure)
{
	int64_t base_ms = real_ms - (int64_t)date->now.mono;

	assert(source == DATE_PHONE || source == DATE_PERSON || source == DATE_GPS);
	if (real_ms < ms_of(date->floor_s))
		return DATE_E_FLOOR;
	if (real_ms > ms_of(UINT32_MAX))
		return DATE_E_LATE;
	/* A volunteer's phone, and satellites beside the net's time, are not needed then. */
	if ((source == DATE_PHONE && date_quality(date) == TIME_SET) ||
	    (source == DATE_GPS && system_source(date) == DATE_NTP))
		return DATE_OK;
	if (source == DATE_PERSON && date->source == DATE_NTP && system_source(date) == DATE_NTP)
		return DATE_E_NTP;
	if (source == DATE_GPS) {
		if (is_believed(date, source, base_ms, date->base_ms, true))
			accept(date, source, base_ms, date->base_ms, DATE_STEP_S);
		else
			ask(date, source, base_ms);
		return DATE_OK;
	}
	if (!sure && (is_before_good(date, now_of(date, base_ms)) || is_after_good(date, base_ms))) {
		if (source == DATE_PERSON)
			return DATE_E_ASK;
		ask(date, source, base_ms);
		return DATE_OK;
	}
	accept(date, source, base_ms, date->base_ms, DATE_STEP_S);
	return DATE_OK;
}

enum date_rc date_confirm(struct date *date, bool sure)
{
	bool goes_on = is_sure(date->asked) || date->trust == DATE_ALWAYS_SET;

	/* The date of the system's clock, which a setting does not vouch for, is from now on this person's word. */
	if (date->asked != DATE_NOBODY)
		accept(date, goes_on ? date->asked : DATE_PERSON, date->asked_ms, date->base_ms, DATE_STEP_S);
	else if (!sure && is_after_good(date, date->base_ms))
		return DATE_E_ASK;
	else if (date_quality(date) != TIME_SET)
		accept(date, DATE_PERSON, date->base_ms, date->base_ms, DATE_STEP_S);
	date->good_s = now_of(date, date->base_ms);
	return DATE_OK;
}

/* Signing again. */

/* It was said under the wrong date. What it tells of an earlier time may be of a right one. */
static bool is_of_wrong_date(const struct date_step *step, uint32_t time_s)
{
	return time_s >= step->from_s;
}

/* When that was said which is of another date than the span's: `hlc.time`, or else it moves with all the times that it
 * tells. */
static uint32_t moved_time(const struct date_step *step, struct hlc hlc)
{
	const struct date_moved *was = &step->was, *is = &step->is;
	uint64_t time_s = hlc.time;

	if (is_of_wrong_date(step, hlc.time))
		return hlc.time;
	if (was->by_s && hlc.era >= was->era && time_s + was->by_s > was->ahead_s)
		time_s += was->by_s;
	if (is->by_s && time_s > is->ahead_s)
		time_s -= time_s > is->by_s ? is->by_s : time_s - 1;
	return time_s > UINT32_MAX ? UINT32_MAX : (uint32_t)time_s;
}

static bool moves_whole(const struct date_step *step, struct hlc hlc)
{
	return moved_time(step, hlc) != hlc.time;
}

/* What was said before and renewed under the wrong date: any time of that day will do. */
static bool is_renewed_wrongly(const struct date_step *step, struct hlc hlc)
{
	uint32_t day = hlc_epoch(hlc);

	return hlc.renewed && !is_of_wrong_date(step, hlc.time) && !moves_whole(step, hlc) &&
	       (day >= step->from_s / EPOCH_S || (step->shift_s < 0 && day > step->now_s / EPOCH_S));
}

bool date_concerns(const struct date_step *step, struct hlc hlc)
{
	return hlc.era <= step->era &&
	       (is_of_wrong_date(step, hlc.time) || moves_whole(step, hlc) || is_renewed_wrongly(step, hlc));
}

static uint32_t shifted(uint32_t time_s, int64_t shift_s)
{
	int64_t moved = (int64_t)time_s + shift_s;

	if (moved < 1)
		return 1;
	return moved > UINT32_MAX ? UINT32_MAX : (uint32_t)moved;
}

/* A time of the message, from `from_s` on; 0 is none. */
static void shift(uint32_t *time_s, int64_t shift_s, uint32_t from_s)
{
	if (*time_s != 0 && *time_s >= from_s)
		*time_s = shifted(*time_s, shift_s);
}

static void shift_times(struct entry *entry, int64_t shift_s, uint32_t from_s)
{
	switch (entry->kind) {
	case ENTRY_LINE:
		shift(&entry->line.created, shift_s, from_s);
		shift(&entry->line.counted, shift_s, from_s);
		break;
	case ENTRY_MOVE:
		shift(&entry->move.at, shift_s, from_s);
		shift(&entry->move.due, shift_s, from_s);
		break;
	case ENTRY_TRUST:
		shift(&entry->trust.since, shift_s, from_s);
		break;
	case ENTRY_UNKNOWN:
	case ENTRY_CARD:
	case ENTRY_SITE:
	case ENTRY_NOTE:
		break;
	}
}

void date_shift(struct entry *entry, const struct date_step *step)
{
	uint16_t today = (uint16_t)(step->now_s / EPOCH_S);
	bool whole = moves_whole(step, entry->hlc);
	int64_t shift_s = whole ? (int64_t)moved_time(step, entry->hlc) - entry->hlc.time : step->shift_s;

	assert(date_concerns(step, entry->hlc));
	if (is_renewed_wrongly(step, entry->hlc)) {
		(void)!upkeep_renew(&entry->hlc, today); /* what was said before was said before today */
		return;
	}
	entry->hlc.time = shifted(entry->hlc.time, shift_s);
	/* Of an older error that nobody noticed: it lay ahead then, too. */
	if (entry->hlc.time > step->now_s)
		entry->hlc.time = step->now_s;
	if (hlc_epoch(entry->hlc) > today)
		(void)!upkeep_renew(&entry->hlc, today);
	shift_times(entry, shift_s, whole ? 0 : step->from_s);
}

void date_step_done(struct date *date)
{
	assert(date->is_due);
	date->is_due = false;
}

uint8_t date_era(const struct date *date)
{
	return date->era;
}

void date_keep(struct date_kept *kept, const struct date *date)
{
	bool is_good = is_set(date->source) && date->source != DATE_SETTING && date->asked == DATE_NOBODY;

	assert(!date->is_due);
	*kept = (struct date_kept){ .date_s = now_of(date, date->base_ms),
				    .span_s = date->span_s,
				    .older_s = date->older_s,
				    .good_s = is_good ? now_of(date, date->base_ms) : date->good_s,
				    .before_s = date->before_s,
				    .moved = date->moved,
				    .source = date->asked != DATE_NOBODY ? DATE_NOBODY : date->source,
				    .era = date->era,
				    .boot = date->now.boot,
				    .base_ms = date->base_ms };
}
