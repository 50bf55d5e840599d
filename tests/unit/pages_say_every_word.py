"""Every sentence of the pages is said by a script of theirs, what they say is a sentence, and none stands
in two catalogues, of the pages or others. Asked of the rows that the build made of the catalogues.

    pages_say_every_word.py BUILD CONSOLE
"""
import collections
import json
import pathlib
import re
import sys

IN_PAGE = re.compile(r"\{\{t:([^}]*)\}\}")  # of a page that the program fills in
TEXT = re.compile(r'"([a-z0-9-]+)"')
SAID = re.compile(r'\bt\(\s*"([^"]*)"')
LIST = re.compile(r'\bword\(\s*"([^"]*)"')
BY_VALUE = ("phrase", "value", "head")
GROUP = re.compile(r"\bt\(`([a-z-]+-)\$")


def rows_of(path):
    return json.loads("{" + path.read_text().rstrip().rstrip(",") + "}")


def stands_twice(said, places):
    """A single word may be a head and a value, and that of two values (a day and a cart are closed)
    or columns (`receipts` of an hour, `sales` of a day)."""
    per_catalogue = collections.Counter(catalogue for catalogue, _ in places if catalogue not in BY_VALUE)
    return " " in said[0] and len(places) > 1 or max(per_catalogue.values(), default=0) > 1


def main():
    build, console = map(pathlib.Path, sys.argv[1:])
    # The catalogue, and its rows; a script's copy of one is made of the same file.
    catalogues = {path.name.removesuffix(".js").removesuffix("_words"): rows_of(path)
                  for room in build.iterdir() if room.is_dir() and room.name != "tests"  # they write there
                  for path in room.rglob("*.js") if path.parent.name.endswith("_words")}
    words, values = {**catalogues["console"], **catalogues["buyer"]}, catalogues["value"]
    scripts = "".join(path.read_text() for path in sorted(console.glob("*.js")))
    in_pages = IN_PAGE.findall("".join(path.read_text() for path in sorted(console.glob("*.html"))))
    texts, groups = {*TEXT.findall(scripts), *in_pages}, tuple(GROUP.findall(scripts))
    wrong = [f"no page says {name}" for name in words if name not in texts and not name.startswith(groups)]
    wrong += [f"{name} is no sentence" for name in [*SAID.findall(scripts), *in_pages] if name not in words]
    wrong += [f"{name} is no list of values" for name in LIST.findall(scripts)
              if not any(value.startswith(f"{name}-") for value in values)]
    places = collections.defaultdict(list)
    for catalogue, rows in catalogues.items():
        for name, said in rows.items():
            places[tuple(said)].append((catalogue, name))
    wrong += [f"{said[0]} stands twice: {', '.join(' '.join(place) for place in at)}"
              for said, at in sorted(places.items()) if stands_twice(said, at)]
    print("\n".join(wrong))
    print(f"{len(words)} sentences of pages, {len(places)} of {len(catalogues)} catalogues, {len(wrong)} wrong")
    return 1 if wrong or len(words) < 100 else 0


if __name__ == "__main__":
    sys.exit(main())
