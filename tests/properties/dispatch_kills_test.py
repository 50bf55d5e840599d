"""A collector that is killed at any write of what makes, ends or answers an offer has done all of it or nothing:
who comes after it does the rest once."""
import json
import os
import tempfile
from pathlib import Path

import pytest

from oracle.record import Record

from .dispatch_history import NOON, PARTITIONS, REQUESTS, SECOND, STEPS
from .lines import Ended
from .replay import Replay

MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
ORDER = "0" * 31 + "1"
NEAR, FAR = "BBCL23", "CCDF45"
TABLES = ("orders", "offers", "order_steps", "effects", "mails", "alerts")


def a_record(topic, offset, text):
    return Record(topic, 1, offset, NOON + offset, ORDER, json.dumps(text))


REQUEST = a_record(REQUESTS, 0, {
    "id": ORDER, "product": "Sopaipilla", "price": 500, "quantity": 2, "email": "ana@example.cl",
    "time_ms": NOON, "lat": -33.4372, "lon": -70.6506, "place": "Portón azul"})


def a_step(offset, cart, status):
    return a_record(STEPS, offset, {
        "v": 1, "type": "order", "cart": cart, "epoch": "ab" * 8, "seq": offset + 1,
        "ts_ms": NOON + offset, "clock": "ntp", "order": ORDER, "status": status})


# What is done before; and what dies: a record, or a tick at this time.
STORIES = {
    "an offer": ([], REQUEST),
    "the next offer": ([REQUEST], NOON + 61 * SECOND),
    "a refusal": ([REQUEST], a_step(0, NEAR, "rechazado")),
    "taken": ([REQUEST], a_step(0, NEAR, "preparando")),
    "given back": ([REQUEST, a_step(0, NEAR, "preparando")], a_step(1, NEAR, "rechazado")),
    "another's step": ([REQUEST], a_step(0, FAR, "preparando")),
    "no cart": ([REQUEST, a_step(0, NEAR, "rechazado"), a_step(0, FAR, "rechazado")],
                NOON + 601 * SECOND),
}


class Collector:
    """A process of the role `orders`, on a file."""

    def __init__(self, file):
        self.replay = Replay()
        self.replay.open("--orders=dispatch", store=file)
        self.replay.assign("orders", PARTITIONS)

    def do(self, what, dies_at=0):
        """What a successor finds done already it does not do again."""
        if isinstance(what, Record):
            done = self.replay.query("next", f"positions WHERE topic = '{what.topic}' AND part = 1")
            if done[0][0] <= what.offset:
                self.replay.batch("orders", [what], what.append_ms, dies_at=dies_at)
        else:
            self.replay.tick("orders", what, dict.fromkeys(PARTITIONS, what), dies_at=dies_at)

    def rows(self):
        return {name: rows for name, rows in self.replay.dump().items() if name in TABLES}

    def close(self):
        try:
            self.replay.close()
        except BrokenPipeError:
            pass  # it has died


def begun(file, before):
    collector = Collector(file)
    for plate, north in ((NEAR, 0), (FAR, 0.01)):
        collector.replay.run(
            "INSERT INTO carts (cart, state, fugitive, listens, lat, lon, fix_ms, heard_ms) VALUES "
            f"('{plate}', 'heard', 0, 1, {-33.4372 + north}, -70.6506, {NOON}, {NOON});"
            "INSERT INTO stock_levels (cart, epoch, seq, time_ms, stock, batch, is_out) VALUES "
            f"('{plate}', 'aa', 1, 1, 40, 0, 0)")
    for what in before:
        collector.do(what)
    return collector


def told(before, what, folder, dies_at=0):
    """What the store says in the end; None where it did not come to its n-th write."""
    file = Path(folder) / f"{dies_at}.db"
    collector = begun(file, before)
    try:
        if dies_at:
            with pytest.raises(Ended) as ended:
                collector.do(what, dies_at)
            assert ended.value.status == 9, "it ended otherwise"
            collector.close()
            collector = Collector(file)
        collector.do(what)
        return collector.rows()
    finally:
        collector.close()


def writes_of(before, what, folder):
    """At least as many as it takes: a frame of the store's log is two."""
    file = Path(folder) / "count.db"
    collector = begun(file, before)
    try:
        size = os.path.getsize(f"{file}-wal")
        collector.do(what)
        return 2 * ((os.path.getsize(f"{file}-wal") - size) // 4096 + 2)
    finally:
        collector.close()


@pytest.mark.parametrize("story", STORIES)
def test_a_kill_at_each_write_changes_nothing(story):
    before, what = STORIES[story]
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        expected = told(before, what, folder)
        assert expected["effects"], "nothing was done"
        for dies_at in range(1, writes_of(before, what, folder) + 1):
            assert told(before, what, folder, dies_at) == expected, f"killed at write {dies_at}"
