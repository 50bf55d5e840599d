"""`complete` of a day is what the cart's totals say: a healthy day is complete whatever its clock,
voids and the desk; one of which an event was lost is not, and the days before it stay as they were."""
import json

from harness.cart import ROOT_TOPIC, PahoCart
from harness.events import line, now_ms
from harness.wait import stays_true, wait_until

DAY_MS = 86_400_000


def _cart(centre):
    return centre.scene.add(PahoCart(centre.mosquitto.port))


def _totals(upto, receipts, quantity, voided=0, made=None):
    return {"from": 1, "upto": upto, "made": made or upto, "receipts": receipts, "voided": voided,
            "quantity": quantity, "amount": 0, "earlier": []}


def _say(cart, counts, state="online", retain=False):
    cart.publish(f"{ROOT_TOPIC}/{cart.cart}/state", json.dumps(
        {"state": state, "epoch": cart.outbox.epoch, "session": 1, "version": "test",
         "ts_ms": now_ms(), "counts": counts}), 1, retain)


def _complete(api, cart):
    """Of its days in order."""
    return [row["complete"] for row in api.items("/daily-sales", cart=cart)]


def _waits(api, cart, *days):
    wait_until(f"complete is {days}", lambda: _complete(api, cart.cart) == list(days), 20)


def test_a_morning_without_a_clock(centre):
    """Five sales with the time of the last shutdown, then the right time: they are of today. It took
    one of yesterday back, too, and the desk one of today."""
    api, cart = centre.api, _cart(centre)
    then = now_ms() - 3 * DAY_MS
    cart.send([cart.outbox.sale(2, ts_ms=then)])
    cart.wait_acked()
    morning = {"boot": "b-1", "clock": "none", "ts_ms": then}
    cart.send([cart.outbox.sale(3, boot_ms=1000 * number, **morning) for number in range(1, 6)])
    cart.send([cart.outbox.event("clock", ts_ms=then + DAY_MS, clock="ntp", boot="b-1",
                                 boot_ms=6000),
               cart.outbox.sale(3, ts_ms=then + DAY_MS), cart.outbox.event("void", receipt=1)])
    cart.wait_acked()
    wait_until("two days", lambda: len(_complete(api, cart.cart)) == 2, 20)
    answer = api.request("POST", f"/api/v1/sales/{cart.cart}/{cart.outbox.epoch}/3/void", json={})
    assert answer.status_code == 202, answer.text
    _say(cart, _totals(9, 7, 18, voided=1))
    _waits(api, cart, True, True)


def test_an_event_that_was_lost(centre):
    """It is among the dead letters, and the cart counts it."""
    api, cart = centre.api, _cart(centre)
    then = now_ms() - 4 * DAY_MS
    cart.send([cart.outbox.sale(2, ts_ms=then), cart.outbox.sale(2, ts_ms=then + DAY_MS)])
    cart.wait_acked()
    _say(cart, _totals(2, 2, 4))
    _waits(api, cart, True, True)
    lost = cart.outbox.sale(2, ts_ms=then + 2 * DAY_MS)
    cart.send(line(lost).replace(b'"quantity"', b'"cantidad"')
              + b"\n" + line(cart.outbox.sale(2, ts_ms=then + 2 * DAY_MS)))
    cart.wait_acked()
    _say(cart, _totals(4, 4, 8))
    _waits(api, cart, True, False, False)
    cart.send([lost])
    _waits(api, cart, True, True, True)


def test_a_plug_that_is_pulled(centre):
    """Today is not known as long as the cart may go on, and is once it says `offline`; what is
    retained is no word."""
    api, cart = centre.api, _cart(centre)
    cart.send([cart.outbox.sale(2), cart.outbox.sale(2)])
    _waits(api, cart, None)
    _say(cart, _totals(2, 2, 4))
    stays_true("nobody knows", lambda: _complete(api, cart.cart) == [None], 5)
    _say(cart, _totals(2, 2, 4), "lost")
    stays_true("nobody knows", lambda: _complete(api, cart.cart) == [None], 5)
    _say(cart, _totals(2, 2, 4, made=3), "offline")
    stays_true("something waits", lambda: _complete(api, cart.cart) == [None], 5)
    cart.send([cart.outbox.sale(2)])
    cart.wait_acked()
    _say(cart, _totals(3, 3, 6), "offline")
    _waits(api, cart, True)


def test_a_fleet_that_signs_off(centre):
    """Simulated carts say their totals as an agent does: each of their days is complete in the end."""
    sim = centre.make_sim(carts=10, rate=60, duration=8, seed=5).start()
    assert sim.wait(90) == 0
    carts = {cart for _, cart in sim.truth()}
    assert len(carts) == 10
    for cart in carts:
        wait_until(f"the days of {cart} are complete", lambda cart=cart: (
            (told := _complete(centre.api, cart)) and all(one is True for one in told)), 30)
