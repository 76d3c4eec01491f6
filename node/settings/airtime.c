/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/settings/airtime.h"

#include <assert.h>

enum {
	LOW_RATE_US = 16000, /* from this symbol on two bits fewer are carried by each */
	HEAD_BITS = 20 + 8,  /* of the explicit header, and what the first block of symbols carries besides */
	CRC_BITS = 16,
	HEAD_SYMBOLS = 8, /* the first block, always with 4/8 */
	SYNC_QUARTERS = 17,
};

bool airtime_is_valid(const struct airtime_setting *setting)
{
	return setting->bandwidth_hz >= AIRTIME_BANDWIDTH_MIN_HZ && setting->bandwidth_hz <= AIRTIME_BANDWIDTH_MAX_HZ &&
	       setting->spreading >= AIRTIME_SPREADING_MIN && setting->spreading <= AIRTIME_SPREADING_MAX &&
	       setting->coding >= AIRTIME_CODING_MIN && setting->coding <= AIRTIME_CODING_MAX &&
	       setting->preamble <= AIRTIME_PREAMBLE_MAX;
}

/* `quarters` quarters of a symbol, divided by `by`, in microseconds, rounded up. */
static uint32_t quarters_us(const struct airtime_setting *setting, uint64_t quarters, uint32_t by)
{
	uint64_t divisor = (uint64_t)setting->bandwidth_hz * by;

	return (uint32_t)(((quarters << setting->spreading) * 250000 + divisor - 1) / divisor);
}

uint32_t airtime_symbol_us(const struct airtime_setting *setting)
{
	return quarters_us(setting, 4, 1);
}

/* What a block of `coding` symbols carries. */
static uint32_t block_bits(const struct airtime_setting *setting)
{
	bool is_low_rate = (1000000ull << setting->spreading) >= (uint64_t)LOW_RATE_US * setting->bandwidth_hz;

	return 4 * (setting->spreading - (is_low_rate ? 2u : 0u));
}

uint32_t airtime_us(const struct airtime_setting *setting, uint32_t size)
{
	uint32_t bits = 8 * size + HEAD_BITS + CRC_BITS, held = 4u * setting->spreading, block = block_bits(setting);
	uint32_t blocks = bits > held ? (bits - held + block - 1) / block : 0;

	assert(airtime_is_valid(setting) && size <= AIRTIME_SIZE_MAX);
	return quarters_us(setting, 4 * (setting->preamble + HEAD_SYMBOLS + blocks * setting->coding) + SYNC_QUARTERS,
			   1);
}

/* Bits and the bits of a block are multiples of 4, so rounding up to a block adds block - 4 at most. */
struct airtime_line airtime_line_of(const struct airtime_setting *setting)
{
	uint32_t block = block_bits(setting), rest = HEAD_BITS + CRC_BITS + block - 4 - 4u * setting->spreading;
	uint64_t head =
		(4ull * (setting->preamble + HEAD_SYMBOLS) + SYNC_QUARTERS) * block + 4ull * rest * setting->coding;

	assert(airtime_is_valid(setting));
	return (struct airtime_line){ .head_us = quarters_us(setting, head, block),
				      .byte_us = quarters_us(setting, 4ull * 8 * setting->coding, block) };
}
