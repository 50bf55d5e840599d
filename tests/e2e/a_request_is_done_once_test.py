"""Who types again what was not answered sells once: a request carries an id and an end, is repeated
until it is answered, and is not done when nobody waits for it any more."""
import json
import socket
import subprocess

import pytest

from harness.events import plate
from harness.process import BIN, clean_environment
from harness.programs import Agent
from harness.wait import wait_until

NOBODY = 1  # a port that nobody listens on


@pytest.fixture()
def agent(scene):
    return scene.add(Agent(scene.folder, NOBODY, plate())).start().wait_socket()


def receipts(agent):
    return [event["quantity"] for event in agent.exported() if event["type"] == "sale"]


def selling(agent, quantity):
    """`sell`, under way."""
    return subprocess.Popen([BIN / "carrito-agent", "sell", "--quantity", str(quantity)],
                            env=clean_environment(agent.env), text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ask(agent, request):
    with socket.socket(socket.AF_UNIX) as vendor:
        vendor.settimeout(10)
        vendor.connect(str(agent.env["CARRITO_SOCKET"]))
        vendor.sendall(json.dumps(request).encode() + b"\n")
        return json.loads(vendor.makefile().readline())


def test_a_sale_that_was_given_up_and_typed_again_is_one(agent):
    agent.pause()
    first = agent.sell(3)
    agent.resume()
    assert first.returncode == 1 and "no contestó a tiempo" in first.stderr
    again = agent.sell(3)
    assert again.returncode == 0 and "venta 1" in again.stdout, again
    assert receipts(agent) == [3]


def test_a_sale_outlives_a_restart_of_the_agent(agent):
    agent.pause()
    before = connections(agent)
    sale = selling(agent, 3)
    try:
        wait_until("the request lies in the socket", lambda: connections(agent) > before, 5,
                   every=0.05)
        agent.kill()
        agent.start()
        words, wrong = sale.communicate(timeout=15)
    finally:
        sale.kill()
        sale.wait()
    assert sale.returncode == 0 and "venta 1" in words, words + wrong
    assert receipts(agent) == [3]


def connections(agent):
    """To its socket, taken or not, and the socket itself, as /proc/net/unix shows them."""
    path = str(agent.env["CARRITO_SOCKET"])
    with open("/proc/net/unix", encoding="utf-8") as rows:
        return sum(row.rstrip().endswith(path) for row in rows)


def test_the_same_id_gets_the_same_receipt_from_an_agent_started_since(agent):
    request = {"request": "sell", "quantity": 2, "id": "7f" * 16}
    first = ask(agent, request)
    assert first["ok"] and first["receipt"] == 1
    assert ask(agent, request) == first
    agent.kill()
    agent.start().wait_socket()
    assert ask(agent, request) == first
    assert ask(agent, {**request, "id": "80" * 16})["receipt"] == 2
    assert receipts(agent) == [2, 2]
