"""Phones in OwnTracks' HTTP mode are carts, and whatever they send is answered with yes."""
import base64
import json
import time
import uuid

import pytest
import requests

from harness.cart import PahoCart
from harness.events import now_ms, plate
from harness.kafka import header
from harness.wait import wait_until

# The members as both apps take them (Preferences.kt, Settings.m): another type is left out.
CONFIGURATION = {
    "_type": str, "mode": int, "url": str, "auth": bool, "usePassword": bool, "username": str,
    "password": str, "deviceId": str, "tid": str, "monitoring": int, "moveModeLocatorInterval": int,
    "locatorInterval": int, "locatorDisplacement": int, "pubRetain": bool, "keepalive": int,
    "ping": int, "remoteConfiguration": bool}


def fix(**members):
    return {"_type": "location", "lat": -33.4372, "lon": -70.6506, "tst": int(time.time()),
            "acc": 14, "vel": 0.0, "tid": "23", "_id": "5f3a", **members}


class Phone:
    def __init__(self, centre, cart, secret=None):
        self.url = centre.api.base + "/pub"
        self.cart = cart
        self.auth = (cart.lower(), secret)

    def post(self, body, **options):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        options.setdefault("auth", self.auth)
        return requests.post(self.url, data=data, timeout=15, **options)


def token_of(centre, name, role="tracker"):
    answer = centre.api.request("POST", "/api/v1/tokens",
                                json={"name": name, "role": role, "days": 1})
    assert answer.status_code == 201, answer.text
    return answer.json()["token"]


@pytest.fixture
def phone(centre):
    cart = plate()
    return Phone(centre, cart, token_of(centre, cart.lower()))


def test_a_phone_with_a_token_is_its_cart(centre, phone):
    answer = phone.post(fix())
    assert (answer.status_code, answer.json()) == (200, [])
    row = wait_until("the phone's position", lambda: next(
        (r for r in centre.api.items("/carts", q=phone.cart) if r["lat"] == -33.4372), None), 10)
    assert row["state"] == "heard" and row["last_heard"]


def test_a_phone_with_a_password_is_asked_for_it_once(centre):
    cart = plate()
    answer = centre.api.request("POST", "/api/v1/users", json={
        "name": cart.lower(), "role": "tracker", "password": "correct horse battery"})
    assert answer.status_code == 201, answer.text
    phone = Phone(centre, cart, "correct horse battery")
    for _ in range(8):  # more than five in a minute: only the first is an attempt to sign in
        assert phone.post(fix()).status_code == 200
    assert Phone(centre, cart, "wrong horse").post(fix()).status_code == 401


@pytest.mark.parametrize("topic", ["owntracks/iPhoneDev", "owntracks/ana/iPhoneDev", "somewhere",
                                   "owntracks/ana/T0123ABCD/event"])
def test_the_login_says_who_a_phone_is_whatever_its_topic(centre, phone, topic):
    answer = phone.post(fix(topic=topic, lat=-33.47))
    assert (answer.status_code, answer.json()) == (200, [])
    wait_until("its own place", lambda: [r for r in centre.api.items("/carts", q=phone.cart)
                                         if r["lat"] == -33.47], 10)
    assert not centre.api.items("/carts", q="IPHONEDEV")


def test_a_slash_at_the_end_of_the_address_is_forgiven(centre, phone):
    phone.url += "/"
    assert phone.post(fix(lat=-33.48)).status_code == 200
    wait_until("its place", lambda: [r for r in centre.api.items("/carts", q=phone.cart)
                                     if r["lat"] == -33.48], 10)


def test_a_phone_is_nobody_elses_cart(centre, phone):
    other = f"ZZXV{10 + uuid.uuid4().int % 90}"  # in the national form: nobody speaks for two
    for options in ({}, {"headers": {"X-Limit-D": other.lower()}}):
        topic = {} if options else {"topic": f"owntracks/ana/{other.lower()}"}
        assert phone.post(fix(**topic), **options).status_code == 200
    told = wait_until("the dead letters", lambda: (lambda found: len(found) == 2 and found)(
        [header(r, "error") for r in centre.kafka.records("carrito.dead-letters")
         if header(r, "source") == f"http:/pub/{phone.cart.lower()}"]), 10)
    assert all("nobody speaks for two" in reason for reason in told)
    assert not centre.api.items("/carts", q=other) and not centre.api.items("/carts", q=phone.cart)
    assert phone.post(fix(), auth=None).status_code == 401
    assert phone.post(fix(), auth=(plate().lower(), phone.auth[1])).status_code == 401
    read = requests.get(centre.api.base + "/api/0/last", auth=phone.auth, timeout=15)
    assert read.status_code == 403, "a tracker only publishes"


def test_a_bad_body_is_yes_and_a_dead_letter(centre, phone):
    bad = {"lat": {"_type": "location", "lon": 1, "tst": 2}, "JSON": b"X0,542A46AA,k",
           "encrypts": {"_type": "encrypted", "data": "q83v"}, "object": [fix()]}
    for body in bad.values():
        answer = phone.post(body)
        assert (answer.status_code, answer.json()) == (200, [])
    assert phone.post(b"").status_code == 200
    assert phone.post({"_type": "lwt"}).status_code == 200

    def reasons():
        found = [header(r, "error") for r in centre.kafka.records("carrito.dead-letters")
                 if header(r, "source") == f"http:/pub/{phone.cart.lower()}"]
        return len(found) >= len(bad) and found

    told = wait_until("the dead letters", reasons, 10)
    assert len(told) == len(bad)
    for word in bad:
        assert any(word in reason for reason in told), (word, told)


def test_a_long_body_is_yes_and_its_position_is_taken(centre, phone):
    assert phone.post(fix(lat=-33.5, image="a" * 65_537)).status_code == 200
    wait_until("the position", lambda: centre.api.cart(phone.cart)["lat"] == -33.5, 10)
    for length in (300_000, 1_100_000, 3_000_000):
        answer = phone.post(fix(lat=-33.6, image="a" * length))
        assert (answer.status_code, answer.json()) == (200, []), length
    near = fix(lat=-33.5001, tst=int(time.time()) + 2)  # some metres on
    assert phone.post(near).status_code == 200
    wait_until("the position", lambda: centre.api.cart(phone.cart)["lat"] == -33.5001, 10)

    def reasons():
        return [header(r, "error") for r in centre.kafka.records("carrito.dead-letters")
                if header(r, "source") == f"http:/pub/{phone.cart.lower()}"]

    wait_until("the dead letters", lambda: len(reasons()) == 3, 10)
    assert all("too long" in reason for reason in reasons()), reasons()


def test_the_device_may_be_in_header_or_query(centre):
    operator = token_of(centre, f"op-{uuid.uuid4().hex[:8]}", "operator")
    headers = {"Authorization": f"Bearer {operator}"}
    first, second = plate(), plate()
    url = centre.api.base + "/pub"
    assert requests.post(url, json=fix(), timeout=15, headers={
        **headers, "X-Limit-U": "ana", "X-Limit-D": first.lower()}).status_code == 200
    assert requests.post(url + f"?u=ana&d={second.lower()}", json=fix(), timeout=15,
                         headers=headers).status_code == 200
    for cart in (first, second):
        wait_until("the position", lambda: [r for r in centre.api.items("/carts", q=cart)
                                            if r["lat"]], 10)


@pytest.fixture(name="guild")
def _guild(world):
    """A centre that knows its address, and a cart of its own."""
    world.start_brokers()
    world.bridge.start()
    world.collector.env["CARRITO_PUBLIC_URL"] = "https://carrito.example"
    world.collector.start()
    world.bridge.wait_ready()
    world.collector.wait_ready()
    world.sign_in()
    cart = world.scene.add(PahoCart(world.mqtt_port, "BBCL23"))
    # Before the phone's fix, whose time is in whole seconds, and near it.
    cart.send([cart.outbox.location(-33.437, -70.6506, ts_ms=now_ms() - 60_000)])
    wait_until("the cart is known", lambda: world.api.items("/carts", q="BBCL23"), 15)
    return world


def add_phone(api, **body):
    answer = api.request("POST", "/api/v1/carts/bbcl23/phones", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def posted(guild, told):
    basic = base64.b64encode(f"{told['username']}:{told['password']}".encode()).decode()
    return requests.post(guild.api.base + "/pub", json=fix(), timeout=15,
                         headers={"Authorization": f"Basic {basic}"}).status_code


def test_one_tap_makes_a_phone_a_tracker(guild):
    told = add_phone(guild.api)["configuration"]
    for key, kind in CONFIGURATION.items():
        assert type(told[key]) is kind, key  # pylint: disable=unidiomatic-typecheck
    assert set(told) == set(CONFIGURATION), "neither Android nor iOS knows it"
    assert told["_type"] == "configuration" and told["url"] == "https://carrito.example/pub"
    assert posted(guild, told) == 200
    wait_until("the phone is the cart",
               lambda: guild.api.items("/carts", q="BBCL23")[0]["lat"] == -33.4372, 10)


def test_a_phone_ends_by_its_name_its_id_and_its_maker(guild):
    api = guild.api
    olga = guild.scene.add(guild.collector.sign_in("operator"))
    name = olga.get("/me")["user"]
    first, second = add_phone(olga, name="de Ana"), add_phone(olga, name="de Ana")
    assert [posted(guild, one["configuration"]) for one in (first, second)] == [401, 200]
    other = add_phone(api, name="de Luis")
    listed = api.items("/carts/BBCL23/phones")
    assert [(row["id"], row["name"]) for row in listed] == [
        (second["id"], "de Ana"), (other["id"], "de Luis")]
    assert listed[0]["user"] == name
    assert not any("password" in row or "configuration" in row for row in listed)
    # Nothing is made by a GET or a HEAD.
    for method in ("GET", "HEAD"):
        assert api.request(method, "/api/v1/carts/BBCL23/otrc").status_code == 410
        assert api.request(method, "/api/v1/carts/BBCL23/phones").status_code == 200
    assert api.items("/carts/BBCL23/phones") == listed
    gone = api.request("DELETE", f"/api/v1/carts/BBCL23/phones/{other['id']}")
    assert gone.status_code == 204 and posted(guild, other["configuration"]) == 401
    assert api.request("DELETE", f"/api/v1/carts/BBCL23/phones/{other['id']}").status_code == 404
    changed = api.request("POST", f"/api/v1/users/{name}/password", json={"password": "otra clave larga"})
    assert changed.status_code < 300 and posted(guild, second["configuration"]) == 200
    assert api.request("DELETE", f"/api/v1/users/{name}").status_code == 204
    assert posted(guild, second["configuration"]) == 401
    assert api.items("/carts/BBCL23/phones") == []
    assert api.request("GET", "/api/v1/carts/NADA-1/phones").status_code == 404
