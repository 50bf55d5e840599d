"""From the buyer's telephone to the cart and back: ordered on /pedir, refused by one till, brought by the next,
while /pedidos/{id} shows each state, and where the cart is only while it comes."""
from selenium.webdriver.common.by import By

from console_test import complaints, one, text
from harness.dispatch import BUYER, MAIL, assert_told, bring, start_guild, three_tills
from harness.wait import wait_until


def stand(browser, base):
    """The browser's own position is the buyer's, and the page may have it."""
    browser.execute_cdp_cmd("Browser.grantPermissions",
                            {"origin": base, "permissions": ["geolocation"]})
    browser.execute_cdp_cmd("Emulation.setGeolocationOverride", {
        "latitude": BUYER["lat"], "longitude": BUYER["lon"], "accuracy": 5})


def order_on_the_page(browser, base):
    """Returns the order's id."""
    browser.get(f"{base}/pedir?utm_source=x")
    wait_until("the form", lambda: one(browser, "input[name=email]"), 10)
    one(browser, ".where button").click()
    wait_until("where the buyer is", lambda: one(browser, "input[name=lat]").get_attribute("value"), 10)
    one(browser, "input[name=place]").send_keys(BUYER["place"])
    one(browser, "input[name=email]").send_keys(MAIL)
    browser.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
    wait_until("the order's page", lambda: "/pedidos/" in browser.current_url, 10)
    return browser.current_url.rpartition("/")[2].partition("#")[0]


def test_from_the_page_to_the_second_cart(world, browser):
    mails = start_guild(world)
    tills = three_tills(world)
    stand(browser, world.api.base)
    order = order_on_the_page(browser, world.api.base)
    bring(world, order, tills)
    wait_until("the page shows the last state", lambda: "finalizado" in text(browser).lower(), 15)
    assert_told(world, mails, order, tills)
    assert not complaints(browser)
