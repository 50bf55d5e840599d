"""All parts are killed in one run, also two at a time and before they are ready again."""
from harness.chaos import Chaos
from harness.events import plate
from harness.trial import HEAL_SECONDS_BROKER, load
from harness.truth import assert_totals, of_events
from harness.wait import wait_until


def test_all(world):
    chaos = Chaos("all")
    world.start()
    agent = world.make_agent(f"SIM-{plate('')}", CARRITO_SELL="sim:9:600").start()
    light = [world.bridge, world.collector, world.mosquitto, agent]
    with load(world, chaos, heal=HEAL_SECONDS_BROKER):
        for _ in range(10):
            chaos.kill_often(light, 2, every=(0.1, 2.5), ready=False)
            if chaos.random.random() < 0.4:
                chaos.kill(world.kafka)
        chaos.kill_often([world.kafka], 1)
        for part in (world.kafka, world.mosquitto, world.bridge, world.collector):
            part.wait_ready(60)
    chaos.kill_for_good(agent)
    agent.env["CARRITO_SELL"] = "none"
    agent.start().wait_socket()
    wait_until("the agent has nothing waiting", lambda: agent.status()["waiting"] == 0, 60)
    assert_totals(world.api, of_events(agent.exported()))
