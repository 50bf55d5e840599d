"""Killing the collector at random moments changes nothing in any result: all that its API shows is
what the oracle makes of the topics, each mail comes once, and a second collector that reads the same
topics into a new store has the same rows, revisions and ids."""
import contextlib
import email
import sqlite3
import sys

from harness.chaos import Chaos
from harness.events import Outbox, line, now_ms
from harness.people import applicant
from harness.ports import free_port
from harness.process import ROOT, Process
from harness.wait import TooLate, wait_until
from oracle.live import Judge

KILLS = 12
DAY_MS = 86_400_000
BUYER = "buyer@example.cl"
# What depends on the records and Kafka's times alone. The order in which partitions were read
# decides which cart is in which restock batch; a duplicate's kind of arrival, nothing.
SAME = {
    "daily": "SELECT day, cart, quantity, amount, sales, named_clients, anonymous, voided, unpriced, "
             "revision, closed > 0 FROM daily",
    "revisions": "SELECT * FROM revisions",
    "sources": "SELECT cart, epoch, highest_seq, highest_receipt, duplicates, set_aside FROM sources",
    "set aside": "SELECT id, cart, epoch, seq, reason, text FROM set_aside",
    "gaps": "SELECT cart, epoch, first_receipt, last_receipt, day "
            "FROM receipt_gaps JOIN sources USING (source)",
    "clients": "SELECT level, span, clients FROM client_counts WHERE clients > 0",
    "levels": "SELECT cart, epoch, seq, stock FROM stock_levels",
    "alerts": "SELECT id, kind, subject FROM alerts WHERE kind IN ('identity-conflict', 'clock-bad')",
    "orders": "SELECT id, product, status FROM orders",
}


class Fleet:
    """Carts with all that is hard: days that are over, voids before and after their sale, what
    comes twice or with another content, clocks that are wrong, low stocks."""

    def __init__(self, kafka, chaos, carts=8):
        self.random, self.producer = chaos.random, kafka.producer()
        self.outboxes = [Outbox() for _ in range(carts)]
        self.sent = []

    def send(self, count):
        for _ in range(count):
            outbox = self.random.choice(self.outboxes)
            event = self._event(outbox)
            if self.sent and self.random.random() < 0.1:
                cart, event = self.random.choice(self.sent)
            else:
                cart = outbox.cart
                self.sent.append((cart, event))
            if self.random.random() < 0.03:
                event = {**event, "other": self.random.randrange(3)}
            self.producer.produce("carrito.sales", key=cart, value=line(event))

    def flush(self):
        assert self.producer.flush(20) == 0

    def _event(self, outbox):
        ts_ms = now_ms() - self.random.choice((0, 0, 0, DAY_MS, 4 * DAY_MS, -DAY_MS))
        times = {"ts_ms": ts_ms, "stock": self.random.choice((0, 5, 20, 21, 40))}
        kind = self.random.random()
        if kind < 0.15:
            receipt = self.random.randint(1, outbox.receipt + 2)
            return outbox.event("void", receipt=receipt, **times)
        if kind < 0.2:
            return outbox.event("stock", **times)
        if self.random.random() < 0.03:
            outbox.sale()  # one that never comes
        return outbox.sale(self.random.randint(1, 9), amount=500,
                           client=f"c{self.random.randrange(40)}", **times)


def _post(api, path, body, count):
    """What is answered with 202 must be kept; what is not, nobody was promised."""
    kept = []
    for _ in range(count):
        with contextlib.suppress(OSError):
            answer = api.request("POST", f"/api/v1{path}", json=body(), timeout=5)
            if answer.status_code == 202:
                kept.append(answer.json())
    return kept


def _an_order():
    return {"product": "Sopaipilla", "price": 500, "email": BUYER}


def _rows(collector):
    with contextlib.closing(sqlite3.connect(f"file:{collector.store}?mode=ro", uri=True)) as store:
        return {name: sorted(store.execute(sql), key=repr) for name, sql in SAME.items()}


def _restocks(collector):
    with contextlib.closing(sqlite3.connect(f"file:{collector.store}?mode=ro", uri=True)) as store:
        announced = store.execute("SELECT number FROM restocks WHERE status <> 'open'").fetchall()
        alerts = store.execute("SELECT subject FROM alerts WHERE kind = 'restock-batch'").fetchall()
        return [number for number, in announced], [subject for subject, in alerts]


def _wait_at_rest(api):
    """All that Kafka has is applied."""
    def rests():
        return all(row["lag"] == 0 for row in api.items("/consumers") if row["partitions"])

    wait_until("nothing lags", rests, 90, every=0.5)


def _of_orders(folder):
    """The Message-IDs of the mails to buyers."""
    mails = [email.message_from_bytes(path.read_bytes()) for path in folder.glob("*.eml")]
    return [mail["Message-ID"] for mail in mails if BUYER in mail["To"]]


def test_killed_twelve_times(world):
    chaos = Chaos("results")
    port, mails = free_port(), world.folder / "mails"
    world.scene.add(Process("mail-sink", [sys.executable, ROOT / "deploy/dev/mail_sink.py", port,
                                          mails], world.folder)).start()
    world.collector = world.make_collector(
        CARRITO_SMTP=f"smtp://127.0.0.1:{port}", CARRITO_MAIL_RATE=0,
        CARRITO_MAIL_FROM="gremio@example.cl", CARRITO_MEMBERS_AUTO_ACCEPT=1)
    world.start()
    fleet, orders = Fleet(world.kafka, chaos), []
    for _ in range(KILLS):
        orders += _post(world.api, "/orders", _an_order, 3)
        _post(world.api, "/members", applicant, 1)
        fleet.send(1200)
        chaos.pause(0.0, 0.2)  # it is at work on them
        chaos.kill(world.collector)
        fleet.flush()
        world.collector.wait_ready()
    _wait_at_rest(world.api)
    judge = Judge(world.kafka.brokers, world.api.items)
    with contextlib.suppress(TooLate):
        wait_until("all is as the oracle says", lambda: not list(judge.differences()), 60, every=2)
    wrong = list(judge.differences())
    assert not wrong, f"{len(wrong)} things are wrong:\n" + "\n".join(wrong[:20])
    chaos.say(f"{len(fleet.sent)} events and {len(orders)} orders are as the oracle says")
    _assert_mails(mails, orders)
    _assert_the_same_again(world)


def _assert_mails(mails, orders):
    """Each order's four. One that was taken and not noted when the collector died comes once more,
    under the same Message-ID."""
    wanted = 4 * len(orders)
    wait_until(f"{wanted} mails of orders", lambda: len(set(_of_orders(mails))) >= wanted, 60,
               every=0.5)
    told = _of_orders(mails)
    assert len(set(told)) == wanted, f"{len(set(told))} different mails, {wanted} were owed"
    assert len(told) <= wanted + KILLS, f"{len(told)} mails for {wanted}"


def _assert_the_same_again(world):
    """The first one has left the group when the second one comes."""
    first, numbers = _rows(world.collector), _restocks(world.collector)
    assert world.collector.terminate(15) == 0
    second = world.make_collector(name="second", store=world.folder / "second.db", CARRITO_SMTP="",
                                  CARRITO_MEMBERS_AUTO_ACCEPT=1)
    second.start().wait_ready()
    _wait_at_rest(world.scene.add(second.sign_in()))
    wait_until("the second has the rows of the first", lambda: _rows(second) == first, 60, every=1)
    for announced, told in (numbers, _restocks(second)):
        assert announced == list(range(1, len(announced) + 1))
        assert sorted(map(int, told)) == announced
