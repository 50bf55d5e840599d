"""Stores and outboxes that programs of earlier releases have made, and how they were made."""
import gzip
import json
from pathlib import Path

from oracle.record import Record
from properties.centre import Centre

OPTIONS = ("--tz=America/Santiago", "--order-step-ms=1000", "--members-auto-accept=1")
FIRST = "48bcdbf"  # whose agent went on in its outbox under another plate:
TWO_PLATES = (("GOLDEN-OLD", 50), ("GOLDEN-NEW", 20))  # sales of each, in one file
STORES = Path(__file__).parent
RELEASES = sorted(folder.name for folder in STORES.iterdir() if (folder / "store.db.gz").exists())


def unpack(release, name, target):
    """The golden file as it was, at `target`."""
    target.write_bytes(gzip.decompress((STORES / release / f"{name}.gz").read_bytes()))
    return target


def history(release):
    """{role: {"partitions", "first", "second", "ends_ms"}}: the store has applied `first`."""
    return json.loads(gzip.decompress((STORES / release / "history.json.gz").read_bytes()))


def apply(replay, made, part):
    """Each role reads its part, "first" or "second", as it comes, in one process."""
    for role, one in made.items():
        centre = Centre(replay, role, [tuple(p) for p in one["partitions"]], 7, instances=1,
                        lags=False, fails=False)
        centre.run([Record(**record) for record in one[part]],
                   one["ends_ms"][part == "second"])
