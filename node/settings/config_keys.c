/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every key of the configuration, in the table at the end; before it, how a value of each is read. */
#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/settings/address.h"
#include "node/settings/band.h"
#include "node/settings/config_state.h"
#include "proto/entry.h"
#include "proto/place/place_text.h"

enum { ENTRIES_MIN = 100, ENTRIES_LIMIT = 1000000 };

static_assert(sizeof(((struct config *)0)->name) == CARD_NAME_MAX + 1, "a node's name goes onto its card");
static_assert(sizeof(((struct config *)0)->link_host) == ADDRESS_HOST_SIZE, "as address_split gives it");
static_assert(sizeof(((struct config *)0)->peers[0]) == ADDRESS_TEXT_SIZE, "as address_print gives it");

/* 0 when `text` of `size` bytes and its zero fit. */
static int copy_text(char *out, size_t size, const char *text)
{
	if (strlen(text) >= size)
		return -1;
	memcpy(out, text, strlen(text) + 1);
	return 0;
}

static int parse_number(uint32_t *number, const char *text, uint32_t min, uint32_t max)
{
	unsigned long value;

	if (text[0] == '\0' || strlen(text) > 9 || text[strspn(text, "0123456789")] != '\0')
		return -1;
	value = strtoul(text, NULL, 10);
	if (value < min || value > max)
		return -1;
	*number = (uint32_t)value;
	return 0;
}

static int set_folder(struct config *config, const char *value)
{
	return value[0] == '/' ? copy_text(config->folder, sizeof config->folder, value) : -1;
}

static int set_name(struct config *config, const char *value)
{
	char name[sizeof config->name] = "";

	for (const char *c = value; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return -1;
	}
	/* All of it must be UTF-8 and fit. */
	if (!text_cut(name, CARD_NAME_MAX, value) || strcmp(name, value) != 0)
		return -1;
	memcpy(config->name, name, sizeof name);
	return 0;
}

/* Whether it is one that can be found without neighbours is all that is asked here. */
static int set_place(struct config *config, const char *value)
{
	struct geo_point point;
	uint8_t digits;
	enum place_text found = place_text_read(&point, &digits, value, NULL);

	if (value[0] != '\0' && found != PLACE_TEXT_POINT && found != PLACE_TEXT_CELL)
		return -1;
	return copy_text(config->place, sizeof config->place, value);
}

/* The place of `value` among `count` names, or -1. */
static int find_name(const char *const *names, size_t count, const char *value)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(value, names[i]) == 0)
			return (int)i;
	return -1;
}

static int set_role(struct config *config, const char *value)
{
	for (int role = CONFIG_NO_ROLE; role <= CONFIG_FAR; role++)
		if (strcmp(config_role_name((enum config_role)role), value) == 0) {
			config->role = (enum config_role)role;
			return 0;
		}
	return -1;
}

static int set_log(struct config *config, const char *value)
{
	static const char *const names[] = {
		[LOG_ERROR] = "error",
		[LOG_WARNING] = "warning",
		[LOG_INFO] = "info",
		[LOG_DEBUG] = "debug",
	};
	int found = find_name(names, sizeof names / sizeof names[0], value);

	if (found < 0)
		return -1;
	config->log = (enum config_log)found;
	return 0;
}

static int set_entries(struct config *config, const char *value)
{
	return parse_number(&config->entries_max, value, ENTRIES_MIN, ENTRIES_LIMIT);
}

static int set_clock(struct config *config, const char *value)
{
	if (strcmp(value, "auto") != 0 && strcmp(value, "set") != 0 && strcmp(value, "guessed") != 0)
		return -1;
	return copy_text(config->clock, sizeof config->clock, value);
}

/* gpsd listens on this machine; "auto": on its usual port. */
static int set_gps(struct config *config, const char *value)
{
	uint32_t port = CONFIG_GPSD_PORT;

	if (strcmp(value, "off") == 0)
		port = 0;
	else if (strcmp(value, "auto") != 0 && parse_number(&port, value, 1, 65535) != 0)
		return -1;
	config->gps_port = (uint16_t)port;
	return 0;
}

static int set_socket(struct config *config, const char *value)
{
	return value[0] == '/' ? copy_text(config->control, sizeof config->control, value) : -1;
}

/* A numeric host: whoever listens should not wait for a name to be looked up. */
static int split_numeric(char host[ADDRESS_HOST_SIZE], uint16_t *port, const char *value)
{
	struct in6_addr ignored;
	char number[ADDRESS_HOST_SIZE];

	if (address_split(host, port, value) != 0)
		return -1;
	memcpy(number, host, sizeof number);
	/* The interface of a link-local address may come up later. */
	number[strcspn(number, "%")] = '\0';
	if (inet_pton(AF_INET6, number, &ignored) == 1)
		return 0;
	return inet_pton(AF_INET, host, &ignored) == 1 ? 0 : -1;
}

static int set_http(struct config *config, const char *value)
{
	char host[ADDRESS_HOST_SIZE] = "";
	uint16_t port = 0;

	if (strcmp(value, "none") != 0 && (split_numeric(host, &port, value) != 0 || port == 0))
		return -1;
	memcpy(config->http_host, host, sizeof config->http_host);
	config->http_port = port;
	return 0;
}

bool config_pin_is_fine(const char *pin)
{
	static const char allowed[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t size = strlen(pin);

	return size >= 4 && size < CONFIG_PIN_SIZE && strspn(pin, allowed) == size;
}

static int set_pin(struct config *config, const char *value)
{
	if (*value && !config_pin_is_fine(value))
		return -1;
	return copy_text(config->pin, sizeof config->pin, value);
}

static int set_hosts(struct config *config, const char *value)
{
	return copy_text(config->hosts, sizeof config->hosts, value);
}

static int set_link_listen(struct config *config, const char *value)
{
	char host[ADDRESS_HOST_SIZE] = "";
	uint16_t port = 0;

	if (strcmp(value, "none") != 0 && split_numeric(host, &port, value) != 0)
		return -1;
	memcpy(config->link_host, host, sizeof config->link_host);
	config->link_port = port;
	config->link_listen = host[0] != '\0';
	return 0;
}

static int set_discovery(struct config *config, const char *value)
{
	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		return -1;
	config->discovery = strcmp(value, "yes") == 0;
	return 0;
}

static int set_discovery_port(struct config *config, const char *value)
{
	uint32_t port;

	if (parse_number(&port, value, 1, 65535) != 0)
		return -1;
	config->discovery_port = (uint16_t)port;
	return 0;
}

static int set_interfaces(struct config *config, const char *value)
{
	char names[CONFIG_INTERFACES_MAX][16] = { "" };
	size_t count = 0;

	for (const char *rest = value; *(rest += strspn(rest, " \t,")) != '\0';) {
		size_t size = strcspn(rest, " \t,");

		if (count == CONFIG_INTERFACES_MAX || size >= sizeof names[0])
			return -1;
		memcpy(names[count++], rest, size);
		rest += size;
	}
	memcpy(config->interfaces, names, sizeof names);
	config->interface_count = count;
	return 0;
}

static int add_peer(struct config *config, const char *value)
{
	char host[ADDRESS_HOST_SIZE];
	uint16_t port;

	if (address_split(host, &port, value) != 0 || port == 0 || config->peer_count == CONFIG_PEERS_MAX ||
	    copy_text(config->peers[config->peer_count], sizeof config->peers[0], value) != 0)
		return -1;
	config->peer_count++;
	return 0;
}

static int set_output(struct config *config, const char *value)
{
	if (value[0] == '/') {
		if (copy_text(config->display_path, sizeof config->display_path, value) != 0)
			return -1;
		config->display = CONFIG_CHARLCD;
	} else if (strcmp(value, "lcdproc") == 0) {
		config->display = CONFIG_LCDPROC;
	} else if (strcmp(value, "none") == 0) {
		config->display = CONFIG_NO_DISPLAY;
	} else {
		return -1;
	}
	return 0;
}

static int set_lcdproc(struct config *config, const char *value)
{
	char host[ADDRESS_HOST_SIZE] = "";
	uint16_t port = 0;

	if (split_numeric(host, &port, value) != 0 || port == 0)
		return -1;
	memcpy(config->lcdproc_host, host, sizeof config->lcdproc_host);
	config->lcdproc_port = port;
	return 0;
}

static int set_size(struct config *config, const char *value)
{
	return lcd_size_parse(&config->display_size, value) ? 0 : -1;
}

static int set_language(struct config *config, const char *value)
{
	enum language language = language_find(value);

	if (language == LANGUAGES || strcmp(value, language_name(language)) != 0)
		return -1;
	config->display_language = language;
	return 0;
}

static int set_buttons(struct config *config, const char *value)
{
	char paths[CONFIG_BUTTONS_MAX][CONFIG_BUTTON_SIZE] = { "" };
	size_t count = 0;

	for (const char *rest = value; *(rest += strspn(rest, " \t,")) != '\0';) {
		size_t size = strcspn(rest, " \t,");

		if (count == CONFIG_BUTTONS_MAX || size >= sizeof paths[0] || rest[0] != '/')
			return -1;
		memcpy(paths[count++], rest, size);
		rest += size;
	}
	memcpy(config->buttons, paths, sizeof paths);
	return 0;
}

static int set_radio_port(struct config *config, const char *value)
{
	char host[ADDRESS_HOST_SIZE];
	uint16_t port;

	if (strcmp(value, "none") == 0)
		return copy_text(config->radio_port, sizeof config->radio_port, "");
	if (strcmp(value, "auto") != 0 && value[0] != '/' && (address_split(host, &port, value) != 0 || port == 0))
		return -1;
	return copy_text(config->radio_port, sizeof config->radio_port, value);
}

static int set_radio_device(struct config *config, const char *value)
{
	static const char *const names[] = {
		[CONFIG_ANY_RADIO] = "auto",
		[CONFIG_RNODE] = "rnode",
		[CONFIG_MESHTASTIC] = "meshtastic",
	};
	int found = find_name(names, sizeof names / sizeof names[0], value);

	if (found < 0)
		return -1;
	config->radio = (enum config_radio)found;
	return 0;
}

static int set_radio_region(struct config *config, const char *value)
{
	const struct band *band = band_find(value);

	if (band == NULL && value[0] != '\0')
		return -1;
	return copy_text(config->radio_region, sizeof config->radio_region, band != NULL ? band->name : "");
}

/* A decimal number in units of `unit`, of which at most `digits` digits stand behind the point. */
static int parse_decimal(uint32_t *number, const char *text, uint32_t unit, size_t digits)
{
	char whole[8] = "";
	size_t before = strcspn(text, "."), after = text[before] == '.' ? strlen(text + before + 1) : 0;
	uint32_t value, part;

	if (before >= sizeof whole || after > digits || text[strspn(text, "0123456789.")] != '\0')
		return -1;
	memcpy(whole, text, before);
	if (parse_number(&value, whole, 0, 4000) != 0)
		return -1;
	value *= unit;
	for (const char *c = text + before + (after > 0); after-- > 0;) {
		unit /= 10;
		if (*c < '0' || *c > '9')
			return -1;
		part = (uint32_t)(*c++ - '0');
		value += part * unit;
	}
	*number = value;
	return 0;
}

static int set_radio_frequency(struct config *config, const char *value)
{
	uint32_t hz = 0;

	if (value[0] != '\0' && (parse_decimal(&hz, value, 1000000, 6) != 0 || hz < 100000000 || hz > 1000000000))
		return -1;
	config->radio_frequency_hz = hz;
	return 0;
}

static int set_radio_bandwidth(struct config *config, const char *value)
{
	uint32_t hz = 0;

	if (value[0] != '\0' &&
	    (parse_decimal(&hz, value, 1000, 2) != 0 || hz < AIRTIME_BANDWIDTH_MIN_HZ || hz > AIRTIME_BANDWIDTH_MAX_HZ))
		return -1;
	config->radio_bandwidth_hz = hz;
	return 0;
}

static int set_radio_spreading(struct config *config, const char *value)
{
	uint32_t spreading = 0;

	if (value[0] != '\0' && parse_number(&spreading, value, AIRTIME_SPREADING_MIN, AIRTIME_SPREADING_MAX) != 0)
		return -1;
	config->radio_spreading = (uint8_t)spreading;
	return 0;
}

static int set_radio_power(struct config *config, const char *value)
{
	uint32_t dbm;

	if (value[0] != '\0' && parse_number(&dbm, value, 0, 36) != 0)
		return -1;
	config->radio_power_dbm = value[0] != '\0' ? (int8_t)dbm : -1;
	return 0;
}

static int add_circle(struct config *config, const char *value)
{
	uint8_t key[CONFIG_CIRCLE_SIZE];
	size_t size;

	if (value[0] == '\0') {
		config->circle_count = 0;
		return 0;
	}
	if (config->circle_count == CONFIG_CIRCLES_MAX ||
	    sodium_hex2bin(key, sizeof key, value, strlen(value), NULL, &size, NULL) != 0 || size != sizeof key)
		return -1;
	memcpy(config->circles[config->circle_count++], key, sizeof key);
	return 0;
}

/* What neither a file of settings nor NetworkManager's and hostapd's can carry is refused: controls, what begins a comment in the
 * middle of a line, and blanks at the ends. */
static bool is_writable(const char *value)
{
	size_t size = strlen(value);

	return size == 0 || (value[0] != ' ' && value[0] != ';' && value[0] != '#' && value[size - 1] != ' ' &&
			     strstr(value, " ;") == NULL);
}

static bool is_plain_ascii(const char *value)
{
	for (const char *c = value; *c != '\0'; c++)
		if (*c < 0x20 || *c > 0x7e)
			return false;
	return true;
}

static int set_wifi_name(struct config *config, const char *value)
{
	if (!is_plain_ascii(value) || !is_writable(value))
		return -1;
	return copy_text(config->wifi_name, sizeof config->wifi_name, value);
}

static int set_wifi_password(struct config *config, const char *value)
{
	if (value[0] != '\0' && (strlen(value) < 8 || !is_plain_ascii(value) || !is_writable(value)))
		return -1;
	return copy_text(config->wifi_password, sizeof config->wifi_password, value);
}

static int set_wifi_country(struct config *config, const char *value)
{
	static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (value[0] != '\0' && (strlen(value) != 2 || strspn(value, LETTERS) != 2))
		return -1;
	return copy_text(config->wifi_country, sizeof config->wifi_country, value);
}

/* The password has no blank, so the name begins behind the first one. Of one name the last password stands. */
static int add_wifi_join(struct config *config, const char *value)
{
	size_t password_size = strcspn(value, " "), at = 0;
	const char *name = value + password_size + strspn(value + password_size, " ");

	if (password_size < 8 || password_size > 63 || name[0] == '\0' || strlen(name) > 32 || !is_plain_ascii(value) ||
	    !is_writable(value))
		return -1;
	while (at < config->wifi_join_count && strcmp(strchr(config->wifi_joins[at], ' ') + 1, name) != 0)
		at++;
	if (at == CONFIG_JOINS_MAX)
		return -1;
	snprintf(config->wifi_joins[at], CONFIG_JOIN_SIZE, "%.*s %.32s", (int)password_size, value, name);
	config->wifi_join_count += at == config->wifi_join_count;
	return 0;
}

/* Every key there is. `right` completes "must be ...". */
struct setting {
	const char *section;
	const char *key;
	int (*set)(struct config *config, const char *value); /* -1: bad value, config unchanged */
	const char *right;
	bool is_secret;
};

static const struct setting settings[] = {
	[CONFIG_KEY_FOLDER] = { "node", "folder", set_folder, "an absolute path" },
	[CONFIG_KEY_NAME] = { "node", "name", set_name, "text of at most 24 bytes" },
	[CONFIG_KEY_PLACE] = { "node", "place", set_place,
			       "degrees such as 35.1064,-77.0936, or a Plus Code with all its digits" },
	[CONFIG_KEY_ROLE] = { "node", "role", set_role, "none, site, carried or far" },
	[CONFIG_KEY_LOG] = { "node", "log", set_log, "error, warning, info or debug" },
	[CONFIG_KEY_ENTRIES] = { "node", "entries", set_entries, "a number from 100 to 1000000" },
	[CONFIG_KEY_CLOCK] = { "node", "clock", set_clock, "auto, set or guessed" },
	[CONFIG_KEY_GPS] = { "node", "gps", set_gps, "auto, off or the port of gpsd" },
	[CONFIG_KEY_SOCKET] = { "control", "socket", set_socket, "an absolute path of at most 107 bytes" },
	[CONFIG_KEY_HTTP] = { "control", "listen", set_http, "address:port such as 127.0.0.1:8024, or none" },
	[CONFIG_KEY_PIN] = { "control", "pin", set_pin, "4 to 16 digits or letters, or empty", true },
	[CONFIG_KEY_HOSTS] = { "control", "hosts", set_hosts, "names with spaces between, 127 bytes at most" },
	[CONFIG_KEY_LINK] = { "link", "listen", set_link_listen, "address:port such as [::]:24363, or none" },
	[CONFIG_KEY_DISCOVERY] = { "link", "discovery", set_discovery, "yes or no" },
	[CONFIG_KEY_DISCOVERY_PORT] = { "link", "discovery_port", set_discovery_port, "a port from 1 to 65535" },
	[CONFIG_KEY_INTERFACES] = { "link", "interfaces", set_interfaces,
				    "at most 8 interface names with spaces between" },
	[CONFIG_KEY_PEER] = { "link", "peer", add_peer, "host:port or [address]:port, at most 16 of them" },
	[CONFIG_KEY_RADIO] = { "radio", "port", set_radio_port,
			       "none, auto, a port such as /dev/ttyUSB0, or host:port of meshtasticd" },
	[CONFIG_KEY_DEVICE] = { "radio", "device", set_radio_device, "auto, rnode or meshtastic" },
	[CONFIG_KEY_REGION] = { "radio", "region", set_radio_region,
				"EU868, EU433, US915, AU915, AS923, IN865, KR920, NZ865 or JP920" },
	[CONFIG_KEY_FREQUENCY] = { "radio", "frequency", set_radio_frequency, "a frequency in MHz such as 869.525" },
	[CONFIG_KEY_BANDWIDTH] = { "radio", "bandwidth", set_radio_bandwidth, "a bandwidth in kHz such as 125" },
	[CONFIG_KEY_SPREADING] = { "radio", "spreading", set_radio_spreading, "a number from 7 to 12" },
	[CONFIG_KEY_POWER] = { "radio", "power", set_radio_power, "a number of dBm such as 17" },
	[CONFIG_KEY_CIRCLE] = { "radio", "circle", add_circle, "64 hexadecimal digits, at most 4 times, or empty",
				true },
	[CONFIG_KEY_WIFI_NAME] = { "wifi", "name", set_wifi_name,
				   "at most 32 characters of a plain keyboard, without accents" },
	[CONFIG_KEY_WIFI_PASSWORD] = { "wifi", "password", set_wifi_password,
				       "8 to 63 characters of a plain keyboard, without accents", true },
	[CONFIG_KEY_WIFI_COUNTRY] = { "wifi", "country", set_wifi_country,
				      "a country's two capitals, such as US, FR or HT" },
	[CONFIG_KEY_WIFI_JOIN] = { "wifi", "join", add_wifi_join,
				   "PASSWORD NAME: a password of 8 to 63 characters without a blank, then the Wi-Fi's "
				   "name; at most "
				   "16 of them",
				   true },
	[CONFIG_KEY_OUTPUT] = { "display", "output", set_output, "none, lcdproc, or a device such as /dev/lcd" },
	[CONFIG_KEY_LCDPROC] = { "display", "lcdproc", set_lcdproc, "address:port such as 127.0.0.1:13666" },
	[CONFIG_KEY_SIZE] = { "display", "size", set_size, "20x4 or 16x2" },
	[CONFIG_KEY_LANGUAGE] = { "display", "language", set_language, LANGUAGES_LISTED },
	[CONFIG_KEY_BUTTONS] = { "display", "buttons", set_buttons,
				 "at most 4 input devices such as /dev/input/event0, with spaces between" },
};

static_assert(sizeof settings / sizeof settings[0] == CONFIG_KEYS, "each key is read");
static_assert(CONFIG_KEYS <= 64, "each has a bit");

/* Lists the keys of a section, or where there is no such section, the sections. */
static void say_unknown(struct reason *why, const char *section, const char *key)
{
	bool known = false;

	for (size_t i = 0; i < CONFIG_KEYS; i++)
		known = known || strcmp(settings[i].section, section) == 0;
	if (!known) {
		reason_set(why,
			   "there is no section [%.20s]: [node], [control], [link], [radio], [wifi] and [display] are "
			   "known",
			   section);
		return;
	}
	reason_set(why, "[%s] has no key \"%.30s\": it has", section, key);
	for (size_t i = 0; i < CONFIG_KEYS; i++)
		if (strcmp(settings[i].section, section) == 0)
			reason_add(why, " %s", settings[i].key);
}

/* CONFIG_KEYS: there is none. */
static size_t find_setting(const char *section, const char *key)
{
	size_t i = 0;

	while (i < CONFIG_KEYS && (strcmp(settings[i].section, section) != 0 || strcmp(settings[i].key, key) != 0))
		i++;
	return i;
}

int config_apply(struct config *config, struct reason *why, const char *section, const char *key, const char *value)
{
	size_t i = find_setting(section, key);

	if (i == CONFIG_KEYS) {
		say_unknown(why, section, key);
		return -1;
	}
	if (settings[i].set(config, value) == 0) {
		config->given |= (uint64_t)1 << i;
		return 0;
	}
	reason_set(why, "[%s] %s = %.60s: must be %s", section, key, settings[i].is_secret ? "(a secret)" : value,
		   settings[i].right);
	return -1;
}

bool config_is_given(const struct config *config, const char *section, const char *key)
{
	size_t i = find_setting(section, key);

	return i < CONFIG_KEYS && (config->given >> i & 1) != 0;
}

void config_each(const struct config *config, enum config_which which, config_cb cb, void *user)
{
	char value[CONFIG_VALUE_SIZE];

	for (size_t i = 0; i < CONFIG_KEYS; i++) {
		const struct setting *s = &settings[i];

		if (which == CONFIG_GIVEN && (config->given >> i & 1) == 0)
			continue;
		for (size_t n = 0; config_value(value, config, (enum config_key)i, n); n++)
			cb(user, s->section, s->key, value, s->is_secret);
	}
	sodium_memzero(value, sizeof value);
}

/* Roles. */

struct role_default {
	enum config_role role;
	const char *section, *key, *value;
};

void config_finish(struct config *config)
{
	static const struct role_default DEFAULTS[] = {
		{ CONFIG_SITE, "control", "listen", "0.0.0.0:8024" },
		{ CONFIG_SITE, "control", "hosts", "aidmesh.lan" },
		{ CONFIG_CARRIED, "control", "listen", "0.0.0.0:8024" },
		{ CONFIG_FAR, "link", "listen", "none" },
		{ CONFIG_FAR, "link", "discovery", "no" },
	};

	for (size_t i = 0; i < sizeof DEFAULTS / sizeof DEFAULTS[0]; i++) {
		const struct role_default *d = &DEFAULTS[i];
		size_t key = find_setting(d->section, d->key);

		if (d->role == config->role && (config->given >> key & 1) == 0)
			(void)settings[key].set(config, d->value);
	}
	/* Who says the region has a radio. */
	if (config->radio_region[0] != '\0' && !config_is_given(config, "radio", "port"))
		(void)set_radio_port(config, "auto");
}
