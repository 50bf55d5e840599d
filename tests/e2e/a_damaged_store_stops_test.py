"""A store whose page is damaged while it runs is written no more: `store-damaged`, also by mail, a
reason that says what to do, no retry without end, and what can be read is answered."""
import sqlite3
import time

from harness.events import Outbox, line
from harness.smtp import MailServer
from harness.wait import wait_until

TABLES = ("receipts", "sources", "source_days")


def _damage(store):
    """The first pages of what only the role `sales` writes."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
        size, = db.execute("PRAGMA page_size").fetchone()
        pages = [page for name in TABLES for page, in db.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,))]
    db.close()
    with open(store, "r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)


def test_a_damaged_store_is_written_no_more(world):
    mails = world.scene.add(MailServer()).start()
    world.collector.env.update(CARRITO_SMTP=mails.url, CARRITO_ALERT_MAIL="jefa@example.org")
    centre = world.start()
    cart = Outbox()

    def sell():
        event = cart.sale(1)
        centre.kafka.produce("carrito.sales", cart.cart, line(event))

    sell()
    wait_until("a sale is stored", lambda: centre.api.items("/daily-sales", cart=cart.cart), 20)

    def is_met():
        # Until the log is moved into the file once, the page is read from the log.
        _damage(centre.collector.store)
        sell()
        page = centre.collector.page("/readyz")
        return page.text if page.status_code == 503 else None

    reason = wait_until("the damage is met", is_met, 30, every=0.5)
    assert "the store is damaged" in reason and "restore the last good backup" in reason
    alerts = wait_until("the alert", lambda: centre.api.items("/alerts", kind="store-damaged"), 10)
    assert len(alerts) == 1 and alerts[0]["severity"] == "CRITICAL", alerts
    wait_until("its mail", lambda: [m for m in mails.taken if "dañada" in m["Subject"]], 10)
    assert [row["cart"] for row in centre.api.items("/carts")] == [cart.cart]
    refused = centre.api.request("POST", "/api/v1/sales", json={"cart": "BBCL23", "quantity": 1})
    assert refused.status_code == 503 and refused.json()["code"] == "store-damaged", refused.text
    consumers = {row["role"]: row["state"] for row in centre.api.items("/consumers")}
    assert consumers["sales"] == consumers["location"] == "stopped", consumers

    time.sleep(2)
    before = len(centre.collector.text())
    time.sleep(5)
    said = centre.collector.text()[before:]
    assert "malformed" not in said, said
    centre.collector.terminate()
