"""The broker of a cell as it is shipped: a cart comes in with a certificate that names its plate and
speaks only for itself, the bridge with its password, and nobody else at all."""
import json
import subprocess
import time

import pytest

from harness.cell import PASSWORD, cart_certificate, start_cell
from harness.events import now_ms, plate
from harness.programs import Agent
from harness.wait import wait_until

ACCEPTED, NOBODY_LISTENS, NOT_AUTHORIZED = 0, 16, 135


@pytest.fixture(scope="module", name="cell")
def _cell(module_scene, shared_centre):
    return start_cell(module_scene, shared_centre.kafka.brokers, "cell")


def test_a_carts_sale_goes_the_whole_way(cell, centre):
    cart = plate()
    certificate, key = cart_certificate(cell.folder, cart)
    agent = centre.scene.add(Agent(
        centre.folder, cell.tls_port, cart, CARRITO_MQTT_HOST="localhost",
        CARRITO_MQTT_CAFILE=cell.folder / "broker.crt", CARRITO_MQTT_CERTFILE=certificate,
        CARRITO_MQTT_KEYFILE=key))
    agent.start().wait_socket()
    assert agent.sell(3).returncode == 0
    wait_until("acknowledged", lambda: agent.status()["waiting"] == 0, 20)
    wait_until("counted", lambda: centre.api.items("/daily-sales", cart=cart), 15)


def test_a_cart_speaks_for_itself_only(cell):
    mine, other = plate(), plate()
    pair = cart_certificate(cell.folder, mine)
    for topic in ("events", "state", "heartbeat"):
        assert cell.publish(f"carrito/v1/{mine}/{topic}", *cell.tls(pair)) in (ACCEPTED, NOBODY_LISTENS)
        assert cell.publish(f"carrito/v1/{other}/{topic}", *cell.tls(pair)) == NOT_AUTHORIZED
        # Neither the name nor the client id that it claims makes it another.
        assert cell.publish(f"carrito/v1/{other}/{topic}", *cell.tls(pair), "-u", other,
                            "-i", f"carrito-{other}") == NOT_AUTHORIZED
    for topic in (f"carrito/v1/{other}/ack", f"carrito/v1/{mine}/command",
                  "carrito/v1/bridge/cell/state"):
        assert cell.publish(topic, *cell.tls(pair)) == NOT_AUTHORIZED


def test_a_cart_hears_only_what_is_for_it(cell):
    mine, other = plate(), plate()
    listener = subprocess.Popen(
        ["mosquitto_sub", *map(str, cell.tls(cart_certificate(cell.folder, mine))), "-t", "#",
         "-W", "4", "-F", "%t"], stdout=subprocess.PIPE, text=True)
    wait_until("it is told what is retained", lambda: listener.stdout.readline(), 5)
    bridge = ["-h", "127.0.0.1", "-p", cell.port, "-u", "carrito-bridge", "-P", PASSWORD]
    for cart in (mine, other):
        for topic in ("ack", "command"):
            cell.publish(f"carrito/v1/{cart}/{topic}", *bridge)
    heard = {topic for topic in listener.communicate(timeout=10)[0].split() if "bridge" not in topic}
    assert heard == {f"carrito/v1/{mine}/ack", f"carrito/v1/{mine}/command"}


def _row(centre, cart):
    return next((row for row in centre.api.items("/carts", q=cart) if row["cart"] == cart), None)


def _fix(lat):
    return json.dumps({"_type": "location", "lat": lat, "lon": -70.65, "tst": int(time.time()),
                       "acc": 9})


def test_a_phone_is_who_signs_in_whatever_device_it_names(cell, centre):
    mine, other = plate(), plate()
    pair = cart_certificate(cell.folder, mine)
    state = json.dumps({"state": "online", "ts_ms": now_ms()})
    cell.publish(f"carrito/v1/{mine}/state", *cell.tls(pair), message=state)
    wait_until("the cart is known", lambda: _row(centre, mine), 15)
    for topic in (f"owntracks/{mine}/{other}", f"/owntracks/{mine}/{other}/event"):
        assert cell.publish(topic, *cell.tls(pair), message=_fix(-33.41)) == ACCEPTED
    assert cell.publish(f"owntracks/{other}/{mine}", *cell.tls(pair),
                        message=_fix(-30)) == NOT_AUTHORIZED
    wait_until("its own place", lambda: _row(centre, mine)["lat"] == -33.41, 15)
    assert _row(centre, other) is None


def test_a_phone_that_names_the_plate_of_another_says_nothing_for_either(cell, centre):
    mine, other = "ZZXW77", "ZZXW78"  # plates in the national form
    pairs = {cart: cart_certificate(cell.folder, cart) for cart in (mine, other)}
    for cart, pair in pairs.items():
        state = json.dumps({"state": "online", "ts_ms": now_ms()})
        cell.publish(f"carrito/v1/{cart}/state", *cell.tls(pair), message=state)
        wait_until("the cart is known", lambda cart=cart: _row(centre, cart), 15)
    topics = (f"owntracks/{mine}/{other}", f"/owntracks/{mine}/{other.lower()}/event")
    for topic in topics:
        assert cell.publish(topic, *cell.tls(pairs[mine]), message=_fix(-33.44)) == ACCEPTED
    for topic in topics:
        wait_until("the dead letter", lambda topic=topic: [
            row for row in centre.api.get("/dead-letters", limit=1000)["items"]
            if row["source"] == f"mqtt:{topic}"], 15)
    assert _row(centre, mine)["lat"] is None and _row(centre, other)["lat"] is None


def test_a_phone_of_nobody_we_know_is_a_dead_letter_also_when_tried_again(cell, centre):
    stranger, other = plate(), plate()
    pair = cart_certificate(cell.folder, stranger)

    def letters(source):
        return [row for row in centre.api.get("/dead-letters", limit=1000)["items"]
                if row["source"].startswith(source) and stranger in row["text"] + row["source"]]

    def retry(row):
        return centre.api.request(
            "POST", f"/api/v1/dead-letters/{row['partition']}/{row['offset']}/retry").status_code

    topic = f"owntracks/{stranger}/{other}"
    cell.publish(topic, *cell.tls(pair), message=_fix(-33.42))
    cell.publish(topic, *cell.tls(pair), message='{"_type":"location"}')
    wait_until("the dead letters",
               lambda: letters("kafka:carrito.locations/") and letters(f"mqtt:{topic}"), 15)
    refused = letters("kafka:carrito.locations/")[0]
    assert "no se conoce un carro" in refused["error"]
    assert retry(refused) == 422
    # A bridge's dead letter is judged by the bridge's rule: the device is nobody here either.
    centre.kafka.produce("carrito.dead-letters", stranger, _fix(-33.43).encode(),
                         {"error": "on purpose", "source": f"mqtt:{topic}",
                          "owntracks-cart": "user"})
    known = wait_until("it", lambda: [row for row in letters(f"mqtt:{topic}")
                                      if "on purpose" == row["error"]], 10)[0]
    assert retry(known) == 422
    assert _row(centre, stranger) is None and _row(centre, other) is None
    state = json.dumps({"state": "online", "ts_ms": now_ms()})
    cell.publish(f"carrito/v1/{stranger}/state", *cell.tls(pair), message=state)
    wait_until("the cart is known", lambda: _row(centre, stranger), 15)
    assert retry(known) == 202
    wait_until("its place", lambda: _row(centre, stranger)["lat"] == -33.43, 15)
    assert _row(centre, other) is None


def test_who_has_no_certificate_of_the_guild_stays_outside(cell):
    stranger = cart_certificate(cell.folder, plate(), authority="strangers")
    for pair in ((), stranger):
        assert cell.publish("carrito/v1/BBCL23/events", *cell.tls(pair)) is None


def test_on_loopback_only_the_bridge_with_its_password(cell):
    place = ["-h", "127.0.0.1", "-p", cell.port]
    assert cell.publish("carrito/v1/BBCL23/ack", *place) is None
    assert cell.publish("carrito/v1/BBCL23/ack", *place, "-u", "carrito-bridge", "-P", "x") is None
    assert cell.publish("carrito/v1/BBCL23/ack", *place, "-u", "carrito-bridge", "-P",
                        PASSWORD) in (ACCEPTED, NOBODY_LISTENS)
