"""The rules of `stock` (contract, section 5): levels, restock batches, stock-out.

Batches depend on the order in which the records of several partitions were read, and on when a
partition had no backlog: a cart is judged by its last level then. So this takes both in the order in
which the role met them, where a test knows it; of a centre that runs, only `wrong_batches` can be
asked."""
from . import event as events

LIVE_MS = 2000  # what was applied up to this long ago is no backlog


class Stock:
    def __init__(self, threshold=20, batch=5):
        self.threshold, self.size = threshold, batch
        self.levels = {}   # cart: (epoch, seq, stock)
        self.waits = {}    # cart: (Kafka's time, partition) of what is not judged yet
        self.open = {}     # cart: stock, in the order of joining
        self.closed = []   # the announced batches, each {cart: stock}
        self.inside = set()  # carts of an open or announced batch that were not above since
        self.out = set()   # carts with a stock-out
        self.outs = {}     # cart: how often it ran out

    def take(self, record):
        try:
            event = events.read(record.value)
        except events.NotAnEvent:
            return
        if event["type"] not in ("sale", "void", "stock") or "stock" not in event:
            return
        cart, epoch, seq, stock = (event[name] for name in ("cart", "epoch", "seq", "stock"))
        last = self.levels.get(cart)
        if last is not None and last[0] == epoch and last[1] >= seq:
            return
        self.levels[cart] = (epoch, seq, stock)
        if cart in self.waits or self._has_news(cart, stock):
            self.waits[cart] = (record.append_ms, record.partition)
        elif cart in self.open:
            self.open[cart] = stock

    def _has_news(self, cart, stock):
        """What is open or announced for the cart, or would be."""
        if stock > self.threshold:
            return cart in self.inside or cart in self.out
        return cart not in self.inside or (stock == 0 and cart not in self.out)

    def look(self, now_ms, passed):
        """`passed`: how far each partition, (topic, number), of whoever looks is applied."""
        live = {number for (_, number), ms in passed.items() if ms and now_ms - ms <= LIVE_MS}
        for cart, (_, partition) in sorted(self.waits.items(), key=lambda one: (one[1][0], one[0])):
            if partition in live:
                del self.waits[cart]
                self._judge(cart, self.levels[cart][2])

    def _judge(self, cart, stock):
        if stock > self.threshold:
            self._above(cart)
        else:
            self._low(cart, stock)

    def _above(self, cart):
        self.open.pop(cart, None)
        self.inside.discard(cart)
        self.out.discard(cart)

    def _low(self, cart, stock):
        if stock == 0 and cart not in self.out:
            self.out.add(cart)
            self.outs[cart] = self.outs.get(cart, 0) + 1
        if cart in self.open:
            self.open[cart] = stock
        elif cart not in self.inside:
            self.inside.add(cart)
            self.open[cart] = stock
            if len(self.open) == self.size:
                self.closed.append(self.open)
                self.open = {}


def wrong_batches(batches, size=5):
    """What no order of records explains; `batches` are rows of GET /restocks."""
    numbers = [row["number"] for row in batches if row["number"] is not None]
    if sorted(numbers) != list(range(1, len(numbers) + 1)):
        yield f"the numbers are {sorted(numbers)}"
    if sum(row["status"] == "open" for row in batches) > 1:
        yield "two batches are open"
    for row in batches:
        carts = [one["cart"] for one in row["carts"]]
        if len(set(carts)) != len(carts):
            yield f"batch {row['number']} has a cart twice: {carts}"
        if row["status"] == "open" and len(carts) >= size:
            yield f"the open batch has {len(carts)} carts"
        if len(carts) > size:
            yield f"batch {row['number']} has {len(carts)} carts"
