# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every word does what it says: what is accepted changes what somebody sees.

WORDS.md has a row for each verb, option, kind, stage, state and flag that is accepted, with the test that sees its effect.
The stories here see what no other story does."""

import json
import os
import re
import subprocess
import unittest

from nodes import AIDMESH, Node, trust, work_folder

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
TABLE = os.path.join(HERE, "..", "WORDS.md")
# The lists of board/text/words.c that people and programs may say; of the others the node speaks.
SAID = {"WORDS_SITE_STATE": "state", "WORDS_LINE_KIND": "kind", "WORDS_LINE_STATUS": "status", "WORDS_CLOSED": "reason",
        "WORDS_STAGE": "stage", "WORDS_NOTE_KIND": "note", "WORDS_SEVERITY": "severity", "WORDS_TRUST_KIND": "trust",
        "WORDS_SECTORS": "sector", "WORDS_FACILITIES": "facility", "WORDS_FLAGS": "flag", "WORDS_CONDITION": "condition",
        "WORDS_NOTE_FLAGS": "note flag", "WORDS_DAYS": "day", "WORDS_QUESTION": "question"}
BEGIN_DAYS = 730


def help_of(*words):
    return subprocess.run([AIDMESH, *words, "--help"], capture_output=True, text=True, check=True).stdout


def accepted():
    """Each word that is accepted, as a row names it."""
    verbs = re.findall(r"(?m)^  ([a-z]+(?:-[a-z]+)*) +[a-z]", help_of())
    found = {f"`{verb}`" for verb in verbs}
    for verb in verbs:
        found |= {f"`{verb} {option}`" for option in re.findall(r"(?m)^  (--[a-z-]+)", help_of(verb)) if option != "--json"}
    with open(os.path.join(ROOT, "board/text/words.c"), encoding="utf-8") as file:
        lists = dict(re.findall(r"WORDS\((\w+),(.*?)\);", file.read(), re.S))
    for name, what in SAID.items():
        found |= {f"{what} `{word}`" for word in re.findall(r'"([^"]+)"', lists[name])}
    return found


def rows():
    with open(TABLE, encoding="utf-8") as file:
        cells = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in file if line.startswith("| ")]
    return [row for row in cells if len(row) == 3 and row[0] != "what is said" and not row[0].startswith("-")]


class Table(unittest.TestCase):
    maxDiff = None

    def test_each_word_stands_in_one_row_and_its_test_is_there(self):
        named = [row[0] for row in rows()]
        self.assertEqual(sorted(set(named)), sorted(named), "twice")
        self.assertEqual(accepted() - set(named), set(), "accepted, and in no row of WORDS.md")
        self.assertEqual(set(named) - accepted(), set(), "in a row of WORDS.md, and not accepted")
        texts = {}
        for what, path, test in rows():
            if path not in texts:
                with open(os.path.join(HERE, "..", path.strip("`")), encoding="utf-8") as file:
                    texts[path] = file.read()
            text = texts[path]
            self.assertRegex(text, rf"(?m)^(\s+def |static void |\s*test\(['\"]){re.escape(test.strip('`'))}\b", what)
            word = what.split("`")[1].split(" ")[-1]
            option = re.escape(word.removeprefix("--")).replace(r"\-", "[-_]")
            self.assertRegex(text, rf"(?i)(?<![a-z]){option}(?![a-z])", what)


def typed(node, *words):
    return node.cli(*words).split()[0]


class Words(unittest.TestCase):
    """One node for all: each story has records of its own."""

    @classmethod
    def setUpClass(cls):
        cls.base = work_folder()
        cls.oak = Node("Oak", cls.base).start()
        cls.oak.cli("init", "--name", "Oak", "--at", "35.10,-77.04", "--language", "en fr")
        cls.elm = typed(cls.oak, "site", "Elm", "--at", "35.2,-77.2", "--people", "20")

    @classmethod
    def tearDownClass(cls):
        cls.oak.stop()

    def typed(self, *words):
        return typed(self.oak, *words)

    def record(self, ref):
        return self.oak.get("/v1/record/" + ref)["record"]

    def asks_back(self, *words):
        """It is asked back, and with --sure it is written."""
        self.assertIn("--sure", self.oak.cli_error(*words, code=1), words)
        return self.typed(*words, "--sure")

    def assert_said(self, ref, text):
        self.assertIn(text, self.oak.cli("history", ref))

    def test_languages_of_a_node(self):
        self.assertRegex(self.oak.cli("list", "authors"), r"(?m)^Oak +en fr +self")
        self.assertEqual(self.oak.get("/v1/authors")["authors"][0]["languages"], "en fr")

    def test_facts_of_a_place(self):
        for verb, name in (("site", "Ash"), ("edit", "Ash")):
            hours, takes, refuses, facilities = {
                "site": ("8-17 mon,tue,wed", "water,food,power", "transport,clothing,animals", "step-free,power,pets,no-id,drill"),
                "edit": ("9-12 thu,fri,sat,sun", "health,hygiene,baby,cleanup", "comms,information,legal,safety", "pets")}[verb]
            place = ["--at", "35.3,-77.3"] if verb == "site" else ["--at", "35.31,-77.3"]
            ref = self.typed(verb, name, *place, "--giving", hours, "--receiving", hours, "--takes", takes, "--refuses", refuses,
                             "--facilities", facilities, "--people", "30")
            site, shown = self.record(ref), self.oak.cli("show", ref)
            self.assertEqual((site["takes"], site["refuses"]), (takes.split(","), refuses.split(",")))
            self.assertEqual(site["facilities"], facilities.split(","))
            self.assertEqual(site["place"]["lat"], float(place[1].split(",")[0]))
            for said in (site["giving"], site["receiving"]):
                self.assertEqual(said["days"], hours.split(" ")[1].split(","))
            for word in takes.split(",") + refuses.split(",") + facilities.split(","):
                self.assertIn(f'"{word}"', shown)
        self.typed("edit", "Ash", "--state", "unlisted")
        self.assertRegex(self.oak.cli("list", "sites"), r"Ash +unlisted")
        self.assertIn("Ash", self.oak.cli("list", "sites", "--status", "unlisted"))
        # What it refuses no load brings.
        stock, need = self.typed("stock", "chainsaw", "5"), self.typed("need", "work clothes", "5", "--people", "5", "--site", "Ash")
        self.oak.cli("close", stock)
        self.oak.cli("close", need)

    def test_facts_of_goods(self):
        offer = self.typed("offer", "tarp", "10", "--site", "Elm", "--lot", "2", "--reach", "9", "--flags", "needs-transport", "--size",
                           "3m", "--cold", "--use-by", "2030-12-24", "--condition", "used", "--text", "in rolls")
        said = self.record(offer)
        self.assertEqual((said["site"], said["lot"], said["reach"], said["variant"], said["use_by"], said["text"]),
                         ("Elm", 2, 9, "3m", "2030-12-24", "in rolls"))
        self.assertEqual(set(said["flags"]), {"needs-transport", "keep-cold", "used"})
        self.assertRegex(self.oak.cli("list", "offers"), r"Tarp · 3m, keep cold.*use by 2030-12-24, used")
        # Size is another word for variant.
        other = self.typed("offer", "tarp", "7", "--variant", "4m", "--condition", "damaged", "--flags", "can-collect")
        self.assertEqual((self.record(other)["variant"], set(self.record(other)["flags"])), ("4m", {"damaged", "can-collect"}))
        stock = self.typed("stock", "sleeping mat", "50", "--lot", "4", "--reach", "7", "--text", "washed")
        self.assertEqual([self.record(stock)[f] for f in ("lot", "reach", "text")], [4, 7, "washed"])
        self.oak.cli("edit", stock, "--lot", "5", "--reserve", "6", "--reach", "8", "--variant", "large", "--cold", "--flags", "drill")
        self.assertEqual([self.record(stock)[f] for f in ("lot", "reserve", "reach", "variant")], [5, 6, 8, "large"])
        self.assertEqual(set(self.record(stock)["flags"]), {"drill", "keep-cold"})
        self.assertRegex(self.oak.cli("list", "stocks"), r"DRILL Sleeping mat · large, keep cold")
        # A name of one's own is where others have the text.
        own = self.typed("stock", "= ladder", "2")
        for words in (("stock", "= ladders", "3", "--text", "by the gate"), ("edit", own, "--text", "by the gate")):
            self.assertIn("into the name", self.oak.cli_error(*words, code=1))
        self.assertEqual(self.record(own)["item_name"], "ladder")
        self.oak.cli("close", offer)
        self.oak.cli("close", other)
        # What stands at a place that is closed is asked back.
        fir = self.typed("site", "Fir", "--at", "35.4,-77.4")
        self.oak.cli("close", fir)
        for verb in ("offer", "stock"):
            self.asks_back(verb, "tent", "3", "--site", fir)

    def test_facts_of_a_need(self):
        need = self.typed("need", "Diapers, infant", "60", "--people", "20", "--infants", "6", "--elders", "3", "--powered", "2", "--ticket",
                          "--household", "Row house", "--phone", "555", "--address", "Gate 4", "--text", "at night", "--variant", "2",
                          "--cold", "--lot", "5", "--sure")
        said = self.record(need)
        self.assertEqual([said[f] for f in ("infants", "elders", "powered", "text", "variant", "flags", "lot")],
                         [6, 3, 2, "at night", "2", ["keep-cold"], 5])
        for known in ("Row", "555", "Gate"):
            self.assertIn(need, self.oak.cli("tickets", known))
        code = next(word for word in self.oak.cli("tickets", "555").split() if word.count("-") == 2)
        pledge = self.typed("pledge", need, "5", "--sure")
        self.assertIn("--sure", self.oak.cli_error("receive", pledge, "5", code=1))
        self.oak.cli("receive", pledge, "5", "--ticket", code)
        self.assert_said(need, "ticket shown")
        self.oak.cli("edit", need, "--infants", "7", "--elders", "4", "--powered", "3", "--item", "Diapers, toddler", "--site", "Elm")
        said = self.record(need)
        self.assertEqual([said[f] for f in ("infants", "elders", "powered", "item_name", "site")], [7, 4, 3, "Diapers, toddler", "Elm"])
        # At a place that has needs left, closing is asked back.
        self.asks_back("close", "Elm")
        self.oak.cli("reopen", "Elm")
        yew = self.typed("site", "Yew", "--at", "35.5,-77.4")
        self.oak.cli("edit", need, "--site", yew)
        self.assertIn("stands there", self.oak.cli_error("withdraw", yew, code=1))
        self.oak.cli("close", need, "--reason", "mistake")

    def test_propose(self):
        asked = ("propose", "--people", "20", "--elders", "2", "--powered", "4", "--within", "24", "--site", "Elm")
        self.assertIn("hour Power for med device", self.oak.cli(*asked, "--text"))
        self.assertNotIn("Power for med device", self.oak.cli("propose", "--people", "20", "--text"))
        need = self.typed(*asked, "--open", "102")
        self.assertEqual([self.record(need)[f] for f in ("elders", "powered", "within", "site")], [2, 4, 24, "Elm"])
        self.assertIn("--sure", self.oak.cli_error(*asked, "--open", "102", code=4) + self.oak.cli(*asked, "--open", "102", expect=4))
        again = self.typed(*asked, "--open", "102", "--sure")
        self.oak.cli("withdraw", need)
        self.oak.cli("withdraw", again)

    def test_the_way_of_a_load(self):
        stock, need = self.typed("stock", "pillow", "100"), self.typed("need", "pillow", "60", "--people", "20")
        other = self.typed("need", "mat", "10", "--people", "10")
        elsewhere = self.typed("stock", "pillow", "40", "--site", "Elm")
        asked = self.asks_back("ask", other, "5", "--from", stock)
        self.oak.cli("decline", asked, "--text", "too far")
        self.assert_said(stock, "too far")
        asked = self.asks_back("ask", need, "200", "--from", stock, "--text", "soon please")
        self.assert_said(need, "soon please")
        pledge = self.typed("accept", asked, "20", "--text", "by noon")
        self.assert_said(need, "by noon")
        self.oak.cli("release", pledge, "5", "--text", "no room")
        self.assert_said(need, "no room")
        self.assertIn("--sure", self.oak.cli_error("reroute", pledge, other, code=1))
        self.oak.cli("reroute", pledge, other, "--text", "to the mats", "--sure")
        self.assert_said(other, "to the mats")
        asked = self.asks_back("ask", need, "200", "--from", stock)
        self.asks_back("accept", asked, "150", "--from", stock)
        self.oak.cli("undo", "--sure")
        pledge = self.asks_back("pledge", need, "150", "--from", stock)
        self.oak.cli("undo", "--sure")
        pledge = self.typed("pledge", need, "30", "--from", stock, "--text", "red van")
        self.assert_said(need, "red van")
        self.oak.cli("edit", pledge, "--from", elsewhere)
        self.assertEqual(self.record(elsewhere)["promised"], 30)
        self.oak.cli("edit", pledge, "--from", stock)
        self.asks_back("send", pledge, "200")
        self.oak.cli("undo", "--sure")
        self.oak.cli("send", pledge, "30", "--text", "left at nine", "--at", "2h")
        self.assert_said(need, "left at nine")
        # Of a load of 30 neither 500 arrive, nor are 500 lost.
        self.asks_back("receive", pledge, "500")
        self.oak.cli("undo", "--sure")
        for word in ("lost", "spoiled", "back"):
            self.assertIn("Only 30 of that is still out", self.oak.cli_error(word, pledge, "500", code=1))
        self.oak.cli("receive", pledge, "10", "--more", "--text", "first part", "--at", "1h")
        self.assert_said(need, "first part")
        self.assertEqual(self.record(need)["received"], 10)
        for ref in (need, other, elsewhere):
            self.oak.cli("close", ref)

    def test_what_leaves_a_shelf(self):
        stock = self.typed("stock", "bucket", "100")
        for verb, text in (("lost", "fell off"), ("spoiled", "in the rain"), ("back", "to the lender")):
            self.asks_back(verb, stock, "500")
            self.oak.cli("undo", "--sure")
            gone = self.typed(verb, stock, "3", "--text", text)
            self.assert_said(stock, text)
            at = self.record(gone)["at"]
            self.oak.cli("edit", gone, "--when", "1h")
            self.assertLess(self.record(gone)["at"], at)
            self.oak.cli("withdraw", gone)
            early = self.typed(verb, stock, "3", "--at", "2h")
            self.assertLess(self.record(early)["at"], self.record(stock)["counted"])
        given = self.asks_back("give", stock, "500")
        self.oak.cli("withdraw", given)
        self.typed("give", stock, "3", "--text", "left gate")
        self.assert_said(stock, "left gate")
        self.oak.cli("close", stock)

    def test_notes(self):
        note = self.typed("note", "hello there", "--language", "es")
        self.oak.cli("edit", note, "--language", "fr")
        self.assertEqual((self.record(note)["language"], self.record(note)["text"]), ("fr", "hello there"))
        need = self.typed("need", "= rope", "5", "--people", "5")
        for kind in ("wrong-place", "abuse", "seen"):
            remark = self.typed("note", need, "look again", "--kind", kind)
            self.assertEqual((self.record(remark)["kind"], self.record(remark)["of"]), (kind, need))
            self.assertIn(kind, self.oak.cli("show", need))
        for severity in ("unknown", "minor", "moderate", "severe", "extreme"):
            alert = self.oak.post("/v1/note", {"kind": "alert", "severity": severity, "text": f"Wind {severity}"})["ref"]
            self.assertIn(f"{severity}", next(r for r in self.oak.cli("list", "notes").splitlines() if r.startswith(alert)))
        # Said again with another end it is the same alert.
        alert = self.typed("note", "--alert", "minor", "Ice on the road", "--until", "2h")
        until = self.record(alert)["until"]
        self.assertEqual(self.typed("note", "--alert", "minor", "Ice on the road", "--until", "9h"), alert)
        self.assertGreater(self.record(alert)["until"], until)
        self.assertIn("Nothing changed", self.oak.cli("note", "--alert", "minor", "Ice on the road"))
        self.oak.cli("close", need)

    def test_rounds(self):
        seen = self.typed("round", "Elm", "--doors", "5", "--answered", "4", "--nothing", "3", "--item", "tarp", "--when", "2h", "--flags",
                          "drill", "--text", "by bike")
        cell = self.typed("round", "--at", "35.15,-77.1", "--doors", "6", "--answered", "4", "--nothing", "3")
        listed = {row.split()[0]: row for row in self.oak.cli("list", "rounds").splitlines()[1:]}
        self.assertRegex(listed[seen], r"Elm +DRILL Tarp +2 h ago: 4 of 5 answered, 3 need nothing +by bike")
        self.assertIn("4 of 6 answered", listed[cell])
        self.typed("round", "Elm", "--doors", "9", "--answered", "7", "--nothing", "6", "--item", "tarp", "--when", "3h")
        self.assertRegex(self.oak.cli("list", "sites"), r"Elm .* 3 h ago, Tarp: 7 of 9 answered")
        self.assertEqual(self.record(cell)["site"], "")

    def test_what_is_not_there_is_said_in_the_words_of_whoever_asks(self):
        cap = os.path.join(self.base, "alert.cap")
        for words in (("show", "zzz"), ("history", "zzz"), ("export", cap, "--ref", "zzz"), ("edit", "zzz", "--text", "a")):
            refused = self.oak.cli_error(*words, code=1)
            self.assertIn("'aidmesh list", refused, words)
            self.assertNotIn("/v1/", refused, words)
        # What is offered can be said.
        offered = self.oak.cli_error("need", "tarp", "5", "--flags", "zzz", code=1)
        for flag in re.findall(r"[a-z]+(?:-[a-z]+)*", offered.split("must be")[1].replace(" or ", ", ")):
            self.oak.cli("close", self.typed("need", "tarp", "5", "--people", "5", "--sure", "--flags", flag)
                         if flag not in ("used", "damaged", "keep-cold") else self.typed("stock", "tarp", "5", "--flags", flag))
        # One number for the places it knows, another for those it opened.
        status = self.oak.cli("status")
        self.assertRegex(status, r"rooms .*; said here: sites \d")
        self.assertEqual(len(re.findall(r"(?m)^ +sites", status)), 1)

    def test_lists_are_narrowed(self):
        here, there = self.typed("need", "tarp", "5", "--people", "5"), self.typed("need", "tent", "5", "--people", "5", "--site", "Elm")
        for words, shown in ((("--site", "Elm"), {there}), (("--status", "open"), {here, there}), (("--item", "tent"), {there}),
                             (("--status", "met"), set())):
            listed = self.oak.cli("list", "needs", *words)
            self.assertEqual({ref for ref in (here, there) if ref in listed}, shown, words)
        self.assertIn("Tent", self.oak.cli("list", "needs", "--text"))
        self.oak.cli("close", here)
        self.oak.cli("close", there)


class Questions(unittest.TestCase):
    """Two places 18 km apart, eight hours later: what each question goes by."""

    @classmethod
    def setUpClass(cls):
        base = work_folder()
        cls.oak, cls.elm = (Node(name, base, settings=["node.clock=auto"]) for name in ("Oak", "Elm"))
        for node, at in ((cls.oak, "35.10,-77.04"), (cls.elm, "35.2,-77.2")):
            node.set_date(days=BEGIN_DAYS, synchronised=True)
            node.start()
            node.cli("init", "--name", node.name, "--at", at)
        trust(cls.oak, cls.elm)
        near = typed(cls.oak, "need", "tarp", "20", "--people", "5", "--within", "6")
        cls.oak.cli("site", "Fir", "--at", "35.11,-77.04")
        shelf = typed(cls.oak, "stock", "tarp", "40")
        far = typed(cls.elm, "need", "blanket", "30", "--people", "30", "--within", "6")
        blankets = typed(cls.elm, "stock", "blanket", "80")
        cls.elm.cli("site", "Ash", "--at", "35.21,-77.2")
        for node, need, stock in ((cls.oak, near, shelf), (cls.elm, far, blankets)):
            node.cli("pledge", need, "2", "--from", stock, "--due", "1h")
            node.post("/v1/move", {"stage": "received", "of": need, "quantity": 1})
        bundle = os.path.join(base, "walk.bundle")
        cls.elm.cli("export", bundle)
        cls.oak.cli("import", bundle)
        cls.far, cls.near = far, near
        cls.base = base
        for node in (cls.oak, cls.elm):
            node.suspend(8 / 24)
            node.get("/v1/status")

    @classmethod
    def tearDownClass(cls):
        cls.oak.kill()
        cls.elm.kill()

    def sites(self, *words):
        return {row["site"] for row in json.loads(self.oak.cli(*words, "--json"))["rows"]}

    def test_how_far(self):
        for question in ("short", "runs-out", "unconfirmed", "silent", "served", "expiring", "late", "news"):
            near, far = ({"Oak", "Fir"}, {"Elm", "Ash"})
            with self.subTest(question):
                at_oak, at_elm = self.sites(question, "--km", "5"), self.sites(question, "--site", "Elm", "--km", "5")
                if question != "news":  # what came in came from Elm
                    self.assertTrue(at_oak and at_oak <= near, at_oak)
                self.assertTrue(at_elm and at_elm <= far, at_elm)
                self.assertTrue(self.sites(question, "--site", "Elm") >= at_elm)

    def test_as_lines(self):
        for question, seen in (("short", "Tarp"), ("runs-out", "Tarp"), ("unconfirmed", "Blanket"), ("silent", "Fir"), ("served", "Blanket"),
                               ("expiring", "Tarp"), ("late", "Tarp"), ("news", "Blanket"), ("surplus", "Tarp")):
            with self.subTest(question):
                text = self.oak.cli(question, "--text")
                self.assertIn(seen, text)
                self.assertNotIn("ITEM  ", text)
        self.assertIn("people decide", self.oak.cli("plan", "--text"))

    def carry(self, giver, taker):
        path = os.path.join(self.base, "keeper.bundle")
        giver.cli("export", path)
        taker.cli("import", path)

    def test_then_trust_ends(self):
        def people():
            return self.oak.get("/v1/record/Oak")["record"]["people"]

        def coming():
            return self.oak.get("/v1/record/" + self.near)["record"]["coming"]

        self.carry(self.oak, self.elm)
        self.elm.cli("pledge", self.near, "3", "--text", "by bike")
        self.carry(self.elm, self.oak)
        self.assertEqual(coming(), 3)
        # What they did until then stands; what they did since then does not.
        self.oak.cli("vouch", "Elm", "--withdraw", "--since", "1h")
        self.oak.wait("it counts no more", lambda n: coming() == 0)
        self.oak.cli("vouch", "Elm", "--keeper", "Oak")
        self.carry(self.oak, self.elm)
        self.elm.cli("edit", "Oak", "--people", "77")
        self.carry(self.elm, self.oak)
        self.assertEqual(people(), 77)
        self.oak.post("/v1/trust", {"kind": "keeper-end", "key": "Elm", "site": "Oak"})
        self.carry(self.oak, self.elm)
        self.elm.cli_error("edit", "Oak", "--people", "88", code=1)
        self.assertEqual(people(), 77)

    def test_from_here(self):
        stock = typed(self.oak, "stock", "blanket", "70")
        self.assertEqual([row["quantity"] for row in json.loads(self.oak.cli("load", "Elm", "--kg", "3", "--json"))["rows"]], [2])
        self.assertIn("Blanket", self.oak.cli("load", "Elm", "--text"))
        self.assertEqual(self.sites("surplus", "--site", "Elm"), {"Elm"})
        self.oak.cli("withdraw", stock)
        # What a question does not go by is no option of it.
        for words in (("load", "Elm", "--km", "5"), ("load", "Elm", "--site", "Oak"), ("surplus", "--km", "5"), ("short", "--kg", "5")):
            self.assertIn("--help", self.oak.cli_error(*words, code=2))


if __name__ == "__main__":
    unittest.main()
