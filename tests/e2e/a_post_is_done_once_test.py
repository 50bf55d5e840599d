"""Whoever does not know whether his POST was heard sends it again under the same Idempotency-Key: it is done
once, and answered alike; another body under that key is refused, and what answers with a secret takes none."""
import secrets
from urllib.parse import quote

import pytest

from harness.cart import PahoCart
from harness.events import Outbox, batch, line
from harness.people import applicant
from harness.routes import table
from harness.wait import wait_until


class Office:
    """An admin with a cart that has sold, and something for each act to be done to."""

    def __init__(self, centre, scene):
        self.centre, self.api = centre, scene.add(centre.collector.sign_in("admin"))
        self.user = self.api.get("/me")["user"]
        self.cart = scene.add(PahoCart(centre.mqtt_port))
        self.cart.send([self.cart.outbox.location(), self.cart.outbox.sale(1, stock=0)])
        wait_until("the cart", lambda: centre.api.items("/carts", q=self.cart.cart) and
                   centre.api.items("/sales", cart=self.cart.cart), 15)

    def made(self, path, body, status=202):
        answer = self.centre.api.request("POST", "/api/v1" + path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def first(self, path, **query):
        return wait_until(path, lambda: self.centre.api.items(path, **query), 15)[0]

    def application(self):
        identity = self.made("/members", applicant())["id"]
        wait_until("the application", lambda: self.centre.api.request(
            "GET", f"/api/v1/members/{identity}").status_code == 200, 15)
        return identity

    def report(self):
        identity = self.made("/reports", {"cart": self.cart.cart, "lat": 1, "lon": 1})["id"]
        wait_until("the report", lambda: self.centre.api.items("/reports", cart=self.cart.cart, status="open"), 15)
        return identity

    def alert(self):
        return quote(self.first("/alerts", cart=self.cart.cart, open="true")["id"], safe="")

    def aside(self):
        outbox = Outbox()
        sale = outbox.sale(1)
        for event in (sale, {**sale, "quantity": 5}):
            self.centre.kafka.produce("carrito.sales", outbox.cart, line(event))
        return quote(self.first("/set-aside", cart=outbox.cart)["id"], safe="")

    def letter(self):
        outbox = Outbox()
        source = f"mqtt:carrito/v1/{outbox.cart}/events"
        self.centre.kafka.produce("carrito.dead-letters", outbox.cart, line(outbox.sale(1)),
                                  {"error": "on purpose", "source": source})
        row = wait_until("the letter", lambda: [one for one in self.centre.api.items("/dead-letters")
                                                if one["source"] == source], 15)[0]
        return f"{row['partition']}/{row['offset']}"

    def batch_of_one(self):
        cart = Outbox()
        self.made("/sales", {"cart": cart.cart, "quantity": 1, "stock": 1})
        wait_until("the open batch", lambda: [row for row in self.centre.api.items("/restocks")
                                              if row["number"] is None], 15)

    def announced(self):
        self.batch_of_one()
        return self.made("/restocks/announce", None, 200)["number"]


# {route: (path, body, another body)}, as an office prepares them.
POSTS = {
    "/members": lambda o: ("/members", applicant(), applicant()),
    "/members/{rut}/decision": lambda o: (f"/members/{o.application()}/decision", {"accept": False}, {"accept": True}),
    "/sales": lambda o: ("/sales", {"cart": o.cart.cart, "quantity": 1}, {"cart": o.cart.cart, "quantity": 2}),
    "/sales/{cart}/{epoch}/{receipt}/void": lambda o: (
        f"/sales/{o.cart.cart}/{o.cart.outbox.epoch}/1/void", {"reason": "a"}, {"reason": "b"}),
    "/stock": lambda o: ("/stock", {"cart": o.cart.cart, "stock": 0}, {"cart": o.cart.cart, "stock": 1}),
    "/carts/{cart}": lambda o: (f"/carts/{o.cart.cart}", {"note": "a"}, {"note": "b"}),
    "/carts/{cart}/commands": lambda o: (f"/carts/{o.cart.cart}/commands", {"command": "locate"},
                                         {"command": "config", "location_s": 30}),
    "/reports": lambda o: ("/reports", {"lat": 1, "lon": 1}, {"lat": 1, "lon": 2}),
    "/reports/{id}/dismiss": lambda o: (f"/reports/{o.report()}/dismiss", None, None),
    "/fugitives/{cart}/confirm": lambda o: (o.report() and f"/fugitives/{o.cart.cart}/confirm", None, None),
    "/fugitives/clear": lambda o: (o.report() and "/fugitives/clear", {"carts": [o.cart.cart]}, {"carts": ["NBDY99"]}),
    "/alerts/{id}/ack": lambda o: (f"/alerts/{o.alert()}/ack", None, None),
    "/alerts/{id}/clear": lambda o: (f"/alerts/{o.alert()}/clear", None, None),
    "/restocks/announce": lambda o: (o.batch_of_one() or "/restocks/announce", None, None),
    "/restocks/{n}/done": lambda o: (f"/restocks/{o.announced()}/done", None, None),
    "/consumers/{role}/start": lambda o: ("/consumers/stock/start", None, None),
    "/set-aside/{id}/accept": lambda o: (f"/set-aside/{o.aside()}/accept", None, None),
    "/set-aside/{id}/drop": lambda o: (f"/set-aside/{o.aside()}/drop", None, None),
    "/dead-letters/{partition}/{offset}/retry": lambda o: (f"/dead-letters/{o.letter()}/retry", None, None),
    "/mail/test": lambda o: ("/mail/test", {"to": "a@example.org"}, {"to": "b@example.org"}),
    "/users": lambda o: ("/users", {"name": f"u{secrets.token_hex(4)}", "role": "viewer", "password": "p" * 12},
                         {"name": f"u{secrets.token_hex(4)}", "role": "viewer", "password": "q" * 12}),
    "/users/{name}/password": lambda o: (f"/users/{o.centre.collector.add_user('viewer')[0]}/password",
                                         {"password": "p" * 12}, {"password": "q" * 12}),
}


@pytest.fixture(scope="module", name="office")
def _office(shared_centre, module_scene):
    return Office(shared_centre.lent_to(module_scene), module_scene)


def acts(office):
    return office.centre.api.items("/actions", user=office.user)


@pytest.mark.parametrize("route", POSTS)
def test_a_post_is_done_once(office, route):
    path, body, other = POSTS[route](office)
    key = {"Idempotency-Key": secrets.token_urlsafe(16)}
    before = len(acts(office))

    def send(sent, headers):
        options = {"json": sent} if sent is not None else {}
        return office.api.request("POST", "/api/v1" + path, headers=headers, **options)

    first = send(body, key)
    assert first.status_code in (200, 201, 202), first.text
    done = acts(office)
    assert len(done) <= before + 1
    again = send(body, key)
    assert (again.status_code, again.content) == (first.status_code, first.content), again.text
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert acts(office) == done
    if other is not None:
        refused = send(other, key)
        assert (refused.status_code, refused.json()["code"]) == (422, "key-reused"), refused.text
        assert acts(office) == done


def test_an_import_is_taken_once_and_its_file_is_its_body(office):
    outbox = Outbox()
    lines, key = batch([outbox.sale(1), outbox.sale(2)]), {"Idempotency-Key": secrets.token_hex(16)}

    def send(data):
        return office.api.request("POST", "/api/v1/imports", data=data,
                                  headers={"Content-Type": "application/x-ndjson", **key})
    first = send(lines)
    assert first.json() == {"read": 2, "new": 2, "duplicate": 0, "refused": 0}
    assert send(lines).json() == first.json(), "a second one would count duplicates"
    refused = send(lines + batch([outbox.sale(3)]))
    assert (refused.status_code, refused.json()["code"]) == (422, "key-reused")
    wait_until("its sales", lambda: len(office.api.items("/sales", cart=outbox.cart)) == 2, 15)
    assert send(lines).json() == first.json()
    whole = office.api.request("POST", "/api/v1/imports", data=lines, headers={"Content-Type": "application/x-ndjson"})
    assert whole.json()["duplicate"] == 2


def test_what_answers_with_a_secret_takes_no_key(office):
    name, password = office.centre.collector.add_user("viewer")
    for path, body in (("/login", {"user": name, "password": password}),
                       ("/tokens", {"name": name, "role": "viewer", "days": 1}),
                       (f"/carts/{office.cart.cart}/phones", {})):
        refused = office.api.request("POST", "/api/v1" + path, json=body, headers={"Idempotency-Key": "k" * 22})
        assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (
            400, "no-key", "Idempotency-Key"), (path, refused.text)


def test_the_collector_says_so_of_each():
    there = {route.path.removeprefix("/api/v1"): route.flags for route in table() if route.method == "POST"}
    assert set(POSTS) <= set(there)
    assert all({"idempotent", "secret", "basic", "find"} & flags for flags in there.values())
