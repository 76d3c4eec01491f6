/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Settings: what people write into files is taken, or refused with a sentence that says what would be right. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "node/settings/config.h"

#define CIRCLE "0a0b0c0d0e0f000102030405060708090a0b0c0d0e0f0001020304050607ABef"
static const char CIRCLE_SETTING[] = "radio.circle=" CIRCLE;

struct bench {
	char folder[64];
	char main_file[96];
	char parts[96];
};

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void write_part(const struct bench *b, const char *name, const char *text)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/%s", b->parts, name);
	write_file(path, text);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	*state = b;
	snprintf(b->folder, sizeof(b->folder), "/tmp/aidmesh-config-XXXXXX");
	if (mkdtemp(b->folder) == NULL)
		return -1;
	snprintf(b->main_file, sizeof(b->main_file), "%s/aidmesh.conf", b->folder);
	snprintf(b->parts, sizeof(b->parts), "%s/conf.d", b->folder);
	return mkdir(b->parts, 0700);
}

static int teardown(void **state)
{
	static const char *const names[] = { "10-a.conf", "20-b.conf", "30-c.conf.bak", ".40-d.conf" };
	struct bench *b = *state;
	char path[192];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", b->parts, names[i]);
		unlink(path);
	}
	rmdir(b->parts);
	unlink(b->main_file);
	assert_int_equal(rmdir(b->folder), 0);
	free(b);
	return 0;
}

static void every_key_of_a_file_is_taken(void **state)
{
	struct bench *b = *state;
	struct config config;
	struct reason why = { "" };

	config_init(&config);
	write_file(b->main_file, "# a comment\n[node]\nfolder = /srv/aidmesh\nname = Bäckerei Süd\nplace = "
				 "35.1,-77.0\nrole = carried\nlog = debug\n"
				 "entries = 1000\nclock = guessed\n\n[control]\nsocket=/run/x.sock\n"
				 "listen = 0.0.0.0:80\n[link]\nlisten = [fe80::1%wlan0]:0\ndiscovery = no\n"
				 "discovery_port = 4000\ninterfaces = wlan0 eth0\npeer = 10.0.0.1:5\n"
				 "peer = [2001:db8::1]:24363\npeer = hub.example.org:24363\n"
				 "[radio]\nport = /dev/ttyUSB1\ndevice = rnode\nregion = eu868\n"
				 "frequency = 869.4625\nbandwidth = 62.5\nspreading = 8\npower = 14\n"
				 "circle = " CIRCLE "\ncircle = " CIRCLE "\n"
				 "[wifi]\nname = aidmesh-oak\npassword = kefm-batu-rosn\ncountry = HT\n"
				 "[display]\noutput = /dev/lcd\nlcdproc = [::1]:4000\nsize = 16x2\n"
				 "language = ht\nbuttons = /dev/input/event7 /dev/input/event8\n");
	if (config_read(&config, &why, b->main_file, CONFIG_REQUIRED) != 0)
		fail_msg("%s", why.text);
	assert_string_equal(config.folder, "/srv/aidmesh");
	assert_string_equal(config.name, "Bäckerei Süd");
	assert_string_equal(config.place, "35.1,-77.0");
	assert_int_equal(config.role, CONFIG_CARRIED);
	assert_string_equal(config.wifi_name, "aidmesh-oak");
	assert_string_equal(config.wifi_password, "kefm-batu-rosn");
	assert_string_equal(config.wifi_country, "HT");
	assert_int_equal(config.log, LOG_DEBUG);
	assert_int_equal(config.entries_max, 1000);
	assert_string_equal(config.clock, "guessed");
	assert_string_equal(config.control, "/run/x.sock");
	assert_string_equal(config.http_host, "0.0.0.0");
	assert_int_equal(config.http_port, 80);
	assert_string_equal(config.link_host, "fe80::1%wlan0");
	assert_int_equal(config.link_port, 0);
	assert_true(config.link_listen);
	assert_false(config.discovery);
	assert_int_equal(config.discovery_port, 4000);
	assert_int_equal(config.interface_count, 2);
	assert_string_equal(config.interfaces[0], "wlan0");
	assert_string_equal(config.interfaces[1], "eth0");
	assert_int_equal(config.peer_count, 3);
	assert_string_equal(config.peers[1], "[2001:db8::1]:24363");
	assert_string_equal(config.radio_port, "/dev/ttyUSB1");
	assert_int_equal(config.radio, CONFIG_RNODE);
	assert_string_equal(config.radio_region, "EU868");
	assert_int_equal(config.radio_frequency_hz, 869462500);
	assert_int_equal(config.radio_bandwidth_hz, 62500);
	assert_int_equal(config.radio_spreading, 8);
	assert_int_equal(config.radio_power_dbm, 14);
	assert_int_equal(config.circle_count, 2);
	assert_int_equal(config.circles[1][0], 0x0a);
	assert_int_equal(config.circles[1][31], 0xef);
	assert_int_equal(config.display, CONFIG_CHARLCD);
	assert_string_equal(config.display_path, "/dev/lcd");
	assert_string_equal(config.lcdproc_host, "::1");
	assert_int_equal(config.lcdproc_port, 4000);
	assert_int_equal(config.display_size, LCD_16X2);
	assert_int_equal(config.display_language, LANGUAGE_HT);
	assert_string_equal(config.buttons[0], "/dev/input/event7");
	assert_string_equal(config.buttons[1], "/dev/input/event8");
	assert_string_equal(config.buttons[2], "");
}

static void later_files_stand_in_the_order_of_names(void **state)
{
	struct bench *b = *state;
	struct config config;
	struct reason why = { "" };

	config_init(&config);
	write_file(b->main_file, "[node]\nentries = 1000\nlog = error\n[link]\npeer = a:1\n");
	write_part(b, "20-b.conf", "[node]\nentries = 3000\n[link]\npeer = c:3\n");
	write_part(b, "10-a.conf", "[node]\nentries = 2000\n[link]\npeer = b:2\n");
	write_part(b, "30-c.conf.bak", "[node]\nentries = 4000\n");
	write_part(b, ".40-d.conf", "[node]\nentries = 5000\n");
	assert_int_equal(config_read(&config, &why, b->main_file, CONFIG_REQUIRED), 0);
	assert_int_equal(config.entries_max, 3000);
	assert_int_equal(config.log, LOG_ERROR);
	assert_int_equal(config.peer_count, 3);
	assert_string_equal(config.peers[1], "b:2");
}

static void a_missing_file_matters_only_when_it_was_named(void **state)
{
	struct bench *b = *state;
	struct config config;
	struct reason why = { "" };

	config_init(&config);
	write_part(b, "10-a.conf", "[node]\nentries = 2000\n");
	assert_int_equal(config_read(&config, &why, b->main_file, CONFIG_OPTIONAL), 0);
	assert_int_equal(config.entries_max, 2000);
	assert_int_equal(config_read(&config, &why, b->main_file, CONFIG_REQUIRED), -1);
	assert_non_null(strstr(why.text, b->main_file));
}

struct mistake {
	const char *text;
	const char *line; /* ":2:" or NULL */
	const char *says;
};

static void mistakes_are_named_with_file_and_line(void **state)
{
	static const struct mistake table[] = {
		{ "[node]\nentries = many\n", ":2:", "must be a number from 100 to 1000000" },
		{ "[node]\nentries = 99\n", ":2:", "100" },
		{ "[node]\nentries = 1000001\n", ":2:", "1000000" },
		{ "[node]\n\nentires = 5\n", ":3:", "it has folder name place role log entries clock" },
		{ "[nod]\nname = x\n", ":2:", "[node], [control], [link], [radio], [wifi] and [display]" },
		{ "name = x\n", ":1:", "section" },
		{ "[node]\nfolder\n", ":2:", "key = value" },
		{ "[node]\nfolder = relative/path\n", ":2:", "absolute" },
		{ "[node]\nname = this name has too many bytes\n", ":2:", "24 bytes" },
		{ "[node]\nname = \xff\xfe\n", ":2:", "24 bytes" },
		{ "[node]\nlog = loud\n", ":2:", "error, warning, info or debug" },
		{ "[node]\nclock = maybe\n", ":2:", "auto, set or guessed" },
		{ "[node]\nplace = the school\n", ":2:", "degrees such as" },
		{ "[node]\nplace = PXF2+8R\n", ":2:", "a Plus Code with all its digits" },
		{ "[node]\nrole = server\n", ":2:", "none, site, carried or far" },
		{ "[wifi]\nname = caf\xc3\xa9\n", ":2:", "without accents" },
		/* Nor is a password. */
		{ "[wifi]\npassword = short\n", ":2:", "password = (a secret): must be 8 to 63 characters" },
		{ "[wifi]\ncountry = Haiti\n", ":2:", "two capitals" },
		{ "[control]\nlisten = localhost:80\n", ":2:", "127.0.0.1:8024" },
		{ "[control]\nlisten = 127.0.0.1:0\n", ":2:", "or none" },
		{ "[control]\nlisten = 127.0.0.1\n", ":2:", "address:port" },
		{ "[link]\nlisten = ::1:24363\n", ":2:", "[::]:24363" },
		{ "[link]\nlisten = [::1]:65536\n", ":2:", "[::]:24363" },
		{ "[link]\ndiscovery = true\n", ":2:", "yes or no" },
		{ "[link]\ndiscovery_port = 0\n", ":2:", "1 to 65535" },
		{ "[link]\ninterfaces = a b c d e f g h i\n", ":2:", "at most 8" },
		{ "[link]\ninterfaces = averyveryverylongname\n", ":2:", "interface names" },
		{ "[link]\npeer = host\n", ":2:", "host:port" },
		{ "[radio]\nport = ttyUSB0\n", ":2:", "a port such as /dev/ttyUSB0" },
		{ "[radio]\nport = pi.lan:0\n", ":2:", "host:port of meshtasticd" },
		{ "[radio]\ndevice = lora\n", ":2:", "auto, rnode or meshtastic" },
		{ "[radio]\nregion = Europe\n", ":2:", "EU868" },
		{ "[radio]\nfrequency = 869525000\n", ":2:", "in MHz such as 869.525" },
		{ "[radio]\nfrequency = 869.5.2\n", ":2:", "869.525" },
		{ "[radio]\nfrequency = 868,1\n", ":2:", "869.525" },
		{ "[radio]\nfrequency = .5\n", ":2:", "869.525" },
		{ "[radio]\nbandwidth = 125000\n", ":2:", "in kHz such as 125" },
		{ "[radio]\nspreading = 13\n", ":2:", "7 to 12" },
		{ "[radio]\npower = -1\n", ":2:", "dBm" },
		/* What is nearly a key is not repeated into a log. */
		{ "[radio]\ncircle = 0a0a0a\n", ":2:", "circle = (a secret): must be 64 hexadecimal digits" },
		{ "[radio]\ncircle = " CIRCLE "00\n", ":2:", "64 hexadecimal digits" },
		{ "[display]\noutput = hdmi\n", ":2:", "none, lcdproc, or a device such as /dev/lcd" },
		{ "[display]\nlcdproc = 127.0.0.1:0\n", ":2:", "127.0.0.1:13666" },
		{ "[display]\nlcdproc = localhost:13666\n", ":2:", "127.0.0.1:13666" },
		{ "[display]\nsize = 40x2\n", ":2:", "20x4 or 16x2" },
		{ "[display]\nlanguage = Spanish\n", ":2:", "en, es, fr or ht" },
		{ "[display]\nbuttons = event0\n", ":2:", "/dev/input/event0" },
		{ "[display]\nbuttons = /a /b /c /d /e\n", ":2:", "at most 4" },
		{ "[link]\npeer = fe80::1:24363\n", ":2:", "[address]:port" },
		{ "[node]\nlog = loud\nentries = many\n", ":2:", "error, warning" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct config config, before;
		struct reason why = { "" };

		config_init(&config);
		before = config;
		write_file(b->main_file, table[i].text);
		assert_int_equal(config_read(&config, &why, b->main_file, CONFIG_REQUIRED), -1);
		if (strstr(why.text, b->main_file) == NULL || strstr(why.text, table[i].line) == NULL ||
		    strstr(why.text, table[i].says) == NULL)
			fail_msg("\"%s\" gives \"%s\", which does not say \"%s\"", table[i].text, &why, table[i].says);
		assert_memory_equal(&config, &before, sizeof(config));
	}
}

/* Who cannot start says so on the display all the same. */
static void what_is_right_beside_a_mistake_is_salvaged(void **state)
{
	struct bench *b = *state;
	struct config config;
	struct reason why = { "" };

	config_init(&config);
	write_file(b->main_file, "[node]\nentries = many\n[display]\noutput = /dev/lcd\nsise = 16x2\n");
	write_part(b, "10-a.conf", "[display]\nsize = 16x2\nlanguage = xx\n");
	write_part(b, "20-b.conf", "[display]\nlanguage = fr\n");
	assert_int_equal(config_read(&config, &why, b->main_file, CONFIG_REQUIRED), -1);
	assert_int_equal(config.display, CONFIG_NO_DISPLAY);
	assert_int_equal(config_read(&config, &why, b->main_file, CONFIG_SALVAGE), 0);
	assert_int_equal(config.display, CONFIG_CHARLCD);
	assert_string_equal(config.display_path, "/dev/lcd");
	assert_int_equal(config.display_size, LCD_16X2);
	assert_int_equal(config.display_language, LANGUAGE_FR);
	assert_int_equal(config_read(&config, &why, "/nowhere/aidmesh.conf", CONFIG_SALVAGE), 0);
}

static void the_seventeenth_peer_is_refused(void **state)
{
	struct config config;
	struct reason why = { "" };

	(void)state;
	config_init(&config);
	for (int i = 0; i < CONFIG_PEERS_MAX; i++)
		assert_int_equal(config_set(&config, &why, "link.peer=hub.example.org:1"), 0);
	assert_int_equal(config_set(&config, &why, "link.peer=hub.example.org:1"), -1);
	assert_non_null(strstr(why.text, "at most 16"));
}

static void the_command_line_sets_one_key(void **state)
{
	struct config config;
	struct reason why = { "" };

	(void)state;
	config_init(&config);
	assert_int_equal(config_set(&config, &why, "control.listen=none"), 0);
	assert_int_equal(config.http_port, 0);
	assert_int_equal(config_set(&config, &why, "link.listen=none"), 0);
	assert_false(config.link_listen);
	assert_int_equal(config_set(&config, &why, "node.folder=/a.b=c"), 0);
	assert_string_equal(config.folder, "/a.b=c");
	assert_int_equal(config_set(&config, &why, "folder=/x"), -1);
	assert_non_null(strstr(why.text, "section.key=value"));
	assert_int_equal(config_set(&config, &why, "node.folder"), -1);
	assert_int_equal(config_set(&config, &why, "node.colour=red"), -1);
	assert_non_null(strstr(why.text, "no key \"colour\""));
}

static void defaults_follow_the_system(void **state)
{
	struct config config;

	(void)state;
	setenv("STATE_DIRECTORY", "/var/lib/aidmesh-test:/var/lib/other", 1);
	setenv("RUNTIME_DIRECTORY", "/run/aidmesh-test", 1);
	config_init(&config);
	assert_string_equal(config.folder, "/var/lib/aidmesh-test");
	assert_string_equal(config.control, "/run/aidmesh-test/control.sock");
	unsetenv("STATE_DIRECTORY");
	unsetenv("RUNTIME_DIRECTORY");
	config_init(&config);
	assert_int_equal(config.folder[0], '/');
	assert_int_equal(config.entries_max, 50000);
	assert_int_equal(config.link_port, 24363);
	assert_true(config.link_listen && config.discovery);
	assert_string_equal(config.clock, "auto");
}

/* The shipped file names every key, and says of each what the program does without it. */
static void the_shipped_file_shows_the_defaults(void **state)
{
	struct bench *b = *state;
	struct config config, before;
	struct reason why = { "" };
	char line[512];
	FILE *in = fopen(SOURCE_DIR "/node/settings/aidmesh.conf", "r");
	FILE *out = fopen(b->main_file, "w");
	int keys = 0;

	assert_non_null(in);
	assert_non_null(out);
	while (fgets(line, sizeof(line), in) != NULL) {
		bool setting = line[0] == '#' && line[1] != ' ' && line[1] != '\n';

		/* Its examples of what may be repeated are no defaults. */
		bool example = strncmp(line, "#peer", 5) == 0 || strncmp(line, "#join", 5) == 0;

		keys += setting;
		fputs(setting && !example ? line + 1 : line, out);
	}
	fclose(in);
	fclose(out);
	assert_int_equal(keys, 34);
	setenv("STATE_DIRECTORY", "/var/lib/aidmesh", 1);
	setenv("RUNTIME_DIRECTORY", "/run/aidmesh", 1);
	config_init(&config);
	unsetenv("STATE_DIRECTORY");
	unsetenv("RUNTIME_DIRECTORY");
	before = config;
	if (config_read(&config, &why, b->main_file, CONFIG_REQUIRED) != 0)
		fail_msg("%s", why.text);
	config.given = 0;
	assert_memory_equal(&config, &before, sizeof(config));
}

static void a_role_sets_what_nobody_did(void **state)
{
	static const struct {
		const char *role, *explicit_listen, *host;
		bool listens, looks;
	} table[] = {
		{ "node.role=none", NULL, "127.0.0.1", true, true },
		{ "node.role=site", NULL, "0.0.0.0", true, true },
		{ "node.role=site", "control.listen=127.0.0.2:80", "127.0.0.2", true, true },
		{ "node.role=carried", NULL, "0.0.0.0", true, true },
		{ "node.role=far", NULL, "127.0.0.1", false, false },
		{ "node.role=far", "link.listen=[::]:24363", "127.0.0.1", true, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct config config;
		struct reason why = { "" };

		config_init(&config);
		if (table[i].explicit_listen != NULL)
			assert_int_equal(config_set(&config, &why, table[i].explicit_listen), 0);
		assert_int_equal(config_set(&config, &why, table[i].role), 0);
		config_finish(&config);
		assert_string_equal(config.http_host, table[i].host);
		assert_int_equal(config.link_listen, table[i].listens);
		assert_int_equal(config.discovery, table[i].looks);
		assert_string_equal(config.hosts, config.role == CONFIG_SITE ? "aidmesh.lan" : "");
	}
}

static void set_again(void *user, const char *section, const char *key, const char *value, bool is_secret)
{
	struct reason why = { "" };

	(void)is_secret;
	if (config_apply(user, &why, section, key, value) != 0)
		fail_msg("%s.%s=%s is printed and not taken: %s", section, key, value, why.text);
}

/* What --settings and answers.conf say is what was set. */
static void what_is_printed_is_taken_again(void **state)
{
	static const char *const set[] = {
		"node.folder=/srv/x",
		"node.name=Bäckerei Süd",
		"node.place=8773PXF2+8R",
		"node.role=far",
		"node.log=debug",
		"node.gps=off",
		"control.listen=[::1]:80",
		"control.pin=0815x",
		"control.hosts=a.lan b.lan",
		"link.listen=none",
		"link.discovery=no",
		"link.interfaces=wlan0, eth0",
		"link.peer=hub.example.org:24363",
		"link.peer=[2001:db8::1]:24363",
		"radio.port=auto",
		"radio.device=rnode",
		"radio.region=eu868",
		"radio.frequency=869.4625",
		"radio.bandwidth=62.5",
		"radio.spreading=8",
		"radio.power=0",
		CIRCLE_SETTING,
		CIRCLE_SETTING,
		"wifi.name=a b",
		"wifi.password=12345678",
		"wifi.country=FR",
		"wifi.join=12345678 Elm school",
		"wifi.join=87654321 Mill",
		"display.output=lcdproc",
		"display.size=16x2",
		"display.language=ht",
		"display.buttons=/dev/a /dev/b",
	};
	struct config config, again;
	struct reason why = { "" };

	(void)state;
	config_init(&config);
	config_init(&again);
	config_each(&config, CONFIG_ALL, set_again, &again);
	again.given = 0;
	assert_memory_equal(&config, &again, sizeof(config));
	for (size_t i = 0; i < sizeof(set) / sizeof(set[0]); i++)
		if (config_set(&config, &why, set[i]) != 0)
			fail_msg("%s", why.text);
	config_init(&again);
	config_each(&config, CONFIG_GIVEN, set_again, &again);
	assert_memory_equal(&config, &again, sizeof(config));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_key_of_a_file_is_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(later_files_stand_in_the_order_of_names, setup, teardown),
		cmocka_unit_test_setup_teardown(a_missing_file_matters_only_when_it_was_named, setup, teardown),
		cmocka_unit_test_setup_teardown(mistakes_are_named_with_file_and_line, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_right_beside_a_mistake_is_salvaged, setup, teardown),
		cmocka_unit_test(the_seventeenth_peer_is_refused),
		cmocka_unit_test(the_command_line_sets_one_key),
		cmocka_unit_test(defaults_follow_the_system),
		cmocka_unit_test(a_role_sets_what_nobody_did),
		cmocka_unit_test(what_is_printed_is_taken_again),
		cmocka_unit_test_setup_teardown(the_shipped_file_shows_the_defaults, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
