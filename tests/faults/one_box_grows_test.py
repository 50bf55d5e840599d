"""The Kafka of one box grows to three, by the steps of docs/administrator.md, and keeps what it has;
then any of the three may die."""
import time

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from harness.secured_kafka import START_SECONDS, Authority, Node
from harness.wait import wait_until

TOPIC, RECORDS = "carrito.sales", 3000
QUIET = {"log_level": 0}


def produce(settings, first, count):
    failed = []
    producer = Producer({**settings, "acks": "all", "message.timeout.ms": 60000})
    for number in range(first, first + count):
        producer.produce(TOPIC, str(number).encode(), partition=number % 6,
                         on_delivery=lambda error, _: failed.append(error) if error else None)
    assert producer.flush(90) == 0 and not failed, failed[:3]


def numbers(settings, seconds=60):
    """All that the topic has."""
    consumer = Consumer({**settings, "group.id": "none", "enable.auto.commit": False})
    found, end = [], time.monotonic() + seconds
    try:
        ends = {number: consumer.get_watermark_offsets(TopicPartition(TOPIC, number), 20)[1]
                for number in range(6)}
        consumer.assign([TopicPartition(TOPIC, number, 0) for number in ends])
        while len(found) < sum(ends.values()) and time.monotonic() < end:
            found += [int(m.value()) for m in consumer.consume(1000, 1) if m.error() is None]
        return sorted(found)
    finally:
        consumer.close()


def test_the_kafka_of_one_box_grows_to_three_and_keeps_what_it_has(scene):
    first = scene.add(Node(scene.folder, 1).configure_box())
    first.format("--standalone", "--cluster-id", first.tool("storage", "random-uuid").strip())
    first.start()
    box = {"bootstrap.servers": first.brokers, **QUIET}
    wait_until("the box answers", lambda: AdminClient(box).list_topics(timeout=2).brokers,
               START_SECONDS)
    admin = AdminClient(box)
    admin.create_topics([NewTopic(TOPIC, 6, 1)])[TOPIC].result()
    produce(box, 0, RECORDS)
    assert first.terminate(60) in (0, 143)

    # The same folder, with the file of a cluster.
    authority = Authority(scene.folder)
    nodes = [first, *(scene.add(Node(scene.folder, number)) for number in (2, 3))]
    controllers = ",".join(node.controller for node in nodes)
    for node in nodes:
        node.configure_cluster(authority, controllers)
    cluster_id = first.cluster_id()
    first.start()
    first.wait_heard()
    for node in nodes[1:]:
        node.format("--no-initial-controllers", "--cluster-id", cluster_id)
        node.start()
        node.wait_heard()
        wait_until("it is a broker", lambda: str(node.number) in first.tool("brokers").split(), 60)
        node.tool("join")
    wait_until("three vote", lambda: voters(first) == 3, 60, every=1)
    first.tool("replicas", "3", seconds=300)

    file = authority.node("carrito-tests", "carrito-programs")
    first.tool("acls", "--add", "--force", "--allow-principal", "User:carrito-tests", "--operation",
               "All", "--topic", TOPIC)
    own = {"security.protocol": "ssl", "ssl.ca.location": str(authority.file),
           "ssl.key.location": str(file), "ssl.certificate.location": str(file), **QUIET,
           "bootstrap.servers": ",".join(f"127.0.0.1:{n.ports['PROGRAMS']}" for n in nodes)}
    partitions = AdminClient(own).list_topics(TOPIC, timeout=20).topics[TOPIC].partitions
    assert {len(p.isrs) for p in partitions.values()} == {3}
    assert numbers(own) == list(range(RECORDS))

    # The box that all began with dies; the two others take and have everything.
    first.kill()
    produce(own, RECORDS, RECORDS)
    assert numbers(own) == list(range(2 * RECORDS))


def voters(node):
    said = node.tool("quorum", "describe", "--status")
    line = next(line for line in said.splitlines() if line.startswith("CurrentVoters"))
    return line.count('"id"')
