#!/usr/bin/python3
"""How fast, how dear and how large: the way of a sale from cart to operator, hop by hop.

    ./dev bench path             all of it, about 15 minutes
    ./dev bench path bridge      one of: latency, bridge, gather, batches, throughput, size
    ./dev bench path --runs 5    more runs (3)

Every figure is the median of its runs with the least and the most beside it, and the target that it
is held against. CPU time counts before wall time: it is read from /proc for each program, Kafka and
mosquitto among them. Generator, brokers and programs share this machine's cores, so what is measured
"as fast as it goes" is all of them together. Machines differ by 10 to 20 % within minutes: compare
what ran side by side, such as the idle libmosquitto subscriber that runs beside the bridge.
"""
import argparse
import tempfile
from pathlib import Path

import path_bridge
import path_sale
import path_size
from measure import ROOT, Table, compiled

PARTS = {
    "latency": ("Sale at the agent -> GET /daily-sales, 1,000 events/s from 200 carts",
                path_sale.latency),
    "bridge": ("Bridge, one event per message", path_bridge.single_events),
    "gather": ("Bridge that gathers between turns, and the same one that does not",
               path_bridge.gathering),
    "batches": ("Bridge, 64 events per message", path_bridge.batches),
    "throughput": ("carrito-sim -> Kafka -> store, batches of 64", path_sale.throughput),
    "size": ("Size and idle cost", path_size.sizes),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", nargs="*", choices=[*PARTS, []], help="all where none is named")
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    for helper in ("publisher", "consumer", "peer_subscriber"):
        compiled(helper)
    (ROOT / ".dev").mkdir(exist_ok=True)
    for name in arguments.part or PARTS:
        title, measure = PARTS[name]
        table = Table()
        for run in range(1, arguments.runs + 1):
            print(f"{name}: run {run} of {arguments.runs}", flush=True)
            with tempfile.TemporaryDirectory(prefix="bench-", dir=ROOT / ".dev") as folder:
                measure(Path(folder) / "run", table)
        table.print(title)


if __name__ == "__main__":
    main()
