"""A card that is carried to the office counts as if its cart had sent it, once."""
import json

from harness.events import plate
from harness.ports import free_port
from harness.wait import wait_until


def _import(api, body, kind="application/x-ndjson"):
    return api.request("POST", "/api/v1/imports", data=body, headers={"Content-Type": kind})


def test_an_exported_outbox_counts_once_and_its_bad_lines_are_dead_letters(centre):
    api = centre.api
    centre.mqtt_port = free_port()  # nobody hears this cart
    agent = centre.make_agent(plate()).start().wait_socket()
    for words in (["sell", "--quantity", "4", "--client", "Ana"], ["sell", "--quantity", "2"],
                  ["void", "2"]):
        assert agent.command(*words).returncode == 0
    card = agent.command("outbox", "export").stdout
    rows = [json.loads(row) for row in card.splitlines()]
    lines = len(rows) - 1  # the last one is no event
    assert lines >= 3 and rows[-1]["counts"]["receipts"] == 2

    first = _import(api, f"{card}broken by {agent.cart}\n".encode())
    assert (first.status_code, first.json()) == (
        200, {"read": lines + 1, "new": lines, "duplicate": 0, "refused": 1}), first.text
    rows = wait_until("the sales", lambda: [
        row for row in api.items("/daily-sales", cart=agent.cart) if row["voided"] == 1], 15)
    assert (rows[0]["quantity"], rows[0]["sales"]) == (4, 1)
    # Another role makes the cart, from the same records.
    carts = wait_until("the cart", lambda: api.items("/carts", q=agent.cart), 15)
    assert carts[0]["last_heard"] is None
    wait_until("the dead letter", lambda: [
        row for row in api.get("/dead-letters", limit=50)["items"]
        if agent.cart in row["text"] and row["source"].startswith("import:")], 10)

    sales = "".join(f"{row}\n" for row in card.splitlines()
                    if json.loads(row).get("type") in ("sale", "void"))
    again = _import(api, sales.encode()).json()
    assert again == {"read": 3, "new": 0, "duplicate": 3, "refused": 0}
    assert api.items("/daily-sales", cart=agent.cart)[0]["quantity"] == 4


def test_an_import_is_lines_of_json_may_be_long_and_is_an_operators(centre):
    api = centre.api
    filler = "x" * 200
    body = "".join(f'{{"v":1,"n":{n},"filler":"{filler}"}}\n' for n in range(400)).encode()
    assert len(body) > 65536
    assert _import(api, body).json() == {"read": 400, "new": 0, "duplicate": 0, "refused": 400}
    assert _import(api, b"{}", "application/json").status_code == 415
    viewer = centre.scene.add(centre.collector.sign_in("viewer"))
    assert _import(viewer, body).status_code == 403
