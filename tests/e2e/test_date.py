# SPDX-License-Identifier: AGPL-3.0-or-later
"""The date and what is not taken for it, as people meet them: at the command line, and between two nodes."""

import json
import unittest

from nodes import Node, trust, work_folder


class AtTheCommandLine(unittest.TestCase):
    def setUp(self):
        self.oak = Node("Oak", work_folder(), listen=False, settings=("node.clock=guessed",)).start()

    def date(self):
        return json.loads(self.oak.cli("clock", "--json"))["clock"]

    def test_a_person_says_that_the_date_is_right(self):
        self.assertRegex(self.oak.cli("clock"), r"^\d+ [A-Z][a-z]+ \d{4} \d\d:\d\d \w+\nThe date is a guess: ")
        self.assertIn("The date is a guess", self.oak.cli("status"))
        self.assertIn("The date is known: a person set it.", self.oak.cli("clock", "confirm").replace("\u00a0", " "))
        self.assertEqual((self.date()["quality"], self.date()["source"]), ("set", "person"))
        self.assertIn("The date is known", self.oak.cli("status"))

    def test_a_date_before_what_was_known_is_asked_back_once_and_the_log_says_how_far_it_moved(self):
        self.oak.cli("clock", "set", "2029-03-01 12:00")
        asked = self.oak.cli_error("clock", "set", "2029-01-20 12:30", code=1)
        self.assertRegex(asked.replace("\u00a0", " "), r"^That is more than a day from .*, the date known here\..* Is it right all the same\? Add --sure to write it all the same\.\n$")
        self.oak.cli("clock", "set", "2029-01-20 12:30", "--sure")
        self.assertEqual(self.date()["now"][:15], "2029-01-20T12:3")
        self.assertIn("the date was put back by 40 days: 1 entry of this node is signed again", self.oak.log_text())

    def test_a_date_is_set_as_people_type_it(self):
        self.oak.cli("clock", "set", "2027-03-01 12:40")
        self.assertEqual(self.date()["now"][:16], "2027-03-01T12:40")
        self.oak.cli("clock", "set", "2027-03-01", "13:50")
        self.assertEqual(self.date()["now"][:16], "2027-03-01T13:50")
        self.oak.cli("clock", "set", "2027-03-01T16:00+02:00")
        self.assertEqual(self.date()["now"][:16], "2027-03-01T14:00")
        self.oak.cli("clock", "set", "2027-3-1 9:05")
        self.assertEqual(self.date()["now"][:16], "2027-03-01T09:05")
        self.oak.cli("clock", "set", "15:10")
        self.assertEqual(self.date()["now"][:16], "2027-03-01T15:10")
        for wrong in ("tomorrow", "2027-03-01", "1.3.2027 12:40", "25:00"):
            self.assertIn("write it as 2026-11-30 12:40", self.oak.cli_error("clock", "set", wrong, code=1))
        self.oak.cli_error("clock", "put", "12:00", code=2)
        self.assertIn("escriba 2026-11-30 12:40", self.oak.cli_error("clock", "set", "mañana", code=1, locale="es_ES.UTF-8"))
        self.assertIn("Say a later date", self.oak.cli_error("clock", "set", "2019-01-01 12:00", code=1))
        self.assertEqual(self.date()["now"][:15], "2027-03-01T15:1")


    def test_a_date_that_was_set_outlives_a_stop_at_once(self):
        for minute in range(5):
            self.oak.cli("clock", "set", f"2027-03-01 12:4{minute}", "--sure")
            self.oak.stop()
            self.oak.start()
            self.assertEqual(self.date()["now"][:16], f"2027-03-01T12:4{minute}")


class BetweenTwo(unittest.TestCase):
    def test_what_is_not_taken_is_said_on_both_sides_with_its_reason(self):
        base = work_folder()
        oak, elm = Node("Oak", base).start(), Node("Elm", base, listen=False)
        elm.set_date(days=40)  # and sure of it
        elm.start()
        trust(oak, elm)
        elm.post("/v1/site", {"name": "Elm", "place": {"lat": 35.1, "lon": -77.0}})
        elm.stop()
        elm.dials = [f"127.0.0.1:{oak.link_port}"]
        elm.start()
        there = elm.wait("it is said", lambda n: [p for p in n.peers() if p["state"] == "not-taken"])[0]
        self.assertGreater(there["not_taken_there"]["clock"], 0)
        self.assertLess(abs(there["clock_ahead_s"] + 40 * 86400), 60)
        self.assertRegex(elm.cli("peers"), r"\nOak: \d+ entries not taken there: which clock is wrong\? Compare both with a watch or phone.*"
                         r" The two dates are 40 d apart: one of the two clocks is wrong\.")
        self.assertRegex(elm.cli("lcd"), r"\|\d+ NOT TAKEN: +\|\n\|ONE CLOCK WRONG +\|\n\|40 d apart: Oak +\|\n\|compare with a watch\|")
        here = oak.wait("it too", lambda n: [p for p in n.peers() if p["state"] == "not-taken"])[0]
        self.assertEqual(here["not_taken_here"], there["not_taken_there"])
        # Not even its card was taken: it is a stranger, and who it is cannot be said.
        self.assertRegex(oak.cli("peers"), r"\n127\.0\.0\.1:\d+: \d+ entries not taken here: which clock is wrong\?.* The two dates are 40 d apart: one of")
        self.assertNotIn("ALL SAFE", oak.cli("lcd") + elm.cli("lcd"))


if __name__ == "__main__":
    unittest.main()
