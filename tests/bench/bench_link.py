# SPDX-License-Identifier: AGPL-3.0-or-later
"""Two real nodes with many entries: what joining, breaking and starting cost, as ratios to limits.

  bench_link.py join [COUNT]    COUNT different entries on each side: wall time and bytes until both hold all (100,000)
  bench_link.py cut [ROUNDS]    a contact that breaks at random moments: what is sent twice (100)
  bench_link.py start [COUNT]   a node with COUNT entries: memory, and its start beside a plain read of the rows (100,000)

AIDMESHD, AIDMESH and BENCH_STORE name the binaries. Exits with 1 where a limit is not met. Traffic stays on loopback."""

import os
import random
import re
import resource
import socket
import statistics
import struct
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import nodes  # noqa: E402

BENCH_STORE = os.environ["BENCH_STORE"]
PATIENCE_S = 600.0
POLL_S = 0.02
NEWS = 1000  # entries that a node brings along to each contact
BATCH = 1472  # changes that the engine hands out at most (COMMIT_ENGINE_CHANGES)
failed = False


def bench_store(*words):
    return subprocess.run([BENCH_STORE, *words], check=True, capture_output=True, text=True).stdout.strip()


def row(what, measured, limit, unit):
    global failed
    failed = failed or measured > limit
    print(f"{what:<58} {measured:>12.3f} {limit:>12.3f} {unit:<8} {measured / limit:>6.2f}", flush=True)


def head(title):
    print(f"{title}\n{'figure':<58} {'measured':>12} {'limit':>12} {'':<8} {'ratio':>6}")


def new_node(name, base, count, seed, room):
    node = nodes.Node(name, base, settings=[f"node.entries={room}"])
    node.start()  # entries without the key of whoever holds them are not handed on
    node.stop()
    if count:
        bench_store("fill", node.folder, str(count), str(seed))
    return node


def memory_mib(node):
    with open(f"/proc/{node.process.pid}/status", encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1]) / 1024


def cpu_s(node):
    with open(f"/proc/{node.process.pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children_cpu_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def is_safe(node):
    peers = node.peers()
    return len(peers) == 1 and peers[0]["state"] == "safe"


def join(count):
    base = nodes.work_folder()
    a, b = (new_node(name, base, count, seed, 2 * count + 1000) for name, seed in (("a", 1), ("b", 2)))
    folders = [a.folder, b.folder]
    size = int(bench_store("size", *folders))
    verify_s, insert_s = float(bench_store("verify", *folders)), float(bench_store("insert", *folders))
    b.start()
    a.dials = [f"127.0.0.1:{b.link_port}"]
    a.start()
    begun, cpu_begun = time.monotonic(), cpu_s(a) + cpu_s(b)
    while not (is_safe(a) and is_safe(b) and min(n.peers()[0]["entries_in"] for n in (a, b)) >= count):
        if time.monotonic() - begun > PATIENCE_S:
            raise SystemExit(f"never safe: {a.peers()} {b.peers()}")
        time.sleep(POLL_S)
    wall_s, used_s = time.monotonic() - begun, cpu_s(a) + cpu_s(b) - cpu_begun
    peers = [a.peers()[0], b.peers()[0]]
    wire = peers[0]["bytes_in"] + peers[0]["bytes_out"]
    twice = sum(p["entries_out"] - p["entries_in"] for p in peers)
    if min(n.get("/v1/status")["entries"] for n in (a, b)) < 2 * count:
        raise SystemExit("safe, and entries are missing")
    memory = max(memory_mib(a), memory_mib(b))
    a.stop()
    b.stop()
    alone_s = children_cpu_s()
    verify_s = (verify_s + float(bench_store("verify", a.folder))) / 2  # before and after, for machines do not hold still
    alone_s = children_cpu_s() - alone_s
    head(f"{count} entries on each side, {size} bytes; verifying them all takes {verify_s:.2f} s, inserting {insert_s:.2f} s")
    row("wall time until both are safe, s", wall_s, 1.5 * max(verify_s, insert_s), "s")
    row("bytes on the wire beyond the entries", 100 * (wire / size - 1), 5, "percent")
    print(f"sent twice: {twice} entries; "
          f"CPU of both nodes {used_s:.2f} s, of verifying alone {alone_s:.2f} s; memory with {2 * count} entries {memory:.1f} MiB")


class Cutter:
    """Passes bytes on between a dialler and a node; breaks the contact after a number of bytes to the node."""

    def __init__(self, port):
        self.port = port
        self.left = 0
        self.lock = threading.Lock()
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(8)
        threading.Thread(target=self.serve, daemon=True).start()

    def address(self):
        return "127.0.0.1:%d" % self.listener.getsockname()[1]

    def serve(self):
        while True:
            dialler, _ = self.listener.accept()
            node = socket.create_connection(("127.0.0.1", self.port))
            ends = (dialler, node)
            threading.Thread(target=self.copy, args=(dialler, node, ends, True), daemon=True).start()
            threading.Thread(target=self.copy, args=(node, dialler, ends, False), daemon=True).start()

    def copy(self, source, target, ends, counted):
        try:
            while data := source.recv(4096):
                if counted:
                    self.left -= len(data)
                    if self.left <= 0:
                        break
                target.sendall(data)
        except OSError:
            pass
        with self.lock:
            for end in ends:
                try:
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                end.close()


def ended(node):
    """Of each contact that ended: the entries that went."""
    return [int(went) for went in re.findall(r"a contact ended: \d+ entries came, (\d+) went", node.log_text())]


def held_by(node):
    """Entries, when what had arrived is committed."""
    before, now = -1, node.get("/v1/status")["entries"]
    while before != now:
        time.sleep(POLL_S)
        before, now = now, node.get("/v1/status")["entries"]
    return now


def cut(rounds):
    """One node comes again and again with news, about as much as gets through before the contact breaks."""
    base = nodes.work_folder()
    seed = int(os.environ.get("AIDMESH_SEED", random.SystemRandom().randrange(10**6)))
    dice = random.Random(seed)
    a, b = (new_node(name, base, 0, 0, 1000000) for name in ("a", "b"))
    b.start()
    cutter = Cutter(b.link_port)
    a.dials = [cutter.address()]
    twice, held, first, visits = [], held_by(b), held_by(b), 0
    while len(twice) < rounds:
        visits += 1
        bench_store("fill", a.folder, str(NEWS), str(visits))
        cutter.left = dice.randrange(1000, 2 * NEWS * 140)
        contacts = len(ended(b))
        a.start()
        b.wait("an end", lambda n, contacts=contacts: len(ended(n)) > contacts or (n.peers() and is_safe(n)))
        is_broken = len(ended(b)) > contacts
        if is_broken:
            a.wait_alone()
        a.stop()
        before, held = held, held_by(b)
        if is_broken:
            twice.append(ended(a)[-1] - (held - before))
    b.stop()
    head(f"{rounds} contacts broken at random moments, AIDMESH_SEED={seed}: {held - first} entries came")
    row("entries sent twice, most of one break", max(twice), BATCH, "entries")
    row("entries sent twice, mean", statistics.mean(twice), BATCH, "entries")


def start(count):
    base = nodes.work_folder()
    node = new_node("node", base, count, 1, count + 1000)
    node.start()
    node.stop()
    starts, cpus, reads = [], [], []
    for _ in range(9):
        reads.append(float(bench_store("read", node.folder)))
        begun = time.monotonic()
        node.start()
        starts.append(time.monotonic() - begun)
        cpus.append(cpu_s(node))
        node.stop()
    node.start()
    node.get("/v1/status")
    memory = memory_mib(node)
    node.stop()
    head(f"a node with {count} entries")
    row("start, median of 9", statistics.median(starts), 2 * statistics.median(reads), "s")
    row("resident memory, with a picture", memory, 32, "MiB")
    print(f"CPU of a start {statistics.median(cpus):.2f} s; plain read {statistics.median(reads):.4f} s")


def main():
    words = sys.argv[1:]
    parts = {"join": (join, 100000), "cut": (cut, 100), "start": (start, 100000)}
    if not 1 <= len(words) <= 2 or words[0] not in parts:
        raise SystemExit(__doc__)
    part, default = parts[words[0]]
    part(int(words[1]) if len(words) == 2 else default)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
