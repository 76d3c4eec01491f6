/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Arriving by Wi-Fi: phones that join a network ask a known page whether they reach the world. Where the network's DNS
 * names this node for everything, they ask us, and open what we send them to. After "stay" they are told what they want to
 * hear, so that they keep the network. RFC 8910 (DHCP option 114) does the same for newer ones, by tools/network.
 *
 * The answers are those that Android, iOS and macOS, Windows, Firefox and GNOME look for. */
#include <stdio.h>
#include <string.h>

#include "board/api/api_inside.h"

static const struct {
	const char *path;
	unsigned status;
	const char *type, *body;
} PROBES[] = {
	{ "/generate_204", 204, "text/plain", "" },
	{ "/gen_204", 204, "text/plain", "" },
	{ "/hotspot-detect.html", 200, "text/html",
	  "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>" },
	{ "/library/test/success.html", 200, "text/html",
	  "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>" },
	{ "/connecttest.txt", 200, "text/plain", "Microsoft Connect Test" },
	{ "/ncsi.txt", 200, "text/plain", "Microsoft NCSI" },
	{ "/canonical.html", 200, "text/html",
	  "<meta http-equiv=\"refresh\" content=\"0;url=https://support.mozilla.org/kb/captive-portal\"/>" },
	{ "/success.txt", 200, "text/plain", "success\n" },
	{ "/check_network_status.txt", 200, "text/plain", "NetworkManager is online\n" },
};

static bool stays(const struct api *api, const struct http_address *address)
{
	for (size_t i = 0; i < API_STAYING_MAX; i++)
		if (memcmp(&api->staying[i], address, sizeof(*address)) == 0)
			return true;
	return false;
}

static void redirect(struct http_exchange *x, unsigned status, const char *path)
{
	char host[HTTP_HOST_SIZE], location[HTTP_HOST_SIZE + 32];

	http_local_host(x, host);
	snprintf(location, sizeof(location), "http://%s%s", host, path);
	http_header_add(x, "Location", location);
	http_answer_static(x, status, "text/plain", "", 0);
}

bool api_portal(struct api *api, struct http_exchange *x, bool host_is_ours)
{
	struct http_address address = http_address_of(x);
	const char *path = http_path(x);

	if (http_port_of(x) != HTTP_TCP)
		return false;
	for (size_t i = 0; i < sizeof(PROBES) / sizeof(PROBES[0]); i++) {
		if (strcmp(PROBES[i].path, path) != 0)
			continue;
		if (stays(api, &address))
			http_answer_static(x, PROBES[i].status, PROBES[i].type, PROBES[i].body, strlen(PROBES[i].body));
		else
			redirect(x, 302, "/plain");
		return true;
	}
	/* Whatever name was typed: only this place is here. The API does not answer under it. */
	if (host_is_ours || strcmp(path, "/") != 0)
		return false;
	redirect(x, 302, "/");
	return true;
}

/* The oldest makes room: it is asked again, no more. */
void api_post_stay(struct api *api, struct http_exchange *x)
{
	struct http_address address = http_address_of(x);

	if (!stays(api, &address))
		api->staying[api->staying_next++ % API_STAYING_MAX] = address;
	redirect(x, 303, "/plain");
}
