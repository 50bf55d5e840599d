"""30 days without network at 300 sales a day, and a position every 10 s on the way: nothing is lost,
the last day's sales are answered as fast as the first one's, and the backlog is drained in order.

The days are lived by the agent's own parts with a clock that is stepped (bench/cart_month.c); what
they leave behind is then sent by the agent itself, through mosquitto, bridge and Kafka."""
import json
import time

from harness.events import now_ms, plate
from harness.process import BIN, run
from harness.wait import wait_until

DAYS, SALES = 30, 300
WHILE_IT_DRAINS = 20
SLOWER_MAX = 1.5  # of medians of the same minutes


def live(outbox, cart):
    """The days, and the first day of another cart, lived at the same time as the last one."""
    done = run([BIN / "tests" / "cart_month", outbox, cart, DAYS, now_ms()], seconds=1200)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(row) for row in done.stdout.splitlines()]
    return rows[:-1], rows[-1]


def came(kafka, topic, cart):
    """The events of the cart as they came, each once."""
    values = [record.value() for record in kafka.records(topic) if record.key() == cart.encode()]
    return [json.loads(value) for value in dict.fromkeys(values)]


def test_a_month_without_network(world, capsys):
    cart, outbox = plate(), world.folder / "outbox.db"
    days, first = live(outbox, cart)
    last = days[-1]
    assert last["sales"] == DAYS * SALES
    assert last["p50_us"] <= SLOWER_MAX * first["p50_us"], f"{first}\n{last}"

    world.start()
    agent = world.make_agent(cart, CARRITO_OUTBOX=outbox).start().wait_socket(60)
    began, slowest = time.monotonic(), 0
    for _ in range(WHILE_IT_DRAINS):
        at = time.monotonic()
        agent.sell_by_socket(1)
        slowest = max(slowest, time.monotonic() - at)
    wait_until("nothing waits", lambda: agent.status()["waiting"] == 0, 600, every=1)
    drained = time.monotonic() - began

    events = agent.exported()
    assert len(events) >= last["sales"] + last["positions"] + WHILE_IT_DRAINS
    for topic, kinds in (("carrito.sales", {"sale", "clock"}), ("carrito.locations", {"location"})):
        kept = [event for event in events if event["type"] in kinds]
        assert came(world.kafka, topic, cart) == kept, f"{topic} is not as on the cart"
    sold = [event for event in events if event["type"] == "sale"]
    wait_until("all is counted", lambda: sum(
        row["sales"] for row in world.api.items("/daily-sales", cart=cart)) == len(sold), 120)
    rows = world.api.items("/daily-sales", cart=cart)
    assert sum(row["quantity"] for row in rows) == sum(event["quantity"] for event in sold)
    assert [row for row in world.api.items("/audit", cart=cart) if row["missing"]] == []
    with capsys.disabled():
        print(f"\n{DAYS} days: {len(sold)} sales, {len(events)} events, {last['bytes']} bytes; a sale"
              f" p50 {last['p50_us']} us, p99 {last['p99_us']} us on the last day, on another cart's"
              f" first {first['p50_us']} and {first['p99_us']}; drained in {drained:.0f} s, the"
              f" slowest sale meanwhile {1000 * slowest:.0f} ms")
