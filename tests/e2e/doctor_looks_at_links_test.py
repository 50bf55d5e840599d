"""doctor tells a broker that refuses from one that is silent, warns of what goes to another machine in the
clear, and takes where to look from any program's file."""
import json

import pytest

from harness.mosquitto import Mosquitto
from harness.ports import free_port
from harness.process import BIN, run

NOWHERE = "127.0.0.1:1"


def doctor(*words):
    """{check: (state, detail)}"""
    done = run([BIN / "carritoctl", "doctor", "--json", "--lang", "en", "--url",
                "http://127.0.0.1:1", *words], seconds=60)
    return {row["check"]: (row["state"], row["detail"]) for row in json.loads(done.stdout)}


class Guarded(Mosquitto):
    """Lets nobody in without a password, of which there is none."""

    def __init__(self, folder):
        super().__init__(folder)
        config = folder / f"{self.name}.conf"
        config.write_text(config.read_text().replace("allow_anonymous true",
                                                     "allow_anonymous false"))


def test_a_broker_that_refuses_is_told_from_one_that_is_silent(scene):
    guarded = scene.add(Guarded(scene.folder)).start().wait_ready()
    state, detail = doctor("--mqtt-port", guarded.port, "--kafka-brokers", NOWHERE)["mqtt"]
    assert state == "bad" and "refuses (Not authorized)" in detail
    state, detail = doctor("--mqtt-port", free_port(), "--kafka-brokers", NOWHERE)["mqtt"]
    assert state == "bad" and "no answer at" in detail


@pytest.mark.parametrize("words, named", [
    (["--kafka-brokers", "127.0.0.1:1,192.0.2.1:9092"], ["Kafka"]),
    (["--mqtt-host", "192.0.2.1"], ["MQTT"]),
    (["--url", "http://192.0.2.1:8080"], ["CARRITO_URL"]),
    (["--url", "https://192.0.2.1"], []),
    (["--mqtt-host", "192.0.2.1", "--mqtt-cafile", "/dev/null"], []),
    ([], [])])
def test_what_goes_to_another_machine_in_the_clear_is_a_warning(words, named):
    found = doctor("--kafka-brokers", NOWHERE, "--mqtt-host", NOWHERE, *words)["links"]
    assert found[0] == ("warn" if named else "ok"), found
    assert [word for word in ("Kafka", "MQTT", "CARRITO_URL") if word in found[1]] == named


def test_a_programs_file_says_where_to_look(tmp_path):
    file = tmp_path / "bridge.conf"
    lines = ["kafka_brokers=192.0.2.1:9092", "bridge_id=cell1", "metrics=127.0.0.1:9464",
             f"mqtt_host={NOWHERE}", "[products]", "sopaipilla=500"]
    file.write_text("\n".join(lines) + "\n")
    assert "Kafka" in doctor("--config", file)["links"][1]
    file.write_text("\n".join(["kafka.security.protocol=ssl", *lines]) + "\n")
    assert doctor("--config", file)["links"][0] == "ok"
