#!/usr/bin/python3
"""Makes the pictures of the console that the pages of docs/ show, from a running system.

    ./dev up --detach
    ./dev pictures

It signs in as the admin of `./dev up`; each picture is a PNG with a palette, below 150 kB. What there
is to see comes with time: after two minutes carts have sold, and some must be restocked.
"""
import io
import os
import time
from pathlib import Path

from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("CARRITO_DEV", HERE.parents[1] / ".dev")) / "data"
# The view's name in the address, width and height of the window.
PICTURES = {
    "mapa": ("overview", 1280, 800),
    "ventas": ("daily", 1280, 800),
    "alertas": ("alerts", 1280, 800),
    "telefono": ("overview", 360, 720),
}
COLOURS = 64
BYTES_MAX = 150_000


def browser():
    options = webdriver.ChromeOptions()
    for word in ("--headless=new", "--no-sandbox", "--hide-scrollbars"):
        options.add_argument(word)
    options.add_experimental_option("prefs", {"intl.accept_languages": "es-CL,es"})
    options.binary_location = "/usr/bin/chromium"
    service = webdriver.chrome.service.Service("/usr/bin/chromedriver")
    return webdriver.Chrome(options=options, service=service)


def sign_in(driver, url):
    driver.get(url + "/")
    wait = WebDriverWait(driver, 15)
    wait.until(lambda d: d.find_elements(By.NAME, "password"))
    driver.find_element(By.NAME, "user").send_keys("admin")
    password = (DATA / "admin" / "password").read_text().strip()
    driver.find_element(By.NAME, "password").send_keys(password + "\n")
    wait.until(lambda d: not d.find_elements(By.NAME, "password"))


def main():
    url = os.environ["CARRITO_URL"]
    driver = browser()
    try:
        sign_in(driver, url)
        for name, (view, width, height) in PICTURES.items():
            # A window has a least width; what is drawn has none.
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
                "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
            driver.get(f"{url}/#/{view}")
            time.sleep(4)  # live: there is no last thing to wait for
            picture = Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")
            path = HERE / f"{name}.png"
            picture.quantize(COLOURS).save(path, optimize=True)
            assert path.stat().st_size < BYTES_MAX, f"{path}: {path.stat().st_size} bytes"
            print(path.name, path.stat().st_size)
    finally:
        driver.quit()


main()
