"""A cart that has closed its day may lose its plug: no alert comes, it is silent but for what a
command asks, and its next sale opens the day; told late where there was no network."""
import json
import secrets
import time

import pytest

from harness.cart import MqttClient
from harness.events import now_ms, plate
from harness.proxy import Proxy
from harness.wait import wait_until

SILENCE_S = 25  # a heart beats every 20


class States(MqttClient):
    """What the broker keeps of each cart's state, and its will among it."""

    def __init__(self, port):
        self.last = {}
        super().__init__(port, f"states-{plate()}")
        self.subscribe("carrito/v1/+/state")

    def on_message(self, message):
        self.last[message.topic.split("/")[2]] = json.loads(message.payload)

    def of(self, cart):
        said = self.last.get(cart, {})
        return said.get("state"), said.get("reason")


@pytest.fixture()
def quick(world):
    world.collector = world.make_collector(name="quick", CARRITO_SILENCE_S=SILENCE_S,
                                           CARRITO_UNREGISTERED=0)
    return world.start()


def raised(api, cart):
    return [alert["kind"] for alert in api.items("/alerts", cart=cart)]


def is_at(api, cart, state):
    return api.items("/carts", q=cart)[0]["state"] == state


def sold(api, cart):
    return [row["quantity"] for row in api.items("/daily-sales", cart=cart)]


def day_of(agent):
    return agent.status()["day"]


def test_its_plug_may_be_pulled(quick, scene):
    states = scene.add(States(quick.mqtt_port))
    closer, control = (quick.make_agent(plate(), CARRITO_GPS="sim:3", CARRITO_LOCATION_S=1)
                       .start().wait_ready() for _ in range(2))
    for agent in (closer, control):
        assert agent.sell(3).returncode == 0
        wait_until("it is heard", lambda: is_at(quick.api, agent.cart, "heard"), 20)

    done = closer.command("close", "--json")
    assert done.returncode == 0 and "ok día cerrado: 1 venta, 3 sopaipillas" in done.stdout
    wait_until("it is told", lambda: day_of(closer) == "closed", 20)
    wait_until("the centre has it", lambda: is_at(quick.api, closer.cart, "offline"), 10)
    closed = quick.api.cart(closer.cart)["closed"]
    assert closed is not None and closer.status()["waiting"] == 0
    wait_until("the card knows what the centre has",
               lambda: "0 por enviar, cerrado" in closer.command("today").stdout, 10)

    kept, fix = len(closer.exported()), quick.api.cart(closer.cart)["last_fix"]
    time.sleep(12)  # a position waits ten seconds for its commit
    assert len(closer.exported()) == kept
    command = {"id": secrets.token_hex(16), "expires_ms": now_ms() + 60_000, "command": "locate",
               "interval_s": 1}
    quick.kafka.produce("carrito.commands", closer.cart, json.dumps(command).encode())
    wait_until("it says where it is",
               lambda: quick.api.cart(closer.cart)["last_fix"] != fix, 30)
    quick.kafka.wait_record("carrito.presence", lambda record: json.loads(record.value()).get(
        "done", [])[-1:] == [command["id"]], seconds=20)
    assert is_at(quick.api, closer.cart, "offline")

    closer.kill()
    control.kill()
    wait_until("the other has vanished",
               lambda: is_at(quick.api, control.cart, "vanished"), SILENCE_S + 20)
    time.sleep(3)
    assert raised(quick.api, closer.cart) == []
    assert raised(quick.api, control.cart) == ["cart-vanished"]
    assert states.of(closer.cart) == ("offline", "closed")  # it had no will
    assert states.of(control.cart) == ("lost", None)

    closer.start().wait_ready()
    wait_until("a restart leaves it closed", lambda: day_of(closer) == "closed", 20)
    assert quick.api.cart(closer.cart)["closed"] == closed
    assert closer.sell(2).returncode == 0
    wait_until("its next sale opens it", lambda: is_at(quick.api, closer.cart, "heard"), 20)
    assert quick.api.cart(closer.cart)["closed"] is None
    wait_until("the broker has it too", lambda: states.of(closer.cart) == ("online", None), 10)
    wait_until("it is at the centre", lambda: sold(quick.api, closer.cart) == [5], 20)
    closer.kill()
    wait_until("it vanishes as any", lambda: is_at(quick.api, closer.cart, "vanished"),
               SILENCE_S + 20)


def test_without_a_network_it_is_told_when_there_is_one(quick, scene):
    proxy = scene.add(Proxy(quick.mqtt_port))
    quick.mqtt_port = proxy.port
    agent = quick.make_agent(plate(), CARRITO_GPS="sim:3").start().wait_ready()
    wait_until("it is heard", lambda: is_at(quick.api, agent.cart, "heard"), 20)
    proxy.unplug()
    assert agent.sell(4).returncode == 0
    assert agent.command("close").returncode == 0
    assert day_of(agent) == "closing"
    agent.kill()
    time.sleep(3)
    proxy.plug()
    agent.start().wait_ready()
    wait_until("the centre has it", lambda: quick.api.cart(agent.cart)["closed"] is not None, 30)
    wait_until("it is told", lambda: day_of(agent) == "closed", 20)
    wait_until("what waited came too", lambda: sold(quick.api, agent.cart) == [4], 10)
    assert is_at(quick.api, agent.cart, "offline")
