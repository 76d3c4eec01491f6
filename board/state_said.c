/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/state_said.h"

void state_said_clock(struct said *said, const struct view_status *s)
{
	*said = s->clock_said;
	if (!said_is_empty(said))
		return;
	if (s->clock_is_wrong)
		(void)said_add(said, SAY(CLOCK_SYSTEM_WRONG));
	if (s->clock_asks != 0)
		(void)said_add(said, SAY_OF(CLOCK_ASKS, say_date(s->clock_asks), say_date(s->now)));
	else if (s->time_quality == VIEW_TIME_SET)
		(void)said_add(said, SAY_OF(CLOCK_SET, say_part(SAY_CLOCK_SOURCES, s->clock_source)));
	else if (s->time_quality == VIEW_TIME_TOLD)
		(void)said_add(said, SAY_OF(CLOCK_TOLD, say_date(s->now)));
	else
		(void)said_add(said, SAY_OF(CLOCK_GUESSED, say_date(s->now)));
}

/* All of these sentences tell a number alone. */
static void add_count(struct said *said, uint64_t count, enum say_code code)
{
	if (count > 0)
		(void)said_add(said, (struct say){ .code = code, .values = { say_number((int64_t)count) } });
}

void state_said_left(struct said *said, const struct view_peer *peer, enum view_time_quality ours)
{
	const struct view_left *there = &peer->not_taken_there, *here = &peer->not_taken_here;
	bool is_ours = view_peer_knows_better(peer, ours);
	int64_t ahead = peer->clock_ahead_s;

	*said = (struct said){ 0 };
	add_count(said, there->clock, is_ours ? SAY_LEFT_THERE_OUR_CLOCK : SAY_LEFT_THERE_ITS_CLOCK);
	add_count(said, here->clock, is_ours ? SAY_LEFT_HERE_OUR_CLOCK : SAY_LEFT_HERE_ITS_CLOCK);
	if (ahead > STATE_CLOCKS_AGREE_S)
		(void)said_add(said, SAY_OF(PEER_CLOCK_AHEAD, say_span(state_clocks_apart_s(ahead))));
	else if (ahead < -STATE_CLOCKS_AGREE_S)
		(void)said_add(said, SAY_OF(PEER_CLOCK_BEHIND, say_span(state_clocks_apart_s(ahead))));
	add_count(said, there->full, SAY_LEFT_THERE_FULL);
	add_count(said, here->full, SAY_LEFT_HERE_FULL);
	add_count(said, there->age, SAY_LEFT_THERE_AGE);
	add_count(said, here->age, SAY_LEFT_HERE_AGE);
	add_count(said, there->policy, SAY_LEFT_THERE_POLICY);
	add_count(said, here->policy, SAY_LEFT_HERE_POLICY);
}
