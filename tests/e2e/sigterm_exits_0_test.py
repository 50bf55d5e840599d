"""Every program ends on SIGTERM and on SIGINT within 10 s with exit 0: at work, and with its peers
absent."""
import signal
import time

import pytest

from harness.events import plate
from harness.process import run
from harness.wait import wait_until

SIGNALS = pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=lambda n: n.name)


def ends_with_0(part, number):
    part.signal(number)
    status = part.wait(10)
    assert status == 0, f"{part.name}: exit {status}"


@SIGNALS
def test_at_work(world, number):
    world.start()
    agent = world.make_agent(plate()).start().wait_ready()
    sim = world.make_sim(carts=5, rate=100, duration=0, seed=1).start()
    wait_until("the simulator's sales", lambda: world.api.items("/daily-sales"), 30)
    for part in (sim, agent, world.bridge, world.collector):
        ends_with_0(part, number)
    # What is ended cleanly starts again.
    world.bridge.start().wait_ready()
    world.collector.start().wait_ready()


@SIGNALS
def test_alone(world, number):
    """Nothing listens at the addresses of the broker and of Kafka."""
    agent = world.make_agent(plate())
    sim = world.make_sim(carts=2, rate=10, duration=0, seed=1)
    agent.start().wait_socket()
    world.bridge.start()
    world.collector.start()
    wait_until("the bridge serves", lambda: world.bridge.page("/healthz").ok, 10)
    wait_until("the collector serves", lambda: world.collector.page("/healthz").ok, 10)
    for part in (agent, world.bridge, world.collector):
        ends_with_0(part, number)
    sim.start()
    time.sleep(1)  # it has nothing to ask whether it has begun
    assert sim.alive()
    sim.signal(number)
    # Nothing of what it made was acknowledged: it must say so, in time, and not claim a truth.
    assert sim.wait(15) in (0, 1)


def test_with_a_frozen_kafka(world):
    """A peer that neither answers nor closes does not hold anybody up."""
    world.start()
    world.kafka.pause()
    try:
        for part in (world.bridge, world.collector):
            ends_with_0(part, signal.SIGTERM)
    finally:
        world.kafka.resume()


def test_a_clean_stop_of_the_agent_says_offline(world):
    world.mosquitto.start().wait_ready()
    agent = world.make_agent(plate()).start()
    wait_until("the agent is connected",
               lambda: "carrito_mqtt_connected 1" in agent.metrics(), 15)
    assert agent.terminate() == 0
    state = run(["mosquitto_sub", "-V", "mqttv5", "-p", world.mosquitto.port, "-C", "1", "-W", "5",
                 "-t", f"carrito/v1/{agent.cart}/state"])
    assert '"offline"' in state.stdout, state
