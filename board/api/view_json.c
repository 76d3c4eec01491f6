/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/api/view_json.h"

#include "board/text/said_json.h"

#include <stdio.h>

#include "board/state_said.h"
#include "board/text/date_text.h"
#include "board/text/iso_time.h"
#include "board/sentence.h"
#include "board/text/utf8.h"
#include "board/text/words.h"

/* A record with a broken text is shown with question marks rather than not at all. */
static json_t *text(const char *value)
{
	json_t *shown = json_string(value);
	char repaired[VIEW_PORT_SIZE];

	if (shown != NULL)
		return shown;
	snprintf(repaired, sizeof(repaired), "%s", value);
	utf8_repair(repaired);
	return json_string(repaired);
}

static json_t *number(uint64_t value)
{
	return json_integer((json_int_t)value);
}

static json_t *word(const struct words *words, int value)
{
	return json_string(words_text(words, (size_t)value));
}

json_t *view_json_quantity(int64_t milli)
{
	return milli % 1000 == 0 ? json_integer(milli / 1000) : json_real((double)milli / 1000.0);
}

static json_t *moment(int64_t unix_s)
{
	char iso[ISO_TIME_SIZE];

	if (unix_s == 0)
		return json_null();
	iso_time_format(iso, unix_s);
	return json_string(iso);
}

static json_t *set(const struct words *words, uint32_t bits)
{
	json_t *list = json_array();

	for (size_t i = 0; i < words->count; i++)
		if (bits >> i & 1)
			json_array_append_new(list, json_string(words->list[i]));
	return list;
}

static json_t *place(const struct view_place *at)
{
	if (at->digits == 0)
		return json_null();
	return json_pack("{s:f, s:f, s:i}", "lat", at->lat_e6 / 1e6, "lon", at->lon_e6 / 1e6, "digits", at->digits);
}

/* "1.2 km NE"; to a cell of more than a kilometre only about so. Nothing where it is not known. */
static void add_way(json_t *o, const struct view_way *way, uint8_t digits)
{
	bool is_rough = digits == 4 || digits == 6;
	char distance[SENTENCE_SPAN_SIZE];

	if (way->metres == VIEW_DISTANCE_UNKNOWN)
		return;
	sentence_distance(distance, way->metres);
	json_object_set_new(o, "distance_m", json_integer((json_int_t)way->metres));
	json_object_set_new(o, "way",
			    way->metres == 0
				    ? json_string("here")
				    : json_sprintf("%s%s %s", is_rough ? "about " : "", distance, way->direction));
}

static json_t *hours(const struct view_hours *h)
{
	if (h->from == h->to)
		return json_null();
	return json_pack("{s:o, s:o, s:o}", "from", json_sprintf("%02d:%02d", h->from / 2, h->from % 2 * 30), "to",
			 json_sprintf("%02d:%02d", h->to / 2, h->to % 2 * 30), "days",
			 set(&WORDS_DAYS, h->days != 0 ? h->days : 0x7f));
}

static json_t *record(const struct view_record *r)
{
	return json_pack("{s:o, s:s, s:s, s:o, s:o, s:o}", "ref", text(r->ref), "full", r->full, "id", r->id, "author",
			 text(r->author), "trust", word(&WORDS_TRUST, (int)r->trust), "changed", moment(r->changed));
}

static json_t *notices(const struct view_status *s, enum language language)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->notice_count; i++) {
		const struct view_told *told = &s->notices[i];
		json_t *o = json_pack("{s:o}", "notice", word(&WORDS_NOTICE, (int)told->notice));

		if (told->name[0] != '\0')
			json_object_set_new(o, "name", text(told->name));
		said_json_put(o, "sentence", &told->said, language);
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *rooms(const struct view_status *s)
{
	json_t *o = json_object();

	for (int i = 0; i < VIEW_ROOMS; i++)
		json_object_set_new(
			o, WORDS_ROOM.list[i],
			json_pack("{s:o, s:o}", "used", number(s->rooms[i].used), "most", number(s->rooms[i].most)));
	return o;
}

json_t *view_json_clock(const struct view_status *s, enum language language)
{
	char date[DATE_TEXT_SIZE], zone[DATE_ZONE_SIZE];
	struct said said;
	json_t *o;

	date_text_write(date, DATE_MINUTE, say_phrase_text(language, SAY_MONTHS), s->now);
	date_text_zone(zone, s->now);
	o = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "quality", word(&WORDS_TIME_QUALITY, (int)s->time_quality),
		      "source", word(&WORDS_CLOCK_SOURCE, (int)s->clock_source), "now", moment(s->now), "date",
		      text(date), "zone", text(zone), "asks", moment(s->clock_asks), "wrong", s->clock_is_wrong);
	state_said_clock(&said, s);
	if (o != NULL)
		said_json_put(o, "sentence", &said, language);
	return o;
}

static const char *const DISPLAYS[] = {
	[VIEW_DISPLAY_OFF] = "off", [VIEW_DISPLAY_MISSING] = "missing", [VIEW_DISPLAY_UP] = "up"
};

json_t *view_json_status(const struct view_status *s, enum language language)
{
	json_t *o = json_object();

	json_object_set_new(o, "name", text(s->name));
	json_object_set_new(o, "key", text(s->key));
	json_object_set_new(o, "version", text(s->version));
	json_object_set_new(o, "site_ref", text(s->site_ref));
	json_object_set_new(o, "picture", text(s->picture));
	json_object_set_new(o, "time_quality", word(&WORDS_TIME_QUALITY, (int)s->time_quality));
	json_object_set_new(o, "clock", view_json_clock(s, language));
	json_object_set_new(o, "now", moment(s->now));
	json_object_set_new(o, "started", moment(s->started));
	json_object_set_new(o, "entries", number(s->rooms[VIEW_ROOM_ENTRIES].used));
	json_object_set_new(o, "entries_max", number(s->rooms[VIEW_ROOM_ENTRIES].most));
	json_object_set_new(o, "rooms", rooms(s));
	json_object_set_new(o, "pending", number(s->pending));
	json_object_set_new(o, "refused", number(s->refused));
	json_object_set_new(o, "came_in", number(s->came_in));
	json_object_set_new(o, "came_in_since", moment(s->came_in_since));
	json_object_set_new(o, "store_bytes", number(s->store_bytes));
	json_object_set_new(o, "households",
			    json_string(s->households == VIEW_NO_PASSPHRASE ? "open"
					: s->households == VIEW_LOCKED      ? "locked"
									    : "unlocked"));
	json_object_set_new(o, "display", json_string(DISPLAYS[s->display]));
	json_object_set_new(o, "store_failed", json_boolean(s->store_failed));
	json_object_set_new(o, "notices", notices(s, language));
	said_json_put(o, "network", &s->network, language);
	json_object_set_new(o, "needs_open", number(s->needs_open));
	json_object_set_new(o, "needs_covered", number(s->needs_covered));
	json_object_set_new(o, "offers", number(s->offers));
	json_object_set_new(o, "resources", number(s->resources));
	json_object_set_new(o, "moves_coming", number(s->moves_coming));
	json_object_set_new(o, "moves_late", number(s->moves_late));
	json_object_set_new(o, "sites", number(s->sites));
	json_object_set_new(o, "alerts", number(s->alerts));
	json_object_set_new(o, "trusts", number(s->trusts));
	return o;
}

static json_t *round_of(const struct view_round *r)
{
	if (r->when == 0)
		return json_null();
	return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o}", "when", moment(r->when), "item", number(r->item),
			 "item_name", r->item != 0 ? language_item(LANGUAGE_EN, r->item) : "", "asked",
			 number(r->doors), "answered", number(r->answered), "nothing", number(r->unneeded));
}

static json_t *asked_of(const struct view_period *period)
{
	return period->asked_milli > 0 ? view_json_quantity((int64_t)period->asked_milli) : json_null();
}

/* What was asked for and what came, the present period first. */
static json_t *periods_of(const struct view_line *l)
{
	json_t *list = json_array();

	for (size_t i = 0; i < l->period_count; i++)
		json_array_append_new(list, json_pack("{s:o, s:o, s:o}", "from", moment(l->periods[i].from), "asked",
						      asked_of(&l->periods[i]), "met",
						      view_json_quantity((int64_t)l->periods[i].met_milli)));
	return list;
}

json_t *view_json_site(const struct view_site *s)
{
	json_t *o = record(&s->record);

	json_object_set_new(o, "name", text(s->name));
	json_object_set_new(o, "place", place(&s->place));
	add_way(o, &s->way, s->place.digits);
	json_object_set_new(o, "state", word(&WORDS_SITE_STATE, (int)s->state));
	json_object_set_new(o, "people", number(s->people));
	json_object_set_new(o, "giving", hours(&s->giving));
	json_object_set_new(o, "receiving", hours(&s->receiving));
	json_object_set_new(o, "takes", set(&WORDS_SECTORS, s->takes));
	json_object_set_new(o, "refuses", set(&WORDS_SECTORS, s->refuses));
	json_object_set_new(o, "facilities", set(&WORDS_FACILITIES, s->facilities));
	json_object_set_new(o, "open_needs", number(s->open_needs));
	json_object_set_new(o, "instead", text(s->instead));
	json_object_set_new(o, "instead_ref", text(s->instead_ref));
	json_object_set_new(o, "round", round_of(&s->round));
	json_object_set_new(o, "own", json_boolean(s->own));
	json_object_set_new(o, "heard", moment(s->heard));
	return o;
}

json_t *view_json_line(const struct view_line *l)
{
	json_t *o = record(&l->record);

	json_object_set_new(o, "kind", word(&WORDS_LINE_KIND, (int)l->kind));
	json_object_set_new(o, "status", word(&WORDS_LINE_STATUS, (int)l->status));
	json_object_set_new(o, "site", text(l->site));
	json_object_set_new(o, "site_ref", text(l->site_ref));
	json_object_set_new(o, "place", place(&l->place));
	add_way(o, &l->way, l->place.digits);
	json_object_set_new(o, "item", number(l->item));
	json_object_set_new(o, "item_name", text(l->item_name));
	json_object_set_new(o, "unit", text(l->unit));
	json_object_set_new(o, "text", text(l->text));
	json_object_set_new(o, "quantity", view_json_quantity((int64_t)l->quantity_milli));
	json_object_set_new(o, "received", view_json_quantity((int64_t)l->received_milli));
	json_object_set_new(o, "coming", view_json_quantity((int64_t)l->coming_milli));
	json_object_set_new(o, "open", view_json_quantity((int64_t)l->open_milli));
	json_object_set_new(o, "on_hand", view_json_quantity(l->on_hand_milli));
	json_object_set_new(o, "promised", view_json_quantity((int64_t)l->promised_milli));
	json_object_set_new(o, "reserve", view_json_quantity((int64_t)l->reserve_milli));
	json_object_set_new(o, "lot", view_json_quantity((int64_t)l->lot_milli));
	json_object_set_new(o, "people", number(l->people));
	json_object_set_new(o, "infants", number(l->infants));
	json_object_set_new(o, "elders", number(l->elders));
	json_object_set_new(o, "powered", number(l->powered));
	json_object_set_new(o, "within", number(l->within_h));
	json_object_set_new(o, "every", number(l->every_h));
	if (l->every_h != 0)
		json_object_set_new(o, "periods", periods_of(l));
	if (l->kind == VIEW_ROUND)
		json_object_set_new(o, "round", round_of(&l->round));
	json_object_set_new(o, "reach", number(l->reach_km));
	json_object_set_new(o, "flags", set(&WORDS_FLAGS, l->flags));
	json_object_set_new(o, "variant", text(l->variant));
	json_object_set_new(o, "use_by", text(l->use_by));
	json_object_set_new(o, "past_use", json_boolean(l->is_past_use));
	json_object_set_new(o, "said", moment(l->said));
	json_object_set_new(o, "created", moment(l->created));
	json_object_set_new(o, "counted", moment(l->counted));
	json_object_set_new(o, "reckoned", json_boolean(l->is_reckoned));
	json_object_set_new(o, "due", moment(l->due));
	json_object_set_new(o, "ask_still_needed", json_boolean(l->ask_still_needed));
	json_object_set_new(o, "check_on_them", json_boolean(l->check_on_them));
	json_object_set_new(o, "ticket", json_boolean(l->has_ticket));
	json_object_set_new(o, "reason", word(&WORDS_REASON, (int)l->closed));
	json_object_set_new(o, "duplicate_of", text(l->duplicate_of));
	if (l->is_duplicate)
		json_object_set_new(o, "duplicate", json_true());
	if (l->changes)
		json_object_set_new(o, "changes", set(&WORDS_CHANGES, l->changes));
	return o;
}

json_t *view_json_move(const struct view_move *m)
{
	json_t *o = record(&m->record);

	json_object_set_new(o, "last", text(m->last));
	json_object_set_new(o, "stage", word(&WORDS_STAGE, (int)m->stage));
	json_object_set_new(o, "of", text(m->of));
	json_object_set_new(o, "from", text(m->from));
	json_object_set_new(o, "item_name", text(m->item_name));
	json_object_set_new(o, "unit", text(m->unit));
	json_object_set_new(o, "flags", set(&WORDS_FLAGS, m->flags));
	json_object_set_new(o, "use_by", text(m->use_by));
	json_object_set_new(o, "past_use", json_boolean(m->is_past_use));
	json_object_set_new(o, "to_site", text(m->to_site));
	json_object_set_new(o, "from_site", text(m->from_site));
	json_object_set_new(o, "text", text(m->text));
	json_object_set_new(o, "quantity", view_json_quantity((int64_t)m->quantity_milli));
	json_object_set_new(o, "promised", view_json_quantity((int64_t)m->promised_milli));
	json_object_set_new(o, "on_way", view_json_quantity((int64_t)m->on_way_milli));
	json_object_set_new(o, "arrived", view_json_quantity((int64_t)m->arrived_milli));
	json_object_set_new(o, "lost", view_json_quantity((int64_t)m->lost_milli));
	json_object_set_new(o, "back", view_json_quantity((int64_t)m->back_milli));
	json_object_set_new(o, "extra", view_json_quantity((int64_t)m->extra_milli));
	json_object_set_new(o, "at", moment(m->at));
	json_object_set_new(o, "due", moment(m->due));
	json_object_set_new(o, "counts", json_boolean(m->counts));
	json_object_set_new(o, "lapsed", json_boolean(m->lapsed));
	json_object_set_new(o, "too_late", json_boolean(m->too_late));
	json_object_set_new(o, "counted_once", json_boolean(m->counted_once));
	json_object_set_new(o, "need_closed", json_boolean(m->need_closed));
	return o;
}

json_t *view_json_note(const struct view_note *n)
{
	json_t *o = record(&n->record);

	json_object_set_new(o, "kind", word(&WORDS_NOTE_KIND, (int)n->kind));
	json_object_set_new(o, "severity", word(&WORDS_SEVERITY, n->severity));
	json_object_set_new(o, "language", text(n->language));
	json_object_set_new(o, "text", text(n->text));
	json_object_set_new(o, "instead", text(n->instead));
	json_object_set_new(o, "of", text(n->of));
	json_object_set_new(o, "other", text(n->other));
	json_object_set_new(o, "source", text(n->source));
	json_object_set_new(o, "flags", set(&WORDS_NOTE_FLAGS, n->flags));
	if (n->kind == VIEW_ALERT)
		json_object_set_new(o, "until", moment(n->until));
	if (n->is_over)
		json_object_set_new(o, "over", json_string(n->is_withdrawn ? "taken-back" : "past"));
	if (n->denied_by[0] != '\0')
		json_object_set_new(o, "denied",
				    json_pack("{s:o, s:o, s:o, s:o, s:b}", "by", text(n->denied_by), "trust",
					      word(&WORDS_TRUST, (int)n->denied_trust), "ref", text(n->denied_ref),
					      "text", text(n->denied_text), "before", n->denied_before));
	return o;
}

json_t *view_json_left(const struct view_left *left)
{
	return json_pack("{s:o, s:o, s:o, s:o}", "clock", number(left->clock), "age", number(left->age), "full",
			 number(left->full), "policy", number(left->policy));
}

json_t *view_json_peer(const struct view_peer *p, enum view_time_quality ours, enum language language)
{
	json_t *o = json_object();
	struct said about;

	json_object_set_new(o, "name", text(p->name));
	json_object_set_new(o, "key", text(p->key));
	json_object_set_new(o, "address", text(p->address));
	json_object_set_new(o, "state", word(&WORDS_PEER_STATE, (int)p->state));
	json_object_set_new(o, "trust", word(&WORDS_TRUST, (int)p->trust));
	json_object_set_new(o, "entries_in", number(p->entries_in));
	json_object_set_new(o, "entries_out", number(p->entries_out));
	json_object_set_new(o, "bytes_in", number(p->bytes_in));
	json_object_set_new(o, "bytes_out", number(p->bytes_out));
	json_object_set_new(o, "left_out", number(p->left_out));
	json_object_set_new(o, "left_in", number(p->left_in));
	json_object_set_new(o, "not_taken_there", view_json_left(&p->not_taken_there));
	json_object_set_new(o, "not_taken_here", view_json_left(&p->not_taken_here));
	json_object_set_new(o, "time_quality", word(&WORDS_TIME_QUALITY, (int)p->time_quality));
	json_object_set_new(o, "clock_ahead_s", json_integer((json_int_t)p->clock_ahead_s));
	state_said_left(&about, p, ours);
	said_json_put(o, "about", &about, language);
	json_object_set_new(o, "since", moment(p->since));
	json_object_set_new(o, "copied", json_boolean(p->copied));
	return o;
}

json_t *view_json_author(const struct view_author *a)
{
	return json_pack("{s:o, s:o, s:s, s:o, s:b, s:o}", "name", text(a->name), "languages", text(a->languages),
			 "key", a->key, "trust", word(&WORDS_TRUST, (int)a->trust), "vouched", a->vouched, "heard",
			 moment(a->heard));
}

/* What is empty or 0 is left out: each question speaks of other things. */
json_t *view_json_word(const struct view_word *w, enum language language)
{
	json_t *o = json_object();

	json_object_set_new(o, "when", moment(w->when));
	json_object_set_new(o, "ref", text(w->ref));
	json_object_set_new(o, "author", text(w->author));
	json_object_set_new(o, "trust", word(&WORDS_TRUST, (int)w->trust));
	json_object_set_new(o, "stands", json_boolean(w->stands));
	said_json_put(o, "what", &w->said, language);
	return o;
}

json_t *view_json_answer(const struct view_answer *a, enum language language)
{
	const struct {
		const char *name, *value;
	} texts[] = { { "ref", a->ref }, { "from", a->from },      { "site", a->site },
		      { "by", a->by },   { "item", a->item_name }, { "unit", a->unit } };
	json_t *o = json_object();

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (texts[i].value[0] != '\0')
			json_object_set_new(o, texts[i].name, text(texts[i].value));
	if (a->what.code != SAY_NOTHING) {
		struct said what = { 0 };

		(void)said_add(&what, a->what);
		said_json_put(o, "what", &what, language);
	}
	if (!said_is_empty(&a->about))
		said_json_put(o, "about", &a->about, language);
	if (a->by[0] != '\0')
		json_object_set_new(o, "trust", word(&WORDS_TRUST, (int)a->trust));
	if (a->item_name[0] != '\0' && (a->unsaid == 0 || a->quantity_milli != 0))
		json_object_set_new(o, "quantity", view_json_quantity(a->quantity_milli));
	if (a->of_milli != 0)
		json_object_set_new(o, "of", view_json_quantity(a->of_milli));
	if (a->grams != 0)
		json_object_set_new(o, "kg", json_real((double)a->grams / 1000.0));
	if (a->is_estimate)
		json_object_set_new(o, "estimate", json_true());
	if (a->people != 0)
		json_object_set_new(o, "people", number(a->people));
	if (a->count != 0)
		json_object_set_new(o, "count", number(a->count));
	if (a->unsaid != 0)
		json_object_set_new(o, "unsaid", number(a->unsaid));
	if (a->when != 0)
		json_object_set_new(o, "when", moment(a->when));
	json_object_set_new(o, "said", moment(a->said));
	add_way(o, &a->way, 0);
	return o;
}

static json_t *show_station(const struct view_station *s)
{
	json_t *o = json_pack("{s:o, s:o}", "name", text(s->name), "heard", moment(s->heard));

	if (s->has_signal) {
		json_object_set_new(o, "rssi_dbm", json_integer(s->rssi_dbm));
		json_object_set_new(o, "snr_db", json_real(s->snr_quarter_db / 4.0));
	}
	return o;
}

json_t *view_json_radio(const struct view_radio *r, enum language language)
{
	json_t *stations = json_array(), *o;

	for (size_t i = 0; i < r->station_count; i++)
		json_array_append_new(stations, show_station(&r->stations[i]));
	o = json_pack("{s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o, s:i, s:i, s:i}, s:{s:i, s:o, s:o}, "
		      "s:{s:o, s:o, s:o}, s:b, s:{s:o, s:o, s:o, s:o, s:o}, s:b, s:o}",
		      "state", word(&WORDS_RADIO_STATE, (int)r->state), "port", text(r->port), "device",
		      text(r->device), "firmware", text(r->firmware), "region", text(r->region), "setting",
		      "frequency_hz", number(r->frequency_hz), "bandwidth_hz", number(r->bandwidth_hz), "spreading",
		      r->spreading, "coding", r->coding, "power_dbm", r->power_dbm, "airtime", "duty_permille",
		      r->duty_permille, "used_ms", number(r->used_ms), "left_ms", number(r->left_ms), "queue", "cards",
		      number(r->cards), "urgent", number(r->urgent), "rest", number(r->rest), "safe", r->is_safe,
		      "frames", "in", number(r->frames_in), "out", number(r->frames_out), "lost", number(r->lost),
		      "foreign", number(r->foreign), "malformed", number(r->malformed), "sealed", r->is_sealed,
		      "stations", stations);
	if (o != NULL) {
		json_object_set_new(o, "not_taken", view_json_left(&r->not_taken));
		said_json_put(o, "sentence", &r->said, language);
	}
	return o;
}

json_t *view_json_portion(const struct view_portion *p, enum language language)
{
	json_t *o = json_pack("{s:o, s:o, s:o, s:o, s:i, s:o, s:o, s:o}", "need", text(p->need), "need_site",
			      text(p->need_site), "from", text(p->from), "from_site", text(p->from_site), "item",
			      p->item, "item_name", text(p->item_name), "unit", text(p->unit), "quantity",
			      view_json_quantity((int64_t)p->quantity_milli));

	if (o != NULL)
		said_json_put(o, "why", &p->why, language);
	return o;
}
