"""What a vendor, a buyer, a member, a reporter or an operator typed is text in each place where it is
shown, however it looks; and a long name, or one of another script, does not break the page."""
import json
import secrets

import pytest

from acts import answer, appears, closed, fill, press, row_of, shown, watch
from console_test import one
from harness.cart import PahoCart
from harness.people import applicant
from harness.wait import wait_until

MARKS = ["<img src=x onerror=\"document.title='owned'\">", "\"'`&lt;b&gt;</td></script>",
         "\u202e\u0639\u0631\u0628\u0629 \u05e2\u05d2\u05dc\u05d4\u202c", "Ñandú" * 9]


@pytest.fixture(params=range(len(MARKS)), ids=["markup", "quotes", "other scripts", "long"])
def words(request):
    return MARKS[request.param][:56] + secrets.token_hex(3)


def fits(browser):
    assert browser.title != "owned" and not one(browser, ".view img[src=x], .view b, dialog b")
    wide = browser.execute_script("return document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{wide} px wider than the window"


def posted(centre, path, body):
    reply = centre.api.request("POST", "/api/v1" + path, json=body)
    assert reply.status_code == 202, reply.text
    return reply.json()


def test_in_every_view(centre, scene, window, words):
    cart = scene.add(PahoCart(centre.mqtt_port))
    person = applicant(name=words)
    posted(centre, "/members", person)
    posted(centre, "/reports", {"lat": 1.5, "lon": 2.5, "note": words})
    mail = f"o{secrets.token_hex(4)}@example.cl"
    posted(centre, "/orders", {"product": words, "price": 5, "email": mail})
    sale = cart.outbox.sale(2, client=words)
    for event in (sale, {**sale, "quantity": 3}):
        cart.send([event])
    cart.wait_acked()
    wait_until("the sale", lambda: centre.api.items("/sales", cart=cart.cart), 10)
    window.set_window_size(360, 900)
    as_json = json.dumps(words, ensure_ascii=False)
    for view, typed in ((f"sales?cart={cart.cart}", words), ("reports", words), ("orders", words),
                        ("letters", as_json)):
        watch(window, centre, view)
        appears(window, f"the words in {view}", lambda typed=typed: typed in shown(window))
        fits(window)
    watch(window, centre, "members")
    appears(window, "the member", lambda: row_of(window, words))
    press(window, "Rechazar", words)
    assert words in one(window, "dialog h2").text or words in shown(window, "dialog h2")
    fits(window)
    answer(window, words)
    closed(window)
    watch(window, centre, "actions")
    id_of = {member["rut"]: member["id"] for member in centre.api.items("/members")}
    appears(window, "the decision", lambda: row_of(window, str(id_of[person["rut"]])))
    fits(window)
    watch(window, centre, "mails")
    appears(window, "the mail", lambda: row_of(window, mail))
    fits(window)
    window.set_window_size(1600, 1000)


def test_what_is_typed_at_the_desk(centre, window, words):
    watch(window, centre, "desk")
    cart = "D" + secrets.token_hex(4).upper()
    fill(window, 0, cart=cart, quantity="2", client=words)
    wait_until("the sale", lambda: centre.api.items("/sales", cart=cart), 10)
    watch(window, centre, f"sales?cart={cart}")
    appears(window, "the client", lambda: words in shown(window))
    press(window, "Anular", cart)
    answer(window, words)
    closed(window)
    watch(window, centre, "daily")
    fits(window)
