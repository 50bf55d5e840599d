"""Duplicate and reordered batches from many carts, with the collector killed among them."""
from harness.cart import PahoCart
from harness.chaos import Chaos
from harness.truth import assert_totals, of_events

CARTS = 10
SALES = 400
BATCH = 40


def make_batches(chaos, carts):
    """Each batch three times, and all of them in another order."""
    todo, events = [], []
    for cart in carts:
        sold = [cart.outbox.sale(quantity=1 + n % 9, amount=50 * (n % 13), client=f"C{n % 37}")
                for n in range(SALES)]
        events += sold
        todo += [(cart, sold[at:at + BATCH]) for at in range(0, SALES, BATCH)] * 3
    chaos.random.shuffle(todo)
    return todo, events


def test_duplicates_count_once(world):
    chaos = Chaos("duplicates")
    world.start()
    carts = [world.scene.add(PahoCart(world.mqtt_port)) for _ in range(CARTS)]
    todo, events = make_batches(chaos, carts)
    kill_at = set(chaos.random.sample(range(len(todo)), 10))
    for index, (cart, some) in enumerate(todo):
        cart.send(some, correlation=f"{cart.outbox.epoch}:{some[-1]['seq']}")
        if index in kill_at:
            chaos.kill(world.collector)
        chaos.pause(0, 0.05)
    for cart in carts:
        cart.wait_acked(SALES)
    world.collector.wait_ready()
    assert_totals(world.api, of_events(events))
