"""The till does all of the vendor's work by the keys of a numeric keypad: on a terminal of 80x24, on
a character display of 20x4 and on a pipe of lines. A line that is too long is no sale."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

import pytest

from harness.events import plate
from harness.process import BIN, clean_environment, run
from harness.programs import Agent
from harness.wait import wait_until

NOBODY = 1  # a port that nobody listens on
FINGER_S = 0.15


@pytest.fixture()
def agent(scene):
    return scene.add(Agent(scene.folder, NOBODY, plate())).start().wait_socket()


class Till:
    """`till` on a terminal of so many columns and rows, and what it has drawn."""

    def __init__(self, agent, columns, rows):
        self._main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._before = termios.tcgetattr(side)
        self._side = side
        self.drawn = b""
        self.popen = subprocess.Popen([BIN / "carrito-agent", "till"], stdin=side, stdout=side,
                                      stderr=side, env=clean_environment(agent.env))

    def press(self, keys):
        for key in keys:
            os.write(self._main, key.encode())
            time.sleep(FINGER_S)

    def shows(self, text):
        """The rows that were drawn last."""
        while select.select([self._main], [], [], 0.02)[0]:
            self.drawn += os.read(self._main, 65536)
        screen = self.drawn.rpartition(b"\033[H")[2].decode()
        return text in re.sub(r"\033\[[?0-9]*[a-zA-Z]", "", screen)

    def wait_shows(self, text):
        wait_until(f"the till shows {text!r}", lambda: self.shows(text), 10, every=0.05)

    def leaves_the_terminal_as_it_was(self):
        self.popen.terminate()
        self.popen.wait(10)
        return termios.tcgetattr(self._side) == self._before

    def close(self):
        self.popen.kill()
        self.popen.wait()
        os.close(self._main)
        os.close(self._side)


@pytest.mark.parametrize("columns, rows", [(80, 24), (20, 4)])
def test_a_day_by_the_keypad(scene, agent, columns, rows):
    till = scene.add(Till(agent, columns, rows))
    wait_until("the cause", lambda: till.shows("sin servidor") or till.shows("no atiende"), 10)
    till.press("+60\n")
    till.wait_shows("ok quedan 60")
    till.press("3\n")
    till.wait_shows("ok venta 1,")
    till.press("-\n")
    till.wait_shows("anulada")
    till.press("25\n")
    till.wait_shows("25? Enter otra")
    till.press("\n")
    till.wait_shows("ok venta 2,")
    till.press("1" * 66 + "\n")
    till.wait_shows("demasiado largo")
    till.press("*\n")
    till.wait_shows("1 venta, 25")
    till.press("/\n")
    till.wait_shows("no hay pedidos")
    assert till.leaves_the_terminal_as_it_was()
    assert [(e["type"], e.get("quantity")) for e in agent.exported() if e["type"] != "clock"] == [
        ("stock", None), ("sale", 3), ("void", None), ("sale", 25)]


def test_a_pipe_of_lines(agent):
    done = run([BIN / "carrito-agent", "till"], agent.env,
               stdin="3\n" + "1" * 66 + "\n+40\n25\n\n30\n2\n-\nthree\n-1\n*")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "ok venta 1", "ok quedan 40 en el carro", "ok venta 2, quedan 15", "ok venta 3, quedan 13",
        "ok anulada la venta 3", "ok anulada la venta 1", "1 venta, 25 sopaipillas, $0, 2 anuladas"]
    for words in ("demasiado largo", "25? Enter otra vez", "30? Enter otra vez", "no entendí"):
        assert words in done.stderr, done.stderr
    assert [e["quantity"] for e in agent.exported() if e["type"] == "sale"] == [3, 25, 2]
