# SPDX-License-Identifier: AGPL-3.0-or-later
"""Three days of three places: Oak and Mill on one Wi-Fi, and Ash beyond a river, to which somebody carries a bundle once a day.

At the end of each day every surface of every node says who is without what, and for how long: neither less nor more than the
story, which is kept here beside them in plain numbers."""

import csv
import datetime
import io
import json
import os
import time
import re
import unittest

from nodes import Node, trust, work_folder

# The program's own date is the earliest that it believes.
BEGIN_DAYS = 730
# Of what the story does in an hour some happens a little later.
NEAR_S = 180
HOUR_S = 3600
KEPT_PERIODS = 7


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Ask:
    """What a place asked for, in hours since the beginning, and what came for it. The judge, which knows nothing of records."""

    def __init__(self, site, item, quantity, people, within, at, every=0):
        self.site, self.item, self.quantity, self.people = site, item, quantity, people
        self.within, self.at, self.every = within, at, every
        self.came = []
        self.ref = ""

    def begin(self, hour):
        return hour - (hour - self.at) % self.every if self.every else self.at

    def missing(self, hour):
        return max(0, self.quantity - sum(q for at, q in self.came if at >= self.begin(hour)))

    def due(self, hour):
        if not self.every:
            return self.at + self.within
        begin = self.begin(hour)
        due = begin + min(self.within, self.every)
        for _ in range(KEPT_PERIODS - 1):
            begin -= self.every
            if begin < self.at:
                break
            if sum(q for at, q in self.came if begin <= at < begin + self.every) >= self.quantity:
                break
            due = begin + self.within
        return due

    def status(self, hour):
        return "overdue" if self.due(hour) <= hour else "open"


def span(hours):
    return f"{hours} h" if hours < 48 else f"{(hours + 12) // 24} d"


def due_text(hours):
    """As a table says it, to the nearest; the story's seconds make an hour a little less."""
    if hours <= 0:
        return f"{span(-hours)} late"
    return f"in {span(hours)}" if hours > 1 else r"in (1 h|5\d min)"


class Days(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.base = work_folder()
        self.hour = 0
        self.asks = {}
        self.oak, self.mill, self.ash = self.node("Oak"), None, self.node("Ash")
        self.mill = self.node("Mill", dials=[self.oak])
        self.nodes = [self.oak, self.mill, self.ash]
        self.began = moment(self.oak.get("/v1/status")["now"])

    def node(self, name, dials=()):
        node = Node(name, self.base, settings=["node.clock=auto"])
        node.dials = [f"127.0.0.1:{other.link_port}" for other in dials]
        # It begins with an hour, since what is due is told to the nearest.
        node.set_date(days=BEGIN_DAYS, hours=-(time.time() % 3600 - 60) / 3600, synchronised=True)
        self.addCleanup(node.kill)
        return node.start()

    def pass_to(self, hour):
        passed, self.hour = hour - self.hour, hour
        for node in self.nodes:
            node.suspend(passed / 24)
            node.get("/v1/status")  # somebody looks

    # What people do.

    def typed(self, node, *words):
        return node.cli(*words).split()[0]

    def ask(self, node, name, site, item, quantity, people, within, *more, every=0):
        """Somebody at `node` says what is needed at `site`; `name` is the story's own for it."""
        ask = self.asks[name] = Ask(site, item, quantity, people, within, self.hour, every)
        more = [*more, "--every", f"{every}h"] if every else more
        ask.ref = self.typed(node, "need", item, str(quantity), "--people", str(people), "--within", str(within), "--site", site,
                             "--sure", *more)
        return ask

    def came(self, name, quantity):
        self.asks[name].came.append((self.hour, quantity))

    def arrive(self, node, name, typed, meant):
        """It came to the place without a pledge. `typed` is what they said at first."""
        self.came(name, meant)
        got = node.post("/v1/move", {"stage": "received", "of": self.asks[name].ref, "quantity": typed})["ref"]
        if typed != meant:
            node.cli("edit", got, "--quantity", str(meant))

    def settle(self):
        """Both on the Wi-Fi hold the same."""
        at = int(self.began) + (self.hour + 1) * HOUR_S
        self.mill.wait("both hold the same", lambda n: n.picture(at) == self.oak.picture(at))

    def carry(self):
        """The bundle of this day, to the place beyond the river and back."""
        self.settle()
        for giver, taker in ((self.oak, self.ash), (self.ash, self.oak)):
            path = os.path.join(self.base, f"{giver.name}{self.hour}.bundle")
            giver.cli("export", path)
            taker.cli("import", path)
        self.settle()

    def begin(self):
        for at, node in enumerate(self.nodes):
            node.cli("init", "--name", node.name, "--at", f"{35.1 + at / 50},-77.0")
        trust(*self.nodes)
        self.mill.cli("site", "Elm", "--at", "35.2,-77.05", "--people", "20")
        self.carry()
        self.water = self.typed(self.mill, "stock", "drinking water", "500")
        self.diapers = self.typed(self.mill, "stock", "Diapers, infant", "100", "--size", "2")

    def day_one(self):
        self.ask(self.oak, "water", "Oak", "Drinking water", 300, 100, 6)
        self.ask(self.oak, "insulin", "Oak", "Insulin", 10, 4, 24, "--cold")
        self.ask(self.oak, "diapers", "Oak", "Diapers, infant", 60, 100, 24, "--infants", "12", "--size", "2")
        self.ask(self.oak, "meals", "Oak", "Hot meal", 80, 80, 6, every=24)
        self.ask(self.ash, "far water", "Ash", "Drinking water", 120, 60, 24)
        self.ask(self.ash, "blankets", "Ash", "Blanket", 30, 30, 72)
        self.ask(self.mill, "tarps", "Elm", "Tarp", 15, 20, 24)
        self.settle()
        self.pass_to(2)
        self.arrive(self.oak, "meals", 80, 80)
        load = self.typed(self.mill, "pledge", self.asks["water"].ref, "200", "--from", self.water)
        self.mill.cli("send", load)
        self.settle()
        self.pass_to(5)
        self.oak.cli("receive", load, "200")
        self.came("water", 200)
        self.oak.cli("round", "Oak", "--doors", "40", "--answered", "31", "--nothing", "20")
        self.rumour = self.typed(self.oak, "note", "--alert", "severe", "The well is poisoned", "--until", "3d")
        self.pass_to(21)
        self.ending = self.typed(self.mill, "note", "--alert", "severe", "Bridge is out", "--until", "6h")
        self.pass_to(23)
        self.carry()

    def day_two(self):
        self.ash.cli("note", "--kind", "denial", self.rumour, "It was tested and is clean")
        self.pass_to(26)
        self.arrive(self.oak, "meals", 50, 50)
        # What leaves over the counter is nobody's answer; what was handed over to a place has come when that place says so.
        self.mill.cli("give", self.water, "10")
        handed = self.typed(self.mill, "give", self.diapers, "40", "--need", self.asks["diapers"].ref)
        self.settle()
        self.oak.cli("receive", handed)
        self.came("diapers", 40)
        # Typed wrong: it was twelve. That makes it no later.
        self.oak.cli("edit", self.asks["insulin"].ref, "--quantity", "12")
        self.asks["insulin"].quantity = 12
        # Another text is none.
        self.oak.cli("edit", self.asks["water"].ref, "--text", "by the gate")
        self.mill.cli("edit", "Elm", "--state", "closed", "--rest", "Oak", "--instead", "Oak")
        self.asks["tarps"].site = "Oak"
        self.pass_to(47)
        self.carry()

    def day_three(self):
        self.pass_to(49)
        self.oak.cli("still-needed")
        self.arrive(self.ash, "far water", 120, 70)
        self.oak.cli("close", self.asks["insulin"].ref, "--reason", "not-needed")
        del self.asks["insulin"]
        self.pass_to(71)
        self.carry()

    # What every surface has to say.

    def missing(self):
        """By ref: what is missing now."""
        return {ask.ref: ask for ask in self.asks.values() if ask.missing(self.hour)}

    def left(self, ask):
        return ask.missing(self.hour)

    def near(self, text, hour):
        return abs(moment(text) - self.began - hour * HOUR_S) < NEAR_S

    def assert_dated(self, text, hour, about):
        self.assertTrue(self.near(text, hour), f"{about}: {text} is not {hour} h after the beginning")

    def assert_lines(self, node):
        """What programs read, and the page's board."""
        for query in ("status=open", "status=open&kind=need"):
            lines = {line["ref"]: line for line in node.get("/v1/lines?" + query)["lines"] if line["kind"] == "need"}
            self.assertEqual({ref: line["open"] for ref, line in lines.items()},
                             {ref: self.left(ask) for ref, ask in self.missing().items()})
        for ref, ask in self.missing().items():
            for line in (lines[ref], node.get("/v1/record/" + ref)["record"]):
                self.assertEqual((line["site"], line["item_name"], line["people"], line["status"]),
                                 (ask.site, ask.item, ask.people, ask.status(self.hour)))
                self.assert_dated(line["due"], ask.due(self.hour), ask.item)
                self.assert_dated(line["created"], ask.at, ask.item)
        overdue = {line["ref"] for line in node.get("/v1/lines?status=overdue")["lines"]}
        self.assertEqual(overdue, {ref for ref, ask in self.missing().items() if ask.status(self.hour) == "overdue"})

    def assert_counts(self, node):
        self.assertEqual(node.get("/v1/status")["needs_open"], len(self.missing()))
        expected = {name: sum(ask.site == name for ask in self.missing().values()) for name in ("Oak", "Mill", "Ash", "Elm")}
        sites = {site["name"]: site for site in node.get("/v1/sites")["sites"]}
        self.assertEqual({name: sites[name]["open_needs"] for name in sites}, expected)
        for name, site in sites.items():
            shown = [line for line in node.get("/v1/record/" + site["ref"])["lines"] if line["ref"] in self.missing()]
            self.assertEqual(len(shown), expected[name], name)

    def assert_short(self, node):
        """By item and by how soon: as one row where several places lack the same, of each size."""
        rows = [{**row, "item": row["item"].split(" · ")[0]} for row in node.get("/v1/ask/short")["rows"]]
        for item in {ask.item for ask in self.missing().values()}:
            asks = [ask for ask in self.missing().values() if ask.item == item]
            mine = [row for row in rows if row["item"] == item]
            self.assertEqual(sum(row["quantity"] for row in mine), sum(self.left(ask) for ask in asks), item)
            self.assertEqual(sum(row["count"] for row in mine), len(asks), item)
            self.assert_dated(min(row["when"] for row in mine), min(ask.due(self.hour) for ask in asks), item)
        self.assertLessEqual({row["item"] for row in rows}, {ask.item for ask in self.missing().values()})

    def assert_asked(self, node):
        ends = {row["ref"]: row for row in node.get("/v1/ask/expiring")["rows"] if row["ref"] in self.missing()}
        late = {ref for ref, ask in self.missing().items() if ask.status(self.hour) == "overdue"}
        gone = [row["ref"] for row in node.get("/v1/ask/runs-out")["rows"]][:len(late)]
        self.assertEqual(set(gone), late, "who is without is first")
        self.assertLessEqual(late, set(ends))
        for ref, row in ends.items():
            self.assertEqual(row["quantity"], self.left(self.missing()[ref]))
            self.assert_dated(row["when"], self.missing()[ref].due(self.hour), row["item"])

    def assert_plan(self, node):
        plan = node.get("/v1/plan")
        planned = {}
        for portion in plan["portions"]:
            planned[portion["need"]] = planned.get(portion["need"], 0) + portion["quantity"]
        kept = sum(portion["quantity"] for portion in plan["kept"])
        there = {"Drinking water": 300 if self.hour < 26 else 290, "Diapers, infant": 100 if self.hour < 26 else 60}
        wanted = {ref: ask for ref, ask in self.missing().items() if ask.item in there}
        self.assertEqual(set(planned), set(wanted))
        lacks = sum(self.left(ask) for ask in wanted.values())
        self.assertLessEqual(sum(planned.values()) + kept, sum(there.values()))
        self.assertTrue(sum(planned.values()) == lacks or kept, "nobody is left out while something is free")
        for ref, ask in wanted.items():
            self.assertLessEqual(planned[ref], self.left(ask))
        loads = {row["ref"]: row["quantity"] for row in self.mill.get("/v1/ask/load?site=Oak")["rows"]}
        self.assertEqual(loads, {ref: self.left(ask) for ref, ask in wanted.items() if ask.site == "Oak"})

    def assert_tables(self, node):
        """What people read at the terminal."""
        listed = {row.split()[0]: row for row in node.cli("list", "needs", "--status", "open").splitlines()[1:]}
        self.assertEqual(set(listed), set(self.missing()))
        short, ending = node.cli("short"), node.cli("expiring")
        for ref, ask in self.missing().items():
            due = due_text(ask.due(self.hour) - self.hour)
            lacks = str(self.left(ask))
            self.assertRegex(listed[ref], due)
            self.assertIn(f" {lacks} ", listed[ref])
            self.assertIn(ask.item, short)
            if ask.status(self.hour) == "overdue":
                row = next(row for row in ending.splitlines() if row.startswith(ref))
                self.assertRegex(row, due)
                self.assertIn("overdue", row)
            shown = node.cli("show", ref)
            self.assertRegex(shown, rf"(?m)^ +open +{lacks}$")
            self.assertRegex(shown, rf"(?m)^ +status +{ask.status(self.hour)}$")
            self.assertIn(ref, node.cli("show", ask.site))
        at_oak = node.cli("list", "needs", "--site", "Oak", "--status", "open", "--text")
        self.assertEqual(sum(line.count(ref) for line in at_oak.splitlines() for ref in self.missing()),
                         sum(ask.site == "Oak" for ask in self.missing().values()))

    def assert_plain(self, node):
        plain = node.request("GET", "/plain").decode()
        rows = [row for row in re.split(r"<li[^>]*>", plain) if row.startswith("Need:")]
        self.assertEqual(len(rows), len(self.missing()))
        for ref, ask in self.missing().items():
            row = next(row for row in rows if ref in row)
            self.assertIn(f"{self.left(ask)} of {ask.quantity} ", row)
            self.assertIn(f"at {ask.site}, {ask.people} people", row)
            self.assertEqual("overdue" in row, ask.status(self.hour) == "overdue", row)

    def pages(self, node, size):
        count = node.get(f"/v1/lcd?size={size}&page=0")["pages"]
        return [" ".join(node.get(f"/v1/lcd?size={size}&page={i}")["lines"]) for i in range(count)]

    def assert_display(self, node):
        shown, small = self.pages(node, "20x4"), self.pages(node, "16x2")
        for ask in self.missing().values():
            page = [p for p in shown if ask.item in p and f"short {self.left(ask)} of {ask.quantity}" in p and ask.site in p]
            self.assertEqual(len(page), 1, (ask.item, shown))
            is_marked = "CHECK ON IT" in page[0] or "overdue" in page[0]
            self.assertEqual(is_marked, ask.status(self.hour) == "overdue", page)
            self.assertTrue(any(f"{self.left(ask)} " in p and ask.item[:6] in p for p in small), (ask.item, small))
        self.assertEqual(sum("short" in page for page in shown), len(self.missing()))
        self.assertIn("+--", node.cli("lcd"))

    def exported(self, node, name, *words):
        path = os.path.join(self.base, name)
        node.cli("export", path, *words)
        with open(path, encoding="utf-8") as file:
            return file.read()

    def assert_exports(self, node):
        for words in (("--kind", "need"), ("--kind", "need", "--format", "hxl")):
            _, tags, *rows = csv.reader(io.StringIO(self.exported(node, "needs.csv", *words)))
            rows = [dict(zip(tags, row)) for row in rows]
            found = {(r["#loc+name"], r["#item+name"]): r for r in rows if r["#status+code"] in ("open", "overdue", "covered")}
            self.assertEqual(set(found), {(ask.site, ask.item) for ask in self.missing().values()})
            for ask in self.missing().values():
                row = found[ask.site, ask.item]
                self.assertEqual(row["#status+code"], ask.status(self.hour))
                self.assertEqual(float(row["#need+num"]) - float(row["#output+num"] or 0), self.left(ask), row)
        places = json.loads(self.exported(node, "places.geojson"))["features"]
        open_needs = {f["properties"]["name"]: f["properties"]["open_needs"] for f in places if f["properties"]["kind"] == "site"}
        self.assertEqual(open_needs["Oak"], sum(ask.site == "Oak" for ask in self.missing().values()))

    def assert_around(self, node):
        """What is no need: the round, the closed place, the alerts."""
        self.assertIn("31 of 40 answered", node.cli("list", "rounds"))
        notes = {note["ref"]: note for note in node.get("/v1/notes")["notes"]}
        pages = " ".join(self.pages(node, "20x4"))
        self.assertEqual(self.ending in notes, self.hour < 27)
        self.assertEqual("Bridge is out" in pages, self.hour < 27, pages)
        denied = notes[self.rumour].get("denied", {}).get("by", "")
        self.assertEqual(denied, "Ash" if self.hour > 23 else "")
        elm = next(site for site in node.get("/v1/sites")["sites"] if site["name"] == "Elm")
        self.assertEqual((elm["state"], elm["instead"]), ("closed", "Oak") if self.hour > 26 else ("open", ""))

    def assert_all(self):
        for node in self.nodes:
            for check in (self.assert_lines, self.assert_counts, self.assert_short, self.assert_asked, self.assert_plan,
                          self.assert_tables, self.assert_plain, self.assert_display, self.assert_exports, self.assert_around):
                with self.subTest(hour=self.hour, node=node.name, surface=check.__name__):
                    check(node)

    def test_who_is_without_what_and_for_how_long(self):
        self.begin()
        for day in (self.day_one, self.day_two, self.day_three):
            day()
            self.assert_all()


if __name__ == "__main__":
    unittest.main()
