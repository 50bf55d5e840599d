"""The console in a real Chromium: an operator signs in, sees what happens as it happens, is never
shown old figures as live, and nothing that a client typed is more than text."""
import time
import uuid

from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from harness.cart import PahoCart
from harness.wait import wait_until

EVIL = "<img src=x onerror=document.title='owned'>"
VIEWS = ["overview", "daily", "closing", "sales", "alerts", "stock", "orders", "desk", "members", "reports",
         "blocked", "letters", "audit", "consumers", "mails", "actions", "users", "account"]
PASSWORD = "una clave bastante larga"


def one(browser, selector):
    found = browser.find_elements(By.CSS_SELECTOR, selector)
    return found[0] if found else None


def text(browser):
    return browser.find_element(By.TAG_NAME, "body").text


def link(browser):
    return browser.execute_script("return document.documentElement.dataset.link")


def wait_live(browser, seconds=15):
    wait_until("the console is live", lambda: link(browser) == "live", seconds)


def user_of(centre, role="admin"):
    name = f"u{uuid.uuid4().hex[:8]}"
    answer = centre.api.request("POST", "/api/v1/users",
                                json={"name": name, "role": role, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return name


def sign_in(browser, centre, role="admin", password=PASSWORD):
    """With the keyboard alone."""
    browser.get(centre.api.base)
    wait_until("the form", lambda: one(browser, "input[name=user]"), 10)
    browser.switch_to.active_element.send_keys(user_of(centre, role), Keys.TAB)
    browser.switch_to.active_element.send_keys(password, Keys.ENTER)
    if password == PASSWORD:
        wait_live(browser)


def show(browser, centre, view):
    browser.get(f"{centre.api.base}/#/{view}")
    name = view.partition("?")[0]
    wait_until(f"the view {view}", lambda: one(browser, f".view-{name}[data-ready]"), 15)


def complaints(browser):
    return [entry["message"] for entry in browser.get_log("browser")
            if "favicon" not in entry["message"]]


def test_a_wrong_password_is_said_in_words(centre, browser):
    sign_in(browser, centre, password="another one altogether")
    wait_until("the problem", lambda: one(browser, ".problem") and one(browser, ".problem").text, 10)
    assert one(browser, "input[name=password]").get_attribute("value") == ""


def test_every_view_opens_and_the_browser_has_nothing_to_complain_of(centre, browser):
    sign_in(browser, centre)
    for width, height in ((1920, 1080), (360, 780)):
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})
        for view in VIEWS:
            show(browser, centre, view)
            wide = browser.execute_script(
                "return document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{view} is {wide} px wider than the window of {width}"
    assert not complaints(browser)


def test_a_sale_appears_and_a_clients_name_is_text(centre, scene, browser):
    cart = scene.add(PahoCart(centre.mqtt_port))
    sign_in(browser, centre)
    show(browser, centre, f"sales?cart={cart.cart}")
    cart.send([cart.outbox.sale(quantity=3, amount=1500, client=EVIL)])
    wait_until("the sale", lambda: EVIL in text(browser), 10)
    assert browser.title != "owned" and not one(browser, "img[src=x]")


def test_an_alert_appears_within_a_second(centre, scene, browser):
    cart = scene.add(PahoCart(centre.mqtt_port))
    cart.send([cart.outbox.sale(stock=50)])
    cart.wait_acked()
    sign_in(browser, centre)
    show(browser, centre, "alerts")
    cart.send([cart.outbox.sale(stock=0)])
    raised = wait_until("the alert in the API", lambda: [
        row for row in centre.api.items("/alerts", kind="stock-out", cart=cart.cart)], 10)
    began = time.monotonic()
    wait_until("the alert on the page", lambda: cart.cart in text(browser), 5, every=0.02)
    assert time.monotonic() - began < 1
    acknowledge = one(browser, f"[data-key='{raised[0]['id']}'] button") or next(
        button for row in browser.find_elements(By.CSS_SELECTOR, "tr") if cart.cart in row.text
        for button in row.find_elements(By.TAG_NAME, "button"))
    acknowledge.click()
    wait_until("the alert is acknowledged", lambda: [
        row for row in centre.api.items("/alerts", kind="stock-out", cart=cart.cart)
        if row["status"] == "ACTIVE_ACK"], 10)


def test_a_reload_is_live_and_signing_out_ends_the_token(centre, browser):
    sign_in(browser, centre)
    browser.refresh()
    wait_live(browser)
    token = browser.execute_script("return sessionStorage.getItem('carrito-token')")
    assert token and token not in browser.current_url
    one(browser, "header.top > button:last-child").click()
    wait_until("the form", lambda: one(browser, "input[name=user]"), 10)
    answer = centre.api.request("GET", "/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_token_that_was_ended_leads_to_the_form(centre, browser):
    sign_in(browser, centre, "operator")
    token = browser.execute_script("return sessionStorage.getItem('carrito-token')")
    assert centre.api.request("POST", "/api/v1/logout",
                              headers={"Authorization": f"Bearer {token}"}).status_code == 204
    browser.get(f"{centre.api.base}/#/audit")
    wait_until("the form", lambda: one(browser, "input[name=user]"), 10)


def test_a_vendor_has_a_desk_an_account_and_nothing_else(centre, browser):
    name = f"u{uuid.uuid4().hex[:8]}"
    answer = centre.api.request("POST", "/api/v1/users", json={
        "name": name, "role": "vendor", "cart": "VEND01", "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    browser.get(centre.api.base)
    wait_until("the form", lambda: one(browser, "input[name=user]"), 10)
    browser.switch_to.active_element.send_keys(name, Keys.TAB)
    browser.switch_to.active_element.send_keys(PASSWORD, Keys.ENTER)
    wait_until("the desk", lambda: one(browser, ".view-desk[data-ready]"), 15)
    assert [link.get_attribute("data-view") for link in browser.find_elements(By.CSS_SELECTOR, "nav a")] == \
        ["desk", "account"]
    show(browser, centre, "account")
    assert "esta" in one(browser, ".view tbody tr").text


def test_a_buyer_orders_and_follows_the_order(centre, browser):
    browser.get(f"{centre.api.base}/pedir")
    wait_until("the form", lambda: one(browser, "input[name=email]"), 10)
    one(browser, "input[name=email]").send_keys("ana@example.com", Keys.ENTER)
    wait_until("the order's page", lambda: "/pedidos/" in browser.current_url, 10)
    wait_until("the last state", lambda: "finalizado" in text(browser).lower(), 15)
    assert not complaints(browser)


def test_a_buyer_chooses_from_the_guilds_list(world, browser):
    """What the page shows is what the server takes: names and prices of [products]."""
    config = world.folder / "collector.conf"
    config.write_text("orders = auto\n[products]\nsopaipilla = 700\nTé con leche = 900\n")
    world.collector.argv += ["--config", str(config)]
    world.start()
    browser.get(f"{world.api.base}/pedir")
    wait_until("the sum", lambda: "Total: $1.400" in text(browser), 10)
    assert [row.text.split("\n") for row in browser.find_elements(By.CSS_SELECTOR, ".choice:has([name=product])")] == \
        [["sopaipilla", "$700"], ["Té con leche", "$900"]]
    assert not browser.find_elements(By.CSS_SELECTOR, "input[name=price]")
    one(browser, "input[value='Té con leche']").click()
    wait_until("the sum", lambda: "1.800" in text(browser), 5)
    one(browser, "input[name=email]").send_keys("ana@example.com", Keys.ENTER)
    wait_until("the order's page", lambda: "/pedidos/" in browser.current_url, 10)
    placed = world.api.get("/orders/" + browser.current_url.rpartition("/")[2].partition("#")[0])
    assert (placed["product"], placed["price"]) == ("Té con leche", 900)


def test_a_server_that_was_away_is_said_and_then_all_is_live(world, browser):
    world.start()
    cart = world.scene.add(PahoCart(world.mqtt_port))
    sign_in(browser, world)
    show(browser, world, f"sales?cart={cart.cart}")
    assert world.collector.terminate(10) == 0
    wait_until("it is said", lambda: link(browser) != "live" and one(browser, ".stale").text, 10)
    cart.send([cart.outbox.sale(quantity=4, client="Berta")])
    time.sleep(3)  # a page that asks again and again in the meantime
    world.collector.start()
    world.collector.wait_ready()
    wait_live(browser, 40)
    assert "Berta" in text(browser), "live means that nothing old is shown"
    assert not one(browser, ".stale").text
