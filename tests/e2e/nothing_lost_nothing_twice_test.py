"""A short run of what tests/faults does at length: each part is killed twice or more under load,
and in the end GET /daily-sales equals the simulator's truth."""
from harness.chaos import Chaos
from harness.trial import HEAL_SECONDS_BROKER, load

KILLS = 8


def test_each_part_killed_under_load(world):
    chaos = Chaos("smoke")
    world.start()
    with load(world, chaos, heal=HEAL_SECONDS_BROKER, carts=30, rate=300):
        chaos.kill_often([world.bridge, world.collector, world.mosquitto, world.kafka], KILLS,
                         every=(0.5, 2.5), down=(0.0, 0.5))
