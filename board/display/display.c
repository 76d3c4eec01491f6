/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "board/display/display.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/display/buttons.h"
#include "board/display/screen.h"

/* The last sentences about the same: a plug with a loose contact must not fill the journal. */
struct sayings {
	char text[2][SCREEN_WHY_SIZE];
	uint64_t at[2];
	size_t next;
};

struct button_device {
	struct display *display;
	struct buttons device;
	struct sayings said;
};

struct display {
	struct display_config config;
	const struct screen_driver *driver;
	void *screen;
	bool is_up;
	struct rotation rotation;
	uint64_t due;        /* of the rotation, while it is up */
	uint64_t screen_try; /* UINT64_MAX: it is up, or being tried */
	uint64_t button_try; /* UINT64_MAX: all are there, or there are none */
	uint64_t retry_ms;   /* before the next try of the screen */
	uint64_t up_since;
	uv_timer_t timer;
	struct button_device buttons[DISPLAY_BUTTONS_MAX];
	size_t button_count;
	struct sayings screen_said;
	bool closing;
	unsigned parts; /* that still close */
	void (*done)(void *user);
	void *done_user;
};

static uint64_t now_ms(const struct display *d)
{
	return uv_now(d->config.loop);
}

static void say_once(struct display *d, struct sayings *said, const char *sentence)
{
	for (size_t i = 0; i < 2; i++)
		if (strcmp(said->text[i], sentence) == 0 && now_ms(d) - said->at[i] < DISPLAY_SAY_MS)
			return;
	snprintf(said->text[said->next], SCREEN_WHY_SIZE, "%s", sentence);
	said->at[said->next] = now_ms(d);
	said->next = !said->next;
	d->config.say(d->config.ctx, sentence);
}

static void on_timer(uv_timer_t *timer);

static void arm(struct display *d)
{
	uint64_t now = now_ms(d), next = d->is_up ? d->due : UINT64_MAX;

	if (d->closing)
		return;
	if (d->screen_try < next)
		next = d->screen_try;
	if (d->button_try < next)
		next = d->button_try;
	if (next == UINT64_MAX)
		uv_timer_stop(&d->timer);
	else
		uv_timer_start(&d->timer, on_timer, next > now ? next - now : 0, 0);
}

static void confirm_clock(struct display *d)
{
	struct lcd_answer answer = { .is_set = false };

	d->rotation.has_confirmed = false;
	if (d->config.confirm_clock == NULL)
		return;
	answer.is_set = d->config.confirm_clock(d->config.ctx, &answer.why) == DOOR_OK;
	rotation_answer(&d->rotation, &answer, now_ms(d));
}

static void draw(struct display *d, enum rotation_button button)
{
	struct lcd_page page;

	d->due = rotation_show(&d->rotation, &page, d->config.view, button, now_ms(d));
	if (d->rotation.has_confirmed) {
		confirm_clock(d);
		d->due = rotation_show(&d->rotation, &page, d->config.view, ROTATION_NO_BUTTON, now_ms(d));
	}
	screen_show(d->driver, d->screen, &page);
	arm(d);
}

/* --- the screen --- */

static void on_up(void *ctx, enum lcd_size size, enum lcd_charset charset)
{
	struct display *d = ctx;
	char sentence[SCREEN_WHY_SIZE];

	if (d->closing)
		return;
	d->is_up = true;
	d->up_since = now_ms(d);
	d->rotation.look.size = size;
	d->rotation.look.charset = charset;
	snprintf(sentence, sizeof(sentence), "the display at %s is there", d->config.where);
	say_once(d, &d->screen_said, sentence);
	draw(d, ROTATION_NO_BUTTON);
}

/* Who comes and goes all the time is asked less often, too. */
static void on_down(void *ctx, const char *why)
{
	struct display *d = ctx;

	if (d->is_up && now_ms(d) - d->up_since > DISPLAY_RETRY_MS_MAX)
		d->retry_ms = DISPLAY_RETRY_MS;
	d->is_up = false;
	if (d->closing)
		return;
	say_once(d, &d->screen_said, why);
	d->screen_try = now_ms(d) + d->retry_ms;
	d->retry_ms = 2 * d->retry_ms < DISPLAY_RETRY_MS_MAX ? 2 * d->retry_ms : DISPLAY_RETRY_MS_MAX;
	arm(d);
}

/* --- buttons --- */

static void on_button(void *ctx, enum rotation_button button)
{
	struct display *d = ctx;

	if (d->is_up && !d->closing)
		draw(d, button);
}

static void on_device_button(void *ctx, enum rotation_button button)
{
	on_button(((struct button_device *)ctx)->display, button);
}

static void on_device_gone(void *ctx)
{
	struct button_device *b = ctx;
	struct display *d = b->display;
	char sentence[SCREEN_WHY_SIZE];

	snprintf(sentence, sizeof(sentence), "the buttons at %s are gone; they are taken when they come back",
		 b->device.path);
	say_once(d, &b->said, sentence);
	d->button_try = now_ms(d) + DISPLAY_RETRY_MS;
	arm(d);
}

static void try_buttons(struct button_device *b)
{
	struct display *d = b->display;
	char sentence[SCREEN_WHY_SIZE];
	int rc = buttons_open(&b->device);

	if (rc == 0)
		snprintf(sentence, sizeof(sentence), "the buttons at %s are there", b->device.path);
	else if (rc == UV_EPERM)
		snprintf(sentence, sizeof(sentence), "%s is no input device: buttons are at /dev/input/...",
			 b->device.path);
	else
		snprintf(sentence, sizeof(sentence), "no buttons at %s: %s; they are taken when they come",
			 b->device.path, uv_strerror(rc));
	say_once(d, &b->said, sentence);
	if (rc != 0)
		d->button_try = now_ms(d) + DISPLAY_RETRY_MS_MAX;
}

/* --- */

static void on_timer(uv_timer_t *timer)
{
	struct display *d = timer->data;
	uint64_t now = now_ms(d);

	if (now >= d->button_try) {
		d->button_try = UINT64_MAX;
		for (size_t i = 0; i < d->button_count; i++)
			if (!buttons_are_open(&d->buttons[i].device))
				try_buttons(&d->buttons[i]);
	}
	if (now >= d->screen_try) {
		d->screen_try = UINT64_MAX;
		d->driver->connect(d->screen);
	}
	if (d->is_up && now >= d->due)
		draw(d, ROTATION_NO_BUTTON);
	arm(d);
}

void display_contact_ends(struct display *display)
{
	if (!display->closing)
		rotation_look(&display->rotation, display->config.view, now_ms(display));
}

/* While it is not there: who comes and goes, for when it is. */
void display_changed(struct display *display)
{
	if (display->is_up && !display->closing)
		draw(display, ROTATION_NO_BUTTON);
	else
		display_contact_ends(display);
}

static void part_closed(void *ctx)
{
	struct display *d = ctx;

	assert(d->parts > 0);
	if (--d->parts > 0)
		return;
	d->done(d->done_user);
	free(d);
}

static void on_device_closed(void *ctx)
{
	part_closed(((struct button_device *)ctx)->display);
}

static void on_timer_closed(uv_handle_t *handle)
{
	part_closed(handle->data);
}

struct display *display_open(const struct display_config *config)
{
	struct display *d = calloc(1, sizeof(*d));
	struct screen_host host = { d, on_up, on_down, on_button, part_closed };
	struct screen_config screen = {
		.loop = config->loop, .where = config->where, .address = config->address, .size = config->size
	};

	if (d == NULL)
		return NULL;
	d->config = *config;
	d->driver = config->output == DISPLAY_LCDPROC ? &SCREEN_LCDPROC : &SCREEN_CHARLCD;
	d->screen = d->driver->open(&screen, &host);
	if (d->screen == NULL) {
		free(d);
		return NULL;
	}
	d->retry_ms = DISPLAY_RETRY_MS;
	d->screen_try = now_ms(d);
	d->button_try = config->buttons[0] != NULL ? now_ms(d) : UINT64_MAX;
	rotation_init(&d->rotation, &(struct lcd_look){ .language = config->language, .sleeps = config->sleeps });
	for (size_t i = 0; i < DISPLAY_BUTTONS_MAX && config->buttons[i] != NULL; i++) {
		struct button_device *b = &d->buttons[d->button_count++];

		b->display = d;
		buttons_init(&b->device, config->loop, config->buttons[i], b, on_device_button, on_device_gone,
			     on_device_closed);
	}
	uv_timer_init(config->loop, &d->timer);
	d->timer.data = d;
	arm(d);
	return d;
}

bool display_is_up(const struct display *display)
{
	return display->is_up;
}

void display_close(struct display *display, void (*done)(void *user), void *user)
{
	assert(!display->closing);
	display->closing = true;
	display->done = done;
	display->done_user = user;
	display->parts = 2 + (unsigned)display->button_count;
	uv_close((uv_handle_t *)&display->timer, on_timer_closed); /* later: the others may answer at once */
	display->driver->close(display->screen);
	for (size_t i = 0; i < display->button_count; i++)
		buttons_close(&display->buttons[i].device);
}
