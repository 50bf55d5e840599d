"""What happens is in each view without a reload: at once where the stream tells of it, within a few
seconds where the view asks by itself."""
import base64
import json
import re
import secrets
import time

import pytest

from acts import appears, heartbeat, row_of, shown, state, watch
from console_test import user_of
from harness.cart import PahoCart
from harness.events import Outbox, line, now_ms, plate
from harness.people import applicant
from harness.wait import wait_until

DAY_MS = 86_400_000


@pytest.fixture
def cart(centre, scene):
    return scene.add(PahoCart(centre.mqtt_port))


def posted(centre, path, body, status=202):
    answer = centre.api.request("POST", "/api/v1" + path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def spanish(number):
    return f"{number:,}".replace(",", ".")


def test_overview(centre, window, cart):
    watch(window, centre, "overview")
    cart.send([cart.outbox.location(-33.44, -70.65), cart.outbox.sale(31, amount=1000, stock=44)])
    row = appears(window, "the new cart", lambda: row_of(window, cart.cart))
    assert "en línea" in row[1]
    appears(window, "its stock", lambda: row_of(window, cart.cart)[2] == "44")
    day = wait_until("the day", lambda: centre.api.items("/daily-sales", cart=cart.cart), 10)[0]["day"]
    total = centre.api.items("/daily-sales", day=day, group="day")[0]
    appears(window, "the totals", lambda: spanish(total["quantity"]) in shown(window, ".figures"))
    cart.send([cart.outbox.sale(7)])
    appears(window, "and what is sold next", lambda: spanish(total["quantity"] + 7) in
            shown(window, ".figures"), 3)
    state(cart, "offline")
    appears(window, "it has signed off", lambda: "apagado" in row_of(window, cart.cart)[1])
    state(cart, "offline", reason="closed")
    appears(window, "it has closed its day", lambda: "cerrado" in row_of(window, cart.cart)[1])


def test_the_days_table(centre, window, cart):
    watch(window, centre, "daily")
    cart.send([cart.outbox.sale(3, amount=1500, client="Ana")])
    row = appears(window, "the row", lambda: row_of(window, cart.cart), 3)
    assert row[1:6] == ["3", "$1.500", "1", "1", "3"] and row[8:11] == ["0", "abierto", "por confirmar"]
    day = centre.api.items("/daily-sales", cart=cart.cart)[0]["day"]
    total = centre.api.items("/daily-sales", day=day, group="day")[0]
    foot = appears(window, "the totals", lambda: (cells := row_of(window, "Total", ".view tfoot tr"))
                   and cells[1] == spanish(total["quantity"]) and cells)
    assert foot[3] == spanish(total["sales"])
    counts = [{"day": day, "sales": 1, "quantity": 3, "amount": 1500}]
    heartbeat(cart, counts=counts)
    state(cart, "offline", counts=counts)
    appears(window, "the day is complete", lambda: row_of(window, cart.cart)[10] == "completo")


def test_the_closing(centre, window, cart):
    watch(window, centre, "closing")
    state(cart, "online")
    cart.send([cart.outbox.sale(3, amount=1500)])
    appears(window, "the row", lambda: row_of(window, cart.cart)[1:5] == ["3", "$1.500", "1", "–"])
    appears(window, "what it lacks", lambda: row_of(window, cart.cart)[8] ==
            "falta cerrar: que el vendedor cierre el día en el carro")
    assert "carros cuadran; falta" in shown(window, ".sentence")
    day = centre.api.items("/daily-sales", cart=cart.cart)[0]["day"]
    state(cart, "offline", counts=[{"day": day, "sales": 1, "quantity": 3, "amount": 1500}])
    appears(window, "it agrees", lambda: row_of(window, cart.cart)[7:9] == ["completo", "cuadra"], 10)


def test_the_closing_of_twenty_carts_is_printed_on_one_page(centre, window):
    then, carts = now_ms() - 12 * DAY_MS, [plate() for _ in range(20)]
    for one in carts:
        centre.kafka.produce("carrito.sales", one, line(Outbox(one).sale(3, ts_ms=then, amount=1500)))
    day = wait_until("the day", lambda: centre.api.items("/daily-sales", cart=carts[-1]), 15)[0]["day"]
    watch(window, centre, f"closing?day={day}")
    appears(window, "all of them", lambda: all(row_of(window, one) for one in carts), 10)
    printed = base64.b64decode(window.execute_cdp_cmd("Page.printToPDF", {
        "preferCSSPageSize": True})["data"])
    pages = re.findall(rb"/Type\s*/Page\b(?!s)", printed)
    assert len(pages) == 1, f"{len(pages)} pages"
    window.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown_there = window.execute_script(
        "return [...document.querySelectorAll('.top, .views, .toolbar, .sentence')]"
        ".map((one) => getComputedStyle(one).display !== 'none')")
    window.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert shown_there == [False, False, False, True]


def test_a_late_sale_is_a_revision(centre, window, cart):
    then = now_ms() - 2 * DAY_MS
    centre.kafka.produce("carrito.sales", cart.cart, line(cart.outbox.sale(3, ts_ms=then)))
    day = wait_until("the day", lambda: centre.api.items("/daily-sales", cart=cart.cart), 15)[0]["day"]
    watch(window, centre, f"daily?day={day}")
    assert row_of(window, cart.cart)[8:10] == ["1", "cerrado"]
    centre.kafka.produce("carrito.sales", cart.cart, line(cart.outbox.sale(4, ts_ms=then + 1)))
    appears(window, "the revision", lambda: row_of(window, cart.cart)[8] == "2", 3)
    assert row_of(window, cart.cart)[1] == "7" and "Revisión" in row_of(window, cart.cart)[12]


def test_hours_beside_the_same_weekday_before(centre, window, cart):
    hour = now_ms() - now_ms() % 3_600_000
    then = line(cart.outbox.sale(1, ts_ms=hour - 7 * DAY_MS))
    centre.kafka.produce("carrito.sales", cart.cart, then)
    wait_until("the week before", lambda: centre.api.items("/daily-sales", cart=cart.cart), 15)
    watch(window, centre, "daily")
    before = shown(window, ".view details tbody")
    cart.send([cart.outbox.sale(1000)])
    appears(window, "the hour", lambda: shown(window, ".view details tbody") != before, 25)
    rows = window.execute_script(
        "return [...document.querySelectorAll('.view details tbody tr')]"
        ".map((row) => [...row.children].map((cell) => cell.textContent))")
    busy = [row for row in rows if row[1] != "0" and row[2] != "0"]
    assert busy and int(busy[0][1].replace(".", "")) >= 1000, rows


def test_stock_and_batches(centre, window, scene):
    watch(window, centre, "stock")
    carts = [scene.add(PahoCart(centre.mqtt_port)) for _ in range(5)]
    for low in carts:
        low.send([low.outbox.sale(stock=7)])
    for low in carts:
        row = appears(window, "its level", lambda low=low: row_of(window, low.cart, ".view tbody tr"))
        assert row[1:3] == ["7", "bajo"]
        appears(window, "its batch", lambda low=low: low.cart in shown(window, ".view .cards"))
    assert "anunciado" in shown(window, ".view .cards")


def test_members(centre, window):
    watch(window, centre, "members")
    one = applicant(name="Rosa " + secrets.token_hex(4))
    posted(centre, "/members", one)
    assert appears(window, "the application", lambda: row_of(window, one["name"]))[1] == one["rut"]
    answer = centre.api.request("POST", f"/api/v1/members/{one['rut']}/decision", json={"accept": True})
    assert answer.status_code == 200
    appears(window, "it waits no longer", lambda: not row_of(window, one["name"]))


def test_reports_and_fugitives(centre, window, cart):
    watch(window, centre, "reports")
    cart.send([cart.outbox.location(-33.4, -70.6)])
    wait_until("the cart is known", lambda: centre.api.items("/carts", q=cart.cart), 15)
    wanted, note = cart.cart, "roja " + secrets.token_hex(4)
    posted(centre, "/reports", {"cart": wanted, "lat": -33.4, "lon": -70.6, "note": note})
    appears(window, "the report", lambda: row_of(window, note))
    appears(window, "the fugitive", lambda: "Dejar de buscar" in
            (row_of(window, wanted) or ["", ""])[-1])
    seen = "vi algo " + secrets.token_hex(4)
    posted(centre, "/reports", {"lat": 70.0, "lon": 70.0, "note": seen})
    assert "avistamiento" in appears(window, "the sighting", lambda: row_of(window, seen))


def test_blocked(centre, window):
    name = user_of(centre, "viewer")
    watch(window, centre, "blocked")
    for _ in range(6):
        centre.api.request("POST", "/api/v1/login", json={"user": name, "password": "x" * 12},
                           headers={"Authorization": ""})
    assert appears(window, "the account", lambda: row_of(window, name))[3] == "5"


def test_letters_and_audit(centre, window, cart):
    watch(window, centre, "letters")
    word = "ilegible " + secrets.token_hex(4)
    centre.kafka.produce("carrito.dead-letters", cart.cart, word.encode(),
                         {"error": "a propósito", "source": "mqtt:x"})
    assert appears(window, "the dead letter", lambda: row_of(window, word))[1] == "a propósito"
    sale = cart.outbox.sale(2)
    centre.kafka.produce("carrito.sales", cart.cart, line(sale))
    centre.kafka.produce("carrito.sales", cart.cart, line({**sale, "quantity": 9}))
    appears(window, "what was set aside", lambda: row_of(window, cart.cart))
    watch(window, centre, "audit")
    cart.outbox.receipt += 2
    centre.kafka.produce("carrito.sales", cart.cart, line(cart.outbox.sale(1)))
    appears(window, "the gap", lambda: row_of(window, cart.cart)[4] == "2–3")
    assert row_of(window, cart.cart)[6] == "1"


def test_a_view_asks_again_when_the_store_has_it(centre, window, cart):
    """However far behind the role was when the stream told of it."""
    watch(window, centre, "daily")
    posted(centre, "/consumers/sales/stop", None)
    try:
        wait_until("it stands", lambda: any(
            one["role"] == "sales" and one["state"] == "stopped"
            for one in centre.api.items("/consumers")), 10)
        cart.send([cart.outbox.sale(3, amount=1500)])
        time.sleep(4)
        assert row_of(window, cart.cart) is None
    finally:
        posted(centre, "/consumers/sales/start", None)
    appears(window, "the row", lambda: row_of(window, cart.cart), 5)


def test_consumers(centre, window):
    watch(window, centre, "consumers")
    try:
        posted(centre, "/consumers/members/stop", None)
        appears(window, "it stands", lambda: "detenido" in row_of(window, "members"))
        posted(centre, "/members", applicant())
        appears(window, "its lag", lambda: int(row_of(window, "members")[2]) > 0, 8)
    finally:
        posted(centre, "/consumers/members/start", None)
    appears(window, "it runs and has caught up", lambda: row_of(window, "members")[1:3] ==
            ["en marcha", "0"], 12)


def test_mails_actions_and_users(centre, window):
    watch(window, centre, "mails")
    mail = f"m{secrets.token_hex(4)}@example.cl"
    one = applicant(email=mail)
    posted(centre, "/members", one)
    wait_until("the application", lambda: centre.api.request(
        "POST", f"/api/v1/members/{one['rut']}/decision", json={"accept": True}).status_code == 200, 10)
    appears(window, "the mail", lambda: row_of(window, mail))
    watch(window, centre, "actions")
    name = user_of(centre, "viewer")
    appears(window, "who did what", lambda: row_of(window, name))
    watch(window, centre, "users")
    other = user_of(centre, "viewer")
    appears(window, "the user", lambda: row_of(window, other))
    given = posted(centre, "/tokens", {"name": "t" + secrets.token_hex(4), "role": "viewer",
                                        "days": 1}, 201)
    name = next(t["name"] for t in centre.api.items("/tokens") if t["id"] == given["id"])
    appears(window, "the token", lambda: row_of(window, name))


def test_the_board_of_orders_moves_and_is_live(world, window):
    world.collector.env["CARRITO_ORDER_STEP_MS"] = "2500"
    world.start()
    watch(window, world, "orders")
    mail = f"b{secrets.token_hex(4)}@example.cl"
    order = posted(world, "/orders", {"product": "Sopaipilla", "price": 500, "email": mail})
    for lane in ("recibido", "preparando", "entregando", "finalizado"):
        appears(window, f"the order is {lane}", lambda lane=lane: mail in shown(
            window, f"[aria-labelledby=lane-{lane}]"), 5)
    assert [step["status"] for step in world.api.get(f"/orders/{order['id']}")["history"]] == \
        ["recibido", "preparando", "entregando", "finalizado"]
    assert json.dumps(shown(window)).count(mail) == 1, "in one column at a time"
