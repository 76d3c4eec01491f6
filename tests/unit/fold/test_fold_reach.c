/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Whoever is vouched for and brings in a crowd takes nobody else's place within reach. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sync/fold/fold.h"
#include "tests/unit/host.h"
#include "tests/unit/story.h"

enum { AUTHORS = 6000, REGISTERS = 14000, PUPPETS = 40, PUPPETS_EACH = 128, FRIENDS = 10, THEIRS = 4, LAST = 5 };

static struct fold *f;
static uint32_t next_number = 1;

/* Keys by name; those of a crowd begin with ff. */
static struct public_key key_named(uint32_t name, bool in_crowd)
{
	struct public_key key;

	crypto_generichash(key.bytes, sizeof key.bytes, (const uint8_t *)&name, sizeof name, NULL, 0);
	if (in_crowd)
		memset(key.bytes, 0xFF, 2);
	return key;
}

static void say(const struct public_key *author, struct entry e)
{
	struct entered said = { .entry = e, .author = *author };

	said.entry.author = public_key_hint(author);
	story_name(&said);
	assert_int_equal(fold_put(f, said_bytes(&said), &said.id, author), FOLD_OK);
}

static void introduce(const struct public_key *who)
{
	struct entry e = blank(ENTRY_CARD, 0, NOON);

	e.card.key = *who;
	strcpy(e.card.name, "Oak");
	say(who, e);
}

static void vouches(const struct public_key *who, const struct public_key *whom)
{
	struct entry e = blank(ENTRY_TRUST, next_number++, NOON);

	e.trust.key = *whom;
	say(who, e);
}

/* Names of the next layer, each vouched for by one of this one. */
static void crowd(const struct public_key *attacker)
{
	for (uint32_t p = 0; p < PUPPETS; p++) {
		struct public_key puppet = key_named(10000 + p, true);

		introduce(&puppet);
		vouches(attacker, &puppet);
		for (uint32_t i = 0; i < PUPPETS_EACH; i++) {
			struct public_key last = key_named(20000 + p * PUPPETS_EACH + i, true);

			introduce(&last);
			vouches(&puppet, &last);
		}
	}
}

static struct public_key honest(uint32_t friend, uint32_t theirs, uint32_t last)
{
	return key_named(1 + friend + 100 * theirs + 1000 * last, false);
}

static void neighbours(const struct public_key *own)
{
	for (uint32_t a = 0; a < FRIENDS; a++) {
		struct public_key friend = honest(a, 0, 0);

		introduce(&friend);
		vouches(own, &friend);
		for (uint32_t b = 1; b <= THEIRS; b++) {
			struct public_key theirs = honest(a, b, 0);

			introduce(&theirs);
			vouches(&friend, &theirs);
			for (uint32_t c = 1; c <= LAST; c++) {
				struct public_key last = honest(a, b, c);

				introduce(&last);
				vouches(&theirs, &last);
			}
		}
	}
}

static void test_a_crowd_takes_nobodys_place(void **state)
{
	const struct fold_config config = { .registers_max = REGISTERS, .authors_max = AUTHORS };
	struct public_key own = key_named(0, false), attacker = key_named(9999, true);
	uint32_t reached = 0;
	void *memory = malloc(fold_footprint(&config));

	(void)state;
	f = fold_init(memory, fold_footprint(&config), &config);
	assert_non_null(f);
	introduce(&own);
	introduce(&attacker);
	vouches(&own, &attacker);
	crowd(&attacker);
	neighbours(&own);
	fold_run(f, NOON + HOUR);
	for (uint32_t a = 0; a < FRIENDS; a++)
		for (uint32_t b = 0; b <= THEIRS; b++)
			for (uint32_t c = 0; c <= (b ? LAST : 0); c++) {
				struct public_key who = honest(a, b, c);

				assert_int_equal(fold_distance(f, &own, &who), 1 + (b > 0) + (c > 0));
			}
	/* Their places are the attacker's to fill, up to what everybody computes. */
	for (uint32_t i = 0; i < fold_author_count(f); i++) {
		struct fold_author author;

		if (fold_author(f, i, &author))
			reached += fold_distance(f, &own, &author.key) <= FOLD_VOUCHES;
	}
	assert_int_equal(reached, FOLD_TRUSTED_MAX);
	free(memory);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_a_crowd_takes_nobodys_place) };

	assert(sodium_init() >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
