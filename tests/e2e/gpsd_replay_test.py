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


# A walk that turns round (SiRF, 2007: gpsd has to guess the week), and a car at 2.7 m/s (Humminbird).
@pytest.mark.parametrize("name", ["haicom-305N", "humminbird-M37"])
def test_the_track_is_what_gpspipe_says(centre, scene, name):
    gpsd = scene.add(Gpsd(scene.folder, capture(name), cycle_s=0.25)).start()
    pipe = scene.add(Gpspipe(scene.folder, gpsd.port))
    wait_until("gpsd listens", lambda: pipe.start() and not pipe.exits_at_once(), 15)
    agent = centre.make_agent(plate(), CARRITO_GPS=f"gpsd://127.0.0.1:{gpsd.port}",
                              CARRITO_LOCATION_S=1)
    agent.start().wait_ready()

    def track():
        records = [json.loads(r.value()) for r in centre.kafka.records("carrito.locations")
                   if r.key() == agent.cart.encode()]
        records.sort(key=lambda event: event["seq"])
        return [(event["lat"], event["lon"]) for event in records]

    wait_until("eight positions in carrito.locations", lambda: len(track()) >= 8, 60, every=1)
    assert agent.terminate() == 0
    kept = [e for e in agent.exported() if e["type"] == "location"]
    wait_until("all positions in Kafka", lambda: len(track()) == len(kept), 15, every=0.5)
    assert len(set(track())) >= 4, "the receiver moved, the track does not"
    assert is_part_of(track(), pipe.fixes()), f"{track()} is not in {pipe.fixes()}"

    row = wait_until("the last position in GET /carts",
                     lambda: centre.api.cart(agent.cart), 10)
    wait_until(f"GET /carts shows {track()[-1]}",
               lambda: is_near(track()[-1], (centre.api.cart(agent.cart)["lat"],
                                             centre.api.cart(agent.cart)["lon"])), 10)
    assert row["last_fix"]
