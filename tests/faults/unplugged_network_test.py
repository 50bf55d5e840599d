"""A cart's network is away for 60 s, silently: it goes on selling, and its backlog arrives."""
import time

from harness.chaos import Chaos
from harness.events import plate
from harness.proxy import Proxy
from harness.trial import HEAL_SECONDS_BROKER, load
from harness.wait import wait_until

AWAY_SECONDS = 60


def test_the_backlog_arrives(world):
    chaos = Chaos("unplugged")
    world.start()
    proxy = world.scene.add(Proxy(world.mosquitto.port))
    world.mqtt_port = proxy.port
    agent = world.make_agent(plate()).start().wait_ready()
    with load(world, chaos, heal=HEAL_SECONDS_BROKER):
        time.sleep(5)
        proxy.unplug()
        chaos.say("unplugged")
        end = time.monotonic() + AWAY_SECONDS
        sold = 0
        while time.monotonic() < end:
            assert agent.sell(1).returncode == 0
            sold += 1
            time.sleep(1)
        proxy.plug()
        chaos.say(f"plugged in; the agent sold {sold} meanwhile")
        wait_until("the agent's backlog is gone", lambda: agent.status()["waiting"] == 0, 60)
    row = wait_until("the agent's day", lambda: world.api.items("/daily-sales", cart=agent.cart), 10)
    assert row[0]["sales"] == sold


def test_a_network_that_flaps(world):
    """Cut and silent for moments, again and again: batches are sent again, and count once."""
    chaos = Chaos("flapping")
    world.start()
    proxy = world.scene.add(Proxy(world.mosquitto.port))
    world.mqtt_port = proxy.port
    with load(world, chaos, heal=HEAL_SECONDS_BROKER, carts=20, rate=200):
        for _ in range(12):
            chaos.pause(0.3, 3.0)
            if chaos.random.random() < 0.5:
                proxy.cut()
            else:
                proxy.unplug()
                chaos.pause(0.2, 2.0)
                proxy.plug()
