"""A real Chromium, headless, in Spanish: a window for each test, or one for the tests of a file."""
import contextlib

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

ARGUMENTS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-proxy-server", "--window-size=1600,1000"]


@contextlib.contextmanager
def window_in(languages):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"intl.accept_languages": languages})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def browser():
    with window_in("es-CL,es") as driver:
        yield driver


@pytest.fixture
def english_browser():
    with window_in("en-GB,en") as driver:
        yield driver


@pytest.fixture(scope="module")
def window():
    with window_in("es-CL,es") as driver:
        yield driver
