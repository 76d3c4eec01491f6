# SPDX-License-Identifier: AGPL-3.0-or-later
"""A Meshtastic device on a port: what firmware 2.8 does with the bytes it gets, its oddities included. Facts from
meshtastic/firmware (StreamAPI, SerialConsole, PhoneAPI, MeshService, Router, RadioLibInterface, Channels, AdminModule at 7754068) and
meshtastic/protobufs (at 1b4cb00):

  - frames are 94 C3, length in two bytes, protobuf; a second 94 before C3 loses the frame; a length above 512 is skipped;
  - on serial it says nothing but log text until the first frame comes, not even that it restarted (`says_rebooted`: firmware
    before 2.7 does); want_config brings my_info, UI, node, metadata, regions, channels, config, modules, files, and the nonce back;
    69420 leaves out other nodes, 69421 all but nodes;
  - packets come only after that, until 15 minutes without a word: then it asks for the handshake again, by silence;
  - a heartbeat brings queueStatus; so does each packet taken, with its id and a result: 32 queue full, 34 no region, 7 too
    large, 6 no such channel, 9 duty cycle; fields that are 0 are left out, `free` too when the queue is full. The same id again
    and what does not parse (a payload above 233 bytes) brings nothing at all;
  - the sender's number is its own, whatever the host says; hop limit 0 stays 0; broadcasts are signed where 66 more bytes fit;
  - a packet heard comes once, with the channel's index if a channel has its hash and its key; others are relayed only
    (`shows_encrypted`: before 2.8 they come up still encrypted); hop limit above 0 makes it go out again, later;
  - it listens before it sends, at random slots; asleep it misses all until 32 bytes of C3 and a tenth of a second woke it.

Not here: real AES (a keystream of SHA-256 stands for it, the same in size), PKI, position, the many settings. A set_config of
LoRa is taken and answered by a restart 7 s later."""

import hashlib
import struct

from air import SYNC_MESHTASTIC, Setting, symbol_us
from device import Device
from protobuf import Fixed32, Malformed, get, put, some

START = b"\x94\xc3"
FRAME_MAX, PAYLOAD_MAX, DATA_MAX, HEADER, SIGNATURE = 512, 233, 239, 16, 66
QUEUE_MAX, PHONE_MAX, STATUS_MAX, CHANNELS, SEEN_IDS = 16, 32, 2, 8, 20
BROADCAST = 0xFFFFFFFF
ONLY_CONFIG, ONLY_NODES = 69420, 69421
TEXT, ROUTING, ADMIN, TELEMETRY, PRIVATE = 1, 5, 6, 67, 256
NO_CHANNEL, TOO_LARGE, DUTY_CYCLE, FULL, DISABLED = 6, 7, 9, 32, 34
PRIMARY, SECONDARY = 1, 2
CONTACT_US, WAKE_US, REBOOT_US = 15 * 60_000_000, 80_000, 7_000_000
PREAMBLE, CW_MIN, CW_MAX = 16, 3, 8

# Of config.proto: name, bandwidth, spreading factor, coding rate.
PRESETS = {0: ("LongFast", 250000, 11, 5), 3: ("MediumSlow", 250000, 10, 5), 4: ("MediumFast", 250000, 9, 5),
           5: ("ShortSlow", 250000, 8, 5), 6: ("ShortFast", 250000, 7, 5), 7: ("LongMod", 125000, 11, 8),
           8: ("ShortTurbo", 500000, 7, 5), 9: ("LongTurbo", 500000, 11, 8)}
SHORT_FAST, SHORT_TURBO, LONG_FAST = 6, 8, 0
# Of RadioInterface.cpp: first and last frequency, duty cycle in percent.
UNSET, US, EU_868 = 0, 1, 3
REGIONS = {US: (902_000_000, 928_000_000, 100), EU_868: (869_400_000, 869_650_000, 10)}


def frame(message):
    return START + struct.pack(">H", len(message)) + message


def xor(data):
    total = 0
    for byte in data:
        total ^= byte
    return total


def name_hash(name):
    value = 5381
    for byte in name.encode():
        value = (value * 33 + byte) & 0xFFFFFFFF
    return value


class Packet:
    """Inside: `data` is a Data message in clear, `channel` an index."""

    def __init__(self, sender, to, number, data, hop_limit, hop_start, channel=0):
        self.sender, self.to, self.number, self.data = sender, to, number, data
        self.hop_limit, self.hop_start, self.channel = hop_limit, hop_start, channel


class Meshtastic(Device):
    def __init__(self, air, port, name="mesh", number=0x0A000001, region=EU_868, preset=SHORT_FAST, firmware="2.8.0.7754068",
                 boot_ms=1500, resets_on_open=False, is_tcp=False, says_rebooted=False, shows_encrypted=False, signs=True, seed=1):
        super().__init__(air, port, name, boot_ms, resets_on_open, seed)
        self.number, self.region, self.preset, self.firmware = number, region, preset, firmware
        self.is_tcp, self.says_rebooted = is_tcp, says_rebooted
        self.shows_encrypted, self.signs = shows_encrypted, signs
        self.channels = [(b"\x01", "", PRIMARY)] + [(b"", "", 0)] * (CHANNELS - 1)  # psk, name, role: flash
        self.station.sent = self.frame_sent
        self.talks_between = False  # log text between frames too, as firmware before 2.6 might
        self.doubles = False  # hands each packet over twice
        self.is_muted = False  # does not relay
        self.handshakes = self.heartbeats = self.malformed = self.relayed = 0
        self.packets = []  # what the host gave: (port number, payload, id, hop limit, channel)
        self.results = []  # of each
        self.delivered = 0
        port.closed = self.port_closed
        self.forget()

    # Power.

    def forget(self):
        super().forget()
        self.received = bytearray()
        self.may_write, self.is_told = self.is_tcp, False  # is_told: the handshake is done
        self.contact_us = self.air.now_us()
        self.for_phone, self.statuses, self.notices = [], [], []
        self.queue, self.on_air = [], None
        self.seen, self.ids = [], []
        self.sent_log = []  # (when, airtime) of the last hour
        self.delay = None
        self.asleep, self.wakes = False, 0

    def booting_noise(self):
        self.log("Booting")

    def booted(self):
        self.log("S:B:43,%s" % self.firmware)
        if self.region != UNSET:
            self.station.listen(self.setting())
        if self.says_rebooted and not self.is_tcp:
            self.port.write(frame(put((8, True))))
        self.contact_us = self.air.now_us()

    def setting(self):
        name, bandwidth, spreading, coding = PRESETS[self.preset]
        first, last, _ = REGIONS[self.region]
        slot = name_hash(self.channel_name(0)) % ((last - first) // bandwidth)
        return Setting(first + bandwidth // 2 + slot * bandwidth, bandwidth, spreading, coding, PREAMBLE, SYNC_MESHTASTIC)

    def sleep(self):
        """As a tracker does between its reports."""
        with self.air.lock:
            self.asleep, self.wakes, self.is_told = True, 0, False
            self.station.off()

    def woken(self, life):
        if life == self.life and not self.booting:
            self.asleep = False
            self.station.listen(self.setting())

    # The port.

    def port_opened(self):
        if self.is_tcp:
            self.received.clear()
            self.is_told = False
        else:
            super().port_opened()

    def port_closed(self):
        """On serial nobody tells it."""
        if self.is_tcp:
            self.is_told = False

    def port_came(self, data):
        if self.booting:
            return
        if self.asleep:
            self.wakes += data.count(0xC3)
            if self.wakes >= 32 and self.wakes - data.count(0xC3) < 32:
                self.air.after(WAKE_US, self.woken, self.life)
            return
        for byte in data:
            self.take(byte)

    def take(self, byte):
        at = len(self.received)
        self.received.append(byte)
        if at < 2:
            if byte != START[at]:
                self.received.clear()
            return
        size = int.from_bytes(self.received[2:4], "big")
        if at == 3 and size > FRAME_MAX:
            self.received.clear()
        elif at >= 3 and at + 1 >= size + 4:
            message = bytes(self.received[4:])
            self.received.clear()
            self.hear(message)

    def log(self, text):
        """Console text, before a host speaks protobuf."""
        if not self.is_tcp and not self.may_write and not self.is_dumb:
            self.port.write(b"\x1b[32mINFO  \x1b[0m| ??:??:?? 1 " + text.encode() + b"\r\n")

    def say(self, *message):
        if self.booting or self.is_dumb or not self.may_write:
            return
        if self.talks_between:
            self.port.write(b"DEBUG | ??:??:?? 7 [Router] \x94 Rx\xc3 \x94\r\n")
        self.port.write(frame(put(*message)))

    # ToRadio.

    def hear(self, message):
        self.may_write = True
        self.contact_us = self.air.now_us()
        self.air.after(CONTACT_US, self.check_contact, self.life)
        try:
            fields = get(message)
            if 1 in fields:
                self.hear_packet(get(fields[1]))
            elif 3 in fields:
                self.tell_all(fields[3] & 0xFFFFFFFF)
            elif 4 in fields:
                self.is_told = False
            elif 7 in fields:
                self.heartbeats += 1
                if get(fields[7]).get(1) != 1:
                    self.say((11, self.status(0, 0)))
        except (Malformed, TypeError):
            self.malformed += 1

    def check_contact(self, life):
        if life == self.life and self.is_told and self.air.now_us() - self.contact_us >= CONTACT_US:
            self.is_told = False

    def status(self, result, number):
        return put((1, some(result)), (2, some(QUEUE_MAX - len(self.queue))), (3, QUEUE_MAX), (4, some(number)))

    def tell_all(self, nonce):
        self.handshakes += 1
        self.is_told = False
        if nonce != ONLY_NODES:
            self.say((3, put((1, self.number), (8, 7), (11, 30200), (12, bytes(16)), (13, "tbeam"), (15, 3))))
            self.say((17, put((1, 1))))
        self.say((4, self.node(self.number, "aidmesh radio")))
        if nonce != ONLY_NODES:
            self.say((13, put((1, self.firmware), (2, 24), (4, True), (9, 4), (11, True), (14, some(self.signs)))))
            self.say((19, put((1, b"\x08\x01"))))
            for index in range(CHANNELS):
                self.say((10, self.channel(index)))
            self.tell_config()
        if nonce != ONLY_CONFIG:
            self.say((4, self.node(0x0BADCAFE, "Stranger \U0001F332")))
        if nonce != ONLY_NODES:
            self.say((15, put((1, "/prefs/config.proto"), (2, 170))))
        self.say((7, nonce))
        self.is_told = True
        for kind, message in self.statuses + self.notices + self.for_phone:
            self.say((kind, message))
        self.statuses, self.notices, self.for_phone = [], [], []

    def tell_config(self):
        """Of ten kinds of config and seventeen of modules only LoRa says something here."""
        for kind in range(1, 11):
            lora = put((1, True), (2, some(self.preset)), (7, some(self.region)), (8, 3), (9, True), (10, 27), (104, True))
            self.say((5, put((kind, lora if kind == 6 else b""))))
        for kind in range(1, 18):
            self.say((9, put((kind, b""))))

    def node(self, number, name):
        user = put((1, "!%08x" % number), (2, name), (3, name[:4]), (5, 9))
        return put((1, number), (2, user), (4, 6.25), (5, Fixed32(1_700_000_000)), (9, 0))

    def channel(self, index):
        psk, name, role = self.channels[index]
        settings = put((2, some(psk)), (3, some(name)), (7, b"" if role else None))
        return put((1, some(index)), (2, settings), (3, some(role)))

    # Packets of the host.

    def hear_packet(self, packet):
        data = get(packet[4]) if 4 in packet else {}
        if len(data.get(2, b"")) > PAYLOAD_MAX:
            raise Malformed
        number = packet.get(6, 0)
        if number and number in self.ids:
            return
        self.ids = (self.ids + [number])[-SEEN_IDS:] if number else self.ids
        number = number or self.chance.randrange(1, 1 << 32)
        to = packet.get(2, 0)
        if to == self.number:
            self.hear_admin(data, number)
            self.tell_status(0, number)
            return
        self.packets.append((data.get(1, 0), data.get(2, b""), number, packet.get(9, 0), packet.get(3, 0)))
        hop_limit = min(packet.get(9, 0), 7)
        result = self.originate(Packet(self.number, to, number, data, hop_limit, hop_limit, packet.get(3, 0)))
        self.results.append(result)
        if result in (NO_CHANNEL, TOO_LARGE, DUTY_CYCLE):
            self.refuse(result, number)
        self.tell_status(result, number)

    def originate(self, packet):
        first, last, duty = REGIONS.get(self.region, (0, 0, 100))
        if duty < 100 and self.used_us() > 36_000_000 * duty:
            return DUTY_CYCLE
        return self.encode(packet) or self.enqueue(packet)

    def say_as(self, port, payload, hop_limit=0, channel=0):
        """The device itself has something to say, as it does with its position, its telemetry, or a text typed into it."""
        with self.air.lock:
            number = self.chance.randrange(1, 1 << 32)
            packet = Packet(self.number, BROADCAST, number, {1: port, 2: payload}, hop_limit, hop_limit, channel)
            return self.originate(packet)

    def encode(self, packet):
        """Sets packet.bytes, or returns what is wrong."""
        data = dict(packet.data)
        data[9] = 0  # bitfield
        data.pop(10, None)
        encoded = self.encode_data(data)
        if self.signs and packet.to == BROADCAST and len(encoded) + SIGNATURE <= DATA_MAX:
            data[10] = self.chance.randbytes(SIGNATURE - 2)
            encoded = self.encode_data(data)
        if len(encoded) > DATA_MAX:
            return TOO_LARGE
        if packet.channel >= CHANNELS or not self.channels[packet.channel][2]:
            return NO_CHANNEL
        packet.body = self.crypt(packet.channel, packet.sender, packet.number, encoded)
        packet.hash = self.channel_hash(packet.channel)
        return 0

    @staticmethod
    def encode_data(data):
        return put((1, some(data.get(1))), (2, some(data.get(2))), (3, some(data.get(3))), (9, data.get(9)), (10, data.get(10)))

    def enqueue(self, packet):
        if self.region == UNSET:
            return DISABLED
        if len(self.queue) >= QUEUE_MAX:
            return FULL
        self.queue.append(packet)
        self.delay_next()
        return 0

    def refuse(self, result, number):
        if result == DUTY_CYCLE:
            self.notify((16, put((1, number), (3, 30), (4, "Duty cycle limit exceeded. You can send again in 5 mins"))))
        data = put((1, ROUTING), (2, put((3, result))), (6, Fixed32(number)))
        self.hand((2, put((1, Fixed32(self.number)), (2, Fixed32(self.number)), (4, data), (6, Fixed32(number ^ 1)),
                          (11, 120))))

    def notify(self, message):
        if self.is_told:
            self.say(message)
        else:
            self.notices = (self.notices + [message])[-1:]

    def tell_status(self, result, number):
        message = (11, self.status(result, number))
        if self.is_told:
            self.say(message)
        else:
            self.statuses = (self.statuses + [message])[-STATUS_MAX:]

    def hear_admin(self, data, number):
        if data.get(1) != ADMIN:
            return
        admin = get(data.get(2, b""))
        if 33 in admin:
            self.set_channel(get(admin[33]))
        elif 34 in admin and 6 in get(admin[34]):
            lora = get(get(admin[34])[6])
            self.region, self.preset = lora.get(7, 0), lora.get(2, 0)
            self.air.after(REBOOT_US, self.restart_of, self.life)
        elif 97 in admin:
            self.air.after(admin[97] * 1_000_000, self.restart_of, self.life)
        if data.get(3):
            reply = put((1, ROUTING), (2, put((3, 0))), (6, Fixed32(number)))
            self.hand((2, put((1, Fixed32(self.number)), (2, Fixed32(self.number)), (4, reply), (6, Fixed32(number ^ 2)))))

    def restart_of(self, life):
        if life == self.life:
            self.restart()

    def set_channel(self, channel):
        index, settings, role = channel.get(1, 0), get(channel.get(2, b"")), channel.get(3, 0)
        if index >= CHANNELS:
            return
        if role == PRIMARY:
            self.channels = [(psk, name, SECONDARY if r == PRIMARY else r) for psk, name, r in self.channels]
        self.channels[index] = (settings.get(2, b""), settings.get(3, b"").decode(errors="replace"), role)
        if not any(r == PRIMARY for _, _, r in self.channels):
            self.channels[0] = (b"\x01", "", PRIMARY)
        if self.station.setting:
            self.station.listen(self.setting())

    # Channels.

    def channel_name(self, index):
        return self.channels[index][1] or PRESETS[self.preset][0]

    def channel_key(self, index):
        """One byte stands for a key that all devices know; none borrows the primary channel's."""
        psk = self.channels[index][0]
        if not psk and self.channels[index][2] == SECONDARY:
            psk = self.channels[0][0]
        if len(psk) == 1:
            return bytes(15) + psk if psk[0] else b""
        return psk

    def channel_hash(self, index):
        return xor(self.channel_name(index).encode()) ^ xor(self.channel_key(index))

    def crypt(self, index, sender, number, data):
        key, stream, block = self.channel_key(index), b"", 0
        while key and len(stream) < len(data):
            stream += hashlib.sha256(key + struct.pack("<III", sender, number, block)).digest()
            block += 1
        return bytes(a ^ b for a, b in zip(data, stream)) if key else data

    # The air.

    def slot_us(self):
        return 2.5 * symbol_us(self.setting()) + 7600

    def delay_next(self, weighted=None):
        """A random number of slots; none is pending afterwards but this one."""
        if not self.queue:
            return
        self.air.cancel(self.delay)
        slots = self.chance.randrange(1 << (CW_MIN + int(self.utilisation() * (CW_MAX - CW_MIN))))
        if self.queue[0].sender != self.number:
            slots = 2 * CW_MAX + self.chance.randrange(1 << self.queue[0].window)
        self.delay = self.air.after(slots * self.slot_us(), self.try_send, self.life)

    def utilisation(self):
        """Of the last minute, as far as it sent itself."""
        minute_ago = self.air.now_us() - 60_000_000
        return min(1.0, sum(us for when, us in self.sent_log if when > minute_ago) / 60e6)

    def used_us(self):
        hour_ago = self.air.now_us() - 3_600_000_000
        self.sent_log = [(when, us) for when, us in self.sent_log if when > hour_ago]
        return sum(us for _, us in self.sent_log)

    def try_send(self, life):
        if life != self.life or self.booting or self.asleep or not self.queue or not self.station.setting:
            return
        if self.station.sending or self.station.hears_carrier():
            self.delay_next()
            return
        packet = self.queue.pop(0)
        flags = packet.hop_limit | packet.hop_start << 5
        head = struct.pack("<III4B", packet.to, packet.sender, packet.number, flags, packet.hash, 0, self.number & 0xFF)
        self.see(packet.sender, packet.number)
        sent = self.station.send(head + packet.body)
        self.sent_log.append((sent.began_us, sent.ends_us - sent.began_us))

    def frame_sent(self):
        self.delay_next()

    def see(self, sender, number):
        """False: it was known."""
        if (sender, number) in self.seen:
            return False
        self.seen = (self.seen + [(sender, number)])[-500:]
        return True

    def receive(self, data, dbm, snr_db):
        if len(data) < HEADER:
            return
        to, sender, number, flags, channel, _, relay = struct.unpack("<III4B", data[:HEADER])
        if not sender or sender == self.number:
            return
        if not self.see(sender, number):
            self.queue = [p for p in self.queue if (p.sender, p.number) != (sender, number)]
            return
        body = data[HEADER:]
        index, clear = self.decrypt(channel, sender, number, body)
        if index is not None or self.shows_encrypted:
            self.deliver(to, sender, number, flags, channel if index is None else index, relay, clear, body, dbm, snr_db)
        if flags & 7 and to != self.number and not self.is_muted and not self.booting:
            relayed = Packet(sender, to, number, None, (flags & 7) - 1, flags >> 5)
            relayed.body, relayed.hash = body, channel
            # The weaker it came, the sooner it goes on.
            relayed.window = CW_MIN + int(max(0, snr_db + 20) * (CW_MAX - CW_MIN) / 30)
            self.relayed += 1
            self.enqueue(relayed)

    def decrypt(self, channel, sender, number, body):
        for index in range(CHANNELS):
            if self.channels[index][2] and self.channel_hash(index) == channel:
                clear = self.crypt(index, sender, number, body)
                try:
                    if get(clear).get(1):
                        return index, clear
                except Malformed:
                    pass
        return None, None

    def deliver(self, to, sender, number, flags, channel, relay, clear, body, dbm, snr_db):
        self.delivered += 1
        packet = put((1, Fixed32(sender)), (2, Fixed32(to)), (3, some(channel)), (4, clear), (5, body if clear is None else None),
                     (6, Fixed32(number)), (7, Fixed32(1_700_000_000)), (8, float(snr_db)), (9, some(flags & 7)), (11, 64),
                     (12, int(dbm)), (15, some(flags >> 5)), (19, relay), (21, 1))
        for _ in range(2 if self.doubles else 1):
            self.hand((2, packet))

    def hand(self, message):
        """To the host, or kept for it as long as there is room."""
        if not self.is_told:
            if len(self.for_phone) < PHONE_MAX:
                self.for_phone.append(message)
        elif self.cut_next:
            whole = frame(put(message))
            self.port.write(whole[:len(whole) // 2])
            self.restart()
        else:
            self.say(message)
