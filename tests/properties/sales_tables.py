"""What the collector's store says of sales, in the oracle's terms, and whether that is right."""
import json

from oracle.days import Calendar, iso_of_number, number_of_iso
from oracle.sales import FIGURES, Sales


def oracle_of(log, end_ms, start="00:00"):
    sales = Sales(Calendar(starts={"0001-01-01": start}))
    for record in log:
        sales.take(record)
    sales.close(end_ms)
    return sales


def daily(replay):
    rows = replay.query("day, cart, quantity, amount, sales, named_clients + anonymous, voided, "
                        "unpriced, revision, closed", "daily")
    return {(iso_of_number(day), cart): {**dict(zip(FIGURES, figures)), "revision": revision,
                                         "status": "closed" if closed else "open"}
            for day, cart, *figures, revision, closed in rows}


def gaps(replay):
    rows = replay.query("cart, epoch, first_receipt, last_receipt, day",
                        "receipt_gaps JOIN sources USING (source)")
    return sorted((cart, epoch, first, last, iso_of_number(day))
                  for cart, epoch, first, last, day in rows)


def audit(replay):
    rows = replay.query("cart, epoch, highest_seq, duplicates, set_aside", "sources")
    return sorted(map(tuple, rows))


def revisions(replay):
    """{(day, cart): [(revision, time, cause, receipts, before, after)]}"""
    found = {}
    rows = replay.query("day, cart, revision, time_ms, cause, receipts, row_before, row_after",
                        "revisions ORDER BY day, cart, revision")
    for day, cart, revision, time_ms, cause, receipts, before, after in rows:
        receipts = sorted((one["epoch"], one["receipt"]) for one in json.loads(receipts))
        found.setdefault((iso_of_number(day), cart), []).append(
            (revision, None if cause == "close" else time_ms, cause, receipts, figures(before),
             figures(after)))
    return found


def figures(text):
    return {name: json.loads(text)[name] for name in FIGURES} if text else None


def expected_revisions(sales):
    """The time of a close is the collector's; before it the row was the same, but open."""
    return {key: [(one.revision, None if one.cause == "close" else one.append_ms, one.cause,
                   one.receipts, one.after if one.cause == "close" else one.before,
                   one.after) for one in kept]
            for key, kept in sales.revisions.items() if kept}


def expected_daily(sales):
    """An open day whose last sale was moved away may have an empty row, or none."""
    return {key: {name: row[name] for name in (*FIGURES, "revision", "status")}
            for key, row in sales.daily().items()}


def without_empty_rows(rows):
    return {key: row for key, row in rows.items()
            if row["status"] == "closed" or any(row[name] for name in FIGURES)}


def assert_clients(replay, sales):
    """Distinct clients over all carts: of each day, each month, and of all time."""
    levels = [lambda day: (0, number_of_iso(day)),
              lambda day: (1, int(day[:4]) * 12 + int(day[5:7]) - 1), lambda day: (2, 0)]
    kept = {(level, span): count for level, span, count in
            replay.query("level, span, clients", "client_counts")}
    for group in levels:
        anonymous = {}
        for day, count in replay.query("day, anonymous", "daily"):
            key = group(iso_of_number(day))
            anonymous[key] = anonymous.get(key, 0) + count
        for key, row in sales.group(group).items():
            assert kept.pop(key, 0) + anonymous[key] == row["clients"], f"level and span {key}"
    assert not any(kept.values()), f"clients of nobody: {kept}"


def assert_tables(replay, sales):
    assert without_empty_rows(daily(replay)) == expected_daily(sales)
    assert revisions(replay) == expected_revisions(sales)
    assert gaps(replay) == sorted((cart, epoch, *gap) for cart, epoch in sales.sources
                                  for gap in sales.gaps(cart, epoch))
    assert audit(replay) == sorted(
        (cart, epoch, row["highest"], row["duplicates"], row["set_aside"])
        for (cart, epoch), row in sales.audit().items())
    assert sorted(map(tuple, replay.query("cart, epoch, seq, text", "set_aside"))) == sorted(
        (cart, epoch, *other) for (cart, epoch), source in sales.sources.items()
        for other in source.others)
    dead = replay.query("CAST(value AS TEXT)", "effects WHERE topic = 'carrito.dead-letters'")
    assert sorted(text for text, in dead) == sorted(record.value for record, _ in sales.refused)
    assert_clients(replay, sales)
