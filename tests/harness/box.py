"""A Debian of its own that boots with systemd as PID 1 (systemd-nspawn), for what is shipped: packages,
units, the administrator's page. It has no network but its own loopback; what it asks of apt and Maven
lies in its caches (deploy/dev/system.sh makes them). All it writes is in the scene's folder."""
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from .process import ROOT, Process
from .wait import wait_until

RELEASE = os.environ.get("CARRITO_TEST_BOX_RELEASE", "bookworm")
CACHE = Path(os.environ.get("CARRITO_TEST_BOX_CACHE", ROOT / ".dev" / "cache"))
NUMBERS = {"bookworm": "12", "trixie": "13"}
PACKAGES = ROOT / "build" / "packages"
BOOT_S = 60
_GROUPS = [Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup/systemd")]
_ENVIRONMENT = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", "TERM=dumb",
                "DEBIAN_FRONTEND=noninteractive", "CARRITO_LANG=en"]


def why_not():
    """Why no box can boot here, in words; empty where it can. ./dev test system looks first."""
    if os.environ.get("CARRITO_TEST_BOX_WHY"):
        return os.environ["CARRITO_TEST_BOX_WHY"]
    if not (CACHE / f"box-{RELEASE}" / "wanted").exists():
        return f"no box of {RELEASE} is made: ./dev test system"
    return ""


def need_box():
    if why_not():
        pytest.skip(why_not())


def packages(folder=PACKAGES):
    """Those for the release of the boxes, by name."""
    architecture = os.uname().machine.replace("x86_64", "amd64").replace("aarch64", "arm64")
    ending = f"~deb{NUMBERS[RELEASE]}_{architecture}.deb"
    found = {path.name.split("_")[0]: path for path in Path(folder).glob(f"*{ending}")}
    assert found, f"no packages for {RELEASE} in {folder}"
    return found


class Box:
    """`warm`: what the page asks of Debian is installed already, which saves half a minute."""

    def __init__(self, scene, name="box", warm=False):
        self.folder = scene.folder / name
        self.folder.mkdir()
        _forget_the_dead()
        self.name = f"carrito-{os.getpid()}-{name}"
        home = CACHE / f"box-{RELEASE}"
        layers = [CACHE / "maven", *([home / "warm"] if warm else []), home / "minimal"]
        env = {} if RELEASE == "bookworm" else {"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        self._nspawn = scene.add(Process(
            name, ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child",
                   "--mount-proc", Path(__file__).parent / "box-boot", self.folder, self.name,
                   ":".join(map(str, layers))], scene.folder, env))
        self._leader = None
        scene.add(self)

    def start(self):
        """Boots, and waits until systemd says that all is up."""
        self._nspawn.start()
        wait_until("the box's first process", self._find_leader, BOOT_S)
        wait_until("the box is up", self._is_up, BOOT_S, every=0.2)
        return self

    def _find_leader(self):
        """The box's first process is nspawn's child that has process ids of its own; nspawn itself is
        the one child of unshare. What they called before is neither."""
        assert self._nspawn.alive(), self._nspawn.tail()
        for nspawn in _children(self._nspawn.pid):
            for child in _children(nspawn):
                if _pid_names(child) != _pid_names(nspawn):
                    self._leader = child
        return self._leader is not None

    def _is_up(self):
        assert self._nspawn.alive(), self._nspawn.tail()
        return self.run("systemctl is-system-running").stdout.strip() in ("running", "degraded")

    def run(self, script, stdin="", seconds=60, user="root"):
        """A script of bash in the box, in /root; returns what subprocess.run does. It is ended, with
        what it started, when the time is over."""
        words = ["nsenter", f"--target={self._leader}", "--mount", "--uts", "--ipc", "--net", "--pid",
                 "--cgroup", f"--root=/proc/{self._leader}/root", f"--wd=/proc/{self._leader}/root/root",
                 "env", "-i", *_ENVIRONMENT, "timeout", "-k", "5", str(seconds)]
        if user != "root":
            words += ["runuser", "-u", user, "--"]
        return subprocess.run([*words, "bash", "-euo", "pipefail", "-c", script], input=stdin,
                              capture_output=True, text=True, errors="replace", check=False,
                              timeout=seconds + 15)

    def do(self, script, **more):
        """As run(), but it must succeed; returns what it printed."""
        done = self.run(script, **more)
        assert done.returncode == 0, (f"in the box, status {done.returncode}:\n{script}\n"
                                      f"--- stdout\n{done.stdout}\n--- stderr\n{done.stderr}")
        return done.stdout

    def put(self, *paths, to="/root"):
        """Copies files of the host into the box."""
        for path in paths:
            shutil.copy(path, f"/proc/{self._leader}/root{to}/{Path(path).name}")

    def show(self, unit, name):
        """A property of a unit, as systemd has it."""
        return self.do(f"systemctl show --property={name} --value {unit}").strip()

    def journal(self, *words):
        return self.do(f"journalctl --no-pager --output=cat {' '.join(words)}")

    def active(self, unit):
        return self.show(unit, "ActiveState") == "active"

    @property
    def log(self):
        return self._nspawn.log

    def tail(self):
        """For a failed test: the end of the journal, or of what nspawn said."""
        if self._leader is None or not self._nspawn.alive():
            return self._nspawn.tail()
        return self.run("journalctl --no-pager --lines=60 --output=short-monotonic").stdout

    def close(self):
        """Ends all of it: with unshare ends its child, by which all process ids in there end, too. So
        it also is where the test itself is killed."""
        self._nspawn.close()
        self._leader = None
        for group in _GROUPS:
            _remove_group(group / self.name)
        shutil.rmtree(self.folder)


def _children(pid):
    return [int(child) for child in
            Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _pid_names(pid):
    return os.readlink(f"/proc/{pid}/ns/pid")


def _forget_the_dead():
    """The control groups of tests that were killed themselves."""
    for group in [found for tree in _GROUPS for found in tree.glob("carrito-[0-9]*-*")]:
        if not Path(f"/proc/{group.name.split('-')[1]}").exists():
            _remove_group(group)


def _remove_group(group):
    """A control group goes from its leaves on; the kernel needs a moment for the last process."""
    deadline = time.monotonic() + 5
    while group.is_dir():
        for folder in sorted((p for p in [group, *group.rglob("*")] if p.is_dir()), reverse=True):
            try:
                folder.rmdir()
            except OSError:
                if time.monotonic() > deadline:
                    raise
        time.sleep(0.05)


# What a unit's program must not have met: a forbidden call that killed it, or many that were denied.
_DENIED = re.compile(r"status=31/SYS|SIGSYS|Operation not permitted|Permission denied|Read-only file")


def faults_of(box, unit, since="@0"):
    """What the journal, since a time, and systemd hold against a unit, in words."""
    said = box.journal("-u", unit, f"--since={since}")
    found = [line for line in said.splitlines() if _DENIED.search(line)]
    if box.show(unit, "NRestarts") != "0":
        found.append(f"{unit} was started again {box.show(unit, 'NRestarts')} times")
    if not box.active(unit):
        found.append(f"{unit} is {box.show(unit, 'ActiveState')}")
    return found
