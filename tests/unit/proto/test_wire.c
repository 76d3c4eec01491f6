/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The examples of proto/WIRE.md, byte for byte. An example is a fenced block that opens with ```hex NAME; what follows a
 * '#' is its explanation. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "proto/bits.h"
#include "proto/field.h"
#include "proto/frame.h"
#include "proto/pack.h"
#include "proto/seal.h"
#include "sync/set/element_index.h"
#include "sync/set/sketch.h"
#include "tests/unit/samples.h"

enum { EXAMPLE_SIZE_MAX = 1024 };

static char *wire_md;

static int wire_md_read(void **state)
{
	(void)state;
	enum { FILE_SIZE_MAX = 256 * 1024 };
	FILE *file = fopen(SOURCE_DIR "/proto/WIRE.md", "r");
	wire_md = calloc(1, FILE_SIZE_MAX);
	if (!file || !wire_md)
		return -1;
	size_t size = fread(wire_md, 1, FILE_SIZE_MAX - 1, file);
	fclose(file);
	return size > 0 ? 0 : -1;
}

static int wire_md_free(void **state)
{
	(void)state;
	free(wire_md);
	return 0;
}

static size_t example_read(uint8_t out[EXAMPLE_SIZE_MAX], const char *name)
{
	char opening[64], hex[EXAMPLE_SIZE_MAX * 4];
	size_t size = 0;
	bool explained = false;
	snprintf(opening, sizeof(opening), "\n```hex %s\n", name);
	const char *at = strstr(wire_md, opening);
	if (!at) {
		fail_msg("WIRE.md has no example '%s'", name);
		return 0;
	}
	for (at += strlen(opening); *at != '\0' && *at != '`'; at++) {
		explained = *at == '#' || (explained && *at != '\n');
		if (!explained && size < sizeof(hex) - 1)
			hex[size++] = *at;
	}
	hex[size] = '\0';
	return sample_bytes(out, EXAMPLE_SIZE_MAX, hex);
}

static void example_is(const char *name, const void *bytes, size_t size)
{
	uint8_t example[EXAMPLE_SIZE_MAX];
	size_t example_size = example_read(example, name);
	if (example_size == size && memcmp(example, bytes, size) == 0)
		return;
	char hex[EXAMPLE_SIZE_MAX * 2 + 1];
	fail_msg("WIRE.md '%s' should be\n%s", name, sodium_bin2hex(hex, sizeof(hex), bytes, size));
}

static struct entry entry_of(enum entry_kind kind, uint8_t key_first, uint32_t time, uint32_t number)
{
	struct entry entry;
	struct sample_key key = sample_key(key_first);
	memset(&entry, 0, sizeof(entry));
	entry.author = public_key_hint(&key.public);
	entry.hlc.time = time;
	entry.number = number;
	entry.kind = kind;
	return entry;
}

/* 2026-11-23T12:00:00Z, when all the examples take place. */
enum { NOON = 217598400 };
enum { KEY_A = 0, KEY_B = 32 };

static struct entry card_example(void)
{
	struct entry entry = entry_of(ENTRY_CARD, KEY_A, NOON, 0);
	entry.card.key = sample_key(KEY_A).public;
	for (size_t i = 0; i < sizeof(entry.card.sealing_key); i++)
		entry.card.sealing_key[i] = (uint8_t)(0x40 + i);
	strcpy(entry.card.name, "Armory Gym");
	strcpy(entry.card.languages, "en es");
	entry.card.roles = ROLE_SITE;
	return entry;
}

static struct entry site_example(void)
{
	struct entry entry = entry_of(ENTRY_SITE, KEY_A, NOON, 0x01020304);
	struct site *site = &entry.site;
	strcpy(site->name, "Armory Gym");
	site->place = (struct place){ .lat_e6 = 34225000, .lon_e6 = -77944000, .digits = PLACE_POINT };
	site->state = SITE_FULL;
	site->people = 140;
	site->giving = (struct hours){ .from = 16, .to = 36, .days = 0x1F };
	site->takes = 0x0003;
	site->facilities = FACILITY_STEP_FREE | FACILITY_NO_ID;
	return entry;
}

static struct entry need_example(void)
{
	struct entry entry = entry_of(ENTRY_LINE, KEY_A, NOON + 60, 0x0A0B0C0D);
	struct line *line = &entry.line;
	entry.hlc.tick = 1;
	line->kind = LINE_NEED;
	line->site = (struct ref){ .author = entry.author, .number = 0x01020304 };
	line->item = 101;
	line->quantity_milli = 200000;
	line->people = 60;
	line->infants = 4;
	line->within_h = 24;
	line->created = NOON;
	return entry;
}

/* Its keeper makes it 150 L. */
static struct entry change_example(void)
{
	struct entry entry = entry_of(ENTRY_LINE, KEY_B, NOON + 300, 0x00000021), need = need_example();
	entry.line.kind = LINE_NEED;
	entry.line.item = 101;
	entry.line.quantity_milli = 150000;
	entry.line.amends = (struct amends){ .of = { need.author, need.number },
					     .named_count = 1,
					     .named = { { LINE_FIELD_GOODS, field_hash(&need, LINE_FIELD_GOODS) } },
					     .knew_count = 1,
					     .knew = { 0xBEEF } };
	return entry;
}

static struct entry move_example(void)
{
	struct entry entry = entry_of(ENTRY_MOVE, KEY_B, NOON + 600, 0x00000011);
	struct move *move = &entry.move;
	move->stage = MOVE_PLEDGED;
	move->of = (struct ref){ .author = need_example().author, .number = 0x0A0B0C0D };
	move->from = (struct ref){ .author = entry.author, .number = 0x00000010 };
	move->quantity_milli = 120000;
	move->at = NOON + 600;
	move->due = NOON + 7200;
	return entry;
}

static struct entry note_example(void)
{
	struct entry entry = entry_of(ENTRY_NOTE, KEY_B, NOON + 900, 0x00000012);
	struct note *note = &entry.note;
	note->kind = NOTE_ALERT;
	note->severity = 3;
	strcpy(note->language, "fr");
	strcpy(note->text, "Pont ferm\xC3\xA9");
	return entry;
}

static struct entry passed_on_example(void)
{
	struct entry entry = entry_of(ENTRY_NOTE, KEY_B, NOON + 960, 0x00000013);
	struct note *note = &entry.note;
	note->kind = NOTE_ALERT;
	note->severity = 4;
	strcpy(note->text, "Flash flood");
	strcpy(note->source, "NWS");
	note->flags = NOTE_DRILL;
	return entry;
}

static struct entry trust_example(void)
{
	struct entry entry = entry_of(ENTRY_TRUST, KEY_A, NOON + 1200, 0x00000001);
	entry.trust.kind = TRUST_KEEPER;
	entry.trust.key = sample_key(KEY_B).public;
	entry.trust.site = (struct ref){ .author = entry.author, .number = 0x01020304 };
	return entry;
}

static const struct {
	const char *name;
	struct entry (*make)(void);
	uint8_t key_first;
} ENTRIES[] = {
	{ "card", card_example, KEY_A },
	{ "site", site_example, KEY_A },
	{ "need", need_example, KEY_A },
	{ "move", move_example, KEY_B },
	{ "change", change_example, KEY_B },
	{ "note", note_example, KEY_B },
	{ "note passed on", passed_on_example, KEY_B },
	{ "trust", trust_example, KEY_A },
};

static void test_keys(void **state)
{
	(void)state;
	example_is("key a", sample_key(KEY_A).public.bytes, 32);
	example_is("key b", sample_key(KEY_B).public.bytes, 32);
}

static void test_entries(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ENTRIES) / sizeof(ENTRIES[0]); i++) {
		struct sample_key key = sample_key(ENTRIES[i].key_first);
		struct entry entry = ENTRIES[i].make();
		struct sample bytes = sample_signed(&entry, &key);
		example_is(ENTRIES[i].name, bytes.data, bytes.size);

		uint8_t example[EXAMPLE_SIZE_MAX];
		struct view view = { .data = example, .size = example_read(example, ENTRIES[i].name) };
		assert_int_equal(entry_verify(view, &key.public), ENTRY_OK);
		assert_int_equal(entry_decode(&entry, view), ENTRY_OK);
		struct entry_id id = entry_id_of(view, &key.public);
		char name[32];
		snprintf(name, sizeof(name), "%s id", ENTRIES[i].name);
		example_is(name, id.bytes, sizeof(id.bytes));
	}
}

static struct entry_id need_id(void)
{
	struct sample_key key = sample_key(KEY_A);
	struct entry need = need_example();
	struct sample bytes = sample_signed(&need, &key);
	return entry_id_of(sample_view(&bytes), &key.public);
}

static const uint8_t HALF_A[SALT_HALF_SIZE] = { 0x80, 0x81, 0x82, 0x83 },
		     HALF_B[SALT_HALF_SIZE] = { 0x84, 0x85, 0x86, 0x87 };

static uint32_t element_example(uint8_t series)
{
	struct salt salt = salt_of_link(HALF_A, HALF_B, series);
	struct entry_id id = need_id();
	return element_of(&salt, &id);
}

static struct fingerprint fingerprint_example(const struct salt *salt)
{
	struct entry_id id = need_id();
	struct fingerprint sum = { 0 };
	fingerprint_add(&sum, salt, &id);
	return sum;
}

static void test_hello(void **state)
{
	(void)state;
	struct frame_hello hello = { .time_s = NOON, .quality = TIME_SET };
	memcpy(hello.salt_half, HALF_A, sizeof(HALF_A));
	uint8_t bytes[32];
	struct writer w = writer_init(bytes, sizeof(bytes));
	frame_begin(&w, FRAME_HELLO);
	frame_hello_write(&w, &hello);
	example_is("hello", bytes, w.size);
}

static void test_left(void **state)
{
	(void)state;
	struct frame_left left = { .ahead = 12, .old = 1, .full = 200 };
	uint8_t bytes[16];
	struct writer w = writer_init(bytes, sizeof(bytes));
	frame_begin(&w, FRAME_LEFT);
	frame_left_write(&w, &left);
	example_is("left", bytes, w.size);
}

static void test_summary(void **state)
{
	(void)state;
	struct salt salt = salt_of_link(HALF_A, HALF_B, 0);
	struct frame_summary summary = { .count = 1, .fingerprint = fingerprint_example(&salt) };
	uint8_t bytes[32];
	struct writer w = writer_init(bytes, sizeof(bytes));
	frame_begin(&w, FRAME_SUMMARY);
	frame_summary_write(&w, &summary);
	example_is("summary", bytes, w.size);
	w = writer_init(bytes, sizeof(bytes));
	frame_begin(&w, FRAME_AGREE);
	frame_agree_write(&w, &summary.fingerprint);
	example_is("agree", bytes, w.size);
}

/* The one that dials holds the need alone, the other nothing of it. */
static void test_series(void **state)
{
	(void)state;
	uint32_t element = element_example(1);
	struct element_index_item item = { .element = element };
	struct element_index elements = { .count = 1, .items = &item };
	struct frame_probe probe = { .series = 1, .count = 1 };
	uint8_t bytes[EXAMPLE_SIZE_MAX];
	struct writer w = writer_init(bytes, sizeof(bytes));
	element_index_parity_probe(&elements, probe.parity);
	element_index_sketch(&elements, probe.syndromes, 0, PROBE_SYNDROMES, 1, 0);
	frame_begin(&w, FRAME_PROBE);
	frame_probe_write(&w, &probe);
	example_is("probe", bytes, w.size);

	w = writer_init(bytes, sizeof(bytes));
	frame_begin(&w, FRAME_ASK);
	frame_ask_write(&w,
			&(struct frame_ask){ .series = 1, .what = ASK_SYNDROMES, .buckets = 1, .from = 4, .to = 6 });
	example_is("ask", bytes, w.size);

	uint32_t more[2] = { 0 };
	w = writer_init(bytes, sizeof(bytes));
	element_index_sketch(&elements, more, 4, 6, 1, 0);
	frame_begin(&w, FRAME_SKETCH);
	frame_sketch_write(&w, &(struct frame_sketch){ .series = 1, .buckets = 1, .to = 6 });
	sketch_write(&w, more, 2);
	example_is("sketch", bytes, w.size);

	w = writer_init(bytes, sizeof(bytes));
	frame_begin(&w, FRAME_LIST);
	frame_list_write(&w, &(struct frame_list){ .series = 1 });
	write_u32(&w, element);
	example_is("list", bytes, w.size);

	/* One bucket: no gap, one rank, one element held there, rank 0 in no bits but the zero that ends its ones. */
	struct bit_writer bits;
	w = writer_init(bytes, sizeof(bytes));
	frame_begin(&w, FRAME_WANT);
	frame_want_write(&w, &(struct frame_want){ .series = 1, .buckets = 1, .first = 1 });
	bits = bit_writer_init(bytes + w.size, writer_room(&w));
	bits_write_gamma(&bits, 1);
	bits_write(&bits, 1, 6);
	bits_write(&bits, 1, 4);
	bits_write_rice(&bits, 0, 0);
	example_is("want", bytes, w.size + bits_size(&bits));
}

static void test_beacon(void **state)
{
	(void)state;
	struct salt salt = salt_of_beacon(0x83828180);
	struct entry_id id = need_id();
	uint32_t element = element_of(&salt, &id), syndromes[2] = { 0 };
	struct frame_beacon beacon = { .salt = 0x83828180, .days = { 2518, 2519 }, .part = 1 };
	uint8_t bytes[EXAMPLE_SIZE_MAX];
	struct writer w = writer_init(bytes, sizeof(bytes));
	sketch_add(syndromes, 0, 2, &element, 1);
	frame_begin(&w, FRAME_BEACON);
	frame_beacon_write(&w, &beacon);
	sketch_write(&w, syndromes, 2);
	example_is("beacon", bytes, w.size);

	w = writer_init(bytes, sizeof(bytes));
	frame_begin(&w, FRAME_CALL);
	frame_call_write(&w, &(struct frame_call){ .salt = 0x8180, .count = 1 });
	frame_call_element_write(&w, element);
	example_is("call", bytes, w.size);
}

static void test_entries_frame(void **state)
{
	(void)state;
	struct sample_key key = sample_key(KEY_B);
	struct entry note = note_example();
	struct sample entry = sample_signed(&note, &key);
	uint8_t bytes[EXAMPLE_SIZE_MAX];
	struct writer w = writer_init(bytes, sizeof(bytes));
	frame_begin(&w, FRAME_ENTRIES);
	frame_entry_write(&w, sample_view(&entry));
	example_is("entries", bytes, w.size);
}

static void test_packed(void **state)
{
	const struct {
		const char *name;
		struct entry entry;
		uint8_t key;
	} ROWS[] = { { "packed", need_example(), KEY_A },
		     { "packed move", move_example(), KEY_B },
		     { "packed note", note_example(), KEY_B } };
	(void)state;
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		struct sample_key key = sample_key(ROWS[i].key);
		struct sample entry = sample_signed(&ROWS[i].entry, &key);
		uint8_t bytes[ENTRY_SIZE_MAX];
		size_t size = entry_pack(bytes, sample_view(&entry));
		example_is(ROWS[i].name, bytes, size);
	}
}

static void test_sealed(void **state)
{
	(void)state;
	uint8_t bytes[SEAL_KEY_SIZE], nonce[SEAL_NONCE_SIZE], beacon[EXAMPLE_SIZE_MAX], sealed[RADIO_FRAME_MAX];
	uint8_t opened[RADIO_FRAME_MAX];
	struct seal_key key;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	for (size_t i = 0; i < sizeof(nonce); i++)
		nonce[i] = (uint8_t)(0xa0 + i);
	seal_key_init(&key, bytes);
	struct view frame = { .data = beacon, .size = example_read(beacon, "beacon") };
	size_t size = seal_close(sealed, sizeof(sealed), &key, nonce, frame);
	example_is("sealed", sealed, size);
	assert_int_equal(seal_open(opened, sizeof(opened), &key, 1, (struct view){ sealed, size }), frame.size);
	assert_memory_equal(opened, beacon, frame.size);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),   cmocka_unit_test(test_entries),       cmocka_unit_test(test_hello),
		cmocka_unit_test(test_left),   cmocka_unit_test(test_summary),       cmocka_unit_test(test_series),
		cmocka_unit_test(test_beacon), cmocka_unit_test(test_entries_frame), cmocka_unit_test(test_packed),
		cmocka_unit_test(test_sealed),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests(tests, wire_md_read, wire_md_free);
}
