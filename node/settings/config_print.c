/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Every value as text, the way back from config_keys.c: what is printed is taken again, and means the same. */
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>

#include "node/settings/config_state.h"

static void put(char out[CONFIG_VALUE_SIZE], const char *format, ...) __attribute__((format(printf, 2, 3)));

static void put(char out[CONFIG_VALUE_SIZE], const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(out, CONFIG_VALUE_SIZE, format, arguments);
	va_end(arguments);
}

static void put_address(char out[CONFIG_VALUE_SIZE], const char *host, uint16_t port)
{
	if (host[0] == '\0')
		put(out, "none");
	else if (strchr(host, ':') != NULL)
		put(out, "[%s]:%u", host, port);
	else
		put(out, "%s:%u", host, port);
}

/* Of `unit` parts, without zeros behind the last digit that says something; "" for 0. */
static void put_decimal(char out[CONFIG_VALUE_SIZE], uint32_t value, uint32_t unit, int digits)
{
	size_t size;

	put(out, "%" PRIu32 ".%0*" PRIu32, value / unit, digits, value % unit);
	for (size = strlen(out); out[size - 1] == '0'; size--)
		out[size - 1] = '\0';
	if (out[size - 1] == '.')
		out[size - 1] = '\0';
	if (value == 0)
		out[0] = '\0';
}

static void put_list(char out[CONFIG_VALUE_SIZE], const char *names, size_t name_size, size_t count)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < count; i++)
		used += (size_t)snprintf(out + used, CONFIG_VALUE_SIZE - used, "%s%s", i ? " " : "",
					 names + i * name_size);
}

static void put_one_of(char out[CONFIG_VALUE_SIZE], const char *const *names, unsigned which)
{
	put(out, "%s", names[which]);
}

static const char *const ROLES[] = {
	[CONFIG_NO_ROLE] = "none",
	[CONFIG_SITE] = "site",
	[CONFIG_CARRIED] = "carried",
	[CONFIG_FAR] = "far",
};

const char *config_role_name(enum config_role role)
{
	return ROLES[role];
}

static void print_node(char out[CONFIG_VALUE_SIZE], const struct config *c, enum config_key key)
{
	static const char *const LOGS[] = { "error", "warning", "info", "debug" };

	if (key == CONFIG_KEY_FOLDER)
		put(out, "%s", c->folder);
	else if (key == CONFIG_KEY_NAME)
		put(out, "%s", c->name);
	else if (key == CONFIG_KEY_PLACE)
		put(out, "%s", c->place);
	else if (key == CONFIG_KEY_ROLE)
		put(out, "%s", config_role_name(c->role));
	else if (key == CONFIG_KEY_LOG)
		put_one_of(out, LOGS, c->log);
	else if (key == CONFIG_KEY_ENTRIES)
		put(out, "%" PRIu32, c->entries_max);
	else if (key == CONFIG_KEY_CLOCK)
		put(out, "%s", c->clock);
	else if (c->gps_port == 0)
		put(out, "off");
	else
		put(out, "%u", c->gps_port);
}

static void print_reached(char out[CONFIG_VALUE_SIZE], const struct config *c, enum config_key key)
{
	if (key == CONFIG_KEY_SOCKET)
		put(out, "%s", c->control);
	else if (key == CONFIG_KEY_HTTP)
		put_address(out, c->http_host, c->http_port);
	else if (key == CONFIG_KEY_PIN)
		put(out, "%s", c->pin);
	else if (key == CONFIG_KEY_HOSTS)
		put(out, "%s", c->hosts);
	else if (key == CONFIG_KEY_LINK)
		put_address(out, c->link_host, c->link_port);
	else if (key == CONFIG_KEY_DISCOVERY)
		put(out, "%s", c->discovery ? "yes" : "no");
	else if (key == CONFIG_KEY_DISCOVERY_PORT)
		put(out, "%u", c->discovery_port);
	else
		put_list(out, c->interfaces[0], sizeof c->interfaces[0], c->interface_count);
}

static void print_radio(char out[CONFIG_VALUE_SIZE], const struct config *c, enum config_key key)
{
	static const char *const DEVICES[] = { "auto", "rnode", "meshtastic" };

	out[0] = '\0';
	if (key == CONFIG_KEY_RADIO)
		put(out, "%s", c->radio_port[0] ? c->radio_port : "none");
	else if (key == CONFIG_KEY_DEVICE)
		put_one_of(out, DEVICES, c->radio);
	else if (key == CONFIG_KEY_REGION)
		put(out, "%s", c->radio_region);
	else if (key == CONFIG_KEY_FREQUENCY)
		put_decimal(out, c->radio_frequency_hz, 1000000, 6);
	else if (key == CONFIG_KEY_BANDWIDTH)
		put_decimal(out, c->radio_bandwidth_hz, 1000, 3);
	else if (key == CONFIG_KEY_SPREADING && c->radio_spreading)
		put(out, "%u", c->radio_spreading);
	else if (key == CONFIG_KEY_POWER && c->radio_power_dbm >= 0)
		put(out, "%d", c->radio_power_dbm);
}

static void print_wifi(char out[CONFIG_VALUE_SIZE], const struct config *c, enum config_key key)
{
	put(out, "%s",
	    key == CONFIG_KEY_WIFI_NAME       ? c->wifi_name
	    : key == CONFIG_KEY_WIFI_PASSWORD ? c->wifi_password
					      : c->wifi_country);
}

static void print_display(char out[CONFIG_VALUE_SIZE], const struct config *c, enum config_key key)
{
	size_t count = 0;

	while (count < CONFIG_BUTTONS_MAX && c->buttons[count][0])
		count++;
	if (key == CONFIG_KEY_OUTPUT)
		put(out, "%s",
		    c->display == CONFIG_CHARLCD   ? c->display_path
		    : c->display == CONFIG_LCDPROC ? "lcdproc"
						   : "none");
	else if (key == CONFIG_KEY_LCDPROC)
		put_address(out, c->lcdproc_host, c->lcdproc_port);
	else if (key == CONFIG_KEY_SIZE)
		put(out, "%s", c->display_size == LCD_16X2 ? "16x2" : "20x4");
	else if (key == CONFIG_KEY_LANGUAGE)
		put(out, "%s", language_name(c->display_language));
	else
		put_list(out, c->buttons[0], sizeof c->buttons[0], count);
}

static size_t value_count(const struct config *c, enum config_key key)
{
	return key == CONFIG_KEY_PEER        ? c->peer_count
	       : key == CONFIG_KEY_CIRCLE    ? c->circle_count
	       : key == CONFIG_KEY_WIFI_JOIN ? c->wifi_join_count
					     : 1;
}

/* Peers, circles and networks to join are as many as there are; everything else is one. */
bool config_value(char out[CONFIG_VALUE_SIZE], const struct config *c, enum config_key key, size_t i)
{
	if (i >= value_count(c, key))
		return false;
	if (key == CONFIG_KEY_PEER)
		put(out, "%s", c->peers[i]);
	else if (key == CONFIG_KEY_CIRCLE)
		sodium_bin2hex(out, CONFIG_VALUE_SIZE, c->circles[i], CONFIG_CIRCLE_SIZE);
	else if (key == CONFIG_KEY_WIFI_JOIN)
		put(out, "%s", c->wifi_joins[i]);
	else if (key <= CONFIG_KEY_GPS)
		print_node(out, c, key);
	else if (key <= CONFIG_KEY_INTERFACES)
		print_reached(out, c, key);
	else if (key <= CONFIG_KEY_POWER)
		print_radio(out, c, key);
	else if (key <= CONFIG_KEY_WIFI_COUNTRY)
		print_wifi(out, c, key);
	else
		print_display(out, c, key);
	return true;
}
