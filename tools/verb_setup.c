/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is asked at the first start, one question after the other or by options; and what to hang on the wall. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tools/secret.h"
#include "tools/verbs.h"

enum { LINE_SIZE = 300, QUESTION_SIZE = 600, BACK_S = 60, LOOK_MS = 200 };

static void set(json_t *answers, const char *name, const char *value)
{
	if (value[0] != '\0')
		json_object_set_new(answers, name, json_string(value));
}

static const char *or_none(const char *text, const char *none)
{
	return text[0] != '\0' ? text : none;
}

/* False: nobody types any more. An empty line leaves what is in brackets. */
static bool ask(json_t *answers, const char *name, const char *question, const char *stands)
{
	char text[QUESTION_SIZE], line[LINE_SIZE];

	snprintf(text, sizeof(text), "%s [%s]: ", question, stands);
	if (!line_ask(line, sizeof(line), text))
		return false;
	set(answers, name, line);
	return true;
}

static bool ask_words(json_t *answers, const json_t *setup)
{
	char question[QUESTION_SIZE];

	snprintf(question, sizeof(question),
		 "\nThe neighbourhood's words, the same on all its nodes and told to nobody else: at least 4 words, 20 "
		 "letters.\nThe first node may take these: %s\nWords",
		 field_string(setup, "proposed_words"));
	return ask(answers, "words", question,
		   json_is_true(json_object_get(setup, "words")) ? "as they are" : "none: the radio is open");
}

static bool ask_passphrase(json_t *answers, const json_t *setup)
{
	char line[LINE_SIZE];

	if (json_is_true(json_object_get(setup, "passphrase"))) {
		fputs("\nA passphrase seals who households are; it is changed by: aidmesh passphrase\n", stderr);
		return true;
	}
	if (!secret_ask(line, sizeof(line),
			"\nA passphrase seals who households are, so that whoever takes the card does not read them. "
			"Somebody gives it\nafter each start. At least 12 characters; forgotten, they are lost.\n"
			"Passphrase, not shown [none]: "))
		return false;
	set(answers, "passphrase", line);
	return true;
}

static bool ask_all(json_t *answers, const json_t *setup)
{
	const char *region = field_string(setup, "region");

	fputs("Five questions. Enter leaves what is in brackets.\n\n", stderr);
	return ask(answers, "name", "What people call this place, 24 letters", field_string(setup, "name")) &&
	       ask(answers, "place", "\nWhere it stands: degrees such as 35.1064,-77.0936, or a Plus Code",
		   or_none(field_string(setup, "site_ref"), "nowhere yet")) &&
	       ask_words(answers, setup) && ask_passphrase(answers, setup) &&
	       ask(answers, "region",
		   "\nWhere the radio sends: EU868, EU433, US915, AU915, AS923, IN865, KR920, NZ865 or JP920\nRegion",
		   or_none(region, "none: an RNode stays silent"));
}

/* Which run of the node answers; 0: none does. */
static long long run_of(struct call *call)
{
	struct reply reply;
	long long run;

	client_get(&call->client, &reply, "/v1/setup");
	run = reply.status == 200 ? json_integer_value(json_object_get(reply.json, "run")) : 0;
	reply_fini(&reply);
	return run;
}

/* It starts again within itself: until it has. */
static int wait_for_it(struct call *call, long long was)
{
	const struct timespec look = { .tv_nsec = LOOK_MS * 1000000L };

	for (int tries = 0; tries < BACK_S * 1000 / LOOK_MS; tries++) {
		long long is = run_of(call);

		if (is != 0 && is != was)
			return EXIT_DONE;
		nanosleep(&look, NULL);
	}
	fputs("The node has not come back yet: see its log.\n", stderr);
	return EXIT_UNREACHABLE;
}

/* What the role changes for people, and what they do next. */
static const char *next_of(const char *role)
{
	if (strcmp(role, "carried") == 0)
		return "Its own Wi-Fi is off: it joins the sites' that have the same words, and phones find it there.\n"
		       "Next: tell the PIN to those who carry it.";
	if (strcmp(role, "far") == 0)
		return "Its Wi-Fi is off and its page is closed: it is reached by radio alone (aidmesh radio), and "
		       "here.\n"
		       "Next: tell the PIN to those who help.";
	return "Next: aidmesh poster > poster.html, print it and hang it up, again whenever the Wi-Fi's name or "
	       "password "
	       "is another;\ntell the PIN to those who help.";
}

static int print_outcome(struct call *call)
{
	struct reply reply, pin;
	int rc;

	client_get(&call->client, &reply, "/v1/setup");
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE && call->json)
		reply_print_json(&reply);
	if (rc == EXIT_DONE && !call->json) {
		client_get(&call->client, &pin, "/v1/pin");
		printf("Name        %s\nPlace       %s\nWords       %s\nPassphrase  %s\nRegion      %s\nRole        "
		       "%s\n"
		       "Wi-Fi       %s\nPIN         %s\n\n",
		       field_string(reply.json, "name"), or_none(field_string(reply.json, "site_ref"), "none"),
		       json_is_true(json_object_get(reply.json, "words")) ? "set" : "none",
		       json_is_true(json_object_get(reply.json, "passphrase")) ? "set; after each start: aidmesh unlock"
									       : "none",
		       or_none(field_string(reply.json, "region"), "none"), field_string(reply.json, "role"),
		       or_none(field_string(reply.json, "wifi_name"), "none"), field_string(pin.json, "pin"));
		puts(next_of(field_string(reply.json, "role")));
		puts("For them: aidmesh poster --card > card.html says what to do.\n"
		     "When you meet a neighbour: aidmesh vouch NAME.");
		reply_fini(&pin);
	}
	reply_fini(&reply);
	return rc;
}

static int post(struct call *call, json_t *answers)
{
	long long was = run_of(call);
	struct reply reply;
	int rc;

	client_post_json(&call->client, &reply, "/v1/setup", answers);
	rc = reply_check(call, &reply);
	reply_fini(&reply);
	if (rc == EXIT_DONE)
		rc = wait_for_it(call, was);
	return rc == EXIT_DONE ? print_outcome(call) : rc;
}

/* An option alone changes that answer; without any, all are asked. */
int verb_setup(struct call *call)
{
	struct reply reply;
	json_t *answers;
	int rc;

	if (json_object_size(call->fields) > 0)
		return post(call, json_incref(call->fields));
	client_get(&call->client, &reply, "/v1/setup");
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE) {
		answers = json_object();
		if (ask_all(answers, reply.json)) {
			rc = post(call, answers);
		} else {
			fputs("\nNothing was changed.\n", stderr);
			json_decref(answers);
			rc = EXIT_USAGE;
		}
	}
	reply_fini(&reply);
	return rc;
}

int verb_poster(struct call *call)
{
	const char *language = options_text(call, "language");
	char path[64];
	struct reply reply;
	int rc;

	snprintf(path, sizeof(path), "/v1/%s%s%.8s",
		 json_is_true(json_object_get(call->fields, "card")) ? "card" : "poster",
		 language != NULL ? "?language=" : "", language != NULL ? language : "");
	client_get(&call->client, &reply, path);
	rc = reply_check(call, &reply);
	if (rc == EXIT_DONE)
		fwrite(reply.data, 1, reply.size, stdout);
	reply_fini(&reply);
	return rc;
}
