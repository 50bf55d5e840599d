"""What an agent says of its totals, in each state and heartbeat and at the end of an export, is what
its vendor was told, up to what the centre has; a day of its is complete when it is off, and a file
that was set aside still counts."""
import json
import sqlite3

from harness.events import plate
from harness.proxy import Proxy
from harness.wait import wait_until


def words(centre, cart, kind):
    """Of its states or heartbeats, in order."""
    return [json.loads(record.value()) for record in centre.kafka.records("carrito.presence")
            if record.key() == cart.encode()
            and dict(record.headers())["ce_type"] == kind.encode()]


def last_counts(centre, cart, kind="state"):
    said = [word["counts"] for word in words(centre, cart, kind) if "counts" in word]
    return said[-1] if said else None


def sums(counts):
    return {key: counts[key] for key in ("receipts", "voided", "quantity", "amount")}


def spoil(path, name):
    """The page at which this index begins."""
    with sqlite3.connect(path) as db:
        [page] = db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (name,)).fetchone()
        [size] = db.execute("PRAGMA page_size").fetchone()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size:page * size] = b"\x55" * size
    path.write_bytes(content)


def complete(centre, cart):
    return [row["complete"] for row in centre.api.items("/daily-sales", cart=cart)]


def test_what_was_told_is_what_is_said(centre):
    agent = centre.make_agent(plate()).start().wait_ready()
    for quantity in (1, 2, 3, 4):
        assert agent.sell(quantity, amount=quantity * 500).returncode == 0
    assert agent.command("void", 2).returncode == 0
    wait_until("all is acknowledged", lambda: agent.status()["waiting"] == 0, 30)
    made = max(event["seq"] for event in agent.exported() if event["type"] in ("sale", "void"))
    wait_until("a heartbeat says so", lambda: (last_counts(centre, agent.cart, "heartbeat") or {})
               .get("upto") == made, 30)
    assert last_counts(centre, agent.cart, "heartbeat") == {
        "from": 1, "upto": made, "made": made, "receipts": 4, "voided": 1, "quantity": 8,
        "amount": 4000}
    assert complete(centre, agent.cart) == [None], "it may sell more today"
    assert agent.terminate() == 0
    wait_until("the day is complete", lambda: complete(centre, agent.cart) == [True], 20)
    exported = [json.loads(row) for row in agent.command("outbox", "export").stdout.splitlines()]
    assert exported[-1]["counts"]["epoch"] == exported[0]["epoch"]
    assert sums(exported[-1]["counts"]) == sums(last_counts(centre, agent.cart))


def test_what_waits_is_told_and_not_counted(centre):
    proxy = centre.scene.add(Proxy(centre.mqtt_port))
    centre.mqtt_port = proxy.port
    agent = centre.make_agent(plate()).start().wait_ready()
    assert agent.sell(2).returncode == 0
    wait_until("it is acknowledged", lambda: agent.status()["waiting"] == 0, 30)
    proxy.unplug()
    assert agent.sell(5).returncode == 0
    agent.kill()
    agent.start().wait_socket()
    card = [json.loads(row) for row in agent.command("outbox", "export").stdout.splitlines()]
    assert sums(card[-1]["counts"])["quantity"] == 7
    proxy.plug()
    wait_until("it is sent", lambda: agent.status()["waiting"] == 0, 60)
    said = [word["counts"] for word in words(centre, agent.cart, "state") if "counts" in word]
    assert any(one["quantity"] == 2 and one["made"] > one["upto"] for one in said), said
    assert agent.terminate() == 0
    wait_until("the day is complete", lambda: complete(centre, agent.cart) == [True], 20)


def test_a_file_that_was_set_aside_still_counts(centre):
    agent = centre.make_agent(plate()).start().wait_ready()
    assert agent.sell(3).returncode == 0
    wait_until("it is acknowledged", lambda: agent.status()["waiting"] == 0, 30)
    first = agent.status()["epoch"]
    assert agent.terminate() == 0
    spoil(agent.outbox, "receipts_by_day")
    agent.start().wait_ready()
    assert agent.status()["epoch"] != first
    assert agent.sell(4).returncode == 0
    wait_until("both are acknowledged", lambda: agent.status()["waiting"] == 0, 30)
    assert agent.terminate() == 0
    told = wait_until("it tells of the file", lambda: (
        (said := last_counts(centre, agent.cart)) and said["quantity"] == 4 and said), 20)
    [earlier] = told["earlier"]
    assert (earlier["epoch"], earlier["quantity"]) == (first, 3)
    assert earlier["upto"] == earlier["made"]
    wait_until("the day is complete", lambda: complete(centre, agent.cart) == [True], 20)
