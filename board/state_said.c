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
		(void)said_add(said, s->told_by_guesses ? SAY_OF(CLOCK_GUESS_OF_ALL, say_date(s->now))
							: SAY_OF(CLOCK_TOLD, say_date(s->now)));
	else
		(void)said_add(said, SAY_OF(CLOCK_GUESSED, say_date(s->now)));
}

/* All of these sentences tell a number alone. */
static void add_count(struct said *said, uint64_t count, enum say_code code)
{
	if (count > 0)
		(void)said_add(said, (struct say){ .code = code, .values = { say_number((int64_t)count) } });
}

static void add_apart(struct said *said, int64_t ahead_s, enum view_doubt doubt)
{
	struct say span = { .code = SAY_CLOCKS_APART, .values = { say_span(state_clocks_apart_s(ahead_s)) } };

	if (ahead_s >= -STATE_CLOCKS_AGREE_S && ahead_s <= STATE_CLOCKS_AGREE_S)
		return;
	if (doubt != VIEW_DOUBT_EITHER)
		span.code = ahead_s > 0 ? SAY_PEER_CLOCK_AHEAD : SAY_PEER_CLOCK_BEHIND;
	(void)said_add(said, span);
}

void state_said_rooms(struct said *said, const struct view_status *s)
{
	static const enum say_code CODES[VIEW_ROOMS] = {
		[VIEW_ROOM_ENTRIES] = SAY_ROOM_ENTRIES, [VIEW_ROOM_AUTHORS] = SAY_ROOM_AUTHORS,
		[VIEW_ROOM_SITES] = SAY_ROOM_SITES,     [VIEW_ROOM_LINES] = SAY_ROOM_LINES,
		[VIEW_ROOM_MOVES] = SAY_ROOM_MOVES,     [VIEW_ROOM_NOTES] = SAY_ROOM_NOTES,
		[VIEW_ROOM_TRUST] = SAY_ROOM_TRUST,
	};

	*said = (struct said){ 0 };
	for (int i = 0; i < VIEW_ROOMS; i++)
		if (view_room_is_nearly_full(s->rooms[i]))
			(void)said_add(said, (struct say){ .code = CODES[i],
							   .values = { say_number((int64_t)s->rooms[i].used),
								       say_number((int64_t)s->rooms[i].most) } });
}

void state_said_left(struct said *said, const struct view_peer *peer, enum view_time_quality ours)
{
	static const enum say_code THERE[] = { [VIEW_DOUBT_EITHER] = SAY_LEFT_THERE_A_CLOCK,
					       [VIEW_DOUBT_OURS] = SAY_LEFT_THERE_OUR_CLOCK,
					       [VIEW_DOUBT_ITS] = SAY_LEFT_THERE_ITS_CLOCK };
	static const enum say_code HERE[] = { [VIEW_DOUBT_EITHER] = SAY_LEFT_HERE_A_CLOCK,
					      [VIEW_DOUBT_OURS] = SAY_LEFT_HERE_OUR_CLOCK,
					      [VIEW_DOUBT_ITS] = SAY_LEFT_HERE_ITS_CLOCK };
	const struct view_left *there = &peer->not_taken_there, *here = &peer->not_taken_here;
	enum view_doubt doubt = view_peer_doubt(peer, ours);

	*said = (struct said){ 0 };
	add_count(said, there->clock, THERE[doubt]);
	add_count(said, here->clock, HERE[doubt]);
	add_apart(said, peer->clock_ahead_s, doubt);
	add_count(said, there->full, SAY_LEFT_THERE_FULL);
	add_count(said, here->full, SAY_LEFT_HERE_FULL);
	add_count(said, there->age, SAY_LEFT_THERE_AGE);
	add_count(said, here->age, SAY_LEFT_HERE_AGE);
	add_count(said, there->policy, SAY_LEFT_THERE_POLICY);
	add_count(said, here->policy, SAY_LEFT_HERE_POLICY);
}

struct say state_said_round(const struct view_round *round, int64_t now)
{
	bool is_nothing = round->unneeded == round->answered && (round->answered > 0 || round->doors == 0);
	int64_t ago = now > round->when ? now - round->when : 0;

	return SAY_OF(ROUND_ASKED, say_span(ago), round->item != 0 ? say_item(round->item, NULL) : say_empty(),
		      say_number(round->doors), say_number(round->answered),
		      round->doors > 0 && round->answered == 0 ? say_phrase(SAY_ROUND_NOBODY) : say_empty(),
		      is_nothing ? say_empty() : say_number(round->unneeded),
		      is_nothing ? say_phrase(SAY_ROUND_NOTHING) : say_empty());
}

struct say state_said_denial(const struct view_note *note)
{
	struct say_value by = say_text(note->denied_by), text = say_text(note->denied_text);
	struct say_value stranger = note->denied_trust == VIEW_STRANGER ? say_phrase(SAY_PAGE_STRANGER) : say_empty();

	return note->denied_before ? SAY_OF(WHY_DENIED_BEFORE, by, stranger, text)
				   : SAY_OF(WHY_DENIED, by, stranger, text);
}
