#!/usr/bin/python3
"""Orders that find their carts: from POST to the offer, on the cart and on its till.

    ./dev bench dispatch            1,000 carts, 50 orders a second for a minute: four minutes
    ./dev bench dispatch --quick    100 carts, 10 orders a second for 15 s
    ./dev bench dispatch --carts 1000 --rate 50 --seconds 60

The carts (dispatch_fleet.py) have an MQTT connection each, say that they are there, and take, bring
and sell what they are offered; so an order is an offer, three steps and a sale. Buyers and carts are
spread over a city. One more cart is a real agent with a real till on a terminal, far from the
others; every second an order is for it alone, and is refused.

An order's clock starts when it is due, and stops when the bytes of its offer are read from the
cart's connection, or when the till has drawn it. What the carts cost without orders is measured
before, and taken off the CPU of an order. All share this machine's cores.
"""
import argparse
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import dispatch_fleet
from measure import ROOT, Cpu, Table, percentile

from harness.centre import Centre
from harness.dispatch import OrderCart
from harness.ports import free_port
from harness.process import Process, Scene, run
from harness.wait import wait_until

PYTHON = "/usr/bin/python3"
BUYERS = 8        # connections; more than can be under way at once
WARM_S, REST_S, LATE_S = 15, 20, 30
FAR = (-34.60, -71.60)  # where the till's cart is; no other is as near
MILLI, MICRO = 1e3, 1e6


class Fleet(Process):
    """The carts, and when which of them was offered what: {order: (cart, seconds)}."""

    def __init__(self, scene, port, carts):
        super().__init__("fleet", [PYTHON, ROOT / "bench" / "dispatch_fleet.py", port, carts, 1],
                         scene.folder)

    def offers(self):
        rows = [row.split() for row in self.text().splitlines() if row.count(" ") == 2
                and row[0] != "-"]
        found = {}
        for order, cart, seconds in rows:
            found.setdefault(order, (cart, float(seconds)))
        return found


class Buyers:
    """Orders that are due one after the other, whatever becomes of those before."""

    def __init__(self, address, rate):
        self._address, self._rate = address.split(":"), rate
        self._chance, self._lock = random.Random(2), threading.Lock()
        self.due, self.failed = {}, 0  # {order: seconds}

    def order_for(self, seconds):
        """Returns when all are answered."""
        began, count = time.monotonic() + 0.1, int(self._rate * seconds)
        times = iter([began + number / self._rate for number in range(count)])
        buyers = [threading.Thread(target=self._buy, args=(times,)) for _ in range(BUYERS)]
        for buyer in buyers:
            buyer.start()
        for buyer in buyers:
            buyer.join()

    def _next(self, times):
        with self._lock:
            lat, lon = dispatch_fleet.place(self._chance)
            return next(times, None), an_order(lat, lon, self._chance.randint(1, 3))

    def _buy(self, times):
        connection = http.client.HTTPConnection(*self._address, timeout=20)
        while True:
            due, order = self._next(times)
            if due is None:
                return
            time.sleep(max(0, due - time.monotonic()))
            answer = post(connection, order)
            with self._lock:
                if answer is None:
                    self.failed += 1
                else:
                    self.due[answer] = due


def an_order(lat, lon, quantity, product="Sopaipilla"):
    return {"product": product, "price": 500, "quantity": quantity, "email": "ana@example.com",
            "place": "Portón azul", "lat": lat, "lon": lon}


def post(connection, order):
    """The order's id; None where it is refused."""
    connection.request("POST", "/api/v1/orders", json.dumps(order),
                       {"Content-Type": "application/json"})
    answer = connection.getresponse()
    said = json.loads(answer.read())
    return said["id"] if answer.status == 202 else None


class TillOrders(threading.Thread):
    """An order a second for the real cart; how long until its till has drawn each."""

    def __init__(self, address, cart):
        super().__init__()
        self._connection = http.client.HTTPConnection(*address.split(":"), timeout=20)
        self._cart = cart
        self.stop, self.waits, self.missed = threading.Event(), [], 0

    def run(self):
        number = 0
        while not self.stop.wait(1):
            number += 1
            self._one(f"Tilla {number}.")

    def _one(self, product):
        began = time.monotonic()
        order = post(self._connection, an_order(*FAR, 1, product))
        while not (drawn := self._cart.till.shows(product)) and time.monotonic() < began + 10:
            time.sleep(0.002)
        if drawn:
            self.waits.append(time.monotonic() - began)
            assert self._cart.agent.command("order", order, "rechazado").returncode == 0
        else:
            self.missed += 1


def start(scene):
    smtp = free_port()
    scene.add(Process("mails", [PYTHON, ROOT / "bench" / "smtp_sink.py", smtp,
                                scene.folder / "mails"], scene.folder)).start()
    centre = Centre(scene)
    centre.collector.env.update({
        "CARRITO_ORDERS": "dispatch", "CARRITO_MAIL_RATE": 0, "CARRITO_STRANGER_MAIL_RATE": 0,
        "CARRITO_SMTP": f"smtp://127.0.0.1:{smtp}", "CARRITO_MAIL_FROM": "orders@example.com",
        "CARRITO_UNREGISTERED": 0})
    return centre.start()


def measure(folder, sizes, table):
    scene = Scene(folder)
    try:
        centre = start(scene)
        fleet = scene.add(Fleet(scene, centre.mosquitto.port, sizes.carts)).start()
        wait_until("the carts are there", lambda: "ready" in fleet.text(), 120)
        cart = OrderCart(centre, *FAR, stock=500).open_till().wait_listens()
        wait_until("all are heard", lambda: len(centre.api.items("/carts")) > sizes.carts, 60)
        Buyers(centre.collector.http, sizes.rate).order_for(WARM_S)  # Java compiles itself
        pids = {"collector": centre.collector.pid, "bridge": centre.bridge.pid,
                "Kafka": centre.kafka.pid, "mosquitto": centre.mosquitto.pid}
        time.sleep(REST_S)
        idle = rate_of(pids, REST_S)
        buyers, on_till = Buyers(centre.collector.http, sizes.rate), \
            TillOrders(centre.collector.http, cart)
        cpu = Cpu(pids)
        on_till.start()
        buyers.order_for(sizes.seconds)
        used, elapsed = cpu.used(), cpu.elapsed()
        on_till.stop.set()
        on_till.join()
        time.sleep(LATE_S)
        tell(table, buyers, fleet.offers(), on_till)
        for part, seconds in used.items():
            table.add(f"{part}: CPU of an order", max(0, seconds - idle[part] * elapsed) * MICRO /
                      max(1, len(buyers.due)), "", "us")
        tell_ends(table, centre, buyers)
        assert run(["kill", "-0", fleet.pid]).returncode == 0, "the carts have ended"
    finally:
        scene.close()


def rate_of(pids, seconds):
    """Cores that each uses while nothing is ordered."""
    cpu = Cpu(pids)
    time.sleep(seconds)
    return {part: used / cpu.elapsed() for part, used in cpu.used().items()}


def tell(table, buyers, offers, on_till):
    waits = [(offers[order][1] - due) * MILLI for order, due in buyers.due.items()
             if order in offers]
    for name, share, target in (("p50", 0.5, ""), ("p99", 0.99, "<= 1000")):
        table.add(f"POST until the offer is at the cart, {name}", percentile(waits, share), target,
                  "ms")
    table.add("POST until the offer is at the cart, most", max(waits), "", "ms")
    table.add("orders not taken by the API", buyers.failed, "= 0", "")
    table.add("orders that no cart was offered", len(buyers.due) - len(waits), "= 0", "")
    for name, share, target in (("p50", 0.5, ""), ("p99", 0.99, "<= 1000")):
        table.add(f"POST until the till has drawn it, {name}",
                  percentile([wait * MILLI for wait in on_till.waits], share), target, "ms")
    table.add("orders that the till did not show", on_till.missed, "= 0", "")


def tell_ends(table, centre, buyers):
    ends = {row["id"]: row["status"] for row in centre.api.items("/orders")}
    wrong = [order for order in buyers.due if ends.get(order) != "finalizado"]
    table.add(f"orders not finalizado {LATE_S} s after the last", len(wrong), "= 0", "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--carts", type=int)
    parser.add_argument("--rate", type=float, help="orders a second")
    parser.add_argument("--seconds", type=int)
    sizes = parser.parse_args()
    usual = (100, 10, 15) if sizes.quick else (1000, 50, 60)
    sizes.carts, sizes.rate, sizes.seconds = (
        given or own for given, own in zip((sizes.carts, sizes.rate, sizes.seconds), usual))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what runs is ended then, too
    table = Table()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / ".dev") as folder:
        measure(Path(folder) / "run", sizes, table)
    table.print(f"Dispatch: {sizes.carts} carts, {sizes.rate:g} orders a second, "
                f"{os.cpu_count()} cores")
    return 0


if __name__ == "__main__":
    sys.exit(main())
