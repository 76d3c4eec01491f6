# SPDX-License-Identifier: AGPL-3.0-or-later
"""What [node] role makes of a network: the shipped files under the real NetworkManager, dnsmasq and nft, with the real daemon.

A host is a network namespace with folders of its own where the system's are. A cable takes the part of the Wi-Fi: of site.nmconnection
everything but the radio is used. What a phone does is done from another namespace.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

from nodes import AIDMESH, AIDMESHD

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "tools", "network")
NEEDED = ("ip", "unshare", "nsenter", "nft", "NetworkManager", "nmcli", "dbus-daemon", "dnsmasq")


def missing():
    """What this machine lacks for it, in a word; empty: nothing."""
    for program in NEEDED:
        if not shutil.which(program, path=os.environ["PATH"] + ":/usr/sbin:/sbin"):
            return program
    probe = f"roles-{os.getpid()}"
    for words in (["ip", "netns", "add", probe], ["ip", "netns", "exec", probe, "unshare", "-m", "true"], ["ip", "netns", "del", probe]):
        if subprocess.run(words, capture_output=True).returncode != 0:
            return "the right to make network namespaces"
    return ""


def ip(*words):
    subprocess.run(["ip", *words], check=True, capture_output=True)


SETUP = """
mount --make-rprivate /
mount -o remount,bind,ro /sys || { umount -l /sys; mount -t sysfs -o ro sysfs /sys; }
for d in /etc/NetworkManager /var/lib/NetworkManager /var/lib/aidmesh /etc/aidmesh /run; do
	[ -d $d ] || mkdir -p $d
	mount -t tmpfs tmpfs $d
done
mkdir -p /etc/NetworkManager/system-connections /run/dbus /run/aidmesh /etc/aidmesh/conf.d
printf '[main]\\nplugins=keyfile\\ndns=none\\nno-auto-default=*\\n' >/etc/NetworkManager/NetworkManager.conf
ip link set lo up
echo ready
exec sleep 1000
"""


class Host:
    """A machine of its own, as far as its network goes."""

    def __init__(self, test, name):
        self.name = f"{name}-{os.getpid()}"
        ip("netns", "add", self.name)
        test.addCleanup(ip, "netns", "del", self.name)
        self.started = []
        self.life = subprocess.Popen(["ip", "netns", "exec", self.name, "unshare", "-m", "bash", "-ec", SETUP],
                                     stdout=subprocess.PIPE, text=True)
        test.addCleanup(self.end)
        assert self.life.stdout.readline() == "ready\n"

    def end(self):
        for process in reversed([self.life] + self.started):
            process.terminate()
            process.wait(20)
        self.life.stdout.close()

    def words(self, *words):
        return ["nsenter", "-t", str(self.life.pid), "-m", "-n", *words]

    def start(self, *words, log="/dev/null"):
        with open(log, "ab") as out:
            self.started.append(subprocess.Popen(self.words(*words), stdout=out, stderr=out))
        return self.started[-1]

    def run(self, *words, check=True, text=None):
        done = subprocess.run(self.words(*words), capture_output=True, text=True, input=text)
        if check and done.returncode != 0:
            raise AssertionError(f"{words} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def write(self, path, text):
        self.run("sh", "-c", 'mkdir -p "$(dirname "$1")"; cat >"$1"', "sh", path, text=text)

    def read(self, path):
        return self.run("cat", path)

    def settings(self, text):
        self.write("/etc/aidmesh/aidmesh.conf", text)

    def apply(self, *words, check=True):
        return self.run("env", f"AIDMESHD={AIDMESHD}", os.path.join(FILES, "apply"), *words, check=check)

    def network_manager(self):
        self.run("dbus-daemon", "--system", "--fork")
        self.start("NetworkManager", "--no-daemon")
        self.until("nmcli", "-t", "-f", "RUNNING", "general", says="running")

    def until(self, *words, says, seconds=40):
        deadline = time.monotonic() + seconds
        while says not in (said := self.run(*words, check=False)):
            if time.monotonic() > deadline:
                raise AssertionError(f"{words} never said {says!r}, but {said!r}")
            time.sleep(0.1)
        return said

    def reaches(self, address, port, text=b"", seconds=3):
        """What comes back from there, or None: nothing answers."""
        code = ("import socket,sys\n"
                f"s=socket.create_connection(({address!r},{port}),{seconds})\n"
                f"s.settimeout({seconds}); s.sendall({text!r})\n"
                "sys.stdout.write(s.recv(4096).decode('latin-1') if len(sys.argv)>1 else 'open')")
        done = subprocess.run(self.words(sys.executable, "-c", code, *(["x"] if text else [])), capture_output=True, text=True)
        return done.stdout if done.returncode == 0 else None


def question(name):
    """A DNS question for an address."""
    labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split("."))
    return b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\x00\x00\x01\x00\x01"


# A DHCPDISCOVER that wants option 114 (RFC 2131, RFC 8910), and what is offered.
ASK_DHCP = """
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"phone0")
s.bind(("", 68))
head = b"\\x01\\x01\\x06\\x00" + b"aid1" + bytes(2) + b"\\x80\\x00" + bytes(16) + b"\\x02\\x00\\x00\\x00\\x00\\x01" + bytes(10 + 192)
s.settimeout(10)
s.sendto(head + b"\\x63\\x82\\x53\\x63" + b"\\x35\\x01\\x01" + b"\\x37\\x02\\x01\\x72" + b"\\xff", ("255.255.255.255", 67))
sys.stdout.write(s.recv(2048).hex())
"""

WHY = missing()


@unittest.skipIf(WHY, f"no network of its own can be made: {WHY} is missing")
class Roles(unittest.TestCase):
    def pair(self, near="wlan0"):
        site, phone = Host(self, "site"), Host(self, "phone")
        ip("link", "add", near, "netns", site.name, "type", "veth", "peer", "name", "phone0", "netns", phone.name)
        phone.run("ip", "link", "set", "phone0", "up")
        return site, phone

    def daemon(self, host):
        host.start(AIDMESHD, log=os.environ.get("ROLES_LOG", "/dev/null"))
        host.until(AIDMESH, "--socket", "/run/aidmesh/control.sock", "status", "--json", says='"name"')

    def lease(self, phone):
        """As phones do it: NetworkManager's own client asks for an address."""
        phone.network_manager()
        phone.run("nmcli", "connection", "add", "type", "ethernet", "con-name", "home", "ifname", "phone0", "ipv6.method", "disabled")
        phone.run("nmcli", "--wait", "40", "connection", "up", "home")
        return phone.run("nmcli", "-f", "IP4,DHCP4", "device", "show", "phone0")

    def cable_for_wifi(self, site):
        """The connection that was made, without its radio."""
        path = "/etc/NetworkManager/system-connections/aidmesh-site.nmconnection"
        text = site.read(path)
        self.assertIn("mode=ap", text)
        text = re.sub(r"\[wifi(-security)?\]\n([^\[]+\n)+", "", text.replace("type=wifi", "type=ethernet"))
        site.write(path, text)
        site.run("chmod", "600", path)

    def test_a_phone_on_a_sites_network_finds_the_page_and_nothing_else(self):
        site, phone = self.pair()
        site.settings("[node]\nname = Oak\nrole = site\n[wifi]\nname = aidmesh-Oak\npassword = not neighbours\ncountry = US\n")
        site.apply()
        self.assertEqual(site.run("stat", "-c", "%a", "/etc/NetworkManager/system-connections/aidmesh-site.nmconnection"), "600\n")
        self.cable_for_wifi(site)
        self.daemon(site)
        site.network_manager()
        site.until("ip", "-br", "addr", "show", "wlan0", says="10.41.0.1/24")
        phone.run("ip", "addr", "add", "10.41.0.200/24", "dev", "phone0")
        # Option 114, which newer phones ask for and open by themselves.
        self.assertIn(b"http://10.41.0.1:8024/plain", bytes.fromhex(phone.run(sys.executable, "-c", ASK_DHCP)))
        phone.run("ip", "addr", "flush", "dev", "phone0")
        said = self.lease(phone)
        self.assertRegex(said, r"IP4.ADDRESS\[1\]:\s+10\.41\.0\.\d+/24")
        self.assertRegex(said, r"IP4.DNS\[1\]:\s+10\.41\.0\.1")
        # Whatever a phone looks for, it finds this node; at port 80 as well.
        code = ("import socket,sys\ns=socket.socket(socket.AF_INET,socket.SOCK_DGRAM)\ns.settimeout(5)\n"
                f"s.sendto({question('www.example.org')!r},('10.41.0.1',53))\nsys.stdout.write(s.recv(512)[-4:].hex())")
        self.assertEqual(phone.run(sys.executable, "-c", code), "0a290001")
        answer = phone.reaches("10.41.0.1", 80, b"GET /generate_204 HTTP/1.1\r\nHost: connectivitycheck.gstatic.com\r\n\r\n")
        self.assertIn("302", answer.split("\r\n")[0])
        self.assertIn("200", phone.reaches("10.41.0.1", 8024, b"GET / HTTP/1.1\r\nHost: aidmesh.lan\r\n\r\n").split("\r\n")[0])
        self.assertEqual(phone.reaches("10.41.0.1", 24363), "open")
        # Nothing else of the node, and no way through it.
        listener = site.start(sys.executable, "-c", "import socket,time\ns=socket.create_server(('0.0.0.0',2222))\ntime.sleep(1000)")
        site.until("ss", "-ltn", says=":2222")
        self.assertIsNone(phone.reaches("10.41.0.1", 2222))
        self.assertIsNone(listener.poll())
        beyond = Host(self, "beyond")
        ip("link", "add", "eth0", "netns", site.name, "type", "veth", "peer", "name", "far0", "netns", beyond.name)
        site.run("sh", "-c", "ip addr add 10.99.0.1/24 dev eth0; ip link set eth0 up")
        beyond.run("sh", "-c", "ip addr add 10.99.0.2/24 dev far0; ip link set far0 up; ip route add default via 10.99.0.1")
        beyond.start(sys.executable, "-m", "http.server", "8024", "--directory", "/sys")
        beyond.until("ss", "-ltn", says=":8024")
        self.assertEqual(site.reaches("10.99.0.2", 8024), "open")
        self.assertIsNone(phone.reaches("10.99.0.2", 8024))
        # Who came by cable is not kept out of the node: a technician may be there.
        self.assertEqual(beyond.reaches("10.99.0.1", 2222), "open")

    def test_a_far_site_serves_whoever_plugs_in_a_cable(self):
        site, phone = self.pair("eth0")
        site.settings("[node]\nname = Hill\nrole = far\n[control]\nlisten = 0.0.0.0:8024\nhosts = aidmesh.lan\n")
        site.apply()
        self.daemon(site)
        site.network_manager()
        site.until("ip", "-br", "addr", "show", "eth0", says="10.41.0.1/24")
        self.lease(phone)
        answer = phone.reaches("10.41.0.1", 80, b"GET / HTTP/1.1\r\nHost: aidmesh.lan\r\n\r\n")
        self.assertIn("200", answer.split("\r\n")[0])
        self.assertEqual(site.run("nmcli", "radio", "wifi").strip(), "enabled")
        site.apply()  # where NetworkManager runs, it is told
        self.assertEqual(site.run("nmcli", "radio", "wifi").strip(), "disabled")

    def test_a_carried_node_is_reached_for_its_link_and_page_alone(self):
        site, phone = self.pair()
        site.settings("[node]\nname = Walker\nrole = carried\n")
        site.apply()
        text = site.read("/etc/NetworkManager/system-connections/aidmesh-carried.nmconnection")
        self.assertIn("autoconnect=false", text)
        self.daemon(site)
        site.run("sh", "-c", "ip addr add 10.7.0.1/24 dev wlan0; ip link set wlan0 up")
        phone.run("sh", "-c", "ip addr add 10.7.0.2/24 dev phone0")
        site.start(sys.executable, "-c", "import socket,time\ns=socket.create_server(('0.0.0.0',2222))\ntime.sleep(1000)")
        site.until("ss", "-ltn", says=":2222")
        phone.until("ip", "-br", "link", "show", "phone0", says="LOWER_UP")
        self.assertEqual(phone.reaches("10.7.0.1", 24363), "open")
        self.assertEqual(phone.reaches("10.7.0.1", 8024), "open")
        self.assertIsNone(phone.reaches("10.7.0.1", 2222))

    def test_another_role_leaves_nothing_of_the_last_one_and_what_stands_is_not_written_again(self):
        site, _ = self.pair()
        site.network_manager()  # what it does not know how to start is said, and stops nothing
        made = "/etc/NetworkManager/system-connections"
        first = "[node]\nname = Oak\nrole = site\n[wifi]\nname = Oak; \"St\\\\ East\npassword = a\\b=c;d e\n"
        site.settings(first)
        site.apply("--files")
        text = site.read(f"{made}/aidmesh-site.nmconnection")
        # NetworkManager reads back what people typed.
        site.run("nmcli", "connection", "reload")
        self.assertEqual(site.run("nmcli", "--escape", "no", "-g", "802-11-wireless.ssid", "connection", "show", "aidmesh-site").rstrip("\n"),
                         "Oak; \"St\\\\ East")
        self.assertEqual(site.run("nmcli", "--escape", "no", "--show-secrets", "-g", "802-11-wireless-security.psk", "connection", "show",
                                  "aidmesh-site").rstrip("\n"), "a\\b=c;d e")
        self.assertIn(re.search(r"channel=(\d+)", text).group(1), ("1", "6", "11"))
        before = site.run("stat", "-c", "%i %Z", f"{made}/aidmesh-site.nmconnection")
        site.apply("--files")
        self.assertEqual(site.run("stat", "-c", "%i %Z", f"{made}/aidmesh-site.nmconnection"), before)
        for role, there in (("carried", ["aidmesh-carried.nmconnection"]), ("far", ["aidmesh-far.nmconnection"]), ("none", [])):
            site.settings(first.replace("role = site", f"role = {role}"))
            site.apply("--files")
            self.assertEqual(site.run("ls", made).split(), there)
        self.assertEqual(site.run("ls", "/etc/NetworkManager/dnsmasq-shared.d").split(), [])

    def test_wrong_settings_leave_the_network_as_it_is(self):
        site, _ = self.pair()
        site.settings("[node]\nrole = site\n[wifi]\nname = aidmesh-Oak\npassword = long enough\n")
        site.apply("--files")
        before = site.run("sh", "-c", "cat /etc/NetworkManager/*/*")
        site.settings("[node]\nrole = castle\n")
        done = subprocess.run(site.words("env", f"AIDMESHD={AIDMESHD}", os.path.join(FILES, "apply"), "--files"), capture_output=True, text=True)
        self.assertEqual(done.returncode, 1)
        self.assertIn("stays as it is", done.stderr)
        self.assertEqual(site.run("sh", "-c", "cat /etc/NetworkManager/*/*"), before)


if __name__ == "__main__":
    unittest.main()
