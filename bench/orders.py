#!/usr/bin/python3
"""Orders from POST to `finalizado`, beside a plain order system on Flask and kafka-python.

    ./dev bench orders            everything, about 40 minutes; writes docs/bench/
    ./dev bench orders --brief    the same, but of the reference as it is 100 orders: 15 minutes
    ./dev bench orders --quick    100 orders only, and of the reference only the fast form: 2 minutes

Eight scenarios: 100 and 1,000 orders, one every 10 ms and all at once, 1 and 5 partitions in the
topics of orders; and 10,000 orders the same ways. The clock of an order starts when it is due, and
stops with the first GET that shows it `finalizado`. Every system has the machine to itself: one runs
at a time, on a Kafka of its own, with a mail server that takes every mail. Some orders go before,
as a Kafka that has just started is still compiling its code.

The reference runs twice: with 50 ms of work per state and a mail each, as it is usually built; and
without both. As usually built it takes one order after the other, so that 10,000 would take more
than half an hour for each scenario and say nothing new: that is left out.
"""
import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from confluent_kafka.admin import NewTopic

import orders_report
from measure import BUILD, ROOT, Cpu, Table, compiled

from harness.kafka import Kafka
from harness.ports import free_port
from harness.process import Process, Scene
from harness.programs import Collector
from harness.wait import wait_until

PYTHON = "/usr/bin/python3"
PEERS = ROOT / "bench" / "peers"
ORDER_TOPICS = ["carrito.order-steps", "carrito.order-requests", "carrito.order-processing",
                "carrito.order-notifications"]
INTERVALS = {"one every 10 ms": 10000, "all at once": 0}
TARGETS = {"one every 10 ms": ("<= 5", "<= 20"), "all at once": ("<= 150", "<= 300")}


class Ours:
    """The collector with all its roles, as `./dev up` runs it."""

    name = "carrito"

    def __init__(self, scene, kafka, partitions, smtp_port):
        self._collector = scene.add(Collector(
            scene.folder, kafka.brokers, CARRITO_MAIL_RATE=0, CARRITO_STRANGER_MAIL_RATE=0,
            CARRITO_ORDERS="auto", CARRITO_ORDER_STEP_MS=0,
            CARRITO_SMTP=f"smtp://127.0.0.1:{smtp_port}", CARRITO_MAIL_FROM="orders@example.com"))
        self._collector.create_topics()
        _make_topics(kafka, ORDER_TOPICS, partitions)
        self.port = int(self._collector.http.split(":")[1])

    def start(self):
        self._collector.start().wait_ready()
        return {"collector": self._collector.pid}


class Reference:
    def __init__(self, scene, kafka, partitions, smtp_port, work_ms=0):
        _make_topics(kafka, ["reference-requests", "reference-states"], partitions)
        self.port = free_port()
        services = {"orders": self.port, "processing": work_ms}
        if work_ms:
            services["notifications"] = smtp_port
        self._parts = [scene.add(_python(scene, f"reference-{name}",
                                         [PEERS / "orders_reference.py", name, argument,
                                          kafka.brokers]))
                       for name, argument in services.items()]

    def start(self):
        for part in self._parts:
            part.start()
        wait_until("the reference listens", lambda: _listens(self.port), 30)
        return {part.name: part.pid for part in self._parts}


def working(scene, kafka, partitions, smtp_port):
    return Reference(scene, kafka, partitions, smtp_port, work_ms=50)


Ours.largest, Reference.largest, working.largest = 10000, 10000, 1000
Ours.warm_up, Reference.warm_up, working.warm_up = 500, 500, 20
Ours.again, Reference.again, working.again = 5, 5, 1  # runs of a scenario of at most FEW orders
FEW = 100  # whose p99 is the second slowest order: one run says little of it
SYSTEMS = {"carrito": Ours, "reference without work and mail": Reference,
           "reference as it is": working}


def _python(scene, name, words):
    return Process(name, [PYTHON, *words], scene.folder, {"PYTHONPATH": BUILD / "peers"})


def _listens(port):
    return subprocess.run(["bash", "-c", f": </dev/tcp/127.0.0.1/{port}"],
                          stderr=subprocess.DEVNULL, check=False).returncode == 0


def _make_topics(kafka, names, partitions):
    """With this many partitions, whatever they had."""
    admin = kafka.admin()

    def there():
        return set(names) & set(admin.list_topics(timeout=10).topics)
    if there():
        for done in admin.delete_topics(sorted(there())).values():
            done.result(30)
        wait_until("the topics are gone", lambda: not there(), 30)
    for done in admin.create_topics([
            NewTopic(name, partitions, 1, config={"message.timestamp.type": "LogAppendTime"})
            for name in names]).values():
        done.result(30)
    wait_until("the topics are there", lambda: there() == set(names), 30)


def _install_reference():
    """Its libraries, by pip, once per state of the list."""
    wanted, mark = (PEERS / "requirements.txt").read_text(), BUILD / "peers" / "requirements.txt"
    if mark.exists() and mark.read_text() == wanted:
        return
    subprocess.run([PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check",
                    "--root-user-action=ignore", "--upgrade", "--target", BUILD / "peers", "-r",
                    PEERS / "requirements.txt"], check=True)
    mark.write_text(wanted)


def load(port, count, interval_us, seconds):
    """A run of the client in C: {"accepted", "done" (ms; None: never), "wrong", "seconds"}."""
    done = subprocess.run([compiled("orders_load"), str(port), str(count), str(interval_us),
                           str(seconds), "1"], stdout=subprocess.PIPE, text=True, check=False)
    rows = [line.split() for line in done.stdout.splitlines()]
    assert len(rows) == count, f"the client ended with {done.returncode}"
    ends = [i * interval_us / 1e6 + int(row[1]) / 1e6 for i, row in enumerate(rows)
            if int(row[1]) >= 0]
    return {"accepted": [int(row[0]) / 1000 for row in rows if int(row[0]) >= 0],
            "done": [int(row[1]) / 1000 if int(row[1]) >= 0 else None for row in rows],
            "wrong": sum(row[2] != "finalizado" for row in rows),
            "seconds": max(ends, default=1)}


class Mails:
    """The mail server; it counts."""

    def __init__(self, scene):
        self.port, self._file = free_port(), scene.folder / "mails"
        self._file.write_text("0")
        self._sink = scene.add(_python(scene, "mails", [ROOT / "bench" / "smtp_sink.py", self.port,
                                                        self._file]))
        self._sink.start()
        wait_until("the mail server listens", lambda: _listens(self.port), 30)
        self.pid = self._sink.pid

    def taken(self):
        return int(self._file.read_text() or 0)

    def wait_quiet(self, seconds=600):
        """Nothing more comes for two seconds; returns how many came in all."""
        end, last = time.monotonic() + seconds, -1
        while time.monotonic() < end and self.taken() != last:
            last = self.taken()
            time.sleep(2)
        return self.taken()


def once(port, count, interval_us, mails, pids):
    """One run of a scenario, with what it cost and the mails that it caused."""
    before, cpu = mails.wait_quiet(), Cpu(pids)
    run = load(port, count, interval_us, 60 + count)
    run["mails"] = mails.wait_quiet() - before
    run["cpu"] = {part: used * 1e6 / count for part, used in cpu.used().items()}
    return run


def _p99(run):
    found = orders_report.figures(run)
    return found["p99"] if found else float("inf")


def measure(folder, name, partitions, sizes):
    """All scenarios of one system on one Kafka: {(orders, load): run}. Of several runs of one, the
    one whose p99 is in the middle."""
    scene, runs = Scene(folder), {}
    try:
        kafka = scene.add(Kafka(scene.folder))
        kafka.start().wait_ready()
        mails = Mails(scene)
        system = SYSTEMS[name](scene, kafka, partitions, mails.port)
        pids = {**system.start(), "Kafka": kafka.pid, "mail server": mails.pid}
        warm = load(system.port, SYSTEMS[name].warm_up, 10000, 120)
        assert any(warm["done"]), f"{name} does not work: see {folder}"
        for count in [size for size in sizes if size <= SYSTEMS[name].largest]:
            for words, interval_us in INTERVALS.items():
                found = [once(system.port, count, interval_us, mails, pids)
                         for _ in range(SYSTEMS[name].again if count <= FEW else 1)]
                run = runs[count, words] = sorted(found, key=_p99)[len(found) // 2]
                run["p99s"] = sorted(map(_p99, found))
                run["wrong"] = sum(one["wrong"] for one in found)
                print(f"  {name}, {partitions} partitions, {count} orders, {words}: "
                      f"{_words(run)}", flush=True)
    finally:
        scene.close()
    return runs


def _words(run):
    found = orders_report.figures(run)
    if found is None:
        return "none was seen finalizado"
    return (f"mean {found['mean']:.1f} ms, p99 {_all(run['p99s'])} ms, "
            f"{found['throughput']:.0f} orders/s, {run['wrong']} wrong, {run['mails']} mails")


def _all(p99s):
    return " ".join(f"{p99:.1f}" for p99 in p99s)


def check(results):
    """What ours is held against: the table to print, and its rows for the page."""
    table, rows = Table(), ["| carrito | mean ms | at most | p99 ms | at most | not `finalizado` at "
                            "the end | mails |", "|---|---|---|---|---|---|---|"]
    for (partitions, count, words), runs in results.items():
        run = runs["carrito"]
        found = orders_report.figures(run)
        assert found is not None, "none of ours was seen finalizado"
        mean, p99 = TARGETS[words] if count <= 1000 else ("", "")
        cell = f"{count:,} orders, {words}, {partitions} partition{'s' * (partitions > 1)}"
        table.add(f"{cell}: mean", found["mean"], mean, "ms")
        for one in run["p99s"]:
            table.add(f"{cell}: p99", one, p99, "ms")
        table.add(f"{cell}: not finalizado at the end", found["wrong"], "= 0", "")
        table.add(f"{cell}: mails", run["mails"], f"= {4 * count}", "")
        rows.append(f"| {cell} | {found['mean']:.1f} | {mean[3:]} | {_all(run['p99s'])} | {p99[3:]} "
                    f"| {found['wrong']} | {run['mails']:,} |")
    return table, "\n".join(rows)


def scenarios(results, folder):
    """A plot per scenario into the folder; returns the page's part with the tables."""
    parts = []
    for (partitions, count, words), runs in results.items():
        name = f"orders-{count}-{'constant' if INTERVALS[words] else 'at-once'}-{partitions}.svg"
        title = f"{count:,} orders, {words}, {partitions} partition{'s' * (partitions > 1)}"
        (folder / name).write_text(orders_report.plot(title, runs))
        parts.append(f"### {title}\n\n{orders_report.table(runs)}\n![{title}]({name})\n\n")
        parts += [f"CPU µs per order, {system}: " +
                  ", ".join(f"{part} {used:,.0f}" for part, used in run["cpu"].items()) + ".\n\n"
                  for system, run in runs.items()]
    return "".join(parts)


def write(results, targets, folder):
    """Plots, and the page that reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    page = (ROOT / "bench" / "orders_page.md").read_text()
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}"
    (folder / "orders.md").write_text(page.format(
        date=time.strftime("%Y-%m-%d"), machine=machine, targets=targets,
        largest=working.largest,
        scenarios=scenarios(results, folder)).rstrip() + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--brief", action="store_true")
    parser.add_argument("--ours", action="store_true", help="without the reference")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--out", type=Path, help="where plots and tables go (docs/bench)")
    arguments = parser.parse_args()
    if arguments.brief:
        working.largest = 100
    sizes = [100] if arguments.quick else arguments.sizes
    systems = ["carrito"] if arguments.ours else list(SYSTEMS)[:2 if arguments.quick else 3]
    out = arguments.out or (ROOT / ".dev" / "bench" / "orders" if arguments.quick or arguments.ours
                            else ROOT / "docs" / "bench")
    if len(systems) > 1:
        _install_reference()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what runs is ended then, too
    results = {}
    for partitions in (1, 5):
        for name in systems:
            with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / ".dev") as folder:
                for key, run in measure(Path(folder) / "run", name, partitions, sizes).items():
                    results.setdefault((partitions, *key), {})[name] = run
    table, targets = check(results)
    table.print("Orders: from POST to finalizado")
    write(results, targets, out)
    (BUILD / "orders.json").write_text(json.dumps(
        {"/".join(map(str, key)): runs for key, runs in results.items()}))
    print(f"\nplots and tables: {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
