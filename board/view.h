/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What people see, as plain data: the LCD and the HTTP API read it here and nowhere else. `node` implements it over
 * the fold; a test over a few arrays.
 *
 * One thread. Every struct is copied out: texts are inside, nothing is borrowed. Numbers are integers; quantities are
 * thousandths of the unit; times are Unix seconds, 0 unknown. */
#ifndef AIDMESH_BOARD_VIEW_H
#define AIDMESH_BOARD_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board/text/said.h"

/* Between an item and its size or form, where one name has both: "Diapers · 2". */
#define VIEW_VARIANT_MARK " \u00b7 "

enum {
	VIEW_TEXT_SIZE = 120,
	VIEW_NAME_SIZE = 72,
	VIEW_REF_SIZE = 28, /* "4Q7-K2NX" and, where that is not unique, the author after an @ */
	VIEW_UNIT_SIZE = 12,
	VIEW_KEY_SIZE = 65,
	VIEW_SOURCE_SIZE = 28,
};

/* Bits of `flags`: nobody runs for a drill, so every list marks one. */
enum { VIEW_LINE_DAMAGED = 1, VIEW_LINE_DRILL = 8, VIEW_LINE_COLD = 32, VIEW_LINE_USED = 64, VIEW_NOTE_DRILL = 1 };

enum view_trust { VIEW_SELF, VIEW_TRUSTED, VIEW_STRANGER };

/* What every record has. */
struct view_record {
	char ref[VIEW_REF_SIZE];  /* what a person types to name it */
	char full[VIEW_REF_SIZE]; /* author's hint ':' number, hexadecimal: the same on every node */
	char id[VIEW_KEY_SIZE];   /* of the version that stands, hexadecimal */
	char author[VIEW_NAME_SIZE];
	enum view_trust trust;
	int64_t changed; /* time of the version that stands; of a journey of `last` */
};

struct view_place {
	int32_t lat_e6;
	int32_t lon_e6;
	uint8_t digits; /* 0 unknown, 15 a point, else the digits of a Plus Code cell around it */
};

enum { VIEW_DISTANCE_UNKNOWN = -1 };

/* From where this node stands; of a cell to its middle. */
struct view_way {
	int64_t metres; /* VIEW_DISTANCE_UNKNOWN */
	char direction[3];
};

struct view_hours {
	uint8_t from, to; /* half hours since midnight; equal: not said */
	uint8_t days;     /* bit 0 Monday; 0 every day */
};

/* Somebody asked there from door to door. */
struct view_round {
	int64_t when;  /* 0: nobody did */
	uint16_t item; /* about what of the catalogue; 0: about all */
	uint32_t doors, answered,
		unneeded; /* so many of those who answered need nothing. All 0: nobody counted, and nothing was needed */
};

enum view_site_state { VIEW_SITE_OPEN, VIEW_SITE_FULL, VIEW_SITE_CLOSED, VIEW_SITE_MOVED, VIEW_SITE_UNLISTED };

struct view_site {
	struct view_record record;
	char name[VIEW_NAME_SIZE];
	struct view_place place;
	struct view_way way;
	enum view_site_state state;
	uint32_t people;
	struct view_hours giving, receiving;
	uint16_t takes, refuses;
	uint8_t facilities;           /* bit 0 step-free, 1 power, 2 pets, 3 no ID asked, 4 drill */
	uint32_t open_needs;          /* overdue ones too */
	struct view_round round;      /* the last there */
	char instead[VIEW_NAME_SIZE]; /* closed, moved or full: where to go, if somebody who keeps it said so */
	char instead_ref[VIEW_REF_SIZE];
	bool own;      /* the site this node stands at */
	int64_t heard; /* when it was last spoken about; silence is unknown, never "no need" */
};

enum view_line_kind { VIEW_NEED, VIEW_OFFER, VIEW_RESOURCE, VIEW_ROUND };
/* OVERDUE: as open as OPEN, and past its time. */
enum view_line_status { VIEW_OPEN, VIEW_COVERED, VIEW_MET, VIEW_CLOSED, VIEW_OVERDUE };

enum view_closed {
	VIEW_CLOSED_NOT,
	VIEW_CLOSED_DONE,
	VIEW_CLOSED_NOT_NEEDED,
	VIEW_CLOSED_MISTAKE,
	VIEW_CLOSED_MOVED,
	VIEW_CLOSED_DUPLICATE /* of another that stays */
};

/* A period of a standing need: what was asked for, and what came in it. */
struct view_period {
	int64_t from;
	uint64_t asked_milli, met_milli;
};

enum { VIEW_PERIODS = 7 };

struct view_line {
	struct view_record record;
	enum view_line_kind kind;
	enum view_line_status status;
	char site[VIEW_NAME_SIZE]; /* name; empty when it stands at a cell or nowhere */
	char site_ref[VIEW_REF_SIZE];
	struct view_place place;        /* the site's, or the cell */
	struct view_way way;            /* there */
	uint16_t item;                  /* code of the catalogue, 0: free text */
	char item_name[VIEW_NAME_SIZE]; /* English label, or the text */
	char unit[VIEW_UNIT_SIZE];
	char text[VIEW_TEXT_SIZE];
	uint64_t quantity_milli; /* asked, offered, or last counted */
	uint64_t received_milli; /* need */
	uint64_t coming_milli;   /* need: counted against it; resource: on the way here */
	uint64_t open_milli;     /* need: still missing */
	int64_t on_hand_milli;   /* offer, resource: below zero reads "recount" */
	bool is_reckoned;        /* resource: nobody counted what that rests on: reads "recount" */
	uint64_t promised_milli; /* offer, resource: live pledges from it */
	uint64_t reserve_milli, lot_milli;
	uint32_t people, infants, elders, powered;
	uint32_t within_h;
	uint32_t every_h;                         /* need: opens again after so many hours; 0: asked once */
	size_t period_count;                      /* of such a need: */
	struct view_period periods[VIEW_PERIODS]; /* the present one first */
	struct view_round round;                  /* VIEW_ROUND */
	uint32_t reach_km;
	uint8_t flags;                    /* bits as WORDS_FLAGS names them */
	char variant[VIEW_UNIT_SIZE + 8]; /* size or form; empty: not said */
	char use_by[VIEW_UNIT_SIZE];      /* "2026-12-24", the last day; empty: not said */
	bool is_past_use;
	int64_t said; /* when it was asked for or confirmed, offered or counted: by this people tell how old it is */
	int64_t created, counted;
	int64_t due;                      /* need: end of its life */
	bool ask_still_needed;            /* need: three quarters of its life are over */
	bool has_ticket;                  /* need: of a household that shows a code when it collects */
	bool check_on_them;               /* need of the shortest urgency, past its life */
	char duplicate_of[VIEW_REF_SIZE]; /* it stands twice: the one that stays */
	bool is_duplicate;                /* it counts nowhere any more; else one voice alone says so */
	enum view_closed closed;          /* why */
	uint32_t changes;                 /* of a change that does not stand: what it changes (WORDS_CHANGES) */
};

/* A need or an offer of which nobody said how much: that is never told as none. What stands on a shelf was counted. */
static inline bool view_line_is_unsaid(const struct view_line *line)
{
	return (line->kind == VIEW_NEED || line->kind == VIEW_OFFER) && line->quantity_milli == 0;
}

enum view_move_stage {
	VIEW_ASKED,
	VIEW_DECLINED,
	VIEW_PLEDGED,
	VIEW_SENT,
	VIEW_RECEIVED,
	VIEW_GIVEN,
	VIEW_RELEASED,
	VIEW_RETURNED,
	VIEW_LOST,
	VIEW_SPOILED,
	VIEW_WITHDRAWN /* of a word; no journey is shown so */
};

/* One journey: a pledge with all that followed it, shown at its strongest fact. */
struct view_move {
	struct view_record record; /* of its first move */
	char last[VIEW_REF_SIZE];  /* the latest word that says how far it is: what a next step goes on from */
	enum view_move_stage stage;
	char of[VIEW_REF_SIZE]; /* need or stock it goes to; empty: handed out */
	char from[VIEW_REF_SIZE];
	char item_name[VIEW_NAME_SIZE]; /* of what is loaded, which may not be all that was asked for */
	char unit[VIEW_UNIT_SIZE];
	uint8_t flags; /* the same, as WORDS_FLAGS names them */
	char use_by[VIEW_UNIT_SIZE];
	bool is_past_use;
	char to_site[VIEW_NAME_SIZE];
	char from_site[VIEW_NAME_SIZE];
	char text[VIEW_TEXT_SIZE];
	uint64_t quantity_milli;
	uint64_t promised_milli, on_way_milli, arrived_milli, lost_milli, back_milli; /* where each part of it is */
	uint64_t extra_milli; /* beyond what the need still asks: "already covered: go on or release?" */
	int64_t at, due;
	bool counts;       /* accepted, or promised by someone the need's author trusts */
	bool lapsed;       /* past its due time and six hours */
	bool too_late;     /* a promise that covers nothing: it comes after the need's time, or past its use-by day */
	bool counted_once; /* two noted the same, and it counts once: said, since it may have come twice */
	bool need_closed;  /* the need it serves was closed meanwhile */
};

enum view_note_kind {
	VIEW_MESSAGE,
	VIEW_ALERT,
	VIEW_DUPLICATE,
	VIEW_SEEN,
	VIEW_WRONG_PLACE,
	VIEW_STILL_NEEDED,
	VIEW_ABUSE,
	VIEW_DENIAL /* of another note: it is not true */
};

struct view_note {
	struct view_record record;
	enum view_note_kind kind;
	uint8_t severity; /* 0 unknown .. 4 extreme */
	char language[4];
	char text[VIEW_TEXT_SIZE];
	char instead[VIEW_NAME_SIZE]; /* of a place that is not open: go there; then there is no text */
	char of[VIEW_REF_SIZE];
	char other[VIEW_REF_SIZE];
	char source[VIEW_SOURCE_SIZE]; /* who said it, where the author only passes it on; empty: the author */
	uint8_t flags;                 /* bit 0 drill */
	int64_t until;                 /* of an alert: when it is over */
	bool is_over;                  /* past its end, or taken back */
	bool is_withdrawn;             /* taken back */
	/* Who says that it is not true, of several whom this node trusts most, then the last of them; empty: nobody. */
	char denied_by[VIEW_NAME_SIZE];
	enum view_trust denied_trust;
	char denied_ref[VIEW_REF_SIZE];
	char denied_text[VIEW_TEXT_SIZE];
	bool denied_before; /* its author has corrected it since: the denial is of other words */
};

/* LEFT: compared, and nothing moves any more, but something is not taken: see view_left. */
enum view_peer_state { VIEW_PEER_CONNECTING, VIEW_PEER_COMPARING, VIEW_PEER_TRANSFER, VIEW_PEER_SAFE, VIEW_PEER_LEFT };

/* The date is nobody's word but the system's own; what trusted neighbours say; known. */
enum view_time_quality { VIEW_TIME_GUESSED, VIEW_TIME_TOLD, VIEW_TIME_SET };

/* What one side holds and the other does not take, by the reason. */
struct view_left {
	uint64_t clock;  /* its date lies too far from the date of the other */
	uint64_t age;    /* its time ends today, and the other's day is one ahead */
	uint64_t full;   /* no room */
	uint64_t policy; /* against the rules of the other, or a bad signature */
};

static inline uint64_t view_left_sum(const struct view_left *left)
{
	return left->clock + left->age + left->full + left->policy;
}

struct view_peer {
	char name[VIEW_NAME_SIZE]; /* from its card, else its address */
	char key[VIEW_KEY_SIZE];   /* hexadecimal, empty while unknown */
	char address[VIEW_NAME_SIZE + 24];
	enum view_peer_state state;
	enum view_trust trust;
	uint64_t entries_in, entries_out; /* since the contact began */
	uint64_t bytes_in, bytes_out;
	uint64_t left_out;                   /* known to be missing there */
	uint64_t left_in;                    /* known to be missing here; an estimate while comparing */
	struct view_left not_taken_there;    /* lives here; the peer does not take it */
	struct view_left not_taken_here;     /* lives there, as the peer says; this node does not take it */
	enum view_time_quality time_quality; /* of the peer's date, as it says */
	int64_t clock_ahead_s;               /* of its date before this node's; 0 also while unknown */
	int64_t since;
	bool copied; /* two nodes were met that hold its key */
};

/* Whose clock is in doubt where the two dates differ. */
enum view_doubt { VIEW_DOUBT_EITHER, VIEW_DOUBT_OURS, VIEW_DOUBT_ITS };

/* Where both dates are set, or neither is, nobody can know which of them is wrong. */
static inline enum view_doubt view_peer_doubt(const struct view_peer *peer, enum view_time_quality ours)
{
	bool is_ours_set = ours == VIEW_TIME_SET, is_its_set = peer->time_quality == VIEW_TIME_SET;

	if (is_ours_set == is_its_set)
		return VIEW_DOUBT_EITHER;
	return is_ours_set ? VIEW_DOUBT_ITS : VIEW_DOUBT_OURS;
}

struct view_author {
	char name[VIEW_NAME_SIZE];
	char languages[VIEW_UNIT_SIZE]; /* spoken there: "en es" */
	char key[VIEW_KEY_SIZE];
	enum view_trust trust;
	bool vouched; /* by this node itself */
	int64_t heard;
};

enum view_portion_kind {
	VIEW_PORTION_SUGGESTED,
	VIEW_PORTION_APART, /* who has it and who needs it do not trust each other: taken from nobody */
	VIEW_PORTION_KEPT,  /* set aside for who has enough for now and will ask again */
	VIEW_PORTION_NONE,  /* open, and gets nothing: `why` says what stands in the way; no source */
};

/* One suggestion of who should get what; people decide. */
struct view_portion {
	char need[VIEW_REF_SIZE];
	char need_site[VIEW_NAME_SIZE]; /* the author's name where it stands at no site */
	char from[VIEW_REF_SIZE];
	char from_site[VIEW_NAME_SIZE];
	uint16_t item; /* what leaves the stock: what is needed, or a substitute */
	char item_name[VIEW_NAME_SIZE];
	char unit[VIEW_UNIT_SIZE];
	uint64_t quantity_milli;
	struct said why; /* in one line */
	enum view_portion_kind kind;
};

struct view_plan {
	char digest[20];        /* equal on two nodes means the same list; empty while the node's clock is guessed */
	int64_t hour;           /* as of when */
	uint32_t unserved_more; /* so many more needs get nothing than are told of */
	struct said
		remark; /* about the whole: where nobody trusts anybody yet, and what is apart shows the list as it would be */
};

enum view_radio_state {
	VIEW_RADIO_OFF,     /* none is configured */
	VIEW_RADIO_MISSING, /* nothing to talk to is plugged in */
	VIEW_RADIO_STARTING,
	VIEW_RADIO_REFUSED, /* the settings are not allowed, or the device does not do what it should */
	VIEW_RADIO_UP,
};

/* Whose beacons are heard over the radio. */
struct view_station {
	char name[VIEW_NAME_SIZE]; /* of the one author whose key begins so; else four hexadecimal digits of it */
	bool has_signal;           /* the device said how well: */
	int16_t rssi_dbm;
	int16_t snr_quarter_db; /* in steps of 0.25 dB */
	int64_t heard;
};

enum { VIEW_STATIONS_MAX = 16, VIEW_PORT_SIZE = 256 };

struct view_radio {
	enum view_radio_state state;
	struct said said; /* the state, and the way out where one is needed */
	char port[VIEW_PORT_SIZE];
	char device[VIEW_NAME_SIZE], firmware[VIEW_NAME_SIZE];
	char region[8];
	uint32_t frequency_hz, bandwidth_hz; /* 0: the device keeps it to itself */
	uint8_t spreading, coding;           /* coding 5: 4/5 */
	int8_t power_dbm;
	uint16_t duty_permille;       /* of each hour; 1000 no limit, 0 not known yet */
	uint32_t used_ms, left_ms;    /* airtime of the last hour, and what is still allowed in it */
	uint32_t cards, urgent, rest; /* entries that wait to go out, in the order of going */
	bool is_safe;                 /* somebody was heard to have all that is here, or to say so: see is_sealed */
	struct view_left not_taken;   /* lives here, and the last station that was heard does not take it */
	uint64_t frames_in, frames_out, lost; /* lost: came while the node had no room */
	uint64_t foreign, malformed;          /* others' frames, or not of our circle; what made no sense */
	bool is_sealed;                       /* for a circle: others read nothing, and say nothing that is believed */
	size_t station_count;                 /* the last heard first */
	struct view_station stations[VIEW_STATIONS_MAX];
};

/* Who said what the date is. */
enum view_clock_source {
	VIEW_CLOCK_NOBODY,  /* guessed: the later of the system's clock and what was known before */
	VIEW_CLOCK_PEERS,   /* trusted neighbours */
	VIEW_CLOCK_SETTING, /* [node] clock = set: a battery clock */
	VIEW_CLOCK_PHONE,   /* of a volunteer */
	VIEW_CLOCK_PERSON,
	VIEW_CLOCK_GPS,
	VIEW_CLOCK_NTP,
};

/* What stands in a node's way, or has just happened to it: for people to act on. */
enum view_notice {
	VIEW_KEY_MISSING,  /* nothing is written */
	VIEW_KEY_OTHER,    /* the store is another node's: nothing is written */
	VIEW_ENTRIES_GONE, /* neighbours may have them */
	VIEW_CARD_COPIED,  /* two nodes write under this one's key */
	VIEW_PEER_COPIED,  /* and under a neighbour's */
	VIEW_RENEWED,      /* this node has just begun anew */
	VIEW_NEARLY_FULL,  /* view_status.rooms has one of which nine tenths are used */
	VIEW_PART_WAITS,   /* something that a node can do without is not there, and is tried again */
	VIEW_RESTORED,     /* from a backup: nothing is written until somebody said whether the original lives */
	VIEW_NOT_REACHED,  /* nodes are heard on this network, and no contact comes about */
};

enum { VIEW_NOTICES_MAX = 8 };

struct view_told {
	enum view_notice notice;
	char name[VIEW_NAME_SIZE]; /* VIEW_PEER_COPIED: whose */
	struct said said;          /* what it is, and the ways out */
};

/* What has a bound: what this node holds, and what it may write itself. */
enum view_room_kind {
	VIEW_ROOM_ENTRIES,
	VIEW_ROOM_AUTHORS,
	VIEW_ROOM_SITES, /* from here on: of this node's own words */
	VIEW_ROOM_LINES,
	VIEW_ROOM_MOVES,
	VIEW_ROOM_NOTES,
	VIEW_ROOM_TRUST,
	VIEW_ROOMS
};

struct view_room {
	uint64_t used, most; /* most 0: not known */
};

static inline bool view_room_is_nearly_full(struct view_room room)
{
	return room.used * 10 > room.most * 9;
}

/* Who households are: whether a passphrase seals it, and whether it can be read now. */
enum view_households { VIEW_NO_PASSPHRASE, VIEW_LOCKED, VIEW_UNLOCKED };

enum view_display_state { VIEW_DISPLAY_OFF /* none is set */, VIEW_DISPLAY_MISSING, VIEW_DISPLAY_UP };

struct view_status {
	char name[VIEW_NAME_SIZE];
	char key[VIEW_KEY_SIZE];
	char version[VIEW_NAME_SIZE];
	char site_ref[VIEW_REF_SIZE]; /* where this node stands; empty: nowhere yet */
	char picture[20];             /* digest of what everybody sees: equal on two nodes means the same picture */
	enum view_time_quality time_quality;
	enum view_clock_source clock_source;
	bool told_by_guesses; /* VIEW_CLOCK_PEERS: none of them had a date that is set */
	int64_t clock_asks;   /* a date that contradicts what was known, and waits for somebody to confirm it; 0 none */
	bool clock_is_wrong;  /* the system's date lies before what cannot be: it is not used */
	struct said clock_said; /* what the date rests on, and the way out where it is not set */
	int64_t now;
	int64_t started;
	struct view_room rooms[VIEW_ROOMS];
	uint64_t pending; /* waiting for their author's card */
	uint64_t refused; /* bad frames and entries since the start */
	uint64_t came_in; /* entries from others since the last walk's contact began */
	int64_t came_in_since;
	uint64_t store_bytes;
	enum view_households households;
	enum view_display_state display;
	uint32_t wrong_passphrases; /* since the start */
	bool store_failed;          /* the card fails: nothing is acknowledged any more */
	size_t notice_count;
	struct view_told notices[VIEW_NOTICES_MAX]; /* the most pressing first */
	struct said network; /* why nobody may be near, as far as that is known; nothing while somebody is */
	uint32_t needs_open, needs_covered, offers, resources, moves_coming, moves_late, sites, alerts;
	uint32_t trusts; /* so many others this node trusts; 0: its plan keeps everything for its own place */
};

/* What was answered at the first start, and what was made; the name and the place are elsewhere. */
struct view_setup {
	bool is_answered; /* by somebody, or the node stands somewhere */
	bool has_words, has_passphrase;
	uint32_t run; /* another one each time that the node starts, also within itself */
	char region[8], role[8];
	char wifi_name[33], wifi_password[64], wifi_country[3];
	char host[64];            /* the name under which phones reach the page; "" none */
	char proposed_words[200]; /* others each time */
};

/* A filter for lists; zero is "all". Texts are borrowed. Which list takes which: board/filters.h. A note has the place and the
 * item of what it is about, a move those of both its ends. */
struct view_query {
	const char *site;   /* ref or name, or its beginning of three letters or more */
	const char *item;   /* slug or label or code */
	const char *kind;   /* of a line or note */
	const char *status; /* a line's, a site's state, a move's stage */
	const char *ref;    /* the one record of that ref */
	const char *about; /* what belongs to the record of that ref: a site's lines, a line's or site's moves, notes */
	bool all;          /* notes: what is over or was taken back, too */
	bool overtaken;    /* lines: of the one that `about` names, the keepers' changes that are overtaken */
	int64_t at;        /* as of when the picture is drawn, 0 now */
	size_t offset;     /* the page: so many are passed over */
	size_t limit;      /* at most so many; 0: to the end */
};

/* Whether what fits as the nth, from 0, stands on the page. */
static inline bool view_query_shows(const struct view_query *query, size_t nth)
{
	return nth >= query->offset && (query->limit == 0 || nth - query->offset < query->limit);
}

/* What coordinators ask. Each looks at all records and answers in rows, the most pressing first. */
enum view_question {
	VIEW_Q_SHORT,       /* what is short within `km`: by item */
	VIEW_Q_RUNS_OUT,    /* which stock ends first */
	VIEW_Q_LOAD,        /* what to take to `site` within `kg` from where this node stands: what is promised first */
	VIEW_Q_NEWS,        /* what came in since the last walk */
	VIEW_Q_LATE,        /* who promised and is late */
	VIEW_Q_SURPLUS,     /* what is left over at `site` */
	VIEW_Q_UNCONFIRMED, /* needs that nobody but who wrote them down has confirmed */
	VIEW_Q_SILENT,      /* places not heard from for six hours and more */
	VIEW_Q_SERVED,      /* what each place received, per person */
	VIEW_Q_EXPIRING, /* what ends within a day, is to be used within a week, and leaves within one since nobody renews it */
	VIEW_QUESTIONS
};

struct view_asked {
	enum view_question question;
	const char
		*site; /* ref or name; NULL: where this node stands. Distances are from there, except for VIEW_Q_LOAD */
	uint32_t km;   /* only what is so near; 0: everything, also what has no known place */
	uint32_t kg;   /* VIEW_Q_LOAD: 0 no bound */
	int64_t at;    /* as of when, 0 now */
	size_t offset, limit; /* limit 0: to the end */
};

/* A row; what the question does not speak of is empty or 0. */
struct view_answer {
	char ref[VIEW_REF_SIZE];  /* the record that it is about; empty for sums */
	char from[VIEW_REF_SIZE]; /* LOAD: the stock */
	char site[VIEW_NAME_SIZE];
	char by[VIEW_NAME_SIZE]; /* who said it */
	enum view_trust trust;   /* in them */
	char item_name[VIEW_NAME_SIZE];
	char unit[VIEW_UNIT_SIZE];
	int64_t quantity_milli; /* short, on hand, to load, promised, left over, open, received */
	int64_t of_milli;       /* SHORT: asked; RUNS_OUT: used a day; LOAD: promised in all; SERVED: for each person */
	int64_t grams;          /* LOAD: its weight; 0 unknown */
	bool is_estimate;       /* the second figure or the weight is not counted but estimated */
	uint32_t people;
	uint32_t count;  /* SHORT: needs; SILENT: open needs */
	uint32_t unsaid; /* so many of them say no number, and are not in the quantity */
	int64_t when;    /* due, used up, ends; 0 unknown */
	int64_t said;    /* the age of it: the oldest word that it rests on */
	struct view_way way;
	struct say what;   /* NEWS: a need, a step of a journey, an alert...; borrows no text */
	struct said about; /* a few words more; of a note what it says, and who denies it */
};

/* One word of the history of a record: who said what, when. */
struct view_word {
	int64_t when;
	char ref[VIEW_REF_SIZE]; /* of the register that it was said in */
	char author[VIEW_NAME_SIZE];
	enum view_trust trust;
	bool stands;      /* no newer version of it is here */
	struct said said; /* what it says; of a later version what it changes */
};

/* Called for every record in order; false ends the listing. */
typedef bool (*view_site_cb)(void *user, const struct view_site *site);
typedef bool (*view_line_cb)(void *user, const struct view_line *line);
typedef bool (*view_move_cb)(void *user, const struct view_move *move);
typedef bool (*view_note_cb)(void *user, const struct view_note *note);
typedef bool (*view_peer_cb)(void *user, const struct view_peer *peer);
typedef bool (*view_author_cb)(void *user, const struct view_author *author);
typedef bool (*view_answer_cb)(void *user, const struct view_answer *answer);
typedef bool (*view_word_cb)(void *user, const struct view_word *word);
typedef bool (*view_portion_cb)(void *user, const struct view_portion *portion);

/* The reading side of a node. Lists call back for what stands on the page alone, and return how many fit in all; fewer when
 * a callback ended it. Orders: needs where somebody should look first, then open needs by when they are due, then the other needs, then offers and stock by
 * site and item; sites by name; moves that count first, by due time; notes newest first, strangers' behind all others; peers by name. Equal keys by
 * full ref, so that two nodes with the same picture list alike. */
/* What is counted since the node began, and not told elsewhere. */
struct view_metrics {
	uint64_t refused_frames, refused_entries, refused_signatures, refused_time, refused_full;
	uint64_t refused_links;         /* contacts, and messages of links */
	uint64_t refused_announcements; /* of neighbours */
	uint64_t link_bytes_in, link_bytes_out, link_frames_in, link_frames_out;
	uint64_t contacts;    /* that came up */
	uint64_t comparisons; /* that ended with all being the same on both sides */
	uint64_t store_commits, store_entries, store_written_bytes;
	uint64_t memory_bytes; /* 0: the system does not say */
	unsigned protocol, schema;
};

enum view_upgrade_state { VIEW_UPGRADE_NONE, VIEW_UPGRADE_WAITING, VIEW_UPGRADE_REFUSED, VIEW_UPGRADE_INSTALLED };
struct view_upgrade {
	enum view_upgrade_state state;
	char value[80]; /* that `said` borrows */
	struct said said;
};

struct board_view {
	void *ctx;
	void (*status)(void *ctx, struct view_status *status);
	void (*setup)(void *ctx, struct view_setup *setup);
	/* What became of the last file that was handed to this node. */
	void (*upgrade)(void *ctx, struct view_upgrade *upgrade);
	/* The file with which what runs here was installed, the caller's to free; NULL: there is none. */
	uint8_t *(*upgrade_file)(void *ctx, size_t *size);
	size_t (*sites)(void *ctx, const struct view_query *query, view_site_cb cb, void *user);
	size_t (*lines)(void *ctx, const struct view_query *query, view_line_cb cb, void *user);
	size_t (*moves)(void *ctx, const struct view_query *query, view_move_cb cb, void *user);
	size_t (*notes)(void *ctx, const struct view_query *query, view_note_cb cb, void *user);
	size_t (*peers)(void *ctx, const struct view_query *query, view_peer_cb cb, void *user);
	size_t (*authors)(void *ctx, const struct view_query *query, view_author_cb cb, void *user);
	void (*radio)(void *ctx, struct view_radio *radio);
	void (*metrics)(void *ctx, struct view_metrics *metrics);
	/* Rows in all; SIZE_MAX when it cannot be answered. `remark` is a sentence about the whole, or what would be right. */
	size_t (*ask)(void *ctx, struct said *remark, const struct view_asked *asked, view_answer_cb cb, void *user);
	/* Who said what about the record of that ref, the newest first, as far as this node still has it. How many words there are,
	 * which may be more than were shown; SIZE_MAX: no record is called so, or several. */
	size_t (*history)(void *ctx, const char *ref, view_word_cb cb, void *user);
	/* Who should get what of an item of the catalogue, 0: of all, as of `at`, 0 now. First what is suggested, in that
	 * order, then what is kept, then what is apart, then who gets nothing. False: memory is out. */
	bool (*plan)(void *ctx, struct view_plan *plan, uint16_t item, int64_t at, view_portion_cb cb, void *user);
};

#endif
