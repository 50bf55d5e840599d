#!/usr/bin/python3
"""A week of the whole centre for 50 carts, within the memory of its units and one CPU.

    ./dev bench week                  about 15 minutes; as root
    ./dev bench week --days 2         shorter

mosquitto, Kafka (one-box.properties), bridge and collector run in control groups: each with the
MemoryMax= of its unit in deploy/systemd/, mosquitto with what is left of 2 GB, and one CPU for all of
them. Their clock is put forward (later.c) from day to day: to 20:01, when each cart
hands over its whole day (300 sales, and a position every 30 s from 08:00 to 20:00), and to 00:06, when
the day must close. Time runs at its own pace in between, and their timers are those of the machine.
So records, days, closes and reports are dated as in that week, a day's load comes within a minute
(which is more than the week has at any moment), and what is left out is the hours in which nothing
comes. A step of the clock looks like a machine that slept: a `link-down` of each is expected.
"""
import argparse
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from measure import BUILD, ROOT, Table

from harness.cart import PahoCart
from harness.mosquitto import Mosquitto
from harness.process import Scene, cpu_seconds, memory_kib
from harness.programs import Bridge, Collector
from harness.secured_kafka import Node
from harness.wait import wait_until

ZONE = ZoneInfo("America/Santiago")
MONDAY = datetime(2027, 3, 1, tzinfo=ZONE)
CARTS, SALES, POSITIONS, BATCH = 50, 300, 1440, 64
OPEN_HOURS = 12
BOX_BYTES = 2 << 30
CPU_PERIOD_US = 100_000
GROUPS = Path("/sys/fs/cgroup")
MIB = 1 << 20


class Clock:
    """What all parts take for the time: seconds in a file, which later.c adds."""

    def __init__(self, folder):
        self.file = folder / "clock"
        self.file.write_bytes(struct.pack("=q", 0))
        self.env = {"LD_PRELOAD": preloaded(), "LATER_FILE": self.file}
        self.ahead_s = 0

    def put(self, moment):
        """Forward only, in one write, as the file is mapped."""
        ahead_s = int(moment.timestamp() - time.time())
        assert ahead_s > self.ahead_s, "the clock goes forward only"
        self.ahead_s = ahead_s
        with open(self.file, "r+b", buffering=0) as file:
            file.write(struct.pack("=q", ahead_s))

    def now_ms(self):
        return int((time.time() + self.ahead_s) * 1000)


def preloaded():
    """later.c as a library."""
    BUILD.mkdir(parents=True, exist_ok=True)
    library = BUILD / "later.so"
    subprocess.run(["cc", "-O2", "-std=c11", "-D_GNU_SOURCE", "-fPIC", "-shared",
                    ROOT / "bench" / "later.c", "-o", library], check=True)
    return library


class Box:
    """One CPU for all, and its memory for each: control groups of version 1."""

    def __init__(self):
        self.name = f"carrito-week-{os.getpid()}"
        if os.geteuid() != 0 or not (GROUPS / "memory" / "memory.limit_in_bytes").exists():
            sys.exit("week: this needs root and control groups of version 1 (/sys/fs/cgroup/memory)")
        self.cpu = GROUPS / "cpu" / self.name
        self.cpu.mkdir()
        (self.cpu / "cpu.cfs_period_us").write_text(str(CPU_PERIOD_US))
        (self.cpu / "cpu.cfs_quota_us").write_text(str(CPU_PERIOD_US))
        self.memory = {}

    def add(self, name, pid, limit):
        group = GROUPS / "memory" / f"{self.name}-{name}"
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(limit))
        self.memory[name] = group
        for folder in (group, self.cpu):
            (folder / "cgroup.procs").write_text(str(pid))

    def peak(self, name):
        """With the files that it has in memory."""
        return int((self.memory[name] / "memory.max_usage_in_bytes").read_text())

    def close(self):
        for group in (*self.memory.values(), self.cpu):
            wait_until(f"{group} is empty", lambda group=group: group.rmdir() or True, 10)


def unit_memory(name):
    """MemoryMax= of a unit, in bytes."""
    text = (ROOT / "deploy" / "systemd" / f"carrito-{name}.service").read_text()
    number, unit = re.search(r"^MemoryMax=(\d+)([MG])$", text, re.M).groups()
    return int(number) << {"M": 20, "G": 30}[unit]


class Cart:
    """Hands over a whole day as a cart does that had no network: in its order, a batch at a time."""

    def __init__(self, port, number):
        self.mqtt = PahoCart(port, f"GREMIO-{number:02}")
        self.random = random.Random(number)
        self.sold = {}

    def day(self, day):
        """The events of a day, by time."""
        opened = day + timedelta(hours=8)
        moments = [("sale", self.random.uniform(0, OPEN_HOURS * 3600)) for _ in range(SALES)]
        moments += [("location", OPEN_HOURS * 3600 / POSITIONS * n) for n in range(POSITIONS)]
        for kind, after_s in sorted(moments, key=lambda moment: moment[1]):
            ts_ms = int((opened + timedelta(seconds=after_s)).timestamp() * 1000)
            place = {"lat": -33.43 - self.random.random() / 100,
                     "lon": -70.65 - self.random.random() / 100}
            if kind == "location":
                yield self.mqtt.outbox.event("location", ts_ms=ts_ms, clock="gps", acc=8, **place)
                continue
            quantity = self.random.randint(1, 6)
            key = day.date().isoformat()
            self.sold[key] = self.sold.get(key, 0) + quantity
            yield self.mqtt.outbox.sale(quantity, ts_ms=ts_ms, clock="gps", amount=500 * quantity,
                                        client=f"cliente {self.random.randint(1, 200)}",
                                        fix_ms=ts_ms, **place)

    def hand_over(self, day):
        events = list(self.day(day))
        for first in range(0, len(events), BATCH):
            part = events[first:first + BATCH]
            self.mqtt.send(part, f"{self.mqtt.outbox.epoch}:{part[-1]['seq']}")
            self.mqtt.wait_acked(part[-1]["seq"], 120)

    def close_day(self, now_ms):
        self.mqtt.publish(f"carrito/v1/{self.mqtt.cart}/state", json.dumps(
            {"state": "offline", "reason": "closed", "epoch": self.mqtt.outbox.epoch,
             "session": 1, "ts_ms": now_ms}).encode(), retain=True)


class Centre:
    """The parts in their groups."""

    def __init__(self, scene, box):
        self.clock = Clock(scene.folder)
        self.clock.put(MONDAY + timedelta(hours=7))
        self.box = box
        limits = {name: unit_memory(name) for name in ("kafka", "bridge", "collector")}
        limits["mosquitto"] = BOX_BYTES - sum(limits.values())
        self.limits = limits
        self.mosquitto = scene.add(Mosquitto(scene.folder, persistent=True))
        self.kafka = scene.add(Node(scene.folder, 1).configure_box())
        self.bridge = scene.add(Bridge(scene.folder, self.mosquitto.port, self.kafka.brokers))
        self.collector = scene.add(Collector(
            scene.folder, self.kafka.brokers, CARRITO_HOURS="08:00-20:00", CARRITO_SMTP="",
            CARRITO_UNREGISTERED=0))
        self.parts = {"mosquitto": self.mosquitto, "kafka": self.kafka, "bridge": self.bridge,
                      "collector": self.collector}
        self.cpu_before = {}

    def start(self):
        self.kafka.format("--standalone", "--cluster-id", "AAAAAAAAAAAAAAAAAAAAAA")
        for part in self.parts.values():
            part.env = {**part.env, **self.clock.env}
        for name, part in self.parts.items():
            if name == "bridge":
                wait_until("Kafka takes topics", self._make_topics, 120)
            part.start()
            self.box.add(name, part.pid, self.limits[name])
        self.bridge.wait_ready(60)
        self.collector.wait_ready(60)
        self.api = self.collector.sign_in()
        return self

    def _make_topics(self):
        assert self.kafka.alive(), self.kafka.tail()
        self.collector.create_topics()
        return True

    def disk(self):
        """Bytes on the disk of the store and of Kafka."""
        store = sum(file.stat().st_blocks * 512
                    for file in self.collector.store.parent.glob("collector.db*"))
        log = sum(file.stat().st_blocks * 512 for file in self.kafka.data.rglob("*")
                  if file.is_file())
        return {"store": store, "Kafka": log}


def run_day(centre, carts, day, table):
    before, used = centre.disk(), {n: cpu_seconds(p.pid) for n, p in centre.parts.items()}
    date = day.date().isoformat()
    centre.clock.put(day + timedelta(hours=20, minutes=1))
    centre.api = centre.collector.sign_in()  # a token lasts less than a day
    started = time.monotonic()
    with ThreadPoolExecutor(len(carts)) as pool:
        list(pool.map(lambda cart: cart.hand_over(day), carts))
    took_s = time.monotonic() - started
    for cart in carts:
        cart.close_day(centre.clock.now_ms())
    truth = {cart.mqtt.cart: cart.sold[date] for cart in carts}

    def rows():
        return {row["cart"]: row for row in centre.api.items("/daily-sales", day=date)}
    wait_until(f"{date}: all is counted", lambda: {
        cart: row["quantity"] for cart, row in rows().items()} == truth, 120, every=0.5)
    centre.clock.put(day + timedelta(days=1, minutes=6))
    centre.api = centre.collector.sign_in()
    wait_until(f"{date}: closed", lambda: {
        row["status"] for row in rows().values()} == {"closed"}, 120, every=0.5)
    assert {cart: row["quantity"] for cart, row in rows().items()} == truth
    events = len(carts) * (SALES + POSITIONS)
    table.add("a day's events handed over, and kept", events / took_s, "", "events/s")
    for name, part in centre.parts.items():
        table.add(f"{name}: CPU for a day", cpu_seconds(part.pid) - used[name], "", "s")
    for name, size in centre.disk().items():
        table.add(f"{name}: disk for a day", (size - before[name]) / MIB, "", "MiB")
    print(f"{date}: {events} events in {took_s:.0f} s, closed", flush=True)


def summary(centre, table):
    for name, part in centre.parts.items():
        table.add(f"{name}: most resident memory", memory_kib(part.pid, "VmHWM", "status") / 1024,
                  f"<= {centre.limits[name] // MIB}", "MiB")
        table.add(f"{name}: most in its group, files in memory too",
                  centre.box.peak(name) / MIB, f"<= {centre.limits[name] // MIB}", "MiB")
        assert part.alive(), f"{name} has ended"
    kinds = {}
    for alert in centre.api.items("/alerts"):
        kinds[alert["kind"]] = kinds.get(alert["kind"], 0) + 1
    print(f"alerts: {kinds}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=int, default=7)
    arguments = parser.parse_args()
    (ROOT / ".dev").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="week-", dir=ROOT / ".dev"))
    scene, box, table = Scene(folder / "run"), Box(), Table()
    try:
        centre = Centre(scene, box).start()
        carts = [Cart(centre.mosquitto.port, number) for number in range(1, CARTS + 1)]
        for number in range(arguments.days):
            run_day(centre, carts, MONDAY + timedelta(days=number), table)
        summary(centre, table)
        for cart in carts:
            cart.mqtt.close()
    except BaseException:
        print(scene.tails())
        raise
    finally:
        scene.close()
        box.close()
        shutil.rmtree(folder, ignore_errors=True)
    table.print(f"{arguments.days} days of {CARTS} carts, {SALES} sales and {POSITIONS} positions each")


if __name__ == "__main__":
    main()
