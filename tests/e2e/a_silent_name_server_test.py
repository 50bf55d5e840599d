"""No end waits for a name server: with two that never answer, all programs end on SIGTERM within
10 s, and the agent sells as ever."""
import signal
import time

import pytest

from harness.events import plate
from harness.far import far_away, may_be_far
from harness.programs import Agent, Bridge, Collector

pytestmark = pytest.mark.skipif(not may_be_far(), reason="no namespaces of our own (needs root)")

END_SECONDS = 10


def ends_in_time(process):
    asked = time.monotonic()
    process.signal(signal.SIGTERM)
    status = process.wait(30)
    took = time.monotonic() - asked
    assert status == 0 and took < END_SECONDS, f"{process.name}: exit {status} after {took:.1f} s"


def test_the_agent(scene):
    agent = scene.add(far_away(Agent(scene.folder, 8883, plate(), CARRITO_MQTT_HOST="broker.example"),
                               scene.folder / "far"))
    agent.start().wait_socket()
    asked = time.monotonic()
    assert agent.sell(2).returncode == 0
    assert time.monotonic() - asked < 2, "the vendor waited"
    assert agent.alive()
    ends_in_time(agent)


def test_the_bridge(scene):
    bridge = scene.add(far_away(Bridge(scene.folder, 8883, "kafka.example:9092"),
                                scene.folder / "far"))
    bridge.env["CARRITO_MQTT_HOST"] = "broker.example"
    bridge.start()
    time.sleep(2)  # nobody outside its network can ask whether it has begun
    assert bridge.alive()
    ends_in_time(bridge)


def test_the_collector(scene):
    collector = scene.add(far_away(Collector(scene.folder, "kafka.example:9092"),
                                   scene.folder / "far"))
    collector.start()
    time.sleep(2)
    assert collector.alive()
    ends_in_time(collector)
