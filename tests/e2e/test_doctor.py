# SPDX-License-Identifier: AGPL-3.0-or-later
"""aidmesh doctor: what is well and what is not, of a node and of the machine it is on."""

import json
import os
import subprocess
import unittest

from nodes import AIDMESH, Node, meet, trust, work_folder


class Doctor(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()

    def machine(self, name, files):
        """The root of a machine that never was; only what is named is in it."""
        root = os.path.join(self.base, name)
        os.makedirs(os.path.join(root, "var/lib/aidmesh"))
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="ascii") as file:
                file.write(text)
        return root

    def ask(self, socket, root, expect):
        done = subprocess.run([AIDMESH, "--socket", socket, "doctor", "--root", root, "--json"], capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        rows = json.loads(done.stdout)["findings"]
        return {row["subject"]: (row["finding"], row["sentence"], row["remedy"]) for row in rows}

    GOOD = {"proc/meminfo": "MemTotal: 512000 kB\nMemAvailable: 300000 kB\n", "sys/class/thermal/thermal_zone0/temp": "51234\n",
            "sys/devices/platform/soc/soc:firmware/get_throttled": "0\n", "sys/class/net/eth0/operstate": "up\n",
            "proc/pressure/io": "some avg10=0.10 avg60=0.20 avg300=0.10 total=1\n"}
    BAD = {"proc/meminfo": "MemTotal: 512000 kB\nMemAvailable: 9000 kB\n", "sys/class/thermal/thermal_zone0/temp": "84000\n",
           "sys/devices/platform/soc/soc:firmware/get_throttled": "50005\n", "sys/class/net/wlan0/operstate": "down\n",
           "sys/class/net/wlan0/wireless/x": "", "proc/pressure/io": "some avg10=9 avg60=71.20 avg300=1 total=1\n",
           "sys/fs/ext4/mmcblk0p2/errors_count": "3\n", "run/aidmesh-first/refused": "aidmesh.txt:3: a passphrase has at least 12 characters\naidmesh.txt:5: \"colour\" is not asked\n"}

    def test_a_node_that_is_well(self):
        oak, elm = Node("Oak", self.base), Node("Elm", self.base).start()
        oak.start()
        root = self.machine("good", self.GOOD)
        alone = self.ask(oak.control, root, 0)
        self.assertEqual(alone["trust"][0], "look")
        self.assertEqual(alone["neighbours"][0], "look")
        oak.stop()
        meet(oak, elm)
        elm.cli("init", "--name", "Elm", "--at", "35.1,-77.0")
        oak.wait("its card", lambda n: n.peers()[0]["name"] == "Elm")
        trust(oak, elm)
        rows = self.ask(oak.control, root, 0)
        self.assertEqual({subject: row[0] for subject, row in rows.items() if row[0] != "ok"}, {})
        self.assertEqual(set(rows), {"service", "version", "role", "clock", "radio", "neighbours", "trust", "card", "memory", "heat", "power",
                                     "display", "network"})
        self.assertRegex(rows["version"][1], r"protocol 1, schema \d")
        self.assertIn("51 degrees", rows["heat"][1])
        self.assertIn("eth0 up", rows["network"][1])
        self.assertRegex(oak.cli("doctor", "--root", root), r"heat +ok +The processor has 51")

    def test_a_machine_that_is_not(self):
        oak = Node("Oak", self.base, settings=["node.clock=guessed", "node.role=far"]).start()
        rows = self.ask(oak.control, self.machine("bad", self.BAD), 1)
        self.assertEqual({subject for subject, row in rows.items() if row[0] == "bad"}, {"memory", "heat", "power", "card errors", "aidmesh.txt", "role"})
        self.assertEqual({subject for subject, row in rows.items() if row[0] == "look"},
                         {"clock", "network", "neighbours", "trust", "card speed"})
        self.assertIn("wlan0 (Wi-Fi) not joined", rows["network"][1])
        for subject in ("memory", "heat", "power", "card errors", "network", "clock"):
            self.assertTrue(rows[subject][2], f"{subject}: what to do")
        oak.stop()
        oak.settings.remove("node.role=far")
        oak.start()
        # A site without a Wi-Fi device, and with one.
        oak.stop()
        oak.settings += ["node.role=site", "control.listen=none"]
        oak.start()
        self.assertEqual(self.ask(oak.control, self.machine("wired", self.GOOD), 1)["role"][0], "bad")
        self.assertEqual(self.ask(oak.control, self.machine("wifi", {**self.GOOD, "sys/class/net/wlan0/wireless/x": ""}), 0)["role"][0], "ok")
        oak.settings.remove("node.role=site")
        oak.stop()
        oak.start()
        # A display that is there and not set, set and not there, and that shows pages.
        there = {**self.GOOD, "dev/lcd": ""}
        self.assertEqual(self.ask(oak.control, self.machine("lcd", there), 0)["display"][0], "look")
        oak.stop()
        lcd = os.path.join(self.base, "a-display")
        oak.settings.append(f"display.output={lcd}")
        oak.start()
        row = self.ask(oak.control, self.machine("no-lcd", self.GOOD), 0)["display"]
        self.assertEqual((row[0], "Is it plugged in?" in row[2]), ("look", True))
        open(lcd, "wb").close()
        oak.wait("its pages", lambda n: n.get("/v1/status")["display"] == "up")
        self.assertEqual(self.ask(oak.control, self.machine("with-lcd", self.GOOD), 0)["display"], ("ok", "It shows this node's pages.", ""))
        past = self.ask(oak.control, self.machine("past", {**self.GOOD, "sys/devices/platform/soc/soc:firmware/get_throttled": "50000\n"}), 0)
        self.assertEqual(past["power"][0], "look")
        alarm = self.ask(oak.control, self.machine("alarm", {**self.GOOD, "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "1\n"}), 1)
        self.assertEqual(alarm["power"][0], "bad")

    def test_where_no_node_answers(self):
        root = self.machine("good", self.GOOD)
        gone = os.path.join(self.base, "none.sock")
        rows = self.ask(gone, root, 1)
        self.assertEqual(rows["service"][0], "bad")
        self.assertIn("there is no socket", rows["service"][1])
        self.assertIn("journalctl", rows["service"][2])
        self.assertEqual(rows["heat"][0], "ok", "the machine is looked over all the same")
        said = subprocess.run([AIDMESH, "--socket", gone, "doctor", "--root", root, "--folder", "/srv/oak"], capture_output=True, text=True,
                              check=False).stdout
        self.assertIn("There is no folder", said)
        self.assertIn("Name the node's folder with --folder.", said)
        os.makedirs(root + "/srv/oak")
        said = subprocess.run([AIDMESH, "--socket", gone, "doctor", "--root", root, "--folder", "/srv/oak"], capture_output=True, text=True,
                              check=False).stdout
        self.assertIn("are free where /srv/oak lies", said)
        oak = Node("Oak", self.base).start()
        oak.kill()
        self.assertIn("has died or hangs", self.ask(oak.control, root, 1)["service"][1])


if __name__ == "__main__":
    unittest.main()
