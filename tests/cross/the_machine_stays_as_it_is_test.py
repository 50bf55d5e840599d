"""./dev cross changes nothing of the machine that it runs on, not where it fails either: a foreign
architecture that stays in dpkg's list breaks every later apt-get update whose mirror lacks it."""
import os

import pytest

from board import AS_ROOT
from harness.process import ROOT, run

_PARTS = ("dev", "deploy", "toolchains", "CMakeLists.txt")
_NO_UPDATE = """#!/bin/sh
for word; do
    [ "$word" != update ] || { echo "the mirror is half a mirror today" >&2; exit 100; }
done
exec /usr/bin/apt-get "$@"
"""


def architectures():
    return set(run(["dpkg", "--print-foreign-architectures"]).stdout.split())


@pytest.fixture(name="before")
def _before():
    before = architectures()
    yield before
    for added in architectures() - before:
        run([*AS_ROOT, "dpkg", "--remove-architecture", added])


@pytest.fixture(name="checkout")
def _checkout(scene):
    """A fresh one, which has no root yet, before which stands an apt-get that cannot update."""
    for part in _PARTS:
        run(["cp", "-a", ROOT / part, scene.folder])
    shim = scene.folder / "bin" / "apt-get"
    shim.parent.mkdir()
    shim.write_text(_NO_UPDATE)
    shim.chmod(0o755)
    yield scene.folder
    run([*AS_ROOT, "rm", "-rf", "--one-file-system", scene.folder / ".dev"])


@pytest.mark.skipif(os.geteuid() != 0, reason="sudo has a PATH of its own")
@pytest.mark.parametrize("board", ["arm64", "armhf"])
def test_a_failed_update_leaves_no_architecture(before, checkout, board):
    done = run([checkout / "dev", "cross", board],
               {"PATH": f"{checkout}/bin:{os.environ['PATH']}"}, seconds=120)
    assert done.returncode != 0
    assert "the mirror is half a mirror today" in done.stderr, done.stderr
    assert architectures() == before
    assert not list((checkout / ".dev").glob("roots/*.made")), "half a root would be used"


def test_the_builds_of_this_run_left_none():
    """Those of conftest's boards; what the machine had before is in the environment."""
    assert sorted(architectures()) == sorted(os.environ["CARRITO_TEST_FOREIGN"].split())
