"""A cart's whole machine in qemu: its kernel, systemd and the agent as the package installs it, on a
disk that stays when the power is cut (SIGKILL of the emulator).

What the guest has not flushed is in its own memory and dies with it; what it has written is in the
file. The host's cache of that file outlives the emulator, so it stands for the disk, and qemu need
not sync it (cache=writeback; the guest sees a disk with a cache and sends its flushes)."""
import json
import os
import socket
from pathlib import Path

from .ports import free_port
from .process import Process, run
from .wait import wait_until

IMAGE = Path(os.environ.get("CARRITO_TEST_POWER", "/nonexistent"))
BOOT_SECONDS = 600  # 25 alone, 150 beside a load of 30
ANSWER_SECONDS = 30
# no_timer_check: an emulator that has to wait for a processor looks like a broken timer.
# What only costs an emulator time is off.
_COMMAND_LINE = ("root=/dev/vda rw console=ttyS0 quiet net.ifnames=0 panic=-1 no_timer_check "
                 "mitigations=off audit=0 nokaslr "
                 "systemd.mask=serial-getty@ttyS0.service systemd.mask=getty@tty1.service")


class NoAnswer(Exception):
    """The machine ended, or its agent, before the answer came: the vendor was told nothing."""


class Machine(Process):
    """start() boots it; kill() cuts its power."""

    def __init__(self, folder, image=IMAGE, more=()):
        """`more`: options of qemu."""
        self.sales_port, self.look_port = free_port(), free_port()
        self.disk = Path(folder) / "disk.img"
        run(["cp", "--sparse=always", image / "disk.img", self.disk], seconds=60)
        forward = ",".join(f"hostfwd=tcp:127.0.0.1:{port}-10.0.2.15:{inside}" for port, inside in
                           ((self.sales_port, 7000), (self.look_port, 7001)))
        super().__init__("machine", [
            "qemu-system-x86_64", "-machine", "q35,accel=tcg", "-cpu", "Nehalem", "-m", 512,
            "-nographic", "-no-reboot", "-monitor", "none", "-serial", "stdio",
            "-kernel", image / "vmlinuz", "-initrd", image / "initrd.img",
            "-append", _COMMAND_LINE, *self.disk_options(),
            "-netdev", f"user,id=n0,restrict=on,{forward}",
            "-device", "virtio-net-pci,netdev=n0,romfile=", "-device", "virtio-rng-pci", *more], folder)

    def disk_options(self):
        return ["-drive", f"file={self.disk},format=raw,if=virtio,cache=writeback"]

    def wait_selling(self):
        wait_until("the machine's agent answers", self.answers, BOOT_SECONDS, every=0.5)
        return self

    def answers(self):
        assert self.alive(), f"qemu ended with {self.popen.returncode}"
        return self.ask({"request": "status"})["ok"]

    def ask(self, request):
        """One request at the agent's socket, and its answer."""
        line = self._read(self.sales_port, json.dumps(request).encode() + b"\n", lines=1)
        if not line.endswith(b"\n"):
            raise NoAnswer
        return json.loads(line)

    def look(self):
        """What this boot found, and the events of the outbox."""
        found, *events, end = map(json.loads, self._read(self.look_port).splitlines())
        assert end == {"exit": 0}, (found, end)
        return found, [event for event in events if "type" in event]

    @staticmethod
    def _read(port, said=b"", lines=None):
        with socket.socket() as vendor:
            vendor.settimeout(ANSWER_SECONDS)
            try:
                vendor.connect(("127.0.0.1", port))
                vendor.sendall(said)
                with vendor.makefile("rb") as answers:
                    return answers.readline() if lines else answers.read()
            except OSError as error:
                raise NoAnswer from error
