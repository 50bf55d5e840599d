"""The units do what the administrator's page says of them, each alone on a box: an agent that has no
plate yet, a file that is wrong, who may sell, an outbox and a route elsewhere, a secret by systemd."""
import time

import pytest

from harness.box import Box, faults_of, packages
from harness.wait import wait_until

ROUTE = """<?xml version="1.0"?><gpx version="1.1"><trk><trkseg>
<trkpt lat="-33.4372" lon="-70.6506"><time>2026-11-30T12:00:00Z</time></trkpt>
<trkpt lat="-33.4373" lon="-70.6507"><time>2026-11-30T12:00:10Z</time></trkpt>
</trkseg></trk></gpx>"""
OTHER_FOLDER = """install -d -m 700 -o carrito-agent -g carrito-agent /srv/cart
cat >/srv/route.gpx && chmod 644 /srv/route.gpx
printf 'outbox=/srv/cart/outbox.db\\ngps=file:/srv/route.gpx\\n' >>/etc/carrito/agent.conf
mkdir -p /etc/systemd/system/carrito-agent.service.d
printf '[Service]\\nReadWritePaths=/srv/cart\\n' >/etc/systemd/system/carrito-agent.service.d/own.conf
systemctl daemon-reload; systemctl restart carrito-agent"""
CREDENTIAL = """install -d -m 700 /root/secrets
(umask 077; echo hunter2 >/root/secrets/bridge.password)
mkdir -p /etc/systemd/system/carrito-bridge.service.d
cat >/etc/systemd/system/carrito-bridge.service.d/secret.conf <<'END'
[Service]
LoadCredential=bridge.password:/root/secrets/bridge.password
Environment=CARRITO_MQTT_USER=carrito-bridge CARRITO_MQTT_PASSWORD_FILE=%d/bridge.password
END
systemctl daemon-reload; systemctl restart carrito-bridge"""


@pytest.fixture(scope="module", name="box")
def _box(module_scene, tell):
    tell("system: a box with agent and bridge")
    box = Box(module_scene, warm=True).start()
    box.put(*(path for name, path in packages().items() if name in ("carrito-agent", "carrito-bridge", "carrito-till")))
    box.do("apt-get install -y ./carrito-agent_*.deb ./carrito-bridge_*.deb ./carrito-till_*.deb",
           seconds=120)
    for user in ("vendor", "stranger"):
        box.do(f"adduser --disabled-password --gecos '' {user}")
    box.do("adduser vendor carrito-till")
    return box


def give_plate(box):
    box.do("sed -i 's/^#*cart=.*/cart=BBCL23/' /etc/carrito/agent.conf; systemctl restart carrito-agent")


def test_an_agent_without_a_plate_waits_for_one_and_says_so(box):
    assert box.active("carrito-agent")
    assert "waits for a plate" in box.show("carrito-agent", "StatusText")
    done = box.run("carrito-agent sell --quantity 1", user="vendor")
    assert done.returncode == 1 and "le falta su patente" in done.stderr, done
    assert box.do("find /var/lib/carrito -name 'outbox*'") == "", "it begins no epoch"
    assert faults_of(box, "carrito-agent") == []


def test_who_is_in_the_group_sells_and_sees_the_day_and_others_are_told_why_not(box):
    give_plate(box)
    assert box.do("carrito-agent sell --quantity 3", user="vendor").startswith("ok")
    assert '"quantity":3' in box.do("carrito-agent today --json", user="vendor")
    for words in ("sell --quantity 1", "today"):
        done = box.run(f"carrito-agent {words}", user="stranger")
        assert done.returncode == 1 and "adduser NAME carrito-till" in done.stderr, done


def test_the_keypads_program_waits_calmly_where_there_is_none(box):
    """In a box there is no /dev/input at all."""
    wait_until("it waits", lambda: box.show("carrito-till", "StatusText") == "waits for a keypad", 30)
    used = f"awk '{{print $14 + $15}}' /proc/{box.show('carrito-till', 'MainPID')}/stat"
    began = int(box.do(used))
    time.sleep(10)
    assert int(box.do(used)) - began <= 2, "0.2 % of a processor, in its ticks of 10 ms"
    assert faults_of(box, "carrito-till") == []
    assert "level=" not in box.journal("-u carrito-till").replace("level=info", "")
    assert box.do("stat -c '%U:%G %a' /etc/carrito/till.conf").strip() == "root:carrito-till 640"


def test_a_wrong_file_ends_the_service_once(box):
    give_plate(box)
    box.do("cp /etc/carrito/agent.conf /root/; echo 'cartt=X' >>/etc/carrito/agent.conf")
    try:
        assert box.run("systemctl restart carrito-agent").returncode != 0
        time.sleep(5)  # RestartSec is 2
        assert box.show("carrito-agent", "ExecMainStatus") == "78"
        assert box.show("carrito-agent", "ActiveState") == "failed"
        assert box.show("carrito-agent", "NRestarts") == "0"
        assert 'unknown key "cartt"' in box.journal("-u carrito-agent")
    finally:
        box.do("cp /root/agent.conf /etc/carrito/")
    box.do("systemctl restart carrito-agent")
    assert box.do("stat -c '%U:%G %a' /etc/carrito/agent.conf").strip() == "root:carrito-agent 640"


def test_outbox_and_route_may_be_elsewhere(box):
    give_plate(box)
    box.do(OTHER_FOLDER, stdin=ROUTE)
    assert box.do("carrito-agent sell --quantity 2", user="vendor").startswith("ok")
    assert box.do("stat -c %U /srv/cart/outbox.db").strip() == "carrito-agent"
    wait_until("a fix of the route", lambda: '"gps":"fix"' in box.do("carrito-agent status --json"), 20)
    assert '"sales":1' in box.do("carrito-agent today --json", user="vendor")
    assert faults_of(box, "carrito-agent") == []


def test_systemd_hands_a_secret_over_that_only_root_reads(box):
    box.do(CREDENTIAL)
    assert box.active("carrito-bridge")
    assert faults_of(box, "carrito-bridge") == []
    assert "secret cannot be read" not in box.journal("-u carrito-bridge")
