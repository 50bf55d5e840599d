"""A card that can only be read still gives the centre what waits on it; the vendor is told in words
that nothing is recorded, until it can be written again."""
import json
import sqlite3
import subprocess

import pytest

from harness.events import plate
from harness.process import BIN
from harness.programs import Agent
from harness.wait import wait_until

CART = "BBCL23"
NOBODY = 1  # a port that nobody listens on
SALES = 40
PAGE = 4096
# Name spaces of the agent's own: its mount ends with it.
ALONE = ["unshare", "--map-root-user", "--mount"]
READ_ONLY = ('mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && '
             'exec "$0" run')

pytestmark = pytest.mark.skipif(
    subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode != 0,
    reason="this machine permits no name spaces")


def an_agent(centre, card, mqtt_port, name, cart=CART):
    folder = centre.folder / name
    folder.mkdir()
    return centre.scene.add(Agent(folder, mqtt_port, cart, CARRITO_OUTBOX=card / "outbox.db"))


def a_card_with_sales(centre, cart):
    card = centre.folder / f"card-{cart}"
    card.mkdir()
    before = an_agent(centre, card, NOBODY, f"before-{cart}", cart).start().wait_socket()
    for quantity in range(1, SALES + 1):
        before.sell_by_socket(quantity)
    before.terminate()
    return card


def read_only(centre, card, cart):
    failing = an_agent(centre, card, centre.mqtt_port, f"failing-{cart}", cart)
    failing.argv = [*ALONE, "sh", "-c", READ_ONLY, str(BIN / "carrito-agent"), str(card)]
    return failing.start().wait_socket()


def quantities(centre, cart):
    """Of what came, by number."""
    return {json.loads(record.value())["seq"]: json.loads(record.value())["quantity"]
            for record in centre.kafka.records("carrito.sales") if record.key() == cart.encode()}


def test_what_waits_on_a_read_only_card_arrives(centre):
    card = a_card_with_sales(centre, CART)
    failing = read_only(centre, card, CART)
    assert failing.status()["recording"] is False
    done = failing.sell(1)
    assert done.returncode == 1
    assert "anótelas en papel" in done.stderr + done.stdout
    wait_until("nothing waits", lambda: failing.status()["waiting"] == 0, 60)
    assert quantities(centre, CART) == {number: number for number in range(1, SALES + 1)}
    failing.terminate()

    after = an_agent(centre, card, centre.mqtt_port, "after").start().wait_socket()
    assert after.status()["recording"] is True
    assert after.sell_by_socket(1) == SALES + 1


def test_what_can_be_read_of_a_damaged_file_arrives(centre):
    """The tree of its events is rubbish, and one of them is not what was written."""
    cart = "BBCL24"
    card = a_card_with_sales(centre, cart)
    with sqlite3.connect(card / "outbox.db") as db:
        root, = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").fetchone()
        db.execute("UPDATE events SET bytes = replace(bytes, ':7,', ':9,') WHERE seq = 7")
    db.close()
    with open(card / "outbox.db", "r+b") as file:
        file.seek((root - 1) * PAGE)
        file.write(b"\x55" * PAGE)
    failing = read_only(centre, card, cart)
    status = failing.status()
    assert status["recording"] is False
    assert status["unreadable"] == {"events": 1, "first_seq": 7, "last_seq": 7}
    wait_until("nothing waits", lambda: failing.status()["waiting"] == 0, 60)
    assert quantities(centre, cart) == {number: number for number in range(1, SALES + 1)
                                        if number != 7}
    failing.terminate()


def test_what_waits_of_another_plate_is_told_and_sent_as_that_plate(centre):
    old, new = plate(), plate()
    card = a_card_with_sales(centre, old)
    failing = an_agent(centre, card, NOBODY, f"failing-{new}", new)
    failing.argv = [*ALONE, "sh", "-c", READ_ONLY, str(BIN / "carrito-agent"), str(card)]
    failing.start().wait_socket()
    status = failing.status()
    [former] = status["former"]
    assert (former["cart"], former["epoch"]) == (old, status["epoch"])
    assert former["waiting"] >= SALES
    assert (status["waiting"], status["recording"]) == (0, False)
    wait_until("the metrics count them", lambda: f"\ncarrito_agent_outbox_events {former['waiting']}\n"
               in failing.metrics(), 5)
    failing.terminate()

    failing.env["CARRITO_MQTT_PORT"] = centre.mqtt_port
    failing.start().wait_socket()
    wait_until("all is sent", lambda: "former" not in failing.status(), 60)
    assert sorted(quantities(centre, old).values()) == list(range(1, SALES + 1))
    assert [row for row in centre.api.items("/dead-letters") if new in row["source"]] == []
