/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a file of settings, and line by line as settings of the command line: texts are ended, what is refused is
 * told in a sentence and changes nothing. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "node/settings/config.h"
#include "tests/fuzz/as_file.h"

enum { LINE_MAX_SIZE = 400 };

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct as_file file;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return as_file_open(&file) ? 0 : -1;
}

static void check_text(const char *text, size_t size)
{
	assert(memchr(text, '\0', size));
}

static void check(const struct config *c)
{
	check_text(c->folder, sizeof c->folder);
	check_text(c->name, sizeof c->name);
	check_text(c->place, sizeof c->place);
	check_text(c->wifi_name, sizeof c->wifi_name);
	check_text(c->wifi_password, sizeof c->wifi_password);
	check_text(c->wifi_country, sizeof c->wifi_country);
	check_text(c->control, sizeof c->control);
	check_text(c->http_host, sizeof c->http_host);
	check_text(c->pin, sizeof c->pin);
	check_text(c->display_path, sizeof c->display_path);
	check_text(c->lcdproc_host, sizeof c->lcdproc_host);
	for (size_t i = 0; i < CONFIG_BUTTONS_MAX; i++)
		check_text(c->buttons[i], sizeof c->buttons[i]);
	check_text(c->hosts, sizeof c->hosts);
	check_text(c->link_host, sizeof c->link_host);
	check_text(c->clock, sizeof c->clock);
	check_text(c->radio_port, sizeof c->radio_port);
	check_text(c->radio_region, sizeof c->radio_region);
	assert(!c->radio_spreading || (c->radio_spreading >= 7 && c->radio_spreading <= 12));
	assert(!c->radio_frequency_hz || (c->radio_frequency_hz >= 100000000 && c->radio_frequency_hz <= 1000000000));
	assert(c->interface_count <= CONFIG_INTERFACES_MAX && c->peer_count <= CONFIG_PEERS_MAX);
	for (size_t i = 0; i < c->interface_count; i++)
		check_text(c->interfaces[i], sizeof c->interfaces[i]);
	for (size_t i = 0; i < c->peer_count; i++)
		check_text(c->peers[i], sizeof c->peers[i]);
	assert(c->log <= LOG_DEBUG && c->entries_max >= 100 && c->entries_max <= 1000000 && c->folder[0] == '/');
}

/* Byte by byte, padding included: nobody wrote. */
static bool is_untouched(const void *now, const void *before, size_t size)
{
	return memcmp(now, before, size) == 0;
}

static void check_refusal(const struct config *now, const struct config *before, const struct reason *why)
{
	assert(is_untouched(now, before, sizeof *now));
	check_text(why->text, sizeof why->text);
	assert(why->text[0] != '\0');
}

static void as_file(const struct config *defaults, const uint8_t *data, size_t size)
{
	struct config config = *defaults;
	struct reason why = { "" };

	if (!as_file_write(&file, data, size))
		return;
	if (config_read(&config, &why, file.path, CONFIG_REQUIRED) == 0)
		check(&config);
	else
		check_refusal(&config, defaults, &why);
}

static void as_arguments(struct config *config, const uint8_t *data, size_t size)
{
	while (size) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t line = end ? (size_t)(end - data) : size;
		char text[LINE_MAX_SIZE];
		struct reason why = { "" };
		struct config before = *config;

		(void)snprintf(text, sizeof text, "%.*s", (int)line, (const char *)data);
		if (config_set(config, &why, text) == 0)
			check(config);
		else
			check_refusal(config, &before, &why);
		data += line + !!end;
		size -= line + !!end;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config config;

	memset(&config, 0, sizeof config); /* padding, too, since it is compared */
	config_init(&config);
	as_file(&config, data, size);
	as_arguments(&config, data, size);
	return 0;
}
