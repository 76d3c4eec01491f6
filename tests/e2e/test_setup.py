# SPDX-License-Identifier: AGPL-3.0-or-later
"""The first start, from a file on the boot partition to a node that stands somewhere."""

import http.client
import os
import pty
import re
import select
import shutil
import subprocess
import unittest

from nodes import AIDMESH, AIDMESHD, Node, free_port, work_folder

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
            # Who says the region has a radio: it is looked for.
            self.assertEqual((card["radio.region"], card["radio.port"], card["control.listen"]), ("US915", "auto", "0.0.0.0:8024"))
        # Who has the words joins every one of them; who has none is told what is missing.
        carried = os.path.join(self.base, "card0")
        for card in cards[1:4]:
            said = aidmeshd(carried, "--wifi-password", card["wifi.name"])
            self.assertEqual(said.stdout, card["wifi.password"] + "\n")
        said = aidmeshd(os.path.join(self.base, "none"), "--wifi-password", "aidmesh-Oak")
        self.assertEqual(said.returncode, 1)
        self.assertIn("aidmesh setup", said.stderr)

    def test_every_bad_line_is_named_and_the_rest_is_taken(self):
        folder = os.path.join(self.base, "card")
        self.write("name = Oak\nregoin = US915\nwifi_country = HT\npassphrase = boats\n")
        said = aidmeshd(folder, "--first-start", self.file)
        self.assertEqual(said.returncode, 3)
        self.assertIn("aidmesh.txt:2: \"regoin\" is not asked: did you mean region?", said.stderr)
        self.assertIn("aidmesh.txt:4: a passphrase has at least 12 characters", said.stderr)
        self.assertEqual((settings(folder)["node.name"], settings(folder)["wifi.country"]), ("Oak", "HT"))

    def test_what_is_no_text_is_refused_whole(self):
        folder = os.path.join(self.base, "card")
        with open(self.file, "w", encoding="utf-16") as file:
            file.write("name = Oak\n")
        said = aidmeshd(folder, "--first-start", self.file)
        self.assertEqual(said.returncode, 1)
        self.assertIn("choose UTF-8", said.stderr)
        self.assertFalse(os.path.exists(os.path.join(folder, "answers.conf")))
        # Without it the node starts all the same, with what is made.
        self.assertEqual(aidmeshd(folder, "--first-start").returncode, 0)
        made = settings(folder)
        self.assertEqual(made["wifi.name"], "aidmesh-" + made["node.name"])
        # What was made stays.
        self.assertEqual(aidmeshd(folder, "--first-start").returncode, 0)
        self.assertEqual(settings(folder), made)

    def test_a_name_that_is_answered_later_is_what_people_see(self):
        node = Node("Oak", self.base, settings=["node.place=35.10,-77.04"])
        node.name = ""
        arguments = node.arguments()
        arguments.remove("node.name=")
        arguments = [word for i, word in enumerate(arguments) if not (word == "--set" and arguments[i + 1:i + 2] == ["--set"])]
        node.arguments = lambda: arguments
        self.assertEqual(aidmeshd(node.folder, "--first-start").returncode, 0)
        node.start()
        made = node.get("/v1/status")["name"]
        node.wait("its place", lambda n: [site["name"] for site in n.get("/v1/sites")["sites"]] == [made])
        node.stop()
        self.write("name = Église Sainte-Anne\n")
        self.assertEqual(aidmeshd(node.folder, "--first-start", self.file).returncode, 0)
        node.start()
        node.wait("the place's name", lambda n: [site["name"] for site in n.get("/v1/sites")["sites"]] == ["Église Sainte-Anne"])
        self.assertEqual(node.get("/v1/status")["name"], "Église Sainte-Anne")
        # By hand, too, codes as people write them; and a place that has a name of its own keeps it.
        self.assertEqual(node.get("/v1/radio")["state"], "off")
        node.cli("setup", "--wifi-country", "ht", "--region", "us915")
        node.wait("its radio is looked for", lambda n: n.get("/v1/radio")["state"] == "missing")
        node.cli("setup", "--name", "Oak Hall")
        self.assertEqual((node.get("/v1/status")["name"], node.get("/v1/sites")["sites"][0]["name"]), ("Oak Hall", "Oak Hall"))
        node.cli("edit", node.get("/v1/sites")["sites"][0]["ref"], "--name", "Kitchen")
        node.cli("setup", "--name", "Elm Hall")
        self.assertEqual((node.get("/v1/status")["name"], node.get("/v1/sites")["sites"][0]["name"]), ("Elm Hall", "Kitchen"))
        node.stop()
        node.start()
        self.assertEqual(node.get("/v1/status")["name"], "Elm Hall")

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


PASSPHRASE = "three old green boats"


def typed(node, *words, lines=(), code=0):
    """A verb to which lines are typed; what it said."""
    said = subprocess.run([AIDMESH, "--socket", node.control, *words], input="".join(line + "\n" for line in lines),
                          capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == code, f"{words}: {said.returncode} {said.stdout}{said.stderr}"
    return said.stdout + said.stderr


def on_disk(node, text):
    """Whether a file of the node's folder has that text."""
    found = subprocess.run(["grep", "-rlaF", "--exclude=log", text, node.folder], capture_output=True, check=False)
    return found.returncode == 0


class Passphrase(unittest.TestCase):
    def setUp(self):
        self.port = free_port()
        self.node = Node("Oak", work_folder(), settings=[f"control.listen=127.0.0.1:{self.port}"]).start()
        self.node.cli("init", "--name", "Oak", "--at", "35.1,-77.0")

    def household(self, name):
        answer = self.node.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 2, "name": name, "site": "Oak",
                                           "sure": True})
        return answer["ref"], answer["ticket"]

    def names(self):
        return sorted(t["name"] for t in self.node.get("/v1/tickets")["tickets"])

    def test_who_takes_the_card_reads_no_household_and_handing_out_goes_on(self):
        node = self.node
        first, ticket = self.household("Nomen Nescio")
        self.assertIn("sealed with this passphrase", typed(node, "passphrase", lines=[PASSPHRASE, PASSPHRASE]))
        # What was there comes along, what comes later too.
        self.household("Jane Roe")
        self.assertEqual(self.names(), ["Jane Roe", "Nomen Nescio"])
        node.stop()
        node.start()  # with all that a card has
        self.assertEqual(node.get("/v1/status")["households"], "locked")
        self.assertEqual(self.names(), [])
        self.assertIn("aidmesh unlock", typed(node, "tickets"))
        self.household("John Doe")
        # A code finds its need, and what it is for is handed out.
        self.assertEqual(node.get(f"/v1/tickets?q={ticket}")["tickets"][0]["ref"], first)
        stock = node.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 10, "site": "Oak"})["ref"]
        node.post("/v1/move", {"stage": "given", "from": stock, "ticket": ticket, "quantity": 2})
        # A wrong one is refused and counted, the right one opens.
        self.assertIn("Wrong ones since the start: 1", typed(node, "unlock", lines=["three old green goats"], code=1))
        self.assertIn("Wrong ones since the start: 2", typed(node, "unlock", lines=["x"], code=1))
        self.assertEqual(self.names(), [])
        typed(node, "unlock", lines=[PASSPHRASE])
        self.assertEqual(self.names(), ["Jane Roe", "John Doe", "Nomen Nescio"])
        typed(node, "lock")
        self.assertEqual(self.names(), [])
        self.assertFalse(on_disk(node, PASSPHRASE))

    def test_a_passphrase_is_changed_and_taken_away(self):
        node = self.node
        self.household("Nomen Nescio")
        self.assertIn("at least 12 characters", typed(node, "passphrase", lines=["short", "short"], code=1))
        self.assertIn("The two differ", typed(node, "passphrase", lines=[PASSPHRASE, "another"], code=2))
        typed(node, "passphrase", lines=[PASSPHRASE, PASSPHRASE])
        self.assertIn("not the passphrase", typed(node, "passphrase", lines=["wrong", "four new red kites",
                                                                             "four new red kites"], code=1))
        typed(node, "passphrase", lines=[PASSPHRASE, "four new red kites", "four new red kites"])
        node.stop()
        node.start()
        typed(node, "unlock", lines=[PASSPHRASE], code=1)
        typed(node, "unlock", lines=["four new red kites"])
        self.assertEqual(self.names(), ["Nomen Nescio"])
        typed(node, "passphrase", "--remove", lines=["four new red kites"])
        node.stop()
        node.start()
        self.assertEqual(node.get("/v1/status")["households"], "open")
        self.assertEqual(self.names(), ["Nomen Nescio"])

    def test_a_forgotten_one_costs_what_it_seals_and_nothing_else(self):
        node = self.node
        need, ticket = self.household("Nomen Nescio")
        typed(node, "passphrase", lines=[PASSPHRASE, PASSPHRASE])
        node.stop()
        node.start()
        # By hand at the node alone, and not without a question.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST", "/v1/passphrase", '{"forgotten": true, "sure": true}',
                           {"Content-Type": "application/json", "Aidmesh-Pin": node.get("/v1/pin")["pin"]})
        answer = connection.getresponse()
        self.assertEqual((answer.status, "at the node itself" in answer.read().decode()), (403, True))
        connection.close()
        self.assertIn("1 household", typed(node, "passphrase", "--forgotten", lines=[], code=1))
        self.assertEqual(node.get("/v1/status")["households"], "locked")
        self.assertIn("There is no passphrase any more", typed(node, "passphrase", "--forgotten", "--sure", lines=[]))
        self.assertEqual((node.get("/v1/status")["households"], self.names()), ("open", []))
        self.assertEqual([found["ref"] for found in node.get(f"/v1/tickets?q={ticket}")["tickets"]], [need])
        self.assertIn(ticket.lower(), typed(node, "tickets", ticket).lower())
        stock = node.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 10, "sure": True})["ref"]
        node.post("/v1/move", {"stage": "given", "from": stock, "ticket": ticket, "quantity": 2})
        typed(node, "passphrase", lines=["four new red kites", "four new red kites"])
        node.stop()
        node.start()
        typed(node, "unlock", lines=["four new red kites"])
        self.assertEqual(self.names(), [])

    def test_wrong_passphrases_run_out(self):
        typed(self.node, "passphrase", lines=[PASSPHRASE, PASSPHRASE])
        for _ in range(10):
            typed(self.node, "unlock", lines=["wrong"], code=1)
        self.assertIn("wait a minute", typed(self.node, "unlock", lines=[PASSPHRASE], code=1))

    def test_a_passphrase_that_was_given_holds_when_the_node_begins_anew(self):
        node = self.node
        _, ticket = self.household("Nomen Nescio")
        typed(node, "passphrase", lines=[PASSPHRASE, PASSPHRASE])
        key = node.get("/v1/status")["key"]
        node.cli("renew", "--sure")
        self.assertNotEqual(node.get("/v1/status")["key"], key)
        self.assertEqual(self.names(), ["Nomen Nescio"])
        # Its code is good at the new author's need, which nobody could say again without having read it.
        stock = node.post("/v1/line", {"kind": "stock", "item": "blanket", "quantity": 10, "sure": True})["ref"]
        node.post("/v1/move", {"stage": "given", "from": stock, "ticket": ticket, "quantity": 2})

    def test_the_boot_file_sets_it_and_never_another_one(self):
        base = work_folder()
        file = os.path.join(base, "aidmesh.txt")
        for passphrase, code in ((PASSPHRASE, 0), (PASSPHRASE, 0), ("four new red kites", 1)):
            with open(file, "w", encoding="utf-8") as out:
                out.write(f"passphrase = {passphrase}\n")
            said = aidmeshd(os.path.join(base, "Elm"), "--first-start", file)
            self.assertEqual(said.returncode, code, said.stderr)
        self.assertIn("another passphrase already", said.stderr)
        node = Node("Elm", base).start()
        self.assertEqual(node.get("/v1/status")["households"], "locked")
        typed(node, "unlock", lines=[PASSPHRASE])
        self.assertFalse(on_disk(node, PASSPHRASE))


class BootPartition(unittest.TestCase):
    """What the card runs before the node, on a folder in the boot partition's place and with no more rights than the node has."""

    def setUp(self):
        self.base = work_folder()
        for name in ("boot", "state", "bin"):
            os.mkdir(os.path.join(self.base, name))
        shutil.copy(AIDMESHD, os.path.join(self.base, "bin"))
        for path in ("tools/network/first-start", "node/settings/aidmesh.txt"):
            shutil.copy(os.path.join(os.path.dirname(__file__), "..", "..", path), self.base)
        self.nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.getuid() == 0 else []
        if self.nobody:
            subprocess.run(["chown", "-R", "65534:65534", self.base], check=True)

    def path(self, name):
        return os.path.join(self.base, name)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)
        if self.nobody:
            os.chown(self.path(name), 65534, 65534)

    def first_start(self, *words):
        environment = {"PATH": self.path("bin") + ":" + os.environ["PATH"], "AIDMESH_RUN": self.path("run"),
                       "AIDMESH_FORM": self.path("aidmesh.txt"), "STATE_DIRECTORY": self.path("state")}
        subprocess.run([*self.nobody, self.path("first-start"), *words, self.path("boot")], check=True, capture_output=True,
                       env={**os.environ, **environment})

    def test_a_refused_line_stands_in_the_file_with_its_reason_and_the_rest_is_taken(self):
        form = self.read("aidmesh.txt")
        self.write("boot/aidmesh.txt", "name = Oak\rrole = site\rpassphrase = boats\rcolour = red\r")
        self.first_start()
        for name in ("boot/aidmesh-error.txt", "run/refused"):
            self.assertRegex(self.read(name), r"^aidmesh.txt:3: a passphrase has at least 12 characters.*\r?\naidmesh.txt:5: \"colour\" is not asked")
        told = self.read("boot/aidmesh.txt")
        self.assertTrue(told.endswith(form))
        lines = told[:-len(form)].splitlines()
        self.assertEqual((lines[2], lines[4], len(lines)), ("passphrase = boats", "colour = red", 5))
        self.assertIn("name = aidmesh-Oak\n", self.read("boot/aidmesh-wifi.txt"))
        # Started again as it stands: the same is told, and what was answered elsewhere since is not undone.
        self.write("state/answers.conf", self.read("state/answers.conf").replace("name = Oak", "name = Elm"))
        self.first_start()
        self.assertEqual(self.read("boot/aidmesh.txt"), told)
        self.assertIn("name = Elm\n", self.read("state/answers.conf"))
        # Mended in its place.
        self.write("boot/aidmesh.txt", told.replace("passphrase = boats", "passphrase = three red boats").replace("colour", "#colour"))
        self.first_start()
        self.assertFalse(os.path.exists(self.path("boot/aidmesh-error.txt")))
        self.assertFalse(os.path.exists(self.path("run/refused")))
        self.assertEqual(self.read("boot/aidmesh.txt"), form)
        self.assertTrue(os.path.exists(self.path("state/households.key")))

    def test_where_the_form_is_put_back_nothing_is_refused_any_more(self):
        self.write("boot/aidmesh.txt", "colour = red\n")
        self.first_start()
        self.assertTrue(os.path.exists(self.path("boot/aidmesh-error.txt")))
        self.write("boot/aidmesh.txt", self.read("aidmesh.txt"))
        self.first_start()
        self.assertFalse(os.path.exists(self.path("boot/aidmesh-error.txt")))

    def test_what_is_no_text_stays_and_is_told(self):
        text = "name = Oak\n".encode("utf-16")
        with open(self.path("boot/aidmesh.txt"), "wb") as file:
            file.write(text)
        if self.nobody:
            os.chown(self.path("boot/aidmesh.txt"), 65534, 65534)
        self.first_start()
        for name in ("boot/aidmesh-error.txt", "run/refused"):
            self.assertRegex(self.read(name), r"^aidmesh.txt: it is no plain text: .* Nothing of it is in force[.]")
        with open(self.path("boot/aidmesh.txt"), "rb") as file:
            self.assertEqual(file.read(), text)
        self.assertTrue(os.path.exists(self.path("state/answers.conf")))

    def test_what_stands_of_the_wifi_is_as_it_is_now(self):
        self.write("boot/aidmesh.txt", "name = Oak\nrole = site\n")
        self.first_start()
        self.write("state/answers.conf", self.read("state/answers.conf").replace("aidmesh-Oak", "Hall A"))
        self.first_start("--wifi")
        self.assertIn("name = Hall A\n", self.read("boot/aidmesh-wifi.txt"))
        self.write("state/answers.conf", self.read("state/answers.conf").replace("role = site", "role = carried"))
        self.first_start("--wifi")
        self.assertFalse(os.path.exists(self.path("boot/aidmesh-wifi.txt")))


def in_terminal(node, answers):
    """`aidmesh setup` at a terminal: each answer is typed when its question stands there; what the screen showed, and the exit code."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(AIDMESH, [AIDMESH, "--socket", node.control, "setup"])
    screen, asked = "", list(answers)
    while True:
        readable, _, _ = select.select([fd], [], [], 60)
        assert readable, f"nothing more after:\n{screen}"
        try:
            data = os.read(fd, 4096)
        except OSError:
            break
        screen += data.decode("utf-8", "replace")
        if asked and screen.endswith("]: "):
            os.write(fd, (asked.pop(0) + "\n").encode())
            screen += "\n"
    os.close(fd)
    return screen, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def words_of(language):
    path = os.path.join(os.path.dirname(__file__), "..", "..", "board", "text", "languages", language + ".txt")
    with open(path, encoding="utf-8") as file:
        return dict(line.rstrip("\n").split(" = ", 1) for line in file if " = " in line)


class Terminal(unittest.TestCase):
    def setUp(self):
        self.node = Node("Card", work_folder(), settings=["control.hosts=aidmesh.lan"])
        self.node.start()

    def test_five_questions_in_a_terminal_make_a_node_that_stands_somewhere(self):
        node = self.node
        screen, code = in_terminal(node, ["Elm School", "35.1064,-77.0936", WORDS, PASSPHRASE, "us915"])
        self.assertEqual(code, 0, screen)
        self.assertNotIn(PASSPHRASE, screen)
        self.assertIn("aidmesh poster", screen)
        status = node.get("/v1/status")
        self.assertEqual((status["name"], status["households"]), ("Elm School", "locked"))
        site = node.get("/v1/sites")["sites"][0]
        self.assertEqual((site["ref"], site["name"]), (status["site_ref"], "Elm School"))
        setup = node.get("/v1/setup")
        self.assertTrue(setup["words"] and setup["passphrase"] and setup["answered"])
        self.assertEqual(setup["region"], "US915")
        self.assertIn(node.get("/v1/pin")["pin"], screen)
        # Enter alone leaves everything as it is.
        screen, code = in_terminal(node, ["", "", "", ""])
        self.assertEqual(code, 0, screen)
        again = node.get("/v1/setup")
        for kept in ("name", "site_ref", "words", "region", "wifi_name", "wifi_password"):
            self.assertEqual(again[kept], setup[kept], kept)

    def test_an_option_changes_one_answer_and_a_wrong_one_says_why(self):
        node = self.node
        node.cli("setup", "--name", "Oak", "--at", "35.1,-77.0", "--wifi-country", "US", "--language", "fr")
        first = node.get("/v1/setup")
        self.assertEqual((first["wifi_country"], first["words"]), ("US", False))
        said = node.cli_error("setup", "--words", "oak elm ash fir", code=1)
        self.assertIn("at least 20 letters in all, and these are 12", said)
        self.assertIn("EU868", node.cli_error("setup", "--region", "Europe", code=1))
        self.assertEqual(node.get("/v1/setup")["wifi_password"], first["wifi_password"])
        node.cli("setup", "--words", WORDS, "--region", "EU868", "--role", "carried", "--wifi-name", "oak-net")
        changed = node.get("/v1/setup")
        self.assertEqual((changed["region"], changed["role"], changed["wifi_name"], changed["words"]),
                         ("EU868", "carried", "oak-net", True))
        password = aidmeshd(node.folder, "--wifi-password", "oak-net").stdout.strip()
        self.assertEqual(changed["wifi_password"], password)
        node.cli("setup", "--wifi-password", "as you like it")
        self.assertEqual(node.get("/v1/setup")["wifi_password"], "as you like it")
        # Of one name the last password stands; the carried node's feet read these lines.
        for join in ("first-word Elm school", "kefm-batu Elm school", "other-word Mill"):
            node.cli("setup", "--wifi-join", join)
            node.wait("its answers are in force", lambda n: n.get("/v1/status") is not None)
        joins = [line for line in aidmeshd(node.folder, "--settings").stdout.splitlines() if line.startswith("wifi.join=")]
        self.assertEqual(joins, ["wifi.join=kefm-batu Elm school", "wifi.join=other-word Mill"])
        self.assertIn("PASSWORD NAME", node.cli_error("setup", "--wifi-join", "short Elm", code=1))
        node.cli("setup", "--pin", "0815")  # stands over the one that was made, and is changed in the same way
        self.assertEqual(node.get("/v1/pin")["pin"], "0815")
        self.assertIn("aidmesh setup --pin", node.cli_error("pin", "0816", code=1))
        node.cli("setup", "--at", "35.2,-77.1")  # the same place, moved
        sites = node.get("/v1/sites")["sites"]
        self.assertEqual(len(sites), 1)
        self.assertAlmostEqual(sites[0]["place"]["lat"], 35.2, 3)

    def test_the_poster_has_what_a_phone_needs_in_four_languages(self):
        node = self.node
        node.cli("setup", "--name", "Oak", "--wifi-name", 'a;b "c"', "--wifi-password", "x,y:z\\12")
        poster = node.cli("poster", "--language", "es")
        for part in ("a;b &#34;c&#34;", "x,y:z\\12", "http://aidmesh.lan/", "contraseña", "<h1>Oak</h1>"):
            self.assertIn(part, poster)
        self.assertEqual(poster.count("<svg"), 2)
        self.assertNotIn("<script", poster)
        self.assertEqual(len({node.cli("poster", "--language", code) for code in ("en", "es", "fr", "ht")}), 4)

    def test_the_field_card_quotes_display_and_page_and_has_no_secret(self):
        node = self.node
        node.cli("setup", "--name", "Oak", "--wifi-name", "oak<1>")
        secrets = (node.get("/v1/setup")["wifi_password"], node.get("/v1/pin")["pin"])
        for code in ("en", "es", "fr", "ht"):
            card = re.sub("[\u00a0 ]+", " ", node.cli("poster", "--card", "--language", code))
            for key in ("lcd-starts", "lcd-all-safe", "lcd-not-safe", "lcd-card-failed", "lcd-clock", "page-need", "page-have",
                        "page-done", "page-give", "page-trust", "page-print"):
                self.assertIn(words_of(code)[key], card, (code, key))
            for part in ("oak&#60;1&#62;", "http://aidmesh.lan/", "aidmesh export", "Oak</h1>"):
                self.assertIn(part, card)
            for secret in secrets:
                self.assertNotIn(secret, card)
        self.assertIn("<td>12 NOT TAKEN:</td>", node.cli("poster", "--card", "--language", "en"))


if __name__ == "__main__":
    unittest.main()
