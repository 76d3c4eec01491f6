# SPDX-License-Identifier: AGPL-3.0-or-later
"""What questions and list pages cost at a real node with many records: the time of the whole call over its control socket,
beside five times what SQLite takes to read the same rows once, and for pages beside 10 ms.

  bench_query.py [COUNT]   (100,000)"""

import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import nodes  # noqa: E402

ROUNDS = 9
PAGE_LIMIT_S = 0.010
QUESTION_LIMIT = 5
QUESTIONS = ("short", "short?km=20", "runs-out", "load?site={site}&kg=800", "news", "late", "surplus?site={site}",
             "unconfirmed", "silent", "served", "expiring")
PAGES = ("/v1/lines", "/v1/lines?kind=need&status=open", "/v1/lines?offset=20000", "/v1/lines?item=blanket",
         "/v1/lines?site={site}", "/v1/moves", "/v1/notes", "/v1/sites")

failed = False


def row(what, measured, limit):
    global failed
    failed = failed or measured > limit
    print(f"{what:<46} {1000 * measured:9.1f} {1000 * limit:9.1f} {measured / limit:7.2f}")


def timed(node, path):
    times = []
    for _ in range(ROUNDS):
        begun = time.monotonic()
        node.request("GET", path)
        times.append(time.monotonic() - begun)
    return statistics.median(times)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100000
    base = nodes.work_folder()
    settings = [f"node.entries={count + 1000}", "link.listen=none"]
    node = nodes.Node("town", base, listen=False, settings=settings)
    store = os.environ["BENCH_STORE"]
    node.start()  # it makes its key; then the town comes to it
    node.stop()
    subprocess.run([store, "town", node.folder, str(count)], check=True)
    read = float(subprocess.run([store, "read", node.folder], check=True, capture_output=True, text=True).stdout)
    node.start()
    site = node.get("/v1/sites?limit=1")["sites"][0]["ref"]
    node.request("POST", "/v1/self", '{"site": "%s"}' % site)
    node.post("/v1/trust", {"kind": "vouch", "key": node.get("/v1/authors?limit=2")["authors"][1]["key"]})
    # The walk began before the first row, so that everything is news.
    node.stop()
    subprocess.run([store, "walk", node.folder], check=True)
    node.start()
    node.get("/v1/status")
    print(f"{count} records; SQLite reads them in {1000 * read:.1f} ms\n")
    print(f"{'question, median of ' + str(ROUNDS) + ' (ms)':<46} {'measured':>9} {'limit':>9} {'ratio':>7}")
    for question in QUESTIONS:
        row(question.format(site="SITE"), timed(node, "/v1/ask/" + question.format(site=site)), QUESTION_LIMIT * read)
    print(f"\n{'page of a list (ms)':<46} {'measured':>9} {'limit':>9} {'ratio':>7}")
    for page in PAGES:
        row(page.format(site="SITE"), timed(node, page.format(site=site)), PAGE_LIMIT_S)
    node.stop()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
