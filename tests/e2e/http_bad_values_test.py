"""Whatever a body's member or a parameter is given that docs/openapi.yaml does not allow is a problem that
names it, and says what was wrong in Spanish and in English. The wrong values are made from the document."""
import json
import re

import pytest
import yaml

from harness.process import ROOT
from harness.routes import table

DOCUMENT = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
SCHEMAS = DOCUMENT["components"]["schemas"]
PROBLEM = "application/problem+json"
# A body of each endpoint to which nothing but one member is wrong: it is never sent as it is.
GOOD = {
    "/api/v1/login": {"user": "nobody-here", "password": "x"},
    "/api/v1/me/password": {"password": "x", "new_password": "otra clave larga"},
    "/api/v1/users": {"name": "b4dv4lues", "role": "vendor", "cart": "BBCL23", "password": "x" * 8},
    "/api/v1/users/{name}": {"role": "vendor", "cart": "BBCL23"},
    "/api/v1/users/{name}/password": {"password": "x" * 8},
    "/api/v1/tokens": {"name": "b4dv4lues", "role": "viewer", "days": 1},
    "/api/v1/members": {"name": "Ana", "lastname": "Soto", "rut": "12345678-5", "plate": "BBCL23",
                        "email": "ana@example.org", "premium": False},
    "/api/v1/members/{rut}/decision": {"accept": False, "reason": "x"},
    "/api/v1/members/{id}/leave": {"date": "2026-09-18", "reason": "x"},
    "/api/v1/members/{id}/plate": {"plate": "BBCL24"},
    "/api/v1/people/find": {"rut": "12345678-5"},
    "/api/v1/people/erase": {"rut": "12345678-5"},
    "/api/v1/people/requests": {"kind": "access", "note": "x"},
    "/api/v1/orders/{id}/assign": {"cart": "BBCL23"},
    "/api/v1/sales/find": {"client": "Ana", "limit": 1},
    "/api/v1/orders/find": {"email": "a@example.org", "limit": 1},
    "/api/v1/members/find": {"rut": "12345678-5", "limit": 1},
    "/api/v1/mails/find": {"recipient": "a@example.org", "limit": 1},
    "/api/v1/actions/find": {"user": "ana", "limit": 1},
    "/api/v1/sales": {"cart": "BBCL23", "client": "Ana", "quantity": 1, "amount": 1, "stock": 1,
                      "lat": -33.4, "lon": -70.6, "ts": "2026-09-18T12:00:00Z"},
    "/api/v1/sales/{cart}/{epoch}/{receipt}/void": {"reason": "x"},
    "/api/v1/stock": {"cart": "BBCL23", "stock": 1},
    "/api/v1/carts/{cart}": {"threshold": 20, "note": "junto al metro"},
    "/api/v1/carts/{cart}/commands": {"command": "locate", "interval_s": 2, "until_ms": 1},
    "/api/v1/fugitives/clear": {"carts": ["BBCL23"]},
    "/api/v1/carts/{cart}/phones": {"name": "de Ana"},
    "/api/v1/reports": {"cart": "BBCL23", "lat": -33.4, "lon": -70.6, "note": "x"},
    "/api/v1/orders": {"product": "sopaipilla", "price": 1, "quantity": 1, "lat": -33.4, "lon": -70.6,
                       "email": "ana@example.org"},
    "/api/v1/simulations": {"kind": "events", "carts": 1, "events": 1, "seed": 1},
    "/api/v1/mail/test": {"to": "ana@example.org"},
}
# What the document's patterns do not say.
BESIDES = {"rut": ["12345678-6", "x"], "email": ["ana", "a b@c.cl", "@"], "to": ["ana"],
           "client": ["   "], "ts": ["yesterday", "2026-13-01T00:00:00Z", "2999-01-01T00:00:00Z",
                                     "2001-01-01T00:00:00Z"]}
TYPES = {"string": "x", "integer": 1, "number": 1.5, "boolean": True, "null": None, "array": [1],
         "object": {"a": 1}}
RAW = {"1e999": "1e999", "over 2^53": "9007199254740992", "NUL": r'"a\u0000b"', "bytes": '"\xff"',
       "half a character": r'"\ud800"', "deep": "[[[[[[1]]]]]]", "twice": None}
ENGLISH = re.compile(r"\b(must|is missing|not|stands|and|characters|empty|inside|string|too)\b")
BODIES = [(method.upper(), path, item[method]) for path, item in DOCUMENT["paths"].items()
          for method in ("post", "patch")
          if "application/json" in item.get(method, {}).get("requestBody", {}).get("content", {})
          and path.rstrip("/") not in ("/pub", "/pedir")]  # 200, whatever comes; a page says what is wrong


def resolved(schema):
    while "$ref" in schema:
        found = DOCUMENT
        for step in schema["$ref"].split("/")[1:]:
            found = found[step]
        schema = {**found, **{k: v for k, v in schema.items() if k != "$ref"}}
    return schema


def properties(schema, good):
    """{name: schema} and the required ones; of several shapes, of the one that the good body has."""
    schema = resolved(schema)
    shapes = [schema] + [one for one in schema.get("oneOf", ())
                         if one["properties"]["command"]["const"] == good["command"]]
    found = {name: resolved(value) for shape in shapes
             for name, value in shape.get("properties", {}).items()}
    return found, {name for shape in shapes for name in shape.get("required", ())}


def types_of(schema):
    if "anyOf" in schema:
        return {word for one in schema["anyOf"] for word in types_of(resolved(one))}
    if "enum" in schema or "const" in schema:
        return {"string"}
    said = schema.get("type", [])
    found = set(said) if isinstance(said, list) else {said}
    return found | ({"integer"} if "number" in found else set())


def wrong_values(name, schema):
    """Values that the schema does not allow."""
    types = types_of(schema)
    one = resolved(schema["anyOf"][0]) if "anyOf" in schema else schema
    found = [value for kind, value in TYPES.items() if kind not in types]
    if "minimum" in one:
        found += [one["minimum"] - 1, one["maximum"] + 1 if one.get("maximum", 0) < 2**53 - 1 else -2]
    if one.get("minLength") and {"const": ""} not in schema.get("anyOf", []):
        found.append("")
    if "maxLength" in one:
        found.append("x" * (one["maxLength"] + 1))
    if "pattern" in one:
        found += ["ñandú", "a b", "x" * 100]
    if "enum" in one or "const" in one:
        found += ["nothing", ""]
    return found + BESIDES.get(name, [])


def ask(centre, method, path, language, **options):
    target = re.sub(r"\{(\w+)\}", lambda word: {"epoch": "0123456789abcdef", "receipt": "1", "n": "1",
                                               "cart": "BBCL23", "rut": "12345678-5",
                                               "day": "2026-09-18", "role": "stock"}.get(
                                                   word[1], "nobody-here"), path)
    return centre.api.request(method, target, headers={"Accept-Language": language,
                                                       "Content-Type": "application/json"}, **options)


def hold(centre, field, method, path, **options):
    """Asks in both languages; returns what is wrong with the answers, as a list."""
    spanish, english = [ask(centre, method, path, lang, **options) for lang in ("es-CL", "en")]
    claim = f"{method} {path} {options}: {spanish.status_code} {spanish.text[:300]}"
    if spanish.status_code == 404 and "{" in path:
        return []  # there is no such thing, whatever was asked about it
    if spanish.status_code not in (400, 422) or spanish.headers["Content-Type"] != PROBLEM:
        return [claim]
    one, other = spanish.json(), english.json()
    wrong = []
    if one.get("field") != field or other.get("field") != field or one["code"] != other["code"]:
        wrong.append("the field: " + claim)
    if ENGLISH.search(one["detail"]) or one["title"] == other["title"]:
        wrong.append("the language: " + claim)
    return wrong + (["nothing is allowed: " + claim] if len(other["detail"]) < 20 else [])


def with_member(good, name, raw):
    """The good body's text with another value for a member; twice where `raw` is None."""
    parts = [f'"{key}":{json.dumps(value)}' for key, value in good.items() if key != name]
    raws = [raw] if raw is not None else ["1", "1"]
    return ("{" + ",".join(parts + [f'"{name}":{text}' for text in raws]) + "}").encode("latin-1")


@pytest.mark.parametrize("method,path,operation", BODIES, ids=[path for _, path, _ in BODIES])
def test_each_member_of_each_body(centre, method, path, operation):
    good = GOOD[path]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    members, required = properties(schema, good)
    assert set(good) <= set(members), "the document has not all members of the good body"
    wrong = []
    for name, member in members.items():
        if name in required:
            body = {key: value for key, value in good.items() if key != name}
            wrong += hold(centre, name, method, path, json=body)
        rest = {k: v for k, v in good.items() if (name, k) != ("passport", "rut")}
        searched = path.endswith("/find") and name in ("client", "email")  # by any text
        for value in wrong_values(name if not searched else "", member):
            wrong += hold(centre, name, method, path, json={**rest, name: value})
        for raw in RAW.values():
            wrong += hold(centre, name, method, path, data=with_member(good, name, raw))
    assert not wrong, "\n".join(wrong)


QUERIES = [(path, resolved(one)) for path, item in DOCUMENT["paths"].items()
           for one in item.get("get", {}).get("parameters", ()) if resolved(one)["in"] == "query"]
RECORDER = "/api/0/"  # takes what its clients send
VALUES = {"limit": ["0", "1001", "-1", "x", "", "1.5", "1e2", "+5", "0x10", "9" * 30],
          "cursor": ["", "x", "AAAA", "a" * 600, "ñ"], "day": ["x", "", "2026-02-30", "2026-9-1"],
          "from": ["x", "", "2026-13-01", "2026-09-18T12:00:00", "2026-09-18T25:00:00Z"],
          "cart": ["", "x", "ñandú", "B" * 17, "-BB"], "q": ["ñ", "B" * 17, "%", "_"],
          "user": ["x" * 65], **dict.fromkeys(("email", "recipient", "client"), ["", "x" * 255])}
VALUES["rut"], VALUES["plate"] = BESIDES["rut"], VALUES["cart"]
OF_PATH = {("/api/v1/members", "q"): VALUES["client"]}
VALUES["to"], VALUES["revised_after"] = VALUES["from"], VALUES["day"]


@pytest.mark.parametrize("path,parameter", QUERIES, ids=[f"{p} {q['name']}" for p, q in QUERIES])
def test_each_parameter_of_each_route(centre, path, parameter):
    name, wrong = parameter["name"], []
    if not path.startswith(RECORDER):
        schema = resolved(parameter["schema"])
        words = resolved(schema["items"])["enum"] if "items" in schema else []
        values = ["nothing", "", *[f"{word},nothing" for word in words[:1]], *[f"{word}," for word in words[:1]]]
        if not words and "enum" not in schema:
            values = OF_PATH.get((path, name), VALUES.get(name))
        for value in values:
            wrong += hold(centre, name, "GET", path, params={name: value})
    for query in (f"{name}=%00", f"{name}=%ff"):
        wrong += hold(centre, name, "GET", path + "?" + query)
    if not path.startswith(RECORDER):  # whose clients may ask for more than we know
        wrong += hold(centre, name, "GET", path + f"?{name}=a&{name}=a")
        wrong += hold(centre, "nonsense", "GET", path + "?nonsense=1")
    assert not wrong, "\n".join(wrong)


# The Recorder's own address answers as its peers expect.
OF_A_CART = [(route.method, route.path) for route in table()
             if "{cart}" in route.path and not route.path.endswith("/otrc")]


@pytest.mark.parametrize("method,path", OF_A_CART, ids=[" ".join(one) for one in OF_A_CART])
def test_a_plate_that_nobody_has_is_no_cart(centre, method, path):
    for plate in ("NBDY99", "no-tal", "x"):
        answer = ask(centre, method, path.replace("{cart}", plate), "en", json=GOOD.get(path))
        assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (
            404, "no-cart", f"No cart is known by the name {plate}."), answer.text


def test_there_are_routes_of_a_cart():
    assert len(OF_A_CART) >= 8
