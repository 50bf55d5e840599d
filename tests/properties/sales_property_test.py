"""After any history of sales, the collector's tables say what the oracle makes of the records."""
from .centre import Centre
from .given import histories
from .sales_history import PARTITIONS, a_history, records_of
from .sales_tables import assert_tables, oracle_of


@histories(150, history=a_history())
def test_any_history_leaves_the_oracles_rows(replay, history):
    log, end_ms = records_of(history)
    replay.open(f"--day-start={history['start']}", instances=2)
    Centre(replay, "sales", PARTITIONS, history["seed"]).run(log, end_ms)
    assert_tables(replay, oracle_of(log, end_ms, history["start"]))
