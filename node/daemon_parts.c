/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What a node can do without: a port that another program has, a display on an interface that comes up later. What is missing is said
 * and tried again, and the rest runs. Radio, LCDd and gpsd look for what they lack by themselves. */
#include "node/daemon_state.h"

enum { AGAIN_MS_MIN = 2000, AGAIN_MS_MAX = 60000 };

void daemon_say(void *ctx, const char *sentence)
{
	struct daemon *d = ctx;

	log_write(&d->log, LOG_INFO, "%s", sentence);
}

static bool open_link_port(struct daemon *d, struct said *why)
{
	int rc;

	if (!d->links || !d->config.link_listen)
		return true;
	rc = links_listen(d->links);
	if (rc == 0) {
		if (d->discovery)
			discovery_set_port(d->discovery, links_port(d->links));
		return true;
	}
	said_decide(why, SAY_OF(LINK_PORT_WAITS, say_number(d->config.link_port), say_text(uv_strerror(rc))));
	return false;
}

static bool open_discovery(struct daemon *d, struct said *why)
{
	int rc;

	if (!d->links || !d->config.discovery || d->discovery)
		return true;
	rc = discovery_open(&d->discovery, &d->loop, &d->config, d->identity.sealing_key, links_port(d->links),
			    d->found, d);
	if (rc == 0)
		return true;
	said_decide(why, SAY_OF(DISCOVERY_WAITS, say_number(d->config.discovery_port), say_text(uv_strerror(rc))));
	return false;
}

static const char *http_why(enum http_rc rc)
{
	switch (rc) {
	case HTTP_E_TAKEN:
		return uv_strerror(UV_EADDRINUSE);
	case HTTP_E_ADDRESS:
		return uv_strerror(UV_EADDRNOTAVAIL);
	case HTTP_E_NO_RIGHT:
		return uv_strerror(UV_EACCES);
	case HTTP_OK:
	case HTTP_E_NOT_SOCKET:
	case HTTP_E_SYSTEM:
		break;
	}
	return uv_strerror(UV_ENOMEM);
}

static bool open_page(struct daemon *d, struct said *why)
{
	const char *host = d->config.http_host[0] ? d->config.http_host : "127.0.0.1";
	enum http_rc rc;

	if (!d->config.http_port || http_tcp_port(d->http) != 0)
		return true;
	rc = http_open_tcp(d->http, host, d->config.http_port);
	if (rc == HTTP_OK)
		return true;
	said_decide(why,
		    SAY_OF(PAGE_PORT_WAITS, say_number(d->config.http_port), say_text(host), say_text(http_why(rc))));
	return false;
}

/* Whoever held the button twice has seen the date, and was asked by that. */
static enum door_rc confirm_clock(void *ctx, struct said *why)
{
	struct daemon *d = ctx;

	return d->door.set_clock(d->door.ctx, why, DOOR_CLOCK_CONFIRM, 0, true);
}

static bool open_display(struct daemon *d, struct said *why)
{
	bool is_lcdproc = d->config.display == CONFIG_LCDPROC;
	struct sockaddr_storage address;
	struct display_config config = { .loop = &d->loop,
					 .view = &d->view,
					 .output = is_lcdproc ? DISPLAY_LCDPROC : DISPLAY_CHARLCD,
					 .where = is_lcdproc ? d->lcdproc : d->config.display_path,
					 .address = (const struct sockaddr *)&address,
					 .size = d->config.display_size,
					 .language = d->config.display_language,
					 .sleeps = d->config.role == CONFIG_CARRIED,
					 .ctx = d,
					 .say = daemon_say,
					 .confirm_clock = confirm_clock };

	if (d->config.display == CONFIG_NO_DISPLAY || d->display)
		return true;
	if (address_parse(&address, d->config.lcdproc_host, d->config.lcdproc_port) != 0) {
		said_decide(why, SAY_OF(DISPLAY_WAITS, say_text(d->config.lcdproc_host)));
		return false;
	}
	address_print(d->lcdproc, config.address);
	static_assert((int)CONFIG_BUTTONS_MAX <= (int)DISPLAY_BUTTONS_MAX, "each has a place");
	for (size_t i = 0; i < CONFIG_BUTTONS_MAX; i++)
		config.buttons[i] = d->config.buttons[i][0] ? d->config.buttons[i] : NULL;
	d->display = display_open(&config);
	if (!d->display)
		said_decide(why, SAY(MEMORY));
	return d->display != NULL;
}

static bool (*const OPENERS[PARTS])(struct daemon *d, struct said *why) = {
	[PART_LINK_PORT] = open_link_port,
	[PART_DISCOVERY] = open_discovery,
	[PART_PAGE] = open_page,
	[PART_DISPLAY] = open_display,
};

/* The first time it is missing, and when it has come: between the two nothing has changed. */
static void try_part(struct daemon *d, enum part which)
{
	struct waiting *part = &d->parts[which];
	bool waited = part->wait_ms != 0;
	struct said why = { 0 };
	char sentence[SAID_WRITTEN_SIZE];

	if (OPENERS[which](d, &why)) {
		if (waited)
			log_write(&d->log, LOG_INFO, "it works now: %s", part->name);
		*part = (struct waiting){ .name = part->name };
		return;
	}
	part->wait_ms = !waited ? AGAIN_MS_MIN : part->wait_ms < AGAIN_MS_MAX / 2 ? 2 * part->wait_ms : AGAIN_MS_MAX;
	part->due = clock_mono() + part->wait_ms;
	part->said = why;
	if (waited)
		return;
	said_write(sentence, sizeof sentence, LANGUAGE_EN, &why);
	log_write(&d->log, LOG_WARNING, "%s", sentence);
}

void daemon_parts_open(struct daemon *d)
{
	static const char *const NAMES[PARTS] = { [PART_LINK_PORT] = "the port for other nodes",
						  [PART_DISCOVERY] = "looking for neighbours",
						  [PART_PAGE] = "the port of the page",
						  [PART_DISPLAY] = "the display" };

	for (enum part which = 0; which < PARTS; which++) {
		if (!d->parts[which].name)
			d->parts[which].name = NAMES[which];
		try_part(d, which);
	}
}

bool daemon_parts_look(struct daemon *d)
{
	mono_ms now = clock_mono();
	bool has_changed = false;

	for (enum part which = 0; which < PARTS; which++) {
		struct waiting *part = &d->parts[which];

		if (part->wait_ms == 0 || now < part->due)
			continue;
		try_part(d, which);
		has_changed |= part->wait_ms == 0;
	}
	return has_changed;
}

mono_ms daemon_parts_deadline(const struct daemon *d)
{
	mono_ms due = MONO_NEVER;

	for (enum part which = 0; which < PARTS; which++)
		if (d->parts[which].wait_ms != 0 && d->parts[which].due < due)
			due = d->parts[which].due;
	return due;
}

void daemon_parts_view(const struct daemon *d, struct view_status *status)
{
	for (enum part which = 0; which < PARTS; which++)
		if (d->parts[which].wait_ms != 0 && status->notice_count < VIEW_NOTICES_MAX)
			status->notices[status->notice_count++] =
				(struct view_told){ .notice = VIEW_PART_WAITS, .said = d->parts[which].said };
}
