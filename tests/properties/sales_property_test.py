"""After any history of sales, the collector's tables say what the oracle makes of the records."""
from hypothesis import strategies as st

from .centre import Centre
from .given import histories
from .sales_history import PARTITIONS, a_history, records_of
from .sales_tables import (assert_tables, daily, expected_daily, expected_revisions, oracle_of,
                           revisions, without_empty_rows)


@histories(150, history=a_history())
def test_any_history_leaves_the_oracles_rows(replay, history):
    log, end_ms = records_of(history)
    replay.open(f"--day-start={history['start']}", instances=2)
    Centre(replay, "sales", PARTITIONS, history["seed"]).run(log, end_ms)
    assert_tables(replay, oracle_of(log, end_ms, history["start"]))


def rows_of(found, carts):
    return {key: row for key, row in found.items() if key[1] in carts}


@histories(60, history=a_history(), held=st.sampled_from(PARTITIONS), after=st.integers(0, 40))
def test_a_partition_that_is_behind_keeps_only_its_own_carts_open(replay, history, held, after):
    log, end_ms = records_of(history)
    replay.open(f"--day-start={history['start']}", instances=2)
    centre = Centre(replay, "sales", PARTITIONS, history["seed"])
    centre.go_through(log[:after])
    centre.held = held
    centre.go_through(log[after:])
    centre.read_all(end_ms)
    centre.look_often(end_ms)
    known = [record for record in log if (record.topic, record.partition) != held]
    carts, expected = {record.key for record in known}, oracle_of(known, end_ms, history["start"])
    assert (without_empty_rows(rows_of(daily(replay), carts))
            == without_empty_rows(expected_daily(expected)))
    assert rows_of(revisions(replay), carts) == expected_revisions(expected)
    centre.held = None
    centre.run([], end_ms)
    assert_tables(replay, oracle_of(log, end_ms, history["start"]))
