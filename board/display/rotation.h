/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Which page a display shows when. Time in, page and next deadline out: no timer inside, one thread, caller's memory.
 *
 *   what came of a button > alert, failed card > syncing > not taken > ALL SAFE > what a broken contact left undone > the round
 *
 * The round turns by itself. What stands further left comes in front of it and stays there: an alert for a while when it
 * is new, a contact until both are safe (once that was so, small transfers of the same contact take the front only when
 * they last), what a neighbour does not take as long as it is so, ALL SAFE for a while, what was left undone for a minute
 * or until the next contact. Strangers hold nothing: they may have made themselves up. Buttons turn and hold; turned beyond
 * its last page, what is in front gives way to the round. The page that asks whether the date is right, held and then held
 * again, says that it is.
 *
 * A display that sleeps (lcd_look) is dark when nothing was in front, and no button was pressed, for ROTATION_AWAKE_MS. The
 * first button only wakes it.
 *
 *   ROUND <--> UNDONE, SAFE, LEFT, SYNC, ALERT, ANSWER   each may follow each; itself none but
 *   ALERT  --> ALERT                                     a newer one
 *   ROUND  --> ROUND                                     at the first look */
#ifndef AIDMESH_BOARD_DISPLAY_ROTATION_H
#define AIDMESH_BOARD_DISPLAY_ROTATION_H

#include "board/display/lcd.h"

enum {
	ROTATION_TURN_MS = 4000,
	ROTATION_READ_MS = 12000,  /* a page that a person turned to; how long no contact takes the front from them */
	ROTATION_ALERT_MS = 12000, /* a new alert, or as long as its pages take */
	ROTATION_LASTING_MS = 2000,
	ROTATION_SAFE_MS = 30000,
	ROTATION_UNDONE_MS = 60000,
	ROTATION_ANSWER_MS = 12000,
	ROTATION_HELD_MS = 600000, /* a page is held no longer than this: who held it may have gone */
	ROTATION_FRESH_MS = 60000, /* the same page is drawn anew: ages */
	ROTATION_AWAKE_MS = 30000,
	ROTATION_ASLEEP_MS = 3600000, /* until it is looked at again where nothing happens */
	ROTATION_CONTACTS_MAX = 32,
	ROTATION_ALERTS_MAX = 16, /* remembered as shown */
};

enum rotation_button { ROTATION_NO_BUTTON, ROTATION_NEXT, ROTATION_PREVIOUS, ROTATION_HOLD };

/* The front, by rank. */
enum rotation_front {
	ROTATION_ROUND,
	ROTATION_UNDONE,
	ROTATION_SAFE,
	ROTATION_LEFT,
	ROTATION_SYNC,
	ROTATION_ALERT,
	ROTATION_ANSWER,
	ROTATION_FRONTS
};

/* A neighbour while it is in contact. */
struct rotation_contact {
	uint64_t id;    /* of this contact; 0: the place is free */
	uint64_t whose; /* of the neighbour: equal in its next contact */
	struct lcd_undone left;
	enum view_peer_state state;
	uint64_t busy_since; /* comparing or transferring without a break; 0 not */
	bool is_trusted;
	bool was_safe;     /* in this contact */
	bool was_compared; /* in this contact: safe, or something is not taken */
	bool is_here;      /* at the last look */
};

struct rotation {
	struct lcd_look look;
	struct rotation_contact contacts[ROTATION_CONTACTS_MAX];
	struct lcd_undone undone;
	uint64_t undone_until, safe_until;   /* 0: not shown */
	bool was_syncing;                    /* the front was a contact's since all were safe */
	bool stranger_said;                  /* since the last look a stranger said that it has all */
	bool is_left_away;                   /* a person turned away what is not taken; until more is not */
	uint64_t away_until;                 /* a person turned away from the contact */
	uint64_t shown[ROTATION_ALERTS_MAX]; /* subjects that had their time in front, a ring */
	size_t shown_next;
	enum rotation_front front;
	uint64_t front_since;
	uint64_t front_subject;       /* the newest alert's */
	uint64_t page_key, round_key; /* the page that is shown; the page of the round that was shown last */
	size_t place;                 /* of the page among those that take turns */
	uint64_t turn_at;
	bool is_held;
	enum rotation_front held_front;
	uint64_t held_until;
	uint64_t held_key;     /* the page that was held; another one may have been turned to since */
	bool has_confirmed;    /* the date on the page is right: for the caller, who sets it back */
	uint64_t answer_until; /* 0: none is shown */
	uint64_t awake_until;  /* of one that sleeps; 0: at the first look */
	struct lcd_answer answer;
};

/* Shows nothing yet. */
void rotation_init(struct rotation *rotation, const struct lcd_look *look);

/* Looks who is near; rotation_show does it too. For the moment before a contact ends, so that what is left of it is known
 * to the last entry. */
void rotation_look(struct rotation *rotation, const struct board_view *view, uint64_t now_ms);

/* What came of it that somebody confirmed the date: shown for a while. */
void rotation_answer(struct rotation *rotation, const struct lcd_answer *answer, uint64_t now_ms);

/* The page of this moment, and in `button` what was pressed since the last. Returns when it must be called again unless
 * something happens before: later than `now_ms`. `now_ms` is monotonic. */
uint64_t rotation_show(struct rotation *rotation, struct lcd_page *page, const struct board_view *view,
		       enum rotation_button button, uint64_t now_ms);

#endif
