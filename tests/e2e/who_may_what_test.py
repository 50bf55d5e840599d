"""Who may do what, on the running server: every path with every method, asked by everybody, is answered
as the table says that was written by hand from the contract (tests/unit/routes_test.c). What is not in
it is 405, or 404; a token that has ended opens no more than none.

Each request has a parameter that no route of the API knows: who may is told so (400) and nothing is done. Addresses
outside the API pass over it, and answer; what a phone posts there is nothing."""
import http.client
import re
import secrets
import sqlite3
from collections import defaultdict
from urllib.parse import urlsplit

import pytest

from harness.api import Api
from harness.process import ROOT

STRICT = "/api/v1/"
NOTHING = '{"_type": "lwt"}'
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
LETTERS = {"viewer": "v", "operator": "o", "admin": "a", "vendor": "s", "tracker": "t"}
MINE, OTHERS = "BBCL23", "BBCL24"
_ROW = re.compile(r'\{ "([A-Z]+)", "(/[^"]*)", "([*voast]+)" \}')


def by_hand():
    """{path: {method: letters of who may}}"""
    found = defaultdict(dict)
    text = (ROOT / "tests" / "unit" / "routes_test.c").read_text()
    for method, path, who in _ROW.findall(text.partition("expected[] = {")[2].partition("};")[0]):
        found[path][method] = who
    assert len(found) > 60
    return found


TABLE = by_hand()


@pytest.fixture(scope="module")
def tokens(shared_centre):
    """Everybody's token, by who it is; "nobody" has none."""
    admin, collector = shared_centre.api, shared_centre.collector

    def made(role, name=None):
        name = name or "m" + secrets.token_hex(4)
        cart = {"cart": MINE} if role == "vendor" else {}
        answer = admin.request("POST", "/api/v1/tokens",
                               json={"name": name, "role": role, "days": 1, **cart})
        assert answer.status_code == 201, answer.text
        return name, answer.json()["token"]

    found = {"nobody": None, "a stranger": secrets.token_urlsafe(32)}
    for role in LETTERS:
        found[role] = made(role)[1]
    name, found["a token that expired"] = made("admin")
    with sqlite3.connect(collector.store, timeout=10) as store:
        assert store.execute("UPDATE tokens SET expires_ms = 1 WHERE name = ?",
                             (name,)).rowcount == 1
    store.close()
    name, _ = collector.add_user("admin")
    found["a removed user"] = made("admin", name)[1]
    assert Api(admin.base, found["a removed user"]).request("GET", "/api/v1/me").status_code == 200
    assert collector.command("user", "remove", name).returncode == 0
    return found


class Asker:
    """One connection; what comes back is status, headers, and how long the body is."""

    def __init__(self, base):
        self.connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=15)

    def ask(self, method, path, token):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = NOTHING if method == "POST" and not path.startswith(STRICT) else None
        self.connection.request(method, path + "?nonsense=1", body, headers)
        answer = self.connection.getresponse()
        return answer, answer.read()

    def close(self):
        self.connection.close()


def expected(methods, method, who, cart):
    """The status that the contract wants."""
    may = methods.get("GET" if method == "HEAD" else method)
    if may is None:
        return 405
    if may == "*":
        return 400
    if who not in LETTERS:
        return 401
    own = who != "vendor" or cart in (None, MINE)
    return 400 if LETTERS[who] in may and own else 403


def is_as(status, answer, target):
    """Is it that status; outside the API, for who may, that of an answer?"""
    if status == 400 and not target.startswith(STRICT):
        return answer.status in (200, 400, 404, 415)
    return answer.status == status


def methods_at(path):
    """Also those of a pattern that the path fits: /fugitives/clear is a plate's as well."""
    def fits(pattern):
        steps = list(zip(pattern.split("/"), path.split("/")))
        return (pattern.count("/") == path.count("/")
                and all(one == other or one.startswith("{") for one, other in steps))

    return {method: who for pattern in [*filter(fits, TABLE), path] for method, who in TABLE[pattern].items()}


def allowed(methods):
    return set(methods) | ({"HEAD"} if "GET" in methods else set())


@pytest.mark.parametrize("path", TABLE)
def test_every_method_for_everybody(centre, scene, tokens, path):
    asker, methods, wrong = scene.add(Asker(centre.api.base)), methods_at(path), []
    for cart in (MINE, OTHERS) if "{cart}" in path else (None,):
        target = re.sub(r"\{\w+\}", "1", path.replace("{cart}", str(cart)))
        for method in METHODS:
            for who, token in tokens.items():
                answer, body = asker.ask(method, target, token)
                status = expected(methods, method, who, cart)
                if not is_as(status, answer, target):
                    wrong.append(f"{who} {method} {target}: {answer.status}, not {status}")
                assert (method == "HEAD") == (not body), f"{method} {target}: {body[:100]}"
                if answer.status >= 400:
                    page = not target.startswith(STRICT) and answer.headers["Content-Type"].startswith("text/html")
                    assert page or answer.headers["Content-Type"] == "application/problem+json"
                if status == 405:
                    assert set(answer.headers["Allow"].split(", ")) == allowed(methods)
    assert not wrong, "; ".join(wrong)


@pytest.mark.parametrize("path,body", [
    ("/sales", {"cart": OTHERS, "quantity": 1}), ("/stock", {"cart": OTHERS, "stock": 1}),
    ("/sales", {"cart": OTHERS.lower(), "quantity": 1}),
    (f"/sales/{OTHERS}/0123456789abcdef/1/void", {}),
    (f"/sales/{OTHERS.lower()}/0123456789abcdef/1/void", {})])
def test_a_vendor_types_nothing_on_another_cart(centre, tokens, path, body):
    answer = Api(centre.api.base, tokens["vendor"]).request("POST", "/api/v1" + path, json=body)
    assert answer.status_code == 403 and answer.json()["code"] == "forbidden", answer.text


@pytest.mark.parametrize("path", [
    f"/sales?cart={OTHERS}", f"/sales?cart={OTHERS.lower()}&format=csv", f"/daily-sales?cart={OTHERS}",
    f"/daily-sales?cart={OTHERS}&group=guild", f"/daily-sales?format=csv&dialect=excel-es&cart={OTHERS}",
    f"/daily-sales/2026-09-18/{OTHERS}/revisions", f"/carts/{OTHERS}", f"/carts/{OTHERS}/track"])
def test_a_vendor_reads_nothing_of_another_cart(centre, tokens, path):
    answer = Api(centre.api.base, tokens["vendor"]).request("GET", "/api/v1" + path)
    assert answer.status_code == 403 and answer.json()["code"] == "forbidden", answer.text


def test_a_path_that_goes_on_is_nothing(centre, scene, tokens):
    asker = scene.add(Asker(centre.api.base))
    for path in TABLE:
        target = re.sub(r"\{\w+\}", "1", path.rstrip("/")) + "/nothing/here"
        for method in METHODS:
            answer, _ = asker.ask(method, target, tokens["admin"])
            assert answer.status in (404, 400), f"{method} {target}: {answer.status}"
