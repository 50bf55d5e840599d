"""A command in carrito.commands reaches its cart, and the cart's heartbeat says that it is done."""
import json
import secrets

from harness.cart import PahoCart
from harness.events import now_ms, plate
from harness.wait import wait_until


def produce(centre, cart, **command):
    command = {"id": secrets.token_hex(16), "expires_ms": now_ms() + 60_000, **command}
    centre.kafka.produce("carrito.commands", cart, json.dumps(command).encode())
    return command


def test_a_stranger_gets_the_command_as_it_was_written(centre, scene):
    cart, other = (scene.add(PahoCart(centre.mqtt_port)) for _ in range(2))
    command = produce(centre, cart.cart, command="locate")
    wait_until("the command", lambda: command in cart.commands(), 15)
    assert other.commands() == []


def test_an_agent_carries_it_out_and_says_done(centre):
    agent = centre.make_agent(plate(), CARRITO_GPS="sim:3").start().wait_ready()
    command = produce(centre, agent.cart, command="locate")

    def done(record):
        if record.key() != agent.cart.encode():
            return False
        return command["id"] in json.loads(record.value()).get("done", [])

    centre.kafka.wait_record("carrito.presence", done, seconds=40)


def test_rubbish_in_the_commands_harms_nobody(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    for value in (b"rubbish", b"", b"{}", b"[1]", None):
        centre.kafka.produce("carrito.commands", cart.cart, value)
    centre.kafka.produce("carrito.commands", b"no/such+plate#", b'{"id":"1","command":"locate"}')
    command = produce(centre, cart.cart, command="locate")
    wait_until("the command", lambda: command in cart.commands(), 15)
    assert centre.bridge.alive()


def test_a_setting_outlives_the_agent(centre):
    agent = centre.make_agent(plate(), CARRITO_GPS="sim:3").start().wait_ready()
    command = produce(centre, agent.cart, command="config", location_s=45)
    centre.kafka.wait_record(
        "carrito.presence",
        lambda record: record.key() == agent.cart.encode()
        and command["id"] in json.loads(record.value()).get("done", []), seconds=40)
    agent.kill()
    agent.start().wait_ready()
    assert "location_s=45" in agent.text()
