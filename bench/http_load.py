"""How long an operator waits for GET /daily-sales?day= while the centre is busy, or under attack.

    ./dev bench http              all of it, about 17 minutes; the first time the store is made
    ./dev bench http load         one of: load, slow, slowloris
    ./dev bench http --quick      short, with a million receipts

`load`: 10 million receipts of 10,000 carts and 30 closed days are stored (see ./dev bench collector);
10,000 carts send 2,000 positions a second, put into Kafka as the bridge does, and 200 clients follow
GET /stream. An operator asks for a closed day, page by page as the console does: the first 100 rows.
Then the same load with the console's map open in a real Chromium, in place of that operator: how
long its frames take (console_frames.py). It is given a stretch of its own, since an operator's
browser is another machine than the centre, and here it would take the collector's cores.
`slowloris`: 1,000 connections send a byte a second, from one address and from 20; the operator asks
as before them. Half of the requests go over a connection that is kept, half over a new one.
`slow`: 1,000 slow readers and 1,000 slow senders, both from 20 networks, one kind after the other and
together; how much longer the operator waits than before them.

The collector runs as in production: all roles, its limits by address and rate. The clock of a
request starts when it is due, or with the answer before. Generator, Kafka, Chromium and collector
share this machine's cores.
"""
import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import console_frames
import sales_store
from measure import ROOT, Cpu, Table, compiled, percentile

from harness.centre import Centre
from harness.process import Process, Scene, memory_kib
from harness.wait import wait_until

CARTS, POSITIONS_PER_S, LISTENERS = 10_000, 2000, 200
SLOW = 1000
INTERVAL_MS, SELDOM_MS = 20, 1000
CHROMIUM_S = 30  # until it shows the map
SITES = 20  # addresses of the listeners, and of an attacker who has several
MIB = 1024
PATIENCE_MS = 10_000  # http_client's: then a request has no answer


class Busy:
    """A centre with a full store."""

    def __init__(self, folder, receipts):
        self.scene = Scene(folder)
        self.centre = Centre(self.scene)
        store = folder / "stores" / "collector.db"
        store.parent.mkdir()
        shutil.copyfile(sales_store.filled(receipts), store)
        sales_store.begin_anew(store)
        self.collector = self.centre.make_collector(name="full", store=store, CARRITO_RATE=60)
        self.day = sales_store.last_day(store) - timedelta(days=3)

    def start(self):
        self.centre.kafka.start().wait_ready()
        self.collector.create_topics()
        self.collector.start().wait_ready(60)
        self.token = self.collector.sign_in().token
        return self

    def carts_move(self, seconds):
        return self.scene.add(Process(
            "positions", [compiled("sales_producer"), self.centre.kafka.brokers, "location", CARTS,
                          POSITIONS_PER_S * seconds, 1, 1, POSITIONS_PER_S],
            self.scene.folder)).start()

    def _client(self, interval_ms, seconds, *others):
        port = self.collector.http.split(":")[1]
        return [compiled("http_client"), port, self.token, f"/api/v1/daily-sales?day={self.day}",
                *map(str, (interval_ms, seconds, *others))]

    def operator(self, seconds, listeners=0, readers=0, senders=0, sites=1):
        """What http_client saw."""
        others = listeners, readers, senders, sites
        done = subprocess.run(self._client(INTERVAL_MS, seconds, *others),
                              stdout=subprocess.PIPE, text=True, check=True)
        return json.loads(done.stdout)

    def audience(self, seconds):
        """Listeners in the background."""
        return self.scene.add(Process(
            "audience", self._client(SELDOM_MS, seconds, LISTENERS, 0, 0, SITES),
            self.scene.folder)).start()

    def close(self):
        self.scene.close()
        shutil.rmtree(self.collector.store.parent)


def _add(table, label, seen, p99, most=""):
    for name in ("kept", "new"):
        times = [ms for ms in seen[name] if ms >= 0]
        words = f"{label}, {name} connection"
        times = times or [PATIENCE_MS]
        table.add(f"{words}: p50", percentile(times, 0.5), "", "ms")
        table.add(f"{words}: p99", percentile(times, 0.99), p99, "ms")
        table.add(f"{words}: most", max(times), most, "ms")
    table.add(f"{label}: no answer", sum(ms < 0 for ms in seen["kept"] + seen["new"]), "= 0")


def _cpu(table, label, cpu):
    for part, seconds in cpu.used().items():
        table.add(f"{label}: {part} CPU", 100 * seconds / cpu.elapsed(), "", "%")


def load(busy, table, seconds):
    alone = busy.operator(seconds)
    _add(table, "nothing else", alone, "")
    mover = busy.carts_move(2 * seconds + CHROMIUM_S + 60)
    wait_until("the positions are in the store", lambda: _positions(busy) > POSITIONS_PER_S * 3, 60)
    cpu = Cpu({"collector": busy.collector.pid, "Kafka": busy.centre.kafka.pid})
    before, since = _positions(busy), time.monotonic()
    seen = busy.operator(seconds, listeners=LISTENERS, sites=SITES)
    rate = (_positions(busy) - before) / (time.monotonic() - since)
    _cpu(table, "load", cpu)
    table.add("load: positions stored", rate, f">= {POSITIONS_PER_S * 0.95}", "1/s")
    table.add("load: clients that listen at the end", seen["listening"], f"= {LISTENERS}")
    table.add("load: events to all of them", seen["events"] / seconds, "", "1/s")
    _add(table, "load", seen, "<= 20")
    table.add("load: memory (RSS)", memory_kib(busy.collector.pid) / MIB, "", "MiB")
    _page(busy, table, seconds + 10)
    mover.close()


def _page(busy, table, seconds):
    audience = busy.audience(seconds + CHROMIUM_S)
    page = console_frames.Frames(f"http://{busy.collector.http}", busy.token)
    try:
        console_frames.add(table, "page", page.seen(seconds))
    finally:
        page.close()
        audience.close()


def _positions(busy):
    rows = busy.collector.metrics().splitlines()
    return sum(float(row.rpartition(" ")[2]) for row in rows
               if row.startswith('carrito_collector_events_total{role="location"'))


def slowloris(busy, table, seconds):
    _add(table, "nothing else", busy.operator(seconds), "")
    for label, sites in (("one attacker", 1), (f"{SITES} attackers", SITES)):
        seen = busy.operator(seconds, senders=SLOW, sites=sites)
        _add(table, label, seen, "", "<= 100")
        table.add(f"{label}: connections held at the end", seen["held"])
        table.add(f"{label}: connections closed by the collector", seen["refused"])
        time.sleep(2)


def slow(busy, table, seconds):
    alone = busy.operator(seconds)
    _add(table, "nothing else", alone, "")
    for label, readers, senders in (("slow readers", SLOW, 0), ("slow senders", 0, SLOW),
                                    ("both", SLOW, SLOW)):
        seen = busy.operator(seconds, readers=readers, senders=senders, sites=SITES)
        _add(table, label, seen, "")
        for name in ("kept", "new"):
            more = _usual_most(seen[name]) - _usual_most(alone[name])
            table.add(f"{label}, {name} connection: p99 more than alone", more, "<= 100", "ms")
        table.add(f"{label}: connections held at the end", seen["held"])
        table.add(f"{label}: connections closed by the collector", seen["refused"])
        time.sleep(2)


def _usual_most(times):
    """p99; a request without an answer waited for all of the operator's patience."""
    return percentile([ms if ms >= 0 else PATIENCE_MS for ms in times], 0.99)


PARTS = {
    "load": ("GET /daily-sales?day= and the page beside 10,000 carts and 200 listeners", load),
    "slow": ("GET /daily-sales?day= beside 1,000 slow readers and 1,000 slow senders", slow),
    "slowloris": ("GET /daily-sales?day= beside 1,000 slow connections", slowloris),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="all where none is named")
    parser.add_argument("--runs", type=int, default=None)
    parser.add_argument("--quick", action="store_true", help="one short run, a million receipts")
    arguments = parser.parse_args()
    runs = arguments.runs or (1 if arguments.quick else 3)
    receipts = sales_store.RECEIPTS // (10 if arguments.quick else 1)
    for name in arguments.part or PARTS:
        title, measure = PARTS[name]
        table = Table()
        for run in range(1, runs + 1):
            print(f"{name}: run {run} of {runs}, load average {os.getloadavg()[0]:.1f}, "
                  f"{time.strftime('%H:%M')}", flush=True)
            with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / ".dev") as folder:
                busy = Busy(Path(folder) / "run", receipts)
                try:
                    measure(busy.start(), table, 6 if arguments.quick else 20)
                finally:
                    busy.close()
        table.print(f"{title}, {receipts:,} receipts stored")


if __name__ == "__main__":
    main()
