"""What is of a person is read by whoever may read the list that it belongs to, and by nobody else, whichever
route shows it. One applicant, one buyer, one blocked account and a letter that nobody could read are planted;
then each role reads all that it can: every GET and every `/find` that `--routes` prints, as JSON and CSV, every
role's messages, and the stream."""
import json
import re
import secrets
from urllib.parse import quote

import pytest

from harness.api import Api
from harness.cart import PahoCart
from harness.listener import Listener, listening
from harness.people import applicant
from harness.routes import table
from harness.wait import wait_until

SIGNED_IN = ("viewer", "operator", "admin", "vendor", "tracker")
ACTING = ("operator", "admin")


class Planted:
    """One person in each place, by words that nothing else has."""

    def __init__(self, centre, scene):
        self.centre, self.cart = centre, scene.add(PahoCart(centre.mqtt_port))
        self.mark = secrets.token_hex(4)
        self.member = applicant(lastname=f"Apellido{self.mark}", email=f"socia{self.mark}@example.cl")
        self.buyer = {"product": "Sopaipilla", "price": 500, "email": f"compra{self.mark}@example.cl",
                      "lat": -33.4 - secrets.randbelow(10**6) / 1e9, "lon": -70.6 - secrets.randbelow(10**6) / 1e9, "place": f"Puerta{self.mark}"}
        self.user, self.password = centre.collector.add_user("operator")
        self.letter = f"carta{self.mark}@example.cl"
        self.order = None

    def words(self):
        """{word: what it is}."""
        return {self.member["lastname"]: "an applicant's name", self.member["email"]: "an applicant's mail",
                self.member["rut"].split("-")[0]: "a RUT", self.member["plate"]: "an applicant's plate",
                self.buyer["email"]: "a buyer's mail", str(self.buyer["lat"]): "a buyer's place",
                str(self.buyer["lon"]): "a buyer's place", self.buyer["place"]: "a buyer's place", self.user: "an account",
                self.letter: "a letter's text"}

    def plant(self):
        api = self.centre.api
        self.cart.send([self.cart.outbox.sale()])
        self.cart.wait_acked()
        assert api.request("POST", "/api/v1/members", json=self.member).status_code == 202
        placed = api.request("POST", "/api/v1/orders", json=self.buyer)
        assert placed.status_code == 202, placed.text
        self.order = placed.json()["id"]
        for _ in range(6):
            Api(api.base).request("POST", "/api/v1/login", json={"user": self.user, "password": "wrong-one"})
        self.centre.kafka.produce("carrito.members", b"", f'{{"email":"{self.letter}"'.encode())

    def is_there(self):
        """Everything has reached the lists of those who may read it."""
        api = self.centre.api
        found = json.dumps([api.items("/members"), api.items("/orders"), api.items("/alerts"), api.items("/blocked"),
                            api.items("/dead-letters"), api.get("/consumers/access/messages", limit=1000),
                            api.items("/sales", cart=self.cart.cart)])
        return all(word in found for word in self.words()) and self.cart.cart in found

    def targets(self, route):
        """Paths of the route with what was planted in the place of its names."""
        epoch = self.cart.outbox.epoch
        day = self.centre.api.items("/daily-sales", cart=self.cart.cart)[0]["day"]
        path = route.path.replace("{cart}", self.cart.cart).replace("{epoch}", epoch).replace("{day}", day)
        path = path.replace("{receipt}", "1").replace("{file}", "app.js").replace("{name}", self.user)
        if path.endswith(("/members/{id}", "/mails/{id}", "/alerts/{id}")):
            rows = self.centre.api.get(path.removeprefix("/api/v1").removesuffix("/{id}"), limit=1000)["items"]
            return [path.replace("{id}", quote(row["id"], safe="")) for row in rows
                    if any(word in json.dumps(row) for word in self.words())]
        path = path.replace("{id}", self.order)
        roles = [one["role"] for one in self.centre.api.items("/consumers")] if "{role}" in path else [""]
        return [re.sub(r"\{role\}", role, path) for role in roles]


def asked(planted, api, route):
    """The bodies of a route, as whoever asks gets them."""
    query = {"limit": 1000} if "limit" in route.query else {}
    for path in planted.targets(route):
        for form in ({}, {"format": "csv"}) if "format" in route.query else ({},):
            asked_for = {"json" if "find" in route.flags else "params": {**query, **form}}
            yield api.request(route.method, path, **asked_for).text


@pytest.fixture(scope="module")
def scene_of_persons(shared_centre, module_scene):
    centre = shared_centre.lent_to(module_scene)
    apis = {"nobody": module_scene.add(Api(centre.api.base))}
    planted = Planted(centre, module_scene)
    for role in SIGNED_IN:
        made = {"name": "m" + secrets.token_hex(4), "role": role, "days": 1}
        if role == "vendor":
            made["cart"] = planted.cart.cart
        answer = centre.api.request("POST", "/api/v1/tokens", json=made)
        assert answer.status_code == 201, answer.text
        apis[role] = module_scene.add(Api(centre.api.base, answer.json()["token"]))
    first = listening(module_scene, apis["operator"])
    heard = {"operator": first, "viewer": module_scene.add(Listener(apis["viewer"]))}
    wait_until("the viewer listens", lambda: heard["viewer"].last_id, 5)
    planted.plant()
    wait_until("all is in its lists", planted.is_there, 20, every=0.3)
    return planted, apis, heard


@pytest.mark.parametrize("role", ("nobody", *SIGNED_IN))
def test_what_is_of_persons_is_read_by_those_who_may(scene_of_persons, role):
    planted, apis, _ = scene_of_persons
    found, walked = {}, 0
    for route in table():
        if (route.method != "GET" and "find" not in route.flags) or route.path.endswith("/stream"):
            continue
        for body in asked(planted, apis[role], route):
            walked += 1
            for word, what in planted.words().items():
                if word in body:
                    found.setdefault(what, set()).add(route.path)
    assert walked > 50
    if role in ACTING:
        assert set(found) == set(planted.words().values())
        assert "/api/v1/consumers/{role}/messages" in found["a RUT"] & found["a buyer's mail"] & found["an account"]
    else:
        assert not found


def test_a_viewer_still_sees_where_messages_lie(scene_of_persons):
    planted, apis, _ = scene_of_persons
    for role in ("members", "access"):
        items = apis["viewer"].get(f"/consumers/{role}/messages")["items"]
        assert items and all(one["value"] is None and one["key"] is None for one in items)
    orders = [json.loads(one["value"]) for one in apis["viewer"].get("/consumers/orders/messages")["items"]
              if one["topic"] == "carrito.order-requests" and one["value"] is not None]  # None: no order
    assert [one for one in orders if one.get("id") == planted.order and "product" in one]
    assert not [one for one in orders if "email" in one]  # others' rubbish is here, too


def test_the_stream_tells_each_role_what_it_may_hear(scene_of_persons):
    planted, _, heard = scene_of_persons
    wait_until("the operator hears of the account",
               lambda: planted.user in json.dumps(heard["operator"].of("alert")), 10)
    wait_until("the viewer hears of the order",
               lambda: any(one["id"] == planted.order for one in heard["viewer"].of("order")), 10)
    wait_until("and of the sale", lambda: heard["viewer"].of("sale", planted.cart.cart), 10)
    said = json.dumps(heard["viewer"].events)
    assert not [what for word, what in planted.words().items() if word in said]
