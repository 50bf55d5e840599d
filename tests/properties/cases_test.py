"""The smallest histories that were once wrong (tests/oracle/cases/) leave the oracle's rows."""
import json
from pathlib import Path

import pytest

from oracle.record import Record

from .sales_tables import assert_tables, oracle_of

CASES = sorted((Path(__file__).parent.parent / "oracle" / "cases").glob("*.json"))
PARTITION = ("carrito.sales", 0)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(replay, path):
    """Each batch is read by one process when its last record has come; it looks at the end."""
    case, log = json.loads(path.read_text()), []
    replay.open()
    replay.assign("sales", [PARTITION])
    for batch in case["batches"]:
        records = [Record(*PARTITION, len(log) + place, one["append_ms"], one["event"]["cart"],
                          json.dumps(one["event"])) for place, one in enumerate(batch)]
        replay.batch("sales", records, records[-1].append_ms)
        log += records
    while replay.tick("sales", case["end_ms"], {PARTITION: case["end_ms"]}):
        pass
    assert_tables(replay, oracle_of(log, case["end_ms"]))
