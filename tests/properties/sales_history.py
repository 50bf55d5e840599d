"""Random histories of carrito.sales: outboxes that sell, take back and count, and how their events
arrive at Kafka: late, twice, out of order, with clocks that are wrong."""
import json
from datetime import date, datetime, timedelta, timezone

from hypothesis import strategies as st

from oracle.days import Calendar
from oracle.record import Record

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
CARTS = ("BBCL23", "CCDF-45", "XY9")
EPOCHS = ("9f0c9f0c9f0c9f0c", "0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a")
CLIENTS = (None, "Ana Soto", "Luis", "Ñuñoa Ltda.", "  Luis ")
TOPIC = "carrito.sales"
PARTITIONS = [(TOPIC, 0), (TOPIC, 1)]


def _changes():
    """The days on which the clocks of America/Santiago change, and the days after."""
    calendar, found = Calendar(), []
    day, end = date(2022, 1, 1), date(2027, 12, 31)
    while day < end:
        text, after = day.isoformat(), (day + timedelta(days=1)).isoformat()
        if calendar.start_ms(after) - calendar.start_ms(text) != DAY:
            found += [day, day + timedelta(days=1)]
        day += timedelta(days=1)
    assert len(found) == 2 * 2 * 6
    return found


CHANGES = _changes()

BEGINS = st.tuples(
    st.one_of(st.sampled_from(CHANGES), st.dates(date(2022, 1, 1), date(2027, 12, 31))),
    st.integers(0, 23 * 60 + 59))

GAPS = st.sampled_from((0, 0, 1, SECOND, 20 * SECOND, MINUTE, 11 * MINUTE, HOUR, 7 * HOUR,
                        25 * HOUR))
# How long before Kafka's time it happened; less than nothing: the cart's clock is ahead.
LATENESS = st.sampled_from((0, 1, SECOND, MINUTE, 6 * MINUTE, 50 * MINUTE, 3 * HOUR, 11 * HOUR,
                            DAY, 40 * HOUR, 5 * DAY, -SECOND, -119 * SECOND, -120 * SECOND,
                            -121 * SECOND, -DAY, -400 * DAY))
SALE = st.fixed_dictionaries({
    "kind": st.just("sale"), "quantity": st.integers(1, 9),
    "client": st.sampled_from(CLIENTS), "amount": st.sampled_from((None, 0, 500, 1500, 10**9, 10**9 + 1)),
})
VOID = st.fixed_dictionaries({"kind": st.just("void"), "receipt": st.integers(0, 9)})
STOCK = st.fixed_dictionaries({"kind": st.just("stock"), "stock": st.integers(0, 60)})
CLOCK = st.fixed_dictionaries({"kind": st.just("clock")})
BOOT = st.fixed_dictionaries({"kind": st.just("boot")})
EVENT = st.one_of(SALE, SALE, SALE, SALE, VOID, VOID, STOCK, CLOCK, BOOT)
STEP = st.fixed_dictionaries({
    "cart": st.integers(0, 2), "epoch": st.sampled_from((0, 0, 0, 1)),
    "gap": GAPS, "late": LATENESS,
    "clock": st.sampled_from(("gps", "gps", "ntp", "ntp", "rtc", "none")),
    # new: arrives; held: made now, arrives by a later `held` step, or never; again and other: the
    # n-th record of this cart comes once more, with the same bytes or with others.
    "way": st.sampled_from(("new",) * 12 + ("hold", "held", "held", "again", "again", "other")),
    "which": st.integers(0, 30),
    "event": EVENT,
})
STARTS = st.sampled_from(("00:00", "00:00", "02:00", "04:00", "12:00"))
END = st.sampled_from((0, 7 * MINUTE, 8 * HOUR, 3 * DAY))


def a_history():
    """Short ones, and long ones: left to itself, hypothesis makes lists of about five."""
    steps = st.one_of(st.lists(STEP, max_size=12), st.lists(STEP, min_size=25, max_size=80))
    return st.fixed_dictionaries({"begin": BEGINS, "steps": steps, "end": END, "start": STARTS,
                                  "seed": st.integers(0, 2**32)})


class _Outbox:
    def __init__(self, cart, epoch):
        self.cart, self.epoch = CARTS[cart], EPOCHS[epoch]
        self.seq = self.receipt = 0
        self.held = []

    def write(self, step, boot, now_ms):
        """The event of a step as the cart writes it down, or None."""
        made, event_ms = step["event"], now_ms - step["late"]
        if made["kind"] == "boot":
            boot.restart(event_ms)
            return None
        if made["kind"] == "clock":
            return self._clock_event(boot, event_ms)
        self.seq += 1
        event = {"v": 1, "type": made["kind"], "cart": self.cart, "epoch": self.epoch,
                 "seq": self.seq, "ts_ms": event_ms, "clock": step["clock"]}
        if step["clock"] == "none":
            event["ts_ms"] = max(0, event_ms - 30 * DAY)
        if step["clock"] in ("none", "rtc"):
            event.update(boot=boot.name, boot_ms=max(0, event_ms - boot.began_ms))
        event.update(self._members(made))
        return event

    def _members(self, made):
        if made["kind"] == "stock":
            return {"stock": made["stock"]}
        if made["kind"] == "void":
            return {"receipt": 1 + made["receipt"] % (self.receipt + 3)}
        self.receipt += 1
        members = {"receipt": self.receipt, "quantity": made["quantity"]}
        members.update({name: made[name] for name in ("client", "amount")
                        if made[name] is not None})
        return members

    def _clock_event(self, boot, event_ms):
        """Once per boot, by one that is right."""
        if boot.told:
            return None
        boot.told = True
        self.seq += 1
        return {"v": 1, "type": "clock", "cart": self.cart, "epoch": self.epoch, "seq": self.seq,
                "ts_ms": event_ms, "clock": "gps", "boot": boot.name,
                "boot_ms": max(0, event_ms - boot.began_ms)}


class _Boot:
    """A cart's computer since it was switched on."""

    def __init__(self, began_ms):
        self.count = 0
        self.restart(began_ms)

    def restart(self, began_ms):
        self.count += 1
        self.name = f"boot-{self.count}"
        self.began_ms, self.told = began_ms, False


def _text(event):
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


def records_of(history):
    """What Kafka has of it, in the order of its times."""
    day, minute = history["begin"]
    begin = datetime(day.year, day.month, day.day, tzinfo=timezone.utc) + timedelta(minutes=minute)
    # Never on a whole second: the millisecond at which a day closes belongs to nobody.
    now_ms = int(begin.timestamp() * 1000) + 1
    outboxes, boots, log = {}, {}, []
    offsets = [0] * len(PARTITIONS)
    for step in history["steps"]:
        now_ms += step["gap"]
        cart = step["cart"]
        outbox = outboxes.setdefault((cart, step["epoch"]), _Outbox(cart, step["epoch"]))
        boot = boots.setdefault(cart, _Boot(now_ms - HOUR))
        value = _arrival(step, outbox, boot, log, now_ms)
        if value is not None:
            partition = cart % len(PARTITIONS)
            log.append(Record(TOPIC, partition, offsets[partition], now_ms, outbox.cart, value))
            offsets[partition] += 1
    return log, now_ms + history["end"]


def _arrival(step, outbox, boot, log, now_ms):
    way = step["way"]
    mine = [record for record in log if record.key == outbox.cart]
    if way == "held":
        return outbox.held.pop(step["which"] % len(outbox.held)) if outbox.held else None
    if way in ("again", "other"):
        if not mine:
            return None
        value = mine[step["which"] % len(mine)].value
        return value if way == "again" else value[:-1] + f',"other":{step["which"] % 2}}}'
    event = outbox.write(step, boot, now_ms)
    if event is None:
        return None
    if way == "hold":
        outbox.held.append(_text(event))
        return None
    return _text(event)
