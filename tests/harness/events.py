"""Events as a stranger would write them, from the contract alone."""
import json
import random
import secrets
import time


def now_ms():
    return int(time.time() * 1000)


def plate(prefix="T"):
    """A plate that no other test has: tests share a Kafka, and tell their records by the plate."""
    return prefix + secrets.token_hex(4).upper()


class Outbox:
    """Numbers the events of one cart as an agent does."""

    def __init__(self, cart=None, epoch=None):
        self.cart = cart or plate()
        self.epoch = epoch or secrets.token_hex(16)
        self.seq = 0
        self.receipt = 0

    def event(self, kind, **members):
        self.seq += 1
        event = {"v": 1, "type": kind, "cart": self.cart, "epoch": self.epoch, "seq": self.seq,
                 "ts_ms": now_ms(), "clock": "ntp"}
        event.update(members)
        return event

    def sale(self, quantity=2, **members):
        self.receipt += 1
        return self.event("sale", receipt=self.receipt, quantity=quantity, **members)

    def location(self, lat=-33.4372, lon=-70.6506, **members):
        return self.event("location", lat=lat, lon=lon, **members)


def line(event):
    """One event as bytes, without a line end."""
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()


def batch(events):
    return b"\n".join(e if isinstance(e, bytes) else line(e) for e in events) + b"\n"


def shuffled(seed, items):
    items = list(items)
    random.Random(seed).shuffle(items)
    return items
