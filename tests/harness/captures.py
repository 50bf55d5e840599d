"""Recordings of real GPS receivers: the test data in the source package of gpsd.

They are not checked in. They come from Debian by `apt-get source`, with a source list made from
the machine's own (at whatever mirror it has) and with apt's state in a folder of its own, so the
system's apt is left as it is. Fetched once, then kept under .dev/cache/.
"""
import subprocess
import tarfile
from pathlib import Path

from .process import ROOT

_CACHE = ROOT / ".dev" / "cache" / "gpsd-captures"
_PACKAGE = "gpsd"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def _apt_folders(folder):
    (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    (folder / "archives" / "partial").mkdir(parents=True, exist_ok=True)
    return ["-o", f"Dir::Etc::sourcelist={folder / 'source.list'}",
            "-o", "Dir::Etc::sourceparts=/dev/null",
            "-o", f"Dir::State::lists={folder / 'lists'}",
            "-o", f"Dir::Cache={folder}", "-o", "Dir::Cache::archives=archives",
            "-o", "APT::Sandbox::User=root"]


def _source_list():
    """`deb-src` lines for each place that this machine gets Debian's packages from."""
    shown = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(CREATED_BY) $(REPO_URI) $(CODENAME) $(COMPONENT)"
         " $(ORIGIN)"], capture_output=True, text=True, check=True).stdout
    signed = f"[signed-by={_KEYRING}] " if _KEYRING.exists() else ""
    lines = set()
    for row in shown.splitlines():
        words = row.split()
        if words and words[0] == "Packages" and words[4:] == ["Debian"]:
            lines.add(f"deb-src {signed}{words[1]} {words[2]} {words[3]}")
    if not lines:
        raise RuntimeError("apt knows no source of Debian packages: run `apt-get update` first")
    return "".join(f"{row}\n" for row in sorted(lines))


def _fetch(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "source.list").write_text(_source_list())
    options = _apt_folders(folder)
    subprocess.run(["apt-get", *options, "update"], check=True, timeout=120,
                   stdout=subprocess.DEVNULL)
    subprocess.run(["apt-get", *options, "source", "--download-only", "--only-source", _PACKAGE],
                   check=True, timeout=120, cwd=folder, stdout=subprocess.DEVNULL)


def archive():
    """The path of all recordings."""
    if not list(_CACHE.glob("gpsd_*.orig.tar.*[!c]")):
        _fetch(_CACHE)
    return next(_CACHE.glob("gpsd_*.orig.tar.*[!c]"))


def capture(name):
    """The path of the recording, e.g. `haicom-305N`."""
    path = _CACHE / f"{name}.log"
    if path.exists():
        return path
    with tarfile.open(archive()) as tar:
        member = next(m for m in tar if m.name.endswith(f"/test/daemon/{name}.log"))
        part = Path(f"{path}.part")
        part.write_bytes(tar.extractfile(member).read())
        part.rename(path)
    return path


if __name__ == "__main__":  # for a machine without a network, to which they are copied
    archive()
