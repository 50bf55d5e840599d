"""A configuration error names file, line and the line itself, and the exit status is 78."""
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest

from harness.ports import free_port
from harness.process import BIN, run

PROGRAMS = {
    "carrito-agent": ["cart=BBCL23"],
    "carrito-bridge": [],
    "carrito-collector": [],
}
# A key of the program, a value that is wrong, and one that is right.
NUMBERS = {
    "carrito-agent": ("mqtt_port", "many", "1883"),
    "carrito-bridge": ("mqtt_port", "99999", "1883"),
    "carrito-collector": ("kafka_replication", "three", "3"),
}
EACH = pytest.mark.parametrize("program", PROGRAMS)


@pytest.fixture
def check(tmp_path):
    def run_check(program, lines, *words, env=None):
        path = tmp_path / "carrito.conf"
        path.write_text("".join(f"{row}\n" for row in [*PROGRAMS[program], *lines]))
        done = run([BIN / program, "--config", path, "--check", *words], env)
        return done, path
    return run_check


@EACH
def test_a_good_file_is_ok(check, program):
    key, _, good = NUMBERS[program]
    done, _ = check(program, ["# a comment", f"{key}={good}"])
    assert (done.returncode, done.stdout) == (0, "configuration ok\n"), done


@pytest.mark.parametrize("program", ["carrito-agent", "carrito-collector"])
def test_a_day_begins_from_midnight_to_noon(check, program):
    for start in ("00:00", "04:30", "12:00"):
        done, _ = check(program, [f"day_start={start}"])
        assert (done.returncode, done.stdout) == (0, "configuration ok\n"), done
    for start in ("12:01", "24:00", "4:00", "noon"):
        done, _ = check(program, [f"day_start={start}"])
        assert done.returncode == 78 and "HH:MM, 00:00 to 12:00" in done.stderr, done
        assert f"day_start={start}" in done.stderr


def test_proxies_are_addresses_and_networks(check):
    for proxies in ("127.0.0.1", "10.0.0.0/8, 172.16.0.0/12 fd00::/8", ""):
        done, _ = check("carrito-collector", [f"http_proxies={proxies}"])
        assert (done.returncode, done.stdout) == (0, "configuration ok\n"), done
    for proxies in ("proxy.example.org", "10.0.0.0/33", "0.0.0.0/0", "127.0.0.1:80"):
        done, path = check("carrito-collector", [f"http_proxies={proxies}"])
        assert done.returncode == 78 and f"{path}, line 1" in done.stderr, done
        assert f"http_proxies={proxies}" in done.stderr


@EACH
def test_an_unknown_key_is_named_with_its_line(check, program):
    done, path = check(program, ["", "colour=red"])
    number = len(PROGRAMS[program]) + 2
    assert done.returncode == 78, done
    assert str(path) in done.stderr and f"{number}" in done.stderr, done.stderr
    assert "colour=red" in done.stderr and done.stdout == ""


@EACH
def test_a_bad_number_is_named_with_its_line(check, program):
    key, bad, _ = NUMBERS[program]
    done, path = check(program, [f"{key}={bad}"])
    number = len(PROGRAMS[program]) + 1
    assert done.returncode == 78, done
    assert f"{path}:{number}" in done.stderr or f"line {number}" in done.stderr, done.stderr
    assert f"{key}={bad}" in done.stderr


@pytest.mark.parametrize("pair", ["kafka.linger.ms=soon", "kafka.lingers=5"])
@pytest.mark.parametrize("program", ["carrito-bridge", "carrito-collector"])
def test_a_property_that_librdkafka_does_not_take_is_named_with_its_line(check, program, pair):
    done, path = check(program, ["kafka.linger.ms=5", pair])
    assert done.returncode == 78 and f"{path}, line 2" in done.stderr and pair in done.stderr, done.stderr


@EACH
def test_a_missing_file_is_named(program, tmp_path):
    done = run([BIN / program, "--config", tmp_path / "absent.conf"])
    assert done.returncode == 78 and "absent.conf" in done.stderr, done


@EACH
def test_a_line_that_is_none_is_named(check, program):
    done, _ = check(program, ["what is this"])
    assert done.returncode == 78 and "what is this" in done.stderr, done


@EACH
def test_a_bad_variable_is_named(check, program):
    key, bad, _ = NUMBERS[program]
    variable = f"CARRITO_{key.upper()}"
    done, _ = check(program, [], env={variable: bad})
    assert done.returncode == 78 and variable in done.stderr, done


@EACH
def test_an_unknown_option_is_named(check, program):
    done, _ = check(program, [], "--colour=red")
    assert done.returncode == 2 and "--colour" in done.stderr, done


@EACH
def test_a_bad_value_of_an_option_is_a_bad_argument(check, program):
    key, bad, good = NUMBERS[program]
    option = f"--{key.replace('_', '-')}"
    done, _ = check(program, [f"{key}={good}"], f"{option}={bad}")
    assert done.returncode == 2 and option in done.stderr, done


@EACH
def test_version_and_help_are_on_standard_output(program):
    version = run([BIN / program, "--version"])
    assert version.returncode == 0 and program in version.stdout and version.stderr == ""
    text = run([BIN / program, "--help"])
    assert text.returncode == 0 and program in text.stdout and "--config" in text.stdout and text.stderr == ""


def test_a_cart_without_a_plate_is_warned_of():
    done = run([BIN / "carrito-agent", "run", "--check"])
    assert (done.returncode, done.stdout) == (0, "configuration ok\n"), done
    assert "warning: cart=" in done.stderr, done


@pytest.mark.parametrize("program", ["carrito-agent", "carrito-bridge"])
def test_a_remote_broker_in_the_clear_is_warned_of(program):
    there = {"CARRITO_CART": "BBCL23", "CARRITO_MQTT_HOST": "127.0.0.1,cell1.example.org"}
    for env, warned in ((there, True), ({**there, "CARRITO_MQTT_CAFILE": "ca.crt"}, False),
                        ({"CARRITO_CART": "BBCL23"}, False)):
        done = run([BIN / program, "--check"], env)
        assert (done.returncode, done.stdout) == (0, "configuration ok\n"), done
        assert ("in the clear" in done.stderr) == warned, done


def test_dispatch_is_a_choice(tmp_path):
    config = tmp_path / "collector.conf"
    config.write_text("orders=dispatch\n")
    done = run([BIN / "carrito-collector", "--config", config, "--check"])
    assert (done.returncode, done.stdout) == (0, "configuration ok\n"), done
    assert "warning" not in done.stderr, done


def test_only_a_simulated_cart_sells_by_itself():
    done = run([BIN / "carrito-agent", "run", "--check"],
               {"CARRITO_CART": "BBCL23", "CARRITO_SELL": "sim:1:60"})
    assert done.returncode == 78 and "SIM-" in done.stderr, done
    done = run([BIN / "carrito-agent", "run", "--check"],
               {"CARRITO_CART": "SIM-1", "CARRITO_SELL": "sim:1:60"})
    assert done.returncode == 0, done


def test_create_topics_does_not_wait_for_ever():
    began = time.monotonic()
    done = run([BIN / "carrito-collector", "--create-topics", "--wait", "2"],
               {"CARRITO_KAFKA_BROKERS": f"127.0.0.1:{free_port()}"})
    assert done.returncode == 1 and "no Kafka at 127.0.0.1" in done.stderr, done
    assert time.monotonic() - began < 8
    for words in (["--wait=x"], ["--wait"], ["--wait", "-1"], ["more"]):
        assert run([BIN / "carrito-collector", "--create-topics", *words]).returncode == 2, words


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another")
def test_what_root_types_makes_no_file_of_roots_among_a_services():
    service = 65533
    folder = Path(tempfile.mkdtemp(prefix="carrito-", dir="/tmp"))
    try:
        os.chown(folder, service, service)
        done = run([BIN / "carrito-collector", "user", "list"],
                   {"CARRITO_STORE": f"sqlite://{folder}/collector.db"})
        assert done.returncode == 0, done
        assert {path.stat().st_uid for path in folder.iterdir()} == {service}
        shared = folder / "shared"
        shared.mkdir()
        os.chown(shared, 0, service)
        shared.chmod(0o1770)
        done = run([BIN / "carrito-collector", "user", "list"],
                   {"CARRITO_STORE": f"sqlite://{shared}/collector.db"})
        assert done.returncode == 1 and "is not there yet" in done.stderr, done
        assert not list(shared.iterdir())
        done = run([BIN / "carrito-collector", "backup", folder / "copy.db"],
                   {"CARRITO_STORE": f"sqlite://{folder}/collector.db"})
        assert done.returncode == 0 and (folder / "copy.db").stat().st_uid == service, done
    finally:
        shutil.rmtree(folder)
