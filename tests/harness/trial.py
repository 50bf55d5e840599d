"""One row of the faults: load, faults, healing, and the oracle."""
import contextlib
import time

from .truth import assert_totals

# Under load still: a backlog must drain while new sales come. After a broker that came and went
# often, carts wait up to 30 s before they try to connect again (contract, section 3).
HEAL_SECONDS = 15
HEAL_SECONDS_BROKER = 40


@contextlib.contextmanager
def load(world, chaos, heal=HEAL_SECONDS, **options):
    """carrito-sim runs while the body injects its faults, and beyond; then all that it sold must be
    in GET /daily-sales once, and no receipt be missing from GET /audit."""
    options = {"carts": 40, "rate": 400, "seed": chaos.random.randrange(1, 10_000), **options}
    chaos.say(f"load: {options}")
    sim = world.make_sim(duration=0, **options).start()
    time.sleep(2)
    yield sim
    chaos.say(f"the faults are over: {chaos.kills}")
    time.sleep(heal)
    assert sim.alive(), "the load ended by itself"
    status = sim.terminate(12)
    assert status == 0, f"carrito-sim: exit {status}, not everything was acknowledged"
    chaos.say("everything is acknowledged")
    assert_totals(world.api, sim.truth())
    chaos.say("the totals are right")
