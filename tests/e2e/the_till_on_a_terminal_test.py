"""The till does all of the vendor's work by the keys of a numeric keypad: on a terminal of 80x24, on
a character display of 20x4 and on a pipe of lines. A line that is too long is no sale."""
import pytest

from harness.events import plate
from harness.process import BIN, run
from harness.programs import Agent
from harness.terminal import Terminal
from harness.wait import wait_until

NOBODY = 1  # a port that nobody listens on


@pytest.fixture()
def agent(scene):
    return scene.add(Agent(scene.folder, NOBODY, plate())).start().wait_socket()


@pytest.mark.parametrize("columns, rows", [(80, 24), (20, 4)])
def test_a_day_by_the_keypad(scene, agent, columns, rows):
    till = scene.add(Terminal(["till"], agent.env, columns, rows))
    wait_until("the cause", lambda: till.shows("sin servidor") or till.shows("no atiende"), 10)
    till.press("+60\n")
    till.wait_shows("ok quedan 60")
    till.press("3\n")
    till.wait_shows("ok venta 1,")
    till.press("-\n")
    till.wait_shows("anulada")
    till.press("25\n")
    till.wait_shows("25? Enter otra")
    till.press("\n")
    till.wait_shows("ok venta 2,")
    till.press("1" * 66 + "\n")
    till.wait_shows("demasiado largo")
    till.press("*\n")
    till.wait_shows("1 venta, 25")
    till.press("/\n")
    till.wait_shows("no hay pedidos")
    assert till.leaves_the_terminal_as_it_was()
    assert [(e["type"], e.get("quantity")) for e in agent.exported() if e["type"] != "clock"] == [
        ("stock", None), ("sale", 3), ("void", None), ("sale", 25)]


def test_a_pipe_of_lines(agent):
    done = run([BIN / "carrito-agent", "till"], agent.env,
               stdin="3\n" + "1" * 66 + "\n+40\n25\n\n30\n2\n-\nthree\n-1\n*")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "ok venta 1", "ok quedan 40 en el carro", "ok venta 2, quedan 15", "ok venta 3, quedan 13",
        "ok anulada la venta 3", "ok anulada la venta 1", "1 venta, 25 sopaipillas, $0, 2 anuladas"]
    for words in ("demasiado largo", "25? Enter otra vez", "30? Enter otra vez", "no entendí"):
        assert words in done.stderr, done.stderr
    assert [e["quantity"] for e in agent.exported() if e["type"] == "sale"] == [3, 25, 2]
