"""A box on which the administrator's page was followed, word for word: centre, cell and one cart. Stand-ins
are only what no box has: a name server that knows cell1.example.org, and who types the passwords."""
import json

from .box import Box, packages
from .page import blocks
from .wait import wait_until

PASSWORD = "una sopaipilla con pebre"
SERVICES = ["carrito-kafka", "carrito-bridge", "carrito-collector", "carrito-agent", "carrito-till"]
INSTALL_S = 400
DOCTOR = "carritoctl doctor"


class Site:
    """`tell`: says how far it is. What each block of the page printed is kept in `said`."""

    def __init__(self, scene, tell, warm=False, made=None):
        self.box = Box(scene, warm=warm)
        self._tell = tell
        self._made = made or packages()
        self.said = {}

    def start(self):
        self._tell("system: booting")
        self.box.start()
        self.box.do("echo '127.0.0.1 cell1.example.org' >>/etc/hosts")
        self.box.put(*self._made.values())
        return self

    def follow(self, *sections):
        """Runs the sections' blocks. What asks for a password gets it."""
        for section in sections:
            for script in blocks(section):
                self._tell(f"system: {section}: {script.splitlines()[0][:70]}")
                self.run_block(script)
        return self

    def run_block(self, script):
        user = "vendor" if script.startswith("carrito-agent sell") else "root"
        self.said[script] = self.box.do(script, stdin=f"{PASSWORD}\n", seconds=INSTALL_S, user=user)

    def doctor(self):
        """What doctor said on the page, by check: (state, detail)."""
        text = next(said for script, said in self.said.items() if script.startswith(DOCTOR))
        lines = [line.split(None, 1) for line in text.splitlines()]
        return {rest.split(":")[0]: (state, rest) for state, rest in lines}

    def watchdog_starts_anew(self, unit, seconds=60):
        """Stops the unit's program, as a hung one is, and waits for another. (systemd's own patience is
        WatchdogSec; it then sends SIGABRT.)"""
        box, pid = self.box, self.box.show(unit, "MainPID")
        before = int(box.show(unit, "NRestarts"))
        box.do(f"kill -STOP {pid}")
        wait_until(f"another {unit}", lambda: box.active(unit)
                   and box.show(unit, "MainPID") not in (pid, "0"), seconds, every=0.5)
        assert int(box.show(unit, "NRestarts")) == before + 1
        assert "Watchdog timeout" in box.journal("-u", unit)

    def sell(self, quantity):
        said = self.box.do(f"carrito-agent sell --quantity {quantity}", user="vendor")
        assert said.startswith("ok"), said

    def sold(self):
        """The pieces that the centre counts today, of all carts."""
        rows = json.loads(self.box.do("carritoctl daily --json"))
        rows = rows["items"] if isinstance(rows, dict) else rows
        return sum(row["quantity"] for row in rows)

    def wait_sold(self, quantity, seconds=60):
        wait_until(f"the centre counts {quantity}", lambda: self.sold() == quantity, seconds)
