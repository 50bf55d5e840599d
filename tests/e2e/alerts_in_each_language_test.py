"""What an alert says is kept without a language: every sentence of the catalogue is told in the
reader's by list and table, and every kind by stream, mail, webhook and carritoctl."""
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
from stream_test import listening


WORDS = ROOT / "collector" / "words"
CATALOGUE = (WORDS / "alerts.txt").read_text()
PHRASES = re.findall(r"^((?:kind|alert)[a-z-]*)() \| (.*) \| (.*)$", (WORDS / "phrases.txt").read_text(), re.M)
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


KINDS = json.loads((ROOT / "docs/schemas/alert.json").read_text())["properties"]["kind"]["enum"]
MAILS = ROOT / "collector" / "mails"
# What carritoctl says around the rows, and ids: data in either language.
IDS = re.compile("|".join(sorted((*KINDS, "ACTIVE_UNACK", "MAJOR", "https?://[^ ]*"), key=len, reverse=True)))


def kind_of(sentence):
    return max((kind for kind in KINDS if sentence.startswith(kind)), key=len)


def words_in(text):
    return set(re.findall(r"[a-záéíóúñü]{3,}", IDS.sub(" ", text).lower()))


def vocabulary(place, language):
    """All that people are told of alerts: sentences, mails around them, what stands for ids."""
    return words_in(" ".join([*(re.sub(r"{\w+}", " ", row[place]) for row in SENTENCES + PHRASES),
                              re.sub(r"{{.*?}}", " ", (MAILS / f"alert.{language}.txt").read_text())]))


SPANISH, ENGLISH = vocabulary(2, "es"), vocabulary(3, "en")
FOREIGN = {"es": ENGLISH - SPANISH, "en": SPANISH - ENGLISH}
SHARED = {"backup", "broker", "carrito", "gps", "kafka", "pesos", "service", "sopaipillas", "timer"}  # names and units


def write_alerts(world, language):
    """An open alert with each sentence, of its kind, and the change that is to be told; by its id."""
    said = {}
    with closing(sqlite3.connect(world.collector.store, timeout=20)) as store, store:
        for number, (name, arguments, *texts) in enumerate(SENTENCES):
            values = {one: f"Q{number}X{place}" for place, one in enumerate(arguments.split())}
            identity, kind = f"{number:032x}", kind_of(name)
            said[identity] = {one: text.format(**values) for one, text in zip(("es", "en"), texts)}
            alert = {"id": identity, "kind": kind, "subject": f"Q{number}", "cart": None, "severity": "MAJOR",
                     "status": "ACTIVE_UNACK", "started_ms": now_ms(), "ended_ms": None,
                     "details": said[identity][language], "about": {"say": name, **values}}
            store.execute("INSERT INTO alerts (id, kind, subject, cart, severity, status, started_ms, details, about)"
                          " VALUES (:id, :kind, :subject, :cart, :severity, :status, :started_ms, :details, :kept)",
                          {**alert, "about": None, "kept": json.dumps(alert["about"])})
            store.execute("INSERT INTO effects (lane, id, position, topic, value, type, created_ms, due_ms)"
                          " VALUES ('alert', ?, ?, ?, '', 'ACTIVE_UNACK', ?, 1)",
                          (f"{identity}/ACTIVE_UNACK", 10**6 + number, identity, now_ms()))
            world.kafka.produce("carrito.alerts", identity, json.dumps(alert).encode())
    return said


def assert_in(language, text, what):
    assert not words_in(text) & FOREIGN[language], (what, words_in(text) & FOREIGN[language], text)


def test_the_languages_share_no_word_but_names():
    assert SPANISH & ENGLISH <= SHARED and min(len(FOREIGN["es"]), len(FOREIGN["en"])) > 100


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_kind_is_told_in_one_language_by_every_channel(world, language):
    assert {kind_of(name) for name, *_ in SENTENCES} == set(KINDS)
    mails, hook = world.scene.add(MailServer()).start(), world.scene.add(HookServer())
    world.collector = world.make_collector(
        CARRITO_SMTP=mails.url, CARRITO_MAIL_FROM="carrito@gremio.example", CARRITO_LANG=language,
        CARRITO_ALERT_MAIL="operators@gremio.example", CARRITO_WEBHOOK=hook.url, CARRITO_MAIL_RATE="0",
        CARRITO_ALERT_MAIL_AFTER_S="0")
    world.start()
    listener = listening(world.scene, world.api)
    said = write_alerts(world, language)
    wait_until("all on the stream", lambda: {one["id"] for one in listener.of("alert")} >= set(said), 20)
    streamed = {one["id"]: one for one in listener.of("alert")}
    wait_until("all posts", lambda: {body["id"] for body in hook.bodies} >= set(said), 20)
    posted = {body["id"]: body for body in hook.bodies}

    def mailed():
        return {one: str(mail["Subject"]) + mail.get_content() for one in said
                for mail in mails.to("operators@gremio.example") if one in mail.get_content()}
    wait_until("all mails", lambda: set(mailed()) == set(said), 30)
    told_by_mail = {one: text.replace("\r\n", "\n") for one, text in mailed().items()}
    for one, sentence in said.items():
        assert posted[one]["details"] == sentence[language]
        assert [streamed[one][f"details_{name}"] for name in ("es", "en")] == [sentence["es"], sentence["en"]]
        assert sentence[language] in re.sub(r"\s+", " ", told_by_mail[one])
        assert_in(language, told_by_mail[one].replace(one, " "), "mail")
    for reader in ("es", "en"):
        rows = details(world.api, reader)
        assert {one: rows[one] for one in said} == {one: sentence[reader] for one, sentence in said.items()}
        listed = ctl(world.api.token, world.collector, "alerts", "--lang", reader)
        table = json.loads(ctl(world.api.token, world.collector, "alerts", "--json", "--lang", reader).stdout)
        assert {row["id"]: row["details"] for row in table if row["id"] in said} == {
            one: rows[one] for one in said}
        assert listed.returncode == 0 and listed.stdout.strip()
        assert_in(reader, listed.stdout, "carritoctl")
