/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a CAP message: what is taken fits a note and is clean text, what is refused is refused with a whole
 * sentence; and what was taken adds nothing when it comes again. */
#include "board/tables/cap.h"
#include "board/tables/cap_import.h"
#include "board/text/utf8.h"
#include "tests/unit/fake_board.h"

enum { FILE_MAX = 65536, NOTE_ROOM = 112 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uv_loop_t loop;
static struct fake fake;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fake_init(&fake);
	return uv_loop_init(&loop);
}

/* UTF-8 without control characters, in one line. */
static void check_text(const char *text)
{
	const char *rest = text;
	uint32_t c;

	assert(utf8_is_valid(text, strlen(text)));
	while ((c = utf8_next(&rest)) != 0)
		assert(c >= ' ' && (c < 0x7F || c > 0x9F));
}

static void check_alert(const struct cap_alert *alert)
{
	check_text(alert->text);
	check_text(alert->source);
	assert(alert->source[0] != '\0' && alert->severity <= 4 && alert->number != 0);
	assert(alert->reference_count <= CAP_REFERENCES_MAX && alert->expires >= 0);
	assert(alert->info_count > 0 ? alert->text[0] != '\0' : alert->type == CAP_CANCEL);
}

static void on_finished(void *user, json_t *result)
{
	json_int_t *sums = user;

	sums[0] = json_integer_value(json_object_get(result, "added"));
	sums[1] = json_integer_value(json_object_get(result, "known"));
	json_decref(result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cap_alert alert;
	json_int_t sums[2] = { -1, -1 };
	struct import_config config = { .loop = &loop,
					.view = &fake.view,
					.door = &fake.door,
					.data = (const char *)data,
					.size = size,
					.finished = on_finished,
					.user = sums };
	struct said error = { 0 };
	struct cap_import *import = NULL;

	if (size > FILE_MAX)
		return 0;
	if (!cap_read(&alert, &error, config.data, size)) {
		assert(!said_is_empty(&error));
		return 0;
	}
	check_alert(&alert);
	fake.note_count = 0;
	if (cap_import_start(&import, &error, &config) != IMPORT_OK) {
		assert(!said_is_empty(&error) && sums[0] == -1);
		return 0;
	}
	assert(import == NULL && sums[0] == 1);
	assert(strlen(fake.last_text) > 0 && strlen(fake.last_text) <= NOTE_ROOM);
	check_text(fake.last_text);
	fake.notes[fake.note_count++] =
		(struct view_note){ .record = fake_record(alert.number, "Oak"), .kind = VIEW_ALERT };
	assert(cap_import_start(&import, &error, &config) == IMPORT_OK && sums[0] == 0 && sums[1] == 1);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	return 0;
}
