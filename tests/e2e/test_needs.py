# SPDX-License-Identifier: AGPL-3.0-or-later
"""A need stays until somebody answers it: on every surface of every node that heard of it, whatever time passes and whatever
else its author says."""

import datetime
import json
import os
import unittest

from nodes import Node, Refused, trust, work_folder

# The program's own date is the earliest that it believes.
BEGIN_DAYS = 730


class Needs(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.hours = 0
        self.nodes = []

    def node(self, name, listen=True, dials=()):
        node = Node(name, self.base, listen=listen, settings=["node.clock=auto"])
        node.dials = [f"127.0.0.1:{other.link_port}" for other in dials]
        node.set_date(days=BEGIN_DAYS, hours=self.hours, synchronised=True)
        self.addCleanup(node.kill)
        self.nodes.append(node)
        return node.start()

    def stand(self, node, at):
        node.post("/v1/site", {"name": node.name, "place": {"lat": 35.1 + at / 100, "lon": -77.0}, "people": 40})
        node.post("/v1/self", {"site": node.name})

    def neighbours(self, *names):
        first = self.node(names[0])
        nodes = [first] + [self.node(name, dials=[first]) for name in names[1:]]
        for at, node in enumerate(nodes):
            self.stand(node, at)
        for node in nodes:
            node.wait("all places", lambda n: n.get("/v1/status")["sites"] == len(nodes))
        trust(*nodes)
        return nodes

    def pass_to(self, hours):
        """So many hours after the beginning, by each node's own date."""
        passed, self.hours = hours - self.hours, hours
        for node in self.nodes:
            node.suspend(passed / 24)
            node.get("/v1/status")  # somebody looks

    def ask(self, node, quantity=100, within=6, item="drinking-water", **more):
        return node.post("/v1/line", {"kind": "need", "item": item, "quantity": quantity, "people": 40, "within": within,
                                      "sure": True, **more})["ref"]

    def line(self, node, ref):
        return node.get(f"/v1/record/{ref}")["record"]

    def time(self, node, ahead):
        now = datetime.datetime.fromisoformat(node.get("/v1/status")["now"].replace("Z", "+00:00"))
        return (now + datetime.timedelta(hours=ahead)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def day(self, node, ahead):
        now = datetime.datetime.fromisoformat(node.get("/v1/status")["now"].replace("Z", "+00:00"))
        return (now + datetime.timedelta(days=ahead)).strftime("%Y-%m-%d")

    def pages(self, node, size="20x4"):
        count = node.get(f"/v1/lcd?size={size}&page=0")["pages"]
        return ["\n".join(node.get(f"/v1/lcd?size={size}&page={i}")["lines"]) for i in range(count)]

    def exported(self, node, *words, ending):
        path = os.path.join(self.base, f"{node.name}-out.{ending}")
        node.cli("export", path, *words)
        with open(path, encoding="utf-8") as file:
            return file.read()

    def rows(self, node, question, **asked):
        query = "&".join(f"{key}={value}" for key, value in asked.items())
        return node.get(f"/v1/ask/{question}?{query}")["rows"]

    def assert_everywhere(self, node, ref, mark):
        """On every surface, first, and marked. `mark`: the first word of the line on the larger display."""
        listed = node.cli("list", "needs", "--status", "open").splitlines()
        self.assertTrue(listed[1].startswith(ref), listed)
        self.assertIn("overdue", listed[1])
        self.assertIn("late", listed[1])
        self.assertIn(ref, node.cli("list", "needs", "--status", "overdue"))
        for question in ("short", "expiring", "unconfirmed"):
            row = self.rows(node, question)[0]
            self.assertEqual((row["item"], row["quantity"]), ("Drinking water", 100), question)
            self.assertIn("overdue", row["about"], question)
        self.assertEqual([r["ref"] for r in self.rows(node, "runs-out")][0], ref)
        self.assertIn("overdue", node.cli("short"))
        plain = node.request("GET", "/plain").decode()
        self.assertIn("overdue, due", plain)
        self.assertIn(ref, plain)
        page = next(p for p in self.pages(node) if "100 of 100 L" in p)
        self.assertIn(mark, page)
        self.assertTrue(any(p.startswith("! 100 L") for p in self.pages(node, "16x2")), self.pages(node, "16x2"))
        self.assertIn("overdue", self.exported(node, "--kind", "need", ending="csv"))
        places = json.loads(self.exported(node, ending="geojson"))["features"]
        self.assertEqual([f["properties"]["open_needs"] for f in places if f["properties"].get("name") == "Oak"], [2])
        self.assertEqual(node.get("/v1/status")["needs_open"], 2)
        site = next(s for s in node.get("/v1/sites")["sites"] if s["name"] == "Oak")
        self.assertEqual(site["open_needs"], 2)
        shown = node.get(f"/v1/record/{site['ref']}")["lines"]
        self.assertEqual([found["ref"] for found in shown if found["kind"] == "need"][0], ref)

    def test_overdue_on_every_surface(self):
        oak, mill = self.neighbours("Oak", "Mill")
        other = self.ask(oak, 5, 168, "blanket")
        need = self.ask(oak)
        mill.post("/v1/line", {"kind": "stock", "item": "drinking-water", "quantity": 60})
        mill.wait("the needs", lambda n: n.get("/v1/status")["needs_open"] == 2)
        oak.wait("the stock", lambda n: n.get("/v1/status")["resources"] == 1)
        for hours in (7, 3 * 24):
            self.pass_to(hours)
            if hours > 24:
                oak.cli("note", "hello all")
                mill.wait("the note", lambda n: n.get("/v1/notes")["total"] > 0)
            for node in (oak, mill):
                self.assertTrue(self.line(node, need)["check_on_them"])
                self.assert_everywhere(node, need, "CHECK ON IT")
            loaded = self.rows(mill, "load", site="Oak")
            self.assertEqual([(r["ref"], r["quantity"]) for r in loaded], [(need, 60)])
            self.assertIn("check on them", loaded[0]["about"])
            self.assertEqual([p["need"] for p in mill.get("/v1/plan")["portions"]], [need])
        # Whoever sits on what the place itself lacks has nothing left over.
        oak.post("/v1/line", {"kind": "stock", "item": "drinking-water", "quantity": 40})
        self.assertEqual(self.rows(oak, "surplus"), [])
        # Asked for a second time it asks back.
        with self.assertRaises(Refused) as asked:
            oak.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 5, "people": 40, "within": 168})
        self.assertIn(other, str(asked.exception))
        # It ends by being met.
        oak.post("/v1/move", {"stage": "received", "of": need, "quantity": 100})
        for node in (oak, mill):
            node.wait("it is met", lambda n: self.line(n, need)["status"] == "met")
            self.assertEqual(self.rows(node, "short")[0]["item"], "Blanket")
            self.assertEqual(node.get("/v1/status")["needs_open"], 1)

    def test_nobody_said_how_much(self):
        """A need or an offer without a number is never told as none: on no surface, and in no sum."""
        oak, mill = self.neighbours("Oak", "Mill")
        tent = oak.cli("need", "tent", "--people", "2", "--within", "24")
        self.assertIn("need Tent at Oak", tent)
        tent, one = tent.split()[0], self.ask(oak, 1, 24, "tarp")
        tarp = oak.cli("need", "tarp", "--people", "3", "--within", "24", "--sure").split()[0]
        away = oak.cli("need", "blanket", "--people", "2", "--within", "24", "--at", "35.4,-77.4").split()[0]
        offer = oak.cli("offer", "blanket").split()[0]
        self.assertIn("offer Blanket at Oak", oak.cli("show", offer) and oak.cli("edit", offer, "--text", "many"))
        mill.post("/v1/line", {"kind": "stock", "item": "tarp", "quantity": 1, "sure": True})
        mill.post("/v1/line", {"kind": "stock", "item": "tent", "quantity": 7, "sure": True})
        mill.wait("all of it", lambda n: n.get("/v1/status")["needs_open"] == 4 and n.get("/v1/status")["offers"] == 1)
        none = r"(^|[\s>])0 (each|of|Tent|Tarp|Blanket)"
        for node in (oak, mill):
            short = {row["item"]: row for row in self.rows(node, "short")}
            self.assertNotIn("quantity", short["Tent"])
            self.assertEqual((short["Tarp"]["quantity"], short["Tarp"]["count"], short["Tarp"]["unsaid"]), (1, 2, 1))
            told = node.cli("short")
            self.assertRegex(told, r"Tent +\? .*\(nobody said how much\)")
            self.assertRegex(told, r"Tarp +1 each .*\(1 more gives no number\)")
            self.assertIn("Tent: short in 1 need", node.cli("short", "--text"))
            for words in (("short",), ("expiring",), ("unconfirmed",), ("news",), ("list", "needs"), ("list", "offers"), ("plan",)):
                self.assertNotRegex(node.cli(*words), none, words)
                self.assertNotRegex(node.cli(*words, "--text") if words[0] != "plan" else "", none, words)
            self.assertNotRegex(node.request("GET", "/v1/plan?as=text").decode(), none)
            self.assertNotRegex(node.request("GET", "/plain").decode(), none)
            for size in ("20x4", "16x2"):
                self.assertNotRegex("\n".join(self.pages(node, size)), none)
            cell = next(f["properties"] for f in json.loads(self.exported(node, ending="geojson"))["features"]
                        if f["properties"].get("item_name") == "Blanket")
            self.assertNotIn("quantity", cell)
            self.assertNotIn("open", cell)
            self.assertRegex(self.exported(node, "--kind", "offer", ending="csv"), r"Blanket,[^\n]*each,,")
        # A stock that would serve it stays: how much is to go is nobody's guess.
        loaded = mill.get("/v1/ask/load?site=Oak")
        self.assertEqual([(row["ref"], row["quantity"]) for row in loaded["rows"]], [(one, 1)])
        self.assertRegex(loaded["remark"], f"nobody said how much: .*{tent}")
        oak.cli("stock", "tarp", "5", "--sure")
        self.assertIn("nobody said how much", self.rows(oak, "surplus")[0]["about"])
        # What it becomes, and what it was, is told so as well.
        oak.cli("edit", tarp, "--quantity", "4")
        self.assertIn("quantity: - → 4", oak.cli("history", tarp))
        self.assertIn("closed need Tent at Oak: done", oak.cli("close", tent))
        self.assertIn("closed need Blanket", oak.cli("close", away))

    def test_still_needed(self):
        oak, mill = self.neighbours("Oak", "Mill")
        need, other = self.ask(oak), self.ask(oak, 5, 24, "blanket")
        self.pass_to(30)
        self.assertEqual({self.line(oak, ref)["status"] for ref in (need, other)}, {"overdue"})
        # Another text does not put it off.
        oak.cli("edit", need, "--text", "by the gate")
        self.assertEqual(self.line(oak, need)["status"], "overdue")
        ending = {ref: row["about"] for row in self.rows(oak, "expiring") for ref in [row["ref"]]}
        self.assertEqual([ending[ref] for ref in (need, other)], ["(overdue: check on them) still needed?", "(overdue) still needed?"])
        # One word for all of it, which is one note for everybody.
        self.assertIn("noted", oak.cli("still-needed"))
        self.assertNotIn("still needed?", oak.cli("expiring"), "it was answered a moment ago")
        mill.wait("the word", lambda n: not any(self.line(n, ref)["ask_still_needed"] for ref in (need, other)))
        self.assertEqual(mill.get("/v1/notes")["total"], 1)
        # Nobody needs it later because it is still needed.
        for node in (oak, mill):
            self.assertEqual({self.line(node, ref)["status"] for ref in (need, other)}, {"overdue"})
            self.assertTrue(self.line(node, need)["check_on_them"])
        self.assertEqual(oak.get("/v1/status")["rooms"]["notes"]["used"], 1)
        later = self.ask(oak, 7, 6, "tarp")
        self.pass_to(37)
        mill.wait("the other need", lambda n: n.get("/v1/status")["needs_open"] == 3)
        self.assertEqual([self.line(mill, ref)["status"] for ref in (need, other, later)], ["overdue"] * 3)
        # Who should be looked after is first, also before what is overdue for longer.
        self.assertEqual([found["ref"] for found in mill.get("/v1/lines?status=overdue")["lines"]], [need, later, other])
        self.assertEqual([r["item"] for r in self.rows(mill, "short")], ["Drinking water", "Tarp", "Blanket"])
        # One of them alone, by a place's own node; and more hours, counted since it was asked for.
        oak.cli("still-needed", later)
        oak.cli("edit", need, "--within", "72")
        mill.wait("both words", lambda n: [self.line(n, ref)["status"] for ref in (need, later)] == ["open", "overdue"])
        self.assertFalse(self.line(mill, later)["ask_still_needed"])
        # Said once more it is the same note, at a later time.
        oak.cli("still-needed", "Oak")
        self.assertEqual(oak.get("/v1/status")["rooms"]["notes"]["used"], 2)
        # A stranger to the place says it of one need, as a second voice; not of all.
        self.assertIn("Only who keeps Oak", mill.cli_error("still-needed", "Oak", code=1))
        mill.cli("still-needed", need)
        self.assertNotIn(need, [r["ref"] for r in self.rows(mill, "unconfirmed")])
        self.assertIn("Nothing is asked for at Mill", mill.cli_error("still-needed", code=1))
        # What is over cannot still be needed; opened again it was needed all the time.
        oak.cli("close", later)
        self.assertIn("met or closed", oak.cli_error("still-needed", later, code=1))
        self.pass_to(60)
        oak.post("/v1/line", {"ref": later, "closed": "open"})
        self.assertEqual(self.line(oak, later)["status"], "overdue")

    def test_a_promise_covers_what_it_reaches_in_time(self):
        oak, mill = self.neighbours("Oak", "Mill")
        need = self.ask(oak)
        stock = mill.post("/v1/line", {"kind": "stock", "item": "drinking-water", "quantity": 300, "use_by": self.day(mill, 2)})["ref"]
        mill.wait("the need", lambda n: n.get("/v1/status")["needs_open"] == 1)
        oak.wait("the stock", lambda n: n.get("/v1/status")["resources"] == 1)

        def everywhere(status, coming):
            for node in (oak, mill):
                node.wait(f"{status}, {coming} coming",
                          lambda n: (self.line(n, need)["status"], self.line(n, need)["coming"]) == (status, coming))
                self.assertEqual(bool(self.rows(node, "short")), status in ("open", "overdue"))

        # For later than it is needed: asked back; and then it stands beside, and the need stays.
        self.assertIn("the need stays open", mill.cli_error("pledge", need, "100", "--from", stock, "--due", "20h", code=1))
        late = mill.cli("pledge", need, "100", "--from", stock, "--due", "20h", "--sure").split()[0]
        oak.wait("the promise", lambda n: n.get("/v1/moves")["total"] == 1)
        everywhere("open", 0)
        for node in (oak, mill):
            self.assertIn("covers nothing: too late, or past its day", node.cli("list", "moves", "--text"))
            self.assertEqual([(r["ref"], r["about"]) for r in self.rows(node, "late")], [(late, "covers nothing: it comes after the need's time")])
            self.assertTrue(node.get("/v1/moves")["moves"][0]["too_late"])
        # Nobody said when: in time.
        mill.cli("edit", late, "--due", "5h")
        everywhere("covered", 100)
        mill.cli("withdraw", late)
        pledge = mill.cli("pledge", need, "100", "--from", stock).split()[0]
        everywhere("covered", 100)
        due = [move["due"] for move in mill.get("/v1/moves")["moves"] if move["ref"] == pledge]
        self.assertEqual(due, [self.line(mill, need)["due"]])
        # The hour comes, and nothing has left.
        self.pass_to(7)
        everywhere("overdue", 0)
        self.assertIn(pledge, [r["ref"] for r in self.rows(mill, "late")])
        # Promised anew it covers until the hour that it names; on its way, until it came.
        mill.cli("edit", pledge, "--due", "3h")
        everywhere("covered", 100)
        self.pass_to(11)
        everywhere("overdue", 0)
        mill.cli("send", pledge)
        everywhere("covered", 100)
        # Who never heard that it came gives it up; who took it in knows better.
        oak.cli("receive", pledge)
        everywhere("met", 0)
        self.pass_to(20)
        mill.post("/v1/move", {"stage": "lost", "after": pledge, "quantity": 100, "sure": True})
        oak.wait("the word", lambda n: n.get("/v1/status")["picture"] == mill.get("/v1/status")["picture"])
        everywhere("met", 0)

    def test_a_load_that_nobody_heard_of_again(self):
        oak, mill = self.neighbours("Oak", "Mill")
        need = self.ask(oak, within=24)
        stock = mill.post("/v1/line", {"kind": "stock", "item": "drinking-water", "quantity": 400})["ref"]
        mill.wait("the need", lambda n: n.get("/v1/status")["needs_open"] == 1)
        mill.post("/v1/move", {"stage": "sent", "of": need, "from": stock, "quantity": 60,
                               "due": self.time(mill, 1), "sure": True})
        oak.wait("the load", lambda n: self.line(n, need)["coming"] == 60)
        self.pass_to(9)
        for node in (oak, mill):
            # It may have come; nobody said so, and what is missing is missing.
            portions = node.get("/v1/plan")["portions"]
            self.assertEqual([(p["need"], p["quantity"]) for p in portions], [(need, 100)])
            self.assertIn("60 L was sent there, and nobody said that it came: ask first", node.cli("plan", "drinking-water"))
        # Somebody asked.
        oak.post("/v1/move", {"stage": "received", "of": need, "quantity": 60, "sure": True})
        mill.wait("what came", lambda n: self.line(n, need)["received"] == 60)
        self.assertNotIn("ask first", mill.cli("plan", "drinking-water"))

    def test_a_slip_is_typed_in_the_evening(self):
        oak, mill = self.neighbours("Oak", "Mill")
        need = oak.cli("need", "drinking-water", "100", "--people", "40", "--within", "6", "--when", "7h", "--sure").split()[0]
        mill.wait("the need", lambda n: n.get("/v1/status")["needs_open"] == 1)
        for node in (oak, mill):
            node.wait("it is overdue", lambda n: self.line(n, need)["status"] == "overdue" and self.line(n, need)["check_on_them"])
        oak.cli("edit", need, "--when", "2h")
        mill.wait("it is not", lambda n: self.line(n, need)["status"] == "open")
        self.assertIn("lies ahead", oak.cli_error("need", "tarp", "2", "--when", "2030-01-01", code=1))
        self.assertIn("look at the year", oak.cli_error("need", "tarp", "2", "--when", "70d", code=1))
        oak.cli("vouch", mill.get("/v1/status")["key"], "--keeper", "Oak")
        mill.wait("it keeps Oak", lambda n: n.cli("edit", need, "--people", "30") and True)
        self.assertIn("Only its author", mill.cli_error("edit", need, "--when", "1h", code=1))

    def test_what_cannot_be_used_covers_nothing(self):
        oak, mill = self.neighbours("Oak", "Mill")
        need = self.ask(oak, within=72)
        stock = mill.post("/v1/line", {"kind": "stock", "item": "drinking-water", "quantity": 900, "use_by": self.day(mill, 1)})["ref"]
        for node in (oak, mill):
            node.wait("both", lambda n: n.get("/v1/status")["resources"] + n.get("/v1/status")["needs_open"] == 2)
        self.assertIn("when it comes", mill.cli_error("pledge", need, "100", "--from", stock, "--due", "60h", code=1))
        pledge = mill.cli("pledge", need, "100", "--from", stock, "--due", "70h", "--sure").split()[0]
        mill.cli("edit", pledge, "--due", "60h")
        self.assertEqual(self.line(mill, need)["coming"], 0)
        mill.cli("edit", pledge, "--due", "8h")
        oak.wait("it is covered", lambda n: self.line(n, need)["status"] == "covered")
        # Such stock is out by its day, however few people drink of it, and when it is over it is out.
        self.assertIn("to be used by then", [r["about"] for r in self.rows(mill, "runs-out")][0])
        self.pass_to(49)
        for node in (oak, mill):
            self.assertEqual(self.line(node, need)["status"], "open")
            self.assertEqual(node.get("/v1/plan")["portions"], [])
        self.assertIn("past its use-by day", [r["about"] for r in self.rows(mill, "runs-out")][0])
        self.assertIn(pledge, [r["ref"] for r in self.rows(mill, "late")])
        # Sent all the same, since somebody is sure, it serves nobody.
        self.assertIn("past its use-by day", mill.cli_error("send", pledge, code=1))
        mill.cli("send", pledge, "--sure")
        for node in (oak, mill):
            node.wait("it is sent", lambda n: n.get("/v1/moves")["moves"][0]["stage"] == "sent")
            self.assertEqual((self.line(node, need)["status"], self.line(node, need)["coming"]), ("open", 0))
            self.assertIn("past its use-by day", {r["ref"]: r["about"] for r in self.rows(node, "late")}[pledge])

    def test_a_correction_is_asked_about_as_the_word_itself(self):
        oak, mill = self.neighbours("Oak", "Mill")
        need = self.ask(oak, within=24)
        stock = mill.post("/v1/line", {"kind": "stock", "item": "drinking-water", "quantity": 50})["ref"]
        mill.wait("the need", lambda n: n.get("/v1/status")["needs_open"] == 1)
        pledge = mill.cli("pledge", need, "40", "--from", stock).split()[0]
        sent = mill.cli("send", pledge, "30").split()[0]
        self.assertIn("400? 40 L", mill.cli_error("edit", sent, "--quantity", "400", code=1).replace(" L?", "?"))
        oak.wait("the load", lambda n: self.line(n, need)["coming"] == 40)
        receipt = oak.cli("receive", pledge, "20", "--more").split()[0]
        self.assertIn("?", oak.cli_error("edit", receipt, "--quantity", "150", code=1))
        oak.cli("edit", receipt, "--quantity", "30")
        self.assertEqual(self.line(oak, need)["received"], 30)
        # Nobody loads what is promised and not there.
        mill.cli("stock", "drinking-water", "4", "--sure")
        self.assertEqual([(r["ref"], r["quantity"]) for r in self.rows(mill, "load", site="Oak")], [(pledge, 4)])
        self.assertIn("Less is on the shelf than is promised: " + pledge, mill.get("/v1/ask/load?site=Oak")["remark"])

    def test_what_was_handed_out_comes_back(self):
        oak, mill = self.neighbours("Oak", "Mill")
        need = self.ask(oak, 10, 24, "blanket")
        stock = oak.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 20})["ref"]
        handout = oak.post("/v1/move", {"stage": "given", "from": stock, "of": need, "quantity": 8, "sure": True})["ref"]
        oak.cli("take-back", handout, "3")
        for node in (oak, mill):
            node.wait("three are back", lambda n: self.line(n, need)["received"] == 5)
            self.assertEqual((self.line(node, need)["open"], self.line(node, stock)["on_hand"]), (5, 15))
        # Corrected it is what is out.
        self.assertIn("Nothing changed", oak.cli("edit", handout, "--quantity", "5"))
        oak.cli("edit", handout, "--quantity", "6")
        mill.wait("six are out", lambda n: (self.line(n, need)["received"], self.line(n, stock)["on_hand"]) == (6, 14))
        self.assertEqual(oak.post("/v1/move", {"ref": handout, "quantity": 9}).get("remark", ""), "")
        # What people have is with them, however much it is, and nothing to be counted as stock.
        told = oak.post("/v1/move", {"stage": "given", "from": stock, "of": need, "quantity": 5, "text": "more"})
        self.assertIn("4 of it is more than was asked for", told["remark"])
        self.assertEqual([r["ref"] for r in self.rows(oak, "surplus") if "more came" in r.get("about", "")], [])

    def test_drills_are_not_counted(self):
        oak = self.node("Oak")
        self.stand(oak, 0)
        drill = self.ask(oak, 10, 6, "tarp", flags=["drill"])
        self.assertEqual(oak.get("/v1/status")["needs_open"], 1)
        real = self.ask(oak, 5, 24, "blanket")
        self.pass_to(30)
        self.assertEqual(oak.get("/v1/status")["needs_open"], 1)
        self.assertEqual(oak.get("/v1/sites")["sites"][0]["open_needs"], 1)
        listed = [found["ref"] for found in oak.get("/v1/lines?status=open")["lines"]]
        self.assertEqual(listed, [real, drill])

    def test_round(self):
        oak, mill = self.neighbours("Oak", "Mill")
        self.assertIn("round at Oak", oak.cli("round", "--doors", "40", "--answered", "31", "--nothing", "30", "--text", "by foot"))
        mill.wait("the round", lambda n: n.get("/v1/lines?kind=round")["total"] == 1)
        for node in (oak, mill):
            # It is a record of its own, at its place: no need, and no stock.
            self.assertIn("31 of 40 answered, 30 need nothing", node.cli("list", "rounds"))
            self.assertIn("31 of 40 answered, 30 need nothing", node.cli("list", "sites"))
            self.assertIn("Rounds from door to door", node.cli("show", "Oak"))
            self.assertIn("asked 1 min ago at 40 doors, 31 answered, 30 need nothing", node.request("GET", "/plain").decode())
            status = node.get("/v1/status")
            self.assertEqual((status["needs_open"], status["resources"], status["offers"]), (0, 0, 0))
            self.assertEqual(self.rows(node, "short") + self.rows(node, "surplus") + node.get("/v1/plan")["portions"], [])
            places = json.loads(self.exported(node, ending="geojson"))["features"]
            self.assertEqual([f["properties"]["round"]["answered"] for f in places if "round" in f["properties"]], [31])
            self.assertIn(",40,31,30,", self.exported(node, "--kind", "site", ending="csv"))
        # Who is silent is not known to need nothing; what was found when somebody asked stands beside it.
        oak.cli("site", "Row Street", "--at", "35.3,-77.04")
        oak.cli("round", "Row Street", "--doors", "8", "--answered", "6", "--nothing", "5")
        mill.wait("the other round", lambda n: n.get("/v1/lines?kind=round")["total"] == 2)
        self.pass_to(9)
        self.assertEqual([(r["site"], r["about"]) for r in self.rows(mill, "silent")],
                         [("Row Street", "asked 9 h ago at 8 doors, 6 answered, 5 need nothing")], "Oak itself is in contact")
        # "need water 0" is asked back, and then is a round about water.
        self.assertIn("is no Drinking water needed there", oak.cli_error("need", "drinking-water", "0", code=1))
        told = oak.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": 0, "people": 40, "sure": True})
        self.assertIn("nothing needed", told["remark"])
        self.assertEqual(self.line(oak, told["ref"])["kind"], "round")
        self.assertEqual(oak.get("/v1/status")["needs_open"], 0)
        mill.wait("the later round", lambda n: [s["round"]["item"] for s in n.get("/v1/sites")["sites"] if s["name"] == "Oak"] == [101])
        self.assertIn("asked 1 min ago about Drinking water, nothing needed", mill.request("GET", "/plain").decode())
        # A mistake is taken back, and the one before stands again.
        oak.cli("close", told["ref"], "--reason", "mistake")
        mill.wait("the earlier round", lambda n: [s["round"]["answered"] for s in n.get("/v1/sites")["sites"] if s["name"] == "Oak"] == [31])
        # Only sane numbers, and nothing that a round does not say.
        for words, sentence in ((("--doors", "4", "--answered", "5", "--nothing", "5"), "not more can answer"),
                                (("--doors", "4", "--answered", "3", "--nothing", "4"), "not more need nothing"),
                                (("--doors", "0", "--answered", "0", "--nothing", "0"), "At least one door")):
            self.assertIn(sentence, oak.cli_error("round", *words, code=1))
        self.assertIn("all three", oak.cli_error("round", "--doors", "4", code=2))
        with self.assertRaises(Refused):
            oak.post("/v1/line", {"kind": "round", "people": 4})
        with self.assertRaises(Refused):
            self.ask(oak, doors={"asked": 4, "answered": 4, "nothing": 4})

    def test_standing(self):
        oak, mill = self.neighbours("Oak", "Mill")
        need = oak.cli("need", "hot meal", "100", "--people", "100", "--within", "6", "--every", "24h", "--sure").split()[0]
        mill.post("/v1/line", {"kind": "stock", "item": "hot meal", "quantity": 500})
        mill.wait("the need", lambda n: n.get("/v1/status")["needs_open"] == 1)
        oak.post("/v1/move", {"stage": "received", "of": need, "quantity": 130})
        mill.wait("it is met for today", lambda n: self.line(n, need)["status"] == "met")
        # More than was asked for today is left over, and does not feed anybody tomorrow.
        self.assertEqual([(r["quantity"], r["about"]) for r in self.rows(oak, "surplus")],
                         [(30, "more came than was asked for now: count it as stock")])
        self.pass_to(25)
        self.assertEqual({self.line(n, need)["status"] for n in (oak, mill)}, {"open"})
        self.assertEqual(self.rows(mill, "short")[0]["quantity"], 100)
        oak.post("/v1/move", {"stage": "received", "of": need, "quantity": 40})
        mill.wait("some of it", lambda n: self.line(n, need)["open"] == 60)
        # Of the second day something was missed: it is told, and not added to the third.
        self.pass_to(49)
        for node in (oak, mill):
            line = self.line(node, need)
            self.assertEqual((line["status"], line["open"], line["every"]), ("overdue", 100, 24))
            self.assertEqual([(p["asked"], p["met"]) for p in line["periods"]], [(100, 0), (100, 40), (100, 130)])
            self.assertIn("What came, the present first", node.cli("show", need))
            self.assertIn("again every 24 h", node.request("GET", "/plain").decode())
        self.assertEqual([p["quantity"] for p in mill.get("/v1/plan")["portions"]], [100])
        self.assertEqual(self.rows(mill, "load", site="Oak")[0]["quantity"], 100)
        self.assertEqual(self.rows(mill, "served")[0]["quantity"], 170)
        # Another rhythm begins with the present period: nobody was missed by it before.
        rhythm = self.ask(oak, 10, 24, "blanket", every=24)
        oak.post("/v1/move", {"stage": "received", "of": rhythm, "quantity": 10})
        self.pass_to(75)
        oak.cli("edit", rhythm, "--every", "12h")
        mill.wait("it is twice a day", lambda n: self.line(n, rhythm)["every"] == 12)
        self.assertEqual({self.line(n, rhythm)["status"] for n in (oak, mill)}, {"open"})
        oak.cli("close", rhythm)
        # It is asked once from now on; and the flag that said nothing says what to say instead.
        oak.cli("edit", need, "--every", "once")
        mill.wait("asked once", lambda n: self.line(n, need)["every"] == 0 and self.line(n, need)["status"] == "met")
        self.assertIn("--every 24h", oak.cli_error("need", "hot meal", "5", "--flags", "recurring", code=1))
        self.assertIn("6 to 168 hours", oak.cli_error("need", "hot meal", "5", "--every", "2h", code=1))
        self.assertIn("as not needed", oak.cli_error("edit", need, "--quantity", "0", code=1))


if __name__ == "__main__":
    unittest.main()
