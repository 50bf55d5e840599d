"""Nothing on the cart shows or speaks that it is reported: while it is looked for and says each 5 s where
it is, its till, its keypad's words, `status`, `orders` and `today` have neither a word of it nor another
member than before."""
import json
import re
import socket

import pytest

from harness.events import plate
from harness.process import BIN, run
from harness.programs import Agent
from harness.terminal import Terminal
from harness.wait import wait_until

SECRET = re.compile(r"fug|prófug|denunci|report|avist|sight|busca|robad|stol|locat|ubica|rastr|track|persig", re.I)
# What the keypad asks and speaks of: its sentences are made of these answers and of nothing else.
REQUESTS = ({"request": "status"}, {"request": "orders"}, {"request": "today"})
COMMANDS = (["status"], ["status", "--json"], ["orders"], ["today"], ["today", "--json"])


@pytest.fixture(name="agent")
def _agent(centre, scene):
    agent = scene.add(Agent(scene.folder, centre.mqtt_port, plate(), CARRITO_GPS="sim:5"))
    agent.start().wait_socket()
    wait_until("its first place", lambda: centre.api.items("/carts", q=agent.cart) and
               centre.api.cart(agent.cart)["lat"], 30)
    return agent


def asked(agent, request):
    with socket.socket(socket.AF_UNIX) as vendor:
        vendor.settimeout(10)
        vendor.connect(str(agent.env["CARRITO_SOCKET"]))
        vendor.sendall(json.dumps(request).encode() + b"\n")
        return json.loads(vendor.makefile().readline())


def members(value, path=""):
    """The paths of all members, whatever they are."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from members(inner, f"{path}/{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from members(inner, path + "[]")
    else:
        yield path


def told(agent):
    """All that a vendor can see or hear, and the members of all answers."""
    answers = [asked(agent, request) for request in REQUESTS]
    assert all(answer["ok"] for answer in answers), answers
    said = [agent.command(*words) for words in COMMANDS]
    assert all(done.returncode == 0 for done in said), said
    lines = run([BIN / "carrito-agent", "till"], agent.env, stdin="2\n*\n/\n")
    assert lines.returncode == 0
    texts = [json.dumps(answer, ensure_ascii=False) for answer in answers]
    texts += [done.stdout + done.stderr for done in (*said, lines)]
    return texts, sorted({path for answer in answers for path in members(answer)})


def test_nothing_on_the_cart_tells_of_it(centre, scene, agent):
    _, before = told(agent)
    till = scene.add(Terminal(["till"], agent.env, 80, 24))
    assert centre.api.request("POST", "/api/v1/reports", json={
        "cart": agent.cart, "lat": -33.4, "lon": -70.6}).status_code == 202
    wait_until("it is looked for", lambda: centre.api.cart(agent.cart)["fugitive"], 15)

    def ways():
        return [len(row["trail"]) for row in centre.api.items("/fugitives") if row["cart"] == agent.cart]
    first = ways()[0]
    wait_until("it says where it is, each 5 s", lambda: ways()[0] >= first + 2, 60)
    texts, after = told(agent)
    till.press("3\n")
    till.wait_shows("ok venta 3")
    texts.append(till.screen())
    till.press("*\n")
    till.wait_shows("3 ventas")
    texts.append(till.screen())
    found = [line for text in texts for line in text.splitlines() if SECRET.search(line)]
    assert not found, found
    assert after == before, "the answers have other members"
