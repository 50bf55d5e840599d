"""What is no valid event becomes a dead letter with its bytes and its reason; its neighbours in
the same message arrive; the bridge stays up, acknowledges, and counts."""
import json

import pytest

from harness.api import metric
from harness.cart import PahoCart
from harness.events import Outbox, line, plate
from harness.kafka import header
from harness.wait import wait_until


def sale_text(outbox, **members):
    return line(outbox.sale(**members)).decode()


def with_text(old, new):
    """A valid sale's text with one piece of it replaced."""
    def make(outbox):
        text = sale_text(outbox)
        assert old in text
        return text.replace(old, new).encode()
    return make


def edited(**members):
    def make(outbox):
        return line({**outbox.sale(), **members})
    return make


# Each: a claim's name, how the line is made, and a word that the reason must have.
BAD_LINES = {
    "not JSON": (lambda o: b"sopaipilla", ""),
    "half an object": (lambda o: line(o.sale())[:-5], ""),
    "an array": (lambda o: b"[" + line(o.sale()) + b"]", "object"),
    "two objects": (lambda o: line(o.sale()) + line(o.sale()), ""),
    "bad UTF-8": (lambda o: line(o.sale(client="Ana")).replace(b"Ana", b"An\xff"), "UTF-8"),
    "an encoded surrogate": (lambda o: line(o.sale(client="Ana")).replace(b"Ana", b"\xed\xa0\x80"),
                             "UTF-8"),
    "a NUL byte": (lambda o: line(o.sale(client="Ana")).replace(b"Ana", b"A\0a"), ""),
    "an escaped NUL": (lambda o: line(o.sale(client="Ana")).replace(b"Ana", b"A\\u0000a"), ""),
    "duplicate keys": (with_text('"quantity":2', '"quantity":2,"quantity":3'), "quantity"),
    "1e999": (with_text('"quantity":2', '"quantity":1e999'), ""),
    "huge": (lambda o: line(o.sale(padding="x" * 5000)), "4096"),
    "deep": (lambda o: line(o.sale(deep=[[[[1]]]])), ""),
    "wrong cart": (lambda o: line({**o.sale(), "cart": "OTHER-1"}), "cart"),
    "a cart in lower case": (lambda o: line({**o.sale(), "cart": o.cart.lower()}), "cart"),
    "wrong epoch": (edited(epoch="not-an-epoch"), "epoch"),
    "no epoch": (with_text('"epoch"', '"epok"'), "epoch"),
    "negative quantity": (edited(quantity=-1), "quantity"),
    "no quantity": (with_text('"quantity"', '"Quantity"'), "quantity"),
    "half a sopaipilla": (edited(quantity=0.5), "quantity"),
    "a quantity in words": (edited(quantity="2"), "quantity"),
    "too many": (edited(quantity=10001), "quantity"),
    "a blank client": (edited(client="  "), "client"),
    "a client too long": (edited(client="ñ" * 65), "client"),
    "seq 0": (edited(seq=0), "seq"),
    "an integer too large": (edited(seq=2**53), "2^53"),
    "latitude 91": (lambda o: line(o.location(91.0, 0.0)), "lat"),
    "an unknown type": (edited(type="refund"), "type"),
    "another version": (edited(v=99), "v"),
}


def letters_of(kafka, source):
    return [r for r in kafka.records("carrito.dead-letters") if header(r, "source") == source]


def receipts_in_kafka(kafka, cart):
    return sorted(json.loads(r.value())["receipt"] for r in kafka.records("carrito.sales")
                  if r.key() == cart.encode())


def test_each_bad_line_is_a_dead_letter_and_its_neighbours_arrive(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    sent, good = {}, []
    for claim, (make, _) in BAD_LINES.items():
        before, bad, after = cart.outbox.sale(), make(cart.outbox), cart.outbox.sale()
        good += [before["receipt"], after["receipt"]]
        sent[claim] = bad
        cart.send([before, bad, after])
    cart.wait_acked()
    source = f"mqtt:{cart.events_topic}"
    letters = {r.value(): r for r in letters_of(centre.kafka, source)}
    wrong = []
    for claim, bad in sent.items():
        letter = letters.pop(bad, None)
        reason = header(letter, "error") if letter else None
        if not reason or BAD_LINES[claim][1] not in reason:
            wrong.append(f"{claim}: {reason!r}")
    assert not wrong, "dead letters missing, or without the word: " + "; ".join(wrong)
    assert not letters, f"dead letters that nobody sent: {list(letters)[:3]}"
    assert receipts_in_kafka(centre.kafka, cart.cart) == sorted(good)
    assert centre.bridge.alive()


def test_the_metrics_tell_good_from_bad(centre, scene):
    """Messages are counted: one with a bad line in it is `rejected`, whatever else it carried."""
    cart = scene.add(PahoCart(centre.mqtt_port))

    def counts():
        text = centre.bridge.metrics()
        return [metric(text, "carrito_bridge_messages_total", result=r) for r in ("ok", "rejected")]

    before = counts()
    for events in ([cart.outbox.sale()], [cart.outbox.sale(), b"rubbish", cart.outbox.sale()],
                   [cart.outbox.sale(), cart.outbox.sale()]):
        cart.send(events)
    cart.wait_acked()
    assert [after - was for after, was in zip(counts(), before)] == [2, 1]


@pytest.mark.parametrize("payload", [b"", b"\n", b"\n\n\n"], ids=["empty", "line end", "blank lines"])
def test_an_empty_message_harms_nobody(centre, scene, payload):
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.wait_puback(cart.publish(cart.events_topic, payload))
    cart.send([cart.outbox.sale()])
    cart.wait_acked()
    assert receipts_in_kafka(centre.kafka, cart.cart) == [1]
    assert centre.bridge.alive()
    if payload == b"":
        letters = letters_of(centre.kafka, f"mqtt:{cart.events_topic}")
        assert len(letters) == 1 and header(letters[0], "error")


def test_a_message_that_is_too_large_is_refused_and_the_next_one_taken(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    events = [cart.outbox.sale(padding="x" * 1000) for _ in range(40)]
    cart.send(events)
    cart.wait_acked()
    letters = letters_of(centre.kafka, f"mqtt:{cart.events_topic}")
    assert letters and all(header(r, "error") for r in letters)
    cart.send([cart.outbox.sale()])
    cart.wait_acked()
    assert cart.outbox.receipt in receipts_in_kafka(centre.kafka, cart.cart)


def test_more_than_64_events_in_a_message_are_not_lost_silently(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.sale() for _ in range(70)])
    cart.wait_acked()
    kept = len(receipts_in_kafka(centre.kafka, cart.cart))
    refused = len(letters_of(centre.kafka, f"mqtt:{cart.events_topic}"))
    assert kept == 70 or refused >= 1, f"{kept} kept, {refused} dead letters"


def test_a_retained_message_is_taken_once_however_often_the_bridge_connects(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.sale(quantity=4)], retain=True)
    cart.wait_acked()
    second = centre.make_bridge(name="second-bridge", identity=f"second-{cart.cart}")
    second.start().wait_ready()  # subscribes, and so gets it again, with the retain flag
    second.kill()
    cart.publish(cart.events_topic, b"", retain=True)
    cart.send([cart.outbox.sale(quantity=1)])
    cart.wait_acked()
    row = wait_until("both sales", lambda: next(
        (r for r in centre.api.items("/daily-sales", cart=cart.cart) if r["sales"] == 2), None), 15)
    assert row["quantity"] == 5
    flagged = [r for r in centre.kafka.records("carrito.sales")
               if r.key() == cart.cart.encode() and header(r, "retained")]
    letters = letters_of(centre.kafka, f"mqtt:{cart.events_topic}")
    assert flagged or letters, "a retained message must carry the header, or be refused"


def test_records_carry_the_headers_of_the_contract(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.sale()])
    cart.wait_acked()
    record = next(r for r in centre.kafka.records("carrito.sales") if r.key() == cart.cart.encode())
    assert header(record, "content-type") == "application/json"
    assert header(record, "bridge") == "test"
    assert header(record, "ce_id") == f"{cart.cart}/{cart.outbox.epoch}/1"
    assert header(record, "ce_specversion") == "1.0"
    assert header(record, "ce_type") and header(record, "ce_source")
    assert header(record, "retained") is None


def test_rubbish_in_kafka_does_not_stop_the_collector(centre):
    cart = Outbox(plate())
    centre.kafka.produce("carrito.sales", cart.cart, b"\xff\0 rubbish")
    centre.kafka.produce("carrito.sales", cart.cart, None)
    centre.kafka.produce("carrito.locations", cart.cart, b"{}")
    centre.kafka.produce("carrito.presence", cart.cart, b"[]")
    centre.kafka.produce("carrito.sales", cart.cart, line(cart.sale(quantity=9)))
    row = wait_until("the sale behind the rubbish",
                     lambda: centre.api.items("/daily-sales", cart=cart.cart), 15)[0]
    assert row["quantity"] == 9
    assert centre.collector.alive()
