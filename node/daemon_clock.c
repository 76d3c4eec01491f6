/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The date: read at each use, told by neighbours, people and satellites; and what is to be done when it was wrong. */
#include "node/daemon_state.h"

#include <stdio.h>

enum {
	KEEP_MS = 600 * 1000, /* how often the date is noted at most, while something else is written as well */
	HEAR_MS = 1000,       /* how often neighbours are listened to */
	SPAN_SIZE = 40,
};

static const char KEPT_SETTING[] = "clock";

static_assert((int)CLOCK_KEPT_SIZE <= (int)COMMIT_VALUE_SIZE, "it fits");

/* What outlives a restart. Not before what was wrong is put right: until then the earlier note holds. */
static void keep(struct daemon *d)
{
	char text[CLOCK_KEPT_SIZE];
	struct date_kept kept;

	date_keep(&kept, &d->date);
	clock_kept_write(text, &kept);
	commit_set(d->commit, KEPT_SETTING, text);
	d->date_kept = kept;
	d->date_kept_at = d->date.now.mono;
	d->date_kept_entries = commit_entries(d->commit);
}

static bool is_news(const struct daemon *d)
{
	return d->date.source != d->date_kept.source || d->date.era != d->date_kept.era;
}

/* An idle node writes nothing: no word of its own is later than what was noted when the last one was written. */
void daemon_clock_keep(struct daemon *d)
{
	bool has_written = d->date_kept_at == 0 || commit_entries(d->commit) > d->date_kept_entries;

	if (d->date.is_due || d->stopping || owner_is_locked(&d->keys.owner))
		return;
	if (is_news(d) || (has_written && d->date.now.mono - d->date_kept_at >= KEEP_MS))
		keep(d);
}

uint16_t daemon_today(void *ctx)
{
	const struct daemon *d = ctx;

	return (uint16_t)(date_time(&d->date).wall_s / EPOCH_S);
}

/* Seconds since 2020. */
uint32_t daemon_wall_now(struct daemon *d)
{
	bool was_due = d->date.is_due, was_done = daemon_upkeep_deadline(d) == MONO_NEVER;
	struct node_time time;

	date_update(&d->date, clock_read());
	time = date_time(&d->date);
	/* Where nothing is written, nothing is retired either. */
	if (owner_is_locked(&d->keys.owner))
		time.quality = TIME_GUESSED;
	d->desk.time = time;
	if (daemon_upkeep_holds(d, time))
		time.quality = d->desk.time.quality = TIME_GUESSED;
	d->desk.era = date_era(&d->date);
	sync_tick(d->sync, d->date.now.mono, time);
	/* Whoever looks sees at once that the date is another one, and soon what follows from it. */
	if (d->wake && ((d->date.is_due && !was_due) || (was_done && daemon_upkeep_deadline(d) != MONO_NEVER)))
		d->wake(d);
	return time.wall_s;
}

mono_ms daemon_mono_now(const struct daemon *d)
{
	return d->date.now.mono;
}

/* Signing again. */

/* "40 days": in the largest unit of which there are two, to the nearest. A step is of minutes at least. */
static void span_write(char out[SPAN_SIZE], int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} UNITS[] = { { EPOCH_S, "days" }, { 3600, "hours" }, { 60, "minutes" } };
	size_t unit = 0;

	while (unit < 2 && seconds + UNITS[unit].seconds / 2 < 2 * UNITS[unit].seconds)
		unit++;
	snprintf(out, SPAN_SIZE, "%lld %s", (long long)((seconds + UNITS[unit].seconds / 2) / UNITS[unit].seconds),
		 UNITS[unit].name);
}

static void log_step(struct daemon *d, const struct date_step *step, uint32_t count)
{
	char span[SPAN_SIZE];

	span_write(span, step->shift_s > 0 ? step->shift_s : -step->shift_s);
	log_write(&d->log, LOG_WARNING,
		  "the date was put %s by %s: %u %s of this node %s signed again at the right time",
		  step->shift_s > 0 ? "forward" : "back", span, count, count == 1 ? "entry" : "entries",
		  count == 1 ? "is" : "are");
}

/* What is told as "since" began under the wrong date as well. */
static void shift_times(struct daemon *d, const struct date_step *step)
{
	int64_t now = clock_unix_of(step->now_s), since = d->walk.since;

	if (since >= clock_unix_of(step->from_s))
		since += step->shift_s;
	else if (since > now)
		since = now; /* said by a clock that ran fast */
	/* What began since the date is the right one, and before this step was done, is right. */
	if (since != d->walk.since && since <= now)
		walk_shift(&d->walk, d->commit, since - d->walk.since);
	neighbours_shift(&d->neighbours, step->shift_s, now);
	if (d->started)
		d->started += step->shift_s;
}

/* Nothing else goes on meanwhile: a few thousand signatures take about a second, and a date is put right rarely. */
static void take_step(struct daemon *d)
{
	struct date_step step = d->date.due;
	uint32_t count;

	if (!desk_say_again(&d->desk, &step, &count))
		return; /* the card failed: nothing is retired, and the next start goes on */
	if (step.shift_s < 0)
		sync_clock_back(d->sync, date_time(&d->date), &d->identity.key);
	date_step_done(&d->date);
	shift_times(d, &step);
	log_step(d, &step, count);
	daemon_wall_now(d);
	/* Unless the clock was put again meanwhile. */
	if (!d->date.is_due)
		keep(d);
}

bool daemon_clock_holds(const struct daemon *d)
{
	return d->date.is_due && !commit_has_failed(d->commit) && !owner_is_locked(&d->keys.owner);
}

bool daemon_clock_settle(struct daemon *d)
{
	if (daemon_clock_holds(d) && commit_is_idle(d->commit))
		take_step(d);
	return !d->date.is_due;
}

void daemon_clock_open(struct daemon *d)
{
	char text[CLOCK_KEPT_SIZE];
	struct date_kept kept = { 0 };

	if (store_get(d->store, KEPT_SETTING, text, sizeof text) && !clock_kept_read(&kept, text))
		log_write(&d->log, LOG_WARNING, "what was noted of the date makes no sense, and is left out");
	date_init(&d->date, clock_trust_of(d->config.clock), clock_floor(), &kept,
		  sync_newest_of(d->sync, daemon_keys_author(d)), clock_read());
	d->date_kept = kept;
	daemon_wall_now(d);
	(void)daemon_clock_settle(d);
	daemon_clock_keep(d);
}

void daemon_clock_close(struct daemon *d)
{
	if (!d->wake || commit_has_failed(d->commit) || owner_is_locked(&d->keys.owner))
		return;
	assert(commit_is_idle(d->commit));
	daemon_wall_now(d);
	(void)daemon_clock_settle(d);
	if (!d->date.is_due)
		keep(d);
	commit_now(d->commit);
}

/* Neighbours. */

static bool is_one_set(const struct date_told *told, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (told[i].quality == TIME_SET)
			return true;
	return false;
}

void daemon_clock_hear(struct daemon *d)
{
	struct date_told told[LINKS_MAX];
	mono_ms now = d->date.now.mono;
	size_t count;

	if (date_quality(&d->date) == TIME_SET || now < d->heard_dates_at + HEAR_MS)
		return;
	d->heard_dates_at = now;
	picture_fold(d->picture, d->desk.time.wall_s);
	count = neighbours_dates(&d->neighbours, told, LINKS_MAX);
	d->heard_set_date = is_one_set(told, count) || (d->heard_set_date && d->date.source == DATE_PEERS);
	date_hear(&d->date, told, count);
	daemon_wall_now(d);
}

mono_ms daemon_clock_deadline(const struct daemon *d)
{
	/* Where nothing is written nothing is signed again, and nobody waits for it. */
	if (d->date.is_due && (owner_is_locked(&d->keys.owner) || commit_has_failed(d->commit)))
		return MONO_NEVER;
	if (d->date.is_due)
		return d->date.now.mono;
	if (date_quality(&d->date) == TIME_SET || neighbours_is_alone(&d->neighbours))
		return daemon_upkeep_deadline(d);
	return daemon_upkeep_deadline(d) < d->heard_dates_at + HEAR_MS ? daemon_upkeep_deadline(d)
								       : d->heard_dates_at + HEAR_MS;
}

/* People. */

static enum door_rc refuse(const struct daemon *d, struct said *why, enum date_rc rc)
{
	switch (rc) {
	case DATE_E_FLOOR:
		said_decide(why, SAY_OF(CLOCK_BEFORE_PROGRAM, say_date(clock_unix_of(clock_floor()))));
		return DOOR_E_INPUT;
	case DATE_E_LATE:
		said_decide(why, SAY(CLOCK_TOO_LATE));
		return DOOR_E_INPUT;
	case DATE_E_NTP:
		said_decide(why, SAY(CLOCK_OF_THE_NET));
		return DOOR_E_RIGHT;
	case DATE_E_ASK:
		said_decide(why, SAY_OF(CLOCK_FAR_FROM_KNOWN, say_date(clock_unix_of(date_known_s(&d->date)))));
		return DOOR_E_ASK;
	case DATE_OK:
		break;
	}
	return DOOR_OK;
}

enum door_rc daemon_clock_set(struct daemon *d, struct said *why, enum door_clock verb, int64_t unix_s, bool sure)
{
	enum date_rc rc = DATE_OK;

	daemon_wall_now(d);
	switch (verb) {
	case DOOR_CLOCK_SET:
		rc = date_set(&d->date, DATE_PERSON, unix_s * 1000, sure);
		break;
	case DOOR_CLOCK_PHONE:
		rc = date_set(&d->date, DATE_PHONE, unix_s * 1000, sure);
		break;
	case DOOR_CLOCK_CONFIRM:
		rc = date_confirm(&d->date, sure);
		break;
	}
	return refuse(d, why, rc);
}

bool daemon_clock_satellites(struct daemon *d, int64_t unix_ms)
{
	daemon_wall_now(d);
	return date_set(&d->date, DATE_GPS, unix_ms, false) == DATE_OK; /* else the receiver lost its weeks */
}

void daemon_clock_view(const struct daemon *d, struct view_status *status)
{
	static const enum view_time_quality QUALITIES[] = {
		[TIME_GUESSED] = VIEW_TIME_GUESSED, [TIME_TOLD] = VIEW_TIME_TOLD, [TIME_SET] = VIEW_TIME_SET
	};
	static const enum view_clock_source SOURCES[] = {
		[DATE_NOBODY] = VIEW_CLOCK_NOBODY,   [DATE_PEERS] = VIEW_CLOCK_PEERS,
		[DATE_SETTING] = VIEW_CLOCK_SETTING, [DATE_PHONE] = VIEW_CLOCK_PHONE,
		[DATE_PERSON] = VIEW_CLOCK_PERSON,   [DATE_GPS] = VIEW_CLOCK_GPS,
		[DATE_NTP] = VIEW_CLOCK_NTP
	};

	status->time_quality = QUALITIES[date_quality(&d->date)];
	status->clock_source = SOURCES[d->date.source];
	status->told_by_guesses = d->date.source == DATE_PEERS && !d->heard_set_date;
	status->clock_asks = clock_unix_of(date_asked_s(&d->date));
	status->clock_is_wrong = d->date.is_wrong;
	if (d->date.is_worn)
		said_decide(&status->clock_said, SAY(CLOCK_WORN));
}
