# SPDX-License-Identifier: AGPL-3.0-or-later
"""What root does with an upgrade: who may sign, what is refused, and a card whose power is cut at every step. The scripts are the
real ones, with real archives and signatures; the machine around them is a folder: what dpkg installs is a file that a start forgets,
and a node of a later version changes its databases so that an earlier one cannot read them."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
UPGRADE, MAKE = TOP / "tools/upgrade/upgrade", TOP / "tools/upgrade/make"
OLD, NEW = "0.1.0+20260101.000000.aaaaaaaa~deb13", "0.1.0+20260202.000000.bbbbbbbb~deb13"
# Each command that changes the card, the node's folder or the system is a step: at the one that is asked for the power goes. What is
# not synced nothing can lose here, where only processes die.
STEPS = ("mv", "cp", "rm", "sync", "dpkg", "systemctl", "find", "mkdir")
STUB = """#!/bin/bash
case "$*" in *"$MACHINE"/card* | *"$MACHINE"/state* | --force-confold* | stop* | start* | reboot*)
	steps=$(<"$MACHINE/steps")
	echo $((steps + 1)) >"$MACHINE/steps"
	if [ $((steps + 1)) -eq "${CUT_AT:-0}" ]; then kill -9 0; fi
esac
export PATH=${PATH#*:}
"""
DPKG = STUB + """
if [ "$1" != --force-confold ]; then exec dpkg "$@"; fi
[ ! -e "$MACHINE/unpackable" ] || { echo half >"$MACHINE/memory"; exit 1; }
echo half >"$MACHINE/memory"
version=$(dpkg-deb --field "${!#}" Version)
echo "$version" >"$MACHINE/memory"
[ -e "$MACHINE/policy" ] || "$MACHINE/node"
"""
SYSTEMCTL = STUB + """
case $1 in
reboot) touch "$MACHINE/reboot" ;;
start) "$MACHINE/node" ;;
stop) rm -f "$MACHINE/running" ;;
esac
"""
INSTALLED = 'cat "$MACHINE/memory" 2>/dev/null || cat "$MACHINE/image"\n'
NODE = """#!/bin/bash
version=$(""" + INSTALLED.strip() + """)
schema=$(cut -d ' ' -f 1 "$MACHINE/state/entries.db")
case $version in *bbbbbbbb*) mine=2 ;; *aaaaaaaa*) mine=1 ;; *) exit 1 ;; esac
[ "$schema" -le $mine ] || exit 1
echo "$mine need" >"$MACHINE/state/entries.db"
echo "$version" >"$MACHINE/running"
"""
AIDMESH = """#!/bin/bash
version=$(cat "$MACHINE/running" 2>/dev/null) || exit 3
[[ ! -e "$MACHINE/sick" || $version != *bbbbbbbb* ]] || exit 3
echo "{\\"version\\": \\"${version%%~*}\\"}"
"""


@unittest.skipUnless(shutil.which("minisign") and shutil.which("dpkg-deb"), "minisign or dpkg is missing: tools/setup test")
class Upgrade(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = Path(tempfile.mkdtemp(prefix="aidmesh-upgrade-"))
        cls.addClassCleanup(shutil.rmtree, cls.base, ignore_errors=True)
        cls.arch = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout.strip()
        for key in ("ours", "others"):
            subprocess.run(["minisign", "-G", "-W", "-p", cls.base / f"{key}.pub", "-s", cls.base / key], check=True,
                           stdout=subprocess.DEVNULL)
        cls.good = cls.make("good", NEW)

    @classmethod
    def make(cls, name, version, key="ours", suite="trixie", arch=None):
        folder = cls.base / name
        for package in ("aidmeshd", "aidmesh"):
            control = folder / package / "DEBIAN/control"
            control.parent.mkdir(parents=True)
            control.write_text(f"Package: {package}\nVersion: {version}\nArchitecture: {arch or cls.arch}\n"
                               "Maintainer: nobody <nobody@example.org>\nDescription: a test\n")
            subprocess.run(["dpkg-deb", "--build", folder / package, folder], check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run([MAKE, cls.base / key, suite, folder], check=True, capture_output=True, text=True)
        return Path(done.stdout.strip())

    def machine(self, is_card=True):
        m = Path(tempfile.mkdtemp(dir=self.base))
        for folder in ("bin", "keys", "state/upgrade", "run"):
            (m / folder).mkdir(parents=True)
        if is_card:
            (m / "card").mkdir()
        shutil.copy(self.base / "ours.pub", m / "keys")
        (m / "release").write_text("NAME=Debian\nVERSION_CODENAME=trixie\n")
        (m / "image").write_text(OLD + "\n")
        (m / "state/entries.db").write_text("1 need\n")
        scripts = {name: STUB + 'exec "${0##*/}" "$@"\n' for name in STEPS}
        scripts |= {"sync": STUB, "dpkg": DPKG, "systemctl": SYSTEMCTL, "aidmesh": AIDMESH, "dpkg-query": "#!/bin/bash\n" + INSTALLED}
        for name, text in scripts.items():
            self.script(m / "bin" / name, text)
        self.script(m / "node", NODE)
        subprocess.run([m / "node"], env={**os.environ, "MACHINE": str(m)}, check=True)
        return m

    def script(self, path, text):
        path.write_text(text)
        path.chmod(0o755)

    def run_upgrade(self, m, command, cut_at=0):
        (m / "steps").write_text("0")
        env = {**os.environ, "MACHINE": str(m), "CUT_AT": str(cut_at), "PATH": f"{m}/bin:{os.environ['PATH']}",
               "AIDMESH_CARD": str(m / "card"), "AIDMESH_UPGRADES": str(m / "upgrades"), "AIDMESH_STATE": str(m / "state"),
               "AIDMESH_UPGRADE_KEYS": str(m / "keys"), "AIDMESH_UPGRADE_RUN": str(m / "run"), "AIDMESH_ANSWER_S": "0",
               "AIDMESH_RELEASE": str(m / "release"), "AIDMESH_POLICY": str(m / "policy"), "TMPDIR": str(m)}
        done = subprocess.run([UPGRADE, command], env=env, start_new_session=True, capture_output=True, text=True, check=False)
        return done, int((m / "steps").read_text())

    def hand(self, m, file):
        shutil.copy(file, m / "state/upgrade/incoming")

    def answer(self, m):
        return (m / "run/answer").read_text().split()

    def running(self, m):
        return (m / "running").read_text().strip() if (m / "running").exists() else ""

    def start(self, m, cut_at=0):
        """The power comes back: memory is empty. The units run in their order."""
        for name in ("memory", "running", "reboot", "policy"):
            (m / name).unlink(missing_ok=True)
        shutil.rmtree(m / "run", ignore_errors=True)
        done, steps = self.run_upgrade(m, "boot", cut_at)
        if done.returncode < 0:
            return False
        if not (m / "reboot").exists():
            subprocess.run([m / "node"], env={**os.environ, "MACHINE": str(m)}, check=False)
            if (m / "card/trying.upgrade").exists():
                self.run_upgrade(m, "prove")
            if (m / "state/upgrade/incoming").exists():
                self.run_upgrade(m, "take")
        return not (m / "reboot").exists()

    def start_until_it_stays(self, m):
        for _ in range(4):
            if self.start(m):
                return
        self.fail("it starts again and again")

    def test_who_may_sign_and_what_is_refused(self):
        bad = self.base / "bad.upgrade"
        whole = self.good.read_bytes()
        bad.write_bytes(whole.replace(b"a test", b"A test").replace(b"version =", b"Version ="))
        rows = (
            ("another key", self.make("other-key", NEW, key="others"), ["refused", "not-signed"]),
            ("changed", bad, ["refused", "not-signed"]),
            ("no archive", Path(__file__), ["refused", "other"]),
            ("another Debian", self.make("suite", NEW, suite="bookworm"), ["refused", "suite", "bookworm"]),
            ("another machine", self.make("arch", NEW, arch="s390x"), ["refused", "arch", "s390x"]),
            ("older", self.make("older", "0.1.0+20250101.000000.cccccccc~deb13"), ["refused", "older", OLD]),
            ("the same", self.make("same", OLD), ["installed", "installed", OLD]),
        )
        for is_card in (True, False):
            m = self.machine(is_card)
            for name, file, says in rows:
                with self.subTest(name):
                    self.hand(m, file)
                    done, _ = self.run_upgrade(m, "take")
                    self.assertEqual(done.returncode, 0, done.stderr)
                    self.assertEqual(self.answer(m)[:len(says)], says)
                    self.assertFalse((m / "state/upgrade/incoming").exists())
                    self.assertFalse((m / "memory").exists(), "nothing was installed")
                    self.assertEqual(self.running(m), OLD)
            (m / "keys/ours.pub").unlink()
            self.hand(m, self.good)
            self.run_upgrade(m, "take")
            self.assertEqual(self.answer(m)[:2], ["refused", "no-keys"])

    def test_a_link_in_the_nodes_folder_leads_nowhere(self):
        m = self.machine()
        (m / "secret").write_text("nobody's business\n")
        (m / "state/upgrade/incoming").symlink_to(m / "secret")
        self.run_upgrade(m, "take")
        self.assertEqual(self.answer(m)[:2], ["refused", "other"])
        self.assertTrue((m / "secret").exists())

    def test_a_plain_debian_keeps_what_was_installed(self):
        m = self.machine(is_card=False)
        self.hand(m, self.good)
        done, _ = self.run_upgrade(m, "take")
        self.assertEqual(self.answer(m), ["installed", "installed", NEW], done.stderr)
        self.assertEqual((self.running(m), (m / "upgrades/current.upgrade").read_bytes()), (NEW, self.good.read_bytes()))

    def test_a_card_forgets_it_and_installs_it_again_without_a_write(self):
        m = self.machine()
        self.hand(m, self.good)
        self.run_upgrade(m, "take")
        self.assertEqual((self.running(m), self.answer(m)), (NEW, ["installed", "installed", NEW]))
        stamp = {p: p.stat().st_mtime_ns for p in [m / "card", *(m / "card").iterdir()]}
        self.assertEqual([p.name for p in (m / "card").iterdir()], ["current.upgrade"])
        self.assertTrue(self.start(m))
        self.assertEqual((self.running(m), self.answer(m)), (NEW, ["installed", "installed", NEW]))
        self.assertEqual({p: p.stat().st_mtime_ns for p in [m / "card", *(m / "card").iterdir()]}, stamp)
        self.assertFalse((m / "policy").exists())
        # A card that was written anew has it already.
        (m / "image").write_text(NEW + "\n")
        self.assertTrue(self.start(m))
        self.assertEqual(self.running(m), NEW)

    def test_what_does_not_answer_is_taken_back_with_what_the_node_had(self):
        for trouble in ("sick", "unpackable"):
            with self.subTest(trouble):
                m = self.machine()
                (m / trouble).touch()
                self.hand(m, self.good)
                self.run_upgrade(m, "take")
                self.assertEqual(self.answer(m)[:2], ["refused", "came-back"])
                self.assertTrue((m / "reboot").exists())
                self.start_until_it_stays(m)
                self.assertEqual((self.running(m), (m / "state/entries.db").read_text()), (OLD, "1 need\n"))
                self.assertEqual(self.answer(m)[:2], ["refused", "came-back"])
                self.assertEqual([p.name for p in (m / "card").iterdir()], ["bad.upgrade"])

    def test_a_power_cut_at_each_step_leaves_the_old_or_the_new(self):
        for trouble, ends, before in ((None, {OLD, NEW}, 0), ("sick", {OLD}, 12)):  # before it is installed nobody knows that it is sick
            cut, reached, seen = before, True, set()
            while reached:
                cut += 1
                m = self.machine()
                if trouble:
                    (m / trouble).touch()
                self.hand(m, self.good)
                done, steps = self.run_upgrade(m, "take", cut_at=cut)
                reached = done.returncode < 0
                if cut % 2:  # the power is bad today: it goes in the start, too
                    self.start(m, cut_at=cut % 7 + 1)
                self.start_until_it_stays(m)
                self.assertIn(self.running(m), ends, f"cut at step {cut}")
                seen.add(self.running(m))
                self.assertEqual((m / "state/entries.db").read_text().split()[1], "need")
                self.assertFalse({p.name for p in (m / "card").iterdir()} & {"trying.upgrade", "next.upgrade"}, cut)
                shutil.rmtree(m)
            self.assertGreater(cut, 15, "there are so many steps")
            self.assertEqual(NEW in seen, trouble is None)


if __name__ == "__main__":
    unittest.main()
