"""An order's id, which lists show, is no capability: its mail, its place, its cart and the cart's position are
shown to, and it is cancelled by, who has the order's key, or an operator. The key is told by the 202 and by the
mails, behind `#`; neither the store nor Kafka has it."""
import re
import secrets
import time

import pytest

from harness.api import Api
from harness.cart import PahoCart
from harness.smtp import MailServer
from harness.wait import wait_until

PUBLIC = "https://carrito.example"
HIDDEN = ("email", "lat", "lon", "place", "cart", "position", "distance_m", "eta_s")
PLACE = {"lat": -33.45, "lon": -70.66, "place": "Portón azul, al lado del 12"}


@pytest.fixture
def guild(world, scene):
    """A centre whose orders move by a vendor's steps alone, and its mail server."""
    server = scene.add(MailServer()).start()
    world.collector = world.make_collector(CARRITO_SMTP=server.url, CARRITO_PUBLIC_URL=PUBLIC,
                                           CARRITO_ORDER_STEP_MS=3600000)
    world.start()
    return world, server


def place(api, email, **headers):
    answer = api.request("POST", "/api/v1/orders", headers=headers, json={
        "product": "Sopaipilla", "price": 500, "quantity": 2, "email": email, **PLACE})
    assert answer.status_code == 202, answer.text
    return answer.json()


def look(api, order, key=None):
    answer = api.request("GET", f"/api/v1/orders/{order}", headers={"Order-Key": key} if key else {})
    assert answer.status_code == 200, answer.text
    return answer.json()


def cancel(api, order, key=None):
    return api.request("POST", f"/api/v1/orders/{order}/cancel", headers={"Order-Key": key} if key else {})


def refused(answer):
    return answer.status_code == 403 and answer.json()["code"] == "order-key"


def of_role(world, role):
    made = {"name": "m" + secrets.token_hex(4), "role": role, "days": 1}
    answer = world.api.request("POST", "/api/v1/tokens", json=made)
    return world.scene.add(Api(world.api.base, answer.json()["token"]))


def test_who_has_the_key_follows_and_cancels_who_has_the_id_does_not(guild):
    world, server = guild
    buyer, viewer, operator = Api(world.api.base), of_role(world, "viewer"), of_role(world, "operator")
    mail = f"b{secrets.token_hex(4)}@example.org"
    placed, other = place(buyer, mail), place(buyer, "otra@example.org")
    order, key = placed["id"], placed["key"]
    assert re.fullmatch("[0-9a-f]{32}", key) and key != other["key"] and placed["price"] == 500
    wait_until("it is in the list", lambda: order in [one["id"] for one in viewer.items("/orders")], 10)

    for api, said in ((buyer, None), (buyer, other["key"]), (buyer, order), (viewer, None), (buyer, "")):
        row = look(api, order, said)
        assert [row[name] for name in HIDDEN] == [None] * len(HIDDEN) and row["status"] == "recibido" and row["history"]
        assert refused(cancel(api, order, said))
    search = {"held": False, "turn": 0, "offers": []}  # for the guild alone
    for api, said, more in ((buyer, key, {}), (operator, None, search)):
        assert look(api, order, said) == {**look(buyer, order), "email": mail, **PLACE, **more}

    # The vendor brings it: the buyer sees where it is, and takes it back no more.
    cart = world.scene.add(PahoCart(world.mqtt_port))
    cart.send([cart.outbox.location(-33.44, -70.65), cart.outbox.event("order", order=order, status="preparando"),
               cart.outbox.event("order", order=order, status="entregando")])
    wait_until("it is on its way", lambda: look(buyer, order)["status"] == "entregando", 15)
    wait_until("its cart's position", lambda: (look(buyer, order, key)["position"] or {}).get("lat") == -33.44, 15)
    assert look(buyer, order, key)["cart"] == cart.cart
    assert look(viewer, order)["position"] is None and look(buyer, order)["cart"] is None
    assert cancel(buyer, order, key).status_code == 409 and refused(cancel(viewer, order))
    assert cancel(operator, order).status_code == 202
    assert [one["subject"] for one in world.api.items("/actions") if one["action"] == "order-cancel"] == [order]
    assert cancel(buyer, other["id"], other["key"]).status_code == 202

    link = f"{PUBLIC}/pedidos/{order}#{key}"
    wait_until("a mail of each state", lambda: len(server.to(mail)) == 4, 20)
    assert all(link in one.get_content() for one in server.to(mail))
    assert not [one for one in server.given if PLACE["place"] in one.get_content()], "a stranger's words"
    buyer.close()


def test_the_key_is_nowhere_but_in_answers_and_mails(guild):
    world, server = guild
    buyer, repeated = Api(world.api.base), secrets.token_hex(16)
    mail = f"b{secrets.token_hex(4)}@example.org"
    placed = place(buyer, mail, **{"Idempotency-Key": repeated})
    assert place(buyer, mail, **{"Idempotency-Key": repeated}) == placed
    wait_until("its mail", lambda: server.to(mail), 20)
    records = [record for topic in ("order-requests", "order-processing", "order-notifications")
               for record in world.kafka.records(f"carrito.{topic}")]
    assert records and not [record for record in records if placed["key"].encode() in (record.value() or b"")]
    for file in (path for path in world.collector.store.parent.glob("*") if path.is_file()):
        assert placed["key"].encode() not in file.read_bytes(), file.name

    # Another process on the store, and this one after its end, know it by the key.
    assert world.collector.terminate(10) == 0
    world.collector.start().wait_ready()
    began = time.monotonic()
    assert look(buyer, placed["id"], placed["key"])["email"] == mail and time.monotonic() - began < 5
    assert cancel(buyer, placed["id"], placed["key"]).status_code == 202
    buyer.close()
