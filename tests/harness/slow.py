"""Two networks of their own, a cart's and its centre's, and between them a cable that carries so many
bits a second each way and loses some packets. Needs root; all of it ends with its processes."""
import contextlib
import ctypes
import os
import sqlite3
import threading

from .cart import MqttClient
from .events import line, now_ms
from .mosquitto import Mosquitto
from .process import Process, run
from .wait import wait_until

CENTRE, CART = "10.8.0.1", "10.8.0.2"
_NEWNET = 0x40000000
_LOCATION = 2  # of enum event_type, as the outbox keeps it
_QUEUE_S = 4  # what waits for the cable is at most so old: mobile networks keep seconds


class SlowLink:
    def __init__(self, scene, bits_per_s, loss_percent=0):
        self.bits_per_s = bits_per_s
        self.centre, self.cart = (
            scene.add(Process(name, ["unshare", "--net", "sleep", "7200"], scene.folder)).start()
            for name in ("centre-net", "cart-net"))
        for end in (self.centre, self.cart):
            wait_until("a network of its own", lambda of=end: _network(of.pid) != _network("self"), 5)
        self._run(self.centre, "ip", "link", "add", "slow", "type", "veth", "peer", "name", "slow",
                  "netns", self.cart.pid)
        for end, address in ((self.centre, CENTRE), (self.cart, CART)):
            self._run(end, "ip", "link", "set", "lo", "up")
            self._run(end, "ip", "link", "set", "slow", "up")
            self._run(end, "ip", "address", "add", f"{address}/24", "dev", "slow")
            self._run(end, "tc", "qdisc", "add", "dev", "slow", "root", "tbf",
                      "rate", f"{bits_per_s}bit", "burst", 1600,
                      "limit", max(3200, bits_per_s * _QUEUE_S // 8))
            if loss_percent:
                self._run(end, "iptables", "-A", "INPUT", "-i", "slow", "-m", "statistic", "--mode",
                          "random", "--probability", loss_percent / 100, "-j", "DROP")

    def _run(self, end, *words):
        done = run(["nsenter", "--target", end.pid, "--net", *words])
        assert done.returncode == 0, done.stderr

    def carried(self):
        """Bytes on the cable so far, Ethernet's among them: from the cart, to the cart."""
        with open(f"/proc/{self.cart.pid}/net/dev", encoding="ascii") as devices:
            numbers = next(row for row in devices if "slow:" in row).split(":")[1].split()
        return int(numbers[8]), int(numbers[0])


def _network(pid):
    return os.readlink(f"/proc/{pid}/ns/net")


@contextlib.contextmanager
def inside(process):
    """What this thread opens, and the threads that it starts, are in the network of `process`."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/proc/self/task/{threading.get_native_id()}/ns/net", "rb") as ours, \
            open(f"/proc/{process.pid}/ns/net", "rb") as theirs:
        assert libc.setns(theirs.fileno(), _NEWNET) == 0, os.strerror(ctypes.get_errno())
        try:
            yield
        finally:
            assert libc.setns(ours.fileno(), _NEWNET) == 0


class Broker(Mosquitto):
    """mosquitto in the centre's network, for the cart too."""

    def __init__(self, folder, link):
        super().__init__(folder)
        self._link = link
        config = folder / f"{self.name}.conf"
        config.write_text(config.read_text() + f"listener {self.port} {CENTRE}\n")
        self.argv = ["nsenter", "--target", str(link.centre.pid), "--net", *map(str, self.argv)]

    def ready(self):
        with inside(self._link.centre):
            return super().ready()


class Acknowledger(MqttClient):
    """Stands in for bridge and Kafka: acknowledges each batch at once."""

    def __init__(self, port):
        self.batches, self.heartbeats, self.payload = [], [], 0
        super().__init__(port, "acknowledger")
        self.subscribe("carrito/v1/+/events")
        self.subscribe("carrito/v1/+/heartbeat")
        self.publish("carrito/v1/bridge/b1/state",
                     b'{"online":true,"timestamp":%d}' % now_ms(), retain=True)

    def last_seq(self):
        return int(self.batches[-1].split(":")[1]) if self.batches else 0

    def on_message(self, message):
        if message.topic.endswith("/heartbeat"):
            self.heartbeats.append(now_ms())
            return
        last = message.properties.CorrelationData.decode()
        self.batches.append(last)
        self.payload += len(message.payload)
        epoch, seq = last.split(":")
        self.publish(message.topic.replace("/events", "/ack"),
                     b'{"epoch":"%s","seq":%s}' % (epoch.encode(), seq.encode()), qos=0)


def may_be_slow():
    """Whether this machine lets us make such networks."""
    done = run(["unshare", "--net", "sh", "-ec", "tc qdisc add dev lo root tbf rate 64kbit burst 1600 "
                "limit 3200; iptables -A INPUT -m statistic --mode random --probability 0.02 -j DROP"])
    return done.returncode == 0


def beyond(agent, link):
    """Lets the agent start in the cart's network, with its broker at the other end."""
    agent.env["CARRITO_MQTT_HOST"] = CENTRE
    agent.argv = ["nsenter", "--target", str(link.cart.pid), "--net", *agent.argv]
    return agent


def fill(agent, sales, positions):
    """A backlog in the outbox of an agent without a network, which is stopped then: sales through
    its socket, and positions as it writes them, which would take a day."""
    for _ in range(sales):
        agent.sell_by_socket(2)
    assert agent.terminate() == 0
    outbox = sqlite3.connect(agent.outbox)
    epoch, first = outbox.execute("SELECT epoch, last_seq + 1 FROM head").fetchone()
    rows = []
    for seq in range(first, first + positions):
        ts_ms = now_ms() - (first + positions - seq) * 10_000
        event = {"v": 1, "type": "location", "cart": agent.cart, "epoch": epoch, "seq": seq,
                 "ts_ms": ts_ms, "clock": "gps", "lat": -33.4372 + seq / 1e5,
                 "lon": -70.6506 - seq / 1e5, "acc": 4.2, "alt": 563.1, "vel": 3.1, "cog": 181.4}
        rows.append((seq, _LOCATION, line(event).decode(), ts_ms))
    with outbox:
        outbox.executemany("INSERT INTO events (seq, type, bytes, ts_ms) VALUES (?, ?, ?, ?)", rows)
        outbox.execute("UPDATE head SET last_seq = ?", (first + positions - 1,))
    outbox.close()
    return first + positions - 1
