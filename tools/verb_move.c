/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* A load's way between people: asked for, accepted, declined, turned elsewhere, and the paper that travels with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/table.h"
#include "tools/age.h"
#include "tools/verbs.h"

enum { PAPER_COLUMNS = 32 /* of a till printer for 58 mm */, PAPER_INDENT = 8 };

static bool is_stage(const json_t *move, const char *stage)
{
	return strcmp(field_string(move, "stage"), stage) == 0;
}

static int record_read(struct call *call, struct reply *reply, const char *ref)
{
	char path[200];
	char *encoded = client_encode(&call->client, ref);

	snprintf(path, sizeof(path), "/v1/record/%s", encoded != NULL ? encoded : "");
	free(encoded);
	client_get(&call->client, reply, path);
	return reply_check(call, reply);
}

/* The move that the first word names. NULL after saying why there is none; the reply is the caller's to fini. */
static const json_t *move_read(struct call *call, struct reply *reply, int *rc)
{
	*rc = record_read(call, reply, call->words[0]);
	if (*rc != EXIT_DONE)
		return NULL;
	if (strcmp(field_string(reply->json, "kind"), "move") == 0)
		return json_object_get(reply->json, "record");
	fprintf(stderr, "\"%s\" is no pledge, shipment or ask: \"aidmesh list moves\" shows those.\n", call->words[0]);
	*rc = EXIT_REFUSED;
	return NULL;
}

int verb_request(struct call *call)
{
	if (options_text(call, "from") == NULL) {
		fprintf(stderr, "Say from which stock or offer with --from. For example: %s\n", call->verb->example);
		return EXIT_USAGE;
	}
	return verb_write_move(call, "asked", "of");
}

/* Whoever has the stock answers an ask with a pledge; whoever needs it says that a stranger's pledge is welcome. */
int verb_accept(struct call *call)
{
	struct reply reply;
	int rc;
	const json_t *move = move_read(call, &reply, &rc);

	if (move == NULL) {
		reply_fini(&reply);
		return rc;
	}
	if (is_stage(move, "asked")) {
		rc = verb_write_move(call, "pledged", "after");
	} else if (!is_stage(move, "pledged") && !is_stage(move, "sent")) {
		fprintf(stderr, "%s is %s: there is nothing to accept.\n", call->words[0], field_string(move, "stage"));
		rc = EXIT_REFUSED;
	} else if (call->word_count > 1 || json_object_size(call->fields) > 0) {
		fputs("A pledge is accepted as it is: leave out quantity and options.\n", stderr);
		rc = EXIT_USAGE;
	} else if (json_is_true(json_object_get(move, "counts"))) {
		printf("%s counts already: nothing more to accept.\n", call->words[0]);
	} else {
		rc = verb_write_move(call, "asked", "after");
	}
	reply_fini(&reply);
	return rc;
}

/* An ask is declined by its ref; a need by its own, beside the stock that will not serve it. */
int verb_decline(struct call *call)
{
	struct reply reply;
	int rc = record_read(call, &reply, call->words[0]);
	bool is_move = rc == EXIT_DONE && strcmp(field_string(reply.json, "kind"), "move") == 0;

	reply_fini(&reply);
	return rc == EXIT_DONE ? verb_write_move(call, "declined", is_move ? "after" : "of") : rc;
}

int verb_reroute(struct call *call)
{
	json_object_set_new(call->fields, "of", json_string(call->words[1]));
	call->word_count = 1; /* the second is no quantity */
	return verb_write_move(call, "pledged", "after");
}

/* --- the waybill --- */

/* As many bytes of `text` as fit into `columns`, up to a space where there is one; at least a character. */
static size_t row_size(const char *text, size_t columns)
{
	size_t fits = 0, at_space = 0;
	char row[PAPER_COLUMNS * 4 + 1];

	for (size_t size = 1; size < sizeof(row); size++) {
		/* Not within a character. */
		if (((unsigned char)text[size] & 0xC0) == 0x80)
			continue;
		memcpy(row, text, size);
		row[size] = '\0';
		if (table_text_width(row) > columns)
			break;
		fits = size;
		if (text[size] == '\0')
			return size;
		if (text[size] == ' ')
			at_space = size;
	}
	return at_space > 0 ? at_space : fits > 0 ? fits : 1;
}

/* "From    Elm school", wrapped under itself. Nothing where there is no text. What strangers wrote moves no cursor. */
static void paper_print(const char *label, const char *words)
{
	char copy[300];
	const char *text = copy;

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *c = copy; *c != '\0'; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			*c = ' ';
	text += strspn(text, " ");
	while (*text != '\0') {
		size_t size = row_size(text, PAPER_COLUMNS - PAPER_INDENT);

		printf("%-*s%.*s\n", PAPER_INDENT, label, (int)size, text);
		label = "";
		text += size;
		text += strspn(text, " ");
	}
}

/* How what is loaded is to be kept, and until when. */
static void goods_print(const json_t *move)
{
	const char *use_by = field_string(move, "use_by");
	char words[80];
	const json_t *flag;
	size_t index;

	json_array_foreach (json_object_get(move, "flags"), index, flag) {
		snprintf(words, sizeof(words), "%s", json_string_value(flag));
		for (char *dash = strchr(words, '-'); dash != NULL; dash = strchr(dash, '-'))
			*dash = ' ';
		paper_print("", words);
	}
	if (use_by[0] == '\0')
		return;
	snprintf(words, sizeof(words), "%s%s", use_by,
		 json_is_true(json_object_get(move, "past_use")) ? ", past use-by" : "");
	paper_print("Use by", words);
}

/* A place's name, and where it is, as exactly as the node knows it. */
static void end_print(struct call *call, const char *label, const char *site, const char *ref)
{
	struct reply reply;
	const json_t *place;
	char where[80];

	paper_print(label, site[0] != '\0' ? site : "no site");
	if (ref[0] == '\0')
		return;
	if (record_read(call, &reply, ref) == EXIT_DONE) {
		place = json_object_get(json_object_get(reply.json, "record"), "place");
		if (json_is_object(place)) {
			snprintf(where, sizeof(where), "%s%.5f,%.5f",
				 json_integer_value(json_object_get(place, "digits")) < 15 ? "near " : "",
				 json_number_value(json_object_get(place, "lat")),
				 json_number_value(json_object_get(place, "lon")));
			paper_print("", where);
		}
	}
	reply_fini(&reply);
	paper_print("", ref);
}

static void sign_print(const char *what)
{
	printf("\n%s\n", what);
	for (int line = 0; line < 2; line++)
		printf("%s ______________________\n", line == 0 ? "Quantity" : "Time    ");
	puts("Signed   ______________________");
}

static void waybill_print(struct call *call, const json_t *move)
{
	const char *unit = field_string(move, "unit"), *due = field_string(move, "due");
	char quantity[64], amount[300], when[40];
	int64_t time = age_read(due);

	field_text(quantity, move, "quantity");
	snprintf(amount, sizeof(amount), "%s%s%.40s %.120s", quantity, unit[0] != '\0' ? " " : "", unit,
		 field_string(move, "item_name"));
	puts("WAYBILL (aidmesh)");
	paper_print("Pledge", field_string(move, "ref"));
	paper_print("Load", amount);
	goods_print(move);
	end_print(call, "From", field_string(move, "from_site"), field_string(move, "from"));
	end_print(call, "To", field_string(move, "to_site"), field_string(move, "of"));
	if (time != 0) {
		snprintf(when, sizeof(when), "%.10s %.5s UTC", due, due + 11);
		paper_print("Due", when);
	}
	paper_print("Note", field_string(move, "text"));
	sign_print("Handed over");
	sign_print("Received");
	printf("\nThen, at any node of the place:\naidmesh receive %s QTY\n", field_string(move, "ref"));
}

int verb_waybill(struct call *call)
{
	struct reply reply;
	int rc;
	const json_t *move = move_read(call, &reply, &rc);

	if (move != NULL && !is_stage(move, "pledged") && !is_stage(move, "sent")) {
		fprintf(stderr, "%s is %s: a waybill is for what is pledged or sent.\n", call->words[0],
			field_string(move, "stage"));
		rc = EXIT_REFUSED;
	} else if (move != NULL && call->json) {
		reply_print_json(&reply);
	} else if (move != NULL) {
		waybill_print(call, move);
	}
	reply_fini(&reply);
	return rc;
}
