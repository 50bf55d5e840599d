"""A list says by a link where it goes on, as JSON and as a table; a table is given to who accepts one."""
from urllib.parse import urljoin

from harness.events import Outbox, line
from harness.wait import wait_until


def sold(centre, count):
    cart = Outbox()
    for quantity in range(1, count + 1):
        centre.kafka.produce("carrito.sales", cart.cart, line(cart.sale(quantity, client="Ñ & +=%")))
    wait_until("the sales", lambda: len(centre.api.items("/sales", cart=cart.cart)) == count, 15)
    return cart.cart


def pages(centre, path, **headers):
    """Each page's answer, by its link, as a browser or a library follows it."""
    while path:
        answer = centre.api.request("GET", path, headers=headers)
        assert answer.status_code == 200, answer.text
        yield answer
        assert set(answer.links) <= {"next"}
        path = urljoin(path, answer.links["next"]["url"]) if answer.links else None


def test_the_link_leads_over_all_pages(centre):
    cart = sold(centre, 3)
    path = f"/api/v1/sales?limit=2&cart={cart}&from=2020-01-01"
    found = list(pages(centre, path))
    assert [[row["quantity"] for row in answer.json()["items"]] for answer in found] == [[3, 2], [1]]
    assert "limit=2" in found[0].links["next"]["url"] and found[0].json()["next"] in found[0].links["next"]["url"]
    tables = [answer.text.splitlines() for answer in pages(centre, path, Accept="text/csv")]
    assert [len(table) for table in tables] == [3, 2] and tables[0][0] == tables[1][0]


def test_a_table_is_given_to_who_accepts_one(centre):
    cart = sold(centre, 1)
    for path in (f"/api/v1/sales?cart={cart}", f"/api/v1/daily-sales?cart={cart}", "/api/v1/closing",
                 "/api/v1/members"):
        table = centre.api.request("GET", path, headers={"Accept": "text/csv, */*;q=0.1"})
        assert table.headers["Content-Type"].startswith("text/csv"), path
        named = centre.api.request("GET", path + ("&" if "?" in path else "?") + "format=csv")
        assert table.text.splitlines()[0] == named.text.splitlines()[0]
        for accept in ("application/json, text/csv", "*/*", "text/html"):
            page = centre.api.request("GET", path, headers={"Accept": accept})
            assert page.headers["Content-Type"] == "application/json", (path, accept)
    told = centre.api.request("GET", f"/api/v1/sales?cart={cart}&format=json", headers={"Accept": "text/csv"})
    assert told.headers["Content-Type"] == "application/json", "what is named in the address counts"
    plain = centre.api.request("GET", "/api/v1/stock", headers={"Accept": "text/csv"})
    assert plain.headers["Content-Type"] == "application/json", "it has no table"
