#!/usr/bin/python3
"""What a day costs a cart's card, memory and processor, by what the kernel counts for its agent.

    ./dev bench cart_day                  half an hour
    ./dev bench cart_day --minutes 60     more of the day

A day is 10 hours with a position every 10 s and 500 sales. A part of it runs at the day's own pace,
so that positions share commits as they would, with a broker and a centre that acknowledges; what is
written and computed in it is then multiplied up to the day. The start is not counted: it comes once.
Bytes are those of /proc/PID/io: what the kernel will write to the device, pages of 4 kB for as little
as a byte. The folder must be on a disk; in memory nothing is written.
"""
import argparse
import shutil
import time

from measure import BUILD, Table

from harness.cart import MqttClient
from harness.mosquitto import Mosquitto
from harness.process import Scene
from harness.programs import Agent
from harness.wait import wait_until

CART = "BBCL23"
DAY_S, POSITION_S, SALES = 10 * 3600, 10, 500
MB = 1_000_000


class Centre(MqttClient):
    """Says that it has all that comes, as a bridge does once Kafka has it."""

    def __init__(self, port):
        super().__init__(port, "centre")
        self.subscribe("carrito/v1/+/events")
        self.publish("carrito/v1/bridge/bench/state", b'{"online":true,"timestamp":1}', retain=True)

    def on_message(self, message):
        epoch, seq = message.properties.CorrelationData.decode().split(":")
        self.publish(message.topic.replace("/events", "/ack"),
                     f'{{"epoch":"{epoch}","seq":{seq}}}'.encode(), qos=0)


def fields(pid, name, divider):
    """{field: number} of a file of /proc."""
    with open(f"/proc/{pid}/{name}", encoding="ascii") as file:
        rows = (line.split(divider) for line in file if divider in line)
        return {row[0].strip(): int(row[1].split()[0]) for row in rows if row[1].split()[0].isdigit()}


class Costs:
    def __init__(self, pid):
        self._pid = pid
        self.since = time.monotonic()
        self._written, self._calls = self._bytes()
        self._cpu_ns = self._cpu()

    def _bytes(self):
        now = fields(self._pid, "io", ":")
        return now["write_bytes"], now["wchar"]

    def _cpu(self):
        with open(f"/proc/{self._pid}/schedstat", encoding="ascii") as file:
            return int(file.read().split()[0])

    def add_to(self, table):
        elapsed = time.monotonic() - self.since
        written, calls = self._bytes()
        table.add("written to the device in a day", (written - self._written) * DAY_S / elapsed / MB,
                  "<= 100", "MB")
        table.add("written by calls in a day", (calls - self._calls) * DAY_S / elapsed / MB, "", "MB")
        table.add("CPU", (self._cpu() - self._cpu_ns) / 1e7 / elapsed, "<= 0.05", "% of one")
        table.add("memory, proportional (PSS)",
                  fields(self._pid, "smaps_rollup", ":")["Pss"] * 1024 / MB, "<= 5", "MB")


def a_route(folder):
    """A cart that never stands, up and down a street: standing it would record one place a minute."""
    points = "\n".join(
        f'<trkpt lat="{-33.43 + 0.0002 * min(at, 60 - at):.4f}" lon="-70.65">'
        f"<time>2026-09-21T12:{at // 6:02}:{at % 6 * 10:02}Z</time></trkpt>" for at in range(60))
    path = folder / "route.gpx"
    path.write_text('<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1" creator="bench">'
                    f"<trk><trkseg>{points}</trkseg></trk></gpx>\n")
    return path


def run_part(scene, minutes, table):
    broker = scene.add(Mosquitto(scene.folder)).start().wait_ready()
    scene.add(Centre(broker.port))
    agent = scene.add(Agent(scene.folder, broker.port, CART, CARRITO_METRICS="off",
                            CARRITO_GPS=f"file:{a_route(scene.folder)}",
                            CARRITO_LOCATION_S=POSITION_S)).start().wait_socket()
    agent.sell_by_socket(1)
    wait_until("the centre acknowledges", lambda: agent.status()["waiting"] == 0, 60)
    before, costs = agent.status(), Costs(agent.pid)
    end, sale_at = costs.since + minutes * 60, costs.since
    while time.monotonic() < end:
        if time.monotonic() >= sale_at:
            agent.sell_by_socket(1)
            sale_at += DAY_S / SALES
        time.sleep(1)
    costs.add_to(table)
    after = agent.status()
    sold = after["last_receipt"] - before["last_receipt"]
    day = DAY_S / (minutes * 60)
    table.add("sales in a day, as they came", sold * day)
    table.add("positions in a day, as they came", (after["acked"] - before["acked"] - sold) * day)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--minutes", type=float, default=30)
    minutes = options.parse_args().minutes
    folder = BUILD / "cart_day"
    shutil.rmtree(folder, ignore_errors=True)
    scene, table = Scene(folder), Table()
    try:
        run_part(scene, minutes, table)
    finally:
        scene.close()
        scene.remove()
    table.print(f"A cart's day of 10 h, from {minutes:g} min at its own pace")


if __name__ == "__main__":
    main()
