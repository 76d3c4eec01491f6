/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who may ask the API for what, how much it holds for whom, how its sockets begin and end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/api_node.h"

/* A loop with a listener and nothing to say has nothing to do: no descriptor is ready, and the next timer is far. */
static void idle_costs_nothing(void **state)
{
	static const char REQUEST[] = "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
	struct node *n = *state;
	struct asker *a = asker_open(n, HTTP_TCP, REQUEST, sizeof(REQUEST) - 1);
	struct pollfd ready = { .fd = uv_backend_fd(&n->loop), .events = POLLIN };
	int rounds = 0;

	wait_for(n, a, "event: changed");
	do {
		uv_run(&n->loop, UV_RUN_NOWAIT);
		uv_update_time(&n->loop);
	} while (uv_backend_timeout(&n->loop) < 5000 && ++rounds < 10);
	assert_true(uv_backend_timeout(&n->loop) >= 5000);
	assert_int_equal(poll(&ready, 1, 50), 0);
	asker_close(n, a);
}

static void other_hosts_are_refused_on_tcp(void **state)
{
	static const struct {
		const char *host;
		enum http_port port;
		int status;
	} ROWS[] = { { "localhost", HTTP_TCP, 200 },
		     { "LOCALHOST:8080", HTTP_TCP, 200 },
		     { "127.0.0.1:1", HTTP_TCP, 200 },
		     { "[::1]:80", HTTP_TCP, 200 },
		     { "[::1]", HTTP_TCP, 200 },
		     { "board.lan", HTTP_TCP, 200 },
		     { "10.41.0.1:8024", HTTP_TCP, 200 },
		     { "10.41.0.1.evil.example", HTTP_TCP, 403 },
		     { "evil.example", HTTP_TCP, 403 },
		     { "localhost.evil.example", HTTP_TCP, 403 },
		     { "board.lan.", HTTP_TCP, 403 },
		     { "127.0.0.1:80:90", HTTP_TCP, 403 },
		     { "", HTTP_TCP, 403 },
		     { "evil.example", HTTP_UNIX, 200 } };
	struct node *n = *state;

	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		char request[200];
		const char *body;
		int size = snprintf(request, sizeof(request),
				    "GET /v1/status HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", ROWS[i].host);

		print_message("Host: %s\n", ROWS[i].host);
		assert_int_equal(ask_raw(n, ROWS[i].port, request, (size_t)size, &body), ROWS[i].status);
	}
}

static void without_pin_anyone_may_ask_only(void **state)
{
	static const struct {
		const char *target, *data;
		int status;
	} ROWS[] = {
		{ "/v1/line", "{\"kind\":\"need\",\"item\":\"water\"}", 200 },
		{ "/v1/line", "{\"kind\":\"stock\",\"item\":\"water\"}", 403 },
		{ "/v1/line", "[{\"kind\":\"need\",\"item\":\"water\"},{\"kind\":\"offer\",\"item\":\"water\"}]", 403 },
		{ "/v1/line", "{\"ref\":\"101-AAAA\",\"kind\":\"need\",\"closed\":\"done\"}", 403 },
		{ "/v1/note", "{\"text\":\"Road is clear\"}", 200 },
		{ "/v1/note", "{\"kind\":\"alert\",\"text\":\"Run\"}", 403 },
		{ "/v1/site", "{\"name\":\"Oak\"}", 403 },
		{ "/v1/move", "{\"stage\":\"pledged\",\"of\":\"x\"}", 403 },
		{ "/v1/trust", "{\"kind\":\"vouch\",\"key\":\"x\"}", 403 },
		{ "/v1/self", "{\"name\":\"Mine\"}", 403 },
		{ "/v1/clock", "{\"confirm\":true}", 403 },
		{ "/v1/clock", "{\"phone\":1789372800000}", 403 },
	};
	struct node *n = *state;
	const char *body;

	n->pin = "";
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		print_message("%s %s\n", ROWS[i].target, ROWS[i].data);
		assert_int_equal(post(n, ROWS[i].target, ROWS[i].data, &body), ROWS[i].status);
	}
	assert_int_equal(ask(n, "POST", "/v1/import", "text/csv", "name\nOak\n", &body), 403);
	assert_int_equal(ask(n, "POST", "/v1/bundle", "application/octet-stream", "x", &body), 403);
	assert_int_equal(n->fake.submitted, 2);
}

/* The node's registers and its rates are kept from visitors: the door must know who they are. */
static void visitors_are_told_from_volunteers(void **state)
{
	static const char ONE[] = "{\"kind\":\"need\",\"item\":\"water\"}", LIST[] = "[{\"text\":\"Road is clear\"}]";
	static const char REQUEST[] = "POST /v1/line HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: "
				      "application/json\r\nContent-Length: 30\r\n\r\n"
				      "{\"kind\":\"need\",\"item\":\"water\"}";
	struct node *n = *state;
	const char *body;

	n->pin = "";
	assert_int_equal(post(n, "/v1/line", ONE, &body), 200);
	assert_int_equal(n->fake.last.caller, DOOR_VISITOR);
	assert_int_equal(post(n, "/v1/note", LIST, &body), 403);
	assert_non_null(strstr(body, "one object at a time"));
	n->pin = "Aidmesh-Pin: 1235\r\n";
	assert_int_equal(post(n, "/v1/line", ONE, &body), 403);
	n->pin = "Aidmesh-Pin: 1234\r\n";
	assert_int_equal(post(n, "/v1/note", LIST, &body), 200);
	assert_int_equal(n->fake.last.caller, DOOR_VOLUNTEER);
	assert_int_equal(ask_raw(n, HTTP_UNIX, REQUEST, sizeof(REQUEST) - 1, &body), 200);
	assert_int_equal(n->fake.last.caller, DOOR_VOLUNTEER);
	assert_int_equal(n->fake.submitted, 3);
}

static void beginning_anew_wants_the_pin_and_is_asked_back(void **state)
{
	struct node *n = *state;
	const char *body;

	n->pin = "";
	assert_int_equal(post(n, "/v1/renew", "{\"sure\":true}", &body), 403);
	n->pin = "Aidmesh-Pin: 1234\r\n";
	assert_int_equal(post(n, "/v1/renew", "{}", &body), 409);
	assert_non_null(strstr(body, "\"ask\":true"));
	assert_non_null(strstr(body, "\"code\":\"renew-ask\""));
	assert_int_equal(post(n, "/v1/renew", "{\"sure\":\"yes\"}", &body), 409);
	assert_int_equal(n->fake.renewals, 0);
	assert_int_equal(post(n, "/v1/renew", "{\"sure\":true}", &body), 200);
	assert_int_equal(n->fake.renewals, 1);
}

static void notices_are_told_with_their_codes(void **state)
{
	struct node *n = *state;
	const char *body;

	fake_notice(&n->fake, VIEW_CARD_COPIED, "", SAY(CARD_COPIED));
	fake_notice(&n->fake, VIEW_PEER_COPIED, "Elm", SAY_OF(PEER_COPIED, say_text("Elm")));
	n->fake.peers[n->fake.peer_count++] = (struct view_peer){ .name = "Elm", .copied = true };
	assert_int_equal(get(n, "/v1/status", &body), 200);
	assert_non_null(strstr(body, "\"notice\":\"card-copied\""));
	assert_non_null(strstr(body, "\"notice\":\"peer-copied\",\"name\":\"Elm\""));
	assert_non_null(strstr(body, "Elm's card was copied"));
	assert_int_equal(get(n, "/v1/peers", &body), 200);
	assert_non_null(strstr(body, "\"copied\":true"));
	assert_int_equal(get(n, "/plain", &body), 200);
	assert_non_null(strstr(body, "This card was copied"));
}

static void what_is_whole_wants_the_pin(void **state)
{
	static const char REQUEST[] = "GET /v1/picture HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	struct node *n = *state;
	const char *body;

	n->pin = "";
	assert_int_equal(get(n, "/v1/picture", &body), 403);
	assert_int_equal(get(n, "/v1/bundle", &body), 403);
	assert_int_equal(ask_raw(n, HTTP_UNIX, REQUEST, sizeof(REQUEST) - 1, &body), 200);
	n->pin = "Aidmesh-Pin: 1234\r\n";
	assert_int_equal(get(n, "/v1/picture", &body), 200);
	assert_int_equal(get(n, "/v1/bundle", &body), 200);
}

static void wrong_pins_run_out(void **state)
{
	struct node *n = *state;
	const char *body;

	for (size_t i = 0; i < API_PIN_TRIES_MAX; i++) {
		/* Each address has its share; one that tried nothing wrong is not in the way of its own PIN. */
		n->host = (uint8_t)(10 + i / API_PIN_TRIES_ADDRESS_MAX);
		if (i > 0 && i % API_PIN_TRIES_ADDRESS_MAX == 0) {
			n->pin = "Aidmesh-Pin: 1234\r\n";
			assert_int_equal(post(n, "/v1/self", "{\"name\":\"Oak\"}", &body), 200);
			n->host--;
			assert_int_equal(post(n, "/v1/self", "{\"name\":\"Oak\"}", &body), 403);
			assert_non_null(strstr(body, "wait a minute"));
			n->host++;
		}
		n->pin = i % 2 == 0 ? "Aidmesh-Pin: 123\r\n" : "Aidmesh-Pin: 12345\r\n";
		assert_int_equal(post(n, "/v1/site", "{\"name\":\"Oak\"}", &body), 403);
		assert_non_null(strstr(body, "not the volunteers"));
	}
	n->pin = "Aidmesh-Pin: 1234\r\n";
	n->host = 200;
	assert_int_equal(post(n, "/v1/site", "{\"name\":\"Oak\"}", &body), 403);
	assert_non_null(strstr(body, "wait a minute"));
	assert_int_equal(n->fake.site_count, 0);
}

/* --- large lists --- */

static void lines_fill(struct fake *f)
{
	for (size_t i = 0; i < FAKE_MAX; i++) {
		f->lines[i] = (struct view_line){ .record = fake_record(i, "Oak"), .kind = VIEW_OFFER };
		memset(f->lines[i].text, 'x', sizeof(f->lines[i].text) - 1);
	}
	f->line_count = FAKE_MAX;
}

static void lists_come_in_pages(void **state)
{
	static const struct {
		const char *target;
		size_t rows, first;
		long next; /* 0: none */
	} ROWS[] = {
		{ "/v1/lines", API_PAGE_ROWS, 0, API_PAGE_ROWS },
		{ "/v1/lines?offset=1000", FAKE_MAX - 1000, 1000, 0 },
		{ "/v1/lines?limit=5000", FAKE_MAX, 0, 0 },
		{ "/v1/lines?limit=2&offset=7&kind=offer", 2, 7, 9 },
		{ "/v1/lines?offset=1200", 0, 0, 0 },
		{ "/v1/lines?offset=999999", 0, 0, 0 },
	};
	static const char *const WRONG[] = { "/v1/lines?limit=0", "/v1/lines?limit=5001", "/v1/sites?limit=x",
					     "/v1/peers?offset=-1", "/v1/notes?offset=" };
	struct node *n = *state;
	const char *body;

	lines_fill(&n->fake);
	n->pin = "";
	for (size_t i = 0; i < sizeof(ROWS) / sizeof(ROWS[0]); i++) {
		json_t *shown, *rows;

		print_message("GET %s\n", ROWS[i].target);
		assert_int_equal(get(n, ROWS[i].target, &body), 200);
		shown = json_loads(body, 0, NULL);
		rows = json_object_get(shown, "lines");
		assert_int_equal(json_array_size(rows), ROWS[i].rows);
		assert_int_equal(json_integer_value(json_object_get(shown, "total")), FAKE_MAX);
		assert_int_equal(json_integer_value(json_object_get(shown, "next")), ROWS[i].next);
		if (ROWS[i].rows > 0)
			assert_string_equal(json_string_value(json_object_get(json_array_get(rows, 0), "full")),
					    n->fake.lines[ROWS[i].first].record.full);
		json_decref(shown);
	}
	for (size_t i = 0; i < sizeof(WRONG) / sizeof(WRONG[0]); i++) {
		assert_int_equal(get(n, WRONG[i], &body), 400);
		assert_non_null(strstr(body, "must be a number"));
	}
}

/* Who asks and does not read costs a bounded memory, and leaves the small answers and the other port alone. */
static void unread_answers_are_bounded(void **state)
{
	static const char REQUEST[] = "GET /v1/lines?limit=5000 HTTP/1.1\r\nHost: x\r\n\r\n";
	static const char AGAIN[] = "GET /v1/lines HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	static const char STATUS[] = "GET /v1/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	struct node *n = *state;
	struct asker *deaf[24];
	const char *body;
	int status;

	lines_fill(&n->fake);
	for (size_t i = 0; i < 24; i++) {
		deaf[i] = asker_open(n, HTTP_UNIX, REQUEST, sizeof(REQUEST) - 1);
		deaf[i]->deaf = true;
		assert_int_equal(ask_raw(n, HTTP_UNIX, STATUS, sizeof(STATUS) - 1, &body), 200);
	}
	assert_int_equal(ask_raw(n, HTTP_UNIX, AGAIN, sizeof(AGAIN) - 1, &body), 503);
	assert_non_null(strstr(body, "try again in a moment"));
	assert_int_equal(ask_raw(n, HTTP_UNIX, STATUS, sizeof(STATUS) - 1, &body), 200);
	assert_int_equal(get(n, "/v1/lines", &body), 200);
	for (size_t i = 0; i < 24; i++)
		asker_close(n, deaf[i]);
	do
		status = ask_raw(n, HTTP_UNIX, AGAIN, sizeof(AGAIN) - 1, &body);
	while (status == 503);
	assert_int_equal(status, 200);
}

static void one_address_does_not_take_all_connections(void **state)
{
	struct node *n = *state;
	struct asker *idle[HTTP_CONNECTIONS_ADDRESS_MAX];
	const char *body;

	n->host = 7;
	for (size_t i = 0; i < HTTP_CONNECTIONS_ADDRESS_MAX; i++)
		idle[i] = asker_open(n, HTTP_TCP, "G", 1);
	assert_int_equal(get(n, "/v1/status", &body), 0);
	n->host = 8;
	assert_int_equal(get(n, "/v1/status", &body), 200);
	for (size_t i = 0; i < HTTP_CONNECTIONS_ADDRESS_MAX; i++)
		asker_close(n, idle[i]);
}

/* --- a request without an end --- */

static void on_drip(uv_timer_t *timer)
{
	struct asker *a = timer->data;

	send(a->fd, "a", 1, MSG_NOSIGNAL);
}

static void drops_do_not_hold_a_connection(void **state)
{
	static const char *const BEGINNINGS[] = {
		"GET /v1/status HTTP/1.1\r\nHost: x\r\nX: ",
		"POST /v1/note HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
		"100000\r\n\r\n",
	};
	struct node *n = *state;
	struct http *patient = n->http;
	uv_timer_t drip;

	assert_int_equal(http_open(&n->http, &n->loop,
				   &(struct http_config){ .handler = api_handle, .ctx = n->api, .request_ms = 100 }),
			 HTTP_OK);
	uv_timer_init(&n->loop, &drip);
	for (size_t i = 0; i < sizeof(BEGINNINGS) / sizeof(BEGINNINGS[0]); i++) {
		struct asker *a = asker_open(n, HTTP_TCP, BEGINNINGS[i], strlen(BEGINNINGS[i]));

		drip.data = a;
		uv_timer_start(&drip, on_drip, 10, 10);
		while (!a->ended)
			uv_run(&n->loop, UV_RUN_ONCE);
		uv_timer_stop(&drip);
		assert_int_equal(a->in_size, 0);
		asker_close(n, a);
	}
	uv_close((uv_handle_t *)&drip, NULL);
	http_close(n->http);
	n->http = patient;
	uv_run(&n->loop, UV_RUN_NOWAIT);
}

static void listeners_leave_places_to_others(void **state)
{
	static const char REQUEST[] = "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n";
	enum { TCP_MAX = API_LISTENERS_MAX - API_LISTENERS_KEPT };
	struct node *n = *state;
	struct asker *of_tcp[TCP_MAX], *of_unix;
	const char *body;

	for (size_t i = 0; i < TCP_MAX; i++) {
		n->host = (uint8_t)(10 + i / API_LISTENERS_ADDRESS_MAX);
		of_tcp[i] = asker_open(n, HTTP_TCP, REQUEST, sizeof(REQUEST) - 1);
		wait_for(n, of_tcp[i], "event: changed");
		if (i + 1 == API_LISTENERS_ADDRESS_MAX)
			assert_int_equal(get(n, "/v1/events", &body), 503);
	}
	n->host = 100;
	assert_int_equal(get(n, "/v1/events", &body), 503);
	of_unix = asker_open(n, HTTP_UNIX, REQUEST, sizeof(REQUEST) - 1);
	wait_for(n, of_unix, "event: changed");
	/* A page that was loaded anew takes the place it had, though nothing has changed meanwhile. */
	n->host = 10;
	asker_close(n, of_tcp[0]);
	of_tcp[0] = asker_open(n, HTTP_TCP, REQUEST, sizeof(REQUEST) - 1);
	wait_for(n, of_tcp[0], "event: changed");
	for (size_t i = 0; i < TCP_MAX; i++)
		asker_close(n, of_tcp[i]);
	asker_close(n, of_unix);
}

static void node_closes_with_questions_open(void **state)
{
	static const char SITE[] =
		"POST /v1/site HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 14\r\n"
		"\r\n{\"name\":\"Oak\"}";
	static const char TABLE[] =
		"POST /v1/import HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 12\r\n"
		"\r\nname\nA\nB\nC\n\n";
	static const char BUNDLE[] = "POST /v1/bundle HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n"
				     "Content-Length: 3\r\n\r\nabc";
	static const char EVENTS[] = "GET /v1/events HTTP/1.1\r\nHost: x\r\n\r\n";
	struct node *n = *state;
	struct door_import result = { 0 };
	struct asker *askers[4];

	n->fake.when = FAKE_LATER;
	askers[0] = asker_open(n, HTTP_UNIX, SITE, sizeof(SITE) - 1);
	askers[1] = asker_open(n, HTTP_UNIX, TABLE, sizeof(TABLE) - 1);
	askers[2] = asker_open(n, HTTP_UNIX, BUNDLE, sizeof(BUNDLE) - 1);
	askers[3] = asker_open(n, HTTP_UNIX, EVENTS, sizeof(EVENTS) - 1);
	wait_for(n, askers[3], "event: changed");
	while (n->fake.under_way < 4 || n->fake.imported == NULL)
		uv_run(&n->loop, UV_RUN_ONCE);
	http_close(n->http);
	api_close(n->api);
	n->http = NULL;
	for (size_t i = 0; i < 4; i++) {
		while (!askers[i]->ended)
			uv_run(&n->loop, UV_RUN_ONCE);
		asker_close(n, askers[i]);
	}
	n->fake.imported(n->fake.imported_user, &result);
}

static void socket_file_is_ours_alone(void **state)
{
	struct node *n = *state;
	struct http *other = NULL;
	struct http_config config = { .port = -1, .socket_path = n->socket, .handler = api_handle, .ctx = n->api };
	char path[120];
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct stat st;
	int fd;

	assert_int_equal(stat(n->socket, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(http_open(&other, &n->loop, &config), HTTP_E_TAKEN);
	assert_int_equal(access(n->socket, F_OK), 0);
	/* One that a dead process left behind is replaced; a file never. */
	snprintf(path, sizeof(path), "%s/left.sock", n->directory);
	strcpy(at.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	config.socket_path = path;
	assert_int_equal(http_open(&other, &n->loop, &config), HTTP_OK);
	http_close(other);
	assert_int_equal(access(path, F_OK), -1);
	fclose(fopen(path, "w"));
	assert_int_equal(http_open(&other, &n->loop, &config), HTTP_E_NOT_SOCKET);
	unlink(path);
	config.socket_path = NULL;
	config.port = http_tcp_port(n->http);
	assert_int_equal(http_open(&other, &n->loop, &config), HTTP_E_TAKEN);
	config.address = "no address";
	assert_int_equal(http_open(&other, &n->loop, &config), HTTP_E_ADDRESS);
}

#define TEST(NAME) cmocka_unit_test_setup_teardown(NAME, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(idle_costs_nothing),
		TEST(other_hosts_are_refused_on_tcp),
		TEST(without_pin_anyone_may_ask_only),
		TEST(visitors_are_told_from_volunteers),
		TEST(beginning_anew_wants_the_pin_and_is_asked_back),
		TEST(notices_are_told_with_their_codes),
		TEST(what_is_whole_wants_the_pin),
		TEST(wrong_pins_run_out),
		TEST(lists_come_in_pages),
		TEST(unread_answers_are_bounded),
		TEST(one_address_does_not_take_all_connections),
		TEST(drops_do_not_hold_a_connection),
		TEST(listeners_leave_places_to_others),
		TEST(node_closes_with_questions_open),
		TEST(socket_file_is_ours_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
