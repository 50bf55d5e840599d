"""After any sales and counts, levels, restock batches and stock-outs are the oracle's, in the order
in which the records were read; no number is left out, no cart is in a batch twice; and of a backlog
only the last level of each cart counts."""
import json

from hypothesis import strategies as st

from oracle.record import Record
from oracle.stock import Stock

from .centre import Centre
from .given import histories

NOON = 1_790_000_000_001
TOPIC = "carrito.sales"
PARTITIONS = [(TOPIC, number) for number in range(3)]
CARTS = [f"CART-{number}" for number in range(12)]
KINDS = ("sale", "sale", "sale", "void", "stock", "clock")

STEP = st.fixed_dictionaries({
    "cart": st.integers(0, len(CARTS) - 1), "kind": st.sampled_from(KINDS),
    "stock": st.sampled_from((0, 0, 1, 5, 19, 20, 20, 21, 40, None)),
    # How many events are skipped (one of them may come later, as one that is too late), and
    # whether the cart begins a new outbox.
    "skip": st.sampled_from((0, 0, 0, 0, 1, -1, -2)), "epoch": st.sampled_from((False,) * 15 + (True,)),
    "gap": st.sampled_from((0, 1, 1000, 60_000)),
})


def a_history():
    steps = st.one_of(st.lists(STEP, max_size=15), st.lists(STEP, min_size=30, max_size=90))
    return st.fixed_dictionaries({"steps": steps, "seed": st.integers(0, 2**32)})


def event_of(step, epoch, seq, now_ms):
    event = {"v": 1, "type": step["kind"], "cart": CARTS[step["cart"]], "epoch": f"{epoch:016x}",
             "seq": seq, "ts_ms": now_ms, "clock": "gps"}
    if step["kind"] in ("sale", "void"):
        event["receipt"] = seq
    if step["kind"] == "sale":
        event["quantity"] = 1
    if step["kind"] == "clock":
        return {**event, "boot": f"b{seq}", "boot_ms": 1}
    if step["stock"] is not None or step["kind"] == "stock":
        event["stock"] = step["stock"] or 0
    return event


def records_of(history):
    now_ms, log = NOON, []
    outboxes = {cart: [1, 0] for cart in range(len(CARTS))}
    offsets = [0] * len(PARTITIONS)
    for step in history["steps"]:
        now_ms += step["gap"]
        outbox = outboxes[step["cart"]]
        if step["epoch"]:
            outbox[0], outbox[1] = outbox[0] + 1, 0
            now_ms += 1  # what is newer of two outboxes, their times say
        seq = max(1, outbox[1] + 1 + step["skip"])
        outbox[1] = max(outbox[1], seq)
        partition = step["cart"] % len(PARTITIONS)
        event = event_of(step, outbox[0], seq, now_ms)
        log.append(Record(TOPIC, partition, offsets[partition], now_ms, event["cart"],
                          json.dumps(event)))
        offsets[partition] += 1
    return log, now_ms + 60_000


def batches_of(replay):
    """(status, {cart: stock}) of each batch, by number."""
    rows = replay.query("number, status", "restocks ORDER BY number")
    assert [number for number, _ in rows] == list(range(1, len(rows) + 1))
    carts = {}
    for number, cart, stock in replay.query("number, cart, stock", "restock_carts"):
        assert cart not in carts.setdefault(number, {}), f"{cart} is twice in batch {number}"
        carts[number][cart] = stock
    return [(status, carts[number]) for number, status in rows]


def alerts_of(replay, kind):
    """[(subject, is it open)], each open one once."""
    rows = [(subject, ended is None) for subject, ended in replay.query(
        "subject, ended_ms", f"alerts WHERE kind = '{kind}'")]
    still = [subject for subject, is_open in rows if is_open]
    assert len(still) == len(set(still)), f"two open alerts: {rows}"
    return sorted(rows)


@histories(150, history=a_history())
def test_any_history_leaves_the_oracles_batches(replay, history):
    log, end_ms = records_of(history)
    replay.open(instances=2)
    centre = Centre(replay, "stock", PARTITIONS, history["seed"])
    centre.run(log, end_ms)
    stock = Stock()
    for met in centre.story:
        if isinstance(met, Record):
            stock.take(met)
        else:
            stock.look(*met)
    assert not stock.waits
    levels = {cart: tuple(rest) for cart, *rest in
              replay.query("cart, epoch, seq, stock", "stock_levels")}
    assert levels == stock.levels
    batches = [("announced", batch) for batch in stock.closed]
    assert batches_of(replay) == batches + ([("open", stock.open)] if stock.open else [])
    assert len(alerts_of(replay, "restock-batch")) == len(stock.closed)
    outs = [(cart, number == stock.outs[cart] and cart in stock.out)
            for cart in stock.outs for number in range(1, stock.outs[cart] + 1)]
    assert alerts_of(replay, "stock-out") == sorted(outs)


@histories(40, history=a_history())
def test_a_cart_that_was_filled_within_a_backlog_is_in_no_batch(replay, history):
    """All of it is read before anybody looks: a batch has who is low at its end, and nobody else."""
    log, end_ms = records_of(history)
    replay.open()
    replay.assign("stock", PARTITIONS)
    for at in range(0, len(log), 7):
        replay.batch("stock", log[at:at + 7], end_ms)
        behind = {partition: NOON - 60_000 for partition in PARTITIONS}
        replay.tick("stock", end_ms, behind)
        assert not batches_of(replay) and not alerts_of(replay, "stock-out")
    replay.tick("stock", end_ms, dict.fromkeys(PARTITIONS, end_ms))
    low = {cart: stock for cart, stock in replay.query("cart, stock", "stock_levels")
           if stock <= 20}
    batches = batches_of(replay)
    assert all(len(batch) == 5 for _, batch in batches[:-1])
    assert {cart: stock for _, batch in batches for cart, stock in batch.items()} == low
    assert {subject for subject, _ in alerts_of(replay, "stock-out")} == {
        cart for cart, stock in low.items() if stock == 0}


@histories(40, history=a_history())
def test_where_sales_are_counted_five_fill_a_batch(replay, history):
    log, end_ms = records_of(history)
    replay.open("--restock-count=sales", instances=2)
    Centre(replay, "stock", PARTITIONS, history["seed"]).run(log, end_ms)
    rows = replay.query("number, status", "restocks ORDER BY number")
    assert [number for number, _ in rows] == list(range(1, len(rows) + 1))
    places = dict(replay.query("number, COUNT(*)", "restock_carts GROUP BY number"))
    for number, status in rows:
        assert places[number] == 5 if status == "announced" else places[number] < 5
