"""Stores full of receipts for the benchmarks, made by the role `sales` itself (sales_role.c)."""
import json
import sqlite3
import subprocess
import tempfile
from datetime import date, timedelta
from pathlib import Path

from measure import ROOT

from harness.process import BIN

RECEIPTS = 10_000_000
CARTS, DAYS = 10_000, 30


def role(store, *words):
    """A run of sales_role: {"count", "cpu_s", "seconds"}."""
    done = subprocess.run([BIN / "tests" / "sales_role", f"sqlite://{store}", *map(str, words)],
                          stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def filled(receipts=RECEIPTS):
    """The store with receipts of days gone by, made once."""
    kept = ROOT / ".dev" / "cache" / f"filled-{receipts}.db"
    if kept.exists():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
        store = Path(folder) / "store.db"
        print(f"filling a store with {receipts:,} receipts", flush=True)
        role(store, "members", CARTS)
        took = role(store, "fill", CARTS, receipts, DAYS)
        print(f"filled in {took['seconds']:.0f} s", flush=True)
        store.replace(kept)
    return kept


def last_day(path):
    """The last day with sales."""
    with sqlite3.connect(path) as store:
        (day,) = store.execute("SELECT MAX(day) FROM daily").fetchone()
    return date(1970, 1, 1) + timedelta(days=day)


def begin_anew(path):
    """For a Kafka that is new: nothing was read of it, and nothing is owed to it. Days gone by are
    closed, as they would be: to close 300,000 rows is not what is measured."""
    with sqlite3.connect(path) as store:
        store.execute("UPDATE daily SET closed = 1")
        for name in ("positions", "effects"):
            store.execute(f"DELETE FROM {name}")
