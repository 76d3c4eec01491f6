# SPDX-License-Identifier: AGPL-3.0-or-later
"""A clean Debian in a folder, in which packages are installed as people do it. No systemd runs there; the daemon is started by hand."""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
MIRROR = os.environ.get("AIDMESH_MIRROR", "http://deb.debian.org/debian")
# A user who is not root is root in a user namespace, as mmdebstrap makes one for itself.
AS_ROOT = ["unshare", "--mount", "--pid", "--fork", "--kill-child"] + \
    ([] if os.getuid() == 0 else ["--map-root-user", "--map-auto"])
ENTER = """
root=$1
shift
mount --make-rprivate /
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
exec chroot "$root" env -i HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
"""
# Runs what is read from standard input with a daemon beside it, as its service has it, and stops it in the end.
WITH_DAEMON = """
set -eu
ip link set lo up
install -d -o aidmesh -g aidmesh -m 750 /run/aidmesh
install -d -o aidmesh -g aidmesh -m 700 /var/lib/aidmesh
STATE_DIRECTORY=/var/lib/aidmesh RUNTIME_DIRECTORY=/run/aidmesh \\
    setpriv --reuid aidmesh --regid aidmesh --init-groups aidmeshd 2>/tmp/daemon.log &
daemon=$!
until aidmesh status >/dev/null 2>&1; do
    kill -0 $daemon 2>/dev/null || { cat /tmp/daemon.log >&2; exit 1; }
done
sh -eu /tmp/script
kill -TERM $daemon
wait $daemon
"""


def apt_options():
    """What this machine says to apt about the way to the mirror."""
    options = []
    for key in ("Acquire::Check-Valid-Until", "Acquire::Check-Date", "Acquire::http::Proxy"):
        value = subprocess.run(["apt-config", "dump", "--format", "%v", key], capture_output=True, text=True).stdout
        if value:
            options.append(f'--aptopt={key} "{value}"')
    return options


def base(suite, architecture):
    """Made once, and kept: a Debian with what every one has, and the lists of what there is."""
    path = TOP / "build/packages/roots" / f"clean-{suite}-{architecture}.tar"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["mmdebstrap", "--quiet", "--variant=minbase", f"--architectures={architecture}", "--include=iproute2,systemd",
             "--skip=cleanup/apt/lists", *apt_options(), suite, path.with_name(f"new-{path.name}"), f"deb {MIRROR} {suite} main"],
            check=True)
        path.with_name(f"new-{path.name}").rename(path)
    return path


class Root:
    def __init__(self, suite, architecture):
        self.path = Path(tempfile.mkdtemp(prefix="aidmesh-root-"))
        # Entries of devices cannot be made by everybody, and are not needed: /dev is that of the machine.
        self.outside("tar", "--extract", f"--file={base(suite, architecture)}", f"--directory={self.path}",
                     "--exclude=./dev/*")
        shutil.copy("/etc/resolv.conf", self.path / "etc/resolv.conf")

    def outside(self, *command):
        subprocess.run([*AS_ROOT, *command], check=True)

    def run(self, *command, check=True, net=(), given=None):
        done = subprocess.run([*AS_ROOT, *net, "sh", "-ec", ENTER, "sh", str(self.path), *command], input=given,
                              capture_output=True, text=True)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done

    def with_daemon(self, script):
        """What a script prints that runs beside a daemon, in a network of its own."""
        (self.path / "tmp/script").write_text(script)
        return self.run("sh", "-c", WITH_DAEMON, net=["--net"]).stdout

    def copy(self, *files):
        for file in files:
            shutil.copy(file, self.path / "tmp")

    def remove(self):
        self.outside("rm", "-rf", str(self.path))
