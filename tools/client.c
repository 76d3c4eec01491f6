/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "tools/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tools/age.h"

static const long FETCH_CONNECT_S = 10, FETCH_SILENCE_S = 30;
static const char SYSTEM_SOCKET[] = "/run/aidmesh/control.sock";

static void socket_find(char *out, size_t size)
{
	const char *named = getenv("AIDMESH_SOCKET"), *runtime = getenv("XDG_RUNTIME_DIR");
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (named != NULL && named[0] != '\0') {
		snprintf(out, size, "%s", named);
		return;
	}
	if (runtime != NULL && runtime[0] != '\0') {
		snprintf(out, size, "%s/aidmesh/control.sock", runtime);
		if (access(out, F_OK) == 0)
			return;
	}
	/* Where tools/run puts it. */
	if (state != NULL && state[0] != '\0')
		snprintf(out, size, "%s/aidmesh/node/control.sock", state);
	else
		snprintf(out, size, "%s/.local/state/aidmesh/node/control.sock", home != NULL ? home : "");
	if (access(out, F_OK) == 0)
		return;
	snprintf(out, size, "%s", SYSTEM_SOCKET);
}

bool client_open(struct client *client, const char *socket)
{
	*client = (struct client){ 0 };
	if (socket != NULL && strlen(socket) >= sizeof(client->socket))
		return false;
	if (socket != NULL)
		strcpy(client->socket, socket);
	else
		socket_find(client->socket, sizeof(client->socket));
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return false;
	client->curl = curl_easy_init();
	return client->curl != NULL;
}

void client_close(struct client *client)
{
	if (client->curl != NULL)
		curl_easy_cleanup(client->curl);
	curl_global_cleanup();
}

static size_t on_data(char *data, size_t one, size_t size, void *user)
{
	struct reply *reply = user;
	char *grown = realloc(reply->data, reply->size + size + 1);

	(void)one;
	if (grown == NULL)
		return 0;
	memcpy(grown + reply->size, data, size);
	reply->data = grown;
	reply->size += size;
	grown[reply->size] = '\0';
	return size;
}

static const char *language_of(void)
{
	static const char *const NAMES[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++) {
		const char *locale = getenv(NAMES[i]);

		if (locale != NULL && locale[0] != '\0')
			return strlen(locale) >= 2 ? locale : "en";
	}
	return "en";
}

static void perform(struct client *client, struct reply *reply, const char *path, struct curl_slist *headers)
{
	char url[2048], language[40];

	/* What people read comes in their language, as the locale names it: es_MX.UTF-8. */
	snprintf(language, sizeof(language), "Accept-Language: %.2s", language_of());
	headers = curl_slist_append(headers, language);
	snprintf(url, sizeof(url), "http://localhost%s", path);
	curl_easy_setopt(client->curl, CURLOPT_URL, url);
	curl_easy_setopt(client->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(client->curl, CURLOPT_UNIX_SOCKET_PATH, client->socket);
	curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, reply);
	if (curl_easy_perform(client->curl) == CURLE_OK)
		curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &reply->status);
	curl_slist_free_all(headers);
	if (reply->data != NULL)
		reply->json = json_loadb(reply->data, reply->size, 0, NULL);
}

void client_fetch(struct client *client, struct reply *reply, const char *url, size_t most)
{
	*reply = (struct reply){ 0 };
	curl_easy_reset(client->curl);
	curl_easy_setopt(client->curl, CURLOPT_URL, url);
	curl_easy_setopt(client->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(client->curl, CURLOPT_CONNECTTIMEOUT, FETCH_CONNECT_S);
	curl_easy_setopt(client->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(client->curl, CURLOPT_LOW_SPEED_TIME, FETCH_SILENCE_S);
	curl_easy_setopt(client->curl, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)most);
	curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, on_data);
	curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, reply);
	if (curl_easy_perform(client->curl) == CURLE_OK)
		curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &reply->status);
	if (reply->status != 200 && reply->data != NULL)
		reply->json = json_loadb(reply->data, reply->size, 0, NULL);
}

void client_get(struct client *client, struct reply *reply, const char *path)
{
	*reply = (struct reply){ 0 };
	curl_easy_reset(client->curl);
	perform(client, reply, path, NULL);
}

void client_post(struct client *client, struct reply *reply, const char *path, const char *type, const void *data,
		 size_t size)
{
	char header[80];

	*reply = (struct reply){ 0 };
	snprintf(header, sizeof(header), "Content-Type: %s", type);
	curl_easy_reset(client->curl);
	curl_easy_setopt(client->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)size);
	curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, data);
	perform(client, reply, path, curl_slist_append(NULL, header));
}

void client_post_json(struct client *client, struct reply *reply, const char *path, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);

	*reply = (struct reply){ 0 };
	if (text != NULL)
		client_post(client, reply, path, "application/json", text, strlen(text));
	free(text);
	json_decref(body);
}

int64_t client_now(struct client *client)
{
	struct reply reply;
	int64_t now;

	client_get(client, &reply, "/v1/status");
	now = age_read(json_string_value(json_object_get(reply.json, "now")));
	reply_fini(&reply);
	return now != 0 ? now : (int64_t)time(NULL);
}

char *client_encode(const struct client *client, const char *text)
{
	char *encoded = curl_easy_escape(client->curl, text, 0), *copy = encoded != NULL ? strdup(encoded) : NULL;

	curl_free(encoded);
	return copy;
}

static size_t on_event(char *data, size_t one, size_t size, void *user)
{
	bool *changed = user;

	(void)data;
	(void)one;
	*changed = true;
	return size;
}

CURL *client_listen(const struct client *client, bool *changed)
{
	CURL *curl = curl_easy_init();

	if (curl == NULL)
		return NULL;
	curl_easy_setopt(curl, CURLOPT_URL, "http://localhost/v1/events");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, client->socket);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_event);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, changed);
	return curl;
}
