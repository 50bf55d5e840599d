"""A cart without a connection says why: only where nobody answers may it be credit; who answers is told
by what it said, in `status` and in the vendor's words, and a sale is taken all the while."""
import pytest

from harness.cell import Cell, cart_certificate, make_authorities, self_signed
from harness.events import plate
from harness.far import SILENT, beside, far_away, may_be_far
from harness.ports import free_port
from harness.process import Process, run
from harness.programs import Agent
from harness.wait import wait_until

NO_NAME = "a" * 64  # longer than a name's part may be, so that no name server is asked


@pytest.fixture(scope="module", name="cell")
def _cell(module_scene):
    """As it is shipped, and no bridge."""
    make_authorities(module_scene.folder)
    self_signed(module_scene.folder, "others", "-subj", "/CN=others")
    return module_scene.add(Cell(module_scene.folder)).start().wait_ready()


def cart_of(scene, cell, authority="guild", **env):
    cart = plate()
    certificate, key = cart_certificate(cell.folder, cart, authority)
    agent = Agent(scene.folder, cell.tls_port, cart, CARRITO_MQTT_HOST="localhost",
                  CARRITO_MQTT_CAFILE=cell.folder / "broker.crt",
                  CARRITO_MQTT_CERTFILE=certificate, CARRITO_MQTT_KEYFILE=key)
    agent.env.update(env)
    return agent


def plain_cart_of(scene, port, **env):
    return Agent(scene.folder, port, plate(), **env)


def says(agent, network, why, text, seconds=20):
    def told():
        status = agent.status()
        return (status["network"], status.get("network_why"), status["network_text"])
    expected = (network, why, text)
    wait_until(f"it says {expected}", lambda: told() == expected, seconds)
    assert agent.sell(1).returncode == 0
    assert text in agent.command("status").stdout


CAUSES = {
    "no bridge is announced": (
        cart_of, "no-bridge", "sin centro"),
    "the port is closed": (
        lambda scene, cell: plain_cart_of(scene, free_port()),
        "no-broker", "sin centro: su servidor no atiende"),
    "CONNACK says not authorised": (
        lambda scene, cell: plain_cart_of(scene, cell.port),
        "refused", "sin acceso al centro: avise"),
    "and in English": (
        lambda scene, cell: plain_cart_of(scene, cell.port, CARRITO_LANG="en"),
        "refused", "no access to the centre: tell it"),
    "another authority signed the broker's certificate": (
        lambda scene, cell: cart_of(scene, cell, CARRITO_MQTT_CAFILE=cell.folder / "others.crt"),
        "stranger", "contesta otro, no el centro: avise"),
    "the broker's certificate is for another name": (
        lambda scene, cell: cart_of(scene, cell, CARRITO_MQTT_HOST="127.0.0.1"),
        "stranger", "contesta otro, no el centro: avise"),
    "another authority signed the cart's": (
        lambda scene, cell: cart_of(scene, cell, "strangers"),
        "certificate", "no aceptan el certificado: avise"),
    "the cart has no certificate": (
        lambda scene, cell: plain_cart_of(scene, cell.tls_port, CARRITO_MQTT_HOST="localhost",
                                          CARRITO_MQTT_CAFILE=cell.folder / "broker.crt"),
        "certificate", "no aceptan el certificado: avise"),
}


@pytest.mark.parametrize("made, why, text", CAUSES.values(), ids=CAUSES)
def test_who_answers_is_told(scene, cell, made, why, text):
    agent = scene.add(made(scene, cell)).start().wait_socket()
    says(agent, "no-centre", why, text)


@pytest.mark.skipif(not may_be_far(), reason="no namespaces of our own (needs root)")
def test_nobody_answers(scene):
    """No way out at all; then one that leads nowhere; and a name that nobody knows."""
    far = far_away(Process("far", ["sleep", "600"], scene.folder), scene.folder / "net")
    scene.add(far).start()
    net = ["nsenter", "--target", str(far.pid), "--net"]
    wait_until("the network", lambda: "far0" in run([*net, "ip", "addr"]).stdout, 5)
    agents = [beside(plain_cart_of(scene, 1883, CARRITO_MQTT_HOST=host), far)
              for host in (f"[{SILENT}]", NO_NAME)]
    for agent in agents:
        scene.add(agent).start().wait_socket()
        says(agent, "no-signal", None, "sin señal")
    done = run([*net, "ip", "route", "add", "default", "via", "10.9.0.53"])
    assert done.returncode == 0, done.stderr
    for agent, why in zip(agents, ("no-answer", "no-name")):
        says(agent, "no-internet", why, "sin internet: ¿hay saldo?", seconds=60)
