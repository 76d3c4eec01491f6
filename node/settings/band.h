/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What each region allows a radio: a table with its sources, a setting that suits, and the check that refuses what does not.
 * Pure.
 *
 * The limits are those for devices that nobody needs a licence for. They bind whoever runs the radio: the table is an aid
 * with its sources named so that they can be checked, and no legal advice. Power is what the stick puts out, without the
 * gain of the antenna: with one of more than 2 dBi lower it by what is more. */
#ifndef AIDMESH_NODE_SETTINGS_BAND_H
#define AIDMESH_NODE_SETTINGS_BAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "node/settings/reason.h"
#include "node/settings/airtime.h"

/* What a radio is on. */
struct band_setting {
	uint32_t frequency_hz; /* the middle of the channel */
	uint32_t bandwidth_hz;
	uint8_t spreading; /* 7..12 */
	uint8_t coding;    /* 5..8: 4/5..4/8 */
	int8_t power_dbm;
};

struct band {
	const char *name;         /* as in [radio] region */
	uint32_t low_hz, high_hz; /* the whole channel lies between */
	uint32_t bandwidth_max_hz;
	int8_t power_max_dbm;
	uint16_t duty_permille;      /* of each hour; 1000: the region has no such limit */
	uint16_t dwell_ms;           /* a frame may last; 0: no limit */
	uint32_t wide_hz;            /* from this bandwidth on the dwell limit does not hold; 0: it always does */
	struct band_setting setting; /* the default */
};

/* By name, whatever its case; NULL: unknown. */
const struct band *band_find(const char *name);
/* The i-th; NULL behind the last. */
const struct band *band_at(size_t i);

/* Is `setting` allowed in `band`, for frames of `size_max` bytes (those that a modem adds included) behind a preamble of
 * `preamble` symbols? False with a sentence in `why` that says what would be right. */
bool band_allows(const struct band *band, struct reason *why, const struct band_setting *setting, uint16_t preamble,
		 uint32_t size_max) __attribute__((warn_unused_result));

#endif
