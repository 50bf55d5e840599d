"""Premium applications that wait in Kafka are taken before the others, however many they are and
however the batches fall."""
import json
import secrets

from harness.events import now_ms, plate
from harness.people import applicant
from harness.wait import wait_until

PREMIUM = 20_000  # five of the role's largest batches


def test_the_last_of_many_premium_ones_gets_the_plate(world):
    world.collector.env["CARRITO_MEMBERS_AUTO_ACCEPT"] = "1"
    world.start_brokers()
    producer = world.kafka.producer()
    ours = plate("M")

    def produce(partition, body):
        value = {"id": secrets.token_hex(16), "ts_ms": now_ms(), **body}
        producer.produce("carrito.members", json.dumps(value), body["rut"], partition=partition)

    produce(0, applicant(plate=ours))
    for i in range(PREMIUM):
        produce(1, applicant(premium=True))
        if i % 1000 == 0:
            producer.flush(20)
    produce(1, applicant(plate=ours, premium=True))
    assert producer.flush(20) == 0
    world.collector.start().wait_ready()
    world.sign_in()

    def both():
        found = [r for r in world.api.items("/members") if r["plate"] == ours]
        return found if len(found) == 2 else None

    rows = wait_until("both decisions", both, 60, every=1)
    assert {row["premium"]: row["status"] for row in rows} == {True: "accepted", False: "pending"}
