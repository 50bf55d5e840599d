"""Free ports on the loopback address.

They come from below the kernel's range for outgoing connections: a server that is killed and
started again must not find its port taken by a client, nor a client connect to itself.
"""
import os
import random
import socket

_given = set()


def _range():
    """Processes that share a run (pytest-xdist's workers, gw0, gw1, ...) have a part each."""
    first, last = map(int, os.environ.get("CARRITO_TEST_PORTS", "20000-31999").split("-"))
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    part = (last - first + 1) // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return first + worker * part, first + (worker + 1) * part - 1


def _is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(neighbours=0):
    """A port that is free, as the `neighbours` ports after it are; never given twice."""
    first, last = _range()
    for _ in range(1000):
        port = random.randint(first, last - neighbours)
        wanted = range(port, port + neighbours + 1)
        if not _given.intersection(wanted) and all(map(_is_free, wanted)):
            _given.update(wanted)
            return port
    raise RuntimeError(f"no free port from {first} to {last}")
