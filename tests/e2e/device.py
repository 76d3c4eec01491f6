# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every emulated radio is, whatever it speaks: a station of the air on a port, which is plugged in, boots, restarts, and is
pulled again."""

import random


class Device:
    """The kind gives what the air calls, receive(); what the port calls, port_came(bytes); what it says while it boots and when it
    has, booting_noise() and booted(); and forget(), which it begins with this one's."""

    def __init__(self, air, port, name, boot_ms, resets_on_open, seed):
        self.air, self.port, self.name = air, port, name
        self.boot_ms, self.resets_on_open = boot_ms, resets_on_open
        self.chance = random.Random(seed)
        self.station = air.station(name, self.receive)
        self.is_dumb = False  # takes all and says nothing
        self.cut_next = False  # restarts in the middle of the next frame that it hands over
        self.boots = self.life = 0
        self.booting = None
        port.opened, port.came = self.port_opened, self.port_came

    def forget(self):
        """All that is not in its flash."""
        self.life += 1  # what was due in an earlier one is not done

    def plug(self):
        with self.air.lock:
            self.port.plug()
            self.restart()
        return self

    def pull(self):
        with self.air.lock:
            self.port.pull()
            self.end()

    def end(self):
        self.station.off()
        self.forget()
        self.air.cancel(self.booting)
        self.booting = None

    def restart(self):
        """As after power-on, a crash, or when it is told to."""
        with self.air.lock:
            self.end()
            self.cut_next = False
            self.boots += 1
            self.booting = self.air.after(self.boot_ms * 1000, self.boot)
            self.booting_noise()

    def boot(self):
        self.booting = None
        self.booted()

    def port_opened(self):
        if self.resets_on_open:
            self.restart()
