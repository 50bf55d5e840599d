"""On a slow link that loses packets, a backlog leaves in batches that are hardly ever sent twice, and
no heartbeat is held up for long."""
import pytest

from harness.events import plate
from harness.programs import Agent
from harness.slow import Acknowledger, Broker, SlowLink, beyond, fill, inside, may_be_slow
from harness.wait import wait_until

pytestmark = pytest.mark.skipif(not may_be_slow(), reason="no networks of our own (needs root)")

BITS_PER_S, LOSS_PERCENT = 64_000, 2
SALES, POSITIONS = 20, 400


def test_a_backlog_drains(scene):
    link = SlowLink(scene, BITS_PER_S, LOSS_PERCENT)
    broker = scene.add(Broker(scene.folder, link)).start().wait_ready()
    agent = scene.add(Agent(scene.folder, broker.port, plate())).start().wait_socket()
    last = fill(agent, SALES, POSITIONS)
    with inside(link.centre):
        centre = scene.add(Acknowledger(broker.port))
    beyond(agent, link).start().wait_socket()
    wait_until("all is acknowledged", lambda: centre.last_seq() == last, 120)
    assert len(centre.batches) <= 1.2 * len(set(centre.batches)), centre.batches
    beats = centre.heartbeats
    assert all(after - before < 30_000 for before, after in zip(beats, beats[1:])), beats
