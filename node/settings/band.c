/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/settings/band.h"

#include <stdio.h>
#include <strings.h>

#define MHZ(whole, thousandths) ((whole)*1000000u + (thousandths)*1000u)

/* Where each row comes from; "Meshtastic" is the table of regions in src/mesh/RadioInterface.cpp of its firmware 2.8, which
 * names the regulators' documents, "RP002" the LoRa Alliance's RP002-1.0.4 Regional Parameters. Limits in e.i.r.p. are
 * lowered by the 2 dB of a usual antenna. Where a region asks for listening first, the modems do so themselves. The
 * default frequencies keep away from the default channels of LoRaWAN and from car keys where there is room. */
static const struct band bands[] = {
	/* ETSI EN 300 220-2 V3.2.1, table B.1, band P (LoRaWAN: g3): 869.4..869.65 MHz, 500 mW e.r.p., 10 % of each hour. The
	 * other sub-bands near it allow 1 % or less, at 25 mW. */
	{ "EU868", MHZ(869, 400), MHZ(869, 650), 250000, 27, 100, 0, 0, { MHZ(869, 525), 125000, 9, 5, 17 } },
	/* The same table, band H: 433.05..434.79 MHz, 10 mW e.r.p., 10 %. */
	{ "EU433", MHZ(433, 50), MHZ(434, 790), 500000, 10, 100, 0, 0, { MHZ(433, 300), 125000, 9, 5, 10 } },
	/* 47 CFR 15.247: (a)(2), (b)(3): digital modulation of 500 kHz and more, 1 W, no dwell limit: what a station that stays on
	 * one channel is. Narrower ones are for systems that hop, (a)(1)(i): at most 400 ms on a channel within 20 s. */
	{ "US915", MHZ(902, 0), MHZ(928, 0), 500000, 30, 1000, 400, 500000, { MHZ(917, 500), 500000, 9, 5, 17 } },
	/* Meshtastic, ANZ (ACMA's class licence for low interference potential devices): 915..928 MHz, 1 W e.i.r.p.; RP002, AU915:
	 * 400 ms, but not for its channels of 500 kHz. */
	{ "AU915", MHZ(915, 0), MHZ(928, 0), 500000, 28, 1000, 400, 500000, { MHZ(921, 500), 500000, 9, 5, 17 } },
	/* RP002, AS923-1, and Semtech's LoRaMac-node, RegionAS923.h: the channels common to all its countries, 16 dBm e.i.r.p., 1 %,
	 * 400 ms. */
	{ "AS923", MHZ(923, 0), MHZ(923, 500), 125000, 14, 10, 400, 0, { MHZ(923, 300), 125000, 7, 5, 14 } },
	/* RP002, IN865, and Meshtastic, IN: 865..867 MHz, 30 dBm. */
	{ "IN865", MHZ(865, 0), MHZ(867, 0), 125000, 28, 1000, 0, 0, { MHZ(866, 400), 125000, 9, 5, 17 } },
	/* RP002, KR920, and RegionKR920.h: listening first, 14 dBm e.i.r.p. from 922 MHz on, 10 dBm below. */
	{ "KR920", MHZ(922, 0), MHZ(923, 400), 125000, 12, 1000, 0, 0, { MHZ(922, 700), 125000, 9, 5, 12 } },
	/* Meshtastic, NZ_865 (RSM's general user licence): 864..868 MHz, 36 dBm e.i.r.p. */
	{ "NZ865", MHZ(864, 0), MHZ(868, 0), 500000, 34, 1000, 0, 0, { MHZ(865, 500), 125000, 9, 5, 17 } },
	/* Meshtastic, JP (ARIB STD-T108): 920.5..923.5 MHz, 13 dBm, listening first. The 400 ms of AS923 and a tenth of the time
	 * are ours: how these modems listen is not what the standard was written for. */
	{ "JP920", MHZ(920, 500), MHZ(923, 500), 125000, 13, 100, 400, 0, { MHZ(922, 400), 125000, 7, 5, 13 } },
};

enum { BANDS = sizeof bands / sizeof *bands, POWER_MIN_DBM = 0 };

const struct band *band_at(size_t i)
{
	return i < BANDS ? &bands[i] : NULL;
}

const struct band *band_find(const char *name)
{
	for (size_t i = 0; i < BANDS; i++)
		if (strcasecmp(bands[i].name, name) == 0)
			return &bands[i];
	return NULL;
}

/* What LoRa chips know, and is of use here. */
static bool is_bandwidth(uint32_t hz)
{
	static const uint32_t known[] = { 31250, 41700, 62500, 125000, 250000, 500000 };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i] == hz)
			return true;
	return false;
}

static bool fits_dwell(const struct band *band, uint32_t *ms, const struct band_setting *setting, uint8_t spreading,
		       uint16_t preamble, uint32_t size_max)
{
	struct airtime_setting air = { setting->bandwidth_hz, spreading, setting->coding, preamble };

	*ms = airtime_us(&air, size_max) / 1000 + 1;
	return !band->dwell_ms || (band->wide_hz && setting->bandwidth_hz >= band->wide_hz) || *ms <= band->dwell_ms;
}

/* The highest spreading factor that still fits, 0: none. */
static uint8_t spreading_that_fits(const struct band *band, const struct band_setting *setting, uint16_t preamble,
				   uint32_t size_max)
{
	uint32_t ms;

	for (uint8_t spreading = setting->spreading; spreading >= AIRTIME_SPREADING_MIN; spreading--)
		if (fits_dwell(band, &ms, setting, spreading, preamble, size_max))
			return spreading;
	return 0;
}

static void say_dwell(const struct band *band, struct reason *why, const struct band_setting *setting,
		      uint16_t preamble, uint32_t size_max, uint32_t ms)
{
	uint8_t fits = spreading_that_fits(band, setting, preamble, size_max);

	reason_set(why, "[radio] spreading = %u at %u kHz sends a full frame in %u ms, and %s allows %u",
		   setting->spreading, setting->bandwidth_hz / 1000, ms, band->name, band->dwell_ms);
	if (fits)
		reason_add(why, ": write spreading = %u", fits);
	else
		reason_add(why, ": write bandwidth = %u", band->setting.bandwidth_hz / 1000);
}

static bool allows_channel(const struct band *band, struct reason *why, const struct band_setting *setting)
{
	uint32_t half = setting->bandwidth_hz / 2;

	if (!is_bandwidth(setting->bandwidth_hz) || setting->bandwidth_hz > band->bandwidth_max_hz) {
		reason_set(why,
			   "[radio] bandwidth = %g kHz is not for %s: 31.25, 41.7, 62.5, 125, 250 or 500, at most %u",
			   setting->bandwidth_hz / 1000.0, band->name, band->bandwidth_max_hz / 1000);
		return false;
	}
	if (setting->frequency_hz < band->low_hz + half || setting->frequency_hz > band->high_hz - half) {
		reason_set(
			why,
			"[radio] frequency = %.3f MHz is not for %s: at %u kHz it must be %.4f to %.4f, such as %.3f",
			setting->frequency_hz / 1e6, band->name, setting->bandwidth_hz / 1000,
			(band->low_hz + half) / 1e6, (band->high_hz - half) / 1e6, band->setting.frequency_hz / 1e6);
		return false;
	}
	return true;
}

bool band_allows(const struct band *band, struct reason *why, const struct band_setting *setting, uint16_t preamble,
		 uint32_t size_max)
{
	uint32_t ms;

	if (!allows_channel(band, why, setting))
		return false;
	if (setting->power_dbm > band->power_max_dbm || setting->power_dbm < POWER_MIN_DBM) {
		reason_set(why, "[radio] power = %d dBm is not for %s: it must be %d to %d", setting->power_dbm,
			   band->name, POWER_MIN_DBM, band->power_max_dbm);
		return false;
	}
	if (setting->spreading < AIRTIME_SPREADING_MIN || setting->spreading > AIRTIME_SPREADING_MAX ||
	    setting->coding < AIRTIME_CODING_MIN || setting->coding > AIRTIME_CODING_MAX) {
		reason_set(why, "[radio] spreading = %u is none: it must be 7 to 12", setting->spreading);
		return false;
	}
	if (fits_dwell(band, &ms, setting, setting->spreading, preamble, size_max))
		return true;
	say_dwell(band, why, setting, preamble, size_max, ms);
	return false;
}
