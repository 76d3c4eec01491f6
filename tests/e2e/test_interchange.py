# SPDX-License-Identifier: AGPL-3.0-or-later
"""What leaves for other systems and comes back: HXL tables, GeoJSON, CAP alerts. Each is held to its standard's rules here,
without the code that wrote it."""

import csv
import io
import json
import os
import re
import unittest
import xml.etree.ElementTree as ET

from nodes import Node, Refused, meet, part, work_folder

NAMESPACE = "{urn:oasis:names:tc:emergency:cap:1.2}"

# CAP 1.2, section 3.2: the elements of each class in their order, with how often they must and may stand, and their values.
TEXT, MANY = None, 99
ALERT = [("identifier", 1, 1, TEXT), ("sender", 1, 1, TEXT), ("sent", 1, 1, TEXT),
         ("status", 1, 1, {"Actual", "Exercise", "System", "Test", "Draft"}),
         ("msgType", 1, 1, {"Alert", "Update", "Cancel", "Ack", "Error"}), ("source", 0, 1, TEXT),
         ("scope", 1, 1, {"Public", "Restricted", "Private"}), ("restriction", 0, 1, TEXT), ("addresses", 0, 1, TEXT),
         ("code", 0, MANY, TEXT), ("note", 0, 1, TEXT), ("references", 0, 1, TEXT), ("incidents", 0, 1, TEXT),
         ("info", 0, MANY, TEXT)]
INFO = [("language", 0, 1, TEXT),
        ("category", 1, MANY, {"Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra",
                               "CBRNE", "Other"}), ("event", 1, 1, TEXT), ("responseType", 0, MANY, TEXT),
        ("urgency", 1, 1, {"Immediate", "Expected", "Future", "Past", "Unknown"}),
        ("severity", 1, 1, {"Extreme", "Severe", "Moderate", "Minor", "Unknown"}),
        ("certainty", 1, 1, {"Observed", "Likely", "Possible", "Unlikely", "Unknown"}), ("audience", 0, 1, TEXT),
        ("eventCode", 0, MANY, TEXT), ("effective", 0, 1, TEXT), ("onset", 0, 1, TEXT), ("expires", 0, 1, TEXT),
        ("senderName", 0, 1, TEXT), ("headline", 0, 1, TEXT), ("description", 0, 1, TEXT), ("instruction", 0, 1, TEXT),
        ("web", 0, 1, TEXT), ("contact", 0, 1, TEXT), ("parameter", 0, MANY, TEXT), ("resource", 0, MANY, TEXT),
        ("area", 0, MANY, TEXT)]
AREA = [("areaDesc", 1, 1, TEXT), ("polygon", 0, MANY, TEXT), ("circle", 0, MANY, TEXT), ("geocode", 0, MANY, TEXT),
        ("altitude", 0, 1, TEXT), ("ceiling", 0, 1, TEXT)]
TIME = re.compile(r"\d\d\d\d-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
PAIR = r"-?\d+(\.\d+)?,-?\d+(\.\d+)?"


def broken_rules(element, rules):
    """What a class breaks of its table; a list of sentences, best empty."""
    names = [child.tag.removeprefix(NAMESPACE) for child in element]
    order = [rule[0] for rule in rules]
    found = [f"unknown {name}" for name in names if name not in order]
    if not found and [order.index(n) for n in names] != sorted(order.index(n) for n in names):
        found.append(f"order {names}")
    for name, least, most, values in rules:
        texts = [child.text or "" for child in element if child.tag == NAMESPACE + name]
        if not least <= len(texts) <= most:
            found.append(f"{name} stands {len(texts)} times")
        if values and not set(texts) <= values:
            found.append(f"{name} is {texts}")
    return found


def cap_checked(test, data):
    """The message as {element: text}, after it was held to the standard's rules."""
    alert = ET.fromstring(data)
    test.assertEqual(alert.tag, NAMESPACE + "alert")
    test.assertEqual(broken_rules(alert, ALERT), [])
    for name in ("identifier", "sender"):
        test.assertNotRegex(alert.find(NAMESPACE + name).text, "[ ,<&]")
    for element in alert.iter():
        if element.tag.removeprefix(NAMESPACE) in ("sent", "effective", "onset", "expires"):
            test.assertRegex(element.text, f"^{TIME.pattern}$")
    references = alert.find(NAMESPACE + "references")
    if references is not None:
        for reference in references.text.split():
            test.assertRegex(reference, rf"^[^ ,<&]+,[^ ,<&]+,{TIME.pattern}$")
    for info in alert.iter(NAMESPACE + "info"):
        test.assertEqual(broken_rules(info, INFO), [])
    for area in alert.iter(NAMESPACE + "area"):
        test.assertEqual(broken_rules(area, AREA), [])
        for polygon in area.iter(NAMESPACE + "polygon"):
            points = polygon.text.split()
            test.assertTrue(len(points) >= 4 and points[0] == points[-1] and all(re.fullmatch(PAIR, p) for p in points))
        for circle in area.iter(NAMESPACE + "circle"):
            test.assertRegex(circle.text, rf"^{PAIR} \d+(\.\d+)?$")
    return {element.tag.removeprefix(NAMESPACE): element.text for element in alert.iter()}


def cap(status="Actual", kind="Alert", identifier="NWS-1", references="", expires="2099-09-14T22:00:00-04:00",
        headline="Flash Flood Warning for Craven & Pamlico"):
    """As a weather service makes it."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<cap:alert xmlns:cap="urn:oasis:names:tc:emergency:cap:1.2">
 <cap:identifier>{identifier}</cap:identifier><cap:sender>w-nws.webmaster@noaa.gov</cap:sender>
 <cap:sent>2026-09-14T06:30:00-04:00</cap:sent><cap:status>{status}</cap:status><cap:msgType>{kind}</cap:msgType>
 <cap:scope>Public</cap:scope>{f"<cap:references>{references}</cap:references>" if references else ""}
 <cap:info><cap:language>en-US</cap:language><cap:category>Met</cap:category><cap:event>Flash Flood Warning</cap:event>
  <cap:urgency>Immediate</cap:urgency><cap:severity>Severe</cap:severity><cap:certainty>Likely</cap:certainty>
  {f"<cap:expires>{expires}</cap:expires>" if expires else ""}<cap:senderName>NWS Newport</cap:senderName>
  <cap:headline>{headline.replace("&", "&amp;")}</cap:headline>
  <cap:description>Line one.
Line two.</cap:description><cap:area><cap:areaDesc>Craven, NC</cap:areaDesc></cap:area></cap:info>
</cap:alert>"""


def import_cap(node, text):
    return json.loads(node.request("POST", "/v1/import", text.encode(), "application/cap+xml"))


def export(node, query):
    return node.request("GET", f"/v1/export?format={query}")


def table(data):
    """Headings, hashtags, and the rows by hashtag."""
    headings, tags, *rows = csv.reader(io.StringIO(data.decode("utf-8"), newline=""))
    return headings, tags, [dict(zip(tags, row)) for row in rows]


class Interchange(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()

    def node(self, name, **more):
        return Node(name, self.base, **more).start()

    def oak(self):
        oak = self.node("Oak")
        oak.post("/v1/site", {"name": "Oak, \"old\" church", "place": {"lat": 35.1, "lon": -77.04}, "people": 120,
                              "facilities": ["pets", "drill"]})
        oak.post("/v1/site", {"name": "=Elm", "place": {"lat": 35.2, "lon": -77.1}, "state": "full"})
        oak.post("/v1/site", {"name": "Mill"})
        oak.post("/v1/line", [
            {"kind": "need", "item": "drinking-water", "quantity": "120.5", "people": 40, "infants": 6, "elders": 3,
             "powered": 1, "within": 24, "site": "Mill", "text": "-by the gate", "lot": 10, "flags": ["can-collect"], "every": 24},
            {"kind": "need", "item": "a left-handed hose", "quantity": 2, "site": "=Elm", "flags": ["drill"]},
            {"kind": "need", "item": 201, "quantity": 9, "people": 3, "place": {"lat": 35.12345, "lon": -77.04321,
                                                                             "digits": 8}},
            {"kind": "offer", "item": "blanket", "quantity": 40, "site": "Mill", "reach": 15},
            {"kind": "stock", "item": "blanket", "quantity": 80, "reserve": 20, "site": "Mill"}])
        return oak

    def test_a_table_that_left_one_node_gives_a_fresh_one_the_same_sites_and_needs(self):
        oak, ash = self.oak(), self.node("Ash")
        for kind, count in (("site", 3), ("need", 3), ("offer", 1), ("stock", 1)):
            data = export(oak, f"hxl&kind={kind}")
            report = json.loads(ash.request("POST", f"/v1/import?kind={kind}", data, "text/csv"))
            self.assertEqual((report["added"], report["rejected"]), (count, []))
            # And neither of the two takes it for something new.
            for node in (oak, ash):
                again = json.loads(node.request("POST", f"/v1/import?kind={kind}", data, "text/csv"))
                self.assertEqual((again["added"], again["changed"], again["known"]), (0, 0, count), (node.name, kind))

        def sites(node):
            return sorted(([s[f] for f in ("name", "place", "state", "people", "facilities", "open_needs")]
                           for s in node.get("/v1/sites")["sites"]), key=str)

        def lines(node):
            return sorted(([line[f] for f in ("kind", "item", "item_name", "unit", "quantity", "open", "people", "infants",
                                              "elders", "powered", "within", "text", "lot", "reserve", "reach", "flags",
                                              "site", "on_hand")]
                           + [(line["place"] or {}).get("digits")] for line in node.get("/v1/lines")["lines"]), key=str)

        self.assertEqual(sites(oak), sites(ash))
        self.assertEqual(lines(oak), lines(ash))
        # The kind of needs and sites need not be said.
        for kind in ("site", "need"):
            data = export(oak, f"hxl&kind={kind}")
            self.assertEqual(json.loads(oak.request("POST", "/v1/import", data, "text/csv"))["kind"], kind)

    def test_a_table_says_what_it_is_and_keeps_households_in_their_cells(self):
        oak = self.oak()
        headings, tags, needs = table(export(oak, "hxl&kind=need"))
        self.assertRegex(headings[0], r"^Public records only, as node Oak \([0-9a-f]{8}\) held them at "
                                      r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\. Id$")
        wanted = "#meta+id #date+reported #loc+name #geo+lat #geo+lon #sector+name #item+code #item+name #need+num " \
                 "#reached+num #output+num #status+code"
        self.assertEqual([t for t in tags if t in wanted.split()], wanted.split())
        self.assertEqual(len(headings), len(tags))
        water, hose, meal = (next(n for n in needs if n["#item+name"] == name)
                             for name in ("Drinking water", "a left-handed hose", "Hot meal"))
        self.assertEqual((water["#need+num"], water["#item+code"], water["#sector+name"], water["#item+unit"]),
                         ("120.5", "101", "water", "L"))
        self.assertEqual((water["#output+num"], water["#reached+num"], water["#status+code"]), ("0", "", "open"))
        self.assertEqual((hose["#item+code"], hose["#geo+lat"], hose["#geo+lon"]), ("", "35.200000", "-77.100000"))
        self.assertEqual((hose["#loc+name"], water["#description"]), ("'=Elm", "'-by the gate"))
        self.assertEqual((meal["#loc+name"], meal["#geo+lat"], meal["#geo+lon"]), ("", "", ""))
        self.assertRegex(meal["#loc+code"], r"^[23456789CFGHJMPQRVWX]{8}\+$")
        _, _, stock = table(export(oak, "hxl&kind=stock"))
        self.assertEqual((stock[0]["#capacity+num"], stock[0]["#capacity+promised"], stock[0]["#capacity+reserve"]), ("80", "0", "20"))
        shelf = oak.get("/v1/lines?kind=stock")["lines"][0]["ref"]
        need = oak.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": "30", "site": "Mill"})["ref"]
        oak.cli("pledge", need, "30", "--from", shelf, "--sure")
        stock = table(export(oak, "hxl&kind=stock"))[2]
        self.assertEqual((stock[0]["#capacity+num"], stock[0]["#capacity+promised"]), ("80", "30"))
        self.assertNotIn("#need+num", stock[0])

    def test_a_need_that_is_met_reached_its_people_and_is_not_asked_for_again(self):
        oak = self.oak()
        need = next(n for n in oak.get("/v1/lines?kind=need")["lines"] if n["item"] == 101)
        oak.post("/v1/move", {"stage": "received", "of": need["ref"], "quantity": "120.5"})
        data = export(oak, "hxl&kind=need")
        met = next(n for n in table(data)[2] if n["#item+code"] == "101")
        self.assertEqual((met["#reached+num"], met["#output+num"], met["#status+code"]), ("40", "120.5", "met"))
        ash = self.node("Ash")
        ash.request("POST", "/v1/import", export(oak, "hxl&kind=site"), "text/csv")
        report = json.loads(ash.request("POST", "/v1/import", data, "text/csv"))
        self.assertEqual(report["added"], 2)
        self.assertEqual([r["error"] for r in report["rejected"]], ["It is met: only what is still open is taken in."])

    def test_of_what_came_in_part_the_rest_is_asked_for(self):
        oak, ash = self.oak(), self.node("Ash")
        need = next(n for n in oak.get("/v1/lines?kind=need")["lines"] if n["item"] == 101)
        oak.post("/v1/move", {"stage": "received", "of": need["ref"], "quantity": 20})
        ash.request("POST", "/v1/import", export(oak, "hxl&kind=site"), "text/csv")
        ash.request("POST", "/v1/import", export(oak, "hxl&kind=need"), "text/csv")
        opens = [next(n["open"] for n in node.get("/v1/lines?kind=need")["lines"] if n["item"] == 101)
                 for node in (oak, ash)]
        self.assertEqual(opens, [100.5, 100.5])

    def test_a_map_shows_sites_as_points_and_households_as_cells(self):
        oak = self.oak()
        # Where a node was told the door, it kept the cell.
        oak.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 1, "place": {"lat": -35.10001, "lon": 5.5}})
        found = json.loads(export(oak, "geojson"))
        self.assertEqual(found["type"], "FeatureCollection")
        self.assertIn("Public records only, as node Oak", found["remark"])
        points, cells, unknown = [], [], []
        for feature in found["features"]:
            self.assertEqual(feature["type"], "Feature")
            geometry, properties = feature["geometry"], feature["properties"]
            if geometry is None:
                unknown.append(properties["name"])
            elif geometry["type"] == "Point":
                self.assertEqual(properties["kind"], "site")
                points.append((properties["name"], geometry["coordinates"], properties["open_needs"]))
            else:
                self.assertEqual((geometry["type"], properties["kind"]), ("Polygon", "need"))
                [ring] = geometry["coordinates"]
                self.assertEqual((ring[0], len(ring)), (ring[-1], 5))
                twice_area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:]))
                self.assertGreater(twice_area, 0, "the ring runs with the clock")
                cells.append((properties["item_name"], ring[0], ring[2]))
        # The need at Elm is of a drill.
        self.assertEqual(sorted(points), [("=Elm", [-77.1, 35.2], 0), ("Oak, \"old\" church", [-77.04, 35.1], 0)])
        self.assertEqual(unknown, ["Mill"])
        self.assertEqual(sorted(cells)[1], ("Hot meal", [-77.045, 35.1225], [-77.0425, 35.125]))
        _, (west, south), (east, north) = sorted(cells)[0]
        self.assertTrue(west <= 5.5 <= east and south <= -35.10001 <= north)
        self.assertAlmostEqual(north - south, 0.05)
        self.assertNotIn("35.10001", export(oak, "geojson").decode())
        self.assertNotIn("35.10001", export(oak, "hxl&kind=need").decode())

    def test_an_alert_keeps_its_source_on_every_screen_and_out_again(self):
        oak, elm = self.node("Oak"), self.node("Elm")
        report = import_cap(oak, cap())
        self.assertEqual((report["kind"], report["rows"], report["added"], report["rejected"]), ("alert", 1, 1, []))
        [note] = oak.get("/v1/notes")["notes"]
        self.assertEqual((note["kind"], note["severity"], note["language"], note["source"], note["flags"], note["text"]),
                         ("alert", "severe", "en", "NWS Newport", [],
                          "Flash Flood Warning for Craven & Pamlico"))
        self.assertTrue(note["until"])
        self.assertIn("NWS Newport: Flash", oak.cli("lcd", "--size", "20x4").replace("\n", " "))
        self.assertIn("NWS Newport", oak.cli("list", "notes"))
        data = export(oak, f"cap&ref={note['ref']}")
        said = cap_checked(self, data)
        self.assertEqual((said["source"], said["senderName"], said["severity"], said["status"], said["headline"]),
                         ("NWS Newport", "NWS Newport", "Severe", "Actual", note["text"]))
        self.assertIn("Public records only, as node Oak", said["note"])
        # Neither the message itself nor what a node made of it is taken for another alert, here or where it was heard.
        walker = Node("Walker", self.base, listen=False)
        meet(walker, oak)
        part(walker, oak)
        meet(walker, elm)
        part(walker, elm)
        for node in (oak, elm):
            for text in (cap(), data.decode()):
                again = import_cap(node, text)
                self.assertEqual((again["added"], again["known"]), (0, 1), node.name)
        [heard] = elm.get("/v1/notes")["notes"]
        self.assertEqual((heard["full"], heard["source"]), (note["full"], "NWS Newport"))
        # A third node that has only the file keeps the source as well.
        ash = self.node("Ash")
        self.assertEqual(import_cap(ash, data.decode())["added"], 1)
        self.assertEqual(ash.get("/v1/notes")["notes"][0]["source"], "NWS Newport")
        self.assertEqual(import_cap(ash, cap())["known"], 1)

    def test_an_exercise_stays_one(self):
        oak = self.node("Oak")
        import_cap(oak, cap(status="Exercise"))
        [note] = oak.get("/v1/notes")["notes"]
        self.assertEqual(note["flags"], ["drill"])
        self.assertIn("! DRILL", oak.cli("lcd", "--size", "16x2"))
        self.assertEqual(cap_checked(self, export(oak, f"cap&ref={note['ref']}"))["status"], "Exercise")
        # What is said about a place of a drill is one, unasked; what a volunteer says is one when he says so.
        oak.post("/v1/site", {"name": "Oak", "place": {"lat": 35.1, "lon": -77.04}, "facilities": ["drill"]})
        site = oak.get("/v1/sites")["sites"][0]["ref"]
        for words in (["note", site, "Bridge <out> & gone", "--alert", "severe"], ["note", "Tent down", "--alert", "minor",
                                                                                    "--drill"]):
            oak.cli(*words)
            note = oak.get("/v1/notes")["notes"][0]
            said = cap_checked(self, export(oak, f"cap&ref={note['full']}"))
            self.assertEqual((said["status"], said["headline"]), ("Exercise", note["text"]))
            self.assertEqual(said["senderName"], "Oak")
        about = next(n for n in oak.get("/v1/notes")["notes"] if n["of"])
        said = cap_checked(self, export(oak, f"cap&ref={about['ref']}"))
        self.assertEqual((said["areaDesc"], said["circle"]), ("Oak", "35.100000,-77.040000 0"))

    def test_updates_and_cancellations_follow_what_they_are_about(self):
        oak = self.node("Oak")
        import_cap(oak, cap())
        [first] = oak.get("/v1/notes")["notes"]
        about = "w-nws.webmaster@noaa.gov,NWS-1,2026-09-14T06:30:00-04:00"
        import_cap(oak, cap(kind="Update", identifier="NWS-2", references=about, headline="Now also Jones"))
        import_cap(oak, cap(kind="Cancel", identifier="NWS-3", references=f"x,y,z {about}", headline="It is over"))
        cancel, update, _ = oak.get("/v1/notes?all=1")["notes"]
        self.assertEqual([note["ref"] for note in oak.get("/v1/notes")["notes"]], [cancel["ref"], update["ref"]], "the first is over")
        self.assertEqual((update["of"], cancel["of"]), (first["ref"], first["ref"]))
        self.assertEqual(cancel["text"], "Cancelled: It is over")
        said = cap_checked(self, export(oak, f"cap&ref={cancel['ref']}"))
        self.assertEqual(said["msgType"], "Update")
        self.assertIn(first["full"], said["references"])
        again = import_cap(oak, cap(kind="Cancel", identifier="NWS-3", references=about))
        self.assertEqual((again["added"], again["known"]), (0, 1))

    def test_what_is_no_alert_for_us_is_refused_with_a_sentence(self):
        oak = self.node("Oak")
        for text, sentence in ((cap(expires="2020-01-01T00:00:00-00:00"), "expired at 2020-01-01T00:00:00Z"),
                               (cap(status="Test"), "Its status is Test"),
                               (cap(kind="Ack"), "It is an Ack"),
                               (cap().replace(">Public<", ">Private<"), "only public alerts"),
                               (cap().replace("cap:1.2", "cap:1.1"), "only 1.2 is read"),
                               (cap()[:700], "broken at line"),
                               ("<html/>", "no CAP message")):
            with self.assertRaises(Refused) as refused:
                import_cap(oak, text)
            self.assertEqual(refused.exception.args[0], 400)
            self.assertIn(sentence, refused.exception.args[1])
        self.assertEqual(oak.get("/v1/notes")["total"], 0)
        for query, status, sentence in (("cap", 400, "a CAP message is one alert"), ("cap&ref=0000-000", 404, "no note"),
                                        ("hxl", 400, "site, need, offer or stock"), ("pdf", 400, "hxl, geojson or cap")):
            with self.assertRaises(Refused) as refused:
                export(oak, query)
            self.assertEqual(refused.exception.args[0], status)
            self.assertIn(sentence, refused.exception.args[1])

    def test_files_say_by_their_ending_what_they_are(self):
        oak = self.oak()
        path = lambda name: os.path.join(self.base, name)
        oak.cli("export", path("sites.csv"), "--kind", "site")
        oak.cli("export", path("needs.table"), "--format", "hxl", "--kind", "need")
        oak.cli("export", path("map.geojson"))
        oak.cli("export", path("all.bundle"))
        with open(path("storm.xml"), "w", encoding="utf-8") as file:
            file.write(cap())
        self.assertIn("1 row of kind alert: 1 added", oak.cli("import", path("storm.xml")))
        ref = oak.get("/v1/notes")["notes"][0]["ref"]
        oak.cli("export", path("out.cap"), "--ref", ref)
        with open(path("out.cap"), "rb") as file:
            cap_checked(self, file.read())
        with open(path("map.geojson"), encoding="utf-8") as file:
            self.assertEqual(json.load(file)["type"], "FeatureCollection")
        self.assertIn("kind must be", oak.cli_error("export", path("x.csv"), code=1))
        self.assertFalse(os.path.exists(path("x.csv")))
        os.mkfifo(path("pipe"))
        os.mkdir(path("folder"))
        os.symlink(path("pipe"), path("link"))
        for other in ("pipe", "folder", "link"):
            before = os.lstat(path(other)).st_mode
            self.assertIn("is no file: it is not replaced", oak.cli_error("export", path(other), code=2))
            self.assertEqual(os.lstat(path(other)).st_mode, before)
        oak.cli("export", path("all.bundle"))  # a file is
        ash = self.node("Ash")
        self.assertIn("maps only leave", ash.cli_error("import", path("map.geojson"), code=2))
        self.assertIn("3 added", ash.cli("import", path("sites.csv")))
        self.assertIn("3 added", ash.cli("import", path("needs.table"), "--kind", "need"))
        self.assertIn("entries", ash.cli("import", path("all.bundle")))


if __name__ == "__main__":
    unittest.main(verbosity=2)
