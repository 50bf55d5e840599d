"""One process of the collector's roles for all property tests of a run."""
import pytest

pytest.register_assert_rewrite("properties.sales_tables")

from .replay import Replay  # noqa: E402


@pytest.fixture(scope="session")
def replay():
    opened = Replay()
    yield opened
    opened.close()
