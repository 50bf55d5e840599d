"""An admin makes and ends users and tokens over HTTP; what is ended opens nothing any more."""
import base64
import secrets

from harness.api import Api
from harness.events import plate
from harness.programs import Collector

PASSWORD = "sopaipillas-con-pebre"


def add(api, **members):
    body = {"name": "u" + secrets.token_hex(4), "role": "operator", "password": PASSWORD, **members}
    return body["name"], api.request("POST", "/api/v1/users", json=body)


def login(api, name, password=PASSWORD):
    stranger = Api(api.base)
    return stranger.request("POST", "/api/v1/login", json={"user": name, "password": password})


def test_a_user_from_first_to_last(centre):
    name, answer = add(centre.api)
    assert answer.status_code == 201 and answer.json()["role"] == "operator"
    assert answer.json() == centre.api.get(f"/users/{name}")
    assert PASSWORD not in answer.text
    assert add(centre.api, name=name)[1].status_code == 409
    assert {row["name"]: row["role"] for row in centre.api.items("/users")}[name] == "operator"
    token = login(centre.api, name).json()["token"]
    mine = Api(centre.api.base, token)
    assert mine.get("/me")["user"] == name
    assert mine.request("GET", "/api/v1/users").status_code == 403

    path = f"/api/v1/users/{name}"
    changed = centre.api.request("POST", path + "/password", json={"password": "otra-clave-larga"})
    assert changed.status_code == 200 and changed.json() == centre.api.get(f"/users/{name}")
    assert mine.request("GET", "/api/v1/me").status_code == 401
    assert login(centre.api, name).status_code == 401
    mine = Api(centre.api.base, login(centre.api, name, "otra-clave-larga").json()["token"])
    assert centre.api.request("DELETE", path).status_code == 204
    assert mine.request("GET", "/api/v1/me").status_code == 401
    assert centre.api.request("DELETE", path).status_code == 404
    assert centre.api.request("POST", path + "/password",
                              json={"password": PASSWORD}).status_code == 404


def test_a_name_with_a_control_sign_is_nobodys_and_not_counted(centre):
    name = f"a\n{secrets.token_hex(4)}"
    for _ in range(6):
        refused = login(centre.api, name)
        assert (refused.status_code, refused.json()["field"]) == (422, "user"), refused.text
    stranger = Api(centre.api.base)
    basic = base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()
    for _ in range(6):
        assert stranger.request("GET", "/api/0/list", headers={"Authorization": f"Basic {basic}"}).status_code == 401
    assert name not in {row["user"] for row in centre.api.items("/blocked")}


def test_another_role_counts_at_once(centre):
    name, _ = add(centre.api, role="operator")
    path, cart = f"/api/v1/users/{name}", plate("V")
    mine = Api(centre.api.base, login(centre.api, name).json()["token"])
    same = centre.api.request("PATCH", path, json={"role": "operator"})
    assert same.status_code == 200 and mine.get("/me")["role"] == "operator"
    changed = centre.api.request("PATCH", path, json={"role": "vendor", "cart": cart.lower()})
    assert changed.status_code == 200
    row, = [one for one in centre.api.items("/users") if one["name"] == name]
    assert changed.json() == row and (row["role"], row["cart"]) == ("vendor", cart)
    assert mine.request("GET", "/api/v1/me").status_code == 401
    mine = Api(centre.api.base, login(centre.api, name).json()["token"])
    assert mine.get("/me")["cart"] == cart
    assert mine.request("PATCH", path, json={"role": "admin"}).status_code == 403
    for body, field in (({}, "role"), ({"role": "root"}, "role"), ({"role": "vendor"}, "cart"),
                        ({"role": "viewer", "cart": cart}, "cart")):
        refused = centre.api.request("PATCH", path, json=body)
        assert refused.status_code == 422 and refused.json()["field"] == field, refused.text
    unknown = centre.api.request("PATCH", path + "-not", json={"role": "viewer"})
    assert unknown.status_code == 404
    acts = [row for row in centre.api.items("/actions") if row["subject"] == name]
    assert [row["action"] for row in acts if row["action"] == "user-role"] == ["user-role"]


def test_a_role_given_at_the_machine_ends_what_was_given_before(centre):
    name, answer = add(centre.api, role="operator")
    assert answer.status_code == 201
    signed_in = Api(centre.api.base, login(centre.api, name).json()["token"])
    for words, status in ((("role", name), 2), (("role", name, "root"), 2), (("role", name, "vendor"), 2),
                          (("role", name, "viewer", "more"), 2), (("role", "--cart", "BBCL23", name, "viewer"), 2),
                          (("role", name + "-not", "viewer"), 1), (("role", name, "operator"), 1)):
        assert centre.collector.command("user", *words).returncode == status, words
    assert signed_in.request("GET", "/api/v1/me").status_code == 200
    done = centre.collector.command("user", "role", "--cart", "bbcl23", name, "vendor")
    assert done.returncode == 0, done.stderr
    assert signed_in.request("GET", "/api/v1/me").status_code == 401
    assert (row := login(centre.api, name).json())["role"] == "vendor"
    assert Api(centre.api.base, row["token"]).get("/me")["cart"] == "BBCL23"


def test_the_command_line_says_what_it_did(centre):
    name = "u" + secrets.token_hex(4)
    for words, said in ((("add", "--role", "operator", name), "added"),
                        (("password", name), "the password is changed"),
                        (("role", name, "viewer"), "the role is changed, and its sign-ins ended"),
                        (("remove", name), "removed")):
        done = centre.collector.command("user", *words, stdin=PASSWORD + "\n")
        assert done.returncode == 0 and done.stdout == ""
        assert done.stderr == f"carrito-collector user: {said}: {name}\n"
    acts = [(act["user"], act["action"]) for act in centre.api.items("/actions") if act["subject"] == name]
    assert sorted(action for _, action in acts) == ["user-add", "user-password", "user-remove", "user-role"]
    assert all(user.startswith("local:") and len(user) > len("local:") for user, _ in acts), acts


def test_who_takes_a_list_of_persons_is_among_the_acts(centre):
    def exports():
        return [act["subject"] for act in centre.api.items("/actions") if act["action"] == "export"]

    before = exports()
    for path in ("members", "orders", "sales", "mails", "actions"):
        assert centre.api.request("GET", f"/api/v1/{path}").status_code == 200
    assert exports() == before
    for path in ("members", "orders", "sales", "mails", "actions"):
        answer = centre.api.request("GET", f"/api/v1/{path}?format=csv&limit=1")
        assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/csv")
    assert sorted(exports()) == sorted([*before, "members", "orders", "sales", "mails", "actions"])


def test_a_vendor_is_bound_to_its_plate(centre):
    cart = plate("V")
    name, answer = add(centre.api, role="vendor", cart=cart.lower())
    assert answer.status_code == 201 and answer.json()["cart"] == cart
    vendor = Api(centre.api.base, login(centre.api, name).json()["token"])
    assert vendor.get("/me")["cart"] == cart
    assert vendor.request("GET", f"/api/v1/carts/{cart}").status_code in (200, 404)
    assert vendor.request("GET", f"/api/v1/carts/{plate('V')}").status_code == 403
    assert vendor.request("GET", "/api/v1/carts").status_code == 403


def test_what_is_malformed_names_its_field(centre):
    for members, field in (({"role": "vendor"}, "cart"), ({"cart": "BBCL23"}, "cart"),
                           ({"role": "root"}, "role"), ({"name": "a b"}, "name"),
                           ({"password": "short"}, "password"), ({"password": None}, "password")):
        answer = add(centre.api, **members)[1]
        assert answer.status_code == 422 and answer.json()["field"] == field, answer.text
    for body, field in (({"name": "x", "role": "viewer"}, "days"),
                        ({"name": "x", "role": "viewer", "days": 0}, "days"),
                        ({"role": "viewer", "days": 1}, "name")):
        answer = centre.api.request("POST", "/api/v1/tokens", json=body)
        assert answer.status_code == 422 and answer.json()["field"] == field, answer.text


def test_a_token_is_shown_once_and_ends(centre):
    name = "board-" + secrets.token_hex(4)
    made = centre.api.request("POST", "/api/v1/tokens",
                              json={"name": name, "role": "viewer", "days": 30})
    assert made.status_code == 201
    token = made.json()["token"]
    api = Api(centre.api.base, token)
    assert api.get("/me")["role"] == "viewer"
    listed = centre.api.request("GET", "/api/v1/tokens?limit=1000")
    row, = [r for r in listed.json()["items"] if r["id"] == made.json()["id"]]
    assert row["name"] == name and row["user"] is None and row["expires"] == made.json()["expires"]
    assert token not in listed.text
    assert centre.api.request("DELETE", f"/api/v1/tokens/{row['id']}").status_code == 204
    assert centre.api.request("DELETE", f"/api/v1/tokens/{row['id']}").status_code == 404
    assert api.request("GET", "/api/v1/me").status_code == 401


def test_a_token_in_a_users_name_ends_with_the_user(centre):
    name, _ = add(centre.api, role="viewer")
    token = centre.api.request("POST", "/api/v1/tokens",
                               json={"name": name, "role": "viewer", "days": 1}).json()["token"]
    api = Api(centre.api.base, token)
    assert api.request("GET", "/api/v1/me").status_code == 200
    assert centre.api.request("DELETE", f"/api/v1/users/{name}").status_code == 204
    assert api.request("GET", "/api/v1/me").status_code == 401


def test_the_last_admin_stays(scene):
    """On a store of its own: the shared centre has other admins."""
    collector = scene.add(Collector(scene.folder, "127.0.0.1:1"))
    name, password = collector.add_user("admin")
    collector.start()
    api = Api(f"http://{collector.http}")
    collector.wait_store()
    token = api.request("POST", "/api/v1/login", json={"user": name, "password": password}).json()
    admin = Api(api.base, token["token"])
    last = admin.request("DELETE", f"/api/v1/users/{name}")
    assert last.status_code == 409 and last.json()["code"] == "last-admin"
    assert collector.command("user", "remove", name).returncode == 1
    kept = admin.request("PATCH", f"/api/v1/users/{name}", json={"role": "viewer"})
    assert kept.status_code == 409 and kept.json()["code"] == "last-admin"
    second, _ = add(admin, role="admin")
    assert admin.request("DELETE", f"/api/v1/users/{name}").status_code == 204
    assert second


def test_everybody_changes_his_own_password_and_his_sessions_end(centre):
    name, _ = add(centre.api, role="viewer")
    mine, elsewhere = (Api(centre.api.base, login(centre.api, name).json()["token"]) for _ in range(2))
    path = "/api/v1/me/password"

    def change(password, wanted):
        return mine.request("POST", path, json={"password": password, "new_password": wanted})

    assert change("no-es-esta", "otra-clave-larga").status_code == 401
    for wanted in ("corta", "Password1", secrets.token_urlsafe(32)):
        refused = change(PASSWORD, wanted)
        assert refused.status_code == 422 and refused.json()["field"] == "new_password", refused.text
    assert elsewhere.get("/me")["user"] == name
    changed = change(PASSWORD, "otra-clave-larga")
    assert changed.status_code == 200 and changed.json()["role"] == "viewer"
    for ended in (mine, elsewhere):
        assert ended.request("GET", "/api/v1/me").status_code == 401
    assert Api(centre.api.base, changed.json()["token"]).get("/me")["user"] == name
    acts = [row for row in centre.api.items("/actions", user=name)]
    assert [row["action"] for row in acts] == ["password-change"]
    assert login(centre.api, name).status_code == 401
    assert login(centre.api, name).status_code == 429, "five tries, as at the door"
    assert centre.collector.command("user", "unblock", name).returncode == 0
    assert login(centre.api, name).status_code == 401
    assert login(centre.api, name, "otra-clave-larga").status_code == 200


def test_a_token_of_no_user_changes_no_password(centre):
    token = centre.api.request("POST", "/api/v1/tokens", json={
        "name": "board-" + secrets.token_hex(4), "role": "viewer", "days": 1}).json()["token"]
    answer = Api(centre.api.base, token).request("POST", "/api/v1/me/password", json={
        "password": PASSWORD, "new_password": "otra-clave-larga"})
    assert answer.status_code == 401 and answer.json()["code"] == "bad-login"


def ids(api):
    return {row["id"]: row["current"] for row in api.items("/me/sessions")}


def test_everybody_sees_and_ends_his_own_sessions_and_nobody_elses(centre):
    name, _ = add(centre.api, role="viewer")
    here, phone, forgotten = (Api(centre.api.base, login(centre.api, name).json()["token"])
                              for _ in range(3))
    other, _ = add(centre.api, role="viewer")
    theirs = Api(centre.api.base, login(centre.api, other).json()["token"])
    program = centre.api.request("POST", "/api/v1/tokens", json={
        "name": name, "role": "viewer", "days": 1}).json()
    mine = ids(here)
    assert len(mine) == 4 and list(mine.values()).count(True) == 1 and program["id"] in mine
    row = here.items("/me/sessions")[0]
    assert set(row) == {"id", "role", "created", "expires", "current"} and row["role"] == "viewer"
    current, = (key for key, is_current in ids(phone).items() if is_current)
    stranger, = ids(theirs)

    assert here.request("DELETE", f"/api/v1/me/sessions/{stranger}").status_code == 404
    assert here.request("DELETE", f"/api/v1/me/sessions/{current}").status_code == 204
    assert here.request("DELETE", f"/api/v1/me/sessions/{current}").status_code == 404
    assert phone.request("GET", "/api/v1/me").status_code == 401
    ended = here.request("DELETE", "/api/v1/me/sessions")
    assert ended.status_code == 200 and ended.json() == {"ended": 2}
    assert forgotten.request("GET", "/api/v1/me").status_code == 401
    assert Api(here.base, program["token"]).request("GET", "/api/v1/me").status_code == 401
    assert list(ids(here).values()) == [True] and list(ids(theirs)) == [stranger]
    assert here.request("DELETE", "/api/v1/me/sessions").json() == {"ended": 0}
    acts = [row["action"] for row in centre.api.items("/actions", user=name)]
    assert sorted(acts) == ["session-end", "sessions-end"]


def test_a_vendor_sees_its_own_sessions_too(centre):
    name, _ = add(centre.api, role="vendor", cart=plate("V"))
    here, phone = (Api(centre.api.base, login(centre.api, name).json()["token"]) for _ in range(2))
    assert sorted(ids(here).values()) == [False, True]
    assert here.request("DELETE", "/api/v1/me/sessions").json() == {"ended": 1}
    assert phone.request("GET", "/api/v1/me").status_code == 401 and list(ids(here).values()) == [True]


def test_a_programs_token_has_no_sessions_but_itself(centre):
    """Not those of a user who got its name later, nor what a user made for others."""
    name = "board-" + secrets.token_hex(4)
    made = centre.api.request("POST", "/api/v1/tokens", json={
        "name": name, "role": "viewer", "days": 1}).json()
    add(centre.api, name=name, role="admin")
    login(centre.api, name)
    program = Api(centre.api.base, made["token"])
    assert ids(program) == {made["id"]: True}
    assert program.request("DELETE", "/api/v1/me/sessions").json() == {"ended": 0}
    assert program.request("DELETE", f"/api/v1/me/sessions/{made['id']}").status_code == 204
    assert program.request("GET", "/api/v1/me").status_code == 401
