/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* How long a LoRa frame is on the air, by Semtech's formula: AN1200.13 "LoRa Modem Designer's Guide", section 4, the same
 * in the data sheets of SX1276 (4.1.1.7) and SX1262 (6.1.4, spreading factor 7 and above). Explicit header, CRC on; low data
 * rate optimisation where a symbol lasts 16 ms or more, as the chips' makers demand. Pure, integers only: microseconds,
 * rounded up. */
#ifndef AIDMESH_NODE_SETTINGS_AIRTIME_H
#define AIDMESH_NODE_SETTINGS_AIRTIME_H

#include <stdbool.h>
#include <stdint.h>

enum {
	AIRTIME_SPREADING_MIN = 7,
	AIRTIME_SPREADING_MAX = 12,
	AIRTIME_CODING_MIN = 5,
	AIRTIME_CODING_MAX = 8,
	AIRTIME_BANDWIDTH_MIN_HZ = 7800,
	AIRTIME_BANDWIDTH_MAX_HZ = 500000,
	AIRTIME_PREAMBLE_MAX = 4096,
	AIRTIME_SIZE_MAX = 255, /* bytes of one frame, a modem's own head included */
};

struct airtime_setting {
	uint32_t bandwidth_hz;
	uint8_t spreading; /* 2^spreading chips a symbol */
	uint8_t coding;    /* 5..8: 4/5..4/8 */
	uint16_t preamble; /* symbols; the 4.25 of the sync word come on top */
};

/* Within the bounds above. */
bool airtime_is_valid(const struct airtime_setting *setting);

/* A symbol, rounded up. */
uint32_t airtime_symbol_us(const struct airtime_setting *setting);
/* A frame of `size` bytes, 0..AIRTIME_SIZE_MAX. The setting is valid. */
uint32_t airtime_us(const struct airtime_setting *setting, uint32_t size);

/* The straight line above it: head_us + size * byte_us is never less than airtime_us(size) for 1..AIRTIME_SIZE_MAX, and
 * more by less than a block of symbols (coding + what rounding byte_us up adds). */
struct airtime_line {
	uint32_t head_us, byte_us;
};

struct airtime_line airtime_line_of(const struct airtime_setting *setting);

#endif
