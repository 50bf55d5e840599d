"""Agents, bridge and collector are killed while orders look for their carts, are taken and brought: each order
is brought by one cart and sold once, and none is forgotten."""
from harness.api import Api
from harness.chaos import Chaos
from harness.dispatch import place_order, some_carts, start_guild
from harness.wait import wait_until

ORDERS, KILLS = 6, 5
NEXT = {"recibido": "preparando", "preparando": "entregando", "entregando": "finalizado"}


class Vendors:
    """Whoever has an order moves it on, where the cart is up and knows of it."""

    def __init__(self, world, carts):
        self.world, self.carts = world, {cart.cart: cart for cart in carts}

    def work(self):
        """One look; true once every order has ended."""
        rows = self.world.api.items("/orders")
        for row in rows:
            offered = [offer["cart"] for offer in row["offers"] if offer["outcome"] is None]
            cart = self.carts.get(row["cart"] or (offered or [None])[-1])
            if cart is not None and row["status"] in NEXT and cart.agent.alive():
                cart.agent.command("order", row["id"], NEXT[row["status"]])
        return len(rows) == ORDERS and all(row["status"] not in NEXT for row in rows)


def test_each_order_is_brought_by_one_cart_and_sold_once(world):
    chaos = Chaos("orders")
    start_guild(world, CARRITO_OFFER_S=5)
    carts = [cart.listen().wait_listens() for cart in some_carts(world)]
    vendors, buyer = Vendors(world, carts), Api(world.api.base)
    orders = [place_order(buyer)[0] for _ in range(ORDERS)]
    parts = [world.collector, world.bridge, *(cart.agent for cart in carts)]
    for part in chaos.random.sample(parts, KILLS):
        chaos.pause(0, 0.7)
        vendors.work()
        chaos.kill(part, down=(0, 0.5))
        part.wait_ready()
    wait_until("every order has ended", vendors.work, 90, every=0.2)
    ends = {order: world.api.get(f"/orders/{order}") for order in orders}
    assert {row["status"] for row in ends.values()} == {"finalizado"}, ends
    sold = [(sale["order"], cart.cart) for cart in carts for sale in cart.sales()]
    assert sorted(sold) == sorted((order, row["cart"]) for order, row in ends.items())
    wait_until("the day has each sale", lambda: sum(
        day["sales"] for day in world.api.items("/daily-sales")) == ORDERS, 30)
    assert not world.api.items("/alerts", kind="order-failed")
    buyer.close()
