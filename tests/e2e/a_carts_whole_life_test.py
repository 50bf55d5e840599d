"""A cart's whole life on real parts: added, enrolled, it sells, its certificate is renewed, it sells on, it
is lost and shut out while another goes on; each of its sales is counted once."""
import pytest

from harness.cell import (add_cart, enrol, enrolled_agent, fresh_board, revoke, revoke_at_broker,
                          start_cell)
from harness.events import plate
from harness.process import BIN, run
from harness.wait import wait_until


@pytest.fixture(scope="module", name="cell")
def _cell(module_scene, shared_centre):
    return start_cell(module_scene, shared_centre.kafka.brokers, "cell-life")


@pytest.fixture(name="ctl")
def _ctl(centre):
    env = {"CARRITO_URL": f"http://{centre.collector.http}", "CARRITO_TOKEN": centre.api.token,
           "CARRITO_LANG": "en"}

    def ctl(*words):
        done = run([BIN / "carritoctl", *words], env)
        assert done.returncode == 0, done
        return done
    return ctl


@pytest.fixture(name="enrolled")
def _enrolled(tmp_path, cell, centre):
    """A new cart, from the guild's authority to its agent."""
    def enrolled(*words):
        cart = plate()
        file = add_cart(cell.folder, cart, "guild", f"localhost:{cell.tls_port}", *words)
        board = tmp_path / cart
        board.mkdir()
        assert enrol(fresh_board(board), file).returncode == 0
        agent = enrolled_agent(centre.scene, board, cart).start().wait_socket()
        wait_until("connected", lambda: agent.status()["connected"], 20)
        return agent
    return enrolled


def sell(agent, *quantities):
    return [agent.sell_by_socket(quantity) for quantity in quantities]


def wait_sent(agent):
    wait_until("all is acknowledged", lambda: agent.status()["waiting"] == 0, 30)


def connections(agent):
    return agent.text().count("msg=connected")


def wait_counted(centre, cart, quantities):
    """The centre has these and no more, each once."""
    wait_until("the centre's day", lambda: sum(row["quantity"] for row in centre.api.items(
        "/daily-sales", cart=cart)) == sum(quantities), 30)
    assert sum(row["sales"] for row in centre.api.items("/daily-sales", cart=cart)) == len(quantities)
    assert sorted(row["quantity"] for row in centre.api.items("/sales", cart=cart)) == sorted(
        quantities)
    audit = [row for row in centre.api.items("/audit") if row["cart"] == cart]
    assert [(row["missing"], row["set_aside"]) for row in audit] == [([], 0)], audit


def test_from_its_first_day_to_its_last(centre, cell, ctl, enrolled, tmp_path):
    agent, other = enrolled("--days", "20"), enrolled()
    cart = agent.cart
    assert sell(agent, 1, 2, 3) == [1, 2, 3]
    sell(other, 1)
    wait_sent(agent)

    # Its certificate ends soon: it has asked already.
    wait_until("it asks", lambda: centre.api.get(f"/carts/{cart}")["request"], 30)
    ctl("cart", "renew", cart, "--authority", cell.folder / "guild")
    wait_until("it came in", lambda: "connected by the new certificate" in agent.text(), 60)
    assert sell(agent, 4, 5) == [4, 5]
    wait_sent(agent)
    agent.terminate()
    agent.start().wait_socket()  # by the new one from the start
    assert sell(agent, 6) == [6]
    wait_sent(agent)
    wait_counted(centre, cart, (1, 2, 3, 4, 5, 6))
    assert centre.api.get(f"/carts/{cart}")["request"] is None, "it came in by the old one"

    # It is lost.
    before = connections(agent)
    revoke(cart, "--authority", cell.folder / "guild")
    revoke_at_broker(cell, cart)  # 0 within its time: it did not come in again
    assert not agent.status()["connected"] and connections(agent) == before
    assert other.status()["connected"] and connections(other) == 1
    sell(other, 2)
    wait_sent(other)
    wait_counted(centre, other.cart, (1, 2))

    # It is found: what it sold out there is on its card, which somebody brings.
    assert sell(agent, 7) == [7]
    assert agent.status()["waiting"] > 0
    agent.terminate()
    card = tmp_path / "card.ndjson"
    card.write_text(agent.command("outbox", "export").stdout)
    ctl("import", card)
    wait_counted(centre, cart, (1, 2, 3, 4, 5, 6, 7))
