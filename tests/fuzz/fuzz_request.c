/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as the JSON of a request, of each verb: what is read keeps the types of the door, what is refused is
 * refused with a whole sentence of UTF-8. */
#include <assert.h>
#include <string.h>

#include "board/api/request_json.h"
#include "board/text/utf8.h"

enum { BODY_MAX = 256 << 10 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
	char repaired[BODY_MAX];

	if (!text)
		return;
	assert(strlen(text) < sizeof repaired);
	memcpy(repaired, text, strlen(text) + 1);
	utf8_repair(repaired);
	assert(strcmp(text, repaired) == 0);
}

static void check_request(const struct door_request *r, enum door_verb verb)
{
	assert(r->verb == verb);
	check_text(r->ref);
	check_text(r->name);
	check_text(r->site);
	check_text(r->item);
	check_text(r->text);
	check_text(r->of);
	check_text(r->key);
	if (r->fields & DOOR_PLACE) {
		assert(r->place.lat_e6 >= -90000000 && r->place.lat_e6 <= 90000000);
		assert(r->place.lon_e6 >= -180000000 && r->place.lon_e6 <= 180000000);
	}
	if (r->fields & DOOR_GIVING)
		assert(r->giving.from <= 48 && r->giving.to <= 48 && r->giving.days < 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_error_t json_error;
	json_t *value;

	if (size > BODY_MAX)
		return 0;
	value = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, &json_error);
	if (!value)
		return 0;
	for (int verb = DOOR_SITE; verb <= DOOR_SELF; verb++) {
		struct said error = { 0 };
		struct request_json ask;
		char text[SAID_WRITTEN_SIZE];

		if (request_json_read(&ask, &error, (enum door_verb)verb, value)) {
			check_request(&ask.request, (enum door_verb)verb);
			continue;
		}
		assert(!said_is_empty(&error));
		said_write(text, sizeof text, LANGUAGE_ES, &error);
		check_text(text);
	}
	json_decref(value);
	return 0;
}
