/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/desk/ticket.h"

#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "node/setup/made_word.h"
#include "proto/text.h"

static const char CONSONANTS[] = MADE_WORD_CONSONANTS, VOWELS[] = MADE_WORD_VOWELS;

enum {
	CONSONANT_COUNT = sizeof CONSONANTS - 1,
	VOWEL_COUNT = sizeof VOWELS - 1,
	WORD_COUNT = CONSONANT_COUNT * VOWEL_COUNT * CONSONANT_COUNT * VOWEL_COUNT * CONSONANT_COUNT,
	WORD_SIZE = 5,
	NUMBER_COUNT = 1000,
	LETTERS = 2 * WORD_SIZE,
	SIGNS = LETTERS + 3, /* and the number's digits */
	MEMORY = 8 * 1024 * 1024,
	PASSES = 2,
};

#define CODE_COUNT ((uint64_t)WORD_COUNT * WORD_COUNT * NUMBER_COUNT)

static_assert(CODE_COUNT > 1ull << 40, "at least 40 bits");
static_assert(crypto_pwhash_argon2id_SALTBYTES == 16, "author, number and four zeros");

uint64_t ticket_random(void)
{
	uint64_t value, most = UINT64_MAX - UINT64_MAX % CODE_COUNT;

	do
		randombytes_buf(&value, sizeof value);
	while (value >= most);
	return value % CODE_COUNT;
}

void ticket_text_write(char text[TICKET_TEXT_SIZE], uint64_t code)
{
	uint64_t words = code / NUMBER_COUNT;

	made_word_write(text, WORD_SIZE, (uint32_t)(words / WORD_COUNT));
	made_word_write(text + WORD_SIZE + 1, WORD_SIZE, (uint32_t)(words % WORD_COUNT));
	text[WORD_SIZE] = '-';
	snprintf(text + LETTERS + 1, TICKET_TEXT_SIZE - LETTERS - 1, "-%03u", (unsigned)(code % NUMBER_COUNT));
}

/* The plain capital of a letter; other characters as they are. */
static int32_t plain(int32_t sign)
{
	/* Of Latin-1's accented letters, from 0xC0 on. */
	static const char BASES[] = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTs";

	if (sign >= 'a' && sign <= 'z')
		return sign - 'a' + 'A';
	if (sign >= 0xE0 && sign <= 0xFE)
		sign -= 0x20;
	return sign >= 0xC0 && sign <= 0xDF ? BASES[sign - 0xC0] : sign;
}

/* As it is spelled in a code. */
static int32_t as_spelled(int32_t sign)
{
	static const char HEARD[] = "VCQZY", SPELLED[] = "BKKSI";
	const char *found;

	sign = plain(sign);
	found = sign > 0 && sign < 0x80 ? strchr(HEARD, (int)sign) : NULL;
	return found ? SPELLED[found - HEARD] : sign;
}

static bool is_between(int32_t sign)
{
	return sign == ' ' || sign == '-' || sign == '.' || sign == ',' || sign == 0xA0;
}

/* The u of "que", "gui": Spanish and French write it, and do not say it. */
static bool is_silent(int32_t sign, int32_t before, struct view rest)
{
	int32_t after = rest.size > 0 ? plain(text_next(&rest)) : 0;

	return plain(sign) == 'U' && (before == 'Q' || before == 'G') && (after == 'E' || after == 'I');
}

/* The signs of a code without what stands between them. False: too many, or one that no code has. */
static bool signs_read(char signs[SIGNS], const char *text)
{
	struct view rest = { (const uint8_t *)text, strlen(text) };
	int32_t before = 0;
	size_t count = 0;

	while (rest.size > 0) {
		int32_t sign = text_next(&rest);

		if (sign < 0)
			return false;
		if (is_between(sign))
			continue;
		if (is_silent(sign, before, rest))
			continue;
		before = plain(sign);
		sign = as_spelled(sign);
		if (count == SIGNS || sign <= 0 || sign >= 0x80)
			return false;
		signs[count++] = (char)sign;
	}
	return count == SIGNS;
}

static bool word_read(uint32_t *word, const char *signs)
{
	*word = 0;
	for (int i = 0; i < WORD_SIZE; i++) {
		const char *letters = i % 2 ? VOWELS : CONSONANTS;
		const char *found = strchr(letters, signs[i]);

		if (!found)
			return false;
		*word = *word * (i % 2 ? VOWEL_COUNT : CONSONANT_COUNT) + (uint32_t)(found - letters);
	}
	return true;
}

bool ticket_text_read(uint64_t *code, const char *text)
{
	char signs[SIGNS];
	uint32_t first, second, number = 0;

	if (!signs_read(signs, text) || !word_read(&first, signs) || !word_read(&second, signs + WORD_SIZE))
		return false;
	for (int i = LETTERS; i < SIGNS; i++) {
		if (signs[i] < '0' || signs[i] > '9')
			return false;
		number = number * 10 + (uint32_t)(signs[i] - '0');
	}
	*code = ((uint64_t)first * WORD_COUNT + second) * NUMBER_COUNT + number;
	return true;
}

uint64_t ticket_proof(uint64_t code, struct ref need)
{
	uint8_t salt[crypto_pwhash_argon2id_SALTBYTES] = { 0 }, out[crypto_pwhash_argon2id_BYTES_MIN];
	struct writer w = writer_init(salt, sizeof salt);
	char text[TICKET_TEXT_SIZE];
	struct reader r;
	uint64_t proof;

	write_u64(&w, need.author);
	write_u32(&w, need.number);
	ticket_text_write(text, code);
	if (crypto_pwhash(out, sizeof out, text, strlen(text), salt, PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return 0;
	r = reader_init((struct view){ out, sizeof out });
	proof = read_u64(&r);
	sodium_memzero(text, sizeof text);
	return proof ? proof : 1;
}
