"""Whatever cannot be read, in a topic of Kafka that a role reads or a topic of MQTT that the bridge reads, is
one dead letter with its bytes, where it was and a reason; what lies behind it is done."""
import secrets
import time

import pytest

from harness.cart import PahoCart
from harness.events import Outbox, line, now_ms, plate
from harness.kafka import header
from harness.wait import wait_until


def good(topic, cart):
    """A record that the topic's role takes, and the id or plate by which the API shows it."""
    outbox, identity = Outbox(cart), secrets.token_hex(16)
    person = {"id": identity, "name": "Ana", "lastname": "Soto", "passport": cart, "plate": cart,
              "email": "ana@example.org", "premium": False, "ts_ms": now_ms()}
    order = {"v": 1, "id": identity, "order": identity, "product": "sopaipilla", "price": 500,
             "quantity": 1, "email": "ana@example.org", "status": "recibido", "ts_ms": now_ms(),
             "time_ms": now_ms()}
    report = {"id": identity, "cart": cart, "lat": -33.4, "lon": -70.6, "time_ms": now_ms(),
              "ts_ms": now_ms()}
    return {"carrito.sales": outbox.sale(), "carrito.locations": outbox.location(),
            "carrito.members": person, "carrito.order-requests": order,
            "carrito.reports": report}.get(topic), identity


SHOWN = {
    "carrito.sales": lambda api, cart, _: api.items("/daily-sales", cart=cart),
    "carrito.locations": lambda api, cart, _: api.items("/carts", q=cart),
    "carrito.members": lambda api, cart, _: [one for one in api.items("/members")
                                             if one["passport"] == cart],
    "carrito.order-requests": lambda api, _, identity: [one for one in api.items("/orders")
                                                        if one["id"] == identity],
    "carrito.reports": lambda api, _, identity: [one for one in api.items("/reports")
                                                 if one["id"] == identity],
}
TOPICS = [*SHOWN, "carrito.presence", "carrito.order-steps", "carrito.login-attempts"]
BAD = {
    "nothing": b"", "blank": b" \n", "text": b"sopaipilla", "half an object": b'{"v":1,"type":"sa',
    "an array": b"[]", "null": b"null", "an empty object": b"{}", "bytes": b'{"v":"\xff\xfe"}',
    "NUL": b'{"v":1,"id":"a\0b"}', "an escaped NUL": b'{"v":1,"id":"a\\u0000b"}',
    "1e999": b'{"v":1,"ts_ms":1e999}', "over 2^53": b'{"v":1,"ts_ms":9007199254740993}',
    "a key twice": b'{"v":1,"v":1,"id":"a","id":"b"}', "deep": b'{"v":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "two objects": b"{}{}", "of another kind": b'{"v":1,"type":"opinion","id":7,"bridge":7,"ts_ms":"now"}',
    "long": b'{"v":1,"id":"' + b"x" * 70_000 + b'"}', "a BOM": b'\xef\xbb\xbf{"v":1}',
}


# Where an object says nothing that is needed: whatever a cart says of itself is its word.
A_WORD = {"an empty object", "of another kind"}


def bad_in(topic, but=()):
    words = A_WORD if topic.endswith(("presence", "state", "heartbeat")) else set()
    return [value for claim, value in BAD.items() if claim not in words | set(but)]


def produce(kafka, topic, key, values):
    """{source of the record: its bytes}"""
    sources, producer = {}, kafka.producer()

    def told(error, message):
        assert error is None, error
        sources[f"kafka:{topic}/{message.partition()}/{message.offset()}"] = message.value() or b""
    for value in values:
        producer.produce(topic, key=key, value=value, on_delivery=told)
    assert producer.flush(20) == 0
    return sources


def letters(kafka, sources):
    return [one for one in kafka.records("carrito.dead-letters") if header(one, "source") in sources]


@pytest.mark.parametrize("topic", TOPICS)
def test_each_bad_record_is_one_dead_letter(centre, topic):
    cart = plate()
    record, identity = good(topic, cart)
    sources = produce(centre.kafka, topic, cart, bad_in(topic))
    if record is not None:
        centre.kafka.produce(topic, cart, line(record))
    found = []
    end = time.monotonic() + 20
    while len(found) < len(sources) and time.monotonic() < end:
        found = letters(centre.kafka, sources)
    there = {header(one, "source"): one for one in found}
    missing = [value[:40] for source, value in sources.items() if source not in there]
    assert not missing, f"no dead letters for {missing}"
    assert len(found) == len(sources), "a dead letter twice"
    for source, letter in there.items():
        assert (letter.value() or b"") == sources[source] and len(header(letter, "error")) > 4
    if record is not None:
        wait_until("what lies behind it", lambda: SHOWN[topic](centre.api, cart, identity), 15)
    assert centre.collector.alive()


@pytest.mark.parametrize("topic", ["carrito/v1/{}/events", "carrito/v1/{}/state",
                                   "carrito/v1/{}/heartbeat", "owntracks/ana/{}"])
def test_each_bad_message_is_one_dead_letter(centre, scene, topic):
    cart = scene.add(PahoCart(centre.mqtt_port))
    place = topic.format(cart.cart)
    sent = bad_in(topic, but=("nothing", "blank"))
    for value in sent:
        cart.wait_puback(cart.publish(place, value))
    cart.send([cart.outbox.sale()])
    cart.wait_acked()
    found, end = [], time.monotonic() + 20
    while len(found) < len(sent) and time.monotonic() < end:
        found = letters(centre.kafka, {f"mqtt:{place}"})
    kept = {one.value() for one in found}
    missing = [value[:40] for value in sent if value not in kept]
    assert not missing, f"no dead letters for {missing}"
    assert len(found) == len(sent) and all(len(header(one, "error")) > 4 for one in found)
    assert centre.bridge.alive()
