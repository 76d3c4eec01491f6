/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Rounds: somebody asked from door to door, and so many need nothing. */
#include "node/desk/confirm.h"
#include "node/desk/draft_work.h"

/* Of a new one also when that was. */
static bool says_other_things(const struct draft_work *w)
{
	const struct door_request *r = w->asked;
	const uint32_t others = DOOR_QUANTITY | DOOR_PEOPLE | DOOR_INFANTS | DOOR_ELDERS | DOOR_POWERED | DOOR_WITHIN |
				DOOR_EVERY | DOOR_LOT | DOOR_RESERVE | DOOR_REACH | DOOR_DAYS;

	return (r->fields & others) || r->wants_ticket || ref_text_is_given(r->name) || ref_text_is_given(r->phone) ||
	       ref_text_is_given(r->address) || (r->flags & (uint8_t)~LINE_DRILL) ||
	       (draft_states(w, DOOR_AT) && ref_text_is_given(r->ref));
}

enum door_rc draft_round_fill(struct draft_work *w, struct line *line)
{
	const struct door_request *r = w->asked;

	if (line->kind != LINE_ROUND)
		return draft_refuse(w, DOOR_E_INPUT, SAY(DOORS_OF_ROUND));
	if (says_other_things(w))
		return draft_refuse(w, DOOR_E_INPUT, SAY(ROUND_SAYS));
	if (draft_states(w, DOOR_AT) && draft_time_of(r->at) > w->desk->now_s + FOLD_AHEAD_S)
		return draft_refuse(w, DOOR_E_INPUT, SAY(ROUND_AHEAD));
	if (draft_states(w, DOOR_AT))
		line->created = draft_time_of(r->at);
	if (!draft_states(w, DOOR_DOORS))
		return DOOR_OK;
	if (r->doors < 1 || r->doors > DOORS_MAX || r->answered > r->doors || r->unneeded > r->answered)
		return draft_refuse(w, DOOR_E_INPUT, SAY_OF(ROUND_NUMBERS, say_number(DOORS_MAX)));
	line->doors = (uint16_t)r->doors;
	line->answered = (uint16_t)r->answered;
	line->unneeded = (uint16_t)r->unneeded;
	return DOOR_OK;
}

enum door_rc draft_round_instead(struct draft_work *w, struct line *line)
{
	struct say_value item = say_item(line->item, line->text);

	if (w->asked->caller == DOOR_VISITOR)
		return draft_refuse(w, DOOR_E_RIGHT, SAY(ROUND_OF_VOLUNTEERS));
	if (!w->asked->sure && confirm_round(w->answer, w->desk, line) != DOOR_OK)
		return DOOR_E_ASK;
	if (!w->asked->sure)
		return draft_refuse(w, DOOR_E_ASK, SAY_OF(NEED_NOTHING, item));
	*line = (struct line){ .kind = LINE_ROUND,
			       .site = line->site,
			       .cell = line->cell,
			       .item = line->item,
			       .created = line->created,
			       .flags = line->flags & LINE_DRILL };
	if (!line->item)
		return draft_refuse(w, DOOR_E_INPUT, SAY(ROUND_ITEM));
	w->draft->wants_ticket = false;
	(void)said_add(&w->answer->said, SAY_OF(NEED_NOTHING_WRITTEN, say_item(line->item, NULL)));
	return DOOR_OK;
}
