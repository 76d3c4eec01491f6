# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the packages are made of, without building one: units, manual pages, versions, completion. $AIDMESH is the built program.
test_package.py is about the packages themselves."""
import functools
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
AIDMESH = os.environ["AIDMESH"]
# Points of `systemd-analyze security` in tenths, of a hundred. What is not here is root's, and changes the network or the card.
EXPOSED_AT_MOST = {"aidmeshd.service": 15, "aidmesh-synchronised.service": 10}


def has(program):
    return unittest.skipUnless(shutil.which(program), f"there is no {program} here")


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))


@has("systemd-analyze")
class Units(Folder):
    def setUp(self):
        super().setUp()
        self.units = self.folder / "usr/lib/systemd/system"
        self.units.mkdir(parents=True)
        (self.folder / "lib").symlink_to("usr/lib")
        for unit in [*(TOP / "tools/debian").glob("aidmeshd.*service"), *(TOP / "tools/network").glob("aidmesh-*.*")]:
            shutil.copy(unit, self.units / re.sub(r"^aidmeshd\.(aidmesh-)", r"\1", unit.name))
        # What they start, at the places where the packages and Debian have it.
        for line in (TOP / "tools/debian/aidmeshd.install").read_text().splitlines():
            self.install(*line.split())
        for program in ("/bin/sh", "/bin/kill"):
            self.program(program)

    def install(self, source, target=None):
        if target is None:
            self.program(source)
        for file in TOP.glob(source) if target else ():
            if os.access(file, os.X_OK):
                self.program(f"{target}/{file.name}")

    def program(self, path):
        path = self.folder / path.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)

    def test_systemd_takes_each_unit(self):
        names = sorted(unit.name for unit in self.units.iterdir())
        self.assertIn("aidmeshd.service", names)
        done = run("systemd-analyze", f"--root={self.folder}", "--man=no", "--recursive-errors=no", "verify", *names)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_the_daemon_is_shut_in(self):
        for unit, most in EXPOSED_AT_MOST.items():
            done = run("systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={most}", self.units / unit)
            self.assertEqual(done.returncode, 0, f"{unit}\n{done.stdout}")


@has("scdoc")
@has("gcc")
class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        made = tempfile.TemporaryDirectory()
        cls.addClassCleanup(made.cleanup)
        cls.folder = Path(made.name)
        done = run("tools/debian/pages", AIDMESH, "1.0", cls.folder, cwd=TOP)
        assert done.returncode == 0, done.stderr

    def page(self, name):
        text = (self.folder / name).read_text()
        return re.sub(r"\\f.|\\&", "", text).replace("\\-", "-").replace("\\", "")

    def test_the_page_of_the_command_line_has_every_verb_and_its_example(self):
        page = self.page("aidmesh.1")
        for verb in verbs():
            self.assertTrue(re.search(rf"(?m)^\.SS {verb}\b", page), verb)
            for example in re.findall(r"^Example: (.*)", told(verb), re.M):
                self.assertTrue(example.replace("\\", "") in page, example)

    def test_the_page_of_the_settings_has_each_of_them(self):
        page = self.page("aidmesh.conf.5")
        settings = re.findall(r"^#?([a-z_]+) =", (TOP / "node/settings/aidmesh.conf").read_text(), re.M)
        self.assertGreater(len(settings), 20)
        for setting in settings:
            self.assertTrue(f"{setting} =" in page, setting)

    def test_the_page_of_the_daemon_has_its_options(self):
        page = self.page("aidmeshd.8")
        for option in re.findall(r"--[a-z][a-z-]+", re.search(r"static const char help.*?;\n", (TOP / "node/main.c").read_text(), re.S)[0]):
            self.assertTrue(option in page, option)


@functools.cache
def told(verb):
    return run(AIDMESH, verb, "--help").stdout


@functools.cache
def verbs():
    """Those that the help lists, in its third paragraph."""
    found = re.findall(r"^  ([a-z][a-z-]*)", run(AIDMESH, "help").stdout.split("\n\n")[2], re.M)
    assert "pledge" in found
    return found


@has("dpkg")
@has("git")
class Versions(Folder):
    def setUp(self):
        super().setUp()
        (self.folder / "tools").mkdir()
        shutil.copy(TOP / "tools/package", self.folder / "tools/package")
        shutil.copy(TOP / "CMakeLists.txt", self.folder)
        self.git("init", "--quiet")

    def git(self, *arguments, at="2026-01-01T00:00:00Z"):
        who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER")
               for what, value in (("NAME", "n"), ("EMAIL", "n@example.org"), ("DATE", at))}
        done = run("git", *arguments, cwd=self.folder, env={**os.environ, **who})
        self.assertEqual(done.returncode, 0, done.stderr)

    def commit(self, at):
        self.git("add", "--all", at=at)
        self.git("commit", "--quiet", "--allow-empty", "--message", at, at=at)

    def version(self, *suite):
        done = run("tools/package", *(("--suite", *suite) if suite else ()), "--version", cwd=self.folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()

    def assert_upgrades(self, later, earlier):
        self.assertEqual(run("dpkg", "--compare-versions", later, "gt", earlier).returncode, 0, f"{later} upgrades {earlier}")

    def test_a_later_change_upgrades_an_earlier_one_on_either_suite(self):
        self.commit("2026-01-01T00:00:00Z")
        first = [self.version(suite) for suite in ("bookworm", "trixie")]
        self.commit("2026-01-01T00:00:01Z")
        for later in [self.version(suite) for suite in ("bookworm", "trixie")]:
            for earlier in first:
                self.assert_upgrades(later, earlier)

    def test_debian_13_upgrades_debian_12_of_the_same_change(self):
        self.commit("2026-01-01T00:00:00Z")
        self.assert_upgrades(self.version("trixie"), self.version("bookworm"))

    def test_what_is_in_no_commit_yet_upgrades_the_commit(self):
        self.commit("2026-01-01T00:00:00Z")
        clean = self.version()
        with (self.folder / "CMakeLists.txt").open("a") as file:
            file.write("\n")
        self.assertIn(".changed", self.version())
        self.assert_upgrades(self.version(), clean)


@has("bash")
class Completion(unittest.TestCase):
    def offers(self, *lines):
        """What a Tab at the end of each line offers; "_" stands for a word that is not begun yet."""
        script = f'source "{TOP}/tools/debian/completion/aidmesh"; while IFS=" " read -r -a words; do ' \
                 '[ "${words[-1]}" != _ ] || words[-1]=""; COMP_WORDS=("${words[@]}"); COMP_CWORD=$((${#words[@]} - 1)); ' \
                 '_aidmesh; echo "${COMPREPLY[*]}"; done'
        path = f"{Path(AIDMESH).parent}:{os.environ['PATH']}"
        done = run("bash", "-c", script, input="".join(f"aidmesh {line}\n" for line in lines),
                   env={**os.environ, "PATH": path, "AIDMESH_SOCKET": "/nonexistent"})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return [line.split() for line in done.stdout.splitlines()]

    def complete(self, line):
        return self.offers(line)[0]

    def test_verbs(self):
        self.assertEqual(self.complete("ple"), ["pledge"])
        self.assertEqual(sorted(self.complete("_")), sorted(["help", *verbs()]))
        self.assertEqual(self.complete("help way"), ["waybill"])

    def test_options_are_those_of_the_verb(self):
        for verb, offered in zip(verbs(), self.offers(*(f"{verb} --" for verb in verbs()))):
            for option in re.findall(r"^  (--[a-z-]+)", told(verb), re.M):
                self.assertIn(option, offered, verb)
        self.assertEqual(self.complete("need --with"), ["--within"])

    def test_words_that_are_typed_as_they_stand(self):
        self.assertEqual(self.complete("list nee"), ["needs"])
        self.assertEqual(self.complete("clock con"), ["confirm"])

    def test_files(self):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "oak.bundle").touch()
            self.assertEqual(self.complete(f"import {folder}/oa"), [f"{folder}/oak.bundle"])


class Setup(Folder):
    """A machine whose mirror fails: its programs are stand-ins, since no such mirror is at hand."""

    def cross(self, candidate):
        for name, text in {"apt-get": "echo E: no such package >&2; exit 100", "apt-cache": f"echo '  Candidate: {candidate}'",
                           "dpkg": "printf 'arm64\\narmhf\\ns390x\\n'", "dpkg-query": "exit 1", "id": "echo 0"}.items():
            (self.folder / name).write_text(f"#!/bin/sh\n{text}\n")
            (self.folder / name).chmod(0o755)
        done = run("tools/setup", "cross", cwd=TOP, env={**os.environ, "PATH": f"{self.folder}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("'tools/test --all' and 'tools/package ARCH' do without", done.stderr)
        return done.stderr

    def test_a_mirror_without_an_architecture_is_named(self):
        self.assertIn("gives no list of packages for arm64 armhf s390x", self.cross("(none)"))

    def test_a_mirror_whose_architectures_differ_is_named(self):
        self.assertIn("does not have the same versions for every architecture", self.cross("2.36-9"))


if __name__ == "__main__":
    unittest.main()
