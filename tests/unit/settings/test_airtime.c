/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Time on the air: the figures that Semtech's formula gives, rounded to the nearest millisecond; the formula once more as it is
 * printed, in floating point; and the line that the engine reckons with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "node/settings/airtime.h"

/* Explicit header, CRC, 4/5, 8 symbols of preamble. */
static void test_known_figures(void **state)
{
	static const uint32_t sizes[] = { 16, 60, 110, 140, 160, 200, 237 };
	static const struct {
		uint8_t spreading;
		uint32_t bandwidth_hz;
		uint32_t ms[7];
	} rows[] = {
		{ 7, 125000, { 51, 113, 185, 231, 261, 318, 374 } },
		{ 9, 125000, { 165, 370, 595, 738, 820, 1005, 1168 } },
		{ 11, 250000, { 289, 616, 985, 1231, 1395, 1681, 1968 } },
		{ 12, 125000, { 1319, 2630, 4268, 5251, 5906, 7217, 8528 } },
	};

	(void)state;
	for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
		for (size_t s = 0; s < 7; s++) {
			struct airtime_setting setting = { rows[r].bandwidth_hz, rows[r].spreading, 5, 8 };
			uint32_t ms = (airtime_us(&setting, sizes[s]) + 500) / 1000;

			if (ms != rows[r].ms[s])
				fail_msg("SF%u, %u Hz, %u bytes: %u ms, not %u", rows[r].spreading,
					 rows[r].bandwidth_hz, sizes[s], ms, rows[r].ms[s]);
		}
}

/* AN1200.13, section 4, with the names it uses. */
static double naive_us(const struct airtime_setting *setting, uint32_t size)
{
	double sf = setting->spreading, t_symbol = pow(2, sf) / setting->bandwidth_hz;
	double de = t_symbol >= 0.016 ? 1 : 0, cr = setting->coding - 4.0;
	double blocks = ceil((8.0 * size - 4 * sf + 28 + 16) / (4 * (sf - 2 * de)));
	double symbols = 8 + fmax(blocks * (cr + 4), 0);

	return 1e6 * (t_symbol * (setting->preamble + 4.25) + symbols * t_symbol);
}

static void check_all_sizes(const struct airtime_setting *setting)
{
	struct airtime_line line = airtime_line_of(setting);
	double block_us = setting->coding * 1e6 * pow(2, setting->spreading) / setting->bandwidth_hz;

	for (uint32_t size = 0; size <= AIRTIME_SIZE_MAX; size++) {
		uint32_t us = airtime_us(setting, size), bound = line.head_us + size * line.byte_us;
		double naive = naive_us(setting, size);

		if (us < naive - 0.01 || us > naive + 1)
			fail_msg("SF%u, %u Hz, 4/%u, %u bytes: %u us, not %f", setting->spreading,
				 setting->bandwidth_hz, setting->coding, size, us, naive);
		if (size && (bound < us || bound > us + block_us + AIRTIME_SIZE_MAX + 1))
			fail_msg("SF%u, %u Hz, 4/%u, %u bytes: the line says %u us, the frame takes %u",
				 setting->spreading, setting->bandwidth_hz, setting->coding, size, bound, us);
	}
}

static void test_the_formula_and_the_line_above_it(void **state)
{
	static const uint32_t bandwidths[] = { 7800, 15600, 62500, 125000, 203125, 250000, 500000 };

	(void)state;
	for (size_t b = 0; b < sizeof bandwidths / sizeof *bandwidths; b++)
		for (uint8_t spreading = 7; spreading <= 12; spreading++)
			for (uint8_t coding = 5; coding <= 8; coding++)
				for (uint16_t preamble = 6; preamble <= 18; preamble += 6) {
					struct airtime_setting setting = { bandwidths[b], spreading, coding, preamble };

					check_all_sizes(&setting);
				}
}

static void test_bounds(void **state)
{
	static const struct {
		struct airtime_setting setting;
		bool is_valid;
	} rows[] = {
		{ { 125000, 7, 5, 8 }, true },   { { 125000, 12, 8, 4096 }, true }, { { 125000, 6, 5, 8 }, false },
		{ { 125000, 13, 5, 8 }, false }, { { 125000, 7, 4, 8 }, false },    { { 125000, 7, 9, 8 }, false },
		{ { 0, 7, 5, 8 }, false },       { { 1625000, 7, 5, 8 }, false },   { { 125000, 7, 5, 4097 }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(airtime_is_valid(&rows[i].setting), rows[i].is_valid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_figures),
		cmocka_unit_test(test_the_formula_and_the_line_above_it),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
