"""Sales are made anew from Kafka over an old backup: after --rebuild the sales, the days with their
revisions and the audit are what they were, and what people decided is still there."""
import shutil
import sqlite3

from harness.events import Outbox, line, now_ms
from harness.wait import wait_until

DAY_MS = 24 * 3600 * 1000


def _sell(centre):
    """Two carts: open and closed days, a late sale, voids of either kind, repetitions, a gap, and a
    conflict that is decided."""
    cart, other = Outbox(), Outbox()
    late = now_ms() - 2 * DAY_MS
    events = [cart.sale(3, client="Ana", amount=1500, ts_ms=late), cart.sale(2, client="Ana"),
              cart.sale(4, ts_ms=late + 1), cart.event("void", receipt=2), cart.sale(1)]
    conflict = {**events[1], "quantity": 9}
    skipped = [other.sale(1, client="Luis") for _ in range(4)]
    for event in [*events, events[0], conflict, *skipped[:1], *skipped[2:]]:
        centre.kafka.produce("carrito.sales", event["cart"], line(event))
    rows = wait_until("the conflict", lambda: centre.api.items("/set-aside", cart=cart.cart), 20)
    assert centre.api.request("POST",
                              f"/api/v1/set-aside/{rows[0]['id']}/drop").status_code == 200
    typed = centre.api.request("POST", "/api/v1/sales",
                               json={"cart": cart.cart, "quantity": 5, "client": "Eva"})
    assert typed.status_code == 202, typed.text
    wait_until("all of it", lambda: sum(row["sales"] for row in centre.api.items("/daily-sales"))
               == 7, 20)
    return cart, other


def _known(api):
    days = api.items("/daily-sales")
    return {
        "days": days,
        "guild": api.items("/daily-sales", group="guild"),
        "audit": api.items("/audit"),
        # Of a day they come by the carts' order of appearance, which partitions may change.
        "sales": sorted(api.items("/sales"), key=lambda row: (row["epoch"], row["receipt"])),
        "set_aside": api.items("/set-aside"),
        "revisions": [[{key: kept[key] for key in ("revision", "cause", "receipts", "before",
                                                   "after")}
                       for kept in api.items(f"/daily-sales/{row['day']}/{row['cart']}/revisions")]
                      for row in days if row["status"] == "closed"],
    }


def test_the_store_is_rebuilt_from_a_backup_and_kafka(world):
    centre = world.start()
    collector = centre.collector
    copy = centre.folder / "backup.db"
    assert collector.command("backup", copy).returncode == 0  # of an early moment
    _sell(centre)
    before = _known(centre.api)
    assert any(row["status"] == "closed" for row in before["days"])
    done = collector.command("backup", copy)
    assert done.returncode == 0 and done.stdout.strip() == str(copy), done.stderr
    with sqlite3.connect(copy) as kept:
        assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        typed = kept.execute("SELECT * FROM desk_sales").fetchall()
        assert typed
    assert collector.command("backup", centre.folder / "none" / "x").returncode == 1
    refused = collector.command("--rebuild")
    assert refused.returncode == 1 and "in use" in refused.stderr
    assert _known(centre.api)["days"] == before["days"]

    collector.terminate()
    for end in ("", "-wal", "-shm"):
        collector.store.with_name(collector.store.name + end).unlink(missing_ok=True)
    shutil.copy(copy, collector.store)
    done = collector.command("--rebuild")
    assert done.returncode == 0, done.stderr
    collector.start().wait_ready()
    api = centre.sign_in()
    wait_until("all that was sold", lambda: api.items("/audit") == before["audit"], 30)
    after = _known(api)
    assert [(key, before[key], after[key]) for key in before if after[key] != before[key]] == []
    with sqlite3.connect(collector.store) as store:
        assert store.execute("SELECT * FROM desk_sales").fetchall() == typed
