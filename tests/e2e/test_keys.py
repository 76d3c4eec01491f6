# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two of one key, no key, another's store, lost entries: what a node says, what it refuses, and what it keeps."""

import glob
import os
import random
import shutil
import socket
import subprocess
import time
import unittest

from nodes import DEADLINE_S, Node, Refused, meet, part, work_folder

KEPT = ("identity.key", "entries.db", "settings.db")
NAME = "Quidam Ignotus"


def files(node, name):
    return glob.glob(os.path.join(node.folder, name + "*"))


def lose(node, *names):
    for name in names:
        for path in files(node, name):
            os.unlink(path)


def copy_card(node, name, base, **how):
    """Another node with all that is on this one's card. The node must not run."""
    clone = Node(name, base, **how)
    for kept in KEPT:
        for path in files(node, kept):
            shutil.copy2(path, clone.folder)
    return clone


def notices(node):
    return [n["notice"] for n in node.get("/v1/status")["notices"]]


def says(node, notice):
    node.wait(notice, lambda n: notice in notices(n))


def key_of(node):
    return node.get("/v1/status")["key"]


def lcd(node):
    """Its first page: before all that is safe."""
    return node.cli("lcd", "--size", "16x2")


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


def has_namespaces():
    if os.geteuid() != 0 or not shutil.which("ip"):
        return False
    probe = f"aidmesh-keys-{os.getpid()}"
    return all(subprocess.run(words, capture_output=True, check=False).returncode == 0
               for words in (["ip", "netns", "add", probe], ["ip", "netns", "exec", probe, "true"], ["ip", "netns", "del", probe]))


class Keys(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.oak = Node("Oak", self.base).start()
        self.oak.post("/v1/site", {"name": "Oak", "place": {"lat": 35.1085, "lon": -77.0441}, "people": 120})
        self.oak.post("/v1/self", {"site": "Oak"})
        self.pin = self.oak.get("/v1/pin")["pin"]

    def refusal(self, node, path, value):
        with self.assertRaises(Refused) as caught:
            node.post(path, value)
        return caught.exception.args

    def need(self, node, quantity=100):
        return node.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": quantity, "people": 40,
                                      "site": "Oak", "sure": True})["full"]

    def household(self, node, name=NAME):
        return node.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 12, "people": 12, "name": name,
                                      "site": "Oak", "sure": True})

    def lines(self, node, trust=None, **wanted):
        lines = node.get("/v1/lines?limit=1000")["lines"]
        return [l for l in lines if (trust is None or l["trust"] == trust) and all(l[k] == v for k, v in wanted.items())]

    # --- no key, another's key ---

    def locked(self, node, notice, need):
        """It shows what is stored, says what is wrong, and writes nothing."""
        self.assertEqual(notices(node), [notice])
        self.assertEqual([l["full"] for l in self.lines(node)], [need])
        self.assertIn("aidmesh renew", node.cli("status"))
        before = node.get("/v1/status")["entries"]
        for path, asked in (("/v1/note", {"text": "Hello"}), ("/v1/pin", {"pin": "4711"}), ("/v1/clock", {"confirm": True}),
                            ("/v1/line", {"kind": "need", "item": "tarp", "quantity": 3})):
            status, text = self.refusal(node, path, asked)
            self.assertGreaterEqual(status, 500)
            self.assertIn("aidmesh renew", text)
        self.assertEqual(node.get("/v1/status")["entries"], before)

    def test_without_its_key_a_node_shows_what_is_stored_and_becomes_nobody_else(self):
        oak, elm = self.oak, Node("Elm", self.base).start()
        need = self.need(oak)
        key = key_of(oak)
        oak.stop()
        saved = os.path.join(self.base, "saved.key")
        os.rename(os.path.join(oak.folder, "identity.key"), saved)
        oak.dials = [f"127.0.0.1:{elm.link_port}"]
        oak.start()
        self.locked(oak, "key-missing", need)
        self.assertIn("KEY MISSING", lcd(oak))
        self.assertEqual(key_of(oak), key)
        self.assertEqual((oak.peers(), elm.peers()), ([], []))
        self.assertEqual(files(oak, "identity"), [])
        self.assertIn("identity.key is missing", oak.log_text())
        oak.stop()
        os.rename(saved, os.path.join(oak.folder, "identity.key"))
        oak.start()
        self.assertEqual(notices(oak), [])
        oak.post("/v1/note", {"text": "Back again"})

    def test_a_store_of_another_is_shown_and_not_written(self):
        oak, elm = self.oak, Node("Elm", self.base).start()
        need = self.need(oak)
        oak.stop()
        elm.stop()
        shutil.copy2(os.path.join(elm.folder, "identity.key"), oak.folder)
        oak.start()
        self.locked(oak, "key-other", need)

    def test_a_fresh_folder_is_a_new_node(self):
        self.assertEqual(notices(self.oak), [])
        self.assertEqual(len(files(self.oak, "identity")), 1)

    # --- lost entries ---

    def test_lost_entries_come_back_from_neighbours_and_a_household_still_collects(self):
        oak, elm = self.oak, Node("Elm", self.base).start()
        oak.post("/v1/self", {"name": "Oak St church"})
        need, household = self.need(oak), self.household(oak)
        stock = oak.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 30, "site": "Oak"})["full"]
        oak.stop()
        meet(oak, elm)
        part(oak, elm)
        lose(oak, "entries.db")
        oak.dials = []
        oak.start()
        self.assertEqual(notices(oak), ["entries-gone"])
        self.assertIn("ENTRIES GONE", lcd(oak))
        self.assertEqual(oak.get("/v1/pin")["pin"], self.pin)
        self.assertEqual(oak.get("/v1/status")["name"], "Oak St church")
        oak.stop()
        # Still so after another start, and the households are there.
        oak.start()
        self.assertEqual(notices(oak), ["entries-gone"])
        oak.stop()
        meet(oak, elm)
        oak.wait("compared", lambda n: notices(n) == [])
        self.assertEqual({l["full"] for l in self.lines(oak)}, {need, household["full"], stock})
        self.assertTrue(all(l["trust"] == "self" for l in self.lines(oak)))
        self.assertEqual(oak.get("/v1/status")["name"], "Oak St church")
        found = oak.get("/v1/tickets?q=ignotus")["tickets"]
        self.assertEqual([t["ticket"] for t in found], [household["ticket"]])
        oak.post("/v1/move", {"stage": "given", "from": stock, "ticket": household["ticket"], "quantity": 12})
        self.assertEqual(oak.get("/v1/record/" + household["full"])["record"]["status"], "met")
        self.assertEqual(notices(elm), [])

    def test_what_is_written_while_entries_are_gone_does_not_lose_to_what_was_written_before(self):
        oak, elm = self.oak, Node("Elm", self.base).start()
        oak.stop()
        oak.set_date(hours=5)
        oak.start()
        oak.post("/v1/self", {"name": "Oak St church"})
        oak.stop()
        meet(oak, elm)
        part(oak, elm)
        lose(oak, "entries.db")
        oak.set_date()
        oak.dials = []
        oak.start()
        oak.post("/v1/self", {"name": "Oak again"})
        oak.stop()
        meet(oak, elm)
        elm.wait("the newer name", lambda n: any(p["name"] == "Oak again" for p in n.peers()))
        self.assertEqual(oak.get("/v1/status")["name"], "Oak again")

    def test_a_key_alone_writes_nothing_until_it_has_compared(self):
        oak, elm = self.oak, Node("Elm", self.base).start()
        need = self.need(oak)
        oak.stop()
        meet(oak, elm)
        part(oak, elm)
        lose(oak, "entries.db", "settings.db")
        oak.dials = []
        for _ in range(2):
            oak.start()
            self.assertEqual(notices(oak), ["entries-gone"])
            status, text = self.refusal(oak, "/v1/note", {"text": "Hello"})
            self.assertIn("meet a neighbour", text.lower())
            self.assertEqual(oak.get("/v1/status")["entries"], 0)
            oak.stop()
        meet(oak, elm)
        oak.wait("compared", lambda n: notices(n) == [])
        self.assertEqual([l["full"] for l in self.lines(oak, "self")], [need])
        self.assertEqual(oak.get("/v1/status")["name"], "Oak")
        oak.post("/v1/note", {"text": "Hello"})

    def test_a_key_alone_that_nobody_remembers_is_named_as_at_a_first_start(self):
        oak, elm = self.oak, Node("Elm", self.base).start()
        oak.stop()
        lose(oak, "entries.db", "settings.db")
        oak.settings.append("node.name=")
        meet(oak, elm)
        oak.wait("compared", lambda n: notices(n) == [])
        self.assertEqual(oak.get("/v1/status")["name"], socket.gethostname())

    def test_a_key_alone_is_content_with_a_bundle(self):
        oak = self.oak
        need = self.need(oak)
        bundle = os.path.join(self.base, "walk.bundle")
        oak.cli("export", bundle)
        oak.stop()
        lose(oak, "entries.db", "settings.db")
        oak.start()
        oak.cli("import", bundle)
        oak.wait("own words are back", lambda n: notices(n) == [])
        self.assertEqual([l["full"] for l in self.lines(oak, "self")], [need])
        oak.post("/v1/note", {"text": "Hello"})

    # --- beginning anew ---

    def assert_renewed(self, node, was, households):
        self.assertNotEqual(key_of(node), was)
        self.assertEqual(notices(node)[-1:], ["renewed"])
        self.assertEqual(files(node, "identity.old"), [])
        self.assertEqual(node.get("/v1/pin")["pin"], self.pin)
        self.assertEqual(node.get("/v1/status")["name"], "Oak")
        site = node.get("/v1/record/" + node.get("/v1/status")["site_ref"])["record"]
        self.assertEqual((site["name"], site["trust"], site["own"]), ("Oak", "self", True))
        self.assertEqual({t["ticket"] for t in node.get("/v1/tickets?q=ignotus")["tickets"]}, set(households))

    def test_a_renewed_node_keeps_places_stock_households_and_pin(self):
        oak, elm = self.oak, Node("Elm", self.base).start()
        elm.cli("init", "--name", "Elm", "--at", "35.15,-77.0")
        oak.stop()
        meet(oak, elm)
        oak.cli("vouch", "Elm")
        elm.cli("vouch", "Oak")
        need, household = self.need(oak), self.household(oak)
        stock = oak.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 30, "site": "Oak"})["full"]
        oak.post("/v1/move", {"stage": "given", "from": stock, "quantity": 4})
        was = key_of(oak)
        said = oak.cli_error("renew", code=1)
        self.assertIn("--sure", said)
        self.assertEqual(key_of(oak), was)
        said = oak.cli("renew", "--sure")
        self.assertIn("1 household came along", said)
        self.assert_renewed(oak, was, [household["ticket"]])

        # Numbers stay, what was handed out is gone from the stock, and the old words stand beside.
        numbers = {l["full"].split(":")[1]: l for l in self.lines(oak, "self")}
        self.assertEqual(set(numbers), {full.split(":")[1] for full in (need, household["full"], stock)})
        self.assertEqual(numbers[stock.split(":")[1]]["on_hand"], 26)
        self.assertTrue(all(l["site"] == "Oak" for l in numbers.values()))
        notes = oak.get("/v1/record/" + stock)["notes"]
        self.assertEqual([n["kind"] for n in notes], ["duplicate"])

        self.assertEqual(oak.get("/v1/record/" + stock)["record"]["duplicate_of"],
                         [l["ref"] for l in self.lines(oak, "self") if l["kind"] == "stock"][0])
        self.assertIn("same as", oak.cli("list", "stocks"))

        # Whoever trusted the old one trusts the new one, and the new one still trusts whom it trusted.
        elm.wait_safe()
        authors = {a["key"]: a for a in elm.get("/v1/authors")["authors"]}
        self.assertEqual(authors[key_of(oak)]["trust"], "trusted")
        authors = {a["key"]: a for a in oak.get("/v1/authors")["authors"]}
        self.assertTrue(authors[key_of(elm)]["vouched"])
        self.assertEqual(oak.picture(0) == elm.picture(0), True)

        # The household's code collects, from the stock that came along.
        mine = [l for l in self.lines(oak, "self") if l["kind"] == "stock"][0]["full"]
        oak.post("/v1/move", {"stage": "given", "from": mine, "ticket": household["ticket"], "quantity": 12})
        new_need = [l for l in self.lines(oak, "self") if l["ticket"]][0]
        self.assertEqual(new_need["status"], "met")
        oak.stop()
        oak.start()
        self.assertEqual(notices(oak), [])
        self.assertEqual(len(self.lines(oak, "self")), 3)

    def test_with_a_lost_key_it_says_how_many_households_nobody_can_open(self):
        oak = self.oak
        self.need(oak)
        self.household(oak)
        was = key_of(oak)
        oak.stop()
        os.unlink(os.path.join(oak.folder, "identity.key"))
        oak.start()
        said = oak.cli("renew", "--sure")
        self.assertIn("1 household cannot be opened", said)
        self.assert_renewed(oak, was, [])
        self.assertEqual([l["item_name"] for l in self.lines(oak, "self")], ["Drinking water"])

    def test_anothers_key_is_not_destroyed(self):
        oak, elm = self.oak, Node("Elm", self.base).start()
        need = self.need(oak)
        oak.stop()
        elm.stop()
        shutil.copy2(os.path.join(elm.folder, "identity.key"), oak.folder)
        oak.start()
        oak.cli("renew", "--sure")
        self.assertEqual([l["full"].split(":")[1] for l in self.lines(oak, "self")], [need.split(":")[1]])
        with open(os.path.join(oak.folder, "identity.other"), "rb") as kept:
            with open(os.path.join(elm.folder, "identity.key"), "rb") as key:
                self.assertEqual(kept.read(), key.read())

    def test_a_power_cut_in_the_middle_of_it_costs_nothing(self):
        oak = self.oak
        seed = int(os.environ.get("AIDMESH_SEED", random.randrange(1 << 30)))
        print(f"AIDMESH_SEED={seed}")
        dice = random.Random(seed)
        households = {self.household(oak, f"{NAME} {i}")["ticket"] for i in range(6)}
        for i in range(20):
            self.need(oak, 100 + i)
        was = key_of(oak)
        records = sorted(l["full"].split(":")[1] for l in self.lines(oak, "self"))
        oak.stop()
        for turn in range(5):
            with self.subTest(turn=turn):
                self.cut_off(copy_card(oak, f"Turn {turn}", self.base), dice.random() / 4, was, records, households)

    def cut_off(self, node, after_s, was, records, households):
        node.start()
        node.post("/v1/renew", {"sure": True})
        old = os.path.join(node.folder, "identity.old")
        until = time.monotonic() + DEADLINE_S
        while not os.path.exists(old):
            self.assertLess(time.monotonic(), until, "it never began")
        # All is said again in some tenths of a second: the power goes anywhere in there.
        until = time.monotonic() + after_s
        while time.monotonic() < until:
            pass
        node.kill()
        node.start()
        self.assertNotEqual(key_of(node), was)
        self.assertEqual(sorted(l["full"].split(":")[1] for l in self.lines(node, "self")), records)
        self.assertEqual({t["ticket"] for t in node.get("/v1/tickets?q=ignotus")["tickets"]}, households)
        self.assertEqual(len([l for l in self.lines(node, "self") if l["ticket"]]), len(households))
        self.assertEqual(files(node, "identity.old"), [])
        self.assertEqual(node.get("/v1/pin")["pin"], self.pin)
        node.stop()

    # --- copied cards ---

    def clone(self, name="Oak copied", **how):
        """Oak's card in another machine; both run afterwards."""
        self.oak.stop()
        copy = copy_card(self.oak, name, self.base, **how)
        copy.settings = [*copy.settings, f"node.name={self.oak.name}"]
        self.oak.start()
        return copy

    def test_two_clones_that_meet_both_say_so(self):
        oak = self.oak
        copy = self.clone()
        copy.dials = [f"127.0.0.1:{oak.link_port}"]
        copy.start()
        for node in (oak, copy):
            says(node, "card-copied")
            self.assertIn("CARD COPIED", lcd(node))
            self.assertIn("aidmesh renew", node.cli("peers"))
            self.assertEqual(node.log_text().count("This card was copied"), 1)
            self.assertEqual(node.peers(), [])
        copy.cli("renew", "--sure")
        oak.wait("one of the two began anew", lambda n: notices(n) == [])
        oak.wait_safe()
        self.assertEqual(notices(copy), ["renewed"])

    def test_a_node_that_is_its_own_neighbour_is_no_copy(self):
        oak, elm = self.oak, Node("Elm", self.base).start()
        oak.stop()
        oak.dials = [f"127.0.0.1:{oak.link_port}", f"localhost:{oak.link_port}", f"127.0.0.1:{elm.link_port}"]
        oak.start()
        oak.wait_safe()
        self.assertEqual(notices(oak), [])

    def test_own_words_that_come_from_elsewhere_are_a_copys(self):
        oak = self.oak
        copy = self.clone()
        copy.set_date(hours=1)
        copy.start()
        self.need(copy)
        bundle = os.path.join(self.base, "walk.bundle")
        copy.cli("export", bundle)
        copy.cli("import", bundle)
        self.assertEqual(notices(copy), [])
        oak.cli("import", bundle)
        says(oak, "card-copied")
        # It wrote nothing that the copy does not have.
        oak.cli("export", bundle)
        copy.cli("import", bundle)
        self.assertEqual(notices(copy), [])

    def test_own_words_that_come_back_are_no_copys(self):
        """They were retired while a wrong date was taken for true, and a neighbour kept them."""
        oak, elm = self.oak, Node("Elm", self.base).start()
        oak.stop()
        oak.settings = ["node.clock=auto"]
        oak.set_date(synchronised=True)
        oak.start()
        need, household = self.need(oak), self.household(oak)
        oak.stop()
        meet(oak, elm)
        part(oak, elm)
        oak.dials = []
        oak.set_date(days=400, off=True)
        oak.start()
        oak.cli("clock", "confirm", "--sure")
        oak.wait("the need is over", lambda n: self.lines(n) == [])
        oak.cli("clock", "set", time.strftime("%Y-%m-%d %H:%M", time.gmtime()), "--sure")
        oak.wait("its card is signed again", lambda n: "signed again" in n.log_text())
        oak.stop()
        oak.dials = [f"127.0.0.1:{elm.link_port}"]
        oak.start()
        oak.wait("its needs are here", lambda n: {l["full"] for l in self.lines(n)} == {need, household["full"]})
        oak.wait_safe()
        self.assertEqual((notices(oak), notices(elm)), ([], []))
        self.assertEqual([t["ticket"] for t in oak.get("/v1/tickets?q=ignotus")["tickets"]], [household["ticket"]])

    def test_a_third_node_knows_and_a_renewed_clone_is_known_to_both(self):
        oak, elm = self.oak, Node("Elm", self.base)
        need, household = self.need(oak), self.household(oak)
        stock = oak.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 30, "site": "Oak"})["full"]
        copy = self.clone()
        elm.start()
        oak.stop()
        for node in (oak, copy):
            node.dials = [f"127.0.0.1:{elm.link_port}"]
            node.start()
        says(elm, "peer-copied")
        self.assertIn("CARD COPIED", lcd(elm))
        self.assertIn("Oak's card was copied", elm.cli("peers"))
        self.assertIn("Oak's card was copied", elm.log_text())
        self.assertEqual(elm.log_text().count("was copied"), 1)
        elm.wait("both have a contact", lambda n: [p["copied"] for p in n.peers()] == [True, True])
        # What each says in the other's name, an hour later each time, comes to it by Elm, and tells it that there are two.
        said = [need, household["full"], stock]
        for hours, speaks, hears in (1, copy, oak), (2, oak, copy):
            speaks.stop()
            speaks.set_date(hours=hours)
            speaks.start()
            said.append(self.need(speaks, 200 + hours))
            says(hears, "card-copied")
            self.assertIn("CARD COPIED", lcd(hears))
            self.assertIn("was copied", hears.log_text())

        # One of the two begins anew: it is another author, and both others see it.
        was = key_of(copy)
        copy.cli("renew", "--sure")
        self.assert_renewed(copy, was, [household["ticket"]])
        self.assertEqual(key_of(oak), was)
        now = key_of(copy)
        elm.wait("both are here", lambda n: {p["key"] for p in n.peers() if p["state"] == "safe"} == {was, now})
        elm.wait("one of the two began anew", lambda n: notices(n) == [])
        self.assertEqual([p["copied"] for p in elm.peers()], [False, False])
        oak.wait("it knows the new one", lambda n: now in {a["key"] for a in n.get("/v1/authors")["authors"]})
        for node in (oak, elm):
            node.wait("the stock of both", lambda n: len(self.lines(n, kind="stock")) == 2)
            sites = [s for s in node.get("/v1/sites")["sites"] if s["name"] == "Oak"]
            self.assertEqual(len(sites), 2)
            self.assertEqual([n["kind"] for n in node.get("/v1/record/" + stock)["notes"]], ["duplicate"])
        self.assertEqual(notices(oak), [])
        mine = {l["full"].split(":")[1] for l in self.lines(copy, "self")}
        self.assertEqual(mine, {full.split(":")[1] for full in said})
        self.assertEqual(copy.get("/v1/pin")["pin"], self.pin)


@unittest.skipUnless(has_namespaces(), "needs network namespaces")
class Network(unittest.TestCase):
    """Discovery between two hosts that are one wire apart."""

    def setUp(self):
        self.base = work_folder()
        self.hosts = [f"aidmesh-keys-{os.getpid()}-{i}" for i in range(2)]
        for host in self.hosts:
            ip("netns", "add", host)
            self.addCleanup(ip, "netns", "del", host)
        ip("link", "add", "keys0", "netns", self.hosts[0], "type", "veth", "peer", "name", "keys0", "netns", self.hosts[1])
        for host in self.hosts:
            ip("-n", host, "link", "set", "lo", "up")
            ip("-n", host, "link", "set", "keys0", "addrgenmode", "eui64")
            ip("-n", host, "link", "set", "keys0", "up")

    def test_clones_find_each_other_and_one_alone_finds_nobody(self):
        oak = Node("Oak", self.base, host=self.hosts[0]).start()
        oak.post("/v1/site", {"name": "Oak", "place": {"lat": 35.1085, "lon": -77.0441}})
        self.assertEqual(notices(oak), [])
        oak.stop()
        copy = copy_card(oak, "Oak copied", self.base, host=self.hosts[1])
        for node in (oak, copy):
            node.start()
        for node in (oak, copy):
            says(node, "card-copied")
            self.assertEqual(node.peers(), [])
        copy.cli("renew", "--sure")
        oak.wait_safe()
        copy.wait_safe()


if __name__ == "__main__":
    unittest.main(verbosity=2)
