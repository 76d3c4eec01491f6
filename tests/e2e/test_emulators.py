# SPDX-License-Identifier: AGPL-3.0-or-later
"""The emulated air and devices against the facts of the protocols: bytes written, bytes expected, nothing of the daemon."""

import os
import select
import shutil
import struct
import tempfile
import termios
import time
import tty
import unittest

from air import Air, Setting, SYNC_PRIVATE, airtime_us
from meshtastic import Meshtastic
from port import Pty
from protobuf import Fixed32, get, put
from rnode import RNode

SF7 = Setting(869_525_000, 125_000, 7, 5, 8, SYNC_PRIVATE)
DETECT = bytes.fromhex("c00873c05000c04800c04900c0")
SETTINGS = bytes.fromhex("c00133d3e608c0 c0020001e848c0 c0030ec0 c00407c0 c00505c0 c00601c0".replace(" ", ""))


class Wire:
    """A program at the other end of the pty."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self.fd)
        attributes = termios.tcgetattr(self.fd)
        attributes[4] = attributes[5] = termios.B115200
        termios.tcsetattr(self.fd, termios.TCSANOW, attributes)
        self.seen = b""

    def write(self, data):
        os.write(self.fd, data)

    def until(self, wanted, seconds=10):
        """Reads until the bytes came; what came up to their end is used up."""
        until = time.monotonic() + seconds
        while wanted not in self.seen:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.fd], [], [], left)[0]:
                raise AssertionError(f"{wanted.hex()} did not come: {self.seen.hex()}")
            self.seen += os.read(self.fd, 65536)
        at = self.seen.index(wanted) + len(wanted)
        came, self.seen = self.seen[:at], self.seen[at:]
        return came


def frame(data):
    return b"\x94\xc3" + struct.pack(">H", len(data)) + data


class OnAir(unittest.TestCase):
    def test_airtime_is_semtechs(self):
        sizes = (16, 60, 110, 140, 160, 200, 237)
        rows = {(7, 125): (51, 113, 185, 231, 261, 318, 374), (9, 125): (165, 370, 595, 738, 820, 1005, 1168),
                (11, 250): (289, 616, 985, 1231, 1395, 1681, 1968), (12, 125): (1319, 2630, 4268, 5251, 5906, 7217, 8528)}
        for (spreading, khz), expected in rows.items():
            setting = Setting(869_525_000, khz * 1000, spreading, 5, 8, SYNC_PRIVATE)
            self.assertEqual(tuple(round(airtime_us(setting, s) / 1000) for s in sizes), expected)

    def three(self, **more):
        air, heard = Air(**more), []
        stations = [air.station(n, lambda data, *_: heard.append(data)) for n in "abc"]
        for station in stations:
            station.listen(SF7)
        return air, stations, heard

    def test_frames_collide_are_captured_and_are_not_heard_by_who_is_hidden(self):
        for dbm, expected, collided in ((-90, [], 2), (-85, [], 2), (-84, [b"one"], 1)):
            air, (a, b, c), heard = self.three()
            air.put(a, b, None)
            air.put(a, c, dbm)
            a.send(b"one")
            air.run_for(5000)
            self.assertFalse(b.hears_carrier(), "hidden")
            self.assertTrue(c.hears_carrier())
            b.send(b"two")
            air.run_for(1_000_000)
            self.assertEqual((heard, c.collided), (expected, collided), dbm)

    def test_loss_is_as_the_seed_says_and_who_sends_is_deaf(self):
        counts = []
        for _ in range(2):
            air, (a, b, c), heard = self.three(seed=7, loss=0.3)
            air.put(a, c, None)
            for i in range(200):
                a.send(bytes([i]))
                air.run_for(1_000_000)
            self.assertEqual(b.heard + b.lost, 200)
            self.assertTrue(30 < b.lost < 90, b.lost)
            counts.append(b.lost)
        self.assertEqual(counts[0], counts[1])
        air, (a, b, _), heard = self.three()
        a.send(b"one")
        b.send(b"two")
        air.run_for(1_000_000)
        self.assertEqual((a.deaf, b.deaf, heard), (1, 1, []))


class Devices(unittest.TestCase):
    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="aidmesh-")
        self.addCleanup(shutil.rmtree, self.base)
        self.air = Air(factor=20).start()
        self.addCleanup(self.air.close)

    def rnode(self, name, **more):
        device = RNode(self.air, Pty(self.air, os.path.join(self.base, name)), name, **more).plug()
        wire = Wire(device.port.path)
        self.addCleanup(os.close, wire.fd)
        wire.until(bytes.fromhex("c055f8c0"))
        return device, wire

    def mesh(self, name, number, **more):
        device = Meshtastic(self.air, Pty(self.air, os.path.join(self.base, name)), name, number, **more).plug()
        wire = Wire(device.port.path)
        self.addCleanup(os.close, wire.fd)
        self.air.wait("started", lambda: device.boots and not device.booting)
        return device, wire

    def test_an_rnode_answers_is_set_and_hands_frames_over(self):
        (a, at_a), (b, at_b) = self.rnode("a"), self.rnode("b")
        for wire in (at_a, at_b):
            wire.write(DETECT)
            self.assertEqual(wire.until(bytes.fromhex("c04981c0")), bytes.fromhex("c00846c0c0500156c0c04880c0c04981c0"))
            wire.write(SETTINGS)
            came = wire.until(bytes.fromhex("c00601c0c00601c0"))
            self.assertTrue(came.startswith(bytes.fromhex("c00133d3e608c0c0020001e848c0c0030ec0c00407c0c00505c0")))
        at_a.write(bytes.fromhex("c003f7c0"))
        at_a.until(bytes.fromhex("c00311c0"))  # -9 dBm becomes 17
        at_a.write(bytes.fromhex("c00100000000c0"))
        at_a.until(bytes.fromhex("c001"))
        self.assertEqual(869_525_000 - a.frequency, 37)
        at_a.write(bytes.fromhex("c0ad01dbdcdbddc0").replace(b"\xc0\xad", b"\xc0\x00\xad"))
        at_a.write(bytes.fromhex("c00f00c0"))
        at_a.until(bytes.fromhex("c00f01c0"))
        self.assertIn(bytes.fromhex("c02343c0c02430c0c000ad01dbdcdbddc0"), at_b.until(bytes.fromhex("ad01dbdcdbddc0")))
        long = bytes(range(1, 180)) + bytes(range(1, 180))
        at_a.write(b"\xc0\x00" + long + b"\xc0")
        at_b.until(long + b"\xc0")
        self.assertEqual((a.station.frames_sent, b.frames_in), (3, 2))

    def test_an_rnode_drops_silently_when_its_queue_is_full(self):
        device, wire = self.rnode("a", queue=(600, 200))
        wire.write(SETTINGS.replace(bytes.fromhex("c00601c0"), b""))
        for _ in range(4):
            wire.write(b"\xc0\x00" + bytes([1]) * 200 + b"\xc0")
        wire.write(bytes.fromhex("c00f00c0"))
        wire.until(bytes.fromhex("c00f00c0"))
        self.assertEqual(device.dropped, 2)

    def test_a_meshtastic_device_shakes_hands_and_carries_our_port_on_our_channel(self):
        wires = [self.mesh("a", 0x1001), self.mesh("b", 0x1002)]
        settings = put((2, bytes(range(32))), (3, "aidmesh"))
        for device, wire in wires:
            wire.write(frame(put((3, 69420))))
            came = wire.until(frame(put((7, 69420))))
            self.assertTrue(came.index(b"INFO") < came.index(b"\x94\xc3"), "log text comes first")
            admin = put((33, put((1, 1), (2, settings), (3, 2))))
            wire.write(frame(put((1, put((2, Fixed32(device.number)), (4, put((1, 6), (2, admin))), (6, Fixed32(5)))))))
            wire.until(frame(put((11, put((2, 16), (3, 16), (4, 5))))))
            self.assertEqual(device.channels[1], (bytes(range(32)), "aidmesh", 2))
        (_, a), (_, b) = wires
        for size, result in ((100, None), (231, None), (232, 7)):
            data = put((1, 256), (2, bytes(size)))
            a.write(frame(put((1, put((2, Fixed32(0xFFFFFFFF)), (3, 1), (4, data), (6, Fixed32(100 + size)))))))
            status = a.until(put((4, 100 + size)))
            self.assertEqual(get(get(status[status.rindex(b"\x94\xc3") + 4:])[11]).get(1), result)
            if result is None:
                came = b.until(bytes(size))
                self.assertIn(put((1, Fixed32(0x1001)), (2, Fixed32(0xFFFFFFFF)), (3, 1)), came)
        a.write(bytes.fromhex("94c300023a00"))
        a.until(bytes.fromhex("94c300065a0410101810"))

    def test_a_sleeping_meshtastic_device_wakes_by_32_bytes_of_c3(self):
        device, wire = self.mesh("a", 0x1001)
        device.sleep()
        wire.write(frame(put((3, 1))) * 3)
        wire.write(b"\xc3" * 32)
        self.air.wait("awake", lambda: not device.asleep)
        self.assertEqual(device.handshakes, 0)
        wire.write(frame(put((3, 69420))))
        wire.until(frame(put((7, 69420))))
        device.restart()
        self.air.wait("started again", lambda: not device.booting)
        wire.write(bytes.fromhex("94c300023a00"))
        wire.until(bytes.fromhex("94c300065a0410101810"))  # an answer, and yet no handshake stands
        self.assertFalse(device.is_told)


if __name__ == "__main__":
    unittest.main(verbosity=2)
