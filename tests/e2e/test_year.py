# SPDX-License-Identifier: AGPL-3.0-or-later
"""A year of three sites: what people still use is never missing, on any node, and whoever comes new is safe on any day.

Days pass by the system's date of each node; one of the nodes is never started anew, another one at every step. With AIDMESH_LONG
set, the year goes by in steps of hours and days."""

import datetime
import os
import time
import unittest

from nodes import Node, work_folder

DAYS = 366
LONG = bool(os.environ.get("AIDMESH_LONG"))
# In days. The short year has a week of days, one of them in steps of hours; then all are away for days, and for three weeks.
STEPS = 4 * [1] + 4 * [0.25] + 3 * [1] + [6, 3, 5, 1, 7, 21] if not LONG else 8 * [0.25] + [1, 2, 3, 1]
ENTRIES_MAX = 90


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Year(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.day = 0.0
        self.came = 0  # received for the need, and handed out of the stock

    def node(self, name, listen=False, dials=()):
        node = Node(name, self.base, listen=listen, settings=["node.clock=auto"])
        node.dials = [f"127.0.0.1:{other.link_port}" for other in dials]
        self.date(node)
        self.addCleanup(node.kill)
        return node.start()

    def date(self, node):
        node.set_date(days=self.day, synchronised=True)

    def open_site(self, node, at):
        ref = node.post("/v1/site", {"name": node.name, "place": {"lat": 35.1 + at / 100, "lon": -77.0}, "people": 120})["full"]
        node.post("/v1/self", {"site": node.name})
        return ref

    def key(self, node):
        return node.get("/v1/status")["key"]

    def meet(self):
        self.oak = self.node("Oak", listen=True)
        self.elm = self.node("Elm", dials=[self.oak])
        self.ash = self.node("Ash", dials=[self.oak])
        self.fir = self.node("Fir", dials=[self.oak])
        self.nodes = [self.oak, self.elm, self.ash]
        for at, node in enumerate([*self.nodes, self.fir]):
            self.open_site(node, at)
        self.oak.wait("all places", lambda n: n.get("/v1/status")["sites"] == 4)
        for node in self.nodes:
            node.wait("all places", lambda n: n.get("/v1/status")["sites"] == 4)
            for other in self.nodes:
                if other is not node:
                    node.cli("vouch", self.key(other))
        self.oak.post("/v1/trust", {"kind": "keeper", "key": self.key(self.elm), "site": "Oak"})
        self.need = self.oak.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": 9000, "people": 40, "within": 24,
                                               "site": "Oak", "sure": True})["full"]
        self.stock = self.elm.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 900, "site": "Elm"})["full"]
        self.other = self.ash.post("/v1/line", {"kind": "need", "item": "rice", "quantity": 50, "people": 10, "within": 72, "site": "Ash",
                                                "sure": True})["full"]
        self.fir.post("/v1/trust", {"kind": "keeper", "key": self.key(self.elm), "site": "Fir"})
        self.firs = self.fir.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 7, "people": 7, "within": 72, "site": "Fir",
                                               "sure": True})["full"]
        self.elm.wait("the need of Fir", lambda n: self.line(n, self.firs))
        self.fir.wait("all safe", lambda n: all(p["state"] == "safe" for p in n.peers()))
        # It went home: nobody renews what it said, and Elm goes on asking for it.
        self.fir.stop()

    def line(self, node, full):
        return next((found for found in node.get("/v1/lines")["lines"] if found["full"] == full), None)

    def holds(self, node):
        """What is wrong on that node; empty: nothing."""
        status, need, stock = node.get("/v1/status"), self.line(node, self.need), self.line(node, self.stock)
        other = self.line(node, self.other)
        wrong = {
            "places": {s["name"] for s in node.get("/v1/sites")["sites"]} >= {"Oak", "Elm", "Ash"},
            "trust": all(a["vouched"] for a in node.get("/v1/authors")["authors"] if a["name"] in {"Oak", "Elm", "Ash"} - {node.name}),
            "the other need": other and other["status"] not in ("met", "closed"),
            "the need": need and need["received"] == self.came and need["status"] not in ("met", "closed", "covered"),
            "it is as old as it was": need and need["due"] == self.due and need["changed"] == self.said,
            "the stock": stock and stock["on_hand"] == 900 - self.came,
            "what Elm carries on": self.day > 115 or self.line(node, self.firs),
            "the set": status["entries"] <= ENTRIES_MAX,
            "nothing waits": status["pending"] == 0,
            "the date": abs(moment(status["now"]) - time.time() - self.day * 86400) < 120,
        }
        return [name for name, is_right in wrong.items() if not is_right]

    def assert_holds(self, *nodes):
        for node in nodes:
            try:
                node.wait("nothing is missing", lambda n: self.holds(n) == [])
            except AssertionError as failed:
                raise AssertionError(f"day {self.day}, {node.name}: {self.holds(node)}\n{failed}") from None
            node.wait("all safe", lambda n: n.peers() and all(p["state"] == "safe" for p in n.peers()))

    def pass_time(self, days):
        self.day += days
        self.ash.stop()
        self.ash.set_date(days=self.day, synchronised=True, off=True)
        for node in (self.oak, self.elm):
            node.suspend(days)
        self.ash.start()
        for node in self.nodes:
            node.get("/v1/status")  # somebody looks

    def write(self):
        """Ten came for the need, and ten went out; and Elm says that Fir's people still need something."""
        self.oak.post("/v1/move", {"stage": "received", "of": self.need, "quantity": 10})
        self.elm.post("/v1/move", {"stage": "given", "from": self.stock, "quantity": 10})
        if self.day < 115:
            self.elm.post("/v1/note", {"kind": "still-needed", "of": self.firs})
        self.came += 10

    def assert_keeper(self, text):
        """Elm still looks after Oak, and what it says stands everywhere."""
        site = next(s for s in self.elm.get("/v1/sites")["sites"] if s["name"] == "Oak")
        self.elm.post("/v1/site", {"ref": site["full"], "people": text})
        for node in self.nodes:
            node.wait("the keeper's word", lambda n: [s["people"] for s in n.get("/v1/sites")["sites"] if s["name"] == "Oak"] == [text])

    def assert_newcomer(self):
        new = self.node(f"New{int(self.day)}", dials=[self.oak])
        self.assert_holds_new(new)
        new.stop()
        self.oak.wait("it is gone", lambda n: len(n.peers()) == 2)

    def assert_holds_new(self, new):
        new.wait("nothing is missing", lambda n: [w for w in self.holds(n) if w not in ("trust", "the stock", "the need")] == [])
        new.wait_safe()
        self.oak.wait("all safe", lambda n: all(p["state"] == "safe" for p in n.peers()))

    def test_nothing_that_is_used_is_ever_missing(self):
        self.meet()
        need = self.line(self.oak, self.need)
        self.due, self.said = need["due"], need["changed"]
        told = set()
        wrote = keeper = newcomer = 0
        at = 0
        while self.day < DAYS:
            self.assert_holds(*self.nodes)
            told |= {(r["site"], int(self.day)) for r in self.elm.get("/v1/ask/expiring")["rows"] if "leaves" in r.get("about", "")}
            if self.day >= wrote + 10:
                wrote = self.day
                self.write()
                self.assert_holds(*self.nodes)
            if self.day >= keeper + 90:
                keeper = self.day
                self.assert_keeper(100 + int(self.day))
            if self.day >= newcomer + (30 if not LONG else 10):
                newcomer = self.day
                self.assert_newcomer()
            self.pass_time(STEPS[at % len(STEPS)])
            at += 1
        self.assertTrue(self.line(self.elm, self.stock)["reckoned"])
        self.assertIn("reckoned: recount", self.elm.cli("list", "stocks"))
        # Of the place that is silent, a week before it left, and of nothing that somebody looks after.
        self.assertEqual({site for site, day in told}, {"Fir"})
        self.assertTrue(all(113 <= day <= 120 for site, day in told), told)
        self.assertEqual({s["name"] for s in self.oak.get("/v1/sites")["sites"]}, {"Oak", "Elm", "Ash"})


if __name__ == "__main__":
    unittest.main(verbosity=2)
