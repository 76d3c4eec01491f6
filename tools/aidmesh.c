/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The command line: everything people do with a node, for people at a terminal and for programs (--json). */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "tools/arguments.h"
#include "tools/verbs.h"

const struct verb VERBS[] = {
	{ "setup", "", "answer what is asked at the first start, or change an answer by an option", "aidmesh setup", 0,
	  0, SETUP_OPTIONS, verb_setup },
	{ "poster", "", "print what hangs on the wall: Wi-Fi, password and page, as QR codes too",
	  "aidmesh poster > poster.html", 0, 0, POSTER_OPTIONS, verb_poster },
	{ "init", "--name NAME [--at PLACE]", "name this node and say where it stands",
	  "aidmesh init --name \"Oak St church\" --at 35.1,-77.0", 0, 0, INIT_OPTIONS, verb_init },
	{ "site", "NAME", "add a place where people can go",
	  "aidmesh site \"Oak St church\" --at 35.1,-77.0 --people 120", 1, 1, SITE_OPTIONS, verb_site },
	{ "need", "ITEM [QTY]", "say what is needed",
	  "aidmesh need water \"30 gal\" --people 40 --infants 6 --within 24 --site Oak", 1, 2, NEED_OPTIONS,
	  verb_need },
	{ "propose", "--people N", "say what so many people need, and open needs for it",
	  "aidmesh propose --people 12 --infants 2 --days 3 --open 101,601", 0, 0, PROPOSE_OPTIONS, verb_propose },
	{ "offer", "ITEM [QTY]", "say what can be had from you", "aidmesh offer \"hot meal\" 200 --reach 15", 1, 2,
	  OFFER_OPTIONS, verb_offer },
	{ "stock", "ITEM QTY", "say what stands on the shelf, counted now", "aidmesh stock blanket 80 --reserve 20", 2,
	  2, STOCK_OPTIONS, verb_stock },
	{ "ask", "NEED QTY --from STOCK", "ask who has a stock for some of it",
	  "aidmesh ask 4Q7-K2NX 60 --from 9AB-C3DE", 2, 2, REQUEST_OPTIONS, verb_request },
	{ "accept", "ASK|PLEDGE [QTY]", "promise what was asked of you; or take a stranger's pledge",
	  "aidmesh accept 7H2-M4PQ 40 --due 6h", 1, 2, ACCEPT_OPTIONS, verb_accept },
	{ "pledge", "NEED QTY", "promise a quantity for a need", "aidmesh pledge 4Q7-K2NX 60 --from 9AB-C3DE --due 6h",
	  2, 2, PLEDGE_OPTIONS, verb_pledge },
	{ "send", "PLEDGE [QTY]", "say that a pledge is on its way", "aidmesh send 7H2-M4PQ", 1, 2, SEND_OPTIONS,
	  verb_send },
	{ "receive", "PLEDGE|NEED [QTY]", "say that a pledge has arrived, or what came for a need by itself",
	  "aidmesh receive 7H2-M4PQ 58", 1, 2, RECEIVE_OPTIONS, verb_receive },
	{ "lost", "PLEDGE|STOCK [QTY]", "say that a load that was sent, or so much of it or of a stock, is lost",
	  "aidmesh lost 7H2-M4PQ 5", 1, 2, LOST_OPTIONS, verb_lost },
	{ "spoiled", "PLEDGE|STOCK [QTY]", "the same of what has gone bad, or is past its day",
	  "aidmesh spoiled 9AB-C3DE 12", 1, 2, LOST_OPTIONS, verb_spoiled },
	{ "back", "PLEDGE|STOCK [QTY]", "say that a load, or so much of it or of a stock, is back where it came from",
	  "aidmesh back 7H2-M4PQ", 1, 2, LOST_OPTIONS, verb_back },
	{ "release", "PLEDGE [QTY]", "take a pledge back, or so much of what has not left yet",
	  "aidmesh release 7H2-M4PQ 20", 1, 2, RELEASE_OPTIONS, verb_release },
	{ "reroute", "PLEDGE NEED", "say that your load goes elsewhere: to another need, or onto a stock",
	  "aidmesh reroute 7H2-M4PQ 8JK-P2RS", 2, 2, REROUTE_OPTIONS, verb_reroute },
	{ "waybill", "PLEDGE", "print what travels with a load, for a till printer", "aidmesh waybill 7H2-M4PQ | lp", 1,
	  1, NO_OPTIONS, verb_waybill },
	{ "give", "STOCK QTY", "hand something out at the door", "aidmesh give 9AB-C3DE 12", 2, 2, GIVE_OPTIONS,
	  verb_give },
	{ "take-back", "HANDOUT QTY", "say that so much of it was not handed out, or was brought back",
	  "aidmesh take-back 5PQ-W8RT 2", 2, 2, NO_OPTIONS, verb_take_back },
	{ "plan", "[ITEM]", "suggest who should get what, and why", "aidmesh plan drinking-water", 0, 1, PLAN_OPTIONS,
	  verb_plan },
	{ "decline", "ASK|NEED",
	  "say no to an ask; or that a stock will not serve a need, so that it is not suggested again",
	  "aidmesh decline 4Q7-K2NX --from 9AB-C3DE", 1, 1, DECLINE_OPTIONS, verb_decline },
	{ "edit", "REF", "correct what is said: a site, need, offer or stock; your own move or note",
	  "aidmesh edit 4Q7-K2NX --people 12", 1, 1, EDIT_OPTIONS, verb_edit },
	{ "close", "REF", "close a need, offer, stock or site", "aidmesh close 4Q7-K2NX --reason not-needed", 1, 1,
	  CLOSE_OPTIONS, verb_close },
	{ "reopen", "REF", "open again what was closed", "aidmesh reopen 4Q7-K2NX", 1, 1, NO_OPTIONS, verb_reopen },
	{ "withdraw", "REF", "take back what this node said: it was never so", "aidmesh withdraw 5PQ-W8RT", 1, 1,
	  NO_OPTIONS, verb_withdraw },
	{ "undo", "", "take back the last thing that was said here, then the one before", "aidmesh undo", 0, 0,
	  SURE_OPTIONS, verb_undo },
	{ "note", "[REF] TEXT", "remark on a record, or tell everybody",
	  "aidmesh note --alert severe \"Bridge on Oak St is out\"", 1, 2, NOTE_OPTIONS, verb_note },
	{ "round", "[SITE]", "tell that somebody asked from door to door, and what is not needed",
	  "aidmesh round Oak --doors 40 --answered 31 --nothing 31", 0, 1, ROUND_OPTIONS, verb_round },
	{ "still-needed", "[SITE|REF]", "say that all of a place, or one need, is still needed",
	  "aidmesh still-needed Oak", 0, 1, NO_OPTIONS, verb_still_needed },
	{ "vouch", "KEY|NAME", "trust another node, or name a keeper", "aidmesh vouch \"Elm school\" --keeper Oak", 1,
	  1, VOUCH_OPTIONS, verb_vouch },
	{ "list", "[needs|offers|stocks|rounds|sites|moves|notes|authors]",
	  "list what is known; needs, if nothing is said", "aidmesh list needs --site Oak --status open", 0, 1,
	  LIST_OPTIONS, verb_list },
	{ "short", "[--km N]", "what is short, by item", "aidmesh short --km 10", 0, 0, ASK_OPTIONS, verb_ask },
	{ "runs-out", "", "which stock ends first", "aidmesh runs-out --km 10", 0, 0, ASK_OPTIONS, verb_ask },
	{ "load", "SITE [--kg N]", "what to take there from here", "aidmesh load Elm --kg 800", 1, 1, LOAD_OPTIONS,
	  verb_ask },
	{ "news", "", "what came in since the last walk", "aidmesh news --text", 0, 0, ASK_OPTIONS, verb_ask },
	{ "late", "", "who promised and is late", "aidmesh late", 0, 0, ASK_OPTIONS, verb_ask },
	{ "surplus", "", "what is left over here, beyond reserve, promises and needs", "aidmesh surplus --site Oak", 0,
	  0, SURPLUS_OPTIONS, verb_ask },
	{ "unconfirmed", "", "needs that rest on one voice alone", "aidmesh unconfirmed --km 5", 0, 0, ASK_OPTIONS,
	  verb_ask },
	{ "silent", "", "places not heard from for six hours and more", "aidmesh silent", 0, 0, ASK_OPTIONS, verb_ask },
	{ "served", "", "what each place received, per person", "aidmesh served --km 20", 0, 0, ASK_OPTIONS, verb_ask },
	{ "expiring", "", "what ends within a day, or leaves within a week", "aidmesh expiring", 0, 0, ASK_OPTIONS,
	  verb_ask },
	{ "tickets", "[TEXT]", "find a household's ticket by code, name, phone or address",
	  "aidmesh tickets BUMEL-TAKIS-417", 0, 1, NO_OPTIONS, verb_tickets },
	{ "pin", "[NEW]", "show or change what volunteers type on their phones", "aidmesh pin 4711", 0, 1, NO_OPTIONS,
	  verb_pin },
	{ "passphrase", "", "seal who households are with a passphrase, change it or take it away",
	  "aidmesh passphrase", 0, 0, PASSPHRASE_OPTIONS, verb_passphrase },
	{ "unlock", "", "give the passphrase, so that households can be read", "aidmesh unlock", 0, 0, NO_OPTIONS,
	  verb_unlock },
	{ "lock", "", "forget the passphrase until it is given again", "aidmesh lock", 0, 0, NO_OPTIONS, verb_lock },
	{ "renew", "", "become another author: when the card was copied, or the key is lost", "aidmesh renew --sure", 0,
	  0, RENEW_OPTIONS, verb_renew },
	{ "upgrade", "[FILE]", "install a newer aidmesh from a signed file, or show what became of it",
	  "aidmesh upgrade /media/stick/aidmesh.upgrade", 0, 1, UPGRADE_OPTIONS, verb_upgrade },
	{ "backup", "FILE", "write all that this node has into one file that a passphrase opens",
	  "sudo aidmesh backup /media/stick/oak.backup", 1, 1, BACKUP_OPTIONS, verb_backup },
	{ "restore", "FILE", "put a backup in the place of a node that does not run",
	  "sudo aidmesh restore /media/stick/oak.backup", 1, 1, BACKUP_OPTIONS, verb_restore },
	{ "show", "REF", "show one record with all that belongs to it", "aidmesh show 4Q7-K2NX", 1, 1, NO_OPTIONS,
	  verb_show },
	{ "history", "REF", "who said what about a record and when, what was replaced too", "aidmesh history 4Q7-K2NX",
	  1, 1, HISTORY_OPTIONS, verb_history },
	{ "catalog", "[WORDS]", "look up what things are called, weigh, and how much people need",
	  "aidmesh catalog pañales", 0, WORDS_MAX, NO_OPTIONS, verb_catalog },
	{ "peers", "", "list the nodes in reach", "aidmesh peers", 0, 0, NO_OPTIONS, verb_peers },
	{ "radio", "", "show the radio, its airtime, and who is heard", "aidmesh radio", 0, 0, NO_OPTIONS, verb_radio },
	{ "clock", "[set DATE | confirm]", "show what the date rests on, set it, or say that it is right",
	  "aidmesh clock set \"2026-11-30 12:40\"", 0, 3, CLOCK_OPTIONS, verb_clock },
	{ "status", "", "show how this node is", "aidmesh status", 0, 0, NO_OPTIONS, verb_status },
	{ "doctor", "", "look over the machine and the node, and say what to do", "aidmesh doctor", 0, 0,
	  DOCTOR_OPTIONS, verb_doctor },
	{ "export", "FILE", "write a bundle for a stick, or .csv, .geojson, .cap for others",
	  "aidmesh export needs.csv --kind need", 1, 1, EXPORT_OPTIONS, verb_export },
	{ "import", "FILE...", "take in bundles, CSV tables and CAP alerts", "aidmesh import shelters.csv --kind site",
	  1, WORDS_MAX, IMPORT_OPTIONS, verb_import },
	{ "lcd", "", "show what the display shows", "aidmesh lcd --size 16x2 --watch", 0, 0, LCD_OPTIONS, verb_lcd },
	{ NULL, NULL, NULL, NULL, 0, 0, NULL, NULL },
};

static void help_print(void)
{
	puts("aidmesh: what is needed, what is there, and what is on its way, without a network.\n\n"
	     "  aidmesh [--socket PATH] VERB ... [--json]\n");
	for (const struct verb *v = VERBS; v->name != NULL; v++)
		printf("  %-11s %s\n", v->name, v->purpose);
	puts("\n\"aidmesh VERB --help\" shows its options and an example.\n\n"
	     "  --json         print the node's answer as JSON\n"
	     "  --socket PATH  the node's control socket; else $AIDMESH_SOCKET, "
	     "$XDG_RUNTIME_DIR/aidmesh/control.sock,\n"
	     "                 that of tools/run, /run/aidmesh/control.sock\n\n"
	     "Exit codes: 0 done, 1 the node refused it, 2 typed wrong, 3 no node answers, 4 something was "
	     "left out.");
}

static void verb_help_print(const struct verb *verb)
{
	printf("aidmesh %s %s\n  %s\n\n", verb->name, verb->arguments, verb->purpose);
	options_print(verb->options);
	printf("  %-22s %s\n\nExample: %s\n", "--json", "print the node's answer as JSON", verb->example);
}

static const struct verb *verb_find(const char *name)
{
	const struct verb *nearest = VERBS;

	for (const struct verb *v = VERBS; v->name != NULL; v++) {
		if (strcmp(v->name, name) == 0)
			return v;
		if (arguments_distance(v->name, name) < arguments_distance(nearest->name, name))
			nearest = v;
	}
	fprintf(stderr, "There is no verb \"%s\".", name);
	if (arguments_distance(nearest->name, name) <= 2)
		fprintf(stderr, " Did you mean \"%s\"?\n", nearest->name);
	else
		fputs(" See \"aidmesh --help\".\n", stderr);
	return NULL;
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int verb_call(const struct verb *verb, const char *socket, bool json, int argc, char **argv)
{
	struct call call = { .verb = verb, .json = json };
	int rc;

	if (!client_open(&call.client, socket)) {
		fputs("The path of the socket is longer than 107 bytes, or memory is out.\n", stderr);
		return EXIT_USAGE;
	}
	call.fields = json_object();
	rc = options_read(&call, verb->options, argc, argv);
	if (rc == EXIT_DONE)
		rc = verb->run(&call);
	json_decref(call.fields);
	client_close(&call.client);
	return rc;
}

/* "aidmesh help" and "aidmesh help VERB", as people try first. */
static int help(int argc, char **argv)
{
	const struct verb *verb;

	if (argc < 2 || argv[1][0] == '-') {
		help_print();
		return EXIT_DONE;
	}
	verb = verb_find(argv[1]);
	if (verb == NULL)
		return EXIT_USAGE;
	verb_help_print(verb);
	return EXIT_DONE;
}

/* --socket may stand anywhere; the rest is the verb's. */
int main(int argc, char **argv)
{
	const char *socket = NULL;
	const struct verb *verb;
	bool json = false;
	int at = 1;

	setlocale(LC_CTYPE, "");
	if (argc == 2 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)) {
		puts("aidmesh " AIDMESH_VERSION);
		return EXIT_DONE;
	}
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		int taken = 0;

		if (strncmp(argv[i], "--socket=", 9) == 0) {
			socket = argv[i] + 9;
			taken = 1;
		} else if (strcmp(argv[i], "--socket") == 0 && i + 1 < argc) {
			socket = argv[i + 1];
			taken = 2;
		}
		if (taken > 0) {
			memmove(argv + i, argv + i + taken, (size_t)(argc - i - taken + 1) * sizeof(*argv));
			argc -= taken;
			i--;
		}
	}
	for (; at < argc && strcmp(argv[at], "--json") == 0; at++)
		json = true;
	if (at >= argc || argv[at][0] == '-') {
		help_print();
		return at < argc && asks_for_help(1, argv + at) ? EXIT_DONE : EXIT_USAGE;
	}
	if (strcmp(argv[at], "help") == 0)
		return help(argc - at, argv + at);
	verb = verb_find(argv[at]);
	if (verb == NULL)
		return EXIT_USAGE;
	if (asks_for_help(argc - at, argv + at)) {
		verb_help_print(verb);
		return EXIT_DONE;
	}
	return verb_call(verb, socket, json, argc - at, argv + at);
}
