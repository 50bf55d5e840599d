"""carrito-agent on a terminal of its own, as its vendor sees it and presses its keys."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

from .process import BIN, clean_environment
from .wait import wait_until

FINGER_S = 0.15


class Terminal:
    """A command of the agent, such as `till`, on so many columns and rows; and what it has drawn."""

    def __init__(self, words, env, columns, rows):
        self._main, self._side = pty.openpty()
        fcntl.ioctl(self._side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._before = termios.tcgetattr(self._side)
        self._drawn = b""
        self.popen = subprocess.Popen([BIN / "carrito-agent", *words], stdin=self._side,
                                      stdout=self._side, stderr=self._side,
                                      env=clean_environment(env))

    def press(self, keys):
        for key in keys:
            os.write(self._main, key.encode())
            time.sleep(FINGER_S)

    def screen(self):
        """The rows that were drawn last."""
        while select.select([self._main], [], [], 0.02)[0]:
            self._drawn += os.read(self._main, 65536)
        screen = self._drawn.rpartition(b"\033[H")[2].decode()
        return re.sub(r"\033\[[?0-9]*[a-zA-Z]", "", screen)

    def shows(self, text):
        return text in self.screen()

    def wait_shows(self, text, seconds=10):
        wait_until(f"the till shows {text!r}", lambda: self.shows(text), seconds, every=0.05)

    def leaves_the_terminal_as_it_was(self):
        self.popen.terminate()
        self.popen.wait(10)
        return termios.tcgetattr(self._side) == self._before

    def close(self):
        self.popen.kill()
        self.popen.wait()
        os.close(self._main)
        os.close(self._side)
