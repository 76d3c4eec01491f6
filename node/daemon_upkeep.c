/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* When this node renews what it said and is still used: at a start, and on each new day. By the date, which may have moved in
 * suspend or by somebody's word, and not by a timer. */
#include "node/daemon_state.h"

enum { TURN_MS = 60000 }; /* between two turns of one day */

bool daemon_upkeep_holds(const struct daemon *d, struct node_time time)
{
	uint32_t day = time.wall_s / EPOCH_S;

	return time.quality == TIME_SET && (!d->upkeep_day || day > d->upkeep_day + 1) && desk_has_spoken(&d->desk);
}

mono_ms daemon_upkeep_deadline(const struct daemon *d)
{
	struct node_time time = date_time(&d->date);

	if (time.quality == TIME_GUESSED || owner_is_locked(&d->keys.owner) || d->stopping ||
	    commit_has_failed(d->commit) || time.wall_s / EPOCH_S == d->upkeep_day)
		return MONO_NEVER;
	return d->upkeep_at ? d->upkeep_at + TURN_MS : d->date.now.mono;
}

void daemon_upkeep(struct daemon *d)
{
	uint32_t count;

	if (d->date.now.mono < daemon_upkeep_deadline(d))
		return;
	d->upkeep_at = d->date.now.mono;
	if (desk_upkeep(&d->desk, &count)) {
		d->upkeep_day = date_time(&d->date).wall_s / EPOCH_S;
		d->upkeep_at = 0;
	}
	if (count)
		log_write(&d->log, LOG_INFO, "%u %s of this node %s kept longer", count,
			  count == 1 ? "entry" : "entries", count == 1 ? "is" : "are");
}
