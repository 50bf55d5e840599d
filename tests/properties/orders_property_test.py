"""Every order that was asked for goes through its four states once, each told to Kafka and to the
buyer once; what cannot be read is a dead letter."""
import json

from hypothesis import strategies as st

from oracle.orders import AUTO, Orders
from oracle.record import Record

from .centre import Centre
from .given import histories

NOON = 1_790_000_000_001
REQUESTS, STEPS = "carrito.order-requests", "carrito.order-steps"
PARTITIONS = [(topic, number) for topic in (REQUESTS, STEPS) for number in (0, 1)]

STEP = st.fixed_dictionaries({
    "order": st.integers(0, 12), "gap": st.sampled_from((0, 1, 300, 1000, 5000)),
    "product": st.sampled_from(("Sopaipilla", "ñ" * 100, "ñ" * 101, "")),
    "price": st.sampled_from((0, 500, 10_000_000, 10_000_001, -1)),
    "quantity": st.sampled_from((None, 1, 1000, 0)),
    "email": st.sampled_from(("ana@example.cl", "ana@example.cl", "nobody")),
    "good": st.sampled_from((True, True, True, False)),
})


def a_history():
    return st.fixed_dictionaries({"steps": st.lists(STEP, max_size=30),
                                  "step_ms": st.sampled_from((0, 0, 1000)),
                                  "seed": st.integers(0, 2**32)})


def request_of(step, now_ms):
    """Where it is to be a good one, what would be wrong is not."""
    order = {"id": f"{step['order']:032x}", "product": "Sopaipilla", "price": 500,
             "email": "ana@example.cl", "time_ms": now_ms}
    if not step["good"]:
        order.update(product=step["product"], price=step["price"], email=step["email"])
    if step["quantity"] is not None and (step["quantity"] or not step["good"]):
        order["quantity"] = step["quantity"]
    return order


def records_of(history):
    now_ms, log, offsets = NOON, [], [0, 0]
    for step in history["steps"]:
        now_ms += step["gap"]
        order = request_of(step, now_ms)
        partition = step["order"] % 2
        log.append(Record(REQUESTS, partition, offsets[partition], now_ms, order["id"],
                          json.dumps(order, ensure_ascii=False)))
        offsets[partition] += 1
    return log, now_ms + 3_600_000


@histories(80, history=a_history())
def test_every_order_ends_well_and_is_told_of_once(replay, history):
    log, end_ms = records_of(history)
    replay.open(f"--order-step-ms={history['step_ms']}", instances=2)
    centre = Centre(replay, "orders", PARTITIONS, history["seed"])
    centre.run(log, end_ms)
    for later in range(1, 6):
        centre.run([], end_ms + later * 1000)
    orders = Orders()
    for record in log:
        orders.take(record)
    rows = replay.query("id, status, product, price, quantity, email", "orders")
    assert sorted(map(tuple, rows)) == sorted(
        (number, "finalizado", order["product"], order["price"], order["quantity"],
         order["email"]) for number, order in orders.orders.items())
    assert_told(replay, orders)


def assert_told(replay, orders):
    changes = replay.query("CAST(value AS TEXT)", "outgoing WHERE topic = "
                           "'carrito.order-processing' ORDER BY position")
    states = {number: [] for number in orders.orders}
    for text, in changes:
        change = json.loads(text)
        states[change["id"]].append(change["status"])
    assert states == dict.fromkeys(orders.orders, list(AUTO))
    mails = replay.query("id, recipient", "mails")
    assert sorted(map(tuple, mails)) == sorted(
        (f"order/{number}/{state}", order["email"])
        for number, order in orders.orders.items() for state in AUTO)
    dead = replay.query("CAST(value AS TEXT)", "outgoing WHERE topic = 'carrito.dead-letters'")
    assert sorted(text for text, in dead) == sorted(record.value for record in orders.refused)
