"""No program of ours makes a topic by asking for it, also where the broker would: each waits and says
which one is missing."""
import os
import subprocess
import sys
import time

from harness.centre import Centre
from harness.kafka import Kafka
from harness.process import BIN, ROOT
from harness.wait import wait_until

sys.path.append(str(ROOT / "bench"))
from measure import compiled  # noqa: E402  pylint: disable=wrong-import-position

LOOK_SECONDS = 6  # some rounds of each program's questions


def _topics(kafka):
    """A list of all topics makes none."""
    return sorted(kafka.admin().list_topics(timeout=10).topics)


def _run_together(seconds, commands, brokers):
    """Programs that may wait for ever."""
    running = [subprocess.Popen([str(word) for word in words],  # pylint: disable=consider-using-with
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                env={**os.environ, "CARRITO_KAFKA_BROKERS": brokers})
               for words in commands]
    try:
        time.sleep(seconds)
    finally:
        for popen in running:
            popen.kill()
            popen.wait()


def test_no_topic_appears(scene):
    kafka = scene.add(Kafka(scene.folder, words=["--set", "auto.create.topics.enable=true"]))
    centre = Centre(scene, kafka)
    kafka.start().wait_ready()
    centre.mosquitto.start().wait_ready()
    assert _topics(kafka) == []
    centre.bridge.start()
    centre.collector.start()
    wait_until("the collector serves", lambda: centre.collector.page("/healthz").status_code == 200, 20)
    _run_together(LOOK_SECONDS, [
        [BIN / "carritoctl", "tail", "kafka", "carrito/sales/#"],
        [compiled("consumer"), kafka.brokers, "carrito.sales"],
        [compiled("sales_producer"), kafka.brokers, "sale", 1, 1, 1, 1, 0]], kafka.brokers)
    assert kafka.admin().list_topics("carrito.sales", timeout=10).topics["carrito.sales"].error
    own = [name for name in _topics(kafka) if not name.startswith("__")]
    assert own == [], f"made by asking: {own}"

    assert "missing=carrito.sales" in centre.bridge.text()
    wait_until("the collector says it", lambda: "missing=carrito.sales" in centre.collector.text(), 20)
    assert centre.bridge.alive() and centre.collector.alive()
    centre.collector.create_topics()
    centre.bridge.wait_ready()
    centre.collector.wait_ready()
    assert len(kafka.partitions("carrito.sales")) > 1
