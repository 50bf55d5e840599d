"""What a person has chosen or typed on the console stays: in the address, over a reload and over the end
of a session; what is long is read to its end, and what nothing tells of is not asked for all the time."""
import datetime
import secrets
import time

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

from acts import answer, enter_as, press, shown
from console_test import PASSWORD, one, show, text, user_of, wait_live
from harness.cart import PahoCart
from harness.events import now_ms
from harness.people import applicant
from harness.wait import wait_until
from map_test import lines

DAY_MS = 86_400_000


@pytest.fixture
def cart(centre, scene):
    return scene.add(PahoCart(centre.mqtt_port))


def choose(browser, value, selector=".view select"):
    Select(one(browser, selector)).select_by_value(value)


def chosen(browser, selector=".view select"):
    return Select(one(browser, selector)).first_selected_option.get_attribute("value")


def address(browser):
    return browser.execute_script("return location.hash")


def ready(browser, view):
    wait_until(f"the view {view}", lambda: one(browser, f".view-{view}[data-ready]"), 15)


def change(browser, selector, value):
    """As a date's calendar does it."""
    browser.execute_script(
        "const input = document.querySelector(arguments[0]); input.value = arguments[1];"
        "input.dispatchEvent(new Event('change', { bubbles: true }))", selector, value)


def test_filters_are_in_the_address_and_outlive_a_reload(centre, browser, cart):
    enter_as(browser, centre, user_of(centre))
    for view, usual, other in (("members", "pending", "accepted"), ("alerts", "open", "CLEARED_ACK"),
                               ("reports", "", "sighting"), ("mails", "", "sent")):
        show(browser, centre, view)
        assert chosen(browser) == usual and address(browser) == f"#/{view}"
        choose(browser, other)
        assert address(browser) == f"#/{view}?status={other}"
        browser.refresh()
        ready(browser, view)
        assert chosen(browser) == other
        choose(browser, usual)
        assert address(browser) == f"#/{view}"
    show(browser, centre, "members")
    choose(browser, "")
    assert address(browser) == "#/members?status="
    browser.refresh()
    ready(browser, "members")
    assert chosen(browser) == ""
    show(browser, centre, "alerts?status=nosuch")
    assert chosen(browser) == "open"

    show(browser, centre, "sales")
    one(browser, ".view input[type=search]").send_keys(cart.cart, Keys.TAB)
    change(browser, ".view input[type=date]", "2026-01-02")
    assert address(browser) == f"#/sales?cart={cart.cart}&day=2026-01-02"
    show(browser, centre, "overview")
    one(browser, ".view input[type=search]").send_keys("ZZ")
    choose(browser, "vanished")
    assert address(browser) == "#/overview?q=ZZ&state=vanished"
    browser.refresh()
    ready(browser, "overview")
    assert one(browser, ".view input[type=search]").get_attribute("value") == "ZZ"
    assert chosen(browser) == "vanished"


def requests_of(browser):
    return browser.execute_script("return performance.getEntriesByType('resource').map((one) => one.name)")


def test_orders_of_one_state_buyer_or_cart(centre, browser):
    mails = [f"o{secrets.token_hex(4)}@example.cl" for _ in range(2)]
    for mail in mails:
        body = {"product": "Sopaipilla", "price": 500, "email": mail}
        assert centre.api.request("POST", "/api/v1/orders", json=body).status_code == 202
    wait_until("both are done", lambda: {row["email"] for row in centre.api.items(
        "/orders", status="finalizado")} >= set(mails), 20)
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, "orders")
    wait_until("both", lambda: all(mail in shown(browser) for mail in mails), 10)
    choose(browser, "finalizado")
    _, buyer = browser.find_elements(By.CSS_SELECTOR, ".view input[type=search]")
    buyer.send_keys(mails[0].upper(), Keys.ENTER)
    wait_until("one of them", lambda: mails[1] not in shown(browser) and mails[0] in shown(browser), 10)
    assert address(browser) == f"#/orders?status=finalizado&email={mails[0].upper().replace('@', '%40')}"
    assert not [one for one in requests_of(browser) if "example.cl" in one]
    browser.refresh()
    ready(browser, "orders")
    assert chosen(browser) == "finalizado" and mails[0] in shown(browser) and mails[1] not in shown(browser)
    lanes = [lane for lane in browser.find_elements(By.CSS_SELECTOR, ".lane") if lane.is_displayed()]
    assert [lane.get_attribute("aria-labelledby") for lane in lanes] == ["lane-finalizado"]
    one(browser, ".view input[type=search]").send_keys("zz-zz-99", Keys.ENTER)
    wait_until("none", lambda: mails[0] not in shown(browser), 10)
    assert "cart=zz-zz-99" in address(browser)


def test_a_plate_is_found_however_it_is_typed(centre, browser, cart):
    cart.send([cart.outbox.sale(quantity=1)])
    wait_until("the cart", lambda: centre.api.items("/carts", q=cart.cart), 15)
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, "overview")
    typed = f"{cart.cart[:3]}·{cart.cart[3:5]}-{cart.cart[5:]}".lower()
    one(browser, ".view input[type=search]").send_keys(typed)
    wait_until("it alone", lambda: shown(browser, ".view tbody th").split() == [cart.cart], 10)
    show(browser, centre, "desk")
    counted = browser.find_elements(By.CSS_SELECTOR, ".view form")[1]
    counted.find_element(By.NAME, "cart").send_keys("bb·cl-23-k")
    counted.find_element(By.NAME, "stock").send_keys("7", Keys.ENTER)
    wait_until("what is said", lambda: "BBCL23" in text(browser), 10)


def test_a_long_list_is_read_to_its_end(centre, browser, cart):
    for _ in range(5):
        cart.send([cart.outbox.sale(quantity=1) for _ in range(50)])
    cart.wait_acked()
    wait_until("all sales", lambda: len(centre.api.items("/sales", cart=cart.cart)) == 250, 20)
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, f"sales?cart={cart.cart}")
    def rows():
        return len(browser.find_elements(By.CSS_SELECTOR, ".view tbody tr"))
    def more():
        return next((button for button in browser.find_elements(By.CSS_SELECTOR, "button.more")
                     if button.is_displayed()), None)
    wait_until("the first", lambda: rows() == 200, 10)
    more().click()
    wait_until("all of them", lambda: rows() == 250, 10)
    assert more() is None, "there are no more"
    cart.send([cart.outbox.sale(quantity=1)])
    wait_until("still all of them", lambda: rows() == 251, 10)


def test_the_way_of_another_day(centre, browser, cart):
    before = now_ms() - 2 * DAY_MS
    day = datetime.datetime.fromtimestamp(before / 1000, datetime.timezone.utc).date().isoformat()
    cart.send([cart.outbox.location(-33.44 - step * 0.001, -70.65 + step % 2 * 0.001,
                                    ts_ms=before + step * 10_000) for step in range(5)])
    cart.send([cart.outbox.location(-33.5, -70.6), cart.outbox.location(-33.51, -70.61)])
    cart.wait_acked()
    def points(of):
        answer = centre.api.get(f"/carts/{cart.cart}/track?from={of}&to={of}")
        return sum(len(one["geometry"]["coordinates"]) for one in answer["features"])
    days = [day, (datetime.date.fromisoformat(day) - datetime.timedelta(days=1)).isoformat()]
    wait_until("the way of that day", lambda: sum(map(points, days)) == 5, 20)
    day = next(one for one in days if points(one))  # the guild's day, not UTC's
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, f"overview?cart={cart.cart}")
    wait_until("today's way", lambda: [n for _, n in lines(browser)] == [2], 10)
    change(browser, ".view .card input[type=date]", day)
    wait_until("that day's way", lambda: [n for _, n in lines(browser)] == [5], 10)
    assert address(browser) == f"#/overview?cart={cart.cart}&day={day}"
    cart.send([cart.outbox.location(-33.52, -70.62)])
    time.sleep(2)
    assert [n for _, n in lines(browser)] == [5], "what happens now is no part of it"
    browser.refresh()
    ready(browser, "overview")
    wait_until("the same way", lambda: [n for _, n in lines(browser)] == [5], 10)
    change(browser, ".view .card input[type=date]", "2020-01-01")
    wait_until("it is said", lambda: "no dijo dónde estaba" in shown(browser, ".view .card"), 10)
    assert lines(browser) == []


def test_while_nothing_changes_less_is_asked(centre, browser):
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, "members")
    asked = "return performance.getEntriesByType('resource')" \
            ".filter((one) => one.name.includes('/members')).length"
    before = browser.execute_script(asked)
    time.sleep(13)  # every 3 s were four more
    assert browser.execute_script(asked) - before <= 2
    person = applicant()
    assert centre.api.request("POST", "/api/v1/members", json=person).status_code == 202
    wait_until("it is seen all the same", lambda: person["plate"] in text(browser), 20)


def test_the_language_is_the_persons_choice(centre, browser):
    browser.get(centre.api.base)
    wait_until("the form", lambda: one(browser, "input[name=user]"), 10)
    assert "Entrar" in text(browser)
    one(browser, "button.language").click()
    wait_until("English", lambda: "Sign in" in text(browser), 10)
    enter_as(browser, centre, user_of(centre))
    show(browser, centre, "members?status=accepted")
    assert browser.title.startswith("Members")
    one(browser, "button.language").click()
    wait_until("Spanish", lambda: one(browser, ".view-members[data-ready]") and
               browser.title.startswith("Socios"), 10)
    assert chosen(browser) == "accepted"
    assert browser.execute_script("return document.documentElement.lang") == "es"
    browser.refresh()
    ready(browser, "members")
    assert browser.title.startswith("Socios")


def end_session(browser, centre):
    token = browser.execute_script("return sessionStorage.getItem('carrito-token')")
    centre.api.request("POST", "/api/v1/logout", headers={"Authorization": f"Bearer {token}"})


def sign_in_again(browser, name):
    wait_until("the form", lambda: one(browser, "input[name=user]"), 15)
    assert "La sesión terminó" in text(browser) and not one(browser, "dialog")
    user = browser.switch_to.active_element
    user.clear()
    user.send_keys(name, Keys.TAB)
    browser.switch_to.active_element.send_keys(PASSWORD, Keys.ENTER)
    wait_live(browser)


def test_the_end_of_a_session_takes_nothing_that_was_typed(centre, browser, cart):
    name = user_of(centre, "operator")
    enter_as(browser, centre, name)
    show(browser, centre, "desk")
    sale = one(browser, ".view form")
    sale.find_element(By.NAME, "cart").send_keys(cart.cart)
    sale.find_element(By.NAME, "client").send_keys("Ana Soto")
    quantity = sale.find_element(By.NAME, "quantity")
    quantity.send_keys("3")
    end_session(browser, centre)
    quantity.send_keys(Keys.ENTER)
    sign_in_again(browser, name)
    typed = [one(browser, f".view form input[name={field}]").get_attribute("value")
             for field in ("cart", "client", "quantity")]
    assert typed == [cart.cart, "Ana Soto", "3"]
    one(browser, ".view form input[name=quantity]").send_keys(Keys.ENTER)
    wait_until("one sale", lambda: [row["client"] for row in
                                    centre.api.items("/sales", cart=cart.cart)] == ["Ana Soto"], 15)

    show(browser, centre, f"sales?cart={cart.cart}")
    press(browser, "Anular", "Ana Soto")
    one(browser, "dialog input[name=reason]").send_keys("se cayó")
    end_session(browser, centre)
    answer(browser)
    sign_in_again(browser, name)
    assert one(browser, "dialog[open] input[name=reason]").get_attribute("value") == "se cayó"
    one(browser, "dialog[open] input[name=reason]").send_keys(Keys.ENTER)
    wait_until("it is taken back", lambda: centre.api.items("/sales", cart=cart.cart)[0]["voided"], 10)


def test_another_person_finds_nothing_of_the_one_before(centre, browser, cart):
    enter_as(browser, centre, user_of(centre, "operator"))
    show(browser, centre, "desk")
    one(browser, ".view form input[name=client]").send_keys("Ana Soto")
    end_session(browser, centre)
    one(browser, ".view form input[name=cart]").send_keys(cart.cart, Keys.TAB, "1", Keys.ENTER)
    sign_in_again(browser, user_of(centre, "operator"))
    wait_until("the desk", lambda: one(browser, ".view-desk[data-ready]"), 10)
    assert one(browser, ".view form input[name=client]").get_attribute("value") == ""
