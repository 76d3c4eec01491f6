#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people type at a real node: words of four languages, gallons and boxes, Plus Codes; and what leaves it."""
import json
import struct
import unittest

from nodes import Node, Refused, work_folder

DOOR = (35.112345, -77.054321)


class Typed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = work_folder()
        cls.oak = Node("Oak", cls.folder)
        cls.oak.start()
        cls.oak.cli("init", "--name", "Oak", "--at", "35.1085 -77.0441")

    @classmethod
    def tearDownClass(cls):
        cls.oak.stop()

    def need(self, **fields):
        answer = self.oak.post("/v1/line", {"kind": "need", "within": 24, "sure": True, **fields})
        return answer["remark"], self.oak.get("/v1/record/" + answer["ref"])["record"]

    def test_help_is_a_verb_too(self):
        self.assertEqual(self.oak.cli("help"), self.oak.cli("--help"))
        self.assertEqual(self.oak.cli("help", "need"), self.oak.cli("need", "--help"))
        self.assertIn('Did you mean "need"?', self.oak.cli_error("help", "ned", code=2))

    def test_words_and_measures(self):
        remark, record = self.need(item="agua", quantity="30 gal")
        self.assertEqual(remark, '"agua" was taken as Drinking water (101). 30 gal = 113.562 L.')
        self.assertEqual((record["item"], record["quantity"]), (101, 113.562))
        with self.assertRaises(Refused) as asked:
            self.need(item="pañales", quantity=40)
        self.assertEqual(asked.exception.args[0], 400)
        self.assertIn("Which one: Diapers, infant (601), Diapers, toddler (602)", asked.exception.args[1])
        remark, record = self.need(item="= pañales", quantity=40)
        self.assertEqual((record["item"], record["item_name"], remark), (0, "pañales", ""))

    def test_the_node_speaks_the_readers_language_and_programs_get_a_code(self):
        with self.assertRaises(Refused) as refused:
            self.need(item="agua", quantity="30 gal", within=7)
        answer = json.loads(refused.exception.args[1])
        self.assertEqual((answer["code"], answer["values"]), ("within-hours", {"hours": 7}))
        self.assertEqual([said["code"] for said in answer["remark_said"]], ["item-taken", "measure-taken"])
        for locale, said in (("es_MX.UTF-8", "El plazo es de 6, 24, 72, 168 o 720 horas, no 7."),
                             ("fr_FR.UTF-8", "Le délai est de 6, 24, 72, 168 ou 720 heures, pas 7."),
                             ("C.UTF-8", "Within is one of 6, 24, 72, 168 or 720 hours, not 7.")):
            self.assertIn(said, self.oak.cli_error("need", "agua", "30 gal", "--within", "7", code=1, locale=locale))

    def test_a_node_that_is_told_again_where_it_stands_has_one_site(self):
        elm = Node("Elm", self.folder, listen=False).start()
        elm.cli("init", "--name", "Elm", "--at", "35.1,-77.0")
        elm.cli("init", "--name", "Elm", "--at", "35.2,-77.1")
        self.assertEqual([(s["name"], s["place"]["lat"]) for s in elm.get("/v1/sites")["sites"]], [("Elm", 35.2)])
        self.assertIn("This node stands at Elm", elm.cli_error("init", "--name", "Elm", "--site", "Elm school", "--at", "35.3,-77.1", code=1))
        elm.cli("init", "--name", "Elm", "--site", "Elm school", "--at", "35.3,-77.1", "--sure")
        self.assertEqual([(s["name"], s["place"]["lat"]) for s in elm.get("/v1/sites")["sites"]], [("Elm school", 35.3)])
        elm.stop()

    def test_the_command_line_says_what_was_understood(self):
        # What is no name of anything is asked back: the nearest word may be another thing.
        for typed, near in (("blakets", "Blanket (303)"), ("tortillas", "Camp stove"), ("powdered milk", "Formula"),
                            ("patrol", "Gasoline"), ("compost", "Baby")):
            self.assertIn(near, self.oak.cli_error("need", typed, "2", code=1))
        self.assertIn("need 2 powdered milk at Oak", self.oak.cli("need", "= powdered milk", "2"))
        said = self.oak.cli("need", "frazadas", "2 packs of 12")
        self.assertIn("need 24 Blanket at Oak", said)
        self.assertIn("Flashlight/lantern", self.oak.cli("catalog", "lampe", "torche"))
        self.assertIn("~1.2", self.oak.cli("catalog", "cobija"))
        self.assertIn("in your own words", self.oak.cli("catalog", "piano"))

    def test_places_and_ways(self):
        self.oak.cli("site", "Elm", "--at", "35.1160 -77.0341")
        self.oak.cli("site", "Fir", "--at", "Elm")
        self.oak.cli("site", "Ash", "--at", "8774484X+22")
        sites = {s["name"]: s for s in self.oak.get("/v1/sites")["sites"]}
        self.assertEqual(sites["Oak"]["way"], "here")
        self.assertEqual(sites["Elm"]["way"], "1.2 km NE")
        self.assertEqual(sites["Fir"]["place"], sites["Elm"]["place"])
        self.assertEqual(sites["Ash"]["place"]["digits"], 15)
        listed = self.oak.cli("list", "sites")
        self.assertIn("WAY", listed)
        self.assertIn("1.2 km NE", listed)

    def test_no_byte_that_leaves_tells_the_door(self):
        for place in ({"lat": DOOR[0], "lon": DOOR[1]}, {"lat": DOOR[0], "lon": DOOR[1], "digits": 8}, "%f %f" % DOOR):
            _, record = self.need(item=101, quantity=5, place=place)
            self.assertIn(record["place"]["digits"], (6, 8))
        self.oak.cli("need", "blanket", "2", "--at", "%f,%f" % DOOR)
        bundle = self.folder + "/oak.bun"
        self.oak.cli("export", bundle)
        left = self.oak.request("GET", "/v1/lines") + self.oak.log_text().encode()
        with open(bundle, "rb") as file:
            left += file.read()
        for degrees in DOOR:
            self.assertNotIn(struct.pack("<i", round(degrees * 1e6)), left)
            self.assertNotIn(str(degrees)[:8].encode(), left)


if __name__ == "__main__":
    unittest.main()
