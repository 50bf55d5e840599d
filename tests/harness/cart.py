"""A cart made of paho-mqtt: a stranger that speaks the contract and nothing more."""
import json
import threading

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from .events import Outbox, batch
from .wait import wait_until

ROOT_TOPIC = "carrito/v1"


def paho_client(client_id, protocol):
    """One of paho 1 (Debian 12) or 2 (Debian 13), which wants to know how its callbacks are called;
    ours leave what version 2 adds at their ends."""
    versions = getattr(mqtt, "CallbackAPIVersion", None)
    return mqtt.Client(*([versions.VERSION2] if versions else []), client_id, protocol=protocol)


class MqttClient:
    """A connected MQTT 5 client with a background thread; keeps what it receives."""

    def __init__(self, port, client_id=""):
        self.name = f"paho {client_id}"
        self.messages = []
        self._pubacks = set()
        self._connected = threading.Event()
        self._client = paho_client(client_id, mqtt.MQTTv5)
        self._client.on_connect = lambda *_: self._connected.set()
        self._client.on_message = lambda _c, _u, message: self.on_message(message)
        self._client.on_publish = lambda _c, _u, mid, *_: self._pubacks.add(mid)
        self._client.max_inflight_messages_set(1000)
        self._client.connect("127.0.0.1", port, keepalive=30)
        self._client.loop_start()
        assert self._connected.wait(10), "no CONNACK"

    def on_message(self, message):
        self.messages.append(message)

    def subscribe(self, topic, qos=1):
        self._client.subscribe(topic, qos)

    def publish(self, topic, payload, qos=1, retain=False, correlation=None):
        properties = Properties(PacketTypes.PUBLISH)
        if correlation is not None:
            properties.CorrelationData = correlation.encode()
        return self._client.publish(topic, payload, qos, retain, properties).mid

    def wait_puback(self, mid, seconds=15):
        wait_until(f"PUBACK of {mid}", lambda: mid in self._pubacks, seconds, every=0.01)

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()


class PahoCart(MqttClient):
    """Publishes events of its outbox, and knows how far the bridge has acknowledged."""

    def __init__(self, port, cart=None):
        self.outbox = Outbox(cart)
        self.cart = self.outbox.cart
        self.acked = 0
        super().__init__(port, f"carrito-{self.cart}")
        self.subscribe(f"{ROOT_TOPIC}/{self.cart}/ack", 0)
        self.subscribe(f"{ROOT_TOPIC}/{self.cart}/command", 1)

    def on_message(self, message):
        super().on_message(message)
        if message.topic.endswith("/ack"):
            ack = json.loads(message.payload)
            if ack["epoch"] == self.outbox.epoch:
                self.acked = max(self.acked, ack["seq"])

    @property
    def events_topic(self):
        return f"{ROOT_TOPIC}/{self.cart}/events"

    def send(self, events, correlation="last", retain=False):
        """Events (dicts, or lines as bytes) as one message; returns its id."""
        if correlation == "last":
            correlation = f"{self.outbox.epoch}:{self.outbox.seq}"
        payload = events if isinstance(events, bytes) else batch(events)
        return self.publish(self.events_topic, payload, 1, retain, correlation)

    def wait_acked(self, seq=None, seconds=20):
        seq = seq or self.outbox.seq
        wait_until(f"{self.cart}: ack of {seq}", lambda: self.acked >= seq, seconds, every=0.01)

    def commands(self):
        return [json.loads(m.payload) for m in self.messages if m.topic.endswith("/command")]
