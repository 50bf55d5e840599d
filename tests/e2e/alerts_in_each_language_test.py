"""What an alert says is kept without a language: every sentence of the catalogue is told in the
reader's by list and table, and one alert in its whole life by stream, mail, webhook and carritoctl."""
import csv
import http.server
import io
import json
import re
import sqlite3
import threading
from contextlib import closing

import pytest

from harness.cart import PahoCart
from harness.events import now_ms
from harness.process import ROOT
from harness.programs import ctl
from harness.smtp import MailServer
from harness.wait import wait_until

CATALOGUE = (ROOT / "collector" / "words" / "alerts.txt").read_text()
SENTENCES = re.findall(r"^([a-z-]+)((?: [a-z_]+)*)\n  es (.*)\n  en (.*)$", CATALOGUE, re.M)
SAID = {"es": "Al carro {} no le quedan sopaipillas.", "en": "Cart {} has nothing left to sell."}


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # the library's name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_words):
        pass


class HookServer(http.server.ThreadingHTTPServer):
    def __init__(self):
        super().__init__(("127.0.0.1", 0), Hook)
        self.bodies = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook"

    def close(self):
        self.shutdown()
        self.server_close()


def told(api, language, query=""):
    answer = api.request("GET", f"/api/v1/alerts?limit=1000{query}",
                         headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return answer


def details(api, language):
    return {row["id"]: row["details"] for row in told(api, language).json()["items"]}


@pytest.fixture(name="sentences")
def write_sentences(world):
    """A row with each sentence, and one as an earlier release has written it."""
    world.start()
    rows = {}
    with closing(sqlite3.connect(world.collector.store, timeout=20)) as store, store:
        for number, (name, arguments, es, en) in enumerate(SENTENCES):
            values = {one: f"<{one}>" for one in arguments.split()}
            rows[f"{number:032x}"] = {"es": es.format(**values), "en": en.format(**values)}
            add(store, f"{number:032x}", json.dumps({"say": name, **values}))
        rows["f" * 32] = {"es": "como fue", "en": "como fue"}
        add(store, "f" * 32, None)
    return rows


def add(store, identity, about):
    store.execute(
        "INSERT INTO alerts (id, kind, subject, cart, severity, status, started_ms, details, about)"
        " VALUES (?, 'stock-out', ?, NULL, 'MAJOR', 'ACTIVE_UNACK', ?, 'como fue', ?)",
        (identity, identity, now_ms(), about))


def test_every_sentence_is_told_in_the_readers_language(world, sentences):
    assert len(SENTENCES) > 20
    for language in ("es", "en"):
        said = details(world.api, language)
        assert {one: said[one] for one in sentences} == {
            one: words[language] for one, words in sentences.items()}
        table = csv.DictReader(io.StringIO(told(world.api, language, "&format=csv").text))
        assert {row["id"]: row["details"] for row in table if row["id"] in sentences} == {
            one: words[language] for one, words in sentences.items()}
    first = next(iter(sentences))
    for language in ("es", "en"):
        one = world.api.request("POST", f"/api/v1/alerts/{first}/ack",
                                headers={"Accept-Language": language}).json()
        assert one["details"] == sentences[first][language]


def test_an_alert_is_told_by_every_channel(world):
    mails = world.scene.add(MailServer()).start()
    hook = world.scene.add(HookServer())
    world.collector = world.make_collector(
        CARRITO_SMTP=mails.url, CARRITO_MAIL_FROM="carrito@gremio.example", CARRITO_LANG="en",
        CARRITO_ALERT_MAIL="operators@gremio.example", CARRITO_WEBHOOK=hook.url)
    world.start()
    cart = world.scene.add(PahoCart(world.mqtt_port))
    cart.send([cart.outbox.event("stock", stock=0)])

    def row(language):
        rows = told(world.api, language, f"&cart={cart.cart}&kind=stock-out").json()["items"]
        return rows[0]["details"] if rows else None
    wait_until("the alert", lambda: row("en"), 20)
    for language, sentence in SAID.items():
        assert row(language) == sentence.format(cart.cart)
        words = ctl(world.api.token, world.collector, "alerts", "--kind", "stock-out", "--json",
                    "--lang", language).stdout
        assert sentence.format(cart.cart) in words

    def posted():
        return [body for body in hook.bodies if body.get("cart") == cart.cart]
    wait_until("the post", posted, 20)
    assert posted()[0]["details"] == SAID["en"].format(cart.cart)
    assert posted()[0]["about"] == {"say": "stock-out", "cart": cart.cart}

    def mail():
        return [one for one in mails.to("operators@gremio.example") if cart.cart in str(one)]
    wait_until("the mail", mail, 20)
    text = mail()[0].get_content()
    assert SAID["en"].format(cart.cart) in text and SAID["es"].format(cart.cart) not in text
