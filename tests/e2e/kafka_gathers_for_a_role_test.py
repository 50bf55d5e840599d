"""What nobody waits for comes in few answers of Kafka: the role `stock` takes twenty a second at most,
where `sales` takes each sale as it comes."""
import time

import pytest

from harness.api import metric
from harness.events import Outbox, line
from harness.wait import wait_until

SECONDS, GATHER_S = 3, 0.05
SLACK = 15  # the partitions' first answers, and what the machine delays


def _commits(collector):
    return metric(collector.metrics(), "carrito_collector_commit_seconds_count")


def _trickle(world):
    """Sales one by one; the seconds that they took, and how many they were."""
    cart, producer, count = Outbox(), world.kafka.producer(), 0
    start = time.monotonic()
    while time.monotonic() - start < SECONDS:
        producer.produce("carrito.sales", key=cart.cart, value=line(cart.sale(stock=100)))
        producer.flush(10)
        count += 1
        time.sleep(0.005)
    return time.monotonic() - start, count


@pytest.mark.parametrize("role, gathers", [("stock", True), ("sales", False)])
def test_a_role_takes_as_many_answers_as_it_needs(world, role, gathers):
    world.start_brokers()
    collector = world.make_collector(name=f"only-{role}", CARRITO_ROLES=f"{role},api")
    collector.start().wait_ready()
    before = _commits(collector)
    seconds, count = _trickle(world)
    wait_until("all are applied", lambda: metric(
        collector.metrics(), "carrito_collector_events_total", role=role) >= count, 10)
    commits = _commits(collector) - before
    most = seconds / GATHER_S + SLACK
    assert count > 2 * most, "the sales came too slowly to tell"
    assert (commits <= most) == gathers, f"{commits} commits of {count} sales in {seconds:.1f} s"
