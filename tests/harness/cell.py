"""The broker of a cell as it is shipped: deploy/mosquitto/, and the limit of its unit's drop-in."""
import os
import re
import resource
import shutil
import subprocess
from pathlib import Path

from .mosquitto import Mosquitto
from .ports import free_port
from .process import BIN, ROOT, run

PASSWORD = "s3creto"


def self_signed(folder, name, *words):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
                    "-keyout", f"{name}.key", "-out", f"{name}.crt", *words],
                   cwd=folder, check=True, capture_output=True)


def make_authorities(folder):
    """carts-ca, strangers-ca and the broker's certificate for localhost; the bridge's password."""
    for name in ("carts-ca", "strangers-ca"):
        self_signed(folder, name, "-subj", f"/CN={name}")
    self_signed(folder, "broker", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost")
    (folder / "bridge.password").write_text(f"{PASSWORD}\n")
    subprocess.run(["mosquitto_passwd", "-b", "-c", folder / "carrito.passwd", "carrito-bridge",
                    PASSWORD], check=True)


def cart_certificate(folder, cart, authority="carts-ca"):
    """As the administrator makes it: certificate, key."""
    done = run([BIN / "carritoctl", "cart-certificate", cart, "--ca", folder / f"{authority}.crt",
                "--ca-key", folder / f"{authority}.key", "--out", folder])
    assert done.returncode == 0, done.stderr
    return tuple(reversed(done.stdout.split()))


def shipped_descriptors():
    """What the unit's drop-in allows; less where whoever runs the tests may not have so many."""
    text = (ROOT / "deploy/systemd/mosquitto.dropin").read_text()
    limit = int(re.search(r"^LimitNOFILE=(\d+)$", text, re.M).group(1))
    return min(limit, resource.getrlimit(resource.RLIMIT_NOFILE)[1])


class Cell(Mosquitto):
    """mosquitto with deploy/mosquitto/, of which only places and ports are others."""

    def __init__(self, folder):
        super().__init__(folder)
        self.folder, self.tls_port = folder, free_port()
        text = (ROOT / "deploy/mosquitto/carrito.conf").read_text()
        for shipped, here in (("listener 1883 ", f"listener {self.port} "),
                              ("listener 8883", f"listener {self.tls_port}"),
                              ("/etc/mosquitto/certs/", f"{folder}/"),
                              ("/etc/mosquitto/", f"{folder}/")):
            assert shipped in text
            text = text.replace(shipped, here)
        shutil.copy(ROOT / "deploy/mosquitto/carrito.acl", folder)
        text += f"persistence_location {self.data}/\n"
        self.argv = ["prlimit", f"--nofile={shipped_descriptors()}", *self.argv]
        (folder / "mosquitto.conf").write_text(text + ("user root\n" if os.geteuid() == 0 else ""))

    def publish(self, topic, *words, message="x"):
        """The reason of the PUBACK, or None where the broker lets nobody in; a long message is the
        path of its file."""
        given = ["-f", message] if isinstance(message, Path) else ["-m", message]
        done = run(["mosquitto_pub", "-V", "5", "-q", "1", "-d", *given, "-t", topic, *words])
        found = re.search(r"received PUBACK \(Mid: \d+, RC:(\d+)\)", done.stdout)
        return int(found.group(1)) if found else None

    def tls(self, pair=()):
        return ["-h", "localhost", "-p", self.tls_port, "--cafile", self.folder / "broker.crt",
                *(["--cert", pair[0], "--key", pair[1]] if pair else [])]
