#!/usr/bin/python3
"""Many carts that take orders, each with an MQTT connection of its own, in one thread.

    dispatch_fleet.py PORT CARTS SEED

Says `ready` once all of them have said that they listen; then a line for each offer, at once:
ORDER CART SECONDS, by CLOCK_MONOTONIC when its bytes were read. A cart takes what it is offered,
brings it and sells it, some seconds each. Ends with SIGTERM.

It speaks as much of MQTT 5 as this needs: a client library's threads, one per cart, would be most
of what is measured.
"""
import asyncio
import json
import random
import secrets
import signal
import struct
import sys
import time

HEARTBEAT_S = 20
FIX_S = 60
PREPARES_S, BRINGS_S, TAKES_S = 2.0, 3.0, 0.5
FULL, LOW = 200, 20
CONNECTING_MAX = 50
SOUTH, NORTH, WEST, EAST = -33.60, -33.35, -70.80, -70.50  # where carts and buyers are
CONNACK, PUBLISH, PUBACK, SUBACK, PINGREQ = 2, 3, 4, 9, 12


def place(chance):
    return round(chance.uniform(SOUTH, NORTH), 6), round(chance.uniform(WEST, EAST), 6)


def _text(text):
    raw = text.encode()
    return struct.pack("!H", len(raw)) + raw


def _packet(first, body):
    head, length = bytearray([first]), len(body)
    while True:
        head.append(length % 128 | (128 if length > 127 else 0))
        length //= 128
        if not length:
            return bytes(head) + body


def _read_length(data, at):
    """(value, where it ends) of a variable byte integer; None where more must come."""
    value = 0
    for place_of_byte in range(4):
        if at + place_of_byte >= len(data):
            return None
        byte = data[at + place_of_byte]
        value |= (byte & 127) << (7 * place_of_byte)
        if byte < 128:
            return value, at + place_of_byte + 1
    raise ValueError("a length of more than four bytes")


class Cart(asyncio.Protocol):
    """The cart's outbox, and its connection."""

    def __init__(self, number, chance, ready):
        self.plate, self.epoch = f"SIM-D{number:05d}", secrets.token_hex(16)
        self.lat, self.lon = place(chance)
        self.seq = self.receipts = self.packet = 0
        self.stock, self.done, self.seen = FULL, [], set()
        self.transport, self.rest, self.ready = None, b"", ready

    # What it says.

    def _topic(self, kind):
        return f"carrito/v1/{self.plate}/{kind}"

    def _event(self, kind, **members):
        self.seq += 1
        return {"v": 1, "type": kind, "cart": self.plate, "epoch": self.epoch, "seq": self.seq,
                "ts_ms": int(time.time() * 1000), "clock": "ntp", **members}

    def _send(self, *events):
        properties = b"\x09" + _text(f"{self.epoch}:{self.seq}")  # Correlation Data
        lines = "".join(json.dumps(event) + "\n" for event in events)
        self._publish("events", lines, 1, properties)

    def _publish(self, kind, payload, qos, properties=b"", retain=0):
        body = _text(self._topic(kind))
        if qos:
            self.packet = self.packet % 65535 + 1
            body += struct.pack("!H", self.packet)
        body += bytes([len(properties)]) + properties + payload.encode()
        self.transport.write(_packet(PUBLISH << 4 | qos << 1 | retain, body))

    def heartbeat(self):
        self._publish("heartbeat", json.dumps({
            "ts_ms": int(time.time() * 1000), "waiting": 0, "acked": self.seq, "gps": "fix",
            "orders": True, "done": self.done[-16:]}), 0)

    def fix(self):
        self._send(self._event("location", lat=self.lat, lon=self.lon, acc=5))

    # What it hears.

    def connection_made(self, transport):
        self.transport = transport
        variable = _text("MQTT") + b"\x05\x02" + struct.pack("!H", 60) + b"\x00"
        transport.write(_packet(0x10, variable + _text(f"carrito-{self.plate}")))

    def connection_lost(self, exc):
        if not self.transport.is_closing():
            sys.exit(f"{self.plate} lost its connection: {exc}")

    def data_received(self, data):
        data = self.rest + data
        at = 0
        while len(data) - at >= 2 and (length := _read_length(data, at + 1)) is not None:
            end = length[1] + length[0]
            if end > len(data):
                break
            self._packet_received(data[at], data[length[1]:end])
            at = end
        self.rest = data[at:]

    def _packet_received(self, first, body):
        kind = first >> 4
        if kind == CONNACK:
            filters = _text(self._topic("command")) + b"\x01"
            self.transport.write(_packet(0x82, b"\x00\x01\x00" + filters))
        elif kind == SUBACK:
            self._begin()
        elif kind == PUBLISH:
            self._command(first, body)

    def _begin(self):
        self._publish("state", json.dumps({
            "state": "online", "epoch": self.epoch, "session": 1, "version": "bench",
            "ts_ms": int(time.time() * 1000)}), 1, retain=1)
        self._send(self._event("stock", stock=self.stock),
                   self._event("location", lat=self.lat, lon=self.lon, acc=5))
        self.heartbeat()
        self.ready()

    def _command(self, first, body):
        at = 2 + struct.unpack_from("!H", body)[0]
        if first & 6:
            self.transport.write(_packet(PUBACK << 4, body[at:at + 2]))
            at += 2
        properties, at = _read_length(body, at)
        command = json.loads(body[at + properties:])
        if command["id"] in self.seen:
            return
        self.seen.add(command["id"])
        self.done.append(command["id"])
        if command["command"] == "order-offer" and not command.get("taken"):
            print(command["order"], self.plate, time.monotonic(), flush=True)
            asyncio.get_running_loop().create_task(self._serve(command))

    async def _serve(self, offer):
        """As a vendor does."""
        order = offer["order"]
        for seconds, status in ((TAKES_S, "preparando"), (PREPARES_S, "entregando")):
            await asyncio.sleep(seconds)
            self._send(self._event("order", order=order, status=status))
        await asyncio.sleep(BRINGS_S)
        self.receipts += 1
        self.stock = max(0, self.stock - offer["quantity"])
        self._send(self._event("order", order=order, status="finalizado"),
                   self._event("sale", receipt=self.receipts, quantity=offer["quantity"], order=order,
                               amount=offer["price"] * offer["quantity"], stock=self.stock))
        if self.stock < LOW:
            self.stock = FULL
            self._send(self._event("stock", stock=self.stock))


async def _each(carts, act, period_s):
    """Of each cart once in `period_s`, one after the other."""
    while True:
        began = time.monotonic()
        for number, cart in enumerate(carts):
            await asyncio.sleep(max(0, began + period_s * number / len(carts) - time.monotonic()))
            act(cart)
        await asyncio.sleep(max(0, began + period_s - time.monotonic()))


async def run(port, count, seed):
    loop, chance, ready = asyncio.get_running_loop(), random.Random(seed), asyncio.Semaphore(0)
    carts = [Cart(number, chance, ready.release) for number in range(count)]
    for first in range(0, count, CONNECTING_MAX):
        some = carts[first:first + CONNECTING_MAX]
        for cart in some:
            await loop.create_connection(lambda cart=cart: cart, "127.0.0.1", port)
        for _ in some:
            await ready.acquire()
    print("ready", flush=True)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    tasks = [loop.create_task(_each(carts, Cart.heartbeat, HEARTBEAT_S)),
             loop.create_task(_each(carts, Cart.fix, FIX_S))]
    await stop.wait()
    for task in tasks:
        task.cancel()
    for cart in carts:
        cart.transport.close()


if __name__ == "__main__":
    asyncio.run(run(*map(int, sys.argv[1:4])))
