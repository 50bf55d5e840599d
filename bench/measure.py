"""What the benchmarks share: CPU time, spread over runs, and a table with the target beside."""
import contextlib
import math
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from harness.process import cpu_seconds  # noqa: E402  pylint: disable=wrong-import-position

BUILD = ROOT / ".dev" / "bench"


def compiled(name):
    """A helper in C beside this file, built when its source, or a header there, is newer."""
    source, program = ROOT / "bench" / f"{name}.c", BUILD / name
    newest = max(file.stat().st_mtime for file in (source, *source.parent.glob("*.h")))
    if not program.exists() or program.stat().st_mtime < newest:
        BUILD.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cc", "-O2", "-std=c11", "-D_GNU_SOURCE", source, "-o", program,
                        "-lmosquitto", "-lrdkafka", "-lssl", "-lcrypto"], check=True)
    return program


def compiler_seconds(pid):
    """CPU that a Java program has spent on compiling itself: much of its first minute's, and none of
    what it costs from then on."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):  # a thread that has ended meanwhile
            name, fields = (task / "stat").read_text().rsplit(")", 1)
            if "CompilerThre" in name:
                total += sum(int(ticks) for ticks in fields.split()[11:13])
    return total / os.sysconf("SC_CLK_TCK")


class Cpu:
    """CPU time of processes over a stretch of time: {name: pid}."""

    def __init__(self, pids):
        self._pids = pids
        self._start = {name: cpu_seconds(pid) for name, pid in pids.items()}
        self._since = time.monotonic()

    def used(self):
        """Seconds of CPU by name since the start."""
        return {name: cpu_seconds(pid) - self._start[name] for name, pid in self._pids.items()}

    def elapsed(self):
        return time.monotonic() - self._since


def percentile(values, share):
    """By nearest rank: the smallest value that at least this share of them does not exceed."""
    values = sorted(values)
    return values[max(0, math.ceil(len(values) * share) - 1)]


class Table:
    """Figures of several runs: median, least, most, and what they are held against."""

    def __init__(self):
        self._rows = {}

    def add(self, figure, value, target="", unit=""):
        row = self._rows.setdefault(figure, {"values": [], "target": target, "unit": unit})
        row["values"].append(value)

    def print(self, title):
        print(f"\n{title}")
        print(f"  {'figure':58} {'median':>10} {'least':>10} {'most':>10}  {'unit':8} target")
        for figure, row in self._rows.items():
            values = row["values"]
            shown = [_number(v) for v in (statistics.median(values), min(values), max(values))]
            print(f"  {figure:58} {shown[0]:>10} {shown[1]:>10} {shown[2]:>10}  {row['unit']:8} "
                  f"{row['target']}{_verdict(statistics.median(values), row['target'])}")
        sys.stdout.flush()


def _number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}" if abs(value) < 100 else \
        f"{value:.0f}"


def _verdict(value, target):
    words = target.split()
    if len(words) < 2 or words[0] not in ("<=", ">=", "="):
        return ""
    limit = float(words[1].replace(",", ""))
    met = {"<=": value <= limit, ">=": value >= limit, "=": value == limit}[words[0]]
    return "" if met else "   <-- falls short"
