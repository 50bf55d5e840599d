"""A real mosquitto with a configuration of its own, on the loopback address."""
import os
import shutil
import socket

from .ports import free_port
from .process import Process
from .wait import wait_until

_PROGRAM = shutil.which("mosquitto") or "/usr/sbin/mosquitto"


class Mosquitto(Process):
    """`persistent`: keeps its state in a file, which kill -9 nevertheless loses (it is written
    every 30 minutes). Without it, each start is a start from nothing."""

    def __init__(self, folder, name="mosquitto", persistent=False, port=None):
        self.port = port or free_port()
        self.data = folder / f"{name}-data"
        self.data.mkdir()
        config = folder / f"{name}.conf"
        lines = [
            f"listener {self.port} 127.0.0.1",
            "allow_anonymous true",
            "set_tcp_nodelay true",
            "max_queued_messages 200000",
            "max_inflight_messages 1000",
            "connection_messages false",
            f"persistence {'true' if persistent else 'false'}",
            f"persistence_location {self.data}/",
        ]
        if os.geteuid() == 0:
            lines.append("user root")
        config.write_text("\n".join(lines) + "\n")
        super().__init__(name, [_PROGRAM, "-c", config], folder)

    def ready(self):
        with socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True

    def wait_ready(self, seconds=10):
        wait_until(f"{self.name} listens", self.ready, seconds)
        return self

    def lose_persistence(self):
        """To be called while it is down."""
        shutil.rmtree(self.data)
        self.data.mkdir()
