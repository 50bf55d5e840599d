"""Judges a centre that runs: what its API shows, against what its topics say."""
import time

from . import topics
from .days import Calendar
from .event import NotAnEvent, read_object
from .members import Members
from .orders import Orders, wrong_history
from .presence import Presence
from .sales import FIGURES, Sales
from .stock import wrong_batches


class Judge:
    """`get(path, **query)` gives the items of a list of the API, all its pages."""

    def __init__(self, brokers, get, calendar=None):
        self.brokers, self.get = brokers, get
        self.calendar = calendar or Calendar()

    def differences(self):
        """One line for each thing that is not as it should be. The centre must be at rest."""
        sales, presence = Sales(self.calendar), Presence(self.calendar)
        for record in topics.read(self.brokers, "carrito.sales"):
            sales.take(record)
        for record in topics.read(self.brokers, "carrito.presence"):
            presence.take(record)
        sales.close(int(time.time() * 1000))
        for check in (self._daily, self._groups, self._revisions, self._audit, self._receipts,
                      self._complete):
            yield from check(sales, presence)
        yield from self._alerts()
        yield from wrong_batches(self.get("/restocks"))
        yield from self._members()
        yield from self._orders()

    def _daily(self, sales, _):
        shown = {(row["day"], row["cart"]): row for row in self.get("/daily-sales")}
        wanted = sales.daily()
        for key, row in wanted.items():
            row = {**row, "average": row["quantity"] / row["clients"] if row["clients"] else None,
                   "missing": [{"epoch": epoch, "from": first, "to": last}
                               for epoch, first, last in row["missing"]]}
            yield from _compare(f"daily {key}", shown.get(key), row)
        for key, row in shown.items():
            if key not in wanted and any(row[name] for name in FIGURES):
                yield f"daily {key}: shown and never sold"

    def _groups(self, sales, _):
        """Where nothing was sold in a group, there may be a row of noughts or none."""
        for group, name, wanted in (("day", "day", sales.by_day()),
                                    ("month", "month", sales.by_month()),
                                    ("guild", None, {None: sales.guild()})):
            shown = {row.get(name): row for row in self.get("/daily-sales", group=group)}
            for key, row in wanted.items():
                if row is not None:
                    yield from _compare(f"group {group} {key}", shown.get(key), row)

    def _revisions(self, sales, _):
        for (day, cart), kept in sales.revisions.items():
            if not kept:
                continue
            shown = self.get(f"/daily-sales/{day}/{cart}/revisions")
            told = [(row["revision"], row["cause"], _figures(row["after"])) for row in shown]
            wanted = [(one.revision, one.cause, _figures(one.after)) for one in kept]
            if told != wanted:
                yield f"revisions {day} {cart}: shown {told}, right {wanted}"

    def _audit(self, sales, _):
        shown = {(row["cart"], row["epoch"]): row for row in self.get("/audit")}
        for key, row in sales.audit().items():
            row["missing"] = [{"from": first, "to": last} for first, last in row["missing"]]
            yield from _compare(f"audit {key}", shown.get(key), row)
        yield from (f"audit {key}: shown and unknown" for key in shown.keys() - sales.audit())

    def _receipts(self, sales, _):
        """Several that a cart gave one number are one here."""
        shown = {(row["cart"], row["epoch"], row["receipt"]): row for row in self.get("/sales")}
        for key, sale in sales.receipts().items():
            wanted = {name: sale.event.get(name) for name in ("client", "quantity", "amount")}
            yield from _compare(f"receipt {key}", shown.get(key), wanted)
            if key in shown and bool(shown[key]["voided"]) != sale.voided:
                yield f"receipt {key}: voided is {shown[key]['voided']}, right {sale.voided}"
        yield from (f"receipt {key}: shown and never sold"
                    for key in shown.keys() - sales.receipts().keys())

    def _complete(self, sales, presence):
        for row in self.get("/daily-sales"):
            told = presence.complete(row["day"], row["cart"], sales)
            if (row["complete"] is True) != (told is True):
                yield f"complete {row['day']} {row['cart']}: shown {row['complete']}, right {told}"

    def _alerts(self):
        seen = set()
        for row in self.get("/alerts"):
            subject = row["kind"], row["cart"], None if row["cart"] else row["details"]
            if row["ended"] is None and subject in seen:
                yield f"alert: two are open of {subject}"
            if row["ended"] is None:
                seen.add(subject)

    def _members(self):
        """Which of several was first, the order over both partitions decides; not who."""
        known, rows = set(), self.get("/members")
        for record in topics.read(self.brokers, "carrito.members"):
            members = Members()
            members.take(record)
            known |= members.rows.keys()
        if len(rows) != len(known):
            yield f"members: {len(rows)} are shown, {len(known)} applied"
        first = [row for row in rows if row["status"] == "accepted"]
        if len({row["plate"] for row in first}) != len(first):
            yield "members: two have the same plate"

    def _orders(self):
        orders = Orders()
        for record in topics.read(self.brokers, "carrito.order-requests"):
            orders.take(record)
        changes = {}
        for record in topics.read(self.brokers, "carrito.order-processing"):
            try:
                change = read_object(record.value)
            except NotAnEvent:
                yield f"orders: what is produced cannot be read: {record.value}"
                continue
            changes.setdefault(change["id"], []).append(change["status"])
        shown = {row["id"]: row for row in self.get("/orders")}
        if shown.keys() != orders.orders.keys():
            yield f"orders: {len(shown)} are shown, {len(orders.orders)} were asked for"
        for number, row in shown.items():
            states = [one["status"] for one in row["history"]]
            wrong = wrong_history(row["status"], states)
            if wrong:
                yield f"order {number}: {wrong}"
            if list(dict.fromkeys(changes.get(number, []))) != states:
                yield f"order {number}: produced {changes.get(number)}, shown {states}"


def _figures(row):
    return {name: row[name] for name in FIGURES}


def _compare(what, shown, wanted):
    if shown is None:
        yield f"{what}: not shown, right {wanted}"
        return
    for name, value in wanted.items():
        seen = shown.get(name)
        if isinstance(value, float) and isinstance(seen, (int, float)):
            if abs(seen - value) < 1e-6 * max(1.0, abs(value)):
                continue
        if seen != value:
            yield f"{what}: {name} is {seen}, right {value}"
