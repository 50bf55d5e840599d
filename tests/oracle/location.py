"""The rules of `location` (contract, section 5) that no order of partitions changes: when a cart was
last heard, its last fix and sale, and how often it vanished."""
import json

from . import event as events

AHEAD_MS = 120_000
GAP_MS = 3000


class Location:
    """Takes words and beats of one bridge, all of them in the order in which Kafka had them: its
    clock may be set back."""

    def __init__(self, silence_s=60):
        self.limit_ms = silence_s * 1000
        self.heard = {}    # cart: ms
        self.fix = {}      # cart: (ms, lat, lon), the latest by the event's own time
        self.sale = {}     # cart: ms
        self.offline = set()
        self.closed = set()  # carts whose day is over: only `online` or an open heartbeat ends it
        self.vanished = {}  # cart: how often
        self.open = set()  # carts that have not been heard since
        self.silent = {}   # cart: ms of silence since its last word, as far as it is judged
        self._beats = {}   # partition: (ms, mqtt)
        self._of = {}      # cart: partition
        self._fresh = set()  # carts heard since the last beat of their partition

    def take(self, record):
        if record.headers.get("ce_type") == "beat":
            self._beat(record)
            return
        self._of[record.key] = record.partition
        if record.topic == "carrito.presence":
            self._state(record, json.loads(record.value))
            return
        event = events.read(record.value)
        time_ms = event["ts_ms"]
        if time_ms > record.append_ms + AHEAD_MS or event["clock"] == "none":
            time_ms = record.append_ms
        if event["type"] == "sale":
            self.sale[record.key] = max(time_ms, self.sale.get(record.key, 0))
        elif (event["lat"], event["lon"]) != (0, 0):
            fix = (time_ms, event["lat"], event["lon"])
            self.fix[record.key] = max(fix, self.fix.get(record.key, fix), key=lambda one: one[0])
        self._word(record)

    def _state(self, record, said):
        if record.headers.get("retained") or said.get("state") == "lost":
            return
        if said.get("state") != "offline" and not said.get("closed"):
            self.closed.discard(record.key)
        self._word(record)
        if said.get("state") == "offline":
            self.offline.add(record.key)
            self.silent.pop(record.key, None)
        if said.get("reason") == "closed":
            self.closed.add(record.key)

    def _word(self, record):
        cart = record.key
        self.heard[cart] = record.append_ms
        if cart in self.closed:
            return
        self.offline.discard(cart)
        self.open.discard(cart)
        self.silent[cart] = 0
        self._fresh.add(cart)

    def _beat(self, record):
        """The interval since the last beat counts for each cart, or since its word where that came
        meanwhile."""
        now = (record.append_ms, json.loads(record.value)["mqtt"])
        last = self._beats.get(record.partition)
        self._beats[record.partition] = now
        counts = last is not None and 0 <= now[0] - last[0] <= GAP_MS and now[1] and last[1]
        for cart in [one for one in self.silent if self._of[one] == record.partition]:
            since = self.heard[cart] if cart in self._fresh else last and last[0]
            self._fresh.discard(cart)
            if not counts:
                continue
            self.silent[cart] += now[0] - since
            if self.silent[cart] >= self.limit_ms and cart not in self.open:
                self.open.add(cart)
                self.vanished[cart] = self.vanished.get(cart, 0) + 1
