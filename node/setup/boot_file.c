/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/setup/boot_file.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "proto/text.h"

enum {
	FILE_SIZE_MAX = 16 * 1024,
	TEXT_SIZE = 3 * FILE_SIZE_MAX + 1, /* a byte of Windows-1252 becomes three at most */
	NAME_SIZE = 24,
	ANSWERS_MAX = 16,
	TYPO_MAX = 2, /* so many letters may be wrong in a name that is proposed */
};

/* Bytes to text. */

/* Where Windows-1252 differs from Latin-1; 0: it has no such character. */
static const uint16_t WINDOWS[32] = { 0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
				      0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
				      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
				      0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178 };

static bool is_utf8(struct view rest)
{
	while (rest.size > 0)
		if (text_next(&rest) < 0)
			return false;
	return true;
}

static size_t put_utf8(char *out, uint32_t code)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	out[0] = (char)(0xE0 | code >> 12);
	out[1] = (char)(0x80 | (code >> 6 & 0x3F));
	out[2] = (char)(0x80 | (code & 0x3F));
	return 3;
}

static void from_windows(char *out, struct view bytes)
{
	for (size_t i = 0; i < bytes.size; i++) {
		uint32_t code = bytes.data[i];

		if (code >= 0x80 && code < 0xA0)
			code = WINDOWS[code - 0x80] ? WINDOWS[code - 0x80] : '?';
		out += put_utf8(out, code);
	}
	*out = '\0';
}

/* False with a sentence: it is neither. */
static bool to_text(char text[TEXT_SIZE], struct reason *why, struct view bytes)
{
	static const uint8_t MARK[] = { 0xEF, 0xBB, 0xBF };

	if (bytes.size > sizeof MARK && memcmp(bytes.data, MARK, sizeof MARK) == 0) {
		bytes.data += sizeof MARK;
		bytes.size -= sizeof MARK;
	}
	/* UTF-16, which an editor may call Unicode: every second byte of what people write here is zero. */
	if (memchr(bytes.data, '\0', bytes.size) != NULL) {
		reason_set(why, "it is no plain text: save it again, and choose UTF-8 where the editor asks how");
		return false;
	}
	if (is_utf8(bytes)) {
		memcpy(text, bytes.data, bytes.size);
		text[bytes.size] = '\0';
	} else {
		from_windows(text, bytes);
	}
	return true;
}

static bool read_whole(uint8_t bytes[FILE_SIZE_MAX + 1], size_t *size, struct reason *why, const char *path)
{
	FILE *file = fopen(path, "re");
	bool failed;

	if (file == NULL) {
		reason_set(why, "cannot read %.150s: %s", path, strerror(errno));
		return false;
	}
	*size = fread(bytes, 1, FILE_SIZE_MAX + 1, file);
	failed = ferror(file) != 0;
	fclose(file);
	if (failed)
		reason_set(why, "cannot read %.150s: %s", path, strerror(EIO));
	else if (*size > FILE_SIZE_MAX)
		reason_set(why, "%.150s: is larger than %d bytes, so it is no file of answers", path, FILE_SIZE_MAX);
	return !failed && *size <= FILE_SIZE_MAX;
}

/* Lines. */

static const char *const BLANKS[] = { " ", "\t", "\xC2\xA0" /* no-break space */ };
static const char *const QUOTES[][2] = { { "\"", "\"" },
					 { "'", "'" },
					 { "\xE2\x80\x9C", "\xE2\x80\x9D" },
					 { "\xE2\x80\x9E", "\xE2\x80\x9C" },
					 { "\xC2\xAB", "\xC2\xBB" } };

static bool begins_with(const char *text, const char *what)
{
	return strncmp(text, what, strlen(what)) == 0;
}

static bool ends_with(const char *text, const char *what)
{
	size_t size = strlen(text), what_size = strlen(what);

	return size >= what_size && strcmp(text + size - what_size, what) == 0;
}

static char *trim(char *text)
{
	for (size_t i = 0; i < sizeof BLANKS / sizeof BLANKS[0];) {
		size_t size = strlen(BLANKS[i]);

		if (text[0] != '\0' && begins_with(text, BLANKS[i]))
			text += size;
		else if (ends_with(text, BLANKS[i]))
			text[strlen(text) - size] = '\0';
		else {
			i++;
			continue;
		}
		i = 0;
	}
	return text;
}

static char *unquote(char *text)
{
	for (size_t i = 0; i < sizeof QUOTES / sizeof QUOTES[0]; i++) {
		const char *open = QUOTES[i][0], *close = QUOTES[i][1];

		if (strlen(text) < strlen(open) + strlen(close) || !begins_with(text, open) || !ends_with(text, close))
			continue;
		text[strlen(text) - strlen(close)] = '\0';
		return trim(text + strlen(open));
	}
	return text;
}

static void name_of(char name[NAME_SIZE], const char *text)
{
	size_t size = 0;

	for (; *text != '\0' && size + 1 < NAME_SIZE; text++) {
		bool is_capital = *text >= 'A' && *text <= 'Z';

		name[size++] = is_capital ? (char)(*text - 'A' + 'a') : *text == ' ' || *text == '-' ? '_' : *text;
	}
	name[size] = '\0';
}

/* "Wi-Fi name" and "wifi_name" are one. */
static bool is_same_name(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, "_");
		b += strspn(b, "_");
		if (*a != *b || *a == '\0')
			return *a == *b;
	}
}

/* Letters that are wrong, missing or too many (Levenshtein, Soviet Physics Doklady 10, 1966). */
static size_t letters_apart(const char *a, const char *b)
{
	size_t row[NAME_SIZE + 1], b_size = strlen(b);

	assert(b_size < NAME_SIZE);
	for (size_t k = 0; k <= b_size; k++)
		row[k] = k;
	for (size_t i = 0; a[i] != '\0'; i++) {
		size_t corner = row[0];

		row[0] = i + 1;
		for (size_t k = 1; k <= b_size; k++) {
			size_t change = corner + (a[i] != b[k - 1]);

			corner = row[k];
			row[k] = row[k] < row[k - 1] ? row[k] + 1 : row[k - 1] + 1;
			row[k] = change < row[k] ? change : row[k];
		}
	}
	return row[b_size];
}

/* The place of that name, or SIZE_MAX with what may have been meant. */
static size_t find_name(struct reason *why, const char *name)
{
	size_t nearest = 0;

	for (size_t i = 0; answers_name(i) != NULL; i++) {
		if (is_same_name(answers_name(i), name))
			return i;
		if (letters_apart(name, answers_name(i)) < letters_apart(name, answers_name(nearest)))
			nearest = i;
	}
	reason_set(why, "\"%s\" is not asked: ", name);
	if (letters_apart(name, answers_name(nearest)) <= TYPO_MAX) {
		reason_add(why, "did you mean %s?", answers_name(nearest));
		return SIZE_MAX;
	}
	reason_add(why, "what is asked is");
	for (size_t i = 0; answers_name(i) != NULL; i++)
		reason_add(why, " %s", answers_name(i));
	return SIZE_MAX;
}

struct reading {
	struct answers *answers;
	int lines[ANSWERS_MAX]; /* where each was answered; 0: not yet */
	const char *path;
	boot_file_refused *refused;
	void *user;
	int refused_count;
};

static int take_line(struct reading *r, struct reason *why, char *line, int number)
{
	char name[NAME_SIZE], *equals;
	size_t which;

	line = trim(line);
	if (line[0] == '\0' || line[0] == '#' || line[0] == ';')
		return 0;
	equals = strchr(line, '=');
	if (equals == NULL) {
		reason_set(why, "\"%.60s\" is no answer: write name = value, or # in front of it", line);
		return -1;
	}
	*equals = '\0';
	name_of(name, trim(line));
	which = find_name(why, name);
	if (which == SIZE_MAX)
		return -1;
	assert(which < ANSWERS_MAX);
	snprintf(name, sizeof name, "%s", answers_name(which));
	if (r->lines[which] != 0 && strcmp(name, "wifi_join") != 0) {
		reason_set(why, "%s is answered in line %d already: leave one of them", name, r->lines[which]);
		return -1;
	}
	r->lines[which] = number;
	equals = unquote(trim(equals + 1));
	return answers_set(r->answers, why, name, equals);
}

static void refuse(struct reading *r, const struct reason *why, int number)
{
	struct reason sentence = { "" };

	reason_set(&sentence, "%.100s:%d: %.280s", r->path, number, why->text);
	r->refused(r->user, sentence.text);
	r->refused_count++;
}

static void take_lines(struct reading *r, char *text)
{
	for (int number = 1; *text != '\0'; number++) {
		size_t size = strcspn(text, "\r\n");
		bool is_two = text[size] == '\r' && text[size + 1] == '\n';
		char *next = text + size + (text[size] != '\0') + is_two;
		struct reason wrong = { "" };

		text[size] = '\0';
		if (take_line(r, &wrong, text, number) != 0)
			refuse(r, &wrong, number);
		text = next;
	}
}

/* Text and bytes are FILE_SIZE_MAX + 1 and TEXT_SIZE large. */
static int read_answers(struct reading *r, struct reason *why, uint8_t *bytes, char *text)
{
	struct reason wrong = { "" };
	size_t size;

	if (!read_whole(bytes, &size, why, r->path))
		return -1;
	if (!to_text(text, &wrong, (struct view){ bytes, size })) {
		reason_set(why, "%.100s: %.280s", r->path, wrong.text);
		return -1;
	}
	take_lines(r, text);
	return r->refused_count;
}

int boot_file_read(struct answers *answers, struct reason *why, const char *path, boot_file_refused *refused,
		   void *user)
{
	struct reading r = { .answers = answers, .path = path, .refused = refused, .user = user };
	uint8_t *bytes = sodium_malloc(FILE_SIZE_MAX + 1);
	char *text = sodium_malloc(TEXT_SIZE);
	int rc = -1;

	if (bytes != NULL && text != NULL)
		rc = read_answers(&r, why, bytes, text);
	else
		reason_set(why, "there is not enough memory");
	sodium_free(bytes); /* wipes */
	sodium_free(text);
	return rc;
}
