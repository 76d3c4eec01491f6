# SPDX-License-Identifier: AGPL-3.0-or-later
"""Nodes that find each other on whatever network there is: IPv4 alone, IPv6 alone, both, several; and what they say where a network
keeps them apart. Each node has a network namespace of its own; skipped where none can be made."""

import os
import subprocess
import unittest

from nodes import Node, work_folder


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


def can_make_networks():
    probe = f"found-{os.getpid()}"
    return all(subprocess.run(words, capture_output=True, check=False).returncode == 0
               for words in (["ip", "netns", "add", probe], ["ip", "netns", "exec", probe, "true"], ["ip", "netns", "del", probe]))


class Named(unittest.TestCase):
    def test_a_named_peer_that_was_lost_is_called_again_within_ten_seconds(self):
        base = work_folder()
        oak, elm = Node("Oak", base), Node("Elm", base)
        elm.start()
        oak.dials = [f"127.0.0.1:{elm.link_port}"]
        oak.start()
        oak.wait_safe()
        for way in (elm.kill, elm.stop):
            way()
            oak.wait_alone()
            elm.start()
            oak.wait("the peer is back", lambda n: n.peers() and n.peers()[0]["state"] == "safe", 10)


@unittest.skipUnless(can_make_networks(), "no network namespaces here")
class Found(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.made = 0

    def host(self, v6=True):
        name = f"found-{os.getpid()}-{self.made}"
        self.made += 1
        ip("netns", "add", name)
        self.addCleanup(ip, "netns", "del", name)
        if not v6:
            subprocess.run(["ip", "netns", "exec", name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1",
                            "net.ipv6.conf.default.disable_ipv6=1"], check=True)
        ip("-n", name, "link", "set", "lo", "up")
        return name

    def wire(self, a, b, link, addresses=()):
        ip("link", "add", link, "netns", a, "type", "veth", "peer", "name", link, "netns", b)
        for host, address in zip((a, b), addresses):
            ip("-n", host, "addr", "add", address, "brd", "+", "dev", link)
        for host in (a, b):
            ip("-n", host, "link", "set", link, "up")

    def a_minute_passes(self, node):
        node.suspend(days=62 / 86400)

    def assert_meet(self, oak, elm, by):
        oak.wait_safe()
        elm.wait_safe()
        self.assertRegex(oak.peers()[0]["address"], by)

    def test_by_ipv4_where_there_is_no_ipv6(self):
        for v6 in ((False, False), (True, False)):
            with self.subTest(v6=v6):
                a, b = self.host(v6[0]), self.host(v6[1])
                self.wire(a, b, "wire", ("10.41.0.1/24", "10.41.0.2/24"))
                oak, elm = Node("Oak", self.base, host=a).start(), Node("Elm", self.base, host=b).start()
                self.assert_meet(oak, elm, r"^10\.41\.0\.2:")
                for node in (oak, elm):
                    self.assertEqual(node.get("/v1/status")["notices"], [])
                    node.kill()

    def test_by_ipv6_where_there_is_no_ipv4(self):
        a, b = self.host(), self.host()
        self.wire(a, b, "wire")
        oak, elm = Node("Oak", self.base, host=a).start(), Node("Elm", self.base, host=b).start()
        self.assert_meet(oak, elm, r"^\[fe80:")

    def test_over_several_ways_there_is_one_contact(self):
        a, b = self.host(), self.host()
        self.wire(a, b, "wire", ("10.41.0.1/24", "10.41.0.2/24"))
        self.wire(a, b, "radio", ("10.42.0.1/24", "10.42.0.2/24"))
        oak, elm = Node("Oak", self.base, host=a).start(), Node("Elm", self.base, host=b).start()
        self.assert_meet(oak, elm, ".")
        oak.post("/v1/site", {"name": "Oak church"})
        elm.wait("the word of it", lambda n: n.get("/v1/sites")["sites"])
        self.assertEqual([notice["notice"] for n in (oak, elm) for notice in n.get("/v1/status")["notices"]], [])
        self.assertEqual(len(oak.peers()), 1)

    def test_who_comes_to_the_second_network_is_found_there(self):
        a, b, c = self.host(False), self.host(False), self.host(False)
        self.wire(a, b, "wire", ("10.41.0.1/24", "10.41.0.2/24"))
        self.wire(a, c, "other", ("10.42.0.1/24", "10.42.0.2/24"))
        oak, elm, ash = (Node(n, self.base, host=h).start() for n, h in (("Oak", a), ("Elm", b), ("Ash", c)))
        oak.wait_safe(2)
        elm.wait_safe(1)
        ash.wait_safe(1)

    def test_heard_and_not_reached_is_said(self):
        """Both listen where the other cannot call: the announcements pass and no call does, as where clients are isolated."""
        a, b = self.host(), self.host()
        self.wire(a, b, "wire", ("10.41.0.1/24", "10.41.0.2/24"))
        oak, elm = (Node(n, self.base, host=h, settings=["link.listen=127.0.0.1:24363"]) for n, h in (("Oak", a), ("Elm", b)))
        oak.set_date()
        oak.start()
        elm.start()
        self.a_minute_passes(oak)
        oak.wait("it is told", lambda n: n.get("/v1/status")["notices"], 90)
        notice = oak.get("/v1/status")["notices"][0]
        self.assertEqual(notice["notice"], "not-reached")
        self.assertIn("client isolation", notice["sentence"])
        self.assertIn("! 1 node is heard on this network", oak.cli("peers"))
        self.assertIn("NOT REACHED", oak.cli("lcd"))
        self.assertIn("is heard on this network", oak.log_text())
        # A way is found: the one that calls is enough.
        elm.stop()
        elm.settings = []
        elm.start()
        oak.wait_safe()
        self.assertEqual(oak.get("/v1/status")["notices"], [])

    def test_a_network_that_keeps_its_devices_apart_is_told_to_who_asks(self):
        """Ports of a bridge that are isolated, as an access point does it: nobody is heard. A lonely node sees the same, so it is no
        alarm."""
        a, b, hub = self.host(), self.host(), self.host()
        ip("-n", hub, "link", "add", "hub", "type", "bridge")
        ip("-n", hub, "link", "set", "hub", "up")
        for host, port, address in ((a, "p0", "10.41.0.2/24"), (b, "p1", "10.41.0.3/24")):
            ip("link", "add", "wlan", "netns", host, "type", "veth", "peer", "name", port, "netns", hub)
            ip("-n", hub, "link", "set", port, "master", "hub", "up")
            subprocess.run(["ip", "netns", "exec", hub, "bridge", "link", "set", "dev", port, "isolated", "on"], check=True)
            ip("-n", host, "addr", "add", address, "brd", "+", "dev", "wlan")
            ip("-n", host, "link", "set", "wlan", "up")
        oak, elm = Node("Oak", self.base, host=a), Node("Elm", self.base, host=b)
        oak.set_date()
        oak.start()
        elm.start()
        self.assertEqual(oak.get("/v1/status")["network"], "", "not before a minute is over")
        self.a_minute_passes(oak)
        self.assertNotEqual(oak.get("/v1/status")["network"], "")
        self.assertIn("nobody was heard on wlan", oak.cli("peers"))
        self.assertIn("client isolation", oak.cli("peers"))
        self.assertEqual(oak.get("/v1/status")["notices"], [])
        self.assertEqual(elm.peers(), [])
        for port in ("p0", "p1"):
            subprocess.run(["ip", "netns", "exec", hub, "bridge", "link", "set", "dev", port, "isolated", "off"], check=True)
        ip("-n", a, "link", "set", "wlan", "down")
        ip("-n", a, "link", "set", "wlan", "up")
        oak.wait_safe()
        self.assertEqual(oak.get("/v1/status")["network"], "")

    def test_a_machine_without_a_network_says_so(self):
        oak = Node("Oak", self.base, host=self.host()).start()
        self.assertIn("no cable is in", oak.cli("peers"))


if __name__ == "__main__":
    unittest.main()
