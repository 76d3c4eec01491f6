/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "board/display/standing.h"
#include "node/backup_command.h"
#include "node/daemon.h"
#include "node/setup/boot_file.h"

static const char help[] =
	"aidmeshd - a node of aidmesh: keeps needs, offers and stock, and passes them on\n"
	"\n"
	"  aidmeshd [--config FILE] [--set section.key=value]... [COMMAND]\n"
	"\n"
	"  -c, --config FILE        settings (default /etc/aidmesh/aidmesh.conf, and conf.d beside it)\n"
	"  -s, --set S.K=V          one setting, as in the file: --set node.folder=/srv/aidmesh\n"
	"      --first-start [FILE] takes the answers in FILE (aidmesh.txt of the boot partition), makes what nobody\n"
	"                           answered, keeps both in answers.conf of the node's folder, and ends\n"
	"      --backup FILE        writes all that the node has into FILE, sealed with a passphrase, a line of stdin; "
	"the\n"
	"                           node may run\n"
	"      --restore FILE       puts a backup in the place of a node that does not run\n"
	"      --settings           prints the settings in force as section.key=value, secrets too, and ends\n"
	"      --wifi-password NAME prints the password of the Wi-Fi NAME of a site that has this node's "
	"neighbourhood's\n"
	"                           words, a line for each circle, and ends\n"
	"  -V, --version            the version\n"
	"  -h, --help               this\n"
	"\n"
	"Example: aidmeshd --set node.folder=$HOME/oak --set control.socket=$HOME/oak/control.sock\n"
	"Reads its settings again on SIGHUP, and stops cleanly on SIGTERM and SIGINT. Exit status: 0 stopped, 1 could "
	"not\n"
	"start, 2 wrong options, 3 first start: what was answered is kept, but for the lines that were named.\n";

enum { ANSWERS_REFUSED = 3 };

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

static int set_all(struct config *config, struct reason *why, const struct settings *settings)
{
	for (size_t i = 0; i < settings->count; i++)
		if (config_set(config, why, settings->list[i]) != 0)
			return -1;
	return 0;
}

/* What was answered lies in the folder, which the command line may name; and the command line stands over the answers. */
static int settings_read(struct config *config, struct reason *why, const struct settings *settings)
{
	struct config named;

	config_init(config);
	if (config_read(config, why, settings->path, settings->need) != 0)
		return -1;
	named = *config;
	if (set_all(&named, why, settings) != 0 || answers_read(config, why, named.folder, CONFIG_OPTIONAL) != 0 ||
	    set_all(config, why, settings) != 0)
		return -1;
	config_finish(config);
	return 0;
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
	(void)!answers_read(&config, &ignored, config.folder, CONFIG_SALVAGE);
	config_finish(&config);
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

/* Commands: what is done instead of running. */

enum command { RUN, SHOW_SETTINGS, FIRST_START, WIFI_PASSWORD, BACKUP, RESTORE };

struct call {
	struct settings settings;
	enum command command;
	const char *wifi_name; /* WIFI_PASSWORD */
	const char *answers;   /* FIRST_START; NULL: none were given */
	const char *backup;    /* BACKUP, RESTORE */
};

static void print_setting(void *user, const char *section, const char *key, const char *value, bool is_secret)
{
	(void)user;
	(void)is_secret;
	printf("%s.%s=%s\n", section, key, value);
}

static int print_wifi_passwords(const struct config *config, const char *wifi_name)
{
	char password[NEIGHBOURHOOD_PASSWORD_SIZE];

	if (config->circle_count == 0)
		return complain("this node was not told the neighbourhood's words: aidmesh setup");
	for (size_t i = 0; i < config->circle_count; i++) {
		neighbourhood_password(password, config->circles[i], wifi_name);
		puts(password);
	}
	return 0;
}

/* As root it would make files that the node's user cannot read. */
static bool is_own_folder(const char *folder, struct reason *why)
{
	struct stat status;

	if (stat(folder, &status) != 0 || status.st_uid == geteuid())
		return true;
	reason_set(why,
		   "%.200s belongs to another user: run this as that user, such as: runuser -u aidmesh -- aidmeshd "
		   "--first-start",
		   folder);
	return false;
}

static void on_refused(void *user, const char *sentence)
{
	(void)user;
	complain(sentence);
}

static int first_start(struct config *config, const struct call *call)
{
	struct reason why = { "" };
	struct answers answers;
	int refused = 0;
	bool ok;

	answers_init(&answers);
	ok = is_own_folder(config->folder, &why);
	if (ok && call->answers != NULL)
		refused = boot_file_read(&answers, &why, call->answers, on_refused, NULL);
	ok = ok && refused >= 0 && answers_keep(&answers, &why, config) == 0;
	answers_fini(&answers);
	if (!ok || settings_read(config, &why, &call->settings) != 0)
		return complain(why.text);
	printf("This node is %s", config->name);
	printf(config->role == CONFIG_SITE ? ", and its Wi-Fi is %s.\n" : ".\n", config->wifi_name);
	return refused > 0 ? ANSWERS_REFUSED : 0;
}

/* For SIGHUP. The settings are main's, and outlive the daemon. */
static int read_again(const void *ctx, struct config *config, struct reason *why)
{
	const struct call *call = ctx;

	return settings_read(config, why, &call->settings);
}

static int run(struct config *config, const struct call *call)
{
	const struct daemon_settings again_from = { call, read_again };
	struct household_key households = { .is_set = false };
	struct reason why = { "" };
	struct daemon *daemon;
	bool again = true;
	int status = 0;

	starts(config);
	while (again) {
		if (daemon_open(&daemon, &why, config, &households, &again_from) != 0) {
			status = cannot_start(&call->settings, why.text);
			break;
		}
		daemon_run(daemon);
		again = daemon_begins_anew(daemon);
		daemon_close(daemon);
		if (again && settings_read(config, &why, &call->settings) != 0) {
			status = cannot_start(&call->settings, why.text);
			break;
		}
	}
	household_key_lock(&households);
	return status;
}

static int do_command(const struct call *call)
{
	struct reason why = { "" };
	struct config config;

	if (settings_read(&config, &why, &call->settings) != 0)
		return call->command == RUN ? cannot_start(&call->settings, why.text) : complain(why.text);
	switch (call->command) {
	case RUN:
		break;
	case SHOW_SETTINGS:
		config_each(&config, CONFIG_ALL, print_setting, NULL);
		return 0;
	case FIRST_START:
		return first_start(&config, call);
	case WIFI_PASSWORD:
		return print_wifi_passwords(&config, call->wifi_name);
	case BACKUP:
		return backup_command_make(config.folder, &why, call->backup) == 0 ? 0 : complain(why.text);
	case RESTORE:
		return backup_command_restore(config.folder, &why, call->backup) == 0 ? 0 : complain(why.text);
	}
	return run(&config, call);
}

/* -1: go on; else the exit status. */
static int take_option(struct call *call, int option)
{
	struct settings *settings = &call->settings;

	switch (option) {
	case 'c':
		settings->path = optarg;
		settings->need = CONFIG_REQUIRED;
		return -1;
	case 's':
		if (settings->count == sizeof settings->list / sizeof *settings->list) {
			complain("too many --set: write them into a file and name it with --config.");
			return 2;
		}
		settings->list[settings->count++] = optarg;
		return -1;
	case 'p':
		call->command = SHOW_SETTINGS;
		return -1;
	case 'f':
		call->command = FIRST_START;
		return -1;
	case 'w':
		call->command = WIFI_PASSWORD;
		call->wifi_name = optarg;
		return -1;
	case 'b':
	case 'r':
		call->command = option == 'b' ? BACKUP : RESTORE;
		call->backup = optarg;
		return -1;
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

static int take_options(struct call *call, int argc, char **argv)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
						 { "set", required_argument, NULL, 's' },
						 { "settings", no_argument, NULL, 'p' },
						 { "first-start", no_argument, NULL, 'f' },
						 { "wifi-password", required_argument, NULL, 'w' },
						 { "backup", required_argument, NULL, 'b' },
						 { "restore", required_argument, NULL, 'r' },
						 { "version", no_argument, NULL, 'V' },
						 { "help", no_argument, NULL, 'h' },
						 { NULL, 0, NULL, 0 } };
	int option, status = -1;

	while (status < 0 && (option = getopt_long(argc, argv, "c:s:Vh", options, NULL)) != -1)
		status = take_option(call, option);
	if (status < 0 && call->command == FIRST_START && optind < argc)
		call->answers = argv[optind++];
	if (status < 0 && optind < argc) {
		fprintf(stderr, "aidmeshd: '%s' is no option. Try 'aidmeshd --help'.\n", argv[optind]);
		status = 2;
	}
	return status;
}

int main(int argc, char **argv)
{
	struct call call = { .settings = { .path = "/etc/aidmesh/aidmesh.conf", .need = CONFIG_OPTIONAL } };
	int status = take_options(&call, argc, argv);

	if (status >= 0)
		return status;
	if (sodium_init() < 0)
		return cannot_start(&call.settings, "libsodium cannot start on this machine.");
	signal(SIGPIPE, SIG_IGN);
	umask(0077); /* what people wrote is for the node's user; the control socket sets its own mode */
	return do_command(&call);
}
