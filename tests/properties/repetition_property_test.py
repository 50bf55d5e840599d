"""A transaction that fails and is tried again leaves no trace: every table of the store is the same
to the last id, whether batches and ticks fail now and then or never."""
from . import access_property_test as access
from . import location_property_test as location
from . import members_property_test as members
from . import orders_property_test as orders
from . import sales_history as sales
from . import stock_property_test as stock
from .centre import Centre
from .given import histories


def assert_no_trace(replay, role, partitions, history, lags=True):
    log, end_ms = history
    tables = []
    for fails in (False, True):
        replay.open(instances=2)
        Centre(replay, role, partitions, len(log), lags=lags, fails=fails).run(log, end_ms)
        # When a role asks how far the logs are is no result, nor is the order of what is owed to
        # Kafka under different keys.
        tables.append(replay.dump(skip=("positions", "effects")))
        tables[-1]["effects"] = replay.query(
            "id, topic, CAST(record_key AS TEXT), CAST(value AS TEXT), error, source, type",
            "effects ORDER BY topic, record_key, position")
    assert tables[1] == tables[0]


@histories(40, history=sales.a_history())
def test_of_sales(replay, history):
    assert_no_trace(replay, "sales", sales.PARTITIONS, sales.records_of(history))


@histories(30, history=stock.a_history())
def test_of_stock(replay, history):
    assert_no_trace(replay, "stock", stock.PARTITIONS, stock.records_of(history))


@histories(30, history=members.a_history())
def test_of_members(replay, history):
    assert_no_trace(replay, "members", members.PARTITIONS, members.records_of(history))


@histories(30, history=orders.a_history())
def test_of_orders(replay, history):
    assert_no_trace(replay, "orders", orders.PARTITIONS, orders.records_of(history))


@histories(30, history=access.a_history())
def test_of_access(replay, history):
    assert_no_trace(replay, "access", access.PARTITIONS, access.records_of(history))


@histories(10, history=location.a_history())
def test_of_location(replay, history):
    """Read as it comes: of a silence that is over when it is read, nobody need be told."""
    log, rest, end_ms = location.records_of(history)
    assert_no_trace(replay, "location", location.PARTITIONS, (log + rest, end_ms),
                    lags=False)
