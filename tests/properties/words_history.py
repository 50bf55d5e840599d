"""Random histories of carts that say what they have counted: boots, clocks, voids, outboxes that end,
upgrades, the desk; and words that are lost, late or twice. Knows what is missing."""
import json
from datetime import datetime, timedelta, timezone

from hypothesis import strategies as st

from oracle.record import Record

from .sales_history import BEGINS, DAY, HOUR, MINUTE, SECOND

SALES, PRESENCE = "carrito.sales", "carrito.presence"
PARTITIONS = {"sales": [(SALES, 0), (SALES, 1)], "location": [(PRESENCE, 0), (PRESENCE, 1)]}
CARTS = ("BBCL23", "CCDF-45")
REST_MS = 10 * SECOND  # what is applied has passed every word by then

STEP = st.fixed_dictionaries({
    "cart": st.sampled_from((0, 0, 0, 1)),
    "gap": st.sampled_from((0, 1, SECOND, 20 * SECOND, MINUTE, HOUR, 7 * HOUR, 25 * HOUR)),
    # sell and void are the cart's; `send` brings what waits to Kafka, `lose` loses one that was
    # acknowledged; `card` brings all of a former outbox, as an import does.
    "do": st.sampled_from(("sell",) * 5 + ("void", "void", "send", "send", "send", "send", "lose",
                           "again", "boot", "clock", "stock", "replace", "upgrade", "card",
                           "desk-sell", "desk-void") + ("word",) * 7),
    "which": st.integers(0, 30),
    "quantity": st.integers(1, 9),
    "amount": st.sampled_from((None, 0, 500, 1500)),
    "word": st.sampled_from(("heartbeat",) * 5 + ("online", "offline", "offline", "lost",
                             "retained")),
    "fate": st.sampled_from(("now",) * 6 + ("never", "twice", "late", "flush", "flush")),
})


def a_history():
    steps = st.one_of(st.lists(STEP, max_size=15), st.lists(STEP, min_size=20, max_size=70))
    return st.fixed_dictionaries({
        "begin": BEGINS, "steps": steps, "seed": st.integers(0, 2**32),
        # Carts of before, which say their sums by day.
        "older": st.sampled_from((False, False, False, True)),
        # All is sent in the end, and every cart says so the day after.
        "quiet": st.booleans(),
        "rebuild": st.sampled_from((False, False, True)),
        "lags": st.booleans()})


class Outbox:
    """A cart's file. What it counts is summed up from its own events."""

    def __init__(self, cart, number):
        self.epoch = f"{number:02x}" * 8 + cart[:2].encode().hex() * 2
        self.events, self.acked = [], 0  # acked: how many of them
        self.begin, self.began_ms = 1, 0  # where its totals begin, and since when
        self.lost = {}      # seq: when it was, of those that Kafka never got
        self.receipts = {}  # receipt: event, of sales that it did not take back
        self.receipt = 0
        self.listed = False
        self.is_named = False  # a state has told of it, as the first word of each connection does

    @property
    def newest(self):
        return self._newest(len(self.events))

    def _newest(self, count):
        """Of sales and voids among so many of the first."""
        return max((one["seq"] for one in self.events[:count] if one["type"] in ("sale", "void")),
                   default=0)

    def counts(self, event):
        """Whether its totals tell of the event: not of a void of a sale from before they begin."""
        sold = [one["seq"] for one in self.events
                if one["type"] == "sale" and one["receipt"] == event["receipt"]]
        return min(event["seq"], *sold) >= self.begin

    def totals(self):
        upto = self._newest(self.acked)
        mine = [one for one in self.events if self.begin <= one["seq"] <= upto]
        sold = {one["receipt"]: one for one in mine if one["type"] == "sale"}
        back = {one["receipt"] for one in mine if one["type"] == "void"} & sold.keys()
        stands = [one for receipt, one in sold.items() if receipt not in back]
        return {"from": self.begin, "upto": upto, "made": self.newest, "receipts": len(sold),
                "voided": len(back), "quantity": sum(one["quantity"] for one in stands),
                "amount": sum(one.get("amount", 0) for one in stands)}


class Cart:
    def __init__(self, number, now_ms):
        self.plate, self.partition = CARTS[number], number
        self.outbox, self.former, self.files = Outbox(self.plate, 1), [], 1
        self.boots, self.began_ms, self.clock = 1, now_ms - HOUR, "gps"
        self.late, self.had_late = [], False
        self.desk_seq = self.desk_receipt = 0
        self.desk_voided = set()

    @property
    def outboxes(self):
        return [*self.former, self.outbox]

    @property
    def is_sound(self):
        """What it says of itself is what it wrote."""
        return True


class World:
    """What happens, in the order of Kafka's times."""

    def __init__(self, history):
        day, minute = history["begin"]
        begin = datetime(day.year, day.month, day.day, tzinfo=timezone.utc)
        self.now_ms = int((begin + timedelta(minutes=minute)).timestamp() * 1000) + 1
        self.history, self.log, self.offsets = history, [], {}
        self.ever_lost = False
        self.carts = [self._cart(number) for number in range(len(CARTS))]
        for step in history["steps"]:
            self.now_ms += step["gap"]
            getattr(self, "_" + step["do"].replace("-", "_"))(self.carts[step["cart"]], step)
        if history["quiet"]:
            self._end_well()
        self.end_ms = self.now_ms + REST_MS

    def _cart(self, number):
        return Cart(number, self.now_ms)

    def _record(self, topic, cart, value, **headers):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        place = topic, cart.partition
        offset = self.offsets.get(place, 0)
        return Record(topic, cart.partition, offset, self.now_ms, cart.plate, text, headers)

    def _put(self, *words, **headers):
        record = self._record(*words, **headers)
        self.offsets[record.topic, record.partition] = record.offset + 1
        self.log.append(record)

    # The cart.

    def _write(self, cart, kind, **members):
        outbox = cart.outbox
        event = {"v": 1, "type": kind, "cart": cart.plate, "epoch": outbox.epoch,
                 "seq": len(outbox.events) + 1, "ts_ms": self.now_ms, "clock": cart.clock}
        if cart.clock == "none":
            event.update(ts_ms=max(0, self.now_ms - 30 * DAY), boot=f"boot-{cart.boots}",
                         boot_ms=self.now_ms - cart.began_ms)
        outbox.events.append({**event, **members})
        return outbox.events[-1]

    def _sell(self, cart, step):
        cart.outbox.receipt += 1
        members = {"receipt": cart.outbox.receipt, "quantity": step["quantity"]}
        if step["amount"] is not None:
            members["amount"] = step["amount"]
        cart.outbox.receipts[cart.outbox.receipt] = self._write(cart, "sale", **members)

    def _void(self, cart, step):
        stands = sorted(cart.outbox.receipts)
        if stands:
            receipt = stands[step["which"] % len(stands)]
            del cart.outbox.receipts[receipt]
            self._write(cart, "void", receipt=receipt)

    def _stock(self, cart, step):
        self._write(cart, "stock", stock=step["which"])

    def _boot(self, cart, _):
        cart.boots, cart.began_ms, cart.clock = cart.boots + 1, self.now_ms, "none"

    def _clock(self, cart, _):
        if cart.clock == "none":
            cart.clock = "gps"
            self._write(cart, "clock", boot=f"boot-{cart.boots}",
                        boot_ms=self.now_ms - cart.began_ms)

    def _replace(self, cart, step):
        """A new file; who can read the old one tells of it."""
        cart.outbox.listed = step["which"] % 3 > 0
        cart.former.append(cart.outbox)
        cart.files += 1
        cart.outbox = Outbox(cart.plate, cart.files)

    def _upgrade(self, cart, _):
        """Totals begin with what comes from now on."""
        cart.outbox.begin = len(cart.outbox.events) + 1
        cart.outbox.began_ms = self.now_ms

    # On its way.

    def _send(self, cart, step):
        self._send_some(cart, cart.outbox, 1 + step["which"])

    def _send_some(self, cart, outbox, most):
        for event in outbox.events[outbox.acked:outbox.acked + most]:
            self._put(SALES, cart, event)
            outbox.acked += 1

    def _lose(self, cart, _):
        outbox = cart.outbox
        if outbox.acked < len(outbox.events):
            event = outbox.events[outbox.acked]
            outbox.lost[event["seq"]] = self._record(SALES, cart, event)
            self.ever_lost = True
            outbox.acked += 1

    def _again(self, cart, step):
        mine = [one for one in self.log if one.topic == SALES and one.key == cart.plate]
        if mine:
            self._put(SALES, cart, mine[step["which"] % len(mine)].value)

    def _card(self, cart, step):
        if not cart.former:
            return
        outbox = cart.former[step["which"] % len(cart.former)]
        for event in outbox.events:
            if event["seq"] in outbox.lost or event["seq"] > outbox.acked:
                self._put(SALES, cart, event)
        outbox.lost, outbox.acked = {}, len(outbox.events)
        self.now_ms += 1
        self._say(cart, {"counts": {"epoch": outbox.epoch, **outbox.totals()}}, step)

    # The desk.

    def _desk_event(self, cart, kind, **members):
        cart.desk_seq += 1
        self._put(SALES, cart, {
            "v": 1, "type": kind, "cart": cart.plate, "epoch": "de" * 8 + f"{cart.partition:02x}",
            "seq": cart.desk_seq, "ts_ms": self.now_ms, "clock": "ntp", "source": "desk",
            **members})

    def _desk_sell(self, cart, step):
        cart.desk_receipt += 1
        self._desk_event(cart, "sale", receipt=cart.desk_receipt, quantity=step["quantity"])

    def _desk_void(self, cart, step):
        sold = [(outbox.epoch, one["receipt"]) for outbox in cart.outboxes
                for one in outbox.events[:outbox.acked]
                if one["type"] == "sale" and one["seq"] not in outbox.lost]
        sold = [one for one in sold if one not in cart.desk_voided]
        if sold:
            epoch, receipt = sold[step["which"] % len(sold)]
            cart.desk_voided.add((epoch, receipt))
            self._desk_event(cart, "void", receipt=receipt, sale_epoch=epoch)

    # Words.

    def _counts(self, cart):
        if self.history["older"]:
            return self._counts_by_day(cart)
        listed = [{"epoch": one.epoch, **one.totals()} for one in cart.former if one.listed]
        return {**cart.outbox.totals(), "earlier": listed}

    def _counts_by_day(self, cart):
        days = {}
        for event in cart.outbox.receipts.values():
            day = (datetime(1970, 1, 1) + timedelta(milliseconds=event["ts_ms"] - 4 * HOUR)).date()
            sums = days.setdefault(day.isoformat(), {"sales": 0, "quantity": 0, "amount": 0})
            sums["sales"] += 1
            sums["quantity"] += event["quantity"]
            sums["amount"] += event.get("amount", 0)
        return [{"day": day, **sums} for day, sums in sorted(days.items())[-2:]]

    def _word(self, cart, step):
        if step["fate"] == "flush":
            for value, headers in cart.late:
                self._put(PRESENCE, cart, value, **headers)
            cart.late = []
            return
        # An older cart's heartbeat never names its outbox.
        if self.history["older"] and not cart.outbox.is_named:
            cart.outbox.is_named = True
            self._word(cart, {"word": "online", "fate": "now"})
        said = {"ts_ms": self.now_ms, "waiting": 0, "acked": 0, "gps": "none",
                "counts": self._counts(cart)}
        self._say(cart, said, step)

    def _say(self, cart, said, step):
        word, headers = step["word"], {"ce_type": "heartbeat"}
        if word != "heartbeat":
            said = {**said, "state": {"retained": "online"}.get(word, word), "session": 1,
                    "epoch": cart.outbox.epoch, "version": "1", "ts_ms": self.now_ms}
            headers = {"ce_type": "state"}
        if word == "retained":
            headers["retained"] = "1"
        is_named = cart.files > 1 or step["fate"] == "late"
        if word == "heartbeat" and is_named and not self.history["older"]:
            said["epoch"] = cart.outbox.epoch
        if word == "lost":
            del said["counts"]  # a will was written before
        said = json.dumps(said)
        if step["fate"] == "late":
            cart.late.append((said, headers))
            cart.had_late = True
        elif step["fate"] != "never":
            for _ in range(2 if step["fate"] == "twice" else 1):
                self._put(PRESENCE, cart, said, **headers)

    def _end_well(self):
        """All is sent; a day later it is said. What no clock has dated is of the day it was sent."""
        self.now_ms += 30 * HOUR
        for cart in self.carts:
            self._clock(cart, None)
            for outbox in cart.outboxes:
                if outbox.listed or outbox is cart.outbox:
                    self._send_some(cart, outbox, len(outbox.events))
        self.now_ms += 30 * HOUR
        for cart in self.carts:
            for word in ("online", "heartbeat"):
                self._word(cart, {"word": word, "fate": "now"})


def missing(cart):
    """[(outbox, event, ghost)] of sales and voids that Kafka has not; the ghost is the record that
    it never got, None where the cart still has the event."""
    return [(outbox, event, outbox.lost.get(event["seq"])) for outbox in cart.outboxes
            for event in outbox.events if event["type"] in ("sale", "void")
            and (event["seq"] in outbox.lost or event["seq"] > outbox.acked)]


def words_of(world, cart):
    """{epoch: [counts]} of all words that came, each with `at_ms`, when it did."""
    found = {}
    epoch = None
    for record in world.log:
        if record.topic != PRESENCE or record.key != cart.plate:
            continue
        said = json.loads(record.value)
        if said.get("state") != "lost" or epoch is None:
            epoch = said.get("epoch", epoch)
        if "retained" in record.headers or said.get("state") == "lost":
            continue
        counts = said["counts"]
        if isinstance(counts, dict):
            at_ms = {"at_ms": record.append_ms}
            found.setdefault(counts.get("epoch", epoch), []).append({**counts, **at_ms})
            for one in counts.get("earlier", []):
                found.setdefault(one["epoch"], []).append({**one, **at_ms})
    return found
