"""Whatever value of a list of docs/openapi.yaml carritoctl shows in a table reads in the terminal's
language. Which values there are, the document says: a server here answers each command with all of them."""
import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import yaml

from harness.process import BIN, ROOT, run

DOCUMENT = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]
GUILDS_OWN = {"recibido", "preparando", "entregando", "finalizado", "cancelado", "fallido"}
COMMANDS = ["carts", "cart BBCL23", "sales", "audit", "trace BBCL23 a 1", "stock", "restocks", "restocks done 1",
            "fugitives", "reports", "reports dismiss 1", "members", "members accept 1-9", "orders", "order 1",
            "orders cancel 1", "alerts", "alerts ack 1", "blocked", "consumers", "consumers messages sales 1",
            "consumers stop sales", "dead-letters", "set-aside", "mail", "actions", "user", "user tokens",
            "user token --role viewer --days 1 me", "sessions", "person show --client x",
            "person erase --client x", "person requests", "daily", "closing", "simulate events --events 1"]
# What no table of carritoctl shows, and why.
NOT_SHOWN = {
    ("ClosingRow", "reason"): "`todo` says it",
    ("DayRow", "status"): "the console shows what a closed day was before",
    ("Me", "role"): "no command asks for it",
    ("OrderPlaced", "status"): "no command places an order",
    ("Session", "role"): "`login` says it in a sentence",
    ("SetAsideDecided", "decision"): "`set-aside accept` is asked for it by name",
    (None, "clients"): "the notice of privacy is a page",
    (None, "role"): "no command asks for the index",
    ("OrderRow", "failed_reason"): "the order's page says it",
    ("Offer", "outcome"): "no table has an order's offers",
    ("Simulation", "state"): "`simulate` waits for `done`; a test of its own is below",
}


def leaves(schema, owner=None, way=()):
    """(schema's name, way, values) of each list of values; the way into an array has a 0."""
    while "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = SCHEMAS[name]
        owner = name if {"properties", "allOf"} & schema.keys() else owner
    if "enum" in schema:
        yield owner, way, [value for value in schema["enum"] if value is not None]
    for part in schema.get("allOf", []):
        yield from leaves(part, owner, way)
    for name, member in schema.get("properties", {}).items():
        yield from leaves(member, owner, (*way, name))
    for choice in schema.get("anyOf", []):
        yield from leaves(choice, owner, way)
    if "items" in schema:
        yield from leaves(schema["items"], owner, (*way, 0))


def answers():
    """(method, pattern of a path, schema) of each answer that is a success, in JSON."""
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation.get("responses", {}).items() if method != "parameters" else ():
                if "$ref" in answer:
                    answer = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]
                schema = answer.get("content", {}).get("application/json", {}).get("schema")
                if str(status).startswith("2") and schema:
                    yield method.upper(), re.sub(r"\{[^}]*\}", "[^/]+", path), schema


ANSWERS = list(answers())
LISTS = {(owner, way[-1]) for _, _, schema in ANSWERS for owner, way, _ in leaves(schema)}


def with_value(way, value):
    if not way:
        return value
    inner = with_value(way[1:], value)
    return [inner] if way[0] == 0 else {way[0]: inner}


def strange(way):
    return f"later-{way[0]}"


class Asked:
    """What a call is answered with: row n has the nth value of each list, the last row values of none."""

    def __init__(self, method, path):
        schema = next((schema for its, pattern, schema in ANSWERS
                       if its == method and re.fullmatch(pattern, path)), {})
        found = [leaf for leaf in leaves(schema) if (leaf[0], leaf[1][-1]) not in NOT_SHOWN]
        self.is_page = not found or found[0][1][:2] == ("items", 0)
        self.lists = [(owner, way[2:] if self.is_page else way, values) for owner, way, values in found]
        count = max((len(values) for *_, values in self.lists), default=0) + 1
        self.rows = [{"id": "x", "state": "done"} if "simulations" in path else {"id": "x"} for _ in range(count)]
        for _, way, values in self.lists:
            for row, value in zip(self.rows, [*values, *[strange(way)] * (count - len(values))], strict=True):
                row |= with_value(way, value)

    def body(self, chosen):
        return {"id": "x", "items": self.rows, "next": None} if self.is_page else self.rows[chosen]


class Server:
    def __init__(self):
        self.chosen, self.asked, self.languages = 0, None, set()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.server.owner.answer(self)

            do_POST = do_DELETE = do_GET

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.owner = self
        self.thread = Thread(target=self.http.serve_forever)
        self.thread.start()

    def answer(self, call):
        path = call.path.partition("?")[0]
        self.languages.add(call.headers["Accept-Language"])
        self.asked = Asked(call.command, path)
        call.rfile.read(int(call.headers["Content-Length"] or 0))
        told = json.dumps(self.asked.body(self.chosen)).encode()
        call.send_response(202 if path == "/api/v1/simulations" else 200)
        call.send_header("Content-Type", "application/json")
        call.send_header("Content-Length", str(len(told)))
        call.end_headers()
        call.wfile.write(told)

    def close(self):
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()


@pytest.fixture(name="server", scope="module")
def started_server():
    server = Server()
    yield server
    server.close()


def said(server, words, language, chosen=0):
    """Its lines, cell by cell. What the server says itself is asked for in the language, too."""
    server.chosen = chosen
    server.languages.clear()
    done = run([BIN / "carritoctl", *words.split()],
               {"CARRITO_URL": f"http://127.0.0.1:{server.http.server_port}", "CARRITO_TOKEN": "t",
                "CARRITO_LANG": language}, seconds=20)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    assert server.languages == {language}
    return [re.split(r" {2,}", line.strip()) for line in done.stdout.splitlines()]


def shown(server, words, language):
    """The cells of each row, of a table or of one object after the other."""
    lines = said(server, words, language)
    if server.asked.is_page:
        return lines[1:]
    return [[line[-1] for line in said(server, words, language, at)] for at in range(len(server.asked.rows))]


SHOWN = set()


@pytest.mark.parametrize("words", COMMANDS)
def test_each_value_reads_in_each_language(server, words):
    spanish, english = shown(server, words, "es"), shown(server, words, "en")
    wrong = []
    for owner, way, values in server.asked.lists:
        places = [at for at, cell in enumerate(spanish[-1]) if strange(way) in cell]
        if not places:
            continue
        SHOWN.add((owner, way[-1]))
        for value, es, en in zip(values, spanish, english):
            es, en = es[places[0]], en[places[0]]
            if es == en or (value == es and value not in GUILDS_OWN):
                wrong.append((way[-1], value, es, en))
    assert not wrong


def test_each_list_of_values_is_shown_or_has_a_reason():
    assert LISTS - SHOWN == NOT_SHOWN.keys()


def test_a_simulation_is_done_in_each_language(server):
    assert ["estado", "terminada"] in said(server, "simulate events --events 1", "es")
    assert ["state", "done"] in said(server, "simulate events --events 1", "en")
