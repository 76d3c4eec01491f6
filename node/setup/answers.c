/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/setup/answers.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "node/setup/made_word.h"
#include "node/system/folder.h"
#include "proto/text.h"

enum { FILE_SIZE_MAX = 16 * 1024, NAME_LETTERS = 7 };

static const char FILE_NAME[] = "answers.conf";
static const char WIFI_PREFIX[] = "aidmesh-";

/* Which setting an answer is; words and passphrase are none. */
struct question {
	const char *name, *section, *key;
};

static const struct question QUESTIONS[] = {
	{ "name", "node", "name" },
	{ "place", "node", "place" },
	{ "words", NULL, NULL },
	{ "passphrase", NULL, NULL },
	{ "region", "radio", "region" },
	{ "role", "node", "role" },
	{ "wifi_name", "wifi", "name" },
	{ "wifi_password", "wifi", "password" },
	{ "wifi_country", "wifi", "country" },
	{ "wifi_join", "wifi", "join" },
	{ "pin", "control", "pin" },
	{ "language", "display", "language" },
};

enum { QUESTION_COUNT = sizeof QUESTIONS / sizeof QUESTIONS[0] };

void answers_init(struct answers *answers)
{
	*answers = (struct answers){ .words = "" };
	config_init(&answers->settings);
}

void answers_fini(struct answers *answers)
{
	sodium_memzero(answers, sizeof *answers);
}

const char *answers_name(size_t i)
{
	return i < QUESTION_COUNT ? QUESTIONS[i].name : NULL;
}

static int set_words(struct answers *answers, struct reason *why, const char *words)
{
	if (!neighbourhood_is_fine(why, words))
		return -1;
	snprintf(answers->words, sizeof answers->words, "%s", words);
	return 0;
}

static int set_passphrase(struct answers *answers, struct reason *why, const char *passphrase)
{
	if (!household_key_is_fine(passphrase)) {
		reason_set(why, "a passphrase has at least %d characters: three or four words are good",
			   PASSPHRASE_LETTERS_MIN);
		return -1;
	}
	snprintf(answers->passphrase, sizeof answers->passphrase, "%s", passphrase);
	return 0;
}

/* Between "key = " and the end of a line, libinih would lose a part of any other. */
static bool is_kept_whole(const char *value)
{
	size_t size = strlen(value);

	return size == 0 ||
	       (value[0] != ' ' && value[0] != ';' && value[size - 1] != ' ' && strstr(value, " ;") == NULL);
}

/* Codes are written in capitals or small letters, as people like. */
static void fit_case(char *value, const char *name)
{
	bool is_small = strcmp(name, "role") == 0 || strcmp(name, "language") == 0;
	bool is_large = strcmp(name, "wifi_country") == 0 || strcmp(name, "region") == 0;

	for (char *c = value; *c != '\0'; c++) {
		if (is_small && *c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
		if (is_large && *c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	}
}

/* What is wrong is told by the answer's name: who answers knows no sections. */
static int set_setting(struct answers *answers, struct reason *why, const struct question *q, const char *value)
{
	struct reason told = { "" };
	char place[64], fitted[CONFIG_VALUE_SIZE];
	size_t size = (size_t)snprintf(place, sizeof place, "[%s] %s", q->section, q->key);
	int rc;

	snprintf(fitted, sizeof fitted, "%s", value); /* one that is cut is too long for every answer */
	fit_case(fitted, q->name);
	rc = config_apply(&answers->settings, &told, q->section, q->key, fitted);
	sodium_memzero(fitted, sizeof fitted);
	if (rc != 0 && strncmp(told.text, place, size) == 0)
		reason_set(why, "%s%s", q->name, told.text + size);
	else if (rc != 0)
		*why = told;
	return rc;
}

int answers_set(struct answers *answers, struct reason *why, const char *name, const char *value)
{
	for (size_t i = 0; i < QUESTION_COUNT; i++) {
		const struct question *q = &QUESTIONS[i];

		if (strcmp(q->name, name) != 0)
			continue;
		if (value[0] == '\0')
			return 0;
		if (q->section == NULL)
			return strcmp(name, "words") == 0 ? set_words(answers, why, value)
							  : set_passphrase(answers, why, value);
		if (is_kept_whole(value))
			return set_setting(answers, why, q, value);
		reason_set(why, "%s = ...: leave out the semicolon, or the blank before it", name);
		return -1;
	}
	reason_set(why, "there is no answer \"%.40s\"", name);
	return -1;
}

int answers_read(struct config *config, struct reason *why, const char *folder, enum config_need need)
{
	char path[CONFIG_PATH_SIZE + sizeof FILE_NAME];

	snprintf(path, sizeof path, "%s/%s", folder, FILE_NAME);
	return config_read_file(config, why, path, need);
}

/* To what is kept. */

struct merging {
	struct config *kept;
	struct reason why;
	bool failed;
};

static void set(struct merging *m, const char *section, const char *key, const char *value)
{
	m->failed = m->failed || config_apply(m->kept, &m->why, section, key, value) != 0;
}

static void on_answer(void *user, const char *section, const char *key, const char *value, bool is_secret)
{
	(void)is_secret;
	set(user, section, key, value);
}

/* What of a name fits a Wi-Fi's: letters without accents, figures, and a dash for everything else. */
static void wifi_name_of(char wifi[CONFIG_WIFI_NAME_SIZE], const char *name)
{
	struct view rest = { (const uint8_t *)name, strlen(name) };
	size_t size = (size_t)snprintf(wifi, CONFIG_WIFI_NAME_SIZE, "%s", WIFI_PREFIX);
	size_t start = size;

	while (rest.size > 0 && size + 1 < CONFIG_WIFI_NAME_SIZE) {
		int32_t sign = text_next(&rest);
		char letter = sign < 0 ? '\0' : text_letter(sign);

		if (sign >= 'A' && sign <= 'Z')
			letter = (char)sign;
		if (letter == '\0' && wifi[size - 1] == '-')
			continue;
		wifi[size++] = letter ? letter : '-';
	}
	while (size > start && wifi[size - 1] == '-')
		size--;
	wifi[size] = '\0';
	if (size == start)
		made_word_random(wifi + size, NAME_LETTERS);
}

/* "Bumelat". */
static void make_name(char name[NAME_LETTERS + 1])
{
	made_word_random(name, NAME_LETTERS);
	for (char *c = name + 1; *c != '\0'; c++)
		*c = (char)(*c - 'A' + 'a');
}

static void take_words(struct merging *m, const struct answers *answers)
{
	uint8_t circle[CONFIG_CIRCLE_SIZE];
	char text[2 * CONFIG_CIRCLE_SIZE + 1];

	if (answers->words[0] == '\0')
		return;
	if (!neighbourhood_circle(circle, answers->words)) {
		reason_set(&m->why, "there is not enough memory for the neighbourhood's words: 64 MB are needed");
		m->failed = true;
		return;
	}
	sodium_bin2hex(text, sizeof text, circle, sizeof circle);
	set(m, "radio", "circle", "");
	set(m, "radio", "circle", text);
	sodium_memzero(circle, sizeof circle);
	sodium_memzero(text, sizeof text);
}

static void take_name(struct merging *m, const struct config *in_force)
{
	char name[NAME_LETTERS + 1];

	if (m->kept->name[0] != '\0' || in_force->name[0] != '\0')
		return;
	make_name(name);
	set(m, "node", "name", name);
}

static void take_wifi_name(struct merging *m, const struct answers *answers, const struct config *in_force)
{
	const char *name = m->kept->name[0] ? m->kept->name : in_force->name;
	char made_before[CONFIG_WIFI_NAME_SIZE], made[CONFIG_WIFI_NAME_SIZE];
	bool was_made;

	if (answers->settings.wifi_name[0] != '\0')
		return;
	wifi_name_of(made_before, in_force->name);
	was_made = in_force->wifi_name[0] == '\0' || strcmp(in_force->wifi_name, made_before) == 0;
	wifi_name_of(made, name);
	if (was_made && strcmp(in_force->wifi_name, made) != 0)
		set(m, "wifi", "name", made);
}

static bool is_same_circle(const struct config *kept, const struct config *in_force)
{
	return in_force->circle_count > 0 && kept->circle_count > 0 &&
	       memcmp(kept->circles[0], in_force->circles[0], CONFIG_CIRCLE_SIZE) == 0;
}

/* A password that follows from the words is made again when they or the Wi-Fi's name change. */
static void take_wifi_password(struct merging *m, const struct answers *answers, const struct config *in_force)
{
	const struct config *has_circle = m->kept->circle_count ? m->kept : in_force;
	const char *wifi = m->kept->wifi_name[0] ? m->kept->wifi_name : in_force->wifi_name;
	char made_before[NEIGHBOURHOOD_PASSWORD_SIZE] = "", made[NEIGHBOURHOOD_PASSWORD_SIZE];
	bool is_open;

	if (answers->settings.wifi_password[0] != '\0')
		return;
	if (in_force->circle_count > 0)
		neighbourhood_password(made_before, in_force->circles[0], in_force->wifi_name);
	is_open = in_force->wifi_password[0] == '\0' || strcmp(in_force->wifi_password, made_before) == 0 ||
		  (answers->words[0] != '\0' && !is_same_circle(m->kept, in_force));
	if (!is_open)
		return;
	if (has_circle->circle_count > 0)
		neighbourhood_password(made, has_circle->circles[0], wifi);
	else
		neighbourhood_password_random(made);
	if (strcmp(made, in_force->wifi_password) != 0)
		set(m, "wifi", "password", made);
	sodium_memzero(made, sizeof made);
	sodium_memzero(made_before, sizeof made_before);
}

/* As a file. */

struct writing {
	char text[FILE_SIZE_MAX];
	size_t size;
	char section[16];
};

static void on_kept(void *user, const char *section, const char *key, const char *value, bool is_secret)
{
	struct writing *w = user;
	bool is_next = strcmp(section, w->section) != 0;

	(void)is_secret;
	if (is_next)
		w->size += (size_t)snprintf(w->text + w->size, sizeof w->text - w->size, "\n[%s]\n", section);
	w->size += (size_t)snprintf(w->text + w->size, sizeof w->text - w->size, "%s = %s\n", key, value);
	snprintf(w->section, sizeof w->section, "%s", section);
	assert(w->size < sizeof w->text); /* every key at its longest fits */
}

static int write_kept(const struct config *kept, struct reason *why, const char *folder)
{
	struct writing w = { .section = "" };
	int rc;

	w.size = (size_t)snprintf(
		w.text, sizeof w.text,
		"# What this node was answered, and what it made itself. It is changed by: aidmesh setup\n");
	config_each(kept, CONFIG_GIVEN, on_kept, &w);
	folder_make(folder);
	rc = folder_write_file(folder, FILE_NAME, w.text, w.size);
	sodium_memzero(&w, sizeof w);
	if (rc == 0)
		return 0;
	reason_set(why, "cannot write %.150s/%s: %s", folder, FILE_NAME, strerror(errno));
	return -1;
}

/* One that is set already is not replaced here: households may be sealed with it. */
static int keep_passphrase(const struct answers *answers, struct reason *why, const char *folder)
{
	struct household_key key = { .is_set = false };
	enum household_key_rc rc;

	if (answers->passphrase[0] == '\0')
		return 0;
	folder_make(folder);
	if (household_key_open(&key, why, folder) != 0)
		return -1;
	rc = key.is_set ? household_key_unlock(&key, folder, answers->passphrase)
			: household_key_make(&key, folder, answers->passphrase);
	household_key_lock(&key);
	if (rc == HOUSEHOLD_KEY_OK)
		return 0;
	if (rc == HOUSEHOLD_KEY_WRONG)
		reason_set(why, "there is another passphrase already: aidmesh passphrase changes it");
	else if (rc == HOUSEHOLD_KEY_MEMORY)
		reason_set(why, "there is not enough memory for a passphrase: 64 MB are needed");
	else
		reason_set(why, "cannot write the passphrase's key to %.200s: %s", folder, strerror(errno));
	return -1;
}

int answers_keep(const struct answers *answers, struct reason *why, const struct config *in_force)
{
	struct config kept;
	struct merging m = { .kept = &kept };
	int rc = -1;

	config_init(&kept);
	if (answers_read(&kept, why, in_force->folder, CONFIG_OPTIONAL) != 0)
		return -1;
	config_each(&answers->settings, CONFIG_GIVEN, on_answer, &m);
	take_words(&m, answers);
	take_name(&m, in_force);
	take_wifi_name(&m, answers, in_force);
	take_wifi_password(&m, answers, in_force);
	if (m.failed)
		*why = m.why;
	else if (keep_passphrase(answers, why, in_force->folder) == 0)
		rc = write_kept(&kept, why, in_force->folder);
	sodium_memzero(&kept, sizeof kept);
	return rc;
}
