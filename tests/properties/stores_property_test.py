"""A store that an earlier release has made goes on as one that this program made itself: each role
applies the rest of a history, and every row is the same. So does one that a newer release has added
to, where it says that this program may still work on it."""
import json
import sqlite3

import pytest

import stores

from .replay import Replay

# Whom the old program's command added, and that its days began at midnight; told apart below.
SKIPPED = {"users", "schema_number", "day_starts"}
USERS = ("user0", "user1")  # of the histories' sign-ins


@pytest.fixture
def replay():
    """One of its own: it leaves its store when the test ends."""
    opened = Replay()
    yield opened
    opened.close()


def rows_after(replay, store, made, *parts):
    for part in parts:
        replay.open(*stores.OPTIONS, store=store)
        for user in USERS:  # up to 48bcdbf a name that nobody has had alerts of its own, too
            replay.run("INSERT INTO users (name, role, password, created_ms) "
                       f"VALUES ('{user}', 'viewer', 'x', 0) ON CONFLICT (name) DO NOTHING")
        stores.apply(replay, made, part)
    return replay.dump(skip=SKIPPED)


def fresh(replay, folder, made):
    rows = rows_after(replay, folder / "fresh.db", made, "first", "second")
    assert len(rows) > 20, f"the history leaves rows in {sorted(rows)} only"
    return rows


def but_for_chips(rows, made):
    """Without what waits for a clock event because a chip told the time: up to 48bcdbf such events
    waited for none, and their receipts do not say which they were. They keep their day."""
    chips = set()
    for record in made["sales"]["first"]:
        try:
            event = json.loads(record["value"])
        except ValueError:
            continue  # what no reader takes
        if isinstance(event, dict) and event.get("clock") == "rtc":
            chips.add((event["cart"], event.get("boot"), event["seq"], event.get("boot_ms")))
    names, *waiting = rows["undated"]
    place = [names.index(name) for name in ("cart", "boot", "seq", "boot_ms")]
    return rows | {"undated": [names] + [row for row in waiting
                                         if tuple(row[i] for i in place) not in chips]}


def by_name(rows, table):
    names, *found = rows.get(table, [[]])
    return [dict(zip(names, row)) for row in found]


def without_words(value):
    """An alert as Kafka has it, but for what it says."""
    return {name: one for name, one in json.loads(value).items() if name not in ("details", "about")}


def leaving(rows):
    """What leaves, in the order of each key, and what people are told of: a release before 9 kept
    that in tables of its own, which are emptied when `notify` runs."""
    ordered, told = {}, {("alert", f"{row['alert']}/{row['status']}")
                         for row in by_name(rows, "alert_notices")}
    told |= {("mail", row["id"]) for row in by_name(rows, "mails") if row["status"] == "waiting"}
    for row in sorted(by_name(rows, "effects"), key=lambda row: row["position"]):
        if row["lane"] in ("kafka", "command"):
            value = without_words(row["value"]) if row["topic"] == "carrito.alerts" else row["value"]
            ordered.setdefault((row["topic"], row["record_key"]), []).append(
                (row["id"], row["type"], row["error"], row["source"], row["part"], value))
        else:
            told.add((row["lane"], row["id"]))
    return {"ordered": ordered, "told": {one for one in told if not is_decision(one[1])}}


def is_decision(mail):
    """The rules of before step 25 rejected who came second; now people do."""
    return mail.startswith("member/")


# What rows of before do not have: an alert's words (step 11; its text may have changed since) and its
# number (step 20), the partition that a sale came from (step 17; such a row closes when all have
# passed), the place of a cart's last word among its bridge's gaps (step 19), and whose mailbox a
# stranger's mail is for (step 24).
UNKNOWN = {"alerts": ("details", "about", "number"), "daily": ("part",), "sources": ("part",),
           "carts": ("heard_place",), "mails": ("mailbox", "turn"),
           "members": ("status", "reason", "decided_ms")}


def but_for(names, table):
    kept = [at for at, name in enumerate(table[0]) if name not in names]
    return [[row[at] for at in kept] for row in table]


# Of sign-ins: an earlier release did not note whence they came (step 30). What blocks an account where
# it was signed in to then blocks it everywhere.
SIGN_INS = ("login_accounts", "login_places", "login_attempts", "login_strangers")


def blocks(rows):
    return {(row["name"], row["since_ms"], row["until_ms"]) for table in SIGN_INS[:2]
            for row in by_name(rows, table) if row["until_ms"]}


def comparable(rows, made):
    rest = {name: but_for(UNKNOWN.get(name, ()), table) for name, table in rows.items()
            if name not in ("effects", "alert_notices", *SIGN_INS)}
    rest["mails"] = [row for row in rest["mails"] if not is_decision(str(row[0]))]
    rest["blocks"] = blocks(rows)
    return but_for_chips(rest, made) | leaving(rows)


def number_of(store):
    with sqlite3.connect(store) as db:
        return db.execute("SELECT number, lowest FROM schema_number").fetchone()


@pytest.mark.parametrize("release", stores.RELEASES)
def test_an_older_one_goes_on(replay, release, tmp_path):
    made, store = stores.history(release), stores.unpack(release, "store.db", tmp_path / "old.db")
    expected = fresh(replay, tmp_path, made)
    rows = rows_after(replay, store, made, "second")
    assert comparable(rows, made) == comparable(expected, made)
    assert replay.query("name, role", "users WHERE role <> 'viewer'") == [["ana", "admin"]]
    assert replay.query("first_day, minutes", "day_starts") == [[0, 0]]
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
    assert comparable(rows, made) == comparable(expected, made)
    assert number_of(store) == number
