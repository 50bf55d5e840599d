"""The rules of `sales` (contract, section 5): totals per cart and day, what is missing, revisions.

Everything is kept by the cart's events as they came; a row is summed up from them when it is asked
for. What makes a revision is found by summing up the row before and after a record.
"""
from dataclasses import dataclass, field

from . import event as events

AHEAD_MS = 120_000
SKEW_MS = 2_000  # how far Kafka's time is past a close
FIGURES = ("quantity", "amount", "sales", "clients", "voided", "unpriced")


@dataclass
class Stored:
    """An event that counts, with the record that brought it."""
    event: dict
    text: str
    append_ms: int
    order: int
    day: str = ""
    voided: bool = False


@dataclass
class Source:
    """An outbox: a cart's epoch."""
    events: dict = field(default_factory=dict)     # seq: Stored
    voids: set = field(default_factory=set)        # receipts that are taken back
    duplicates: int = 0
    others: set = field(default_factory=set)       # (seq, text) set aside


@dataclass
class Revision:
    revision: int
    append_ms: int     # of the record that caused it; the close: when the day closed
    cause: str         # "close", "sale", "void", "clock"
    receipts: list     # (epoch, receipt)
    before: dict
    after: dict


def _tally(sales):
    """The figures of some sales; None where there are none, voided ones among them."""
    if not sales:
        return None
    counted = [one for one in sales if not one.voided]
    names = {one.event.get("client") or one.order for one in counted}
    return {"quantity": sum(one.event["quantity"] for one in counted),
            "amount": sum(one.event.get("amount", 0) for one in counted),
            "sales": len(counted),
            "clients": len(names),
            "voided": len(sales) - len(counted),
            "unpriced": sum("amount" not in one.event for one in counted)}


class Sales:
    """Takes the records of carrito.sales, those of a partition in their order."""

    def __init__(self, calendar):
        self.calendar = calendar
        self.sources = {}       # (cart, epoch): Source
        self.clocks = {}        # (cart, boot): the believed `clock` event
        self.of_day = {}        # (day, cart): {(epoch, receipt, seq): Stored}
        self.revisions = {}     # (day, cart): [Revision]
        self.refused = []       # (record, reason)
        self.clock_bad = set()  # carts with an event ahead of Kafka's time
        self._order = 0

    # What a record does.

    def take(self, record):
        try:
            event = events.read(record.value)
        except events.NotAnEvent as why:
            self.refused.append((record, str(why)))
            return
        if event["type"] not in ("sale", "void", "stock", "clock"):
            self.refused.append((record, "not of this topic"))
            return
        self._order += 1
        stored = Stored(event, record.value, record.append_ms, self._order)
        source = self.sources.setdefault((event["cart"], event["epoch"]), Source())
        first = source.events.get(event["seq"])
        if first is None:
            source.events[event["seq"]] = stored
            self._apply(source, stored)
        elif first.text == record.value:
            source.duplicates += 1
        else:
            source.others.add((event["seq"], record.value))

    def _apply(self, source, stored):
        event = stored.event
        if event["ts_ms"] > stored.append_ms + AHEAD_MS and event["clock"] != "none":
            self.clock_bad.add(event["cart"])
        stored.day = self._day(stored)
        if event["type"] == "sale":
            self._sell(source, stored)
        elif event["type"] == "void":
            self._void(source, stored)
        elif event["type"] == "clock":
            self._set_clock(stored)

    def _day(self, stored):
        """The day of its own time where that can be believed; by its boot's clock event where that
        is known; else a chip's own time, or Kafka's."""
        event, latest = stored.event, stored.append_ms + AHEAD_MS
        own_ms = event["ts_ms"] if event["clock"] != "none" and event["ts_ms"] <= latest else None
        if own_ms is not None and event["clock"] != "rtc":
            return self.calendar.day_of(own_ms)
        clock = self.clocks.get((event["cart"], event.get("boot")))
        if clock is not None and "boot_ms" in event:
            true_ms = clock["ts_ms"] - clock["boot_ms"] + event["boot_ms"]
            if true_ms <= latest:
                return self.calendar.day_of(true_ms)
        return self.calendar.day_of(stored.append_ms if own_ms is None else own_ms)

    def _sell(self, source, stored):
        stored.voided = stored.event["receipt"] in source.voids
        self._change("sale", stored, [stored], lambda: self._put(stored))

    def _void(self, source, stored):
        """Of a sale of its own outbox, or of the one that it names."""
        receipt = stored.event["receipt"]
        if "sale_epoch" in stored.event:
            named = stored.event["cart"], stored.event["sale_epoch"]
            source = self.sources.setdefault(named, Source())
        source.voids.add(receipt)
        for sale in self._sales(source):
            if sale.event["receipt"] == receipt and not sale.voided:
                self._change("void", stored, [sale], lambda sale=sale: setattr(sale, "voided", True))

    def _set_clock(self, stored):
        event = stored.event
        if event["clock"] in ("none", "rtc") or event["ts_ms"] > stored.append_ms + AHEAD_MS:
            return
        boot = (event["cart"], event["boot"])
        if boot in self.clocks:
            return
        self.clocks[boot] = event
        moved = [sale for (cart, _), source in self.sources.items() if cart == event["cart"]
                 for sale in self._sales(source) if self._day(sale) != sale.day]
        self._change("clock", stored, moved, lambda: [self._move(sale) for sale in moved])

    def _put(self, sale):
        event = sale.event
        rows = self.of_day.setdefault((sale.day, event["cart"]), {})
        rows[event["epoch"], event["receipt"], event["seq"]] = sale

    def _move(self, sale):
        event = sale.event
        del self.of_day[sale.day, event["cart"]][event["epoch"], event["receipt"], event["seq"]]
        sale.day = self._day(sale)
        self._put(sale)

    def _change(self, cause, stored, sales, change):
        """Does it, and keeps a revision for each row that was closed by Kafka's time: one for each
        record, however many sales it moves."""
        cart = stored.event["cart"]
        touched = {}
        for sale in sales:
            for day in {sale.day, self._day(sale)}:
                touched.setdefault(day, []).append((sale.event["epoch"], sale.event["receipt"]))
        closed = [day for day in touched if self.calendar.close_ms(day) <= stored.append_ms]
        before = {day: self._shown(day, cart) for day in closed}
        change()
        for day in closed:
            after = self.row(day, cart) or dict.fromkeys(FIGURES, 0)
            if after != before[day]:
                kept = self._kept(day, cart, before[day])
                kept.append(Revision(len(kept) + 1, stored.append_ms, cause, sorted(touched[day]),
                                     before[day], after))

    def _shown(self, day, cart):
        """The row; what was told of a day stays as a row, empty where all of it was moved away."""
        row = self.row(day, cart)
        return dict.fromkeys(FIGURES, 0) if row is None and self.revisions.get((day, cart)) else row

    def _kept(self, day, cart, row):
        """The row's revisions, the close among them where the row was there before it."""
        kept = self.revisions.setdefault((day, cart), [])
        if not kept and row is not None:
            kept.append(Revision(1, self.calendar.close_ms(day), "close", [], None, row))
        return kept

    # What there is to see.

    @staticmethod
    def _sales(source):
        return [one for one in source.events.values() if one.event["type"] == "sale"]

    def row(self, day, cart):
        return _tally(list(self.of_day.get((day, cart), {}).values()))

    def close(self, now_ms):
        """All days that are over by then, once everything before then was taken."""
        for day, cart in self.of_day:
            row = self.row(day, cart)
            if row is not None and self.calendar.close_ms(day) + SKEW_MS <= now_ms:
                self._kept(day, cart, row)

    def daily(self):
        """{(day, cart): row}, with revision, status and missing."""
        rows = {}
        for day, cart in self.of_day:
            kept = self.revisions.get((day, cart), [])
            row = self._shown(day, cart)
            if row is not None:
                rows[day, cart] = {**row, "revision": len(kept),
                                   "status": "closed" if kept else "open",
                                   "missing": self.missing_of_day(day, cart)}
        return rows

    def gaps(self, cart, epoch):
        """[(first, last, day)]: receipts not seen, each range on the day of the next one seen."""
        seen = sorted((sale.event["receipt"], sale.day)
                      for sale in self._sales(self.sources[cart, epoch]))
        found, next_receipt = [], 1
        for receipt, day in seen:
            if receipt > next_receipt:
                found.append((next_receipt, receipt - 1, day))
            next_receipt = max(next_receipt, receipt + 1)
        return found

    def missing_of_day(self, day, cart):
        return [(epoch, first, last) for of_cart, epoch in sorted(self.sources) if of_cart == cart
                for first, last, at in self.gaps(cart, epoch) if at == day]

    def group(self, key):
        """{key(day): figures} over all carts; a client of two carts or days is one client."""
        groups = {}
        for (day, _), sales in self.of_day.items():
            groups.setdefault(key(day), []).extend(sales.values())
        return {name: _tally(sales) for name, sales in groups.items() if sales}

    def by_day(self):
        return self.group(lambda day: day)

    def by_month(self):
        return self.group(lambda day: day[:7])

    def guild(self):
        return self.group(lambda day: "guild").get("guild")

    def audit(self):
        return {(cart, epoch): {"highest": max(source.events),
                                "missing": [gap[:2] for gap in self.gaps(cart, epoch)],
                                "duplicates": source.duplicates,
                                "set_aside": len(source.others)}
                for (cart, epoch), source in self.sources.items() if source.events}

    def receipts(self):
        """{(cart, epoch, receipt): sale}"""
        return {(cart, epoch, sale.event["receipt"]): sale
                for (cart, epoch), source in self.sources.items() for sale in self._sales(source)}

    def sums_of_epoch(self, day, cart):
        """{epoch: (sales, quantity, amount)}: what older carts' sums by day are held against. What
        another outbox, the desk's, took back is still in the cart's."""
        sums = {}
        for sale in self.of_day.get((day, cart), {}).values():
            of = sums.setdefault(sale.event["epoch"], [0, 0, 0])
            if not self._taken_back_by_itself(sale):
                of[0] += 1
                of[1] += sale.event["quantity"]
                of[2] += sale.event.get("amount", 0)
        return {epoch: tuple(of) for epoch, of in sums.items()}

    # What a cart's own totals are held against.

    def is_desk(self, cart, epoch):
        source = self.sources.get((cart, epoch))
        return source is not None and any(one.event.get("source") == "desk"
                                          for one in source.events.values())

    def own_events(self, cart, epoch):
        """[(seq, day)] of sales and voids."""
        source = self.sources.get((cart, epoch), Source())
        return [(seq, one.day if one.event["type"] == "sale" else self._day(one))
                for seq, one in sorted(source.events.items())
                if one.event["type"] in ("sale", "void")]

    def _own_voids(self, cart, epoch):
        """[(seq, receipt)]"""
        return [(seq, one.event["receipt"])
                for seq, one in sorted(self.sources[cart, epoch].events.items())
                if one.event["type"] == "void" and "sale_epoch" not in one.event]

    def _taken_back_by_itself(self, sale):
        event = sale.event
        return any(receipt == event["receipt"]
                   for _, receipt in self._own_voids(event["cart"], event["epoch"]))

    def totals(self, cart, epoch, first, last):
        """(receipts, voided, quantity, amount) over the outbox's own events."""
        source = self.sources.get((cart, epoch))
        if source is None:
            return 0, 0, 0, 0
        sold = {one.event["receipt"]: one.event for seq, one in source.events.items()
                if first <= seq <= last and one.event["type"] == "sale"}
        voided = {receipt for seq, receipt in self._own_voids(cart, epoch)
                  if first <= seq <= last and receipt in sold}
        stands = [event for receipt, event in sold.items() if receipt not in voided]
        return (len(sold), len(voided), sum(event["quantity"] for event in stands),
                sum(event.get("amount", 0) for event in stands))
