"""A cart whose certificate ends soon asks for another, gets it by MQTT, comes in by it and sells on; nobody
was at the cart, and what was there before stays."""
import json
import re
import time

import pytest

from harness.cell import add_cart, enrol, enrolled_agent, fresh_board, start_cell
from harness.events import plate
from harness.process import BIN, run
from harness.wait import wait_until


@pytest.fixture(scope="module", name="cell")
def _cell(module_scene, shared_centre):
    return start_cell(module_scene, shared_centre.kafka.brokers, "cell-renew")


@pytest.fixture(name="ctl")
def _ctl(centre, cell):
    env = {"CARRITO_URL": f"http://{centre.collector.http}", "CARRITO_TOKEN": centre.api.token,
           "CARRITO_LANG": "en"}

    def ctl(*words, status=0):
        done = run([BIN / "carritoctl", *words, "--authority", cell.folder / "guild"], env)
        assert done.returncode == status, done
        return done
    return ctl


@pytest.fixture(name="board")
def _board(tmp_path, cell, centre):
    """A cart whose first certificate lasts 20 days."""
    cart = plate()
    file = add_cart(cell.folder, cart, "guild", f"localhost:{cell.tls_port}", "--days", "20")
    assert enrol(fresh_board(tmp_path), file).returncode == 0
    return enrolled_agent(centre.scene, tmp_path, cart).start().wait_socket()


def _request(centre, cart):
    return centre.api.get(f"/carts/{cart}")["request"]


def _doctor_says(board, folder):
    done = run([BIN / "carritoctl", "doctor", "--json", "--lang", "en", "--config",
                folder / "agent.conf", "--url", "http://127.0.0.1:1", "--kafka-brokers",
                "127.0.0.1:1"], {"CARRITO_SOCKET": board.env["CARRITO_SOCKET"]}, seconds=60)
    return next((row["state"], row["detail"]) for row in json.loads(done.stdout)
                if row["check"] == "certificate")


def test_it_asks_gets_it_and_comes_in_by_it(centre, ctl, board, tmp_path):
    cart = board.cart
    files = {path: path.read_bytes() for path in tmp_path.iterdir()}
    wait_until("it asks", lambda: (board.status()["connected"]
                                   and centre.api.get("/carts", q=cart)["items"]
                                   and _request(centre, cart)), 30)
    assert "BEGIN CERTIFICATE REQUEST" in _request(centre, cart)
    state, detail = _doctor_says(board, tmp_path)
    assert state == "bad" and "ends in 19 days" in detail, detail
    ctl("cart", "renew", cart)
    wait_until("it came in", lambda: "connected by the new certificate" in board.text(), 60)
    wait_until("it asks no more", lambda: _request(centre, cart) is None, 15)
    state, detail = _doctor_says(board, tmp_path)  # the configured one ends as before
    assert state == "ok" and "the one that the agent uses is valid for" in detail, detail
    asked = ctl("cart", "renew", cart, status=1)
    assert "asks for no certificate" in asked.stderr
    assert board.sell(2).returncode == 0
    wait_until("counted", lambda: centre.api.items("/daily-sales", cart=cart), 30)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == files
    pem = run(["openssl", "x509", "-noout", "-subject", "-enddate", "-in", f"{board.outbox}.pem"])
    assert re.search(rf"CN ?= ?{cart}\b", pem.stdout), pem
    centre.kafka.wait_record(
        "carrito.presence", lambda record: record.key() == cart.encode() and json.loads(
            record.value()).get("certificate_ms", 0) > (time.time() + 25 * 86400) * 1000, seconds=30)  # the broker's ends in 30 days
    assert not board.outbox.with_name(board.outbox.name + ".key.new").exists()
    board.terminate()
    board.start().wait_socket()
    wait_until("by the new one", lambda: board.status()["connected"], 20)
    assert _request(centre, cart) is None


def test_a_lost_cart_gets_no_other_one_by_asking(centre, ctl, board):
    cart = board.cart
    wait_until("it asks", lambda: (centre.api.get("/carts", q=cart)["items"]
                                   and _request(centre, cart)), 30)
    ctl("cart", "revoke", cart)
    said = ctl("cart", "renew", cart, status=1)
    assert "no valid certificate" in said.stderr


def test_a_certificate_that_does_not_fit_changes_nothing(centre, ctl, board, cell):
    cart, other = board.cart, plate()
    wait_until("it asks", lambda: (centre.api.get("/carts", q=cart)["items"]
                                   and _request(centre, cart)), 30)
    add_cart(cell.folder, other)
    theirs = next((cell.folder / "guild" / "carts").glob(f"{other}.*")).read_text()
    answer = centre.api.request("POST", f"/api/v1/carts/{cart}/commands",
                                json={"command": "certificate", "certificate": theirs})
    assert answer.status_code == 202
    wait_until("it was judged", lambda: "a certificate that is not taken" in board.text(), 20)
    assert board.status()["connected"] and board.text().count("msg=connected") == 1
    acts = centre.api.items("/actions")
    assert [act["details"] for act in acts if act["subject"] == cart] == ["certificate"]
    for bad in ("rubbish", "", 5, None):
        answer = centre.api.request("POST", f"/api/v1/carts/{cart}/commands",
                                    json={"command": "certificate", "certificate": bad})
        assert answer.status_code == 422 and answer.json()["field"] == "certificate"


def test_under_another_plate_what_it_got_by_mqtt_stays_too(cell, ctl, centre, board, tmp_path):
    cart, other = board.cart, plate()
    wait_until("it asks", lambda: (centre.api.get("/carts", q=cart)["items"]
                                   and _request(centre, cart)), 30)
    ctl("cart", "renew", cart)
    wait_until("it came in", lambda: "connected by the new certificate" in board.text(), 60)
    board.terminate()
    pem = board.outbox.with_name(board.outbox.name + ".pem").read_text()
    with open(tmp_path / "agent.conf", "a", encoding="utf-8") as conf:
        conf.write(f"outbox={board.outbox}\n")
    assert enrol(tmp_path, add_cart(cell.folder, other)).returncode == 0
    for ending in ("key", "crt"):
        assert (tmp_path / f"cart.{cart}.{ending}").read_text() == pem
