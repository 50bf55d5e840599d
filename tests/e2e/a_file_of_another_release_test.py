"""Store and outbox of an earlier release go on where they were. Those of a newer one are worked on
where they say that this program may, else refused in words and left as they are, byte for byte."""
import hashlib
import json
import sqlite3

import pytest

import stores
from harness.programs import Agent, Collector
from harness.wait import stays_true, wait_until

CART = "GOLDEN-48"  # whose outbox it is
NOBODY = 1          # a port that nobody listens on
RELEASE = pytest.mark.parametrize("release", stores.RELEASES)


def change(path, *statements):
    with sqlite3.connect(path) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def number(path, value, lowest):
    """As a program of that number would have left it."""
    change(path, "CREATE TABLE IF NOT EXISTS schema_number (one INTEGER PRIMARY KEY CHECK (one = 1),"
                 " number INTEGER NOT NULL, lowest INTEGER NOT NULL)",
           f"INSERT OR REPLACE INTO schema_number VALUES (1, {value}, {lowest})")


def bytes_of(path):
    """Of the file and of what stands beside it under its name, the agent's lock aside."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest()
            for file in path.parent.glob(path.name + "*") if file.suffix != ".lock"}


def a_collector(scene, path):
    return scene.add(Collector(scene.folder, f"127.0.0.1:{NOBODY}", store=path))


def an_agent(scene, release, mqtt_port=NOBODY):
    agent = scene.add(Agent(scene.folder, mqtt_port, CART))
    stores.unpack(release, "outbox.db", agent.outbox)
    return agent


def assert_refused(done, *words):
    assert done.returncode == 78, f"{done.returncode}: {done.stderr}"
    for word in words:
        assert word in done.stderr, done.stderr


@RELEASE
def test_an_older_outbox_drains_byte_for_byte(centre, release):
    agent = an_agent(centre.scene, release, centre.mqtt_port)
    expected = stores.unpack(release, "outbox.ndjson", centre.folder / "expected").read_text()
    first = json.loads(expected.splitlines()[0])
    assert agent.command("outbox", "export").stdout == expected
    agent.start().wait_socket()
    assert agent.status()["epoch"] == first["epoch"]
    wait_until("nothing waits", lambda: agent.status()["waiting"] == 0, 60)
    came = sorted((json.loads(record.value())["seq"], record.value().decode())
                  for record in centre.kafka.records("carrito.sales")
                  if record.key() == CART.encode())
    assert "".join(f"{text}\n" for text in dict(came).values()) == expected
    assert agent.sell(2).returncode == 0
    assert agent.status()["last_receipt"] == json.loads(expected.splitlines()[-2])["receipt"] + 1
    agent.terminate()
    assert sqlite3.connect(agent.outbox).execute("SELECT number FROM schema_number").fetchone()


def test_what_waits_of_a_plate_before_counts_on_it(centre):
    """The first release went on in its file when the board got another plate."""
    agent = centre.make_agent(stores.TWO_PLATES[-1][0])
    stores.unpack(stores.FIRST, "outbox-two-plates.db", agent.outbox)
    agent.start().wait_socket()
    wait_until("nothing waits", lambda: agent.status()["waiting"] == 0
               and "former" not in agent.status(), 60)
    for cart, sales in stores.TWO_PLATES:
        wait_until(f"{sales} sales of {cart}", lambda cart=cart, sales=sales: sales == sum(
            row["sales"] for row in centre.api.items("/daily-sales", cart=cart)), 30)
        assert [row for row in centre.api.items("/dead-letters") if cart in row["source"]] == []


@RELEASE
def test_a_newer_outbox_is_left_alone_and_the_vendor_is_told(scene, release):
    agent = an_agent(scene, release)
    number(agent.outbox, 99, 98)
    before = bytes_of(agent.outbox)
    agent.start()
    told = wait_until("the vendor's answer",
                      lambda: (done := agent.sell(2)).returncode == 1 and "NO registrado" in
                      done.stderr and done.stderr, 15, every=0.1)
    assert "papel" in told
    assert_refused(agent.command("outbox", "export"), "schema 99", "this one knows")
    assert_refused(agent.command("today"), "schema 99")
    assert agent.terminate() == 0
    assert "the outbox is of a newer release: it has schema 99" in agent.text()
    assert bytes_of(agent.outbox) == before
    assert list(scene.folder.glob("*damaged*")) == []


@RELEASE
def test_a_newer_outbox_that_only_added_goes_on(scene, release):
    agent = an_agent(scene, release)
    agent.start().wait_socket()  # the steps that this release knows are in a newer one's, too
    assert agent.terminate() == 0
    number(agent.outbox, 99, 1)
    change(agent.outbox, *(f"ALTER TABLE {table} ADD COLUMN of_a_newer_release TEXT" for table in
                           ("head", "events", "receipts", "commands", "orders")))
    agent.start().wait_socket()
    assert agent.sell(2).returncode == 0
    assert agent.status()["waiting"] == 1001
    agent.terminate()
    kept = sqlite3.connect(agent.outbox).execute("SELECT number, lowest FROM schema_number")
    assert kept.fetchone() == (99, 1)


@RELEASE
def test_an_outbox_of_no_release_is_left_alone(scene, release):
    agent = an_agent(scene, release)
    change(agent.outbox, "ALTER TABLE receipts DROP COLUMN amount")
    before = bytes_of(agent.outbox)
    agent.start()
    wait_until("the vendor's answer", lambda: "NO registrado" in agent.sell(2).stderr, 15, every=0.1)
    agent.terminate()
    assert "the outbox is of no release" in agent.text()
    assert bytes_of(agent.outbox) == before


@RELEASE
def test_a_newer_store_is_refused_by_every_command(scene, release, tmp_path):
    store = stores.unpack(release, "store.db", tmp_path / "store.db")
    number(store, 99, 98)
    before = bytes_of(store)
    collector = a_collector(scene, store)
    for words in ((), ("user", "list"), ("backup", tmp_path / "backup"), ("--rebuild",)):
        assert_refused(collector.command(*words), "schema 99", "install the newer release")
        assert bytes_of(store) == before
    assert not (tmp_path / "backup").exists()
    assert collector.command("--check").returncode == 0


@RELEASE
def test_a_store_of_no_release_is_refused(scene, release, tmp_path):
    """One of the repository's earlier history, where `receipts` had no `place`."""
    store = stores.unpack(release, "store.db", tmp_path / "store.db")
    change(store, "ALTER TABLE receipts DROP COLUMN place")
    before = bytes_of(store)
    assert_refused(a_collector(scene, store).command(), "of no release")
    assert bytes_of(store) == before


@RELEASE
def test_backups_keep_their_number_and_are_not_brought_up(scene, release, tmp_path):
    store = stores.unpack(release, "store.db", tmp_path / "store.db")
    before, collector = bytes_of(store), a_collector(scene, store)
    done = collector.command("backup", tmp_path / "backup")
    assert done.returncode == 0, done.stderr
    assert bytes_of(store) == before
    restored = a_collector(scene, tmp_path / "backup")
    assert "ana" in restored.command("user", "list").stdout
    assert a_collector(scene, tmp_path / "none").command("backup", tmp_path / "x").returncode == 1
    assert not (tmp_path / "none").exists()


def readyz(collector):
    return collector.page("/readyz").text


def test_a_store_that_cannot_be_had_is_told_at_readyz(scene, tmp_path):
    collector = a_collector(scene, tmp_path / "absent" / "store.db").start()
    wait_until("the port", lambda: "unable to open database file" in readyz(collector), 10)
    assert collector.page("/api/v1/me").status_code in (401, 503)
    assert collector.page("/healthz").status_code == 200
    (tmp_path / "absent").mkdir()
    wait_until("the roles wait for Kafka", lambda: "in Kafka" in readyz(collector), 10)
    assert collector.terminate() == 0


@RELEASE
def test_a_step_that_fails_is_told_and_not_tried_for_ever(scene, release, tmp_path):
    store = stores.unpack(release, "store.db", tmp_path / "store.db")
    change(store, "DROP TABLE daily", "CREATE VIEW daily AS SELECT 1 AS day, 2 AS cart")
    number(store, 0, 0)
    collector = a_collector(scene, store).start()
    wait_until("the cause", lambda: "views may not be indexed" in readyz(collector), 10)
    said = collector.text().count("views may not be indexed")
    stays_true("it tries no more",
               lambda: collector.text().count("views may not be indexed") == said, 2)
    assert "views may not be indexed" in readyz(collector)
    assert collector.page("/healthz").status_code == 200
    assert collector.command("user", "list").returncode == 1
    assert collector.terminate() == 0


def test_a_role_whose_store_fails_says_so_and_not_that_it_waits(world):
    world.start()
    change(world.collector.store, "ALTER TABLE receipts RENAME TO receipts_away")
    agent = world.make_agent("ROLE-48").start().wait_socket()
    assert agent.sell(2).returncode == 0
    wait_until("the cause", lambda: "no such table: receipts" in readyz(world.collector), 20)
    assert "the store fails for the role sales" in readyz(world.collector)
    stays_true("it stays the cause while it is tried again",
               lambda: "no such table: receipts" in readyz(world.collector), 7)
    change(world.collector.store, "ALTER TABLE receipts_away RENAME TO receipts")
    world.collector.wait_ready()
    wait_until("the sale", lambda: world.api.items("/daily-sales", cart="ROLE-48"), 20)
