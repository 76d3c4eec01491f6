# SPDX-License-Identifier: AGPL-3.0-or-later
"""An RNode on a port: what the firmware 1.86 does with the bytes it gets, its oddities included. Facts from RNode_Firmware
(RNode_Firmware.ino, Utilities.h, Config.h, Framing.h, sx127x.cpp, sx126x.cpp at d39339f):

  - a restart, which opening the port causes on many boards, takes 2 s in which it is deaf; then it says RESET, and knows no
    setting: the radio is off until frequency, bandwidth, power, spreading factor and state were given;
  - each setting is echoed: power as the chip clamps it (247, which is -9, becomes the most it can), the frequency of an SX127x
    on air as its steps of 61 Hz allow; limits of airtime as a float of 32 bit rounds them down;
  - the FEND that ends a data frame does not begin the next: a command needs its own; between commands one FEND is enough;
  - what is sent waits in a ring of bytes, whose end cuts a frame short without a word; what is left of such a frame sticks to the
    front of the next; READY is said only when asked;
  - while it sends it reads nothing: commands are answered afterwards; at slow settings all that waits goes out in one go;
  - it listens before it sends (slots of 12 symbols, a random wait of up to 13 of them), and not at all above its airtime limit;
  - frames above 254 bytes go out as two, joined again by whoever hears both;
  - RSSI and SNR come before a frame heard; channel statistics each second of radio, settings of the PHY when they change.

Not here: display, WiFi, Bluetooth, EEPROM, promiscuous mode, the speed of the serial line."""

import struct

from air import SYNC_PRIVATE, Setting
from device import Device

FEND, FESC, TFEND, TFESC = 0xC0, 0xDB, 0xDC, 0xDD
DATA, FREQUENCY, BANDWIDTH, POWER, SPREADING, CODING, STATE = range(7)
LOCK, DETECT, LEAVE, SHORT_LIMIT, LONG_LIMIT, READY = 0x07, 0x08, 0x0A, 0x0B, 0x0C, 0x0F
STAT_RX, STAT_TX, RSSI, SNR, AIR, PHY, BATTERY, CSMA = 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x29
BOARD, PLATFORM, MCU, FIRMWARE, RESET, ERROR = 0x47, 0x48, 0x49, 0x50, 0x55, 0x90
ERROR_INIT, ERROR_SEND, ERROR_QUEUE, ERROR_MEMORY, ERROR_TIMEOUT = 1, 2, 4, 5, 6
ESP32, NRF52, AVR = 0x80, 0x70, 0x90

MTU, SINGLE_MTU, SERIAL_MAX = 508, 255, 6144
RSSI_OFFSET, FLAG_SPLIT = 157, 0x01
CLAMP_DBM = {"sx1276": 17, "sx1262": 22}
BIN_MS, BINS = 7500, 480  # of an hour
TURN_US = 4000  # how often the loop comes round while something waits to be sent


def f32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def escape(data):
    return bytes(data).replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")


def message(command, data=b""):
    return bytes([FEND, command]) + escape(data) + bytes([FEND])


class Ring:
    """The queue of frames, with what it does when it is full."""

    def __init__(self, size, packets):
        self.size, self.packets = size, packets
        self.bytes, self.cursor, self.start = bytearray(size), 0, 0
        self.counted, self.height, self.waiting = 0, 0, []

    def put(self, byte):
        """False: there is no room, the byte is gone."""
        if self.height >= self.packets or self.counted >= self.size:
            return False
        self.counted += 1
        self.bytes[self.cursor] = byte
        self.cursor = (self.cursor + 1) % self.size
        return True

    def end(self):
        """False: the frame is not taken; what came of it stays in front of the next."""
        if len(self.waiting) >= self.packets or self.counted >= self.size:
            return False
        last = (self.cursor - 1) % self.size
        length = (last - self.start) % self.size + 1
        self.height += 1
        self.waiting.append((self.start, length))
        self.start = self.cursor
        return True

    def is_full(self):
        return self.height >= self.packets or self.counted >= self.size

    def pop(self):
        """None: it is too long to be one."""
        start, length = self.waiting.pop(0)
        return bytes(self.bytes[(start + i) % self.size] for i in range(length)) if length <= MTU else None, length


class RNode(Device):
    def __init__(self, air, port, name="rnode", chip="sx1276", platform=ESP32, firmware=(1, 0x56), boot_ms=2000,
                 resets_on_open=True, echo_off_hz=0, queue=(6144, 200), seed=1):
        super().__init__(air, port, name, boot_ms, resets_on_open, seed)
        self.chip, self.platform, self.firmware, self.queue = chip, platform, firmware, queue
        self.echo_off_hz = echo_off_hz  # added to what it says its frequency is
        self.noise = 0.0  # share of its messages before which the line makes bytes of its own
        self.station.sent = self.part_sent
        self.commands = []  # (command, bytes) as they came in, READY left out
        self.asked_ready = self.dropped = self.frames_in = self.frames_out = 0
        self.forget()

    # Power.

    def forget(self):
        super().forget()
        self.frequency = self.bandwidth = self.spreading = self.limit_short = self.limit_long = 0
        self.coding, self.power, self.is_on = 5, 0xFF, False
        self.ring = Ring(*self.queue)
        self.in_frame = self.escaped = False
        self.command, self.words = None, bytearray()
        self.backlog = bytearray()  # came while it sent
        self.parts, self.flushing = [], False
        self.half, self.half_seq = b"", None
        self.bins = [0.0] * BINS
        self.cw_band, self.cw = 1, None
        self.difs_began = self.cw_began = None
        self.cw_passed = 0
        self.turning = False
        self.stat_rx = self.stat_tx = 0

    def booting_noise(self):
        """What the ROM of the processor says at another speed, read at this one."""
        self.port.write(bytes(self.chance.randrange(256) for _ in range(60)))

    def booted(self):
        self.say(RESET, b"\xf8")

    def now_ms(self):
        return self.air.now_us() // 1000

    # Bytes.

    def say(self, command, data=b""):
        if self.booting or self.is_dumb:
            return
        if self.noise and self.chance.random() < self.noise:
            self.port.write(bytes(self.chance.randrange(256) for _ in range(self.chance.randrange(1, 20))))
        self.port.write(message(command, data))

    def fail(self, error):
        with self.air.lock:
            self.say(ERROR, bytes([error]))

    def port_came(self, data):
        if self.booting:
            return
        if self.station.sending or self.flushing:
            self.backlog += data[:max(0, SERIAL_MAX - len(self.backlog))]
            return
        for byte in data:
            self.take(byte)
            if self.booting:
                return
        self.turn_soon()

    def take(self, byte):
        if self.in_frame and byte == FEND and self.command == DATA:
            self.in_frame = False
            if not self.ring.end():
                self.dropped += 1
        elif byte == FEND:
            self.in_frame, self.command = True, None
            self.words.clear()
        elif self.in_frame and len(self.words) < MTU:
            if self.command is None:
                self.command = byte
            elif self.command in (DATA, FREQUENCY, BANDWIDTH, SHORT_LIMIT, LONG_LIMIT):
                self.take_escaped(byte)
            else:
                if self.command != READY:
                    self.commands.append((self.command, bytes([byte])))
                self.obey(self.command, byte)

    def take_escaped(self, byte):
        if byte == FESC:
            self.escaped = True
            return
        if self.escaped:
            byte = {TFEND: FEND, TFESC: FESC}.get(byte, byte)
            self.escaped = False
        if self.command == DATA:
            self.ring.put(byte)
            return
        self.words.append(byte)
        if len(self.words) == (4 if self.command in (FREQUENCY, BANDWIDTH) else 2):
            self.commands.append((self.command, bytes(self.words)))
            self.set_number(self.command, int.from_bytes(self.words, "big"))

    # Settings.

    def set_number(self, command, value):
        if command == FREQUENCY:
            self.frequency = self.tuned(value) if value else self.frequency
            self.retune()
            self.say(FREQUENCY, struct.pack(">I", (self.frequency + self.echo_off_hz) & 0xFFFFFFFF))
        elif command == BANDWIDTH:
            self.bandwidth = value or self.bandwidth
            self.retune()
            self.say_phy()
            self.say(BANDWIDTH, struct.pack(">I", self.bandwidth))
        else:
            limit = f32(value / 10000)
            limit = 0.0 if limit >= 1 else limit
            if command == SHORT_LIMIT:
                self.limit_short = limit
            else:
                self.limit_long = limit
            self.say(command, struct.pack(">H", int(f32(f32(limit * 100) * 100))))

    def tuned(self, frequency):
        """Of an SX127x on air it is read back, in steps of 32 MHz / 2^19, rounded down twice."""
        if self.is_on and self.chip == "sx1276":
            return (((frequency << 19) // 32_000_000) * 32_000_000) >> 19
        return frequency

    def retune(self):
        if self.is_on:
            self.station.listen(self.setting())

    def obey(self, command, byte):
        if command == POWER:
            if byte != 0xFF:
                self.power = min(byte, CLAMP_DBM[self.chip])
            self.say(POWER, bytes([self.power]))
        elif command == SPREADING:
            if byte != 0xFF:
                self.spreading = min(max(byte, 5), 12)
                self.retune()
                self.say_phy()
            self.say(SPREADING, bytes([self.spreading]))
        elif command == CODING:
            if byte != 0xFF:
                self.coding = min(max(byte, 5), 8)
                self.retune()
                self.say_phy()
            self.say(CODING, bytes([self.coding]))
        elif command == STATE:
            self.set_state(byte)
        elif command == READY:
            self.asked_ready += 1
            self.say(READY, bytes([0 if self.ring.is_full() else 1]))
        elif command == RESET and byte == 0xF8:
            self.restart()
        else:
            self.answer(command, byte)

    def answer(self, command, byte):
        answers = {LOCK: bytes([0 if self.is_set() else 1]), STAT_RX: struct.pack(">I", self.stat_rx),
                   STAT_TX: struct.pack(">I", self.stat_tx), BOARD: b"\x3a", PLATFORM: bytes([self.platform]),
                   MCU: bytes([self.platform + 1]), FIRMWARE: bytes(self.firmware)}
        if command == DETECT and byte == 0x73:
            self.say(DETECT, b"\x46")
        elif command in answers:
            self.say(command, answers[command])

    def is_set(self):
        return self.frequency and self.bandwidth and self.power != 0xFF and self.spreading

    def set_state(self, byte):
        if byte == 0:
            self.is_on = False
            self.station.off()
        elif byte == 1:
            if not self.is_on and self.is_set():
                self.is_on = True
                self.frequency = self.tuned(self.frequency)
                self.bins = [0.0] * BINS
                self.retune()
                self.say_phy()
                self.air.after(1_000_000, self.second, self.life)
            self.say(STATE, bytes([self.is_on]))  # by the start itself; the command says it again
        elif byte != 0xFF:
            return
        self.say(STATE, bytes([self.is_on]))

    # The modem.

    def symbol_ms(self):
        return (1 << self.spreading) * 1000 / self.bandwidth

    def bitrate(self):
        return int(self.spreading * (4 / self.coding) / ((1 << self.spreading) / (self.bandwidth / 1000)) * 1000)

    def preamble(self):
        target = (6 if self.bitrate() > 30000 else 24) / self.symbol_ms()
        return 18 if target < 18 else -int(-target // 1)

    def slot_ms(self):
        slot = min(int(self.symbol_ms() * 12), 100)
        return slot if slot >= 24 else (6 if self.bitrate() > 30000 else 24)

    def setting(self):
        return Setting(self.frequency, self.bandwidth, self.spreading, self.coding, self.preamble(), SYNC_PRIVATE)

    def say_phy(self):
        if not self.is_on:
            return
        symbol, preamble = self.symbol_ms(), self.preamble()
        self.say(PHY, struct.pack(">6H", int(symbol * 1000) & 0xFFFF, int(1000 / symbol), preamble,
                                  -int(-preamble * symbol // 1) & 0xFFFF, self.slot_ms(), 2 * self.slot_ms()))

    def airtime(self):
        """Shares of the last 15 s and of the last hour."""
        at = self.now_ms() % 3_600_000 // BIN_MS
        self.bins[(at + 1) % BINS] = 0
        return (self.bins[at] + self.bins[at - 1]) / (2 * BIN_MS), sum(self.bins) / 3_600_000

    def is_locked(self):
        short, long = self.airtime()
        return bool(self.limit_short and short >= self.limit_short or self.limit_long and long >= self.limit_long)

    def second(self, life):
        """What it says unasked while its radio is on and it is not sending."""
        if life != self.life or not self.is_on:
            return
        if not self.station.sending and not self.flushing:
            self.say_air()
        self.air.after(1_000_000, self.second, life)

    def say_air(self):
        short, long = (int(share * 10000) for share in self.airtime())
        band = 1 if short <= 700 else min(4, short // 100 * 2 // 78 + 2)
        if band != self.cw_band:
            self.cw_band = band
            self.say(CSMA, bytes([band, (band - 1) * 15, band * 15 - 1]))
        self.say(AIR, struct.pack(">4H3B", short, long, short, long, 40, 38, 0xFF))

    # Sending: tx_queue_handler(), flush_queue(), pop_queue().

    def turn_soon(self):
        if not self.turning and self.ring.waiting and self.is_on:
            self.turning = True
            self.air.after(TURN_US, self.turn, self.life)

    def turn(self, life):
        if life != self.life:
            return
        self.turning = False
        if not self.is_on or self.flushing or not self.ring.waiting:
            return
        if not self.is_locked() and self.may_send():
            self.send_waiting()
        else:
            self.turn_soon()

    def may_send(self):
        if self.cw is None:
            low = (self.cw_band - 1) * 15
            self.cw = self.chance.randrange(low, low + 14) * self.slot_ms()
        now = self.now_ms()
        if self.station.hears_carrier():
            self.difs_began = self.cw_began = None
        elif self.difs_began is None:
            self.difs_began = now
        elif now >= self.difs_began + 2 * self.slot_ms():
            if self.cw_began is not None:
                self.cw_passed += now - self.cw_began
            self.cw_began = now
            return self.cw_passed >= self.cw and self.cw_passed > 0
        return False

    def send_waiting(self):
        flush = self.bitrate() <= 14000
        while self.ring.waiting:
            data, length = self.ring.pop()
            if data:
                self.split(data)
            if not flush:
                self.ring.height = (self.ring.height - 1) & 0xFF
                self.ring.counted = (self.ring.counted - length) & 0xFFFF
                break
        if flush:
            self.ring.height = self.ring.counted = 0
        # The wait that has begun is not forgotten: the next frame finds it long over, unless the medium was busy meanwhile.
        self.cw, self.cw_passed, self.difs_began = None, 0, None
        self.flushing = True
        self.next_part()

    def split(self, data):
        head = self.chance.randrange(256) & 0xF0
        if len(data) > SINGLE_MTU - 1:
            head |= FLAG_SPLIT
        self.frames_out += 1
        for at in range(0, len(data), SINGLE_MTU - 1):
            self.parts.append(bytes([head]) + data[at:at + SINGLE_MTU - 1])

    def next_part(self):
        if self.parts:
            frame = self.station.send(self.parts.pop(0))
            self.bins[self.now_ms() % 3_600_000 // BIN_MS] += (frame.ends_us - frame.began_us) / 1000
            return
        self.flushing = False
        self.say_air()
        backlog, self.backlog = self.backlog, bytearray()
        self.port_came(bytes(backlog))
        self.turn_soon()

    def part_sent(self):
        self.stat_tx += 1
        self.next_part()

    # Hearing: receive_callback().

    def receive(self, data, dbm, snr_db):
        head, data = data[0], data[1:]
        if head & FLAG_SPLIT:
            if self.half_seq != head >> 4:
                self.half, self.half_seq = data, head >> 4
                return
            data = (self.half + data)[:MTU]
        self.half_seq = None
        self.stat_rx += 1
        self.frames_in += 1
        self.say(RSSI, bytes([(int(dbm) + RSSI_OFFSET) & 0xFF]))
        self.say(SNR, struct.pack("b", int(snr_db * 4)))
        if self.cut_next:
            self.port.write(message(DATA, data)[:2 + len(data) // 2])
            self.restart()
        else:
            self.say(DATA, data)
