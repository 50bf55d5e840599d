"""A closed day is closed: what comes later is its next revision, kept with what it changed, and
produced again."""
import json
import time

from harness.events import Outbox, line, now_ms
from harness.wait import wait_until

DAY_MS = 24 * 3600 * 1000
COUNTED = ("quantity", "amount", "sales", "clients", "voided", "revision", "status")


def _row(centre, cart):
    rows = centre.api.items("/daily-sales", cart=cart)
    return rows[0] if len(rows) == 1 else None


def _revision(centre, cart, number):
    return wait_until(f"revision {number}",
                      lambda: (row := _row(centre, cart)) and row["revision"] == number and row, 15)


def _produced(centre, cart):
    found = [json.loads(r.value()) for r in centre.kafka.records("carrito.daily-sales")
             if r.key().decode().endswith("/" + cart)]
    return sorted(found, key=lambda row: row["revision"])


def test_a_late_sale_and_a_late_void_are_revisions(centre):
    # Two days ago, at this hour: that day is closed however near midnight this runs.
    cart = Outbox()
    sales = [cart.sale(quantity, client=client, amount=500 * quantity,
                       ts_ms=now_ms() - 2 * DAY_MS + quantity)
             for quantity, client in ((3, "Ana"), (2, "Ana"))]
    centre.kafka.produce("carrito.sales", cart.cart, line(sales[0]))
    first = _revision(centre, cart.cart, 1)
    assert [first[key] for key in COUNTED] == [3, 1500, 1, 1, 0, 1, "closed"]
    centre.kafka.produce("carrito.sales", cart.cart, line(sales[1]))
    second = _revision(centre, cart.cart, 2)
    assert [second[key] for key in COUNTED] == [5, 2500, 2, 1, 0, 2, "closed"]
    centre.kafka.produce("carrito.sales", cart.cart, line(cart.event("void", receipt=1)))
    _revision(centre, cart.cart, 3)

    kept = centre.api.items(f"/daily-sales/{first['day']}/{cart.cart}/revisions")
    assert [(k["revision"], k["cause"]) for k in kept][-2:] == [(2, "sale"), (3, "void")]
    assert kept[0]["revision"] == 1 and kept[0]["time"].endswith("Z")
    assert [k["receipts"] for k in kept][-2:] == [[{"epoch": cart.epoch, "receipt": 2}],
                                                 [{"epoch": cart.epoch, "receipt": 1}]]
    assert (kept[1]["before"]["quantity"], kept[1]["after"]["quantity"]) == (3, 5)
    assert kept[2]["before"] == kept[1]["after"] and kept[2]["after"]["voided"] == 1

    wait_until("three revisions in Kafka", lambda: len(_produced(centre, cart.cart)) == 3, 15)
    produced = _produced(centre, cart.cart)
    assert [row["quantity"] for row in produced] == [3, 5, 2]
    assert produced[-1] == _row(centre, cart.cart)


def test_what_is_no_closed_row_says_so(centre):
    today = time.strftime("%Y-%m-%d")
    for path, status in ((f"/daily-sales/{today}/NONE99/revisions", 404),
                         ("/daily-sales/today/NONE99/revisions", 400)):
        answer = centre.api.request("GET", "/api/v1" + path)
        assert answer.status_code == status, answer.text
