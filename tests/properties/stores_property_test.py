"""A store that an earlier release has made goes on as one that this program made itself: each role
applies the rest of a history, and every row is the same. So does one that a newer release has added
to, where it says that this program may still work on it."""
import sqlite3

import pytest

import stores

from .replay import Replay

SKIPPED = {"users", "schema_number"}  # whom the old program's command added; told apart below


@pytest.fixture
def replay():
    """One of its own: it leaves its store when the test ends."""
    opened = Replay()
    yield opened
    opened.close()


def rows_after(replay, store, made, *parts):
    for part in parts:
        replay.open(*stores.OPTIONS, store=store)
        stores.apply(replay, made, part)
    return replay.dump(skip=SKIPPED)


def fresh(replay, folder, made):
    rows = rows_after(replay, folder / "fresh.db", made, "first", "second")
    assert len(rows) > 20, f"the history leaves rows in {sorted(rows)} only"
    return rows


def number_of(store):
    with sqlite3.connect(store) as db:
        return db.execute("SELECT number, lowest FROM schema_number").fetchone()


@pytest.mark.parametrize("release", stores.RELEASES)
def test_an_older_one_goes_on(replay, release, tmp_path):
    made, store = stores.history(release), stores.unpack(release, "store.db", tmp_path / "old.db")
    expected = fresh(replay, tmp_path, made)
    assert rows_after(replay, store, made, "second") == expected
    assert replay.query("name, role", "users") == [["ana", "admin"]]
    assert number_of(store) == number_of(tmp_path / "fresh.db")


@pytest.mark.parametrize("release", stores.RELEASES)
def test_a_newer_one_that_only_added_goes_on(replay, release, tmp_path):
    """A table more, and a column more in every table: whoever writes names the columns."""
    made, store = stores.history(release), stores.unpack(release, "store.db", tmp_path / "new.db")
    expected = fresh(replay, tmp_path, made)
    replay.open(*stores.OPTIONS, store=store)  # up to what this program knows
    with sqlite3.connect(store) as db:
        for table in replay.tables():
            if table != "schema_number":
                db.execute(f"ALTER TABLE {table} ADD COLUMN of_a_newer_release TEXT")
        db.execute("CREATE TABLE of_a_newer_release (id INTEGER)")
        db.execute("UPDATE schema_number SET number = number + 7")
    db.close()
    number = number_of(store)
    rows = rows_after(replay, store, made, "second")
    for table in rows.values():
        assert table[0][-1] == "of_a_newer_release"
        table[:] = [row[:-1] for row in table]
    assert rows == expected
    assert number_of(store) == number
