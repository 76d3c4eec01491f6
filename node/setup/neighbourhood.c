/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/setup/neighbourhood.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "node/setup/made_word.h"
#include "proto/text.h"

enum {
	WORD_LETTERS = 5,
	LETTERS_DIFFERENT_MIN = 6,
	WORDS_MAX = NEIGHBOURHOOD_TEXT_SIZE,
	MEMORY = 64 * 1024 * 1024,
	PASSES = 4,
	PASSWORD_LETTERS = 12,
	PASSWORD_GROUP = 4,
};

/* Public, and the same for all: two nodes must come to one key by the words alone. */
static const uint8_t SALT[crypto_pwhash_argon2id_SALTBYTES] = "aidmesh words 1";
static const char PASSWORD_PERSON[] = "aidmesh wifi 1";
static const char PASSWORD_ALPHABET[] = "abcdefghjkmnpqrstuvwxyz";

static_assert(PASSWORD_LETTERS + PASSWORD_LETTERS / PASSWORD_GROUP - 1 == NEIGHBOURHOOD_PASSWORD_SIZE - 1, "it fits");

/* The words as they are compared: a code point a letter, in small letters without accents; where a word begins is kept apart. */
struct spelled {
	int32_t letters[NEIGHBOURHOOD_TEXT_SIZE];
	size_t count;
	size_t starts[WORDS_MAX + 1];
	size_t words;
};

static bool is_between(int32_t sign)
{
	return sign < 0x80 ? text_letter(sign) == 0 : sign == 0xA0 || (sign >= 0x2000 && sign <= 0x206F);
}

/* False: it is no text, or too long. */
static bool spell(struct spelled *s, const char *words)
{
	struct view rest = { (const uint8_t *)words, strlen(words) };
	bool in_word = false;

	*s = (struct spelled){ .count = 0 };
	if (rest.size >= NEIGHBOURHOOD_TEXT_SIZE)
		return false;
	while (rest.size > 0) {
		int32_t sign = text_next(&rest);
		char letter = sign < 0 ? '\0' : text_letter(sign);

		if (sign < 0)
			return false;
		if (sign >= 0x300 && sign <= 0x36F) /* an accent of its own, as some keyboards write it */
			continue;
		if (!is_between(sign)) {
			if (!in_word)
				s->starts[s->words++] = s->count;
			s->letters[s->count++] = letter ? letter : sign;
		}
		in_word = !is_between(sign);
	}
	s->starts[s->words] = s->count;
	return true;
}

static bool same_word(const struct spelled *s, size_t a, size_t b)
{
	size_t size = s->starts[a + 1] - s->starts[a];

	return size == s->starts[b + 1] - s->starts[b] &&
	       memcmp(s->letters + s->starts[a], s->letters + s->starts[b], size * sizeof *s->letters) == 0;
}

static size_t count_different_words(const struct spelled *s)
{
	size_t count = 0;

	for (size_t a = 0; a < s->words; a++) {
		size_t b = 0;

		while (b < a && !same_word(s, a, b))
			b++;
		count += b == a;
	}
	return count;
}

static size_t count_different_letters(const struct spelled *s)
{
	size_t count = 0;

	for (size_t a = 0; a < s->count; a++) {
		size_t b = 0;

		while (b < a && s->letters[a] != s->letters[b])
			b++;
		count += b == a;
	}
	return count;
}

/* Nothing is said where they are strong enough. */
static void say_weak(struct reason *why, const struct spelled *s)
{
	if (count_different_words(s) < NEIGHBOURHOOD_WORDS_MIN)
		reason_set(
			why,
			"the neighbourhood's words are too few: at least %d different ones with blanks between them, "
			"or they can be guessed",
			NEIGHBOURHOOD_WORDS_MIN);
	else if (s->count < NEIGHBOURHOOD_LETTERS_MIN)
		reason_set(
			why,
			"the neighbourhood's words are too short: at least %d letters in all, and these are %zu; take "
			"longer words, or one more",
			NEIGHBOURHOOD_LETTERS_MIN, s->count);
	else if (count_different_letters(s) < LETTERS_DIFFERENT_MIN)
		reason_set(why, "the neighbourhood's words repeat few letters: take words that differ more");
}

bool neighbourhood_is_fine(struct reason *why, const char *words)
{
	struct reason weak = { "" };
	struct spelled s;

	if (spell(&s, words))
		say_weak(&weak, &s);
	else
		reason_set(&weak, "the neighbourhood's words must be text of at most %d bytes",
			   NEIGHBOURHOOD_TEXT_SIZE - 1);
	sodium_memzero(&s, sizeof s);
	if (weak.text[0] != '\0')
		*why = weak;
	return weak.text[0] == '\0';
}

static void make_words(char words[NEIGHBOURHOOD_TEXT_SIZE])
{
	for (size_t i = 0; i < NEIGHBOURHOOD_WORDS_MIN; i++) {
		char *word = words + i * (WORD_LETTERS + 1);

		made_word_random(word, WORD_LETTERS);
		for (char *c = word; *c != '\0'; c++)
			*c = (char)(*c - 'A' + 'a');
		word[WORD_LETTERS] = i + 1 < NEIGHBOURHOOD_WORDS_MIN ? ' ' : '\0';
	}
}

/* One in ten thousand has a word twice, or few letters. */
void neighbourhood_propose(char words[NEIGHBOURHOOD_TEXT_SIZE])
{
	struct reason why;

	do {
		make_words(words);
	} while (!neighbourhood_is_fine(&why, words));
}

/* As it is hashed: each letter in four bytes, little endian. */
static size_t as_bytes(uint8_t *out, const struct spelled *s)
{
	for (size_t i = 0; i < s->count; i++)
		for (unsigned k = 0; k < 4; k++)
			out[4 * i + k] = (uint8_t)((uint32_t)s->letters[i] >> 8 * k);
	return 4 * s->count;
}

bool neighbourhood_circle(uint8_t circle[CONFIG_CIRCLE_SIZE], const char *words)
{
	uint8_t bytes[4 * NEIGHBOURHOOD_TEXT_SIZE];
	struct spelled s;
	size_t size;
	bool ok;

	if (!spell(&s, words))
		return false;
	size = as_bytes(bytes, &s);
	ok = crypto_pwhash(circle, CONFIG_CIRCLE_SIZE, (const char *)bytes, size, SALT, PASSES, MEMORY,
			   crypto_pwhash_ALG_ARGON2ID13) == 0;
	sodium_memzero(bytes, sizeof bytes);
	sodium_memzero(&s, sizeof s);
	return ok;
}

static void password_write(char password[NEIGHBOURHOOD_PASSWORD_SIZE], const uint32_t numbers[PASSWORD_LETTERS])
{
	for (size_t i = 0; i < PASSWORD_LETTERS; i++) {
		if (i > 0 && i % PASSWORD_GROUP == 0)
			*password++ = '-';
		*password++ = PASSWORD_ALPHABET[numbers[i] % (sizeof PASSWORD_ALPHABET - 1)];
	}
	*password = '\0';
}

void neighbourhood_password(char password[NEIGHBOURHOOD_PASSWORD_SIZE], const uint8_t circle[CONFIG_CIRCLE_SIZE],
			    const char *wifi_name)
{
	uint8_t hash[4 * PASSWORD_LETTERS];
	uint32_t numbers[PASSWORD_LETTERS] = { 0 };
	crypto_generichash_state state;

	crypto_generichash_init(&state, circle, CONFIG_CIRCLE_SIZE, sizeof hash);
	crypto_generichash_update(&state, (const uint8_t *)PASSWORD_PERSON, sizeof PASSWORD_PERSON);
	crypto_generichash_update(&state, (const uint8_t *)wifi_name, strlen(wifi_name));
	crypto_generichash_final(&state, hash, sizeof hash);
	for (size_t i = 0; i < sizeof hash; i++)
		numbers[i / 4] |= (uint32_t)hash[i] << 8 * (i % 4);
	password_write(password, numbers);
	sodium_memzero(hash, sizeof hash);
	sodium_memzero(numbers, sizeof numbers);
}

void neighbourhood_password_random(char password[NEIGHBOURHOOD_PASSWORD_SIZE])
{
	uint32_t numbers[PASSWORD_LETTERS];

	for (size_t i = 0; i < PASSWORD_LETTERS; i++)
		numbers[i] = randombytes_uniform(sizeof PASSWORD_ALPHABET - 1);
	password_write(password, numbers);
	sodium_memzero(numbers, sizeof numbers);
}
