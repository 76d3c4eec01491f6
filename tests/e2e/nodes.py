# SPDX-License-Identifier: AGPL-3.0-or-later
"""Real nodes for end-to-end tests: processes, sockets and folders, and waiting for what a person would wait for.

Every wait listens to the node's event stream and has a deadline; nothing sleeps for a guessed time.
Traffic stays on loopback, or in network namespaces that the test makes itself."""

import atexit
import glob
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

AIDMESHD = os.environ["AIDMESHD"]
AIDMESH = os.environ["AIDMESH"]
KERNEL_CLOCK = os.environ.get("KERNEL_CLOCK", "")
NO_IPV6 = os.environ.get("NO_IPV6", "")
# What the tests read is English, whatever the language of whoever runs them.
os.environ["LC_ALL"] = "C.UTF-8"
DEADLINE_S = 60.0


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Road:
    """A way to a node's link port that carries only so many bytes towards the caller, then nothing more: a contact that
    stands still in the middle, wherever the test wants it to. `at` is its own port, 0 any."""

    def __init__(self, port, carries, at=0):
        self.left = carries
        self.to = port
        self.listener = socket.create_server(("127.0.0.1", at))
        self.port = self.listener.getsockname()[1]
        self.ends = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        try:
            while True:
                near, _ = self.listener.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
                self.ends += [near, far]
                threading.Thread(target=self.carry, args=(near, far, False), daemon=True).start()
                threading.Thread(target=self.carry, args=(far, near, True), daemon=True).start()
        except OSError:
            return

    def carry(self, come, go, counted):
        try:
            while not counted or self.left > 0:
                data = come.recv(min(4096, self.left) if counted else 4096)
                if not data:
                    return
                self.left -= len(data) if counted else 0
                go.sendall(data)
        except OSError:
            return

    def close(self):
        for end in [self.listener] + self.ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # the other side was first
            end.close()


class Refused(Exception):
    """The node said no: status and sentence."""


class Node:
    """One aidmeshd with a folder of its own. `host` is a network namespace, or None for this one."""

    def __init__(self, name, base, listen=True, host=None, settings=()):
        self.name = name
        self.folder = os.path.join(base, name)
        os.makedirs(self.folder, exist_ok=True)
        self.control = os.path.join(self.folder, "control.sock")
        self.link_port = free_port() if listen else 0
        self.host = host
        self.dials = []
        self.settings = list(settings)
        self.dated = False
        self.boots = 1
        self.days = self.slept = 0
        self.process = None
        self.log = open(os.path.join(self.folder, "log"), "ab")
        atexit.register(self.kill)

    def arguments(self):
        settings = [f"node.folder={self.folder}", f"node.name={self.name}", f"control.socket={self.control}",
                    "control.listen=none", "node.clock=set"]
        if self.host is None:
            settings += ["link.discovery=no",
                         f"link.listen=127.0.0.1:{self.link_port}" if self.link_port else "link.listen=none"]
        settings += [f"link.peer={peer}" for peer in self.dials] + self.settings
        prefix = ["ip", "netns", "exec", self.host] if self.host else []
        return prefix + [AIDMESHD, "--config", "/dev/null"] + [word for s in settings for word in ("--set", s)]

    def set_date(self, days=0, hours=0, synchronised=False, off=False):
        """Its system's date from now on, counted from this machine's, and whether its kernel says that it is synchronised. It
        may be running, when it was started with a date of its own. The date alone moves: what waits goes on as ever. `off`: the
        machine was without power meanwhile, so that nobody can say from a clock that ran how much time has passed."""
        self.boots += off
        self.days = days + hours / 24
        self.dated = True
        for name, text in (("date", f"{int((24 * days + hours) * 3600):+d}"), ("kernel", "yes" if synchronised else "no"),
                           ("boot", f"{self.boots:08x}")):
            path = os.path.join(self.folder, name)
            with open(path + ".new", "w", encoding="ascii") as file:
                file.write(text + "\n")
            os.rename(path + ".new", path)

    def suspend(self, days):
        """It is running, and sleeps for so long: then all its clocks have gone on."""
        self.slept += days * 86400
        self.process.send_signal(signal.SIGSTOP)
        with open(os.path.join(self.folder, "slept"), "w", encoding="ascii") as file:
            file.write(f"{int(self.slept)}\n")
        with open(os.path.join(self.folder, "kernel"), encoding="ascii") as file:
            synchronised = file.read().startswith("yes")
        self.days += days
        self.set_date(days=self.days, synchronised=synchronised)
        self.process.send_signal(signal.SIGCONT)

    def clock(self):
        if not self.dated:
            return {}
        found = glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
        assert found, "the package faketime is missing: tools/setup test"
        return {"LD_PRELOAD": f"{KERNEL_CLOCK}:{found[0]}", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_NO_CACHE": "1",
                "FAKETIME_TIMESTAMP_FILE": os.path.join(self.folder, "date"),
                "KERNEL_CLOCK_FILE": os.path.join(self.folder, "kernel"),
                "KERNEL_BOOT_FILE": os.path.join(self.folder, "boot"),
                "KERNEL_SLEPT_FILE": os.path.join(self.folder, "slept"),
                "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}

    def start(self):
        # systemd's handshake says when a daemon is ready; a test listens to it as systemd would.
        path = os.path.join(self.folder, "notify")
        if os.path.exists(path):
            os.unlink(path)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind(path)
            ready.settimeout(DEADLINE_S)
            self.process = subprocess.Popen(self.arguments(), stderr=self.log, stdin=subprocess.DEVNULL,
                                            env={**os.environ, "NOTIFY_SOCKET": path, **self.clock()})
            try:
                while b"READY=1" not in ready.recv(4096):
                    pass
            except TimeoutError:
                raise AssertionError(f"{self.name} did not start:\n{self.log_text()}") from None
        return self

    def log_text(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8", errors="replace") as log:
            return log.read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(DEADLINE_S)
        self.process = None
        assert code == 0, f"{self.name} ended with {code}:\n{self.log_text()}"

    def kill(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def request(self, method, path, body=None, content_type="application/json", timeout=DEADLINE_S):
        connection = UnixConnection(self.control, timeout)
        headers = {"Content-Type": content_type} if body is not None else {}
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            data = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise Refused(answer.status, data.decode("utf-8", "replace"))
        return data

    def get(self, path):
        return json.loads(self.request("GET", path))

    def post(self, path, value):
        return json.loads(self.request("POST", path, json.dumps(value)))

    def cli(self, *words, expect=0):
        done = subprocess.run([AIDMESH, "--socket", self.control, *words], capture_output=True, text=True,
                              timeout=DEADLINE_S, check=False)
        assert done.returncode == expect, f"aidmesh {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def cli_error(self, *words, code, locale="C.UTF-8"):
        done = subprocess.run([AIDMESH, "--socket", self.control, *words], capture_output=True, text=True,
                              timeout=DEADLINE_S, check=False, env={**os.environ, "LC_ALL": locale})
        assert done.returncode == code, f"aidmesh {' '.join(words)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stderr

    def wait(self, what, condition, seconds=DEADLINE_S):
        """Until condition(self) is true: asked at first, and again at every change that the node tells of."""
        until = time.monotonic() + seconds
        connection = UnixConnection(self.control, seconds)
        try:
            connection.request("GET", "/v1/events")
            events = connection.getresponse()
            while True:
                value = condition(self)
                if value:
                    return value
                left = until - time.monotonic()
                if left <= 0:
                    raise TimeoutError
                connection.sock.settimeout(left)
                line = events.readline()
                while line and not line.startswith(b"data:"):
                    line = events.readline()
                if not line:  # it begins anew: its next life tells the rest
                    connection.close()
                    connection, events = self.listen_again(until)
        except TimeoutError:
            value = condition(self)  # time alone may have made it true
            if value:
                return value
            raise AssertionError(f"{self.name}: {what} did not come true in {seconds} s\n"
                                 f"status {self.get('/v1/status')}\npeers {self.get('/v1/peers')}") from None
        finally:
            connection.close()

    def listen_again(self, until):
        while True:
            try:
                connection = UnixConnection(self.control, DEADLINE_S)
                connection.request("GET", "/v1/events")
                return connection, connection.getresponse()
            except (ConnectionError, http.client.HTTPException, FileNotFoundError):
                if time.monotonic() > until:
                    raise TimeoutError from None

    def peers(self):
        return self.get("/v1/peers")["peers"]

    def wait_safe(self, count=1):
        self.wait("all safe", lambda n: len(n.peers()) == count and all(p["state"] == "safe" for p in n.peers()))

    def wait_alone(self):
        self.wait("alone", lambda n: not n.peers())

    def picture(self, at):
        return self.request("GET", f"/v1/picture?at={at}")


def meet(a, b):
    """The carried node `a` comes to `b`: it is switched on there, and both find out what the other lacks."""
    a.dials = [f"127.0.0.1:{b.link_port}"]
    a.start()
    a.wait_safe()
    b.wait_safe()


def trust(*nodes):
    """Whoever runs them knows each other: each vouches for each. All are started."""
    for node in nodes:
        for other in nodes:
            if other is not node:
                node.cli("vouch", other.get("/v1/status")["key"])


def part(a, b):
    a.stop()
    b.wait_alone()


def work_folder():
    base = tempfile.mkdtemp(prefix="aidmesh-")
    atexit.register(shutil.rmtree, base, ignore_errors=True)
    return base
