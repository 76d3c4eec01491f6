/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <linux/magic.h>

#include "tools/verbs.h"

enum { FILE_SIZE_MAX = 8 * 1024 * 1024 }; /* what the node takes at once */

static bool write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t written = write(fd, data, size);

		if (written < 0 && errno != EINTR)
			return false;
		if (written > 0) {
			data += written;
			size -= (size_t)written;
		}
	}
	return true;
}

/* On a stick that is pulled too early stands the old file or the new one, never half of it. */
static bool file_replace(const char *path, const char *data, size_t size)
{
	char temporary[4096], directory[4096];
	int fd, dir;
	bool ok;

	if ((size_t)snprintf(temporary, sizeof(temporary), "%s.tmp", path) >= sizeof(temporary)) {
		errno = ENAMETOOLONG;
		return false;
	}
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return false;
	ok = write_all(fd, data, size) && fsync(fd) == 0;
	ok = close(fd) == 0 && ok;
	ok = ok && rename(temporary, path) == 0;
	if (!ok) {
		int error = errno;

		unlink(temporary);
		errno = error;
		return false;
	}
	strcpy(directory, temporary);
	dir = open(dirname(directory), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0) {
		fsync(dir);
		close(dir);
	}
	return true;
}

void file_warn_in_memory(const char *path)
{
	struct statfs there;

	if (statfs(path, &there) == 0 && (there.f_type == OVERLAYFS_SUPER_MAGIC || there.f_type == TMPFS_MAGIC))
		fprintf(stderr,
			"%s is in this machine's memory, and gone when it is switched off: copy it to a stick, or "
			"write it there at once.\n",
			path);
}

/* What stands there and is no file would be gone: a device, a pipe, a link such as /dev/stdout. */
static bool is_other(const char *path)
{
	struct stat there;

	return lstat(path, &there) == 0 && !S_ISREG(there.st_mode);
}

/* Which format a file's name asks for; NULL: a bundle. */
static const char *format_of(const char *path)
{
	static const char *const ENDINGS[][2] = { { ".csv", "hxl" },
						  { ".geojson", "geojson" },
						  { ".json", "geojson" },
						  { ".xml", "cap" },
						  { ".cap", "cap" } };
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot != NULL && i < sizeof(ENDINGS) / sizeof(ENDINGS[0]); i++)
		if (strcasecmp(dot, ENDINGS[i][0]) == 0)
			return ENDINGS[i][1];
	return NULL;
}

/* Adds "&name=value" where the option was given. */
static void query_add(const struct call *call, char *url, size_t size, const char *name)
{
	const char *value = options_text(call, name);
	char *encoded = value != NULL ? client_encode(&call->client, value) : NULL;
	size_t used = strlen(url);

	if (encoded != NULL)
		snprintf(url + used, size - used, "&%s=%.80s", name, encoded);
	free(encoded);
}

static bool is_cap(const struct call *call)
{
	const char *named = options_text(call, "format"), *format = named != NULL ? named : format_of(call->words[0]);

	return format != NULL && strcmp(format, "cap") == 0;
}

static void export_url(const struct call *call, char *url, size_t size)
{
	const char *format = format_of(call->words[0]);

	snprintf(url, size, "/v1/bundle");
	if (format == NULL && options_text(call, "format") == NULL)
		return;
	snprintf(url, size, "/v1/export?");
	if (options_text(call, "format") != NULL)
		query_add(call, url, size, "format");
	else
		snprintf(url, size, "/v1/export?format=%s", format);
	query_add(call, url, size, "kind");
	query_add(call, url, size, "ref");
}

int verb_export(struct call *call)
{
	struct reply reply;
	char url[400];
	int rc;

	if (is_cap(call) && options_text(call, "ref") == NULL) {
		fputs("A CAP message is one alert: say which with --ref REF. 'aidmesh list notes' shows them.\n",
		      stderr);
		return EXIT_USAGE;
	}
	if (is_other(call->words[0])) {
		fprintf(stderr, "%s is there, and is no file: it is not replaced. Name a file, such as: %s\n",
			call->words[0], call->verb->example);
		return EXIT_USAGE;
	}
	export_url(call, url, sizeof(url));
	client_get(&call->client, &reply, url);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && !file_replace(call->words[0], reply.data != NULL ? reply.data : "", reply.size)) {
		fprintf(stderr, "%s cannot be written: %s. Name a file in a directory of your own.\n", call->words[0],
			strerror(errno));
		rc = EXIT_REFUSED;
	}
	if (rc == EXIT_DONE)
		file_warn_in_memory(call->words[0]);
	if (rc == EXIT_DONE && call->json) {
		json_t *said = json_pack("{s:s, s:i}", "file", call->words[0], "bytes", (int)reply.size);
		char *text = json_dumps(said, JSON_COMPACT);

		puts(text != NULL ? text : "{}");
		free(text);
		json_decref(said);
	} else if (rc == EXIT_DONE) {
		printf("%s: %zu bytes\n", call->words[0], reply.size);
	}
	reply_fini(&reply);
	return rc;
}

/* The whole file, malloc'd; NULL after saying why not. */
static char *file_read(size_t *size, const char *path)
{
	FILE *file = fopen(path, "rb");
	char *data = file != NULL ? malloc(FILE_SIZE_MAX + 1) : NULL;

	if (data == NULL) {
		fprintf(stderr, "%s cannot be read: %s.\n", path, strerror(errno));
		if (file != NULL)
			fclose(file);
		return NULL;
	}
	*size = fread(data, 1, FILE_SIZE_MAX + 1, file);
	if (ferror(file) || *size > FILE_SIZE_MAX) {
		fprintf(stderr, "%s %s.\n", path, ferror(file) ? "cannot be read" : "is larger than 8 MiB: split it");
		free(data);
		data = NULL;
	}
	fclose(file);
	return data;
}

static void print_texts(const json_t *list, const char *title)
{
	size_t index;
	const json_t *text;

	json_array_foreach (list, index, text) {
		fprintf(stderr, "  %s%s\n", title, json_string_value(text));
	}
}

/* Gives EXIT_PARTLY when rows were left out. */
static int table_report(const char *path, const json_t *result)
{
	const json_t *rejected = json_object_get(result, "rejected"), *row;
	char rows[64], added[64], changed[64], known[64];
	size_t index;

	printf("%s: %s row%s of kind %s: %s added, %s changed, %s known, %zu left out\n", path,
	       field_text(rows, result, "rows"), json_integer_value(json_object_get(result, "rows")) == 1 ? "" : "s",
	       json_string_value(json_object_get(result, "kind")), field_text(added, result, "added"),
	       field_text(changed, result, "changed"), field_text(known, result, "known"), json_array_size(rejected));
	json_array_foreach (rejected, index, row) {
		fprintf(stderr, "  line %d: %s\n", (int)json_integer_value(json_object_get(row, "line")),
			json_string_value(json_object_get(row, "error")));
	}
	json_array_foreach (json_object_get(result, "remarks"), index, row) {
		int line = (int)json_integer_value(json_object_get(row, "line"));

		if (line > 0)
			fprintf(stderr, "  line %d: %s\n", line, field_string(row, "remark"));
		else
			fprintf(stderr, "  %s\n", field_string(row, "remark"));
	}
	print_texts(json_object_get(result, "ignored_columns"), "column not used: ");
	return json_array_size(rejected) > 0 ? EXIT_PARTLY : EXIT_DONE;
}

/* Half a bundle, too, is not all of it. */
static int partly(const json_t *result)
{
	return json_array_size(json_object_get(result, "rejected")) > 0 ||
			       json_integer_value(json_object_get(result, "refused")) > 0 ||
			       json_integer_value(json_object_get(result, "missing")) > 0
		       ? EXIT_PARTLY
		       : EXIT_DONE;
}

static int bundle_report(const char *path, const json_t *result)
{
	long long there = json_integer_value(json_object_get(result, "entries")),
		  missing = json_integer_value(json_object_get(result, "missing"));
	char added[64], known[64], refused[64];

	if (missing > 0)
		printf("%s: %lld of %lld entries", path, there, there + missing);
	else
		printf("%s: %lld entries", path, there);
	printf(": %s added, %s known, %s not taken\n", field_text(added, result, "added"),
	       field_text(known, result, "known"), field_text(refused, result, "refused"));
	if (field_string(result, "remark")[0] != '\0')
		fprintf(stderr, "  %s\n", field_string(result, "remark"));
	return partly(result);
}

static bool is_alert(const char *path, const char *data, size_t size)
{
	const char *dot = strrchr(path, '.');

	return (dot != NULL && (strcasecmp(dot, ".xml") == 0 || strcasecmp(dot, ".cap") == 0)) ||
	       (size > 5 && memcmp(data, "<?xml", 5) == 0);
}

/* A table by its name; what was saved under another name by what is in it: a bundle is no text. */
static bool is_table(const char *path, const char *data, size_t size)
{
	const char *dot = strrchr(path, '.');

	if (dot != NULL &&
	    (strcasecmp(dot, ".csv") == 0 || strcasecmp(dot, ".tsv") == 0 || strcasecmp(dot, ".txt") == 0))
		return true;
	for (size_t i = 0; i < size && i < 512; i++)
		if ((unsigned char)data[i] < 0x09)
			return false;
	return size > 0 && memchr(data, '\n', size) != NULL;
}

static bool is_map(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot != NULL && (strcasecmp(dot, ".geojson") == 0 || strcasecmp(dot, ".json") == 0);
}

static int file_import(struct call *call, const char *path)
{
	const char *kind = options_text(call, "kind");
	char url[120] = "/v1/import", *encoded;
	struct reply reply;
	size_t size;
	char *data = file_read(&size, path);
	bool table, alert;
	int rc;

	if (data == NULL)
		return EXIT_USAGE;
	if (is_map(path)) {
		fprintf(stderr, "%s: maps only leave. A table of the places, saved as CSV, can be imported.\n", path);
		free(data);
		return EXIT_USAGE;
	}
	alert = is_alert(path, data, size);
	table = !alert && is_table(path, data, size);
	if (kind != NULL && table) {
		encoded = client_encode(&call->client, kind);
		snprintf(url, sizeof(url), "/v1/import?kind=%.40s", encoded != NULL ? encoded : "");
		free(encoded);
	}
	if (alert)
		client_post(&call->client, &reply, url, "application/cap+xml", data, size);
	else if (table)
		client_post(&call->client, &reply, url, "text/csv", data, size);
	else
		client_post(&call->client, &reply, "/v1/bundle", "application/octet-stream", data, size);
	free(data);
	rc = reply_check(call, &reply);
	if (rc == EXIT_REFUSED)
		fprintf(stderr, "%s was not imported.\n", path);
	if (rc == EXIT_DONE && call->json) {
		reply_print_json(&reply);
		rc = partly(reply.json);
	} else if (rc == EXIT_DONE) {
		rc = table || alert ? table_report(path, reply.json) : bundle_report(path, reply.json);
	}
	reply_fini(&reply);
	return rc;
}

/* All files are tried; the worst of what happened is the answer. */
int verb_import(struct call *call)
{
	size_t done = 0;
	int worst = EXIT_DONE;

	for (size_t i = 0; i < call->word_count; i++) {
		int rc = file_import(call, call->words[i]);

		if (rc == EXIT_UNREACHABLE)
			return rc;
		done += rc == EXIT_DONE || rc == EXIT_PARTLY;
		if (rc != EXIT_DONE)
			worst = rc;
	}
	return worst != EXIT_DONE && done > 0 ? EXIT_PARTLY : worst;
}
