"""An accountant takes a year by month and cart, with its totals, and later what changed since; the hours of a day are those
of the clock on the wall, also where it was put forward or back."""
import random
from datetime import datetime, timezone

import pytest

from harness.events import Outbox, line
from harness.programs import ctl
from harness.wait import wait_until


def ms(text):
    return int(datetime.fromisoformat(text).timestamp() * 1000)


YEARS = [year for year in range(1971, 1980) if year % 4]


@pytest.fixture
def year():
    """One that no other test has; its February is that of no leap year."""
    return YEARS.pop(random.randrange(len(YEARS)))


@pytest.fixture
def carts(centre, year):
    """Two carts, sorted by plate; Ana buys from both, and in two months from the first."""
    two = sorted((Outbox(), Outbox()), key=lambda cart: cart.cart)
    for cart, day, quantity, client in ((0, "02-28", 3, "Ana"), (0, "02-28", 1, None), (1, "02-01", 4, "Ana"),
                                        (0, "03-01", 5, "Ana"), (0, "12-31", 6, "Berta")):
        members = {"client": client} if client else {}
        sale = two[cart].sale(quantity, ts_ms=ms(f"{year}-{day}T15:00:00+00:00"), amount=100 * quantity, **members)
        centre.kafka.produce("carrito.sales", two[cart].cart, line(sale))
    for cart, count in zip(two, (4, 1)):
        wait_until("the sales", lambda c=cart, n=count: len(centre.api.items("/sales", cart=c.cart)) == n, 15)
    return [cart.cart for cart in two]


def figures(rows):
    return [(row["month"], row["cart"], row["quantity"], row["sales"], row["clients"]) for row in rows]


def test_a_year_by_month_and_cart(centre, year, carts):
    rows = centre.api.items("/daily-sales", group="cart-month", **{"from": year, "to": year})
    expected = [(f"{year}-02", carts[0], 4, 2, 2), (f"{year}-02", carts[1], 4, 1, 1), (f"{year}-03", carts[0], 5, 1, 1),
                (f"{year}-12", carts[0], 6, 1, 1)]
    assert figures(rows) == expected
    assert all(row["day"] is None and row["status"] == "closed" for row in rows)
    pages, cursor = [], None
    for _ in range(len(expected)):
        page = centre.api.get("/daily-sales", group="cart-month", limit=1, **{"from": year, "to": year},
                              **({"cursor": cursor} if cursor else {}))
        pages += page["items"]
        cursor = page["next"]
    assert figures(pages) == expected and cursor is None
    mine = centre.api.items("/daily-sales", group="cart-month", cart=carts[0], **{"from": f"{year}-03", "to": f"{year}-12"})
    assert figures(mine) == expected[2:]


def test_months_and_years_bound_lists_of_days(centre, year, carts):
    def days(**span):
        return [row["day"] for row in centre.api.items("/daily-sales", cart=carts[0], **span)]
    assert days(**{"from": f"{year}-02", "to": f"{year}-02"}) == [f"{year}-02-28"]
    assert days(**{"from": f"{year}-02-28", "to": f"{year}-03"}) == [f"{year}-02-28", f"{year}-03-01"]
    assert days(**{"from": year, "to": year}) == [f"{year}-02-28", f"{year}-03-01", f"{year}-12-31"]
    assert days(**{"to": year - 1}) == [] and days(**{"from": year + 1}) == []
    for name, value in (("from", "2026-13"), ("to", "2026-1"), ("from", "26"), ("day", "2026-09"), ("day", "2026")):
        answer = centre.api.request("GET", "/api/v1/daily-sales", params={name: value})
        assert (answer.status_code, answer.json()["field"]) == (400, name), answer.text


def test_the_accountants_file(centre, year, carts):
    done = ctl(centre.api.token, centre.collector, "daily", f"--from={year}", f"--to={year}", "--group=cart-month",
               "--dialect=excel-es")
    assert done.returncode == 0, done.stderr
    rows = [row.split(";") for row in done.stdout.splitlines()]
    assert rows[0][:7] == ["\ufeffmes", "día", "carro", "cantidad", "pesos", "ventas", "clientes"]
    assert rows[1][:8] == [f"{year}-02", "", carts[0], "4", "400", "2", "2", "2"]
    # Ana, Berta, and one without a name; not the sum of the rows.
    assert rows[-1][:8] == ["Total", "", "", "19", "1900", "5", "3", str(19 / 3).replace(".", ",")]
    assert len(rows) == 6


def test_what_was_revised_after_a_day(centre, year, carts):
    span = {"from": year, "to": year}
    today = datetime.now(timezone.utc).date()
    # Sales of long ago are late: their days' first revisions are of now.
    ago, ahead = today.replace(year=today.year - 1), today.replace(year=today.year + 1)
    rows = centre.api.items("/daily-sales", revised_after=str(ago), **span)
    assert [(row["day"][5:], row["cart"]) for row in rows] == [
        ("02-01", carts[1]), ("02-28", carts[0]), ("03-01", carts[0]), ("12-31", carts[0])]
    assert centre.api.items("/daily-sales", revised_after=str(ahead), **span) == []
    mine = centre.api.items("/daily-sales", revised_after=str(ago), cart=carts[1], **span)
    assert [row["cart"] for row in mine] == [carts[1]]
    shown = ctl(centre.api.token, centre.collector, "daily", f"--from={year}", f"--to={year}", f"--revised-after={ago}")
    assert shown.stdout.count(carts[0]) == 3, shown
    for query, status in ((f"revised_after={ago}&group=month", 422), ("revised_after=2026-09", 400)):
        assert centre.api.request("GET", f"/api/v1/daily-sales?{query}").status_code == status


# 2026-04-04 has 25 hours in Santiago, and 2026-09-06 begins at one o'clock.
@pytest.mark.parametrize("day, sold, shown", [
    ("2026-04-04", ["2026-04-04T22:10:00-03:00", "2026-04-04T23:10:00-03:00", "2026-04-04T23:20:00-04:00"],
     [(22, "2026-04-04T22:00:00-03:00"), (23, "2026-04-04T23:00:00-03:00"), (23, "2026-04-04T23:00:00-04:00")]),
    ("2026-09-06", ["2026-09-06T01:10:00-03:00", "2026-09-06T13:10:00-03:00", "2026-09-06T23:10:00-03:00"],
     [(1, "2026-09-06T01:00:00-03:00"), (13, "2026-09-06T13:00:00-03:00"), (23, "2026-09-06T23:00:00-03:00")]),
])
def test_hours_are_those_of_the_clock_on_the_wall(centre, day, sold, shown):
    cart = Outbox()

    def hours():
        rows = centre.api.get(f"/daily-sales/{day}/hours")["items"]
        return {(row["hour"], row["from"]): row["quantity"] for row in rows}
    before = hours()
    for at in sold:
        centre.kafka.produce("carrito.sales", cart.cart, line(cart.sale(7, ts_ms=ms(at))))
    wait_until("the sales", lambda: centre.api.items("/daily-sales", cart=cart.cart, day=day) and
               centre.api.items("/daily-sales", cart=cart.cart, day=day)[0]["sales"] == len(sold), 15)
    after = hours()
    assert {key: after[key] - before.get(key, 0) for key in shown} == dict.fromkeys(shown, 7)
    assert set(after) - set(before) <= set(shown)
