# SPDX-License-Identifier: AGPL-3.0-or-later
"""Places, told with real nodes: what is listed of a place is that place's, who was heard from is who was spoken of, and a place
that closes says where its people and goods go."""

import time
import unittest

from nodes import Node, Refused, meet, part, trust, work_folder


def typed(node, *words):
    """A person types it; the ref stands first in the answer."""
    return node.cli(*words).split()[0]


def refs(node, path):
    found = node.get(path)
    return {row["ref"] for key, rows in found.items() if isinstance(rows, list) for row in rows}


class Place(unittest.TestCase):
    """One folder of nodes for each test."""

    def setUp(self):
        self.base = work_folder()

    def place(self, name, at="35.10,-77.04", hours=None):
        node = Node(name, self.base)
        if hours is not None:
            node.set_date(hours=hours)
        node.start()
        node.cli("init", "--name", name, "--at", at)
        return node

    def refused(self, node, path, status, *words):
        with self.assertRaises(Refused) as refused:
            node.get(path)
        self.assertEqual(refused.exception.args[0], status, path)
        for word in words:
            self.assertIn(word, refused.exception.args[1])


class Lists(Place):
    """Each filter of each list takes effect, or is refused with the list's own filters."""

    def test_every_filter_of_every_list(self):
        oak = self.place("Oak Hall")
        here = oak.get("/v1/status")["site_ref"]
        elm = typed(oak, "site", "Elm School", "--at", "35.19,-77.04", "--state", "full")
        water = typed(oak, "need", "drinking-water", "120", "--people", "40")
        blankets = typed(oak, "need", "blanket", "30", "--site", elm)
        stock = typed(oak, "stock", "drinking-water", "400")
        towels = typed(oak, "stock", "towel", "50", "--site", elm)
        sent = typed(oak, "send", typed(oak, "pledge", water, "20", "--from", stock), "20")
        given = typed(oak, "give", towels, "5")
        sent, given = (next(m["ref"] for m in oak.get("/v1/moves")["moves"] if ref in (m["ref"], m["last"])) for ref in (sent, given))
        alert = typed(oak, "note", "--alert", "severe", "The bridge is out")
        seen = oak.post("/v1/note", {"kind": "seen", "of": blankets})["ref"]
        asked = oak.post("/v1/note", {"kind": "message", "text": "Is this for tonight?", "of": sent})["ref"]

        shows = {
            "sites?site=elm": {elm}, "sites?status=full": {elm}, "sites?status=open": {here}, f"sites?ref={here}": {here},
            "lines?site=elm": {blankets, towels}, f"lines?site={here}": {water, stock}, "lines?item=drinking-water": {water, stock},
            "lines?kind=stock": {stock, towels}, "lines?status=open&kind=need&site=elm": {blankets},
            f"lines?about={elm}": {blankets, towels}, f"lines?about={here}": {water, stock}, f"lines?ref={towels}": {towels},
            "moves?site=elm": {given}, "moves?site=oak": {sent}, "moves?item=towel": {given}, "moves?item=101": {sent},
            "moves?status=sent": {sent}, "moves?status=given": {given}, "moves?status=lost": set(), f"moves?about={stock}": {sent},
            f"moves?about={elm}": {given}, f"moves?ref={given}": {given},
            "notes?site=elm": {seen}, "notes?site=oak": {asked}, "notes?item=blanket": {seen}, "notes?item=drinking-water": {asked},
            "notes?kind=alert": {alert}, "notes?kind=seen": {seen}, f"notes?about={blankets}": {seen}, f"notes?ref={alert}": {alert},
        }
        for path, wanted in shows.items():
            self.assertEqual(refs(oak, "/v1/" + path), wanted, path)
        early = int(time.time()) - 7200
        for name in ("sites", "lines", "moves", "notes"):
            self.assertEqual(oak.get(f"/v1/{name}?at={early}")["total"], oak.get(f"/v1/{name}")["total"], name)

        refuses = {"sites": ("item", "kind", "about"), "moves": ("kind",), "notes": ("status",),
                   "authors": ("site", "item", "kind", "status", "about", "ref", "at"),
                   "peers": ("site", "item", "kind", "status", "about", "ref", "at")}
        tried = {tuple(path.partition("=")[0].split("?")) for path in shows}
        for name in ("sites", "lines", "moves", "notes", "authors", "peers"):
            for one in ("site", "item", "kind", "status", "about", "ref"):
                self.assertTrue((name, one) in tried or one in refuses[name], f"{name} x {one} is shown nowhere")
            for one in refuses.get(name, ()):
                self.refused(oak, f"/v1/{name}?{one}=open", 400, name, one)
        self.refused(oak, "/v1/notes?kind=need", 400, "alert")
        self.refused(oak, "/v1/moves?status=open", 400, "sent")
        self.refused(oak, "/v1/lines?site=Ash", 404, "Ash")
        self.assertIn("cannot be narrowed by \"item\", only by site, status", oak.cli_error("list", "sites", "--item", "water", code=1))

        # So with questions.
        self.refused(oak, "/v1/ask/short?kg=5", 400, "short", "kg")
        self.refused(oak, "/v1/ask/surplus?km=5", 400, "surplus", "km")
        ends = typed(oak, "need", "blanket", "3", "--site", elm, "--within", "6", "--sure")
        self.assertIn(ends, {row.get("ref") for row in oak.get("/v1/ask/expiring")["rows"]})
        self.assertNotIn(ends, {row.get("ref") for row in oak.get("/v1/ask/expiring?km=5")["rows"]})
        oak.cli("close", ends)

        # What a person asks of one place is about that place.
        shown = oak.cli("show", elm)
        for ref, is_there in ((blankets, True), (towels, True), (given, True), (water, False), (stock, False), (sent, False)):
            self.assertEqual(ref in shown, is_there, f"{ref} in\n{shown}")
        record = oak.get("/v1/record/elm")
        self.assertEqual({line["ref"] for line in record["lines"]}, {blankets, towels, ends})
        self.assertEqual({move["ref"] for move in record["moves"]}, {given})


class Narrowed(Place):
    """What was narrowed is empty as far as it was asked, and says so."""

    def test_nothing_within_a_distance_is_not_nothing(self):
        oak = self.place("Oak", hours=0)
        far = typed(oak, "site", "Far", "--at", "36.10,-77.04")
        need = typed(oak, "need", "drinking-water", "50", "--site", far, "--people", "20", "--within", "6")
        shelf = typed(oak, "stock", "drinking-water", "90", "--site", far)
        oak.cli("send", typed(oak, "pledge", need, "10", "--from", shelf, "--due", "1h"))
        oak.cli("give", shelf, "5")
        oak.suspend(8 / 24)
        for question in ("short", "runs-out", "late", "unconfirmed", "silent", "served", "expiring"):
            all_rows = oak.get("/v1/ask/" + question)
            self.assertTrue(all_rows["rows"], question)
            for words in ((), ("--text",)):
                narrow = oak.cli(question, "--km", "5", *words)
                self.assertIn("Within 5 km of Oak: nothing.", narrow, question)
                self.assertRegex(narrow, r"nobody said the place: [1-9]", question)
                self.assertNotIn("Nothing", narrow, question)
            self.assertIn("Only within 500 km of Oak.", oak.cli(question, "--km", "500"))
        self.assertIn("Within 5 km of Oak: nothing.", oak.cli("news", "--km", "5"))
        for words in ((), ("--text",)):
            self.assertIn("Nothing fits that: --item tarp", oak.cli("list", "needs", "--item", "tarp", *words))
            self.assertIn("No offers heard yet", oak.cli("list", "offers", *words))
            self.assertIn("Only the needs of Oak itself are taken off", oak.cli("surplus", *words))
        # From where nobody knows the place of, nothing is near, and nothing is far.
        oak.cli("site", "Attic")
        self.assertIn("Nobody said yet where Attic is", oak.cli_error("short", "--km", "5", "--site", "Attic", code=1))


class Heard(Place):
    """A place was heard from when somebody spoke about that place."""

    def ages(self, node):
        return {site["name"]: site["heard"] for site in node.get("/v1/sites")["sites"]}

    def silent(self, node):
        return [row["site"] for row in node.get("/v1/ask/silent")["rows"]]

    def test_a_depot_that_speaks_does_not_speak_for_its_places(self):
        depot = self.place("Depot", hours=0)
        for name in ("Ash", "Birch", "Cedar"):
            depot.cli("site", name, "--at", "35.20,-77.04", "--sure")
        need = typed(depot, "need", "drinking-water", "50", "--site", "Ash", "--people", "20", "--within", "72")
        shelf = typed(depot, "stock", "drinking-water", "500")
        depot.suspend(10 / 24)
        depot.cli("note", "Hello all, the depot is open")
        depot.cli("stock", "towel", "40")
        depot.cli("need", "blanket", "4", "--site", "Birch", "--within", "72")
        before = self.ages(depot)
        self.assertLess(before["Ash"], before["Birch"])
        self.assertLess(before["Cedar"], before["Birch"])
        self.assertLess(before["Cedar"], before["Depot"])

        depot.suspend(8 / 24)
        self.assertEqual((set(self.silent(depot)[:2]), self.silent(depot)[2:]), ({"Ash", "Cedar"}, ["Birch"]))
        pledge = typed(depot, "pledge", need, "10", "--from", shelf)
        depot.cli("note", "Ash", "Are you there?")
        self.assertEqual(self.ages(depot)["Ash"], before["Ash"], "what is said to a place says nothing of it")
        depot.cli("send", pledge)
        depot.cli("receive", pledge)
        self.assertNotIn("Ash", self.silent(depot), "somebody was there and took it in")
        self.assertEqual(self.silent(depot)[0], "Cedar")
        depot.cli("note", "--kind", "seen", "Cedar")
        self.assertEqual(self.silent(depot), ["Birch"])
        depot.cli("edit", "Birch", "--state", "closed", "--rest", "keep")
        self.assertEqual(self.silent(depot), [], "nobody waits for word of a closed place")

    def test_who_is_in_contact_is_not_silent_and_a_stranger_makes_nobody_heard(self):
        oak, elm = self.place("Oak", hours=0), self.place("Elm", hours=0)
        ash = typed(oak, "site", "Ash", "--at", "35.20,-77.04")
        part(*self.met(elm, oak))
        oak.suspend(9 / 24)
        elm.set_date(hours=9, off=True)
        elm.start()
        elm.cli("need", "blanket", "5", "--site", ash, "--within", "72")  # Oak has vouched for nobody
        self.met(elm, oak)
        self.assertEqual(set(self.silent(oak)), {"Elm", "Ash"}, "not by the word of a stranger, and Elm is one")
        self.assertEqual(set(self.silent(elm)), {"Oak", "Ash"})
        trust(oak, elm)
        oak.wait("trusted", lambda n: n.peers()[0]["trust"] == "trusted")
        self.assertEqual(self.silent(oak), [], "Elm is in contact and trusted, and spoke of Ash")
        part(elm, oak)
        self.assertEqual(self.silent(oak), ["Elm"], "it spoke nine hours ago")

    def test_two_nodes_answer_alike_and_say_whom_they_leave_out_since_they_are_in_contact(self):
        oak, elm = self.place("Oak", hours=0), self.place("Elm", hours=0)
        oak.cli("site", "Ash", "--at", "35.20,-77.04")
        part(*self.met(elm, oak))
        oak.suspend(9 / 24)
        elm.set_date(hours=9, off=True)
        elm.start()
        trust(oak, elm)
        self.met(elm, oak)
        left_out = lambda node: node.cli("silent").split("\n", 2)[-1]
        for node in (oak, elm):
            node.wait("trusted", lambda n: n.peers()[0]["trust"] == "trusted")
            node.wait("the same places", lambda n: self.silent(n) == ["Ash"])
            for name in ("Oak", "Elm"):
                self.assertIn(name, left_out(node), "its HEARD says nine hours")
            self.assertIn("in contact now", left_out(node))
        part(elm, oak)
        self.assertEqual(set(self.silent(oak)), {"Ash", "Elm"})
        self.assertIn("Nobody spoke about Oak for six hours", left_out(oak))

    def met(self, walker, place):
        if walker.process:
            walker.stop()
        meet(walker, place)
        return walker, place


class Closing(Place):
    """A place that closes says what becomes of its needs and stock, and where people go; nobody sends goods there."""

    def settled(self):
        oak = self.place("Oak")
        elm = typed(oak, "site", "Elm", "--at", "35.15,-77.04")
        ash = typed(oak, "site", "Ash", "--at", "35.20,-77.04")
        need = typed(oak, "need", "drinking-water", "60", "--site", elm, "--people", "20")
        stock = typed(oak, "stock", "blanket", "30", "--site", elm)
        typed(oak, "stock", "drinking-water", "500")
        typed(oak, "need", "blanket", "10", "--people", "10")
        return oak, elm, ash, need, stock

    def planned(self, node):
        return {(p["from_site"], p["need_site"]) for p in node.get("/v1/plan")["portions"]}

    def test_it_is_asked_and_the_way_out_works(self):
        oak, elm, ash, need, stock = self.settled()
        self.assertEqual(self.planned(oak), {("Oak", "Elm"), ("Elm", "Oak")})
        self.assertEqual(len(oak.get("/v1/ask/load?site=Elm")["rows"]), 1)
        for words in (["edit", elm, "--state", "closed"], ["close", elm]):
            asked = oak.cli_error(*words, code=1)
            for word in ("2 needs and stocks", need, stock, "--rest keep", "--rest close", "--instead"):
                self.assertIn(word, asked)
        self.assertEqual(oak.get("/v1/record/" + elm)["record"]["state"], "open")
        self.assertIn("closes or moves", oak.cli_error("edit", elm, "--rest", "keep", code=1))
        self.assertIn("closed, moved or full", oak.cli_error("edit", elm, "--instead", ash, code=1))
        self.assertIn("name another", oak.cli_error("edit", elm, "--state", "closed", "--rest", elm, code=1))

        closed = oak.post("/v1/site", {"ref": elm, "state": "closed", "rest": "keep"})
        self.assertIn(f"where to go instead: say it of {elm}", closed["remark"])
        self.assertEqual(self.planned(oak), set(), "no goods go there, and none leave it")
        load = oak.get("/v1/ask/load?site=Elm")
        self.assertEqual(load["rows"], [])
        self.assertIn("Elm is closed", load["remark"])
        for ref in (need, stock):
            self.assertEqual(oak.get("/v1/record/" + ref)["record"]["status"], "open")
        oak.cli("edit", elm, "--state", "open")
        self.assertEqual(self.planned(oak), {("Oak", "Elm"), ("Elm", "Oak")})

        oak.cli("close", elm, "--reason", "moved", "--rest", "close", "--instead", "Ash")
        self.assertEqual([oak.get("/v1/record/" + ref)["record"]["reason"] for ref in (need, stock)], ["moved elsewhere", "done"])
        self.assertRegex(oak.cli("list", "sites"), r"Elm +moved +Ash ")
        self.assertIn("moved, go to Ash", oak.cli("list", "sites", "--text"))
        self.assertIn("Ash", oak.cli("show", elm))
        self.assertIn("moved, go to Ash", oak.request("GET", "/plain").decode())
        self.assertIn("People go to Ash instead", oak.get("/v1/ask/load?site=Elm")["remark"])
        oak.cli("edit", elm, "--state", "open")
        self.assertEqual(oak.get("/v1/record/" + elm)["record"]["instead"], "")
        oak.cli("edit", "Oak", "--state", "full", "--instead", "Ash")
        for size in ("20x4", "16x2"):
            shown = [oak.get(f"/v1/lcd?size={size}&page={n}")["lines"][:2] for n in range(oak.get(f"/v1/lcd?size={size}")["pages"])]
            self.assertIn(["PLACE FULL", "go to Ash"], [[row.strip() for row in page] for page in shown])

    def test_another_place_has_its_needs_and_stock_from_now_on(self):
        oak, elm, ash, need, stock = self.settled()
        birch = self.place("Birch", "35.3,-77.1")
        birch.stop()
        meet(birch, oak)
        others = typed(birch, "need", "towel", "5", "--site", elm)
        oak.wait("heard", lambda n: n.get("/v1/lines?ref=" + others)["lines"])
        answer = oak.post("/v1/site", {"ref": elm, "state": "moved", "rest": "Ash"})
        self.assertIn("1 need or stock of another author", answer["remark"])
        for ref in (need, stock):
            self.assertEqual(oak.get("/v1/record/" + ref)["record"]["site"], "Ash")
        self.assertEqual(oak.get("/v1/record/" + others)["record"]["site"], "Elm")
        self.assertEqual(self.planned(oak), {("Oak", "Ash"), ("Ash", "Oak")})
        birch.wait("heard", lambda n: n.get("/v1/record/" + elm)["record"]["instead"] == "Ash")
        self.assertIn("People go to Ash instead", birch.cli_error("pledge", others, "5", code=1))

    def test_what_is_moved_or_taken_back_is_no_younger(self):
        oak = self.place("Oak", hours=0)
        oak.cli("site", "Elm", "--at", "35.20,-77.04")
        need = typed(oak, "need", "drinking-water", "60", "--people", "20", "--within", "24")
        stock = typed(oak, "stock", "blanket", "30")
        oak.suspend(8 / 24)
        read = lambda: {"needs": oak.cli("list"), "stocks": oak.cli("list", "stocks"), "text": oak.cli("list", "--text"),
                        "short": oak.cli("short"), "unconfirmed": oak.cli("unconfirmed"), "runs-out": oak.cli("runs-out"),
                        "plain": oak.request("GET", "/plain").decode().split("Needs", 1)[-1].split("Places")[0], "lcd": oak.cli("lcd").split("Drinking")[1][:110]}
        before = read()
        oak.cli("edit", need, "--people", "15")
        oak.cli("undo", "--sure")
        oak.cli("close", "Oak", "--rest", "Elm")
        for where, text in read().items():
            self.assertIn("8 h ago", text, where)
            self.assertNotIn(" now", text, where)
            self.assertEqual(text.count("8 h ago"), before[where].count("8 h ago"), where)
        self.assertEqual(oak.get("/v1/record/" + need)["record"]["site"], "Elm")
        # Who confirms it, or counts it, says it anew.
        oak.cli("still-needed", need)
        oak.cli("edit", stock, "--quantity", "29")
        for name in ("needs", "stocks"):
            self.assertRegex(oak.cli("list", name), r" now +Oak")
        oak.cli("close", need)
        self.assertRegex(oak.cli("list", "needs", "--status", "closed"), r"closed: done +now")

    def test_a_place_that_refuses_gets_none_and_a_full_one_what_it_asks_for(self):
        oak, elm, ash, need, stock = self.settled()
        oak.cli("edit", elm, "--refuses", "water")
        self.assertEqual(self.planned(oak), {("Elm", "Oak")})
        load = oak.get("/v1/ask/load?site=Elm")
        self.assertEqual(load["rows"], [])
        self.assertIn("Drinking water is asked for there, but", load["remark"])
        oak.post("/v1/site", {"ref": elm, "refuses": [], "state": "full"})
        self.assertEqual(self.planned(oak), {("Oak", "Elm"), ("Elm", "Oak")})

    def test_a_table_that_closes_a_place_keeps_what_is_there_and_says_so(self):
        oak, elm, ash, need, stock = self.settled()
        told = oak.request("POST", "/v1/import?kind=site", "Name,Latitude,Longitude,Status\r\nElm,35.15,-77.04,closed\r\n", "text/csv").decode()
        self.assertIn('"changed":1', told.replace(" ", ""))
        for word in ("Elm keeps 2 needs and stocks open", need, stock):
            self.assertIn(word, told)
        self.assertEqual(self.planned(oak), set())
        self.assertIn("Elm is closed", oak.cli_error("need", "towel", "5", "--site", elm, code=1))
        oak.cli("need", "towel", "5", "--site", elm, "--sure")

    def test_a_second_place_of_one_name_is_asked_back(self):
        oak = self.place("Oak Hall")
        here = oak.get("/v1/status")["site_ref"]
        for name, at in (("oak hall", "35.102,-77.04"), ("Oak-Hall", None), ("OAK HALL", "35.1,-77.0401")):
            words = ["site", name] + (["--at", at] if at else [])
            self.assertIn(f"Oak Hall is there already: {here}", oak.cli_error(*words, code=1))
        far = typed(oak, "site", "Oak Hall", "--at", "35.2,-77.04")
        # Nor are two at one point, under whatever name; who says so by the other's name knows of it.
        self.assertIn(f"Oak Hall ({here}) stands at that very point", oak.cli_error("site", "Elm", "--at", "35.1,-77.04", code=1))
        elm = typed(oak, "site", "Elm", "--at", here)
        self.assertIn(here, oak.cli_error("edit", elm, "--name", "oak hall", code=1))
        second = typed(oak, "site", "Oak Hall", "--at", "35.1,-77.04", "--sure")
        self.assertEqual(len({here, far, second}), 3)

    def test_init_under_a_new_name_moves_the_place_or_asks(self):
        oak = self.place("Oak")
        here = oak.get("/v1/status")["site_ref"]
        need = typed(oak, "need", "blanket", "5")
        self.assertIn(f"stands at Oak ({here})", oak.cli_error("init", "--name", "Elm", "--at", "35.2,-77.04", code=1))
        self.assertEqual([s["name"] for s in oak.get("/v1/sites")["sites"]], ["Oak"])
        self.assertEqual(oak.get("/v1/status")["name"], "Oak", "what is asked back changes nothing")
        oak.cli("init", "--name", "Elm", "--at", "35.2,-77.04", "--sure")
        self.assertEqual([(s["name"], s["ref"], s["place"]["lat"]) for s in oak.get("/v1/sites")["sites"]], [("Elm", here, 35.2)])
        self.assertEqual(oak.get("/v1/record/" + need)["record"]["site"], "Elm")
        ash = typed(oak, "site", "Ash", "--at", "35.3,-77.04")
        oak.cli("init", "--site", "Ash")
        self.assertEqual(oak.get("/v1/status")["site_ref"], ash)


if __name__ == "__main__":
    unittest.main(verbosity=2)
