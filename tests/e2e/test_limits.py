# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a node does when it cannot take everything: too many entries, a full card, too many visitors, an end in mid-import."""

import http.client
import itertools
import json
import os
import shutil
import subprocess
import threading
import unittest
import urllib.request

from nodes import DEADLINE_S, Node, Refused, free_port, work_folder
from test_walk import bundle_entries, bundle_of, import_bundle, needs_csv



def sites_csv(count):
    return "name,lat,lon\r\n" + "".join(f"Site {i},35.{i:04d},-77\r\n" for i in range(count))


def import_csv(node, text, kind="site"):
    return json.loads(node.request("POST", f"/v1/import?kind={kind}", text.encode(), "text/csv"))


def lcd_of(node):
    pages = node.get("/v1/lcd?size=20x4")["pages"]
    return "\n".join(text.strip() for page in range(pages) for text in node.get(f"/v1/lcd?size=20x4&page={page}")["lines"])


def write_3000(node):
    """As much as a coordinator may bring: 1,000 places and 2,000 needs."""
    import_csv(node, sites_csv(1000))
    return import_csv(node, needs_csv(2000, "Site 5"), "need")


def can_mount():
    probe = work_folder()
    if os.geteuid() != 0 or not shutil.which("mount"):
        return False
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", probe],
                                                capture_output=True, check=False)
    if done.returncode:
        return False
    subprocess.run(["umount", probe], check=True)
    return True


class Limits(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()

    def node(self, name, **more):
        return Node(name, self.base, **more)

    def test_a_node_with_less_room_than_rows_starts_with_its_own_entries_and_loses_none(self):
        oak, elm = self.node("Oak").start(), self.node("Elm").start()
        import_csv(oak, sites_csv(150))
        bundle = oak.request("GET", "/v1/bundle")
        self.assertEqual(import_bundle(elm, bundle)["added"], 151)
        import_csv(elm, "name,lat,lon\r\n" + "".join(f"Own {i},34,-77\r\n" for i in range(60)))
        total = elm.get("/v1/status")["entries"]
        elm.stop()
        elm.settings = ["node.entries=100"]
        elm.start()
        names = {s["name"] for s in elm.get("/v1/sites")["sites"]}
        self.assertTrue({f"Own {i}" for i in range(60)} <= names)
        self.assertEqual(elm.get("/v1/status")["entries"], 100)
        self.assertIn(f"{total - 100} entries of others find no room", elm.log_text())
        elm.stop()
        elm.settings = []
        elm.start()
        self.assertEqual(elm.get("/v1/status")["entries"], total)
        import_csv(elm, "name,lat,lon\r\n" + "".join(f"More {i},34,-77\r\n" for i in range(60)))
        elm.stop()
        elm.settings = ["node.entries=100"]
        done = subprocess.run(elm.arguments(), capture_output=True, text=True, timeout=DEADLINE_S, check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("own entries are more than 100", done.stderr)

    def test_an_import_ends_when_the_last_entry_is_in_even_where_cards_come_late(self):
        for count in (100, 1000):
            oak, elm = self.node(f"Oak{count}").start(), self.node(f"Elm{count}").start()
            import_csv(oak, sites_csv(count))
            card, *sites = bundle_entries(oak.request("GET", "/v1/bundle"))
            mixed = bundle_of(sites[:100] + [card] + sites[100:])
            report = import_bundle(elm, mixed)
            self.assertEqual((report["added"], report["refused"], report["remark"]), (count + 1, 0, ""))
            alone = import_bundle(self.node(f"Ash{count}").start(), bundle_of(sites[:50]))
            self.assertEqual((alone["added"], alone["refused"]), (0, 50))
            self.assertIn("50 entries wait for the cards", alone["remark"])

    def test_a_node_that_is_stopped_in_mid_import_ends(self):
        oak = self.node("Oak").start()
        write_3000(oak)
        bundle = oak.request("GET", "/v1/bundle")
        ended_early = []

        def bring(node):
            try:
                import_bundle(node, bundle)
            except (OSError, http.client.HTTPException) as error:
                ended_early.append(error)

        for attempt in range(8):
            elm = self.node(f"Elm{attempt}").start()
            bringing = threading.Thread(target=bring, args=(elm,))
            bringing.start()
            while elm.get("/v1/status")["entries"] < 2:
                pass
            elm.stop()
            bringing.join(DEADLINE_S)
            self.assertFalse(bringing.is_alive())
            if ended_early:
                break
        self.assertTrue(ended_early, "never caught in mid-import")
        elm.start()
        self.assertEqual(import_bundle(elm, bundle)["entries"], 3001)
        self.assertEqual(elm.get("/v1/status")["entries"], 3002)

    @unittest.skipUnless(can_mount(), "needs root and mounts")
    def test_a_full_card_is_told_and_every_request_is_answered(self):
        oak = self.node("Oak").start()
        write_3000(oak)
        bundle = oak.request("GET", "/v1/bundle")
        card = os.path.join(self.base, "card")
        os.mkdir(card)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=768k", "none", card], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", card], check=True)
        elm = self.node("Elm", settings=[f"node.folder={card}"]).start()
        self.addCleanup(elm.kill)
        answers = []

        def bring():
            try:
                answers.append(import_bundle(elm, bundle))
            except Refused as refused:
                answers.append(refused.args)

        bringing = [threading.Thread(target=bring) for _ in range(4)]
        for thread in bringing:
            thread.start()
        for thread in bringing:
            thread.join(DEADLINE_S)
        self.assertEqual(len(answers), 4, "an import was never answered")
        self.assertTrue(all("card failed" in str(a) for a in answers), answers)
        self.assertTrue(elm.get("/v1/status")["store_failed"])
        with self.assertRaises(Refused) as refused:
            elm.post("/v1/site", {"name": "Late", "place": {"lat": 34, "lon": -77}})
        self.assertIn("card failed", str(refused.exception))
        with self.assertRaises(Refused) as refused:
            import_bundle(elm, bundle)
        self.assertIn("card failed", str(refused.exception))
        self.assertIn("CARD", elm.cli("lcd", "--size", "20x4").upper())
        # What it holds it still hands on, to one who comes by; and what that one brings is thrown away.
        held = elm.get("/v1/status")["entries"]
        walker = self.node("Walker", listen=False)
        walker.dials = [f"127.0.0.1:{elm.link_port}"]
        walker.start()
        walker.wait("all that was kept is handed on", lambda n: n.get("/v1/status")["entries"] >= held + 1)
        self.assertEqual(elm.get("/v1/status")["entries"], held)
        walker.stop()
        elm.stop()

    def test_visitors_leave_room_for_those_who_run_the_site(self):
        port = free_port()
        oak = self.node("Oak", settings=[f"control.listen=127.0.0.1:{port}", "control.pin=1234"]).start()
        oak.post("/v1/site", {"name": "Oak", "place": {"lat": 35, "lon": -77}})
        oak.post("/v1/self", {"site": "Oak"})

        said = itertools.count()

        def visit(pin=None):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
            headers = {"Content-Type": "application/json"}
            if pin:
                headers["Aidmesh-Pin"] = pin
            connection.request("POST", "/v1/note", json.dumps({"kind": "message", "text": f"water? {next(said)}"}), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            connection.close()
            return answer.status, text

        for _ in range(30):
            self.assertEqual(visit()[0], 200)
        status, text = visit()
        self.assertNotEqual(status, 200)
        self.assertIn("try again in a minute", text)
        self.assertEqual(visit(pin="1234")[0], 200)
        oak.post("/v1/note", [{"kind": "message", "text": f"Queue {i}"} for i in range(360)])
        status, text = visit()
        self.assertNotEqual(status, 200)
        self.assertIn("room for volunteers", text)
        self.assertEqual(visit(pin="1234")[0], 200)


    def test_what_is_nearly_full_is_said_before_it_is(self):
        port = free_port()
        oak = self.node("Oak", settings=["node.entries=100", f"control.listen=127.0.0.1:{port}"]).start()
        held = oak.get("/v1/status")["entries"]
        import_csv(oak, sites_csv(90 - held))
        self.assertEqual(oak.get("/v1/status")["notices"], [])
        self.assertNotIn("NEARLY FULL", lcd_of(oak))
        oak.cli("note", "The bridge is out", "--alert", "severe")
        notice, = oak.get("/v1/status")["notices"]
        self.assertEqual(notice["notice"], "nearly-full")
        self.assertIn("holds 91 of the 100 entries", notice["sentence"])
        self.assertEqual(oak.get("/v1/status")["rooms"]["sites"], {"used": 90 - held, "most": 1024})
        self.assertIn("! This node holds 91 of the 100 entries that it has room for", oak.cli("status"))
        self.assertIn("Raise [node] entries", oak.cli("status"))
        self.assertIn("entries 91%", lcd_of(oak))
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/plain", timeout=DEADLINE_S) as page:
            self.assertIn("holds 91 of the 100 entries", page.read().decode())

    def test_rows_beyond_the_room_of_a_node_are_rejected_and_said(self):
        oak = self.node("Oak").start()
        report = import_csv(oak, sites_csv(1030))
        self.assertEqual((report["added"], len(report["rejected"])), (1024, 6))
        self.assertIn("One node may have 1024 places", report["rejected"][0]["error"])
        self.assertIn("1024 of the 1024 places that one node may have are written", oak.cli("status"))
        oak.cli("note", "The bridge is out", "--alert", "severe")
        self.assertEqual(len(oak.get("/v1/sites?limit=5000")["sites"]), 1024)

    def test_the_first_start_makes_a_pin_that_the_node_alone_shows_and_changes(self):
        port = free_port()
        oak = self.node("Oak", settings=[f"control.listen=127.0.0.1:{port}"]).start()
        pin = oak.get("/v1/pin")["pin"]
        self.assertRegex(pin, "^[0-9]{6}$")

        def visit(method, path, pin, body=None):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
            connection.request(method, path, body=body,
                               headers={"Aidmesh-Pin": pin, **({"Content-Type": "application/json"} if body else {})})
            answer = connection.getresponse()
            answer.read()
            connection.close()
            return answer.status

        offer = '{"kind": "offer", "item": "blanket", "quantity": 1, "sure": true}'
        oak.cli("init", "--name", "Oak", "--at", "35,-77")
        self.assertEqual(visit("POST", "/v1/line", pin, offer), 200)
        self.assertEqual(visit("GET", "/v1/pin", pin), 403)
        self.assertEqual(visit("POST", "/v1/pin", pin, '{"pin": "9999"}'), 403)
        oak.kill()
        oak.start()
        self.assertEqual(oak.get("/v1/pin")["pin"], pin)
        self.assertIn("4 to 16", oak.cli_error("pin", "12", code=1))
        self.assertIn("4711", oak.cli("pin", "4711"))
        self.assertEqual(visit("POST", "/v1/line", pin, offer), 403)
        self.assertEqual(visit("POST", "/v1/line", "4711", offer), 200)
        oak.stop()


if __name__ == "__main__":
    unittest.main(verbosity=2)
