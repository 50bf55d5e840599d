"""What carritoctl is asked for by a person's name, address or id goes in a body, page by page and as a table: no
address that it asks for, which a proxy would log, has it."""
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from harness.process import BIN, run

ASKED = [("sales", "--client", "Ana Soto", "/sales/find", "client"),
         ("orders", "--email", "ana@example.org", "/orders/find", "email"),
         ("members", "--rut", "12345678-5", "/members/find", "rut"),
         ("members", "--query", "Ana Soto", "/members/find", "q"),
         ("mail", "--recipient", "ana@example.org", "/mails/find", "recipient"),
         ("actions", "--user", "anasoto", "/actions/find", "user")]


@pytest.fixture
def office():
    """Answers two pages, then an end, and keeps what it was asked."""
    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = json.loads(body) if body else {}
            if self.path != "/console/config.json":
                self.server.asked.append((self.command, self.path, asked))
            ends = asked.get("cursor") == "c1" or "cursor=c1" in self.path
            page = {"items": [{}], "next": None if ends else "c1"}
            text = "a,b\r\n" if asked.get("format") == "csv" else json.dumps(page)
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())
        do_GET = do_POST = answer

        def log_message(self, *_):
            pass
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("word,option,whom,path,name", ASKED, ids=[f"{one[0]} {one[1]}" for one in ASKED])
def test_it_is_in_the_body(office, word, option, whom, path, name):
    env = {"CARRITO_URL": f"http://127.0.0.1:{office.server_address[1]}", "CARRITO_TOKEN": "t", "CARRITO_LANG": "en"}
    for more in (["--json"], ["--csv", "--limit", "5"]):
        done = run([BIN / "carritoctl", word, option, whom, *more], env)
        assert done.returncode == 0, done.stderr
    pages, table = office.asked[:2], office.asked[2:]
    assert [(method, way) for method, way, _ in office.asked] == [("POST", "/api/v1" + path)] * len(office.asked)
    assert [one.pop("cursor", None) for _, _, one in pages] == [None, "c1"]
    assert [one for _, _, one in pages] == [{name: whom, "limit": 1000}] * 2
    assert [one for _, _, one in table] == [{name: whom, "format": "csv", "limit": 5}]
