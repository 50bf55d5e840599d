"""Memory, and what a program costs that has next to nothing to do."""
import time

from measure import Cpu

from harness.centre import Centre
from harness.events import plate
from harness.process import Scene, memory_kib
from harness.wait import wait_until

IDLE_SECONDS = 60
CARTS = 10_000
MIB = 1024


def sizes(folder, table):
    scene = Scene(folder)
    try:
        centre = Centre(scene).start()
        agent = centre.make_agent(plate(), CARRITO_GPS="sim:1").start().wait_ready()
        time.sleep(5)
        cpu = Cpu({"agent": agent.pid, "bridge": centre.bridge.pid,
                   "collector": centre.collector.pid})
        time.sleep(IDLE_SECONDS)
        for name, seconds in cpu.used().items():
            table.add(f"{name}: CPU with one cart's position per 10 s",
                      100 * seconds / cpu.elapsed(), "<= 0.1" if name == "agent" else "", "%")
        table.add("agent: PSS", memory_kib(agent.pid, "Pss") / MIB, "<= 5", "MiB")
        table.add("agent: RSS", memory_kib(agent.pid) / MIB, "", "MiB")
        _many_carts(centre, table)
    finally:
        scene.close()


def _many_carts(centre, table):
    sim = centre.make_sim(carts=CARTS, rate=4 * CARTS // 20, duration=30, seed=1).start()
    assert sim.wait(150) == 0, "the simulator's events were not all acknowledged"
    known = {cart for _, cart in sim.truth()}
    wait_until("the collector knows the carts",
               lambda: len(centre.api.items("/carts")) >= CARTS * 0.99, 60, every=1)
    table.add("carts known", len(centre.api.items("/carts")), f">= {CARTS}", "")
    table.add("carts that sold", len(known), "", "")
    table.add("bridge: RSS", memory_kib(centre.bridge.pid) / MIB, "<= 20", "MiB")
    table.add("collector: RSS", memory_kib(centre.collector.pid) / MIB, "<= 60", "MiB")
