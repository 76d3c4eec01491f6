# SPDX-License-Identifier: AGPL-3.0-or-later
"""A node in one file: made while it runs, opened by its passphrase alone, put back, and never two that speak under one key."""

import os
import shutil
import subprocess
import tempfile
import time
import unittest

from nodes import AIDMESH, AIDMESHD, DEADLINE_S, Node, Refused, meet, part, work_folder

PASSPHRASE = "correct horse battery"
FILES = ("identity.key", "entries.db", "settings.db")


class Backup(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.file = os.path.join(self.base, "oak.backup")
        self.oak = Node("Oak", self.base).start()
        self.oak.post("/v1/site", {"name": "Oak", "place": {"lat": 35.1085, "lon": -77.0441}, "people": 120})
        self.oak.post("/v1/self", {"site": "Oak"})

    def run_verb(self, verb, node, code=0, passphrase=PASSPHRASE, file=None):
        done = subprocess.run([AIDMESH, verb, file or self.file, "--folder", node.folder], input=passphrase + "\n",
                              capture_output=True, text=True, timeout=DEADLINE_S, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def need(self, node, quantity=100):
        return node.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": quantity, "people": 40,
                                      "site": "Oak", "sure": True})["full"]

    def household(self, node, name):
        return node.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 12, "people": 12, "name": name,
                                      "site": "Oak", "sure": True})

    def needs(self, node):
        return sorted(l["full"] for l in node.get("/v1/lines?limit=1000")["lines"])

    def notices(self, node):
        return [n["notice"] for n in node.get("/v1/status")["notices"]]

    def key(self, node):
        return node.get("/v1/status")["key"]

    def refused(self, node, path, value):
        with self.assertRaises(Refused) as caught:
            node.post(path, value)
        return caught.exception.args[1]

    def test_where_the_original_is_gone_its_place_is_taken_with_all_it_had(self):
        oak = self.oak
        self.household(oak, "Quidam Ignotus")
        need, key, pin = self.need(oak), self.key(oak), oak.get("/v1/pin")["pin"]
        self.assertIn("KiB", self.run_verb("backup", oak))
        elm = Node("Elm", self.base).start()
        oak.stop()
        meet(oak, elm)
        later = self.need(oak, 7)  # it is in no backup, but Elm heard of it
        oak.wait_safe()
        elm.wait("the later word", lambda n: later in self.needs(n))
        part(oak, elm)
        # Not the file but the passphrase opens it.
        with open(self.file, "rb") as file:
            data = file.read()
        self.assertNotIn(b"Ignotus", data)
        self.assertNotIn(b"SQLite", data)
        again = Node("Again", self.base, settings=["node.name=Oak"])
        self.run_verb("restore", again)
        self.assertEqual(os.stat(os.path.join(again.folder, "identity.key")).st_mode & 0o777, 0o600)
        again.start()
        self.assertEqual(self.notices(again), ["restored"])
        self.assertEqual(self.key(again), key)
        self.assertIn("FROM A BACKUP", again.cli("lcd", "--size", "16x2"))
        self.assertIn("aidmesh renew --gone", self.refused(again, "/v1/note", {"text": "Hello"}))
        again.cli("renew", "--gone")
        again.stop()
        meet(again, elm)
        again.wait("its later word", lambda n: later in self.needs(n))
        self.assertIn(need, self.needs(again))
        self.assertEqual((self.key(again), again.get("/v1/pin")["pin"], self.notices(again)), (key, pin, []))
        self.assertIn("Quidam Ignotus", again.cli("tickets", "Ignotus"))
        newest = self.need(again, 9)
        elm.wait("the newest word", lambda n: newest in self.needs(n))
        self.assertEqual(self.notices(elm), [])
        # Once is enough.
        self.assertIn("not restored", self.refused(again, "/v1/renew", {"gone": True}))

    def test_beside_a_living_original_it_says_nothing_and_begins_anew(self):
        oak = self.oak
        need, key = self.need(oak), self.key(oak)
        self.run_verb("backup", oak)
        again = Node("Again", self.base)
        again.dials = [f"127.0.0.1:{oak.link_port}"]
        self.run_verb("restore", again)
        for _ in range(2):  # and at every start
            again.start()
            self.assertEqual((self.notices(again), again.peers()), (["restored"], []))
            self.assertEqual(self.needs(again), [need])
            again.stop()
        again.start()
        again.cli("renew", "--sure")
        again.wait_safe()
        oak.wait_safe()
        self.assertNotEqual(self.key(again), key)
        self.assertEqual(self.key(oak), key)
        self.assertNotIn("card-copied", self.notices(oak) + self.notices(again))
        self.assertFalse(os.path.exists(os.path.join(again.folder, "identity.old")))

    def test_nothing_is_touched_where_it_cannot_be_whole(self):
        oak, need = self.oak, self.need(self.oak)
        self.assertIn("at least 12", self.run_verb("backup", oak, code=1, passphrase="short"))
        self.assertFalse(os.path.exists(self.file))
        self.run_verb("backup", oak)
        self.assertIn("stop it", self.run_verb("restore", oak, code=1))
        with open(self.file, "rb") as file:
            whole = file.read()
        elm = Node("Elm", self.base).start()
        key = self.key(elm)
        elm.stop()
        bad = os.path.join(self.base, "bad.backup")
        for name, data, passphrase, says in (
                ("another passphrase", whole, "incorrect horse battery", "does not open"),
                ("cut off", whole[:-1], PASSPHRASE, "does not open"),
                ("without its last piece", whole[:64 + (64 * 1024 + 17)], PASSPHRASE, "does not open"),
                ("one bit", whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:], PASSPHRASE, "does not open"),
                ("cheaper to guess", whole[:8] + b"\1" + whole[9:], PASSPHRASE, "does not open"),
                ("all the memory", whole[:12] + b"\xff\xff\xff\xff" + whole[16:], PASSPHRASE, "no backup"),
                ("another file", b"GIF89a" * 100, PASSPHRASE, "no backup"),
                ("empty", b"", PASSPHRASE, "no backup")):
            with self.subTest(name):
                with open(bad, "wb") as file:
                    file.write(data)
                self.assertIn(says, self.run_verb("restore", elm, code=1, passphrase=passphrase, file=bad))
        elm.start()
        self.assertEqual((self.key(elm), self.notices(elm)), (key, []))
        self.assertFalse([n for n in os.listdir(elm.folder) if n in ("restored", "before-restore")])
        elm.stop()
        # What was there is put aside, whole.
        self.run_verb("restore", elm)
        elm.start()
        self.assertEqual((self.needs(elm), self.notices(elm)), ([need], ["restored"]))
        elm.stop()
        self.assertIn("move it away", self.run_verb("restore", elm, code=1))
        for name in FILES:
            shutil.copy2(os.path.join(elm.folder, "before-restore", name), os.path.join(elm.folder, name))
        elm.start()
        self.assertEqual((self.key(elm), self.notices(elm)), (key, []))

    def test_a_power_cut_on_the_way_leaves_one_node_or_none_that_speaks(self):
        oak, need = self.oak, self.need(self.oak)
        self.run_verb("backup", oak)
        elm = Node("Elm", self.base).start()
        key = self.key(elm)
        elm.stop()
        pristine = os.path.join(self.base, "pristine")
        shutil.copytree(elm.folder, pristine, ignore=shutil.ignore_patterns("notify", "control.sock"))

        def there(*path):
            return os.path.exists(os.path.join(elm.folder, *path))

        steps = (lambda: there("restored"), lambda: there("restored", "identity.key"), lambda: there("before-restore"),
                 lambda: not there("identity.key"), lambda: there("before-restore", "entries.db"),
                 lambda: there("before-restore", "settings.db"),
                 lambda: there("before-restore", "settings.db") and there("settings.db"),
                 lambda: there("before-restore", "entries.db") and there("entries.db"))
        for step, reached in enumerate(steps):
            shutil.rmtree(elm.folder)
            shutil.copytree(pristine, elm.folder)
            with subprocess.Popen([AIDMESHD, "--config", "/dev/null", "--set", f"node.folder={elm.folder}", "--restore",
                                   self.file], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as child:
                child.stdin.write(PASSPHRASE.encode() + b"\n")
                child.stdin.close()
                until = time.monotonic() + DEADLINE_S
                while not reached() and child.poll() is None:  # it takes a moment: nothing tells of it
                    self.assertLess(time.monotonic(), until)
                child.kill()
            elm.log.close()
            elm.log = open(os.path.join(elm.folder, "log"), "ab")
            elm.start()
            found = self.notices(elm), self.key(elm)
            elm.stop()
            self.assertIn(found[0], ([], ["key-missing"], ["restored"]), step)
            if not found[0]:
                self.assertEqual(found[1], key, step)
            if found[0] != ["restored"]:
                self.run_verb("restore", elm)
            elm.start()
            self.assertEqual((self.needs(elm), self.notices(elm)), ([need], ["restored"]), step)
            elm.stop()
            saved = os.path.join(elm.folder, "before-restore", "identity.key")
            with open(saved, "rb") as a, open(os.path.join(pristine, "identity.key"), "rb") as b:
                self.assertEqual(a.read(), b.read(), step)

    def test_what_is_written_into_memory_alone_is_said_to_be(self):
        def write(verb, folder, name, *words):
            done = subprocess.run([AIDMESH, "--socket", self.oak.control, verb, os.path.join(folder, name), *words],
                                  input=PASSPHRASE + "\n", capture_output=True, text=True, timeout=DEADLINE_S, check=True)
            return "gone when it is switched off" in done.stderr

        with tempfile.TemporaryDirectory(dir="/dev/shm") as memory:
            for what in (("backup", memory, "oak.backup", "--folder", self.oak.folder), ("export", memory, "oak.aidmesh"),
                         ("export", memory, "oak.csv", "--kind", "site")):
                self.assertTrue(write(*what), what)
        self.assertFalse(write("export", os.path.dirname(os.path.abspath(AIDMESH)), "oak.aidmesh"))


if __name__ == "__main__":
    unittest.main()
