"""From a Debian with nothing on it, through all that a machine of the guild lives through: the page followed,
watched by Prometheus, programs that hang, a Kafka that is installed again, an end, another beginning, removal."""
import pytest

from harness.box import CACHE, faults_of
from harness.page import block, blocks
from harness.site import SERVICES, Site
from harness.wait import wait_until

OURS = ["carrito-bridge", "carrito-collector", "carrito-agent", "carrito-till"]
INSTALL = "carrito-kafka-install"
LIBS = "/var/lib/carrito-kafka/libs"


@pytest.fixture(scope="module", name="site")
def _site(module_scene, tell):
    return Site(module_scene, tell).start().follow("One box", "A cart")


def test_doctor_finds_nothing_wrong_and_the_sale_arrives(site):
    assert {check for check, (state, _) in site.doctor().items() if state == "BAD"} == set()
    site.wait_sold(3)


def test_prometheus_sees_both_programs_and_debians_own_file_is_as_it_was(site):
    box = site.box
    site.run_block(blocks("Watch it")[0])
    assert box.do("dpkg --verify prometheus") == ""
    ask = "curl -s 'http://127.0.0.1:9090/api/v1/query?query=count(up==1)'"
    wait_until("both are up", lambda: '"2"]' in box.do(ask), 60, every=1)
    said = box.do("curl -s 'http://127.0.0.1:9090/api/v1/targets?state=active'")
    assert '"health":"down"' not in said
    box.do("systemctl stop prometheus")


@pytest.mark.parametrize("unit", OURS)
def test_a_program_that_hangs_is_started_anew(site, unit):
    before = site.sold()
    site.watchdog_starts_anew(unit)
    site.sell(2)
    site.wait_sold(before + 2)


def test_a_second_installation_of_kafka_changes_nothing(site):
    box = site.box
    look = f"find /etc/carrito/kafka.properties {LIBS} -printf '%p %T@ %i\\n' | sort | md5sum"
    before, pid = box.do(look), box.show("carrito-kafka", "MainPID")
    box.do(INSTALL, seconds=120)
    assert (box.do(look), box.show("carrito-kafka", "MainPID")) == (before, pid)


def test_other_jars_are_refused_and_change_nothing(site):
    """A folder without one, one of another content, one that is not on the list: what stands stays."""
    box = site.box
    box.do(f"cp -r {LIBS} good; cp -r good bad; echo other >>bad/kafka_2.13-*.jar; "
           "cp -r good less; rm less/zstd-jni-*.jar; "
           f"mv {LIBS} {LIBS}.away")
    for folder, words in (("bad", "kafka_2.13"), ("less", "zstd-jni"), ("none", "not in none")):
        done = box.run(f"{INSTALL} --jars {folder}")
        assert done.returncode == 1 and words in done.stderr, done.stderr
        assert box.run(f"test -e {LIBS}").returncode == 1
    assert box.run(f"{INSTALL} --jar good").returncode == 2
    assert box.run(f"{INSTALL} --jars").returncode == 2
    assert box.run(INSTALL, user="vendor").returncode == 1
    box.do(f"touch good/extra.jar; {INSTALL} --jars good", seconds=120)
    assert box.do(f"ls {LIBS} | wc -l") == box.do(f"ls {LIBS}.away | wc -l")
    assert box.do(f"stat -c %U {LIBS} {LIBS}/*.jar | sort -u") == "root\n"
    before = site.sold()
    site.sell(1)
    site.wait_sold(before + 1)


def test_a_store_is_moved_as_the_page_says(site):
    box = site.box
    before = site.sold()
    box.do("systemctl stop carrito-collector")
    site.run_block(block("Backup, restore, rebuild", "backup /new/place/"))
    box.do("sed -i '1i store=sqlite:///new/place/collector.db' /etc/carrito/collector.conf; "
           "install -d /etc/systemd/system/carrito-collector.service.d; "
           "printf '[Service]\\nReadWritePaths=/new/place\\n' "
           ">/etc/systemd/system/carrito-collector.service.d/override.conf; "
           "systemctl daemon-reload; systemctl start carrito-collector")
    site.sell(1)
    site.wait_sold(before + 1)


def test_no_unit_was_denied_anything(site):
    """Started again they were, by the watchdogs above."""
    for unit in SERVICES:
        assert [word for word in faults_of(site.box, unit) if "started again" not in word] == []


@pytest.mark.parametrize("unit", [*OURS, "carrito-kafka"])
def test_a_service_stops_in_time_and_says_that_all_went_well(site, unit):
    site.box.do(f"systemctl stop {unit}", seconds=70)
    assert site.box.show(unit, "Result") == "success"
    assert site.box.show(unit, "ExecMainStatus") == ("143" if unit == "carrito-kafka" else "0")


def test_removed_and_installed_again_all_is_there(site):
    box = site.box
    box.do("systemctl start carrito-kafka " + " ".join(OURS))
    wait_until("the centre is back", lambda: site.sold() > 0, 60)
    before = site.sold()
    box.do(f"apt remove {' '.join(OURS)}", seconds=120)
    for unit in [*OURS, "carrito-kafka"]:
        assert box.show(unit, "ActiveState") == "inactive", unit
    box.do("apt install ./carrito-*.deb", seconds=120)
    box.do(INSTALL, seconds=120)
    wait_until("all sales are there", lambda: site.sold() == before, 60)
    site.sell(1)
    site.wait_sold(before + 1)


def test_a_purge_takes_secrets_and_leaves_what_was_recorded_and_says_so(site):
    box = site.box
    said = box.do(f"apt purge {' '.join(OURS)} 2>&1", seconds=120)
    for unit, folder in (("carrito-agent", "carrito"), ("carrito-collector", "carrito"),
                         ("carrito-kafka", "carrito-kafka")):
        assert f"{unit}: what was recorded stays in /var/lib/{folder};" in said, said
    assert box.run("test -e /etc/carrito").returncode == 1
    box.do("test -s /var/lib/carrito/outbox.db -a -s /new/place/collector.db "
           "-a -d /var/lib/carrito-kafka/data/carrito.sales-0")
    assert box.do("find /etc/systemd/system -xtype l") == ""
    assert box.do("systemctl list-units --all --no-legend 'carrito-*' | grep -v not-found || true") == ""


def test_the_layers_of_the_boxes_are_as_they_were(site):
    """What a box writes is its own: the next one starts from nothing again."""
    assert not list(CACHE.glob("box-*/*/etc/carrito/*")) and site.box
