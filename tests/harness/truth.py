"""The last assertion: what the API shows is what was sold, each receipt once."""
import time
from datetime import datetime
from zoneinfo import ZoneInfo

COLUMNS = ("quantity", "amount", "sales", "clients")


def differences(api, truth):
    """One line per row of the truth that GET /daily-sales does not show as it should."""
    shown = api.daily()
    lines = []
    for key, row in sorted(truth.items()):
        got = shown.get(key)
        for column in COLUMNS:
            if got is None or (got[column] or 0) != (row[column] or 0):
                seen = None if got is None else got[column]
                lines.append(f"{key} {column}: sold {row[column]}, shown {seen}")
    carts = {cart for _, cart in truth}
    lines += [f"{key}: shown, never sold" for key in shown
              if key[1] in carts and key not in truth]
    return lines


def missing_receipts(api, carts):
    return [row for row in api.items("/audit") if row["cart"] in carts and row["missing"]]


def assert_totals(api, truth, seconds=60, settle=3):
    """Waits for equality, then looks again: what comes twice may come late."""
    assert truth, "the truth is empty: nothing was sold"
    end = time.monotonic() + seconds
    while (wrong := differences(api, truth)) and time.monotonic() < end:
        time.sleep(0.5)
    assert not wrong, f"{len(wrong)} figures are wrong:\n" + "\n".join(wrong[:20])
    time.sleep(settle)
    wrong = differences(api, truth)
    assert not wrong, "right first, wrong later:\n" + "\n".join(wrong[:20])
    missing = missing_receipts(api, {cart for _, cart in truth})
    assert not missing, f"GET /audit: receipts missing: {missing[:10]}"


def of_events(events, zone="America/Santiago"):
    """Truth rows from the events of outboxes, as the contract says: the tests' own small model."""
    zone = ZoneInfo(zone)
    unique = {(e["cart"], e["epoch"], e["seq"]): e for e in events}.values()
    taken_back = {(e["cart"], e["epoch"], e["receipt"]) for e in unique if e["type"] == "void"}
    rows = {}
    for event in unique:
        receipt = (event["cart"], event["epoch"], event.get("receipt"))
        if event["type"] != "sale" or receipt in taken_back:
            continue
        day = datetime.fromtimestamp(event["ts_ms"] / 1000, zone).date().isoformat()
        row = rows.setdefault((day, event["cart"]),
                              {"quantity": 0, "amount": 0, "sales": 0, "names": set()})
        row["quantity"] += event["quantity"]
        row["amount"] += event.get("amount", 0)
        row["sales"] += 1
        row["names"].add((event.get("client") or "").strip() or receipt)
    for row in rows.values():
        row["clients"] = len(row.pop("names"))
    return rows
