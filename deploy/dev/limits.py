"""The limits of the style that a compiler does not check: a function has at most 70 lines, a file
of C at most 500, a line of JavaScript at most 100 characters (but for a single text), and the top of the tree holds what a reader expects there and nothing else: a file
that a test left in the current folder goes into no commit. Names what is over and exits 1."""
import re
import subprocess
import sys
from pathlib import Path

ROOMS = ("agent", "bench", "bridge", "collector", "common", "ctl", "sim", "tests", "till")
FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500
LINE_MAX = 100
ONE_TEXT = re.compile(r'\s*"[^"]*",?$')

# At the top of the tree, beside the rooms and what begins with a dot.
TOP = {*ROOMS, "CMakeLists.txt", "CMakePresets.json", "LICENSE", "NOTICE", "README.md", "SECURITY.md", "deploy",
       "dev", "docker-compose.yml", "docs", "toolchains"}

# mkstemp() and mkdtemp() with a name of the current folder.
IN_CURRENT_FOLDER = re.compile(r'"[^/"%]+XXXXXX"')


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
    for number, line in enumerate(lines, 1):
        if IN_CURRENT_FOLDER.search(line):
            yield f"{path}:{number}: a file in the current folder; tests/unit/scratch.h has one"


def check_script(path):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if len(line) > LINE_MAX and not ONE_TEXT.match(line):
            yield f"{path}:{number}: {len(line)} characters, at most {LINE_MAX}"


def strangers():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"],
                            stdout=subprocess.PIPE, check=False, text=True).stdout
    tops = {line.split("/")[0] for line in listed.splitlines()}
    for name in sorted(tops - TOP):
        if not name.startswith("."):
            yield f"{name}: nothing that belongs at the top of the tree"


def main():
    paths = sorted(path for room in ROOMS for path in Path(room).rglob("*.[ch]"))
    found = [line for path in paths for line in check(path)] + list(strangers())
    scripts = sorted(path for room in ROOMS for path in Path(room).rglob("*.js"))
    found += [line for path in scripts for line in check_script(path)]
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)


main()
