"""Silence at its full length, with 200 carts: those that are cut off have vanished within a second
of their 60 s and no other has; where broker, bridge or collector is what fell silent, no cart
vanishes, the link is down at most once, and afterwards the truth is shown."""
import time

from harness.api import metric
from harness.fleet import last_words, raised
from harness.wait import wait_until

LIMIT_S = 60
OUTAGE_S = 100  # longer than the limit: without beats all would have vanished
DELAY = "carrito_silence_detection_delay_seconds"


def shown(world):
    return {row["cart"]: row["state"] for row in world.api.items("/carts")}


def in_state(world, state):
    return {cart for cart, now in shown(world).items() if now == state}


def start_fleet(world, name, carts):
    """So many carts with a process of their own; returns it and their plates."""
    before = set(shown(world))
    sim = world.make_sim(name, carts=carts, rate=carts // 10, duration=0, seed=carts).start()
    wait_until(f"{carts} carts of {name} are heard",
               lambda: len(in_state(world, "heard") - before) == carts, 60, every=0.5)
    return sim, in_state(world, "heard") - before


def assert_silent_only(world, cut):
    """Those that were cut off have vanished, at the right time, and no other."""
    vanished = raised(world.kafka, "cart-vanished")
    assert set(vanished) == cut
    words = last_words(world.kafka)
    for cart, alerts in vanished.items():
        (_, alert), = alerts
        assert alert["started_ms"] - words[cart] == LIMIT_S * 1000
    return {cart: (alerts[0][0] - words[cart]) / 1000 for cart, alerts in vanished.items()}


def outages(world):
    return sum(len(alerts) for alerts in raised(world.kafka, "link-down").values())


def open_outages(world):
    return [a for a in world.api.items("/alerts", kind="link-down") if a["ended"] is None]


def test_twenty_of_two_hundred_are_cut_off(world):
    world.start()
    start_fleet(world, "others", 180)
    sim, cut = start_fleet(world, "cut", 20)
    sim.kill()
    wait_until("20 have vanished", lambda: in_state(world, "vanished") == cut, LIMIT_S + 25)
    time.sleep(5)
    delays = assert_silent_only(world, cut)
    print("from the last word to the alert in Kafka:", sorted(delays.values()))
    assert all(60.0 <= delay <= 61.0 for delay in delays.values()), delays
    metrics = world.collector.metrics()
    assert metric(metrics, DELAY + "_count") == 20
    assert metric(metrics, DELAY + "_bucket", le="1") == 20
    assert metric(metrics, "carrito_carts", state="heard") == 180
    assert metric(metrics, "carrito_carts", state="vanished") == 20
    assert outages(world) == 0


def outage(world, part):
    """While it is away nobody vanishes; what was cut off meanwhile does once it is back."""
    world.start()
    start_fleet(world, "others", 180)
    sim, cut = start_fleet(world, "cut", 20)
    part.kill()
    wait_until("the link is down", lambda: len(open_outages(world)) == 1, 20)
    sim.kill()
    time.sleep(OUTAGE_S)
    assert in_state(world, "vanished") == set() and not raised(world.kafka, "cart-vanished")
    part.start()
    wait_until("the link is up", lambda: not open_outages(world), 40)
    wait_until("20 have vanished", lambda: in_state(world, "vanished") == cut, LIMIT_S + 40)
    assert len(in_state(world, "heard")) == 180
    assert set(raised(world.kafka, "cart-vanished")) == cut
    assert outages(world) == 1


def test_bridge_away(world):
    outage(world, world.bridge)


def test_mosquitto_away(world):
    outage(world, world.mosquitto)


def test_kafka_away(world):
    """Nobody can be told anything meanwhile; afterwards it is one outage that is over."""
    world.start()
    start_fleet(world, "others", 180)
    sim, cut = start_fleet(world, "cut", 20)
    world.kafka.kill()
    sim.kill()
    time.sleep(OUTAGE_S)
    world.kafka.start().wait_ready()
    wait_until("20 have vanished", lambda: in_state(world, "vanished") == cut, LIMIT_S + 80)
    wait_until("the link is up", lambda: not open_outages(world), 20)
    assert len(in_state(world, "heard")) == 180
    assert set(raised(world.kafka, "cart-vanished")) == cut
    assert outages(world) <= 1


def test_collector_away(world):
    world.start()
    start_fleet(world, "others", 180)
    sim, cut = start_fleet(world, "cut", 20)
    world.collector.kill()
    sim.kill()
    time.sleep(120)
    world.collector.start().wait_ready()
    wait_until("20 have vanished", lambda: in_state(world, "vanished") == cut, 40)
    time.sleep(5)
    assert_silent_only(world, cut)
    assert len(in_state(world, "heard")) == 180
    assert outages(world) == 0
