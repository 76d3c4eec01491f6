/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Real displays: what a person would see on them. The kernel's character LCD is a pty with a model behind it, LCDd a
 * server of a few lines (the real one is in e2e/test_display.py), buttons are a fifo. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "board/display/buttons.h"
#include "board/display/charlcd.h"
#include "board/display/display.h"
#include "board/display/lcdproc.h"
#include "tests/unit/charlcd_model.h"
#include "tests/unit/fake_board.h"

enum { DEADLINE_MS = 20000 };

/* --- the bytes --- */

static struct lcd_page page_of(const char *a, const char *b)
{
	struct lcd_page page = { .cols = 16, .rows = 2 };

	snprintf(page.text[0], sizeof(page.text[0]), "%-16.16s", a);
	snprintf(page.text[1], sizeof(page.text[1]), "%-16.16s", b);
	return page;
}

static void a_character_lcd_begins_without_cursor(void **state)
{
	char out[CHARLCD_BEGIN_SIZE];
	struct charlcd_model m;

	(void)state;
	model_power(&m, 16, 2);
	model_write(&m, "left from before\033[Lx1", 21);
	model_write(&m, out, charlcd_begin(out));
	assert_int_equal(m.unknown, 0);
	assert_false(m.cursor || m.blink || m.in_escape);
	assert_true(m.light && m.display);
	assert_string_equal(m.cells[0], "                ");
	assert_memory_equal(m.glyphs[LCD_BAR_1], "\x10\x10\x10\x10\x10\x10\x10\x10", 8);
	assert_memory_equal(m.glyphs[LCD_BAR_FULL], "\x1F\x1F\x1F\x1F\x1F\x1F\x1F\x1F", 8);
	assert_int_equal(m.glyphs[LCD_BELL][0], 4);
}

/* From any page to any other, the grid is the page, and what did not change was not written. */
static void a_character_lcd_shows_the_page(void **state)
{
	static const struct {
		const char *a, *b;
		size_t cells;
	} TABLE[] = {
		{ "Oak St church", "1 need 0 near", 26 },
		{ "Oak St church", "2 need 0 near", 1 },
		{ "Oak St church", "2 need 0 near", 0 },
		{ "", "", 26 },
		{ "Oak", "", 3 },
		{ "Oak             ", "               x", 1 },
		{ "[\1\5\5\3  ]", "\6", 10 },
	};
	struct lcd_page page, shown;
	struct charlcd_model m;
	char out[CHARLCD_PAGE_SIZE];

	(void)state;
	model_power(&m, 16, 2);
	for (size_t i = 0; i < sizeof(TABLE) / sizeof(TABLE[0]); i++) {
		m.written = 0;
		page = page_of(TABLE[i].a, TABLE[i].b);
		model_write(&m, out, charlcd_page(out, &page, i > 0 ? &shown : NULL));
		assert_string_equal(m.cells[0], page.text[0]);
		assert_string_equal(m.cells[1], page.text[1]);
		if (i < 5)
			assert_int_equal(m.written, TABLE[i].cells);
		assert_int_equal(m.unknown, 0);
		shown = page;
	}
	page = page_of("a\\b~", "");
	model_write(&m, out, charlcd_page(out, &page, &shown));
	assert_string_equal(m.cells[0], "a/b-            ");
}

static bool feed(struct lcdproc_said *said, const char *bytes)
{
	struct lcdproc_input input = { .size = 0 };
	bool is_whole = false;

	for (; *bytes != '\0'; bytes++)
		is_whole = lcdproc_feed(&input, said, *bytes);
	return is_whole;
}

static void lcdd_is_understood(void **state)
{
	static const struct {
		const char *line;
		enum lcdproc_news news;
		unsigned cols, rows;
		enum rotation_button button;
	} TABLE[] = {
		{ "connect LCDproc 0.5.9 protocol 0.3 lcd wid 20 hgt 4 cellwid 5 cellhgt 8\n", LCDPROC_CONNECT, 20, 4,
		  0 },
		{ "connect LCDproc 0.5.9 protocol 0.3 lcd wid 16 hgt 2 cellwid 5 cellhgt 8\r\n", LCDPROC_CONNECT, 16, 2,
		  0 },
		{ "connect wid 99999999999999999999 hgt -3\n", LCDPROC_CONNECT, 0, 0, 0 },
		{ "connect \n", LCDPROC_CONNECT, 0, 0, 0 },
		{ "key Right\n", LCDPROC_KEY, 0, 0, ROTATION_NEXT },
		{ "key Down\n", LCDPROC_KEY, 0, 0, ROTATION_NEXT },
		{ "key Left\n", LCDPROC_KEY, 0, 0, ROTATION_PREVIOUS },
		{ "key Up\n", LCDPROC_KEY, 0, 0, ROTATION_PREVIOUS },
		{ "key Enter\n", LCDPROC_KEY, 0, 0, ROTATION_HOLD },
		{ "key Escape\n", LCDPROC_KEY, 0, 0, ROTATION_NO_BUTTON },
		{ "success\n", LCDPROC_NOTHING, 0, 0, 0 },
		{ "huh? Invalid arguments\n", LCDPROC_NOTHING, 0, 0, 0 },
		{ "listen home\n", LCDPROC_NOTHING, 0, 0, 0 },
		{ "\n", LCDPROC_NOTHING, 0, 0, 0 },
	};
	char longer[600];
	struct lcdproc_said said;

	(void)state;
	for (size_t i = 0; i < sizeof(TABLE) / sizeof(TABLE[0]); i++) {
		memset(&said, 0xFF, sizeof(said));
		assert_true(feed(&said, TABLE[i].line));
		assert_int_equal(said.news, TABLE[i].news);
		assert_int_equal(said.cols, TABLE[i].cols);
		assert_int_equal(said.rows, TABLE[i].rows);
		assert_int_equal(said.button, TABLE[i].button);
	}
	assert_false(feed(&said, "key Ri"));
	memset(longer, 'x', sizeof(longer));
	strcpy(longer + 500, "\n");
	assert_false(feed(&said, longer));
	strcat(longer, "key Right\n");
	assert_true(feed(&said, longer));
	assert_int_equal(said.button, ROTATION_NEXT);
}

static void the_largest_page_that_fits_is_taken(void **state)
{
	static const struct {
		unsigned cols, rows;
		int size; /* -1 none */
	} TABLE[] = { { 20, 4, LCD_20X4 }, { 40, 4, LCD_20X4 }, { 16, 4, LCD_16X2 }, { 20, 2, LCD_16X2 },
		      { 16, 2, LCD_16X2 }, { 16, 1, -1 },       { 8, 2, -1 },        { 0, 0, -1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(TABLE) / sizeof(TABLE[0]); i++) {
		struct lcdproc_said said = { LCDPROC_CONNECT, TABLE[i].cols, TABLE[i].rows, ROTATION_NO_BUTTON };
		enum lcd_size size = LCD_20X4;

		assert_int_equal(lcdproc_fit(&size, &said) ? (int)size : -1, TABLE[i].size);
	}
}

static void lcdd_is_told_what_changed(void **state)
{
	struct lcd_page a = page_of("say \"a\\b\" {c}", "[\5\5\3   ]"),
			b = page_of("\6 severe       \7", "[\5\5\4   ]");
	char out[LCDPROC_OUT_SIZE];

	(void)state;
	lcdproc_page(out, &a, NULL);
	assert_string_equal(out, "widget_set home l1 1 1 \"say \\\"a\\\\b\\\" {c}   \"\n"
				 "widget_set home l2 1 2 \"[      ]        \"\n"
				 "widget_add home bar hbar\nwidget_set home bar 2 2 13\n");
	assert_int_equal(lcdproc_page(out, &a, &a), 0);
	lcdproc_page(out, &b, &a);
	assert_string_equal(out, "widget_set home l1 1 1 \"! severe       =\"\n"
				 "widget_set home bar 2 2 14\n");
	lcdproc_page(out, &(struct lcd_page){ .cols = 16, .rows = 2 }, &b);
	assert_non_null(strstr(out, "widget_del home bar\n"));
}

static void only_known_keys_that_are_pressed_are_buttons(void **state)
{
	static const struct {
		uint16_t type, code;
		int32_t value;
		enum rotation_button button;
	} TABLE[] = {
		{ EV_KEY, KEY_RIGHT, 1, ROTATION_NEXT },      { EV_KEY, KEY_DOWN, 1, ROTATION_NEXT },
		{ EV_KEY, KEY_LEFT, 1, ROTATION_PREVIOUS },   { EV_KEY, KEY_UP, 2, ROTATION_PREVIOUS },
		{ EV_KEY, KEY_ENTER, 1, ROTATION_HOLD },      { EV_KEY, KEY_ENTER, 2, ROTATION_NO_BUTTON },
		{ EV_KEY, KEY_RIGHT, 0, ROTATION_NO_BUTTON }, { EV_KEY, KEY_A, 1, ROTATION_NO_BUTTON },
		{ EV_REL, KEY_RIGHT, 1, ROTATION_NO_BUTTON }, { EV_SYN, 0, 0, ROTATION_NO_BUTTON },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(TABLE) / sizeof(TABLE[0]); i++) {
		struct input_event event = { .type = TABLE[i].type, .code = TABLE[i].code, .value = TABLE[i].value };

		assert_int_equal(buttons_meaning(&event), TABLE[i].button);
	}
}

/* --- the whole on a loop --- */

struct stand {
	uv_loop_t loop;
	struct fake fake;
	struct display *display;
	char folder[32], lcd[64], keys[64];
	char log[4096];
	uv_poll_t poll; /* of the display's other end */
	bool is_polled;
	int master, listener, client;
	struct charlcd_model model;
	char heard[65536]; /* by the server */
	size_t heard_size;
	bool is_closed;
	uint64_t until;
};

static void say(void *ctx, const char *sentence)
{
	struct stand *s = ctx;

	assert_true(strlen(s->log) + strlen(sentence) + 2 < sizeof(s->log));
	strcat(strcat(s->log, sentence), "\n");
}

static int setup(void **state)
{
	struct stand *s = calloc(1, sizeof(*s));

	*state = s;
	fake_init(&s->fake);
	uv_loop_init(&s->loop);
	s->master = s->listener = s->client = -1;
	strcpy(s->folder, "/tmp/aidmesh-display-XXXXXX");
	if (mkdtemp(s->folder) == NULL)
		return -1;
	snprintf(s->lcd, sizeof(s->lcd), "%s/lcd", s->folder);
	snprintf(s->keys, sizeof(s->keys), "%s/keys", s->folder);
	return 0;
}

static void on_display_closed(void *user)
{
	((struct stand *)user)->is_closed = true;
}

static int teardown(void **state)
{
	struct stand *s = *state;

	if (s->display != NULL)
		display_close(s->display, on_display_closed, s);
	if (s->is_polled)
		uv_close((uv_handle_t *)&s->poll, NULL);
	uv_run(&s->loop, UV_RUN_DEFAULT);
	assert_true(s->display == NULL || s->is_closed);
	assert_int_equal(uv_loop_close(&s->loop), 0);
	for (size_t i = 0; i < 3; i++) {
		int fd = i == 0 ? s->master : i == 1 ? s->listener : s->client;

		if (fd >= 0)
			close(fd);
	}
	unlink(s->lcd);
	unlink(s->keys);
	rmdir(s->folder);
	free(s);
	return 0;
}

static void on_deadline(uv_timer_t *timer)
{
	struct stand *s = timer->data;

	fail_msg("did not come true in %d ms; shown: %s; log: %s", DEADLINE_MS, s->model.cells[0], s->log);
}

typedef bool (*condition)(struct stand *s, const char *what);

/* Runs the loop until it holds. */
static void until(struct stand *s, condition holds, const char *what)
{
	uv_timer_t timer;

	uv_timer_init(&s->loop, &timer);
	timer.data = s;
	uv_timer_start(&timer, on_deadline, DEADLINE_MS, 0);
	while (!holds(s, what))
		uv_run(&s->loop, UV_RUN_ONCE);
	uv_close((uv_handle_t *)&timer, NULL);
	uv_run(&s->loop, UV_RUN_NOWAIT);
}

static bool is_logged(struct stand *s, const char *what)
{
	return strstr(s->log, what) != NULL;
}

static bool is_on_top(struct stand *s, const char *what)
{
	return strncmp(s->model.cells[0], what, strlen(what)) == 0;
}

static bool is_held(struct stand *s, const char *what)
{
	(void)what;
	return s->model.cells[0][19] == LCD_PIN;
}

static bool is_another(struct stand *s, const char *before)
{
	return strcmp(s->model.cells[0], before) != 0;
}

static void on_pty(uv_poll_t *poll, int status, int events)
{
	struct stand *s = poll->data;
	char bytes[512];
	ssize_t size = read(s->master, bytes, sizeof(bytes));

	(void)status;
	(void)events;
	if (size > 0)
		model_write(&s->model, bytes, (size_t)size);
}

/* A display is plugged in: at the path there is a device, a raw pty. */
static void plug(struct stand *s)
{
	struct termios raw;
	char name[64];

	s->master = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(s->master >= 0 && grantpt(s->master) == 0 && unlockpt(s->master) == 0);
	assert_int_equal(ptsname_r(s->master, name, sizeof(name)), 0);
	tcgetattr(s->master, &raw);
	cfmakeraw(&raw);
	tcsetattr(s->master, TCSANOW, &raw);
	assert_int_equal(symlink(name, s->lcd), 0);
	model_power(&s->model, 20, 4);
	uv_poll_init(&s->loop, &s->poll, s->master);
	s->poll.data = s;
	s->is_polled = true;
	uv_poll_start(&s->poll, UV_READABLE, on_pty);
}

static void unplug(struct stand *s)
{
	uv_close((uv_handle_t *)&s->poll, NULL);
	uv_run(&s->loop, UV_RUN_NOWAIT);
	s->is_polled = false;
	close(s->master);
	s->master = -1;
	unlink(s->lcd);
}

static enum door_rc confirm_clock(void *ctx, struct said *why)
{
	struct stand *s = ctx;

	return s->fake.door.set_clock(&s->fake, why, DOOR_CLOCK_CONFIRM, 0, true);
}

static void open_charlcd(struct stand *s, const char *buttons)
{
	struct display_config config = { .loop = &s->loop,
					 .view = &s->fake.view,
					 .output = DISPLAY_CHARLCD,
					 .where = s->lcd,
					 .size = LCD_20X4,
					 .buttons = { buttons },
					 .ctx = s,
					 .say = say,
					 .confirm_clock = confirm_clock };

	s->display = display_open(&config);
	assert_non_null(s->display);
}

static void a_character_lcd_comes_and_goes(void **state)
{
	struct stand *s = *state;

	open_charlcd(s, NULL);
	until(s, is_logged, "there is no display at");
	plug(s);
	until(s, is_on_top, "Oak St church");
	assert_string_equal(s->model.cells[1], "0 needs open        ");
	assert_int_equal(s->model.unknown, 0);
	assert_false(s->model.cursor);
	until(s, is_on_top, "No needs heard yet");
	unplug(s);
	display_changed(s->display);
	strcpy(s->fake.status.name, "Elm");
	until(s, is_logged, "fails");
	plug(s);
	until(s, is_on_top, "Elm  ");
}

static void what_happens_is_drawn_at_once(void **state)
{
	struct stand *s = *state;
	uint64_t began;

	plug(s);
	open_charlcd(s, NULL);
	until(s, is_on_top, "Oak St church");
	began = uv_hrtime();
	s->fake.notes[s->fake.note_count++] =
		(struct view_note){ .record = fake_record(60, "Oak"), .kind = VIEW_ALERT, .text = "Bridge out" };
	display_changed(s->display);
	until(s, is_on_top, "\6 alert      3 h ago");
	assert_true(uv_hrtime() - began < (uint64_t)ROTATION_TURN_MS * 1000000u / 2);
	assert_string_equal(s->model.cells[1], "Bridge out          ");
}

static void stops_with_an_empty_display(struct stand *s)
{
	display_close(s->display, on_display_closed, s);
	s->display = NULL;
	until(s, is_on_top, "                ");
	while (!s->is_closed)
		uv_run(&s->loop, UV_RUN_ONCE);
}

static void a_stopped_node_leaves_nothing_on_the_display(void **state)
{
	struct stand *s = *state;

	plug(s);
	open_charlcd(s, NULL);
	until(s, is_on_top, "Oak St church");
	stops_with_an_empty_display(s);
}

/* Stopped while a picture is on its way to it. */
static void a_node_stopped_in_a_picture_leaves_nothing_either(void **state)
{
	struct stand *s = *state;

	plug(s);
	open_charlcd(s, NULL);
	until(s, is_on_top, "Oak St church");
	s->fake.notes[s->fake.note_count++] =
		(struct view_note){ .record = fake_record(60, "Oak"), .kind = VIEW_ALERT, .text = "Bridge out" };
	display_changed(s->display);
	stops_with_an_empty_display(s);
}

static void trouble_with_a_device_is_a_sentence_said_once(void **state)
{
	struct stand *s = *state;

	assert_int_equal(mkfifo(s->lcd, 0600), 0); /* nobody reads it: ENXIO */
	assert_int_equal(mkfifo(s->keys, 0600), 0);
	open_charlcd(s, "/dev/null");
	until(s, is_logged, "there is no display at");
	assert_non_null(strstr(s->log, "/dev/null is no input device"));
	s->master = open(s->lcd, O_RDONLY | O_NONBLOCK); /* and now somebody does */
	until(s, is_logged, "is there");
	assert_ptr_equal(strstr(strstr(s->log, "there is no") + 1, "there is no"), NULL);
}

static void press(int fd, uint16_t code, bool in_two)
{
	struct input_event events[2] = { { .type = EV_KEY, .code = code, .value = 1 },
					 { .type = EV_KEY, .code = code, .value = 0 } };
	size_t first = in_two ? 10 : sizeof(events);

	assert_int_equal(write(fd, events, first), first);
	if (in_two)
		assert_int_equal(write(fd, (char *)events + first, sizeof(events) - first), sizeof(events) - first);
}

static void buttons_turn_the_pages_and_come_back(void **state)
{
	struct stand *s = *state;
	int keys;

	plug(s);
	open_charlcd(s, s->keys);
	until(s, is_logged, "no buttons at");
	assert_int_equal(mkfifo(s->keys, 0600), 0);
	until(s, is_logged, "the buttons at");
	keys = open(s->keys, O_WRONLY);
	assert_true(keys >= 0);
	press(keys, KEY_ENTER, false);
	until(s, is_held, "");
	for (size_t i = 0; i < 3 && !is_on_top(s, "No neighbour"); i++) {
		char before[21];

		strcpy(before, s->model.cells[0]);
		press(keys, KEY_A, false);
		press(keys, KEY_LEFT, true);
		until(s, is_another, before);
	}
	assert_string_equal(s->model.cells[0], "No neighbour       \7");
	press(keys, KEY_RIGHT, false);
	until(s, is_on_top, "Oak St church      \7");
	close(keys);
	until(s, is_logged, "are gone");
	until(s, is_logged, "the buttons at"); /* a fifo can be opened again at once */
}

static bool is_known(struct stand *s, const char *what)
{
	(void)what;
	return s->fake.status.time_quality == VIEW_TIME_SET;
}

/* A node whose date is a guess, and a person in front of it who has a watch. */
static void a_button_says_that_the_date_is_right(void **state)
{
	struct stand *s = *state;
	int keys;

	s->fake.status.time_quality = VIEW_TIME_GUESSED;
	assert_int_equal(mkfifo(s->keys, 0600), 0);
	plug(s);
	open_charlcd(s, s->keys);
	until(s, is_logged, "the buttons at");
	until(s, is_on_top, "CLOCK?");
	keys = open(s->keys, O_WRONLY);
	assert_true(keys >= 0);
	press(keys, KEY_ENTER, false);
	until(s, is_held, "");
	assert_false(is_known(s, ""));
	press(keys, KEY_ENTER, false);
	until(s, is_on_top, "DATE IS SET:");
	assert_true(is_known(s, ""));
	close(keys);
}

static void on_client(uv_poll_t *poll, int status, int events);

static void on_listener(uv_poll_t *poll, int status, int events)
{
	struct stand *s = poll->data;

	(void)status;
	(void)events;
	s->client = accept(s->listener, NULL, NULL);
	uv_poll_stop(poll);
	uv_close((uv_handle_t *)poll, NULL);
	s->is_polled = false;
}

static void on_client(uv_poll_t *poll, int status, int events)
{
	struct stand *s = poll->data;
	ssize_t size = read(s->client, s->heard + s->heard_size, sizeof(s->heard) - 1 - s->heard_size);

	(void)status;
	(void)events;
	if (size > 0)
		s->heard_size += (size_t)size;
	s->heard[s->heard_size] = '\0';
}

static bool has_client(struct stand *s, const char *what)
{
	(void)what;
	return s->client >= 0;
}

static bool has_heard(struct stand *s, const char *what)
{
	return strstr(s->heard, what) != NULL;
}

static uint16_t listen_as_lcdd(struct stand *s)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);

	s->listener = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&address, size), 0);
	assert_int_equal(listen(s->listener, 1), 0);
	getsockname(s->listener, (struct sockaddr *)&address, &size);
	return ntohs(address.sin_port);
}

static void accept_client(struct stand *s)
{
	static uv_poll_t waiting;

	uv_poll_init(&s->loop, &waiting, s->listener);
	waiting.data = s;
	s->is_polled = false;
	uv_poll_start(&waiting, UV_READABLE, on_listener);
	until(s, has_client, "");
	uv_poll_init(&s->loop, &s->poll, s->client);
	s->poll.data = s;
	s->is_polled = true;
	uv_poll_start(&s->poll, UV_READABLE, on_client);
	s->heard_size = 0;
}

static void drop_client(struct stand *s)
{
	uv_close((uv_handle_t *)&s->poll, NULL);
	uv_run(&s->loop, UV_RUN_NOWAIT);
	s->is_polled = false;
	close(s->client);
	s->client = -1;
	s->heard[0] = '\0';
}

static void answer(struct stand *s, const char *text)
{
	assert_int_equal(write(s->client, text, strlen(text)), strlen(text));
}

static void open_lcdproc(struct stand *s)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct display_config config = { .loop = &s->loop,
					 .view = &s->fake.view,
					 .output = DISPLAY_LCDPROC,
					 .where = "127.0.0.1:1",
					 .address = (struct sockaddr *)&address,
					 .language = LANGUAGE_ES,
					 .ctx = s,
					 .say = say };

	address.sin_port = htons(listen_as_lcdd(s));
	s->display = display_open(&config);
	assert_non_null(s->display);
}

static void lcdd_of_a_kind_is_served(void **state)
{
	struct stand *s = *state;

	open_lcdproc(s);
	accept_client(s);
	until(s, has_heard, "hello\n");
	answer(s, "key Right\nconnect lcd wid 20 hgt 1\n"); /* too small, and it is said */
	until(s, is_logged, "has a display of 20x1: 16x2 is the smallest");
	drop_client(s);
	accept_client(s);
	until(s, has_heard, "hello\n");
	answer(s, "connect LCDproc 0.5.9 protocol 0.3 lcd wid 16 hgt 2 cellwid 5 cellhgt 8\n");
	until(s, has_heard, "widget_set home l2 1 2 \"0 nec. 0 cerca  \"\n");
	assert_non_null(strstr(s->heard, "screen_set home -priority foreground"));
	assert_null(strstr(s->heard, "l3"));
	answer(s, "success\nlisten home\nkey Right\n");
	until(s, has_heard, "widget_set home l1 1 1 \"Sin necesidades \"\n");
	assert_non_null(strstr(s->heard, "\"a\xFAn             \"\n"));
	answer(s, "key Enter\n");
	until(s, has_heard, "widget_set home l1 1 1 \"Sin necesidades=\"\n");
	answer(s, "connect again\n"); /* that is no LCDd */
	until(s, is_logged, "is not LCDd");
	drop_client(s);
	accept_client(s);
	until(s, has_heard, "hello\n");
	answer(s, "connect wid 20 hgt 4\n");
	until(s, has_heard, "widget_set home l4 1 4 ");
	drop_client(s);
	until(s, is_logged, "ended the connection");
}

static void who_comes_and_goes_does_not_fill_the_log(void **state)
{
	struct stand *s = *state;

	open_lcdproc(s);
	for (size_t i = 0; i < 3; i++) {
		accept_client(s);
		until(s, has_heard, "hello\n");
		if (i > 0)
			answer(s, "connect wid 20 hgt 4\n");
		if (i > 0)
			until(s, has_heard, "widget_set home l4 1 4 ");
		drop_client(s);
	}
	accept_client(s);
	assert_null(strstr(strstr(s->log, "ended the connection") + 1, "ended the connection"));
	assert_null(strstr(strstr(s->log, "is there") + 1, "is there"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_character_lcd_begins_without_cursor),
		cmocka_unit_test(a_character_lcd_shows_the_page),
		cmocka_unit_test(lcdd_is_understood),
		cmocka_unit_test(the_largest_page_that_fits_is_taken),
		cmocka_unit_test(lcdd_is_told_what_changed),
		cmocka_unit_test(only_known_keys_that_are_pressed_are_buttons),
		cmocka_unit_test_setup_teardown(a_character_lcd_comes_and_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(what_happens_is_drawn_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(a_stopped_node_leaves_nothing_on_the_display, setup, teardown),
		cmocka_unit_test_setup_teardown(a_node_stopped_in_a_picture_leaves_nothing_either, setup, teardown),
		cmocka_unit_test_setup_teardown(trouble_with_a_device_is_a_sentence_said_once, setup, teardown),
		cmocka_unit_test_setup_teardown(buttons_turn_the_pages_and_come_back, setup, teardown),
		cmocka_unit_test_setup_teardown(a_button_says_that_the_date_is_right, setup, teardown),
		cmocka_unit_test_setup_teardown(lcdd_of_a_kind_is_served, setup, teardown),
		cmocka_unit_test_setup_teardown(who_comes_and_goes_does_not_fill_the_log, setup, teardown),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
