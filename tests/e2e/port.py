# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an emulated device is plugged into: a pty that looks like a serial port, or a TCP port of loopback.

Both hold what the other side does not take yet, up to a bound, and call on the air's thread: opened(), came(bytes), closed()."""

import errno
import os
import selectors
import socket
import termios

LOOK_US = 10_000  # how often an unopened pty is looked at, in real time
WAITING_MAX = 65536
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Port:
    """What both have in common. The device sets opened, came and closed."""

    def __init__(self, air):
        self.air, self.fd, self.is_open = air, -1, False
        self.waiting = bytearray()
        self.written = self.overrun = 0  # bytes
        self.opened = self.closed = lambda: None
        self.came = lambda data: None

    def write(self, data):
        """What nobody takes is gone, as on a wire."""
        if not self.is_open:
            return
        room = WAITING_MAX - len(self.waiting)
        self.overrun += max(0, len(data) - room)
        self.waiting += data[:room]
        self.drain()

    def drain(self):
        try:
            while self.waiting:
                count = os.write(self.fd, self.waiting)
                self.written += count
                del self.waiting[:count]
        except BlockingIOError:
            pass
        except OSError:
            self.hang_up()
            return
        self.air.watch(self.fd, READ | (WRITE if self.waiting else 0), self.ready)

    def ready(self, events):
        if events & READ:
            try:
                data = os.read(self.fd, 65536)
            except BlockingIOError:
                return
            except OSError as error:
                assert error.errno in (errno.EIO, errno.ECONNRESET), error
                data = b""
            if not data:
                self.hang_up()
                return
            self.take(data)
        if events & WRITE and self.is_open:
            self.drain()

    def take(self, data):
        self.came(data)

    def hang_up(self):
        self.air.watch(self.fd, 0, None)
        self.is_open = False
        self.waiting.clear()
        self.closed()


class Pty(Port):
    """A serial port under a name that stays: plug() makes it, pull() takes it away as when a stick is pulled. A program must set
    it to 115200 baud, raw: at any other speed nothing arrives but noise."""

    def __init__(self, air, path):
        super().__init__(air)
        self.path = path
        self.wrong_speed = 0  # bytes that came while the line was not set

    def plug(self):
        with self.air.lock:
            assert self.fd < 0
            self.fd, slave = os.openpty()
            os.set_blocking(self.fd, False)
            temporary = self.path + ".new"
            os.symlink(os.ttyname(slave), temporary)
            os.rename(temporary, self.path)
            os.close(slave)  # only the program at the other end holds it from now on
            self.look()
        return self

    def look(self):
        """A pty that nobody holds reads as an error; one that somebody does has nothing to read."""
        if self.fd < 0 or self.is_open:
            return
        try:
            data = os.read(self.fd, 65536)
        except BlockingIOError:
            data = b""
        except OSError:
            self.air.after(LOOK_US * self.air.factor, self.look)
            return
        self.is_open = True
        self.air.watch(self.fd, READ, self.ready)
        self.opened()
        if data:
            self.take(data)

    def take(self, data):
        _, _, _, local, _, speed, _ = termios.tcgetattr(self.fd)
        if speed != termios.B115200 or local & (termios.ICANON | termios.ECHO):
            self.wrong_speed += len(data)
        else:
            self.came(data)

    def hang_up(self):
        super().hang_up()
        self.air.after(LOOK_US * self.air.factor, self.look)

    def pull(self):
        with self.air.lock:
            os.unlink(self.path)
            self.air.watch(self.fd, 0, None)
            os.close(self.fd)
            self.fd, self.is_open = -1, False
            self.waiting.clear()


class Tcp(Port):
    """A listener of loopback that serves one at a time: who comes later replaces who was there."""

    def __init__(self, air):
        super().__init__(air)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.setblocking(False)
        self.path = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.peer = None

    def plug(self):
        with self.air.lock:
            self.air.watch(self.listener.fileno(), READ, self.accept)
        return self

    def accept(self, _):
        if self.is_open:
            self.hang_up()
        self.peer, _ = self.listener.accept()
        self.peer.setblocking(False)
        self.fd, self.is_open = self.peer.fileno(), True
        self.air.watch(self.fd, READ, self.ready)
        self.opened()

    def hang_up(self):
        super().hang_up()
        self.peer.close()
        self.fd = -1

    def pull(self):
        with self.air.lock:
            self.air.watch(self.listener.fileno(), 0, None)
            if self.is_open:
                self.air.watch(self.fd, 0, None)
                self.peer.close()
                self.is_open = False
            self.listener.close()
