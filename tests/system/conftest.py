"""What is shipped, run as shipped: boxes on which docs/administrator.md was followed."""
import pytest

from harness.box import need_box


@pytest.fixture(autouse=True, scope="session")
def _box_can_boot():
    need_box()


@pytest.fixture(scope="module", name="tell")
def _tell(request):
    """Says on the terminal how far a long fixture is."""
    capture = request.config.pluginmanager.getplugin("capturemanager")

    def tell(line):
        with capture.global_and_fixture_disabled():
            print(f"\n{line}", end="", flush=True)
    return tell
