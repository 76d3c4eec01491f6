/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The first start: files as people's editors write them are taken, or refused with file and line; what nobody answers is made. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <sodium.h>

#include "node/setup/boot_file.h"

#define WORDS "bumel takis rolum fedas"

enum { PROPOSALS = 100000 }; /* one in ten thousand made at random is not fine */

struct bench {
	char folder[64], file[96], kept[96];
	struct config config; /* in force */
};

static void write_file(const char *path, const char *text, size_t size)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, size, f), size);
	fclose(f);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof *b);

	*state = b;
	snprintf(b->folder, sizeof b->folder, "/tmp/aidmesh-answers-XXXXXX");
	if (sodium_init() < 0 || !mkdtemp(b->folder))
		return -1;
	snprintf(b->file, sizeof b->file, "%s/aidmesh.txt", b->folder);
	snprintf(b->kept, sizeof b->kept, "%s/answers.conf", b->folder);
	config_init(&b->config);
	snprintf(b->config.folder, sizeof b->config.folder, "%s", b->folder);
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	unlink(b->file);
	unlink(b->kept);
	assert_int_equal(rmdir(b->folder), 0);
	free(b);
	return 0;
}

static void answer(struct answers *answers, const char *name, const char *value)
{
	struct reason why = { "" };

	if (answers_set(answers, &why, name, value) != 0)
		fail_msg("%s", why.text);
}

/* Answers of pairs of name and value, NULL at the end; what is in force after them. */
static void first_start(struct bench *b, const char *const *pairs)
{
	struct reason why = { "" };
	struct answers answers;

	answers_init(&answers);
	for (; *pairs; pairs += 2)
		answer(&answers, pairs[0], pairs[1]);
	if (answers_keep(&answers, &why, &b->config) != 0 ||
	    answers_read(&b->config, &why, b->folder, CONFIG_REQUIRED) != 0)
		fail_msg("%s", why.text);
}

struct file {
	const char *text;
	size_t size; /* 0: up to its zero */
	const char *name, *wifi_name;
};

/* The sentences, one beside the other. */
static void collect(void *user, const char *sentence)
{
	struct reason *all = user;

	reason_add(all, "%s%s", all->text[0] ? " | " : "", sentence);
}

static int read_file(struct answers *answers, struct reason *why, const struct bench *b)
{
	struct reason refused = { "" };
	int rc = boot_file_read(answers, why, b->file, collect, &refused);

	if (rc > 0)
		*why = refused;
	return rc;
}

static void files_of_any_editor_are_taken(void **state)
{
	static const struct file table[] = {
		{ "name = Oak\nwifi_name=oak-net\n", 0, "Oak", "oak-net" },
		{ "name = Oak\r\nwifi_name=oak-net\r\n", 0, "Oak", "oak-net" },
		{ "name = Oak\rwifi_name=oak-net\r", 0, "Oak", "oak-net" },
		{ "\xEF\xBB\xBFname = Oak\r\n", 0, "Oak", "" },
		{ "# name = Elm\n\n ; and\n\tNAME =\t\"Oak\" \n", 0, "Oak", "" },
		{ "Name = 'Oak'\nWiFi-Name = \xE2\x80\x9Coak-net\xE2\x80\x9D", 0, "Oak", "oak-net" },
		{ "name\xC2\xA0= \xC2\xAB\xC2\xA0Oak\xC2\xA0\xC2\xBB\n", 0, "Oak", "" },
		{ "name = \xC3\x89"
		  "cole\n",
		  0,
		  "\xC3\x89"
		  "cole",
		  "" },
		{ "name = \xC9"
		  "cole \x96 Sud\n",
		  0,
		  "\xC3\x89"
		  "cole \xE2\x80\x93 Sud",
		  "" }, /* Windows-1252 */
		{ "name =\nwifi_name = \"\"\n", 0, "", "" },
		{ "", 0, "", "" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct reason why = { "" };
		struct answers answers;

		answers_init(&answers);
		write_file(b->file, table[i].text, strlen(table[i].text));
		if (read_file(&answers, &why, b) != 0)
			fail_msg("%zu: %s", i, why.text);
		assert_string_equal(answers.settings.name, table[i].name);
		assert_string_equal(answers.settings.wifi_name, table[i].wifi_name);
	}
}

static void codes_may_be_of_any_case(void **state)
{
	struct bench *b = *state;
	static const char text[] = "role = Site\nregion = us915\nwifi_country = ht\nlanguage = FR\n";
	struct reason why = { "" };
	struct answers answers;

	answers_init(&answers);
	write_file(b->file, text, strlen(text));
	assert_int_equal(read_file(&answers, &why, b), 0);
	assert_int_equal(answers.settings.role, CONFIG_SITE);
	assert_string_equal(answers.settings.radio_region, "US915");
	assert_string_equal(answers.settings.wifi_country, "HT");
	assert_int_equal(answers.settings.display_language, LANGUAGE_FR);
}

struct mistake {
	const char *text;
	size_t size; /* 0: up to its zero */
	const char *where, *says;
};

static void mistakes_are_named_with_file_and_line(void **state)
{
	static const struct mistake table[] = {
		{ "name = Oak\nrole server\n", 0, "aidmesh.txt:2:", "write name = value" },
		{ "name = Oak\r\nrole = server\r\n", 0, "aidmesh.txt:2:", "none, site, carried or far" },
		{ "nmae = Oak\n", 0, ":1:", "did you mean name?" },
		{ "wifi_pasword = x\n", 0, ":1:", "did you mean wifi_password?" },
		{ "WiFi Contry = HT\n", 0, ":1:", "did you mean wifi_country?" },
		{ "colour = red\n", 0, ":1:", "what is asked is name place words passphrase region role" },
		{ "[node]\n", 0, ":1:", "write name = value" },
		{ "name = Oak\n\nname = Elm\n", 0, ":3:", "line 1 already" },
		{ "name = this name has too many bytes\n", 0, ":1:", "24 bytes" },
		{ "name = Oak ; the school\n", 0, ":1:", "semicolon" },
		{ "place = the school\n", 0, ":1:", "degrees such as" },
		{ "words = oak elm ash fir\n", 0, ":1:", "at least 20 letters in all, and these are 12" },
		{ "words = neighbourhood committee\n", 0, ":1:", "at least 4 different ones" },
		{ "words = elmtree Elmtree ELMTREE elmtree elmtree\n", 0, ":1:", "at least 4 different ones" },
		{ "words = aaaaa aaaab aaaba aabaa\n", 0, ":1:", "repeat few letters" },
		{ "wifi_password = short\n", 0, ":1:", "(a secret): must be 8 to 63" },
		{ "wifi_password = caf\xE9 au lait\n", 0, ":1:", "without accents" },
		{ "passphrase = too short\n", 0, ":1:", "at least 12 characters" },
		{ "region = Europe\n", 0, ":1: region = ", "EU868" },
		{ "Wi-Fi country = Haiti\n", 0, ":1: wifi_country = ", "such as US, FR or HT" },
		{ "pin = 1\n", 0, ":1:", "4 to 16" },
		{ "language = klingon\n", 0, ":1:", "en, es, fr or ht" },
		{ "\xFF\xFEn\0a\0m\0e\0", 10, "aidmesh.txt:", "choose UTF-8" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		struct reason why = { "" };
		struct answers answers, before;

		answers_init(&answers);
		before = answers;
		write_file(b->file, table[i].text, table[i].size ? table[i].size : strlen(table[i].text));
		/* What is no text is refused whole. */
		assert_int_equal(read_file(&answers, &why, b), table[i].size ? -1 : 1);
		if (!strstr(why.text, table[i].where) || !strstr(why.text, table[i].says))
			fail_msg("\"%s\" gives \"%s\", which does not say \"%s\"", table[i].text, why.text,
				 table[i].says);
		snprintf(before.settings.name, sizeof before.settings.name, "%s", answers.settings.name);
		before.settings.given = answers.settings.given;
		assert_memory_equal(&answers, &before, sizeof answers);
	}
}

static void every_mistake_is_told_and_the_rest_is_taken(void **state)
{
	static const char text[] =
		"name = Oak\r\nregoin = US915\r\nrole = site\r\npassphrase = boats\r\nwifi_country = HT\r\n";
	struct bench *b = *state;
	struct reason why = { "" };
	struct answers answers;

	answers_init(&answers);
	write_file(b->file, text, strlen(text));
	assert_int_equal(read_file(&answers, &why, b), 2);
	assert_non_null(strstr(why.text, "aidmesh.txt:2: \"regoin\" is not asked: did you mean region? | "));
	assert_non_null(strstr(why.text, "aidmesh.txt:4: a passphrase has"));
	assert_string_equal(answers.settings.name, "Oak");
	assert_int_equal(answers.settings.role, CONFIG_SITE);
	assert_string_equal(answers.settings.wifi_country, "HT");
	assert_string_equal(answers.passphrase, "");
}

static void a_large_file_and_a_missing_one_are_refused(void **state)
{
	struct bench *b = *state;
	char *text = calloc(1, 20000);
	struct reason why = { "" };
	struct answers answers;

	answers_init(&answers);
	memset(text, '#', 20000);
	write_file(b->file, text, 20000);
	free(text);
	assert_int_equal(read_file(&answers, &why, b), -1);
	assert_non_null(strstr(why.text, "larger than 16384 bytes"));
	unlink(b->file);
	assert_int_equal(read_file(&answers, &why, b), -1);
	assert_non_null(strstr(why.text, "cannot read"));
}

/* The shipped file, with every "#" of an answer taken away, is right. */
static void the_shipped_file_is_taken(void **state)
{
	struct bench *b = *state;
	FILE *in = fopen(SOURCE_DIR "/node/settings/aidmesh.txt", "r"), *out = fopen(b->file, "w");
	struct reason why = { "" };
	struct answers answers;
	char line[512];
	size_t count = 0, asked = 0;

	assert_non_null(in);
	assert_non_null(out);
	while (fgets(line, sizeof line, in)) {
		bool is_answer = line[0] == '#' && line[1] != ' ' && line[1] != '\n';

		count += is_answer;
		fputs(is_answer ? line + 1 : line, out);
	}
	fclose(in);
	fclose(out);
	while (answers_name(asked))
		asked++;
	assert_int_equal(count, asked);
	answers_init(&answers);
	if (read_file(&answers, &why, b) != 0)
		fail_msg("%s", why.text);
	assert_string_equal(answers.settings.name, "Oak Street School");
	/* An example that is taken as it stands would be everybody's secret. */
	assert_string_equal(answers.words, "");
	assert_string_equal(answers.passphrase, "");
	assert_string_equal(answers.settings.pin, "");
	assert_string_equal(answers.settings.wifi_password, "");
}

static void what_nobody_answers_is_made_and_stays(void **state)
{
	static const char *const none[] = { NULL };
	struct bench *b = *state;
	struct config once;

	first_start(b, none);
	assert_int_equal(strlen(b->config.name), 7);
	assert_int_equal(strlen(b->config.wifi_password), 14);
	assert_memory_equal(b->config.wifi_name, "aidmesh-", 8);
	assert_string_equal(b->config.wifi_name + 8, b->config.name);
	assert_int_equal(b->config.circle_count, 0);
	once = b->config;
	first_start(b, none);
	assert_memory_equal(&b->config, &once, sizeof once);
}

static void a_wifi_name_is_the_nodes_in_plain_letters(void **state)
{
	static const char *const table[][2] = {
		{ "\xC3\x89"
		  "cole  du Nord!",
		  "aidmesh-ecole-du-Nord" },
		{ "Oak Street School No. 24", "aidmesh-Oak-Street-School-No-24" },
		{ "\xE2\x80\x93 Oak \xE2\x80\x93", "aidmesh-Oak" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const char *pairs[] = { "name", table[i][0], NULL };

		first_start(b, pairs);
		assert_string_equal(b->config.wifi_name, table[i][1]);
	}
}

/* A name of other letters still gives a Wi-Fi that can be told from the next one. */
static void a_name_without_plain_letters_has_a_made_one(void **state)
{
	static const char *const pairs[] = { "name", "\xD0\xA8\xD0\xBA\xD0\xBE\xD0\xBB\xD0\xB0", NULL };
	struct bench *b = *state;

	first_start(b, pairs);
	assert_int_equal(strlen(b->config.wifi_name), 8 + 7);
}

static void nodes_of_one_neighbourhood_know_each_others_passwords(void **state)
{
	static const char *const pairs[] = { "words", WORDS, "name", "Oak", NULL };
	static const char *const again[] = { "words",
					     "BUMEL-Takis-r\xC3\xB3lum f\xC3\xA9"
					     "das",
					     NULL };
	static const char *const moved[] = { "name", "Elm", NULL };
	static const char *const own[] = { "wifi_password", "as I like it", NULL };
	static const char *const renamed[] = { "name", "Ash", NULL };
	char password[NEIGHBOURHOOD_PASSWORD_SIZE];
	uint8_t circle[CONFIG_CIRCLE_SIZE];
	struct bench *b = *state;

	first_start(b, pairs);
	assert_int_equal(b->config.circle_count, 1);
	assert_true(neighbourhood_circle(circle, WORDS));
	assert_memory_equal(b->config.circles[0], circle, sizeof circle);
	neighbourhood_password(password, circle, "aidmesh-Oak");
	assert_string_equal(b->config.wifi_password, password);
	/* The same words, as another hand writes them. */
	b->config.circle_count = 0;
	first_start(b, again);
	assert_memory_equal(b->config.circles[0], circle, sizeof circle);
	/* Another name: the Wi-Fi follows. */
	b->config.circle_count = 0;
	memcpy(b->config.circles[b->config.circle_count++], circle, sizeof circle);
	first_start(b, moved);
	assert_string_equal(b->config.wifi_name, "aidmesh-Elm");
	neighbourhood_password(password, circle, "aidmesh-Elm");
	assert_string_equal(b->config.wifi_password, password);
	/* What somebody chose stays. */
	b->config.circle_count = 1;
	first_start(b, own);
	b->config.circle_count = 1;
	first_start(b, pairs); /* the same words once more */
	assert_string_equal(b->config.wifi_password, "as I like it");
	b->config.circle_count = 1;
	first_start(b, renamed);
	assert_string_equal(b->config.wifi_password, "as I like it");
}

static void proposed_words_are_fine(void **state)
{
	(void)state;
	for (int i = 0; i < PROPOSALS; i++) {
		char words[NEIGHBOURHOOD_TEXT_SIZE];
		struct reason why = { "" };

		neighbourhood_propose(words);
		if (!neighbourhood_is_fine(&why, words))
			fail_msg("%s: %s", words, why.text);
	}
}

static void answers_that_cannot_be_kept_are_said(void **state)
{
	static const char *const none[] = { NULL };
	struct bench *b = *state;
	struct reason why = { "" };
	struct answers answers;

	first_start(b, none);
	answers_init(&answers);
	write_file(b->kept, "[node]\nname = Oak\ncolour = red\n", 31);
	assert_int_equal(answers_keep(&answers, &why, &b->config), -1);
	assert_non_null(strstr(why.text, "answers.conf:3:"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(files_of_any_editor_are_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(codes_may_be_of_any_case, setup, teardown),
		cmocka_unit_test_setup_teardown(mistakes_are_named_with_file_and_line, setup, teardown),
		cmocka_unit_test_setup_teardown(every_mistake_is_told_and_the_rest_is_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(a_large_file_and_a_missing_one_are_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(the_shipped_file_is_taken, setup, teardown),
		cmocka_unit_test_setup_teardown(what_nobody_answers_is_made_and_stays, setup, teardown),
		cmocka_unit_test_setup_teardown(a_wifi_name_is_the_nodes_in_plain_letters, setup, teardown),
		cmocka_unit_test_setup_teardown(a_name_without_plain_letters_has_a_made_one, setup, teardown),
		cmocka_unit_test_setup_teardown(nodes_of_one_neighbourhood_know_each_others_passwords, setup, teardown),
		cmocka_unit_test(proposed_words_are_fine),
		cmocka_unit_test_setup_teardown(answers_that_cannot_be_kept_are_said, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
