"""A log that was cut and written anew under a collector that lives: what stands at the offsets that
were applied is other sales now. It is told, in a line and an alert, and every sale counts once: those
that Kafka has lost as well as those in their place. A disk that was put back is one way there, an
election that was not clean another, behind which no connection breaks."""
import shutil
import time

import pytest
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import NewTopic

from harness.centre import Centre
from harness.cluster import Cluster
from harness.events import Outbox, line
from harness.kafka import partition_of
from harness.wait import wait_until

TOPIC, PARTITIONS = "carrito.sales", 6
# A collector that is frozen stays in its group, so that no new assignment does the work. librdkafka
# leaves a leader that hangs when its fetch has timed out, a minute later if it is not told sooner.
KAFKA = "kafka.session.timeout.ms=120000\nkafka.socket.timeout.ms=10000\n"
KEPT, LOST, ANEW = 10, 5, 20
FROZEN_S = 7


@pytest.fixture(name="centre_of")
def _centre_of(scene):
    """Makes a centre of one role on a Kafka that runs."""
    def make(kafka=None):
        world = Centre(scene, kafka and scene.add(kafka))
        config = world.folder / "collector.conf"
        config.write_text(KAFKA)
        world.collector.argv += ["--config", str(config)]
        world.collector.env.update(CARRITO_ROLES="sales,api", CARRITO_KAFKA_REPLICATION=0)
        world.kafka.start().wait_ready()
        return world
    return make


class Sales:
    """Of one cart, written to Kafka by themselves, and counted by a collector."""

    def __init__(self, world, replicas, **config):
        self._world, self._outbox, self._sold = world, Outbox(), 0
        self.partition = partition_of(self._outbox.cart, PARTITIONS)
        topic = NewTopic(TOPIC, PARTITIONS, replica_assignment=[replicas] * PARTITIONS,
                         config={"message.timestamp.type": "LogAppendTime", **config})
        admin = world.kafka.admin()
        admin.create_topics([topic])[TOPIC].result(timeout=20)
        world.collector.create_topics()
        world.collector.start().wait_ready()
        world.sign_in()

    def sell(self, count, kafka):
        producer = kafka.producer()
        for _ in range(count):
            producer.produce(TOPIC, partition=self.partition, key=self._outbox.cart,
                             value=line(self._outbox.sale(1)))
        assert producer.flush(30) == 0, "Kafka did not take the sales"
        self._sold += count

    def wait_counted(self, seconds=30):
        def counted():
            return sum(row["sales"] for row in self._world.api.items("/daily-sales"))

        wait_until(f"{self._sold} sales are counted, each once",
                   lambda: counted() == self._sold, seconds, every=0.2)

    def wait_told(self):
        """Once, by a line and by an alert."""
        def subjects():
            alerts = self._world.api.items("/alerts", kind="kafka-lost-data")
            return [alert["subject"] for alert in alerts]

        wait_until("the alert", lambda: subjects() == [f"sales/{TOPIC}/{self.partition}"], 15)
        lines = [row for row in self._world.collector.text().splitlines()
                 if "kafka lost data" in row]
        assert len(lines) == 1 and f"partition={self.partition} " in lines[0], lines


def test_a_disk_that_was_put_back(centre_of):
    world = centre_of()
    sales = Sales(world, [1])
    sales.sell(KEPT, world.kafka)
    sales.wait_counted()
    log, older = world.kafka.folder / "data" / f"{TOPIC}-{sales.partition}", world.folder / "older"
    shutil.copytree(log, older)
    sales.sell(LOST, world.kafka)
    sales.wait_counted()
    # It looks again when the log has grown beyond where it stands: the offsets say nothing.
    world.collector.pause()
    world.kafka.kill()
    shutil.rmtree(log)
    shutil.copytree(older, log)
    world.kafka.start().wait_ready()
    wait_until("the log is shorter", lambda: sum(world.kafka.ends(TOPIC)) == KEPT, 30)
    sales.sell(ANEW, world.kafka)
    world.collector.resume()
    sales.wait_counted()
    sales.wait_told()


def _coordinator(kafka):
    """The id of the broker that keeps the group of sales: Kafka's place of it among its own
    partitions is Java's hash of its name. To ask makes them."""
    group, hashed = "carrito-sales", 0
    consumer = Consumer({"bootstrap.servers": kafka.brokers, "group.id": group})
    wait_until("the group has a coordinator", lambda: consumer.committed(
        [TopicPartition("carrito.time", 0)], timeout=5) is not None, 30)
    consumer.close()
    for letter in group.encode():
        hashed = (31 * hashed + letter) & 0xFFFFFFFF
    places = kafka.admin().list_topics(timeout=10).topics["__consumer_offsets"].partitions
    return places[(hashed & 0x7FFFFFFF) % len(places)].leader


class Election:
    """The log's two replicas are `old`, which leads it, and `new`, which will; the group of the
    collector is with the third broker."""

    def __init__(self, world):
        third = _coordinator(world.kafka)
        self._numbers = [number for number in (1, 2, 3) if number != third]
        self.old, self.new = (world.kafka.nodes[number - 1] for number in self._numbers)
        self.third = world.kafka.nodes[third - 1]
        self.sales = Sales(world, self._numbers, **{"unclean.leader.election.enable": "true",
                                                    "min.insync.replicas": "1"})

    def _state(self):
        """The leaders of the partitions and the replicas in sync."""
        shown = self.third.admin().list_topics(TOPIC, timeout=10).topics[TOPIC].partitions.values()
        return {p.leader for p in shown}, {tuple(sorted(p.isrs)) for p in shown}

    def leave_behind(self):
        """`new` hangs, and what is sold then it has not."""
        old = self._numbers[0]
        self.sales.sell(KEPT, self.third)
        self.sales.wait_counted()
        self.new.pause()
        wait_until("one replica is in sync", lambda: self._state() == ({old}, {(old,)}), 30)
        self.sales.sell(LOST, self.third)
        self.sales.wait_counted()

    def elect(self):
        """`old` hangs instead, and `new` takes what is sold."""
        self.old.pause()
        self.new.resume()
        wait_until("the other one leads", lambda: self._state()[0] == {self._numbers[1]}, 60,
                   every=0.1)
        self.sales.sell(ANEW, self.third)

    def bring_back(self):
        self.old.resume()
        both = tuple(sorted(self._numbers))
        wait_until("both are in sync", lambda: self._state()[1] == {both}, 60)


def test_a_new_leader_that_was_behind(centre_of, scene):
    election = Election(centre_of(Cluster(scene.folder)))
    election.leave_behind()
    election.elect()
    election.sales.wait_counted(60)
    election.sales.wait_told()
    election.old.resume()


def test_an_old_leader_that_follows_one_that_was_behind(centre_of, scene):
    """It has the new one's log, and goes on to answer whoever asks it. The collector was frozen while
    its log was cut and filled again."""
    world = centre_of(Cluster(scene.folder))
    election = Election(world)
    election.leave_behind()
    world.collector.pause()
    frozen = time.monotonic()
    election.elect()
    election.bring_back()
    wait_until("longer than a session", lambda: time.monotonic() - frozen > FROZEN_S, FROZEN_S + 1)
    world.collector.resume()
    election.sales.wait_counted()
    election.sales.wait_told()


def test_a_new_leader_that_has_all(centre_of, scene):
    """No connection breaks, and its first record is not taken on trust."""
    world = centre_of(Cluster(scene.folder))
    election = Election(world)
    election.sales.sell(KEPT, election.third)
    election.sales.wait_counted()
    election.elect()
    election.bring_back()

    def verified():
        election.sales.sell(1, election.third)
        return "another broker has a log" in world.collector.text()

    wait_until("its log is verified", verified, 30, every=0.5)
    election.sales.wait_counted()
    assert "kafka lost data" not in world.collector.text()
    assert not world.api.items("/alerts", kind="kafka-lost-data")
