# SPDX-License-Identifier: AGPL-3.0-or-later
"""Goods as they are, told with real nodes: what meets a need is what was asked for, nothing leaves a shelf that is not there, a count
anew is the same stock, and sizes, days of use and condition decide what is planned."""

import datetime
import unittest

from nodes import Node, Refused, work_folder


def typed(node, *words):
    """A person types it; the ref stands first in the answer."""
    return node.cli(*words).split()[0]


def day(ahead):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=ahead)).strftime("%Y-%m-%d")


class Goods(unittest.TestCase):
    def setUp(self):
        self.node = Node("Oak", work_folder()).start()
        self.node.cli("init", "--name", "Oak", "--at", "35.10,-77.04")

    def seen(self, ref):
        return self.node.get("/v1/record/" + ref)["record"]

    def asked(self, *words, about):
        self.assertIn(about, self.node.cli_error(*words, code=1))

    def planned(self):
        return [(p["need"], p["from"], p["quantity"]) for p in self.node.get("/v1/plan")["portions"]]


class Across(Goods):
    def test_what_goes_across_items_is_asked_back(self):
        node = self.node
        blankets, towels, own = typed(node, "need", "blanket", "30"), typed(node, "stock", "towel", "50"), typed(node, "stock", "blanket", "40")
        elm = typed(node, "site", "Elm", "--at", "35.2,-77.04")
        shelf = typed(node, "stock", "towel", "5", "--site", elm)
        differ = "This is towel, and what is asked for is Blanket"
        self.asked("give", towels, "5", "--need", blankets, about=differ)
        self.asked("pledge", blankets, "5", "--from", towels, about=differ)
        self.asked("ask", blankets, "5", "--from", towels, about=differ)
        with self.assertRaises(Refused) as refused:
            node.post("/v1/move", {"stage": "sent", "of": blankets, "from": towels, "quantity": "5"})
        self.assertEqual(refused.exception.args[0], 409)
        open_ask = node.post("/v1/move", {"stage": "asked", "of": blankets, "quantity": "10"})["ref"]
        self.asked("accept", open_ask, "10", "--from", towels, about=differ)
        self.asked("reroute", typed(node, "pledge", blankets, "5", "--from", own), shelf, about="This is Blanket, and what is asked for is towel")
        code = node.cli("need", "blanket", "2", "--ticket", "--sure").split("Ticket: ")[1].split()[0]
        self.asked("give", towels, "2", "--ticket", code, about=differ)
        self.assertEqual((self.seen(towels)["on_hand"], self.seen(blankets)["received"]), (50, 0))
        node.cli("give", own, "2", "--ticket", code)
        node.cli("give", towels, "5", "--need", blankets, "--sure")
        self.assertEqual(self.seen(towels)["on_hand"], 45)

    def test_beyond_the_stock_is_asked_back(self):
        node = self.node
        need, stock = typed(node, "need", "towel", "9000"), typed(node, "stock", "towel", "50", "--reserve", "10")
        pledge = typed(node, "pledge", need, "30", "--from", stock)
        self.asked("give", stock, "4572", about="4572? 20 towel is left there, beyond what is promised, and 10 of it is to stay there")
        self.asked("pledge", need, "21", "--from", stock, about="21? 20 towel")
        self.asked("send", pledge, "51", about="51? 50 towel")
        self.asked("ask", need, "21", "--from", stock, about="21? 20 towel")
        self.asked("accept", typed(node, "ask", need, "21", "--from", stock, "--sure"), about="21? 20 towel")
        self.asked("lost", stock, "21", about="21? 20 towel")
        node.cli("give", stock, "15")
        node.cli("give", stock, "5")  # the running tally says 20 now, and five of that are new
        self.asked("give", stock, "1", about="1? 0 towel")
        node.cli("send", pledge)
        self.assertEqual(self.seen(stock)["on_hand"], 0)


class Shelf(Goods):
    def test_lost_spoiled_and_given_back_leave_the_shelf(self):
        node = self.node
        stock = typed(node, "stock", "towel", "50")
        self.assertIn("lost 4 towel from Oak", node.cli("lost", stock, "4", "--text", "flooded"))
        self.assertIn("spoiled 5 towel from Oak", node.cli("spoiled", stock, "5"))
        node.cli("back", stock, "6")
        self.assertEqual(self.seen(stock)["on_hand"], 35)
        shown = node.cli("show", stock)
        for word in ("lost", "spoiled", "returned"):
            self.assertRegex(shown, word + r" +\d towel|" + word + r" +\d +towel")
        self.assertEqual({m["stage"]: m["text"] for m in node.get("/v1/moves?status=lost")["moves"]}, {"lost": "flooded"})
        node.cli("edit", stock, "--quantity", "35")
        self.assertEqual(self.seen(stock)["on_hand"], 35)
        need = typed(node, "need", "towel", "5")
        self.asked("lost", need, "5", about="")
        load = typed(node, "send", typed(node, "pledge", need, "5", "--from", stock))
        node.cli("spoiled", load, "2")
        self.assertEqual(self.seen(need)["open"], 2)


class Counts(Goods):
    def test_a_count_anew_is_the_same_stock(self):
        node = self.node
        first = typed(node, "stock", "drinking-water", "40")
        node.cli("give", first, "10")
        answer = node.post("/v1/line", {"kind": "stock", "item": "water", "quantity": "60"})
        self.assertEqual(answer["ref"], first)
        self.assertIn("Counted anew: it was 30 L", answer["remark"])
        self.assertEqual([(l["ref"], l["on_hand"]) for l in node.get("/v1/lines?kind=stock")["lines"]], [(first, 60)])
        self.assertEqual(typed(node, "stock", "101", "55"), first)
        elm = typed(node, "site", "Elm", "--at", "35.2,-77.04")
        others = {typed(node, "stock", "drinking-water", "7", "--site", elm), typed(node, "stock", "drinking-water", "8", "--size", "5 L"),
                  typed(node, "stock", "drinking-water", "9", "--flags", "drill"), first}
        self.assertEqual(len(others), 4, "another place, another size and a game are other stocks")
        self.assertEqual(typed(node, "stock", "towels", "4"), typed(node, "stock", "Towels", "5"), "in own words too")

    def test_a_table_counts_anew_and_keeps_its_pallets_apart(self):
        node = self.node

        def table(*rows):
            text = "Item,Quantity,Size,Use by,Place\r\n" + "".join(f"{row}\r\n" for row in rows)
            return node.request("POST", "/v1/import?kind=stock", text, "text/csv")

        typed(node, "stock", "drinking-water", "40")
        table(f"drinking-water,60,,,Oak", f"drinking-water,25,,,Oak", f"601,80,2,{day(90)},Oak")
        on_hand = lambda: sorted((l["on_hand"], l["variant"], l["use_by"]) for l in node.get("/v1/lines?kind=stock")["lines"])
        self.assertEqual(on_hand(), [(25, "", ""), (60, "", ""), (80, "2", day(90))])
        self.assertIn('"changed":2', table("drinking-water,61,,,Oak", "drinking-water,26,,,Oak", f"601,80,2,{day(90)},Oak").decode().replace(" ", ""))
        self.assertEqual(on_hand(), [(26, "", ""), (61, "", ""), (80, "2", day(90))])
        self.asked("stock", "drinking-water", "5", about="There are 2 stocks of Drinking water there")


class Kinds(Goods):
    def test_sizes_are_told_apart_everywhere(self):
        node = self.node
        two = typed(node, "need", "601", "100", "--people", "20", "--infants", "10", "--size", "2")
        three = typed(node, "stock", "601", "300", "--variant", "3")
        self.assertEqual(self.planned(), [])
        self.assertEqual(node.get("/v1/lines?kind=need")["lines"][0]["variant"], "2")
        self.asked("pledge", two, "10", "--from", three, about="this is 3, and what is asked for is 2")
        self.asked("give", three, "10", "--need", two, about="this is 3, and what is asked for is 2")
        some = typed(node, "stock", "601", "50")
        self.assertEqual({row[:2] for row in self.planned()}, {(two, some)})
        right = typed(node, "stock", "601", "500", "--size", "2")
        self.assertIn(right, {row[1] for row in self.planned()})
        name = node.get("/v1/lines?ref=" + two)["lines"][0]["item_name"]
        self.assertIn(name + " · 2", node.cli("list", "needs"))
        self.assertIn(name + " · 3", node.cli("list", "stocks"))
        self.assertIn("· 2", node.cli("list", "needs", "--text"))
        self.assertIn(name + " · 2", node.cli("plan"))
        self.assertIn("· 2", node.request("GET", "/plain").decode())
        self.assertIn("variant        2", node.cli("show", two))
        self.assertIn("Diapers, infant . 2", str([node.get(f"/v1/lcd?size=20x4&page={n}")["lines"] for n in range(node.get("/v1/lcd")["pages"])]))
        node.cli("pledge", two, "10", "--from", right)
        self.assertIn("· 2", node.get("/v1/moves")["moves"][0]["item_name"])
        node.cli("edit", two, "--size", "3")
        self.assertEqual(self.seen(two)["variant"], "3")
        self.assertIn(",2,", node.request("GET", "/v1/export?format=hxl&kind=stock").decode())

    def test_the_day_of_use_and_the_condition(self):
        node = self.node
        need = typed(node, "need", "603", "3", "--people", "20", "--infants", "10")
        good = typed(node, "stock", "603", "20", "--use-by", day(20), "--cold")
        soon = typed(node, "stock", "603", "30", "--use-by", day(3), "--variant", "ready")
        past = typed(node, "stock", "603", "40", "--use-by", day(-2), "--variant", "powder")
        damaged = typed(node, "stock", "603", "50", "--condition", "damaged", "--variant", "tins")
        self.assertEqual({row[1] for row in self.planned()} - {good, soon}, set(), "neither past its day nor damaged")
        expiring = {row["ref"]: row["about"] for row in node.get("/v1/ask/expiring")["rows"]}
        self.assertEqual({ref: expiring.get(ref) for ref in (good, soon, past)}, {
            good: None, soon: "to be used by then", past: "past its use-by day: when it is thrown away, say that it spoiled"})
        self.asked("give", past, "1", about="past its use-by day by 2 days")
        listed = node.cli("list", "stocks", "--text")
        for words in (f"use by {day(20)}, keep cold", f"use by {day(-2)}, past use-by", "damaged"):
            self.assertIn(words, listed)
        self.assertIn("past use-by", node.cli("list", "stocks"))
        self.assertIn("past use-by", node.request("GET", "/plain").decode())
        self.assertEqual((self.seen(good)["flags"], self.seen(good)["use_by"], self.seen(past)["past_use"]), (["keep-cold"], day(20), True))
        node.cli("edit", damaged, "--condition", "used")
        self.assertEqual(self.seen(damaged)["flags"], ["used"])
        node.post("/v1/line", {"ref": good, "cold": False, "use_by": ""})
        self.assertEqual((self.seen(good)["flags"], self.seen(good)["use_by"]), ([], ""))
        self.asked("edit", need, "--use-by", day(3), about="a need has none")
        self.asked("edit", need, "--condition", "used", about="a need says in words")
        self.asked("edit", good, "--use-by", "tomorrow", about="write it as 2026-12-24")
        with self.assertRaises(Refused):
            node.post("/v1/line", {"ref": good, "flags": ["reckoned"]})
        load = node.get("/v1/ask/surplus")["rows"]
        self.assertNotIn(past, [row["ref"] for row in load])


class ForWhom(Goods):
    def test_diapers_are_for_infants(self):
        node = self.node
        self.asked("need", "601", "--people", "180", "--days", "3", about="Diapers, infant is for infants: say how many")
        self.asked("need", "703", "--people", "180", "--days", "3", about="")
        node.cli("edit", "Oak", "--people", "180")
        node.cli("need", "601", "100", "--people", "180", "--infants", "6")
        stock = typed(node, "stock", "601", "108")
        out = {row["ref"]: row for row in node.get("/v1/ask/runs-out")["rows"]}[stock]
        self.assertEqual((out["people"], out["of"]), (6, out["of"]))
        self.assertGreater(datetime.datetime.fromisoformat(out["when"].replace("Z", "+00:00")) - datetime.datetime.now(datetime.timezone.utc),
                           datetime.timedelta(days=1), "days for six infants, not an hour or two for 180 people")
        node.cli("give", stock, "60")
        served = node.get("/v1/ask/served")["rows"][0]
        self.assertEqual((served["people"], served["quantity"], served["of"]), (6, 60, 10))
        self.assertEqual(node.get("/v1/catalog?q=101")["items"][0]["applies_to"], "all")
        water = typed(node, "stock", "101", "1000")
        node.cli("give", water, "180")
        self.assertEqual({row["item"]: row["of"] for row in node.get("/v1/ask/served")["rows"]}["Drinking water"], 1)

    def test_two_places_with_as_many_infants_get_as_many_diapers(self):
        node = self.node
        elm = typed(node, "site", "Elm", "--at", "35.2,-77.04")
        typed(node, "need", "601", "270", "--people", "180", "--infants", "10", "--within", "24")
        typed(node, "need", "601", "270", "--people", "30", "--infants", "10", "--within", "24", "--site", elm)
        typed(node, "stock", "601", "270")
        shares = {p["need_site"]: p["quantity"] for p in node.get("/v1/plan")["portions"]}
        self.assertEqual(sum(shares.values()), 270)
        self.assertLessEqual(abs(shares["Oak"] - shares["Elm"]), 30, shares)


if __name__ == "__main__":
    unittest.main(verbosity=2)
