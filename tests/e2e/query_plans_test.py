"""No list of the API reads over all receipts, days, tracks, orders or mails to show a page, and none
that is about one cart reads over the others': SQLite's own plans for the statements say so."""
import re
import sqlite3

import pytest

from harness.process import ROOT

SQL = ROOT / "collector" / "sql"
GROWING = {"receipts", "source_days", "sources", "day_clients", "daily", "client_groups", "track",
           "trail", "revisions", "receipt_gaps", "cart_counts", "orders", "mails", "actions"}
# The key's first columns, by which alone a row of these is found at the price of one page.
KEYED = {"receipts": r"\(source=\?", "track": r"\(cart=\?", "day_clients": r"\(day=\?"}


def statements():
    for file in [*sorted(SQL.glob("api_*.sql")), SQL / "daily_row.sql", SQL / "trace.sql"]:
        text = file.read_text(encoding="utf-8")
        for name, sql in re.findall(r"-- name: (\w+)\n(.*?)(?=\n-- name:|\Z)", text, re.S):
            sql = re.sub(r"--[^\n]*", "", sql).strip().rstrip(";")
            if sql.startswith(("SELECT", "WITH")):
                yield pytest.param(name, sql, id=name)


@pytest.fixture(scope="module")
def empty():
    """Without rows SQLite plans by the schema alone, as it does in a collector."""
    store = sqlite3.connect(":memory:")
    for file in sorted((SQL / "steps").glob("*.sql")):
        text = file.read_text(encoding="utf-8")
        store.executescript(text.replace("/* WITHOUT ROWID */", "WITHOUT ROWID"))
    yield store
    store.close()


@pytest.mark.parametrize("name, sql", statements())
def test_plan(empty, name, sql):
    names = {alias or table: table for table, alias in re.findall(
        r"(?:FROM|JOIN)\s+(\w+)(?:\s+(?:AS\s+)?(?!WHERE|CROSS|LEFT|JOIN|ORDER|GROUP|LIMIT)(\w+))?",
        sql)}
    parameters = dict.fromkeys(re.findall(r"\$(\d+)", sql))
    for _, _, _, step in empty.execute(f"EXPLAIN QUERY PLAN {sql}", parameters):
        how, _, rest = step.partition(" ")
        table = names.get(rest.split(" ")[0])
        if how == "SCAN":
            assert table not in GROWING, f"{name}: {step}"
        if how == "SEARCH" and table in KEYED:
            assert re.search(KEYED[table], step), f"{name}: {step}"
        if how == "SEARCH" and name.endswith("_of_cart"):
            assert re.search(r"\((cart|source)=\?|cart=\?\)", step), f"{name}: {step}"
        if "TEMP B-TREE" in step and name.endswith("_page"):
            assert not GROWING & set(names.values()), f"{name}: {step}"


@pytest.fixture
def places(empty):
    """Those of three searches for a cart."""
    rows = [("A", since, since + 10 * i) for since in (1000, 2000, 3000) for i in range(37)]
    empty.executemany("INSERT INTO trail VALUES (?, ?, ?, 1, 2)", [*rows, ("B", 4000, 4000)])
    yield rows
    empty.rollback()


def statement(name):
    return next(one.values[1] for one in statements() if one.values[0] == name)


def test_pages_of_evidence_are_all_of_it_once(empty, places):
    sql = statement("evidence_places_page")
    found, after = [], (-2**63, -2**63)
    while page := empty.execute(sql, ("A", *after, 10)).fetchall():
        found += [("A", row[7], row[0]) for row in page]
        after = (page[-1][7], page[-1][0])
    assert found == places


@pytest.mark.parametrize("most", [1, 37, 40, 74, 111, 1000])
def test_lines_of_evidence_are_the_newest_of_all_searches(empty, places, most):
    oldest = empty.execute(statement("evidence_oldest"), ("A", most - 1)).fetchone()
    lines = [("A", since, row[0]) for since in (1000, 2000, 3000)
             for row in empty.execute(statement("evidence_trail"),
                                      ("A", since, *(oldest or (-2**63, -2**63))))]
    assert lines == places[-most:]
