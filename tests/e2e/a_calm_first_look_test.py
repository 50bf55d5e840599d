"""Whoever looks at the console for the first time, after `./dev up`, sees carts at work and no alert
that waits: the simulated carts are members' before they sell, and nothing else happened."""
import json
import re
import subprocess
import time

import pytest
import requests

from harness.process import ROOT, clean_environment
from harness.wait import wait_until

LOOK_AFTER_S = 30
CARTS = 3


class DevUp:
    """`./dev up` with a folder of its own for its state, beside another one of the person."""

    def __init__(self, folder):
        self.state = folder / "state"
        self.log = folder / "up.log"
        self.name = "./dev up"
        self.session = requests.Session()
        self.session.trust_env = False

    def dev(self, *words, seconds=240):
        with open(self.log, "ab") as log:
            return subprocess.run([ROOT / "dev", *words], stdout=log, stderr=log, check=False,
                                  timeout=seconds, stdin=subprocess.DEVNULL,
                                  env=clean_environment({"CARRITO_DEV_STATE": self.state})
                                  ).returncode

    def start(self):
        assert self.dev("up", "--detach", "--carts", str(CARTS)) == 0, self.tail()
        variables = dict(re.findall(r"^export (\w+)=(.*)$", (self.state / "env").read_text(),
                                    re.M))
        self.url = variables["CARRITO_URL"] + "/api/v1"
        self.session.headers["Authorization"] = "Bearer " + variables["CARRITO_TOKEN"]
        return self

    def items(self, path):
        answer = self.session.get(self.url + path, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    def close(self):
        assert self.dev("down", seconds=60) == 0

    def tail(self, lines=15):
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@pytest.fixture
def up(scene):
    return scene.add(DevUp(scene.folder)).start()


def test_after_dev_up_the_carts_sell_and_no_alert_waits(up):
    started = time.monotonic()
    plates = {f"SIM-{number:02}" for number in range(1, CARTS + 1)}

    def sold():
        return {row["cart"] for row in up.items("/daily-sales") if row["sales"] > 0} == plates
    wait_until("each cart has sold", sold, 30)
    time.sleep(max(0, started + LOOK_AFTER_S - time.monotonic()))
    assert up.items("/alerts") == [], json.dumps(up.items("/alerts"), indent=1)
    assert {row["plate"] for row in up.items("/members?status=accepted")} == plates
    # Nobody else is a member by that: automatic acceptance stays off.
    answer = up.session.post(up.url + "/members", timeout=10, json={
        "name": "Ana", "lastname": "Soto", "rut": "12345678-5", "email": "ana@example.org",
        "plate": "BBCL23", "premium": False})
    assert answer.status_code == 202, answer.text

    def status():
        return [row["status"] for row in up.items("/members") if row["plate"] == "BBCL23"]
    wait_until("the application is there", status, 15)
    assert status() == ["pending"]
