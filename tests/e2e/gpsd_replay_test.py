"""The track of a real receiver's recording, through gpsd and an agent, is in Kafka and in
GET /carts as gpspipe says it."""
import json

import pytest

from harness.captures import capture
from harness.events import plate
from harness.gpsd import Gpsd, Gpspipe
from harness.wait import wait_until

METRE = 1.0 / 111_000


def is_near(position, fix):
    return abs(position[0] - fix[0]) < METRE and abs(position[1] - fix[1]) < METRE


def is_part_of(track, fixes):
    """All positions of the track are among the fixes, in the same order. (Of a fix that stands for
    a while the first report will do, so the search goes on from where the last one was found.)"""
    at = 0
    for position in track:
        while at < len(fixes) and not is_near(position, fixes[at]):
            at += 1
        if at == len(fixes):
            return False
    return True


def replay(centre, scene, name, cycle_s):
    """A gpsd that plays the recording, gpspipe beside it, and an agent that is ready."""
    gpsd = scene.add(Gpsd(scene.folder, capture(name), cycle_s)).start()
    pipe = scene.add(Gpspipe(scene.folder, gpsd.port))
    wait_until("gpsd listens", lambda: pipe.start() and not pipe.exits_at_once(), 15)
    agent = centre.make_agent(plate(), CARRITO_GPS=f"gpsd://127.0.0.1:{gpsd.port}",
                              CARRITO_LOCATION_S=1)
    agent.start().wait_ready()
    return agent, pipe


def track_in_kafka(centre, cart):
    """Each position once: what was not acknowledged when the agent ended is sent again."""
    events = {}
    for record in centre.kafka.records("carrito.locations"):
        if record.key() == cart.encode():
            event = json.loads(record.value())
            events[event["seq"]] = (event["lat"], event["lon"])
    return [events[seq] for seq in sorted(events)]


# A yacht's chart plotter (NMEA with much else between), a car's receiver whose reports are halves,
# and a chip with a binary protocol: each in motion, each at about the speed of its recording.
@pytest.mark.parametrize("name,cycle_s", [("bundg_zeus_9", 0.02), ("humminbird-M37", 0.25),
                                          ("skytraq-bin", 0.3)])
def test_the_track_is_what_gpspipe_says(centre, scene, name, cycle_s):
    agent, pipe = replay(centre, scene, name, cycle_s)

    def track():
        return track_in_kafka(centre, agent.cart)

    wait_until("eight positions in carrito.locations", lambda: len(track()) >= 8, 60, every=1)
    assert agent.terminate() == 0
    kept = [e for e in agent.exported() if e["type"] == "location"]
    agent.env["CARRITO_GPS"] = "none"
    agent.start()  # what it had grouped for its flash when it ended, it sends now
    wait_until("all positions in Kafka", lambda: len(track()) == len(kept), 15, every=0.5)
    assert len(set(track())) >= 4, "the receiver moved, the track does not"
    assert is_part_of(track(), pipe.fixes()), f"{track()} is not in {pipe.fixes()}"
    last = track()[-1]

    def shown():
        row = centre.api.cart(agent.cart)
        return row["last_fix"] and is_near(last, (row["lat"], row["lon"]))

    wait_until(f"GET /carts shows {last}", shown, 10)


def test_a_receiver_that_stands_is_recorded_once_a_minute(centre, scene):
    """A walk of ten metres under an accuracy of a hundred (SiRF of 2007, whose week gpsd guesses)."""
    agent, pipe = replay(centre, scene, "haicom-305N", 0.1)
    pipe.wait_fixes(60, 40)
    wait_until("a position in carrito.locations", lambda: track_in_kafka(centre, agent.cart), 15)
    track = track_in_kafka(centre, agent.cart)
    assert len(track) == 1 and is_part_of(track, pipe.fixes())
