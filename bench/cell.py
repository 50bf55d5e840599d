#!/usr/bin/python3
"""A cell of many carts with TLS: the broker as it is shipped, a certificate for each cart, one sale
of each, the bridge, Kafka.

    ./dev bench cell             10,000 carts, about 2 minutes
    ./dev bench cell --carts N   another number
"""
import argparse
import json
import tempfile
import time
from pathlib import Path

from measure import ROOT, Cpu, Table, compiled

from harness.cell import Cell, make_authorities
from harness.centre import Centre
from harness.process import Process, Scene, memory_kib
from harness.wait import wait_until

MIB = 1024
HOLD_S = 10


def _cell(folder, carts, table):
    scene = Scene(folder)
    try:
        centre = Centre(scene).start_brokers()
        place = scene.folder / "cell"  # the centre has a mosquitto in its own folder already
        place.mkdir()
        make_authorities(place)
        cell = scene.add(Cell(place)).start().wait_ready()
        centre.bridge.env.update(CARRITO_MQTT_PORT=cell.port, CARRITO_MQTT_USER="carrito-bridge",
                                 CARRITO_MQTT_PASSWORD_FILE=place / "bridge.password")
        centre.bridge.start().wait_ready()
        empty = memory_kib(cell.pid)
        cpu = Cpu({"mosquitto": cell.pid, "bridge": centre.bridge.pid})
        fleet = scene.add(Process("fleet", [
            compiled("tls_fleet"), cell.tls_port, carts, place / "guild" / "carts-ca.crt",
            place / "guild" / "carts-ca.key", place / "broker.crt", HOLD_S], scene.folder))
        fleet.start()
        wait_until("all are connected", lambda: "connected" in fleet.text(), 260)
        table.add("mosquitto: CPU until all are connected", cpu.used()["mosquitto"], "", "s")
        table.add("mosquitto: RSS a connection", (memory_kib(cell.pid) - empty) / carts, "", "KiB")
        table.add("mosquitto: RSS in all", memory_kib(cell.pid) / MIB, "", "MiB")
        idle = Cpu({"mosquitto": cell.pid})
        time.sleep(HOLD_S - 2)
        table.add("mosquitto: CPU while they are idle", 100 * idle.used()["mosquitto"] /
                  idle.elapsed(), "", "%")
        fleet.popen.wait(260)
        said = json.loads(fleet.text().splitlines()[-1])
        wait_until("all in Kafka", lambda: sum(centre.kafka.ends("carrito.sales")) >= carts, 30)
        table.add("connected", said["connected"], f"= {carts}", "carts")
        table.add("until all are connected", said["connect_s"], "", "s")
        table.add("acknowledged sales", said["acked"], f"= {carts}", "sales")
        table.add("from the first sale to the last PUBACK", said["sell_s"], "", "s")
        table.add("sales in Kafka", sum(centre.kafka.ends("carrito.sales")), f"= {carts}", "sales")
        table.add("bridge: RSS", memory_kib(centre.bridge.pid) / MIB, "<= 20", "MiB")
    finally:
        scene.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--carts", type=int, default=10_000)
    arguments = parser.parse_args()
    compiled("tls_fleet")
    (ROOT / ".dev").mkdir(exist_ok=True)
    table = Table()
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / ".dev") as folder:
        _cell(Path(folder) / "run", arguments.carts, table)
    table.print(f"A cell of {arguments.carts:,} carts with TLS")


if __name__ == "__main__":
    main()
