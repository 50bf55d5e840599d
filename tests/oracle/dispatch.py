"""The rules of `orders` in `dispatch` (contract, section 5): who may get an offer, whose steps count, and
how an order ends.

What the role may choose is not foretold but judged: after each transaction the oracle is shown the
store's rows of orders. Each change needs its cause, an offer must be the nearest candidate's, and
what had to happen must have happened. NotAllowed says what was wrong."""
import math
from dataclasses import dataclass, field

from . import orders
from .event import NotAnEvent, read

LAST = orders.LAST
WAITS, TAKEN, ON_THE_WAY, DONE, CANCELLED, FAILED = (
    "recibido", "preparando", "entregando", "finalizado", "cancelado", "fallido")
GONE = ("vanished", "offline", "absent")
FIX_MS = 600_000
DISTANCE_M = 50_000  # no offer goes farther
SETTLES_MS = 2000  # brokers' clocks differ
PATIENCE_MS = 31_000  # with what Kafka has and nobody has read
LAG_MS = 3000  # a cart that seems unfit has so long to be seen otherwise: what it said may be on its way
EARTH_M = 6_371_000
NEAR_M = 2  # of two that are as near as this, either may be the nearest


class NotAllowed(AssertionError):
    """What the role did, and the rules do not allow; or had to do, and did not."""


def distance_m(lat, lon, other_lat, other_lon):
    """The great circle, by the haversine formula."""
    a, b = math.radians(lat), math.radians(other_lat)
    h = (math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b)
         * math.sin(math.radians(other_lon - lon) / 2) ** 2)
    return 2 * EARTH_M * math.asin(math.sqrt(min(1, h)))


def bearing_deg(lat, lon, other_lat, other_lon):
    """From the first to the second, 0 is north."""
    a, b, east = math.radians(lat), math.radians(other_lat), math.radians(other_lon - lon)
    return math.degrees(math.atan2(
        math.sin(east) * math.cos(b),
        math.cos(a) * math.sin(b) - math.sin(a) * math.cos(b) * math.cos(east))) % 360


@dataclass
class Cart:
    """As the other roles have it."""
    plate: str
    lat: float = None
    lon: float = None
    fix_ms: int = 0
    stock: int = None  # None: never counted
    state: str = "heard"
    fugitive: bool = False
    listens: bool = True


@dataclass
class Row:
    """An order in the store."""
    id: str
    status: str
    cart: str
    held: bool
    turn: int
    offer_cart: str
    offer_until_ms: int
    failed_reason: str


@dataclass
class Order:  # pylint: disable=too-many-instance-attributes
    """What is known of an order."""
    id: str
    quantity: int
    lat: float
    lon: float
    search_ms: int  # no cart by then: it fails
    status: str = WAITS
    cart: str = None   # that carries it
    offer: str = None  # that it is offered to
    until_ms: int = 0
    turn: int = 0
    held: bool = False
    reason: str = None
    unfit_ms: int = None  # since when its cart has been seen unfit
    refused: set = field(default_factory=set)
    asked: set = field(default_factory=set)  # that had an offer of it, or the order
    words: set = field(default_factory=set)     # (cart, epoch, seq) that were read: a copy never counts
    strays: set = field(default_factory=set)    # carts whose step did not count

    def has(self, cart):
        return cart is not None and cart in (self.cart, self.offer) and self.status not in LAST

    def end_offer(self):
        self.offer, self.until_ms = None, 0

    def give_back(self, search_ms):
        """It is offered on, and has all its time again."""
        self.status, self.cart, self.search_ms = WAITS, None, search_ms
        self.end_offer()


class Dispatch:
    """`carts` is the caller's: what the other roles say of them at this moment."""

    def __init__(self, offer_s=60, dispatch_s=600, most=3):
        self.offer_ms, self.dispatch_ms, self.most = offer_s * 1000, dispatch_s * 1000, most
        self.carts, self.orders, self.refused = {}, {}, []
        self.failed = set()    # orders that an alert must name
        self.troubled = set()  # and that it may: their cart was unfit while they were on their way

    # Who may get it.

    def _carried(self, plate, but=None):
        return [o for o in self.orders.values() if o.has(plate) and o.id != but]

    def _pieces(self, plate, but=None):
        return sum(order.quantity for order in self._carried(plate, but))

    def _is_candidate(self, cart, order, now_ms):
        return (cart.state == "heard" and not cart.fugitive and cart.listens
                and cart.lat is not None and now_ms - cart.fix_ms <= FIX_MS
                and cart.stock is not None and order.lat is not None
                and cart.stock - self._pieces(cart.plate) >= order.quantity
                and len(self._carried(cart.plate)) < self.most
                and distance_m(cart.lat, cart.lon, order.lat, order.lon) <= DISTANCE_M
                and cart.plate not in order.refused)

    def candidates(self, order, now_ms):
        """The nearest first; who was asked before only where there is nobody else."""
        may = [c for c in self.carts.values() if self._is_candidate(c, order, now_ms)]
        fresh = [c for c in may if c.plate not in order.asked]
        return sorted((distance_m(c.lat, c.lon, order.lat, order.lon), c.plate)
                      for c in fresh or may)

    def is_unfit(self, plate):
        """For an order that it has: it is gone, or has not the stock for all that it carries."""
        cart = self.carts[plate]
        carried = sum(o.quantity for o in self.orders.values()
                      if o.cart == plate and o.status in (TAKEN, ON_THE_WAY))
        return (cart.state in GONE or cart.fugitive
                or cart.stock is not None and cart.stock < carried)

    # What happens.

    def request(self, record, now_ms):
        """Whether it is a new one."""
        asked, is_new = orders.read(record.value), False
        if asked is None:
            self.refused.append(record)
        elif is_new := asked["id"] not in self.orders:
            self.orders[asked["id"]] = Order(
                asked["id"], asked["quantity"], asked.get("lat"), asked.get("lon"),
                now_ms + self.dispatch_ms)
        return is_new

    def step(self, record, rows, now_ms):
        """`rows`: what the store says now. An answer is in time by Kafka's; one that comes a moment later
        may count while the offer stands. Returns whether it counts."""
        try:
            event = read(record.value)
        except NotAnEvent:
            return False
        order = self.orders.get(event["order"])
        word = event["cart"], event["epoch"], event["seq"]
        if order is None or word in order.words:
            return False
        order.words.add(word)
        return self._counts(order, event, record.append_ms, rows[order.id], now_ms)

    def _counts(self, order, event, append_ms, row, now_ms):
        cart = event["cart"]
        if not order.has(cart) or (order.offer == cart and append_ms >= order.until_ms
                                   and not _answered(row, order)):
            order.strays.add(cart)
            return False
        if order.offer == cart:
            self._answer(order, cart, event["status"], row)
        else:
            self._move(order, cart, event["status"], now_ms)
        return True

    def _answer(self, order, cart, status, row):
        if status == TAKEN:
            order.status, order.cart = TAKEN, cart
            order.end_offer()
        elif status == "rechazado":
            order.refused.add(cart)
            order.end_offer()
        elif row.cart == cart and row.status == status:
            # Of an order that it took offline, after an offer that was over; it may count for the next.
            order.status, order.cart = status, cart
            order.end_offer()

    def _move(self, order, cart, status, now_ms):
        if status in ("rechazado", FAILED) and order.status == ON_THE_WAY:
            order.status, order.reason = FAILED, "nobody-there"
            order.refused.add(order.cart)
            self.failed.add(order.id)
        elif status == "rechazado":
            order.refused.add(cart)
            order.give_back(now_ms + self.dispatch_ms)
        elif status == ON_THE_WAY and order.status == TAKEN:
            order.status = ON_THE_WAY
        elif status == DONE:
            order.status = DONE

    def act(self, kind, order_id, rows, now_ms, cart=None):
        """An operator's, that was done."""
        order, row = self.orders[order_id], rows[order_id]
        if kind == "cancel":
            order.status, order.held = CANCELLED, row.held
            order.end_offer()
        elif kind == "hold":
            order.held = True
            if row.offer_cart is None:
                order.end_offer()
        elif kind == "assign":
            order.status, order.cart, order.turn, order.held = TAKEN, cart, order.turn + 1, row.held
            order.asked.add(cart)
            order.end_offer()
        elif kind == "release" and order.held:
            order.held, order.search_ms = False, now_ms + self.dispatch_ms
        else:
            order.give_back(now_ms + self.dispatch_ms)

    # What the store says.

    def look(self, rows, offered, now_ms):
        """After a transaction at `now_ms`. `offered`: the order-offer commands of it that are no
        `taken` ones, as they were queued."""
        if set(rows) != set(self.orders):
            raise NotAllowed(f"orders {set(rows) ^ set(self.orders)} are in one of two")
        for order in self.orders.values():
            self._by_itself(order, rows[order.id], now_ms)
        for offer in offered:
            self._offer(self.orders[offer["order"]], offer, rows[offer["order"]], now_ms)
        for order in self.orders.values():
            _compare(order, rows[order.id])
            if order.status == ON_THE_WAY and self.is_unfit(order.cart):
                self.troubled.add(order.id)

    def _by_itself(self, order, row, now_ms):
        """An offer that is over, an order that its cart gives back, and one that no cart takes."""
        goes_on = row.turn > order.turn or row.offer_cart is None
        if order.offer is not None and goes_on and row.status in (WAITS, FAILED):
            self._end_of_offer(order, now_ms)
        if order.status == TAKEN and (row.status != TAKEN or row.cart != order.cart):
            if not self.is_unfit(order.cart):
                raise NotAllowed(f"{order} is taken from a cart that is fit")
            order.give_back(now_ms + self.dispatch_ms)
        if order.status == WAITS and row.status == FAILED:
            if now_ms < order.search_ms or order.held or order.offer is not None:
                raise NotAllowed(f"{order} fails before its time, at {now_ms}")
            order.status, order.reason = FAILED, "no-cart"
            self.failed.add(order.id)

    def _end_of_offer(self, order, now_ms):
        if now_ms < order.until_ms and not self.is_unfit(order.offer) \
                and self.carts[order.offer].listens:
            raise NotAllowed(f"{order}: its offer ends before its time, at {now_ms}")
        order.end_offer()

    def _offer(self, order, offer, row, now_ms):
        where = f"{order} is offered to {offer['cart']} at {now_ms}"
        if order.status != WAITS or order.offer is not None or order.held:
            raise NotAllowed(f"{where}, and waits for no cart")
        nearest = self.candidates(order, now_ms)
        near = [plate for metres, plate in nearest if metres <= nearest[0][0] + NEAR_M]
        if offer["cart"] not in near:
            raise NotAllowed(f"{where}; candidates are {nearest}")
        if offer["turn"] != order.turn + 1 or offer["expires_ms"] != row.offer_until_ms:
            raise NotAllowed(f"{where}: turn, or its end: {offer}, {row}")
        if not now_ms <= offer["expires_ms"] <= now_ms + self.offer_ms:
            raise NotAllowed(f"{where}, until {offer['expires_ms']}")
        self._assert_offer_says(order, offer)
        order.offer, order.turn, order.until_ms = offer["cart"], offer["turn"], offer["expires_ms"]
        order.asked.add(order.offer)

    def _assert_offer_says(self, order, offer):
        if set(offer) & {"place", "lat", "lon", "email"}:
            raise NotAllowed(f"who has not taken it sees where it is to go: {offer}")
        cart = self.carts[offer["cart"]]
        metres = distance_m(cart.lat, cart.lon, order.lat, order.lon)
        if abs(offer["distance_m"] - metres) > 2 + metres / 200:
            raise NotAllowed(f"{metres} m, and not as {offer}")
        turn = offer["bearing_deg"] - bearing_deg(cart.lat, cart.lon, order.lat, order.lon)
        if metres > 10 and abs((turn + 180) % 360 - 180) > 2:
            raise NotAllowed(f"another direction, by {turn} degrees: {offer}")

    def must(self, order_id, now_ms):
        """After what makes it wait: it is offered to whoever there is."""
        order = self.orders[order_id]
        if order.status == WAITS and not order.held and order.offer is None \
                and now_ms < order.search_ms and (found := self.candidates(order, now_ms)):
            raise NotAllowed(f"{order} waits, and there is {found} at {now_ms}")

    def must_all(self, now_ms, read_ms):
        """After a tick: nothing that had to be done is left. `read_ms`: all that Kafka had then is read; what
        is on its way is waited for, but not for long. Returns the orders that an alert must name."""
        over_ms = max(read_ms, now_ms - PATIENCE_MS)
        for order in self.orders.values():
            if order.offer is not None and over_ms > order.until_ms + SETTLES_MS:
                raise NotAllowed(f"{order}: its offer is over at {now_ms}")
            if order.status == WAITS and not order.held and order.offer is None \
                    and over_ms > order.search_ms:
                raise NotAllowed(f"{order} is forgotten at {now_ms}")
            self.must(order.id, now_ms)
            self._must_leave(order, now_ms, read_ms)
        return self.failed

    def _must_leave(self, order, now_ms, read_ms):
        """A cart that is unfit prepares no order; of one that is on its way an alert tells."""
        if order.status not in (TAKEN, ON_THE_WAY) or not self.is_unfit(order.cart):
            order.unfit_ms = None
            return
        order.unfit_ms = order.unfit_ms or now_ms
        if read_ms - order.unfit_ms <= LAG_MS:
            return
        if order.status == TAKEN:
            raise NotAllowed(f"{order} is with a cart that is unfit at {now_ms}")
        self.failed.add(order.id)


def _answered(row, order):
    """The offer that stood is no more."""
    return (row.offer_cart, row.turn) != (order.offer, order.turn)


def _compare(order, row):
    known = (order.status, order.offer, order.turn, order.held)
    if known != (row.status, row.offer_cart, row.turn, row.held):
        raise NotAllowed(f"{row} is not as {order}")
    if order.status in (TAKEN, ON_THE_WAY, DONE) and row.cart != order.cart:
        raise NotAllowed(f"{row} is with another cart than {order}")
    if order.status == WAITS and row.cart is not None:
        raise NotAllowed(f"{row} waits, and has a cart")
    if order.reason is not None and row.failed_reason != order.reason:
        raise NotAllowed(f"{row} failed for another reason than {order}")

