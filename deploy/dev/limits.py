"""The limits of the style that a compiler does not check: a function has at most 70 lines and a
file of C at most 500. Names what is over and exits 1."""
import sys
from pathlib import Path

ROOMS = ("agent", "bench", "bridge", "collector", "common", "ctl", "sim", "tests")
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500


def functions(lines):
    """(line number, length) of each function. The layout is clang-format's: a body opens with a
    brace in the first column on a line of its own, and closes with one."""
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            yield start, number - start + 1
            start = None


def check(path):
    lines = path.read_text().splitlines()
    if len(lines) > FILE_LINES_MAX:
        yield f"{path}: {len(lines)} lines, at most {FILE_LINES_MAX}"
    for number, length in functions(lines):
        if length > FUNCTION_LINES_MAX:
            yield f"{path}:{number}: a function of {length} lines, at most {FUNCTION_LINES_MAX}"


def main():
    paths = sorted(path for room in ROOMS for path in Path(room).rglob("*.[ch]"))
    found = [line for path in paths for line in check(path)]
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)


main()
