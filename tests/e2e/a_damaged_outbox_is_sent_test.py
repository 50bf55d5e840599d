"""A damaged outbox is set aside and a new epoch begins; what it still gives is sent by itself under the
old one, and counted once, beside the cart's next sales."""
import json

from harness.events import plate
from harness.wait import wait_until

NOBODY = 1  # a port that nobody listens on
UNSENT = 50


def test_what_a_damaged_outbox_still_gives_is_counted(centre):
    cart, outbox = plate(), centre.folder / "outbox.db"
    agent = centre.make_agent(cart, CARRITO_OUTBOX=outbox, CARRITO_MQTT_PORT=NOBODY)
    agent.start().wait_socket()
    for _ in range(UNSENT):
        agent.sell_by_socket(2)
    before = agent.status()["epoch"]
    assert agent.terminate() == 0
    with open(outbox, "r+b") as file:
        file.write(b"\x55" * 100)  # no program takes it for a database any more

    agent = centre.make_agent(cart, CARRITO_OUTBOX=outbox).start().wait_socket()
    assert agent.sell(2).returncode == 0
    assert agent.status()["epoch"] != before
    wait_until("all is sent", lambda: agent.status()["waiting"] == 0
               and "former" not in agent.status(), 60)

    def sold():
        return sum(row["sales"] for row in centre.api.items("/daily-sales", cart=cart))

    wait_until("all is counted", lambda: sold() == UNSENT + 1, 30)
    came = [json.loads(record.value()) for record in centre.kafka.records("carrito.sales")
            if record.key() == cart.encode()]
    old = [event["receipt"] for event in came if event["epoch"] == before and event["type"] == "sale"]
    assert sorted(set(old)) == list(range(1, UNSENT + 1))
    assert [row for row in centre.api.items("/audit", cart=cart) if row["missing"]] == []
    assert list(centre.folder.glob(f"outbox.db.sent-{cart}-*"))
    assert list(centre.folder.glob("outbox.db.damaged-*"))
