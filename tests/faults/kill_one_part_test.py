"""kill -9 of one part, at ten or more random moments under load: nothing lost, nothing twice."""
from harness.chaos import Chaos
from harness.trial import HEAL_SECONDS_BROKER, load

KILLS = 12


def test_bridge(world):
    """At a rate that keeps it busy: the moments between reading and Kafka's answer are short."""
    chaos = Chaos("bridge")
    world.start()
    with load(world, chaos, carts=100, rate=4000):
        chaos.kill_often([world.bridge], KILLS, every=(0.2, 3.5), down=(0, 1.0))


def test_collector(world):
    """Its group gives the dead one's partitions away after 6 s, so some kills hit it before it owns
    one, some while it works off what came meanwhile, some in its daily round."""
    chaos = Chaos("collector")
    world.start()
    with load(world, chaos, carts=100, rate=4000):
        chaos.kill_often([world.collector], KILLS, every=(0.2, 9.0), down=(0, 1.0))


def test_mosquitto_loses_its_persistence(world):
    chaos = Chaos("mosquitto")
    world.start()
    with load(world, chaos, heal=HEAL_SECONDS_BROKER):
        for _ in range(KILLS):
            world.bridge.wait_ready(40)
            chaos.pause(0.1, 4.0)
            chaos.kill(world.mosquitto, before_start=world.mosquitto.lose_persistence)


def test_kafka_restarted_on_its_data(world):
    chaos = Chaos("kafka")
    world.start()
    with load(world, chaos):
        chaos.kill_often([world.kafka], 10, every=(1.0, 6.0), down=(0, 1.0))
