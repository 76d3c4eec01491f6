/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A newer aidmesh, handed to this node in a file. The node only keeps it, in FOLDER/upgrade/incoming: another program, which is root,
 * verifies and installs it (tools/upgrade), and leaves its answer in a line, STATE CODE VALUE. */
#include <assert.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/daemon_state.h"
#include "node/system/folder.h"

enum { PATH_ROOM = CONFIG_PATH_SIZE + 64, FILE_SIZE_MAX = 8 * 1024 * 1024 };

static const char RUN[] = "/run/aidmesh-upgrade", CARD[] = "/state/packages", PLAIN[] = "/var/lib/aidmesh-upgrade";

/* Of a test: a folder of its own stands for all three. */
static const char *folder_of(const char *usual)
{
	const char *own = getenv("AIDMESH_UPGRADE");

	return own != NULL ? own : usual;
}

static void path_of(char path[PATH_ROOM], const char *folder, const char *name)
{
	snprintf(path, PATH_ROOM, "%s/%s", folder, name);
}

static bool somebody_installs(void)
{
	return access(folder_of(RUN), F_OK) == 0;
}

/* Without one root's side refuses every file: who asks hears it before a stick was carried here. */
static bool has_key(void)
{
	const char *own = getenv("AIDMESH_UPGRADE_KEYS"); /* as root's side has it */
	char pattern[PATH_ROOM];
	glob_t found;
	bool is_any;

	path_of(pattern, own != NULL ? own : "/etc/aidmesh/upgrade-keys", "*.pub");
	is_any = glob(pattern, 0, NULL, &found) == 0;
	globfree(&found);
	return is_any;
}

/* What root's side says. */

static const struct {
	const char *code;
	enum say_code say;
	bool has_value;
} CODES[] = {
	{ "waiting", SAY_UPGRADE_WAITING, false },
	{ "installed", SAY_UPGRADE_INSTALLED, true },
	{ "other", SAY_UPGRADE_OTHER, false },
	{ "too-large", SAY_UPGRADE_OTHER, false },
	{ "no-keys", SAY_UPGRADE_NO_KEYS, false },
	{ "not-signed", SAY_UPGRADE_NOT_SIGNED, false },
	{ "arch", SAY_UPGRADE_ARCH, true },
	{ "suite", SAY_UPGRADE_SUITE, true },
	{ "older", SAY_UPGRADE_OLDER, true },
	{ "failed", SAY_UPGRADE_FAILED, false },
	{ "came-back", SAY_UPGRADE_CAME_BACK, false },
};

static void say_code(struct view_upgrade *upgrade, const char *code)
{
	for (size_t i = 0; i < sizeof CODES / sizeof *CODES; i++)
		if (strcmp(CODES[i].code, code) == 0) {
			struct say say = { .code = CODES[i].say };

			if (CODES[i].has_value)
				say.values[0] = say_text(upgrade->value);
			said_decide(&upgrade->said, say);
			return;
		}
	said_decide(&upgrade->said, SAY(UPGRADE_FAILED));
}

static void say_plainly(struct view_upgrade *upgrade, enum view_upgrade_state state, struct say say)
{
	upgrade->state = state;
	said_decide(&upgrade->said, say);
}

static bool is_waiting(const struct daemon *d)
{
	char path[PATH_ROOM];

	path_of(path, d->config.folder, "upgrade/incoming");
	return access(path, F_OK) == 0;
}

void daemon_upgrade_view(void *ctx, struct view_upgrade *upgrade)
{
	struct daemon *d = ctx;
	char path[PATH_ROOM], state[16], code[24];
	FILE *answer;
	int got = 0;

	*upgrade = (struct view_upgrade){ .state = VIEW_UPGRADE_NONE };
	if (!somebody_installs()) {
		say_plainly(upgrade, VIEW_UPGRADE_NONE, SAY(UPGRADE_NOBODY));
		return;
	}
	if (is_waiting(d)) {
		say_plainly(upgrade, VIEW_UPGRADE_WAITING, SAY(UPGRADE_WAITING));
		return;
	}
	path_of(path, folder_of(RUN), "answer");
	answer = fopen(path, "re");
	if (answer != NULL) {
		got = fscanf(answer, "%15s %23s %79s", state, code, upgrade->value);
		fclose(answer);
	}
	if (got != 3) {
		say_plainly(upgrade, VIEW_UPGRADE_NONE, has_key() ? SAY(UPGRADE_NONE) : SAY(UPGRADE_NO_KEYS));
		return;
	}
	upgrade->state = strcmp(state, "waiting") == 0     ? VIEW_UPGRADE_WAITING
			 : strcmp(state, "installed") == 0 ? VIEW_UPGRADE_INSTALLED
							   : VIEW_UPGRADE_REFUSED;
	say_code(upgrade, code);
}

/* What is handed to it. */

struct upgrade_turn {
	uv_work_t work;
	struct daemon *d;
	uint8_t *data;
	size_t size;
	int rc;
	door_told done;
	void *user;
};

static void work(uv_work_t *request)
{
	struct upgrade_turn *turn = request->data;
	char folder[PATH_ROOM];

	path_of(folder, turn->d->config.folder, "upgrade");
	folder_make(folder);
	turn->rc = folder_write_file(folder, "incoming", turn->data, turn->size);
}

static void after(uv_work_t *request, int status)
{
	struct upgrade_turn *turn = request->data;
	struct daemon *d = turn->d;
	struct said said = { 0 };

	(void)status;
	said_decide(&said, turn->rc == 0 ? SAY(UPGRADE_WAITING) : SAY(CARD_FAILED));
	d->is_upgrading = false;
	turn->done(turn->user, turn->rc == 0 ? DOOR_OK : DOOR_E_STORE, &said);
	free(turn->data);
	free(turn);
}

void daemon_upgrade(void *ctx, uint8_t *data, size_t size, door_told done, void *user)
{
	struct daemon *d = ctx;
	struct upgrade_turn *turn = d->is_upgrading || d->stopping ? NULL : calloc(1, sizeof *turn);
	struct said said = { 0 };
	int rc;

	if (!somebody_installs() || turn == NULL || is_waiting(d)) {
		said_decide(&said, somebody_installs() ? SAY(BUSY) : SAY(UPGRADE_NOBODY));
		done(user, somebody_installs() ? DOOR_E_BUSY : DOOR_E_RIGHT, &said);
		free(turn);
		free(data);
		return;
	}
	*turn = (struct upgrade_turn){ .d = d, .data = data, .size = size, .done = done, .user = user };
	turn->work.data = turn;
	d->is_upgrading = true;
	rc = uv_queue_work(&d->loop, &turn->work, work, after);
	assert(rc == 0); /* it fails only without a function to run */
	(void)rc;
}

/* For neighbours. */

static FILE *open_current(const char *folder)
{
	char path[PATH_ROOM];

	path_of(path, folder_of(folder), "current.upgrade");
	return fopen(path, "re");
}

uint8_t *daemon_upgrade_file(void *ctx, size_t *size)
{
	FILE *file = open_current(CARD);
	uint8_t *data;

	(void)ctx;
	if (file == NULL)
		file = open_current(PLAIN);
	if (file == NULL)
		return NULL;
	data = malloc(FILE_SIZE_MAX);
	if (data != NULL)
		*size = fread(data, 1, FILE_SIZE_MAX, file);
	fclose(file);
	return data;
}
