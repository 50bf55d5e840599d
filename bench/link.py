#!/usr/bin/python3
"""A cart's link: `./dev bench link`, about 15 minutes of waiting, as root.

1. A day's backlog (300 sales, 2,000 positions) at 48 and at 10 kbit/s each way, with 2 % of the packets
   lost: how much of the link it uses, how often a batch is carried, how long a heartbeat waits.
2. `./dev bench link day [MINUTES]`: what a cart costs, by TLS, while it stands, while it is pushed
   and while its day is closed, for so many minutes (20) each; from that a day of ten hours with 300 sales, half an hour of it on
   the way. Bytes are those of the interface, both ways, Ethernet's frames among them.
"""
import sys
import tempfile
import time
from pathlib import Path

from measure import ROOT  # noqa: F401  pylint: disable=unused-import

from harness.cell import cart_certificate, self_signed
from harness.events import plate
from harness.process import Scene
from harness.programs import Agent
from harness.slow import CENTRE, Acknowledger, Broker, SlowLink, beyond, fill, inside
from harness.wait import wait_until

RATES, LOSS_PERCENT = (48_000, 10_000), 2
SALES, POSITIONS = 300, 2000
DAY_HOURS, PUSHED_HOURS = 10, 0.5
TARGET_BYTES = 2_000_000
MEGABIT = 1_000_000
GPX = """<gpx version="1.1" creator="bench" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
<trkpt lat="-33.43720" lon="-70.65060"/><trkpt lat="-33.43721" lon="-70.65060"/>
</trkseg></trk></gpx>
"""


def drain(folder, bits_per_s):
    scene = Scene(folder)
    try:
        link = SlowLink(scene, bits_per_s, LOSS_PERCENT)
        broker = scene.add(Broker(scene.folder, link)).start().wait_ready()
        agent = scene.add(Agent(scene.folder, broker.port, plate())).start().wait_socket()
        last = fill(agent, SALES, POSITIONS)
        with inside(link.centre):
            centre = scene.add(Acknowledger(broker.port))
        beyond(agent, link).start()
        wait_until("the first batch", lambda: centre.batches, 120, every=0.02)
        start, before = time.monotonic(), link.carried()[0]
        wait_until("all is acknowledged", lambda: centre.last_seq() == last, 1800, every=0.1)
        seconds, sent = time.monotonic() - start, link.carried()[0] - before
        time.sleep(25)  # for the heartbeat that may have waited
        gaps = [b - a for a, b in zip(centre.heartbeats, centre.heartbeats[1:])]
    finally:
        scene.close()
    used, payload = (8 * count / seconds / bits_per_s for count in (sent, centre.payload))
    copies = len(centre.batches) / len(set(centre.batches))
    print(f"{bits_per_s / 1000:.0f} kbit/s, {LOSS_PERCENT} % lost: {last} events in {seconds:.0f} s; "
          f"{100 * used:.0f} % of the link (>= 80), {100 * payload:.0f} % by the events alone; {copies:.2f} copies of each of "
          f"{len(set(centre.batches))} batches (<= 1.2); at most {max(gaps, default=0) / 1000:.0f} s "
          "from a heartbeat to the next (20)", flush=True)


class Day:
    """A cart by TLS; what it costs."""

    def __init__(self, folder, gps):
        self.scene = Scene(folder)
        self.link = SlowLink(self.scene, MEGABIT)
        self_signed(folder, "broker", "-subj", "/CN=broker", "-addext",
                    f"subjectAltName=IP:{CENTRE}")
        cart = plate()
        certificate, key = cart_certificate(folder, cart)
        broker = self.scene.add(Broker(folder, self.link))
        port = broker.port + 1
        with open(folder / f"{broker.name}.conf", "a", encoding="ascii") as config:
            config.write(f"listener {port} {CENTRE}\ncafile {folder}/guild/carts-ca.crt\n"
                         f"certfile {folder}/broker.crt\nkeyfile {folder}/broker.key\n"
                         "require_certificate true\nuse_identity_as_username true\n")
        broker.start().wait_ready()
        with inside(self.link.centre):
            self.centre = self.scene.add(Acknowledger(broker.port))
        self.agent = self.scene.add(Agent(
            folder, port, cart, CARRITO_GPS=gps, CARRITO_PRICE=500,
            CARRITO_MQTT_CAFILE=folder / "broker.crt", CARRITO_MQTT_CERTFILE=certificate,
            CARRITO_MQTT_KEYFILE=key))
        beyond(self.agent, self.link).start().wait_socket()
        assert self.agent.command("restock", 400).returncode == 0
        wait_until("it is heard", lambda: self.centre.last_seq() > 0, 30)

    def bytes(self):
        return sum(self.link.carried())


def night(day, minutes):
    """Bytes to close, bytes an hour from then on, bytes to open again."""
    before = day.bytes()
    assert day.agent.command("close").returncode == 0
    wait_until("it is told", lambda: day.agent.status()["day"] == "closed", 30)
    time.sleep(5)
    closed = day.bytes()
    time.sleep(minutes * 60)
    rested = day.bytes()
    assert day.agent.sell(2).returncode == 0
    time.sleep(5)
    print(f"closed: {closed - before} bytes for it, then {(rested - closed) * 60 / minutes:.0f} an "
          f"hour, {day.bytes() - rested} to open again", flush=True)


def cost(folder, gps, minutes):
    """Bytes to be connected, and then bytes an hour."""
    folder.mkdir()
    day = Day(folder, gps)
    try:
        connected, sold = day.bytes(), 0
        start = time.monotonic()
        while time.monotonic() < start + minutes * 60:
            time.sleep(1)
            if time.monotonic() >= start + sold * DAY_HOURS * 3600 / SALES:
                assert day.agent.sell(2, client="Ana Soto").returncode == 0
                sold += 1
        hour = (day.bytes() - connected) * 60 / minutes
        print(f"{gps.split(':')[0]}: connected {connected} bytes, then {hour:.0f} an hour, "
              f"{sold} sales and {len(day.centre.heartbeats)} heartbeats in {minutes} minutes",
              flush=True)
        if gps.startswith("sim:"):
            night(day, minutes)
    finally:
        day.scene.close()
    return connected, hour


def day_of(folder, minutes):
    route = folder / "standing.gpx"
    route.write_text(GPX)
    connected, standing = cost(folder / "standing", f"file:{route}", minutes)
    _, pushed = cost(folder / "pushed", "sim:3", minutes)
    total = connected + standing * (DAY_HOURS - PUSHED_HOURS) + pushed * PUSHED_HOURS
    print(f"a day of {DAY_HOURS} h with {SALES} sales: {total / 1e6:.2f} MB "
          f"(<= {TARGET_BYTES / 1e6:.0f})")


def main():
    with tempfile.TemporaryDirectory(prefix="carrito-bench-") as folder:
        if sys.argv[1:2] == ["day"]:
            day_of(Path(folder), int(sys.argv[2]) if len(sys.argv) > 2 else 20)
            return
        for bits_per_s in RATES:
            drain(Path(folder) / f"at-{bits_per_s}", bits_per_s)


if __name__ == "__main__":
    main()
