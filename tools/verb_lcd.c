/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The display in a terminal. While it watches, one timer turns the page; an event of the node draws at once. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/verbs.h"

enum { PAGE_MS = 4000 };

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
	(void)number;
	stopped = 1;
}

static void print_edge(size_t cols)
{
	putchar('+');
	for (size_t i = 0; i < cols; i++)
		putchar('-');
	puts("+");
}

static void print_page(const json_t *page)
{
	const json_t *rows = json_object_get(page, "lines"), *row;
	size_t index, cols = json_string_length(json_array_get(rows, 0));

	print_edge(cols);
	json_array_foreach (rows, index, row) {
		printf("|%s|\n", json_string_value(row));
	}
	print_edge(cols);
	fflush(stdout);
}

/* In the place of the last picture, which is no longer true. */
static void print_stopped(const char *size)
{
	int cols = strcmp(size, "16x2") == 0 ? 16 : 20, rows = cols == 16 ? 2 : 4;

	print_edge((size_t)cols);
	for (int row = 0; row < rows; row++)
		printf("|%-*s|\n", cols, row == 0 ? "aidmesh stopped" : "");
	print_edge((size_t)cols);
}

/* Fetches page `index`; EXIT_DONE with its number in `*pages`. */
static int draw(struct call *call, const char *size, size_t index, size_t *pages)
{
	struct reply reply;
	char path[80];
	int rc;

	snprintf(path, sizeof(path), "/v1/lcd?size=%s&page=%zu", size, index);
	client_get(&call->client, &reply, path);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && call->json)
		reply_print_json(&reply);
	else if (rc == EXIT_DONE)
		print_page(reply.json);
	if (rc == EXIT_DONE)
		*pages = (size_t)json_integer_value(json_object_get(reply.json, "pages"));
	reply_fini(&reply);
	return rc;
}

static int64_t mono_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for an event, a signal or the time to turn the page. False when the node has gone. */
static bool wait_for_news(CURLM *multi, const bool *changed, int64_t until)
{
	int running = 1;

	while (!stopped && !*changed && mono_ms() < until) {
		int64_t left = until - mono_ms();

		curl_multi_perform(multi, &running);
		if (running == 0)
			return false;
		if (!*changed)
			curl_multi_poll(multi, NULL, 0, (int)(left > 0 ? left : 0), NULL);
	}
	return true;
}

static bool is_terminal(const struct call *call)
{
	return !call->json && isatty(STDOUT_FILENO);
}

/* What comes stands in the place of the picture before it. */
static void go_over(const struct call *call, const char *size)
{
	if (is_terminal(call))
		printf("\033[%dA", strcmp(size, "16x2") == 0 ? 4 : 6);
}

static int watch(struct call *call, const char *size, CURLM *multi, bool *changed)
{
	size_t page = 0, pages = 1;
	bool drawn = false;
	int64_t turn = mono_ms() + PAGE_MS;
	int rc;

	while (!stopped) {
		*changed = false;
		if (drawn)
			go_over(call, size);
		rc = draw(call, size, page, &pages);
		drawn = drawn || rc == EXIT_DONE;
		if (rc == EXIT_DONE && !wait_for_news(multi, changed, turn)) {
			go_over(call, size);
			rc = EXIT_UNREACHABLE;
		}
		if (rc == EXIT_UNREACHABLE && drawn && !call->json)
			print_stopped(size);
		if (rc != EXIT_DONE)
			return rc;
		if (mono_ms() >= turn) {
			page = pages > 0 ? (page + 1) % pages : 0;
			turn = mono_ms() + PAGE_MS;
		}
	}
	if (drawn && is_terminal(call)) {
		go_over(call, size);
		fputs("\033[J", stdout);
	}
	return EXIT_DONE;
}

/* Each page is drawn over the one before, below whatever the terminal showed; the cursor is hidden meanwhile. */
static int watch_on_terminal(struct call *call, const char *size)
{
	struct sigaction action = { .sa_handler = on_signal };
	bool changed = false, terminal = is_terminal(call);
	CURL *curl = client_listen(&call->client, &changed);
	CURLM *multi = curl_multi_init();
	int rc = EXIT_UNREACHABLE;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (curl != NULL && multi != NULL && curl_multi_add_handle(multi, curl) == CURLM_OK) {
		if (terminal)
			fputs("\033[?25l", stdout);
		rc = watch(call, size, multi, &changed);
		if (terminal)
			fputs("\033[?25h", stdout);
		fflush(stdout);
		curl_multi_remove_handle(multi, curl);
	}
	if (rc == EXIT_UNREACHABLE)
		fprintf(stderr, "The node at %s has gone.\n", call->client.socket);
	curl_multi_cleanup(multi);
	curl_easy_cleanup(curl);
	return rc;
}

int verb_lcd(struct call *call)
{
	const char *size = options_text(call, "size") != NULL ? options_text(call, "size") : "20x4";
	size_t pages = 1;
	int rc = EXIT_DONE;

	if (strcmp(size, "20x4") != 0 && strcmp(size, "16x2") != 0) {
		fputs("--size must be 20x4 or 16x2.\n", stderr);
		return EXIT_USAGE;
	}
	if (json_object_get(call->fields, "watch") != NULL)
		return watch_on_terminal(call, size);
	for (size_t page = 0; page < pages && rc == EXIT_DONE; page++)
		rc = draw(call, size, page, &pages);
	return rc;
}
