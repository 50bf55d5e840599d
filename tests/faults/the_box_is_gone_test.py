"""The centre's only machine is lost at a random hour under load: Kafka's data and the store are gone, and
last night's backup is all there is. A new box, an empty Kafka, the backup, and `carritoctl replay --all
--since` the backup: every receipt that a vendor was told of stands once, and what is numbered goes on."""
import email
import re
import shutil
import sqlite3
import sys
import threading
import time
from contextlib import closing

from harness.chaos import Chaos
from harness.events import Outbox, line, now_ms
from harness.kafka import Kafka
from harness.ports import free_port
from harness.process import ROOT, Process
from harness.programs import ctl
from harness.wait import wait_until

CARTS = 6
DAY_MS = 86_400_000
LATE_DAYS = 4


class Vendors:
    """Each sells at its cart until told to stop; what was answered with a receipt is kept."""

    def __init__(self, agents, chaos):
        self._agents, self._chaos = agents, chaos
        self._going = threading.Event()
        self._threads = []
        self.told = {agent.cart: {} for agent in agents}

    def start(self):
        self._going.set()
        self._threads = [threading.Thread(target=self._sell, args=(agent,)) for agent in self._agents]
        for thread in self._threads:
            thread.start()
        return self

    def _sell(self, agent):
        while self._going.is_set():
            quantity = self._chaos.random.randint(1, 4)
            self.told[agent.cart][agent.sell_by_socket(quantity)] = quantity
            time.sleep(0.2)

    def stop(self):
        self._going.clear()
        for thread in self._threads:
            thread.join(30)

    def count(self):
        return sum(map(len, self.told.values()))


def _stored(api, carts):
    found = {cart: {} for cart in carts}
    for row in api.items("/sales"):
        if row["cart"] in found:
            assert row["receipt"] not in found[row["cart"]], f"twice: {row}"
            found[row["cart"]][row["receipt"]] = row["quantity"]
    return found


def _late_sale(kafka, outbox):
    event = outbox.sale(2, ts_ms=now_ms() - LATE_DAYS * DAY_MS)
    kafka.produce("carrito.sales", outbox.cart, line(event))


def _revision(api, cart):
    return next((row["revision"] for row in api.items("/daily-sales", cart=cart)), None)


def _numbers(api):
    return sorted(row["number"] for row in api.items("/restocks") if row["number"] is not None)


def _mails(folder):
    return [email.message_from_bytes(path.read_bytes())["Message-ID"] for path in folder.glob("*.eml")]


def _count_full(store):
    """Carts whose filling has been seen and judged: they are in no batch, and may join one."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as db:
        return db.execute("SELECT COUNT(*) FROM stock_levels WHERE stock > 1000 AND batch = 0"
                          " AND COALESCE(waits_in, -1) < 0").fetchone()[0]


def _empty_the_stocks(store, agents):
    """A restock batch more: five carts that are filled, and then are low."""
    for agent in agents:
        assert agent.command("restock", 3000).returncode == 0
    # of what comes within one look the last level counts: filled and emptied at once is emptied
    wait_until("the carts are full", lambda: _count_full(store) >= len(agents), 30)
    for agent in agents:
        assert agent.command("restock", 10).returncode == 0


def _lose_the_box(world, chaos):
    """Everything of the centre ends at once, and its disks are gone."""
    chaos.kill_for_good(world.collector)
    chaos.kill_for_good(world.bridge)
    world.kafka.kill()
    world.mosquitto.kill()
    shutil.rmtree(world.kafka.folder)
    for path in world.collector.store.parent.glob(f"{world.collector.store.name}*"):
        path.unlink()


def _put_a_new_one(world, backup):
    """On the old one's addresses: an empty Kafka and last night's store."""
    port = world.kafka.port
    world.kafka = world.scene.add(Kafka(world.scene.folder, "kafka-anew"))
    world.kafka.port, world.kafka.brokers = port, f"127.0.0.1:{port}"
    shutil.copy(backup, world.collector.store)
    world.start()


def test_last_nights_backup_and_what_the_carts_still_have(world):
    chaos = Chaos("box")
    port, mails, backup = free_port(), world.folder / "mails", world.folder / "night.db"
    world.scene.add(Process("mail-sink", [sys.executable, ROOT / "deploy/dev/mail_sink.py", port,
                                          mails], world.folder)).start()
    world.collector.env.update(CARRITO_SMTP=f"smtp://127.0.0.1:{port}", CARRITO_MAIL_RATE="0",
                               CARRITO_MAIL_FROM="gremio@example.cl",
                               CARRITO_ALERT_MAIL="guardia@example.cl")
    world.start()
    carts = [f"CAJA-{i}" for i in range(CARTS)]
    agents = [world.make_agent(cart).start().wait_socket() for cart in carts]
    late = Outbox()
    vendors = Vendors(agents, chaos).start()
    _empty_the_stocks(world.collector.store, agents[:5])
    _late_sale(world.kafka, late)
    wait_until("a batch is announced", lambda: _numbers(world.api) == [1], 30)
    wait_until("a day that was over has its sale", lambda: _revision(world.api, late.cart) == 1, 30)

    chaos.pause(1, 4)
    since, told_then = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), vendors.count()
    done = world.collector.command("backup", backup)
    assert done.returncode == 0, done.stderr
    chaos.pause(3, 8)
    _lose_the_box(world, chaos)
    sold_since = vendors.count() - told_then
    assert sold_since > 0
    chaos.pause(1, 3)  # the vendors sell on

    began = time.monotonic()
    _put_a_new_one(world, backup)
    before = sorted(_mails(mails))
    wait_until("all carts are heard again", lambda: {row["cart"] for row in world.api.items("/carts")
               if row["state"] == "heard"} >= set(carts), 60)
    answer = ctl(world.api.token, world.collector, "replay", "--all", "--since", since)
    assert answer.returncode == 0, answer.stderr
    assert set(answer.stdout.split()) >= set(carts)
    chaos.pause(1, 3)
    vendors.stop()
    wait_until("all that was told is stored, once",
               lambda: _stored(world.api, carts) == vendors.told, 90, every=0.5)
    seconds = time.monotonic() - began
    chaos.say(f"{vendors.count()} receipts, {sold_since} between the backup and the loss: all there "
              f"{seconds:.1f} s after the new box was begun")

    _late_sale(world.kafka, late)
    wait_until("its revision goes on", lambda: _revision(world.api, late.cart) == 2, 30)
    _empty_the_stocks(world.collector.store, agents[:5])
    wait_until("the number goes on", lambda: _numbers(world.api)[-1] >= 2, 30)
    assert _numbers(world.api) == list(range(1, len(_numbers(world.api)) + 1))
    told = _mails(mails)
    assert len(told) == len(set(told)), "a mail went twice"
    assert set(before) <= set(told)
    assert all(re.search(r"\S", one) for one in told)
