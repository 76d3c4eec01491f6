# SPDX-License-Identifier: AGPL-3.0-or-later
"""Real nodes that hear each other over emulated radios alone, as people would notice it."""

import os
import time
import unittest

from air import Air
from meshtastic import SHORT_TURBO, US, Meshtastic
from nodes import Node, work_folder
from port import Pty, Tcp
from rnode import RNode

# What is lost on the air is found by beacons, which come rarely after news: patience.
PATIENCE_S = 120
FAST = ["radio.region=US915", "radio.bandwidth=500", "radio.spreading=7"]


class Radio(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.air = Air(seed=int(os.environ.get("AIDMESH_SEED", "1"))).start()
        self.addCleanup(self.air.close)

    def node(self, name, port, *settings):
        node = Node(name, self.base, listen=False, settings=[f"radio.port={port.path}", *FAST, *settings])
        self.addCleanup(node.kill)
        return node.start()

    def rnode(self, name, **more):
        # Short of a boot: the daemon's patience is a matter of its own unit tests.
        more = {"boot_ms": 300, "chip": "sx1262", **more}
        return RNode(self.air, Pty(self.air, os.path.join(self.base, "tty" + name)), name, **more).plug()

    def mesh(self, name, number, port=None, **more):
        port = port or Pty(self.air, os.path.join(self.base, "tty" + name))
        return Meshtastic(self.air, port, name, number, region=US, preset=SHORT_TURBO, boot_ms=300, seed=number, **more).plug()

    def need(self, node, quantity=120, item="drinking-water"):
        return node.post("/v1/line", {"kind": "need", "item": item, "quantity": quantity, "people": 40,
                                      "within": 24, "sure": True})["ref"]

    def see(self, node, *refs):
        node.wait("the needs of others", lambda n: set(refs) <= {line["ref"] for line in n.get("/v1/lines")["lines"]}, PATIENCE_S)

    def open_site(self, node):
        node.post("/v1/site", {"name": node.name, "place": {"lat": 35.1, "lon": -77.0}, "people": 120})
        node.post("/v1/self", {"site": node.name})

    def cross(self, devices, **settings):
        """Two nodes, a need on each: both show the same."""
        a, b = (self.node(name, device.port) for name, device in zip(("Oak", "Elm"), devices))
        for node in (a, b):
            self.open_site(node)
        refs = self.need(a), self.need(b, 60)
        for node in (a, b):
            self.see(node, *refs)
        at = int(time.time()) + 60
        self.air.wait("the same picture", lambda: a.picture(at) == b.picture(at), PATIENCE_S)
        return a, b

    def test_two_nodes_with_rnodes_show_the_same_and_whom_they_hear(self):
        a, b = self.cross([self.rnode("a"), self.rnode("b")])
        for node, other in ((a, b), (b, a)):
            node.wait("the other is heard", lambda n, other=other: [other.name] == [s["name"] for s in n.get("/v1/radio")["stations"]], PATIENCE_S)
            node.wait("it is told that the other has all", lambda n: n.get("/v1/radio")["safe"], PATIENCE_S)
            seen = node.cli("radio")
            for part in ("RNode", "US915", "SF7, 500 kHz", "in clear, signed", "urgent needs", "somebody was heard to have all", "dBm", other.name):
                self.assertIn(part, seen)
        self.assertEqual(a.get("/v1/radio")["frames"]["malformed"], 0)
        used = a.get("/v1/radio")["airtime"]["used_ms"]
        a.kill()
        a.start()
        self.assertGreaterEqual(a.get("/v1/radio")["airtime"]["used_ms"], used)

    def test_a_closed_circle_hears_its_own_alone(self):
        circle, stranger = "radio.circle=" + "0a" * 32, "radio.circle=" + "0b" * 32
        sticks = [self.rnode(n) for n in "abcd"]
        oak = self.node("Oak", sticks[0].port, circle)
        # A key to come is given out before it is the first anywhere.
        elm = self.node("Elm", sticks[1].port, circle, "radio.circle=" + "0c" * 32)
        ash, mill = self.node("Ash", sticks[2].port, stranger), self.node("Mill", sticks[3].port)
        self.open_site(oak)
        ref = self.need(oak)
        self.see(elm, ref)
        for node in (ash, mill):
            self.air.wait("frames of others came", lambda node=node: node.get("/v1/radio")["frames"]["foreign"] +
                          node.get("/v1/radio")["frames"]["malformed"] > 0, PATIENCE_S)
            self.assertEqual(node.get("/v1/lines")["lines"], [])
        self.assertIn("sealed for the circle", oak.cli("radio"))
        said = [frame.data for frame in self.air.frames if frame.station is sticks[0].station]
        self.assertEqual({data[1] for data in said}, {0xAE})  # behind the RNode's own byte
        self.assertFalse([data for data in said if b"Oak" in data])

    def test_two_nodes_with_meshtastic_devices_show_the_same(self):
        self.cross([self.mesh("a", 0x1001), self.mesh("b", 0x1002, port=Tcp(self.air))])

    def test_a_device_that_chatters_doubles_and_sleeps_goes_on(self):
        devices = self.mesh("a", 0x1001), self.mesh("b", 0x1002)
        for device in devices:
            device.talks_between = device.doubles = True
        a, b = self.cross(devices)
        devices[1].say_as(1, b"a text of somebody else")
        devices[1].sleep()
        self.see(b, self.need(a, 7, "blanket"))

    def test_a_burst_never_overruns_what_a_device_can_hold(self):
        # An RNode drops in silence when its queue is full, a Meshtastic device says so: neither comes to it.
        for devices in ([self.rnode("a", queue=(700, 3)), self.rnode("b")], [self.mesh("c", 0x1001), self.mesh("d", 0x1002)]):
            nodes = [self.node(device.name + " node", device.port) for device in devices]
            self.open_site(nodes[0])
            refs = [self.need(nodes[0], 10, str(item)) for item in range(501, 515) if item != 508]
            self.see(nodes[1], *refs)
            if isinstance(devices[0], RNode):
                self.assertEqual(devices[0].dropped, 0)
                self.assertGreater(devices[0].asked_ready, 0)
            else:
                self.assertEqual(set(devices[0].results), {0})
            for node in nodes:
                node.kill()
            for device in devices:
                device.pull()

    def test_no_stick_is_said_in_a_sentence_with_a_way_out(self):
        node = Node("Oak", self.base, listen=False, settings=["radio.port=/dev/ttyUSB77", *FAST])
        self.addCleanup(node.kill)
        node.start()
        node.wait("it was looked for", lambda n: n.get("/v1/radio")["state"] == "missing")
        self.assertIn("/dev/ttyUSB77", node.cli("radio"))
        self.assertIn("stick missing", node.cli("lcd", "--size", "20x4"))

    def test_an_rnode_and_a_meshtastic_device_do_not_hear_each_other(self):
        devices = self.rnode("a"), self.mesh("b", 0x1002)
        nodes = [self.node(name, device.port) for name, device in zip(("Oak", "Elm"), devices)]
        for node in nodes:
            self.open_site(node)
        ref = self.need(nodes[0])
        self.air.wait("both sent", lambda: all(d.station.frames_sent >= 2 for d in devices))
        self.assertEqual([d.station.heard for d in devices], [0, 0])
        for node in nodes:
            self.assertIn("nobody is heard: is the antenna on", node.cli("radio"))
            self.assertIn("nobody heard", node.cli("lcd", "--size", "20x4"))
        self.assertNotIn(ref, {line["ref"] for line in nodes[1].get("/v1/lines")["lines"]})

    def test_a_stick_that_is_pulled_and_put_back_goes_on(self):
        sticks = [self.rnode("a"), self.rnode("b")]
        sticks[1].noise = 0.2
        a, b = self.cross(sticks)
        sticks[1].pull()
        ref = self.need(a, 7, "blanket")
        sticks[1].plug()
        self.see(b, ref)

    def test_a_device_that_restarts_in_mid_frame_goes_on(self):
        sticks = [self.rnode("a"), self.rnode("b")]
        a, b = self.cross(sticks)
        sticks[1].cut_next = True
        ref = self.need(a, 7, "blanket")
        self.see(b, ref)
        self.assertGreaterEqual(sticks[1].boots, 2)

    def test_a_third_of_the_frames_lost_only_takes_longer(self):
        self.air.loss = 0.3
        self.cross([self.rnode("a"), self.rnode("b")])

    def test_a_frequency_25_khz_off_is_refused_and_40_hz_are_not(self):
        off = self.rnode("a", echo_off_hz=25000)
        node = self.node("Ash", off.port)
        self.air.wait("it was asked for a frequency", lambda: any(command == 1 for command, _ in off.commands))
        self.cross([self.rnode("b", echo_off_hz=40), self.rnode("c", echo_off_hz=-40)])
        self.assertFalse(off.station.frames_sent)
        self.assertIn("The RNode cannot take this frequency", node.log_text())

    def test_three_in_a_row_whose_ends_do_not_hear_each_other(self):
        sticks = [self.rnode(n) for n in "abc"]
        self.air.put(sticks[0].station, sticks[2].station, None)
        nodes = [self.node(n, s.port) for n, s in zip(("Oak", "Elm", "Ash"), sticks)]
        self.open_site(nodes[0])
        self.see(nodes[2], self.need(nodes[0]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
