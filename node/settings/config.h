/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The settings of a node: defaults, then /etc/aidmesh/aidmesh.conf and conf.d, then what the first start was answered
 * (answers.conf in the node's folder), then the command line; last, what its role sets where nobody did. INI, read by libinih; an
 * unknown key or a bad value is refused with file, line and what would be right. */
#ifndef AIDMESH_NODE_SETTINGS_CONFIG_H
#define AIDMESH_NODE_SETTINGS_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/settings/reason.h"
#include "board/display/lcd.h"

enum {
	CONFIG_PATH_SIZE = 256,
	CONFIG_PEERS_MAX = 16,
	CONFIG_INTERFACES_MAX = 8,
	CONFIG_PIN_SIZE = 17,
	CONFIG_BUTTONS_MAX = 4,
	CONFIG_BUTTON_SIZE = 100,
	CONFIG_JOINS_MAX = 16,
	CONFIG_JOIN_SIZE = 63 + 1 + 32 + 1, /* a password, a blank, a name */
	CONFIG_CIRCLES_MAX = 4,
	CONFIG_CIRCLE_SIZE = 32,
	CONFIG_PLACE_SIZE = 48,
	CONFIG_WIFI_NAME_SIZE = 33,     /* IEEE 802.11: an SSID has at most 32 bytes */
	CONFIG_WIFI_PASSWORD_SIZE = 64, /* WPA: a passphrase has 8 to 63 */
	CONFIG_VALUE_SIZE = 512         /* of any value as text */
};

enum config_log { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

enum config_radio { CONFIG_ANY_RADIO, CONFIG_RNODE, CONFIG_MESHTASTIC };

enum config_display { CONFIG_NO_DISPLAY, CONFIG_LCDPROC, CONFIG_CHARLCD };

/* What a node is for. It sets defaults, and says to the system's side what to do about the network. */
enum config_role {
	CONFIG_NO_ROLE, /* the network is somebody else's business */
	CONFIG_SITE,    /* access point, page and display */
	CONFIG_CARRIED, /* joins the Wi-Fi of the sites it passes */
	CONFIG_FAR,     /* by radio alone */
};

enum { CONFIG_GPSD_PORT = 2947 }; /* IANA's */

struct config {
	char folder[CONFIG_PATH_SIZE]; /* [node] folder: where entries and key live */
	char name[25];                 /* [node] name, for a node that has no card yet; "" the host's name */
	char place[CONFIG_PLACE_SIZE]; /* [node] place, where the node stands: applied once, where none was said; "" */
	enum config_role role;         /* [node] role = none|site|carried|far */
	enum config_log log;           /* [node] log = error|warning|info|debug */
	uint32_t entries_max;          /* [node] entries, default 50000 */
	char control[108];             /* [control] socket */
	char http_host[64];            /* [control] listen = 127.0.0.1:8024, "none" for no TCP */
	uint16_t http_port;            /* 0: none */
	char pin[CONFIG_PIN_SIZE];     /* [control] pin of the volunteers; "" one is made at the first start */
	char hosts[128];               /* [control] hosts: names under which browsers may call */
	char link_host[64];            /* [link] listen = [::]:24363, "none" */
	uint16_t link_port;            /* 0 asks the system for one */
	bool link_listen;              /* false: listen = none */
	bool discovery;                /* [link] discovery = yes|no */
	uint16_t discovery_port;       /* [link] discovery_port, default 24363 */
	char interfaces[CONFIG_INTERFACES_MAX][16]; /* [link] interfaces = wlan0 eth0; none: every usable one */
	size_t interface_count;
	char peers[CONFIG_PEERS_MAX][80]; /* [link] peer = host:port, [v6]:port; may be repeated */
	size_t peer_count;
	uint8_t circles[CONFIG_CIRCLES_MAX]
		       [CONFIG_CIRCLE_SIZE]; /* [radio] circle, secret; may be repeated, empty: none */
	size_t circle_count;
	enum config_display display;         /* [display] output = none|lcdproc|/dev/lcd */
	char display_path[CONFIG_PATH_SIZE]; /* of CONFIG_CHARLCD */
	char lcdproc_host[64];               /* [display] lcdproc = 127.0.0.1:13666, where LCDd listens */
	uint16_t lcdproc_port;
	enum lcd_size display_size;     /* [display] size = 20x4|16x2, of /dev/lcd: LCDd says its own */
	enum language display_language; /* [display] language = en|es|fr|ht */
	char buttons[CONFIG_BUTTONS_MAX][CONFIG_BUTTON_SIZE]; /* [display] buttons: input devices; "" behind the last */
	char radio_port[CONFIG_PATH_SIZE];                    /* [radio] port = none|auto|/dev/...|host:port; "" none */
	enum config_radio radio;                              /* [radio] device = auto|rnode|meshtastic */
	char radio_region[8];                                 /* [radio] region, such as EU868; "" none */
	uint32_t radio_frequency_hz;                          /* [radio] frequency in MHz; 0 the region's */
	uint32_t radio_bandwidth_hz;                          /* [radio] bandwidth in kHz; 0 the region's */
	uint8_t radio_spreading;                              /* [radio] spreading, 7..12; 0 the region's */
	int8_t radio_power_dbm;                               /* [radio] power; -1 the region's */
	char wifi_name[CONFIG_WIFI_NAME_SIZE];                /* [wifi] name of the access point; "" none yet */
	char wifi_password[CONFIG_WIFI_PASSWORD_SIZE];        /* [wifi] password; "" none yet */
	char wifi_country[3];                                 /* [wifi] country, two capitals; "" none */
	/* [wifi] join = PASSWORD NAME, may be repeated: Wi-Fi of sites that a carried node joins, as it was written. */
	char wifi_joins[CONFIG_JOINS_MAX][CONFIG_JOIN_SIZE];
	size_t wifi_join_count;
	char clock[8];     /* [node] clock = auto|set|guessed: whether to trust the system clock */
	uint16_t gps_port; /* [node] gps = auto|off|port: of gpsd on this machine; 0 off */
	uint64_t given;    /* a bit for each key that somebody set, by its place in the table of config_keys.c */
};

/* The defaults. `folder` is STATE_DIRECTORY (systemd's), for root /var/lib/aidmesh, else aidmesh below XDG_STATE_HOME
 * or ~/.local/state. `control` is control.sock in RUNTIME_DIRECTORY, for root in /run/aidmesh, else in aidmesh below
 * XDG_RUNTIME_DIR, or in the folder where there is none of these. */
void config_init(struct config *config);
/* 4 to 16 digits or letters. */
bool config_pin_is_fine(const char *pin);

enum config_need {
	CONFIG_OPTIONAL,
	CONFIG_REQUIRED,
	CONFIG_SALVAGE, /* what is right in it, and no error: to tell people at the display what is wrong */
};
/* Reads one file, then the files *.conf in the folder `conf.d` beside it, in the order of their names; what comes later
 * stands, peers add up. A missing file is no error when CONFIG_OPTIONAL. 0, or -1 with a sentence in `why` that names
 * file and line; then `config` is as before. */
int config_read(struct config *config, struct reason *why, const char *path, enum config_need need)
	__attribute__((warn_unused_result));
/* One setting as `section.key=value`, as from the command line. 0, or -1 with a sentence; then `config` is as before.
 * */
int config_set(struct config *config, struct reason *why, const char *assignment) __attribute__((warn_unused_result));
/* One setting by its names. 0, or -1 with a sentence; then `config` is as before. */
int config_apply(struct config *config, struct reason *why, const char *section, const char *key, const char *value)
	__attribute__((warn_unused_result));
/* One file alone, without a conf.d. As config_read. */
int config_read_file(struct config *config, struct reason *why, const char *path, enum config_need need)
	__attribute__((warn_unused_result));
/* "site" of CONFIG_SITE. */
const char *config_role_name(enum config_role role);
/* What the role sets, where nobody did. After everything was read. */
void config_finish(struct config *config);
/* Somebody set that key. */
bool config_is_given(const struct config *config, const char *section, const char *key);

/* For every value, in the order of aidmesh.conf. `value` is as it would be written there; what is a secret is marked. */
typedef void (*config_cb)(void *user, const char *section, const char *key, const char *value, bool is_secret);
enum config_which { CONFIG_ALL, CONFIG_GIVEN };
void config_each(const struct config *config, enum config_which which, config_cb cb, void *user);

#endif
