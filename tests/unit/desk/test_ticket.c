/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sodium.h>

#include "node/desk/intake.h"

static void test_a_code_is_read_as_it_was_written(void **state)
{
	(void)state;
	for (int i = 0; i < 2000; i++) {
		uint64_t code = ticket_random(), again = 0;
		char text[TICKET_TEXT_SIZE];

		ticket_text_write(text, code);
		assert_int_equal(strlen(text), TICKET_TEXT_SIZE - 1);
		assert_true(ticket_text_read(&again, text));
		assert_int_equal(again, code);
	}
}

static void test_a_code_is_read_as_people_hear_it(void **state)
{
	static const struct {
		const char *typed;
		bool ok;
	} ROWS[] = {
		{ "BUMEL-TAKIS-417", true },
		{ "bumel takis 417", true },
		{ "Bumeltakis417", true },
		{ "vumel taquis 417", true },
		{ "vumel takkis 417", false },
		{ "vumel tacis 417", true },
		{ "vúmel táqiz 417", true },
		{ "BUMEL\xC2\xA0TAKYS 4 1 7", true },
		{ "BUMEL-TAKIS-41", false },
		{ "BUMEL-TAKIS-4177", false },
		{ "BUMEL-TAKIS-ABC", false },
		{ "BUMEL-TAKIX-417", false },
		{ "UBMEL-TAKIS-417", false },
		{ "", false },
		{ "417", false },
		{ "\xff\xfe", false },
	};
	uint64_t wanted = 0;

	(void)state;
	assert_true(ticket_text_read(&wanted, "BUMEL-TAKIS-417"));
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		uint64_t code = 0;

		print_message("%s\n", ROWS[i].typed);
		assert_int_equal(ticket_text_read(&code, ROWS[i].typed), ROWS[i].ok);
		if (ROWS[i].ok)
			assert_int_equal(code, wanted);
	}
}

static void test_the_proof_is_of_this_code_and_this_need_alone(void **state)
{
	struct ref need = { 0x1122334455667788, 42 }, other = { 0x1122334455667788, 43 };
	uint64_t code = 123456789, proof = ticket_proof(code, need);

	(void)state;
	assert_int_not_equal(proof, 0);
	assert_int_equal(proof, ticket_proof(code, need));
	assert_int_not_equal(proof, ticket_proof(code + 1, need));
	assert_int_not_equal(proof, ticket_proof(code, other));
	/* As the reference implementation of Argon2 computes it. */
	assert_int_equal(proof, 0x7cd932a7721cf0d0);
}

/* Intake. */

struct seen {
	size_t count;
	uint32_t number;
	struct household household;
};

static bool on_household(void *user, uint32_t number, const struct household *household)
{
	struct seen *seen = user;

	seen->count++;
	seen->number = number;
	seen->household = *household;
	return true;
}

static void test_details_are_sealed_on_disk_and_read_by_this_node_alone(void **state)
{
	static const struct household household = { .name = "Nomen Nescio",
						    .phone = "555 0100",
						    .address = "behind the blue gate",
						    .ticket = "BUMEL-TAKIS-417" };
	char folder[] = "/tmp/aidmesh-XXXXXX", command[128];
	struct reason why;
	struct identity identity, other;
	struct seen seen = { 0 };
	struct store *store;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(identity_open(&identity, &why, folder), IDENTITY_OK);
	assert_int_equal(store_open(&store, &why, folder), STORE_OK);
	assert_int_equal(intake_put(store, &(struct intake_key){ &identity, NULL }, 0xABCDEF01, &household), STORE_OK);
	intake_each(store, &(struct intake_key){ &identity, NULL }, on_household, &seen);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.number, 0xABCDEF01);
	assert_memory_equal(&seen.household, &household, sizeof household);

	snprintf(command, sizeof command, "! grep -rlaEq 'Nescio|555 0100|blue gate|BUMEL' %s", folder);
	assert_int_equal(system(command), 0);

	other = identity;
	other.secret_key = sodium_malloc(crypto_sign_SECRETKEYBYTES);
	randombytes_buf(other.secret_key, crypto_sign_SECRETKEYBYTES);
	seen.count = 0;
	intake_each(store, &(struct intake_key){ &other, NULL }, on_household, &seen);
	assert_int_equal(seen.count, 0);
	sodium_free(other.secret_key);

	assert_int_equal(intake_note_gone(store, 0xABCDEF01, 1), STORE_OK);
	assert_int_equal(intake_note_gone(store, 0xABCDEF01, 2), STORE_OK);
	intake_each(store, &(struct intake_key){ &identity, NULL }, on_household, &seen);
	assert_int_equal(seen.count, 0);
	store_close(store);
	identity_close(&identity);
	snprintf(command, sizeof command, "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

static void test_without_the_passphrase_nothing_that_the_card_has_opens_them(void **state)
{
	static const struct household early = { .name = "Nomen Nescio" }, late = { .name = "Jane Roe" };
	char folder[] = "/tmp/aidmesh-XXXXXX", command[128];
	struct household_key key = { .is_set = false }, locked = { .is_set = false };
	struct intake_key own, sealed, without;
	struct identity identity;
	struct seen seen = { 0 };
	uint32_t kept, lost;
	struct reason why;
	struct store *store;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(identity_open(&identity, &why, folder), IDENTITY_OK);
	assert_int_equal(store_open(&store, &why, folder), STORE_OK);
	own = (struct intake_key){ &identity, NULL };
	sealed = (struct intake_key){ &identity, &key };
	without = (struct intake_key){ &identity, &locked };
	assert_int_equal(intake_put(store, &own, 1, &early), STORE_OK);
	assert_int_equal(household_key_make(&key, folder, "three old green boats"), HOUSEHOLD_KEY_OK);
	assert_int_equal(intake_reseal(store, &sealed, &own, &kept, &lost), STORE_OK);
	assert_int_equal(kept, 1);
	assert_int_equal(lost, 0);
	/* As after a start: written, and not read, with all that lies in the folder. */
	assert_int_equal(household_key_open(&locked, &why, folder), 0);
	assert_true(household_key_is_locked(&locked));
	assert_int_equal(intake_put(store, &without, 2, &late), STORE_OK);
	intake_each(store, &without, on_household, &seen);
	intake_each(store, &own, on_household, &seen);
	assert_int_equal(seen.count, 0);
	assert_int_equal(household_key_unlock(&locked, folder, "three old green goats"), HOUSEHOLD_KEY_WRONG);
	assert_true(household_key_is_locked(&locked));
	assert_int_equal(household_key_unlock(&locked, folder, "three old green boats"), HOUSEHOLD_KEY_OK);
	intake_each(store, &without, on_household, &seen);
	assert_int_equal(seen.count, 2);
	/* Again under the node's own key, which reads them then. */
	assert_int_equal(intake_reseal(store, &own, &without, &kept, &lost), STORE_OK);
	assert_int_equal(household_key_remove(&locked, folder), HOUSEHOLD_KEY_OK);
	seen.count = 0;
	intake_each(store, &own, on_household, &seen);
	assert_int_equal(seen.count, 2);
	household_key_lock(&key);
	store_close(store);
	identity_close(&identity);
	snprintf(command, sizeof command, "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_code_is_read_as_it_was_written),
		cmocka_unit_test(test_a_code_is_read_as_people_hear_it),
		cmocka_unit_test(test_the_proof_is_of_this_code_and_this_need_alone),
		cmocka_unit_test(test_details_are_sealed_on_disk_and_read_by_this_node_alone),
		cmocka_unit_test(test_without_the_passphrase_nothing_that_the_card_has_opens_them),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
