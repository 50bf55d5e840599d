"""How many cuts: ten, or as many as --cycles or CARRITO_TEST_CYCLES say."""
import os

import pytest


def pytest_addoption(parser):
    parser.addoption("--cycles", type=int, default=int(os.environ.get("CARRITO_TEST_CYCLES", 10)))


@pytest.fixture
def cycles(request):
    return request.config.getoption("--cycles")
