"""`backup` without a FILE keeps the newest of each folder, each of them good; a folder that fails
does not spare the other, and a bad copy takes no good one's place."""
import sqlite3

import pytest

from harness.process import BIN, run


class Nightly:
    def __init__(self, folder):
        self.folder, self.copy, self.store = folder / "a", folder / "b", folder / "store.db"
        self.folder.mkdir()
        self.copy.mkdir()
        self.env = {"CARRITO_STORE": f"sqlite://{self.store}",
                    "CARRITO_BACKUP_FOLDER": self.folder, "CARRITO_BACKUP_COPY": self.copy,
                    "CARRITO_BACKUP_KEEP": 3}
        assert self.command("user", "list").returncode == 0

    def command(self, *words):
        return run([BIN / "carrito-collector", *words], self.env)

    def names(self, folder=None):
        return sorted(file.name for file in (folder or self.folder).iterdir())

    def places(self):
        with sqlite3.connect(self.store) as db:
            return {place for place, in db.execute("SELECT place FROM backups WHERE place <> ''")}


@pytest.fixture
def nightly(tmp_path):
    return Nightly(tmp_path)


def test_the_newest_are_kept_in_both_folders_and_noted(nightly):
    strangers = {"collector-by-hand.db", "notes.txt"}
    for folder in (nightly.folder, nightly.copy):
        for day in range(1, 5):
            (folder / f"collector-2026010{day}T031700Z.db").write_bytes(b"old")
        (folder / "collector-20260105T031700Z.db.a1b2C3").write_bytes(b"of a killed one")
        for name in strangers:
            (folder / name).write_bytes(b"dear")
    done = nightly.command("backup")
    assert done.returncode == 0, done.stderr
    for folder in (nightly.folder, nightly.copy):
        names = set(nightly.names(folder)) - strangers
        assert len(names) == 3 and strangers <= set(nightly.names(folder))
        newest = max(names)
        assert {"collector-20260103T031700Z.db", "collector-20260104T031700Z.db"} < names
        with sqlite3.connect(folder / newest) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert (folder / newest).stat().st_mode & 0o777 == 0o600
    assert nightly.places() == {str(nightly.folder), str(nightly.copy)}


@pytest.mark.parametrize("gone", ["folder", "copy"])
def test_a_folder_that_fails_does_not_spare_the_other(nightly, gone):
    lost, there = getattr(nightly, gone), getattr(nightly, {"folder": "copy"}.get(gone, "folder"))
    lost.rmdir()
    done = nightly.command("backup")
    assert done.returncode == 1 and str(lost) in done.stderr
    assert len(nightly.names(there)) == 1
    assert nightly.places() == {str(there)}


def test_a_damaged_store_makes_no_backup_and_throws_none_away(nightly):
    assert nightly.command("user", "add", "--role", "admin", "ana").returncode == 1  # no password
    for day in range(1, 5):
        (nightly.folder / f"collector-2026010{day}T031700Z.db").write_bytes(b"old")
    before = nightly.names()
    with sqlite3.connect(nightly.store) as db:
        page, = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'sources'").fetchone()
        size, = db.execute("PRAGMA page_size").fetchone()
    with open(nightly.store, "r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    done = nightly.command("backup")
    assert done.returncode == 1 and "cannot be copied" in done.stderr
    assert nightly.names() == before and nightly.names(nightly.copy) == []


def test_a_backup_by_hand_counts_too(nightly, tmp_path):
    done = nightly.command("backup", tmp_path / "by-hand.db")
    assert done.returncode == 0, done.stderr
    assert nightly.places() == {str(tmp_path)}
