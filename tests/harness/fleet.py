"""Many carts behind one connection, which speak by heartbeats until they are told to fall silent;
and what Kafka says of when they spoke."""
import json
import threading

from .cart import ROOT_TOPIC, MqttClient
from .events import now_ms, plate
from .kafka import header


class Fleet(MqttClient):
    """Every cart that speaks sends a heartbeat each `every` seconds. Survives its broker. `carts`:
    how many, or their plates."""

    def __init__(self, port, carts, every=1.0):
        self.carts = [plate() for _ in range(carts)] if isinstance(carts, int) else list(carts)
        self.speaking = set(self.carts)
        self.every = every
        self._stop = threading.Event()
        super().__init__(port, f"fleet-{plate()}")
        self._client.reconnect_delay_set(1, 2)
        self._thread = threading.Thread(target=self._speak, daemon=True)
        self._thread.start()

    def _speak(self):
        while not self._stop.is_set():
            for cart in sorted(self.speaking):
                self.publish(f"{ROOT_TOPIC}/{cart}/heartbeat",
                             json.dumps({"ts_ms": now_ms(), "waiting": 0, "gps": "none"}), qos=0)
            self._stop.wait(self.every)

    def silence(self, carts):
        self.speaking -= set(carts)

    def close(self):
        self._stop.set()
        self._thread.join()
        super().close()


def last_words(kafka):
    """Kafka's time of the last word of each cart, in ms: what is retained, or a will, is none."""
    words = {}
    for topic in ("carrito.locations", "carrito.presence", "carrito.sales"):
        for record in kafka.records(topic):
            if header(record, "ce_type") == "beat" or header(record, "retained"):
                continue
            if topic == "carrito.presence" and json.loads(record.value()).get("state") == "lost":
                continue
            cart = record.key().decode()
            words[cart] = max(words.get(cart, 0), record.timestamp()[1])
    return words


def raised(kafka, kind):
    """Alerts of this kind: for each subject, Kafka's time of each that was raised, and the alert."""
    found = {}
    for record in kafka.records("carrito.alerts"):
        alert = json.loads(record.value())
        if alert["kind"] == kind and alert["status"] == "ACTIVE_UNACK":
            found.setdefault(alert["subject"], {})[alert["id"]] = (record.timestamp()[1], alert)
    return {subject: list(alerts.values()) for subject, alerts in found.items()}
