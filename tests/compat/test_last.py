# SPDX-License-Identifier: AGPL-3.0-or-later
"""This version beside the last one, whose real program runs here: links, bundles and radios both ways, entries that the last one
does not know, and its store, which is opened with all that is in it.
   LAST=aidmeshd-of-the-last AIDMESHD=... AIDMESH=... test_last.py   (tests/compat/build makes it)"""

import ctypes
import os
import shutil
import sqlite3
import struct
import subprocess
import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from air import Air  # noqa: E402
from nodes import AIDMESHD, DEADLINE_S, Node, trust, work_folder  # noqa: E402
from port import Pty  # noqa: E402
from protobuf import BYTES, FIXED32, FIXED64, put, varint  # noqa: E402
from rnode import RNode  # noqa: E402

LAST = os.environ["LAST"]
PATIENCE_S = 120
SODIUM = ctypes.CDLL("libsodium.so.23")
UNKNOWN_KIND = 20


class LastNode(Node):
    def arguments(self):
        return [LAST if word == AIDMESHD else word for word in super().arguments()]


class Author:
    """Somebody of a version to come."""

    def __init__(self):
        self.public, self.secret = ctypes.create_string_buffer(32), ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_seed_keypair(self.public, self.secret, os.urandom(32))

    def entry(self, number, *said):
        body = varint(1 << 3 | FIXED64) + self.public.raw[:8]
        body += varint(2 << 3 | FIXED32) + struct.pack("<I", int(time.time()) - 1577836800)
        body += varint(4 << 3 | FIXED32) + struct.pack("<I", number) + b"".join(said)
        text, signature = b"aidmesh entry 1\0" + self.public.raw + body, ctypes.create_string_buffer(64)
        SODIUM.crypto_sign_detached(signature, None, text, ctypes.c_ulonglong(len(text)), self.secret)
        return body + signature.raw

    def bundle(self):
        """A card with a field that nobody knows yet, and a kind of entry that nobody knows yet."""
        def said(kind, message):
            return varint(kind << 3 | BYTES) + varint(len(message)) + message

        card = put((1, self.public.raw), (2, os.urandom(32)), (3, "Ash"), (29, "a field to come"))
        entries = [self.entry(0, said(5, card)), self.entry(7, said(UNKNOWN_KIND, b"what a later version says"))]
        return b"AIDMESH\1" + struct.pack("<I", len(entries)) + bytes(16) + b"".join(bytes([len(e)]) + e for e in entries)


class Last(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()

    def open_site(self, node):
        node.post("/v1/site", {"name": node.name, "place": {"lat": 35.1, "lon": -77.0}, "people": 120})
        node.post("/v1/self", {"site": node.name})

    def need(self, node, quantity):
        return node.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": quantity, "people": 40,
                                      "within": 24, "sure": True})["full"]

    def needs(self, node):
        return {line["full"] for line in node.get("/v1/lines?limit=1000")["lines"]}

    def see(self, node, *refs):
        node.wait("the needs of others", lambda n: set(refs) <= self.needs(n), PATIENCE_S)

    def same_picture(self, a, b):
        at = int(time.time()) + 60
        a.wait("the same picture", lambda n: n.picture(at) == b.picture(at))

    def test_links_whoever_calls(self):
        for caller, called in ((LastNode, Node), (Node, LastNode)):
            with self.subTest(caller.__name__):
                base = os.path.join(self.base, caller.__name__)
                oak, elm = called("Oak", base).start(), caller("Elm", base)
                self.open_site(oak)
                first = self.need(oak, 10)
                elm.dials = [f"127.0.0.1:{oak.link_port}"]
                elm.start()
                self.open_site(elm)
                second = self.need(elm, 20)
                trust(oak, elm)
                for node in (oak, elm):
                    self.see(node, first, second)
                    node.wait_safe()
                pledge = oak.post("/v1/move", {"stage": "pledged", "of": second, "quantity": 5, "sure": True})
                elm.wait("the pledge", lambda n: n.get("/v1/moves")["moves"], PATIENCE_S)
                self.assertTrue(pledge["full"])
                self.same_picture(oak, elm)
                elm.stop()
                oak.stop()

    def test_bundles_both_ways(self):
        old, new = LastNode("Old", self.base).start(), Node("New", self.base).start()
        refs = []
        for node in (old, new):
            self.open_site(node)
            refs.append(self.need(node, 30))
        for giver, taker in ((old, new), (new, old)):
            result = taker.request("POST", "/v1/bundle", giver.request("GET", "/v1/bundle"), "application/octet-stream")
            self.assertIn(b'"refused":0', result.replace(b" ", b""))
        for node in (old, new):
            self.see(node, *refs)
        self.same_picture(old, new)

    def test_radios_hear_each_other(self):
        air = Air(seed=1).start()
        self.addCleanup(air.close)
        nodes = []
        for kind, name in ((LastNode, "Old"), (Node, "New")):
            stick = RNode(air, Pty(air, os.path.join(self.base, "tty" + name)), name, boot_ms=300, chip="sx1262").plug()
            node = kind(name, self.base, listen=False, settings=[f"radio.port={stick.port.path}", "radio.region=US915",
                                                                 "radio.bandwidth=500", "radio.spreading=7"])
            self.addCleanup(node.kill)
            self.open_site(node.start())
            nodes.append(node)
        refs = [self.need(node, 40 + i) for i, node in enumerate(nodes)]
        for node in nodes:
            self.see(node, *refs)

    def test_the_last_one_carries_what_it_does_not_know(self):
        ash, way, elm = (kind(name, self.base).start() for kind, name in ((Node, "One"), (LastNode, "Way"), (Node, "Two")))
        ash.request("POST", "/v1/bundle", Author().bundle(), "application/octet-stream")
        entries = ash.get("/v1/status")["entries"]
        ash.stop()
        ash.dials = [f"127.0.0.1:{way.link_port}"]
        ash.start()
        ash.wait_safe()
        way.wait_safe()
        way.wait("all of it", lambda n: n.get("/v1/status")["entries"] >= entries + 1)
        ash.stop()
        way.wait_alone()
        way.stop()
        way.dials = [f"127.0.0.1:{elm.link_port}"]
        way.start()
        way.wait_safe()
        elm.wait_safe()
        elm.wait("all of it", lambda n: n.get("/v1/status")["entries"] >= entries + 2)
        self.assertIn(b"what a later version says", elm.request("GET", "/v1/bundle"))
        self.assertIn(b"a field to come", elm.request("GET", "/v1/bundle"))

    def test_a_store_of_the_last_one_is_opened_with_all_that_is_in_it(self):
        oak = LastNode("Oak", self.base).start()
        self.open_site(oak)
        need = self.need(oak, 50)
        oak.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 12, "people": 12, "name": "Quidam Ignotus",
                              "site": "Oak", "sure": True})
        kept = oak.get("/v1/status")["key"], oak.get("/v1/pin"), oak.get("/v1/history?ref=" + need)["words"]
        oak.kill()  # a power cut, and then the later one
        now = Node("Oak", self.base).start()
        self.assertEqual((now.get("/v1/status")["key"], now.get("/v1/pin")), kept[:2])
        self.assertIn(need, self.needs(now))
        self.assertEqual(len(now.get("/v1/history?ref=" + need)["words"]), len(kept[2]))
        self.assertIn("Quidam Ignotus", now.cli("tickets", "Ignotus"))
        self.assertEqual(now.get("/v1/status")["notices"], [])
        now.stop()

    def test_a_store_of_a_later_one_is_refused_with_both_versions_and_the_way_out(self):
        oak = Node("Oak", self.base).start()
        self.open_site(oak)
        need = self.need(oak, 60)
        oak.stop()
        for name in ("entries.db", "settings.db"):
            path = os.path.join(oak.folder, name)
            shutil.copy2(path, path + ".kept")
            with sqlite3.connect(path) as db:
                known = db.execute("PRAGMA user_version").fetchone()[0]
                db.execute(f"PRAGMA user_version={known + 1}")
            db.close()
            done = subprocess.run(oak.arguments(), capture_output=True, text=True, timeout=DEADLINE_S, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"(version {known + 1}, this one knows {known}): install that one again", done.stderr)
            os.replace(path + ".kept", path)
        oak.start()
        self.assertEqual(self.needs(oak), {need})


if __name__ == "__main__":
    unittest.main()
