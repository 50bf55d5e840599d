"""docs/openapi.yaml says what the collector does: every route has its entry and every entry its
route, with the same query parameters and roles; and the collector serves it, with its page."""
import re

import pytest
import yaml

from harness.api import Api
from harness.process import ROOT
from harness.routes import table

METHODS = {"get", "post", "put", "delete", "patch"}
DOCUMENT = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
ENTRIES = {(method.upper(), path): entry for path, item in DOCUMENT["paths"].items()
           for method, entry in item.items() if method in METHODS}
ROUTES = {(route.method, route.path): route for route in table()}
BOTH = sorted(set(ROUTES) & set(ENTRIES))


def resolved(value):
    """What a "$ref" stands for."""
    while "$ref" in value:
        found = DOCUMENT
        for step in value["$ref"].split("/")[1:]:
            found = found[step]
        value = found
    return value


def parameters(entry, place):
    found = [resolved(one) for one in entry.get("parameters", [])]
    return {one["name"] for one in found if one["in"] == place}


def roles(entry):
    """Empty: everybody. Any one of the requirements is enough."""
    if not entry["security"] or {} in entry["security"]:
        return set()
    return {role for one in entry["security"] for named in one.values() for role in named}


def takes_basic(entry):
    return any("basic" in one for one in entry["security"])


def test_every_route_has_its_entry():
    missing = sorted(set(ROUTES) - set(ENTRIES))
    assert not missing, f"routes without an entry in docs/openapi.yaml; add one for each: {missing}"


def test_every_entry_has_its_route():
    unknown = sorted(set(ENTRIES) - set(ROUTES))
    assert not unknown, f"entries of docs/openapi.yaml without a route: {unknown}"


@pytest.mark.parametrize("key", BOTH, ids=" ".join)
def test_an_entry_takes_what_its_route_takes(key):
    route, entry = ROUTES[key], ENTRIES[key]
    asked = parameters(entry, "query")
    if "find" in route.flags:
        asked |= set(entry["requestBody"]["content"]["application/json"]["schema"]["properties"])
    assert asked == route.query, f"{key}: query parameters differ"
    assert parameters(entry, "path") == set(re.findall(r"\{(\w+)\}", route.path))
    assert ("Idempotency-Key" in parameters(entry, "header")) == (
        "idempotent" in route.flags), f"{key}: Idempotency-Key"


@pytest.mark.parametrize("key", BOTH, ids=" ".join)
def test_an_entry_names_the_roles_of_its_route(key):
    assert roles(ENTRIES[key]) == set(ROUTES[key].roles)


@pytest.mark.parametrize("key", BOTH, ids=" ".join)
def test_an_entry_has_the_body_and_the_answers_of_its_route(key):
    flags, entry = ROUTES[key].flags, ENTRIES[key]
    types = set(entry.get("requestBody", {}).get("content", {}))
    if "json" in flags or "ndjson" in flags:
        form = {"application/x-www-form-urlencoded", "multipart/form-data"} if "form" in flags else set()
        assert types == {"application/x-ndjson" if "ndjson" in flags else "application/json"} | form
        assert {"400", "413", "415", "422"} <= set(entry["responses"])
    if ROUTES[key].roles:
        assert {"401", "403"} <= set(entry["responses"])
    assert takes_basic(entry) == ("basic" in flags)
    hashes = "hashes" in flags and not set(ROUTES[key].roles) <= {"operator", "admin"}
    assert ("429" in entry["responses"]) == ("limited" in flags or "basic" in flags or hashes)
    success = [resolved(answer) for status, answer in entry["responses"].items() if status < "300"]
    tables = any("text/csv" in answer.get("content", {}) for answer in success)
    assert tables == ("csv" in flags or ROUTES[key].path == "/api/0/locations")


def test_the_codes_are_those_of_the_problems():
    words = (ROOT / "collector" / "words" / "problems.txt").read_text()
    codes = [name for name in re.findall(r"^([a-z-]+)", words, re.M) if not name.endswith("-title")]
    assert sorted(DOCUMENT["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]) == \
        sorted(codes)


def test_names_and_references_are_good():
    names = [entry["operationId"] for entry in ENTRIES.values()]
    assert len(set(names)) == len(names)
    tags = {tag["name"] for tag in DOCUMENT["tags"]}
    assert all(set(entry["tags"]) <= tags and entry["summary"] for entry in ENTRIES.values())
    used = set(re.findall(r"#/(components/\w+/\w+)", str(DOCUMENT["paths"]) +
                          str(DOCUMENT["components"])))
    there = {f"components/{kind}/{name}" for kind, items in DOCUMENT["components"].items()
             for name in items}
    assert used <= there, f"references to nothing: {used - there}"
    unused = {one for one in there - used if "/securitySchemes/" not in one}
    assert not unused, f"nothing refers to {unused}"
    schemes = {scheme for entry in ENTRIES.values() for one in entry["security"] for scheme in one}
    assert schemes == set(DOCUMENT["components"]["securitySchemes"])


def test_the_collector_serves_the_document_and_its_page(centre):
    stranger = Api(f"http://{centre.collector.http}")
    answer = stranger.request("GET", "/openapi.json")
    expected = {name: part for name, part in DOCUMENT.items() if name != "x-shared"}
    assert answer.json() == expected
    page = stranger.request("GET", "/docs")
    assert page.status_code == 200 and page.headers["Content-Type"].startswith("text/html")
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|\bstyle=|\bon\w+=", page.text)
    for file in re.findall(r'(?:src|href)="(/[^"]+)"', page.text):
        assert stranger.request("GET", file).status_code == 200, file
    tag = answer.headers["ETag"]
    again = stranger.request("GET", "/openapi.json", headers={"If-None-Match": tag})
    assert again.status_code == 304 and not again.content
