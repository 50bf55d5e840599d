"""Every part may be the first to start: it waits for the others, and then all of it works."""
import time

import pytest

from harness.events import plate
from harness.wait import wait_until

ALONE_SECONDS = 3


@pytest.fixture
def parts(world):
    """All parts of a centre, none of them started, and an agent."""
    agent = world.make_agent(plate())
    return {"agent": agent, "bridge": world.bridge, "collector": world.collector,
            "mosquitto": world.mosquitto, "kafka": world.kafka}


def bring_up(world, parts, order):
    """Starts the parts in this order, the first one some seconds alone; sells; looks."""
    for position, name in enumerate(order):
        parts[name].start()
        if position == 0:
            time.sleep(ALONE_SECONDS)
            assert parts[name].alive(), f"{name} ended because it was alone"
    world.kafka.wait_ready()
    world.collector.create_topics()
    for name in ("bridge", "collector"):
        parts[name].wait_ready(60)
    world.sign_in()
    agent = parts["agent"]
    agent.wait_socket()
    assert agent.sell(2).returncode == 0
    wait_until("the sale in GET /daily-sales",
               lambda: world.api.items("/daily-sales", cart=agent.cart), 60)


@pytest.mark.parametrize("order", [
    ["agent", "bridge", "collector", "mosquitto", "kafka"],
    ["collector", "agent", "kafka", "bridge", "mosquitto"],
    ["bridge", "kafka", "mosquitto", "agent", "collector"],
], ids=lambda order: f"{order[0]} first")
def test_whoever_is_first_waits(world, parts, order):
    bring_up(world, parts, order)


def test_a_sale_made_while_nothing_runs_arrives_when_all_does(world, parts):
    agent = parts["agent"].start().wait_socket()
    assert agent.sell(5).returncode == 0
    agent.kill()
    agent.start()
    bring_up(world, {**parts, "agent": Running(agent)},
             ["agent", "kafka", "mosquitto", "bridge", "collector"])
    row = wait_until("both sales", lambda: next(
        (r for r in world.api.items("/daily-sales", cart=agent.cart) if r["sales"] == 2), None), 30)
    assert row["quantity"] == 7


class Running:
    """A part that runs already, for bring_up()."""

    def __init__(self, part):
        self._part = part

    def start(self):
        return self

    def __getattr__(self, name):
        return getattr(self._part, name)
