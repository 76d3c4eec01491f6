# SPDX-License-Identifier: AGPL-3.0-or-later
"""One air for emulated radios: who hears whom, for how long a frame lasts, and what becomes of frames that overlap.

    station.send(bytes) --airtime--> every station that listens on the same setting, unless
                                       hidden      it does not hear the sender, or too weakly for the spreading factor
                                       deaf        it sent itself meanwhile
                                       collided    another frame overlapped that was not 6 dB weaker
                                       lost        the dice said so (loss, seed)

Time is in microseconds of the air. Without start() it is virtual: run_for() moves it, and all is as the seed says. After
start() a thread follows the monotonic clock, `factor` times as fast: devices on this air read no other clock, so all that they
do is as fast. Daemons on real time want factor 1.

Simplified: frames of another bandwidth or spreading factor neither disturb nor are noticed; which of two frames began first
does not matter for capture; no fading. Airtime is Semtech's formula (AN1200.13, section 4)."""

import heapq
import itertools
import math
import os
import random
import selectors
import threading
import time
import traceback
from collections import namedtuple

CAPTURE_DB = 6  # co-channel rejection of LoRa receivers
NOISE_FIGURE_DB = 6
SNR_MAX_DB = 12  # more is not reported
SENSE_SYMBOLS = 2  # until a preamble is noticed: what channel activity detection takes (AN1200.48)
SNR_MIN_DB = {7: -7.5, 8: -10, 9: -12.5, 10: -15, 11: -17.5, 12: -20}  # SX1276, table 13
SYNC_PRIVATE, SYNC_MESHTASTIC = 0x12, 0x2B

# frequency_hz, bandwidth_hz; spreading 7..12; coding 5..8; preamble in symbols; sync word
Setting = namedtuple("Setting", "frequency_hz bandwidth_hz spreading coding preamble sync")


def symbol_us(setting):
    return (1 << setting.spreading) * 1e6 / setting.bandwidth_hz


def airtime_us(setting, size):
    """Explicit header, CRC on, low data rate optimisation for symbols of 16 ms and more."""
    slow = 1 if symbol_us(setting) >= 16000 else 0
    blocks = math.ceil((8 * size - 4 * setting.spreading + 28 + 16) / (4 * (setting.spreading - 2 * slow)))
    symbols = setting.preamble + 4.25 + 8 + max(blocks * setting.coding, 0)
    return round(symbols * symbol_us(setting))


def is_disturbing(a, b):
    """Do frames on these settings spoil each other?"""
    return ((a.bandwidth_hz, a.spreading) == (b.bandwidth_hz, b.spreading) and
            abs(a.frequency_hz - b.frequency_hz) < a.bandwidth_hz)


def is_readable(sent, listening):
    """A receiver bears a quarter of the bandwidth of error."""
    return (is_disturbing(sent, listening) and sent.sync == listening.sync and
            abs(sent.frequency_hz - listening.frequency_hz) <= sent.bandwidth_hz // 4)


class Frame:
    """On the air, or once was."""

    def __init__(self, station, data, began_us, ends_us):
        self.station, self.setting, self.data = station, station.setting, data
        self.began_us, self.ends_us = began_us, ends_us
        self.spoilt, self.deaf = set(), set()  # stations
        self.is_cut = False


class Station:
    """One radio. `receive(data, dbm, snr_db)` and `sent()` are called on the air's thread."""

    def __init__(self, air, name, receive):
        self.air, self.name, self.receive = air, name, receive
        self.sent = lambda: None
        self.setting = None  # None: switched off
        self.since_us = 0  # listening, on this setting
        self.sending = None
        self.frames_sent = self.sent_us = 0
        self.heard = self.lost = self.collided = self.deaf = self.weak = 0

    def listen(self, setting):
        """Anew when the setting changes: a frame that has begun is not made out."""
        if setting != self.setting:
            self.setting, self.since_us = setting, self.air.now_us()

    def off(self):
        """What it sends breaks off."""
        self.setting = None
        if self.sending:
            self.air.cut(self.sending)
            self.sending = None

    def send(self, data):
        assert self.setting and not self.sending and 1 <= len(data) <= 255, (self.name, len(data))
        return self.air.begin(self, bytes(data))

    def hears_carrier(self):
        """A frame is on the air that it could notice."""
        now_us = self.air.now_us()
        return any(f.station is not self and is_disturbing(f.setting, self.setting) and self.air.is_strong(f, self) and
                   now_us - f.began_us >= SENSE_SYMBOLS * symbol_us(f.setting) for f in self.air.on_air)


class Air:
    def __init__(self, seed=1, loss=0.0, factor=1.0):
        self.chance = random.Random(seed)
        self.loss, self.factor = loss, factor
        self.stations, self.on_air, self.frames = [], [], []
        self.between = {}  # (station, station): dBm, None hidden
        self.usual_dbm = -90
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.heap, self.order = [], itertools.count()
        self.virtual_us, self.began = 0, None
        self.thread, self.failure, self.is_over = None, None, False

    # Time.

    def now_us(self):
        if self.began is None:
            return self.virtual_us
        return int((time.monotonic() - self.began) * 1e6 * self.factor)

    def after(self, delay_us, call, *arguments):
        """Returns what cancel() takes."""
        with self.lock:
            event = [self.now_us() + max(0, int(delay_us)), next(self.order), call, arguments]
            heapq.heappush(self.heap, event)
            if self.thread and threading.current_thread() is not self.thread:
                os.eventfd_write(self.bell, 1)
            return event

    def cancel(self, event):
        if event:
            event[2] = None

    def run_for(self, us):
        """Virtual time only."""
        assert self.thread is None
        until_us = self.virtual_us + us
        while self.heap and self.heap[0][0] <= until_us:
            self.virtual_us = max(self.virtual_us, self.heap[0][0])
            self.run_due()
        self.virtual_us = until_us

    def run_due(self):
        while self.heap and self.heap[0][0] <= self.now_us():
            _, _, call, arguments = heapq.heappop(self.heap)
            if call:
                call(*arguments)

    def start(self):
        self.selector = selectors.DefaultSelector()
        self.bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self.selector.register(self.bell, selectors.EVENT_READ, None)
        self.began = time.monotonic()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        return self

    def watch(self, fd, events, call):
        """`call(events)` on the air's thread; events 0: no longer."""
        if not events:
            if fd in self.selector.get_map():
                self.selector.unregister(fd)
        elif fd in self.selector.get_map():
            self.selector.modify(fd, events, call)
        else:
            self.selector.register(fd, events, call)
        if threading.current_thread() is not self.thread:
            os.eventfd_write(self.bell, 1)

    def run(self):
        try:
            while not self.is_over:
                with self.lock:
                    wait_us = self.heap[0][0] - self.now_us() if self.heap else 1e6 * self.factor
                ready = self.selector.select(max(0, wait_us / 1e6 / self.factor))
                with self.lock:
                    for key, events in ready:
                        if key.data and self.selector.get_map().get(key.fd) is key:
                            key.data(events)
                        elif key.fd == self.bell:
                            os.eventfd_read(self.bell)
                    self.run_due()
                    self.changed.notify_all()
        except Exception:  # told by wait() and close(), to whoever runs the test
            with self.lock:
                self.failure = traceback.format_exc()
                self.changed.notify_all()

    def close(self):
        self.is_over = True
        if self.thread:
            os.eventfd_write(self.bell, 1)
            self.thread.join(10)
            os.close(self.bell)
            self.selector.close()
        assert not self.failure, self.failure

    def wait(self, what, condition, seconds=20.0):
        """Until condition() is true; asked whenever something happened on the air or at a device."""
        until = time.monotonic() + seconds
        with self.lock:
            while True:
                assert not self.failure, self.failure
                value = condition()
                if value:
                    return value
                left = until - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{what} did not come true in {seconds} s\n{self.tell()}")
                self.changed.wait(left)

    # Place.

    def station(self, name, receive):
        with self.lock:
            self.stations.append(Station(self, name, receive))
            return self.stations[-1]

    def put(self, a, b, dbm):
        """How strongly they hear each other; None: not at all."""
        with self.lock:
            self.between[a, b] = self.between[b, a] = dbm

    def dbm(self, sender, receiver):
        return self.between.get((sender, receiver), self.usual_dbm)

    def snr_db(self, frame, receiver):
        floor = -174 + 10 * math.log10(frame.setting.bandwidth_hz) + NOISE_FIGURE_DB
        return min(SNR_MAX_DB, self.dbm(frame.station, receiver) - floor)

    def is_strong(self, frame, receiver):
        return (self.dbm(frame.station, receiver) is not None and
                self.snr_db(frame, receiver) >= SNR_MIN_DB[frame.setting.spreading])

    # Frames.

    def begin(self, station, data):
        now_us = self.now_us()
        frame = Frame(station, data, now_us, now_us + airtime_us(station.setting, len(data)))
        for other in self.on_air:
            self.overlap(frame, other)
        self.on_air.append(frame)
        self.frames.append(frame)
        station.sending = frame
        station.frames_sent += 1
        station.sent_us += frame.ends_us - now_us
        self.after(frame.ends_us - now_us, self.end, frame)
        return frame

    def overlap(self, a, b):
        a.deaf.add(b.station)
        b.deaf.add(a.station)
        if not is_disturbing(a.setting, b.setting):
            return
        for receiver in self.stations:
            dbm_a, dbm_b = self.dbm(a.station, receiver), self.dbm(b.station, receiver)
            if receiver in (a.station, b.station) or dbm_a is None or dbm_b is None:
                continue
            if dbm_a - dbm_b < CAPTURE_DB:
                a.spoilt.add(receiver)
            if dbm_b - dbm_a < CAPTURE_DB:
                b.spoilt.add(receiver)

    def cut(self, frame):
        frame.is_cut = True
        self.on_air.remove(frame)
        frame.station.sent_us -= frame.ends_us - self.now_us()

    def end(self, frame):
        if frame.is_cut:
            return
        self.on_air.remove(frame)
        sender = frame.station
        for receiver in self.stations:
            if (receiver is not sender and receiver.setting and is_readable(frame.setting, receiver.setting) and
                    receiver.since_us <= frame.began_us):
                self.arrive(frame, receiver)
        sender.sending = None
        sender.sent()

    def arrive(self, frame, receiver):
        dbm = self.dbm(frame.station, receiver)
        if dbm is None:
            return
        if not self.is_strong(frame, receiver):
            receiver.weak += 1
        elif receiver in frame.deaf:
            receiver.deaf += 1
        elif receiver in frame.spoilt:
            receiver.collided += 1
        elif self.chance.random() < self.loss:
            receiver.lost += 1
        else:
            receiver.heard += 1
            receiver.receive(frame.data, dbm, self.snr_db(frame, receiver))

    def tell(self):
        with self.lock:
            return "\n".join(f"{s.name}: sent {s.frames_sent} frames, {s.sent_us // 1000} ms; heard {s.heard}, lost {s.lost}, "
                             f"collided {s.collided}, deaf {s.deaf}, weak {s.weak}" for s in self.stations)
