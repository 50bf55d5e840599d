"""The steps of store and outbox are what they were when they were released, and the programs make
of them what the table says: `numbers` beside the steps has, a line each, a step's number, the
SHA-256 of its statements and that of the whole schema after it. Comments do not count.

A step that was released is never changed: files that have taken it would differ from new ones and
nothing would tell. Whatever is to change is a new step, with a new line, which this prints.

    schemas.py BIN      the folder of the programs"""
import hashlib
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

START_SECONDS = 15
OBJECTS = ("SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_master WHERE name "
           r"NOT LIKE 'sqlite\_%' ESCAPE '\' AND name <> 'schema_number' ORDER BY 1")


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def statements_of(file):
    """As common/embed_text.cmake has them, with the marker as SQLite is to understand it."""
    lines = file.read_text(encoding="utf-8").split("-- name: ", 1)[1].splitlines()[1:]
    kept = [line for line in (re.sub(r"(^| )--.*$", "", line) for line in lines) if line]
    return "\n".join(kept + [""]).replace("/* WITHOUT ROWID */", "   WITHOUT ROWID   ")


def schema_of(db):
    return sha256("\n".join(text for text, in db.execute(OBJECTS)))


def rows_of(folder):
    """(number, hash of the step, hash of the schema after it), as the files are now."""
    db = sqlite3.connect(":memory:")
    for file in sorted(folder.glob("*.sql")):
        text = statements_of(file)
        db.executescript(text)
        yield file.stem, sha256(text), schema_of(db)


def check_steps(folder):
    table = {line.split()[0]: line.split()
             for line in (folder / "numbers").read_text().splitlines() if line}
    rows = {row[0]: list(row) for row in rows_of(folder)}
    for number, row in rows.items():
        if number not in table:
            yield f"{folder}/numbers lacks step {number}; its line is\n{' '.join(row)}"
        elif table[number][1] != row[1]:
            yield (f"{folder}/{number}.sql was changed: files that have taken this step stay as it "
                   "was; make a new step of the change")
        elif table[number][2] != row[2]:
            yield f"{folder}: the schema after step {number} is not what it was"
    for number in table.keys() - rows.keys():
        yield f"{folder}/{number}.sql is gone, and files at that number are not"
    if [int(number) for number in sorted(rows)] != list(range(1, len(rows) + 1)):
        yield f"{folder}: the numbers of the steps have a gap"


def made_by(command, env, path, is_made):
    """The number and the schema that a program makes; it is ended once `is_made` says that it has."""
    env = {**{k: v for k, v in os.environ.items() if not k.startswith("CARRITO_")}, **env}
    with open(path.with_suffix(".log"), "wb") as log:
        program = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    try:
        for _ in range(START_SECONDS * 20):
            if is_made(program):
                break
            time.sleep(0.05)
        with sqlite3.connect(path) as db:
            number, = db.execute("SELECT number FROM schema_number").fetchone()
            return number, schema_of(db)
    except sqlite3.OperationalError as error:
        said = path.with_suffix(".log").read_text()[-2000:]
        raise SystemExit(f"{command[0]} makes no file: {error}\n{said}") from error
    finally:
        program.terminate()
        program.wait(START_SECONDS)


def check_program(folder, number, schema):
    last = list(rows_of(folder))[-1]
    if number != int(last[0]):
        yield f"the program makes schema {number}; the last step in {folder} is {last[0]}"
    elif schema != last[2]:
        yield f"the program makes another schema {number} than the steps in {folder}"


def main():
    programs = Path(sys.argv[1])
    store, outbox = Path("collector/sql/steps"), Path("agent/sql/steps")
    found = [*check_steps(store), *check_steps(outbox)]
    with tempfile.TemporaryDirectory(prefix="carrito-lint-") as folder:
        scratch = Path(folder)
        found += check_program(store, *made_by(
            [programs / "carrito-collector", "user", "list"],
            {"CARRITO_STORE": f"sqlite://{scratch}/store.db"}, scratch / "store.db",
            lambda program: program.poll() is not None))
        socket = scratch / "agent.sock"  # is there once the outbox is
        found += check_program(outbox, *made_by(
            [programs / "carrito-agent", "run"],
            {"CARRITO_CART": "LINT-1", "CARRITO_OUTBOX": f"{scratch}/outbox.db",
             "CARRITO_SOCKET": str(socket), "CARRITO_GPS": "none", "CARRITO_MQTT_PORT": "1"},
            scratch / "outbox.db", lambda _: socket.exists()))
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)


main()
