# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a node writes to its card: bytes that its process hands to the disk (write_bytes of /proc/PID/io), beside the entries' own.

  bench_wear.py [COUNT]    COUNT entries in bulk, by each way in which many come (30,000)

What the file system writes of its own (its journal, its tables) comes on top. AIDMESHD, AIDMESH and BENCH_STORE name the binaries.
Exits with 1 where a limit is not met."""

import os
import re
import resource
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import nodes  # noqa: E402
from bench_link import bench_store, is_safe, new_node  # noqa: E402

BULK = 3  # times its size
ROWS = 1000
ALONE = 20  # entries that come one by one
IDLE_S = 60
failed = False


def row(what, measured, limit):
    global failed
    failed = failed or (limit is not None and measured > limit)
    limit, ratio = ("none", "") if limit is None else (limit, f"{measured / limit:>6.2f}" if limit else "")
    print(f"{what:<58} {measured:>12.2f} {limit:>6} {ratio}", flush=True)


def written(node):
    with open(f"/proc/{node.process.pid}/io", encoding="ascii") as io:
        return int(re.search(r"^write_bytes: (\d+)", io.read(), re.M)[1])


def written_until_its_end(node):
    """When it stops, what is in its log goes into its files."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_oublock
    node.stop()
    return 512 * (resource.getrusage(resource.RUSAGE_CHILDREN).ru_oublock - before)


def transactions(node):
    return int(re.search(rb"^aidmesh_store_commits_total (\d+)", node.request("GET", "/v1/metrics"), re.M)[1])


def measure(what, node, other, fill, limit=BULK):
    """`fill` gives the node entries; `other` is a folder that holds these alone, or None: the node's own then does."""
    before, commits = written(node), transactions(node)
    fill()
    entries, commits = node.get("/v1/status")["entries"], transactions(node) - commits
    used = written_until_its_end(node) - before
    size = int(bench_store("size", other or node.folder))
    row(f"{what}: bytes written a byte of entries", used / size, limit)
    print(f"  {entries} entries, {size} bytes, {entries / commits:.0f} a transaction")


def give_by_link(source, node):
    def fill():
        source.dials = [f"127.0.0.1:{node.link_port}"]
        source.start()
        while not (is_safe(source) and is_safe(node)):
            time.sleep(0.05)
        source.stop()

    return fill


def table(base, count):
    path = os.path.join(base, "sites.csv")
    with open(path, "w", encoding="ascii") as file:
        file.write("name,lat,lon,people\n")
        for i in range(count):
            file.write(f"Shelter {i},{35 + i / 5000:.4f},{-77 - i % 97 / 500:.4f},{20 + i % 180}\n")
    return path


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 30000
    base = nodes.work_folder()
    source = new_node("source", base, count, 1, 2 * count)
    print(f"{'what a node writes':<58} {'measured':>12} {'limit':>6} {'ratio':>6}")

    linked = new_node("linked", base, 0, 0, 2 * count).start()
    measure("a neighbour's entries", linked, source.folder, give_by_link(source, linked))

    bundle = os.path.join(base, "all.aid")
    source.start()
    source.cli("export", bundle)
    source.stop()
    carried = new_node("carried", base, 0, 0, 2 * count).start()
    measure("a bundle", carried, source.folder, lambda: carried.cli("import", bundle))

    desk = new_node("desk", base, 0, 0, 2 * count).start()
    path = table(base, ROWS)
    # So little in all that the pages of its few transactions weigh more than its rows.
    measure(f"a table of {ROWS} rows", desk, None, lambda: desk.cli("import", path, "--kind", "site"), None)

    one = nodes.Node("one", base).start()
    one.cli("init", "--name", "One", "--at", "35.1,-77.0")
    before = written(one)
    for i in range(ALONE):
        one.cli("need", "water", str(10 + i), "--people", str(5 + i), "--sure")
    row("needs that come one by one: KiB written each", (written(one) - before) / ALONE / 1024, None)
    before = written(one)
    time.sleep(IDLE_S)  # what is measured
    row(f"an idle node, {IDLE_S} s: bytes written", written(one) - before, 0)
    one.stop()
    sys.exit(failed)


main()
