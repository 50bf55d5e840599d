"""Twenty carts for five minutes in which each service is restarted and killed: what the outboxes
hold equals the API. What runs may do no more than it must, and leaves nothing behind."""
import os
import random
import re
import secrets
import subprocess
import time

import pytest

from harness.compose import Compose, progress
from harness.composed import assert_outboxes_equal_api, get, kill, sales_of, way_in
from harness.wait import wait_until

CARTS = 20
SELLING_S = 300
SERVICES = ("mosquitto", "kafka", "mail", "bridge", "collector", "cart")
HEALTHY_S = 120


@pytest.fixture(scope="module")
def site(request):
    compose = Compose("twenty")
    failed = request.session.testsfailed
    try:
        progress(f"up with {CARTS} carts")
        compose.run("up", "-d", "--scale", f"cart={CARTS}")
        yield compose
        if request.session.testsfailed > failed:
            progress(compose.run("logs", "--no-color", "--tail", "15"))
    finally:
        compose.end()


@pytest.fixture(scope="module")
def api(site):
    site.wait_healthy(seconds=HEALTHY_S)
    return way_in(site)


@pytest.fixture(scope="module")
def began(site):  # pylint: disable=unused-argument
    return time.monotonic()


def test_all_become_healthy(site, began):
    site.wait_healthy(seconds=HEALTHY_S)
    progress(f"all healthy after {time.monotonic() - began:.0f} s")
    assert len(site.containers("cart")) == CARTS


def test_all_carts_sell_and_no_two_alike(site, api):
    wait_until("all carts have sold", lambda: len(api.daily()) == CARTS, 60, every=1)
    told = [[(e["quantity"], e.get("client")) for e in sales_of(c) if e["type"] == "sale"][:4]
            for c in site.containers("cart")]
    assert len({tuple(sales) for sales in told}) == CARTS, told
    places = {(row["lat"], row["lon"]) for row in api.items("/carts")}
    assert len(places) == CARTS


def test_the_first_look_is_calm(api):
    """Carts that have sold are to be filled again: that is so, and not a fault of the start."""
    assert [(row["kind"], row["cart"], row["details"]) for row in api.items("/alerts")
            if row["kind"] not in ("restock-batch", "stock-out")] == []


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        return dict(line.rstrip().split(":\t", 1) for line in file if ":\t" in line)


def test_nothing_may_do_more_than_it_must(site):
    looks = site.looks()
    assert len(looks) == CARTS + len(SERVICES) - 1
    for look in looks:
        name, host = site.service_of(look), look["HostConfig"]
        status = status_of(look["State"]["Pid"])
        assert status["Uid"].split()[0] != "0", f"{name} runs as root"
        assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0, name
        assert status["NoNewPrivs"] == "1" and status["Seccomp"] == "2", name
        assert host["Memory"] > 0 and host["NanoCpus"] > 0 and host["PidsLimit"] > 0, name
        with open(f"/proc/{look['State']['Pid']}/mountinfo", encoding="utf-8") as file:
            root = next(line.split() for line in file if line.split()[4] == "/")
        assert root[5].split(",")[0] == "ro", f"{name} can write its root"


def test_the_way_in_asks_for_the_password_and_says_when_it_is_done(site):
    name, password = f"u{secrets.token_hex(4)}", secrets.token_urlsafe(12)
    status, shown = site.typed("exec", "collector", "carrito-collector", "user", "add", "--role",
                               "admin", name, answers=[password, password])
    assert status == 0 and f"added: {name}" in shown, shown
    assert password not in shown
    status, shown = site.typed("exec", "collector", "carritoctl", "login", "--user", name,
                               answers=[password])
    assert status == 0, shown
    shown = site.run("exec", "-T", "collector", "carritoctl", "daily")
    assert len(re.findall("SIM-", shown)) == CARTS, shown


def test_a_stranger_on_the_published_ports(api):
    event = (f'{{"v":1,"type":"sale","cart":"ZZTP10","epoch":"{secrets.token_hex(8)}","seq":1,'
             f'"receipt":1,"ts_ms":{int(time.time() * 1000)},"clock":"ntp","quantity":2,'
             '"amount":1000}')
    subprocess.run(["mosquitto_pub", "-h", "127.0.0.1", "-p", "1883", "-V", "5", "-q", "1", "-t",
                    "carrito/v1/ZZTP10/events", "-m", event], check=True, timeout=20)
    wait_until("the sale is shown",
               lambda: any(cart == "ZZTP10" for _, cart in api.daily()), 20, every=0.5)
    from confluent_kafka.admin import AdminClient  # pylint: disable=import-outside-toplevel
    seen = AdminClient(
        {"bootstrap.servers": "127.0.0.1:9092", "log_level": 2}).list_topics(timeout=10)
    assert "carrito.sales" in seen.topics
    assert {f"{b.host}:{b.port}" for b in seen.brokers.values()} == {"127.0.0.1:9092"}


def test_mails_are_on_a_page(api):
    body = {"product": "sopaipilla", "price": 500, "quantity": 4, "email": "ana@example.org"}
    assert api.request("POST", "/api/v1/orders", json=body).status_code == 202
    page = "http://127.0.0.1:8025/"
    wait_until("the mail", lambda: "ana@example.org" in get(page).text, 30, every=1)
    mail = re.search(r'href="/([^"]+\.eml)"', get(page).text).group(1)
    assert "ana@example.org" in get(page + mail).text
    for path in ("../etc/passwd", "%2e%2e/etc/passwd", mail + "x"):
        assert get(page + path).status_code == 404


def test_five_minutes_of_restarts_and_kills(site, api, began):
    order = list(SERVICES)
    seed = os.environ.get("CARRITO_TEST_SEED") or secrets.token_hex(4)
    random.Random(seed).shuffle(order)
    progress(f"restarts and kills, seed {seed} (CARRITO_TEST_SEED={seed} repeats their order)")
    for service in order:
        site.run("restart", service)
        site.wait_healthy(service, seconds=HEALTHY_S)
        progress(f"{service} was restarted")
        kill(site, service)
        site.wait_healthy(service, seconds=HEALTHY_S)
        progress(f"{service} was killed")
    kill(site, *SERVICES)
    progress("all were killed at once")
    site.wait_healthy(seconds=HEALTHY_S)
    site.run("stop")
    site.run("start")
    progress("all were stopped and started")
    site.wait_healthy(seconds=HEALTHY_S)
    while time.monotonic() < began + SELLING_S:
        time.sleep(1)
    events = assert_outboxes_equal_api(site, api, CARTS)
    per_cart = SELLING_S / 60 * 12
    assert sum(e["type"] == "sale" for e in events) > CARTS * per_cart / 2


def test_down_leaves_nothing(site):
    site.end()
    assert set(site.left()) <= {"network"}  # after kills; without them, three_nodes_test has none
