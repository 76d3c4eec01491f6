/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include "board/display/standing.h"
#include "node/daemon.h"

static const char help[] = "aidmeshd - a node of aidmesh: keeps needs, offers and stock, and passes them on\n"
			   "\n"
			   "  aidmeshd [--config FILE] [--set section.key=value]...\n"
			   "\n"
			   "  -c, --config FILE   settings (default /etc/aidmesh/aidmesh.conf, and conf.d beside it)\n"
			   "  -s, --set S.K=V     one setting, as in the file: --set node.folder=/srv/aidmesh\n"
			   "  -V, --version       the version\n"
			   "  -h, --help          this\n"
			   "\n"
			   "Example: aidmeshd --set node.folder=$HOME/oak --set control.socket=$HOME/oak/control.sock\n"
			   "Reads its settings again on SIGHUP, and stops cleanly on SIGTERM and SIGINT. Exit status: "
			   "0 stopped, 1 could not start, 2 wrong options.\n";

static int complain(const char *why)
{
	fprintf(stderr, "aidmeshd: %s\n", why);
	return 1;
}

/* As they were named; whether they are right is found out later. */
struct settings {
	const char *path;
	enum config_need need;
	const char *list[32];
	size_t count;
};

static int settings_read(struct config *config, struct reason *why, const struct settings *settings)
{
	config_init(config);
	if (config_read(config, why, settings->path, settings->need) != 0)
		return -1;
	for (size_t i = 0; i < settings->count; i++)
		if (config_set(config, why, settings->list[i]) != 0)
			return -1;
	return 0;
}

/* For SIGHUP. */
static int read_again(void *ctx, struct config *config, struct reason *why)
{
	return settings_read(config, why, ctx);
}

/* For the display, as far as they can be read. */
static struct config settings_salvage(const struct settings *settings)
{
	struct config config;
	struct reason ignored;

	config_init(&config);
	(void)!config_read(&config, &ignored, settings->path, CONFIG_SALVAGE);
	for (size_t i = 0; i < settings->count; i++)
		(void)!config_set(&config, &ignored, settings->list[i]);
	return config;
}

/* On the display stands what stood there when the node was last alive. */
static int cannot_start(const struct settings *settings, const char *why)
{
	struct config config = settings_salvage(settings);
	struct standing standing = { config.display_path, config.display_size, config.display_language };

	if (config.display == CONFIG_CHARLCD)
		standing_cannot_start(&standing, why);
	return complain(why);
}

static void starts(const struct config *config)
{
	struct standing standing = { config->display_path, config->display_size, config->display_language };

	if (config->display == CONFIG_CHARLCD)
		standing_starts(&standing);
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
						 { "set", required_argument, NULL, 's' },
						 { "version", no_argument, NULL, 'V' },
						 { "help", no_argument, NULL, 'h' },
						 { NULL, 0, NULL, 0 } };
	struct settings settings = { .path = "/etc/aidmesh/aidmesh.conf", .need = CONFIG_OPTIONAL };
	const struct daemon_settings again_from = { &settings, read_again };
	struct config config;
	struct daemon *daemon;
	struct reason why = { "" };
	bool again;
	int option;

	while ((option = getopt_long(argc, argv, "c:s:Vh", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			settings.path = optarg;
			settings.need = CONFIG_REQUIRED;
			break;
		case 's':
			if (settings.count == sizeof settings.list / sizeof *settings.list) {
				complain("too many --set: write them into a file and name it with --config.");
				return 2;
			}
			settings.list[settings.count++] = optarg;
			break;
		case 'V':
			puts("aidmeshd " AIDMESH_VERSION);
			return 0;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			fputs("Try 'aidmeshd --help'.\n", stderr);
			return 2;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "aidmeshd: '%s' is no option. Try 'aidmeshd --help'.\n", argv[optind]);
		return 2;
	}
	if (sodium_init() < 0)
		return cannot_start(&settings, "libsodium cannot start on this machine.");
	signal(SIGPIPE, SIG_IGN);
	umask(0077); /* what people wrote is for the node's user; the control socket sets its own mode */
	if (settings_read(&config, &why, &settings) != 0)
		return cannot_start(&settings, why.text);
	starts(&config);
	do {
		if (daemon_open(&daemon, &why, &config, &again_from) != 0)
			return cannot_start(&settings, why.text);
		daemon_run(daemon);
		again = daemon_begins_anew(daemon);
		daemon_close(daemon);
	} while (again);
	return 0;
}
