#!/usr/bin/python3
"""How fast the collector makes up a backlog, and what its aggregation costs.

    ./dev bench collector             all of it, about 20 minutes and 5 GB of disk
    ./dev bench collector 10000       one of: aggregation, 200, 10000, filled
    ./dev bench collector --quick     a tenth of the events, one run
    ./dev bench collector --runs 5    more runs (3)

Sales of now lie in Kafka (sales_producer.c, one event of each cart in turn: the order that costs
most), then a collector with an empty store starts: once with the role `sales` alone, once with all
roles and the API. The clock starts with the first batch stored and stops with the last, read from
the positions in the store. Kafka shares this machine's cores, and what it uses is said.

`filled`: 10 million receipts of 10,000 carts and 30 closed days are in the store before, put there
by the role itself without Kafka (sales_role.c), and kept in .dev/cache for the next time. The same
outboxes go on, so that what is new lies all over the table. The file is copied just before and so
is in the system's page cache, as far as memory reaches.

`aggregation`: the role's thread without Kafka, CPU time of the process with checkpoints: everything
that the contract keeps of a sale; and the sums alone (reading the event, totals, exact distinct
clients, exactly once by the position in the same transaction), without the receipts' rows.
"""
import argparse
import contextlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

import sales_store
from measure import ROOT, Cpu, Table, compiled
from sales_store import role

from harness.centre import Centre
from harness.process import Scene, memory_kib
from harness.wait import wait_until

MICRO = 1e6
MIB = 1024
REST_S = 10  # after the last role's backlog, until what it took is given back
SUMS_US = {200: "<= 2.2 (Kafka Streams 18)", 10_000: "<= 5"}
ALONE, ALL = "`sales` alone", "all roles"


class Sizes:
    """How much of everything."""

    def __init__(self, quick):
        self.scale = 0.1 if quick else 1
        self.backlog = int(1_000_000 * self.scale)
        self.filled = int(sales_store.RECEIPTS * self.scale)
        self.steps = int(500_000 * self.scale)


@contextlib.contextmanager
def _store(folder):
    """A path for a store that is gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder / "store.db"
    finally:
        shutil.rmtree(folder)


def aggregation(folder, table, sizes):
    costs = {}
    for what, words in (("sums", "the aggregation alone"), ("role", "the role, with all it keeps")):
        for carts in (200, 10_000):
            for run, order in ((1, "one of each cart in turn"), (64, "64 of a cart in a row")):
                with _store(folder) as store:
                    role(store, "members", carts)
                    role(store, what, carts, 2 * carts * run, run)  # the carts are known
                    done = role(store, what, carts, sizes.steps, run)
                cost = costs[what, carts, run] = done["cpu_s"] * MICRO / done["count"]
                table.add(f"{words}, {carts:,} carts, {order}", cost,
                          SUMS_US[carts] if what == "sums" else "", "us")
    for run, order in ((1, "in turn"), (64, "64 in a row")):
        table.add(f"the aggregation alone: 10,000 carts to 200, {order}",
                  costs["sums", 10_000, run] / costs["sums", 200, run], "", "times")


class Backlog:
    """Kafka with sales in it, and the collector that makes them up."""

    def __init__(self, scene, carts, count, first_seq=1):
        self.centre, self.carts, self.count = Centre(scene), carts, count
        self.centre.kafka.start().wait_ready()
        self.centre.collector.create_topics()
        subprocess.run([compiled("sales_producer"), self.centre.kafka.brokers, "sale",
                        str(carts), str(count), "1", str(first_seq), "0"], check=True)

    def store(self, table, name, target, filled=None):
        """Measures a collector of its own; `filled`: the store that it finds."""
        path = self.centre.folder / "stores" / "collector.db"
        with _store(path.parent):
            if filled is not None:
                shutil.copyfile(filled, path)
            else:
                role(path, "members", self.carts)
            sales_store.begin_anew(path)
            roles = {"CARRITO_ROLES": "sales"} if name == ALONE else {}
            self._measure(self.centre.make_collector(
                name=f"collector-{len(roles)}", store=path, **roles), table, (name, target))

    def _measure(self, collector, table, name_and_target):
        name, target = name_and_target
        with sqlite3.connect(f"file:{collector.store}", uri=True, timeout=10) as store:
            collector.start()
            wait_until("the first batch is stored", lambda: _stored(store) > 0, 60, every=0.005)
            cpu = Cpu({"collector": collector.pid, "Kafka": self.centre.kafka.pid})
            at_first = _stored(store)
            wait_until("the backlog is stored", lambda: _stored(store) >= self.count, 600,
                       every=0.02)
            took, used = cpu.elapsed(), cpu.used()
        count, load = self.count - at_first, os.getloadavg()[0]
        table.add(f"{name}: stored", count / took, target, "1/s")
        for part, seconds in used.items():
            table.add(f"{name}: {part} CPU a sale", seconds * MICRO / count, "", "us")
        table.add(f"{name}: memory at most (RSS)",
                  memory_kib(collector.pid, "VmHWM", "status") / MIB, "<= 200", "MiB")
        _wait_for_rest(collector.pid)
        time.sleep(REST_S)
        table.add(f"{name}: memory at rest afterwards (RSS)", memory_kib(collector.pid) / MIB,
                  "<= 60", "MiB")
        assert collector.terminate() == 0
        table.add(f"{name}: lost or twice", abs(self.count - self._counted(collector.store)), "= 0",
                  "sales")
        table.add(f"{name}: load average of the machine at the end", load)

    @staticmethod
    def _counted(path):
        with sqlite3.connect(path) as store:
            return store.execute("SELECT SUM(sales) FROM daily WHERE closed = 0").fetchone()[0]


def _stored(store):
    return store.execute("SELECT COALESCE(SUM(next), 0) FROM positions WHERE role = 'sales'"
                         ).fetchone()[0]


def _wait_for_rest(pid):
    """The other roles' backlogs end later than `sales`': until it takes a tenth of a core only."""
    for _ in range(60):
        cpu = Cpu({"collector": pid})
        time.sleep(1)
        if sum(cpu.used().values()) < 0.1 * cpu.elapsed():
            return
    raise AssertionError("the collector does not come to rest")


def _catch_up(folder, table, backlog, filled=None, alone=""):
    scene = Scene(folder)
    try:
        waiting = Backlog(scene, *backlog)
        waiting.store(table, ALONE, alone, filled)
        waiting.store(table, ALL, "", filled)
    finally:
        scene.close()


def few(folder, table, sizes):
    _catch_up(folder, table, (200, sizes.backlog), alone=">= 100,000")


def many(folder, table, sizes):
    _catch_up(folder, table, (10_000, sizes.backlog), alone=">= 70,000")


def filled(folder, table, sizes):
    store = sales_store.filled(sizes.filled)
    first = sizes.filled // sales_store.CARTS + 1
    table.add("receipts stored before", sizes.filled)
    table.add("the store's size before", store.stat().st_size / MIB / MIB, "", "MiB")
    _catch_up(folder, table, (sales_store.CARTS, sizes.backlog, first), store, ">= 50,000")


PARTS = {
    "aggregation": ("The aggregation and the role, without Kafka: CPU an event", aggregation),
    "200": ("Catch-up, 200 carts", few),
    "10000": ("Catch-up, 10,000 carts", many),
    "filled": ("Catch-up, 10,000 carts, with receipts stored before", filled),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="all where none is named")
    parser.add_argument("--runs", type=int, default=None)
    parser.add_argument("--quick", action="store_true", help="a tenth of the events, one run")
    arguments = parser.parse_args()
    compiled("sales_producer")
    sizes, runs = Sizes(arguments.quick), arguments.runs or (1 if arguments.quick else 3)
    for name in arguments.part or PARTS:
        title, measure = PARTS[name]
        table = Table()
        for run in range(1, runs + 1):
            print(f"{name}: run {run} of {runs}, load average {os.getloadavg()[0]:.1f}, "
                  f"{time.strftime('%H:%M')}", flush=True)
            with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / ".dev") as folder:
                measure(Path(folder) / "run", table, sizes)
        table.print(title)


if __name__ == "__main__":
    main()
