# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who should get what: two nodes that hold the same print the same list; what one declines, neither suggests again."""

import re
import time
import unittest

from nodes import Node, Refused, work_folder


class Plan(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.oak, self.elm = Node("Oak", self.base).start(), Node("Elm", self.base)
        self.elm.dials = [f"127.0.0.1:{self.oak.link_port}"]
        self.elm.start()
        self.agree()
        self.oak.cli("init", "--name", "Oak", "--at", "35.10,-77.04")
        self.elm.cli("init", "--name", "Elm", "--at", "35.19,-77.04")
        self.agree()
        self.oak.cli("vouch", "Elm")
        self.elm.cli("vouch", "Oak")

    def agree(self):
        self.oak.wait_safe()
        self.elm.wait_safe()
        for node, other in ((self.oak, self.elm), (self.elm, self.oak)):
            node.wait("what the other has", lambda n, other=other: n.get("/v1/status")["entries"] >=
                      other.get("/v1/status")["entries"])

    def plans(self, query=""):
        """The same hour on both, whatever the clock does meanwhile."""
        at = int(time.time())
        self.agree()
        plans = [n.get(f"/v1/plan?at={at}{query}") for n in (self.oak, self.elm)]
        self.assertEqual(plans[0], plans[1])
        return plans[0]

    def test_two_nodes_print_the_same_list_and_forget_what_one_declines(self):
        need = self.oak.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": 120, "people": 40,
                                          "infants": 6, "within": 24})["ref"]
        more = self.oak.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 40, "people": 40,
                                          "within": 72})["ref"]
        water = self.elm.post("/v1/line", {"kind": "stock", "item": "drinking-water", "quantity": 400})["ref"]
        self.elm.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 25})

        plan = self.plans()
        self.assertRegex(plan["digest"], r"^[0-9a-f]{4}-[0-9a-f]{4}$")
        self.assertRegex(plan["hour"], r"T\d\d:00:00Z$")
        self.assertEqual(plan["others"], [])
        rows = {row["need"]: row for row in plan["portions"]}
        self.assertEqual({ref: row["quantity"] for ref, row in rows.items()}, {need: 120, more: 25})
        self.assertEqual((rows[need]["from"], rows[need]["need_site"], rows[need]["from_site"], rows[need]["unit"]),
                         (water, "Oak", "Elm", "L"))
        self.assertEqual(rows[need]["why"], "Oak: 40 people, 6 infants, 0 h without, wanted within 24 h, 120 L = 1 day")
        self.assertEqual(rows[more]["why"], "Oak: 40 people, 0 h without, wanted within 72 h, 25 Blanket")
        self.assertEqual([row["need"] for row in self.plans("&item=drinking-water")["portions"]], [need])
        self.assertEqual(len(self.plans("&limit=1")["portions"]), 1)

        printed, hour = [], -1
        while hour != time.time() // 3600:
            hour = time.time() // 3600
            printed = [n.cli("plan", "drinking-water") for n in (self.oak, self.elm)]
        self.assertEqual(printed[0], printed[1])
        self.assertIn("people decide", printed[0])
        self.assertIn(f"aidmesh decline {need} --from {water}", printed[0])

        before = self.elm.get("/v1/record/" + need)["record"], self.elm.get("/v1/record/" + water)["record"]
        self.assertIn("declined", self.elm.cli("decline", need, "--from", water))
        self.assertEqual([row["need"] for row in self.plans()["portions"]], [more])
        after = self.oak.get("/v1/record/" + need)["record"], self.elm.get("/v1/record/" + water)["record"]
        for was, now in zip(before, after):
            for field in ("status", "open", "coming", "received", "on_hand", "promised"):
                self.assertEqual(was[field], now[field], field)
        self.oak.cli("edit", need, "--quantity", "130")
        self.assertIn(need, [row["need"] for row in self.plans()["portions"]])

    def test_a_household_elsewhere_is_not_where_its_author_stands(self):
        self.oak.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 4, "place": "8773XW44+22", "people": 4})
        self.oak.post("/v1/line", {"kind": "need", "item": "drinking-water", "people": 4})
        self.elm.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 25})
        self.assertEqual([row["need_site"] for row in self.plans("&item=cobijas")["portions"]], ["8773XW00+ (Oak)"])
        self.assertRegex(self.oak.cli("list"), r"Drinking water +\?", "nobody said how much")
        self.assertEqual(self.plans("&item=water")["portions"], [])

    def test_the_hours_are_those_that_people_wrote(self):
        said = ((101, {"every": 24}, "wanted within 24 h", "every 24 h"), (303, {"within": 6, "every": 24}, "wanted within 6 h", "6 h, every 24 h"),
                (404, {"within": 72}, "wanted within 72 h", "72 h"), (403, {}, None, ""))
        for item, hours, _, _ in said:
            self.oak.post("/v1/line", {"kind": "need", "item": item, "quantity": 8, "people": 8, "sure": True, **hours})
            self.elm.post("/v1/line", {"kind": "stock", "item": item, "quantity": 60})
        portions = {row["item"]: row["why"] for row in self.plans()["portions"]}
        listed = self.oak.cli("list").splitlines()
        at = listed[0].index("PEOPLE") + len("PEOPLE")
        for item, _, due, _ in said:
            self.assertEqual(re.findall(r"wanted within \d+ h", portions[item]), [due] if due else [], portions[item])
        self.assertEqual(sorted(line[at:listed[0].index("DUE")].strip() for line in listed[1:]), sorted(s[3] for s in said))

    def test_who_gets_nothing_reads_what_stands_in_the_way(self):
        need = lambda item, **more: self.oak.post("/v1/line", {"kind": "need", "item": item, "quantity": 8, "people": 8, "sure": True, **more})["ref"]
        stock = lambda item, **more: self.elm.post("/v1/line", {"kind": "stock", "item": item, "quantity": 60, **more})["ref"]
        why = {}
        why[need("insulin", variant="pen")] = "the size or form differs: there is vial, and pen is asked for"
        stock("insulin", variant="vial")
        declined = need("blanket")
        shelf = stock("blanket")
        why[declined] = "it was declined since it was asked for"
        why[need("soap")] = "nobody has counted any that can leave"
        why[need("tarp")] = "what there is of it is damaged, or past its use-by day"
        stock("tarp", condition="damaged")
        why[need("toothbrush")] = "all that there is of it is promised, or kept back"
        stock("toothbrush", reserve=60)
        why[need("water-container")] = "what there is of it may not be brought so far (reach)"
        stock("water-container", reach=1)
        why[need("=a red door")] = "it is not in the catalogue: people compare the words"
        unsaid = self.oak.post("/v1/line", {"kind": "need", "item": "bucket-mop", "people": 4})["ref"]
        stock("bucket-mop")
        why[unsaid] = "nobody said how much"
        self.agree()
        self.elm.cli("decline", declined, "--from", shelf)
        plan = self.plans()
        self.assertEqual(plan["portions"], [])
        self.assertEqual({row["need"]: row["why"] for row in plan["unserved"]}, why)
        for node in (self.oak, self.elm):
            for printed in (node.cli("plan"), node.cli("plan", "--text")):
                for ref, reason in why.items():
                    row = next(line for line in printed.splitlines() if ref in line)
                    self.assertIn(reason, row)
        self.assertIn("Nothing to suggest: no open need asks for tent.", self.oak.cli("plan", "tent"))
        # One item alone, and nothing stands beside what is suggested.
        self.elm.cli("edit", shelf, "--quantity", "50")
        self.assertEqual([row["need"] for row in self.plans("&item=blanket")["unserved"]], [declined])
        self.oak.cli("edit", declined, "--quantity", "9")
        self.assertEqual(self.plans("&item=blanket")["unserved"], [])

    def test_who_was_asked_may_decline(self):
        need = self.oak.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": 60, "people": 40})["ref"]
        stock = self.elm.post("/v1/line", {"kind": "stock", "item": "drinking-water", "quantity": 400})["ref"]
        self.agree()
        asked = self.oak.post("/v1/move", {"stage": "asked", "of": need, "from": stock, "quantity": 60})["ref"]
        self.assertEqual(len(self.plans()["portions"]), 1)
        self.elm.post("/v1/move", {"stage": "declined", "after": asked})
        self.assertEqual(self.plans()["portions"], [])

    def test_the_printed_command_accepts(self):
        self.oak.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": 60, "people": 40})
        self.elm.post("/v1/line", {"kind": "stock", "item": "drinking-water", "quantity": 400})
        self.agree()
        command = re.search(r"aidmesh (pledge .*)", self.elm.cli("plan"))[1]
        self.elm.cli(*command.split())
        self.assertEqual(self.plans()["portions"], [])
        self.assertIn("Nothing to suggest", self.oak.cli("plan"))

    def test_who_may_decline_and_what_is_no_item(self):
        need = self.oak.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": 60})["ref"]
        stock = self.oak.post("/v1/line", {"kind": "stock", "item": "drinking-water", "quantity": 60})["ref"]
        self.agree()
        self.assertIn("Only who has the stock", self.elm.cli_error("decline", need, "--from", stock, code=1))
        self.assertIn("from which stock", self.oak.cli_error("decline", need, code=1))
        with self.assertRaises(Refused) as refused:
            self.oak.get("/v1/plan?item=unicorn")
        self.assertEqual(refused.exception.args[0], 404)
        self.assertIn("no item", self.oak.cli_error("plan", "unicorn", code=1))

    def test_a_stranger_is_listed_apart(self):
        fir = Node("Fir", self.base)
        fir.dials = [f"127.0.0.1:{self.oak.link_port}"]
        fir.start()
        fir.wait_safe()
        said = fir.cli("init", "--name", "Fir", "--at", "35.12,-77.04")
        self.assertIn("trusts nobody yet", said)
        fir.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": 60, "people": 20})
        self.elm.post("/v1/line", {"kind": "stock", "item": "drinking-water", "quantity": 400})
        self.elm.wait("Fir's need", lambda n: n.get("/v1/lines?kind=need")["total"] == 1)
        plan = self.elm.get("/v1/plan")
        self.assertEqual((plan["portions"], len(plan["others"])), ([], 1))
        # As long as nobody trusts anybody: what the list would be if they did.
        self.assertIn("no two trust each other yet", plan["remark"])
        self.assertIn("no two trust each other yet", self.elm.cli("plan"))
        self.assertIn("60 L", self.elm.cli("plan"))
        fir.post("/v1/line", {"kind": "stock", "item": "drinking-water", "quantity": 20})
        self.assertIn("trusts nobody yet", fir.cli("load", "Elm"))
        self.elm.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": 30, "people": 10})
        plan = self.elm.get("/v1/plan")
        self.assertEqual({(row["from_site"], row["need_site"]) for row in plan["portions"]}, {("Fir", "Fir"), ("Elm", "Elm")})
        self.assertIn(("Elm", "Fir"), {(row["from_site"], row["need_site"]) for row in plan["others"]})
        # One of two is not enough.
        self.elm.cli("vouch", "Fir")
        self.assertIn("no two trust each other yet", self.elm.cli("plan"))
        fir.cli("vouch", "Elm")
        self.assertNotIn("trusts nobody yet", fir.cli("load", "Elm"))
        self.elm.wait("both ways", lambda n: ("Elm", "Fir") in {(row["from_site"], row["need_site"]) for row in n.get("/v1/plan")["portions"]})
        self.assertNotIn("trust each other yet", self.elm.cli("plan"))

    def test_a_guessed_clock_prints_no_digest(self):
        lost = Node("Lost", self.base, listen=False, settings=["node.clock=guessed"])
        lost.start()
        self.assertIsNone(lost.get("/v1/plan")["digest"])
        self.assertIn("No digest", lost.cli("plan"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
