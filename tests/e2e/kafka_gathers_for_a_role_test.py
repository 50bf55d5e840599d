"""What comes fast comes in few answers of Kafka: the role `stock` commits ten times a second at most,
however many sales there are, and `sales` once for some of them."""
import time

from confluent_kafka import Producer

from harness.api import metric
from harness.events import Outbox, line
from harness.wait import wait_until

SALES, PAUSE_S = 600, 0.005
STOCK_GATHER_S = 0.1
SALES_AT_ONCE = 2  # a kilobyte has three
SLACK = 15  # the first answers of each partition


def _commits(collector):
    return metric(collector.metrics(), "carrito_collector_commit_seconds_count")


def _trickle(world):
    """Sales one by one, each a request to Kafka; the seconds that they took."""
    cart = Outbox()
    producer = Producer({"bootstrap.servers": world.kafka.brokers, "linger.ms": 0,
                         "socket.nagle.disable": True})
    start = time.monotonic()
    for _ in range(SALES):
        producer.produce("carrito.sales", key=cart.cart, value=line(cart.sale(stock=100)))
        producer.poll(0)
        time.sleep(PAUSE_S)
    assert producer.flush(30) == 0
    return time.monotonic() - start


def _commits_of(world, role):
    """How many commits the role made of them, and the seconds in which they came."""
    collector = world.make_collector(name=f"only-{role}", store=world.folder / f"{role}.db",
                                     CARRITO_ROLES=f"{role},api")
    collector.start().wait_ready()
    before = _commits(collector)
    seconds = _trickle(world)
    wait_until("all are applied", lambda: metric(
        collector.metrics(), "carrito_collector_events_total", role=role) >= SALES, 30)
    return _commits(collector) - before, seconds


def test_stock_takes_many_sales_at_once(world):
    world.start_brokers()
    commits, seconds = _commits_of(world, "stock")
    assert commits <= seconds / STOCK_GATHER_S + SLACK, f"{commits} commits in {seconds:.1f} s"


def test_sales_takes_some_at_once(world):
    world.start_brokers()
    commits, seconds = _commits_of(world, "sales")
    assert commits <= SALES / SALES_AT_ONCE + SLACK, f"{commits} commits in {seconds:.1f} s"
