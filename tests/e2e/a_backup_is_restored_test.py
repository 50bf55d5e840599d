"""`restore` puts last night's backup back over a Kafka that no longer has its beginning: no day and no
sale is missing, nobody is mailed of what is old, and --rebuild refuses what would lose something."""
import secrets
import socket
import sqlite3
import struct

import pytest

from harness.events import Outbox, line, now_ms
from harness.smtp import MailServer
from harness.wait import stays_true, wait_until

DAY_MS = 24 * 3600 * 1000
DELETE_RECORDS = 21


def _text(text):
    return struct.pack(">h", len(text)) + text.encode()


def forget_records(kafka, topic):
    """Kafka's own request (DeleteRecords, version 0): all that is in the topic now goes."""
    ends = kafka.ends(topic)
    body = struct.pack(">i", 1) + _text(topic) + struct.pack(">i", len(ends))
    body += b"".join(struct.pack(">iq", partition, end) for partition, end in enumerate(ends))
    request = struct.pack(">hhi", DELETE_RECORDS, 0, 1) + _text("test") + body
    request += struct.pack(">i", 10_000)
    host, port = kafka.brokers.split(":")
    with socket.create_connection((host, int(port)), 10) as link:
        link.sendall(struct.pack(">i", len(request)) + request)
        size, = struct.unpack(">i", link.recv(4, socket.MSG_WAITALL))
        answer = link.recv(size, socket.MSG_WAITALL)
    # Behind the correlation, the time, one topic's name and its count: index, low mark, error.
    at = 4 + 4 + 4 + 2 + len(topic) + 4
    for _ in ends:
        _, _, error = struct.unpack_from(">iqh", answer, at)
        assert error == 0, error
        at += 14


@pytest.fixture
def server(scene):
    return scene.add(MailServer()).start()


def sell(centre, cart, count, ts_ms=None):
    for _ in range(count):
        event = cart.sale(2, **({"ts_ms": ts_ms} if ts_ms else {}))
        centre.kafka.produce("carrito.sales", cart.cart, line(event))


def unread(centre):
    """Of the sales, by the store itself: a look at Kafka may be an older one."""
    store = sqlite3.connect(f"file:{centre.collector.store}?mode=ro", uri=True)
    rows = store.execute("SELECT part, next FROM positions WHERE topic = 'carrito.sales'").fetchall()
    store.close()
    ends = centre.kafka.ends("carrito.sales")
    return sum(ends[part] - following for part, following in rows)


def order(centre):
    answer = centre.api.request("POST", "/api/v1/orders", json={
        "product": "Sopaipilla", "price": 500, "quantity": 2,
        "email": f"b{secrets.token_hex(4)}@example.org"})
    assert answer.status_code == 202, answer.text


def sales_of(api, cart):
    return {row["day"]: (row["sales"], row["quantity"])
            for row in api.items("/daily-sales", cart=cart.cart)}


def test_a_backup_over_a_log_without_its_beginning(world, server):
    env = {"CARRITO_SMTP": server.url, "CARRITO_MAIL_FROM": "carrito@gremio.example",
           "CARRITO_ALERT_MAIL": "turno@gremio.example"}
    world.collector = world.make_collector(**env)
    centre = world.start()
    cart, backup = Outbox(), centre.folder / "backup.db"
    sell(centre, cart, 3, now_ms() - 40 * DAY_MS)
    sell(centre, cart, 2)
    wait_until("the sales", lambda: len(sales_of(centre.api, cart)) == 2, 20)
    wait_until("all have read the sales", lambda: unread(centre) == 0, 20)
    done = centre.collector.command("backup", backup)
    assert done.returncode == 0, done.stderr
    forget_records(centre.kafka, "carrito.sales")
    sell(centre, cart, 4)
    order(centre)
    wait_until("more sales", lambda: sum(n for n, _ in sales_of(centre.api, cart).values()) == 9,
               20)
    wait_until("the order's mails", lambda: len(server.taken) >= 4, 30)
    stays_true("no other mail", lambda: len(server.taken) < 8, 2)
    before, mailed = sales_of(centre.api, cart), set(server.ids())

    refused = centre.collector.command("restore", backup)
    assert refused.returncode == 1 and "in use" in refused.stderr, refused.stderr
    centre.collector.terminate()
    store = centre.collector.store
    store.write_bytes(b"\xff" * 8192)
    assert centre.collector.command("restore", centre.folder / "none.db").returncode == 1
    assert store.read_bytes() == b"\xff" * 8192
    done = centre.collector.command("restore", backup)
    assert done.returncode == 0, done.stderr
    assert "come again:" in done.stdout and "gone there: 0" in done.stdout, done.stdout
    kept = [path for path in store.parent.glob("collector.db.replaced-*")]
    assert [path.read_bytes() for path in kept] == [b"\xff" * 8192]
    assert not list(store.parent.glob("*.restoring-*"))

    rebuilt = centre.collector.command("--rebuild")
    assert rebuilt.returncode == 1 and "no longer has all" in rebuilt.stderr, rebuilt.stderr
    centre.collector.start().wait_ready()
    api = centre.sign_in()
    wait_until("all sales", lambda: sales_of(api, cart) == before, 30)
    wait_until("the order is there again", lambda: api.items("/orders"), 20)
    stays_true("nobody is mailed again", lambda: set(server.ids()) == mailed and
               len(server.taken) == len(mailed), 5)
    assert api.items("/mails", status="waiting") == []
    assert len(api.items("/mails", status="skipped")) == 4
    order(centre)
    wait_until("a new order is mailed", lambda: len(set(server.ids())) >= len(mailed) + 4, 30)

    centre.collector.terminate()
    forced = centre.collector.command("--rebuild", "--force")
    assert forced.returncode == 0, forced.stderr
