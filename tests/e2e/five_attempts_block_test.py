"""Five attempts to sign in in less than a minute block an account, right or wrong, known or not;
until somebody lifts it, over a kill and without Kafka."""
import json
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor

import requests

from harness.api import Api
from harness.events import now_ms
from harness.people import applicant
from harness.programs import Collector
from harness.wait import wait_until


def login(collector, user, password="wrong-password"):
    api = Api(f"http://{collector.http}")
    try:
        return api.request("POST", "/api/v1/login", json={"user": user, "password": password})
    finally:
        api.close()


def five(collector, user, password="wrong-password"):
    return [login(collector, user, password).status_code for _ in range(5)]


def attempts_of(centre, user):
    return [json.loads(record.value()) for record in centre.kafka.records("carrito.login-attempts")
            if record.key() == user.encode()]


def alerts_of(api, user):
    return [row for row in api.items("/alerts", kind="login-blocked")
            if row["details"].startswith(user + ":")]


def test_five_right_ones_block_the_sixth_and_a_lift_frees_it(centre):
    name, password = centre.collector.add_user("operator")
    assert five(centre.collector, name, password) == [200] * 5
    sixth = login(centre.collector, name, password)
    assert sixth.status_code == 429 and sixth.json()["code"] == "blocked"
    assert 890 <= int(sixth.headers["Retry-After"]) <= 900
    row, = [r for r in centre.api.items("/blocked") if r["user"] == name]
    assert row["attempts"] == 5 and row["since"] < row["until"]
    alert, = alerts_of(centre.api, name)
    assert alert["status"] == "ACTIVE_UNACK" and alert["started"] == row["since"]

    lifted = centre.api.request("DELETE", f"/api/v1/blocked/{name}")
    assert lifted.status_code == 204
    assert centre.api.request("DELETE", f"/api/v1/blocked/{name}").status_code == 404
    assert login(centre.collector, name, password).status_code == 200
    alert, = alerts_of(centre.api, name)
    assert alert["status"] == "CLEARED_UNACK" and alert["ended"]

    def outcomes():
        found = attempts_of(centre, name)
        return found if len(found) == 7 else None

    found = wait_until("seven attempts in Kafka", outcomes, 15, every=0.3)
    assert [one["outcome"] for one in found] == ["ok"] * 5 + ["blocked", "ok"]
    assert len({one["id"] for one in found}) == 7
    assert all(one["user"] == name and one["address"] == "127.0.0.1" for one in found)
    # What the role reads there are our own: nobody is blocked again.
    assert login(centre.collector, name, password).status_code == 200


def test_wrong_ones_and_unknown_names_are_blocked_alike(centre):
    known, password = centre.collector.add_user("viewer")
    unknown = f"nobody-{secrets.token_hex(4)}"
    refused = [login(centre.collector, user) for user in (known, unknown)]
    assert [answer.status_code for answer in refused] == [401, 401]
    assert refused[0].json() == refused[1].json()
    for user in (known, unknown):
        assert [login(centre.collector, user).status_code for _ in range(4)] == [401] * 4
    blocked = [login(centre.collector, known, password), login(centre.collector, unknown)]
    assert [answer.status_code for answer in blocked] == [429, 429]
    assert blocked[0].json() == blocked[1].json()
    assert set(blocked[0].headers) == set(blocked[1].headers)
    assert centre.collector.command("user", "unblock", known).returncode == 0
    assert centre.collector.command("user", "unblock", known).returncode != 0
    assert login(centre.collector, known, password).status_code == 200


def test_tokens_given_before_stay_valid_and_a_viewer_sees_no_blocks(centre):
    name, password = centre.collector.add_user("viewer")
    token = login(centre.collector, name, password).json()["token"]
    for _ in range(5):
        login(centre.collector, name)
    assert login(centre.collector, name, password).status_code == 429
    api = Api(centre.api.base, token)
    assert api.get("/me")["user"] == name
    assert api.request("GET", "/api/v1/blocked").status_code == 403
    assert api.request("DELETE", f"/api/v1/blocked/{name}").status_code == 403


def test_attempts_of_another_site_count_once(centre):
    name, password = centre.collector.add_user("viewer")
    record = {"user": name, "address": "192.0.2.1", "outcome": "refused", "ts_ms": now_ms()}
    ids = [secrets.token_hex(16) for _ in range(5)]
    for which in ids[:4] + ids[:4]:
        centre.kafka.produce("carrito.login-attempts", name, json.dumps({"id": which, **record}))
    centre.kafka.produce("carrito.login-attempts", name, b"rubbish")
    centre.kafka.wait_record("carrito.dead-letters", lambda r: r.value() == b"rubbish")
    assert name not in {row["user"] for row in centre.api.items("/blocked")}
    centre.kafka.produce("carrito.login-attempts", name, json.dumps({"id": ids[4], **record}))
    wait_until("the block", lambda: name in {r["user"] for r in centre.api.items("/blocked")}, 15)
    assert login(centre.collector, name, password).status_code == 429


def test_without_kafka_and_over_a_kill_and_to_its_end(scene):
    collector = scene.add(Collector(scene.folder, "127.0.0.1:1", CARRITO_LOGIN_BLOCK_S=8))
    name, password = collector.add_user("admin")

    collector.start()
    collector.wait_store()
    assert five(collector, name, password) == [200] * 5
    assert login(collector, name, password).status_code == 429
    collector.kill()
    collector.start()
    collector.wait_store()
    again = login(collector, name, password)
    assert again.status_code == 429 and int(again.headers["Retry-After"]) <= 8
    answer = wait_until("the end of the block", lambda: next(
        (a for a in [login(collector, name, password)] if a.status_code != 429), None), 15, every=0.3)
    assert answer.status_code == 200


def test_sign_ins_and_open_posts_have_a_limit_each_per_address(scene):
    collector = scene.add(Collector(scene.folder, "127.0.0.1:1", CARRITO_RATE=3))
    name, password = collector.add_user("operator")
    collector.start()
    collector.wait_store()
    stranger = Api(f"http://{collector.http}")
    answers = [login(collector, f"nobody{i}") for i in range(2)] + [login(collector, name, password)]
    assert [answer.status_code for answer in answers] == [401, 401, 200]
    fourth = login(collector, name, password)
    assert fourth.status_code == 429 and fourth.json()["code"] == "rate-limited"
    assert 1 <= int(fourth.headers["Retry-After"]) <= 60
    left = [(answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"])
            for answer in (*answers, fourth)]
    assert left == [("3", "2"), ("3", "1"), ("3", "0"), ("3", "0")]
    assert 1 <= int(fourth.headers["RateLimit-Reset"]) <= 60
    applied = [stranger.request("POST", "/api/v1/members", json=applicant()).status_code
               for _ in range(4)]
    assert applied == [202, 202, 202, 429]
    operator = Api(stranger.base, answers[2].json()["token"])
    lifted = operator.request("POST", "/api/v1/members", json=applicant())
    assert lifted.status_code == 202 and "RateLimit-Limit" not in lifted.headers


def test_whoever_is_hashed_counts_as_a_sign_in_whatever_the_route(scene):
    """By Basic too; a token in the place of a password is not hashed and does not count."""
    collector = scene.add(Collector(scene.folder, "127.0.0.1:1", CARRITO_RATE=60))
    name, _ = collector.add_user("viewer")
    token = collector.command("user", "token", name).stdout.strip()
    collector.start()
    collector.wait_store()

    def basic(path, user, password, method="GET"):
        return requests.request(method, f"http://{collector.http}{path}", auth=(user, password),
                                json={} if method == "POST" else None, timeout=15)

    doors = [("/api/0/version", "GET"), ("/api/0/list", "GET"), ("/pub", "POST")]
    for i in range(60):
        path, method = doors[i % len(doors)]
        assert basic(path, f"nobody{i}", "wrong-password", method).status_code == 401, i
    for path, method in doors:
        answer = basic(path, "nobody-else", "wrong-password", method)
        assert answer.status_code == 429 and answer.json()["code"] == "rate-limited"
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert login(collector, "nobody-else").json()["code"] == "rate-limited"
    own = Api(f"http://{collector.http}", token).request("POST", "/api/v1/me/password", json={
        "password": "wrong-password", "new_password": "otra-clave-larga"})
    assert own.json()["code"] == "rate-limited"
    assert basic("/api/0/version", name, token).status_code == 200


def test_a_browser_that_asks_for_much_at_once_signs_in_once(scene):
    """By Basic, as OwnTracks' Frontend: six calls, and no more attempts than hashers."""
    collector = scene.add(Collector(scene.folder, "127.0.0.1:1"))
    name, password = collector.add_user("viewer")
    collector.start()
    collector.wait_store()
    together = threading.Barrier(6)

    def ask(_):
        together.wait(10)
        return requests.get(f"http://{collector.http}/api/0/list", auth=(name, password),
                            timeout=15).status_code

    for _ in range(3):
        with ThreadPoolExecutor(6) as pool:
            assert list(pool.map(ask, range(6))) == [200] * 6
    assert 1 <= collector.text().count("msg=sign-in ") <= 2


def test_strangers_lock_nobody_out_of_where_he_works(scene):
    """As proxies tell where that is; an operator there, or at the machine, lifts what strangers did."""
    collector = scene.add(Collector(scene.folder, "127.0.0.1:1", CARRITO_RATE=60,
                                    CARRITO_HTTP_PROXIES="127.0.0.0/8"))
    name, password = collector.add_user("operator")
    collector.start()
    collector.wait_store()

    def login_from(address, word=password):
        return requests.post(f"http://{collector.http}/api/v1/login", timeout=15,
                             headers={"X-Forwarded-For": address},
                             json={"user": name, "password": word})

    assert login_from("203.0.113.9").status_code == 200
    strangers = [login_from(f"198.51.100.{i}", "wrong-password").status_code for i in range(7)]
    assert strangers == [401] * 5 + [429] * 2
    assert login_from("192.0.2.1").status_code == 429
    back = login_from("203.0.113.9")
    assert back.status_code == 200, "five strangers locked out who works there"
    mine = Api(f"http://{collector.http}", back.json()["token"])
    assert [row["user"] for row in mine.items("/blocked")] == [name]
    assert mine.request("DELETE", f"/api/v1/blocked/{name}").status_code == 204
    assert login_from("192.0.2.1").status_code == 200


def test_names_that_nobody_has_are_one_alert_an_hour(centre):
    names = [f"https://evil.example/{secrets.token_hex(4)}" for _ in range(3)]
    for name in names:
        assert five(centre.collector, name) == [401] * 5
    assert set(names) <= {row["user"] for row in centre.api.items("/blocked")}

    def told():
        return centre.api.items("/alerts", kind="login-blocked")

    wait_until("the hour's alert", lambda: [row for row in told() if row["subject"] == "*"], 15)
    assert [row["subject"] for row in told() if "evil" in row["details"]] == []
    assert len([row for row in told() if row["subject"] == "*"]) == 1


def test_what_looks_like_a_token_is_never_a_try_at_a_password(scene):
    """A phone whose token has ended goes on with it for weeks: that is no attempt on its cart's
    account, and none of a sign-in's limits."""
    collector = scene.add(Collector(scene.folder, "127.0.0.1:1", CARRITO_RATE=60))
    collector.start()
    collector.wait_store()
    operator = collector.sign_in("operator")
    name, password = collector.add_user("tracker", "bbcl23")
    judged = collector.text().count("msg=sign-in ")
    ended = secrets.token_urlsafe(32)
    for number in range(100):
        answer = requests.post(f"http://{collector.http}/pub", json={}, auth=(name, ended), timeout=15)
        assert answer.status_code == 401 and answer.json()["code"] == "bad-token", number
    assert {login(collector, name, ended).status_code for _ in range(10)} == {401}
    assert operator.items("/blocked") == [] and operator.items("/alerts") == []
    assert collector.text().count("msg=sign-in ") == judged == 1, "it was judged as a sign-in"
    assert login(collector, name, password).status_code == 200
    admin = collector.sign_in("admin")
    changed = admin.request("POST", f"/api/v1/users/{name}/password", json={"password": ended})
    assert changed.status_code == 422 and changed.json()["field"] == "password"
    done = collector.command("user", "password", name, stdin=ended + "\n")
    assert done.returncode == 1 and "form of a token" in done.stderr
