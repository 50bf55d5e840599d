"""The broker of a cell as it is shipped: a cart comes in with a certificate that names its plate and
speaks only for itself, the bridge with its password, and nobody else at all."""
import json
import os
import re
import shutil
import subprocess
import time

import pytest

from harness.events import now_ms, plate
from harness.mosquitto import Mosquitto
from harness.ports import free_port
from harness.process import BIN, ROOT, run
from harness.programs import Agent, Bridge
from harness.wait import wait_until

PASSWORD = "s3creto"
ACCEPTED, NOBODY_LISTENS, NOT_AUTHORIZED = 0, 16, 135


def self_signed(folder, name, *words):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
                    "-keyout", f"{name}.key", "-out", f"{name}.crt", *words],
                   cwd=folder, check=True, capture_output=True)


def cart_certificate(folder, cart, authority="carts-ca"):
    """As the administrator makes it: certificate, key."""
    done = run([BIN / "carritoctl", "cart-certificate", cart, "--ca", folder / f"{authority}.crt",
                "--ca-key", folder / f"{authority}.key", "--out", folder])
    assert done.returncode == 0, done.stderr
    return tuple(reversed(done.stdout.split()))


class Cell(Mosquitto):
    """mosquitto with deploy/mosquitto/, of which only places and ports are others."""

    def __init__(self, folder):
        super().__init__(folder)
        self.folder, self.tls_port = folder, free_port()
        text = (ROOT / "deploy/mosquitto/carrito.conf").read_text()
        for shipped, here in (("listener 1883 ", f"listener {self.port} "),
                              ("listener 8883", f"listener {self.tls_port}"),
                              ("/etc/mosquitto/certs/", f"{folder}/"),
                              ("/etc/mosquitto/", f"{folder}/")):
            assert shipped in text
            text = text.replace(shipped, here)
        shutil.copy(ROOT / "deploy/mosquitto/carrito.acl", folder)
        text += f"persistence_location {self.data}/\n"
        (folder / "mosquitto.conf").write_text(text + ("user root\n" if os.geteuid() == 0 else ""))

    def publish(self, topic, *words, message="x"):
        """The reason of the PUBACK, or None where the broker lets nobody in."""
        done = run(["mosquitto_pub", "-V", "5", "-q", "1", "-d", "-m", message, "-t", topic, *words])
        found = re.search(r"received PUBACK \(Mid: \d+, RC:(\d+)\)", done.stdout)
        return int(found.group(1)) if found else None

    def tls(self, pair=()):
        return ["-h", "localhost", "-p", self.tls_port, "--cafile", self.folder / "broker.crt",
                *(["--cert", pair[0], "--key", pair[1]] if pair else [])]


@pytest.fixture(scope="module", name="cell")
def _cell(module_scene, shared_centre):
    folder = module_scene.folder
    for name in ("carts-ca", "strangers-ca"):
        self_signed(folder, name, "-subj", f"/CN={name}")
    self_signed(folder, "broker", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost")
    (folder / "bridge.password").write_text(f"{PASSWORD}\n")
    subprocess.run(["mosquitto_passwd", "-b", "-c", folder / "carrito.passwd", "carrito-bridge",
                    PASSWORD], check=True)
    cell = module_scene.add(Cell(folder)).start().wait_ready()
    bridge = Bridge(folder, cell.port, shared_centre.kafka.brokers, "cell-bridge", "cell")
    bridge.env.update(CARRITO_MQTT_USER="carrito-bridge",
                      CARRITO_MQTT_PASSWORD_FILE=folder / "bridge.password",
                      CARRITO_OWNTRACKS_CART="user")  # as the package's file says
    module_scene.add(bridge).start().wait_ready()
    return cell


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
    assert "no cart is known" in refused["error"]
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
    stranger = cart_certificate(cell.folder, plate(), authority="strangers-ca")
    for pair in ((), stranger):
        assert cell.publish("carrito/v1/BBCL23/events", *cell.tls(pair)) is None


def test_on_loopback_only_the_bridge_with_its_password(cell):
    place = ["-h", "127.0.0.1", "-p", cell.port]
    assert cell.publish("carrito/v1/BBCL23/ack", *place) is None
    assert cell.publish("carrito/v1/BBCL23/ack", *place, "-u", "carrito-bridge", "-P", "x") is None
    assert cell.publish("carrito/v1/BBCL23/ack", *place, "-u", "carrito-bridge", "-P",
                        PASSWORD) in (ACCEPTED, NOBODY_LISTENS)
