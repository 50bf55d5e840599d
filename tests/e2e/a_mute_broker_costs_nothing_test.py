"""A broker that takes the connection and then says nothing, in the middle of TLS, costs the bridge no
processor time."""
import contextlib
import os
import socket
import subprocess
import time

from harness.programs import Bridge
from harness.wait import wait_until

SECONDS = 3
BUSY_SHARE_MAX = 0.2  # of one processor; a circle of turns takes all of it


def _cpu_seconds(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_the_bridge_waits(shared_centre, scene):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650",
                    "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=ca"],
                   cwd=scene.folder, check=True, capture_output=True)
    with contextlib.ExitStack() as held:
        # A queue that is full lets the bridge's connection take its time, as through a network.
        mute = held.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1))
        mute.settimeout(20)
        fillers = [held.enter_context(socket.create_connection(mute.getsockname()))
                   for _ in range(2)]
        bridge = Bridge(scene.folder, mute.getsockname()[1], shared_centre.kafka.brokers,
                        "mute-bridge", "mute")
        bridge.env["CARRITO_MQTT_CAFILE"] = scene.folder / "ca.crt"
        scene.add(bridge).start()
        wait_until("the bridge is ready but for the broker",
                   lambda: "not subscribed" in bridge.page("/readyz").text, 20)
        time.sleep(0.3)
        for _ in fillers:
            held.enter_context(mute.accept()[0])
        held.enter_context(mute.accept()[0])
        before = _cpu_seconds(bridge.pid)
        time.sleep(SECONDS)
        busy = _cpu_seconds(bridge.pid) - before
    assert busy / SECONDS < BUSY_SHARE_MAX, f"busy for {busy:.2f} s of {SECONDS}"
