"""What reads a card answers for what it wrote: exit 1 where something is missing or did not arrive."""
import json
import subprocess

import pytest

from harness.process import BIN, clean_environment
from harness.programs import Agent

CART = "BBCL23"
NOBODY = 1  # a port that nobody listens on
SALES = 120
PAGE = 4096


@pytest.fixture
def card(scene):
    """A cart that sold, and was shut down cleanly."""
    agent = scene.add(Agent(scene.folder, NOBODY, CART))
    agent.start().wait_socket()
    for quantity in range(1, SALES + 1):
        agent.sell_by_socket(quantity)
    agent.terminate()
    return agent


def numbers(text):
    rows = map(json.loads, text.splitlines())
    return [row["seq"] for row in rows if "counts" not in row]


def spoil_a_page(path):
    """One page of events; the numbers on it."""
    content = bytearray(path.read_bytes())
    leaves = [at for at in range(0, len(content), PAGE)
              if content[at] == 0x0d and b'"seq":' in content[at:at + PAGE]]
    at = leaves[len(leaves) // 2]
    lost = [int(part.split(b",")[0].split(b"}")[0])
            for part in bytes(content[at:at + PAGE]).split(b'"seq":')[1:]]
    content[at:at + PAGE] = b"\x55" * PAGE
    path.write_bytes(content)
    return set(lost)


def test_all_behind_a_spoilt_page_is_written_and_what_is_missing_is_named(card):
    lost = spoil_a_page(card.outbox)
    done = card.command("outbox", "export")
    assert numbers(done.stdout) == [seq for seq in range(1, SALES + 1) if seq not in lost]
    assert done.returncode == 1
    assert f"no se pueden leer los eventos {min(lost)} a {max(lost)}" in done.stderr
    checked = card.command("outbox", "verify")
    assert checked.returncode == 1
    assert f"se pueden leer {SALES - len(lost)} eventos" in checked.stderr


@pytest.mark.parametrize("words", [("outbox", "export"), ("outbox", "list"), ("outbox", "verify"),
                                   ("today",)], ids=" ".join)
def test_output_that_did_not_arrive_is_a_failure(card, words):
    assert card.command(*words).returncode == 0
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([BIN / "carrito-agent", *words], env=clean_environment(card.env), stdout=full, text=True,
                              stderr=subprocess.PIPE, timeout=30, check=False)
    assert done.returncode == 1
    assert "the output could not be written" in done.stderr
