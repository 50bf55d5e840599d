"""The agent as built for this machine is small and quick: an emulated one could not show it."""
import time

from harness.events import plate
from harness.process import memory_kib
from harness.wait import wait_until

FIRST_SALE_S_MAX = 1
PSS_KIB_MAX = 5 * 1024
SALES = 200


def test_first_sale_and_memory(world, capsys):
    world.start()
    agent = world.make_agent(plate(), CARRITO_GPS="sim:5")
    started = time.monotonic()
    agent.start()
    wait_until("the first sale", lambda: agent.sell(1).returncode == 0, 10, every=0.005)
    took = time.monotonic() - started
    for _ in range(SALES):
        agent.sell_by_socket(2)
    wait_until("nothing waits", lambda: agent.status()["waiting"] == 0, 30)
    pss = memory_kib(agent.pid, "Pss")
    with capsys.disabled():
        print(f"\nnative: first sale {took:.3f} s after exec, PSS {pss} KiB after {SALES} sales")
    assert took <= FIRST_SALE_S_MAX
    assert pss <= PSS_KIB_MAX
