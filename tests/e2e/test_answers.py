# SPDX-License-Identifier: AGPL-3.0-or-later
"""The answer says what a word does: what looks wrong is asked back before it is written, and what is taken tells whoever said it
where it does less, or more, than they may think."""

import datetime
import json
import os
import unittest

from nodes import Node, Refused, work_folder


def typed(node, *words):
    return node.cli(*words).split()[0]


def record(node, ref):
    return node.get("/v1/record/" + ref)["record"]


class Answers(unittest.TestCase):
    """A place of its own for each story."""

    def setUp(self):
        self.base = work_folder()
        self.oak = self.place("Oak", "35.10,-77.04")

    def place(self, name, at):
        node = Node(name, self.base).start()
        self.addCleanup(node.stop)
        node.cli("init", "--name", name, "--at", at)
        return node

    def typed(self, *words):
        return typed(self.oak, *words)

    def said(self, node, *words):
        """All that a person reads who types it: what is taken, and what is told beside it."""
        done = node.cli_error(*words, code=0)
        return done.replace("\u00a0", " ")

    def refused(self, *words, about, code=1, node=None):
        self.assertIn(about, (node or self.oak).cli_error(*words, code=code).replace("\u00a0", " "), words)

    def asked(self, *words, about):
        """Asked back; with --sure it is written."""
        self.refused(*words, about=about)
        return self.typed(*words, "--sure")

    def carry(self, giver, taker):
        path = os.path.join(self.base, "walk.bundle")
        giver.cli("export", path)
        taker.cli("import", path)


class FarBeyond(Answers):
    def test_a_quantity_far_beyond_is_asked_back_whoever_says_it_of_whatever(self):
        oak = self.oak
        for item, much, people, usual in (("water", "5000", "12", "Usual is 108 L"), ("insulin", "1000", "1", "1000 for 1 person?"),
                                          ("= rope", "5000", "5", "5000 for 5 people?"), ("601", "9000", "20", "Usual is")):
            self.asked("need", item, much, "--people", people, about=usual)
        self.typed("need", "insulin", "20", "--people", "4")
        # Who says no number of people means those who are there.
        oak.cli("edit", "Oak", "--people", "40")
        self.asked("need", "blanket", "4000", about="4000 for 40 people?")
        offer = self.typed("offer", "hot meal", "200")
        need = self.typed("need", "hot meal", "100", "--people", "30")
        self.asked("ask", need, "500", "--from", offer, about="500? 200 Hot meal is left there")
        self.asked("pledge", need, "501", about="501? 100 was asked for")
        self.asked("receive", need, "501", about="501? 100 was asked for")
        oak.cli("undo", "--sure")
        asked = self.typed("ask", need, "10", "--from", offer)
        self.asked("accept", asked, "50", about="50? 10 was asked for")
        pledge = self.typed("pledge", need, "12", "--from", offer)
        self.refused("send", pledge, "20", about="20? 12 of that is promised and has not left yet")
        self.refused("edit", pledge, "--quantity", "900", about="900? 100 was asked for")
        self.refused("edit", asked, "--quantity", "450", about="450? ")
        self.typed("send", pledge, "13")  # a box has thirteen
        self.assertEqual(record(oak, pledge)["on_way"], 13)

    def test_nought_is_refused_where_it_means_nothing(self):
        oak = self.oak
        oak.cli("site", "Elm", "--at", "35.2,-77.2")
        offer = self.typed("offer", "tent", "5")
        for words, about in ((("load", "Elm", "--kg", "0"), "from 1 to"), (("short", "--km", "0"), "from 1 to"),
                             (("offer", "tent", "0"), "An offer of 0"), (("edit", offer, "--quantity", "0"), "An offer of 0"),
                             (("offer", "tent", "5", "--reach", "0"), "reach of 0"), (("need", "tent", "5", "--people", "0"), "For nobody?"),
                             (("need", "tent", "--people", "5", "--days", "0"), "days"), (("propose", "--people", "0"), "how many people"),
                             (("round", "Elm", "--doors", "0", "--answered", "0", "--nothing", "0"), "At least one door")):
            self.refused(*words, about=about)
        self.assertEqual([line["quantity"] for line in oak.get("/v1/lines?kind=offer")["lines"]], [5])

    def test_less_than_nothing(self):
        for number in ("-5", "-50"):
            self.refused("need", "water", number, "--people", "3", about=f'"{number}": no quantity is below 0', code=2)
            self.refused("need", "water", "--sure", number, about=f'"{number}": no quantity is below 0', code=2)
        self.refused("need", "water", "--peeple", "3", about='"--peeple" is no option here', code=2)
        # What names nothing does not mean something else.
        stock = self.typed("stock", "tarp", "9")
        self.refused("give", stock, "3", "--need", "", about="--need names nothing", code=2)
        self.assertEqual(record(self.oak, stock)["on_hand"], 9)
        self.oak.cli("edit", stock, "--text", "")
        self.refused("need", "water", "--people", about='"--people" is not whole', code=2)
        self.typed("site", "South", "--at", "-35.1,77.0")
        self.assertEqual(record(self.oak, "South")["place"]["lat"], -35.1)


class Lines(Answers):
    def test_another_item_in_another_unit_asks_for_every_number(self):
        need = self.typed("need", "shoes", "12", "--people", "4")
        self.refused("edit", need, "--item", "drinking-water", about="counted in L, and this was 12 pair")
        self.assertEqual(record(self.oak, need)["unit"], "pair")
        self.typed("edit", need, "--item", "drinking-water", "--quantity", "36")
        self.assertEqual((record(self.oak, need)["quantity"], record(self.oak, need)["unit"]), (36, "L"))
        stock = self.typed("stock", "drinking-water", "50", "--reserve", "5")
        self.refused("edit", stock, "--item", "shoes", "--quantity", "9", about="reserve, where it has")
        self.typed("give", stock, "4")
        self.refused("edit", stock, "--item", "shoes", "--quantity", "9", "--reserve", "1", about="something was promised or moved")
        own = self.typed("stock", "= gloves", "7")
        self.typed("edit", own, "--item", "tarp")  # pieces, as before
        self.assertEqual((record(self.oak, own)["quantity"], record(self.oak, own)["item_name"]), (7, "Tarp"))

    def test_who_says_no_hours_hears_which_were_taken(self):
        self.assertIn("due in 7 d", self.said(self.oak, "need", "tarp", "5"))
        self.assertIn("due in 4 d", self.said(self.oak, "need", "pillow", "5", "--when", "3d"))
        self.assertIn("counts as overdue already", self.said(self.oak, "need", "bucket", "5", "--when", "9d"))
        self.assertIn("due in 7 d", self.said(self.oak, "propose", "--people", "4", "--open", "101"))
        for words in (("need", "tent", "5", "--within", "6"), ("need", "hot meal", "9", "--people", "3", "--every", "24h"),
                      ("propose", "--people", "4", "--open", "102", "--within", "24")):
            self.assertEqual(self.said(self.oak, *words), "")
        # And it is told as it was said, not an hour less a moment later.
        rows = {row.split()[1]: row for row in self.oak.cli("list", "needs").splitlines()[1:]}
        self.assertIn("in 6 h", rows["Tent"])
        self.assertIn("in 6 h", self.oak.cli("list", "needs", "--text"))

    def test_two_sizes_are_two_needs_and_the_question_names_the_size(self):
        diapers = ("need", "601", "50", "--people", "20", "--infants", "5")
        two = self.typed(*diapers, "--size", "2")
        self.assertNotEqual(self.typed(*diapers, "--size", "3"), two)
        self.refused(*diapers, "--size", "2", about="Diapers, infant · 2 for 20 people")
        self.refused(*diapers, about="Diapers, infant · ")  # who says no size may mean either
        pen = self.typed("stock", "insulin", "20", "--variant", "pen")
        self.refused("give", pen, "90", about="20 Insulin · pen is left there")

    def test_more_than_was_there_keeps_its_day_of_use_and_says_so(self):
        day = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=20)).strftime("%Y-%m-%d")
        stock = self.typed("stock", "insulin", "20", "--use-by", day)
        for words in (("stock", "insulin", "40"), ("edit", stock, "--quantity", "60")):
            self.assertIn(f"Its use-by day stays {day}", self.said(self.oak, *words))
        self.assertNotIn("use-by", self.said(self.oak, "stock", "insulin", "30"))
        self.assertEqual(self.said(self.oak, "edit", stock, "--quantity", "70", "--use-by", day), "")

    def test_what_is_closed_stays_closed_for_its_reason_and_the_lists_say_it(self):
        done, wrong = self.typed("need", "tarp", "5"), self.typed("need", "tent", "2")
        self.oak.cli("close", done)
        self.refused("close", done, "--reason", "mistake", about="is closed (done). Open it again first")
        self.oak.cli("withdraw", wrong)
        rows = {row.split()[0]: row for row in self.oak.cli("list", "needs").splitlines()[1:]}
        self.assertIn("closed: done", rows[done])
        self.assertIn("closed: mistake", rows[wrong])
        stock = self.typed("stock", "tarp", "9")
        self.oak.cli("close", stock)
        needs, stocks = (self.oak.cli("list", kind, "--text").replace("\u00a0", " ") for kind in ("needs", "stocks"))
        self.assertIn("closed: done", next(row for row in needs.splitlines() if done in row))
        self.assertIn("closed: mistake", next(row for row in needs.splitlines() if wrong in row))
        self.assertIn("closed: done", next(row for row in stocks.splitlines() if stock in row))

    def test_an_offer_that_is_there_already_is_asked_back(self):
        offer = self.typed("offer", "hot meal", "200")
        self.refused("offer", "hot meal", "150", about=f"Is it the same as {offer}: 200 Hot meal")
        self.assertNotEqual(self.typed("offer", "hot meal", "150", "--size", "vegan", "--sure"), offer)
        self.assertNotEqual(self.typed("offer", "tent", "5"), offer)

    def test_a_table_tells_of_a_remark_that_it_cannot_keep(self):
        path = os.path.join(self.base, "needs.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("item,quantity,people,text\nfrobnicator,5,3,by the gate\ntarp,5,3,by the bridge\n")
        told = self.said(self.oak, "import", path, "--kind", "need")
        self.assertIn('"frobnicator" is not in the catalogue', told)
        self.assertIn('"by the gate" was left out', told)
        self.assertNotIn("bridge", told)


class Places(Answers):
    def test_a_round_against_what_is_asked_for_is_asked_back(self):
        water, tarp = self.typed("need", "water", "50", "--people", "10"), self.typed("need", "tarp", "5", "--people", "10")
        self.asked("round", "--doors", "9", "--answered", "4", "--nothing", "4", about="2 needs are still open there")
        self.asked("round", about=water)
        self.refused("need", "water", "0", about=f"1 need is still open there: {water}")
        self.asked("round", "--item", "tarp", about=f"1 need is still open there: {tarp}")
        self.assertIn("round about Blanket at Oak", self.oak.cli("round", "--item", "blanket"))
        self.assertIn("round at Oak", self.oak.cli("round", "--doors", "9", "--answered", "4", "--nothing", "3"))
        # A phone has buttons, no verbs; five are named, then that there are more.
        for item in ("tent", "cot", "blanket", "towel", "bucket"):
            self.typed("need", item, "5", "--people", "10")
        many = self.oak.cli_error("round", code=1)
        self.assertRegex(many, r"7 needs are still open there: (\S+, ){5}…\. ")
        self.assertNotRegex(many.replace("--sure", ""), r"--|aidmesh")
        for ref in [row.split()[0] for row in self.oak.cli("list", "needs", "--status", "open").splitlines()[1:]]:
            self.oak.cli("close", ref)
        self.oak.cli("round")
        self.assertRegex(self.oak.cli("round", "--at", "35.15,-77.1"), r"round near 35\.\d+,-77\.\d+")
        self.assertRegex(self.oak.cli("need", "tarp", "5", "--at", "35.15,-77.1"), r"need 5 Tarp near 35\.\d+,-77\.\d+")

    def test_what_a_closing_place_leaves_is_named_and_no_message_waits_there(self):
        self.oak.cli("site", "Birch", "--at", "35.3,-77.3")
        self.oak.cli("site", "Fir", "--at", "35.4,-77.3")
        moved = [self.typed("need", item, "3", "--site", "Birch") for item in ("tent", "tarp")]
        told = self.said(self.oak, "close", "Birch", "--rest", "Oak")
        self.assertIn("2 needs and stocks are now at Oak", told)
        for ref in moved:
            self.assertIn(ref, told)
            self.assertEqual(record(self.oak, ref)["site"], "Oak")
        closed = self.typed("need", "tent", "3", "--site", "Fir")
        self.assertIn(f"1 need or stock was closed with it: {closed}", self.said(self.oak, "close", "Fir", "--rest", "close"))
        note = self.asked("note", "--to", "Birch", "We come at nine", about="Birch is closed. People go to Oak instead")
        self.assertEqual(record(self.oak, note)["of"], record(self.oak, "Birch")["ref"])
        self.typed("note", "--to", "Oak", "We come at nine")

    def test_undo_names_what_it_is_about_and_tells_what_is_now(self):
        need = self.typed("need", "tarp", "200", "--people", "99")
        self.oak.cli("edit", need, "--quantity", "50")
        self.refused("undo", about=f"{need}, Tarp: quantity: 200 → 50")
        self.assertIn(f"{need}, Tarp: quantity: 50 → 200. It is as it was before", self.oak.cli("undo", "--sure").replace("\u00a0", " "))
        self.assertEqual(record(self.oak, need)["quantity"], 200)
        self.oak.cli("edit", "Oak", "--people", "40")
        self.assertIn("Oak: people: 40 → 0", self.oak.cli("undo", "--sure").replace("\u00a0", " "))
        self.assertIn(f"{need}: need: 200 Tarp", self.oak.cli("undo", "--sure").replace("\u00a0", " "))


class Moves(Answers):
    def test_what_came_for_a_need_by_itself_and_what_came_beyond_it(self):
        oak = self.oak
        need = self.typed("need", "tarp", "5", "--people", "3")
        self.assertIn("received 2 Tarp", oak.cli("receive", need, "2"))
        self.assertEqual(record(oak, need)["received"], 2)
        pledge = self.typed("pledge", need, "9")
        self.assertIn(f"{pledge} was coming there", self.said(oak, "receive", need, "1"))
        oak.cli("undo", "--sure")
        self.assertIn("6 of it is more than was asked for", self.said(oak, "receive", pledge, "9"))
        self.assertEqual([row["quantity"] for row in oak.get("/v1/ask/surplus")["rows"]], [6])
        other = self.typed("need", "blanket", "5", "--people", "3")
        promise = self.typed("pledge", other, "5")
        extra = "5 of it is more than is still missing there"
        self.assertIn(extra, self.said(oak, "pledge", other, "5"))
        # The same of a load that turns to what is covered, whether or not somebody says how much it is.
        far = self.typed("need", "blanket", "5", "--people", "9", "--site", self.typed("site", "Elm", "--at", "35.2,-77.2"))
        load = self.typed("pledge", far, "5")
        self.assertIn(extra, self.said(oak, "reroute", load, other))
        self.assertEqual(self.said(oak, "reroute", promise, far), "")

    def test_a_little_less_than_was_sent_is_told_to_be_lost(self):
        oak = self.oak
        need, stock = self.typed("need", "towel", "100", "--people", "60"), self.typed("stock", "towel", "100")
        load = self.typed("pledge", need, "100", "--from", stock)
        oak.cli("send", load)
        told = f"5 of that load did not come, and counts as lost on the way. If it is still to come: 'aidmesh undo', then 'aidmesh receive {load} 95 --more'"
        self.assertIn(told, self.said(oak, "receive", load, "95"))
        self.assertEqual(record(oak, load)["lost"], 5)
        oak.cli("undo", "--sure")
        self.assertNotIn("did not come", self.said(oak, "receive", load, "95", "--more"))
        self.assertEqual((record(oak, load)["lost"], record(oak, load)["on_way"]), (0, 5))

    def test_who_is_trusted_no_more_and_still_keeps_a_place_is_named(self):
        oak, elm = self.oak, self.place("Elm", "35.2,-77.2")
        self.carry(elm, oak)
        key = elm.get("/v1/status")["key"]
        oak.cli("vouch", key)
        oak.cli("vouch", key, "--keeper", "Oak")
        self.assertIn("Elm still keeps Oak: what it changes there stands as before. That ends with 'aidmesh vouch NAME --keeper PLACE --withdraw'",
                      self.said(oak, "vouch", key, "--withdraw"))
        oak.cli("vouch", key, "--keeper", "Oak", "--withdraw")
        oak.cli("vouch", key)
        self.assertEqual(self.said(oak, "vouch", key, "--withdraw"), "")

    def test_more_than_was_asked_for_is_told_by_every_verb_that_gives(self):
        stock = self.typed("stock", "coat", "90")
        ana = self.typed("need", "coat", "12", "--people", "12", "--household", "Ana")
        code = next(word for word in self.oak.cli("tickets", "Ana").split() if word.count("-") == 2)
        self.assertEqual(self.said(self.oak, "give", stock, "3", "--ticket", code), "")
        self.assertIn("3 of it is more than was asked for", self.said(self.oak, "give", stock, "12", "--ticket", code))
        self.assertEqual(record(self.oak, ana)["received"], 15)
        need = self.typed("need", "coat", "3", "--people", "3", "--sure")
        self.assertIn("2 of it is more than was asked for", self.said(self.oak, "give", stock, "5", "--need", need))
        self.oak.cli("undo", "--sure")
        given = self.typed("give", stock, "3", "--need", need)
        self.assertIn("4 of it is more than was asked for", self.said(self.oak, "edit", given, "--quantity", "7"))
        self.assertNotIn("more than", self.said(self.oak, "edit", given, "--quantity", "2"))
        other, third = (self.typed("need", "coat", much, "--people", "9", "--sure") for much in ("9", "4"))
        pledge = self.typed("pledge", other, "6", "--from", stock)
        self.assertNotIn("more than", self.said(self.oak, "edit", pledge, "--quantity", "9"))
        self.assertIn("1 of it is more than is still missing there", self.said(self.oak, "edit", pledge, "--quantity", "10"))
        self.oak.cli("undo", "--sure")
        self.assertIn("5 of it is more than is still missing there", self.said(self.oak, "reroute", pledge, third))
        asked = self.typed("ask", self.typed("need", "coat", "2", "--people", "9", "--sure"), "5", "--from", stock)
        self.assertIn("3 of it is more than is still missing there", self.said(self.oak, "accept", asked))

    def test_what_is_noted_in_part_says_how_much_is_left(self):
        stock, need = self.typed("stock", "tarp", "200"), self.typed("need", "tarp", "60", "--people", "60")
        asked = self.typed("ask", need, "60", "--from", stock)
        promise = {"stage": "pledged", "after": asked}
        self.oak.post("/v1/move", {**promise, "quantity": 20})
        for much, left in ((50, "20 of it is promised already, and 40 is still asked for"), (40, ""), (1, "60 of it is promised already. ")):
            if left:
                with self.assertRaises(Refused) as told:
                    self.oak.post("/v1/move", {**promise, "quantity": much})
                self.assertIn(left, told.exception.args[1].replace("\u00a0", " "))
            else:
                self.oak.post("/v1/move", {**promise, "quantity": much})
        pledge = asked
        self.oak.cli("send", pledge, "20")
        self.refused("send", pledge, "50", about="20 of it is noted as sent already, and 40 has not left yet")
        self.oak.cli("send", pledge, "40")
        self.refused("send", pledge, "1", about="60 of it is noted as sent already. ")
        self.oak.cli("receive", pledge, "30", "--more")
        self.refused("receive", pledge, "40", about="30 of it is noted as received already, and 30 is still to come")
        self.refused("receive", pledge, "40", about=f"note as received for {need} itself")
        self.oak.cli("receive", pledge, "30")
        self.refused("receive", pledge, "5", about="60 of it is noted as received already. ")
        self.assertEqual(record(self.oak, need)["received"], 60)

    def test_no_more_comes_back_or_is_lost_than_is_out(self):
        stock = self.typed("stock", "tarp", "90")
        ana = self.typed("need", "tarp", "5", "--people", "5", "--household", "Ana")
        code = next(word for word in self.oak.cli("tickets", "Ana").split() if word.count("-") == 2)
        mill = self.typed("need", "tarp", "5", "--people", "5", "--sure")
        load = self.typed("send", self.typed("pledge", mill, "5", "--from", stock))
        for out in (self.typed("give", stock, "5", "--ticket", code), self.typed("give", stock, "5"), load):
            self.oak.cli("take-back", out, "2")
            self.refused("take-back", out, "5", about="Only 3 of that is still out")
            lost = self.typed("lost", out, "2")
            self.refused("edit", lost, "--quantity", "4", about="Only 3 of that is still out")
            self.oak.cli("edit", lost, "--quantity", "1")
            self.oak.cli("spoiled", out, "1")
            for verb in ("take-back", "lost", "spoiled"):
                self.refused(verb, out, "2", about="Only 1 of that is still out")
            self.oak.cli("take-back", out, "1")
            for verb in ("take-back", "lost", "spoiled"):
                self.refused(verb, out, "1", about="Nothing of that is out any more")
        self.assertEqual((record(self.oak, stock)["on_hand"], record(self.oak, ana)["received"]), (84, 0))

    def test_what_is_not_proposed_is_told(self):
        told = self.oak.cli_error("propose", "--people", "6", "--open", "303,603,9999", code=4)
        self.assertIn("603 Formula, powder: not opened, since it is for infants", told)
        self.assertIn("9999: not opened. It is no code", told)
        self.assertEqual([line["item"] for line in self.oak.get("/v1/lines?kind=need")["lines"]], [303])
        self.assertIn("9999: not opened", self.oak.cli_error("propose", "--people", "6", "--open", "9999", code=2))
        self.assertNotIn("not opened", self.said(self.oak, "propose", "--people", "6", "--infants", "2", "--open", "601"))
        told = self.oak.cli_error("propose", "--people", "6", "--infants", "2", "--open", "303,603", "--sure", code=4)
        self.assertIn("603 Formula, powder: not opened, since it is not on the list. Ask for it by itself: aidmesh need 603", told)
        self.oak.cli("need", "603", "--people", "6", "--infants", "2", "--days", "3")

    def test_a_handout_beside_the_same_need_is_told_of_it_once(self):
        stock, need = self.typed("stock", "tarp", "30"), self.typed("need", "tarp", "8", "--people", "30")
        self.assertIn(f"{need} still asks for 8 of the same there", self.said(self.oak, "give", stock, "4"))
        self.assertNotIn(need, self.said(self.oak, "give", stock, "1"))
        self.assertEqual(self.said(self.oak, "give", stock, "2", "--need", need), "")
        self.assertEqual(record(self.oak, need)["received"], 2)

    def test_strangers_words_tell_what_they_do(self):
        oak, elm = self.oak, self.place("Elm", "35.2,-77.2")
        need = self.typed("need", "tarp", "50", "--people", "30", "--within", "24")
        twin = self.typed("need", "tarp", "40", "--people", "30", "--within", "24", "--sure")
        for own, told in ((("still-needed", need), ""), (("note", need, "--kind", "seen"), "this node's own"),
                          (("note", need, "--kind", "wrong-place"), "changes nothing in it")):
            said = self.said(oak, *own)
            self.assertTrue(told in said if told else said == "", (own, said))
        self.carry(oak, elm)
        before = record(elm, need)
        shelf = typed(elm, "stock", "tarp", "90")
        for words, told in ((("still-needed", need), "second voice"), (("note", need, "--kind", "seen"), "second voice"),
                            (("note", need, "--kind", "duplicate", "--other", twin), "two voices that its author trusts"),
                            (("note", need, "--kind", "abuse"), "changes nothing in it"),
                            (("pledge", need, "5", "--from", shelf), "Oak does not know this node yet"),
                            (("give", shelf, "3", "--need", need), "Oak counts it once somebody there says that it was received")):
            self.assertIn(told, self.said(elm, *words), words)
        after = record(elm, need)
        for field in ("due", "status", "open", "coming", "received"):
            self.assertEqual(after[field], before[field], field)
        # Who is known there is told nothing of the kind.
        oak.cli("vouch", elm.get("/v1/status")["key"], "--json")
        self.carry(oak, elm)
        self.assertEqual(self.said(elm, "pledge", need, "6", "--from", shelf), "")
        # The handout was of the five: two of them are still to come.
        self.assertEqual((record(elm, need)["coming"], record(elm, need)["received"]), (8, 0))


class Load(Answers):
    def rows(self, site):
        answer = json.loads(self.oak.cli("load", site, "--json"))
        return [(row["ref"], row["quantity"]) for row in answer["rows"]], answer.get("remark", "")

    def test_what_was_declined_is_not_loaded_and_what_others_ask_for_is_told(self):
        oak = self.oak
        oak.cli("site", "Elm", "--at", "35.2,-77.2")
        oak.cli("site", "Ash", "--at", "35.3,-77.2")
        stock = self.typed("stock", "tarp", "60")
        elm, ash = (self.typed("need", "tarp", "50", "--people", "30", "--site", site) for site in ("Elm", "Ash"))
        for site, need in (("Elm", elm), ("Ash", ash)):
            loaded, told = self.rows(site)
            self.assertEqual(loaded, [(need, 50)])
            self.assertIn("Other places ask for Tarp as well, for more than the 10 left here", told)
        # What was promised to one goes there, and is no longer there for the other.
        promise = self.typed("pledge", elm, "50", "--from", stock)
        self.assertEqual(self.rows("Elm")[0], [(promise, 50)])
        self.assertEqual(self.rows("Ash"), ([(ash, 10)], ""))
        oak.cli("undo", "--sure")
        oak.cli("decline", elm, "--from", stock)
        loaded, told = self.rows("Elm")
        self.assertEqual(loaded, [])
        self.assertIn(f"1 load was declined for that place: {elm}", told)
        self.assertEqual(self.rows("Ash")[0], [(ash, 50)])
        oak.cli("edit", elm, "--quantity", "40")  # said anew
        self.assertEqual(self.rows("Elm")[0], [(elm, 40)])

    def test_what_is_promised_there_goes_first_and_what_has_no_room_is_told(self):
        oak = self.oak
        oak.cli("site", "Elm", "--at", "35.2,-77.2")
        water = self.typed("need", "drinking-water", "100", "--people", "40", "--site", "Elm")
        tarps = self.typed("need", "tarp", "40", "--people", "40", "--site", "Elm")
        stock = self.typed("stock", "drinking-water", "90")
        promise = self.typed("pledge", water, "60", "--from", stock)
        elsewhere = self.typed("pledge", tarps, "7")  # of no stock here: it is this node's word all the same
        rows = json.loads(oak.cli("load", "Elm", "--json"))["rows"]
        self.assertEqual([(r["ref"], r["quantity"], r.get("from")) for r in rows if r["ref"] != elsewhere], [(promise, 60, stock), (water, 30, stock)])
        self.assertIn((elsewhere, 7), self.rows("Elm")[0])
        listed = oak.cli("load", "Elm"), oak.cli("load", "Elm", "--text")
        for told in listed:
            self.assertIn(f"promised: say 'aidmesh send {promise}' when it leaves", told)
        oak.cli("release", elsewhere)
        loaded, told = self.rows("Elm")[0], oak.cli("load", "Elm", "--kg", "50")
        self.assertEqual(loaded, [(promise, 60), (water, 30)])
        self.assertIn(f"aidmesh send {promise} 50'", told)
        self.assertIn(f"Not all of it fits within 50 kg: 40 kg stay here, for {promise}, {water}.", told)
        self.assertEqual(self.rows("Elm")[1], "", "all of it has room")
        oak.cli("send", promise)
        self.assertEqual(self.rows("Elm")[0], [(water, 30)])
        # A promise that comes too late covers nothing, and what it promises is not loaded a second time.
        oak.cli("edit", water, "--within", "24h")
        late = self.typed("pledge", water, "30", "--from", stock, "--due", "48h", "--sure")
        self.assertEqual(self.rows("Elm")[0], [(late, 30)])


if __name__ == "__main__":
    unittest.main()
