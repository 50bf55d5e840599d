"""A board without a battery starts in 1970: it is enrolled, says that its clock may be wrong, and sells;
once the time is there it connects, and all that it sold is of today, on the cart and at the centre."""
import json

import pytest

from harness.cell import add_cart, enrol, enrolled_agent, fresh_board, start_cell
from harness.clock import Clock
from harness.events import now_ms, plate
from harness.wait import wait_until
from oracle.days import Calendar

EARLY_S = 3600  # of 1970


@pytest.fixture(scope="module", name="cell")
def _cell(module_scene, shared_centre):
    return start_cell(module_scene, shared_centre.kafka.brokers, "cell-morning")


@pytest.fixture(name="clock")
def _clock(tmp_path):
    return Clock(tmp_path).set(EARLY_S, False)


@pytest.fixture(name="agent")
def _agent(tmp_path, cell, centre, clock):
    """Of a board that was enrolled by the same clock."""
    cart = plate()
    file = add_cart(cell.folder, cart, "guild", f"localhost:{cell.tls_port}")
    (tmp_path / "etc").mkdir()
    done = enrol(fresh_board(tmp_path / "etc"), file, **clock.env)
    assert done.returncode == 0 and f"is the cart {cart}" in done.stderr, done
    return enrolled_agent(centre.scene, tmp_path / "etc", cart, **clock.env).start().wait_socket()


def today(agent):
    return json.loads(agent.command("today", "--json").stdout)


def sell(agent, quantities):
    for quantity in quantities:
        assert agent.sell(quantity, amount=500 * quantity).returncode == 0


def shown(row):
    return {name: row[name] for name in ("day", "sales", "quantity", "amount", "voided")}


def test_what_was_sold_before_the_time_was_there_is_of_today(centre, agent, clock):
    sell(agent, (1, 2, 3, 4, 5))
    assert agent.command("void", 2).returncode == 0
    wait_until("it asks about its clock", lambda: "is the clock right?" in agent.text(), 30)
    early = today(agent)
    assert early["day"] in ("1969-12-31", "1970-01-01") and early["sales"] == 4, early
    status = agent.status()
    assert (status["connected"], status["clock"]) == (False, "none"), status
    assert not centre.api.items("/daily-sales", cart=agent.cart)

    clock.set_right()
    wait_until("it connects", lambda: agent.status()["connected"], 90)
    sell(agent, (6, 7))
    wait_until("acknowledged", lambda: agent.status()["waiting"] == 0, 30)
    day = Calendar().day_of(now_ms())
    expected = {"day": day, "sales": 6, "quantity": 26, "amount": 13000, "voided": 1}
    assert shown(today(agent)) == expected
    rows = wait_until("the day", lambda: centre.api.items("/daily-sales", cart=agent.cart), 15)
    wait_until("the centre's day", lambda: [shown(row) for row in centre.api.items(
        "/daily-sales", cart=agent.cart)] == [expected], 15)
    assert [row["day"] for row in rows] == [day], "it never was of another day"
    assert agent.status()["clock"] == "ntp"
    # The cart's last word agrees, too.
    assert agent.command("close").returncode == 0
    wait_until("complete", lambda: centre.api.items(
        "/daily-sales", cart=agent.cart)[0]["complete"] is True, 60)
    assert len(centre.api.items("/sales", cart=agent.cart)) == 7
