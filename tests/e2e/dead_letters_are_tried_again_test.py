"""What cannot be read is listed with its reason, raises an alert, and can be tried again."""
import json

from harness.events import Outbox, line, plate
from harness.wait import wait_until


def _mine(api, source):
    return [row for row in api.get("/dead-letters", limit=1000)["items"]
            if row["source"] == source]


def test_a_dead_letter_is_listed_told_and_tried_again(centre):
    api, outbox = centre.api, Outbox(plate())
    topic = f"mqtt:carrito/v1/{outbox.cart}/events"
    good = line(outbox.sale(quantity=4))
    values = [b'{"v":1,"type":"sale"}', good, b"\xffrubbish"]
    for value in values:
        centre.kafka.produce("carrito.dead-letters", outbox.cart, value,
                             {"error": "on purpose", "source": topic})
    rows = wait_until("the dead letters", lambda: _mine(api, topic)[2:] and _mine(api, topic), 10)
    assert [row["text"] for row in rows] == ["\ufffdrubbish", good.decode(), values[0].decode()]
    assert {row["error"] for row in rows} == {"on purpose"}

    one = api.get("/dead-letters", limit=2)
    two = api.get("/dead-letters", limit=1, cursor=one["next"])
    together = one["items"] + two["items"]
    newest = api.get("/dead-letters", limit=1000)["items"]
    at = newest.index(together[0])
    assert together == newest[at:at + 3]

    def retry(row):
        return api.request(
            "POST", f"/api/v1/dead-letters/{row['partition']}/{row['offset']}/retry")

    bad = retry(rows[2])
    assert bad.status_code == 422 and "cart" in json.dumps(bad.json()), bad.text
    assert retry(rows[1]).status_code == 202
    wait_until("the sale", lambda: api.items("/daily-sales", cart=outbox.cart), 15)
    assert api.items("/daily-sales", cart=outbox.cart)[0]["quantity"] == 4
    for place in ("0/99999999", "99/0", "x/0"):
        assert api.request("POST", f"/api/v1/dead-letters/{place}/retry").status_code == 404
    wait_until("the alert", lambda: [a for a in api.items("/alerts", kind="dead-letter")
                                     if a["ended"] is None], 15)
