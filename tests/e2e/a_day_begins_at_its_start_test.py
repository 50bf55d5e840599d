"""With CARRITO_DAY_START=04:00 a sale at 01:30 counts on yesterday's day: on the cart, at the centre, for
the oracle and for carritoctl; a new start moves no day that has begun, and carts are told."""
import json
from datetime import datetime, timedelta, timezone

import pytest

from harness.centre import Centre
from harness.events import now_ms, plate
from harness.process import BIN, run
from harness.wait import wait_until
from oracle.days import Calendar
from oracle.live import Judge

START = "04:00"
GRACE_S = 86400  # the test's days stay open


def zone_where_it_is_half_past_one():
    """Etc/GMT-3 is three hours ahead of UTC. Near 01:30: from 01:00 to 02:00."""
    ahead = (1 - datetime.now(timezone.utc).hour) % 24
    ahead = ahead if ahead <= 14 else ahead - 24
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/UTC"


@pytest.fixture
def night(scene):
    centre = Centre(scene)
    zone = zone_where_it_is_half_past_one()
    centre.collector = centre.make_collector(name="night", CARRITO_TZ=zone, CARRITO_DAY_START=START,
                                             CARRITO_CLOSE_GRACE_S=GRACE_S)
    centre.zone = zone
    return centre.start()


def yesterday(zone):
    return Calendar(zone, GRACE_S, {"0001-01-01": START}).day_of(now_ms())


def test_half_past_one_is_yesterday(night):
    day = yesterday(night.zone)
    agent = night.make_agent(plate(), CARRITO_TZ=night.zone, CARRITO_DAY_START=START)
    agent.start().wait_ready()
    assert agent.sell(3, amount=1500).returncode == 0
    today = json.loads(agent.command("today", "--json").stdout)
    assert (today["day"], today["quantity"]) == (day, 3)
    rows = wait_until("the sale", lambda: night.api.items("/daily-sales", cart=agent.cart), 15)
    assert [(row["day"], row["quantity"]) for row in rows] == [(day, 3)]
    hours = night.api.request("GET", f"/api/v1/daily-sales/{day}/hours").json()["items"]
    assert len(hours) == 1 and hours[0]["hour"] in (1, 2), hours
    noted = night.api.request("GET", "/console/config.json").json()
    assert noted["day_starts"] == [{"from": None, "start": START}]
    shown = run([BIN / "carritoctl", "daily", "--json"], {
        "CARRITO_URL": night.api.base, "CARRITO_TOKEN": night.api.token, "CARRITO_TZ": night.zone})
    assert [row["day"] for row in json.loads(shown.stdout)] == [day], shown
    wait_until("acknowledged", lambda: agent.status()["waiting"] == 0, 15)
    calendar = Calendar(night.zone, GRACE_S, {"0001-01-01": START})
    judge = Judge(night.kafka.brokers, night.api.items, calendar)
    wait_until("no difference", lambda: not list(judge.differences()), 30, every=1)


def test_a_new_cart_learns_it(night):
    """Its file says nothing."""
    day = yesterday(night.zone)
    agent = night.make_agent(plate(), CARRITO_TZ=night.zone).start().wait_ready()
    wait_until("the guild's day", lambda: json.loads(
        agent.command("today", "--json").stdout)["day"] == day, 30)
    assert agent.sell(1).returncode == 0
    rows = wait_until("the sale", lambda: night.api.items("/daily-sales", cart=agent.cart), 15)
    assert [row["day"] for row in rows] == [day]
    assert json.loads(agent.command("today", "--json").stdout)["quantity"] == 1


def test_a_new_start_moves_nothing_and_is_told(night):
    agent = night.make_agent(plate(), CARRITO_TZ=night.zone, CARRITO_DAY_START=START)
    agent.start().wait_ready()
    assert agent.sell(2).returncode == 0
    day = yesterday(night.zone)
    wait_until("the sale", lambda: night.api.items("/daily-sales", cart=agent.cart), 15)
    night.collector.terminate()
    night.collector.env["CARRITO_DAY_START"] = "00:00"
    night.collector.start().wait_ready()
    night.sign_in()
    # The date of now would have begun at 00:00: it keeps its 04:00, the one after has the new start.
    first = (datetime.fromisoformat(day) + timedelta(days=2)).date().isoformat()
    noted = night.api.request("GET", "/console/config.json").json()
    assert noted["day_starts"] == [{"from": None, "start": START}, {"from": first, "start": "00:00"}]
    assert [row["day"] for row in night.api.items("/daily-sales", cart=agent.cart)] == [day]
    record = night.kafka.wait_record(
        "carrito.commands", lambda record: record.key() == agent.cart.encode() and
        json.loads(record.value())["day_start"] == "00:00", seconds=20)
    command = json.loads(record.value())
    assert (command["command"], command["day_start_from"]) == ("config", first)
    night.kafka.wait_record(
        "carrito.presence", lambda record: record.key() == agent.cart.encode() and
        command["id"] in json.loads(record.value()).get("done", []), seconds=40)
    today = json.loads(agent.command("today", "--json").stdout)
    assert (today["day"], today["quantity"]) == (day, 2)
