"""The software bill of materials names each library that a program loads and each jar that Kafka is, with version and
licence: what is affected by a fault that somebody else has published can be looked up."""
import json
import re
import subprocess

import pytest

from harness.process import BIN, ROOT

PROGRAMS = ["carrito-agent", "carrito-bridge", "carrito-collector", "carrito-sim", "carrito-till", "carritoctl"]


@pytest.fixture(scope="module")
def bill():
    done = subprocess.run(["/usr/bin/python3", ROOT / "deploy/dev/sbom.py", "--version", "1.2",
                           *(BIN / name for name in PROGRAMS)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def parts(bill):
    return {part["bom-ref"]: part for part in bill["components"]}


def test_it_is_cyclonedx_and_each_part_has_version_and_licence(bill, parts):
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    assert len(parts) == len(bill["components"]), "a part stands twice"
    for part in parts.values():
        assert part["version"] and part["name"] and part["licenses"], part
        for one in part["licenses"]:
            assert list(one) == ["license"] and list(one["license"])[0] in ("id", "name"), part
    named = {one["ref"] for one in bill["dependencies"]} | {
        ref for one in bill["dependencies"] for ref in one["dependsOn"]}
    assert named <= {"carrito", *parts}


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_library_that_a_program_asks_for_is_in_it(bill, parts, program):
    wanted = re.findall(r"NEEDED.*\[(.+)\]", subprocess.run(
        ["readelf", "-d", BIN / program], check=True, capture_output=True, text=True).stdout)
    has, = [one["dependsOn"] for one in bill["dependencies"] if one["ref"] == program]
    for name in wanted:
        owners = subprocess.run(["dpkg-query", "-S", f"*/{name}"], check=True, capture_output=True,
                                text=True).stdout.splitlines()
        packages = {f"deb:{line.split(':')[0]}" for line in owners}
        assert packages & set(has), f"{name} of {program}"
        for package in packages & set(has):
            installed = subprocess.run(["dpkg-query", "-W", "-f", "${Version}\n", package[4:]], check=True,
                                       capture_output=True, text=True).stdout.splitlines()
            assert parts[package]["version"] in installed


def test_each_jar_of_kafka_is_in_it_with_its_hash(parts):
    for line in (ROOT / "deploy/kafka/jars.sha256").read_text().splitlines():
        sha256, name = line.split()
        assert parts[f"jar:{name.removesuffix('.jar')}"]["hashes"] == [{"alg": "SHA-256", "content": sha256}]


def test_what_the_pages_load_is_in_it(bill):
    has, = [one["dependsOn"] for one in bill["dependencies"] if one["ref"] == "carrito-collector"]
    assert {"deb:libjs-leaflet", "deb:libjs-chart.js"} <= set(has)
