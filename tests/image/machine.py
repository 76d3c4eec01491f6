# SPDX-License-Identifier: AGPL-3.0-or-later
"""A Raspberry Pi's card in an emulated machine: its kernel, its initramfs and its partitions, with a console and a way to the page.

The machine is qemu's "virt" with an SD card's worth of disk: what is the board's own (firmware, Wi-Fi, I2C) is not there. Or it is qemu's Raspberry
Pi 3, with the device tree of the card, its SD host and its serial port, and without a network.
"""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

MIB = 1024 * 1024


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def boot_partition(image):
    """Where the first partition begins, in bytes."""
    with open(image, "rb") as file:
        table = file.read(512)
    return int.from_bytes(table[446 + 8 : 446 + 12], "little") * 512


def mtools(image, *command):
    """mcopy and its like on the boot partition; `::` in their words is it."""
    name, *words = command
    place = f"{image}@@{boot_partition(image)}"
    return subprocess.run([name, "-i", place, *words], check=True, capture_output=True).stdout


def boot_files(image, folder):
    """Kernel and initramfs, as config.txt names them, and the kernel's command line."""
    config = mtools(image, "mtype", "::config.txt").decode()
    kernel = re.search(r"^kernel=(\S+)", config, re.M).group(1)
    initrd = re.search(r"^initramfs (\S+)", config, re.M).group(1)
    for name in kernel, initrd:
        mtools(image, "mcopy", "-o", "-n", f"::{name}", folder)
    line = mtools(image, "mtype", "::cmdline.txt").decode().strip()
    return os.path.join(folder, kernel), os.path.join(folder, initrd), line


class Machine:
    """One card. `start` and `cut` may follow each other as often as one likes."""

    def __init__(self, image, folder, card_mib=4096, memory_mib=512, board="virt"):
        self.card = os.path.join(folder, "card.img")
        subprocess.run(["cp", "--sparse=always", image, self.card], check=True)
        os.truncate(self.card, card_mib * MIB)
        self.folder, self.memory_mib, self.board = folder, memory_mib, board
        self.log = os.path.join(folder, "console.log")
        self.process = None
        self.text = ""
        self.lock = threading.Condition()

    def start(self, extra=()):
        kernel, initrd, line = boot_files(self.card, self.folder)
        self.port = free_port()
        self.text = ""
        self.started = time.monotonic()
        hardware = self.virt(line, extra) if self.board == "virt" else self.pi_3(line, extra)
        self.process = subprocess.Popen(
            ["qemu-system-aarch64", "-nographic", "-no-reboot", "-monitor", "none", "-kernel", kernel, "-initrd", initrd, *hardware],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self.reader.start()

    def virt(self, line, extra):
        return ["-M", "virt", "-cpu", "cortex-a53", "-smp", "2", "-m", str(self.memory_mib), "-serial", "stdio",
                "-append", f"{line} console=ttyAMA0 {' '.join(extra)}",
                "-drive", f"if=none,id=card,file={self.card},format=raw,cache=writeback",
                "-device", "virtio-blk-pci,drive=card,romfile=",
                "-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{self.port}-:8024",
                "-device", "virtio-net-pci,netdev=net,romfile="]

    def pi_3(self, line, extra):
        tree = "bcm2837-rpi-3-b.dtb"
        mtools(self.card, "mcopy", "-o", "-n", f"::{tree}", self.folder)
        # qemu's watchdog of this board resets at once when it is set.
        return ["-M", "raspi3b", "-m", "1024", "-dtb", os.path.join(self.folder, tree), "-serial", "null", "-serial", "stdio",
                "-append", f"{line} systemd.watchdog_sec=0 {' '.join(extra)}",
                "-drive", f"if=sd,file={self.card},format=raw,cache=writeback"]

    def _read(self, pipe):
        with open(self.log, "ab") as log:
            while chunk := pipe.read1(65536):
                log.write(chunk)
                log.flush()
                with self.lock:
                    self.text += chunk.decode("utf-8", "replace")
                    self.lock.notify_all()

    def expect(self, pattern, seconds, since=0):
        """Waits until the console has said it; the match."""
        deadline = time.monotonic() + seconds
        with self.lock:
            while not (match := re.compile(pattern).search(self.text, since)):
                left = deadline - time.monotonic()
                if left <= 0 or self.process.poll() is not None:
                    raise AssertionError(f"the console never said {pattern!r}; its last words:\n{self.text[-3000:]}")
                self.lock.wait(min(left, 1))
            return match

    def run(self, command, seconds=120):
        """A command at the console; its output and exit code."""
        with self.lock:
            since = len(self.text)
        mark = f"end-{since}"
        # What is echoed is not what the mark looks like.
        self.process.stdin.write(f"{command}; echo {mark[:3]}''{mark[3:]}=$?\n".encode())
        self.process.stdin.flush()
        match = self.expect(re.escape(mark) + r"=(\d+)\r", seconds, since)
        # What a terminal does with its text is no part of it.
        said = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.text[since:match.start()]).replace("\r", "")
        return said, int(match.group(1))

    def must(self, command, seconds=120):
        said, code = self.run(command, seconds)
        assert code == 0, f"{command!r} ended with {code}:\n{said}"
        return said

    def wait_until(self, command, seconds):
        """Until the command succeeds."""
        self.must(f"timeout {seconds} sh -c {shlex.quote(f'until {command}; do sleep 1; done')}", seconds + 60)

    def wait_for_console(self, seconds=600):
        self.expect(r"aid@\S+:~\$ ", seconds)
        self.run("bind 'set enable-bracketed-paste off'; stty -echo cols 200; PS1=; "
                 "export PAGER=cat LC_ALL=C.UTF-8 TERM=dumb PATH=$PATH:/usr/sbin:/sbin; sudo dmesg -n 1")

    def http(self, path, data=None, headers=None, seconds=30):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data, headers=headers or {})
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            return answer.read()

    def wait_for_page(self, seconds=600):
        """Until the page answers; seconds since power on."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.http("/", seconds=10)
                return time.monotonic() - self.started
            except (OSError, urllib.error.URLError):
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise AssertionError(f"no page; the console's last words:\n{self.text[-3000:]}") from None
                time.sleep(0.5)

    def lines(self):
        return json.loads(self.http("/v1/lines?kind=need"))["lines"]

    def cut(self):
        """The plug is pulled."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.reader.join()
        self.process.stdout.close()

    def wait_for_end(self, seconds=300):
        self.process.wait(seconds)

    def close(self):
        if self.process and self.process.poll() is None:
            self.cut()
        shutil.rmtree(self.folder, ignore_errors=True)
