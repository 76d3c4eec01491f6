# SPDX-License-Identifier: AGPL-3.0-or-later
"""The daemon as a service: what systemd hears of it, settings that are read again, and parts that are missing."""

import os
import re
import signal
import socket
import subprocess
import time
import unittest

from air import Air
from nodes import AIDMESHD, NO_IPV6, Node, Refused, free_port, meet, trust, work_folder
from port import Pty
from rnode import RNode


class Service(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()
        self.heard = None

    def listen(self, node):
        """As systemd: everything that the node notifies, from before its start on."""
        path = os.path.join(node.folder, "manager")
        self.heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.heard.bind(path)
        self.addCleanup(self.heard.close)
        return path

    def start(self, node, **environment):
        path = self.listen(node)
        node.process = subprocess.Popen(node.arguments(), stderr=node.log, stdin=subprocess.DEVNULL,
                                        env={**os.environ, "NOTIFY_SOCKET": path, **environment})
        self.wait_word(node, lambda words: "READY=1" in words)
        return node

    def wait_word(self, node, condition, seconds=60):
        self.heard.settimeout(seconds)
        try:
            while True:
                words = self.heard.recv(4096).decode().split("\n")
                if condition(words):
                    return words
        except TimeoutError:
            raise AssertionError(f"systemd was not told:\n{node.log_text()}") from None

    def is_silent(self, seconds):
        self.heard.settimeout(seconds)
        try:
            self.heard.recv(4096)
            return False
        except TimeoutError:
            return True

    def test_the_watchdog_is_fed_while_the_loop_turns_and_starves_when_it_hangs(self):
        oak = Node("Oak", self.base)
        self.start(oak, WATCHDOG_USEC="400000")
        began = time.monotonic()
        for _ in range(5):
            self.wait_word(oak, lambda words: "WATCHDOG=1" in words, 5)
        self.assertGreater(time.monotonic() - began, 0.6, "half the period lies between two")
        oak.process.send_signal(signal.SIGSTOP)
        while not self.is_silent(0.5):
            pass
        self.assertTrue(self.is_silent(1), "a loop that does not turn says nothing")
        oak.process.send_signal(signal.SIGCONT)
        self.wait_word(oak, lambda words: "WATCHDOG=1" in words, 5)
        oak.process.send_signal(signal.SIGTERM)
        self.wait_word(oak, lambda words: "STOPPING=1" in words)
        self.assertEqual(oak.process.wait(20), 0)
        oak.process = None

    def test_another_process_that_is_watched_is_not_answered_for(self):
        oak = self.start(Node("Oak", self.base), WATCHDOG_USEC="200000", WATCHDOG_PID="1")
        self.wait_word(oak, lambda words: words[0].startswith("STATUS="))
        self.assertTrue(self.is_silent(1))

    def test_the_status_says_in_words_what_matters(self):
        oak, elm = Node("Oak", self.base), Node("Elm", self.base)
        self.start(oak)
        self.wait_word(oak, lambda words: words == ["STATUS=Oak; nobody near"])
        meet(elm, oak)
        self.wait_word(oak, lambda words: words == ["STATUS=Oak; 1 neighbour, all safe"])
        elm.stop()
        self.wait_word(oak, lambda words: words == ["STATUS=Oak; nobody near"])
        self.assertTrue(self.is_silent(2), "nothing is said again that was said")

    def settings(self, node, text):
        path = os.path.join(node.folder, "aidmesh.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def hup(self, node):
        node.process.send_signal(signal.SIGHUP)
        words = self.wait_word(node, lambda words: "RELOADING=1" in words)
        usec = next(int(word.split("=")[1]) for word in words if word.startswith("MONOTONIC_USEC="))
        self.assertLess(abs(time.clock_gettime(time.CLOCK_MONOTONIC) - usec / 1e6), 30)
        self.wait_word(node, lambda words: "READY=1" in words)

    def test_settings_are_read_again(self):
        oak, elm = Node("Oak", self.base), Node("Elm", self.base)
        path = self.settings(oak, "[control]\npin = 4711\n")
        oak.arguments = lambda: [word if word != "/dev/null" else path for word in Node.arguments(oak)]
        self.start(oak)
        elm.start()
        self.assertEqual(oak.get("/v1/pin")["pin"], "4711")
        self.settings(oak, f"[control]\npin = 8026\n[link]\npeer = 127.0.0.1:{elm.link_port}\n"
                           "[node]\nentries = 900\n[display]\noutput = /dev/no-such-lcd\n")
        self.hup(oak)
        self.assertEqual(oak.get("/v1/pin")["pin"], "8026")
        oak.wait_safe()
        self.assertIn("[node] entries has changed and wants a restart", oak.log_text())
        self.assertIn("/dev/no-such-lcd", oak.log_text())
        self.settings(oak, "[control]\npin = 9999\n[link]\npear = 127.0.0.1:1\n")
        self.hup(oak)
        self.assertEqual(oak.get("/v1/pin")["pin"], "8026", "settings that are wrong change nothing")
        self.assertRegex(oak.log_text(), r"the settings stay as they were: .*aidmesh.conf:4: .*pear")
        self.assertEqual(len(oak.peers()), 1)
        # Twice in a row, and into the end.
        self.settings(oak, "")
        oak.process.send_signal(signal.SIGHUP)
        oak.process.send_signal(signal.SIGHUP)
        oak.stop()

    def test_a_busy_port_is_said_and_tried_again(self):
        with socket.create_server(("127.0.0.1", 0)) as link, socket.create_server(("127.0.0.1", 0)) as page:
            page_port = page.getsockname()[1]
            oak = Node("Oak", self.base, settings=[f"control.listen=127.0.0.1:{page_port}"])
            oak.link_port = link.getsockname()[1]
            elm = Node("Elm", self.base).start()
            oak.dials = [f"127.0.0.1:{elm.link_port}"]
            oak.start()
            notices = oak.get("/v1/status")["notices"]
            self.assertEqual([n["notice"] for n in notices], ["part-waits", "part-waits"])
            self.assertIn(str(oak.link_port), notices[0]["sentence"])
            self.assertIn(str(page_port), notices[1]["sentence"])
            self.assertIn("! ", oak.cli("status"))
            oak.wait_safe()  # the rest runs: it calls others
            self.assertTrue(oak.post("/v1/site", {"name": "Oak"})["ref"])
        oak.wait("the ports were taken", lambda n: not n.get("/v1/status")["notices"], 30)
        with socket.create_connection(("127.0.0.1", page_port)) as phone:
            phone.sendall(b"GET /v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertIn(b" 200 ", phone.recv(100))
        ash = Node("Ash", self.base)
        ash.dials = [f"127.0.0.1:{oak.link_port}"]
        ash.start().wait_safe()

    def metrics(self, node):
        """Read as strictly as Prometheus reads it: HELP and TYPE once before the lines of a name, no name or line twice."""
        text = node.request("GET", "/v1/metrics").decode("utf-8")
        self.assertTrue(text.endswith("\n"))
        values, types, helped, at = {}, {}, set(), None
        for line in text.splitlines():
            if line.startswith("# HELP "):
                at = line.split(" ")[2]
                self.assertNotIn(at, helped)
                helped.add(at)
            elif line.startswith("# TYPE "):
                self.assertEqual(line.split(" ")[2], at)
                types[at] = line.split(" ")[3]
                self.assertIn(types[at], ("counter", "gauge"))
            else:
                found = re.fullmatch(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[a-z_]+="[^"\\\n]*"(?:,[a-z_]+="[^"\\\n]*")*\})? ([0-9]+)', line)
                self.assertTrue(found, line)
                self.assertEqual(found[1], at, "the lines of a name stand together")
                self.assertIn(at, types)
                self.assertEqual(types[at] == "counter", at.endswith("_total"))
                self.assertNotIn(found[1] + (found[2] or ""), values)
                values[found[1] + (found[2] or "")] = int(found[3])
        self.assertEqual(set(types), helped)
        return values

    def test_metrics(self):
        oak, elm = Node("Oak", self.base, settings=[f"control.listen=127.0.0.1:{free_port()}"]).start(), Node("Elm", self.base)
        before = self.metrics(oak)
        self.assertEqual(before['aidmesh_peers{state="safe"}'], 0)
        self.assertIn(f'aidmesh_info{{version="{oak.get("/v1/status")["version"]}",protocol="1",schema="', "".join(before))
        meet(elm, oak)
        elm.post("/v1/site", {"name": "Elm"})
        oak.wait("it came", lambda n: n.get("/v1/sites")["sites"])
        oak.wait_safe()
        after = self.metrics(oak)
        self.assertEqual(after['aidmesh_peers{state="safe"}'], 1)
        self.assertEqual(after["aidmesh_contacts_total"], 1)
        self.assertGreaterEqual(after["aidmesh_comparisons_total"], 1)
        for name in ("aidmesh_entries", "aidmesh_store_entries_total", "aidmesh_store_commits_total",
                     "aidmesh_store_written_bytes_total", 'aidmesh_link_bytes_total{direction="in"}',
                     'aidmesh_link_bytes_total{direction="out"}'):
            self.assertGreater(after[name], before[name], name)
        self.assertGreater(after["process_resident_memory_bytes"], 1 << 20)
        self.assertEqual(after['aidmesh_clock_quality{quality="set"}'], 1)
        with socket.create_connection(("127.0.0.1", oak.link_port)) as stranger:
            stranger.sendall(b"GET / HTTP/1.1\r\n\r\n" * 4)
            while stranger.recv(100):
                pass
        self.assertEqual(self.metrics(oak)['aidmesh_refused_total{reason="link"}'], after['aidmesh_refused_total{reason="link"}'] + 1)
        elm.stop()
        oak.wait_alone()
        self.assertGreaterEqual(self.metrics(oak)['aidmesh_link_bytes_total{direction="in"}'],
                                after['aidmesh_link_bytes_total{direction="in"}'], "what a contact counted stays counted")
        page = int(oak.settings[0].split(":")[1])
        with socket.create_connection(("127.0.0.1", page)) as phone:
            phone.sendall(b"GET /v1/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
            self.assertIn(b" 403 ", phone.recv(100))

    def test_two_nodes_on_one_control_socket_are_one_too_many(self):
        oak, elm = Node("Oak", self.base).start(), Node("Elm", self.base)
        elm.control = oak.control
        done = subprocess.run(elm.arguments(), capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("Another process already answers there", done.stderr)
        self.assertEqual(oak.get("/v1/status")["name"], "Oak")

    def test_a_run_folder_that_is_missing_is_made_or_named(self):
        oak = Node("Oak", self.base)
        oak.control = os.path.join(oak.folder, "run", "deep", "control.sock")
        oak.start()
        self.assertEqual(oak.get("/v1/status")["name"], "Oak")
        elm = Node("Elm", self.base)
        with open(os.path.join(elm.folder, "run"), "w", encoding="ascii"):
            pass
        elm.control = os.path.join(elm.folder, "run", "control.sock")
        done = subprocess.run(elm.arguments(), capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("folder of the control socket", done.stderr)

    def test_without_ipv6_it_runs(self):
        oak = Node("Oak", self.base, settings=["link.discovery=yes", f"link.discovery_port={free_port()}"])
        arguments = oak.arguments()
        arguments[arguments.index(f"link.listen=127.0.0.1:{oak.link_port}")] = f"link.listen=[::]:{oak.link_port}"
        oak.arguments = lambda: arguments
        self.start(oak, LD_PRELOAD=NO_IPV6, ASAN_OPTIONS="verify_asan_link_order=0")
        self.assertEqual(oak.get("/v1/status")["notices"], [])
        elm = Node("Elm", self.base)
        meet(elm, oak)
        trust(oak, elm)

    def files(self, node):
        paths = [os.path.join(node.folder, name) for name in sorted(os.listdir(node.folder))
                 if name.startswith(("entries", "settings"))]
        return [(path, os.stat(path).st_mtime_ns, os.stat(path).st_size) for path in paths]

    def files_at_rest(self, node):
        """What was under way is on the disk: twice the same, half a second apart."""
        seen, until = None, time.monotonic() + 20
        while seen != self.files(node):
            self.assertLess(time.monotonic(), until)
            seen = self.files(node)
            time.sleep(0.5)
        return seen

    def an_hour_passes(self, node):
        node.suspend(days=1 / 24)
        with self.assertRaises(Refused):  # it looks at its clock, and has nothing to write
            node.post("/v1/line", {"kind": "need", "item": "water", "quantity": "5"})

    def rest(self, oak):
        begun = self.files_at_rest(oak)
        oak.post("/v1/site", {"name": "Oak"})
        self.an_hour_passes(oak)  # the date of the last word is noted once
        rested = self.files_at_rest(oak)
        self.assertNotEqual(begun, rested)
        for _ in range(3):
            self.an_hour_passes(oak)
        self.assertEqual(rested, self.files_at_rest(oak))

    def test_nothing_is_written_while_idle(self):
        oak = Node("Oak", self.base)
        oak.set_date()
        self.rest(oak.start())

    def test_nor_with_a_radio_that_says_that_it_is_there(self):
        air = Air(seed=1).start()
        self.addCleanup(air.close)
        stick = RNode(air, Pty(air, os.path.join(self.base, "tty")), "stick", boot_ms=300, chip="sx1262").plug()
        oak = Node("Oak", self.base, settings=[f"radio.port={stick.port.path}", "radio.region=US915"])
        oak.set_date()
        oak.start()
        oak.wait("its first word", lambda n: n.get("/v1/radio")["frames"]["out"])
        self.rest(oak)
        said = oak.get("/v1/radio")["frames"]["out"]
        self.an_hour_passes(oak)
        oak.wait("it says that it is there", lambda n: n.get("/v1/radio")["frames"]["out"] > said)
        oak.stop()


if __name__ == "__main__":
    unittest.main()
