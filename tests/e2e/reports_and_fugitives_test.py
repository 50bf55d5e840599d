"""A report makes a fugitive of the cart that it names, or of the carts of nobody near its place;
its trail, its evidence and its end are over the API."""
import json
import secrets
import sqlite3
import time

from harness.cart import PahoCart
from harness.events import now_ms, plate
from harness.wait import wait_until


def report(api, **body):
    answer = api.request("POST", "/api/v1/reports", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def fugitive(api, cart, **query):
    return next((row for row in api.items("/fugitives", **query) if row["cart"] == cart), None)


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
    assert [row.split(",")[1].strip('"') for row in table.splitlines()] == [
        "kind", "position", "position", "report"] and "'=sin patente" in table
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


def follow(store_path, cart, points):
    """So many positions of the search for the cart, as if it had gone on for days."""
    with sqlite3.connect(store_path, timeout=10) as store:
        (since,) = store.execute("SELECT since_ms FROM fugitives WHERE cart = ?", (cart,)).fetchone()
        store.executemany("INSERT INTO trail VALUES (?, ?, ?, -33.45, -70.66)",
                          ((cart, since, since + 1 + 5000 * i) for i in range(points)))
    store.close()


def test_evidence_of_many_days_takes_a_moment(centre, scene):
    """200,000 positions are 12 days at 5 s: as a table all of them, on a map the newest, in a list the
    last ones."""
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.location(-33.45, -70.66)])
    wait_until("the position", lambda: centre.api.cart(cart.cart)["lat"], 15)
    report(centre.api, cart=cart.cart, lat=-33.45, lon=-70.66)
    wait_until("the fugitive", lambda: fugitive(centre.api, cart.cart), 15)
    follow(centre.collector.store, cart.cart, 200_000)
    path, since = f"/api/v1/carts/{cart.cart}/evidence", time.monotonic()
    rows = centre.api.request("GET", f"{path}?format=csv", timeout=60).text.splitlines()
    took = time.monotonic() - since
    times = [row.split(",", 1)[0] for row in rows[1:] if ",position," in row.replace('"', "")]
    assert len(times) >= 200_000 and times == sorted(set(times))
    assert took < 10, took
    (line,) = [one for one in centre.api.get(path.removeprefix("/api/v1"))["features"]
               if one["properties"]["kind"] == "trail"]
    assert line["properties"]["points"] == len(line["geometry"]["coordinates"]) == 20_000
    assert line["properties"]["times"][-1] == times[-1].strip('"')
    for query, points in (({}, 10), ({"trail": 0}, 10), ({"trail": 1}, 1000)):
        trail = fugitive(centre.api, cart.cart, **query)["trail"]
        assert [one["time"] for one in trail] == line["properties"]["times"][-points:], query
    assert len(centre.api.get("/fugitives", trail=1, limit=1000)["items"]) <= 10
    assert centre.api.request("DELETE", f"/api/v1/fugitives/{cart.cart}").status_code == 204


def sign_off(cart):
    cart.publish(f"carrito/v1/{cart.cart}/state", json.dumps({
        "state": "offline", "epoch": cart.outbox.epoch, "session": 1, "version": "1",
        "ts_ms": now_ms()}))


def test_plates_that_nobody_knows_cost_no_cart_no_alert_and_no_command(centre):
    plates = [plate("Z") for _ in range(50)]
    for one in plates:
        report(centre.api, cart=one, lat=-33, lon=-70)
    sighted = wait_until("the sightings", lambda: (lambda rows: len(rows) == 50 and rows)(
        [row for row in centre.api.get("/reports", limit=1000)["items"] if row["cart"] in plates]), 20)
    assert {row["status"] for row in sighted} == {"sighting"}
    assert not [row for row in centre.api.get("/fugitives", limit=1000)["items"] if row["cart"] in plates]
    assert not [one for one in plates if centre.api.items("/alerts", cart=one)]
    assert not [one for one in plates if centre.api.items("/carts", q=one)]
    assert not [record for record in centre.kafka.records("carrito.commands")
                if record.key().decode() in plates]


def test_an_operator_confirms_and_clears_many_and_removes_a_cart_that_never_sold(centre, scene):
    carts = [scene.add(PahoCart(centre.mqtt_port)) for _ in range(2)]
    api = centre.api
    for cart in carts:
        cart.send([cart.outbox.location(-33.45, -70.66)])
        wait_until("the position", lambda cart=cart: api.items("/carts", q=cart.cart), 15)
        anybody = {"headers": {"Authorization": ""}}
        assert api.request("POST", "/api/v1/reports", json={
            "cart": cart.cart, "lat": -33.45, "lon": -70.66}, **anybody).status_code == 202
        row = wait_until("the fugitive", lambda cart=cart: fugitive(api, cart.cart), 15)
        assert row["confirmed"] is None and row["until"]
    confirmed = api.request("POST", f"/api/v1/fugitives/{carts[0].cart}/confirm")
    assert confirmed.status_code == 200 and confirmed.json()["confirmed"]
    assert api.request("POST", f"/api/v1/fugitives/{plate()}/confirm").status_code == 404
    plates = [cart.cart for cart in carts]
    cleared = api.request("POST", "/api/v1/fugitives/clear", json={"carts": [*plates, plate()]})
    assert (cleared.status_code, sorted(cleared.json()["cleared"])) == (200, sorted(plates))
    for bad in ([], ["no!"], "BBCL23", [7], [plate()] * 1001, None):
        answer = api.request("POST", "/api/v1/fugitives/clear", json={"carts": bad})
        assert answer.status_code == 422 and answer.json()["field"] == "carts", bad

    def remove(cart):
        return api.request("DELETE", f"/api/v1/carts/{cart}").status_code

    assert remove(plates[0]) == 409, "it is heard"
    for cart in carts:
        sign_off(cart)
        wait_until("it signed off", lambda cart=cart: api.cart(cart.cart)["state"] == "offline", 15)
    assert remove(plates[0]) == 204 and remove(plates[0]) == 404
    carts[1].send([carts[1].outbox.sale()])
    wait_until("its sale", lambda: api.items("/daily-sales", cart=plates[1]), 15)
    sign_off(carts[1])
    wait_until("it signed off", lambda: api.cart(plates[1])["state"] == "offline", 15)
    assert remove(plates[1]) == 409, "it sold"


def test_anybody_may_report_and_bad_reports_name_the_field(centre, scene):
    for field, body in (("lat", {"lon": 1}), ("lon", {"lat": 1, "lon": 181}),
                        ("cart", {"cart": "no!", "lat": 1, "lon": 1}),
                        ("note", {"lat": 1, "lon": 1, "note": 7})):
        answer = centre.api.request("POST", "/api/v1/reports", json=body,
                                    headers={"Authorization": ""})
        assert answer.status_code == 422 and answer.json()["field"] == field, answer.text
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.location(1, 1)])
    wait_until("the cart is known", lambda: centre.api.items("/carts", q=cart.cart), 15)
    key, body = {"Idempotency-Key": plate()}, {"cart": cart.cart, "lat": 1, "lon": 1}
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
