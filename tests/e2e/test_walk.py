# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two sites that cannot reach each other, one node that is carried between them; and what must not matter on the way."""

import json
import os
import signal
import time
import unittest

from nodes import DEADLINE_S, Node, Road, meet, part, work_folder

HERE = os.path.dirname(os.path.abspath(__file__))
SITES = os.path.join(HERE, "..", "data", "sites-florence-2018.csv")
BUNDLE_HEAD = 8 + 4 + 16


def needs_csv(count, site="Oak"):
    """A spreadsheet of needs, as a coordinator would bring it."""
    rows = ["item,quantity,people,within,site"]
    rows += [f"drinking-water,{10 + i},{1 + i % 50},{(6, 24, 72, 168)[i % 4]},{site}" for i in range(count)]
    return "\r\n".join(rows)


def open_oak(node):
    node.post("/v1/site", {"name": "Oak", "place": {"lat": 35.1085, "lon": -77.0441}, "people": 120})
    node.post("/v1/self", {"site": "Oak"})


def import_csv(node, text, kind):
    return json.loads(node.request("POST", f"/v1/import?kind={kind}", text.encode(), "text/csv"))


def bundle_entries(data):
    """The entries of a bundle file, as WIRE.md describes it."""
    at, entries = BUNDLE_HEAD, []
    while at < len(data):
        size = data[at]
        entries.append(data[at + 1:at + 1 + size])
        at += 1 + size
    return entries


def bundle_of(entries):
    return (b"AIDMESH\x01" + len(entries).to_bytes(4, "little") + bytes(16) +
            b"".join(bytes([len(e)]) + e for e in entries))


def import_bundle(node, data):
    return json.loads(node.request("POST", "/v1/bundle", data, "application/octet-stream"))


class Walk(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()

    def node(self, name, **more):
        return Node(name, self.base, **more)

    def test_a_need_travels_from_one_site_to_the_other_and_an_answer_back(self):
        oak, elm = self.node("Oak").start(), self.node("Elm").start()
        walker = self.node("Walker", listen=False)
        with open(SITES, encoding="utf-8") as sites:
            report = import_csv(oak, sites.read(), "site")
        self.assertEqual((report["rows"], report["added"], report["rejected"]), (184, 184, []))
        open_oak(oak)
        need = oak.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": 120, "people": 40,
                                     "infants": 6, "within": 24})["ref"]
        elm.cli("init", "--name", "Elm", "--at", "34.2257,-77.9447")
        stock = elm.post("/v1/line", {"kind": "stock", "item": "drinking-water", "quantity": 400})["ref"]

        meet(walker, oak)
        self.assertIn("1 STRANGER SAYS", walker.cli("lcd", "--size", "20x4"))
        self.assertNotIn("ALL SAFE", walker.cli("lcd", "--size", "20x4"))
        walker.cli("vouch", "Oak")
        walker.wait("it says so", lambda n: "ALL SAFE" in n.cli("lcd", "--size", "20x4"))
        oak.wait_safe()
        part(walker, oak)
        meet(walker, elm)
        open_needs = elm.get("/v1/lines?kind=need&status=open")["lines"]
        self.assertEqual([(n["ref"], n["open"]) for n in open_needs], [(need, 120)])
        elm.cli("pledge", need, "60", "--from", stock, "--due", "6h")
        elm.wait_safe()
        part(walker, elm)
        meet(walker, oak)

        seen = oak.get("/v1/record/" + need)["record"]
        self.assertEqual(seen["open"], 120, "a stranger's pledge is shown beside, it does not count")
        oak.cli("vouch", "Elm")
        seen = oak.get("/v1/record/" + need)["record"]
        self.assertEqual((seen["coming"], seen["open"]), (60, 60))
        oak.wait_safe()
        part(walker, oak)
        meet(walker, elm)
        part(walker, elm)

        at = int(time.time()) + 60
        self.assertEqual(oak.picture(at), elm.picture(at))
        self.assertGreater(len(oak.picture(at)), 10000)
        self.assertEqual(*(node.cli("list", "needs").replace(" (stranger)", "") for node in (oak, elm)))
        status = [n.get("/v1/status") for n in (oak, elm)]
        self.assertEqual(status[0]["entries"], status[1]["entries"])
        oak.stop()
        elm.stop()

    def test_a_node_killed_in_mid_sync_loses_nothing_acknowledged_and_finishes(self):
        oak = self.node("Oak").start()
        open_oak(oak)
        self.assertEqual(import_csv(oak, needs_csv(2000), "need")["added"], 2000)
        total = oak.get("/v1/status")["entries"]
        walker = self.node("Walker", listen=False).start()
        mine = [walker.post("/v1/site", {"name": f"Own {i}", "place": {"lat": 35 + i / 100, "lon": -77}})["full"] for i in range(20)]
        walker.stop()
        road = Road(oak.link_port, 100_000)
        walker.dials = [f"127.0.0.1:{road.port}"]
        walker.start()
        walker.wait("some entries are in", lambda n: n.get("/v1/status")["entries"] > 100)
        held = walker.get("/v1/status")["entries"]
        walker.kill()
        road.close()
        self.assertLess(held, total, "never caught in mid-sync")
        oak.wait_alone()
        walker.dials = []
        walker.start()
        self.assertGreaterEqual(walker.get("/v1/status")["entries"], held)
        sites = {s["full"] for s in walker.get("/v1/sites")["sites"]}
        self.assertTrue(set(mine) <= sites, "an acknowledged entry is gone")
        walker.stop()
        meet(walker, oak)
        at = int(time.time()) + 60
        self.assertEqual(walker.picture(at), oak.picture(at))
        self.assertEqual(len(walker.get("/v1/lines?kind=need&limit=5000")["lines"]), 2000)

    def test_acknowledged_writes_survive_sigkill_at_any_moment(self):
        oak = self.node("Oak").start()
        open_oak(oak)
        acknowledged = set()
        for rounds in range(6):
            until = time.monotonic() + 0.05 * rounds
            while time.monotonic() < until:
                acknowledged.add(oak.post("/v1/line", {"kind": "offer", "item": "blanket", "quantity": 1, "sure": True})["full"])
            oak.kill()
            oak.start()
            held = {line["full"] for line in oak.get("/v1/lines?kind=offer&limit=5000")["lines"]}
            self.assertEqual(acknowledged - held, set())
        self.assertGreater(len(acknowledged), 10)

    def test_forged_truncated_and_duplicated_entries_change_nothing(self):
        oak, elm = self.node("Oak").start(), self.node("Elm").start()
        open_oak(oak)
        import_csv(oak, needs_csv(50), "need")
        bundle = oak.request("GET", "/v1/bundle")
        self.assertGreater(import_bundle(elm, bundle)["added"], 50)
        at = int(time.time()) + 60
        before = elm.picture(at)
        entries = bundle_entries(bundle)

        again = import_bundle(elm, bundle)
        self.assertEqual((again["added"], again["refused"]), (0, 0))
        doubled = import_bundle(elm, bundle_of(entries + entries))
        self.assertEqual((doubled["added"], doubled["known"]), (0, 2 * len(entries)))
        forged = [e[:-64] + bytes([e[-64] ^ 1]) + e[-63:] for e in entries]
        fresh = self.node("Fresh").start()
        self.assertEqual(import_bundle(fresh, bundle_of(forged))["added"], 0)
        changed = [bytes([e[0]]) + bytes([e[1] ^ 0x40]) + e[2:] for e in entries[1:]]
        self.assertEqual(import_bundle(elm, bundle_of(changed))["added"], 0)
        cut = import_bundle(elm, bundle[:len(bundle) // 2])
        self.assertEqual(cut["added"], 0)
        self.assertIn("ends early", cut["remark"])
        shortened = import_bundle(elm, bundle_of([e[:-1] for e in entries]))
        self.assertEqual((shortened["added"], shortened["known"]), (0, 0))
        self.assertEqual(elm.picture(at), before)
        self.assertEqual(fresh.get("/v1/lines")["lines"], [])

    def test_a_walked_node_imported_twice_changes_nothing(self):
        oak, elm = self.node("Oak").start(), self.node("Elm").start()
        walker = self.node("Walker", listen=False)
        open_oak(oak)
        import_csv(oak, needs_csv(20), "need")
        meet(walker, oak)
        part(walker, oak)
        meet(walker, elm)
        path = os.path.join(self.base, "walk.bundle")
        walker.cli("export", path)
        part(walker, elm)
        at = int(time.time()) + 60
        before, entries = elm.picture(at), elm.get("/v1/status")["entries"]
        for _ in range(2):
            elm.cli("import", path)
            meet(walker, elm)
            part(walker, elm)
        self.assertEqual(elm.picture(at), before)
        self.assertEqual(elm.get("/v1/status")["entries"], entries)

    def test_an_import_is_done_when_all_of_it_is_here_and_says_else_what_is_not(self):
        oak, elm, ash = self.node("Oak"), self.node("Elm"), self.node("Ash")
        for node in (oak, elm):
            node.set_date(days=5)  # no date lies before the day on which the program was built
            node.start()
        open_oak(oak)
        import_csv(oak, needs_csv(20), "need")
        whole, half = os.path.join(self.base, "walk.bundle"), os.path.join(self.base, "half.bundle")
        oak.cli("export", whole)
        with open(whole, "rb") as file:
            entries = bundle_entries(file.read())
        there, total = len(entries) // 2, len(entries)
        with open(half, "wb") as file:
            file.write(bundle_of(entries)[:len(bundle_of(entries[:there]))])
        self.assertIn(f"{there} of {total} entries: {there} added, 0 known, 0 not taken", elm.cli("import", half, expect=4))
        self.assertIn(f"The file ends early: {there} of {total} entries", elm.cli_error("import", half, code=4))
        self.assertIn(f"{total} entries: {total - there} added, {there} known, 0 not taken", elm.cli("import", whole))
        elm.cli("import", whole)
        self.assertEqual(elm.cli_error("import", whole, code=0), "")
        ash.set_date(days=2)  # its clock is three days behind, and it thinks that it is right
        ash.start()
        self.assertIn(f"{total} not taken", ash.cli("import", whole, expect=4))
        self.assertIn(f"{total} entries not taken: dated later than this node's date", ash.cli_error("import", whole, code=4))
        self.assertEqual(json.loads(ash.cli("import", whole, "--json", expect=4))["not_taken"]["clock"], total)

    def test_each_step_goes_on_with_the_ref_that_the_last_one_answered(self):
        oak = self.node("Oak").start()
        open_oak(oak)
        need = oak.cli("need", "drinking-water", "120", "--people", "40", "--json")
        need = json.loads(need)["ref"]
        stock = json.loads(oak.cli("stock", "drinking-water", "500", "--json"))["ref"]
        pledge = json.loads(oak.cli("pledge", need, "60.5", "--from", stock, "--due", "6h", "--json"))["ref"]
        sent = json.loads(oak.cli("send", pledge, "--json"))["ref"]
        oak.cli("receive", sent, "60")
        self.assertIn("noted as received already", oak.cli_error("receive", sent, "60", code=1))
        oak.cli("give", stock, "12")
        self.assertEqual(oak.get("/v1/record/" + need)["record"]["received"], 60)
        self.assertEqual(oak.get("/v1/record/" + stock)["record"]["on_hand"], 427.5)
        oak.cli("edit", stock, "--quantity", "400")
        self.assertEqual(oak.get("/v1/record/" + stock)["record"]["on_hand"], 400, "a count includes what left before")
        self.assertIn("There is no record", oak.cli_error("receive", "ZZZ-ZZZZ", code=1))

    def test_a_node_stops_cleanly_and_keeps_its_key(self):
        oak = self.node("Oak").start()
        key = oak.get("/v1/status")["key"]
        modes = {name: os.stat(os.path.join(oak.folder, name)).st_mode & 0o777
                 for name in ("identity.key", "entries.db", "control.sock")}
        self.assertEqual(modes, {"identity.key": 0o600, "entries.db": 0o600, "control.sock": 0o660})
        oak.stop()
        self.assertFalse(os.path.exists(oak.control))
        oak.start()
        self.assertEqual(oak.get("/v1/status")["key"], key)
        # More than one signal, as when a terminal and a script both say so, until it has ended.
        while oak.process.poll() is None:
            oak.process.send_signal(signal.SIGINT)
            oak.process.send_signal(signal.SIGTERM)
        self.assertEqual(oak.process.returncode, 0)
        self.assertFalse(os.path.exists(os.path.join(oak.folder, "entries.db-wal")))


if __name__ == "__main__":
    assert DEADLINE_S > 0
    unittest.main(verbosity=2)
