"""The agent's package for each board installs on a clean Debian of its architecture, and the whole
agent sells there, emulated, against a real centre: what the vendor was told is what the centre has,
through kill -9."""
import random
import re
import signal
import threading
import time

import pytest

from board import BoardAgent
from harness.events import plate
from harness.process import run
from harness.truth import assert_totals, of_events
from harness.wait import wait_until

PACKAGE_BYTES_MAX = 500_000
KILLS = 4
SALES_BETWEEN = 5


class Vendor(threading.Thread):
    """Sells by the command line, again and again, and keeps the receipts that were answered."""

    def __init__(self, agent):
        super().__init__(daemon=True)
        self.agent = agent
        self.answered = set()
        self.go_home = threading.Event()

    def run(self):
        while not self.go_home.is_set():
            done = self.agent.sell(2, client="Ana", amount=1000)
            if done.returncode == 0:
                self.answered.add(int(re.search(r"\d+", done.stdout).group()))

    def sells(self, more):
        enough = len(self.answered) + more
        wait_until("the vendor sells", lambda: len(self.answered) >= enough, 60)


def test_lintian_finds_no_error(board):
    done = run(["lintian", "--allow-root", "--fail-on", "error", board.package], seconds=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_is_small_and_complete(board, capsys):
    size = board.package.stat().st_size
    with capsys.disabled():
        print(f"\n{board.name}: {board.package.name} {size} bytes")
    assert size <= PACKAGE_BYTES_MAX
    assert board.must("dpkg", "--audit") == ""
    assert re.match(r"carrito-agent \d", board.must("carrito-agent", "--version"))
    assert board.must("dpkg", "--print-architecture").strip() == board.name


def test_it_keeps_what_it_was_told_through_kill_9(board, world, capsys):
    world.start()
    board.configure(cart=(cart := plate()), mqtt_port=world.mosquitto.port, gps="sim:5")
    agent = world.scene.add(BoardAgent(board, world.folder, cart))
    started = time.monotonic()
    agent.start().wait_socket(30)
    assert agent.sell(1).returncode == 0
    took = time.monotonic() - started
    with capsys.disabled():
        print(f"\n{board.name}: first sale after {took:.2f} s, emulated")
    vendor = Vendor(agent)
    vendor.start()
    for _ in range(KILLS):
        vendor.sells(SALES_BETWEEN)
        time.sleep(random.uniform(0, 0.5))
        agent.kill()
        agent.start()
    vendor.sells(SALES_BETWEEN)
    vendor.go_home.set()
    vendor.join(60)
    wait_until("nothing waits", lambda: agent.status()["waiting"] == 0, 60, every=0.5)
    events = agent.exported()
    sold = {e["receipt"] for e in events if e["type"] == "sale"}
    assert vendor.answered <= sold, f"answered ok, not kept: {vendor.answered - sold}"
    assert sold == set(range(1, max(sold) + 1)), "receipts are not gapless"
    assert_totals(world.api, of_events(events))


def test_its_unit_tests_pass_there(board):
    """Among them every conversion of a time past 2038, which 32 bits of seconds do not hold."""
    assert len(board.unit_tests) > 20
    failed = []
    for program in board.unit_tests:
        done = run([board.emulator, "-L", board.libraries, program], seconds=600)
        if done.returncode != 0:
            failed.append(f"{program.name}:\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("cpu, runs", [("arm1176", False), ("cortex-a7", True)])
def test_what_runs_on_armv7_dies_on_armv6(board, cpu, runs):
    """So the refusal of preinst (e2e/packages_test.py) is right: arm1176 is the Pi 1 and Zero."""
    if board.name != "armhf":
        pytest.skip("of armhf only")
    done = run([board.emulator, "-cpu", cpu, "-L", board.root,
                board.root / "usr/bin/carrito-agent", "--version"])
    assert done.returncode == (0 if runs else -signal.SIGILL), done.stderr
