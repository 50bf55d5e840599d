"""A machine with the packages of commit 48bcdbf, sales in its store and others still in its outbox, is given
today's: nothing is lost or doubled, the administrator's files stay, and each service has its own user."""
import json
import os
from pathlib import Path

import pytest

from harness.box import RELEASE, faults_of
from harness.page import block
from harness.site import PASSWORD, SERVICES, Site
from harness.wait import wait_until

OLD = Path(os.environ.get("CARRITO_TEST_OLD_PACKAGES", "/nowhere"))
OURS = ["carrito-bridge", "carrito-collector", "carrito-agent"]
CHANGED = "/etc/carrito/{agent.conf,bridge.conf,bridge.password}"

# Kafka, which that machine's administrator had brought; today's package has what starts it.
_KAFKA = """
dpkg-deb -x ./carrito-collector_*~deb12_*.deb today
cp -r today/usr/share/carrito-collector/kafka /usr/share/carrito-collector/
cp today/usr/lib/systemd/system/carrito-kafka.service /lib/systemd/system/
today/usr/sbin/carrito-kafka-install
"""
# The old unit kills its agent (SystemCallFilter), so that somebody had taken that away. What today's
# file has otherwise is not taken over: dpkg asks, and keeps.
_OLD_SITE = """
printf 'listener 1883 127.0.0.1\\nallow_anonymous true\\npassword_file /etc/mosquitto/passwd\\n' \
    >/etc/mosquitto/conf.d/site.conf
(umask 077; openssl rand -hex 16 >/etc/carrito/bridge.password)
mosquitto_passwd -b -c /etc/mosquitto/passwd carrito-bridge "$(cat /etc/carrito/bridge.password)"
chgrp carrito /etc/carrito/bridge.password; chmod 640 /etc/carrito/bridge.password
chmod 644 /etc/mosquitto/passwd
sed -i 's/^#\\(mqtt_user\\|mqtt_password_file\\)=/\\1=/' /etc/carrito/bridge.conf
sed -i 's/^cart=.*/cart=BBCL23/' /etc/carrito/agent.conf
install -d /etc/systemd/system/carrito-agent.service.d
printf '[Service]\\nSystemCallFilter=\\n' >/etc/systemd/system/carrito-agent.service.d/lives.conf
systemctl daemon-reload
systemctl restart mosquitto
carrito-collector --config /etc/carrito/collector.conf --create-topics
systemctl restart carrito-bridge carrito-collector carrito-agent
curl --silent --fail --retry 60 --retry-delay 1 --retry-all-errors http://127.0.0.1:8080/readyz
setpriv --reuid carrito --regid carrito --init-groups \
    carrito-collector --config /etc/carrito/collector.conf user add --role admin ana
adduser --disabled-password --gecos '' vendor
adduser vendor carrito
"""



@pytest.fixture(scope="module", name="site")
def _site(module_scene, tell):
    if RELEASE != "bookworm" or not (OLD / "made").exists():
        pytest.skip("the packages of 48bcdbf are for Debian 12, and are made from its history")
    site = Site(module_scene, tell, warm=True).start()
    box = site.box
    box.do("mkdir old new; mv carrito*.deb new/")
    box.put(*OLD.glob("*.deb"), to="/root/old")
    tell("system: the packages of 48bcdbf")
    box.do("apt install ./old/*.deb", seconds=120)
    box.do(f"cd new\n{_KAFKA}", seconds=120)
    box.do(_OLD_SITE, stdin=f"{PASSWORD}\n", seconds=180)
    box.do(block("One box", "carritoctl login"), stdin=f"{PASSWORD}\n")
    for quantity in (1, 2, 3):
        site.sell(quantity)
    site.wait_sold(6)
    box.do("systemctl stop mosquitto")
    for quantity in (4, 5):
        site.sell(quantity)
    site.before = box.do(f"cat {CHANGED}")
    site.receipts = box.do("carrito-agent today --json")
    site.upgraded = f"@{int(box.do('date +%s')) + 1}"
    tell("system: upgrade")
    site.said["upgrade"] = box.do("systemctl disable carrito-bridge 2>&1; apt install ./new/*.deb 2>&1",
                                  stdin="\n" * 20, seconds=180)  # Enter: dpkg keeps the file
    return site


def test_what_was_sold_before_is_counted_once(site):
    box = site.box
    box.do("adduser vendor carrito-till; systemctl start mosquitto")
    today, before = (json.loads(said) for said in (box.do("carrito-agent today --json"), site.receipts))
    assert {key: today[key] for key in before} == before  # today's release says more
    site.wait_sold(15, 120)
    site.sell(7)
    site.wait_sold(22)
    audit = box.do("carritoctl audit --csv").splitlines()
    assert len(audit) == 2, audit  # one epoch: the outbox went on


def test_what_the_administrator_changed_is_as_it_was_and_the_rest_is_todays(site):
    assert site.box.do(f"cat {CHANGED}") == site.before
    assert "\norders=auto\n" in site.box.do("cat /etc/carrito/collector.conf")
    modes = site.box.do("stat -c '%a %U:%G %n' /etc/carrito/{agent,bridge,collector}.conf "
                        "/etc/carrito/bridge.password").splitlines()
    assert modes == [f"640 root:carrito-{name.split('.')[0]} /etc/carrito/{name}" for name in
                     ("agent.conf", "bridge.conf", "collector.conf", "bridge.password")]


def test_what_was_kept_belongs_to_the_service_of_today(site):
    owners = set(site.box.do("stat -c '%a %U %n' /var/lib/carrito/*.db").splitlines())
    assert owners == {"600 carrito-agent /var/lib/carrito/outbox.db",
                      "600 carrito-collector /var/lib/carrito/collector.db"}
    assert site.box.do("find / -xdev -user carrito -not -path '/proc/*' | head") == ""


@pytest.mark.parametrize("unit", OURS)
def test_a_service_that_ran_runs_as_its_own_user_and_what_was_disabled_is(site, unit):
    box = site.box
    pid = box.show(unit, "MainPID")
    assert box.do(f"stat -c %U /proc/{pid}").strip() == unit
    enabled = box.run(f"systemctl is-enabled {unit}").stdout.strip()
    assert enabled == ("disabled" if unit == "carrito-bridge" else "enabled")


def test_the_admin_of_before_signs_in(site):
    site.box.do("carritoctl forget; carritoctl login --user ana", stdin=f"{PASSWORD}\n")
    assert "ana" in site.box.do("carritoctl user list --csv")


@pytest.mark.parametrize("unit", SERVICES)
def test_no_unit_was_denied_anything_since(site, unit):
    """The old agent's unit is today's; its drop-in is still there, and takes nothing away."""
    wait_until(f"{unit} runs", lambda: site.box.active(unit), 30)
    assert faults_of(site.box, unit, site.upgraded) == []


def test_a_file_that_nobody_changed_goes_on_taking_a_phones_device_for_its_cart(site):
    box = site.box
    for before, cart in (("./old/carrito-bridge_*.deb", "device"), (None, "user")):
        box.do("apt purge --yes carrito-bridge", seconds=60)
        if before:
            box.do(f"apt install --yes {before}", seconds=60)
        box.do("apt install --yes ./new/carrito-bridge_*.deb", seconds=60)
        assert box.do("grep ^owntracks_cart /etc/carrito/bridge.conf").strip() == f"owntracks_cart={cart}"
