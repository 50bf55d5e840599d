"""Two collectors on one store: one is killed and the other takes its partitions; one is frozen past
its session timeout and comes back. Nothing is lost, and nothing is applied twice."""
import time

from harness.api import Api
from harness.chaos import Chaos
from harness.trial import load
from harness.wait import wait_until

SESSION_TIMEOUT_S = 6


def second_collector(world):
    """On the same store, without a server of its own in the way of the first's."""
    return world.make_collector(name="second-collector", store=world.collector.store)


def has_everything(world, survivor):
    """All that arrives is stored, though the other is gone: its partitions have a new owner."""
    api = Api(f"http://{survivor.http}", world.api.token)

    def lag():
        return next(r["lag"] for r in api.items("/consumers") if r["role"] == "sales")

    wait_until("no lag at the survivor", lambda: lag() < 200, 3 * SESSION_TIMEOUT_S)


def test_a_killed_collectors_partitions_are_taken(world):
    chaos = Chaos("takeover")
    world.start()
    second = second_collector(world).start().wait_ready()
    with load(world, chaos):
        for turn in range(10):
            victim, survivor = (world.collector, second)[::1 if turn % 2 else -1]
            chaos.pause(0.5, 4.0)
            victim.kill()
            chaos.kills[victim.name] = chaos.kills.get(victim.name, 0) + 1
            chaos.say(f"killed {victim.name}")
            # Some stay away until the other must have taken over, some come back before.
            time.sleep(chaos.random.choice([0.5, SESSION_TIMEOUT_S + 2]))
            if turn % 4 == 3:
                has_everything(world, survivor)
            assert survivor.alive()
            victim.start().wait_ready()


def test_a_frozen_collector_comes_back_as_a_stranger(world):
    """On SQLite the second may have to wait for the first's write lock, where the freeze hit inside
    a transaction; so the claim is `nothing twice`, and nothing lost in the end."""
    chaos = Chaos("zombie")
    world.start()
    second = second_collector(world).start().wait_ready()
    with load(world, chaos):
        for turn in range(8):
            frozen = (world.collector, second)[turn % 2]
            chaos.pause(0.5, 3.0)
            frozen.pause()
            chaos.say(f"froze {frozen.name}")
            time.sleep(SESSION_TIMEOUT_S + chaos.random.uniform(1, 4))
            frozen.resume()
            chaos.say(f"revived {frozen.name}")
            chaos.pause(1.0, 3.0)
            assert frozen.alive(), "to end is no way to be fenced: nothing restarts it here"
