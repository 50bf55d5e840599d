"""Of a damaged outbox `carrito-agent outbox export` gives all that SQLite's own recovery reads, and
nothing that was never written; where something is missing it says so."""
import json
import random
import shutil
import sqlite3
import subprocess

import pytest
from hypothesis import strategies

from harness.process import BIN, Scene, clean_environment
from harness.programs import Agent

from .damage import damaged, read
from .given import histories

CART = "BBCL23"
NOBODY = 1  # a port that nobody listens on
SALES = 250

pytestmark = pytest.mark.skipif(shutil.which("sqlite3") is None, reason="no sqlite3")


class Originals:
    """Files as (file, log), and their events by number. A failure prints its name, not its bytes."""

    def __init__(self, files, events):
        self.files = files
        self.events = events

    def __repr__(self):
        return "originals"


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """A file that was shut down, and one with its log, copied while the agent ran."""
    scene = Scene(tmp_path_factory.mktemp("originals") / "scene")
    try:
        agent = scene.add(Agent(scene.folder, NOBODY, CART)).start().wait_socket()
        log = agent.outbox.with_name(agent.outbox.name + "-wal")
        for quantity in range(1, SALES + 1):
            agent.sell_by_socket(quantity)
        live = read(agent.outbox), read(log)
        agent.terminate()
        closed = read(agent.outbox), b""
        events = {event["seq"]: event for event in agent.exported()}
        assert live[1] and len(events) >= SALES
        yield Originals([closed, live], events)
    finally:
        scene.close()


def put(folder, parts):
    folder.mkdir()
    for name, part in zip(("outbox.db", "outbox.db-wal"), parts):
        if part:
            (folder / name).write_bytes(part)
    return folder / "outbox.db"


def as_sqlite_recovers(path):
    """The texts of all rows that it finds, in whatever table it puts them."""
    done = subprocess.run(["sqlite3", path, ".recover"], capture_output=True, text=True, timeout=60,
                          errors="replace", check=False)
    with sqlite3.connect(":memory:") as db:
        db.executescript(done.stdout)
        tables = [name for name, in db.execute(
            "SELECT name FROM sqlite_schema WHERE name IN ('events', 'lost_and_found')")]
        found = {value for table in tables for row in db.execute(f"SELECT * FROM {table}")
                 for value in row if isinstance(value, str) and value.startswith('{"v":1,')}
    db.close()
    return found


def events_of(text):
    """By number; what is no JSON was never written."""
    events = {}
    for line in text:
        try:
            event = json.loads(line)
            events[event["seq"]] = event
        except (ValueError, KeyError):
            pass
    return events


@histories(100, seed=strategies.integers(0, 2**31))
def test_all_that_sqlite_recovers_is_exported(originals, tmp_path_factory, seed):
    written = originals.events
    chance = random.Random(seed)
    kind, parts = damaged(chance.choice(originals.files), chance)
    folder = tmp_path_factory.mktemp("damaged")
    try:
        recovered = events_of(as_sqlite_recovers(put(folder / "theirs", parts)))
        done = subprocess.run([BIN / "carrito-agent", "outbox", "export"], capture_output=True,
                              env=clean_environment({"CARRITO_CART": CART, "CARRITO_OUTBOX":
                                                     put(folder / "ours", parts)}),
                              text=True, timeout=60, check=False)
        exported = [line for line in map(json.loads, done.stdout.splitlines())
                    if "counts" not in line]  # the totals of an outbox are no event
        assert [event for event in exported if written.get(event["seq"]) != event] == [], kind
        theirs = {seq for seq, event in recovered.items() if written.get(seq) == event}
        ours = {event["seq"] for event in exported}
        assert theirs <= ours, (kind, sorted(theirs - ours), done.stderr)
        missing = set(range(1, max(ours, default=0))) - ours
        assert not missing or done.returncode == 1, (kind, missing)
    finally:
        shutil.rmtree(folder)
