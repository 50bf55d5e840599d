"""A client of a live stream: the operators' (`GET /stream`), or a buyer's of an order."""
import http.client
import json
import socket
import threading
import time
from urllib.parse import urlsplit

from .wait import wait_until


class Listener:
    """A client of server-sent events; keeps what it hears."""

    def __init__(self, api, last_event_id=None, path="/api/v1/stream", headers=None):
        headers = headers or {"Authorization": f"Bearer {api.token}"}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        self.events, self.moments, self.last_id = [], [], None
        connection = http.client.HTTPConnection(urlsplit(api.base).netloc, timeout=60)
        connection.connect()
        self._socket = connection.sock
        connection.request("GET", path, headers=headers)
        self._answer = connection.getresponse()
        assert self._answer.status == 200, self._answer.read()
        assert self._answer.headers["Content-Type"].startswith("text/event-stream")
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self):
        name, data = None, None
        try:
            for raw in self._answer:
                text = raw.decode().rstrip("\n")
                field, _, value = text.partition(": ")
                if field == "id":
                    self.last_id = value
                elif field == "event":
                    name = value
                elif field == "data":
                    data = json.loads(value)
                elif not text and name:
                    self.moments.append(time.monotonic())
                    self.events.append((name, data))
                    name = data = None
        except (OSError, ValueError, http.client.HTTPException):
            pass  # closed

    def over(self):
        return not self._thread.is_alive()

    def of(self, name, cart=None):
        found = []
        for kind, data in list(self.events):
            for one in data if isinstance(data, list) else [data]:
                if kind == name and (cart is None or one.get("cart") == cart):
                    found.append(one)
        return found

    def close(self):
        if self._socket.fileno() < 0:
            return  # closed before
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._socket.close()


def listening(scene, api):
    """The first client of a collector makes it follow Kafka, and is told by a reset when it does."""
    listener = scene.add(Listener(api))
    wait_until("the greeting", lambda: listener.last_id, 5)
    end = time.monotonic() + 3
    while not listener.of("reset") and time.monotonic() < end:
        time.sleep(0.05)
    return listener
