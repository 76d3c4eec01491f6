/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The machine: card, memory, heat, power, display, network interfaces, as the kernel tells them in /proc and /sys. */
#include <dirent.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "tools/doctor.h"

enum {
	PATH_SIZE = 512,
	TEXT_SIZE = 400,
	FREE_LOOK_MB = 256,
	FREE_BAD_MB = 32,
	HEAT_LOOK_C = 70,
	HEAT_BAD_C = 80, /* a Pi slows down there */
	MEMORY_LOOK_PERCENT = 10,
	MEMORY_BAD_PERCENT = 4,
	WAITING_LOOK_PERCENT = 40, /* of the last minute somebody waited for the card */
	LCDD_PORT = 13666,
};

/* The first line, without its end; false: there is no such file. */
static bool read_line(char *line, size_t size, const char *path)
{
	FILE *file = fopen(path, "re");
	bool is_read = file != NULL && fgets(line, (int)size, file) != NULL;

	if (file != NULL)
		fclose(file);
	if (is_read)
		line[strcspn(line, "\n")] = '\0';
	return is_read;
}

static bool read_below(char *line, size_t size, const char *root, const char *path)
{
	char whole[PATH_SIZE];

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	return read_line(line, size, whole);
}

/* Files of that pattern whose number is not 0. */
static size_t count_set(const char *root, const char *pattern)
{
	char whole[PATH_SIZE], line[64];
	glob_t found;
	size_t count = 0;

	snprintf(whole, sizeof(whole), "%s%s", root, pattern);
	if (glob(whole, 0, NULL, &found) != 0)
		return 0;
	for (size_t i = 0; i < found.gl_pathc; i++)
		count += read_line(line, sizeof(line), found.gl_pathv[i]) && strtol(line, NULL, 10) != 0;
	globfree(&found);
	return count;
}

/* Percent of the last minute in which something waited for it; -1: the kernel does not say. */
static double waiting_for_card(const char *root)
{
	char line[128];
	const char *at;

	if (!read_below(line, sizeof(line), root, "/proc/pressure/io"))
		return -1;
	at = strstr(line, "avg60=");
	return at != NULL ? strtod(at + strlen("avg60="), NULL) : -1;
}

static void add_space(json_t *rows, const char *folder, const struct statvfs *card)
{
	unsigned long long free_mb = (unsigned long long)card->f_bavail * card->f_frsize >> 20;
	char text[TEXT_SIZE];

	snprintf(text, sizeof(text), "%llu MB are free where %.300s lies.", free_mb, folder);
	if (free_mb < FREE_BAD_MB)
		doctor_add(rows, "card", FINDING_BAD, text,
			   "Make room, or use a larger card: nothing new can be kept.");
	else if (free_mb < FREE_LOOK_MB)
		doctor_add(rows, "card", FINDING_LOOK, text, "Make room, or use a larger card.");
	else
		doctor_add(rows, "card", FINDING_OK, text, "");
}

void doctor_card(json_t *rows, const char *root, const char *folder)
{
	char path[PATH_SIZE], text[TEXT_SIZE];
	double waiting = waiting_for_card(root);
	struct statvfs card;

	snprintf(path, sizeof(path), "%s%s", root, folder);
	if (statvfs(path, &card) != 0) {
		snprintf(text, sizeof(text), "There is no folder %.300s.", path);
		doctor_add(rows, "card", FINDING_LOOK, text, "Name the node's folder with --folder.");
	} else if ((card.f_flag & ST_RDONLY) != 0) {
		snprintf(text, sizeof(text), "%.300s can only be read.", folder);
		doctor_add(rows, "card", FINDING_BAD, text,
			   "A card does that when it fails: aidmesh export FILE to a stick, then change the card.");
	} else {
		add_space(rows, folder, &card);
	}
	if (count_set(root, "/sys/fs/ext4/*/errors_count") > 0)
		doctor_add(rows, "card errors", FINDING_BAD, "The file system has met errors on the card.",
			   "Save what is there (aidmesh export FILE), check the card with fsck, or change it.");
	if (waiting >= WAITING_LOOK_PERCENT) {
		snprintf(text, sizeof(text), "The card is slow: %.0f %% of the last minute somebody waited for it.",
			 waiting);
		doctor_add(rows, "card speed", FINDING_LOOK, text,
			   "If it stays so, use a better card (class A1 or A2).");
	}
}

static long field_kb(const char *root, const char *name)
{
	char path[PATH_SIZE], line[128];
	long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/meminfo", root);
	file = fopen(path, "re");
	while (file != NULL && value < 0 && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			value = strtol(line + strlen(name), NULL, 10);
	if (file != NULL)
		fclose(file);
	return value;
}

void doctor_memory(json_t *rows, const char *root)
{
	long all = field_kb(root, "MemTotal:"), available = field_kb(root, "MemAvailable:");
	char text[TEXT_SIZE];
	long percent;

	if (all <= 0 || available < 0)
		return;
	percent = available * 100 / all;
	snprintf(text, sizeof(text), "%ld of %ld MB are available.", available / 1024, all / 1024);
	if (percent < MEMORY_BAD_PERCENT)
		doctor_add(rows, "memory", FINDING_BAD, text, "End what else runs here, or lower [node] entries.");
	else if (percent < MEMORY_LOOK_PERCENT)
		doctor_add(rows, "memory", FINDING_LOOK, text, "See what else runs here: top.");
	else
		doctor_add(rows, "memory", FINDING_OK, text, "");
}

void doctor_heat(json_t *rows, const char *root)
{
	char line[64], text[TEXT_SIZE];
	long celsius;

	if (!read_below(line, sizeof(line), root, "/sys/class/thermal/thermal_zone0/temp"))
		return;
	celsius = strtol(line, NULL, 10) / 1000;
	snprintf(text, sizeof(text), "The processor has %ld degrees Celsius.", celsius);
	if (celsius >= HEAT_BAD_C)
		doctor_add(rows, "heat", FINDING_BAD, text, "Take it out of the sun, open the case, give it air.");
	else if (celsius >= HEAT_LOOK_C)
		doctor_add(rows, "heat", FINDING_LOOK, text, "Give it shade and air.");
	else
		doctor_add(rows, "heat", FINDING_OK, text, "");
}

/* Bits of get_throttled (raspberrypi.com/documentation, vcgencmd): 0 too little now, 16 since the start. */
void doctor_power(json_t *rows, const char *root)
{
	static const char STRONGER[] = "Use a stronger supply and a short, thick cable; take off what draws power.";
	char line[64];
	bool is_known = read_below(line, sizeof(line), root, "/sys/devices/platform/soc/soc:firmware/get_throttled");
	unsigned long bits = is_known ? strtoul(line, NULL, 16) : 0;

	if ((bits & 1) != 0 || count_set(root, "/sys/class/hwmon/*/in0_lcrit_alarm") > 0)
		doctor_add(rows, "power", FINDING_BAD, "The supply gives too little: the voltage is low now.",
			   STRONGER);
	else if ((bits & 1UL << 16) != 0)
		doctor_add(rows, "power", FINDING_LOOK, "The voltage was too low since the start.", STRONGER);
	else if (is_known)
		doctor_add(rows, "power", FINDING_OK, "The supply was always strong enough.", "");
}

/* /proc/net/tcp: local address and port in hexadecimal, and the state, 0A that it listens. */
static bool is_listened_on(const char *root, unsigned port)
{
	char path[PATH_SIZE], line[256], wanted[8];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "%s/proc/net/tcp", root);
	snprintf(wanted, sizeof(wanted), ":%04X", port);
	file = fopen(path, "re");
	while (file != NULL && !found && fgets(line, sizeof(line), file) != NULL) {
		char local[64], remote[64], state[8];

		found = sscanf(line, "%*s %63s %63s %7s", local, remote, state) == 3 && strcmp(state, "0A") == 0 &&
			strstr(local, wanted) != NULL;
	}
	if (file != NULL)
		fclose(file);
	return found;
}

/* Left by the first start, beside aidmesh-error.txt on the boot partition: a line for each answer. */
void doctor_answers(json_t *rows, const char *root)
{
	char path[PATH_SIZE], line[TEXT_SIZE];
	FILE *file;

	snprintf(path, sizeof(path), "%s/run/aidmesh-first/refused", root);
	file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\r\n")] = '\0';
		doctor_add(rows, "aidmesh.txt", FINDING_BAD, line,
			   "Put it right in that file on the card's boot partition and start again, or: sudo aidmesh "
			   "setup");
	}
	if (file != NULL)
		fclose(file);
}

void doctor_display(json_t *rows, const char *root, const char *state)
{
	const char *found = is_listened_on(root, LCDD_PORT) ? "LCDd listens on port 13666" : NULL;
	char path[PATH_SIZE], text[160];

	snprintf(path, sizeof(path), "%s/dev/lcd", root);
	if (access(path, F_OK) == 0)
		found = "a display of the kernel is there: /dev/lcd";
	if (strcmp(state, "up") == 0) {
		doctor_add(rows, "display", FINDING_OK, "It shows this node's pages.", "");
	} else if (strcmp(state, "missing") == 0) {
		doctor_add(rows, "display", FINDING_LOOK, "One is set, and none is found.",
			   "Is it plugged in? What was tried: journalctl -u aidmeshd. With none: output = none in "
			   "/etc/aidmesh/aidmesh.conf, [display]");
	} else if (found != NULL) {
		snprintf(text, sizeof(text), "None is set, and %s.", found);
		doctor_add(rows, "display", FINDING_LOOK, text,
			   "output = lcdproc, or /dev/lcd, in /etc/aidmesh/aidmesh.conf, [display]; then sudo "
			   "systemctl reload aidmeshd");
	} else {
		doctor_add(rows, "display", FINDING_OK, "There is none: neither /dev/lcd nor LCDd.", "");
	}
}

static void add_interface(char *text, size_t size, const char *folder, const char *name, size_t *up)
{
	char path[PATH_SIZE], state[32] = "unknown";
	size_t used = strlen(text);
	bool is_wifi, is_up;

	snprintf(path, sizeof(path), "%s/%.64s/operstate", folder, name);
	(void)read_line(state, sizeof(state), path);
	snprintf(path, sizeof(path), "%s/%.64s/wireless", folder, name);
	is_wifi = access(path, F_OK) == 0;
	is_up = strcmp(state, "up") == 0 || strcmp(state, "unknown") == 0;
	*up += is_up ? 1 : 0;
	snprintf(text + used, size - used, "%s%.16s%s %s", used > 0 ? ", " : "", name, is_wifi ? " (Wi-Fi)" : "",
		 is_up     ? "up"
		 : is_wifi ? "not joined"
			   : "without a cable");
}

bool doctor_has_wifi(const char *root)
{
	char pattern[PATH_SIZE];
	glob_t found;
	bool is_any;

	snprintf(pattern, sizeof(pattern), "%s/sys/class/net/*/wireless", root);
	is_any = glob(pattern, 0, NULL, &found) == 0;
	globfree(&found);
	return is_any;
}

void doctor_interfaces(json_t *rows, const char *root)
{
	char folder[PATH_SIZE / 2], text[TEXT_SIZE] = "";
	struct dirent **names;
	size_t up = 0;
	int count;

	snprintf(folder, sizeof(folder), "%s/sys/class/net", root);
	count = scandir(folder, &names, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		if (names[i]->d_name[0] != '.' && strcmp(names[i]->d_name, "lo") != 0)
			add_interface(text, sizeof(text) - 2, folder, names[i]->d_name, &up);
		free(names[i]);
	}
	if (count >= 0)
		free(names);
	if (text[0] != '\0')
		strcat(text, ".");
	if (up > 0)
		doctor_add(rows, "network", FINDING_OK, text, "");
	else
		doctor_add(rows, "network", FINDING_LOOK, text[0] != '\0' ? text : "There is no network interface.",
			   "Put a cable in or join a Wi-Fi; a stick (aidmesh export) and the radio work without.");
}
