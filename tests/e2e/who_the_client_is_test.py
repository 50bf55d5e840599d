"""Behind a proxy the client is whom the proxy names, in whatever form it writes that: as a line of its
own or at the end of one, with a port, in brackets, in quotes. What the client wrote counts for nothing."""
import base64
import http.client
import re

import pytest

from harness.programs import Collector

PROXIES = "127.0.0.0/8, 10.0.0.0/8"
LINES = [
    (["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
    (["198.51.100.1, 198.51.100.2", "203.0.113.9, 10.1.1.1"], "203.0.113.9"),
    (["203.0.113.7:51008"], "203.0.113.7"),
    (["198.51.100.1,\t[2001:db8::7]:443"], "2001:db8::7"),
    (['"[2001:db8::7]"'], "2001:db8::7"),
]


def sign_in(collector, user, lines):
    connection = http.client.HTTPConnection(collector.http, timeout=15)
    connection.putrequest("GET", "/api/0/version")
    connection.putheader("Authorization",
                         "Basic " + base64.b64encode(f"{user}:wrong-password".encode()).decode())
    for line in lines:
        connection.putheader("X-Forwarded-For", line)
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()
    return status


def last_address(collector):
    return re.findall(r"msg=sign-in address=(\S+)", collector.text())[-1]


@pytest.fixture
def collector(scene):
    collector = scene.add(Collector(scene.folder, "127.0.0.1:1", CARRITO_RATE=2,
                                    CARRITO_HTTP_PROXIES=PROXIES))
    collector.start()
    collector.wait_store()
    return collector


def test_the_proxy_says_who_it_is(collector):
    for number, (lines, client) in enumerate(LINES):
        assert sign_in(collector, f"nobody{number}", lines) == 401, lines
        assert last_address(collector) == client


def test_the_limit_is_the_clients_whatever_he_writes(collector):
    statuses = [sign_in(collector, f"nobody{number}", [f"198.51.100.{number}", "203.0.113.9"])
                for number in range(3)]
    assert statuses == [401, 401, 429]
    assert sign_in(collector, "somebody", ["203.0.113.10"]) == 401


def test_what_cannot_be_read_is_the_proxy_and_is_told_once(collector):
    assert [sign_in(collector, f"nobody{number}", ["203.0.113.9, unknown"])
            for number in range(3)] == [401, 401, 429]
    told = [line for line in collector.text().splitlines() if "X-Forwarded-For" in line]
    assert len(told) == 1 and "proxy=127.0.0.1 says=unknown" in told[0]
