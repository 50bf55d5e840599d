"""The bridge alone: publisher -> mosquitto -> bridge -> Kafka -> consumer, without a collector."""
import contextlib
import json
import subprocess
import time

from measure import Cpu, compiled

from harness.centre import Centre
from harness.process import BIN, Process, Scene

SECONDS = 15
GATHER_SECONDS = 8
CARTS = 200
MICRO = 1e6


@contextlib.contextmanager
def _bridge_and_kafka(folder):
    scene = Scene(folder)
    try:
        centre = Centre(scene).start_brokers()
        centre.bridge.start().wait_ready()
        yield centre
    finally:
        scene.close()


class _Counting:
    """A helper in C that counts until SIGTERM and then prints one line of JSON."""

    def __init__(self, scene, name, *words):
        self.process = scene.add(Process(name, [compiled(name), *words], scene.folder))
        self.process.start()

    @property
    def pid(self):
        return self.process.pid

    def wait_for(self, text, seconds=20):
        end = time.monotonic() + seconds
        while text not in self.process.text():
            assert time.monotonic() < end, f"{self.process.name} is not {text}"
            time.sleep(0.05)

    def result(self):
        self.process.terminate(30)
        return json.loads(self.process.text().splitlines()[-1])


def _load(centre, rate, seconds, batch, peer=None):
    """One load through the bridge. Returns what was sent, what came, and the CPU time of each."""
    consumer = _Counting(centre.scene, "consumer", centre.kafka.brokers, "carrito.sales")
    consumer.wait_for("ready")
    pids = {"bridge": centre.bridge.pid, "Kafka": centre.kafka.pid,
            "mosquitto": centre.mosquitto.pid}
    if peer is not None:
        pids["subscriber"] = peer.pid
    cpu = Cpu(pids)
    done = subprocess.run([compiled("publisher"), str(centre.mosquitto.port), str(CARTS), str(rate),
                           str(seconds), str(batch)], capture_output=True, text=True,
                          timeout=seconds + 60, check=False)
    used = cpu.used()
    assert done.returncode == 0, f"publisher: {done.stdout}{done.stderr}"
    sent = json.loads(done.stdout)
    time.sleep(1)
    came = consumer.result()
    return sent, came, {name: seconds * MICRO / sent["sent"] for name, seconds in used.items()}


def _order_and_loss(table, label, sent, came):
    table.add(f"{label}: lost", sent["sent"] - came["records"], "= 0", "events")
    table.add(f"{label}: out of their cart's order", came["not_ascending"], "= 0", "events")


def _warm(centre):
    """The JVM compiles what it runs often; the first seconds measure that."""
    _load(centre, 2000, 5, 1)


def single_events(folder, table):
    with _bridge_and_kafka(folder) as centre:
        _warm(centre)
        peer = _Counting(centre.scene, "peer_subscriber", centre.mosquitto.port)
        time.sleep(0.5)
        for rate, target in ((5000, "<= 80 (Telegraf 113)"), (0, "<= 25 (Telegraf 32)")):
            sent, came, cpu = _load(centre, rate, SECONDS, 1, peer)
            label = f"{rate:,}/s" if rate else "at most"
            table.add(f"{label}: messages a second", sent["sent"] / sent["seconds"], "", "1/s")
            table.add(f"{label}: bridge CPU a message", cpu["bridge"], target, "us")
            table.add(f"{label}: subscriber that does nothing", cpu["subscriber"], "", "us")
            table.add(f"{label}: Kafka CPU a message", cpu["Kafka"], "", "us")
            table.add(f"{label}: mosquitto CPU a message", cpu["mosquitto"], "", "us")
            _order_and_loss(table, label, sent, came)
        peer.process.terminate(10)
        sent, came, cpu = _load(centre, 1000, SECONDS, 1)
        table.add("1,000/s: publish -> consumer p50", came["p50"], "<= 1 (Telegraf 4.7)", "ms")
        table.add("1,000/s: publish -> consumer p99", came["p99"], "<= 5 (Telegraf 8.8)", "ms")
        table.add("1,000/s: publish -> consumer p99.9", came["p999"], "", "ms")
        table.add("1,000/s: bridge CPU a message", cpu["bridge"], "", "us")
        table.add("1,000/s: Kafka CPU a message", cpu["Kafka"], "", "us")
        table.add("1,000/s: bridge and Kafka together", cpu["bridge"] + cpu["Kafka"],
                  "<= 500 (Telegraf 609)", "us")
        _order_and_loss(table, "1,000/s", sent, came)


def _loads(centre, rate, program, seconds):
    """One load through the bridge that is this program: what came, and the CPU time."""
    centre.bridge.terminate()
    centre.bridge.argv = [str(program)]
    centre.bridge.start().wait_ready()
    sent, came, cpu = _load(centre, rate, seconds, 1)
    assert came["records"] == sent["sent"] and came["not_ascending"] == 0, (sent, came)
    return {"bridge CPU a message": cpu["bridge"], "Kafka CPU a message": cpu["Kafka"],
            "bridge and Kafka together": cpu["bridge"] + cpu["Kafka"],
            "publish -> consumer p50": came["p50"], "publish -> consumer p99": came["p99"]}


def gathering(folder, table):
    """Both kinds of the same build, there and back, on the same Kafka: what a JVM still learns in a
    run is shared by both."""
    kinds = {"gathers": BIN / "carrito-bridge", "does not": BIN / "tests" / "bridge_ungathered"}
    with _bridge_and_kafka(folder) as centre:
        _warm(centre)
        for rate in (5000, 1000):
            found = {kind: [] for kind in kinds}
            for kind in [*kinds, *reversed(kinds)]:
                found[kind].append(_loads(centre, rate, kinds[kind], GATHER_SECONDS))
            means = {kind: {name: sum(run[name] for run in runs) / len(runs) for name in runs[0]}
                     for kind, runs in found.items()}
            for name in means["gathers"]:
                for kind in kinds:
                    limit = "<= 6" if (rate, kind) == (5000, "gathers") and "p50" in name else ""
                    table.add(f"{rate:,}/s: {name}, {kind}", means[kind][name], limit,
                              "ms" if ">" in name else "us")
            table.add(f"{rate:,}/s: together, share of the one that does not",
                      means["gathers"]["bridge and Kafka together"] /
                      means["does not"]["bridge and Kafka together"],
                      "<= 0.63" if rate == 5000 else "", "")


def batches(folder, table):
    with _bridge_and_kafka(folder) as centre:
        _warm(centre)
        for rate, target in ((20_000, "<= 7 (Redpanda Connect 13)"), (0, "")):
            sent, came, cpu = _load(centre, rate, SECONDS, 64)
            label = f"{rate:,}/s" if rate else "at most"
            table.add(f"{label}: events a second", sent["sent"] / sent["seconds"], "", "1/s")
            for name in ("bridge", "Kafka", "mosquitto"):
                table.add(f"{label}: {name} CPU an event", cpu[name],
                          target if name == "bridge" else "", "us")
            table.add(f"{label}: publish -> consumer p50", came["p50"], "", "ms")
            _order_and_loss(table, label, sent, came)
