"""The floors of the tree (docs/engineer.md, "Floors"): a room includes itself and rooms of lower floors, never
one above it or beside it. A comment that says "contract, section 5" finds it in docs/contract.md, and a file
that docs/engineer.md names is there, as is a test that tests/README.md names. Each row of docs/security.md ends in the
tests that show it, which are there, or in a dash. Names what does otherwise and exits 1."""
import re
import sys
from pathlib import Path

# The collector's rooms, from the top; common/ lies below all.
COLLECTOR = (
    ("collector",),
    ("collector/notify",),
    ("collector/api",),
    ("collector/call",),
    ("collector/letters",),
    ("collector/access", "collector/location", "collector/members", "collector/orders", "collector/sales",
     "collector/stock"),
    ("collector/carts", "collector/people"),
    ("collector/engine",),
    ("collector/alerts",),
    ("collector/effects",),
    ("collector/http", "collector/kafka", "collector/store"),
    ("collector/base",),
)

# What the other rooms include beside themselves and common/.
BESIDE = {
    "agent": (),
    "bridge": (),
    "common": (),
    "ctl": (),
    "till": ("agent",),  # a keypad is the agent's own till, without a terminal
    "sim": ("agent",),  # a fleet sends by the agent's own uplink
    "collector": (),
}

# Single files that go elsewhere, each for its reason.
EXCEPTIONS = {
    # What is imported or tried again is judged by the bridge's own rules: pure, and no Kafka in them.
    ("collector", "bridge/route.h"),
}

INCLUDE = re.compile(r'^#include "([\w/]+\.h)"', re.MULTILINE)
SECTION = re.compile(r"[Cc]ontract(?:'s)?,? section (\d+)|[Cc]ontract's section (\d+)")
NAMED = re.compile(r"`([a-z_]+/[a-z0-9_/.-]+\.(?:c|h|py|sql|txt|json|yaml))`")
SHOWN_BY = re.compile(r"`((?:api|browser|compose|e2e|faults|fuzz|keypad|power|properties|system|unit)/[\w./]*)`")
TESTS = re.compile(r"`([\w/]+_(?:test|fuzz)\.(?:c|py))\b")
SOURCES = ("*.c", "*.h", "*.sql", "*.py")


def room_of(path):
    return str(Path(path).parent)


def rank(room):
    return next((i for i, rooms in enumerate(COLLECTOR) if room in rooms), None)


def may(room, other, header):
    """May a file of `room` include `header`, which is `other`'s?"""
    program = room.split("/")[0]
    if other in (room, "common") or (program, header) in EXCEPTIONS or other in BESIDE[program]:
        return True
    if program != "collector":
        return other.split("/")[0] == program
    here, there = rank(room), rank(other)
    return here is not None and there is not None and there > here


def stray_includes():
    for program in BESIDE:
        for path in sorted(Path(program).rglob("*.[ch]")):
            room = room_of(path)
            for header in INCLUDE.findall(path.read_text()):
                if "/" in header and not may(room, room_of(header), header):
                    yield f"{path}: {header} is not on a floor below"


def lost_sections():
    headings = set(re.findall(r"^## (\d+)\.", Path("docs/contract.md").read_text(), re.MULTILINE))
    for program in (*BESIDE, "tests", "bench"):
        for pattern in SOURCES:
            for path in sorted(Path(program).rglob(pattern)):
                for found in SECTION.findall(path.read_text(errors="replace")):
                    number = found[0] or found[1]
                    if number not in headings:
                        yield f"{path}: docs/contract.md has no section {number}"


def lost_files():
    """By their whole names, or from a program's or the tests' folder."""
    for name in sorted(set(NAMED.findall(Path("docs/engineer.md").read_text()))):
        if not any((Path(folder) / name).exists() for folder in (".", "tests", *BESIDE)):
            yield f"docs/engineer.md: there is no {name}"


def lost_tests():
    """What tests/README.md says of how a test was seen red is about a test that is there."""
    tests = {path.name for kind in ("*_test.c", "*_test.py", "*_fuzz.c") for path in Path("tests").rglob(kind)}
    for line in Path("tests/README.md").read_text().splitlines():
        if line.startswith("|"):
            for name in TESTS.findall(line.split("|")[1]):
                if name.rsplit("/", 1)[-1] not in tests:
                    yield f"tests/README.md: there is no {name}"
    for number, line in enumerate(Path("docs/security.md").read_text().splitlines(), 1):
        shown_by = line.split("|")[-2].strip() if line.startswith("| ") else "–"
        names = SHOWN_BY.findall(shown_by)
        if shown_by not in ("–", "shown by") and not names:
            yield f"docs/security.md:{number}: no test shows it"
        yield from (f"docs/security.md:{number}: there is no tests/{name}" for name in names
                    if not (Path("tests") / name).exists())


def main():
    found = [*stray_includes(), *lost_sections(), *lost_files(), *lost_tests()]
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)


main()
