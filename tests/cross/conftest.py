"""The boards, each with the package installed once for a test file."""
import pytest

from board import BOARDS, Board


@pytest.fixture(scope="module", params=BOARDS, name="board")
def _board(request, module_scene):
    board = module_scene.add(Board(request.param, module_scene.folder))
    board.unpack()
    board.installed = board.install()
    return board
