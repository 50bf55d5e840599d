"""The Debian packages hold what a stranger needs to install each program: it, its pages, its service,
the user that it runs as, and a configuration that it accepts."""
import re
import shutil

import pytest

from harness.process import BIN, ROOT, run

HOLDS = {
    "carrito-agent": ["/etc/carrito/agent.conf", "/usr/share/man/man1/carrito-agent.1.gz"],
    "carrito-bridge": ["/etc/carrito/bridge.conf", "/usr/share/man/man8/carrito-bridge.8.gz",
                       "/usr/share/carrito-bridge/mosquitto/carrito.conf",
                       "/usr/share/carrito-bridge/mosquitto/carrito.acl"],
    "carrito-collector": ["/etc/carrito/collector.conf",
                          "/usr/share/man/man8/carrito-collector.8.gz",
                          "/usr/share/doc/carrito-collector/NOTICE",
                          "/usr/share/carrito-collector/prometheus/carrito.rules.yml",
                          "/usr/share/carrito-collector/grafana/carrito.json"],
    "carritoctl": ["/usr/share/man/man1/carritoctl.1.gz",
                   "/usr/share/bash-completion/completions/carritoctl"],
}
SERVICES = ["carrito-agent", "carrito-bridge", "carrito-collector"]
EACH = pytest.mark.parametrize("name", HOLDS)


@pytest.fixture(scope="module", name="packages")
def _packages():
    if BIN != ROOT / "build" / "bin":
        pytest.skip("packages are made of the programs as shipped")
    done = run([ROOT / "dev", "package"], seconds=300)
    assert done.returncode == 0, done.stderr
    made = {line.split("/")[-1].split("_")[0]: ROOT / line for line in done.stdout.splitlines()}
    assert set(made) == set(HOLDS)
    return made


@pytest.fixture(name="unpacked")
def _unpacked(packages, tmp_path):
    def unpack(name):
        run(["dpkg-deb", "-R", packages[name], tmp_path / name])
        return tmp_path / name
    return unpack


@EACH
def test_a_package_holds_what_it_must(packages, name):
    listed = run(["dpkg-deb", "-c", packages[name]]).stdout.splitlines()
    found = {line.split()[5].removeprefix("."): line.split()[:2] for line in listed}
    wanted = [f"/usr/bin/{name}", f"/usr/share/doc/{name}/copyright", *HOLDS[name]]
    if name in SERVICES:
        wanted += [f"/lib/systemd/system/{name}.service", f"/usr/lib/sysusers.d/{name}.conf"]
    assert not set(wanted) - set(found)
    assert {owner for _, owner in found.values()} == {"root/root"}
    assert found[f"/usr/bin/{name}"][0] == "-rwxr-xr-x"


@EACH
def test_a_package_depends_on_the_libraries_of_its_program(packages, name):
    depends = run(["dpkg-deb", "-f", packages[name], "Depends"]).stdout
    assert re.search(r"libc6 \(>= ", depends) and "libcjson1" in depends, depends
    assert ("systemd" in depends.strip().split(", ")) == (name in SERVICES), depends


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_what_is_packaged_with_a_configuration_that_it_accepts(unpacked, name):
    root = unpacked(name)
    unit = (root / "lib/systemd/system" / f"{name}.service").read_text()
    program, *words = re.search(r"^ExecStart=(.*)", unit, re.M).group(1).split()
    config = words[words.index("--config") + 1]
    assert (root / "DEBIAN/conffiles").read_text() == f"{config}\n"
    done = run([f"{root}{program}", "--config", f"{root}{config}", "--check"])
    assert (done.returncode, done.stdout) == (0, "configuration ok\n"), done.stderr
    for script in ("postinst", "prerm"):
        assert run(["sh", "-n", root / "DEBIAN" / script]).returncode == 0


def test_what_the_files_suggest_is_accepted_too(unpacked):
    """Each line that is only a suggestion, without its #, but for those that name files."""
    for name in SERVICES:
        root = unpacked(name)
        path = next((root / "etc/carrito").iterdir())
        path.write_text(re.sub(r"^#(?=[a-z_]+=|\[)(?!.*(?:file|host|port))", "", path.read_text(),
                               flags=re.M))
        done = run([root / "usr/bin" / name, "--config", path, "--check"])
        assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_accepts_the_units(unpacked, tmp_path):
    units = []
    for name in SERVICES:
        unit = tmp_path / f"{name}.service"
        unit.write_text((unpacked(name) / "lib/systemd/system" / unit.name).read_text()
                        .replace("/usr/bin/", f"{tmp_path}/{name}/usr/bin/"))
        units.append(unit)
    done = run(["systemd-analyze", "verify", "--man=no", *units])
    assert done.returncode == 0 and done.stderr == "", done.stderr
