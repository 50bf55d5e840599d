"""No endpoint answers without a token but those that the contract opens to all; and a role reads
no more than it may."""
import secrets

import pytest

from harness.api import Api
from harness.routes import ROLES, routes, table

OPEN = ["/healthz", "/readyz", "/metrics"]
# Every route that is not open, as the table has them.
CLOSED = [(method, path) for method, path, roles in routes() if roles]
METHODS = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}
BAD_TOKENS = ["", "Bearer", "Bearer ", "Bearer x", "Bearer " + "a" * 64, "Bearer " + "a" * 4000,
              "Basic YWRtaW46YWRtaW4=", "bearer\tx"]


@pytest.fixture
def stranger(centre):
    return Api(f"http://{centre.collector.http}")


@pytest.mark.parametrize("path", OPEN)
def test_open_pages_answer(stranger, path):
    assert stranger.request("GET", path).status_code == 200


@pytest.mark.parametrize("method,path", CLOSED)
def test_closed_routes_are_401(stranger, method, path):
    answer = stranger.request(method, path)
    assert answer.status_code == 401, (answer.status_code, answer.text[:200])
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["status"] == 401 and answer.json()["code"]


def test_methods_that_a_route_does_not_have_give_nothing_away(stranger):
    for path in sorted({path for _, path in CLOSED}):
        known = {method for method, other, _ in routes() if other == path}
        for method in METHODS - known - ({"HEAD"} if "GET" in known else set()):
            status = stranger.request(method, path).status_code
            assert status in (401, 404, 405), f"{method} {path}: {status}"


@pytest.mark.parametrize("role", sorted(ROLES))
def test_a_role_is_refused_where_the_route_does_not_name_it(centre, role):
    name, password = f"r{secrets.token_hex(4)}", secrets.token_urlsafe(12)
    words = ["--cart", "BBCL24"] if role == "vendor" else []
    done = centre.collector.command("user", "add", "--role", role, *words, name,
                                    stdin=password + "\n")
    assert done.returncode == 0, done.stderr
    token = Api(f"http://{centre.collector.http}").request(
        "POST", "/api/v1/login", json={"user": name, "password": password}).json()["token"]
    api = Api(f"http://{centre.collector.http}", token)
    for method, path, roles in routes():
        # A vendor gets no further than to its own cart.
        if roles and (role not in roles or role == "vendor" and "BBCL23" in path):
            status = api.request(method, path).status_code
            assert status == 403, f"{role} {method} {path}: {status}"


@pytest.mark.parametrize("value", BAD_TOKENS, ids=range(len(BAD_TOKENS)))
def test_a_bad_token_is_401(stranger, value):
    answer = stranger.request("GET", "/api/v1/carts", headers={"Authorization": value})
    assert answer.status_code in (401, 431), (answer.status_code, answer.text[:200])


def test_what_does_not_exist_is_no_200(stranger):
    for path in ("/api/v1/", "/api/v1/nothing", "/api/v1/../metrics", "/api/v1//carts",
                 "/etc/passwd", "/api/v1/carts/%2e%2e%2faudit", "/api/v1/carts/BBCL23/x"):
        assert stranger.request("GET", path).status_code in (400, 401, 404), path


def test_a_wrong_password_is_401_and_an_unknown_name_the_same(centre, stranger):
    name, password = centre.collector.add_user("operator")
    wrong = [stranger.request("POST", "/api/v1/login", json={"user": user, "password": "wrong"})
             for user in (name, "nobody-of-this-name")]
    assert [answer.status_code for answer in wrong] == [401, 401]
    assert wrong[0].json() == wrong[1].json()
    right = stranger.request("POST", "/api/v1/login", json={"user": name, "password": password})
    assert right.status_code == 200 and right.json()["role"] == "operator"
    assert set(right.json()) >= {"token", "role", "expires"}


@pytest.mark.parametrize("body,status", [
    (b"", 400), (b"{", 400), (b"[]", 400), (b'{"user":"a"}', 422), (b'{"user":1,"password":"x"}', 422),
    (b'{"user":"a","user":"b","password":"x"}', 400), (b"\xff", 400),
    (b'{"user":"' + b"a" * 70_000 + b'","password":"x"}', 413)],
    ids=["empty", "half", "array", "no password", "a number", "duplicate key", "bytes", "huge"])
def test_a_bad_body_is_a_problem_and_no_login(stranger, body, status):
    answer = stranger.request("POST", "/api/v1/login", data=body,
                              headers={"Content-Type": "application/json"})
    assert answer.status_code in (status, 400 if status == 422 else status), answer.text[:200]
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_another_content_type_is_415(stranger):
    answer = stranger.request("POST", "/api/v1/login", data="user a, password b",
                              headers={"Content-Type": "text/plain"})
    assert answer.status_code == 415


def test_a_signed_out_token_is_dead(centre):
    api = centre.collector.sign_in("viewer")
    assert api.get("/me")["role"] == "viewer"
    assert api.request("POST", "/api/v1/logout").status_code in (200, 204)
    assert api.request("GET", "/api/v1/me").status_code == 401


def test_a_removed_users_token_is_dead(centre):
    name, password = centre.collector.add_user("operator")
    stranger = Api(f"http://{centre.collector.http}")
    token = stranger.request("POST", "/api/v1/login",
                             json={"user": name, "password": password}).json()["token"]
    api = Api(f"http://{centre.collector.http}", token)
    assert api.request("GET", "/api/v1/carts").status_code == 200
    assert centre.collector.command("user", "remove", name).returncode == 0
    assert api.request("GET", "/api/v1/carts").status_code == 401


def test_the_index_has_what_whoever_asks_may_ask_for(centre, stranger):
    for api, role in ((stranger, None), (centre.collector.sign_in("viewer"), "viewer"),
                      (centre.collector.sign_in("tracker"), "tracker")):
        answer = api.get("")
        assert answer["role"] == role and answer["version"]
        assert api.request("GET", answer["openapi"]).status_code == api.request("GET", answer["docs"]).status_code == 200
        links = {(link["method"], link["path"]) for link in answer["links"]}
        mine = {(route.method, route.path) for route in table() if route.path.startswith("/api/v1")
                and (role in route.roles or not route.roles)}
        assert links == mine - {("GET", "/api/v1")}
    assert stranger.request("GET", "/api/v1?x=1").status_code == 400


def test_a_viewer_reads_and_a_tracker_does_not(centre):
    viewer = centre.collector.sign_in("viewer")
    for path in ("/daily-sales", "/sales", "/carts", "/audit", "/consumers"):
        assert viewer.request("GET", "/api/v1" + path).status_code == 200, path
    tracker = centre.collector.sign_in("tracker")
    for path in ("/daily-sales", "/sales", "/carts", "/audit", "/consumers"):
        assert tracker.request("GET", "/api/v1" + path).status_code == 403, path


def test_limits_and_cursors(centre):
    api = centre.api
    for query in ("limit=0", "limit=-1", "limit=1001", "limit=x", "cursor=rubbish", "day=2026-13-01",
                  "cart=%00", "day=yesterday"):
        answer = api.request("GET", f"/api/v1/daily-sales?{query}")
        assert answer.status_code in (400, 422), (query, answer.status_code, answer.text[:100])
    assert api.get("/daily-sales", limit=1000).keys() >= {"items", "next"}


def test_no_password_or_token_is_in_the_log(centre):
    name, password = centre.collector.add_user("viewer")
    stranger = Api(f"http://{centre.collector.http}")
    token = stranger.request("POST", "/api/v1/login",
                             json={"user": name, "password": password}).json()["token"]
    Api(f"http://{centre.collector.http}", token).get("/carts")
    log = centre.collector.text()
    assert password not in log and token not in log
    assert token.encode() not in centre.collector.store.read_bytes()
