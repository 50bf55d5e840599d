"""A person who applied, ordered, bought by name and was reported is found by all of it, and erased: nothing that
the API tells names the person any more, and every sum is what it was."""
import json
import os
import pty
import secrets
import subprocess

from harness.api import Api
from harness.events import Outbox, line, plate
from harness.people import applicant
from harness.process import BIN, run
from harness.wait import wait_until

LISTS = ("/members", "/orders", "/mails", "/reports", "/sales", "/alerts", "/set-aside", "/actions")


def _post(api, path, **body):
    answer = api.request("POST", f"/api/v1{path}", json=body)
    assert answer.status_code in (200, 202), answer.text
    return answer.json()


def _all_that_is_told(api):
    lists = [api.items(path) for path in LISTS]
    lists += [api.items("/mails", status=status) for status in ("sent", "skipped", "failed")]
    return json.dumps(lists, ensure_ascii=False)


def _ctl(centre, *words):
    return run([BIN / "carritoctl", *words], {"CARRITO_URL": f"http://{centre.collector.http}",
                                              "CARRITO_TOKEN": centre.api.token, "CARRITO_LANG": "en"}, seconds=30)


def _at_a_terminal(centre, typed, *words):
    main, side = pty.openpty()
    try:
        os.write(main, typed.encode() + b"\n")
        return subprocess.run(
            [BIN / "carritoctl", *words], stdin=side, capture_output=True, text=True, timeout=30, check=False,
            env={"PATH": os.environ["PATH"], "CARRITO_URL": f"http://{centre.collector.http}",
                 "CARRITO_TOKEN": centre.api.token, "CARRITO_LANG": "en"})
    finally:
        os.close(main)
        os.close(side)


def test_a_person_is_found_and_erased(centre):
    stranger, cart = Api(centre.api.base), Outbox()
    client = "Ana Muñoz " + secrets.token_hex(3)  # a cart's JSON may say it with an escape
    one = applicant(lastname="Rojas" + secrets.token_hex(4), plate=plate("E"),
                    email=f"ana.{secrets.token_hex(4)}@example.cl")
    sale = cart.sale(2, client=client, amount=1000)
    for event in (sale, cart.sale(1, client=client), cart.sale(3, client="Otra")):
        centre.kafka.produce("carrito.sales", event["cart"], line(event))
    centre.kafka.produce("carrito.sales", cart.cart, json.dumps({**sale, "quantity": 9}).encode())
    _post(stranger, "/members", **one)
    door = "Portón azul " + secrets.token_hex(4)
    order = _post(stranger, "/orders", product="sopaipilla", price=500, quantity=1, email=one["email"], lat=-33.4,
                  lon=-70.6, place=door)
    _post(stranger, "/reports", lat=-33.4, lon=-70.6, note=f"soy {client}, {one['rut']}")
    wait_until("all of it", lambda: len(centre.api.items("/set-aside", cart=cart.cart)) == 1
               and [m for m in centre.api.items("/members") if m["rut"] == one["rut"]]
               and [o for o in centre.api.items("/orders") if o["email"] == one["email"]]
               and [r for r in centre.api.items("/reports") if client in (r["note"] or "")], 20)
    figures = centre.api.items("/daily-sales", cart=cart.cart)
    keys = {"rut": one["rut"], "mail": one["email"].upper(), "client": client}

    items = _post(centre.api, "/people/find", **keys)["items"]
    assert door in json.dumps(items, ensure_ascii=False)
    found = {item["key"]: {place["table"] for place in item["places"]} for item in items}
    assert found["rut"] >= {"members", "reports"}
    assert found["mail"] >= {"members", "orders", "mails"}
    assert found["client"] >= {"receipts", "day_clients", "client_groups", "set_aside", "reports"}

    erased = _post(centre.api, "/people/erase", **keys)["items"]
    assert all(item["pseudonym"].startswith("~") and len(item["pseudonym"]) == 23 for item in erased)
    told = _all_that_is_told(centre.api)
    assert json.dumps(client).strip('"') not in told.replace("\\\\", "\\")
    assert not [trace for trace in (one["rut"], one["email"], one["lastname"], client, door) if trace in told]
    followed = stranger.request("GET", f"/api/v1/orders/{order['id']}", headers={"Order-Key": order["key"]}).json()
    assert (followed["place"], followed["lat"], followed["lon"], followed["email"]) == (None, None, None, "")
    assert centre.api.items("/daily-sales", cart=cart.cart) == figures
    acts = {(act["action"], act["subject"]) for act in centre.api.items("/actions")}
    assert {("person-erase", item["pseudonym"]) for item in erased} <= acts
    again = _post(centre.api, "/people/find", **keys)["items"]
    assert [item["places"] for item in again] == [[], [], []]

    # A sale of the person that comes now is the same client's.
    late = cart.sale(1, client=client)
    centre.kafka.produce("carrito.sales", late["cart"], line(late))
    row = wait_until("the late sale", lambda: [r for r in centre.api.items("/daily-sales", cart=cart.cart)
                                               if r["sales"] == 4], 20)[0]
    assert row["clients"] == 2 and client not in json.dumps(centre.api.items("/sales", cart=cart.cart))


def test_carritoctl_shows_exports_and_erases(centre):
    cart, client = Outbox(), "Rosa " + secrets.token_hex(4)
    sale = cart.sale(2, client=client, amount=1000)
    centre.kafka.produce("carrito.sales", sale["cart"], line(sale))
    wait_until("the sale", lambda: centre.api.items("/sales", cart=cart.cart), 20)
    assert "receipts" in _ctl(centre, "person", "show", "--client", client).stdout
    whole = json.loads(_ctl(centre, "person", "export", "--client", client).stdout)
    assert whole[0]["places"][0]["rows"][0]["client"] == client
    told = _at_a_terminal(centre, "n", "person", "erase", "--client", client)
    assert "nobody can undo it" in told.stderr and told.returncode == 1
    assert centre.api.items("/sales", cart=cart.cart)[0]["client"] == client
    assert _at_a_terminal(centre, "y", "person", "erase", "--client", client).returncode == 0
    assert centre.api.items("/sales", cart=cart.cart)[0]["client"] == whole[0]["pseudonym"]
    assert _ctl(centre, "person", "erase", "--client", client).returncode == 0  # nobody to ask
    assert _ctl(centre, "person", "show").returncode == 1


def test_who_is_to_be_found_must_be_named(centre):
    for body, field in (({}, "rut"), ({"rut": "1-1"}, "rut"), ({"mail": "x"}, "mail"), ({"passport": "a b"}, "passport"),
                        ({"client": ""}, "client")):
        for path in ("find", "erase"):
            answer = centre.api.request("POST", f"/api/v1/people/{path}", json=body)
            assert answer.status_code == 422 and answer.json()["field"] == field, answer.text
