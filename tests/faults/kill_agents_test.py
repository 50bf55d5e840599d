"""kill -9 of agents that sell by themselves and of agents that a vendor sells on: what was
answered `ok` and what their outboxes hold is what the centre shows, once."""
import re
import threading

from harness.chaos import Chaos
from harness.events import plate
from harness.truth import assert_totals, of_events
from harness.wait import wait_until

KILLS = 16


class Vendor(threading.Thread):
    """Sells by the command line, again and again, and keeps the receipts that were answered."""

    def __init__(self, agent):
        super().__init__(daemon=True)
        self.agent = agent
        self.answered = set()
        self.go_home = threading.Event()

    def run(self):
        while not self.go_home.wait(0.02):
            done = self.agent.sell(2, client="Ana", amount=1000)
            if done.returncode == 0:
                self.answered.add(int(re.search(r"\d+", done.stdout).group()))


def test_agents(world):
    chaos = Chaos("agents")
    world.start()
    agents = [world.make_agent(f"SIM-{plate('')}", CARRITO_GPS="sim:5", CARRITO_LOCATION_S=1,
                               CARRITO_PRICE=500, CARRITO_SELL=f"sim:{seed}:1200")
              for seed in (1, 2, 3)]
    served = world.make_agent(plate())
    for agent in [*agents, served]:
        agent.start()
    vendor = Vendor(served)
    vendor.start()
    chaos.kill_often([*agents, served], KILLS, every=(0.2, 2.5), down=(0, 0.5), ready=False)
    vendor.go_home.set()
    vendor.join(20)
    for agent in agents:  # They would sell for ever: killed once more, and started without selling.
        chaos.kill_for_good(agent)
        agent.env["CARRITO_SELL"] = "none"
        agent.start().wait_socket()
    for agent in [*agents, served]:
        wait_until(f"{agent.name} has nothing waiting", lambda a=agent: a.status()["waiting"] == 0,
                   60, every=0.5)
    events = [event for agent in [*agents, served] for event in agent.exported()]
    sold = {e["receipt"] for e in events if e["type"] == "sale" and e["cart"] == served.cart}
    assert len(vendor.answered) > 20, "the vendor sold next to nothing: the row proves nothing"
    assert vendor.answered <= sold, f"answered ok, not kept: {vendor.answered - sold}"
    assert sold == set(range(1, max(sold) + 1)), "receipts are not gapless"
    assert_totals(world.api, of_events(events))
