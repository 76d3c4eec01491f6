/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What comparing two sets over a link costs: bytes of all frames but those of entries, both ways, greeting and final
 * agreement included; rounds (a question and its answer); time to decode. Two engines in one process, whose host takes
 * every signature for good, so that only comparing is measured.
 *   bench_link_bytes [SALTS]   exits with 1 where the mean is more than 2 % above a limit */
#include <inttypes.h>

#include "sync/set/sketch.h"
#include "tests/bench/bench_host.h"

struct cost {
	uint64_t bytes, rounds;
};

static double verify_s, decode_s;

/* The linker puts this in front of the engine's own decoder (--wrap). */
enum sketch_rc __real_sketch_decode(struct sketch_elements *out, const uint32_t *syndromes, uint32_t capacity,
				    const uint32_t *candidates, uint32_t candidate_count);
enum sketch_rc __wrap_sketch_decode(struct sketch_elements *out, const uint32_t *syndromes, uint32_t capacity,
				    const uint32_t *candidates, uint32_t candidate_count);

enum sketch_rc __wrap_sketch_decode(struct sketch_elements *out, const uint32_t *syndromes, uint32_t capacity,
				    const uint32_t *candidates, uint32_t candidate_count)
{
	double begun = seconds();
	enum sketch_rc rc = __real_sketch_decode(out, syndromes, capacity, candidates, candidate_count);

	decode_s += seconds() - begun;
	return rc;
}

/* One frame from one to the other, if there is any. */
static bool pass(struct host *from, struct host *to, struct cost *cost, mono_ms now)
{
	static uint8_t frame[LINK_FRAME_MAX];
	size_t size = sync_fill(from->sync, 1, frame, sizeof frame, now);
	struct view view = { frame, size };
	enum sync_rc rc;

	if (!size)
		return false;
	while ((rc = sync_feed(to->sync, 1, view, now)) == SYNC_E_BUSY)
		drain(to);
	must(rc == SYNC_OK, "a frame was refused");
	drain(to);
	if (frame[1] == FRAME_ENTRIES)
		return true;
	cost->bytes += size;
	cost->rounds += frame[1] == FRAME_PROBE || frame[1] == FRAME_ASK;
	return true;
}

static bool is_safe(struct host *h)
{
	struct sync_link_status status;

	return sync_link_status(h->sync, 1, &status) && status.state == LINK_SAFE;
}

/* Both hold `n`, `d` of the elements differ: half on each side, or all on the one that dials. */
static struct cost run(uint32_t n, uint32_t d, uint64_t seed)
{
	struct carrier_traits traits = { .kind = CARRIER_LINK, .frame_max = LINK_FRAME_MAX, .dialled = true };
	struct cost cost = { 0 };
	struct host a, b;
	mono_ms now = 0;
	uint32_t common = n - d / 2;

	host_init(&a, seed * 2 + 1, n + d);
	host_init(&b, seed * 2 + 2, n + d);
	host_restore(&a, 0, common);
	host_restore(&b, 0, common);
	host_restore(&a, common, common + (d + 1) / 2);
	host_restore(&b, common + (d + 1) / 2, common + d);
	must(sync_carrier_up(a.sync, 1, &traits, now) == SYNC_OK, "carrier");
	traits.dialled = false;
	must(sync_carrier_up(b.sync, 1, &traits, now) == SYNC_OK, "carrier");
	while (!is_safe(&a) || !is_safe(&b)) {
		bool any = false;

		any |= pass(&a, &b, &cost, now);
		any |= pass(&b, &a, &cost, now);
		if (any)
			continue;
		now = sync_deadline(a.sync);
		if (sync_deadline(b.sync) < now)
			now = sync_deadline(b.sync);
		must(now != MONO_NEVER, "both are silent and not safe");
	}
	while (pass(&a, &b, &cost, now) || pass(&b, &a, &cost, now))
		;
	struct sync_status sa, sb;
	sync_status(a.sync, &sa);
	sync_status(b.sync, &sb);
	must(sa.entries == common + d && sb.entries == sa.entries, "the sets differ");
	host_fini(&a);
	host_fini(&b);
	return cost;
}

static void measure_verify(void)
{
	uint8_t secret[64], signature[64], message[150] = { 0 };
	struct public_key key;
	double begun;

	crypto_sign_keypair(key.bytes, secret);
	crypto_sign_detached(signature, NULL, message, sizeof message, secret);
	begun = seconds();
	for (int i = 0; i < 2000; i++)
		must(crypto_sign_verify_detached(signature, message, sizeof message, key.bytes) == 0, "verify");
	verify_s = (seconds() - begun) / 2000;
}

int main(int argc, char **argv)
{
	static const struct {
		uint32_t n, d;
	} ROWS[] = {
		{ 1000, 0 },        { 1000, 1 },      { 1000, 10 },     { 1000, 100 },     { 1000, 1000 },
		{ 10000, 1 },       { 10000, 10 },    { 10000, 100 },   { 10000, 1000 },   { 10000, 10000 },
		{ 100000, 0 },      { 100000, 1 },    { 100000, 2 },    { 100000, 5 },     { 100000, 10 },
		{ 100000, 20 },     { 100000, 50 },   { 100000, 100 },  { 100000, 200 },   { 100000, 500 },
		{ 100000, 1000 },   { 100000, 3000 }, { 100000, 6000 }, { 100000, 10000 }, { 100000, 50000 },
		{ 100000, 200000 },
	};
	uint64_t salts = argc > 1 ? strtoull(argv[1], NULL, 10) : 10;
	bool failed = false;

	bench_keys();
	measure_verify();
	printf("link: comparing n entries of which d differ, half on each side; %" PRIu64
	       " salts; bytes both ways, greeting and agreement\n"
	       "included; decoding as a share of verifying the d entries (limit 0.2)\n",
	       salts);
	printf("%8s %8s | %9s %9s %9s %6s | %8s %6s | %8s\n", "n", "d", "mean", "worst", "limit", "ratio", "B/diff",
	       "rounds", "decoding");
	for (size_t i = 0; i < sizeof ROWS / sizeof *ROWS; i++) {
		uint32_t n = ROWS[i].n, d = ROWS[i].d;
		double limit = d ? (d > 10000 ? 7.0 : 5.5) * d + 128 : 64, mean = 0, worst = 0, rounds = 0,
		       decoding = 0;

		for (uint64_t salt = 0; salt < salts; salt++) {
			struct cost cost;

			decode_s = 0;
			cost = run(n, d, salt * 1000 + i);
			mean += (double)cost.bytes / (double)salts;
			worst = (double)cost.bytes > worst ? (double)cost.bytes : worst;
			rounds += (double)cost.rounds / (double)salts;
			decoding += d ? decode_s / (d * verify_s) / (double)salts : 0;
		}
		printf("%8u %8u | %9.0f %9.0f %9.0f %6.2f | %8.2f %6.1f | %8.3f\n", n, d, mean, worst, limit,
		       mean / limit, d ? mean / d : 0, rounds, decoding);
		failed |= mean > limit * 1.02;
	}
	return failed;
}
