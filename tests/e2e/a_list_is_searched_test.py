"""A filter of a list shows the rows that have what it asks for, and no others, over all its pages."""
import secrets
import time

from harness.events import Outbox, line, now_ms, plate
from harness.people import applicant
from harness.wait import wait_until


def rfc3339(ms):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03}Z"


def post(api, path, status, **body):
    answer = api.request("POST", "/api/v1" + path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def hold(read, path, rows, base, filters):
    """Each filter, alone and a row a page, leaves of `rows` those of which its rule is true."""
    for query, rule in filters:
        expected = [row for row in rows if rule(row)]
        for limit in (1, 1000):
            found = read(path, limit=limit, **base, **query)
            assert found == expected, f"{path} {query}: {found}"


def order(api, email):
    identity = post(api, "/orders", 202, product="sopaipilla", price=500, email=email)["id"]
    wait_until("the order", lambda: api.get(f"/orders/{identity}")["status"] == "finalizado", 15)
    return identity


def test_orders_and_their_mails(centre):
    name = "b" + secrets.token_hex(6)
    first = order(centre.api, f"{name}@example.org")
    between = rfc3339(now_ms())
    time.sleep(0.005)
    second = order(centre.api, f"{name.upper()}@example.org")
    order(centre.api, f"x{name}@example.org")
    base = {"email": f"{name}@Example.org"}
    rows = centre.api.find("/orders", **base)
    assert [row["id"] for row in rows] == [second, first]
    hold(centre.api.find, "/orders", rows, base, [
        ({"from": between}, lambda row: row["id"] == second),
        ({"to": between}, lambda row: row["id"] == first),
        ({"from": "2020", "to": "2099-12"}, lambda row: True),
        ({"to": "2020-01-01"}, lambda row: False),
        ({"status": "finalizado"}, lambda row: True),
        ({"status": "recibido,finalizado", "from": between}, lambda row: row["id"] == second),
        ({"status": "cancelado,fallido"}, lambda row: False),
        ({"cart": plate()}, lambda row: False)])
    mails = wait_until("the mails", lambda: (lambda found: len(found) >= 4 and found)(
        centre.api.find("/mails", recipient=base["email"])), 15)
    assert {row["recipient"].lower() for row in mails} == {f"{name}@example.org"}
    for status in ("sent", "waiting"):
        assert centre.api.find("/mails", recipient=base["email"], status=status) == [
            row for row in centre.api.find("/mails", recipient=base["email"]) if row["status"] == status]


LISTS = {"/sales": "client", "/orders": "email", "/members": "rut"}


def test_a_search_of_persons_is_in_no_address(centre):
    """As the list itself, in pages and as a table, by whoever may see what is asked by."""
    api = centre.api
    for path, name in LISTS.items():
        for refused in (api.request("GET", f"/api/v1{path}", params={name: "12345678-5"}),
                        api.request("POST", f"/api/v1{path}/find?{name}=12345678-5", json={}),
                        api.request("POST", f"/api/v1{path}/find", json={"nonsense": "x"})):
            assert (refused.status_code, refused.json()["code"]) == (400, "unknown-parameter"), refused.text
        page = api.request("POST", f"/api/v1{path}/find", json={"limit": 1})
        assert page.json() == api.get(path, limit=1) and not {"Link", "ETag"} & set(page.headers)
        table = api.request("POST", f"/api/v1{path}/find", json={"limit": 5, "format": "csv", "dialect": "excel-es"})
        same = api.request("GET", f"/api/v1{path}", params={"limit": 5, "format": "csv", "dialect": "excel-es"})
        assert table.text == same.text and table.headers["Content-Type"].startswith("text/csv")
        assert api.request("POST", f"/api/v1{path}/find", data="{}").status_code == 415
    viewer = centre.collector.sign_in("viewer")
    assert viewer.request("POST", "/api/v1/orders/find", json={"email": "a@example.org"}).status_code == 403


def sell_and_report(centre):
    """A cart that is sold out, known to nobody, and was a fugitive."""
    cart = Outbox()
    centre.kafka.produce("carrito.sales", cart.cart, line(cart.sale(2, client="Ana", stock=0)))
    centre.kafka.produce("carrito.locations", cart.cart, line(cart.location()))
    api, alerts = centre.api, lambda: centre.api.items("/alerts", cart=cart.cart)
    wait_until("its alerts", lambda: {"stock-out", "unregistered-cart"} <= {row["kind"] for row in alerts()}, 20)
    wait_until("the cart", lambda: api.items("/carts", q=cart.cart), 15)
    time.sleep(0.005)
    told = [post(api, "/reports", 202, cart=cart.cart, lat=-33, lon=-70)["id"] for _ in range(2)]
    wait_until("the fugitive", lambda: {row["id"] for row in api.items("/reports", cart=cart.cart, status="open")}
               == set(told), 15)
    assert post(api, f"/reports/{told[0]}/dismiss", 200)["status"] == "dismissed"
    assert api.request("DELETE", f"/api/v1/fugitives/{cart.cart}").status_code < 300
    return cart


def test_alerts_and_reports_of_a_cart(centre):
    cart = sell_and_report(centre)
    api, base = centre.api, {"cart": cart.cart}
    rows = api.items("/alerts", **base)
    states, graves = {row["status"] for row in rows}, {row["severity"] for row in rows}
    assert len(states) > 1 and len(graves) > 1 and {row["ended"] is None for row in rows} == {True, False}
    newest = rows[0]["started"]
    hold(api.items, "/alerts", rows, base, [
        *(({"severity": one}, lambda row, one=one: row["severity"] == one) for one in graves),
        ({"severity": ",".join(graves)}, lambda row: True),
        *(({"status": one}, lambda row, one=one: row["status"] == one) for one in states),
        ({"status": ",".join(states)}, lambda row: True),
        ({"open": "true"}, lambda row: row["ended"] is None),
        ({"open": "false"}, lambda row: row["ended"] is not None),
        ({"from": newest}, lambda row: row["started"] >= newest),
        ({"to": newest}, lambda row: row["started"] < newest),
        ({"open": "true", "kind": "stock-out"}, lambda row: row["kind"] == "stock-out")])
    reports = api.items("/reports", **base)
    assert [row["status"] for row in reports] == ["closed", "dismissed"]
    hold(api.items, "/reports", reports, base, [
        ({"status": "closed"}, lambda row: row["status"] == "closed"),
        ({"status": "closed,dismissed"}, lambda row: True),
        ({"status": "open,sighting"}, lambda row: False),
        ({"from": reports[0]["time"]}, lambda row: row is reports[0]),
        ({"to": reports[0]["time"]}, lambda row: row is reports[1])])
    assert api.items("/reports", cart=plate()) == []


def test_sales_and_stock_of_a_cart(centre):
    cart, full = Outbox(), Outbox()
    sales = [cart.sale(2, client="Ana Soto", stock=90), cart.sale(3, stock=87), cart.sale(4, client="Luis", stock=3)]
    for event in (*sales, cart.event("void", receipt=2)):
        centre.kafka.produce("carrito.sales", cart.cart, line(event))
    centre.kafka.produce("carrito.sales", full.cart, line(full.sale(1, stock=500)))
    api, base = centre.api, {"cart": cart.cart}
    wait_until("the void", lambda: [row for row in api.items("/sales", **base) if row["voided"]], 15)
    rows = api.items("/sales", **base)
    hold(api.find, "/sales", rows, base, [
        ({"client": "Ana Soto"}, lambda row: row["client"] == "Ana Soto"),
        ({"client": "ana soto"}, lambda row: False),
        ({"voided": "true"}, lambda row: row["voided"]),
        ({"voided": "false"}, lambda row: not row["voided"]),
        ({"voided": "false", "client": "Luis"}, lambda row: row["client"] == "Luis")])
    wait_until("the level", lambda: api.items("/stock", cart=full.cart), 15)
    for outbox, low in ((cart, True), (full, False)):
        row, = api.items("/stock", cart=outbox.cart)
        assert row["low"] is low
        for asked in (True, False):
            named = {"low": str(asked).lower(), "cart": outbox.cart}
            assert api.items("/stock", **named) == ([row] if asked is low else [])
    lows = api.items("/stock", low="true", limit=1)
    assert lows == [row for row in api.items("/stock") if row["low"]]
    assert cart.cart in {row["cart"] for row in lows} and full.cart not in {row["cart"] for row in lows}


def test_members(centre):
    api, mark = centre.api, secrets.token_hex(6)
    one = applicant(name="Ñusta", lastname=f"O'Higgins_{mark}", premium=True)
    other = applicant(name="Luis", lastname=f"xHiggins{mark}", email=f"{mark}%@example.org")
    for person in (one, other):
        post(api, "/members", 202, **person)
    found = wait_until("both", lambda: (lambda rows: len(rows) == 2 and rows)(api.items("/members", q=mark)), 15)
    post(api, f"/members/{found[0]['id']}/decision", 200, accept=False)
    rows = api.items("/members", q=mark.upper())
    assert {row["status"] for row in rows} == {"pending", "rejected"} and len(rows) == 2

    def first(row):
        return row["lastname"] == one["lastname"]
    hold(api.find, "/members", rows, {"q": mark}, [
        ({"premium": "true"}, lambda row: row["premium"]),
        ({"premium": "false"}, lambda row: not row["premium"]),
        ({"status": "rejected"}, lambda row: row["status"] == "rejected"),
        ({"status": "rejected,pending"}, lambda row: True),
        ({"status": "accepted"}, lambda row: False),
        ({"plate": one["plate"].lower()}, first),
        ({"rut": f"{int(one['rut'][:-2]):,}".replace(",", ".") + one["rut"][-2:]}, first)])
    for query, rule in ((f"o'higgins_{mark}", first), (f"{mark}%", lambda row: not first(row)), (one["rut"], first),
                        (one["plate"], first), (f"higgins%{mark}", lambda row: False),
                        (f"higgins_{mark}", first)):
        shown = [row for row in api.find("/members", q=query) if row in rows]
        assert shown == [row for row in rows if rule(row)], query
