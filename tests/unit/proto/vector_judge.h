/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* One line of a file of tests/data/wire, judged by this code: what is given, then the verdict. */
#ifndef AIDMESH_TESTS_UNIT_PROTO_VECTOR_JUDGE_H
#define AIDMESH_TESTS_UNIT_PROTO_VECTOR_JUDGE_H

#include <jansson.h>

#include "node/store/bundle.h"
#include "proto/field.h"
#include "proto/pack.h"
#include "proto/seal.h"
#include "sync/set/element_index.h"
#include "sync/set/sketch.h"
#include "tests/unit/proto/vector_rows.h"
#include "tests/unit/samples.h"

enum { BYTES_MAX = 4096, BUNDLE_ENTRIES_MAX = 64 };

/* Hex. */

static inline json_t *hex_of(const void *bytes, size_t size)
{
	char hex[2 * BYTES_MAX + 1];

	assert(size <= BYTES_MAX);
	return json_string(sodium_bin2hex(hex, sizeof hex, bytes, size));
}

static inline json_t *number_hex(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "0x%016llx", (unsigned long long)value);
	return json_string(text);
}

static inline size_t bytes_at(uint8_t *out, const json_t *row, const char *key)
{
	const char *hex = json_string_value(json_object_get(row, key));

	assert(hex);
	return sample_bytes(out, BYTES_MAX, hex);
}

/* What was decoded, under the names of WIRE.md. What is 0 or empty is left out, but for what is required. */

static inline void put(json_t *to, const char *name, uint64_t value)
{
	if (value)
		json_object_set_new(to, name, json_integer((json_int_t)value));
}

static inline void put_required(json_t *to, const char *name, uint64_t value)
{
	json_object_set_new(to, name, json_integer((json_int_t)value));
}

static inline void put_long(json_t *to, const char *name, uint64_t value)
{
	if (value)
		json_object_set_new(to, name, number_hex(value));
}

static inline void put_text(json_t *to, const char *name, const char *text)
{
	if (text[0])
		json_object_set_new(to, name, json_string(text));
}

static inline void put_ref(json_t *to, const char *name, struct ref ref)
{
	char key[32];

	if (!ref.number)
		return;
	snprintf(key, sizeof key, "%s_author", name);
	json_object_set_new(to, key, number_hex(ref.author));
	snprintf(key, sizeof key, "%s_number", name);
	put(to, key, ref.number);
}

static inline void put_place(json_t *to, const char *name, const struct place *place)
{
	json_t *said;

	if (place->digits == PLACE_NONE)
		return;
	said = json_pack("{s:i, s:i}", "lat", place->lat_e6, "lon", place->lon_e6);
	put(said, "digits", place->digits == PLACE_POINT ? 0 : place->digits);
	json_object_set_new(to, name, said);
}

static inline void put_hours(json_t *to, const char *name, const struct hours *hours)
{
	if (hours->from != hours->to)
		json_object_set_new(
			to, name,
			json_pack("{s:i, s:i, s:i}", "from", hours->from, "to", hours->to, "days", hours->days));
}

static inline void put_amends(json_t *to, const struct amends *amends)
{
	json_t *was = json_array(), *knew = json_array();

	put_ref(to, "of", amends->of);
	for (size_t i = 0; i < amends->named_count; i++)
		json_array_append_new(was, json_pack("[i, i]", amends->named[i].field, amends->named[i].was));
	for (size_t i = 0; i < amends->knew_count; i++)
		json_array_append_new(knew, json_integer(amends->knew[i]));
	if (amends->named_count)
		json_object_set(to, "was", was);
	if (amends->knew_count)
		json_object_set(to, "knew", knew);
	json_decref(was);
	json_decref(knew);
	put(to, "round", amends->round);
}

/* Of whole words: what a change of them names, by ascending field. */
static inline void put_hashes(json_t *to, const struct entry *entry)
{
	json_t *hashes;

	if (amends_changes(entry_amends_of(entry)))
		return;
	hashes = json_array();
	for (unsigned field = 0; field < FIELD_COUNT; field++)
		if (fields_of(entry->kind) & field_bit(field))
			json_array_append_new(hashes, json_integer(field_hash(entry, field)));
	json_object_set_new(to, "hashes", hashes);
}

static inline void put_card(json_t *to, const struct card *card)
{
	json_object_set_new(to, "key", hex_of(card->key.bytes, 32));
	json_object_set_new(to, "sealing_key", hex_of(card->sealing_key, 32));
	put_text(to, "name", card->name);
	put_text(to, "languages", card->languages);
	put(to, "roles", card->roles);
}

static inline void put_site(json_t *to, const struct site *site)
{
	put_text(to, "name", site->name);
	put_place(to, "place", &site->place);
	put(to, "state", site->state);
	put(to, "people", site->people);
	put_hours(to, "giving", &site->giving);
	put_hours(to, "receiving", &site->receiving);
	put(to, "takes", site->takes);
	put(to, "refuses", site->refuses);
	put(to, "facilities", site->facilities);
	put_amends(to, &site->amends);
}

static inline void put_line(json_t *to, const struct line *line)
{
	put_required(to, "kind", line->kind);
	put_ref(to, "site", line->site);
	put_place(to, "cell", &line->cell);
	put(to, "item", line->item);
	put(to, "quantity", line->quantity_milli);
	put(to, "people", line->people);
	put(to, "infants", line->infants);
	put(to, "elders", line->elders);
	put(to, "powered", line->powered);
	put(to, "within", line->within_h);
	put(to, "created", line->created);
	put(to, "counted", line->counted);
	put(to, "arrived", line->arrived_milli);
	if (line->substitutes[0])
		json_object_set_new(to, "substitutes", json_pack("[i]", line->substitutes[0]));
	if (line->substitutes[1])
		json_array_append_new(json_object_get(to, "substitutes"), json_integer(line->substitutes[1]));
	put(to, "lot", line->lot_milli);
	put(to, "reserve", line->reserve_milli);
	put(to, "reach", line->reach_km);
	put(to, "flags", line->flags);
	put_long(to, "ticket", line->ticket);
	put_text(to, "text", line->text);
	put(to, "closed", line->closed);
	put(to, "every", line->every_h);
	if (line->doors)
		json_object_set_new(to, "doors", json_pack("[i,i,i]", line->doors, line->answered, line->unneeded));
	put(to, "use_by", line->use_by);
	put_text(to, "variant", line->variant);
	put_amends(to, &line->amends);
}

static inline void put_move(json_t *to, const struct move *move)
{
	put_required(to, "stage", move->stage);
	put_ref(to, "of", move->of);
	put_ref(to, "from", move->from);
	put_ref(to, "after", move->after);
	put(to, "quantity", move->quantity_milli);
	put(to, "at", move->at);
	put(to, "due", move->due);
	put_text(to, "text", move->text);
}

static inline void put_note(json_t *to, const struct note *note)
{
	put_required(to, "kind", note->kind);
	put(to, "severity", note->severity);
	put_text(to, "language", note->language);
	put_text(to, "text", note->text);
	put_ref(to, "of", note->of);
	put_ref(to, "other", note->other);
	put_text(to, "source", note->source);
	put(to, "flags", note->flags);
	put(to, "until", note->until);
}

static inline void put_trust(json_t *to, const struct trust *trust)
{
	put_required(to, "kind", trust->kind);
	json_object_set_new(to, "key", hex_of(trust->key.bytes, 32));
	put(to, "since", trust->since);
	put_ref(to, "site", trust->site);
}

static inline json_t *said_by(const struct entry *entry, const struct entry_head *head)
{
	json_t *to = json_object(), *said = json_object();

	json_object_set_new(to, "author", number_hex(entry->author));
	put_required(to, "time", entry->hlc.time);
	put(to, "tick", entry->hlc.tick);
	put(to, "era", entry->hlc.era);
	put(to, "renewed", entry->hlc.renewed);
	put_required(to, "number", entry->number);
	put_required(to, "field", head->field);
	if (head->field >= REGISTER_LATER)
		put(to, "register", entry_register(head).number);
	switch (entry->kind) {
	case ENTRY_UNKNOWN:
		break;
	case ENTRY_CARD:
		put_card(said, &entry->card);
		break;
	case ENTRY_SITE:
		put_site(said, &entry->site);
		put_hashes(said, entry);
		break;
	case ENTRY_LINE:
		put_line(said, &entry->line);
		put_hashes(said, entry);
		break;
	case ENTRY_MOVE:
		put_move(said, &entry->move);
		break;
	case ENTRY_NOTE:
		put_note(said, &entry->note);
		break;
	case ENTRY_TRUST:
		put_trust(said, &entry->trust);
		break;
	}
	if (entry->kind != ENTRY_UNKNOWN)
		json_object_set(to, "says", said);
	json_decref(said);
	if (entry->sealed_size)
		json_object_set_new(to, "sealed", hex_of(entry->sealed, entry->sealed_size));
	return to;
}

/* Verdicts: an object with "is", and what more is known where that is "ok". */

static const char *class_of(enum entry_rc rc)
{
	switch (rc) {
	case ENTRY_OK:
		return OK;
	case ENTRY_E_SIZE:
		return "size";
	case ENTRY_E_MALFORMED:
		return MALFORMED;
	case ENTRY_E_BOUNDS:
		return BOUNDS;
	case ENTRY_E_SIGNATURE:
		return "signature";
	case ENTRY_E_HINT:
		return "hint";
	}
	return NULL;
}

static inline json_t *judge_body(const json_t *row)
{
	uint8_t bytes[BYTES_MAX];
	struct view view = { .data = bytes, .size = bytes_at(bytes, row, "body") };
	struct entry_head head = { .field = 0 };
	struct entry entry;
	enum entry_rc rc, head_rc;

	memset(bytes + view.size, 0, SIGNATURE_SIZE);
	view.size += SIGNATURE_SIZE;
	rc = entry_decode(&entry, view);
	head_rc = entry_head_decode(&head, view);
	assert(rc == ENTRY_OK ? head_rc == ENTRY_OK : head_rc == rc || (head_rc == ENTRY_OK && rc == ENTRY_E_BOUNDS));
	json_t *verdict = json_pack("{s:s}", "is", class_of(rc));
	if (rc == ENTRY_OK)
		json_object_set_new(verdict, "decoded", said_by(&entry, &head));
	return verdict;
}

static inline json_t *judge_entry(const json_t *row)
{
	uint8_t bytes[BYTES_MAX], key_bytes[BYTES_MAX];
	struct view view = { .data = bytes, .size = bytes_at(bytes, row, "entry") };
	struct public_key key;
	struct entry entry;
	enum entry_rc rc = entry_decode(&entry, view);

	assert(bytes_at(key_bytes, row, "key") == sizeof key);
	memcpy(key.bytes, key_bytes, sizeof key);
	if (rc == ENTRY_OK)
		rc = entry_verify(view, &key);
	json_t *verdict = json_pack("{s:s}", "is", class_of(rc));
	if (rc == ENTRY_OK) {
		struct entry_id id = entry_id_of(view, &key);

		json_object_set_new(verdict, "id", hex_of(id.bytes, sizeof id));
	}
	return verdict;
}

static inline json_t *numbers_of(struct view bytes, size_t width)
{
	json_t *list = json_array();

	for (struct reader r = reader_init(bytes); r.rest.size >= width;)
		json_array_append_new(list, json_integer(width == 4 ? read_u32(&r) : frame_call_element_read(&r)));
	return list;
}

static inline json_t *hex_view(struct view bytes)
{
	return hex_of(bytes.data, bytes.size);
}

static inline json_t *fingerprint_json(const struct fingerprint *fingerprint)
{
	uint8_t bytes[FINGERPRINT_SIZE];
	struct writer w = writer_init(bytes, sizeof bytes);

	fingerprint_write(&w, fingerprint);
	return hex_of(bytes, sizeof bytes);
}

static inline json_t *hello_json(struct view rest)
{
	struct frame_hello f;
	struct days days;

	if (frame_hello_read(&f, rest) != FRAME_OK)
		return NULL;
	days = days_of(f.time_s, f.quality);
	return json_pack("{s:o, s:I, s:i, s:i, s:i}", "half", hex_of(f.salt_half, 4), "time", (json_int_t)f.time_s,
			 "quality", (int)f.quality, "today", days.today, "last", days.last);
}

static inline json_t *left_json(struct view rest)
{
	struct frame_left f;

	return frame_left_read(&f, rest) != FRAME_OK
		       ? NULL
		       : json_pack("{s:I, s:I, s:I, s:I}", "ahead", (json_int_t)f.ahead, "old", (json_int_t)f.old,
				   "full", (json_int_t)f.full, "policy", (json_int_t)f.policy);
}

static inline json_t *summary_json(struct view rest)
{
	struct frame_summary f;

	return frame_summary_read(&f, rest) != FRAME_OK ? NULL
							: json_pack("{s:I, s:o}", "count", (json_int_t)f.count,
								    "fingerprint", fingerprint_json(&f.fingerprint));
}

static inline json_t *agree_json(struct view rest)
{
	uint32_t mark;

	return frame_agree_read(&mark, rest) != FRAME_OK ? NULL : json_pack("{s:o}", "mark", hex_view(rest));
}

static inline json_t *probe_json(struct view rest)
{
	struct frame_probe f;

	return frame_probe_read(&f, rest) != FRAME_OK
		       ? NULL
		       : json_pack("{s:i, s:I, s:o, s:[I, I, I, I]}", "series", f.series, "count", (json_int_t)f.count,
				   "parity", hex_of(f.parity, sizeof f.parity), "syndromes", (json_int_t)f.syndromes[0],
				   (json_int_t)f.syndromes[1], (json_int_t)f.syndromes[2], (json_int_t)f.syndromes[3]);
}

static inline json_t *ask_json(struct view rest)
{
	struct frame_ask f;
	json_t *said;

	if (frame_ask_read(&f, rest) != FRAME_OK)
		return NULL;
	said = json_pack("{s:i, s:i}", "series", f.series, "what", f.what);
	if (f.what == ASK_SYNDROMES) {
		put_required(said, "buckets", f.buckets);
		put_required(said, "from", f.from);
		put_required(said, "to", f.to);
		json_object_set_new(said, "bits", hex_view(f.bits));
	} else if (f.what == ASK_SIZE) {
		put_required(said, "level", f.level);
		json_object_set_new(said, "parity", hex_view(f.bits));
	} else if (f.what == ASK_REST) {
		json_object_set_new(said, "elements", numbers_of(f.bits, 4));
	}
	return said;
}

static inline json_t *sketch_json(struct view rest)
{
	struct frame_sketch f;

	return frame_sketch_read(&f, rest) != FRAME_OK
		       ? NULL
		       : json_pack("{s:i, s:i, s:i, s:i, s:o}", "series", f.series, "buckets", (int)f.buckets, "to",
				   f.to, "first", (int)f.first, "syndromes", numbers_of(f.syndromes, 4));
}

static inline json_t *list_json(struct view rest)
{
	struct frame_list f;

	return frame_list_read(&f, rest) != FRAME_OK
		       ? NULL
		       : json_pack("{s:i, s:I, s:o}", "series", f.series, "first", (json_int_t)f.first, "elements",
				   numbers_of(f.elements, 4));
}

static inline json_t *want_json(struct view rest)
{
	struct frame_want f;

	return frame_want_read(&f, rest) != FRAME_OK
		       ? NULL
		       : json_pack("{s:i, s:i, s:I, s:o}", "series", f.series, "buckets", (int)f.buckets, "first",
				   (json_int_t)f.first, "bits", hex_view(f.bits));
}

static inline json_t *entries_json(struct view rest)
{
	json_t *list = json_array();
	struct view entry;

	while (rest.size) {
		if (frame_entry_read(&entry, &rest) != FRAME_OK) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, hex_view(entry));
	}
	return json_pack("{s:o}", "entries", list);
}

static inline json_t *entry_json(struct view rest)
{
	return rest.size < ENTRY_SIZE_MIN || rest.size > ENTRY_SIZE_MAX ? NULL
									: json_pack("{s:o}", "entry", hex_view(rest));
}

static inline json_t *beacon_json(struct view rest)
{
	struct frame_beacon f;

	return frame_beacon_read(&f, rest) != FRAME_OK
		       ? NULL
		       : json_pack("{s:o, s:i, s:i, s:i, s:i, s:b, s:o}", "salt", hex_of(rest.data, 4), "today",
				   f.days.today, "last", f.days.last, "part", f.part, "from", f.from, "asks", f.asks,
				   "syndromes", numbers_of(f.syndromes, 4));
}

static inline json_t *call_json(struct view rest)
{
	struct frame_call f;
	json_t *said;

	if (frame_call_read(&f, rest) != FRAME_OK)
		return NULL;
	said = json_pack("{s:o}", "salt", hex_of(rest.data, 2));
	if (f.have) {
		put_required(said, "have", f.have);
		put_required(said, "holds", f.holds);
	} else {
		json_object_set_new(said, "elements", numbers_of(f.elements, CALL_ELEMENT_SIZE));
	}
	if (f.entry.size)
		json_object_set_new(said, "entry", hex_view(f.entry));
	return said;
}

static const struct {
	const char *name;
	json_t *(*read)(struct view rest);
} FRAMES[] = {
	[FRAME_HELLO] = { "hello", hello_json },       [FRAME_LEFT] = { "left", left_json },
	[FRAME_SUMMARY] = { "summary", summary_json }, [FRAME_AGREE] = { "agree", agree_json },
	[FRAME_PROBE] = { "probe", probe_json },       [FRAME_ASK] = { "ask", ask_json },
	[FRAME_SKETCH] = { "sketch", sketch_json },    [FRAME_LIST] = { "list", list_json },
	[FRAME_WANT] = { "want", want_json },          [FRAME_ENTRIES] = { "entries", entries_json },
	[FRAME_ENTRY] = { "entry", entry_json },       [FRAME_BEACON] = { "beacon", beacon_json },
	[FRAME_CALL] = { "call", call_json },
};

static inline json_t *judge_frame(const json_t *row)
{
	uint8_t bytes[BYTES_MAX];
	struct view rest, frame = { .data = bytes, .size = bytes_at(bytes, row, "frame") };
	enum frame_kind kind;
	json_t *said;

	if (frame_open(&kind, &rest, frame) != FRAME_OK)
		return json_pack("{s:s}", "is", "foreign");
	said = FRAMES[kind].read(rest);
	if (!said)
		return json_pack("{s:s}", "is", MALFORMED);
	return json_pack("{s:s, s:s, s:o}", "is", OK, "kind", FRAMES[kind].name, "decoded", said);
}

static inline json_t *judge_packed(const json_t *row)
{
	uint8_t bytes[BYTES_MAX], room[ENTRY_SIZE_MAX];
	struct view packed = { .data = bytes, .size = bytes_at(bytes, row, "packed") };
	struct view entry = entry_unpack(packed, room);

	if (entry.data == packed.data && (bytes[0] & 7) == 7)
		return json_pack("{s:s}", "is", MALFORMED);
	return json_pack("{s:s, s:o}", "is", OK, "entry", hex_view(entry));
}

static inline json_t *judge_sealed(const json_t *row)
{
	uint8_t bytes[BYTES_MAX], frame[BYTES_MAX], key[BYTES_MAX];
	struct seal_key keys[4];
	const json_t *list = json_object_get(row, "keys");
	size_t size = bytes_at(bytes, row, "sealed"), count = json_array_size(list);

	assert(count <= 4);
	for (size_t i = 0; i < count; i++) {
		assert(sample_bytes(key, sizeof key, json_string_value(json_array_get(list, i))) == SEAL_KEY_SIZE);
		seal_key_init(&keys[i], key);
	}
	size = seal_open(frame, sizeof frame, keys, count, (struct view){ .data = bytes, .size = size });
	if (!size)
		return json_pack("{s:s}", "is", "dropped");
	return json_pack("{s:s, s:o}", "is", OK, "frame", hex_of(frame, size));
}

/* The sum over the ids of a bundle's entries, as far as its cards tell the keys. */
static inline struct fingerprint fingerprint_of(const struct view *entries, size_t count)
{
	const struct salt salt = { { 0 } };
	struct fingerprint sum = { 0 };

	for (size_t i = 0; i < count; i++) {
		struct entry_head head;
		struct public_key key;

		for (size_t k = 0; k < count && entry_head_decode(&head, entries[i]) == ENTRY_OK; k++)
			if (entry_card_key(&key, entries[k]) && public_key_hint(&key) == head.author) {
				struct entry_id id = entry_id_of(entries[i], &key);

				fingerprint_add(&sum, &salt, &id);
				break;
			}
	}
	return sum;
}

static inline json_t *judge_bundle(const json_t *row)
{
	uint8_t bytes[BYTES_MAX];
	struct view rest = { .data = bytes, .size = bytes_at(bytes, row, "bundle") }, entries[BUNDLE_ENTRIES_MAX];
	struct bundle_head head;
	json_t *list;
	size_t count = 0;

	if (!bundle_head_read(&head, &rest))
		return json_pack("{s:s}", "is", "foreign");
	list = json_array();
	while (count < head.count && count < BUNDLE_ENTRIES_MAX && frame_entry_read(&entries[count], &rest) == FRAME_OK)
		json_array_append_new(list, hex_view(entries[count++]));
	struct fingerprint sum = fingerprint_of(entries, count);
	return json_pack("{s:s, s:I, s:o, s:b, s:o}", "is", count == head.count ? OK : "ends", "count",
			 (json_int_t)head.count, "fingerprint", fingerprint_json(&head.fingerprint), "whole",
			 count == head.count && fingerprint_equal(&sum, &head.fingerprint), "entries", list);
}

static inline struct salt salt_of_row(const json_t *row)
{
	uint8_t dialler[BYTES_MAX], listener[BYTES_MAX];

	if (json_object_get(row, "beacon")) {
		bytes_at(dialler, row, "beacon");
		return salt_of_beacon(dialler[0] | (uint32_t)dialler[1] << 8 | (uint32_t)dialler[2] << 16 |
				      (uint32_t)dialler[3] << 24);
	}
	bytes_at(dialler, row, "dialler");
	bytes_at(listener, row, "listener");
	return salt_of_link(dialler, listener, (uint8_t)json_integer_value(json_object_get(row, "series")));
}

/* Ids as one series of a comparison sees them. */
static inline json_t *judge_set(const json_t *row)
{
	enum { SYNDROMES = 8, BUCKETS = 5 };
	const json_t *ids = json_object_get(row, "ids");
	struct salt salt = salt_of_row(row);
	struct fingerprint sum = { 0 };
	struct element_index_item items[BUNDLE_ENTRIES_MAX];
	struct element_index index = { .count = (uint32_t)json_array_size(ids), .items = items };
	uint32_t syndromes[SYNDROMES] = { 0 };
	uint8_t parity[PROBE_PARITY_SIZE];
	json_t *elements = json_array(), *buckets = json_array(), *sums = json_array();

	assert(index.count <= BUNDLE_ENTRIES_MAX);
	for (size_t i = 0; i < index.count; i++) {
		uint8_t bytes[BYTES_MAX];
		struct entry_id id;

		assert(sample_bytes(bytes, sizeof bytes, json_string_value(json_array_get(ids, i))) == sizeof id);
		memcpy(id.bytes, bytes, sizeof id);
		fingerprint_add(&sum, &salt, &id);
		items[i] = (struct element_index_item){ .element = element_of(&salt, &id) };
		sketch_add(syndromes, 0, SYNDROMES, &items[i].element, 1);
		json_array_append_new(elements, json_integer(items[i].element));
		json_array_append_new(buckets, json_integer(bucket_of(items[i].element, BUCKETS)));
	}
	for (size_t i = 0; i < SYNDROMES; i++)
		json_array_append_new(sums, json_integer(syndromes[i]));
	element_index_parity_probe(&index, parity);
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "is", OK, "salt", hex_of(salt.bytes, sizeof salt),
			 "fingerprint", fingerprint_json(&sum), "elements", elements, "of_5_buckets", buckets,
			 "syndromes", sums, "parity", hex_of(parity, sizeof parity));
}

/* Files. */

static const struct vector_file {
	const char *name;
	json_t *(*judge)(const json_t *row);
	const char *given[8]; /* what a verdict is formed of, and what it is called */
} FILES[] = {
	{ "bodies", judge_body, { "name", "rule", "body" } },
	{ "entries", judge_entry, { "name", "rule", "key", "entry" } },
	{ "frames", judge_frame, { "name", "rule", "frame" } },
	{ "packed", judge_packed, { "name", "rule", "packed" } },
	{ "sealed", judge_sealed, { "name", "rule", "keys", "sealed" } },
	{ "bundles", judge_bundle, { "name", "rule", "bundle" } },
	{ "sets", judge_set, { "name", "dialler", "listener", "series", "beacon", "ids" } },
};

enum { FILE_BODIES, FILE_ENTRIES, FILE_FRAMES, FILE_PACKED, FILE_SEALED, FILE_BUNDLES, FILE_SETS, FILE_COUNT };

static_assert(sizeof FILES / sizeof FILES[0] == FILE_COUNT, "each file has a judge");

/* The row as it must stand in the file: what is given, then the verdict. */
static inline json_t *judged(const struct vector_file *file, const json_t *row)
{
	json_t *whole = json_object(), *verdict = file->judge(row);

	for (size_t i = 0; file->given[i]; i++)
		if (json_object_get(row, file->given[i]))
			json_object_set(whole, file->given[i], json_object_get(row, file->given[i]));
	json_object_update(whole, verdict);
	json_decref(verdict);
	return whole;
}

#endif
