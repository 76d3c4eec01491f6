/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The neighbourhood's words: what all its nodes were told, and what follows from it.
 *
 *   words --Argon2id--> circle ([radio] circle) --BLAKE2b, Wi-Fi name--> password of that Wi-Fi
 *
 * Case, accents and what stands between the words do not matter. Any thread; needs sodium_init() once before. */
#ifndef AIDMESH_NODE_SETUP_NEIGHBOURHOOD_H
#define AIDMESH_NODE_SETUP_NEIGHBOURHOOD_H

#include <stdbool.h>

#include "node/settings/config.h"
#include "node/settings/reason.h"

enum {
	NEIGHBOURHOOD_WORDS_MIN = 4,
	NEIGHBOURHOOD_LETTERS_MIN = 20,
	NEIGHBOURHOOD_TEXT_SIZE = 200, /* of the words as they are typed */
	NEIGHBOURHOOD_PASSWORD_SIZE = 15
};

/* Four made-up words, 61 bits: "bumel takis rolum fedas". */
void neighbourhood_propose(char words[NEIGHBOURHOOD_TEXT_SIZE]);
/* False with a sentence: they could be guessed. */
bool neighbourhood_is_fine(struct reason *why, const char *words);
/* The circle's key, of words that are fine: 64 MiB and four passes, about two seconds on the smallest board. False: memory is out. */
bool neighbourhood_circle(uint8_t circle[CONFIG_CIRCLE_SIZE], const char *words) __attribute__((warn_unused_result));

/* Twelve small letters in three groups, 54 bits, without those that look alike: of the circle and the Wi-Fi's name... */
void neighbourhood_password(char password[NEIGHBOURHOOD_PASSWORD_SIZE], const uint8_t circle[CONFIG_CIRCLE_SIZE],
			    const char *wifi_name);
/* ...or of the system's randomness. */
void neighbourhood_password_random(char password[NEIGHBOURHOOD_PASSWORD_SIZE]);

#endif
