"""Who follows "One box" and "A cart" of the administrator's page has a centre that sells: doctor finds
nothing wrong, and no unit was killed, denied or started twice."""
import ctypes
import json
import re
from pathlib import Path

import pytest

from harness.box import faults_of
from harness.dispatch import standing
from harness.site import SERVICES, Site
from harness.wait import wait_until

pytestmark = pytest.mark.short
_TIME_ERROR = 5


@pytest.fixture(scope="module", name="site")
def _site(module_scene, tell):
    return Site(module_scene, tell, warm=True).start().follow("One box", "A cart")


def _host_is_in_step():
    """The kernel's own word, which a box shares with its host: adjtimex(2), for reading."""
    room = ctypes.create_string_buffer(512)
    return 0 <= ctypes.CDLL(None).adjtimex(room) != _TIME_ERROR


def test_doctor_finds_nothing_wrong(site):
    assert {check for check, (state, _) in site.doctor().items() if state == "BAD"} == set()
    assert {state for state, _ in site.doctor().values()} >= {"ok"}


def test_doctor_says_that_the_broker_refused_and_how_many_carts_it_bears(site):
    """Without a name the broker answers, and says no: that is not "no answer"."""
    said = site.box.run("carritoctl doctor").stdout
    assert re.search(r"^BAD +MQTT: answers at 127.0.0.1 and refuses \(Not authorized\)", said, re.M), said
    state, detail = site.doctor()["connections"]  # a box has at most the host's hard limit
    assert state == "ok" and int(re.search(r"takes (\d+)", detail).group(1)) > 10000


def test_the_vendors_sale_was_answered_and_arrives(site):
    said = next(text for script, text in site.said.items() if "sell --quantity" in script)
    assert said.startswith("ok"), said
    site.wait_sold(3)


def test_the_time_of_an_event_is_as_good_as_the_hosts(site):
    status = json.loads(site.box.do("carrito-agent status --json", user="vendor"))
    assert (status["clock"] == "ntp") == _host_is_in_step(), status


@pytest.mark.parametrize("unit", ["mosquitto", *SERVICES])
def test_no_unit_was_killed_denied_or_started_twice(site, unit):
    assert faults_of(site.box, unit) == []


def test_only_the_broker_of_carts_is_heard_from_outside(site):
    listeners = site.box.do("ss -Hltn | awk '{print $4}'").split()
    outside = {at for at in listeners if not re.match(r"(127\.|\[::1\]|\[::ffff:127\.)", at)}
    assert outside == {"0.0.0.0:8883", "[::]:8883"}, listeners


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_has_bounds_and_a_user_of_its_own(site, unit):
    assert site.box.show(unit, "User") == unit
    assert site.box.show(unit, "MemoryMax") != "infinity"
    assert site.box.show(unit, "TasksMax") != "infinity"
    assert site.box.show(unit, "LimitCORE") == "0"


def test_nobody_else_reads_what_is_secret(site):
    site.box.do("adduser --disabled-password --gecos '' stranger")
    seen = site.box.run("find /etc/carrito /var/lib/carrito /var/lib/carrito-kafka /etc/mosquitto "
                        "-type f -readable 2>/dev/null", user="stranger").stdout.split()
    public = re.compile(r"/var/lib/carrito-kafka/libs/|/etc/mosquitto/|\.crt$")
    assert [path for path in seen if not public.search(path)] == []
    assert not [path for path in seen if re.search(r"\.key$|passwd$", path)]


def test_a_stopped_agent_is_started_anew_by_its_watchdog(site):
    before = site.sold()
    site.watchdog_starts_anew("carrito-agent")
    site.sell(2)
    site.wait_sold(before + 2)


def test_a_backup_is_made_each_night_and_by_one_line_twice(site):
    assert site.box.do("systemctl is-active carrito-backup.timer").strip() == "active"
    folder, copy = "/var/backups/carrito", "/srv/carrito-copy"
    site.box.do(f"install -d -m 700 -o carrito-collector -g carrito-collector {copy}")
    site.box.do(f"echo backup_copy={copy} >>/etc/carrito/collector.conf")
    site.box.do("systemctl start carrito-backup.service")
    for place in (folder, copy):
        made = site.box.do(f"stat -c '%U %a %n' {place}/*").split()
        assert made[:2] == ["carrito-collector", "600"] and len(made) == 3, made


def _orders(site, order):
    return json.loads(site.box.do(f"curl -s http://127.0.0.1:8080/api/v1/orders/{order}"))


def _ordered(site):
    said = site.box.run(
        "curl -s -H 'Content-Type: application/json' http://127.0.0.1:8080/api/v1/orders -d '"
        + json.dumps({"product": "sopaipilla", "price": 500, "quantity": 2, "place": "Plaza 1",
                      "email": "ana@example.com", "lat": -33.4372, "lon": -70.6506}) + "'").stdout
    return json.loads(said).get("id")  # None: no cart was there lately


def test_an_order_finds_the_cart(site):
    """Dispatch is a choice of the guild's, two lines of files; the vendor's words are the agent's own."""
    recording = standing(site.box.folder, -33.4370, -70.6506).partition(":")[2]
    site.box.put(recording, to="/etc/carrito")
    site.box.do("sed -i s/^orders=auto/orders=dispatch/ /etc/carrito/collector.conf\n"
                f"echo gps=file:/etc/carrito/{Path(recording).name} >>/etc/carrito/agent.conf\n"
                "systemctl restart carrito-collector carrito-agent")
    site.box.do("carrito-agent restock 40 && carrito-agent orders on", user="vendor")
    before = site.sold()
    order = wait_until("a cart is there, and an order is taken", lambda: _ordered(site), 60, every=1)
    for status in ("preparando", "entregando", "finalizado"):
        wait_until(f"the vendor says {status}", lambda s=status: site.box.run(
            f"carrito-agent order {order} {s}", user="vendor").returncode == 0, 60, every=0.5)
        wait_until(f"it is {status}", lambda s=status: _orders(site, order)["status"] == s, 30)
    site.wait_sold(before + 2)
