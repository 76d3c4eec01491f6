/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/radio/lora_state.h"

#include <assert.h>
#include <stdio.h>

void lora_pass_on(struct lora *l, enum lora_state state, const struct said *said)
{
	bool is_new = !said_is_equal(&l->said, said);

	assert(!said_is_empty(said));
	l->state = state;
	if (!is_new)
		return;
	l->said = *said;
	if (l->host.said && !l->closing)
		l->host.said(l->host.ctx, &l->said);
}

void lora_say(struct lora *l, enum lora_state state, struct say say)
{
	struct said said = { 0 };

	said_decide(&said, say);
	lora_pass_on(l, state, &said);
}

uint32_t lora_air_left_ms(const struct lora *l, mono_ms now)
{
	uint32_t allowed_ms = l->is_up ? 3600u * l->traits.airtime.duty_permille : 0,
		 used = airtime_log_used_ms(&l->book, now);

	return allowed_ms > used ? allowed_ms - used : 0;
}

const struct stations *lora_stations(const struct lora *lora)
{
	static const struct stations nobody = { .count = 0 };

	return lora ? &lora->stations : &nobody;
}

void lora_status(const struct lora *lora, struct lora_status *status, mono_ms now)
{
	*status = (struct lora_status){ .state = LORA_OFF };
	if (!lora) {
		said_decide(&status->said, SAY(RADIO_OFF));
		return;
	}
	status->state = lora->state;
	if (lora_port_is_open(&lora->port))
		snprintf(status->port, sizeof status->port, "%s", lora->port.path);
	snprintf(status->region, sizeof status->region, "%s", lora->config->radio_region);
	status->modem = lora->codec ? lora->modem.status : lora->last;
	if (lora->is_up)
		status->airtime = lora->traits.airtime;
	status->said = lora->said;
	status->used_ms = airtime_log_used_ms(&lora->book, now);
	status->left_ms = lora_air_left_ms(lora, now);
	status->frames_in = lora->frames_in;
	status->frames_out = lora->frames_out;
	status->dropped = lora->dropped;
	status->unsealed = lora->unsealed;
	status->is_sealed = lora->key_count > 0;
	status->refused = lora->refused + status->modem.refused;
	status->signal = lora->signal;
	status->has_signal = lora->has_signal;
	status->heard_at = lora->heard_at;
}
