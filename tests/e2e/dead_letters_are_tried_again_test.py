"""What cannot be read is listed with its reason in the reader's language, raises an alert, and can be tried again."""
import json
import secrets

from harness.cart import PahoCart
from harness.events import Outbox, line, plate
from harness.programs import ctl
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


# Whoever refuses: the bridge, a role, an import. Source, and why in each language.
TOLD = {
    "mqtt": ("no es JSON: falta una clave", "not JSON: a key is missing"),
    "kafka": ("type debe ser uno de sale, void, location, stock, order, clock",
              "type must be one of sale, void, location, stock, order, clock"),
    "kafka-topic": ("un evento de este tipo no es de este tópico",
                    "an event of this type is not for this topic"),
    "import": ("no es JSON: termina en medio de un texto", "not JSON: the text ends inside a string"),
}


def test_each_reader_is_told_why_in_their_own_language(centre):
    cart = centre.scene.add(PahoCart(centre.mqtt_port))
    mark = secrets.token_hex(8)
    bodies = {"mqtt": f"{{broken {mark}", "kafka": json.dumps({"v": 1, "type": mark}),
              "kafka-topic": line(cart.outbox.location()).decode(), "import": f'{{"v":1,"cut {mark}'}
    cart.wait_puback(cart.publish(f"carrito/v1/{cart.cart}/events", bodies["mqtt"].encode()))
    for name in ("kafka", "kafka-topic"):
        centre.kafka.produce("carrito.sales", cart.cart, bodies[name].encode())
    assert centre.api.request("POST", "/api/v1/imports", data=bodies["import"].encode(),
                              headers={"Content-Type": "application/x-ndjson"}).json()["refused"] == 1

    def told(language):
        rows = centre.api.request("GET", "/api/v1/dead-letters?limit=1000",
                                  headers={"Accept-Language": language}).json()["items"]
        words = {name: row["error"] for name, body in bodies.items()
                 for row in rows if row["text"].strip() == body.strip()}
        return words if set(words) == set(bodies) else None
    for place, language in enumerate(("es", "en")):
        words = wait_until("four dead letters", lambda language=language: told(language), 15)
        listed = ctl(centre.api.token, centre.collector, "dead-letters", "--json", "--lang", language).stdout
        for name, sentences in TOLD.items():
            assert sentences[place] == words[name], (name, words)
            assert words[name] in [row["error"] for row in json.loads(listed)], words[name]
