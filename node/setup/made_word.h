/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Made-up words that can be said over a counter: consonant, vowel, consonant, and so on, of letters that English, Spanish,
 * French and Kreyol speakers read alike, after the idea of proquints (Wilkerson, arXiv:0901.4016). Pure but made_word_random. */
#ifndef AIDMESH_NODE_SETUP_MADE_WORD_H
#define AIDMESH_NODE_SETUP_MADE_WORD_H

#include <stddef.h>
#include <stdint.h>

#define MADE_WORD_CONSONANTS "BDFGKLMNPRST"
#define MADE_WORD_VOWELS "AEIOU"

/* `letters` capitals, without a zero behind them: the word of that number, in the order of the alphabet above. */
void made_word_write(char *text, size_t letters, uint32_t number);
/* `letters` (at most 7) capitals of the system's randomness and a zero. */
void made_word_random(char *text, size_t letters);

#endif
