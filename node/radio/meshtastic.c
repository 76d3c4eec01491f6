/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "node/radio/meshtastic.h"

#include <assert.h>
#include <stdalign.h>
#include <string.h>

#include "node/radio/meshtastic.pb-c.h"
#include "proto/bounds.h"

typedef Aidmesh__Mesh__FromRadio FromRadio;
typedef Aidmesh__Mesh__ToRadio ToRadio;
typedef Aidmesh__Mesh__Packet Packet;

enum { START_1 = 0x94, START_2 = 0xC3, HEAD_SIZE = 4, WAKE_BYTES = 32 };
enum { PORT_ADMIN = 6, PORT_OURS = 256, ROLE_SECONDARY = 2, NONCE = 69420 };
enum { RES_DUTY = 9, PREAMBLE = 16, ROOM_MIN = 2 };
#define TO_ALL 0xFFFFFFFFu

enum {
	WAKE_MS = 100,
	SILENT_MS = 2000,  /* it stopped answering */
	ANSWER_MS = 20000, /* it never comes to an end */
	ASK_TRIES = 4,
	SETTLE_MS = 1000, /* it writes the channel down */
	CHANNEL_TRIES = 2,
	BEAT_MS = 60000, /* it is told that we are still here */
	BEAT_TRIES = 3,
	BEAT_ANSWER_MS = 5000,
	ROOM_MS = 2000,
	PACKET_MS = 3000,
	REBOOT_MS = 500,
};

static_assert((int)RADIO_FRAME_MAX <= (int)MESHTASTIC_PAYLOAD_MAX, "ours fit");
static_assert(MESHTASTIC_PAYLOAD_MAX + MESHTASTIC_HEAD_SIZE <= (int)AIRTIME_SIZE_MAX, "one of ours, one on the air");

static const uint8_t channel_name[] = { 'a', 'i', 'd', 'm', 'e', 's', 'h' };
/* BLAKE2b-256("aidmesh meshtastic channel 1") */
static const uint8_t channel_key[MESHTASTIC_KEY_SIZE] = {
	0x8f, 0x90, 0x58, 0x4a, 0xd7, 0x14, 0x9e, 0x45, 0x20, 0x3a, 0xb7, 0x11, 0xe8, 0xcf, 0x92, 0xdc,
	0x97, 0x09, 0xa5, 0x9b, 0x93, 0x98, 0xa2, 0xf3, 0x3c, 0x4f, 0x62, 0x73, 0x13, 0x8c, 0xa4, 0xfa,
};

/* Speaking. */

static void put_message(struct meshtastic *m, const ToRadio *message)
{
	uint8_t bytes[HEAD_SIZE + MESHTASTIC_MESSAGE_MAX];
	size_t size = aidmesh__mesh__to_radio__get_packed_size(message);

	assert(size <= MESHTASTIC_MESSAGE_MAX);
	bytes[0] = START_1;
	bytes[1] = START_2;
	bytes[2] = (uint8_t)(size >> 8);
	bytes[3] = (uint8_t)size;
	aidmesh__mesh__to_radio__pack(message, bytes + HEAD_SIZE);
	(void)modem_put(&m->modem, bytes, HEAD_SIZE + size);
}

static void ask_config(struct meshtastic *m)
{
	ToRadio message = AIDMESH__MESH__TO_RADIO__INIT;

	message.said_case = AIDMESH__MESH__TO_RADIO__SAID_WANT_CONFIG_ID;
	message.want_config_id = NONCE;
	put_message(m, &message);
}

static void beat(struct meshtastic *m)
{
	ToRadio message = AIDMESH__MESH__TO_RADIO__INIT;
	Aidmesh__Mesh__Heartbeat heartbeat = AIDMESH__MESH__HEARTBEAT__INIT;

	message.said_case = AIDMESH__MESH__TO_RADIO__SAID_HEARTBEAT;
	message.heartbeat = &heartbeat;
	put_message(m, &message);
}

static uint32_t next_packet_id(struct meshtastic *m)
{
	if (!++m->packet_id)
		m->packet_id = 1; /* 0 would be none */
	return m->packet_id;
}

static void put_packet(struct meshtastic *m, uint32_t to, uint32_t channel, uint32_t port, struct view payload)
{
	ToRadio message = AIDMESH__MESH__TO_RADIO__INIT;
	Packet packet = AIDMESH__MESH__PACKET__INIT;
	Aidmesh__Mesh__Data data = AIDMESH__MESH__DATA__INIT;

	data.portnum = port;
	/* protobuf-c has no const; it only reads. */
	data.payload = (ProtobufCBinaryData){ .len = payload.size, .data = (uint8_t *)(uintptr_t)payload.data };
	packet.to = to;
	packet.channel = channel;
	packet.decoded = &data;
	packet.id = next_packet_id(m);
	packet.hop_limit = 0;
	message.said_case = AIDMESH__MESH__TO_RADIO__SAID_PACKET;
	message.packet = &packet;
	put_message(m, &message);
}

/* States. */

static void ask_again(struct meshtastic *m, enum meshtastic_step step, mono_ms due_at)
{
	m->step = step;
	m->modem.due_at = due_at;
	m->waits_for = 0;
	m->room = 0;
	m->modem.status.frame_max = 0;
	m->modem.status.duty_permille = 0;
}

static void greet(struct meshtastic *m, mono_ms due_at)
{
	m->modem.status.state = MODEM_GREETING;
	m->modem.tries = m->channel_tries = 0;
	ask_again(m, MESHTASTIC_WAKE, due_at);
}

static void fail(struct meshtastic *m)
{
	modem_fail(&m->modem);
	m->room = 0;
}

static void open_codec(void *self, const struct modem_wish *wish, mono_ms now)
{
	struct meshtastic *m = self;

	*m = (struct meshtastic){ .modem = { .wish = *wish, .status = { .preamble = PREAMBLE } },
				  .packet_id = wish->chance };
	greet(m, now);
}

/* What it is on. */

/* RegionCode of config.proto to ours; `duty` as in its table of regions, which its firmware holds by itself. */
static const struct {
	uint8_t code;
	const char *name; /* NULL: we have no row for it */
	uint16_t duty_permille;
} regions[] = {
	{ 1, "US915", 1000 }, { 2, "EU433", 100 },  { 3, "EU868", 100 },   { 5, "JP920", 100 },
	{ 6, "AU915", 1000 }, { 7, "KR920", 1000 }, { 10, "IN865", 1000 }, { 11, "NZ865", 1000 },
	{ 12, NULL, 100 },    { 14, NULL, 100 },    { 29, NULL, 25 },      { 32, "EU868", 100 },
};

enum { REGION_2400_MHZ = 13, REGIONS = sizeof regions / sizeof *regions };

/* ModemPreset of config.proto to what modemPresetToParams() of MeshRadio.h makes of it. */
static const struct {
	uint32_t bandwidth_hz;
	uint8_t spreading, coding;
} presets[] = {
	{ 250000, 11, 5 }, { 125000, 12, 8 }, { 250000, 11, 5 }, { 250000, 10, 5 }, { 250000, 9, 5 }, { 250000, 8, 5 },
	{ 250000, 7, 5 },  { 125000, 11, 8 }, { 500000, 7, 5 },  { 500000, 11, 8 }, { 125000, 9, 5 }, { 125000, 10, 5 },
	{ 62500, 7, 6 },   { 62500, 8, 6 },   { 15600, 7, 5 },   { 15600, 8, 6 },   { 500000, 9, 5 },
};

enum { PRESETS = sizeof presets / sizeof *presets };

/* Some widths are no whole kHz: bwCodeToKHz() of MeshRadio.h. */
static uint32_t bandwidth_of(uint32_t code)
{
	static const uint32_t odd[][2] = {
		{ 0, 250000 }, { 8, 7800 },   { 10, 10400 }, { 16, 15600 },   { 21, 20800 },
		{ 31, 31250 }, { 42, 41700 }, { 62, 62500 }, { 200, 203125 }, { 400, 406250 }
	};

	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		if (odd[i][0] == code)
			return odd[i][1];
	return code <= 1000 ? code * 1000 : 0;
}

static uint32_t frequency_of(float mhz)
{
	return mhz > 100 && mhz < 1000 ? (uint32_t)((double)mhz * 1e6 + 0.5) : 0;
}

/* Its firmware takes what is out of range for the first preset's. */
static struct band_setting setting_of(const struct meshtastic_radio *radio)
{
	bool is_coding = radio->coding >= AIRTIME_CODING_MIN && radio->coding <= AIRTIME_CODING_MAX;
	bool is_spreading = radio->spreading >= 5 && radio->spreading <= AIRTIME_SPREADING_MAX;
	struct band_setting setting = { .frequency_hz = frequency_of(radio->frequency_mhz) };
	uint32_t preset = radio->preset < PRESETS ? radio->preset : 0;

	setting.power_dbm = (int8_t)(radio->power < -100 ? -100 : radio->power > 100 ? 100 : radio->power);
	setting.bandwidth_hz = presets[preset].bandwidth_hz;
	setting.spreading = presets[preset].spreading;
	setting.coding = presets[preset].coding;
	if (!radio->has_preset) {
		setting.bandwidth_hz = bandwidth_of(radio->bandwidth);
		setting.spreading = (uint8_t)(is_spreading ? radio->spreading : presets[0].spreading);
		setting.coding = (uint8_t)(is_coding ? radio->coding : presets[0].coding);
	} else if (is_coding && radio->coding > setting.coding) {
		setting.coding = (uint8_t)radio->coding;
	}
	return setting;
}

/* Sets status.duty_permille; false with a sentence. */
static bool suits_region(struct meshtastic *m)
{
	const char *name = NULL, *wished = m->modem.wish.band ? m->modem.wish.band->name : NULL;
	uint16_t duty = m->modem.wish.band ? m->modem.wish.band->duty_permille : 1000;

	for (size_t i = 0; i < REGIONS; i++)
		if (regions[i].code == m->radio.region) {
			name = regions[i].name;
			duty = regions[i].duty_permille < duty ? regions[i].duty_permille : duty;
		}
	m->modem.status.duty_permille = duty;
	if (!m->radio.region)
		modem_say(&m->modem, SAY(MESHTASTIC_REGION_MISSING));
	else if (m->radio.region == REGION_2400_MHZ)
		modem_say(&m->modem, SAY(MESHTASTIC_REGION_2400));
	else if (name && wished && strcmp(name, wished) != 0)
		modem_say(&m->modem, SAY_OF(MESHTASTIC_REGION_OTHER, say_text(name), say_text(wished)));
	else if (!m->radio.may_send)
		modem_say(&m->modem, SAY(MESHTASTIC_MAY_NOT_SEND));
	else
		return true;
	return false;
}

static bool suits_airtime(struct meshtastic *m)
{
	struct band_setting setting = setting_of(&m->radio);
	struct airtime_setting air = { setting.bandwidth_hz, setting.spreading, setting.coding, PREAMBLE };

	m->modem.status.setting = setting;
	m->modem.status.frame_overhead = (uint16_t)(MESHTASTIC_HEAD_SIZE + (m->signs ? MESHTASTIC_SIGNATURE_SIZE : 0));
	if (airtime_is_valid(&air))
		return true;
	modem_say(&m->modem, SAY(MESHTASTIC_SETTING_UNKNOWN));
	return false;
}

static bool has_name(const struct meshtastic_channel *channel)
{
	return channel->role && channel->name_size == sizeof channel_name &&
	       memcmp(channel->name, channel_name, sizeof channel_name) == 0;
}

static bool is_ours(const struct meshtastic_channel *channel)
{
	return has_name(channel) && channel->key_size == sizeof channel_key &&
	       memcmp(channel->key, channel_key, sizeof channel_key) == 0;
}

/* The place of our channel, or one where it may go; the first is the device's own. MESHTASTIC_CHANNELS: none. */
static uint8_t find_channel(const struct meshtastic *m)
{
	for (int i = 0; i < MESHTASTIC_CHANNELS; i++)
		if (is_ours(&m->channels[i]))
			return (uint8_t)i;
	for (int i = 1; i < MESHTASTIC_CHANNELS; i++)
		if (has_name(&m->channels[i]))
			return (uint8_t)i;
	for (int i = 1; i < MESHTASTIC_CHANNELS; i++)
		if (!m->channels[i].role)
			return (uint8_t)i;
	return MESHTASTIC_CHANNELS;
}

static void set_channel(struct meshtastic *m, mono_ms now)
{
	Aidmesh__Mesh__Admin admin = AIDMESH__MESH__ADMIN__INIT;
	Aidmesh__Mesh__Channel channel = AIDMESH__MESH__CHANNEL__INIT;
	Aidmesh__Mesh__ChannelSettings settings = AIDMESH__MESH__CHANNEL_SETTINGS__INIT;
	uint8_t key[sizeof channel_key], name[sizeof channel_name], bytes[128];
	size_t size;

	memcpy(key, channel_key, sizeof key);
	memcpy(name, channel_name, sizeof name);
	settings.psk = (ProtobufCBinaryData){ .len = sizeof key, .data = key };
	settings.name = (ProtobufCBinaryData){ .len = sizeof name, .data = name };
	channel.index = m->channel;
	channel.settings = &settings;
	channel.role = ROLE_SECONDARY;
	admin.set_channel = &channel;
	assert(aidmesh__mesh__admin__get_packed_size(&admin) <= sizeof bytes);
	size = aidmesh__mesh__admin__pack(&admin, bytes);
	put_packet(m, m->number, 0, PORT_ADMIN, (struct view){ bytes, size });
	m->modem.status.state = MODEM_SETTING;
	m->channel_tries++;
	m->modem.tries = 0;
	ask_again(m, MESHTASTIC_ASK, now + SETTLE_MS);
}

/* It has said all: what now? */
static void judge(struct meshtastic *m, mono_ms now)
{
	memcpy(m->modem.status.device, "Meshtastic", sizeof "Meshtastic");
	if (!suits_region(m) || !suits_airtime(m)) {
		fail(m);
		return;
	}
	m->channel = find_channel(m);
	if (m->channel == MESHTASTIC_CHANNELS) {
		modem_say(&m->modem, SAY_OF(MESHTASTIC_CHANNEL_NONE, say_number(MESHTASTIC_CHANNELS)));
		fail(m);
	} else if (is_ours(&m->channels[m->channel])) {
		modem_become_ready(&m->modem, now);
	} else if (m->channel_tries < CHANNEL_TRIES) {
		set_channel(m, now);
	} else {
		modem_say(&m->modem, SAY(MESHTASTIC_CHANNEL_REFUSED));
		fail(m);
	}
}

/* Hearing. */

/* Where protobuf-c's structs live while a message is read. A message of 512 bytes that is all tiny unknown fields would need
 * more: it is refused. */
struct arena {
	alignas(max_align_t) uint8_t bytes[16384];
	size_t used;
};

static void *arena_alloc(void *data, size_t size)
{
	struct arena *arena = data;
	const size_t unit = alignof(max_align_t);
	size_t rounded = (size + unit - 1) / unit * unit;
	void *taken = arena->bytes + arena->used;

	if (size > sizeof arena->bytes || rounded > sizeof arena->bytes - arena->used)
		return NULL;
	arena->used += rounded;
	return taken;
}

static void arena_free(void *data, void *taken)
{
	(void)data;
	(void)taken;
}

static void hear_my_info(struct meshtastic *m, const Aidmesh__Mesh__MyInfo *info)
{
	/* It begins to tell about itself: what was said before does not hold. */
	m->number = info->my_node_num;
	m->radio = (struct meshtastic_radio){ .is_known = false };
	m->signs = false;
	memset(m->channels, 0, sizeof m->channels);
}

static void hear_channel(struct meshtastic *m, const Aidmesh__Mesh__Channel *said)
{
	struct meshtastic_channel channel = { .role = said->role > 0 };
	const Aidmesh__Mesh__ChannelSettings *settings = said->settings;

	if (said->index < 0 || said->index >= MESHTASTIC_CHANNELS) {
		m->modem.status.refused++;
		return;
	}
	/* What is longer than it can be is not ours; its size alone would tell. */
	if (settings && settings->name.len <= sizeof channel.name && settings->psk.len <= sizeof channel.key) {
		channel.name_size = (uint8_t)settings->name.len;
		channel.key_size = (uint8_t)settings->psk.len;
		if (channel.name_size)
			memcpy(channel.name, settings->name.data, channel.name_size);
		if (channel.key_size)
			memcpy(channel.key, settings->psk.data, channel.key_size);
	}
	m->channels[said->index] = channel;
}

static void hear_radio(struct meshtastic *m, const Aidmesh__Mesh__LoRa *said)
{
	m->radio = (struct meshtastic_radio){ .is_known = true,
					      .has_preset = said->use_preset,
					      .may_send = said->tx_enabled,
					      .preset = said->modem_preset,
					      .bandwidth = said->bandwidth,
					      .spreading = said->spread_factor,
					      .coding = said->coding_rate,
					      .region = said->region,
					      .power = said->tx_power,
					      .frequency_mhz = said->override_frequency };
}

static void hear_metadata(struct meshtastic *m, const Aidmesh__Mesh__Metadata *said)
{
	size_t size = said->firmware_version.len, cap = sizeof m->modem.status.firmware - 1;
	char *text = m->modem.status.firmware;

	m->signs = said->has_xeddsa;
	size = size < cap ? size : cap;
	for (size_t i = 0; i < size; i++) {
		uint8_t c = said->firmware_version.data[i];

		text[i] = c > 0x20 && c < 0x7f ? (char)c : '?';
	}
	text[size] = '\0';
}

static void hear_end(struct meshtastic *m, uint32_t nonce, mono_ms now)
{
	if (nonce != NONCE || m->step != MESHTASTIC_LISTEN || m->modem.status.state == MODEM_READY)
		return;
	if (m->number && m->radio.is_known)
		judge(m, now);
	else
		m->modem.due_at = now; /* the rest was lost: asked again */
}

static void hear_queue(struct meshtastic *m, const Aidmesh__Mesh__QueueStatus *said, mono_ms now)
{
	bool is_of_packet = m->waits_for && said->packet_id == m->waits_for;

	if (m->modem.status.state != MODEM_READY)
		return;
	if (is_of_packet && said->res) {
		m->modem.status.failed++;
		modem_say_trouble(&m->modem,
				  said->res == RES_DUTY ? SAY(MESHTASTIC_AIRTIME)
							: SAY_OF(MESHTASTIC_NOT_SENT, say_number(said->res)),
				  now);
	}
	if (is_of_packet || !said->packet_id)
		m->waits_for = 0;
	m->room = said->free;
	m->modem.tries = 0;
	if (!m->waits_for)
		m->modem.due_at = now + (m->room >= ROOM_MIN ? BEAT_MS : ROOM_MS);
}

/* Steps of 0.25 dB. What is no number counts as 0. */
static int16_t quarters_of(float db)
{
	return (int16_t)(db > -100 && db < 100 ? db * 4 : 0);
}

/* True: it is a frame, told in `heard`. */
static bool hear_packet(struct meshtastic *m, struct modem_heard *heard, const Packet *packet)
{
	const Aidmesh__Mesh__Data *data = packet->decoded;
	int32_t rssi = packet->rx_rssi;

	if (m->modem.status.state != MODEM_READY)
		return false;
	if (!data || data->portnum != PORT_OURS || packet->channel != m->channel || packet->from == m->number ||
	    !data->payload.len || data->payload.len > RADIO_FRAME_MAX) {
		m->modem.status.foreign++;
		return false;
	}
	memcpy(m->frame, data->payload.data, data->payload.len);
	heard->frame = (struct view){ m->frame, data->payload.len };
	heard->has_signal = rssi < 0 && rssi > -200; /* 0: it did not say */
	if (heard->has_signal)
		heard->signal = (struct modem_signal){ (int16_t)rssi, quarters_of(packet->rx_snr) };
	m->modem.status.frames_in++;
	return true;
}

static bool hear_said(struct meshtastic *m, struct modem_heard *heard, const FromRadio *said, mono_ms now)
{
	switch (said->said_case) {
	case AIDMESH__MESH__FROM_RADIO__SAID_PACKET:
		return hear_packet(m, heard, said->packet);
	case AIDMESH__MESH__FROM_RADIO__SAID_MY_INFO:
		hear_my_info(m, said->my_info);
		break;
	case AIDMESH__MESH__FROM_RADIO__SAID_CONFIG:
		if (said->config->lora)
			hear_radio(m, said->config->lora);
		break;
	case AIDMESH__MESH__FROM_RADIO__SAID_CHANNEL:
		hear_channel(m, said->channel);
		break;
	case AIDMESH__MESH__FROM_RADIO__SAID_METADATA:
		hear_metadata(m, said->metadata);
		break;
	case AIDMESH__MESH__FROM_RADIO__SAID_QUEUE_STATUS:
		hear_queue(m, said->queue_status, now);
		break;
	case AIDMESH__MESH__FROM_RADIO__SAID_CONFIG_COMPLETE_ID:
		hear_end(m, said->config_complete_id, now);
		break;
	case AIDMESH__MESH__FROM_RADIO__SAID_REBOOTED:
		if (said->rebooted)
			greet(m, now + REBOOT_MS);
		break;
	case AIDMESH__MESH__FROM_RADIO__SAID__NOT_SET: /* what we do not use, and what later firmware may say */
	case _AIDMESH__MESH__FROM_RADIO__SAID__CASE_IS_INT_SIZE:
		break;
	}
	return false;
}

static bool hear_message(struct meshtastic *m, struct modem_heard *heard, mono_ms now)
{
	struct arena arena = { .used = 0 };
	ProtobufCAllocator allocator = { .alloc = arena_alloc, .free = arena_free, .allocator_data = &arena };
	FromRadio *said = aidmesh__mesh__from_radio__unpack(&allocator, m->size, m->bytes);

	if (m->modem.status.state == MODEM_FAILED)
		return false;
	if (!said) {
		m->modem.status.refused++;
		return false;
	}
	m->has_answered = true;
	return hear_said(m, heard, said, now);
}

/* A byte of the head, or of the log. */
static void take_head(struct meshtastic *m, uint8_t byte)
{
	switch (m->have_head) {
	case 0:
		m->have_head = byte == START_1;
		return;
	case 1:
		m->have_head = byte == START_2 ? 2 : byte == START_1;
		return;
	case 2:
		m->size = byte;
		m->have_head = 3;
		return;
	default:
		m->size = (uint16_t)(m->size << 8 | byte);
		m->have = 0;
		m->have_head = HEAD_SIZE;
	}
	if (m->size <= MESHTASTIC_MESSAGE_MAX)
		return;
	/* That was no head; perhaps the next one began within it. */
	m->modem.status.refused++;
	m->have_head = m->size == (START_1 << 8 | START_2) ? 2 : byte == START_1;
}

static size_t feed(void *self, struct modem_heard *heard, struct view bytes, mono_ms now)
{
	struct meshtastic *m = self;

	*heard = (struct modem_heard){ .has_signal = false };
	/* One that was cut short by a restart is not waited for. */
	if (m->have_head == HEAD_SIZE && now - m->heard_at >= SILENT_MS / 2) {
		m->modem.status.refused++;
		m->have_head = 0;
	}
	for (size_t i = 0; i < bytes.size; i++) {
		if (m->have_head < HEAD_SIZE)
			take_head(m, bytes.data[i]);
		else
			m->bytes[m->have++] = bytes.data[i];
		if (m->have_head < HEAD_SIZE)
			continue;
		m->heard_at = now;
		if (m->have < m->size)
			continue;
		m->have_head = 0;
		if (hear_message(m, heard, now))
			return i + 1;
	}
	return bytes.size;
}

/* The rest is as with every codec. */

static bool can_send(const void *self)
{
	const struct meshtastic *m = self;

	return m->modem.status.state == MODEM_READY && m->room >= ROOM_MIN && !m->waits_for && !m->modem.out_size;
}

static enum modem_rc send(void *self, struct view frame, mono_ms now)
{
	struct meshtastic *m = self;

	if (!modem_may_carry(&m->modem, frame))
		return MODEM_E_SIZE;
	if (!can_send(m))
		return MODEM_E_BUSY;
	put_packet(m, TO_ALL, m->channel, PORT_OURS, frame);
	m->waits_for = m->packet_id;
	m->room--;
	m->modem.status.frames_out++;
	m->modem.due_at = now + PACKET_MS;
	return MODEM_OK;
}

static void give_up(struct meshtastic *m)
{
	modem_say(&m->modem, m->has_answered ? SAY(MESHTASTIC_SILENT) : SAY(MESHTASTIC_NONE));
	fail(m);
}

/* It was asked and has not come to an end. */
static void tick_listening(struct meshtastic *m, mono_ms now)
{
	if (m->heard_at > m->asked_at && now < m->heard_at + SILENT_MS && now < m->asked_at + ANSWER_MS)
		m->modem.due_at = m->heard_at + SILENT_MS;
	else if (++m->modem.tries >= ASK_TRIES)
		give_up(m);
	else
		ask_again(m, MESHTASTIC_WAKE, now);
}

static void tick_asking(struct meshtastic *m, mono_ms now)
{
	uint8_t wake[WAKE_BYTES];

	switch (m->step) {
	case MESHTASTIC_WAKE:
		memset(wake, START_2, sizeof wake);
		(void)modem_put(&m->modem, wake, sizeof wake);
		m->step = MESHTASTIC_ASK;
		m->modem.due_at = now + WAKE_MS;
		break;
	case MESHTASTIC_ASK:
		ask_config(m);
		m->step = MESHTASTIC_LISTEN;
		m->asked_at = now;
		m->modem.due_at = now + SILENT_MS;
		break;
	case MESHTASTIC_LISTEN:
		tick_listening(m, now);
		break;
	}
}

static void tick(void *self, mono_ms now)
{
	struct meshtastic *m = self;

	if (!modem_is_due(&m->modem, now))
		return;
	switch (m->modem.status.state) {
	case MODEM_GREETING:
	case MODEM_SETTING:
		tick_asking(m, now);
		break;
	case MODEM_READY:
		if (m->modem.tries++ == BEAT_TRIES) {
			greet(m, now); /* it sleeps, or has restarted */
			return;
		}
		beat(m);
		m->modem.due_at = now + BEAT_ANSWER_MS;
		break;
	case MODEM_FAILED:
		break;
	}
}

static void leave(void *self)
{
	struct meshtastic *m = self;
	ToRadio message = AIDMESH__MESH__TO_RADIO__INIT;

	m->modem.out_size = 0;
	if (m->has_answered) {
		message.said_case = AIDMESH__MESH__TO_RADIO__SAID_DISCONNECT;
		message.disconnect = 1;
		put_message(m, &message);
	}
	fail(m);
}

const struct modem_codec meshtastic_codec = {
	.name = "meshtastic",
	.self_size = sizeof(struct meshtastic),
	.open = open_codec,
	.feed = feed,
	.can_send = can_send,
	.send = send,
	.tick = tick,
	.leave = leave,
};
