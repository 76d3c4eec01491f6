/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <sodium.h>

#include "node/daemon.h"

static const char help[] =
	"aidmeshd - a node of aidmesh: keeps needs, offers and stock, and passes them on\n"
	"\n"
	"  aidmeshd [--config FILE] [--set section.key=value]...\n"
	"\n"
	"  -c, --config FILE   settings (default /etc/aidmesh/aidmesh.conf, and conf.d beside it)\n"
	"  -s, --set S.K=V     one setting, as in the file: --set node.folder=/srv/aidmesh\n"
	"  -V, --version       the version\n"
	"  -h, --help          this\n"
	"\n"
	"Example: aidmeshd --set node.folder=$HOME/oak --set control.socket=$HOME/oak/control.sock\n"
	"Stops cleanly on SIGTERM and SIGINT. Exit status: 0 stopped, 1 could not start, 2 wrong options.\n";

static int complain(const char *why)
{
	fprintf(stderr, "aidmeshd: %s\n", why);
	return 1;
}

int main(int argc, char **argv)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
						 { "set", required_argument, NULL, 's' },
						 { "version", no_argument, NULL, 'V' },
						 { "help", no_argument, NULL, 'h' },
						 { NULL, 0, NULL, 0 } };
	const char *path = "/etc/aidmesh/aidmesh.conf", *settings[32];
	enum config_need need = CONFIG_OPTIONAL;
	size_t setting_count = 0;
	struct config config;
	struct daemon *daemon;
	struct reason why = { "" };
	bool again;
	int option;

	while ((option = getopt_long(argc, argv, "c:s:Vh", options, NULL)) != -1) {
		switch (option) {
		case 'c':
			path = optarg;
			need = CONFIG_REQUIRED;
			break;
		case 's':
			if (setting_count == sizeof settings / sizeof *settings) {
				complain("too many --set: write them into a file and name it with --config.");
				return 2;
			}
			settings[setting_count++] = optarg;
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
		return complain("libsodium cannot start on this machine.");
	signal(SIGPIPE, SIG_IGN);
	umask(0077); /* what people wrote is for the node's user; the control socket sets its own mode */
	config_init(&config);
	if (config_read(&config, &why, path, need) != 0)
		return complain(why.text);
	for (size_t i = 0; i < setting_count; i++)
		if (config_set(&config, &why, settings[i]) != 0)
			return complain(why.text);
	do {
		if (daemon_open(&daemon, &why, &config) != 0)
			return complain(why.text);
		daemon_run(daemon);
		again = daemon_begins_anew(daemon);
		daemon_close(daemon);
	} while (again);
	return 0;
}
