"""One process of the collector's roles for all property tests of a run."""
import pytest

from .replay import Replay


@pytest.fixture(scope="session")
def replay():
    opened = Replay()
    yield opened
    opened.close()
