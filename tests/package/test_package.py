# SPDX-License-Identifier: AGPL-3.0-or-later
"""Packages as people meet them: installed in a clean Debian, upgraded with what the node holds, refused where they are older,
removed, and purged.   test_package.py SUITE ARCHITECTURE [TEST]   after tools/package --suite SUITE ARCHITECTURE"""
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from clean_root import TOP, Root

SUITE, ARCHITECTURE = sys.argv[1:3]
STARTED = ("aidmeshd.service", "aidmesh-first.service", "aidmesh-network.service", "aidmesh-network.path", "aidmesh-carry.service")
OLDER = "0.1.0+20200101.000000.00000000"


def field(package, name):
    return subprocess.run(["dpkg-deb", "--field", package, name], check=True, capture_output=True, text=True).stdout.strip()


def older(package, folder):
    """The same package under the name of an earlier day."""
    version, tree = field(package, "Version"), folder / package.name.split("_")[0]
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text(control.read_text().replace(version, OLDER))
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, folder], check=True, stdout=subprocess.DEVNULL)


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = Root(SUITE, ARCHITECTURE)
        cls.addClassCleanup(cls.root.remove)
        packages = sorted((TOP / "build/packages" / SUITE / ARCHITECTURE).glob("*.deb"))
        cls.assertTrue(packages, "tools/package makes them")
        cls.version = field(packages[0], "Version")
        cls.newer = [f"/tmp/{p.name}" for p in packages]
        with tempfile.TemporaryDirectory() as folder:
            for package in packages:
                older(package, Path(folder))
            cls.older = [f"/tmp/{p.name}" for p in sorted(Path(folder).glob("*.deb"))]
            cls.root.copy(*packages, *Path(folder).glob("*.deb"))

    def apt(self, *arguments, check=True):
        return self.root.run("apt-get", "-q", "-y", "--no-install-recommends", *arguments, check=check)

    def installed(self, package="aidmeshd"):
        return self.root.run("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", package, check=False).stdout

    def mode(self, path):
        return self.root.run("stat", "-c", "%A %U %G", path).stdout.strip()

    def is_there(self, path):
        return self.root.run("test", "-e", path, "-o", "-L", path, check=False).returncode == 0

    # One life of a machine, in the order of its days.
    def test_life(self):
        self.is_installed()
        self.is_used()
        self.is_upgraded()
        self.takes_no_step_back()
        self.is_removed_and_comes_back()
        self.is_purged()

    def is_installed(self):
        self.apt("install", *self.older)
        self.assertEqual(self.installed(), f"installed {OLDER}")
        self.assertEqual(self.mode("/etc/aidmesh/aidmesh.conf"), "-rw-r----- root aidmesh")
        self.assertEqual(self.mode("/etc/aidmesh"), "drwxr-x--- root aidmesh")
        for group in ("aidmesh", "lcd", "input", "dialout"):
            self.root.run("getent", "group", group)
        for unit in STARTED:
            self.assertTrue(self.is_there(f"/etc/systemd/system/multi-user.target.wants/{unit}"), f"{unit} starts with the machine")
        self.assertRegex(self.root.run("aidmesh", "--version").stdout, r"^aidmesh 0\.1\.0\+\d{8}\.\d{6}")
        # A clean root of Debian leaves manual pages out only where it is told to.
        for page in ("man1/aidmesh.1", "man8/aidmeshd.8", "man5/aidmesh.conf.5"):
            self.assertTrue(self.is_there(f"/usr/share/man/{page}.gz"), page)

        self.root.run("systemd-analyze", "security", "--offline=true", "--threshold=15",
                      "/usr/lib/systemd/system/aidmeshd.service" if SUITE != "bookworm" else "/lib/systemd/system/aidmeshd.service")

    def is_used(self):
        # What the first start makes of a machine that nobody answered for leaves the rest to people.
        self.root.run("/usr/lib/aidmesh/first-start")
        self.root.run("/usr/lib/aidmesh/apply", "--files")
        self.assertFalse(self.is_there("/etc/NetworkManager/system-connections"), "without a role the network is left alone")
        self.root.run("useradd", "--groups", "aidmesh", "member")
        self.root.run("useradd", "stranger")
        said = self.root.with_daemon("""
            runuser -u member -- aidmesh init --name Oak --at 35.1,-77.0 >/dev/null
            runuser -u member -- aidmesh need drinking-water 120 --people 40 --within 24
            if runuser -u stranger -- aidmesh status 2>/dev/null; then echo "everybody may"; fi
        """)
        self.assertIn("120 L", said)
        self.assertNotIn("everybody may", said)
        # What the administrator wrote, and its permissions, stay.
        self.root.run("sh", "-c", "printf '\\n[node]\\nlog = warning\\n' >>/etc/aidmesh/aidmesh.conf; chmod 600 /etc/aidmesh/aidmesh.conf;"
                      "chown aidmesh /etc/aidmesh/aidmesh.conf")

    def needs(self):
        return self.root.with_daemon("aidmesh list needs")

    def is_upgraded(self):
        self.apt("install", *self.newer)
        self.assertEqual(self.installed(), f"installed {self.version}")
        self.assertIn("Drinking water", self.needs())
        self.assertIn("log = warning", self.root.run("cat", "/etc/aidmesh/aidmesh.conf").stdout)
        self.assertEqual(self.mode("/etc/aidmesh/aidmesh.conf"), "-rw------- aidmesh aidmesh")

    def takes_no_step_back(self):
        refused = self.apt("install", "--allow-downgrades", *self.older, check=False)
        self.assertNotEqual(refused.returncode, 0)
        self.assertRegex(refused.stdout + refused.stderr, f"{re.escape(OLDER)} is older than {re.escape(self.version)}")
        self.assertIn("To go back all the same", refused.stdout + refused.stderr)
        for package in ("aidmeshd", "aidmesh"):
            self.assertEqual(self.installed(package), f"installed {self.version}", "nothing was changed")
        self.assertIn("Drinking water", self.needs())

    def is_removed_and_comes_back(self):
        self.apt("remove", "aidmeshd", "aidmesh")
        self.assertFalse(self.is_there("/usr/bin/aidmeshd"))
        self.assertTrue(self.is_there("/var/lib/aidmesh/identity.key"), "data stays")
        refused = self.apt("install", "--allow-downgrades", *self.older, check=False)
        self.assertNotEqual(refused.returncode, 0, "the data is still of the newer one")
        self.apt("install", *self.newer)
        self.assertIn("Drinking water", self.needs())

    def is_purged(self):
        said = self.apt("purge", "aidmeshd", "aidmesh", "aidmesh-doc").stdout
        self.assertIn("Removed /var/lib/aidmesh", said)
        for path in ("/var/lib/aidmesh", "/etc/aidmesh", "/run/aidmesh",
                     *(f"/etc/systemd/system/multi-user.target.wants/{unit}" for unit in STARTED)):
            self.assertFalse(self.is_there(path), path)
        self.apt("install", *self.older)
        self.assertNotIn("Drinking water", self.needs())


if __name__ == "__main__":
    del sys.argv[1:3]
    unittest.main(verbosity=2)
