/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/backup_command.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "node/settings/config.h"
#include "node/setup/household_key.h"
#include "node/store/backup.h"
#include "node/system/folder.h"

static int read_passphrase(char passphrase[PASSPHRASE_SIZE + 2], struct reason *why)
{
	if (fgets(passphrase, PASSPHRASE_SIZE + 2, stdin) == NULL)
		passphrase[0] = '\0';
	passphrase[strcspn(passphrase, "\r\n")] = '\0';
	if (household_key_is_fine(passphrase))
		return 0;
	reason_set(why, "a passphrase is a line of text with at least %d characters", PASSPHRASE_LETTERS_MIN);
	return -1;
}

/* What root makes the node could not read. */
static int become_owner(const char *folder, struct reason *why)
{
	struct stat status;

	if (stat(folder, &status) != 0 || !S_ISDIR(status.st_mode)) {
		reason_set(why,
			   "there is no folder %.150s that you may read: use sudo, or name the node's with --folder",
			   folder);
		return -1;
	}
	if (geteuid() != 0 || status.st_uid == 0)
		return 0;
	if (setegid(status.st_gid) == 0 && seteuid(status.st_uid) == 0)
		return 0;
	reason_set(why, "cannot become the owner of %.150s: %s", folder, strerror(errno));
	return -1;
}

static int be_oneself_again(struct reason *why)
{
	if (seteuid(getuid()) == 0 && setegid(getgid()) == 0)
		return 0;
	reason_set(why, "cannot become root again: %s", strerror(errno));
	return -1;
}

static int write_file(struct reason *why, const char *file, const uint8_t *bytes, size_t size)
{
	char folder[CONFIG_PATH_SIZE], name[CONFIG_PATH_SIZE];

	if (snprintf(folder, sizeof folder, "%s", file) < (int)sizeof folder &&
	    snprintf(name, sizeof name, "%s", file) < (int)sizeof name &&
	    folder_write_file(dirname(folder), basename(name), bytes, size) == 0)
		return 0;
	reason_set(why, "cannot write %.150s: %s", file, strerror(errno));
	return -1;
}

int backup_command_make(const char *folder, struct reason *why, const char *file)
{
	char passphrase[PASSPHRASE_SIZE + 2];
	uint8_t *bytes = NULL;
	size_t size;
	int rc = read_passphrase(passphrase, why);

	if (rc == 0)
		rc = become_owner(folder, why);
	if (rc == 0)
		rc = backup_make(&bytes, &size, why, folder, passphrase);
	sodium_memzero(passphrase, sizeof passphrase);
	if (rc == 0)
		rc = be_oneself_again(why);
	if (rc == 0)
		rc = write_file(why, file, bytes, size);
	free(bytes);
	if (rc == 0)
		printf("All that this node has is in %s, %zu KiB. Its passphrase opens it, and nothing else does.\n",
		       file, (size + 1023) / 1024);
	return rc;
}

static int read_file(uint8_t **bytes, size_t *size, struct reason *why, const char *file)
{
	FILE *in = fopen(file, "re");
	struct stat status;
	int rc = -1;

	if (in == NULL || fstat(fileno(in), &status) != 0) {
		reason_set(why, "cannot read %.150s: %s", file, strerror(errno));
	} else if (!S_ISREG(status.st_mode) || status.st_size > BACKUP_SIZE_MAX) {
		reason_set(why, "%.150s is no backup of aidmesh", file);
	} else {
		*size = (size_t)status.st_size;
		*bytes = malloc(*size + 1);
		if (*bytes != NULL && fread(*bytes, 1, *size, in) == *size)
			rc = 0;
		else
			reason_set(why, "cannot read all of %.150s", file);
	}
	if (in != NULL)
		fclose(in);
	return rc;
}

int backup_command_restore(const char *folder, struct reason *why, const char *file)
{
	char passphrase[PASSPHRASE_SIZE + 2];
	uint8_t *bytes = NULL;
	size_t size = 0;
	int rc = read_passphrase(passphrase, why);

	if (rc == 0)
		rc = read_file(&bytes, &size, why, file);
	if (rc == 0) {
		folder_make(folder);
		rc = become_owner(folder, why);
	}
	if (rc == 0)
		rc = backup_restore(why, folder, bytes, size, passphrase);
	sodium_memzero(passphrase, sizeof passphrase);
	free(bytes);
	if (rc == 0)
		printf("The node of %s is in %s. Start it: it writes nothing until you have said whether the node that "
		       "it was "
		       "made of is gone.\n",
		       file, folder);
	return rc;
}
