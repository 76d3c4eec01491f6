/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/settings/config.h"

#include <dirent.h>
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/settings/config_state.h"

enum { ENTRIES_DEFAULT = 50000, PORT_DEFAULT = 24363, LCDPROC_PORT_DEFAULT = 13666 };

/* The first that is set and not empty. */
static const char *first_env(const char *a, const char *b)
{
	const char *value = getenv(a);

	if (value == NULL || value[0] == '\0')
		value = b != NULL ? getenv(b) : NULL;
	return value != NULL && value[0] == '/' ? value : NULL;
}

static void default_folder(struct config *config)
{
	const char *given = first_env("STATE_DIRECTORY", NULL);
	const char *state = first_env("XDG_STATE_HOME", NULL);
	const char *home = first_env("HOME", NULL);

	if (given != NULL) /* systemd gives several with colons between: the first is ours */
		snprintf(config->folder, sizeof config->folder, "%.*s", (int)strcspn(given, ":"), given);
	else if (geteuid() == 0 || (state == NULL && home == NULL))
		snprintf(config->folder, sizeof config->folder, "/var/lib/aidmesh");
	else if (state != NULL)
		snprintf(config->folder, sizeof config->folder, "%s/aidmesh", state);
	else
		snprintf(config->folder, sizeof config->folder, "%s/.local/state/aidmesh", home);
}

static void default_control(struct config *config)
{
	const char *given = first_env("RUNTIME_DIRECTORY", NULL);
	const char *runtime = first_env("XDG_RUNTIME_DIR", NULL);

	if (given != NULL)
		snprintf(config->control, sizeof config->control, "%.*s/control.sock", (int)strcspn(given, ":"), given);
	else if (geteuid() == 0)
		snprintf(config->control, sizeof config->control, "/run/aidmesh/control.sock");
	else if (runtime != NULL)
		snprintf(config->control, sizeof config->control, "%s/aidmesh/control.sock", runtime);
	else
		snprintf(config->control, sizeof config->control, "%.90s/control.sock", config->folder);
}

void config_init(struct config *config)
{
	*config = (struct config){
		.log = LOG_INFO,
		.entries_max = ENTRIES_DEFAULT,
		.http_host = "127.0.0.1",
		.http_port = 8024,
		.link_host = "::",
		.link_port = PORT_DEFAULT,
		.link_listen = true,
		.discovery = true,
		.discovery_port = PORT_DEFAULT,
		.lcdproc_host = "127.0.0.1",
		.lcdproc_port = LCDPROC_PORT_DEFAULT,
		.radio_power_dbm = -1,
		.display_size = LCD_20X4,
		.display_language = LANGUAGE_EN,
		.clock = "auto",
		.gps_port = CONFIG_GPSD_PORT,
	};
	default_folder(config);
	default_control(config);
}

/* One file under way; of several errors the first is kept, whose line ini_parse returns. */
struct reading {
	struct config config;
	struct reason why;
};

static int on_key(void *user, const char *section, const char *key, const char *value)
{
	struct reading *reading = user;
	struct reason why = { "" };

	if (config_apply(&reading->config, &why, section, key, value) == 0)
		return 1;
	if (reading->why.text[0] == '\0')
		reading->why = why;
	return 0;
}

int config_read_file(struct config *config, struct reason *why, const char *path, enum config_need need)
{
	struct reading reading = { .config = *config };
	FILE *file = fopen(path, "re");
	int line;

	if (file == NULL) {
		if (need == CONFIG_SALVAGE || (errno == ENOENT && need == CONFIG_OPTIONAL))
			return 0;
		reason_set(why, "cannot read %.150s: %s", path, strerror(errno));
		return -1;
	}
	line = ini_parse_file(file, on_key, &reading);
	fclose(file);
	if (line == 0 || need == CONFIG_SALVAGE) {
		*config = reading.config;
		return 0;
	}
	if (reading.why.text[0] == '\0')
		reason_set(&reading.why, "neither \"key = value\" nor \"[section]\"");
	reason_set(why, "%.100s:%d: %.180s", path, line, reading.why.text);
	return -1;
}

static int is_conf(const struct dirent *entry)
{
	size_t size = strlen(entry->d_name);

	return size > 5 && entry->d_name[0] != '.' && strcmp(entry->d_name + size - 5, ".conf") == 0;
}

/* Not alphasort: the order must not follow the person's language. */
static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_folder(struct config *config, struct reason *why, const char *folder, enum config_need need)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_conf, by_name);
	int rc = 0;

	if (count < 0) {
		if (errno == ENOENT || errno == ENOTDIR || need == CONFIG_SALVAGE)
			return 0;
		reason_set(why, "cannot read %.150s: %s", folder, strerror(errno));
		return -1;
	}
	for (int i = 0; i < count; i++) {
		char path[2 * CONFIG_PATH_SIZE + 8];

		snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
		if (rc == 0)
			rc = config_read_file(config, why, path, need);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

int config_read(struct config *config, struct reason *why, const char *path, enum config_need need)
{
	struct config next = *config;
	char folder[CONFIG_PATH_SIZE + 8];
	const char *slash = strrchr(path, '/');
	int parent_size = slash != NULL ? (int)(slash - path) + 1 : 0;

	if (strlen(path) >= CONFIG_PATH_SIZE) {
		reason_set(why, "the path is too long: %.150s...", path);
		return -1;
	}
	snprintf(folder, sizeof folder, "%.*sconf.d", parent_size, path);
	if (config_read_file(&next, why, path, need) != 0 ||
	    read_folder(&next, why, folder, need == CONFIG_SALVAGE ? need : CONFIG_REQUIRED) != 0)
		return -1;
	*config = next;
	return 0;
}

int config_set(struct config *config, struct reason *why, const char *assignment)
{
	const char *dot = strchr(assignment, '.');
	const char *equals = strchr(assignment, '=');
	char section[32], key[32];

	if (dot == NULL || equals == NULL || dot > equals || dot - assignment >= (int)sizeof section ||
	    equals - dot - 1 >= (int)sizeof key) {
		reason_set(why, "\"%.80s\" is no setting: write section.key=value, such as node.log=debug", assignment);
		return -1;
	}
	snprintf(section, sizeof section, "%.*s", (int)(dot - assignment), assignment);
	snprintf(key, sizeof key, "%.*s", (int)(equals - dot - 1), dot + 1);
	return config_apply(config, why, section, key, equals + 1);
}
