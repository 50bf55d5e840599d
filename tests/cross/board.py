"""A board: a clean Debian of its architecture, copied for one test file, whose programs the kernel
hands to qemu-user. Mounts are made in a namespace of each command, so none can stay."""
import os
import re
from pathlib import Path

from harness.process import ROOT, Process, run
from harness.programs import Agent

RELEASE = os.environ.get("CARRITO_TEST_RELEASE", "bookworm")
BOARDS = os.environ.get("CARRITO_TEST_BOARDS", "").split()
CPU = {"arm64": "aarch64", "armhf": "arm"}
ROOTS = ROOT / ".dev" / "roots"
AS_ROOT = [] if os.geteuid() == 0 else ["sudo"]
_NEEDS_SECCOMP = {"clock_state_test"}  # which qemu-user does not have
_TILL = "carrito-till"
_GROUPS = f"{_TILL},carrito,carrito-agent"
_ENTER = """
    root=$1 user=$2 groups=$3
    shift 3
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    exec chroot "$root" /usr/bin/setpriv --reuid="$user" --regid="${groups%%,*}" \
        --groups="$groups" --pdeathsig=keep /usr/bin/env -i LC_ALL=C.UTF-8 \
        PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
"""


class Board:
    """`name` is Debian's word for the architecture."""

    def __init__(self, name, folder):
        self.name = name
        self.root = Path(folder) / f"root-{name}"
        self.package = Path(os.environ[f"CARRITO_TEST_PACKAGE_{name}"])
        self.emulator = f"qemu-{CPU[name]}-static"
        self.libraries = ROOTS / f"cross-{RELEASE}-{name}"
        self.unit_tests = sorted(
            program for program in (ROOT / f"build/{name}-{RELEASE}/tests").glob("*_test")
            if program.name not in _NEEDS_SECCOMP)

    def unpack(self):
        """A copy, as tests may not change the one that is kept."""
        source = ROOTS / f"board-{RELEASE}-{self.name}"
        done = run([*AS_ROOT, "cp", "-a", "--reflink=auto", source, self.root], seconds=120)
        assert done.returncode == 0, done.stderr
        for name in ("resolv.conf", "hosts"):
            run([*AS_ROOT, "cp", "-L", f"/etc/{name}", self.root / "etc" / name])
        return self

    def close(self):
        run([*AS_ROOT, "rm", "-rf", "--one-file-system", self.root], seconds=120)

    def argv(self, *words, user="root", groups="root"):
        return [*AS_ROOT, "unshare", "--mount", "bash", "-euc", _ENTER, "board", self.root, user,
                groups, *words]

    def run(self, *words, user="root", groups="root", seconds=60):
        return run(self.argv(*words, user=user, groups=groups), seconds=seconds)

    def must(self, *words, seconds=60):
        done = self.run(*words, seconds=seconds)
        assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def install(self):
        """As the guide says, of what apt can fetch."""
        run([*AS_ROOT, "cp", self.package, self.root / "root"])
        self.must("apt-get", "update", "-q", seconds=300)
        return self.must("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-yq",
                         "--no-install-recommends", f"/root/{self.package.name}", seconds=600)

    def configure(self, **values):
        """Lines of agent.conf, as an administrator edits it."""
        path = self.root / "etc/carrito/agent.conf"
        text = run([*AS_ROOT, "cat", path]).stdout
        for key, value in values.items():
            text, found = re.subn(rf"^#?{key}=.*", f"{key}={value}", text, flags=re.M)
            text += "" if found else f"{key}={value}\n"
        done = run([*AS_ROOT, "tee", path], stdin=text)
        assert done.returncode == 0, done.stderr


class BoardAgent(Agent):
    """The installed agent, as its unit starts it: the same user, groups, folder and file."""

    def __init__(self, board, folder, cart):
        super().__init__(folder, 0, cart)
        self.board = board
        self.argv = board.argv(
            "/usr/bin/carrito-agent", "run", "--config", "/etc/carrito/agent.conf",
            user="carrito-agent", groups=_GROUPS)
        board.must("install", "-d", "-o", "carrito-agent", "-g", "carrito-till", "-m", "750",
                   "/run/carrito")

    def command(self, *words, seconds=30):
        """Whoever is in the group sells; the outbox itself is its own user's."""
        user, groups = ("carrito-agent", _GROUPS) if words[0] == "outbox" else ("nobody", _TILL)
        return self.board.run("/usr/bin/carrito-agent", *words, user=user, groups=groups,
                              seconds=seconds)

    def kill(self):
        """kill -9 of the program itself, whatever stands before it."""
        pid = self.popen.pid if self.popen else None
        while pid and self.alive() and (children := Path(
                f"/proc/{pid}/task/{pid}/children").read_text().split()):
            pid = int(children[-1])
        if self.alive():
            run([*AS_ROOT, "kill", "-KILL", str(pid)])
        if self.popen:
            self.popen.wait(10)
