"""A sale's position is the cart's last fix, also while no position is recorded for long."""
import time

from harness.events import plate
from harness.programs import Agent
from harness.wait import wait_until

NOBODY = 1  # a port that nobody listens on


def test_a_sale_has_the_last_fix_and_not_the_last_recorded_one(scene):
    agent = scene.add(Agent(scene.folder, NOBODY, plate(), CARRITO_GPS="sim:7",
                            CARRITO_LOCATION_S=3600)).start().wait_socket()
    wait_until("a fix", lambda: "fix_ms" in agent.status(), 10)
    time.sleep(3)  # the receiver says where it is each second; the next record is an hour away
    assert agent.sell(1).returncode == 0
    events = agent.exported()
    sale = next(event for event in events if event["type"] == "sale")
    places = [event["ts_ms"] for event in events if event["type"] == "location"]
    assert 0 <= sale["ts_ms"] - sale["fix_ms"] < 2000, sale
    assert sale["fix_ms"] - max(places) > 1000, (sale, places)
