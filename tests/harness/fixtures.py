"""pytest's fixtures: `scene` (a folder and processes of one test), `centre` (the whole centre,
shared by the tests that harm nothing) and `world` (a centre with a Kafka of its own).

Kafka's topics have fixed names, so tests that share a Kafka see each other's records. Tests on the
shared `centre` use plates of their own and look only at those: nothing else is isolated, and
nothing else needs to be. A test that kills, stops or starts parts gets its own Kafka by `world`:
4 s more, and no other test can disturb its consumer groups.
"""
import os
import re
import shutil
from pathlib import Path

import pytest

from .centre import Centre
from .process import ROOT, Scene, run

_RUNS = ROOT / ".dev" / "runs"
_RUN = _RUNS / str(os.getpid())
_scenes = {}


def pytest_sessionstart():
    """What failed runs left for the reader goes when the next run begins; so does the Kafka of a run
    that was itself killed (all else dies with its run)."""
    for old in _RUNS.glob("*"):
        if Path(f"/proc/{old.name}").exists():
            continue
        for mark in old.rglob("kafka.pid"):
            run([ROOT / "dev", "kafka", "stop", "--dir", mark.parent], seconds=60)
        shutil.rmtree(old, ignore_errors=True)


def _open_scene(name, owner):
    scene = Scene(_RUN / re.sub(r"[^A-Za-z0-9-]+", "_", name)[:60])
    _scenes.setdefault(owner, []).append(scene)
    return scene


@pytest.fixture
def scene(request):
    opened = _open_scene(request.node.name, request.node.nodeid)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def module_scene(request):
    opened = _open_scene(request.node.name, "module")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def shared_centre():
    opened = _open_scene("centre", "session")
    try:
        yield Centre(opened).start()
    finally:
        opened.close()


@pytest.fixture
def centre(shared_centre, scene):  # pylint: disable=redefined-outer-name
    return shared_centre.lent_to(scene)


@pytest.fixture
def world(scene):  # pylint: disable=redefined-outer-name
    return Centre(scene)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):  # pylint: disable=unused-argument
    report = (yield).get_result()
    if report.failed:
        item.session.carrito_failed = True
        owners = [item.nodeid]
        owners += ["module"] if "module_scene" in item.fixturenames else []
        owners += ["session"] if "shared_centre" in item.fixturenames else []
        for opened in [one for owner in owners for one in _scenes.get(owner, [])]:
            report.sections.append((f"logs in {opened.folder}", opened.tails()))


def pytest_sessionfinish(session):
    """Logs stay where something failed."""
    if not getattr(session, "carrito_failed", False):
        for opened in [s for group in _scenes.values() for s in group]:
            opened.remove()
