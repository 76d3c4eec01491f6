/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A verb of the command line: what it takes, what it says about itself, and what it does. */
#ifndef AIDMESH_TOOLS_VERBS_H
#define AIDMESH_TOOLS_VERBS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "tools/client.h"
#include "tools/field.h"
#include "tools/rows.h"

/* What the program ends with. */
enum {
	EXIT_DONE = 0,
	EXIT_REFUSED = 1,     /* the node said no, and why */
	EXIT_USAGE = 2,       /* typed wrong */
	EXIT_UNREACHABLE = 3, /* no node answers */
	EXIT_PARTLY = 4,      /* rows of an import, or needs of a proposal, were left out */
};

enum { WORDS_MAX = 64, OPTIONS_MAX = 40 };

enum option_type {
	OPTION_TEXT,
	OPTION_COUNT,
	OPTION_QUANTITY,
	OPTION_HOURS,
	OPTION_EVERY,
	OPTION_TIME, /* ahead: when something is due */
	OPTION_PAST, /* when something was */
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

extern const struct option_row INIT_OPTIONS[], SITE_OPTIONS[], NEED_OPTIONS[], ROUND_OPTIONS[], OFFER_OPTIONS[],
	STOCK_OPTIONS[], REQUEST_OPTIONS[], ACCEPT_OPTIONS[], PLEDGE_OPTIONS[], DECLINE_OPTIONS[], SEND_OPTIONS[],
	RECEIVE_OPTIONS[], RELEASE_OPTIONS[], LOST_OPTIONS[], REROUTE_OPTIONS[], GIVE_OPTIONS[], EDIT_OPTIONS[],
	CLOSE_OPTIONS[], NOTE_OPTIONS[], VOUCH_OPTIONS[], LIST_OPTIONS[], ASK_OPTIONS[], LOAD_OPTIONS[],
	SURPLUS_OPTIONS[], PROPOSE_OPTIONS[], LCD_OPTIONS[], IMPORT_OPTIONS[], EXPORT_OPTIONS[], PLAN_OPTIONS[],
	BACKUP_OPTIONS[], UPGRADE_OPTIONS[], RENEW_OPTIONS[], PASSPHRASE_OPTIONS[], SETUP_OPTIONS[], POSTER_OPTIONS[],
	CLOCK_OPTIONS[], HISTORY_OPTIONS[], DOCTOR_OPTIONS[], SURE_OPTIONS[], NO_OPTIONS[]; /* options.c */

/* verb_write.c */
int verb_init(struct call *call);
int verb_site(struct call *call);
int verb_need(struct call *call);
int verb_offer(struct call *call);
int verb_stock(struct call *call);
int verb_pledge(struct call *call);
int verb_send(struct call *call);
int verb_receive(struct call *call);
int verb_release(struct call *call);
int verb_lost(struct call *call);
int verb_spoiled(struct call *call);
int verb_back(struct call *call);
int verb_give(struct call *call);
int verb_take_back(struct call *call);
int verb_edit(struct call *call);
int verb_close(struct call *call);
int verb_reopen(struct call *call);
int verb_note(struct call *call);
int verb_still_needed(struct call *call);
int verb_round(struct call *call);
int verb_vouch(struct call *call);
/* verb_move.c; verb_request is the verb "ask" */
int verb_request(struct call *call);
int verb_accept(struct call *call);
int verb_decline(struct call *call);
int verb_reroute(struct call *call);
int verb_waybill(struct call *call);
/* verb_read.c */
int verb_list(struct call *call);
int verb_show(struct call *call);
int verb_peers(struct call *call);
int verb_status(struct call *call);
/* verb_ask.c: the verb is the question */
int verb_ask(struct call *call);
/* verb_intake.c */
int verb_propose(struct call *call);
int verb_tickets(struct call *call);
int verb_pin(struct call *call);
int verb_renew(struct call *call);   /* verb_renew.c */
int verb_upgrade(struct call *call); /* verb_upgrade.c */
/* verb_backup.c */
int verb_backup(struct call *call);
int verb_restore(struct call *call);
/* verb_setup.c */
int verb_setup(struct call *call);
int verb_poster(struct call *call);
/* verb_households.c */
int verb_unlock(struct call *call);
int verb_lock(struct call *call);
int verb_passphrase(struct call *call);
/* verb_plan.c */
int verb_plan(struct call *call);
/* verb_clock.c */
int verb_clock(struct call *call);
/* verb_radio.c */
int verb_radio(struct call *call);
/* verb_history.c */
int verb_history(struct call *call);
int verb_withdraw(struct call *call);
int verb_undo(struct call *call);
/* verb_catalog.c */
int verb_catalog(struct call *call);
/* verb_file.c */
/* Where what was written is in memory alone, as nearly everywhere on a card: says so. */
void file_warn_in_memory(const char *path);
int verb_export(struct call *call);
int verb_import(struct call *call);
/* verb_doctor.c */
int verb_doctor(struct call *call);
/* verb_lcd.c */
int verb_lcd(struct call *call);

/* --- options.c --- */

/* Reads what stands behind the verb. EXIT_DONE, or EXIT_USAGE after saying what is wrong. */
int options_read(struct call *call, const struct option_row *rows, int argc, char **argv);
void options_print(const struct option_row *rows);
/* What an option or word means, by its type; NULL after saying what would be right. `name` is for that sentence. */
json_t *options_value(struct call *call, enum option_type type, const char *name, const char *text);
/* The text of a field, NULL when it was not given. */
const char *options_text(const struct call *call, const char *field);
/* What the options said, behind the path's "?". */
void options_add_to_path(struct call *call, char *path, size_t size);
/* "--text": lines to be copied instead of a table. */
bool options_want_text(struct call *call);

/* --- writing (verb_write.c) --- */

/* Posts what the options said, and tells what was done. */
int verb_write_fields(struct call *call, const char *path);

/* Posts `body` (borrowed). Where the node asks back, a person at a terminal is asked and it is posted again; the reply
 * is the caller's to fini. */
void verb_write_post(struct call *call, struct reply *reply, const char *path, json_t *body);

/* A step of a journey; `field` is what its first word names, and the second is a quantity. */
int verb_write_move(struct call *call, const char *stage, const char *field);

#endif
