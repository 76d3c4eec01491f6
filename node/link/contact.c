/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Deadlines of a contact: greeting (dialling, greeting, doubted), ping and silence (secured). */
#include "node/link/links_state.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static const char prologue[] = "aidmesh link 1";

/* What is no frame: nothing at all says "I am still here", the byte '?' asks for that, a smaller one says how many times
 * GRANT_UNIT bytes were taken. Frames are longer. */
static const uint8_t question[1] = { '?' };

enum { GRANT_UNIT = 1024, GRANT_AFTER = 4096 };

static_assert(sizeof question < FRAME_HEAD_SIZE, "a question is no frame");
static_assert((int)LINKS_GRANT_MAX < '?', "a grant is no question");
static_assert(LINKS_GRANT_MAX * GRANT_UNIT >= GRANT_AFTER + LINK_FRAME_MAX, "one grant says it all");
static_assert(GRANT_AFTER + LINK_FRAME_MAX <= LINKS_WINDOW, "what is not granted yet stops nobody");

/* allowed[from][to] */
static const bool allowed[CONTACT_STATES][CONTACT_STATES] = {
	[CONTACT_NEW] = { [CONTACT_DIALLING] = true, [CONTACT_GREETING] = true },
	[CONTACT_DIALLING] = { [CONTACT_GREETING] = true, [CONTACT_CLOSING] = true },
	[CONTACT_GREETING] = { [CONTACT_SECURED] = true, [CONTACT_DOUBTED] = true, [CONTACT_CLOSING] = true },
	[CONTACT_SECURED] = { [CONTACT_DOUBTED] = true, [CONTACT_CLOSING] = true },
	[CONTACT_DOUBTED] = { [CONTACT_CLOSING] = true },
};

/* One write under way. */
struct parcel {
	uv_write_t request;
	size_t size;
	uint8_t bytes[];
};

static void move_to(struct contact *c, enum contact_state state)
{
	assert(allowed[c->state][state]);
	assert(state != CONTACT_DIALLING || c->side == CONTACT_DIALLED);
	assert(state != CONTACT_SECURED || noise_is_ready(c->noise)); /* nobody is up who has not proved a key */
	assert(c->dial == NULL || c->side == CONTACT_DIALLED);
	c->state = state;
	c->born_ms = uv_now(c->links->loop);
	c->heard_ms = c->born_ms;
	c->sent_ms = c->born_ms;
}

struct contact *contact_new(struct links *links, enum contact_side side)
{
	struct contact *c = calloc(1, sizeof *c);
	uint8_t ephemeral[NOISE_KEY_SIZE];

	if (c == NULL)
		return NULL;
	c->noise = sodium_malloc(sizeof *c->noise);
	if (c->noise == NULL || uv_tcp_init(links->loop, &c->tcp) != 0) {
		sodium_free(c->noise);
		free(c);
		return NULL;
	}
	c->links = links;
	c->side = side;
	c->tcp.data = c;
	randombytes_buf(ephemeral, sizeof ephemeral);
	noise_init(c->noise, side == CONTACT_DIALLED ? NOISE_INITIATOR : NOISE_RESPONDER,
		   links->identity->sealing_secret, ephemeral, prologue, sizeof prologue - 1);
	sodium_memzero(ephemeral, sizeof ephemeral);
	return c;
}

void contact_begin(struct contact *contact, enum contact_state state, const struct sockaddr *address)
{
	struct links *links = contact->links;

	contact->id = ++links->last_id;
	move_to(contact, state);
	memcpy(&contact->peer, address, address_size(address));
	address_print(contact->address, address);
	/* links_after relies on this: newer ones stand before older ones. */
	assert(links->contacts == NULL || links->contacts->id < contact->id);
	contact->next = links->contacts;
	links->contacts = contact;
	links->handles++;
	links->above.rearm(links);
}

static void on_closed(uv_handle_t *handle)
{
	struct contact *c = handle->data;
	struct links *links = c->links;
	struct contact **at = &links->contacts;

	assert(c->state == CONTACT_CLOSING);
	assert(c->unsent == 0); /* the loop has given back what it was to write */
	while (*at != c) {
		assert(*at != NULL); /* it was in the table */
		at = &(*at)->next;
	}
	*at = c->next;
	sodium_free(c->noise); /* which wipes */
	free(c);
	links_handle_gone(links);
}

void contact_close(struct contact *contact)
{
	struct links *links = contact->links;
	bool was_up = contact->state == CONTACT_SECURED;
	uint64_t up_ms = was_up ? uv_now(links->loop) - contact->born_ms : 0;
	struct dial *dial = contact->dial;

	if (!contact_is_open(contact))
		return;
	move_to(contact, CONTACT_CLOSING);
	links->ended.bytes_in += contact->counts.bytes_in;
	links->ended.bytes_out += contact->counts.bytes_out;
	links->ended.frames_in += contact->counts.frames_in;
	links->ended.frames_out += contact->counts.frames_out;
	contact->dial = NULL;
	uv_close((uv_handle_t *)&contact->tcp, on_closed);
	if (dial != NULL)
		links->above.ended(dial, up_ms);
	if (was_up)
		links->host.down(links->host.ctx, contact->id);
}

/* The peer did what no aidmesh does. */
static void refuse(struct contact *c)
{
	c->links->refused++;
	contact_close(c);
}

static void grant(struct contact *c);

static void on_written(uv_write_t *request, int status)
{
	struct parcel *parcel = (struct parcel *)request;
	struct contact *c = request->handle->data;

	assert(c->unsent >= parcel->size);
	c->unsent -= parcel->size;
	if (status == 0)
		c->counts.bytes_out += parcel->size;
	free(parcel);
	if (status != 0) {
		contact_close(c);
		return;
	}
	grant(c);
	contact_pump(c);
}

static void send_bytes(struct contact *c, const uint8_t *bytes, size_t size)
{
	struct parcel *parcel = malloc(sizeof *parcel + size);
	uv_buf_t buffer;

	assert(size > 0 && contact_is_open(c));
	if (parcel == NULL) {
		contact_close(c);
		return;
	}
	parcel->size = size;
	memcpy(parcel->bytes, bytes, size);
	buffer = uv_buf_init((char *)parcel->bytes, (unsigned int)size);
	c->sent_ms = uv_now(c->links->loop);
	if (uv_write(&parcel->request, (uv_stream_t *)&c->tcp, &buffer, 1, on_written) != 0) {
		free(parcel);
		contact_close(c);
		return;
	}
	c->unsent += size;
}

static void put_size(uint8_t *out, size_t size)
{
	assert(size <= UINT16_MAX);
	out[0] = (uint8_t)(size & 0xff);
	out[1] = (uint8_t)(size >> 8);
}

/* Seals the `size` bytes at out + LINK_SIZE_SIZE in place. The bytes of the message, 0 when the link must end. */
static size_t seal_in_place(struct contact *c, uint8_t *out, size_t cap, size_t size)
{
	size_t sealed;

	assert(LINK_SIZE_SIZE + size + NOISE_TAG_SIZE <= cap);
	if (noise_encrypt(c->noise, out + LINK_SIZE_SIZE, &sealed, cap - LINK_SIZE_SIZE, out + LINK_SIZE_SIZE, size) !=
	    NOISE_OK)
		return 0;
	put_size(out, sealed);
	return LINK_SIZE_SIZE + sealed;
}

/* A largest frame would still be within the window. */
static bool may_send(const struct contact *c)
{
	assert(c->untaken <= LINKS_WINDOW);
	return c->untaken + LINK_FRAME_MAX <= LINKS_WINDOW;
}

/* Fills the batch with frames while a largest one would still fit. The bytes gathered; 0: nothing to say. */
static size_t gather(struct contact *c)
{
	struct links *links = c->links;
	size_t used = 0;

	assert(links->pumping);
	while (sizeof links->batch - used >= LINK_SIZE_SIZE + LINK_MESSAGE_MAX && may_send(c)) {
		uint8_t *out = links->batch + used;
		size_t size = links->host.fill(links->host.ctx, c->id, out + LINK_SIZE_SIZE, LINK_FRAME_MAX);
		size_t message_size;

		assert(size <= LINK_FRAME_MAX);
		if (c->state != CONTACT_SECURED)
			return 0;
		if (size == 0)
			break;
		message_size = seal_in_place(c, out, sizeof links->batch - used, size);
		if (message_size == 0) {
			contact_close(c);
			return 0;
		}
		used += message_size;
		c->untaken += size;
		c->counts.frames_out++;
	}
	return used;
}

static void pump_one(struct contact *c)
{
	c->kicked = false;
	while (c->state == CONTACT_SECURED && c->unsent < LINKS_QUEUE_MAX) {
		size_t size = gather(c);

		if (size == 0)
			return;
		send_bytes(c, c->links->batch, size);
	}
}

static struct contact *find_kicked(const struct links *links)
{
	for (struct contact *c = links->contacts; c != NULL; c = c->next) {
		if (c->kicked && c->state == CONTACT_SECURED)
			return c;
	}
	return NULL;
}

/* A host that kicks from inside `fill` is served after this one: there is one batch. */
void contact_pump(struct contact *contact)
{
	struct links *links = contact->links;

	contact->kicked = true;
	if (links->pumping)
		return;
	links->pumping = true;
	for (struct contact *c; (c = find_kicked(links)) != NULL;)
		pump_one(c);
	links->pumping = false;
}

static void send_handshake_with(struct contact *c, const uint8_t *payload, size_t payload_size)
{
	uint8_t message[LINK_SIZE_SIZE + 128];
	size_t size;

	assert(c->state == CONTACT_GREETING);
	if (noise_handshake_write(c->noise, message + LINK_SIZE_SIZE, &size, sizeof message - LINK_SIZE_SIZE, payload,
				  payload_size) != NOISE_OK) {
		refuse(c); /* a key of low order */
		return;
	}
	put_size(message, size);
	send_bytes(c, message, LINK_SIZE_SIZE + size);
}

static void send_handshake(struct contact *c)
{
	send_handshake_with(c, NULL, 0);
}

static void send_short(struct contact *c, const uint8_t *text, size_t text_size)
{
	uint8_t message[LINK_SIZE_SIZE + sizeof question + NOISE_TAG_SIZE];
	size_t size;

	assert(text_size <= sizeof question);
	c->sent_ms = uv_now(c->links->loop);
	if (text_size > 0)
		memcpy(message + LINK_SIZE_SIZE, text, text_size);
	size = seal_in_place(c, message, sizeof message, text_size);
	if (size == 0)
		contact_close(c);
	else
		send_bytes(c, message, size);
}

static bool waits_for(const struct contact *c, const struct contact *stays)
{
	return c->waits && contact_is_open(c) && c != stays &&
	       memcmp(c->noise->remote_static, stays->noise->remote_static, NOISE_KEY_SIZE) == 0;
}

/* Something of its key gave way to it, and is asked when it has spoken. */
static bool somebody_waits(const struct contact *stays)
{
	for (const struct contact *c = stays->links->contacts; c != NULL; c = c->next)
		if (waits_for(c, stays))
			return true;
	return false;
}

static void become_secured(struct contact *c)
{
	struct links *links = c->links;

	move_to(c, CONTACT_SECURED);
	links->above.rearm(links);
	links->host.up(links->host.ctx, c->id, c->noise->remote_static, c->side == CONTACT_DIALLED, c->address);
	if (c->state == CONTACT_SECURED && somebody_waits(c))
		contact_probe(c);
	contact_pump(c);
}

static void send_ping(struct contact *c)
{
	/* Bytes that wait to be taken say the same, when they arrive. */
	c->sent_ms = uv_now(c->links->loop);
	if (c->unsent == 0)
		send_short(c, NULL, 0);
}

/* Tells the peer how much was taken, when that is worth a message. Who does not read what we say is told later: what
 * waits stays bounded. */
static void grant(struct contact *c)
{
	size_t units = c->ungranted / GRANT_UNIT;
	uint8_t byte;

	if (c->ungranted < GRANT_AFTER || c->unsent >= LINKS_QUEUE_MAX || c->state != CONTACT_SECURED)
		return;
	assert(units > 0);
	byte = (uint8_t)(units < LINKS_GRANT_MAX ? units : LINKS_GRANT_MAX);
	c->ungranted -= (size_t)byte * GRANT_UNIT;
	send_short(c, &byte, 1);
}

static void take_grant(struct contact *c, uint8_t units)
{
	size_t size = (size_t)units * GRANT_UNIT;

	if (units > LINKS_GRANT_MAX || size > c->untaken) {
		refuse(c);
		return;
	}
	c->untaken -= size;
	contact_pump(c);
}

static void note_taken(struct contact *c, size_t size)
{
	assert(size > sizeof question && size <= LINK_FRAME_MAX);
	c->counts.frames_in++;
	c->ungranted += size;
	grant(c);
}

static enum links_taken offer(struct contact *c, const uint8_t *frame, size_t size)
{
	struct links *links = c->links;

	return links->host.frame(links->host.ctx, c->id, (struct view){ .data = frame, .size = size });
}

/* Two contacts of one key. */

/* Its other end is asked PROOF_ROUNDS times. */
static void prove(struct contact *contact)
{
	if (contact->proving || !contact_is_open(contact))
		return;
	contact->proving = true;
	contact->rounds = 0;
	send_short(contact, question, sizeof question);
}

/* One more answer, or what may be taken for one. */
static void count_answer(struct contact *c)
{
	if (++c->rounds < PROOF_ROUNDS) {
		send_short(c, question, sizeof question);
		return;
	}
	c->proving = false;
	c->links->above.copied(c->links, c);
}

/* A third handshake message with a question in it: its sender has a contact with this key, and wants to know with whom. Whoever has
 * none with the sender says so; the contact itself is of no further use. */
static void answer_and_close(struct contact *c, uint8_t asked)
{
	if (asked == question[0] && links_find_key(c->links, c->noise->remote_static) == NULL)
		send_short(c, NULL, 0);
	contact_close(c);
}

/* The contact that stays has been admitted at its other end: what gave way to it may be asked. */
static void ask(struct contact *c)
{
	c->waits = false;
	if (c->state == CONTACT_DOUBTED) {
		prove(c);
		return;
	}
	send_handshake_with(c, question, sizeof question);
	c->has_asked = true;
	if (contact_is_open(c))
		move_to(c, CONTACT_DOUBTED);
}

static void ask_when_it_has_spoken(struct contact *c)
{
	struct contact *stays = links_find_key(c->links, c->noise->remote_static);

	c->waits = true;
	if (stays == NULL)
		contact_close(c);
	else if (stays->has_spoken)
		ask(c);
	else
		contact_probe(stays);
	c->links->above.rearm(c->links);
}

/* It spoke for the first time. */
static void ask_those_that_gave_way(struct contact *stays)
{
	for (struct contact *c = stays->links->contacts; c != NULL; c = c->next)
		if (waits_for(c, stays))
			ask(c);
}

void contact_doubt(struct contact *contact)
{
	bool was_up = contact->state == CONTACT_SECURED;
	uint64_t up_ms = was_up ? uv_now(contact->links->loop) - contact->born_ms : 0;
	struct dial *dial = contact->dial;

	assert(noise_is_ready(contact->noise));
	if (contact->held || contact->paused) {
		contact_close(contact); /* what it says next would be heard too late */
		return;
	}
	move_to(contact, CONTACT_DOUBTED);
	contact->proving = false;
	contact->dial = NULL;
	if (dial != NULL)
		contact->links->above.ended(dial, up_ms);
	if (was_up)
		contact->links->host.down(contact->links->host.ctx, contact->id);
}

/* Greeting. */

static void take_verdict(struct contact *c, enum contact_verdict verdict)
{
	switch (verdict) {
	case CONTACT_ADMITTED:
		if (c->side == CONTACT_DIALLED)
			send_handshake(c);
		if (contact_is_open(c))
			become_secured(c);
		break;
	case CONTACT_TOLD:
		if (c->side == CONTACT_DIALLED)
			send_handshake(c);
		contact_close(c);
		break;
	case CONTACT_ASKED:
		ask_when_it_has_spoken(c);
		break;
	case CONTACT_GIVES_WAY:
		contact_doubt(c);
		if (contact_is_open(c))
			ask_when_it_has_spoken(c);
		break;
	case CONTACT_REFUSED:
		contact_close(c);
		break;
	}
}

/* The key of the peer is proven to a dialler by the second message, before it has shown who it is by the third. */
static void take_handshake(struct contact *c, const uint8_t *message, size_t size)
{
	bool is_third = c->side == CONTACT_ACCEPTED && c->noise->step == 2;
	struct contact *self;
	uint8_t asked[1];
	size_t asked_size;

	assert(c->state == CONTACT_GREETING);
	if (c->waits || noise_handshake_read(c->noise, asked, &asked_size, is_third ? sizeof asked : 0, message,
					     size) != NOISE_OK) {
		refuse(c);
		return;
	}
	if (c->side == CONTACT_ACCEPTED && !noise_is_ready(c->noise)) {
		self = links_find_ephemeral(c->links, c->noise->remote_ephemeral);
		if (self != NULL)
			self->is_self = true;
		send_handshake(c);
		return;
	}
	if (is_third && asked_size > 0) {
		answer_and_close(c, asked[0]);
		return;
	}
	if (c->dial != NULL)
		c->links->above.learned(c->dial, c->noise->remote_static);
	take_verdict(c, c->links->above.admit(c->links, c));
}

/* What is still said on a contact that gave way. Where it asked, nothing at all says that there is no other contact. Whoever
 * asks here has its doubts as well: it is one node with two contacts, and both are agreed which of them goes. */
static void take_doubted(struct contact *c, const uint8_t *message, size_t size)
{
	struct contact *stays = links_find_key(c->links, c->noise->remote_static);

	if (size == 0 && c->has_asked) {
		if (stays != NULL)
			prove(stays);
		contact_close(c);
	} else if (size == 0 && c->proving) {
		count_answer(c);
	} else if (size == sizeof question && message[0] == question[0]) {
		contact_close(c);
	}
}

static void take_frame(struct contact *c, uint8_t *message, size_t size)
{
	size_t frame_size;

	assert(!c->held); /* one at a time */
	if (noise_decrypt(c->noise, message, &frame_size, LINK_FRAME_MAX, message, size) != NOISE_OK) {
		refuse(c);
		return;
	}
	if (c->state == CONTACT_DOUBTED) {
		take_doubted(c, message, frame_size);
		return;
	}
	if (!c->has_spoken) {
		c->has_spoken = true;
		ask_those_that_gave_way(c);
	}
	if (frame_size == 0) {
		if (c->proving)
			count_answer(c);
		return;
	}
	if (frame_size == sizeof question) {
		if (message[0] == question[0])
			send_ping(c);
		else
			take_grant(c, message[0]);
		return;
	}
	if (offer(c, message, frame_size) == LINKS_TAKEN) {
		note_taken(c, frame_size);
		return;
	}
	if (!contact_is_open(c))
		return;
	c->held = true;
	c->held_size = frame_size;
	uv_read_stop((uv_stream_t *)&c->tcp);
}

static void pause_reading(struct contact *c)
{
	assert(!c->paused);
	c->paused = true;
	uv_read_stop((uv_stream_t *)&c->tcp);
	c->links->above.want_turn(c->links);
}

/* Takes whole messages from the front of `in`, until one is held, the rest is incomplete, the turn is over, or the
 * contact ends. */
static void drain(struct contact *c)
{
	size_t from = 0;

	assert(!c->draining);
	c->draining = true;
	while (contact_is_open(c) && !c->held && !c->paused && c->have - from >= LINK_SIZE_SIZE) {
		uint8_t *message = c->in + from + LINK_SIZE_SIZE;
		size_t size = (size_t)(c->in[from] | c->in[from + 1] << 8);

		if (size > LINK_MESSAGE_MAX) {
			refuse(c);
			break;
		}
		if (c->have - from - LINK_SIZE_SIZE < size)
			break;
		if (c->state == CONTACT_SECURED || c->state == CONTACT_DOUBTED)
			take_frame(c, message, size);
		else
			take_handshake(c, message, size);
		if (!c->held)
			from += LINK_SIZE_SIZE + size;
		if (contact_is_open(c) && !c->held && links_turn_is_over(c->links))
			pause_reading(c);
	}
	assert(from <= c->have);
	c->have -= from;
	memmove(c->in, c->in + from, c->have);
	c->draining = false;
}

/* There is always room: `in` holds a largest message, and a complete one does not stay unless reading has stopped. */
static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buffer)
{
	struct contact *c = handle->data;

	(void)suggested;
	assert(c->have < sizeof c->in);
	*buffer = uv_buf_init((char *)c->in + c->have, (unsigned int)(sizeof c->in - c->have));
}

static void on_read(uv_stream_t *stream, ssize_t size, const uv_buf_t *buffer)
{
	struct contact *c = stream->data;

	(void)buffer;
	if (!contact_is_open(c))
		return;
	if (size < 0) {
		contact_close(c);
		return;
	}
	c->have += (size_t)size;
	assert(c->have <= sizeof c->in);
	c->counts.bytes_in += (uint64_t)size;
	c->heard_ms = uv_now(c->links->loop);
	c->probing = false;
	if (links_turn_is_over(c->links))
		pause_reading(c);
	else
		drain(c);
}

/* False: the host is still busy. */
static bool take_held(struct contact *c)
{
	size_t used = LINK_SIZE_SIZE + c->held_size + NOISE_TAG_SIZE;
	enum links_taken taken;

	assert(c->held && used <= c->have);
	c->draining = true;
	taken = offer(c, c->in + LINK_SIZE_SIZE, c->held_size);
	c->draining = false;
	if (taken == LINKS_BUSY)
		return false;
	c->held = false;
	c->have -= used;
	memmove(c->in, c->in + used, c->have);
	note_taken(c, c->held_size);
	return true;
}

void contact_resume(struct contact *contact)
{
	if (!contact->held || contact->paused || contact->draining || !contact_is_open(contact))
		return;
	if (links_turn_is_over(contact->links))
		pause_reading(contact);
	else
		contact_take_turn(contact);
}

void contact_take_turn(struct contact *contact)
{
	if (contact->draining || !contact_is_open(contact))
		return;
	contact->paused = false;
	if (contact->held && !take_held(contact))
		return;
	if (contact_is_open(contact))
		drain(contact);
	if (!contact_is_open(contact) || contact->held || contact->paused)
		return;
	contact->heard_ms = uv_now(contact->links->loop);
	if (uv_read_start((uv_stream_t *)&contact->tcp, on_alloc, on_read) != 0)
		contact_close(contact);
	contact->links->above.rearm(contact->links);
}

void contact_greet(struct contact *contact)
{
	assert(contact->state == (contact->side == CONTACT_DIALLED ? CONTACT_DIALLING : CONTACT_GREETING));
	uv_tcp_nodelay(&contact->tcp, 1);
	if (uv_read_start((uv_stream_t *)&contact->tcp, on_alloc, on_read) != 0) {
		contact_close(contact);
		return;
	}
	if (contact->side == CONTACT_DIALLED) {
		uint64_t born_ms = contact->born_ms;

		move_to(contact, CONTACT_GREETING);
		contact->born_ms = born_ms; /* one deadline from dialling to a proven key */
		send_handshake(contact);
	}
}

void contact_probe(struct contact *contact)
{
	assert(contact->state == CONTACT_SECURED);
	if (contact->probing)
		return;
	contact->probing = true;
	contact->probed_ms = uv_now(contact->links->loop);
	send_short(contact, question, sizeof question);
}

/* When the link is dead if nothing arrives until then. While we do not listen we cannot complain of silence. */
static uint64_t dead_at(const struct contact *c)
{
	const struct links_times *times = &c->links->times;
	uint64_t silent_ms = c->heard_ms + times->silence_ms, probe_ms = c->probed_ms + times->probe_ms;

	if (c->held || c->paused)
		return UINT64_MAX;
	return c->probing && probe_ms < silent_ms ? probe_ms : silent_ms;
}

void contact_tick(struct contact *contact, uint64_t now_ms)
{
	const struct links_times *times = &contact->links->times;

	switch (contact->state) {
	case CONTACT_DIALLING:
	case CONTACT_GREETING:
		if (now_ms - contact->born_ms >= times->greeting_ms)
			refuse(contact);
		break;
	case CONTACT_DOUBTED:
		if (now_ms - contact->born_ms >= times->greeting_ms)
			contact_close(contact);
		break;
	case CONTACT_SECURED:
		if (now_ms >= dead_at(contact))
			contact_close(contact);
		else if (now_ms - contact->sent_ms >= times->ping_ms)
			send_ping(contact);
		break;
	case CONTACT_NEW:
	case CONTACT_CLOSING:
	case CONTACT_STATES:
		break;
	}
}

uint64_t contact_deadline(const struct contact *contact)
{
	const struct links_times *times = &contact->links->times;
	uint64_t silent_ms = dead_at(contact);
	uint64_t ping_ms = contact->sent_ms + times->ping_ms;

	switch (contact->state) {
	case CONTACT_DIALLING:
	case CONTACT_GREETING:
	case CONTACT_DOUBTED:
		return contact->born_ms + times->greeting_ms;
	case CONTACT_SECURED:
		return silent_ms < ping_ms ? silent_ms : ping_ms;
	case CONTACT_NEW:
	case CONTACT_CLOSING:
	case CONTACT_STATES:
		break;
	}
	return UINT64_MAX;
}
