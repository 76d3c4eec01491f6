/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Who may do what: names under which a browser may call, and the volunteers' PIN. */
#include <arpa/inet.h>
#include <assert.h>
#include <string.h>
#include <strings.h>

#include "board/api/api_inside.h"

/* `name` stands in the list between spaces. */
static bool is_listed(const char *list, const char *name, size_t size)
{
	while (list != NULL && *list != '\0') {
		size_t word = strcspn(list, " ");

		if ((word == size && strncasecmp(list, name, size) == 0) || (word == 1 && *list == '*'))
			return true;
		list += word;
		list += strspn(list, " ");
	}
	return false;
}

/* "127.0.0.1" or "[::1]". */
static bool is_address(const char *host, size_t size)
{
	unsigned char bytes[16];
	char text[64];

	if (size >= sizeof(text))
		return false;
	memcpy(text, host, size);
	text[size] = '\0';
	if (text[0] != '[' || text[size - 1] != ']')
		return inet_pton(AF_INET, text, bytes) == 1;
	text[size - 1] = '\0';
	return inet_pton(AF_INET6, text + 1, bytes) == 1;
}

/* A page of another site, whose name was made to point here, still says that name; an address it cannot say. */
bool api_host_is_ours(const struct api *api, const struct http_exchange *x)
{
	const char *host = http_header(x, "Host"), *end;

	if (http_port_of(x) == HTTP_UNIX)
		return true;
	if (host == NULL)
		return false;
	end = host[0] == '[' ? strchr(host, ']') : NULL;
	end = end != NULL ? end + 1 : host + strcspn(host, ":");
	if (*end != '\0' && (*end != ':' || strspn(end + 1, "0123456789") != strlen(end + 1)))
		return false;
	return is_address(host, (size_t)(end - host)) || is_listed("localhost", host, (size_t)(end - host)) ||
	       is_listed(api->config.hosts, host, (size_t)(end - host));
}

/* Takes as long for a near miss as for a far one. */
static bool is_same_secret(const char *a, const char *b)
{
	size_t size = strlen(b);
	unsigned char differs = strlen(a) != size;

	for (size_t i = 0; i < size && a[i] != '\0'; i++)
		differs |= (unsigned char)(a[i] ^ b[i]);
	return differs == 0;
}

/* The wrong tries of an address. */
static unsigned tries_of(const struct api *api, const struct http_address *address)
{
	for (size_t i = 0; i < api->trier_count; i++)
		if (memcmp(&api->triers[i].address, address, sizeof(*address)) == 0)
			return api->triers[i].tries;
	return 0;
}

static void tries_add(struct api *api, const struct http_address *address)
{
	size_t i = 0;

	while (i < api->trier_count && memcmp(&api->triers[i].address, address, sizeof(*address)) != 0)
		i++;
	if (i == api->trier_count) {
		assert(i < API_PIN_TRIES_MAX);
		api->triers[api->trier_count++] = (struct api_trier){ .address = *address };
	}
	api->triers[i].tries++;
	api->pin_tries++;
}

/* Wrong tries are counted by address, so that one guest locks nobody else out, and for all together: on a node's own
 * network one can have many addresses. */
bool api_may_write(struct api *api, struct http_exchange *x)
{
	const char *pin = http_header(x, "Aidmesh-Pin");
	uint64_t now = uv_now(api->config.loop);
	struct http_address address = http_address_of(x);

	if (http_port_of(x) == HTTP_UNIX)
		return true;
	if (now - api->pin_tries_since >= API_PIN_PAUSE_MS) {
		api->pin_tries = 0;
		api->trier_count = 0;
		api->pin_tries_since = now;
	}
	if (api->config.pin[0] == '\0' || pin == NULL) {
		api_answer_error(x, 403, api->config.pin[0] == '\0' ? SAY(PIN_NONE) : SAY(PIN_WANTED));
		return false;
	}
	if (api->pin_tries >= API_PIN_TRIES_MAX || tries_of(api, &address) >= API_PIN_TRIES_ADDRESS_MAX) {
		api_answer_error(x, 403, SAY(PIN_TRIES));
		return false;
	}
	if (is_same_secret(pin, api->config.pin))
		return true;
	tries_add(api, &address);
	api_answer_error(x, 403, SAY(PIN_WRONG));
	return false;
}
