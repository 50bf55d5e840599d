"""The mail sink keeps what it is given and shows it as text, whatever a mail says."""
import http.client
import smtplib

import pytest
import requests

from harness.ports import free_port
from harness.process import ROOT, Process
from harness.wait import wait_until

KEEP = 5
SCRIPT = "<script>alert(1)</script>"


class Sink:
    def __init__(self, scene):
        self.port, self.page = free_port(), f"http://127.0.0.1:{free_port()}/"
        self.folder = scene.folder / "mail"
        scene.add(Process("mail-sink", [
            "/usr/bin/python3", ROOT / "deploy/dev/mail_sink.py", self.port, self.folder, "--page",
            self.page.rstrip("/").rpartition(":")[2], "--keep", KEEP], scene.folder)).start()
        wait_until("the page", lambda: self.get().status_code == 200, 10)

    def get(self, path=""):
        session = requests.Session()
        session.trust_env = False
        return session.get(self.page + path, timeout=5)

    def status_of(self, path):
        """Asked for as it is: requests would take the `..` out."""
        client = http.client.HTTPConnection(self.page.split("/")[2], timeout=5)
        client.request("GET", path)
        return client.getresponse().status

    def send(self, content):
        with smtplib.SMTP("127.0.0.1", self.port, timeout=5) as client:
            client.sendmail("carrito@example.org", ["ana@example.org"], content)

    def newest(self):
        return sorted(path.name for path in self.folder.glob("*.eml"))[-1]


@pytest.fixture
def sink(scene):
    return Sink(scene)


def test_what_a_mail_says_is_text(sink):
    sink.send(f"To: {SCRIPT}\nSubject: {SCRIPT}\nContent-Type: text/html\n\n<b>hola</b>{SCRIPT}\n"
              .encode())
    for answer in (sink.get(), sink.get(sink.newest())):
        assert answer.status_code == 200
        assert "<script" not in answer.text and "<b>" not in answer.text
        assert "&lt;script&gt;" in answer.text
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("content", ids=map(str, range(8)), argvalues=[
    b"", b"\xff\xfe\x00", b"Subject: =?utf-8?b?////?=\n\nx", b"Subject: =?x-none?q?a?=\n\nx",
    b"Content-Type: text/plain; charset=x-none\n\n\xe1", b"Content-Type: multipart/mixed\n\nx",
    b"Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: image/png\n\nx\n--a--\n",
    b"Date: yesterday\nTo: @,;<\nFrom: \xe1\n\n" + (b"x" * 70 + b"\r\n") * 30_000])
def test_a_mail_that_is_none_is_shown_too(sink, content):
    sink.send(content)
    assert sink.get().status_code == 200
    assert sink.get(sink.newest()).status_code == 200


def test_only_mails_can_be_read_and_only_the_newest_are_kept(sink):
    (sink.folder.parent / "secret.eml").write_text("secret")
    for number in range(KEEP + 3):
        sink.send(f"Subject: number {number}\n\nx".encode())
    text = sink.get().text
    assert f"{KEEP} mails" in text and "number 2" not in text and "number 3" in text
    for path in ("../secret.eml", "%2e%2e/secret.eml", "/../secret.eml", sink.newest() + "x"):
        assert sink.status_of("/" + path) == 404
