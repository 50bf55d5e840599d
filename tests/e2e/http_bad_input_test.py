"""What no client should send is answered with 4xx or closed, never with 5xx or silence; others are
served meanwhile; and the memory stays flat, however often it comes."""
import re
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from harness.process import memory_kib

SECONDS = 15  # for an answer or a close: what never ends is closed after 10 s
KIB = 1024
LOGIN = b"POST /api/v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: x\r\n"

# What is sent, and the statuses that may come back; () stands for: nothing, it is closed.
BAD = {
    "body over 64 KiB, announced": (LOGIN + b"Content-Length: 65537\r\n\r\n" + b"a" * 65537, {413}),
    "body of 2 MiB, announced": (LOGIN + b"Content-Length: 2097152\r\n\r\n", {413, ()}),
    "body over 64 KiB, in pieces": (
        LOGIN + b"Transfer-Encoding: chunked\r\n\r\n" + b"4000\r\n" + b"a" * 0x4000 + b"\r\n" +
        (b"4000\r\n" + b"a" * 0x4000 + b"\r\n") * 4 + b"0\r\n\r\n", {413}),
    "length and pieces": (LOGIN + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
                          b"2\r\n{}\r\n0\r\n\r\n", {400}),
    "two lengths": (LOGIN + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x", {400}),
    "a blank before the colon": (LOGIN + b"Content-Length : 2\r\n\r\n{}", {400}),
    "a blank and no body": (GET + b"X-Blank : a\r\n\r\n", {400}),
    "negative length": (LOGIN + b"Content-Length: -1\r\n\r\n", {400, 413, ()}),
    "length beyond 64 bits": (LOGIN + b"Content-Length: 99999999999999999999999\r\n\r\n",
                              {400, 413, ()}),
    "length of words": (LOGIN + b"Content-Length: many\r\n\r\n", {400, ()}),
    "bad size of a piece": (LOGIN + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", {400, ()}),
    "a header of 64 KiB": (GET + b"X-Long: " + b"a" * 64 * KIB + b"\r\n\r\n", {431, 413, 400, ()}),
    "4,000 headers": (GET + b"X-Y: z\r\n" * 4000 + b"\r\n", {431, 413, 400, ()}),
    "a header without a colon": (GET + b"nothing\r\n\r\n", {400, ()}),
    "a header with a NUL": (GET + b"X-Nul: a\0b\r\n\r\n", {200, 400, ()}),
    "a folded header": (GET + b"X-Fold: a\r\n b\r\n\r\n", {200, 400, ()}),
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", {400, ()}),
    "bad bytes in a token": (b"GET /api/v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "
                             b"\xff\xfe\r\n\r\n", {400, 401}),
    "target of 8 KiB": (b"GET /" + b"a" * 8 * KIB + b" HTTP/1.1\r\nHost: x\r\n\r\n", {400, 414, ()}),
    "target of 64 KiB": (b"GET /" + b"a" * 64 * KIB + b" HTTP/1.1\r\nHost: x\r\n\r\n",
                         {400, 414, 431, ()}),
    "escaped NUL": (b"GET /api/v1/carts/%00 HTTP/1.1\r\nHost: x\r\n\r\n", {400}),
    "half an escape": (b"GET /healthz%2 HTTP/1.1\r\nHost: x\r\n\r\n", {400}),
    "no path": (b"GET healthz HTTP/1.1\r\nHost: x\r\n\r\n", {400, ()}),
    "a whole address": (b"GET http://x/healthz HTTP/1.1\r\nHost: x\r\n\r\n", {200, 400, 404, ()}),
    "200 parameters": (b"GET /healthz?" + b"a=b&" * 200 + b" HTTP/1.1\r\nHost: x\r\n\r\n", {200}),
    "HTTP/1.0": (b"GET /healthz HTTP/1.0\r\n\r\n", {200}),
    "up and out": (b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", {400, 404}),
    "up and out, escaped": (b"GET /console/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\n\r\n",
                            {400, 404}),
    "a tunnel": (b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", {400, 404, 405, ()}),
    "NULs": (b"\0\0\0\0\r\n\r\n", {400, ()}),
    "an unknown method": (b"BREW /healthz HTTP/1.1\r\nHost: x\r\n\r\n", {405, 400, 501, ()}),
    "an unknown version": (b"GET /healthz HTTP/7.7\r\nHost: x\r\n\r\n", {400, 505, ()}),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200 + b"\r\n\r\n", {400, ()}),
    "lines without CR": (b"GET /healthz HTTP/1.1\nHost: x\nConnection: close\n\n", {200, 400, ()}),
}


def ask(centre, request, half_closed=False):
    """Statuses of all that comes back until the server closes; () where there is nothing."""
    host, _, port = centre.collector.http.rpartition(":")
    with socket.create_connection((host, int(port)), timeout=SECONDS) as stranger:
        answer = b""
        try:
            stranger.sendall(request)
            if half_closed:
                stranger.shutdown(socket.SHUT_WR)
            while piece := stranger.recv(64 * KIB):
                answer += piece
        except OSError as error:
            assert answer or not isinstance(error, TimeoutError), "neither answered nor closed"
            # else closed before it had read all: what was said before is lost on the way
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d+) ", answer)] or [()]


@pytest.mark.parametrize("name", BAD)
def test_it_is_answered_or_closed(centre, name):
    request, allowed = BAD[name]
    closing = request.replace(b"Host: x\r\n", b"Host: x\r\nConnection: close\r\n", 1)
    assert set(ask(centre, closing)) <= allowed
    assert centre.collector.page("/healthz").status_code == 200


def test_requests_in_one_piece_are_answered_in_order(centre):
    last = b"GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    one = GET + b"\r\n"
    other = LOGIN + b"Content-Length: 2\r\n\r\n{}"
    assert ask(centre, (one + other) * 20 + last) == [200, 422] * 20 + [404]


@pytest.mark.parametrize("request_bytes", [b"GET /heal", GET, LOGIN + b"Content-Length: 100\r\n\r\n{",
                                           LOGIN + b"Transfer-Encoding: chunked\r\n\r\n40\r\n{"],
                         ids=["line", "headers", "body", "piece"])
def test_a_request_that_is_cut_is_closed(centre, request_bytes):
    """At once where the server notices, else at its deadline."""
    assert set(ask(centre, request_bytes, half_closed=True)) <= {400, ()}


def test_memory_stays_flat(centre):
    def once():
        for request, _ in BAD.values():
            ask(centre, request.replace(b"Host: x\r\n", b"Host: x\r\nConnection: close\r\n", 1))

    def ten_times():
        with ThreadPoolExecutor(10) as pool:  # most of the time goes into waiting for a deadline
            for done in [pool.submit(once) for _ in range(10)]:
                done.result()
    ten_times()
    before = memory_kib(centre.collector.pid)
    ten_times()
    grown = memory_kib(centre.collector.pid) - before
    assert grown < 4 * KIB, f"{grown} KiB more after 320 bad requests"
