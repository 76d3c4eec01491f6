# SPDX-License-Identifier: AGPL-3.0-or-later
"""A way back: what was typed wrong is corrected or taken back, here and on every node that heard it; what changes nothing says so;
everybody sees who said what, and when."""

import unittest

from nodes import Node, meet, part, trust, work_folder


def typed(node, *words):
    return node.cli(*words).split()[0]


def record(node, ref):
    return node.get("/v1/record/" + ref)["record"]


def words_of(node, ref):
    return [(word["author"], word["what"], word["stands"]) for word in node.get("/v1/history?ref=" + ref)["words"]]


class Back(unittest.TestCase):
    """One node for all: each story has records of its own."""

    @classmethod
    def setUpClass(cls):
        cls.base = work_folder()
        cls.oak = Node("Oak", cls.base).start()
        cls.oak.cli("init", "--name", "Oak", "--at", "35.10,-77.04")

    @classmethod
    def tearDownClass(cls):
        cls.oak.stop()

    def stock(self, item="blanket", quantity="100"):
        return typed(self.oak, "stock", item, quantity)

    def on_hand(self, stock):
        return record(self.oak, stock)["on_hand"]

    def refused(self, *words):
        return self.oak.cli_error(*words, code=1).replace("\u00a0", " ")

    def test_a_handout_typed_wrong_is_corrected_undone_and_taken_back(self):
        stock = self.stock()
        given = typed(self.oak, "give", stock, "50")
        self.assertIn("given 5 ", self.oak.cli("edit", given, "--quantity", "5"))
        self.assertEqual(self.on_hand(stock), 95)
        self.assertIn("45? 10", self.refused("edit", given, "--quantity", "450").replace("450? 100", "45? 10"))
        self.assertIn("quantity: 50 → 5", self.refused("undo"))  # asks first
        self.assertEqual(self.on_hand(stock), 95)
        self.assertIn("as it was before", self.oak.cli("undo", "--sure"))
        self.assertEqual(self.on_hand(stock), 50)
        self.assertIn("taken back", self.oak.cli("undo", "--sure"))  # the handout itself
        self.assertEqual(self.on_hand(stock), 100)
        self.assertIn("taken back already", self.refused("withdraw", given))

    def test_undo_goes_on_after_a_new_start(self):
        need = typed(self.oak, "need", "blanket", "40", "--people", "40", "--sure")
        self.oak.cli("edit", need, "--people", "30")
        self.oak.stop()
        self.oak.start()
        self.oak.cli("undo", "--sure")
        self.assertEqual(record(self.oak, need)["people"], 40)
        self.oak.cli("undo", "--sure")
        self.assertEqual((record(self.oak, need)["status"], record(self.oak, need)["reason"]), ("closed", "mistake"))

    def test_a_load_typed_wrong_is_corrected_and_what_arrived_stays(self):
        stock, need = self.stock("towel"), typed(self.oak, "need", "towel", "60", "--people", "20")
        other = typed(self.oak, "need", "towel", "10", "--people", "3", "--sure")
        pledge = typed(self.oak, "pledge", need, "30", "--from", stock)
        self.oak.cli("edit", pledge, "--quantity", "20", "--due", "6h", "--to", other, "--text", "blue car")
        self.assertEqual((record(self.oak, need)["coming"], record(self.oak, other)["coming"]), (0, 10))
        self.assertEqual(record(self.oak, pledge)["text"], "blue car")
        self.oak.cli("edit", pledge, "--to", need)
        # Once all of it is on its way, the promise's name means the load.
        self.oak.cli("send", pledge, "30", "--sure")
        self.oak.cli("edit", pledge, "--quantity", "20")
        self.assertEqual((record(self.oak, pledge)["on_way"], self.on_hand(stock)), (20, 80))
        self.oak.cli("withdraw", pledge)
        self.assertEqual((record(self.oak, pledge)["stage"], self.on_hand(stock)), ("pledged", 100))
        sent = typed(self.oak, "send", pledge)
        got = typed(self.oak, "receive", pledge, "20")
        self.assertIn("20 of it has arrived", self.refused("withdraw", pledge))
        self.assertIn("reroute", self.refused("edit", got, "--to", other).replace("rerouted", "reroute"))
        self.oak.cli("edit", got, "--quantity", "18")
        self.assertEqual(record(self.oak, need)["received"], 18)
        self.oak.cli("withdraw", got)
        self.assertEqual((record(self.oak, need)["received"], record(self.oak, need)["coming"]), (0, 20))
        self.oak.cli("withdraw", sent)
        self.assertEqual((record(self.oak, pledge)["stage"], self.on_hand(stock)), ("pledged", 100))
        self.oak.cli("withdraw", pledge)
        self.assertEqual((record(self.oak, need)["coming"], record(self.oak, stock)["promised"]), (0, 0))

    def test_every_field_of_a_line_is_corrected(self):
        self.oak.cli("site", "Elm", "--at", "35.2,-77.0")
        need = typed(self.oak, "need", "soap", "8", "--people", "8", "--within", "24", "--sure")
        for option, value, field, seen in (("--item", "laundry soap", "item_name", "Laundry soap"), ("--quantity", "9", "quantity", 9),
                                           ("--people", "7", "people", 7), ("--infants", "2", "infants", 2), ("--lot", "3", "lot", 3),
                                           ("--within", "72", "within", 72), ("--site", "Elm", "site", "Elm"),
                                           ("--flags", "can-collect", "flags", ["can-collect"]), ("--text", "soft", "text", "soft")):
            self.oak.cli("edit", need, option, value, "--sure")
            self.assertEqual(record(self.oak, need)[field], seen, option)
        stock = self.stock("soap", "50")
        for option, value in (("--reserve", "5"), ("--reach", "12")):
            self.oak.cli("edit", stock, option, value)
            self.assertEqual(record(self.oak, stock)[option[2:]], int(value))

    def test_a_text_that_is_too_long_is_told_before_it_is_written(self):
        hindi = "\u092a\u093e\u0928\u0940 \u0938\u094d\u0915\u0942\u0932 \u092e\u0947\u0902 "  # "water at the school"
        note = typed(self.oak, "note", hindi * 2)
        self.assertEqual(record(self.oak, note)["text"].strip(), (hindi * 2).strip())  # 32 letters
        error = self.refused("note", hindi * 3)
        self.assertRegex(error, r"\d+ characters fit here, \d+ are left over")
        fits = error.split('"')[1]
        self.assertEqual(fits.split(), (hindi * 3).split()[:len(fits.split())])  # whole words
        self.oak.cli("note", fits)
        before = self.oak.get("/v1/status")["picture"]
        need = ("need", "blanket", "70", "--people", "40", "--infants", "6", "--elders", "5", "--powered", "3", "--within", "24", "--lot", "2", "--sure")
        self.assertIn("are left over", self.refused(*need, "--text", "for the families who came over the bridge last night, big towels please"))
        self.assertEqual(self.oak.get("/v1/status")["picture"], before)
        typed(self.oak, *need, "--text", "big ones")
        answer = self.oak.cli_error("note", "--alert", "minor", "x" * 113, code=1)
        self.assertIn("left over", answer)

    def test_a_place_a_trust_and_a_note_are_taken_back(self):
        self.oak.cli("site", "Typo", "--at", "35.3,-77.0")
        need = typed(self.oak, "need", "tarp", "3", "--people", "3", "--site", "Typo")
        self.assertIn("1 need", self.refused("withdraw", "Typo"))
        self.oak.cli("withdraw", need)
        self.oak.cli("withdraw", "Typo")
        self.assertEqual(record(self.oak, "Typo")["state"], "closed")
        key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        self.oak.cli("vouch", key)
        self.assertIn("Nothing changed", self.oak.cli("vouch", key))
        self.oak.cli("undo", "--sure")
        self.assertIn("nothing", self.refused("vouch", key, "--withdraw").lower().replace("no trust", "nothing"))
        note = typed(self.oak, "note", "Water at the school")
        self.assertIn("Water at the church", self.oak.cli("edit", note, "--text", "Water at the church"))
        self.oak.cli("withdraw", note)
        self.assertNotIn("church", self.oak.cli("list", "notes"))
        self.assertIn("taken-back", self.oak.cli("list", "notes", "--all"))

    def test_what_is_written_down_twice_says_so_and_how_the_two_are_parted(self):
        one, other = (typed(self.oak, "need", "insulin", "4", "--people", "4", "--sure") for _ in range(2))
        shelf, twin = self.stock("insulin", "9"), typed(self.oak, "site", "Annex", "--at", "35.3,-77.1")
        twin = typed(self.oak, "stock", "insulin", "5", "--site", twin)
        note = typed(self.oak, "note", "--kind", "duplicate", one, "--other", other)
        shelves = typed(self.oak, "note", "--kind", "duplicate", twin, "--other", shelf)
        for words in (("still-needed", one), ("reopen", one), ("close", one), ("edit", one, "--quantity", "5"),
                      ("note", one, "--kind", "seen"), ("note", "--kind", "duplicate", other, "--other", one)):
            told = self.refused(*words)
            self.assertIn(f"{one} is written down twice, as this node said: {other} counts for both", told, words)
            self.assertIn(f"Take that note back: {note}", told, words)
        for words in (("give", twin, "1"), ("pledge", other, "1", "--from", twin), ("lost", twin, "1"), ("edit", twin, "--quantity", "8")):
            self.assertIn(f"{twin} is written down twice, as this node said: {shelf} counts for both", self.refused(*words), words)
        self.assertIn(f"this counts for {other}", self.oak.cli_error("give", shelf, "1", "--need", one, code=0))
        self.assertEqual(record(self.oak, other)["received"], 1)
        for word in (note, shelves):
            self.oak.cli("withdraw", word)
        self.oak.cli("still-needed", one)
        self.assertEqual((record(self.oak, one)["status"], self.on_hand(twin)), ("open", 5))

    def test_what_only_its_author_says_leaves_a_trace(self):
        need = typed(self.oak, "need", "laundry soap", "8", "--people", "8", "--sure")
        self.oak.cli("edit", need, "--when", "2h")
        (_, changed, stands), (_, said, stood) = words_of(self.oak, need)
        self.assertRegex(changed, r"^when: .* → .*\.$")
        self.assertEqual((stands, stood), (True, False))
        self.assertIn("when: ", self.refused("undo"))
        self.assertIn("when: ", self.oak.cli("undo", "--sure"))
        made = typed(self.oak, "round", "--doors", "40", "--answered", "31", "--nothing", "30", "--sure")
        self.assertIn("round, at 40 doors, 31 answered, 30 need nothing, at Oak.", self.refused("undo"))
        self.oak.post("/v1/line", {"ref": made, "kind": "round", "doors": {"asked": 50, "answered": 31, "nothing": 30}})
        self.assertEqual(words_of(self.oak, made)[0], ("Oak", "doors: 40 → 50.", True))
        self.oak.cli("undo", "--sure")
        self.assertEqual(words_of(self.oak, made)[0], ("Oak", "doors: 50 → 40.", True))

    def test_an_edit_says_nothing_that_nobody_said(self):
        need = typed(self.oak, "need", "bucket", "5", "--people", "5", "--when", "3h")
        said = record(self.oak, need)["said"]
        for words in (("--quantity", "6"), ("--within", "24"), ("--item", "tarp")):
            self.oak.cli("edit", need, *words)
            self.oak.cli("undo", "--sure")
        self.assertEqual(record(self.oak, need)["said"], said)
        self.assertNotIn("still-needed", self.oak.cli("list", "notes", "--all"))

    def test_a_stock_that_is_closed_or_opened_again_tells_what_is_there(self):
        stock = self.stock("bucket", "20")
        self.oak.cli("give", stock, "3")
        self.assertIn("closed stock 17 ", self.oak.cli("close", stock))
        self.assertIn("  stock 17 ", self.oak.cli("reopen", stock))

    def test_nobody_denies_what_is_over(self):
        back, updated = (typed(self.oak, "note", "--alert", "severe", text) for text in ("Bridge is out", "Road is out"))
        self.oak.cli("withdraw", back)
        denial = typed(self.oak, "note", updated, "It is not", "--kind", "denial")
        self.oak.cli("withdraw", denial)
        before = self.oak.get("/v1/status")["picture"]
        for word in (back, denial):
            self.assertIn(f"{word} is over or was taken back", self.refused("note", word, "It is there", "--kind", "denial"))
        self.assertEqual(self.oak.get("/v1/status")["picture"], before)

    def test_what_changes_nothing_says_so_and_is_not_written(self):
        stock, need = self.stock("pillow"), typed(self.oak, "need", "pillow", "30", "--people", "30", "--within", "24")
        given = typed(self.oak, "give", stock, "5")
        met = typed(self.oak, "need", "pillow", "2", "--people", "2", "--sure")
        self.oak.cli("receive", typed(self.oak, "pledge", met, "2", "--from", stock))
        shut = typed(self.oak, "need", "pillow", "4", "--people", "4", "--sure")
        self.oak.cli("close", shut, "--reason", "not-needed")
        gone = self.stock("bucket", "1")
        self.oak.cli("close", gone)
        pledge = typed(self.oak, "pledge", need, "10", "--from", stock)
        back = typed(self.oak, "pledge", need, "3", "--from", stock)
        self.oak.cli("release", back)
        moved = typed(self.oak, "pledge", need, "2", "--from", stock)
        self.oak.cli("send", moved)
        self.oak.cli("receive", moved)
        note = typed(self.oak, "note", "--alert", "minor", "Ice on the bridge")
        no = typed(self.oak, "ask", need, "1", "--from", stock)
        self.oak.cli("decline", no)
        rows = [  # what is typed, what a person reads
            (("release", given), "Nothing is left"), (("release", back), "Nothing is left"), (("release", pledge, "11"), "Only 10"),
            (("release", moved), "Nothing is left"), (("take-back", given, "6"), "5"), (("send", moved), "sent already"),
            (("receive", moved), "received already"), (("accept", back), "nothing to accept"),
            (("edit", back, "--quantity", "1"), "is over"), (("decline", no), "declined already"), (("withdraw", shut), "taken back already"),
            (("edit", shut, "--people", "9"), "is closed (not needed)"), (("note", "--kind", "still-needed", shut), "met or closed"),
            (("note", "--kind", "still-needed", met), "met or closed"), (("give", gone, "1"), "is closed"),
            (("pledge", need, "1", "--from", gone), "is closed"), (("edit", pledge, "--quantity", "0"), "take it back"),
            (("note", "--kind", "duplicate", need, "--other", need), "same record"),
            (("note", "--kind", "duplicate", need, "--other", stock), "not of one kind"),
            (("note", "--kind", "denial", need, "no"), "which note"), (("edit", note, "--until", "2020-05-05T00:00Z"), "past already"),
        ]
        before = self.oak.get("/v1/status")["picture"]
        for words, reason in rows:
            self.assertIn(reason.lower(), self.refused(*words).lower(), words)
        for words in (("edit", need, "--people", "30", "--within", "24"), ("close", shut, "--reason", "not-needed"), ("reopen", need),
                      ("edit", pledge, "--quantity", "10"), ("edit", note, "--text", "Ice on the bridge"),
                      ("note", "--alert", "minor", "Ice on the bridge"), ("edit", "Oak", "--state", "open"), ("reopen", "Oak")):
            self.assertIn("Nothing changed", self.oak.cli(*words), words)
        self.assertEqual(self.oak.get("/v1/status")["picture"], before)


class Neighbours(unittest.TestCase):
    """Two places that know each other, and a walker between them."""

    def setUp(self):
        self.base = work_folder()
        self.oak, self.elm = (self.place(name, at) for name, at in (("Oak", "35.10,-77.04"), ("Elm", "35.19,-77.04")))
        trust(self.oak, self.elm)
        self.walker = Node("Walker", self.base, listen=False)

    def place(self, name, at):
        node = Node(name, self.base).start()
        node.cli("init", "--name", name, "--at", at)
        return node

    def walk(self, *places):
        for place in places:
            meet(self.walker, place)
            part(self.walker, place)

    def test_what_is_corrected_is_corrected_everywhere_and_told(self):
        need = typed(self.oak, "need", "drinking-water", "120", "--people", "40", "--within", "24")
        self.walk(self.oak, self.elm)
        self.assertIn("Oak said that", self.elm.cli_error("withdraw", need, code=1))
        stock = typed(self.elm, "stock", "drinking-water", "400")
        pledge = typed(self.elm, "pledge", need, "50", "--from", stock)
        self.elm.cli("edit", pledge, "--quantity", "30")
        self.oak.cli("edit", need, "--quantity", "100")
        self.walk(self.elm, self.oak, self.elm)
        for node in (self.oak, self.elm):
            self.assertEqual((record(node, need)["open"], record(node, need)["coming"]), (70, 30), node.name)
        told = words_of(self.elm, need)
        self.assertIn(("Elm", "quantity: 50 L → 30 L.", True), told)
        self.assertIn(("Oak", "quantity: 120 L → 100 L.", True), told)
        self.assertIn(("Oak", "need: 120 L Drinking water for 40 people, within 24 h, at Oak.", False), told)
        # Who said it takes it back, and the other sees that, and what was said before.
        self.elm.cli("withdraw", pledge)
        self.walk(self.elm, self.oak)
        self.assertEqual(record(self.oak, need)["coming"], 0)
        self.assertIn("withdrawn 30 L", self.oak.cli("history", need).replace("\u00a0", " "))
        self.oak.stop()
        self.oak.start()
        self.assertIn("pledged 30 L", self.oak.cli("history", need, "--text"))

    def test_two_needs_that_are_one_count_once_until_somebody_denies_it(self):
        mine = typed(self.oak, "need", "baby-diapers", "90", "--people", "30", "--infants", "6", "--household", "Ana")
        ticket = self.oak.cli("tickets", "Ana")
        code = next(word for word in ticket.split() if word.count("-") == 2)
        theirs = typed(self.elm, "need", "baby-diapers", "90", "--people", "30", "--infants", "6", "--site", "Elm")
        self.walk(self.oak, self.elm, self.oak)
        short = lambda node: [row["quantity"] for row in node.get("/v1/ask/short")["rows"]]
        self.assertEqual(short(self.oak), [180])
        note = typed(self.oak, "note", "--kind", "duplicate", mine, "--other", theirs)
        self.walk(self.oak, self.elm, self.oak)
        for node in (self.oak, self.elm):
            self.assertEqual(short(node), [90], node.name)
            self.assertEqual((record(node, mine)["reason"], record(node, mine)["duplicate_of"]), ("duplicate", theirs))
        stock = typed(self.elm, "stock", "baby-diapers", "200")
        self.elm.cli("give", stock, "20", "--ticket", code)  # the code of the one that goes still collects, anywhere
        self.assertEqual(record(self.elm, theirs)["received"], 20)
        told = self.elm.cli_error("still-needed", mine, code=1)
        self.assertIn(f"{mine} is written down twice, as Oak said: {theirs} counts for both", told)
        self.assertIn(f"Deny that note: {note}", told)
        self.elm.cli("note", "--kind", "denial", note, "These are other children")
        self.walk(self.elm, self.oak)
        self.assertEqual(short(self.oak), [160])
        self.assertEqual((record(self.oak, mine)["received"], record(self.oak, theirs)["received"]), (20, 0))

    def test_alerts_end_are_corrected_denied_and_notes_find_their_place(self):
        alert = typed(self.oak, "note", "--alert", "severe", "Bridge on Oak St is out", "--until", "6h")
        self.walk(self.oak, self.elm)
        self.elm.cli("note", "--kind", "denial", alert, "bridge is open")
        self.elm.cli("note", "--to", "Oak", "Please bring the keys")
        self.walk(self.elm, self.oak)
        row = next(line for line in self.oak.cli("list", "notes").splitlines() if line.startswith(alert))
        self.assertIn("denied by Elm: bridge is open", row)
        pages = " ".join(" ".join(self.oak.get(f"/v1/lcd?size=20x4&page={page}")["lines"])
                         for page in range(self.oak.get("/v1/lcd?size=20x4")["pages"]))
        self.assertIn("DENIED Elm", pages)
        self.assertIn("keys", pages)
        plain = self.oak.request("GET", "/plain").decode()
        self.assertIn("DENIED by Elm: bridge is open", plain)
        asked = self.oak.get("/v1/record/Oak")["notes"][0]
        self.assertEqual(asked["text"], "Please bring the keys")
        self.oak.cli("note", "--answer", asked["ref"], "On the way")
        self.assertIn("On the way", self.oak.cli("show", asked["ref"]))
        self.assertIn("Please bring the keys", self.oak.cli("news"))
        self.oak.cli("withdraw", alert)
        self.assertEqual(self.oak.get("/v1/status")["alerts"], 0)
        self.assertNotIn("Bridge on Oak", self.oak.request("GET", "/plain").decode())

    def test_a_rumour_is_read_with_its_denial_and_a_stranger_is_marked_wherever_they_are_read(self):
        stray = Node("Stray", self.base).start()
        stray.cli("init", "--name", "Stray", "--at", "35.3,-77.0")
        rumour = typed(stray, "note", "--alert", "severe", "The dam broke", "--until", "5h")
        stray.cli("need", "water-filter", "3", "--within", "6")
        stray.cli("export", self.base + "/stray.bundle")
        stray.stop()
        trusted = typed(self.elm, "note", "--alert", "minor", "Ice on the road")
        self.walk(self.elm, self.oak)
        self.oak.cli("import", self.base + "/stray.bundle")
        self.oak.cli("note", "--kind", "denial", rumour, "We stood on it")
        read = {" ".join(words): self.oak.cli(*words) for words in (
            ("news",), ("news", "--text"), ("list", "notes"), ("list", "notes", "--text"), ("expiring",), ("expiring", "--text"),
            ("show", rumour), ("history", rumour))}
        read["plain"] = self.oak.request("GET", "/plain").decode()
        read["cap"] = self.oak.request("GET", "/v1/export?format=cap&ref=" + rumour).decode()
        read["lcd"] = self.oak.cli("lcd")
        for where, text in read.items():
            self.assertIn("We stood on it", " ".join(text.replace("|", " ").split()), where)
            self.assertIn("stranger", text, where)
        # What the display has no room for is not what tells the need of a stranger from another.
        for size, mark in (("20x4", "stranger"), ("16x2", "? ")):
            pages = [self.oak.get(f"/v1/lcd?size={size}&page={page}")["lines"] for page in range(self.oak.get("/v1/lcd?size=" + size)["pages"])]
            self.assertIn(mark, " ".join(next(lines for lines in pages if "filter" in lines[0])), size)
        for kind in ("need", "site"):
            rows = self.oak.request("GET", f"/v1/export?format=hxl&kind={kind}").decode().splitlines()
            self.assertIn("Stray (a stranger)", next(row for row in rows if "Stray" in row))
        # Who is trusted comes first, though the stranger spoke later.
        alerts = [note["ref"] for note in self.oak.get("/v1/notes?kind=alert")["notes"]]
        self.assertLess(alerts.index(trusted), alerts.index(rumour))
        for text in (read["plain"], read["lcd"]):
            self.assertLess(text.index("Ice on"), text.index("The dam"))
        self.oak.cli("withdraw", self.oak.get("/v1/notes?kind=denial")["notes"][0]["ref"])
        self.elm.cli("withdraw", trusted)

    def test_where_to_go_instead_is_read_as_that_until_the_place_opens_again(self):
        pine = typed(self.oak, "site", "Pine", "--at", "35.11,-77.04")
        self.oak.cli("close", pine, "--rest", "keep", "--instead", "Oak")
        self.walk(self.oak, self.elm)
        read = lambda: {"list": self.elm.cli("list", "notes"), "text": self.elm.cli("list", "notes", "--text"), "news": self.elm.cli("news"),
                        "news text": self.elm.cli("news", "--text"), "show": self.elm.cli("show", "Pine")}
        for where, text in read().items():
            self.assertIn("go to Oak", text, where)
            self.assertNotIn("=>", text, where)
        self.oak.cli("reopen", pine)
        self.walk(self.oak, self.elm)
        for where, text in read().items():
            self.assertNotIn("go to", text, where)
            self.assertNotIn("=>", text, where)
        self.oak.cli("close", pine, "--rest", "keep")
        self.assertNotIn("Pine   closed  Oak", self.oak.cli("list", "sites"))
        self.assertEqual(record(self.oak, pine)["instead"], "", "that was said of another closing")

    def test_an_alert_is_over_at_its_end(self):
        clocked = Node("Clock", self.base)
        clocked.set_date()
        clocked.start()
        clocked.cli("init", "--name", "Clock")
        short = typed(clocked, "note", "--alert", "minor", "Ice", "--until", "2h")
        day = typed(clocked, "note", "--alert", "severe", "Smoke")
        self.assertEqual(clocked.get("/v1/status")["alerts"], 2)
        clocked.set_date(hours=3)
        self.assertEqual([note["ref"] for note in clocked.get("/v1/notes")["notes"]], [day])
        clocked.set_date(hours=25)
        self.assertEqual(clocked.get("/v1/status")["alerts"], 0)
        self.assertEqual({note["ref"] for note in clocked.get("/v1/notes?all=1")["notes"]}, {short, day})
        clocked.stop()


if __name__ == "__main__":
    unittest.main()
