# SPDX-License-Identifier: AGPL-3.0-or-later
"""A receiver of satellites says what the date is: the real gpsd, whose receiver is a terminal that speaks NMEA 0183."""
import atexit
import os
import pty
import shutil
import socket
import subprocess
import threading
import time
import tty
import unittest

from nodes import Node, free_port, work_folder

GPSD = shutil.which("gpsd") or "/usr/sbin/gpsd"


def sentence(words):
    sum_of = 0
    for letter in words:
        sum_of ^= ord(letter)
    return f"${words}*{sum_of:02X}\r\n"


class Receiver:
    """With a fix in three dimensions, or none. `ahead_s`: its date, counted from this machine's."""

    def __init__(self, ahead_s, has_fix=True):
        self.near, far = pty.openpty()
        tty.setraw(far)
        self.path = os.ttyname(far)
        os.chmod(self.path, 0o666)
        self.far, self.ahead_s, self.has_fix = far, ahead_s, has_fix
        self.is_on = True
        threading.Thread(target=self.speak, daemon=True).start()

    def speak(self):
        while self.is_on:
            now = time.gmtime(time.time() + self.ahead_s)
            at, day = time.strftime("%H%M%S.00", now), time.strftime("%d%m%y", now)
            fix, mode = ("A", "3") if self.has_fix else ("V", "1")
            text = sentence(f"GPRMC,{at},{fix},3506.00,N,07700.00,W,0.0,0.0,{day},,,{'A' if self.has_fix else 'N'}")
            if self.has_fix:
                text += sentence(f"GPGGA,{at},3506.00,N,07700.00,W,1,08,1.0,10.0,M,-30.0,M,,")
            text += sentence(f"GPGSA,A,{mode},01,02,03,04,05,06,07,08,,,,,1.5,1.0,1.1")
            try:
                os.write(self.near, text.encode("ascii"))
            except OSError:
                return
            threading.Event().wait(0.5)  # a receiver says it again and again


def start_gpsd(receiver):
    port = free_port()
    process = subprocess.Popen([GPSD, "-N", "-n", "-S", str(port), receiver.path],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(process.kill)
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return port, process
        except ConnectionRefusedError:
            assert process.poll() is None, "gpsd did not start"


@unittest.skipUnless(os.path.exists(GPSD), "gpsd is not installed: tools/setup test")
class Satellites(unittest.TestCase):
    def setUp(self):
        self.base = work_folder()

    def node(self, port):
        oak = Node("Oak", self.base, settings=["node.clock=auto", f"node.gps={port}"])
        oak.set_date(days=3)  # a guess, and wrong
        return oak

    def test_a_fix_sets_the_date_and_what_was_said_before_moves_along(self):
        receiver = Receiver(ahead_s=10 * 86400)
        oak = self.node("off").start()
        need = oak.post("/v1/line", {"kind": "need", "item": "blanket", "quantity": 20, "within": 24,
                                       "lat": 35.1, "lon": -77.0})["ref"]
        before = oak.get("/v1/record/" + need)["record"]
        oak.stop()
        port, gpsd = start_gpsd(receiver)
        oak.settings[-1] = f"node.gps={port}"
        oak.start()
        oak.wait("the date is set", lambda n: n.get("/v1/status")["clock"]["source"] == "gps")
        status = oak.get("/v1/status")
        self.assertEqual(status["time_quality"], "set")
        ahead = time.mktime(time.strptime(status["now"], "%Y-%m-%dT%H:%M:%SZ")) - time.mktime(time.gmtime())
        self.assertLess(abs(ahead - 10 * 86400), 30)
        after = oak.get("/v1/record/" + need)["record"]
        self.assertEqual(after["status"], "open")
        self.assertGreater(after["due"], before["due"])
        self.assertIn("GPS", oak.cli("clock"))
        gpsd.kill()
        receiver.is_on = False

    def test_without_a_fix_nothing_is_believed(self):
        receiver = Receiver(ahead_s=10 * 86400, has_fix=False)
        port, gpsd = start_gpsd(receiver)
        oak = self.node(port).start()
        with socket.create_connection(("127.0.0.1", port)) as watch:
            watch.sendall(b'?WATCH={"enable":true,"json":true};\n')
            heard = watch.makefile("r", encoding="utf-8")
            reports = 0
            while reports < 6:
                reports += '"class":"TPV"' in heard.readline()
        self.assertEqual(oak.get("/v1/status")["clock"]["source"], "nobody")
        gpsd.kill()
        receiver.is_on = False


if __name__ == "__main__":
    unittest.main()
