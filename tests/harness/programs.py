"""carrito's own programs as processes."""
import json
import secrets
import socket
import tempfile
from pathlib import Path

import requests

from .api import Api
from .ports import free_port
from .process import BIN, Process, run
from .wait import wait_until

READY_SECONDS = 30


class WithMetrics(Process):
    """A program that answers /readyz and /metrics on `http`."""

    http = None

    def page(self, path):
        session = requests.Session()
        session.trust_env = False
        return session.get(f"http://{self.http}{path}", timeout=3)

    def ready(self):
        assert self.alive(), f"{self.name} ended with {self.popen.returncode}"
        return self.page("/readyz").status_code == 200

    def wait_ready(self, seconds=READY_SECONDS):
        wait_until(f"{self.name} is ready", self.ready, seconds)
        return self

    def metrics(self):
        return self.page("/metrics").text


class Bridge(WithMetrics):
    def __init__(self, folder, mqtt_port, brokers, name="bridge", identity="test"):
        self.http = f"127.0.0.1:{free_port()}"
        super().__init__(name, [BIN / "carrito-bridge"], folder, {
            "CARRITO_MQTT_HOST": "127.0.0.1",
            "CARRITO_MQTT_PORT": mqtt_port,
            "CARRITO_KAFKA_BROKERS": brokers,
            "CARRITO_BRIDGE_ID": identity,
            "CARRITO_METRICS": self.http,
        })


class Collector(WithMetrics):
    """Several may share one `store`, a path."""

    def __init__(self, folder, brokers, name="collector", store=None, **env):
        self.http = f"127.0.0.1:{free_port()}"
        self.store = store or folder / "collector.db"
        self._token = None
        super().__init__(name, [BIN / "carrito-collector"], folder, {
            "CARRITO_KAFKA_BROKERS": brokers,
            "CARRITO_KAFKA_REPLICATION": 1,
            "CARRITO_STORE": f"sqlite://{self.store}",
            "CARRITO_HTTP": self.http,
            "CARRITO_RATE": 0,
            "CARRITO_SIMULATIONS": 1,
            **env,
        })

    def wait_store(self, seconds=READY_SECONDS):
        """The API is there before its store is, and answers 503 until then. Needs no Kafka."""
        wait_until("the store answers", lambda: "store" not in self.page("/readyz").text, seconds)
        return self

    def create_topics(self):
        done = run([*self.argv, "--create-topics"], self.env, seconds=60)
        assert done.returncode == 0, f"--create-topics: {done.returncode}\n{done.stderr}"

    def command(self, *words, stdin=None):
        """carrito-collector as an administrator calls it, on the same store."""
        return run([*self.argv, *words], self.env, stdin)

    def add_user(self, role="admin", name=None):
        """Returns the name and the password."""
        name, password = name or f"u{secrets.token_hex(4)}", secrets.token_urlsafe(12)
        done = self.command("user", "add", "--role", role, name, stdin=password + "\n")
        assert done.returncode == 0, f"user add: {done.returncode}\n{done.stderr}"
        return name, password

    def sign_in(self, role="admin"):
        """A new user's API."""
        name, password = self.add_user(role)
        api = Api(f"http://{self.http}")
        answer = api.request("POST", "/api/v1/login", json={"user": name, "password": password})
        assert answer.status_code == 200, f"login: {answer.status_code} {answer.text[:300]}"
        return Api(f"http://{self.http}", answer.json()["token"])


class Agent(WithMetrics):
    """carrito-agent, and its command line as the vendor uses it."""

    def __init__(self, folder, mqtt_port, cart, **env):
        self.cart = cart
        self.http = f"127.0.0.1:{free_port()}"
        # A socket's path is limited to 107 bytes, a test's folder is not.
        self._sockets = tempfile.TemporaryDirectory(prefix="carrito-")
        self.outbox = Path(folder) / f"{cart}.outbox.db"
        super().__init__(f"agent-{cart}", [BIN / "carrito-agent", "run"], folder, {
            "CARRITO_MQTT_HOST": "127.0.0.1",
            "CARRITO_MQTT_PORT": mqtt_port,
            "CARRITO_CART": cart,
            "CARRITO_OUTBOX": self.outbox,
            "CARRITO_SOCKET": Path(self._sockets.name) / "agent.sock",
            "CARRITO_GPS": "none",
            "CARRITO_METRICS": self.http,
            **env,
        })

    def command(self, *words, seconds=15):
        return run([BIN / "carrito-agent", *words], self.env, seconds=seconds)

    def wait_socket(self, seconds=15):
        """Its vendor can be served; that needs no broker."""
        wait_until(f"{self.name} answers its socket",
                   lambda: self.command("status").returncode == 0, seconds, every=0.1)
        return self

    def sell(self, quantity, client=None, amount=None):
        words = ["sell", "--quantity", quantity]
        words += ["--client", client] if client is not None else []
        words += ["--amount", amount] if amount is not None else []
        return self.command(*words)

    def sell_by_socket(self, quantity):
        """As the command line does, without starting a process; returns the receipt."""
        with socket.socket(socket.AF_UNIX) as vendor:
            vendor.settimeout(10)
            vendor.connect(str(self.env["CARRITO_SOCKET"]))
            vendor.sendall(json.dumps({"request": "sell", "quantity": quantity}).encode() + b"\n")
            answer = json.loads(vendor.makefile().readline())
        assert answer["ok"], answer
        return answer["receipt"]

    def status(self):
        done = self.command("status", "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def exported(self):
        """The events of its outbox; the agent need not run."""
        done = self.command("outbox", "export", seconds=60)
        assert done.returncode == 0, done.stderr
        rows = map(json.loads, done.stdout.splitlines())
        return [row for row in rows if "type" in row]  # the last one is its totals

    def close(self):
        super().close()
        self._sockets.cleanup()


class Sim(Process):
    """carrito-sim; its truth is exact once it ended with 0."""

    def __init__(self, folder, mqtt_port, options, name="sim"):
        self.truth_file = Path(folder) / f"{name}.truth.json"
        words = [f"--{key}={value}" for key, value in options.items()]
        super().__init__(name, [BIN / "carrito-sim", *words, f"--truth={self.truth_file}"], folder,
                         {"CARRITO_MQTT_HOST": "127.0.0.1", "CARRITO_MQTT_PORT": mqtt_port})

    def truth(self):
        rows = json.loads(self.truth_file.read_text())
        return {(row["day"], row["cart"]): row for row in rows}


def ctl(api_token, collector, *words):
    """carritoctl as an operator calls it."""
    return run([BIN / "carritoctl", *words],
               {"CARRITO_URL": f"http://{collector.http}", "CARRITO_TOKEN": api_token})
