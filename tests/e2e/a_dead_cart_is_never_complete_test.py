"""A cart that died with receipts that no one else has never shows a complete day; its card, carried
to the office, makes the day complete, with the right revision."""
import json

from harness.cart import ROOT_TOPIC, PahoCart
from harness.events import line, now_ms, plate
from harness.proxy import Proxy
from harness.wait import stays_true, wait_until

DAY_MS = 86_400_000


def _row(api, cart):
    rows = api.items("/daily-sales", cart=cart)
    return rows[0] if rows else None


def _wait_row(api, cart, **members):
    return wait_until(f"the day of {cart} is {members}", lambda: (
        (row := _row(api, cart)) and all(row[key] == value for key, value in members.items())
        and row), 20)


def _import(api, card):
    answer = api.request("POST", "/api/v1/imports", data=card,
                         headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_agent_that_died(centre):
    """Its card says the totals of all that is on it, and so does the cart once it is heard again."""
    api, cart = centre.api, plate()
    proxy = centre.scene.add(Proxy(centre.mqtt_port))
    centre.mqtt_port = proxy.port
    agent = centre.make_agent(cart).start().wait_socket()
    for _ in range(3):
        assert agent.sell(2).returncode == 0
    _wait_row(api, cart, sales=3)
    proxy.unplug()
    for _ in range(4):
        assert agent.sell(2).returncode == 0
    agent.kill()
    stays_true("the day is not complete", lambda: _row(api, cart)["complete"] is not True, 2)
    card = agent.command("outbox", "export", seconds=60).stdout
    counted = _import(api, card.encode())
    assert (counted["new"] >= 4, counted["refused"]) == (True, 0), counted
    row = _wait_row(api, cart, sales=7, quantity=14, complete=True)
    assert row["missing"] == []
    proxy.plug()
    agent.start().wait_socket()
    wait_until("all is acknowledged", lambda: agent.status()["waiting"] == 0, 40)
    agent.terminate(15)
    assert _wait_row(api, cart, complete=True)["sales"] == 7


def _say(cart, counts):
    cart.publish(f"{ROOT_TOPIC}/{cart.cart}/state", json.dumps(
        {"state": "online", "epoch": cart.outbox.epoch, "session": 1, "version": "test",
         "ts_ms": now_ms(), "counts": counts}))


def test_a_day_that_is_closed(centre):
    """What the cart said before it died disagrees, until its card is there."""
    api, cart = centre.api, centre.scene.add(PahoCart(centre.mosquitto.port))
    then = now_ms() - 2 * DAY_MS
    sales = [cart.outbox.sale(2, ts_ms=then + number, amount=1000, client=f"c{number % 3}")
             for number in range(7)]
    cart.send(sales[:3])
    day = _wait_row(api, cart.cart, sales=3, status="closed", revision=3)["day"]
    _say(cart, {"from": 1, "upto": 7, "made": 7, "receipts": 7, "voided": 0, "quantity": 14,
                "amount": 7000})
    _wait_row(api, cart.cart, complete=False)
    counted = _import(api, b"".join(line(event) + b"\n" for event in sales))
    assert counted == {"read": 7, "new": 4, "duplicate": 3, "refused": 0}
    row = _wait_row(api, cart.cart, complete=True)
    assert (row["sales"], row["quantity"], row["amount"], row["clients"]) == (7, 14, 7000, 3)
    assert (row["revision"], row["status"], row["missing"]) == (7, "closed", [])
    kept = api.items(f"/daily-sales/{day}/{cart.cart}/revisions")
    assert [one["after"]["sales"] for one in kept] == [1, 2, 3, 4, 5, 6, 7]


def test_an_older_cart_says_it_by_day(centre):
    """Such sums hang on the cart's clock: they say when a day is complete, never that it is not."""
    api, cart = centre.api, centre.scene.add(PahoCart(centre.mosquitto.port))
    sales = [cart.outbox.sale(2, ts_ms=now_ms() - 2 * DAY_MS + number, amount=1000)
             for number in range(3)]
    cart.send(sales[:2])
    day = _wait_row(api, cart.cart, sales=2)["day"]
    _say(cart, [{"day": day, "sales": 3, "quantity": 6, "amount": 3000}])
    stays_true("nobody knows", lambda: _row(api, cart.cart)["complete"] is None, 4)
    cart.send(sales[2:])
    _wait_row(api, cart.cart, complete=True)
