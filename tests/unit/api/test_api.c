/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What the API answers, and what of it reaches the door. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/api_node.h"

static const struct {
	const char *method, *target, *type, *data;
	int status;
	const char *part;
} WRONG_REQUESTS[] = {
	{ "GET", "/nothing", "", "", 404, "/v1/status" },
	{ "DELETE", "/v1/status", "", "", 405, "takes GET" },
	{ "GET", "/v1/line", "", "", 405, "takes POST" },
	{ "POST", "/v1/line", "text/plain", "{}", 415, "application/json" },
	{ "POST", "/v1/line", "", "{}", 415, "application/json" },
	{ "POST", "/v1/line", "application/jsonp", "{}", 415, "application/json" },
	{ "POST", "/v1/line", "application/json", "{\"kind\":", 400, "broken at line 1" },
	{ "POST", "/v1/line", "application/json", "{\"kind\":\"need\",\"kind\":\"need\"}", 400, "broken" },
	{ "POST", "/v1/line", "application/json", "{\"kind\":\"need\",\"item\":\"water\",\"colour\":1}", 400,
	  "Unknown field \\\"colour\\\"" },
	{ "POST", "/v1/line", "application/json", "{\"kind\":\"wish\",\"item\":\"water\"}", 400,
	  "need, offer, stock or round" },
	{ "POST", "/v1/line", "application/json", "{\"kind\":\"round\",\"doors\":{\"asked\":4}}", 400,
	  "three numbers" },
	{ "POST", "/v1/line", "application/json", "{\"kind\":\"need\",\"item\":\"water\",\"flags\":[\"recurring\"]}",
	  400, "every" },
	{ "POST", "/v1/line", "application/json", "{\"kind\":\"need\",\"item\":\"water\",\"quantity\":1.0001}", 400,
	  "three decimals" },
	{ "POST", "/v1/line", "application/json", "{\"kind\":\"need\",\"item\":\"water\",\"quantity\":-1}", 400,
	  "quantity" },
	{ "POST", "/v1/line", "application/json", "{\"kind\":\"need\",\"item\":\"water\",\"people\":1.5}", 400,
	  "people" },
	{ "POST", "/v1/line", "application/json", "{\"kind\":\"need\",\"item\":\"wa\\u0000ter\"}", 400, "broken" },
	{ "POST", "/v1/site", "application/json", "{\"name\":\"Oak\",\"lat\":35}", 400, "together" },
	{ "POST", "/v1/site", "application/json", "{\"name\":\"Oak\",\"lat\":95,\"lon\":1}", 400, "-90 to 90" },
	{ "POST", "/v1/site", "application/json", "{\"name\":\"Oak\",\"place\":{\"lat\":91,\"lon\":0}}", 400,
	  "degrees" },
	{ "POST", "/v1/site", "application/json", "{\"name\":\"Oak\",\"giving\":{\"from\":\"8:15\",\"to\":\"17:00\"}}",
	  400, "half hours" },
	{ "POST", "/v1/site", "application/json", "[{\"name\":\"Oak\"},{\"nam\":\"Elm\"}]", 400, "Object 2" },
	{ "POST", "/v1/site", "application/json", "[[[[[[[[]]]]]]]]", 400, "deeply" },
	{ "POST", "/v1/site", "application/json", "5", 400, "broken" },
	{ "POST", "/v1/site", "application/json", "{\"name\":\"Forbidden\"}", 403, "author" },
	{ "POST", "/v1/move", "application/json", "{\"of\":\"x\"}", 400, "stage is missing" },
	{ "POST", "/v1/import?kind=pet", "text/csv", "name\nOak\n", 400, "site, need" },
	{ "POST", "/v1/import", "application/json", "name\nOak\n", 415, "text/csv" },
	{ "POST", "/v1/import", "text/csv", "foo\n1\n", 400, "kind=site" },
	{ "POST", "/v1/import", "text/xml", "<alert/>", 415, "application/cap+xml" },
	{ "POST", "/v1/import", "application/cap+xml", "<alert/>", 400, "no CAP message" },
	{ "POST", "/v1/import", "application/cap+xml", "", 400, "broken" },
	{ "GET", "/v1/export", "", "", 400, "hxl, geojson or cap" },
	{ "GET", "/v1/export?format=hxl", "", "", 400, "site, need, offer or stock" },
	{ "GET", "/v1/export?format=cap", "", "", 400, "which alert" },
	{ "GET", "/v1/export?format=cap&ref=x", "", "", 404, "no note" },
	{ "GET", "/v1/lines?kind=stocks", "", "", 400, "need, offer, stock or round" },
	{ "GET", "/v1/lines?at=yesterday", "", "", 400, "2026-" },
	{ "GET", "/v1/plan?item=unicorn", "", "", 404, "no item" },
	{ "GET", "/v1/plan?item=100", "", "", 404, "no item" },
	{ "GET", "/v1/plan?limit=0", "", "", 400, "limit" },
	{ "GET", "/v1/lcd?size=40x2", "", "", 400, "20x4" },
	{ "GET", "/v1/record/nothing", "", "", 404, "nothing" },
	{ "GET", "/v1/ask/weather", "", "", 404, "short, runs-out" },
	{ "GET", "/v1/ask/load", "", "", 400, "for which site" },
	{ "GET", "/v1/ask/short?km=far", "", "", 400, "km must be a number" },
	{ "GET", "/v1/ask/load?site=Oak&kg=-1", "", "", 400, "kg must be a number" },
	{ "GET", "/v1/ask/late?at=yesterday", "", "", 400, "2026-" },
	{ "POST", "/v1/bundle", "application/octet-stream", "", 400, "empty" },
};

static void wrong_requests_get_a_sentence(void **state)
{
	struct node *n = *state;

	for (size_t i = 0; i < sizeof(WRONG_REQUESTS) / sizeof(WRONG_REQUESTS[0]); i++) {
		const char *body;
		json_t *json;

		print_message("%s %s %s\n", WRONG_REQUESTS[i].method, WRONG_REQUESTS[i].target, WRONG_REQUESTS[i].data);
		assert_int_equal(ask(n, WRONG_REQUESTS[i].method, WRONG_REQUESTS[i].target, WRONG_REQUESTS[i].type,
				     WRONG_REQUESTS[i].data, &body),
				 WRONG_REQUESTS[i].status);
		assert_non_null(strstr(body, WRONG_REQUESTS[i].part));
		json = json_loads(body, 0, NULL);
		assert_true(json_is_string(json_object_get(json, "error")));
		assert_true(json_is_string(json_object_get(json, "code")));
		assert_true(json_is_object(json_object_get(json, "values")));
		json_decref(json);
	}
	assert_int_equal(n->fake.site_count, 0);
	assert_int_equal(n->fake.line_count, 0);
}

static void every_question_is_answered_as_json_and_as_text(void **state)
{
	static const struct {
		const char *question, *text;
	} ROWS[] = {
		{ "short", "Drinking water: 120.5 L short in 2 needs for 40 people, first due in 4 h, nearest Oak "
			   "(1.2 km NE). Oldest word 3 h ago. 4Q7-K2NX\n" },
		{ "runs-out", "120.5 L Drinking water at Oak (1.2 km NE), gone in 4 h. Said 3 h ago. 4Q7-K2NX\n" },
		{ "load?site=Oak", "120.5 L Drinking water, weigh it, due in 4 h. Said 3 h ago. 4Q7-K2NX\n" },
		{ "news", "need: 120.5 L Drinking water at Oak (1.2 km NE), due in 4 h. Said 3 h ago. 4Q7-K2NX\n" },
		{ "late", "120.5 L Drinking water at Oak (1.2 km NE), due in 4 h. Said 3 h ago. 4Q7-K2NX\n" },
		{ "surplus", "120.5 L Drinking water at Oak (1.2 km NE). Said 3 h ago. 4Q7-K2NX\n" },
		{ "unconfirmed", "120.5 L Drinking water at Oak (1.2 km NE), due in 4 h. Said 3 h ago. 4Q7-K2NX\n" },
		{ "silent", "Oak (1.2 km NE), 40 people, 2 needs open when last heard. Heard 3 h ago. 4Q7-K2NX\n" },
		{ "served",
		  "120.5 L Drinking water at Oak (1.2 km NE), 0 L for each of 40 people. Oldest word 3 h ago. "
		  "4Q7-K2NX\n" },
		{ "expiring", "120.5 L Drinking water at Oak (1.2 km NE), ends in 4 h. Said 3 h ago. 4Q7-K2NX\n" },
	};
	struct node *n = *state;

	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		char path[80];
		const char *body;

		snprintf(path, sizeof(path), "/v1/ask/%s", ROWS[i].question);
		assert_int_equal(get(n, path, &body), 200);
		assert_non_null(strstr(body, "\"rows\":[{"));
		assert_non_null(strstr(body, "\"said\":\"2026-09-14T05:00:00Z\""));
		assert_non_null(strstr(body, "\"way\":\"1.2 km NE\""));
		snprintf(path, sizeof(path), "/v1/ask/%s%cas=text", ROWS[i].question,
			 strchr(ROWS[i].question, '?') != NULL ? '&' : '?');
		assert_int_equal(get(n, path, &body), 200);
		assert_string_equal(body, ROWS[i].text);
	}
}

static void a_code_is_drawn_of_what_fits(void **state)
{
	struct node *n = *state;
	const char *body;

	assert_int_equal(get(n, "/v1/qr?text=http%3A%2F%2F10.41.0.1%3A8024%2F", &body), 200);
	assert_memory_equal(body, "<svg xmlns=", 11);
	/* Version 2 has 25 modules, and four around it; its upper left corner is a black bar of seven. */
	assert_non_null(strstr(body, "viewBox=\"0 0 33 33\""));
	assert_non_null(strstr(body, "M4 4h7v1h-7z"));
	assert_int_equal(get(n, "/v1/qr", &body), 400);
}

static void lists_can_be_copied_as_text(void **state)
{
	struct node *n = *state;
	const char *body;

	assert_int_equal(post(n, "/v1/line",
			      "{\"kind\":\"need\",\"item\":\"water\",\"quantity\":120,\"people\":40,\"infants\":1,"
			      "\"site\":\"Oak\"}",
			      &body),
			 200);
	n->fake.lines[0].due = FAKE_NOW + 5 * 3600;
	assert_int_equal(get(n, "/v1/lines?as=text", &body), 200);
	assert_string_equal(body,
			    "Need: 120 of 120 L water at Oak, 40 people, 1 infant, open, due in 5 h. Said 3 h ago by "
			    "Oak. 101-AAAA\n");
	assert_int_equal(get(n, "/v1/sites?as=text", &body), 200);
	assert_string_equal(body, "");
}

static void need_is_written_and_read_again(void **state)
{
	struct node *n = *state;
	const char *body;

	assert_int_equal(post(n, "/v1/site", "{\"name\":\"Oak\"}", &body), 200);
	assert_int_equal(post(n, "/v1/line",
			      "{\"kind\":\"need\",\"item\":101,\"quantity\":\"12.5\",\"people\":40,\"site\":\"Oak\","
			      "\"flags\":[\"can-collect\",\"drill\"],\"within\":24}",
			      &body),
			 200);
	assert_non_null(strstr(body, "\"ref\":\"101-AAAA\""));
	assert_string_equal(n->fake.last_item, "101");
	assert_int_equal(n->fake.last.fields,
			 DOOR_ITEM | DOOR_QUANTITY | DOOR_PEOPLE | DOOR_SITE_REF | DOOR_FLAGS | DOOR_WITHIN);
	assert_int_equal(n->fake.last.flags, 10);
	assert_int_equal(post(n, "/v1/line", "{\"kind\":\"stock\",\"item\":\"r\",\"quantity\":0.1}", &body), 200);
	assert_int_equal(n->fake.lines[1].quantity_milli, 100);
	assert_int_equal(get(n, "/v1/lines?kind=need&site=oak", &body), 200);
	assert_non_null(strstr(body, "\"quantity\":12.5,"));
	assert_non_null(strstr(body, "\"changed\":\"2026-09-14T05:00:00Z\""));
	assert_null(strstr(body, "\"stock\""));
	assert_int_equal(get(n, "/v1/record/101aaaa", &body), 200);
	assert_non_null(strstr(body, "{\"kind\":\"need\",\"record\":{"));
	assert_int_equal(get(n, "/v1/status", &body), 200);
	assert_non_null(strstr(body, "\"picture\":\"4f2a1c9d\""));
}

static void plan_is_suggested_and_what_is_apart_listed_apart(void **state)
{
	struct node *n = *state;
	const char *body;

	n->fake.line_count = 3;
	assert_int_equal(get(n, "/v1/plan?item=drinking-water", &body), 200);
	assert_non_null(strstr(body,
			       "{\"digest\":\"3f2a-91c0\",\"hour\":\"2026-09-14T08:00:00Z\",\"portions\":[{\"need\":"
			       "\"4Q7-K2NX\","));
	assert_non_null(strstr(body, "\"item\":101,"));
	assert_non_null(strstr(body, "\"quantity\":120,"));
	assert_non_null(strstr(body, "}],\"others\":[{"));
	assert_int_equal(get(n, "/v1/plan?limit=1&at=2026-09-14T09:00:00Z", &body), 200);
	assert_non_null(strstr(body, "\"hour\":\"2026-09-14T09:00:00Z\""));
	assert_null(strstr(body, "},{"));
	n->fake.status.time_quality = VIEW_TIME_GUESSED;
	assert_int_equal(get(n, "/v1/plan?item=101", &body), 200);
	assert_non_null(strstr(body, "{\"digest\":null,"));
}

static void the_date_is_shown_and_set(void **state)
{
	static const struct {
		const char *asked;
		int status;
		const char *answer;
	} ROWS[] = {
		{ "{\"set\":\"tomorrow\"}", 400, "\"code\":\"clock-form\"" },
		{ "{\"set\":\"2026-09-14\"}", 400, "\"code\":\"clock-form\"" },
		{ "{\"set\":\"2019-12-31 12:00\"}", 400,
		  "\"code\":\"date-wrong\",\"values\":{\"date\":\"2019-12-31T12:00:00Z\"}" },
		{ "{}", 400, "\"code\":\"clock-asked\"" },
		{ "[]", 400, "\"code\":\"clock-asked\"" },
		{ "x", 400, "\"code\":\"clock-asked\"" },
		{ "{\"confirm\":false}", 400, "\"code\":\"clock-asked\"" },
		{ "{\"confirm\":true,\"phone\":1}", 400, "\"code\":\"clock-asked\"" },
		{ "{\"confirm\":true,\"colour\":1}", 400, "\"code\":\"clock-asked\"" },
		{ "{\"set\":\"2026-09-20 12:00\"}", 409, "\"ask\":true" },
		{ "{\"phone\":1789372860999}", 200,
		  "\"quality\":\"set\",\"source\":\"phone\",\"now\":\"2026-09-14T08:01:00Z\"" },
		{ "{\"phone\":1}", 200, "\"source\":\"phone\",\"now\":\"2026-09-14T08:01:00Z\"" },
		{ "{\"phone\":1789372560000}", 200,
		  "\"sentence_said\":[{\"code\":\"clock-set\",\"values\":{\"source\":3}}]}}" }, /* near enough */
		{ "{\"phone\":1789369260000}", 200,
		  "\"remark\":\"This phone says 14 Sep 2026 07:01, this node 14 Sep 2026 08:01: which is right?" },
		{ "{\"set\":\"09:30\"}", 200, "\"source\":\"person\",\"now\":\"2026-09-14T09:30:00Z\"" },
		{ "{\"set\":\"2026-09-14T10:40+02:00\"}", 200, "\"now\":\"2026-09-14T08:40:00Z\"" },
		{ "{\"set\":\"2026-09-20 12:00\",\"sure\":true}", 200,
		  "\"date\":\"20 Sep 2026 12:00\",\"zone\":\"UTC\"" },
	};
	struct node *n = *state;
	const char *body;

	n->fake.status.time_quality = VIEW_TIME_GUESSED;
	assert_int_equal(get(n, "/v1/clock", &body), 200);
	assert_string_equal(
		body, "{\"clock\":{\"quality\":\"guessed\",\"source\":\"nobody\",\"now\":\"2026-09-14T08:00:00Z\","
		      "\"date\":\"14 Sep 2026 08:00\",\"zone\":\"UTC\",\"asks\":null,\"wrong\":false,"
		      "\"sentence\":\"The date is a guess: 14 Sep 2026 08:00. Is it right? Then "
		      "\\\"aidmesh clock confirm\\\"; else set it, such as: aidmesh clock set "
		      "\\\"2026-11-30 12:40\\\".\",\"sentence_said\":[{\"code\":\"clock-guessed\",\"values\":"
		      "{\"date\":\"2026-09-14T08:00:00Z\"}}]}}");
	assert_int_equal(get(n, "/v1/status", &body), 200);
	assert_non_null(strstr(body, "\"time_quality\":\"guessed\",\"clock\":{\"quality\":\"guessed\","));
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		print_message("%s\n", ROWS[i].asked);
		assert_int_equal(post(n, "/v1/clock", ROWS[i].asked, &body), ROWS[i].status);
		if (strstr(body, ROWS[i].answer) == NULL)
			fail_msg("%s is not in %s", ROWS[i].answer, body);
	}
	n->fake.status.clock_asks = FAKE_NOW + 40 * 86400;
	n->fake.status.clock_is_wrong = true;
	assert_int_equal(get(n, "/v1/clock", &body), 200);
	assert_non_null(strstr(
		body, "\"asks\":\"2026-10-24T08:00:00Z\",\"wrong\":true,\"sentence\":\"The clock of the system is "
		      "wrong, and is not used. Is it 24 Oct 2026 08:00? Until now it was 20 Sep 2026 12:00 "
		      "here."));
	assert_int_equal(post(n, "/v1/clock", "{\"confirm\":true,\"sure\":true}", &body), 200);
	assert_non_null(strstr(body, "\"now\":\"2026-10-24T08:00:00Z\""));
}

/* What is not taken between two nodes, as data and in words. */
static void peers_say_what_they_do_not_take(void **state)
{
	struct node *n = *state;
	struct view_peer *elm = &n->fake.peers[n->fake.peer_count++];
	const char *body;

	*elm = (struct view_peer){ .name = "Elm",
				   .state = VIEW_PEER_LEFT,
				   .trust = VIEW_TRUSTED,
				   .since = FAKE_NOW - 120,
				   .not_taken_there = { .clock = 12, .full = 1 },
				   .not_taken_here = { .policy = 2, .age = 1 },
				   .time_quality = VIEW_TIME_TOLD,
				   .clock_ahead_s = -40 * 86400 };
	assert_int_equal(get(n, "/v1/peers", &body), 200);
	assert_non_null(strstr(body, "\"state\":\"not-taken\",\"trust\":\"trusted\""));
	assert_non_null(strstr(body,
			       "\"not_taken_there\":{\"clock\":12,\"age\":0,\"full\":1,\"policy\":0},"
			       "\"not_taken_here\":{\"clock\":0,\"age\":1,\"full\":0,\"policy\":2},"
			       "\"time_quality\":\"told\",\"clock_ahead_s\":-3456000,\"about\":\"12 entries not taken "
			       "there: its clock? Set it there: \\\"aidmesh clock\\\". Its clock is 40 d behind ours. "
			       "1 entry not taken there: its memory is full."));
	assert_int_equal(get(n, "/v1/peers?as=text", &body), 200);
	assert_memory_equal(
		body,
		"Elm: not\u00a0taken, 0 came in, 0 went out, here since 2 min ago. 12 entries not taken there: ", 90);
	elm->time_quality = VIEW_TIME_SET; /* as ours is: who is to blame? */
	assert_int_equal(get(n, "/v1/peers", &body), 200);
	assert_non_null(strstr(
		body,
		"\"about\":\"12 entries not taken there: which clock is wrong? Compare both with a watch or phone: "
		"\\\"aidmesh clock\\\". The two dates are 40 d apart: one of the two clocks is wrong. "));
	n->fake.status.time_quality = VIEW_TIME_GUESSED;
	elm->clock_ahead_s = 299;
	elm->not_taken_there.full = 0;
	assert_int_equal(get(n, "/v1/peers", &body), 200);
	assert_non_null(strstr(
		body, "\"about\":\"12 entries not taken there: our clock? \\\"aidmesh clock\\\" shows and sets it. "
		      "1 entry not taken here: they end today. 2 entries not taken here: against"));
}

static void the_radio_is_shown_with_whom_it_hears(void **state)
{
	static const char spanish[] = "GET /v1/radio HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
				      "Accept-Language: es\r\n\r\n";
	struct node *n = *state;
	const char *body;

	assert_int_equal(get(n, "/v1/radio", &body), 200);
	assert_non_null(strstr(body, "{\"state\":\"off\","));
	n->fake.radio = (struct view_radio){ .state = VIEW_RADIO_UP,
					     .port = "/dev/ttyUSB0",
					     .device = "RNode (ESP32)",
					     .region = "EU868",
					     .frequency_hz = 869525000,
					     .bandwidth_hz = 125000,
					     .spreading = 9,
					     .coding = 5,
					     .power_dbm = 14,
					     .duty_permille = 10,
					     .used_ms = 3200,
					     .left_ms = 32800,
					     .urgent = 2,
					     .rest = 14,
					     .frames_in = 120,
					     .foreign = 3,
					     .is_safe = true,
					     .is_sealed = true,
					     .station_count = 2 };
	said_decide(&n->fake.radio.said, SAY_OF(RADIO_ASKING, say_text("/dev/ttyUSB0")));
	n->fake.radio.stations[0] = (struct view_station){
		.name = "Elm", .has_signal = true, .rssi_dbm = -97, .snr_quarter_db = -25, .heard = FAKE_NOW
	};
	n->fake.radio.stations[1] = (struct view_station){ .name = "3f2a", .heard = FAKE_NOW - 60 };
	assert_int_equal(get(n, "/v1/radio", &body), 200);
	assert_non_null(strstr(body, "\"state\":\"up\","));
	assert_non_null(strstr(body, "\"sentence\":\"Something is on /dev/ttyUSB0: it is asked what it is.\","));
	assert_non_null(strstr(body, "\"sentence_said\":[{\"code\":\"radio-asking\","
				     "\"values\":{\"port\":\"/dev/ttyUSB0\"}}]"));
	assert_non_null(
		strstr(body, "\"setting\":{\"frequency_hz\":869525000,\"bandwidth_hz\":125000,\"spreading\":9,"));
	assert_non_null(strstr(body, "\"airtime\":{\"duty_permille\":10,\"used_ms\":3200,\"left_ms\":32800},"
				     "\"queue\":{\"cards\":0,\"urgent\":2,\"rest\":14},\"safe\":true,"));
	assert_non_null(strstr(
		body, "\"sealed\":true,\"stations\":[{\"name\":\"Elm\",\"heard\":\"2026-09-14T08:00:00Z\","
		      "\"rssi_dbm\":-97,\"snr_db\":-6.25},{\"name\":\"3f2a\",\"heard\":\"2026-09-14T07:59:00Z\"}],"));
	/* In the reader's language, with the same code. */
	assert_true(ask_raw(n, HTTP_TCP, spanish, sizeof(spanish) - 1, &body) == 200);
	assert_non_null(strstr(body, "\"sentence\":\"Hay algo en /dev/ttyUSB0: se le pregunta qué es.\","));
	assert_non_null(strstr(body, "{\"code\":\"radio-asking\","));
}

/* Quantities with a unit and places in words are understood behind the door, which knows item and sites. */
static void what_people_type_reaches_the_door(void **state)
{
	static const struct {
		const char *quantity, *measure, *error; /* error NULL: it passes */
		uint64_t milli;
	} ROWS[] = {
		{ "120", "", NULL, 120000 },
		{ "30 gal", "30 gal", NULL, 0 },
		{ "12,5", "12,5", NULL, 0 },
		{ "2 packs of 12", "2 packs of 12", NULL, 0 },
		{ "3 bushels", "3 bushels", NULL, 0 }, /* the door says what would be right for the item */
		{ "lots", NULL, "must be a number such as 120 or 12.5", 0 },
		{ "1,200", NULL, "write 1200 for the one", 0 },
		{ "", NULL, "must be a number", 0 },
	};
	struct node *n = *state;
	const char *body;

	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		char json[160];

		snprintf(json, sizeof(json),
			 "{\"kind\":\"need\",\"item\":\"water\",\"place\":\"PXF2+8R\",\"quantity\":\"%s\"}",
			 ROWS[i].quantity);
		assert_int_equal(post(n, "/v1/line", json, &body), ROWS[i].error == NULL ? 200 : 400);
		if (ROWS[i].error != NULL) {
			assert_non_null(strstr(body, ROWS[i].error));
			continue;
		}
		assert_string_equal(n->fake.last_measure, ROWS[i].measure);
		assert_string_equal(n->fake.last_where, "PXF2+8R");
		assert_int_equal(n->fake.last.quantity_milli, ROWS[i].milli);
		assert_int_equal(n->fake.last.fields, DOOR_ITEM | DOOR_QUANTITY | DOOR_PLACE);
	}
}

static void catalogue_is_listed_and_searched(void **state)
{
	struct node *n = *state;
	const char *body;

	assert_int_equal(get(n, "/v1/catalog", &body), 200);
	assert_non_null(strstr(body, "\"code\":101,"));
	assert_non_null(strstr(body, "\"code\":1699,"));
	assert_int_equal(get(n, "/v1/catalog?q=PA%C3%91AL%20DE%20ADULTO&limit=1", &body), 200);
	assert_non_null(strstr(
		body, "{\"items\":[{\"code\":507,\"slug\":\"incontinence\",\"sector\":\"hygiene\",\"unit\":\"each\","
		      "\"applies_to\":\"incontinent\",\"tier\":2,\"sealed\":false,\"suggestion\":true,"
		      "\"kg_estimate\":true,\"kg_each\":0.12,\"per_person_per_day\":5,\"once_per_unit\":null,"));
	assert_non_null(strstr(body, "\"labels\":{\"en\":\"Adult briefs\","));
	assert_non_null(strstr(body, "\"clear\":507}"));
	assert_int_equal(get(n, "/v1/catalog?q=diapers", &body), 200);
	assert_memory_equal(body, "{\"items\":[{\"code\":601,", 22);
	assert_non_null(strstr(body, "\"clear\":0}"));
	assert_int_equal(get(n, "/v1/catalog?q=piano", &body), 200);
	assert_string_equal(body, "{\"items\":[],\"clear\":0}");
	assert_int_equal(get(n, "/v1/catalog?limit=0", &body), 400);
}

static void ways_are_told_from_where_the_node_stands(void **state)
{
	struct node *n = *state;
	const char *body;

	assert_int_equal(post(n, "/v1/site", "{\"name\":\"Elm\",\"place\":\"35.1,-77.0\"}", &body), 200);
	assert_int_equal(get(n, "/v1/sites", &body), 200);
	assert_null(strstr(body, "\"way\""));
	n->fake.sites[0].way = (struct view_way){ 1234, "NE" };
	assert_int_equal(get(n, "/v1/sites", &body), 200);
	assert_non_null(strstr(body, "\"distance_m\":1234,\"way\":\"1.2 km NE\""));
	n->fake.sites[0].place.digits = 6;
	assert_int_equal(get(n, "/v1/sites", &body), 200);
	assert_non_null(strstr(body, "\"way\":\"about 1.2 km NE\""));
	n->fake.sites[0].way = (struct view_way){ 0, "" };
	assert_int_equal(get(n, "/v1/sites", &body), 200);
	assert_non_null(strstr(body, "\"way\":\"here\""));
	assert_int_equal(get(n, "/v1/picture", &body), 200);
	assert_null(strstr(body, "\"way\""));
}

static void moves_notes_and_trust_reach_the_door(void **state)
{
	struct node *n = *state;
	const char *body;

	assert_int_equal(post(n, "/v1/move",
			      "{\"stage\":\"pledged\",\"of\":\"a\",\"due\":\"2026-09-14T10:00:00+02:00\"}", &body),
			 200);
	assert_int_equal(n->fake.last.verb, DOOR_MOVE);
	assert_int_equal(n->fake.last.stage, VIEW_PLEDGED);
	assert_int_equal(n->fake.last.due, FAKE_NOW);
	assert_int_equal(
		post(n, "/v1/note", "{\"kind\":\"alert\",\"severity\":\"severe\",\"text\":\"br\u00fccke\"}", &body),
		200);
	assert_int_equal(n->fake.last.note_kind, VIEW_ALERT);
	assert_int_equal(n->fake.last.severity, 3);
	assert_string_equal(n->fake.last_text, "br\u00fccke");
	assert_int_equal(post(n, "/v1/trust", "{\"kind\":\"keeper-end\",\"key\":\"Elm\",\"site\":\"Oak\"}", &body),
			 200);
	assert_int_equal(n->fake.last.trust_kind, 3);
	assert_string_equal(n->fake.last_key, "Elm");
	assert_int_equal(post(n, "/v1/self", "{\"name\":\"Oak\",\"language\":\"en es\"}", &body), 200);
	assert_int_equal(post(n, "/v1/site",
			      "{\"name\":\"Oak\",\"giving\":{\"from\":\"08:30\",\"to\":\"17:00\",\"days\":[\"mon\"]},"
			      "\"takes\":[\"water\",\"safety\"],\"state\":\"full\"}",
			      &body),
			 200);
	assert_int_equal(n->fake.last.giving.from, 17);
	assert_int_equal(n->fake.last.giving.days, 1);
	assert_int_equal(n->fake.last.takes, 0x8001);
	assert_int_equal(n->fake.last.state, VIEW_SITE_FULL);
}

static void list_is_answered_when_all_are_on_disk(void **state)
{
	static char data[20000] = "[{\"name\":\"Forbidden\"}";
	struct node *n = *state;
	char request[20200];
	struct asker *a;
	json_t *list;
	int size;

	for (int i = 0; i < 200; i++)
		snprintf(data + strlen(data), sizeof(data) - strlen(data), ",{\"name\":\"Site %d\"}", i);
	strcat(data, "]");
	n->fake.when = FAKE_LATER;
	n->fake.busy = 3;
	size = snprintf(request, sizeof(request),
			"POST /v1/site HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: "
			"application/json; charset=utf-8\r\nContent-Length: %zu\r\n\r\n%s",
			strlen(data), data);
	a = asker_open(n, HTTP_UNIX, request, (size_t)size);
	while (!a->ended) {
		assert_true(a->in_size == 0 || n->fake.submitted == 201);
		fake_answer_all(&n->fake);
		uv_run(&n->loop, UV_RUN_ONCE);
	}
	list = json_loads(strstr(a->in, "\r\n\r\n") + 4, 0, NULL);
	assert_int_equal(json_array_size(list), 201);
	assert_int_equal(json_integer_value(json_object_get(json_array_get(list, 0), "status")), 403);
	assert_string_equal(json_string_value(json_object_get(json_array_get(list, 200), "ref")), "200-AAAA");
	assert_int_equal(n->fake.site_count, 200);
	assert_in_range(n->fake.under_way_most, 2, BATCH_UNDER_WAY_MAX);
	json_decref(list);
	asker_close(n, a);
}

static void busy_door_is_said_at_once(void **state)
{
	struct node *n = *state;
	const char *body;

	n->fake.busy = 1;
	assert_int_equal(post(n, "/v1/site", "{\"name\":\"Oak\"}", &body), 503);
	assert_non_null(strstr(answer, "Retry-After: 1"));
	assert_non_null(strstr(body, "try again"));
}

static void listener_hears_of_changes(void **state)
{
	static const char REQUEST[] = "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
	struct node *n = *state;
	struct asker *a = asker_open(n, HTTP_TCP, REQUEST, sizeof(REQUEST) - 1), *more[API_LISTENERS_MAX];
	const char *body;

	wait_for(n, a, "data: {\"picture\":\"4f2a1c9d\"}\n\n");
	assert_non_null(strstr(a->in, "Content-Type: text/event-stream"));
	strcpy(n->fake.status.picture, "00000001");
	api_changed(n->api);
	wait_for(n, a, "event: changed\ndata: {\"picture\":\"00000001\"}\n\n");
	for (size_t i = 0; i + 1 < API_LISTENERS_MAX; i++) {
		more[i] = asker_open(n, HTTP_UNIX, REQUEST, sizeof(REQUEST) - 1);
		wait_for(n, more[i], "event: changed");
	}
	assert_int_equal(get(n, "/v1/events", &body), 503);
	for (size_t i = 0; i + 1 < API_LISTENERS_MAX; i++)
		asker_close(n, more[i]);
	/* One who left is noticed when there is something to say, and makes room. */
	strcpy(n->fake.status.picture, "00000002");
	api_changed(n->api);
	wait_for(n, a, "00000002");
	strcpy(n->fake.status.picture, "00000003");
	api_changed(n->api);
	wait_for(n, a, "00000003");
	more[0] = asker_open(n, HTTP_UNIX, REQUEST, sizeof(REQUEST) - 1);
	wait_for(n, more[0], "event: changed");
	asker_close(n, more[0]);
	asker_close(n, a);
}

static void large_bodies_are_refused(void **state)
{
	struct node *n = *state;
	size_t size = HTTP_BODY_SIZE_MAX + 1, head;
	char *request = malloc(size + 200);
	const char *body;

	head = (size_t)sprintf(
		request,
		"POST /v1/import HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: text/csv"
		"\r\nContent-Length: %zu\r\n\r\n",
		size);
	memset(request + head, 'a', size);
	assert_int_equal(ask_raw(n, HTTP_TCP, request, head + size, &body), 413);
	assert_non_null(strstr(body, "8 MiB"));
	free(request);
	request = calloc(1, API_JSON_SIZE_MAX + 10);
	memset(request, ' ', API_JSON_SIZE_MAX + 1);
	assert_int_equal(post(n, "/v1/site", request, &body), 413);
	free(request);
}

static void tables_and_bundles_pass(void **state)
{
	struct node *n = *state;
	const char *body;

	assert_int_equal(ask(n, "POST", "/v1/import?kind=site", "text/csv; charset=utf-8",
			     "name,lat,lon\nOak,1,2\n,3,4\n", &body),
			 200);
	assert_string_equal(
		body, "{\"kind\":\"site\",\"rows\":2,\"added\":1,\"changed\":0,\"known\":0,\"rejected\":[{\"line\":3,"
		      "\"error\":\"The site's name is "
		      "missing.\",\"code\":\"row-no-name\",\"values\":{}}],\"remarks\":[],\"ignored_columns\":[]}");
	assert_int_equal(get(n, "/v1/bundle", &body), 200);
	assert_memory_equal(body, "bun\0dle!", 8);
	assert_int_equal(ask(n, "POST", "/v1/bundle", "application/octet-stream", "\x07xyz", &body), 200);
	assert_string_equal(body,
			    "{\"entries\":4,\"added\":7,\"known\":0,\"refused\":0,\"not_taken\":{\"clock\":0,\"age\":0,"
			    "\"full\":0,\"policy\":0},\"waiting\":0,\"missing\":0,\"remark\":\"\"}");
}

/* What lists show anyway leaves as a file for anyone; what comes in is the volunteers' to vouch for. */
static void exports_are_for_anyone_and_imports_for_volunteers(void **state)
{
	struct node *n = *state;
	const char *body;

	n->pin = "";
	assert_int_equal(get(n, "/v1/export?format=hxl&kind=site", &body), 200);
	assert_non_null(strstr(answer, "Content-Type: text/csv; charset=utf-8"));
	assert_non_null(strstr(body, "\r\n#meta+id,#date+reported,#meta+author,#loc+name,"));
	assert_int_equal(get(n, "/v1/export?format=geojson", &body), 200);
	assert_non_null(strstr(answer, "Content-Type: application/geo+json"));
	assert_int_equal(ask(n, "POST", "/v1/import", "application/cap+xml", "<alert/>", &body), 403);
	assert_int_equal(n->fake.submitted, 0);
}

static void display_is_served(void **state)
{
	static const char REQUEST[] = "GET /v1/lcd?size=16x2 HTTP/1.1\r\nHost: localhost\r\nAccept: text/plain\r\n"
				      "Connection: close\r\n\r\n";
	struct node *n = *state;
	const char *body;

	assert_int_equal(get(n, "/v1/lcd?size=20x4&page=4", &body), 200);
	assert_string_equal(body,
			    "{\"pages\":3,\"page\":1,\"lines\":[\"No needs heard yet  \",\"Add one:            \","
			    "\"aidmesh need        \",\"  drinking-water 120\"]}");
	assert_int_equal(ask_raw(n, HTTP_TCP, REQUEST, sizeof(REQUEST) - 1, &body), 200);
	assert_string_equal(body, "Oak St church   \n0 needs 0 near  \n");
}

static void picture_is_the_same_for_every_viewer(void **state)
{
	struct node *n = *state;
	static char first[65536];
	const char *body;

	assert_int_equal(post(n, "/v1/site",
			      "[{\"name\":\"Oak\",\"place\":{\"lat\":35.47051,\"lon\":-77.41422}},{\"name\":\"Elm\","
			      "\"lat\":1.5,\"lon\":-2}]",
			      &body),
			 200);
	assert_int_equal(post(n, "/v1/line", "{\"kind\":\"need\",\"item\":\"water\",\"quantity\":0.3}", &body), 200);
	strcpy(n->fake.lines[0].site_ref, n->fake.sites[0].record.ref);
	assert_int_equal(get(n, "/v1/picture?at=1789372800", &body), 200);
	strcpy(first, body);
	assert_non_null(strstr(first, "\"site_ref\":\"0011223344556677:00000001\""));
	assert_non_null(strstr(first, "{\"digits\":15,\"lat\":35.47051,\"lon\":-77.41422}"));
	assert_non_null(strstr(first, "\"open\":0.3,"));
	assert_non_null(strstr(first, "{\"digits\":15,\"lat\":1.5,\"lon\":-2.0}"));
	assert_memory_equal(first, "{\"lines\":[{", 11);
	/* Another node: another order, other short refs, other trust, another site of its own. */
	n->fake.sites[2] = n->fake.sites[0];
	n->fake.sites[0] = n->fake.sites[1];
	n->fake.sites[1] = n->fake.sites[2];
	n->fake.sites[0].own = true;
	n->fake.sites[1].record.trust = VIEW_STRANGER;
	strcpy(n->fake.sites[1].record.ref, "001-AAAA@Oak");
	strcpy(n->fake.lines[0].site_ref, "001-AAAA@Oak");
	assert_int_equal(get(n, "/v1/picture?at=1789372800", &body), 200);
	assert_string_equal(body, first);
	n->fake.sites[0].people = 1;
	assert_int_equal(get(n, "/v1/picture?at=1789372800", &body), 200);
	assert_string_not_equal(body, first);
}

static void ambiguous_names_are_said(void **state)
{
	struct node *n = *state;
	const char *body;

	assert_int_equal(
		post(n, "/v1/site",
		     "[{\"name\":\"Oak St\"},{\"name\":\"Oak\"},{\"name\":\"Elm school\"},{\"name\":\"Elm\u00fc\"}]",
		     &body),
		200);
	assert_int_equal(get(n, "/v1/record/oak", &body), 200);
	assert_non_null(strstr(body, "\"name\":\"Oak\""));
	assert_int_equal(get(n, "/v1/record/Oak%20S", &body), 200);
	assert_non_null(strstr(body, "\"name\":\"Oak St\""));
	assert_int_equal(get(n, "/v1/record/Elm", &body), 409);
	assert_int_equal(get(n, "/v1/record/0011223344556677:00000003", &body), 200);
	assert_non_null(strstr(body, "Elm school"));
}

/* The sentence is for people, in their language; code and values are for programs, and the same in all. */
static void errors_have_a_code_and_speak_the_readers_language(void **state)
{
	static const struct {
		const char *accepts, *sentence;
	} ROWS[] = {
		{ "", "km must be a number from 1 to 20100." },
		{ "Accept-Language: es-MX,es;q=0.9,en;q=0.8\r\n", "km debe ser un número de 1 a 20100." },
		{ "Accept-Language: fr\r\n", "km doit être un nombre de 1 à 20100." },
		{ "Accept-Language: ht\r\n", "km dwe yon nonm 1 rive 20100." },
		{ "Accept-Language: xx\r\n", "km must be a number from 1 to 20100." },
	};
	struct node *n = *state;

	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		char request[300];
		const char *body, *code = NULL, *name = NULL, *error = NULL;
		int least = -1, most = -1;
		int size =
			snprintf(request, sizeof(request),
				 "GET /v1/ask/short?km=far HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n",
				 ROWS[i].accepts);
		json_t *json;

		assert_int_equal(ask_raw(n, HTTP_TCP, request, (size_t)size, &body), 400);
		json = json_loads(body, 0, NULL);
		assert_int_equal(json_unpack(json, "{s:s, s:s, s:{s:s, s:i, s:i}}", "error", &error, "code", &code,
					     "values", "name", &name, "least", &least, "most", &most),
				 0);
		assert_string_equal(error, ROWS[i].sentence);
		assert_string_equal(code, "api-number-range");
		assert_string_equal(name, "km");
		assert_int_equal(least, 1);
		assert_int_equal(most, 20100);
		json_decref(json);
	}
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(wrong_requests_get_a_sentence),
		TEST(errors_have_a_code_and_speak_the_readers_language),
		TEST(every_question_is_answered_as_json_and_as_text),
		TEST(a_code_is_drawn_of_what_fits),
		TEST(lists_can_be_copied_as_text),
		TEST(need_is_written_and_read_again),
		TEST(plan_is_suggested_and_what_is_apart_listed_apart),
		TEST(the_date_is_shown_and_set),
		TEST(peers_say_what_they_do_not_take),
		TEST(the_radio_is_shown_with_whom_it_hears),
		TEST(what_people_type_reaches_the_door),
		TEST(catalogue_is_listed_and_searched),
		TEST(ways_are_told_from_where_the_node_stands),
		TEST(moves_notes_and_trust_reach_the_door),
		TEST(list_is_answered_when_all_are_on_disk),
		TEST(busy_door_is_said_at_once),
		TEST(listener_hears_of_changes),
		TEST(large_bodies_are_refused),
		TEST(tables_and_bundles_pass),
		TEST(exports_are_for_anyone_and_imports_for_volunteers),
		TEST(display_is_served),
		TEST(picture_is_the_same_for_every_viewer),
		TEST(ambiguous_names_are_said),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
