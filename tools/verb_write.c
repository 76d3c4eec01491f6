/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "tools/verbs.h"

/* The record of that ref as the node understood it; NULL when it does not show it. Lives as long as the reply. */
static const json_t *record_get(struct call *call, struct reply *reply, const char *ref)
{
	char path[200];
	char *encoded = client_encode(&call->client, ref);

	snprintf(path, sizeof(path), "/v1/record/%s", encoded != NULL ? encoded : "");
	free(encoded);
	client_get(&call->client, reply, path);
	return reply->status == 200 ? json_object_get(reply->json, "record") : NULL;
}

/* "120 L Drinking water". */
static void print_amount(const char *quantity, const json_t *record)
{
	const char *unit = field_string(record, "unit");

	if (strcmp(unit, "each") == 0)
		unit = "";
	if (quantity[0] != '\0')
		printf("%s%s%s ", quantity, unit[0] != '\0' ? " " : "", unit);
	printf("%s%s%s", field_string(record, "item_name"),
	       field_string(record, "variant")[0] != '\0' ? " \u00b7 " : "", field_string(record, "variant"));
}

/* " at Oak"; of what is at no site, the middle of the area that was told. */
static void print_where(const json_t *line)
{
	const char *site = field_string(line, "site");
	const json_t *place = json_object_get(line, "place");

	if (site[0] != '\0')
		printf(" at %s", site);
	else if (json_is_object(place))
		printf(" near %.3f,%.3f", json_number_value(json_object_get(place, "lat")),
		       json_number_value(json_object_get(place, "lon")));
}

/* "need 120 L Drinking water at Oak"; of stock what is there now. What is closed ends with the reason. */
static void print_need(const json_t *line)
{
	const char *kind = field_string(line, "kind"), *reason = field_string(line, "reason");
	char quantity[64];

	printf("%s ", kind);
	if (row_is_unsaid(line))
		quantity[0] = '\0';
	else
		field_text(quantity, line, strcmp(kind, "stock") == 0 ? "on_hand" : "quantity");
	print_amount(quantity, line);
	print_where(line);
	printf("%s%s\n", reason[0] != '\0' ? ": " : "", reason);
}

static void print_line(const json_t *line)
{
	if (strcmp(field_string(line, "kind"), "round") == 0) {
		fputs("round", stdout);
		if (json_integer_value(json_object_get(line, "item")) > 0)
			printf(" about %s", field_string(line, "item_name"));
		print_where(line);
		puts("");
		return;
	}
	print_need(line);
}

/* All that goes there now: what is on its way, and what is still promised. */
static void turned_text(char out[64], const json_t *move)
{
	snprintf(out, 64, "%.12g",
		 json_number_value(json_object_get(move, "on_way")) +
			 json_number_value(json_object_get(move, "promised")));
}

/* Where a load goes; what goes there no more was for it. */
static const char *preposition(const char *stage)
{
	static const char *const ENDS[] = { "released", "lost", "spoiled", "returned" };

	for (size_t i = 0; i < sizeof(ENDS) / sizeof(ENDS[0]); i++)
		if (strcmp(stage, ENDS[i]) == 0)
			return "for";
	return "to";
}

/* The step that was typed, and the quantity that the node took for it; the record tells the whole journey's. */
static void print_move(const struct call *call, const json_t *answer, const json_t *move)
{
	const char *stage = options_text(call, "stage"), *to = field_string(move, "to_site");
	const char *from = field_string(move, "from_site"), *verb = call->verb->name;
	bool is_turned = strcmp(verb, "reroute") == 0;
	char quantity[64];

	if (strcmp(verb, "edit") == 0) {
		stage = field_string(move, "stage");
		printf("corrected: %s ", stage);
	} else if (is_turned || (strcmp(verb, "accept") == 0 && strcmp(stage, "asked") == 0))
		printf("%s ", is_turned ? "rerouted" : "accepted");
	else
		printf("%s ", stage);
	if (strcmp(verb, "decline") == 0) {
		printf("%s for %s\n", field_string(move, "item_name"), to);
		return;
	}
	if (is_turned)
		turned_text(quantity, move);
	else
		field_text(quantity, strcmp(verb, "edit") == 0 ? move : answer, "quantity");
	print_amount(quantity, move);
	if (to[0] != '\0')
		printf(" %s %s\n", preposition(stage), to);
	else
		printf("%s%s\n", from[0] != '\0' ? " from " : "", from);
}

/* What was edited or closed has the ref that was typed; a keeper's own words about it have another. */
static const char *ref_shown(const struct call *call, const json_t *answer)
{
	const char *edited = options_text(call, "ref");

	return edited != NULL ? edited : field_string(answer, "ref");
}

/* "noted: alert (severe): Bridge is out, until 2026-11-30T18:00:00Z" */
static void print_note(const json_t *note)
{
	const char *until = field_string(note, "until"), *text = field_string(note, "text");

	printf("noted");
	if (strcmp(field_string(note, "kind"), "alert") == 0)
		printf(": alert (%s)", field_string(note, "severity"));
	printf("%s%s%s%s\n", text[0] != '\0' ? ": " : "", text, until[0] != '\0' ? ", until " : "", until);
}

/* A record's one line: what was done, with the unit, the site and the item's full name. */
static void print_record(struct call *call, const char *path, const json_t *answer)
{
	const char *ref = ref_shown(call, answer);
	struct reply reply;
	const json_t *record = record_get(call, &reply, ref);

	printf("%s  ", ref);
	if (strcmp(call->verb->name, "close") == 0)
		printf("closed ");
	if (record != NULL && strcmp(path, "/v1/line") == 0)
		print_line(record);
	else if (record != NULL && strcmp(path, "/v1/move") == 0)
		print_move(call, answer, record);
	else if (record != NULL && strcmp(path, "/v1/site") == 0)
		printf("site %s\n", field_string(record, "name"));
	else
		print_note(record);
	reply_fini(&reply);
}

static void print_self(struct call *call)
{
	const char *name = options_text(call, "name"), *site = options_text(call, "site");
	const char *language = options_text(call, "language");
	struct reply reply;

	if (name != NULL)
		printf("This node is called %s.\n", name);
	if (site != NULL) {
		const char *stands = field_string(record_get(call, &reply, site), "name");

		printf("This node stands at %s%s%s%s.\n", stands, stands[0] != '\0' ? " (" : "", site,
		       stands[0] != '\0' ? ")" : "");
		reply_fini(&reply);
	}
	if (language != NULL)
		printf("Spoken there: %s.\n", language);
}

static void print_trust(const struct call *call)
{
	const char *kind = options_text(call, "kind"), *key = options_text(call, "key");

	if (strcmp(kind, "vouch") == 0)
		printf("You vouch for %s.\n", key);
	else if (strcmp(kind, "withdraw") == 0)
		printf("You no longer vouch for %s.\n", key);
	else
		printf("%s is %s keeper of %s.\n", key, strcmp(kind, "keeper") == 0 ? "now a" : "no longer a",
		       options_text(call, "site"));
}

static bool is_asked_back(const struct reply *reply)
{
	return json_is_true(json_object_get(reply->json, "ask"));
}

/* A person at a terminal says yes. */
static bool is_sure(const struct call *call, const struct reply *reply)
{
	char answer[16];

	if (call->json || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return false;
	fprintf(stderr, "%s\nSure? [y/N] ", field_string(reply->json, "error"));
	return fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

void verb_write_post(struct call *call, struct reply *reply, const char *path, json_t *body)
{
	client_post_json(&call->client, reply, path, json_incref(body));
	if (!is_asked_back(reply))
		return;
	if (is_sure(call, reply)) {
		reply_fini(reply);
		json_object_set_new(body, "sure", json_true());
		client_post_json(&call->client, reply, path, json_incref(body));
	}
}

static void print_ticket(const struct reply *reply)
{
	const char *ticket = field_string(reply->json, "ticket");

	if (ticket[0] != '\0')
		printf("Ticket: %s\nWrite it down for them: who shows it collects. Lost? 'aidmesh tickets' finds it on "
		       "this "
		       "node.\n",
		       ticket);
}

int verb_write_fields(struct call *call, const char *path)
{
	struct reply reply;
	const char *remark;
	int rc;

	verb_write_post(call, &reply, path, call->fields);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && call->json) {
		reply_print_json(&reply);
	} else if (rc == EXIT_DONE) {
		remark = field_string(reply.json, "remark");
		if (json_is_true(json_object_get(reply.json, "unchanged")) && remark[0] != '\0') {
			puts(remark);
			remark = "";
		} else if (strcmp(path, "/v1/undo") == 0) {
			puts(remark);
			remark = "";
		} else if (strcmp(path, "/v1/withdraw") == 0) {
			printf("%s  taken back\n", options_text(call, "ref"));
		} else if (strcmp(path, "/v1/self") == 0) {
			print_self(call);
		} else if (strcmp(path, "/v1/trust") == 0) {
			print_trust(call);
		} else {
			print_record(call, path, reply.json);
		}
		print_ticket(&reply);
		if (remark[0] != '\0')
			fprintf(stderr, "%s\n", remark);
	}
	reply_fini(&reply);
	return rc;
}

static void set_text(struct call *call, const char *field, const char *text)
{
	json_object_set_new(call->fields, field, json_string(text));
}

/* Takes the word at `index`, if there is one, for a quantity. */
static bool take_quantity(struct call *call, size_t index)
{
	json_t *value;

	if (index >= call->word_count)
		return true;
	value = options_value(call, OPTION_QUANTITY, "The quantity", call->words[index]);
	if (value == NULL)
		return false;
	json_object_set_new(call->fields, "quantity", value);
	return true;
}

/* Posts one thing on the way to another; gives its ref to `ref`. */
static int post_step(struct call *call, const char *path, json_t *body, char ref[64])
{
	struct reply reply;
	int rc;

	client_post_json(&call->client, &reply, path, body);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE)
		field_text(ref, reply.json, "ref");
	reply_fini(&reply);
	return rc;
}

/* A node that is told again where it stands has no second site there: the ref and the name of the one that it opened and
 * stands at, or empty ones. */
static void find_own_site(struct call *call, char ref[64], char name[64])
{
	struct reply status, reply;
	const json_t *site;

	ref[0] = name[0] = '\0';
	client_get(&call->client, &status, "/v1/status");
	if (field_string(status.json, "site_ref")[0] != '\0') {
		site = record_get(call, &reply, field_string(status.json, "site_ref"));
		if (strcmp(field_string(site, "trust"), "self") == 0) {
			field_text(ref, site, "ref");
			field_text(name, site, "name");
		}
		reply_fini(&reply);
	}
	reply_fini(&status);
}

/* Under another name it is the same place, with its needs and stock; only who says so moves it. */
static bool is_meant(const struct call *call, const char *ref, const char *was, const char *name)
{
	char answer[16];

	if (ref[0] == '\0' || strcasecmp(was, name) == 0 || json_is_true(json_object_get(call->fields, "sure")))
		return true;
	fprintf(stderr,
		"This node stands at %s (%s). With --sure that place is called %s and is where you say, with its "
		"needs and stock. "
		"For a second place: aidmesh site \"%s\" --at PLACE, then aidmesh init --site \"%s\".\n",
		was, ref, name, name, name);
	if (call->json || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return false;
	fprintf(stderr, "Sure? [y/N] ");
	return fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

/* NULL: it was asked back. */
static json_t *site_of(struct call *call, const char *name, json_t *place)
{
	json_t *site;
	char ref[64], was[64];

	find_own_site(call, ref, was);
	if (!is_meant(call, ref, was, name))
		return NULL;
	site = json_pack("{s:s, s:O}", "name", name, "place", place);
	if (ref[0] != '\0')
		json_object_set_new(site, "ref", json_string(ref));
	if (json_is_true(json_object_get(call->fields, "sure")))
		json_object_set_new(site, "sure", json_true());
	return site;
}

static void print_who_is_trusted(struct call *call)
{
	struct reply status;

	client_get(&call->client, &status, "/v1/status");
	if (status.json != NULL && json_integer_value(json_object_get(status.json, "trusts")) == 0)
		puts("It trusts nobody yet, so its plan keeps everything for its own place. When you meet a "
		     "neighbour:\n"
		     "  aidmesh vouch NAME");
	reply_fini(&status);
}

/* The site is made when coordinates say where it is; the node then stands there. */
int verb_init(struct call *call)
{
	const char *name = options_text(call, "name"), *site = options_text(call, "site");
	json_t *place = json_object_get(call->fields, "place"), *stands = NULL;
	char ref[64] = "";
	int rc;

	if (json_object_size(call->fields) == 0) {
		fprintf(stderr, "Say what to set. For example: %s\n", call->verb->example);
		return EXIT_USAGE;
	}
	if (place != NULL && site == NULL && name == NULL) {
		fputs("--at says where a site is: name it with --site, or the node with --name.\n", stderr);
		return EXIT_USAGE;
	}
	if (place != NULL) {
		stands = site_of(call, site != NULL ? site : name, place);
		if (stands == NULL)
			return EXIT_REFUSED;
	}
	json_object_del(call->fields, "sure");
	if (name != NULL) {
		rc = post_step(call, "/v1/self", json_pack("{s:s}", "name", name), ref);
		if (rc != EXIT_DONE)
			return rc;
	}
	if (place != NULL) {
		rc = post_step(call, "/v1/site", stands, ref);
		if (rc != EXIT_DONE)
			return rc;
		set_text(call, "site", ref);
		json_object_del(call->fields, "place");
	}
	rc = verb_write_fields(call, "/v1/self");
	if (rc == EXIT_DONE && !call->json)
		print_who_is_trusted(call);
	return rc;
}

int verb_site(struct call *call)
{
	set_text(call, "name", call->words[0]);
	return verb_write_fields(call, "/v1/site");
}

static int post_line(struct call *call, const char *kind)
{
	set_text(call, "kind", kind);
	set_text(call, "item", call->words[0]);
	return take_quantity(call, 1) ? verb_write_fields(call, "/v1/line") : EXIT_USAGE;
}

int verb_need(struct call *call)
{
	return post_line(call, "need");
}

int verb_offer(struct call *call)
{
	return post_line(call, "offer");
}

int verb_stock(struct call *call)
{
	return post_line(call, "stock");
}

int verb_write_move(struct call *call, const char *stage, const char *field)
{
	set_text(call, "stage", stage);
	set_text(call, field, call->words[0]);
	return take_quantity(call, 1) ? verb_write_fields(call, "/v1/move") : EXIT_USAGE;
}

int verb_pledge(struct call *call)
{
	return verb_write_move(call, "pledged", "of");
}

int verb_send(struct call *call)
{
	return verb_write_move(call, "sent", "after");
}

int verb_release(struct call *call)
{
	return verb_write_move(call, "released", "after");
}

/* The first word names a need, offer or stock, and no load. */
static bool names_line(struct call *call)
{
	struct reply reply;
	const char *kind = field_string(record_get(call, &reply, call->words[0]), "kind");
	bool is_line = strcmp(kind, "need") == 0 || strcmp(kind, "stock") == 0 || strcmp(kind, "offer") == 0;

	reply_fini(&reply);
	return is_line;
}

/* Of a load that is on its way, or from the shelf. */
static int write_end(struct call *call, const char *stage)
{
	return verb_write_move(call, stage, names_line(call) ? "from" : "after");
}

/* A load; or what came by itself for a need, or onto a stock. */
int verb_receive(struct call *call)
{
	return verb_write_move(call, "received", names_line(call) ? "of" : "after");
}

int verb_lost(struct call *call)
{
	return write_end(call, "lost");
}

int verb_spoiled(struct call *call)
{
	return write_end(call, "spoiled");
}

int verb_back(struct call *call)
{
	return write_end(call, "returned");
}

int verb_give(struct call *call)
{
	return verb_write_move(call, "given", "from");
}

int verb_take_back(struct call *call)
{
	return verb_write_move(call, "returned", "after");
}

/* Which of the API's paths a record is written through; NULL after saying why there is none. `ref` gets its ref. */
static const char *path_of(struct call *call, char ref[64], int *rc)
{
	struct reply reply;
	char path[400];
	char *encoded = client_encode(&call->client, call->words[0]);
	const char *kind, *found = NULL;

	snprintf(path, sizeof(path), "/v1/record/%s", encoded != NULL ? encoded : "");
	free(encoded);
	client_get(&call->client, &reply, path);
	*rc = reply_check(call, &reply);
	if (*rc == EXIT_DONE) {
		kind = json_string_value(json_object_get(reply.json, "kind"));
		field_text(ref, json_object_get(reply.json, "record"), "ref");
		if (kind != NULL && strcmp(kind, "site") == 0)
			found = "/v1/site";
		else if (kind != NULL && (strcmp(kind, "move") == 0 || strcmp(kind, "note") == 0))
			found = strcmp(kind, "move") == 0 ? "/v1/move" : "/v1/note";
		else if (kind != NULL)
			found = "/v1/line";
	}
	reply_fini(&reply);
	return found;
}

int verb_edit(struct call *call)
{
	char ref[64];
	const char *path;
	int rc;

	if (json_object_size(call->fields) == 0) {
		fprintf(stderr, "Say what to change. For example: %s\n", call->verb->example);
		return EXIT_USAGE;
	}
	path = path_of(call, ref, &rc);
	if (path == NULL)
		return rc;
	/* Of a move the word that was typed is corrected, which need not be the first of its journey. */
	set_text(call, "ref", strcmp(path, "/v1/move") == 0 ? call->words[0] : ref);
	return verb_write_fields(call, path);
}

int verb_close(struct call *call)
{
	char ref[64];
	int rc;
	const char *path = path_of(call, ref, &rc), *reason = options_text(call, "closed");

	if (path == NULL)
		return rc;
	if (strcmp(path, "/v1/move") == 0 || strcmp(path, "/v1/note") == 0) {
		fprintf(stderr,
			"\"%s\" is neither a site nor a need, offer or stock: a pledge is released, a note taken back "
			"(aidmesh withdraw).\n",
			call->words[0]);
		return EXIT_REFUSED;
	}
	set_text(call, "ref", ref);
	if (strcmp(path, "/v1/site") == 0) {
		set_text(call, "state", reason != NULL && strcmp(reason, "moved") == 0 ? "moved" : "closed");
		json_object_del(call->fields, "closed");
	} else if (reason == NULL) {
		set_text(call, "closed", "done");
	}
	return verb_write_fields(call, path);
}

int verb_reopen(struct call *call)
{
	char ref[64];
	int rc;
	const char *path = path_of(call, ref, &rc);

	if (path == NULL)
		return rc;
	if (strcmp(path, "/v1/move") == 0 || strcmp(path, "/v1/note") == 0) {
		fprintf(stderr, "\"%s\" is neither a site nor a need, offer or stock.\n", call->words[0]);
		return EXIT_REFUSED;
	}
	set_text(call, "ref", ref);
	set_text(call, strcmp(path, "/v1/site") == 0 ? "state" : "closed", "open");
	return verb_write_fields(call, path);
}

int verb_note(struct call *call)
{
	if (json_object_get(call->fields, "severity") != NULL)
		set_text(call, "kind", "alert");
	if (json_object_del(call->fields, "drill") == 0)
		json_object_set_new(call->fields, "flags", json_pack("[s]", "drill"));
	if (call->word_count == 2)
		set_text(call, "of", call->words[0]);
	/* One word alone is a text, unless its kind says it all about a record. */
	if (call->word_count == 1 && options_text(call, "kind") != NULL &&
	    json_object_get(call->fields, "severity") == NULL && strcmp(options_text(call, "kind"), "message") != 0)
		set_text(call, "of", call->words[0]);
	else
		set_text(call, "text", call->words[call->word_count - 1]);
	return verb_write_fields(call, "/v1/note");
}

/* Three numbers, or none. Gives the exit code. */
static int take_doors(struct call *call)
{
	static const char *const NAMES[][2] = { { "doors", "asked" },
						{ "answered", "answered" },
						{ "nothing", "nothing" } };
	json_t *doors = json_object();

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
		json_t *number = json_object_get(call->fields, NAMES[i][0]);

		if (number != NULL)
			json_object_set(doors, NAMES[i][1], number);
		json_object_del(call->fields, NAMES[i][0]);
	}
	if (json_object_size(doors) == 3)
		json_object_set(call->fields, "doors", doors);
	else if (json_object_size(doors) > 0)
		fputs("Say all three: --doors, --answered, --nothing. Or none, where nobody counted and nothing is "
		      "needed.\n",
		      stderr);
	if (json_object_size(doors) % 3 != 0) {
		json_decref(doors);
		return EXIT_USAGE;
	}
	json_decref(doors);
	return EXIT_DONE;
}

int verb_round(struct call *call)
{
	int rc = take_doors(call);

	if (rc != EXIT_DONE)
		return rc;
	set_text(call, "kind", "round");
	if (call->word_count > 0)
		set_text(call, "site", call->words[0]);
	return verb_write_fields(call, "/v1/line");
}

/* Of a need; or of all that is needed at a place, this node's own where none is named. */
int verb_still_needed(struct call *call)
{
	set_text(call, "kind", "still-needed");
	if (call->word_count > 0)
		set_text(call, "of", call->words[0]);
	return verb_write_fields(call, "/v1/note");
}

int verb_vouch(struct call *call)
{
	bool withdraws = json_object_del(call->fields, "withdraw") == 0;
	bool keeper = options_text(call, "site") != NULL;

	set_text(call, "key", call->words[0]);
	set_text(call, "kind", keeper ? withdraws ? "keeper-end" : "keeper" : withdraws ? "withdraw" : "vouch");
	return verb_write_fields(call, "/v1/trust");
}
