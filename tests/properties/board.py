"""A cart's card, and the program that keeps its outbox on it: see tests/replay/cart_replay.c."""
import os
import shutil
import sqlite3
import subprocess

from harness.process import BIN, clean_environment

from .damage import damaged
from .lines import Ended, Lines

DIED = 9
TRIES = 20
# A mount of the board's own; without root there is none, and the card is written as any other.
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"; exec "$1"'


class Died(Exception):
    """The power went in the midst of a write."""


class Board(Lines):
    """`start` to `stop` or `kill` is a life of the agent; the card stays."""

    def __init__(self, folder, cart):
        self.folder, self.cart = folder, cart
        self.outbox = folder / "outbox.db"
        folder.mkdir()
        super().__init__()

    def start(self, now_ms, read_only=False):
        """What it says of the outbox that it opened."""
        program = [BIN / "tests" / "cart_replay"]
        if read_only and os.geteuid() == 0:
            program = ["unshare", "--mount", "sh", "-c", READ_ONLY, self.folder, *program]
        self.begin(program)
        return self.ask("open", {"path": str(self.outbox), "cart": self.cart, "now_ms": now_ms})

    def ask_text(self, name, command):
        try:
            return super().ask_text(name, command)
        except Ended as ended:
            if ended.status == DIED:
                raise Died from None
            raise

    def stop(self):
        self._process.stdin.close()
        assert self._process.wait(20) == 0, self._said()
        self._process.stdout.close()

    def kill(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait(20)
            self._process.stdin.close()
            self._process.stdout.close()

    def close(self):
        try:
            self.kill()
        except BrokenPipeError:
            pass  # what it had not read
        self._log.close()
        shutil.rmtree(self.folder)

    # What happens to the card while nobody has it open.

    def sql(self, statement):
        db = sqlite3.connect(self.outbox)
        with db:
            rows = db.execute(statement).fetchall()
        db.close()
        return rows

    def damage(self, chance):
        """Of the file alone, as the end of a log that is damaged was never written; and none that
        leaves a head with other numbers, which nothing but its own checksum could tell."""
        whole = self.outbox.read_bytes()
        for _ in range(TRIES):
            before = self._head()
            _, (part,) = damaged([whole], chance)
            self.outbox.write_bytes(part)
            if self._head() in (None, before):
                return
            self.outbox.write_bytes(whole)

    def _head(self):
        db = sqlite3.connect(f"file:{self.outbox}?mode=ro&immutable=1", uri=True)
        try:
            return db.execute("SELECT * FROM head").fetchall()
        except (sqlite3.Error, UnicodeDecodeError):  # an error that names what is damaged
            return None
        finally:
            db.close()

    def remove(self):
        for path in self.folder.iterdir():
            path.unlink()

    def export(self):
        """What `carrito-agent outbox export` prints, by line."""
        done = subprocess.run(
            [BIN / "carrito-agent", "outbox", "export"], capture_output=True, text=True, timeout=60,
            check=False, env=clean_environment({"CARRITO_CART": self.cart,
                                                "CARRITO_OUTBOX": self.outbox}))
        return done.stdout.splitlines()
