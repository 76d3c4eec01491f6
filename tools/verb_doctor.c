/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What is well and what is not, with what to do: of the machine by itself, of the node as far as it answers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/doctor.h"
#include "tools/table.h"
#include "tools/verbs.h"

static const char *const FINDINGS[] = { [FINDING_OK] = "ok", [FINDING_LOOK] = "look", [FINDING_BAD] = "BAD" };
static const char *const WORDS[] = { [FINDING_OK] = "ok", [FINDING_LOOK] = "look", [FINDING_BAD] = "bad" };

void doctor_add(json_t *rows, const char *subject, enum finding finding, const char *sentence, const char *remedy)
{
	json_array_append_new(rows, json_pack("{s:s, s:s, s:s, s:s}", "subject", subject, "finding", WORDS[finding],
					      "sentence", sentence, "remedy", remedy));
}

/* Why no node answers, as far as its socket says. */
static void add_no_node(json_t *rows, const char *socket)
{
	char text[300];

	if (access(socket, F_OK) != 0 && errno == ENOENT) {
		snprintf(text, sizeof(text), "No node runs: there is no socket %s.", socket);
		doctor_add(
			rows, "service", FINDING_BAD, text,
			"sudo systemctl start aidmeshd, and where it does not stay: sudo journalctl -u aidmeshd -n 20");
	} else if (access(socket, R_OK | W_OK) != 0) {
		snprintf(text, sizeof(text), "You may not use the socket %s.", socket);
		doctor_add(rows, "service", FINDING_BAD, text,
			   "Join its group and log in again: sudo usermod -aG aidmesh $USER");
	} else {
		snprintf(text, sizeof(text), "The node at %s has died or hangs.", socket);
		doctor_add(rows, "service", FINDING_BAD, text,
			   "sudo systemctl restart aidmeshd, and see sudo journalctl -u aidmeshd -n 20");
	}
}

static void get(json_t **out, struct call *call, const char *path)
{
	struct reply reply;

	client_get(&call->client, &reply, path);
	*out = reply.status == 200 ? json_incref(reply.json) : NULL;
	reply_fini(&reply);
}

/* A label of the line aidmesh_info of the metrics; "?" where there is none. */
static void label_read(char out[16], const char *metrics, const char *label)
{
	const char *line = metrics != NULL ? strstr(metrics, "\naidmesh_info{") : NULL;
	const char *at = line != NULL ? strstr(line, label) : NULL;

	snprintf(out, 16, "?");
	if (at != NULL)
		snprintf(out, 16, "%.*s", (int)strcspn(at + strlen(label), "\""), at + strlen(label));
}

static void add_version(json_t *rows, struct call *call, const json_t *status)
{
	const char *running = field_string(status, "version");
	char protocol[16], schema[16], text[200];
	struct reply reply;

	client_get(&call->client, &reply, "/v1/metrics");
	label_read(protocol, reply.data, "protocol=\"");
	label_read(schema, reply.data, "schema=\"");
	reply_fini(&reply);
	snprintf(text, sizeof(text), "The node is %.40s (protocol %s, schema %s), this command %s.", running, protocol,
		 schema, AIDMESH_VERSION);
	if (strcmp(running, AIDMESH_VERSION) == 0)
		doctor_add(rows, "version", FINDING_OK, text, "");
	else
		doctor_add(rows, "version", FINDING_LOOK, text,
			   "After an upgrade the node wants a restart: sudo systemctl restart aidmeshd");
}

static void add_clock(json_t *rows, const json_t *status)
{
	const json_t *clock = json_object_get(status, "clock");
	bool is_set = strcmp(field_string(clock, "quality"), "set") == 0;

	doctor_add(rows, "clock", is_set ? FINDING_OK : FINDING_LOOK, field_string(clock, "sentence"),
		   is_set ? "" : "aidmesh clock set \"2026-11-30 12:40\", or aidmesh clock confirm");
}

static void add_notices(json_t *rows, const json_t *status)
{
	const json_t *list = json_object_get(status, "notices"), *notice;
	size_t i;

	if (json_is_true(json_object_get(status, "store_failed")))
		doctor_add(rows, "card", FINDING_BAD, "The card failed: nothing new is kept.",
			   "aidmesh export FILE to a stick, then change the card.");
	json_array_foreach (list, i, notice) {
		const char *name = field_string(notice, "notice");
		bool is_bad = strncmp(name, "key-", 4) == 0 || strcmp(name, "card-copied") == 0;

		if (strcmp(name, "renewed") != 0)
			doctor_add(rows, name, is_bad ? FINDING_BAD : FINDING_LOOK, field_string(notice, "sentence"),
				   "");
	}
}

static void add_radio(json_t *rows, struct call *call)
{
	json_t *answer;
	const json_t *radio;
	const char *state;

	get(&answer, call, "/v1/radio");
	radio = json_object_get(answer, "radio") != NULL ? json_object_get(answer, "radio") : answer;
	state = field_string(radio, "state");
	if (strcmp(state, "refused") == 0)
		doctor_add(rows, "radio", FINDING_BAD, field_string(radio, "sentence"), "aidmesh radio");
	else if (strcmp(state, "missing") == 0)
		doctor_add(rows, "radio", FINDING_LOOK, field_string(radio, "sentence"), "aidmesh radio");
	else if (state[0] != '\0')
		doctor_add(rows, "radio", FINDING_OK, field_string(radio, "sentence"), "");
	json_decref(answer);
}

static void add_neighbours(json_t *rows, struct call *call, const json_t *status)
{
	const char *network = field_string(status, "network");
	json_t *answer;
	size_t count, safe = 0, i;
	const json_t *peer;
	char text[120];

	get(&answer, call, "/v1/peers");
	count = json_array_size(json_object_get(answer, "peers"));
	json_array_foreach (json_object_get(answer, "peers"), i, peer) {
		safe += strcmp(field_string(peer, "state"), "safe") == 0;
	}
	json_decref(answer);
	snprintf(text, sizeof(text), "%zu in contact, with %zu all is safe.", count, safe);
	if (count > 0)
		doctor_add(rows, "neighbours", FINDING_OK, text, "");
	else
		doctor_add(rows, "neighbours", FINDING_LOOK, network[0] != '\0' ? network : "Nobody is near.", "");
}

static void add_trust(json_t *rows, const json_t *status)
{
	long long count = json_integer_value(json_object_get(status, "trusts"));
	char text[80];

	snprintf(text, sizeof(text), "%lld others are trusted.", count);
	if (count > 0)
		doctor_add(rows, "trust", FINDING_OK, text, "");
	else
		doctor_add(rows, "trust", FINDING_LOOK,
			   "Nobody is trusted: the plan gives nothing away, and takes nothing.",
			   "aidmesh vouch NAME, of those whom you know (aidmesh list authors)");
}

/* What it is for, and what follows from that for whoever stands before it. */
static void add_role(json_t *rows, struct call *call, const char *root)
{
	const char *role, *wifi;
	char text[200] = "";
	json_t *setup, *radio;
	bool has_radio;

	get(&setup, call, "/v1/setup");
	get(&radio, call, "/v1/radio");
	has_radio = strcmp(field_string(radio, "state"), "up") == 0;
	json_decref(radio);
	role = field_string(setup, "role");
	wifi = field_string(setup, "wifi_name");
	if (strcmp(role, "site") == 0)
		snprintf(text, sizeof(text), "A site: its Wi-Fi is %.32s.", wifi);
	else if (strcmp(role, "carried") == 0)
		snprintf(text, sizeof(text), "A carried node: it has no Wi-Fi of its own, and joins the sites'.");
	else if (strcmp(role, "far") == 0)
		snprintf(text, sizeof(text), "A far site: no Wi-Fi and no page, it is reached by radio alone.");
	else if (role[0] != '\0')
		snprintf(text, sizeof(text), "None: its networks are left as they are.");
	if (strcmp(role, "far") == 0 && !has_radio)
		doctor_add(rows, "role", FINDING_BAD, "A far site whose radio does not run: nothing reaches it.",
			   "aidmesh radio says why; or, with Wi-Fi and page: aidmesh setup --role site");
	else if ((strcmp(role, "site") == 0 || strcmp(role, "carried") == 0) && !doctor_has_wifi(root))
		doctor_add(rows, "role", FINDING_BAD,
			   "This role wants a Wi-Fi device, and the machine has none: no phone joins.",
			   "The board's Wi-Fi may lack its firmware: sudo dmesg | grep brcm; or plug in a Wi-Fi stick");
	else if (text[0] != '\0')
		doctor_add(rows, "role", FINDING_OK, text, "");
	json_decref(setup);
}

static void add_households(json_t *rows, const json_t *status)
{
	if (strcmp(field_string(status, "households"), "locked") == 0)
		doctor_add(rows, "households", FINDING_LOOK,
			   "Who households are is locked since the node started; deliveries go on.", "aidmesh unlock");
}

static void add_node(json_t *rows, struct call *call, const char *root, char display[16])
{
	json_t *status;
	char text[160];

	get(&status, call, "/v1/status");
	if (status == NULL) {
		add_no_node(rows, call->client.socket);
		return;
	}
	snprintf(display, 16, "%.15s", field_string(status, "display"));
	snprintf(text, sizeof(text), "The node %.60s answers.", field_string(status, "name"));
	doctor_add(rows, "service", FINDING_OK, text, "");
	add_version(rows, call, status);
	add_role(rows, call, root);
	add_notices(rows, status);
	add_households(rows, status);
	add_clock(rows, status);
	add_radio(rows, call);
	add_neighbours(rows, call, status);
	add_trust(rows, status);
	json_decref(status);
}

/* Where the node keeps what it has: as its settings say by default. */
static void folder_find(char out[256], const struct call *call, const char *root)
{
	const char *asked = options_text(call, "folder"), *home = getenv("HOME");
	char path[600];

	snprintf(out, 256, "%s", asked != NULL ? asked : "/var/lib/aidmesh");
	snprintf(path, sizeof(path), "%s/var/lib/aidmesh", root);
	if (asked == NULL && access(path, F_OK) != 0 && home != NULL && root[0] == '\0')
		snprintf(out, 256, "%.200s/.local/state/aidmesh", home);
}

static void print_rows(const json_t *rows)
{
	struct table table;
	const json_t *row;
	size_t i;

	table_init(&table, "SUBJECT||WHAT IS");
	json_array_foreach (rows, i, row) {
		const char *word = field_string(row, "finding"), *remedy = field_string(row, "remedy");

		table_add(&table, field_string(row, "subject"));
		table_add(&table, strcmp(word, "bad") == 0 ? FINDINGS[FINDING_BAD] : word);
		table_add(&table, field_string(row, "sentence"));
		if (remedy[0] == '\0')
			continue;
		table_add(&table, "");
		table_add(&table, "");
		table_add(&table, remedy);
	}
	table_print(&table, stdout);
	table_fini(&table);
}

static bool is_any_bad(const json_t *rows)
{
	const json_t *row;
	size_t i;

	json_array_foreach (rows, i, row) {
		if (strcmp(field_string(row, "finding"), "bad") == 0)
			return true;
	}
	return false;
}

int verb_doctor(struct call *call)
{
	const char *root = options_text(call, "root") != NULL ? options_text(call, "root") : "";
	json_t *answer = json_pack("{s:[]}", "findings"), *rows = json_object_get(answer, "findings");
	char folder[256], display[16] = "", *text;
	int rc;

	add_node(rows, call, root, display);
	folder_find(folder, call, root);
	doctor_answers(rows, root);
	doctor_card(rows, root, folder);
	doctor_memory(rows, root);
	doctor_heat(rows, root);
	doctor_power(rows, root);
	doctor_display(rows, root, display);
	doctor_interfaces(rows, root);
	rc = is_any_bad(rows) ? EXIT_REFUSED : EXIT_DONE;
	if (call->json) {
		text = json_dumps(answer, JSON_COMPACT);
		puts(text != NULL ? text : "");
		free(text);
	} else {
		print_rows(rows);
	}
	json_decref(answer);
	return rc;
}
