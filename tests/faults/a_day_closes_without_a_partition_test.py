"""A day closes while a partition has no leader: the carts of the others are closed at their hour, those
of that one stay open; an hour later `day-open` says so and the day's mail goes with what is known;
and when the leader is back, the rest is closed, and exactly one correction goes."""
from datetime import datetime, timedelta, timezone

import pytest
from confluent_kafka.admin import NewTopic

from harness.centre import Centre
from harness.clock import Clock
from harness.cluster import Cluster
from harness.events import Outbox, line, plate
from harness.kafka import partition_of
from harness.smtp import MailServer
from harness.wait import stays_true, wait_until
from oracle.days import Calendar

TOPIC, PARTITIONS = "carrito.sales", 6
WITHOUT = 0  # the partition whose leader goes
GRACE_S = 60
HOUR_S, DAY_ENDS_S = 3600, 900  # from the start of the test
PEOPLE = "gremio@example.org"
EARLY, CORRECTED = ", día aún abierto", ", corrección"


def _zone_where_it_is_past_one(now):
    """A day may begin between 00:00 and 12:00; Etc/GMT-3 is three hours ahead of UTC."""
    ahead = (1 - now.hour) % 24
    ahead = ahead if ahead <= 14 else ahead - 24
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC", now + timedelta(hours=ahead)


class Time:
    """Of the brokers and the collector; the day of the guild ends soon."""

    def __init__(self, folder):
        self.clock = Clock(folder).set_right()
        began = datetime.now(timezone.utc)
        ends = began + timedelta(seconds=DAY_ENDS_S)
        ends = ends.replace(second=0, microsecond=0)
        self.zone, local = _zone_where_it_is_past_one(ends)
        self._ends_s = ends.timestamp()
        self.start = local.strftime("%H:%M")
        self.day = Calendar(self.zone, GRACE_S, {"0001-01-01": self.start}).day_of(
            int(began.timestamp() * 1000))

    def turn_to(self, after_close_s):
        self.clock.set(self._ends_s + GRACE_S + after_close_s, True)


@pytest.fixture(name="evening")
def _evening(scene):
    """Partition WITHOUT is on the third broker alone, the others on the first."""
    time = Time(scene.folder)
    mails = scene.add(MailServer()).start()
    world = Centre(scene, scene.add(Cluster(scene.folder)))
    for node in world.kafka.nodes:
        node.env = time.clock.env
    world.kafka.start().wait_ready()
    admin = world.kafka.admin()
    admin.create_topics([NewTopic(TOPIC, PARTITIONS, replica_assignment=[
        [3 if p == WITHOUT else 1] for p in range(PARTITIONS)],
        config={"message.timestamp.type": "LogAppendTime"})])[TOPIC].result(timeout=20)
    world.collector = world.make_collector(
        name="evening", CARRITO_ROLES="sales,notify,api", CARRITO_KAFKA_REPLICATION=0,
        CARRITO_TZ=time.zone, CARRITO_DAY_START=time.start, CARRITO_CLOSE_GRACE_S=GRACE_S,
        CARRITO_REPORT_MAIL=PEOPLE, CARRITO_SMTP=mails.url,
        CARRITO_MAIL_FROM="carrito@gremio.example", **time.clock.env)
    world.collector.create_topics()
    world.collector.start().wait_ready()
    world.sign_in()
    world.time, world.mails = time, mails
    return world


def _sell(world):
    """Two carts of each partition that sold; returns those of WITHOUT and the others."""
    carts = {p: [] for p in range(PARTITIONS)}
    while min(map(len, carts.values())) < 2:
        cart = plate()
        carts[partition_of(cart, PARTITIONS)].append(cart)
    for cart in sum(carts.values(), []):
        world.kafka.produce(TOPIC, cart, line(Outbox(cart).sale(3)))
    return set(carts.pop(WITHOUT)), set(sum(carts.values(), []))


def _rows(world):
    return {row["cart"]: (row["status"], row["revision"])
            for row in world.api.items("/daily-sales", day=world.time.day)}


def _leader(world):
    topic = world.kafka.nodes[0].admin().list_topics(TOPIC, timeout=10).topics[TOPIC]
    return topic.partitions[WITHOUT].leader


def _open_days(world):
    return [(alert["subject"], alert["ended"]) for alert in world.api.items("/alerts",
                                                                           kind="day-open")]


def _day_mails(world):
    """What their subjects say behind the day, in the order in which they came."""
    return [mail["Subject"].partition(world.time.day)[2] for mail in world.mails.to(PEOPLE)
            if world.time.day in mail["Subject"]]


def test_a_day_closes_by_partitions_and_is_corrected_once(evening):
    world = evening
    behind, others = _sell(world)
    wait_until("all is counted", lambda: set(_rows(world)) == behind | others, 30)
    world.kafka.nodes[2].kill()
    wait_until("the partition has no leader", lambda: _leader(world) == -1, 60)

    def closed(carts):
        rows = _rows(world)
        return {cart for cart in carts if rows[cart] == ("closed", 1)}

    world.time.turn_to(after_close_s=300)
    wait_until("the others are closed", lambda: closed(others) == others, 60)
    assert not closed(behind) and not _open_days(world) and _day_mails(world) == []

    world.time.turn_to(after_close_s=HOUR_S + 300)
    wait_until("day-open", lambda: [day for day, _ in _open_days(world)] == [world.time.day], 60)
    wait_until("the mail of what is known", lambda: _day_mails(world) == [EARLY], 30)
    assert not closed(behind)

    world.kafka.nodes[2].start().wait_ready()
    wait_until("the rest is closed", lambda: closed(behind) == behind, 60)
    wait_until("the correction", lambda: _day_mails(world) == [EARLY, CORRECTED], 30)
    assert [ended is not None for _, ended in _open_days(world)] == [True]
    stays_true("one correction", lambda: _day_mails(world) == [EARLY, CORRECTED], 5)
    assert closed(behind | others) == behind | others
