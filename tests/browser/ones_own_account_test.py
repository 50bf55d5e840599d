"""Whoever signs in changes the own password, sees where the account is signed in and ends what is not
wanted; the tab in which it is done goes on."""
import pytest
from selenium.webdriver.common.by import By

from acts import enter_as, fill, shown
from console_test import PASSWORD, link, one, show, user_of, wait_live
from harness.api import Api
from harness.wait import wait_until

NEW = "otra clave bastante larga"
# What a view asks while the answer is on its way: by the token that has ended, behind the server's back.
ASK_MEANWHILE = """
    const real = fetch;
    window.meanwhile = 0;
    window.fetch = async (path, options) => {
      const answer = await real(path, options);
      if (String(path).endsWith("/me/password") && answer.ok) {
        const { get } = await import("/console/api.js");
        await get("/me").catch((error) => { window.meanwhile = error.status; });
      }
      return answer;
    };"""


@pytest.fixture(name="name")
def _name(centre):
    return user_of(centre, "operator")


def login(centre, name, password=PASSWORD):
    return Api(centre.api.base).request("POST", "/api/v1/login", json={"user": name, "password": password})


def elsewhere(centre, name):
    """A session of the same person in another place."""
    return Api(centre.api.base, login(centre, name).json()["token"])


def is_signed_in(session):
    return session.request("GET", "/api/v1/me").status_code == 200


def refused(browser):
    return wait_until("the refusal", lambda: one(browser, ".view form .problem").text, 5)


def invalid(browser):
    return [field.get_attribute("name") for field in
            browser.find_elements(By.CSS_SELECTOR, ".view form [aria-invalid=true]")]


def test_another_password_and_the_tab_goes_on(centre, browser, name):
    enter_as(browser, centre, name)
    other = elsewhere(centre, name)
    show(browser, centre, "account")
    fill(browser, 0, password="x" * 12, new_password=NEW, again=NEW)
    assert "contraseña" in refused(browser).lower() and invalid(browser) == ["password"]
    fill(browser, 0, password=PASSWORD, again=NEW + "s")
    assert "no son iguales" in refused(browser) and invalid(browser) == ["again"]
    fill(browser, 0, new_password="corta", again="corta")
    wait_until("the server's refusal", lambda: invalid(browser) == ["new_password"], 5)
    assert is_signed_in(other)
    browser.execute_script(ASK_MEANWHILE)
    fill(browser, 0, new_password=NEW, again=NEW)
    wait_until("it is said", lambda: "La contraseña cambió" in shown(browser, ".toast"), 5)
    assert browser.execute_script("return window.meanwhile") == 401 and not is_signed_in(other)
    wait_live(browser)
    assert one(browser, ".view-account") and not one(browser, "input[name=user]")
    assert login(centre, name, NEW).status_code == 200
    show(browser, centre, "sales")
    assert link(browser) == "live"


def test_sessions_are_shown_and_ended(centre, browser, name):
    enter_as(browser, centre, name)
    others = [elsewhere(centre, name) for _ in range(3)]
    show(browser, centre, "account")

    def rows():
        return browser.find_elements(By.CSS_SELECTOR, ".view tbody tr")
    wait_until("all four", lambda: len(rows()) == 4, 10)
    assert [row.text.count("esta") for row in rows()].count(1) == 1
    buttons = browser.find_elements(By.CSS_SELECTOR, ".view tbody button")
    assert len(buttons) == 3, "this one ends by signing out"
    buttons[0].click()
    wait_until("one has ended", lambda: [is_signed_in(one) for one in others].count(False) == 1, 5)
    wait_until("it is shown", lambda: len(rows()) == 3, 5)
    next(button for button in browser.find_elements(By.CSS_SELECTOR, ".view button")
         if button.text == "Terminar todas menos esta").click()
    wait_until("all others have", lambda: not any(is_signed_in(one) for one in others), 5)
    wait_until("this one is left", lambda: len(rows()) == 1, 5)
    assert not browser.find_elements(By.CSS_SELECTOR, ".view tbody button")
    wait_live(browser)
