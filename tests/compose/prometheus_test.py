"""Debian 13's compose runs the file, too, on other ports, and the profile's Prometheus reaches
every program and reads the rules."""
import pytest

from harness.compose import V2, Compose, progress
from harness.composed import assert_outboxes_equal_api, get, way_in
from harness.wait import wait_until

CARTS = 3
PORTS = {"HTTP_PORT": 18080, "MQTT_PORT": 11883, "KAFKA_PORT": 19092, "MAIL_PORT": 18025,
         "PROMETHEUS_PORT": 19090}
PROMETHEUS = f"http://127.0.0.1:{PORTS['PROMETHEUS_PORT']}/api/v1"


@pytest.fixture(scope="module")
def site(request):
    compose = Compose("watched", V2, COMPOSE_PROFILES="prometheus", **PORTS)
    failed = request.session.testsfailed
    try:
        progress("up with Prometheus, by Debian 13's compose")
        compose.run("up", "-d", "--scale", f"cart={CARTS}")
        yield compose
        if request.session.testsfailed > failed:
            progress(compose.run("logs", "--no-color", "--tail", "30"))
    finally:
        compose.end()


def targets():
    rows = get(PROMETHEUS + "/targets").json()["data"]["activeTargets"]
    return sorted((row["labels"]["job"], row["health"]) for row in rows)


def test_every_program_is_scraped(site):
    site.wait_healthy(seconds=180)
    wanted = sorted([("carrito-agent", "up")] * CARTS
                    + [("carrito-bridge", "up"), ("carrito-collector", "up")])
    wait_until("every target is up", lambda: targets() == wanted, 60, every=1)


def test_the_rules_are_read_and_tell_of_nothing(site):  # pylint: disable=unused-argument
    groups = get(PROMETHEUS + "/rules").json()["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert len(rules) >= 10 and {rule["health"] for rule in rules} <= {"ok", "unknown"}
    assert [rule["name"] for rule in rules if rule["state"] == "firing"] == []


def test_on_other_ports_the_sales_are_the_same(site):
    api = way_in(site, PORTS["HTTP_PORT"])
    wait_until("all carts have sold", lambda: len(api.daily()) == CARTS, 60, every=1)
    assert_outboxes_equal_api(site, api, CARTS)
    site.end()
    assert site.left() == []
