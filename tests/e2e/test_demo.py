# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demonstration that README promises: three nodes, one walk, the same list and the same picture on both ends."""

import os
import re
import shutil
import subprocess
import unittest

DEMO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "demo")


def can_make_hosts():
    probe = f"aidmesh-probe-{os.getpid()}"
    if os.geteuid() != 0 or not shutil.which("ip"):
        return False
    made = [subprocess.run(words, capture_output=True, check=False).returncode
            for words in (["ip", "netns", "add", probe], ["ip", "netns", "exec", probe, "true"],
                          ["ip", "netns", "del", probe])]
    return made == [0, 0, 0]


class Demo(unittest.TestCase):
    def play(self, *words):
        done = subprocess.run([DEMO, *words], capture_output=True, text=True, timeout=200, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"Drinking water +60 L +120 +60 ")
        moved = re.search(r"Moved: (\d+) entries, (\d+) bytes in 5 contacts. Pictures: Oak (\S+), Elm (\S+)\.",
                          done.stdout)
        self.assertIsNotNone(moved, done.stdout)
        self.assertGreaterEqual(int(moved[1]), 2 * 186, "184 shelters and more, to the walker and on to Elm")
        self.assertEqual(moved[3], moved[4])

    def test_three_daemons_on_loopback(self):
        self.play("--loopback")

    @unittest.skipUnless(can_make_hosts(), "needs root and network namespaces")
    def test_three_hosts_that_find_each_other_by_multicast(self):
        self.play()


if __name__ == "__main__":
    unittest.main(verbosity=2)
