"""A log that ends with a transaction is read to its end: the marker there is no record, so that it
holds up neither applications nor the silence of a cart, and shows as no lag."""
import json

from confluent_kafka import Producer

from harness.events import now_ms, plate
from harness.fleet import Fleet
from harness.wait import wait_until

LIMIT_S = 5
PARTITIONS = 6


def _application(premium):
    return {"id": plate(), "name": "Ana", "lastname": "Soto", "passport": plate("PA"),
            "email": "ana@example.org", "plate": plate(), "premium": premium, "ts_ms": now_ms()}


def _transact(kafka, records, abort=False):
    """(topic, partition, value) each, in one transaction."""
    producer = Producer({"bootstrap.servers": kafka.brokers, "transactional.id": plate()})
    producer.init_transactions(30)
    producer.begin_transaction()
    for topic, partition, value in records:
        producer.produce(topic, partition=partition, key="x", value=value)
    assert producer.flush(20) == 0
    if abort:
        producer.abort_transaction(30)
    else:
        producer.commit_transaction(30)


def test_a_marker_at_the_end_holds_up_nothing(world, scene):
    world.collector = world.make_collector(name="quick", CARRITO_SILENCE_S=LIMIT_S)
    world.start()
    fleet = scene.add(Fleet(world.mqtt_port, 6))
    premium, ordinary = _application(True), _application(False)
    cart_topics = [(topic, partition) for topic in ("carrito.sales", "carrito.locations")
                   for partition in range(PARTITIONS)]

    _transact(world.kafka, [("carrito.members", 1, json.dumps(premium))])
    _transact(world.kafka, [(*one, "{broken") for one in cart_topics])
    _transact(world.kafka, [(*one, "{aborted") for one in cart_topics], abort=True)
    producer = world.kafka.producer()
    producer.produce("carrito.members", partition=0, key="x", value=json.dumps(ordinary))
    assert producer.flush(20) == 0

    def taken(application):
        return any(row["passport"] == application["passport"] for row in world.api.items("/members"))

    wait_until("the premium one is taken", lambda: taken(premium), 15)
    wait_until("and the ordinary one", lambda: taken(ordinary), 15)
    wait_until("nothing lags", lambda: [row["role"] for row in world.api.items("/consumers")
                                        if row["lag"]] == [], 20)
    wait_until("carts are heard", lambda: {row["cart"] for row in world.api.items("/carts")
                                           if row["state"] == "heard"} >= set(fleet.carts), 20)
    fleet.silence(fleet.carts)
    wait_until("they have vanished", lambda: all(
        row["state"] == "vanished" for row in world.api.items("/carts")
        if row["cart"] in fleet.carts), LIMIT_S + 10)
