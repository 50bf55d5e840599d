"""What nobody waits for comes in few answers of Kafka: the role `stock` commits twenty times a second at
most, however many sales there are."""
import time

from harness.api import metric
from harness.events import Outbox, line
from harness.wait import wait_until

SALES, PAUSE_S = 600, 0.005
GATHER_S = 0.05
SLACK = 15  # the first answers of each partition


def _commits(collector):
    return metric(collector.metrics(), "carrito_collector_commit_seconds_count")


def _trickle(world):
    """Sales one by one; the seconds that they took."""
    cart, producer = Outbox(), world.kafka.producer()
    start = time.monotonic()
    for _ in range(SALES):
        producer.produce("carrito.sales", key=cart.cart, value=line(cart.sale(stock=100)))
        producer.poll(0)
        time.sleep(PAUSE_S)
    assert producer.flush(30) == 0
    return time.monotonic() - start


def test_stock_takes_many_sales_at_once(world):
    world.start_brokers()
    collector = world.make_collector(name="only-stock", CARRITO_ROLES="stock,api")
    collector.start().wait_ready()
    before = _commits(collector)
    seconds = _trickle(world)
    wait_until("all are applied", lambda: metric(
        collector.metrics(), "carrito_collector_events_total", role="stock") >= SALES, 30)
    commits = _commits(collector) - before
    assert commits <= seconds / GATHER_S + SLACK, f"{commits} commits in {seconds:.1f} s"
