"""What a vendor or an operator types at the centre is a sale like any other: once, in the list of
receipts, in Kafka and in the day's sums; and a person may only do so for whom they may."""
import json
import secrets
import threading

from harness.api import Api
from harness.cart import PahoCart
from harness.events import now_ms, plate
from harness.kafka import header
from harness.wait import wait_until


def post(api, path, body=None, **headers):
    return api.request("POST", "/api/v1" + path, json=body, headers=headers)


def vendor_of(centre, cart):
    name, password = "v" + secrets.token_hex(4), "sopaipillas-con-pebre"
    made = post(centre.api, "/users", {"name": name, "role": "vendor", "cart": cart,
                                       "password": password})
    assert made.status_code == 201, made.text
    answer = post(Api(centre.api.base), "/login", {"user": name, "password": password})
    return Api(centre.api.base, answer.json()["token"])


def daily(centre, cart, **expected):
    def shown():
        rows = centre.api.items("/daily-sales", cart=cart)
        return rows and all(rows[0][key] == value for key, value in expected.items())
    wait_until(f"{expected} in GET /daily-sales", shown, 15, every=0.1)


def test_a_vendor_sells_for_its_own_cart_alone(centre):
    cart, other = plate("V"), plate("V")
    vendor = vendor_of(centre, cart)
    assert post(vendor, "/sales", {"cart": other, "quantity": 1}).status_code == 403
    assert post(vendor, "/stock", {"cart": other, "stock": 1}).status_code == 403
    assert post(vendor, f"/sales/{other}/{'0' * 16}/1/void").status_code == 403
    assert post(vendor, "/stock", {"cart": cart, "stock": 50}).status_code == 202
    sale = {"cart": cart.lower(), "client": "Ana Soto", "quantity": 3, "amount": 1500}
    answer = post(vendor, "/sales", sale)
    assert answer.status_code == 202, answer.text
    typed = answer.json()
    assert (typed["cart"], typed["seq"], typed["receipt"]) == (cart, 2, 1)

    daily(centre, cart, quantity=3, amount=1500, sales=1, clients=1)
    rows = centre.api.items("/sales", cart=cart)
    assert [(r["epoch"], r["receipt"], r["client"], r["quantity"], r["amount"], r["stock"])
            for r in rows] == [(typed["epoch"], 1, "Ana Soto", 3, 1500, 47)]
    identity = f"{cart}/{typed['epoch']}/2"
    record = centre.kafka.wait_record("carrito.sales", lambda r: header(r, "ce_id") == identity)
    assert record.key() == cart.encode() and header(record, "ce_type") == "sale"
    assert json.loads(record.value())["client"] == "Ana Soto"

    assert vendor.items("/sales") == rows
    assert vendor.items("/daily-sales") == centre.api.items("/daily-sales", cart=cart)
    for group in ("guild", "month", "day", "cart-month"):
        assert [row["quantity"] for row in vendor.items("/daily-sales", group=group)] == [3], group
    table = vendor.request("GET", "/api/v1/daily-sales?format=csv&dialect=excel-es").text
    assert table.splitlines()[-1].startswith("Total;;3;1500;1;"), table

    path = f"/sales/{cart}/{typed['epoch']}/1/void"
    first = post(vendor, path, {"reason": "typed twice"})
    assert first.status_code == 202
    again = post(vendor, path)  # whoever did not hear the answer asks again
    assert (again.status_code, again.json()) == (202, first.json())
    assert post(centre.api, path).status_code == 409
    daily(centre, cart, quantity=0, sales=0, voided=1)
    acts = centre.api.items("/actions", user=vendor.get("/me")["user"])
    assert [a["action"] for a in acts] == ["void", "sale", "stock"]
    assert acts[0]["details"] == "typed twice"
    user, day = acts[0]["user"], centre.api.items("/daily-sales", cart=cart)[0]["day"]
    for bound, count in (("from", 3), ("to", 3)):
        assert len(centre.api.items("/actions", user=user, **{bound: day})) == count
    assert centre.api.items("/actions", user=user, **{"from": "2099-01-01"}) == []
    assert centre.api.items("/actions", user=user, to="2020-01-01") == []
    table = centre.api.request("GET", f"/api/v1/actions?user={user}&format=csv").text.splitlines()
    assert table[0] == "time,user,action,subject,details" and len(table) == 4
    assert vendor.request("GET", "/api/v1/actions").status_code == 403


def test_a_person_says_what_is_left_and_where_it_was_sold(centre):
    cart = plate("W")
    sale = {"cart": cart, "quantity": 3, "stock": 12, "lat": -33.45, "lon": -70.66}
    assert post(centre.api, "/sales", sale).status_code == 202
    daily(centre, cart, quantity=3)
    row = centre.api.items("/sales", cart=cart)[0]
    assert (row["stock"], row["lat"], row["lon"]) == (12, -33.45, -70.66)
    assert post(centre.api, "/sales", {"cart": cart, "quantity": 2}).status_code == 202
    daily(centre, cart, quantity=5)
    assert centre.api.items("/sales", cart=cart)[0]["stock"] == 10


def test_an_operator_takes_back_a_carts_own_receipt(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.sale(2, amount=1000), cart.outbox.sale(5, amount=2500)])
    daily(centre, cart.cart, quantity=7, sales=2)
    path = f"/sales/{cart.cart}/{cart.outbox.epoch}"
    assert post(centre.api, path + "/3/void").status_code == 404
    assert post(centre.api, path + "/x/void").status_code == 404
    assert post(centre.api, path + "/2/void", {"reason": 7}).json()["field"] == "reason"
    first = post(centre.api, path + "/2/void")
    assert first.status_code == 202
    daily(centre, cart.cart, quantity=2, sales=1, voided=1)
    assert post(centre.api, path + "/2/void").json() == first.json()
    assert post(vendor_of(centre, cart.cart), path + "/2/void").status_code == 409
    # The cart's own outbox goes on as if nothing had been.
    cart.send([cart.outbox.sale(4)])
    daily(centre, cart.cart, quantity=6, sales=2, voided=1)
    audit = [a for a in centre.api.items("/audit", cart=cart.cart)
             if a["epoch"] == cart.outbox.epoch]
    assert [(a["highest"], a["missing"], a["set_aside"]) for a in audit] == [(3, [], 0)]


def test_what_is_malformed_names_its_field(centre):
    cart = plate("D")
    good = {"cart": cart, "quantity": 1}
    for change, field in (({"quantity": 0}, "quantity"), ({"quantity": "3"}, "quantity"),
                          ({"cart": "?"}, "cart"), ({"cart": None}, "cart"),
                          ({"client": "  "}, "client"), ({"client": "x" * 65}, "client"),
                          ({"amount": -1}, "amount"), ({"amount": 10**9 + 1}, "amount"),
                          ({"stock": -1}, "stock"), ({"lat": 1}, "lon"), ({"lon": 1}, "lat"),
                          ({"lat": 91, "lon": 1}, "lat"), ({"lat": 1, "lon": "1"}, "lon"),
                          ({"ts": "yesterday"}, "ts"), ({"ts": "2099-01-01T00:00:00Z"}, "ts"),
                          ({"ts": "1999-01-01T00:00:00Z"}, "ts")):
        answer = post(centre.api, "/sales", {**good, **change})
        assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert post(centre.api, "/stock", {"cart": cart, "stock": -1}).json()["field"] == "stock"
    assert centre.api.items("/sales", cart=cart) == []


def test_a_key_makes_one_sale_of_many_attempts(centre):
    cart, key = plate("K"), secrets.token_hex(8)
    body = {"cart": cart, "quantity": 2}
    answers = []
    # Each on a connection of its own, all at once.
    attempts = [threading.Thread(target=lambda: answers.append(
        post(Api(centre.api.base, centre.api.token), "/sales", body, **{"Idempotency-Key": key})))
        for _ in range(8)]
    for attempt in attempts:
        attempt.start()
    for attempt in attempts:
        attempt.join()
    assert {(a.status_code, a.text) for a in answers} == {(202, answers[0].text)}
    other = post(centre.api, "/sales", {**body, "quantity": 3}, **{"Idempotency-Key": key})
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    assert post(centre.api, "/sales", body).json()["receipt"] == 2
    daily(centre, cart, quantity=4, sales=2)


def test_an_operator_commands_a_cart(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    path = f"/carts/{cart.cart}/commands"
    assert post(centre.api, path, {"command": "locate"}).status_code == 404
    cart.send([cart.outbox.location()])
    wait_until("the cart is known", lambda: centre.api.request(
        "GET", f"/api/v1/carts/{cart.cart}").status_code == 200, 15)
    for body, field in (({"command": "explode"}, "command"), ({"command": "config"}, "location_s"),
                        ({"command": "locate", "interval_s": 0}, "interval_s"),
                        ({"command": "replay", "epoch": "x"}, "epoch")):
        assert post(centre.api, path, body).json()["field"] == field
    answer = post(centre.api, path, {"command": "config", "location_s": 30, "other": 1})
    assert answer.status_code == 202, answer.text

    def came():
        return [c for c in cart.commands() if c["id"] == answer.json()["id"]]
    command = wait_until("the command", came, 15)[0]
    assert (command["command"], command["location_s"]) == ("config", 30)
    assert "other" not in command and command["expires_ms"] > now_ms()
