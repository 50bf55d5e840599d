"""Random histories of a guild that dispatches: buyers, vendors with outboxes that are offline for a while,
carts that go away, an operator; and the role `orders`, whose processes take over from each other
and are killed. Every transaction is shown to the oracle."""
import json
import random

from hypothesis import strategies as st

from oracle.dispatch import CANCELLED, DONE, FAILED, LAST, ON_THE_WAY, TAKEN, Cart, Dispatch, NotAllowed, Row
from oracle.record import Record

NOON = 1_790_000_000_000
SECOND, MINUTE = 1000, 60_000
REQUESTS, STEPS, COMMANDS = "carrito.order-requests", "carrito.order-steps", "carrito.commands"
SALES, REFUSED = "carrito.sales", "rechazado"
PARTITIONS = [(topic, number) for topic in (REQUESTS, STEPS) for number in (0, 1)]
PLATES = ("BBCL23", "CCDF45", "FGHJ55", "SIM-04")
# Of buyers and carts: corners of the city, the same one twice, across the date line, a pole.
PLACES = ((-33.4372, -70.6506), (-33.4372, -70.6506), (-33.4400, -70.6600), (-33.5100, -70.7600),
          (-33.4371, -70.6400), (-17.8, 179.9), (-17.8, -179.9), (-90.0, 0.0))
CHANGES = ("heard", "heard", "silent", "vanished", "offline", "fugitive", "free", "listens", "deaf",
           "moves", "moves", "old fix", "no place", "stock", "stock", "stock")
EVERY = {"which": 1, "cart": 0}  # vendor
NEXT = {"offered": TAKEN, TAKEN: ON_THE_WAY, ON_THE_WAY: DONE}  # of a row, by the vendor's key
DIGEST = ("orders", "offers", "effects", "mails", "alerts")
MARGIN_MS = 2 * MINUTE
LAST_ROUNDS = 4  # from the offer to the sale
STOCKS = (40, 5, 12, None)  # to begin with; one was never counted


def a_step(**kinds):
    weighted = [kind for kind, weight in kinds.items() for _ in range(weight)]
    return st.fixed_dictionaries({
        "do": st.sampled_from(weighted), "cart": st.integers(0, len(PLATES) - 1),
        "which": st.integers(0, 999), "place": st.integers(0, len(PLACES) - 1),
        "quantity": st.sampled_from((1, 1, 2, 3, 10)),
        "gap": st.sampled_from((0, 1, 300, SECOND, 20 * SECOND, 59_999, MINUTE, MINUTE + 1, 301 * SECOND,
                                601 * SECOND)),
        "change": st.sampled_from(CHANGES), "stock": st.sampled_from((0, 1, 2, 5, 40, 40))})


STEP = a_step(order=5, wait=6, leap=1, lag=1, read=2, cart=5, returns=1, link=2, deliver=9, vendor=12,
              send=9, again=3, wild=2, operator=3, restart=1, clock=1, outbox=1)


def a_history():
    return st.fixed_dictionaries({
        "steps": st.one_of(st.lists(STEP, max_size=20), st.lists(STEP, min_size=20, max_size=70)),
        "seed": st.integers(0, 2**32), "end": st.sampled_from(("well", "well", "dead"))})


class Vendor:
    """A cart's agent and who works with it: what it believes of orders, and what waits in its outbox."""

    def __init__(self, plate, number):
        self.plate, self.number = plate, number
        self.outboxes = 0
        self.rows = {}      # order: {"turn", "status", "until"}
        self.inbox, self.waiting = [], []
        self.done = set()   # ids of commands
        self.is_linked, self.wrong_ms = True, 0
        self.new_outbox()

    def new_outbox(self):
        self.outboxes, self.seq, self.receipts = self.outboxes + 1, 0, 0
        self.epoch = f"{self.number}{self.outboxes:015x}"

    def obey(self, command, now_ms):
        if command["id"] in self.done or command["expires_ms"] <= now_ms + self.wrong_ms:
            return
        self.done.add(command["id"])
        row = self.rows.get(command["order"])
        if row is not None and command["turn"] < row["turn"] + self._is_known(row, command):
            return
        if command["command"] == "order-cancel":  # is remembered: what it ends may come after it
            self.rows[command["order"]] = {"turn": command["turn"], "status": CANCELLED}
        elif command.get("taken"):
            status = row["status"] if row and row["status"] in (ON_THE_WAY, DONE) else TAKEN
            self.rows[command["order"]] = {"turn": command["turn"], "status": status}
        elif row is not None and row["status"] in (ON_THE_WAY, DONE):
            row["turn"] = command["turn"]
        else:
            self.rows[command["order"]] = {"turn": command["turn"], "status": "offered",
                                           "until": command["expires_ms"]}

    @staticmethod
    def _is_known(row, command):
        """Of the same turn: it ends, or is taken; after that nothing is new."""
        is_offer = command["command"] == "order-offer" and not command.get("taken")
        return int(is_offer or row["status"] in (CANCELLED, REFUSED))

    def say(self, order, status, now_ms):
        """Into the outbox; with its sale, where it was brought."""
        self._write("order", order, now_ms, status=status)
        if status == DONE:
            self.receipts += 1
            self._write("sale", order, now_ms, receipt=self.receipts, quantity=1)

    def _write(self, kind, order, now_ms, **members):
        self.seq += 1
        self.waiting.append({
            "v": 1, "type": kind, "cart": self.plate, "epoch": self.epoch, "seq": self.seq,
            "ts_ms": max(0, now_ms + self.wrong_ms), "clock": "ntp", "order": order, **members})

    def act(self, order, word, now_ms):
        """The next thing with this order, or `word` where its row allows it."""
        row = self.rows[order]
        if row["status"] == "offered" and row["until"] <= now_ms + self.wrong_ms:
            return  # no key takes it
        row["status"] = REFUSED if word == "refuse" else NEXT[row["status"]]
        self.say(order, row["status"], now_ms)

    @property
    def acts_on(self):
        return sorted(order for order, row in self.rows.items() if row["status"] in NEXT)

    @property
    def carries(self):
        return {order for order, row in self.rows.items() if row["status"] in (TAKEN, ON_THE_WAY)}


class Guild:  # pylint: disable=too-many-instance-attributes
    """Runs a history against `replay`; `run` ends with every order ended."""

    def __init__(self, replay, history):
        self.replay, self.history = replay, history
        self.chance = random.Random(history["seed"])
        self.now_ms, self.instance, self.position = NOON, 0, 0
        self.offsets, self.log = dict.fromkeys([*PARTITIONS, (SALES, 0)], 0), []
        self.sales = []  # that Kafka has, and the role `sales` has not read
        self.looked_ms, self.is_new = 0, True
        self.unread, self.lags = [], False  # that it has, and the role `orders` has not read
        self.dispatch, self.numbers = Dispatch(), []
        self.vendors = [Vendor(plate, number) for number, plate in enumerate(PLATES)]
        replay.open("--orders=dispatch", instances=2)
        for number, plate in enumerate(PLATES):
            lat, lon = PLACES[number]
            self.dispatch.carts[plate] = Cart(plate, lat, lon, NOON, STOCKS[number])
            self._write_cart(self.dispatch.carts[plate], is_new=True)
        replay.assign("orders", PARTITIONS, 0)
        replay.assign("sales", [(SALES, 0)], 0)

    def run(self):
        for step in self.history["steps"]:
            getattr(self, "_do_" + step["do"])(step)
        self._settle()
        self._let_go()
        getattr(self, "_end_" + self.history["end"])()
        left = [o for o in self.dispatch.orders.values() if o.status not in LAST]
        if left:
            raise NotAllowed(f"not ended: {left}")
        self._compare_beliefs()
        self._compare_sales()

    # The centre.

    def _write_cart(self, cart, is_new=False):
        """What `location` and `stock` write."""
        values = {"state": f"'{cart.state}'", "fugitive": int(cart.fugitive),
                  "listens": int(cart.listens), "fix_ms": cart.fix_ms, "heard_ms": self.now_ms,
                  "lat": "NULL" if cart.lat is None else cart.lat,
                  "lon": "NULL" if cart.lon is None else cart.lon}
        names, given = ", ".join(values), ", ".join(map(str, values.values()))
        if is_new:
            self.replay.run(f"INSERT INTO carts (cart, {names}) VALUES ('{cart.plate}', {given})")
        else:
            self.replay.run(f"UPDATE carts SET ({names}) = ({given}) WHERE cart = '{cart.plate}'")
        self.replay.run(f"DELETE FROM stock_levels WHERE cart = '{cart.plate}'")
        if cart.stock is not None:
            self.replay.run("INSERT INTO stock_levels (cart, epoch, seq, time_ms, stock, batch, is_out) "
                            f"VALUES ('{cart.plate}', 'aa', 1, 1, {cart.stock}, 0, 0)")

    def _rows(self):
        found = self.replay.query("id, status, cart, held, turn, offer_cart, offer_until_ms, "
                                  "failed_reason", "orders")
        return {row[0]: Row(*row[:3], bool(row[3]), *row[4:]) for row in found}

    def _digest(self):
        return self.replay.query("status, turn, COALESCE(offer_cart, '')", "orders ORDER BY id"), [
            self.replay.query("COUNT(*)", table) for table in DIGEST]

    def _new_commands(self):
        rows = self.replay.query("position, CAST(value AS TEXT)", f"effects WHERE topic = '{COMMANDS}' "
                                 "ORDER BY position")
        new = [json.loads(text) for position, text in rows if position > self.position]
        self.position = max([self.position] + [position for position, _ in rows])
        return new

    def _fails(self, transaction):
        """Now and then it is lost at its commit, or in its midst, and nothing of it is there."""
        while self.chance.random() < 0.15:
            before = self._digest()
            transaction(self.chance.choice(("rollback", "half")))
            self.is_new = True
            if self._digest() != before:
                raise NotAllowed("a transaction that was lost has changed something")
        transaction("commit")

    def _apply(self, record):
        self._fails(lambda outcome: self.replay.batch("orders", [record], self.now_ms, outcome,
                                                      self.instance))

    def _record(self, topic, partition, key, text):
        offset = self.offsets[topic, partition]
        self.offsets[topic, partition] += 1
        return Record(topic, partition, offset, self.now_ms, key, text)

    def _put(self, topic, order, text):
        """Into Kafka; it is read at once, where nothing lags."""
        record = self._record(topic, int(order[-1], 16) % 2, order, text)
        self.unread.append(record)
        if not self.lags:
            self._read_all()
        return record

    def _read_all(self):
        """Of the partitions in any order."""
        while self.unread:
            first = self.chance.choice(self.unread)
            record = next(one for one in self.unread
                          if (one.topic, one.partition) == (first.topic, first.partition))
            self.unread.remove(record)
            self._apply(record)
            take = self._take_request if record.topic == REQUESTS else self._take_step
            take(record)

    def _passed(self):
        """What of each partition is read: all that Kafka had until then."""
        passed = dict.fromkeys(PARTITIONS, self.now_ms)
        for record in self.unread:
            partition = record.topic, record.partition
            passed[partition] = min(passed[partition], record.append_ms - 1)
        return passed

    def _read_sales(self):
        """By the role `sales`, whenever it comes to that."""
        if self.sales:
            self.replay.batch("sales", self.sales, self.now_ms)
        self.sales = []

    def _look(self):
        """The oracle sees what the transaction did; vendors will hear of it."""
        new, rows = self._new_commands(), self._rows()
        offers = [one for one in new if one["command"] == "order-offer" and not one.get("taken")]
        self.dispatch.look(rows, offers, self.now_ms)
        for command in new:
            self._vendor(command["cart"]).inbox.append(command)

    def _tick(self):
        passed = self._passed()
        self._fails(lambda outcome: self.replay.tick("orders", self.now_ms, passed, outcome,
                                                     self.instance))
        self._look()
        # It looks once a second; a process that is new, or has lost a transaction, has not all by its
        # first look.
        was_new, self.is_new = self.is_new, False
        if was_new or self.now_ms < self.looked_ms + SECOND:
            return
        self.looked_ms = self.now_ms
        must = self.dispatch.must_all(self.now_ms, min(passed.values()))
        told = {subject.partition("/")[0] for subject, in self.replay.query(
            "subject", "alerts WHERE kind = 'order-failed'")}
        must |= {order for order, in self.replay.query(
            "order_id", "order_sales WHERE outcome = 'second'")}
        if not must <= told:
            raise NotAllowed(f"no alert of {[self.dispatch.orders[one] for one in must - told]}")
        if lies := told - must - self.dispatch.troubled:
            raise NotAllowed(f"alerts of {lies}, of which nothing is wrong")

    # What happens, by the names of steps.

    def _do_order(self, step):
        number = f"{len(self.numbers):032x}" if step["which"] % 10 or not self.numbers else \
            self.numbers[step["which"] % len(self.numbers)]
        asked = {"id": number, "product": "Sopaipilla", "price": 500, "quantity": step["quantity"],
                 "email": "ana@example.cl", "time_ms": self.now_ms}
        if step["which"] % 7:
            asked["lat"], asked["lon"] = PLACES[step["place"]]
            asked["place"] = "Portón azul"
        if step["which"] % 5 == 0:
            asked["pickup"] = True
        if number not in self.numbers:
            self.numbers.append(number)
        self._put(REQUESTS, number, json.dumps(asked))

    def _take_request(self, record):
        is_new = self.dispatch.request(record, self.now_ms)
        self._look()
        if is_new:
            self.dispatch.must(record.key, self.now_ms)

    def _do_wait(self, step):
        end_ms = self.now_ms + step["gap"]
        while self.now_ms < end_ms:
            self.now_ms = min(end_ms, self.now_ms + self.chance.choice((1, 2, 30, 60)) * SECOND)
            self._tick()

    def _do_leap(self, step):
        """Nobody looks in the meantime."""
        self.now_ms += step["gap"]

    def _do_lag(self, _):
        self.lags = True

    def _do_read(self, _):
        self.lags = False
        self._read_all()

    def _do_returns(self, step):
        """It is gone for long enough, and then there again."""
        cart = self.dispatch.carts[PLATES[step["cart"]]]
        for state in ("vanished", "heard"):
            cart.state = state
            self._write_cart(cart)
            self._do_wait({"gap": 5 * SECOND})

    def _do_cart(self, step):
        cart = self.dispatch.carts[PLATES[step["cart"]]]
        change = step["change"]
        if change in ("heard", "silent", "vanished", "offline"):
            cart.state = change
        elif change in ("fugitive", "free"):
            cart.fugitive = change == "fugitive"
        elif change in ("listens", "deaf"):
            cart.listens = change == "listens"
        elif change == "moves":
            (cart.lat, cart.lon), cart.fix_ms = PLACES[step["place"]], self.now_ms
        elif change == "old fix":
            cart.fix_ms = self.now_ms - self.chance.choice((599_000, 600_001, 3_600_000))
        elif change == "no place":
            cart.lat = cart.lon = None
        else:
            cart.stock = step["stock"]
        self._write_cart(cart)

    def _do_link(self, step):
        vendor = self.vendors[step["cart"]]
        vendor.is_linked = not vendor.is_linked

    def _do_clock(self, step):
        self.vendors[step["cart"]].wrong_ms = self.chance.choice((0, 0, -3600, -30, 30, 3600)) * SECOND

    def _do_outbox(self, step):
        """Another card; what waited on the old one is still sent, before what is new."""
        self.vendors[step["cart"]].new_outbox()

    def _do_deliver(self, step):
        """In any order: what was not confirmed is sent again. Twice, now and then."""
        for vendor in self.vendors if step["which"] % 2 else [self.vendors[step["cart"]]]:
            if not vendor.is_linked:
                continue
            self.chance.shuffle(vendor.inbox)
            for command in vendor.inbox:
                vendor.obey(command, self.now_ms)
            vendor.inbox = vendor.inbox[:1] if self.chance.random() < 0.1 else []

    def _do_vendor(self, step):
        busy = [vendor for vendor in self.vendors if vendor.acts_on]
        if not busy:
            return
        vendor = busy[step["cart"] % len(busy)]
        order = vendor.acts_on[step["which"] % len(vendor.acts_on)]
        vendor.act(order, "refuse" if step["which"] % 5 == 0 else "goes on", self.now_ms)

    def _do_send(self, step):
        for vendor in self.vendors if step["which"] % 2 else [self.vendors[step["cart"]]]:
            while vendor.is_linked and vendor.waiting:
                self._send(vendor.waiting.pop(0))

    def _send(self, event):
        text = json.dumps(event)
        if event["type"] == "sale":
            self.sales.append(self._record(SALES, 0, event["cart"], text))
            if self.chance.random() < 0.5:
                self._read_sales()
            return
        self.log.append(self._put(STEPS, event["order"], text))

    def _take_step(self, record):
        counts = self.dispatch.step(record, self._rows(), self.now_ms)
        self._look()
        if counts:
            self.dispatch.must(record.key, self.now_ms)

    def _do_again(self, step):
        """A copy of what Kafka has already: its acknowledgement was lost."""
        if self.log:
            before = self.log[-1 - step["which"] % min(len(self.log), 12)]
            self._put(STEPS, before.key, before.value)

    def _do_wild(self, step):
        """A cart that says of an order what it may not."""
        if not self.numbers:
            return
        order = self.numbers[step["which"] % len(self.numbers)]
        vendor = self.vendors[step["cart"]]
        if self.lags or order not in self.dispatch.orders:
            return
        if self.dispatch.orders[order].has(vendor.plate) or vendor.waiting:
            return
        vendor.say(order, self.chance.choice((TAKEN, ON_THE_WAY, DONE, REFUSED)), self.now_ms)
        self._do_send({"which": 1})

    def _do_operator(self, step):
        known = sorted(self.dispatch.orders)
        if known:
            kind = ("assign", "assign", "release", "release", "hold", "cancel")[step["which"] % 6]
            self._act(kind, known[step["quantity"] % len(known)], PLATES[step["cart"]])

    def _act(self, kind, order, cart=None):
        if self.replay.act(kind, order, self.now_ms, cart if kind == "assign" else None):
            self.dispatch.act(kind, order, self._rows(), self.now_ms, cart)
        self._look()

    def _do_restart(self, _):
        self.instance, self.is_new = 1 - self.instance, True
        self.replay.assign("orders", PARTITIONS, self.instance)

    # The end.

    def _settle(self):
        """All links are up, everything is read, and every vendor is told."""
        for vendor in self.vendors:
            vendor.is_linked, vendor.wrong_ms = True, 0
        self._do_read({})
        for _ in range(2):
            self._do_send(EVERY)
            self._read_sales()
            self._tick()
            while any(vendor.inbox for vendor in self.vendors):
                self._do_deliver(EVERY)
        self._compare_beliefs()

    def _round(self):
        self._do_deliver(EVERY)
        for vendor in self.vendors:
            for order in vendor.acts_on:
                vendor.act(order, "goes on", self.now_ms)
        self._do_send(EVERY)
        if self.chance.random() < 0.3:
            self._do_again({"which": self.chance.randrange(12)})

    def _end_well(self):
        """All carts are well, and every vendor takes what comes: it ends, each in its time."""
        for cart in self.dispatch.carts.values():
            cart.state, cart.fugitive, cart.listens, cart.stock = "heard", False, True, 40
        self._finish(self._round)
        for _ in range(LAST_ROUNDS):
            self._round()
            self._tick()
        self._cancel_what_is_on_its_way(*PLATES)

    def _end_dead(self):
        """All carts are gone for good; what is on its way is for the operator."""
        for cart in self.dispatch.carts.values():
            cart.state = "vanished"
        self._finish(lambda: None)
        self._cancel_what_is_on_its_way()
        self._settle()

    def _finish(self, each_time):
        end_ms = self.now_ms + self.dispatch.dispatch_ms + self.dispatch.offer_ms + MARGIN_MS
        while self.now_ms < end_ms:
            for cart in self.dispatch.carts.values():
                if cart.lat is not None:
                    cart.fix_ms = self.now_ms
                self._write_cart(cart)
            each_time()
            self._read_sales()
            self.now_ms += 30 * SECOND
            self._tick()

    def _cancel_what_is_on_its_way(self, *may_go_on):
        """Or was assigned to a cart that had brought it before: its vendor has nothing more to say."""
        for order in self.dispatch.orders.values():
            if order.status in (TAKEN, ON_THE_WAY) and (order.cart not in may_go_on or order.id not in
                                                        self._vendor(order.cart).acts_on):
                self._act("cancel", order.id)

    def _vendor(self, plate):
        return self.vendors[PLATES.index(plate)]

    def _let_go(self):
        """What the operator held."""
        for order in self.dispatch.orders.values():
            if order.held:
                self._act("release", order.id)

    def _compare_beliefs(self):
        """No order is with two carts, nor with one that the centre does not know of. A step names no turn, so
        a vendor's no to one turn may meet the next: who said it is told."""
        for vendor in self.vendors:
            for order in vendor.carries:
                known = self.dispatch.orders[order]
                if known.cart != vendor.plate or known.status in (CANCELLED, FAILED):
                    raise NotAllowed(f"{vendor.plate} believes that it carries {known}")

    def _compare_sales(self):
        """A finished order is kept by one sale, its cart's; whatever else names an order is said to be a
        second one."""
        self._read_sales()
        for _ in range(LAST_ROUNDS):
            self.now_ms += 2 * SECOND
            self._tick()
        judged = self.replay.query("order_id, cart, outcome", "order_sales")
        for order, cart, outcome in judged:
            known = self.dispatch.orders[order]
            keeps = known.status == DONE and known.cart == cart
            others = [one for one in judged if one[0] == order and one[2] == "kept"]
            if outcome is None or len(others) != int(known.status == DONE and any(
                    one[0] == order and one[1] == known.cart for one in judged)):
                raise NotAllowed(f"{known} has the sales {judged}")
            if outcome == "kept" and not keeps:
                raise NotAllowed(f"{known} is kept by a sale of {cart}")
