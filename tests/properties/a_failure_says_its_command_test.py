"""A property that fails prints one seed and one command, and the command finds the same history."""
import os
import re
import shlex
import subprocess
import sys

from harness.process import ROOT, clean_environment

PROPERTY = '''
from hypothesis import strategies as st
from properties.given import histories

@histories(100, numbers=st.lists(st.integers(0, 10**9), min_size=3))
def test_wrong(numbers):
    assert sum(numbers) % 7 != 0 or max(numbers) < 1000, numbers

@histories(10, number=st.integers())
def test_right(number):
    assert number == number
'''


def run(file, *words, **env):
    """What pytest says of the property, run as ./dev does."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", ROOT / "tests" / "pytest.ini", "--rootdir",
         file.parent, file, *words], capture_output=True, text=True, check=False, timeout=120,
        env={**clean_environment(env), "PYTHONPATH": str(ROOT / "tests"),
             "PYTHONDONTWRITEBYTECODE": "1"})
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def falsified(output):
    return re.search(r"Falsifying example: .*?\)", output, re.S).group()


def test_a_failing_property_prints_one_seed_and_one_command_that_repeats_it(tmp_path):
    file = tmp_path / "wrong_test.py"
    file.write_text(PROPERTY)
    output = run(file, CARRITO_TEST_EXAMPLES="2")
    commands = re.findall(r"once more: (.*)$", output, re.M)
    assert len(commands) == 1 and len(re.findall(r"\bseed \d+", output)) == 1, output
    words = shlex.split(commands[0])
    env = dict(word.split("=") for word in words if word.startswith("CARRITO_"))
    rest = [word for word in words if not word.startswith("CARRITO_")]
    assert rest[:3] == ["./dev", "test", "properties"] and os.access(ROOT / "dev", os.X_OK)
    again = run(file, *rest[3:], **env)
    assert falsified(again) == falsified(output)
    assert re.findall(r"once more: (.*)$", again, re.M) == commands
