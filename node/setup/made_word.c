/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/setup/made_word.h"

#include <assert.h>

#include <sodium.h>

static uint32_t letter_count(size_t i)
{
	return i % 2 ? sizeof MADE_WORD_VOWELS - 1 : sizeof MADE_WORD_CONSONANTS - 1;
}

void made_word_write(char *text, size_t letters, uint32_t number)
{
	for (size_t i = letters; i-- > 0;) {
		text[i] = (i % 2 ? MADE_WORD_VOWELS : MADE_WORD_CONSONANTS)[number % letter_count(i)];
		number /= letter_count(i);
	}
}

void made_word_random(char *text, size_t letters)
{
	uint32_t words = 1;

	assert(letters <= 7);
	for (size_t i = 0; i < letters; i++)
		words *= letter_count(i);
	made_word_write(text, letters, randombytes_uniform(words));
	text[letters] = '\0';
}
