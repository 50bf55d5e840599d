"""A process that a test started, and a scene: the folder and the processes of one test."""
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("CARRITO_TEST_BIN", ROOT / "build" / "bin"))
TAIL_LINES = 25
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_the_test():
    """Runs in the child: it gets SIGKILL should pytest itself be killed. (So processes are started
    from the main thread only: the signal comes when the starting *thread* ends.)"""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def clean_environment(extra=None):
    """The environment without the CARRITO_ variables of whoever runs the tests."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith("CARRITO_") or k.startswith("CARRITO_TEST_")}
    env.update({k: str(v) for k, v in (extra or {}).items()})
    return env


class Process:
    """One program with its log. start() may be called again after its end: the log goes on."""

    def __init__(self, name, argv, folder, env=None):
        self.name = name
        self.argv = [str(word) for word in argv]
        self.log = Path(folder) / f"{name}.log"
        self.env = env or {}
        self.popen = None

    def start(self, stdin=b""):
        """`stdin`: what it reads, or nothing."""
        assert not self.alive(), f"{self.name} is running"
        with open(self.log, "ab") as log, tempfile.TemporaryFile() as given:
            log.write(f"--- {self.name} starts\n".encode())
            log.flush()
            given.write(stdin)
            given.seek(0)
            self.popen = subprocess.Popen(  # pylint: disable=subprocess-popen-preexec-fn
                self.argv, stdin=given, stdout=log, stderr=log,
                env=clean_environment(self.env), preexec_fn=_die_with_the_test)
        return self

    @property
    def pid(self):
        return self.popen.pid

    def alive(self):
        return self.popen is not None and self.popen.poll() is None

    def signal(self, number):
        if self.alive():
            os.kill(self.pid, number)

    def kill(self):
        """kill -9, and waits until the process is gone."""
        if self.popen is not None:
            self.signal(signal.SIGKILL)
            self.popen.wait(10)

    def pause(self):
        self.signal(signal.SIGSTOP)

    def resume(self):
        self.signal(signal.SIGCONT)

    def terminate(self, seconds=10):
        """SIGTERM; returns the exit status and fails where it takes longer than `seconds`."""
        self.signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds):
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end within {seconds} s") from None

    def close(self):
        """However it stands: it is gone afterwards."""
        self.kill()

    def text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def tail(self, lines=TAIL_LINES):
        return "\n".join(self.text().splitlines()[-lines:])


def cpu_seconds(pid):
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_kib(pid, field="Rss", file="smaps_rollup"):
    for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise KeyError(field)


def run(argv, env=None, stdin=None, seconds=20):
    """Runs a program to its end; returns what subprocess.run does, output as text."""
    return subprocess.run([str(word) for word in argv], env=clean_environment(env), input=stdin,
                          capture_output=True, timeout=seconds, check=False, text=True,
                          errors="replace")


class Scene:
    """The folder of a test, and whatever must be ended when the test is."""

    def __init__(self, folder):
        self.folder = Path(folder)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._things = []
        self.started = time.monotonic()

    def add(self, thing):
        """Anything with close(); ended in the opposite order."""
        self._things.append(thing)
        return thing

    def close(self):
        errors = []
        for thing in reversed(self._things):
            try:
                thing.close()
            except Exception as error:  # pylint: disable=broad-except
                errors.append(error)
        if errors:
            raise errors[0]

    def remove(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        try:
            self.folder.parent.rmdir()
        except OSError:
            pass  # other scenes are still in it

    def tails(self):
        """The ends of all logs, for a failed test."""
        parts = [t for t in self._things if hasattr(t, "tail")]
        return "\n".join(f"=== {part.name} ({part.log})\n{part.tail()}" for part in parts)
