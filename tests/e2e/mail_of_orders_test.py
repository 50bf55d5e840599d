"""Every order's four mails arrive in a mail server's worst hour, repeats with the same Message-ID,
each outcome is told in Kafka, and no order waits for mail; above the limit comes one digest."""
import json
import secrets
import time
from collections import Counter

import pytest

from harness.api import Api
from harness.smtp import MailServer
from harness.wait import wait_until

STATES = ["recibido", "preparando", "entregando", "finalizado"]
ORDERS = 20


def place(api, email):
    answer = api.request("POST", "/api/v1/orders", json={
        "product": "Sopaipilla con ñ\r\nBcc: x@example.org", "price": 500, "quantity": 2,
        "email": email})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def outcomes(kafka, order):
    return [json.loads(r.value()) for r in kafka.records("carrito.order-notifications")
            if r.key() == order.encode()]


def faults():
    """The first of each mail is refused for now; some are cut off in silence after that."""
    def after_dot(mail, times):
        slow = int(mail["Message-ID"][1:3], 16) % 8 == 0
        return "451 greylisted" if times == 1 else 1 if times == 2 and slow else None
    return after_dot


@pytest.fixture
def server(scene):
    return scene.add(MailServer(faults())).start()


@pytest.fixture
def centre_with_mail(world, server):
    world.collector = world.make_collector(CARRITO_SMTP=server.url, CARRITO_MAIL_RATE=4,
                                           CARRITO_MAIL_FROM="carrito@gremio.example")
    return world.start()


def test_four_mails_of_each_order_and_one_digest(centre_with_mail, server):
    centre = centre_with_mail
    buyer = centre.scene.add(Api(centre.api.base))
    mails = [f"b{secrets.token_hex(4)}@example.org" for _ in range(ORDERS)]
    began = time.monotonic()
    orders = {place(buyer, mail): mail for mail in mails}
    for order in orders:
        wait_until("the order is done", lambda o=order:
                   buyer.get(f"/orders/{o}")["status"] == "finalizado", 10, every=0.02)
    assert time.monotonic() - began < 10, "orders waited for mail"

    wait_until("all mails", lambda: len(set(server.ids())) == 4 * ORDERS, 40)
    assert Counter(server.ids()).most_common(1)[0][1] == 1, "one was taken twice"
    for order, mail in orders.items():
        got = server.to(mail)
        assert sorted(m.get_content().partition("Estado:    ")[2].split()[0] for m in got) == \
            sorted(STATES)
        assert all(order in m.get_content() and m["Bcc"] is None for m in got)
    assert len({m.raw for m in server.given}) == 4 * ORDERS, "a repetition has other bytes"

    order, mail = next(iter(orders.items()))
    wait_until("the outcomes in Kafka", lambda: Counter(
        o["outcome"] for o in outcomes(centre.kafka, order))["sent"] == 4, 15, every=0.5)
    told = outcomes(centre.kafka, order)
    assert {(o["status"], o["outcome"]) for o in told} >= {(s, "sent") for s in STATES}
    assert {(o["status"], o["outcome"]) for o in told} >= {(s, "deferred") for s in STATES}
    assert all(o["recipient"] == mail and o["channel"] == "mail" for o in told)
    assert len({o["id"] for o in told}) == len(told)

    # The buyer's hour is full: what comes now waits for one digest.
    another = place(buyer, mail)
    wait_until("its mails are held", lambda: len(
        [m for m in centre.api.items("/mails", status="held") if m["order"] == another]) == 4, 10)
    digests = [m for m in centre.api.items("/mails", status="waiting")
               if m["template"] == "digest" and m["recipient"] == mail]
    assert len(digests) == 1, digests
    assert len(server.to(mail)) == 4


def test_what_strangers_type_reaches_nobody_and_has_a_limit(centre_with_mail, server):
    """200 orders to v+N@: as many mails as one mailbox gets in an hour, none with the buyer's text."""
    centre = centre_with_mail
    buyer = centre.scene.add(Api(centre.api.base))
    victim = f"v{secrets.token_hex(4)}"
    words = "GANASTE 500.000 https://evil.example/x"
    for number in range(200):
        answer = buyer.request("POST", "/api/v1/orders", json={
            "product": words, "price": 1, "email": f"{victim}+{number}@Example.org"})
        assert answer.status_code == 202, answer.text
    own = f"o{secrets.token_hex(4)}@example.org"
    place(buyer, own)  # behind them, and to somebody else
    wait_until("the last one's mails", lambda: len(server.to(own)) == 4, 40)
    assert 1 <= len([m for m in server.taken if victim in m["To"]]) <= 4
    for mail in [m for m in server.given if victim in m["To"]]:
        assert "GANASTE" not in mail["Subject"] and "evil" not in mail.get_content(), mail.raw
        assert "un producto del gremio" in mail["Subject"]
