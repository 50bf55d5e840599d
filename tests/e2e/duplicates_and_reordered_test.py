"""Batches that come twice, late or in another order count once each; other bytes under the same
identity are set aside and change no total."""
from harness.cart import PahoCart
from harness.chaos import Chaos
from harness.truth import assert_totals, of_events
from harness.wait import wait_until


def test_repeated_and_shuffled_batches_count_once(centre, scene):
    chaos = Chaos("duplicates")
    cart = scene.add(PahoCart(centre.mqtt_port))
    events = [cart.outbox.sale(quantity=1 + n % 5, amount=100 * (n % 7), client=f"Client {n % 11}")
              for n in range(200)]
    batches = [events[at:at + 20] for at in range(0, 200, 20)]
    sequence = batches * 3
    chaos.random.shuffle(sequence)
    for some in sequence:
        some = some if chaos.random.random() < 0.5 else chaos.random.sample(some, len(some))
        cart.send(some, correlation=f"{cart.outbox.epoch}:{max(e['seq'] for e in some)}")
    cart.wait_acked()
    assert_totals(centre.api, of_events(events), seconds=20)
    audit = next(r for r in centre.api.items("/audit") if r["cart"] == cart.cart)
    assert audit["highest"] == 200 and audit["missing"] == [] and audit["duplicates"] == 400


def test_a_gap_is_told_and_closes(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    first, second, third, fourth = (cart.outbox.sale() for _ in range(4))
    cart.send([first, fourth])
    cart.wait_acked()

    def row():
        return next(iter(centre.api.items("/daily-sales", cart=cart.cart)), None)

    shown = wait_until("two sales", lambda: row() and row()["sales"] == 2 and row(), 15)
    assert shown["missing"] == [{"epoch": cart.outbox.epoch, "from": 2, "to": 3}]
    audit = next(r for r in centre.api.items("/audit") if r["cart"] == cart.cart)
    assert audit["missing"] == [{"from": 2, "to": 3}]
    cart.send([third, second])
    wait_until("no receipt missing", lambda: row()["missing"] == [] and row()["sales"] == 4, 15)


def test_another_content_under_the_same_identity_is_set_aside(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    sale = cart.outbox.sale(quantity=2)
    cart.send([sale])
    cart.send([{**sale, "quantity": 9}])
    cart.send([cart.outbox.sale(quantity=1)])
    cart.wait_acked()
    row = wait_until("both sales", lambda: next(
        (r for r in centre.api.items("/daily-sales", cart=cart.cart) if r["sales"] == 2), None), 15)
    assert row["quantity"] == 3
    audit = next(r for r in centre.api.items("/audit") if r["cart"] == cart.cart)
    assert audit["set_aside"] == 1


def test_a_void_may_come_before_its_sale(centre, scene):
    cart = scene.add(PahoCart(centre.mqtt_port))
    sale, kept = cart.outbox.sale(client="Ana"), cart.outbox.sale(client="Ana", quantity=5)
    void = cart.outbox.event("void", receipt=sale["receipt"])
    cart.send([void, kept])
    cart.send([sale, void])
    cart.wait_acked()
    assert_totals(centre.api, of_events([sale, kept, void]), seconds=15, settle=1)


def test_a_new_epoch_counts_anew(centre, scene):
    """An agent whose card was exchanged begins with receipt 1 again: another receipt 1."""
    cart = scene.add(PahoCart(centre.mqtt_port))
    old = cart.outbox.sale(client="Ana")
    cart.send([old])
    cart.outbox = type(cart.outbox)(cart.cart)
    cart.acked = 0
    new = cart.outbox.sale(client="Ana")
    cart.send([new])
    cart.wait_acked()
    assert_totals(centre.api, of_events([old, new]), seconds=15, settle=1)
    assert len([r for r in centre.api.items("/audit") if r["cart"] == cart.cart]) == 2
