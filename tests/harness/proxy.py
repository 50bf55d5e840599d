"""A TCP proxy whose cable can be pulled out.

Unplugged, it behaves as a network that is gone, not as a server that refuses: connections that
stand go silent in both directions (nothing is read, nothing is closed), and new ones are taken by
the kernel at most, never answered. Plugged in again, the old connections are dead.
"""
import selectors
import socket
import threading
import time

from .ports import free_port

_CHUNK = 65536


class Proxy:
    """One thread; forwards bytes from its port to `target_port`, both on the loopback address."""

    def __init__(self, target_port):
        self.name = "proxy"
        self.port = free_port()
        self._target = target_port
        self._plugged = True
        self._stop = False
        self._pairs = {}
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=1)
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()

    def unplug(self):
        with self._lock:
            self._plugged = False

    def plug(self):
        """The network is back. What was connected before learns that its peer forgot it."""
        with self._lock:
            for source in list(self._pairs):
                self._drop(source)
            self._plugged = True

    def cut(self):
        """Ends all connections at once, as a router that restarts does."""
        with self._lock:
            for source in list(self._pairs):
                self._drop(source)

    def close(self):
        self._stop = True
        self._thread.join(5)
        with self._lock:
            for source in list(self._pairs):
                self._drop(source)
        self._listener.close()

    def _drop(self, source):
        other = self._pairs.pop(source, None)
        if other is None:
            return
        self._pairs.pop(other, None)
        for end in (source, other):
            try:
                self._selector.unregister(end)
            except KeyError:
                pass
            end.close()

    def _accept(self):
        try:
            source, _ = self._listener.accept()
        except OSError:
            return
        try:
            target = socket.create_connection(("127.0.0.1", self._target), timeout=2)
        except OSError:
            source.close()
            return
        for end in (source, target):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            end.settimeout(2)
            self._selector.register(end, selectors.EVENT_READ)
        self._pairs[source], self._pairs[target] = target, source

    def _forward(self, source):
        try:
            data = source.recv(_CHUNK)
            if data:
                self._pairs[source].sendall(data)
                return
        except (OSError, KeyError):
            pass
        self._drop(source)

    def _loop(self):
        while not self._stop:
            if not self._plugged:
                time.sleep(0.02)
                continue
            ready = self._selector.select(0.05)
            with self._lock:
                for key, _ in ready if self._plugged else []:
                    if key.fileobj is self._listener:
                        self._accept()
                    elif key.fileobj in self._pairs:
                        self._forward(key.fileobj)
