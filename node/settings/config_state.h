/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The inside of the configuration, for config.c and config_keys.c alone.
 *
 *   config.c       defaults, files, the command line: where settings come from
 *   config_keys.c  every key, and how its value is read
 *   config_print.c every value as text */
#ifndef AIDMESH_NODE_SETTINGS_CONFIG_STATE_H
#define AIDMESH_NODE_SETTINGS_CONFIG_STATE_H

#include "node/settings/config.h"
#include "node/settings/reason.h"

/* In the order of aidmesh.conf. */
enum config_key {
	CONFIG_KEY_FOLDER,
	CONFIG_KEY_NAME,
	CONFIG_KEY_PLACE,
	CONFIG_KEY_ROLE,
	CONFIG_KEY_LOG,
	CONFIG_KEY_ENTRIES,
	CONFIG_KEY_CLOCK,
	CONFIG_KEY_GPS,
	CONFIG_KEY_SOCKET,
	CONFIG_KEY_HTTP,
	CONFIG_KEY_PIN,
	CONFIG_KEY_HOSTS,
	CONFIG_KEY_LINK,
	CONFIG_KEY_DISCOVERY,
	CONFIG_KEY_DISCOVERY_PORT,
	CONFIG_KEY_INTERFACES,
	CONFIG_KEY_PEER,
	CONFIG_KEY_RADIO,
	CONFIG_KEY_DEVICE,
	CONFIG_KEY_REGION,
	CONFIG_KEY_FREQUENCY,
	CONFIG_KEY_BANDWIDTH,
	CONFIG_KEY_SPREADING,
	CONFIG_KEY_POWER,
	CONFIG_KEY_CIRCLE,
	CONFIG_KEY_WIFI_NAME,
	CONFIG_KEY_WIFI_PASSWORD,
	CONFIG_KEY_WIFI_COUNTRY,
	CONFIG_KEY_WIFI_JOIN,
	CONFIG_KEY_OUTPUT,
	CONFIG_KEY_LCDPROC,
	CONFIG_KEY_SIZE,
	CONFIG_KEY_LANGUAGE,
	CONFIG_KEY_BUTTONS,
	CONFIG_KEYS
};

/* The i-th value of a key as text; false: there are no more. */
bool config_value(char out[CONFIG_VALUE_SIZE], const struct config *config, enum config_key key, size_t i);

#endif
