/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "sync/radio/relay.h"

void relay_begin(struct relay *relay, bool many)
{
	if (!relay->has_begun && !relay->firmness)
		relay->firmness = !many;
	relay->has_begun = true;
}

enum relay_choice relay_choose(struct relay *relay, uint32_t chance)
{
	assert(relay->firmness <= RELAY_FIRMNESS_MAX);
	if (relay->trial == TRIAL_SAID)
		relay->firmness /= 2;
	relay->trial = TRIAL_NONE;
	if (relay->asks && chance % RELAY_ASKS_LAST == 0)
		relay->asks--;
	if (!relay->firmness)
		return RELAY_WAIT;
	/* Other digits of the random number than those above. */
	if (chance >> 8 & ((1u << relay->firmness) - 1))
		return RELAY_PASS_ON;
	relay->trial = TRIAL_DUE;
	return RELAY_TRY;
}

void relay_said(struct relay *relay)
{
	if (relay->trial == TRIAL_DUE)
		relay->trial = TRIAL_SAID;
}

void relay_called(struct relay *relay)
{
	if (relay->trial == TRIAL_SAID)
		relay->trial = TRIAL_NONE;
}

void relay_asked(struct relay *relay)
{
	if (!relay->firmness && ++relay->asks < RELAY_ASKS)
		return;
	assert(relay->firmness <= RELAY_FIRMNESS_MAX);
	relay->asks = 0;
	if (relay->firmness < RELAY_FIRMNESS_MAX)
		relay->firmness++;
}

void relay_own(struct relay *relay, uint32_t slot)
{
	assert(slot < SET_NONE);
	assert(!relay_is_own(relay, slot));
	for (int i = 0; i < RELAY_OWN_MAX; i++)
		if (!relay->own[i]) {
			relay->own[i] = slot + 1;
			return;
		}
}

bool relay_is_own(const struct relay *relay, uint32_t slot)
{
	for (int i = 0; i < RELAY_OWN_MAX; i++)
		if (relay->own[i] == slot + 1)
			return true;
	return false;
}

void relay_forget(struct relay *relay, uint32_t slot)
{
	for (int i = 0; i < RELAY_OWN_MAX; i++)
		if (relay->own[i] == slot + 1)
			relay->own[i] = 0;
}
