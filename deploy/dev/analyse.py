"""Static analysis of the programs: clang-tidy, cppcheck and gcc -fanalyzer, file by file, each finding mended or
explained. An explanation stands at the line that the finding names, or in the comment right above it, as
`analysis: ID, ID: why it is no fault`. Names findings without one, and explanations without a finding, and exits 1.

    analyse.py BUILD CACHE     the folder of a build that is up to date; where results are kept

A file's result is kept by the content of all that it hangs on: the file and what it includes, how it is compiled, the
tool's version and settings. So only what changed is looked at again, by as many at a time as there are processors."""
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROGRAMS = ("agent", "bridge", "collector", "common", "ctl", "sim", "till")
KEPT_S = 30 * 86400  # since it was last of use
SECONDS_MAX = 600    # of one file; the slowest takes some seconds

# A message may have lines of its own; the id ends it.
FINDING = re.compile(r"^(?P<file>[^\s:]+):(?P<line>\d+):\d+: (?:warning|error|portability): "
                     r"(?P<words>.*?(?:\n(?!\S+:\d+:\d+: ).*?)*?)"
                     r"(?: \[CWE-\d+\])? \[(?:-W)?(?P<id>[\w.+=-]+)[^\]\n]*\]$", re.MULTILINE)
EXPLAINED = re.compile(r"analysis: ([\w.-]+(?:, [\w.-]+)*): \S")
IN_COMMENT = re.compile(r"^\s*(?:/\*|\*|//)")


def gcc(path, told, others):
    # Not malloc-leak: GCC 12 loses what is kept in a struct that the caller has; LeakSanitizer runs in each test.
    return ["gcc", *told, *others, "-O1", "-U_FORTIFY_SOURCE", "-fanalyzer", "-Wno-analyzer-malloc-leak",
            "-fdiagnostics-plain-output", "-fdiagnostics-path-format=none", "-c", "-o", "/dev/null", path]


def clang_tidy(path, told, _):
    return ["clang-tidy-14", "--quiet", path, "--", *told]


def cppcheck(path, told, _):
    return ["cppcheck", "--quiet", "--std=c11", "--enable=warning,portability",
            "--template={file}:{line}:{column}: {severity}: {message} [{id}]",
            "--library=posix,gnu,sqlite3,libcurl,openssl,deploy/dev/cppcheck.cfg",
            "--suppressions-list=deploy/dev/cppcheck.txt",
            *(word for word in told if word[:2] in ("-D", "-U", "-I")), path]


# Debian 12's: what another version finds is for whoever moves to that one.
TOOLS = ((gcc, r"\) 12\.\d", ()), (clang_tidy, r"version 14\.", (".clang-tidy",)),
         (cppcheck, r"Cppcheck 2\.10\b", ("deploy/dev/cppcheck.txt", "deploy/dev/cppcheck.cfg")))


def run(words):
    return subprocess.run(words, capture_output=True, text=True, timeout=SECONDS_MAX, check=False)


def version(tool, wanted, settings):
    """What a tool's results hang on."""
    program = tool("", [], [])[0]
    said = run([program, "--version"]).stdout
    if not re.search(wanted, said):
        sys.exit(f"{program} is another than Debian 12's: {said[:100]}")
    return said + "".join(Path(file).read_text() for file in settings)


def sources(build):
    """{file: (what its preprocessor is told, -f… of the compiler)} of the programs; a file that two programs have, once."""
    found = {}
    for entry in json.loads(run(["ninja", "-C", build, "-t", "compdb"]).stdout):
        path = os.path.relpath(Path(entry["directory"], entry["file"]))
        if path.endswith(".c") and path.split("/")[0] in PROGRAMS:
            words = shlex.split(entry["command"].replace(f"{Path.cwd()}/", "").replace(f"-I{Path.cwd()}", "-I."))
            isystem = [word for at, word in enumerate(words) if "-isystem" in (word, words[at - 1])]
            found.setdefault(path, ([word for word in words if re.match("-[DUI]|-std=", word)] + isystem,
                                    [word for word in words if word.startswith("-f")]))
    return found


def included(build):
    """{file: all that was read when it was compiled}, as ninja has noted it."""
    found, files = {}, []
    for line in run(["ninja", "-C", build, "-t", "deps"]).stdout.splitlines():
        if line.startswith("    "):
            files.append(os.path.normpath(os.path.join(build, line.strip())))
            if len(files) == 1:
                found[os.path.relpath(files[0])] = files
        else:
            files = []
    return found


class Kept:
    """Results by content."""

    def __init__(self, folder):
        self.folder, self.hashes = folder, {}
        folder.mkdir(parents=True, exist_ok=True)

    def digest(self, path):
        if path not in self.hashes:
            self.hashes[path] = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        return self.hashes[path]

    def result(self, said, words, files):
        """What the command printed for these files, now or when it was last asked."""
        key = hashlib.sha256("\n".join([said, *words, *(self.digest(file) for file in files)]).encode()).hexdigest()
        path = self.folder / key
        if path.is_file():
            path.touch()
            return path.read_text()
        done = run(words)
        text = (done.stdout + done.stderr).replace(f"{Path.cwd()}/", "")
        if done.returncode == 0 or FINDING.search(text):
            path.with_suffix(".new").write_text(text)
            path.with_suffix(".new").rename(path)
            return text
        return f"{words[-1]}:1:1: error: {' '.join(words)} ended with {done.returncode}: {text} [broken]"

    def prune(self):
        for path in self.folder.iterdir():
            if path.stat().st_mtime < time.time() - KEPT_S:
                path.unlink(missing_ok=True)


def explanations(path):
    """{(line of code, id): line of the comment} of a file: a comment tells of its own line and of what is below it."""
    found, waiting = {}, {}
    for number, line in enumerate(Path(path).read_text().splitlines(), 1):
        said = {one: number for ids in EXPLAINED.findall(line) for one in ids.split(", ")}
        if IN_COMMENT.match(line):
            waiting.update(said)
        else:
            found.update({(number, one): at for one, at in {**waiting, **said}.items()})
            waiting = {}
    return found


def judge(findings, ours):
    told = {path: explanations(path) for path in ours}
    used = set()
    for path, line, one, words in sorted(findings):
        at = told.get(path, {}).get((line, one))
        if at is None:
            yield f"{path}:{line}: {words} [{one}]"
        used.add((path, one, at))
    for path, explained in told.items():
        for (_, one), at in sorted(explained.items()):
            if (path, one, at) not in used:
                yield f"{path}:{at}: nothing finds {one} here"


def main():
    build, kept = sys.argv[1], Kept(Path(sys.argv[2]))
    said = {tool: version(tool, *rest) for tool, *rest in TOOLS}
    files, read = sources(build), included(build)
    jobs = [(said[tool], tool(path, *flags), read[path]) for path, flags in files.items() for tool in said]
    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(lambda job: kept.result(*job), jobs))
    kept.prune()
    findings = {(os.path.relpath(one["file"]), int(one["line"]), one["id"], one["words"])
                for text in texts for one in FINDING.finditer(text)}
    ours = {str(path) for program in PROGRAMS for path in Path(program).rglob("*.[ch]")}
    found = list(judge(findings, ours))
    print(*found, sep="\n", end="\n" if found else "")
    sys.exit(1 if found else 0)


main()
