"""A row of a list has an address of its own, which shows the same, to whoever may read the list."""
import secrets
from urllib.parse import quote

from harness.api import Api
from harness.cart import PahoCart
from harness.people import applicant
from harness.wait import wait_until


def rows_of(centre, scene):
    """{list: its rows}, with at least one in each."""
    api = centre.api
    assert api.request("POST", "/api/v1/members", json=applicant()).status_code == 202
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.sale(1, stock=0), cart.outbox.location()])
    wait_until("the cart", lambda: api.items("/carts", q=cart.cart), 15)
    assert api.request("POST", "/api/v1/reports", json={"cart": cart.cart, "lat": 1, "lon": 1}).status_code == 202
    mail = api.request("POST", "/api/v1/mail/test", json={"to": f"a{secrets.token_hex(4)}@example.org"})
    assert mail.status_code == 202, mail.text
    wait_until("the alert", lambda: api.items("/alerts", cart=cart.cart), 15)
    wait_until("the open batch", lambda: [row for row in api.items("/restocks") if row["number"] is None], 15)
    assert api.request("POST", "/api/v1/restocks/announce").status_code == 200
    return {name: wait_until(name, lambda name=name: [*api.items("/" + name), *api.items(
        "/" + name, **({"status": "sent"} if name == "mails" else {}))], 15)
            for name in ("alerts", "reports", "members", "restocks", "users", "mails")}


KEYS = {"restocks": "number", "users": "name"}


def test_each_row_is_at_its_address(centre, scene):
    centre.collector.add_user("viewer")
    for name, rows in rows_of(centre, scene).items():
        shown = [row for row in rows if row[KEYS.get(name, "id")] is not None][:20]
        assert shown, name
        for row in shown:
            path = f"/{name}/{quote(str(row[KEYS.get(name, 'id')]), safe='')}"
            assert centre.api.get(path) == row, path
        for nothing in ("999999999", "nobody-here", "x%2Fy"):
            answer = centre.api.request("GET", f"/api/v1/{name}/{nothing}")
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found"), (name, nothing)


def test_an_alert_that_is_not_for_a_viewer_is_not_there(centre):
    user, _ = centre.collector.add_user("operator")
    for _ in range(6):
        Api(centre.api.base).request("POST", "/api/v1/login", json={"user": user, "password": "wrong-one"})
    alert = wait_until("the alert", lambda: [row for row in centre.api.items("/alerts", kind="login-blocked")
                                             if row["subject"] == user], 15)[0]
    path = f"/api/v1/alerts/{quote(alert['id'], safe='')}"
    assert centre.api.request("GET", path).json() == alert
    hidden = centre.collector.sign_in("viewer").request("GET", path)
    assert (hidden.status_code, hidden.json()["code"]) == (404, "not-found")
