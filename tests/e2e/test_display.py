# SPDX-License-Identifier: AGPL-3.0-or-later
"""The display on the wall, as someone in front of it sees it: the real LCDd of LCDproc with its driver that prints every
picture, and its driver that reads buttons; a pseudo-terminal in the place of /dev/lcd."""

import glob
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import threading
import time
import tty
import unittest

from nodes import AIDMESH, DEADLINE_S, Node, Road, free_port, meet, trust, work_folder

LCDD = shutil.which("LCDd", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
DRIVERS = glob.glob("/usr/lib/*/lcdproc/") + glob.glob("/usr/lib/lcdproc/")
KEYS = {"Enter": 28, "Left": 105, "Right": 106}


def press(fifo, key):
    """What the kernel tells of a button: struct input_event, pressed and let go."""
    for value in (1, 0):
        os.write(fifo, struct.pack("llHHi", 0, 0, 1, KEYS[key], value))


class Lcdd:
    """The real server with a display of 20x4 that is a list of four texts."""

    def __init__(self, folder):
        self.port = free_port()
        self.config = os.path.join(folder, "LCDd.conf")
        keys = os.path.join(folder, "lcdd-keys")
        os.mkfifo(keys)
        self.keys = os.open(keys, os.O_RDWR)
        with open(self.config, "w", encoding="ascii") as config:
            config.write(f"[server]\nDriverPath={DRIVERS[0]}\nDriver=text\nDriver=linux_input\nBind=127.0.0.1\n"
                         f"Port={self.port}\nServerScreen=no\nReportToSyslog=no\n[text]\nSize=20x4\n"
                         f"[linux_input]\nDevice={keys}\n")
        self.process = None
        self.rows = ["", "", "", ""]
        self.seen = []  # every picture, once
        self.news = threading.Condition()

    def start(self):
        near, far = pty.openpty()
        self.process = subprocess.Popen([LCDD, "-f", "-c", self.config], stdin=subprocess.DEVNULL, stdout=far, stderr=far)
        os.close(far)
        threading.Thread(target=self.read, args=(near,), daemon=True).start()

    def read(self, near):
        rows = []
        with open(near, encoding="latin-1", newline="") as lines:
            try:
                for line in lines:
                    line = line.rstrip("\r\n")
                    if line.startswith("|") and line.endswith("|"):
                        rows.append(line[1:-1])
                    elif line.startswith("+--"):
                        self.take(rows)
                        rows = []
            except OSError:
                pass  # the server has gone: EIO

    def take(self, rows):
        if len(rows) != 4 or rows == self.rows:
            return
        with self.news:
            self.rows = rows
            self.seen.append(rows)
            self.news.notify_all()

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def wait(self, what, seconds=DEADLINE_S):
        """Until `what`, an expression over the rows with line breaks between, is on it; gives the rows."""
        with self.news:
            if not self.news.wait_for(lambda: re.search(what, "\n".join(self.rows)), seconds):
                raise AssertionError(f"{what} did not appear; these did:\n" + "\n\n".join("\n".join(r) for r in self.seen))
            return self.rows


class Wall:
    """A pseudo-terminal in the place of /dev/lcd: what is written to it, as bytes."""

    def __init__(self, folder):
        self.near, far = pty.openpty()
        tty.setraw(far)
        self.path = os.path.join(folder, "lcd")
        os.symlink(os.ttyname(far), self.path)
        self.far = far
        self.bytes = b""

    def wait(self, what, seconds=DEADLINE_S):
        until = time.monotonic() + seconds
        while what not in self.bytes:
            ready, _, _ = select.select([self.near], [], [], max(0, until - time.monotonic()))
            if not ready:
                raise AssertionError(f"{what} was not written, but {self.bytes}")
            self.bytes += os.read(self.near, 4096)


@unittest.skipUnless(LCDD and DRIVERS, "LCDd is missing: tools/setup test installs it")
class OnTheWall(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.lcd = Lcdd(self.base)
        self.lcd.start()
        self.addCleanup(self.lcd.kill)

    def node(self, name, *settings, **more):
        settings += ("display.output=lcdproc", f"display.lcdproc=127.0.0.1:{self.lcd.port}")
        return Node(name, self.base, settings=settings, **more)

    def test_a_need_appears_in_the_language_of_the_place(self):
        oak = self.node("Oak", "display.language=es").start()
        self.lcd.wait(r"^Oak  .*\n0 necesidades")
        oak.cli("init", "--name", "Escuela \"Ñandú\" \\ {2}", "--at", "35.1,-77.04")
        oak.cli("need", "drinking-water", "120", "--people", "40", "--within", "24")
        self.assertEqual(self.lcd.wait("Agua potable"), ["Agua potable        ", "faltan 120 de 120 L ",
                                                         "Escuela \"Ñandú\" \\ {2", "en 24 h        ahora"])

    def test_an_alert_breaks_in(self):
        oak = self.node("Oak").start()
        self.lcd.wait("^Oak ")
        began = time.monotonic()
        oak.cli("note", "Bridge on Oak St is out", "--alert", "severe")
        self.lcd.wait(r"^! severe +now\nBridge on Oak St is \nout")
        self.assertLess(time.monotonic() - began, 2)

    def test_who_carries_a_node_sees_when_to_go(self):
        oak = Node("Oak", self.base).start()
        oak.request("POST", "/v1/import?kind=site", ("name,lat,lon\r\n" + "".join(
            f"Site {i},35.{i:04d},-77\r\n" for i in range(1000))).encode(), "text/csv")
        road = Road(oak.link_port, 40000)
        walker = self.node("Walker", listen=False).start()
        trust(walker, oak)
        walker.stop()
        walker.dials = [f"127.0.0.1:{road.port}"]
        walker.start()
        rows = self.lcd.wait(r"STAY: [1-9]\d* left")
        self.assertRegex(rows[0], r" \d+%$")
        self.lcd.wait(r"\n\[-+ +\]\nin \d+ out \d+")
        road.close()  # whoever carried it walked off
        rows = self.lcd.wait(r"^NOT ALL SAFE +\n.*\n[1-9]\d* not come +\n\d+ not gone")
        road = Road(oak.link_port, 10**9, at=road.port)  # and came back
        self.addCleanup(road.close)
        rows = self.lcd.wait("^ALL SAFE - WALK ON")
        self.assertEqual(rows[1], "1 neighbour         ")
        self.assertEqual(len(walker.get("/v1/sites?limit=5000")["sites"]), 1000)

    def test_a_display_that_goes_comes_back(self):
        oak = self.node("Oak").start()
        self.lcd.wait("^Oak ")
        for _ in range(2):
            self.lcd.kill()
            oak.cli("status")  # the node does not care
            self.lcd.rows = ["", "", "", ""]
            self.lcd.start()
            self.lcd.wait("^(Oak |No need)")
        log = oak.log_text()
        self.assertEqual(log.count("is there"), 1, log)
        self.assertEqual(log.count("ended the connection"), 1, log)
        oak.stop()
        self.lcd.wait(r"^(?!Oak |No need)")  # LCDd took the screen away

    def test_of_a_node_that_dies_nothing_stands_on_it(self):
        oak, elm = self.node("Oak", listen=False).start(), Node("Elm", self.base).start()
        trust(oak, elm)
        oak.stop()
        oak.dials = [f"127.0.0.1:{elm.link_port}"]
        oak.start()
        self.lcd.wait("^ALL SAFE - WALK ON")
        oak.kill()
        self.lcd.wait(r"^(?!ALL SAFE|Oak |No need)")

    def test_buttons_of_the_display_hold_and_turn(self):
        self.node("Oak").start()
        self.lcd.wait("^Oak ")
        press(self.lcd.keys, "Enter")
        held = self.lcd.wait("^.*=\n")
        press(self.lcd.keys, "Right")
        turned = self.lcd.wait(f"^(?!{re.escape(held[0])}).*=\n")
        press(self.lcd.keys, "Left")
        self.assertEqual(self.lcd.wait(f"^(?!{re.escape(turned[0])}).*=\n"), held)
        press(self.lcd.keys, "Enter")
        self.lcd.wait(r"^.* \n")

    def test_a_button_says_that_the_date_is_right(self):
        oak = self.node("Oak", "node.clock=guessed").start()
        self.lcd.wait(r"^CLOCK\?.*\n\d+ [A-Z][a-z]+ \d{4} \d\d:\d\d +\na guess +\nHOLD 2x: it is right")
        press(self.lcd.keys, "Enter")
        self.lcd.wait(r"^CLOCK\?.*=\n")
        self.assertEqual(oak.get("/v1/clock")["clock"]["quality"], "guessed")
        press(self.lcd.keys, "Enter")
        self.lcd.wait(r"^DATE IS SET:")
        clock = oak.get("/v1/clock")["clock"]
        self.assertEqual((clock["quality"], clock["source"]), ("set", "person"))


class OnTheDevice(unittest.TestCase):
    def test_a_character_lcd_is_written_to_and_its_buttons_turn_it(self):
        base = work_folder()
        wall, keys = Wall(base), os.path.join(base, "keys")
        os.mkfifo(keys)
        fifo = os.open(keys, os.O_RDWR)
        oak = Node("Oak", base, settings=(f"display.output={wall.path}", "display.size=16x2", f"display.buttons={keys}"))
        oak.start()
        wall.wait(b"\x1b[Lx0y0;Oak\x1b[Lx0y1;0 needs 0 near")
        self.assertTrue(wall.bytes.startswith(b"\n\x1b[LI"), "it begins anew")
        press(fifo, "Left")
        wall.wait(b"No neighbour")
        wall.bytes = b""
        oak.stop()
        wall.wait(b"\f")

    def test_a_picture_that_is_over_goes_when_the_node_starts_again(self):
        base = work_folder()
        wall, far = Wall(base), Node("Elm", base).start()
        oak = Node("Oak", base, listen=False, settings=(f"display.output={wall.path}",))
        oak.start()
        trust(oak, far)
        oak.stop()
        oak.dials = [f"127.0.0.1:{far.link_port}"]
        wall.bytes = b""
        oak.start()
        wall.wait(b"ALL SAFE - WALK ON")
        oak.kill()  # its letters stay
        wall.bytes = b""
        oak.dials = []
        oak.start()
        wall.wait(b"\x1b[Lx0y0;Oak")
        self.assertTrue(wall.bytes.startswith(b"\n\x1b[LI"), "the display begins anew")
        self.assertIn(b"\x1b[Lx0y0;aidmesh starts", wall.bytes)
        self.assertLess(wall.bytes.index(b"aidmesh starts"), wall.bytes.index(b"Oak"))

    def test_a_node_that_cannot_start_says_so_where_the_old_picture_stands(self):
        base = work_folder()
        config = os.path.join(base, "aidmesh.conf")

        def fails(node, words):
            wall.bytes = b""
            done = subprocess.run(node.arguments(), capture_output=True, text=True, timeout=DEADLINE_S, check=False)
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(words, done.stderr)
            wall.wait(b"\x1b[Lx0y0;AIDMESH CANNOT START\x1b[Lx0y1;")
            shown = wall.bytes[wall.bytes.index(b"CANNOT START"):]
            self.assertTrue(wall.bytes.startswith(b"\n\x1b[LI"), "the display begins anew")
            return shown

        wall = Wall(base)
        oak = Node("Oak", base, settings=(f"display.output={wall.path}",)).start()
        oak.stop()
        key = os.path.join(oak.folder, "identity.key")
        os.chmod(key, 0o644)
        self.assertIn(b"others can read the", fails(oak, "identity.key"))
        os.chmod(key, 0o600)
        with open(os.path.join(oak.folder, "entries.db"), "r+b") as store:
            store.write(b"no database any more" * 300)
        fails(oak, "entries.db")
        oak.settings += ["node.entries=many"]
        self.assertIn(b"many", fails(oak, "many"))
        with open(config, "w", encoding="ascii") as settings:  # and where the display itself is named beside a mistake
            settings.write(f"[node]\ncolour = blue\n[display]\noutput = {wall.path}\n")
        broken = Node("Broken", base)
        arguments = broken.arguments()
        arguments[arguments.index("/dev/null")] = config
        broken.arguments = lambda: arguments
        self.assertIn(b"aidmesh.conf:2:", fails(broken, "colour"))

    def test_a_terminal_does_not_go_on_showing_what_is_over(self):
        oak = Node("Oak", work_folder()).start()
        near, far = pty.openpty()
        watching = subprocess.Popen([AIDMESH, "--socket", oak.control, "lcd", "--watch"], stdin=subprocess.DEVNULL,
                                    stdout=far, stderr=subprocess.DEVNULL)
        os.close(far)
        with open(near, "rb", buffering=0) as terminal:
            shown = b""
            while b"|Oak " not in shown:
                shown += terminal.read(4096)
            oak.stop()
            try:
                while data := terminal.read(4096):
                    shown += data
            except OSError:
                pass  # it has ended: EIO
        self.assertEqual(watching.wait(DEADLINE_S), 3)
        last = shown.rsplit(b"\x1b[6A", 1)[1].replace(b"\r", b"")
        self.assertIn(b"|aidmesh stopped     |\n|                    |\n", last)

    def test_a_display_that_is_plugged_in_later_is_taken(self):
        base = work_folder()
        oak = Node("Oak", base, settings=(f"display.output={os.path.join(base, 'lcd')}",)).start()
        oak.cli("init", "--name", "Oak", "--at", "35.1,-77.04")
        oak.cli("need", "drinking-water", "120")
        wall = Wall(base)
        wall.wait(b"short 120 of 120 L")
        oak.stop()
        self.assertLessEqual(oak.log_text().count("there is no display at"), 1)


class Together(unittest.TestCase):
    def test_two_nodes_meet_with_and_without_displays(self):
        base = work_folder()
        oak = Node("Oak", base, settings=("display.output=lcdproc", f"display.lcdproc=127.0.0.1:{free_port()}")).start()
        elm = Node("Elm", base)
        meet(elm, oak)
        self.assertIn("cannot be reached", oak.log_text())
        elm.stop()
        oak.stop()


if __name__ == "__main__":
    unittest.main()
