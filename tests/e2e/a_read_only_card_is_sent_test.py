"""A card that can only be read still gives the centre what waits on it; the vendor is told in words
that nothing is recorded, until it can be written again."""
import json
import subprocess

import pytest

from harness.process import BIN
from harness.programs import Agent
from harness.wait import wait_until

CART = "BBCL23"
NOBODY = 1  # a port that nobody listens on
SALES = 20
# Name spaces of the agent's own: its mount ends with it.
ALONE = ["unshare", "--map-root-user", "--mount"]
READ_ONLY = ('mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && '
             'exec "$0" run')

pytestmark = pytest.mark.skipif(
    subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode != 0,
    reason="this machine permits no name spaces")


def an_agent(centre, card, mqtt_port, name):
    folder = centre.folder / name
    folder.mkdir()
    return centre.scene.add(Agent(folder, mqtt_port, CART, CARRITO_OUTBOX=card / "outbox.db"))


def test_what_waits_on_a_read_only_card_arrives(centre):
    card = centre.folder / "card"
    card.mkdir()
    before = an_agent(centre, card, NOBODY, "before").start().wait_socket()
    for quantity in range(1, SALES + 1):
        before.sell_by_socket(quantity)
    before.terminate()

    failing = an_agent(centre, card, centre.mqtt_port, "failing")
    failing.argv = [*ALONE, "sh", "-c", READ_ONLY, str(BIN / "carrito-agent"), str(card)]
    failing.start().wait_socket()
    assert failing.status()["recording"] is False
    done = failing.sell(1)
    assert done.returncode == 1
    assert "anótelas en papel" in done.stderr + done.stdout
    wait_until("nothing waits", lambda: failing.status()["waiting"] == 0, 60)
    came = {json.loads(record.value())["seq"]: json.loads(record.value())["quantity"]
            for record in centre.kafka.records("carrito.sales") if record.key() == CART.encode()}
    assert came == {number: number for number in range(1, SALES + 1)}
    failing.terminate()

    after = an_agent(centre, card, centre.mqtt_port, "after").start().wait_socket()
    assert after.status()["recording"] is True
    assert after.sell_by_socket(1) == SALES + 1
