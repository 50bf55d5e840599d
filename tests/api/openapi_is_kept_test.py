"""A running collector answers what docs/openapi.yaml says and nothing else: some ten thousand
requests, good and bad, made by schemathesis from the served document. None is answered by 5xx, by a
status or a content type that the document does not name, or by other members than its schemas have.

CARRITO_TEST_SEED repeats a run; CARRITO_TEST_EXAMPLES says how many times as many requests to make."""
import base64
import copy
import os
import random
import time

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (content_type_conformance,
                                               response_headers_conformance,
                                               response_schema_conformance,
                                               status_code_conformance)

from harness.api import Api
from harness.centre import Centre
from harness.events import Outbox, batch, line
from harness.process import ROOT
from harness.wait import wait_until

SEED = int(os.environ.get("CARRITO_TEST_SEED") or random.randrange(2**32))
FACTOR = float(os.environ.get("CARRITO_TEST_EXAMPLES") or 1)
EXAMPLES, EXAMPLES_WITHOUT_TOKEN, EXAMPLES_OF_A_ROLE, REQUESTS_MIN = 100, 20, 3, 10_000
OTHER_ROLES = ("viewer", "operator", "vendor", "tracker")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance,
          response_schema_conformance, response_headers_conformance]
ENDLESS = ("/api/v1/stream", "/api/v1/orders/{id}/stream")  # have tests of their own
METHODS = {"get", "post", "patch", "delete"}
DOCUMENT = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
OPERATIONS = [(method, path) for path, item in DOCUMENT["paths"].items() for method in item
              if method in METHODS and path not in ENDLESS]
BY_BASIC = [(method, path) for method, path in OPERATIONS
            if any("basic" in one for one in DOCUMENT["paths"][path][method]["security"])]
_counts = {}


@schemathesis.serializer("application/x-ndjson")
def _lines(_, value):
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


def closed(document):
    """The same, with no other members in answers than those that it names: an addition that nobody
    wrote down fails."""
    document = copy.deepcopy(document)
    schemas = document["components"]["schemas"]
    bases = {one["$ref"].rpartition("/")[2] for schema in schemas.values() for one in schema.get("allOf", ())
             if "$ref" in one}  # what is built on them has more
    for name, schema in schemas.items():
        requested = name.startswith("New") or name in ("Login", "Application", "Decision",
                                                       "VoidReason", "Password")
        if "properties" in schema and not requested and name not in bases:
            _close(schema)
    return document


def _close(schema):
    if isinstance(schema, dict):
        if isinstance(schema.get("properties"), dict) and "type" in schema:
            schema["additionalProperties"] = False
        for part in schema.values():
            _close(part)


@pytest.fixture(scope="module")
def centre(module_scene):
    print(f"seed {SEED}")
    return Centre(module_scene).start()


@pytest.fixture(scope="module")
def document(centre):
    served = Api(f"http://{centre.collector.http}").request("GET", "/openapi.json").json()
    schema = schemathesis.openapi.from_dict(closed(served))
    schema.config.update(base_url=f"http://{centre.collector.http}")
    return schema


def _post(api, path, status, **body):
    answer = api.request("POST", "/api/v1" + path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture(scope="module")
def known(centre):
    """Names of what exists, for the paths: by the first word of the path, else by the name."""
    api, outbox = centre.api, Outbox(cart="BBCL23")
    sale = outbox.sale(client="Ana", amount=1500)
    lines = batch([sale, outbox.location(), b"{broken"])
    taken = api.request("POST", "/api/v1/imports", data=lines,
                        headers={"Content-Type": "application/x-ndjson"})
    assert taken.status_code == 200, taken.text
    typed = _post(api, "/sales", 202, cart="BBCL23", quantity=2)
    _post(api, "/stock", 202, cart="BBCL23", stock=3)
    member = _post(api, "/members", 202, name="Ana", lastname="Soto", rut="12345678-5",
                   email="ana@example.org", plate="BBCL23")
    order = _post(api, "/orders", 202, product="sopaipilla", price=500, email="ana@example.org")
    report = _post(api, "/reports", 202, cart="BBCL23", lat=-33.4, lon=-70.6)
    mail = _post(api, "/mail/test", 202, to="ana@example.org")
    simulation = _post(api, "/simulations", 202, kind="events", carts=2, events=20)
    day = wait_until("the sales are counted", lambda: centre.api.items("/daily-sales"), 20)[0]
    alert = wait_until("the fugitive's alert", lambda: centre.api.items("/alerts"), 20)[0]
    centre.kafka.produce("carrito.sales", "BBCL23", line({**sale, "quantity": 9}))
    aside = wait_until("what was set aside", lambda: centre.api.items("/set-aside"), 20)[0]
    centre.collector.add_user("viewer", "ana")
    return {"cart": "BBCL23", "epoch": typed["epoch"], "receipt": typed["receipt"], "name": "ana",
            "user": "ana", "role": "stock", "n": 1, "partition": 0, "offset": 0, "day": day["day"],
            "rut": "12345678-5", "file": "docs.js", "orders": order["id"], "reports": report["id"],
            "simulations": simulation["id"], "alerts": alert["id"], "set-aside": aside["id"],
            "pedidos": order["id"], "members": member["id"], "mails": mail["id"]}


def _point_at_what_exists(case, known):
    words = case.operation.path.strip("/").split("/")
    for name in case.path_parameters or {}:
        about = next((word for word in words if word in known), None) if name == "id" else name
        if about in known:
            case.path_parameters[name] = known[about]


def _modest(case):
    """A simulation of 100,000 events is as good as one of 20, and takes all the time there is."""
    if isinstance(case.body, dict) and type(case.body.get("events")) is int:
        case.body["events"] = min(case.body["events"], 20)


def bearer(token):
    return {"Authorization": f"Bearer {token}"} if token else {}


def hold(operation, known, headers, examples):
    """Asks so many times, and holds each answer against the document. Returns the statuses."""
    modes = [operation.as_strategy(generation_mode=mode)
             for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)]
    statuses = []

    def one(case, exists):
        if exists:
            _point_at_what_exists(case, known)
        _modest(case)
        # Schemathesis makes Authorization up where it may not be given; here it is what it is.
        case.headers = {k: v for k, v in (case.headers or {}).items()
                        if k.lower() != "authorization"}
        answer = case.call(headers=headers, timeout=30)
        statuses.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    for mode in modes:
        wrapped = given(case=mode, exists=strategies.booleans())(one)
        wrapped = settings(max_examples=max(1, int(examples * FACTOR)), database=None,
                           deadline=None, suppress_health_check=list(HealthCheck),
                           phases=[Phase.generate])(wrapped)
        try:
            seed(SEED)(wrapped)()
        except Unsatisfiable:
            pass  # nothing in it can be wrong
    _counts[operation.label] = _counts.get(operation.label, 0) + len(statuses)
    return statuses


@pytest.mark.parametrize("method,path", OPERATIONS)
def test_an_admin_is_answered_as_documented(centre, document, known, method, path):
    api = centre.collector.sign_in()
    hold(document[path][method.upper()], known, bearer(api.token), EXAMPLES)


@pytest.fixture(scope="module")
def passwords(centre):
    """As `Authorization: Basic` has them: of an admin, and of nobody."""
    pairs = centre.collector.add_user("admin"), ("nobody", "sopaipillas")
    return [{"Authorization": "Basic " + base64.b64encode(":".join(pair).encode()).decode()}
            for pair in pairs]


@pytest.mark.parametrize("method,path", BY_BASIC)
def test_a_password_that_comes_with_a_call_is_answered_as_documented(document, known, passwords,
                                                                     method, path):
    right, wrong = passwords
    hold(document[path][method.upper()], known, right, EXAMPLES_WITHOUT_TOKEN)
    statuses = hold(document[path][method.upper()], known, wrong, EXAMPLES_OF_A_ROLE)
    assert set(statuses) <= {400, 401, 404, 429}, "a closed route let a stranger in"


@pytest.mark.parametrize("method,path", OPERATIONS)
def test_a_stranger_is_answered_as_documented(document, known, method, path):
    statuses = hold(document[path][method.upper()], known, {}, EXAMPLES_WITHOUT_TOKEN)
    if {} not in (DOCUMENT["paths"][path][method]["security"] or [{}]):
        assert set(statuses) <= {400, 401, 404}, "a closed route let a stranger in"


@pytest.fixture(scope="module")
def tokens(centre):
    def token(role):
        cart = {"cart": "BBCL23"} if role == "vendor" else {}
        return _post(centre.api, "/tokens", 201, name="BBCL23", role=role, days=1, **cart)["token"]
    return {role: token(role) for role in OTHER_ROLES}


@pytest.mark.parametrize("method,path", OPERATIONS)
def test_every_other_role_is_answered_as_documented(document, known, tokens, method, path):
    """And let in only where the document names it."""
    security = DOCUMENT["paths"][path][method]["security"]
    open_to = {role for one in security for role in one.get("token", ())}
    for role, token in tokens.items():
        if path == "/api/v1/logout":
            continue  # it would end the token
        statuses = hold(document[path][method.upper()], known, bearer(token), EXAMPLES_OF_A_ROLE)
        if security and {} not in security and role not in open_to:
            # 401: schemathesis also tries what happens without the token.
            assert set(statuses) <= {400, 401, 403, 404}, f"a closed route let a {role} in"


def test_the_stream_is_documented(centre, document):
    operation = document[ENDLESS[0]]["GET"]
    for token, status in ((centre.api.token, 200), (None, 401), ("x", 401)):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = centre.api.request("GET", ENDLESS[0], stream=True, headers=headers) if token else \
            Api(f"http://{centre.collector.http}").request("GET", ENDLESS[0])
        assert answer.status_code == status
        content = operation.definition.raw["responses"][str(status)].get("content")
        assert content is None or answer.headers["Content-Type"].split(";")[0] in content
        answer.close()


def test_there_were_enough_requests(centre):
    """And the collector is well after them."""
    total = sum(_counts.values())
    print(f"seed {SEED}: {total} requests to {len(_counts)} operations")
    assert len(_counts) == len(OPERATIONS), "an operation was not asked for"
    time.sleep(1)
    assert centre.collector.ready()
    assert total >= REQUESTS_MIN * min(FACTOR, 1), f"only {total} requests"
