"""The service manager hears from each program when it is ready, that it turns, and when it ends; no
peer need be there; and what is stuck is not said to turn."""
import ctypes
import os
import re
import secrets
import socket
import subprocess
import time

import pytest

from harness.events import plate
from harness.wait import wait_until

WATCHDOG_SECONDS = 1.0
STUCK_SECONDS = 10 * WATCHDOG_SECONDS  # of one thread of the collector
PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH, WALL = 0x4206, 0x4207, 17, 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


class Manager:
    """Listens as systemd would."""

    def __init__(self):
        self.name = f"carrito-test-{secrets.token_hex(8)}"
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(f"\0{self.name}")
        self.socket.settimeout(0.2)
        self.heard = []  # (monotonic seconds, text)

    def start(self, process):
        process.env.update(NOTIFY_SOCKET=f"@{self.name}",
                           WATCHDOG_USEC=int(WATCHDOG_SECONDS * 1e6))
        return process.start()

    def listen(self, seconds):
        """What comes in so many seconds."""
        end, texts = time.monotonic() + seconds, []
        while time.monotonic() < end:
            try:
                texts.append(self.socket.recv(4096).decode())
            except TimeoutError:
                continue
            self.heard.append((time.monotonic(), texts[-1]))
        return texts

    def wait(self, word, seconds=10):
        end, heard = time.monotonic() + seconds, []
        while time.monotonic() < end:
            heard += self.listen(0.2)
            if any(word in text.split("\n") for text in heard):
                return
        raise AssertionError(f"{word} did not come, but {heard[-3:]}")


@pytest.fixture(name="manager")
def _manager():
    opened = Manager()
    yield opened
    opened.socket.close()


def beats(texts):
    return sum("WATCHDOG=1" in text.split("\n") for text in texts)


@pytest.mark.parametrize("which", ["agent", "bridge", "collector"])
def test_alone_it_is_ready_turns_and_says_that_it_ends(world, manager, which):
    process = world.make_agent(plate()) if which == "agent" else getattr(world, which)
    manager.start(process)
    manager.wait("READY=1")
    texts = manager.listen(3 * WATCHDOG_SECONDS)
    assert beats(texts) >= 4, texts
    assert all("STATUS=" in text for text in texts), texts
    process.pause()
    manager.listen(0.5)
    assert not beats(manager.listen(2 * WATCHDOG_SECONDS)), "it is stopped"
    process.resume()
    manager.wait("WATCHDOG=1")
    process.terminate()
    manager.wait("STOPPING=1")


class Frozen:
    """The threads of these names stand still, and only those."""

    def __init__(self, process, *names):
        tasks = f"/proc/{process.pid}/task"
        self.threads = [int(task) for task in os.listdir(tasks)
                        if open(f"{tasks}/{task}/comm", encoding="ascii").read().strip() in names]
        assert self.threads, f"no thread {names}"

    def __enter__(self):
        for thread in self.threads:
            assert libc.ptrace(PTRACE_SEIZE, thread, None, None) == 0, ctypes.get_errno()
            assert libc.ptrace(PTRACE_INTERRUPT, thread, None, None) == 0
            os.waitpid(thread, WALL)

    def __exit__(self, *_):
        for thread in self.threads:
            libc.ptrace(PTRACE_DETACH, thread, None, None)


def named_stuck(collector):
    return re.findall(r'msg="a thread is stuck" thread=(\S+)', collector.text())


def test_the_collector_turns_only_while_all_its_threads_do(world, manager):
    """And waiting for Kafka, which is not there, is no standstill."""
    manager.start(world.collector)
    manager.wait("READY=1")
    assert beats(manager.listen(STUCK_SECONDS + 2 * WATCHDOG_SECONDS)) > STUCK_SECONDS
    assert named_stuck(world.collector) == []
    with Frozen(world.collector, "sales"):
        wait_until("the log names it", lambda: named_stuck(world.collector) == ["sales"],
                   STUCK_SECONDS + 5)
        manager.listen(0.2)
        assert world.collector.page("/healthz").status_code == 200
        assert not beats(manager.listen(2 * WATCHDOG_SECONDS))
    manager.wait("WATCHDOG=1")
    with Frozen(world.collector, "MHD-worker", "http answer"):
        wait_until("the log names it", lambda: named_stuck(world.collector)[1:] == ["http"],
                   STUCK_SECONDS + 15)


def test_a_stuck_bridge_says_so_and_ends(world, tmp_path):
    """A producer that says it has nothing, while what it was given is unconfirmed."""
    liar = tmp_path / "liar.c"
    liar.write_text("int rd_kafka_outq_len(void *client) { (void)client; return 0; }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", tmp_path / "liar.so", liar], check=True)
    world.start()
    world.bridge.terminate()
    world.bridge.env["LD_PRELOAD"] = tmp_path / "liar.so"
    world.bridge.start().wait_ready()
    world.kafka.pause()
    try:
        assert world.bridge.wait(15) == 1
    finally:
        world.kafka.resume()
    assert 'msg="stuck, and ends to be started anew"' in world.bridge.text()
