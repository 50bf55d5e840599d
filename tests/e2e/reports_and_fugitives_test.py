"""A report makes a fugitive of the cart that it names, or of the carts of nobody near its place;
its trail, its evidence and its end are over the API."""
import json
import secrets

from harness.cart import PahoCart
from harness.events import now_ms, plate
from harness.wait import wait_until


def report(api, **body):
    answer = api.request("POST", "/api/v1/reports", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def fugitive(api, cart):
    return next((row for row in api.items("/fugitives") if row["cart"] == cart), None)


def reported(api, identity):
    return next((row for row in api.items("/reports") if row["id"] == identity), None)


def test_a_named_cart_is_followed_until_it_is_cleared(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.location(-33.45, -70.66)])
    wait_until("the first position", lambda: centre.api.cart(cart.cart)["lat"], 15)
    identity = report(centre.api, cart=cart.cart.lower(), lat=-33.45, lon=-70.66, note="=sin patente")
    row = wait_until("the fugitive", lambda: fugitive(centre.api, cart.cart), 15)
    assert row["reports"] == 1 and row["reason"]
    assert (row["lat"], row["lon"]) == (-33.45, -70.66)
    assert centre.api.cart(cart.cart)["fugitive"] is True
    asked = wait_until("the command", lambda: [c for c in cart.commands()
                                               if c["command"] == "locate"], 15)
    assert asked[0]["interval_s"] == 5 and asked[0]["until_ms"] > now_ms() + 60_000
    assert len(identity) == 32 and reported(centre.api, identity)["status"] == "open"

    cart.send([cart.outbox.location(-33.4501, -70.66)])
    wait_until("the trail", lambda: len(fugitive(centre.api, cart.cart)["trail"]) == 2, 15)
    features = centre.api.get(f"/carts/{cart.cart}/evidence")["features"]
    assert features[0]["geometry"]["coordinates"] == [[-70.66, -33.45], [-70.66, -33.4501]]
    assert features[1]["properties"]["note"] == "=sin patente"
    for words in ("dialect=nothing", "format=csv&dialect=nothing"):
        path = f"/api/v1/carts/{cart.cart}/evidence?{words}"
        assert centre.api.request("GET", path).status_code == 422, path
    table = centre.api.request("GET", f"/api/v1/carts/{cart.cart}/evidence?format=csv").text
    assert "position" in table and "'=sin patente" in table
    track = centre.api.get(f"/carts/{cart.cart}/track")["features"][0]
    assert len(track["properties"]["times"]) == 2

    assert centre.api.request("DELETE", f"/api/v1/fugitives/{cart.cart}").status_code == 204
    assert fugitive(centre.api, cart.cart) is None
    assert centre.api.cart(cart.cart)["fugitive"] is False
    assert reported(centre.api, identity)["status"] == "closed"
    ended = [a for a in centre.api.items("/alerts", kind="cart-fugitive", cart=cart.cart)]
    assert len(ended) == 1 and ended[0]["ended"]
    again = centre.api.request("DELETE", f"/api/v1/fugitives/{cart.cart}")
    assert (again.status_code, again.json()["code"]) == (404, "not-found")


def test_a_place_points_at_carts_of_nobody_or_is_a_sighting(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    lat = round(10 + secrets.randbelow(10_000) / 1000, 4)  # where no other test's cart is
    cart.send([cart.outbox.location(lat, 20.0)])
    wait_until("the position", lambda: centre.api.cart(cart.cart)["lat"], 15)
    there = report(centre.api, lat=lat + 0.0005, lon=20.0)
    elsewhere = report(centre.api, lat=lat + 0.002, lon=20.0)
    wait_until("the fugitive", lambda: fugitive(centre.api, cart.cart), 15)
    wait_until("the sighting", lambda: reported(centre.api, elsewhere), 15)
    assert reported(centre.api, there)["status"] == "open"
    assert reported(centre.api, elsewhere)["status"] == "sighting"
    answer = centre.api.request("POST", f"/api/v1/reports/{elsewhere}/dismiss")
    assert answer.json()["status"] == "dismissed"
    assert centre.api.request("DELETE", f"/api/v1/fugitives/{cart.cart}").status_code == 204


def test_anybody_may_report_and_bad_reports_name_the_field(centre):
    for field, body in (("lat", {"lon": 1}), ("lon", {"lat": 1, "lon": 181}),
                        ("cart", {"cart": "no!", "lat": 1, "lon": 1}),
                        ("note", {"lat": 1, "lon": 1, "note": 7})):
        answer = centre.api.request("POST", "/api/v1/reports", json=body,
                                    headers={"Authorization": ""})
        assert answer.status_code == 422 and answer.json()["field"] == field, answer.text
    key, body = {"Idempotency-Key": plate()}, {"cart": plate(), "lat": 1, "lon": 1}
    first, second = (centre.api.request("POST", "/api/v1/reports", json=body, headers=key)
                     for _ in range(2))
    assert first.status_code == second.status_code == 202
    assert first.json() == second.json()
    wait_until("the report", lambda: fugitive(centre.api, body["cart"]), 15)
    centre.kafka.produce("carrito.reports", body["cart"],
                         json.dumps({"id": first.json()["id"], **body}).encode())
    centre.kafka.produce("carrito.reports", None, b"rubbish")
    centre.kafka.wait_record("carrito.dead-letters", lambda r: r.value() == b"rubbish")
    assert fugitive(centre.api, body["cart"])["reports"] == 1
