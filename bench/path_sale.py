"""The whole way: how late a sale is on the operator's screen, and how many fit through."""
import http.client
import json
import time

from measure import Cpu, compiler_seconds, percentile

from harness.api import metric
from harness.centre import Centre
from harness.events import plate
from harness.process import Scene
from harness.wait import wait_until

LATENCY_SECONDS = 30
WARM_SECONDS = 20  # Java compiles what it runs often
LOAD_SECONDS = 20
POLL_S = 0.001
MICRO = 1e6


class Poller:
    """GET /daily-sales of one cart over one kept connection: light, so that it measures and does
    not load."""

    def __init__(self, centre, cart):
        host, port = centre.collector.http.split(":")
        self._connection = http.client.HTTPConnection(host, int(port), timeout=10)
        self._path = f"/api/v1/daily-sales?cart={cart}"
        self._headers = {"Authorization": f"Bearer {centre.api.token}"}

    def sales(self):
        self._connection.request("GET", self._path, headers=self._headers)
        answer = json.loads(self._connection.getresponse().read())
        return sum(row["sales"] for row in answer["items"])


def _pids(centre, **more):
    return {"bridge": centre.bridge.pid, "collector": centre.collector.pid,
            "Kafka": centre.kafka.pid, "mosquitto": centre.mosquitto.pid,
            **{name: part.pid for name, part in more.items()}}


def latency(folder, table):
    """The clock starts when the vendor's command is sent to the agent's socket, and stops with the
    first answer of GET /daily-sales that counts the sale."""
    scene = Scene(folder)
    try:
        centre = Centre(scene).start()
        agent = centre.make_agent(plate()).start().wait_ready()
        sim = centre.make_sim(carts=200, rate=1000, duration=WARM_SECONDS + LATENCY_SECONDS + 10,
                              seed=1).start()
        time.sleep(WARM_SECONDS)
        poller, waits, answers = Poller(centre, agent.cart), [], []
        cpu, sold = Cpu(_pids(centre)), 0
        compiling = compiler_seconds(centre.kafka.pid)
        end = time.monotonic() + LATENCY_SECONDS
        while time.monotonic() < end:
            start = time.monotonic()
            agent.sell_by_socket(1)
            sold += 1
            answers.append((time.monotonic() - start) * 1000)
            while poller.sales() < sold:
                time.sleep(POLL_S)
            waits.append((time.monotonic() - start) * 1000)
            time.sleep(0.05)
        used, events = cpu.used(), cpu.elapsed() * 1000
        compiling = compiler_seconds(centre.kafka.pid) - compiling
        assert sim.wait(120) == 0, "the simulator's events were not all acknowledged"
    finally:
        scene.close()
    table.add("visible after, p50", percentile(waits, 0.5), "<= 8", "ms")
    table.add("visible after, p99", percentile(waits, 0.99), "<= 40", "ms")
    table.add("visible after, most", max(waits), "", "ms")
    table.add("of it until the vendor's ok, p50", percentile(answers, 0.5), "", "ms")
    for name, seconds in used.items():
        target = "<= 410 (half of 820)" if name == "Kafka" else ""
        table.add(f"{name} CPU an event", seconds * MICRO / events, target, "us")
    table.add("of Kafka's, Java compiling itself", compiling * MICRO / events, "", "us")


def _records(centre):
    return sum(sum(centre.kafka.ends(topic)) for topic in ("carrito.sales", "carrito.locations"))


def throughput(folder, table):
    scene = Scene(folder)
    try:
        centre = Centre(scene).start_brokers()
        centre.bridge.start().wait_ready()
        warm = centre.make_sim(name="warm", carts=200, rate=20_000, duration=8, seed=1).start()
        warm.wait(90)
        before = _records(centre)
        sim = centre.make_sim(carts=200, rate=1_000_000, duration=LOAD_SECONDS, seed=2).start()
        cpu = Cpu({"bridge": centre.bridge.pid, "Kafka": centre.kafka.pid,
                   "mosquitto": centre.mosquitto.pid, "sim": sim.pid})
        time.sleep(LOAD_SECONDS)
        used, arrived = cpu.used(), _records(centre) - before
        table.add("events into Kafka", arrived / cpu.elapsed(), ">= 150,000", "1/s")
        for name, seconds in used.items():
            table.add(f"{name} CPU an event", seconds * MICRO / arrived, "", "us")
        assert sim.wait(120) == 0, "the simulator's events were not all acknowledged"
        sold = sum(row["sales"] for part in (warm, sim) for row in part.truth().values())
        alone = centre.make_collector(name="sales-alone", store=scene.folder / "alone.db",
                                      CARRITO_ROLES="sales,api")
        _store(centre, alone, table, sold, ("`sales` alone", ">= 100,000"))
        _store(centre, centre.collector, table, sold, ("`sales` beside all other roles", ""))
    finally:
        scene.close()


def _store(centre, collector, table, sold, name_and_target):
    """The backlog is in Kafka: how fast is it stored? From the first batch to the last."""
    name, target = name_and_target
    events = sum(centre.kafka.ends("carrito.sales"))
    collector.start().wait_ready()
    api = collector.sign_in()
    cpu = Cpu({"collector": collector.pid})

    def stored():
        return metric(collector.metrics(), "carrito_collector_events_total", role="sales")

    at_first = stored()
    wait_until("the backlog is stored", lambda: stored() >= events, 300, every=0.1)
    count = events - at_first
    table.add(f"stored by {name}", count / cpu.elapsed(), target, "1/s")
    table.add(f"stored by {name}: collector CPU a sale", cpu.used()["collector"] * MICRO / count,
              "", "us")
    shown = sum(row["sales"] for row in api.items("/daily-sales"))
    table.add(f"stored by {name}: lost", sold - shown, "= 0", "sales")
    assert collector.terminate() == 0
