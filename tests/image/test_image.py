#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The card as a technician makes it and a volunteer starts it: written by tools/image, booted in an emulator, cut off, and started again.

    tests/image/test_image.py            makes the image first (tools/image), which takes long the first time
    IMAGE=FILE tests/image/test_image.py uses that one, which this made before

What the emulator has not: the board's firmware, its Wi-Fi, a display and a radio. The Wi-Fi's part is taken by radios that the kernel makes up
(mac80211_hwsim): the access point's and the phone's frames are real, the air is not.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

from machine import Machine, mtools

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PIN = "85230"
ANSWERS = {"name": "Oak St church", "place": "35.10,-77.04", "words": "tivek solan marub podil", "wifi-country": "US", "region": "US915", "pin": PIN}


def figure(what, value):
    print(f"{what}: {value}", file=sys.stderr)


class Card(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = os.path.join(TOP, "build/image")
        cls.image = os.environ.get("IMAGE")
        cls.key = os.path.join(folder, "test-upgrade")
        if not cls.image:
            began = time.monotonic()
            cls.image = os.path.join(folder, "test.img")
            os.makedirs(folder, exist_ok=True)
            subprocess.run(["minisign", "-G", "-f", "-W", "-p", f"{cls.key}.pub", "-s", f"{cls.key}.key"], check=True, capture_output=True)
            words = [word for key, value in ANSWERS.items() for word in (f"--{key}", value)]
            subprocess.run([os.path.join(TOP, "tools/image"), *words, "--upgrade-key", f"{cls.key}.pub", "--output", cls.image],
                           check=True)
            figure("minutes to make the image", round((time.monotonic() - began) / 60, 1))
        figure("MiB of the image, and of them written", (os.path.getsize(cls.image) >> 20, os.stat(cls.image).st_blocks >> 11))
        cls.base = tempfile.mkdtemp(prefix="card-", dir=os.path.join(TOP, "build/image"))
        cls.machine = Machine(cls.image, cls.base)

    @classmethod
    def tearDownClass(cls):
        cls.machine.close()

    def start(self):
        self.machine.start()
        figure("seconds from power to the page", round(self.machine.wait_for_page()))
        self.machine.wait_for_console()

    def post(self, path, body):
        return json.loads(self.machine.http(path, json.dumps(body).encode(), {"Content-Type": "application/json", "Aidmesh-Pin": PIN}))

    def needs(self):
        return sorted((line["item_name"], line["quantity"]) for line in self.machine.lines())

    def written(self):
        """Bytes that the card was written so far."""
        return int(self.machine.must("cat /sys/block/vda/stat").split()[6]) * 512

    def test_1_no_secret_of_a_machine_is_in_the_image(self):
        names = mtools(self.image, "mdir", "-b", "-/", "::").decode()
        self.assertNotIn("wifi.txt", names)
        with tempfile.TemporaryDirectory() as folder:
            # The partitions of root and state, looked into without mounting them.
            with open(self.image, "rb") as file:
                table = file.read(512)
            for entry in (1, 2):
                at = int.from_bytes(table[446 + 16 * entry + 8:][:4], "little") * 512
                where = f"{self.image}?offset={at}"
                for path in ("/var/lib/aidmesh/identity.key", "/aidmesh/identity.key", "/etc/ssh/ssh_host_ed25519_key", "/var/lib/dbus/machine-id",
                             "/var/lib/systemd/random-seed"):
                    said = subprocess.run(["debugfs", "-R", f"stat {path}", where], capture_output=True, text=True).stderr
                    self.assertIn("not found", said, path)
            at = int.from_bytes(table[446 + 16 + 8:][:4], "little") * 512
            subprocess.run(["debugfs", "-R", f"dump /etc/machine-id {folder}/id", f"{self.image}?offset={at}"], check=True, capture_output=True)
            self.assertEqual(os.path.getsize(f"{folder}/id"), 0)

    def test_2_it_starts_takes_a_need_and_has_it_after_the_plug_was_pulled(self):
        m = self.machine
        self.start()
        # What the technician answered is what people see, and no longer on the boot partition.
        self.assertEqual(json.loads(m.http("/v1/status"))["name"], ANSWERS["name"])
        form = m.must("sudo cat /boot/firmware/aidmesh.txt")
        for secret in (ANSWERS["words"], PIN):
            self.assertNotIn(secret, form)
        wifi = m.must("sudo cat /boot/firmware/aidmesh-wifi.txt")
        self.assertIn("name = aidmesh-Oak-St-church", wifi)
        # The root is not written, the state's part has all of the card, the node runs with its own rights.
        self.assertRegex(m.must("grep ' /media/root-ro ' /proc/mounts"), r" ext4 ro,")
        self.assertIn("overlay", m.must("grep '^overlayroot / ' /proc/mounts"))
        self.assertGreater(int(m.must("df --output=size -BM /var/lib/aidmesh | tail -1").strip().rstrip("M")), 2000)
        self.assertEqual(m.must("systemctl --failed --no-legend --plain").strip(), "")
        shown = m.must("systemctl show -p User -p Type -p WatchdogUSec -p ActiveState -p StatusText aidmeshd").split("\n")
        for wanted in ("Type=notify", "User=aidmesh", "WatchdogUSec=30s", "ActiveState=active"):
            self.assertIn(wanted, shown)
        self.assertTrue(any(line.startswith(f"StatusText={ANSWERS['name']}") for line in shown), shown)
        # By page and by command line.
        self.post("/v1/line", {"kind": "need", "item": "101", "quantity": 120, "people": 40, "within": 24})
        m.must("aidmesh need blanket 12 --people 12")
        self.assertEqual([quantity for _, quantity in self.needs()], [12, 120])
        m.cut()
        self.start()
        self.assertEqual([quantity for _, quantity in self.needs()], [12, 120])
        self.assertEqual(json.loads(m.http("/v1/status"))["name"], ANSWERS["name"])
        self.assertEqual(m.must("systemctl --failed --no-legend --plain").strip(), "")

    def test_3_a_loop_that_hangs_is_started_again(self):
        m = self.machine
        first = m.must("systemctl show -p MainPID --value aidmeshd").strip()
        m.must(f"sudo kill -STOP {first}")
        m.wait_until(f"[ \"$(systemctl show -p MainPID --value aidmeshd)\" != {first} ] && systemctl -q is-active aidmeshd", 200)
        self.assertEqual([quantity for _, quantity in self.needs()], [12, 120])
        self.assertIn("watchdog", m.must("sudo journalctl -u aidmeshd --no-pager | grep -i watchdog | tail -3").lower())

    def test_4_nothing_is_written_while_nothing_happens(self):
        m = self.machine
        m.must("sync; sleep 5")
        before = self.written()
        m.must("sleep 120", 400)
        figure("bytes written in two idle minutes", self.written() - before)
        self.assertEqual(self.written(), before)

    def test_5_the_next_package_is_installed_and_stays_with_all_that_was_there(self):
        m = self.machine
        # Whatever stands in a tree that no commit has makes a later version.
        later = os.path.join(TOP, "tests/image/later")
        self.addCleanup(os.remove, later)
        with open(later, "w", encoding="ascii"):
            pass
        made = subprocess.run([os.path.join(TOP, "tools/package"), "--suite", "trixie", "--upgrade", f"{self.key}.key", "arm64"], check=True,
                              capture_output=True, text=True).stdout
        path = next(line for line in made.split("\n") if line.endswith(".upgrade"))
        figure("KiB of the upgrade", os.path.getsize(path) >> 10)
        before = json.loads(m.http("/v1/status"))["version"]
        with open(path, "rb") as file:
            content = file.read()
        headers = {"Content-Type": "application/octet-stream", "Aidmesh-Pin": PIN}
        # What nobody signed is refused, and the node goes on.
        at = content.index(b"contents.tar.minisig") + 700
        m.http("/v1/upgrade", content[:at] + bytes([content[at] ^ 1]) + content[at + 1:], headers)
        m.wait_until("aidmesh upgrade --json | grep -q '\"state\": *\"refused\"'", 200)
        self.assertEqual(json.loads(m.http("/v1/status"))["version"], before)
        m.http("/v1/upgrade", content, headers)
        m.wait_until("aidmesh upgrade --json 2>/dev/null | grep -q '\"state\": *\"installed\"'", 400)
        after = json.loads(m.http("/v1/status"))["version"]
        self.assertNotEqual(after, before)
        self.assertEqual([quantity for _, quantity in self.needs()], [12, 120])
        m.cut()
        self.start()
        self.assertEqual(json.loads(m.http("/v1/status"))["version"], after)
        self.assertEqual([quantity for _, quantity in self.needs()], [12, 120])

    def test_6_a_phone_joins_its_wifi_and_finds_the_page(self):
        m = self.machine
        m.must("sudo modprobe mac80211_hwsim radios=2")
        password = m.must("sudo sed -n 's/^password = //p' /boot/firmware/aidmesh-wifi.txt").strip()
        try:
            m.wait_until("iw dev wlan0 info 2>/dev/null | grep -q \"type AP\"", 120)
        except AssertionError:
            self.fail(m.run("nmcli device; nmcli connection; sudo journalctl -u NetworkManager -u wpa_supplicant --no-pager | tail -30")[0])
        self.assertIn("ssid aidmesh-Oak-St-church", m.must("iw dev wlan0 info"))
        # The phone: a radio in a network of its own, with the real supplicant.
        m.must("sudo nmcli device set wlan1 managed no; sudo ip netns add phone; "
               "sudo iw phy \"$(cat /sys/class/net/wlan1/phy80211/name)\" set netns name phone")
        m.must(f"printf 'network={{\\nssid=\"aidmesh-Oak-St-church\"\\npsk=\"{password}\"\\nkey_mgmt=WPA-PSK\\n}}\\n' >phone.conf; "
               "sudo ip netns exec phone ip link set lo up; sudo ip netns exec phone wpa_supplicant -B -i wlan1 -c phone.conf")
        m.wait_until("sudo ip netns exec phone iw dev wlan1 link | grep -q Connected", 120)
        m.must("printf '#!/bin/sh\\n[ \"$1\" != bound ] || ip addr add $ip/$mask dev $interface\\n' >lease.sh; chmod +x lease.sh; "
               "sudo ip netns exec phone busybox udhcpc -i wlan1 -n -q -s ./lease.sh", 200)
        page = m.must("sudo ip netns exec phone busybox wget -q -O - http://10.41.0.1/")
        self.assertIn("<html", page)
        # A wrong password does not get in.
        m.must("sudo pkill -f 'wpa_supplicant -B -i wlan1'; sed -i 's/psk=\"[^\"]*\"/psk=\"neighbours\"/' phone.conf; sleep 1; "
               "sudo ip netns exec phone wpa_supplicant -B -i wlan1 -c phone.conf")
        m.must("timeout 100 sh -c 'until sudo ip netns exec phone wpa_cli -i wlan1 status | grep -qE \"SCANNING|4WAY\"; do sleep 1; done'; sleep 15", 200)
        self.assertIn("Not connected", m.must("sudo ip netns exec phone iw dev wlan1 link"))

    def test_7_carried_it_joins_a_site_of_the_same_words_and_brings_what_it_has(self):
        m = self.machine
        # Elm: another node with a radio of its own, an access point by the real supplicant, addresses by dnsmasq.
        m.must("sudo pkill -f 'wpa_supplicant -B -i wlan1'; sleep 1")
        password = m.must("sudo aidmeshd --wifi-password aidmesh-elm").split()[0]
        m.must(f"printf 'network={{\\nssid=\"aidmesh-elm\"\\nmode=2\\nfrequency=2437\\nkey_mgmt=WPA-PSK\\nproto=RSN\\npairwise=CCMP\\npsk=\"{password}\"\\n}}\\n' >elm.conf; "
               "sudo ip netns exec phone ip addr flush dev wlan1; sudo ip netns exec phone ip addr add 10.42.0.1/24 dev wlan1; "
               "sudo ip netns exec phone wpa_supplicant -B -i wlan1 -c elm.conf; "
               "sudo ip netns exec phone dnsmasq --conf-file=/dev/null --interface=wlan1 --bind-interfaces --port=0 --dhcp-range=10.42.0.10,10.42.0.50 "
               "--dhcp-leasefile=/tmp/elm.leases")
        m.must("mkdir -p elm; sudo ip netns exec phone setsid runuser -u aid -- aidmeshd --config /dev/null --set node.folder=/home/aid/elm --set node.name=Elm "
               "--set control.socket=/home/aid/elm/c.sock --set control.listen=none >elm/log 2>&1 </dev/null & sleep 1; "
               "timeout 60 sh -c 'until aidmesh --socket elm/c.sock status >/dev/null 2>&1; do sleep 1; done'", 100)
        m.must("aidmesh --socket elm/c.sock init --name Elm --at 35.2,-77.0; aidmesh --socket elm/c.sock need tarp 9 --people 9")
        m.must("aidmesh setup --role carried", 200)
        m.wait_until("sudo journalctl -u aidmesh-carry --no-pager | grep -q \"aidmesh-elm has all\"", 400)
        self.assertIn(9, [quantity for _, quantity in self.needs()])
        there = json.loads(m.must("aidmesh --socket elm/c.sock list needs --json"))["lines"]
        self.assertEqual(sorted(line["quantity"] for line in there), [9, 12, 120])
        self.assertNotIn("type AP", m.must("iw dev wlan0 info"))


class Board(unittest.TestCase):
    """The same card on a Raspberry Pi 3: its own device tree, SD host and serial port, as far as qemu has them."""

    def test_a_need_survives_the_pulled_plug(self):
        folder = os.path.join(TOP, "build/image")
        base = tempfile.mkdtemp(prefix="board-", dir=folder)
        board = Machine(os.environ.get("IMAGE") or os.path.join(folder, "test.img"), base, board="raspi3b")
        try:
            board.start()
            board.wait_for_console()
            self.assertEqual(board.must("tr -d '\\0' </proc/device-tree/model").strip(), "Raspberry Pi 3 Model B")
            # The state's partition has grown to the card's end.
            self.assertGreater(int(board.must("lsblk -bno SIZE /dev/mmcblk0p3")), 2 << 30)
            board.wait_until("aidmesh status >/dev/null 2>&1", 300)
            board.must("aidmesh need cot 12 --people 12")
            board.cut()
            board.start()
            board.wait_for_console()
            board.wait_until("aidmesh status >/dev/null 2>&1", 300)
            figure("seconds from power to the node's answer, Raspberry Pi 3", round(time.monotonic() - board.started))
            lines = json.loads(board.must("aidmesh list needs --json"))["lines"]
            self.assertEqual([line["quantity"] for line in lines], [12])
        finally:
            board.close()


if __name__ == "__main__":
    unittest.main()
