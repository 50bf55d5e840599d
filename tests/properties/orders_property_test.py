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

# What is not as in a good order; of each limit the last that may be and the first that may not.
OTHERWISE = (
    {"product": "ñ" * 100}, {"product": "ñ" * 101}, {"product": ""}, {"price": 0}, {"price": -1},
    {"price": 10_000_000}, {"price": 10_000_001}, {"quantity": 1}, {"quantity": 1000},
    {"quantity": 1001}, {"quantity": 0}, {"email": "nobody"}, {"id": "short"},
)
STEP = st.fixed_dictionaries({
    "order": st.integers(0, 12), "gap": st.sampled_from((0, 1, 300, 1000, 5000)),
    "otherwise": st.one_of(st.just({}), st.sampled_from(OTHERWISE)),
})


def a_history():
    return st.fixed_dictionaries({"steps": st.lists(STEP, min_size=5, max_size=30),
                                  "step_ms": st.sampled_from((0, 0, 1000)),
                                  "seed": st.integers(0, 2**32)})


def request_of(step, now_ms):
    return {"id": f"{step['order']:032x}", "product": "Sopaipilla", "price": 500,
            "email": "ana@example.cl", "time_ms": now_ms, **step["otherwise"]}


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
    changes = replay.query("CAST(value AS TEXT)", "effects WHERE topic = "
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
    dead = replay.query("CAST(value AS TEXT)", "effects WHERE topic = 'carrito.dead-letters'")
    assert sorted(text for text, in dead) == sorted(record.value for record in orders.refused)
