"""A lost cart is out at once: its certificate counts no more, its session is over, and of twenty others none
lost its connection; on the broker as it is shipped."""
import shutil
import time

import pytest

from harness.cell import (Cell, add_cart, cart_certificate, make_authorities, revoke,
                          revoke_at_broker)
from harness.events import plate
from harness.programs import Agent
from harness.wait import wait_until

OTHERS = 20


@pytest.fixture(name="cell")
def _cell(scene):
    make_authorities(scene.folder)
    return scene.add(Cell(scene.folder)).start().wait_ready()


def _agent(scene, cell, cart):
    certificate, key = cart_certificate(cell.folder, cart)
    return scene.add(Agent(
        scene.folder, cell.tls_port, cart, CARRITO_MQTT_HOST="localhost",
        CARRITO_MQTT_CAFILE=cell.folder / "broker.crt", CARRITO_MQTT_CERTFILE=certificate,
        CARRITO_MQTT_KEYFILE=key)).start().wait_socket()


def _connections(agent):
    return agent.text().count("msg=connected")


def test_it_is_out_and_nobody_else_notices(scene, cell):
    lost = _agent(scene, cell, plate())
    others = [_agent(scene, cell, plate()) for _ in range(OTHERS)]
    for agent in [lost, *others]:
        wait_until("connected", lambda agent=agent: agent.status()["connected"], 20)
    begun = time.monotonic()
    revoke(lost.cart, "--authority", cell.folder / "guild")
    said = revoke_at_broker(cell, lost.cart).stderr
    assert "did not come in again within 35 s" in said and time.monotonic() - begun < 60
    assert not lost.status()["connected"] and _connections(lost) == 1
    assert lost.sell(1).returncode == 0
    for agent in others:
        assert agent.status()["connected"] and _connections(agent) == 1, agent.cart
    # Another board of that plate comes in.
    lost.kill()
    (cell.folder / f"guild-{lost.cart}.enrol").unlink()
    new = _agent(scene, cell, lost.cart)
    wait_until("the new board", lambda: new.status()["connected"], 20)


def test_a_list_that_would_shut_all_out_is_not_installed(cell):
    before = (cell.folder / "carts.crl").read_bytes()
    cart = plate()
    add_cart(cell.folder, cart)
    add_cart(cell.folder, cart, "strangers")
    revoke(cart, "--authority", cell.folder / "strangers")
    shutil.copy(cell.folder / "guild" / "carts.crl", cell.folder / "older.crl")
    revoke(cart, "--authority", cell.folder / "guild")
    for bad in ("strangers/carts.crl", "broker.crt", "nothing"):
        said = revoke(cart, "--crl", cell.folder / bad, "--crlfile", cell.folder / "carts.crl",
                      status=1)
        assert "no cart would come in" in said.stderr, said
        assert (cell.folder / "carts.crl").read_bytes() == before
    shutil.copy(cell.folder / "guild" / "carts.crl", cell.folder / "carts.crl")
    said = revoke(cart, "--crl", cell.folder / "older.crl", "--crlfile",
                  cell.folder / "carts.crl", status=1)
    assert "older than" in said.stderr


def test_a_broker_that_does_not_look_at_the_list_is_found_out(scene, cell):
    conf = cell.folder / "mosquitto.conf"
    conf.write_text(conf.read_text().replace("crlfile ", "#crlfile "))
    cell.terminate()
    cell.start().wait_ready()
    lost = _agent(scene, cell, plate())
    wait_until("connected", lambda: lost.status()["connected"], 20)
    revoke(lost.cart, "--authority", cell.folder / "guild")
    said = revoke_at_broker(cell, lost.cart, status=1).stderr
    assert "crlfile" in said and f"user {lost.cart}\ntopic deny #" in said, said
