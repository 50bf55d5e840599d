"""A cell takes more carts than a process has descriptors by default, and phones' messages of the size
that the bridge takes: by the broker as it is shipped."""
import json
import subprocess
import sys
import time

import pytest

from harness.cell import cart_certificate, start_cell
from harness.events import now_ms, plate
from harness.process import ROOT
from harness.wait import wait_until

sys.path.append(str(ROOT / "bench"))
from measure import compiled  # noqa: E402  pylint: disable=wrong-import-position

CARTS = 1500  # mosquitto's soft limit is 1,024 descriptors where no unit says otherwise


@pytest.fixture(name="cell")
def _cell(scene, shared_centre):
    return start_cell(scene, shared_centre.kafka.brokers, "carts")


def test_each_of_1500_carts_with_tls_sells(cell, centre):
    before = sum(centre.kafka.ends("carrito.sales"))
    done = subprocess.run(
        [compiled("tls_fleet"), str(cell.tls_port), str(CARTS), cell.folder / "guild" / "carts-ca.crt",
         cell.folder / "guild" / "carts-ca.key", cell.folder / "broker.crt", "0"],
        capture_output=True, text=True, timeout=300, check=False)
    said = json.loads(done.stdout.splitlines()[-1])
    assert (said["connected"], said["acked"]) == (CARTS, CARTS), done.stdout + done.stderr
    wait_until("all in Kafka", lambda: sum(centre.kafka.ends("carrito.sales")) >= before + CARTS, 20)


def test_a_phones_message_with_a_picture_is_taken(cell, centre):
    """150,000 bytes ended the phone's connection: it came again with the same for ever."""
    cart = plate()
    pair = cart_certificate(cell.folder, cart)
    state = json.dumps({"state": "online", "ts_ms": now_ms()})
    cell.publish(f"carrito/v1/{cart}/state", *cell.tls(pair), message=state)
    wait_until("the cart is known", lambda: centre.api.items("/carts", q=cart), 15)
    message = cell.folder / "message.json"
    message.write_text(json.dumps({"_type": "location", "lat": -33.45, "lon": -70.65, "acc": 9,
                                   "tst": int(time.time()), "image": "x" * 150_000}))
    assert cell.publish(f"owntracks/{cart}/phone", *cell.tls(pair), message=message) == 0
    wait_until("its place", lambda: centre.api.items("/carts", q=cart)[0]["lat"] == -33.45, 15)
