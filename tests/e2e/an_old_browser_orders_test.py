"""A browser that runs no script orders by a plain form and sees how it goes: sent twice it is one order, what is wrong
is said in the page with what was typed still there, no page of another site sends it, and what others append to a link
opens no other page."""
import html
import re
import secrets

import pytest
import requests

from harness.wait import wait_until

FORM = {"product": "sopaipilla", "price": "500", "quantity": "3", "place": "", "pickup": "", "lat": "", "lon": ""}


@pytest.fixture
def browse(centre):
    """One that takes what a browser takes, and follows nothing by itself."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Accept-Language"] = "es-CL"

    def ask(method, path, **options):
        return session.request(method, centre.api.base + path, allow_redirects=False, timeout=15, **options)
    yield ask
    session.close()


def fields(page):
    return {name: html.unescape(value) for name, value in re.findall(r'name="(\w+)"[^>]*?value="([^"]*)"', page)}


def mail():
    return f"b{secrets.token_hex(4)}@example.org"


def orders_of(centre, address):
    return [order for order in centre.api.items("/orders") if order["email"] == address]


def test_a_form_is_an_order_and_sent_twice_it_is_one(centre, browse):
    address = mail()
    page = browse("GET", "/pedir?utm_source=x")
    assert page.status_code == 200 and "form-action 'self'" in page.headers["Content-Security-Policy"]
    sent = {**FORM, "once": fields(page.text)["once"], "email": address}
    first = browse("POST", "/pedir", data=sent)
    assert first.status_code == 303, first.text
    path, _, key = first.headers["Location"].partition("#")
    assert re.fullmatch("/pedidos/[0-9a-f]{32}", path) and re.fullmatch("[0-9a-f]{32}", key)
    again = browse("POST", "/pedir", data=sent)
    assert again.headers["Location"] == first.headers["Location"]
    wait_until("it is done", lambda: "finalizado" in browse("GET", path).text, 10)
    (order,) = orders_of(centre, address)
    assert (order["product"], order["price"], order["quantity"]) == ("sopaipilla", 500, 3)
    owns = centre.api.request("GET", f"/api/v1/orders/{order['id']}", headers={"Authorization": "", "Order-Key": key})
    assert owns.json()["email"] == address

    other = browse("POST", "/pedir", data={**sent, "quantity": "4"})
    assert other.status_code == 303 and other.headers["Location"] != first.headers["Location"]
    fresh = browse("POST", "/pedir", data={**sent, "once": fields(browse("GET", "/pedir").text)["once"]})
    assert fresh.headers["Location"] != first.headers["Location"], "another page is another order"
    wait_until("three orders", lambda: len(orders_of(centre, address)) == 3, 10)


def test_what_is_wrong_is_said_and_what_was_typed_is_there(centre, browse):
    typed = {**FORM, "once": secrets.token_hex(16), "product": 'té "con" <leche>', "email": "no es un correo"}
    for changed, field in (({}, "email"), ({"email": mail(), "quantity": "0"}, "quantity"),
                           ({"email": mail(), "quantity": "dos"}, "quantity"),
                           ({"email": mail(), "lat": "1"}, "lon"), ({"email": mail(), "price": "-1"}, "price")):
        answer = browse("POST", "/pedir", data={**typed, **changed})
        assert answer.status_code == 422 and answer.headers["Content-Type"].startswith("text/html")
        said = re.search('<p class="problem" role="alert">(.*)</p>', answer.text).group(1)
        assert field in said, said
        shown = fields(answer.text)
        assert shown["product"] == typed["product"] and shown["email"] == {**typed, **changed}["email"]
        assert "<leche>" not in answer.text
    english = browse("POST", "/pedir", data=typed, headers={"Accept-Language": "en"})
    assert 'lang="en"' in english.text and "must be" in english.text
    assert not orders_of(centre, typed["email"])


def test_no_page_of_another_site_sends_it(centre, browse):
    address = mail()
    sent = {**FORM, "once": secrets.token_hex(16), "email": address}
    own = centre.api.base
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
                    {"Origin": "null"}, {"Origin": own + ".evil.example"}):
        assert browse("POST", "/pedir", data=sent, headers=headers).status_code == 415, headers
    assert not orders_of(centre, address)
    for headers in ({"Sec-Fetch-Site": "same-origin", "Origin": own}, {"Origin": own}, {}):
        answer = browse("POST", "/pedir", data={**sent, "once": secrets.token_hex(16)}, headers=headers)
        assert answer.status_code == 303, headers
    wait_until("three orders", lambda: len(orders_of(centre, address)) == 3, 10)


def test_an_orders_page_tells_its_state_and_nothing_of_the_buyer(centre, browse):
    address = mail()
    link = browse("POST", "/pedir", data={**FORM, "email": address}).headers["Location"]
    path, _, key = link.partition("#")
    wait_until("it is done", lambda: "finalizado" in browse("GET", path).text, 10)
    for more in ("", "/", "?fbclid=IwAR0abc", "/?utm_source=x&utm_source=y", "%23" + key, ")", ".?a=%F1"):
        answer = browse("GET", path + more)
        assert answer.status_code == 200 and "3 × sopaipilla · $1.500" in answer.text, more
        assert "Entregado" in answer.text and address not in answer.text and key not in answer.text
    english = browse("GET", path, headers={"Accept-Language": "en-GB"}).text
    assert "delivered" in english and "$1,500" in english
    for unknown in ("/pedidos/" + "0" * 32, "/pedidos/x", path[:-1]):
        answer = browse("GET", unknown)
        assert answer.status_code == 404 and "No existe un pedido" in answer.text and "follow.js" in answer.text


def test_a_page_is_there_without_a_store(world):
    """Who orders while the store is away is told so; the page comes all the same."""
    world.collector.env["CARRITO_STORE"] = f"sqlite://{world.folder}/none/none.db"
    world.collector.start()
    session = requests.Session()
    session.trust_env = False
    base = f"http://{world.collector.http}"

    def ask(path, **options):
        return session.request(options.pop("method", "GET"), base + path, timeout=15, **options)
    wait_until("the page", lambda: try_page(ask), 20)
    assert ask("/pedidos/" + "0" * 32).status_code == 200
    answer = ask("/pedir", method="POST", data={**FORM, "email": mail()})
    assert answer.status_code == 503
    session.close()


def try_page(ask):
    try:
        return ask("/pedir").status_code == 200
    except requests.ConnectionError:
        return None
