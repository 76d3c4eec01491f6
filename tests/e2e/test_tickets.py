# SPDX-License-Identifier: AGPL-3.0-or-later
"""Households: what is asked before it is assumed, the code that collects, and what never leaves the node."""

import http.client
import json
import os
import socket
import unittest

from nodes import DEADLINE_S, Node, Refused, free_port, meet, part, work_folder

# Nobody's: words that stand nowhere else.
NAME, PHONE, ADDRESS = "Quidam Ignotus", "555 0142", "behind the vermilion door"


def all_bytes(folder):
    """Every byte of every file below, by path."""
    for base, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(base, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    yield path, file.read()


class Tickets(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.oak = Node("Oak", self.base).start()
        self.oak.post("/v1/site", {"name": "Oak", "place": {"lat": 35.1085, "lon": -77.0441}, "people": 120})
        self.oak.post("/v1/self", {"site": "Oak"})

    def open_household(self):
        return self.oak.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 12, "people": 12, "infants": 2,
                                          "name": NAME, "phone": PHONE, "address": ADDRESS})

    def refusal(self, node, path, value):
        with self.assertRaises(Refused) as caught:
            node.post(path, value)
        return caught.exception.args

    def test_a_household_collects_with_its_code_at_another_site_and_nobody_learns_its_name(self):
        oak, elm = self.oak, Node("Elm", self.base).start()
        elm.cli("init", "--name", "Elm", "--at", "35.15,-77.0")
        answer = self.open_household()
        code, need = answer["ticket"], answer["ref"]
        self.assertRegex(code, "^[A-Z]{5}-[A-Z]{5}-[0-9]{3}$")
        walker = Node("Walker", self.base, listen=False)
        meet(walker, oak)
        bundle = oak.request("GET", "/v1/bundle")
        part(walker, oak)
        meet(walker, elm)

        stock = elm.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 30})["ref"]
        found = elm.get("/v1/tickets?q=" + code.lower().replace("-", "%20"))["tickets"]
        self.assertEqual([(t["ref"], t["name"]) for t in found], [(need, "")], "Elm finds the need, and no name")
        status, text = self.refusal(elm, "/v1/move", {"stage": "given", "from": stock, "of": need, "quantity": 12})
        self.assertEqual(status, 409)
        self.assertIn("ticket", text)
        other = "BABAB-BABAB-000" if code != "BABAB-BABAB-000" else "BABAB-BABAB-001"
        status, text = self.refusal(elm, "/v1/move", {"stage": "given", "from": stock, "ticket": other, "quantity": 12})
        self.assertEqual(status, 400)
        elm.post("/v1/move", {"stage": "given", "from": stock, "ticket": code.lower(), "quantity": 12})
        self.assertEqual(elm.get("/v1/record/" + stock)["record"]["on_hand"], 18)
        moves = elm.get("/v1/record/" + need)["moves"]
        self.assertEqual([(m["stage"], m["text"]) for m in moves], [("given", "ticket shown")])
        elm.wait_safe()
        part(walker, elm)
        meet(walker, oak)
        record = oak.get("/v1/record/" + need)["record"]
        self.assertTrue(record["ticket"])

        found = oak.get("/v1/tickets?q=ignotus")["tickets"]
        self.assertEqual(found, [{"ref": need, "ticket": code, "name": NAME, "phone": PHONE, "address": ADDRESS}])

        self.leaves_nothing(oak, bundle, code)
        part(walker, oak)
        oak.stop()
        elm.stop()
        for path, data in all_bytes(self.base):
            for secret in (NAME, PHONE, ADDRESS, code):
                self.assertNotIn(secret.encode(), data, f"{secret} stands in {path}")

    def leaves_nothing(self, oak, bundle, code):
        """Everything that a node hands out to whoever does not ask for tickets."""
        leaving = [bundle, oak.picture(0), oak.log_text().encode()]
        paths = ["/v1/status", "/v1/sites", "/v1/lines?limit=5000", "/v1/moves", "/v1/notes", "/v1/peers", "/v1/authors",
                 "/v1/record/Oak", "/v1/lines?as=text", "/v1/export?format=hxl&kind=need", "/v1/export?format=geojson"]
        paths += [f"/v1/lcd?size=20x4&page={page}" for page in range(8)]
        paths += [f"/v1/ask/{name}" for name in ("short", "runs-out", "news", "late", "surplus", "unconfirmed", "silent",
                                                 "served", "expiring")]
        leaving += [oak.request("GET", path) for path in paths]
        for data in leaving:
            for secret in (NAME, PHONE, ADDRESS, code):
                self.assertNotIn(secret.encode(), data)

    def test_a_ticket_survives_the_power_and_its_details_the_restart(self):
        answer = self.open_household()
        self.oak.kill()
        self.oak.start()
        found = self.oak.get("/v1/tickets?q=" + answer["ticket"])["tickets"]
        self.assertEqual([(t["ref"], t["name"]) for t in found], [(answer["ref"], NAME)])

    def test_collected_at_another_door_it_is_met_everywhere_and_asked_about_the_second_time(self):
        oak, elm = self.oak, Node("Elm", self.base).start()
        elm.cli("init", "--name", "Elm", "--at", "35.15,-77.0")
        answer = self.open_household()
        code, need = answer["ticket"], answer["ref"]
        oak.cli("import", self.carry(elm, "elm"))
        oak.cli("vouch", "Elm")
        elm.cli("import", self.carry(oak, "oak"))
        stock = elm.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 60})["ref"]
        given = {"stage": "given", "from": stock, "ticket": code, "quantity": "1 pack of 12"}
        elm.post("/v1/move", given)
        self.assertEqual(elm.get("/v1/record/" + need)["record"]["status"], "met")
        self.assertEqual(elm.get("/v1/plan")["portions"], [], "nobody is sent what was collected")
        status, text = self.refusal(elm, "/v1/move", given)
        self.assertEqual(status, 409)
        self.assertIn("collected already: 12 of 12", text)
        oak.cli("import", self.carry(elm, "elm"))
        self.assertEqual(oak.get("/v1/record/" + need)["record"]["status"], "met")
        oak.cli("close", need)
        self.assertIn("was closed already", self.refusal(oak, "/v1/move", {"stage": "given", "ticket": code, "quantity": 1})[1])

    def carry(self, node, name):
        path = os.path.join(self.base, name + ".bundle")
        node.cli("export", path)
        return path

    def test_a_node_that_stops_while_a_code_is_looked_up_knows_what_was_typed(self):
        oak = self.oak
        code = self.open_household()["ticket"]
        for _ in range(12):  # so that it takes a while
            oak.post("/v1/line", {"kind": "need", "item": "cot", "quantity": 1, "ticket": True, "sure": True})
        stock = oak.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 60})["ref"]
        body = json.dumps({"stage": "given", "from": stock, "ticket": code, "quantity": "1 pack of 12"}).encode()
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(oak.control)
            control.sendall(b"POST /v1/move HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            oak.get("/v1/status")  # it was read by now
            oak.stop()
        oak.start()
        self.assertIn([m["quantity"] for m in oak.get("/v1/moves")["moves"]], ([], [12]))

    def test_a_flood_of_tickets_hides_none_that_was_written_here(self):
        oak = self.oak
        code = self.open_household()["ticket"]
        stock = oak.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 60})["ref"]
        oak.post("/v1/line", [{"kind": "need", "item": "cot", "quantity": 1, "ticket": True, "sure": True}] * 600)
        oak.post("/v1/move", {"stage": "given", "from": stock, "ticket": code, "quantity": 12})
        self.assertEqual(oak.get("/v1/record/" + stock)["record"]["on_hand"], 48)

    def test_names_are_for_those_who_look_after_the_node(self):
        port = self.http_node()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
        connection.request("GET", "/v1/tickets")
        self.assertEqual(connection.getresponse().status, 403)
        connection.close()

    def http_node(self):
        port = free_port()
        elm = Node("Web", self.base, settings=[f"control.listen=127.0.0.1:{port}", "control.pin=4711"])
        elm.start()
        return port

    def test_it_is_asked_once_before_it_is_assumed(self):
        oak = self.oak
        need = {"kind": "need", "item": "drinking-water", "quantity": 5000, "people": 12}
        status, text = self.refusal(oak, "/v1/line", need)
        self.assertEqual(status, 409)
        self.assertIn("5000 L for 12 people?", text)
        self.assertEqual(oak.get("/v1/lines")["total"], 0)
        first = oak.post("/v1/line", {**need, "sure": True})["ref"]
        status, text = self.refusal(oak, "/v1/line", {**need, "quantity": 100, "people": 11})
        self.assertEqual(status, 409)
        self.assertIn(first, text)
        oak.post("/v1/line", {**need, "quantity": 100, "people": 40})  # others
        oak.post("/v1/line", {**need, "quantity": 100, "people": 11, "sure": True})
        self.assertEqual(oak.get("/v1/lines")["total"], 3)

    def test_two_who_edit_the_same_are_told(self):
        oak = self.oak
        need = oak.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": 100, "people": 40})
        oak.post("/v1/line", {"ref": need["ref"], "was": need["id"], "quantity": 90})
        status, text = self.refusal(oak, "/v1/line", {"ref": need["ref"], "was": need["id"], "quantity": 80})
        self.assertEqual(status, 409)
        self.assertIn("meanwhile", text)
        seen = oak.get("/v1/record/" + need["ref"])["record"]
        self.assertEqual(seen["quantity"], 90)
        oak.post("/v1/line", {"ref": need["ref"], "was": seen["id"], "quantity": 80})

    def test_nobody_drives_to_a_place_that_does_not_take_it(self):
        oak = self.oak
        need = oak.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 10})["ref"]
        site = oak.get("/v1/sites")["sites"][0]["ref"]
        stock = oak.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 30})["ref"]
        pledge = {"stage": "pledged", "of": need, "from": stock, "quantity": 5}
        oak.post("/v1/site", {"ref": site, "refuses": ["shelter"]})
        status, text = self.refusal(oak, "/v1/move", pledge)
        self.assertEqual(status, 409)
        self.assertIn("Oak does not take Blanket (shelter)", text)
        oak.post("/v1/site", {"ref": site, "refuses": [], "state": "closed", "rest": "keep"})
        self.assertIn("Oak is closed", self.refusal(oak, "/v1/move", pledge)[1])
        oak.post("/v1/move", {**pledge, "sure": True})
        oak.post("/v1/site", {"ref": site, "state": "open"})
        oak.post("/v1/move", pledge)

    def test_more_than_is_left_is_promised_on_purpose_alone(self):
        oak = self.oak
        need = oak.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 80})["ref"]
        stock = oak.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 60})["ref"]
        pledge = {"stage": "pledged", "of": need, "from": stock, "quantity": 40}
        first = oak.post("/v1/move", pledge)["ref"]
        self.assertIn("40? 20 Blanket is left there", self.refusal(oak, "/v1/move", pledge)[1])
        sent = {"stage": "sent", "after": first, "quantity": 50}
        self.assertIn("50? 40 of that is promised", self.refusal(oak, "/v1/move", sent)[1])
        oak.post("/v1/move", {**sent, "sure": True})  # what is on the truck is on the truck
        oak.post("/v1/move", {**pledge, "sure": True})

    def test_while_typing_nothing_is_written(self):
        oak = self.oak
        need = {"kind": "need", "item": "drinking-water", "people": 12, "days": 3, "dry": True}
        self.assertIn("108 L Drinking water", oak.post("/v1/line", need)["remark"])
        self.assertEqual(self.refusal(oak, "/v1/line", {**need, "quantity": 9000})[0], 409)
        self.assertEqual(oak.get("/v1/lines")["total"], 0)

    def test_people_and_days_become_needs_that_the_person_chose(self):
        oak = self.oak
        rows = oak.get("/v1/propose?people=12&infants=2&days=3")["rows"]
        quantities = {row["item"]: row["quantity"] for row in rows}
        self.assertEqual((quantities[101], quantities[601]), (108, 60))
        self.assertTrue(next(row for row in rows if row["item"] == 201)["suggestion"])
        oak.cli("propose", "--people", "12", "--infants", "2", "--days", "3", "--open", "101,601")
        self.assertEqual(sorted((n["item"], n["quantity"], n["people"], n["infants"]) for n in oak.get("/v1/lines")["lines"]),
                         [(101, 108, 12, 2), (601, 60, 12, 2)])
        self.assertIn("for how many", oak.cli_error("propose", "--days", "3", code=2))

    def test_looking_claims_nothing(self):
        oak = self.oak
        oak.post("/v1/line", {"kind": "need", "item": "drinking-water", "quantity": 120, "people": 40})
        need = oak.get("/v1/lines")["lines"][0]["ref"]
        before = oak.picture(0)
        oak.cli("show", need)
        for question in ("short", "late", "unconfirmed", "served", "expiring"):
            oak.cli(question)
        self.assertEqual(oak.picture(0), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
