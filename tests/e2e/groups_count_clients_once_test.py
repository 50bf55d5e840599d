"""Whoever bought from two carts, on two days or in two months is one client of the guild in each
group, as JSON and as a table."""
import csv
import io
import random
from datetime import datetime, timezone

from harness.events import Outbox, line
from harness.wait import wait_until

DAY_MS = 24 * 3600 * 1000


def _days():
    """The 27th of a month long ago that no other test has, at noon UTC, and the days after it."""
    year, month = random.randint(1980, 2009), random.randint(1, 11)
    first = datetime(year, month, 27, 15, tzinfo=timezone.utc).timestamp()
    return f"{year}-{month:02}", f"{year}-{month + 1:02}", int(first * 1000)


def _figures(rows, key):
    return {row[key]: (row["sales"], row["quantity"], row["clients"], row["average"])
            for row in rows}


def test_groups(centre):
    month, next_month, first_ms = _days()
    carts = [Outbox(), Outbox()]
    for cart, day, client in ((0, 0, "Ana"), (1, 0, "Ana"), (0, 0, None), (1, 1, "Ana"),
                              (0, 1, "Berta"), (1, 10, "Ana"), (0, 10, "Carla")):
        members = {"client": client} if client else {}
        sale = carts[cart].sale(4, ts_ms=first_ms + day * DAY_MS, **members)
        centre.kafka.produce("carrito.sales", carts[cart].cart, line(sale))
    span = {"from": f"{month}-01", "to": f"{next_month}-28"}
    wait_until("seven sales", lambda: sum(
        row["sales"] for row in centre.api.items("/daily-sales", **span)) == 7, 15)

    by_day = centre.api.items("/daily-sales", group="day", **span)
    assert [row["day"][:7] for row in by_day] == [month, month, next_month]
    assert [(row["sales"], row["quantity"], row["clients"]) for row in by_day] == \
        [(3, 12, 2), (2, 8, 2), (2, 8, 2)]
    assert all(row["cart"] is None and row["status"] == "closed" for row in by_day)
    by_month = centre.api.items("/daily-sales", group="month", **span)
    assert _figures(by_month, "month") == {month: (5, 20, 3, 20 / 3), next_month: (2, 8, 2, 4)}
    whole = centre.api.items("/daily-sales", group="guild", **span)
    assert [(r["sales"], r["quantity"], r["clients"], r["average"]) for r in whole] == \
        [(7, 28, 4, 7)]

    # A part of a month, and one cart alone.
    part = {"from": f"{month}-28", "to": f"{next_month}-28"}
    assert _figures(centre.api.items("/daily-sales", group="month", **part), "month") == \
        {month: (2, 8, 2, 4), next_month: (2, 8, 2, 4)}
    mine = centre.api.items("/daily-sales", group="guild", cart=carts[1].cart)
    assert [(r["sales"], r["clients"]) for r in mine] == [(3, 1)]

    table = centre.api.request("GET", "/api/v1/daily-sales", params={
        "group": "month", "format": "csv", **span})
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [(r["month"], r["clients"], r["sales"]) for r in rows] == \
        [(month, "3", "5"), (next_month, "2", "2")]


def test_the_guild_is_one_row_over_all_days(centre):
    rows = centre.api.items("/daily-sales", group="guild")
    assert len(rows) == 1
    assert rows[0]["sales"] >= 0 and rows[0]["clients"] >= 0 and rows[0]["revision"] is None


def test_amounts_over_the_limit_leave_each_group_a_sum(centre):
    """An agent of before the limit took up to 2^53: two days of such sales had no sum at all."""
    month, next_month, first_ms = _days()
    cart = Outbox()
    for day, amount in enumerate((10**9, 10**9 + 1, 2**53 - 1)):
        sale = cart.sale(4, ts_ms=first_ms + day * DAY_MS, amount=amount)
        centre.kafka.produce("carrito.sales", cart.cart, line(sale))
    span = {"from": f"{month}-01", "to": f"{next_month}-28", "cart": cart.cart}
    wait_until("three sales", lambda: sum(
        row["sales"] for row in centre.api.items("/daily-sales", **span)) == 3, 15)
    for group in ("day", "month", "guild"):
        rows = centre.api.items("/daily-sales", group=group, **span)
        assert sum(row["amount"] for row in rows) == 10**9, rows
        assert sum(row["unpriced"] for row in rows) == 2, rows
    told = wait_until("told", lambda: centre.api.items(
        "/alerts", kind="amount-bad", cart=cart.cart), 10)
    assert len(told) == 1
