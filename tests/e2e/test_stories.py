# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people at distribution sites live through, told with real nodes: somebody types, somebody walks, and in the end
everybody sees the same. Each test is a story; `told` is what all nodes must show before it is over."""

import os
import re
import time
import unittest

from nodes import Node, meet, part, work_folder

HERE = os.path.dirname(os.path.abspath(__file__))
SITES = os.path.join(HERE, "..", "data", "sites-florence-2018.csv")


def typed(node, *words):
    """A person types it; the ref stands first in the answer."""
    return node.cli(*words).split()[0]


def walk(walker, *places):
    """The carried node goes from place to place, and stays at each until both have what the other had."""
    for place in places:
        meet(walker, place)
        part(walker, place)


def seen(node, ref):
    return node.get("/v1/record/" + ref)["record"]


def row(node, listed, ref):
    """The line of a list that a person reads, with single spaces."""
    return next(" ".join(line.split()) for line in node.cli("list", listed).splitlines() if ref in line)


def lcd(node):
    pages = node.get("/v1/lcd?size=20x4")["pages"]
    return ["\n".join(text.strip() for text in node.get(f"/v1/lcd?size=20x4&page={page}")["lines"]) for page in range(pages)]


class Story(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.walker = self.carried("Walker")

    def carried(self, name):
        return Node(name, self.base, listen=False)

    def place(self, name, at="35.10,-77.04"):
        node = Node(name, self.base).start()
        node.cli("init", "--name", name, "--at", at)
        return node

    def told(self, nodes, ref, **figures):
        """All of them show these figures of that record."""
        for node in nodes:
            record = seen(node, ref)
            self.assertEqual({name: record[name] for name in figures}, figures, f"at {node.name}")

    def alike(self, a, b, listed):
        """Both print the same list, but for who is a stranger to each. It tells how long ago: so both are asked within one
        minute's words."""
        printed = lambda node: re.sub(r" \(stranger\)|, a stranger", "", node.cli("list", *listed))
        before = after = None
        while before is None or before != after:
            before, there, after = printed(a), printed(b), printed(a)
        self.assertEqual(there, before)

    def all_alike(self, *nodes):
        at = int(time.time()) + 60
        for node in nodes[1:]:
            self.assertEqual(node.picture(at), nodes[0].picture(at), node.name)
            # Of places the table says how far they are, which differs: the lines to copy do not.
            for listed in (["needs"], ["stocks"], ["moves"], ["sites", "--text"]):
                self.alike(nodes[0], node, listed)


class Trucks(Story):
    def test_day_one_without_network_a_need_meets_stock_over_a_walk(self):
        oak, elm = self.place("Oak"), self.place("Elm", "35.19,-77.04")
        need = typed(oak, "need", "drinking-water", "120", "--people", "40", "--within", "24")
        stock = typed(elm, "stock", "drinking-water", "400")
        walk(self.walker, elm, oak)

        self.assertIn("400 L", row(oak, "stocks", stock))
        ask = typed(oak, "ask", need, "120", "--from", stock)
        self.told([oak], need, status="open", coming=0)
        walk(self.walker, oak, elm)
        self.assertIn("asked 120 L Drinking water Elm Oak", row(elm, "moves", ask))
        self.assertIn("Only its holder gives from that stock", oak.cli_error("accept", ask, code=1))
        self.assertIn("pledged 120 L Drinking water to Oak", elm.cli("accept", ask, "--due", "6h"))
        self.told([elm], stock, on_hand=400, promised=120)
        paper = elm.cli("waybill", ask)
        for words in ("WAYBILL", ask, "120 L Drinking water", "Elm", "35.19000,-77.04000", "Oak", "35.10000,-77.04000",
                      "Due", "Handed over", "Received", "Signed"):
            self.assertIn(words, paper)
        self.assertLessEqual(max(len(line) for line in paper.splitlines()), 32)
        elm.cli("send", ask)
        walk(self.walker, elm, oak)

        # Oak named Elm's stock when it asked: no vouch is wanted, what is promised counts.
        self.told([oak, elm], need, status="covered", coming=120, open=0)
        self.assertIn("Drinking water\n120 L sent\nto Oak", "\n".join(lcd(oak)))
        self.assertIn("received 120 L Drinking water to Oak", oak.cli("receive", ask))
        walk(self.walker, oak, elm)

        self.told([oak, elm], need, status="met", received=120, coming=0, open=0)
        self.told([oak, elm], stock, on_hand=280, promised=0)
        self.told([oak, elm], ask, stage="received", quantity=120)
        for node in (oak, elm):
            self.assertIn("Nothing is short\n0 needs covered", "\n".join(lcd(node)))
        self.all_alike(oak, elm)

    def test_who_needs_it_accepts_a_strangers_pledge_and_who_has_it_may_say_no(self):
        oak, elm = self.place("Oak"), self.place("Elm")
        need = typed(oak, "need", "blanket", "40", "--people", "40")
        stock = typed(elm, "stock", "blanket", "100")
        walk(self.walker, oak, elm)
        pledge = typed(elm, "pledge", need, "40", "--from", stock)
        self.assertIn("Only the place that needs it", elm.cli_error("accept", pledge, code=1))
        walk(self.walker, elm, oak)
        self.told([oak, elm], need, status="open", coming=0)
        self.assertIn("not accepted yet", row(oak, "moves", pledge))
        self.assertIn("accepted 40 Blanket to Oak", " ".join(oak.cli("accept", pledge).split()))
        self.assertIn("counts already", oak.cli("accept", pledge))
        more = typed(oak, "ask", need, "10", "--from", stock)
        walk(self.walker, oak, elm)
        self.told([oak, elm], need, status="covered", coming=40)
        elm.cli("decline", more)
        walk(self.walker, elm, oak)
        self.told([oak, elm], more, stage="declined")
        self.assertIn("nothing to accept", oak.cli_error("accept", more, code=1))
        self.told([oak, elm], stock, on_hand=100, promised=40)
        self.all_alike(oak, elm)

    def two_who_can_help(self):
        """Oak needs 120 L and trusts Elm and Fir, who each have 200 L; none of the three hears the others."""
        oak, elm, fir = self.place("Oak"), self.place("Elm"), self.place("Fir")
        need = typed(oak, "need", "drinking-water", "120", "--people", "40", "--within", "24")
        stocks = [typed(node, "stock", "drinking-water", "200") for node in (elm, fir)]
        walk(self.walker, elm, fir, oak)
        oak.cli("vouch", "Elm")
        oak.cli("vouch", "Fir")
        walk(self.walker, oak, elm, fir)
        pledges = [typed(node, "pledge", need, "120", "--from", stock, "--due", "6h")
                   for node, stock in zip((elm, fir), stocks)]
        return oak, elm, fir, need, stocks, pledges

    def test_two_pledge_for_one_need_while_apart_and_one_is_told_that_it_is_covered(self):
        oak, elm, fir, need, stocks, pledges = self.two_who_can_help()
        for node in (elm, fir):
            self.told([node], need, status="covered", coming=120)
        walk(self.walker, elm, fir, oak, elm)

        everybody = (oak, elm, fir)
        self.told(everybody, need, status="covered", coming=120, open=0)
        extra = [seen(oak, pledge)["extra"] for pledge in pledges]
        self.assertEqual(sorted(extra), [0, 120])
        second = extra.index(120)
        for node in everybody:
            self.assertEqual([seen(node, pledge)["extra"] for pledge in pledges], extra)
            self.assertIn("120 L already covered: go on or release?", row(node, "moves", pledges[second]))
            self.assertNotIn("already covered", row(node, "moves", pledges[1 - second]))
        self.all_alike(*everybody)

        (elm, fir)[second].cli("release", pledges[second])
        walk(self.walker, (elm, fir)[second], oak, (elm, fir)[1 - second])
        self.told(everybody, need, status="covered", coming=120, open=0)
        self.told(everybody, pledges[second], stage="released", extra=0)
        self.told(everybody, stocks[second], on_hand=200, promised=0)
        self.told(everybody, stocks[1 - second], on_hand=200, promised=120)

    def test_both_trucks_left_both_arrive_and_what_is_too_much_is_seen(self):
        oak, elm, fir, need, stocks, pledges = self.two_who_can_help()
        elm.cli("send", pledges[0])
        fir.cli("send", pledges[1])
        walk(self.walker, elm, fir, oak, elm)
        everybody = (oak, elm, fir)
        self.told(everybody, need, status="covered", coming=120)
        for pledge in pledges:
            oak.cli("receive", pledge)
        walk(self.walker, oak, elm, fir)

        self.told(everybody, need, status="met", received=240, open=0, coming=0)
        for stock in stocks:
            self.told(everybody, stock, on_hand=80, promised=0)
        for node in everybody:
            self.assertIn("120 L Drinking water at Oak, more came than was asked: count it as stock",
                          node.cli("surplus", "--site", "Oak", "--text"))
        oak.cli("stock", "drinking-water", "120")
        oak.cli("close", need)
        self.assertNotIn("more came", oak.cli("surplus", "--text"))
        self.assertIn("120 L Drinking water at Oak", oak.cli("surplus", "--text"))

    def test_a_need_is_closed_while_the_truck_is_under_way_and_it_goes_to_another_place(self):
        oak, elm, fir = self.place("Oak"), self.place("Elm"), self.place("Fir")
        need = typed(oak, "need", "drinking-water", "60", "--people", "20")
        stocks = {"Elm": typed(elm, "stock", "drinking-water", "400"), "Oak": typed(oak, "stock", "drinking-water", "20"),
                  "Fir": typed(fir, "stock", "drinking-water", "30")}
        walk(self.walker, fir, oak, elm)
        load = typed(elm, "pledge", need, "60", "--from", stocks["Elm"], "--due", "6h")
        elm.cli("send", load)
        self.assertIn("noted as sent already", elm.cli_error("send", load, code=1))
        oak.cli("close", need, "--reason", "not-needed")
        walk(self.walker, oak, elm)

        self.assertIn("the need was closed", row(elm, "moves", load))
        self.assertIn("rerouted 60 L Drinking water to Fir", elm.cli("reroute", load, stocks["Fir"]))
        self.assertNotIn("the need was closed", row(elm, "moves", load))
        self.assertIn("Fir", elm.cli("waybill", load))
        walk(self.walker, elm, fir)
        self.told([elm, fir], stocks["Fir"], on_hand=30, coming=0)  # Fir does not know Elm: it counts when it is there
        self.assertIn("Only who pledged it says where it goes", fir.cli_error("reroute", load, need, code=1))
        fir.cli("receive", load)
        self.assertIn("noted as received already", fir.cli_error("receive", load, code=1))
        walk(self.walker, fir, elm, oak)

        everybody = (oak, elm, fir)
        for name, on_hand in {"Elm": 340, "Oak": 20, "Fir": 90}.items():
            self.told(everybody, stocks[name], on_hand=on_hand, promised=0)
        self.told(everybody, need, status="closed", received=0, coming=0)
        self.told(everybody, load, stage="received", to_site="Fir", quantity=60)
        self.all_alike(*everybody)

    def test_nobody_came_the_pledge_lapses_everywhere_and_the_late_truck_still_counts(self):
        oak, elm = self.place("Oak"), self.place("Elm")
        need = typed(oak, "need", "drinking-water", "60", "--people", "20", "--within", "72")
        stock = typed(elm, "stock", "drinking-water", "400")
        walk(self.walker, elm, oak)
        oak.cli("vouch", "Elm")
        walk(self.walker, oak, elm)
        pledge = typed(elm, "pledge", need, "60", "--from", stock, "--due", "1h")
        walk(self.walker, elm, oak)
        both = (oak, elm)
        self.told(both, need, status="covered", coming=60)
        for node in both:
            self.assertIn("60 L pledged\nto Oak", "\n".join(lcd(node)))

        for node in both:
            node.stop()
        for node in (oak, elm, self.walker):
            node.set_date(hours=9, off=True)  # nine hours later
        for node in both:
            node.start()
        self.told(both, need, status="open", coming=0, open=60)
        self.told(both, stock, on_hand=400, promised=0)
        for node in both:
            self.assertIn("short 60 of 60 L\nOak", "\n".join(lcd(node)))
            self.assertNotIn("60 L pledged", "\n".join(lcd(node)))
            self.assertIn("lapsed", row(node, "moves", pledge))
            self.assertRegex(node.cli("late", "--text"), r"60 L Drinking water at Oak, due [78] h ago, lapsed: it is open "
                                                         r"again\. Said \d+ h ago by Elm")

        oak.cli("receive", pledge)
        walk(self.walker, oak, elm)
        self.told(both, need, status="met", received=60, open=0)
        self.told(both, stock, on_hand=340, promised=0)
        self.told(both, pledge, stage="received", lapsed=False)
        for node in both:
            self.assertNotIn("Drinking water", node.cli("late", "--text"))
        self.all_alike(*both)


class Figures(Story):
    def test_water_is_scarce_and_three_nodes_print_the_same_list(self):
        mill = self.place("Mill", "35.10,-77.00")
        places = {"Oak": self.place("Oak", "35.12,-77.00"), "Elm": self.place("Elm", "35.10,-77.03"),
                  "Fir": self.place("Fir", "35.08,-77.00"), "Pine": self.place("Pine", "35.60,-77.40")}
        stock = typed(mill, "stock", "drinking-water", "300")
        wants = {"Oak": ["120", "--infants", "6"], "Elm": ["360"], "Fir": ["120"], "Pine": ["120"]}
        needs = {name: typed(places[name], "need", "drinking-water", *want, "--people", "40", "--within", "24")
                 for name, want in wants.items()}
        walk(self.walker, mill, *places.values(), mill)
        for name, place in places.items():
            mill.cli("vouch", name)
            place.cli("vouch", "Mill")
        printing = (mill, places["Oak"], places["Pine"])
        walk(self.walker, *places.values(), *printing)

        for node in printing:
            node.stop()
            node.set_date(hours=8, off=True)
            node.start()
        lists, hour = [], None
        while hour != int(time.time()) // 3600:
            hour = int(time.time()) // 3600
            lists = [node.cli("plan", "drinking-water") for node in printing]
        self.assertEqual(lists[0], lists[1])
        self.assertEqual(lists[0], lists[2])
        self.assertRegex(lists[0], r"Digest [0-9a-f]{4}-[0-9a-f]{4} for the hour of")
        self.assertIn("It is a suggestion; people decide", lists[0])
        # Half a day for everybody, however much was asked and however far it is; the rest where infants are.
        rows = mill.get("/v1/plan?item=drinking-water")["portions"]
        self.assertEqual({r["need"]: r["quantity"] for r in rows},
                         {needs["Oak"]: 120, needs["Elm"]: 60, needs["Fir"]: 60, needs["Pine"]: 60})
        self.assertEqual((rows[0]["need"], rows[0]["from"]), (needs["Oak"], stock))
        self.assertRegex(rows[0]["why"], r"Oak: 40 people, 6 infants, [78] h without, wanted within 24 h, 120 L = 1 day")

    def test_two_counts_of_one_stock_are_healed_by_a_recount(self):
        oak, elm = self.place("Oak"), self.place("Elm")
        stock = typed(oak, "stock", "blanket", "100")
        walk(self.walker, elm, oak)
        oak.cli("vouch", "Elm", "--keeper", "Oak")
        walk(self.walker, oak, elm)

        # Apart, the holder counts 90 and the keeper 80; both hand out at the door.
        now = int(time.time())
        oak.post("/v1/line", {"ref": stock, "quantity": 90, "at": now - 600})
        elm.post("/v1/line", {"ref": stock, "quantity": 80, "at": now - 300})
        oak.cli("give", stock, "5")
        elm.cli("give", stock, "3")
        self.told([oak], stock, on_hand=85)
        self.told([elm], stock, on_hand=77)
        walk(self.walker, oak, elm, oak)
        both = (oak, elm)
        self.told(both, stock, quantity=90, on_hand=82)  # the holder's count, less what both handed out
        for node in both:
            shown = " ".join(node.cli("show", stock).split())
            self.assertRegex(shown, r"Keepers' changes that do not stand.* Blanket 80 .*Elm")

        oak.cli("give", stock, "2")
        walk(self.walker, oak, elm)
        self.told(both, stock, on_hand=80)
        elm.cli("edit", stock, "--quantity", "74")  # somebody went through the shelf again
        self.told([elm], stock, on_hand=74)
        elm.cli("give", stock, "4")
        walk(self.walker, elm, oak)
        self.told(both, stock, quantity=74, on_hand=70, status="open")
        for node in both:
            self.assertNotIn("do not stand", node.cli("show", stock))
        self.all_alike(*both)

    def test_a_door_hands_out_all_day_and_a_slip_is_taken_back(self):
        oak, elm = self.place("Oak"), self.place("Elm")
        stock = typed(oak, "stock", "drinking-water", "400")
        handout = typed(oak, "give", stock, "12")
        for quantity in ("3", "30"):
            self.assertEqual(typed(oak, "give", stock, quantity), handout)
        answer = oak.post("/v1/move", {"stage": "given", "from": stock, "quantity": 2})
        self.assertRegex(answer["remark"], r"Handed out now: 2 L\. In all since .*: 47 L\.")
        self.assertEqual(typed(oak, "take-back", handout, "27"), handout)
        self.assertIn("Only 20 L of that is still out", oak.cli_error("take-back", handout, "21", code=1))
        walk(self.walker, oak, elm)
        self.told((oak, elm), stock, on_hand=380)
        self.told((oak, elm), handout, stage="given", quantity=20)
        self.assertEqual(len(elm.get("/v1/moves")["moves"]), 1)

        oak.cli("edit", stock, "--quantity", "370")  # somebody went through the shelf
        self.assertNotEqual(typed(oak, "give", stock, "5"), handout)
        walk(self.walker, oak, elm)
        self.told((oak, elm), stock, on_hand=365)
        self.all_alike(oak, elm)

    def test_a_spreadsheet_of_184_sites_and_500_needs_is_seen_at_five_nodes(self):
        nodes = [self.place("Oak")]
        for name in ("Elm", "Fir", "Ash", "Yew"):  # each in reach of the one before it alone
            node = Node(name, self.base)
            node.dials = [f"127.0.0.1:{nodes[-1].link_port}"]
            nodes.append(node.start())
        oak = nodes[0]
        self.assertIn("184", oak.cli("import", SITES, "--kind", "site"))
        names = [site["name"] for site in oak.get("/v1/sites?limit=1000")["sites"]]
        names = [name for name in names if names.count(name) == 1 and not re.search('[",]', name)]
        table = os.path.join(self.base, "needs.csv")
        with open(table, "w", encoding="utf-8") as needs:
            needs.write("item,quantity,people,within,site\n")
            for i in range(500):
                item = ("drinking-water", "blanket", "hot meal")[i % 3]
                needs.write(f"{item},{20 + i},{10 + i % 40},{(6, 24, 72)[i % 3]},{names[i % len(names)]}\n")
        self.assertIn("500", oak.cli("import", table, "--kind", "need"))

        picture = oak.get("/v1/status")["picture"]
        for node in nodes[1:]:
            node.wait("what Oak has", lambda n: n.get("/v1/status")["picture"] == picture)
        for node in nodes:
            status = node.get("/v1/status")
            self.assertEqual((status["needs_open"], status["sites"]), (500, 185), node.name)
            self.assertIn("500 needs open", "\n".join(lcd(node)))
            self.assertEqual(len(node.cli("list", "needs").splitlines()), 501)
        self.all_alike(*nodes)
        asked = [sum(need["quantity"] for need in node.get("/v1/lines?kind=need&limit=1000")["lines"]) for node in nodes]
        self.assertEqual(asked, [sum(range(20, 520))] * 5)
        self.assertIn("500", oak.cli("import", table, "--kind", "need"))
        self.assertEqual(oak.get("/v1/status")["needs_open"], 500, "the same table twice adds nothing")

    def shared_need(self):
        """A need for 120 L for 40 people at Oak, whose keeper runs Elm."""
        oak, elm = self.place("Oak"), self.place("Elm")
        need = typed(oak, "need", "drinking-water", "120", "--people", "40", "--within", "24")
        walk(self.walker, elm, oak)
        oak.cli("vouch", "Elm", "--keeper", "Oak")
        walk(self.walker, oak, elm)
        return oak, elm, need

    def test_author_and_keeper_change_different_things_and_both_stand(self):
        oak, elm, need = self.shared_need()
        oak.cli("edit", need, "--people", "50")
        elm.cli("edit", need, "--quantity", "80")
        self.told([elm], need, quantity=80, people=40)
        walk(self.walker, elm, oak, elm)

        both = (oak, elm)
        self.told(both, need, quantity=80, people=50, open=80)
        for node in both:
            self.assertEqual(node.get("/v1/record/" + need)["overtaken"], [])
            self.assertRegex(row(node, "needs", need), r"80 L")
        self.all_alike(*both)

        oak.cli("edit", need, "--quantity", "120")  # the author knows better, and has the last word
        walk(self.walker, oak, elm)
        self.told(both, need, quantity=120, people=50, open=120)
        for node in both:
            self.assertEqual(node.get("/v1/record/" + need)["overtaken"], [])
        self.all_alike(*both)

    def test_a_keeper_and_the_author_change_the_same_and_both_are_told(self):
        oak, elm, need = self.shared_need()
        oak.cli("edit", need, "--quantity", "100", "--people", "50")
        elm.cli("edit", need, "--quantity", "80", "--within", "6")
        self.told([elm], need, quantity=80, people=40, within=6)
        walk(self.walker, elm, oak, elm)

        both = (oak, elm)
        self.told(both, need, quantity=100, people=50, within=6, open=100)  # the author's word of how much stands
        for node in both:
            shown = " ".join(node.cli("show", need).split())
            self.assertRegex(shown, r"Keepers' changes that do not stand: it was changed meanwhile "
                                    r".* quantity Drinking water 80 L 50 6 h .* Elm")
            overtaken = node.get("/v1/record/" + need)["overtaken"]
            self.assertEqual([(line["changes"], line["quantity"]) for line in overtaken], [(["quantity"], 80)])
        self.all_alike(*both)

        elm.cli("edit", need, "--quantity", "80")  # the keeper knows why, and says it again of what stands now
        walk(self.walker, elm, oak)
        self.told(both, need, quantity=80, people=50, within=6, open=80)
        for node in both:
            self.assertEqual(node.get("/v1/record/" + need)["overtaken"], [])
        self.all_alike(*both)


if __name__ == "__main__":
    unittest.main(verbosity=2)
