# SPDX-License-Identifier: AGPL-3.0-or-later
"""Wrong dates of every kind, as people meet them: nothing that was typed is lost, nobody says SAFE of what was not taken, and
what was said keeps its meaning when the date is put right.

The program's own date is the earliest that it believes. So the truth lies two years ahead here, and 270 days behind it is
still after that."""

import datetime
import itertools
import os
import time
import unittest
import unittest.mock

from air import Air
from nodes import Node, trust, work_folder
from port import Pty
from rnode import RNode

TRUE_DAYS = 730
DAY_S = 86400
# The dates that nodes were seen with, in days from the true one.
WRONG_DAYS = (-40, -60, -270, 2, 3, 40, 400, 3650)
PATIENCE_S = 120
# Seconds by which a date may differ where it went from node to node.
NEAR_S = 60


def true_now():
    return time.time() + TRUE_DAYS * DAY_S


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def ahead_s(node):
    """How far its own date is ahead of the true one."""
    return moment(node.get("/v1/clock")["clock"]["now"]) - true_now()


def is_right(node):
    return abs(ahead_s(node)) < NEAR_S


def quality(node):
    return node.get("/v1/clock")["clock"]["quality"]


def needs(node):
    return {line["ref"]: line for line in node.get("/v1/lines?kind=need")["lines"]}


def rests_on(node):
    """The code of the sentence that says what its date rests on."""
    return node.get("/v1/clock")["clock"]["sentence_said"][0]["code"]


class Clocks(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.names = (f"N{i}" for i in itertools.count())

    def node(self, days=0, known=False, sure=False, listen=True, settings=()):
        """Its system's date is so far from the true one. `known`: by the kernel's word it comes from the net; `sure`: by the
        settings it comes from a battery clock; else it is a guess."""
        node = Node(next(self.names), self.base, listen=listen, settings=[f"node.clock={'set' if sure else 'auto'}", *settings])
        node.set_date(days=TRUE_DAYS + days, synchronised=known)
        self.addCleanup(node.kill)
        return node.start()

    def open_site(self, node):
        node.post("/v1/site", {"name": node.name, "place": {"lat": 35.1, "lon": -77.0}, "people": 120})
        node.post("/v1/self", {"site": node.name})

    def need(self, node, quantity=120, item="drinking-water"):
        return node.post("/v1/line", {"kind": "need", "item": item, "quantity": quantity, "people": 40, "within": 24, "sure": True})["ref"]

    def write(self, node):
        """A site, a stock and a need; gives the need's ref."""
        self.open_site(node)
        node.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 30})
        return self.need(node)

    def call(self, a, b):
        """`a` is started anew and dials `b`, whose date goes on."""
        a.stop()
        a.dials = [f"127.0.0.1:{b.link_port}"]
        a.start()

    def put_right(self, node):
        node.cli("clock", "set", datetime.datetime.fromtimestamp(true_now(), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ"), "--sure")

    def wait_not_taken(self, *nodes):
        for node in nodes:
            node.wait("it is said what is not taken", lambda n: [p["state"] for p in n.peers()] == ["not-taken"])
            self.assertNotIn("ALL SAFE", node.cli("lcd"))

    def assert_fresh(self, node, *refs):
        """The needs are open, and are of just now: their 24 hours have hardly begun."""
        node.wait("the needs are of now", lambda n: all(
            ref in needs(n) and needs(n)[ref]["status"] == "open" and needs(n)[ref]["within"] == 24 and
            abs(moment(needs(n)[ref]["created"]) - true_now()) < 10 * 60 for ref in refs))

    def assert_all_safe(self, *nodes):
        for node in nodes:
            node.wait_safe()
        at = int(true_now()) + 60
        self.assertEqual(len({node.picture(at) for node in nodes}), 1)


class OnePeer(Clocks):
    """Each of the wrong ones has one neighbour, which is right; that one has four, as many as it takes from one address."""

    def around(self, **wrong):
        """Twice: a node that is right, and four that are not; what each wrote."""
        for batch in WRONG_DAYS[:4], WRONG_DAYS[4:]:
            oak = self.node(known=True)
            elms = [self.node(days, listen=False, **wrong) for days in batch]
            yield oak, elms, [self.write(node) for node in [oak, *elms]]
            for node in [*elms, oak]:
                node.stop()

    def end(self, oak, elms, refs):
        """All hold the same, and say so, and all needs are of now."""
        oak.wait_safe(len(elms))
        self.assert_all_safe(*elms)
        self.assertEqual(len({node.picture(int(true_now()) + 60) for node in [oak, *elms]}), 1)
        for node in [oak, *elms]:
            self.assert_fresh(node, *refs)

    def test_a_node_that_guesses_is_told_by_whom_it_trusts_and_says_its_words_again(self):
        for oak, elms, refs in self.around():
            for elm in elms:
                trust(oak, elm)
                self.call(elm, oak)
            self.end(oak, elms, refs)
            for elm in elms:
                self.assertTrue(is_right(elm))
                self.assertEqual(quality(elm), "told")

    def test_what_a_clock_dates_that_is_wrong_and_sure_is_not_safe_until_a_person_sets_it(self):
        for oak, elms, refs in self.around(sure=True):
            for elm in elms:
                self.call(elm, oak)
            self.wait_not_taken(*elms)
            oak.wait("it is said of all", lambda n: [p["state"] for p in n.peers()] == 4 * ["not-taken"])
            self.assertNotIn("ALL SAFE", oak.cli("lcd"))
            self.assertEqual(set(refs) & set(needs(oak)), {refs[0]})
            for elm in elms:
                self.put_right(elm)
            self.end(oak, elms, refs)

    def test_the_net_s_time_comes_late(self):
        for oak, elms, refs in self.around():
            for elm in elms:
                elm.set_date(days=TRUE_DAYS, synchronised=True)
            for elm, ref in zip(elms, refs[1:]):
                elm.wait("the date is known", lambda n: quality(n) == "set")
                self.assertTrue(is_right(elm))
                self.assertEqual(elm.get("/v1/status")["sites"], 1)
                self.assert_fresh(elm, ref)
                self.call(elm, oak)
            self.end(oak, elms, refs)

    def test_where_the_kernel_must_not_be_asked_a_file_says_that_the_clock_is_right(self):
        told = os.path.join(self.base, "told")
        with unittest.mock.patch.dict(os.environ, {"KERNEL_CLOCK_FORBIDDEN": "1", "AIDMESH_SYNCHRONISED": told}):
            node = self.node(known=True)
        self.assertNotEqual(quality(node), "set")
        with open(told, "w", encoding="ascii"):
            node.wait("the date is known", lambda n: quality(n) == "set")

    def test_the_date_is_right_after_a_restart(self):
        for oak, elms, refs in self.around():
            for elm, ref in zip(elms, refs[1:]):
                before = elm.get("/v1/status")["entries"]
                elm.stop()
                elm.set_date(days=TRUE_DAYS, synchronised=True, off=True)
                elm.start()
                self.assertEqual(quality(elm), "set")
                self.assertEqual(elm.get("/v1/status")["entries"], before)
                self.assert_fresh(elm, ref)
                self.call(elm, oak)
            self.end(oak, elms, refs)

    def test_two_without_a_clock_agree_and_lose_nothing_when_the_truth_comes(self):
        oak, elm = self.node(-40), self.node(-60, listen=False)
        refs = self.write(oak), self.write(elm)
        trust(oak, elm)
        self.call(elm, oak)
        self.assert_all_safe(elm, oak)
        elm.wait("the later date is believed", lambda n: abs(ahead_s(n) - ahead_s(oak)) < NEAR_S)
        self.assertEqual(rests_on(elm), "clock-guess-of-all")
        self.assertIn("No neighbour knows the date for sure", elm.cli("clock"))
        self.assertRegex(elm.cli("lcd"), r"\|a guess of all +\|")
        self.put_right(oak)
        # A step that neighbours cause is followed by another after a minute; a node that starts has taken none.
        self.call(elm, oak)
        elm.wait("it is told", is_right)
        self.assertEqual(rests_on(elm), "clock-told")
        self.assert_all_safe(elm, oak)
        for node in (elm, oak):
            self.assert_fresh(node, *refs)


class ManyPeers(Clocks):
    def test_the_median_of_three_outvotes_one_that_is_wrong(self):
        for days in (-270, 400):
            with self.subTest(days=days):
                oak, fir, ash = self.node(known=True), self.node(known=True), self.node(days, sure=True)
                elm = self.node(-40, listen=False)
                ref = self.write(elm)
                trust(oak, fir, ash, elm)
                elm.stop()
                elm.dials = [f"127.0.0.1:{n.link_port}" for n in (ash, oak, fir)]
                elm.start()
                elm.wait("three are near", lambda n: len(n.peers()) == 3)
                elm.wait("it is told", is_right)
                for node in (oak, fir):
                    node.wait("the need", lambda n: ref in needs(n))
                    self.assert_fresh(node, ref)
                self.assertTrue(is_right(elm))
                for node in (elm, oak, fir, ash):
                    node.stop()

    def test_strangers_move_no_date(self):
        """Neither by what they say that it is, nor by words that are dated a little ahead, a day after the other."""
        for days in (0.9, 400):
            with self.subTest(days=days):
                stranger, oak = self.node(days, sure=True), self.node(listen=False)
                refs = self.write(oak), self.write(stranger)
                self.call(oak, stranger)
                oak.wait("it was compared", lambda n: [p["state"] for p in n.peers()] in (["safe"], ["not-taken"]))
                oak.wait("the stranger's need", lambda n: refs[1] in needs(n))
                for _ in range(2):
                    self.assertLess(abs(ahead_s(oak)), NEAR_S)
                    self.assertEqual(quality(oak), "guessed")
                    oak.stop()
                    oak.set_date(days=TRUE_DAYS, off=True)
                    oak.start()
                self.assert_fresh(oak, refs[0])
                for node in (oak, stranger):
                    node.stop()


class OtherWays(Clocks):
    def test_a_bundle_says_what_is_not_taken_for_its_date(self):
        for days in WRONG_DAYS:
            with self.subTest(days=days):
                oak, elm = self.node(known=True, listen=False), self.node(days, listen=False)
                ref, path = self.write(elm), os.path.join(self.base, f"walk{days}.bundle")
                elm.cli("export", path)
                self.assertIn("not taken", oak.cli("import", path, expect=4))
                self.assertNotIn(ref, needs(oak))
                self.put_right(elm)
                elm.cli("export", path + ".right")
                oak.cli("import", path + ".right")
                self.assert_fresh(oak, ref)
                elm.stop()
                oak.stop()

    def test_a_ticket_of_before_collects_after(self):
        for days in (-270, 400):
            with self.subTest(days=days):
                oak, elm = self.node(days), self.node(known=True, listen=False)
                self.open_site(oak)
                answer = oak.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 12, "people": 12, "name": "Quidam Ignotus"})
                code, need = answer["ticket"], answer["ref"]
                self.put_right(oak)
                self.open_site(elm)
                stock = elm.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 30})["ref"]
                self.call(elm, oak)
                self.assert_all_safe(elm, oak)
                elm.post("/v1/move", {"stage": "given", "from": stock, "ticket": code, "quantity": 12})
                self.assertEqual(elm.get("/v1/record/" + stock)["record"]["on_hand"], 18)
                oak.wait("it was collected", lambda n: [(m["stage"], m["text"]) for m in n.get("/v1/record/" + need)["moves"]] ==
                         [("given", "ticket shown")])
                # Who it is has outlived the date, though the desk was tidied up meanwhile.
                self.assertEqual([t["name"] for t in oak.get("/v1/tickets?q=ignotus")["tickets"]], ["Quidam Ignotus"])
                elm.stop()
                oak.stop()

    def test_by_radio_nothing_is_called_safe_that_is_not_taken(self):
        air = Air(seed=int(os.environ.get("AIDMESH_SEED", "1"))).start()
        self.addCleanup(air.close)
        fast = ["radio.region=US915", "radio.bandwidth=500", "radio.spreading=7"]
        sticks = [RNode(air, Pty(air, os.path.join(self.base, "tty" + name)), name, boot_ms=300, chip="sx1262").plug() for name in "ab"]
        oak = self.node(known=True, listen=False, settings=[f"radio.port={sticks[0].port.path}", *fast])
        elm = self.node(-270, listen=False, settings=[f"radio.port={sticks[1].port.path}", *fast])
        ref = self.write(elm)
        air.wait("both were heard", lambda: all(n.get("/v1/radio")["stations"] for n in (oak, elm)), PATIENCE_S)
        self.assertFalse(elm.get("/v1/radio")["safe"])
        self.assertNotIn(ref, needs(oak))
        self.put_right(elm)
        oak.wait("the need", lambda n: ref in needs(n), PATIENCE_S)
        self.assert_fresh(oak, ref)


if __name__ == "__main__":
    unittest.main(verbosity=2)
