# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first start, from a file on the boot partition to a node that stands somewhere."""

import os
import subprocess
import unittest

from nodes import AIDMESHD, Node, work_folder

WORDS = "bumel takis rolum fedas"


def aidmeshd(folder, *words):
    return subprocess.run([AIDMESHD, "--config", "/dev/null", "--set", f"node.folder={folder}", *words],
                          capture_output=True, text=True, timeout=60, check=False)


def settings(folder):
    said = aidmeshd(folder, "--settings")
    assert said.returncode == 0, said.stderr
    return dict(line.split("=", 1) for line in said.stdout.splitlines())


class BootFile(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.file = os.path.join(self.base, "aidmesh.txt")

    def write(self, text):
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(text)

    def test_twenty_cards_of_one_file_share_the_circle_and_nothing_else(self):
        self.write(f"words = {WORDS}\r\nregion = us915\r\nrole = site\r\nwifi_country = US\r\n")
        cards = []
        for card in range(20):
            folder = os.path.join(self.base, f"card{card}")
            said = aidmeshd(folder, "--first-start", self.file)
            self.assertEqual(said.returncode, 0, said.stderr)
            self.assertEqual(os.stat(os.path.join(folder, "answers.conf")).st_mode & 0o777, 0o600)
            cards.append(settings(folder))
        for key in ("node.name", "wifi.name", "wifi.password"):
            self.assertEqual(len({card[key] for card in cards}), 20, key)
        self.assertEqual(len({card["radio.circle"] for card in cards}), 1)
        for card in cards:
            self.assertEqual((card["radio.region"], card["control.listen"]), ("US915", "0.0.0.0:8024"))
        # Who has the words joins every one of them; who has none is told what is missing.
        carried = os.path.join(self.base, "card0")
        for card in cards[1:4]:
            said = aidmeshd(carried, "--wifi-password", card["wifi.name"])
            self.assertEqual(said.stdout, card["wifi.password"] + "\n")
        said = aidmeshd(os.path.join(self.base, "none"), "--wifi-password", "aidmesh-Oak")
        self.assertEqual(said.returncode, 1)
        self.assertIn("aidmesh setup", said.stderr)

    def test_a_bad_line_is_named_and_nothing_of_the_file_is_taken(self):
        folder = os.path.join(self.base, "card")
        self.write("name = Oak\nregoin = US915\n")
        said = aidmeshd(folder, "--first-start", self.file)
        self.assertEqual(said.returncode, 1)
        self.assertIn("aidmesh.txt:2: \"regoin\" is not asked: did you mean region?", said.stderr)
        self.assertFalse(os.path.exists(os.path.join(folder, "answers.conf")))
        # Without it the node starts all the same, with what is made.
        self.assertEqual(aidmeshd(folder, "--first-start").returncode, 0)
        made = settings(folder)
        self.assertEqual(made["wifi.name"], "aidmesh-" + made["node.name"])
        # What was made stays.
        self.assertEqual(aidmeshd(folder, "--first-start").returncode, 0)
        self.assertEqual(settings(folder), made)

    def test_the_command_line_stands_over_an_answer(self):
        folder = os.path.join(self.base, "card")
        self.write("name = Oak\nlanguage = fr\n")
        self.assertEqual(aidmeshd(folder, "--first-start", self.file).returncode, 0)
        said = aidmeshd(folder, "--set", "node.name=Elm", "--settings")
        self.assertIn("node.name=Elm\n", said.stdout)
        self.assertIn("display.language=fr\n", said.stdout)

    def test_a_node_stands_where_it_was_answered_until_people_move_it(self):
        node = Node("Oak", self.base)
        self.write("place = 35.1064,-77.0936\n")
        self.assertEqual(aidmeshd(node.folder, "--first-start", self.file).returncode, 0)
        node.start()
        node.wait("its place", lambda n: n.get("/v1/status").get("site_ref"))
        site = node.get("/v1/sites")["sites"][0]
        self.assertAlmostEqual(site["place"]["lat"], 35.1064, 3)
        node.cli("init", "--site", "Oak", "--name", "Oak", "--at", "35.2,-77.1", "--sure")
        node.stop()
        node.start()
        sites = node.get("/v1/sites")["sites"]
        self.assertEqual(len(sites), 1)
        self.assertAlmostEqual(sites[0]["place"]["lat"], 35.2, 3)


if __name__ == "__main__":
    unittest.main()
