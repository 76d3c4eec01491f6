# SPDX-License-Identifier: AGPL-3.0-or-later
"""A phone that has just joined the node's network, and a browser without a script."""

import html
import http.client
import re
import unittest
from urllib.parse import urlencode

from nodes import DEADLINE_S, Node, free_port, work_folder

PROBES = [("/generate_204", 204, ""), ("/gen_204", 204, ""), ("/hotspot-detect.html", 200, "Success"),
          ("/connecttest.txt", 200, "Microsoft Connect Test"), ("/canonical.html", 200, "captive-portal"),
          ("/success.txt", 200, "success")]


class Arriving(unittest.TestCase):
    def setUp(self):
        self.port = free_port()
        self.oak = Node("Oak", work_folder(), settings=[f"control.listen=127.0.0.1:{self.port}", "control.pin=4711"]).start()
        self.oak.cli("init", "--name", "Oak <b>&\"", "--at", "35.1085,-77.0441")
        self.home = f"127.0.0.1:{self.port}"

    def ask(self, method, path, form=None, host=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Host"] = host or self.home
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(form) if form is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.getheader("Location"), text

    def test_a_phone_that_looks_for_the_world_is_brought_here_and_may_stay(self):
        for path, _, _ in PROBES:
            self.assertEqual(self.ask("GET", path, host="connectivitycheck.example")[:2], (302, f"http://{self.home}/plain"))
        self.assertEqual(self.ask("GET", "/", host="news.example")[:2], (302, f"http://{self.home}/"))
        self.assertEqual(self.ask("GET", "/v1/lines", host="news.example")[0], 403, "the API answers to no foreign name")
        self.assertEqual(self.ask("POST", "/plain/stay", form={})[:2], (303, f"http://{self.home}/plain"))
        for path, status, part in PROBES:
            seen = self.ask("GET", path, host="connectivitycheck.example")
            self.assertEqual(seen[0], status)
            self.assertIn(part, seen[2])

    def test_a_need_is_written_without_a_script_and_gets_a_ticket(self):
        form = {"item": "101", "words": "", "people": "12", "quantity": "", "within": "72"}
        status, _, text = self.ask("POST", "/plain/need", form, Accept_Language="es-MX,es;q=0.9")
        self.assertEqual(status, 200)
        self.assertIn("Su ticket", text)
        ticket = re.search(r'class="ticket">([A-Z]{5}-[A-Z]{5}-[0-9]{3})<', text).group(1)
        [need] = self.oak.get("/v1/lines")["lines"]
        self.assertEqual((need["people"], need["quantity"], need["within"], need["ticket"]), (12, 108, 72, True))
        self.assertIn("Necesidad: 108 de 108 L Agua potable", self.ask("GET", "/plain", Accept_Language="es")[2])
        self.assertIn("Need: 108 of 108 L Drinking water", self.ask("GET", "/plain")[2])
        self.assertEqual(self.oak.get("/v1/tickets?q=" + ticket)["tickets"][0]["ref"], need["ref"])

        status, _, text = self.ask("POST", "/plain/need", {**form, "quantity": "30 gal", "words": "agua"})
        self.assertEqual(status, 409)
        self.assertIn("Is it the same as", html.unescape(text))
        again = html.unescape(re.search(r'name="again" value="([^"]*)"', text).group(1))
        self.assertEqual(self.ask("POST", "/plain/need", {"again": again})[0], 200)
        self.assertEqual(sorted(n["quantity"] for n in self.oak.get("/v1/lines")["lines"]), [108, 113.562])

    def test_words_beside_an_item_say_which_and_the_answer_tells_what_was_written(self):
        form = {"item": "303", "words": "for two cots", "people": "2", "quantity": "2", "within": "24"}
        _, _, text = self.ask("POST", "/plain/need", form)
        [need] = self.oak.get("/v1/lines")["lines"]
        self.assertEqual((need["item"], need["text"]), (303, "for two cots"))
        self.assertIn("It is written down.", text)
        told, listed = [text.index("Need: 2 of 2 Blanket"), text.rindex("Need: 2 of 2 Blanket")]
        self.assertLess(told, listed)
        self.assertIn(f'href="#{need["ref"]}"', text)
        self.assertIn(f'<li id="{need["ref"]}">Need: 2 of 2 Blanket', text)
        self.assertEqual(self.ask("POST", "/plain/need", {**form, "item": "", "words": "crank radio"})[0], 200)
        self.assertIn("crank radio", {line["item_name"] for line in self.oak.get("/v1/lines")["lines"]})
        status, _, text = self.ask("POST", "/plain/need", {**form, "item": "", "words": ""})
        self.assertEqual(status, 400)
        self.assertIn("Say what: an item of the catalogue, or words", text)

    def test_a_need_without_a_number_or_people_is_taken_as_on_the_page(self):
        for item, words, people in (("301", "", "2"), ("302", "", ""), ("101", "", ""), ("601", "", "3"), ("", "crank radio", "")):
            form = {"item": item, "words": words, "people": people, "quantity": "", "within": "24"}
            status, _, text = self.ask("POST", "/plain/need", form)
            self.assertEqual(status, 200, (form, text))
            self.assertRegex(text, "Need: [A-Z][^0-9<]* at Oak" if item else "Need: crank radio at Oak")
        self.assertEqual({line["quantity"] for line in self.oak.get("/v1/lines?kind=need")["lines"]}, {0})
        self.assertNotRegex(self.ask("GET", "/plain")[2], "--[a-z]")

    def test_what_strangers_wrote_is_text_on_the_page(self):
        self.oak.post("/v1/line", {"kind": "need", "item": "= <script>alert(1)</script>", "quantity": 1})
        for language, words in (("es", "Qué se necesita"), ("fr-CA", "Ce qui manque"), ("ht", "Sa ki manke"), ("xx", "What is needed")):
            status, _, text = self.ask("GET", "/plain", Accept_Language=language)
            self.assertEqual(status, 200)
            self.assertIn(words, text)
        self.assertNotIn("<script", text)
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt;", text)
        self.assertIn("<h1>Oak &lt;b&gt;&amp;&quot;</h1>", text)

    def test_forms_of_other_sites_write_nothing(self):
        form = {"item": "101", "people": "3", "within": "24"}
        for origin in ("http://evil.example", "null", f"https://{self.home}", f"http://{self.home}.evil.example"):
            self.assertEqual(self.ask("POST", "/plain/need", form, Origin=origin)[0], 403, origin)
        self.assertEqual(self.ask("POST", "/plain/need", form, host="evil.example")[0], 403)
        self.assertEqual(self.oak.get("/v1/lines")["total"], 0)
        self.assertEqual(self.ask("POST", "/plain/need", form, Origin=f"http://{self.home}")[0], 200)

    def test_the_page_is_kept_and_asked_about(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)
        connection.request("GET", "/", headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        packed = answer.read()
        tag = answer.getheader("ETag")
        self.assertEqual((answer.status, answer.getheader("Content-Encoding")), (200, "gzip"))
        self.assertLess(len(packed), 60 * 1024)
        connection.request("GET", "/", headers={"If-None-Match": tag})
        answer = connection.getresponse()
        self.assertEqual((answer.status, answer.read()), (304, b""))
        connection.request("GET", "/")
        answer = connection.getresponse()
        self.assertIsNone(answer.getheader("Content-Encoding"))
        self.assertTrue(answer.read().startswith(b"<!doctype html>"))
        connection.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
