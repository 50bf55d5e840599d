"""A cart with TLS tries every address of its broker, and trusts only a certificate for the name that
it was told, by name as by number; a wrong clock is said to be what it is, and time mends it."""
import datetime
import subprocess

import pytest

from harness.cell import Cell, cart_certificate, make_authorities, self_signed
from harness.events import plate
from harness.far import SILENT, beside, far_away, may_be_far
from harness.mosquitto import Mosquitto
from harness.process import Process
from harness.programs import Agent
from harness.wait import stays_true, wait_until

pytestmark = pytest.mark.skipif(not may_be_far(), reason="no namespaces of our own (needs root)")

HOSTS = f"{SILENT} broker.test\n127.0.0.1 broker.test\n127.0.0.1 near.test other.test\n"
BY_NAME, BY_NUMBER = "subjectAltName=DNS:broker.test,DNS:near.test", "subjectAltName=IP:127.0.0.1"


@pytest.fixture(name="far")
def _far(scene):
    far = far_away(Process("far", ["sleep", "600"], scene.folder), scene.folder / "net", HOSTS)
    scene.add(far).start()
    wait_until("names", lambda: "broker.test" in hosts_of(far), 5)
    return far


def hosts_of(far):
    with open(f"/proc/{far.pid}/root/etc/hosts", encoding="ascii") as hosts:
        return hosts.read()


def broker_of(scene, far, names, begins=None):
    """The broker as it is shipped, with a certificate for `names`."""
    make_authorities(scene.folder)
    self_signed(scene.folder, "broker", "-subj", "/CN=broker", "-addext", names)
    if begins:
        valid_from(scene.folder, begins)
    cell = scene.add(beside(Cell(scene.folder), far)).start()
    wait_until("the broker listens", lambda: "Opening ipv4 listen socket" in cell.text(), 10)
    return cell


def cart_of(scene, far, cell, host, *words):
    cart = plate()
    certificate, key = cart_certificate(scene.folder, cart)
    agent = Agent(scene.folder, cell.tls_port, cart, CARRITO_MQTT_HOST=host,
                  CARRITO_MQTT_CAFILE=scene.folder / "broker.crt",
                  CARRITO_MQTT_CERTFILE=certificate, CARRITO_MQTT_KEYFILE=key)
    agent.argv = [*words, *agent.argv]
    return scene.add(beside(agent, far)).start().wait_socket()


_CA = """[ca]
default_ca = here
[here]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
copy_extensions = copy
[any]
commonName = supplied
"""


def valid_from(folder, begins):
    """Renews the broker's certificate, as if the clock were behind."""
    (folder / "index.txt").touch()
    (folder / "ca.cnf").write_text(_CA)
    for words in (
            ["req", "-new", "-key", "broker.key", "-out", "broker.csr", "-subj", "/CN=broker",
             "-addext", BY_NAME, "-addext", "basicConstraints=CA:TRUE"],
            ["ca", "-batch", "-selfsign", "-config", "ca.cnf", "-keyfile", "broker.key", "-in",
             "broker.csr", "-out", "broker.crt", "-notext", "-startdate",
             begins.strftime("%Y%m%d%H%M%SZ"), "-days", "30"]):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def connected(agent):
    return "msg=connected" in agent.text()


@pytest.mark.parametrize("names, host", [(BY_NAME, "broker.test"), (BY_NUMBER, "127.0.0.1")],
                         ids=["by name, the first address silent", "by number"])
def test_it_connects(scene, far, names, host):
    agent = cart_of(scene, far, broker_of(scene, far, names), host)
    wait_until("connected", lambda: connected(agent), 30)


@pytest.mark.parametrize("names, host", [
    (BY_NAME, "other.test"), (BY_NAME, "127.0.0.1"), (BY_NUMBER, "other.test")],
    ids=["another name", "the number of a name", "the name of a number"])
def test_a_wrong_name_is_refused(scene, far, names, host):
    agent = cart_of(scene, far, broker_of(scene, far, names), host)
    wait_until("told", lambda: "certificate is not for this name" in agent.text(), 15)
    stays_true("refused", lambda: not connected(agent), 4)
    assert agent.sell(1).returncode == 0


def test_a_wrong_clock_is_told_and_time_mends_it(scene, far):
    """A certificate that begins in a while is what one of today is to a clock that is behind."""
    begins = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=12)
    agent = cart_of(scene, far, broker_of(scene, far, BY_NAME, begins), "near.test")
    wait_until("told", lambda: "certificate is not valid yet: is the clock right?" in agent.text(), 30)
    assert f"the clock says {begins:%Y}-" in agent.text()
    status = agent.status()
    assert (status["network"], status["network_why"]) == ("no-centre", "clock")
    assert not connected(agent)
    assert agent.sell(1).returncode == 0
    wait_until("connected", lambda: connected(agent), 60)
