/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "board/tables/export.h"
#include "board/text/iso_time.h"
#include "board/text/json_form.h"
#include "board/text/utf8.h"
#include "board/text/words.h"
#include "proto/place/geo.h"

struct map {
	struct text_buffer *buffer;
	const char *between;
};

/* --- JSON --- */

static void put_text(json_t *object, const char *name, const char *text)
{
	char repaired[2 * VIEW_TEXT_SIZE];
	size_t size = strnlen(text, sizeof(repaired) - 1);

	memcpy(repaired, text, size);
	repaired[size] = '\0';
	utf8_repair(repaired);
	if (repaired[0] != '\0')
		json_object_set_new(object, name, json_string(repaired));
}

static void put_count(json_t *object, const char *name, uint32_t count)
{
	if (count != 0)
		json_object_set_new(object, name, json_integer((json_int_t)count));
}

static void put_quantity(json_t *object, const char *name, uint64_t milli)
{
	json_object_set_new(object, name,
			    milli % 1000 == 0 ? json_integer((json_int_t)(milli / 1000))
					      : json_real((double)milli / 1000.0));
}

static void put_words(json_t *object, const char *name, const struct words *words, uint32_t bits)
{
	json_t *list = json_array();

	for (size_t i = 0; i < words->count; i++)
		if (bits >> i & 1)
			json_array_append_new(list, json_string(words->list[i]));
	json_object_set_new(object, name, list);
}

/* Longitude first (RFC 7946, 3.1.1). */
static json_t *position(int32_t lon_e6, int32_t lat_e6)
{
	return json_pack("[f, f]", lon_e6 / 1e6, lat_e6 / 1e6);
}

/* The outer ring runs against the clock and ends where it began (3.1.6). */
static json_t *ring(const struct geo_box *box)
{
	return json_pack("[[o, o, o, o, o]]", position(box->west_e6, box->south_e6),
			 position(box->east_e6, box->south_e6), position(box->east_e6, box->north_e6),
			 position(box->west_e6, box->north_e6), position(box->west_e6, box->south_e6));
}

/* Null for a place that nobody knows (3.2). */
static json_t *geometry(const struct view_place *place, enum export_where where)
{
	uint8_t digits = export_digits(place, where);
	struct geo_box box;

	if (digits == 0)
		return json_null();
	if (digits == 15)
		return json_pack("{s:s, s:o}", "type", "Point", "coordinates", position(place->lon_e6, place->lat_e6));
	box = geo_cell((struct geo_point){ place->lat_e6, place->lon_e6 }, digits);
	return json_pack("{s:s, s:o}", "type", "Polygon", "coordinates", ring(&box));
}

static json_t *properties(const char *kind, const struct view_record *record)
{
	json_t *o = json_object();
	char iso[ISO_TIME_SIZE];

	iso_time_format(iso, record->changed);
	json_object_set_new(o, "kind", json_string(kind));
	json_object_set_new(o, "changed", json_string(iso));
	put_text(o, "author", record->author);
	if (record->trust == VIEW_STRANGER)
		put_text(o, "trust", words_text(&WORDS_TRUST, record->trust));
	return o;
}

/* Feature by feature, so that no more than one stands in memory twice. Takes `geometry` and `properties`. */
static bool feature_put(struct map *map, const struct view_record *record, json_t *geometry, json_t *properties)
{
	json_t *feature = json_pack("{s:s, s:s, s:o, s:o}", "type", "Feature", "id", record->full, "geometry", geometry,
				    "properties", properties);
	char *text = feature != NULL ? json_dumps(feature, JSON_FORM) : NULL;

	json_decref(feature);
	map->buffer->failed |= text == NULL;
	text_buffer_add_text(map->buffer, map->between);
	map->between = ",\n";
	if (text != NULL)
		text_buffer_add_text(map->buffer, text);
	free(text);
	return !map->buffer->failed;
}

/* --- records --- */

static json_t *round_of(const struct view_round *round)
{
	char when[ISO_TIME_SIZE];

	iso_time_format(when, round->when);
	return json_pack("{s:s, s:i, s:i, s:i}", "when", when, "asked", (int)round->doors, "answered",
			 (int)round->answered, "nothing", (int)round->unneeded);
}

static bool on_site(void *user, const struct view_site *site)
{
	json_t *o = properties("site", &site->record);

	put_text(o, "name", site->name);
	json_object_set_new(o, "state", json_string(words_text(&WORDS_SITE_STATE, site->state)));
	put_text(o, "instead", site->instead);
	json_object_set_new(o, "open_needs", json_integer((json_int_t)site->open_needs));
	put_count(o, "people", site->people);
	if (site->round.when != 0)
		json_object_set_new(o, "round", round_of(&site->round));
	put_words(o, "takes", &WORDS_SECTORS, site->takes);
	put_words(o, "refuses", &WORDS_SECTORS, site->refuses);
	put_words(o, "facilities", &WORDS_FACILITIES, site->facilities);
	return feature_put(user, &site->record, geometry(&site->place, EXPORT_SITE), o);
}

/* What stands at a site is counted there. */
static bool on_need(void *user, const struct view_line *need)
{
	json_t *o;

	if (need->site_ref[0] != '\0' || need->status == VIEW_MET || need->status == VIEW_CLOSED)
		return true;
	o = properties("need", &need->record);
	json_object_set_new(o, "status", json_string(words_text(&WORDS_LINE_STATUS, need->status)));
	put_count(o, "item", need->item);
	put_text(o, "item_name", need->item_name);
	put_text(o, "variant", need->variant);
	put_text(o, "unit", need->unit);
	if (!view_line_is_unsaid(need)) {
		put_quantity(o, "quantity", need->quantity_milli);
		put_quantity(o, "open", need->open_milli);
	}
	put_count(o, "people", need->people);
	put_count(o, "within", need->within_h);
	put_count(o, "every", need->every_h);
	put_words(o, "flags", &WORDS_FLAGS, need->flags);
	return feature_put(user, &need->record, geometry(&need->place, EXPORT_ELSEWHERE), o);
}

void export_geojson(struct text_buffer *buffer, const struct board_view *view)
{
	struct map map = { .buffer = buffer, .between = "\n" };
	struct view_query sites = { 0 }, needs = { .kind = "need" };
	char remark[EXPORT_REMARK_SIZE], *quoted;
	json_t *text;

	export_remark(remark, view);
	utf8_repair(remark);
	text = json_string(remark);
	quoted = json_dumps(text, JSON_ENCODE_ANY);
	json_decref(text);
	buffer->failed |= quoted == NULL;
	text_buffer_print(buffer, "{\"type\":\"FeatureCollection\",\"remark\":%s,\"features\":[",
			  quoted != NULL ? quoted : "");
	free(quoted);
	view->sites(view->ctx, &sites, on_site, &map);
	view->lines(view->ctx, &needs, on_need, &map);
	text_buffer_add_text(buffer, "\n]}\n");
}
