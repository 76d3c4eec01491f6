/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* When a note is over: nobody who does not ask for all is told it any more. */
#include "node/picture/picture_state.h"

bool picture_note_is_over(struct picture *p, const struct fold_note *note, uint32_t now_s)
{
	struct fold_note denied;

	if (note->is_withdrawn || (note->until_s && note->until_s <= now_s))
		return true;
	if (note->kind == NOTE_ALERT)
		return picture_is_updated(p, note->record.own);
	if (note->kind == NOTE_MESSAGE)
		return picture_instead_is_over(p, note);
	if (note->kind != NOTE_DENIAL || note->of == FOLD_NONE || fold_kind(p->fold, note->of) != ENTRY_NOTE)
		return false;
	fold_note_at(p->fold, note->of, &denied);
	/* Of denials of denials one step is enough. */
	return denied.is_withdrawn || (denied.until_s && denied.until_s <= now_s) ||
	       (denied.kind == NOTE_ALERT && picture_is_updated(p, note->of));
}
