"""Every sentence of the catalogues is said by some program: what nobody says is deleted with its
last speaker. Asked of the objects that were built: a sentence is a symbol that its speakers need.

    every_sentence_is_said.py BUILD NM
"""
import pathlib
import re
import subprocess
import sys

# Found by name, as values have words: another test goes over all of them.
ROOT = pathlib.Path(__file__).resolve().parents[2]
BY_NAME = {"buyer": "pages_say_every_word", "phrase": "mail_template",
           "member": "unit/members (rows of earlier releases)",
           "value": "e2e/a_value_reads_in_each_language", "brief": "till_screen", "why": "sentence"}


def symbols(nm, files):
    """(member, kind, symbol) of each line that `nm -A` prints of objects and archives."""
    shown = subprocess.run([nm, "-A", *files], check=True, capture_output=True, text=True).stdout
    for line in shown.splitlines():
        *place, rest = line.split(":")
        if place and len(rest.split()) > 1:
            yield place[-1].split("/")[-1], rest.split()[-2], rest.split()[-1]


def heads_of_columns():
    """The head of each column of the API's lists, which the tables for Excel find by the column's name."""
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "collector" / "api").glob("*.c"))
    return {f"head_{name}" for name in re.findall(r'\{ "(\w+)",\s+CELL_', text)}


def main():
    build, nm = pathlib.Path(sys.argv[1]), sys.argv[2]
    rooms = [room for room in build.iterdir() if room.is_dir() and room.name != "tests"]
    objects = [path for room in rooms for path in room.rglob("*.c.o")]
    archives = [path for room in rooms for path in room.glob("*.a")]
    catalogues = {path.name for path in objects
                  if path.name.endswith("_words.c.o") and path.parent.name.endswith("_words")}
    said = {symbol for _, kind, symbol in symbols(nm, objects) if kind == "U"}
    told = set()
    # An archive holds no object of a file that has gone.
    for member, kind, symbol in symbols(nm, archives):
        prefix = member.removesuffix("_words.c.o")
        if (member in catalogues and prefix not in BY_NAME and kind in "RDd"
                and symbol.startswith(f"{prefix}_") and symbol != f"{prefix}_sentences"):
            told.add(symbol)
    columns = heads_of_columns()
    headless = sorted(columns - told)
    for symbol in headless:
        print(f"no {symbol} in common/words/heads.txt, which a column of the API has")
    unsaid = sorted(told - said - columns)
    for symbol in unsaid:
        print(f"nobody says {symbol}")
    print(f"{len(told)} sentences of {len(catalogues)} catalogues, {len(unsaid)} that nobody says")
    return 1 if unsaid or headless or len(told) < 100 or len(columns) < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
