"""The Debian packages hold what a stranger needs to install each program: it, its pages, its service,
the user that it runs as, and a configuration that it accepts; and they are made as Debian's are."""
import hashlib
import platform
import re
import shutil

import pytest

from harness.process import BIN, ROOT, run

HOLDS = {
    "carrito-agent": ["/etc/carrito/agent.conf", "/usr/share/man/man1/carrito-agent.1.gz"],
    "carrito-till": ["/etc/carrito/till.conf", "/usr/share/man/man1/carrito-till.1.gz"],
    "carrito-bridge": ["/etc/carrito/bridge.conf", "/usr/share/man/man8/carrito-bridge.8.gz",
                       "/usr/share/carrito-bridge/mosquitto/carrito.conf",
                       "/usr/share/carrito-bridge/mosquitto/carrito.acl",
                       "/usr/lib/systemd/system/mosquitto.service.d/carrito-bridge.conf"],
    "carrito-collector": ["/etc/carrito/collector.conf",
                          "/usr/share/man/man8/carrito-collector.8.gz",
                          "/usr/share/doc/carrito-collector/NOTICE",
                          "/usr/share/carrito-collector/prometheus/carrito.rules.yml",
                          "/usr/share/carrito-collector/grafana/carrito.json"],
    "carritoctl": ["/usr/share/man/man1/carritoctl.1.gz",
                   "/usr/share/bash-completion/completions/carritoctl"],
}
SERVICES = ["carrito-agent", "carrito-till", "carrito-bridge", "carrito-collector"]
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
        (tmp_path / f"{name}.deb").symlink_to(packages[name])
        return tmp_path / name
    return unpack


@EACH
def test_a_package_holds_what_it_must(packages, name):
    listed = run(["dpkg-deb", "-c", packages[name]]).stdout.splitlines()
    found = {line.split()[5].removeprefix("."): line.split()[:2] for line in listed}
    wanted = [f"/usr/bin/{name}", *HOLDS[name],
              *(f"/usr/share/doc/{name}/{paper}" for paper in ("copyright", "changelog.gz"))]
    if name in SERVICES:
        wanted += [f"/usr/lib/systemd/system/{name}.service", f"/usr/lib/sysusers.d/{name}.conf"]
        config = next(path for path in found if re.fullmatch(r"/etc/carrito/\w+\.conf", path))
        assert found[config][0] == "-rw-r-----", "it may name passwords and addresses"
    assert not set(wanted) - set(found)
    assert {owner for _, owner in found.values()} == {"root/root"}
    assert found[f"/usr/bin/{name}"][0] == "-rwxr-xr-x"


@EACH
def test_a_package_is_for_the_release_that_it_was_made_on(packages, name):
    release = platform.freedesktop_os_release()
    wanted = f"~{release['ID'].replace('debian', 'deb')}{release.get('VERSION_ID', '')}"
    assert wanted in run(["dpkg-deb", "-f", packages[name], "Version"]).stdout


@EACH
def test_what_a_package_says_of_its_files_is_so(unpacked, name):
    root = unpacked(name)
    size = int(run(["dpkg-deb", "-f", root.with_suffix(".deb"), "Installed-Size"]).stdout or 0)
    files = {path.relative_to(root).as_posix(): path.read_bytes()
             for path in root.rglob("*") if path.is_file() and "DEBIAN" not in path.parts}
    sums = dict(reversed(line.split("  ")) for line in
                (root / "DEBIAN/md5sums").read_text().splitlines())
    assert sums == {path: hashlib.md5(held).hexdigest() for path, held in files.items()}
    assert 0 < sum(map(len, files.values())) / 1024 < size < 2500


@EACH
def test_a_program_is_hardened_as_debian_hardens(unpacked, name):
    program = unpacked(name) / "usr/bin" / name
    read = run(["readelf", "-W", "-h", "-l", "-d", program]).stdout
    assert "DYN (Position-Independent Executable file)" in read
    assert "GNU_RELRO" in read and "BIND_NOW" in read
    symbols = run(["readelf", "-W", "--dyn-syms", program]).stdout
    assert "__stack_chk_fail" in symbols and re.search(r"__\w+_chk@", symbols)


@pytest.mark.skipif(not shutil.which("lintian"), reason="no lintian here")
def test_lintian_finds_nothing_wrong(packages):
    """What it warns of and is meant is argued in deploy/debian/lintian-overrides."""
    done = run(["lintian", "--allow-root", "--fail-on", "error,warning", *packages.values()],
               seconds=120)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


@EACH
def test_a_package_depends_on_the_libraries_of_its_program(packages, name):
    depends = run(["dpkg-deb", "-f", packages[name], "Depends"]).stdout
    assert re.search(r"libc6 \(>= ", depends) and "libcjson1" in depends, depends
    assert ("systemd" in depends.strip().split(", ")) == (name in SERVICES), depends


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_what_is_packaged_with_a_configuration_that_it_accepts(unpacked, name):
    root = unpacked(name)
    unit = (root / "usr/lib/systemd/system" / f"{name}.service").read_text()
    program, *words = re.search(r"^ExecStart=(.*)", unit, re.M).group(1).split()
    config = words[words.index("--config") + 1]
    assert (root / "DEBIAN/conffiles").read_text() == f"{config}\n"
    done = run([f"{root}{program}", "--config", f"{root}{config}", "--check"])
    assert (done.returncode, done.stdout) == (0, "configuration ok\n"), done.stderr
    for script in ("postinst", "prerm", "postrm"):
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


@pytest.mark.parametrize("machine, refused", [
    ("armv6l", True), ("armv7l", False), ("armv8l", False), ("aarch64", False), ("x86_64", False)])
def test_the_agent_refuses_a_board_that_it_cannot_run_on(unpacked, tmp_path, machine, refused):
    """ARMv6 is armhf too in Raspberry Pi OS; what runs there dies of SIGILL (tests/cross)."""
    uname = tmp_path / "bin" / "uname"
    uname.parent.mkdir()
    uname.write_text(f"#!/bin/sh\necho {machine}\n")
    uname.chmod(0o755)
    done = run(["sh", unpacked("carrito-agent") / "DEBIAN/preinst", "install"],
               {"PATH": f"{uname.parent}:/usr/bin:/bin"})
    assert done.returncode == (1 if refused else 0), done.stderr
    assert ("Raspberry Pi 2, 3" in done.stderr) == refused


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_accepts_the_units(unpacked, tmp_path):
    units = []
    for name in SERVICES:
        unit = tmp_path / f"{name}.service"
        unit.write_text((unpacked(name) / "usr/lib/systemd/system" / unit.name).read_text()
                        .replace("/usr/bin/", f"{tmp_path}/{name}/usr/bin/"))
        units.append(unit)
    root = tmp_path / "carrito-collector"
    backup = tmp_path / "carrito-backup.service"
    backup.write_text((root / "usr/lib/systemd/system" / backup.name).read_text()
                      .replace("/usr/bin/", f"{tmp_path}/carrito-collector/usr/bin/"))
    (tmp_path / "carrito-backup.timer").write_text(
        (root / "usr/lib/systemd/system/carrito-backup.timer").read_text())
    done = run(["systemd-analyze", "verify", "--man=no", *units, backup,
                tmp_path / "carrito-backup.timer"])
    assert done.returncode == 0 and done.stderr == "", done.stderr


def unit_of(root, name):
    """The lines of a unit: the values of each key, in order."""
    values = {}
    for line in (root / "usr/lib/systemd/system" / f"{name}.service").read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            values.setdefault(key, []).append(value)
    return values


def test_each_service_has_a_user_of_its_own_and_its_packages_make_it(unpacked, tmp_path):
    """As systemd-sysusers makes them where nobody is yet; all packages on one machine agree."""
    machine = tmp_path / "machine"
    (machine / "etc").mkdir(parents=True)
    users, wanted_groups = [], set()
    for name in SERVICES:
        root = unpacked(name)
        done = run(["systemd-sysusers", f"--root={machine}",
                    root / "usr/lib/sysusers.d" / f"{name}.conf"])
        assert done.returncode == 0 and "onflict" not in done.stderr, done.stderr
        unit = unit_of(root, name)
        users += unit["User"]
        wanted_groups |= {group for key in ("Group", "SupplementaryGroups")
                          for groups in unit.get(key, []) for group in groups.split()}
    assert users == SERVICES
    made = {line.split(":")[0] for line in (machine / "etc/passwd").read_text().splitlines()}
    groups = {line.split(":")[0]: line.strip().split(":")[3].split(",")
              for line in (machine / "etc/group").read_text().splitlines()}
    assert made == set(SERVICES)
    assert wanted_groups <= set(groups)
    assert sorted(groups["carrito"]) == ["carrito-agent", "carrito-collector"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
@pytest.mark.parametrize("name", [*SERVICES, "carrito-backup"])
def test_a_unit_is_exposed_to_two_of_ten_at_most(unpacked, name):
    root = unpacked("carrito-collector" if name == "carrito-backup" else name)
    done = run(["systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager",
                root / "usr/lib/systemd/system" / f"{name}.service"])
    assert done.returncode == 0, done.stdout[-400:]


@pytest.mark.parametrize("name", SERVICES)
def test_a_unit_bounds_its_service_and_gives_up_on_a_wrong_file_only(unpacked, name):
    unit = unit_of(unpacked(name), name)
    assert unit["Restart"] == ["always"] and unit["StartLimitIntervalSec"] == ["0"]
    assert unit["RestartPreventExitStatus"] == ["78"]
    assert unit["UMask"] == ["0077"] and unit["LimitCORE"] == ["0"]
    assert {"MemoryMax", "TasksMax", "Documentation"} <= set(unit)
    assert "StateDirectory" not in unit, "it would give the folder of all to this service"
    assert (unit.get("LimitNOFILE") == ["65536"]) == (name in ("carrito-bridge", "carrito-collector"))
