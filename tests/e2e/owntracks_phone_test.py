"""A stock OwnTracks phone is a cart: its positions are the cart's, what it cannot mean is a dead
letter with its reason, and a retained position is known but is no word."""
import json
import threading
import time

import paho.mqtt.client as mqtt
import pytest

from harness.cart import paho_client
from harness.events import plate
from harness.kafka import header
from harness.wait import wait_until


class Phone:
    """As the Android app comes: MQTT 3.1, QoS 1, retained, user and device in lower case."""

    def __init__(self, port, cart):
        self.topic = f"owntracks/ana/{cart.lower()}"
        self._published = threading.Event()
        self._client = paho_client(f"ana{cart.lower()}", mqtt.MQTTv31)
        self._client.will_set(self.topic, json.dumps({"_type": "lwt"}), 0)
        self._client.on_publish = lambda *_: self._published.set()
        self._client.connect("127.0.0.1", port, keepalive=3600)
        self._client.loop_start()

    def say(self, payload, retain=True, below=""):
        if not isinstance(payload, (bytes, str)):
            payload = json.dumps(payload)
        self._published.clear()
        self._client.publish(self.topic + below, payload, 1, retain)
        assert self._published.wait(10), "no PUBACK"

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()


def fix(lat=-33.4372, lon=-70.6506, **members):
    return {"_type": "location", "lat": lat, "lon": lon, "tst": int(time.time()), "acc": 14,
            "vel": 0.0, "alt": 570, "batt": 81, "bs": 1, "conn": "m", "m": 1, "t": "u",
            "tid": "23", "_id": "5f3a", "SSID": "casa", "inregions": ["feria"], **members}


@pytest.fixture
def phone(centre, scene):
    cart = plate()
    phone = scene.add(Phone(centre.mqtt_port, cart))
    phone.cart = cart
    return phone


def shown(centre, cart):
    rows = [row for row in centre.api.items("/carts", q=cart) if row["cart"] == cart]
    return rows[0] if rows else None


def test_a_phones_position_is_its_carts(centre, phone):
    phone.say(fix(), retain=False)
    phone.say({"_type": "lwt"}, retain=False)
    phone.say({"_type": "card", "name": "Ana", "face": "iVBORw0KGgo="}, below="/info")
    row = wait_until("the phone among the carts", lambda: shown(centre, phone.cart), 15)
    assert (row["lat"], row["lon"], row["acc"]) == (-33.4372, -70.6506, 14)
    assert row["state"] == "heard"
    record = [r for r in centre.kafka.records("carrito.locations")
              if r.key() == phone.cart.encode()][0]
    event = json.loads(record.value())
    assert event["source"] == "owntracks" and "epoch" not in event and "seq" not in event
    assert "casa" not in record.value().decode(), "names of networks are nobody's business"


def test_what_a_phone_cannot_mean_is_a_dead_letter(centre, phone):
    bad = {
        "lat": {"_type": "location", "lon": 1, "tst": 2},
        "lon": fix(lon="west"),
        "tst": {"_type": "location", "lat": 1, "lon": 2},
        "_type": {"lat": 1, "lon": 2, "tst": 3},
        "encrypts": {"_type": "encrypted", "data": "q83v"},
        "JSON": "X0,542A46AA,k,30365854,7759,4,21,0,0",
    }
    for payload in bad.values():
        phone.say(payload, retain=False)
    phone.say("", retain=False)
    source = f"mqtt:{phone.topic}"

    def letters():
        found = [header(r, "error") for r in centre.kafka.records("carrito.dead-letters")
                 if header(r, "source") == source]
        return len(found) >= len(bad) and found

    reasons = wait_until("the dead letters", letters, 15)
    assert len(reasons) == len(bad), reasons
    for word, reason in zip(bad, reasons):
        assert word in reason, (word, reason)


def test_a_retained_position_is_known_but_is_no_word(world):
    cart = plate()
    world.start_brokers()
    phone = world.scene.add(Phone(world.mqtt_port, cart))
    phone.say(fix())
    world.bridge.start().wait_ready()
    world.collector.start().wait_ready()
    world.sign_in()
    row = wait_until("the phone among the carts", lambda: shown(world, cart), 20)
    assert row["lat"] == -33.4372
    assert row["last_heard"] is None, "a retained message says nothing of now"
