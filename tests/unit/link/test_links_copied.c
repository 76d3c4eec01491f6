/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Two nodes of one key, as a copied card makes them, told from one node with two contacts. */
#include "tests/unit/link/links_bench.h"

/* STALE_WORDS: so many may be on their way when a contact breaks. */
enum { STEADY_MS = 1500, STALE_WORDS = 2, TWIN = 3, BYSTANDER_LOW = 1, BYSTANDER_HIGH = 2 };

/* Three nodes on one loop: a bystander, and one or two that hold the same key. */
static struct end bystander, first, second;

static int setup_three(void **state)
{
	struct bench *b = calloc(1, sizeof *b);

	*state = b;
	return b != NULL ? uv_loop_init(&b->loop) : -1;
}

static void close_three(struct bench *b)
{
	struct end *ends[] = { &bystander, &first, &second };

	for (size_t i = 0; i < 3; i++) {
		close_end(b, ends[i]);
		sodium_free(ends[i]->identity.sealing_secret);
		*ends[i] = (struct end){ .id = 0 };
	}
}

static int teardown_three(void **state)
{
	struct bench *b = *state;

	close_three(b);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	free(b);
	return 0;
}

/* The bystander's key is smaller than that of the others, or larger. */
static void make_three(bool is_smaller)
{
	make_end(&bystander, BYSTANDER_LOW);
	make_end(&first, TWIN);
	for (uint8_t n = BYSTANDER_LOW;
	     (memcmp(bystander.identity.sealing_key, first.identity.sealing_key, 32) < 0) != is_smaller; n++) {
		sodium_free(bystander.identity.sealing_secret);
		make_end(&bystander, (uint8_t)(n + TWIN + 1));
	}
	make_end(&second, TWIN);
}

static bool said_copied(const struct bench *b)
{
	(void)b;
	return bystander.copies > 0;
}

static size_t links_with(const struct end *end, const uint8_t key[32])
{
	size_t count = 0;

	for (const struct contact *c = end->links->contacts; c != NULL; c = c->next)
		count += c->state == CONTACT_SECURED && memcmp(c->noise->remote_static, key, 32) == 0;
	return count;
}

static bool has_link(const struct bench *b)
{
	(void)b;
	return links_with(&bystander, first.identity.sealing_key) == 1 && bystander.links->contacts != NULL;
}

/* Every contact is one that lasts. */
static bool has_settled(const struct bench *b)
{
	return has_link(b) && bystander.links->contacts->next == NULL &&
	       bystander.links->contacts->state == CONTACT_SECURED;
}

static bool has_both(const struct bench *b)
{
	(void)b;
	return links_with(&bystander, first.identity.sealing_key) == 2 && links_open_count(bystander.links) == 2;
}

static void call_now(struct end *end, const struct end *whom)
{
	struct sockaddr_storage address;

	assert_int_equal(address_parse(&address, "127.0.0.1", links_port(whom->links)), 0);
	links_dial(end->links, (const struct sockaddr *)&address, NULL);
}

static void stay(struct bench *b, uint64_t ms)
{
	b->quiet_until_ns = uv_hrtime() + ms * 1000000;
	wait_for(b, "some time", is_quiet_over);
}

/* As a node does that has no link with whom it hears. */
static void call_again(struct end *end)
{
	if (links_with(end, bystander.identity.sealing_key) > 0)
		return;
	end->links->dials[CONFIG_PEERS_MAX].next_ms = 0;
	call_now(end, &bystander);
}

/* Whoever dials whom, the bystander knows, and has a contact with both from then on. */
static void a_third_node_knows_and_keeps_both(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < 8; i++) {
		bool calls_first = i & 1, calls_second = i & 2;
		int downs;

		make_three(i & 4);
		open_end(b, &bystander);
		open_end(b, &first);
		open_end(b, &second);
		call_now(calls_first ? &bystander : &first, calls_first ? &first : &bystander);
		wait_for(b, "the first is here", has_link);
		call_now(calls_second ? &bystander : &second, calls_second ? &second : &bystander);
		wait_for(b, "it knows that there are two", said_copied);
		assert_memory_equal(bystander.copied, first.identity.sealing_key, 32);
		assert_true(links_is_copied(bystander.links, first.identity.sealing_key));
		/* Who has no contact comes again. */
		stay(b, 100);
		call_again(&first);
		call_again(&second);
		wait_for(b, "both are here", has_both);
		downs = bystander.downs;
		for (int again = 0; again < 3; again++) {
			call_again(&first);
			call_again(&second);
			stay(b, 100);
		}
		wait_for(b, "both are here", has_both);
		assert_int_equal(bystander.downs, downs);
		assert_int_equal(first.copies + second.copies, 0);
		close_three(b);
	}
}

/* However a node comes by a second contact, it is one node. */
static void one_node_with_two_contacts_is_no_copy(void **state)
{
	struct bench *b = *state;

	for (int i = 0; i < 8; i++) {
		bool calls = i & 1, is_called_too = i & 2;
		make_three(i & 4);
		snprintf(bystander.config.link_host, sizeof bystander.config.link_host, "::");
		snprintf(first.config.link_host, sizeof first.config.link_host, "::");
		open_end(b, &bystander);
		open_end(b, &first);
		/* By two addresses, or from both sides, at the same moment. */
		call_now(calls ? &bystander : &first, calls ? &first : &bystander);
		if (is_called_too) {
			call_now(calls ? &first : &bystander, calls ? &bystander : &first);
		} else {
			struct end *from = calls ? &bystander : &first, *to = calls ? &first : &bystander;
			struct sockaddr_storage address;

			assert_int_equal(address_parse(&address, "::1", links_port(to->links)), 0);
			links_dial(from->links, (const struct sockaddr *)&address, NULL);
		}
		wait_for(b, "one link", has_settled);
		bystander.to_say = first.to_say = 20;
		links_kick_all(bystander.links);
		links_kick_all(first.links);
		stay(b, STEADY_MS / 4);
		assert_true(has_settled(b));
		assert_int_equal(bystander.copies + first.copies, 0);
		close_three(b);
	}
}

static void read_message(struct bench *b, struct raw *raw, uint8_t *out, size_t *size)
{
	uint8_t head[2], message[64];

	assert_true(raw_read(b, raw, head, 2));
	assert_true(head[0] <= sizeof message);
	assert_true(raw_read(b, raw, message, head[0]));
	assert_int_equal(noise_decrypt(&raw->noise, out, size, 64, message, head[0]), NOISE_OK);
}

static void say_nothing(struct raw *raw)
{
	uint8_t message[2 + NOISE_TAG_SIZE] = { NOISE_TAG_SIZE, 0 };
	size_t size;

	assert_int_equal(noise_encrypt(&raw->noise, message + 2, &size, NOISE_TAG_SIZE, message + 2, 0), NOISE_OK);
	raw_write(raw, message, sizeof message);
}

static void expect_question(struct bench *b, struct raw *raw)
{
	uint8_t message[64];
	size_t size;

	read_message(b, raw, message, &size);
	assert_int_equal(size, 1);
	assert_int_equal(message[0], '?');
}

/* It lost its power and comes back: what it had said before is still on its way, and answers nothing. */
static void who_comes_back_is_no_copy(void **state)
{
	struct bench *b = *state;
	struct raw old, new;

	make_three(true);
	snprintf(b->b.config.link_host, sizeof b->b.config.link_host, "127.0.0.1");
	open_end(b, &bystander);
	b->b.links = bystander.links; /* whom raw peers call */
	raw_handshake(b, &old, TWIN);
	wait_for(b, "it is here", has_link);
	raw_handshake(b, &new, TWIN);
	expect_question(b, &new);
	say_nothing(&new);
	expect_question(b, &old);
	for (int i = 0; i < STALE_WORDS; i++)
		say_nothing(&old);
	stay(b, STEADY_MS / 4);
	assert_int_equal(bystander.copies, 0);
	/* And one more: somebody is there who reads and answers. */
	say_nothing(&old);
	wait_for(b, "two answer", said_copied);
	close(old.fd);
	close(new.fd);
	b->b.links = NULL;
	close_three(b);
}

static bool both_said_copied(const struct bench *b)
{
	(void)b;
	return first.copies > 0 && second.copies > 0;
}

static void two_of_one_key_that_meet_both_know(void **state)
{
	struct bench *b = *state;

	make_three(true);
	open_end(b, &first);
	open_end(b, &second);
	call_now(&first, &second);
	wait_for(b, "both know", both_said_copied);
	assert_memory_equal(first.copied, first.identity.sealing_key, 32);
	assert_int_equal(first.ups + second.ups, 0);
	close_three(b);
}

static bool met_itself(const struct bench *b)
{
	(void)b;
	return first.links->dials[CONFIG_PEERS_MAX].key_known && links_open_count(first.links) == 0;
}

/* By its own address, and by a way that hides it. */
static void a_node_that_reaches_itself_is_no_copy(void **state)
{
	struct bench *b = *state;

	make_three(true);
	open_end(b, &first);
	for (int i = 0; i < 3; i++) {
		first.links->dials[CONFIG_PEERS_MAX].next_ms = 0;
		first.links->dials[CONFIG_PEERS_MAX].key_known = false;
		call_now(&first, &first);
		wait_for(b, "the contact with itself ended", met_itself);
	}
	assert_int_equal(first.copies, 0);
	close_three(b);
}

#define COPIED_TEST(name) cmocka_unit_test_setup_teardown(name, setup_three, teardown_three)

int main(void)
{
	const struct CMUnitTest tests[] = {
		COPIED_TEST(a_third_node_knows_and_keeps_both),
		COPIED_TEST(one_node_with_two_contacts_is_no_copy),
		COPIED_TEST(who_comes_back_is_no_copy),
		COPIED_TEST(two_of_one_key_that_meet_both_know),
		COPIED_TEST(a_node_that_reaches_itself_is_no_copy),
	};

	return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
