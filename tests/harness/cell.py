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
from .programs import Agent, Bridge

PASSWORD = "s3creto"


def self_signed(folder, name, *words):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30",
                    "-keyout", f"{name}.key", "-out", f"{name}.crt", *words],
                   cwd=folder, check=True, capture_output=True)


def make_authorities(folder):
    """guild/ and strangers/, each an authority over carts; the broker's certificate for localhost, and
    what it knows of the guild: carts-ca.crt, carts.crl; the bridge's password."""
    self_signed(folder, "broker", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost")
    for authority in ("guild", "strangers"):
        add_cart(folder, "FIRST-1", authority)
    for name in ("carts-ca.crt", "carts.crl"):
        shutil.copy(folder / "guild" / name, folder)
    (folder / "bridge.password").write_text(f"{PASSWORD}\n")
    subprocess.run(["mosquitto_passwd", "-b", "-c", folder / "carrito.passwd", "carrito-bridge",
                    PASSWORD], check=True)


def add_cart(folder, cart, authority="guild", broker="localhost", *words):
    """As the administrator does it: the file that makes a board the cart."""
    file = folder / f"{authority}-{cart}.enrol"
    done = run([BIN / "carritoctl", "cart", "add", cart, "--authority", folder / authority, "--broker",
                broker, "--broker-ca", folder / "broker.crt", "--out", file, *words])
    assert done.returncode == 0 and done.stdout.split() == [str(file)], done.stderr
    return file


def parts_of(file):
    """What stands in the file's parts, by name."""
    names, texts = [], []
    for line in file.read_text().splitlines(keepends=True):
        if line.startswith("["):
            names.append(line.strip("[]\n"))
            texts.append("")
        elif names:
            texts[-1] += line
    return dict(zip(names, texts))


def cart_certificate(folder, cart, authority="guild"):
    """certificate, key."""
    parts = parts_of(add_cart(folder, cart, authority))
    files = [folder / f"{authority}-{cart}.{ending}" for ending in ("crt", "key")]
    for file, part in zip(files, ("certificate", "key")):
        file.write_text(parts[part])
    return tuple(files)


def fresh_board(folder):
    """A folder as the package leaves /etc/carrito."""
    conf = folder / "agent.conf"
    shutil.copy(ROOT / "deploy" / "agent.conf", conf)
    conf.chmod(0o640)
    return folder


def enrol(board, file, **env):
    return run([BIN / "carrito-agent", "enrol", "--config", board / "agent.conf", file], env)


def enrolled_agent(scene, board, cart, **env):
    """The agent of a board that was enrolled: who it is stands in its own files."""
    agent = scene.add(Agent(scene.folder, 0, cart, **env))
    for name in ("CARRITO_MQTT_HOST", "CARRITO_MQTT_PORT", "CARRITO_CART"):
        del agent.env[name]
    agent.argv += ["--config", board / "agent.conf"]
    return agent


def revoke(cart, *words, status=0):
    done = run([BIN / "carritoctl", "cart", "revoke", cart, *words], {"CARRITO_LANG": "en"}, seconds=90)
    assert done.returncode == status, done
    return done


def revoke_at_broker(cell, cart, status=0):
    """Where the broker runs, with the list that the guild has made."""
    (cell.folder / "mosquitto.pid").write_text(f"{cell.pid}\n")
    return revoke(cart, "--crl", cell.folder / "guild" / "carts.crl", "--crlfile",
                  cell.folder / "carts.crl", "--pidfile", cell.folder / "mosquitto.pid",
                  "--mqtt-port", cell.port, "--mqtt-user", "carrito-bridge",
                  "--mqtt-password-file", cell.folder / "bridge.password", status=status)


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


def start_cell(scene, brokers, identity):
    """A cell of its own in the scene's folder, with its authorities and a bridge to `brokers`."""
    folder = scene.folder
    make_authorities(folder)
    cell = scene.add(Cell(folder)).start().wait_ready()
    bridge = Bridge(folder, cell.port, brokers, "cell-bridge", identity)
    bridge.env.update(CARRITO_MQTT_USER="carrito-bridge",
                      CARRITO_MQTT_PASSWORD_FILE=folder / "bridge.password",
                      CARRITO_OWNTRACKS_CART="user")  # as the package's file says
    scene.add(bridge).start().wait_ready()
    return cell
