/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/settings/address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parse_port(uint16_t *port, const char *text)
{
	unsigned long value = 0;

	if (text[0] == '\0' || strlen(text) > 5 || text[strspn(text, "0123456789")] != '\0')
		return -1;
	value = strtoul(text, NULL, 10);
	if (value > 65535)
		return -1;
	*port = (uint16_t)value;
	return 0;
}

int address_split(char host[ADDRESS_HOST_SIZE], uint16_t *port, const char *text)
{
	const char *colon = strrchr(text, ':');
	const char *start = text;
	size_t size;
	uint16_t value;

	if (colon == NULL || parse_port(&value, colon + 1) != 0)
		return -1;
	size = (size_t)(colon - text);
	if (text[0] == '[') {
		if (size < 3 || text[size - 1] != ']')
			return -1;
		start = text + 1;
		size -= 2;
	} else if (memchr(text, ':', size) != NULL) {
		return -1;
	}
	if (size == 0 || size >= ADDRESS_HOST_SIZE || strcspn(start, " \t[]/") < size)
		return -1;
	memcpy(host, start, size);
	host[size] = '\0';
	*port = value;
	return 0;
}

static int parse_v6(struct sockaddr_in6 *address, const char *host)
{
	const char *percent = strchr(host, '%');
	char number[ADDRESS_HOST_SIZE];
	unsigned int scope = 0;
	size_t size = percent != NULL ? (size_t)(percent - host) : strlen(host);

	if (size >= sizeof number)
		return -1;
	memcpy(number, host, size);
	number[size] = '\0';
	if (percent != NULL) {
		scope = if_nametoindex(percent + 1);
		if (scope == 0)
			return -1;
	}
	if (inet_pton(AF_INET6, number, &address->sin6_addr) != 1)
		return -1;
	address->sin6_scope_id = scope;
	return 0;
}

int address_parse(struct sockaddr_storage *address, const char *host, uint16_t port)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_storage parsed;

	memset(&parsed, 0, sizeof parsed);
	if (inet_pton(AF_INET, host, &v4.sin_addr) == 1)
		memcpy(&parsed, &v4, sizeof v4);
	else if (parse_v6(&v6, host) == 0)
		memcpy(&parsed, &v6, sizeof v6);
	else
		return -1;
	*address = parsed;
	return 0;
}

void address_print(char text[ADDRESS_TEXT_SIZE], const struct sockaddr *address)
{
	char number[INET6_ADDRSTRLEN], name[IF_NAMESIZE] = "";
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	snprintf(text, ADDRESS_TEXT_SIZE, "?");
	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof v4);
		inet_ntop(AF_INET, &v4.sin_addr, number, sizeof number);
		snprintf(text, ADDRESS_TEXT_SIZE, "%s:%u", number, ntohs(v4.sin_port));
	} else if (address->sa_family == AF_INET6) {
		memcpy(&v6, address, sizeof v6);
		inet_ntop(AF_INET6, &v6.sin6_addr, number, sizeof number);
		if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) { /* IPv4 on a socket that takes both */
			inet_ntop(AF_INET, &v6.sin6_addr.s6_addr[12], number, sizeof number);
			snprintf(text, ADDRESS_TEXT_SIZE, "%s:%u", number, ntohs(v6.sin6_port));
			return;
		}
		if (v6.sin6_scope_id == 0 || if_indextoname(v6.sin6_scope_id, name) == NULL)
			name[0] = '\0';
		snprintf(text, ADDRESS_TEXT_SIZE, "[%s%s%s]:%u", number, name[0] != '\0' ? "%" : "", name,
			 ntohs(v6.sin6_port));
	}
}

bool address_equal(const struct sockaddr *a, const struct sockaddr *b)
{
	struct sockaddr_in v4[2];
	struct sockaddr_in6 v6[2];

	if (a->sa_family != b->sa_family)
		return false;
	if (a->sa_family == AF_INET) {
		memcpy(&v4[0], a, sizeof v4[0]);
		memcpy(&v4[1], b, sizeof v4[1]);
		return v4[0].sin_port == v4[1].sin_port && v4[0].sin_addr.s_addr == v4[1].sin_addr.s_addr;
	}
	if (a->sa_family != AF_INET6)
		return false;
	memcpy(&v6[0], a, sizeof v6[0]);
	memcpy(&v6[1], b, sizeof v6[1]);
	return v6[0].sin6_port == v6[1].sin6_port && v6[0].sin6_scope_id == v6[1].sin6_scope_id &&
	       memcmp(&v6[0].sin6_addr, &v6[1].sin6_addr, sizeof v6[0].sin6_addr) == 0;
}

/* As IPv6, IPv4 mapped; false for other families. */
static bool as_v6(struct sockaddr_in6 *v6, const struct sockaddr *address)
{
	struct sockaddr_in v4;

	*v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6 };
	if (address->sa_family == AF_INET6) {
		memcpy(v6, address, sizeof *v6);
	} else if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof v4);
		memset(&v6->sin6_addr.s6_addr[10], 0xff, 2);
		memcpy(&v6->sin6_addr.s6_addr[12], &v4.sin_addr, 4);
	}
	return address_size(address) != 0;
}

static bool is_global(const struct in6_addr *address)
{
	return (address->s6_addr[0] & 0xe0) == 0x20; /* 2000::/3 */
}

bool address_same_source(const struct sockaddr *a, const struct sockaddr *b)
{
	struct sockaddr_in6 x, y;

	if (!as_v6(&x, a) || !as_v6(&y, b) || x.sin6_scope_id != y.sin6_scope_id)
		return false;
	return memcmp(&x.sin6_addr, &y.sin6_addr, is_global(&x.sin6_addr) ? 8 : sizeof x.sin6_addr) == 0;
}

socklen_t address_size(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET)
		return sizeof(struct sockaddr_in);
	return address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : 0;
}
