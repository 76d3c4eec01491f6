/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* tests/data/wire: each line of its files, judged by this code; its README.md has the format.
 *   test_vectors                 runs them
 *   test_vectors --write FOLDER  writes them anew, from vector_rows.h, the largest entries and what chance makes of both */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/largest.h"
#include "tests/unit/proto/vector_judge.h"
#include "tests/unit/wire_text.h"

enum { LINE_SIZE = 32768, RULES_MAX = 128 };

/* The rules of WIRE.md: lines of its tables that begin with a name and a class. */
static struct rule {
	char name[32];
	char class[16];
	bool is_shown;
} rules[RULES_MAX];
static size_t rule_count;

static int rules_read(void **state)
{
	char line[LINE_SIZE];
	FILE *file = fopen(SOURCE_DIR "/proto/WIRE.md", "r");

	(void)state;
	if (!file)
		return -1;
	rule_count = 0;
	while (fgets(line, sizeof line, file)) {
		struct rule rule = { .is_shown = false };

		if (sscanf(line, "| `%31[a-z0-9-]` | %15[a-z] | ", rule.name, rule.class) != 2)
			continue;
		assert(rule_count < RULES_MAX);
		rules[rule_count++] = rule;
	}
	fclose(file);
	return rule_count > 0 ? 0 : -1;
}

static struct rule *rule_find(const char *name)
{
	for (size_t i = 0; i < rule_count; i++)
		if (strcmp(rules[i].name, name) == 0)
			return &rules[i];
	return NULL;
}

/* A row that shows a rule is refused with the rule's class; one that shows none is taken, but for what chance made. */
static void note_rule(const json_t *row)
{
	const char *name = json_string_value(json_object_get(row, "name"));
	const char *rule_name = json_string_value(json_object_get(row, "rule"));
	const char *is = json_string_value(json_object_get(row, "is"));
	struct rule *rule;

	if (!rule_name) {
		if (strcmp(is, OK) != 0 && strncmp(name, "chance ", 7) != 0)
			fail_msg("%s is %s, by no rule", name, is);
		return;
	}
	rule = rule_find(rule_name);
	if (!rule || strcmp(rule->class, is) != 0)
		fail_msg("%s is %s by '%s', which WIRE.md does not have so", name, is, rule_name);
	else
		rule->is_shown = true;
}

static size_t run_file(const struct vector_file *file)
{
	char path[256], line[LINE_SIZE];
	size_t count = 0;

	snprintf(path, sizeof path, SOURCE_DIR "/tests/data/wire/%s.jsonl", file->name);
	FILE *lines = fopen(path, "r");
	assert_non_null(lines);
	for (; fgets(line, sizeof line, lines); count++) {
		json_t *row = json_loads(line, JSON_ALLOW_NUL, NULL), *whole;

		if (!row)
			fail_msg("%s.jsonl, line %zu: no JSON", file->name, count + 1);
		whole = judged(file, row);
		if (!json_equal(row, whole))
			fail_msg("%s.jsonl, line %zu should be\n%s", file->name, count + 1,
				 json_dumps(whole, JSON_COMPACT | JSON_PRESERVE_ORDER));
		note_rule(row);
		json_decref(whole);
		json_decref(row);
	}
	fclose(lines);
	return count;
}

static void test_vectors_are_judged_as_they_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < FILE_COUNT; i++)
		assert_true(run_file(&FILES[i]) > 0);
}

static void test_every_rule_has_a_vector(void **state)
{
	(void)state;
	for (size_t i = 0; i < rule_count; i++)
		if (!rules[i].is_shown)
			fail_msg("no vector shows the rule '%s' of WIRE.md", rules[i].name);
}

/* Writing. */

static FILE *written[FILE_COUNT];

/* Takes `row`. `is` NULL: whatever it may be. */
static void write_row(size_t file, json_t *row, const char *name, const char *rule, const char *is)
{
	json_t *whole;
	char *line;
	const char *found;

	json_object_set_new(row, "name", json_string(name));
	if (rule)
		json_object_set_new(row, "rule", json_string(rule));
	whole = judged(&FILES[file], row);
	found = json_string_value(json_object_get(whole, "is"));
	if (is && strcmp(found, is) != 0)
		fprintf(stderr, "%s: %s instead of %s\n", name, found, is);
	line = json_dumps(whole, JSON_COMPACT | JSON_PRESERVE_ORDER);
	fprintf(written[file], "%s\n", line);
	free(line);
	json_decref(whole);
	json_decref(row);
}

static void write_hex(size_t file, const char *key, const void *bytes, size_t size, const char *name, const char *rule,
		      const char *is)
{
	write_row(file, json_pack("{s:o}", key, hex_of(bytes, size)), name, rule, is);
}

/* xorshift64 (Marsaglia 2003): the same rows at every writing. */
static uint64_t chance_state = 0x9E3779B97F4A7C15;

static uint32_t chance(uint32_t below)
{
	chance_state ^= chance_state << 13;
	chance_state ^= chance_state >> 7;
	chance_state ^= chance_state << 17;
	return (uint32_t)(chance_state >> 33) % below;
}

/* One to three bytes changed a bit, taken out, put in or made anew. Gives the size. */
static size_t change(uint8_t *bytes, size_t size, size_t from)
{
	for (uint32_t times = 1 + chance(3); times > 0 && size > from + 1; times--) {
		size_t at = from + chance((uint32_t)(size - from));

		switch (chance(5)) {
		case 0:
			bytes[at] ^= (uint8_t)(1u << chance(8));
			break;
		case 1:
			bytes[at] = (uint8_t)chance(256);
			break;
		case 2:
			bytes[at] = (uint8_t)(bytes[at] + 1);
			break;
		case 3:
			memmove(bytes + at, bytes + at + 1, --size - at);
			break;
		default:
			memmove(bytes + at + 1, bytes + at, size++ - at);
			bytes[at] = (uint8_t)chance(8);
		}
	}
	return size;
}

static void write_changed(size_t file, const char *key, const uint8_t *bytes, size_t size, size_t from, unsigned times)
{
	static unsigned number;

	for (unsigned i = 0; i < times; i++) {
		uint8_t copy[BYTES_MAX];
		char name[32];
		size_t copy_size;

		memcpy(copy, bytes, size);
		copy_size = change(copy, size, from);
		snprintf(name, sizeof name, "chance %u", ++number);
		write_hex(file, key, copy, copy_size, name, NULL, NULL);
	}
}

static void write_bodies(void)
{
	uint8_t bytes[BYTES_MAX];
	size_t size;

	for (size_t i = 0; i < sizeof BODY_ROWS / sizeof BODY_ROWS[0]; i++) {
		const struct vector_row *row = &BODY_ROWS[i];

		size = wire_text_read(bytes, sizeof bytes, row->text);
		write_hex(FILE_BODIES, "body", bytes, size, row->name, row->rule, row->is);
	}
	for (size_t i = 0; i < LARGEST_COUNT; i++) {
		struct entry entry = LARGEST[i].make();
		char name[64];

		snprintf(name, sizeof name, "largest %s", LARGEST[i].name);
		assert(entry_body_encode(bytes, &size, &entry) == ENTRY_OK);
		write_hex(FILE_BODIES, "body", bytes, size, name, NULL, OK);
		write_changed(FILE_BODIES, "body", bytes, size, 0, 20);
	}
	for (size_t i = 0; i < sizeof BODY_ROWS / sizeof BODY_ROWS[0]; i++)
		if (strcmp(BODY_ROWS[i].is, OK) == 0) {
			size = wire_text_read(bytes, sizeof bytes, BODY_ROWS[i].text);
			write_changed(FILE_BODIES, "body", bytes, size, 19, 6);
		}
}

static void write_entry(const struct sample *sample, const struct public_key *key, const char *name, const char *rule,
			const char *is)
{
	write_row(FILE_ENTRIES,
		  json_pack("{s:o, s:o}", "key", hex_of(key->bytes, 32), "entry", hex_of(sample->data, sample->size)),
		  name, rule, is);
}

/* S of the signature and the group's order: what a check of S must refuse. */
static struct sample with_order_added(struct sample sample)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,       0xd6,
					   0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, [31] = 0x10 };
	uint8_t *s = sample.data + sample.size - 32;
	unsigned carry = 0;

	for (size_t i = 0; i < 32; i++) {
		carry += (unsigned)s[i] + order[i];
		s[i] = (uint8_t)carry;
		carry >>= 8;
	}
	return sample;
}

/* The neutral point as key and as R, and S 0: an equation that holds for every message. */
static struct sample small_order(struct public_key *key)
{
	struct sample sample;
	size_t size = wire_text_read(sample.data, sizeof sample.data, "1d1 " TIME "4f42 6[ ]");

	*key = (struct public_key){ { 1 } };
	memset(sample.data + size, 0, SIGNATURE_SIZE);
	sample.data[size] = 1;
	sample.size = size + SIGNATURE_SIZE;
	return sample;
}

static void write_entries(void)
{
	struct sample_key key = sample_key(0), other = sample_key(32);
	struct entry card = card_largest(), need = need_largest();
	struct sample sample = sample_signed(&need, &key), bad;
	struct public_key alike = key.public, small;

	for (size_t i = 0; i < LARGEST_COUNT; i++) {
		struct entry entry = LARGEST[i].make();
		struct sample largest = sample_signed(&entry, &key);

		write_entry(&largest, &key.public, LARGEST[i].name, NULL, OK);
	}
	alike.bytes[31] ^= 1;
	write_entry(&sample, &other.public, "another author's key", "hint", "hint");
	write_entry(&sample, &alike, "another key of the same hint", "signature", "signature");
	bad = sample_signed(&card, &key);
	write_entry(&bad, &alike, "a card with another key of the same hint", "card-key", "hint");
	for (size_t bit = 0; bit < 2; bit++) {
		bad = sample;
		bad.data[bad.size - SIGNATURE_SIZE + bit * 40] ^= 4;
		write_entry(&bad, &key.public, bit ? "a bit of S flipped" : "a bit of R flipped", "signature",
			    "signature");
	}
	bad = sample;
	bad.data[10] ^= 1;
	write_entry(&bad, &key.public, "a bit of the time flipped", "signature", "signature");
	bad = with_order_added(sample);
	write_entry(&bad, &key.public, "S not below the group's order", "signature", "signature");
	bad = small_order(&small);
	write_entry(&bad, &small, "a key of small order", "signature", "signature");
	bad = sample;
	bad.size = SIGNATURE_SIZE;
	write_entry(&bad, &key.public, "64 bytes", "entry-size", "size");
	need.line.created = 0;
	size_t size = wire_text_read(bad.data, sizeof bad.data, HEAD "7[ 1v0 5v101 ]");
	bad = sample_body_signed(bad.data, size, &key);
	write_entry(&bad, &key.public, "signed, and out of bounds", "line-created", BOUNDS);
	size = wire_text_read(bad.data, sizeof bad.data, HEAD "11x010203");
	bad = sample_body_signed(bad.data, size, &key);
	write_entry(&bad, &key.public, "a kind of a later version", NULL, OK);
}

/* The frames that carry entries: the largest ones. */
static void write_frames_of_entries(void)
{
	struct sample_key key = sample_key(0);
	uint8_t bytes[BYTES_MAX], packed[ENTRY_SIZE_MAX];
	struct entry need = need_largest(), card = card_largest();
	struct sample a = sample_signed(&need, &key), b = sample_signed(&card, &key);
	struct writer w = writer_init(bytes, sizeof bytes);

	frame_begin(&w, FRAME_ENTRIES);
	frame_entry_write(&w, sample_view(&a));
	frame_entry_write(&w, sample_view(&b));
	write_hex(FILE_FRAMES, "frame", bytes, w.size, "two entries", NULL, OK);
	w = writer_init(bytes, sizeof bytes);
	frame_begin(&w, FRAME_ENTRY);
	write_bytes(&w, a.data, a.size);
	write_hex(FILE_FRAMES, "frame", bytes, w.size, "one entry", NULL, OK);
	write_u8(&w, 0);
	while (w.size <= FRAME_HEAD_SIZE + ENTRY_SIZE_MAX)
		write_u8(&w, 0);
	write_hex(FILE_FRAMES, "frame", bytes, w.size, "one entry of 205 bytes", "entry-in-frame", MALFORMED);
	w = writer_init(bytes, sizeof bytes);
	frame_begin(&w, FRAME_CALL);
	frame_call_write(&w, &(struct frame_call){ .salt = 0x8180, .count = 1 });
	frame_call_element_write(&w, 0x563412);
	write_bytes(&w, packed, entry_pack(packed, sample_view(&a)));
	write_hex(FILE_FRAMES, "frame", bytes, w.size, "call with an entry, packed", NULL, OK);
}

static void write_frames(void)
{
	uint8_t bytes[BYTES_MAX];

	for (size_t i = 0; i < sizeof FRAME_ROWS / sizeof FRAME_ROWS[0]; i++) {
		const struct vector_row *row = &FRAME_ROWS[i];
		size_t size = sample_bytes(bytes, sizeof bytes, row->text);

		write_hex(FILE_FRAMES, "frame", bytes, size, row->name, row->rule, row->is);
		if (strcmp(row->is, OK) == 0)
			write_changed(FILE_FRAMES, "frame", bytes, size, 2, 8);
	}
	write_frames_of_entries();
}

/* A note whose text has 120 characters: no body holds it. */
static size_t too_large_packed(uint8_t *out, size_t cap)
{
	char text[2048] = MARK NOTE_FIELDS HEAD_VALUES "5:4 1:1 1:0 1:0 n0 n120 1:1";

	for (size_t i = 0; i < 120; i++)
		strcat(text, " 7:120");
	return wire_text_bits(out, cap, text);
}

static void write_packed(void)
{
	struct sample_key key = sample_key(0);
	uint8_t bytes[BYTES_MAX];

	for (size_t i = 0; i < sizeof PACKED_ROWS / sizeof PACKED_ROWS[0]; i++) {
		const struct vector_row *row = &PACKED_ROWS[i];
		size_t size = row->text ? wire_text_bits(bytes, sizeof bytes, row->text)
					: too_large_packed(bytes, sizeof bytes);

		memset(bytes + size, 0x55, SIGNATURE_SIZE);
		write_hex(FILE_PACKED, "packed", bytes, size + SIGNATURE_SIZE, row->name, row->rule, row->is);
	}
	for (size_t i = 0; i < LARGEST_COUNT; i++) {
		struct entry entry = LARGEST[i].make();
		struct sample sample = sample_signed(&entry, &key);
		size_t size = entry_pack(bytes, sample_view(&sample));

		assert(size > 0);
		write_hex(FILE_PACKED, "packed", bytes, size, LARGEST[i].name, NULL, OK);
		for (unsigned k = 0; k < 12; k++) {
			uint8_t copy[BYTES_MAX];
			char name[32];

			memcpy(copy, bytes, size);
			copy[chance((uint32_t)(size - SIGNATURE_SIZE))] ^= (uint8_t)(1u << (3 + chance(5)));
			snprintf(name, sizeof name, "chance %s %u", LARGEST[i].name, k);
			write_hex(FILE_PACKED, "packed", copy, size, name, NULL, NULL);
		}
	}
}

static void write_sealed_row(const uint8_t *sealed, size_t size, uint8_t keys[][SEAL_KEY_SIZE], size_t key_count,
			     const char *name, const char *rule, const char *is)
{
	json_t *list = json_array();

	for (size_t i = 0; i < key_count; i++)
		json_array_append_new(list, hex_of(keys[i], SEAL_KEY_SIZE));
	write_row(FILE_SEALED, json_pack("{s:o, s:o}", "keys", list, "sealed", hex_of(sealed, size)), name, rule, is);
}

/* The last of three keys seals; the second has its id by chance. */
static void write_sealed(void)
{
	uint8_t keys[3][SEAL_KEY_SIZE] = { { 1 }, { 2 }, { 3 } }, frame[BYTES_MAX], sealed[BYTES_MAX];
	uint8_t nonce[SEAL_NONCE_SIZE] = { 0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7 };
	size_t frame_size = sample_bytes(frame, sizeof frame, "ad0b 80818283 01 d609 " FOUR FOUR), size;
	struct seal_key last, alike;

	seal_key_init(&last, keys[2]);
	do {
		keys[1][31]++;
		seal_key_init(&alike, keys[1]);
	} while (alike.id != last.id);
	size = seal_close(sealed, sizeof sealed, &last, nonce, (struct view){ .data = frame, .size = frame_size });
	write_sealed_row(sealed, size, keys, 3, "a beacon", NULL, OK);
	write_sealed_row(sealed, size, keys, 1, "a stranger's", "seal-key", "dropped");
	write_sealed_row(sealed, size, keys, 0, "without a key", "seal-key", "dropped");
	write_sealed_row(sealed, size, keys, 2, "another key of that id", "seal-tag", "dropped");
	static const struct {
		size_t at;
		const char *name, *rule;
	} FLIPS[] = { { 0, "another first byte", "seal-head" },
		      { 1, "another key id", "seal-key" },
		      { 2, "another nonce", "seal-tag" },
		      { 10, "another text", "seal-tag" },
		      { 30, "another tag", "seal-tag" } };
	for (size_t i = 0; i < sizeof FLIPS / sizeof FLIPS[0]; i++) {
		sealed[FLIPS[i].at] ^= 1;
		write_sealed_row(sealed, size, keys, 3, FLIPS[i].name, FLIPS[i].rule, "dropped");
		sealed[FLIPS[i].at] ^= 1;
	}
	write_sealed_row(sealed, 26, keys, 3, "26 bytes", "seal-head", "dropped");
	write_sealed_row(frame, frame_size, keys, 3, "a frame in clear", "seal-head", "dropped");
	for (size_t i = FRAME_HEAD_SIZE; i < FRAME_HEAD_SIZE + ENTRY_SIZE_MAX; i++)
		frame[i] = (uint8_t)i;
	frame[1] = FRAME_ENTRY;
	size = seal_close(sealed, sizeof sealed, &last, nonce,
			  (struct view){ .data = frame, .size = FRAME_HEAD_SIZE + ENTRY_SIZE_MAX });
	write_sealed_row(sealed, size, keys, 3, "the largest frame", NULL, OK);
	size = seal_close(sealed, sizeof sealed, &last, nonce, (struct view){ .data = frame, .size = FRAME_HEAD_SIZE });
	write_sealed_row(sealed, size, keys, 3, "the smallest frame", NULL, OK);
}

static void write_bundles(void)
{
	struct sample_key key = sample_key(0);
	struct entry made[] = { card_largest(), site_largest(), need_largest() };
	struct sample samples[3];
	struct view views[3];
	uint8_t bytes[BYTES_MAX];
	struct bundle_head head = { .count = 3 };
	size_t ends[4] = { BUNDLE_HEAD_SIZE };
	struct writer w = writer_init(bytes + BUNDLE_HEAD_SIZE, sizeof bytes - BUNDLE_HEAD_SIZE);

	for (size_t i = 0; i < 3; i++) {
		samples[i] = sample_signed(&made[i], &key);
		views[i] = sample_view(&samples[i]);
		frame_entry_write(&w, views[i]);
		ends[i + 1] = BUNDLE_HEAD_SIZE + w.size;
	}
	head.fingerprint = fingerprint_of(views, 3);
	bundle_head_write(bytes, &head);
	write_hex(FILE_BUNDLES, "bundle", bytes, ends[3], "a card, a site and a need", NULL, OK);
	write_hex(FILE_BUNDLES, "bundle", bytes, ends[2], "the last entry is missing", "bundle-entry", "ends");
	write_hex(FILE_BUNDLES, "bundle", bytes, ends[2] + 100, "the last entry is cut off", "bundle-entry", "ends");
	write_hex(FILE_BUNDLES, "bundle", bytes, ends[0], "all entries are missing", "bundle-entry", "ends");
	write_hex(FILE_BUNDLES, "bundle", bytes, BUNDLE_HEAD_SIZE - 1, "27 bytes", "bundle-head", "foreign");
	bytes[ends[1]] = 64;
	write_hex(FILE_BUNDLES, "bundle", bytes, ends[3], "the second entry has 64 bytes", "bundle-entry", "ends");
	bytes[ends[1]] = (uint8_t)samples[1].size;
	bytes[12] ^= 1;
	write_hex(FILE_BUNDLES, "bundle", bytes, ends[3], "the fingerprint is another one", NULL, OK);
	bytes[12] ^= 1;
	bytes[7] = 2;
	write_hex(FILE_BUNDLES, "bundle", bytes, ends[3], "a later version", "bundle-head", "foreign");
	bytes[7] = 1;
	memset(bytes + ends[3], 0xFF, 9);
	write_hex(FILE_BUNDLES, "bundle", bytes, ends[3] + 9, "bytes behind it", NULL, OK);
	head = (struct bundle_head){ .count = 0 };
	bundle_head_write(bytes, &head);
	write_hex(FILE_BUNDLES, "bundle", bytes, BUNDLE_HEAD_SIZE, "nothing", NULL, OK);
}

static void write_sets(void)
{
	static const size_t counts[] = { 0, 1, 2, 9, 40 };

	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
		json_t *ids = json_array(), *link, *beacon;
		char name[64];

		for (size_t k = 0; k < counts[i]; k++) {
			uint8_t id[32];

			for (size_t b = 0; b < sizeof id; b++)
				id[b] = (uint8_t)chance(256);
			json_array_append_new(ids, hex_of(id, sizeof id));
		}
		link = json_pack("{s:s, s:s, s:i, s:O}", "dialler", "80818283", "listener", "84858687", "series",
				 (int)i * 60, "ids", ids);
		snprintf(name, sizeof name, "%zu ids, series %zu of a link", counts[i], i * 60);
		write_row(FILE_SETS, link, name, NULL, OK);
		beacon = json_pack("{s:s, s:o}", "beacon", "80818283", "ids", ids);
		snprintf(name, sizeof name, "%zu ids, a beacon", counts[i]);
		write_row(FILE_SETS, beacon, name, NULL, OK);
	}
}

static int write_all(const char *folder)
{
	static void (*const writers[])(void) = { write_bodies, write_entries, write_frames, write_packed,
						 write_sealed, write_bundles, write_sets };

	for (size_t i = 0; i < FILE_COUNT; i++) {
		char path[256];

		snprintf(path, sizeof path, "%s/%s.jsonl", folder, FILES[i].name);
		written[i] = fopen(path, "w");
		if (!written[i])
			return 1;
		writers[i]();
		fclose(written[i]);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_are_judged_as_they_say),
		cmocka_unit_test(test_every_rule_has_a_vector),
	};
	if (sodium_init() < 0)
		return 1;
	if (argc == 3 && strcmp(argv[1], "--write") == 0)
		return write_all(argv[2]);
	return cmocka_run_group_tests(tests, rules_read, NULL);
}
