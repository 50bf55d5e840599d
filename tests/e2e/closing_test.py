"""At the end of the day one line says how many carts agree, who is missing and why: GET /closing,
carritoctl closing, and first in the night's mail."""
import csv
import io
import json

from harness.cart import ROOT_TOPIC, PahoCart
from harness.events import Outbox, line, now_ms, plate
from harness.people import applicant
from harness.programs import ctl
from harness.smtp import MailServer
from harness.wait import wait_until


def say(cart, topic, **members):
    cart.publish(f"{ROOT_TOPIC}/{cart.cart}/{topic}", json.dumps(
        {"epoch": cart.outbox.epoch, "session": 1, "version": "test", "ts_ms": now_ms(), **members}))


def closing(centre, cart, **query):
    rows = centre.api.items("/closing", **query)
    return next((row for row in rows if row["cart"] == cart), None)


def becomes(centre, cart, **members):
    return wait_until(f"the closing of {cart} is {members}", lambda: (
        (row := closing(centre, cart)) and all(row[name] == value for name, value in members.items())
        and row), 20)


def counts(centre, cart, **sums):
    day = centre.api.items("/daily-sales", cart=cart.cart)[0]["day"]
    return [{"day": day, **sums}]


def test_each_cart_is_told_what_to_do(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    say(cart, "state", state="online")
    cart.send([cart.outbox.sale(3, amount=1500)])
    row = becomes(centre, cart.cart, reason="not-closed", quantity=3, amount=1500, sales=1, closed=None)
    assert row["complete"] is None and row["last_heard"]
    assert row["todo"] == "falta cerrar: que el vendedor cierre el día en el carro"
    say(cart, "heartbeat", waiting=4, gps="none")
    becomes(centre, cart.cart, reason="waiting", waiting=4)
    say(cart, "heartbeat", waiting=0, gps="none")
    cart.outbox.receipt += 1  # one that never comes
    cart.send([cart.outbox.sale(1)])
    becomes(centre, cart.cart, reason="receipts-missing", missing=1)


def test_a_cart_that_agrees_and_the_sentence(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.sale(2, amount=1000)])
    wait_until("the sale", lambda: centre.api.items("/daily-sales", cart=cart.cart), 15)
    sums = counts(centre, cart, sales=1, quantity=2, amount=1000)
    say(cart, "state", state="offline", counts=sums)
    becomes(centre, cart.cart, reason="agrees", complete=True, todo="cuadra")
    lacking = scene.add(PahoCart(centre.mqtt_port))
    lacking.send([lacking.outbox.sale(2)])
    becomes(centre, lacking.cart, complete=None)
    page = centre.api.request("GET", "/api/v1/closing?limit=1000").json()
    items = centre.api.items("/closing")  # other tests have more carts than a page
    assert page["carts"] == len(items) and page["day"] == sums[0]["day"]
    agree = [row for row in items if row["reason"] in ("agrees", "nothing-sold")]
    assert page["agree"] == len(agree) < page["carts"]
    assert page["sentence"].startswith(f"{page['agree']} de {page['carts']} carros cuadran; falta")
    english = centre.api.request("GET", "/api/v1/closing", headers={"Accept-Language": "en"}).json()
    assert english["sentence"].startswith(f"{page['agree']} of {page['carts']} carts agree; missing: ")
    assert english["items"][0]["reason"] == page["items"][0]["reason"]
    assert centre.api.request("GET", "/api/v1/closing?day=1999-01-01").json()["carts"] >= 0
    assert centre.api.request("GET", "/api/v1/closing?day=tomorrow").status_code == 400
    table = centre.api.request("GET", "/api/v1/closing?format=csv").text
    rows = list(csv.DictReader(io.StringIO(table)))
    assert {row["cart"] for row in rows} == {row["cart"] for row in items}
    assert next(row["todo"] for row in rows if row["cart"] == cart.cart) == "cuadra"


def test_an_agent_that_closes_its_day(centre):
    agent = centre.make_agent(plate()).start().wait_ready()
    assert agent.sell(2, amount=1000).returncode == 0
    becomes(centre, agent.cart, reason="not-closed", closed=None)
    assert agent.command("close").returncode == 0
    row = becomes(centre, agent.cart, reason="agrees", complete=True)
    assert row["closed"] is not None and row["waiting"] in (0, None), row
    assert agent.sell(1, amount=500).returncode == 0
    becomes(centre, agent.cart, quantity=3, closed=None)


def test_the_command_line_shows_the_same(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.sale(2)])
    becomes(centre, cart.cart, complete=None)
    shown = ctl(centre.api.token, centre.collector, "closing")
    assert shown.returncode == 0 and "carros cuadran" in shown.stderr, shown
    assert cart.cart in shown.stdout and "carros cuadran" not in shown.stdout
    rows = json.loads(ctl(centre.api.token, centre.collector, "closing", "--json", "--day", "hoy").stdout)
    assert [row["quantity"] for row in rows if row["cart"] == cart.cart] == [2]
    table = ctl(centre.api.token, centre.collector, "closing", "--csv").stdout.splitlines()
    assert table[0].startswith("cart,quantity,amount,sales,closed,")
    then = ctl(centre.api.token, centre.collector, "closing", "--day", "1999-01-01", "--json")
    assert cart.cart not in then.stdout


def test_a_member_that_nobody_heard_is_missing(centre):
    person = applicant()
    assert centre.api.request("POST", "/api/v1/members", json=person).status_code == 202
    wait_until("the application", lambda: any(
        row["rut"] == person["rut"] for row in centre.api.items("/members")), 20)
    assert closing(centre, person["plate"]) is None
    decided = centre.api.request("POST", f"/api/v1/members/{person['rut']}/decision", json={"accept": True})
    assert decided.status_code == 200, decided.text
    becomes(centre, person["plate"], reason="never-heard", sales=0, last_heard=None, waiting=None)


def test_it_comes_first_in_the_nights_mail(world, scene):
    server = scene.add(MailServer()).start()
    world.collector = world.make_collector(
        CARRITO_SMTP=server.url, CARRITO_MAIL_FROM="carrito@gremio.example", CARRITO_LANG="es",
        CARRITO_REPORT_MAIL="jefa@gremio.example", CARRITO_CLOSE_GRACE_S=0)
    world.start_brokers()
    cart = Outbox()
    world.kafka.produce("carrito.sales", cart.cart, line(cart.sale(3, ts_ms=now_ms() - 86_400_000)))
    world.collector.start().wait_ready()
    mail = wait_until("the mail of yesterday", lambda: server.taken and server.taken[0], 40)
    text = next(part for part in mail.walk() if part.get_content_type() == "text/plain").get_content()
    lines = text.splitlines()
    assert lines[0].startswith(f"0 de 1 carros cuadran; falta {cart.cart} ("), text
    assert lines[2].startswith(f"{cart.cart} ") and lines[3] == "", text
    assert lines[4].startswith("Ventas del día "), text
    table = next(part for part in mail.walk() if part.get_content_type() == "text/csv").get_content()
    assert f";{cart.cart};3;" in table
