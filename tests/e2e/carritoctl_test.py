"""Every command of carritoctl does what its --help says, on the real parts: data on standard
output, words on standard error, and an exit code that a script can go by."""
import csv
import io
import json
import os
import secrets
from pathlib import Path
from xml.etree import ElementTree

import pytest

from harness.cart import PahoCart
from harness.cell import parts_of
from harness.events import plate
from harness.people import applicant
from harness.process import BIN, run
from harness.wait import wait_until


class Ctl:
    def __init__(self, centre, token):
        self.env = {"CARRITO_URL": f"http://{centre.collector.http}", "CARRITO_TOKEN": token,
                    "CARRITO_LANG": "en", "CARRITO_MQTT_HOST": "127.0.0.1",
                    "CARRITO_MQTT_PORT": centre.mqtt_port,
                    "CARRITO_KAFKA_BROKERS": centre.kafka.brokers,
                    "CARRITO_SOCKET": "/nonexistent/agent.sock"}

    def run(self, *words, stdin=None, status=0, **env):
        done = run([BIN / "carritoctl", *words], {**self.env, **env}, stdin, seconds=60)
        assert done.returncode == status, (words, done.returncode, done.stdout, done.stderr)
        return done

    def json(self, *words, **options):
        return json.loads(self.run(*words, "--json", **options).stdout)

    def row(self, *words, **wanted):
        return next((row for row in self.json(*words)
                     if all(row[key] == value for key, value in wanted.items())), None)


@pytest.fixture
def ctl(centre):
    return Ctl(centre, centre.api.token)


def test_a_cart_is_sold_from_traced_and_restocked(centre, ctl):
    cart = centre.scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.sale(quantity=3, client="A\u001b[2Jna", stock=50),
               cart.outbox.event("stock", stock=7)])
    words = cart.cart.lower(), cart.outbox.epoch, "1"
    wait_until("the sale", lambda: ctl.row("stock", cart=cart.cart, low=True), 15)
    wait_until("both in the store",
               lambda: ctl.row("audit", "--cart", cart.cart, highest=2), 15)
    found = ctl.json("trace", *words)
    assert (found["cart"], found["quantity"], found["topic"]) == (cart.cart, 3, "carrito.sales")
    assert "\x1b" not in ctl.run("trace", *words).stdout
    assert ctl.json("sales", "--cart", cart.cart)[0]["quantity"] == 3
    assert ctl.json("cart", cart.cart.lower())["stock"] == 7
    open_batch = wait_until("its batch", lambda: next(
        (row for row in ctl.json("restocks") if cart.cart in [entry["cart"] for entry in row["carts"]]),
        None), 15)
    if open_batch["status"] == "open":
        number = ctl.json("restocks", "announce")["number"]
    else:
        number = open_batch["number"]
    done = ctl.json("restocks", "done", str(number))
    assert (done["number"], done["status"]) == (number, "done") and done["carts"]
    ctl.run("restocks", "done", str(number), status=1)
    table = list(csv.DictReader(io.StringIO(ctl.run("restocks", "--csv").stdout)))
    assert cart.cart in next(row for row in table if row["number"] == str(number))["carts"].split()


def test_a_report_makes_a_fugitive_until_it_is_cleared(centre, ctl):
    reported = centre.scene.add(PahoCart(centre.mqtt_port))
    reported.send([reported.outbox.location(-33.4, -70.6)])
    cart = reported.cart
    wait_until("the cart is known", lambda: ctl.row("carts", cart=cart), 15)
    identity = ctl.json("report", "--cart", cart.lower(), "--lat", "-33.4", "--lon", "-70.6",
                        "--note", "sin patente")["id"]
    wait_until("the fugitive", lambda: ctl.row("fugitives", cart=cart), 15)
    assert ctl.row("reports", id=identity)["note"] == "sin patente"
    assert ctl.json("fugitives", "confirm", cart)["confirmed"]
    assert ctl.run("fugitives", "clear", cart).stdout == ""
    assert ctl.row("fugitives", cart=cart) is None
    refused = ctl.run("report", "--lat", "91", "--lon", "0", status=1)
    assert '"lat"' in refused.stderr and refused.stdout == ""
    alert = ctl.row("alerts", "--cart", cart, "--kind", "cart-fugitive")["id"]
    assert ctl.json("alerts", "ack", alert)["status"] == "CLEARED_ACK"
    place = ctl.json("report", "--lat", "-55.1", "--lon", "-70.1")["id"]
    wait_until("the sighting", lambda: ctl.row("reports", id=place), 15)
    assert ctl.json("reports", "dismiss", place)["status"] == "dismissed"


def test_members_orders_and_mails(centre, ctl):
    people = [applicant(), applicant()]
    for person in people:
        assert centre.api.request("POST", "/api/v1/members", json=person).status_code == 202
    for person, verb, status in zip(people, ("accept", "reject"), ("accepted", "rejected")):
        wait_until("the application", lambda p=person: ctl.row("members", plate=p["plate"]), 15)
        row = ctl.json("members", verb, person["rut"], "--reason", "por la plaza")
        assert (row["status"], row["reason"]) == (status, "por la plaza")
    assert "por la plaza" in ctl.run("members", "--csv").stdout
    placed = centre.api.request("POST", "/api/v1/orders", json={
        "product": "sopaipilla", "price": 500, "email": "b@example.cl"}).json()["id"]
    wait_until("the order", lambda: ctl.json("order", placed)["status"] == "finalizado", 15)
    assert ctl.row("orders", id=placed)["product"] == "sopaipilla"
    assert "received, being prepared, on its way, delivered" in ctl.run("order", placed).stdout
    ctl.run("orders", "cancel", placed, status=1)
    mail = ctl.json("mail", "test", "prueba@example.cl")["id"]
    assert ctl.row("mail", id=mail)["recipient"] == "prueba@example.cl"


def test_consumers_dead_letters_and_what_was_set_aside(centre, ctl):
    assert {row["state"] for row in ctl.json("consumers")} <= {"running", "stopped"}
    assert len(ctl.json("consumers", "messages", "sales", "3")) <= 3
    assert ctl.json("consumers", "start", "stock") == {"id": "stock", "role": "stock", "wish": "running"}
    ctl.run("consumers", "stop", "api", status=1)
    rubbish = secrets.token_hex(8)
    centre.kafka.produce("carrito.sales", None, rubbish.encode())
    letter = wait_until("the dead letter", lambda: ctl.row("dead-letters", text=rubbish), 15)
    refused = ctl.run("dead-letters", "retry", str(letter["partition"]), str(letter["offset"]),
                      status=1)  # what is no event is none the second time either
    assert '"text"' in refused.stderr
    cart = centre.scene.add(PahoCart(centre.mqtt_port))
    first = cart.outbox.sale(quantity=1)
    for event in (first, {**first, "quantity": 5}, {**first, "quantity": 7}):
        cart.send([event])
    rows = wait_until("two set aside", lambda: ctl.json("set-aside", "--cart", cart.cart)[1:] and
                      ctl.json("set-aside", "--cart", cart.cart), 15)
    ctl.run("set-aside", "accept", rows[0]["id"])
    ctl.run("set-aside", "drop", rows[1]["id"])
    assert ctl.json("set-aside", "--cart", cart.cart) == []
    assert ctl.row("actions", "--from", "today", action="set-aside-drop", subject=rows[1]["id"])


def test_a_card_is_imported_and_a_simulation_waited_for(centre, ctl, tmp_path):
    cart = centre.scene.add(PahoCart(centre.mqtt_port))
    events = [cart.outbox.sale(quantity=2) for _ in range(3)]
    card = tmp_path / "card.ndjson"
    lines = [json.dumps(event) for event in events]
    # As an editor of Windows saves it; what is refused is an exit of 1, and said.
    card.write_bytes("\r\n".join([*lines, "no event", ""]).encode("utf-8-sig"))
    took = ctl.run("import", card, "--json", status=1)
    assert json.loads(took.stdout) == {"read": 4, "new": 3, "duplicate": 0, "refused": 1}
    assert "1" in took.stderr and "dead-letters" in took.stderr
    wait_until("three sales", lambda: [row for row in ctl.json("daily", "--cart", cart.cart, "--all")
                                       if row["sales"] == 3], 15)
    assert ctl.json("import", "-", stdin="\n".join(lines))["duplicate"] == 3
    other = json.dumps({**events[0], "quantity": 9})
    counted = json.loads(ctl.run("import", "-", "--json", stdin=other, status=1).stdout)
    assert counted == {"read": 1, "new": 0, "duplicate": 0, "refused": 1}
    wait_until("it is set aside", lambda: ctl.row("set-aside", cart=cart.cart), 15)
    ctl.run("import", tmp_path / "none", status=1)
    done = ctl.run("simulate", "events", "--events", "200", "--carts", "3", "--seed", "7", "--json")
    row = json.loads(done.stdout)
    assert (row["state"], row["produced"], row["carts"]) == ("done", 200, 3)
    assert "200" in done.stderr
    assert "kind" in ctl.run("simulate", "evnts", "--events", "1", status=1).stderr


def test_users_tokens_and_a_session_that_is_forgotten(centre, ctl, tmp_path):
    name, password = f"u{secrets.token_hex(4)}", "una clave larga"
    ctl.run("user", "add", "--role", "operator", name, stdin=password + "\n")
    assert ctl.row("user", name=name)["role"] == "operator"
    ctl.run("user", "role", "--role", "viewer", name)
    assert ctl.row("user", name=name)["role"] == "viewer"
    ctl.run("user", "role", "--role", "operator", name)
    ctl.run("user", "add", "--role", "operator", name, stdin="", status=1)
    ctl.run("user", "password", name, stdin=password + "2\n")
    given = ctl.json("user", "token", "--role", "viewer", "--days", "1", f"t-{name}")
    assert Ctl(centre, given["token"]).run("stock").returncode == 0
    refused = Ctl(centre, given["token"]).run("blocked", status=1)
    file = tmp_path / "token"
    file.write_text(given["token"] + "\n")
    Ctl(centre, "rubbish").run("stock", "--token-file", file)
    shown = Ctl(centre, "rubbish").run("stock", f"--token={given['token']}", status=2)
    assert "--token-file" in shown.stderr and given["token"] not in shown.stderr, shown
    assert "role" in refused.stderr
    ctl.run("user", "revoke", given["id"])
    Ctl(centre, given["token"]).run("stock", status=1)
    home = {"CARRITO_TOKEN": "", "XDG_CONFIG_HOME": tmp_path}
    ctl.run("login", "--user", name, stdin=password + "2\n", **home)
    kept = tmp_path / "carrito" / "carritoctl.conf"
    token = next(line for line in kept.read_text().splitlines() if line.startswith("token="))
    kept.write_text(kept.read_text() + "tz=America/Lima\n")
    del (fresh := Ctl(centre, "x")).env["CARRITO_TOKEN"]
    fresh.run("stock", XDG_CONFIG_HOME=tmp_path)
    session, = fresh.json("sessions", XDG_CONFIG_HOME=tmp_path)
    assert session["current"] and session["role"] == "operator"
    login = {"user": name, "password": password + "2"}
    other = centre.api.request("POST", "/api/v1/login", json=login).json()["token"]
    fresh.run("sessions", "end-others", XDG_CONFIG_HOME=tmp_path)
    Ctl(centre, other).run("stock", status=1)
    fresh.run("sessions", "end", "none", status=1, XDG_CONFIG_HOME=tmp_path)
    for present, wanted, status in ((password, password, 1), (password + "2", "corta", 1),
                                    (password + "2", password, 0)):
        fresh.run("password", stdin=f"{present}\n{wanted}\n", status=status, XDG_CONFIG_HOME=tmp_path)
    changed = next(line for line in kept.read_text().splitlines() if line.startswith("token="))
    assert changed != token
    Ctl(centre, token.removeprefix("token=")).run("stock", status=1)
    token = changed
    fresh.run("stock", XDG_CONFIG_HOME=tmp_path)
    assert "logout" not in fresh.run("logout", XDG_CONFIG_HOME=tmp_path).stderr
    assert "token" not in kept.read_text() and "tz=America/Lima" in kept.read_text()
    Ctl(centre, token.removeprefix("token=")).run("stock", status=1)
    assert "logout" in fresh.run("forget", XDG_CONFIG_HOME=tmp_path).stderr
    for _ in range(6):
        centre.api.request("POST", "/api/v1/login", json={"user": name, "password": "no"})
    assert ctl.row("blocked", user=name)["attempts"] >= 5
    ctl.run("blocked", "lift", name)
    assert ctl.row("blocked", user=name) is None
    ctl.run("user", "remove", name)
    assert ctl.row("user", "list", name=name) is None


def test_what_is_typed_for_a_cart_and_where_it_was(centre, ctl):
    me = ctl.json("whoami")
    assert (me["role"], me["cart"]) == ("admin", None) and me["user"] in ctl.run("whoami").stdout
    board = centre.scene.add(PahoCart(centre.mqtt_port))
    cart = board.cart
    assert ctl.json("stock", "set", cart.lower(), "9")["cart"] == cart
    sold = ctl.json("sell", cart, "--quantity", "2", "--client", "Ana", "--amount", "1000")
    assert (sold["cart"], sold["receipt"]) == (cart, 1)
    ctl.run("sell", cart, status=1)  # how many is for the person to say
    board.send([board.outbox.location(-33.4, -70.6), board.outbox.location(-33.41, -70.61)])
    rows = wait_until("the sale", lambda: ctl.json("sales", "--cart", cart), 15)
    assert [(row["client"], row["amount"]) for row in rows] == [("Ana", 1000)]
    taken = ctl.json("void", cart, sold["epoch"], "1", "--reason", "por error")
    assert taken["epoch"] == sold["epoch"]
    assert ctl.json("void", cart, sold["epoch"], "1") == taken, "whoever asks again hears the same"
    way = wait_until("its way", lambda: (found := ctl.json("track", cart, "--from", "today"))[
        "features"][0]["geometry"]["coordinates"][1:] and found, 15)
    assert way == json.loads(ctl.run("cart", cart, "track").stdout) | {"features": way["features"]}
    assert ctl.json("track", cart, "--to", "2020-01-01")["features"][0]["geometry"]["coordinates"] == []
    ctl.run("track", cart, "--csv", status=2)
    gpx = centre.api.request("GET", f"/api/v1/carts/{cart}/track", params={"format": "gpx"})
    assert gpx.headers["Content-Type"] == "application/gpx+xml"
    points = ElementTree.fromstring(gpx.text).iter("{http://www.topografix.com/GPX/1/1}trkpt")
    places = [(float(one.get("lon")), float(one.get("lat"))) for one in points]
    line = [tuple(one) for one in ctl.json("track", cart)["features"][0]["geometry"]["coordinates"]]
    assert places in (line, line[:1])  # of one place alone a line is made of it twice
    assert ctl.json("evidence", cart)["type"] == "FeatureCollection"
    assert ctl.run("evidence", cart, "--csv").stdout.splitlines()[0].startswith("time,kind,")
    hours = ctl.json("hours", "today")
    assert hours and all({"hour", "quantity", "receipts"} <= row.keys() for row in hours)
    ctl.run("revisions", "today", cart, "--csv")
    ctl.run("products")


def test_a_cart_is_asked_by_either_way_of_saying_it(centre, ctl):
    board = centre.scene.add(PahoCart(centre.mqtt_port))
    board.send([board.outbox.sale(quantity=1)])
    cart = board.cart
    wait_until("the cart", lambda: ctl.row("carts", cart=cart), 15)
    for words in (("cart", cart, "locate", "--interval-s", "5"), ("cart", "locate", cart),
                  ("cart", cart, "config", "30"), ("carts", cart, "replay", "0" * 16, "--from", "3")):
        assert len(ctl.json(*words)["id"]) == 32
    heard = wait_until("four commands", lambda: board.commands()[3:] and board.commands(), 15)
    assert [(one["command"], one.get("interval_s"), one.get("location_s"), one.get("from"))
            for one in heard][:4] == [("locate", 5, None, None), ("locate", None, None, None),
                                      ("config", None, 30, None), ("replay", None, None, 3)]
    assert ctl.json("carts", cart)["cart"] == cart
    assert ctl.row("cart", "--query", cart, cart=cart)
    for one, many in (("member", "members"), ("alert", "alerts"), ("mails", "mail"),
                      ("users", "user"), ("restock", "restocks"), ("order", "orders")):
        assert ctl.run(one, "--csv").stdout.splitlines()[0] == \
            ctl.run(many, "--csv").stdout.splitlines()[0]
    assert "404" in ctl.run("report", "dismiss", "nosuch", status=1).stderr
    refused = ctl.run("cart", "remove", cart, status=1)
    assert cart in refused.stderr  # it has sold


def test_doctor_says_what_is_well_and_what_to_do(ctl):
    # Mail may be bad here: other tests' mails go to a server that is not there.
    done = run([BIN / "carritoctl", "doctor", "--json"], ctl.env, seconds=60)
    rows = {row["check"]: row for row in json.loads(done.stdout)}
    assert set(rows) == {"collector", "clock", "mqtt", "kafka", "lag", "disk", "certificate", "gps",
                         "mail", "backup", "links", "connections", "sqlite", "phones", "names", "orders"}
    assert done.returncode == (1 if "bad" in [row["state"] for row in rows.values()] else 0)
    for check in ("collector", "clock", "mqtt", "kafka", "lag", "links", "sqlite"):
        assert rows[check]["state"] == "ok", rows[check]
    for check in ("certificate", "gps", "orders"):
        assert rows[check]["state"] == "none", rows[check]
    sick = ctl.run("doctor", status=1, CARRITO_URL="http://127.0.0.1:1", CARRITO_LANG="es")
    assert "MAL   colector: no responde" in sick.stdout and len(sick.stdout.splitlines()) == len(rows)
    assert sick.stderr == ""


def test_a_mistyped_word_is_answered_with_the_near_one(ctl):
    for words, near in ((("stok",), '"stock"'), (("restocks", "dne", "3"), '"done"'),
                        (("alerts", "--sttus", "x"), '"--status"')):
        told = ctl.run(*words, status=2)
        assert near in told.stderr and told.stdout == "", told.stderr
    ctl.run("trace", "BBCL23", status=2)
    ctl.run("restocks", "done", "x", status=2)
    ctl.run("user", "revoke", status=2)


def test_a_cart_gets_one_file_of_the_guild(ctl, tmp_path):
    broker = tmp_path / "broker.crt"
    made = run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                "-nodes", "-subj", "/CN=cell1", "-out", broker, "-keyout", tmp_path / "broker.key"])
    assert made.returncode == 0, made.stderr
    guild, file = tmp_path / "guild", tmp_path / "BBCL23.enrol"
    words = ["cart", "add", "bbcl23", "--authority", guild, "--out", file]
    assert "--broker-ca" in ctl.run(*words, status=1).stderr
    assert not file.exists()
    done = ctl.run(*words, "--broker", "cell1.example.org", "--broker-ca", broker)
    assert done.stdout.split() == [str(file)] and file.stat().st_mode & 0o077 == 0
    assert "cart=BBCL23\nmqtt_host=cell1.example.org\nmqtt_port=8883\n" in file.read_text()
    assert "exists" in ctl.run(*words, status=1).stderr
    # What carts share is said once.
    other = ctl.run("cart", "add", "BBCL24", "--authority", guild, "--out", tmp_path / "other")
    assert "mqtt_host=cell1.example.org" in Path(other.stdout.strip()).read_text()
    for part, text in parts_of(file).items():
        (tmp_path / part).write_text(text)
    shown = run(["openssl", "verify", "-purpose", "sslclient", "-CRLfile", guild / "carts.crl",
                 "-crl_check", "-CAfile", guild / "carts-ca.crt", tmp_path / "certificate"])
    assert shown.returncode == 0, shown.stderr
    assert os.stat(guild / "carts-ca.key").st_mode & 0o077 == 0
    fine = ctl.run("doctor", "--json", status=1, CARRITO_URL="http://127.0.0.1:1",
                   CARRITO_MQTT_CERTFILE=tmp_path / "certificate").stdout
    assert next(r for r in json.loads(fine) if r["check"] == "certificate")["state"] == "ok"


def test_what_a_certificate_was_for_is_found_again_when_it_is_taken_back(ctl, tmp_path):
    guild = tmp_path / "guild"
    make = ["--authority", guild, "--broker", "b", "--broker-ca", tmp_path / "broker.crt"]
    assert "carts-ca" in ctl.run("cart", "revoke", "BBCL23", "--authority", guild, status=1).stderr
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-subj", "/CN=cell1", "-out", tmp_path / "broker.crt", "-keyout", tmp_path / "broker.key"])
    files = {}
    for cart in ("BBCL23", "BBCL24"):
        files[cart] = tmp_path / cart
        ctl.run("cart", "add", cart, *make, "--out", files[cart])
        (tmp_path / f"{cart}.crt").write_text(parts_of(files[cart])["certificate"])
    assert "BBCL25" in ctl.run("cart", "revoke", "BBCL25", "--authority", guild, status=1).stderr
    for _ in range(2):  # said twice, it is the same
        ctl.run("cart", "revoke", "BBCL23", "--authority", guild)
    listed = run(["openssl", "crl", "-in", guild / "carts.crl", "-noout", "-text", "-CAfile",
                  guild / "carts-ca.crt"])
    assert listed.stdout.count("Serial Number:") == 1 and "verify OK" in listed.stderr, listed
    verify = ["openssl", "verify", "-CRLfile", guild / "carts.crl", "-crl_check", "-CAfile",
              guild / "carts-ca.crt"]
    lost, other = (run([*verify, tmp_path / f"{cart}.crt"]) for cart in files)
    assert "revoked" in lost.stderr and other.returncode == 0, (lost, other)
