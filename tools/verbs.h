/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A verb of the command line: what it takes, what it says about itself, and what it does. */
#ifndef AIDMESH_TOOLS_VERBS_H
#define AIDMESH_TOOLS_VERBS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "tools/client.h"

/* What the program ends with. */
enum {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,     /* the node said no, and why */
	EXIT_USAGE = 2,       /* typed wrong */
	EXIT_UNREACHABLE = 3, /* no node answers */
	EXIT_PARTLY = 4,      /* an import with bad rows */
};

enum { WORDS_MAX = 64, OPTIONS_MAX = 24 };

enum option_type {
	OPTION_TEXT,
	OPTION_COUNT,
	OPTION_QUANTITY,
	OPTION_HOURS,
	OPTION_TIME,
	OPTION_PLACE,
	OPTION_OPENING,
	OPTION_LIST,
	OPTION_FLAG, /* takes no value */
};

struct option_row {
	const char *name;
	enum option_type type;
	const char *field; /* of the API, or of the verb's own */
	const char *value; /* for the help: "N", "SITE"; NULL for a flag */
	const char *purpose;
};

/* One call of the program. */
struct call {
	const struct verb *verb;
	struct client client;
	bool json;
	const char *words[WORDS_MAX]; /* what is no option */
	size_t word_count;
	json_t *fields; /* what the options said, by field */
};

struct verb {
	const char *name, *arguments, *purpose, *example;
	size_t words_min, words_max;
	const struct option_row *options; /* the last has no name */
	int (*run)(struct call *call);
};

/* All of them; the last has no name. */
extern const struct verb VERBS[];

extern const struct option_row INIT_OPTIONS[], SITE_OPTIONS[], NEED_OPTIONS[], OFFER_OPTIONS[], STOCK_OPTIONS[],
	REQUEST_OPTIONS[], ACCEPT_OPTIONS[], PLEDGE_OPTIONS[], DECLINE_OPTIONS[], MOVE_OPTIONS[], GIVE_OPTIONS[],
	EDIT_OPTIONS[], CLOSE_OPTIONS[], NOTE_OPTIONS[], VOUCH_OPTIONS[], LIST_OPTIONS[], ASK_OPTIONS[],
	PROPOSE_OPTIONS[], LCD_OPTIONS[], IMPORT_OPTIONS[], EXPORT_OPTIONS[], PLAN_OPTIONS[],
	NO_OPTIONS[]; /* options.c */

int verb_init(struct call *call); /* verb_write.c */
int verb_site(struct call *call);
int verb_need(struct call *call);
int verb_offer(struct call *call);
int verb_stock(struct call *call);
int verb_pledge(struct call *call);
int verb_send(struct call *call);
int verb_receive(struct call *call);
int verb_release(struct call *call);
int verb_give(struct call *call);
int verb_edit(struct call *call);
int verb_close(struct call *call);
int verb_note(struct call *call);
int verb_vouch(struct call *call);
int verb_request(struct call *call); /* verb_move.c: the verb "ask" */
int verb_accept(struct call *call);
int verb_decline(struct call *call);
int verb_reroute(struct call *call);
int verb_waybill(struct call *call);
int verb_list(struct call *call);    /* verb_read.c */
int verb_ask(struct call *call);     /* verb_ask.c: the verb is the question */
int verb_propose(struct call *call); /* verb_intake.c */
int verb_tickets(struct call *call);
int verb_pin(struct call *call);
int verb_show(struct call *call);
int verb_peers(struct call *call);
int verb_status(struct call *call);
int verb_plan(struct call *call);    /* verb_plan.c */
int verb_radio(struct call *call);   /* verb_radio.c */
int verb_catalog(struct call *call); /* verb_catalog.c */
int verb_export(struct call *call);  /* verb_file.c */
int verb_import(struct call *call);
int verb_lcd(struct call *call); /* verb_lcd.c */

/* --- options.c --- */

/* Reads what stands behind the verb. EXIT_DONE, or EXIT_USAGE after saying what is wrong. */
int options_read(struct call *call, const struct option_row *rows, int argc, char **argv);
void options_print(const struct option_row *rows);
/* What an option or word means, by its type; NULL after saying what would be right. `name` is for that sentence. */
json_t *option_value(struct call *call, enum option_type type, const char *name, const char *text);
/* The text of a field, NULL when it was not given. */
const char *option_text(const struct call *call, const char *field);

/* --- writing (verb_write.c) --- */

/* Posts `body` (borrowed). Where the node asks back, a person at a terminal is asked and it is posted again; the reply
 * is the caller's to fini. */
void post_or_ask(struct call *call, struct reply *reply, const char *path, json_t *body);

/* A step of a journey; `field` is what its first word names, and the second is a quantity. */
int post_move(struct call *call, const char *stage, const char *field);

/* --- answers (verb_read.c) --- */

/* A column: heading, and where its text comes from. The last of a list has no heading. */
struct column {
	const char *heading; /* > aligned to the right */
	const char *field;
	enum {
		SHOW_PLAIN,
		SHOW_AGE,
		SHOW_DUE,
		SHOW_WHEN,
		SHOW_UNIT,
		SHOW_HOURS,
		SHOW_PLACE,
		SHOW_STATUS,
		SHOW_ZERO_BLANK,
		SHOW_WORDS,
		SHOW_REMARK /* of a move: what its carrier should know */
	} how;
};

void rows_print(struct call *call, const json_t *rows, const struct column *columns);
/* What the options said, behind the path's "?". */
void path_add_fields(struct call *call, char *path, size_t size);
/* "--text": lines to be copied instead of a table. `none` is said where there are none. */
bool wants_text(struct call *call);
int text_print(struct call *call, const char *path, const char *none);

/* Says what went wrong, if anything did, and gives the exit code. */
int reply_check(const struct call *call, const struct reply *reply);
/* Prints the reply's JSON as it came. */
void reply_print_json(const struct reply *reply);
/* "3 h ago" of an ISO time, by the clock of this machine or the node, whichever `now` is; "" when null. */
void age_print(char out[16], const char *iso, int64_t now);
/* "in 5 h" or "2 h late" likewise. */
void due_print(char out[16], const char *iso, int64_t now);
/* The node's own clock in Unix seconds; this machine's when it does not answer. */
int64_t node_now(struct call *call);
/* Unix seconds of "2026-09-14T06:30:00Z"; 0 when it is none. */
int64_t iso_read(const char *iso);
/* A number or text of a field as text; "" when it is absent or null. */
const char *field_text(char out[64], const json_t *object, const char *field);
/* A text of a field, borrowed; "" when it is absent or no text. */
const char *field_string(const json_t *object, const char *field);

#endif
