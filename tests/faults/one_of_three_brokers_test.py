"""Three brokers, three replicas, two in sync: one is killed under load, and nothing is lost and
nobody waits; two are, and the carts keep what they sell until one is back."""
import time

import pytest
from confluent_kafka.admin import ConfigResource

from harness.centre import Centre
from harness.chaos import Chaos
from harness.cluster import Cluster
from harness.trial import HEAL_SECONDS_BROKER, load
from harness.wait import wait_until

KILLS = 4


@pytest.fixture(name="cluster_world")
def _cluster_world(scene):
    world = Centre(scene, scene.add(Cluster(scene.folder)))
    world.collector.env["CARRITO_KAFKA_REPLICATION"] = 0  # as it is outside of ./dev
    return world


def acknowledged(world):
    """Batches that the bridge has told their carts to be in Kafka."""
    return sum(float(row.split()[-1]) for row in world.bridge.metrics().splitlines()
               if row.startswith("carrito_bridge_ack_seconds_count"))


def test_a_replica_that_is_behind_never_leads(cluster_world):
    """Each topic says so itself: the brokers' own default may be another one."""
    world = cluster_world
    world.kafka.start().wait_ready()
    world.collector.create_topics()
    admin = world.kafka.admin()
    topic = ConfigResource(ConfigResource.Type.TOPIC, "carrito.sales")
    configs = wait_until("the broker that is asked knows the topic", lambda: next(iter(
        admin.describe_configs([topic]).values())).result(timeout=20), 20)
    unclean = configs["unclean.leader.election.enable"]
    assert (unclean.value, unclean.is_default) == ("false", False)
    assert configs["min.insync.replicas"].value == "2"


def test_topics_have_three_replicas_and_a_killed_broker_is_not_missed(cluster_world):
    world, chaos = cluster_world, Chaos("one of three brokers")
    world.start()
    topics = world.kafka.admin().list_topics(timeout=10).topics
    assert {len(p.replicas) for p in topics["carrito.sales"].partitions.values()} == {3}
    with load(world, chaos, heal=HEAL_SECONDS_BROKER):
        for turn in range(KILLS):
            victim = chaos.random.choice(world.kafka.nodes)
            chaos.pause(1.0, 4.0)
            victim.kill()
            killed = time.monotonic()
            before = acknowledged(world)
            wait_until("acknowledged by the other two",
                       lambda: acknowledged(world) > before + 20, 30, every=0.05)  # pylint: disable=cell-var-from-loop
            chaos.say(f"killed {victim.name} ({turn + 1}): "
                      f"20 more batches after {time.monotonic() - killed:.1f} s")
            chaos.pause(0, 3.0)
            victim.start().wait_ready()


def test_without_two_brokers_nothing_is_confirmed_and_nothing_is_lost(cluster_world):
    world, chaos = cluster_world, Chaos("two of three brokers")
    world.start()
    with load(world, chaos, heal=HEAL_SECONDS_BROKER):
        victims = chaos.random.sample(world.kafka.nodes, 2)
        for victim in victims:
            victim.kill()
        chaos.say("killed " + " and ".join(v.name for v in victims))
        time.sleep(5)
        stuck = acknowledged(world)
        time.sleep(10)
        assert acknowledged(world) == stuck, "confirmed with one replica"
        victims[0].start()
        started = time.monotonic()
        wait_until("acknowledged again", lambda: acknowledged(world) > stuck, 60, every=0.1)
        chaos.say(f"acknowledged {time.monotonic() - started:.1f} s after one was back")
        victims[1].start()
