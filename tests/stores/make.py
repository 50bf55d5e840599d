"""Makes the golden files of a release with that release's own programs:

    cd tests && python3 -m stores.make RELEASE BIN

BIN is the folder of its programs (build/bin), RELEASE the name of the folder here. The records are
those that the properties make, of one fixed seed; they are kept beside the store, since it is only
worth something with the history that it has applied."""
import gzip
import json
import sqlite3
import sys
import tempfile
from pathlib import Path

import hypothesis

from harness.process import run
from harness.programs import Agent
from properties import (access_property_test, location_property_test, members_property_test,
                        orders_property_test, sales_history, sales_property_test,
                        stock_property_test)
from properties.replay import Replay

from . import FIRST, OPTIONS, STORES, TWO_PLATES, apply

ROLES = {"sales": (sales_history, sales_property_test.PARTITIONS),
         "stock": (stock_property_test, stock_property_test.PARTITIONS),
         "location": (location_property_test, location_property_test.PARTITIONS),
         "members": (members_property_test, members_property_test.PARTITIONS),
         "orders": (orders_property_test, orders_property_test.PARTITIONS),
         "access": (access_property_test, access_property_test.PARTITIONS)}
RECORDS_MAX = 300
WAITING = 1000


def drawn(module):
    """The longest log of a hundred histories that is not too long, and when it ends."""
    found = []

    @hypothesis.seed(48)
    @hypothesis.settings(max_examples=100, database=None, deadline=None,
                         phases=[hypothesis.Phase.generate],
                         suppress_health_check=list(hypothesis.HealthCheck))
    @hypothesis.given(history=module.a_history())
    def draw(history):
        log, *rest, end_ms = module.records_of(history)
        log = log + (rest[0] if rest else [])
        if len(log) <= RECORDS_MAX:
            found.append((log, end_ms))

    draw()
    return max(found, key=lambda one: len(one[0]))


def histories():
    made = {}
    for role, (module, partitions) in ROLES.items():
        log, end_ms = drawn(module)
        half = len(log) // 2
        made[role] = {"partitions": partitions, "ends_ms": [log[half].append_ms - 1, end_ms],
                      "first": [one.as_json() for one in log[:half]],
                      "second": [one.as_json() for one in log[half:]]}
        print(f"{role}: {half} + {len(log) - half} records")
    return made


def keep(folder, name, data):
    """No time stamp in it: the same again is the same file."""
    (folder / f"{name}.gz").write_bytes(gzip.compress(data, mtime=0))


def make_store(folder, programs, scratch):
    store = scratch / "store.db"
    env = {"CARRITO_STORE": f"sqlite://{store}"}
    done = run([programs / "carrito-collector", "user", "add", "--role", "admin", "ana"], env,
               stdin="un-secreto-largo\n")
    assert done.returncode == 0, done.stderr
    made = histories()
    replay = Replay(programs / "tests" / "role_replay")
    replay.open(*OPTIONS, store=store)
    apply(replay, made, "first")
    replay.close()
    with sqlite3.connect(store) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
    assert not store.with_name("store.db-wal").exists(), "the store is not closed"
    keep(folder, "store.db", store.read_bytes())
    keep(folder, "history.json", json.dumps(made).encode())


def make_outbox(folder, programs, scratch):
    """Nobody is there to take them: the broker's port is nobody's."""
    agent = Agent(scratch, 1, "GOLDEN-48", CARRITO_PRICE=500)
    agent.argv[0] = str(programs / "carrito-agent")
    agent.start().wait_socket()
    assert run([programs / "carrito-agent", "restock", 3000], agent.env).returncode == 0
    made = json.loads(run([programs / "carrito-agent", "status", "--json"], agent.env).stdout)
    for number in range(WAITING - made["waiting"] - 1):
        agent.sell_by_socket(1 + number % 5)
    done = run([programs / "carrito-agent", "void", 3], agent.env)
    assert done.returncode == 0, done.stderr
    assert agent.terminate() == 0
    exported = run([programs / "carrito-agent", "outbox", "export"], agent.env).stdout
    exported = "".join(f"{row}\n" for row in exported.splitlines() if '"type":' in row)
    assert exported.count("\n") == WAITING, exported.count("\n")
    keep(folder, "outbox.db", agent.outbox.read_bytes())
    keep(folder, "outbox.ndjson", exported.encode())


def make_two_plates(folder, programs, scratch):
    """The board got another plate while it was far from any network, and went on in its file."""
    outbox = scratch / "two-plates.db"
    for cart, sales in TWO_PLATES:
        agent = Agent(scratch, 1, cart, CARRITO_PRICE=500, CARRITO_OUTBOX=outbox)
        agent.argv[0] = str(programs / "carrito-agent")
        agent.start().wait_socket()
        for _ in range(sales):
            agent.sell_by_socket(2)
        assert agent.terminate() == 0
    keep(folder, "outbox-two-plates.db", outbox.read_bytes())


def main():
    release, programs = sys.argv[1], Path(sys.argv[2]).resolve()
    folder = STORES / release
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="carrito-stores-") as scratch:
        make_store(folder, programs, Path(scratch))
        make_outbox(folder, programs, Path(scratch))
        if release == FIRST:
            make_two_plates(folder, programs, Path(scratch))
    for file in sorted(folder.iterdir()):
        print(f"{file.stat().st_size:9d} {file.name}")


if __name__ == "__main__":
    main()
