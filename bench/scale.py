#!/usr/bin/python3
"""Scaling, in two small examples: `./dev bench scale`, about two minutes.

1. Batches: the same events with 1 and with 64 in an MQTT message; CPU time of broker and bridge.
2. Collectors: how long one process and two on one SQLite store take for the same backlog of sales.
"""
import tempfile
import time
from pathlib import Path

from measure import Cpu

from harness.api import metric
from harness.centre import Centre
from harness.process import Scene
from harness.wait import wait_until

# Few carts that are never through with what they have, so that batches fill.
EVENTS_PER_SECOND, SECONDS, CARTS = 4000, 6, 10
BACKLOG_PER_SECOND, BACKLOG_SECONDS = 8000, 15


def batches(centre):
    for batch in (1, 64):
        cpu = Cpu({"mosquitto": centre.mosquitto.pid, "bridge": centre.bridge.pid})
        before = metric(centre.bridge.metrics(), "carrito_bridge_records_total", result="ok")
        sim = centre.make_sim(f"sim-{batch}", carts=CARTS, rate=EVENTS_PER_SECOND,
                              duration=SECONDS, seed=batch, batch=batch).start()
        assert sim.wait(SECONDS + 90) == 0, "not all was acknowledged"
        events = metric(centre.bridge.metrics(), "carrito_bridge_records_total",
                        result="ok") - before
        used = " ".join(f"{name} {1e6 * seconds / events:.1f}"
                        for name, seconds in cpu.used().items())
        print(f"at most {batch:2} a message: {events:.0f} records in {cpu.elapsed():.1f} s; "
              f"CPU in us per record: {used}", flush=True)


def backlog(centre):
    sim = centre.make_sim("backlog", carts=200, rate=BACKLOG_PER_SECOND, duration=BACKLOG_SECONDS,
                          seed=3).start()
    sim.wait(BACKLOG_SECONDS + 90)


def collectors(centre, scene, count):
    store = scene.folder / f"store-{count}.db"
    processes = [centre.make_collector(name=f"collector-{count}-{i}", store=store,
                                       CARRITO_ROLES="sales,api") for i in range(count)]
    wanted = sum(centre.kafka.ends("carrito.sales"))
    for process in processes:
        process.start()

    def applied():
        return [metric(p.metrics(), "carrito_collector_events_total", role="sales")
                for p in processes]
    wait_until("all have partitions", lambda: all(applied()), 60, every=0.01)
    start, first = time.monotonic(), sum(applied())
    wait_until("the backlog is applied", lambda: sum(applied()) >= wanted, 180)
    rate = (wanted - first) / (time.monotonic() - start)
    print(f"{count} collector(s): {rate:.0f} records/s with all at work, of {wanted}; "
          f"shared {applied()}", flush=True)
    for process in processes:
        process.terminate()


def main():
    with tempfile.TemporaryDirectory(prefix="carrito-bench-") as folder:
        scene = Scene(Path(folder) / "scene")
        try:
            centre = Centre(scene)
            centre.start_brokers()
            centre.bridge.start()
            centre.bridge.wait_ready()
            batches(centre)
            backlog(centre)
            for count in (1, 2, 1, 2):
                for old in scene.folder.glob("store-*"):
                    old.unlink()
                collectors(centre, scene, count)
        finally:
            scene.close()


main()
