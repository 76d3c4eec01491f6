# SPDX-License-Identifier: AGPL-3.0-or-later
"""Loads between a place that needs and a place that has, on two real nodes that hear each other: where each litre is, who may
say so, and what is refused or asked back with a way out."""

import unittest

from nodes import Node, Refused, trust, work_folder


def typed(node, *words):
    return node.cli(*words).split()[0]


def seen(node, ref):
    return node.get("/v1/record/" + ref)["record"]


class Loads(unittest.TestCase):
    def setUp(self):
        base = work_folder()
        self.oak = Node("Oak", base).start()
        self.elm = Node("Elm", base, listen=False)
        self.elm.dials = [f"127.0.0.1:{self.oak.link_port}"]
        self.elm.start()
        for node, at in ((self.oak, "35.10,-77.04"), (self.elm, "35.12,-77.04")):
            node.cli("init", "--name", node.name, "--at", at)
        self.elm.wait_safe()
        trust(self.oak, self.elm)
        self.need = typed(self.oak, "need", "drinking-water", "100", "--people", "40")
        self.stock = typed(self.elm, "stock", "drinking-water", "360")
        self.both(self.need)

    def tearDown(self):
        self.elm.stop()
        self.oak.stop()

    def both(self, ref, **figures):
        """Both show these figures of that record."""
        def shows(node):
            try:
                record = seen(node, ref)
            except Exception:
                return False
            return all(record[name] == value for name, value in figures.items())
        for node in (self.oak, self.elm):
            node.wait(f"{ref} {figures} at {node.name}", shows)

    def may(self, node, ref, **said):
        """Writes it, once the node has heard that it may."""
        try:
            node.post("/v1/line", {"ref": ref, "sure": True, **said})
        except Refused:
            return False
        return True

    def pledge(self, quantity):
        ref = typed(self.elm, "pledge", self.need, quantity, "--from", self.stock, "--due", "6h")
        self.both(ref, stage="pledged")
        return ref

    def move(self, node, **said):
        return node.post("/v1/move", said)["ref"]

    def test_a_promise_in_two_loads(self):
        pledge = self.pledge("100")
        self.elm.cli("send", pledge, "50")
        self.both(pledge, on_way=50, promised=50)
        self.both(self.need, status="covered", coming=100, open=0)
        self.both(self.stock, on_hand=310, promised=50)
        self.oak.cli("receive", pledge)
        self.both(pledge, arrived=50, promised=50, on_way=0)
        self.elm.cli("send", pledge)
        self.both(pledge, arrived=50, promised=0, on_way=50)
        self.both(self.need, received=50, coming=50, open=0)
        self.both(self.stock, on_hand=260, promised=0)
        line = next(line for line in self.oak.cli("list", "moves").splitlines() if pledge in line)
        self.assertIn("50 L on the way, 50 L arrived", line)
        plan = self.elm.get("/v1/plan")
        self.assertEqual([row for row in plan["portions"]], [], "nothing is sent twice")
        self.assertIn("sent already", self.elm.cli_error("send", pledge, "1", code=1))
        self.oak.cli("receive", pledge)
        self.both(self.need, status="met", received=100, coming=0)
        self.assertIn("received already", self.oak.cli_error("receive", pledge, "50", code=1))

    def test_some_is_lost_and_some_comes_back(self):
        pledge = self.pledge("60")
        self.elm.cli("send", pledge, "40")
        self.move(self.elm, stage="lost", after=pledge, quantity=5)
        self.both(pledge, on_way=35, lost=5, promised=20)
        self.both(self.need, coming=55, open=45)
        self.assertIn("Only 35 L", self.elm.cli_error("back", pledge, "1000", code=1))
        self.elm.cli("back", pledge)
        self.both(self.stock, on_hand=355)
        self.elm.cli("release", pledge)
        self.both(pledge, promised=0)
        self.assertIn("Nothing is left of that pledge", self.elm.cli_error("release", pledge, code=1))

    def test_each_step_is_answered_with_its_own_quantity(self):
        pledge = self.pledge("100")
        self.assertIn("sent 40 L Drinking water to Oak", self.elm.cli("send", pledge, "40"))
        self.assertIn("released 10 L Drinking water for Oak", self.elm.cli("release", pledge, "10"))
        self.both(pledge, on_way=40, promised=50)
        self.both(self.stock, on_hand=320, promised=50)
        self.assertIn("released 50 L Drinking water for Oak", self.elm.cli("release", pledge))
        self.both(pledge, on_way=40, promised=0)
        self.assertIn("received 30 L Drinking water to Oak", self.oak.cli("receive", pledge, "30", "--more"))
        self.both(pledge, on_way=10, arrived=30)
        self.assertIn("lost 4 L Drinking water for Oak", self.elm.cli("lost", pledge, "4"))
        self.both(pledge, on_way=6, lost=4)
        self.assertIn("returned 6 L Drinking water for Oak", self.elm.cli("back", pledge))
        self.both(pledge, on_way=0, lost=4, back=6)
        self.both(self.stock, on_hand=326)
        self.both(self.need, received=30, coming=0, open=70)
        handout = typed(self.elm, "give", self.stock, "2")
        self.assertIn("given 3.785 L Drinking water", self.elm.cli("give", self.stock, "1 gal"))
        self.assertIn("returned 1 L Drinking water", self.elm.cli("take-back", handout, "1"))

    def test_a_load_that_is_rerouted_is_answered_whole(self):
        other = typed(self.oak, "need", "drinking-water", "150", "--people", "90", "--sure")
        self.both(other)
        pledge = self.pledge("100")
        self.elm.cli("send", pledge, "40")
        self.assertIn("rerouted 100 L Drinking water to Oak", self.elm.cli("reroute", pledge, other))
        self.both(other, coming=100)

    def test_options_that_mean_nothing_are_no_options(self):
        for words in (("release", "--more"), ("release", "--ticket", "X"), ("send", "--more"), ("lost", "--more"),
                      ("reroute", "--at", "1h")):
            self.elm.cli_error(words[0], self.need, *words[1:], code=2)

    def test_what_is_short_is_asked_about(self):
        pledge = self.pledge("100")
        self.elm.cli("send", pledge)
        self.both(pledge, on_way=100)
        self.assertIn("30 L of 100 L?", self.oak.cli_error("receive", pledge, "30", code=1))
        self.oak.cli("receive", pledge, "30", "--more")
        self.both(self.need, received=30, coming=70, open=0)
        self.assertIn("None is no quantity", self.oak.cli_error("receive", pledge, "0", "--sure", code=1))
        other = typed(self.oak, "need", "drinking-water", "10", "--people", "4", "--sure")
        self.both(other)
        self.assertIn("arrived already", self.elm.cli_error("reroute", pledge, other, code=1))
        self.oak.cli("receive", pledge, "60", "--sure")
        self.both(self.need, received=90, coming=0, open=10)

    def test_two_sign_for_one_delivery(self):
        self.oak.cli("vouch", "Elm", "--keeper", "Oak")
        pledge = self.pledge("60")
        self.elm.cli("send", pledge)
        self.both(pledge, on_way=60)
        self.elm.wait("heard who is a keeper", lambda n: self.may(n, self.need, people=41))
        self.elm.stop()
        self.oak.cli("receive", pledge)
        self.elm.dials = []
        self.elm.start()
        self.elm.cli("receive", pledge)
        self.elm.stop()
        self.elm.dials = [f"127.0.0.1:{self.oak.link_port}"]
        self.elm.start()
        self.elm.wait_safe()
        self.both(self.need, received=60, coming=0, open=40)
        self.both(self.stock, on_hand=300)

    def test_sent_and_handed_over_with_a_ticket_left_once(self):
        ticket = self.oak.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": 12, "people": 4,
                                            "ticket": True, "sure": True})
        self.both(ticket["ref"])
        pledge = typed(self.elm, "pledge", ticket["ref"], "12", "--from", self.stock)
        self.elm.cli("send", pledge)
        self.elm.cli("give", self.stock, "12", "--ticket", ticket["ticket"])
        self.both(ticket["ref"], status="met", received=12, coming=0)
        self.both(self.stock, on_hand=348)

    def test_what_lies_ahead_is_refused(self):
        pledge = self.pledge("20")
        self.assertIn("That lies ahead", self.elm.cli_error("send", pledge, "--at", "2126-01-01T00:00Z", code=1))
        self.assertIn("too far ahead", self.elm.cli_error("pledge", self.need, "5", "--from", self.stock, "--due",
                                                          "2126-01-01T00:00Z", code=1))
        self.assertIn("look at the year", self.elm.cli_error("send", pledge, "--at", "2025-01-01T00:00Z", code=1))
        self.assertIn("past already", self.elm.cli_error("pledge", self.need, "5", "--from", self.stock, "--due",
                                                         "2025-01-01T00:00Z", code=1))
        self.elm.cli("send", pledge, "--at", "1h")
        self.both(pledge, stage="sent")

    def test_a_drill_takes_nothing_from_a_real_shelf(self):
        drill = typed(self.oak, "need", "drinking-water", "30", "--people", "10", "--flags", "drill")
        self.both(drill)
        self.assertIn("is a drill", self.elm.cli_error("pledge", drill, "10", "--from", self.stock, code=1))

    def test_an_open_ask_is_answered_by_whom_the_asker_accepts(self):
        ask = self.move(self.oak, stage="asked", of=self.need, quantity=50)
        self.both(ask, stage="asked")
        answer = self.move(self.elm, stage="pledged", after=ask, quantity=40, **{"from": self.stock})
        self.both(answer, stage="pledged", quantity=40, counts=True)
        self.both(ask, stage="asked", quantity=50)
        self.both(self.need, coming=40, open=60)

    def test_what_a_keeper_did_stands_when_he_is_no_longer_one(self):
        shelf = typed(self.oak, "stock", "blanket", "500")
        self.oak.cli("vouch", "Elm", "--keeper", "Oak")
        self.both(shelf)

        self.elm.wait("may count", lambda n: self.may(n, shelf, quantity=30))
        self.both(shelf, on_hand=30)
        self.oak.cli("vouch", "Elm", "--keeper", "Oak", "--withdraw")
        self.elm.wait("is no keeper", lambda n: n.cli_error("edit", shelf, "--quantity", "9", code=1))
        self.both(shelf, on_hand=30)

    def test_what_a_keeper_says_after_he_was_dismissed_changes_nothing(self):
        shelf = typed(self.oak, "stock", "blanket", "500")
        self.oak.cli("vouch", "Elm", "--keeper", "Oak")
        self.both(shelf)
        self.elm.wait("may count", lambda n: self.may(n, shelf, quantity=44))
        self.both(shelf, on_hand=44)
        self.elm.stop()
        self.oak.cli("vouch", "Elm", "--keeper", "Oak", "--withdraw")
        self.elm.dials = []
        self.elm.start()
        self.assertTrue(self.may(self.elm, shelf, quantity=30))
        self.elm.stop()
        self.elm.dials = [f"127.0.0.1:{self.oak.link_port}"]
        self.elm.start()
        self.elm.wait_safe()
        self.both(shelf, on_hand=44)

    def test_nothing_that_a_keeper_ever_did_stands_when_that_is_said(self):
        shelf = typed(self.oak, "stock", "blanket", "500")
        self.oak.cli("vouch", "Elm", "--keeper", "Oak")
        self.both(shelf)
        self.elm.wait("may count", lambda n: self.may(n, shelf, quantity=30))
        self.both(shelf, on_hand=30)
        self.oak.cli("vouch", "Elm", "--keeper", "Oak", "--withdraw", "--all")
        self.both(shelf, on_hand=500)
        self.assertIn("nothing to take back", self.oak.cli_error("vouch", "Elm", "--keeper", "Oak", "--withdraw", code=1))


class Alone(unittest.TestCase):
    def setUp(self):
        self.oak = Node("Oak", work_folder())
        self.oak.set_date(synchronised=True)
        self.oak.start()
        self.oak.cli("init", "--name", "Oak", "--at", "35.10,-77.04")

    def tearDown(self):
        self.oak.stop()

    def row(self, ref, *words):
        return next(line for line in self.oak.cli(*words).splitlines() if ref in line)

    def test_a_load_is_as_old_as_the_word_that_says_how_far_it_is(self):
        need = typed(self.oak, "need", "blanket", "60", "--people", "60")
        stock = typed(self.oak, "stock", "blanket", "80")
        pledge = typed(self.oak, "pledge", need, "60", "--from", stock, "--due", "4h")
        self.oak.suspend(3 / 24)
        self.assertIn("3 h ago", self.row(pledge, "list", "moves"))
        self.oak.cli("send", pledge)
        self.oak.suspend(2 / 24)
        for words in (("list", "moves"), ("list", "moves", "--text"), ("late",)):
            self.assertIn("2 h ago", self.row(pledge, *words))

    def test_a_drill_is_marked_and_never_added_to_what_is_real(self):
        drill = typed(self.oak, "need", "blanket", "500", "--people", "500", "--flags", "drill")
        self.assertIn("500", self.oak.cli("short"))
        need = typed(self.oak, "need", "blanket", "30", "--people", "30", "--sure")
        stock = typed(self.oak, "stock", "blanket", "80")
        self.assertEqual(self.oak.get("/v1/ask/short")["rows"][0]["quantity"], 30)
        self.assertEqual([row["quantity"] for row in self.oak.get("/v1/ask/load?site=Oak")["rows"]], [30])
        self.assertIn("DRILL Blanket", self.row(drill, "list", "needs"))
        self.assertIn("DRILL. ", self.row(drill, "list", "needs", "--text"))
        for ref, words in ((need, "needs"), (stock, "stocks")):
            self.assertNotIn("DRILL", self.row(ref, "list", words))
        self.assertIn("DRILL. ", self.oak.request("GET", "/plain").decode())

    def test_what_is_closed_is_answered_with_its_reason(self):
        for reason, said in (("mistake", "mistake"), ("not-needed", "not needed"), ("moved", "moved elsewhere")):
            need = typed(self.oak, "need", "blanket", "30", "--people", "30", "--sure")
            self.assertIn(f"closed need 30 Blanket at Oak: {said}\n", self.oak.cli("close", need, "--reason", reason))


if __name__ == "__main__":
    unittest.main()
